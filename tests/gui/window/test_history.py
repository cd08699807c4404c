"""Tests of the undo history: steps in words, and clicks that go there."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QUndoView

from nodeeditor.file import dumps
from nodeeditor.gui.window.window import Window

from .conftest import Make


def steps(window: Window) -> list[str]:
    """The lines of the history as they are painted."""
    view = window.docks.history.steps
    delegate = view.itemDelegate()
    assert isinstance(delegate, QStyledItemDelegate)
    lines = []
    for row in range(view.model().rowCount()):
        option = QStyleOptionViewItem()
        delegate.initStyleOption(option, view.model().index(row, 0))
        lines.append(option.text)
    return lines


def click(view: QUndoView, row: int) -> None:
    at = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_the_history_is_hidden_at_first_and_stays_where_somebody_shows_it(make: Make) -> None:
    first = make()
    first.show()
    assert not first.docks.history.isVisible()
    first.docks.history.toggleViewAction().trigger()
    assert first.docks.history.isVisible()
    first.close()
    second = make()
    second.show()
    assert second.docks.history.isVisible()


def test_every_step_is_told_in_words(window: Window, mine: Path) -> None:
    window.open(mine)
    editing, graph = window.editing, window.document.graph
    editing.add("Threshold", QPointF(0, 0))
    graph.set_field("Threshold1", "threshold", 7.0, 1)
    view = {node.name(): node.view for node in graph.editor_nodes()}
    pair = view["LocalImage"].outputs[0], view["Threshold1"].inputs[0]
    graph.viewer().connection_changed.emit([], [pair])
    graph.viewer().connection_sliced.emit([pair[::-1]])
    editing.add_note(QPointF(0, 0))
    editing.recolour_note(graph.scenery.notes()[0], QColor("#d3ecc4"))
    graph.viewer().connection_changed.emit([(view["Mask"].inputs[0], view["LocalImage"].outputs[0])], [])
    graph.viewer().select([graph.viewer().all_pipes()[0]])
    editing.delete()
    editing.select(["Mask", "Threshold1"])
    editing.delete()
    assert steps(window) == [
        "As it was at first",
        "Add Threshold1",
        "Change Threshold1.threshold",
        "Connect LocalImage.outImage to Threshold1.input0",
        "Disconnect Threshold1.input0",
        "Add note",
        "Colour note",
        "Disconnect Mask.input0",
        "Delete a connection",
        "Delete 2 nodes",
    ]


def test_a_click_goes_to_a_step_and_back_again(window: Window, mine: Path) -> None:
    window.open(mine)
    window.show()
    window.docks.history.show()
    graph, seen = window.document.graph, [dumps(window.document.graph.network())]
    for threshold in (1.0, 2.0, 3.0):
        graph.set_field("Threshold", "threshold", threshold, 0)
        seen.append(dumps(graph.network()))
    for row in (1, 3, 0, 2):
        click(window.docks.history.steps, row)
        assert dumps(graph.network()) == seen[row]


def test_the_history_is_that_of_the_tab_in_front(window: Window, mine: Path) -> None:
    window.editing.add("Mask", QPointF(0, 0))
    window.open(mine)
    assert steps(window) == ["As it was at first"]
    window.documents.setCurrentIndex(0)
    assert steps(window) == ["As it was at first", "Add Mask"]
    window.documents.setCurrentIndex(1)
    assert window.documents.close_current()
    assert steps(window) == ["As it was at first", "Add Mask"]
