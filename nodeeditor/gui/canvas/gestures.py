"""What a pressed mouse button does on the canvas until it is released."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QMouseEvent

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.notes import NARROWEST, NoteBox
from nodeeditor.gui.canvas.wires import Wire

if TYPE_CHECKING:
    from nodeeditor.gui.canvas.canvas import Canvas

SLACK = 4  # pixels the mouse may tremble before a click becomes a drag
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Gesture(Protocol):
    """One press, its moves, and its release; ``cancel`` instead of a release leaves everything as it was."""

    def move(self, event: QMouseEvent) -> None: ...
    def release(self, event: QMouseEvent) -> None: ...
    def cancel(self) -> None: ...


class Pan:
    """Shift what is seen of the scene; without a shift, a click on a box that asks for what is inside."""

    def __init__(self, canvas: Canvas, event: QMouseEvent, box: NodeBox | None = None) -> None:
        self._canvas, self._last, self._box = canvas, event.position().toPoint(), box
        self._start = self._last
        canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: QMouseEvent) -> None:
        now = event.position().toPoint()
        if not trembled(self._start, now):
            self._box = None
        if self._box is None:
            self._canvas.pan(now - self._last)
            self._last = now

    def release(self, event: QMouseEvent) -> None:
        self.cancel()
        if self._box is not None:
            self._canvas.inside_wanted.emit(self._box.name)

    def cancel(self) -> None:
        self._canvas.show_cursor()


class Cut:
    """Remove the connections that a stroke crosses."""

    def __init__(self, canvas: Canvas, event: QMouseEvent) -> None:
        self._canvas = canvas
        canvas.cut_line.begin(canvas.mapToScene(event.position().toPoint()))

    def move(self, event: QMouseEvent) -> None:
        self._canvas.cut_line.extend(self._canvas.mapToScene(event.position().toPoint()))

    def release(self, event: QMouseEvent) -> None:
        self.cancel()
        stroke = self._canvas.cut_line.stroke()
        cut = [item for item in self._canvas.scene().items(stroke) if isinstance(item, Wire) and item.input_port]
        if cut:
            self._canvas.connection_sliced.emit([[wire.input_port, wire.output_port] for wire in cut])

    def cancel(self) -> None:
        self._canvas.cut_line.hide()


class PressReload:
    """Push the reload button of a box."""

    def __init__(self, canvas: Canvas, box: NodeBox) -> None:
        self._canvas, self._box = canvas, box

    def move(self, event: QMouseEvent) -> None:
        """Nothing: only where the button is released counts."""

    def release(self, event: QMouseEvent) -> None:
        where = self._box.mapFromScene(self._canvas.mapToScene(event.position().toPoint()))
        if self._box.reload_rect.contains(where):
            self._canvas.reload_clicked.emit(self._box.name)

    def cancel(self) -> None:
        """Nothing was done yet."""


class RubberBand:
    """Select what lies in a rectangle: alone, in addition with Shift, or take it out with Ctrl."""

    def __init__(self, canvas: Canvas, event: QMouseEvent) -> None:
        self._canvas, self._start = canvas, event.position().toPoint()
        self._before = set(canvas.selected())
        self._rects = [
            (item, item.mapRectToScene(item.shape().boundingRect()))
            for item in canvas.scene().items()
            if isinstance(item, AbstractNodeItem | NoteBox)
        ]
        if not event.modifiers() & (_SHIFT | _CONTROL):
            canvas.select(())

    def move(self, event: QMouseEvent) -> None:
        area = QRect(self._start, event.position().toPoint()).normalized()
        if not self._canvas.band.isVisible() and max(area.width(), area.height()) <= SLACK:
            return
        self._canvas.band.setGeometry(area)
        self._canvas.band.show()
        inside = self._inside(self._canvas.mapToScene(area).boundingRect())
        if event.modifiers() & _CONTROL:
            inside = self._before - inside
        elif event.modifiers() & _SHIFT:
            inside |= self._before
        self._canvas.select(inside)

    def _inside(self, area: QRectF) -> set[Any]:
        return {item for item, rect in self._rects if area.intersects(rect)}

    def release(self, event: QMouseEvent) -> None:
        self._canvas.band.hide()
        self._canvas.tell_selection(self._before)

    def cancel(self) -> None:
        self._canvas.band.hide()
        self._canvas.select(self._before)


class Move:
    """Drag boxes and notes to another place, and a single box onto a wire; without a move, a click that selects."""

    def __init__(self, canvas: Canvas, event: QMouseEvent, pressed: Any, group: Iterable[Any] | None = None) -> None:
        self._canvas, self._pressed = canvas, pressed
        self._start = event.position().toPoint()
        self._before = set(canvas.selected())
        self._narrow = False
        if group is not None:
            canvas.select(group)
        elif event.modifiers() & (_SHIFT | _CONTROL):
            pressed.setSelected(not pressed.isSelected())
        elif pressed.isSelected():
            self._narrow = True
        else:
            canvas.select((pressed,))
        if isinstance(pressed, AbstractNodeItem):
            canvas.node_selected.emit(pressed.id)
        self._places = {item: item.pos() for item in canvas.selected() if isinstance(item, AbstractNodeItem | NoteBox)}
        self._moving = False
        self._wire: Wire | None = None

    def move(self, event: QMouseEvent) -> None:
        now = event.position().toPoint()
        if not self._moving and trembled(self._start, now):
            return
        self._moving = True
        canvas = self._canvas
        by = canvas.mapToScene(now) - canvas.mapToScene(self._start)
        for item, place in self._places.items():
            item.setPos(place + QPointF(by.toPoint()))  # whole numbers: files stay short, edges crisp
        self._mark_wire(self._wire_below())

    def _wire_below(self) -> Wire | None:
        """The wire that a lone box has been dragged onto and would fit into."""
        boxes = list(self._places)
        if len(boxes) != 1 or not isinstance(boxes[0], NodeBox):
            return None
        box = boxes[0]
        core = box.mapRectToScene(box.body.adjusted(box.body.width() / 4, 12, -box.body.width() / 4, -12))
        for item in self._canvas.scene().items(core):
            if isinstance(item, Wire) and self._canvas.can_insert(box, item):
                return item
        return None

    def _mark_wire(self, wire: Wire | None) -> None:
        for item, chosen in ((self._wire, False), (wire, True)):
            if item is not None and wire is not self._wire:
                item.setSelected(chosen)
        self._wire = wire

    def release(self, event: QMouseEvent) -> None:
        wire = self._wire
        self._mark_wire(None)
        if not self._moving and self._narrow:
            self._canvas.select((self._pressed,))
        self._canvas.tell_selection(self._before)
        moved = {item: place for item, place in self._places.items() if item.pos() != place}
        boxes = {item: [p.x(), p.y()] for item, p in moved.items() if isinstance(item, AbstractNodeItem)}
        together = len(moved) > len(boxes) and len(moved) > 1
        if together:
            self._canvas.step_begins.emit(f"move {len(moved)} things")
        if boxes and wire is not None:
            self._canvas.insert_node.emit(wire, next(iter(boxes)).id, boxes)
        elif boxes:
            self._canvas.moved_nodes.emit(boxes)
        for item, place in moved.items():
            if isinstance(item, NoteBox):
                self._canvas.note_moved.emit(item, place)
        if together:
            self._canvas.step_ends.emit()

    def cancel(self) -> None:
        self._mark_wire(None)
        for item, place in self._places.items():
            item.setPos(place)
        self._canvas.select(self._before)


class Resize:
    """Make a note wider or narrower; its text decides the height."""

    def __init__(self, canvas: Canvas, event: QMouseEvent, note: NoteBox) -> None:
        self._canvas, self._note, self._width = canvas, note, note.textWidth()
        self._start = canvas.mapToScene(event.position().toPoint()).x()
        before = set(canvas.selected())
        canvas.select((note,))
        canvas.tell_selection(before)

    def move(self, event: QMouseEvent) -> None:
        by = self._canvas.mapToScene(event.position().toPoint()).x() - self._start
        self._note.setTextWidth(max(NARROWEST, float(round(self._width + by))))

    def release(self, event: QMouseEvent) -> None:
        if self._note.textWidth() != self._width:
            self._canvas.note_resized.emit(self._note)

    def cancel(self) -> None:
        self._note.setTextWidth(self._width)


def trembled(start: QPoint, now: QPoint) -> bool:
    """Whether the mouse has moved no further than a hand trembles."""
    return (now - start).manhattanLength() <= SLACK
