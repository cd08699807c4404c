"""Grey levels by tables and number by number: the same to the last bit."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from nodeeditor.image import Voxels
from nodeeditor.viewing.levels import Window

from ..nodes.sources import TYPES, noise

WINDOWS = [
    Window(600.0, 1200.0),
    Window(40, 400, inverted=True),
    Window(127.5, 255),
    Window(3.3, -17.1),
    Window(0, 0),
    Window(1e300, 1e308, inverted=True),
    Window(5, 1e-308),
    Window(-1e308, sys.float_info.max),
]


def odd(dtype: str, extent: tuple[int, ...]) -> Voxels:
    """Voxels on both sides of 0, some of them the strangest that the type has."""
    voxels = noise(dtype, extent, 4)
    if voxels.dtype.kind == "f":
        voxels.flat[:6] = (np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal)
    elif voxels.dtype.itemsize > 1:
        voxels.reshape(-1)[::2] %= 1000
    return voxels


def one_by_one(window: Window, values: Voxels) -> Voxels:
    """Grey levels as the definition says them, in double precision."""
    width = max(abs(window.width), sys.float_info.min)
    with np.errstate(over="ignore"):
        grey = ((values.astype(np.float64) - window.center) / width + 0.5) * 255
    grey = np.where(np.isnan(grey), 0, np.clip(255 - grey if window.inverted else grey, 0, 255))
    return grey.astype(np.float32)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("extent", [(3, 40), (1, 120, 700), (2, 200, 300)])
def test_however_many_values_there_are_each_has_its_level(dtype: str, extent: tuple[int, ...]) -> None:
    values = odd(dtype, extent)
    for window in WINDOWS:
        expected = one_by_one(window, values)
        for shown, wanted in ((values, expected), (values[..., ::-1, 1:], expected[..., ::-1, 1:])):
            np.testing.assert_array_equal(window.grey(shown), wanted)
            np.testing.assert_array_equal(window.levels(shown), np.rint(wanted).astype(np.uint8))
