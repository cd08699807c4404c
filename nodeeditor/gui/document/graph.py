"""NodeGraphQt's graph as the live document: nodes of ours in it, and one signal when it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from NodeGraphQt import BaseNode, NodeGraph
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCursor, QUndoStack

from nodeeditor.check import dependencies, link_problem
from nodeeditor.edits import closed_cycle, inserted
from nodeeditor.errors import NetworkError, WiringError
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.canvas.look import look_of
from nodeeditor.gui.document.commands import SetRest, SetSpec
from nodeeditor.gui.document.place import Place, Rest
from nodeeditor.gui.document.projection import read, write
from nodeeditor.gui.document.scenery import Scenery
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.node import Input, Output

_VERTICAL = 1


class EditorNode(BaseNode):  # type: ignore[misc]
    """One node of ours in NodeGraphQt; ``spec`` is all of it but its place."""

    __identifier__ = "nodeeditor"
    NODE_NAME = "Node"

    def __init__(
        self,
        name: str,
        spec: NodeSpec,
        place: Place,
        library: Library,
        inputs: Iterable[str] = (),
        outputs: Iterable[str] = (),
    ) -> None:
        """``inputs`` and ``outputs`` are the connectors that the connections of an unknown type imply."""
        super().__init__(qgraphics_item=NodeBox)
        self.NODE_NAME = self.model.name = name
        self.library = library
        self.spec = replace(spec, frame=None)
        self.error = self.warning = ""
        self._given = place
        with self.view.at_once():
            self.refresh()
            self.show_place(place)
            self._make_connectors(inputs, outputs)

    @property
    def place(self) -> Place:
        """Where the box lies now; one that was placed automatically counts as such until it is moved."""
        x, y = self.view.xy_pos
        same = (x, y) == (self._given.x, self._given.y)
        return self._given if same else Place(x, y, self._given.size)

    def show_spec(self, spec: NodeSpec) -> None:
        """Take another content and show it on the box."""
        self.spec = spec
        self.refresh()

    def show_place(self, place: Place) -> None:
        """Lie elsewhere, or in another size."""
        self._given = place
        self.view.width, self.view.height = place.size or (0.0, 0.0)
        self.view.xy_pos = [place.x, place.y]
        self.model.pos = [place.x, place.y]

    def refresh(self) -> None:
        """Show name, value and state on the box."""
        self.view.show_look(look_of(self.model.name, self.spec, self.library, self.error, self.warning))

    def show_problems(self, error: str, warning: str) -> None:
        """Mark the box with what is wrong with the node, one sentence a line; empty when all is well."""
        if (error, warning) != (self.error, self.warning):
            self.error, self.warning = error, warning
            self.refresh()

    def _make_connectors(self, inputs: Iterable[str], outputs: Iterable[str]) -> None:
        node_type = self.library.get(self.spec.type)
        declared = node_type.declaration if node_type else None
        for name in declared.inputs if declared else inputs:
            self._describe(self.add_input(name), declared.inputs[name] if declared else None)
        for name in declared.outputs if declared else outputs:
            self._describe(self.add_output(name), declared.outputs[name] if declared else None)

    @staticmethod
    def _describe(port: Any, connector: Input | Output | None) -> None:
        if connector is None:
            port.view.describe("Image", "a connector of an unknown node type", False)
        else:
            port.view.describe(connector.kind.__name__, connector.help, getattr(connector, "hidden", False))


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
        self._last = Network()
        self._before: tuple[Network, dict[str, list[str]]] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        stack.indexChanged.connect(self._soon.start)

    def network(self) -> Network:
        """The network as it is on the canvas now."""
        return read(self)

    def apply(self, label: str, network: Network) -> None:
        """Become another network, with the fewest edits, as one step to undo."""
        write(self, network, label)

    def set_spec(self, node: EditorNode, spec: NodeSpec, gesture: int) -> None:
        """Change the content of a node; calls of one gesture are one step to undo."""
        if spec != node.spec:
            self.undo_stack().push(SetSpec(node, spec, gesture))

    def set_rest(self, rest: Rest) -> None:
        """Change what is neither node nor wire."""
        if rest != self.rest:
            self.undo_stack().push(SetRest(self, rest))

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

    def node(self, name: str) -> EditorNode | None:
        """The node of a name."""
        return next((node for node in self.editor_nodes() if node.name() == name), None)

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
        self.undo_stack().indexChanged.disconnect(self._soon.start)
        self._viewer.deleteLater()
        self.deleteLater()

    def _look(self) -> None:
        self.scenery.show()
        network = self.network()
        if network != self._last:
            self._last = network
            self.network_changed.emit(network)

    def _refusal(self, output: Connector, taking: Connector) -> str:
        """Why an output cannot feed an input, in words; empty when it can. Asked for each connector in sight."""
        source, destination = (output.node.name, output.name), (taking.node.name, taking.name)
        if self._before is None or self._before[0] is not self._last:
            self._before = (self._last, dependencies(self._last, self.library))
        problem = link_problem(self._last, self.library, destination, source)
        problem = problem or closed_cycle(self._before[1], destination, source)
        return problem.message if problem else ""

    def _on_insert_node(self, pipe: Any, node_id: str, before: Mapping[Any, Any]) -> None:
        """A node was dropped on a wire: moving and inserting it is one step."""
        node = self.get_node_by_id(node_id)
        destination = f"{pipe.input_port.node.name}.{pipe.input_port.name}"
        self.begin_undo(f"insert {node.name()}")
        self._on_nodes_moved(before)
        try:
            self.apply("insert", inserted(self.network(), self.library, node.name(), destination))
        except WiringError as error:
            self._viewer.tip.tell(str(error), self._viewer.mapFromGlobal(QCursor.pos()), 3000)
        finally:
            self.end_undo()

    def _on_node_data_dropped(self, mimedata: Any, pos: Any) -> None:
        """Pass on what was dropped: NodeGraphQt would import any file as a session of its own."""
        self.data_dropped.emit(mimedata, pos)

    def _register_builtin_nodes(self) -> None:
        """Nothing: groups and notes are no nodes here."""
