"""Convolution against sums written out over every window, with exact fractions for whole numbers."""

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

from nodeeditor import Image, NodeError, Voxels
from nodeeditor.engine import Engine
from nodeeditor.errors import FieldError
from nodes.filtering import Convolution

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired

WEIGHTS: dict[str, Any] = {
    "3x3 Average Kernel": ([[1, 1, 1]] * 3, 9),
    "5x5 Average Kernel": ([[1] * 5] * 5, 25),
    "3x3 Gauss Kernel": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
    "5x5 Gauss Kernel": (np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).tolist(), 256),
    "Laplace Kernel": ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
    "Sobel X Kernel": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
    "Sobel Y Kernel": ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], 1),
}
IN_PLANE = ((0, 0), (0, 0), (0, 0))
T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"


def windows(voxels: Voxels, weights: Any) -> list[Fraction]:
    """The sums over every window that fits, in order, of exact fractions."""
    kernel = np.asarray(weights, object)
    kernel = kernel.reshape((1,) * (5 - kernel.ndim) + kernel.shape)
    fitting = [range(n - k + 1) for n, k in zip(voxels.shape, kernel.shape, strict=True)]
    places = list(itertools.product(*map(range, kernel.shape)))
    return [
        sum(
            (
                Fraction(kernel[place]) * Fraction(voxels[tuple(map(sum, zip(first, place, strict=True)))].item())
                for place in places
            ),
            Fraction(0),
        )
        for first in itertools.product(*fitting)
    ]


def around(voxels: Voxels, weights: Any, **padding: Any) -> Voxels:
    """An image with as many voxels around each slice as a kernel of odd size needs."""
    high, wide = np.shape(weights)[-2:]
    return np.pad(voxels, (*IN_PLANE, (high // 2,) * 2, (wide // 2,) * 2), **padding)


@pytest.mark.parametrize("dtype", [name for name in TYPES if not name.startswith(("float", "int64", "uint64"))])
@pytest.mark.parametrize("kernel", WEIGHTS)
def test_whole_numbers_are_exact_sums_rounded_to_the_nearest(kernel: str, dtype: str) -> None:
    image = image_of(noise(dtype), **OBLIQUE)
    weights, divisor = WEIGHTS[kernel]
    made = result("Convolution", {"predefKernel": kernel}, input0=image)
    sums = windows(around(image.voxels, weights, mode="edge"), weights)
    assert made.voxels.ravel().tolist() == [round(total / divisor) for total in sums]
    assert made.info.index_to_world.tolist() == image.info.index_to_world.tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint64"])
@pytest.mark.parametrize("kernel", WEIGHTS)
def test_large_and_fractional_numbers_are_right_to_double_precision(kernel: str, dtype: str) -> None:
    image = image_of(noise(dtype, seed=4), **OBLIQUE)
    weights, divisor = WEIGHTS[kernel]
    made = result("Convolution", {"predefKernel": kernel}, input0=image)
    sums = windows(around(image.voxels, weights, mode="edge"), weights)
    scale = float(np.abs(image.voxels.astype(np.float64)).max()) * float(np.abs(weights).sum()) / divisor
    precision = 2.0**-22 if made.voxels.dtype == np.float32 else 2.0**-50
    for voxel, total in zip(made.voxels.ravel().tolist(), sums, strict=True):
        assert abs(Fraction(voxel) - total / divisor) <= Fraction(scale * precision) + 1 * (dtype[-1] != "2")


@pytest.mark.parametrize(
    ("kernel", "dtype", "wanted", "declared"),
    [
        ("5x5 Average Kernel", "uint8", "uint8", (0, 255)),
        ("3x3 Gauss Kernel", "int16", "int16", (-32768, 32767)),
        ("Laplace Kernel", "uint8", "int16", (-1020, 1020)),
        ("Sobel X Kernel", "uint16", "int32", (-262140, 262140)),
        ("Laplace Kernel", "float32", "float32", None),
        ("Laplace Kernel", "int64", "float64", None),
    ],
)
def test_the_type_grows_where_the_range_of_the_result_needs_it(
    kernel: str, dtype: str, wanted: str, declared: tuple[int, int] | None
) -> None:
    made = result("Convolution", {"predefKernel": kernel}, input0=image_of(noise(dtype)))
    assert made.voxels.dtype == wanted
    assert declared is None or made.info.range == declared


@pytest.mark.parametrize(
    "fields", [{"useIntervalOfFilteredVoxels": True}, {"borderHandling": "PadDstFillWithOrig"}], ids=str
)
def test_voxels_that_are_left_as_they_are_lie_in_the_declared_range(fields: dict[str, Any]) -> None:
    half = {
        "predefKernel": "External Kernel",
        "externalKernel": "(0,0,0,0,0,0): 0\n(1,1,0,0,0,0): 0.5\n(2,2,0,0,0,0): 0",
    }
    image = image_of(np.full((3, 4, 5), 2000, np.int16), range=(1500, 2000))
    made = result("Convolution", {**half, **fields}, input0=image)
    assert made.voxels.max() == 2000
    assert made.info.range == (750, 2000)


def test_each_border_handling_does_what_its_name_says() -> None:
    image = image_of(noise("int16", (1, 1, 2, 4, 5)), **OBLIQUE)
    weights, divisor = WEIGHTS["3x3 Average Kernel"]
    inner = [round(total / divisor) for total in windows(image.voxels, weights)]
    clamped = [round(total / divisor) for total in windows(around(image.voxels, weights, mode="edge"), weights)]
    filled = [round(total / divisor) for total in windows(around(image.voxels, weights, constant_values=700), weights)]

    def framed(border: Any) -> list[int]:
        made = np.broadcast_to(np.asarray(border, np.int16), image.voxels.shape).copy()
        made[..., 1:-1, 1:-1] = np.reshape(inner, (1, 1, 2, 2, 3))
        voxels: list[int] = made.ravel().tolist()
        return voxels

    wanted = {
        "NoPad": inner,
        "PadSrcClamp": clamped,
        "PadSrcUndefined": clamped,
        "PadSrcFill": filled,
        "PadDstFill": framed(700),
        "PadDstFillWithOrig": framed(image.voxels),
        "PadDstUndefined": framed(image.voxels),
    }
    for mode, voxels in wanted.items():
        made = result("Convolution", {"borderHandling": mode, "fillValue": 700}, input0=image)
        assert made.voxels.ravel().tolist() == voxels, mode


def test_an_image_without_its_border_stays_where_it_was_in_the_world() -> None:
    image = image_of(noise("int16", (1, 1, 2, 6, 7)), **OBLIQUE)
    made = result("Convolution", {"borderHandling": "NoPad", "predefKernel": "5x5 Gauss Kernel"}, input0=image)
    assert made.info.extent == (1, 1, 2, 2, 3)
    corner = image.info.index_to_world @ (2, 2, 0, 1)
    assert np.allclose(made.info.index_to_world @ (0, 0, 0, 1), corner, rtol=0, atol=1e-12)
    assert made.info.spacing == image.info.spacing


@pytest.mark.parametrize(("fill", "wanted"), [(0.5, "float32"), (-1, "int16"), (300, "uint16"), (1e300, "float64")])
@pytest.mark.parametrize("mode", ["PadSrcFill", "PadDstFill"])
def test_a_fill_value_of_any_size_is_never_wrapped(mode: str, fill: float, wanted: str) -> None:
    image = image_of(np.full((3, 4), 200, np.uint8), range=(0, 255))
    fields = {"borderHandling": mode, "fillValue": fill, "predefKernel": "3x3 Average Kernel"}
    made = result("Convolution", fields, input0=image)
    corner = made.voxels[0, 0, 0, 0, 0].item()
    if mode == "PadDstFill":
        assert corner == fill
        assert made.voxels.dtype == wanted
    else:
        exact = Fraction(fill) * 5 / 9 + Fraction(200) * 4 / 9
        assert corner == pytest.approx(float(exact), rel=1e-12) if abs(fill) > 1e9 else corner == round(exact)


def test_only_voxels_in_the_interval_are_filtered_if_that_is_wanted() -> None:
    image = image_of(noise("int16", seed=6) // 32)
    fields = {
        "useIntervalOfFilteredVoxels": True,
        "intervalMinOfFilteredVoxels": -100,
        "intervalMaxOfFilteredVoxels": 200.5,
        "predefKernel": "Sobel X Kernel",
    }
    weights, _ = WEIGHTS["Sobel X Kernel"]
    sums = windows(around(image.voxels, weights, mode="edge"), weights)
    voxels = image.voxels.ravel().tolist()
    wanted = [int(total) if -100 <= voxel <= 200.5 else voxel for voxel, total in zip(voxels, sums, strict=True)]
    assert any(-100 <= voxel <= 200.5 for voxel in voxels)
    assert result("Convolution", fields, input0=image).voxels.ravel().tolist() == wanted


def test_a_voxel_that_is_not_filtered_says_so() -> None:
    node = Convolution(use_interval_of_filtered_voxels=True)
    assert node.explain(5000, 5000) == "5000 is outside of 0 to 1024: not filtered"
    assert node.explain(500, 510) == "3x3 Average Kernel around 500 → 510"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_external_kernel_of_any_size_is_laid_on_as_it_is_written(data: st.DataObject) -> None:
    size = data.draw(st.tuples(*(st.integers(1, 4) for _ in range(5))))
    numbers = st.integers(-40, 40)
    weights = np.array(data.draw(st.lists(numbers, min_size=math.prod(size), max_size=math.prod(size)))).reshape(size)
    weights.flat[data.draw(st.integers(0, weights.size - 1))] = 3
    weights[(-1,) * 5] = weights[(-1,) * 5] or 1  # so that the text says how large it is
    lines = [
        f"({x},{y},{z},{c},{t},0): {weights[t, c, z, y, x]}" for t, c, z, y, x in itertools.product(*map(range, size))
    ]
    image = image_of(noise("uint8", (2, 3, 2, 4, 5), seed=9), channels=("Red", "Green", "Blue"))
    fields = {"predefKernel": "External Kernel", "externalKernel": "\n".join(lines)}
    padding = [(n // 2, n - 1 - n // 2) for n in size]
    sums = windows(np.pad(image.voxels, padding, mode="edge"), weights)
    assert result("Convolution", fields, input0=image).voxels.ravel().tolist() == [int(total) for total in sums]


def test_an_asymmetric_kernel_is_not_mirrored() -> None:
    image = image_of(np.array([[0, 0, 10, 0, 0]], np.uint8))
    fields = {"predefKernel": "External Kernel", "externalKernel": "(*,0,0,0,0,0): 1, 2, 3"}
    assert result("Convolution", fields, input0=image).voxels.ravel().tolist() == [0, 30, 20, 10, 0]


def test_a_kernel_given_on_as_text_is_the_same_kernel() -> None:
    image = image_of(noise("int16", seed=2))
    for kernel, (weights, _) in WEIGHTS.items():
        network = wired("Convolution", {"predefKernel": kernel}, input0=image)
        values = Engine(LIBRARY, 0).values(network, "Node")
        count, high, wide = np.count_nonzero(weights), len(weights), len(weights[0])
        assert values["kernelInfo"] == f"{count} elems, {wide}x{high}x1x1x1x1"
        fields = {"predefKernel": "External Kernel", "externalKernel": values["kernelOutput"]}
        again = result("Convolution", fields, input0=image)
        plain = result("Convolution", {"predefKernel": kernel}, input0=image)
        assert np.array_equal(again.voxels, plain.voxels)


def test_the_text_of_a_kernel_lists_its_weights_as_mevislab_does() -> None:
    values = Engine(LIBRARY, 0).values(
        wired("Convolution", {"predefKernel": "3x3 Gauss Kernel"}, input0=image_of(noise("uint8"))), "Node"
    )
    lines = values["kernelOutput"].splitlines()
    assert lines[:4] == [
        "(0,0,0,0,0,0):0.062500",
        "(1,0,0,0,0,0):0.125000",
        "(2,0,0,0,0,0):0.062500",
        "(0,1,0,0,0,0):0.125000",
    ]
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no weight"),
        ("(0,0,0,0,0,0): 0", "holds no weight"),
        ("1 2 1", "line 1 '1 2 1' is not of the form"),
        ("(*,0,0,0,0,0): 1, x, 1", "line 1: 'x' is not a finite number"),
        ("(*,0,0,0,0,0): 1, 2\n(1,1,0,0,0,0): 1, 2", "line 2"),
        ("(0,0,0,0,0,0): ", "line 1 '(0,0,0,0,0,0):' is not of the form"),
        ("(*,0,0,0,0,0): 1,,2", "line 1 '(*,0,0,0,0,0): 1,,2' is not of the form"),
        ("(0,0,0,0,0,1): 1", "reaches beyond"),
        ("(1000,0,0,0,0,0): 1", "reaches beyond"),
        ("(0,0,0,0,0,0): 1e999", "is not a finite number"),
        ("(0,0,0,0,0,0): nan", "is not a finite number"),
    ],
)
def test_a_kernel_that_cannot_be_read_says_so_with_its_line(text: str, problem: str) -> None:
    fields = {"predefKernel": "External Kernel", "externalKernel": text}
    with pytest.raises(NodeError) as caught:
        result("Convolution", fields, input0=image_of(noise("uint8")))
    assert problem in str(caught.value)
    assert "externalKernel" in str(caught.value)


def test_an_image_smaller_than_the_kernel_can_lose_no_border() -> None:
    fields = {"borderHandling": "NoPad", "predefKernel": "5x5 Average Kernel"}
    with pytest.raises(NodeError, match="5x4x1 voxels by a kernel of 5x5x1; set borderHandling to PadSrcClamp"):
        result("Convolution", fields, input0=image_of(noise("uint8", (1, 1, 1, 4, 5))))


def test_a_kernel_of_an_unknown_name_is_refused_in_words() -> None:
    with pytest.raises(FieldError, match=r"'3x3 Averag Kernel' is not one of .*did you mean '3x3 Average Kernel'"):
        result("Convolution", {"predefKernel": "3x3 Averag Kernel"}, input0=image_of(noise("uint8")))


def test_smoothing_keeps_the_window_and_edges_lose_it() -> None:
    tags = (("WindowCenter", "40"), ("PatientName", "A"))
    image = image_of(noise("int16"), tags=tags)
    assert result("Convolution", {"predefKernel": "5x5 Gauss Kernel"}, input0=image).info.tags == tags
    assert result("Convolution", {"predefKernel": "Laplace Kernel"}, input0=image).info.tags == tags[1:]


def test_a_not_a_number_spreads_over_the_kernel_and_no_further() -> None:
    voxels = np.zeros((7, 7), np.float32)
    voxels[3, 3] = np.nan
    made = result("Convolution", {"predefKernel": "3x3 Average Kernel"}, input0=image_of(voxels)).voxels[0, 0, 0]
    assert np.argwhere(np.isnan(made)).tolist() == [[y, x] for y in (2, 3, 4) for x in (2, 3, 4)]
    assert np.nan_to_num(made).max() == 0


def test_scrolling_by_one_slice_reads_that_slice_alone() -> None:
    image = image_of(noise("int16", (1, 1, 5, 4, 6)))
    engine = Engine(LIBRARY, 2**20)
    network = wired("Convolution", {}, input0=image)
    bound = engine.bound(network, ["Node"])["Node"]
    region = image.info.whole.along("z", 2)
    assert bound.node.needs(region, image.info) == {"input0": region}


@pytest.mark.skipif(not T1.exists(), reason="the real head beside the repository is not there")
def test_a_real_head_is_smoothed_as_simpleitk_smooths_it() -> None:
    head = sitk.ReadImage(str(T1))
    made = result("Convolution", {"predefKernel": "5x5 Average Kernel"}, input0=Image.from_sitk(head))
    mean = sitk.GetArrayFromImage(sitk.BoxMean(sitk.Cast(head, sitk.sitkFloat64), [2, 2, 0]))
    inner = (slice(None), slice(2, -2), slice(2, -2))
    assert np.array_equal(made.voxels[0, 0][inner], np.rint(mean[inner].round(6)))
    kernel = sitk.GetImageFromArray(np.array([[[0, 1, 0], [1, -4, 1], [0, 1, 0]]], np.float64))
    edges = sitk.GetArrayFromImage(sitk.Convolution(sitk.Cast(head, sitk.sitkFloat64), kernel))
    ours = result("Convolution", {"predefKernel": "Laplace Kernel"}, input0=Image.from_sitk(head)).voxels[0, 0]
    assert np.array_equal(ours, edges)
