"""Tests of the main window with local macros: their boxes, panels, lamps, insides, and what becomes of their files."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from nodeeditor import edits, formats
from nodeeditor.gui.document.document import settled
from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library
from nodeeditor.macros.local import with_macros
from nodeeditor.mlab import dumps, loads

from ...macrosamples import INNER, OUTER, SCRIPT, VOXELS, kept, write_all, write_macro
from ..canvas.seen import box

PATIENCE = 20_000  # ms, for machines under load
MIDDLE, LEFT = Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    return write_all(tmp_path)


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=PATIENCE)


def titles(window: Window) -> list[str]:
    return [window.documents.tabText(index) for index in range(window.documents.count())]


def kind(window: Window, name: str) -> str:
    return box(window.document.graph, name).look.kind


def connectors(window: Window, name: str) -> tuple[list[str], list[str]]:
    shown = box(window.document.graph, name)
    return [one.name for one in shown.inputs], [one.name for one in shown.outputs]


def facts(window: Window, end: str) -> str:
    return window.live.session.facts.lines.get(end, "")


def lamp(window: Window, name: str) -> str:
    return box(window.document.graph, name).activity.state


def problems(window: Window) -> list[str]:
    return [str(one) for one in window.live.problems]


def place(window: Window, name: str) -> QPoint:
    window.canvas.frame_all()
    return QPoint(window.canvas.mapFromScene(box(window.document.graph, name).sceneBoundingRect().center()))


def inspect(window: Window, end: str, wait: Wait) -> list[npt.NDArray[Any]]:
    """Show an output in the Output Inspector; the slices that it shows from now on."""
    window.show()
    window.docks.inspection.inspect(window.live, end)
    slices: list[npt.NDArray[Any]] = []

    def take(shown: object) -> None:
        assert isinstance(shown, Shown)
        assert shown.pages[0] is not None
        slices.append(shown.pages[0].voxels[0, 0])

    inspected = window.docks.inspection._inspected[window.live]
    inspected.viewer.shown.connect(take)
    inspected.viewer.refresh()
    wait(lambda: slices)
    return slices


# --- the box


def test_a_macro_is_a_box_with_its_connectors_and_nothing_wrong(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    assert (kind(window, "Load"), kind(window, "First")) == ("composed", "macro")
    assert connectors(window, "First") == (["image"], ["result"])
    assert window.status.currentMessage() == "3 of 3 nodes can run here."
    wait(lambda: facts(window, "Second.result").startswith("5 x 4 x 3, "))
    assert not problems(window)
    assert not window.document.modified


def test_the_output_inspector_shows_what_flows_out_of_a_macro(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    slices = inspect(window, "First.result", wait)
    np.testing.assert_array_equal(slices[-1][0], kept(VOXELS, 40, -3)[1])
    wait(lambda: lamp(window, "First") == "done")
    assert lamp(window, "Second") == "idle"


def test_a_parameter_in_the_panel_changes_the_picture_and_is_undone(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    slices = inspect(window, "First.result", wait)
    model = window.panels.model(window.document, "First")
    assert model.values() == {}
    model.set_field("level", 25.0, 0)
    wait(lambda: np.array_equal(slices[-1][0], kept(VOXELS, 25, -3)[1]))
    window.document.graph.undo_stack().undo()
    wait(lambda: np.array_equal(slices[-1][0], kept(VOXELS, 40, -3)[1]))
    wait(lambda: not window.document.modified)


def test_a_double_click_opens_the_panel_of_a_macro(window: Window, outer: Path, qtbot: QtBot) -> None:
    window.open(outer)
    window.show()
    QTest.mouseDClick(window.canvas.viewport(), LEFT, NONE, place(window, "First"))
    (opened,) = window.panels._open
    assert opened.model.name() == "First"
    assert titles(window) == ["Outer"]


def test_what_fails_inside_marks_the_box_with_the_reason(window: Window, outer: Path, wait: Wait) -> None:
    atlas = "module ImageLoad { fields { instanceName = Atlas filename = $(NETWORK)/nowhere.nii } }\n"
    inside = atlas + INNER.replace("Mask.input1 = Compare.output0", "Mask.input1 = Atlas.output0")
    write_macro(outer.parent, inside=inside)
    window.open(outer)
    wait(lambda: lamp(window, "First") == "failed")
    wait(lambda: any(line.startswith("First: inside, Atlas: ") and "nowhere.nii" in line for line in problems(window)))
    assert "inside, Atlas: " in box(window.document.graph, "First").look.error
    assert lamp(window, "Load") != "failed"


def test_a_macro_says_which_modules_inside_cannot_run(window: Window, outer: Path, wait: Wait) -> None:
    write_macro(outer.parent, inside=INNER + "module Strange { }\n")
    window.open(outer)
    said = "2 of 3 modules inside can run here; Strange cannot"
    wait(lambda: box(window.document.graph, "First").look.warning == said)
    assert window.status.currentMessage() == "1 of 3 nodes can run here."
    assert not box(window.document.graph, "First").look.error


def test_modules_inside_that_cannot_run_are_told_of_once(window: Window, outer: Path, wait: Wait) -> None:
    write_macro(outer.parent, inside=INNER.replace("module Mask", "module Strange"))
    window.open(outer)
    wait(lambda: lamp(window, "First") == "failed" and lamp(window, "Second") == "failed")
    said = "1 of 2 modules inside can run here; Strange cannot"
    wait(lambda: problems(window) == [f"{name}: {said}" for name in ("First", "Second")])


def test_a_run_lights_the_lamp_of_a_macro(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    wait(lambda: facts(window, "Second.result"))
    window.deeds.run()
    wait(lambda: lamp(window, "Second") == "done" and lamp(window, "First") == "done")
    wait(lambda: any("Second.result" in line for line in window.messages.lines()))


def test_a_button_of_a_macro_presses_the_one_inside(window: Window, outer: Path, wait: Wait) -> None:
    saving = "module ImageSave { fields { instanceName = Save filename = $(NETWORK)/saved.nii } }\n"
    write_macro(
        outer.parent,
        script=SCRIPT.replace("Field own", "Field press { internalName = Save.save } Field own"),
        inside=saving + INNER.replace("connections  {", "connections  {\n  Save.input0 = Mask.output0"),
    )
    window.open(outer)
    window.document.graph.apply("once", window.document.graph.network().without("Second"))
    window.document.graph.look()
    window.panels.model(window.document, "First").trigger("press")
    wait((outer.parent / "saved.nii").exists)
    wait(lambda: not window.status.run.running)
    saved = sitk.GetArrayFromImage(sitk.ReadImage(outer.parent / "saved.nii"))
    np.testing.assert_array_equal(saved, kept(VOXELS, 40, -3))


def test_a_message_of_a_module_inside_leads_to_the_macro(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    window.deeds.show_node("Second/Compare")
    assert window.editing.names == ["Second"]


def hits(window: Window) -> list[str]:
    found = window.tab.search_box.hits
    return [found.item(row).text() for row in range(found.count())]


def in_palette(window: Window, name: str) -> list[QTreeWidgetItem]:
    tree = window.docks.palette.tree
    return tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)


def test_the_palette_shows_the_macros_beside_the_network_in_front(window: Window, outer: Path) -> None:
    assert not in_palette(window, "Keep")
    window.open(outer)
    (row,) = in_palette(window, "Keep")
    assert row.parent().text(0) == "Local Macros"
    window.docks.palette.activated.emit("Keep")
    assert window.document.graph.network().nodes["Keep"].type == "Keep"
    window.open(outer.with_name("Keep.mlab"))
    assert not in_palette(window, "Keep")
    window.documents.new()
    assert not in_palette(window, "Keep")
    window.documents.setCurrentIndex(0)
    assert in_palette(window, "Keep")


def test_a_viewer_inside_a_macro_says_where_its_image_comes_from(window: Window, outer: Path, wait: Wait) -> None:
    looking = "module View2D { fields { instanceName = Look } }\nconnections  {\n  Look.inImage = Mask.output0"
    write_macro(outer.parent, inside=INNER.replace("connections  {", looking))
    window.show()
    window.open(outer.with_name("Keep.mlab"))
    view = window.viewers.open(window.live, "Look").view
    wait(view.hint)
    assert view.hint() == "No image. Compare.input0, Mask.input0 are fed only where this macro is used."
    assert view.steering.problem == ""


def test_the_search_offers_the_macros_beside_the_network(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    window.show()
    window.tab.search("keep")
    assert hits(window)[0] == "Keep"
    QTest.keyClick(window.tab.search_box.line, Qt.Key.Key_Return)
    wait(lambda: "Keep" in window.document.network.nodes)
    assert kind(window, "Keep") == "macro"
    window.open(outer.with_name("Keep.mlab"))
    window.tab.search("keep")
    assert "Keep" not in hits(window)
    window.tab.search_box.close()


# --- the inside


@pytest.mark.parametrize("click", ["menu", "double", "middle"])
def test_the_inside_opens_in_a_tab_of_its_own_and_once(window: Window, outer: Path, click: str, wait: Wait) -> None:
    window.open(outer)
    window.show()
    for name in ("First", "Second"):
        window.open(outer)
        at = place(window, name)
        if click == "menu":
            window.editing.select([name])
            wait(window.actions_.actions["inside"].isEnabled)
            window.actions_.actions["inside"].trigger()
        elif click == "double":
            QTest.mouseDClick(window.canvas.viewport(), LEFT, CONTROL, at)
        else:
            QTest.mouseClick(window.canvas.viewport(), MIDDLE, NONE, at)
        assert titles(window) == ["Outer", "Keep (macro)"]
        assert window.document.path == outer.with_name("Keep.mlab")
    assert window.windowTitle() == "Keep (macro)[*] — nodeeditor"


def test_only_macros_have_an_inside(window: Window, outer: Path) -> None:
    window.open(outer)
    window.deeds.show_inside_of("Load")
    assert titles(window) == ["Outer"]
    assert window.status.currentMessage() == "Load is no macro: there is no network inside."


def test_the_middle_button_still_moves_the_canvas_from_a_box(window: Window, outer: Path) -> None:
    window.open(outer)
    window.show()
    viewport, at = window.canvas.viewport(), place(window, "First")
    before = window.canvas.mapToScene(at)
    QTest.mousePress(viewport, MIDDLE, NONE, at)
    QTest.mouseMove(viewport, at + QPoint(30, 0))
    QTest.mouseRelease(viewport, MIDDLE, NONE, at + QPoint(30, 0))
    assert titles(window) == ["Outer"]
    assert window.canvas.mapToScene(at).x() <= before.x()


def menu_texts(window: Window, name: str) -> list[str]:
    shown: list[str] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        shown.extend(action.text() for action in menu.actions())
        menu.close()

    QTimer.singleShot(0, look)
    window.editing.select([name])
    window.actions_.show_menu(box(window.document.graph, name), QPoint(0, 0))
    return shown


def test_the_menu_of_a_macro_offers_its_inside(window: Window, outer: Path) -> None:
    window.open(outer)
    assert "Show &Internal Network" in menu_texts(window, "First")
    assert "Show &Internal Network" not in menu_texts(window, "Load")


def test_the_inside_is_quiet_about_what_its_interface_feeds(window: Window, outer: Path, wait: Wait) -> None:
    after = INNER.replace("connections  {", "connections  {\n  After.input0 = Mask.output0")
    write_macro(outer.parent, inside="module Threshold { fields { instanceName = After } }\n" + after)
    window.open(outer.with_name("Keep.mlab"))
    wait(lambda: window.live.session.facts.nodes)
    wait(lambda: {one.state for one in window.live.session.states.values()} == {"failed", "blocked"})
    assert not problems(window)
    assert {lamp(window, name) for name in ("Compare", "Mask", "After")} == {"idle"}


def test_a_script_that_comes_makes_a_network_the_inside_of_a_macro(window: Window, outer: Path, wait: Wait) -> None:
    outer.with_name("Keep.script").unlink()
    window.open(outer.with_name("Keep.mlab"))
    wait(lambda: "Mask.input0: nothing is connected to this input" not in problems(window))
    assert titles(window) == ["Keep"]
    wait(lambda: "Compare.input0: nothing is connected to this input" in problems(window))
    outer.with_name("Keep.script").write_text(SCRIPT, encoding="utf-8")
    wait(lambda: titles(window) == ["Keep (macro)"])
    wait(lambda: not problems(window))


def test_what_is_missing_inside_otherwise_is_told_there(window: Window, outer: Path, wait: Wait) -> None:
    write_macro(outer.parent, inside=INNER.replace("Mask.input1 = Compare.output0", ""))
    window.open(outer.with_name("Keep.mlab"))
    network = window.document.graph.network()
    network = edits.added(network, "View2D", (0, -200))[0].with_connection("View2D.inImage", "Mask.output0")
    window.document.graph.apply("see", network)
    wait(lambda: "Mask.input1: nothing is connected to this input" in problems(window))
    assert not any("input0" in line for line in problems(window))


def test_a_saved_inside_is_taken_by_the_networks_that_use_it(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    slices = inspect(window, "Second.result", wait)
    first = kept(VOXELS, 40, -3)
    np.testing.assert_array_equal(slices[-1][0], kept(first, 10, 5)[1])
    steps = window.document.graph.undo_stack()
    window.panels.model(window.document, "First").set_field("level", 35.0, 0)
    window.deeds.show_inside_of("First")
    window.document.graph.set_field("Mask", "background", 7.0, 0)
    assert window.documents.save()
    window.open(outer)
    wait(lambda: np.array_equal(slices[-1][0], kept(kept(VOXELS, 35, -3), 10, 7)[1]))
    assert steps.canUndo()


def test_an_interface_that_changes_changes_the_boxes_and_panels(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    window.deeds.open_panel("First")
    (panel,) = window.panels._open
    script = SCRIPT.replace("Field own", "Field other { internalName = Mask.background } Field own")
    script = script.replace("Outputs {", "Outputs { Field mask { internalName = Compare.output0 }")
    write_macro(outer.parent, script=script)
    wait(lambda: connectors(window, "First") == (["image"], ["mask", "result"]))
    node_type = panel.model.node_type()
    assert node_type is not None
    assert list(node_type.declaration.fields) == ["level", "how", "other", "own"]
    assert window.document.network.connections == {"First.image": "Load.outImage", "Second.image": "First.result"}
    wait(lambda: facts(window, "First.mask"))
    assert dumps(settled(window.document.network, window.document.library), window.document.library) == OUTER.encode()


def test_steps_from_before_an_interface_changed_cannot_be_undone(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    slices = inspect(window, "First.result", wait)
    window.panels.model(window.document, "First").set_field("level", 33, 0)
    wait(lambda: np.array_equal(slices[-1][0], kept(VOXELS, 33, -3)[1]))
    write_macro(
        outer.parent, script=SCRIPT.replace("Outputs {", "Outputs { Field mask { internalName = Compare.output0 }")
    )
    wait(lambda: connectors(window, "First")[1] == ["mask", "result"])
    assert not window.document.graph.undo_stack().canUndo()
    window.panels.model(window.document, "First").set_field("level", 34, 0)
    wait(lambda: np.array_equal(slices[-1][0], kept(VOXELS, 34, -3)[1]))


# --- files


def test_a_macro_whose_files_go_is_a_placeholder_until_they_come_back(window: Window, outer: Path, wait: Wait) -> None:
    window.open(outer)
    files = [outer.with_name(name) for name in ("Keep.mlab", "Keep.script")]
    contents = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
    wait(lambda: kind(window, "First") == "unknown")
    said = f"it is a local macro, and Keep.mlab and Keep.script are not in {outer.parent}"
    wait(lambda: f"First: the module Keep cannot run here; {said}" in problems(window))
    assert window.document.network.connections == {"First.image": "Load.outImage", "Second.image": "First.result"}
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    wait(lambda: kind(window, "First") == "macro")
    wait(lambda: not problems(window))
    assert not window.document.modified


def test_a_broken_script_is_told_with_its_place(window: Window, outer: Path, wait: Wait) -> None:
    outer.with_name("Keep.script").write_text("Interface {", encoding="utf-8")
    window.open(outer)
    wait(lambda: any("Keep.script beside the network: line 1, column 1" in line for line in problems(window)))


def test_a_network_saved_elsewhere_says_that_its_macros_are_not_there_and_loses_nothing(
    window: Window, outer: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "Outer.mlab"
    window.open(outer)
    wait(lambda: facts(window, "Second.result"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
    assert window.documents.save_as()
    assert elsewhere.read_bytes() == OUTER.encode()
    assert kind(window, "First") == "unknown"
    wait(lambda: any(f"are not in {elsewhere.parent}" in line for line in problems(window)))
    assert not window.document.modified
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(outer), ""))
    assert window.documents.save_as()
    assert outer.read_bytes() == OUTER.encode()
    assert kind(window, "First") == "macro"


def test_a_network_without_a_file_has_no_macros_until_it_is_saved_beside_them(
    window: Window, outer: Path, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    network = loads(OUTER, Library.installed())
    window.document.graph.apply("paste", network)
    assert kind(window, "First") == "unknown"
    wait(lambda: any("once the network lies in a folder with its files" in line for line in problems(window)))
    path = outer.with_name("New.mlab.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    assert window.documents.save()
    assert kind(window, "First") == "macro"
    wait(lambda: facts(window, "Second.result"))
    assert formats.load(path, with_macros(Library.installed(), path.parent)).nodes == network.nodes


def test_a_recovered_network_knows_the_macros_beside_its_file(window: Window, outer: Path) -> None:
    window.document.recover(outer, loads(OUTER, Library.installed()))
    assert kind(window, "First") == "macro"
