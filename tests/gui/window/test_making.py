"""Tests of the main window: nodes become a local macro and come out of it, each as one step to undo."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.gui.panels.drag import field_menu
from nodeeditor.gui.panels.model import field_states
from nodeeditor.gui.window.interfacemenu import fill_end_menu, fill_interface_menu
from nodeeditor.gui.window.window import Window
from nodeeditor.mlab import loads
from nodeeditor.network import Network, NodeSpec

from ...macrosamples import SCRIPT, VOXELS, kept, write_all
from ..answers import answer_names
from ..canvas.seen import box
from .test_macros import Wait, facts, inspect, kind, menu_texts, problems, titles

CHAIN = Network(
    {
        "Load": NodeSpec("LocalImage", {"name": "$(NETWORK)/scan.nii"}, (0, 400, 120, 64)),
        "Compare": NodeSpec("Threshold", {"threshold": 25.0}, (0, 200, 120, 64), "Cut"),
        "Mask": NodeSpec("Mask", {"background": 5.0}, (0, 100, 120, 64), "Cut"),
        "Look": NodeSpec("View2D", {}, (0, 0, 120, 64), "Cut"),
    },
    {
        "Compare.input0": "Load.outImage",
        "Mask.input0": "Load.outImage",
        "Mask.input1": "Compare.output0",
        "Look.inImage": "Mask.output0",
    },
    ({"name": "Cut", "color": [1, 2, 3]},),
)


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=20_000)


@pytest.fixture
def folder(window: Window, tmp_path: Path) -> Path:
    """The folder of the chain, which is shown."""
    write_all(tmp_path)
    window.document.graph.apply("draw", CHAIN)
    window.document.save(tmp_path / "Mine.mlab.json")
    window.document.graph.look()
    return tmp_path


def convert(window: Window, *names: str) -> None:
    window.editing.select(names)
    window.deeds.convert_to_macro()
    window.document.graph.look()


def network(window: Window) -> Network:
    return window.document.graph.network()


def undo(window: Window) -> None:
    window.document.graph.undo_stack().undo()
    window.document.graph.look()


def test_nodes_become_a_macro_that_shows_what_they_showed(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    slices = inspect(window, "Mask.output0", wait)
    answer_names(monkeypatch, lambda offered: "Filter")
    convert(window, "Compare", "Mask")
    assert sorted(network(window).nodes) == ["Filter", "Load", "Look"]
    assert (folder / "Filter.mlab").is_file()
    assert (folder / "Filter.script").is_file()
    assert kind(window, "Filter") == "macro"
    assert window.editing.names == ["Filter"]
    wait(lambda: not problems(window) and facts(window, "Filter.output0"))
    slices = inspect(window, "Filter.output0", wait)
    np.testing.assert_array_equal(slices[-1][0], kept(VOXELS, 25, 5)[1])


def test_one_step_takes_it_back_and_brings_it_again(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    answer_names(monkeypatch, lambda offered: "Filter")
    convert(window, "Compare", "Mask")
    after, stack = network(window), window.document.graph.undo_stack()
    assert stack.undoText() == "convert 2 nodes to Filter"
    undo(window)
    assert network(window) == CHAIN
    assert not window.document.modified
    assert (folder / "Filter.mlab").is_file()
    stack.redo()
    window.document.graph.look()
    assert network(window) == after
    assert kind(window, "Filter") == "macro"
    wait(lambda: not problems(window))


def test_a_group_is_converted_from_its_menu_and_viewers_stay_outside(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    answer_names(monkeypatch, lambda name: offered.append(name) or name)  # type: ignore[func-returns-value]
    (frame,) = window.document.graph.scenery.groups()

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if "Macro" in action.text()).trigger()
        menu.close()

    QTimer.singleShot(0, choose)
    window.actions_.show_menu(frame, QPoint(0, 0))
    assert offered == ["Cut"]
    assert {name: spec.type for name, spec in network(window).nodes.items()} == {
        "Load": "LocalImage", "Look": "View2D", "Cut": "Cut",
    }  # fmt: skip
    assert network(window).connections["Look.inImage"] == "Cut.output0"
    said = "Cut is Cut.mlab with Cut.script beside the network now. Outside stay viewers: Look."
    assert window.status.currentMessage() == said


def test_the_name_is_refused_while_it_cannot_be(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path.name for path in folder.iterdir())
    for name, reason in (
        ("Threshold", "There is a node type"),
        ("Outer", "Outer.mlab lies beside"),
        ("a b", "The name"),
    ):
        reasons = answer_names(monkeypatch, lambda _, name=name: name)  # type: ignore[misc]
        convert(window, "Compare", "Mask")
        assert [said.startswith(reason) for said in reasons] == [True]
    assert network(window) == CHAIN
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_cannot_be_converted_is_told_before_a_name_is_asked(window: Window, folder: Path) -> None:
    convert(window, "Load", "Mask")
    said = "Not converted: the macro would feed itself through Compare; select these nodes, too."
    assert window.status.currentMessage() == said
    assert network(window) == CHAIN


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Save, QMessageBox.StandardButton.Cancel])
def test_a_network_without_a_file_is_saved_first(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton
) -> None:
    window.document.graph.apply("draw", CHAIN)
    monkeypatch.setattr(QMessageBox, "exec", lambda _: answer)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "New.mlab.json"), ""))
    answer_names(monkeypatch, lambda offered: "Filter")
    convert(window, "Compare", "Mask")
    saved = answer == QMessageBox.StandardButton.Save
    assert ("Filter" in network(window).nodes) is saved
    assert (tmp_path / "Filter.mlab").exists() is saved


def test_inside_of_a_macro_what_it_shows_stays(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open(folder / "Keep.mlab")
    convert(window, "Mask")
    said = "Mask.input0 is part of what this macro shows; leave its node out."
    assert window.status.currentMessage() == said
    kept_there = "Mask.input0 is part of what this macro shows; remove it from the interface first."
    window.deeds.replace_node()
    assert window.status.currentMessage() == kept_there
    window.deeds.expand_macros()
    assert window.status.currentMessage() == kept_there


def test_a_macro_is_expanded_in_one_step(window: Window, folder: Path, wait: Wait) -> None:
    window.open(folder / "Outer.mlab")
    before = network(window)
    window.editing.select(["First", "Second"])
    window.deeds.expand_macros()
    window.document.graph.look()
    assert window.editing.names == ["Compare", "Compare1", "Mask", "Mask1"]
    assert window.document.graph.undo_stack().undoText() == "expand 2 macros"
    slices = inspect(window, "Mask1.output0", wait)
    np.testing.assert_array_equal(slices[-1][0], kept(kept(VOXELS, 40, -3), 10, 5)[1])
    window.documents.save()
    undo(window)
    assert network(window) == before
    saved = loads((folder / "Outer.mlab").read_bytes(), window.document.library)
    assert saved.connections["Compare1.input0"] == "Mask.output0"


def test_converted_and_expanded_again_all_is_as_it_was(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_names(monkeypatch, lambda offered: "Filter")
    convert(window, "Compare", "Mask")
    window.deeds.expand_macros()
    window.document.graph.look()
    assert network(window) == CHAIN


def test_what_is_no_macro_is_not_expanded(window: Window, folder: Path) -> None:
    window.editing.select(["Load"])
    window.deeds.expand_macros()
    assert window.status.currentMessage() == "Not expanded: Load: is no macro: there is no network inside."


def test_the_menus_offer_it(window: Window, folder: Path) -> None:
    assert "Con&vert to Local Macro…" in menu_texts(window, "Mask")
    assert "Expand &Macro" not in menu_texts(window, "Mask")
    window.open(folder / "Outer.mlab")
    assert "Expand &Macro" in menu_texts(window, "First")
    assert box(window.document.graph, "First")
    assert titles(window)[-1] == "Outer"


# --- what a macro shows


def submenu(window: Window, name: str, text: str) -> None:
    """Choose a line of the node's menu Interface."""
    menu = QMenu()
    fill_interface_menu(menu, window.document, [name])
    (inside,) = [action.menu() for action in menu.actions()]
    assert isinstance(inside, QMenu)
    next(action for action in inside.actions() if action.text() == text).trigger()
    menu.deleteLater()


def test_a_field_is_shown_and_hidden_again_from_the_menu_of_its_node(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    window.open(folder / "Outer.mlab")
    window.open(folder / "Keep.mlab")
    answer_names(monkeypatch, lambda offered: f"{offered}Value")
    submenu(window, "Mask", "background")
    said = "The macro shows Mask.background as backgroundValue. Keep.script was written; undo does not take it back."
    assert window.status.currentMessage() == said
    outer = next(tab.document for tab in window.documents.all_tabs() if tab.document.name == "Outer")
    wait(lambda: "backgroundValue" in outer.library["Keep"].declaration.fields)
    submenu(window, "Mask", "background (backgroundValue)")
    assert (folder / "Keep.script").read_text(encoding="utf-8") == SCRIPT
    wait(lambda: "backgroundValue" not in outer.library["Keep"].declaration.fields)


def test_a_connector_is_shown_from_its_menu(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open(folder / "Keep.mlab")
    answer_names(monkeypatch, lambda offered: offered)
    menu = QMenu()
    fill_end_menu(menu, window.document, "Compare.output0")
    (action,) = menu.actions()
    assert action.text() == "&Show in Interface…"
    action.trigger()
    shown = window.document.interface
    assert shown is not None
    assert shown.outputs == {"result": ("Mask.output0",), "output0": ("Compare.output0",)}
    menu.clear()
    fill_end_menu(menu, window.document, "Compare.output0")
    assert [action.text() for action in menu.actions()] == ["&Remove from Interface"]
    menu.deleteLater()


def panel_menu(window: Window, node: str, field: str) -> dict[str, QAction]:
    model = window.panels.model(window.document, node)
    menu = field_menu(model, field_states(model)[field], window)
    return {action.text(): action for action in menu.actions()}


def test_the_name_of_a_field_in_a_panel_offers_it_too(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [text for text in panel_menu(window, "Mask", "background") if "Interface" in text]
    window.open(folder / "Keep.mlab")
    answer_names(monkeypatch, lambda offered: offered)
    panel_menu(window, "Mask", "background")["Show in Interface…"].trigger()
    shown = window.document.interface
    assert shown is not None
    assert shown.parameters["background"] == ("Mask.background",)
    panel_menu(window, "Mask", "background")["Remove from Interface"].trigger()
    assert (folder / "Keep.script").read_text(encoding="utf-8") == SCRIPT


def test_only_the_inside_of_a_macro_has_an_interface(window: Window, folder: Path) -> None:
    assert "Inter&face" not in menu_texts(window, "Mask")
    window.open(folder / "Keep.mlab")
    assert "Inter&face" in menu_texts(window, "Mask")


def test_a_script_that_cannot_be_read_is_told_of(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open(folder / "Keep.mlab")
    (folder / "Keep.script").unlink()
    answer_names(monkeypatch, lambda offered: offered)
    submenu(window, "Mask", "background")
    assert window.status.currentMessage() == "Keep.script was not changed: No such file or directory."


@pytest.mark.parametrize("renamed", [False, True])
def test_an_end_of_a_node_that_is_not_saved_is_shown_only_then(
    window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch, renamed: bool
) -> None:
    window.open(folder / "Keep.mlab")
    graph = window.document.graph
    if renamed:
        graph.apply("rename", edits.renamed(graph.network(), "Mask", "New"))
    else:
        graph.apply("add", graph.network().with_node("New", NodeSpec("Mask")))
    graph.look()
    answer_names(monkeypatch, lambda offered: offered)
    submenu(window, "New", "background")
    assert window.status.currentMessage() == "New is not in the file of Keep yet: save the network first."
    assert (folder / "Keep.script").read_text(encoding="utf-8") == SCRIPT
    submenu(window, "Compare", "userConditionTrueValue")
    assert "Compare.userConditionTrueValue" in (folder / "Keep.script").read_text(encoding="utf-8")
    assert window.documents.save()
    submenu(window, "New", "background")
    assert "New.background" in (folder / "Keep.script").read_text(encoding="utf-8")
