"""View state and windows: set without undo, saved, and never brought back by an older step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.errors import FieldError
from nodeeditor.file import dumps, load, loads
from nodeeditor.gui.document.document import Document, settled
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.network import Network, NodeSpec

from .viewsamples import VIEWING

START = Network(
    {
        "Source": NodeSpec("LocalImage", frame=(0, 200, 144, 72)),
        "View": NodeSpec("Sight", {"columns": 4}, (0, 0, 120, 72)),
        "Other": NodeSpec("Sight", {}, (200, 0, 120, 72)),
    },
    {"View.input0": "Source.outImage"},
)
PLACED = {"_viewer": {"frame": [1, 2, 300, 400], "open": True}}


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Iterator[Document]:
    path = tmp_path / "Views.mlab.json"
    path.write_text(dumps(START))
    made = Document(VIEWING)
    made.load(path)
    yield made
    made.close()


def view(document: Document, name: str = "View") -> NodeSpec:
    return document.graph.network().nodes[name]


def test_view_state_is_set_without_a_step_told_saved_and_no_change(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.network_changed):
        document.graph.set_view_state("View", {"slice": 7, "zoom": 2.0})
    assert view(document).fields == {"slice": 7, "zoom": 2.0, "columns": 4}
    assert document.graph.undo_stack().count() == 0
    assert not document.modified
    assert document.path
    document.save(document.path)
    assert load(document.path).nodes["View"].fields["slice"] == 7


def test_view_state_at_its_default_leaves_the_file(document: Document) -> None:
    document.graph.set_view_state("View", {"slice": 7})
    document.graph.set_view_state("View", {"slice": None})
    assert document.graph.network() == START


def test_view_state_under_its_former_name_is_replaced_and_no_change(document: Document, qtbot: QtBot) -> None:
    document.recover(None, START.with_field("View", "first", 2))
    assert document.path is None
    former = settled(document.network, VIEWING)
    document.graph.set_view_state("View", {"slice": 7})
    assert view(document).fields == {"slice": 7, "columns": 4}
    assert settled(document.graph.network(), VIEWING) == former


def test_a_wrong_view_state_is_refused_and_changes_nothing(document: Document) -> None:
    with pytest.raises(FieldError, match="below the smallest"):
        document.graph.set_view_state("View", {"zoom": 2.0, "slice": -7})
    assert document.graph.network() == START


def test_what_belongs_to_no_node_any_more_is_dropped(document: Document) -> None:
    document.graph.set_view_state("Gone", {"slice": 7})
    document.graph.set_field("Gone", "columns", 2, 0)
    document.graph.set_windows("Gone", PLACED)
    assert document.graph.network() == START


def test_undo_and_redo_leave_the_view_where_it_is(document: Document) -> None:
    graph = document.graph
    graph.set_view_state("View", {"slice": 1})
    NodeModel(document, "View").set_field("columns", 9, 1)
    graph.set_view_state("View", {"slice": 2})
    graph.set_windows("View", PLACED)
    graph.apply("bypass", edits.bypassed(graph.network(), ["View"]))
    graph.set_view_state("View", {"slice": 3})
    graph.undo_stack().undo()
    graph.undo_stack().undo()
    expected = replace(START.nodes["View"], fields={"columns": 4, "slice": 3}, windows=PLACED)
    assert view(document) == expected
    graph.undo_stack().redo()
    assert view(document).fields == {"columns": 9, "slice": 3}


def test_renaming_and_back_leaves_the_view_where_it_is(document: Document) -> None:
    graph = document.graph
    graph.apply("rename", edits.renamed(graph.network(), "View", "Seen"))
    graph.set_view_state("Seen", {"slice": 3})
    graph.set_windows("Seen", PLACED)
    graph.undo_stack().undo()
    assert (view(document).fields["slice"], view(document).windows) == (3, PLACED)
    assert graph.network().connections == START.connections
    graph.undo_stack().redo()
    assert graph.network().connections == {"Seen.input0": "Source.outImage"}
    assert view(document, "Seen").fields["slice"] == 3


def test_a_node_that_comes_back_shows_what_it_showed(document: Document) -> None:
    graph = document.graph
    graph.set_view_state("View", {"slice": 3})
    graph.apply("delete", graph.network().without("View"))
    graph.undo_stack().undo()
    assert view(document).fields["slice"] == 3


def test_a_step_that_changed_the_view_puts_it_back(document: Document) -> None:
    graph = document.graph
    other = graph.network().with_field("View", "slice", 5)
    graph.apply("reload", other.with_node("View", replace(other.nodes["View"], windows=PLACED)))
    graph.set_view_state("View", {"slice": 9})
    graph.undo_stack().undo()
    assert graph.network() == START
    graph.undo_stack().redo()
    assert (view(document).fields["slice"], view(document).windows) == (5, PLACED)


def test_a_panel_sets_view_state_without_a_step_and_other_fields_with_one(document: Document) -> None:
    model = NodeModel(document, "View")
    model.set_field("slice", 3, 1)
    assert document.graph.undo_stack().count() == 0
    model.set_field("columns", 5, 2)
    assert document.graph.undo_stack().count() == 1
    assert view(document).fields == {"slice": 3, "columns": 5}


def test_viewers_that_follow_each_other_share_what_is_set_in_either(document: Document, qtbot: QtBot) -> None:
    graph = document.graph
    links = {"View.slice": "Other.slice", "Other.slice": "View.slice"}
    with qtbot.waitSignal(document.network_changed):
        graph.apply("link", replace(START, connections={**START.connections, **links}))
    models = [NodeModel(document, name) for name in ("View", "Other")]
    for value, model in ((3, models[0]), (8, models[1]), (5, models[0])):
        with qtbot.waitSignal(document.network_changed):
            model.set_field("slice", value, 0)
        assert [one.values()["slice"] for one in models] == [value, value]
    assert "slice" not in view(document, "Other").fields


def test_fields_that_form_a_ring_are_one_step_in_one_gesture(document: Document, qtbot: QtBot) -> None:
    graph = document.graph
    links = {"View.columns": "Other.columns", "Other.columns": "View.columns"}
    with qtbot.waitSignal(document.network_changed):
        graph.apply("link", replace(START, connections={**START.connections, **links}))
    start = dumps(graph.network())
    for value, name in ((3, "Other"), (8, "View"), (6, "Other")):
        NodeModel(document, name).set_field("columns", value, 7)
    assert (view(document).fields, view(document, "Other").fields) == ({}, {"columns": 6})
    graph.undo_stack().undo()
    assert dumps(graph.network()) == start


def test_windows_are_saved_without_a_step_and_no_change(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.network_changed):
        document.graph.set_windows("View", PLACED)
    assert not document.modified
    assert document.graph.undo_stack().count() == 0
    assert loads(dumps(document.network)).nodes["View"].windows == PLACED
    document.graph.set_windows("View", {})
    assert document.graph.network() == START


def test_copies_have_no_windows(document: Document) -> None:
    document.graph.set_windows("View", PLACED)
    editing = Editing(document, lambda sentence: None)
    editing.select(["View"])
    editing.duplicate()
    editing.select(["View"])
    editing.copy()
    editing.paste()
    assert "View" in QGuiApplication.clipboard().text()
    windows = {name: spec.windows for name, spec in document.graph.network().nodes.items()}
    assert windows == {"Source": {}, "View": PLACED, "Other": {}, "View1": {}, "View2": {}}


def test_a_node_is_found_under_its_name_of_now(document: Document) -> None:
    graph = document.graph
    node = graph.node("View")
    graph.apply("rename", edits.renamed(graph.network(), "View", "Seen"))
    assert (graph.node("Seen"), graph.node("View")) == (node, None)
    editing = Editing(document, lambda sentence: None)
    editing.add("Sight", QPointF(0, 0))
    graph.apply("rename", edits.renamed(graph.network(), "Sight", "View"))
    assert graph.node("View") not in (None, node)
    graph.undo_stack().undo()
    graph.undo_stack().undo()
    graph.undo_stack().undo()
    assert (graph.node("View"), graph.node("Seen")) == (node, None)
