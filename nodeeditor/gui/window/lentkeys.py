"""Keys of the main window that work in the windows of nodes as well, for the document that these belong to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.window.documents import Documents

LENT = ("save", "save as", "undo", "redo", "run", "run into", "stop", "update", "reload", "check", "quit")
"""The names of the commands. Others are about what is selected, or mean something else in such a window."""


def lend(action: QAction, child: QWidget, document: Document, documents: Documents) -> None:
    """Let an action's keys work in a window of a document, which comes to the front before the action is done."""
    lent = QAction(child)
    lent.setShortcuts(action.shortcuts())
    lent.triggered.connect(_done(action, document, documents))
    child.addAction(lent)


def _done(action: QAction, document: Document, documents: Documents) -> Callable[[], None]:
    def do() -> None:
        for tab in documents.all_tabs():
            if tab.document is document:
                documents.setCurrentWidget(tab)
                action.trigger()

    return do
