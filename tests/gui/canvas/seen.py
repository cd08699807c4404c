"""What is found on a canvas, and what is painted there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.document.graph import Graph


def box(graph: Graph, name: str) -> NodeBox:
    """The box of a node."""
    found: NodeBox = next(box for box in graph.viewer().boxes() if box.name == name)
    return found


def connector(graph: Graph, end: str) -> Connector:
    """The connector at ``Node.connector``."""
    name, _, _ = end.partition(".")
    found = box(graph, name)
    return next(connector for connector in found.inputs + found.outputs if connector.end == end)


def painted(graph: Graph, area: QRectF, zoom: float = 1.0) -> QImage:
    """A part of the scene on white ground."""
    image = QImage((area.size() * zoom).toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    graph.viewer().scene().render(painter, QRectF(image.rect()), area)
    painter.end()
    return image


def pixels(image: QImage) -> list[int]:
    """Every pixel as 0xRRGGBB, from the top left, row by row."""
    return [image.pixel(x, y) & 0xFFFFFF for y in range(image.height()) for x in range(image.width())]
