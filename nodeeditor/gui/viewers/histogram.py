"""The histogram of a shown slice, with the window that can be dragged over it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.image import Image
from nodeeditor.viewing.levels import Window

_BINS = 256
_LARGEST, _FINEST = 1e300, 1e-9  # a value on the axis, and the axis relative to its values
_REACH = 6  # pixels beside a handle in which it is taken
_WINDOW, _HANDLE = QColor(224, 148, 32, 46), QColor("#e09420")
_LABELS = 16  # pixels below the bars


@dataclass(frozen=True, eq=False)
class Counts:
    """How many voxels lie in each bin; ``edges`` has one entry more than ``counts``."""

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.intp]
    whole: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value that is counted."""
        half = 0.5 if self.whole else 0.0
        return float(self.edges[0]) + half, float(self.edges[-1]) - half


def counted(page: Image, low: float, high: float) -> Counts:
    """The finite voxels of a page from ``low`` to ``high`` in at most 256 bins; whole numbers are never split."""
    voxels = page.voxels
    whole = voxels.dtype.kind in "iu"
    if whole:
        first, last = math.floor(low), math.ceil(high)
        step = -(-(last - first + 1) // _BINS)
        bins = -(-(last - first + 1) // step)
        low, high = first - 0.5, first - 0.5 + step * bins
    else:
        voxels, bins = voxels[np.isfinite(voxels)], _BINS
        low, high = max(low, -_LARGEST), min(high, _LARGEST)
        finest = max(_FINEST * max(abs(low), abs(high)), 1 / _LARGEST)
        if high - low < finest:
            low, high = low - max(finest, 0.5), high + max(finest, 0.5)
    counts, edges = np.histogram(voxels, bins, (low, high))
    return Counts(edges, counts, whole)


@dataclass(frozen=True)
class _Grip:
    """A drag of the window: how it follows the mouse, and what they were at the start."""

    follow: Callable[[Window, float], Window]
    window: Window
    x: float
    gesture: int


def _low(window: Window, by: float) -> Window:
    by = min(by, window.width)
    return replace(window, center=window.center + by / 2, width=window.width - by)


def _high(window: Window, by: float) -> Window:
    by = max(by, -window.width)
    return replace(window, center=window.center + by / 2, width=window.width + by)


def _both(window: Window, by: float) -> Window:
    return replace(window, center=window.center + by)


_CURSORS: dict[Callable[[Window, float], Window] | None, Qt.CursorShape] = {
    _low: Qt.CursorShape.SplitHCursor,
    _high: Qt.CursorShape.SplitHCursor,
    _both: Qt.CursorShape.SizeHorCursor,
}


class Histogram(QWidget):
    """Bars over the values of a slice; drag the ends of the window, or what is between them."""

    window_edited = Signal(float, float, int)
    """Centre, width and the number of the gesture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: Counts | None = None
        self._page: Image | None = None
        self._window = Window(0, 0)
        self._grip: _Grip | None = None
        self._logarithmic = False
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)

    def sizeHint(self) -> QSize:
        """A wide, low picture."""
        return QSize(320, 140)

    def show_page(self, page: Image | None, window: Window) -> None:
        """Show the voxels of another slice, and the window through which it is seen."""
        same = page is self._page and window == self._window
        self._page = page
        if page is None:
            self.counts = self._grip = None
        elif self._grip is None and not same:
            self._window = window
            self.counts = counted(page, *_axis(page, window))
        self.update()

    def show_logarithms(self, logarithmic: bool) -> None:
        """Make the bars as high as the logarithm of the counts, so that rare values are seen."""
        self._logarithmic = logarithmic
        self.update()

    def x_of(self, value: float) -> float:
        """Where a value lies in the widget, at its edge where it is beyond."""
        low, high = self._ends()
        return max(0.0, min((value - low) / (high - low), 1.0)) * (self.width() - 1)

    def heights(self) -> npt.NDArray[np.float64]:
        """The heights of the bars, the highest 1."""
        if self.counts is None:
            return np.zeros(0)
        heights = np.log1p(self.counts.counts) if self._logarithmic else self.counts.counts.astype(np.float64)
        scaled: npt.NDArray[np.float64] = heights / max(1e-300, float(heights.max(initial=0)))
        return scaled

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, window and the ends of the axis."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        text = palette.color(QPalette.ColorRole.Text)
        if self.counts is None:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No voxels to count.")
            return
        floor = self.height() - _LABELS
        bars = QColor(text)
        bars.setAlphaF(0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(bars)
        painter.drawPolygon(self._outline(floor))
        self._paint_window(painter, floor)
        painter.setPen(text)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        low, high = self.counts.ends
        room = QRectF(3, floor, self.width() - 6, _LABELS)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{low:.6g}")
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{high:.6g}")
        middle = f"C/W: {self._window.center:.5g} / {self._window.width:.5g}"
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, middle)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take an end of the window, or its middle."""
        follow = self._below(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and follow is not None:
            self._grip = _Grip(follow, self._window, event.position().x(), new_gesture())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken."""
        grip = self._grip
        if grip is None:
            follow = self._below(event.position().x())
            self.setCursor(_CURSORS.get(follow, Qt.CursorShape.ArrowCursor))
            return
        low, high = self._ends()
        by = (event.position().x() - grip.x) * (high - low) / max(1, self.width() - 1)
        self._window = grip.follow(grip.window, by)
        self.window_edited.emit(self._window.center, self._window.width, grip.gesture)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go, and show the values around the window."""
        if self._grip is not None:
            self._grip = None
            if self._page is not None:
                self.counts = counted(self._page, *_axis(self._page, self._window))
            self.update()

    def _below(self, x: float) -> Callable[[Window, float], Window] | None:
        """What of the window is at a place."""
        if self.counts is None:
            return None
        half = self._window.width / 2
        low, high = self.x_of(self._window.center - half), self.x_of(self._window.center + half)
        near, follow = min((abs(x - low), _low), (abs(x - high), _high), key=lambda pair: pair[0])
        if near <= _REACH:
            return _high if low == high and x > high else follow
        return _both if low < x < high else None

    def _ends(self) -> tuple[float, float]:
        edges = self.counts.edges if self.counts is not None else (0.0, 1.0)
        return float(edges[0]), float(edges[-1])

    def _outline(self, floor: float) -> QPolygonF:
        heights = self.heights()
        at = np.linspace(0, self.width(), len(heights) + 1)
        points = [QPointF(0, floor)]
        for left, right, height in zip(at[:-1], at[1:], heights, strict=True):
            top = floor - height * (floor - 4)
            points += [QPointF(left, top), QPointF(right, top)]
        return QPolygonF([*points, QPointF(self.width(), floor)])

    def _paint_window(self, painter: QPainter, floor: float) -> None:
        half = self._window.width / 2
        low, high = self.x_of(self._window.center - half), self.x_of(self._window.center + half)
        painter.fillRect(QRectF(low, 0, high - low, floor), _WINDOW)
        painter.setPen(QPen(_HANDLE, 2))
        for x in (low, high):
            at = max(1.0, min(x, self.width() - 1.0))
            painter.drawLine(QPointF(at, 0), QPointF(at, floor))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_HANDLE, 1))
        ends = (4.0, floor) if self._window.inverted else (floor, 4.0)
        painter.drawLine(QPointF(low, ends[0]), QPointF(high, ends[1]))


def _axis(page: Image, window: Window) -> tuple[float, float]:
    """From the lowest to the highest value of a slice and its window, as far as the image is declared to go."""
    finite = page.voxels[np.isfinite(page.voxels)]
    bottom, top = (float(limit) for limit in page.info.range)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (bottom, top)
    half = window.width / 2
    below, above = max(window.center - half, bottom), min(window.center + half, top)
    return min(low, below) if below <= top else low, max(high, above) if above >= bottom else high
