"""The one application that all parts share which need a screen."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from nodeeditor.gui.app import started
from nodeeditor.gui.garbage import Garbage

_ALIVE: list[QApplication] = []


def application() -> QApplication:
    """The running application; the first call starts it."""
    if not _ALIVE:
        _ALIVE.append(started())
        Garbage(_ALIVE[0])  # as in the editor, for the same reason
    return _ALIVE[0]
