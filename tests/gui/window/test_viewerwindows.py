"""Tests of viewer windows and of the output inspector in the editor's window: real networks, real pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.engine import Engine
from nodeeditor.gui.live.viewermodels import OUTDATED
from nodeeditor.gui.live.viewermodels import VIEWER as VIEWERS
from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.viewers.viewerwindow import ViewerWindow
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.windows import PANEL, VIEWER
from nodeeditor.windows import window as said

from ..viewers import hand
from .conftest import Make

PATIENCE = 20_000  # ms, for machines under load


@pytest.fixture
def masking(window: Window, mine: Path) -> Window:
    """The editor with the network of the masking tutorial."""
    window.show()
    window.open(mine)
    return window


def opened(editor: Window, qtbot: QtBot, name: str = "SynchroView2D") -> ViewerWindow:
    """The viewer's window as soon as it shows a picture of its own size."""
    viewer = editor.viewers.open(editor.live, name)
    qtbot.waitUntil(lambda: fitting(viewer), timeout=PATIENCE)
    return viewer


def fitting(viewer: ViewerWindow) -> bool:
    found = viewer.view.steering.shown
    size = viewer.view.size()
    return found is not None and found.picture.shape[:2] == (size.height(), size.width())


def seen(viewer: ViewerWindow) -> Shown:
    found = viewer.view.steering.shown
    assert found is not None
    return found


def drawn(network: Network, name: str = "SynchroView2D") -> npt.NDArray[np.uint8]:
    """What a run without a screen draws of the same network."""
    page = Engine(Library.installed(), 2**28).image(network, f"{name}.picture")
    return np.moveaxis(page.voxels[0, :, 0], 0, -1)


def saved(editor: Window, name: str = "SynchroView2D") -> tuple[object, bool]:
    """Where the network says that a viewer's window is, and whether it is open."""
    found = said(editor.document.graph.network().nodes[name].windows, VIEWER)
    return found.frame, found.open


# --- windows


def test_a_viewer_s_window_shows_what_a_run_draws_and_follows_every_field(masking: Window, qtbot: QtBot) -> None:
    viewer = opened(masking, qtbot)
    before = seen(viewer).picture
    assert np.array_equal(before, drawn(masking.document.graph.network()))
    masking.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    qtbot.waitUntil(lambda: not np.array_equal(seen(viewer).picture, before), timeout=PATIENCE)
    assert np.array_equal(seen(viewer).picture, drawn(masking.document.graph.network()))
    masking.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: np.array_equal(seen(viewer).picture, before), timeout=PATIENCE)


def test_a_double_click_opens_a_viewer_and_alt_its_automatic_panel(masking: Window, qtbot: QtBot) -> None:
    masking.deeds.open_panel("SynchroView2D")
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ViewerWindow)]
    assert [widget.windowTitle() for widget in found if widget.isVisible()] == ["SynchroView2D — Mine"]
    masking.deeds.open_panel("SynchroView2D")
    assert [one for one in QApplication.topLevelWidgets() if isinstance(one, ViewerWindow) and one.isVisible()] == found
    masking.editing.select(["SynchroView2D"])
    masking.deeds.open_panels(automatic=True)
    titles = [widget.windowTitle() for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert "Panel SynchroView2D — Mine" in titles


def test_turning_in_a_window_is_no_step_to_undo_and_no_reason_to_ask(masking: Window, qtbot: QtBot) -> None:
    viewer = opened(masking, qtbot)
    viewer.view.deeds.show_slice(0, 11, 7)
    qtbot.waitUntil(lambda: seen(viewer).panes[0].slice == 11, timeout=PATIENCE)
    assert seen(viewer).panes[1].slice == 11
    network = masking.document.graph.network()
    assert (network.nodes["SynchroView2D"].fields["slice1"], network.nodes["SynchroView2D"].fields["slice2"]) == (
        11,
        11,
    )
    assert masking.document.graph.undo_stack().count() == 0
    assert not masking.document.modified


def test_a_window_s_place_is_saved_and_found_again(make: Make, mine: Path, qtbot: QtBot) -> None:
    first = make()
    first.show()
    first.open(mine)
    viewer = opened(first, qtbot)
    viewer.setGeometry(QRect(60, 50, 500, 300))
    qtbot.waitUntil(lambda: saved(first) == ((60, 50, 500, 300), True), timeout=PATIENCE)
    assert not first.document.modified
    assert first.documents.save()
    first.close()
    again = make()
    again.show()
    again.open(mine)
    (found,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, ViewerWindow) and one.isVisible())
    assert found.geometry() == QRect(60, 50, 500, 300)
    found.close()
    assert saved(again) == ((60, 50, 500, 300), False)


@pytest.mark.parametrize(("node", "kind"), [("SynchroView2D", VIEWER), ("Mask", PANEL)])
def test_the_network_is_told_where_a_window_lies_once_it_stays_there(
    masking: Window, qtbot: QtBot, node: str, kind: str
) -> None:
    def told() -> object:
        return said(masking.document.graph.network().nodes[node].windows, kind).frame

    places: list[object] = []
    masking.document.network_changed.connect(lambda _: places.append(told()))
    masking.deeds.open_panel(node)
    (window,) = (one for one in QApplication.topLevelWidgets() if one.isVisible() and node in one.windowTitle())
    for x in range(50, 90, 10):
        window.move(x, 40)
        window.resize(400 + x, 300)
        hand.settle()
    there = window.geometry().getRect()
    assert there[2:] == (480, 300)
    qtbot.waitUntil(lambda: told() == there)
    window.showFullScreen()
    qtbot.wait(300)
    assert told() == there
    assert {place for place in places if place} == {there}


def test_a_place_that_no_screen_shows_is_moved_to_one(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    far = {"_viewer": {"frame": [90_000, -70_000, 400, 300], "open": True}}
    network = Network({"View2D": NodeSpec("View2D", windows=far)})
    window.document.graph.apply("far", network)
    qtbot.waitUntil(lambda: window.live.network == network)
    window.viewers.restore(window.live)
    (found,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, ViewerWindow) and one.isVisible())
    assert window.screen().availableGeometry().contains(found.geometry())


@pytest.mark.parametrize("kept", [True, False])
def test_a_closed_window_asks_for_nothing(masking: Window, qtbot: QtBot, kept: bool) -> None:
    masking.document.graph.set_field("SynchroView2D", "disconnectOnHide", kept, 0)
    viewer = opened(masking, qtbot)
    computed: list[str] = []
    masking.live.session.cost_told.connect(lambda key, cost: computed.append(key))
    viewer.close()
    with qtbot.waitSignal(masking.live.changed, timeout=PATIENCE):
        masking.document.graph.set_field("Threshold", "threshold", 33.0, 0)
    qtbot.waitUntil(lambda: "Mask" in masking.live.session.facts.nodes, timeout=PATIENCE)
    qtbot.wait(150)
    assert [key for key in computed if key.startswith(VIEWERS)] == []


def test_a_window_goes_with_its_node_and_follows_its_name(masking: Window, qtbot: QtBot) -> None:
    viewer = opened(masking, qtbot)
    graph = masking.document.graph
    graph.apply("rename", edits.renamed(graph.network(), "SynchroView2D", "Both"))
    qtbot.waitUntil(lambda: viewer.windowTitle() == "Both — Mine")
    viewer.view.deeds.show_slice(0, 9, 1)
    qtbot.waitUntil(lambda: seen(viewer).panes[0].slice == 9, timeout=PATIENCE)
    with qtbot.waitSignal(viewer.closed):
        graph.apply("delete", graph.network().without("Both"))


def test_windows_follow_the_name_of_their_network(masking: Window, tmp_path: Path, qtbot: QtBot) -> None:
    viewer, panel = opened(masking, qtbot), masking.panels.open(masking.document, "Mask", automatic=False)
    masking.document.save(tmp_path / "Other.mlab.json")
    assert (viewer.windowTitle(), panel.windowTitle()) == ("SynchroView2D — Other", "Panel Mask — Other")


def test_windows_are_in_sight_while_their_network_is(masking: Window, qtbot: QtBot) -> None:
    viewer, panel = opened(masking, qtbot), masking.panels.open(masking.document, "Mask", automatic=False)
    tab, live, asked = masking.tab, masking.live, list[str]()
    place = QRect(60, 50, 500, 300)
    viewer.setGeometry(place)
    qtbot.waitUntil(lambda: saved(masking)[1], timeout=PATIENCE)
    masking.documents.new()
    assert not viewer.isVisible()
    assert not panel.isVisible()
    assert said(tab.document.graph.network().nodes["SynchroView2D"].windows, VIEWER).open
    live.session.cost_told.connect(lambda key, _: asked.append(key))
    tab.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    qtbot.wait(150)
    assert [key for key in asked if key.startswith(VIEWERS)] == []
    masking.documents.setCurrentWidget(tab)
    assert viewer.isVisible()
    assert panel.isVisible()
    assert viewer.geometry() == place
    after = drawn(tab.document.graph.network())
    qtbot.waitUntil(lambda: np.array_equal(seen(viewer).picture, after), timeout=PATIENCE)


def test_a_window_that_was_closed_does_not_come_back_with_its_network(masking: Window, qtbot: QtBot) -> None:
    panel = masking.panels.open(masking.document, "Mask", automatic=False)
    tab = masking.tab
    panel.close()
    masking.documents.new()
    masking.documents.setCurrentWidget(tab)
    titles = [one.windowTitle() for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert not any("Panel" in title for title in titles)


def test_the_last_good_picture_stays_and_the_failing_node_is_named(masking: Window, qtbot: QtBot) -> None:
    viewer = opened(masking, qtbot)
    before = seen(viewer).picture
    masking.document.graph.set_field("LocalImage", "name", "nowhere.dcm", 0)
    qtbot.waitUntil(lambda: bool(viewer.view.steering.problem), timeout=PATIENCE)
    assert "LocalImage" in viewer.view.steering.problem
    assert seen(viewer).picture is before
    node, mask = masking.document.graph.node("LocalImage"), masking.document.graph.node("Mask")
    assert node is not None
    assert mask is not None
    qtbot.waitUntil(lambda: "nowhere.dcm" in node.error, timeout=PATIENCE)
    qtbot.waitUntil(lambda: mask.view.activity.state == "blocked", timeout=PATIENCE)
    assert any("nowhere.dcm" in line for line in masking.messages.lines())
    masking.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: not viewer.view.steering.problem and not node.error, timeout=PATIENCE)
    assert masking.messages.lines() == []


def test_alt_explains_a_voxel_beside_the_boxes_that_made_it(masking: Window, qtbot: QtBot) -> None:
    viewer = opened(masking, qtbot)
    pane = seen(viewer).panes[1]
    left, top, width, height = pane.rect
    x, y = left + width / 2, top + height / 2
    i, j, k = pane.voxel_at(x, y) or (0, 0, 0)
    value = int(
        Engine(Library.installed()).image(masking.document.network, "LocalImage.outImage").voxels[0, 0, k, j, i]
    )
    viewer.view.explain_wanted.emit(1, pane.world_at(x, y))
    wanted = {"Mask": f"mask 1 → image {value}", "Threshold": f"{value} > 60 → 1", "LocalImage": str(value)}
    canvas = masking.canvas
    qtbot.waitUntil(lambda: canvas.explanations() == wanted, timeout=PATIENCE)
    viewer.view.explain_wanted.emit(1, None)
    assert canvas.explanations() == {}


def test_the_status_bar_tells_what_an_edit_cost(masking: Window, qtbot: QtBot) -> None:
    opened(masking, qtbot)
    masking.document.graph.set_field("Threshold", "threshold", 61.0, 0)
    qtbot.waitUntil(lambda: "3 nodes, 1 slice each" in masking.status.cost, timeout=PATIENCE)


def test_reloading_reads_a_file_that_was_written_anew(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    image = tmp_path / "image.mha"
    sitk.WriteImage(sitk.GetImageFromArray(np.full((2, 8, 8), 7, np.uint8)), image)
    nodes = {"LocalImage": NodeSpec("LocalImage", {"name": str(image)}), "View2D": NodeSpec("View2D")}
    window.document.graph.apply("x", Network(nodes, {"View2D.inImage": "LocalImage.outImage"}))
    viewer = opened(window, qtbot, "View2D")
    sitk.WriteImage(sitk.GetImageFromArray(np.full((3, 8, 8), 9, np.uint8)), image)
    window.canvas.reload_clicked.emit("LocalImage")
    qtbot.waitUntil(lambda: seen(viewer).panes[0].info.extent[2] == 3, timeout=PATIENCE)
    page = seen(viewer).pages[0]
    assert page is not None
    assert (page.voxels == 9).all()


# --- edits that wait for an update


@pytest.fixture
def manual(masking: Window) -> Window:
    """An editor in which edits wait for an update."""
    masking.options.actions["automatic"].setChecked(False)
    return masking


def test_an_edit_computes_nothing_until_an_update_is_asked_for(manual: Window, qtbot: QtBot) -> None:
    viewer = opened(manual, qtbot)
    manual.canvas.end_clicked.emit("Mask.output0")
    before, looked = seen(viewer).picture, inspected(manual, qtbot).picture
    asked: list[str] = []
    manual.live.session.cost_told.connect(lambda key, _: asked.append(key))
    manual.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    qtbot.waitUntil(lambda: bool(viewer.view.steering.outdated), timeout=PATIENCE)
    facts = manual.live.session.facts_changed
    with qtbot.waitSignal(facts, timeout=PATIENCE):  # what needs no voxels goes on
        manual.document.graph.set_field("Threshold", "userConditionTrueValue", 7.0, 0)
    qtbot.wait(150)
    assert [key for key in asked if key.startswith(VIEWERS)] == []
    assert seen(viewer).picture is before
    view = manual.docks.inspection.inspector.view
    assert view.steering.shown is not None
    assert view.steering.shown.picture is looked
    assert (viewer.view.steering.outdated, view.steering.outdated) == (OUTDATED, OUTDATED)
    assert manual.status.outdated == "Not up to date (F9)"
    manual.actions_.actions["update"].trigger()
    after = drawn(manual.document.graph.network())
    qtbot.waitUntil(lambda: np.array_equal(seen(viewer).picture, after), timeout=PATIENCE)
    assert not np.array_equal(after, before)
    assert (viewer.view.steering.outdated, view.steering.outdated, manual.status.outdated) == ("", "", "")


def test_a_viewer_can_be_turned_while_edits_wait(manual: Window, qtbot: QtBot) -> None:
    viewer = opened(manual, qtbot)
    shown = manual.document.graph.network()
    manual.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    viewer.view.deeds.show_slice(0, 11, 7)
    qtbot.waitUntil(lambda: seen(viewer).panes[0].slice == 11, timeout=PATIENCE)
    slices = {"slice1": 11, "slice2": 11}
    now = shown.nodes["SynchroView2D"]
    turned = shown.with_node("SynchroView2D", replace(now, fields={**now.fields, **slices}))
    assert np.array_equal(seen(viewer).picture, drawn(turned))
    assert viewer.view.steering.outdated == OUTDATED


def test_an_edit_that_is_undone_waits_for_nothing(manual: Window, qtbot: QtBot) -> None:
    viewer = opened(manual, qtbot)
    manual.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    qtbot.waitUntil(lambda: bool(viewer.view.steering.outdated), timeout=PATIENCE)
    manual.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: not viewer.view.steering.outdated and not manual.status.outdated, timeout=PATIENCE)


def test_a_viewer_that_was_added_since_the_update_shows_nothing_yet(manual: Window, qtbot: QtBot) -> None:
    network = manual.document.graph.network().with_node("New", NodeSpec("View2D"))
    manual.document.graph.apply("add", network.with_connection("New.inImage", "Mask.output0"))
    qtbot.waitUntil(lambda: "New" in manual.live.network.nodes)
    viewer = manual.viewers.open(manual.live, "New")
    qtbot.waitUntil(lambda: viewer.view.steering.problem == OUTDATED, timeout=PATIENCE)
    manual.live.update()
    qtbot.waitUntil(lambda: fitting(viewer) and not viewer.view.steering.problem, timeout=PATIENCE)
    assert np.array_equal(seen(viewer).picture, drawn(manual.document.graph.network(), "New"))


def test_a_new_name_is_no_edit_that_waits_and_its_viewer_goes_on(manual: Window, qtbot: QtBot) -> None:
    viewer = opened(manual, qtbot)
    graph = manual.document.graph
    graph.apply("rename", edits.renamed(graph.network(), "SynchroView2D", "Both"))
    graph.look()
    graph.apply("rename", edits.renamed(graph.network(), "Mask", "M"))
    graph.look()
    assert not manual.live.outdated()
    assert manual.status.outdated == ""
    viewer.view.deeds.show_slice(0, 9, 1)
    qtbot.waitUntil(lambda: seen(viewer).panes[0].slice == 9, timeout=PATIENCE)
    assert np.array_equal(seen(viewer).picture, drawn(graph.network(), "Both"))
    assert viewer.view.steering.outdated == ""


def test_a_recovered_network_is_shown_although_edits_wait(
    make: Make, mine: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    first = make()
    first.options.actions["automatic"].setChecked(False)
    first.open(mine)
    first.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    first.document.graph.look()
    assert first.leave_at_once()
    monkeypatch.setattr(QMessageBox, "exec", lambda _: QMessageBox.StandardButton.Yes)
    again = make()
    again.show()
    again.offer_recovery()
    assert not again.options.actions["automatic"].isChecked()
    assert not again.live.outdated()
    assert np.array_equal(seen(opened(again, qtbot)).picture, drawn(again.document.graph.network()))


def test_an_update_brings_the_inspector_an_output_that_was_not_there(manual: Window, qtbot: QtBot) -> None:
    manual.canvas.end_clicked.emit("Mask.output0")
    inspected(manual, qtbot)
    written = {"threshold": 60.0, "userConditionTrueValue": 9.0, "userConditionFalseValue": 2.0}
    network = manual.document.graph.network().with_node("New", NodeSpec("Threshold", written))
    manual.document.graph.apply("add", network.with_connection("New.input0", "LocalImage.outImage"))
    qtbot.waitUntil(lambda: "New" in manual.live.network.nodes)
    manual.canvas.end_clicked.emit("New.output0")
    steering = manual.docks.inspection.inspector.view.steering
    assert (steering.shown, steering.problem) == (None, OUTDATED)
    manual.live.update()
    (page,) = inspected(manual, qtbot).pages
    assert page is not None
    assert set(np.unique(page.voxels)) == {2, 9}
    assert steering.problem == ""


def test_that_edits_wait_is_remembered_and_ends_with_the_check_mark(
    manual: Window, make: Make, mine: Path, qtbot: QtBot
) -> None:
    viewer = opened(manual, qtbot)
    manual.document.graph.set_field("Threshold", "threshold", 500.0, 0)
    qtbot.waitUntil(lambda: bool(viewer.view.steering.outdated), timeout=PATIENCE)
    again = make()
    assert not again.options.actions["automatic"].isChecked()
    again.open(mine)  # what was just opened is no edit
    assert again.live.shown == again.document.network
    assert not again.live.outdated()
    manual.options.actions["automatic"].setChecked(True)
    after = drawn(manual.document.graph.network())
    qtbot.waitUntil(lambda: np.array_equal(seen(viewer).picture, after), timeout=PATIENCE)
    assert make().options.actions["automatic"].isChecked()


# --- the output inspector


def inspected(editor: Window, qtbot: QtBot) -> Shown:
    view = editor.docks.inspection.inspector.view
    qtbot.waitUntil(lambda: view.steering.shown is not None and not view.steering.busy, timeout=PATIENCE)
    assert view.steering.shown is not None
    return view.steering.shown


def test_a_click_on_a_connector_shows_its_image(masking: Window, qtbot: QtBot) -> None:
    masking.canvas.end_clicked.emit("Threshold.output0")
    shown = inspected(masking, qtbot)
    inspector = masking.docks.inspection.inspector
    assert inspector.title.text() == "Threshold.output0"
    head = Engine(Library.installed()).image(masking.document.network, "LocalImage.outImage").voxels
    page = shown.pages[0]
    assert page is not None
    z = page.region.start[2]
    assert np.array_equal(page.voxels, np.where(head[:, :, z : z + 1] <= 60, 0, 1))
    assert page.info.type_name == "unsigned int8"
    assert masking.document.graph.undo_stack().count() == 0
    assert "Output Inspector" not in masking.document.graph.network().nodes


def test_the_inspected_slice_stays_from_output_to_output(masking: Window, qtbot: QtBot) -> None:
    masking.canvas.end_clicked.emit("LocalImage.outImage")
    inspected(masking, qtbot)
    view = masking.docks.inspection.inspector.view
    view.deeds.show_slice(0, 12, 1)
    view.deeds.show_window(0, (100.0, 50.0), 1)
    qtbot.waitUntil(lambda: inspected(masking, qtbot).panes[0].slice == 12, timeout=PATIENCE)
    masking.canvas.end_clicked.emit("Mask.output0")
    qtbot.waitUntil(lambda: inspected(masking, qtbot).panes[0].info.dtype == np.int16, timeout=PATIENCE)
    pane = inspected(masking, qtbot).panes[0]
    assert pane.slice == 12
    assert pane.window.width != 50.0


def test_the_inspector_follows_a_name_and_lets_go_of_what_is_deleted(masking: Window, qtbot: QtBot) -> None:
    masking.canvas.end_clicked.emit("Mask.output0")
    inspected(masking, qtbot)
    graph, inspector = masking.document.graph, masking.docks.inspection.inspector
    graph.apply("rename", edits.renamed(graph.network(), "Mask", "M"))
    qtbot.waitUntil(lambda: inspector.title.text() == "M.output0")
    graph.apply("delete", graph.network().without("M"))
    qtbot.waitUntil(lambda: inspector.output == "")
    graph.undo_stack().undo()
    qtbot.waitUntil(lambda: inspector.output == "M.output0")


def test_each_document_has_its_own_inspected_output(masking: Window, qtbot: QtBot) -> None:
    masking.canvas.end_clicked.emit("Mask.output0")
    first, inspector = masking.tab, masking.docks.inspection.inspector
    masking.documents.new()
    assert inspector.output == ""
    masking.documents.setCurrentWidget(first)
    assert inspector.output == "Mask.output0"
    masking.documents.close_tab(first)
    assert inspector.output == ""


def test_the_key_1_sends_the_selected_node_to_the_inspector(masking: Window, qtbot: QtBot) -> None:
    masking.activateWindow()
    masking.editing.select(["Threshold"])
    masking.canvas.setFocus()
    qtbot.waitUntil(masking.actions_.actions["inspect"].isEnabled)
    QTest.keyClick(masking.canvas, Qt.Key.Key_1)
    assert masking.docks.inspection.inspector.output == "Threshold.output0"
    assert not masking.tab.search_box.isVisible()


def test_an_output_that_is_no_image_is_said_to_be_none(masking: Window, qtbot: QtBot) -> None:
    network = masking.document.network
    masking.document.graph.apply("x", network.with_node("Overlay", NodeSpec("SoView2DOverlay")))
    inspector = masking.docks.inspection.inspector
    masking.canvas.end_clicked.emit("Threshold.output0")
    inspected(masking, qtbot)
    masking.canvas.end_clicked.emit("Overlay.self")
    assert inspector.hint.isVisible()
    assert inspector.hint.text() == "Overlay.self is no image."
    masking.canvas.end_clicked.emit("Threshold.output0")
    assert inspected(masking, qtbot).panes
    assert not inspector.hint.isVisible()


def test_an_image_is_saved_from_the_inspector(
    masking: Window, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mask.nii.gz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    masking.canvas.end_clicked.emit("Threshold.output0")
    with qtbot.waitSignal(
        masking.status.run.running_changed, check_params_cb=lambda running: not running, timeout=60_000
    ):
        masking.docks.inspection.inspector.save_wanted.emit("Threshold.output0")
    head = Engine(Library.installed()).image(masking.document.network, "LocalImage.outImage").voxels[0, 0]
    assert np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(file)), np.where(head <= 60, 0, 1))


def test_a_run_lights_the_lamps_of_its_nodes(masking: Window, qtbot: QtBot) -> None:
    graph = masking.document.graph
    qtbot.waitUntil(lambda: "Mask" in masking.live.session.states, timeout=PATIENCE)
    ended = masking.status.run.running_changed
    with qtbot.waitSignal(ended, check_params_cb=lambda running: not running, timeout=3 * PATIENCE):
        masking.deeds.run()
    names = {"LocalImage", "Threshold", "Mask", "SynchroView2D"}

    def lit() -> set[str]:
        return {node.name() for node in graph.editor_nodes() if node.view.activity.state == "done"}

    qtbot.waitUntil(lambda: lit() == names, timeout=PATIENCE)
    assert all(node.view.activity.pages > 0 for node in graph.editor_nodes())


def test_read_only_fields_are_filled_in_panels(masking: Window, qtbot: QtBot) -> None:
    model = masking.panels.model(masking.document, "LocalImage")
    qtbot.waitUntil(lambda: "status" in model.values(), timeout=PATIENCE)
    assert str(model.values()["status"]).startswith("File open")
    assert str(model.values()["trueName"]).endswith("ProbandT1.dcm")
    model.release()
