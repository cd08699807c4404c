"""NIfTI and Analyze: values and geometry as nibabel and SimpleITK see them, and nothing wrong taken for right."""

import gzip
import itertools
import math
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK

from nodeeditor import VOXEL_TYPES, NodeError
from nodes.formats import memory, open_image
from nodes.formats.nifti import is_nifti, open_nifti
from tests.formats import mutations, real, refusal, regions, survives, whole

NIBABEL = Path(nibabel.__file__).parent / "tests" / "data"
NIFTI1: Any = nibabel.Nifti1Image
ANALYZE: Any = nibabel.AnalyzeImage
RAS = np.diag((-1.0, -1.0, 1.0, 1.0))


def rotation(seed: int) -> Any:
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return matrix


def affine(seed: int = 0) -> Any:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(seed) * (1.5, 2.0, 3.0)
    matrix[:3, 3] = (10, -20, 30)
    return matrix


def by_nibabel(path: Path) -> tuple[Any, Any]:
    """Voxels in t c z y x and the LPS matrix, read by nibabel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image: Any = nibabel.load(path)
        voxels = np.asanyarray(image.dataobj)
    if voxels.dtype.fields:
        planes = [voxels[name] for name in voxels.dtype.fields]
        voxels = np.stack([plane.reshape(plane.shape + (1,) * (4 - plane.ndim)) for plane in planes], -1)
    voxels = voxels.reshape(voxels.shape + (1,) * (5 - voxels.ndim))
    return voxels.transpose(3, 4, 2, 1, 0), RAS @ image.affine


def saved(path: Path, voxels: Any, matrix: Any = None, kind: Any = nibabel.Nifti1Image, **header: Any) -> Path:
    wide = {"dtype": voxels.dtype} if voxels.dtype.kind in "iu" and voxels.dtype.itemsize == 8 else {}
    image = kind(voxels, affine() if matrix is None else matrix, **wide)
    for key, value in header.items():
        image.header[key] = value
    nibabel.save(image, path)
    return path


def patched(path: Path, *changes: tuple[int, str, Any]) -> Path:
    data = bytearray(path.read_bytes())
    for place, form, value in changes:
        struct.pack_into(form, data, place, value)
    path.write_bytes(data)
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return saved(tmp_path / "plain.nii", np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4))


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image, nibabel.Nifti1Pair, nibabel.AnalyzeImage])
@pytest.mark.parametrize("order", "<>")
def test_every_type_and_byte_order_is_read_as_nibabel_does(tmp_path: Path, kind: Any, order: str) -> None:
    rng = np.random.default_rng(1)
    suffix = ".img" if kind in (nibabel.Nifti1Pair, nibabel.AnalyzeImage) else ".nii"
    for dtype, packed in itertools.product(VOXEL_TYPES, ("", ".gz")):
        header = kind.header_class(endianness=order)
        try:
            header.set_data_dtype(dtype)
        except nibabel.spatialimages.HeaderDataError:
            assert kind is nibabel.AnalyzeImage
            continue
        voxels = (rng.random((5, 4, 3, 2)) * 200 - (0 if dtype.kind == "u" else 100)).astype(dtype)
        path = tmp_path / f"{dtype}{suffix}{packed}"
        image = kind(voxels, None if kind is nibabel.AnalyzeImage else affine(), header)
        nibabel.save(image, path)
        read = open_image(path)
        assert read.info.dtype == dtype
        assert np.array_equal(whole(read), by_nibabel(path)[0])
        assert (read.nbytes > 0) == (packed == ".gz")


@pytest.mark.parametrize("path", sorted(NIBABEL.glob("*.nii*")), ids=lambda path: path.name)
def test_nibabels_own_files_are_read_as_nibabel_does_or_refused_in_words(path: Path) -> None:
    if "dconn" in path.name:
        assert refusal(path) == "row_major.dconn.nii has 6 dimensions (1x1x1x1x10x10); 5 are supported"
        return
    read = open_image(path)
    voxels, matrix = by_nibabel(path)
    assert np.allclose(whole(read), voxels, rtol=1e-6, atol=1e-3, equal_nan=True)
    assert np.allclose(read.info.index_to_world, matrix, atol=1e-4)


@pytest.mark.parametrize("name", ["t1_head/t1_proband_size.nii.gz", "t1_head/ch2.nii.gz", "ct/example_ct_sm.nii.gz"])
def test_real_heads_and_a_real_ct_are_read_as_simpleitk_does(name: str) -> None:
    path = real(name)
    image = SimpleITK.ReadImage(str(path))
    read = open_image(path)
    assert np.array_equal(whole(read)[0, 0], SimpleITK.GetArrayFromImage(image))
    assert np.allclose(read.info.spacing, image.GetSpacing(), atol=1e-5)
    assert np.allclose(read.info.origin, image.GetOrigin(), atol=1e-3)
    assert np.allclose(read.info.direction, image.GetDirection(), atol=1e-5)


def test_a_region_is_a_crop_of_the_whole(tmp_path: Path) -> None:
    voxels = np.random.default_rng(2).integers(0, 30000, (70, 60, 9, 3, 2)).astype(">i2")
    for name in ("a.nii", "a.nii.gz"):
        read = open_image(saved(tmp_path / name, voxels))
        everything = whole(read)
        for region in regions(read.info.extent, 60, seed=3):
            assert np.array_equal(read.read(region), everything[region.slices])


@pytest.mark.parametrize(
    ("stored", "slope", "intercept", "dtype", "tolerance"),
    [
        ("uint8", 1, 0, "uint8", 0),
        ("uint8", 0, 5, "uint8", 0),
        ("int16", 1, -1024, "int16", 0),
        ("uint16", 2, -30000, "int16", 0),
        ("uint16", 2, -60000, "int32", 0),
        ("uint16", -1, 0, "int16", 0),
        ("uint32", 3, 1, "uint32", 0),
        ("uint64", 1, -1, "int16", 0),
        ("uint8", 0.5, 0, "float32", 1e-6),
        ("int16", 0.001, -3.5, "float32", 1e-6),
        ("int32", 0.1, 0, "float64", 1e-12),
        ("float32", 2.5, 1, "float32", 1e-6),
        ("float64", 2.5, 1, "float64", 1e-12),
        ("float32", 1e38, 0, "float64", 1e-6),
    ],
)
def test_slope_and_intercept_give_the_type_that_holds_the_values(
    tmp_path: Path, stored: str, slope: float, intercept: float, dtype: str, tolerance: float
) -> None:
    voxels = np.array([0, 1, 2, 7, 100, 250, 30, 40], stored).reshape(2, 2, 2) * np.array(1, stored)
    if stored == "uint16":
        voxels = voxels * np.array(100, stored)
    path = saved(tmp_path / "x.nii", voxels)
    patched(path, (112, "<f", slope), (116, "<f", intercept))
    read = open_image(path)
    assert read.info.dtype == dtype
    expected = by_nibabel(path)[0].astype(float)
    assert np.allclose(whole(read).astype(float), expected, rtol=tolerance, atol=tolerance)


def test_a_slope_that_is_no_number_is_ignored_with_a_warning_and_such_an_intercept_refused(plain: Path) -> None:
    read = open_image(patched(plain, (112, "<f", math.nan)))
    assert read.warnings == ("its slope is not a number and is ignored",)
    assert whole(read).max() == 23
    assert "intercept" in refusal(patched(plain, (112, "<f", 2.0), (116, "<f", math.inf)))


def test_a_slope_beyond_all_numbers_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.nii", np.full((2, 2, 2), 1e300), kind=nibabel.Nifti2Image)
    assert "rescaled beyond all numbers" in refusal(patched(path, (176, "<d", 1e300)))


@pytest.mark.parametrize(("qcode", "scode"), list(itertools.product((0, 1, 2), repeat=2)))
def test_the_sform_counts_then_the_qform_as_nibabel_has_it(tmp_path: Path, qcode: int, scode: int) -> None:
    image = NIFTI1(np.zeros((2, 3, 4), np.int16), None)
    image.set_qform(affine(4), qcode)
    image.set_sform(affine(5), scode)
    path = tmp_path / "x.nii"
    nibabel.save(image, path)
    read = open_image(path)
    if qcode or scode:
        assert np.allclose(read.info.index_to_world, by_nibabel(path)[1], atol=1e-4)
        assert ("its sform and qform differ; the sform is used" in read.warnings) == bool(qcode and scode)
    else:
        itk = SimpleITK.ReadImage(str(path))
        assert (read.info.spacing, read.info.origin, read.info.direction) == (
            itk.GetSpacing(),
            itk.GetOrigin(),
            itk.GetDirection(),
        )
        assert read.warnings == ("orientation unknown",)
    if not (qcode and scode == 2):
        assert np.allclose(read.info.direction, SimpleITK.ReadImage(str(path)).GetDirection(), atol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_a_qform_of_any_rotation_or_reflection_agrees_with_nibabel(tmp_path: Path, seed: int) -> None:
    matrix = affine(seed)
    if seed == 0:
        matrix[:3, :3] = np.diag((-2.0, -3.0, 1.0))
    image = NIFTI1(np.zeros((2, 3, 4), np.int16), None)
    image.set_qform(matrix, 1)
    nibabel.save(image, tmp_path / "x.nii")
    read = open_image(tmp_path / "x.nii")
    assert np.allclose(read.info.index_to_world, RAS @ matrix, atol=1e-4)


def test_a_sheared_sform_is_replaced_by_the_nearest_right_angled_grid(tmp_path: Path) -> None:
    matrix = np.diag((1.0, 1.0, 2.0, 1.0))
    matrix[0, 1] = 0.2
    path = saved(tmp_path / "x.nii", np.zeros((2, 3, 4), np.int16), matrix)
    patched(path, (252, "<h", 0))
    read = open_image(path)
    direction = np.reshape(read.info.direction, (3, 3))
    assert np.allclose(direction @ direction.T, np.eye(3))
    assert np.allclose(read.info.spacing, (1, math.hypot(1, 0.2), 2))
    assert read.warnings == ("its axes are sheared by 11.3 degrees; the nearest right-angled grid is used",)
    assert np.abs(direction - RAS[:3, :3]).max() < 0.12


def test_units_of_space_and_time_are_applied(tmp_path: Path) -> None:
    voxels = np.zeros((2, 3, 4, 5), np.int16)
    for space, time, millimetres, seconds in (
        ("micron", "msec", 1e-3, 1e-3),
        ("meter", "usec", 1e3, 1e-6),
        ("mm", "sec", 1, 1),
        ("unknown", "unknown", 1, 1),
    ):
        image = NIFTI1(voxels, affine())
        image.header.set_xyzt_units(space, time)
        image.header["pixdim"][4] = 2000
        nibabel.save(image, tmp_path / "x.nii")
        read = open_image(tmp_path / "x.nii")
        assert np.allclose(read.info.spacing, np.array((1.5, 2, 3)) * millimetres)
        assert np.allclose(read.info.origin, np.array((-10, 20, 30)) * millimetres)
        assert read.info.time_step == pytest.approx(2000 * seconds)


def test_vectors_and_colours_become_channels(tmp_path: Path) -> None:
    voxels = np.arange(2 * 3 * 4 * 2 * 5, dtype=np.float32).reshape(2, 3, 4, 2, 5)
    read = open_image(saved(tmp_path / "vector.nii", voxels, intent_code=1007))
    assert read.info.extent == (2, 5, 4, 3, 2)
    assert np.array_equal(whole(read), voxels.transpose(3, 4, 2, 1, 0))
    for names in ("RGB", "RGBA"):
        pixel = np.dtype([(name, "u1") for name in names])
        flat = np.arange(24 * len(names), dtype=np.uint8)
        path = saved(tmp_path / f"{names}.nii", flat.view(pixel).reshape(2, 3, 4))
        colours = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))) if names == "RGB" else None
        patched(path, (112, "<f", 2.0))  # SimpleITK applies it and reads beyond the end; the standard forbids it
        read = open_image(path)
        assert read.info.channels == ("Red", "Green", "Blue", "Alpha")[: len(names)]
        if colours is not None:
            assert np.array_equal(np.moveaxis(whole(read)[0], 0, -1), colours)


def test_files_of_one_and_two_dimensions_have_one_slice(tmp_path: Path) -> None:
    for shape in ((7,), (7, 6)):
        voxels = np.arange(math.prod(shape), dtype=np.uint8).reshape(shape)
        path = saved(tmp_path / "x.nii", voxels)
        read = open_image(path)
        assert read.info.extent == (1, 1, 1, *(*shape[::-1], 1)[:2][:: 1 if len(shape) > 1 else -1])
        assert np.array_equal(whole(read), by_nibabel(path)[0])
    patched(path, (252, "<h", 0), (254, "<h", 0), (88, "<f", 0.0))
    assert open_image(path).info.spacing == (1.5, 2.0, 1.0)
    assert np.array_equal(whole(open_image(path)), by_nibabel(path)[0])
    patched(path, (254, "<h", 1), *((place, "<f", 0.0) for place in (288, 304, 320)))
    assert open_image(path).info.spacing == pytest.approx((1.5, 2.0, 1.0))


def test_the_neighbour_of_a_packed_file_is_not_taken_for_it(tmp_path: Path) -> None:
    saved(tmp_path / "x.nii.gz", np.full((2, 3, 4), 7, np.int16))
    saved(tmp_path / "x.nii", np.full((2, 3, 4), 9, np.int16))
    assert set(whole(open_image(tmp_path / "x.nii.gz")).flat) == {7}
    assert set(whole(open_image(tmp_path / "x.nii")).flat) == {9}


def test_analyze_says_that_its_orientation_is_unknown_and_lies_as_simpleitk_lays_it(tmp_path: Path) -> None:
    image = ANALYZE(np.arange(24, dtype=np.int16).reshape(2, 3, 4), None)
    image.header["pixdim"][1:4] = 1.5, 2, 3
    nibabel.save(image, tmp_path / "x.img")
    itk = SimpleITK.ReadImage(str(tmp_path / "x.hdr"))
    for name in ("x.img", "x.hdr"):
        read = open_image(tmp_path / name)
        assert read.warnings == ("orientation unknown (Analyze)",)
        assert read.summary == "Analyze 7.5"
        assert (read.info.spacing, read.info.origin) == (itk.GetSpacing(), itk.GetOrigin())
        assert read.info.direction == itk.GetDirection()
        assert np.array_equal(whole(read)[0, 0], SimpleITK.GetArrayFromImage(itk))
    (tmp_path / "x.img").unlink()
    assert refusal(tmp_path / "x.hdr") == "x.hdr is incomplete: x.img with its voxels does not exist"


def test_a_pair_in_capital_letters_and_a_pair_of_which_one_is_packed(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    saved(tmp_path / "x.img", voxels, kind=nibabel.Nifti1Pair)
    data = (tmp_path / "x.img").read_bytes()
    (tmp_path / "X.HDR").write_bytes((tmp_path / "x.hdr").read_bytes())
    (tmp_path / "X.IMG").write_bytes(data)
    assert whole(open_image(tmp_path / "X.IMG")).max() == 23
    (tmp_path / "x.img").unlink()
    (tmp_path / "x.img.gz").write_bytes(gzip.compress(data))
    assert whole(open_image(tmp_path / "x.hdr")).max() == 23


NAN = math.nan
CASES: list[tuple[list[tuple[int, str, Any]], str]] = [
    ([(40, "<h", 0)], "is damaged: it has 0 dimensions"),
    ([(40, "<h", 9)], "is damaged: it has 9 dimensions"),
    ([(44, "<h", 0)], "is damaged: its size is 2x0x4"),
    ([(44, "<h", -3)], "is damaged: its size is 2x-3x4"),
    ([(44, "<h", 32767)], "bytes of voxels are there"),
    ([(70, "<h", 32)], "holds complex numbers; that is not supported"),
    ([(70, "<h", 1536)], "holds 128-bit floating point numbers"),
    ([(70, "<h", 1)], "holds single bits"),
    ([(70, "<h", 77)], "voxels of an unknown type (77)"),
    ([(108, "<f", 1e9)], "is damaged: 0 of 48 bytes of voxels are there"),
    ([(108, "<f", -5)], "its voxels begin at byte -5"),
    ([(108, "<f", 100)], "its voxels begin at byte 100"),
    ([(108, "<f", NAN)], "its voxels begin at byte nan"),
    ([(280, "<f", NAN)], "no usable geometry"),
    ([(292, "<f", math.inf)], "no usable geometry"),
    ([(254, "<h", 0), (80, "<f", NAN)], "no usable geometry"),
    ([(254, "<h", 0), (80, "<f", 0)], "no usable geometry (spacing 0 x 2 x 3 mm)"),
    ([(254, "<h", 0), (80, "<f", 1e-30)], "no usable geometry"),
    ([(254, "<h", 0), (80, "<f", math.inf)], "no usable geometry"),
    ([(252, "<h", 1), (254, "<h", 0), (80, "<f", math.inf)], "no usable geometry"),
    ([(252, "<h", 1), (254, "<h", 0), (256, "<f", NAN)], "no usable geometry"),
    ([(252, "<h", 1), (254, "<h", 0), (256, "<f", 3e38)], ""),
    ([(place, "<f", 1.0) for place in range(280, 328, 4)], "two of its axes are parallel"),
    ([(place, "<f", 0.0) for place in range(280, 328, 4)], "no usable geometry"),
    ([(40, "<h", 5), (50, "<h", 2), (70, "<h", 128)], "holds 2 colour images"),
]


@pytest.mark.parametrize(("changes", "words"), CASES)
def test_nonsense_in_the_header_is_refused_in_words(
    plain: Path, changes: list[tuple[int, str, Any]], words: str
) -> None:
    patched(plain, *changes)
    if words:
        assert words in refusal(plain)
        assert refusal(plain).startswith("plain.nii ")
    else:
        survives(plain)


def test_an_offset_of_zero_means_right_after_the_header(plain: Path) -> None:
    assert whole(open_image(patched(plain, (108, "<f", 0.0)))).max() == 23


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, name: str) -> None:
    voxels = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    data = saved(tmp_path / name, voxels).read_bytes()
    for length in sorted({*range(0, len(data), 11), *range(len(data) - 20, len(data))}):
        (tmp_path / name).write_bytes(data[:length])
        assert not survives(tmp_path / name), length
    assert "bytes of voxels are there" in refusal(tmp_path / name) or name == "x.nii.gz"
    (tmp_path / name).write_bytes(data + b"rubbish at the end")
    assert survives(tmp_path / name)


def test_a_wrong_check_sum_is_found(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.nii.gz", np.zeros((5, 6, 7), np.int16))
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    assert refusal(path) == "x.nii.gz is damaged: its check sum is wrong or missing"


def test_a_gzip_file_of_several_members_is_read(tmp_path: Path, plain: Path) -> None:
    data = plain.read_bytes()
    path = tmp_path / "x.nii.gz"
    path.write_bytes(gzip.compress(data[:370]) + gzip.compress(data[370:]))
    assert whole(open_image(path)).max() == 23


def test_a_bomb_is_not_unpacked(tmp_path: Path, plain: Path) -> None:
    path = tmp_path / "bomb.nii.gz"
    header = bytearray(plain.read_bytes()[:352])
    struct.pack_into("<3h", header, 42, 200, 200, 200)
    path.write_bytes(gzip.compress(bytes(header) + bytes(16_000_000)))
    with pytest.raises(NodeError) as caught:
        open_nifti(path, limit=10**6)
    assert str(caught.value) == (
        "bomb.nii.gz needs 16.0 MB (200x200x200 int16); limit 1.0 MB; "
        "a plain .mha or .nii of it would be read piece by piece"
    )
    assert open_nifti(path).info.range == (0, 0)
    struct.pack_into("<3h", header, 42, 2, 2, 2)
    path.write_bytes(gzip.compress(bytes(header) + bytes(100_000_000), 1))
    assert whole(open_nifti(path)).size == 8
    struct.pack_into("<3h", header, 42, 1000, 1000, 1000)
    path.write_bytes(gzip.compress(bytes(header) + bytes(1000)))
    with pytest.raises(NodeError, match=r"0 of 2000000000 bytes of voxels are there"):
        open_nifti(path, limit=10**12).read(open_nifti(path, limit=10**12).info.whole)


@pytest.mark.parametrize("scanned", [0, 1 << 30])
def test_the_range_is_exact_or_what_the_type_could_hold(
    tmp_path: Path, scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "SCANNED", scanned)
    monkeypatch.setattr(memory, "UNPACKED", scanned)
    path = saved(tmp_path / "x.nii", np.arange(-5, 19, dtype=np.int16).reshape(2, 3, 4))
    assert open_image(path).info.range == ((-5, 18) if scanned else (-32768, 32767))
    patched(path, (112, "<f", 2.0), (116, "<f", 1.0))
    info = open_image(path).info
    assert info.range == ((-9, 37) if scanned else (-65535, 65535))
    assert info.dtype == (np.int16 if scanned else np.int32)
    packed = saved(tmp_path / "x.nii.gz", np.arange(24, dtype=np.int16).reshape(2, 3, 4))
    read = open_image(packed)
    assert (read.nbytes > 0) == (scanned > 0)
    assert read.read(read.info.whole).max() == 23
    assert read.nbytes == 48


def test_what_is_no_number_does_not_count_for_the_range(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.float32).reshape(2, 3, 4) + 5
    voxels[0, 0] = np.nan, np.inf, -np.inf, np.nan
    assert open_image(saved(tmp_path / "x.nii", voxels)).info.range == (9, 28)
    voxels[:] = np.nan
    assert open_image(saved(tmp_path / "x.nii", voxels)).info.range == (0, 0)


def test_a_large_image_is_scanned_in_pages(tmp_path: Path) -> None:
    voxels = np.zeros((1100, 600, 2, 2), np.uint8)
    voxels[7, 3, 0, 0], voxels[1099, 599, 1, 1] = 3, 200
    voxels[voxels == 0] = 50
    assert open_image(saved(tmp_path / "x.nii", voxels)).info.range == (3, 200)


def test_a_file_that_shrinks_or_vanishes_while_it_is_open_is_refused(plain: Path) -> None:
    read = open_image(plain)
    plain.write_bytes(plain.read_bytes()[:380])
    with pytest.raises(NodeError, match=r"plain\.nii is damaged: 28 of 48 bytes of voxels are there"):
        read.read(read.info.whole)
    plain.unlink()
    with pytest.raises(NodeError, match=r"plain\.nii could not be read: No such file"):
        read.read(read.info.whole)


def test_what_is_too_short_or_something_else_is_no_nifti(tmp_path: Path) -> None:
    assert not is_nifti(b"")
    assert not is_nifti(bytes(1000))
    path = tmp_path / "x.nii"
    path.write_bytes(bytes(1000))
    with pytest.raises(NodeError, match="no NIfTI or Analyze image"):
        open_nifti(path)
    with pytest.raises(NodeError, match="could not be read: No such file"):
        open_nifti(tmp_path / "nothing.nii")


def _seeds(folder: Path) -> dict[str, Callable[[], Path]]:
    voxels = np.random.default_rng(0).integers(0, 99, (4, 5, 6)).astype(np.int16)
    return {
        "plain.nii": lambda: saved(folder / "plain.nii", voxels),
        "two.nii": lambda: saved(folder / "two.nii", voxels, kind=nibabel.Nifti2Image),
        "packed.nii.gz": lambda: saved(folder / "packed.nii.gz", voxels),
    }


@pytest.mark.parametrize("name", ["plain.nii", "two.nii", "packed.nii.gz"])
def test_damaged_files_end_in_success_or_one_sentence(tmp_path: Path, name: str) -> None:
    path = _seeds(tmp_path)[name]()
    survived = 0
    for data in mutations(path.read_bytes(), 300, seed=7, head=360):
        path.write_bytes(data)
        survived += survives(path)
    assert survived < 300
