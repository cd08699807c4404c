"""From a slice of voxels to the pixels of a picture: placing, interpolating, window and level. numpy only."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor import Choice, ImageInfo, Voxels

Pixels = npt.NDArray[np.uint8]


class FilterMode(Choice):
    """How values between voxel centres are found; *postclass* interpolates values, plain linear grey levels."""

    FILTER_NEAREST = "Nearest"
    FILTER_LINEAR = "Linear"
    FILTER_LINEAR_POSTCLASS = "Linear Postclass"
    FILTER_CUBIC_POSTCLASS = "Cubic Postclass"


@dataclass(frozen=True)
class Window:
    """Which values become grey: ``center - width / 2`` is black, ``center + width / 2`` white, unless inverted.

    Without any width all below the centre is black, all above it white, and the centre itself grey.
    """

    center: float
    width: float
    inverted: bool = False

    def grey(self, values: Voxels) -> npt.NDArray[np.float32]:
        """Grey levels from 0 to 255, not yet rounded; NaN is black."""
        width = max(abs(self.width), sys.float_info.min)
        with np.errstate(over="ignore"):
            grey: Voxels = ((values.astype(np.float64) - self.center) / width + 0.5) * 255
        grey = 255 - grey if self.inverted else grey
        levels: npt.NDArray[np.float32] = np.clip(np.nan_to_num(grey, nan=0.0), 0, 255).astype(np.float32)
        return levels

    def finite(self, values: Voxels) -> npt.NDArray[np.float64]:
        """The values with NaN and the infinite ones as black and white, so that they can be interpolated."""
        half = abs(self.width) / 2
        low, high = self.center - half, self.center + half
        black = high if self.inverted else low
        return np.nan_to_num(values.astype(np.float64), nan=black, posinf=high, neginf=low)


def default_window(info: ImageInfo) -> Window:
    """The window that the file asks for, else the whole declared range; 8-bit colour and such from 0 to 1 as it is."""
    inverted = info.tag("PhotometricInterpretation") == "MONOCHROME1"
    if not info.scalar:
        top = max(1.0 if info.dtype.kind == "f" else 255.0, float(info.range[1]))
        return Window(top / 2, top)
    center, width = _first_number(info.tag("WindowCenter")), _first_number(info.tag("WindowWidth"))
    if center is not None and width is not None and width > 0:
        return Window(center, width, inverted)
    low, high = (float(limit) for limit in info.range)
    return Window(low / 2 + high / 2, min(high - low, sys.float_info.max), inverted)


@dataclass(frozen=True)
class Placing:
    """Where a slice lies in a pane: fitted into it with right proportions, enlarged by ``zoom``, moved by ``pan``.

    ``pan`` is what lies in the middle of the pane, in millimetres to the right and down from the slice's middle.
    """

    pane: tuple[int, int]
    shape: tuple[int, int]
    voxel_size: tuple[float, float]
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @property
    def scale(self) -> float:
        """Pixels of the picture a millimetre."""
        sizes = zip(self.pane, self.shape, self.voxel_size, strict=True)
        return self.zoom * min(pixels / (voxels * size) for pixels, voxels, size in sizes)

    def voxels(self, axis: int) -> npt.NDArray[np.float64]:
        """For each pixel along an axis (0 across, 1 down) the voxel index at its middle; centres are whole numbers."""
        pixels, voxels, size = self.pane[axis], self.shape[axis], self.voxel_size[axis]
        middle = np.arange(pixels) + 0.5 - pixels / 2
        at: npt.NDArray[Any] = (middle / self.scale + self.pan[axis]) / size + voxels / 2 - 0.5
        return at


def slice_pixels(
    values: Voxels, placing: Placing, window: Window, mode: FilterMode, background: Sequence[float]
) -> Pixels:
    """A slice (channels, rows, columns) as RGB pixels (height, width, 3), the background around it."""
    columns, rows = placing.voxels(0), placing.voxels(1)
    if mode in (FilterMode.FILTER_NEAREST, FilterMode.FILTER_LINEAR):
        grey = _sampled(window.grey(values), rows, columns, mode)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            grey = window.grey(_sampled(window.finite(values), rows, columns, mode))
    pixels = np.rint(np.clip(grey, 0, 255)).astype(np.uint8)
    rgb = np.moveaxis(pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0), 0, -1)
    inside = _inside(rows, values.shape[1])[:, None] & _inside(columns, values.shape[2])[None, :]
    filled = np.rint(255 * np.asarray(background)).astype(np.uint8)
    return np.where(inside[..., None], rgb, filled)


def tiled(cells: Sequence[Pixels], columns: int) -> Pixels:
    """Pictures of one size side by side, row after row, the last row filled up with black."""
    rows = math.ceil(len(cells) / columns)
    blank = [np.zeros_like(cells[0])] * (rows * columns - len(cells))
    padded = [*cells, *blank]
    return np.vstack([np.hstack(padded[i * columns : (i + 1) * columns]) for i in range(rows)])


def cell_sizes(total: int, count: int) -> int:
    """Pixels of each of ``count`` equal cells in ``total`` pixels, at least one."""
    return max(1, total // count)


def _sampled(
    values: Voxels, rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64], mode: FilterMode
) -> Voxels:
    taps = {FilterMode.FILTER_NEAREST: _nearest, FilterMode.FILTER_CUBIC_POSTCLASS: _cubic}.get(mode, _linear)
    down = _along(values, taps(rows, values.shape[1]), 1)
    return _along(down, taps(columns, values.shape[2]), 2)


def _along(values: Voxels, taps: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]], axis: int) -> Voxels:
    """The weighted sum of neighbours along one axis."""
    shape = [1, 1, 1]
    shape[axis] = -1
    if len(taps) == 1:
        return np.take(values, taps[0][0], axis=axis)
    total = 0.0
    for index, weight in taps:
        total = total + np.take(values, index, axis=axis) * weight.reshape(shape).astype(values.dtype)
    return np.asarray(total)


def _nearest(at: npt.NDArray[np.float64], count: int) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]]:
    return [(_index(np.floor(at + 0.5), count), np.ones_like(at))]


def _linear(at: npt.NDArray[np.float64], count: int) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]]:
    below = np.floor(at)
    part = at - below
    return [(_index(below, count), 1 - part), (_index(below + 1, count), part)]


def _cubic(at: npt.NDArray[np.float64], count: int) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]]:
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


def _index(numbers: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.intp]:
    return np.clip(numbers, 0, count - 1).astype(np.intp)


def _inside(at: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.bool_]:
    return (at >= -0.5) & (at < count - 0.5)


def _first_number(text: str) -> float | None:
    try:
        number = float(text.split("\\", maxsplit=1)[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
