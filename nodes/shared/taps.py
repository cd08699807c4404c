"""Which voxels of a line a resampled voxel is made of, and how much of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Weights: TypeAlias = npt.NDArray[np.float64]

_SNAP = 1e-7
"""Places this near to the middle of a voxel, or to the border of two, lie there: sizes are rounded numbers."""


class Taps(NamedTuple):
    """The voxels that each voxel of a resampled line is made of.

    ``places``   the numbers of the voxels of the line, all in it: (resampled voxels, taps)
    ``weights``  what each is multiplied by, likewise; None where each resampled voxel is one voxel of the line
    """

    places: npt.NDArray[np.intp]
    weights: Weights | None


@lru_cache(maxsize=64)
def taps(filter_name: str, count: int, size: int, scale: float, offset: float) -> Taps:
    """How ``size`` voxels, the first at place ``offset`` and each ``scale`` further, are made of ``count`` voxels.

    Places count from the middle of the line's first voxel. Outside of the line its first and last voxels go on.
    """
    at = offset + scale * np.arange(size, dtype=np.float64)
    halves = np.rint(2 * at) / 2
    at = np.where(np.abs(at - halves) < _SNAP, halves, at)
    if filter_name not in _KERNELS:
        return Taps(_within(np.floor(at + 0.5)[:, None], count), None)
    kernel, radius = _KERNELS[filter_name]
    wide = max(1.0, scale)
    reach = radius * wide
    first = np.floor(at - reach) + 1
    places = first[:, None] + np.arange(math.ceil(2 * reach))
    weights = kernel((places - at[:, None]) / wide)
    weights[np.abs(weights) < 1e-15] = 0  # sines of whole multiples of pi
    if places.shape[1] > count:
        places, weights = _merged(_within(places, count), weights, count)
    weights /= weights.sum(axis=1, keepdims=True)
    if (weights.max(axis=1) == 1).all() and (np.count_nonzero(weights, axis=1) == 1).all():
        single = np.take_along_axis(places, weights.argmax(axis=1)[:, None], axis=1)
        return Taps(_within(single, count), None)
    return Taps(_within(places, count), weights)


def _merged(places: npt.NDArray[np.intp], weights: Weights, count: int) -> tuple[npt.NDArray[np.intp], Weights]:
    """One tap for each voxel of a line, with all the weight that it has."""
    merged = np.zeros((len(places), count))
    np.add.at(merged, (np.arange(len(places))[:, None], places), weights)
    return np.broadcast_to(np.arange(count), merged.shape), merged


def _within(places: npt.NDArray[Any], count: int) -> npt.NDArray[np.intp]:
    found: npt.NDArray[np.intp] = np.clip(places, 0, count - 1).astype(np.intp)
    return found


def _linear(x: Weights) -> Weights:
    made: Weights = np.maximum(0, 1 - np.abs(x))
    return made


def _cubic(x: Weights) -> Weights:
    """Keys' cubic convolution (1981), which is exact for polynomials of the second degree."""
    d = np.abs(x)
    inner, outer = (1.5 * d - 2.5) * d * d + 1, ((-0.5 * d + 2.5) * d - 4) * d + 2
    made: Weights = np.where(d < 1, inner, np.where(d < 2, outer, 0))
    return made


def _lanczos(x: Weights) -> Weights:
    """The sine cardinal, windowed by its own middle lobe stretched over three."""
    made: Weights = np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)
    return made


_KERNELS: Mapping[str, tuple[Callable[[Weights], Weights], int]] = {
    "Triangle/Linear": (_linear, 1),
    "Cubic": (_cubic, 2),
    "Lanczos_3": (_lanczos, 3),
}
"""The weight of a voxel by its distance in voxels, and the distance from which on it is 0."""
