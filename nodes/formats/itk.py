"""Reads PNG, JPEG, TIFF, BMP and rarer formats, which have no reader here, with SimpleITK in a child process.

SimpleITK takes truncated JPEG and TIFF files for whole; the end of a JPEG file is therefore looked for here.
"""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nodeeditor import VOXEL_TYPES, Extent, ImageInfo, NodeError, channel_names, type_range
from nodeeditor.memory import free_memory
from nodes.formats.deflate import GZIP
from nodes.formats.ge import GE4, GE5, HEAD, check_ge4, check_ge5
from nodes.formats.imagefile import ImageFile
from nodes.formats.isolated import Decoded, decode
from nodes.formats.memory import Grid, VoxelsInMemory
from nodes.formats.tiff import Microscope, microscope, plain_copy, tiff_of


@dataclass(frozen=True)
class Format:
    """A format: SimpleITK's reader for it, and how it is told by the first bytes of a file.

    ``magic``     expression that only this format's bytes match
    ``named``     expression that the bytes of other formats match, too; counts where the file has a suffix of ours
    ``suffixes``  in lower case
    """

    name: str
    image_io: str
    magic: bytes = b""
    suffixes: tuple[str, ...] = ()
    named: bytes = b""


_TIFF = rb"II[*+]\0|MM\0[*+]"
_HDF5 = rb"\x89HDF\r\n\x1a\n"
_MRC = rb"(?s)(?:.[^\0]\0\0|[^\0].\0\0){3}[\0-\x06\x10]\0\0\0|(?:\0\0.[^\0]|\0\0[^\0].){3}\0\0\0[\0-\x06\x10]"
_MRC_SUFFIXES = (".mrc", ".mrcs", ".rec", ".map", ".ccp4", ".st", ".ali", ".preali")
FORMATS = (
    Format("PNG", "PNGImageIO", rb"\x89PNG\r\n\x1a\n", (".png",)),
    Format("JPEG", "JPEGImageIO", rb"\xff\xd8\xff", (".jpg", ".jpeg", ".jpe", ".jfif")),
    Format("TIFF", "TIFFImageIO", _TIFF, (".tif", ".tiff")),
    Format("LSM", "LSMImageIO", suffixes=(".lsm",), named=_TIFF),
    Format("BMP", "BMPImageIO", rb"(?s)BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", (".bmp", ".dib")),
    Format("VTK", "VTKImageIO", b"# vtk DataFile", (".vtk",)),
    Format("JPEG 2000", "JPEG2000ImageIO", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", (".jp2", ".j2k", ".jpx")),
    Format("MINC", "MINCImageIO", rb"CDF[\x01\x02]", (".mnc", ".mnc2"), named=_HDF5),
    Format("HDF5", "HDF5ImageIO", _HDF5, (".h5", ".hdf5", ".hdf")),
    Format("GIPL", "GiplImageIO", rb"(?s).{252}(?:\xef\xff\xe9\xb0|\x2a\xe3\x89\xb8)", (".gipl", ".gipl.gz")),
    Format("Stimulate", "StimulateImageIO", b"numDim:", (".spr",)),
    Format("GE 5", "GE5ImageIO", GE5),
    Format("GE 4", "GE4ImageIO", GE4),
    Format("MRC", "MRCImageIO", rb"(?s).{208}MAP[ \0]", _MRC_SUFFIXES, named=_MRC),
    Format("BioRad", "BioRadImageIO", suffixes=(".pic",), named=rb"(?s).{54}\x39\x30"),
)
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_VTK_HEADER = re.compile(rb"(LOOKUP_TABLE|VECTORS|COLOR_SCALARS|TENSORS|NORMALS)[^\n]*\n")


def recognised(head: bytes, suffix: str) -> Format | None:
    """The format that a file's first bytes show, its suffix helping where several have the same ones."""
    for known in FORMATS:
        if known.named and suffix.lower() in known.suffixes and re.match(known.named, head):
            return known
    return next((known for known in FORMATS if known.magic and re.match(known.magic, head)), None)


def open_with_itk(path: Path, kind: Format, limit: int | None = None) -> ImageFile:
    """Decode a file whole and keep it; several pages become slices, colours become channels.

    Raises NodeError in one sentence where the file is damaged or not supported.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    packed = head.startswith(GZIP)
    if packed and kind.name != "GIPL":
        raise NodeError(f"{path.name} is {kind.name} compressed with gzip; unpack it first")
    if kind.name in ("TIFF", "LSM"):
        return _open_tiff(path, kind, limit)
    if kind.name in _CHECKS:
        _CHECKS[kind.name](path, head)
    there = _unpacked_length(path) if packed else path.stat().st_size
    decoded = decode(path, kind.image_io, limit)
    need = _least_length(head, kind.name, decoded.voxels.nbytes)
    if there < need:
        raise NodeError(f"{path.name} is damaged: {there} of {need} bytes are there")
    return image_of(decoded, path, kind.name, warnings=_WARNINGS.get(kind.name, ()))


def _open_tiff(path: Path, kind: Format, limit: int | None) -> ImageFile:
    tiff = tiff_of(path)
    pages = len(tiff.images)
    with plain_copy(path, tiff, free_memory() // 2 if limit is None else limit) as copy:
        decoded = decode(copy, kind.image_io, limit)
    widest = max(page.bits for page in tiff.images)
    if widest > 8 * decoded.voxels.itemsize:
        bits = 8 * decoded.voxels.itemsize
        raise NodeError(f"{path.name} has {widest} bits a sample, of which only {bits} could be read; convert it")
    if tiff.planes > 1:
        decoded = _joined(decoded, pages, tiff.planes, path.name)
    found = microscope(path, tiff) if kind.name == "LSM" else None
    return image_of(_placed(decoded, pages, found) if found else decoded, path, kind.name, pages)


def _joined(decoded: Decoded, pages: int, planes: int, name: str) -> Decoded:
    """Planes that were read as pages as the components that they are."""
    y, x = decoded.voxels.shape[-2:]
    if decoded.components > 1 or decoded.voxels.size != pages * planes * y * x:
        raise NodeError(f"{name} has colours in {planes} planes that could not be read; convert it")
    voxels = np.moveaxis(decoded.voxels.reshape(pages, planes, y, x), 1, -1)
    return replace(
        decoded,
        voxels=voxels,
        components=planes,
        spacing=(*decoded.spacing, 1.0)[:3],
        origin=(*decoded.origin, 0.0)[:3],
        direction=tuple(np.eye(3).ravel().tolist()),
    )


def _placed(decoded: Decoded, pages: int, found: Microscope) -> Decoded:
    """Pages of a microscope as slices and time points, with voxels of the size that it says."""
    shape = decoded.voxels.shape[-3 if decoded.components > 1 else -2 :]
    read = decoded.voxels.size // math.prod(shape)
    times = found.times if found.times * found.slices == read == pages else 1
    return replace(
        decoded,
        voxels=decoded.voxels.reshape(times, read // times, *shape),
        spacing=(*found.spacing, 1.0),
        origin=(0.0,) * 4,
        direction=tuple(np.eye(4).ravel().tolist()),
    )


def image_of(decoded: Decoded, path: Path, name: str, pages: int = 0, warnings: tuple[str, ...] = ()) -> ImageFile:
    """A decoded image as an image file: x, y (, z (, t)) of SimpleITK, components as channels."""
    voxels = decoded.voxels if decoded.components > 1 else decoded.voxels[..., np.newaxis]
    if voxels.ndim > 5 or voxels.dtype not in VOXEL_TYPES:
        raise NodeError(f"{path.name} holds {voxels.ndim - 1} dimensions of {voxels.dtype}; that is not supported")
    if voxels.size == 0:
        raise NodeError(f"{path.name} is damaged: it says that it has no voxels")
    voxels = voxels.reshape((1,) * (5 - voxels.ndim) + voxels.shape)
    t, z, y, x, c = voxels.shape
    if pages and pages != t * z:
        raise NodeError(f"{path.name} is damaged: {t * z} of {pages} pages could be read")
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
    return VoxelsInMemory(info, np.ascontiguousarray(np.moveaxis(voxels, -1, 1)), warnings=warnings, summary=summary)


def _check_jpeg(path: Path, _: bytes) -> None:
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


def _check_minc(path: Path, head: bytes) -> None:
    """NodeError for MINC 1, whose reader (netCDF) SimpleITK is built without."""
    if head.startswith(b"CDF"):
        raise NodeError(f"{path.name} could not be read: it is MINC 1, SimpleITK reads MINC 2; use mincconvert -2")


def _check_stimulate(path: Path, head: bytes) -> None:
    """NodeError where the header leads to voxels outside its folder; SimpleITK follows it anywhere."""
    named = re.search(rb"^stimFileName:[ \t]*(.+?)\s*$", head, re.MULTILINE)
    if named:
        folder = (path.parent / named[1].decode("utf-8", "replace")).parent
        if not (folder.is_dir() and folder.samefile(path.parent)):
            raise NodeError(f"{path.name} names voxels that are not in its folder; correct its line stimFileName")


def _unpacked_length(path: Path) -> int:
    """Bytes that a gzip file holds, its check sum compared; NodeError where it is damaged."""
    try:
        with gzip.open(path) as file:
            return sum(map(len, iter(lambda: file.read(1 << 20), b"")))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise NodeError(f"{path.name} is damaged: its gzip data are cut or wrong") from error


def _least_length(head: bytes, name: str, voxels: int) -> int:
    """Bytes that a file must have to hold its voxels, where its format does not compress them; else 0."""
    if name == "BMP":
        start, width, height, bits, packed = struct.unpack_from("<I4xii2xHI", head.ljust(64, b"\0"), 10)
        return 0 if packed else start + (width * bits + 31) // 32 * 4 * abs(height)
    if name == "VTK":
        ends = [found.end() for found in _VTK_HEADER.finditer(head)]
        return voxels + max(ends) if b"BINARY" in head and ends else 0
    return voxels + {"GIPL": 256, "MRC": 1024, "BioRad": 76}[name] if name in ("GIPL", "MRC", "BioRad") else 0


_CHECKS: Mapping[str, Callable[[Path, bytes], None]] = {
    "JPEG": _check_jpeg,
    "MINC": _check_minc,
    "Stimulate": _check_stimulate,
    "GE 4": check_ge4,
    "GE 5": check_ge5,
}
_WARNINGS = {"GE 4": ("its position in space is not read; the first voxel is taken to be at 0, 0, 0",)}
