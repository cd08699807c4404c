"""Everything that a person can do to a document, by the functions that mouse, keys, menus and panels call.

Each gesture takes three numbers, which choose among what is there, so that a list of numbers is a session's script.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from nodeeditor import edits
from nodeeditor.file import save
from nodeeditor.gui.canvas.activity import Activity
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.dropping import MIME_TYPE, Dropping
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.network import Network, NodeSpec

from ...samples import network
from .viewsamples import VIEWING

T = TypeVar("T")
TYPES = ("Ramp", "Add", "Sum", "Split", "Knobs", "Sight", "LocalImage", "Unheard")
NAMES = ("Ramp", "Alpha", "B 2", "ü", "no.name", "Sum1")
GROUPS = ("Red", "Blue")
SIZE = (1200, 900)
NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
FIELDS: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "Ramp": (("offset", (0, 3, -8)), ("slices", (8, 2))),
    "Add": (("constant", (1.0, 0.5, 2e-7)),),
    "Knobs": (
        ("real", (0.0, 4.5, -1.0)),
        ("flag", (True, False)),
        ("text", ("", "a longer text that makes the box wide", "ü\n")),
        ("place", ([0, 0, 0], [1, 2.5, 3])),
    ),
    "Sight": (("columns", (1, 4)), ("slice", (None, 0, 17)), ("zoom", (1.0, 2.5))),
    "LocalImage": (("name", ("", "$(NETWORK)/head.nii.gz")),),
}
FOREIGN = NodeSpec("Unheard", {"b": [1], "a": "x"}, None, "Red", {"later": {"z": 1, "a": 2}}, True, {"_tool": 5})
OTHERS = (
    network(
        "Add.input0=Ramp.output0", "Sum.input0=Add.output0", "Sum.input1=Ramp.output0", "Sight.input0=Sum.output0",
        Ramp="Ramp", Add="Add", Sum="Sum", Sight=NodeSpec("Sight", {"slice": 3, "columns": 2}, windows={"_viewer": 1}),
    ),
    network(
        "Alpha.in=Split.lower", "Alpha.other=Lost.x", "Knobs.input0=Alpha.out", "Knobs.real=Knobs1.real",
        "Knobs1.real=Knobs.real", "Knobs1.whole=Alpha.count",
        Alpha=FOREIGN, Split=NodeSpec("Split", frame=(-200, 100, 96, 64)), Knobs="Knobs", Knobs1="Knobs",
    ),
    Network(groups=({"name": "Red", "color": [1, 2, 3]}, "odd"), notes=("odd", {"text": "x"}), extra={"later": [1]}),
)  # fmt: skip


def pick(choices: Sequence[T], number: int) -> T:
    """One of some choices."""
    return choices[number % len(choices)]


class Hand:
    """A person at a document: ``answer`` is what they type into the next question."""

    def __init__(self, folder: Path) -> None:
        self.document = Document(VIEWING)
        self.graph, self.canvas = self.document.graph, self.document.canvas
        self.answer = ""
        self.said: list[str] = []
        self.editing = Editing(self.document, self.said.append)
        self.dropping = Dropping(self.document, self.editing, lambda path: None)
        self._older = [OTHERS[0]]
        self.path = folder / "Hand.mlab.json"
        save(OTHERS[0], self.path)
        self.document.load(self.path)
        self.canvas.resize(*SIZE)
        self.canvas.show()
        QApplication.processEvents()

    def close(self) -> None:
        """Leave."""
        self.canvas.close()
        self.document.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- what is there

    def nodes(self) -> list[EditorNode]:
        return sorted(self.graph.editor_nodes(), key=lambda node: str(node.name()))

    def connectors(self) -> list[Connector]:
        return [connector for node in self.nodes() for connector in (*node.view.inputs, *node.view.outputs)]

    def wires(self) -> list[Any]:
        return sorted(self.canvas.all_pipes(), key=lambda wire: wire.input_port.node.name + "." + wire.input_port.name)

    def ends(self) -> list[str]:
        """Inputs, outputs and fields, right and wrong."""
        nodes = [(node.name(), VIEWING.get(node.spec.type)) for node in self.nodes()]
        return [f"{name}.{field}" for name, kind in nodes if kind for field in kind.declaration.fields]

    # --- the mouse

    def _at(self, point: QPointF) -> QPoint:
        return QPoint(self.canvas.mapFromScene(point))

    def _mouse(self, kind: QEvent.Type, pos: QPoint, keys: Qt.KeyboardModifier, held: Qt.MouseButton) -> None:
        viewport, left = self.canvas.viewport(), Qt.MouseButton.LeftButton
        where = QPointF(viewport.mapToGlobal(pos))
        QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(pos), where, left, held, keys))

    def drag(
        self,
        start: QPointF,
        stop: QPointF,
        keys: Qt.KeyboardModifier = NONE,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Press at one point of the scene, move to another in three steps, release; ``meanwhile`` before that."""
        self.graph.look()
        self.canvas.frame(QRectF(start, stop).normalized().adjusted(-300, -250, 300, 250))
        first, last = self._at(start), self._at(stop)
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseButtonPress, first, keys, left)
        for part in (0.3, 0.9, 1.0):
            self._mouse(QEvent.Type.MouseMove, first + (last - first) * part, keys, left)
        meanwhile()
        self._mouse(QEvent.Type.MouseButtonRelease, last, keys, none)

    def handles(self) -> list[QPointF]:
        """Where the mouse can take hold of something."""
        things = [node.view.sceneBoundingRect().center() for node in self.nodes()]
        things += [note.mapToScene(QPointF(20, 12)) for note in self.graph.scenery.notes()]
        return things + [connector.anchor for connector in self.connectors()]

    def click(self, point: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        self.drag(point, point, keys)

    # --- choosing

    def select(self, a: int, b: int, c: int) -> None:
        """Take up to three nodes, by the program."""
        nodes = self.nodes()
        chosen = [pick(nodes, number).name() for number in (a, b, c)[: 1 + a % 3]] if nodes else []
        self.editing.select(chosen)

    def select_by_mouse(self, a: int, b: int, c: int) -> None:
        things = [node.view for node in self.nodes()] + self.graph.scenery.notes()
        if things:
            self.click(pick(things, a).sceneBoundingRect().center(), SHIFT if b % 2 else NONE)

    def select_in_band(self, a: int, b: int, c: int) -> None:
        self.drag(_point(a, b), _point(b, c), SHIFT if c % 2 else NONE)

    def select_all(self, a: int, b: int, c: int) -> None:
        self.editing.select_all()

    # --- nodes

    def add(self, a: int, b: int, c: int) -> None:
        """A double click in the palette."""
        self.editing.add(pick(TYPES, a), _point(b, c))

    def drop_type(self, a: int, b: int, c: int) -> None:
        """A node type dragged from the palette, in half of the cases onto a wire."""
        data, wires = QMimeData(), self.wires()
        data.setData(MIME_TYPE, pick(TYPES[:-1], a).encode())
        at = _middle(pick(wires, b)) if wires and c % 2 else _point(b, c)
        self.dropping.drop(data, at.toPoint())

    def drop_images(self, a: int, b: int, c: int) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.path.parent / f"image{i}.nii")) for i in range(1 + a % 2)])
        self.dropping.drop(data, _point(b, c).toPoint())

    def add_at_end(self, a: int, b: int, c: int) -> None:
        """A connection pulled onto empty ground, and a choice among what fits."""
        ends = [c for c in self.connectors() if self.graph.library.get(_type(self, c)) is not None]
        free = [f"{end.node.name}.{end.name}" for end in ends if end.is_output or not end.connected_pipes]
        if free:
            end = pick(free, a)
            node_type, connector = pick(edits.fitting(self.graph.network(), VIEWING, end), b)
            self.editing.add(node_type, _point(b, c), connector, end)

    def delete(self, a: int, b: int, c: int) -> None:
        self.editing.delete()

    def delete_line(self, a: int, b: int, c: int) -> None:
        """One wire or note, chosen by the program."""
        things = self.wires() + self.graph.scenery.notes()
        if things:
            self.canvas.select([pick(things, a)])
            self.editing.delete()

    def heal(self, a: int, b: int, c: int) -> None:
        self.editing.delete_and_heal()

    def rename(self, a: int, b: int, c: int) -> None:
        self.select(3 * a, b, c)
        self.answer = pick(NAMES, b)
        self.editing.rename()

    def bypass(self, a: int, b: int, c: int) -> None:
        self.editing.bypass()

    def cut(self, a: int, b: int, c: int) -> None:
        self.editing.cut()

    def copy(self, a: int, b: int, c: int) -> None:
        self.editing.copy()

    def paste(self, a: int, b: int, c: int) -> None:
        self.editing.paste()

    def duplicate(self, a: int, b: int, c: int) -> None:
        self.editing.duplicate()

    def replace(self, a: int, b: int, c: int) -> None:
        """Make a node one of another type, whatever that loses."""
        self.select(3 * a, b, c)
        for name in self.editing.names:
            self.editing.replace(name, pick(TYPES[:-1], c))

    def paint(self, a: int, b: int, c: int) -> None:
        self.editing.paint(QColor(a % 256, b % 256, 7) if c % 3 else None)

    def insert_file(self, a: int, b: int, c: int) -> None:
        """Put what the file held last into the network once more."""
        self.editing.insert(self.path, _point(b, c))

    def copy_note(self, a: int, b: int, c: int) -> None:
        notes = self.graph.scenery.notes()
        if notes:
            self.canvas.select([pick(notes, a)])
            self.editing.copy()

    # --- connections

    def connect(self, a: int, b: int, c: int) -> None:
        """Drag from a connector to another: what does not fit is refused, what was there is replaced."""
        connectors = self.connectors()
        if connectors:
            self.drag(pick(connectors, a).anchor, pick(connectors, b).anchor)

    def connect_to_box(self, a: int, b: int, c: int) -> None:
        connectors, nodes = self.connectors(), self.nodes()
        if connectors:
            self.drag(pick(connectors, a).anchor, pick(nodes, b).view.sceneBoundingRect().center())

    def move_end(self, a: int, b: int, c: int) -> None:
        """Take a wire off its input and drop it on another connector, or on empty ground."""
        wires, connectors = self.wires(), self.connectors()
        if wires:
            stop = pick(connectors, b).anchor if c % 3 else _point(b, c)
            self.drag(pick(wires, a).input_port.anchor, stop)

    def drag_wire(self, a: int, b: int, c: int) -> None:
        wires, connectors = self.wires(), self.connectors()
        if wires:
            wire = pick(wires, a)
            self.drag(_middle(wire, 0.2 + 0.6 * (c % 2)), pick(connectors, b).anchor)

    def stroke(self, a: int, b: int, c: int) -> None:
        """Cut what lies across a wire."""
        wires = self.wires()
        if wires:
            middle = _middle(pick(wires, a))
            self.drag(middle - QPointF(40 + b, 9), middle + QPointF(40 + c, 9), ALT | SHIFT)

    def disconnect(self, a: int, b: int, c: int) -> None:
        self.editing.disconnect()

    def connect_fields(self, a: int, b: int, c: int) -> None:
        ends = self.ends()
        if ends:
            destination, source = pick(ends, a), pick(ends, b)
            self._model(destination.split(".")[0], lambda model: model.connect_fields(destination, source))

    def disconnect_field(self, a: int, b: int, c: int) -> None:
        links = sorted(self.graph.rest.links)
        if links and self.nodes():
            self._model(self.nodes()[0].name(), lambda model: model.disconnect_field(pick(links, a)))

    # --- places

    def move(self, a: int, b: int, c: int) -> None:
        """Drag a box, with all that is selected with it."""
        if self.nodes():
            at = pick(self.nodes(), a).view.sceneBoundingRect().center()
            self.drag(at, at + QPointF(b % 300 - 150, c % 240 - 120))

    def insert(self, a: int, b: int, c: int) -> None:
        """Drag a lone box onto a wire."""
        nodes, wires = self.nodes(), self.wires()
        if wires:
            node = pick(nodes, a)
            self.editing.select([node.name()])
            self.drag(node.view.sceneBoundingRect().center(), _middle(pick(wires, b)))

    def move_group(self, a: int, b: int, c: int) -> None:
        groups = self.graph.scenery.groups()
        if groups:
            at = pick(groups, a).title_rect.center()
            self.drag(at, at + QPointF(b % 200 - 100, c % 200 - 100))

    def align(self, a: int, b: int, c: int) -> None:
        self.editing.align(pick(("left", "center", "right", "top", "middle", "bottom"), a))

    def distribute(self, a: int, b: int, c: int) -> None:
        self.editing.distribute(across=bool(a % 2))

    def arrange(self, a: int, b: int, c: int) -> None:
        self.editing.arrange()

    # --- groups and notes

    def group(self, a: int, b: int, c: int) -> None:
        self.answer = pick(GROUPS, a)
        self.editing.group()

    def ungroup(self, a: int, b: int, c: int) -> None:
        self.editing.ungroup()

    def rename_group(self, a: int, b: int, c: int) -> None:
        self.answer = pick((*GROUPS, "Green"), b)
        self.editing.rename_group(pick(GROUPS, a))

    def recolour_group(self, a: int, b: int, c: int) -> None:
        self.editing.recolour_group(pick(GROUPS, a), QColor(b % 256, c % 256, 7))

    def dissolve_group(self, a: int, b: int, c: int) -> None:
        self.editing.dissolve_group(pick(GROUPS, a))

    def add_note(self, a: int, b: int, c: int) -> None:
        self.editing.add_note(_point(a, b))

    def write_note(self, a: int, b: int, c: int) -> None:
        notes = self.graph.scenery.notes()
        if notes:
            note = pick(notes, a)
            note.edit()
            note.setPlainText(pick(("", "short", "two\nlines", "<b>ü</b>"), b))
            note.focusOutEvent(QFocusEvent(QEvent.Type.FocusOut))

    def move_note(self, a: int, b: int, c: int) -> None:
        notes = self.graph.scenery.notes()
        if notes:
            at = pick(notes, a).mapToScene(QPointF(20, 12))
            self.drag(at, at + QPointF(b % 200 - 100, c % 200 - 100))

    def resize_note(self, a: int, b: int, c: int) -> None:
        notes = self.graph.scenery.notes()
        if notes:
            grip = pick(notes, a).mapToScene(pick(notes, a).grip.center())
            self.drag(grip, grip + QPointF(b % 200 - 100, 0))

    # --- fields

    def set_field(self, a: int, b: int, c: int) -> None:
        """An edit in a panel; the gestures' numbers make some of them merge."""
        nodes = [node for node in self.nodes() if node.spec.type in FIELDS]
        if nodes:
            node = pick(nodes, a)
            field, values = pick(FIELDS[node.spec.type], b)
            self._model(node.name(), lambda model: model.set_field(field, pick(values, c), 1 + a % 2))

    def drag_slider(self, a: int, b: int, c: int) -> None:
        nodes = [node for node in self.nodes() if node.spec.type == "Knobs"]
        if nodes:
            model = NodeModel(self.document, pick(nodes, a).name())
            for step in range(4):
                model.set_field("real", float(b + c * step), 100 + b)
            model.release()

    def set_view_state(self, a: int, b: int, c: int) -> None:
        sights = [node.name() for node in self.nodes() if node.spec.type == "Sight"]
        if sights:
            self.graph.set_view_state(pick(sights, a), {"slice": b, "zoom": 1.0 + c % 3})

    def set_windows(self, a: int, b: int, c: int) -> None:
        if self.nodes():
            place = {"frame": [b, c, 300, 200], "open": bool(b % 2)}
            self.graph.set_windows(pick(self.nodes(), a).name(), {"_viewer": place} if c % 4 else {})

    def _model(self, name: str, act: Callable[[NodeModel], object]) -> None:
        model = NodeModel(self.document, name)
        act(model)
        model.release()

    # --- what the session tells, which is no part of the network

    def tell(self, a: int, b: int, c: int) -> None:
        """Lamps, facts, explanations and the glow of an output come, change and go."""
        names = [node.name() for node in self.nodes()]
        some = names[: a % (len(names) + 1)]
        outputs = [connector.end for connector in self.connectors() if connector.is_output]
        self.canvas.show_explanations(dict.fromkeys(some, f"{b} → {c}"))
        self.graph.show_activities({name: Activity("done", b / 100, c) for name in some})
        self.graph.show_facts(dict.fromkeys(outputs[: b % 4], f"{b} x {c}"))
        self.canvas.show_inspected(pick([*outputs, ""], c))

    # --- whole networks

    def apply_other(self, a: int, b: int, c: int) -> None:
        """Become another network, or one of before."""
        self._older.append(self.graph.network())
        self.graph.apply("become", pick((*OTHERS, *self._older[-3:]), a))

    def reload(self, a: int, b: int, c: int) -> None:
        """Another program has written the file."""
        other = self.graph.network() if a % 2 else pick(OTHERS, b)
        if other.nodes:
            name = pick(sorted(other.nodes), c)
            frame = (float(b), float(c), 200.0, 90.0)
            spec = replace(other.nodes[name], frame=frame, windows={"_default": c}, extra={"z": b, "a": c})
            other = other.with_node(name, spec)
        save(other, self.path)
        self.document.reload()

    def let_pass(self, a: int, b: int, c: int) -> None:
        """Wait until the network has been looked at."""
        QApplication.processEvents()


GESTURES: dict[str, Callable[[Hand, int, int, int], None]] = {
    name: act
    for name, act in vars(Hand).items()
    if inspect.isfunction(act) and list(inspect.signature(act).parameters) == ["self", "a", "b", "c"]
}


def _type(hand: Hand, connector: Connector) -> str:
    node = hand.graph.node(connector.node.name)
    return node.spec.type if node else ""


def _point(a: int, b: int) -> QPointF:
    return QPointF(a % 900 - 450, b % 700 - 350)


def _middle(wire: Any, part: float = 0.5) -> QPointF:
    return QPointF(wire.mapToScene(wire.path().pointAtPercent(part)))


def box_names(hand: Hand) -> list[str]:
    """The titles of the boxes that lie on the canvas."""
    return sorted(item.name for item in hand.canvas.scene().items() if isinstance(item, NodeBox))
