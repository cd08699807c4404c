"""The editor of a field, chosen by what the field's declaration says of its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFileDialog,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from nodeeditor.fields import (
    BoolType,
    DoubleType,
    EnumType,
    IntegerType,
    Json,
    StringType,
    TriggerType,
    VectorType,
)
from nodeeditor.gui.panels.field import FieldWidget, TextWidget, new_gesture, plain
from nodeeditor.gui.panels.number import NumberWidget, SliderWidget, has_slider
from nodeeditor.gui.panels.textbox import TextBoxWidget
from nodeeditor.node import FieldSpec

__all__ = [
    "BoolWidget",
    "ColorWidget",
    "ComboWidget",
    "FieldWidget",
    "FileWidget",
    "NumberWidget",
    "SliderWidget",
    "TextBoxWidget",
    "TextWidget",
    "TriggerWidget",
    "cell_widget",
    "field_widget",
    "new_gesture",
    "swatch_color",
]

_FILE_LETTERS = 40
_NETWORK = "$(NETWORK)"


def field_widget(spec: FieldSpec, parent: QWidget | None = None) -> FieldWidget:
    """The editor of a field in a panel."""
    kind = spec.type
    if spec.lines > 1:
        return TextBoxWidget(spec, parent)
    if spec.read_only:
        return TextWidget(spec, parent, _rows(spec))
    if isinstance(kind, BoolType):
        return BoolWidget(spec, parent)
    if isinstance(kind, EnumType):
        return ComboWidget(spec, [(choice.value, choice.name) for choice in kind.choices], parent)
    if isinstance(kind, DoubleType) and has_slider(kind):
        return SliderWidget(spec, kind, parent)
    if isinstance(kind, (DoubleType, IntegerType)):
        return NumberWidget(spec, kind, parent)
    if isinstance(kind, StringType) and kind.file:
        return FileWidget(spec, parent)
    if isinstance(kind, VectorType) and kind.color:
        return ColorWidget(spec, parent)
    if isinstance(kind, TriggerType):
        return TriggerWidget(spec, parent)
    return TextWidget(spec, parent, _rows(spec))


def cell_widget(spec: FieldSpec, parent: QWidget | None = None) -> FieldWidget:
    """The editor of a field in the narrow cell of a table, where values stand as files spell them."""
    kind = spec.type
    if isinstance(kind, BoolType):
        return ComboWidget(spec, [("TRUE", True), ("FALSE", False)], parent)
    if isinstance(kind, EnumType):
        return ComboWidget(spec, [(choice.name, choice.name) for choice in kind.choices], parent)
    if isinstance(kind, DoubleType):
        return NumberWidget(spec, kind, parent)
    if spec.lines > 1 or (isinstance(kind, VectorType) and not kind.color):
        return TextWidget(spec, parent)
    return field_widget(spec, parent)


class BoolWidget(FieldWidget):
    """A Bool: a check box, half checked while the value is neither true nor false."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.box = QCheckBox(self)
        self.box.clicked.connect(self._click)
        self.gestures.watch(self.box)
        self.setFocusProxy(self.box)
        self._row.addWidget(self.box)
        self._add_unit()
        self._show()

    def _click(self) -> None:
        self.box.setTristate(False)
        self._edit(self.box.isChecked(), new_gesture())

    def _show(self) -> None:
        if isinstance(self._value, bool):
            self.box.setTristate(False)
            self.box.setChecked(self._value)
        else:
            self.box.setCheckState(Qt.CheckState.PartiallyChecked)
        self._complain(self._refusal())


class ComboWidget(FieldWidget):
    """A choice among titles, each of which stands for a JSON value."""

    def __init__(self, spec: FieldSpec, entries: Sequence[tuple[str, Json]], parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._values = [value for _, value in entries]
        self.combo = QComboBox(self)
        self.combo.addItems([title for title, _ in entries])
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.activated.connect(self._choose)
        self.gestures.watch(self.combo)
        self.setFocusProxy(self.combo)
        self._row.addWidget(self.combo, 1)
        self._add_unit()
        self._show()

    def _choose(self, index: int) -> None:
        self._edit(self._values[index], self.gestures.number)

    def _show(self) -> None:
        problem = self._refusal()
        self.combo.setPlaceholderText(plain(self._value) if problem else "")
        self.combo.setCurrentIndex(-1 if problem else self._values.index(self._value))
        self._complain(problem)


class FileWidget(TextWidget):
    """A FileName: a line, buttons that choose a file or a folder, and a place to drop one.

    ``located`` says where a file name of the network leads, ``file_name`` how the network says a file.
    """

    located: Callable[[str], str] = staticmethod(str)
    file_name: Callable[[str], str] = staticmethod(str)

    def _arrange(self) -> None:
        self.setAcceptDrops(True)
        self.lines[0].setAcceptDrops(False)
        self.lines[0].setMinimumWidth(self.fontMetrics().averageCharWidth() * _FILE_LETTERS)
        self.file_button = self._button("…", "Choose a file")
        self.file_button.clicked.connect(lambda: self._ask(QFileDialog.FileMode.AnyFile, "Choose a file"))
        self.folder_button = self._button("", "Choose a folder")
        self.folder_button.setIcon(self.style().standardIcon(QStyle.StandardPixmap.SP_DirIcon))
        self.folder_button.clicked.connect(lambda: self._ask(QFileDialog.FileMode.Directory, "Choose a folder"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file or folder."""
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the name of what was dropped."""
        self._choose(_dropped_file(event))
        event.acceptProposedAction()

    def _button(self, text: str, tool_tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tool_tip)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._row.addWidget(button)
        return button

    def _ask(self, mode: QFileDialog.FileMode, title: str) -> None:
        dialog = QFileDialog(self.window(), title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Choose")
        present = Path(self.located(plain(self._value) or _NETWORK))
        if present.is_absolute():
            dialog.setDirectory(str(present.parent if plain(self._value) else present))
        dialog.fileSelected.connect(self._choose)
        dialog.open()

    def _choose(self, name: str) -> None:
        self.lines[0].restore()
        self._edit(self.file_name(name), new_gesture())


class ColorWidget(FieldWidget):
    """A Color: a button that shows it and opens a dialog to choose another."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.button = SwatchButton(self)
        self.button.clicked.connect(self._ask)
        self.setFocusProxy(self.button)
        self._row.addWidget(self.button)
        self._row.addStretch(1)
        self._show()

    def _ask(self) -> None:
        dialog = QColorDialog(self.button.color or QColor(), self.window())
        dialog.setWindowTitle(f"Choose {self.spec.title}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._choose)
        dialog.open()

    def _choose(self, color: QColor) -> None:
        if color != self.button.color:
            self._edit([round(part, 4) for part in (color.redF(), color.greenF(), color.blueF())], new_gesture())

    def _show(self) -> None:
        self.button.color = swatch_color(self.spec, self._value)
        self.button.update()
        self._complain(self._refusal())


class SwatchButton(QPushButton):
    """A small button filled with a colour; a question mark while there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.color: QColor | None = None
        height = self.fontMetrics().height()
        self.setMinimumSize(4 * height, height)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colour on the button."""
        super().paintEvent(event)
        painter = QPainter(self)
        if self.color is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "?")
            return
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.color)
        painter.drawRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5))


class TriggerWidget(FieldWidget):
    """A Trigger: a push button; ``edited`` gives None each time it is pressed."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.button = QPushButton(spec.title, self)
        self.button.setAutoDefault(True)
        self.button.clicked.connect(lambda: self.edited.emit(None, new_gesture()))
        self.setFocusProxy(self.button)
        self._row.addWidget(self.button)

    def _show(self) -> None:
        """A button always looks the same."""


def swatch_color(spec: FieldSpec, value: Json) -> QColor | None:
    """The colour that a JSON value stands for; None where it is no colour."""
    try:
        red, green, blue = spec.type.value(value)
    except ValueError:
        return None
    return QColor.fromRgbF(red, green, blue)


def _rows(spec: FieldSpec) -> int:
    return 4 if isinstance(spec.type, VectorType) and spec.type.length == 16 else 1


def _dropped_file(event: QDropEvent) -> str:
    """The local file that is dropped; empty where it is none or several."""
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 else ""
