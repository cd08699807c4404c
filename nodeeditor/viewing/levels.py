"""Window and level: which values of an image become black, grey and white."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor.image import ImageInfo, Voxels


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
        return self._looked_up(values, self._grey)

    def levels(self, values: Voxels) -> npt.NDArray[np.uint8]:
        """Grey levels from 0 to 255, rounded; NaN is black."""
        return self._looked_up(values, lambda numbers: np.rint(self._grey(numbers)).astype(np.uint8))

    def finite(self, values: Voxels) -> npt.NDArray[np.floating[Any]]:
        """The values with NaN and the infinite ones as black and white, so that they can be interpolated."""
        if values.dtype.kind != "f":
            return values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
        half = abs(self.width) / 2
        low, high = self.center - half, self.center + half
        black = high if self.inverted else low
        return np.nan_to_num(values.astype(np.float64), nan=black, posinf=high, neginf=low)

    def _grey(self, values: Voxels) -> npt.NDArray[np.float32]:
        width = max(abs(self.width), sys.float_info.min)
        grey = values.astype(np.float64)
        with np.errstate(over="ignore"):
            grey -= self.center
            grey /= width
            grey += 0.5
            grey *= 255
        if self.inverted:
            np.subtract(255, grey, out=grey)
        np.fmin(np.fmax(grey, 0, out=grey), 255, out=grey)
        return grey.astype(np.float32)

    def _looked_up(self, values: Voxels, made: Callable[[Voxels], Voxels]) -> Voxels:
        """What is made of values, by way of a table where that is shorter than to compute each one."""
        if values.dtype.kind not in "iu" or values.dtype.itemsize > 2 or not values.size:
            return made(values)
        low, high = min(int(values.min()), 0), max(int(values.max()), 0)
        if high - low >= values.size:
            return made(values)
        table = made(np.concatenate([np.arange(high + 1), np.arange(low, 0)]))
        return np.take(table, values)  # what is negative counts from the table's end


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
