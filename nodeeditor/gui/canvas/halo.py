"""A light frame around something on the canvas: one of several that were found."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.theme import color, theme_of

_AROUND = 4.0


class Halo(QGraphicsItem):
    """Lies behind the item it belongs to and goes with it; the mouse does not feel it."""

    def __init__(self, item: QGraphicsItem) -> None:
        super().__init__(item)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._rect = item.shape().boundingRect().adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)

    def detach(self) -> None:
        """Leave the item."""
        self.setParentItem(None)  # type: ignore[arg-type]
        if self.scene():
            self.scene().removeItem(self)

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        ink = theme_of(self).fitting
        painter.setPen(QPen(color(ink), 2.0))
        painter.setBrush(color(ink, 0.35))
        painter.drawRoundedRect(self._rect, 9, 9)
