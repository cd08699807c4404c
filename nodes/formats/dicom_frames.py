"""Lists the frames of one DICOM file: where each lies, when it was taken, and what its stored values mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pydicom.dataset import Dataset

from nodeeditor import NodeError, Vector3
from nodes.formats.dicom_format import PixelFile
from nodes.formats.dicom_header import Header, items, number, numbers, text, value, whole_number
from nodes.formats.dicom_tables import Table, table_of

FRAME_TIME, GRID_OFFSETS, SLICE_VECTOR = 0x00181063, 0x3004000C, 0x00540080
CENTIMETRES = 3


@dataclass(frozen=True, eq=False)
class Frame:
    """One slice at one time.

    ``position``     of its first pixel's centre, ``orientation`` of its rows and columns, LPS
                     (PS3.3 C.7.6.2.1.1); both None where the file does not say both
    ``spacing``      millimetres between columns and between rows, None where unknown
    ``notes``        a sentence on each doubtful number
    ``distance``     millimetres to the next slice that the header declares, 0 where it does not
    ``slices``       whether frames without position are slices at that distance rather than times
    ``slope``, ``intercept``  from stored to shown values (PS3.3 C.11.1)
    ``table``        that replaces slope and intercept, None where there is none
    ``dose``         whether it is of an RT dose
    ``order``        numbers that tell frames at one position apart: keyword and value
    """

    file: PixelFile
    index: int
    uid: str
    position: Vector3 | None
    orientation: tuple[float, ...] | None
    spacing: tuple[float, float] | None
    notes: tuple[str, ...]
    distance: float
    slices: bool
    slope: float
    intercept: float
    table: Table | None
    dose: bool
    order: Mapping[str, float] = field(repr=False)

    @property
    def name(self) -> str:
        """The file's name, and the frame's number where there are several."""
        return self.file.name if self.file.frames == 1 else f"frame {self.index + 1} of {self.file.name}"

    @property
    def size(self) -> tuple[int, int, int]:
        """Columns, rows and samples a pixel."""
        return self.file.format.columns, self.file.format.rows, self.file.format.samples


_ORDER = (
    ("TemporalPositionIdentifier", "", 0.0),
    ("TemporalPositionIndex", "FrameContentSequence", 0.0),
    ("TemporalPositionTimeOffset", "TemporalPositionSequence", 1.0),
    ("NominalCardiacTriggerDelayTime", "CardiacSynchronizationSequence", 1e-3),
    ("TriggerTime", "", 1e-3),
    ("FrameReferenceTime", "", 1e-3),
    ("ReferencedSegmentNumber", "SegmentIdentificationSequence", 0.0),
    ("EchoNumbers", "", 0.0),
    ("EffectiveEchoTime", "MREchoSequence", 0.0),
    ("EchoTime", "", 0.0),
    ("DiffusionBValue", "MRDiffusionSequence", 0.0),
    ("FrameAcquisitionDateTime", "FrameContentSequence", 1.0),
    ("AcquisitionDateTime", "", 1.0),
    ("AcquisitionTime", "", 1.0),
    ("ContentTime", "", 0.0),
    ("AcquisitionNumber", "", 0.0),
    ("InstanceNumber", "", 0.0),
)
ORDER = (*(keyword for keyword, _, _ in _ORDER), "frame")
"""What tells frames at one position apart, the best first."""
SECONDS = {keyword: seconds for keyword, _, seconds in _ORDER if seconds}
"""The unit of those that are times."""


def frames_of(header: Header, file: PixelFile) -> list[Frame]:
    """Every frame of one file, in the order of the file.

    Frames of enhanced images follow their functional groups, first their own, then the shared ones
    (PS3.3 C.7.6.16); those of an RT dose the grid's offsets (C.8.8.3.2), those of nuclear medicine the slice
    vector (C.8.4.15). Raises NodeError where a number that is needed is impossible.
    """
    dataset = header.dataset
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    shared = items(dataset, "SharedFunctionalGroupsSequence")[:1]
    if per_frame and len(per_frame) < file.frames:
        raise NodeError(f"{file.name} is damaged: it describes {len(per_frame)} of its {file.frames} frames")
    table = table_of(dataset, file.format, file.name)
    if file.frames == 1 or per_frame or shared:
        return [
            _frame(file, index, dataset, [*per_frame[index : index + 1], *shared], table)
            for index in range(file.frames)
        ]
    return _classic_frames(file, dataset, table)


def _classic_frames(file: PixelFile, dataset: Dataset, table: Table | None) -> list[Frame]:
    """Frames without groups: equal ones, moved along the normal where the file gives the steps."""
    steps = _steps(file, dataset)
    detector = items(dataset, "DetectorInformationSequence")[:1] if steps else []
    first = _frame(file, 0, dataset, detector, table)
    frames = []
    for index in range(file.frames):
        position = None
        if steps and first.position and first.orientation:
            axis = _cross(first.orientation[:3], first.orientation[3:])
            x, y, z = (p + steps[index] * a for p, a in zip(first.position, axis, strict=True))
            position = (x, y, z)
        frames.append(
            replace(
                first,
                index=index,
                position=position,
                orientation=first.orientation if position else None,
                order={**first.order, "frame": index},
            )
        )
    return frames


def _steps(file: PixelFile, dataset: Dataset) -> list[float]:
    """Millimetres of each frame along the normal from the first one; empty where the file has none."""
    pointer = value(dataset, "FrameIncrementPointer")
    tags = [int(tag) for tag in (pointer if isinstance(pointer, Sequence) else [pointer] if pointer else [])]
    offsets = numbers(dataset, "GridFrameOffsetVector")
    if offsets and (GRID_OFFSETS in tags or text(dataset, "Modality") == "RTDOSE"):
        if len(offsets) != file.frames:
            raise NodeError(f"{file.name} is damaged: {len(offsets)} grid offsets for {file.frames} frames")
        first = numbers(dataset, "ImagePositionPatient")
        if offsets[0] == 0:
            return list(offsets)
        if first is None or len(first) != 3 or not math.isclose(first[2], offsets[0], abs_tol=0.01):
            raise NodeError(f"{file.name} is damaged: its grid offsets begin neither at 0 nor at its position")
        plane = numbers(dataset, "ImageOrientationPatient") or (1, 0, 0, 0, 1, 0)
        down = len(plane) == 6 and _cross(plane[:3], plane[3:])[2] < 0
        return [offsets[0] - offset if down else offset - offsets[0] for offset in offsets]
    places, distance = numbers(dataset, "SliceVector"), number(dataset, "SpacingBetweenSlices")
    if tags == [SLICE_VECTOR] and places and len(places) == file.frames and distance:
        return [(place - 1) * distance for place in places]
    return []


def _frame(file: PixelFile, index: int, dataset: Dataset, groups: Sequence[Dataset], table: Table | None) -> Frame:
    position = _found("ImagePositionPatient", "PlanePositionSequence", dataset, groups, 3)
    orientation = _found("ImageOrientationPatient", "PlaneOrientationSequence", dataset, groups, 6)
    placed = position is not None and orientation is not None
    for keyword, found in (("ImagePositionPatient", position), ("ImageOrientationPatient", orientation)):
        if found and not all(map(math.isfinite, found)):
            raise NodeError(f"{file.name} has no usable geometry: {keyword} is not a finite number")
    spacing, spacing_note = _spacing(file, dataset, groups, placed)
    slope, intercept = _rescale(file, dataset, groups)
    slope_note = "" if slope else "RescaleSlope is 0; the stored values are shown"
    if not slope:
        slope, intercept = 1.0, 0.0
    return Frame(
        file=file,
        index=index,
        uid=text(dataset, "SOPInstanceUID"),
        position=(position[0], position[1], position[2]) if placed and position else None,
        orientation=orientation if placed else None,
        spacing=spacing,
        notes=tuple(filter(None, (spacing_note, slope_note))),
        distance=_distance(dataset, groups),
        slices=number(dataset, "SpacingBetweenSlices") is not None and not time_step(dataset),
        slope=slope,
        intercept=intercept,
        table=table,
        dose=text(dataset, "Modality") == "RTDOSE",
        order=_order(dataset, groups, index),
    )


def _group(keyword: str, sequence: str, dataset: Dataset, groups: Sequence[Dataset]) -> Dataset:
    """The dataset that has an attribute: a frame's own group, the shared one, or the header itself."""
    for group in groups:
        for item in (*items(group, sequence)[:1], group):
            if value(item, keyword) is not None:
                return item
    return dataset


def _found(
    keyword: str, sequence: str, dataset: Dataset, groups: Sequence[Dataset], count: int
) -> tuple[float, ...] | None:
    found = numbers(_group(keyword, sequence, dataset, groups), keyword)
    return found if found and len(found) == count else None


def _spacing(
    file: PixelFile, dataset: Dataset, groups: Sequence[Dataset], placed: bool
) -> tuple[tuple[float, float] | None, str]:
    """Millimetres between columns and rows, and what is doubtful about them (PS3.3 10.7.1.3)."""
    found = _found("PixelSpacing", "PixelMeasuresSequence", dataset, groups, 2)
    if found:
        row, column = found
        if row == column == 0 and not placed:
            return None, "pixel spacing unknown: PixelSpacing is 0 (1 mm assumed)"
        if not (0 < row < math.inf and 0 < column < math.inf):
            raise NodeError(
                f"{file.name} has no usable geometry: PixelSpacing is {row:g}\\{column:g} mm; both must be above 0"
            )
        return (column, row), ""
    for keyword, words in (
        ("ImagerPixelSpacing", "pixel spacing is that at the detector (ImagerPixelSpacing)"),
        ("NominalScannedPixelSpacing", "pixel spacing is that of the scanned film (NominalScannedPixelSpacing)"),
    ):
        found = numbers(dataset, keyword)
        if found and len(found) == 2 and all(0 < step < math.inf for step in found):
            return (found[1], found[0]), words
    regions = {_region_spacing(item) for item in items(dataset, "SequenceOfUltrasoundRegions")}
    if len(regions) == 1 and None not in regions:
        return regions.pop(), ""
    return None, "pixel spacing unknown (1 mm assumed)"


def _region_spacing(region: Dataset) -> tuple[float, float] | None:
    """Millimetres between columns and rows of an ultrasound region in centimetres (PS3.3 C.8.5.5)."""
    units = [whole_number(region, f"PhysicalUnits{axis}Direction") for axis in "XY"]
    x, y = (number(region, f"PhysicalDelta{axis}") for axis in "XY")
    if units != [CENTIMETRES, CENTIMETRES] or not x or not y or not math.isfinite(x * y):
        return None
    return (10 * abs(x), 10 * abs(y))


def _distance(dataset: Dataset, groups: Sequence[Dataset]) -> float:
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        found = number(_group(keyword, "PixelMeasuresSequence", dataset, groups), keyword)
        if found and 0 < abs(found) < math.inf:
            return abs(found)
    return 0.0


def _rescale(file: PixelFile, dataset: Dataset, groups: Sequence[Dataset]) -> tuple[float, float]:
    if text(dataset, "Modality") == "RTDOSE" and number(dataset, "DoseGridScaling"):
        slope, intercept = number(dataset, "DoseGridScaling") or 1.0, 0.0
    else:
        linear = [
            (number(group, keyword) if text(group, keyword) else default, keyword)
            for keyword, default in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0))
            for group in [_group(keyword, "PixelValueTransformationSequence", dataset, groups)]
        ]
        for found, keyword in linear:
            if found is None:
                raise NodeError(f"{file.name} is damaged: {keyword} is not a number")
        slope, intercept = linear[0][0] or 0.0, linear[1][0] or 0.0
    widest = (-1.0, 1.0) if file.format.sample.kind == "f" else file.format.bounds
    if not all(math.isfinite(slope * float(bound) + intercept) for bound in widest):
        raise NodeError(f"{file.name} is damaged: RescaleSlope {slope:g}, RescaleIntercept {intercept:g}")
    return slope, intercept


def _order(dataset: Dataset, groups: Sequence[Dataset], index: int) -> dict[str, float]:
    order: dict[str, float] = {"frame": index}
    for keyword, sequence, _ in _ORDER:
        source = _group(keyword, sequence, dataset, groups) if sequence else dataset
        if "Time" in keyword and ("Acquisition" in keyword or keyword == "ContentTime"):
            found = seconds(text(source, keyword))
        else:
            found = number(source, keyword)
        if found is not None and math.isfinite(found):
            order[keyword] = found
    return order


def seconds(words: str) -> float | None:
    """A DICOM time HHMMSS.F or date and time YYYYMMDDHHMMSS.F in seconds (PS3.5 6.2)."""
    whole, _, fraction = words.partition("+")[0].partition("-")[0].partition(".")
    if not whole.isascii() or not whole.isdigit() or (fraction and not fraction.isdigit()):
        return None
    days = 0
    if len(whole) >= 8:
        try:
            days = date(int(whole[:4]), int(whole[4:6]), int(whole[6:8])).toordinal()
        except ValueError:
            return None
        whole = whole[8:]
    clock = whole.ljust(6, "0")
    return days * 86400 + int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + float(f"{clock[4:6]}.{fraction or 0}")


def _cross(a: Sequence[float], b: Sequence[float]) -> Vector3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def time_step(dataset: Dataset) -> float:
    """Seconds from frame to frame of a cine, 0 where the header does not say (PS3.3 C.7.6.5)."""
    vector = numbers(dataset, "FrameTimeVector") or ()
    for found, factor in (
        (number(dataset, "FrameTime"), 1e-3),
        (vector[1] if len(vector) > 1 else None, 1e-3),
        (number(dataset, "TemporalResolution"), 1e-3),
    ):
        if found and 0 < found * factor < math.inf:
            return found * factor
    rate = number(dataset, "CineRate") or number(dataset, "RecommendedDisplayFrameRate")
    return 1 / rate if rate and 0 < rate < math.inf else 0.0
