"""Tests of where new windows of nodes come to lie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QDialog

from nodeeditor.gui.window.beside import beside
from nodeeditor.gui.window.window import Window
from nodeeditor.network import Network, NodeSpec

SIZE = QSize(120, 90)
Place = Callable[[], QRect]


@pytest.fixture
def box(window: Window) -> QRect:
    """The only box, in the middle of the canvas, as it lies on the screen."""
    window.show()
    canvas, graph = window.canvas, window.document.graph
    graph.apply("x", Network({"Mask": NodeSpec("Mask", frame=(0, 0, 120, 72))}))
    canvas.centerOn(60, 36)
    node = graph.node("Mask")
    assert node is not None
    seen = canvas.mapFromScene(node.view.sceneBoundingRect()).boundingRect()
    return QRect(canvas.viewport().mapToGlobal(seen.topLeft()), seen.size())


def placed(window: Window) -> QRect:
    return QRect(beside(window.document, "Mask", SIZE), SIZE)


def test_a_window_lies_right_of_its_box(window: Window, box: QRect) -> None:
    place = placed(window)
    assert box.right() < place.left() < box.right() + 50
    assert place.top() == box.top()


def test_a_second_window_covers_neither_the_first_nor_the_box(window: Window, box: QRect) -> None:
    first = QDialog(window)
    first.setGeometry(placed(window))
    first.show()
    place = placed(window)
    assert not place.intersects(first.geometry())
    assert not place.intersects(box)
    assert place.right() < box.left()


def test_a_window_stays_on_the_screen(window: Window, box: QRect) -> None:
    screen = window.screen().availableGeometry()
    window.move(window.pos() + QPoint(screen.right() - box.right() - 20, 0))
    assert screen.contains(placed(window))
