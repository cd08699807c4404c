"""Puts calculated numbers into the type that an image was declared to have."""

from __future__ import annotations

import numpy as np

from nodeeditor import ImageInfo, Voxels


def rounded(numbers: Voxels, info: ImageInfo) -> Voxels:
    """The numbers in an image's type, whole where that is, and none pushed out of its range by rounding."""
    low, high = map(info.dtype.type, info.range)
    if info.dtype.kind == "f":
        finite = np.isfinite(numbers)
        return np.where(finite, np.clip(np.where(finite, numbers, 0), low, high), numbers).astype(info.dtype)
    whole = np.rint(numbers)
    if info.dtype.itemsize <= 4:
        return np.clip(whole, *info.range, out=whole).astype(info.dtype)
    limits = np.iinfo(info.dtype)  # the upper one is no number in double precision
    inner = np.clip(whole, limits.min, np.nextafter(float(limits.max), 0))
    made: Voxels = np.where(numbers >= float(limits.max), limits.max, inner.astype(info.dtype))
    return np.clip(made, low, high).astype(info.dtype)
