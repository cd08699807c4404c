"""From voxels to pixels: exact grey levels, written-out interpolation, right proportions."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor.viewing.drawing import FilterMode, draw_slice
from nodeeditor.viewing.lettering import draw_lines, draw_text
from nodeeditor.viewing.levels import Window, default_window
from nodeeditor.viewing.panes import Placing

from ..nodes.drawing import drawn, grey
from ..nodes.sources import TYPES, image_of, noise

MODES = [mode.name for mode in FilterMode]


def pixels(
    channels: Any, pane: tuple[int, int], window: tuple[float, float], mode: str = "FILTER_NEAREST", **how: Any
) -> Any:
    """What the renderer makes of a slice, in the parameters of `drawn`."""
    array = np.asarray(channels)
    array = array[None] if array.ndim == 2 else array
    _, rows, columns = array.shape
    placing = Placing(pane, (columns, rows), how.pop("voxel_size", (1.0, 1.0)), how.pop("zoom", 1.0))
    color = [level / 255 for level in how.pop("background", (0, 0, 0))]
    made = np.full((pane[1], pane[0], 3), 77, np.uint8)
    draw_slice(made, array, placing, Window(*window, **how), FilterMode[mode], color)
    return made


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("dtype", TYPES)
def test_every_value_of_a_window_has_its_exact_grey_level(dtype: str, inverted: bool) -> None:
    values = np.arange(128, dtype=dtype)
    for center, width in ((40.0, 80.0), (63.5, 127.0), (100.0, 17.0), (0.0, 4000.0), (500.0, 3.0)):
        wanted = [round(grey(float(value), center, width, inverted)) for value in values]
        assert np.rint(Window(center, width, inverted).grey(values)).tolist() == wanted


def test_the_ends_of_a_window_are_black_and_white_and_its_centre_the_middle() -> None:
    window = Window(40, 400)
    values = np.array([-1000, -161, -160, 40, 240, 241, 3000], np.int16)
    assert window.grey(values).tolist() == [0, 0, 0, 127.5, 255, 255, 255]
    assert Window(40, 400, inverted=True).grey(values).tolist() == [255, 255, 255, 127.5, 0, 0, 0]


@pytest.mark.parametrize("inverted", [False, True])
def test_nan_is_black_and_infinity_is_the_end_of_the_scale(inverted: bool) -> None:
    values = np.array([math.nan, math.inf, -math.inf])
    top, bottom = (0, 255) if inverted else (255, 0)
    for dtype in (np.float32, np.float64):
        assert Window(0, 10, inverted).grey(values.astype(dtype)).tolist() == [0, top, bottom]


def test_a_window_without_width_parts_black_from_white() -> None:
    for width in (0.0, -0.0):
        levels = Window(5, width).grey(np.array([4, 5, 6], np.int16))
        assert levels.tolist() == [0, 127.5, 255]
    assert Window(5, -10).grey(np.array([0, 10])).tolist() == [0, 255]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint64"])
def test_the_largest_numbers_neither_overflow_nor_lose_their_order(dtype: str) -> None:
    limits: Any = np.finfo(dtype) if dtype.startswith("f") else np.iinfo(dtype)
    values = np.array([limits.min, 0, limits.max], dtype)
    window = default_window(image_of(values).info)
    levels = np.rint(window.grey(values)).tolist()
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 255)
    for center, width in ((1e308, sys.float_info.max), (0.0, 1e-300), (-1e308, 1.0)):
        assert np.isfinite(Window(center, width).grey(values)).all()


@pytest.mark.parametrize("top", [1e-12, 1e-9, 1e-3, 1.0, 1e12])
def test_a_range_of_any_size_runs_from_black_to_white(top: float) -> None:
    values = np.array([0, top / 2, top])
    assert np.rint(default_window(image_of(values).info).grey(values)).tolist() == [0, 128, 255]


def test_a_constant_image_is_middle_grey() -> None:
    for value in (0, 7, -1000, 1e12):
        values = np.full(3, value, np.float64)
        assert default_window(image_of(values).info).grey(values).tolist() == [127.5] * 3


@pytest.mark.parametrize(
    ("center", "width", "wanted"),
    [
        ("40", "400", (40.0, 400.0)),
        ("40\\400", "350\\1500", (40.0, 350.0)),
        (" 40 ", "400", (40.0, 400.0)),
        ("-5.5e1", "1E2", (-55.0, 100.0)),
        ("", "400", None),
        ("40", "", None),
        ("abdomen", "400", None),
        ("40", "wide", None),
        ("nan", "400", None),
        ("40", "inf", None),
        ("40", "0", None),
        ("40", "-400", None),
    ],
)
def test_the_window_of_the_file_is_used_where_it_makes_sense(
    center: str, width: str, wanted: tuple[float, float] | None
) -> None:
    tags = (("WindowCenter", center), ("WindowWidth", width))
    window = default_window(image_of(np.array([0, 1]), tags=tags, range=(-1000, 3000)).info)
    assert (window.center, window.width) == (wanted or (1000.0, 4000.0))
    assert not window.inverted


@pytest.mark.parametrize(("photometric", "inverted"), [("MONOCHROME1", True), ("MONOCHROME2", False), ("", False)])
def test_monochrome1_is_shown_inverted(photometric: str, inverted: bool) -> None:
    tags = (("PhotometricInterpretation", photometric), ("WindowCenter", "40"), ("WindowWidth", "400"))
    for kept in (tags, tags[:1]):
        assert default_window(image_of(np.array([0, 1]), tags=kept).info).inverted is inverted


@pytest.mark.parametrize(
    ("dtype", "span", "width"),
    [
        ("uint8", (0, 255), 255),
        ("uint8", (0, 90), 255),
        ("int16", (-1000, 255), 255),
        ("uint16", (0, 65535), 65535),
        ("float32", (0.0, 1.0), 1),
        ("float32", (0.0, 0.5), 1),
        ("float32", (0.0, 255.0), 255),
    ],
)
def test_colour_is_shown_as_it_is(dtype: str, span: tuple[float, float], width: float) -> None:
    tags = (("WindowCenter", "40"), ("WindowWidth", "400"))
    image = image_of(np.zeros((1, 3, 1, 1, 1), dtype), range=span, tags=tags, channels=("Red", "Green", "Blue"))
    assert default_window(image.info) == Window(width / 2, width)


def test_nearest_at_whole_enlargement_is_plain_indexing() -> None:
    values = noise("uint8", (4, 6))
    for factor in (1, 2, 3, 8):
        made = pixels(values, (6 * factor, 4 * factor), (127.5, 255))
        assert np.array_equal(made[..., 0], values.repeat(factor, 0).repeat(factor, 1))
        assert np.array_equal(made[..., 0], made[..., 2])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_one_pixel_a_voxel_shows_the_grey_levels_of_the_voxels_in_every_mode(dtype: str, mode: str) -> None:
    values = noise(dtype, (40, 30)) / 16 if dtype == "float32" else noise(dtype, (40, 30)) // 16
    values = values.astype(dtype)
    made = pixels(values, (30, 40), (3.0, 900.0), mode)[..., 0]
    wanted = np.rint([[grey(float(value), 3.0, 900.0) for value in row] for row in values])
    assert np.abs(made - wanted).max() <= 1
    assert (made != wanted).mean() < 0.01


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint16"])
def test_values_on_both_sides_of_zero_and_far_above_it_have_their_exact_grey_levels(dtype: str) -> None:
    limits = np.iinfo(dtype)
    for low, high in ((-128, 127), (-1024, 3071), (-400, -100), (60000, 61000), (int(limits.min), int(limits.max))):
        values = np.arange(max(low, limits.min), min(high, limits.max) + 1).repeat(3).astype(dtype)
        for inverted in (False, True):
            wanted = [round(grey(float(value), 33.0, 1001.0, inverted)) for value in values]
            assert Window(33.0, 1001.0, inverted).levels(values).tolist() == wanted


def test_of_a_slice_that_is_enlarged_only_the_part_in_sight_is_looked_at() -> None:
    values = np.full((50, 50), math.nan)
    values[20:30, 20:30] = 7.0
    made = pixels(values, (40, 40), (7.0, 2.0), "FILTER_LINEAR", zoom=6.0)
    assert (made == 128).all()


def agree(made: Any, wanted: Any) -> None:
    """The same picture; a level that falls between two may be rounded to either."""
    apart = np.abs(made.astype(int) - wanted)
    assert made.shape == wanted.shape
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.02


@pytest.mark.parametrize("zoom", [1.0, 0.7, 2.6])
@pytest.mark.parametrize("voxel_size", [(1.0, 1.0), (0.5, 2.0), (3.0, 0.9)])
@pytest.mark.parametrize("mode", MODES)
def test_every_interpolation_agrees_with_its_formula(mode: str, voxel_size: tuple[float, float], zoom: float) -> None:
    values = noise("int16", (5, 7)) // 32
    how: dict[str, Any] = {"voxel_size": voxel_size, "zoom": zoom, "background": (10, 200, 30)}
    for window in ((40.0, 400.0), (-100.0, 3000.0)):
        agree(pixels(values, (23, 19), window, mode, **how), drawn(values, (23, 19), window, mode, **how))
        agree(
            pixels(values, (23, 19), window, mode, **how, inverted=True),
            drawn(values, (23, 19), window, mode, **how, inverted=True),
        )


@settings(max_examples=40, deadline=None, database=None)
@given(
    mode=st.sampled_from(MODES[1:]),
    shape=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    pane=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    voxel_size=st.tuples(st.sampled_from([0.3, 1.0, 2.5]), st.sampled_from([0.7, 1.0, 4.0])),
    zoom=st.sampled_from([0.43, 1.0, 3.17]),
)
def test_any_shape_in_any_pane_agrees_with_the_formula(
    mode: str, shape: tuple[int, int], pane: tuple[int, int], voxel_size: tuple[float, float], zoom: float
) -> None:
    values = noise("uint8", shape)
    how: dict[str, Any] = {"voxel_size": voxel_size, "zoom": zoom}
    made, wanted = pixels(values, pane, (127.5, 255), mode, **how), drawn(values, pane, (127.5, 255), mode, **how)
    assert np.abs(made.astype(int) - wanted).max() <= 1


def test_plain_linear_mixes_grey_levels_and_postclass_mixes_values() -> None:
    values = np.array([[0, 1000]], np.int16)
    window = (50.0, 100.0)
    plain = pixels(values, (8, 4), window, "FILTER_LINEAR")[0, :, 0].tolist()
    post = pixels(values, (8, 4), window, "FILTER_LINEAR_POSTCLASS")[0, :, 0].tolist()
    assert plain == [0, 0, 32, 96, 159, 223, 255, 255]
    assert post == [0, 0, 255, 255, 255, 255, 255, 255]


def test_cubic_keeps_the_voxels_and_overshoots_beside_an_edge() -> None:
    values = np.array([[0, 0, 0, 100, 100, 100]], np.int16)
    made = pixels(values, (18, 3), (50.0, 200.0), "FILTER_CUBIC_POSTCLASS")[1, :, 0]
    centres = made[1::3].tolist()
    assert centres == [64, 64, 64, 191, 191, 191]
    assert made.min() < 64
    assert made.max() > 191


@pytest.mark.parametrize("mode", MODES)
def test_infinity_and_nan_are_drawn_without_disturbing_other_voxels(mode: str) -> None:
    values = np.full((3, 5), 50, np.float32)
    values[1, 1], values[1, 2], values[1, 3] = math.inf, math.nan, -math.inf
    made = pixels(values, (15, 9), (50.0, 100.0), mode)[..., 0]
    assert made[4, 1::3].tolist() == [128, 255, 0, 0, 128]
    assert made[1, 1::3].tolist() == made[7, 1::3].tolist() == [128] * 5
    made = pixels(values, (15, 9), (50.0, 100.0), mode, inverted=True)[..., 0]
    assert made[4, 1::3].tolist() == [128, 0, 0, 255, 128]


@pytest.mark.parametrize("mode", MODES)
def test_colour_channels_are_red_green_and_blue_and_a_fourth_is_left_out(mode: str) -> None:
    values = noise("uint8", (4, 3, 5))
    window = (127.5, 255.0)
    made = pixels(values, (10, 6), window, mode)
    agree(made, drawn(values, (10, 6), window, mode))
    assert np.array_equal(made, pixels(values[:3], (10, 6), window, mode))
    two = pixels(values[:2], (10, 6), window, mode)
    assert np.array_equal(two, pixels(values[:1], (10, 6), window, mode)), "two channels: the first as grey"


@pytest.mark.parametrize("voxel_size", [(1.0, 1.0), (0.5, 2.0), (2.0, 0.5), (0.9, 1.1)])
@pytest.mark.parametrize("pane", [(200, 200), (300, 160), (160, 300)])
def test_a_circle_in_millimetres_stays_round(voxel_size: tuple[float, float], pane: tuple[int, int]) -> None:
    columns, rows = round(80 / voxel_size[0]), round(80 / voxel_size[1])
    y, x = np.mgrid[:rows, :columns]
    inside = np.hypot((x - (columns - 1) / 2) * voxel_size[0], (y - (rows - 1) / 2) * voxel_size[1]) < 30
    made = pixels(inside.astype(np.uint8), pane, (0.5, 1), "FILTER_LINEAR", voxel_size=voxel_size)[..., 0] > 127
    width, height = np.ptp(np.flatnonzero(made.any(0))) + 1, np.ptp(np.flatnonzero(made.any(1))) + 1
    scale = min(pane) / 80
    for extent, size in ((width, voxel_size[0]), (height, voxel_size[1])):
        assert abs(extent - 60 * scale) <= 2 * size * scale


@pytest.mark.parametrize("zoom", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("pane", [(21, 21), (40, 21), (22, 33)])
def test_the_middle_of_the_slice_stays_in_the_middle_of_the_pane(pane: tuple[int, int], zoom: float) -> None:
    placing = Placing(pane, (7, 5), (1.0, 2.0), zoom)
    assert placing.voxels(0).mean() == pytest.approx(3.0)
    assert placing.voxels(1).mean() == pytest.approx(2.0)
    assert np.allclose(np.diff(placing.voxels(0)), 1 / placing.scale)
    assert np.allclose(np.diff(placing.voxels(1)), 1 / placing.scale / 2)


def test_pan_says_what_lies_in_the_middle_in_millimetres() -> None:
    placing = Placing((21, 21), (7, 7), (2.0, 3.0), 1.0, pan=(4.0, -3.0))
    assert placing.voxels(0)[10] == pytest.approx(3 + 2)
    assert placing.voxels(1)[10] == pytest.approx(3 - 1)


def test_at_zoom_1_the_slice_touches_two_sides_and_the_rest_is_background() -> None:
    made = pixels(np.full((4, 4), 9, np.uint8), (40, 20), (9, 1), background=(10, 20, 30))
    slice_columns = (made != (10, 20, 30)).all(-1)
    assert slice_columns[:, 10:30].all()
    assert not slice_columns[:, :10].any()
    assert not slice_columns[:, 30:].any()
    assert (made[0, 0] == (10, 20, 30)).all()


@pytest.mark.parametrize("mode", MODES)
def test_a_grey_picture_needs_one_channel_alone(mode: str) -> None:
    values, placing = noise("int16", (1, 20, 30)), Placing((50, 40), (30, 20), (1.0, 1.0), 0.8)
    colored, grey_ones = np.full((40, 50, 3), 77, np.uint8), np.full((40, 50, 1), 77, np.uint8)
    for made in (colored, grey_ones):
        draw_slice(made, values, placing, Window(0, 40000), FilterMode[mode], (0.3, 0.3, 0.3))
        draw_text(made, "Slice: 7", (3, 4), 12.0, (0.9, 0.9, 0.9))
        draw_lines(made, [(2, 30, 45, 30)], (0.9, 0.9, 0.9))
    assert np.array_equal(np.broadcast_to(grey_ones, colored.shape), colored)
