"""The frames of one file become slices or times, as the file says or as a warning says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeeditor import NodeError
from nodes.formats.dicom import open_dicom
from tests.formats.test_dicom_builder import dataset, enhanced, item, pattern, placed, plane, save


def stack_of(count: int) -> Any:
    return np.stack([pattern(z=i) for i in range(count)])


def refused(path: Path) -> str:
    with pytest.raises(NodeError) as error:
        open_dicom(path)
    return str(error.value)


def test_enhanced_frames_are_sorted_by_position(tmp_path: Path) -> None:
    heights = [6.0, 0.0, 9.0, 3.0]
    path = save(enhanced(stack_of(4), [plane(z) for z in heights]), tmp_path / "a.dcm")
    image = open_dicom(path)
    assert image.info.extent == (1, 1, 4, 4, 6)
    assert image.info.spacing == (1.5, 2.0, 3.0)
    assert image.info.origin == (0.0, 0.0, 0.0)
    assert image.warnings == ()
    assert image.summary == "DICOM, 4 frames"
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], stack_of(4)[[1, 3, 0, 2]])


def test_enhanced_frames_have_their_own_slopes(tmp_path: Path) -> None:
    frames = [
        plane(float(z), PixelValueTransformationSequence=[item(RescaleSlope=str(1 + z / 2), RescaleIntercept="-4")])
        for z in range(3)
    ]
    image = open_dicom(save(enhanced(stack_of(3), frames), tmp_path / "a.dcm"))
    expected = np.stack([pattern(z=z) * (1 + z / 2) - 4 for z in range(3)])
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], expected)


def test_enhanced_attributes_of_all_and_of_the_first_frame_are_shown(tmp_path: Path) -> None:
    frames = [plane(float(3 - z), FrameContentSequence=[item(FrameLabel=f"frame {z}")]) for z in range(3)]
    info = open_dicom(save(enhanced(stack_of(3), frames), tmp_path / "a.dcm")).info
    assert info.tag("WindowCenter") == "40.0"
    assert info.tag("SliceThickness") == "3.0"
    assert info.tag("FrameLabel") == "frame 2"


@pytest.mark.parametrize(
    ("sequence", "keyword", "numbers", "step"),
    [
        ("FrameContentSequence", "TemporalPositionIndex", [2, 1], 1.0),
        ("TemporalPositionSequence", "TemporalPositionTimeOffset", [2.5, 0.0], 2.5),
        ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", [50.0, 10.0], 0.04),
        ("MREchoSequence", "EffectiveEchoTime", [80.0, 20.0], 1.0),
        ("FrameContentSequence", "FrameAcquisitionDateTime", ["20200131000001.5", "20200130235959"], 2.5),
    ],
)
def test_positions_that_occur_twice_are_times_in_the_order_of_the_best_attribute(
    tmp_path: Path, sequence: str, keyword: str, numbers: list[Any], step: float
) -> None:
    frames = [plane(3.0 * z, **{sequence: [item(**{keyword: number})]}) for number in numbers for z in range(3)]
    image = open_dicom(save(enhanced(stack_of(6), frames), tmp_path / "a.dcm"))
    assert image.info.extent == (2, 1, 3, 4, 6)
    assert image.info.time_step == pytest.approx(step)
    assert image.warnings == (f"each of 3 positions occurs 2 times; shown as 2 time points in the order of {keyword}",)
    np.testing.assert_array_equal(
        image.read(image.info.whole)[:, 0], stack_of(6)[[3, 4, 5, 0, 1, 2]].reshape(2, 3, 4, 6)
    )


@pytest.mark.parametrize("when", ["20201345000000", "noon", "2020-13"])
def test_times_that_are_none_do_not_order_frames(tmp_path: Path, when: str) -> None:
    frames = [
        plane(3.0 * z, FrameContentSequence=[item(FrameAcquisitionDateTime="20200101")]) for _ in "ab" for z in range(2)
    ]
    path = save(enhanced(stack_of(4), frames), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"20200101", when.ljust(8)[:8].encode()))
    assert "in the order of their place in the file" in open_dicom(path).warnings[0]


def test_frames_of_one_position_are_a_time_series(tmp_path: Path) -> None:
    image = open_dicom(save(enhanced(stack_of(5), [plane(0.0)] * 5), tmp_path / "a.dcm"))
    assert image.info.extent == (5, 1, 1, 4, 6)
    assert image.warnings == (
        "the one position occurs 5 times; shown as 5 time points in the order of their place in the file",
    )
    assert image.info.spacing[2] == 3.0


def test_incomplete_times_are_refused(tmp_path: Path) -> None:
    frames = [plane(3.0 * z) for z in (0, 1, 2, 3, 0, 1, 2)]
    words = refused(save(enhanced(stack_of(7), frames), tmp_path / "a.dcm"))
    assert words.startswith("a.dcm holds an incomplete set of time points: 1 positions once, 3 positions twice")


def test_several_orientations_in_one_file_are_refused(tmp_path: Path) -> None:
    turned = item(ImageOrientationPatient=[0.0, 1, 0, 0, 0, -1])
    frames = [plane(3.0 * z) for z in range(8)] + [plane(0.0, PlaneOrientationSequence=[turned])]
    words = refused(save(enhanced(stack_of(9), frames), tmp_path / "a.dcm"))
    assert words == "a.dcm holds slices in 2 orientations (8, 1 slices); they make no volume"


def test_fewer_descriptions_than_frames_are_refused(tmp_path: Path) -> None:
    words = refused(save(enhanced(stack_of(3), [plane(0.0), plane(1.0)]), tmp_path / "a.dcm"))
    assert words == "a.dcm is damaged: it describes 2 of its 3 frames"


def test_irregular_enhanced_stacks_name_their_frames(tmp_path: Path) -> None:
    heights = [*(3.0 * z for z in range(12)), 9.0]
    image = open_dicom(save(enhanced(stack_of(13), [plane(z) for z in heights]), tmp_path / "a.dcm"))
    assert image.warnings == (
        "position 9.0 mm occurs twice (frame 4 of a.dcm, frame 13 of a.dcm); the first was taken",
    )


@pytest.mark.parametrize(
    ("attributes", "step"),
    [
        ({"FrameTime": "33.3"}, 0.0333),
        ({"FrameTimeVector": [0, 40, 40]}, 0.04),
        ({"CineRate": 25}, 0.04),
        ({"RecommendedDisplayFrameRate": 10}, 0.1),
        ({"FrameTime": "0"}, 1.0),
        ({}, 1.0),
        ({"FrameTime": "33.3", "SpacingBetweenSlices": 4.0}, 0.0333),
    ],
)
def test_frames_without_positions_are_a_time_series_and_never_millimetres(
    tmp_path: Path, attributes: dict[str, Any], step: float
) -> None:
    image = open_dicom(save(dataset(stack_of(3), **attributes), tmp_path / "a.dcm"))
    assert image.info.extent == (3, 1, 1, 4, 6)
    assert image.info.time_step == pytest.approx(step)
    assert image.info.spacing[2] in (1.0, 4.0)
    assert "3 frames have no positions; they are shown as a time series" in image.warnings
    np.testing.assert_array_equal(image.read(image.info.whole)[:, 0, 0], stack_of(3))


def test_frames_without_positions_or_times_lie_at_the_declared_distance(tmp_path: Path) -> None:
    image = open_dicom(save(dataset(stack_of(3), SpacingBetweenSlices=1.2), tmp_path / "a.dcm"))
    assert image.info.extent == (1, 1, 3, 4, 6)
    assert image.info.spacing[2] == pytest.approx(1.2)
    assert "SpacingBetweenSlices 1.2 mm is taken as their distance" in image.warnings[-1]


@pytest.mark.parametrize(("distance", "expected"), [(4.0, [0, 1, 2]), (-4.0, [2, 1, 0])])
def test_nuclear_slices_follow_the_slice_vector(tmp_path: Path, distance: float, expected: list[int]) -> None:
    detector = item(ImagePositionPatient=[1.0, 2.0, 3.0], ImageOrientationPatient=[1.0, 0, 0, 0, 1, 0])
    made = dataset(stack_of(3), SpacingBetweenSlices=distance, PixelSpacing=[2, 2], Modality="NM")
    made.FrameIncrementPointer = 0x00540080
    made.SliceVector = [1, 2, 3]
    made.DetectorInformationSequence = [detector]
    image = open_dicom(save(made, tmp_path / "a.dcm"))
    assert image.info.spacing == (2.0, 2.0, 4.0)
    assert image.info.origin == (1.0, 2.0, 3.0 if distance > 0 else -5.0)
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0], stack_of(3)[expected])


def spacing_of(tmp_path: Path, **attributes: Any) -> tuple[tuple[float, ...], str]:
    image = open_dicom(save(dataset(pattern(), **attributes), tmp_path / "a.dcm"))
    return image.info.spacing[:2], " / ".join(image.warnings)


def test_pixel_spacing_comes_from_where_the_kind_of_image_has_it(tmp_path: Path) -> None:
    region: dict[str, Any] = {"PhysicalUnitsXDirection": 3, "PhysicalUnitsYDirection": 3}
    cm = item(PhysicalDeltaX=0.05, PhysicalDeltaY=-0.04, **region)
    seconds = item(PhysicalDeltaX=0.05, PhysicalDeltaY=0.04, PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=3)
    assert spacing_of(tmp_path, PixelSpacing=[2, 3]) == ((3.0, 2.0), "")
    assert spacing_of(tmp_path, ImagerPixelSpacing=[2, 3])[0] == (3.0, 2.0)
    assert "at the detector" in spacing_of(tmp_path, ImagerPixelSpacing=[2, 3])[1]
    assert "scanned film" in spacing_of(tmp_path, NominalScannedPixelSpacing=[2, 3])[1]
    assert spacing_of(tmp_path, SequenceOfUltrasoundRegions=[cm]) == ((0.5, 0.4), "")
    assert "unknown (1 mm" in spacing_of(tmp_path, SequenceOfUltrasoundRegions=[cm, seconds])[1]
    assert "unknown: PixelSpacing is 0" in spacing_of(tmp_path, PixelSpacing=[0, 0])[1]
    assert spacing_of(tmp_path, ImagerPixelSpacing=[0, 3])[0] == (1.0, 1.0)


def test_a_single_slice_takes_its_distance_from_the_header(tmp_path: Path) -> None:
    cases: tuple[tuple[dict[str, Any], float], ...] = (
        ({"SliceThickness": 3.0}, 3.0),
        ({"SpacingBetweenSlices": 4.0}, 4.0),
        ({}, 1.0),
    )
    for attributes, expected in cases:
        image = open_dicom(save(dataset(pattern(), **placed(5.0), **attributes), tmp_path / "a.dcm"))
        assert image.info.spacing[2] == expected
        assert image.info.origin == (-10.0, -20.0, 5.0)
        assert image.summary == "DICOM, 1 file"
