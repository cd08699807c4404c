"""Resample3D against sums of exact fractions, written out voxel by voxel, and against SimpleITK."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, ImageInfo, NodeError, Vector3, Voxels
from nodeeditor.engine import Engine
from nodeeditor.explain import explained
from nodeeditor.mlab import loads
from nodeeditor.paths import Paths
from nodes.resampling import Keep, Resample3D

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired

T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"


def linear(d: Fraction) -> Fraction:
    return max(Fraction(0), 1 - d)


def cubic(d: Fraction) -> Fraction:
    """Keys' kernel with a = -1/2, as his paper writes it."""
    a = Fraction(-1, 2)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else Fraction(0)


def lanczos(d: Fraction) -> Fraction:
    if d == 0 or d >= 3:
        return Fraction(int(d == 0))
    if d.denominator == 1:
        return Fraction(0)
    x = math.pi * float(d)
    return Fraction(3 * math.sin(x) * math.sin(x / 3) / x**2)


KERNELS: Mapping[str, tuple[Callable[[Fraction], Fraction], int]] = {
    "Triangle/Linear": (linear, 1),
    "Cubic": (cubic, 2),
    "Lanczos_3": (lanczos, 3),
}


def line(voxels: list[Fraction], size: int, scale: Fraction, first: Fraction, filter_name: str) -> list[Fraction]:
    """A line of voxels on a grid whose first voxel lies at a place and whose others follow in steps of a scale."""
    made = []
    for i in range(size):
        place = first + i * scale
        if filter_name == "Nearest":
            made.append(voxels[min(max(math.floor(place + Fraction(1, 2)), 0), len(voxels) - 1)])
            continue
        kernel, radius = KERNELS[filter_name]
        wide = max(Fraction(1), scale)
        around = range(math.floor(place - radius * wide) - 1, math.ceil(place + radius * wide) + 2)
        weights = [kernel(abs(k - place) / wide) for k in around]
        taken = [voxels[min(max(k, 0), len(voxels) - 1)] for k in around]
        total = sum((w * voxel for w, voxel in zip(weights, taken, strict=True)), Fraction(0))
        made.append(total / sum(weights, Fraction(0)))
    return made


def resampled(
    voxels: Voxels, sizes: tuple[int, ...], scales: tuple[Fraction, ...], firsts: tuple[Fraction, ...], filter_name: str
) -> Any:
    """All lines of an image of fractions along z, y and x."""
    made = np.vectorize(Fraction, otypes=[object])(voxels.astype(object))
    for axis, (size, scale, first) in enumerate(zip(sizes, scales, firsts, strict=True), start=2):
        made = np.apply_along_axis(
            lambda one, *rest: np.array(line(list(one), *rest), object), axis, made, size, scale, first, filter_name
        )
    return made


def edge(scale: Fraction) -> Fraction:
    """Where the first voxel lies if the outer edges of both grids are one."""
    return (scale - 1) / 2


def assert_rounded(voxel: int, exact: Fraction) -> None:
    """Beside a half, sums in double precision may fall on either side."""
    beside_half = abs(exact - math.floor(exact) - Fraction(1, 2)) < 1e-6
    assert voxel == round(exact) or (beside_half and abs(voxel - exact) < 0.51)


@pytest.mark.parametrize("size", [(4, 5, 6), (8, 10, 9), (3, 2, 4), (1, 7, 13), (2, 5, 1)])
@pytest.mark.parametrize("filter_name", ["Nearest", *KERNELS])
def test_voxels_are_the_exact_weighted_sums_rounded_to_the_nearest(filter_name: str, size: tuple[int, ...]) -> None:
    image = image_of(noise("int16"), **OBLIQUE)
    scales = tuple(Fraction(n, m) for n, m in zip((4, 5, 6), size, strict=True))
    exact = resampled(image.voxels, size, scales, tuple(map(edge, scales)), filter_name)
    fields = {"keep": "Image size", "imageSize": size[::-1], "filter": filter_name}
    made = result("Resample3D", fields, input0=image).voxels
    assert made.shape == (1, 1, *size)
    low, high = image.info.range
    for voxel, value in zip(made.ravel().tolist(), exact.ravel(), strict=True):
        assert_rounded(voxel, min(max(value, Fraction(low)), Fraction(high)))


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint64"])
@pytest.mark.parametrize("filter_name", KERNELS)
def test_fractional_and_large_numbers_are_right_to_double_precision(filter_name: str, dtype: str) -> None:
    image = image_of(noise(dtype, seed=3))
    fields = {"keep": "Scale factor", "zoom": [1.5, 2, 0.75], "filter": filter_name, "subVoxelShift": [0.25, 0, -0.5]}
    made = result("Resample3D", fields, input0=image).voxels
    scales = (Fraction(4, 3), Fraction(1, 2), Fraction(2, 3))
    shifts = (Fraction(-1, 2), Fraction(0), Fraction(1, 4))
    firsts = tuple(edge(scale) + shift * scale for scale, shift in zip(scales, shifts, strict=True))
    exact = resampled(image.voxels, (3, 10, 9), scales, firsts, filter_name)
    low, high = map(Fraction, image.info.range)
    largest = float(np.abs(image.voxels.astype(np.float64)).max())
    precision = largest * (2.0**-22 if dtype == "float32" else 2.0**-48)
    for voxel, value in zip(made.ravel().tolist(), exact.ravel(), strict=True):
        assert abs(Fraction(voxel) - min(max(value, low), high)) <= precision


@pytest.mark.parametrize("name", ["Nearest", "Triangle/Linear"])
def test_finer_grids_are_those_of_simpleitk(name: str) -> None:
    image = image_of(noise("float64", (1, 1, 7, 8, 9)), **OBLIQUE)
    fields = {"voxelSize": [0.3, 1.0, 1.25], "filter": name, "subVoxelShift": [0.1, -0.2, 0.3]}
    made = result("Resample3D", fields, input0=image)
    picture = made.to_sitk()
    assert picture.GetSpacing() == (0.3, 1.0, 1.25)
    interpolator = sitk.sitkNearestNeighbor if name == "Nearest" else sitk.sitkLinear
    theirs = sitk.Resample(image.to_sitk(), picture, sitk.Transform(), interpolator, -9999.0)
    voxels = sitk.GetArrayFromImage(theirs)
    inside = voxels != -9999  # what reaches beyond the image
    assert inside.mean() > 0.7
    assert np.allclose(made.voxels[0, 0][inside], voxels[inside], rtol=0, atol=1e-6)


def outer_edge(info: ImageInfo, end: int) -> Voxels:
    """The outer corner of the first or the last voxel, in the world."""
    place: Voxels = info.index_to_world @ (*(n * end - 0.5 for n in info.extent[:1:-1]), 1)
    return place


def assert_same_place(one: Voxels, other: Voxels) -> None:
    assert np.allclose(one, other, rtol=0, atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(st.tuples(*[st.floats(0.1, 4)] * 3), st.sampled_from(["Voxel size", "Image size", "Scale factor"]))
def test_the_first_outer_edges_coincide_and_sizes_are_rounded_up(numbers: Vector3, keep: str) -> None:
    given_info = image_of(noise("uint8"), **OBLIQUE).info
    x, y, z = numbers
    node = Resample3D(keep=Keep[keep], voxel_size=numbers, zoom=numbers, image_size=(5 * x, 5 * y, 5 * z))
    made = node.open(given_info, None).info
    for i, (number, count, old) in enumerate(zip(numbers, (6, 5, 4), given_info.spacing, strict=True)):
        size = {"Voxel size": count * old / number, "Image size": 5 * number, "Scale factor": count * number}[keep]
        spacing = {"Voxel size": number, "Image size": count * old / size, "Scale factor": old / number}[keep]
        assert made.spacing[i] == pytest.approx(spacing, rel=1e-12)
        assert made.extent[4 - i] - size > -1e-3 - 1e-9
        assert made.extent[4 - i] - size < max(1, 1 - size + 1e-9)
    assert_same_place(outer_edge(given_info, 0), outer_edge(made, 0))


def test_a_whole_image_size_keeps_the_field_of_view() -> None:
    info = image_of(noise("uint8"), **OBLIQUE).info
    made = Resample3D(keep=Keep["Image size"], image_size=(7, 3, 9)).open(info, None).info
    assert made.extent[:1:-1] == (7, 3, 9)
    for end in (0, 1):
        assert_same_place(outer_edge(info, end), outer_edge(made, end))


@pytest.mark.parametrize("dtype", TYPES)
def test_on_its_own_grid_an_image_stays_as_it_is_bit_for_bit(dtype: str) -> None:
    voxels = noise(dtype)
    if np.dtype(dtype).kind == "f":
        voxels.flat[:4] = (np.nan, np.inf, -np.inf, -0.0)
    image = image_of(voxels, spacing=(0.7, 0.3, 0.1))
    for fields in ({"keep": "Scale factor"}, {"keep": "Image size"}, {"voxelSize": [0.7, 0.3, 0.1]}):
        for filter_name in ("Nearest", *KERNELS):
            made = result("Resample3D", {**fields, "filter": filter_name}, input0=image)
            assert made.voxels.tobytes() == voxels.tobytes()


def test_whole_numbers_beyond_double_precision_stay_exact_where_no_sum_is_needed() -> None:
    image = image_of(noise("int64"))
    doubled = result("Resample3D", {"keep": "Scale factor", "zoom": [2, 2, 2], "filter": "Nearest"}, input0=image)
    assert np.array_equal(doubled.voxels, image.voxels.repeat(2, 2).repeat(2, 3).repeat(2, 4))
    odd = {"keep": "Scale factor", "zoom": [3, 1, 1], "filter": "Lanczos_3"}
    between = result("Resample3D", odd, input0=image).voxels[..., 1::3].astype(np.float64)
    assert np.allclose(between, image.voxels.astype(np.float64), rtol=1e-12)


def test_one_slice_is_the_same_on_any_grid() -> None:
    image = image_of(noise("int64", (1, 1, 1, 5, 6)))
    made = result(
        "Resample3D", {"keep": "Scale factor", "zoom": [1, 1, 0.3], "subVoxelShift": [0, 0, 0.2]}, input0=image
    )
    assert np.array_equal(made.voxels, image.voxels)
    assert made.info.spacing[2] == pytest.approx(1 / 0.3)


def test_nearest_neighbours_make_no_new_label() -> None:
    image = image_of(noise("uint8", seed=4) % 5 * 40)
    made = result("Resample3D", {"keep": "Image size", "imageSize": [11, 3, 9], "filter": "Nearest"}, input0=image)
    assert set(made.voxels.ravel().tolist()) <= set(image.voxels.ravel().tolist())


def test_what_overshoots_is_clamped_to_the_declared_range() -> None:
    voxels = np.where(np.arange(12) < 6, 0, 200).astype(np.uint8)
    fields = {"keep": "Scale factor", "zoom": [4, 1, 1]}
    made = result("Resample3D", fields, input0=image_of(voxels))
    assert (made.voxels.min(), made.voxels.max(), made.info.range) == (0, 200, (0, 200))
    loose = result("Resample3D", fields, input0=image_of(voxels, range=(0, 255)))
    assert loose.voxels.max() > 210
    assert loose.info.range == (0, 255)


def test_a_shrunk_image_is_averaged_and_not_skipped() -> None:
    stripes = np.where(np.arange(60) % 2, 200.0, 0.0)
    for filter_name in KERNELS:
        fields = {"keep": "Scale factor", "zoom": [0.1, 1, 1], "filter": filter_name}
        made = result("Resample3D", fields, input0=image_of(stripes)).voxels.ravel()
        assert np.abs(made[1:-1] - 100).max() < 3
    picked = result(
        "Resample3D", {"keep": "Scale factor", "zoom": [0.1, 1, 1], "filter": "Nearest"}, input0=image_of(stripes)
    )
    assert set(picked.voxels.ravel().tolist()) == {200.0}


def test_a_not_a_number_spreads_as_far_as_it_has_a_weight() -> None:
    voxels = np.arange(9, dtype=np.float32)
    voxels[4], voxels[8] = np.nan, np.inf
    made = result(
        "Resample3D", {"keep": "Scale factor", "zoom": [3, 1, 1], "filter": "Triangle/Linear"}, input0=image_of(voxels)
    )
    found = made.voxels.ravel()
    assert np.flatnonzero(np.isnan(found)).tolist() == [11, 12, 13, 14, 15]
    assert found[10] == 3
    assert found[16] == 5
    assert np.isinf(found[23:]).all()
    assert np.isfinite(found[16:23]).all()


def test_sums_of_the_largest_numbers_do_not_overflow() -> None:
    voxels = np.full((4, 5, 6), np.finfo(np.float64).max)
    voxels[:, ::2] *= -1
    made = result("Resample3D", {"keep": "Scale factor", "zoom": [2, 3, 2.5]}, input0=image_of(voxels))
    assert np.isfinite(made.voxels).all()
    assert made.voxels.max() == np.finfo(np.float64).max


def test_colours_and_time_points_are_resampled_one_by_one() -> None:
    image = image_of(noise("uint16", (2, 3, 4, 5, 6)), channels=("Red", "Green", "Blue"))
    fields = {"keep": "Image size", "imageSize": [5, 8, 3], "filter": "Cubic"}
    made = result("Resample3D", fields, input0=image)
    assert made.info.channels == image.info.channels
    for t in range(2):
        for c in range(3):
            alone = image_of(image.voxels[t, c], range=image.info.range)
            assert np.array_equal(made.voxels[t, c], result("Resample3D", fields, input0=alone).voxels[0, 0])


def test_with_a_reference_the_output_lies_voxel_on_voxel_with_it() -> None:
    image = image_of(noise("float64", (1, 1, 9, 10, 11)), **OBLIQUE)
    middle = image.info.index_to_world @ (3.3, 2.1, 4.6, 1)
    facts = {**OBLIQUE, "spacing": (0.4, 1.0, 2.5), "origin": tuple(middle[:3].tolist())}
    reference = image_of(noise("uint8", (1, 1, 5, 4, 6)), **facts)
    made = result(
        "Resample3D", {"useReferenceImage": True, "filter": "Triangle/Linear"}, input0=image, input1=reference
    )
    assert made.info.grid_difference(reference.info) == ""
    theirs = sitk.Resample(image.to_sitk(), reference.to_sitk(), sitk.Transform(), sitk.sitkLinear)
    assert np.allclose(made.voxels[0, 0], sitk.GetArrayFromImage(theirs), rtol=0, atol=1e-6)


def test_a_reference_is_only_used_if_that_is_wanted() -> None:
    image, reference = image_of(noise("int16")), image_of(noise("uint8", (2, 2, 2)), spacing=(9, 9, 9))
    made = result("Resample3D", {}, input0=image, input1=reference)
    assert np.array_equal(made.voxels, image.voxels)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"voxelSize": [1, 0, 1]}, "voxelSize is 1 0 1; each number has to be above 0"),
        ({"keep": "Scale factor", "zoom": [-1, 1, 1]}, "zoom is -1 1 1; each number"),
        ({"keep": "Image size", "imageSize": [1e9, 1, 1]}, r"1e\+09 voxels along x, more than 100000; set imageSize"),
        ({"voxelSize": [1, 1e300, 1]}, "along y; set voxelSize"),
        ({"voxelSize": [1, 1e-320, 1]}, "along y, more than 100000; set voxelSize"),
        ({"useReferenceImage": True}, "connect a reference image to input1, or switch useReferenceImage off"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_in_words(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(NodeError, match=problem):
        result("Resample3D", fields, input0=image_of(noise("uint8"), **OBLIQUE))


def test_a_reference_with_other_axes_is_refused() -> None:
    image, turned = image_of(noise("uint8")), image_of(noise("uint8"), **OBLIQUE)
    with pytest.raises(NodeError, match="do not have the same axes, and Resample3D turns none"):
        result("Resample3D", {"useReferenceImage": True}, input0=image, input1=turned)


def test_a_slice_reads_only_the_slices_around_it() -> None:
    image = image_of(noise("int16", (1, 1, 40, 4, 4)))
    fields = {"keep": "Scale factor", "zoom": [1, 1, 2], "filter": "Cubic"}
    bound = Engine(LIBRARY, 2**20).bound(wired("Resample3D", fields, input0=image), ["Node"])["Node"]
    opened = bound.described.opened
    needs = bound.node.needs(opened.info.whole.along("z", 41), opened)
    assert needs == {"input0": image.info.whole.along("z", 19, 23)}


def test_a_voxel_says_which_filter_made_it_and_what_lies_nearest() -> None:
    image = image_of([[[0, 100]]], np.uint8)
    network = wired(
        "Resample3D", {"keep": "Scale factor", "zoom": [2, 1, 1], "filter": "Triangle/Linear"}, input0=image
    )
    told = explained(Engine(LIBRARY, 0), network, "Node.output0", (0.25, 0.0, 0.0))[0].text
    assert told == "Linear, nearest voxel 0 → 25"


def test_a_resampled_image_as_mevislab_saves_it_is_that_of_fractions(tmp_path: Path) -> None:
    text = """module LocalImage { fields { instanceName = L name = scan.mha } }
module Resample3D { fields { instanceName = R keep = "Voxel size" filter = "Triangle/Linear" isotropic = FALSE
  filterAlways = FALSE filterAlwaysTolerance = 0 zoom = "3 3 3" imageSize = "9 9 9" voxelSize = "2 1 1.5"
  subVoxelShift = "0 0 0" useReferenceImage = FALSE } }
connections { R.input0 = L.outImage }
"""
    image = image_of(noise("int16"), spacing=(3.0, 2.0, 6.0))
    sitk.WriteImage(image.to_sitk(), str(tmp_path / "scan.mha"))
    made = Engine(LIBRARY).image(loads(text.encode(), LIBRARY), "R.output0", paths=Paths(tmp_path)).voxels
    scales = (Fraction(1, 4), Fraction(1, 2), Fraction(2, 3))
    exact = resampled(image.voxels, (16, 10, 9), scales, tuple(map(edge, scales)), "Triangle/Linear")
    for voxel, value in zip(made.ravel().tolist(), exact.ravel(), strict=True):
        assert_rounded(voxel, value)


@pytest.mark.skipif(not T1.exists(), reason="the real head beside the repository is not there")
def test_a_real_head_is_resampled_as_simpleitk_resamples_it() -> None:
    head = sitk.ReadImage(str(T1))
    made = result(
        "Resample3D",
        {"keep": "Scale factor", "zoom": [1.3, 1, 1.7], "filter": "Triangle/Linear"},
        input0=Image.from_sitk(head),
    )
    theirs = sitk.Resample(sitk.Cast(head, sitk.sitkFloat64), made.to_sitk(), sitk.Transform(), sitk.sitkLinear, -1.0)
    voxels = sitk.GetArrayFromImage(theirs)
    inside = voxels >= 0
    assert np.abs(made.voxels[0, 0][inside] - voxels[inside]).max() <= 0.5 + 1e-3
