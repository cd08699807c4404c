"""The Alt key, which asks the viewer below the mouse also while another window of the editor has the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget


class AltKey(QObject):
    """An event filter for windows; ``meant`` gives what lies below the mouse, None where that is no viewer."""

    def __init__(self, meant: Callable[[], QWidget | None], parent: QObject) -> None:
        super().__init__(parent)
        self._meant = meant

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give Alt to the viewer; the menu bar, which would wait for letters after it, does not hear of it."""
        view = self._meant() if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt else None
        if view is None:
            return False
        if event.type() != QEvent.Type.ShortcutOverride:
            QApplication.sendEvent(view, event)
        return True
