"""Finds the DICOM series in a folder and takes one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from nodeeditor import NodeError, check_cancelled
from nodes.formats.dicom_format import DamagedError, pixel_file
from nodes.formats.dicom_frames import Frame, frames_of
from nodes.formats.dicom_header import ForeignFileError, Header, quiet, read_header, shown_name, text
from nodes.formats.dicom_scan import Look, Looks, frame_like

SHORTEST_END = 5
_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One series of a folder in a few words.

    ``choice`` is what names it: the shortest end of its SeriesInstanceUID that no other one has
    """

    uid: str
    number: str
    description: str
    modality: str
    files: int
    choice: str

    def __str__(self) -> str:
        words = self.description or (f"series {self.number}" if self.number else self.modality or "no description")
        return f"{self.choice!r} ({words}, {self.files} {'file' if self.files == 1 else 'files'})"


@dataclass(frozen=True, eq=False)
class Series:
    """The frames of one series, file by file.

    ``warnings``  a sentence on each file that had to be left out
    ``header``    of the one file, None for several
    """

    frames: tuple[Frame, ...]
    warnings: tuple[str, ...] = ()
    header: Header | None = None


_Found: TypeAlias = tuple[Header, Look | None]
"""A file with pixels: its header, or that of one that is alike; what a look at it found, None where that failed."""


def regular_files(folder: Path) -> list[Path]:
    """The regular files of a folder by name, its own ones only: no pipes, devices or subfolders, nor links to them.

    Raises NodeError where the folder may not be read.
    """
    try:
        with os.scandir(folder) as entries:
            paths = sorted(entry.path for entry in entries if _is_regular(entry))
    except OSError as error:
        raise NodeError(f"{shown_name(folder)} could not be read: {error.strerror}") from error
    return list(map(Path, paths))


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def dicom_series(folder: Path) -> tuple[SeriesSummary, ...]:
    """The series in a folder that hold images, by number and UID; raises NodeError where it cannot be read."""
    with quiet():
        return _summaries(_grouped(_images(folder)[0]))


def folder_series(folder: Path, wanted: str = "") -> Series:
    """The frames of one series of a folder, the only one or the one that is wanted.

    ``wanted`` is its SeriesInstanceUID or the end of it, its SeriesNumber or its SeriesDescription. Raises
    NodeError where there is none, or where there are several and the choice is not clear, which names them.
    """
    name = shown_name(folder)
    found, notes = _images(folder)
    grouped = _grouped(found)
    if not grouped:
        why = f" ({notes[0]})" if notes else ""
        raise NodeError(f"{name} holds no DICOM image{why}")
    chosen = _chosen(_summaries(grouped), wanted, name)
    models: dict[Header, Frame] = {}
    frames: list[Frame] = []
    warnings = list(notes)
    for one in grouped[chosen.uid]:
        check_cancelled()
        try:
            frames += _frames(*one, models)
        except DamagedError as error:
            if len(grouped[chosen.uid]) == 1:
                raise
            warnings.append(f"{error.message}; it was left out")
    if not frames:
        raise NodeError(f"{name} holds no sound image: {warnings[-1]}")
    return Series(tuple(frames), tuple(warnings))


def _images(folder: Path) -> tuple[list[_Found], list[str]]:
    """All files with pixels, and a sentence on each DICOM file that is too damaged to tell.

    Of files that are alike, the header of one is read.
    """
    found: list[_Found] = []
    notes: list[str] = []
    alike: dict[tuple[object, ...], Header] = {}
    looks = Looks()
    for path in regular_files(folder):
        check_cancelled()
        seen = looks.at(path)
        header = alike.get(seen.likeness) if seen else None
        if header is None:
            try:
                header = read_header(path)
            except ForeignFileError:
                continue
            except NodeError as error:
                notes.append(f"{error.message}; it was left out")
                continue
            if "Rows" not in header.dataset or "Columns" not in header.dataset:
                continue
            if seen:
                alike[seen.likeness] = header
        found.append((header, seen))
    return found, notes


def _frames(header: Header, seen: Look | None, models: dict[Header, Frame]) -> list[Frame]:
    """The frames of a file, told from a model where one is alike; a file that may serve as a model becomes one."""
    if seen is None:
        return frames_of(header, pixel_file(header))
    model = models.get(header)
    frame = frame_like(model, seen) if model else None
    if frame:
        return [frame]
    own = header if header.path == seen.path else read_header(seen.path)
    frames = frames_of(own, pixel_file(own))
    if len(frames) == 1 and not any(group in own.dataset for group in _GROUPS):
        models[header] = frames[0]
    return frames


def _grouped(found: Sequence[_Found]) -> dict[str, list[_Found]]:
    groups: dict[str, list[_Found]] = {}
    uids: dict[Header, str] = {}
    for header, seen in found:
        if header not in uids:
            uids[header] = text(header.dataset, "SeriesInstanceUID")
        groups.setdefault(uids[header], []).append((header, seen))
    return groups


def _summaries(groups: dict[str, list[_Found]]) -> tuple[SeriesSummary, ...]:
    summaries = []
    for uid, found in groups.items():
        dataset = found[0][0].dataset
        summaries.append(
            SeriesSummary(
                uid=uid,
                number=text(dataset, "SeriesNumber"),
                description=text(dataset, "SeriesDescription"),
                modality=text(dataset, "Modality"),
                files=len(found),
                choice=_shortest_end(uid, list(groups)),
            )
        )
    return tuple(sorted(summaries, key=lambda series: (_rank(series.number), series.uid)))


def _rank(words: str) -> float:
    return float(words) if words.isascii() and words.isdigit() else -1.0


def _shortest_end(uid: str, all_of_them: Sequence[str]) -> str:
    """The shortest end of a UID, of five characters at least, that no other UID has; ``no UID`` for an empty one."""
    for length in range(SHORTEST_END, len(uid)):
        if sum(other.endswith(uid[-length:]) for other in all_of_them) == 1:
            return uid[-length:]
    return uid or "no UID"


def _chosen(series: Sequence[SeriesSummary], wanted: str, name: str) -> SeriesSummary:
    wanted = wanted.strip()
    if not wanted and len(series) == 1:
        return series[0]
    listed = ", ".join(map(str, series[:12])) + (f", ... ({len(series)} in all)" if len(series) > 12 else "")
    several = f"{len(series)} series" if len(series) > 1 else "1 series"
    if not wanted:
        raise NodeError(f"{name} holds {several}; set series to one of: {listed}")
    for fits in (
        lambda one: wanted in (one.uid, one.choice),
        lambda one: wanted == one.number,
        lambda one: wanted.casefold() == one.description.casefold(),
        lambda one: one.uid.endswith(wanted),
    ):
        found = [one for one in series if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(map(str, found[:12]))
            raise NodeError(f"{name} holds {len(found)} series {wanted!r}; set series to one of: {listed}")
    raise NodeError(f"{name} holds no series {wanted!r}; set series to one of: {listed}")


def single_file(path: Path) -> Series:
    """One file as a series of its own; raises NodeError where it is no image or damaged."""
    header = read_header(path)
    return Series(tuple(frames_of(header, pixel_file(header))), header=header)
