"""The running network in the status bar: how far it is, and a button to cancel it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from nodeeditor.gui.window.icons import icon
from nodeeditor.gui.window.messages import Message, from_behind
from nodeeditor.gui.window.running import Run, Working
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.run import Job

_STEPS = 1000
_PATIENCE = 2.0  # seconds for a page to end when the editor closes


class RunStatus(QWidget):
    """At most one run at a time; hidden while there is none. ``told`` carries each message of the run."""

    told = Signal(Message)
    running_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._behind: Callable[[], str] = str
        self._bar = QProgressBar(maximum=_STEPS)
        self._bar.setFixedWidth(220)
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
        self._bar.setFormat(f"{node}  %p %")

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
