"""What a person does to the selected nodes of a document: each function is one step to undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QCursor, QGuiApplication

from nodeeditor import edits, places
from nodeeditor.errors import NetworkError
from nodeeditor.fields import Json
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.wires import Wire
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.kin import reached, turned
from nodeeditor.gui.document.naming import asked_name
from nodeeditor.mlab import left_out
from nodeeditor.network import Network, endpoint
from nodeeditor.replacing import replaced

STEP = 160.0  # between what several files become

_NOTE_SIZE = (180, 60)
_TOLD = 4  # things in a sentence; of more only the number is told
_GROUP_COLOR = (79, 121, 168)


class Editing:
    """The edits of one document. ``tell`` says in words what cannot be done."""

    def __init__(self, document: Document, tell: Callable[[str], None]) -> None:
        self._document = document
        self._tell = tell

    # --- what is meant

    @property
    def names(self) -> list[str]:
        """The selected nodes."""
        return [str(name) for name in self._document.graph.selected_names()]

    @property
    def notes(self) -> list[int]:
        """The selected notes, by their places in the network's list."""
        self._document.graph.look()
        shown = self._document.graph.scenery.notes()
        return [place for place, note in enumerate(shown) if note.isSelected()]

    def select(self, names: Iterable[str], last_notes: int = 0) -> None:
        """Select these nodes and so many of the last notes, and nothing else."""
        wanted = set(names)
        graph, canvas = self._document.graph, self._document.canvas
        graph.look()
        before, notes = set(canvas.selected()), graph.scenery.notes()
        boxes = [node.view for node in graph.editor_nodes() if node.name() in wanted]
        canvas.select([*boxes, *notes[len(notes) - last_notes :]])
        canvas.tell_selection(before)

    def select_all(self) -> None:
        """Select every node."""
        self.select(self._network().nodes)

    def select_upstream(self, *, down: bool = False) -> None:
        """Select also what feeds the selected nodes, or what they feed."""
        steps: dict[str, set[str]] = {}
        for destination, source in self._network().connections.items():
            steps.setdefault(endpoint(destination)[0], set()).add(endpoint(source)[0])
        self.select({*self.names, *reached(turned(steps) if down else steps, self.names)})

    def show(self, name: str) -> None:
        """Select one node and bring it into sight."""
        self.select([name])
        self._document.canvas.frame_selection()

    def cursor(self) -> QPointF:
        """The point of the scene below the mouse, or in the middle of what is seen."""
        canvas = self._document.canvas
        pos = canvas.viewport().mapFromGlobal(QCursor.pos())
        inside = canvas.viewport().rect().contains(pos) and canvas.isVisible()
        return QPointF(canvas.mapToScene(pos)) if inside else canvas.visible_rect().center()

    def _network(self) -> Network:
        return self._document.graph.network()

    def placed(self) -> Network:
        """The network with the places that automatically placed boxes have on the canvas."""
        network = self._network()
        nodes = dict(network.nodes)
        for node in self._document.graph.editor_nodes():
            spec = nodes[node.name()]
            if spec.frame is None:
                x, y = node.view.xy_pos
                nodes[node.name()] = replace(spec, frame=(x, y, node.view.width, node.view.height))
        return replace(network, nodes=nodes)

    def _apply(self, label: str, network: Network) -> None:
        self._document.graph.apply(label, network)

    # --- edits

    def add(self, node_type: str, at: QPointF, connector: str = "", end: str = "") -> str:
        """Put a new node around a point, joined by one of its connectors to ``end``, where one is given."""
        network, name = edits.added(self._network(), node_type, _rounded(at))
        if connector and end:
            giving = connector in self._document.library[node_type].declaration.outputs
            mine = f"{name}.{connector}"
            ends = (end, mine) if giving else (mine, end)
            network = edits.connected(network, self._document.library, *ends)
        self._apply(f"add {name}", network)
        self.select([name])
        return name

    def add_to_selection(self, node_type: str, at: QPointF) -> str:
        """Put a new node around a point, fed by the selected nodes as far as they fit."""
        network, name = edits.added(self._network(), node_type, _rounded(at))
        self._apply(f"add {name}", edits.joined(network, self._document.library, name, self.names))
        self.select([name])
        return name

    def replace(self, name: str, node_type: str) -> None:
        """Make a node one of another type, and say what of its fields and connections that has no place for."""
        spec = self.placed().nodes[name]  # else an automatically placed box would go elsewhere
        done = replaced(self._network().with_node(name, spec), self._document.library, name, node_type)
        self._apply(f"replace {name} with {node_type}", done.network)
        self.select([done.name])
        if done.lost:
            more = f" and {len(done.lost) - _TOLD} more" if len(done.lost) > _TOLD else ""
            self._tell(f"{node_type} has no place for {', '.join(done.lost[:_TOLD])}{more}.")

    def delete(self) -> None:
        """Remove the selected nodes, connections and notes."""
        lines = [item for item in self._document.canvas.selected() if isinstance(item, Wire)]
        label = _counted("delete", self.names, self.notes, lines)
        self._apply(label, self._without_lines(self._network()).without(*self.names))

    def delete_and_heal(self) -> None:
        """Remove the selected nodes and connect what they fed to what fed them."""
        network = self._without_lines(self._network())
        self._apply(_counted("delete", self.names), edits.healed(network, self._document.library, self.names))

    def bypass(self) -> None:
        """Let the selected nodes pass on what flows in, or work again."""
        if self.names:
            self._apply(_counted("bypass", self.names), edits.bypassed(self._network(), self.names))

    def paint(self, color: QColor | None) -> None:
        """Show the boxes of the selected nodes in another colour, or in that of their kinds again."""
        tint = None if color is None else (color.red(), color.green(), color.blue())
        self._apply(_counted("colour", self.names), edits.painted(self._network(), self.names, tint))

    def _without_lines(self, network: Network) -> Network:
        self._document.graph.look()
        chosen = self._document.canvas.selected()
        ends = [f"{item.input_port.node.name}.{item.input_port.name}" for item in chosen if isinstance(item, Wire)]
        return self._without_notes(edits.disconnected(network, ends))

    def _without_notes(self, network: Network) -> Network:
        gone = set(self.notes)
        notes = tuple(note for place, note in enumerate(network.notes) if place not in gone)
        return replace(network, notes=notes)

    def cut(self) -> None:
        """Copy and remove the selected nodes and notes."""
        names, notes = self.names, self.notes
        if names or notes:
            self.copy()
            self._apply(_counted("cut", names, notes), self._without_notes(self._network()).without(*names))

    def copy(self) -> None:
        """Put the selected nodes and notes into the clipboard, as the text of a network."""
        names, notes = self.names, self.notes
        if names or notes:
            QGuiApplication.clipboard().setText(edits.copied(self.placed(), names, notes))

    def paste(self) -> None:
        """Add the nodes and notes in the clipboard around the cursor; its text may be MeVisLab's."""
        text, before, library = QGuiApplication.clipboard().text(), self._network(), self._document.library
        try:
            network, names = edits.pasted(before, library, text, _rounded(self.cursor()))
        except NetworkError as error:
            self._tell(f"The clipboard holds no nodes: {error}" if text.strip() else "The clipboard is empty.")
            return
        self._add_copies(_counted("paste", names, network.notes[len(before.notes) :]), before, network, names)

    def duplicate(self) -> None:
        """Add copies of the selected nodes, connected to the same sources, and of the selected notes."""
        if self.names or self.notes:
            before = self.placed()
            network, names = edits.duplicated(before, self.names, self.notes)
            self._add_copies(_counted("duplicate", names, network.notes[len(before.notes) :]), before, network, names)

    def insert_all(self, paths: Iterable[Path], at: QPointF) -> None:
        """Add all that is in some network files, the first around a point, each of the others beside the one before."""
        for index, path in enumerate(paths):
            self.insert(path, at + QPointF(index * STEP, 0.0))

    def insert(self, path: Path, at: QPointF) -> None:
        """Add all that is in a network file around a point; say so where it cannot be read, or not all of it comes."""
        before, library = self._network(), self._document.library
        try:
            part = self._document.read(path)
        except NetworkError as error:
            self._tell(f"{path.name} cannot be inserted: {error}")
            return
        self._add_copies(f"insert {path.name}", before, *edits.united(before, library, part, _rounded(at)))
        if lost := left_out(part, library):
            which = "one of its connections is" if len(lost) == 1 else f"{len(lost)} of its connections are"
            self._tell(f"{path.name}: {which} not known here and not inserted.")

    def _add_copies(self, label: str, before: Network, network: Network, names: list[str]) -> None:
        """Become a network that has more nodes and, behind those of before, more notes, and select these."""
        self._apply(label, network)
        self.select(names, len(network.notes) - len(before.notes))

    def rename(self) -> None:
        """Ask for another name of the selected node."""
        if len(self.names) != 1:
            self._tell("Select one node to rename it.")
            return
        old = self.names[0]
        network = self._network()
        refusal = _refusal(lambda name: edits.renamed(network, old, name))
        new = asked_name(self._document.canvas, "Rename", f"New name of {old}:", old, refusal)
        if new and new != old:
            self._apply(f"rename {old}", edits.renamed(network, old, new))
            self.select([new])

    def group(self) -> None:
        """Ask for a name and put the selected nodes into a group of that name."""
        if not self.names:
            self._tell("Select the nodes of the group first.")
            return
        names = self.names
        group = asked_name(self._document.canvas, "Group", "Name of the group:", "Group", _group_refusal)
        if group:
            self._apply(_counted("group", names), edits.grouped(self._network(), names, group, _GROUP_COLOR))

    def ungroup(self) -> None:
        """Take the selected nodes out of their groups."""
        self._apply(_counted("ungroup", self.names), edits.grouped(self._network(), self.names, ""))

    def group_members(self, group: str) -> list[str]:
        """The nodes of a group."""
        return [name for name, spec in self._network().nodes.items() if spec.group == group]

    def select_group(self, group: str) -> None:
        """Select the nodes of a group."""
        self.select(self.group_members(group))

    def rename_group(self, group: str) -> None:
        """Ask for another name of a group."""
        network = self._network()
        refusal = _refusal(lambda name: edits.group_renamed(network, group, name))
        new = asked_name(self._document.canvas, "Rename", f"New name of the group {group}:", group, refusal)
        if new:
            self._apply(f"rename group {group}", edits.group_renamed(network, group, new))

    def recolour_group(self, group: str, color: QColor) -> None:
        """Show a group in another colour."""
        rgb = (color.red(), color.green(), color.blue())
        self._apply(f"colour group {group}", edits.recoloured(self._network(), group, rgb))

    def dissolve_group(self, group: str) -> None:
        """Take all nodes out of a group."""
        self._apply(f"ungroup {group}", edits.grouped(self._network(), self.group_members(group), ""))

    def align(self, edge: places.Edge) -> None:
        """Move the selected boxes so that an edge or their middles are in line."""
        if len(self.names) > 1:
            self._apply(f"align {edge}", places.aligned(self.placed(), self.names, edge))

    def distribute(self, *, across: bool) -> None:
        """Make the gaps between the selected boxes equal."""
        if len(self.names) > 2:
            self._apply("distribute", places.distributed(self.placed(), self.names, across=across))

    def arrange(self) -> None:
        """Put the selected boxes, or all, in rows above what feeds them."""
        names = self.names if len(self.names) > 1 else list(self._network().nodes)
        if names:
            self._apply("arrange", places.arranged(self.placed(), self._document.library, names))

    def disconnect(self) -> None:
        """Remove every connection of the selected nodes."""
        chosen = set(self.names)
        network = self._network()
        ends = [end for end, source in network.connections.items() if {endpoint(end)[0], endpoint(source)[0]} & chosen]
        self._apply(_counted("disconnect", self.names), edits.disconnected(network, ends))

    def add_note(self, at: QPointF) -> None:
        """Put a note at a point, ready to be written on."""
        x, y = _rounded(at)
        note: dict[str, Any] = {"text": "Note", "frame": [x, y, *_NOTE_SIZE]}
        network = self._network()
        self._apply("add note", replace(network, notes=(*network.notes, note)))
        self._document.graph.look()
        box = self._document.graph.scenery.notes()[-1]
        self._document.canvas.select([box])
        self._document.canvas.setFocus()
        box.edit()

    def fold_note(self, note: NoteBox) -> None:
        """Show a note's title alone, or all that is written where that is so already."""
        self._document.graph.scenery.fold(note, folded=not note.folded)

    def recolour_note(self, note: NoteBox, color: QColor) -> None:
        """Show a note on paper of another colour."""
        self._document.graph.scenery.recolour(note, (color.red(), color.green(), color.blue()))


def _refusal(edit: Callable[[str], Network]) -> Callable[[str], str]:
    """What an edit with a name says against the name; nothing where it can be done."""

    def refusal(name: str) -> str:
        try:
            edit(name)
        except ValueError as error:
            return str(error)
        return ""

    return refusal


def _group_refusal(name: str) -> str:
    return "" if name else "a group needs a name"


def _rounded(point: QPointF) -> tuple[float, float]:
    return (float(round(point.x())), float(round(point.y())))


def _counted(verb: str, names: Sequence[str], notes: Sequence[Json] = (), lines: Sequence[Wire] = ()) -> str:
    """What a step is called: what is done, and to what."""
    nodes = names[0] if len(names) == 1 else f"{len(names)} nodes" if names else ""
    written = "a note" if len(notes) == 1 else f"{len(notes)} notes" if notes else ""
    drawn = "a connection" if len(lines) == 1 else f"{len(lines)} connections" if lines else ""
    return " ".join(filter(None, (verb, " and ".join(filter(None, (nodes, written, drawn))))))
