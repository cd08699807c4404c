"""What the editors of all fields share: a value in JSON, gestures, and text that is sent only where it is right."""

from __future__ import annotations

import itertools
import json
import textwrap
from html import escape

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nodeeditor.errors import FieldError
from nodeeditor.fields import Json
from nodeeditor.gui.panels.typed import Typed
from nodeeditor.node import FieldSpec

_WHEEL_PAUSE = 500
_TIP_WIDTH = 72
_gestures = itertools.count(1)


def new_gesture() -> int:
    """A number that no gesture had before; the edits of one gesture are undone together."""
    return next(_gestures)


def tip(text: str) -> str:
    """A text as a tooltip: never read as markup, its lines kept, and wrapped where it is long."""
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, _TIP_WIDTH)]
    return f'<p style="white-space:pre">{escape(chr(10).join(lines))}</p>' if text else ""


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal and of one type: true is not 1."""
    return type(one) is type(other) and bool(one == other)


def words(spec: FieldSpec, value: Json) -> str:
    """A JSON value as its field spells it; a value that the field refuses stands as it is."""
    try:
        return spec.type.to_text(spec.value(value))
    except FieldError:
        return plain(value)


def plain(value: Json) -> str:
    """A JSON value as a person reads it: a text without quotes, else JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Gestures(QObject):
    """Numbers what a person does on some widgets: a press, a held key and a turn of the wheel are one gesture each.

    The wheel says nothing to a widget without focus, so that a panel can be scrolled past it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.number = new_gesture()
        self._wheel = QElapsedTimer()

    def watch(self, *widgets: QWidget) -> None:
        """Number what happens on some more widgets."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the next gesture its number; keep the wheel from widgets without focus."""
        if event.type() == QEvent.Type.Wheel:
            if not (isinstance(watched, QWidget) and watched.hasFocus()):
                event.ignore()
                return True
            if not self._wheel.isValid() or self._wheel.elapsed() > _WHEEL_PAUSE:
                self.number = new_gesture()
            self._wheel.start()
        elif event.type() == QEvent.Type.MouseButtonPress or _is_new_press(event):
            self.number = new_gesture()
        return False


class FieldWidget(QWidget):
    """The editor of one field; ``edited`` gives a JSON value and the number of the gesture that made it."""

    edited = Signal(object, int)

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.gestures = Gestures(self)
        self._value: Json = spec.type.to_json(spec.default)
        self._problem = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(3)
        self.setToolTip(tip(spec.help))

    def value(self) -> Json:
        """The field's value as it was last shown or edited; text that is only typed is none yet."""
        return self._value

    def show_value(self, value: Json) -> None:
        """Show another value, without ``edited``; text that somebody is typing stays."""
        if not same(value, self._value):
            self._value = value
            self._show()

    def problem(self) -> str:
        """Why what is shown is no value of the field, in words; empty when all is well."""
        return self._problem

    def commit(self) -> None:
        """Send what is typed but not sent yet."""

    def _show(self) -> None:
        """Bring the widgets up to the value."""
        raise NotImplementedError

    def _edit(self, value: Json, gesture: int) -> None:
        """Take a value that a person chose."""
        if not same(value, self._value):
            self._value = value
            self._show()
            self.edited.emit(value, gesture)

    def _complain(self, problem: str) -> None:
        self._problem = problem
        self.setToolTip(tip(problem or self.spec.help))

    def _refusal(self) -> str:
        """Why the shown value is none of the field's, as a damaged file may hold it."""
        try:
            self.spec.value(self._value)
        except FieldError as error:
            return error.message
        return ""

    def _add_unit(self) -> None:
        if self.spec.unit:
            self._row.addWidget(QLabel(self.spec.unit, self))


class FieldLine(Typed, QLineEdit):
    """A line of text that knows what it last showed, so that Escape can bring it back."""

    def show_text(self, text: str) -> None:
        """Show a text, unless somebody is typing another one."""
        typing = self.hasFocus() and self.typed
        self.shown = text
        if not typing and self.typed:
            self.setText(text)
            self.shown = self.text()  # Qt drops a byte order mark; nobody typed that
            if not self.hasFocus():
                self.setCursorPosition(0)

    def restore(self) -> None:
        """Forget what was typed."""
        self.setText(self.shown)
        self.selectAll()

    def make_quiet(self) -> None:
        """Look like a label; the text can still be selected."""
        self.setReadOnly(True)
        self.setFrame(False)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)

    def event(self, event: QEvent) -> bool:
        """Claim Escape while text is typed, leave undo to the network while none is."""
        return self._settles(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what was shown."""
        if self._brings_back(event):
            self.restore()
        elif self._is_foreign(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the error frame over the line."""
        super().paintEvent(event)
        self._draw_frame()

    def _text(self) -> str:
        return self.text()

    def _surface(self) -> QWidget:
        return self


class TextWidget(FieldWidget):
    """Any field as text, spelled as on a command line; a read-only one can be selected and copied.

    The text may be spread over several lines of equally many words, as the rows of a matrix.
    """

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None, rows: int = 1) -> None:
        super().__init__(spec, parent)
        self.lines = [self._line() for _ in range(rows)]
        self.setFocusProxy(self.lines[0])
        column = QVBoxLayout()
        column.setSpacing(1)
        for line in self.lines:
            column.addWidget(line)
            line.editingFinished.connect(self.commit)
            line.textChanged.connect(self._recheck)
            if spec.read_only:
                line.make_quiet()
        self._row.addLayout(column, 1)
        self._arrange()
        self._show()

    def commit(self) -> None:
        """Send what is typed, if it is right; else say what is wrong with it."""
        if self.spec.read_only or not self._typed():
            return
        try:
            value = self._read()
        except FieldError as error:
            self._complain(error.message)
            return
        for line in self.lines:
            line.shown = line.text()  # now sent, so that showing the value may spell it anew
        self._edit(value, new_gesture())
        self._show()

    def _line(self) -> FieldLine:
        return FieldLine(self)

    def _arrange(self) -> None:
        """Put what else belongs to the editor behind the lines."""
        self._add_unit()

    def _typed(self) -> bool:
        return any(line.typed for line in self.lines)

    def _read(self) -> Json:
        return self.spec.type.to_json(self.spec.from_text(" ".join(line.text() for line in self.lines)))

    def _show(self) -> None:
        for line, text in zip(self.lines, self._texts(), strict=True):
            line.show_text(text)
        self._recheck()
        if not self._typed():
            self._complain(self._refusal())

    def _texts(self) -> list[str]:
        """What each line shows."""
        text = words(self.spec, self._value)
        if len(self.lines) == 1:
            return [text]
        split = text.split()
        length = -(-len(split) // len(self.lines))
        return [" ".join(split[length * row : length * (row + 1)]) for row in range(len(self.lines))]

    def _recheck(self) -> None:
        """Take the complaint back once the text is right; a new one waits until the person is done typing."""
        if not self._problem:
            return
        if not self._typed():
            self._complain(self._refusal())
            return
        try:
            self._read()
        except FieldError:
            return
        self._complain("")

    def _complain(self, problem: str) -> None:
        super()._complain(problem)
        for line in self.lines:
            line.mark_wrong(bool(problem))


def _is_new_press(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat()
