"""Tests of what opens examples, and of what the menu of a node says of names and files."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nodeeditor.examples import example
from nodeeditor.file import dumps, load
from nodeeditor.gui.document.document import settled
from nodeeditor.gui.window.folders import fill_folder_menu, named_files
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from tests.macrosamples import write_all

LIBRARY = Library.installed()
NETWORKS = Path(__file__).parents[3] / "networks"
UNKNOWN = NodeSpec("SoCamera", frame=(300, 0, 120, 72))


class Desktop(QObject):
    """Takes the folders that the desktop is asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Path] = []

    @Slot(QUrl)
    def show(self, url: QUrl) -> None:
        self.shown.append(Path(url.toLocalFile()))


@pytest.fixture
def desktop(qapp: QApplication) -> Iterator[Desktop]:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "show")  # type: ignore[arg-type]  # bytes are refused
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


def titles(window: Window) -> list[str]:
    return [window.documents.tabText(index) for index in range(window.documents.count())]


def show(window: Window, folder: Path, **nodes: NodeSpec) -> Path:
    """Open a network of some nodes, all of them selected; its file."""
    path = folder / "Mine.mlab.json"
    path.write_text(dumps(Network(nodes)), encoding="utf-8")
    assert window.open(path)
    window.editing.select(list(nodes))
    return path


def picked(text: str) -> list[str]:
    """Choose an entry in the menu that opens next, if it is there; all entries, which come when it has closed."""
    texts: list[str] = []

    def pick() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts.extend(action.text() for action in menu.actions())
        for action in menu.actions():
            if action.text() == text:
                action.trigger()
        menu.close()

    QTimer.singleShot(0, pick)
    return texts


def node_menu(window: Window, pick: str = "") -> list[str]:
    """The entries of the menu of what is selected, one of them chosen."""
    texts = picked(pick)
    node = window.document.graph.node(window.editing.names[0])
    assert node is not None
    window.canvas.context_menu_requested.emit(node.view, QPointF(), QPoint())
    return texts


# --- examples


def test_an_example_is_an_untitled_copy_that_closing_does_not_ask_about(window: Window, tmp_path: Path) -> None:
    show(window, tmp_path, Threshold=NodeSpec("Threshold"))
    assert "Open E&xample" in node_menu(window, "Open E&xample")
    assert titles(window) == ["Mine", "Untitled 2"]
    document = window.document
    assert document.network == load(NETWORKS / "Threshold.mlab.json")
    assert document.path is None
    assert not document.modified
    assert not document.graph.undo_stack().canUndo()
    assert window.status.currentMessage().startswith("This is a copy of the example of Threshold")
    assert window.documents.close_current()
    assert titles(window) == ["Mine"]


def test_a_save_of_an_example_asks_where_and_leaves_the_example_alone(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    before = (NETWORKS / "Mask.mlab.json").read_bytes()
    window.documents.open_example(window.library["Mask"])
    assert titles(window) == ["Untitled"]
    window.editing.add("Info", QPointF(0, 0))
    qtbot.waitUntil(lambda: window.document.modified)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "My.mlab.json"), ""))
    assert window.documents.save()
    assert window.document.path == tmp_path / "My.mlab.json"
    assert "Info" in load(tmp_path / "My.mlab.json").nodes
    assert (NETWORKS / "Mask.mlab.json").read_bytes() == before


@pytest.mark.parametrize("name", [name for name, node_type in LIBRARY.items() if example(node_type)])
def test_an_example_that_is_only_looked_at_has_nothing_to_be_saved(name: str, window: Window, qtbot: QtBot) -> None:
    window.documents.open_example(window.library[name])
    qtbot.wait(50)  # the canvas has been framed, the viewers that were open are open
    there = load(NETWORKS / f"{name}.mlab.json")
    assert settled(window.document.network, LIBRARY) == settled(there, LIBRARY)
    assert not window.document.modified


def test_of_several_nodes_each_type_has_its_example_opened_once(window: Window, tmp_path: Path) -> None:
    kinds = {"A": "Mask", "B": "Mask", "C": "Info", "D": "SoCamera"}
    show(window, tmp_path, **{name: NodeSpec(kind) for name, kind in kinds.items()})
    window.deeds.open_examples()
    opened = [tab.document.network for tab in window.documents.all_tabs()][1:]
    assert opened == [load(NETWORKS / f"{name}.mlab.json") for name in ("Mask", "Info")]


def test_a_type_without_an_example_offers_none_and_says_so(window: Window, tmp_path: Path) -> None:
    window.open(write_all(tmp_path))
    window.editing.select(["First"])
    assert "Open E&xample" not in node_menu(window)
    window.actions_.actions["example"].trigger()
    assert titles(window) == ["Outer"]
    assert window.status.currentMessage() == "There is no example of Keep: the package that it comes from brings none."


def test_a_broken_example_is_told_and_opens_nothing(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *arguments: said.append(arguments[2]))
    monkeypatch.setattr("nodeeditor.examples.FOLDER", str(tmp_path))
    (tmp_path / "Mask.mlab.json").write_text("[]")
    window.documents.open_example(window.library["Mask"])
    assert said == [
        f"The example {tmp_path / 'Mask.mlab.json'} cannot be opened.\n\n"
        "is no network file: the JSON text is not an object"
    ]
    assert titles(window) == ["Untitled"]


def test_the_help_of_a_type_opens_its_example(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    show(window, tmp_path, Threshold=NodeSpec("Threshold"), Camera=UNKNOWN)
    window.deeds.help_on_node()
    page = window.findChildren(QDialog)[-1]
    button = page.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    with qtbot.waitSignal(page.destroyed):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.document.network == load(NETWORKS / "Threshold.mlab.json")


def test_the_help_of_several_types_offers_the_examples_of_those_that_have_one(window: Window, tmp_path: Path) -> None:
    window.open(write_all(tmp_path))
    keep = window.document.library["Keep"]
    window.deeds.help_on(window.library["Threshold"], keep, window.library["Mask"])
    button = window.findChildren(QDialog)[-1].findChild(QPushButton)
    assert isinstance(button, QPushButton)
    menu = button.menu()
    assert [action.text() for action in menu.actions()] == ["Mask", "Threshold"]
    menu.actions()[0].trigger()
    assert window.document.network == load(NETWORKS / "Mask.mlab.json")
    window.deeds.help_on(keep)
    assert window.findChildren(QDialog)[-1].findChild(QPushButton) is None


def test_the_palette_adds_explains_and_shows_a_node_type(window: Window, qtbot: QtBot) -> None:
    tree = window.docks.palette.tree
    row = tree.findItems("View2D", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    tree.scrollToItem(row)
    at = tree.visualItemRect(row).center()
    texts = picked("&Add to Network")
    tree.customContextMenuRequested.emit(at)
    assert texts == ["&Add to Network", "", "&Help", "Open E&xample"]
    qtbot.waitUntil(lambda: "View2D" in window.document.network.nodes)
    picked("&Help")
    tree.customContextMenuRequested.emit(at)
    assert [page.windowTitle() for page in window.findChildren(QDialog)] == ["Help on View2D"]
    picked("Open E&xample")
    tree.customContextMenuRequested.emit(at)
    assert window.document.network == load(NETWORKS / "View2D.mlab.json")
    assert example(window.library["View2D"]) is not None


# --- names and folders


def test_the_names_of_nodes_can_be_copied(window: Window, tmp_path: Path) -> None:
    show(window, tmp_path, Before=NodeSpec("Mask"), After=NodeSpec("Mask"))
    node_menu(window, "Copy &Name")
    assert sorted(QGuiApplication.clipboard().text().split("\n")) == ["After", "Before"]


def test_the_folder_of_the_file_of_a_node_is_shown(window: Window, tmp_path: Path, desktop: Desktop) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.nii").write_bytes(b"")
    show(window, tmp_path, Load=NodeSpec("LocalImage", {"name": "$(NETWORK)/scans/a.nii"}))
    node_menu(window, "Sho&w in Folder")
    assert desktop.shown == [tmp_path / "scans"]
    assert window.status.currentMessage() == f"Showing {tmp_path / 'scans'}"


@pytest.mark.parametrize(
    ("name", "folder", "sentence"),
    [
        ("scans", "scans", "Showing {0}/scans"),
        ("scans/b.nii", "scans", "Showing {0}/scans; b.nii is not there."),
        ("missing/b.nii", "", "There is no folder {0}/missing."),
        ("$(NO)/b.nii", "", "$(NO)/b.nii cannot be shown: the path variable $(NO) is not set"),
    ],
)
def test_what_is_not_there_is_said(
    window: Window, tmp_path: Path, desktop: Desktop, name: str, folder: str, sentence: str
) -> None:
    (tmp_path / "scans").mkdir()
    show(window, tmp_path, Load=NodeSpec("LocalImage", {"name": name}))
    node_menu(window, "Sho&w in Folder")
    assert desktop.shown == ([tmp_path / folder] if folder else [])
    assert window.status.currentMessage().startswith(sentence.format(tmp_path))


def test_a_macro_is_shown_in_its_folder(window: Window, tmp_path: Path, desktop: Desktop) -> None:
    window.open(write_all(tmp_path))
    window.editing.select(["First"])
    assert named_files(window.document, "First") == [str(tmp_path / "Keep.mlab")]
    node_menu(window, "Sho&w in Folder")
    assert desktop.shown == [tmp_path]


def test_a_node_that_names_no_file_has_no_folder(window: Window, tmp_path: Path) -> None:
    show(window, tmp_path, Load=NodeSpec("LocalImage"), Threshold=NodeSpec("Threshold"), Camera=UNKNOWN)
    assert "Sho&w in Folder" not in node_menu(window)


def test_a_connected_file_name_is_the_one_it_follows(window: Window, tmp_path: Path) -> None:
    nodes = {"A": NodeSpec("LocalImage", {"name": "a.nii"}), "B": NodeSpec("LocalImage", {"name": "b.nii"})}
    path = tmp_path / "Mine.mlab.json"
    path.write_text(dumps(Network(nodes, {"B.name": "A.name"})), encoding="utf-8")
    assert window.open(path)
    assert named_files(window.document, "B") == ["a.nii"]


def test_several_files_can_be_chosen_from_each_once(window: Window, tmp_path: Path, desktop: Desktop) -> None:
    files = {"A": "a & b.nii", "B": "in\\b.nii", "C": "a & b.nii"}
    show(window, tmp_path, **{name: NodeSpec("LocalImage", {"name": file}) for name, file in files.items()})
    menu = QMenu()
    fill_folder_menu(menu, window.document, ["A", "B", "C"], window.say)
    inside = menu.actions()[0].menu()
    assert isinstance(inside, QMenu)
    assert [action.text() for action in inside.actions()] == ["a && b.nii", "b.nii"]
    inside.actions()[0].trigger()
    assert desktop.shown == [tmp_path]
