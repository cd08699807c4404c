"""Tests of where new windows of nodes come to lie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QDialog

from nodeeditor.gui.window.beside import beside
from nodeeditor.gui.window.window import Window
from nodeeditor.network import Network, NodeSpec

SIZE = QSize(120, 90)
Place = Callable[[], QRect]


@pytest.fixture
def box(window: Window) -> QRect:
    """The only box, in the middle of a canvas without docks around, as it lies on the screen."""
    for dock in window.docks.all:
        dock.hide()
    window.show()
    window.document.graph.apply("x", Network({"Mask": NodeSpec("Mask", frame=(0, 0, 120, 72))}))
    window.canvas.centerOn(60, 36)
    return seen(window, "Mask")


def seen(window: Window, name: str) -> QRect:
    """A box as it lies on the screen."""
    node, canvas = window.document.graph.node(name), window.canvas
    assert node is not None
    shown = canvas.mapFromScene(node.view.sceneBoundingRect()).boundingRect()
    return QRect(canvas.viewport().mapToGlobal(shown.topLeft()), shown.size())


def add(window: Window, *frames: tuple[float, float, float, float]) -> list[QRect]:
    """More boxes, as they lie on the screen."""
    network = window.document.graph.network()
    names = [f"Box{number}" for number in range(len(frames))]
    for name, frame in zip(names, frames, strict=True):
        network = network.with_node(name, NodeSpec("Mask", frame=frame))
    window.document.graph.apply("more", network)
    return [seen(window, name) for name in names]


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


def test_a_window_covers_no_other_box_of_the_network(window: Window, box: QRect) -> None:
    others = add(window, (150, 0, 120, 72), (-150, 0, 120, 72), (0, 100, 120, 72), (0, -100, 120, 72))
    place = placed(window)
    assert not any(place.intersects(one) for one in (box, *others))


def test_a_window_covers_a_dock_rather_than_a_box(window: Window, box: QRect) -> None:
    window.setGeometry(window.screen().availableGeometry())
    window.messages.show()
    window.messages.widget().setMinimumHeight(300)
    window.canvas.scale(0.5, 0.5)
    window.canvas.centerOn(60, 36)
    QApplication.processEvents()
    crowd = add(window, *((x, y, 120, 72) for x in range(-700, 800, 130) for y in range(-400, 500, 100) if x or y))
    place = placed(window)
    dock = QRect(window.messages.mapToGlobal(QPoint(0, 0)), window.messages.size())
    assert place.intersects(dock)
    assert not any(place.intersects(one & canvas_of(window)) for one in crowd)


def canvas_of(window: Window) -> QRect:
    view = window.canvas.viewport()
    return QRect(view.mapToGlobal(QPoint(0, 0)), view.size())
