"""The node types by subject, to be dragged onto the canvas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QBrush,
    QDrag,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QLinearGradient,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nodeeditor.examples import example
from nodeeditor.gui.canvas.theme import Body, Theme, color, theme_for
from nodeeditor.gui.document.dropping import MIME_TYPE
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.node import Node
from nodeeditor.reference import by_subject
from nodeeditor.search import Match, matches

NODE_TYPE = Qt.ItemDataRole.UserRole  # the roles that Row paints
POSITIONS = NODE_TYPE + 1
NOTE = NODE_TYPE + 2

_BADGE = QSize(14, 11)
_GAP = 6
_EFFECT = "This node does something outside of the network, such as writing a file."

_Key = Qt.Key


class Row(QStyledItemDelegate):
    """Paints a node type in a list: badge, name with the found letters marked, a grey note at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + _BADGE.width() + 2 * _GAP, max(hint.height(), option.fontMetrics.height() + 6))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        node_type = index.data(NODE_TYPE)
        if node_type is None:
            super().paint(painter, option, index)
            return
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        left = option.rect.left() + _GAP
        badge = QRect(left, option.rect.center().y() - _BADGE.height() // 2, _BADGE.width(), _BADGE.height())
        paint_badge(painter, QRectF(badge), node_type, theme_for(option.palette))
        words = option.rect.adjusted(_BADGE.width() + 2 * _GAP, 0, -_GAP, 0)
        painter.save()
        self._paint_words(painter, words, option, index)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        plain = option.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        faint = color(plain.name(), 0.75 if selected else 0.6)
        bold = QFont(option.font)
        bold.setBold(True)
        x = float(rect.left())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for text, found in _runs(index.data(), index.data(POSITIONS) or ()):
            font = bold if found else option.font
            painter.setFont(font)
            painter.setPen(plain)
            width = QFontMetricsF(font).horizontalAdvance(text)
            run = QRectF(x, rect.top(), width + 1, rect.height())
            painter.drawText(run, middle, text)
            if found:
                base = rect.center().y() + option.fontMetrics.ascent() / 2 + 2
                painter.fillRect(QRectF(x, base, width, 1.5), color(_mark(option.palette, selected)))
            x += width
        note = index.data(NOTE)
        room = rect.right() - x - 2 * _GAP
        if note and room > option.fontMetrics.averageCharWidth() * 5:
            painter.setFont(option.font)
            painter.setPen(faint)
            shown = option.fontMetrics.elidedText(note, Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)


def _mark(palette: QPalette, selected: bool) -> str:
    """The colour below found letters."""
    if selected:
        return palette.color(QPalette.ColorRole.HighlightedText).name()
    theme = theme_for(palette)
    return theme.wire_selected if palette.color(QPalette.ColorRole.Base).lightness() < 128 else theme.wire_lit


def _runs(name: str, positions: Sequence[int]) -> Iterable[tuple[str, bool]]:
    """A name in pieces that are found or not."""
    found = set(positions)
    start = 0
    for at in range(1, len(name) + 1):
        if at == len(name) or (at in found) != (start in found):
            yield name[start:at], start in found
            start = at


def body_of(node_type: type[Node], theme: Theme) -> Body:
    """How the box of a node type is filled on the canvas."""
    if issubclass(node_type, Macro):
        return theme.macro
    return theme.composed if node_type.composed else theme.image


def paint_badge(painter: QPainter, rect: QRectF, node_type: type[Node], theme: Theme) -> None:
    """A tiny box in the node type's colours; an arrow leaves the box of a node that acts on the world."""
    painter.save()
    _paint_box(painter, rect, body_of(node_type, theme), 2.5)
    if node_type.effect:
        x, y = rect.center().x(), rect.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.title))
        arrow = [(-1, -3.5), (1, -3.5), (1, 0), (3.5, 0), (0, 3.5), (-3.5, 0), (-1, 0)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in arrow]))
    painter.restore()


def _paint_box(painter: QPainter, rect: QRectF, body: Body, radius: float) -> None:
    fill = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    fill.setColorAt(0, color(body.top))
    fill.setColorAt(0.5, color(body.middle))
    fill.setColorAt(1, color(body.bottom))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(body.border), 1))
    painter.setBrush(QBrush(fill))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def box_pixmap(node_type: type[Node], theme: Theme, font: QFont, ratio: float) -> QPixmap:
    """The little box that hangs at the cursor while a node type is dragged; ``ratio`` is that of the screen."""
    metrics = QFontMetricsF(font)
    size = QSize(int(metrics.horizontalAdvance(node_type.__name__)) + 28, int(metrics.height()) + 14)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    body = body_of(node_type, theme)
    rect = QRectF(0, 0, size.width(), size.height())
    _paint_box(painter, rect, body, body.radius * 0.7)
    painter.setFont(font)
    painter.setPen(color(theme.title))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, node_type.__name__)
    painter.end()
    return pixmap


def _tooltip(node_type: type[Node]) -> str:
    """The summary as HTML, which Qt wraps, unlike plain text."""
    effect = f"<p>{_EFFECT}</p>" if node_type.effect else ""
    return f"<p>{escape(node_type.declaration.summary)}</p>{effect}"


class _Tree(QTreeWidget):
    """Subjects and their node types; rows leave it by drag."""

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, items: Iterable[QTreeWidgetItem]) -> QMimeData:
        data = QMimeData()
        for item in items:
            data.setData(MIME_TYPE, item.text(0).encode())
        return data

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803
        items = self.selectedItems()
        drag = QDrag(self)
        drag.setMimeData(self.mimeData(items))
        theme = theme_for(self.palette())
        pixmap = box_pixmap(items[0].data(0, NODE_TYPE), theme, self.font(), self.devicePixelRatioF())
        drag.setPixmap(pixmap)
        drag.setHotSpot(QRectF(QPointF(), pixmap.deviceIndependentSize()).center().toPoint())
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """All node types of a library by subject, with a line to search them."""

    activated = Signal(str)  # the node type that was double-clicked, or chosen with Enter
    help_wanted = Signal(str)  # a node type
    example_wanted = Signal(str)  # a node type

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._folded: set[str] = set()
        self.line = QLineEdit(placeholderText="Search node types", clearButtonEnabled=True)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._filter)
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+F"), self)
        shortcut.activated.connect(self._search)
        self.line.setToolTip(f"Search node types ({shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)})")
        self.tree = _Tree(headerHidden=True, uniformRowHeights=True, indentation=12)
        self.tree.setItemDelegate(Row(self.tree))
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.installEventFilter(self)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.itemDoubleClicked.connect(self._activate)
        self.tree.itemCollapsed.connect(self._keep_folding)
        self.tree.itemExpanded.connect(self._keep_folding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.line)
        layout.addWidget(self.tree)
        self._headings: list[QTreeWidgetItem] = []
        self._rows = self._filled()
        self._filter("")

    def offer(self, library: Library) -> None:
        """Show the node types of a library from now on."""
        if list(library.values()) == list(self._library.values()):
            return
        self._library = library
        self.tree.clear()
        self._headings = []
        self._rows = self._filled()
        self._filter(self.line.text())

    def _filled(self) -> dict[str, QTreeWidgetItem]:
        """Fill the tree; its rows by node type."""
        rows = {}
        for subject, node_types in by_subject(self._library.values()).items():
            heading = QTreeWidgetItem(self.tree, [subject])
            self._headings.append(heading)
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = self.tree.font()
            font.setBold(True)
            heading.setFont(0, font)
            for node_type in node_types:
                row = QTreeWidgetItem(heading, [node_type.__name__])
                row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
                row.setData(0, NODE_TYPE, node_type)
                row.setToolTip(0, _tooltip(node_type))
                rows[node_type.__name__] = row
        return rows

    def _search(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def _filter(self, text: str) -> None:
        """Show the node types that a text finds, below their headings, the best one selected."""
        found = {match.type: match for match in matches(self._library, text)}
        for name, row in self._rows.items():
            match = found.get(name, Match(name, 0))
            row.setHidden(name not in found)
            row.setData(0, POSITIONS, match.positions)
            row.setData(0, NOTE, match.why)
        searching = bool(text.strip())
        for heading in self._headings:
            heading.setHidden(all(heading.child(at).isHidden() for at in range(heading.childCount())))
            heading.setExpanded(searching or heading.text(0) not in self._folded)
        best = self._rows[next(iter(found))] if searching and found else None
        self.tree.clearSelection()
        self.tree.setCurrentItem(best)  # type: ignore[arg-type]  # Qt takes nullptr for none

    def _keep_folding(self, heading: QTreeWidgetItem) -> None:
        """Remember which subjects are folded; a search unfolds them for as long as it lasts."""
        if not self.line.text().strip():
            (self._folded.discard if heading.isExpanded() else self._folded.add)(heading.text(0))

    def _activate(self, row: QTreeWidgetItem | None) -> None:
        if row is not None and row.data(0, NODE_TYPE) is not None:
            self.activated.emit(row.text(0))

    def _show_menu(self, at: QPoint) -> None:
        row = self.tree.itemAt(at)
        node_type = row.data(0, NODE_TYPE) if row is not None else None
        if node_type is None:
            return
        menu = QMenu(self)
        name = node_type.__name__
        add = menu.addAction("&Add to Network")
        add.triggered.connect(lambda: self.activated.emit(name))
        menu.setDefaultAction(add)
        menu.addSeparator()
        menu.addAction("&Help", partial(self.help_wanted.emit, name))
        if example(node_type) is not None:
            menu.addAction("Open E&xample", partial(self.example_wanted.emit, name))
        menu.exec(self.tree.viewport().mapToGlobal(at))
        menu.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (_Key.Key_Return, _Key.Key_Enter):
                self._activate(self.tree.currentItem())
                return True
            if watched is self.line and key in (_Key.Key_Down, _Key.Key_Up, _Key.Key_PageDown, _Key.Key_PageUp):
                QApplication.sendEvent(self.tree, event)
                return True
            if watched is self.line and key == _Key.Key_Escape and self.line.text():
                self.line.clear()
                return True
        return super().eventFilter(watched, event)
