"""The table of a batch: a row a study, written as soon as it is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from nodeeditor.atomic import partial_file
from nodeeditor.batch.studies import Study
from nodeeditor.batch.work import Outcome
from nodeeditor.errors import FormatError, NodeError
from nodeeditor.fields import Json


@contextmanager
def table(path: Path, studies: Sequence[Study], values: Sequence[str]) -> Iterator[Callable[[Outcome], None]]:
    """What to call with each outcome; in the end the rows are put into the order of the studies.

    Raises FormatError where the file cannot be written, and NodeError where it cannot be any more.
    """
    header = ("id", "status", "seconds", "message", *values)
    rows: dict[str, tuple[object, ...]] = {}
    try:
        _write(path, "w", [header])
    except OSError as error:
        raise FormatError(f"{path} cannot be written: {error.strerror or error}") from error

    def add(outcome: Outcome) -> None:
        rows[outcome.study.folder] = _row(outcome, values)
        with _told(path):
            _write(path, "a", [rows[outcome.study.folder]])

    try:
        yield add
    finally:
        with _told(path), partial_file(path) as partial:
            _write(partial, "w", [header, *(rows[study.folder] for study in studies if study.folder in rows)])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NodeError(f"{path} cannot be written any more: {error.strerror or error}") from error


def _row(outcome: Outcome, values: Sequence[str]) -> tuple[object, ...]:
    status = "done" if outcome.status == "kept" else outcome.status
    told = [_cell(outcome.values.get(name, "")) for name in values]
    return (outcome.study.name, status, f"{outcome.seconds:.3f}", outcome.message, *told)


def _cell(value: Json) -> str | int | float:
    """A number or text as it is, another value as JSON."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if plain else json.dumps(value)


def _write(path: Path, mode: Literal["w", "a"], rows: Sequence[Sequence[object]]) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
