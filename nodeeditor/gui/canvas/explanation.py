"""What a node says about a place in the picture: a speech label beside its box."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from NodeGraphQt.constants import Z_VAL_NODE_WIDGET
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.theme import LIGHT, color, fonts, metrics, theme_of

_LONGEST = 40  # characters
_GAP = 12.0  # from the box, bridged by the tip of the label
_TIP = 5.0  # half the width of the tip at its root
_RADIUS = 6.0
_LABELS_MATTER = 4
_SIDE, _ABOVE = 9.0, 5.0  # free around the text


class Explanation(QGraphicsItem):
    """A label with a tip that points to its box; it follows the box and goes with it."""

    def __init__(self, box: NodeBox) -> None:
        super().__init__()
        self.box = box
        self._text = ""
        self._zoom = 1.0
        self._place = QRectF()
        self._chosen = 0
        self._outline = QPainterPath()
        self.setZValue(Z_VAL_NODE_WIDGET + 3)  # above boxes and the lines that follow the mouse
        box.followers.append(self)

    def detach(self) -> None:
        """Leave the scene and the box."""
        self.box.followers.remove(self)
        if self.scene():
            self.scene().removeItem(self)

    def say(self, text: str, zoom: float) -> None:
        """Show a text, as large as at 100 % where the canvas is shown smaller than that, down to 50 %."""
        zoom = min(max(zoom, 0.5), 1.0)
        if (text, zoom) != (self._text, self._zoom):
            self._text, self._zoom = text, zoom
            self.setToolTip(f'<p style="white-space: pre-wrap">{escape(text)}</p>')
            self.follow()

    @property
    def text(self) -> str:
        """All that it says."""
        return self._text

    @property
    def shown(self) -> str:
        """The text, cut where it is long; the tooltip has all of it."""
        return self._text if len(self._text) <= _LONGEST else self._text[: _LONGEST - 1].rstrip() + "…"

    @property
    def place(self) -> QRectF:
        """Where the label lies in the scene, without its tip."""
        return QRectF(self._place)

    def follow(self) -> None:
        """Lie beside the box where it is now, on other boxes only where there is no free place around it."""
        self.setVisible(self.box.isVisible() and self.box.scene() is self.scene())
        if not self.isVisible():
            return
        body = self.box.mapRectToScene(self.box.body)
        places = list(_places(body, *self._size(), _GAP / self._zoom))
        places.insert(0, places[self._chosen])  # a label whose text changes stays where it is while there is room
        hidden = []
        for place in places:
            hidden.append(self._hidden(place))
            if not hidden[-1]:
                break
        best = hidden.index(min(hidden))
        self._chosen = best - 1 if best else self._chosen
        self.prepareGeometryChange()
        self._place = places[best]
        self._outline = _outline(self._place, body, 1 / self._zoom)
        self.update()

    def _size(self) -> tuple[float, float]:
        metric = metrics(LIGHT)[1]
        width, height = metric.horizontalAdvance(self.shown) + 2 * _SIDE, metric.height() + 2 * _ABOVE
        return width / self._zoom, height / self._zoom

    def _hidden(self, place: QRectF) -> float:
        """How much of what lies around would be hidden by a label in a place; other labels matter more than boxes."""
        hidden = 0.0
        for item in self.scene().items(place, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, NodeBox):
                hidden += _area(place.intersected(item.mapRectToScene(item.body)))
            elif isinstance(item, Explanation) and item is not self:
                hidden += _area(place.intersected(item.place)) * _LABELS_MATTER
        return hidden

    def boundingRect(self) -> QRectF:
        return self._outline.boundingRect().adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        return self._outline

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        theme = theme_of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.shadow, 0.25))
        painter.drawPath(self._outline.translated(1.0, 1.5))
        painter.setPen(QPen(color(theme.speech_border), 1.0 / self._zoom, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(color(theme.speech))
        painter.drawPath(self._outline)
        painter.translate(self._place.center())
        painter.scale(1 / self._zoom, 1 / self._zoom)
        painter.setFont(fonts(theme)[1])
        painter.setPen(color(theme.speech_text))
        metric = metrics(theme)[1]
        left = -metric.horizontalAdvance(self.shown) / 2
        painter.drawText(QPointF(left, (metric.ascent() - metric.descent()) / 2), self.shown)


def _places(body: QRectF, width: float, height: float, gap: float) -> Iterator[QRectF]:
    """Where a label may lie around a box, the best place first: right of it, left of it, above, below."""
    beside = body.right() + gap, body.left() - gap - width
    level, over, under = body.center().y() - height / 2, body.top() - gap - height, body.bottom() + gap
    for x in beside:
        for y in (level, over + height / 2, under - height / 2, over, under):
            yield QRectF(x, y, width, height)
    for y in (over, under):
        yield QRectF(body.center().x() - width / 2, y, width, height)


def _area(rect: QRectF) -> float:
    return float(rect.width() * rect.height())


def _outline(place: QRectF, body: QRectF, scale: float) -> QPainterPath:
    """A rounded rectangle with a tip that touches the box where it is nearest."""
    middle = place.center()
    near = QPointF(
        min(max(middle.x(), body.left()), body.right()),
        min(max(middle.y(), body.top()), body.bottom()),
    )
    label, tip = QPainterPath(), QPainterPath()
    label.addRoundedRect(place, _RADIUS * scale, _RADIUS * scale)
    root = QPointF(
        min(max(near.x(), place.left() + _RADIUS * scale + _TIP), place.right() - _RADIUS * scale - _TIP),
        min(max(near.y(), place.top() + _RADIUS * scale + _TIP), place.bottom() - _RADIUS * scale - _TIP),
    )
    way = near - root
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5 or 1.0
    across = QPointF(-way.y(), way.x()) * (_TIP * scale / length)
    tip.addPolygon(QPolygonF([near, root + across, root - across, near]))
    return label.united(tip)
