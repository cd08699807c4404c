"""One node of a document as its panels see it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal

from nodeeditor import edits
from nodeeditor.check import field_chain, field_source
from nodeeditor.errors import WiringError
from nodeeditor.fields import Json
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.showing import hide, show
from nodeeditor.gui.panels.model import PanelModel
from nodeeditor.macros.showing import names_of
from nodeeditor.network import NodeSpec, endpoint
from nodeeditor.node import Node


class NodeModel(PanelModel):
    """Follows its node through renaming; ``gone`` tells that the network has it no more."""

    gone = Signal()
    triggered = Signal(str, str)  # node, field

    def __init__(self, document: Document, name: str) -> None:
        super().__init__(document)
        self._document, self._name = document, name
        self._node = document.graph.node(name)
        self._network = document.graph.network()
        document.network_changed.connect(self._follow)
        document.library_changed.connect(self._look_again)
        document.values_changed.connect(self.changed)

    def release(self) -> None:
        """Follow the node no longer."""
        self._document.network_changed.disconnect(self._follow)
        self._document.library_changed.disconnect(self._look_again)
        self._document.values_changed.disconnect(self.changed)
        self.deleteLater()

    def name(self) -> str:
        return self._name

    def node_type(self) -> type[Node] | None:
        return self._document.library.get(self.spec().type)

    def spec(self) -> NodeSpec:
        return self._network.nodes[self._name]

    def values(self) -> Mapping[str, object]:
        followed = dict(self._document.values.get(self._name, {}))
        for name in self.sources():
            node, field = self._root(name)
            node_type = self._document.library.get(self._network.nodes[node].type)
            declared = node_type.declaration.fields.get(field) if node_type else None
            if declared is not None and not declared.persistent:
                followed[name] = self._document.values.get(node, {}).get(field)
            elif declared is not None:
                followed[name] = self._network.nodes[node].fields.get(field, declared.type.to_json(declared.default))
        return followed

    def _root(self, name: str) -> tuple[str, str]:
        """The field whose value a connected one takes: the end of what it follows; in a ring the first that is set."""
        network, library = self._network, self._document.library
        chain = field_chain(network, library, (self._name, name))
        ends = sorted(end for end in chain if not field_source(network, library, end))
        return next((end for end in ends if end[1] in network.nodes[end[0]].fields), ends[0])

    def sources(self) -> Mapping[str, str]:
        return {name: ".".join(source) for name, source in self._network.sources(self._name).items()}

    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for destination, source in sorted(self._network.connections.items()):
            node, connector = endpoint(source)
            if node == self._name:
                found[connector] = (*found.get(connector, ()), destination)
        return found

    def file_name(self, file: str) -> str:
        return self._document.file_name(Path(file))

    def located(self, name: str) -> str:
        try:
            return self._document.paths.expanded(name)
        except (ValueError, OSError):
            return ""

    def set_field(self, name: str, value: Json, gesture: int) -> None:
        node_type = self.node_type()
        declared = node_type.declaration.fields.get(name) if node_type else None
        if declared is not None and declared.transient:
            self._document.graph.set_view_state(self._name, {name: value})
        else:
            self._document.graph.set_field(self._name, name, value, gesture)

    def trigger(self, name: str) -> None:
        self.triggered.emit(self._name, name)

    def connect_fields(self, destination: str, source: str) -> str:
        try:
            network = edits.connected(self._document.graph.network(), self._document.library, destination, source)
        except WiringError as error:
            return error.message
        self._document.graph.apply(f"connect {destination}", network)
        return ""

    def disconnect_field(self, destination: str) -> None:
        network = edits.disconnected(self._document.graph.network(), [destination])
        self._document.graph.apply(f"disconnect {destination}", network)

    def is_shown_outside(self, name: str) -> bool | None:
        shown = self._document.interface
        return None if shown is None else bool(names_of(shown, f"{self._name}.{name}"))

    def show_outside(self, name: str, shown: bool) -> None:
        (show if shown else hide)(self._document, f"{self._name}.{name}")

    def _look_again(self) -> None:
        self._follow(self._document.graph.network())

    def _follow(self, network: Any) -> None:
        graph = self._document.graph
        if self._node is None or not graph.holds(self._node):
            self._node = graph.node(self._name)
        if self._node is None:
            self.gone.emit()  # panels may still ask about the last network until they are closed
            return
        self._name, self._network = self._node.name(), network
        self.changed.emit()
