"""What is drawn around the boxes of a graph: arrows of parameter connections, groups, notes; kept in step with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from nodeeditor.fields import Json
from nodeeditor.foreign import KEPT
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.frames import FieldArrow, GroupFrame
from nodeeditor.gui.canvas.notes import NARROWEST, NoteBox, PlainNoteBox
from nodeeditor.network import endpoint

if TYPE_CHECKING:
    from nodeeditor.gui.document.graph import Graph

_NOTE_WIDTH = 180.0


class Scenery:
    """The arrows, group frames and notes on one canvas. `show` makes them what the graph says now."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._arrows: dict[tuple[NodeBox, NodeBox, str], FieldArrow] = {}
        self._groups: dict[str, GroupFrame] = {}
        self._notes: list[tuple[NoteBox, Json]] = []
        graph.viewer().note_moved.connect(self._note_moved)
        graph.viewer().note_resized.connect(self._note_resized)

    def show(self) -> None:
        """Draw what is new, change what differs, take away what is gone."""
        boxes = {node.name(): node.view for node in self._graph.editor_nodes()}
        self._show_arrows(boxes)
        self._show_groups()
        self._show_notes()

    def notes(self) -> list[NoteBox]:
        """The notes, in the order of the network."""
        return [box for box, _ in self._notes]

    def groups(self) -> list[GroupFrame]:
        """The frames of the groups that have members."""
        return list(self._groups.values())

    def _show_arrows(self, boxes: dict[str, NodeBox]) -> None:
        wanted: dict[tuple[NodeBox, NodeBox], list[str]] = {}
        for destination, source in sorted(self._graph.rest.links.items()):
            ends = (endpoint(source)[0], endpoint(destination)[0])
            if ends[0] != ends[1] and all(end in boxes for end in ends):
                wanted.setdefault((boxes[ends[0]], boxes[ends[1]]), []).append(f"{source} \u2192 {destination}")
        keys = {(*ends, "\n".join(lines)) for ends, lines in wanted.items()}
        for key in set(self._arrows) - keys:
            self._arrows.pop(key).detach()
        for key in keys - set(self._arrows):
            self._arrows[key] = FieldArrow(*key)
            self._graph.scene().addItem(self._arrows[key])

    def _show_groups(self) -> None:
        members: dict[str, list[NodeBox]] = {}
        for node in self._graph.editor_nodes():
            if node.spec.group:
                members.setdefault(node.spec.group, []).append(node.view)
        tints = {
            str(group.get("name", "")): _tint(group) for group in self._graph.rest.groups if isinstance(group, dict)
        }
        for name in set(self._groups) - set(members):
            self._groups.pop(name).detach()
        for name, boxes in members.items():
            if name in self._groups:
                self._groups[name].show_group(name, boxes, tints.get(name, ""))
            else:
                self._groups[name] = GroupFrame(name, boxes, tints.get(name, ""))
                self._graph.scene().addItem(self._groups[name])

    def _show_notes(self) -> None:
        if [note for _, note in self._notes] == list(self._graph.rest.notes):
            return
        for box, _ in self._notes:
            self._graph.scene().removeItem(box)
        self._notes = [(self._note(note), note) for note in self._graph.rest.notes]

    def _note(self, note: Json) -> NoteBox:
        text, (x, y, width, _) = _note_parts(note)
        kind = PlainNoteBox if KEPT in self._graph.rest.extra else NoteBox
        box = kind(text, max(NARROWEST, width), _tint(note), _title(note))
        box.setPos(x, y)
        box.edited = lambda written: self._change_note("write on note", box, lambda *_: {"text": written})
        box.unfolded = lambda: self.fold(box, folded=False)
        box.fold(isinstance(note, dict) and note.get("collapsed") is True)
        self._graph.scene().addItem(box)
        return box

    def _note_moved(self, box: Any, before: QPointF) -> None:
        moved = box.pos().x(), box.pos().y()
        self._change_note("move note", box, lambda _, __, width, height: {"frame": [*moved, width, height]})

    def _note_resized(self, box: Any) -> None:
        width = float(round(box.textWidth()))
        self._change_note("resize note", box, lambda x, y, _, height: {"frame": [x, y, width, height]})

    def recolour(self, note: NoteBox, color: Sequence[int]) -> None:
        """Put a note on paper of another colour, as one step to undo."""
        self._change_note("colour note", note, lambda *_: {"color": list(color)})

    def fold(self, note: NoteBox, *, folded: bool) -> None:
        """Show a note's title alone, or all that is written, as one step to undo."""
        note.fold(folded)
        self._change_note("fold note" if folded else "unfold note", note, lambda *_: {"collapsed": folded})

    def _change_note(
        self, label: str, box: NoteBox, change: Callable[[float, float, float, float], dict[str, Json]]
    ) -> None:
        """Change some entries of the note as a box shows it now; nothing where the network has another one by now."""
        notes = list(self._graph.rest.notes)
        for index, (one, shown) in enumerate(self._notes):
            if one is box and notes[index : index + 1] == [shown]:
                said = {**(shown if isinstance(shown, dict) else {}), **change(*_note_parts(shown)[1])}
                notes[index] = {name: value for name, value in said.items() if (name, value) != ("collapsed", False)}
                self._notes[index] = (box, notes[index])
                self._graph.set_rest(label, replace(self._graph.rest, notes=tuple(notes)))


def _note_parts(note: Json) -> tuple[str, tuple[float, float, float, float]]:
    entry = note if isinstance(note, dict) else {}
    frame = entry.get("frame")
    numbers = frame if isinstance(frame, list) and len(frame) == 4 else []
    if not numbers or not all(isinstance(number, (int, float)) for number in numbers):
        numbers = [0.0, 0.0, _NOTE_WIDTH, 80.0]
    x, y, width, height = (float(number) for number in numbers)
    return str(entry.get("text", "")), (x, y, width, height)


def _title(note: Json) -> str:
    title = note.get("title") if isinstance(note, dict) else None
    return title if isinstance(title, str) else ""


def _tint(entry: Json) -> str:
    """The colour of a group or note, ``#rrggbb``; empty, for the theme's, where the file says none that can be."""
    color = entry.get("color") if isinstance(entry, dict) else None
    if not isinstance(color, list) or len(color) < 3 or not all(isinstance(part, (int, float)) for part in color):
        return ""
    red, green, blue = _bytes(color[:3])
    return QColor(red, green, blue).name()


def _bytes(numbers: Iterable[float]) -> list[int]:
    return [min(255, max(0, int(number))) for number in numbers]
