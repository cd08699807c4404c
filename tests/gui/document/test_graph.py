"""The document of a tab: what may be connected, what is drawn around the boxes, what a drop does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.check import problems
from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.gui.document.graph import Graph
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

from ...test_edits import masking

FULL = Library.installed()


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[Graph]:
    made = Graph(FULL)
    with qtbot.waitSignal(made.network_changed):
        made.apply("open", masking())
    yield made
    made.close_document()


def only(graph: Graph, name: str) -> EditorNode:
    node = graph.node(name)
    assert node is not None
    return node


def port(graph: Graph, end: str) -> Any:
    name, connector = end.split(".")
    node = only(graph, name)
    return {**node.inputs(), **node.outputs()}[connector].view


def test_boxes_show_name_value_and_kind(graph: Graph) -> None:
    looks = {name: only(graph, name).view.look for name in masking().nodes}
    assert (looks["Threshold"].value_line, looks["Threshold"].kind) == ("> 60", "image")
    assert looks["Mask"].value_line == "Masked Original"
    assert (looks["LocalImage"].value_line, looks["LocalImage"].kind, looks["LocalImage"].reload) == (
        "<empty>",
        "composed",
        True,
    )
    assert (looks["SynchroView2D"].value_line, looks["SynchroView2D"].kind) == ("", "composed")


def test_a_changed_field_shows_on_the_box(graph: Graph) -> None:
    graph.apply("set", edits.with_field(graph.network(), FULL, "Threshold", "comparisonOperator", "LessEqual"))
    assert only(graph, "Threshold").view.look.value_line == "<= 60"
    graph.undo_stack().undo()
    assert only(graph, "Threshold").view.look.value_line == "> 60"


def test_a_wrong_value_does_not_hinder_the_box(graph: Graph) -> None:
    graph.apply("set", graph.network().with_field("Threshold", "threshold", "many"))
    assert only(graph, "Threshold").view.look.value_line == "> 0"


@pytest.mark.parametrize(
    ("output", "taking", "reason"),
    [
        ("Threshold.output0", "SynchroView2D.inImage1", ""),
        ("Mask.output0", "Threshold.input0", "Mask.output0 depends on this node; that would close a cycle"),
        ("Threshold.output0", "Threshold.input0", "Threshold.output0 depends on this node; that would close a cycle"),
    ],
)
def test_what_cannot_be_connected_is_refused_in_words(graph: Graph, output: str, taking: str, reason: str) -> None:
    assert graph.viewer().fits(port(graph, output), port(graph, taking)) == reason


def calls(deed: Callable[[], object]) -> int:
    """How many calls a deed makes, of functions in Python and of others."""
    made: list[str] = []
    sys.setprofile(lambda _, event, __: made.append(event))
    try:
        deed()
    finally:
        sys.setprofile(None)
    return sum(event.endswith("call") for event in made)


def test_what_is_asked_of_each_connector_in_sight_does_not_grow_with_the_network(qtbot: QtBot) -> None:
    made = []
    for count in (10, 100):
        graph = Graph(FULL)
        nodes = {f"Threshold{number}": NodeSpec("Threshold") for number in range(count)}
        graph.apply("open", Network(nodes))
        ends = port(graph, "Threshold1.output0"), port(graph, "Threshold2.input0")
        assert graph.viewer().fits(*ends) == ""
        made.append(calls(partial(graph.viewer().fits, *ends)))
        graph.close_document()
    assert made[0] == made[1]


def test_a_connection_by_mouse_replaces_the_old_one_in_one_step(graph: Graph) -> None:
    steps = graph.undo_stack().count()
    old = (port(graph, "Mask.output0"), port(graph, "SynchroView2D.inImage2"))
    new = (port(graph, "Threshold.output0"), port(graph, "SynchroView2D.inImage2"))
    graph.viewer().connection_changed.emit([old], [new])
    assert graph.network().connections["SynchroView2D.inImage2"] == "Threshold.output0"
    assert graph.undo_stack().count() == steps + 1
    graph.undo_stack().undo()
    assert graph.network() == masking()


def test_a_node_dropped_on_a_wire_is_moved_and_inserted_in_one_step(graph: Graph) -> None:
    extended, name = edits.added(graph.network(), "Threshold", (0, 0))
    graph.apply("add", extended)
    steps = graph.undo_stack().count()
    node = only(graph, name)
    before = {node.view: node.view.xy_pos}
    node.view.xy_pos = [500.0, 300.0]
    wire = port(graph, "SynchroView2D.inImage1").connected_pipes[0]
    graph.viewer().insert_node.emit(wire, node.id, before)
    now = graph.network()
    assert now.connections["SynchroView2D.inImage1"] == f"{name}.output0"
    assert now.connections[f"{name}.input0"] == "LocalImage.outImage"
    assert (now.nodes[name].frame or ())[:2] == (500, 300)
    assert graph.undo_stack().count() == steps + 1
    graph.undo_stack().undo()
    assert graph.network() == extended


def test_arrows_show_which_fields_follow_which(graph: Graph, qtbot: QtBot) -> None:
    info, _ = edits.added(graph.network(), "Info", (0, 0))
    linked = edits.connected(info, FULL, "Threshold.threshold", "Info.maxValue")
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("link", linked)
    assert [arrow.toolTip() for arrow in graph.scenery._arrows.values()] == ["Info.maxValue → Threshold.threshold"]
    with qtbot.waitSignal(graph.network_changed):
        graph.undo_stack().undo()
    assert not graph.scenery._arrows
    with qtbot.waitSignal(graph.network_changed):
        graph.undo_stack().redo()
    assert len(graph.scenery._arrows) == 1
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("delete", graph.network().without("Info"))
    assert not graph.scenery._arrows
    assert "Threshold.threshold" not in graph.network().connections


def test_between_unknown_types_arrows_are_told_from_wires_by_their_names(graph: Graph, qtbot: QtBot) -> None:
    unknown = {name: NodeSpec("Unheard", frame=(0, y, 80, 56)) for name, y in (("A", 0), ("B", 200), ("C", 400))}
    ring = {"A.worldPosition": "B.worldPosition", "B.worldPosition": "A.worldPosition"}
    scene = {"A.children": "B.self", "B.input0": "C.output0"}
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("open", Network(unknown, {**ring, **scene}))
    assert graph.wires() == scene
    assert sorted(arrow.toolTip() for arrow in graph.scenery._arrows.values()) == [
        "A.worldPosition → B.worldPosition",
        "B.worldPosition → A.worldPosition",
    ]


def test_group_frames_enclose_their_members(graph: Graph, qtbot: QtBot) -> None:
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("group", edits.grouped(graph.network(), ["Mask", "Threshold"], "Masking", (200, 40, 40)))
    (frame,) = graph.scenery.groups()
    assert frame.title == "Masking"
    for name in ("Mask", "Threshold"):
        assert frame.boundingRect().contains(only(graph, name).view.sceneBoundingRect().center())
    assert not frame.boundingRect().contains(only(graph, "SynchroView2D").view.sceneBoundingRect().center())
    with qtbot.waitSignal(graph.network_changed):
        graph.undo_stack().undo()
    assert graph.scenery.groups() == []


def test_notes_are_moved_and_written_on_in_steps(graph: Graph, qtbot: QtBot) -> None:
    start = Network(
        graph.network().nodes, graph.network().connections, notes=({"text": "hi", "frame": [5, 6, 90, 40]},)
    )
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("note", start)
    (note,) = graph.scenery.notes()
    assert note.toPlainText() == "hi"
    note.setPos(50, 60)
    graph.viewer().note_moved.emit(note, QPointF(5, 6))
    assert graph.network().notes == ({"text": "hi", "frame": [50.0, 60.0, 90.0, 40.0]},)
    assert note.edited is not None
    note.edited("bye")
    assert graph.network().notes[0]["text"] == "bye"
    graph.undo_stack().undo()
    graph.undo_stack().undo()
    assert graph.network() == start


def test_the_title_of_a_note_stands_above_its_text_and_stays(graph: Graph, qtbot: QtBot) -> None:
    plain = {"text": "hi", "frame": [5, 6, 90, 40]}
    titled = {**plain, "title": "Aim\nhere"}
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("notes", Network(notes=(plain, titled)))
    without, note = graph.scenery.notes()
    assert (without.title, note.title) == ("", "Aim here")
    assert without.title_rect.height() == 0
    assert note.boundingRect().height() == without.boundingRect().height() + note.title_rect.height()
    assert note.edited is not None
    note.edited("bye")
    assert graph.network().notes == (plain, {**titled, "text": "bye"})


def test_a_note_of_a_mevislab_file_is_shown_as_it_stands(graph: Graph, qtbot: QtBot) -> None:
    note = {"text": "take 3*4*5 of\n# it", "frame": [5, 6, 200, 40]}
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("own", Network(notes=(note,)))
    assert graph.scenery.notes()[0].toPlainText() == "take 345 of\nit"
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("foreign", Network(notes=({**note, "text": "3*4*5\n# it"},), extra={"mlab": {"text": [""]}}))
    assert graph.scenery.notes()[0].toPlainText() == "3*4*5\n# it"


def test_odd_groups_and_notes_do_no_harm_and_are_kept(graph: Graph, qtbot: QtBot) -> None:
    nodes = {**graph.network().nodes, "Mask": NodeSpec("Mask", group="G")}
    odd = Network(nodes, groups=("x", {"name": "G", "color": [999, -5, "x"]}, 3), notes=(7, {"frame": "no"}))
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("odd", odd)
    assert graph.network() == odd
    assert len(graph.scenery.notes()) == 2
    assert [frame.title for frame in graph.scenery.groups()] == ["G"]


def test_boxes_of_nodes_with_problems_are_marked(graph: Graph, qtbot: QtBot) -> None:
    wrong = graph.network().with_field("Threshold", "threshold", "many").with_field("Threshold", "odd", 1)
    with qtbot.waitSignal(graph.network_changed):
        graph.apply("break", edits.disconnected(wrong, ["Mask.input0"]))
    graph.show_problems(problems(graph.network(), FULL))
    assert only(graph, "Mask").view.look.error == "input0: nothing is connected to this input"
    assert only(graph, "Threshold").view.look.error == "threshold: 'many' is not a number"
    assert only(graph, "Threshold").view.look.warning == "odd: Threshold has no such field; it is kept"
    assert only(graph, "SynchroView2D").view.look.error == ""
    graph.undo_stack().undo()
    graph.show_problems(problems(graph.network(), FULL))
    assert {node.view.look.error for node in graph.editor_nodes()} == {""}


def test_a_bypassed_node_shows_it(graph: Graph) -> None:
    graph.apply("bypass", edits.bypassed(graph.network(), ["Mask"]))
    assert only(graph, "Mask").view.look.bypassed
    graph.undo_stack().undo()
    assert not only(graph, "Mask").view.look.bypassed
