"""What a person at a terminal meets: a progress bar, Ctrl-C that is heard at once, tables, one-line problems."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from nodeeditor.diff import Difference
    from nodeeditor.engine.cost import Work
    from nodeeditor.errors import NodeEditorError
    from nodeeditor.run import Result

INTERRUPTED = 130
_COLOURS = {"added": 32, "removed": 31, "changed": 33}  # green, red, yellow, as terminals number them


def show(text: str) -> None:
    """Print on standard output; when its reader has gone, work goes on in silence. Raises OSError on a full disk."""
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails once more when it ends
        if not isinstance(error, BrokenPipeError):
            raise


def say(line: str) -> None:
    """Print one line on standard error."""
    with contextlib.suppress(OSError, AttributeError):
        print(" ".join(line.splitlines()), file=sys.stderr, flush=True)


def prepare_streams() -> None:
    """Make standard output and error take any character, and be there at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  (open for good)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def hear_sigterm() -> None:
    """Being told to end is as good as Ctrl-C; only the main thread of a process may listen."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # heard also where a shell's & lets SIGINT be ignored


class Interruptible:
    """Work on another thread, so that Ctrl-C is heard at once even while native code runs."""

    def __init__(self, work: Callable[[Interruptible], int]) -> None:
        self.cancelled = threading.Event()
        self._work = work
        self._status = 0
        self._error: BaseException | None = None

    def result(self, meanwhile: Callable[[], None]) -> int:
        """The status that the work returned; raises what it raised. After Ctrl-C the process ends here.

        ``meanwhile`` is called ten times a second.
        """
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            hear_sigterm()
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
        say("interrupted")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


class StatusLine:
    """The last line of a terminal, drawn over and over, and taken away before something else is printed."""

    def __init__(self, active: bool) -> None:
        self._active = active
        self._drawn = False
        self._lock = threading.Lock()

    def draw(self, part: float, width: int, text: str) -> None:
        """Show a bar, so wide, of which a part is filled, and a text beside it."""
        with self._lock:
            if self._active:
                sys.stderr.write(f"\r\033[K{'█' * round(width * part):░<{width}} {text}")
                sys.stderr.flush()
                self._drawn = True

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._drawn:
                sys.stderr.write("\r\033[K")
                sys.stderr.flush()
                self._drawn = False


class Progress:
    """A bar on a terminal when work takes longer than a second; the worker says how far it is, another thread draws."""

    def __init__(self, total: int, active: bool) -> None:
        self._total = total
        self._shown_from = time.monotonic() + 1.0
        self._state = (0.0, "")
        self._line = StatusLine(active)

    def at(self, number: int, name: str) -> Callable[[float], None]:
        """What to call with the finished part, 0 to 1, of one of the jobs."""

        def progress(part: float) -> None:
            self._state = ((number + part) / self._total, name)

        progress(0.0)
        return progress

    def draw(self) -> None:
        """Show how far the work is, after the first second."""
        part, name = self._state
        if time.monotonic() >= self._shown_from:
            self._line.draw(part, 30, f"{100 * part:3.0f} %  {name}")

    def clear(self) -> None:
        """Take the bar away before something else is printed."""
        self._line.clear()


def event(result: Result) -> dict[str, Any]:
    """A result as an object for machines."""
    told: dict[str, Any] = {"event": "done", "node": result.job.node, "seconds": round(result.seconds, 4)}
    if result.values is not None:
        told["values"] = result.values
    else:
        told |= {
            "output": result.job.output,
            "extent": dict(zip("tczyx", result.extent, strict=True)),
            "type": result.type_name,
            "range": result.range,
        }
    return {**told, "file": str(result.file)} if result.file else told


def facts(problem: NodeEditorError) -> dict[str, str]:
    """A problem as an object for machines."""
    return {
        "node": getattr(problem, "node", ""),
        "connector": getattr(problem, "connector", ""),
        "message": getattr(problem, "message", str(problem)),
    }


def print_profile(work: Mapping[str, Work], *, as_json: bool) -> None:
    """Print what each node did, the longest work first: as a table, or as an object for machines."""
    from nodeeditor.engine.cost import spelled_seconds

    if as_json:
        told = [
            {"node": name, "seconds": round(one.seconds, 4), "share": round(share, 4)}
            | {"pages": one.pages, "bytes": one.nbytes}
            for name, one, share in _shares(work)
        ]
        show(json.dumps({"event": "profile", "nodes": told}))
        return
    rows = [("node", "time", "share", "pages", "MiB")]
    for name, one, share in _shares(work):
        size = f"{one.nbytes / 2**20:.1f}" if one.nbytes else ""
        rows.append((name, spelled_seconds(one.seconds), f"{100 * share:.0f} %", str(one.pages or ""), size))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        show(f"{row[0]:<{widths[0]}}  {'  '.join(map(str.rjust, row[1:], widths[1:]))}".rstrip())


def _shares(work: Mapping[str, Work]) -> list[tuple[str, Work, float]]:
    total = sum(one.seconds for one in work.values())
    longest = sorted(work.items(), key=lambda entry: (-entry[1].seconds, entry[0]))
    return [(name, one, one.seconds / total if total else 0.0) for name, one in longest]


def print_results(results: Sequence[Result]) -> None:
    """Print results as a table, and below it the fields of nodes that only tell."""
    rows = [("node", "output", "extent", "type", "range", "seconds", "file")]
    told = []
    for result in results:
        node, output, file = result.job.node, result.job.output, str(result.file or "")
        seconds = f"{result.seconds:.3f}"
        if result.values is None:
            low, high = result.range or (0, 0)
            shown = f"{low:g} .. {high:g}"
            rows.append((node, output, _extent(result.extent), result.type_name, shown, seconds, file))
        else:
            rows.append((node, "", "", "", "", seconds, file))
            told += [f"{node}.{name} = {value}" for name, value in result.values.items()]
    if len(rows) > 1:
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            show("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    for line in told:
        show(line)


def print_differences(found: Sequence[Difference]) -> None:
    """Print differences, one a line; in colours on a terminal."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for one in found:
        show(f"\033[{_COLOURS[one.kind]}m{one}\033[0m" if coloured else str(one))


def loss(path: Path, lost: Sequence[Difference]) -> str:
    """The warning that a written file does not hold all of a network."""
    more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"warning: {path} does not hold all: {lost[0]}{more}; nodeeditor diff --layout A B tells all"


def _extent(extent: Sequence[int]) -> str:
    t, c, z, y, x = extent
    return f"{x}x{y}x{z}" + (f" c{c}" if c > 1 else "") + (f" t{t}" if t > 1 else "")
