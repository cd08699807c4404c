"""Tests of the main window with MeVisLab's own files: opened, edited, saved, dropped, recovered as any other."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shlex
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PySide6.QtCore import QMimeData, QPoint, QRect, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nodeeditor import file, formats
from nodeeditor.cli import main
from nodeeditor.gui.viewers.viewerwindow import ViewerWindow
from nodeeditor.gui.window.recent import RecentMenu
from nodeeditor.gui.window.window import Window

from ...mevislabsamples import MASKING, RENDERING
from .conftest import EXAMPLE, Make

Answer = QMessageBox.StandardButton
OWN_KIND, MEVISLAB_KIND = "Networks (*.mlab.json *.json)", "MeVisLab networks (*.mlab)"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "Foreign.mlab"
    path.write_text(RENDERING, encoding="utf-8")
    return path


class SaveDialog:
    """The file dialog of Save As: what it was asked, and the name and kind that the user chooses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> None:
        self.proposal, self.kinds = "", [""]
        self._answer = (str(path), kind)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._asked)

    def _asked(self, parent: object, title: str, proposal: str, kinds: str) -> tuple[str, str]:
        self.proposal, self.kinds = proposal, kinds.split(";;")
        return self._answer


def set_threshold(window: Window, value: float, qtbot: QtBot) -> None:
    network = window.document.graph.network().with_field("Threshold", "threshold", value)
    window.document.graph.apply("change", network)
    qtbot.waitUntil(lambda: window.document.modified)


def titles(window: Window) -> list[str]:
    return [window.documents.tabText(index) for index in range(window.documents.count())]


# --- open


def test_a_mevislab_file_opens_under_its_name_unmodified(window: Window, foreign: Path) -> None:
    assert window.open(foreign)
    assert titles(window) == ["Foreign"]
    assert sorted(window.document.graph.network().nodes) == ["Head", "Mask", "Renderer", "Threshold"]
    assert not window.document.modified
    assert not window.document.graph.undo_stack().canUndo()


def test_a_viewer_that_mevislab_left_open_opens(window: Window, foreign: Path) -> None:
    places = 'windows { window _default { geometry = "60 50 500 300" wasOpen = yes } }'
    viewer = f"module View2D {{ internal {{ {places} }} fields {{ instanceName = View2D }} }}\nconnections  {{"
    foreign.write_text(MASKING.replace("connections  {", viewer), encoding="utf-8")
    window.show()
    window.open(foreign)
    (found,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, ViewerWindow) and one.isVisible())
    assert found.geometry() == QRect(60, 50, 500, 300)


def test_the_status_line_says_how_many_nodes_can_run(window: Window, foreign: Path) -> None:
    window.open(foreign)
    assert window.status.currentMessage() == "3 of 4 nodes can run here."


def test_an_opened_network_is_shown_with_its_notes(window: Window, foreign: Path, qtbot: QtBot) -> None:
    item = 'MLABNetworkModelItem MLABNoteItem { frame = "-900 -500 200 90" text = far titleText = Away }'
    section = f"networkModel {{ parentItems {{ 0 {{ {item} }} }} }}"
    foreign.write_text(RENDERING.replace('networkModel = ""', section), encoding="utf-8")
    window.show()
    window.open(foreign)
    qtbot.waitUntil(lambda: window.document.canvas.zoom < 1)
    (note,) = window.document.graph.scenery.notes()
    canvas = window.document.canvas
    seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert seen.contains(note.mapRectToScene(note.boundingRect()))
    assert note.title == "Away"


def test_the_messages_say_what_to_use_in_place_of_a_module(window: Window, foreign: Path, qtbot: QtBot) -> None:
    foreign.write_text(RENDERING.replace("SoStrangeRenderer", "View3D"), encoding="utf-8")
    window.open(foreign)
    qtbot.waitUntil(lambda: any(line.startswith("Renderer") for line in window.messages.lines()))
    assert "Renderer: the module View3D cannot run here; use OrthoView2D" in window.messages.lines()


def test_many_tabs_keep_their_titles_and_a_long_one_loses_its_middle(window: Window, foreign: Path) -> None:
    window.show()
    names = [f"Network of the {day}th day" for day in range(12)] + ["Long " * 12 + "end"]
    for name in names:
        path = foreign.with_name(f"{name}.mlab")
        path.write_text(RENDERING, encoding="utf-8")
        window.open(path)
    bar = window.documents.tabBar()
    assert titles(window)[:-1] == names[:-1]
    assert titles(window)[-1] == "Long Long Long Long …g Long Long Long end"
    for index, title in enumerate(titles(window)):
        assert bar.tabRect(index).width() > bar.fontMetrics().horizontalAdvance(title)


def test_the_status_line_says_nothing_about_our_own_files(window: Window) -> None:
    window.open(EXAMPLE)
    assert window.status.currentMessage() == ""


def test_the_open_dialog_shows_both_kinds(window: Window, foreign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: list[str] = []

    def asked(parent: object, title: str, folder: str, kind: str) -> tuple[list[str], str]:
        kinds.append(kind)
        return [str(foreign)], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", asked)
    window.documents.ask_to_open()
    assert kinds == ["Networks (*.mlab.json *.mlab *.json);;All files (*)"]
    assert window.document.path == foreign


def test_a_broken_mevislab_file_is_refused_in_words(
    window: Window, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *arguments: said.append(arguments[2]))
    foreign.write_text("module Threshold {", encoding="utf-8")
    assert not window.open(foreign)
    assert said[0].startswith("Foreign.mlab cannot be opened.\n\nline 1, column ")
    assert titles(window) == ["Untitled"]


def test_recent_files_show_both_kinds_without_their_endings(window: Window, foreign: Path) -> None:
    window.open(foreign)
    window.open(EXAMPLE)
    window.documents.new()
    menu = window.menuBar().findChild(RecentMenu)
    menu.aboutToShow.emit()
    assert [action.text().split()[0] for action in menu.actions()[:2]] == ["ImageMask", "Foreign"]
    menu.actions()[1].trigger()
    assert window.document.path == foreign


def test_a_dropped_mevislab_file_is_opened(window: Window, foreign: Path) -> None:
    window.open(EXAMPLE)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(foreign))])
    window.document.graph.data_dropped.emit(data, QPoint(0, 0))
    assert titles(window) == ["ImageMask", "Foreign"]
    assert window.document.path == foreign


# --- save


def test_what_is_opened_is_saved_byte_for_byte(window: Window, foreign: Path) -> None:
    window.open(foreign)
    assert window.documents.save()
    assert foreign.read_text(encoding="utf-8") == RENDERING


def test_an_edit_changes_only_its_own_line(window: Window, foreign: Path, qtbot: QtBot) -> None:
    window.open(foreign)
    set_threshold(window, 80.0, qtbot)
    assert titles(window) == ["Foreign*"]
    assert window.documents.save()
    assert titles(window) == ["Foreign"]
    assert foreign.read_text(encoding="utf-8") == RENDERING.replace("threshold = 60", "threshold = 80")
    window.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: window.document.modified)
    assert window.documents.save()
    assert foreign.read_text(encoding="utf-8") == RENDERING


def test_save_as_proposes_the_kind_that_the_document_has(
    window: Window, foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = SaveDialog(monkeypatch, tmp_path / "Other.mlab")
    window.open(foreign)
    assert window.documents.save_as()
    assert dialog.proposal == str(foreign)
    assert dialog.kinds == [MEVISLAB_KIND, OWN_KIND]
    assert (tmp_path / "Other.mlab").read_text(encoding="utf-8") == RENDERING
    window.open(EXAMPLE)
    assert window.documents.save_as()
    assert dialog.proposal == str(EXAMPLE)
    assert dialog.kinds == [OWN_KIND, MEVISLAB_KIND]


@pytest.mark.parametrize(
    ("chosen", "kind", "written"),
    [
        ("New", MEVISLAB_KIND, "New.mlab"),
        ("New", OWN_KIND, "New.mlab.json"),
        ("New", "", "New.mlab.json"),
        ("New.mlab", OWN_KIND, "New.mlab"),
        ("New.mlab.json", MEVISLAB_KIND, "New.mlab.json"),
        ("New.json", MEVISLAB_KIND, "New.json"),
    ],
)
def test_the_ending_decides_how_a_network_is_saved(
    chosen: str, kind: str, written: str, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(EXAMPLE)
    SaveDialog(monkeypatch, tmp_path / chosen, kind)
    assert window.documents.save_as()
    assert window.document.path == tmp_path / written
    assert formats.load(tmp_path / written, window.library).nodes.keys() == file.load(EXAMPLE).nodes.keys()
    first = (tmp_path / written).read_bytes().lstrip()[:1]
    assert first == (b"/" if written.endswith(".mlab") else b"{")


def test_a_mevislab_file_saved_as_our_own_goes_on_as_our_own(
    window: Window, foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.open(foreign)
    SaveDialog(monkeypatch, tmp_path / "Own.mlab.json")
    assert window.documents.save_as()
    set_threshold(window, 7.0, qtbot)
    assert window.documents.save()
    assert foreign.read_text(encoding="utf-8") == RENDERING
    assert file.load(tmp_path / "Own.mlab.json").nodes["Threshold"].fields["threshold"] == 7.0


# --- on the disk, in the journal, on the command line


def test_a_mevislab_file_changed_by_another_program_is_reloaded(window: Window, foreign: Path, qtbot: QtBot) -> None:
    window.open(foreign)
    foreign.write_text(RENDERING.replace("threshold = 60", "threshold = 61"), encoding="utf-8")
    qtbot.waitUntil(lambda: bool(window.tab.notice.answers))
    window.tab.notice.answers["Reload"].click()
    assert window.document.graph.network().nodes["Threshold"].fields["threshold"] == 61
    assert not window.document.modified


def test_what_was_not_saved_is_recovered_and_saved_as_it_was(
    make: Make, foreign: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    first = make()
    first.open(foreign)
    set_threshold(first, 80.0, qtbot)
    assert first.leave_at_once()
    second = make()
    monkeypatch.setattr(QMessageBox, "exec", lambda _: Answer.Yes)
    second.offer_recovery()
    assert second.document.path == foreign
    assert second.document.modified
    assert second.documents.save()
    assert foreign.read_text(encoding="utf-8") == RENDERING.replace("threshold = 60", "threshold = 80")


def test_copy_as_command_gives_a_line_that_runs_a_mevislab_file(
    window: Window, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "My Mask.mlab"
    path.write_text(MASKING, encoding="utf-8")
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8)), str(tmp_path / "head.mha"))
    window.open(path)
    window.deeds.copy_as_command()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words == ["nodeeditor", "run", str(path)]
    assert main(words[1:]) == 0
    assert "Mask" in capsys.readouterr().out


def test_a_node_copied_from_a_mevislab_file_and_pasted_is_saved_once_more(
    window: Window, foreign: Path, qtbot: QtBot
) -> None:
    window.open(foreign)
    window.editing.select(["Renderer"])
    window.editing.copy()
    window.editing.paste()
    qtbot.waitUntil(lambda: window.document.modified)
    assert window.documents.save()
    saved = formats.load(foreign, window.library)
    assert [spec.type for name, spec in sorted(saved.nodes.items()) if name.startswith("Renderer")] == [
        "SoStrangeRenderer",
        "SoStrangeRenderer",
    ]
