"""The cells of an automatic panel: what they show, and the editor that stands in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nodeeditor.fields import Json, VectorType
from nodeeditor.gui.panels.drag import FIELD_MIME, dragged_field, field_mime
from nodeeditor.gui.panels.field import tip
from nodeeditor.gui.panels.fieldwidgets import FieldWidget, cell_widget, swatch_color
from nodeeditor.gui.panels.rows import Row
from nodeeditor.node import FieldSpec

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MARK = "●"


@dataclass(frozen=True)
class Column:
    """One column: its title, what it says of a row, and what its tooltip says."""

    title: str
    text: Callable[[Row], str]
    tip: Callable[[Row], str] = lambda row: row.help


_NAME = Column("Name", lambda row: row.name)
_TYPE = Column("Type", lambda row: row.type)
_IN = Column("In", lambda row: _MARK if row.source else "", lambda row: f"from {row.source}" if row.source else "")
_OUT = Column("Out", lambda row: _MARK if row.consumers else "", lambda row: "\n".join(row.consumers))
_VALUE = Column("Value", lambda row: row.text, lambda row: row.text if len(row.text) > 20 else row.help)

PARAMETERS = (_NAME, _TYPE, _IN, _OUT, _VALUE)
INPUTS = (_NAME, _TYPE, Column("From", lambda row: row.text))
OUTPUTS = (_NAME, _TYPE, Column("To", lambda row: row.text))


class FieldTable(QAbstractTableModel):
    """Rows in columns; ``dropped`` tells of a field (``Node.field``) that fell onto the field of a row."""

    dropped = Signal(str, str)

    def __init__(self, columns: Sequence[Column], parent: QObject) -> None:
        super().__init__(parent)
        self.columns = columns
        self.rows: tuple[Row, ...] = ()
        self.node = ""

    def show_rows(self, node: str, rows: tuple[Row, ...]) -> bool:
        """Show the rows of a node; whether they are other rows than before, not only other values."""
        old, self.node = self.rows, node
        if [(row.name, row.field) for row in old] != [(row.name, row.field) for row in rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return True
        self.rows = rows
        for number, (before, now) in enumerate(zip(old, rows, strict=True)):
            if before != now:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1), [])
        return False

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = self.rows[index.row()], self.columns[index.column()]
        last = column is self.columns[-1]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.tip(row))
        if role == Qt.ItemDataRole.FontRole and row.bold and last:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Qt.ItemDataRole.ForegroundRole and row.grey:
            return QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (_IN, _OUT):
            return Qt.AlignmentFlag.AlignCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows of fields can be dragged onto each other."""
        if not index.isValid() or self.rows[index.row()].field is None:
            return super().flags(index)
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        """Fields."""
        return [FIELD_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The field of the dragged row."""
        return field_mime(f"{self.node}.{self.rows[indexes[0].row()].name}")

    def supportedDragActions(self) -> Qt.DropAction:
        """Fields are linked."""
        return Qt.DropAction.LinkAction

    def supportedDropActions(self) -> Qt.DropAction:
        """Fields are linked."""
        return Qt.DropAction.LinkAction

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Tell of a field that fell onto a row."""
        if not parent.isValid() or not dragged_field(data):
            return False
        self.dropped.emit(self.rows[parent.row()].name, dragged_field(data))
        return True


class ValueDelegate(QStyledItemDelegate):
    """Paints colours as swatches and puts field editors into cells; ``edited`` gives field, JSON value and gesture."""

    edited = Signal(object, object, int)

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The editor of a field."""
        field = _row(index).field
        assert field is not None
        editor = cell_widget(field, parent)
        editor.setAutoFillBackground(True)
        editor.edited.connect(lambda value, gesture: self._tell(field, value, gesture))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the value; what somebody is typing stays."""
        if isinstance(editor, FieldWidget):
            editor.show_value(_row(index).value)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Send what is typed."""
        if isinstance(editor, FieldWidget):
            editor.commit()

    def eventFilter(self, watched: QObject, event: object) -> bool:
        """Editors know themselves when they are done."""
        return False

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Fill the cell."""
        editor.setGeometry(_rect(option))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as an editor needs."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 4, self.parent_widget().fontMetrics().height() + 7)

    def parent_widget(self) -> QWidget:
        """The view that it paints for."""
        parent = self.parent()
        assert isinstance(parent, QWidget)
        return parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell, a colour as a swatch."""
        row = _row(index)
        super().paint(painter, option, index)
        is_color = row.field is not None and isinstance(row.field.type, VectorType) and row.field.type.color
        color = swatch_color(row.field, row.value) if row.field is not None and is_color else None
        if color is None or index.column() != len(_table(index).columns) - 1:
            return
        rect = _rect(option)
        painter.fillRect(rect, self.parent_widget().palette().brush(QPalette.ColorRole.Base))
        swatch = QRect(rect.left() + 1, rect.top() + 2, 4 * rect.height() - 4, rect.height() - 5)
        painter.setPen(self.parent_widget().palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(color)
        painter.drawRect(swatch)

    def _tell(self, field: FieldSpec, value: Json, gesture: int) -> None:
        self.edited.emit(field, value, gesture)


def _table(index: Index) -> FieldTable:
    table = index.model()
    assert isinstance(table, FieldTable)
    return table


def _row(index: Index) -> Row:
    return _table(index).rows[index.row()]


def _rect(option: QStyleOptionViewItem) -> QRect:
    rect = option.rect
    assert isinstance(rect, QRect)
    return rect
