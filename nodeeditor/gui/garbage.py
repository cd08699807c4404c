"""Python's garbage collection kept on the GUI thread: Qt's objects may not be destroyed on another."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_PACE = 400  # ms from one look at the garbage to the next


class Garbage(QObject):
    """Collects instead of Python, which would do so on whichever thread makes the next object."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._pace = QTimer(self, interval=_PACE)
        self._pace.timeout.connect(collect)
        self._pace.start()

    def stop(self) -> None:
        """Let Python collect again."""
        self._pace.stop()
        gc.enable()


def collect() -> None:
    """Collect the generations that are due, as Python's own thresholds say."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
            gc.collect(generation)
            return
