"""The editor of a text of several lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontDatabase, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nodeeditor.gui.panels.field import FieldWidget, new_gesture, plain
from nodeeditor.gui.panels.typed import Typed
from nodeeditor.node import FieldSpec

_LETTERS = 34


class TextBox(Typed, QPlainTextEdit):
    """A box of text that knows what it last showed, so that Escape can bring it back; Ctrl+Return sends it."""

    finished = Signal()

    def __init__(self, parent: QWidget, lines: int) -> None:
        super().__init__(parent)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        metrics = self.fontMetrics()
        frame = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        scroll_bar = self.horizontalScrollBar().sizeHint().height()
        self.setMinimumWidth(metrics.averageCharWidth() * _LETTERS + frame)
        self.setFixedHeight(metrics.lineSpacing() * lines + frame + scroll_bar)

    def show_text(self, text: str) -> None:
        """Show a text, unless somebody is typing another one."""
        if self.hasFocus() and self.typed:
            self.shown = text
        elif text != self.shown:
            self.setPlainText(text)
            self.shown = self.toPlainText()  # Qt ends lines in its own way; nobody typed that

    def event(self, event: QEvent) -> bool:
        """Claim Escape and undo while text is typed, leave undo to the network while none is."""
        return self._settles(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what was shown, Ctrl+Return sends what is typed."""
        sends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._brings_back(event):
            self.setPlainText(self.shown)
        elif sends and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
        elif self._is_foreign(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving sends what is typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finished.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the error frame over the text."""
        super().paintEvent(event)
        self._draw_frame()

    def _text(self) -> str:
        return self.toPlainText()

    def _surface(self) -> QWidget:
        return self.viewport()


class TextBoxWidget(FieldWidget):
    """A String of several lines; a read-only one can be selected and copied."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.box = TextBox(self, spec.lines)
        self.box.setReadOnly(spec.read_only)
        self.box.finished.connect(self.commit)
        self.setFocusProxy(self.box)
        self._row.addWidget(self.box, 1)
        self._show()

    def commit(self) -> None:
        """Send what is typed."""
        if not self.spec.read_only and self.box.typed:
            self.box.shown = self.box.toPlainText()
            self.box.document().clearUndoRedoStacks()  # from here on the network undoes it
            self._edit(self.box.shown, new_gesture())

    def _show(self) -> None:
        self.box.show_text(plain(self._value))
        self._complain(self._refusal())

    def _complain(self, problem: str) -> None:
        super()._complain(problem)
        self.box.mark_wrong(bool(problem))
