"""The canvas as a picture in a file: SVG, or PNG at twice its size."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from NodeGraphQt.constants import ViewerEnum
from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from nodeeditor.atomic import partial_file
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.halo import Halo
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.theme import color
from nodeeditor.gui.canvas.wires import Wire

_MARGIN = 16.0
_LARGEST = 16_384  # pixels of a side


def export(canvas: Canvas, path: Path) -> None:
    """Write all of a network as a picture; the name's ending says which. Raises OSError, ValueError in words."""
    area = _drawn(canvas)
    if area.isEmpty():
        raise ValueError("the canvas is empty")
    writers = {".svg": _write_svg, ".png": _write_png}
    if path.suffix.lower() not in writers:
        raise ValueError(f"{path.name}: pictures are written as .svg or .png")
    with partial_file(path) as partial, _plain(canvas):
        writers[path.suffix.lower()](canvas, area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN), partial)


def _drawn(canvas: Canvas) -> QRectF:
    """Where something is drawn."""
    area = QRectF()
    for item in canvas.scene().items():
        if isinstance(item, (AbstractNodeItem, Wire, GroupFrame, NoteBox)) and item.isVisible():
            area = area.united(item.sceneBoundingRect())
    return area


def _write_svg(canvas: Canvas, area: QRectF, path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    size = area.size().toSize()
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle("Network")
    _paint(canvas, area, QPainter(generator), size)


def _write_png(canvas: Canvas, area: QRectF, path: Path) -> None:
    scale = min(2.0, _LARGEST / max(area.width(), area.height()))
    size = QSize(round(area.width() * scale), round(area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    _paint(canvas, area, QPainter(image), size)
    if not image.save(str(path)):
        raise OSError(f"{path.name} cannot be written as PNG")


def _paint(canvas: Canvas, area: QRectF, painter: QPainter, size: QSize) -> None:
    target = QRectF(0, 0, size.width(), size.height())
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(target, color(canvas.scene().theme.background))
    canvas.scene().render(painter, target, area, Qt.AspectRatioMode.KeepAspectRatio)
    painter.end()


@contextlib.contextmanager
def _plain(canvas: Canvas) -> Iterator[None]:
    """Without the marks of a selection or search and without NodeGraphQt's own grid, which no view shows."""
    marks = [item for item in canvas.scene().items() if isinstance(item, Halo) and item.isVisible()]
    for mark in marks:
        mark.hide()
    chosen, grid = canvas.selected(), canvas.scene().grid_mode
    canvas.select(())
    canvas.scene().grid_mode = ViewerEnum.GRID_DISPLAY_NONE.value
    try:
        yield
    finally:
        canvas.scene().grid_mode = grid
        canvas.select(chosen)
        for mark in marks:
            mark.show()
