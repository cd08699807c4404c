"""Opening by content, refusing in words, and the stamp that says whether a file has changed."""

import errno
import gzip
import os
from pathlib import Path

import nibabel
import numpy as np
import pydicom.data
import pytest
import SimpleITK

from nodeeditor import NodeError
from nodes.formats import format_name, open_image, stamp
from nodes.formats.itk import FORMATS
from tests.formats import real, refusal, whole


@pytest.fixture
def nifti(tmp_path: Path) -> Path:
    image = SimpleITK.GetImageFromArray(np.arange(24, dtype=np.int16).reshape(2, 3, 4))
    SimpleITK.WriteImage(image, str(tmp_path / "x.nii"))
    return tmp_path / "x.nii"


@pytest.fixture
def dicom() -> Path:
    return Path(pydicom.data.get_testdata_file("CT_small.dcm"))  # type: ignore[arg-type]


def test_missing_empty_and_unknown_files_are_refused_in_words(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.nii") == f"{tmp_path / 'missing.nii'} does not exist"
    (tmp_path / "empty.nii").touch()
    assert refusal(tmp_path / "empty.nii") == "empty.nii is empty (0 bytes)"
    (tmp_path / "hello.txt").write_text("hello there")
    assert refusal(tmp_path / "hello.txt") == "hello.txt is not an image I know (begins with 'hello th')"
    assert refusal(tmp_path / "hello.txt" / "x.nii") == f"{tmp_path / 'hello.txt' / 'x.nii'} does not exist"
    (tmp_path / "one.bin").write_bytes(b"\0")
    assert refusal(tmp_path / "one.bin") == "one.bin is not an image I know (begins with '\\x00')"
    (tmp_path / "text.gz").write_bytes(gzip.compress(b"hello", mtime=0))
    assert refusal(tmp_path / "text.gz").startswith("text.gz is not an image I know (begins with '\\x1f\\x8b")
    (tmp_path / "alone.img").write_bytes(b"voxels")
    assert refusal(tmp_path / "alone.img") == "alone.img is incomplete: alone.hdr with its header does not exist"
    assert refusal(tmp_path / ("x" * 300 + ".nii")).endswith("has too long a name")


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are a thing of Unix")
def test_loops_pipes_and_devices_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "loop.nii").symlink_to(tmp_path / "loop.nii")
    assert refusal(tmp_path / "loop.nii") == "loop.nii is a circular link"
    os.mkfifo(tmp_path / "pipe.nii")
    assert refusal(tmp_path / "pipe.nii") == "pipe.nii is not a regular file"
    (tmp_path / "device.nii").symlink_to("/dev/zero")
    assert refusal(tmp_path / "device.nii") == "device.nii is not a regular file"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_in_words(nifti: Path) -> None:
    nifti.chmod(0)
    assert refusal(nifti) == "x.nii may not be read (permission)"


def test_a_missing_permission_is_told_as_such() -> None:
    from nodes.formats import _problem

    error = PermissionError(errno.EACCES, "Permission denied")
    assert str(_problem(Path("x.nii"), error)) == "x.nii may not be read (permission)"
    assert str(_problem(Path("x.nii"), OSError(errno.EIO, "Input/output error"))) == (
        "x.nii could not be read: Input/output error"
    )


@pytest.mark.parametrize("name", ["a\0b.nii", "\ud800.nii"])
def test_names_that_no_file_can_have_are_refused(name: str) -> None:
    with pytest.raises(NodeError, match=r"NUL character|no valid file name"):
        open_image(Path(name))


@pytest.mark.parametrize("name", ["kopf mit ümläut.nii", "頭部.nii", "🧠.nii", "x" * 251 + ".nii"])
def test_unusual_names_work(nifti: Path, name: str) -> None:
    path = nifti.rename(nifti.with_name(name))
    assert whole(open_image(path)).max() == 23
    assert stamp(path)


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="such names exist on Linux")
def test_a_name_that_is_no_text_works_where_no_child_is_needed(nifti: Path) -> None:
    path = nifti.rename(os.fsdecode(os.fsencode(nifti.parent) + b"/\xff\xfe.nii"))
    assert whole(open_image(path)).max() == 23
    assert stamp(path)


def test_the_content_counts_and_a_wrong_suffix_is_a_warning(nifti: Path, tmp_path: Path, dicom: Path) -> None:
    wrong = nifti.rename(tmp_path / "x.dcm")
    read = open_image(wrong)
    assert read.warnings[0] == "is named .dcm but holds NIfTI"
    assert whole(read).max() == 23
    (tmp_path / "y.nii").write_bytes(dicom.read_bytes())
    read = open_image(tmp_path / "y.nii")
    assert read.warnings[0] == "is named .nii but holds DICOM"
    assert read.info.extent == (1, 1, 1, 128, 128)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((5, 5), np.uint8)), str(tmp_path / "z.png"))
    (tmp_path / "z.png").rename(tmp_path / "z.jpg")
    assert open_image(tmp_path / "z.jpg").warnings == ("is named .jpg but holds PNG",)
    assert format_name(tmp_path / "z.jpg") == "PNG"


def test_dicom_without_a_header_is_known_unless_its_name_says_otherwise(tmp_path: Path, dicom: Path) -> None:
    dataset = dicom.read_bytes()[132:]
    for name, kind in (("x", "DICOM"), ("x.dcm", "DICOM"), ("x.mrc", ""), ("x.png", "")):
        (tmp_path / name).write_bytes(dataset)
        assert format_name(tmp_path / name) == kind


def test_a_suffix_that_says_nothing_is_no_warning(nifti: Path, tmp_path: Path) -> None:
    assert open_image(nifti.rename(tmp_path / "x.1234")).warnings == ()


@pytest.mark.parametrize(
    ("name", "begin", "kind"),
    [
        ("x.jp2", b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        ("x.j2k", b"\xff\x4f\xff\x51", "JPEG 2000"),
        ("x.mnc", b"CDF\x01", "MINC"),
        ("y.mnc", b"\x89HDF\r\n\x1a\n", "MINC"),
    ],
)
def test_formats_whose_readers_crash_harm_nobody(tmp_path: Path, name: str, begin: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(begin + bytes(1000))
    assert format_name(tmp_path / name) == kind
    assert refusal(tmp_path / name).startswith(f"{name} could not be read: ")


def test_jpeg_2000_and_minc_are_read_as_simpleitk_reads_them(tmp_path: Path) -> None:
    pattern = np.arange(12000, dtype=np.uint8).reshape(100, 120)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(pattern), str(tmp_path / "x.jp2"))
    picture = open_image(tmp_path / "x.jp2")
    assert np.array_equal(picture.read(picture.info.whole)[0, 0, 0], pattern)
    minc = Path(nibabel.__file__).parent / "tests" / "data" / "small.mnc"
    expected, volume = SimpleITK.ReadImage(str(minc)), open_image(minc)
    assert np.array_equal(volume.read(volume.info.whole)[0, 0], SimpleITK.GetArrayFromImage(expected))
    assert np.allclose(volume.info.spacing, expected.GetSpacing())
    assert np.allclose(volume.info.origin, expected.GetOrigin())


def test_minc_1_is_refused_because_simpleitk_does_not_read_it() -> None:
    minc = Path(nibabel.__file__).parent / "tests" / "data" / "tiny.mnc"
    with pytest.raises(RuntimeError, match="Could not open file"):
        SimpleITK.ReadImage(str(minc), imageIO="MINCImageIO")
    assert refusal(minc) == "tiny.mnc could not be read: it is MINC 1, SimpleITK reads MINC 2; use mincconvert -2"


def test_every_format_of_simpleitk_has_a_reader() -> None:
    own = {"GDCMImageIO", "NiftiImageIO", "MetaImageIO", "NrrdImageIO", "Bruker2dseqImageIO"}
    ours = own | {kind.image_io for kind in FORMATS}
    assert set(SimpleITK.ImageFileReader().GetRegisteredImageIOs()) <= ours


def test_a_folder_is_a_dicom_series_or_nothing(nifti: Path, tmp_path: Path, dicom: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "inner").mkdir()
    (folder / "empty.dcm").touch()
    assert refusal(folder) == "empty is a folder without images"
    other = tmp_path.name
    assert refusal(tmp_path) == f"{other} is a folder without a DICOM series; choose one of its files (x.nii)"
    for name in "abc":
        (tmp_path / f"{name}.nii").write_bytes(nifti.read_bytes())
    assert refusal(tmp_path).endswith("choose one of its files (a.nii, b.nii, c.nii, …)")
    (tmp_path / "slice.dcm").write_bytes(dicom.read_bytes())
    assert open_image(tmp_path).info.extent == (1, 1, 1, 128, 128)


def test_a_real_series_is_opened_by_its_folder() -> None:
    assert open_image(real("ct/series")).info.extent == (1, 1, 20, 512, 512)


def test_the_stamp_changes_with_the_file_and_nothing_else(nifti: Path) -> None:
    first = stamp(nifti)
    assert stamp(nifti) == first
    facts = nifti.stat()
    os.utime(nifti, ns=(facts.st_atime_ns + 10**9, facts.st_mtime_ns))
    assert stamp(nifti) == first
    os.utime(nifti, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1000))
    assert stamp(nifti) != first
    os.utime(nifti, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert stamp(nifti) == first
    copy = nifti.with_name("copy.nii")
    copy.write_bytes(nifti.read_bytes())
    os.utime(copy, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert stamp(copy) != first


def test_the_stamp_of_a_header_changes_with_its_voxels(tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(np.zeros((2, 3, 4), np.int16))
    for header, data in (("x.mhd", "x.raw"), ("y.nhdr", "y.raw"), ("z.hdr", "z.img")):
        SimpleITK.WriteImage(image, str(tmp_path / header))
        first = stamp(tmp_path / header)
        os.utime(tmp_path / data, ns=(0, 10**18))
        assert stamp(tmp_path / header) != first
    (tmp_path / "x.mhd").write_text("damaged")
    (tmp_path / "y.nhdr").write_text("damaged")
    assert stamp(tmp_path / "x.mhd") != stamp(tmp_path / "y.nhdr")


def test_the_stamp_of_a_folder_changes_with_each_of_its_files(nifti: Path) -> None:
    first = stamp(nifti.parent)
    os.utime(nifti, ns=(0, 10**18))
    second = stamp(nifti.parent)
    nifti.rename(nifti.with_name("y.nii"))
    third = stamp(nifti.parent)
    (nifti.parent / "new.txt").touch()
    assert len({first, second, third, stamp(nifti.parent)}) == 4


def test_there_is_no_stamp_of_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match=r"missing\.nii does not exist"):
        stamp(tmp_path / "missing.nii")
