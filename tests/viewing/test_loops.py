"""The loops over the voxels of a slice, as plain Python and as machine code: what whole arrays give, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodeeditor import compiled as compiling
from nodeeditor.compiled import WORTH, Loop, begun, installed, types
from nodeeditor.image import Voxels
from nodeeditor.viewing import drawing
from nodeeditor.viewing.drawing import FilterMode, draw_slice
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.loops import write_greys, write_interpolated, write_levels
from nodeeditor.viewing.panes import Placing

from ..nodes.sources import TYPES
from .test_levels import WINDOWS, odd, one_by_one

needs_numba = pytest.mark.skipif(not installed(), reason="numba is not installed")
PANES = [(50, 40), (70, 90), (100, 20), (20, 100), (31, 17)]


@pytest.mark.parametrize("dtype", TYPES)
def test_levels_number_by_number_are_those_of_tables(dtype: str) -> None:
    values = odd(dtype, (30,))
    for window in WINDOWS:
        expected = one_by_one(window, values)
        greys, levels = np.empty(30, np.float32), np.empty(30, np.uint8)
        with np.errstate(over="ignore"):
            write_greys(values, *window.numbers, greys)
            write_levels(values, *window.numbers, levels)
        np.testing.assert_array_equal(greys, expected)
        np.testing.assert_array_equal(levels, np.rint(expected).astype(np.uint8))


@needs_numba
@pytest.mark.parametrize("dtype", TYPES)
def test_machine_code_says_what_tables_say(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_LULL", 0.0)
    values = odd(dtype, (1, 300, WORTH // 100))
    values.flags.writeable = False
    for loop, made in ((write_greys, np.empty(1, np.float32)), (write_levels, np.empty(1, np.uint8))):
        ready(loop, values.ravel(), *WINDOWS[0].numbers, made)
    for window in WINDOWS:
        expected = one_by_one(window, values)
        for shown, wanted in ((values, expected), (values[:, ::-1, ::-1], expected[:, ::-1, ::-1])):
            np.testing.assert_array_equal(window.grey(shown), wanted)
            np.testing.assert_array_equal(window.levels(shown), np.rint(wanted).astype(np.uint8))


def interpolated(values: Voxels, placing: Placing, window: Window) -> Voxels:
    pixels = np.empty((placing.pane[1], placing.pane[0], 3), np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        draw_slice(pixels, values, placing, window, FilterMode.FILTER_LINEAR, (0.2, 0.3, 0.4))
    return pixels


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
@pytest.mark.parametrize("pane", PANES)
def test_interpolation_pixel_by_pixel_is_that_of_whole_arrays(
    dtype: str, pane: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    values, window = odd(dtype, (1, 12, 15)), Window(40.0, 400.0)
    placing = Placing((pane[0] // 3, pane[1] // 3), (15, 12), (1.0, 1.3), 1.2, (1.1, -0.5))
    expected = interpolated(values, placing, window)
    monkeypatch.setattr(drawing, "WORTH", 0)
    monkeypatch.setattr(drawing, "compiled", lambda loop, *arguments: loop)
    np.testing.assert_array_equal(interpolated(values, placing, window), expected)


@needs_numba
@pytest.mark.parametrize("dtype", TYPES)
def test_machine_code_interpolates_as_whole_arrays_do(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_LULL", 0.0)
    kinds: tuple[Any, ...] = (*(np.empty(1, np.intp),) * 2, *(np.empty(1, np.float32),) * 2) * 2
    flat, level = np.empty(1, dtype), np.empty(1, np.uint8)
    ready(write_interpolated, flat, np.int64(0), *WINDOWS[0].numbers, *kinds, np.bool_(), level)
    monkeypatch.setattr(drawing, "WORTH", 0)
    for extent in ((1, 40, 50), (3, 33, 60)):
        values = odd(dtype, extent)
        for pane in PANES:
            for zoom, pan in ((1.0, (0.0, 0.0)), (3.3, (4.1, -2.0)), (0.5, (0.0, 0.0))):
                placing = Placing(pane, (extent[2], extent[1]), (1.0, 1.3), zoom, pan)
                for window in WINDOWS:
                    made = interpolated(values, placing, window)
                    with monkeypatch.context() as alone:
                        alone.setenv("NODEEDITOR_COMPILE", "no")
                        np.testing.assert_array_equal(made, interpolated(values, placing, window))


def ready(loop: Loop, *arguments: Any) -> None:
    """Wait until a loop is compiled for arguments of these types."""
    making = begun(loop, types(arguments))
    assert making.ended.wait(120)
    assert making.code is not None
