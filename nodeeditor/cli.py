"""The command line: ``nodeeditor edit | run | batch | check | diff | convert | nodes | schema``, or files to edit.

Exit status 0 when all went well, 1 when a node or study failed or two networks differ, 2 for a wrong call or network,
130 after Ctrl-C. Whatever needs numpy is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodeeditor.errors import FormatError, NetworkError, NodeEditorError, raise_all
from nodeeditor.options import parser
from nodeeditor.terminal import (
    INTERRUPTED,
    Interruptible,
    Progress,
    event,
    facts,
    loss,
    prepare_streams,
    print_differences,
    print_profile,
    print_results,
    say,
    show,
)

if TYPE_CHECKING:
    from nodeeditor.library import Library
    from nodeeditor.network import Network
    from nodeeditor.paths import Paths
    from nodeeditor.run import Job

OK, FAILED, WRONG = 0, 1, 2
_RUN_CACHE = 256 * 2**20  # what several results of one run share; each page is asked for only once or twice


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in _COMMANDS and not given[0].startswith("-")):
        given = ["edit", *given]
    prepare_streams()
    options = parser().parse_args(given)
    try:
        status = _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # what is printed cannot be stored
        say(f"the output cannot be written: {error.strerror or error}")
        return WRONG if options.command == "diff" else FAILED  # where 1 says that networks differ
    except NetworkError as error:
        _tell(error, options)
        return WRONG
    except NodeEditorError as error:
        _tell(error, options)
        return FAILED
    return status


def _edit(options: argparse.Namespace) -> int:
    missing = [path for path in options.networks if not path.exists()]
    if missing:
        raise FormatError(f"{missing[0]} does not exist; neither is it one of the commands {', '.join(_COMMANDS)}")
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in shown):
        raise FormatError("there is no screen (DISPLAY is not set); nodeeditor run needs none")
    try:
        from nodeeditor.gui.app import edit
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("nodeeditor"):
            raise
        raise FormatError(f"the editor needs {error.name}; install it with: pip install 'nodeeditor[gui]'") from None
    return edit(options.networks)


def _check(options: argparse.Namespace) -> int:
    from nodeeditor.check import content_problems, problems
    from nodeeditor.formats import is_mevislab, problems_there, sound_part
    from nodeeditor.macros.local import fed_from_outside, with_macros
    from nodeeditor.mlab import left_out, runnable

    installed = _library()
    several = len(options.networks) > 1
    wrong = False
    for path in options.networks:
        library = with_macros(installed, path.parent)
        prefix = f"{path}: " if several else ""
        try:
            network, found = sound_part(path, library)
            if not found:
                fed = fed_from_outside(path, network, library)
                found = [one for one in problems(network, library) if one.place not in fed]
                found = problems_there(found, path, network, library)
                found += left_out(network, library) if is_mevislab(path) else []
            else:  # what is lost would count as missing, so only the nodes themselves are looked at
                found += [one for name in sorted(network.nodes) for one in content_problems(network, library, name)]
                prefix = f"{path}: "
        except NetworkError as error:
            found = list(error.problems)
            prefix = f"{path}: "
        for problem in found:
            say(f"{prefix}{_line(problem)}")
        if any(not problem.warning for problem in found):
            wrong = True
        else:
            part = f", {runnable(network, library)[0]} of which can run here" if is_mevislab(path) else ""
            show(f"{path}: ok ({_size(network, part)})")
    return WRONG if wrong else OK


def _diff(options: argparse.Namespace) -> int:
    from nodeeditor.diff import differences
    from nodeeditor.network import Network

    library = _library((options.after or options.before).parent)
    given = [Path(os.devnull), options.before] if options.after is None else [options.before, options.after]
    networks = [Network() if _is_nothing(path) else _loaded(path, library, options) for path in given]
    before, after = networks
    if before is None or after is None:
        return WRONG
    found = [one for one in differences(before, after, library) if options.layout or not one.layout]
    print_differences(found)
    return FAILED if found and options.after is not None else OK


def _is_nothing(path: Path) -> bool:
    """Whether a name is what git gives for a file that is not there."""
    return path.as_posix() in {"/dev/null", "nul", os.devnull}


def _convert(options: argparse.Namespace) -> int:
    from nodeeditor import formats
    from nodeeditor.diff import differences
    from nodeeditor.leftbehind import left_behind

    target: Path = options.target
    if not formats.has_ending(target):
        raise FormatError(f"{target}: the ending says no kind of network file; use {formats.OWN} or {formats.MEVISLAB}")
    if target.exists() and not options.force:
        raise FormatError(f"{target} is there already; --force replaces it")
    library = _library(options.source.parent)
    network = _loaded(options.source, library, options)
    if network is None:
        return WRONG
    try:
        formats.save(network, target, library)
    except OSError as error:
        raise FormatError(f"{target} cannot be written: {error.strerror or error}") from error
    lost = differences(network, formats.load(target, library), library)
    if lost:
        say(loss(target, lost))
    for warning in left_behind(network, library, options.source, target):
        _tell(warning, options)
    show(f"{target}: {_size(network)}")
    return OK


def _loaded(path: Path, library: Library, options: argparse.Namespace) -> Network | None:
    """The network in a file; None where its problems were told instead."""
    from nodeeditor.formats import load

    try:
        return load(path, library)
    except NetworkError as error:
        _tell(error, options, prefix=f"{path}: ")
    return None


def _nodes(options: argparse.Namespace) -> int:
    from nodeeditor import reference

    library = _library()
    chosen = [library[options.name]] if options.name else list(library.values())
    if options.markdown:
        show(reference.markdown(chosen))
    elif options.json:
        show(reference.as_json(chosen))
    elif options.name:
        show(reference.page(chosen[0]))
    else:
        show(reference.overview(library))
    return OK


def _schema(options: argparse.Namespace) -> int:
    from nodeeditor.schema import network_schema

    show(json.dumps(network_schema(_library()), indent=2, ensure_ascii=False))
    return OK


def _run(options: argparse.Namespace) -> int:
    from nodeeditor.check import problems, setting
    from nodeeditor.edits import with_field
    from nodeeditor.formats import problems_there
    from nodeeditor.run import conflicts, demanded, sinks

    library = _library(options.network.parent)
    network = _loaded(options.network, library, options)
    if network is None:
        return WRONG
    paths = _paths(options)
    for assignment in options.settings:
        network = with_field(network, library, *setting(library, network, assignment, Path.cwd()))
    jobs = demanded(network, library, options.outputs, options.pictures)
    found = problems_there(problems(network, library), options.network, network, library)
    if jobs:  # what is wrong elsewhere does not matter; what is wrong here is told when it is met
        found = [problem for problem in found if problem.warning]
    told: set[str] = set()
    for problem in found:
        _tell(problem, options, told=told)
    wrong = any(not problem.warning for problem in found)
    if options.out or not jobs:
        jobs += sinks(network, library, options.out)
    if not jobs and not wrong:
        raise FormatError("the network has no node that could be run")
    raise_all(list(conflicts(jobs, network, library, paths)))
    progress = Progress(len(jobs), active=sys.stderr.isatty() and not options.json)
    work = Interruptible(lambda run: _jobs_done(run, progress, jobs, network, library, paths, options, told))
    try:
        status = work.result(progress.draw)
    finally:
        progress.clear()
    return WRONG if wrong else status


def _batch(options: argparse.Namespace) -> int:
    from nodeeditor.batch.command import run_batch

    library = _library(options.network.parent)
    network = _loaded(options.network, library, options)
    if network is None:
        return WRONG
    well = run_batch(options, network, library, _paths(options), lambda problem: _tell(problem, options))
    return OK if well else FAILED


def _jobs_done(
    run: Interruptible,
    progress: Progress,
    jobs: Sequence[Job],
    network: Network,
    library: Library,
    paths: Paths,
    options: argparse.Namespace,
    told: set[str],
) -> int:
    from nodeeditor.engine import Engine
    from nodeeditor.engine.cost import Tally
    from nodeeditor.memory import cache_limit
    from nodeeditor.run import done, shared, written

    engine = Engine(library, min(cache_limit(), _RUN_CACHE)).sharing(shared(jobs, network, library))
    tally = Tally()
    if options.profile:
        engine = engine.heard(tally)
    status = OK
    results = []

    def tell(error: NodeEditorError) -> None:
        progress.clear()
        _tell(error, options, told=told)

    def warn(node: str, sentence: str) -> None:
        tell(NetworkError(sentence, node, warning=True))

    for number, job in enumerate(jobs):
        try:
            with written(job, tally):
                result = done(job, engine, network, paths, warn, progress.at(number, job.node), run.cancelled.is_set)
        except NodeEditorError as error:
            tell(error)
            status = max(status, WRONG if isinstance(error, NetworkError) else FAILED)
            continue
        results.append(result)
        if options.json:
            show(json.dumps(event(result)))
    progress.clear()
    if not options.json:
        print_results(results)
    if options.profile:
        print_profile(tally.cost.work, as_json=options.json)
    return status


def _library(folder: Path | None = None) -> Library:
    """The installed node types, and the macros of a folder."""
    from nodeeditor.library import Library
    from nodeeditor.macros.local import with_macros

    library = Library.installed()
    for problem in library.problems:
        say(f"warning: {problem}")
    return with_macros(library, folder)


def _paths(options: argparse.Namespace) -> Paths:
    from nodeeditor.paths import Paths, user_variables

    try:
        variables = user_variables()
    except ValueError as error:
        raise FormatError(str(error)) from None
    for text in options.variables:
        name, equals, folder = text.partition("=")
        if not (equals and name.isidentifier()):
            raise FormatError(f"--path {text}: is not of the form NAME=FOLDER")
        variables[name] = str(Path(folder).absolute())
    return Paths(options.network.absolute().parent, variables)


def _tell(error: NodeEditorError, options: argparse.Namespace, prefix: str = "", told: set[str] | None = None) -> None:
    """Say an error on stderr, one line a problem, once; as JSON too where that was asked for."""
    for problem in error.problems if isinstance(error, NetworkError) else [error]:
        line = prefix + _line(problem)
        if told is not None and line in told:
            continue
        if told is not None:
            told.add(line)
        say(line)
        if getattr(options, "json", False) and getattr(options, "settings", None) is not None:
            kind = "warning" if getattr(problem, "warning", False) else "error"
            show(json.dumps({"event": kind, **facts(problem)}))
    if options.traceback and not getattr(error, "warning", False):
        traceback.print_exception(error)


def _line(problem: NodeEditorError) -> str:
    warning = isinstance(problem, NetworkError) and problem.warning
    return f"warning: {problem}" if warning else str(problem)


def _size(network: Network, part: str = "") -> str:
    return f"{_count(network.nodes, 'node')}{part}, {_count(network.connections, 'connection')}"


def _count(things: Any, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "edit": _edit,
    "run": _run,
    "batch": _batch,
    "check": _check,
    "diff": _diff,
    "convert": _convert,
    "nodes": _nodes,
    "schema": _schema,
}
