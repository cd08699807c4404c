"""Where the viewers of open networks are shown: in windows that stay where they were put."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.live.viewermodels import NodeViewer
from nodeeditor.gui.viewers.viewerwindow import ViewerWindow
from nodeeditor.gui.window.beside import NODE_WINDOW, bring_to_front, show_quietly
from nodeeditor.gui.window.placed import Placed
from nodeeditor.viewing.viewer import Viewer
from nodeeditor.windows import VIEWER, window


class ViewerWindows:
    """Opens the windows of viewers; ``panel_wanted`` is called with document and node.

    ``made`` is called with the document and each new window.
    """

    def __init__(
        self,
        parent: QWidget,
        panel_wanted: Callable[[Document, str], object],
        made: Callable[[Document, QWidget], None],
    ) -> None:
        self._parent, self._panel_wanted, self._made = parent, panel_wanted, made
        self._open: list[_Opened] = []

    def is_viewer(self, document: Document, name: str) -> bool:
        """Whether a node has a window of this kind."""
        spec = document.network.nodes.get(name)
        node_type = document.library.get(spec.type) if spec else None
        return node_type is not None and issubclass(node_type, Viewer)

    def open(self, live: Live, name: str) -> ViewerWindow:
        """Show the window of a viewer, in front if it is open already."""
        for opened in self._open:
            if opened.live is live and opened.model.name() == name:
                bring_to_front(opened.window)
                return opened.window
        made = self._made_window(live, name)
        made.show()
        return made

    def restore(self, live: Live) -> None:
        """Open the windows that were open when the network was saved; the keys stay where they are."""
        there = {one.model.name() for one in self._open if one.live is live}
        for name, spec in live.network.nodes.items():
            if name not in there and self.is_viewer(live.document, name) and window(spec.windows, VIEWER).open:
                show_quietly(self._made_window(live, name))

    def _made_window(self, live: Live, name: str) -> ViewerWindow:
        opened = _Opened(live, name, self._parent, self._panel_wanted)
        self._open.append(opened)
        self._made(live.document, opened.window)
        opened.window.closed.connect(lambda: self._forget(opened))
        opened.model.gone.connect(opened.window.close)
        return opened.window

    def below_mouse(self) -> QWidget | None:
        """The view that the mouse is over."""
        return next((one.window.view for one in self._open if one.window.view.underMouse()), None)

    def close(self, live: Live) -> None:
        """Close the windows of a document; the network goes on saying that they were open."""
        for opened in [one for one in self._open if one.live is live]:
            opened.say_nothing()
            opened.window.close()

    def _forget(self, opened: _Opened) -> None:
        if opened in self._open:
            self._open.remove(opened)
            opened.leave()


class _Opened:
    """One open window and its viewer, and what passes between them and the document."""

    def __init__(self, live: Live, name: str, parent: QWidget, panel_wanted: Callable[[Document, str], object]) -> None:
        self.live = live
        self.model = NodeViewer(live, name)
        self.window = ViewerWindow(self.model, parent)
        self.window.setWindowFlags(NODE_WINDOW)
        self.window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._placed = Placed(live.document, self.model, VIEWER, self.window, self.window.size())
        self.window.visibility_changed.connect(self._wake)
        self.window.panel_wanted.connect(lambda: panel_wanted(live.document, self.model.name()))
        self.window.view.explain_wanted.connect(self._explain)

    def say_nothing(self) -> None:
        """Tell the document of no change any more."""
        self._placed.say_nothing()

    def leave(self) -> None:
        """The window is closed."""
        self.window.visibility_changed.disconnect(self._wake)  # it hides only now
        self._placed.leave()
        self.live.explain_nothing()
        self.model.release()

    def _wake(self, visible: bool) -> None:
        spec = self.model.spec()
        self.model.wake(visible or spec.fields.get("disconnectOnHide", True) is False)

    def _explain(self, number: int, point: Any) -> None:
        shown = self.window.view.steering.shown
        if point is None or shown is None or number >= len(shown.panes):
            self.live.explain_nothing()
            return
        pane = shown.panes[number]
        names = {one.name: file_name for file_name, one in self.model.node_type().declaration.inputs.items()}
        source = self.live.shown.sources(self.model.name()).get(names[pane.input])
        if source is not None:
            self.live.explain(".".join(source), point, pane.time)
