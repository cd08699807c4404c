"""A table of two columns, what and its value, that can be searched and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget


class PairTable(QTableView):
    """Rows of two texts; values of several lines are set in columns of equal width."""

    def __init__(self, titles: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = list(titles)
        self._rows: list[tuple[str, str]] = []
        self._items = QStandardItemModel(self)
        self._items.setHorizontalHeaderLabels(self._titles)
        self._sieve = QSortFilterProxyModel(self)
        self._sieve.setSourceModel(self._items)
        self._sieve.setFilterKeyColumn(-1)
        self._sieve.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._sieve)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show other rows; the same ones stay as they are scrolled and chosen."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        self._items.setRowCount(0)
        for what, value in rows:
            self._items.appendRow([_item(what), _item(value)])
        self._fit_rows()

    def show_only(self, text: str) -> None:
        """Show the rows that hold a text in either column."""
        self._sieve.setFilterFixedString(text)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Give each line of text its height, without the air that tables put around it."""
        line = self.fontMetrics().height() + 3
        for number in range(self._sieve.rowCount()):
            self.setRowHeight(number, line * (1 + self._row(number)[1].count("\n")))

    def rows(self) -> list[tuple[str, str]]:
        """The rows that are seen."""
        return [self._row(number) for number in range(self._sieve.rowCount())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows, a tabulator between what and value."""
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
            QGuiApplication.clipboard().setText("\n".join("\t".join(self._row(number)) for number in chosen))
        else:
            super().keyPressEvent(event)

    def _row(self, number: int) -> tuple[str, str]:
        what, value = (str(self._sieve.index(number, column).data()) for column in (0, 1))
        return what, value


def _item(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    item.setToolTip("" if "\n" in text or len(text) < 30 else text)
    if "\n" in text:
        item.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return item
