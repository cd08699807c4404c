"""A network under the mouse and the keys.

NodeGraphQt's view records modifier keys and mouse buttons in attributes, which go wrong as soon as a key is released
in another window. Here every event speaks for itself, and a pressed button is one object (`gestures`, `connecting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QFocusEvent, QKeyEvent, QMouseEvent, QUndoStack
from PySide6.QtWidgets import QGraphicsView, QRubberBand, QWidget

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connecting import Connect, kinds_fit
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.canvas.explanation import Explanation
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.gestures import Cut, Gesture, Move, Pan, PressReload, Resize, RubberBand
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.theme import Theme
from nodeeditor.gui.canvas.tip import Tip
from nodeeditor.gui.canvas.view import NetworkView
from nodeeditor.gui.canvas.wires import CutLine, LiveWire, Wire

_NEAR = 6  # pixels by which a connector or wire may be missed

_Modifier, _Button = Qt.KeyboardModifier, Qt.MouseButton


class Canvas(NetworkView):
    """Boxes and wires under the mouse. Edits leave as NodeGraphQt's signals, so that each is one step to undo."""

    connection_requested = Signal(object, object)  # output, input: after connection_changed has told the graph
    connection_dropped_on_empty = Signal(object, QPointF)  # connector, place in the scene
    end_clicked = Signal(str)  # the output, Node.connector, whose data is at the connector or in the wire
    reload_clicked = Signal(str)  # node
    inside_wanted = Signal(str)  # node, whose inside somebody wants to see
    group_double_clicked = Signal(object)
    background_double_clicked = Signal(QPointF)
    note_moved = Signal(object, QPointF)  # note, where it was
    step_begins, step_ends = Signal(str), Signal()  # around several of the signals that are one step to undo, its name
    note_resized = Signal(object)
    context_menu_requested = Signal(object, QPointF, QPoint)  # item or None, place in the scene, place on the screen
    keys = Signal(str)  # text typed while nothing is being edited

    _gesture: Gesture | None = None  # of the class, since Qt scrolls while the view is being built
    _LIVE_PIPE: LiveWire
    _SLICER_PIPE: CutLine

    def __init__(self, parent: QWidget | None = None, undo_stack: QUndoStack | None = None) -> None:
        super().__init__(parent, undo_stack)
        self.fits: Callable[[Connector, Connector], str] = kinds_fit
        self._button = _Button.NoButton
        self._space = False
        self._explanations: dict[str, Explanation] = {}
        self.scene().timings = False
        for stock in (self._LIVE_PIPE, self._SLICER_PIPE, self._cursor_text):
            self.scene().removeItem(stock)
        self._LIVE_PIPE = LiveWire()
        self._SLICER_PIPE = CutLine()
        self.scene().addItem(self.live_wire)
        self.scene().addItem(self.cut_line)
        self.band: QRubberBand = self._rubber_band
        self.tip = Tip(self)
        self.tip.show_theme(self.scene().theme)

    @property
    def live_wire(self) -> LiveWire:
        """The line that follows the mouse while a connection is dragged."""
        return self._LIVE_PIPE

    @property
    def cut_line(self) -> CutLine:
        """The stroke that cuts wires."""
        return self._SLICER_PIPE

    def show_theme(self, theme: Theme) -> None:
        """Paint everything in other colours."""
        super().show_theme(theme)
        self.tip.show_theme(theme)

    def show_cursor(self) -> None:
        """The cursor for the state of the keys."""
        if self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()

    def establish_connection(self, start_port: Connector, end_port: Connector) -> None:
        """Lay a wire between two connectors."""
        wire = Wire()
        self.scene().addItem(wire)
        wire.set_connections(start_port, end_port)
        wire.draw_path(wire.output_port, wire.input_port)
        wire.reset()

    @staticmethod
    def acyclic_check(start_port: Connector, end_port: Connector) -> bool:
        """Always true: NodeGraphQt's search is quadratic over a network; ``fits`` has asked before."""
        return True

    # --- what is told about the nodes

    def show_timings(self, shown: bool) -> None:
        """Write below each box what the last work of its node cost, or leave it out."""
        self.scene().timings = shown
        for box in self.boxes():
            box.show_timing()

    def show_explanations(self, texts: Mapping[str, str]) -> None:
        """Let nodes, by their names, say something in a label beside their boxes, and no others."""
        stay = {name for name, label in self._explanations.items() if self._says(label, name) and name in texts}
        for name in set(self._explanations) - stay:
            self._explanations.pop(name).detach()
        new = [box for box in self.boxes() if box.name in texts and box.name not in stay] if set(texts) - stay else []
        for box in new:
            self._explanations[box.name] = Explanation(box)
            self.scene().addItem(self._explanations[box.name])
        for name, label in self._explanations.items():
            label.say(texts[name], self.zoom)

    def explanations(self) -> dict[str, str]:
        """What nodes say in labels beside their boxes now, by name."""
        return {name: label.text for name, label in self._explanations.items()}

    def _says(self, label: Explanation, name: str) -> bool:
        return label.box.name == name and label.box.scene() is self.scene()

    def show_inspected(self, end: str) -> None:
        """Let one output, given as ``Node.connector``, glow, and no other; none where the text is empty."""
        outputs = (output for box in self.boxes() for output in box.outputs) if end else ()
        self._inspect(next((output for output in outputs if output.end == end), None))

    def _inspect(self, output: Connector | None) -> None:
        for box in self.boxes():
            for connector in box.outputs:
                connector.inspected = connector is output

    def _end_clicked(self, output: Connector | None) -> None:
        if output is not None:
            self._inspect(output)
            self.end_clicked.emit(output.end)

    # --- what lies where

    def boxes(self) -> list[NodeBox]:
        """The boxes of all nodes."""
        return [item for item in self.scene().items() if isinstance(item, NodeBox)]

    def selected(self) -> list[Any]:
        """The selected items."""
        return list(self.scene().selectedItems())

    def select(self, items: Iterable[Any]) -> None:
        """Select these items and no others."""
        wanted, now = set(items), set(self.selected())
        for item in now - wanted:
            item.setSelected(False)
        for item in wanted - now:
            item.setSelected(True)

    def tell_selection(self, before: set[Any]) -> None:
        """Tell NodeGraphQt which nodes the mouse has selected and deselected."""
        ids = [{item.id for item in items if isinstance(item, AbstractNodeItem)} for items in (before, self.selected())]
        if ids[0] != ids[1]:
            self.node_selection_changed.emit(sorted(ids[1] - ids[0]), sorted(ids[0] - ids[1]))

    def connectors_in_sight(self) -> list[Connector]:
        """The connectors that are seen, at least in part."""
        return [item for item in self.items(self.viewport().rect()) if isinstance(item, Connector)]

    def connector_near(self, pos: QPoint) -> Connector | None:
        """The connector at a point of the viewport, or the nearest one close by."""
        if self.zoom < self.scene().theme.simple_below:
            return None
        around = QRect(pos - QPoint(_NEAR, _NEAR), pos + QPoint(_NEAR, _NEAR))
        found = [item for item in self.items(pos) if isinstance(item, Connector)]
        found = found or [item for item in self.items(around) if isinstance(item, Connector)]
        here = self.mapToScene(pos)
        return min(found, key=lambda c: (c.scenePos() - here).manhattanLength(), default=None)

    def box_at(self, pos: QPoint) -> NodeBox | None:
        """The box at a point of the viewport."""
        return next((item for item in self.items(pos) if isinstance(item, NodeBox)), None)

    def item_at(self, pos: QPoint) -> Any:
        """What the mouse takes hold of at a point of the viewport; None on empty ground."""
        on = self.items(pos)
        box = next((item for item in on if isinstance(item, AbstractNodeItem)), None)
        if any(isinstance(item, Connector) for item in on) or box is None:
            connector = self.connector_near(pos)
            if connector is not None:
                return connector
        around = QRect(pos - QPoint(_NEAR // 2, _NEAR // 2), pos + QPoint(_NEAR // 2, _NEAR // 2))
        near = self.items(around) if box is None else []
        wire = next((item for item in near if isinstance(item, Wire)), None)
        return box or wire or next((item for item in on if isinstance(item, GroupFrame | NoteBox)), None)

    def can_insert(self, box: NodeBox, wire: Wire) -> bool:
        """Whether a box fits into a wire, with its first input and output and nothing connected to them."""
        ends = [*box.inputs[:1], *box.outputs[:1]]
        if len(ends) != 2 or any(c.connected_pipes or not c.isVisible() for c in ends) or not wire.input_port:
            return False
        return not (self.fits(wire.output_port, ends[0]) or self.fits(ends[1], wire.input_port))

    # --- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._previous_pos = self._origin_pos = event.position().toPoint()
        if self._gesture is not None:
            self.cancel_gesture()  # a second button means: never mind
            return
        editing = self.scene().focusItem()
        self._gesture = self._gesture_for(event)
        self._button = event.button()
        if self._gesture is None and event.button() == _Button.LeftButton:
            QGraphicsView.mousePressEvent(self, event)
        elif editing is not None:
            editing.clearFocus()

    def _gesture_for(self, event: QMouseEvent) -> Gesture | None:
        button, modifiers = event.button(), event.modifiers()
        if button == _Button.MiddleButton:
            return Pan(self, event, self.box_at(event.position().toPoint()))
        if button == _Button.LeftButton and self._space:
            return Pan(self, event)
        if (button == _Button.LeftButton and _has(modifiers, _Modifier.AltModifier, _Modifier.ShiftModifier)) or (
            button == _Button.RightButton and _has(modifiers, _Modifier.ControlModifier, _Modifier.ShiftModifier)
        ):
            return Cut(self, event)
        if button != _Button.LeftButton:
            return None
        return self._left_gesture(event, self.item_at(event.position().toPoint()))

    def _left_gesture(self, event: QMouseEvent, item: Any) -> Gesture | None:
        match item:
            case Connector():
                return self._connector_gesture(event, item)
            case Wire():
                return self._wire_gesture(event, item)
            case NodeBox() if item.reload_rect.contains(item.mapFromScene(self._scene_pos(event))):
                return PressReload(self, item)
            case GroupFrame():
                return Move(self, event, item, group=item.members)
            case NoteBox() if item.editing:
                return None
            case NoteBox() if item.grip.contains(item.mapFromScene(self._scene_pos(event))):
                return Resize(self, event, item)
            case AbstractNodeItem() | NoteBox():
                return Move(self, event, item)
        return RubberBand(self, event)

    def _connector_gesture(self, event: QMouseEvent, connector: Connector) -> Connect:
        def clicked() -> None:
            self._end_clicked(connector.carried)

        wires = connector.connected_pipes
        if connector.is_output or not wires:
            return Connect(self, event, connector, clicked)
        return Connect(self, event, wires[-1].output_port, clicked, wires[-1], connector)

    def _wire_gesture(self, event: QMouseEvent, wire: Wire) -> Connect:
        def clicked() -> None:
            before = set(self.selected())
            self.select((wire,))
            self.tell_selection(before)
            self._end_clicked(wire.output_port)

        home = wire.port_from_pos(self._scene_pos(event))
        fixed = wire.input_port if home is wire.output_port else wire.output_port
        return Connect(self, event, fixed, clicked, wire, home)

    def _scene_pos(self, event: QMouseEvent) -> QPointF:
        return QPointF(self.mapToScene(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._previous_pos = event.position().toPoint()
        if self._gesture is None:
            QGraphicsView.mouseMoveEvent(self, event)
        elif event.buttons() & self._button:
            self._gesture.move(event)
        else:
            self.cancel_gesture()  # the release went to another window

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._previous_pos = event.position().toPoint()
        if self._gesture is None:
            QGraphicsView.mouseReleaseEvent(self, event)
        elif event.button() == self._button:
            gesture, self._gesture = self._gesture, None
            gesture.release(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if isinstance(self._gesture, Connect):
            self._gesture.light_up()  # other connectors have come in sight

    @property
    def busy(self) -> bool:
        """Whether a button is pressed on the canvas, so that what it does is not done yet."""
        return self._gesture is not None

    def cancel_gesture(self) -> None:
        """Leave everything as it was before the button was pressed."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self.item_at(event.position().toPoint())
        if event.button() != _Button.LeftButton or isinstance(item, Connector | Wire):
            self.mousePressEvent(event)  # somebody is quick
        elif item is None:
            self.background_double_clicked.emit(self._scene_pos(event))
        elif isinstance(item, GroupFrame):
            self.group_double_clicked.emit(item)
        elif isinstance(item, NodeBox) and event.modifiers() & _Modifier.ControlModifier:
            self.inside_wanted.emit(item.name)
        elif isinstance(item, NodeBox):  # not by way of the scene, which has seen no press and so would take it for one
            item.double_clicked(item.mapFromScene(self._scene_pos(event)))
        elif isinstance(item, NoteBox) and not item.editing:
            item.edit()
        else:
            QGraphicsView.mouseDoubleClickEvent(self, event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        cutting = _has(event.modifiers(), _Modifier.ControlModifier, _Modifier.ShiftModifier)
        if self._gesture is not None or cutting:
            return
        item = self.item_at(event.pos())
        if item is not None and not isinstance(item, Connector | GroupFrame) and not item.isSelected():
            before = set(self.selected())
            self.select((item,))
            self.tell_selection(before)
        self.context_menu_requested.emit(item, self.mapToScene(event.pos()), event.globalPos())

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.data_dropped.emit(event.mimeData(), self.mapToScene(event.position().toPoint()).toPoint())

    def sceneMousePressEvent(self, event: object) -> None:
        """Nothing: the gestures have seen the press before the scene."""

    sceneMouseMoveEvent = sceneMouseReleaseEvent = sceneMousePressEvent  # noqa: N815 - NodeGraphQt's names

    # --- the keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (_Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier)
        if self.scene().focusItem() is not None:
            QGraphicsView.keyPressEvent(self, event)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self.cancel_gesture()
        elif event.key() == Qt.Key.Key_Space:
            self._hold_space(True)
        elif plain and event.text().isprintable() and event.text():
            self.keys.emit(event.text())
        else:
            QGraphicsView.keyPressEvent(self, event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        QGraphicsView.keyReleaseEvent(self, event)

    def _hold_space(self, held: bool) -> None:
        self._space = held
        if self._gesture is None:
            self.show_cursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        QGraphicsView.focusInEvent(self, event)  # not NodeViewer's, which brings its menus' shortcuts back

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hold_space(False)
        QGraphicsView.focusOutEvent(self, event)

    def _build_context_menus(self) -> None:
        """Nothing: menus are the main window's, with whose shortcuts NodeGraphQt's undo and redo would collide."""

    def tab_search_toggle(self) -> None:
        """Nothing: the editor has a search of its own."""


def _has(modifiers: Qt.KeyboardModifier, *wanted: Qt.KeyboardModifier) -> bool:
    return all(modifiers & modifier for modifier in wanted)
