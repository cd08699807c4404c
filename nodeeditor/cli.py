"""The command line: ``nodeeditor edit | run | check | nodes | schema``; files alone are edited.

Exit status 0 when all went well, 1 when a node failed, 2 for a wrong call or network, 130 after Ctrl-C. Whatever
needs numpy is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodeeditor.errors import FormatError, NetworkError, NodeEditorError, raise_all
from nodeeditor.terminal import INTERRUPTED, Interruptible, Progress, event, prepare_streams, print_results, say, show
from nodeeditor.version import __version__

if TYPE_CHECKING:
    from nodeeditor.library import Library
    from nodeeditor.network import Network
    from nodeeditor.paths import Paths
    from nodeeditor.run import Job

OK, FAILED, WRONG = 0, 1, 2
_RUN_CACHE = 256 * 2**20  # what several results of one run share; each page is asked for only once or twice
_COMMANDS = ("edit", "run", "check", "nodes", "schema")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in _COMMANDS and not given[0].startswith("-")):
        given = ["edit", *given]
    prepare_streams()
    options = _parser().parse_args(given)
    try:
        status: int = options.command(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # what is printed cannot be stored
        say(f"the output cannot be written: {error.strerror or error}")
        return FAILED
    except NetworkError as error:
        _tell(error, options)
        return WRONG
    except NodeEditorError as error:
        _tell(error, options)
        return FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nodeeditor",
        description="Edit, run, check and describe networks of nodes for medical images.",
        epilog="nodeeditor COMMAND --help tells more about a command; nodeeditor FILE ... is nodeeditor edit FILE ...",
    )
    parser.add_argument("--version", action="version", version=f"nodeeditor {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    edit = commands.add_parser(
        "edit",
        help="open the editor",
        description="Open the editor, with networks or empty. It needs a screen and the extra nodeeditor[gui].",
    )
    edit.add_argument("networks", type=Path, nargs="*", metavar="FILE", help="network files")
    _add_traceback_option(edit)
    edit.set_defaults(command=_edit)

    run = commands.add_parser(
        "run",
        help="run a network without a screen",
        description="Run a network. Without --output and --picture every node that feeds no other is "
        "evaluated, and a table says what came out.",
        epilog="example: nodeeditor run ImageMask.mlab.json --set Threshold.threshold=80 "
        "--output Mask.output0=masked.nii.gz --picture SynchroView2D=view.png",
    )
    run.add_argument("network", type=Path, help="the network file (.mlab.json)")
    run.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NODE.FIELD=VALUE",
        help="set a field for this run; may be given often",
    )
    run.add_argument(
        "--output",
        dest="outputs",
        action="append",
        default=[],
        metavar="NODE.OUTPUT=FILE",
        help="write an image: .nii, .nii.gz, .nrrd, .mha, .tif, .png, or a folder for DICOM; may be given often",
    )
    run.add_argument(
        "--picture",
        dest="pictures",
        action="append",
        default=[],
        metavar="VIEWER=FILE.png",
        help="write what a viewer shows; may be given often",
    )
    run.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write the pictures of all viewers and the images they show into a folder",
    )
    run.add_argument("--json", action="store_true", help="print one JSON object a line, for machines")
    _add_path_option(run)
    _add_traceback_option(run)
    run.set_defaults(command=_run)

    check = commands.add_parser(
        "check",
        help="find every problem of networks without running them",
        description="Find every problem of networks, each with its place, without opening an image.",
    )
    check.add_argument("networks", type=Path, nargs="+", metavar="NETWORK", help="network files")
    _add_traceback_option(check)
    check.set_defaults(command=_check)

    nodes = commands.add_parser(
        "nodes",
        help="list the node types, or tell all about one",
        description="List the installed node types, or tell all about one.",
    )
    nodes.add_argument("name", nargs="?", metavar="NAME", help="a node type")
    form = nodes.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="print the reference as Markdown")
    form.add_argument("--json", action="store_true", help="print the declarations as JSON")
    _add_traceback_option(nodes)
    nodes.set_defaults(command=_nodes)

    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of network files",
        description="Print the JSON Schema of network files, for editors and other programs.",
    )
    _add_traceback_option(schema)
    schema.set_defaults(command=_schema)
    return parser


def _add_path_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--path",
        dest="variables",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="set a path variable, such as DemoDataPath, for this run; may be given often",
    )


def _add_traceback_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--traceback", action="store_true", help="show where an error arose, for developers")


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
        raise FormatError(f"the editor needs {error.name}; install it with: pip install 'nodeeditor[gui]'") from None
    return edit(options.networks)


def _check(options: argparse.Namespace) -> int:
    from nodeeditor.check import content_problems, problems
    from nodeeditor.file import sound_part

    library = _library()
    several = len(options.networks) > 1
    wrong = False
    for path in options.networks:
        prefix = f"{path}: " if several else ""
        try:
            network, found = sound_part(path)
            if not found:
                found = problems(network, library)
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
            show(f"{path}: ok ({_count(network.nodes, 'node')}, {_count(network.connections, 'connection')})")
    return WRONG if wrong else OK


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
    from nodeeditor.file import load
    from nodeeditor.run import conflicts, demanded, sinks

    library = _library()
    try:
        network = load(options.network)
    except NetworkError as error:
        for problem in error.problems:
            _tell(problem, options, f"{options.network}: ")
        return WRONG
    paths = _paths(options)
    for assignment in options.settings:
        network = with_field(network, library, *setting(library, network, assignment, Path.cwd()))
    jobs = demanded(network, library, options.outputs, options.pictures)
    found = problems(network, library)
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
    from nodeeditor.engine import Engine, cache_limit
    from nodeeditor.run import done

    engine = Engine(library, min(cache_limit(), _RUN_CACHE))
    status = OK
    results = []

    def tell(error: NodeEditorError) -> None:
        progress.clear()
        _tell(error, options, told=told)

    def warn(node: str, sentence: str) -> None:
        tell(NetworkError(sentence, node, warning=True))

    for number, job in enumerate(jobs):
        try:
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
    return status


def _library() -> Library:
    from nodeeditor.library import Library

    library = Library.installed()
    for problem in library.problems:
        say(f"warning: {problem}")
    return library


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
            warning = getattr(problem, "warning", False)
            told_event = {
                "event": "warning" if warning else "error",
                "node": getattr(problem, "node", ""),
                "connector": getattr(problem, "connector", ""),
                "message": getattr(problem, "message", str(problem)),
            }
            show(json.dumps(told_event))
    if options.traceback and not getattr(error, "warning", False):
        traceback.print_exception(error)


def _line(problem: NodeEditorError) -> str:
    warning = isinstance(problem, NetworkError) and problem.warning
    return f"warning: {problem}" if warning else str(problem)


def _count(things: Any, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
