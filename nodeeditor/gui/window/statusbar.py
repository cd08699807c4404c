"""The line at the bottom of the window: sentences, the run, what the last picture cost, size and zoom."""

from __future__ import annotations

from collections.abc import Sized

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from nodeeditor.engine.cost import Cost
from nodeeditor.gui.window.runstatus import RunStatus
from nodeeditor.network import Network

_STAYS = 6000  # ms


class StatusBar(QStatusBar):
    """What is told about the document that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = RunStatus()
        self._outdated, self._cost, self._counts, self._zoom = QLabel(), QLabel(), QLabel(), QLabel()
        self._outdated.setToolTip("Edits wait to be shown: Network > Update, or Network > Update Automatically")
        self._cost.setToolTip("What the last picture cost: time, nodes that worked, slices")
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1000 %  "))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._cost.setContentsMargins(8, 0, 16, 0)
        for widget in (self.run, self._outdated, self._cost, self._counts, self._zoom):
            self.addPermanentWidget(widget)

    def say(self, text: str) -> None:
        """Show a sentence for a while."""
        self.showMessage(text, _STAYS)

    @property
    def cost(self) -> str:
        """What the last answer cost, in words."""
        return self._cost.text()

    def show_cost(self, cost: Cost) -> None:
        """Show what the last answer cost."""
        self._cost.setText(str(cost))

    def clear_cost(self) -> None:
        """Show no cost until the next answer."""
        self._cost.clear()

    @property
    def outdated(self) -> str:
        """What is said of edits that wait for an update."""
        return self._outdated.text()

    def show_outdated(self, outdated: bool) -> None:
        """Say whether edits wait for an update."""
        self._outdated.setText("Not up to date (F9)" if outdated else "")

    def show_counts(self, network: Network) -> None:
        """Show how large a network is."""
        self._counts.setText(f"{counted(network.nodes, 'node')}, {counted(network.connections, 'connection')}")

    def show_zoom(self, zoom: float) -> None:
        """Show a zoom; 1 is 100 %."""
        self._zoom.setText(f"{zoom * 100:.0f} %")


def counted(things: Sized, name: str) -> str:
    """A number of things in words: 1 node, 2 nodes."""
    number = len(things)
    return f"{number} {name}{'' if number == 1 else 's'}"
