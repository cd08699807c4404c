"""What the work of a node cost, in small letters below its box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.theme import LIGHT, color, fonts, metrics, theme_of

_PADDING = 2.0


class Timing(QGraphicsItem):
    """A line of small text; its origin is the top left corner."""

    def __init__(self, box: QGraphicsItem) -> None:
        super().__init__(box)
        self._text = ""

    def show_text(self, text: str) -> None:
        """Show another text; an empty one for nothing."""
        if text != self._text:
            self.prepareGeometryChange()
            self._text = text
            self.setVisible(bool(text))
            self.update()

    @property
    def text(self) -> str:
        """What is written."""
        return self._text

    def boundingRect(self) -> QRectF:
        metric = metrics(LIGHT)[2]
        return QRectF(-_PADDING, 0.0, metric.horizontalAdvance(self._text) + 2 * _PADDING, metric.height())

    def shape(self) -> QPainterPath:
        return QPainterPath()  # the mouse reaches through it

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        theme = theme_of(self)
        if painter.worldTransform().m11() < theme.simple_below:
            return
        painter.fillRect(self.boundingRect(), color(theme.background, 0.75))
        painter.setFont(fonts(theme)[2])
        painter.setPen(color(theme.timing))
        painter.drawText(QPointF(0.0, metrics(theme)[2].ascent()), self._text)


def timings_shown(item: QGraphicsItem) -> bool:
    """Whether the canvas that an item lies on shows timings."""
    return bool(getattr(item.scene(), "timings", False))
