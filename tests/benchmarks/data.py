"""The volumes of the benchmarks: a smooth head with noise, int16, made once each in the temporary folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.benchmarks.frame import Extent3

Volume = npt.NDArray[np.int16]
_NOISE = 1 << 22


def slices(extent: Extent3) -> Iterator[Volume]:
    """The slices of a volume one by one: air around 0, a head with values up to 1,400, noise over all."""
    depth, rows, columns = extent
    generator = np.random.default_rng(20240229)
    noise = generator.normal(0, 12, _NOISE + rows * columns).astype(np.int16)
    across, down = np.linspace(-1.2, 1.2, columns, dtype=np.float32), np.linspace(-1.2, 1.2, rows, dtype=np.float32)
    waves = 300 * np.sin(9 * across)[None] * np.cos(7 * down)[:, None] + 900
    radius = across[None] ** 2 + down[:, None] ** 2
    for z, height in enumerate(np.linspace(-1.2, 1.2, depth)):
        head = np.where(radius + height**2 < 1, waves + 200 * np.cos(5 * height), 20).astype(np.int16)
        begin = (z * 7919) % _NOISE
        yield head + noise[begin : begin + rows * columns].reshape(rows, columns)


def volume(extent: Extent3) -> Volume:
    """A whole volume."""
    made = np.empty(extent, np.int16)
    for z, one in enumerate(slices(extent)):
        made[z] = one
    return made


def metaimage(folder: Path, extent: Extent3) -> Path:
    """A .mha file, made where it is not there yet."""
    header = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n"
        "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\nElementSpacing = 1 1 1\n"
        f"DimSize = {' '.join(map(str, reversed(extent)))}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"
    )
    return _made(folder / f"{_name(extent)}.mha", header.encode(), extent)


def nifti(folder: Path, extent: Extent3) -> Path:
    """A .nii file, made where it is not there yet."""
    return _made(folder / f"{_name(extent)}.nii", _nifti_header(extent), extent)


def in_memory(folder: Path, extent: Extent3) -> Path:
    """A .nii.gz file whose voxels are stored, not compressed: opening it puts them into memory at little cost."""
    path = folder / f"{_name(extent)}.stored.nii.gz"
    if not path.exists():
        with gzip.open(path, "wb", compresslevel=0) as file:
            file.write(_nifti_header(extent))
            for one in slices(extent):
                file.write(one.tobytes())
    return path


def _made(path: Path, header: bytes, extent: Extent3) -> Path:
    if not path.exists():
        with path.open("wb") as file:
            file.write(header)
            for one in slices(extent):
                file.write(one.tobytes())
    return path


def _name(extent: Extent3) -> str:
    return "x".join(map(str, reversed(extent)))


def _nifti_header(extent: Extent3) -> bytes:
    """NIfTI-1 with steps of 1 mm along the axes of LPS; 352 bytes."""
    depth, rows, columns = extent
    layout: Any = np.dtype({
        "names": ["size", "dim", "type", "bits", "pixdim", "offset", "slope", "units", "sform", "affine", "magic"],
        "formats": ["<i4", "8<i2", "<i2", "<i2", "8<f4", "<f4", "<f4", "u1", "<i2", "12<f4", "S4"],
        "offsets": [0, 40, 70, 72, 76, 108, 112, 123, 254, 280, 344],
        "itemsize": 352,
    })  # fmt: skip
    header = np.zeros(1, layout)
    header["size"], header["dim"] = 348, (3, columns, rows, depth, 1, 1, 1, 1)
    header["type"], header["bits"], header["pixdim"] = 4, 16, 1
    header["offset"], header["slope"], header["units"], header["sform"] = 352, 1, 2, 1
    header["affine"] = (-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0)
    header["magic"] = b"n+1"
    return header.tobytes()
