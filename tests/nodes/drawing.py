"""A slice drawn pixel by pixel with plain Python numbers: the independent answer to what viewers show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Row = list[float]


def grey(value: float, center: float, width: float, inverted: bool = False) -> float:
    """The sentence of the manual: centre minus half the width is black, centre plus half is white."""
    if math.isnan(value):
        return 0.0
    if math.isinf(value):
        level = 255.0 if value > 0 else 0.0
    else:
        level = min(max((value - (center - width / 2)) / width * 255, 0.0), 255.0)
    return 255.0 - level if inverted else level


def nearest(row: Row, at: float) -> float:
    return row[min(max(math.floor(at + 0.5), 0), len(row) - 1)]


def linear(row: Row, at: float) -> float:
    left = math.floor(at)
    a, b = (row[min(max(i, 0), len(row) - 1)] for i in (left, left + 1))
    return a + (b - a) * (at - left)


def catmull_rom(row: Row, at: float) -> float:
    left = math.floor(at)
    t = at - left
    a, b, c, d = (row[min(max(left + i, 0), len(row) - 1)] for i in (-1, 0, 1, 2))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


INTERPOLATIONS: dict[str, Callable[[Row, float], float]] = {
    "FILTER_NEAREST": nearest,
    "FILTER_LINEAR": linear,
    "FILTER_LINEAR_POSTCLASS": linear,
    "FILTER_CUBIC_POSTCLASS": catmull_rom,
}


def drawn(
    channels: Any,
    pane: tuple[int, int],
    window: tuple[float, float],
    mode: str = "FILTER_NEAREST",
    voxel_size: tuple[float, float] = (1.0, 1.0),
    zoom: float = 1.0,
    background: Sequence[int] = (0, 0, 0),
    inverted: bool = False,
) -> npt.NDArray[np.uint8]:
    """A slice (channels, rows, columns), or (rows, columns), as pixels (height, width, 3)."""
    array = np.asarray(channels)
    array = array[None] if array.ndim == 2 else array
    _, rows, columns = array.shape
    width, height = pane
    scale = zoom * min(width / (columns * voxel_size[0]), height / (rows * voxel_size[1]))
    before = mode in ("FILTER_NEAREST", "FILTER_LINEAR")
    along = INTERPOLATIONS[mode]
    picture = np.full((height, width, 3), background, np.uint8)
    planes = [[[grey(v, *window, inverted) if before else float(v) for v in row] for row in plane] for plane in array]
    planes = planes[:3] if len(planes) >= 3 else planes[:1]
    for j in range(width):
        x = ((j + 0.5 - width / 2) / scale) / voxel_size[0] + (columns - 1) / 2
        if not -0.5 <= x < columns - 0.5:
            continue
        upright = [[along(row, x) for row in plane] for plane in planes]
        for i in range(height):
            y = ((i + 0.5 - height / 2) / scale) / voxel_size[1] + (rows - 1) / 2
            if not -0.5 <= y < rows - 0.5:
                continue
            values = [along(column, y) for column in upright]
            picture[i, j] = [round(value if before else grey(value, *window, inverted)) for value in values]
    return picture
