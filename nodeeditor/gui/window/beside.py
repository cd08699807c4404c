"""Where a window comes to lie: beside its node, and on a screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication

from nodeeditor.gui.document.document import Document

_GAP = 24  # pixels around a window
_LEAST = 48  # pixels of a window that have to be on a screen, so that a hand can get hold of it


def beside(document: Document, name: str, size: QSize) -> QPoint:
    """Where a window of a node lies right of its box, as far as the screen goes."""
    canvas = document.canvas
    node = document.graph.node(name)
    corner = node.view.sceneBoundingRect().topRight() if node else canvas.visible_rect().center()
    wanted = canvas.viewport().mapToGlobal(canvas.mapFromScene(corner)) + QPoint(_GAP, 0)
    room = canvas.screen().availableGeometry().adjusted(0, 0, -size.width() - _GAP, -size.height() - 2 * _GAP)
    return QPoint(max(min(wanted.x(), room.right()), room.left()), max(min(wanted.y(), room.bottom()), room.top()))


def on_screen(wanted: QRect) -> QRect:
    """A place that was remembered; one that no screen shows any more is moved to where it can be reached."""
    rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    reached = [room for room in rooms if _reachable(wanted, room)]
    if reached or not rooms:
        return wanted
    room = rooms[0]
    size = wanted.size().boundedTo(room.size())
    x = max(room.left(), min(wanted.x(), room.right() - size.width()))
    y = max(room.top(), min(wanted.y(), room.bottom() - size.height()))
    return QRect(QPoint(x, y), size)


def _reachable(window: QRect, room: QRect) -> bool:
    shared = window & room
    return shared.width() >= _LEAST and shared.height() >= _LEAST and window.top() >= room.top()
