"""OrthoProjection against sums, means and deviations of exact fractions, one row of voxels at a time."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import NodeError, Voxels
from nodeeditor.engine import Engine
from nodeeditor.explain import explained
from nodeeditor.network import Network, NodeSpec
from nodes.projection import OrthoProjection

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired

AXES = "tczyx"
INTEGERS = TYPES[:8]
EXACT: dict[str, Callable[[list[Any]], Any]] = {
    "max": max,
    "min": min,
    "add": sum,
    "mean": lambda row: round(sum(map(Fraction, row), Fraction(0)) / len(row)),
    "maxPos": lambda row: row.index(max(row)),
    "minPos": lambda row: row.index(min(row)),
}
T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"


def rows(voxels: Voxels, axis: str) -> list[list[Any]]:
    """The voxels of each row along an axis, in order of the rows."""
    array = np.moveaxis(voxels, AXES.index(axis), -1)
    listed: list[list[Any]] = array.reshape(-1, array.shape[-1]).tolist()
    return listed


def projected(voxels: Any, mode: str, axis: str = "x", dtype: Any = None, **facts: Any) -> list[Any]:
    image = image_of(voxels, dtype, **facts)
    made: list[Any] = result("OrthoProjection", {"mode": mode, "dimension": axis}, input0=image).voxels.ravel().tolist()
    return made


@pytest.mark.parametrize("mode", EXACT)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_whole_numbers_are_exact_along_every_axis(dtype: str, mode: str) -> None:
    voxels = noise(dtype, (3, 2, 4, 5, 6))
    for axis in AXES:
        wanted = [EXACT[mode](row) for row in rows(voxels, axis)]
        if mode == "add" and dtype in ("int64", "uint64"):
            wanted = list(map(float, wanted))
        assert projected(voxels, mode, axis) == wanted


@pytest.mark.parametrize("mode", ["add", "mean", "stdDev", "var"])
@pytest.mark.parametrize("dtype", TYPES)
def test_fractions_are_right_to_the_precision_of_their_type(dtype: str, mode: str) -> None:
    if dtype in INTEGERS and mode in ("add", "mean"):
        return
    voxels = noise(dtype, (3, 2, 4, 5, 6), seed=5)
    precision = 2.0**-23 if dtype in ("float32", "uint8", "int8", "uint16", "int16") else 2.0**-48
    for axis in AXES:
        for row, made in zip(rows(voxels, axis), projected(voxels, mode, axis), strict=True):
            exact = [Fraction(value) for value in row]
            mean = sum(exact, Fraction(0)) / len(row)
            variance = sum(((value - mean) ** 2 for value in exact), Fraction(0)) / (len(row) - 1)
            wanted = {"add": float(mean * len(row)), "mean": float(mean), "var": float(variance)}
            wanted["stdDev"] = math.sqrt(float(variance))
            scale = float(max(map(abs, exact))) ** (2 if mode == "var" else 1)
            assert abs(made - wanted[mode]) <= precision * scale * len(row)


def test_deviations_are_those_of_the_statistics_module() -> None:
    voxels = noise("int16", (1, 1, 7, 3, 2)) // 100
    for mode, function in (("stdDev", statistics.stdev), ("var", statistics.variance)):
        wanted = [function(row) for row in rows(voxels, "z")]
        assert np.allclose(projected(voxels, mode, "z"), wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("mode", "dtype", "span", "wanted", "declared"),
    [
        ("max", "int16", (-5, 99), "int16", (-5, 99)),
        ("mean", "uint8", (0, 255), "uint8", (0, 255)),
        ("add", "uint8", (0, 100), "uint16", (0, 400)),
        ("add", "uint8", (0, 60), "uint8", (0, 240)),
        ("add", "int16", (-32768, 32767), "int32", (-131072, 131068)),
        ("add", "int16", (0, 10000), "uint16", (0, 40000)),
        ("add", "uint64", (0, 2**63), "float64", (0.0, 2.0**65)),
        ("add", "float32", (-1.0, 2.0), "float32", (-4.0, 8.0)),
        ("add", "float32", (0.0, 3e38), "float64", None),
        ("maxPos", "float64", (0.0, 1.0), "uint8", (0, 3)),
        ("var", "int16", (-5, 99), "float32", None),
        ("var", "int32", (-5, 99), "float64", None),
        ("stdDev", "float64", (-1.0, 2.0), "float64", None),
        ("stdDev", "float32", (-1.0, 2.0), "float32", None),
    ],
)
def test_the_type_is_kept_or_holds_what_may_come_out(
    mode: str, dtype: str, span: tuple[Any, Any], wanted: str, declared: tuple[Any, Any] | None
) -> None:
    image = image_of(np.zeros((4, 1, 1), dtype), range=span)
    info = result("OrthoProjection", {"mode": mode}, input0=image).info
    assert info.dtype.name == wanted
    assert declared is None or info.range == declared


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_no_deviation_is_larger_than_declared_and_the_largest_is(count: int) -> None:
    half = np.array([-7.0, 11.0] * (count // 2) + [-7.0] * (count % 2))
    image = image_of(half)
    for mode, bound in (("var", 81 * count / (count - 1)), ("stdDev", 9 * math.sqrt(count / (count - 1)))):
        made = result("OrthoProjection", {"mode": mode, "dimension": "x"}, input0=image)
        assert made.info.range[0] == 0
        assert made.info.range[1] == pytest.approx(bound)
        assert made.voxels.item() <= made.info.range[1]
        if count % 2 == 0:
            assert made.voxels.item() == pytest.approx(bound)


def test_more_than_256_places_need_16_bits() -> None:
    voxels = np.zeros(300, np.uint8)
    voxels[299] = 1
    made = result("OrthoProjection", {"mode": "maxPos", "dimension": "x"}, input0=image_of(voxels))
    assert (made.voxels.item(), made.info.dtype.name, made.info.range) == (299, "uint16", (0, 299))


def test_sums_beyond_64_bits_are_rounded_once() -> None:
    top = 2**64 - 1
    assert projected([top, top, 3], "add", dtype="uint64") == [float(2 * top + 3)]
    low = -(2**63)
    assert projected([low, low, low, 2**62 + 1], "add", dtype="int64") == [float(3 * low + 2**62 + 1)]
    assert projected([top, top - 1, top - 1], "mean", dtype="uint64") == [top - 1]
    assert projected([low, low + 1], "mean", dtype="int64") == [low]
    assert projected([low + 1, low + 2], "mean", dtype="int64") == [low + 2]


def test_a_half_is_rounded_to_the_even_number() -> None:
    pairs = np.array([[0, 1], [1, 2], [-1, 0], [-2, -1], [-3, -2], [2, 3]], np.int16)
    assert projected(pairs, "mean") == [0, 2, 0, -2, -2, 2]


def test_means_of_the_largest_floats_do_not_overflow() -> None:
    for dtype in ("float32", "float64"):
        largest = float(np.finfo(dtype).max)
        assert projected([largest] * 5, "mean", dtype=dtype) == [largest]
        assert projected([largest, -largest, largest, -largest], "mean", dtype=dtype) == [0]


def test_nan_and_infinity_go_through() -> None:
    nan, inf = math.nan, math.inf
    values = np.array([[1, nan, 3, nan], [1, inf, 3, 2], [-inf, inf, 3, 2]])
    wanted = {
        "max": [nan, inf, inf],
        "min": [nan, 1, -inf],
        "add": [nan, inf, nan],
        "mean": [nan, inf, nan],
        "maxPos": [1, 1, 1],
        "minPos": [1, 0, 0],
        "stdDev": [nan, nan, nan],
    }
    for mode, made in wanted.items():
        assert np.array_equal(projected(values, mode), np.array(made, float), equal_nan=True), mode


def test_of_two_zeros_that_without_a_sign_is_given() -> None:
    for values, mode in itertools.product(([-0.0, 0.0], [0.0, -0.0], [-0.0, -0.0]), ("max", "min")):
        assert math.copysign(1, projected(values, mode)[0]) == 1


@settings(max_examples=80, deadline=None, database=None)
@given(drawn=st.data())
def test_any_whole_numbers_agree_with_plain_ones(drawn: st.DataObject) -> None:
    dtype = drawn.draw(st.sampled_from(INTEGERS))
    limits = np.iinfo(dtype)
    numbers = st.integers(int(limits.min), int(limits.max)) | st.integers(max(int(limits.min), -3), 3)
    row = drawn.draw(st.lists(numbers, min_size=2, max_size=9))
    for mode, function in EXACT.items():
        made, wanted = projected(row, mode, dtype=dtype), function(row)
        assert made == [float(wanted) if isinstance(made[0], float) else wanted], mode


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_the_one_voxel_is_as_thick_as_all_and_in_their_middle(axis: str) -> None:
    image = image_of(noise("int16", (1, 1, 4, 5, 6)), **OBLIQUE)
    info = result("OrthoProjection", {"dimension": axis}, input0=image).info
    count = {"x": 6, "y": 5, "z": 4}[axis]
    spacing = [size * (count if name == axis else 1) for name, size in zip("xyz", OBLIQUE["spacing"], strict=True)]
    assert info.spacing == tuple(spacing)
    assert info.direction == image.info.direction
    for corner in itertools.product((0, 1), repeat=3):
        ours = [0 if name == axis else 1 for name in "xyz"]
        far = [
            (size if on else 0) - 0.5 if name == axis else one * on
            for name, size, one, on in zip("xyz", image.info.extent[:1:-1], ours, corner, strict=True)
        ]
        near = [on - 0.5 if name == axis else one * on for name, one, on in zip("xyz", ours, corner, strict=True)]
        assert np.allclose(info.index_to_world @ (*near, 1), image.info.index_to_world @ (*far, 1))


def test_channels_and_time_points_become_one() -> None:
    voxels = noise("uint8", (2, 3, 2, 4, 4))
    image = image_of(voxels, channels=("Red", "Green", "Blue"), time_step=2.5, **OBLIQUE)
    flat = result("OrthoProjection", {"dimension": "c"}, input0=image)
    assert (flat.info.channels, flat.info.extent) == ((), (2, 1, 2, 4, 4))
    assert np.array_equal(flat.info.index_to_world, image.info.index_to_world)
    still = result("OrthoProjection", {"dimension": "t"}, input0=image)
    assert (still.info.channels, still.info.extent) == (("Red", "Green", "Blue"), (1, 3, 2, 4, 4))


def test_the_window_stays_where_values_mean_the_same() -> None:
    image = image_of(noise("int16"), tags=(("PatientName", "Proband"), ("WindowCenter", "40")), modality="CT")
    for mode in ("max", "min", "mean", "add", "maxPos", "minPos", "stdDev", "var"):
        info = result("OrthoProjection", {"mode": mode}, input0=image).info
        assert bool(info.tag("WindowCenter")) == (mode in ("max", "min", "mean"))
        assert (info.tag("PatientName"), info.modality) == ("Proband", "CT")


@pytest.mark.parametrize("axis", ["z", "u", "t", "c"])
def test_an_image_with_one_voxel_along_the_axis_passes_but_has_no_deviation(axis: str) -> None:
    image = image_of(noise("int16", (1, 1, 1, 5, 6)), **OBLIQUE)
    for mode in EXACT:
        made = result("OrthoProjection", {"mode": mode, "dimension": axis}, input0=image)
        assert made.info == image.info
        assert np.array_equal(made.voxels, image.voxels)
    for mode, title in (("stdDev", "std Dev"), ("var", "var")):
        network = wired("OrthoProjection", {"mode": mode, "dimension": axis}, input0=image)
        said = f"Node: the image at input0 has one voxel along {axis}, and {title} needs more; choose another dimension"
        with pytest.raises(NodeError) as caught:
            Engine(LIBRARY, 0).bound(network, ["Node"])
        assert str(caught.value) == said


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("max", "the largest of 3 voxels along x → 9"),
        ("min", "the smallest of 3 voxels along x → -3"),
        ("add", "the sum of 3 voxels along x → 6"),
        ("mean", "the mean of 3 voxels along x → 2"),
        ("maxPos", "the place of the largest of 3 voxels along x → 1"),
        ("minPos", "the place of the smallest of 3 voxels along x → 0"),
        ("var", "the variance of 3 voxels along x → 39"),
        ("stdDev", "the standard deviation of 3 voxels along x → 6.245"),
    ],
)
def test_it_says_how_a_value_came_about(mode: str, words: str) -> None:
    image = image_of(np.array([-3, 9, 0], np.int16))
    network = wired("OrthoProjection", {"mode": mode, "dimension": "x"}, input0=image)
    assert explained(Engine(LIBRARY, 0), network, "Node.output0", (1.0, 0.0, 0.0))[0].why == words
    passed = replace(network, nodes={**network.nodes, "Node": NodeSpec("OrthoProjection", {"dimension": "u"})})
    told = explained(Engine(LIBRARY, 0), passed, "Node.output0", (1.0, 0.0, 0.0))[0].why
    assert told == "the one voxel along u → 9"


def test_the_caption_is_the_mode_and_the_axis() -> None:
    assert OrthoProjection().caption() == "max along z"


def test_a_real_image_agrees_with_plain_numpy_and_itk() -> None:
    if not T1.exists():
        pytest.skip(f"{T1} is not here; it is no part of the project")
    image = sitk.ReadImage(str(T1))
    voxels = sitk.GetArrayFromImage(image)
    engine = Engine(LIBRARY, 2**28)

    def made(mode: str, axis: str) -> Voxels:
        fields = {"mode": mode, "dimension": axis}
        nodes = {"Load": NodeSpec("LocalImage", {"name": str(T1)}), "Node": NodeSpec("OrthoProjection", fields)}
        voxels: Voxels = engine.image(Network(nodes, {"Node.input0": "Load.outImage"}), "Node.output0").voxels[0, 0]
        return voxels

    for number, axis in enumerate("zyx"):
        assert np.array_equal(made("max", axis), voxels.max(number, keepdims=True))
        assert np.array_equal(made("add", axis), voxels.sum(number, np.int64, keepdims=True))
        assert np.array_equal(made("mean", axis), np.rint(voxels.mean(number, keepdims=True)))
        assert np.allclose(made("stdDev", axis), voxels.std(number, ddof=1, keepdims=True), rtol=1e-5)
    ours = result("OrthoProjection", {"dimension": "y"}, input0=image_of(voxels, spacing=image.GetSpacing()))
    theirs = sitk.MaximumProjection(image, projectionDimension=1)
    assert np.allclose(ours.info.spacing, theirs.GetSpacing())
