"""One document in the window: its canvas, what asks above it, what the mouse and the keys on it lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
from nodeeditor.gui.window.files import asked_to_open
from nodeeditor.gui.window.findbar import FindBar
from nodeeditor.gui.window.macros import shown_outside
from nodeeditor.gui.window.notice import Notice
from nodeeditor.gui.window.quicksearch import QuickSearch
from nodeeditor.replacing import fitting_types


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
        self._choose: Callable[[str, str, bool], object] = lambda *_: None
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
        document.told.connect(self.told)
        document.canvas.connection_dropped_on_empty.connect(self._offer_what_fits)
        document.canvas.keys.connect(self.search)
        document.canvas.background_double_clicked.connect(lambda place: self.search("", place))
        self.search_box.chosen.connect(self._chosen)

    def search(self, text: str = "", place: QPointF | None = None) -> None:
        """Offer all node types, by default at the cursor."""
        place = self.editing.cursor() if place is None else place
        self._choose = partial(self._add_joined, place)
        names = self.editing.names
        joined = names[0] if len(names) == 1 else f"the {len(names)} selected nodes"
        hint = f"Enter connects it to <b>{escape(joined)}</b>, Shift+Enter does not" if names else ""
        self.search_box.offer(self.document.offered)
        self.search_box.open_at(self._on_screen(place), text, None, hint)

    def replace_node(self) -> None:
        """Offer the node types that the selected node can be replaced by."""
        names, offered = self.editing.names, self.document.offered
        if len(names) != 1:
            self.told.emit("Select one node to replace it.")
            return
        if (shown := shown_outside(self.document, names)) is not None:
            self.told.emit(f"{shown} is part of what this macro shows; remove it from the interface first.")
            return
        network, library = self.document.graph.network(), self.document.library
        fitting = fitting_types(network, library, names[0], offered)
        if not fitting:
            self.told.emit(f"No node type fits the connections of {names[0]}.")
            return
        self._choose = lambda node_type, *_: self.editing.replace(names[0], node_type)
        self.search_box.offer(offered)
        hint = f"Replace <b>{escape(names[0])}</b> with"
        self.search_box.open_at(self._on_screen(self.editing.cursor()), "", [(name, "") for name in fitting], hint)

    def insert_networks(self) -> None:
        """Ask for networks and put them into this one, in the middle of what is seen."""
        path = self.document.path
        chosen = asked_to_open(self, path.parent if path else None, "Insert Network")
        self.editing.insert_all(chosen, self.document.canvas.visible_rect().center())

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
        self._choose = lambda node_type, connector, _: self.editing.add(node_type, place, connector, end)
        self.search_box.offer(offered)
        self.search_box.open_at(self._on_screen(place), "", fitting)

    def _add_joined(self, place: QPointF, node_type: str, _: str, alone: bool) -> None:
        if alone:
            self.editing.add(node_type, place)
        else:
            self.editing.add_to_selection(node_type, place)

    def _chosen(self, node_type: str, connector: str, alone: bool) -> None:
        self._choose(node_type, connector, alone)
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
