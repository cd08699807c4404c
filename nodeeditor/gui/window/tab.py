"""One document in the window: its canvas, what asks above it, what the mouse and the keys on it lead to."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nodeeditor import edits
from nodeeditor.errors import NetworkError
from nodeeditor.gui.canvas.minimap import Minimap
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.dropping import Dropping
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.journal import Journal, Writing
from nodeeditor.gui.window.findbar import FindBar
from nodeeditor.gui.window.notice import Notice
from nodeeditor.gui.window.quicksearch import QuickSearch


class Tab(QWidget):
    """A page of the window. ``told`` is a sentence for the status bar."""

    told = Signal(str)
    open_wanted = Signal(Path)

    def __init__(self, document: Document, journal: Journal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document.setParent(self)
        self.document = document
        self.editing = Editing(document, self.told.emit)
        self.writing = Writing(journal, document)
        self.notice = Notice(self)
        self.find_bar = FindBar(document, self.editing, self)
        self.search_box = QuickSearch(document.library, self)
        self.minimap = Minimap(document.canvas)
        self._place = QPointF()
        self._end = ""
        self._dropping = Dropping(document, self.editing, self.open_wanted.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.find_bar)
        layout.addWidget(document.canvas, 1)
        self.setFocusProxy(document.canvas)
        document.network_changed.connect(lambda _: self._show_map())
        document.changed_on_disk.connect(self._ask_to_reload)
        document.canvas.connection_dropped_on_empty.connect(self._offer_what_fits)
        document.canvas.keys.connect(self.search)
        document.canvas.background_double_clicked.connect(lambda place: self.search("", place))
        self.search_box.chosen.connect(self._add)

    def search(self, text: str = "", place: QPointF | None = None) -> None:
        """Offer all node types, by default at the cursor."""
        self._end = ""
        self._place = self.editing.cursor() if place is None else place
        names = self.editing.names
        joined = names[0] if len(names) == 1 else f"the {len(names)} selected nodes"
        hint = f"Enter connects it to <b>{escape(joined)}</b>, Shift+Enter does not" if names else ""
        self.search_box.offer(self.document.offered)
        self.search_box.open_at(self._on_screen(self._place), text, None, hint)

    def frame_all_soon(self) -> None:
        """Show the whole network as soon as the page has its size."""
        QTimer.singleShot(0, self, self._frame_all)

    def _frame_all(self) -> None:
        self.document.graph.look()  # else what lies around the boxes would not be there yet
        self.document.canvas.frame_all()

    def _show_map(self) -> None:
        graph = self.document.graph
        boxes = [node.view for node in graph.editor_nodes()]
        self.minimap.show_network(boxes, graph.scenery.groups(), graph.scenery.notes())

    def _offer_what_fits(self, connector: Any, place: QPointF) -> None:
        end = f"{connector.node.name}.{connector.name}"
        if connector.node.name not in self.document.network.nodes:
            return
        offered = self.document.offered
        try:
            fitting = edits.fitting(self.document.network, offered, end)
        except NetworkError as error:
            self.told.emit(str(error))
            return
        if not fitting:
            self.told.emit(f"No node type fits {end}.")
            return
        self._end, self._place = end, place
        self.search_box.offer(offered)
        self.search_box.open_at(self._on_screen(place), "", fitting)

    def _add(self, node_type: str, connector: str, alone: bool) -> None:
        if self._end or alone:
            self.editing.add(node_type, self._place, connector, self._end)
        else:
            self.editing.add_to_selection(node_type, self._place)
        self.document.canvas.setFocus()

    def _on_screen(self, place: QPointF) -> QPoint:
        canvas = self.document.canvas
        return QPoint(canvas.viewport().mapToGlobal(canvas.mapFromScene(place)))

    def _ask_to_reload(self) -> None:
        lost = " Undo brings your changes back." if self.document.modified else ""
        self.notice.ask(
            f"{self.document.name} was changed on the disk by another program.{lost}",
            {"Reload": self.reload, "Keep Mine": self.document.keep},
        )

    def reload(self) -> None:
        """Show what the file holds now."""
        try:
            self.document.reload()
        except NetworkError as error:
            self.document.keep()
            self.notice.ask(f"{self.document.name} cannot be reloaded: {error}", {"Keep Mine": self.document.keep})
