"""Writing: what was written is what is read again, by us and by others, or it is refused in words."""

import dataclasses
import gzip
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

from nodeeditor import VOXEL_TYPES, Extent, Image, NodeError, Region
from nodes.formats import open_image, write_tiff
from nodes.formats.write import WRITABLE, write_image
from tests.formats import InHand, real, sample, whole

PLAIN = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd")


def refused(image: Image, path: Path) -> str:
    with pytest.raises(NodeError) as caught:
        write_image(InHand(image), path)
    assert not list(path.parent.glob(".*.part"))
    return str(caught.value)


def same(image: Image, path: Path) -> None:
    read = open_image(path)
    voxels = whole(read)
    assert voxels.dtype == image.info.dtype
    assert np.array_equal(voxels, image.voxels)
    if path.suffix in (".nrrd", ".mha", ".mhd"):
        assert np.allclose(read.info.index_to_world, image.info.index_to_world, rtol=1e-14, atol=1e-13)
    assert image.info.grid_difference(read.info) == ""
    assert read.info.time_step == image.info.time_step
    assert read.warnings == ()


@pytest.mark.parametrize("suffix", PLAIN)
@pytest.mark.parametrize("dtype", VOXEL_TYPES, ids=str)
def test_every_type_shape_and_channel_count_comes_back_and_simpleitk_agrees(
    tmp_path: Path, suffix: str, dtype: np.dtype[Any]
) -> None:
    for t, c, z in itertools.product((1, 2), (1, 3, 4, 5), (1, 4)):
        image = sample((t, c, z, 5, 6), str(dtype), seed=t + c)
        path = tmp_path / f"x{suffix}"
        write_image(InHand(image), path)
        same(image, path)
        if z == 1 and "nii" in suffix:
            continue  # SimpleITK drops the third axis
        theirs = Image.from_sitk(SimpleITK.ReadImage(str(path)))
        assert np.array_equal(theirs.voxels, image.voxels)
        assert theirs.voxels.dtype == dtype
        assert image.info.grid_difference(theirs.info) == ""
        assert theirs.info.time_step == pytest.approx(image.info.time_step)


@pytest.mark.parametrize("seed", range(6))
def test_nibabel_sees_the_same_grid_in_sform_and_qform(tmp_path: Path, seed: int) -> None:
    image = sample(seed=seed)
    write_image(InHand(image), tmp_path / "x.nii.gz")
    theirs: Any = nibabel.load(tmp_path / "x.nii.gz")
    expected = np.diag((-1, -1, 1, 1)) @ image.info.index_to_world
    for form in ("sform", "qform"):
        matrix, code = getattr(theirs, f"get_{form}")(coded=True)
        assert code == 1
        assert np.allclose(matrix, expected, atol=1e-4)
    assert np.array_equal(np.asanyarray(theirs.dataobj).T, image.voxels[0, 0])


def test_equal_images_give_equal_files(tmp_path: Path) -> None:
    for suffix in PLAIN[:4]:
        for name in ("a", "b"):
            write_image(InHand(sample()), tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_real_head_comes_back_from_every_format_and_packs_about_as_well_as_others(tmp_path: Path) -> None:
    source = open_image(real("t1_head/t1_proband_size.nii.gz"))
    image = Image.of(source.info, whole(source))
    for suffix in PLAIN:
        write_image(InHand(image), tmp_path / f"x{suffix}")
        same(image, tmp_path / f"x{suffix}")
    best = len(gzip.compress((tmp_path / "x.nii").read_bytes(), 6))
    assert (tmp_path / "x.nii.gz").stat().st_size < 1.15 * best


@pytest.mark.parametrize(
    ("suffix", "extent", "dtypes"),
    [
        (".tif", (1, 1, 4, 5, 6), "uint8 int8 uint16 int16 uint32 int32 float32"),
        (".tiff", (1, 1, 1, 5, 6), "uint8 uint16"),
        (".tif", (1, 3, 4, 5, 6), "uint8 uint16"),
        (".png", (1, 1, 1, 5, 6), "uint8 uint16"),
        (".png", (1, 3, 1, 5, 6), "uint8 uint16"),
        (".png", (1, 4, 1, 5, 6), "uint8"),
    ],
)
def test_pictures_keep_their_voxels(tmp_path: Path, suffix: str, extent: Extent, dtypes: str) -> None:
    for dtype in dtypes.split():
        image = sample(extent, dtype)
        write_image(InHand(image), tmp_path / f"x{suffix}")
        read = open_image(tmp_path / f"x{suffix}")
        assert np.array_equal(whole(read), image.voxels)
        assert read.info.dtype == dtype


@pytest.mark.parametrize(
    ("extent", "dtype"),
    [((1, 1, 4, 5, 6), "int16"), ((1, 1, 1, 7, 3), "float32"), ((1, 3, 2, 5, 7), "uint8"), ((1, 4, 2, 5, 6), "uint16")],
)
@pytest.mark.parametrize("big", [False, True])
def test_simpleitk_reads_the_same_tiff_in_either_form(
    tmp_path: Path, extent: Extent, dtype: str, big: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if big:
        monkeypatch.setattr(write_tiff, "_LIMIT", 0)
    image = sample(extent, dtype)
    write_image(InHand(image), tmp_path / "x.tif")
    assert (tmp_path / "x.tif").read_bytes()[2] == (43 if big else 42)
    theirs = SimpleITK.ReadImage(str(tmp_path / "x.tif"))
    assert theirs.GetSpacing()[:2] == pytest.approx(image.info.spacing[:2], rel=1e-6)
    values = SimpleITK.GetArrayFromImage(theirs)
    assert np.array_equal(values.reshape((*image.voxels[0].shape[1:], extent[1])), np.moveaxis(image.voxels[0], 0, -1))
    ours = open_image(tmp_path / "x.tif")
    assert np.array_equal(whole(ours), image.voxels)
    assert ours.info.spacing[:2] == pytest.approx(image.info.spacing[:2], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "extent", "dtype", "words"),
    [
        ("x.png", (1, 1, 1, 5, 6), "int16", "PNG cannot hold int16; use .nii.gz or .nrrd"),
        ("x.png", (1, 1, 2, 5, 6), "uint8", "PNG cannot hold 2 slices; use .nii.gz, .nrrd, .tif"),
        ("x.png", (2, 1, 1, 5, 6), "uint8", "PNG cannot hold 2 time points; use .nii.gz, .nrrd"),
        ("x.png", (1, 2, 1, 5, 6), "uint8", "PNG cannot hold 2 channels"),
        ("x.tif", (1, 1, 1, 5, 6), "float64", "TIFF cannot hold float64"),
        ("x.tif", (2, 1, 1, 5, 6), "uint8", "TIFF cannot hold 2 time points; use .nii.gz, .nrrd"),
        ("x.tif", (1, 2, 1, 5, 6), "uint8", "TIFF cannot hold 2 channels"),
        ("x.nii", (1, 1, 1, 1, 40000), "uint8", "NIfTI-1 holds at most 32767 voxels along an axis; use .nrrd"),
        ("x.dcm", (1, 1, 2, 5, 6), "uint8", "2 slices; name a folder for a DICOM series"),
        ("x.dcm", (1, 1, 1, 5, 6), "float32", "DICOM cannot hold float32 voxels from"),
        ("series", (2, 1, 1, 5, 6), "uint8", "a DICOM series holds no 2 time points; use .nii.gz"),
        ("series", (1, 3, 1, 5, 6), "uint16", "DICOM cannot hold 3 channels of uint16"),
        ("series", (1, 4, 1, 5, 6), "uint8", "DICOM cannot hold 4 channels of uint8"),
        ("series", (1, 1, 1, 1, 70000), "uint8", "at most 65535 rows and columns"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_in_words(
    tmp_path: Path, name: str, extent: Extent, dtype: str, words: str
) -> None:
    text = refused(sample(extent, dtype), tmp_path / name)
    assert text.startswith(f"{name} could not be written: ")
    assert words in text
    assert not list(tmp_path.iterdir())


def test_integers_beyond_sixteen_bits_are_no_dicom(tmp_path: Path) -> None:
    image = sample(dtype="int32")
    voxels = image.voxels * 1000
    wide = Image.of(image.info.with_range(int(voxels.min()), int(voxels.max())), voxels)
    assert "DICOM cannot hold int32 voxels from" in refused(wide, tmp_path / "series")


def test_unknown_suffixes_missing_folders_and_impossible_names_are_refused(tmp_path: Path) -> None:
    text = refused(sample(), tmp_path / "x.xyz")
    assert text == f"x.xyz: write one of {', '.join(WRITABLE)}, or a folder for a DICOM series"
    assert "x.jpg: write one of" in refused(sample(), tmp_path / "x.jpg")
    assert "x.tar.gz: write one of" in refused(sample(), tmp_path / "x.tar.gz")
    assert "the folder" in refused(sample(), tmp_path / "missing" / "x.nii")
    assert "NUL" in refused(sample(), tmp_path / "a\0b.nii")
    assert "is not valid text" in refused(sample(), tmp_path / "\udcff.nii")
    assert refused(sample(), Path("/")) == "no file name is given"
    assert refused(sample(), tmp_path / ("x" * 300 + ".nii")).endswith("its name is too long")


def test_an_old_file_is_replaced_and_stays_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"old")
    refused(sample(), path)
    assert path.read_bytes() == b"old"
    write_image(InHand(sample((1, 1, 1, 5, 6), "uint8")), path)
    assert open_image(path).info.extent == (1, 1, 1, 5, 6)
    assert [file.name for file in tmp_path.iterdir()] == ["x.png"]


class Once(InHand):
    """Pages that are given one after another, never the whole."""

    def read(self, region: Region | None = None) -> Image:
        raise AssertionError("the whole is asked for")


class Breaking(InHand):
    """Pages of which the second cannot be computed."""

    def __iter__(self) -> Iterator[Image]:
        yield next(super().__iter__())
        raise NodeError("broke")


@pytest.mark.parametrize("suffix", [*PLAIN, ""])
def test_pages_are_written_as_they_come(tmp_path: Path, suffix: str) -> None:
    for extent in ((1, 1, 5, 6, 7), (1, 3, 5, 6, 7)):
        image = sample(extent, "uint8")
        write_image(Once(image), tmp_path / f"x{suffix}")
        assert np.array_equal(whole(open_image(tmp_path / f"x{suffix}")), image.voxels)


@pytest.mark.parametrize("suffix", [*PLAIN, ""])
def test_a_page_that_fails_leaves_the_old_file_as_it_was(tmp_path: Path, suffix: str) -> None:
    image, path = sample((1, 1, 5, 6, 7)), tmp_path / f"x{suffix}"
    write_image(InHand(image), path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(NodeError, match=r"^broke$"):
        write_image(Breaking(image), path)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.nii").mkdir()
    assert refused(sample(), tmp_path / "x.nii").startswith("x.nii could not be written: ")


@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes are a thing of Unix")
@pytest.mark.parametrize("suffix", [*PLAIN, ".tif", ".png", "", ".dcm"])
def test_a_file_that_grows_beyond_what_the_system_allows_is_an_error(tmp_path: Path, suffix: str) -> None:
    extent = (1, 1, 1, 300, 300)
    program = (
        "import resource, sys; from pathlib import Path; from tests.formats import InHand, sample\n"
        "from nodeeditor import NodeError; from nodes.formats.write import write_image\n"
        "image = sample(%r, 'uint8'); path = Path(sys.argv[1]); write_image(InHand(image), path)\n"
        "hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))\n"
        "try: write_image(InHand(image), path)\n"
        "except NodeError as error: message = str(error)\n"
        "else: message = 'no error'\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard)); print(message)\n"
    )
    path = tmp_path / f"x{suffix}"
    command = [sys.executable, "-c", program % (extent,), str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert answer.stdout.startswith(f"x{suffix} could not be written: "), answer
    assert whole(open_image(path)).shape == extent
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("dtype", "modality", "sop_class", "stored"),
    [
        ("int16", "CT", "CT Image Storage", "int16"),
        ("uint16", "MR", "MR Image Storage", "uint16"),
        ("uint8", "", "Secondary Capture Image Storage", "uint8"),
        ("int32", "CT", "CT Image Storage", "int16"),
        ("int8", "PT", "Secondary Capture Image Storage", "int16"),
    ],
)
def test_a_dicom_series_keeps_voxels_geometry_and_names(
    tmp_path: Path, dtype: str, modality: str, sop_class: str, stored: str
) -> None:
    image = sample(dtype=dtype)
    tags = (
        ("PatientName", "Müller^Änne"),
        ("StudyInstanceUID", "1.2.3"),
        ("PatientAge", "not an age"),
        ("SeriesDescription", "a head"),
    )
    image = Image.of(dataclasses.replace(image.info, modality=modality, tags=tags), image.voxels)
    folder = tmp_path / "series"
    write_image(InHand(image), folder)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"slice{number:04d}.dcm" for number in (1, 2, 3, 4)]
    slices = [pydicom.dcmread(file) for file in files]
    assert {each.SOPClassUID.name for each in slices} == {sop_class}
    assert len({each.SOPInstanceUID for each in slices}) == 4
    assert len({each.SeriesInstanceUID for each in slices}) == 1
    assert (slices[0].PatientName, slices[0].StudyInstanceUID) == ("Müller^Änne", "1.2.3")
    for z, each in enumerate(slices):
        assert each.pixel_array.dtype == stored
        assert np.array_equal(each.pixel_array, image.voxels[0, 0, z])
    reader: Any = SimpleITK.ImageSeriesReader()
    reader.SetFileNames([str(file) for file in files])
    theirs = Image.from_sitk(reader.Execute())
    assert np.array_equal(theirs.voxels, image.voxels)
    if np.linalg.det(np.reshape(image.info.direction, (3, 3))) > 0:
        assert image.info.grid_difference(theirs.info) == ""
    ours = open_image(folder)
    assert sorted(map(tuple, whole(ours)[0, 0].reshape(4, -1))) == sorted(map(tuple, image.voxels[0, 0].reshape(4, -1)))


def test_colours_become_a_dicom_file_of_one_slice(tmp_path: Path) -> None:
    image = sample((1, 3, 1, 5, 7), "uint8")
    write_image(InHand(image), tmp_path / "x.dcm")
    read = pydicom.dcmread(tmp_path / "x.dcm")
    assert np.array_equal(np.moveaxis(read.pixel_array, -1, 0), image.voxels[0, :, 0])
    assert np.array_equal(whole(open_image(tmp_path / "x.dcm")), image.voxels)


def test_a_series_replaces_a_series_but_no_folder_with_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "series"
    write_image(InHand(sample((1, 1, 6, 5, 6))), folder)
    write_image(InHand(sample((1, 1, 3, 5, 6))), folder)
    assert len(list(folder.iterdir())) == 3
    (folder / "thesis.txt").write_text("three years of work")
    assert "it exists and holds other files than a DICOM series" in refused(sample(), folder)
    assert (folder / "thesis.txt").exists()
    (tmp_path / "file").touch()
    assert "it exists and holds other files" in refused(sample(), tmp_path / "file")
