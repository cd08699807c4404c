"""Arithmetic1 and Arithmetic2 against Python's whole numbers and plain numpy."""

from __future__ import annotations

import itertools
import math
import operator
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, NodeError, Region, type_range
from nodeeditor.engine import Engine
from nodeeditor.explain import explained
from nodeeditor.mlab import loads
from nodeeditor.network import Network
from nodes.arithmetic import Arithmetic1, Arithmetic2, Function1, Function2

from .sources import LIBRARY, OBLIQUE, TYPES, image_of, noise, result, wired

INTEGERS = TYPES[:8]
SHAPE = (1, 1, 2, 3, 4)
RGB = ("Red", "Green", "Blue")
NAN, INF = math.nan, math.inf


def farther(a: Any, b: Any) -> Any:
    return a if abs(a) >= abs(b) else b


def nearer(a: Any, b: Any) -> Any:
    return a if abs(a) <= abs(b) else b


WHOLE2: dict[str, Callable[[int, int], int]] = {
    "Add": operator.add,
    "Multiply": operator.mul,
    "Subtract": operator.sub,
    "Max": max,
    "Min": min,
    "AbsMax": farther,
    "AbsMin": nearer,
    "Or": operator.or_,
    "And": operator.and_,
    "Xor": operator.xor,
    "Equal": lambda a, b: int(a == b),
    "NotEqual": lambda a, b: int(a != b),
}
WHOLE1: dict[str, Callable[[int, int], int]] = {
    "Absolute": lambda c, a: abs(a),
    "Power": lambda c, a: a**c,
    "Add": operator.add,
    "Multiply": operator.mul,
    "Subtract": operator.sub,
    "Or": operator.or_,
    "And": operator.and_,
    "Xor": operator.xor,
}
IEEE2: dict[str, Callable[[Any, Any], Any]] = {
    "Add": np.add,
    "Multiply": np.multiply,
    "Subtract": np.subtract,
    "Divide": np.divide,
    "Max": np.maximum,
    "Min": np.minimum,
    "AbsMax": lambda a, b: np.where(np.isnan(a) | (abs(a) >= abs(b)), a, b),
    "AbsMin": lambda a, b: np.where(np.isnan(a) | (abs(a) <= abs(b)), a, b),
    "Equal": lambda a, b: np.where(a == b, 1, 0),
    "NotEqual": lambda a, b: np.where(a == b, 0, 1),
}


def row(values: list[Any], dtype: str, **facts: Any) -> Image:
    return image_of(np.array([values], dtype), **facts)


def numbers(image: Image) -> list[Any]:
    made: list[Any] = image.voxels.ravel().tolist()
    return made


def check_whole(made: Image, wanted: list[int]) -> None:
    """The voxels are the whole numbers wanted, in a whole type or else in double as near as can be."""
    low, high = made.info.range
    assert all(low <= value <= high for value in numbers(made) if math.isfinite(value))
    if made.info.dtype.kind in "iu":
        assert numbers(made) == wanted
        return
    assert made.info.dtype == np.float64
    for value, exact in zip(numbers(made), wanted, strict=True):
        if abs(exact) > sys.float_info.max:
            assert value == (INF if exact > 0 else -INF)
        elif abs(exact) < 2**53:
            assert value == exact
        else:
            assert abs(Fraction(value) - exact) <= Fraction(abs(exact), 2**49)


def voxels_of(dtype: str) -> st.SearchStrategy[list[int]]:
    """Four whole numbers of a type, its limits and small ones often among them."""
    low, high = map(int, type_range(np.dtype(dtype)))
    near = st.sampled_from([low, low + 1, max(low, -1), 0, 1, 2, high // 2, high // 2 + 1, high - 1, high])
    return st.lists(near | st.integers(low, high) | st.integers(max(low, -20), 20), min_size=4, max_size=4)


@pytest.mark.parametrize("function", WHOLE2)
def test_two_whole_number_images_give_what_big_integers_give(function: str) -> None:
    @settings(max_examples=250, deadline=None, database=None)
    @given(st.data(), st.sampled_from(INTEGERS), st.sampled_from(INTEGERS))
    def agrees(data: st.DataObject, one: str, other: str) -> None:
        a, b = data.draw(voxels_of(one)), data.draw(voxels_of(other))
        fields = {"function": function}
        images = {"input0": row(a, one), "input1": row(b, other)}
        wanted = [WHOLE2[function](x, y) for x, y in zip(a, b, strict=True)]
        if function in ("Or", "And", "Xor") and min(*a, *b) < 0 and max(*a, *b) >= 2**63:
            try:
                made = result("Arithmetic2", fields, **images)
            except NodeError as error:
                assert "needs more than 64 bits" in str(error)
                return
        else:
            made = result("Arithmetic2", fields, **images)
        check_whole(made, wanted)
        if function in ("Max", "Min", "Equal", "NotEqual", "Or", "And", "Xor"):
            assert made.info.dtype.kind in "iu", "these never leave 64 bits"

    agrees()


@pytest.mark.parametrize("function", WHOLE1)
def test_a_whole_number_image_and_a_constant_give_what_big_integers_give(function: str) -> None:
    constants = st.integers(-300, 300) | st.integers(-(2**53), 2**53) | st.sampled_from([2**63, -(2**63), 10**22])

    @settings(max_examples=250, deadline=None, database=None)
    @given(st.data(), st.sampled_from(INTEGERS))
    def agrees(data: st.DataObject, dtype: str) -> None:
        a = data.draw(voxels_of(dtype))
        constant = data.draw(st.integers(0, 70) if function == "Power" else constants)
        fields = {"function": function, "constant": float(constant)}
        try:
            made = result("Arithmetic1", fields, input0=row(a, dtype))
        except NodeError as error:
            assert "needs more than 64 bits" in str(error)
            assert function in ("Or", "And", "Xor")
            assert constant >= 2**63 or constant < -(2**63) or (max(a) >= 2**63 and constant < 0)
            return
        check_whole(made, [WHOLE1[function](constant, x) for x in a])

    agrees()


@pytest.mark.parametrize(
    ("function", "one", "other", "wanted", "dtype"),
    [
        ("Add", ("uint8", 255), ("uint8", 255), 510, "uint16"),
        ("Add", ("int8", 127), ("int8", 1), 128, "uint8"),
        ("Add", ("uint16", 65535), ("uint16", 65535), 131070, "uint32"),
        ("Add", ("int16", 32767), ("int16", 32767), 65534, "uint16"),
        ("Subtract", ("int16", -32768), ("int16", 32767), -65535, "int32"),
        ("Subtract", ("uint8", 0), ("uint8", 255), -255, "int16"),
        ("Subtract", ("uint16", 70), ("int32", -70000), 70070, "uint32"),
        ("Multiply", ("uint8", 255), ("int8", -128), -32640, "int16"),
        ("Multiply", ("int32", -(2**31)), ("int32", -(2**31)), 2**62, "uint64"),
        ("Multiply", ("int32", -(2**31)), ("uint32", 2**32 - 1), -(2**31) * (2**32 - 1), "int64"),
        ("Multiply", ("uint8", 2), ("uint64", 2**64 - 1), 2.0**65, "float64"),
        ("Add", ("uint64", 2**64 - 1), ("uint8", 1), 2**64, "float64"),
        ("Subtract", ("uint64", 2**64 - 1), ("uint64", 2**64 - 1), 0, "uint64"),
        ("Subtract", ("int64", -(2**63)), ("int8", 1), -(2.0**63), "float64"),
        ("Add", ("int64", 2**63 - 1), ("int64", 2**63 - 1), 2**64 - 2, "uint64"),
        ("Max", ("int8", -5), ("uint64", 2**64 - 1), 2**64 - 1, "uint64"),
        ("Min", ("uint64", 2**64 - 1), ("int64", -(2**63)), -(2**63), "int64"),
        ("AbsMax", ("int8", -128), ("uint8", 128), -128, "int16"),
        ("AbsMin", ("int8", -128), ("uint8", 128), -128, "int16"),
        ("AbsMin", ("int8", -5), ("int32", 70000), -5, "int8"),
        ("And", ("uint8", 200), ("int16", -300), 200 & -300, "uint8"),
        ("Or", ("uint8", 0b1100), ("uint8", 0b1010), 0b1110, "uint8"),
        ("And", ("int16", -1), ("uint32", 2**32 - 1), 2**32 - 1, "uint32"),
        ("Xor", ("int8", -128), ("uint8", 255), -129, "int16"),
    ],
)
def test_two_extremes_give_the_exact_number_in_the_smallest_type_grown(
    function: str, one: tuple[str, int], other: tuple[str, int], wanted: float, dtype: str
) -> None:
    images = {"input0": row([one[1]], one[0]), "input1": row([other[1]], other[0])}
    made = result("Arithmetic2", {"function": function}, **images)
    assert (made.info.dtype.name, numbers(made)) == (dtype, [wanted])


@pytest.mark.parametrize(
    ("function", "constant", "dtype", "voxel", "wanted", "grown"),
    [
        ("Add", 1, "uint8", 255, 256, "uint16"),
        ("Add", -1, "uint8", 0, -1, "int8"),
        ("Add", -1, "uint8", 1, 0, "uint8"),
        ("Add", 1, "uint64", 2**64 - 1, 2.0**64, "float64"),
        ("Add", 0.5, "int16", 7, 7.5, "float32"),
        ("Add", 0.5, "int32", 7, 7.5, "float64"),
        ("Add", 1e300, "uint8", 7, 1e300, "float64"),
        ("Add", 1.1e38, "float32", 3e38, float(np.float32(3e38)) + 1.1e38, "float64"),
        ("Subtract", 0, "int8", -128, 128, "uint8"),
        ("Subtract", 300, "int16", 250, 50, "int16"),
        ("Multiply", -3, "uint16", 65535, -196605, "int32"),
        ("Multiply", 0, "int16", 5, 0, "int16"),
        ("Absolute", 0, "int8", -128, 128, "uint8"),
        ("Absolute", 0, "int64", -(2**63), 2**63, "uint64"),
        ("Absolute", 0, "float32", -INF, INF, "float32"),
        ("Power", 2, "int16", -32768, 2**30, "uint32"),
        ("Power", 63, "int8", -2, -(2**63), "int64"),
        ("Power", 64, "uint8", 2, 2.0**64, "float64"),
        ("Power", 1e300, "int8", -1, 1, "int8"),
        ("Power", 65, "int8", -1, -1, "int8"),
        ("Power", 1000, "uint16", 65535, INF, "float64"),
        ("Power", 2.0**63, "uint8", 2, INF, "float64"),
        ("Power", 0, "int8", 0, 1, "int8"),
        ("Power", 0.5, "uint8", 144, 12.0, "float64"),
        ("Power", 0.5, "int8", -4, NAN, "float64"),
        ("Power", -1, "int16", 4, 0.25, "float64"),
        ("Power", -1, "int16", 0, INF, "float64"),
        ("Power", 2, "float32", 1e30, float(np.float32(1e30)) ** 2, "float64"),
        ("Power", 2, "float64", 1e300, INF, "float64"),
        ("Divide", 1, "uint8", 4, 0.25, "float32"),
        ("Divide", -1, "uint16", 0, -INF, "float32"),
        ("Divide", 0, "int16", 0, NAN, "float32"),
        ("Divide", 1, "int32", 4, 0.25, "float64"),
        ("Divide", 1e300, "uint8", 4, 2.5e299, "float64"),
        ("Or", 0b0101, "uint8", 0b0011, 0b0111, "uint8"),
        ("And", -1, "uint8", 200, 200, "uint8"),
        ("Xor", 255, "int8", -128, -129, "int16"),
    ],
)
def test_a_constant_and_an_extreme_give_the_exact_number_in_the_smallest_type_grown(
    function: str, constant: float, dtype: str, voxel: float, wanted: float, grown: str
) -> None:
    made = result("Arithmetic1", {"function": function, "constant": constant}, input0=row([voxel], dtype))
    assert made.info.dtype.name == grown
    assert np.array_equal(made.voxels.ravel(), np.array([wanted], grown), equal_nan=True)
    assert made.info.range[0] <= wanted <= made.info.range[1] or not math.isfinite(wanted)


@pytest.mark.parametrize("dtype", ["int16", "uint64", "int64", "float32"])
def test_wide_declared_ranges_decide_the_type_and_small_voxels_stay_exact(dtype: str) -> None:
    full = type_range(np.dtype(dtype))
    a, b = row([2**10 + 1, 7], dtype, range=full), row([2**10, 9], dtype, range=full)
    grown = "int32" if dtype == "int16" else "float64"
    for function, wanted in (("Subtract", [1, -2]), ("Add", [2049, 16]), ("Multiply", [1049600, 63])):
        made = result("Arithmetic2", {"function": function}, input0=a, input1=b)
        assert (made.info.dtype.name, numbers(made)) == (grown, wanted)


def test_a_difference_of_huge_numbers_is_exact_though_it_might_have_left_64_bits() -> None:
    a, b = row([2**63 + 1, 2**64 - 1, 0], "uint64"), row([2**63, 2**64 - 2, 2**64 - 1], "uint64")
    made = result("Arithmetic2", {"function": "Subtract"}, input0=a, input1=b)
    assert (made.info.dtype.name, numbers(made)) == ("float64", [1, 1, -(2.0**64)])


@pytest.mark.parametrize("other", ["float32", "float64"])
@pytest.mark.parametrize("one", TYPES)
@pytest.mark.parametrize("function", IEEE2)
def test_floating_point_agrees_with_plain_numpy(function: str, one: str, other: str) -> None:
    odd = [NAN, INF, -INF, 0, -0.0, 1.5, -2.25, 1e-40]
    values = [value if one[0] == "f" else int(np.nan_to_num(value, posinf=100, neginf=0)) for value in odd]
    values = [max(0, value) if one[0] == "u" else value for value in values]
    pairs = np.array(list(itertools.product(values, odd)))
    for swapped in (False, True):
        a, b = pairs[:, 0].astype(one), pairs[:, 1].astype(other)
        a, b = (b, a) if swapped else (a, b)
        images = {"input0": image_of(a[None]), "input1": image_of(b[None])}
        made = result("Arithmetic2", {"function": function}, **images)
        with np.errstate(all="ignore"):
            wanted = IEEE2[function](a.astype(made.info.dtype), b.astype(made.info.dtype))
        if function in ("Equal", "NotEqual"):
            assert made.info.dtype == np.uint8
            wanted = IEEE2[function](a, b)
        else:
            assert made.info.dtype in (np.promote_types(a.dtype, b.dtype), np.float64)
        assert np.array_equal(made.voxels.ravel(), wanted, equal_nan=wanted.dtype.kind == "f")


@pytest.mark.parametrize("constant", [-2.0, -0.5, 0.0, 0.3, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floating_point_and_a_constant_agree_with_plain_numpy(dtype: str, constant: float) -> None:
    values = np.array([NAN, INF, -INF, 0, 1.5, -2.25, 4e9, 1e-3, 7], dtype)
    plain: dict[str, Callable[[Any, Any], Any]] = {
        "Absolute": lambda c, a: np.abs(a),
        "Power": lambda c, a: np.power(a, c),
        "Add": np.add,
        "Multiply": np.multiply,
        "Subtract": np.subtract,
        "Divide": np.divide,
    }
    for function, calculate in plain.items():
        made = result("Arithmetic1", {"function": function, "constant": constant}, input0=image_of(values[None]))
        with np.errstate(all="ignore"):
            wanted = calculate(made.info.dtype.type(constant), values.astype(made.info.dtype))
        assert np.array_equal(made.voxels.ravel(), wanted, equal_nan=True), function


@pytest.mark.parametrize("one", TYPES)
def test_a_quotient_is_float32_up_to_16_bits_and_double_beyond(one: str) -> None:
    for other in TYPES:
        a, b = noise(one, SHAPE, 1), np.maximum(noise(other, SHAPE, 2), np.array(1, other))
        made = result("Arithmetic2", {"function": "Divide"}, input0=image_of(a), input1=image_of(b))
        small = {"int8", "uint8", "int16", "uint16"}
        name = "float32" if {one, other} <= small else "float64"
        assert made.info.dtype.name == name
        assert np.array_equal(made.voxels, a.astype(name) / b.astype(name))


def test_division_by_zero_is_infinite_and_0_by_0_is_no_number() -> None:
    a, b = row([5, -5, 0, 6], "int16"), row([0, 0, 0, 4], "uint8")
    made = result("Arithmetic2", {"function": "Divide"}, input0=a, input1=b)
    assert np.array_equal(made.voxels.ravel(), np.array([INF, -INF, NAN, 1.5], np.float32), equal_nan=True)
    assert made.info.range == (-5.0, 6.0), "a whole number that is not 0 is 1 at least"


@pytest.mark.parametrize(
    ("function", "a", "b", "finite"),
    [
        ("Min", [INF, 1.0], [5.0, 6.0], [5.0, 1.0]),
        ("Max", [-INF, 9.0], [5.0, 6.0], [5.0, 9.0]),
        ("AbsMin", [INF, 1.0], [5.0, 6.0], [5.0, 1.0]),
        ("Divide", [4.0, 6.0], [INF, 2.0], [0.0, 3.0]),
        ("Divide", [4.0, 6.0], [1e-320, 1e-300], [6e300]),
    ],
)
def test_what_infinite_voxels_make_lies_within_the_declared_range(
    function: str, a: list[float], b: list[float], finite: list[float]
) -> None:
    made = result("Arithmetic2", {"function": function}, input0=row(a, "float64"), input1=row(b, "float64"))
    found = [value for value in numbers(made) if math.isfinite(value)]
    assert found == pytest.approx(finite)
    assert made.info.range[0] <= min(found) <= max(found) <= made.info.range[1]


@settings(max_examples=300, deadline=None, database=None)
@given(
    values=st.lists(st.floats(width=32), min_size=1, max_size=6),
    dtype=st.sampled_from(["float32", "float64", "int16", "int64"]),
    function=st.sampled_from(["Absolute", "Invert", "Power", "Add", "Multiply", "Subtract", "Divide"]),
    constant=st.floats(-4, 4) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([-3.0, -1.0, 3.0]),
)
def test_finite_results_lie_within_the_declared_range(
    values: list[float], dtype: str, function: str, constant: float
) -> None:
    given_values = values if dtype[0] == "f" else np.clip(np.nan_to_num(values), -32768, 32767)
    image = row(list(given_values), dtype)
    made = result("Arithmetic1", {"function": function, "constant": constant}, input0=image)
    finite = [value for value in numbers(made) if math.isfinite(value)]
    assert all(made.info.range[0] <= value <= made.info.range[1] for value in finite)


def test_no_power_is_rounded_out_of_the_declared_range() -> None:
    for value in np.random.default_rng(3).uniform(0, 100, 300).tolist():
        made = result("Arithmetic1", {"function": "Power", "constant": 0.3}, input0=row([value], "float32"))
        assert made.info.range[0] <= numbers(made)[0] <= made.info.range[1]
        assert numbers(made)[0] == pytest.approx(value**0.3, rel=1e-6)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_invert_turns_the_declared_range_around(dtype: str) -> None:
    voxels = noise(dtype, SHAPE, 5)
    for span in (type_range(np.dtype(dtype)), (int(voxels.min()), int(voxels.max()))):
        made = result("Arithmetic1", {"function": "Invert", "constant": 3}, input0=image_of(voxels, range=span))
        assert (made.info.dtype.name, made.info.range) == (dtype, span)
        assert numbers(made) == [int(span[0]) + int(span[1]) - value for value in voxels.ravel().tolist()]


def test_invert_in_floating_point_is_maximum_plus_minimum_minus_image() -> None:
    for seed, dtype in itertools.product(range(30), ("float32", "float64")):
        voxels = noise(dtype, SHAPE, seed) * np.array(1e14, dtype)
        made = result("Arithmetic1", {"function": "Invert"}, input0=image_of(voxels))
        assert np.array_equal(made.voxels, voxels.max() + voxels.min() - voxels)
        assert made.info.range == (made.voxels.min(), made.voxels.max())


def test_invert_keeps_the_largest_floating_point_numbers() -> None:
    for dtype in ("float32", "float64"):
        top = type_range(np.dtype(dtype))[1]
        made = result("Arithmetic1", {"function": "Invert"}, input0=row([top, top / 2, NAN, INF], dtype))
        wanted = np.array([top / 2, top, NAN, -INF], dtype)
        assert (made.info.dtype.name, made.info.range) == (dtype, (top / 2, top))
        assert np.array_equal(made.voxels.ravel(), wanted, equal_nan=True)


def test_equal_tells_whole_numbers_apart_that_double_does_not() -> None:
    a, b = row([2**53 + 1, -1, 2**63 - 1], "int64"), row([2**53, 2**64 - 1, 2**63 - 1], "uint64")
    assert numbers(result("Arithmetic2", {"function": "Equal"}, input0=a, input1=b)) == [0, 0, 1]
    made = result("Arithmetic2", {"function": "NotEqual"}, input0=a, input1=b)
    assert (made.info.dtype.name, made.info.range, numbers(made)) == ("uint8", (0, 1), [1, 1, 0])


def test_channels_are_calculated_one_by_one_and_a_scalar_image_serves_for_all() -> None:
    colour = image_of(noise("uint8", (1, 3, 2, 3, 4), 1), channels=RGB, **OBLIQUE)
    scalar = image_of(noise("uint8", SHAPE, 2), **OBLIQUE)
    a, b = colour.voxels.astype(int), scalar.voxels.astype(int)
    for one, other, wanted in ((colour, colour, a - a), (colour, scalar, a - b), (scalar, colour, b - a)):
        made = result("Arithmetic2", {"function": "Subtract"}, input0=one, input1=other)
        assert made.info.channels == RGB
        assert np.array_equal(made.voxels, wanted)
    made = result("Arithmetic1", {"function": "Add", "constant": 7}, input0=colour)
    assert made.info.channels == RGB
    assert np.array_equal(made.voxels, a + 7)


def test_one_time_point_serves_for_all_of_the_other_image() -> None:
    series = image_of(noise("int16", (3, 1, 2, 3, 4), 1), time_step=2.5, **OBLIQUE)
    single = image_of(noise("int16", SHAPE, 2), **OBLIQUE)
    a, b = series.voxels.astype(int), single.voxels.astype(int)
    for one, other, wanted in ((series, single, a + b), (single, series, b + a), (series, series, a + a)):
        made = result("Arithmetic2", input0=one, input1=other)
        assert made.info.time_step == 2.5
        assert np.array_equal(made.voxels, wanted)


def test_the_output_lies_where_the_first_image_lies() -> None:
    tags = (("PatientName", "Proband"), ("WindowCenter", "40"), ("WindowWidth", "400"))
    first = image_of(noise("int16", SHAPE), modality="CT", tags=tags, **OBLIQUE)
    second = image_of(noise("int16", SHAPE, 2), **{**OBLIQUE, "origin": (-10.001, 20.5, 7.0)}, modality="MR")
    for function in (*WHOLE2, "Divide"):
        info = result("Arithmetic2", {"function": function}, input0=first, input1=second).info
        assert (info.spacing, info.origin, info.direction) == tuple(OBLIQUE.values())
        assert (info.modality, info.tag("PatientName")) == ("CT", "Proband")
        assert bool(info.tag("WindowCenter")) == (function in ("Max", "Min", "AbsMax", "AbsMin"))
    info = result("Arithmetic1", {"constant": 3}, input0=first).info
    assert (info.modality, info.tag("PatientName"), info.tag("WindowCenter")) == ("CT", "Proband", "")


def test_adapt_output_image_size_gives_the_part_that_both_have() -> None:
    first, second = noise("int16", (1, 1, 4, 3, 6)), noise("int16", (1, 1, 2, 5, 4), 2)
    fields = {"outputImageSize": "AdaptOutputImageSize"}
    made = result("Arithmetic2", fields, input0=image_of(first, **OBLIQUE), input1=image_of(second, **OBLIQUE))
    part = (slice(None), slice(None), slice(2), slice(3), slice(4))
    assert np.array_equal(made.voxels, first[part].astype(int) + second[part])


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize("axis", [2, 3, 4])
def test_auto_replicate_uses_one_slice_row_or_column_for_all(axis: int, turned: int) -> None:
    volume = image_of(noise("int16", (1, 1, 4, 3, 6)), **OBLIQUE)
    within = tuple(slice(1, 2) if i == axis else slice(None) for i in range(5))
    start = [0.0, 0.0, 0.0]
    start[4 - axis] = 1.0
    origin = (volume.info.index_to_world @ (*start, 1))[:3].tolist()
    spacing = [9.0 if i == 4 - axis else size for i, size in enumerate(OBLIQUE["spacing"])]
    direction = [turned * part if i % 3 == 4 - axis else part for i, part in enumerate(OBLIQUE["direction"])]
    place = {"spacing": tuple(spacing), "origin": tuple(origin), "direction": tuple(direction)}
    single = image_of(volume.voxels[within], **place)
    wanted = volume.voxels.astype(int) - volume.voxels[within]
    fields = {"function": "Subtract", "autoReplicate": True}
    for one, other, sign in ((volume, single, 1), (single, volume, -1)):
        made = result("Arithmetic2", fields, input0=one, input1=other)
        assert np.array_equal(made.voxels, sign * wanted)
        assert np.allclose(made.info.index_to_world, volume.info.index_to_world)
    text = refusal("Arithmetic2", {}, volume, single)
    assert "sizes differ" in text
    assert "set autoReplicate" in text
    assert "set autoReplicate" not in refusal("Arithmetic2", {}, volume, moved(single, (900.0, 900.0, 900.0)))
    assert "do not match" in refusal("Arithmetic2", {"autoReplicate": True}, volume, moved(single, (900.0,) * 3))


def moved(image: Image, origin: tuple[float, ...]) -> Image:
    return Image.of(replace(image.info, origin=(origin[0], origin[1], origin[2])), image.voxels)


def refusal(kind: str, fields: dict[str, Any], *images: Image) -> str:
    network = wired(kind, fields, **{f"input{i}": image for i, image in enumerate(images)})
    with pytest.raises(NodeError) as caught:
        Engine(LIBRARY, 0).bound(network, ["Node"])
    assert not caught.value.unexpected
    assert caught.value.node == "Node"
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_images_that_do_not_match_are_refused_in_words() -> None:
    first = image_of(noise("int16", SHAPE), **OBLIQUE)
    smaller = image_of(noise("int16", (1, 1, 2, 2, 3)), **OBLIQUE)
    advice = "resample one of them, or set outputImageSize to AdaptOutputImageSize"
    text = refusal("Arithmetic2", {}, first, smaller)
    assert text == f"Node: input0 and input1 do not match: sizes differ: 4x3x2 and 3x2x2 voxels; {advice}"
    assert "origin differs" in refusal("Arithmetic2", {}, first, moved(first, (0.0, 0.0, 0.0)))
    for shape, unit in (((3, 1, 2, 3, 4), "time points"), ((1, 3, 2, 3, 4), "channels")):
        four = tuple(4 if size == 3 and axis < 2 else size for axis, size in enumerate(shape))
        text = refusal("Arithmetic2", {}, image_of(noise("int16", shape)), image_of(noise("int16", four)))
        assert text.startswith(f"Node: the image at input0 has 3 {unit} and the image at input1 4; ")


@pytest.mark.parametrize("function", ["Or", "And", "Xor"])
def test_bits_of_fractions_or_beyond_64_are_refused_in_words(function: str) -> None:
    whole, fractions = row([1, 2], "int16"), row([1, 2], "float32")
    fields = {"function": function}
    said = f"Node: {function} joins bits, so it needs an image of whole numbers; "
    assert refusal("Arithmetic2", fields, fractions, whole) == f"{said}input0 is float"
    assert refusal("Arithmetic2", fields, whole, fractions) == f"{said}input1 is float"
    assert refusal("Arithmetic1", fields, fractions) == f"{said}input0 is float"
    text = refusal("Arithmetic1", {**fields, "constant": 0.5}, whole)
    assert text == f"Node: {function} joins bits; constant is 0.5 and has to be a whole number"
    if function != "And":
        text = refusal("Arithmetic2", fields, row([-1], "int8"), row([2**64 - 1], "uint64"))
        assert text.endswith("needs more than 64 bits; use smaller ones")


def explanation(kind: str, fields: dict[str, Any], **inputs: Image) -> str:
    return explained(Engine(LIBRARY, 0), wired(kind, fields, **inputs), "Node.output0", (0.0, 0.0, 0.0))[0].why


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("Add", "-3 + 4 → 1"),
        ("Multiply", "-3 x 4 → -12"),
        ("Subtract", "-3 - 4 → -7"),
        ("Divide", "-3 / 4 → -0.75"),
        ("Max", "the larger of -3 and 4 → 4"),
        ("Min", "the smaller of -3 and 4 → -3"),
        ("AbsMax", "of -3 and 4 the farther from 0 → 4"),
        ("AbsMin", "of -3 and 4 the nearer to 0 → -3"),
        ("Or", "-3 or 4 → -3"),
        ("And", "-3 and 4 → 4"),
        ("Xor", "-3 xor 4 → -7"),
        ("Equal", "-3 == 4 → 0"),
        ("NotEqual", "-3 != 4 → 1"),
    ],
)
def test_arithmetic2_says_how_a_value_came_about(function: str, words: str) -> None:
    images = {"input0": row([-3, 9], "int16"), "input1": row([4, 9], "int16")}
    assert explanation("Arithmetic2", {"function": function}, **images) == words


def test_a_voxel_that_is_used_elsewhere_too_is_told() -> None:
    volume, single = (
        image_of(np.full((2, 1, 1), 5, np.int8)),
        image_of(np.full((1, 1, 1), 2, np.int8), origin=(0, 0, 9)),
    )
    words = explanation("Arithmetic2", {"autoReplicate": True}, input0=volume, input1=single)
    assert words == "5 + a replicated voxel → 7"


@pytest.mark.parametrize(
    ("function", "constant", "words"),
    [
        ("Absolute", 3, "|-3| → 3"),
        ("Invert", 3, "9 + -3 - -3 → 9"),
        ("Power", 3, "-3 ^ 3 → -27"),
        ("Add", 1234567, "1234567 + -3 → 1234564"),
        ("Multiply", 0.5, "0.5 x -3 → -1.5"),
        ("Subtract", 4, "4 - -3 → 7"),
        ("Divide", 1.5, "1.5 / -3 → -0.5"),
        ("Or", 4, "4 or -3 → -3"),
        ("And", 4, "4 and -3 → 4"),
        ("Xor", 4, "4 xor -3 → -7"),
    ],
)
def test_arithmetic1_says_how_a_value_came_about(function: str, constant: float, words: str) -> None:
    fields = {"function": function, "constant": constant}
    assert explanation("Arithmetic1", fields, input0=row([-3, 9], "int16")) == words


def test_the_caption_is_the_title_of_the_function() -> None:
    assert Arithmetic1().caption() == "Add (Const+Img)"
    assert Arithmetic1(function=Function1.Xor).caption() == "Bitwise Xor (Const XOR Img)"
    assert Arithmetic2().caption() == "Add"
    assert Arithmetic2(function=Function2.AbsMax).caption() == "Abs Max"


def read(kind: str, fields: str) -> Network:
    return loads(f"// MDL v1 utf8\nmodule {kind} {{ fields {{ instanceName = A {fields} }} }}\n".encode(), LIBRARY)


@pytest.mark.parametrize(
    ("kind", "written", "function"),
    [
        ("Arithmetic2", "Add (IMG1+IMG2)", "Add"),
        ("Arithmetic2", "Multiply (IMG1*IMG2)", "Multiply"),
        ("Arithmetic2", "Subtract (IMG1-IMG2)", "Subtract"),
        ("Arithmetic2", "Divide (IMG1/IMG2)", "Divide"),
        ("Arithmetic2", "Max (IMG1, IMG2)", "Max"),
        ("Arithmetic2", "Min (IMG1, IMG2)", "Min"),
        ("Arithmetic2", "Abs Max", "AbsMax"),
        ("Arithmetic2", "NotEqual", "NotEqual"),
        ("Arithmetic1", "Invert (MAX-IMG)", "Invert"),
        ("Arithmetic1", "Power (IMG^C)", "Power"),
        ("Arithmetic1", "Add (IMG+C)", "Add"),
        ("Arithmetic1", "Multiply (IMG*C)", "Multiply"),
        ("Arithmetic1", "Subtract (C-IMG)", "Subtract"),
        ("Arithmetic1", "Divide (C/IMG)", "Divide"),
        ("Arithmetic1", "OR", "Or"),
        ("Arithmetic1", "AND", "And"),
        ("Arithmetic1", "XOR", "Xor"),
        ("Arithmetic1", "Bitwise Or (Const OR Img)", "Or"),
    ],
)
def test_what_mevislab_calls_a_function_now_and_formerly_is_read(kind: str, written: str, function: str) -> None:
    assert read(kind, f'function = "{written}"').nodes["A"].fields.get("function", "Add") == function


def test_an_older_arithmetic2_writes_its_function_in_capitals() -> None:
    assert read("Arithmetic2", "Function = Max").nodes["A"].fields == {"function": "Max"}


def test_a_replicated_slice_is_asked_for_once_whatever_page_is_computed() -> None:
    volume, single = image_of(noise("int16", (1, 1, 4, 3, 6))), image_of(noise("int16", (1, 1, 1, 3, 6), 2))
    network = wired("Arithmetic2", {"autoReplicate": True}, input0=volume, input1=single)
    page = Region.whole((1, 1, 4, 3, 6)).along("z", 2)
    made = Engine(LIBRARY, 0).image(network, "Node.output0", page)
    assert np.array_equal(made.voxels, volume.voxels[:, :, 2:3].astype(int) + single.voxels)
