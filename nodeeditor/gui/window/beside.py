"""Where a window comes to lie: beside its node, and on a screen."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from nodeeditor.gui.document.document import Document

_GAP = 24  # pixels around a window
_LEAST = 48  # pixels of a window that have to be on a screen, so that a hand can get hold of it


def beside(document: Document, name: str, size: QSize) -> QPoint:
    """Where a new window of a node covers the least of its box and of other windows of nodes: at best right of the box.

    Else left of it, below, or above, as far as the screen goes.
    """
    canvas = document.canvas
    node = document.graph.node(name)
    scene = node.view.sceneBoundingRect() if node else QRectF(canvas.visible_rect().center(), QSizeF(0, 0))
    shown = canvas.mapFromScene(scene).boundingRect()
    box = QRect(canvas.viewport().mapToGlobal(shown.topLeft()), shown.size())
    screen = canvas.screen().availableGeometry()
    taken = [box, *_windows_over(canvas.window())]
    places = [_kept(wanted, screen) for wanted in _around(box, size)]
    return min(places, key=lambda place: sum(_area(place & other) for other in taken)).topLeft()


def _around(box: QRect, size: QSize) -> Iterator[QRect]:
    """Right, left, below and above of a box, a gap between."""
    yield QRect(QPoint(box.right() + _GAP, box.top()), size)
    yield QRect(QPoint(box.left() - _GAP - size.width(), box.top()), size)
    yield QRect(QPoint(box.left(), box.bottom() + 2 * _GAP), size)
    yield QRect(QPoint(box.left(), box.top() - 2 * _GAP - size.height()), size)


def _kept(wanted: QRect, screen: QRect) -> QRect:
    """A place moved to lie on the screen, with room for a title."""
    room = screen.adjusted(0, _GAP, -wanted.width() - _GAP, -wanted.height() - 2 * _GAP)
    x = max(min(wanted.x(), room.right()), room.left())
    y = max(min(wanted.y(), room.bottom()), room.top())
    return QRect(QPoint(x, y), wanted.size())


def _windows_over(main: QWidget) -> Iterator[QRect]:
    """The other windows of nodes, and the docks of the editor that are in sight."""
    for dock in main.findChildren(QDockWidget):
        if not dock.visibleRegion().isEmpty():
            yield QRect(dock.mapToGlobal(QPoint(0, 0)), dock.size())
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and window.parentWidget() is main:
            yield window.frameGeometry()


def _area(part: QRect) -> int:
    return part.width() * part.height()


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
