"""From a slice of voxels to the pixels of a picture: interpolation, grey levels or colours, what lies over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nodeeditor.fields import Choice
from nodeeditor.image import Voxels
from nodeeditor.viewing.colormap import ColorMap, table
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.panes import Placing

Pixels = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.float64]
"""Voxel indices with fractions, one for each pixel along an axis."""
Tap: TypeAlias = tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]
"""For each place along an axis a voxel and its weight."""


class FilterMode(Choice):
    """How values between voxel centres are found; *postclass* interpolates values, plain linear grey levels."""

    FILTER_NEAREST = "Nearest"
    FILTER_LINEAR = "Linear"
    FILTER_LINEAR_POSTCLASS = "Linear Postclass"
    FILTER_CUBIC_POSTCLASS = "Cubic Postclass"


def ground(width: int, height: int, color: Sequence[float]) -> Pixels:
    """Pixels of one colour (height, width, 3), red, green and blue from 0 to 1."""
    made = np.empty((height, width, 3), np.uint8)
    made[:] = np.tile(np.rint(255 * np.asarray(color)).astype(np.uint8), (width, 1))
    return made


def slice_pixels(
    values: Voxels,
    placing: Placing,
    window: Window,
    mode: FilterMode,
    background: Sequence[float],
    colors: ColorMap = ColorMap.Grey,
) -> Pixels:
    """A slice (channels, rows, columns) as RGB pixels (height, width, 3), the background around it."""
    width, height = placing.pane
    made = ground(width, height, background)
    columns, rows = placing.voxels(0), placing.voxels(1)
    across, down = _inside(columns, values.shape[2]), _inside(rows, values.shape[1])
    if across.start < across.stop and down.start < down.stop:
        shown = values[:3] if len(values) >= 3 else values[:1]
        levels = _levels(shown, rows[down], columns[across], window, mode)
        if len(levels) == 1 and colors is not ColorMap.Grey:
            levels = np.moveaxis(table(colors)[levels[0]], -1, 0)
        for channel in range(3):
            made[down, across, channel] = levels[channel % len(levels)]
    return made


def _levels(values: Voxels, rows: Places, columns: Places, window: Window, mode: FilterMode) -> Pixels:
    """Grey levels at the places of a grid (channels, rows, columns)."""
    if mode is FilterMode.FILTER_NEAREST:
        down = np.take(window.levels(values), _nearest(rows, values.shape[1]), axis=1)
        return np.take(down, _nearest(columns, values.shape[2]), axis=2)
    if mode is FilterMode.FILTER_LINEAR:
        return _rounded(_sampled(window.grey(values), rows, columns, _linear))
    taps = _cubic if mode is FilterMode.FILTER_CUBIC_POSTCLASS else _linear
    with np.errstate(over="ignore", invalid="ignore"):
        return window.levels(_sampled(window.finite(values), rows, columns, taps))


def _rounded(grey: Voxels) -> Pixels:
    return np.rint(grey).astype(np.uint8)


def _sampled(values: Voxels, rows: Places, columns: Places, taps: Callable[[Places, int], list[Tap]]) -> Voxels:
    """Floating-point values between voxel centres: weighted sums along the rows, then along the columns."""
    down = _sum(values, taps(rows, values.shape[1]), 1)
    return _sum(down, taps(columns, values.shape[2]), 2)


def _sum(values: Voxels, taps: list[Tap], axis: int) -> Voxels:
    """The weighted sum of neighbours along one axis."""
    shape = [1, 1, 1]
    shape[axis] = -1
    total, *others = (np.take(values, index, axis=axis) for index, _ in taps)
    first, *weights = (weight.reshape(shape).astype(values.dtype) for _, weight in taps)
    total *= first
    for other, weight in zip(others, weights, strict=True):
        total += np.multiply(other, weight, out=other)
    return total


def _nearest(at: Places, count: int) -> npt.NDArray[np.intp]:
    return _index(np.floor(at + 0.5), count)


def _linear(at: Places, count: int) -> list[Tap]:
    below = np.floor(at)
    part = at - below
    return [(_index(below, count), 1 - part), (_index(below + 1, count), part)]


def _cubic(at: Places, count: int) -> list[Tap]:
    """Catmull-Rom: cubic convolution with a = -1/2 (Keys 1981)."""
    below = np.floor(at)
    t = at - below
    weights = (
        ((-0.5 * t + 1) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )
    return [(_index(below + step, count), weight) for step, weight in zip((-1, 0, 1, 2), weights, strict=True)]


def _index(numbers: Places, count: int) -> npt.NDArray[np.intp]:
    return np.clip(numbers, 0, count - 1).astype(np.intp)


def _inside(at: Places, count: int) -> slice:
    """The places, which rise, that lie on voxels."""
    first, last = np.searchsorted(at, (-0.5, count - 0.5)).tolist()
    return slice(first, last)
