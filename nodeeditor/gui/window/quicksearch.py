"""A node type chosen by typing, at the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nodeeditor.gui.canvas.theme import DARK, Theme, color, theme_for
from nodeeditor.gui.window.palette import NODE_TYPE, NOTE, POSITIONS, Row
from nodeeditor.library import Library
from nodeeditor.node import Input, Node, Output
from nodeeditor.search import Match, matches

_SIZE = QSize(660, 360)
_CARD_WIDTH = 290
_CONNECTOR = NOTE + 1
_LIGHT_CARD = ("#fbf4d4", "#2b2a22", "#7a7355", "#8a5a00")  # ground, text, lesser text, names
_DARK_CARD = ("#33302a", "#e6e1d3", "#a39d8a", "#e8c66a")

_Key = Qt.Key
_MOVES = (_Key.Key_Up, _Key.Key_Down, _Key.Key_PageUp, _Key.Key_PageDown)


class QuickSearch(QFrame):
    """A line to type in, the node types that it finds, and a card about the highlighted one."""

    chosen = Signal(str, str, bool)  # node type, connector to join it by or "", whether it shall stay alone
    dismissed = Signal()

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setFrameShape(QFrame.Shape.Box)
        self._library = library
        self._connectors: dict[str, list[str]] | None = None
        self._hint = ""
        self._pointer = QPoint()
        self.title = QLabel()
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line = QLineEdit(placeholderText="Search node types", clearButtonEnabled=True)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._show_hits)
        self.hits = QListWidget(uniformItemSizes=True)
        self.hits.setItemDelegate(Row(self.hits))
        self.hits.setFrameShape(QFrame.Shape.NoFrame)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hits.viewport().setMouseTracking(True)
        self.hits.viewport().installEventFilter(self)
        self.hits.currentItemChanged.connect(self._show_card)
        self.hits.itemClicked.connect(lambda row: self._choose(row, QGuiApplication.keyboardModifiers()))
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.card = QTextBrowser(openLinks=False)
        self.card.setFrameShape(QFrame.Shape.NoFrame)
        self.card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.card.setFixedWidth(_CARD_WIDTH)
        self.card.document().setDocumentMargin(10)
        self._lay_out()

    def _lay_out(self) -> None:
        self._list = QStackedLayout()
        self._list.addWidget(self.hits)
        self._list.addWidget(self.nothing)
        left = QVBoxLayout()
        left.setContentsMargins(6, 6, 6, 6)
        left.setSpacing(4)
        left.addWidget(self.title)
        left.addWidget(self.line)
        left.addLayout(self._list)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addLayout(left, 1)
        both.addWidget(self.card)

    def open_at(
        self, global_pos: QPoint, text: str = "", only: Sequence[tuple[str, str]] | None = None, hint: str = ""
    ) -> None:
        """Open at a point of the screen, with what was typed so far.

        ``only`` are the node types to choose from, each with the connector that it would be joined by; a node type
        with several such connectors is offered once for each. Above the line stands ``hint``, or else what a choice
        would connect.
        """
        self._hint = hint
        self._connectors = None
        if only is not None:
            self._connectors = {}
            for name, connector in only:
                self._connectors.setdefault(name, []).append(connector)
        self.title.setVisible(only is not None or bool(hint))
        self._paint_card(theme_for(self.palette()))
        screen = (QGuiApplication.screenAt(global_pos) or QGuiApplication.primaryScreen()).availableGeometry()
        self.setGeometry(_inside(QRect(global_pos, _SIZE), screen))
        self.line.setText(text)
        self._show_hits(text)
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _paint_card(self, theme: Theme) -> None:
        self._colors = _DARK_CARD if theme is DARK else _LIGHT_CARD
        palette = self.card.palette()
        palette.setColor(QPalette.ColorRole.Base, color(self._colors[0]))
        palette.setColor(QPalette.ColorRole.Text, color(self._colors[1]))
        self.card.setPalette(palette)

    def offer(self, library: Library) -> None:
        """Search among the node types of a library from now on."""
        self._library = library

    def _show_hits(self, text: str) -> None:
        self.hits.clear()
        self._pointer = QCursor.pos()  # a mouse that rests does not highlight what comes to lie below it
        only = self._connectors
        for match in matches(self._library, text, None if only is None else list(only)):
            for connector in [""] if only is None else only[match.type]:
                self.hits.addItem(self._row(match, connector))
        if not self.hits.count():
            self._show_card(None)
            self.nothing.setText(f"no node type {'that fits ' if only is not None else ''}matches '{text.strip()}'")
        self._list.setCurrentWidget(self.hits if self.hits.count() else self.nothing)
        self.hits.setCurrentRow(0)

    def _row(self, match: Match, connector: str) -> QListWidgetItem:
        node_type = self._library[match.type]
        row = QListWidgetItem(match.type)
        row.setData(NODE_TYPE, node_type)
        row.setData(POSITIONS, match.positions)
        row.setData(NOTE, " · ".join(filter(None, (connector, match.why, node_type.declaration.subject))))
        row.setData(_CONNECTOR, connector)
        return row

    def _show_card(self, row: QListWidgetItem | None) -> None:
        """Explain a hit, and say in the title what choosing it would connect."""
        if row is None:
            self.card.clear()
            self.title.setText(self._hint or "Connect to a new node")
            return
        node_type = row.data(NODE_TYPE)
        self.card.setHtml(card(node_type, *self._colors[2:]))
        self.title.setText(self._hint or _connecting(node_type, row.data(_CONNECTOR)))

    def _choose(self, row: QListWidgetItem | None, modifiers: Qt.KeyboardModifier) -> None:
        if row is not None:
            self.hide()
            alone = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self.chosen.emit(row.text(), row.data(_CONNECTOR), alone)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a border that is fainter than the words."""
        painter = QPainter(self)
        painter.setPen(color(self.palette().color(QPalette.ColorRole.WindowText).name(), 0.4))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.isVisible():
            self.dismissed.emit()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        if watched is self.hits.viewport() and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._point(event)
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether a key of the line means the list or the popup."""
        key = event.key()
        if key in _MOVES:
            QApplication.sendEvent(self.hits, event)
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            self._choose(self.hits.currentItem(), event.modifiers())
        elif key == _Key.Key_Escape:
            self.close()
        elif key in (_Key.Key_Tab, _Key.Key_Backtab):
            if (row := self.hits.currentItem()) is not None:
                self.line.setText(row.text())
        else:
            return False
        return True

    def _point(self, event: QMouseEvent) -> None:
        """Highlight the hit below a mouse that moves."""
        now = event.globalPosition().toPoint()
        row = self.hits.itemAt(event.position().toPoint())
        if now != self._pointer and row is not None:
            self.hits.setCurrentItem(row)
        self._pointer = now


def card(node_type: type[Node], lesser: str, names: str) -> str:
    """What a node type is, as HTML; the colours are those of lesser text and of names."""
    declared = node_type.declaration
    more = declared.help.split("\n\n")[1:]
    kind = "does something outside of the network" if node_type.effect else ""
    where = escape(" · ".join(filter(None, (declared.subject, kind))))
    parts = [
        f"<p style='margin:0'><b style='font-size:large'>{escape(declared.type)}</b></p>",
        f"<p style='margin:0 0 6px 0; color:{lesser}'>{where}</p>",
        f"<p style='margin:0 0 6px 0'>{_inline(declared.summary)}</p>",
        _connectors("Inputs", declared.inputs.values(), lesser, names),
        _connectors("Outputs", declared.outputs.values(), lesser, names),
    ]
    if node_type.keywords:
        keywords = escape(", ".join(node_type.keywords))
        parts.append(f"<p style='margin:6px 0 0 0; color:{lesser}'>Keywords: {keywords}</p>")
    parts += [f"<p style='margin:6px 0 0 0'>{_inline(paragraph)}</p>" for paragraph in more]
    return "".join(parts)


def _connectors(title: str, connectors: Iterable[Input | Output], lesser: str, names: str) -> str:
    rows = [
        f"<p style='margin:1px 0 0 10px'><b style='color:{names}'>{escape(one.file_name)}</b> {_inline(one.help)}</p>"
        for one in connectors
    ]
    return "".join([f"<p style='margin:4px 0 0 0; color:{lesser}'>{title}</p>", *rows]) if rows else ""


def _inline(text: str) -> str:
    """A help text's `names` and *stress* as HTML."""
    named = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\*(\w[^*]*)\*", r"<i>\1</i>", named)


def _connecting(node_type: type[Node], connector: str) -> str:
    declared = node_type.declaration
    if connector in declared.outputs:
        return f"Connect {declared.outputs[connector].kind.__name__} from <b>{declared.type}.{connector}</b>"
    if connector in declared.inputs:
        return f"Connect {declared.inputs[connector].kind.__name__} to <b>{declared.type}.{connector}</b>"
    return "Connect to a new node"


def _inside(wanted: QRect, screen: QRect) -> QRect:
    """A rectangle moved, and made smaller if need be, to lie within the screen."""
    size = wanted.size().boundedTo(screen.size())
    x = max(screen.left(), min(wanted.left(), screen.left() + screen.width() - size.width()))
    y = max(screen.top(), min(wanted.top(), screen.top() + screen.height() - size.height()))
    return QRect(QPoint(x, y), size)
