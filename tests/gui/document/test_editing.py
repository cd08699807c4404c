"""What a person does to selected nodes and notes: copies, other node types, other networks put in."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeeditor import edits, file
from nodeeditor.file import dumps, loads
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.dropping import Dropping
from nodeeditor.gui.document.editing import Editing
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.places import bounds

NEAR, FAR = {"text": "near", "frame": [0, 0, 100, 40]}, {"text": "far", "frame": [900, 900, 100, 40]}
NOTED = Network(
    {
        "LocalImage": NodeSpec("LocalImage", {"name": "head.nii"}, (0, 300, 120, 72)),
        "Threshold": NodeSpec("Threshold", {"threshold": 60.0}, (0, 150, 120, 72)),
        "View2D": NodeSpec("View2D", frame=(0, 0, 120, 56)),
    },
    {"Threshold.input0": "LocalImage.outImage", "View2D.inImage": "Threshold.output0"},
    notes=(NEAR, FAR),
)


class Desk:
    """A document with someone at work on it."""

    def __init__(self, network: Network) -> None:
        self.document = Document(Library.installed())
        self.document.graph.apply("open", network)
        self.document.graph.undo_stack().clear()
        self.said: list[str] = []
        self.editing = Editing(self.document, self.said.append)

    @property
    def network(self) -> Network:
        network: Network = self.document.graph.network()
        return network

    def select(self, names: list[str], notes: list[int]) -> None:
        """Select nodes, and notes by their places."""
        self.editing.select(names)
        for place in notes:
            self.document.graph.scenery.notes()[place].setSelected(True)

    def steps(self) -> list[str]:
        """The steps that can be undone, in words."""
        stack = self.document.graph.undo_stack()
        return [stack.text(place) for place in range(stack.index())]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(NOTED)
    yield desk
    desk.document.close()


# --- copies


def test_copies_take_selected_notes_along(desk: Desk) -> None:
    desk.select(["Threshold"], [0])
    desk.editing.copy()
    copied = loads(QGuiApplication.clipboard().text())
    assert list(copied.nodes) == ["Threshold"]
    assert copied.notes == (NEAR,)
    desk.editing.paste()
    assert desk.editing.names == ["Threshold1"]
    assert desk.editing.notes == [2]
    assert desk.steps() == ["paste Threshold1 and a note"]


def test_a_lone_note_is_copied_cut_and_pasted(desk: Desk) -> None:
    desk.select([], [1])
    desk.editing.cut()
    assert desk.network.notes == (NEAR,)
    assert desk.steps() == ["cut a note"]
    desk.editing.paste()
    assert [note["text"] for note in desk.network.notes] == ["near", "far"]
    assert desk.editing.notes == [1]
    desk.document.graph.undo_stack().setIndex(0)
    assert desk.network == NOTED


def test_duplicates_of_notes_lie_beside_them_and_are_selected(desk: Desk) -> None:
    desk.select(["View2D"], [0, 1])
    desk.editing.duplicate()
    assert [note["frame"] for note in desk.network.notes[2:]] == [[32, 32, 100, 40], [932, 932, 100, 40]]
    assert desk.editing.names == ["View2D1"]
    assert desk.editing.notes == [2, 3]
    assert desk.steps() == ["duplicate View2D1 and 2 notes"]


def test_cutting_leaves_the_wires_of_others_alone(desk: Desk) -> None:
    wire = desk.document.canvas.all_pipes()[0]
    desk.select([], [0])
    wire.setSelected(True)
    desk.editing.cut()
    assert dict(desk.network.connections) == dict(NOTED.connections)


def test_mevislabs_text_is_pasted(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("module Mask { fields { instanceName = Cut background = -5 } }")
    desk.editing.paste()
    assert desk.network.nodes["Cut"].fields["background"] == -5.0
    assert desk.said == []


def test_text_that_is_almost_mevislabs_is_refused_with_its_place(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("module Mask {\n  fields {")
    desk.editing.paste()
    assert dumps(desk.network) == dumps(NOTED)
    assert desk.said[0].startswith("The clipboard holds no nodes: ")
    assert "line" in desk.said[0]


# --- another type


def test_replacing_a_node_is_one_step_and_says_what_is_lost(desk: Desk) -> None:
    desk.select(["Threshold"], [])
    desk.editing.replace("Threshold", "Convolution")
    assert desk.steps() == ["replace Threshold with Convolution"]
    assert desk.editing.names == ["Convolution"]
    assert desk.network.nodes["Convolution"].frame == (0, 150, 120, 72)
    assert dict(desk.network.connections) == {
        "Convolution.input0": "LocalImage.outImage",
        "View2D.inImage": "Convolution.output0",
    }
    assert desk.said == ["Convolution has no place for threshold."]
    stack = desk.document.graph.undo_stack()
    after = dumps(desk.network)
    stack.undo()
    assert dumps(desk.network) == dumps(NOTED)
    stack.redo()
    assert dumps(desk.network) == after


def test_a_box_that_was_placed_automatically_is_replaced_where_it_lies(desk: Desk) -> None:
    places = {name: NodeSpec(spec.type, spec.fields) for name, spec in NOTED.nodes.items()}
    other = Desk(Network(places, NOTED.connections))
    found = other.document.graph.node("Threshold")
    assert found
    place = found.view.xy_pos
    other.editing.replace("Threshold", "Convolution")
    found = other.document.graph.node("Convolution")
    assert found
    assert found.view.xy_pos == place
    assert other.network.nodes["View2D"].frame is None
    other.document.close()


# --- colours


def test_selected_nodes_get_a_colour_in_one_step_and_lose_it_in_another(desk: Desk) -> None:
    desk.select(["Threshold", "View2D"], [])
    desk.editing.paint(QColor("#b8504b"))
    assert desk.steps() == ["colour 2 nodes"]
    assert [desk.network.nodes[name].color for name in ("Threshold", "View2D")] == [(184, 80, 75)] * 2
    node = desk.document.graph.node("Threshold")
    assert node
    assert node.view.look.tint == "#b8504b"
    desk.editing.paint(None)
    assert desk.network == NOTED
    assert node.view.look.tint == ""
    desk.document.graph.undo_stack().undo()
    assert node.view.look.tint == "#b8504b"


def test_a_node_keeps_its_colour_as_another_type(desk: Desk) -> None:
    desk.select(["Threshold"], [])
    desk.editing.paint(QColor(1, 2, 3))
    desk.editing.replace("Threshold", "Convolution")
    assert desk.network.nodes["Convolution"].color == (1, 2, 3)


# --- another network


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A network file with an image beside it."""
    (tmp_path / "head.nii").write_bytes(b"")
    path = tmp_path / "Other.mlab.json"
    image = NodeSpec("LocalImage", {"name": "$(NETWORK)/head.nii"}, (0, 100, 100, 50), "Load")
    nodes = {"LocalImage": image, "Bright": NodeSpec("Threshold", frame=(0, 0, 100, 50))}
    groups = ({"name": "Load", "color": [1, 2, 3]},)
    connections = {"Bright.input0": "LocalImage.outImage"}
    file.save(Network(nodes, connections, groups, ({"text": "seen", "frame": [0, 160, 100, 40]},)), path)
    return path


def test_an_inserted_network_comes_whole_with_names_of_its_own(desk: Desk, other: Path) -> None:
    before = edits.grouped(desk.network, ["View2D"], "Load", (9, 9, 9))
    desk.document.graph.apply("group", before)
    desk.document.graph.undo_stack().clear()
    desk.editing.insert(other, QPointF(1000, 500))
    assert desk.steps() == ["insert Other.mlab.json"]
    assert desk.editing.names == ["Bright", "LocalImage1"]
    assert desk.editing.notes == [2]
    network = desk.network
    assert network.connections["Bright.input0"] == "LocalImage1.outImage"
    assert network.nodes["LocalImage1"].group == "Load1"
    assert network.groups == ({"name": "Load", "color": [9, 9, 9]}, {"name": "Load1", "color": [1, 2, 3]})
    # x from 0 to 100 and y from 0 to 200, around (1000, 500)
    assert network.nodes["Bright"].frame == (950, 400, 100, 50)
    assert network.notes[2] == {"text": "seen", "frame": [950, 560, 100, 40]}
    desk.document.graph.undo_stack().undo()
    assert desk.network == before


def test_files_beside_an_inserted_network_are_found_from_the_open_one(desk: Desk, other: Path) -> None:
    desk.editing.insert(other, QPointF(0, 0))
    assert desk.network.nodes["LocalImage1"].fields == {"name": str(other.with_name("head.nii"))}
    desk.document.save(other.with_name("Mine.mlab.json"))
    desk.editing.insert(other, QPointF(0, 0))
    assert desk.network.nodes["LocalImage2"].fields == {"name": "$(NETWORK)/head.nii"}


def test_a_mevislab_network_without_places_is_inserted_in_order(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Foreign.mlab"
    modules = "module LocalImage { fields { instanceName = A } } module Threshold { fields { instanceName = B } }"
    path.write_text(f"{modules} connections {{ B.input0 = A.outImage B.strange = A.outImage }}")
    desk.editing.insert(path, QPointF(0, 1000))
    below, above = (bounds(desk.network, [name]) for name in "AB")
    assert below[1] > above[1] + 50
    assert desk.said == ["Foreign.mlab: one of its connections is not known here and not inserted."]


def test_what_is_no_network_is_not_inserted(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Broken.mlab.json"
    path.write_text("{")
    desk.editing.insert(path, QPointF(0, 0))
    assert desk.steps() == []
    assert desk.said[0].startswith("Broken.mlab.json cannot be inserted: line 1")


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier])
def test_a_network_dropped_with_ctrl_held_is_inserted_else_opened(
    desk: Desk, other: Path, keys: Qt.KeyboardModifier
) -> None:
    opened: list[Path] = []
    dropping = Dropping(desk.document, desk.editing, opened.append)
    canvas = desk.document.canvas
    canvas.resize(600, 400)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    at = QPointF(300, 200)
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(at.toPoint(), action, data, left, keys))
    event = QDropEvent(at, action, data, left, keys)
    QApplication.sendEvent(canvas.viewport(), event)
    assert event.isAccepted()
    if keys:
        assert opened == []
        x, y, width, _ = bounds(desk.network, ["Bright", "LocalImage1"])
        place = canvas.mapToScene(at.toPoint())
        assert (x + width / 2, y + 100) == pytest.approx((place.x(), place.y()), abs=1)
    else:
        assert opened == [other]
        assert desk.network == NOTED
    dropping.deleteLater()


def test_several_networks_are_inserted_side_by_side(desk: Desk, other: Path) -> None:
    desk.editing.insert_all([other, other, other], QPointF(1000, 500))
    assert desk.steps() == ["insert Other.mlab.json"] * 3
    lefts = [bounds(desk.network, names)[0] for names in (["Bright"], ["Bright1"], ["Bright2"])]
    assert lefts[0] == 950
    assert lefts[0] < lefts[1] < lefts[2]
    assert len({bounds(desk.network, names)[1] for names in (["Bright"], ["Bright1"], ["Bright2"])}) == 1
