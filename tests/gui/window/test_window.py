"""Tests of the main window: files and questions, tabs, panels, running, exports, recovery."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt, qInstallMessageHandler
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QDialog, QFileDialog, QMenu, QMessageBox, QTextBrowser
from pytestqt.qtbot import QtBot

from nodeeditor import cli, edits, file
from nodeeditor.file import dumps
from nodeeditor.gui import app
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window.colours import COLORS
from nodeeditor.gui.window.groupmenu import fill_group_menu
from nodeeditor.gui.window.messages import Message
from nodeeditor.gui.window.recent import RecentMenu
from nodeeditor.gui.window.window import Window
from nodeeditor.network import Network, NodeSpec
from tests.gui.answers import answer_names

from .conftest import EXAMPLE, Make

Answer = QMessageBox.StandardButton


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked or told in boxes; questions are answered with Cancel unless a test says otherwise."""
    said: list[str] = []

    def asked(box: QMessageBox) -> QMessageBox.StandardButton:
        said.append(box.text())
        return Answer.Cancel

    monkeypatch.setattr(QMessageBox, "exec", asked)
    monkeypatch.setattr(QMessageBox, "warning", lambda *arguments: said.append(arguments[2]))
    return said


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _: button)


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path or ""), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)] if path else [], ""))


def change(window: Window, qtbot: QtBot) -> None:
    window.editing.add("Mask", QPointF(0, 0))
    qtbot.waitUntil(lambda: window.document.modified)


def names(window: Window) -> list[str]:
    return [window.documents.tabText(index) for index in range(window.documents.count())]


# --- open and new


def test_a_window_begins_with_an_empty_network(window: Window) -> None:
    assert names(window) == ["Untitled"]


def test_opening_takes_the_place_of_a_fresh_network(window: Window, mine: Path) -> None:
    assert window.open(mine)
    assert names(window) == ["Mine"]


def test_several_networks_stand_in_tabs_and_none_twice(window: Window, mine: Path) -> None:
    window.open(mine)
    window.documents.new()
    window.open(EXAMPLE)
    window.open(mine)
    assert names(window) == ["Mine", "ImageMask"]
    assert window.document.path == mine


def test_the_open_dialog_opens_what_is_chosen(window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, mine)
    window.documents.ask_to_open()
    assert window.document.path == mine


def test_a_broken_file_is_refused_in_words_and_no_tab_stays(window: Window, tmp_path: Path, asked: list[str]) -> None:
    change_me = tmp_path / "Broken.mlab.json"
    change_me.write_text("{")
    assert not window.open(change_me)
    assert "Broken.mlab.json cannot be opened" in asked[0]
    assert names(window) == ["Untitled"]


def test_opened_files_are_recent_in_the_next_window_too(make: Make, mine: Path) -> None:
    first = make()
    first.open(EXAMPLE)
    first.open(mine)
    first.close()
    assert make().documents.recent.paths() == [mine, EXAMPLE]


def test_a_recent_file_is_opened_from_the_menu(window: Window, mine: Path) -> None:
    window.documents.recent.add(mine)
    menu = window.menuBar().findChild(RecentMenu)
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert window.document.path == mine


# --- save


def test_saving_writes_the_file_and_takes_the_mark_away(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    change(window, qtbot)
    assert names(window) == ["Mine*"]
    assert window.documents.save()
    assert names(window) == ["Mine"]
    assert file.load(mine) == window.document.graph.network()


def test_save_as_adds_the_ending(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    change(window, qtbot)
    choose(monkeypatch, tmp_path / "New")
    assert window.documents.save()
    assert (tmp_path / "New.mlab.json").is_file()
    assert names(window) == ["New"]


def test_save_as_asks_before_it_replaces_a_file_by_adding_the_ending(
    window: Window, mine: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    change(window, qtbot)
    choose(monkeypatch, mine.with_name("Mine"))
    assert not window.documents.save()
    assert mine.read_bytes() == EXAMPLE.read_bytes()
    assert "already" in asked[0]


def test_save_as_without_a_choice_saves_nothing(window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    change(window, qtbot)
    choose(monkeypatch, None)
    assert not window.documents.save()
    assert window.document.modified


def test_a_failing_save_tells_and_stays_modified(window: Window, mine: Path, asked: list[str], qtbot: QtBot) -> None:
    window.open(mine)
    change(window, qtbot)
    mine.unlink()
    mine.mkdir()
    (mine / "inside").write_text("old")
    assert not window.documents.save()
    assert "was not saved" in asked[0]
    assert window.document.modified
    assert (mine / "inside").read_text() == "old"


# --- close


def test_an_unchanged_network_closes_without_a_question(window: Window, mine: Path, asked: list[str]) -> None:
    window.open(mine)
    assert window.documents.close_current()
    assert asked == []
    assert window.documents.count() == 1
    assert window.document.path is None


def test_cancel_keeps_the_changed_network_open(window: Window, mine: Path, asked: list[str], qtbot: QtBot) -> None:
    window.open(mine)
    change(window, qtbot)
    assert not window.documents.close_current()
    assert not window.close()
    assert names(window) == ["Mine*"]


def test_discard_closes_and_leaves_the_file(
    window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.open(mine)
    change(window, qtbot)
    answer(monkeypatch, Answer.Discard)
    assert window.documents.close_current()
    assert mine.read_bytes() == EXAMPLE.read_bytes()


def test_save_at_closing_saves(window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    window.open(mine)
    change(window, qtbot)
    answer(monkeypatch, Answer.Save)
    assert window.close()
    assert "Mask1" in file.load(mine).nodes


def test_open_change_undo_all_and_close_asks_nothing(
    window: Window, mine: Path, asked: list[str], qtbot: QtBot
) -> None:
    window.open(mine)
    change(window, qtbot)
    window.actions_.actions["undo"].trigger()
    qtbot.waitUntil(lambda: not window.document.modified)
    assert window.close()
    assert asked == []


# --- on the disk


def test_a_file_changed_by_another_program_is_offered_and_reloaded(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    mine.write_text(dumps(Network({"Alone": NodeSpec("Mask")})))
    qtbot.waitUntil(lambda: bool(window.tab.notice.answers))
    window.tab.notice.answers["Reload"].click()
    assert list(window.document.graph.network().nodes) == ["Alone"]
    assert not window.tab.notice.answers


def test_keeping_mine_counts_as_a_change(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    mine.write_text(dumps(Network()))
    qtbot.waitUntil(lambda: bool(window.tab.notice.answers))
    window.tab.notice.answers["Keep Mine"].click()
    assert window.document.modified
    assert window.documents.save()
    assert list(file.load(mine).nodes) == ["LocalImage", "Mask", "SynchroView2D", "Threshold"]


@pytest.mark.parametrize("button", [Answer.Save, Answer.Cancel])
def test_what_another_program_wrote_is_not_overwritten_without_a_question(
    button: QMessageBox.StandardButton, window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    mine.write_text(dumps(Network({"Alone": NodeSpec("Mask")})))
    answer(monkeypatch, button)
    assert window.documents.save() == (button == Answer.Save)
    assert ("Alone" in file.load(mine).nodes) == (button == Answer.Cancel)
    assert bool(window.tab.notice.answers) == (button == Answer.Cancel)


# --- across windows


def test_copies_go_from_window_to_window(make: Make, mine: Path) -> None:
    first, second = make(), make()
    first.open(mine)
    first.editing.select(["Mask", "Threshold"])
    first.actions_.actions["copy"].setEnabled(True)
    first.actions_.actions["copy"].trigger()
    second.actions_.actions["paste"].trigger()
    assert second.document.graph.network().connections == {"Mask.input1": "Threshold.output0"}


# --- export and command line


def test_the_canvas_is_exported_as_svg(
    window: Window, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    choose(monkeypatch, tmp_path / "picture")
    window.deeds.export(".svg")
    assert QSvgRenderer(str(tmp_path / "picture.svg")).isValid()
    assert "Threshold" in (tmp_path / "picture.svg").read_text()


def test_the_canvas_is_exported_as_png_at_twice_its_size_without_the_selection(
    window: Window, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    window.editing.select(["Mask"])
    choose(monkeypatch, tmp_path / "picture.png")
    window.deeds.export(".png")
    image = QImage(str(tmp_path / "picture.png"))
    assert image.height() > 2 * 449
    yellow = QColor(window.canvas.scene().theme.selection).rgb()
    assert all(image.pixel(x, y) != yellow for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    assert window.editing.names == ["Mask"]


def test_a_picture_has_no_marks_of_a_search(
    window: Window, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    choose(monkeypatch, tmp_path / "plain.png")
    window.deeds.export(".png")
    window.deeds.find()
    window.tab.find_bar.field.insert("mask")
    window.tab.find_bar.step(1)
    choose(monkeypatch, tmp_path / "searched.png")
    window.deeds.export(".png")
    assert QImage(str(tmp_path / "plain.png")) == QImage(str(tmp_path / "searched.png"))


def test_an_empty_canvas_is_not_exported(
    window: Window, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, tmp_path / "picture.png")
    window.deeds.export(".png")
    assert "empty" in asked[0]
    assert not (tmp_path / "picture.png").exists()


def test_copy_as_command_gives_a_line_that_runs(window: Window, mine: Path) -> None:
    window.open(mine)
    window.deeds.copy_as_command()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[0] == "nodeeditor"
    ran = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "SynchroView2D" in ran.stdout


# --- nodes, panels and messages


def test_problems_of_the_network_are_shown_live(window: Window, qtbot: QtBot) -> None:
    nodes = {"Mask": NodeSpec("Mask"), "View2D": NodeSpec("View2D")}
    window.document.graph.apply("x", Network(nodes, {"View2D.inImage": "Mask.output0"}))
    qtbot.waitUntil(lambda: "Mask.input0: nothing is connected to this input" in window.messages.lines())
    window.actions_.actions["undo"].trigger()
    qtbot.waitUntil(lambda: window.messages.lines() == [])


def test_a_message_leads_to_its_node(window: Window, mine: Path) -> None:
    window.open(mine)
    window.messages.node_wanted.emit("Threshold")
    assert window.editing.names == ["Threshold"]


def test_a_double_click_opens_one_panel_which_goes_with_its_node(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    canvas = window.canvas
    node = window.document.graph.node("Threshold")
    assert node
    for _ in range(2):
        canvas.node_double_clicked.emit(node.id)
    panels = [panel for panel in QGuiApplication.topLevelWindows() if panel.title() == "Panel Threshold — Mine"]
    assert len(panels) == 1
    window.editing.select(["Threshold"])
    window.editing.delete()
    qtbot.waitUntil(lambda: not any(p.title() == "Panel Threshold" for p in QGuiApplication.topLevelWindows()))


def test_the_inspector_follows_the_selection(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    window.editing.select(["Threshold"])
    qtbot.waitUntil(lambda: window.docks.inspected.inspector.title.text() == "Threshold")
    window.editing.select(["Mask"])
    qtbot.waitUntil(lambda: window.docks.inspected.inspector.title.text() == "Mask")


# --- running


def test_a_run_tells_its_results(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    window.deeds.run()
    assert not window.actions_.actions["run"].isEnabled()
    qtbot.waitUntil(lambda: not window.status.run.running, timeout=60_000)
    assert any(line.startswith("SynchroView2D.picture: ") for line in window.messages.lines())
    assert window.messages.lines()[-1] == "Run: Done."


def test_a_failing_node_is_named(window: Window, qtbot: QtBot) -> None:
    fields = {"name": "/no/such/file.dcm"}
    window.document.graph.apply("test", Network({"LocalImage": NodeSpec("LocalImage", fields)}))
    qtbot.waitUntil(lambda: bool(window.document.network.nodes))
    window.deeds.run()
    qtbot.waitUntil(lambda: not window.status.run.running, timeout=60_000)
    assert any(line.startswith("LocalImage: ") for line in window.messages.lines())
    assert window.messages.lines()[-1] == "Run: 1 of 1 failed."


def test_a_run_can_be_cancelled(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.open(mine)
    window.deeds.run()
    window.deeds.stop()
    qtbot.waitUntil(lambda: not window.status.run.running, timeout=60_000)
    assert window.messages.lines()[-1] in ("Run: Cancelled.", "Run: Done.")


def test_the_module_inspector_takes_room_only_while_it_shows_a_node(window: Window, mine: Path, qtbot: QtBot) -> None:
    window.show()
    window.open(mine)
    inspector, above = window.docks.inspected, window.docks.inspection
    for name in ("Mask", "Threshold", "Mask"):
        window.editing.select([name])
        qtbot.waitUntil(lambda: inspector.height() == 300)
        left = above.height()
        window.editing.select([])
        qtbot.waitUntil(lambda: inspector.height() < 100)
        assert above.height() > left + 200


def test_messages_of_a_run_name_their_network_while_another_is_in_front(
    window: Window, mine: Path, qtbot: QtBot
) -> None:
    window.open(mine)
    window.deeds.run()
    window.documents.new()
    qtbot.waitUntil(lambda: not window.status.run.running, timeout=60_000)
    assert window.messages.lines()[-1] == "Mine: Run: Done."
    assert window.messages.lines()[0].startswith("Mine: SynchroView2D")


def test_help_on_several_nodes_is_one_window_that_escape_closes(window: Window, mine: Path) -> None:
    window.open(mine)
    window.editing.select(["Threshold", "Mask"])
    window.deeds.help_on_node()
    [page] = [one for one in window.findChildren(QDialog) if one.windowTitle().startswith("Help on")]
    assert page.windowTitle() == "Help on Mask, Threshold"
    text = page.findChildren(QTextBrowser)[0].toPlainText()
    assert text.index("comparisonOperator") > text.index("blending")
    QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Escape)
    assert not page.isVisible()


# --- nothing is lost

DIES = """
import os, sys
from pathlib import Path
from nodeeditor.gui.document.journal import Journal
from nodeeditor.network import Network, NodeSpec
Journal(Path(sys.argv[1])).keep("one", None, Network({"Lost": NodeSpec("Mask", {}, (1, 2, 120, 72))}))
os._exit(9)
"""


@pytest.mark.parametrize("button", [Answer.Yes, Answer.Discard, Answer.Cancel])
def test_what_a_killed_editor_left_is_offered(
    button: QMessageBox.StandardButton, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([sys.executable, "-c", DIES, str(tmp_path / "journal")], check=False)
    answer(monkeypatch, button)
    window = make()
    window.offer_recovery()
    assert ("Lost" in window.document.network.nodes) == (button == Answer.Yes)
    assert window.document.modified == (button == Answer.Yes)
    kept = list((tmp_path / "journal").glob("*/*.json"))
    assert len(kept) == (0 if button == Answer.Discard else 1)


@pytest.mark.parametrize("changed", [True, False])
def test_a_recovered_network_knows_whether_its_file_was_changed_since(
    changed: bool, make: Make, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make()
    first.open(mine)
    first.document.graph.apply("less", first.document.graph.network().without("Mask"))
    first.document.graph.look()
    assert first.leave_at_once()
    if changed:
        mine.write_text(dumps(Network({"Alone": NodeSpec("Mask")})))
    answer(monkeypatch, Answer.Yes)
    second = make()
    second.offer_recovery()
    assert list(second.document.network.nodes) == ["LocalImage", "SynchroView2D", "Threshold"]
    assert list(second.tab.notice.answers) == (["Reload", "Keep Mine"] if changed else [])
    answer(monkeypatch, Answer.Cancel)
    assert second.documents.save() == (not changed)
    assert second.leave_at_once()  # and it is asked again after the next end
    answer(monkeypatch, Answer.Yes)
    third = make()
    third.offer_recovery()
    assert bool(third.tab.notice.answers) == changed


def test_an_interrupt_ends_without_a_question_and_the_changes_are_offered(
    make: Make, mine: Path, tmp_path: Path, asked: list[str], qtbot: QtBot
) -> None:
    window = make()
    window.open(mine)
    change(window, qtbot)
    window.deeds.open_panels(True)
    assert window.leave_at_once()
    entries, _ = Journal(tmp_path / "journal").left()
    assert asked == []
    assert [(entry.path, "Mask1" in entry.network.nodes) for entry in entries] == [(mine, True)]


def test_a_connection_dropped_on_empty_ground_offers_what_fits_and_joins_it(
    window: Window, mine: Path, qtbot: QtBot
) -> None:
    window.open(mine)
    window.show()
    node = window.document.graph.node("Mask")
    assert node
    window.canvas.connection_dropped_on_empty.emit(node.view.outputs[0], QPointF(0, 0))
    search = window.tab.search_box
    assert search.isVisible()
    search.chosen.emit("Threshold", "input0", False)
    search.hide()
    assert window.document.graph.network().connections["Threshold1.input0"] == "Mask.output0"


def test_a_new_node_is_fed_by_the_selected_ones_unless_it_shall_stay_alone(
    window: Window, mine: Path, qtbot: QtBot
) -> None:
    window.open(mine)
    search, stack = window.tab.search_box, window.document.graph.undo_stack()
    for alone, wanted in ((True, {}), (False, {"Threshold1.input0": "Mask.output0"})):
        window.editing.select(["Mask"])
        window.tab.search("thr")
        steps = stack.index()
        search.chosen.emit("Threshold", "", alone)
        search.hide()
        made = window.document.graph.network().connections
        assert {end: source for end, source in made.items() if end.startswith("Threshold1")} == wanted
        assert stack.index() == steps + 1
        stack.undo()


def test_an_exception_nobody_caught_is_a_message(window: Window, capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.excepthook
    try:
        app._report_to(window)
        sys.excepthook(ValueError, ValueError("a slot went wrong"), None)
    finally:
        sys.excepthook = before
        qInstallMessageHandler(None)
    assert any("a slot went wrong" in line for line in window.messages.lines())
    assert "a slot went wrong" in capsys.readouterr().err


def test_messages_are_kept_in_order(window: Window) -> None:
    window.report(Message("info", "first"))
    window.report(Message("error", "second"))
    assert window.messages.lines() == ["first", "second"]


def test_a_pyside_that_aborts_is_refused() -> None:
    assert "PySide6" in app.unsafe((6, 12), (3, 11))
    assert app.unsafe((6, 12), (3, 12)) == app.unsafe((6, 11), (3, 11)) == ""


@pytest.mark.parametrize("scheme", ["light", "dark", "system"])
def test_the_colours_are_remembered(scheme: str, make: Make) -> None:
    make().show_scheme(scheme)
    assert make().scheme == scheme


# --- groups


@pytest.fixture
def grouped(window: Window, mine: Path, qtbot: QtBot) -> GroupFrame:
    window.open(mine)
    network = edits.grouped(window.document.graph.network(), ["Mask", "Threshold"], "Cut", (1, 2, 3))
    window.document.graph.apply("group", network)
    qtbot.waitUntil(lambda: bool(window.document.graph.scenery.groups()))
    return window.document.graph.scenery.groups()[0]


def chosen(window: Window, frame: GroupFrame, *path: str) -> QAction:
    """The action at the end of a way through the menu of a group."""
    menu = QMenu(window)
    fill_group_menu(menu, frame, window.editing, window.deeds.convert_to_macro)
    action = QAction(window)
    for text in path:
        action = next(one for one in menu.actions() if one.text().replace("&", "") == text)
        if isinstance(inner := action.menu(), QMenu):
            menu = inner
    return action


def test_a_group_gets_a_named_colour_in_one_step(window: Window, grouped: GroupFrame, qtbot: QtBot) -> None:
    chosen(window, grouped, "Colour", "Red").trigger()
    qtbot.waitUntil(lambda: grouped.tint == COLORS["&Red"])
    assert chosen(window, grouped, "Colour", "Red").isChecked()
    window.actions_.actions["undo"].trigger()
    qtbot.waitUntil(lambda: grouped.tint == "#010203")
    assert not chosen(window, grouped, "Colour", "Red").isChecked()


def test_a_group_gets_any_other_colour(
    window: Window, grouped: GroupFrame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [QColor(), QColor("#abcdef")]
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: answers.pop(0))
    for _ in range(2):
        chosen(window, grouped, "Colour", "Other…").trigger()
    qtbot.waitUntil(lambda: grouped.tint == "#abcdef")


def test_renaming_a_group_keeps_its_colour(
    window: Window, grouped: GroupFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_names(monkeypatch, lambda name: f"{name} out")
    window.canvas.group_double_clicked.emit(grouped)
    network = window.document.graph.network()
    assert network.groups == ({"name": "Cut out", "color": [1, 2, 3]},)
    assert network.nodes["Mask"].group == "Cut out"


def test_the_members_of_a_group_are_selected_and_set_free(window: Window, grouped: GroupFrame) -> None:
    chosen(window, grouped, "Select Members").trigger()
    assert window.editing.names == ["Mask", "Threshold"]
    chosen(window, grouped, "Ungroup").trigger()
    network = window.document.graph.network()
    assert network.groups == ()
    assert {spec.group for spec in network.nodes.values()} == {""}


# --- the menus


def test_the_map_is_shown_or_not_in_every_tab_and_the_next_window(make: Make) -> None:
    first = make()
    option = first.options.actions["minimap"]
    assert option.isChecked()
    option.trigger()
    first.close()
    second = make()
    assert not second.options.actions["minimap"].isChecked()


def test_find_is_about_the_tab_that_is_shown(window: Window, mine: Path) -> None:
    window.open(mine)
    window.actions_.actions["find"].trigger()
    window.tab.find_bar.field.insert("lessequal")
    window.actions_.actions["find next"].trigger()
    window.documents.new()
    assert window.tab.find_bar.isHidden()
    window.open(mine)
    window.actions_.actions["find next"].trigger()
    assert window.editing.names == ["Threshold"]


def test_every_answer_to_a_question_has_a_letter_for_alt(
    window: Window, mine: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(mine)
    change(window, qtbot)
    letters: list[str] = []

    def look(box: QMessageBox) -> QMessageBox.StandardButton:
        letters.extend(button.shortcut().toString() for button in box.buttons())
        return Answer.Cancel

    monkeypatch.setattr(QMessageBox, "exec", look)
    window.documents.close_current()
    assert sorted(letters) == ["Alt+C", "Alt+D", "Alt+S"]


# --- running into a folder


def run_into(window: Window, folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder) if folder != Path() else "")
    window.deeds.run_into_folder()
    qtbot.waitUntil(lambda: not window.status.run.running, timeout=60_000)


def test_a_run_into_a_folder_writes_what_the_command_line_writes(
    window: Window, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    mine_out, other = tmp_path / "mine", tmp_path / "other"
    mine_out.mkdir()
    window.open(mine)
    run_into(window, mine_out, monkeypatch, qtbot)
    assert cli.main(["run", str(mine), "--out", str(other)]) == 0
    assert {path.name: path.read_bytes() for path in mine_out.iterdir()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }
    assert any("SynchroView2D.png" in line for line in window.messages.lines())


def test_a_run_into_a_folder_asks_before_it_replaces(
    window: Window, mine: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.open(mine)
    (tmp_path / "SynchroView2D.png").write_text("old")
    run_into(window, tmp_path, monkeypatch, qtbot)
    assert asked == ["SynchroView2D.png is there already. Replace?"]
    assert (tmp_path / "SynchroView2D.png").read_text() == "old"


def test_a_run_does_not_write_what_the_network_reads(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    (tmp_path / "Mask.output0.mha").write_text("image")
    fields = {"name": str(tmp_path / "Mask.output0.mha")}
    nodes = {"LocalImage": NodeSpec("LocalImage", fields), "Mask": NodeSpec("Mask")}
    window.document.graph.apply("test", Network(nodes, {"Mask.input0": "LocalImage.outImage"}))
    qtbot.waitUntil(lambda: bool(window.document.network.nodes))
    answer(monkeypatch, Answer.Yes)
    run_into(window, tmp_path, monkeypatch, qtbot)
    assert any("LocalImage.name reads; choose another file" in line for line in window.messages.lines())
    assert (tmp_path / "Mask.output0.mha").read_text() == "image"


def test_without_a_folder_nothing_runs(
    window: Window, mine: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.open(mine)
    run_into(window, Path(), monkeypatch, qtbot)
    assert window.messages.lines() == []
