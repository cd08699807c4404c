"""Tests of panels that were open when a network was saved: they open again with it, where they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nodeeditor.formats import load, save
from nodeeditor.gui.panels.panel import PanelWindow
from nodeeditor.gui.window.insight import stays_in_sight
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.windows import AUTOMATIC, PANEL
from nodeeditor.windows import window as said

from .conftest import Make

PLACE = QRect(40, 400, 500, 350)


def panels() -> list[QWidget]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, PanelWindow) and one.isVisible()]


def place(editor: Window, node: str, kind: str) -> tuple[object, bool]:
    """Where the network says that a node's panel is, and whether it is open."""
    found = said(editor.document.graph.network().nodes[node].windows, kind)
    return found.frame, found.open


@pytest.fixture
def editor(make: Make) -> Window:
    """An editor with a wide canvas."""
    window = make()
    window.show()
    window.resize(1600, 1000)
    return window


@pytest.mark.parametrize(("automatic", "kind"), [(False, PANEL), (True, AUTOMATIC)])
def test_an_open_panel_is_saved_and_opens_again_at_its_place(
    editor: Window, make: Make, mine: Path, qtbot: QtBot, automatic: bool, kind: str
) -> None:
    editor.open(mine)
    editor.panels.open(editor.document, "Mask", automatic).setGeometry(PLACE)
    qtbot.waitUntil(lambda: place(editor, "Mask", kind) == (PLACE.getRect(), True))
    assert not editor.document.modified
    assert editor.documents.save()
    editor.close()
    again = make()
    again.show()
    again.resize(1600, 1000)
    again.open(mine)
    (found,) = panels()
    assert (found.windowTitle(), found.geometry()) == ("Panel Mask — Mine", PLACE)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is again)
    found.close()
    assert place(again, "Mask", kind) == (PLACE.getRect(), False)
    assert panels() == []


def test_a_closed_panel_opens_where_it_was(editor: Window, mine: Path, qtbot: QtBot) -> None:
    editor.open(mine)
    editor.panels.open(editor.document, "Mask", automatic=False).setGeometry(PLACE)
    qtbot.waitUntil(lambda: place(editor, "Mask", PANEL) == (PLACE.getRect(), True))
    panels()[0].close()
    qtbot.waitUntil(lambda: panels() == [])
    assert editor.panels.open(editor.document, "Mask", automatic=False).geometry() == PLACE


def test_a_panel_of_a_mevislab_file_opens_where_mevislab_had_it(editor: Window, tmp_path: Path) -> None:
    file = tmp_path / "Old.mlab"
    windows = {PANEL: {"frame": [40, 400, 500, 350], "open": True}}
    save(Network({"Threshold": NodeSpec("Threshold", windows=windows)}), file, Library.installed())
    assert "wasOpen = yes" in file.read_text()
    editor.open(file)
    assert [one.geometry() for one in panels()] == [PLACE]


def test_a_panel_of_a_node_that_is_not_known_stays_closed(editor: Window, tmp_path: Path) -> None:
    file = tmp_path / "Foreign.mlab.json"
    windows = {PANEL: {"frame": [40, 400, 500, 350], "open": True}}
    save(Network({"Far": NodeSpec("FarAway", windows=windows)}), file, Library.installed())
    editor.open(file)
    assert panels() == []
    assert load(file, Library.installed()).nodes["Far"].windows == windows


def test_panels_that_would_hide_the_canvas_stay_closed_and_are_named(editor: Window, tmp_path: Path) -> None:
    file = tmp_path / "Buried.mlab.json"
    everywhere = {PANEL: {"frame": [0, 0, 1600, 1000], "open": True}}
    aside = {PANEL: {"frame": [0, 0, 200, 150], "open": True}}
    nodes = {"Large": NodeSpec("Threshold", windows=everywhere), "Small": NodeSpec("Threshold", windows=aside)}
    save(Network(nodes), file, Library.installed())
    editor.open(file)
    assert [one.windowTitle() for one in panels()] == ["Panel Small — Buried"]
    assert editor.status.currentMessage() == "The panels of Large stay closed: they would hide the canvas."
    assert load(file, Library.installed()).nodes["Large"].windows == everywhere
    assert place(editor, "Large", PANEL) == ((0, 0, 1600, 1000), True)


def test_two_thirds_of_a_canvas_may_be_hidden() -> None:
    canvas, half = QRect(0, 0, 300, 100), QRect(0, 0, 150, 100)
    assert stays_in_sight(canvas, [], QRect(0, 0, 200, 100))
    assert not stays_in_sight(canvas, [], QRect(0, 0, 201, 100))
    assert not stays_in_sight(canvas, [half], QRect(150, 0, 100, 100))
    assert stays_in_sight(canvas, [canvas], QRect(0, 0, 50, 50))
    assert stays_in_sight(canvas, [half], QRect(400, 0, 900, 900))


def test_a_closed_network_goes_on_saying_that_its_panel_was_open(editor: Window, mine: Path, qtbot: QtBot) -> None:
    editor.open(mine)
    graph = editor.document.graph
    editor.panels.open(editor.document, "Mask", automatic=False).setGeometry(PLACE)
    qtbot.waitUntil(lambda: place(editor, "Mask", PANEL) == (PLACE.getRect(), True))
    editor.panels.close(editor.document)
    assert panels() == []
    assert said(graph.network().nodes["Mask"].windows, PANEL).open


def test_a_double_click_brings_a_minimised_panel_back(editor: Window, mine: Path) -> None:
    editor.open(mine)
    panel = editor.panels.open(editor.document, "Mask", automatic=False)
    panel.showMinimized()
    assert panel.isMinimized()
    assert editor.panels.open(editor.document, "Mask", automatic=False) is panel
    assert not panel.isMinimized()
