"""Where the window of a node comes to lie: beside its box, in front of the editor, on a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.document.document import Document

_Type = Qt.WindowType
NODE_WINDOW = _Type.Dialog | _Type.WindowTitleHint | _Type.WindowSystemMenuHint | _Type.WindowMinMaxButtonsHint
NODE_WINDOW |= _Type.WindowCloseButtonHint
"""A dialog stays in front of the editor's window, so that it is in sight while the network is edited."""

_GAP = 24  # pixels around a window
_OWN_BOX, _BOX, _WINDOW, _DOCK = 60, 30, 3, 1  # how bad it is to cover a pixel of each; boxes are small
_EDGE, _TITLE = 4, 40  # pixels that a desktop's frame may add to a window, across and down
_LEAST = 48  # pixels of a window that have to be on a screen, so that a hand can get hold of it


@dataclass(frozen=True)
class _Taken:
    """A part of the screen, and how bad it is to cover one pixel of it."""

    part: QRect
    weight: int


def beside(document: Document, name: str, size: QSize) -> QPoint:
    """Where a new window of a node covers the least of the network, of other windows of nodes and of docks.

    At best it lies right of the node's box; else left of it, below or above, beside all boxes, at the screen's edge.
    """
    canvas = document.canvas
    node = document.graph.node(name)
    scene = node.view.sceneBoundingRect() if node else QRectF(canvas.visible_rect().center(), QSizeF(0, 0))
    box, boxes = _shown(canvas, scene), list(_boxes(document))
    screen = canvas.screen().availableGeometry()
    taken = [
        _Taken(box, _OWN_BOX),
        *(_Taken(one, _BOX) for one in boxes),
        *(_Taken(one, _WINDOW) for one in _windows(canvas.window())),
        *(_Taken(one, _DOCK) for one in _docks(canvas.window())),
    ]
    around = reduce(QRect.united, boxes, box)
    places = [_kept(QRect(corner, size), screen) for corner in _corners(box, around, screen, size)]
    return min(places, key=lambda place: sum(one.weight * _area(place & one.part) for one in taken)).topLeft()


def _corners(box: QRect, around: QRect, screen: QRect, size: QSize) -> Iterator[QPoint]:
    """Where a window may begin, the nearest first: around the box, then around all boxes, and along the screen."""
    right, left = box.right() + _GAP, box.left() - _GAP - size.width()
    below, above = box.bottom() + 2 * _GAP, box.top() - 2 * _GAP - size.height()
    yield QPoint(right, box.top())
    yield QPoint(left, box.top())
    yield QPoint(box.left(), below)
    yield QPoint(box.left(), above)
    columns = (right, left, box.left(), around.right() + _GAP, around.left() - _GAP - size.width())
    rows = (box.top(), below, above, around.bottom() + 2 * _GAP, around.top() - 2 * _GAP - size.height())
    for x in (*columns, screen.left(), screen.right()):
        for y in (*rows, screen.top(), screen.bottom()):
            yield QPoint(x, y)


def _kept(wanted: QRect, screen: QRect) -> QRect:
    """A place moved to lie on the screen, with room for a title."""
    room = screen.adjusted(0, 0, -wanted.width() - _EDGE, -wanted.height() - _TITLE)
    x = max(min(wanted.x(), room.right()), room.left())
    y = max(min(wanted.y(), room.bottom()), room.top())
    return QRect(QPoint(x, y), wanted.size())


def _shown(canvas: Canvas, scene: QRectF) -> QRect:
    """Where a part of the scene lies on the screen."""
    shown = canvas.mapFromScene(scene).boundingRect()
    return QRect(canvas.viewport().mapToGlobal(shown.topLeft()), shown.size())


def _boxes(document: Document) -> Iterator[QRect]:
    """What is in sight of the boxes of a network."""
    canvas = document.canvas
    seen = QRect(canvas.viewport().mapToGlobal(QPoint(0, 0)), canvas.viewport().size())
    for node in document.graph.editor_nodes():
        part = _shown(canvas, node.view.sceneBoundingRect()) & seen
        if not part.isEmpty():
            yield part


def _docks(main: QWidget) -> Iterator[QRect]:
    """The docks of the editor that are in sight."""
    for dock in main.findChildren(QDockWidget):
        if not dock.visibleRegion().isEmpty():
            yield QRect(dock.mapToGlobal(QPoint(0, 0)), dock.size())


def _windows(main: QWidget) -> Iterator[QRect]:
    """The other windows of nodes."""
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


def bring_to_front(window: QWidget) -> None:
    """Show a window that is open already in front of the others, also one that is minimised, and give it the keys."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def show_quietly(window: QWidget) -> None:
    """Show a window, and leave the keys where they are."""
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.show()
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
