"""The dock of the output inspector: what flows out of the connector that was clicked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDockWidget, QWidget

from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.live.viewermodels import OutputViewer
from nodeeditor.gui.viewers.outputinspector import OutputInspector
from nodeeditor.image import Image
from nodeeditor.library import Library
from nodeeditor.network import endpoint
from nodeeditor.viewing.viewer import Viewer


@dataclass(frozen=True, eq=False)
class _Inspected:
    """One output of a document; its node is known by itself, so that it may be renamed."""

    viewer: OutputViewer
    node: EditorNode
    connector: str

    @property
    def output(self) -> str:
        return f"{self.node.name()}.{self.connector}"

    @property
    def is_image(self) -> bool:
        node_type = self.node.library.get(self.node.spec.type)
        output = node_type.declaration.outputs.get(self.connector) if node_type else None
        return output is not None and output.kind is Image


class Inspection(QDockWidget):
    """Shows one output of the document in front; each document has its own. ``save_wanted`` brings an output."""

    save_wanted = Signal(str)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__("Output Inspector", parent)
        self.setObjectName("Output Inspector")
        self._viewer = next((one for one in library.values() if issubclass(one, Viewer) and one.inspects), None)
        self._live: Live | None = None
        self._inspected: dict[Live, _Inspected] = {}
        self.inspector = OutputInspector(self)
        self.inspector.save_wanted.connect(self.save_wanted)
        self.inspector.visibility_changed.connect(lambda _: self._wake())
        self.setWidget(self.inspector)

    def show_document(self, live: Live) -> None:
        """Show what was inspected last in a document."""
        if live is not self._live:
            self._live = live
            self._show()

    def inspect(self, live: Live, output: str) -> None:
        """Show an output ``Node.connector`` of the document in front."""
        name, connector = endpoint(output)
        node = live.document.graph.node(name)
        if node is None or self._viewer is None:
            return
        before = self._inspected.get(live)
        if before is None:
            viewer = OutputViewer(live, self._viewer, {"annotationSizeMode": "ANNO_SHOW_SHORT"})
            live.changed.connect(lambda _: self._follow(live))
            live.document.network_changed.connect(lambda _: self._follow(live))
            live.document.library_changed.connect(lambda: self._find_again(live))
        else:
            viewer = before.viewer
        self._inspected[live] = _Inspected(viewer, node, connector)
        viewer.look_at(output)
        self._show()

    def leave(self, live: Live) -> None:
        """Show nothing more of a document that is being closed."""
        gone = self._inspected.pop(live, None)
        if live is self._live:
            self._live = None
            self.inspector.say()
        if gone is not None:
            gone.viewer.release()

    def _follow(self, live: Live) -> None:
        """Go along with a node that was renamed, and let go of one that was deleted."""
        shown = self._inspected.get(live)
        if shown is None:
            return
        if live.document.graph.holds(shown.node):
            shown.viewer.look_at(shown.output)
        if live is self._live:
            self._show()

    def _find_again(self, live: Live) -> None:
        """Go along with a box that was made anew, since the node's type has become another."""
        shown = self._inspected.get(live)
        node = live.document.graph.node(shown.node.name()) if shown else None
        if shown is not None and node is not None:
            self._inspected[live] = replace(shown, node=node)
            self._follow(live)

    def _show(self) -> None:
        live = self._live
        if live is None:
            return
        shown = self._inspected.get(live)
        if shown is None or not live.document.graph.holds(shown.node):
            live.document.canvas.show_inspected("")
            self.inspector.say()
        elif not shown.is_image:
            live.document.canvas.show_inspected(shown.output)
            self.inspector.say(f"{shown.output} is no image.")
        else:
            live.document.canvas.show_inspected(shown.output)
            self.inspector.inspect(shown.output, shown.viewer)
        self._wake()

    def _wake(self) -> None:
        """Let the viewer that is seen ask, and no other."""
        for live, one in self._inspected.items():
            seen = live is self._live and self.inspector.isVisible()
            one.viewer.wake(seen and live.document.graph.holds(one.node) and one.is_image)
