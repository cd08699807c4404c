"""NodeGraphQt's graph as the live document: nodes of ours in it, and one signal when it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from NodeGraphQt import NodeGraph
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCursor, QUndoStack

from nodeeditor.check import all_names, dependencies, link_problem
from nodeeditor.edits import closed_cycle, inserted, with_field
from nodeeditor.errors import NetworkError
from nodeeditor.fields import Json
from nodeeditor.gui.canvas.activity import NEVER_RUN, Activity
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.document.change import change
from nodeeditor.gui.document.commands import SetContent, SetPlace, SetRest
from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.gui.document.kin import reached, turned
from nodeeditor.gui.document.place import Place, Rest
from nodeeditor.gui.document.projection import read, write
from nodeeditor.gui.document.scenery import Scenery
from nodeeditor.library import Library
from nodeeditor.network import FrozenDict, Network, NodeSpec

_VERTICAL = 1

Pairs: TypeAlias = Sequence[Sequence[Connector]]
"""Two connectors each."""


class Graph(NodeGraph):  # type: ignore[misc]
    """The document of one tab. Everything goes through its undo stack; ``network_changed`` tells of each new state."""

    network_changed = Signal(object)

    def __init__(self, library: Library) -> None:
        stack = QUndoStack()
        super().__init__(undo_stack=stack, viewer=Canvas(undo_stack=stack), layout_direction=_VERTICAL)
        stack.setParent(self)
        self.library = library
        self.rest = Rest()
        self.scenery = Scenery(self)
        self.set_acyclic(False)  # NodeGraphQt's test of every connection is quadratic; ours is `_refusal`
        self.viewer().fits = self._refusal
        self.viewer().step_begins.connect(self.begin_undo)
        self.viewer().step_ends.connect(self.end_undo)
        self._last = Network()
        self._before: tuple[Network, object, dict[str, list[str]], dict[str, set[str]]] | None = None
        self._wires: Mapping[str, str] | None = None
        self._named: dict[str, EditorNode] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        self.port_connected.connect(self.forget_wires)
        self.port_disconnected.connect(self.forget_wires)
        stack.indexChanged.connect(self._step_done)

    def network(self) -> Network:
        """The network as it is on the canvas now."""
        return read(self)

    def apply(self, label: str, network: Network) -> None:
        """Become another network, with the fewest edits, as one step to undo.

        Where the networks differ in view state or windows, the step changes these as well, and undoing puts them back.
        """
        write(self, network, label)

    def use(self, library: Library) -> None:
        """Be made of a library's node types: boxes whose connectors become others are made anew.

        Then nothing can be undone any more, since older steps hold on to the boxes that were.
        """
        self.library, self._before = library, None
        before = self.network()
        others = [node.name() for node in self.editor_nodes() if not node.has_connectors_of(library)]
        for node in self.editor_nodes():
            node.library = library
            node.refresh()
        if others:
            write(self, before.without(*others), "")
            write(self, before, "")
            self.undo_stack().clear()

    def set_field(self, node: str, name: str, value: Json, gesture: int) -> None:
        """Set a field by its name in files; calls of one gesture are one step to undo. Raises FieldError.

        Fields that form a ring with it take its value. Nothing happens where the node is gone by now.
        """
        changes = {one: change(one.spec, spec) for one, spec in self._with_fields(node, {name: value}).items()}
        if any(changes.values()):
            self.undo_stack().push(SetContent(f"change {node}.{name}", changes, gesture))

    def set_view_state(self, node: str, values: Mapping[str, Json]) -> None:
        """Set transient fields by their names in files, at once and without a step to undo. Raises FieldError.

        Fields that form a ring with one of them take its value. Nothing happens where the node is gone by now.
        """
        for one, spec in self._with_fields(node, values).items():
            self._show_untold(one, spec)

    def set_windows(self, node: str, windows: Mapping[str, Json]) -> None:
        """Say where the windows of a node lie, at once and without a step to undo; nothing where the node is gone."""
        found = self.node(node)
        if found is not None:
            self._show_untold(found, replace(found.spec, windows=windows))

    def _show_untold(self, node: EditorNode, spec: NodeSpec) -> None:
        """Show a content that the undo stack, which else tells of every change, does not hear of."""
        if spec != node.spec:
            node.show_spec(spec)
            self._look_soon()

    def _with_fields(self, name: str, values: Mapping[str, Json]) -> dict[EditorNode, NodeSpec]:
        """The nodes that change when fields of one are set, and their contents then."""
        node = self.node(name)
        if node is None:
            return {}
        network = Network({name: node.spec})
        if any(f"{name}.{field}" in self.rest.links for field in self._all_names(node, values)):
            network = Network({one.name(): one.spec for one in self.editor_nodes()}, self.rest.links)
        before = network.nodes
        for field, value in values.items():
            network = with_field(network, self.library, name, field, value)
        found = {self.node(one): spec for one, spec in network.nodes.items() if spec is not before[one]}
        return {one: spec for one, spec in found.items() if one is not None}

    def _all_names(self, node: EditorNode, names: Iterable[str]) -> list[str]:
        node_type = self.library.get(node.spec.type)
        return [any_name for name in names for any_name in (all_names(node_type, name) if node_type else [name])]

    def set_rest(self, label: str, rest: Rest) -> None:
        """Change what is neither node nor wire, as one step to undo."""
        if rest != self.rest:
            self.undo_stack().push(SetRest(label, self, rest))

    def show_rest(self, rest: Rest) -> None:
        """Take another rest; it is drawn when the step is done."""
        self.rest = rest

    def show_problems(self, problems: Iterable[NetworkError]) -> None:
        """Mark the boxes of the nodes that have problems, and no others."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for problem in problems:
            sentence = f"{problem.connector}: {problem.message}" if problem.connector else problem.message
            found.setdefault(problem.node, ([], []))[problem.warning].append(sentence)
        for node in self.editor_nodes():
            errors, warnings = found.get(node.name(), ((), ()))
            node.show_problems("\n".join(errors), "\n".join(warnings))

    def show_activities(self, activities: Mapping[str, Activity]) -> None:
        """Show on the boxes how the nodes are doing; those that are not named never ran. No part of the document."""
        for node in self.editor_nodes():
            node.view.show_activity(activities.get(node.name(), NEVER_RUN))

    def show_facts(self, facts: Mapping[str, str]) -> None:
        """Say in tooltips, in a line each, what flows out of the outputs, given as ``Node.connector``."""
        for node in self.editor_nodes():
            for output in node.view.outputs:
                output.show_facts(facts.get(output.end, ""))

    def show_kin(self) -> None:
        """Mark the boxes of all nodes that the selected ones need, and of those that need them."""
        chosen = self.selected_names()
        feeding, fed = self._ways() if chosen else ({}, {})
        ancestors, descendants = reached(feeding, chosen), reached(fed, chosen)
        for node in self.editor_nodes():
            name = node.name()
            node.view.show_kin("ancestor" if name in ancestors else "descendant" if name in descendants else "")

    def _ways(self) -> tuple[Mapping[str, list[str]], Mapping[str, set[str]]]:
        """What each node needs, and what needs it; found out anew where nodes or connections are others."""
        self.look()
        if self._before is None or self._before[0] is not self._last:
            nodes = [(name, spec.type, spec.bypassed) for name, spec in self._last.nodes.items()]
            self._before = (self._last, *self._ways_in((nodes, self._last.connections)))
        return self._before[2:]

    def _ways_in(self, shape: object) -> tuple[object, dict[str, list[str]], dict[str, set[str]]]:
        """The ways in the network, which has this shape; those of before where it had the same."""
        if self._before is not None and self._before[1] == shape:
            return self._before[1:]
        before = dependencies(self._last, self.library)
        return shape, before, turned(before)

    def node(self, name: str) -> EditorNode | None:
        """The node of a name."""
        found = self._named.get(name)
        if found is None or found.name() != name or not self.holds(found):
            self._named = {node.name(): node for node in self.editor_nodes()}
            found = self._named.get(name)
        return found

    def holds(self, node: EditorNode) -> bool:
        """Whether a node is in the network: not deleted, and its adding not undone."""
        return self.model.nodes.get(node.id) is node

    def wires(self) -> Mapping[str, str]:
        """The connections between connectors, from each destination to its source."""
        if self._wires is None:
            self._wires = FrozenDict(
                (f"{node.name()}.{port.name()}", f"{source.node().name()}.{source.name()}")
                for node in self.editor_nodes()
                for port in node.input_ports()
                for source in port.connected_ports()
            )
        return self._wires

    def forget_wires(self) -> None:
        """Look at the connectors again: connections or names have changed."""
        self._wires = None

    def new_node(
        self, name: str, spec: NodeSpec, place: Place, inputs: Iterable[str], outputs: Iterable[str]
    ) -> EditorNode:
        """A node that is not on the canvas yet, ready to be added by a command."""
        node = EditorNode(name, spec, place, self.library, inputs, outputs)
        node._graph = self
        node.model._graph_model = self.model
        node.model.selected = False
        return node

    def editor_nodes(self) -> list[EditorNode]:
        """All nodes, in no particular order."""
        return [node for node in self.model.nodes.values() if isinstance(node, EditorNode)]

    def selected_names(self) -> list[str]:
        """The names of the selected nodes, in alphabetical order."""
        return sorted(node.name() for node in self.selected_nodes())

    def get_unique_name(self, name: str) -> str:
        """The name itself: `nodeeditor.edits` gives unique ones, and NodeGraphQt's own search is quadratic."""
        return name

    def close_document(self) -> None:
        """Let go of the undo stack, which would emit while it is being destroyed."""
        self._soon.stop()
        self.undo_stack().indexChanged.disconnect(self._step_done)
        self._viewer.deleteLater()
        self.deleteLater()

    def look(self) -> None:
        """Notice at once what has changed, where that is not done yet."""
        if self._soon.isActive():
            self._soon.stop()
            self._look()

    def _step_done(self) -> None:
        """A step was done, undone or done again: if in the middle of a drag, that is over, and nothing is dragged."""
        if self.viewer().busy:
            self.viewer().cancel_gesture()
            for node in self.editor_nodes():
                node.show_place(node.place)
        self._look_soon()

    def _look_soon(self) -> None:
        """Look when the event at hand is over; one that is due already is not put off by a hand that never rests."""
        if not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        self.scenery.show()
        network = self.network()
        if network != self._last:
            self._last = network
            self.network_changed.emit(network)

    def _refusal(self, output: Connector, taking: Connector) -> str:
        """Why an output cannot feed an input, in words; empty when it can. Asked for each connector in sight."""
        feeding, _ = self._ways()
        source, destination = (output.node.name, output.name), (taking.node.name, taking.name)
        problem = link_problem(self._last, self.library, destination, source)
        problem = problem or closed_cycle(feeding, destination, source)
        return problem.message if problem else ""

    def _on_connection_changed(self, disconnected: Pairs, connected: Pairs) -> None:
        """A wire was laid, moved or taken away: NodeGraphQt does it, but its step does not say what."""
        if connected:
            output, into = connected[0]
            self.begin_undo(f"connect {output.end} to {into.end}")
        elif disconnected:
            self.begin_undo(_cut_words(disconnected))
        else:
            return
        super()._on_connection_changed(disconnected, connected)
        self.end_undo()

    def _on_connection_sliced(self, ports: Pairs) -> None:
        """A stroke has cut wires."""
        if ports:
            self.begin_undo(_cut_words(ports))
            super()._on_connection_sliced(ports)
            self.end_undo()

    def _on_nodes_moved(self, before: Mapping[NodeBox, Any]) -> None:
        """Boxes were dropped elsewhere: NodeGraphQt's own command would not know which were placed automatically."""
        nodes = [self.get_node_by_id(box.id) for box in before]
        self.begin_undo(f"move {nodes[0].name()}" if len(nodes) == 1 else f"move {len(nodes)} nodes")
        for node in nodes:
            x, y = node.view.xy_pos
            self.undo_stack().push(SetPlace(node, Place(x, y, node.place.size)))
        self.end_undo()

    def _on_insert_node(self, pipe: Any, node_id: str, before: Mapping[Any, Any]) -> None:
        """A node was dropped on a wire: moving and inserting it is one step."""
        node = self.get_node_by_id(node_id)
        destination = f"{pipe.input_port.node.name}.{pipe.input_port.name}"
        self.begin_undo(f"insert {node.name()}")
        self._on_nodes_moved(before)
        try:
            self.apply("insert", inserted(self.network(), self.library, node.name(), destination))
        except NetworkError as error:
            self._viewer.tip.tell(str(error), self._viewer.mapFromGlobal(QCursor.pos()), 3000)
        finally:
            self.end_undo()

    def _on_node_data_dropped(self, mimedata: Any, pos: Any) -> None:
        """Pass on what was dropped: NodeGraphQt would import any file as a session of its own."""
        self.data_dropped.emit(mimedata, pos)

    def _register_builtin_nodes(self) -> None:
        """Nothing: groups and notes are no nodes here."""


def _cut_words(pairs: Pairs) -> str:
    """How the step is called that takes away wires, given by their inputs first."""
    return f"disconnect {pairs[0][0].end}" if len(pairs) == 1 else f"disconnect {len(pairs)} inputs"
