"""Mask against its rules written with plain Python numbers, one voxel at a time."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, NodeError, Region, type_range
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.network import Network, NodeSpec

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, image_of, noise, result, wired

PLAIN = ("Original", "Mask", "InvMask", "MaskedOriginal", "MaskedOriginalOnWhite", "MaskedOriginalInv")
BLENDS = ("MaskOverOriginal", "MaskInOriginal", "InvMaskInOriginal")
T1 = SHARED / "t1_head" / "t1_proband_size.nii.gz"
SHAPE = (1, 1, 2, 3, 4)


def half_mask(dtype: str = "uint8", shape: tuple[int, ...] = SHAPE) -> Image:
    voxels = noise(dtype, shape, seed=8)
    voxels[..., ::2] = 0
    return image_of(voxels, **OBLIQUE)


def numbers(image: Image) -> list[Any]:
    made: list[Any] = image.voxels.ravel().tolist()
    return made


def equal(made: list[Any], wanted: list[Any]) -> bool:
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(made, wanted, strict=True))


@pytest.mark.parametrize("mask_type", ["uint8", "int16", "uint64", "float32"])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("mode", PLAIN)
def test_every_mode_without_blending_agrees_with_plain_numbers(mode: str, dtype: str, mask_type: str) -> None:
    image = image_of(noise(dtype, SHAPE), **OBLIQUE)
    mask = half_mask(mask_type)
    top = image.info.range[1]
    for background in (0.0, 100.0, 0.5, -1000.0, 70000.0, 1e30, -1e300):
        made = result("Mask", {"mode": mode, "background": background}, input0=image, input1=mask)
        wanted = [
            {
                "Original": voxel,
                "Mask": inside,
                "InvMask": int(inside == 0),
                "MaskedOriginal": voxel if inside != 0 else background,
                "MaskedOriginalOnWhite": voxel if inside != 0 else top,
                "MaskedOriginalInv": voxel if inside == 0 else background,
            }[mode]
            for voxel, inside in zip(numbers(image), numbers(mask), strict=True)
        ]
        assert equal(numbers(made), np.array(wanted, made.info.dtype).ravel().tolist())
        if mode in ("Original", "MaskedOriginalOnWhite"):
            assert (made.info.dtype, made.info.range) == (image.info.dtype, image.info.range)
        if mode == "Mask":
            assert (made.info.dtype, made.info.range) == (mask.info.dtype, mask.info.range)
        if mode == "InvMask":
            assert (made.info.dtype.name, made.info.range) == ("uint8", (0, 1))


@pytest.mark.parametrize(
    ("dtype", "span", "background", "wanted"),
    [
        ("uint16", (0, 1282), -1000, "int16"),
        ("uint16", (0, 65535), -1000, "int32"),
        ("uint16", (0, 1282), 1283, "uint16"),
        ("uint16", (0, 1282), 65536, "uint32"),
        ("uint8", (0, 255), -1, "int16"),
        ("uint8", (0, 127), -1, "int8"),
        ("int8", (-128, 127), 255, "int16"),
        ("uint32", (0, 2**32 - 1), -1, "int64"),
        ("int64", (-(2**63), 2**63 - 1), 2.0**63, "float64"),
        ("uint64", (0, 2**64 - 1), -1, "float64"),
        ("uint64", (0, 2**64 - 1), 0, "uint64"),
        ("uint8", (0, 255), 0.5, "float32"),
        ("int16", (-1000, 3000), 0.5, "float32"),
        ("int32", (0, 100), 0.5, "float64"),
        ("float32", (0.0, 1.0), -1000, "float32"),
        ("float32", (0.0, 1.0), -1e39, "float64"),
        ("float64", (0.0, 1.0), -1e39, "float64"),
    ],
)
@pytest.mark.parametrize("mode", ["MaskedOriginal", "MaskedOriginalInv"])
def test_a_background_that_does_not_fit_grows_the_type(
    mode: str, dtype: str, span: tuple[float, float], background: float, wanted: str
) -> None:
    image = image_of(np.array([span], dtype), range=span)
    mask = image_of([[1, 0]], np.uint8) if mode == "MaskedOriginal" else image_of([[0, 1]], np.uint8)
    made = result("Mask", {"mode": mode, "background": background}, input0=image, input1=mask)
    assert made.info.dtype.name == wanted
    assert numbers(made) == [float(span[0]) if "float" in wanted else span[0], np.dtype(wanted).type(background)]
    assert made.info.range == tuple(np.array([min(span[0], background), max(span[1], background)], wanted).tolist())


def test_the_tutorial_background_does_not_become_64536() -> None:
    image = image_of(np.array([[5, 61, 1282]], np.uint16))
    mask = image_of(np.array([[0, 1, 1]], np.uint8))
    made = result("Mask", {"background": -1000}, input0=image, input1=mask)
    assert numbers(made) == [-1000, 61, 1282]


def test_everything_but_zero_is_inside() -> None:
    inside = [0.0, -0.0, 1.0, -3.0, 0.25, 1e-45, math.nan, math.inf]
    mask = image_of(np.array([inside], np.float32))
    image = image_of(np.arange(10, 18, dtype=np.uint8)[None])
    wanted = [False, False, True, True, True, True, True, True]
    voxels = numbers(image)
    for mode, kept in (
        ("MaskedOriginal", [v if w else 0 for v, w in zip(voxels, wanted, strict=True)]),
        ("MaskedOriginalInv", [0 if w else v for v, w in zip(voxels, wanted, strict=True)]),
        ("MaskedOriginalOnWhite", [v if w else 17 for v, w in zip(voxels, wanted, strict=True)]),
        ("InvMask", [int(not w) for w in wanted]),
    ):
        assert numbers(result("Mask", {"mode": mode}, input0=image, input1=mask)) == kept


def blended(mode: str, blending: float, voxel: Any, inside: Any, whole: bool) -> Any:
    """One voxel of a blend, by the sentence in the help text."""
    if mode == "InvMaskInOriginal":
        other, touched = int(inside == 0), inside == 0
    else:
        other, touched = inside, inside != 0 or mode == "MaskOverOriginal"
    if not touched:
        return voxel
    mixed = (1 - blending) * float(voxel) + blending * float(other)
    return round(mixed) if whole else mixed


@pytest.mark.parametrize("mask_type", ["uint8", "int16", "float32"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("mode", BLENDS)
def test_every_blend_agrees_with_plain_numbers(mode: str, dtype: str, mask_type: str) -> None:
    image = image_of(noise(dtype, SHAPE), **OBLIQUE)
    mask = half_mask(mask_type)
    whole = image.info.dtype.kind in "iu"
    for blending in (0.0, 0.1, 0.25, 0.5, 0.9, 1.0):
        made = result("Mask", {"mode": mode, "blending": blending}, input0=image, input1=mask)
        assert (made.info.dtype.kind in "iu") == whole, "a blend does not change whole numbers to fractions"
        wanted = [blended(mode, blending, *pair, whole) for pair in zip(numbers(image), numbers(mask), strict=True)]
        assert np.array_equal(made.voxels.ravel(), np.array(wanted, made.info.dtype))


def test_whole_numbers_are_rounded_to_the_nearest_not_cut() -> None:
    image = image_of(np.array([[10, 10, 10, 10]], np.int16), range=(-20, 20))
    mask = image_of(np.array([[11, 12, 13, -13]], np.int16))
    made = result("Mask", {"mode": "MaskOverOriginal", "blending": 0.9}, input0=image, input1=mask)
    assert numbers(made) == [11, 12, 13, -11]


def test_a_fractional_mask_leaves_a_whole_number_image_whole() -> None:
    image = image_of(np.array([[0, 50, 100]], np.uint8))
    for top, grown in ((1.5, np.int8), (300.5, np.int16)):
        mask = image_of(np.array([[top, -0.5, 0]], np.float32))
        made = result("Mask", {"mode": "MaskInOriginal", "blending": 1.0}, input0=image, input1=mask)
        assert made.info.dtype == grown
        assert made.info.range == (-1, max(100, math.ceil(top)))
        assert numbers(made) == [round(top), 0, 100]


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
@pytest.mark.parametrize("mode", BLENDS)
def test_blends_of_the_largest_whole_numbers_stay_within_what_double_precision_can_tell(mode: str, dtype: str) -> None:
    bottom, top = type_range(np.dtype(dtype))
    voxels = np.array([[bottom, top, int(top) - 1, 2**53 + 1, 0, 7]], dtype)
    image, mask = image_of(voxels), image_of(voxels[:, ::-1].copy())
    for blending in (0.0, 0.1, 0.5, 0.7, 1.0):
        made = result("Mask", {"mode": mode, "blending": blending}, input0=image, input1=mask)
        for value, voxel, inside in zip(numbers(made), numbers(image), numbers(mask), strict=True):
            other = int(inside == 0) if mode == "InvMaskInOriginal" else inside
            touched = other != 0 or mode == "MaskOverOriginal"
            exact = Fraction(voxel) + Fraction(blending) * (other - voxel) if touched else Fraction(voxel)
            assert abs(value - exact) <= (0 if not touched else 4096)
            assert image.info.range[0] <= value <= image.info.range[1]


def test_nan_and_infinity_in_a_mask_do_not_disturb_a_whole_number_image() -> None:
    image = image_of(np.array([[100, 100, 100, 100]], np.uint8), range=(0, 255))
    mask = image_of(np.array([[math.nan, math.inf, -math.inf, 200]], np.float32), range=(0.0, 200.0))
    made = result("Mask", {"mode": "MaskInOriginal", "blending": 0.9}, input0=image, input1=mask)
    assert numbers(made) == [10, 190, 10, 190]


def test_nan_and_infinity_in_a_floating_point_image_blend_as_ieee_says() -> None:
    image = image_of(np.array([[math.nan, math.inf, -math.inf, 4]], np.float32))
    mask = image_of(np.array([[1, 1, math.inf, math.nan]], np.float32))
    made = result("Mask", {"mode": "MaskOverOriginal", "blending": 0.5}, input0=image, input1=mask)
    assert equal(numbers(made), [math.nan, math.inf, math.nan, math.nan])


@settings(max_examples=80, deadline=None, database=None)
@given(
    voxels=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6),
    blending=st.floats(0, 1),
    mode=st.sampled_from(BLENDS),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_rounding_never_pushes_a_blend_out_of_the_declared_range(
    voxels: list[float], blending: float, mode: str, dtype: str
) -> None:
    image, mask = image_of([voxels], dtype), image_of([voxels[::-1]], dtype)
    made = result("Mask", {"mode": mode, "blending": blending}, input0=image, input1=mask)
    low, high = made.info.range
    assert all(low <= value <= high for value in numbers(made))


@pytest.mark.parametrize("top", [2**53 + 3, 2**62 + 513, 2**63 - 400])
def test_whole_numbers_that_double_precision_rounds_up_stay_within_the_declared_range(top: int) -> None:
    assert float(top) > top
    image = image_of(np.full((1, 3), top, np.int64))
    made = result("Mask", {"mode": "MaskOverOriginal"}, input0=image, input1=image)
    assert made.info.range == (top, top)
    assert numbers(made) == [top] * 3


def test_one_mask_serves_all_time_points_and_a_series_of_masks_each_its_own() -> None:
    image = image_of(noise("int16", (3, 1, 2, 3, 4)), time_step=2.0, **OBLIQUE)
    one, three = half_mask(), half_mask(shape=(3, 1, 2, 3, 4))
    for mask in (one, three):
        inside = np.broadcast_to(mask.voxels != 0, image.voxels.shape)
        made = result("Mask", {"background": -7}, input0=image, input1=mask)
        assert np.array_equal(made.voxels, np.where(inside, image.voxels, -7))
        assert made.info.time_step == 2.0
        made = result("Mask", {"mode": "Mask"}, input0=image, input1=mask)
        assert np.array_equal(made.voxels, np.broadcast_to(mask.voxels, image.voxels.shape))
        made = result("Mask", {"mode": "MaskOverOriginal", "blending": 1}, input0=image, input1=mask)
        assert np.array_equal(made.voxels, np.broadcast_to(mask.voxels, image.voxels.shape))


def test_a_scalar_mask_cuts_all_channels_of_a_colour_image() -> None:
    image = image_of(noise("uint8", (1, 3, 2, 3, 4)), channels=("Red", "Green", "Blue"), **OBLIQUE)
    mask = half_mask()
    for mode in ("MaskedOriginal", "Mask", "InvMask", "MaskedOriginalOnWhite", "Original"):
        made = result("Mask", {"mode": mode, "background": 9}, input0=image, input1=mask)
        assert made.info.channels == ("Red", "Green", "Blue")
        for channel in range(3):
            alone = image_of(image.voxels[:, channel : channel + 1], range=image.info.range, **OBLIQUE)
            wanted = result("Mask", {"mode": mode, "background": 9}, input0=alone, input1=mask)
            assert np.array_equal(made.voxels[:, channel], wanted.voxels[:, 0])


@pytest.mark.parametrize("mode", [*PLAIN, *BLENDS])
def test_the_output_lies_where_the_original_lies(mode: str) -> None:
    tags = (("PatientName", "Proband"), ("WindowCenter", "40"), ("WindowWidth", "400"))
    image = image_of(noise("int16", SHAPE), modality="CT", tags=tags, **OBLIQUE)
    nudged = replace(half_mask().info, origin=(-10.001, 20.5, 7.0), modality="SEG", tags=())
    info = result("Mask", {"mode": mode}, input0=image, input1=Image.of(nudged, half_mask().voxels)).info
    assert (info.spacing, info.origin, info.direction) == tuple(OBLIQUE.values())
    assert (info.modality, info.tag("PatientName")) == ("CT", "Proband")
    assert bool(info.tag("WindowCenter")) == (mode not in ("Mask", "InvMask"))


def refusal(fields: dict[str, Any], image: Image, mask: Image) -> str:
    with pytest.raises(NodeError) as caught:
        Engine(LIBRARY, 0).bound(wired("Mask", fields, input0=image, input1=mask), ["Node"])
    assert not caught.value.unexpected
    assert caught.value.node == "Node"
    assert "\n" not in str(caught.value)
    return str(caught.value)


def moved(image: Image, **facts: Any) -> Image:
    return Image.of(replace(image.info, **facts), image.voxels)


def test_a_mask_that_does_not_match_is_refused_in_words() -> None:
    image, mask = image_of(noise("int16", SHAPE), **OBLIQUE), half_mask()
    smaller = half_mask(shape=(1, 1, 2, 2, 3))
    cases = [
        (
            smaller,
            "sizes differ: 4x3x2 and 3x2x2 voxels",
            "resample one of them, or set outputImageSize to AdaptOutputImageSize",
        ),
        (moved(mask, spacing=(0.5, 1.5, 3.0)), "spacing differs: (0.5, 1.25, 3) and (0.5, 1.5, 3)", "resample"),
        (moved(mask, origin=(-10.0, 21.0, 7.0)), "origin differs: (-10, 20.5, 7) and (-10, 21, 7)", "0.5 mm apart"),
        (moved(mask, direction=(1.0, 0, 0, 0, 1, 0, 0, 0, 1)), "direction differs: (0.8, -0.6, 0,", "resample"),
        (moved(smaller, origin=(0.0, 0.0, 0.0)), "sizes differ: 4x3x2 and 3x2x2", "resample one of them"),
    ]
    for other, what, advice in cases:
        for mode in (*PLAIN, *BLENDS):
            text = refusal({"mode": mode}, image, other)
            assert text.startswith(f"Node: input0 and input1 do not match: {what}")
            assert advice in text


def test_colour_where_it_cannot_be_and_times_that_differ_are_refused_in_words() -> None:
    colour = image_of(noise("uint8", (1, 3, 2, 3, 4)), channels=("Red", "Green", "Blue"), **OBLIQUE)
    scalar, mask = image_of(noise("int16", SHAPE), **OBLIQUE), half_mask()
    assert refusal({}, scalar, colour) == "Node: the mask at input1 has 3 channels; it has to be scalar"
    for mode, title in zip(BLENDS, ("Mask Over", "Mask In", "Inverse Mask In"), strict=True):
        text = refusal({"mode": mode}, colour, mask)
        assert text == f"Node: {title} Original needs a scalar image; input0 has 3 channels"
    three = half_mask(shape=(3, 1, 2, 3, 4))
    for image, times in ((scalar, 1), (half_mask(shape=(2, 1, 2, 3, 4)), 2)):
        text = refusal({}, image, three)
        assert text == f"Node: the image at input0 has {times} time points and the mask at input1 3"


def test_adapt_output_image_size_gives_the_part_that_both_have() -> None:
    image = image_of(noise("int16", (1, 1, 4, 3, 6)), **OBLIQUE)
    mask = half_mask(shape=(1, 1, 2, 5, 4))
    for mode in ("MaskedOriginal", "Original", "Mask", "MaskOverOriginal"):
        fields = {"mode": mode, "outputImageSize": "AdaptOutputImageSize", "blending": 0}
        made = result("Mask", fields, input0=image, input1=mask)
        assert made.info.extent == (1, 1, 2, 3, 4)
        assert (made.info.spacing, made.info.origin, made.info.direction) == tuple(OBLIQUE.values())
        original, inside = image.voxels[:, :, :2, :3, :4], mask.voxels[:, :, :2, :3, :4]
        wanted = {"MaskedOriginal": np.where(inside != 0, original, 0), "Mask": inside}.get(mode, original)
        assert np.array_equal(made.voxels, wanted)
    far = moved(mask, origin=(0.0, 0.0, 0.0))
    text = refusal({"outputImageSize": "AdaptOutputImageSize"}, image, far)
    assert text.startswith("Node: input0 and input1 do not match: origin differs")


@pytest.mark.parametrize(
    ("mode", "read"),
    [("Original", {"input0"}), ("Mask", {"input1"}), ("InvMask", {"input1"}), ("MaskedOriginal", {"input0", "input1"})],
)
def test_an_image_that_does_not_matter_is_not_computed(mode: str, read: set[str]) -> None:
    seen: list[Computed] = []
    network = wired(
        "Mask", {"mode": mode}, input0=image_of(noise("int8", SHAPE)), input1=image_of(noise("int8", SHAPE))
    )
    Engine(LIBRARY, 0, seen.append).image(network, "Node.output0", Region.whole(SHAPE).along("z", 1))
    assert {page.node for page in seen} == {"Node", *read}
    assert all(page.region == Region.whole(SHAPE).along("z", 1) for page in seen)


def test_files_with_the_older_field_name_set_the_mode() -> None:
    image, mask = image_of(noise("int8", SHAPE)), image_of(noise("uint8", SHAPE, 4))
    made = result("Mask", {"MaskMode": "Mask"}, input0=image, input1=mask)
    assert np.array_equal(made.voxels, mask.voxels)


@pytest.mark.parametrize("file", [T1], ids=lambda file: file.name)
def test_the_tutorial_on_a_real_head_agrees_with_plain_numpy(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file} is not here; this image is no part of the project")
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(file))).astype(np.int64)
    nodes = {
        "LocalImage": NodeSpec("LocalImage", {"name": str(file)}),
        "Threshold": NodeSpec("Threshold", {"threshold": 60, "comparisonOperator": "Greater"}),
        "Mask": NodeSpec("Mask", {"background": -1000}),
    }
    links = {
        "Threshold.input0": "LocalImage.outImage",
        "Mask.input0": "LocalImage.outImage",
        "Mask.input1": "Threshold.output0",
    }
    made = Engine(LIBRARY, 2**28).image(Network(nodes, links), "Mask.output0")
    assert np.array_equal(made.voxels[0, 0], np.where(voxels > 60, voxels, -1000))
    assert made.info.range == (-1000, voxels.max())
