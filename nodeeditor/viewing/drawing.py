"""From a slice of voxels to the pixels of a picture: interpolation, grey levels or colours, what lies over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

_NOTHING = 1e-6
"""Smaller weights change no grey level."""


class FilterMode(Choice):
    """How values between voxel centres are found; *postclass* interpolates values, plain linear grey levels."""

    FILTER_NEAREST = "Nearest"
    FILTER_LINEAR = "Linear"
    FILTER_LINEAR_POSTCLASS = "Linear Postclass"
    FILTER_CUBIC_POSTCLASS = "Cubic Postclass"


def fill(pixels: Pixels, color: Sequence[float]) -> None:
    """Give pixels (height, width, 3) one colour: red, green and blue from 0 to 1."""
    pixels[:] = np.tile(np.rint(255 * np.asarray(color)).astype(np.uint8), (pixels.shape[1], 1))


def draw_slice(
    pixels: Pixels,
    values: Voxels,
    placing: Placing,
    window: Window,
    mode: FilterMode,
    background: Sequence[float],
    colors: ColorMap = ColorMap.Grey,
) -> None:
    """Draw a slice (channels, rows, columns) into the pixels (height, width, 3) of a pane, the background around it."""
    columns, rows = placing.voxels(0), placing.voxels(1)
    across, down = _inside(columns, values.shape[2]), _inside(rows, values.shape[1])
    middle = pixels[down]
    for beside in (pixels[: down.start], pixels[down.stop :], middle[:, : across.start], middle[:, across.stop :]):
        fill(beside, background)
    room = middle[:, across]
    if not room.size:
        return
    levels = _levels(values[:3] if len(values) >= 3 else values[:1], rows[down], columns[across], window, mode)
    if len(levels) == 1 and colors is not ColorMap.Grey:
        room[:] = np.take(table(colors), levels[0], axis=0)
    else:
        for channel in range(3):
            room[..., channel] = levels[channel % len(levels)]


def _levels(values: Voxels, rows: Places, columns: Places, window: Window, mode: FilterMode) -> Pixels:
    """Grey levels at the places of a grid (channels, rows, columns)."""
    high, down = _cut(_TAPS[mode](rows, values.shape[1]))
    wide, across = _cut(_TAPS[mode](columns, values.shape[2]))
    values = values[:, high, wide]
    if len(down) == len(across) == 1:
        return _sampled(window.levels(values), down, across)
    if mode is FilterMode.FILTER_LINEAR:
        grey = _sampled(window.grey(values), down, across)
        return np.rint(grey, out=grey).astype(np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        return window.levels(_sampled(window.finite(values), down, across))


def _cut(taps: list[Tap]) -> tuple[slice, list[Tap]]:
    """The voxels along an axis that are needed, and those taps among them that count for anything."""
    taps = [tap for tap in taps if tap[1].max() > _NOTHING or tap[1].min() < -_NOTHING]
    first, last = min(int(index[0]) for index, _ in taps), max(int(index[-1]) for index, _ in taps)
    return slice(first, last + 1), [(index - first, weight) for index, weight in taps]


def _sampled(values: Voxels, down: list[Tap], across: list[Tap]) -> Voxels:
    """Values between voxel centres: weighted sums along both axes, first along the one that leaves fewer numbers."""
    if values.shape[1] < len(down[0][0]):
        return _sum(_sum(values, across, 2), down, 1)
    return _sum(_sum(values, down, 1), across, 2)


def _sum(values: Voxels, taps: list[Tap], axis: int) -> Voxels:
    """The weighted sum of neighbours along one axis; a single one is taken as it is."""
    if len(taps) == 1:
        index = taps[0][0]
        one_to_one = np.array_equal(index, np.arange(values.shape[axis]))
        return values if one_to_one else np.take(values, index, axis=axis)
    shape = [1, 1, 1]
    shape[axis] = -1
    total, *others = (np.take(values, index, axis=axis) for index, _ in taps)
    first, *weights = (weight.reshape(shape).astype(values.dtype) for _, weight in taps)
    total *= first
    for other, weight in zip(others, weights, strict=True):
        total += np.multiply(other, weight, out=other)
    return total


def _nearest(at: Places, count: int) -> list[Tap]:
    return [(_index(np.floor(at + 0.5), count), np.ones(1))]


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


_TAPS: Mapping[FilterMode, Callable[[Places, int], list[Tap]]] = {
    FilterMode.FILTER_NEAREST: _nearest,
    FilterMode.FILTER_LINEAR: _linear,
    FilterMode.FILTER_LINEAR_POSTCLASS: _linear,
    FilterMode.FILTER_CUBIC_POSTCLASS: _cubic,
}


def _index(numbers: Places, count: int) -> npt.NDArray[np.intp]:
    return np.clip(numbers, 0, count - 1).astype(np.intp)


def _inside(at: Places, count: int) -> slice:
    """The places, which rise, that lie on voxels."""
    first, last = np.searchsorted(at, (-0.5, count - 0.5)).tolist()
    return slice(first, last)
