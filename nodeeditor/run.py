"""One network run without a screen: what to compute, where to write it, what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodeeditor.check import current_name, existing
from nodeeditor.engine import Engine
from nodeeditor.errors import NodeError, WiringError, suggestion
from nodeeditor.image import Image, Number, value_range
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.paths import Paths

PICTURE = "picture"
_SAVING = "a file to write"


@dataclass(frozen=True)
class Job:
    """One thing to do: compute an output and perhaps write it, let an effect node work, or tell read-only fields."""

    node: str
    output: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Result:
    """What came of a job: the facts of the computed output, or the values of a node that only tells."""

    job: Job
    seconds: float
    extent: tuple[int, ...] = ()
    type_name: str = ""
    range: tuple[Number, Number] | None = None
    values: dict[str, Any] | None = None


def sinks(network: Network, library: Library, out: Path | None = None) -> Iterator[Job]:
    """A job for every node that feeds no other; with a folder, their outputs are written there.

    Into the folder go the pictures of viewers (``Viewer.png``), what the viewers show unless it is a source's own
    image, and the outputs of the other sinks (``Node.output.mha``, which keeps geometry exactly).
    """
    feeding = {endpoint(source)[0] for source in network.connections.values()}
    written: set[tuple[str, str]] = set()
    for name in sorted(network.nodes):
        node_type = library.get(network.nodes[name].type)
        if node_type is None or name in feeding:
            continue
        declared = node_type.declaration
        if node_type.effect or not declared.outputs:
            yield Job(name)
        for output in declared.outputs:
            if out is None:
                yield Job(name, output)
            elif output == PICTURE:
                shown = _shown(network, library, name)
                for end in [*shown, (name, output)]:
                    if end not in written:
                        written.add(end)
                        yield Job(*end, out / (f"{name}.png" if end[1] == PICTURE else f"{'.'.join(end)}.mha"))
            elif (name, output) not in written:
                written.add((name, output))
                yield Job(name, output, out / f"{name}.{output}.mha")


def _shown(network: Network, library: Library, viewer: str) -> list[tuple[str, str]]:
    """The computed images that flow into a viewer; images of sources are on the disk already."""
    shown = []
    for connector, (node, output) in sorted(network.sources(viewer).items()):
        spec = network.nodes.get(node)
        node_type = library.get(spec.type) if spec else None
        viewer_type = library[network.nodes[viewer].type]
        takes_images = current_name(viewer_type, connector) in viewer_type.declaration.inputs
        if takes_images and node_type is not None and node_type.declaration.inputs:
            shown.append((node, current_name(node_type, output)))
    return shown


def demanded(network: Network, library: Library, outputs: Sequence[str], pictures: Sequence[str]) -> list[Job]:
    """Jobs for ``Node.output=FILE`` and ``Viewer=FILE``, as on the command line; raises NetworkError."""
    jobs = []
    for text in outputs:
        end, equals, file = text.partition("=")
        try:
            node, output = endpoint(end)
        except ValueError:
            equals = ""
        if not (equals and file):
            raise WiringError(f"{text!r} is not of the form Node.output=FILE")
        jobs.append(Job(node, output, Path(file)))
    for text in pictures:
        node, equals, file = text.partition("=")
        if not (equals and file):
            raise WiringError(f"{text!r} is not of the form Viewer=FILE.png")
        jobs.append(Job(node, PICTURE, Path(file)))
    for job in jobs:
        node_type = library[existing(network, job.node).type]
        known = node_type.declaration.outputs
        if current_name(node_type, job.output) not in known:
            if job.output == PICTURE:
                raise WiringError("is no viewer, so it has no picture; use --output for images", job.node)
            hint = suggestion(job.output, known) or f"; it has {', '.join(known) or 'no output'}"
            raise WiringError(f"there is no output of that name{hint}", job.node, job.output)
    return jobs


def done(
    job: Job,
    engine: Engine,
    network: Network,
    paths: Paths,
    warn: Callable[[str, str], None],
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Result:
    """Do one job; raises NetworkError or NodeError, and Cancelled soon after ``cancelled`` says so.

    ``warn`` is called with a node's name and a sentence, ``progress`` with the finished part from 0 to 1.
    """
    started = time.perf_counter()
    for bound in engine.bound(network, [job.node], paths).values():
        for sentence in bound.described.warnings:
            warn(bound.name, sentence)
    if not job.output:
        engine.perform(network, job.node, paths, cancelled, _Seen(1, progress))
        values = dict(engine.values(network, job.node, paths))
        return Result(job, time.perf_counter() - started, values=values)
    end = f"{job.node}.{job.output}"
    info = engine.info(network, end, paths)
    seen = _Seen(info.extent[0] * info.extent[2], progress)
    if job.file is not None:
        _write(end, job.file, engine, network, paths, cancelled, seen)
    else:
        for _ in engine.stream(network, end, paths, cancelled, seen):
            pass
    return Result(job, time.perf_counter() - started, info.extent, info.type_name, (seen.low, seen.high))


def _write(
    end: str,
    file: Path,
    engine: Engine,
    network: Network,
    paths: Paths,
    cancelled: Callable[[], bool],
    seen: _Seen,
) -> None:
    """Write an output as the network itself would: with an ImageSave node behind it."""
    saving = NodeSpec("ImageSave", {"filename": str(file.absolute())})
    extended = network.with_node(_SAVING, saving).with_connection(f"{_SAVING}.input0", end)
    try:
        engine.perform(extended, _SAVING, paths, cancelled, seen)
    except NodeError as error:
        error.node = end if error.node == _SAVING else error.node
        raise


class _Seen:
    """What has passed by of an image: its lowest and highest value, and how much of it."""

    def __init__(self, slices: int, progress: Callable[[float], None]) -> None:
        self.low: Number = 0
        self.high: Number = 0
        self._slices = slices
        self._finished = 0
        self._progress = progress

    def __call__(self, page: Image) -> None:
        low, high = value_range(page.voxels)
        self.low, self.high = (min(low, self.low), max(high, self.high)) if self._finished else (low, high)
        self._finished += page.region.shape[0] * page.region.shape[2]
        self._progress(min(1.0, self._finished / self._slices))
