"""Reads the lookup tables of a DICOM file: its colour palette, or its modality table.

PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6 (palettes), C.11.1 (Modality LUT module).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from nodeeditor import NodeError, Voxels
from nodes.formats.dicom_format import PixelFormat
from nodes.formats.dicom_header import items, numbers, value

COLOURS = ("Red", "Green", "Blue")


@dataclass(frozen=True, eq=False)
class Table:
    """A lookup table: row by stored value from ``first`` on, values beyond both ends take the last rows."""

    first: int
    rows: Voxels

    def apply(self, stored: Voxels) -> Voxels:
        """Look the last axis (one sample) up; it becomes as long as a row of the table."""
        index = np.clip(stored[..., 0].astype(np.int64) - self.first, 0, len(self.rows) - 1)
        return self.rows[index]


def table_of(dataset: Dataset, form: PixelFormat, name: str) -> Table | None:
    """The file's colour palette or modality lookup table, None where it has none.

    Raises NodeError where one is incomplete.
    """
    if form.photometric == "PALETTE COLOR":
        curves = [_curve(dataset, f"{colour}PaletteColorLookupTable", form, name) for colour in COLOURS]
        if len({(first, len(entries), entries.dtype) for first, entries in curves}) != 1:
            raise NodeError(f"{name} is damaged: its three palettes differ in size")
        return Table(curves[0][0], np.stack([entries for _, entries in curves], axis=-1))
    for item in items(dataset, "ModalityLUTSequence")[:1]:
        if form.samples == 1 and form.sample.kind != "f":
            first, entries = _curve(item, "LUT", form, name)
            return Table(first, entries[:, np.newaxis])
    return None


def _curve(dataset: Dataset, prefix: str, form: PixelFormat, name: str) -> tuple[int, Voxels]:
    """First stored value and entries of a table from its descriptor and data (PS3.3 C.11.1.1)."""
    segmented = value(dataset, f"Segmented{prefix}Data") if form.photometric == "PALETTE COLOR" else None
    keyword = f"Segmented{prefix}Data" if segmented is not None else f"{prefix}Data"
    descriptor, data = numbers(dataset, f"{prefix}Descriptor"), value(dataset, keyword)
    if descriptor is None or len(descriptor) != 3 or data is None:
        raise NodeError(f"{name} is damaged: {keyword} or its descriptor is missing")
    count, first, bits = (int(entry) for entry in descriptor)
    count = (count & 0xFFFF) or 0x10000
    first = (first & 0xFFFF) - (0x10000 if form.signed and first & 0x8000 else 0)
    kind = np.dtype(np.uint8 if bits <= 8 else np.uint16)
    words = _words(dataset, data)
    if segmented is not None:
        entries = np.array(_expanded(words.tolist(), count, name), dtype=np.int64)
    elif kind.itemsize == 1 and len(words) < count:  # two entries in a word
        entries = np.stack([words & 0xFF, words >> 8], axis=1).ravel()
    else:
        entries = words
    if len(entries) < count:
        raise NodeError(f"{name} is damaged: {len(entries)} of {count} entries of {keyword} are there")
    entries = entries[:count]
    return first, (entries >> 8 if kind.itemsize == 1 and entries.max() > 0xFF else entries).astype(kind)


def _words(dataset: Dataset, data: Any) -> Voxels:
    """Unsigned 16-bit words, in whichever way pydicom gives them."""
    if isinstance(data, bytes):
        order = ">" if dataset.original_encoding[1] is False else "<"
        return np.frombuffer(data[: len(data) // 2 * 2], f"{order}u2").astype(np.int64)
    return np.atleast_1d(np.array(data, dtype=np.int64)) & 0xFFFF


def _expanded(words: list[int], count: int, name: str) -> list[int]:
    """The entries of a segmented palette: discrete, linear and repeated segments (PS3.3 C.7.9.2)."""
    entries: list[int] = []
    segments: list[int] = []
    position = 0
    while position + 1 < len(words) and len(entries) < count:
        segments.append(position)
        position += _segment(words, position, entries, segments, name)
    return entries


def _segment(words: list[int], position: int, entries: list[int], segments: list[int], name: str) -> int:
    """Append one segment's entries; the number of words that it takes."""
    code, length = words[position], words[position + 1]
    begin = position + 2
    present = len(words) - begin
    if code == 0 and present >= length:
        entries += words[begin : begin + length]
        return 2 + length
    if code == 1 and entries and present:
        start, end = entries[-1], words[begin]
        entries += [round(start + (end - start) * step / length) for step in range(1, length + 1)]
        return 3
    if code == 2 and present >= 2 and (offset := words[begin] | words[begin + 1] << 16) in segments[:-1]:
        first = segments.index(offset)
        for earlier in segments[first : min(first + length, len(segments) - 1)]:
            if words[earlier] == 2:
                break
            _segment(words, earlier, entries, segments, name)
        return 4
    raise NodeError(f"{name} is damaged: its segmented palette is not valid")
