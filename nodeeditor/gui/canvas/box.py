"""A node as it lies on the canvas: a box that NodeGraphQt takes for the view of a node of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import Any, Protocol

from NodeGraphQt.constants import Z_VAL_NODE, PortTypeEnum
from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.activity import NEVER_RUN, Activity
from nodeeditor.gui.canvas.connectors import PITCH, Connector
from nodeeditor.gui.canvas.layout import layout
from nodeeditor.gui.canvas.look import Look
from nodeeditor.gui.canvas.painting import Face, Kin, paint_box
from nodeeditor.gui.canvas.theme import theme_of
from nodeeditor.gui.canvas.timing import Timing, timings_shown


class Follower(Protocol):
    """What wants to know when a box has moved, changed its size, come, gone, broken or recovered."""

    def follow(self) -> None: ...


class NodeBox(AbstractNodeItem):  # type: ignore[misc]
    """The box of one node. It paints itself and its connectors in one go."""

    def __init__(self, name: str = "node", parent: QGraphicsItem | None = None) -> None:
        super().__init__(name, parent)
        self.followers: list[Follower] = []
        self._held = False
        self._look = Look(name)
        self._activity = NEVER_RUN
        self._timing: Timing | None = None
        self._kin: Kin = ""
        self._asked = 0.0, 0.0
        self._layout = layout(self._look, 0, 0, self._asked)
        self._inputs: list[Connector] = []
        self._outputs: list[Connector] = []
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

    def show_activity(self, activity: Activity) -> None:
        """Show how the node is doing."""
        if activity == self._activity:
            return
        otherwise = activity.broken != self._activity.broken
        self._activity = activity
        self._show_tooltip()
        self.show_timing()
        self.update()
        if otherwise:
            self._tell_followers()
            for wire in self._wires(self._outputs):
                wire.update()

    @property
    def activity(self) -> Activity:
        """How the node is doing."""
        return self._activity

    def show_kin(self, kin: Kin) -> None:
        """Show whether a selected node needs this one, or the other way round."""
        if kin != self._kin:
            self._kin = kin
            self.update()

    @property
    def kin(self) -> Kin:
        """What it is to the selected nodes, as it shows it."""
        return self._kin

    def show_timing(self) -> None:
        """Write below the box what its work cost, on a canvas that shows timings."""
        text = self._activity.timing if timings_shown(self) else ""
        if text and self._timing is None:
            self._timing = Timing(self)
            self._timing.setPos(self._layout.below)
        if self._timing is not None:
            self._timing.show_text(text)

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
        sides = {
            edge: [connector for connector in connectors if connector.isVisibleTo(self)]
            for edge, connectors in (("top", self._outputs), ("bottom", self._inputs))
        }
        self.prepareGeometryChange()
        self._layout = layout(self._look, len(sides["bottom"]), len(sides["top"]), self._asked)
        self._width, self._height = self._layout.width, self._layout.height
        self._show_tooltip()
        body = self.body
        for connectors, edge in ((sides["top"], body.top()), (sides["bottom"], body.bottom())):
            left = body.center().x() - PITCH * (len(connectors) - 1) / 2
            for index, connector in enumerate(connectors):
                connector.place(left + PITCH * index, edge)
        if self._timing is not None:
            self._timing.setPos(self._layout.below)
        self._tell_followers()
        self.update()

    @property
    def body(self) -> QRectF:
        """The painted box, without the room for its shadow."""
        return self._layout.body

    @property
    def reload_rect(self) -> QRectF:
        """Where the reload button is; empty without one."""
        return self._layout.reload

    def _show_tooltip(self) -> None:
        look = self._look
        lines = [f"<b>{escape(look.title)}</b>"]
        lines += [escape(text) for text in (look.value_line, look.tooltip, self._activity.sentence) if text]
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
        for wire in self._wires(self._inputs + self._outputs):
            wire.highlight()

    def reset_pipes(self) -> None:
        """Let the wires of this box look as usual."""
        for wire in self._wires(self._inputs + self._outputs):
            wire.reset()

    @staticmethod
    def _wires(connectors: Iterable[Connector]) -> list[Any]:
        return [wire for connector in connectors for wire in connector.connected_pipes]

    # --- under the mouse

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.body)
        return path

    def double_clicked(self, pos: QPointF) -> None:
        """Reload, or tell NodeGraphQt, as the place inside the box says."""
        if self.reload_rect.contains(pos):
            self.viewer().reload_clicked.emit(self.name)
        else:
            self.viewer().node_double_clicked.emit(self.id)

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        match change:
            case QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
                self._tell_followers()
            case QGraphicsItem.GraphicsItemChange.ItemSceneHasChanged:
                self.show_timing()
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

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        face = Face(self._look, self._activity, self._layout, self.isSelected(), self._kin)
        paint_box(painter, theme_of(self), face, self._inputs + self._outputs)
