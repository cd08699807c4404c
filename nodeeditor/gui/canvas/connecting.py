"""Dragging one end of a connection, from a connector or off a wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QMouseEvent

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.canvas.gestures import trembled
from nodeeditor.gui.canvas.wires import Wire

if TYPE_CHECKING:
    from nodeeditor.gui.canvas.canvas import Canvas

_TIP_STAYS = 3000  # ms


def kinds_fit(output: Connector, into: Connector) -> str:
    """Empty where what flows out may flow in, else why not, in words."""
    return "" if output.kind == into.kind else f"{output.kind} does not fit {into.kind}"


class Connect:
    """Drag the loose end of a connection whose other end stays at ``fixed``.

    ``wire`` is the connection that was picked up by its end at ``home``, if any. It stays as it is until the drop.
    """

    def __init__(
        self,
        canvas: Canvas,
        event: QMouseEvent,
        fixed: Connector,
        clicked: Callable[[], None],
        wire: Wire | None = None,
        home: Connector | None = None,
    ) -> None:
        self._canvas, self._fixed, self._wire, self._home = canvas, fixed, wire, home
        self._clicked = clicked
        self._start = event.position().toPoint()
        self._dragging = False
        self._reasons: dict[Connector, str] = {}
        self._lit: list[Connector] = []
        self._target: Connector | None = None

    def move(self, event: QMouseEvent) -> None:
        now = event.position().toPoint()
        if not self._dragging:
            if trembled(self._start, now):
                return
            self._begin()
        self._show(now)

    def _begin(self) -> None:
        self._dragging = True
        if self._wire is not None:
            self._wire.hide()
        self.light_up()
        self._canvas.live_wire.show()

    def light_up(self) -> None:
        """Light up what fits among the connectors in sight and dim the others; again when other ones come in sight."""
        if not self._dragging:
            return
        for connector in self._canvas.connectors_in_sight():
            if connector is not self._fixed:
                connector.state = "dimmed" if self._reason(connector) else "fits"
                self._lit.append(connector)

    def _reason(self, other: Connector) -> str:
        """Empty where the loose end may be dropped, else why not."""
        if other not in self._reasons:
            self._reasons[other] = self._refusal(other)
        return self._reasons[other]

    def _refusal(self, other: Connector) -> str:
        if other is self._home:
            return ""
        if other.is_output == self._fixed.is_output:
            return f"Two {'outputs' if other.is_output else 'inputs'} cannot be connected"
        if other.node is self._fixed.node:
            return "A node cannot feed itself"
        return self._canvas.fits(*self._ordered(other))

    def _ordered(self, other: Connector) -> tuple[Connector, Connector]:
        """Output and input."""
        return (self._fixed, other) if self._fixed.is_output else (other, self._fixed)

    def _under(self, pos: QPoint) -> tuple[Connector | None, str]:
        """Where a drop here would connect, or why it would not; neither on empty ground."""
        connector = self._canvas.connector_near(pos)
        if connector is self._fixed:
            return None, "Drop on another node"
        if connector is not None:
            reason = self._reason(connector)
            return (None, reason) if reason else (connector, "")
        box = self._canvas.box_at(pos)
        return (None, "") if box is None else self._in_box(box)

    def _in_box(self, box: NodeBox) -> tuple[Connector | None, str]:
        if box is self._fixed.node:
            return None, "A node cannot feed itself"
        side = [c for c in (box.inputs if self._fixed.is_output else box.outputs) if c.isVisible()]
        fitting = [connector for connector in side if not self._reason(connector)]
        if self._home in fitting:
            return self._home, ""
        free = [connector for connector in fitting if connector.is_output or not connector.connected_pipes]
        for choice in (fitting, free):
            if len(choice) == 1:
                return choice[0], ""
        what = "input" if self._fixed.is_output else "output"
        if fitting:
            return None, f"Several {what}s of {box.name} fit: drop on one of them"
        if len(side) == 1:
            return None, self._reason(side[0])
        return None, f"No {what} of {box.name} fits" if side else f"{box.name} has no {what}"

    def _show(self, pos: QPoint) -> None:
        target, reason = self._under(pos)
        if target is not self._target:
            self._mark_target(target)
        live = self._canvas.live_wire
        live.verdict = True if target else False if reason else None
        live.draw_path(self._fixed, cursor_pos=target.anchor if target else self._canvas.mapToScene(pos))
        live.update()
        if reason:
            self._canvas.tip.tell(reason, pos)
        else:
            self._canvas.tip.hide()

    def _mark_target(self, target: Connector | None) -> None:
        if self._target is not None:
            self._target.state = "fits"
        if target is not None:
            target.state = "target"
            self._lit.append(target)
        self._target = target

    def release(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        if not self._dragging:
            self._clicked()
            return
        target, reason = self._under(pos)
        self.cancel()
        if reason:
            self._canvas.tip.tell(reason, pos, _TIP_STAYS)
        elif target is not None:
            self._connect(target)
        elif self._canvas.viewport().rect().contains(pos):
            self._drop_on_empty(pos)

    def _connect(self, target: Connector) -> None:
        if target is self._home:
            return
        output, into = self._ordered(target)
        wires = [wire for wire in into.connected_pipes if wire is not self._wire]
        if any(wire.output_port is output for wire in wires):
            return
        replaced = [] if into.multi_connection else wires
        gone = [wire for wire in (self._wire, *replaced) if wire is not None]
        self._canvas.connection_changed.emit([(w.input_port, w.output_port) for w in gone], [(output, into)])
        self._canvas.connection_requested.emit(output, into)

    def _drop_on_empty(self, pos: QPoint) -> None:
        if self._wire is not None:
            self._canvas.connection_changed.emit([(self._wire.input_port, self._wire.output_port)], [])
        else:
            self._canvas.connection_dropped_on_empty.emit(self._fixed, self._canvas.mapToScene(pos))

    def cancel(self) -> None:
        for connector in self._lit:
            connector.state = "normal"
        if self._wire is not None and self._dragging:
            self._wire.show()
        self._canvas.live_wire.hide()
        self._canvas.live_wire.reset_path()
        self._canvas.tip.hide()
