"""Checks General Electric slices (Signa 4.x, Genesis 5.x) before SimpleITK reads them: it trusts their headers.

Each file holds one slice; SimpleITK adds the other slices of its series from the same folder. Byte positions are
those of the public descriptions of both formats (dicom3tools, medical image format FAQ).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

from nodeeditor import NodeError
from nodes.formats.deflate import damaged

_PLANE_4 = rb"(?s).{4374}[^\0]{0,9}(?:CORONAL|SAGITTAL|AXIAL|OBLIQUE)"
GE4 = rb"(?s)(?=.{4158}[ \0]{0,2}\d)(?=.{5208}[ \0]{0,2}\d)(?=.{5394}[\0-\x08].[\0-\x08])" + _PLANE_4[4:]
"""Numbers of series and image, two sizes up to 2303, the name of the plane."""
GE5 = rb"(?s)IMGF|.{7}SIGNA\0"
_PHASE_4 = rb"(?s).{5720}(?:\0|\s{0,2}\d)"
_VOXELS_4 = 28 * 512
_SIZES_4 = 5120 + 2 * 137
_PLACES_5 = {2: ((240, 1040), (1280, 1028), (2308, 1044))}
_LEAST_5 = (330, 16, 420)
_HEADERS_5 = ("exam", "series", "image")
_BARE_5 = 114 + 1024 + 1020 + 1022
_MOST = 1 << 16
HEAD = 8192
"""First bytes of a file that the checks want to see."""


def check_ge4(path: Path, head: bytes) -> None:
    """NodeError where a Signa 4.x file, whose first bytes `GE4` matches, or another one in its folder is damaged.

    SimpleITK takes the last bytes of the file for its voxels, so that a file that was cut shows a shifted picture.
    """
    _check_folder(path, head, _PLANE_4, _check_ge4)


def check_ge5(path: Path, head: bytes) -> None:
    """NodeError where a Genesis 5.x file or another one in its folder is damaged or packed.

    SimpleITK takes packed voxels for plain ones.
    """
    _check_folder(path, head, GE5, _check_ge5)


def _check_folder(path: Path, head: bytes, magic: bytes, check: Callable[[Path, bytes], None]) -> None:
    """Check a file and all of its format beside it: SimpleITK opens them all in search of slices."""
    check(path, head)
    for other in path.absolute().parent.iterdir():
        if other.name == path.name or other.is_dir() or not os.access(other, os.R_OK):
            continue
        if not other.is_file():
            raise NodeError(f"{path.name} lies beside {other.name}, which is not a regular file; move one of them")
        with other.open("rb") as file:
            begin = file.read(HEAD)
        try:
            if re.match(magic, begin):
                check(other, begin)
        except NodeError as error:
            raise NodeError(f"{path.name} cannot be read with the other slices of its folder: {error}") from error


def _check_ge4(path: Path, head: bytes) -> None:
    if not re.match(GE4, head):
        raise NodeError(f"{path.name} is damaged: its header names a plane, but no series, image or size")
    if not re.match(_PHASE_4, head):
        raise NodeError(f"{path.name} is damaged: its cardiac phase is no number")
    _check_voxels(path, struct.unpack_from(">hh", head, _SIZES_4), _VOXELS_4)


def _check_ge5(path: Path, head: bytes) -> None:
    if not head.startswith(b"IMGF"):
        _check_voxels(path, _sizes(path, head, 2158, 30), _BARE_5)
        return
    if len(head) < 156:
        raise NodeError(f"{path.name} is damaged: it ends within its header")
    start, _, _, depth, packing = struct.unpack_from(">5i", head, 4)
    (version,) = struct.unpack_from(">h", head, 52)
    if depth != 16:
        raise NodeError(f"{path.name} holds {depth} bits a voxel; only 16 are supported")
    if packing not in (0, 1):
        raise NodeError(f"{path.name} is packed (GE compression {packing}); that is not supported, convert it to DICOM")
    pairs = struct.unpack_from(">6i", head, 132)
    places = _PLACES_5.get(version, tuple(zip(pairs[::2], pairs[1::2], strict=True)))
    for (place, length), least, what in zip(places, _LEAST_5, _HEADERS_5, strict=True):
        if not (0 < place < _MOST and least <= length < _MOST and place + length <= path.stat().st_size):
            raise NodeError(f"{path.name} is damaged: its {what} header lies outside the file")
    with path.open("rb") as file:
        image = file.read(places[2][0] + places[2][1])
    _check_voxels(path, _sizes(path, image, places[2][0], 32 if version == 2 else 30), start)


def _sizes(path: Path, head: bytes, place: int, offset: int) -> tuple[int, ...]:
    if len(head) < place + offset + 4:
        raise NodeError(f"{path.name} is damaged: it ends within its header")
    return struct.unpack_from(">hh", head, place + offset)


def _check_voxels(path: Path, sizes: tuple[int, ...], start: int) -> None:
    """NodeError unless ``start`` and two bytes for each voxel fit into the file."""
    x, y = sizes
    if min(x, y, start) <= 0:
        raise NodeError(f"{path.name} is damaged: it says that it has {x} x {y} voxels from byte {start} on")
    there = max(0, path.stat().st_size - start)
    if there < 2 * x * y:
        raise NodeError(damaged(path, there, 2 * x * y))
