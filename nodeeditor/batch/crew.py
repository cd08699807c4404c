"""Work on many things in processes of their own: one that dies costs the thing it was at, and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeAlias, TypeVar

from nodeeditor.atomic import sweep

T = TypeVar("T")
R = TypeVar("R")

Work: TypeAlias = Callable[[T, Callable[[], bool]], R]
"""What a process does with a thing; it is also given a function that says whether nobody wants the result any more."""
_BEAT = 0.1  # seconds between two looks at the progress
_GRACE = 3.0  # seconds for a process to take its unfinished files away
_MOST = 31 if sys.platform == "win32" else 1024  # Windows waits for 63 things at once, and each process is two


@dataclass(frozen=True)
class Lost:
    """In place of a result: the process ended at its work, for a ``reason`` in words."""

    reason: str


def results(
    begin: Callable[[], Work[T, R]], things: Sequence[T], processes: int, meanwhile: Callable[[], None]
) -> Generator[tuple[T, R | Lost], None, None]:
    """Each thing with what the work makes of it, in the order in which they are ready.

    Every process, started afresh and not forked, calls ``begin`` once for its work, so this, the things and the
    results have to pickle, and none of them is None. ``meanwhile`` is called ten times a second. Whoever closes the
    iterator, or ends, ends the processes, which take their unfinished files away.
    """
    waiting = deque(things)
    crew: list[_Hand[T, R]] = []
    try:
        while waiting or any(hand.busy for hand in crew):
            crew = [hand for hand in crew if hand.busy or hand.process.is_alive()]
            while waiting and len(crew) < min(processes, _MOST):
                crew.append(_Hand(begin))
            for hand in crew:
                if waiting and not hand.busy and hand.takes(waiting[0]):
                    waiting.popleft()
            if ends := [end for hand in crew if hand.busy for end in (hand.connection, hand.process.sentinel)]:
                wait(ends, _BEAT)
            for hand in crew:
                if hand.busy and (result := hand.result()) is not None:
                    yield hand.given, result
            meanwhile()
    finally:
        for hand in crew:
            hand.connection.close()
        for hand in crew:
            hand.end()


class _Hand(Generic[T, R]):
    """One process, and the thing that it is at."""

    given: T

    def __init__(self, begin: Callable[[], Work[T, R]]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.connection, theirs = spawn.Pipe()
        self.process: SpawnProcess = spawn.Process(target=_serve, args=(begin, theirs), name="nodeeditor")
        with _deaf():
            self.process.start()
        theirs.close()
        self.busy = False

    def takes(self, thing: T) -> bool:
        """Hand over a thing; whether the process is there to take it."""
        try:
            self.connection.send(thing)
        except OSError:
            return False
        self.given, self.busy = thing, True
        return True

    def result(self) -> R | Lost | None:
        """What came of the thing; None where the process is still at it."""
        ended = not self.process.is_alive()
        try:
            if self.connection.poll():
                result: R = self.connection.recv()
                self.busy = False
                return result
        except (EOFError, OSError):
            self.end()
            ended = True
        if not ended:
            return None
        self.busy = False
        self.connection.close()
        return Lost(_reason(self.process.exitcode))

    def end(self) -> None:
        """See to it that the process is gone."""
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started here do not hear Ctrl-C: it is the business of the one that is waited for."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # or the start of the first process begins with this, and hears again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reason(status: int | None) -> str:
    if status is None or status >= 0:
        return f"its process ended with status {status}"
    killed = " (out of memory?)" if status == -getattr(signal, "SIGKILL", 9) else ""
    return f"its process was ended by {signal.Signals(-status).name}{killed}"


def _serve(begin: Callable[[], Work[Any, Any]], connection: Connection) -> None:
    """The life of a process: it works on another thread, so that the end is heard also while native code runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    things: queue.SimpleQueue[Any] = queue.SimpleQueue()
    unwanted = threading.Event()
    thread = threading.Thread(target=_work, args=(begin, connection, things, unwanted.is_set), daemon=True)
    thread.start()
    try:
        while True:
            things.put(connection.recv())
    except (EOFError, OSError):
        unwanted.set()
        things.put(None)
        thread.join(0.3)
        if thread.is_alive():
            _leave(0)


def _work(
    begin: Callable[[], Work[Any, Any]],
    connection: Connection,
    things: queue.SimpleQueue[Any],
    unwanted: Callable[[], bool],
) -> None:
    try:
        work = begin()
        for thing in iter(things.get, None):
            connection.send(work(thing, unwanted))
    except BaseException:
        if not unwanted():
            traceback.print_exc()
            _leave(1)


def _leave(status: int) -> None:
    """End the process at once, whatever it is at, without unfinished files."""
    sweep()
    sys.stderr.flush()
    os._exit(status)
