"""From a slice of voxels to the pixels of a picture: interpolation, grey levels or colours, what lies over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nodeeditor.compiled import WORTH, compiled
from nodeeditor.fields import Choice
from nodeeditor.image import Voxels
from nodeeditor.viewing.colormap import ColorMap, table
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.loops import write_interpolated
from nodeeditor.viewing.panes import Placing

Pixels = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.float64]
"""Voxel indices with fractions, one for each pixel along an axis."""
Tap: TypeAlias = tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]
"""For each place along an axis a voxel and its weight."""
Sampling: TypeAlias = tuple[tuple[slice, list[Tap]], ...]
"""For both axes the voxels that are needed, and the taps among them; empty where the pane shows none."""

_BAND = 2**15
"""Pixels that are interpolated at a time: what lies in between takes little memory, and that is used again at once."""
_NOTHING = 1e-6
"""Smaller weights change no grey level."""


class FilterMode(Choice):
    """How values between voxel centres are found; *postclass* interpolates values, plain linear grey levels."""

    FILTER_NEAREST = "Nearest"
    FILTER_LINEAR = "Linear"
    FILTER_LINEAR_POSTCLASS = "Linear Postclass"
    FILTER_CUBIC_POSTCLASS = "Cubic Postclass"


def is_grey(color: Sequence[float]) -> bool:
    """Whether pixels of this colour need one channel alone."""
    red, green, blue = color
    return red == green == blue


def fill(pixels: Pixels, color: Sequence[float]) -> None:
    """Give pixels (height, width, 3), or of grey ones (height, width, 1), one colour: its parts go from 0 to 1."""
    if pixels.size:
        shades = np.rint(255 * np.asarray(color)).astype(np.uint8)[: pixels.shape[2]]
        pixels[:] = np.tile(shades, (pixels.shape[1], 1))


def draw_slice(
    pixels: Pixels,
    values: Voxels,
    placing: Placing,
    window: Window,
    mode: FilterMode,
    background: Sequence[float],
    colors: ColorMap = ColorMap.Grey,
) -> None:
    """Draw a slice (channels, rows, columns) into the pixels of a pane, the background around it.

    The pixels are (height, width, 3), or (height, width, 1) where all is grey.
    """
    across, down, taps = _sampling(placing, values.shape[1:], mode)
    middle = pixels[down]
    for beside in (pixels[: down.start], pixels[down.stop :], middle[:, : across.start], middle[:, across.stop :]):
        fill(beside, background)
    room = middle[:, across]
    if not room.size:
        return
    levels = _levels(values[:3] if len(values) >= 3 else values[:1], taps, window, mode)
    if len(levels) == 1 and colors is not ColorMap.Grey:
        room[:] = np.take(table(colors), levels[0], axis=0)
    else:
        for channel in range(room.shape[2]):
            room[..., channel] = levels[channel % len(levels)]


@lru_cache(maxsize=16)
def _sampling(placing: Placing, shape: tuple[int, int], mode: FilterMode) -> tuple[slice, slice, Sampling]:
    """Which columns and rows of a pane show a slice of so many rows and columns, and from which voxels."""
    columns, rows = placing.voxels(0), placing.voxels(1)
    across, down = _inside(columns, shape[1]), _inside(rows, shape[0])
    if across.start == across.stop or down.start == down.stop:
        return across, down, ()
    return across, down, (_cut(_TAPS[mode](rows[down], shape[0])), _cut(_TAPS[mode](columns[across], shape[1])))


def _levels(values: Voxels, taps: Sampling, window: Window, mode: FilterMode) -> Pixels:
    """Grey levels at the places of a grid (channels, rows, columns)."""
    (high, down), (wide, across) = taps
    values = values[:, high, wide]
    if len(down) == len(across) == 1:
        return _sampled(window.levels(values), down, across, _rows_first(values, down))
    if mode is FilterMode.FILTER_LINEAR and values.size >= WORTH:
        made = _looped(values, down, across, window)
        if made is not None:
            return made
    levels = _interpolated if mode is FilterMode.FILTER_LINEAR else _classified
    rows, columns, rows_first = len(down[0][0]), len(across[0][0]), _rows_first(values, down)
    made = np.empty((len(values), rows, columns), np.uint8)
    step = max(1, _BAND // max(columns, values.shape[2]))
    for start in range(0, rows, step):
        band = slice(start, start + step)
        first, last = min(int(index[band][0]) for index, _ in down), max(int(index[band][-1]) for index, _ in down)
        near = [(index[band] - first, weight[band]) for index, weight in down]
        made[:, band] = levels(values[:, first : last + 1], near, across, window, rows_first)
    return made


def _looped(values: Voxels, down: list[Tap], across: list[Tap], window: Window) -> Voxels | None:
    """Grey levels between those of the voxels, by machine code if there is such for their type."""
    channels, _, columns = values.shape
    made = np.empty((channels, len(down[0][0]), len(across[0][0])), np.uint8)
    taps = *_pair(down), *_pair(across), np.bool_(_rows_first(values, down))
    for channel, levels in zip(np.ascontiguousarray(values), made, strict=True):
        arguments = channel.reshape(-1), np.int64(columns), *window.numbers, *taps, levels.reshape(-1)
        machine_code = compiled(write_interpolated, *arguments)
        if machine_code is None:
            return None
        machine_code(*arguments)
    return made


def _pair(taps: list[Tap]) -> tuple[Voxels, Voxels, Voxels, Voxels]:
    """The voxels of two taps and their weights; a single one is weighed alone."""
    (one, one_weight), (other, other_weight) = taps if len(taps) == 2 else (taps[0], (taps[0][0], 0 * taps[0][1]))
    return one, other, one_weight.astype(np.float32), other_weight.astype(np.float32)


def _interpolated(values: Voxels, down: list[Tap], across: list[Tap], window: Window, rows_first: bool) -> Voxels:
    """Grey levels between those of the voxels."""
    grey = _sampled(window.grey(values), down, across, rows_first)
    return np.rint(grey, out=grey)


def _classified(values: Voxels, down: list[Tap], across: list[Tap], window: Window, rows_first: bool) -> Voxels:
    """The grey levels of values between those of the voxels."""
    with np.errstate(over="ignore", invalid="ignore"):
        return window.levels(_sampled(window.finite(values), down, across, rows_first))


def _cut(taps: list[Tap]) -> tuple[slice, list[Tap]]:
    """The voxels along an axis that are needed, and those taps among them that count for anything."""
    taps = [tap for tap in taps if tap[1].max() > _NOTHING or tap[1].min() < -_NOTHING]
    first, last = min(int(index[0]) for index, _ in taps), max(int(index[-1]) for index, _ in taps)
    return slice(first, last + 1), [(index - first, weight) for index, weight in taps]


def _rows_first(values: Voxels, down: list[Tap]) -> bool:
    """Whether fewer numbers are left when rows are summed up before columns."""
    return bool(values.shape[1] >= len(down[0][0]))


def _sampled(values: Voxels, down: list[Tap], across: list[Tap], rows_first: bool) -> Voxels:
    """Values between voxel centres: weighted sums along both axes."""
    return _sum(_sum(values, down, 1), across, 2) if rows_first else _sum(_sum(values, across, 2), down, 1)


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
    return [(_index(np.floor(at + 0.5), count), np.ones(len(at)))]


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
