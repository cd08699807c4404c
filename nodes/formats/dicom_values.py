"""Turns stored pixel values into the values that are shown, in a type that holds them.

PS3.3 C.11.1 (Modality LUT module: rescale slope and intercept, or a table), C.8.8.3 (dose grid scaling).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nodeeditor import VOXEL_TYPES, Number, Voxels, holds, value_range
from nodes.formats.dicom_frames import Frame

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def linear(frame: Frame) -> tuple[Number, Number]:
    """A frame's slope and intercept, as integers where they are."""
    slope, intercept = frame.slope, frame.intercept
    whole = slope.is_integer() and intercept.is_integer() and frame.file.format.sample.kind != "f"
    return (int(slope), int(intercept)) if whole else (slope, intercept)


def shown(stored: Voxels, frame: Frame, dtype: np.dtype[Any]) -> Voxels:
    """Stored values (row, column, sample) as the values that are shown, in a type that holds them all.

    Whole-numbered rescaling is exact in every type that holds the results; any other is computed in float64
    and rounded once.
    """
    if frame.table is not None:
        return frame.table.apply(stored).astype(dtype, copy=False)
    slope, intercept = linear(frame)
    if (slope, intercept) == (1, 0):
        return stored.astype(dtype, copy=False)
    if dtype.kind in "iu" and abs(slope) < 2**31 and abs(intercept) < 2**62:
        if slope == 1:  # addition wraps to and fro, so it may be done in the type itself
            added: Voxels = np.add(stored.astype(dtype, copy=False), np.int64(intercept).astype(dtype), dtype=dtype)
            return added
        return (stored.astype(np.int64) * np.int64(slope) + np.int64(intercept)).astype(dtype)
    return (stored.astype(np.float64) * slope + intercept).astype(dtype)


def bounds(frame: Frame, stored: tuple[Number, Number] | None = None) -> tuple[Number, Number]:
    """Lowest and highest value that a frame shows: of the stored values given, else of all that its bits allow."""
    if frame.table is not None:
        return value_range(frame.table.rows)
    slope, intercept = linear(frame)
    ends = [slope * end + intercept for end in stored or frame.file.format.bounds]
    return min(ends), max(ends)


def result_type(
    frames: Sequence[Frame],
    possible: tuple[Number, Number],
    actual: tuple[Number, Number] | None,
) -> np.dtype[Any]:
    """The voxel type for frames whose values lie within ``possible``, and as scanned within ``actual``.

    Fractions take float32, or float64 where 32-bit integers are stored (RT doses excepted) or a value is too
    large. Whole numbers take the type that the file uses, or one of its size with the other sign, where that
    holds the possible values or else the actual ones; failing that the smallest that holds the possible ones.
    """
    stored = [frame.table.rows.dtype if frame.table else frame.file.format.sample for frame in frames]
    whole = all(frame.table is not None or isinstance(linear(frame)[0], int) for frame in frames)
    if not whole:
        exact = any(
            kind == FLOAT64 or (kind.itemsize > 2 and kind.kind in "iu" and not frame.dose)
            for kind, frame in zip(stored, frames, strict=True)
        )
        return FLOAT32 if not exact and holds(FLOAT32, *possible) else FLOAT64
    size = max(kind.itemsize for kind in stored)
    first = stored[0]
    same_size = [kind for kind in (first, *VOXEL_TYPES) if kind.itemsize == size and kind.kind in "iu"]
    for low, high in filter(None, (possible, actual)):
        for kind in same_size:
            if holds(kind, low, high):
                return kind
    larger = [kind for kind in VOXEL_TYPES if kind.kind in "iu" and kind.itemsize > size]
    return next((kind for kind in larger if holds(kind, *possible)), FLOAT64)
