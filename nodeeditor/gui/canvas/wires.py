"""The line of a connection, upwards from an output to an input."""

from __future__ import annotations

from typing import Any

from NodeGraphQt.constants import Z_VAL_NODE_WIDGET, Z_VAL_PIPE
from NodeGraphQt.qgraphics.pipe import PipeItem
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from nodeeditor.gui.canvas.connectors import Connector, unbroken
from nodeeditor.gui.canvas.theme import Theme, color, theme_of

_STUB = 8.0  # the straight piece at either end
_HIT = 10.0
_NOTHING_FLOWS = (4.0, 3.0)  # dashes and gaps, in widths of the line
_WIDEST = 10.0  # of a line when seen from very far


class Wire(PipeItem):  # type: ignore[misc]
    """The line of one connection."""

    def __init__(self) -> None:
        # PipeItem's own __init__ gives every line an arrow of its own, a second item to keep and paint.
        QGraphicsPathItem.__init__(self)
        self._input_port: Connector | None = None
        self._output_port: Connector | None = None
        self._lit = self._hovered = False
        self._hit: QPainterPath | None = None
        self.setZValue(Z_VAL_PIPE)
        self.setAcceptHoverEvents(True)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def draw_path(
        self, start_port: Connector, end_port: Connector | None = None, cursor_pos: QPointF | None = None
    ) -> None:
        """Run between two connectors, or from one of them to a point."""
        if start_port is None:
            return
        if end_port is not None:
            self.setVisible(all(c.isVisibleTo(c.node) and c.node.isVisible() for c in (start_port, end_port)))
        far = end_port.anchor if end_port is not None else cursor_pos
        if far is None:
            return
        ends = (start_port.anchor, far) if start_port.is_output else (far, start_port.anchor)
        self._hit = None
        self.setPath(curve(*ends))

    def reset_path(self) -> None:
        """Run nowhere."""
        self._hit = None
        self.setPath(QPainterPath())

    def highlight(self) -> None:
        """Light up, because a box at one end is selected."""
        self._lit = True
        self.update()

    def reset(self) -> None:
        """Look as usual, unless a box at one end is still selected."""
        self._lit = any(c is not None and c.node.isSelected() for c in (self._input_port, self._output_port))
        self.update()

    def tell(self) -> None:
        """Write the tooltip: from where to where, what flows."""
        if self._output_port is not None and self._input_port is not None:
            ends = unbroken(f"{self._output_port.end} → {self._input_port.end}")
            facts = unbroken(self._output_port.facts)
            self.setToolTip(f"<b>{ends}</b><br/>{facts}" if facts else f"<b>{ends}</b>")

    def hoverEnterEvent(self, event: Any) -> None:
        self._hovered = True
        self.tell()
        self.update()

    def hoverLeaveEvent(self, event: Any) -> None:
        self._hovered = False
        self.update()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        # not PipeItem's, which restyles a pen that is not used here
        return QGraphicsPathItem.itemChange(self, change, value)

    def boundingRect(self) -> QRectF:
        return QRectF(self.path().controlPointRect().adjusted(-_WIDEST, -_WIDEST, _WIDEST, _WIDEST))

    def shape(self) -> QPainterPath:
        if self._hit is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(_HIT)
            self._hit = stroker.createStroke(self.path())
        return self._hit

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        theme = theme_of(self)
        zoom = painter.worldTransform().m11()
        strong = self._hovered or self.isSelected()
        width = max(theme.wire_width * (1.8 if strong else 1.0), 1.3 / zoom)
        pen = QPen(self._ink(theme), min(width, 2 * _WIDEST))
        if zoom < theme.simple_below:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, strong)
            if not strong:
                pen.setWidth(0)
        elif self._output_port is not None and self._output_port.node.activity.broken:
            pen.setDashPattern(_NOTHING_FLOWS)
        painter.setPen(pen)
        painter.drawPath(self.path())

    def _ink(self, theme: Theme) -> Any:
        if self.isSelected():
            return color(theme.wire_selected)
        if self._hovered or self._lit:
            return color(theme.wire_lit)
        kind = self._output_port.kind if self._output_port is not None else "Image"
        return color({"Image": theme.wire, "Overlay": theme.wire_overlay}.get(kind, theme.wire_other))


class LiveWire(Wire):
    """The line that follows the mouse: plain, lit up where it fits, red where it does not."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(Z_VAL_NODE_WIDGET + 1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setAcceptHoverEvents(False)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)
        self.verdict: bool | None = None
        self.hide()

    def shape(self) -> QPainterPath:
        return QPainterPath()  # the mouse reaches through it

    def _ink(self, theme: Theme) -> Any:
        return color({None: theme.title, True: theme.fitting, False: theme.refused}[self.verdict])


class CutLine(QGraphicsPathItem):
    """The stroke of the mouse that cuts wires."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(Z_VAL_NODE_WIDGET + 2)
        self.hide()

    def begin(self, at: QPointF) -> None:
        """Start a stroke."""
        path = QPainterPath()
        path.moveTo(at)
        self.setPath(path)
        pen = QPen(color(theme_of(self).error), 2.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.show()

    def extend(self, to: QPointF) -> None:
        """Go on with the stroke."""
        path = self.path()
        path.lineTo(to)
        self.setPath(path)

    def stroke(self) -> QPainterPath:
        """The stroke as a thin area, for what it crosses."""
        stroker = QPainterPathStroker()
        stroker.setWidth(0.5)
        return stroker.createStroke(self.path())


def curve(output: QPointF, end: QPointF) -> QPainterPath:
    """The line from an output to an input: vertical at both ends, also where the input lies below the output."""
    path = QPainterPath(output)
    start, stop = output - QPointF(0.0, _STUB), end + QPointF(0.0, _STUB)
    rise = start.y() - stop.y()
    aside = abs(stop.x() - start.x())
    bend = max(rise * 0.5, min(aside, 60.0) * 0.4) if rise >= 0 else min(30.0 - rise * 0.4, 120.0)
    bend = min(bend, 90.0) if rise >= 0 else bend
    path.lineTo(start)
    path.cubicTo(start - QPointF(0.0, bend), stop + QPointF(0.0, bend), stop)
    path.lineTo(end)
    return path
