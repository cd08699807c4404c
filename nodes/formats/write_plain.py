"""Writes NIfTI-1, MetaImage and NRRD: a header and the voxels as they are, so that every failed write is noticed."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from nodeeditor import ImageInfo, NodeError, Pages
from nodes.formats import deflate
from nodes.formats.memory import raw_bytes

_NIFTI = {
    "uint8": 2,
    "int16": 4,
    "int32": 8,
    "float32": 16,
    "float64": 64,
    "int8": 256,
    "uint16": 512,
    "uint32": 768,
    "int64": 1024,
    "uint64": 1280,
}
_MET = {
    "uint8": "UCHAR",
    "int8": "CHAR",
    "uint16": "USHORT",
    "int16": "SHORT",
    "uint32": "UINT",
    "int32": "INT",
    "uint64": "ULONG_LONG",
    "int64": "LONG_LONG",
    "float32": "FLOAT",
    "float64": "DOUBLE",
}
_NRRD = {"float32": "float", "float64": "double"}
_COLOURS = {3: 128, 4: 2304}
_VECTOR_INTENT = 1007
_MILLIMETRES_SECONDS = 2 | 8


def write_nifti(pages: Pages, target: Path, name: str, *, packed: bool) -> None:
    """One NIfTI-1 file; sform and qform alike, both with code 1 (scanner), rounded to float32.

    8-bit images of three and four channels become RGB and RGBA, others with channels vectors on the fifth axis,
    for which the whole image is held in memory.
    """
    info = pages.info
    if max(info.extent) > 32767:
        raise NodeError(f"{name} could not be written: NIfTI-1 holds at most 32767 voxels along an axis; use .nrrd")
    colour = info.dtype == np.uint8 and info.extent[1] in _COLOURS
    voxels = _channels(pages) if info.extent[1] > 1 and not colour else blocks(pages)
    parts: Iterable[bytes | memoryview] = itertools.chain([_nifti_header(info, colour)], voxels)
    with target.open("wb") as file:
        write(file, deflate.packed(parts) if packed else parts)


def write_metaimage(pages: Pages, target: Path, data: Path | None) -> None:
    """A .mha file, or with ``data`` a .mhd header and the raw file that it names."""
    info = pages.info
    t, c, z, y, x = info.extent
    count = 4 if t > 1 else 3
    matrix = np.eye(count)
    matrix[:3, :3] = np.reshape(info.direction, (3, 3)).T
    lines = {
        "ObjectType": "Image",
        "NDims": str(count),
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False",
        "TransformMatrix": _floats(matrix.ravel()),
        "Offset": _floats((*info.origin, 0.0)[:count]),
        "CenterOfRotation": _floats((0.0,) * count),
        "ElementSpacing": _floats((*info.spacing, info.time_step)[:count]),
        "DimSize": " ".join(map(str, (x, y, z, t)[:count])),
        **({"Modality": f"MET_MOD_{info.modality}"} if info.modality in ("CT", "MR", "NM", "US") else {}),
        **({"ElementNumberOfChannels": str(c)} if c > 1 else {}),
        "ElementType": f"MET_{_MET[info.dtype.name]}",
        "ElementDataFile": data.name if data else "LOCAL",
    }
    header = "".join(f"{key} = {value}\n" for key, value in lines.items()).encode()
    voxels = blocks(pages)
    with target.open("wb") as file:
        write(file, [header] if data else itertools.chain([header], voxels))
    if data:
        with data.open("wb") as file:
            write(file, voxels)


def write_nrrd(pages: Pages, target: Path) -> None:
    """One NRRD file, raw, channels fastest; with several time points as SimpleITK writes them, in a space of 4."""
    info = pages.info
    t, c, z, y, x = info.extent
    vectors = [tuple(map(float, step)) for step in info.index_to_world[:3, :3].T]
    sizes, origin = [x, y, z], info.origin
    if t > 1:
        vectors = [(*vector, 0.0) for vector in vectors] + [(0.0, 0.0, 0.0, info.time_step)]
        sizes, origin = [x, y, z, t], (*info.origin, 0.0)  # type: ignore[assignment]
    directions = [f"({_floats(vector, ',')})" for vector in vectors]
    kinds = ["domain"] * len(sizes)
    if c > 1:
        sizes, directions, kinds = [c, *sizes], ["none", *directions], ["vector", *kinds]
    lines = (
        "NRRD0004",
        f"type: {_NRRD.get(info.dtype.name, info.dtype.name)}",
        f"dimension: {len(sizes)}",
        "space dimension: 4" if t > 1 else "space: left-posterior-superior",
        f"sizes: {' '.join(map(str, sizes))}",
        f"space directions: {' '.join(directions)}",
        f"kinds: {' '.join(kinds)}",
        "endian: little",
        "encoding: raw",
        f"space origin: ({_floats(origin, ',')})",
    )
    with target.open("wb") as file:
        write(file, [("\n".join(lines) + "\n\n").encode()])
        write(file, blocks(pages))


def _nifti_header(info: ImageInfo, colour: bool) -> bytes:
    """348 bytes and four that say that no extension follows (nifti1.h)."""
    t, c, z, y, x = info.extent
    vector = c > 1 and not colour
    count = 5 if vector else 4 if t > 1 else 3
    code = _COLOURS[c] if colour else _NIFTI[info.dtype.name]
    bits = 8 * info.dtype.itemsize * (c if colour else 1)
    affine = info.index_to_world[:3] * np.array([[-1.0], [-1.0], [1.0]])
    rotation = affine[:, :3] / info.spacing
    turn = -1.0 if np.linalg.det(rotation) < 0 else 1.0
    quaternion = _quaternion(rotation * (1.0, 1.0, turn))
    header = bytearray(352)
    for place, form, values in (
        (0, "i", (348,)),
        (40, "8h", (count, x, y, z, t, c if vector else 1, 1, 1)),
        (68, "3h", (_VECTOR_INTENT if vector else 0, code, bits)),
        (76, "8f", (turn, *info.spacing, info.time_step, 1.0, 1.0, 1.0)),
        (108, "3f", (352.0, 1.0, 0.0)),
        (123, "B", (_MILLIMETRES_SECONDS,)),
        (252, "2h", (1, 1)),
        (256, "6f", (*quaternion, *affine[:, 3])),
        (280, "12f", affine.ravel()),
        (344, "4s", (b"n+1\0",)),
    ):
        struct.pack_into("<" + form, header, place, *values)
    return bytes(header)


def _quaternion(rotation: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """b, c, d of the unit quaternion with a >= 0 (Bar-Itzhack 2000: the eigenvector of the largest eigenvalue)."""
    xx, xy, xz, yx, yy, yz, zx, zy, zz = rotation.ravel()
    matrix = np.array(
        [
            [xx - yy - zz, 0.0, 0.0, 0.0],
            [xy + yx, yy - xx - zz, 0.0, 0.0],
            [xz + zx, yz + zy, zz - xx - yy, 0.0],
            [zy - yz, xz - zx, yx - xy, xx + yy + zz],
        ]
    )
    _, vectors = np.linalg.eigh(matrix)
    b, c, d, _ = vectors[:, -1] * math.copysign(1.0, vectors[3, -1])
    return float(b), float(c), float(d)


def _floats(values: Iterable[float], separator: str = " ") -> str:
    """The shortest texts that give the same doubles when they are read."""
    return separator.join(repr(float(value)) for value in values)


def blocks(pages: Pages) -> Iterator[memoryview]:
    """The voxels page by page, little endian, the channels of a voxel together."""
    dtype = pages.info.dtype.newbyteorder("<")
    for page in pages:
        yield raw_bytes(np.ascontiguousarray(np.moveaxis(page.voxels, 1, -1), dtype))


def _channels(pages: Pages) -> Iterator[memoryview]:
    """The voxels channel by channel, little endian."""
    dtype = pages.info.dtype.newbyteorder("<")
    for channel in np.moveaxis(pages.read().voxels, 1, 0):
        yield raw_bytes(np.ascontiguousarray(channel, dtype))


def write(file: BinaryIO, parts: Iterable[bytes | memoryview]) -> None:
    """Write one part after another."""
    for part in parts:
        file.write(part)
