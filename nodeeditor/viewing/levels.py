"""Window and level: which values of an image become black, grey and white."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor.compiled import WORTH, Loop, compiled
from nodeeditor.image import ImageInfo, Voxels, type_range
from nodeeditor.viewing.loops import write_greys, write_levels

_BLOCK = 2**15
"""Numbers that are looked up at a time; as indices they take eight bytes each."""
_STEP = 2**10
"""Tables begin and end at multiples of it, so that the slices of a volume can share one."""


@dataclass(frozen=True)
class Window:
    """Which values become grey: ``center - width / 2`` is black, ``center + width / 2`` white, unless inverted.

    Without any width all below the centre is black, all above it white, and the centre itself grey.
    """

    center: float
    width: float
    inverted: bool = False

    @property
    def numbers(self) -> tuple[np.float64, np.float64, np.bool_]:
        """Centre, width above 0, and whether it is inverted, as the loops take them."""
        width = np.float64(max(abs(self.width), sys.float_info.min))
        return np.float64(self.center), width, np.bool_(self.inverted)

    def grey(self, values: Voxels) -> npt.NDArray[np.float32]:
        """Grey levels from 0 to 255, not yet rounded; NaN is black."""
        made = self._looped(write_greys, values, np.float32)
        return _looked_up(values, self._grey, partial(_greys, self)) if made is None else made

    def levels(self, values: Voxels) -> npt.NDArray[np.uint8]:
        """Grey levels from 0 to 255, rounded; NaN is black."""
        made = self._looped(write_levels, values, np.uint8)
        return _looked_up(values, self._level, partial(_levels, self)) if made is None else made

    def finite(self, values: Voxels) -> npt.NDArray[np.floating[Any]]:
        """The values with NaN and the infinite ones as black and white, so that they can be interpolated."""
        if values.dtype.kind != "f":
            return values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
        half = abs(self.width) / 2
        low, high = self.center - half, self.center + half
        black = high if self.inverted else low
        return np.nan_to_num(values.astype(np.float64), nan=black, posinf=high, neginf=low)

    def _looped(self, loop: Loop, values: Voxels, dtype: type[np.generic]) -> Voxels | None:
        """What machine code makes of values, if there is such for their type."""
        if values.size < WORTH:
            return None
        made = np.empty(values.shape, dtype)
        arguments = (np.ascontiguousarray(values).reshape(-1), *self.numbers, made.reshape(-1))
        machine_code = compiled(loop, *arguments)
        if machine_code is None:
            return None
        machine_code(*arguments)
        return made

    def _grey(self, values: Voxels) -> npt.NDArray[np.float32]:
        center, width, inverted = self.numbers
        grey = values.astype(np.float64)
        with np.errstate(over="ignore"):
            grey -= center
            grey /= width
            grey += 0.5
            grey *= 255
        if inverted:
            np.subtract(255, grey, out=grey)
        np.fmin(np.fmax(grey, 0, out=grey), 255, out=grey)
        return grey.astype(np.float32)

    def _level(self, values: Voxels) -> Voxels:
        return np.rint(self._grey(values)).astype(np.uint8)


@lru_cache(maxsize=16)
def _greys(window: Window, first: int, last: int) -> Voxels:
    """The grey of 0 to ``last``, then that of ``first`` to -1: a negative number counts from the table's end."""
    table = window.grey(np.concatenate([np.arange(last + 1), np.arange(first, 0)]))
    table.flags.writeable = False
    return table


@lru_cache(maxsize=16)
def _levels(window: Window, first: int, last: int) -> Voxels:
    """The same, rounded."""
    table = np.rint(_greys(window, first, last)).astype(np.uint8)
    table.flags.writeable = False
    return table


def _looked_up(values: Voxels, made: Callable[[Voxels], Voxels], table: Callable[[int, int], Voxels]) -> Voxels:
    """What is made of values, by way of a table where that is shorter than to compute each one."""
    if values.dtype.kind not in "iu" or values.dtype.itemsize > 2 or not values.size:
        return made(values)
    low, high = min(int(values.min()), 0), max(int(values.max()), 0)
    lowest, highest = map(int, type_range(values.dtype))
    first, last = max(lowest, low // _STEP * _STEP), min(highest, high // _STEP * _STEP + _STEP - 1)
    if last - first >= values.size:
        return made(values)
    known = table(first, last)
    if values.size <= _BLOCK or values.ndim < 2:
        return np.take(known, values)
    found = np.empty(values.shape, known.dtype)
    rows = values.shape[-2]
    step = max(1, _BLOCK * rows // values.size)
    for row in range(0, rows, step):
        part = np.s_[..., row : row + step, :]
        found[part] = np.take(known, values[part])
    return found


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


def _first_number(text: str) -> float | None:
    try:
        number = float(text.split("\\", maxsplit=1)[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
