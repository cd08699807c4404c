"""One open panel: it goes with its node."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.panels.panel import open_panel
from nodeeditor.gui.window.beside import NODE_WINDOW
from nodeeditor.gui.window.placed import Placed
from nodeeditor.windows import AUTOMATIC, PANEL


class OpenPanel:
    """A panel at its place, not shown yet."""

    def __init__(self, document: Document, model: NodeModel, automatic: bool, parent: QWidget) -> None:
        self.document, self.model, self.automatic = document, model, automatic
        self.panel = open_panel(model, automatic)
        self.panel.setParent(parent, NODE_WINDOW)
        name = AUTOMATIC if automatic else PANEL
        self._placed = Placed(document, model, name, self.panel, self.panel.sizeHint())
        model.gone.connect(self.panel.close)

    def say_nothing(self) -> None:
        """Tell the document of no change any more."""
        self._placed.say_nothing()

    def leave(self) -> None:
        """The panel is closed."""
        self._placed.leave()
        self.model.release()
