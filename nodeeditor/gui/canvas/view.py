"""What is seen of a network: zoom, shift, frame, background."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from NodeGraphQt.widgets.viewer import NodeViewer
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPen, QPolygonF, QResizeEvent, QTransform, QUndoStack, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.theme import Theme, color, theme_for

ZOOM_MIN, ZOOM_MAX = 0.1, 4.0
_FRAME_MIN = 0.02  # framing all of a huge network may go below what the wheel reaches
_FRAME_BORDER = 32
_WORLD = 200_000.0


class NetworkView(NodeViewer):  # type: ignore[misc]
    """NodeGraphQt's view on scroll bars: a shifted picture is copied, and only its new edge painted."""

    def __init__(self, parent: QWidget | None = None, undo_stack: QUndoStack | None = None) -> None:
        super().__init__(parent, undo_stack)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setSceneRect(-_WORLD, -_WORLD, 2 * _WORLD, 2 * _WORLD)
        self.scene().theme = theme_for(self.palette())

    # --- colours

    def show_theme(self, theme: Theme) -> None:
        """Paint everything in other colours."""
        self.scene().theme = theme
        self.scene().update()
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        QGraphicsView.changeEvent(self, event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_theme(theme_for(self.palette()))

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        theme: Theme = self.scene().theme
        painter.fillRect(rect, color(theme.background))
        step = theme.grid_step
        if self.zoom < 0.5:
            return
        columns = range(math.floor(rect.left() / step) * step, math.ceil(rect.right()) + 1, step)
        rows = range(math.floor(rect.top() / step) * step, math.ceil(rect.bottom()) + 1, step)
        painter.setPen(QPen(color(theme.grid), 2.0))
        painter.drawPoints(QPolygonF([QPointF(x, y) for x in columns for y in rows]))

    # --- what is seen

    @property
    def zoom(self) -> float:
        """Pixels per unit of the scene: 1 is 100 %."""
        return float(self.transform().m11())

    def zoom_at(self, factor: float, pos: QPointF) -> None:
        """Zoom by a factor; what is under ``pos`` (in the viewport) stays there."""
        wanted = min(max(self.zoom * factor, min(ZOOM_MIN, self.zoom)), max(ZOOM_MAX, self.zoom))
        still = self.viewportTransform().inverted()[0].map(pos)
        self.setTransform(QTransform.fromScale(wanted, wanted))
        self.pan((pos - self.viewportTransform().map(still)).toPoint())

    def pan(self, by: QPoint) -> None:
        """Shift the picture by some pixels."""
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - by.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - by.y())

    def frame(self, rect: QRectF) -> None:
        """Show a part of the scene as large as it fits, but never larger than 100 %."""
        if rect.isEmpty():
            return
        room = self.viewport().size() - QSize(2 * _FRAME_BORDER, 2 * _FRAME_BORDER)
        scale = max(min(1.0, room.width() / rect.width(), room.height() / rect.height()), _FRAME_MIN)
        self.setTransform(QTransform.fromScale(scale, scale))
        self.centerOn(rect.center())

    def frame_all(self) -> None:
        """Show the whole network."""
        kinds = (AbstractNodeItem, GroupFrame, NoteBox)
        self.frame(self._combined_rect([item for item in self.scene().items() if isinstance(item, kinds)]))

    def frame_selection(self) -> None:
        """Show what is selected."""
        chosen = self.scene().selectedItems()
        self.frame(self._combined_rect([item for item in chosen if isinstance(item, AbstractNodeItem | NoteBox)]))

    # --- the same under NodeGraphQt's names

    def _combined_rect(self, nodes: Iterable[Any]) -> QRectF:
        united = QRectF()
        for node in nodes:
            united = united.united(node.sceneBoundingRect())
        return united

    def _update_scene(self) -> None:
        self.viewport().update()

    def zoom_to_nodes(self, nodes: Iterable[Any]) -> None:
        """Frame some boxes."""
        self.frame(self._combined_rect(nodes))

    def center_selection(self, nodes: Iterable[Any] | None = None) -> None:
        """Show some boxes, the selected ones or all in the middle, without zooming."""
        chosen = list(nodes or ()) or self.selected_nodes() or self.all_nodes()
        if chosen:
            self.centerOn(self._combined_rect(chosen).center())

    def reset_zoom(self, cent: QPointF | None = None) -> None:
        """Go back to 100 %."""
        center = cent or self.visible_rect().center()
        self.setTransform(QTransform())
        self.centerOn(center)

    def set_zoom(self, value: float = 0.0) -> None:
        """Zoom to 1 + ``value``, as `get_zoom` counts."""
        self.zoom_at((1.0 + value) / self.zoom, QRectF(self.viewport().rect()).center())

    def visible_rect(self) -> QRectF:
        """The part of the scene that is seen."""
        return QRectF(self.viewportTransform().inverted()[0].mapRect(QRectF(self.viewport().rect())))

    def scene_rect(self) -> list[float]:
        """The part of the scene that is seen: x, y, width, height."""
        return list(self.visible_rect().getRect())

    def set_scene_rect(self, rect: list[float]) -> None:
        """Show the part of the scene that `scene_rect` gave."""
        wanted = QRectF(*rect)
        scale = self.viewport().width() / wanted.width()
        self.setTransform(QTransform.fromScale(scale, scale))
        self.centerOn(wanted.center())

    def scene_center(self) -> list[float]:
        """The point of the scene in the middle of the view."""
        center = self.visible_rect().center()
        return [center.x(), center.y()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        QGraphicsView.resizeEvent(self, event)

    def move_nodes(self, nodes: list[Any], pos: Any = None, offset: Any = None) -> None:
        """Shift boxes by ``pos``, by default so that they lie around the cursor; then by ``offset``."""
        by = QPointF(*pos) if pos else self.scene_cursor_pos() - self._combined_rect(nodes).center()
        by += QPointF(*(offset or (0.0, 0.0)))
        for node in nodes:
            node.setPos(node.pos() + by)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom_at(1.0012**turned, event.position())
