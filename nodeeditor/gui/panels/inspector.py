"""The module inspector: the fields and the help page of the selected node, beside the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from nodeeditor import reference
from nodeeditor.gui.panels.model import PanelModel
from nodeeditor.gui.panels.table import AutomaticPanel
from nodeeditor.node import Node


class Inspector(QWidget):
    """What is known of the selected node, or how many are selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: PanelModel | None = None
        self._type: type[Node] | None = None
        self.message = QLabel(self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setEnabled(False)
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.type = QLabel(self)
        self.type.setTextFormat(Qt.TextFormat.PlainText)
        self.panel = AutomaticPanel(None, self)
        self.about = QTextBrowser(self)
        self.about.setOpenLinks(False)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.panel, "Fields")
        self.tabs.addTab(self.about, "About")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.message)
        self._pages.addWidget(self._page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.show_node(None)

    def show_node(self, model: PanelModel | None, selected: int = 0) -> None:
        """Show a node; without one say how many are selected."""
        if self._model is not None:
            self._model.changed.disconnect(self._refresh)
        self._model = model
        self.panel.show_node(model)
        self._pages.setCurrentIndex(0 if model is None else 1)
        self.message.setText(f"{selected} nodes selected" if selected > 1 else "Nothing selected")
        if model is not None:
            model.changed.connect(self._refresh)
            self._refresh()

    def _page(self) -> QWidget:
        page = QWidget(self)
        bold = self.title.font()
        bold.setBold(True)
        self.title.setFont(bold)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.type)
        layout.addWidget(self.tabs)
        return page

    def _refresh(self) -> None:
        assert self._model is not None
        node_type = self._model.node_type()
        self.title.setText(self._model.name())
        if node_type is None:
            self.type.setText(f"{self._model.spec().type}, an unknown node type")
            self.about.setMarkdown("No installed package has this node type. Its fields are kept as they are.")
        else:
            self.type.setText(f"{node_type.__name__} · {node_type.declaration.subject}")
            if node_type is not self._type:
                self.about.setMarkdown(reference.markdown([node_type]))
        self._type = node_type
