"""What a window paints over the picture of its viewer: what failed, what to do, that it is at work."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextOption

_FAINT, _WORKING = QColor("#8c8c8c"), QColor("#4aa3ff")
_BANNER, _BANNER_TEXT, _STALE = QColor("#7a1f1a"), QColor("#ffffff"), QColor("#d9a13b")
_STALE_TEXT = QColor("#20180a")
_DIM = QColor(0, 0, 0, 90)
_MOST_LINES = 4
_FRAME, _BAR = 3, 4


def paint_hint(painter: QPainter, room: QRect, sentence: str) -> None:
    """A quiet sentence in the middle, where there is no picture to see."""
    painter.setPen(_FAINT)
    painter.drawText(room.adjusted(12, 12, -12, -12), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, sentence)


def paint_problem(painter: QPainter, room: QRect, problem: str) -> None:
    """The picture is out of date: dimmed and framed, and at the bottom why."""
    painter.fillRect(room, _DIM)
    _paint_banner(painter, room, problem, _BANNER, _BANNER_TEXT)


def paint_outdated(painter: QPainter, room: QRect, sentence: str) -> None:
    """The picture is good, but of a network that was edited since: framed, and at the bottom what to do."""
    _paint_banner(painter, room, sentence, _STALE, _STALE_TEXT)


def _paint_banner(painter: QPainter, room: QRect, problem: str, ground: QColor, ink: QColor) -> None:
    """A frame in the colour of what is out of date, and a banner with words."""
    painter.setPen(QPen(_STALE, _FRAME))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = _FRAME / 2
    painter.drawRect(QRectF(room).adjusted(inset, inset, -inset, -inset))
    font = QFont()
    font.setPixelSize(12)
    painter.setFont(font)
    words = QTextOption()
    words.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    most = QFontMetrics(font).lineSpacing() * _MOST_LINES
    height = min(most, painter.boundingRect(QRectF(0, 0, room.width() - 20, 10_000), problem, words).height())
    banner = QRectF(room.left(), room.bottom() + 1 - height - 10, room.width(), height + 10)
    painter.fillRect(banner, ground)
    painter.setPen(ink)
    painter.save()
    painter.setClipRect(banner)
    painter.drawText(banner.adjusted(10, 5, -10, -5), problem, words)
    painter.restore()


def paint_busy(painter: QPainter, room: QRect) -> None:
    """A bright bar on the upper edge, where no picture has a text."""
    painter.fillRect(QRect(room.left() + room.width() // 3, room.top(), room.width() // 3, _BAR), _WORKING)
