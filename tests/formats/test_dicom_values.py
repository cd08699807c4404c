"""Stored bits become the right values in the smallest fitting type, whatever the encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

import nodes.formats.dicom as dicom_module
from nodeeditor import NodeError, Region
from nodes.formats.dicom import open_dicom
from tests.formats.test_dicom_builder import dataset, item, pattern, placed, save

SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


def refused(path: Path) -> str:
    with pytest.raises(NodeError) as error:
        open_dicom(path)
    return str(error.value)


def values(path: Path) -> Any:
    image = open_dicom(path)
    whole = image.read(image.info.whole)
    assert whole.dtype == image.info.dtype
    assert (whole.min(), whole.max()) == image.info.range
    for region in (image.info.whole.along("y", 1, 3), image.info.whole.along("x", 1, 2).along("y", 0)):
        np.testing.assert_array_equal(image.read(region), whole[region.slices])
    return whole


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32"])
def test_every_uncompressed_encoding_gives_the_same_values(tmp_path: Path, syntax: str, dtype: str) -> None:
    pixels = np.random.default_rng(3).integers(0, np.iinfo(dtype).max, (2, 5, 7)).astype(dtype)
    if dtype.startswith("i"):
        pixels[:, ::2] *= -1
    path = save(dataset(pixels, syntax), tmp_path / "a.dcm")
    whole = values(path)
    assert whole.dtype == dtype
    np.testing.assert_array_equal(whole[:, 0, 0], pixels)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_colours_are_three_channels_in_both_planar_configurations(
    tmp_path: Path, syntax: str, planar: int, dtype: str
) -> None:
    pixels = np.random.default_rng(4).integers(0, 255, (2, 5, 7, 3)).astype(dtype)
    made = dataset(pixels, syntax)
    if planar:
        order: Any = ">" if syntax == ExplicitVRBigEndian else "<"
        stored = np.moveaxis(pixels, -1, 1).astype(np.dtype(dtype).newbyteorder(order))
        made.PixelData = stored.tobytes()
        made.PlanarConfiguration = 1
    path = save(made, tmp_path / "a.dcm")
    np.testing.assert_array_equal(np.moveaxis(values(path)[:, :, 0], 1, -1), pixels)
    image = open_dicom(path)
    assert image.info.channels == ("Red", "Green", "Blue")
    green = image.read(image.info.whole.along("c", 1))
    np.testing.assert_array_equal(green[:, 0, 0], pixels[..., 1])


@pytest.mark.parametrize("frames", [1, 3])
def test_single_bytes_in_big_endian_words_are_put_in_order(tmp_path: Path, frames: int) -> None:
    pixels = np.random.default_rng(5).integers(0, 255, (frames, 5, 7), np.uint8)
    made = dataset(pixels, ExplicitVRBigEndian)
    swapped = np.frombuffer(pixels.tobytes() + b"\0" * (pixels.size % 2), np.uint16).byteswap()
    made.PixelData = swapped.tobytes()
    made["PixelData"].VR = "OW"
    np.testing.assert_array_equal(values(save(made, tmp_path / "a.dcm"))[:, 0, 0], pixels)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("vr", ["OB", "OW"])
def test_single_bits_are_unpacked_across_frames(tmp_path: Path, syntax: str, vr: str) -> None:
    pixels = np.random.default_rng(6).integers(0, 2, (3, 5, 7), np.uint8)
    made = dataset(pixels, syntax)
    packed = np.packbits(pixels.ravel(), bitorder="little").tobytes()
    packed += b"\0" * (len(packed) % 2)
    if vr == "OW" and syntax == ExplicitVRBigEndian:
        packed = np.frombuffer(packed, np.uint16).byteswap().tobytes()
    made.PixelData = packed
    made["PixelData"].VR = vr
    made.BitsAllocated = made.BitsStored = 1
    made.HighBit = 0
    np.testing.assert_array_equal(values(save(made, tmp_path / "a.dcm"))[:, 0, 0], pixels)


@pytest.mark.parametrize(("signed", "high"), [(0, 11), (1, 11), (0, 15), (1, 13)])
def test_only_the_stored_bits_count(tmp_path: Path, signed: int, high: int) -> None:
    rng = np.random.default_rng(7)
    true = rng.integers(-2048, 2048, (4, 6)) if signed else rng.integers(0, 4096, (4, 6))
    shift = high - 11
    rubbish = rng.integers(0, 1 << 16, (4, 6)) & ~(0xFFF << shift)
    stored = (((true & 0xFFF) << shift) | rubbish).astype(np.uint16)
    made = dataset(stored, BitsStored=12, HighBit=high, PixelRepresentation=signed)
    whole = values(save(made, tmp_path / "a.dcm"))
    np.testing.assert_array_equal(whole[0, 0, 0], true)
    assert whole.dtype == (np.int16 if signed else np.uint16)


@pytest.mark.parametrize(
    ("dtype", "stored", "slope", "intercept", "expected"),
    [
        ("int16", 16, 1, -1024, "int16"),
        ("uint16", 12, 1, -1024, "int16"),
        ("uint16", 12, 1, 0, "uint16"),
        ("uint16", 12, 2, 0, "uint16"),
        ("uint16", 16, 100, 0, "uint16"),
        ("uint8", 8, 1, -100, "int8"),
        ("uint8", 8, 3, 0, "uint8"),
        ("uint8", 8, 10, 0, "uint16"),
        ("int16", 16, 1000, 5, "int32"),
        ("int16", 16, -1, 0, "int16"),
        ("uint16", 16, 100000, 0, "uint64"),
        ("uint16", 16, 0.5, 0, "float32"),
        ("uint16", 16, 1, 0.25, "float32"),
        ("uint32", 32, 0.5, 0, "float64"),
        ("uint16", 16, 1e300, 0, "float64"),
        ("uint32", 32, 1e10, 0, "float64"),
        ("uint8", 8, 3e9, 0, "uint64"),
    ],
)
def test_rescaled_values_are_exact_in_the_smallest_fitting_type(
    tmp_path: Path, dtype: str, stored: int, slope: float, intercept: float, expected: str
) -> None:
    pixels: Any = (np.arange(35).reshape(5, 7) * 2).astype(dtype)
    made = dataset(pixels, BitsStored=stored, HighBit=stored - 1)
    made.RescaleSlope, made.RescaleIntercept = str(slope), str(intercept)
    whole = values(save(made, tmp_path / "a.dcm"))
    assert whole.dtype == expected
    np.testing.assert_array_equal(whole[0, 0, 0], (pixels.astype(float) * slope + intercept).astype(expected))


def test_unscanned_images_declare_what_their_bits_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom_module, "SCANNED", 0)
    monkeypatch.setattr(dicom_module, "UNPACKED", 0)
    for dtype, slope, bounds, expected in (
        ("int16", "1", (-32768 - 1024, 32767 - 1024), np.int32),
        ("uint16", "-2", (-2 * 65535 - 1024, -1024), np.int32),
        ("uint16", "0.5", (-1024.0, 65535 * 0.5 - 1024), np.float32),
    ):
        made = dataset(pattern(dtype=dtype), RescaleSlope=slope, RescaleIntercept="-1024")
        image = open_dicom(save(made, tmp_path / "a.dcm"))
        assert image.info.range == bounds
        assert image.info.dtype == expected
        whole = image.read(image.info.whole)
        np.testing.assert_array_equal(whole[0, 0, 0], pattern().astype(float) * float(slope) - 1024)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("slope", ["1", "2.5"])
def test_floating_point_pixels_keep_their_precision(tmp_path: Path, kind: type, slope: str) -> None:
    pixels: Any = np.random.default_rng(8).normal(0, 1e3, (4, 6)).astype(kind)
    made = dataset(np.zeros((4, 6), np.uint32), RescaleSlope=slope, RescaleIntercept="0")
    del made.PixelData, made.PixelRepresentation, made.BitsStored, made.HighBit
    made.BitsAllocated = 8 * pixels.dtype.itemsize
    keyword = "FloatPixelData" if kind is np.float32 else "DoubleFloatPixelData"
    setattr(made, keyword, pixels.tobytes())
    whole = values(save(made, tmp_path / "a.dcm"))
    assert whole.dtype == (np.float32 if kind is np.float32 and slope == "1" else np.float64)
    np.testing.assert_array_equal(whole[0, 0, 0], pixels.astype(float) * float(slope))


def test_zero_slope_is_said_and_not_applied(tmp_path: Path) -> None:
    path = save(dataset(pattern(), RescaleSlope="0", RescaleIntercept="5"), tmp_path / "a.dcm")
    assert "RescaleSlope is 0; the stored values are shown" in open_dicom(path).warnings
    np.testing.assert_array_equal(values(path)[0, 0, 0], pattern())


def test_impossible_slopes_are_refused(tmp_path: Path) -> None:
    path = save(dataset(pattern(), RescaleSlope="1e400", RescaleIntercept="0"), tmp_path / "a.dcm")
    assert refused(path) == "a.dcm is damaged: RescaleSlope inf, RescaleIntercept 0"
    content = path.read_bytes().replace(b"1e400 ", b"wrong ")
    path.write_bytes(content)
    assert refused(path) == "a.dcm is damaged: RescaleSlope is not a number"


def test_low_is_bright_is_said_but_values_stay(tmp_path: Path) -> None:
    path = save(dataset(pattern(), PhotometricInterpretation="MONOCHROME1"), tmp_path / "a.dcm")
    image = open_dicom(path)
    assert "low values are meant to be shown bright (MONOCHROME1); values are kept as stored" in image.warnings
    assert image.info.tag("PhotometricInterpretation") == "MONOCHROME1"
    np.testing.assert_array_equal(values(path)[0, 0, 0], pattern())


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize(("first", "bits"), [(0, 16), (3, 16), (-2, 16), (0, 8)])
def test_modality_tables_are_looked_up(tmp_path: Path, syntax: str, first: int, bits: int) -> None:
    pixels = (np.arange(24).reshape(4, 6) - 4).astype(np.int16)
    made = dataset(pixels, syntax)
    top = 1 << bits
    entries = [(17 * i * i + 300) % top for i in range(16)]
    table = item(LUTDescriptor=[16, first, bits], LUTData=entries, ModalityLUTType="HU")
    table["LUTDescriptor"].VR = "SS"
    table["LUTData"].VR = "US"
    made.ModalityLUTSequence = [table]
    path = save(made, tmp_path / "a.dcm")
    expected = apply_modality_lut(dcmread(path).pixel_array, dcmread(path))
    np.testing.assert_array_equal(values(path)[0, 0, 0], expected)
    assert open_dicom(path).info.dtype == (np.uint8 if bits == 8 else np.uint16)


def test_modality_tables_of_colours_are_not_looked_up(tmp_path: Path) -> None:
    made = dataset(np.full((4, 6, 3), 7, np.uint8))
    made.ModalityLUTSequence = [item(ModalityLUTType="HU")]
    assert values(save(made, tmp_path / "a.dcm")).max() == 7


def palette(made: Any, count: int, first: int, bits: int, data: list[bytes]) -> Any:
    made.PhotometricInterpretation = "PALETTE COLOR"
    for colour, entries in zip(("Red", "Green", "Blue"), data, strict=True):
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [count, first, bits])
        setattr(made, f"{colour}PaletteColorLookupTableData", entries)
        made[f"{colour}PaletteColorLookupTableDescriptor"].VR = "US"
        made[f"{colour}PaletteColorLookupTableData"].VR = "OW"
    return made


@pytest.mark.parametrize("bits", [8, 16])
def test_palettes_give_colours(tmp_path: Path, bits: int) -> None:
    rng = np.random.default_rng(9)
    tables = rng.integers(0, 1 << bits, (3, 16)).astype(f"uint{bits}")
    pixels = rng.integers(0, 20, (4, 6), np.uint8)
    made = palette(dataset(pixels), 16, 2, bits, [entries.tobytes() for entries in tables])
    path = save(made, tmp_path / "a.dcm")
    expected = tables[:, np.clip(pixels.astype(int) - 2, 0, 15)]
    np.testing.assert_array_equal(values(path)[0, :, 0], expected)
    np.testing.assert_array_equal(np.moveaxis(expected, 0, -1), apply_color_lut(pixels, dcmread(path)))
    assert open_dicom(path).info.channels == ("Red", "Green", "Blue")


def test_words_of_eight_bit_palettes_count_by_their_high_byte(tmp_path: Path) -> None:
    table = (np.arange(16) * 0x1000).astype("<u2")
    made = palette(dataset(np.arange(16, dtype=np.uint8).reshape(4, 4)), 16, 0, 8, [table.tobytes()] * 3)
    np.testing.assert_array_equal(values(save(made, tmp_path / "a.dcm"))[0, 0, 0].ravel(), table >> 8)


def segmented(words: list[int], pixels: Any, count: int = 16) -> Any:
    made = palette(dataset(pixels), count, 0, 16, [b"\0\0"] * 3)
    for colour in ("Red", "Green", "Blue"):
        delattr(made, f"{colour}PaletteColorLookupTableData")
        keyword = f"Segmented{colour}PaletteColorLookupTableData"
        setattr(made, keyword, np.array(words, "<u2").tobytes())
    return made


def test_segmented_palettes_are_expanded_as_pydicom_does(tmp_path: Path) -> None:
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    words = [0, 2, 100, 700, 1, 5, 100, 0, 3, 7, 8, 9, 1, 6, 9000]
    path = save(segmented(words, pixels), tmp_path / "a.dcm")
    expected = apply_color_lut(pixels, dcmread(path))
    np.testing.assert_array_equal(np.moveaxis(values(path)[0, :, 0], 0, -1), expected)


def test_repeated_segments_of_a_palette_are_expanded(tmp_path: Path) -> None:
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    words = [0, 4, 10, 20, 30, 40, 1, 4, 80, 2, 2, 0, 0]
    path = save(segmented(words, pixels), tmp_path / "a.dcm")
    expected = [10, 20, 30, 40, 50, 60, 70, 80] * 2
    assert values(path)[0, 0, 0].ravel().tolist() == expected


@pytest.mark.parametrize(
    "words", [[5, 1, 0], [0, 9, 1], [1, 4, 9], [2, 1, 0, 0], [0, 1, 5, 2, 1, 77, 0], [0, 1, 5, 2, 3, 0, 0, 2, 1, 3, 0]]
)
def test_broken_segmented_palettes_are_refused(tmp_path: Path, words: list[int]) -> None:
    path = save(segmented(words, np.zeros((4, 4), np.uint8)), tmp_path / "a.dcm")
    assert "a.dcm is damaged" in refused(path)


def test_incomplete_palettes_are_refused(tmp_path: Path) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    path = tmp_path / "a.dcm"
    save(palette(dataset(pixels), 16, 0, 16, [b"\0" * 30] * 3), path)
    assert "15 of 16 entries of RedPaletteColorLookupTableData are there" in refused(path)
    made = palette(dataset(pixels), 16, 0, 16, [b"\0" * 32] * 3)
    made.BluePaletteColorLookupTableDescriptor = [8, 0, 16]
    save(made, path)
    assert "three palettes differ in size" in refused(path)
    del made.BluePaletteColorLookupTableDescriptor
    save(made, path)
    assert "or its descriptor is missing" in refused(path)


def test_rt_doses_are_scaled_and_lie_where_the_grid_offsets_say(tmp_path: Path) -> None:
    pixels = np.arange(60, dtype=np.uint32).reshape(3, 4, 5) * 1000003
    for offsets, flip, heights in (
        ([0.0, 5.0, 10.0], 1, [7, 12, 17]),
        ([7.0, 12.0, 17.0], 1, [7, 12, 17]),
        ([0.0, -5.0, -10.0], 1, [7, 2, -3]),
        ([7.0, 2.0, -3.0], -1, [7, 2, -3]),
    ):
        made = dataset(pixels, **placed(7.0), Modality="RTDOSE", DoseGridScaling="1.5e-6")
        made.ImageOrientationPatient = [1, 0, 0, 0, flip, 0]
        made.FrameIncrementPointer = 0x3004000C
        made.GridFrameOffsetVector = offsets
        image = open_dicom(save(made, tmp_path / "a.dcm"))
        assert image.info.dtype == np.float32
        assert image.info.spacing[2] == 5.0
        whole = image.read(image.info.whole)
        for frame, z in enumerate(heights):
            index = np.linalg.solve(image.info.index_to_world, (-10, -20, z, 1))
            np.testing.assert_array_equal(whole[0, 0, round(index[2])], (pixels[frame] * 1.5e-6).astype(np.float32))


def test_dose_grids_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    made = dataset(np.zeros((3, 4, 5), np.uint32), **placed(7.0), Modality="RTDOSE", DoseGridScaling="1")
    made.GridFrameOffsetVector = [0.0, 5.0]
    path = save(made, tmp_path / "a.dcm")
    assert "2 grid offsets for 3 frames" in refused(path)
    made.GridFrameOffsetVector = [3.0, 5.0, 7.0]
    save(made, path)
    assert "neither at 0 nor at its position" in refused(path)


@pytest.mark.parametrize("subsampled", [False, True])
def test_full_ybr_becomes_rgb(tmp_path: Path, subsampled: bool) -> None:
    ybr = np.random.default_rng(10).integers(0, 255, (4, 6, 3), np.uint8)
    made = dataset(ybr, PhotometricInterpretation="YBR_FULL")
    if subsampled:
        ybr[:, 1::2, 1:] = ybr[:, ::2, 1:]
        made.PhotometricInterpretation = "YBR_FULL_422"
        pairs = [ybr[:, ::2, 0], ybr[:, 1::2, 0], ybr[:, ::2, 1], ybr[:, ::2, 2]]
        made.PixelData = np.stack(pairs, axis=-1).tobytes()
    path = save(made, tmp_path / "a.dcm")
    y, b, r = np.moveaxis(ybr.astype(float), -1, 0) - np.array([0, 128, 128])[:, None, None]
    red, green, blue = y + 1.402 * r, y - 0.114 * 1.772 / 0.587 * b - 0.299 * 1.402 / 0.587 * r, y + 1.772 * b
    expected = np.clip(np.round([red, green, blue]), 0, 255)
    assert np.abs(values(path)[0, :, 0].astype(float) - expected).max() <= 1


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_run_lengths_are_unpacked(tmp_path: Path, colour: bool, dtype: str) -> None:
    rng = np.random.default_rng(11)
    pixels = rng.integers(0, 200, (3, 5, 7, 3) if colour else (3, 5, 7)).astype(dtype)
    made = dataset(pixels)
    made.compress(RLELossless)
    path = save(made, tmp_path / "a.dcm")
    image = open_dicom(path)
    frame = image.read(image.info.whole.along("t", 1))
    np.testing.assert_array_equal(np.moveaxis(frame[0, :, 0], 0, -1).squeeze(), pixels[1])
    np.testing.assert_array_equal(np.moveaxis(values(path)[:, :, 0], 1, -1).squeeze(), pixels)
    assert image.nbytes == pixels.nbytes


def test_frames_in_run_lengths_are_decoded_when_they_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dicom_module, "SCANNED", 0)
    monkeypatch.setattr(dicom_module, "UNPACKED", 0)
    pixels = np.random.default_rng(12).integers(0, 200, (3, 5, 7), np.uint8)
    made = dataset(pixels)
    made.compress(RLELossless)
    image = open_dicom(save(made, tmp_path / "a.dcm"))
    assert image.nbytes == 0
    image.read(Region((2, 0, 0, 0, 0), (3, 1, 1, 1, 1)))
    assert image.nbytes == 35


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"Rows": 0}, "Rows is 0"),
        ({"Columns": 0}, "Columns is 0"),
        ({"NumberOfFrames": 0}, "NumberOfFrames is 0"),
        ({"NumberOfFrames": -5}, "NumberOfFrames is -5"),
        ({"NumberOfFrames": 200000}, "has 200000 frames; at most 100000 are read"),
        ({"SamplesPerPixel": 4}, "with 4 samples a pixel"),
        ({"SamplesPerPixel": 3}, "'MONOCHROME2' with 3 samples a pixel"),
        ({"PhotometricInterpretation": "HSV"}, "has the colour space 'HSV' with 1 samples a pixel"),
        ({"BitsAllocated": 12}, "has 12 bits allocated"),
        ({"BitsAllocated": None}, "has empty or unreadable bits allocated"),
        ({"BitsStored": 40}, "40 bits are stored in 16"),
        ({"BitsStored": 0}, "0 bits are stored in 16"),
        ({"HighBit": 99}, "HighBit is 99 with 16 of 16 bits"),
        ({"BitsStored": 12, "HighBit": 3}, "HighBit is 3 with 12 of 16 bits"),
        ({"Rows": 65535, "Columns": 65535}, "48 of 8589672450 pixel bytes are there"),
        ({"NumberOfFrames": 3}, "48 of 144 pixel bytes are there"),
        ({"Rows": None}, "is a DICOM MR; it holds no image"),
        ({"PixelData": None}, "it ends before its pixels"),
    ],
)
def test_impossible_descriptions_are_refused_before_anything_is_allocated(
    tmp_path: Path, attributes: dict[str, Any], words: str
) -> None:
    assert words in refused(save(dataset(pattern(), **attributes), tmp_path / "a.dcm"))


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"PixelRepresentation": 1}, "signed numbers or single bits"),
        ({"PhotometricInterpretation": "YBR_FULL", "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15}, "of 16 bits"),
        ({"PhotometricInterpretation": "YBR_FULL_422", "Columns": 3}, "odd number of columns"),
    ],
)
def test_impossible_colours_are_refused(tmp_path: Path, attributes: dict[str, Any], words: str) -> None:
    made = dataset(np.zeros((4, 6, 3), np.uint8), **attributes)
    assert words in refused(save(made, tmp_path / "a.dcm"))


def test_missing_optional_attributes_have_their_usual_meaning(tmp_path: Path) -> None:
    missing: dict[str, Any] = dict.fromkeys(
        ("SamplesPerPixel", "PhotometricInterpretation", "BitsStored", "HighBit", "PixelRepresentation")
    )
    path = save(dataset(pattern(dtype="uint16"), **missing), tmp_path / "a.dcm")
    np.testing.assert_array_equal(values(path)[0, 0, 0], pattern())


def test_files_that_shrink_or_go_after_opening_are_named(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    image = open_dicom(path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(NodeError, match=r"a.dcm is damaged or has changed: 40 of 48 bytes of frame 1 are there"):
        image.read(image.info.whole)
    path.unlink()
    with pytest.raises(NodeError, match=r"a.dcm could not be read: No such file"):
        image.read(image.info.whole)


def test_an_empty_region_needs_no_file(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    image = open_dicom(path)
    path.unlink()
    assert image.read(Region((0, 0, 0, 1, 1), (1, 1, 1, 1, 6))).shape == (1, 1, 1, 0, 5)
