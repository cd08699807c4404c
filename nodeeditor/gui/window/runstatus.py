"""The running network in the status bar: how far it is, how long it will take, and a button to cancel it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from nodeeditor.engine.cost import spelled_wait
from nodeeditor.gui.window.icons import icon
from nodeeditor.gui.window.messages import Message, from_behind
from nodeeditor.gui.window.running import Run, Working
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.run import Job

_STEPS = 1000
_AT_FIRST = 1.0  # seconds in which nobody can tell how long a run will take
_PATIENCE = 2.0  # seconds for a page to end when the editor closes


class RunStatus(QWidget):
    """At most one run at a time; hidden while there is none. ``told`` carries each message of the run."""

    told = Signal(Message)
    running_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock, self._started = clock, 0.0
        self._run: Run | None = None
        self._behind: Callable[[], str] = str
        self._bar = QProgressBar(maximum=_STEPS)
        self._bar.setFixedWidth(300)
        self._bar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cancel = QToolButton(autoRaise=True, toolTip="Cancel the run (Shift+F5)")
        cancel.setIcon(icon("stop"))
        cancel.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar)
        row.addWidget(cancel)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether a network is being run."""
        return self._run is not None

    def start(
        self, working: Working, network: Network, paths: Paths, jobs: Sequence[Job], behind: Callable[[], str]
    ) -> None:
        """Do some jobs of a network with the engine that ``working`` gives; nothing where a run is under way.

        ``behind`` gives the name of the network while another one is in front, else nothing.
        """
        if self.running:
            return
        self._behind = behind
        self._started = self._clock()
        self._run = Run(working, network, paths, jobs, self)
        self._run.progress.connect(self._show)
        self._run.told.connect(self._tell)
        self._run.ended.connect(self._ended)
        self._show(0.0, "")
        self.show()
        self.running_changed.emit(True)
        self._run.start()

    def cancel(self) -> None:
        """Ask the run to stop."""
        if self._run is not None:
            self._run.cancel()
            self._bar.setFormat("cancelling …")

    def close_run(self) -> None:
        """Stop the run and wait a little for it, before the editor ends."""
        if self._run is not None:
            self._run.cancel()
            self._run.wait(_PATIENCE)

    def _show(self, part: float, node: str) -> None:
        self._bar.setValue(round(part * _STEPS))
        left = time_left(part, self._clock() - self._started)
        self._bar.setFormat("  ".join(filter(None, (node, "%p %", left))))

    def _tell(self, message: Message) -> None:
        network = self._behind()
        self.told.emit(from_behind(message, network) if network else message)

    def _ended(self, outcome: str) -> None:
        assert self._run is not None
        self._run.deleteLater()
        self._run = None
        self.hide()
        self._tell(Message("info", f"Run: {outcome}."))
        self.running_changed.emit(False)


def time_left(part: float, passed: float) -> str:
    """How long it will be until all is done, once a part took so many seconds; empty while nobody can tell."""
    return f"{spelled_wait(passed / part * (1 - part))} left" if passed >= _AT_FIRST and 0 < part < 1 else ""
