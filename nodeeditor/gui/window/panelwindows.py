"""Where the panels of nodes are shown: in windows, closed with their node, and in the inspector's dock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.panels.panel import Inspector, open_panel
from nodeeditor.gui.window.beside import beside


class PanelWindows:
    """Opens panels; ``triggered`` is called with document, node and field when a button in one is pressed.

    ``made`` is called with the document and each new panel.
    """

    def __init__(
        self,
        window: QWidget,
        triggered: Callable[[Document, str, str], None],
        made: Callable[[Document, QWidget], None],
    ) -> None:
        self._window, self._triggered, self._made = window, triggered, made
        self._open: list[tuple[Document, NodeModel, bool, QWidget]] = []

    def model(self, document: Document, name: str) -> NodeModel:
        """What a panel needs of a node."""
        model = NodeModel(document, name)
        model.triggered.connect(lambda node, field: self._triggered(document, node, field))
        return model

    def open(self, document: Document, name: str, automatic: bool) -> QWidget:
        """Show the panel of a node, in front if it is open already."""
        for owner, model, kind, panel in self._open:
            if owner is document and model.name() == name and kind == automatic:
                panel.raise_()
                panel.activateWindow()
                return panel
        model = self.model(document, name)
        panel = open_panel(model, automatic)
        entry = (document, model, automatic, panel)
        self._open.append(entry)
        model.gone.connect(panel.close)
        panel.destroyed.connect(lambda: self._forget(model))
        panel.setParent(self._window, Qt.WindowType.Dialog)
        self._made(document, panel)
        panel.move(beside(document, name, panel.sizeHint()))
        panel.show()
        return panel

    def close(self, document: Document) -> None:
        """Close all panels of a document."""
        for owner, model, _, panel in list(self._open):
            if owner is document:
                self._forget(model)
                panel.close()

    def _forget(self, model: NodeModel) -> None:
        kept = [entry for entry in self._open if entry[1] is not model]
        if len(kept) < len(self._open):
            self._open = kept
            model.release()


class Inspected(QDockWidget):
    """The inspector, which follows the selection; a node that stays selected keeps its panel as it is."""

    def __init__(self, panels: PanelWindows, parent: QWidget | None = None) -> None:
        super().__init__("Module Inspector", parent)
        self.setObjectName("Inspector")
        self._panels = panels
        self._document: Document | None = None
        self._model: NodeModel | None = None
        self.inspector = Inspector()
        self.setWidget(self.inspector)

    def show_selection(self, document: Document, names: Sequence[str]) -> None:
        """Show the one selected node, or how many are."""
        if len(names) != 1:
            self._show(None, None, len(names))
        elif self._model is None or document is not self._document or self._model.name() != names[0]:
            self._show(document, self._panels.model(document, names[0]))

    def leave(self, document: Document) -> None:
        """Show nothing of a document that is being closed."""
        if document is self._document:
            self._show(None, None)

    def _show(self, document: Document | None, model: NodeModel | None, selected: int = 0) -> None:
        old, self._document, self._model = self._model, document, model
        self.inspector.show_node(model, selected)
        if model is not None:
            model.gone.connect(lambda: self._show(None, None))
        if old is not None:
            old.release()
