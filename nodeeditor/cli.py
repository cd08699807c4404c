"""The command line: ``nodeeditor run | check | nodes | schema``.

Exit status 0 when all went well, 1 when a node failed, 2 for a wrong call or network, 130 after Ctrl-C. Whatever
needs numpy is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodeeditor.errors import FormatError, NetworkError, NodeEditorError
from nodeeditor.version import __version__

if TYPE_CHECKING:
    from nodeeditor.library import Library
    from nodeeditor.network import Network
    from nodeeditor.paths import Paths
    from nodeeditor.run import Job, Result

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has seen enough; Python would complain at exit otherwise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
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
        description="Run, check and describe networks of nodes for medical images.",
        epilog="nodeeditor COMMAND --help tells more about a command.",
    )
    parser.add_argument("--version", action="version", version=f"nodeeditor {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

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


def _check(options: argparse.Namespace) -> int:
    from nodeeditor.check import problems
    from nodeeditor.file import load

    library = _library()
    several = len(options.networks) > 1
    wrong = False
    for path in options.networks:
        prefix = f"{path}: " if several else ""
        try:
            network = load(path)
            found: Sequence[NetworkError] = problems(network, library)
        except NetworkError as error:
            found = error.problems
            prefix = f"{path}: "
        for problem in found:
            _say(f"{prefix}{_line(problem)}")
        if any(not problem.warning for problem in found):
            wrong = True
        else:
            print(f"{path}: ok ({_count(network.nodes, 'node')}, {_count(network.connections, 'connection')})")
    return WRONG if wrong else OK


def _nodes(options: argparse.Namespace) -> int:
    from nodeeditor import reference

    library = _library()
    chosen = [library[options.name]] if options.name else list(library.values())
    if options.markdown:
        print(reference.markdown(chosen))
    elif options.json:
        print(reference.as_json(chosen))
    elif options.name:
        print(reference.page(chosen[0]))
    else:
        print(reference.overview(library))
    return OK


def _schema(options: argparse.Namespace) -> int:
    from nodeeditor.schema import network_schema

    print(json.dumps(network_schema(_library()), indent=2, ensure_ascii=False))
    return OK


def _run(options: argparse.Namespace) -> int:
    from nodeeditor.check import problems, setting
    from nodeeditor.file import load
    from nodeeditor.run import demanded, sinks

    library = _library()
    try:
        network = load(options.network)
    except NetworkError as error:
        for problem in error.problems:
            _tell(problem, options, f"{options.network}: ")
        return WRONG
    paths = _paths(options)
    for assignment in options.settings:
        network = network.with_field(*setting(library, network, assignment, Path.cwd()))
    jobs = demanded(network, library, options.outputs, options.pictures)
    told: set[str] = set()
    wrong = False
    if not jobs:
        for problem in problems(network, library):
            _tell(problem, options, told=told)
            wrong = wrong or not problem.warning
    if options.out or not jobs:
        jobs += sinks(network, library, options.out)
    if not jobs and not wrong:
        raise FormatError("the network has no node that could be run")
    progress = _Progress(len(jobs), active=sys.stderr.isatty() and not options.json)
    work = _Interruptible(lambda run: _jobs_done(run, progress, jobs, network, library, paths, options, told))
    try:
        status = work.result(progress.draw)
    finally:
        progress.clear()
    return WRONG if wrong else status


def _jobs_done(
    run: _Interruptible,
    progress: _Progress,
    jobs: Sequence[Job],
    network: Network,
    library: Library,
    paths: Paths,
    options: argparse.Namespace,
    told: set[str],
) -> int:
    from nodeeditor.engine import Engine
    from nodeeditor.run import done

    engine = Engine(library)
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
            print(json.dumps(_event(result)), flush=True)
    progress.clear()
    if not options.json:
        _print_results(results)
    return status


class _Interruptible:
    """Work on another thread, so that Ctrl-C is heard at once even while native code runs."""

    def __init__(self, work: Callable[[_Interruptible], int]) -> None:
        self.cancelled = threading.Event()
        self._work = work
        self._status = OK
        self._error: BaseException | None = None

    def result(self, meanwhile: Callable[[], None]) -> int:
        """The status that the work returned; raises what it raised. After Ctrl-C the process ends here.

        ``meanwhile`` is called ten times a second.
        """
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(0.1)
                meanwhile()
        except KeyboardInterrupt:
            self._stop(thread)
        if self._error is not None:
            raise self._error
        return self._status

    def _run(self) -> None:
        try:
            self._status = self._work(self)
        except BaseException as error:
            self._error = error

    def _stop(self, thread: threading.Thread) -> None:
        from nodeeditor.atomic import sweep

        self.cancelled.set()
        thread.join(0.3)
        sweep()
        _say("interrupted")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


class _Progress:
    """A bar on a terminal when work takes longer than a second; the worker says how far it is, another thread draws."""

    def __init__(self, total: int, active: bool) -> None:
        self._total = total
        self._shown_from = time.monotonic() + 1.0 if active else float("inf")
        self._state = (0.0, "")
        self._drawn = False
        self._lock = threading.Lock()

    def at(self, number: int, name: str) -> Callable[[float], None]:
        """What to call with the finished part, 0 to 1, of one of the jobs."""

        def progress(part: float) -> None:
            self._state = ((number + part) / self._total, name)

        progress(0.0)
        return progress

    def draw(self) -> None:
        """Show how far the work is, after the first second."""
        part, name = self._state
        with self._lock:
            if time.monotonic() >= self._shown_from:
                sys.stderr.write(f"\r\033[K{'█' * round(30 * part):░<30} {100 * part:3.0f} %  {name}")
                sys.stderr.flush()
                self._drawn = True

    def clear(self) -> None:
        """Take the bar away before something else is printed."""
        with self._lock:
            if self._drawn:
                sys.stderr.write("\r\033[K")
                sys.stderr.flush()
                self._drawn = False


def _library() -> Library:
    from nodeeditor.library import Library

    library = Library.installed()
    for problem in library.problems:
        _say(f"warning: {problem}")
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
        _say(line)
        if getattr(options, "json", False) and getattr(options, "settings", None) is not None:
            warning = getattr(problem, "warning", False)
            event = {
                "event": "warning" if warning else "error",
                "node": getattr(problem, "node", ""),
                "connector": getattr(problem, "connector", ""),
                "message": getattr(problem, "message", str(problem)),
            }
            print(json.dumps(event), flush=True)
    if options.traceback and not getattr(error, "warning", False):
        traceback.print_exception(error)


def _line(problem: NodeEditorError) -> str:
    warning = isinstance(problem, NetworkError) and problem.warning
    return f"warning: {problem}" if warning else str(problem)


def _say(line: str) -> None:
    print(line.replace("\n", " "), file=sys.stderr)


def _count(things: Any, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _event(result: Result) -> dict[str, Any]:
    event: dict[str, Any] = {"event": "done", "node": result.job.node, "seconds": round(result.seconds, 4)}
    if result.values is not None:
        return {**event, "values": result.values}
    event |= {
        "output": result.job.output,
        "extent": dict(zip("tczyx", result.extent, strict=True)),
        "type": result.type_name,
        "range": result.range,
    }
    return {**event, "file": str(result.job.file)} if result.job.file else event


def _print_results(results: Sequence[Result]) -> None:
    rows = [("node", "output", "extent", "type", "range", "seconds", "file")]
    told = []
    for result in results:
        node, output, file = result.job.node, result.job.output, result.job.file
        seconds = f"{result.seconds:.3f}"
        if result.values is None:
            low, high = result.range or (0, 0)
            shown = f"{low:g} .. {high:g}"
            rows.append((node, output, _extent(result.extent), result.type_name, shown, seconds, str(file or "")))
        else:
            rows.append((node, "", "", "", "", seconds, ""))
            told += [f"{node}.{name} = {value}" for name, value in result.values.items()]
    if len(rows) > 1:
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    for line in told:
        print(line)


def _extent(extent: Sequence[int]) -> str:
    t, c, z, y, x = extent
    return f"{x}x{y}x{z}" + (f" c{c}" if c > 1 else "") + (f" t{t}" if t > 1 else "")
