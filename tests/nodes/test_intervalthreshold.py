"""IntervalThreshold against comparisons of plain Python numbers, one voxel at a time."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, type_range
from nodeeditor.engine import Engine
from nodeeditor.explain import explained
from nodeeditor.library import Library
from nodeeditor.mlab import loads
from nodeeditor.network import Network, NodeSpec
from nodes.segmentation import IntervalThreshold

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired
from .test_threshold import smallest

KINDS = ("ImgMin", "ImgMax", "ImgOrig", "ImgMaxMinusImgOrig", "UserDef")
INTEGERS = TYPES[:8]
USERS = {"lowerUserValue": 0.0, "innerUserValue": 1.0, "upperUserValue": 0.0}
DEFAULTS: dict[str, Any] = {
    "threshMin": 0.0,
    "threshMax": 100.0,
    "centerWidthSet": False,
    **dict.fromkeys(("lowerType", "innerType", "upperType"), "UserDef"),
    **USERS,
}
T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"


def limits(fields: dict[str, Any], dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """The interval's ends as a voxel type compares with them."""
    low, high = Fraction(fields["threshMin"]), Fraction(fields["threshMax"])
    if fields["centerWidthSet"]:
        center, width = Fraction(str(fields["threshCenter"])), Fraction(str(fields["threshWidth"]))
        low, high = center - width / 2, center + width / 2
    if dtype.kind != "f":
        return low, high
    with np.errstate(over="ignore"):
        return dtype.type(float(low)).item(), dtype.type(float(high)).item()


def wanted_type(image: Image, varying: list[Any], constants: list[Any]) -> str:
    """The output's type, by the rule in words."""
    given_type, whole = image.info.dtype.name, all(float(value).is_integer() for value in constants)
    low, high = min([*varying, *constants]), max([*varying, *constants])
    if not varying:
        name = smallest(low, high, whole)
        cut = name == "float32" and any(float(v).is_integer() and float(np.float32(v)) != v for v in constants)
        return "float64" if cut or (name == "float32" and given_type == "float64") else name
    if given_type not in INTEGERS:
        return "float64" if given_type == "float64" else smallest(low, high, False)
    bottom, top = type_range(image.info.dtype)
    if whole and bottom <= low and high <= top:
        return given_type
    name = smallest(low, high, whole)
    return name if name in INTEGERS or (name == "float32" and given_type[-1] in "86") else "float64"


def check(image: Image, given_fields: dict[str, Any]) -> None:
    fields = DEFAULTS | given_fields
    made = result("IntervalThreshold", given_fields, input0=image)
    low, high = image.info.range
    least, most = limits(fields, image.info.dtype)
    kinds = [fields[f"{part}Type"] for part in ("lower", "inner", "upper")]
    users = [fields[f"{part}UserValue"] for part in ("lower", "inner", "upper")]
    constant = {"ImgMin": low, "ImgMax": high}
    constants = [constant.get(k, u) for k, u in zip(kinds, users, strict=True) if not k.endswith("Orig")]
    varying = [low, high] * ("ImgOrig" in kinds) + [0, high - low] * ("ImgMaxMinusImgOrig" in kinds)
    varying = [max(-1.7976931348623157e308, min(value, 1.7976931348623157e308)) for value in varying]
    name = wanted_type(image, varying, constants)
    assert made.info.dtype.name == name, fields
    span = np.array([min([*varying, *constants]), max([*varying, *constants])], name).tolist()
    assert list(made.info.range) == span, fields
    for voxel, value in zip(image.voxels.ravel().tolist(), made.voxels.ravel().tolist(), strict=True):
        part = 0 if math.isnan(voxel) or voxel < least else 2 if voxel > most else 1
        kind, user = kinds[part], users[part]
        if kind == "ImgOrig":
            wanted = voxel
        elif kind == "ImgMaxMinusImgOrig":
            wanted = high - voxel
        else:
            wanted = constant.get(kind, user)
        with np.errstate(over="ignore"):
            exact = np.array(wanted).astype(name).item()
        assert value == exact or (math.isnan(value) and math.isnan(exact)), (voxel, fields)


def near_limits(dtype: str) -> Image:
    """Random voxels, with neighbours of the type's limits among them."""
    voxels = noise(dtype, (1, 1, 2, 3, 4), seed=3)
    low, high = type_range(np.dtype(dtype))
    if np.dtype(dtype).kind == "f":
        voxels.flat[:6] = (60, 60.5, -0.0, 59.5, 100, 0.1)
    else:
        voxels.flat[:6] = (60, low, int(low) + 1, int(high) - 1, high, 100)
    return image_of(voxels, **OBLIQUE)


@pytest.mark.parametrize("dtype", TYPES)
def test_every_triple_of_written_values_agrees_with_plain_numbers(dtype: str) -> None:
    image = near_limits(dtype)
    for number, kinds in enumerate(itertools.product(KINDS, KINDS, KINDS)):
        fields = dict(zip(("lowerType", "innerType", "upperType"), kinds, strict=True))
        interval = ({"threshMin": 59.5, "threshMax": 100}, {"threshMin": 60, "threshMax": 99.5})[number % 2]
        users = ({}, {"lowerUserValue": -3.0}, {"innerUserValue": 0.5, "upperUserValue": 700.0})[number % 3]
        check(image, {**fields, **interval, **users})


@pytest.mark.parametrize("dtype", TYPES)
def test_limits_at_and_beyond_those_of_the_type_do_not_wrap(dtype: str) -> None:
    image = near_limits(dtype)
    ends = (-1e300, -(2.0**63), -129.0, -0.5, 2.0**53, 2.0**63 - 1024, 2.0**63, 2.0**64, 1e300)
    for low, high in itertools.product(ends, ends):
        check(image, {"threshMin": low, "threshMax": high})


@settings(max_examples=150, deadline=None, database=None)
@given(drawn=st.data())
def test_any_image_and_any_interval_agree_with_plain_numbers(drawn: st.DataObject) -> None:
    dtype = np.dtype(drawn.draw(st.sampled_from(TYPES)))
    low, high = type_range(dtype)
    if dtype.kind == "f":
        voxel: st.SearchStrategy[Any] = st.integers(-(2**20), 2**20).map(lambda number: number / 8)
    else:
        voxel = st.integers(int(low), int(high)) | st.integers(max(int(low), -3), 3)
    voxels = np.array(drawn.draw(st.lists(voxel, min_size=1, max_size=12)), dtype)
    number = st.sampled_from([float(one) for one in voxels]) | st.integers(-3000, 3000).map(lambda one: one / 10)
    fields = {
        "threshMin": drawn.draw(number),
        "threshMax": drawn.draw(number),
        **{f"{part}Type": drawn.draw(st.sampled_from(KINDS)) for part in ("lower", "inner", "upper")},
        **{f"{part}UserValue": drawn.draw(st.integers(-300, 300)) / 2 for part in ("lower", "inner", "upper")},
    }
    if drawn.draw(st.booleans()):
        fields |= {"centerWidthSet": True, "threshCenter": drawn.draw(number), "threshWidth": abs(drawn.draw(number))}
    check(image_of(voxels), fields)


def written(values: Any, fields: dict[str, Any], dtype: Any = None, **facts: Any) -> list[Any]:
    image = image_of(values, dtype, **facts)
    voxels: list[Any] = result("IntervalThreshold", fields, input0=image).voxels.ravel().tolist()
    return voxels


def test_the_interval_is_closed() -> None:
    assert written([59, 60, 61, 99, 100, 101], {"threshMin": 60}, "int16") == [0, 1, 1, 1, 1, 0]
    assert written([0.1, 0.2, 0.3], {"threshMin": 0.1, "threshMax": 0.2}, "float32") == [1, 1, 0]


def test_a_fresh_node_is_an_8_bit_mask_of_what_is_inside() -> None:
    made = result("IntervalThreshold", input0=image_of(np.array([-1, 0, 100, 101], np.int16)))
    assert made.voxels.ravel().tolist() == [0, 1, 1, 0]
    assert (made.info.dtype.name, made.info.range) == ("uint8", (0, 1))


def test_a_nan_lies_in_no_interval_and_counts_as_below_and_infinity_lies_beyond() -> None:
    values = [math.nan, math.inf, -math.inf, 5.0]
    fields = {"lowerUserValue": 3, "innerUserValue": 4, "upperUserValue": 5}
    assert written(values, fields, range=(5.0, 5.0)) == [3, 5, 3, 4]
    kept = written(values, {"lowerType": "ImgOrig", "upperType": "ImgMaxMinusImgOrig"}, range=(5.0, 5.0))
    assert np.array_equal(kept, [math.nan, -math.inf, -math.inf, 1], equal_nan=True)


def test_neighbours_near_the_end_of_64_bit_are_told_apart() -> None:
    top = 2**64 - 1
    values = [2**53, 2**53 + 1, top - 1, top]
    fields = {"threshMin": 2.0**53, "threshMax": 2.0**53, "upperType": "ImgMaxMinusImgOrig"}
    assert written(values, fields, "uint64") == [1, top - 2**53 - 1, 1, 0]
    signed = written([-(2**63), 2**63 - 1], {"lowerType": "ImgMaxMinusImgOrig"}, "int64")
    assert signed == [2**64 - 1, 0]


def test_center_and_width_are_the_decimal_numbers_that_they_read() -> None:
    for tenths in range(1, 100):
        fields = {"centerWidthSet": True, "threshCenter": tenths / 10, "threshWidth": 0.2}
        values = [tenths - 2, tenths - 1, tenths, tenths + 1, tenths + 2]
        assert written(np.array(values) / 10, fields, range=(-10.0, 20.0)) == [0, 1, 1, 1, 0]


def test_the_widest_interval_holds_all_finite_numbers() -> None:
    fields = {"centerWidthSet": True, "threshCenter": 1e308, "threshWidth": 1.7e308}
    node = IntervalThreshold(center_width_set=True, thresh_center=1e308, thresh_width=1.7e308)
    assert node.caption() == "1.5e+307 to 1.79769e+308"
    assert written([1e307, 2e307, 1.79e308, math.inf], fields, range=(0.0, 1.79e308)) == [0, 1, 1, 0]
    low = {**fields, "threshCenter": -1e308}
    assert written([-1e307, -2e307, -1.79e308, -math.inf], low, range=(-1.79e308, 0.0)) == [0, 1, 1, 0]


def test_center_and_width_count_only_if_they_are_asked_for() -> None:
    fields = {"threshMin": 1, "threshMax": 2, "threshCenter": 7, "threshWidth": 0}
    assert written([1, 2, 7], fields, "uint8") == [1, 1, 0]
    assert written([1, 2, 7], {**fields, "centerWidthSet": True}, "uint8") == [0, 0, 1]


def test_a_minimum_above_the_maximum_leaves_nothing_inside_and_is_told() -> None:
    fields = {"threshMin": 5, "threshMax": 3, "upperUserValue": 2}
    assert written([2, 3, 4, 5, 6], fields, "uint8") == [0, 0, 0, 2, 2]
    network = wired("IntervalThreshold", fields, input0=image_of(np.array([1], np.uint8)))
    told = Engine(LIBRARY, 0).bound(network, ["Node"])["Node"].described.warnings
    assert told == ("threshMin 5 is above threshMax 3, so no voxel is inside",)
    assert IntervalThreshold().warnings() == []


def test_another_range_may_be_declared_but_leaves_out_nothing_that_is_written() -> None:
    image = image_of(np.array([3, 9], np.uint8))
    change = {"changeMinMax": True, "innerUserValue": 7.0}
    for declared, wanted, dtype in (
        ((-5, 3000), (-5, 3000), "int16"),
        ((1, 2), (0, 7), "uint8"),
        ((0.5, 8), (0.0, 8.0), "float64"),
    ):
        fields = {**change, "changedMin": declared[0], "changedMax": declared[1]}
        made = result("IntervalThreshold", fields, input0=image)
        assert made.voxels.ravel().tolist() == [7, 7]
        assert made.info.range == wanted
        assert made.info.dtype.name == (dtype if dtype != "float64" else "float32")
    assert result("IntervalThreshold", {"changedMin": -5}, input0=image).info.range == (0, 1)


def test_the_declared_range_of_the_image_can_be_read() -> None:
    network = wired("IntervalThreshold", {}, input0=image_of(np.array([3, 9], np.int16), range=(-20, 50)))
    told = Engine(LIBRARY, 0).values(network, "Node")
    assert told == {"imageMin": -20, "imageMax": 50, "imageRange": 70}
    largest = float(np.finfo(np.float64).max)
    network = wired("IntervalThreshold", {}, input0=image_of(np.array([-largest, largest])))
    assert Engine(LIBRARY, 0).values(network, "Node")["imageRange"] == largest


def test_each_channel_of_a_colour_image_is_compared_on_its_own_and_the_window_is_dropped() -> None:
    voxels = np.array([10, 200, 90], np.uint8).reshape(1, 3, 1, 1, 1)
    tags = (("PatientName", "Proband"), ("WindowCenter", "439"))
    image = image_of(voxels, channels=("Red", "Green", "Blue"), tags=tags, modality="MR", **OBLIQUE)
    made = result("IntervalThreshold", {"threshMin": 80}, input0=image)
    assert made.voxels.ravel().tolist() == [0, 0, 1]
    assert (made.info.channels, made.info.tags) == (("Red", "Green", "Blue"), (("PatientName", "Proband"),))
    assert np.array_equal(made.info.index_to_world, image.info.index_to_world)


@pytest.mark.parametrize(
    ("voxel", "fields", "words"),
    [
        (60, {}, "60 is in 0 to 100 → 1"),
        (-3, {}, "-3 < 0 → 0"),
        (103, {"threshMax": 102.5, "upperType": "ImgMax"}, "103 > 102.5 → 103"),
        (math.nan, {}, "nan is not in 0 to 100 → 0"),
    ],
)
def test_it_says_how_a_value_came_about(voxel: float, fields: dict[str, Any], words: str) -> None:
    image = image_of(np.array([voxel], None if math.isnan(voxel) else np.int16))
    network = wired("IntervalThreshold", fields, input0=image)
    assert explained(Engine(LIBRARY, 0), network, "Node.output0", (0.0, 0.0, 0.0))[0].why == words


def test_it_says_of_colours_what_they_are_compared_with() -> None:
    image = image_of(np.array([10, 200, 90], np.uint8).reshape(1, 3, 1, 1, 1), channels=("Red", "Green", "Blue"))
    network = wired("IntervalThreshold", {}, input0=image)
    words = "each channel of (10, 200, 90) with 0 to 100 → (1, 0, 1)"
    assert explained(Engine(LIBRARY, 0), network, "Node.output0", (0.0, 0.0, 0.0))[0].why == words


def test_the_caption_is_the_interval() -> None:
    assert IntervalThreshold().caption() == "0 to 100"
    assert IntervalThreshold(center_width_set=True, thresh_center=0.3, thresh_width=0.2).caption() == "0.2 to 0.4"


@pytest.mark.parametrize("module", ["IntervalThreshold", "IntervalThresh"])
def test_what_mevislab_saves_is_read_by_either_name_of_the_module(module: str) -> None:
    saved = "threshMin = 20 threshMax = 90.5 innerType = ImgOrig upperUserValue = 3 centerWidthSet = FALSE"
    text = f"// MDL v1 utf8\nmodule {module} {{ fields {{ instanceName = A {saved} }} }}\n"
    node = loads(text.encode(), Library.installed()).nodes["A"]
    assert node.type == "IntervalThreshold"
    assert node.fields == {"threshMin": 20.0, "threshMax": 90.5, "innerType": "ImgOrig", "upperUserValue": 3.0}


def test_a_real_image_agrees_with_plain_numpy() -> None:
    if not T1.exists():
        pytest.skip(f"{T1} is not here; it is no part of the project")
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(T1)))
    fields = {"threshMin": 120, "threshMax": 400.5, "innerType": "ImgOrig", "upperType": "ImgMaxMinusImgOrig"}
    nodes = {"Load": NodeSpec("LocalImage", {"name": str(T1)}), "Node": NodeSpec("IntervalThreshold", fields)}
    made = Engine(LIBRARY, 2**28).image(Network(nodes, {"Node.input0": "Load.outImage"}), "Node.output0")
    inside = np.where(voxels > 400.5, int(voxels.max()) - voxels.astype(int), voxels)
    assert np.array_equal(made.voxels[0, 0], np.where(voxels < 120, 0, inside))
