"""The panel of messages: what is wrong with the network now, and what happened."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from nodeeditor.errors import NetworkError, NodeEditorError
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.window.icons import icon

Kind: TypeAlias = Literal["error", "warning", "info"]
_INK = {"error": "#c62828", "warning": "#c98a00", "info": "#3f7fbf"}
_NODE = Qt.ItemDataRole.UserRole
_MESSAGE = Qt.ItemDataRole.UserRole + 1
_LONGEST_LOG = 500


@dataclass(frozen=True)
class Message:
    """One line: how bad it is, the node (or ``Node.connector``) it is about, if any, and the sentence.

    ``causes`` are the errors behind it, the nearest first.
    """

    kind: Kind
    text: str
    place: str = ""
    node: str = ""
    causes: tuple[str, ...] = ()


def message_of(error: NodeEditorError) -> Message:
    """What a problem says, and where."""
    if isinstance(error, NetworkError):
        kind: Kind = "warning" if error.warning else "error"
        return Message(kind, error.message, error.place, error.node, tuple(_causes(error)))
    node = getattr(error, "node", "")
    return Message("error", getattr(error, "message", str(error)), node, node, tuple(_causes(error)))


def _causes(error: BaseException) -> Iterator[str]:
    """The errors that led to one, as far as they are known."""
    cause = error.__cause__
    while cause is not None:
        yield f"{type(cause).__name__}: {cause}".rstrip(": ")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def from_behind(message: Message, network: str) -> Message:
    """A message about a network that is not in front: it begins with that one's name, and leads to no node."""
    return replace(message, place=": ".join(filter(None, (network, message.place))), node="")


@dataclass(frozen=True)
class _Told:
    """What happened at a time of day, while a document was in front that had a name then."""

    time: str
    message: Message
    document: weakref.ref[Document] | None
    name: str

    def seen_from(self, front: Document | None) -> Message:
        """The message while a document is in front: a node's name means another node in any other one."""
        own = self.document is None or self.document() is front
        return self.message if own or not self.message.node else from_behind(self.message, self.name)


class Messages(QDockWidget):
    """Problems of the shown network on top, kept up to date; below them what happened, the latest last.

    A message that is told about a node is about one of the document that is in front at that moment.

    ``node_wanted`` brings a node's name, ``report_wanted`` the messages of which somebody wants to tell others.
    """

    node_wanted = Signal(str)
    report_wanted = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Messages", parent)
        self.setObjectName("Messages")
        self._problems: list[Message] = []
        self._log: list[_Told] = []
        self._front: Document | None = None
        self._tree = QTreeWidget(rootIsDecorated=False, uniformRowHeights=True, columnCount=3)
        self._tree.setHeaderHidden(True)
        self._tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self._tree.itemActivated.connect(self._activated)
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.customContextMenuRequested.connect(self._menu)
        self.setWidget(self._tree)

    def show_document(self, document: Document) -> None:
        """Let lines lead to nodes of this document alone."""
        if document is not self._front:
            self._front = document
            self._fill()

    def show_problems(self, problems: Iterable[NodeEditorError]) -> None:
        """Show what is wrong now, in place of what was wrong before."""
        now = [message_of(problem) for problem in problems]
        if now != self._problems:
            self._problems = now
            self._fill()

    def tell(self, *messages: Message) -> None:
        """Add to what happened."""
        time = datetime.now().strftime("%H:%M:%S")
        front = self._front
        about, name = (weakref.ref(front), front.name) if front else (None, "")
        self._log = [*self._log, *(_Told(time, message, about, name) for message in messages)][-_LONGEST_LOG:]
        self._fill()
        self._tree.scrollToBottom()

    def clear_log(self) -> None:
        """Forget what happened; what is wrong now stays."""
        self._log = []
        self._fill()

    def lines(self) -> list[str]:
        """What is shown, a text a line."""
        items = [self._tree.topLevelItem(index) for index in range(self._tree.topLevelItemCount())]
        return [": ".join(filter(None, (item.text(0), item.text(1)))) for item in items if item]

    def _fill(self) -> None:
        self._tree.clear()
        problems = [_row(message, "") for message in self._problems]
        self._tree.addTopLevelItems([*problems, *(_row(one.seen_from(self._front), one.time) for one in self._log)])
        count = sum(message.kind == "error" for message in self._problems)
        self.setWindowTitle(f"Messages ({count})" if count else "Messages")

    def _activated(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _NODE):
            self.node_wanted.emit(item.data(0, _NODE))

    def _menu(self, pos: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Copy", self._copy)
        menu.addAction("Copy Report", self.copy_report)
        menu.addAction("Clear What Happened", self.clear_log)
        menu.exec(self._tree.viewport().mapToGlobal(pos))

    def copy_report(self) -> None:
        """Have the selected messages copied with all that is known of their nodes."""
        chosen = [item.data(0, _MESSAGE) for item in self._tree.selectedItems()]
        if chosen:
            self.report_wanted.emit(chosen)

    def _copy(self) -> None:
        chosen = self._tree.selectedItems()
        QGuiApplication.clipboard().setText("\n".join(f"{item.text(0)}: {item.text(1)}" for item in chosen))


def _row(message: Message, time: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([message.place, message.text.replace("\n", " "), time])
    item.setIcon(0, icon(message.kind, _INK[message.kind]))
    item.setToolTip(1, message.text)
    item.setData(0, _NODE, message.node)
    item.setData(0, _MESSAGE, message)
    return item
