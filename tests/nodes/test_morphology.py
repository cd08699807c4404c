"""Morphology against the largest and smallest of every window, picked one voxel at a time."""

from __future__ import annotations

import itertools
import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, NodeError, Voxels
from nodeeditor.engine import Engine
from nodeeditor.errors import FieldError
from nodeeditor.explain import explained
from nodeeditor.network import Network, NodeSpec
from nodes.morphology import Morphology, MorphologyMode

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired

PICKS: dict[str, Callable[..., Any]] = {"Dilation": max, "Erosion": min}
MODES = tuple(PICKS)
T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"
Place = tuple[int, ...]


def box(*sizes: int) -> list[Place]:
    """The offsets t c z y x of a box of so many voxels along x y z c t."""
    x, y, z, c, t = (*sizes, 1, 1, 1)[:5]
    return list(itertools.product(*(range(-(size // 2), size - size // 2) for size in (t, c, z, y, x))))


def picked(voxels: Voxels, offsets: list[Place], mode: str, outside: Any = None, between: Any = None) -> list[Any]:
    """The extreme of the neighbourhood of each voxel; ``outside`` stands for missing ones, else the nearest does."""
    made = []
    for place in itertools.product(*map(range, voxels.shape)):
        around = []
        for offset in offsets:
            wanted = [i + more for i, more in zip(place, offset, strict=True)]
            nearest = [max(0, min(i, size - 1)) for i, size in zip(wanted, voxels.shape, strict=True)]
            inside = wanted == nearest or outside is None
            around.append(voxels[tuple(nearest)].item() if inside else outside)
        if between:
            around = [value for value in around if between[0] <= value <= between[1]]
        made.append(PICKS[mode](around) if around else voxels[place].item())
    return made


def filtered(fields: dict[str, Any], voxels: Voxels) -> list[Any]:
    made: list[Any] = result("Morphology", fields, input0=image_of(voxels)).voxels.ravel().tolist()
    return made


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", TYPES)
def test_every_voxel_type_gives_the_extreme_of_the_neighbourhood(dtype: str, mode: str) -> None:
    image = image_of(noise(dtype), modality="CT", tags=(("WindowCenter", "40"),), **OBLIQUE)
    made = result("Morphology", {"filterMode": mode}, input0=image)
    assert made.info == image.info
    assert made.voxels.ravel().tolist() == picked(image.voxels, box(3, 3), mode)


@pytest.mark.parametrize("sizes", [(1, 1), (5, 1, 1), (2, 2), (1, 4, 3), (3, 3, 3), (7, 6, 5), (1, 1, 1, 2, 3)])
def test_a_box_reaches_as_far_as_it_is_long(sizes: tuple[int, ...]) -> None:
    voxels = noise("int16", (3, 2, 4, 5, 6))
    fields: dict[str, Any] = {f"kernel{axis}": size for axis, size in zip("XYZCT", sizes, strict=False)}
    for mode in MODES:
        made = filtered({"kernelZ": 1, **fields, "filterMode": mode}, voxels)
        assert made == picked(voxels, box(*sizes), mode)


def test_the_longest_kernel_takes_the_extreme_of_all() -> None:
    voxels = noise("int32")
    fields = {"kernelX": 999, "kernelY": 11, "kernelZ": 9}
    assert set(filtered(fields, voxels)) == {int(voxels.max())}
    with pytest.raises(FieldError, match="kernelX"):
        Morphology(kernel_x=1000)


@pytest.mark.parametrize("border", ["PadSrcClamp", "PadSrcFill", "PadDstFillWithOrig"])
def test_a_long_kernel_along_several_axes_needs_no_memory_for_all_that_lies_outside(border: str) -> None:
    fields = {"kernelX": 199, "kernelY": 199, "kernelZ": 199, "borderHandling": border, "fillValue": -3}
    image = image_of(noise("int32"))
    tracemalloc.start()
    result("Morphology", fields, input0=image)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 199**3  # bytes; a quarter of the kernel's box as int32


def test_a_fill_value_counts_only_in_its_interval() -> None:
    voxels = noise("int16", (1, 1, 3, 4, 5))
    fill = int(voxels.max()) + 1
    fields: dict[str, Any] = {"kernelZ": 3, "borderHandling": "PadSrcFill", "fillValue": fill}
    fields["useIntervalOfVoxelsForFiltering"] = True
    for low, high in ((int(voxels.min()), fill), (int(voxels.min()), fill - 1), (fill, fill)):
        interval = {"intervalMinOfVoxelsForFiltering": low, "intervalMaxOfVoxelsForFiltering": high}
        made = filtered({**fields, **interval}, voxels)
        assert made == picked(voxels, box(3, 3, 3), "Dilation", fill, (low, high))


@pytest.mark.parametrize("sizes", [(3, 3, 1), (3, 3, 3), (5, 5, 1), (4, 4, 4), (5, 2, 3), (7, 7, 1)])
def test_an_ellipsoid_leaves_out_what_lies_beyond_the_box_s_inscribed_one(sizes: tuple[int, ...]) -> None:
    x, y, z = sizes
    inside: list[Place] = [
        (0, 0, k, j, i)
        for k, j, i in itertools.product(*(range(-(size // 2), size - size // 2) for size in (z, y, x)))
        if ((2 * (i + x // 2) - x + 1) / x) ** 2
        + ((2 * (j + y // 2) - y + 1) / y) ** 2
        + ((2 * (k + z // 2) - z + 1) / z) ** 2
        <= 1
    ]
    single = np.zeros((1, 1, 9, 9, 9), np.uint8)
    single[0, 0, 4, 4, 4] = 1
    fields = {"kernelX": x, "kernelY": y, "kernelZ": z, "makeSpherical": True}
    made = result("Morphology", fields, input0=image_of(single)).voxels
    assert made.ravel().tolist() == picked(single, inside, "Dilation")
    assert made.sum() == len(inside)
    counts: dict[Place, int] = {(3, 3, 1): 9, (3, 3, 3): 19, (5, 5, 1): 21, (7, 7, 1): 37}
    assert counts.get(sizes, len(inside)) == len(inside)


def test_an_ellipsoid_that_is_too_large_is_refused_in_words() -> None:
    fields = {"kernelX": 999, "kernelY": 999, "kernelZ": 2, "makeSpherical": True}
    network = wired("Morphology", fields, input0=image_of(noise("uint8")))
    with pytest.raises(NodeError, match="an ellipsoid of 999x999x2 voxels is too large; make it smaller"):
        Engine(LIBRARY, 0).bound(network, ["Node"])


@pytest.mark.parametrize("mode", MODES)
def test_an_external_kernel_takes_the_places_of_its_weights_other_than_0(mode: str) -> None:
    voxels = noise("int16", (3, 1, 4, 5, 6))
    text = "(*,0,0,0,0,0): 1, 0, -2, 0.5\n(0,2,1,0,0,0): 3\n(3,1,0,0,1,0): 1"
    places = [(0, 0, 0, 0, 0), (0, 0, 0, 0, 2), (0, 0, 0, 0, 3), (0, 0, 1, 2, 0), (1, 0, 0, 1, 3)]
    offsets: list[Place] = [(t - 1, c, z - 1, y - 1, x - 2) for t, c, z, y, x in places]
    fields = {"filterMode": mode, "useExternalKernel": True, "externalKernel": text}
    assert filtered(fields, voxels) == picked(voxels, offsets, mode)
    assert filtered({**fields, "useExternalKernel": False}, voxels) == picked(voxels, box(3, 3), mode)


def test_an_external_kernel_without_weights_is_refused_in_words() -> None:
    network = wired("Morphology", {"useExternalKernel": True}, input0=image_of(noise("uint8")))
    with pytest.raises(NodeError, match="externalKernel holds no weight"):
        Engine(LIBRARY, 0).bound(network, ["Node"])


@pytest.mark.parametrize("mode", MODES)
def test_each_border_handling_does_what_its_name_says(mode: str) -> None:
    voxels = noise("int16", (1, 1, 2, 4, 5))
    clamped, filled = (picked(voxels, box(3, 3), mode, outside) for outside in (None, 700))

    def framed(border: Any) -> list[int]:
        made = np.broadcast_to(np.asarray(border, np.int16), voxels.shape).copy()
        made[..., 1:-1, 1:-1] = np.reshape(clamped, voxels.shape)[..., 1:-1, 1:-1]
        listed: list[int] = made.ravel().tolist()
        return listed

    inner = np.reshape(clamped, voxels.shape)[..., 1:-1, 1:-1].ravel().tolist()
    wanted = {
        "NoPad": inner,
        "PadSrcClamp": clamped,
        "PadSrcUndefined": clamped,
        "PadSrcFill": filled,
        "PadDstFill": framed(700),
        "PadDstFillWithOrig": framed(voxels),
        "PadDstUndefined": framed(voxels),
    }
    for handling, made in wanted.items():
        fields = {"filterMode": mode, "borderHandling": handling, "fillValue": 700}
        assert filtered(fields, voxels) == made, handling


def test_without_a_border_the_voxels_stay_where_they_were_in_the_world() -> None:
    image = image_of(noise("int16", (1, 1, 4, 5, 6)), **OBLIQUE)
    info = result("Morphology", {"borderHandling": "NoPad", "kernelZ": 2}, input0=image).info
    assert info.extent == (1, 1, 3, 3, 4)
    assert np.allclose(info.index_to_world @ (0, 0, 0, 1), image.info.index_to_world @ (1, 1, 1, 1))
    network = wired("Morphology", {"borderHandling": "NoPad", "kernelX": 7}, input0=image)
    with pytest.raises(NodeError, match="nothing is left of an image of 6x5x4 voxels by a kernel of 7x3x1"):
        Engine(LIBRARY, 0).bound(network, ["Node"])


@pytest.mark.parametrize(
    ("dtype", "fill", "wanted"),
    [
        ("uint8", 255, "uint8"),
        ("uint8", -1, "int16"),
        ("uint8", 0.5, "float32"),
        ("int32", 0.5, "float64"),
        ("int64", 2.0**63, "float64"),
        ("float32", 1e39, "float64"),
    ],
)
@pytest.mark.parametrize("handling", ["PadSrcFill", "PadDstFill"])
def test_the_type_grows_where_it_does_not_hold_the_fill_value(
    handling: str, dtype: str, fill: float, wanted: str
) -> None:
    voxels = noise(dtype)
    for mode in MODES:
        fields = {"filterMode": mode, "borderHandling": handling, "fillValue": fill}
        made = result("Morphology", fields, input0=image_of(voxels))
        assert made.info.dtype.name == wanted
        assert made.info.range == (min(voxels.min().item(), fill), max(voxels.max().item(), fill))
        if handling == "PadSrcFill":
            exact = picked(voxels, box(3, 3), mode, fill)
            assert made.voxels.ravel().tolist() == np.array(exact, wanted).tolist()
        else:
            assert (made.voxels[..., 0, :] == made.voxels.dtype.type(fill)).all()
    unused = result("Morphology", {"fillValue": fill}, input0=image_of(voxels))
    assert unused.info.dtype.name == dtype


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_neighbours_near_the_end_of_64_bit_are_told_apart(dtype: str) -> None:
    top = int(np.iinfo(dtype).max)
    voxels = np.array([[top - 2, top - 1, top - 2, top - 2, top]], dtype)
    assert filtered({}, voxels) == [top - 1, top - 1, top - 1, top, top]
    fields = {"borderHandling": "PadSrcFill", "fillValue": -1, "filterMode": "Erosion"}
    if dtype == "int64":
        assert filtered({**fields, "kernelY": 1}, voxels) == [-1, top - 2, top - 2, top - 2, -1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", TYPES)
def test_only_voxels_in_one_interval_are_filtered_and_only_those_in_the_other_count(dtype: str, mode: str) -> None:
    voxels = noise(dtype, seed=3)
    if not dtype.startswith("float"):
        voxels = (voxels % 100).astype(dtype)
    every = picked(voxels, box(3, 3), mode, between=(20, 70.5))
    counting: dict[str, Any] = {"useIntervalOfVoxelsForFiltering": True}
    counting |= {"intervalMinOfVoxelsForFiltering": 20, "intervalMaxOfVoxelsForFiltering": 70.5}
    assert filtered({"filterMode": mode, **counting}, voxels) == every
    between: dict[str, Any] = {"useIntervalOfFilteredVoxels": True}
    between |= {"intervalMinOfFilteredVoxels": 30, "intervalMaxOfFilteredVoxels": 60}
    pairs = zip(voxels.ravel().tolist(), every, strict=True)
    some = [made if 30 <= voxel <= 60 else voxel for voxel, made in pairs]
    assert filtered({"filterMode": mode, **counting, **between}, voxels) == some
    assert some != every


def test_a_voxel_without_a_neighbour_that_counts_stays_as_it_is() -> None:
    voxels = np.array([1, 2, 90, 4, 5, 6], np.uint8)
    fields = {"useIntervalOfVoxelsForFiltering": True, "intervalMinOfVoxelsForFiltering": 80}
    assert filtered(fields, voxels) == [1, 90, 90, 90, 5, 6]
    assert filtered({**fields, "intervalMinOfVoxelsForFiltering": 100}, voxels) == voxels.tolist()


def test_intervals_of_64_bit_numbers_are_exact() -> None:
    voxels = np.array([2**53, 2**53 + 1, 2**53 + 2], np.int64)
    fields = {"useIntervalOfFilteredVoxels": True, "intervalMaxOfFilteredVoxels": 2.0**53}
    assert filtered(fields, voxels) == [2**53 + 1, 2**53 + 1, 2**53 + 2]


def test_a_nan_in_the_neighbourhood_gives_nan_unless_it_does_not_count() -> None:
    nan = math.nan
    voxels = np.array([1.0, 2.0, nan, 4.0, 5.0, math.inf, -math.inf, 3.0])
    grown, shrunk = (np.array(filtered({"filterMode": mode}, voxels)) for mode in MODES)
    assert np.array_equal(grown, [2, nan, nan, nan, math.inf, math.inf, math.inf, 3], equal_nan=True)
    assert np.array_equal(shrunk, [1, nan, nan, nan, 4, -math.inf, -math.inf, -math.inf], equal_nan=True)
    fields = {"useIntervalOfVoxelsForFiltering": True, "intervalMinOfVoxelsForFiltering": -10}
    assert filtered({**fields, "intervalMaxOfVoxelsForFiltering": 10}, voxels) == [2, 2, 4, 5, 5, 5, 3, 3]


def test_of_two_zeros_that_without_a_sign_is_given() -> None:
    for mode in MODES:
        for values in ([-0.0, 0.0], [0.0, -0.0], [-0.0, -0.0], [-0.0]):
            made = filtered({"filterMode": mode}, np.array(values))
            assert [math.copysign(1, value) for value in made] == [1] * len(made)


@settings(max_examples=80, deadline=None, database=None)
@given(drawn=st.data())
def test_any_image_and_box_agree_with_plain_numbers(drawn: st.DataObject) -> None:
    dtype = drawn.draw(st.sampled_from(TYPES))
    t, c, z, y, x = (drawn.draw(st.integers(1, limit)) for limit in (2, 2, 3, 4, 4))
    voxels = noise(dtype, (max(t, 2), c, z, y, x), drawn.draw(st.integers(0, 99)))
    sizes = [drawn.draw(st.integers(1, 6)) for _ in range(5)]
    mode = drawn.draw(st.sampled_from(MODES))
    fields = {"filterMode": mode, **{f"kernel{axis}": size for axis, size in zip("XYZCT", sizes, strict=True)}}
    assert filtered(fields, voxels) == picked(voxels, box(*sizes), mode)


def test_opening_and_closing_are_made_of_two() -> None:
    mask = np.zeros((1, 1, 1, 9, 9), np.uint8)
    mask[..., 2:7, 2:7] = 1
    mask[..., 4, 4] = 0
    mask[..., 0, 0] = 1
    image = image_of(mask)

    def both(first: str, second: str) -> Voxels:
        inner = result("Morphology", {"filterMode": first}, input0=image)
        return result("Morphology", {"filterMode": second}, input0=inner).voxels

    closed, opened = both("Dilation", "Erosion"), both("Erosion", "Dilation")
    assert closed[0, 0, 0, 4, 4] == 1
    assert opened[0, 0, 0, 0, 0] == 0
    assert not (opened > mask).any()
    assert not (closed < mask).any()


def test_colours_and_time_points_are_filtered_on_their_own() -> None:
    voxels = noise("uint8", (2, 3, 2, 4, 4))
    image = image_of(voxels, channels=("Red", "Green", "Blue"), time_step=2.5)
    made = result("Morphology", input0=image)
    assert (made.info.channels, made.info.time_step) == (("Red", "Green", "Blue"), 2.5)
    for t, c in itertools.product(range(2), range(3)):
        alone = image_of(voxels[t : t + 1, c : c + 1])
        assert np.array_equal(made.voxels[t, c], result("Morphology", input0=alone).voxels[0, 0])


def explanation(fields: dict[str, Any], image: Image) -> str:
    network = wired("Morphology", fields, input0=image)
    return explained(Engine(LIBRARY, 0), network, "Node.output0", (0.0, 0.0, 0.0))[0].why


def test_it_says_how_a_value_came_about() -> None:
    image = image_of(np.array([3, 9, 5], np.uint8))
    assert explanation({}, image) == "the largest of 3x3 voxels around 3 → 9"
    fields = {"filterMode": "Erosion", "kernelZ": 2, "makeSpherical": True}
    assert explanation(fields, image) == "the smallest of 3x3x2 voxels around 3 → 3"


def test_the_caption_is_the_mode_and_the_size_of_the_kernel() -> None:
    assert Morphology().caption() == "Dilation 3x3"
    made = Morphology(filter_mode=MorphologyMode.Erosion, kernel_x=5, kernel_z=2, kernel_t=4)
    assert made.caption() == "Erosion 5x3x2x1x4"
    assert Morphology(use_external_kernel=True).caption() == "Dilation external"


def test_a_page_asks_for_no_more_than_its_neighbours() -> None:
    image = image_of(noise("int16", (1, 1, 9, 5, 6)))
    network = wired("Morphology", {"kernelZ": 3}, input0=image)
    bound = Engine(LIBRARY, 0).bound(network, ["Node"])["Node"]
    region = image.info.whole.along("z", 4)
    assert bound.node.needs(region, image.info) == {"input0": image.info.whole.along("z", 3, 6)}


@pytest.mark.parametrize("spherical", [False, True])
def test_a_real_image_agrees_with_itk(spherical: bool) -> None:
    if not T1.exists():
        pytest.skip(f"{T1} is not here; it is no part of the project")
    image = sitk.ReadImage(str(T1))
    single = np.zeros((5, 5, 5), np.uint8)
    single[2, 2, 2] = 1
    fields = {"kernelX": 5, "kernelY": 5, "kernelZ": 5, "makeSpherical": spherical}
    element = result("Morphology", fields, input0=image_of(single)).voxels[0, 0]
    assert element.sum() == (81 if spherical else 125)
    nodes = {"Load": NodeSpec("LocalImage", {"name": str(T1)}), "Node": NodeSpec("Morphology", fields)}
    made = Engine(LIBRARY, 2**28).image(Network(nodes, {"Node.input0": "Load.outImage"}), "Node.output0")
    grown = sitk.GrayscaleDilate(image, (2, 2, 2), sitk.sitkBox)
    if not spherical:
        assert np.array_equal(made.voxels[0, 0], sitk.GetArrayFromImage(grown))
        return
    voxels = np.pad(sitk.GetArrayFromImage(image), 2, mode="edge")
    parts = np.lib.stride_tricks.sliding_window_view(voxels, (5, 5, 5))
    part = (slice(40, 44), slice(60, 90), slice(50, 80))
    assert np.array_equal(made.voxels[0, 0][part], np.where(element == 1, parts[part], 0).max((-3, -2, -1)))
