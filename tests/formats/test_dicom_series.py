"""A folder of slices becomes one volume in the right order, and what is irregular is said."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from nodeeditor import NodeError, Region
from nodes.formats.dicom import dicom_series, open_dicom
from tests.formats.test_dicom_builder import dataset, pattern, placed, save, series, shared_folder

HEIGHTS = [float(z) for z in range(0, 30, 3)]


def voxels(path: Path, series: str = "") -> Any:
    image = open_dicom(path, series)
    return image.read(image.info.whole)


def refused(path: Path, series: str = "") -> str:
    with pytest.raises(NodeError) as error:
        open_dicom(path, series)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_slices_are_sorted_by_position_whatever_their_names_and_numbers(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS[::-1])
    image = open_dicom(folder)
    info = image.info
    assert info.extent == (1, 1, 10, 4, 6)
    assert info.spacing == (1.5, 2.0, 3.0)
    assert info.origin == (-10.0, -20.0, 0.0)
    assert info.direction == (1, 0, 0, 0, 1, 0, 0, 0, 1)
    assert info.dtype == np.int16
    assert info.range == (0, 935)
    assert image.warnings == ()
    assert image.summary == "DICOM series, 10 files"
    assert image.nbytes == 0
    expected = [pattern(z=9 - i) for i in range(10)]
    np.testing.assert_array_equal(image.read(info.whole)[0, 0], expected)


def test_every_region_equals_that_part_of_the_whole(tmp_path: Path) -> None:
    image = open_dicom(series(tmp_path / "s", HEIGHTS))
    whole = image.read(image.info.whole)
    for region in (
        Region((0, 0, 3, 1, 2), (1, 1, 5, 3, 6)),
        Region((0, 0, 9, 0, 0), (1, 1, 10, 4, 1)),
        Region((0, 0, 2, 2, 2), (1, 1, 2, 3, 3)),
    ):
        part = image.read(region)
        assert part.shape == region.shape
        assert part.dtype == image.info.dtype
        np.testing.assert_array_equal(part, whole[region.slices])


@pytest.mark.parametrize("angle", [0.0, 20.0, 75.0])
def test_oblique_slices_lie_where_their_positions_say(tmp_path: Path, angle: float) -> None:
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    row, column = np.array([c, s, 0.0]), np.array([0.0, 0.0, -1.0])
    normal = np.cross(row, column)
    folder = tmp_path / "s"
    folder.mkdir()
    places = [np.array([5.0, -7.0, 11.0]) + 2.5 * i * normal for i in range(5)]
    for i in (3, 0, 4, 1, 2):
        at = placed(0, i, ImagePositionPatient=[f"{p:.10g}"[:16] for p in places[i]])
        at["ImageOrientationPatient"] = [f"{p:.10f}" for p in (*row, *column)]
        save(dataset(pattern(z=i), **at), folder / f"{i}.dcm")
    image = open_dicom(folder)
    assert image.warnings == ()
    for i, y, x in ((0, 0, 0), (4, 3, 5), (2, 1, 4)):
        world = image.info.index_to_world @ (x, y, i, 1)
        np.testing.assert_allclose(world[:3], places[i] + 1.5 * x * row + 2.0 * y * column, atol=1e-6)
    itk = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))
    np.testing.assert_allclose(image.info.direction, itk.GetDirection(), atol=1e-6)
    np.testing.assert_allclose(image.info.origin, itk.GetOrigin(), atol=1e-6)
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], sitk.GetArrayFromImage(itk))


def test_a_missing_slice_is_named(tmp_path: Path) -> None:
    image = open_dicom(series(tmp_path / "s", [-60.0 + 5 * i for i in range(20) if i != 10]))
    assert image.info.extent[2] == 19
    assert image.info.spacing[2] == 5.0
    assert image.warnings == (
        "slice 11 is missing between z = -15.0 and -5.0 mm; the slices behind the gap are shown 5.0 mm off their place",
    )


def test_several_missing_slices_add_up(tmp_path: Path) -> None:
    heights = [float(z) for z in range(0, 40, 2) if z not in (4, 6, 20)]
    first, second = open_dicom(series(tmp_path / "s", heights)).warnings
    assert first.startswith("slices 3 to 4 are missing between z = 2.0 and 8.0 mm")
    assert second.startswith("slice 11 is missing between z = 18.0 and 22.0 mm")
    assert "6.0 mm off" in second


def test_an_oblique_gap_is_named_along_the_normal(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    h = math.sqrt(0.5)
    for i in (0, 1, 2, 4, 5, 6, 7):
        at = placed(0, i, ImagePositionPatient=[0, 3 * i * -h, 3 * i * h], ImageOrientationPatient=[1, 0, 0, 0, h, h])
        save(dataset(pattern(z=i), **at), folder / f"{i}")
    (warning,) = open_dicom(folder).warnings
    assert warning.startswith("slice 4 is missing between distance along the normal = 6.0 and 12.0 mm")


def test_uneven_distances_are_named_with_the_worst_displacement(tmp_path: Path) -> None:
    image = open_dicom(series(tmp_path / "s", [0.0, 5, 10, 15, 23, 31, 39]))
    assert image.info.spacing[2] == pytest.approx(6.5)
    (warning,) = image.warnings
    assert warning.startswith("slice distances are uneven: 5.00 to 8.00 mm")
    assert "4.5 mm off" in warning


@pytest.mark.parametrize(("jitter", "said"), [(0.004, False), (0.03, True)])
def test_jitter_is_mentioned_above_one_percent(tmp_path: Path, jitter: float, said: bool) -> None:
    heights = [3 * i + (jitter * 3 if i == 4 else 0) for i in range(10)]
    image = open_dicom(series(tmp_path / "s", heights))
    assert image.info.spacing[2] == pytest.approx(3.0)
    assert bool(image.warnings) is said
    if said:
        assert image.warnings[0].startswith("slice distances vary from 2.910 to 3.090 mm (6.0 %")


def test_gantry_tilt_is_named_and_the_grid_stays_orthonormal(tmp_path: Path) -> None:
    angle = math.radians(15)
    oriented = [1, 0, 0, 0, round(math.cos(angle), 8), round(math.sin(angle), 8)]
    image = open_dicom(series(tmp_path / "s", [5.0 * i for i in range(20)], ImageOrientationPatient=oriented))
    assert image.warnings == ("slices are tilted by 15.0 deg (24.6 mm over the stack); shown as if they were not",)
    assert image.info.spacing[2] == pytest.approx(5 * math.cos(angle))
    matrix = np.reshape(image.info.direction, (3, 3))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(3), atol=1e-12)


def test_a_slice_beside_the_others_is_named(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    path = sorted(folder.iterdir())[3]
    made = dcmread(path)
    made.ImagePositionPatient = [-4.0, -20.0, made.ImagePositionPatient[2]]
    save(made, path)
    (warning,) = open_dicom(folder).warnings
    assert warning == "slices are shifted sideways by up to 6.0 mm; shown as if they were not"


def test_of_a_position_that_occurs_twice_the_first_instance_is_taken(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    save(dataset(pattern() + 5000, **placed(6.0, 99)), folder / "000_twice.dcm")
    image = open_dicom(folder)
    assert image.warnings == ("position 6.0 mm occurs twice (021_3.dcm, 000_twice.dcm); the first was taken",)
    assert image.info.range == (0, 935)


def test_a_copy_of_a_file_is_left_out(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    for path in sorted(folder.iterdir()):
        shutil.copy(path, folder / f"{path.stem} copy.dcm")
    image = open_dicom(folder)
    assert image.info.extent == (1, 1, 10, 4, 6)
    assert image.warnings[0].startswith("10 files left out as a copy of another: ")


def test_two_complete_sets_of_positions_are_two_time_points(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS, first=21, AcquisitionTime="101502.5")
    series(folder, HEIGHTS, first=1, AcquisitionTime="101507.0", dtype="uint16")
    image = open_dicom(folder)
    assert image.info.extent == (2, 1, 10, 4, 6)
    assert image.info.time_step == pytest.approx(4.5)
    assert image.info.tag("InstanceNumber") == "21"
    assert image.warnings == (
        "each of 10 positions occurs 2 times; shown as 2 time points in the order of AcquisitionTime",
    )
    assert image.summary == "DICOM series, 20 files"


def test_time_points_without_times_follow_the_instance_number(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS, first=1)
    series(folder, HEIGHTS, first=11)
    image = open_dicom(folder)
    assert image.warnings[0].endswith("in the order of InstanceNumber")
    assert image.info.time_step == 1.0


def test_time_points_without_any_order_follow_the_names(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for name in "dcba":
        at = placed(3.0 * (name in "bd"), InstanceNumber=None, SOPInstanceUID=f"1.{ord(name)}")
        at.pop("InstanceNumber")
        save(dataset(pattern(z=ord(name) - ord("a")), **at), folder / name)
    image = open_dicom(folder)
    assert image.warnings[0].endswith("in the order of their names")
    np.testing.assert_array_equal(image.read(image.info.whole)[:, 0, :, 0, 0], [[0, 100], [200, 300]])


def test_an_incomplete_set_of_time_points_is_refused(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    series(folder, HEIGHTS[:6], first=21)
    assert "incomplete set of time points: 4 positions once, 6 positions twice" in refused(folder)


def test_a_localizer_is_left_out(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    sagittal = placed(0, 77, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    save(dataset(pattern(8, 8), **sagittal), folder / "scout.dcm")
    image = open_dicom(folder)
    assert image.info.extent == (1, 1, 10, 4, 6)
    assert image.warnings == ("1 file in another orientation (localizers?) left out: scout.dcm",)


def test_a_picture_without_geometry_beside_a_stack_is_left_out(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    save(dataset(pattern(9, 9)), folder / "screenshot.dcm")
    assert "screenshot.dcm" in open_dicom(folder).warnings[0]


def test_several_orientations_without_a_main_one_are_refused(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS[:5])
    series(folder, HEIGHTS[:4], first=31, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    assert refused(folder).startswith("s holds slices in 2 orientations (5, 4 slices)")


def test_more_orientations_than_anybody_means_are_refused_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for i in range(70):
        c, s = math.cos(i / 20), math.sin(i / 20)
        at = placed(0, i, ImageOrientationPatient=[round(c, 6), round(s, 6), 0, 0, 0, -1])
        save(dataset(pattern(), **at), folder / f"{i}")
    assert "more than 64 orientations" in refused(folder)


def test_mixed_sizes_are_named_with_counts_and_a_file(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    save(dataset(pattern(8, 8), **placed(30.0, 90)), folder / "big.dcm")
    assert refused(folder) == "slices of s differ in size: 6x4 (10), 8x8 (1: big.dcm ...)"


def test_colour_beside_grey_is_refused(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    save(dataset(np.zeros((4, 6, 3), np.uint8), **placed(30.0, 90)), folder / "colour.dcm")
    assert "differ in samples a pixel: 1 (10), 3 (1: colour.dcm ...)" in refused(folder)


def test_mixed_pixel_spacing_is_refused(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    save(dataset(pattern(), **placed(30.0, 90, PixelSpacing=[1, 1])), folder / "fine.dcm")
    assert refused(folder) == "slices of s differ in pixel spacing: 1.5x2 mm (10), 1x1 mm (1: fine.dcm ...)"


@pytest.mark.parametrize("spacing", [[0, 1], [2, -1], [0, 0], [1, "1e400"]])
def test_impossible_pixel_spacing_of_a_stack_is_refused(tmp_path: Path, spacing: list[Any]) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    made = dataset(pattern(), **placed(0))
    made.PixelSpacing = [str(step) for step in spacing]
    save(made, folder / "a.dcm")
    assert "both must be above 0" in refused(folder)


@pytest.mark.parametrize(
    "oriented",
    [[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0.5, 0.8, 0], [3, 0, 0, 0, 1, 0]],
)
def test_degenerate_orientation_is_refused(tmp_path: Path, oriented: list[float]) -> None:
    folder = series(tmp_path / "s", HEIGHTS, ImageOrientationPatient=oriented)
    assert "not two directions at right angles" in refused(folder)


def test_positions_out_of_this_world_are_refused(tmp_path: Path) -> None:
    assert "further than 1000 km" in refused(series(tmp_path / "s", [0.0, 1e12]))


def test_without_geometry_the_slice_distance_is_assumed_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for i in range(4):
        save(dataset(pattern(z=i), InstanceNumber=i, SOPInstanceUID=f"1.{i}"), folder / f"{9 - i}")
    image = open_dicom(folder)
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], [pattern(z=i) for i in range(4)])
    assert image.info.spacing == (1.0, 1.0, 1.0)
    assert image.warnings == (
        "pixel spacing unknown (1 mm assumed)",
        "slice distance unknown (1 mm assumed); 4 slices without position are sorted by instance number",
    )


def test_films_without_positions_are_not_stacked(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for i in range(2):
        save(dataset(np.zeros((3, 4, 4), np.uint8), SOPInstanceUID=f"1.{i}"), folder / f"film{i}")
    assert refused(folder) == "s holds several films without positions; open one of them: film0, film1"


def test_truncated_slices_are_left_out_and_named(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    path = folder / "035_5.dcm"
    path.write_bytes(path.read_bytes()[:-10])
    image = open_dicom(folder)
    assert image.warnings[0] == "035_5.dcm is damaged: 38 of 48 pixel bytes are there; it was left out"
    assert image.warnings[1].startswith("slice 5 is missing between z = 9.0 and 15.0 mm")


def test_slices_that_end_within_their_header_are_left_out_and_named(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    content = (folder / "035_5.dcm").read_bytes()
    (folder / "035_5.dcm").write_bytes(content[: content.index(b"\xe0\x7f\x10\x00")])
    assert open_dicom(folder).warnings[0] == "035_5.dcm is damaged: it ends before its pixels; it was left out"


def test_a_folder_of_truncated_files_only_is_refused(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", [0.0, 1.0])
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-10])
    assert refused(folder).startswith("s holds no sound image: ")
    path.unlink()
    assert "38 of 48 pixel bytes are there" in refused(folder)


def test_what_is_no_image_beside_the_slices_is_passed_over(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    (folder / "README.txt").write_text("not DICOM, though long enough to be looked at\n" * 9)
    (folder / "empty").touch()
    series(folder / "sub", [0.0])
    report = dataset(pattern(), Modality="SR", PixelData=None, Rows=None, Columns=None)
    save(report, folder / "report.dcm")
    os.mkfifo(folder / "pipe")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    image = open_dicom(folder)
    assert image.info.extent[2] == 10
    assert image.warnings == ()


def test_a_dicom_file_with_a_broken_header_is_named(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS)
    (folder / "broken.dcm").write_bytes(bytes(128) + b"DICM" + b"\x02\x00\x10\x00XX\xff\xff" + b"\xff" * 60)
    (warning,) = open_dicom(folder).warnings
    assert warning.startswith("broken.dcm is damaged")
    assert warning.endswith("it was left out")


def test_folders_without_images_are_refused_in_words(tmp_path: Path) -> None:
    assert refused(tmp_path).endswith("holds no DICOM image")
    (tmp_path / "broken.dcm").write_bytes(bytes(128) + b"DICM" + b"\x02\x00\x10\x00XX\xff\xff" + b"\xff" * 60)
    assert "(broken.dcm is damaged" in refused(tmp_path)
    assert refused(tmp_path / "absent") == "absent does not exist"
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "pipe is not a regular file"
    (tmp_path / "loop").symlink_to("loop")
    assert refused(tmp_path / "loop").startswith("loop could not be read: ")


def test_unreadable_folders_are_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", fail)
    assert refused(tmp_path) == f"{tmp_path.name} could not be read: Permission denied"


def two_series(folder: Path) -> Path:
    series(folder, HEIGHTS, SeriesInstanceUID="1.2.840.11111", SeriesDescription="T1", SeriesNumber="3")
    return series(
        folder, HEIGHTS[:4], first=51, SeriesInstanceUID="1.2.840.22222", SeriesDescription="T2 wide", SeriesNumber="7"
    )


def test_several_series_are_named_for_a_choice(tmp_path: Path) -> None:
    folder = two_series(tmp_path / "s")
    assert (
        refused(folder) == "s holds 2 series; set series to one of: '11111' (T1, 10 files), '22222' (T2 wide, 4 files)"
    )
    first, second = dicom_series(folder)
    assert (first.uid, first.number, first.description, first.modality, first.files) == (
        "1.2.840.11111",
        "3",
        "T1",
        "MR",
        10,
    )
    assert second.choice == "22222"


@pytest.mark.parametrize("wanted", ["1.2.840.22222", "22222", "222", "7", "T2 wide", "t2 WIDE", " 7 "])
def test_a_series_is_chosen_by_uid_end_number_or_description(tmp_path: Path, wanted: str) -> None:
    assert open_dicom(two_series(tmp_path / "s"), wanted).info.extent[2] == 4


def test_a_choice_that_fits_none_or_several_is_refused(tmp_path: Path) -> None:
    folder = two_series(tmp_path / "s")
    assert refused(folder, "FLAIR").startswith("s holds no series 'FLAIR'; set series to one of: '11111'")
    series(folder, HEIGHTS, first=71, SeriesInstanceUID="1.2.840.33333", SeriesDescription="T1", SeriesNumber="9")
    assert refused(folder, "T1").startswith("s holds 2 series 'T1'; set series to one of: '11111'")


def test_slices_without_series_uid_are_a_series_of_their_own(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS, SeriesInstanceUID="")
    assert open_dicom(folder).info.extent[2] == 10
    series(folder, HEIGHTS[:3], first=51)
    assert "'no UID' (MR, 10 files)" in refused(folder)
    assert open_dicom(folder, "no UID").info.extent[2] == 10


def test_a_uid_that_ends_another_is_chosen_in_full(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS, SeriesInstanceUID="1.2.840.1.2.777")
    series(folder, HEIGHTS[:4], first=51, SeriesInstanceUID="1.2.777")
    assert "'1.2.777'" in refused(folder)
    assert open_dicom(folder, "1.2.777").info.extent[2] == 4


def test_many_series_are_listed_shortly(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    for i in range(14):
        series(folder, [0.0], first=i, SeriesInstanceUID=f"1.2.{70000 + i}", SeriesNumber=str(i))
    words = refused(folder)
    assert "holds 14 series" in words
    assert words.endswith("... (14 in all)")
    assert "'70003' (series 3, 1 file)" in words


def test_slopes_that_differ_by_slice_are_exact(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for i in range(4):
        at = placed(i, i, RescaleSlope=1 + i / 4, RescaleIntercept=-3)
        save(dataset(pattern(z=i), **at), folder / f"{i}")
    image = open_dicom(folder)
    expected = np.array([pattern(z=i).astype(np.float64) * (1 + i / 4) - 3 for i in range(4)])
    assert image.info.dtype == np.float32
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], expected)
    assert image.info.range == (expected.min(), expected.max())


def test_signed_and_unsigned_slices_never_wrap(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    slices = [np.array([[-5, 7]], np.int16), np.array([[65535, 40000]], np.uint16)]
    for i, pixels in enumerate(slices):
        save(dataset(pixels, **placed(i, i)), folder / f"{i}")
    image = open_dicom(folder)
    assert image.info.dtype == np.int32
    assert image.read(image.info.whole).ravel().tolist() == [-5, 7, 65535, 40000]


def test_names_of_any_bytes_are_read(tmp_path: Path) -> None:
    folder = series(tmp_path / "päth mit Leerzeichen 日本", HEIGHTS)
    path = next(folder.iterdir())
    path.rename(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.dcm"))
    assert open_dicom(folder).info.extent[2] == 10


EXPECTED = {
    "01_ok": (20, ""),
    "02_missing_slice": (19, "slice 11 is missing between z = -15.0 and -5.0 mm"),
    "03_duplicate_position": (20, "position -10.0 mm occurs twice (im010.dcm, im011.dcm); the first was taken"),
    "04_two_series": (0, "holds 2 series; set series to one of: '24523' (FSE PD AXIAL OBL, 20 files)"),
    "05_gantry_tilt": (20, "slices are tilted by 15.0 deg (24.6 mm over the stack); shown as if they were not"),
    "06_nonuniform_spacing": (20, "slice distances are uneven: 5.00 to 8.00 mm"),
    "07_mixed_sizes": (0, "differ in size: 64x64 (15), 32x32 (5: im015.dcm ...)"),
    "08_mixed_orientation": (20, "1 file in another orientation (localizers?) left out: im020.dcm"),
    "09_slope_per_slice": (20, ""),
    "10_mixed_sign": (20, ""),
    "11_mixed_syntax": (20, ""),
    "12_truncated_slice": (19, "im007.dcm is damaged: 5192 of 8192 pixel bytes are there; it was left out"),
    "13_junk_files": (20, ""),
    "14_scrambled_names_noext": (20, ""),
    "15_two_timepoints_one_series": (20, "each of 20 positions occurs 2 times; shown as 2 time points"),
    "16_no_geometry": (20, "slice distance unknown (1 mm assumed)"),
    "17_reversed_instance_numbers": (20, ""),
    "18_single": (1, ""),
    "19_ünïcode päth mit Leerzeichen 日本": (20, ""),
    "20_empty_series_uid": (20, ""),
    "21_jitter_0.02mm": (20, ""),
    "22_zero_pixelspacing": (0, "PixelSpacing is 3.4375\\0 mm; both must be above 0"),
    "23_negative_pixelspacing": (0, "PixelSpacing is 3.4375\\-2 mm; both must be above 0"),
    "24_degenerate_iop": (0, "not two directions at right angles"),
    "25_huge_ipp": (0, "ImagePositionPatient is not a finite number"),
    "26_mixed_spacing": (0, "differ in pixel spacing: 1x1 mm (15), 3.4375x3.4375 mm (5: im000.dcm ...)"),
    "27_mixed_bitsstored": (20, ""),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_the_27_series_give_what_a_careful_reader_expects(case: str) -> None:
    folder = shared_folder("series_cases", case)
    if folder is None:
        pytest.skip("the shared images are not here")
    slices, said = EXPECTED[case]
    if not slices:
        assert said in refused(folder)
        return
    image = open_dicom(folder)
    assert image.info.extent[2] == slices
    assert said in " / ".join(image.warnings)
    assert bool(image.warnings) is bool(said)
    whole = image.read(image.info.whole)
    assert (whole.min(), whole.max()) == image.info.range
    readable = [dcmread(path) for path in sorted(folder.iterdir()) if path.stat().st_size > 9000]
    stored = [made for made in readable if made.file_meta.TransferSyntaxUID.name != "JPEG 2000 Image Compression"]
    if case in ("01_ok", "09_slope_per_slice", "10_mixed_sign", "17_reversed_instance_numbers", "27_mixed_bitsstored"):
        stored.sort(key=lambda made: float(made.ImagePositionPatient[2]))
        expected = [made.pixel_array * float(made.RescaleSlope) for made in stored]
        np.testing.assert_array_equal(whole[0, 0], np.array(expected).astype(whole.dtype))


@pytest.mark.parametrize("names", [("mr_series",), ("ct", "series")])
def test_real_series_equal_what_simpleitk_reads(names: tuple[str, ...]) -> None:
    folder = shared_folder(*names)
    if folder is None:
        pytest.skip("the shared images are not here")
    image = open_dicom(folder)
    itk = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], sitk.GetArrayFromImage(itk))
    assert image.info.dtype == np.int16
    np.testing.assert_allclose(image.info.spacing, itk.GetSpacing(), rtol=1e-3)
    np.testing.assert_allclose(image.info.direction, itk.GetDirection(), atol=1e-5)
    np.testing.assert_allclose(image.info.origin, itk.GetOrigin(), atol=1e-4)
