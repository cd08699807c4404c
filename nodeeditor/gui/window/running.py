"""A network run on a thread of its own, while the editor stays at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from nodeeditor.engine import Engine
from nodeeditor.errors import Cancelled, NetworkError, NodeEditorError
from nodeeditor.gui.window.messages import Message, message_of
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.run import Job, Result, done, shared

Working: TypeAlias = Callable[[], AbstractContextManager[Engine]]


class Run(QObject):
    """Some jobs of a network, one after the other: results and errors by signal, then ``ended``.

    ``working`` gives the engine for as long as the jobs take, on their thread.
    """

    progress = Signal(float, str)
    told = Signal(Message)
    ended = Signal(str)

    def __init__(
        self, working: Working, network: Network, paths: Paths, jobs: Sequence[Job], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._working, self._network, self._paths = working, network, paths
        self._jobs = jobs
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop after the page that is being computed."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Wait until the thread has ended, but not for ever."""
        self._thread.join(seconds)

    def _work(self) -> None:
        try:
            with self._working() as engine:
                outcome = self._outcome(engine)
            self.ended.emit(outcome)
        except Cancelled:
            self.ended.emit("Cancelled")
        except Exception as error:
            self.told.emit(Message("error", f"{type(error).__name__}: {error}"))
            self.ended.emit("Failed")

    def _outcome(self, engine: Engine) -> str:
        jobs, failed = self._jobs, 0
        engine = engine.sharing(shared(jobs, self._network, engine.library))
        for number, job in enumerate(jobs):

            def progress(part: float, number: int = number, name: str = job.node) -> None:
                self.progress.emit((number + part) / len(jobs), name)

            progress(0.0)
            try:
                arguments = (engine, self._network, self._paths, self._warn, progress, self._cancelled.is_set)
                self.told.emit(_told(done(job, *arguments)))
            except NodeEditorError as error:
                failed += 1
                self._tell(error)
        if not jobs:
            return "There is no node to run"
        return f"{failed} of {len(jobs)} failed" if failed else "Done"

    def _warn(self, node: str, sentence: str) -> None:
        self._tell(NetworkError(sentence, node, warning=True))

    def _tell(self, error: NodeEditorError) -> None:
        for problem in error.problems if isinstance(error, NetworkError) else (error,):
            self.told.emit(message_of(problem))


def _told(result: Result) -> Message:
    node, output = result.job.node, result.job.output
    written = f", written to {result.file}" if result.file else ""
    if result.values is not None:
        values = ", ".join(f"{name} = {value}" for name, value in result.values.items())
        return Message("info", values or f"done in {result.seconds:.2f} s{written}", node, node)
    t, c, z, y, x = result.extent
    low, high = result.range or (0, 0)
    more = (f", {c} channels" if c > 1 else "") + (f", {t} times" if t > 1 else "")
    text = f"{x} x {y} x {z}{more}, {result.type_name}, {low:g} .. {high:g}, {result.seconds:.2f} s{written}"
    return Message("info", text, f"{node}.{output}", node)
