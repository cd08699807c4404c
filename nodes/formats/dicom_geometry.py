"""Sorts frames into one stack in space and time, and says in words what is irregular about it.

Slices are sorted by their position along the normal of their plane (PS3.3 C.7.6.2.1.1), never by name or number.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nodeeditor import IDENTITY, NodeError, Vector3
from nodes.formats.dicom_frames import ORDER, SECONDS, Frame

MOST_ORIENTATIONS = 64
SAME_DIRECTION = 1e-3
SAME_PLACE = 0.01
"""Of a pixel: slices nearer than this have one position."""
SIDEWAYS = 0.25
"""Of a pixel: slices shifted further than this are not straight above one another."""
ROUNDING, UNEVEN = 0.01, 0.05
"""Of the slice distance: deviations below the first are not mentioned, above the second are no jitter."""
FEW = 0.1
"""Of all positions: so many may occur twice before it is taken for an incomplete second set."""

Array = npt.NDArray[np.float64]
Matrix3 = tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class Stack:
    """Frames in order: ``frames[t][z]``, and the grid they lie on (millimetres, LPS, seconds)."""

    frames: tuple[tuple[Frame, ...], ...]
    spacing: Vector3
    origin: Vector3 = (0.0, 0.0, 0.0)
    direction: Matrix3 = IDENTITY
    time_step: float = 0.0
    warnings: tuple[str, ...] = ()


def stack(frames: Sequence[Frame], name: str) -> Stack:
    """Sort frames of one series by position, and by time where each position occurs equally often.

    Irregularities that leave the slices usable become warnings; NodeError where sizes or pixel spacings
    differ, several orientations are mixed, or the positions make no stack.
    """
    frames, left_out = main_orientation(frames, name)
    _demand_equal(frames, name, "size", lambda frame: f"{frame.size[0]}x{frame.size[1]}")
    _demand_equal(frames, name, "samples a pixel", lambda frame: f"{frame.size[2]}")
    spacing = _common_spacing(frames, name)
    if frames[0].position is None:
        found = _unplaced(frames, spacing, name)
    else:
        frames, copies = _without_copies(frames)
        left_out += copies
        found = _placed(frames, spacing, name)
    notes = tuple(dict.fromkeys(note for frame in frames for note in frame.notes))
    return Stack(
        found.frames,
        found.spacing,
        found.origin,
        found.direction,
        found.time_step,
        (*left_out, *notes, *found.warnings),
    )


def main_orientation(frames: Sequence[Frame], name: str) -> tuple[list[Frame], tuple[str, ...]]:
    """The frames of the one orientation that is clearly the main one, and what was left out for it.

    Clearly means: three times as many as all others, in another file. Raises NodeError where none is.
    """
    groups: list[list[Frame]] = []
    for frame in frames:
        for group in groups:
            if _same_direction(frame.orientation, group[0].orientation):
                group.append(frame)
                break
        else:
            groups.append([frame])
        if len(groups) > MOST_ORIENTATIONS:
            raise NodeError(f"{name} holds slices in more than {MOST_ORIENTATIONS} orientations; they make no volume")
    if len(groups) == 1:
        return groups[0], ()
    groups.sort(key=len, reverse=True)
    others = list(itertools.chain.from_iterable(groups[1:]))
    files = {frame.file for frame in others}
    if len(groups[0]) < 3 * len(others) or files & {frame.file for frame in groups[0]}:
        counts = ", ".join(str(len(group)) for group in groups[:8])
        single = len({frame.file for frame in frames}) == 1
        cure = "they make no volume" if single else "put those of one orientation in a folder of their own"
        raise NodeError(f"{name} holds slices in {len(groups)} orientations ({counts} slices); {cure}")
    names = _names([frame.file.name for frame in others])
    return groups[0], (f"{_files(len(files))} in another orientation (localizers?) left out: {names}",)


def _same_direction(a: tuple[float, ...] | None, b: tuple[float, ...] | None) -> bool:
    if a is None or b is None or a == b:
        return a == b
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) <= SAME_DIRECTION


def _demand_equal(frames: Sequence[Frame], name: str, what: str, key: Callable[[Frame], Hashable]) -> None:
    counts = Counter(map(key, frames))
    if len(counts) == 1:
        return
    (most, many), *rest = counts.most_common()
    listed = ", ".join(
        f"{other} ({count}: {next(frame.name for frame in frames if key(frame) == other)} ...)"
        for other, count in rest[:3]
    )
    raise NodeError(f"slices of {name} differ in {what}: {most} ({many}), {listed}")


def _common_spacing(frames: Sequence[Frame], name: str) -> tuple[float, float]:
    first = frames[0].spacing or (1.0, 1.0)
    others = {frame.spacing or (1.0, 1.0) for frame in frames}
    if not all(np.allclose(other, first, rtol=1e-3, atol=0) for other in others):
        _demand_equal(frames, name, "pixel spacing", lambda frame: _mm_by_mm(frame.spacing))
    return first


def _mm_by_mm(spacing: tuple[float, float] | None) -> str:
    return f"{spacing[0]:.6g}x{spacing[1]:.6g} mm" if spacing else "unknown"


def _unplaced(frames: Sequence[Frame], spacing: tuple[float, float], name: str) -> Stack:
    """Frames without position: those of one file follow in time, unless it says a slice distance."""
    distance = frames[0].distance
    if frames[0].file.frames > 1 and len({frame.file for frame in frames}) == 1:
        if frames[0].slices:
            words = f"frames have no positions; SpacingBetweenSlices {distance:g} mm is taken as their distance"
            return Stack((tuple(frames),), (*spacing, distance), warnings=(words,))
        words = f"{len(frames)} frames have no positions; they are shown as a time series"
        return Stack(tuple((frame,) for frame in frames), (*spacing, distance or 1.0), warnings=(words,))
    if len(frames) == 1:
        return Stack((tuple(frames),), (*spacing, distance or 1.0))
    films = {frame.file.name for frame in frames if frame.file.frames > 1}
    if films:
        raise NodeError(f"{name} holds several films without positions; open one of them: {_names(sorted(films))}")
    ordered = sorted(frames, key=lambda frame: (frame.order.get("InstanceNumber", 0), frame.file.name, frame.index))
    by = "instance number" if all("InstanceNumber" in frame.order for frame in frames) else "name"
    words = f"slice distance unknown (1 mm assumed); {len(frames)} slices without position are sorted by {by}"
    return Stack((tuple(ordered),), (*spacing, 1.0), warnings=(words,))


def _without_copies(frames: Sequence[Frame]) -> tuple[list[Frame], tuple[str, ...]]:
    """The frames but for copies: same SOP instance, same frame, same position, in another file."""
    kept: dict[Hashable, Frame] = {}
    copies = []
    for frame in frames:
        key = (frame.uid or frame.file, frame.index, frame.position, frame.order.get("InstanceNumber"))
        if kept.setdefault(key, frame) is not frame:
            copies.append(frame.file.name)
    if not copies:
        return list(frames), ()
    names = sorted(set(copies))
    return list(kept.values()), (f"{_files(len(names))} left out as a copy of another: {_names(names)}",)


def _placed(frames: Sequence[Frame], spacing: tuple[float, float], name: str) -> Stack:
    direction = _direction(frames[0], name)
    normal = direction[:, 2]
    placed = [(float(normal @ np.array(frame.position)), frame) for frame in frames]
    if not all(math.isfinite(place) and abs(place) < 1e9 for place, _ in placed):
        raise NodeError(f"{name} has no usable geometry: a slice lies further than 1000 km away")
    placed.sort(key=lambda pair: pair[0])
    tolerance = SAME_PLACE * min(spacing)
    clusters: list[list[Frame]] = []
    places: list[float] = []
    for place, frame in placed:
        if places and place - places[-1] <= tolerance:
            clusters[-1].append(frame)
        else:
            clusters.append([frame])
            places.append(place)
    columns, warnings = _columns(clusters, direction, name)
    first = [column[0] for column in columns]
    positions = np.array([frame.position for frame in first], dtype=np.float64)
    distance, uneven = _distance(np.array(places), first, positions, normal)
    sideways = _sideways(np.array([frame.position for frame in itertools.chain(*columns)]), direction, spacing)
    flat = [float(entry) for entry in direction.ravel()]
    return Stack(
        frames=tuple(zip(*columns, strict=True)),
        spacing=(*spacing, distance),
        origin=(float(positions[0, 0]), float(positions[0, 1]), float(positions[0, 2])),
        direction=(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6], flat[7], flat[8]),
        time_step=_time_step(columns[0]),
        warnings=(*warnings, *uneven, *sideways),
    )


def _direction(frame: Frame, name: str) -> Array:
    """Orthonormal directions of x, y, z as columns, from the direction cosines of rows and columns."""
    row, column = np.array(frame.orientation, dtype=np.float64).reshape(2, 3)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if not all(0.9 < length < 1.1 for length in lengths) or abs(row @ column) > 0.05:
        words = "\\".join(f"{entry:g}" for entry in frame.orientation or ())
        raise NodeError(
            f"{name} has no usable geometry: ImageOrientationPatient {words} is not two directions at right angles"
        )
    x = row / lengths[0]
    y = column - (column @ x) * x
    y /= np.linalg.norm(y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _columns(clusters: Sequence[Sequence[Frame]], direction: Array, name: str) -> tuple[list[list[Frame]], list[str]]:
    """Each position's frames in the order of time, equally many everywhere, and what to say about it."""
    counts = Counter(map(len, clusters))
    times = max(counts)
    if len(counts) == 1:
        if times == 1:
            return [list(cluster) for cluster in clusters], []
        keyword = _telling(clusters)
        columns = [
            sorted(cluster, key=lambda frame: (frame.order.get(keyword, 0), frame.file.name, frame.index))
            for cluster in clusters
        ]
        where = f"each of {len(clusters)} positions occurs" if len(clusters) > 1 else "the one position occurs"
        by = {"": "their names", "frame": "their place in the file"}.get(keyword, keyword)
        return columns, [f"{where} {times} times; shown as {times} time points in the order of {by}"]
    several = [cluster for cluster in clusters if len(cluster) > 1]
    if len(several) > max(1, FEW * len(clusters)):
        listed = ", ".join(f"{count} positions {_times(occur)}" for occur, count in sorted(counts.items()))
        raise NodeError(f"{name} holds an incomplete set of time points: {listed}; complete it or take its files out")
    columns, warnings = [], []
    for cluster in clusters:
        ordered = sorted(cluster, key=lambda frame: (frame.order.get("InstanceNumber", 0), frame.index))
        columns.append(ordered[:1])
        if len(cluster) > 1:
            names = _names([frame.name for frame in ordered])
            place = _coordinate(np.array(cluster[0].position), direction[:, 2])[1]
            warnings.append(f"position {place:.1f} mm occurs {_times(len(cluster))} ({names}); the first was taken")
    return columns, warnings


def _telling(clusters: Sequence[Sequence[Frame]]) -> str:
    """The best attribute that tells the frames of every position apart, empty where none does."""
    for keyword in ORDER:
        found = [{frame.order.get(keyword) for frame in cluster} for cluster in clusters]
        if all(None not in values and len(values) == len(clusters[0]) for values in found):
            return keyword
    return ""


def _time_step(column: Sequence[Frame]) -> float:
    """Median seconds between the frames of one position, 0 where their times are unknown."""
    for keyword, seconds in SECONDS.items():
        times = [frame.order.get(keyword, math.nan) for frame in column]
        steps = np.diff(times)
        if len(steps) and np.all(steps > 0):
            return float(np.median(steps)) * seconds
    return 0.0


def _distance(places: Array, frames: Sequence[Frame], positions: Array, normal: Array) -> tuple[float, list[str]]:
    """The slice distance along the normal and a sentence on each irregularity."""
    if len(places) == 1:
        return frames[0].distance or 1.0, []
    gaps = np.diff(places)
    median, mean = float(np.median(gaps)), float(gaps.mean())
    deviation = float(np.abs(gaps - median).max()) / median
    if deviation <= ROUNDING:
        return mean, []
    low, high = gaps.min(), gaps.max()
    if deviation <= UNEVEN:
        percent = f"{100 * (high - low) / median:.1f} %"
        return mean, [f"slice distances vary from {low:.3f} to {high:.3f} mm ({percent}; {mean:.3f} mm assumed)"]
    steps = np.maximum(1, np.round(gaps / median)).astype(np.int64)
    if np.all(np.abs(gaps - steps * median) <= UNEVEN * median):
        return median, _missing(steps, positions, normal, median)
    off = float(np.abs(places - (places[0] + mean * np.arange(len(places)))).max())
    words = f"slice distances are uneven: {low:.2f} to {high:.2f} mm"
    return mean, [f"{words}; {mean:.2f} mm are assumed, which shows slices up to {off:.1f} mm off their place"]


def _missing(steps: npt.NDArray[np.int64], positions: Array, normal: Array, median: float) -> list[str]:
    """One sentence on each gap, and one on where the slices behind it are shown."""
    warnings = []
    number = 1
    gaps = 0
    for i, step in enumerate(steps):
        if step > 1:
            axis, before = _coordinate(positions[i], normal)
            _, behind = _coordinate(positions[i + 1], normal)
            first, last = number + 1, number + int(step) - 1
            which = f"slice {first} is" if first == last else f"slices {first} to {last} are"
            gaps += last - first + 1
            warnings.append(
                f"{which} missing between {axis} = {before:.1f} and {behind:.1f} mm; "
                f"the slices behind the gap are shown {gaps * median:.1f} mm off their place"
            )
        number += int(step)
    return warnings


def _coordinate(position: Array, normal: Array) -> tuple[str, float]:
    """The name and value of the coordinate that tells where a slice lies: the patient's, unless it is oblique."""
    axis = int(np.abs(normal).argmax())
    if abs(normal[axis]) > 0.9:
        return "xyz"[axis], float(position[axis])
    return "distance along the normal", float(position @ normal)


def _sideways(positions: Array, direction: Array, spacing: tuple[float, float]) -> list[str]:
    """What to say of slices that are not straight above one another: gantry tilt, or a shift."""
    relative = (positions - positions[0]) @ direction
    shift = np.abs(relative[:, :2]) / spacing
    if shift.max() <= SIDEWAYS:
        return []
    height = relative[:, 2]
    far = int(np.abs(height).argmax())
    slope = relative[far, :2] / height[far] if height[far] else np.zeros(2)
    rest = np.abs(relative[:, :2] - height[:, np.newaxis] * slope) / spacing
    length = float(np.linalg.norm(relative[:, :2], axis=1).max())
    if rest.max() > SIDEWAYS:
        return [f"slices are shifted sideways by up to {length:.1f} mm; shown as if they were not"]
    angle = math.degrees(math.atan(float(np.linalg.norm(slope))))
    return [f"slices are tilted by {angle:.1f} deg ({length:.1f} mm over the stack); shown as if they were not"]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f", ... ({len(names)} in all)" if len(names) > 4 else "")
