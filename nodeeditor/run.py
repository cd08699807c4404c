"""One network run without a screen: what to compute, where to write it, what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nodeeditor.cancelling import unless
from nodeeditor.check import current_name, dependencies, existing
from nodeeditor.engine import Bound, Engine, Stream
from nodeeditor.engine.asking import ask, guarded
from nodeeditor.engine.cost import Tally
from nodeeditor.errors import NetworkError, NodeError, WiringError, suggestion
from nodeeditor.fields import StringType
from nodeeditor.image import Image, Number, value_range
from nodeeditor.library import Library
from nodeeditor.macros.expansion import expansion
from nodeeditor.network import Network, endpoint
from nodeeditor.node import Node
from nodeeditor.paths import Paths

PICTURE = "picture"


@dataclass(frozen=True)
class Job:
    """One thing to do: compute an output and perhaps write it, let an effect node work, or tell read-only fields."""

    node: str
    output: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Result:
    """What came of a job: the facts of the computed output, or the values of a node that only tells; what it wrote."""

    job: Job
    seconds: float
    extent: tuple[int, ...] = ()
    type_name: str = ""
    range: tuple[Number, Number] | None = None
    values: dict[str, Any] | None = None
    file: Path | None = None


def sinks(network: Network, library: Library, out: Path | None = None) -> Iterator[Job]:
    """A job for every node that feeds no other; with a folder, their outputs are written there.

    Into the folder go the pictures of viewers (``Viewer.png``), what the viewers show unless it is a source's own
    image, and the outputs of the other sinks (``Node.output.mha``, which keeps geometry exactly).
    """
    flat = expansion(network, library)
    for job in _sinks(flat.network, library, out, flat.outside):
        yield Job(*flat.outside.get((job.node, job.output), (job.node, job.output)), job.file)


def _sinks(
    network: Network, library: Library, out: Path | None, called: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[Job]:
    feeding = {endpoint(source)[0] for source in network.connections.values() if _is_output(network, library, source)}
    written: set[tuple[str, str]] = set()
    for name in sorted(network.nodes):
        node_type = library.get(network.nodes[name].type)
        idle = network.nodes[name].bypassed
        if node_type is None or idle or (name in feeding and not node_type.effect):
            continue
        declared = node_type.declaration
        if node_type.effect or not declared.outputs:
            yield Job(name)
        for output in declared.outputs:
            if out is None:
                yield Job(name, output)
                continue
            shown = _shown(network, library, name) if output == PICTURE else []
            for end in [*shown, (name, output)]:
                if end not in written:
                    written.add(end)
                    image = f"{name}.png" if end[1] == PICTURE else f"{'.'.join(called.get(end, end))}.mha"
                    yield Job(*end, out / _file_name(image))


def _is_output(network: Network, library: Library, end: str) -> bool:
    """Whether an end of a connection is an output, or may be one of an unknown type; fields are none."""
    node, connector = endpoint(end)
    node_type = library.get(network.nodes[node].type) if node in network.nodes else None
    return node_type is None or current_name(node_type, connector) in node_type.declaration.outputs


def _file_name(name: str) -> str:
    """A name that stays inside its folder, whatever the nodes are called."""
    return re.sub(r'[/\\:*?"<>|]', "_", name)


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
    flat = expansion(network, library)
    for job in jobs:
        inside = job.node not in network.nodes and job.node in flat.inside
        node_type = library[existing(flat.network if inside else network, job.node).type]
        known = node_type.declaration.outputs
        if current_name(node_type, job.output) not in known:
            if job.output == PICTURE:
                raise WiringError("is no viewer, so it has no picture; use --output for images", job.node)
            hint = suggestion(job.output, known) or f"; it has {', '.join(known) or 'no output'}"
            raise WiringError(f"there is no output of that name{hint}", job.node, job.output)
    return jobs


def shared(jobs: Iterable[Job], network: Network, library: Library) -> frozenset[str]:
    """The nodes whose images several jobs read, each on its own: what is worth remembering from one to the next."""
    flat = expansion(network, library)
    jobs = [replace(job, node=endpoint(flat.end(f"{job.node}.{job.output}"))[0]) if job.output else job for job in jobs]
    before = dependencies(flat.network, library)
    used: dict[str, set[int]] = {name: set() for name in before}
    for number, job in enumerate(jobs):
        waiting = [job.node] if job.node in before else []
        for name in waiting:
            if number not in used[name]:
                used[name].add(number)
                waiting += before[name]
    ends = {job.node for job in jobs if job.output}
    parting = {
        source for name, sources in before.items() if used[name] for source in sources if used[source] != used[name]
    }
    return frozenset(name for name in ends | parting if len(used.get(name, ())) > 1)


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
    target = warned(job.node, engine, network, paths, warn, cancelled)
    if not job.output:
        slices = sum(info.extent[0] * info.extent[2] for info in target.infos.values())
        engine.perform(network, job.node, paths, cancelled, _Seen(slices, progress))
        return Result(job, time.perf_counter() - started, values=told(target), file=_saved(target.node))
    end = f"{job.node}.{job.output}"
    info = engine.info(network, end, paths)
    seen = _Seen(info.extent[0] * info.extent[2], progress)
    stream = engine.stream(network, end, paths, cancelled, seen)
    if job.file is not None:
        _write(stream, job.file, end, engine.library)
    else:
        for _ in stream:
            pass
    seconds = time.perf_counter() - started
    return Result(job, seconds, info.extent, info.type_name, (seen.low, seen.high), file=job.file)


def warned(
    node: str,
    engine: Engine,
    network: Network,
    paths: Paths,
    warn: Callable[[str, str], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> Bound:
    """A node bound to what feeds it; its warnings, and those of the nodes before it, are told as `done` tells them."""
    bound = engine.bound(network, [node], paths, cancelled)
    flat = engine.expansion(network)
    for one in bound.values():
        called, within = flat.place(one.name)
        for sentence in one.described.warnings if one.name not in flat.macros else ():
            warn(called, f"{within}: {sentence}" if within else sentence)
    return bound[node]


def written(job: Job, tally: Tally) -> AbstractContextManager[object]:
    """Counts what it takes to do a job that writes an output, besides the nodes' own work."""
    return tally.during(f"{job.node}.{job.output}, written", "", "perform") if job.file else nullcontext()


def told(bound: Bound) -> dict[str, Any]:
    """The read-only fields of a node as JSON values."""
    fields = bound.node.declaration.fields
    return {name: fields[name].type.to_json(value) for name, value in bound.described.values.items()}


def _saved(node: Node) -> Path | None:
    """The file that an effect node wrote, where it is one that saves images."""
    if not node.saves:
        return None
    return Path(getattr(node, node.declaration.fields[node.saves].name))


def _write(stream: Stream, file: Path, end: str, library: Library) -> None:
    """Write an output with the library's node type that saves images."""
    writer = next((one for one in library.values() if one.saves), None)
    if writer is None:
        raise NodeError("no installed node type can save an image", end)
    name = writer.declaration.fields[writer.saves].name
    node = writer(**{name: str(file.absolute())})
    with unless(stream.cancelled):
        guarded(end, lambda: ask(node, "perform", {next(iter(writer.declaration.inputs)): stream}))


def conflicts(jobs: Iterable[Job], network: Network, library: Library, paths: Paths) -> Iterator[NetworkError]:
    """Files that would be written although the network reads them, or although another job writes them."""
    flat = expansion(network, library)
    yield from map(flat.retold_problem, _conflicts(jobs, flat.network, library, paths))


def _conflicts(jobs: Iterable[Job], network: Network, library: Library, paths: Paths) -> Iterator[NetworkError]:
    read = {path: f"{name}.{field}" for name, field, path in files(network, library, paths, effects=False)}
    written: dict[Path, str] = {}
    ends = [(f"{job.node}.{job.output}", job.file.resolve()) for job in jobs if job.file is not None]
    effects = [(f"{name}.{field}", path) for name, field, path in files(network, library, paths, effects=True)]
    for end, path in [*ends, *effects]:
        reader = read.get(path) or read.get(path.parent)
        if reader:
            yield WiringError(f"would be written to {path}, which {reader} reads; choose another file", *endpoint(end))
        if path in written:
            yield WiringError(f"would be written to {path}, as {written[path]} is; choose another file", *endpoint(end))
        written[path] = end


def files(network: Network, library: Library, paths: Paths, *, effects: bool) -> Iterator[tuple[str, str, Path]]:
    """Node, field and file, wherever a field names one: of the nodes that write, the effects, or of the others."""
    for name, field, text in file_fields(network, library, effects=effects):
        with suppress(ValueError, OSError):
            if expanded := paths.expanded(text):
                yield name, field, Path(expanded).resolve()


def file_fields(network: Network, library: Library, *, effects: bool) -> Iterator[tuple[str, str, str]]:
    """Node, field and text of every field that names a file: of the nodes that write, the effects, or of the others."""
    for name, spec in sorted(network.nodes.items()):
        node_type = library.get(spec.type)
        if node_type is None or node_type.effect != effects:
            continue
        for saved, value in spec.fields.items():
            declared = node_type.declaration.fields.get(current_name(node_type, saved))
            if declared and isinstance(declared.type, StringType) and declared.type.file and isinstance(value, str):
                yield name, saved, value


class _Seen:
    """What has passed by of an image: its lowest and highest value, and how much of it."""

    def __init__(self, slices: int, progress: Callable[[float], None]) -> None:
        self.low: Number = 0
        self.high: Number = 0
        self._slices = max(1, slices)
        self._finished = 0
        self._progress = progress

    def __call__(self, page: Image) -> None:
        low, high = value_range(page.voxels)
        self.low, self.high = (min(low, self.low), max(high, self.high)) if self._finished else (low, high)
        self._finished += page.region.shape[0] * page.region.shape[2]
        self._progress(min(1.0, self._finished / self._slices))
