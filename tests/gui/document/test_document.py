"""Tests of one document: its file, its modified mark, and every edit back to the same bytes."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor import file
from nodeeditor.errors import NetworkError
from nodeeditor.file import dumps
from nodeeditor.formats import is_network
from nodeeditor.gui.document.document import Document, settled
from nodeeditor.gui.document.dropping import MIME_TYPE, Dropping
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.naming import NameDialog
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from tests.gui.answers import answer_names

EXAMPLE = Path(__file__).parents[3] / "networks" / "ImageMask.mlab.json"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.installed()


@pytest.fixture
def document(library: Library, qtbot: QtBot) -> Iterator[Document]:
    made = Document(library)
    yield made
    made.close()


@pytest.fixture
def loaded(document: Document, tmp_path: Path) -> Document:
    path = tmp_path / "Mine.mlab.json"
    path.write_bytes(EXAMPLE.read_bytes())
    document.load(path)
    return document


@pytest.fixture
def editing(loaded: Document) -> Editing:
    return Editing(loaded, lambda sentence: None)


def text(document: Document) -> str:
    return dumps(document.graph.network())


def answer(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    answer_names(monkeypatch, lambda _: given)


# --- files


def test_a_new_document_is_untitled_and_unmodified(document: Document) -> None:
    assert document.name == "Untitled"
    assert not document.modified


def test_a_loaded_document_is_called_after_its_file_and_unmodified(loaded: Document) -> None:
    assert loaded.name == "Mine"
    assert not loaded.modified
    assert not loaded.graph.undo_stack().canUndo()


def test_what_is_loaded_is_saved_byte_for_byte(loaded: Document, tmp_path: Path) -> None:
    loaded.save(tmp_path / "Copy.mlab.json")
    assert (tmp_path / "Copy.mlab.json").read_bytes() == EXAMPLE.read_bytes()


def test_an_edit_marks_modified_and_undoing_it_unmarks(loaded: Document, editing: Editing, qtbot: QtBot) -> None:
    editing.select(["Mask"])
    editing.delete()
    qtbot.waitUntil(lambda: loaded.modified)
    loaded.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: not loaded.modified)


def test_saving_unmarks_modified(loaded: Document, editing: Editing, qtbot: QtBot) -> None:
    editing.add("Threshold", QPointF(0, 0))
    qtbot.waitUntil(lambda: loaded.modified)
    assert loaded.path
    loaded.save(loaded.path)
    assert not loaded.modified
    assert file.load(loaded.path) == loaded.graph.network()


def test_view_state_is_no_reason_to_ask(library: Library) -> None:
    fields = library["View2D"].declaration.fields
    transient = next(name for name, field in fields.items() if field.transient)
    before = Network({"View2D": NodeSpec("View2D")})
    after = Network({"View2D": NodeSpec("View2D", {transient: 3})})
    assert settled(after, library) == settled(before, library)


def test_saving_where_no_folder_is_tells_and_keeps_the_document(loaded: Document, tmp_path: Path) -> None:
    before = loaded.path
    with pytest.raises(NetworkError, match="cannot be written"):
        loaded.save(tmp_path / "gone" / "Mine.mlab.json")
    assert loaded.path == before


def test_saving_onto_a_folder_keeps_what_is_there(loaded: Document, tmp_path: Path) -> None:
    (tmp_path / "Taken.mlab.json").mkdir()
    (tmp_path / "Taken.mlab.json" / "inside").write_text("old")
    with pytest.raises(NetworkError, match="cannot be written"):
        loaded.save(tmp_path / "Taken.mlab.json")
    assert (tmp_path / "Taken.mlab.json" / "inside").read_text() == "old"


def test_a_file_that_another_program_changes_is_noticed(loaded: Document, qtbot: QtBot) -> None:
    assert loaded.path
    with qtbot.waitSignal(loaded.changed_on_disk):
        loaded.path.write_text(dumps(Network({"Alone": NodeSpec("Mask")})))
    before = text(loaded)
    loaded.reload()
    assert list(loaded.graph.network().nodes) == ["Alone"]
    assert not loaded.modified
    loaded.graph.undo_stack().undo()
    assert text(loaded) == before


def test_a_file_that_another_program_replaces_is_noticed(loaded: Document, qtbot: QtBot) -> None:
    assert loaded.path
    for name in ("One", "Two"):
        with qtbot.waitSignal(loaded.changed_on_disk):
            file.save(Network({name: NodeSpec("Mask")}), loaded.path)


def test_own_saves_are_not_taken_for_another_programs(loaded: Document, editing: Editing, qtbot: QtBot) -> None:
    editing.add("Mask", QPointF(0, 0))
    assert loaded.path
    loaded.save(loaded.path)
    with qtbot.assertNotEmitted(loaded.changed_on_disk):
        loaded.look_at_disk()


def test_a_file_that_is_deleted_makes_the_document_modified(loaded: Document) -> None:
    assert loaded.path
    loaded.path.unlink()
    loaded.look_at_disk()
    assert loaded.modified


# --- edits, each one step to undo


EDITS: dict[str, tuple[list[str], Callable[[Editing], object]]] = {
    "delete": (["Mask", "Threshold"], Editing.delete),
    "heal": (["Threshold"], Editing.delete_and_heal),
    "cut": (["Mask"], Editing.cut),
    "duplicate": (["Threshold", "Mask"], Editing.duplicate),
    "rename": (["Mask"], Editing.rename),
    "group": (["Mask", "Threshold"], Editing.group),
    "disconnect": (["Mask"], Editing.disconnect),
    "arrange": ([], Editing.arrange),
    "align": (["Mask", "Threshold"], lambda on: on.align("left")),
    "distribute": (["Mask", "Threshold", "LocalImage"], lambda on: on.distribute(across=True)),
    "add": ([], lambda on: on.add("Threshold", QPointF(10, 20))),
    "add joined": ([], lambda on: on.add("Threshold", QPointF(10, 20), "input0", "Mask.output0")),
    "note": ([], lambda on: on.add_note(QPointF(0, 0))),
}


@pytest.mark.parametrize("name", EDITS)
def test_undo_and_redo_of_an_edit_end_at_the_same_bytes(
    name: str, loaded: Document, editing: Editing, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer(monkeypatch, "Another")
    chosen, act = EDITS[name]
    before = text(loaded)
    editing.select(chosen)
    act(editing)
    after = text(loaded)
    assert after != before
    stack = loaded.graph.undo_stack()
    assert stack.index() == 1
    for _ in range(2):
        stack.undo()
        assert text(loaded) == before
        stack.redo()
        assert text(loaded) == after


def test_a_selected_wire_is_deleted_alone(loaded: Document, editing: Editing) -> None:
    node = loaded.graph.node("Threshold")
    assert node
    loaded.canvas.select([node.view.inputs[0].connected_pipes[0]])
    editing.delete()
    assert "Threshold.input0" not in loaded.graph.network().connections
    assert set(loaded.graph.network().nodes) == {"LocalImage", "Mask", "SynchroView2D", "Threshold"}


def test_a_selected_note_is_deleted(loaded: Document, editing: Editing, qtbot: QtBot) -> None:
    editing.add_note(QPointF(0, 0))
    qtbot.waitUntil(lambda: bool(loaded.graph.scenery.notes()))
    loaded.canvas.select(loaded.graph.scenery.notes())
    editing.delete()
    assert loaded.graph.network().notes == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Threshold", "There is a node 'Threshold' already."),
        ("a.b", "'a.b' cannot be the name of a node: no dots, no control characters, not empty."),
    ],
)
def test_a_name_that_cannot_be_is_refused_where_it_was_typed(
    name: str, reason: str, loaded: Document, editing: Editing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = answer_names(monkeypatch, lambda _: name)
    before = text(loaded)
    editing.select(["Mask"])
    editing.rename()
    assert reasons == [reason]
    assert text(loaded) == before


def test_the_name_of_another_group_is_refused_where_it_was_typed(
    loaded: Document, editing: Editing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for node in ("Mask", "Threshold"):
        answer(monkeypatch, f"With {node}")
        editing.select([node])
        editing.group()
    before = text(loaded)
    reasons = answer_names(monkeypatch, lambda _: "With Mask")
    editing.rename_group("With Threshold")
    assert reasons == ["There is a group 'With Mask' already."]
    assert text(loaded) == before


def test_a_group_without_a_name_is_refused(loaded: Document, editing: Editing, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = answer_names(monkeypatch, lambda _: " ")
    before = text(loaded)
    editing.select(["Mask"])
    editing.group()
    assert reasons == ["A group needs a name."]
    assert text(loaded) == before


def test_a_refused_name_can_be_corrected(loaded: Document, qtbot: QtBot) -> None:
    dialog = NameDialog(loaded.canvas, "Rename", "New name:", "Mask", lambda name: "no dots" if "." in name else "")
    qtbot.addWidget(dialog)
    dialog.open()
    QTest.keyClicks(dialog.line, "a.b")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.reason.text() == "No dots."
    QTest.keyClicks(dialog.line, "c")  # in place of all
    assert not dialog.reason.isVisible()
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert (dialog.name, dialog.result()) == ("c", 1)


def test_copies_are_pasted_into_another_document_with_their_connections(
    editing: Editing, library: Library, qtbot: QtBot
) -> None:
    editing.select(["Mask", "Threshold"])
    editing.copy()
    other = Document(library)
    pasting = Editing(other, lambda sentence: None)
    pasting.paste()
    assert other.graph.network().connections == {"Mask.input1": "Threshold.output0"}
    assert pasting.names == ["Mask", "Threshold"]
    other.close()


def test_pasting_what_is_no_network_says_so(loaded: Document) -> None:
    said: list[str] = []
    QGuiApplication.clipboard().setText("a shopping list")
    before = text(loaded)
    Editing(loaded, said.append).paste()
    assert "no nodes" in said[0]
    assert text(loaded) == before


def test_what_feeds_a_node_can_be_selected(editing: Editing) -> None:
    editing.select(["Threshold"])
    editing.select_upstream()
    assert editing.names == ["LocalImage", "Threshold"]
    editing.select(["Threshold"])
    editing.select_upstream(down=True)
    assert editing.names == ["Mask", "SynchroView2D", "Threshold"]


# --- drops


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_an_image_beside_the_network_becomes_a_node_with_a_relative_name(loaded: Document, editing: Editing) -> None:
    assert loaded.path
    image = loaded.path.parent / "scans" / "head.nii.gz"
    Dropping(loaded, editing, lambda path: None).drop(files(image), QPoint(100, 100))
    assert loaded.graph.network().nodes["LocalImage1"].fields == {"name": "$(NETWORK)/scans/head.nii.gz"}
    assert loaded.graph.undo_stack().index() == 1


def test_a_dropped_network_is_opened_and_changes_nothing_here(loaded: Document, editing: Editing) -> None:
    opened: list[Path] = []
    before = text(loaded)
    Dropping(loaded, editing, opened.append).drop(files(EXAMPLE), QPoint(0, 0))
    assert opened == [EXAMPLE]
    assert text(loaded) == before


def test_a_json_file_that_is_no_network_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "network.json").write_bytes(EXAMPLE.read_bytes())
    assert not is_network(tmp_path / "other.json")
    assert is_network(tmp_path / "network.json")


def test_a_node_type_of_the_palette_is_added_where_it_falls(loaded: Document, editing: Editing) -> None:
    data = QMimeData()
    data.setData(MIME_TYPE, b"Mask")
    Dropping(loaded, editing, lambda path: None).drop(data, QPoint(300, 400))
    x, y, width, height = loaded.graph.network().nodes["Mask1"].frame or (0, 0, 0, 0)
    assert (x + width / 2, y + height / 2) == (300, 400)


# --- what panels see


def test_a_panel_sets_a_field_and_one_gesture_is_one_step(loaded: Document, qtbot: QtBot) -> None:
    model = NodeModel(loaded, "Threshold")
    before = text(loaded)
    for value in (10.0, 20.0, 30.0):
        model.set_field("threshold", value, 7)
    assert loaded.graph.network().nodes["Threshold"].fields["threshold"] == 30.0
    loaded.graph.undo_stack().undo()
    assert text(loaded) == before


def test_a_field_set_to_its_default_leaves_the_file(loaded: Document) -> None:
    NodeModel(loaded, "Threshold").set_field("threshold", 0.0, 0)
    assert "threshold" not in loaded.graph.network().nodes["Threshold"].fields


def test_a_panel_says_a_file_as_the_network_does(loaded: Document) -> None:
    assert loaded.path
    model, folder = NodeModel(loaded, "LocalImage"), loaded.path.parent
    assert model.file_name(str(folder / "scans" / "head.nii")) == "$(NETWORK)/scans/head.nii"
    assert model.file_name("/elsewhere/head.nii") == "/elsewhere/head.nii"
    assert model.located("$(NETWORK)/scans/head.nii") == str(folder / "scans" / "head.nii")
    assert model.located("$(NOTHING)/head.nii") == ""


def test_a_panel_knows_what_feeds_and_what_is_fed(loaded: Document) -> None:
    model = NodeModel(loaded, "Threshold")
    assert model.sources() == {"input0": "LocalImage.outImage"}
    assert model.consumers() == {"output0": ("Mask.input1",)}


def test_a_panel_follows_its_node_through_renaming_and_back(
    loaded: Document, editing: Editing, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    model = NodeModel(loaded, "Mask")
    answer(monkeypatch, "Stencil")
    editing.select(["Mask"])
    editing.rename()
    qtbot.waitUntil(lambda: model.name() == "Stencil")
    loaded.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: model.name() == "Mask")


def test_a_panel_hears_that_its_node_is_gone(loaded: Document, editing: Editing, qtbot: QtBot) -> None:
    model = NodeModel(loaded, "Mask")
    editing.select(["Mask"])
    with qtbot.waitSignal(model.gone):
        editing.delete()


def test_fields_are_connected_shown_with_their_sources_value_and_disconnected(loaded: Document, qtbot: QtBot) -> None:
    model = NodeModel(loaded, "Mask")
    before = text(loaded)
    with qtbot.waitSignal(model.changed):
        assert model.connect_fields("Mask.background", "Threshold.threshold") == ""
    assert model.values() == {"background": 60.0}
    model.disconnect_field("Mask.background")
    assert text(loaded) == before
