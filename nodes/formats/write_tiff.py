"""Writes TIFF: one page a slice, not compressed, beyond 4 GiB as BigTIFF (TIFF 6.0; the BigTIFF design of libtiff)."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nodeeditor import ImageInfo, NodeError, Pages
from nodes.formats.write_plain import blocks, write

_TYPES = "uint8 int8 uint16 int16 uint32 int32 float32".split()
_LIMIT = 2**32
_DIRECTORY = 512  # bytes at most
_SHORT, _LONG, _RATIONAL, _LONG8 = 3, 4, 5, 16
_LENGTHS = {_SHORT: "H", _LONG: "I", _RATIONAL: "I", _LONG8: "Q"}
_SAMPLE_FORMATS = {"u": 1, "i": 2, "f": 3}
_GREY, _RGB, _ALPHA, _CENTIMETRES = 1, 2, 2, 3
_PER_CENTIMETRE = 10**7
"""Numerator of the resolution: then the denominator is the spacing in millionths of a millimetre."""


@dataclass(frozen=True)
class _Form:
    """A file's first bytes, and the types in which it counts entries, and counts values and says where they are."""

    begin: bytes
    entries: str
    place: str


_CLASSIC = _Form(b"II*\0" + struct.pack("<I", 8), "H", "I")
_BIG = _Form(b"II+\0" + struct.pack("<HHQ", 8, 0, 16), "Q", "Q")


def write_tiff(pages: Pages, target: Path, name: str) -> None:
    """A page for each slice, with the distances of its voxels but no position.

    Raises NodeError, beginning with ``name``, for what TIFF cannot hold.
    """
    info = pages.info
    t, c, _, _, _ = info.extent
    if info.dtype.name not in _TYPES:
        raise NodeError(f"{name} could not be written: TIFF cannot hold {info.dtype}; use .nii.gz or .nrrd")
    if t > 1:
        raise NodeError(f"{name} could not be written: TIFF cannot hold {t} time points; use .nii.gz, .nrrd")
    if c not in (1, 3, 4):
        raise NodeError(f"{name} could not be written: TIFF cannot hold {c} channels; use .nii.gz or .nrrd")
    form = _CLASSIC if info.nbytes + _DIRECTORY * (1 + info.extent[2]) < _LIMIT else _BIG
    with target.open("wb") as file:
        write(file, itertools.chain([_head(info, form)], blocks(pages)))


def _head(info: ImageInfo, form: _Form) -> bytes:
    """All that comes before the voxels: the directories one after another, and the values that do not fit into them."""
    _, c, depth, rows, columns = info.extent
    each = info.nbytes // depth
    place = _LONG8 if form is _BIG else _LONG
    entries = [
        (256, _LONG, [columns]),
        (257, _LONG, [rows]),
        (258, _SHORT, [8 * info.dtype.itemsize] * c),
        (259, _SHORT, [1]),
        (262, _SHORT, [_GREY if c == 1 else _RGB]),
        (273, place, [0]),
        (277, _SHORT, [c]),
        (278, _LONG, [rows]),
        (279, place, [each]),
        *((tag, _RATIONAL, _resolution(spacing)) for tag, spacing in zip((282, 283), info.spacing, strict=False)),
        (284, _SHORT, [1]),
        (296, _SHORT, [_CENTIMETRES]),
        *([(338, _SHORT, [_ALPHA])] if c == 4 else []),
        (339, _SHORT, [_SAMPLE_FORMATS[info.dtype.kind]] * c),
    ]
    room = struct.calcsize(f"<{form.place}")
    directory = struct.calcsize(f"<{form.entries}") + (4 + 2 * room) * len(entries) + room
    values_at = len(form.begin) + depth * directory
    values = b""
    packed: list[bytes] = []
    for tag, kind, numbers in entries:
        value = struct.pack(f"<{len(numbers)}{_LENGTHS[kind]}", *numbers)
        if len(value) > room:
            packed.append(_entry(form, tag, kind, numbers, struct.pack(f"<{form.place}", values_at + len(values))))
            values += value + b"\0" * (len(value) % 2)
        else:
            packed.append(_entry(form, tag, kind, numbers, value.ljust(room, b"\0")))
    values += b"\0" * (-(values_at + len(values)) % 16)
    begin = values_at + len(values)
    strip = next(number for number, (tag, _, _) in enumerate(entries) if tag == 273)
    directories = []
    for z in range(depth):
        packed[strip] = _entry(form, 273, place, [0], struct.pack(f"<{form.place}", begin + z * each))
        following = len(form.begin) + (z + 1) * directory if z + 1 < depth else 0
        directories += [
            struct.pack(f"<{form.entries}", len(entries)),
            *packed,
            struct.pack(f"<{form.place}", following),
        ]
    return b"".join((form.begin, *directories, values))


def _entry(form: _Form, tag: int, kind: int, numbers: Sequence[int], value: bytes) -> bytes:
    count = len(numbers) // 2 if kind == _RATIONAL else len(numbers)
    return struct.pack(f"<HH{form.place}", tag, kind, count) + value


def _resolution(spacing: float) -> list[int]:
    """Pixels a centimetre, as a numerator and a denominator."""
    return [_PER_CENTIMETRE, min(max(1, round(spacing * 1e6)), 2**32 - 1)]
