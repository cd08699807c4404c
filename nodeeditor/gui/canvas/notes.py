"""A note on the canvas: a sheet of paper with formatted text, beside the boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from NodeGraphQt.constants import Z_VAL_PIPE
from PySide6.QtCore import QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    qGray,
)
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneMouseEvent, QGraphicsTextItem

from nodeeditor.gui.canvas.theme import color, theme_of

NARROWEST = 60.0
_GRIP = 18.0
_MARGIN = 9.0
_TITLE = 22.0
_LETTERS = 12  # pixels
_LIGHT_INK = "#f4f2ea"  # on dark paper
_DARK = 128  # of 255
_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class _Paper(QTextDocument):
    """A document that shows its own text and nothing else: a note cannot make the editor read a file."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)  # with none at all Qt would read the file by itself
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing


def _calm_headings(document: QTextDocument) -> None:
    """Let headings be a little larger than the text, not twice as large."""
    block = document.begin()
    while block.isValid():
        if level := block.blockFormat().headingLevel():
            cursor = QTextCursor(block)
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            larger = QTextCharFormat()
            larger.setProperty(QTextFormat.Property.FontPixelSize, _LETTERS + max(0, 4 - level))
            larger.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            cursor.mergeCharFormat(larger)
        block = block.next()


class NoteBox(QGraphicsTextItem):
    """A sheet of paper with text in Markdown; a double click edits it, its corner at the right changes its width.

    A title, if it has one, stands above the text. A folded note shows its title alone, or its first line; a double
    click unfolds it.
    """

    def __init__(self, text: str, width: float = 180.0, tint: str = "", title: str = "") -> None:
        super().__init__()
        self.edited: Callable[[str], None] | None = None
        self.unfolded: Callable[[], None] | None = None
        self._folded = False
        self._text, self._tint, self._title = text, tint, " ".join(title.split())
        self.setDocument(_Paper(self))
        font = QFont()
        font.setPixelSize(_LETTERS)
        self.setFont(font)
        self.setTextWidth(width)
        self.setZValue(Z_VAL_PIPE - 0.6)
        self.setFlags(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self._show()

    @property
    def text(self) -> str:
        """What is written on it, as Markdown."""
        return self._text

    @property
    def title(self) -> str:
        """What stands above the text."""
        return self._title

    @property
    def folded(self) -> bool:
        """Whether only its title is seen."""
        return self._folded

    @property
    def heading(self) -> str:
        """What stands in the place of the title."""
        first = next(iter(self._text.split("\n")), "").lstrip("# ") if self._folded else ""
        return self._title or first

    @property
    def sheet(self) -> QRectF:
        """The paper."""
        whole = super().boundingRect()
        return QRectF(whole.left(), whole.top(), whole.width(), _TITLE) if self._folded else whole

    @property
    def title_rect(self) -> QRectF:
        """Where the title stands; empty where there is none."""
        sheet = self.sheet
        return QRectF(sheet.left(), sheet.top(), sheet.width(), _TITLE if self._title or self._folded else 0.0)

    def fold(self, folded: bool) -> None:
        """Show the title alone, or all that is written."""
        self.prepareGeometryChange()
        self._folded = folded
        self.update()

    @property
    def editing(self) -> bool:
        """Whether somebody is writing on it."""
        return self.textInteractionFlags() != Qt.TextInteractionFlag.NoTextInteraction

    @property
    def grip(self) -> QRectF:
        """The corner that changes the width."""
        corner = self.sheet.bottomRight()
        return QRectF(corner - QPointF(_GRIP, _GRIP), corner)

    def edit(self) -> None:
        """Let the user write; a folded note is unfolded instead."""
        if self._folded:
            if self.unfolded:
                self.unfolded()
            return
        self.document().setPlainText(self._text)
        self._leave_room()
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        self.setTextCursor(cursor)

    def _show(self) -> None:
        self.document().setMarkdown(self._text.replace("\n", "  \n"), _FEATURES)  # a line stays a line
        _calm_headings(self.document())
        self._leave_room()

    def _leave_room(self) -> None:
        """Keep the text off the edges and below the title."""
        self.document().setDocumentMargin(_MARGIN)
        sheet = self.document().rootFrame()
        room = sheet.frameFormat()
        room.setTopMargin(_MARGIN + self.title_rect.height())
        sheet.setFrameFormat(room)

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        if self.editing:
            super().mouseDoubleClickEvent(event)
        else:
            self.edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()  # what was written stays; undo takes it back
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        if not self.editing:
            return
        written = self.toPlainText()
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        changed, self._text = written != self._text, written
        self._show()
        if self.edited and changed:
            self.edited(written)

    def boundingRect(self) -> QRectF:
        return self.sheet.adjusted(-3, -3, 5, 6)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.sheet)
        return path

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        theme = theme_of(self)
        sheet = self.sheet
        painter.fillRect(sheet.translated(2.0, 3.0), color(theme.shadow, 0.2))
        painter.fillRect(sheet, QColor(self._tint) if self._tint else color(theme.note))
        if self.isSelected() or self.editing:
            painter.setPen(QPen(color(theme.selection), 2.5))
            painter.drawRect(sheet.adjusted(-1, -1, 1, 1))
        if painter.worldTransform().m11() < theme.simple_below:
            return
        paper = QColor(self._tint) if self._tint else color(theme.note)
        ink = _LIGHT_INK if qGray(paper.rgb()) < _DARK else theme.note_text
        self._paint_title(painter, ink)
        if self._folded:
            return
        painter.setPen(QPen(color(ink, 0.35), 1.0))
        for step in (3.0, 6.0, 9.0):
            painter.drawLine(sheet.bottomRight() - QPointF(step, 1), sheet.bottomRight() - QPointF(1, step))
        if self.defaultTextColor() != color(ink):
            self.setDefaultTextColor(color(ink))
        option.state &= ~option.state  # Qt would add its own dashed frame
        super().paint(painter, option, widget)

    def _paint_title(self, painter: QPainter, ink: str) -> None:
        if self.title_rect.isEmpty():
            return
        painter.fillRect(self.title_rect, color(ink, 0.12))
        font = QFont(self.font())
        font.setBold(True)
        room = self.title_rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        painter.setFont(font)
        painter.setPen(color(ink))
        text = QFontMetricsF(font).elidedText(
            f"{'▸ ' if self._folded else ''}{self.heading}", Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class PlainNoteBox(NoteBox):
    """A sheet of paper with text as it stands, as MeVisLab shows it."""

    def _show(self) -> None:
        self.document().setPlainText(self.text)
        self._leave_room()
