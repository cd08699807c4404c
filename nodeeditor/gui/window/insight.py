"""How much of a canvas windows leave in sight."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication

from nodeeditor.gui.canvas.canvas import Canvas

_LEAST = 1 / 3
"""The part of a canvas that windows which open by themselves leave in sight."""


def stays_in_sight(canvas: QRect, others: Iterable[QRect], wanted: QRect) -> bool:
    """Whether enough of a canvas is seen, or no less than before, with one more window beside the others."""
    before = QRegion(canvas)
    for one in others:
        before -= QRegion(one)
    after = before - QRegion(wanted)
    return after == before or _area(after) >= _LEAST * canvas.width() * canvas.height()


def seen_part(canvas: Canvas) -> QRect:
    """Where a canvas lies on the screen."""
    view = canvas.viewport()
    return QRect(view.mapToGlobal(QPoint(0, 0)), view.size())


def windows_above(canvas: Canvas) -> list[QRect]:
    """Where the windows are that stay in front of the editor's."""
    main = canvas.window()
    windows = QApplication.topLevelWidgets()
    return [one.frameGeometry() for one in windows if one.isVisible() and one.parentWidget() is main]


def _area(region: QRegion) -> int:
    return sum(part.width() * part.height() for part in region)  # type: ignore[attr-defined]
