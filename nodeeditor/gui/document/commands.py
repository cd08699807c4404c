"""What can be undone beyond NodeGraphQt's own commands: each swaps one value for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from nodeeditor.network import NodeSpec

if TYPE_CHECKING:
    from nodeeditor.gui.document.graph import EditorNode, Graph
    from nodeeditor.gui.document.place import Place, Rest

_SET_SPEC = 1


class SetSpec(QUndoCommand):
    """Another type-specific content of a node: its fields, group and foreign keys.

    Commands of one ``gesture`` (a slider drag) on one node merge into one step; gesture 0 never merges.
    """

    def __init__(self, node: EditorNode, spec: NodeSpec, gesture: int = 0) -> None:
        super().__init__(f"change {node.name()}")
        self._node, self._old, self._new, self._gesture = node, node.spec, spec, gesture

    def id(self) -> int:
        return _SET_SPEC if self._gesture else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SetSpec) or other._node is not self._node or other._gesture != self._gesture:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def redo(self) -> None:
        self._node.show_spec(self._new)

    def undo(self) -> None:
        self._node.show_spec(self._old)


class SetPlace(QUndoCommand):
    """Another place and size of a node's box."""

    def __init__(self, node: EditorNode, place: Place) -> None:
        super().__init__(f"move {node.name()}")
        self._node, self._old, self._new = node, node.place, place

    def redo(self) -> None:
        self._node.show_place(self._new)

    def undo(self) -> None:
        self._node.show_place(self._old)


class SetRest(QUndoCommand):
    """Another rest of the network: parameter connections, groups, notes and foreign keys."""

    def __init__(self, graph: Graph, rest: Rest) -> None:
        super().__init__("change network")
        self._graph, self._old, self._new = graph, graph.rest, rest

    def redo(self) -> None:
        self._graph.show_rest(self._new)

    def undo(self) -> None:
        self._graph.show_rest(self._old)
