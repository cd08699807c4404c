"""The work on the studies of a batch: one after the other on each of several processes."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from nodeeditor.atomic import sweep_folder
from nodeeditor.batch import crew, record
from nodeeditor.batch.errand import Batch, Errand, asked, errand
from nodeeditor.batch.studies import Study
from nodeeditor.check import current_name
from nodeeditor.engine import Engine
from nodeeditor.engine.cost import Tally, Work
from nodeeditor.errors import NetworkError, NodeEditorError, NodeError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.macros.local import with_macros
from nodeeditor.memory import cache_limit, free_memory
from nodeeditor.network import endpoint
from nodeeditor.run import done, shared, warned, written

_CACHE = 256 * 2**20  # what several results of one study share
_PROGRAM = 400 * 2**20  # bytes that a process takes at least
_UNPACKED = 8  # times the size of its files that a study takes at most, as a rule
_LOOKED_AT = 64

Status: TypeAlias = Literal["done", "failed", "kept"]


@dataclass(frozen=True)
class Outcome:
    """What came of a study; ``kept`` is one that was done before and that nothing has changed for."""

    study: Study
    status: Status
    seconds: float = 0.0
    errors: tuple[NodeEditorError, ...] = ()
    warnings: tuple[NetworkError, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    work: Mapping[str, Work] = field(default_factory=dict)
    traces: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What went wrong, or what a user should know, on one line."""
        told = [str(one) for one in self.errors] or [f"warning: {one}" for one in self.warnings]
        return "; ".join(" ".join(one.split()) for one in told)


def kept(batch: Batch, study: Study, library: Library) -> Outcome | None:
    """What came of a study before, with the same network, settings and inputs; None where it was not done so."""
    one = errand(batch, study, library)
    told = record.holds(one.folder, asked(batch, study, one, library))
    if told is None:
        return None
    values, seconds, said = told.get("values"), told.get("seconds"), told.get("warnings")
    if not (isinstance(values, dict) and isinstance(said, list) and isinstance(seconds, int | float)):
        return None
    warnings = tuple(NetworkError(entry, warning=True) for entry in said if isinstance(entry, str))
    made = tuple(str(one.folder / entry["file"]) for entry in told["outputs"])
    return Outcome(study, "kept", seconds, (), warnings, values, made)


def processes(batch: Batch, studies: Sequence[Study], library: Library) -> int:
    """How many studies can be done at the same time: one a processor, as far as the memory reaches for large ones."""
    some = [(study, errand(batch, study, library)) for study in itertools.islice(studies, _LOOKED_AT)]
    read = [asked(batch, study, one, library)["inputs"] for study, one in some]
    largest = max((sum(entry.get("size", 0) for entry in entries) for entries in read), default=0)
    room = free_memory() // (_PROGRAM + _UNPACKED * largest)
    return max(1, min(_processors(), room, len(studies)))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes(
    batch: Batch, studies: Sequence[Study], at_once: int, meanwhile: Callable[[], None]
) -> Generator[Outcome, None, None]:
    """What comes of each study, in the order in which they are ready; ``meanwhile`` is called ten times a second."""
    under_way = {study.folder for study in studies}
    try:
        with contextlib.closing(crew.results(partial(begin, batch, at_once), studies, at_once, meanwhile)) as coming:
            for study, result in coming:
                under_way.discard(study.folder)
                if isinstance(result, crew.Lost):
                    _tidy(batch.out / study.folder)
                    yield Outcome(study, "failed", errors=(NodeError(result.reason),))
                else:
                    yield result
    finally:
        for name in under_way:
            _tidy(batch.out / name)


def begin(batch: Batch, at_once: int) -> crew.Work[Study, Outcome]:
    """What a process does with each study, once it knows the installed node types."""
    for setting in ("NODEEDITOR_PROCESSORS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"):
        os.environ.setdefault(setting, str(max(1, _processors() // at_once)))
    return partial(outcome, batch, with_macros(Library.installed(), batch.source.absolute().parent))


def outcome(batch: Batch, library: Library, study: Study, cancelled: Callable[[], bool]) -> Outcome:
    """Do all that is wanted of a study; whatever goes wrong is in the outcome. Raises Cancelled alone."""
    started, tally = time.perf_counter(), Tally()
    errors: list[Exception] = []
    warnings: list[NetworkError] = []
    made: list[Path] = []
    values: dict[str, Json] = {}
    folder = batch.out / study.folder
    try:
        one = errand(batch, study, library)
        wanted = asked(batch, study, one, library)
        folder.mkdir(parents=True, exist_ok=True)
        sweep_folder(folder)
        record.forget(folder)
        engine = Engine(library, min(cache_limit(), _CACHE)).heard(tally)
        engine = engine.sharing(shared(one.jobs, one.network, library))

        def warn(node: str, sentence: str) -> None:
            warning = NetworkError(sentence, node, warning=True)
            if str(warning) not in map(str, warnings):
                warnings.append(warning)

        for job in one.jobs:
            try:
                with written(job, tally):
                    result = done(job, engine, one.network, one.paths, warn, lambda part: None, cancelled)
                made += [result.file] if result.file else []
            except NodeEditorError as error:
                errors.append(error)
        values = {text: _value(text, engine, one, warn) for text in batch.values} if not errors else {}
        if not errors:
            seconds = round(time.perf_counter() - started, 3)
            record.write(folder, wanted, _told(batch, values, warnings, seconds), made)
    except Exception as error:
        errors.append(error)
    if errors:
        _tidy(folder)
    return Outcome(
        study,
        "failed" if errors else "done",
        round(time.perf_counter() - started, 3) if errors else seconds,
        tuple({str(problem): problem for error in errors for problem in _said(error, folder)}.values()),
        tuple(warnings),
        values,
        tuple(map(str, made)),
        tally.cost.work,
        tuple("".join(traceback.format_exception(error)) for error in errors),
    )


def _value(text: str, engine: Engine, one: Errand, warn: Callable[[str, str], None]) -> Json:
    """The value of a field; a macro's parameter has that of the field inside which it stands for."""
    flat = engine.expansion(one.network)
    node, name = endpoint(text)
    target = warned(node, engine, one.network, one.paths, warn)
    declared = target.node.declaration.fields[name]
    if declared.read_only:
        return declared.type.to_json(target.described.values.get(name, declared.default))
    inside, member = endpoint(flat.end(text))
    if inside in flat.macros:
        given = one.network.nodes[node].fields
        return declared.type.to_json(declared.value(given[name]) if name in given else declared.default)
    configured = engine.bound(one.network, [inside], one.paths)[inside].node
    declared = configured.declaration.fields[current_name(type(configured), member)]
    return declared.type.to_json(getattr(configured, declared.name))


def _told(batch: Batch, values: Mapping[str, Json], warnings: Sequence[NetworkError], seconds: float) -> dict[str, Any]:
    """What a record tells besides what it was asked for."""
    return {
        "network": {"file": str(batch.source.absolute()), "sha256": batch.digest},
        "values": dict(values),
        "warnings": [str(one) for one in warnings],
        "seconds": seconds,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _said(error: Exception, folder: Path) -> tuple[NodeEditorError, ...]:
    """An error as the problems that are told of the study with a folder."""
    if isinstance(error, NetworkError):
        return error.problems
    if isinstance(error, NodeEditorError):
        return (error,)
    if isinstance(error, OSError):
        return (NodeError(f"{error.filename or folder} cannot be written: {error.strerror or error}"),)
    return (NodeError(f"failed unexpectedly ({type(error).__name__}: {error})", unexpected=True),)


def _tidy(folder: Path) -> None:
    """Remove what is unfinished in a study's folder, and the folder where nothing else is in it."""
    with contextlib.suppress(OSError):
        sweep_folder(folder)
        folder.rmdir()
