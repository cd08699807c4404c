"""What the viewers show, against slices drawn pixel by pixel."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodeeditor import Image, Region, Voxels
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.file import load
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodeeditor.viewing import viewer
from nodes.view2d import View2D

from .drawing import drawn
from .sources import LIBRARY, OBLIQUE, given, image_of, noise, result, wired

NETWORKS = Path(__file__).parents[2] / "networks"
RANGE = (127.5, 255.0)
DIVIDER = 4


def picture(node_type: str, fields: dict[str, Any], **inputs: Image) -> npt.NDArray[np.uint8]:
    """The pixels (height, width, 3)."""
    image = result(node_type, fields, **inputs)
    assert image.info.dtype == np.uint8
    assert (image.info.range, image.info.channels) == ((0, 255), ("Red", "Green", "Blue"))
    return np.moveaxis(image.voxels[0, :, 0], 0, -1)


def view(image: Image, width: int = 24, height: int = 20, **fields: Any) -> npt.NDArray[np.uint8]:
    fields = {"pictureWidth": width, "pictureHeight": height, "filterMode": "FILTER_NEAREST", **fields}
    return picture("View2D", fields, inImage=image)


def panes(
    left: Image | None, right: Image | None, width: int = 52, height: int = 20, **fields: Any
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The left and the right pane of a SynchroView2D, the divider taken out."""
    fields = {"pictureWidth": width, "pictureHeight": height, "filterMode": "FILTER_NEAREST", **fields}
    inputs = {"inImage1": left, "inImage2": right}
    made = picture("SynchroView2D", fields, **{name: image for name, image in inputs.items() if image is not None})
    half = (width - DIVIDER) // 2
    assert (made[:, half : half + DIVIDER] == 230).all()
    return made[:, :half], made[:, half + DIVIDER : 2 * half + DIVIDER]


def volume(seed: int = 0, extent: tuple[int, ...] = (1, 1, 7, 5, 6), **facts: Any) -> Image:
    """An image whose whole range is 0 to 255, so that values are grey levels."""
    return image_of(noise("uint8", extent, seed), **facts)


def levels(count: int, **facts: Any) -> Image:
    """An image whose slice z holds the value 10 z everywhere."""
    return image_of(
        10 * np.arange(count, dtype=np.uint8)[:, None, None].repeat(5, 1).repeat(5, 2), range=(0, 255), **facts
    )


def shown(pane: npt.NDArray[np.uint8]) -> int:
    """The slice of `levels` that is in the middle of a pane."""
    return round(int(pane[pane.shape[0] // 2, pane.shape[1] // 2, 0]) / 10)


def same(a: Any, b: Any) -> bool:
    """The same picture, but for rounding of single levels."""
    return bool(a.shape == b.shape and np.abs(a.astype(int) - b).max() <= 1)


# View2D


@pytest.mark.parametrize(
    "mode", ["FILTER_NEAREST", "FILTER_LINEAR", "FILTER_LINEAR_POSTCLASS", "FILTER_CUBIC_POSTCLASS"]
)
def test_the_chosen_slice_is_drawn_in_right_proportions(mode: str) -> None:
    image = volume(**OBLIQUE)
    for z in (0, 2, 6):
        made = view(image, startSlice=z, filterMode=mode, sliceZoom=1.3)
        assert same(made, drawn(image.voxels[0, 0, z], (24, 20), RANGE, mode, (0.5, 1.25), 1.3))


@pytest.mark.parametrize(("count", "middle"), [(1, 0), (2, 1), (7, 3), (8, 4)])
def test_automatic_is_the_middle_slice(count: int, middle: int) -> None:
    assert shown(view(levels(count))) == middle
    assert shown(view(levels(count), startSlice=None)) == middle


def test_a_slice_or_time_point_that_the_image_has_not_is_the_last_one() -> None:
    assert shown(view(levels(5), startSlice=99)) == 4
    image = image_of(np.array([10, 20, 30], np.uint8).reshape(3, 1, 1, 1, 1).repeat(4, 3).repeat(4, 4), range=(0, 255))
    assert [shown(view(image, timePoint=t)) for t in (0, 1, 2, 3, 1000)] == [1, 2, 3, 3, 3]


def test_max_slice_tells_the_last_one() -> None:
    told = Engine(LIBRARY, 0).values(wired("View2D", inImage=levels(5)), "Node")
    assert told == {"maxSlice": 4}
    assert Engine(LIBRARY, 0).values(wired("View2D"), "Node") == {"maxSlice": 0}


def test_without_an_image_the_picture_is_black() -> None:
    made = picture("View2D", {"pictureWidth": 30, "pictureHeight": 20})
    assert made.shape == (20, 30, 3)
    assert not made.any()


def test_several_slices_lie_in_rows_each_in_its_cell() -> None:
    image = volume()
    made = view(image, 26, 21, startSlice=1, numSlices=5, numXSlices=2, sliceStep=1)
    for i in range(6):
        cell = made[i // 2 * 7 :, i % 2 * 13 :][:7, :13]
        wanted = drawn(image.voxels[0, 0, 1 + i], (13, 7), RANGE) if i < 5 else np.zeros((7, 13, 3))
        assert same(cell, wanted), f"cell {i}"


def test_slices_past_the_last_one_leave_their_cells_black() -> None:
    made = view(levels(5), 40, 40, startSlice=1, numSlices=4, numXSlices=2, sliceStep=2)
    corners = [made[y, x, 0].item() for y in (10, 30) for x in (10, 30)]
    assert corners == [10, 30, 0, 0]


def test_more_cells_than_pixels_still_make_a_picture_of_the_right_size() -> None:
    made = view(levels(30), 16, 16, startSlice=5, numSlices=400, numXSlices=20)
    assert made.shape == (16, 16, 3)
    assert made[0, :16, 0].tolist() == [10 * z for z in range(5, 21)]


def test_numbers_of_pixels_that_cannot_be_divided_leave_a_black_rim() -> None:
    made = view(
        image_of(np.full((4, 4, 4), 9, np.uint8), range=(0, 9)), 20, 16, startSlice=0, numSlices=3, numXSlices=3
    )
    assert (made[5:11, :18].max(axis=(0, 2)) == 255).all()
    assert not made[:, 18:].any()


def test_the_window_of_the_file_is_used_unless_the_fields_say_otherwise() -> None:
    tags = (("WindowCenter", "40\\400"), ("WindowWidth", "400\\1500"))
    image = image_of(noise("int16") // 64, tags=tags)
    values = image.voxels[0, 0, 2]
    cases: list[tuple[dict[str, Any], tuple[float, float]]] = [
        ({}, (40, 400)),
        ({"lutCenter": 100.0}, (100, 400)),
        ({"lutWidth": 50.0}, (40, 50)),
        ({"lutCenter": -20.0, "lutWidth": 900.0}, (-20, 900)),
    ]
    for fields, window in cases:
        assert np.array_equal(view(image, startSlice=2, **fields), drawn(values, (24, 20), window))


def test_without_a_window_in_the_file_the_declared_range_is_shown() -> None:
    for tags in ((), (("WindowCenter", "soft tissue"), ("WindowWidth", "400"))):
        image = image_of(noise("int16") // 64, tags=tags, range=(-600, 1000))
        assert np.array_equal(view(image, startSlice=1), drawn(image.voxels[0, 0, 1], (24, 20), (200, 1600)))


def test_monochrome1_is_inverted_and_its_surroundings_are_not() -> None:
    image = volume(tags=(("PhotometricInterpretation", "MONOCHROME1"),))
    made = view(image, startSlice=3, sliceZoom=0.5)
    assert same(made, drawn(image.voxels[0, 0, 3], (24, 20), RANGE, zoom=0.5, inverted=True))
    assert not made[0].any()


def test_colour_is_shown_in_colour() -> None:
    image = volume(extent=(1, 3, 4, 5, 6), channels=("Red", "Green", "Blue"))
    assert same(view(image, startSlice=1), drawn(image.voxels[0, :, 1], (24, 20), RANGE))
    deep = image_of(noise("uint16", (1, 3, 4, 5, 6)), channels=("Red", "Green", "Blue"))
    assert same(view(deep, startSlice=1), drawn(deep.voxels[0, :, 1], (24, 20), (32767.5, 65535)))


def test_a_slice_is_shown_as_it_was_acquired_wherever_its_axes_point() -> None:
    axial = volume(spacing=(0.5, 1.25, 3.0))
    upright = view(axial, startSlice=2)
    sagittal = (0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
    for direction in (sagittal, OBLIQUE["direction"], (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)):
        turned = Image.of(replace(axial.info, direction=direction, origin=(5.0, 6.0, 7.0)), axial.voxels)
        assert np.array_equal(view(turned, startSlice=2), upright)


def test_pages_of_the_picture_are_parts_of_it() -> None:
    image, engine = volume(), Engine(LIBRARY, 0)
    network = wired("View2D", {"pictureWidth": 24, "pictureHeight": 20, "numSlices": 4, "numXSlices": 2}, inImage=image)
    whole = engine.image(network, "Node.picture")
    for region in (whole.region.along("c", 1), whole.region.along("y", 3, 9).along("x", 7), whole.region):
        assert np.array_equal(engine.image(network, "Node.picture", region).voxels, whole.at(region).voxels)


def test_a_slab_shows_the_highest_the_lowest_or_the_mean_of_its_slices() -> None:
    image = volume(seed=3)
    deep = image.voxels[0, 0, 2:5].astype(float)
    cases = {"BLEND_MAXIMUM": deep.max(0), "BLEND_MINIMUM": deep.min(0), "BLEND_BLEND": deep.mean(0)}
    for blend, wanted in {**cases, "BLEND_REPLACE": deep[0]}.items():
        made = view(image, startSlice=2, slab=3, blendMode=blend)
        assert same(made, drawn(wanted, (24, 20), RANGE)), blend
    assert same(view(image, startSlice=6, slab=3, blendMode="BLEND_MAXIMUM"), view(image, startSlice=6))


def test_a_slab_asks_for_its_slices_and_no_others() -> None:
    seen: list[Computed] = []
    for blend, last in (("BLEND_MAXIMUM", 5), ("BLEND_REPLACE", 3)):
        seen.clear()
        fields = {"pictureWidth": 24, "pictureHeight": 20, "startSlice": 2, "slab": 3, "blendMode": blend}
        Engine(LIBRARY, 0, seen.append).image(wired("View2D", fields, inImage=volume()), "Node.picture")
        wanted = Region.whole((1, 1, 7, 5, 6)).along("z", 2, last)
        assert [page.region for page in seen if page.node == "inImage"] == [wanted]


@pytest.mark.parametrize(("node_type", "color"), [("View2D", "annotationCol"), ("SynchroView2D", "annotationColor")])
def test_texts_have_the_chosen_colour_and_hiding_them_leaves_the_slice(node_type: str, color: str) -> None:
    image = image_of(np.zeros((3, 40, 40), np.uint8), modality="MR", range=(0, 255))
    inputs = {"inImage" if node_type == "View2D" else "inImage1": image}
    fields = {"pictureWidth": 400, "pictureHeight": 200, color: [0, 1, 0]}
    made = picture(node_type, fields, **inputs)[:, :196]
    assert (made == (0, 255, 0)).all(-1).sum() > 50
    assert not made[..., [0, 2]].any()
    hidden = picture(node_type, {**fields, "annotationSizeMode": "ANNO_SHOW_HIDE"}, **inputs)[:, :196]
    assert not hidden.any()


def test_view2d_is_annotated_in_detail_and_the_others_in_short() -> None:
    image = image_of(np.zeros((3, 40, 40), np.uint8), tags=(("PatientID", "4711"),), range=(0, 255))
    size = {"pictureWidth": 600, "pictureHeight": 300}
    for node_type, name, mode in (
        ("View2D", "inImage", "ANNO_SHOW_DETAILED"),
        ("SynchroView2D", "inImage1", "ANNO_SHOW_SHORT"),
        ("OrthoView2D", "image", "ANNO_SHOW_SHORT"),
    ):
        plain = picture(node_type, size, **{name: image})
        for chosen in ("ANNO_SHOW_DETAILED", "ANNO_SHOW_SHORT", "ANNO_SHOW_HIDE"):
            other = picture(node_type, {**size, "annotationSizeMode": chosen}, **{name: image})
            assert np.array_equal(plain, other) == (chosen == mode)


def test_several_slices_have_the_short_texts() -> None:
    image = image_of(np.zeros((3, 40, 40), np.uint8), tags=(("PatientID", "4711"),), range=(0, 255))
    size = {"pictureWidth": 600, "pictureHeight": 300, "numSlices": 2, "numXSlices": 2, "startSlice": 0}
    made = [
        picture("View2D", {**size, "annotationSizeMode": f"ANNO_SHOW_{mode}"}, inImage=image)
        for mode in ("DETAILED", "SHORT", "HIDE")
    ]
    assert np.array_equal(made[0], made[1])
    assert not made[2].any()


def test_the_current_position_is_marked_where_that_is_wanted() -> None:
    image = image_of(np.zeros((3, 40, 40), np.uint8), range=(0, 255))
    fields: dict[str, Any] = {"worldPosition": [10, 20, 1], "annotationSizeMode": "ANNO_SHOW_HIDE"}
    for pane in panes(image, image, 84, 40, **fields):
        assert not pane.any()
    for pane in panes(image, image, 84, 40, **fields, drawCurrentPos=True):
        yellow = (pane == (255, 255, 0)).all(-1)
        assert np.flatnonzero(yellow[0]).tolist() == [10]
        assert np.flatnonzero(yellow[:, 0]).tolist() == [20]
        assert yellow.sum() == 2 * (40 - 13)


# SynchroView2D


def test_each_pane_shows_its_image_and_a_light_divider_parts_them() -> None:
    left, right = volume(1, spacing=(1.0, 2.0, 1.0)), volume(2, extent=(1, 1, 7, 8, 4))
    panes_shown = panes(left, right, synchSlicing=False, synchZooming=False, slice1=1, slice2=5)
    assert same(panes_shown[0], drawn(left.voxels[0, 0, 1], (24, 20), RANGE, voxel_size=(1, 2)))
    assert same(panes_shown[1], drawn(right.voxels[0, 0, 5], (24, 20), RANGE))


def test_a_width_that_cannot_be_halved_leaves_the_rest_black() -> None:
    made = picture("SynchroView2D", {"pictureWidth": 53, "pictureHeight": 20, "background": [1, 1, 1]})
    assert (made[:, :24] == 255).all()
    assert (made[:, 28:52] == 255).all()
    assert not made[:, 52].any()


def test_a_missing_image_is_background() -> None:
    image, color = volume(), (51, 102, 255)
    background = [level / 255 for level in color]
    for left, right in ((image, None), (None, image), (None, None)):
        made = panes(left, right, background=background, slice1=2, slice2=2)
        for pane, shown_image in zip(made, (left, right), strict=True):
            wanted = np.broadcast_to(np.array(color, np.uint8), (20, 24, 3))
            if shown_image is not None:
                wanted = drawn(shown_image.voxels[0, 0, 2], (24, 20), RANGE, background=color)
            assert same(pane, wanted)


@pytest.mark.parametrize(
    ("right", "slices"),
    [
        ({"spacing": (1.0, 1.0, 3.0)}, {0: 0, 1: 1, 2: 2, 6: 6}),
        ({"spacing": (1.0, 1.0, 1.5)}, {0: 0, 1: 2, 2: 4, 3: 6, 6: 9}),
        ({"spacing": (1.0, 1.0, 7.0)}, {0: 0, 1: 0, 2: 1, 3: 1, 6: 3}),
        ({"spacing": (1.0, 1.0, 3.0), "origin": (0.0, 0.0, 6.0)}, {0: 0, 1: 0, 2: 0, 3: 1, 6: 4}),
        ({"spacing": (1.0, 1.0, 3.0), "origin": (40.0, -9.0, -7.0)}, {0: 2, 1: 3, 6: 8}),
        (
            {"spacing": (1.0, 1.0, 3.0), "direction": (1.0, 0, 0, 0, -1.0, 0, 0, 0, -1.0), "origin": (0, 0, 18.0)},
            {0: 6, 2: 4},
        ),
        ({"spacing": (1.0, 1.0, 3.0), "origin": (0.0, 0.0, 900.0)}, {0: 0, 6: 0}),
        ({"spacing": (1.0, 1.0, 3.0), "origin": (0.0, 0.0, -900.0)}, {0: 9, 6: 9}),
    ],
)
def test_the_right_pane_shows_the_slice_at_the_left_one_s_world_position(
    right: dict[str, Any], slices: dict[int, int]
) -> None:
    left = levels(7, spacing=(1.0, 1.0, 3.0))
    for z, wanted in slices.items():
        made = panes(left, levels(10, **right), slice1=z)
        assert (shown(made[0]), shown(made[1])) == (z, wanted)


def test_world_position_is_that_of_the_slice_s_middle_where_the_images_are_turned() -> None:
    """A coronal scan beside an axial one: y of the axial middle decides, (5 - 1) / 2 * 2 mm - 1 mm = 3 mm."""
    axial = levels(7, spacing=(1.0, 2.0, 3.0), origin=(0.0, -1.0, 0.0))
    coronal = levels(9, direction=(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0), origin=(0.0, 0.0, 6.0))
    for z in (0, 3, 6):
        assert shown(panes(axial, coronal, slice1=z)[1]) == 3


def test_unsynchronised_slices_are_chosen_one_by_one() -> None:
    made = panes(levels(7), levels(9), synchSlicing=False, slice1=1)
    assert (shown(made[0]), shown(made[1])) == (1, 4)
    assert shown(panes(levels(7), levels(9), synchSlicing=False, slice2=99)[1]) == 8
    assert shown(panes(None, levels(9), slice1=1, slice2=7)[1]) == 7, "nothing to synchronise with"


def test_the_right_window_is_its_own_or_the_left_one_s() -> None:
    tags = (("WindowCenter", "40"), ("WindowWidth", "400"))
    left = image_of(noise("int16", seed=1) // 64, tags=tags)
    right = image_of(noise("int16", seed=2) // 64, range=(-600, 1000))
    cases: list[tuple[dict[str, Any], tuple[float, float], tuple[float, float]]] = [
        ({}, (40, 400), (200, 1600)),
        ({"synchLUTs": True}, (40, 400), (40, 400)),
        ({"synchLUTs": True, "lut1c": 7.0, "lut1w": 99.0, "lut2c": 1.0, "lut2w": 2.0}, (7, 99), (7, 99)),
        ({"lut1c": 7.0, "lut1w": 99.0, "lut2c": 100.0, "lut2w": 300.0}, (7, 99), (100, 300)),
        ({"lut2w": 300.0}, (40, 400), (200, 300)),
    ]
    for fields, first, second in cases:
        made = panes(left, right, slice1=1, slice2=1, **fields)
        assert same(made[0], drawn(left.voxels[0, 0, 1], (24, 20), first))
        assert same(made[1], drawn(right.voxels[0, 0, 1], (24, 20), second))
    alone = panes(None, right, slice2=1, synchLUTs=True)[1]
    assert same(alone, drawn(right.voxels[0, 0, 1], (24, 20), (200, 1600)))


def test_a_shared_window_keeps_each_image_s_own_polarity() -> None:
    tags = (("PhotometricInterpretation", "MONOCHROME1"),)
    plain, inverse = volume(1), volume(1, tags=tags)
    for left, right in ((plain, inverse), (inverse, plain)):
        made = panes(left, right, slice1=2, synchLUTs=True)
        for pane, image in zip(made, (left, right), strict=True):
            assert same(pane, drawn(image.voxels[0, 0, 2], (24, 20), RANGE, inverted=image is inverse))


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, (1, 1)),
        ({"timepoint1": 2, "timepoint2": 1}, (3, 3)),
        ({"timepoint1": 2, "timepoint2": 1, "synchTiming": False}, (3, 2)),
        ({"timepoint1": 99}, (3, 3)),
        ({"timepoint2": 99, "synchTiming": False}, (1, 3)),
    ],
)
def test_time_points_go_together_or_apart(fields: dict[str, Any], wanted: tuple[int, int]) -> None:
    image = image_of(np.array([10, 20, 30], np.uint8).reshape(3, 1, 1, 1, 1).repeat(4, 3).repeat(4, 4), range=(0, 255))
    made = panes(image, image, **fields)
    assert (shown(made[0]), shown(made[1])) == wanted
    if fields == {"timepoint1": 2, "timepoint2": 1}:
        assert shown(panes(None, image, **fields)[1]) == 2, "nothing to synchronise with"


def test_colour_beside_grey_is_shown_in_colour() -> None:
    left = volume(1)
    right = volume(2, extent=(1, 3, 7, 5, 6), channels=("Red", "Green", "Blue"))
    made = panes(left, right, slice1=2)
    assert same(made[0], drawn(left.voxels[0, 0, 2], (24, 20), RANGE))
    assert same(made[1], drawn(right.voxels[0, :, 2], (24, 20), RANGE))


# What is computed


def masked(image: Image, **fields: Any) -> Network:
    """The network of the tutorial: a head, its mask, both beside each other."""
    nodes = {
        "Image": given(image),
        "Threshold": NodeSpec("Threshold", {"threshold": 60}),
        "Mask": NodeSpec("Mask", {"background": -1000}),
        "View": NodeSpec("SynchroView2D", {"pictureWidth": 52, "pictureHeight": 20, "slice1": 3, **fields}),
    }
    links = {
        "Threshold.input0": "Image.output0",
        "Mask.input0": "Image.output0",
        "Mask.input1": "Threshold.output0",
        "View.inImage1": "Image.output0",
        "View.inImage2": "Mask.output0",
    }
    return Network(nodes, links)


def test_scrolling_costs_one_slice_a_node_a_change_of_the_last_node_one_page_and_undo_nothing() -> None:
    seen: list[Computed] = []
    engine = Engine(LIBRARY, 2**24, seen.append)

    def computed(network: Network) -> dict[str, list[Region]]:
        seen.clear()
        engine.image(network, "View.picture")
        pages: dict[str, list[Region]] = {}
        for page in seen:
            pages.setdefault(page.node, []).append(page.region)
        return pages

    network = masked(volume())
    whole = Region.whole((1, 1, 7, 5, 6))
    for z in (3, 4):
        network = network.with_field("View", "slice1", z)
        pages = computed(network)
        assert set(pages) == {"Image", "Threshold", "Mask", "View"}
        assert [pages[name] for name in ("Image", "Threshold", "Mask")] == [[whole.along("z", z)]] * 3
        assert len(pages["View"]) == 1
    assert list(computed(network.with_field("View", "lut1c", 99.0))) == ["View"]
    assert computed(network) == {}
    assert computed(network.with_field("View", "slice1", 3)) == {}
    assert set(computed(network.with_field("Mask", "background", 5))) == {"Mask", "View"}
    assert set(computed(network.with_field("Threshold", "threshold", 61))) == {"Threshold", "Mask", "View"}


def test_a_viewer_works_its_panes_out_once_for_the_same_facts() -> None:
    info, other = volume().info, volume(spacing=(2.0, 2.0, 2.0)).info
    node = View2D(start_slice=2)
    panes = node.arranged({"in_image": info})
    assert panes == node.panes({"in_image": info})
    assert node.arranged({"in_image": info}) is panes
    assert node.arranged({"in_image": other}) == node.panes({"in_image": other}) != panes
    assert node.arranged({}) == ()
    assert node == View2D(start_slice=2)


def test_of_two_panes_only_that_is_drawn_again_which_changed() -> None:
    engine = Engine(LIBRARY, 2**24)
    network = masked(volume(), pictureWidth=150, pictureHeight=70)
    made: list[tuple[Network, int, Voxels]] = []
    for node, field, value in (
        ("View", "slice1", 3),
        ("View", "lut1c", 99.0),
        ("View", "lut2c", 98.0),
        ("Threshold", "threshold", 61),
        ("View", "annotationSizeMode", "ANNO_SHOW_HIDE"),
        ("Mask", "background", 7),
    ):
        network = network.with_field(node, field, value)
        before = viewer._pixels.cache_info().misses
        voxels = engine.image(network, "View.picture").voxels
        made.append((network, viewer._pixels.cache_info().misses - before, voxels))
    assert [drawn for _, drawn, _ in made] == [2, 1, 1, 1, 2, 1]
    for network, _, voxels in made:
        viewer._pixels.cache_clear()
        assert np.array_equal(Engine(LIBRARY, 2**24).image(network, "View.picture").voxels, voxels)


def test_panes_that_are_remembered_keep_no_page_alive() -> None:
    engine = Engine(LIBRARY, 2**24)
    network = masked(volume(seed=5))
    engine.image(network, "View.picture")
    page = engine.image(network, "Mask.output0", Region.whole((1, 1, 7, 5, 6)).along("z", 3))
    held = weakref.ref(page)
    del engine, page
    gc.collect()
    assert held() is None


@pytest.mark.parametrize(
    ("fields", "grey"),
    [
        ({}, True),
        ({"annotationCol": [1.0, 0.5, 0.5]}, False),
        ({"annotationCol": [0.5, 0.5, 0.5], "lutInvert": True}, True),
        ({"colorMap": "HotIron"}, False),
        ({"numSlices": 4, "numXSlices": 2}, True),
    ],
)
def test_a_picture_that_is_grey_holds_each_pixel_once(fields: dict[str, Any], grey: bool) -> None:
    size = {"pictureWidth": 150, "pictureHeight": 140}
    made = Engine(LIBRARY, 0).image(wired("View2D", {**size, **fields}, inImage=volume()), "Node.picture").voxels
    assert np.array_equal(made[0, 0], made[0, 1]) == np.array_equal(made[0, 0], made[0, 2]) == grey
    assert (made.strides[1] == 0) == grey


def test_colour_is_drawn_over_grey_panes() -> None:
    fields = {"pictureWidth": 150, "pictureHeight": 70, "annotationSizeMode": "ANNO_SHOW_HIDE"}
    images = {"inImage1": volume(), "inImage2": volume(seed=2)}
    plain, marked = (
        Engine(LIBRARY, 0).image(wired("SynchroView2D", {**fields, "drawCurrentPos": on}, **images), "Node.picture")
        for on in (False, True)
    )
    assert plain.voxels.strides[1] == 0
    crossed = (marked.voxels != plain.voxels).any(axis=1)
    assert 0 < crossed.mean() < 0.1
    assert np.array_equal(np.unique(np.moveaxis(marked.voxels, 1, -1)[crossed], axis=0), [[255, 255, 0]])


def test_a_mosaic_asks_for_its_slices_one_by_one_so_that_scrolling_finds_most_of_them_again() -> None:
    seen: list[Computed] = []
    fields = {"pictureWidth": 24, "pictureHeight": 20, "numSlices": 3, "startSlice": 2}
    engine, network = Engine(LIBRARY, 2**24, seen.append), wired("View2D", fields, inImage=volume())
    for shown_network, slices in ((network, [2, 3, 4]), (network.with_field("Node", "startSlice", 3), [5])):
        seen.clear()
        engine.image(shown_network, "Node.picture")
        wanted = [Region.whole((1, 1, 7, 5, 6)).along("z", z) for z in slices]
        assert sorted((page.region for page in seen if page.node == "inImage"), key=lambda one: one.start) == wanted


def test_a_viewer_asks_for_one_time_point_and_all_channels() -> None:
    seen: list[Computed] = []
    image = volume(extent=(3, 3, 4, 5, 6), channels=("Red", "Green", "Blue"))
    fields = {"pictureWidth": 24, "pictureHeight": 20, "timePoint": 1, "startSlice": 2}
    Engine(LIBRARY, 0, seen.append).image(wired("View2D", fields, inImage=image), "Node.picture")
    assert [page.region for page in seen if page.node == "inImage"] == [image.info.whole.along("t", 1).along("z", 2)]


def test_the_masking_tutorial_shows_the_head_beside_the_same_head_without_background() -> None:
    network = load(NETWORKS / "ImageMask.mlab.json")
    network = network.with_field("SynchroView2D", "annotationSizeMode", "ANNO_SHOW_HIDE")
    engine, paths = Engine(LIBRARY, 2**28), Paths(NETWORKS)
    made = np.moveaxis(engine.image(network, "SynchroView2D.picture", paths=paths).voxels[0, :, 0], 0, -1)
    head = engine.image(network, "LocalImage.outImage", paths=paths)
    z = head.info.extent[2] // 2
    values = head.voxels[0, 0, z].astype(int)
    half = (made.shape[1] - DIVIDER) // 2
    center, width = (float(head.info.tag(name).split("\\")[0]) for name in ("WindowCenter", "WindowWidth"))
    how: dict[str, Any] = {"mode": "FILTER_LINEAR", "voxel_size": head.info.spacing[:2]}
    pane, window = (half, made.shape[0]), (center, width)
    assert same(made[:, :half], drawn(values, pane, window, **how))
    assert same(made[:, half + DIVIDER :], drawn(np.where(values > 60, values, -1000), pane, window, **how))
