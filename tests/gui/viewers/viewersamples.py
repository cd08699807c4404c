"""A viewer's model over an immutable network and an engine that answers at once, for tests of viewer windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodeeditor import Image
from nodeeditor.edits import with_field
from nodeeditor.engine import Engine
from nodeeditor.errors import NodeEditorError
from nodeeditor.fields import Json
from nodeeditor.gui.session.shown import Shown, shown
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodeeditor.viewing.viewer import Viewer
from tests.nodes.sources import LIBRARY, given


class NetworkViewer(ViewerModel):
    """One viewer of a network; while it is not ``prompt``, it answers when it is told to."""

    def __init__(self, network: Network, name: str, paths: Paths | None = None) -> None:
        super().__init__()
        self.network, self._name, self._paths = network, name, paths or Paths()
        self.engine = Engine(LIBRARY, 2**28)
        self.edits: list[tuple[dict[str, Json], int]] = []
        self.prompt = True

    def name(self) -> str:
        return self._name

    def rename(self, name: str) -> None:
        self._name = name
        self.renamed.emit()

    def node_type(self) -> type[Viewer]:
        node_type = LIBRARY[self.spec().type]
        assert issubclass(node_type, Viewer)
        return node_type

    def spec(self) -> NodeSpec:
        return self.network.nodes["Node"]

    def turn(self, edits: Mapping[str, Json], gesture: int) -> None:
        self.edits.append((dict(edits), gesture))
        for name, value in edits.items():
            self.network = with_field(self.network, LIBRARY, "Node", name, value)
        self.busy.emit(True)
        if self.prompt:
            self.answer()

    def answer(self) -> None:
        """Show the network as it is now, or say why that cannot be."""
        try:
            shown = self.now()
        except NodeEditorError as error:
            self.failed.emit(str(error))
        else:
            self.shown.emit(shown)
        self.busy.emit(False)

    def now(self) -> Shown:
        """The picture of the network as it is."""
        return shown(self.engine, self.network, "Node", self._paths)

    def fields(self) -> Mapping[str, Any]:
        """The fields of the viewer that are not as declared."""
        return self.spec().fields


def viewer(node_type: str, fields: Mapping[str, Json] | None = None, /, **inputs: Image) -> NetworkViewer:
    """A viewer called Node of the images at its inputs."""
    nodes = {"Node": NodeSpec(node_type, fields or {})} | {name: given(image) for name, image in inputs.items()}
    return NetworkViewer(Network(nodes, {f"Node.{name}": f"{name}.output0" for name in inputs}), "Node")
