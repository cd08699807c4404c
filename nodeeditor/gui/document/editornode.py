"""One node of ours inside NodeGraphQt: what it is, where its box lies, what the box shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from NodeGraphQt import BaseNode

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.look import look_of
from nodeeditor.gui.document.place import Place
from nodeeditor.library import Library
from nodeeditor.network import NodeSpec
from nodeeditor.node import Input, Output


class EditorNode(BaseNode):  # type: ignore[misc]
    """One node of ours in NodeGraphQt: ``place`` is where its box lies, ``spec`` all that is neither place nor name.

    While the mouse drags a box, it is elsewhere; its place is where it was until it is dropped.
    """

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
        self._told = self._told_of = self.spec
        self.error = self.warning = ""
        with self.view.at_once():
            self.refresh()
            self.show_place(place)
            self._make_connectors(inputs, outputs)

    @property
    def told(self) -> NodeSpec:
        """The content and the frame, as the network says it; the same object until one of them changes."""
        place, frame = self.place, None
        if not place.automatic:
            width, height = place.size or (self.view.width, self.view.height)
            frame = (place.x, place.y, width, height)
        if self._told_of is not self.spec or self._told.frame != frame:
            self._told_of, self._told = self.spec, replace(self.spec, frame=frame)
        return self._told

    def show_name(self, name: str) -> None:
        """Be called otherwise."""
        self.NODE_NAME = self.model.name = name
        self.refresh()
        self.graph.forget_wires()

    def show_spec(self, spec: NodeSpec) -> None:
        """Take another content and show it on the box."""
        self.spec = spec
        self.refresh()

    def show_place(self, place: Place) -> None:
        """Lie elsewhere, or in another size."""
        self.place = place
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

    def has_connectors_of(self, library: Library) -> bool:
        """Whether the connectors are those that the node's type has in a library; an unknown type has any."""
        before, now = (one.get(self.spec.type) for one in (self.library, library))
        if before is now or before is None is now:
            return True
        if before is None or now is None:
            return False
        return (before.declaration.inputs, before.declaration.outputs) == (
            now.declaration.inputs,
            now.declaration.outputs,
        )

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
