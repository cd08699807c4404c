"""A node as it lies on the canvas: a box with its name, its most telling value and its state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any, Literal, Protocol

from NodeGraphQt.constants import Z_VAL_NODE, PortTypeEnum
from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QLinearGradient, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.connectors import PITCH, Connector
from nodeeditor.gui.canvas.theme import LIGHT, Body, Theme, color, theme_of

Kind = Literal["image", "composed", "unknown"]

_MIN_WIDTH, _STEP = 88.0, 8.0
_HEIGHT, _HEIGHT_WITH_VALUE = 56.0, 72.0
_MARGIN = 4.0  # a saved frame is the box and the room for its shadow, as in MeVisLab's files
_PADDING = 10.0
_RELOAD = 20.0
_ONE_LINE = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class Look:
    """What a box shows. ``error`` and ``warning`` are in words, one message a line; empty means all is well."""

    title: str
    value_line: str = ""
    kind: Kind = "image"
    reload: bool = False
    error: str = ""
    warning: str = ""
    stale: bool = False
    bypassed: bool = False
    tooltip: str = ""


class Follower(Protocol):
    """What wants to know when a box has moved or changed its size."""

    def follow(self) -> None: ...


class NodeBox(AbstractNodeItem):  # type: ignore[misc]
    """The box of one node. It paints itself and its connectors in one go."""

    def __init__(self, name: str = "node", parent: QGraphicsItem | None = None) -> None:
        super().__init__(name, parent)
        self.reload_clicked: Callable[[], None] | None = None
        self.followers: list[Follower] = []
        self._held = False
        self._look = Look(name)
        self._asked = 0.0, 0.0
        self._inputs: list[Connector] = []
        self._outputs: list[Connector] = []
        self._texts = "", ""
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)  # pixmaps of 1,000 boxes exceed any sensible cache
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self.draw_node()

    # --- what it shows

    def show_look(self, look: Look) -> None:
        """Show another title, value or state."""
        if look != self._look:
            self._look = look
            self._properties["name"] = look.title
            self.draw_node()

    @property
    def look(self) -> Look:
        """What it shows now."""
        return self._look

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Take several changes and draw them once."""
        self._held = True
        yield
        self._held = False
        self.draw_node()

    def draw_node(self) -> None:
        """Fit the size to the content, put the connectors in their places and repaint."""
        if self._held:
            return
        width, height = self._needed()
        self.prepareGeometryChange()
        self._width, self._height = max(width, self._asked[0]), max(height, self._asked[1])
        self._texts = self._elided()
        self._show_tooltip()
        body = self.body
        for connectors, edge in ((self._outputs, body.top()), (self._inputs, body.bottom())):
            shown = [connector for connector in connectors if connector.isVisibleTo(self)]
            left = body.center().x() - PITCH * (len(shown) - 1) / 2
            for index, connector in enumerate(shown):
                connector.place(left + PITCH * index, edge)
        self._tell_followers()
        self.update()

    @property
    def body(self) -> QRectF:
        """The painted box, without the room for its shadow."""
        return QRectF(_MARGIN, _MARGIN - 1, self._width - 2 * _MARGIN, self._height - 2 * _MARGIN)

    @property
    def reload_rect(self) -> QRectF:
        """Where the reload button is; empty without one."""
        if not self._look.reload:
            return QRectF()
        body = self.body
        return QRectF(body.right() - _RELOAD - 8, body.center().y() - _RELOAD / 2, _RELOAD, _RELOAD)

    @property
    def _text_room(self) -> QRectF:
        """Where title and value go."""
        return self.body.adjusted(_PADDING, 0, -_PADDING - (_RELOAD + 2 if self._look.reload else 0), 0)

    def _needed(self) -> tuple[float, float]:
        """The smallest size for the whole of the texts and all connectors; very long texts are elided."""
        title, value = _metrics(LIGHT)
        text = max(title.horizontalAdvance(self._look.title), value.horizontalAdvance(self._look.value_line))
        shown = max(sum(c.isVisibleTo(self) for c in side) for side in (self._inputs, self._outputs))
        width = 2 * (_MARGIN + _PADDING) + min(text, 240.0) + (_RELOAD + 2 if self._look.reload else 0)
        width = max(width, shown * PITCH + 2 * _MARGIN, _MIN_WIDTH)
        return math.ceil(width / _STEP) * _STEP, _HEIGHT_WITH_VALUE if self._look.value_line else _HEIGHT

    def _elided(self) -> tuple[str, str]:
        room = self._text_room.width() + 1
        title, value = _metrics(LIGHT)
        middle = Qt.TextElideMode.ElideMiddle
        return title.elidedText(self._look.title, middle, room), value.elidedText(self._look.value_line, middle, room)

    def _show_tooltip(self) -> None:
        look = self._look
        lines = [f"<b>{escape(look.title)}</b>"]
        lines += [escape(text) for text in (look.value_line, look.tooltip) if text]
        lines += [f"<b>Error:</b> {escape(line)}" for line in look.error.splitlines()]
        lines += [f"<b>Warning:</b> {escape(line)}" for line in look.warning.splitlines()]
        self.setToolTip("<br/>".join(lines))

    # --- what NodeGraphQt asks of the view of a node

    @property
    def name(self) -> str:
        """The node's name, which is the title."""
        return self._look.title

    @name.setter
    def name(self, name: str) -> None:
        self.show_look(replace(self._look, title=name))

    @property
    def width(self) -> float:
        """The width of the frame; setting it asks for one that wins over the content's when larger."""
        return self._width

    @width.setter
    def width(self, width: float) -> None:
        self._asked = width, self._asked[1]
        self.draw_node()

    @property
    def height(self) -> float:
        """The height of the frame; setting it asks for one that wins over the content's when larger."""
        return self._height

    @height.setter
    def height(self, height: float) -> None:
        self._asked = self._asked[0], height
        self.draw_node()

    def from_dict(self, node_dict: Mapping[str, Any]) -> None:
        """Take NodeGraphQt's properties, but no size: its model says 100 x 80 where nobody asked for any."""
        super().from_dict({key: value for key, value in node_dict.items() if key not in ("width", "height")})

    def post_init(self, viewer: object = None, pos: tuple[float, float] | None = None) -> None:
        """Lie where NodeGraphQt puts the node that it has just added."""
        if pos:
            self.xy_pos = pos

    @property
    def widgets(self) -> dict[str, Any]:
        """No widgets: fields are edited in panels."""
        return {}

    @property
    def inputs(self) -> list[Connector]:
        """The connectors on the bottom edge, from the left."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[Connector]:
        """The connectors on the top edge, from the left."""
        return list(self._outputs)

    def add_input(
        self, name: str, multi_port: bool = False, display_name: bool = True, locked: bool = False, _: object = None
    ) -> Connector:
        """Add a connector to the bottom edge."""
        return self._added(self._inputs, PortTypeEnum.IN.value, name, multi_port, locked)

    def add_output(
        self, name: str, multi_port: bool = False, display_name: bool = True, locked: bool = False, _: object = None
    ) -> Connector:
        """Add a connector to the top edge."""
        return self._added(self._outputs, PortTypeEnum.OUT.value, name, multi_port, locked)

    def _added(self, side: list[Connector], port_type: str, name: str, multi: bool, locked: bool) -> Connector:
        connector = Connector(self)
        connector.name, connector.port_type = name, port_type
        connector.multi_connection, connector.locked = multi, locked
        side.append(connector)
        connector.describe("Image")
        return connector

    def delete_input(self, connector: Connector) -> None:
        """Remove a connector from the bottom edge."""
        self._removed(self._inputs, connector)

    def delete_output(self, connector: Connector) -> None:
        """Remove a connector from the top edge."""
        self._removed(self._outputs, connector)

    def _removed(self, side: list[Connector], connector: Connector) -> None:
        side.remove(connector)
        connector.setParentItem(None)
        if connector.scene():
            connector.scene().removeItem(connector)

    def get_input_text_item(self, connector: Connector) -> None:
        """No text beside a connector: its tooltip tells."""

    def get_output_text_item(self, connector: Connector) -> None:
        """No text beside a connector: its tooltip tells."""

    def highlight_pipes(self) -> None:
        """Light up the wires of this box."""
        for connector in self._inputs + self._outputs:
            for wire in connector.connected_pipes:
                wire.highlight()

    def reset_pipes(self) -> None:
        """Let the wires of this box look as usual."""
        for connector in self._inputs + self._outputs:
            for wire in connector.connected_pipes:
                wire.reset()

    # --- under the mouse

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.body)
        return path

    def double_clicked(self, pos: QPointF) -> None:
        """Reload, or tell NodeGraphQt, as the place inside the box says."""
        if self.reload_rect.contains(pos):
            self.reload()
        else:
            self.viewer().node_double_clicked.emit(self.id)

    def reload(self) -> None:
        """Do what the reload button is there for."""
        if self.reload_clicked:
            self.reload_clicked()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        match change:
            case QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
                self._tell_followers()
            case QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
                self.setZValue(Z_VAL_NODE + (1 if value else 0))
                if value:
                    self.highlight_pipes()
                else:
                    self.reset_pipes()
        return super().itemChange(change, value)

    def _tell_followers(self) -> None:
        for follower in self.followers:
            follower.follow()

    # --- painting

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        theme = theme_of(self)
        if painter.worldTransform().m11() < theme.simple_below:
            self._paint_simple(painter, theme)
            return
        painter.setOpacity(0.5 if self._look.bypassed else 1.0)
        self._paint_body(painter, theme)
        self._paint_texts(painter, theme)
        if self._look.reload:
            _paint_reload(painter, self.reload_rect, theme)
        for connector in self._inputs + self._outputs:
            if connector.isVisible():
                connector.draw(painter, theme)
        painter.setOpacity(1.0)
        if self._look.bypassed:
            painter.setPen(QPen(color(theme.title), 3.0, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(self.body.bottomLeft(), self.body.topRight())
        self._paint_mark(painter, theme)

    def _filling(self, theme: Theme) -> Body:
        if self._look.stale and self._look.kind != "unknown":
            kind: Body = getattr(theme, self._look.kind)
            return replace(theme.stale, radius=kind.radius)
        filling: Body = getattr(theme, self._look.kind)
        return filling

    def _paint_simple(self, painter: QPainter, theme: Theme) -> None:
        """From afar: a filled rectangle, in the colour of what matters most about it."""
        mark = theme.error if self._look.error else theme.selection if self.isSelected() else None
        painter.fillRect(self.body, color(mark or self._filling(theme).middle))
        if mark:
            painter.fillRect(self.body.adjusted(8, 8, -8, -8), color(self._filling(theme).middle))

    def _paint_body(self, painter: QPainter, theme: Theme) -> None:
        body, filling = self.body, self._filling(theme)
        radius = filling.radius
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._look.bypassed:
            painter.setBrush(color(theme.shadow, 0.16))
            painter.drawRoundedRect(body.adjusted(1.0, 2.0, 3.5, 4.5), radius + 2, radius + 2)
            painter.drawRoundedRect(body.adjusted(1.0, 2.0, 2.0, 3.0), radius + 1, radius + 1)
        if self.isSelected():
            painter.setBrush(color(theme.selection))
            painter.drawRoundedRect(body.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        gradient = QLinearGradient(body.topLeft(), body.bottomLeft())
        gradient.setColorAt(0.0, color(filling.top))
        gradient.setColorAt(0.45, color(filling.middle))
        gradient.setColorAt(0.94, color(filling.bottom))
        gradient.setColorAt(1.0, color(filling.middle))
        dashed = Qt.PenStyle.DashLine if self._look.kind == "unknown" else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color(filling.border), 1.0, dashed))
        painter.setBrush(gradient)
        painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _paint_texts(self, painter: QPainter, theme: Theme) -> None:
        title, value = self._texts
        room = self._text_room
        fonts = _fonts(theme)
        if not value:
            _paint_text(painter, theme, fonts[0], room.translated(0, -1), Qt.AlignmentFlag.AlignVCenter, title)
            return
        middle = room.center().y() + 1
        half = (
            min(room.width(), max(m.horizontalAdvance(t) for m, t in zip(_metrics(theme), self._texts, strict=True)))
            / 2
            + 2
        )
        painter.fillRect(QRectF(room.center().x() - half, middle, 2 * half, 1.0), color(theme.title))
        above = QRectF(room.left(), room.top(), room.width(), middle - room.top() - 2)
        below = QRectF(room.left(), middle + 3, room.width(), room.bottom() - middle - 3)
        _paint_text(painter, theme, fonts[0], above, Qt.AlignmentFlag.AlignBottom, title)
        _paint_text(painter, theme, fonts[1], below, Qt.AlignmentFlag.AlignTop, value)

    def _paint_mark(self, painter: QPainter, theme: Theme) -> None:
        """A round red mark for errors, a yellow triangle for warnings: different for colour-blind eyes too."""
        messages = self._look.error or self._look.warning
        if not messages:
            return
        count = len(messages.splitlines())
        disc = QRectF(self.body.right() - 12, self.body.top() - 2, 15, 15)
        painter.setPen(QPen(color(theme.title if self._look.error else theme.connector_border), 1.2))
        painter.setBrush(color(theme.error if self._look.error else theme.warning))
        if self._look.error:
            painter.drawEllipse(disc)
        else:
            painter.drawPolygon([disc.bottomLeft(), disc.bottomRight(), QPointF(disc.center().x(), disc.top() - 1)])
            disc.translate(0, 2)
        font = QFont(_fonts(theme)[1])
        font.setBold(True)
        font.setPixelSize(10)
        painter.setFont(font)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "!" if count == 1 else str(min(count, 99)))


@cache
def _fonts(theme: Theme) -> tuple[QFont, QFont]:
    """Of the title, and of the value line."""
    fonts = QFont(), QFont()
    for font, size in zip(fonts, (theme.title_size, theme.value_size), strict=True):
        font.setPixelSize(size)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # the same width at every zoom
    return fonts


@cache
def _metrics(theme: Theme) -> tuple[QFontMetricsF, QFontMetricsF]:
    title, value = _fonts(theme)
    return QFontMetricsF(title), QFontMetricsF(value)


def _paint_text(painter: QPainter, theme: Theme, font: QFont, room: QRectF, align: Qt.AlignmentFlag, text: str) -> None:
    """Text with a hard little shadow, readable on every colour."""
    small = painter.worldTransform().m11() < 0.6  # too small to see a shadow
    painter.setFont(font)
    for offset, ink in ((1.0, theme.text_shadow), (0.0, theme.title))[small:]:
        painter.setPen(color(ink))
        painter.drawText(room.translated(offset, offset), align | _ONE_LINE, text)


def _paint_reload(painter: QPainter, rect: QRectF, theme: Theme) -> None:
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
