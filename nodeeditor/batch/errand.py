"""What is to be done for each study of a batch: what it reads, what it computes, and where that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nodeeditor.batch import record
from nodeeditor.batch.studies import Study
from nodeeditor.check import current_name, existing, field_source, setting
from nodeeditor.edits import with_field
from nodeeditor.errors import FieldError, NetworkError, WiringError, suggestion
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.macros.expansion import expansion
from nodeeditor.network import Network, endpoint
from nodeeditor.paths import Paths
from nodeeditor.run import Job, conflicts, demanded, file_fields, files, sinks

ID = "$(ID)"
"""In the name of a file: the name of the study's folder."""
_TOLD = 5


@dataclass(frozen=True)
class Batch:
    """A network with the settings of all studies, what is wanted of each, and the folder that theirs will lie in.

    ``outputs`` and ``pictures`` are spelled ``Node.output=FILE`` and ``Viewer=FILE``, as in `nodeeditor.run.demanded`,
    ``values`` are fields. Where neither is wanted, that is all that a run writes into a folder. ``digest`` is the
    SHA-256 of ``source`` as it was read.
    """

    network: Network
    source: Path
    out: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Json] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class Errand:
    """What is to be done for one study; ``network`` writes into its folder, ``given`` is as it was before."""

    folder: Path
    given: Network
    network: Network
    paths: Paths
    jobs: tuple[Job, ...]


def errand(batch: Batch, study: Study, library: Library) -> Errand:
    """What is to be done for a study; raises NetworkError."""
    network = batch.network
    for one in study.settings:
        network = with_field(network, library, *one)
    folder = batch.out / study.folder
    paths = Paths(batch.source.absolute().parent, {**batch.variables, "ID": study.folder})
    at_home = _at_home(network, library, study, folder, paths)
    return Errand(folder, network, at_home, paths, tuple(_jobs(batch, study, library, at_home, folder)))


def asked(batch: Batch, study: Study, one: Errand, library: Library) -> dict[str, Json]:
    """What a study's record says of what it was to do."""
    settings = {**batch.settings, **{f"{node}.{name}": value for node, name, value in study.settings}}
    wanted = [*batch.outputs, *batch.pictures, *batch.values]
    return record.demand(study.name, one.given, library, one.paths, settings, wanted)


def _at_home(network: Network, library: Library, study: Study, folder: Path, paths: Paths) -> Network:
    """The network with the files that it writes in the study's folder, unless they are told where else to be."""
    for node, saved, text in file_fields(network, library, effects=True):
        name = current_name(library[network.nodes[node].type], saved)
        if source := field_source(network, library, (node, name)):
            raise FieldError(f"follows {source}; in a batch it has to be set itself", node, name)
        given = text.replace(ID, study.folder)
        if given and not given.startswith("$(") and not Path(given).is_absolute():
            place = _inside(folder, given, paths.expanded, node, name)
            network = with_field(network, library, node, name, str(place))
    return network


def _inside(folder: Path, name: str, expanded: Callable[[str], str], node: str, connector: str) -> Path:
    """A file in a study's folder; raises FieldError where its name leads out of it."""
    place = folder / name
    if not Path(expanded(str(place))).resolve().is_relative_to(folder.resolve()):
        raise FieldError(f"{name} leads out of the folder of the study; {ID} stands for its name", node, connector)
    return place


def _jobs(batch: Batch, study: Study, library: Library, network: Network, folder: Path) -> Iterator[Job]:
    if not (batch.outputs or batch.pictures):
        yield from (job for job in sinks(network, library, folder) if not (batch.values and job.output))
    for job in demanded(network, library, batch.outputs, batch.pictures):
        name = str(job.file).replace(ID, study.folder)
        yield Job(job.node, job.output, _inside(folder, name, str, job.node, job.output))


def assigned(network: Network, library: Library, assignment: str) -> tuple[Network, str, Json]:
    """The network with ``Node.field=text`` set for all studies, the field and its value; raises NetworkError.

    A relative file name starts at the working folder, that of a file to be written at the folder of the study.
    """
    spec = network.nodes.get(assignment.partition("=")[0].partition(".")[0].strip())
    node_type = library.get(spec.type) if spec else None
    writes = node_type is not None and node_type.effect
    node, name, value = setting(library, network, assignment, None if writes else Path.cwd())
    return with_field(network, library, node, name, value), f"{node}.{name}", value


def valued(network: Network, library: Library, fields: Sequence[str]) -> tuple[str, ...]:
    """The fields that are asked for, by today's names; raises NetworkError for one that no node has."""
    told = []
    for text in fields:
        try:
            node, name = endpoint(text)
        except ValueError:
            raise FieldError(f"{text!r} is not of the form Node.field") from None
        node_type = library[existing(network, node).type]
        known = {key: one for key, one in node_type.declaration.fields.items() if one.persistent or one.read_only}
        name = current_name(node_type, name)
        if name not in known:
            telling = [key for key, one in known.items() if one.read_only]
            hint = suggestion(name, known) or (f"; it tells {', '.join(telling)}" if telling else "")
            raise FieldError(f"{node_type.__name__} has no such field{hint}", node, name)
        told.append(f"{node}.{name}")
    return tuple(dict.fromkeys(told))


def problems(batch: Batch, studies: Sequence[Study], library: Library) -> Iterator[NetworkError]:
    """Why the studies cannot all be done: files that lead out of their folders, or that would be written twice.

    What is wrong with one study is mostly wrong with all, so the first one that has problems ends the search.
    """
    written: dict[Path, tuple[Study, str]] = {}
    read: dict[Path, tuple[Study, str]] = {}
    twice = []
    for study in studies:
        try:
            one = errand(batch, study, library)
        except NetworkError as error:
            yield from (_of_study(study, problem) for problem in error.problems)
            return
        found = list(conflicts(one.jobs, one.network, library, one.paths))
        if not one.jobs and not batch.values:
            found.append(NetworkError("the network has no node that could be run"))
        flat = expansion(one.network, library)
        for end, path in _written(one, flat.network, library):
            if path in written:
                other, its = written[path]
                what = f"is written to {path}, as {its} of study {other.name} is; put {ID} into the name"
                twice.append(_of_study(study, flat.retold_problem(WiringError(what, *endpoint(end)))))
            if path == (one.folder / record.RECORD).resolve():
                found.append(WiringError(f"would be written to {path}, the record of the study", *endpoint(end)))
            written[path] = (study, end)
        for node, name, path in files(flat.network, library, one.paths, effects=False):
            read.setdefault(path, (study, f"{node}.{name}"))
        if found:
            yield from (_of_study(study, problem) for problem in found)
            return
    for path in (one for one in written if one in read):
        (study, end), (other, its) = written[path], read[path]
        what = f"would be written to {path}, which {its} of study {other.name} reads; choose another file"
        twice.append(_of_study(study, WiringError(what, *endpoint(end))))
    yield from twice[:_TOLD]


def _of_study(study: Study, problem: NetworkError) -> NetworkError:
    return type(problem)(f"study {study.name}: {problem.message}", problem.node, problem.connector)


def _written(one: Errand, network: Network, library: Library) -> Iterator[tuple[str, Path]]:
    """Output or field, and file, of all that an errand writes, its network's macros expanded."""
    yield from ((f"{job.node}.{job.output}", job.file.resolve()) for job in one.jobs if job.file is not None)
    working = {job.node for job in one.jobs}
    for node, name, path in files(network, library, one.paths, effects=True):
        if node in working:
            yield f"{node}.{name}", path
