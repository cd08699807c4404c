"""Reads PNG, JPEG, TIFF, BMP and rarer formats, which have no reader here, with SimpleITK in a child process.

SimpleITK takes truncated TIFF and JPEG files for whole; the pages of a TIFF file and the end of a JPEG file
are therefore looked for here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np

from nodeeditor import VOXEL_TYPES, Extent, ImageInfo, NodeError, channel_names, type_range
from nodes.formats.imagefile import ImageFile
from nodes.formats.isolated import Decoded, decode
from nodes.formats.memory import Grid, VoxelsInMemory


@dataclass(frozen=True)
class Format:
    """A format: SimpleITK's reader for it, and the bytes that it begins with (none: told by its suffix)."""

    name: str
    image_io: str
    magic: tuple[bytes, ...] = ()
    suffixes: tuple[str, ...] = ()


FORMATS = (
    Format("PNG", "PNGImageIO", (b"\x89PNG\r\n\x1a\n",), (".png",)),
    Format("JPEG", "JPEGImageIO", (b"\xff\xd8\xff",), (".jpg", ".jpeg", ".jpe", ".jfif")),
    Format("TIFF", "TIFFImageIO", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), (".tif", ".tiff")),
    Format("BMP", "BMPImageIO", (b"BM",), (".bmp", ".dib")),
    Format("VTK", "VTKImageIO", (b"# vtk DataFile",), (".vtk",)),
    Format(
        "JPEG 2000", "JPEG2000ImageIO", (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"), (".jp2", ".j2k", ".jpx")
    ),
    Format("MINC", "MINCImageIO", (b"CDF\x01", b"CDF\x02"), (".mnc", ".mnc2")),
    Format("HDF5", "HDF5ImageIO", (b"\x89HDF\r\n\x1a\n",), (".h5", ".hdf5", ".hdf")),
    Format("GIPL", "GiplImageIO", (), (".gipl",)),
    Format("MRC", "MRCImageIO", (), (".mrc", ".rec")),
    Format("BioRad", "BioRadImageIO", (), (".pic",)),
    Format("Stimulate", "StimulateImageIO", (), (".spr",)),
)
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_UNSIGNED = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_HDF5 = b"\x89HDF\r\n\x1a\n"
_PAGES = 100_000
_NO_IMAGE = 1 | 4
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_VTK_HEADER = re.compile(rb"(LOOKUP_TABLE|VECTORS|COLOR_SCALARS|TENSORS|NORMALS)[^\n]*\n")


def recognised(head: bytes, suffix: str) -> Format | None:
    """The format that a file's first bytes show, else one without such bytes that its suffix says."""
    for candidate in FORMATS:
        if candidate.name == "MINC" and head.startswith(_HDF5) and suffix.lower() in candidate.suffixes:
            return candidate  # MINC 2 is HDF5 within
        if candidate.magic and head.startswith(candidate.magic):
            if candidate.name == "BMP" and not _is_bmp(head):
                continue
            return candidate
    return next((known for known in FORMATS if not known.magic and suffix.lower() in known.suffixes), None)


def open_with_itk(path: Path, kind: Format, limit: int | None = None) -> ImageFile:
    """Decode a file whole and keep it; several pages become slices, colours become channels.

    Raises NodeError in one sentence where the file is damaged or not supported.
    """
    pages = 0
    if kind.name == "TIFF":
        pages = tiff_pages(path)
    elif kind.name == "JPEG":
        _check_jpeg(path)
    decoded = decode(path, kind.image_io, limit)
    there, need = path.stat().st_size, _least_length(path, kind.name, decoded.voxels.nbytes)
    if there < need:
        raise NodeError(f"{path.name} is damaged: {there} of {need} bytes are there")
    return image_of(decoded, path, kind.name, pages)


def image_of(decoded: Decoded, path: Path, name: str, pages: int = 0) -> ImageFile:
    """A decoded image as an image file: x, y (, z (, t)) of SimpleITK, components as channels."""
    voxels = decoded.voxels if decoded.components > 1 else decoded.voxels[..., np.newaxis]
    if voxels.ndim > 5 or voxels.dtype not in VOXEL_TYPES:
        raise NodeError(f"{path.name} holds {voxels.ndim - 1} dimensions of {voxels.dtype}; that is not supported")
    voxels = voxels.reshape((1,) * (5 - voxels.ndim) + voxels.shape)
    t, z, y, x, c = voxels.shape
    if pages and pages != z:
        raise NodeError(f"{path.name} is damaged: {z} of {pages} pages could be read")
    count = len(decoded.spacing)
    inner = min(count, 3)
    matrix = np.eye(3)
    matrix[:inner, :inner] = np.reshape(decoded.direction, (count, count))[:inner, :inner]
    matrix[:, :inner] *= decoded.spacing[:inner]
    grid = Grid.of(matrix, (*decoded.origin[:inner], 0.0, 0.0)[:3], path.name)
    extent: Extent = (t, c, z, y, x)
    info = ImageInfo(
        extent,
        voxels.dtype,
        type_range(voxels.dtype),
        grid.spacing,
        grid.origin,
        grid.direction,
        time_step=decoded.spacing[3] if count > 3 else 1.0,
        channels=channel_names(c),
    )
    summary = name + (f", {pages} pages" if pages > 1 else "")
    return VoxelsInMemory(info, np.ascontiguousarray(np.moveaxis(voxels, -1, 1)), summary=summary)


def tiff_pages(path: Path) -> int:
    """Number of pages of a TIFF or BigTIFF file, by following its directories (TIFF 6.0, section 2).

    Reduced copies and masks are not counted, SimpleITK leaves them out. Raises NodeError where a directory, a
    strip or a tile lies outside the file.
    """
    size = path.stat().st_size
    pages = 0
    seen: set[int] = set()
    try:
        with path.open("rb") as file:
            head = file.read(16)
            order = "<" if head.startswith(b"II") else ">"
            (big,) = struct.unpack_from(order + "H", head, 2)
            words = "Q" if big == 43 else "I"
            (place,) = struct.unpack_from(order + words, head, 8 if big == 43 else 4)
            while place:
                if place in seen or len(seen) >= _PAGES:
                    raise NodeError(f"{path.name} is damaged: its list of pages does not end")
                seen.add(place)
                kind, ends, place = _directory(file, place, order, words)
                if max(ends, default=0) > size:
                    raise NodeError(
                        f"{path.name} is damaged: page {len(seen)} ends {max(ends) - size} bytes behind the end"
                    )
                pages += not kind & _NO_IMAGE
    except (struct.error, OverflowError) as error:
        raise NodeError(f"{path.name} is damaged: it ends within the list of its pages") from error
    return pages


def _directory(file: BufferedReader, place: int, order: str, words: str) -> tuple[int, list[int], int]:
    """Of one page: NewSubfileType, where its strips, tiles and long values end, the place of the next directory."""
    wide = words == "Q"
    file.seek(place)
    (count,) = _unpacked(file, order + ("Q" if wide else "H"))
    entry = 20 if wide else 12
    table = file.read(min(count, 1 << 16) * entry)
    (following,) = _unpacked(file, order + words)
    width = struct.calcsize(words)
    values: dict[int, tuple[int, ...]] = {}
    ends = []
    for first in range(0, len(table) - entry + 1, entry):
        tag, kind = struct.unpack_from(order + "HH", table, first)
        (number,) = struct.unpack_from(order + words, table, first + 4)
        start = place + (8 if wide else 2) + first + 4 + width
        length = number * _LENGTHS.get(kind, 0)
        if length > width:
            (start,) = struct.unpack_from(order + words, table, first + 4 + width)
            ends.append(start + length)
        if tag in (254, 273, 279, 324, 325) and kind in _UNSIGNED and 0 < number <= 1 << 22:
            file.seek(start)
            values[tag] = _unpacked(file, f"{order}{number}{_UNSIGNED[kind]}")
    pieces = zip(values.get(273, values.get(324, ())), values.get(279, values.get(325, ())), strict=False)
    ends += [start + length for start, length in pieces]
    return values.get(254, (0,))[0], ends, following


def _unpacked(file: BufferedReader, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _check_jpeg(path: Path) -> None:
    """Follow the segments of a JPEG file to its end marker (ITU T.81, annex B); NodeError where it is missing."""
    data = path.read_bytes()
    position = 2
    while found := _MARKER.search(data, position):
        position = found.end()
        if found[1] == b"\xd9":
            return
        if found[1] != b"\x01":
            position += int.from_bytes(data[position : position + 2], "big")
    raise NodeError(f"{path.name} is damaged: its end is missing")


def _least_length(path: Path, name: str, voxels: int) -> int:
    """Bytes that a file must have to hold its voxels, where its format does not compress them; else 0."""
    with path.open("rb") as file:
        head = file.read(4096)
    if name == "BMP":
        start, width, height, bits, packed = struct.unpack_from("<I4xii2xHI", head.ljust(64, b"\0"), 10)
        return 0 if packed else start + (width * bits + 31) // 32 * 4 * abs(height)
    if name == "VTK":
        ends = [found.end() for found in _VTK_HEADER.finditer(head)]
        return voxels + max(ends) if b"BINARY" in head and ends else 0
    return voxels + {"GIPL": 256, "MRC": 1024, "BioRad": 76}[name] if name in ("GIPL", "MRC", "BioRad") else 0


def _is_bmp(head: bytes) -> bool:
    """Text may begin with BM, too; a BMP file says the size of its second header."""
    return len(head) >= 18 and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
