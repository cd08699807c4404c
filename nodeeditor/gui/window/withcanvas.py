"""A window of a node is in sight only while the canvas of its network is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class WithCanvas(QObject):
    """Hides a window while another network is in front; it comes back as it was, and the keys stay with the editor."""

    def __init__(self, window: QWidget, canvas: QWidget) -> None:
        super().__init__(window)
        self._window, self._canvas, self._waiting = window, canvas, False
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas when the editor hides it; one that the desktop hides takes its windows along anyway."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and self._window.isVisible():
            self._waiting = True
            self._window.hide()
        elif event.type() == QEvent.Type.Show and self._waiting:
            self._waiting = False
            self._window.show()
            self._canvas.window().activateWindow()
        return False
