"""What was done to the network that is shown, step by step; a click goes back or forth to a step."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QUndoGroup
from PySide6.QtWidgets import QDockWidget, QStyledItemDelegate, QStyleOptionViewItem, QUndoView

Index = QModelIndex | QPersistentModelIndex
_TITLE = "Undo History"
_AIR = 5  # pixels around the text of a step


class History(QDockWidget):
    """The steps of the active one of some undo stacks, oldest first; hidden until somebody wants it."""

    def __init__(self, stacks: QUndoGroup) -> None:
        super().__init__(_TITLE)
        self.setObjectName(_TITLE)
        self.steps = QUndoView(stacks)
        self.steps.setEmptyLabel("As it was at first")
        self.steps.setItemDelegate(_Sentences(self.steps))
        self.steps.setToolTip("A click goes back, or forth again, to what was there after a step")
        self.setWidget(self.steps)
        self.hide()

    def sizeHint(self) -> QSize:
        """As narrow as the palette, below which it appears."""
        return QSize(190, 220)


class _Sentences(QStyledItemDelegate):
    """Begins each step, which menus name behind "Undo", with a capital letter; a long one loses its middle."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = option.text[:1].upper() + option.text[1:]
        option.textElideMode = Qt.TextElideMode.ElideMiddle

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the view, whatever the text."""
        return QSize(1, option.fontMetrics.height() + _AIR)
