"""Film: slices one after the other, never faster than they can be shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.viewers.deeds import Deeds
from nodeeditor.gui.viewers.steering import Steering

_INTERVAL = 100  # milliseconds


class Cine(QObject):
    """Goes through the slices of a pane until it is stopped; a picture that is late delays the next one."""

    def __init__(self, steering: Steering, deeds: Deeds, parent: QObject) -> None:
        super().__init__(parent)
        self._steering, self._deeds = steering, deeds
        self._pane, self._gesture = 0, 0
        self._clock = QTimer(self, interval=_INTERVAL)
        self._clock.timeout.connect(self.step)

    @property
    def running(self) -> bool:
        """Whether the film runs."""
        return self._clock.isActive()

    def start(self, pane: int) -> None:
        """Run the film in a pane."""
        self._pane, self._gesture = pane, new_gesture()
        self._clock.start()

    def stop(self) -> None:
        """Stay at the slice that is shown."""
        self._clock.stop()

    def toggle(self, pane: int) -> None:
        """Start, or stop."""
        if self.running:
            self.stop()
        else:
            self.start(pane)

    def step(self) -> None:
        """Show the next picture, unless one is still awaited; end where none can be made."""
        if self._steering.problem:
            self.stop()
        elif not self._steering.waiting:
            self._deeds.advance(self._pane, self._gesture)
