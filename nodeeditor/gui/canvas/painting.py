"""The painting of a node's box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QLinearGradient, QPainter, QPen

from nodeeditor.gui.canvas.activity import Activity
from nodeeditor.gui.canvas.lamp import paint_lamp, paint_progress
from nodeeditor.gui.canvas.layout import Layout
from nodeeditor.gui.canvas.look import Look
from nodeeditor.gui.canvas.theme import Body, Theme, color, fonts, metrics, tinted

if TYPE_CHECKING:
    from nodeeditor.gui.canvas.connectors import Connector

Kin: TypeAlias = Literal["", "ancestor", "descendant"]
"""What a node is to the selected ones: nothing, one that they need, one that needs them."""

_KIN_DASHES = (3.5, 2.5)  # dashes and gaps of a descendant's frame, in widths of its line
_ONE_LINE = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class Face:
    """All that a box paints of itself."""

    look: Look
    activity: Activity
    layout: Layout
    selected: bool
    kin: Kin


def paint_box(painter: QPainter, theme: Theme, face: Face, connectors: Iterable[Connector]) -> None:
    """A box with its connectors; from afar a plain rectangle."""
    if painter.worldTransform().m11() < theme.simple_below:
        _paint_from_afar(painter, theme, face)
        return
    look, body = face.look, face.layout.body
    painter.setOpacity(0.5 if look.bypassed else 1.0)
    _paint_body(painter, theme, face)
    paint_progress(painter, theme, body, _filling(theme, face).radius, face.activity)
    _paint_texts(painter, theme, face.layout)
    if look.reload:
        _paint_reload(painter, theme, face.layout.reload)
    for connector in connectors:
        if connector.isVisible():
            connector.draw(painter, theme)
    painter.setOpacity(1.0)
    if look.bypassed:
        painter.setPen(QPen(color(theme.title), 3.0, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(body.bottomLeft(), body.topRight())
    paint_lamp(painter, theme, body, face.activity)
    _paint_mark(painter, theme, look, body)


def _filling(theme: Theme, face: Face) -> Body:
    filling: Body = getattr(theme, face.look.kind)
    if face.activity.state == "blocked" and face.look.kind != "unknown":
        return replace(theme.blocked, radius=filling.radius)
    return tinted(filling, face.look.tint) if face.look.tint else filling


def _paint_from_afar(painter: QPainter, theme: Theme, face: Face) -> None:
    """A filled rectangle, in the colour of what matters most about the node."""
    failing = face.look.error or face.activity.state == "failed"
    mark = theme.error if failing else theme.selection if face.selected else _kin_ink(theme, face.kin)
    filling = _filling(theme, face).middle
    painter.fillRect(face.layout.body, color(mark or filling))
    if mark:
        painter.fillRect(face.layout.body.adjusted(8, 8, -8, -8), color(filling))


def _paint_body(painter: QPainter, theme: Theme, face: Face) -> None:
    body, filling = face.layout.body, _filling(theme, face)
    radius = filling.radius
    painter.setPen(Qt.PenStyle.NoPen)
    if not face.look.bypassed:
        painter.setBrush(color(theme.shadow, 0.16))
        painter.drawRoundedRect(body.adjusted(1.0, 2.0, 3.5, 4.5), radius + 2, radius + 2)
        painter.drawRoundedRect(body.adjusted(1.0, 2.0, 2.0, 3.0), radius + 1, radius + 1)
    if face.selected:
        painter.setBrush(color(theme.selection))
        painter.drawRoundedRect(body.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
    elif face.kin:
        _paint_kin(painter, theme, face.kin, body, radius)
    gradient = QLinearGradient(body.topLeft(), body.bottomLeft())
    gradient.setColorAt(0.0, color(filling.top))
    gradient.setColorAt(0.45, color(filling.middle))
    gradient.setColorAt(0.94, color(filling.bottom))
    gradient.setColorAt(1.0, color(filling.middle))
    dashed = Qt.PenStyle.DashLine if face.look.kind == "unknown" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color(filling.border), 1.0, dashed))
    painter.setBrush(gradient)
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    if face.look.kind == "macro":  # a box in the box
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color(theme.title, 0.55), 1.0))
        painter.drawRoundedRect(body.adjusted(3.5, 3.5, -3.5, -3.5), radius - 3, radius - 3)


def _kin_ink(theme: Theme, kin: Kin) -> str:
    return {"": "", "ancestor": theme.ancestor, "descendant": theme.descendant}[kin]


def _paint_kin(painter: QPainter, theme: Theme, kin: Kin, body: QRectF, radius: float) -> None:
    """A thin frame around the box, in colours and lines of two kinds."""
    pen = QPen(color(_kin_ink(theme, kin)), 2.0)
    if kin == "descendant":
        pen.setDashPattern(_KIN_DASHES)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(body.adjusted(-2, -2, 2, 2), radius + 2, radius + 2)


def _paint_texts(painter: QPainter, theme: Theme, layout: Layout) -> None:
    room = layout.texts
    title_font, value_font = fonts(theme)[:2]
    if not layout.value:
        place = room.translated(0, -1)
        _paint_text(painter, theme, title_font, place, Qt.AlignmentFlag.AlignVCenter, layout.title)
        return
    middle = room.center().y() + 1
    title, value = metrics(theme)[:2]
    text = max(title.horizontalAdvance(layout.title), value.horizontalAdvance(layout.value))
    half = min(room.width(), text) / 2 + 2
    painter.fillRect(QRectF(room.center().x() - half, middle, 2 * half, 1.0), color(theme.title))
    above = QRectF(room.left(), room.top(), room.width(), middle - room.top() - 2)
    below = QRectF(room.left(), middle + 3, room.width(), room.bottom() - middle - 3)
    _paint_text(painter, theme, title_font, above, Qt.AlignmentFlag.AlignBottom, layout.title)
    _paint_text(painter, theme, value_font, below, Qt.AlignmentFlag.AlignTop, layout.value)


def _paint_text(painter: QPainter, theme: Theme, font: QFont, room: QRectF, align: Qt.AlignmentFlag, text: str) -> None:
    """Text with a hard little shadow, readable on every colour."""
    small = painter.worldTransform().m11() < 0.6  # too small to see a shadow
    painter.setFont(font)
    for offset, ink in ((1.0, theme.text_shadow), (0.0, theme.title))[small:]:
        painter.setPen(color(ink))
        painter.drawText(room.translated(offset, offset), align | _ONE_LINE, text)


def _paint_reload(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    """A round button with an arrow that turns back on itself."""
    painter.setPen(QPen(color("#60000000"), 1.0))
    painter.setBrush(color("#48ffffff"))
    painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    arc = rect.adjusted(5.5, 5.5, -5.5, -5.5)
    painter.setPen(QPen(color(theme.title), 2.0, c=Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(arc, 60 * 16, 270 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(theme.title))
    tip = QPointF(arc.right() + 0.5, arc.top() - 1.5)
    painter.drawPolygon([tip, tip + QPointF(0.0, 6.0), tip + QPointF(-6.0, 6.0)])


def _paint_mark(painter: QPainter, theme: Theme, look: Look, body: QRectF) -> None:
    """A round red mark for errors, a yellow triangle for warnings: different for colour-blind eyes too."""
    messages = look.error or look.warning
    if not messages:
        return
    count = len(messages.splitlines())
    disc = QRectF(body.right() - 12, body.top() - 2, 15, 15)
    painter.setPen(QPen(color(theme.title if look.error else theme.connector_border), 1.2))
    painter.setBrush(color(theme.error if look.error else theme.warning))
    if look.error:
        painter.drawEllipse(disc)
    else:
        painter.drawPolygon([disc.bottomLeft(), disc.bottomRight(), QPointF(disc.center().x(), disc.top() - 1)])
        disc.translate(0, 2)
    font = QFont(fonts(theme)[1])
    font.setBold(True)
    font.setPixelSize(10)
    painter.setFont(font)
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "!" if count == 1 else str(min(count, 99)))
