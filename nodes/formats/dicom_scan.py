"""Looks at a plain DICOM header with as little work as possible: which files are alike but for place and time.

The files of one series say the same about their pixels, a thousand times over. One is read in full; of the others
only what sets them apart. Whatever is unusual about a file is no matter of this one: it gives None, and the file
is read in full.
"""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nodes.formats.dicom_format import PixelFile, check_length
from nodes.formats.dicom_frames import Frame, seconds
from nodes.formats.dicom_header import ATTRIBUTES, UNDEFINED_LENGTH, PixelElement, shown_name
from nodes.formats.dicom_walk import BEGIN, PIXELS, OddError, as_found, elements

_OWN = {
    as_found(ATTRIBUTES[keyword]): (keyword, kind)
    for keyword, kind in (
        ("SOPInstanceUID", b"UI"),
        ("ImagePositionPatient", b"DS"),
        ("TemporalPositionIdentifier", b"IS"),
        ("TriggerTime", b"DS"),
        ("FrameReferenceTime", b"DS"),
        ("EchoTime", b"DS"),
        ("AcquisitionDateTime", b"DT"),
        ("AcquisitionTime", b"TM"),
        ("ContentTime", b"TM"),
        ("AcquisitionNumber", b"IS"),
        ("InstanceNumber", b"IS"),
    )
}
"""What may differ between files that are alike, and its value representation."""
_READ = frozenset(map(as_found, ATTRIBUTES.values()))
_PIXEL_GROUP = 0x7FE0
_LOOKS = (1 << 13, 1 << 17, 1 << 21)
"""Bytes that are looked at: first so many, more where the header does not end within them."""
_VALUES = re.compile(rb"[-+0-9.eE\\ ]*\0?")
"""What UIDs, numbers and times consist of, and the padding."""
_LESSONS = 8
"""Patterns that are made in one folder at most."""
_SHORT, _LONG = struct.Struct("<H"), struct.Struct("<I")


class Look(NamedTuple):
    """What a look at one file found.

    ``likeness``  all that is ever read of a header but for what may differ; equal in files that are alike
    ``own``       what may differ: tag and raw value
    ``element``   where the pixels are
    """

    path: Path
    likeness: tuple[object, ...]
    own: Mapping[int, bytes]
    element: PixelElement


class Looks:
    """Looks at one file of a folder after another, and learns from them what the next one will be like."""

    def __init__(self) -> None:
        self._pattern: _Pattern | None = None
        self._before: tuple[bytes, Look] | None = None
        self._lessons = _LESSONS

    def at(self, path: Path) -> Look | None:
        """Look at a file; None where it is not plain, whatever the reason."""
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError:
            return None
        try:
            return self._look(path, handle)
        except (OSError, OddError):
            return None
        finally:
            os.close(handle)

    def _look(self, path: Path, handle: int) -> Look | None:
        head, size = b"", os.fstat(handle).st_size
        for most in _LOOKS:
            head += os.read(handle, most - len(head))
            if head[128:132] != b"DICM":
                return None
            try:
                known = self._pattern.look(path, head, size) if self._pattern else None
                return known or self._learnt(head, _walked(path, head, size))
            except struct.error:
                if len(head) < most:
                    return None
        return None

    def _learnt(self, head: bytes, seen: Look) -> Look:
        if self._before and self._before[1].likeness == seen.likeness and self._lessons:
            self._lessons -= 1
            varying = self._pattern.varying if self._pattern else frozenset(_OWN)
            self._pattern = _pattern(self._before[0], head, seen, varying)
        self._before = head, seen
        return seen


def _walked(path: Path, head: bytes, size: int) -> Look:
    """What the elements say, one after another; raises OddError, and struct.error where the bytes do not suffice."""
    likeness: list[object] = []
    own: dict[int, bytes] = {}
    for tag, kind, _, first, length, stop in elements(head):
        if tag == PIXELS:
            if kind not in (b"", b"OB", b"OW") or length == UNDEFINED_LENGTH:
                raise OddError
            return Look(
                path, tuple(likeness), own, PixelElement("PixelData", first, length, size - first, kind == b"OW")
            )
        if tag & 0xFFFF >= _PIXEL_GROUP:
            raise OddError
        if tag not in _READ:
            continue
        if stop > len(head):
            raise struct.error
        if tag not in _OWN:
            likeness += (tag, kind, head[first:stop])
        elif kind not in (b"", _OWN[tag][1]):
            raise OddError
        else:
            likeness.append(tag)
            own[tag] = head[first:stop]
    raise OddError


@dataclass(frozen=True, eq=False)
class _Pattern:
    """What headers that are alike have in common: a header that has it, too, need not be walked over.

    ``steps``    the bytes up to the length of each element that differs, how that is written, and the tag
    ``end``      the bytes from there to the length of the pixels
    ``varying``  the tags that were seen to differ so far
    ``seen``     one of the headers
    """

    steps: tuple[tuple[bytes, struct.Struct, int], ...]
    end: bytes
    varying: frozenset[int]
    seen: Look

    def look(self, path: Path, head: bytes, size: int) -> Look | None:
        """A look at such a header; None for another one."""
        own: dict[int, bytes] = {}
        position = BEGIN
        for common, form, tag in self.steps:
            if not head.startswith(common, position):
                return None
            first = position + len(common) + form.size
            (length,) = form.unpack_from(head, position + len(common))
            position = first + length
            if tag in _OWN:
                own[tag] = head[first:position]
        if not head.startswith(self.end, position):
            return None
        first = position + len(self.end) + _LONG.size
        (length,) = _LONG.unpack_from(head, position + len(self.end))
        pixels = PixelElement("PixelData", first, length, size - first, self.seen.element.words)
        return Look(path, self.seen.likeness, own, pixels)


def _pattern(one: bytes, other: bytes, seen: Look, varying: frozenset[int]) -> _Pattern | None:
    """What two headers that are alike have in common, None where elements of no certain length differ."""
    steps: list[tuple[bytes, struct.Struct, int]] = []
    common = b""
    for a, b in zip(elements(one), elements(other), strict=False):
        if (a.tag, a.kind, a.length == UNDEFINED_LENGTH) != (b.tag, b.kind, b.length == UNDEFINED_LENGTH):
            return None
        if a.tag == PIXELS:
            return _Pattern(tuple(steps), common + one[a.start : a.first - _LONG.size], varying, seen)
        if a.tag not in varying and one[a.start : a.stop] == other[b.start : b.stop]:
            common += one[a.start : a.stop]
        elif a.length != UNDEFINED_LENGTH:
            form = _SHORT if a.kind and a.first == a.start + 8 else _LONG
            steps.append((common + one[a.start : a.first - form.size], form, a.tag))
            common = b""
            varying |= {a.tag}
        else:
            return None
    return None


def frame_like(model: Frame, seen: Look) -> Frame | None:
    """The one frame of a file that is alike to that of a model; None where what sets it apart is not plain.

    Raises DamagedError where its pixels are not all there.
    """
    name = shown_name(seen.path)
    check_length(name, model.file.format, seen.element, 1)
    order = dict(model.order)
    position, uid = model.position, model.uid
    for tag, raw in seen.own.items():
        keyword, kind = _OWN[tag]
        if not _VALUES.fullmatch(raw):
            return None
        words = raw.decode("ascii").strip(" \0")
        if keyword == "SOPInstanceUID":
            uid = words
        elif keyword == "ImagePositionPatient":
            position = _position(words)
            if position is None or model.position is None:
                return None
        elif not words:
            order.pop(keyword, None)
        else:
            number = _number(words, kind)
            if number is None:
                return None
            order[keyword] = number
    file = PixelFile(seen.path, name, model.file.format, 1, seen.element, swapped=False, inflated=None)
    return Frame(
        file,
        0,
        uid,
        position,
        model.orientation,
        model.spacing,
        model.notes,
        model.distance,
        model.slices,
        model.slope,
        model.intercept,
        model.table,
        model.dose,
        order,
    )


def _position(words: str) -> tuple[float, float, float] | None:
    try:
        x, y, z = map(float, words.split("\\"))
    except ValueError:
        return None
    return (x, y, z) if math.isfinite(x + y + z) else None


def _number(words: str, kind: bytes) -> float | None:
    try:
        found = seconds(words) if kind in (b"TM", b"DT") else float(int(words) if kind == b"IS" else float(words))
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None
