"""The lamp and the bar on a box that say how its node is doing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from nodeeditor.gui.canvas.activity import NEVER_RUN, Activity
from nodeeditor.gui.canvas.theme import Theme, color

_CORNER = QPointF(9.0, 9.0)  # from the corner of the box to the middle of the lamp
_BAR = 4.0


def paint_lamp(painter: QPainter, theme: Theme, body: QRectF, activity: Activity) -> None:
    """A small shape in the top left corner, of another form and colour for each state; nothing before the first run."""
    if activity == NEVER_RUN:
        return
    at = body.topLeft() + _CORNER
    painter.setPen(QPen(color(theme.lamp_border), 1.0, j=Qt.PenJoinStyle.RoundJoin))
    match activity.state:
        case "idle":
            painter.setPen(QPen(color(theme.lamp_idle), 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 3.0, 3.0)
        case "working":
            painter.setBrush(color(theme.lamp_working))
            painter.drawPolygon([at + QPointF(-3.5, -4.5), at + QPointF(-3.5, 4.5), at + QPointF(4.5, 0.0)])
        case "done":
            painter.setBrush(color(theme.lamp_done))
            painter.drawEllipse(at, 3.7, 3.7)
        case "outdated":
            painter.setBrush(color(theme.warning))
            painter.drawPolygon([at + QPointF(0.0, -5.0), at + QPointF(5.0, 3.8), at + QPointF(-5.0, 3.8)])
        case "failed":
            painter.setPen(QPen(color(theme.title), 1.2))
            painter.setBrush(color(theme.error))
            painter.drawRect(QRectF(at.x() - 3.7, at.y() - 3.7, 7.4, 7.4))
        case "blocked":
            painter.setBrush(color(theme.lamp_idle))
            painter.drawRect(QRectF(at.x() - 4.2, at.y() - 1.6, 8.4, 3.2))


def paint_progress(painter: QPainter, theme: Theme, body: QRectF, radius: float, activity: Activity) -> None:
    """A bar along the bottom edge, as long as the part of the work that is done; nothing where that is unknown."""
    if activity.part is None:
        return
    box = QPainterPath()
    box.addRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.save()
    painter.setClipPath(box, Qt.ClipOperation.IntersectClip)
    bar = QRectF(body.left(), body.bottom() - _BAR, body.width(), _BAR)
    painter.fillRect(bar, color(theme.lamp_border, 0.6))
    bar.setWidth(body.width() * min(max(activity.part, 0.0), 1.0))
    painter.fillRect(bar, color(theme.lamp_working))
    painter.restore()
