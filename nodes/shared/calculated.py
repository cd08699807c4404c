"""Calculates with voxels: whole numbers exactly, nothing wraps around, and numpy never warns."""

from __future__ import annotations

from typing import Any

import numpy as np

from nodeeditor import Image, ImageInfo, Number, Voxels, type_range
from nodes.shared.rounded import rounded

_LONG = np.dtype(np.int64)
_EXACT = 2.0**62
"""What comes out smaller in floating point is surely so small that 64-bit whole numbers hold it."""
_LARGEST_EXPONENT = 64
"""To a larger one, only -1, 0 and 1 have powers that 64 bits hold."""


def calculated(ufunc: np.ufunc, one: Voxels | Number, other: Voxels | Number, info: ImageInfo) -> Voxels:
    """What a calculation gives, in the type of an image that is declared to hold it.

    In whole numbers that type is enough for all between: they are exact modulo two to its bits.
    """
    if info.dtype.kind != "f":
        return _in_type(ufunc, one, other, info.dtype)
    with np.errstate(all="ignore"):
        if ufunc is not np.divide and _whole(one) and _whole(other):
            return _beyond(ufunc, one, other, info)
        return _in_type(ufunc, one, other, info.dtype)


def _in_type(ufunc: np.ufunc, one: Voxels | Number, other: Voxels | Number, dtype: np.dtype[Any]) -> Voxels:
    made: Voxels = ufunc(_as(one, dtype), _as(other, dtype), dtype=dtype, casting="unsafe")
    return made


def _beyond(ufunc: np.ufunc, one: Voxels | Number, other: Voxels | Number, info: ImageInfo) -> Voxels:
    """In double what whole numbers make that may leave 64 bits, taken from those where it does not."""
    made, exact = (_in_type(ufunc, one, other, dtype) for dtype in (info.dtype, _LONG))
    return rounded(np.where(np.abs(made) < _EXACT, exact, made), info)


def _as(values: Voxels | Number, dtype: np.dtype[Any]) -> Any:
    """Voxels as they are, which numpy converts as it goes, and a number in a type; whole ones modulo its bits."""
    if isinstance(values, np.ndarray):
        return values
    return dtype.type(values) if dtype.kind == "f" else np.array(int(values) % 2**64, np.uint64).astype(dtype)


def _whole(values: Voxels | Number) -> bool:
    return values.dtype.kind != "f" if isinstance(values, np.ndarray) else isinstance(values, int)


def powers(voxels: Voxels, exponent: Number, info: ImageInfo) -> Voxels:
    """Powers, none pushed out of the declared range by rounding."""
    whole, large = info.dtype.kind != "f", exponent > _LARGEST_EXPONENT
    if whole:
        voxels = voxels.astype(info.dtype, copy=False)
    if exponent == 2:
        return calculated(np.multiply, voxels, voxels, info)
    if whole:
        return calculated(np.power, voxels, _LARGEST_EXPONENT + exponent % 2 if large else exponent, info)
    made = calculated(np.power, voxels, float(exponent) if large else exponent, info)
    low, high = info.range
    return rounded(made, info) if ((made < low) | (made > high)).any() else made


def inverted(values: Voxels, info: ImageInfo) -> Voxels:
    """Maximum plus minimum minus the values; in two steps where the sum is more than the type holds."""
    low, high = info.range
    if info.dtype.kind != "f":
        return calculated(np.subtract, low + high, values, info)
    with np.errstate(all="ignore"):
        total = info.dtype.type(low + high)
        if np.isfinite(total):
            made: Voxels = np.subtract(total, values)
            return made
        made = np.subtract(info.dtype.type(high), values)
        made += info.dtype.type(low)
        return made


def fitting(image: Image, dtype: np.dtype[Any]) -> Voxels:
    """Voxels cut to what a type of whole numbers holds."""
    low, high = type_range(dtype)
    if dtype.kind == "f" or (low <= image.info.range[0] and image.info.range[1] <= high):
        return image.voxels
    bottom, top = type_range(image.info.dtype)
    cut: Voxels = np.clip(image.voxels, max(low, bottom), min(high, top))
    return cut


def magnitudes(values: Voxels) -> Voxels:
    """Absolute values, which of the lowest whole number only an unsigned type holds."""
    if values.dtype.kind == "u":
        return values
    made: Voxels = np.abs(values)
    return made if values.dtype.kind == "f" else made.view(f"u{values.dtype.itemsize}")
