"""The automatic panel: all fields and connectors of a node as tables, edited in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from nodeeditor.fields import TriggerType
from nodeeditor.gui.panels.cells import INPUTS, OUTPUTS, PARAMETERS, Column, FieldTable, Index, ValueDelegate
from nodeeditor.gui.panels.drag import connector_menu, field_menu, join
from nodeeditor.gui.panels.fieldwidgets import FieldWidget, TextWidget
from nodeeditor.gui.panels.model import PanelModel, field_states, send
from nodeeditor.gui.panels.rows import Row, field_rows, input_rows, output_rows
from nodeeditor.node import FieldSpec

_SHARES = {"Name": 0.4, "Type": 0.16}  # of the width, that columns may take from the values
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)


class AutomaticPanel(QWidget):
    """Everything a node has, in the tabs Parameters, Inputs and Outputs."""

    def __init__(self, model: PanelModel | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: PanelModel | None = None
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter by name (Ctrl+F)")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.refresh)
        self.parameters = FieldView(PARAMETERS, self)
        self.inputs = FieldView(INPUTS, self)
        self.outputs = FieldView(OUTPUTS, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for title, view in (("Parameters", self.parameters), ("Inputs", self.inputs), ("Outputs", self.outputs)):
            self.tabs.addTab(view, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.filter)
        layout.addWidget(self.tabs)
        self.setFocusProxy(self.parameters)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)
        self.show_node(model)

    def show_node(self, model: PanelModel | None) -> None:
        """Show another node, or none."""
        if self._model is not None:
            self._model.changed.disconnect(self.refresh)
        self._model = model
        if model is not None:
            model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the node as it stands; what somebody is typing stays."""
        model = self._model
        tables = (field_rows, input_rows, output_rows)
        for view, rows in zip((self.parameters, self.inputs, self.outputs), tables, strict=True):
            view.show_rows(model, self._filtered(rows(model)) if model is not None else ())

    def sizeHint(self) -> QSize:
        """Room for all columns and some thirty rows, as far as the screen has it."""
        line = self.fontMetrics().height()
        return QSize(34 * line, min(44 * line, self.screen().availableSize().height() * 2 // 3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the filter line go to the table, with Escape without the filter."""
        if self.filter.hasFocus() and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down, *_ENTER):
            if event.key() == Qt.Key.Key_Escape:
                self.filter.clear()
            self.tabs.currentWidget().setFocus()
        else:
            super().keyPressEvent(event)

    def _filtered(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        wanted = self.filter.text().strip().casefold()
        return tuple(row for row in rows if wanted in row.name.casefold())

    def _find(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()


class FieldView(QTreeView):
    """One table of the automatic panel; the value of the current row stands in its editor."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self.table = FieldTable(columns, self)
        self._model: PanelModel | None = None
        self._open = QPersistentModelIndex()
        self.setModel(self.table)
        delegate = ValueDelegate(self)
        delegate.edited.connect(self._send)
        self.setItemDelegate(delegate)
        self.table.dropped.connect(self._join)
        self.clicked.connect(self._click)
        self.setRootIsDecorated(False)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragDropOverwriteMode(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._size_columns()

    def show_rows(self, model: PanelModel | None, rows: tuple[Row, ...]) -> None:
        """Show the rows of a node."""
        name, node = self.current_name(), model.name() if model is not None else ""
        if model is not self._model:
            self._close_editor()
        self._model = model
        if self.table.show_rows(node, rows):
            self._open_buttons()
            self._fit()
            self.select(name)
        self._place_editor()

    def current_name(self) -> str:
        """The name in the current row; empty where there is none."""
        index = self.currentIndex()
        return self.table.rows[index.row()].name if index.isValid() else ""

    def select(self, name: str) -> None:
        """Make the row of a name the current one, if there is one."""
        for number, row in enumerate(self.table.rows):
            if row.name == name:
                self.setCurrentIndex(self.table.index(number, 0))

    def editor(self, name: str) -> FieldWidget | None:
        """The editor that stands in the row of a name; None where the row has none."""
        names = [row.name for row in self.table.rows]
        widget = self.indexWidget(self._value_index(names.index(name))) if name in names else None
        return widget if isinstance(widget, FieldWidget) else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Put the editor into the new current row."""
        super().currentChanged(current, previous)
        self._place_editor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes into the editor and out of it again, Escape out of it, typing into it."""
        editor = self.editor(self.current_name())
        inside = editor is not None and _has_focus(editor)
        if inside and event.key() in (*_ENTER, Qt.Key.Key_Escape):
            self.setFocus()
        elif editor is not None and event.key() in _ENTER:
            self._enter(editor)
        elif event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.table.rows[self.currentIndex().row()].text)
        elif isinstance(editor, TextWidget) and not inside and _is_typing(event):
            self._enter(editor)
            QApplication.sendEvent(editor.lines[0], event)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the row."""
        index, at = self.indexAt(event.pos()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if not index.isValid() or self._model is None:
            return
        row = self.table.rows[index.row()]
        if row.field is None:
            menu = connector_menu(self._model, row.name, row.source, self)
        else:
            menu = field_menu(self._model, field_states(self._model)[row.name], self)
        menu.popup(at)

    def _size_columns(self) -> None:
        header = self.header()
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(20)
        for number, column in enumerate(self.table.columns):
            if column.title in ("In", "Out"):
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(self.table.columns) - 1, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give names and types the room that they need, but never so much that the values have none."""
        for number, column in enumerate(self.table.columns):
            if column.title in _SHARES:
                most = int(_SHARES[column.title] * self.viewport().width())
                self.setColumnWidth(number, min(self.sizeHintForColumn(number) + 4, most))

    def _value_index(self, row: int) -> QModelIndex:
        return self.table.index(row, len(self.table.columns) - 1)

    def _open_buttons(self) -> None:
        """Triggers are buttons in every row, not only in the current one."""
        for number, row in enumerate(self.table.rows):
            if _is_trigger(row):
                self.openPersistentEditor(self._value_index(number))

    def _place_editor(self) -> None:
        """Let the editor of the current row stand in it, and no other one."""
        current = self.currentIndex()
        row = self.table.rows[current.row()] if current.isValid() else Row("")
        wanted = QPersistentModelIndex()
        if row.editable and not _is_trigger(row):
            wanted = QPersistentModelIndex(self._value_index(current.row()))
        if wanted == self._open:
            return
        self._close_editor()
        if wanted.isValid():
            self._open = wanted
            self.openPersistentEditor(self._value_index(wanted.row()))

    def _close_editor(self) -> None:
        """Take the editor away, after what is typed in it."""
        index, self._open = QModelIndex(self._open), QPersistentModelIndex()
        if not index.isValid():
            return
        editor = self.indexWidget(index)
        if editor is not None and _has_focus(editor):
            self.setFocus()
        self.closePersistentEditor(index)

    def _click(self, index: QModelIndex) -> None:
        editor = self.editor(self.current_name())
        if editor is not None and index.column() == len(self.table.columns) - 1:
            self._enter(editor)

    def _enter(self, editor: FieldWidget) -> None:
        editor.setFocus()
        if isinstance(editor, TextWidget):
            editor.lines[0].selectAll()

    def _send(self, field: object, value: object, gesture: int) -> None:
        if self._model is not None and isinstance(field, FieldSpec):
            send(self._model, field, value, gesture)

    def _join(self, name: str, source: str) -> None:
        if self._model is not None:
            join(self._model, name, source, self.viewport())


def _has_focus(editor: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and editor.isAncestorOf(focused)


def _is_trigger(row: Row) -> bool:
    return row.field is not None and isinstance(row.field.type, TriggerType)


def _is_typing(event: QKeyEvent) -> bool:
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not held and event.text().isprintable() and event.text().strip() != ""
