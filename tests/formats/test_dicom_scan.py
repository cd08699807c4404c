"""Files of a series that are alike are told from one that is read: what is told is what reading each would give."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from nodeeditor import NodeError
from nodes.formats.dicom_format import DamagedError, pixel_file
from nodes.formats.dicom_frames import Frame, frames_of
from nodes.formats.dicom_header import ForeignFileError, quiet, read_header, text
from nodes.formats.dicom_scan import Look, Looks
from nodes.formats.dicom_series import Series, folder_series
from tests.formats import mutations
from tests.formats.test_dicom_builder import dataset, item, pattern, placed, save

UID = "1.2.840.55555"


def reference(folder: Path) -> Series:
    """The series of that UID in a folder, every header read in full."""
    frames: list[Frame] = []
    headers, notes = [], []
    for path in sorted(folder.iterdir()):
        try:
            header = read_header(path)
        except ForeignFileError:
            continue
        except NodeError as error:
            notes.append(f"{error.message}; it was left out")
            continue
        ours = text(header.dataset, "SeriesInstanceUID") == UID
        if ours and "Rows" in header.dataset and "Columns" in header.dataset:
            headers.append(header)
    for header in headers:
        try:
            frames += frames_of(header, pixel_file(header))
        except DamagedError as error:
            notes.append(f"{error.message}; it was left out")
    return Series(tuple(frames), tuple(notes))


def facts(value: Any) -> Any:
    """A frame, its file and all that belongs to it as plain values; tables are compared by their entries."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: facts(getattr(value, one.name)) for one in dataclasses.fields(value)}
    return value.tolist() if isinstance(value, np.ndarray) else value


def number(made: Dataset, i: int) -> None:
    made.InstanceNumber = i


def times(made: Dataset, i: int) -> None:
    made.AcquisitionTime, made.ContentTime = f"1201{i:02d}.5", f"1202{i:02d}"
    made.AcquisitionDateTime, made.TriggerTime = f"20240229120{i}", float(i) * 1.25
    made.TemporalPositionIdentifier, made.AcquisitionNumber = i, i + 3


def absent(made: Dataset, i: int) -> None:
    if i % 2:
        del made.InstanceNumber
    made.AcquisitionNumber = None if i % 3 else i


def longer(made: Dataset, i: int) -> None:
    made.ImageComments = "n" * (i * 7)
    made.SliceLocation, made.WindowCenter = i / 3, i * 11
    made.add_new(0x00090010, "LO", "SOMEBODY")
    made.add_new(0x00091001, "OB", bytes(range(i, i + 40)))


def long(made: Dataset, i: int) -> None:
    made.add_new(0x00290010, "LO", "SOMEBODY")
    made.add_new(0x00291001, "OB", bytes(20_000 + 2 * i))


def nested(made: Dataset, i: int) -> None:
    inner = item(ReferencedSOPInstanceUID=f"1.2.{i}", PurposeOfReferenceCodeSequence=[item(CodeValue=str(i))])
    made.SourceImageSequence = [inner, item()]
    made["SourceImageSequence"].is_undefined_length = True
    for one in made.SourceImageSequence:
        one.is_undefined_length_sequence_item = True


def rescaled(made: Dataset, i: int) -> None:
    made.RescaleSlope, made.RescaleIntercept = str(1 + i % 2), "-1024"


def spaced(made: Dataset, i: int) -> None:
    made.PixelSpacing = [2.0, 1.5 + 1e-5 * (i % 2)]


def unplaced(made: Dataset, i: int) -> None:
    if i == 3:
        del made.ImagePositionPatient


def odd_numbers(made: Dataset, i: int) -> None:
    made.add_new("InstanceNumber", "IS", "") if i == 2 else None
    made.add_new("ContentTime", "TM", "1.2.3" if i == 1 else "1112")
    made.add_new("SOPInstanceUID", "UI", f"1.2.{i % 2}")


def tabled(made: Dataset, i: int) -> None:
    entries = np.arange(8) * (2 if i < 3 else 3)
    lut = item(LUTDescriptor=[8, 0, 16], ModalityLUTType="HU", LUTData=entries.astype("<u2").tobytes())
    made.ModalityLUTSequence = [lut]


KINDS: tuple[Callable[[Dataset, int], None], ...] = (
    number, times, absent, longer, long, nested, rescaled, spaced, unplaced, odd_numbers, tabled,
)  # fmt: skip


def built(folder: Path, kind: Callable[[Dataset, int], None], syntax: str, count: int = 7) -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(count):
        made = dataset(pattern(z=i), syntax, **placed(float(i), i + 1))
        with quiet():
            kind(made, i)
            save(made, folder / f"{(3 * i) % 7}{i}.dcm")
    return folder


def outcome(read: Callable[[], Series]) -> Any:
    """What comes of reading a folder, as plain values: frames and warnings, or why there are none."""
    with quiet():
        try:
            found = read()
        except NodeError as error:
            return str(error)
    return [facts(frame) for frame in found.frames], found.warnings


def agrees(folder: Path) -> None:
    assert outcome(lambda: folder_series(folder, UID)) == outcome(lambda: reference(folder))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("kind", KINDS)
def test_a_series_is_what_reading_each_of_its_files_gives(
    tmp_path: Path, kind: Callable[[Dataset, int], None], syntax: str
) -> None:
    agrees(built(tmp_path / "s", kind, syntax))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_learnt_from_others_says_what_a_walk_says(
    tmp_path: Path, kind: Callable[[Dataset, int], None], syntax: str
) -> None:
    looks = Looks()
    for path in sorted(built(tmp_path / "s", kind, syntax).iterdir()):
        alone = Looks().at(path)
        assert alone is not None
        assert facts(looks.at(path)) == facts(alone)


def test_alike_are_files_that_differ_in_place_and_time_alone(tmp_path: Path) -> None:
    def likenesses(kind: Callable[[Dataset, int], None]) -> int:
        folder = built(tmp_path / kind.__name__, kind, ExplicitVRLittleEndian)
        seen: list[Look | None] = list(map(Looks().at, sorted(folder.iterdir())))
        return len({one.likeness for one in seen if one})

    assert [likenesses(kind) for kind in (number, times, longer, long, nested)] == [1] * 5
    assert likenesses(rescaled) == likenesses(spaced) == likenesses(tabled) == 2


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("seed", range(4))
def test_among_damaged_files_a_look_never_says_other_than_reading_does(tmp_path: Path, syntax: str, seed: int) -> None:
    folder = built(tmp_path / "s", times, syntax, 4)
    paths = sorted(folder.iterdir())
    dice = random.Random(seed)
    sound = {path: path.read_bytes() for path in paths}
    for copy in mutations(sound[paths[2]], 60, seed, 700):
        victim = dice.choice(paths)
        victim.write_bytes(copy)
        agrees(folder)
        victim.write_bytes(sound[victim])


def test_values_that_look_like_the_elements_behind_them_deceive_nobody(tmp_path: Path) -> None:
    def deceiving(made: Dataset, i: int) -> None:
        made.add_new("ImageComments", "LT", "\x28\0\2\0US" * i + "x" * (i % 2))

    agrees(built(tmp_path / "s", deceiving, ExplicitVRLittleEndian))


def test_a_file_that_is_cut_within_its_pixels_is_left_out(tmp_path: Path) -> None:
    folder = built(tmp_path / "s", number, ExplicitVRLittleEndian)
    last = max(folder.iterdir())
    last.write_bytes(last.read_bytes()[:-10])
    assert folder_series(folder).warnings == (
        f"{last.name} is damaged: 38 of 48 pixel bytes are there; it was left out",
    )
    agrees(folder)
