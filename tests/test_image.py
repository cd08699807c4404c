"""Images as values: regions, geometry and voxel types, against numpy and SimpleITK."""

from __future__ import annotations

import itertools
import math
import pickle
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.image import (
    VOXEL_TYPES,
    Extent,
    Image,
    ImageInfo,
    Matrix3,
    Number,
    Region,
    channel_names,
    grown_type,
    holds,
    smallest_type,
    type_range,
    value_range,
)

UINT8 = np.dtype(np.uint8)
INT16 = np.dtype(np.int16)
SIZES = st.integers(1, 6)
EXTENTS = st.tuples(SIZES, SIZES, SIZES, SIZES, SIZES)
OBLIQUE: Matrix3 = tuple(np.array(sitk.VersorRigid3DTransform((1.0, 2.0, -0.5), 0.7).GetMatrix()).tolist())


@st.composite
def boxes(draw: st.DrawFn, extent: Extent, smallest: int = 1) -> Region:
    starts = [draw(st.integers(0, size - smallest)) for size in extent]
    stops = [draw(st.integers(start + smallest, size)) for start, size in zip(starts, extent, strict=True)]
    return Region((*starts,), (*stops,))  # type: ignore[arg-type]


def filled(region: Region, extent: Extent) -> npt.NDArray[np.bool_]:
    """The region as a mask, made voxel by voxel without its own methods."""
    axes = [[a <= i < b for i in range(size)] for a, b, size in zip(region.start, region.stop, extent, strict=True)]
    mask = np.ones(extent, bool)
    for axis, inside in enumerate(axes):
        mask &= np.reshape(inside, [-1 if i == axis else 1 for i in range(5)])
    return mask


def info(extent: Extent = (1, 1, 4, 3, 2), dtype: Any = np.int16, **options: Any) -> ImageInfo:
    return ImageInfo(extent, np.dtype(dtype), options.pop("range", (0, 100)), **options)


# --- regions


@given(EXTENTS.flatmap(lambda extent: st.tuples(st.just(extent), boxes(extent), boxes(extent))))
def test_regions_meet_and_join_as_sets_of_voxels_do(drawn: tuple[Extent, Region, Region]) -> None:
    extent, a, b = drawn
    both = filled(a, extent) & filled(b, extent)
    assert np.array_equal(filled(a & b, extent), both)
    assert (a & b).size == both.sum() == (b & a).size
    joined = a | b
    assert joined == b | a
    assert a in joined
    assert b in joined
    around = [np.flatnonzero((filled(a, extent) | filled(b, extent)).any((*others,))) for others in others_of_axes()]
    assert joined.start == tuple(int(found[0]) for found in around)
    assert joined.stop == tuple(int(found[-1]) + 1 for found in around)
    assert (a in b) == bool((filled(a, extent) <= filled(b, extent)).all())


def others_of_axes() -> list[tuple[int, ...]]:
    return [tuple(other for other in range(5) if other != axis) for axis in range(5)]


@given(EXTENTS.flatmap(lambda extent: st.tuples(st.just(extent), boxes(extent))))
def test_a_region_cuts_the_same_voxels_out_of_the_whole_and_out_of_a_page(drawn: tuple[Extent, Region]) -> None:
    extent, region = drawn
    whole = np.arange(math.prod(extent)).reshape(extent)
    cut = whole[region.slices]
    assert cut.shape == region.shape
    assert cut.size == region.size == filled(region, extent).sum()
    assert np.array_equal(cut.ravel(), whole[filled(region, extent)])
    page = region.grown((1, 0, 2, 1, 0), extent)
    assert np.array_equal(whole[page.slices][region.within(page)], cut)


@given(
    EXTENTS.flatmap(lambda extent: st.tuples(st.just(extent), boxes(extent))),
    st.tuples(*[st.integers(0, 3)] * 5),
)
def test_a_grown_region_holds_what_is_within_reach(drawn: tuple[Extent, Region], reach: Any) -> None:
    extent, region = drawn
    grown = region.grown(reach, extent)
    for axis in range(5):
        near = [
            i
            for i in range(extent[axis])
            if any(abs(i - j) <= reach[axis] for j in range(region.start[axis], region.stop[axis]))
        ]
        assert (grown.start[axis], grown.stop[axis]) == (near[0], near[-1] + 1)


def test_a_region_moved_to_where_it_is_is_itself() -> None:
    region = Region.whole((1, 1, 8, 6, 5)).along("z", 3)
    assert region.along("z", 3) is region
    assert region.along("t", 0).along("c", 0, 1) is region
    assert region.grown((0, 0, 0, 0, 0), (1, 1, 8, 6, 5)) is region
    assert region.grown((0, 0, 0, 0, 0), (1, 1, 8, 4, 5)) == Region((0, 0, 3, 0, 0), (1, 1, 4, 4, 5))


def test_a_region_fits_where_all_of_it_is_inside_and_covers_what_is_all_of_it() -> None:
    extent = (2, 1, 8, 6, 5)
    whole = Region.whole(extent)
    assert whole.fits(extent)
    assert whole.covers(extent)
    for axis, size in zip("tczyx", extent, strict=True):
        assert not whole.along(axis, -1, size).fits(extent)
        assert not whole.along(axis, 0, size + 1).fits(extent)
        assert whole.along(axis, size - 1).fits(extent)
        assert whole.along(axis, size - 1).covers(extent) == (size == 1)
    assert not whole.along("z", 1, 8).covers(extent)


def test_a_region_that_was_asked_for_its_shape_pickles_as_a_new_one_does() -> None:
    asked, new = (Region((0, 0, 1, 2, 3), (1, 1, 4, 4, 4)) for _ in range(2))
    assert (asked.shape, asked.size, hash(asked)) == ((1, 1, 3, 2, 1), 6, hash(new))
    assert pickle.dumps(asked) == pickle.dumps(new)
    assert pickle.loads(pickle.dumps(asked)) == asked
    assert asked != ((0, 0, 1, 2, 3), (1, 1, 4, 4, 4))


@given(EXTENTS.flatmap(lambda extent: st.tuples(st.just(extent), boxes(extent))), st.integers(0, 300))
def test_pages_cover_a_region_exactly_once_and_in_order(drawn: tuple[Extent, Region], voxels: int) -> None:
    extent, region = drawn
    count = np.zeros(extent, int)
    pages = list(region.pages(voxels))
    for page in pages:
        count[page.slices] += 1
        one_slice = page.size // page.shape[2]
        assert page.shape[0] == 1
        assert page.size <= max(voxels, one_slice)
    assert np.array_equal(count, filled(region, extent).astype(int))
    assert pages == sorted(pages, key=lambda page: (page.start[0], page.start[2]))


def test_pages_are_as_large_as_they_may_be() -> None:
    depths = [page.shape[2] for page in Region.whole((2, 1, 10, 5, 4)).pages(60)]
    assert depths == [3, 3, 3, 1, 3, 3, 3, 1]


def test_along_sets_one_axis() -> None:
    region = Region((0, 1, 2, 3, 4), (5, 6, 7, 8, 9))
    assert region.along("z", 3) == Region((0, 1, 3, 3, 4), (5, 6, 4, 8, 9))
    assert region.along("t", 1, 4) == Region((1, 1, 2, 3, 4), (4, 6, 7, 8, 9))
    assert region.along("x", 0, 2) == Region((0, 1, 2, 3, 0), (5, 6, 7, 8, 2))
    with pytest.raises(ValueError, match="substring"):
        region.along("q", 0)


def test_regions_apart_have_nothing_in_common() -> None:
    a, b = Region.whole((1, 1, 2, 2, 2)), Region((0, 0, 5, 0, 0), (1, 1, 6, 2, 2))
    assert (a & b).size == 0
    assert (a & b).shape == (1, 1, 0, 2, 2)
    assert Region((0, 0, 3, 0, 0), (1, 1, 1, 2, 2)).shape == (1, 1, 0, 2, 2)
    assert list((a & b).pages(10)) == []


# --- what is known of an image


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": np.complex64}, "complex64 is no voxel type; use one of uint8, int8, .*float64"),
        ({"dtype": np.bool_}, "bool is no voxel type"),
        ({"dtype": ">i2"}, ">i2 is no voxel type"),
        ({"extent": (1, 1, 0, 2, 2)}, "not five positive sizes"),
        ({"extent": (1, 2, 2)}, "not five positive sizes"),
        ({"range": (1, 0)}, "not a lowest and a highest value"),
        ({"range": (float("nan"), 0)}, "not a lowest and a highest value"),
    ],
)
def test_facts_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        info(**options)


def test_facts_are_a_value() -> None:
    one, other = info(tags=(("Modality", "MR"),)), info(tags=(("Modality", "MR"),))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one.tag("Modality") == "MR"
    assert one.tag("PatientName") == ""
    shown = info(tags=(("Modality", "MR"), ("WindowCenter", "40"), ("PhotometricInterpretation", "MONOCHROME1")))
    assert shown.without_display_tags() == one


def test_new_values_are_not_shown_as_the_files_were() -> None:
    tags = (("Modality", "CT"), ("WindowCenter", "40"), ("WindowWidth", "400"))
    assert info(tags=tags).without_display_tags().tags == (("Modality", "CT"),)
    assert info().without_display_tags() == info()


def test_sizes_are_counted() -> None:
    made = info((2, 3, 4, 5, 6), np.float32)
    assert made.whole == Region((0, 0, 0, 0, 0), (2, 3, 4, 5, 6))
    assert made.nbytes == 2 * 3 * 4 * 5 * 6 * 4
    assert not made.scalar
    assert info().scalar


def test_types_have_mevislabs_names() -> None:
    names = [info(dtype=dtype).type_name for dtype in VOXEL_TYPES]
    assert names == [
        "unsigned int8",
        "int8",
        "unsigned int16",
        "int16",
        "unsigned int32",
        "int32",
        "unsigned int64",
        "int64",
        "float",
        "double",
    ]


def test_the_world_of_an_oblique_image_is_what_simpleitk_says() -> None:
    made = info((1, 1, 30, 20, 10), spacing=(0.5, 1.5, 3.0), origin=(-100.0, 20.5, 7.25), direction=OBLIQUE)
    image = sitk.Image(10, 20, 30, sitk.sitkInt16)
    image.SetSpacing((0.5, 1.5, 3.0))
    image.SetOrigin((-100.0, 20.5, 7.25))
    image.SetDirection(OBLIQUE)
    for index in [(0, 0, 0), (9, 19, 29), (2.5, -1.25, 40.0)]:
        expected = image.TransformContinuousIndexToPhysicalPoint(index)
        assert made.index_to_world @ (*index, 1) == pytest.approx((*expected, 1), abs=1e-9)
        centre_at_half = [number + 0.5 for number in index]
        assert made.world_matrix @ (*centre_at_half, 1) == pytest.approx((*expected, 1), abs=1e-9)


def test_the_matrices_are_what_pencil_and_paper_give() -> None:
    turned = (0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)  # x runs along world y, y along world -x
    made = info(spacing=(2.0, 3.0, 4.0), origin=(10.0, 20.0, 30.0), direction=turned)
    assert made.index_to_world.tolist() == [[0, -3, 0, 10], [2, 0, 0, 20], [0, 0, 4, 30], [0, 0, 0, 1]]
    assert made.world_matrix.tolist() == [[0, -3, 0, 11.5], [2, 0, 0, 19], [0, 0, 4, 28], [0, 0, 0, 1]]


# --- whether two images lie voxel on voxel


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"dtype": np.dtype(np.float32), "range": (0, 1)}, ""),
        ({"extent": (3, 2, 4, 3, 2)}, ""),
        ({"origin": (0.0, 0.0, 0.009)}, ""),
        ({"extent": (1, 1, 5, 3, 2)}, "sizes differ: 2x3x4 and 2x3x5 voxels"),
        ({"spacing": (1.0, 1.0, 1.5)}, "spacing differs: (1, 1, 1) and (1, 1, 1.5) (voxel (0, 0, 3) is 1.5 mm apart)"),
        ({"origin": (0.0, 3.0, 4.0)}, "origin differs: (0, 0, 0) and (0, 3, 4) (voxel (0, 0, 0) is 5 mm apart)"),
        (
            {"direction": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0)},
            "direction differs: (1, 0, 0, 0, 1, 0, 0, 0, 1) and (1, 0, 0, 0, 1, 0, 0, 0, -1) "
            "(voxel (0, 0, 3) is 6 mm apart)",
        ),
        (
            {"origin": (float("nan"), 0.0, 0.0)},
            "origin differs: (0, 0, 0) and (nan, 0, 0) (voxel (0, 0, 0) is nan mm apart)",
        ),
    ],
)
def test_the_difference_of_two_grids_is_told_in_words(change: dict[str, Any], words: str) -> None:
    made = info()
    assert made.grid_difference(replace(made, **change)) == words


def test_sizes_may_differ_where_that_does_not_matter() -> None:
    small, large = info((1, 1, 2, 2, 2)), info((1, 1, 8, 8, 8))
    assert small.grid_difference(large, extent=False) == ""
    assert "origin differs" in small.grid_difference(replace(large, origin=(1.0, 0.0, 0.0)), extent=False)


def test_small_differences_add_up_over_a_large_image() -> None:
    one = info((1, 1, 1, 1, 512), spacing=(1.0, 1.0, 1.0))
    other = replace(one, spacing=(1.00005, 1.0, 1.0))
    assert one.grid_difference(other) == "grids differ (voxel (511, 0, 0) is 0.0256 mm apart)"


# --- voxel types


def fits(dtype: np.dtype[Any], low: Number, high: Number) -> bool:
    """The rule of `holds`, written anew on numpy's own limits and exact fractions."""
    if dtype.kind == "f":
        limits = np.finfo(dtype)
        return float(limits.min) <= low and high <= float(limits.max)
    whole = Fraction(low).denominator == 1 and Fraction(high).denominator == 1
    return whole and int(np.iinfo(dtype).min) <= low and high <= int(np.iinfo(dtype).max)


EDGES: list[Number] = sorted(
    {
        edge + step
        for dtype in VOXEL_TYPES
        if dtype.kind in "iu"
        for edge in (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        for step in (-1, 0, 1)
    }
    | {0.5, -0.25, 1e30, -1e30, 1e300, -1e300, 2.0**64, float(2**53)}
)


def test_a_type_holds_what_numpys_limits_say() -> None:
    for dtype in VOXEL_TYPES:
        for low, high in itertools.combinations_with_replacement(EDGES, 2):
            assert holds(dtype, low, high) == fits(dtype, low, high), (dtype, low, high)


def test_the_limits_of_a_type_are_numpys() -> None:
    assert type_range(UINT8) == (0, 255)
    assert type_range(np.dtype(np.uint64)) == (0, 2**64 - 1)
    assert type_range(np.dtype(np.float32)) == (-3.4028234663852886e38, 3.4028234663852886e38)


def test_the_smallest_type_is_the_first_that_fits() -> None:
    by_size = "uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
    for low, high in itertools.combinations_with_replacement(EDGES, 2):
        expected = next(name for name in by_size if fits(np.dtype(name), low, high))
        assert smallest_type(low, high) == np.dtype(expected), (low, high)
    assert smallest_type(-math.inf, math.inf) == np.float64


def test_a_type_grows_only_where_it_must() -> None:
    for dtype in VOXEL_TYPES:
        for low, high in itertools.combinations_with_replacement(EDGES, 2):
            grown = grown_type(dtype, low, high)
            assert fits(grown, low, high)
            if fits(dtype, low, high):
                assert grown == dtype
            elif dtype.kind == "f":
                assert grown == np.float64
            else:
                integers = [one for one in VOXEL_TYPES[:8] if fits(one, low, high)]
                small = dtype.itemsize <= 2 and fits(np.dtype(np.float32), low, high)
                assert grown == (integers[0] if integers else np.dtype(np.float32 if small else np.float64))


@pytest.mark.parametrize(
    ("dtype", "low", "high", "grown"),
    [
        (np.uint8, 0, 255, np.uint8),
        (np.uint8, 0, 256, np.uint16),
        (np.uint16, -1000, 3000, np.int16),
        (np.int16, 0, 40000, np.uint16),
        (np.int16, 0, 0.5, np.float32),
        (np.int32, 0, 0.5, np.float64),
        (np.float32, 0, 1e39, np.float64),
        (np.float64, 0, 1, np.float64),
    ],
)
def test_examples_of_grown_types(dtype: Any, low: Number, high: Number, grown: Any) -> None:
    assert grown_type(np.dtype(dtype), low, high) == np.dtype(grown)
    made = info(dtype=dtype).with_range(low, high)
    assert (made.dtype, made.range) == (np.dtype(grown), (low, high))


def test_a_declared_range_is_as_the_type_has_it() -> None:
    made = info().with_type(np.float32, 0.1, 5)
    assert made.range == (float(np.float32(0.1)), 5.0)
    assert [type(number) for number in made.range] == [float, float]
    whole = info().with_type(np.uint8, 0.0, 7.0)
    assert whole.range == (0, 7)
    assert [type(number) for number in whole.range] == [int, int]


@pytest.mark.parametrize(
    ("dtype", "limits", "value", "grown", "declared"),
    [
        (np.uint8, (0, 200), 100, np.uint8, (0, 200)),
        (np.uint8, (0, 200), 255.0, np.uint8, (0, 255)),
        (np.uint8, (0, 200), 0.5, np.float32, (0, 200)),
        (np.uint16, (0, 3000), -1000.0, np.int16, (-1000, 3000)),
        (np.uint16, (0, 60000), -1.0, np.int32, (-1, 60000)),
        (np.int32, (0, 10), -0.5, np.float64, (-0.5, 10)),
        (np.float32, (0.0, 1.0), 1e39, np.float64, (0, 1e39)),
    ],
)
def test_an_image_that_holds_one_more_value_has_room_for_it(
    dtype: Any, limits: tuple[Number, Number], value: float, grown: Any, declared: tuple[Number, Number]
) -> None:
    made = info(dtype=dtype, range=limits).holding(value)
    assert (made.dtype, made.range) == (np.dtype(grown), declared)
    assert np.array(value, made.dtype).item() == value


# --- voxels


def image(extent: Extent = (1, 1, 4, 3, 2), dtype: Any = np.int16, **options: Any) -> Image:
    voxels = np.arange(math.prod(extent)).reshape(extent).astype(dtype)
    return Image.of(info(extent, dtype, **options), voxels)


@pytest.mark.parametrize(
    ("region", "voxels", "message"),
    [
        (Region.whole((1, 1, 4, 3, 2)), np.zeros((1, 1, 4, 3, 1), np.int16), "do not fill a region"),
        (Region.whole((1, 1, 4, 3, 2)), np.zeros((4, 3, 2), np.int16), "do not fill a region"),
        (Region.whole((1, 1, 4, 3, 2)), np.zeros((1, 1, 4, 3, 2), np.uint16), "voxels are uint16, but int16"),
        (Region.whole((1, 1, 5, 3, 2)), np.zeros((1, 1, 5, 3, 2), np.int16), "reaches outside the extent"),
    ],
)
def test_voxels_that_do_not_fit_are_refused(region: Region, voxels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Image(info(), region, voxels)


def test_an_image_cannot_be_written_to() -> None:
    voxels = np.zeros((1, 1, 4, 3, 2), np.int16)
    made = Image.of(info(), voxels)
    with pytest.raises(ValueError, match="read-only"):
        made.voxels[0] = 1
    voxels[0] = 1  # its maker's own array is as it was
    already = Image.of(info(), made.voxels)
    assert already.voxels is made.voxels


def test_an_image_survives_a_trip_to_another_process() -> None:
    made = image()
    again = pickle.loads(pickle.dumps(made))
    assert (again.info, again.region) == (made.info, made.region)
    assert np.array_equal(again.voxels, made.voxels)
    with pytest.raises(ValueError, match="read-only"):
        again.voxels[0] = 1


def test_a_part_of_an_image_is_a_view() -> None:
    made = image()
    region = Region((0, 0, 1, 1, 0), (1, 1, 3, 3, 1))
    part = made.at(region)
    assert np.shares_memory(part.voxels, made.voxels)
    assert part.voxels.ravel().tolist() == [8, 10, 14, 16]
    assert part.at(region) is part
    inner = Region((0, 0, 2, 1, 0), (1, 1, 3, 2, 1))
    assert part.at(inner).voxels.item() == 14
    with pytest.raises(ValueError, match="is not inside"):
        part.at(made.region)


def test_the_origin_of_a_part_is_its_first_voxel() -> None:
    made = image(spacing=(2.0, 3.0, 4.0), origin=(10.0, 20.0, 30.0), direction=OBLIQUE)
    part = made.at(Region((0, 0, 2, 1, 1), (1, 1, 4, 3, 2)))
    expected = made.to_sitk().TransformIndexToPhysicalPoint((1, 1, 2))
    assert part.origin == pytest.approx(expected)
    assert made.origin == pytest.approx((10.0, 20.0, 30.0))
    assert part.to_sitk().GetOrigin() == pytest.approx(expected)


# --- to and from SimpleITK


@pytest.mark.parametrize("dtype", VOXEL_TYPES, ids=str)
@pytest.mark.parametrize("extent", [(1, 1, 4, 3, 2), (3, 1, 4, 3, 2), (1, 3, 4, 3, 2), (2, 3, 4, 3, 2)], ids=str)
def test_an_image_goes_to_simpleitk_and_comes_back(extent: Extent, dtype: np.dtype[Any]) -> None:
    voxels = np.arange(math.prod(extent)).reshape(extent).astype(dtype)
    made = Image.of(
        ImageInfo(
            extent,
            dtype,
            value_range(voxels),
            spacing=(0.5, 1.5, 3.0),
            origin=(-100.0, 20.5, 7.25),
            direction=OBLIQUE,
            time_step=2.5 if extent[0] > 1 else 1.0,
            channels=channel_names(extent[1]),
        ),
        voxels,
    )
    there = made.to_sitk()
    t, c, z, y, x = extent
    assert there.GetSize() == ((x, y, z, t) if t > 1 else (x, y, z))
    assert there.GetNumberOfComponentsPerPixel() == c
    for it, ic, iz, iy, ix in itertools.product(*(sorted({0, size - 1}) for size in extent)):
        pixel: Any = there[(ix, iy, iz, it) if t > 1 else (ix, iy, iz)]
        assert (pixel[ic] if c > 1 else pixel) == voxels[it, ic, iz, iy, ix]
    again = Image.from_sitk(there)
    assert again.info == made.info
    assert np.array_equal(again.voxels, voxels)


def test_a_plane_is_a_volume_of_one_slice() -> None:
    plane = sitk.GetImageFromArray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    plane.SetSpacing((0.5, 0.25))
    plane.SetOrigin((7.0, 8.0))
    plane.SetDirection((0.0, -1.0, 1.0, 0.0))
    made = Image.from_sitk(plane)
    assert made.info == ImageInfo(
        (1, 1, 1, 2, 3),
        UINT8,
        (0, 5),
        spacing=(0.5, 0.25, 1.0),
        origin=(7.0, 8.0, 0.0),
        direction=(0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    )
    assert made.voxels.ravel().tolist() == [0, 1, 2, 3, 4, 5]


def test_a_coloured_plane_has_named_channels() -> None:
    plane = sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8), isVector=True)
    made = Image.from_sitk(plane, range=(0, 255))
    assert made.info.extent == (1, 4, 1, 2, 3)
    assert made.info.channels == ("Red", "Green", "Blue", "Alpha")
    assert made.info.range == (0, 255)


def test_later_time_points_keep_their_time() -> None:
    made = image((4, 1, 2, 2, 2), time_step=2.5)
    there = made.at(made.info.whole.along("t", 1, 3)).to_sitk()
    assert there.GetOrigin() == (0.0, 0.0, 0.0, 2.5)
    assert there.GetSpacing() == (1.0, 1.0, 1.0, 2.5)


def test_an_image_type_that_we_do_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="complex64 is no voxel type"):
        Image.from_sitk(sitk.Image(2, 2, 2, sitk.sitkComplexFloat32), range=(0, 0))


def test_channels_have_names() -> None:
    assert channel_names(1) == ()
    assert channel_names(2) == ("Channel 0", "Channel 1")


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([3, 1, 2], np.uint8, (1, 3)),
        ([0.5, -1.5], np.float32, (-1.5, 0.5)),
        ([math.nan, 2.0, 1.0], np.float64, (1.0, 2.0)),
        ([-math.inf, 2.0, math.inf], np.float32, (2.0, 2.0)),
        ([math.nan, math.inf], np.float64, (0.0, 0.0)),
        ([], np.int16, (0, 0)),
    ],
)
def test_the_range_of_values_is_finite(values: list[float], dtype: Any, expected: tuple[Number, Number]) -> None:
    found = value_range(np.array(values, dtype))
    assert found == expected
    assert [type(number) for number in found] == [type(number) for number in expected]
