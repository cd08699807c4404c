"""What a person does to the selected nodes of a document: each function is one step to undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QCursor, QGuiApplication

from nodeeditor import edits, places
from nodeeditor.errors import NetworkError
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.wires import Wire
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.naming import asked_name
from nodeeditor.network import Network, endpoint

_NOTE_SIZE = (180, 60)
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

    def select(self, names: Iterable[str]) -> None:
        """Select these nodes and nothing else."""
        wanted = set(names)
        canvas = self._document.canvas
        before = set(canvas.selected())
        canvas.select([node.view for node in self._document.graph.editor_nodes() if node.name() in wanted])
        canvas.tell_selection(before)

    def select_all(self) -> None:
        """Select every node."""
        self.select(self._network().nodes)

    def select_upstream(self, *, down: bool = False) -> None:
        """Select also what feeds the selected nodes, or what they feed."""
        found, steps = set(self.names), self._neighbours(down)
        waiting = list(found)
        while waiting:
            new = steps.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        self.select(found)

    def _neighbours(self, down: bool) -> dict[str, set[str]]:
        steps: dict[str, set[str]] = {}
        for destination, source in self._network().connections.items():
            ends = endpoint(source)[0], endpoint(destination)[0]
            start, end = ends if down else ends[::-1]
            steps.setdefault(start, set()).add(end)
        return steps

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

    def _placed(self) -> Network:
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

    def delete(self) -> None:
        """Remove the selected nodes, connections and notes."""
        network = self._without_lines(self._network())
        self._apply(_counted("delete", self.names), network.without(*self.names))

    def delete_and_heal(self) -> None:
        """Remove the selected nodes and connect what they fed to what fed them."""
        network = self._without_lines(self._network())
        self._apply(_counted("delete", self.names), edits.healed(network, self._document.library, self.names))

    def bypass(self) -> None:
        """Let the selected nodes pass on what flows in, or work again."""
        if self.names:
            self._apply(_counted("bypass", self.names), edits.bypassed(self._network(), self.names))

    def _without_lines(self, network: Network) -> Network:
        self._document.graph.look()
        chosen = self._document.canvas.selected()
        ends = [f"{item.input_port.node.name}.{item.input_port.name}" for item in chosen if isinstance(item, Wire)]
        all_notes = self._document.graph.scenery.notes()
        gone = {all_notes.index(item) for item in chosen if isinstance(item, NoteBox) and item in all_notes}
        notes = tuple(note for index, note in enumerate(network.notes) if index not in gone)
        return replace(edits.disconnected(network, ends), notes=notes)

    def cut(self) -> None:
        """Copy and remove the selected nodes."""
        if self.names:
            self.copy()
            self._apply(_counted("cut", self.names), self._network().without(*self.names))

    def copy(self) -> None:
        """Put the selected nodes into the clipboard, as the text of a network."""
        if self.names:
            QGuiApplication.clipboard().setText(edits.copied(self._placed(), self.names))

    def paste(self) -> None:
        """Add the nodes in the clipboard around the cursor."""
        text = QGuiApplication.clipboard().text()
        try:
            network, names = edits.pasted(self._network(), text, _rounded(self.cursor()))
        except NetworkError as error:
            self._tell(f"The clipboard holds no nodes: {error}" if text.strip() else "The clipboard is empty.")
            return
        self._apply(_counted("paste", names), network)
        self.select(names)

    def duplicate(self) -> None:
        """Add copies of the selected nodes, connected to the same sources."""
        if self.names:
            network, names = edits.duplicated(self._placed(), self.names)
            self._apply(_counted("duplicate", names), network)
            self.select(names)

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
            self._apply(f"align {edge}", places.aligned(self._placed(), self.names, edge))

    def distribute(self, *, across: bool) -> None:
        """Make the gaps between the selected boxes equal."""
        if len(self.names) > 2:
            self._apply("distribute", places.distributed(self._placed(), self.names, across=across))

    def arrange(self) -> None:
        """Put the selected boxes, or all, in rows above what feeds them."""
        names = self.names if len(self.names) > 1 else list(self._network().nodes)
        if names:
            self._apply("arrange", places.arranged(self._placed(), self._document.library, names))

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


def _counted(verb: str, names: list[str]) -> str:
    return f"{verb} {names[0]}" if len(names) == 1 else f"{verb} {len(names)} nodes" if names else verb
