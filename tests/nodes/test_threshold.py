"""Threshold against comparisons of plain Python numbers, one voxel at a time."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, type_range
from nodeeditor.engine import Engine
from nodeeditor.network import Network, NodeSpec

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "Less": operator.lt,
    "LessEqual": operator.le,
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "Greater": operator.gt,
    "GreaterEqual": operator.ge,
}
WRITE = ("ImgMin", "ImgMax", "ImgOrig", "UserDef")
INTEGERS = TYPES[:8]
REAL = [SHARED / "t1_head" / "t1_proband_size.nii.gz", SHARED / "ct" / "example_ct_sm.nii.gz"]


def whole(*values: Any) -> bool:
    return all(Fraction(value).denominator == 1 for value in values)


def smallest(low: Any, high: Any, integer: bool) -> str:
    """The first type that holds all from low to high: by Python's numbers, from the rule in words."""
    for name in INTEGERS if integer else ():
        bits = int(name.lstrip("uint"))
        bottom, top = (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if bottom <= low and high <= top:
            return name
    return "float32" if low >= -3.4028234663852886e38 and high <= 3.4028234663852886e38 else "float64"


def output_type(given_type: str, span: tuple[Any, Any], constants: list[Any]) -> str:
    """The output's type by the rules: two constants, or original voxels and up to one constant."""
    if len(constants) == 2:
        name = smallest(min(constants), max(constants), whole(*constants))
        exact = all(float(np.float32(value)) == value for value in constants if name == "float32" and whole(value))
        return "float64" if name == "float32" and (given_type == "float64" or not exact) else name
    low, high = min([*span, *constants]), max([*span, *constants])
    if given_type in INTEGERS:
        bottom, top = type_range(np.dtype(given_type))
        if whole(*constants) and bottom <= low and high <= top:
            return given_type
        name = smallest(low, high, whole(*constants))
        return name if name in INTEGERS or (name == "float32" and given_type[-1] in "86") else "float64"
    return "float64" if given_type == "float64" else smallest(low, high, False)


def expected(image: Image, fields: dict[str, Any]) -> tuple[list[Any], str, tuple[Any, Any]]:
    """Voxels, type and declared range that Threshold should give, without numpy's arithmetic."""
    low, high = image.info.range
    dtype = image.info.dtype
    level: Any = Fraction(fields["threshold"])
    if fields["relativeThreshold"]:
        level = Fraction(low) + Fraction(str(fields["threshold"])) * (Fraction(high) - Fraction(low))
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            level = dtype.type(float(level)).item()
    chosen: dict[str, Any] = {"ImgMin": low, "ImgMax": high, "ImgOrig": None}
    true = chosen.get(fields["conditionTrueWriteValue"], fields["userConditionTrueValue"])
    false = chosen.get(fields["conditionFalseWriteValue"], fields["userConditionFalseValue"])
    passes = OPERATORS[fields["comparisonOperator"]]
    written = []
    for voxel in image.voxels.ravel().tolist():
        value = true if passes(voxel, level) else false
        written.append(voxel if value is None else value)
    constants = [value for value in (true, false) if value is not None]
    name = output_type(dtype.name, (low, high), constants)
    span = constants if len(constants) == 2 else [low, high, *constants]
    bottom, top = np.array([min(span), max(span)], name).tolist()
    return np.array(written, name).ravel().tolist(), name, (bottom, top)


def check(image: Image, fields: dict[str, Any]) -> None:
    fields = {
        "threshold": 0.0,
        "relativeThreshold": False,
        "comparisonOperator": "Greater",
        "conditionTrueWriteValue": "UserDef",
        "userConditionTrueValue": 1.0,
        "conditionFalseWriteValue": "UserDef",
        "userConditionFalseValue": 0.0,
        **fields,
    }
    made = result("Threshold", fields, input0=image)
    voxels, name, span = expected(image, fields)
    assert made.info.dtype.name == name, fields
    assert made.info.range == span, fields
    for value, wanted in zip(made.voxels.ravel().tolist(), voxels, strict=True):
        assert value == wanted or (math.isnan(value) and math.isnan(wanted)), fields


def near_limits(dtype: str) -> Image:
    """Random voxels, with neighbours of the type's limits among them."""
    voxels = noise(dtype, (1, 1, 2, 3, 4), seed=3)
    low, high = type_range(np.dtype(dtype))
    if np.dtype(dtype).kind == "f":
        voxels.flat[:6] = (60, 60.5, -0.0, low / 3, high / 3, 0.1)
    else:
        voxels.flat[:6] = (60, low, int(low) + 1, int(high) - 1, high, int(high) // 2)
    return image_of(voxels, **OBLIQUE)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("comparison", OPERATORS)
def test_every_comparison_and_pair_of_written_values_agrees_with_plain_numbers(comparison: str, dtype: str) -> None:
    image = near_limits(dtype)
    levels: list[tuple[float, bool]] = [(60.0, False), (0.25, True), (1.0, True), (59.5, False)]
    for (true, false), (threshold, relative) in itertools.product(itertools.product(WRITE, WRITE), levels):
        fields = {
            "threshold": threshold,
            "relativeThreshold": relative,
            "comparisonOperator": comparison,
            "conditionTrueWriteValue": true,
            "conditionFalseWriteValue": false,
            "userConditionTrueValue": -1.0 if relative else 300.0,
            "userConditionFalseValue": 0.5 if threshold == 59.5 else 0.0,
        }
        check(image, fields)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("comparison", OPERATORS)
def test_thresholds_at_and_beyond_the_limits_of_the_type_do_not_wrap(comparison: str, dtype: str) -> None:
    image = near_limits(dtype)
    for threshold in (-1.0, -0.5, 2.0**63, 2.0**64, -(2.0**63), 2.0**63 - 1024, 255.0, 65536.0, 1e300, -1e300):
        check(image, {"threshold": threshold, "comparisonOperator": comparison})


@settings(max_examples=150, deadline=None, database=None)
@given(drawn=st.data())
def test_any_image_and_any_fields_agree_with_plain_numbers(drawn: st.DataObject) -> None:
    dtype = np.dtype(drawn.draw(st.sampled_from(TYPES)))
    low, high = type_range(dtype)
    if dtype.kind == "f":
        voxel: st.SearchStrategy[Any] = st.floats(-(2.0**100), 2.0**100, width=32 if dtype.itemsize == 4 else 64)
    else:
        voxel = st.integers(int(low), int(high)) | st.integers(max(int(low), -3), 3)
    voxels = np.array(drawn.draw(st.lists(voxel, min_size=1, max_size=12)), dtype)
    number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-300, 300).map(float)
    fields = {
        "threshold": drawn.draw(st.sampled_from([float(value) for value in voxels]) | number),
        "comparisonOperator": drawn.draw(st.sampled_from(list(OPERATORS))),
        "conditionTrueWriteValue": drawn.draw(st.sampled_from(WRITE)),
        "conditionFalseWriteValue": drawn.draw(st.sampled_from(WRITE)),
        "userConditionTrueValue": drawn.draw(number),
        "userConditionFalseValue": drawn.draw(number),
    }
    if drawn.draw(st.booleans()):
        fields |= {"relativeThreshold": True, "threshold": drawn.draw(st.floats(0, 1) | st.just(0.07))}
    check(image_of(voxels), fields)


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_neighbours_near_the_end_of_64_bit_are_told_apart(dtype: str) -> None:
    top = int(type_range(np.dtype(dtype))[1])
    image = image_of(np.array([2**53, 2**53 + 1, top - 1, top, 2**62 + 1, 2**62], dtype))
    made = result("Threshold", {"threshold": 2.0**53, "comparisonOperator": "Greater"}, input0=image)
    assert made.voxels.ravel().tolist() == [0, 1, 1, 1, 1, 1]
    made = result("Threshold", {"threshold": 2.0**62, "comparisonOperator": "Equal"}, input0=image)
    assert made.voxels.ravel().tolist() == [0, 0, 0, 0, 0, 1]
    for comparison, wanted in (("GreaterEqual", [0, 0, 0, 1, 0, 0]), ("Less", [1, 1, 1, 0, 1, 1])):
        fields = {"threshold": 1.0, "relativeThreshold": True, "comparisonOperator": comparison}
        assert result("Threshold", fields, input0=image).voxels.ravel().tolist() == wanted


def test_a_relative_threshold_is_the_decimal_number_that_it_reads() -> None:
    image = image_of(np.arange(101, dtype=np.uint8))
    for percent in range(101):
        fields = {"threshold": percent / 100, "relativeThreshold": True, "comparisonOperator": "GreaterEqual"}
        assert result("Threshold", fields, input0=image).voxels.sum() == 101 - percent


def test_a_relative_threshold_takes_the_declared_range_not_the_voxels() -> None:
    image = image_of(np.array([0, 40, 60, 99], np.int16), range=(-100, 300))
    fields = {"threshold": 0.375, "relativeThreshold": True, "conditionTrueWriteValue": "ImgMax"}
    made = result("Threshold", fields | {"conditionFalseWriteValue": "ImgMin"}, input0=image)
    assert made.voxels.ravel().tolist() == [-100, -100, 300, 300]
    assert (made.info.dtype.name, made.info.range) == ("int16", (-100, 300))


def test_a_relative_threshold_of_the_widest_floating_point_range_does_not_overflow() -> None:
    limit = np.finfo(np.float64).max
    image = image_of(np.array([-limit, 0.0, limit]))
    for threshold, wanted in ((0.5, [0, 1, 1]), (1.0, [0, 0, 1]), (0.0, [1, 1, 1]), (7.0, [0, 0, 1])):
        fields = {"threshold": threshold, "relativeThreshold": True, "comparisonOperator": "GreaterEqual"}
        assert result("Threshold", fields, input0=image).voxels.ravel().tolist() == wanted


@pytest.mark.parametrize(
    ("dtype", "true", "false", "wanted"),
    [
        ("uint16", 1, 0, "uint8"),
        ("float64", 1, 0, "uint8"),
        ("uint16", 255, 0, "uint8"),
        ("uint8", 256, 0, "uint16"),
        ("uint8", -1, 0, "int8"),
        ("uint8", -1, 127, "int8"),
        ("uint8", -1, 128, "int16"),
        ("uint8", -1, 40000, "int32"),
        ("uint8", 2**32 - 1, 0, "uint32"),
        ("uint8", 2**32, -1, "int64"),
        ("uint8", 2.0**63, 0, "uint64"),
        ("uint8", 2.0**63, -1, "float32"),
        ("uint8", 2.0**64, 0, "float32"),
        ("uint16", 0.5, 0, "float32"),
        ("int32", 0.5, 0, "float32"),
        ("float64", 0.5, 0, "float64"),
        ("uint8", 16777217, 0.5, "float64"),
        ("uint8", 1e300, 0, "float64"),
    ],
)
def test_two_constants_have_the_smallest_type_that_holds_both(
    dtype: str, true: float, false: float, wanted: str
) -> None:
    image = image_of(np.array([3, 9], dtype))
    fields = {"threshold": 5, "userConditionTrueValue": true, "userConditionFalseValue": false}
    made = result("Threshold", fields, input0=image)
    assert made.info.dtype.name == wanted
    assert made.voxels.ravel().tolist() == [false, true]
    assert made.info.range == (min(true, false), max(true, false))


@pytest.mark.parametrize(
    ("dtype", "span", "value", "wanted"),
    [
        ("uint16", (0, 1282), 0, "uint16"),
        ("uint16", (0, 1282), -1, "int16"),
        ("uint16", (0, 65535), -1, "int32"),
        ("uint16", (0, 32768), -1, "int32"),
        ("uint8", (0, 255), 256, "uint16"),
        ("uint8", (0, 255), -1, "int16"),
        ("int16", (-1000, 3000), 40000, "int32"),
        ("uint32", (0, 2**32 - 1), -1, "int64"),
        ("uint64", (0, 2**64 - 1), -1, "float64"),
        ("uint64", (0, 100), -1, "int8"),
        ("uint16", (0, 1282), 0.5, "float32"),
        ("int32", (0, 1282), 0.5, "float64"),
        ("float32", (0.0, 1.0), -1, "float32"),
        ("float32", (0.0, 1.0), 1e39, "float64"),
        ("float64", (0.0, 1.0), 1e39, "float64"),
    ],
)
def test_with_original_voxels_the_type_stays_or_grows(
    dtype: str, span: tuple[float, float], value: float, wanted: str
) -> None:
    image = image_of(np.array([0, 1], dtype), range=span)
    fields = {"conditionTrueWriteValue": "ImgOrig", "userConditionFalseValue": value}
    made = result("Threshold", fields, input0=image)
    assert made.info.dtype.name == wanted
    assert made.voxels.ravel().tolist() == np.array([value, 1], wanted).tolist()
    low, high = np.array([min(value, span[0]), max(value, span[1])], wanted).tolist()
    assert made.info.range == (low, high)


@pytest.mark.parametrize("comparison", OPERATORS)
def test_nan_and_infinity_compare_as_ieee_says(comparison: str) -> None:
    values = [math.nan, math.inf, -math.inf, 0.0, -0.0]
    image = image_of(np.array(values, np.float32), range=(0.0, 0.0))
    made = result("Threshold", {"comparisonOperator": comparison}, input0=image)
    assert made.voxels.ravel().tolist() == [OPERATORS[comparison](value, 0.0) for value in values]
    made = result("Threshold", {"comparisonOperator": comparison, "conditionTrueWriteValue": "ImgOrig"}, input0=image)
    wanted = [value if OPERATORS[comparison](value, 0.0) else 0.0 for value in values]
    assert np.array_equal(made.voxels.ravel(), np.array(wanted, np.float32), equal_nan=True)


def test_floating_point_voxels_are_compared_in_their_own_precision() -> None:
    image = image_of(np.array([0.1, 0.2], np.float32))
    assert float(image.voxels.flat[0]) != 0.1
    made = result("Threshold", {"threshold": 0.1, "comparisonOperator": "Equal"}, input0=image)
    assert made.voxels.ravel().tolist() == [1, 0]
    made = result("Threshold", {"threshold": 1e300, "comparisonOperator": "Less"}, input0=image)
    assert made.voxels.ravel().tolist() == [1, 1]


def test_the_window_of_the_file_is_dropped_and_all_else_of_the_header_stays() -> None:
    tags = (("PatientName", "Proband"), ("WindowCenter", "439"), ("WindowWidth", "932"))
    image = image_of(noise("uint16"), tags=tags, modality="MR", time_step=2.0, **OBLIQUE)
    info = result("Threshold", input0=image).info
    assert info.tags == (("PatientName", "Proband"),)
    assert (info.modality, info.time_step, info.extent) == ("MR", 2.0, image.info.extent)
    assert (info.spacing, info.origin, info.direction) == tuple(OBLIQUE.values())


def test_each_channel_of_a_colour_image_is_compared_on_its_own() -> None:
    voxels = np.array([10, 200, 90], np.uint8).reshape(1, 3, 1, 1, 1)
    made = result("Threshold", {"threshold": 80}, input0=image_of(voxels, channels=("Red", "Green", "Blue")))
    assert made.voxels.ravel().tolist() == [0, 1, 1]
    assert made.info.channels == ("Red", "Green", "Blue")


def test_a_fresh_node_is_a_mask_of_what_is_above_zero() -> None:
    made = result("Threshold", input0=image_of(np.array([-1, 0, 1, 2], np.int8)))
    assert made.voxels.ravel().tolist() == [0, 0, 1, 1]
    assert (made.info.dtype.name, made.info.range) == ("uint8", (0, 1))


def test_files_with_the_older_field_name_set_the_threshold() -> None:
    image = image_of(np.array([59, 60, 61], np.uint16))
    assert result("Threshold", {"Threshold": 60}, input0=image).voxels.ravel().tolist() == [0, 0, 1]


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_real_images_agree_with_plain_numpy(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file} is not here; these images are no part of the project")
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(file)))
    low, high = voxels.min().item(), voxels.max().item()
    middle = (low + high) / 2
    user = {"userConditionTrueValue": 0, "userConditionFalseValue": 1}
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"threshold": 60, "comparisonOperator": "LessEqual", **user}, np.where(voxels <= 60, 0, 1).astype(np.uint8)),
        (
            {"threshold": 120.5, "conditionTrueWriteValue": "ImgOrig", "userConditionFalseValue": low},
            np.where(voxels > 120.5, voxels, voxels.dtype.type(low)),
        ),
        (
            {"threshold": 0.5, "relativeThreshold": True, "comparisonOperator": "GreaterEqual"},
            (voxels >= middle).astype(np.uint8),
        ),
        ({"threshold": 0, "comparisonOperator": "NotEqual"}, (voxels != 0).astype(np.uint8)),
    ]
    engine = Engine(LIBRARY, 2**28)
    links = {"Threshold.input0": "LocalImage.outImage"}
    for fields, wanted in cases:
        nodes = {"LocalImage": NodeSpec("LocalImage", {"name": str(file)}), "Threshold": NodeSpec("Threshold", fields)}
        network = Network(nodes, links)
        assert engine.info(network, "LocalImage.outImage").range == (low, high)
        made = engine.image(network, "Threshold.output0")
        assert made.info.dtype == wanted.dtype
        assert np.array_equal(made.voxels[0, 0], wanted)
