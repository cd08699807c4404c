"""One node of a document as its panels see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from nodeeditor import edits
from nodeeditor.check import current_name, field_chain
from nodeeditor.errors import WiringError
from nodeeditor.fields import Json
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.panels.model import PanelModel
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.node import Node


class NodeModel(PanelModel):
    """Follows its node through renaming; ``gone`` tells that the network has it no more."""

    gone = Signal()
    triggered = Signal(str, str)  # node, field

    def __init__(self, document: Document, name: str) -> None:
        super().__init__(document)
        self._document, self._name = document, name
        self._network = document.graph.network()
        document.network_changed.connect(self._follow)

    def release(self) -> None:
        """Follow the node no longer."""
        self._document.network_changed.disconnect(self._follow)
        self.deleteLater()

    def name(self) -> str:
        return self._name

    def node_type(self) -> type[Node] | None:
        return self._document.library.get(self.spec().type)

    def spec(self) -> NodeSpec:
        return self._network.nodes[self._name]

    def values(self) -> Mapping[str, object]:
        followed = {}
        for name in self.sources():
            node, field = field_chain(self._network, self._document.library, (self._name, name))[-1]
            node_type = self._document.library.get(self._network.nodes[node].type)
            declared = node_type.declaration.fields.get(field) if node_type else None
            if declared is not None and declared.persistent:
                followed[name] = self._network.nodes[node].fields.get(field, declared.type.to_json(declared.default))
        return followed

    def sources(self) -> Mapping[str, str]:
        return {name: ".".join(source) for name, source in self._network.sources(self._name).items()}

    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for destination, source in sorted(self._network.connections.items()):
            node, connector = endpoint(source)
            if node == self._name:
                found[connector] = (*found.get(connector, ()), destination)
        return found

    def set_field(self, name: str, value: Json, gesture: int) -> None:
        node = self._document.graph.node(self._name)
        if node is None:
            return
        node_type = self.node_type()
        kept = {
            saved: given
            for saved, given in node.spec.fields.items()
            if node_type is None or saved == name or current_name(node_type, saved) != name
        }
        alone = Network({self._name: replace(node.spec, fields=kept)})
        changed = edits.with_field(alone, self._document.library, self._name, name, value)
        self._document.graph.set_spec(node, changed.nodes[self._name], gesture)

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

    def _follow(self, network: Any) -> None:
        before, self._network = self._network, network
        if self._name not in network.nodes:
            spec = before.nodes[self._name]
            new = [name for name, found in network.nodes.items() if name not in before.nodes and found == spec]
            if len(new) != 1 or len(network.nodes) != len(before.nodes):
                self._network = before  # panels may still ask until they are closed
                self.gone.emit()
                return
            self._name = new[0]
        self.changed.emit()
