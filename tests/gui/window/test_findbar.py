"""Tests of the bar that finds things in the network."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.halo import Halo
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window.findbar import FindBar
from nodeeditor.gui.window.tab import Tab
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

Key, Modifier = Qt.Key, Qt.KeyboardModifier
NETWORK = Network(
    {
        "First": NodeSpec("Threshold", {"threshold": 60.0}, (0, 0, 88, 72)),
        "Second": NodeSpec("Threshold", {"threshold": 160.0}, (0, 2000, 88, 72), "Air"),
        "Third": NodeSpec("Mask", {}, (300, 2000, 120, 72), "Air"),
    },
    notes=({"text": "below 60", "frame": [4000, 5000, 180, 60]},),
)


@pytest.fixture
def tab(tmp_path: Path, qtbot: QtBot) -> Iterator[Tab]:
    from nodeeditor.gui.document.document import Document

    document = Document(Library.installed())
    page = Tab(document, Journal(tmp_path / "journal"))
    qtbot.addWidget(page)
    page.resize(900, 700)
    with qtbot.waitExposed(page):
        page.show()
    document.graph.apply("test", NETWORK)
    qtbot.waitUntil(lambda: len(document.network.nodes) == 3)
    document.canvas.centerOn(0, 0)
    yield page
    page.writing.forget()
    document.close()


@pytest.fixture
def bar(tab: Tab) -> FindBar:
    tab.find_bar.open()
    return tab.find_bar


def typed(bar: FindBar, text: str) -> None:
    bar.field.selectAll()
    QTest.keyClicks(bar.field, text)


def in_sight(tab: Tab, name: str) -> bool:
    node = tab.document.graph.node(name)
    assert node
    return tab.document.canvas.visible_rect().contains(node.view.sceneBoundingRect())


def marked(tab: Tab) -> int:
    return sum(isinstance(item, Halo) for item in tab.document.canvas.scene().items())


def test_typing_selects_the_first_match_and_brings_it_into_sight(tab: Tab, bar: FindBar) -> None:
    typed(bar, "160")
    assert tab.editing.names == ["Second"]
    assert (bar.count.text(), bar.why.text()) == ("1 of 1", "threshold = 160.0")
    assert in_sight(tab, "Second")
    assert tab.document.canvas.zoom == 1.0


def test_return_goes_on_and_from_the_last_to_the_first(tab: Tab, bar: FindBar) -> None:
    typed(bar, "threshold")
    chosen = [tab.editing.names]
    for _ in range(2):
        QTest.keyClick(bar.field, Key.Key_Return)
        chosen.append(tab.editing.names)
    assert chosen == [["First"], ["Second"], ["First"]]


def test_shift_return_goes_back(tab: Tab, bar: FindBar) -> None:
    typed(bar, "threshold")
    QTest.keyClick(bar.field, Key.Key_Return, Modifier.ShiftModifier)
    assert tab.editing.names == ["Second"]
    assert bar.count.text() == "2 of 2"


def test_typing_on_stays_at_a_match_that_still_matches(tab: Tab, bar: FindBar) -> None:
    typed(bar, "thre")
    bar.step(1)
    QTest.keyClicks(bar.field, "shold")
    assert tab.editing.names == ["Second"]


def test_a_group_selects_its_members_and_a_note_itself(tab: Tab, bar: FindBar) -> None:
    typed(bar, "air")
    assert tab.editing.names == ["Second", "Third"]
    typed(bar, "below")
    assert tab.document.canvas.selected() == tab.document.graph.scenery.notes()
    assert tab.document.canvas.visible_rect().contains(tab.document.graph.scenery.notes()[0].sceneBoundingRect())


def test_nothing_found_leaves_the_selection(tab: Tab, bar: FindBar) -> None:
    typed(bar, "160")
    typed(bar, "no such thing")
    assert bar.count.text() == "Nothing found"
    assert tab.editing.names == ["Second"]
    assert marked(tab) == 0
    bar.step(1)


def test_escape_closes_and_keeps_the_selection(tab: Tab, bar: FindBar) -> None:
    typed(bar, "thr")
    assert marked(tab) == 2
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert bar.isHidden()
    assert tab.editing.names == ["First"]
    assert marked(tab) == 0


def test_the_next_match_comes_also_when_the_bar_was_closed(tab: Tab, bar: FindBar) -> None:
    typed(bar, "threshold")
    bar.put_away()
    bar.step(1)
    assert tab.editing.names == ["Second"]
    assert not bar.isHidden()


def test_matches_follow_the_network(tab: Tab, bar: FindBar, qtbot: QtBot) -> None:
    typed(bar, "threshold")
    tab.document.graph.apply("delete", NETWORK.without("First"))
    qtbot.waitUntil(lambda: bar.count.text() == "1 found")
    assert marked(tab) == 1
    tab.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: bar.count.text() == "2 found")
    assert marked(tab) == 2
    bar.step(-1)
    assert tab.editing.names == ["Second"]
