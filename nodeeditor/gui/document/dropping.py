"""What is dropped on a canvas from outside: files, folders, node types of the palette."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from nodeeditor import edits
from nodeeditor.formats import is_network
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import STEP, Editing
from nodeeditor.network import Network

_IMAGE_TYPE, _IMAGE_FIELD = "LocalImage", "name"

MIME_TYPE = "application/x-nodeeditor-type"


class Dropping(QObject):
    """Takes what falls on one canvas; ``open_network`` is called with each network file.

    A network file that falls while Ctrl is held is put into the open network instead.
    """

    def __init__(self, document: Document, editing: Editing, open_network: Callable[[Path], object]) -> None:
        super().__init__(document)
        self._document, self._editing, self._open_network = document, editing, open_network
        document.canvas.viewport().installEventFilter(self)
        document.graph.data_dropped.connect(self.drop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragMoveEvent) and _welcome(event.mimeData()):
            event.acceptProposedAction()
            return True
        if not isinstance(event, QDropEvent) or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if not any(map(is_network, _files(event.mimeData()))):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.insert(event.mimeData(), self._document.canvas.mapToScene(event.position().toPoint()))
        return True

    def insert(self, data: QMimeData, at: QPointF) -> None:
        """Put the networks that were dropped at a point of the scene into the open one, and images beside them."""
        files = _files(data)
        networks = [path for path in files if is_network(path)]
        self._add_images([path for path in files if path not in networks], at)
        self._editing.insert_all(networks, at)

    def drop(self, data: QMimeData, at: QPoint) -> None:
        """Make nodes of what was dropped at a point of the scene, or open it."""
        if data.hasFormat(MIME_TYPE):
            self._document.canvas.setFocus()
            self._editing.add(bytes(data.data(MIME_TYPE).data()).decode(), QPointF(at))
            return
        files = _files(data)
        networks = [path for path in files if is_network(path)]
        self._add_images([path for path in files if path not in networks], QPointF(at))
        for path in networks:
            self._open_network(path)

    def _add_images(self, files: list[Path], at: QPointF) -> None:
        network: Network = self._document.graph.network()
        names = []
        for index, path in enumerate(files):
            place = (at.x() + index * STEP, at.y())
            fields = {_IMAGE_FIELD: self._document.file_name(path)}
            network, name = edits.added(network, _IMAGE_TYPE, place, fields)
            names.append(name)
        if names:
            self._document.graph.apply(f"add {names[0] if len(names) == 1 else f'{len(names)} images'}", network)
            self._editing.select(names)


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _welcome(data: QMimeData) -> bool:
    return data.hasFormat(MIME_TYPE) or any(url.isLocalFile() for url in data.urls())
