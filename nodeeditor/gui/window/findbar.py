"""A bar above the canvas that finds things in the network, as browsers find words in a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QGraphicsItem, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from nodeeditor.finding import Found, found
from nodeeditor.gui.canvas.halo import Halo
from nodeeditor.gui.canvas.sight import bring_into_sight
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.window.icons import icon

_WIDTH = 260  # pixels of what is typed
_Key = Qt.Key


class FindBar(QFrame):
    """Selects one match after the other and brings it into sight; the others are marked while the bar is open."""

    def __init__(self, document: Document, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._editing = document, editing
        self._found: list[Found] = []
        self._items: list[QGraphicsItem | None] = []  # where they are on the canvas
        self._at = -1
        self._halos: list[Halo] = []
        self.field = QLineEdit(placeholderText="Name, type, field, value, note", clearButtonEnabled=True)
        self.field.setFixedWidth(_WIDTH)
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._search)
        self.count, self.why = QLabel(), QLabel()
        self.why.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.why.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 6, 3)
        row.addWidget(self.field)
        row.addWidget(self._button("up", "Previous (Shift+F3)", lambda: self.step(-1)))
        row.addWidget(self._button("down", "Next (F3)", lambda: self.step(1)))
        row.addWidget(self.count)
        row.addWidget(self.why, 1)
        row.addWidget(self._button("close", "Close (Esc)", self.put_away))
        document.network_changed.connect(lambda _: self._look_again())
        self.hide()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.field.text()

    def open(self) -> None:
        """Be there and take the keys; what was looked for before is selected, so that typing replaces it."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._look_again()

    def put_away(self) -> None:
        """Go; the selection stays."""
        self.hide()
        self._mark()
        self._document.canvas.setFocus()

    def step(self, by: int) -> None:
        """Go to the next match, or back to the one before with -1; from the last one on to the first."""
        if self.isHidden():
            self.open()
        if self._found:
            self._go((self._at + by) % len(self._found) if self._at >= 0 else min(0, by) % len(self._found))

    def _search(self) -> None:
        """The text is another one: stay where it matches as well, else go to the first match."""
        self._look_again()
        if self._found:
            self._go(max(self._at, 0))

    def _look_again(self) -> None:
        """Look through the network as it is now, and go nowhere."""
        if self.isHidden():
            return
        before = self._found[self._at] if self._at >= 0 else None
        self._found = found(self._document.network, self._document.library, self.text)
        self._items = self._places()
        same = [number for number, match in enumerate(self._found) if before and _identity(match) == _identity(before)]
        self._at = same[0] if same else -1
        self._mark()
        self._tell()

    def _go(self, number: int) -> None:
        self._at = number
        match, canvas = self._found[number], self._document.canvas
        item = self._items[number]
        if match.kind == "node":
            self._editing.select([match.name])
        elif match.kind == "group":
            self._editing.select_group(match.name)
        else:
            before = set(canvas.selected())
            canvas.select([item] if item else [])
            canvas.tell_selection(before)
        if item is not None:
            bring_into_sight(canvas, item.sceneBoundingRect())
        self._tell()

    def _tell(self) -> None:
        here = self._found[self._at] if self._at >= 0 else None
        number = f"{self._at + 1} of {len(self._found)}" if here else f"{len(self._found)} found"
        self.count.setText(number if self._found else "Nothing found" if self.text.strip() else "")
        self.why.setText(here.why if here else "")
        self.why.setToolTip(self.why.text())

    def _mark(self) -> None:
        for halo in self._halos:
            halo.detach()
        shown = () if self.isHidden() else zip(self._found, self._items, strict=True)
        self._halos = [Halo(item) for match, item in shown if item is not None and match.kind != "group"]

    def _places(self) -> list[QGraphicsItem | None]:
        graph = self._document.graph
        places: dict[tuple[str, str | int], QGraphicsItem] = {
            **{("node", node.name()): node.view for node in graph.editor_nodes()},
            **{("group", frame.title): frame for frame in graph.scenery.groups()},
            **{("note", index): note for index, note in enumerate(graph.scenery.notes())},
        }
        return [places.get((match.kind, match.index if match.kind == "note" else match.name)) for match in self._found]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in (_Key.Key_Return, _Key.Key_Enter):
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == _Key.Key_Escape:
            self.put_away()
        else:
            return super().eventFilter(watched, event)
        return True

    def _button(self, sign: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton(autoRaise=True, toolTip=tip, focusPolicy=Qt.FocusPolicy.NoFocus)
        button.setIcon(icon(sign))
        button.clicked.connect(act)
        return button


def _identity(match: Found) -> tuple[str, str, int]:
    return match.kind, match.name, match.index
