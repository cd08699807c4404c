"""Reads NIfTI-1, NIfTI-2 and Analyze 7.5: plain files by region, .gz unpacked once; checks what ITK does not.

Geometry: the sform where its code is above 0, else the qform, as nibabel does and the standard suggests;
SimpleITK 2.5 prefers the qform where both have codes and the sform's is not 1, so a file whose two forms
differ gets a warning. Without either SimpleITK's rule is taken: axes along LPS, origin 0. NIfTI's world is
RAS; x and y are turned for LPS.
"""

from __future__ import annotations

import contextlib
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor import Extent, NodeError
from nodeeditor.memory import free_memory
from nodes.formats.deflate import GZIP, unpacked
from nodes.formats.imagefile import ImageFile
from nodes.formats.memory import Grid, InFile, InMemory, Layout, PlainVoxels, check_length

_TYPES = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    128: "u1",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
    2304: "u1",
}
_REFUSED = {
    1: "single bits",
    32: "complex numbers",
    1536: "128-bit floating point numbers",
    1792: "complex numbers",
    2048: "complex numbers",
}
_COLOURS = {128: 3, 2304: 4}
_METRES = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_SECONDS = {0: 1.0, 8: 1.0, 16: 1e-3, 24: 1e-6}
_PLACES: dict[int, tuple[tuple[int, str], ...]] = {
    348: (
        (40, "8h"), (70, "h"), (76, "8f"), (108, "f"), (112, "2f"),
        (123, "B"), (252, "2h"), (256, "6f"), (280, "12f"),
    ),
    540: (
        (16, "8q"), (12, "h"), (104, "8d"), (168, "q"), (176, "2d"),
        (500, "i"), (344, "2i"), (352, "6d"), (400, "12d"),
    ),
}  # fmt: skip
"""Where the fields of `_Header` lie: bytes to skip and what to unpack (nifti1.h, nifti2.h)."""


@dataclass(frozen=True)
class _Header:
    """The fields that matter, from any of the formats; ``magic`` is empty for Analyze."""

    order: str
    size: int
    magic: bytes
    dim: tuple[int, ...]
    datatype: int
    pixdim: tuple[float, ...]
    offset: float
    slope: float
    intercept: float
    units: int
    codes: tuple[int, int]
    quaternion: tuple[float, ...]
    rows: tuple[float, ...]

    @property
    def paired(self) -> bool:
        return self.magic[:2] != b"n+"


def is_nifti(head: bytes) -> bool:
    """Whether the first bytes of a file (540 or more, unpacked) are those of NIfTI or Analyze."""
    return _header(head) is not None


def open_nifti(path: Path, limit: int | None = None) -> ImageFile:
    """Open a .nii, .nii.gz, or either file of a .hdr/.img pair, NIfTI or Analyze.

    ``limit`` is the most bytes that an unpacked volume may take, half of the free memory if it is not given.
    Raises NodeError in one sentence where the file is damaged or not supported.
    """
    limit = free_memory() // 2 if limit is None else limit
    path = header_path(path)
    header = _header(unpacked_head(path))
    if header is None:
        raise NodeError(f"{path.name} is no NIfTI or Analyze image")
    data = data_path(path) if header.paired else path
    if header.paired and not data.is_file():
        raise NodeError(f"{path.name} is incomplete: {data.name} with its voxels does not exist")
    warnings: list[str] = []
    layout = _layout(header, path.name, warnings)
    offset = _offset(header, path.name)
    with np.errstate(all="ignore"):  # what is no number in the header is refused in `Grid.of`
        grid = _grid(header, layout.extent, path.name, warnings)
    packed = _starts_packed(data)
    source: InFile | InMemory
    if packed:
        layout.check_memory(limit, path.name)
        need = layout.nbytes
        source = InMemory(lambda: unpacked(data, 0, offset, need), layout.shape, layout.dtype)
    else:
        check_length(data, offset, layout.nbytes)
        source = InFile(data, offset, layout.shape, layout.dtype)
    return PlainVoxels(
        layout,
        source,
        grid,
        path.name,
        warnings=tuple(warnings),
        summary=_summary(header, packed),
        time_step=_time_step(header),
    )


def header_path(path: Path) -> Path:
    """The .hdr of a pair that was named by its .img, else the path itself."""
    stem, suffix = _split(path)
    if suffix.lower() not in (".img", ".img.gz"):
        return path
    return _sibling(path, stem, suffix, ".hdr")


def data_path(path: Path) -> Path:
    """The file beside a .hdr that holds its voxels, there or not; the path itself for other suffixes."""
    stem, suffix = _split(path)
    if suffix.lower() not in (".hdr", ".hdr.gz"):
        return path
    return _sibling(path, stem, suffix, ".img")


def unpacked_head(path: Path, count: int = 1024) -> bytes:
    """The first bytes of a file, unpacked where it is a gzip file; empty where that fails."""
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise NodeError(f"{path.name} could not be read: {error.strerror}") from error
    if not head.startswith(GZIP):
        return head[:count]
    for most in (count, 544, 352):  # less where damage further on is to be found later and told better
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(31).decompress(head, most)
    return b""


def _header(head: bytes) -> _Header | None:
    """The header at the beginning of a file; None where it is neither NIfTI nor Analyze."""
    if len(head) < 348:
        return None
    for order in "<>":
        (size,) = struct.unpack_from(order + "i", head)
        magic = head[4:8] if size == 540 else head[344:348]
        nifti = magic in ((b"n+1\0", b"ni1\0") if size == 348 else (b"n+2\0", b"ni2\0"))
        if size not in _PLACES or len(head) < size or (size == 540 and not nifti):
            continue
        dim, datatype, pixdim, offset, rescale, units, codes, quaternion, rows = (
            struct.unpack_from(order + fields, head, skip) for skip, fields in _PLACES[size]
        )
        if not nifti and not 1 <= dim[0] <= 7:
            continue
        return _Header(
            order=order,
            size=size,
            magic=magic if nifti else b"",
            dim=dim,
            datatype=datatype[0],
            pixdim=pixdim,
            offset=offset[0],
            slope=rescale[0] if nifti else 0.0,
            intercept=rescale[1] if nifti else 0.0,
            units=units[0] if nifti else 0,
            codes=(codes[0], codes[1]) if nifti else (0, 0),
            quaternion=quaternion,
            rows=rows,
        )
    return None


def _layout(header: _Header, name: str, warnings: list[str]) -> Layout:
    count = header.dim[0]
    if not 1 <= count <= 7:
        raise NodeError(f"{name} is damaged: it has {count} dimensions")
    sizes = header.dim[1 : count + 1]
    if min(sizes) < 1:
        raise NodeError(f"{name} is damaged: its size is {'x'.join(map(str, sizes))}")
    if math.prod(sizes[5:]) > 1:
        raise NodeError(f"{name} has {count} dimensions ({'x'.join(map(str, sizes))}); 5 are supported")
    if header.datatype not in _TYPES:
        what = _REFUSED.get(header.datatype, f"voxels of an unknown type ({header.datatype})")
        raise NodeError(f"{name} holds {what}; that is not supported")
    x, y, z, t, c = (*sizes[:5], 1, 1, 1, 1)[:5]
    order = "ctzyx"
    if header.datatype in _COLOURS:
        if c > 1:
            raise NodeError(f"{name} holds {c} colour images; one is supported")
        c, order = _COLOURS[header.datatype], "tzyxc"
    slope, intercept = _rescale(header, name, warnings)
    dtype = np.dtype(header.order + _TYPES[header.datatype])
    return Layout(dtype, (t, c, z, y, x), order, slope, intercept)


def _rescale(header: _Header, name: str, warnings: list[str]) -> tuple[float, float]:
    """Slope and intercept; a slope of 0 means none (nifti1.h), and colours have none."""
    slope, intercept = header.slope, header.intercept
    if slope == 0 or header.datatype in _COLOURS:
        return 1.0, 0.0
    if not math.isfinite(slope):
        warnings.append("its slope is not a number and is ignored")
        return 1.0, 0.0
    if not math.isfinite(intercept):
        raise NodeError(f"{name} is damaged: its intercept is not a number")
    return slope, intercept


def _offset(header: _Header, name: str) -> int:
    first = 0 if header.paired else header.size + 4
    offset = header.offset
    if header.offset == 0:
        offset = first
    if not (math.isfinite(offset) and first <= offset < 2**62 and float(offset).is_integer()):
        raise NodeError(f"{name} is damaged: its voxels begin at byte {offset:g}")
    return int(offset)


def _grid(header: _Header, extent: Extent, name: str, warnings: list[str]) -> Grid:
    """The form that counts, turned from RAS to LPS and from its unit to millimetres."""
    sizes = extent[:1:-1]
    qform, sform = header.codes
    if sform > 0:
        matrix = np.reshape(header.rows, (3, 4)).astype(float)
        if qform > 0 and not _alike(matrix, _from_quaternion(header, sizes), sizes):
            warnings.append("its sform and qform differ; the sform is used")
    elif qform > 0:
        matrix = _from_quaternion(header, sizes)
    else:
        matrix = np.eye(3, 4) * (-1.0, -1.0, 1.0, 0.0) * (*_spacing(header, sizes), 0.0)
        warnings.append("orientation unknown" + ("" if header.magic else " (Analyze)"))
    unit = _METRES.get(header.units & 7, 1.0)
    matrix = matrix * np.array([[-unit], [-unit], [unit]])
    if sizes[2] == 1 and not matrix[:, 2].any():
        normal = np.cross(matrix[:, 0], matrix[:, 1])
        matrix[:, 2] = normal / (np.linalg.norm(normal) or 1.0)
    return Grid.of(matrix[:, :3], matrix[:, 3], name)


def _spacing(header: _Header, sizes: tuple[int, ...]) -> tuple[float, ...]:
    """Distances of voxels; 1 along an axis of one voxel that does not tell."""
    return tuple(step if step or size > 1 else 1.0 for step, size in zip(header.pixdim[1:4], sizes, strict=True))


def _from_quaternion(header: _Header, sizes: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """NIfTI-1 header, method 2: rotation by a quaternion, z turned where pixdim[0] is negative."""
    b, c, d, *offset = header.quaternion
    rest = 1.0 - (b * b + c * c + d * d)
    if rest < 1e-7:
        length = math.sqrt(b * b + c * c + d * d)
        a, b, c, d = 0.0, b / length, c / length, d / length
    else:
        a = math.sqrt(rest)
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c],
            [2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b],
            [2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b],
        ]
    )
    turn = -1.0 if header.pixdim[0] < 0 else 1.0
    return np.column_stack((rotation * _spacing(header, sizes) * (1.0, 1.0, turn), offset))


def _alike(one: npt.NDArray[Any], other: npt.NDArray[Any], sizes: tuple[int, ...]) -> bool:
    """Whether two grids put no corner voxel more than a tenth of a voxel apart."""
    apart = (np.abs(one - other) * (*(size - 1 for size in sizes), 1)).sum(axis=1)
    return bool((apart <= 0.1 * np.linalg.norm(one[:, :3], axis=0).min()).all())


def _time_step(header: _Header) -> float:
    step = header.pixdim[4] * _SECONDS.get(header.units & 0x38, 1.0)
    return float(step) if 0 < step < math.inf else 1.0


def _summary(header: _Header, packed: bool) -> str:
    kind = f"NIfTI-{header.magic[2:3].decode()}" if header.magic else "Analyze 7.5"
    return kind + (", compressed" if packed else "")


def _starts_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == GZIP


def _split(path: Path) -> tuple[str, str]:
    """Name and suffix, which may be a double one: ``head.img.gz`` is ``head`` and ``.img.gz``."""
    suffixes = path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]
    suffix = "".join(suffixes)
    return path.name.removesuffix(suffix) if suffix else path.name, suffix


def _sibling(path: Path, stem: str, suffix: str, wanted: str) -> Path:
    """The other file of a pair, packed or not; the likeliest name where none exists."""
    wanted = wanted.upper() if suffix[1:4].isupper() else wanted
    first, second = (wanted + ".gz", wanted) if suffix.lower().endswith(".gz") else (wanted, wanted + ".gz")
    candidates = [path.with_name(stem + first), path.with_name(stem + second)]
    return next((candidate for candidate in candidates if candidate.is_file()), candidates[0])
