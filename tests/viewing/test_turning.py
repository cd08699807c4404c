"""What gestures make of a viewer's fields: afterwards its panes show what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nodeeditor.image import ImageInfo
from nodeeditor.viewing.layout import Layout
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.viewer import Turn, Viewer
from nodes.orthoview2d import OrthoView2D
from nodes.synchroview2d import SynchroView2D
from nodes.view2d import View2D

from .scenes import infos

SIZES = st.tuples(st.integers(16, 300), st.integers(16, 300))
ZOOMS = st.floats(0.3, 30)
PANS = st.tuples(*[st.floats(-9, 9)] * 2)
WINDOWS = st.none() | st.tuples(st.floats(-500, 500), st.floats(1, 900))
PARTS = st.floats(0, 1)


def turned(viewer: Viewer, infos: Mapping[str, ImageInfo], pane: int, turn: Turn, value: Any) -> Viewer:
    """The viewer with the fields that a gesture changes."""
    fields = viewer.declaration.fields
    edits = viewer.turned(infos, pane, turn, value)
    return replace(viewer, **{fields[name].name: fields[name].value(given) for name, given in edits.items()})


def number(part: float, count: int) -> int:
    return round(part * (count - 1))


def check(viewer: Viewer, infos: Mapping[str, ImageInfo], pane: int, asked: dict[str, Any]) -> tuple[Pane, ...]:
    """Turn one thing after another and look at the pane after each; the panes at the end."""
    info = viewer.panes(infos)[pane].info
    plane = viewer.panes(infos)[pane].plane
    wanted = {"slice": number(asked["slice"], plane.slices(info)), "time": number(asked["time"], info.extent[0])}
    automatic = viewer.panes(infos)[pane].window
    for turn in ("slice", "time", "zoom", "pan", "window"):
        value = wanted.get(turn, asked[turn])
        viewer = turned(viewer, infos, pane, turn, value)
        shown = viewer.panes(infos)[pane]
        if turn == "window":
            expected = (automatic.center, automatic.width) if value is None else value
            assert (shown.window.center, shown.window.width) == expected
        else:
            assert getattr(shown, turn) == pytest.approx(value, rel=1e-6, abs=2e-5), turn
    return viewer.panes(infos)


ASKED = st.fixed_dictionaries({"slice": PARTS, "time": PARTS, "zoom": ZOOMS, "pan": PANS, "window": WINDOWS})


@settings(max_examples=150, deadline=None, database=None)
@given(info=infos(), size=SIZES, asked=ASKED)
def test_view2d_shows_what_was_turned_to(info: ImageInfo, size: tuple[int, int], asked: dict[str, Any]) -> None:
    viewer = View2D(picture_width=size[0], picture_height=size[1])
    check(viewer, {"in_image": info}, 0, asked)


@settings(max_examples=80, deadline=None, database=None)
@given(info=infos(), count=st.integers(1, 9), start=PARTS, pane=st.integers(0, 8), part=PARTS)
def test_every_cell_of_view2d_is_scrolled_to_the_slice_that_was_asked_for(
    info: ImageInfo, count: int, start: float, pane: int, part: float
) -> None:
    depth = info.extent[2]
    viewer = turned(View2D(start_slice=number(start, depth)), {"in_image": info}, 0, "count", count)
    panes = viewer.panes({"in_image": info})
    assert len(panes) == min(count, depth - number(start, depth))
    pane = min(pane, len(panes) - 1)
    wanted = number(part, depth)
    assume(wanted >= pane)  # cell n cannot show a slice before n
    assert turned(viewer, {"in_image": info}, pane, "slice", wanted).panes({"in_image": info})[pane].slice == wanted


@settings(max_examples=300, deadline=None, database=None)
@given(
    left=infos(),
    right=infos(),
    related=st.booleans(),
    flags=st.tuples(*[st.booleans()] * 4),
    pane=st.integers(0, 1),
    first=ASKED,
    then=ASKED,
)
def test_synchroview2d_shows_in_either_pane_what_was_turned_to(
    left: ImageInfo,
    right: ImageInfo,
    related: bool,
    flags: tuple[bool, ...],
    pane: int,
    first: dict[str, Any],
    then: dict[str, Any],
) -> None:
    if related:
        right = replace(right, origin=left.origin, direction=left.direction)
    viewer: Viewer = SynchroView2D(
        synch_slicing=flags[0], synch_zooming=flags[1], synch_timing=flags[2], synch_LUTs=flags[3]
    )
    shown = {"in_image1": left, "in_image2": right}
    viewer = turned(viewer, shown, 1 - pane, "slice", number(first["slice"], 99))
    check(viewer, shown, pane, then)


@settings(max_examples=200, deadline=None, database=None)
@given(left=infos(most=10), shift=PANS, finer=st.sampled_from([0.5, 1.0, 1.7]), pane=st.integers(0, 1), asked=ASKED)
def test_synchronised_panes_show_the_same_part_of_the_world_in_one_size(
    left: ImageInfo, shift: tuple[float, float], finer: float, pane: int, asked: dict[str, Any]
) -> None:
    x, y, z, _ = (left.index_to_world @ (shift[0] / 30, shift[1] / 30, 0, 1)).tolist()
    spacing = (left.spacing[0] * finer, left.spacing[1] * finer, left.spacing[2])
    right = replace(left, origin=(x, y, z), spacing=spacing)
    panes = check(SynchroView2D(), {"in_image1": left, "in_image2": right}, pane, asked)
    assert panes[0].placing.scale == pytest.approx(panes[1].placing.scale)
    for dx, dy in ((0, 0), (31, -17)):
        at = [np.array(one.world_at(one.rect[0] + 200 + dx, one.rect[1] + 200 + dy)) for one in panes]
        assert np.linalg.norm(at[0] - at[1]) <= left.spacing[2] / 2 + 1e-3


def test_synchronised_slices_follow_either_pane() -> None:
    left = ImageInfo((1, 1, 10, 4, 4), np.dtype(np.int16), (0, 9), spacing=(1.0, 1.0, 3.0))
    right = replace(left, extent=(1, 1, 40, 4, 4), spacing=(1.0, 1.0, 1.0))
    shown = {"in_image1": left, "in_image2": right}
    viewer: Viewer = SynchroView2D()
    for pane, asked, wanted in ((0, 2, (2, 6)), (1, 7, (2, 7)), (1, 8, (3, 8)), (1, 39, (9, 39)), (0, 9, (9, 27))):
        viewer = turned(viewer, shown, pane, "slice", asked)
        assert tuple(one.slice for one in viewer.panes(shown)) == wanted
    assert isinstance(viewer, SynchroView2D)
    apart = turned(replace(viewer, synch_slicing=False), shown, 1, "slice", 0)
    assert tuple(one.slice for one in apart.panes(shown)) == (9, 0)


def test_images_in_different_places_are_moved_by_the_same_distance() -> None:
    left = ImageInfo((1, 1, 4, 20, 20), np.dtype(np.int16), (0, 9))
    right = replace(left, origin=(900.0, 0.0, 0.0), spacing=(2.0, 2.0, 2.0))
    shown = {"in_image1": left, "in_image2": right}
    for pane in (0, 1):
        panes = turned(SynchroView2D(), shown, pane, "pan", (3.0, -2.0)).panes(shown)
        assert [one.pan for one in panes] == [(3.0, -2.0)] * 2
        assert panes[0].placing.scale == pytest.approx(panes[1].placing.scale)


@settings(max_examples=150, deadline=None, database=None)
@given(
    info=infos(),
    size=SIZES,
    layout=st.sampled_from(list(Layout)),
    flags=st.tuples(*[st.booleans()] * 2),
    part=PARTS,
    asked=ASKED,
    position=st.tuples(*[PARTS] * 3),
)
def test_orthoview2d_shows_what_was_turned_to(
    info: ImageInfo,
    size: tuple[int, int],
    layout: Layout,
    flags: tuple[bool, bool],
    part: float,
    asked: dict[str, Any],
    position: tuple[float, float, float],
) -> None:
    index = [(count - 0.01) * where - 0.495 for count, where in zip(info.extent[:1:-1], position, strict=True)]
    assume(all(abs(at % 1 - 0.5) > 1e-3 for at in index))
    x, y, z = (info.index_to_world @ (*index, 1))[:3].tolist()
    viewer: Viewer = OrthoView2D(
        picture_width=size[0],
        picture_height=size[1],
        layout=layout,
        synchronize_zoom=flags[0],
        synchronize_panning=flags[1],
    )
    shown = {"image": info}
    viewer = turned(viewer, shown, 0, "position", (x, y, z))
    panes = viewer.panes(shown)
    nearest = [round(at) for at in index]
    assert [one.slice for one in panes] == [nearest[one.plane.normal] for one in panes]
    for one in panes:
        assert one.cross == pytest.approx((x, y, z), abs=1e-6)
    number_of = round(part * (len(panes) - 1))
    before = [one.slice for one in panes]
    after = check(viewer, shown, number_of, asked)
    for number_, (one, was) in enumerate(zip(after, before, strict=True)):
        assert one.slice == was or number_ == number_of
        if flags[0]:
            assert one.zoom == asked["zoom"]


def test_the_point_outside_of_the_image_gives_way_to_its_middle() -> None:
    info = ImageInfo((1, 1, 8, 6, 4), np.dtype(np.int16), (0, 9), origin=(100.0, 100.0, 100.0))
    for position, wanted in (
        ((0, 0, 0), (4, 3, 2)),
        ((99.6, 100.0, 100.0), (0, 0, 0)),
        ((99.4, 100.0, 100.0), (4, 3, 2)),
    ):
        panes = OrthoView2D(world_position=position).panes({"image": info})
        by_normal = {one.plane.normal: one.slice for one in panes}
        assert (by_normal[2], by_normal[1], by_normal[0]) == wanted


def test_panning_together_keeps_what_two_planes_have_in_common() -> None:
    info = ImageInfo((1, 1, 8, 6, 4), np.dtype(np.int16), (0, 9))
    viewer = OrthoView2D(synchronize_panning=True, origin_axial=(1.0, 2.0), origin_sagittal=(2.0, 3.0))
    moved = turned(viewer, {"image": info}, 2, "pan", (7.0, 8.0))
    assert isinstance(moved, OrthoView2D)
    assert moved.origin_coronal == (7.0, 8.0)
    assert moved.origin_axial == (7.0, 2.0), "x is common with the coronal plane"
    assert moved.origin_sagittal == (2.0, 8.0), "z is common with the coronal plane"
    alone = turned(replace(viewer, synchronize_panning=False), {"image": info}, 2, "pan", (7.0, 8.0))
    assert isinstance(alone, OrthoView2D)
    assert (alone.origin_axial, alone.origin_sagittal) == ((1.0, 2.0), (2.0, 3.0))
