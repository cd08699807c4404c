"""Every DICOM file at hand is read as pydicom reads it, or refused in words; so are thousands of damaged ones."""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import data_store
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless

import nodes.formats.dicom as dicom_module
import nodes.formats.dicom_pixels as pixels_module
from nodeeditor import NodeError
from nodes.formats.dicom import open_dicom
from nodes.formats.isolated import Decoded
from tests.formats.test_dicom_builder import dataset, pattern, placed, save, shared_folder

WHEEL = Path(pydicom.__file__).parent / "data"
STORE = Path(data_store.__file__).parent / "data"
FILES = [path for path in sorted(WHEEL.rglob("*")) if path.is_file() and path.suffix not in (".py", ".pyc", ".json")]
STORED = [path for path in sorted(STORE.glob("*.dcm")) if path.stat().st_size < 2_000_000]
WORDS = ("damaged", "holds no image", "no DICOM header", "could not be read", "not read")


def named(name: str) -> Path:
    """A file of pydicom's wheel or of pydicom-data; never fetched."""
    for folder in (STORE, WHEEL / "test_files"):
        if (folder / name).exists():
            return folder / name
    found = get_testdata_file(name, download=False)
    assert isinstance(found, str)
    return Path(found)


def frames(voxels: Any) -> Any:
    """All frames one after another: frame, row, column, sample."""
    t, c, z, y, x = voxels.shape
    return np.moveaxis(voxels, 1, -1).reshape(t * z, y, x, c)


def reference(path: Path) -> Any:
    """What pydicom reads: frame, row, column, sample; None where it cannot, or is known to be wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = dcmread(path, force=True)
            made.file_meta.setdefault("TransferSyntaxUID", pydicom.uid.ImplicitVRLittleEndian)
            pixels = made.pixel_array
        except Exception:
            return None
        if made.PhotometricInterpretation == "PALETTE COLOR":
            if not made.original_encoding[1]:
                return None  # pydicom does not swap the words of a big endian palette
            pixels = apply_color_lut(pixels, made)
        elif made.SamplesPerPixel == 1:
            pixels = apply_modality_lut(pixels, made) * float(made.get("DoseGridScaling") or 1)
    samples = 3 if made.SamplesPerPixel == 3 or made.PhotometricInterpretation == "PALETTE COLOR" else 1
    return pixels.reshape(-1, made.Rows, made.Columns, samples)


@pytest.mark.parametrize("path", [*FILES, *STORED], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_read_as_pydicom_reads_it_or_refused(path: Path) -> None:
    try:
        image = open_dicom(path)
        whole = image.read(image.info.whole)
    except NodeError as error:
        assert path.name in str(error)
        assert any(word in str(error) for word in WORDS), str(error)
        if "damaged" not in str(error) and "could not" not in str(error):
            assert reference(path) is None
        return
    assert whole.dtype == image.info.dtype
    assert whole.shape == image.info.extent
    assert (whole.min(), whole.max()) == image.info.range
    expected = reference(path)
    if expected is not None and "SharedFunctionalGroupsSequence" not in dcmread(path, force=True):
        np.testing.assert_allclose(frames(whole), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("compressed", "plain", "tolerance"),
    [
        ("MR_small_jp2klossless.dcm", "MR_small.dcm", 0),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm", 0),
        ("MR_small_RLE.dcm", "MR_small.dcm", 0),
        ("MR_small_bigendian.dcm", "MR_small.dcm", 0),
        ("emri_small_jpeg_2k_lossless.dcm", "emri_small.dcm", 0),
        ("emri_small_jpeg_ls_lossless.dcm", "emri_small.dcm", 0),
        ("emri_small_big_endian.dcm", "emri_small.dcm", 0),
        ("693_J2KI.dcm", "693_UNCI.dcm", 0),
        ("RG3_J2KR.dcm", "RG3_UNCR.dcm", 0),
        ("MR2_J2KR.dcm", "MR2_UNCR.dcm", 0),
        ("JPEG2000.dcm", "JPEG2000_UNC.dcm", 60),
        ("US1_J2KR.dcm", "US1_UNCR.dcm", 0),
        ("US1_J2KI.dcm", "US1_UNCI.dcm", 1),
        ("SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_ebcys4_dcmd.dcm", 2),
        ("SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_ebcr_dcmd.dcm", 1),
        ("SC_rgb_dcmtk_+eb+cy+n1.dcm", "SC_rgb_dcmtk_ebcyn1_dcmd.dcm", 3),
        ("SC_rgb_dcmtk_+eb+cy+np.dcm", "SC_rgb_dcmtk_ebcynp_dcmd.dcm", 3),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb.dcm", 0),
        ("SC_rgb_gdcm_KY.dcm", "SC_rgb_gdcm2k_uncompressed.dcm", 0),
        ("OBXXXX1A_expb.dcm", "OBXXXX1A.dcm", 0),
        ("OBXXXX1A_rle_2frame.dcm", "OBXXXX1A_2frame.dcm", 0),
        ("OBXXXX1A_expb_2frame.dcm", "OBXXXX1A_2frame.dcm", 0),
        ("gdcm-US-ALOKA-16_big.dcm", "gdcm-US-ALOKA-16.dcm", 0),
        ("liver_expb.dcm", "liver.dcm", 0),
        ("rtdose_expb.dcm", "rtdose.dcm", 0),
        ("rtdose_rle.dcm", "rtdose.dcm", 0),
        ("SC_rgb_expb_32bit_2frame.dcm", "SC_rgb_32bit_2frame.dcm", 0),
        ("color-pl.dcm", "color-px.dcm", 0),
    ],
)
def test_an_image_has_the_same_values_in_every_encoding(compressed: str, plain: str, tolerance: int) -> None:
    one, other = open_dicom(named(compressed)), open_dicom(named(plain))
    first, second = one.read(one.info.whole), other.read(other.info.whole)
    assert np.abs(first.astype(float) - second.astype(float)).max() <= tolerance
    assert one.info.dtype == other.info.dtype


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small.dcm", "693_UNCI.dcm", "JPGExtended.dcm", "explicit_VR-UN.dcm"]
)
def test_values_and_geometry_equal_what_simpleitk_reads(name: str) -> None:
    path = named(name)
    image = open_dicom(path)
    itk = sitk.ReadImage(str(path), imageIO="GDCMImageIO")
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], sitk.GetArrayFromImage(itk))
    np.testing.assert_allclose(image.info.spacing[:2], itk.GetSpacing()[:2], rtol=1e-6)
    np.testing.assert_allclose(image.info.direction, itk.GetDirection(), atol=1e-4)
    np.testing.assert_allclose(image.info.origin, itk.GetOrigin(), atol=1e-4)


def test_enhanced_ct_is_rescaled_and_placed_by_its_functional_groups() -> None:
    path = named("eCT_Supplemental.dcm")
    image, made = open_dicom(path), dcmread(path)
    shared = made.SharedFunctionalGroupsSequence[0]
    slope = shared.PixelValueTransformationSequence[0]
    places = [group.PlanePositionSequence[0].ImagePositionPatient for group in made.PerFrameFunctionalGroupsSequence]
    order = np.argsort([-place[2] for place in places])  # the normal of -1 0 0 / 0 1 0 points down
    expected = made.pixel_array * float(slope.RescaleSlope) + float(slope.RescaleIntercept)
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], expected[order])
    assert image.info.origin == pytest.approx(tuple(places[order[0]]))
    assert image.info.spacing == pytest.approx((0.388672, 0.388672, abs(places[0][2] - places[1][2])))


def test_kinds_that_hold_no_image_are_named() -> None:
    for name, kind in (("rtplan.dcm", "RTPLAN"), ("rtstruct.dcm", "RTSTRUCT"), ("test-SR.dcm", "SR")):
        with pytest.raises(NodeError, match=f"is a DICOM {kind}; it holds no image"):
            open_dicom(named(name))
    with pytest.raises(NodeError, match="DICOMDIR is a DICOM DICOMDIR; it holds no image"):
        open_dicom(WHEEL / "test_files" / "dicomdirtests" / "DICOMDIR")
    with pytest.raises(NodeError, match=r"MR_truncated.dcm is damaged: 8130 of 8192 pixel bytes are there"):
        open_dicom(named("MR_truncated.dcm"))


def test_a_film_in_colour_is_a_time_series() -> None:
    image = open_dicom(named("examples_ybr_color.dcm"))
    assert image.info.extent == (30, 3, 1, 240, 320)
    assert image.info.time_step == pytest.approx(1 / 30, rel=1e-3)
    assert "30 frames have no positions; they are shown as a time series" in image.warnings


def coded(path: Path, numbers: list[int], damaged: int | None = None) -> Path:
    """A folder of slices whose pixels are those of a real JPEG 2000 file."""
    path.mkdir()
    original = dcmread(named("MR_small_jp2klossless.dcm"))
    for number in numbers:
        for keyword, value in placed(float(number), number).items():
            setattr(original, keyword, value)
        save(original, path / f"{number}.dcm")
        if number == damaged:
            content = bytearray((path / f"{number}.dcm").read_bytes())
            start = content.index(b"\xff\x4f\xff\x51")
            content[start : start + 60] = b"\xff" * 60
            (path / f"{number}.dcm").write_bytes(content)
    return path


def test_compressed_slices_are_decoded_together(tmp_path: Path) -> None:
    folder = coded(tmp_path / "s", [3, 1, 2])
    image = open_dicom(folder)
    assert image.summary == "DICOM series, 3 files"
    expected = dcmread(named("MR_small.dcm")).pixel_array
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], [expected] * 3)
    assert image.nbytes == 3 * expected.nbytes


def test_the_damaged_one_among_compressed_slices_is_named(tmp_path: Path) -> None:
    folder = coded(tmp_path / "s", [1, 2, 3], damaged=2)
    with pytest.raises(NodeError, match=r"^2\.dcm "):
        open_dicom(folder)


def test_compressed_frames_that_are_wanted_are_decoded_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom_module, "SCANNED", 0)
    monkeypatch.setattr(dicom_module, "UNPACKED", 0)
    image = open_dicom(named("emri_small_jpeg_2k_lossless.dcm"))
    plain = dcmread(named("emri_small.dcm")).pixel_array
    assert image.nbytes == 0
    np.testing.assert_array_equal(image.read(image.info.whole.along("z", 7))[0, 0, 0], plain[7])
    assert image.nbytes == plain[7].nbytes
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], plain)


@pytest.mark.parametrize("rows", [32, 128])
def test_compressed_frames_of_another_size_are_refused(tmp_path: Path, rows: int) -> None:
    made = dcmread(named("MR_small_jp2klossless.dcm"))
    made.Rows = rows
    with pytest.raises(NodeError, match=r"^a\.dcm "):
        open_dicom(save(made, tmp_path / "a.dcm"))


def test_offset_tables_that_miss_a_frame_are_refused(tmp_path: Path) -> None:
    made = dcmread(named("MR_small_jp2klossless.dcm"))
    code = next(generate_frames(made.PixelData, number_of_frames=1))
    made.NumberOfFrames = 2
    fragments = encapsulate([code, code], has_bot=False)[8:]
    made.PixelData = b"\xfe\xff\x00\xe0\x04\x00\x00\x00\x00\x00\x00\x00" + fragments
    with pytest.raises(NodeError, match=r"^a\.dcm is damaged: not all of its 2 frames are there"):
        open_dicom(save(made, tmp_path / "a.dcm"))


def test_decoded_pixels_of_another_type_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Decoded(np.zeros((64, 64), np.float32), 1, (1.0, 1.0), (0.0, 0.0), (1.0, 0.0, 0.0, 1.0))
    monkeypatch.setattr(pixels_module, "decode", lambda *_: wrong)
    with pytest.raises(NodeError, match="another size or type than the header says"):
        open_dicom(named("MR_small_jp2klossless.dcm"))


def mutated(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    kind = chance.randrange(5)
    place = chance.randrange(len(damaged))
    if kind == 0:
        return bytes(damaged[:place])
    if kind == 1:
        for _ in range(chance.randrange(1, 20)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    elif kind == 2:
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(min(len(damaged), 2000))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    elif kind == 3:
        damaged[place : place + 4] = chance.choice((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0"))
    else:
        length = chance.randrange(1, 200)
        damaged[place : place + length] = damaged[place : place + length] * chance.randrange(3)
    return bytes(damaged)


SEEDS = (
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "SC_rgb_rle_2frame.dcm",
    "rtdose.dcm",
    "liver_1frame.dcm",
    "image_dfl.dcm",
    "SC_rgb_small_odd.dcm",
    "chrX1.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "rtdose_rle_1frame.dcm",
)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    content = named(name).read_bytes() if name != "chrX1.dcm" else (WHEEL / "charset_files" / name).read_bytes()
    chance = random.Random(name)
    path = tmp_path / "damaged.dcm"
    for _ in range(60):
        path.write_bytes(mutated(content, chance))
        try:
            image = open_dicom(path)
            whole = image.read(image.info.whole)
        except NodeError as error:
            assert str(error).startswith(("damaged.dcm ", "slices of damaged.dcm "))
            assert "\n" not in str(error)
        else:
            assert whole.shape == image.info.extent
            assert all(isinstance(words, str) for pair in image.info.tags for words in pair)


@pytest.mark.parametrize(
    "name", ["MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_dcmtk.dcm"]
)
def test_damaged_compressed_files_are_read_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    content = named(name).read_bytes()
    chance = random.Random(name)
    path = tmp_path / "damaged.dcm"
    for _ in range(25):
        path.write_bytes(mutated(content, chance))
        try:
            image = open_dicom(path)
        except NodeError as error:
            assert str(error).startswith("damaged.dcm ")
        else:
            assert image.read(image.info.whole).shape == image.info.extent


@pytest.mark.parametrize("name", ["MR_small.dcm", "MR_small_RLE.dcm", "MR_small_implicit.dcm", "image_dfl.dcm"])
def test_every_truncation_is_refused(tmp_path: Path, name: str) -> None:
    content = named(name).read_bytes()
    header = dcmread(named(name))
    trailing = 200 if "DataSetTrailingPadding" in header or name.endswith("RLE.dcm") else 2
    path = tmp_path / "cut.dcm"
    for part in range(1, 40):
        path.write_bytes(content[: (len(content) - trailing) * part // 40])
        with pytest.raises(NodeError, match=r"^cut\.dcm "):
            open_dicom(path)


@pytest.mark.parametrize("name", ["adi_slice.dcm", "jpeg_2000.dcm", "rle.dcm", "ser002img00001-16-signed.dcm"])
def test_odd_files_equal_what_simpleitk_reads(name: str) -> None:
    folder = shared_folder("odd_dicom")
    if folder is None:
        pytest.skip("the shared images are not here")
    image = open_dicom(folder / name)
    itk = sitk.ReadImage(str(folder / name), imageIO="GDCMImageIO")
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], sitk.GetArrayFromImage(itk))
    np.testing.assert_allclose(image.info.direction, itk.GetDirection(), atol=1e-4)
    np.testing.assert_allclose(image.info.origin, itk.GetOrigin(), atol=1e-4)


def test_all_odd_files_open() -> None:
    folder = shared_folder("odd_dicom")
    if folder is None:
        pytest.skip("the shared images are not here")
    for path in sorted(folder.glob("*.dcm")):
        image = open_dicom(path)
        whole = image.read(image.info.whole)
        assert (whole.min(), whole.max()) == image.info.range
        expected = reference(path)
        if expected is not None:
            np.testing.assert_allclose(frames(whole), expected, rtol=1e-6)


def test_the_builder_and_the_oracle_agree(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    np.testing.assert_array_equal(reference(path)[0, ..., 0], pattern())
    assert dcmread(named("MR_small_jp2klossless.dcm")).file_meta.TransferSyntaxUID == JPEG2000Lossless
    assert dcmread(named("MR_small_jpeg_ls_lossless.dcm")).file_meta.TransferSyntaxUID == JPEGLSLossless
