"""Tests of what the menu of nodes and notes offers for their look, their type and their copies."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.window.window import Window

from .conftest import EXAMPLE


def chosen(window: Window, item: object, *path: str) -> tuple[bool, bool]:
    """Choose what stands at the end of a way through the menu of an item; whether it was enabled, and checked."""
    found: list[tuple[bool, bool]] = []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        inner, action = menu, QAction()
        for text in path:
            action = next(one for one in inner.actions() if one.text().replace("&", "") == text)
            if isinstance(below := action.menu(), QMenu):
                inner = below
        found.append((action.isEnabled(), action.isChecked()))
        action.trigger()
        menu.close()

    QTimer.singleShot(0, choose)
    window.canvas.context_menu_requested.emit(item, QPointF(), QPoint())
    return found[0]


def box(window: Window, name: str) -> object:
    node = window.document.graph.node(name)
    assert node is not None
    window.editing.select([name])
    return node.view


def test_a_node_gets_a_colour_and_that_of_its_kind_again(window: Window, mine: Path) -> None:
    window.open(mine)
    assert chosen(window, box(window, "Mask"), "Colour", "As Its Kind") == (False, False)
    assert chosen(window, box(window, "Mask"), "Colour", "Red") == (True, False)
    assert window.document.graph.network().nodes["Mask"].color == (184, 80, 75)
    window.document.graph.look()
    assert chosen(window, box(window, "Mask"), "Colour", "Red") == (True, True)
    assert chosen(window, box(window, "Mask"), "Colour", "As Its Kind") == (True, False)
    assert window.document.graph.network().nodes["Mask"].color is None


def test_a_node_is_replaced_by_what_is_chosen_in_the_search(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    window.show()
    chosen(window, box(window, "Threshold"), "Replace With…")
    search = window.tab.search_box
    assert search.title.text() == "Replace <b>Threshold</b> with"
    offered = [search.hits.item(row).text() for row in range(search.hits.count())]
    assert "Convolution" in offered
    assert not {"Threshold", "LocalImage", "View2D"} & set(offered)
    QTest.keyClicks(search.line, "convol")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert window.document.graph.network().connections["Mask.input1"] == "Convolution.output0"
    assert window.document.graph.undo_stack().undoText() == "replace Threshold with Convolution"
    assert window.status.currentMessage().startswith("Convolution has no place for ")
    window.actions_.actions["add"].trigger()
    QTest.keyClicks(search.line, "info")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert "Info" in window.document.graph.network().nodes, "the next search adds a node"


def test_one_node_at_a_time_is_replaced(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    window.editing.select(["Mask", "Threshold"])
    qtbot.waitUntil(window.actions_.actions["replace"].isEnabled)
    window.actions_.actions["replace"].trigger()
    assert window.status.currentMessage() == "Select one node to replace it."


def test_a_lone_note_is_copied_from_its_menu_and_pasted(window: Window, qtbot: QtBot) -> None:
    copying = window.actions_.actions["copy"]
    assert not copying.isEnabled()
    window.editing.add_note(QPointF(0, 0))
    (note,) = window.document.graph.scenery.notes()
    assert isinstance(note, NoteBox)
    note.clearFocus()
    qtbot.waitUntil(copying.isEnabled)
    assert chosen(window, note, "Copy") == (True, False)
    window.editing.select([])
    window.editing.paste()
    assert len(window.document.graph.network().notes) == 2


def test_networks_are_inserted_from_the_file_menu(window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open(mine)
    titles: list[str] = []

    def answered(parent: object, title: str, folder: str, kinds: str) -> tuple[list[str], str]:
        titles.append(title)
        return [str(EXAMPLE)], kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answered)
    window.actions_.actions["insert"].trigger()
    assert titles == ["Insert Network"]
    assert window.documents.count() == 1
    assert sorted(window.editing.names) == ["LocalImage1", "Mask1", "SynchroView2D1", "Threshold1"]
    assert window.document.graph.undo_stack().undoText() == "insert ImageMask.mlab.json"


def test_several_networks_from_the_file_menu_do_not_lie_on_each_other(
    window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(EXAMPLE)] * 3, ""))
    window.actions_.actions["insert"].trigger()
    nodes = window.document.graph.network().nodes
    assert len({nodes[name].frame for name in ("Mask1", "Mask2", "Mask3")}) == 3
