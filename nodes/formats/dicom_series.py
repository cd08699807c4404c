"""Finds the DICOM series in a folder and takes one of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nodeeditor import NodeError
from nodes.formats.dicom_format import DamagedError, PixelFile, pixel_file
from nodes.formats.dicom_header import ForeignFileError, Header, quiet, read_header, shown_name, text

SHORTEST_END = 5


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
    """The files of one series that hold an image, and a sentence on each that had to be left out."""

    headers: tuple[Header, ...]
    files: tuple[PixelFile, ...]
    warnings: tuple[str, ...]


def regular_files(folder: Path) -> list[Path]:
    """The regular files of a folder by name, its own ones only: no pipes, devices or subfolders, nor links to them.

    Raises NodeError where the folder may not be read.
    """
    try:
        with os.scandir(folder) as entries:
            paths = [Path(entry.path) for entry in entries if _is_regular(entry)]
    except OSError as error:
        raise NodeError(f"{shown_name(folder)} could not be read: {error.strerror}") from error
    return sorted(paths)


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return False


def dicom_series(folder: Path) -> tuple[SeriesSummary, ...]:
    """The series in a folder that hold images, by number and UID; raises NodeError where it cannot be read."""
    with quiet():
        return _summaries(_grouped(_image_headers(folder)[0]))


def folder_series(folder: Path, wanted: str = "") -> Series:
    """The headers of one series of a folder, the only one or the one that is wanted.

    ``wanted`` is its SeriesInstanceUID or the end of it, its SeriesNumber or its SeriesDescription. Raises
    NodeError where there is none, or where there are several and the choice is not clear, which names them.
    """
    name = shown_name(folder)
    headers, notes = _image_headers(folder)
    grouped = _grouped(headers)
    if not grouped:
        why = f" ({notes[0]})" if notes else ""
        raise NodeError(f"{name} holds no DICOM image{why}")
    chosen = _chosen(_summaries(grouped), wanted, name)
    files, sound, warnings = [], [], list(notes)
    for header in grouped[chosen.uid]:
        try:
            files.append(pixel_file(header))
            sound.append(header)
        except DamagedError as error:
            if len(grouped[chosen.uid]) == 1:
                raise
            warnings.append(f"{error.message}; it was left out")
    if not files:
        raise NodeError(f"{name} holds no sound image: {warnings[-1]}")
    return Series(tuple(sound), tuple(files), tuple(warnings))


def _image_headers(folder: Path) -> tuple[list[Header], list[str]]:
    """The headers of all files with pixels, and a sentence on each DICOM file that is too damaged to tell."""
    headers, notes = [], []
    for path in regular_files(folder):
        try:
            header = read_header(path)
            if "Rows" in header.dataset and "Columns" in header.dataset:
                headers.append(header)
        except ForeignFileError:
            continue
        except NodeError as error:
            notes.append(f"{error.message}; it was left out")
    return headers, notes


def _grouped(headers: Sequence[Header]) -> dict[str, list[Header]]:
    groups: dict[str, list[Header]] = {}
    for header in headers:
        groups.setdefault(text(header.dataset, "SeriesInstanceUID"), []).append(header)
    return groups


def _summaries(groups: dict[str, list[Header]]) -> tuple[SeriesSummary, ...]:
    summaries = []
    for uid, headers in groups.items():
        dataset = headers[0].dataset
        summaries.append(
            SeriesSummary(
                uid=uid,
                number=text(dataset, "SeriesNumber"),
                description=text(dataset, "SeriesDescription"),
                modality=text(dataset, "Modality"),
                files=len(headers),
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
    return Series((header,), (pixel_file(header),), ())
