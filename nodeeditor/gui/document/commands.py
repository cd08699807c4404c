"""What can be undone beyond NodeGraphQt's own commands: each swaps one value for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from nodeeditor.gui.document.change import Change, done, joined, undone

if TYPE_CHECKING:
    from nodeeditor.gui.document.editornode import EditorNode
    from nodeeditor.gui.document.graph import Graph
    from nodeeditor.gui.document.place import Place, Rest

_SET_CONTENT = 1


class SetContent(QUndoCommand):
    """Other entries in the contents of some nodes: fields, group, foreign keys and windows, one by one.

    Commands of one ``gesture`` (a slider drag) merge into one step; gesture 0 never merges.
    """

    def __init__(self, label: str, changes: Mapping[EditorNode, Change], gesture: int = 0) -> None:
        super().__init__(label)
        self._changes, self._gesture = dict(changes), gesture

    def id(self) -> int:
        return _SET_CONTENT if self._gesture else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SetContent) or other._gesture != self._gesture:
            return False
        for node, change in other._changes.items():
            self._changes[node] = joined(self._changes.get(node, {}), change)
        self.setObsolete(not any(self._changes.values()))
        return True

    def redo(self) -> None:
        for node, change in self._changes.items():
            node.show_spec(done(node.spec, change))

    def undo(self) -> None:
        for node, change in self._changes.items():
            node.show_spec(undone(node.spec, change))


class SetName(QUndoCommand):
    """Another name of a node, which stays the same node: its windows and its view state go on."""

    def __init__(self, node: EditorNode, name: str) -> None:
        super().__init__(f"rename {node.name()}")
        self._node, self._old, self._new = node, node.name(), name

    def redo(self) -> None:
        self._node.show_name(self._new)

    def undo(self) -> None:
        self._node.show_name(self._old)


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

    def __init__(self, label: str, graph: Graph, rest: Rest) -> None:
        super().__init__(label)
        self._graph, self._old, self._new = graph, graph.rest, rest

    def redo(self) -> None:
        self._graph.show_rest(self._new)

    def undo(self) -> None:
        self._graph.show_rest(self._old)
