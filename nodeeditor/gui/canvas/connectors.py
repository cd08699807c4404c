"""The places on the edge of a box where connections begin and end."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any, Literal

from NodeGraphQt.constants import PortTypeEnum
from NodeGraphQt.qgraphics.port import PortItem
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from nodeeditor.gui.canvas.theme import Theme, color

State = Literal["normal", "fits", "target", "dimmed"]

PITCH = 22.0  # of neighbours on one edge, so that their hit areas touch and never overlap
_HALF = PITCH / 2
_INSIDE = 5.0  # from the edge of the box to the middle of the hit area


class Connector(PortItem):  # type: ignore[misc]
    """A connector of a box; its origin is the middle of its hit area.

    The box paints it (``draw``), so that a node costs one call of paint however many connectors it has.
    """

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self.kind = "Image"
        self._help = self._facts = ""
        self._state: State = "normal"
        self._inspected = False
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)

    def describe(self, kind: str, help: str = "", hidden: bool = False) -> None:  # noqa: A002
        """Say what flows here (``Image``, ``Overlay``, another class name), what for, and whether to leave it out."""
        self.kind, self._help = kind, help
        self.tell()
        self.setVisible(not hidden)
        self.node.draw_node()

    def show_facts(self, facts: str) -> None:
        """Say in tooltips, here and along the wires, what flows out of this output; empty where nobody knows."""
        if facts != self._facts:
            self._facts = facts
            self.tell()
            for wire in self.connected_pipes:
                wire.tell()
                wire.input_port.tell()

    @property
    def facts(self) -> str:
        """What flows out of this output, in a line."""
        return self._facts

    def tell(self) -> None:
        """Write the tooltip: name and kind, what for, what flows."""
        lines = [f"<b>{escape(self.name)}</b> · {escape(self.kind)}", escape(self._help), unbroken(self._facts)]
        if not self.is_output:
            for wire in self.connected_pipes:
                lines += [unbroken(f"from {wire.output_port.end}"), unbroken(wire.output_port.facts)]
        self.setToolTip("<br/>".join(line for line in lines if line))

    @property
    def end(self) -> str:
        """Where a connection ends here: ``Node.connector``."""
        return f"{self.node.name}.{self.name}"

    @property
    def carried(self) -> Connector | None:
        """The output whose data is here: this one, or the one that feeds this input, if any."""
        feeding = [wire.output_port for wire in self.connected_pipes]
        return self if self.is_output else feeding[0] if feeding else None

    @property
    def inspected(self) -> bool:
        """Whether it glows because somebody inspects what flows out."""
        return self._inspected

    @inspected.setter
    def inspected(self, inspected: bool) -> None:
        if inspected != self._inspected:
            self._inspected = inspected
            self.node.update()

    @property
    def is_output(self) -> bool:
        """Whether something flows out here."""
        return bool(self.port_type == PortTypeEnum.OUT.value)

    @property
    def state(self) -> State:
        """How it looks while a connection is being dragged."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.node.update()

    @property
    def anchor(self) -> QPointF:
        """The point in the scene where a wire attaches: on the edge of the box."""
        return QPointF(self.mapToScene(0.0, self._edge))

    @property
    def _edge(self) -> float:
        return -_INSIDE if self.is_output else _INSIDE

    def boundingRect(self) -> QRectF:
        return QRectF(-_HALF, -_HALF, PITCH, PITCH)

    def place(self, x: float, edge: float) -> None:
        """Sit on an edge of the box, given in the box's coordinates."""
        self.setPos(x, edge - self._edge)

    def hoverEnterEvent(self, event: Any) -> None:
        super().hoverEnterEvent(event)
        self.tell()
        self.node.update()

    def hoverLeaveEvent(self, event: Any) -> None:
        super().hoverLeaveEvent(event)
        self.node.update()

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Paint it, in the coordinates of its box."""
        path = _outline(self.kind)
        painter.save()
        painter.translate(self.pos())
        painter.scale(1.0, -1.0 if self.is_output else 1.0)
        lit = self._state in ("fits", "target")
        if self._state == "target":
            painter.scale(1.25, 1.25)
        if lit or (self._state == "normal" and (self._hovered or self._inspected)):
            glow = theme.fitting if lit else theme.selection
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, alpha in ((6.0, 0.45), (3.5, 1.0)):
                painter.setPen(QPen(color(glow, alpha), width, j=Qt.PenJoinStyle.RoundJoin))
                painter.drawPath(path)
        painter.setPen(QPen(color(theme.connector_border), 1.2, j=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(color(self._filling(theme)))
        painter.drawPath(path)
        painter.restore()

    def _filling(self, theme: Theme) -> str:
        match self._state:
            case "fits" | "target":
                return theme.fitting
            case "dimmed":
                return theme.connector_dimmed
        return theme.selection if self._inspected else theme.connector


def unbroken(text: str) -> str:
    """A line of a tooltip that stays one line."""
    return f"<nobr>{escape(text)}</nobr>" if text else ""


@cache
def _outline(kind: str) -> QPainterPath:
    """The shape of an input, by what flows: its base lies on the edge of the box, the rest inside."""
    path = QPainterPath()
    if kind == "Image":
        path.addPolygon(QPolygonF([QPointF(-6.0, _INSIDE), QPointF(6.0, _INSIDE), QPointF(0.0, _INSIDE - 13.0)]))
    elif kind == "Overlay":
        path.moveTo(6.5, _INSIDE)
        path.arcTo(QRectF(-6.5, _INSIDE - 6.5, 13.0, 13.0), 0.0, 180.0)
    else:
        path.addRect(QRectF(-5.0, _INSIDE - 10.0, 10.0, 10.0))
    path.closeSubpath()
    return path
