"""What lies around the boxes: arrows of parameter connections, group frames, notes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from NodeGraphQt.constants import Z_VAL_BACKDROP, Z_VAL_PIPE
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.theme import color, theme_of

_TITLE = 22.0
_PADDING = 16.0


class FieldArrow(QGraphicsItem):
    """A thin arrow from one box to another: fields of the second follow fields of the first."""

    def __init__(self, source: NodeBox, target: NodeBox, tooltip: str) -> None:
        super().__init__()
        self._ends = source, target
        self._line = QLineF()
        self._hovered = False
        self.setZValue(Z_VAL_PIPE - 0.5)
        self.setToolTip(tooltip)
        self.setAcceptHoverEvents(True)
        for box in self._ends:
            box.followers.append(self)
        self.follow()

    def detach(self) -> None:
        """Leave the scene and the boxes."""
        for box in self._ends:
            box.followers.remove(self)
        if self.scene():
            self.scene().removeItem(self)

    def follow(self) -> None:
        """Run between the boxes where they are now; the way back runs beside the way there."""
        source, target = (box.mapRectToScene(box.body) for box in self._ends)
        line = QLineF(source.center(), target.center())
        self.prepareGeometryChange()
        if line.length() < 1.0:
            self._line = QLineF()
            return
        line.translate(line.normalVector().unitVector().dx() * 5, line.normalVector().unitVector().dy() * 5)
        self._line = QLineF(_edge_point(line, source), _edge_point(QLineF(line.p2(), line.p1()), target))

    def boundingRect(self) -> QRectF:
        return QRectF(self._line.p1(), self._line.p2()).normalized().adjusted(-8, -8, 8, 8)

    def shape(self) -> QPainterPath:
        path = QPainterPath(self._line.p1())
        path.lineTo(self._line.p2())
        stroker = QPainterPathStroker()
        stroker.setWidth(10.0)
        return stroker.createStroke(path)

    def hoverEnterEvent(self, event: Any) -> None:
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: Any) -> None:
        self._hovered = False
        self.update()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        if self._line.length() < 1.0:
            return
        theme = theme_of(self)
        ink = color(theme.wire_lit if self._hovered else theme.field_arrow)
        painter.setPen(QPen(ink, 1.6 if self._hovered else 1.1))
        painter.drawLine(self._line)
        back = QLineF(self._line.p2(), self._line.p1())
        back.setLength(9.0)
        head = [self._line.p2()]
        for turn in (-20.0, 20.0):
            side = QLineF(back)
            side.setAngle(back.angle() + turn)
            head.append(side.p2())
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF(head))


class GroupFrame(QGraphicsItem):
    """A coloured sheet with a title behind some boxes; its title is the handle that moves them all."""

    def __init__(self, title: str, members: Iterable[NodeBox], tint: str = "") -> None:
        super().__init__()
        self._members: list[NodeBox] = []
        self._rect = QRectF()
        self._title, self._tint = title, tint
        self.setZValue(Z_VAL_BACKDROP)
        self.show_group(title, members, tint)

    @property
    def members(self) -> list[NodeBox]:
        """The boxes inside."""
        return list(self._members)

    @property
    def title(self) -> str:
        """What is written at its top."""
        return self._title

    @property
    def tint(self) -> str:
        """Its colour, ``#rrggbb``."""
        return self._tint or theme_of(self).group

    def show_group(self, title: str, members: Iterable[NodeBox], tint: str = "") -> None:
        """Show another title, other members or another colour (``#rrggbb``; empty for the theme's)."""
        for box in self._members:
            box.followers.remove(self)
        self._members, self._title, self._tint = list(members), title, tint
        for box in self._members:
            box.followers.append(self)
        self.setToolTip(title)
        self.follow()

    def detach(self) -> None:
        """Leave the scene and the boxes."""
        self.show_group(self._title, ())
        if self.scene():
            self.scene().removeItem(self)

    def follow(self) -> None:
        """Enclose the members where they are now."""
        rect = QRectF()
        for box in self._members:
            rect = rect.united(box.mapRectToScene(QRectF(0, 0, box.width, box.height)))
        self.prepareGeometryChange()
        self._rect = rect.adjusted(-_PADDING, -_PADDING - _TITLE, _PADDING, _PADDING) if self._members else rect
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-1, -1, 1, 1)

    @property
    def title_rect(self) -> QRectF:
        """The handle."""
        return QRectF(self._rect.left(), self._rect.top(), self._rect.width(), _TITLE)

    def shape(self) -> QPainterPath:
        """The title alone, so that the mouse draws its rubber band inside a group as anywhere else."""
        path = QPainterPath()
        path.addRect(self.title_rect)
        return path

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        theme = theme_of(self)
        tint = self.tint
        painter.setPen(QPen(color(tint, 0.9), 1.0))
        painter.setBrush(color(tint, 0.22))
        painter.drawRoundedRect(self._rect, 8, 8)
        if painter.worldTransform().m11() < theme.simple_below:
            return
        painter.setClipRect(self.title_rect)
        painter.setBrush(color(tint, 0.75))
        painter.drawRoundedRect(self._rect, 8, 8)
        font = QFont()
        font.setPixelSize(theme.title_size)
        font.setBold(True)
        painter.setFont(font)
        room = self.title_rect.adjusted(10, 0, -10, 0)
        text = QFontMetricsF(font).elidedText(self._title, Qt.TextElideMode.ElideMiddle, room.width())
        for offset, ink in ((1.0, theme.text_shadow), (0.0, theme.group_title)):
            painter.setPen(color(ink))
            painter.drawText(room.translated(offset, offset), Qt.AlignmentFlag.AlignVCenter, text)


def _edge_point(line: QLineF, rect: QRectF) -> QPointF:
    """Where a line that starts inside a rectangle leaves it."""
    corners = [rect.topLeft(), rect.topRight(), rect.bottomRight(), rect.bottomLeft()]
    for first, second in pairwise([*corners, corners[0]]):
        kind, point = line.intersects(QLineF(first, second))
        if kind == QLineF.IntersectionType.BoundedIntersection:
            return QPointF(point)
    return line.p1()
