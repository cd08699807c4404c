"""NodeGraphQt's graph and the network say the same, whatever is done, undone and done again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.file import dumps, loads
from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.gui.document.graph import Graph
from nodeeditor.gui.document.projection import read, write
from nodeeditor.network import Network, NodeSpec

from ...samples import LIBRARY, network

TYPES = ("Ramp", "Add", "Sum", "Spread", "Knobs", "Foreign", "Unheard")
CONNECTORS = ("input0", "input1", "output0", "lower", "real", "text", "doubled", "strange")
names = st.sampled_from(["A", "B", "C", "Node 1", "ü"])
numbers = st.floats(-1e4, 1e4).map(lambda number: round(number, 3))
frames = st.none() | st.tuples(numbers, numbers, st.floats(120, 300), st.floats(80, 200))
specs = st.builds(
    NodeSpec,
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(["real", "text", "odd"]), st.integers(-5, 5) | st.text(max_size=3), max_size=2),
    frames,
    st.sampled_from(["", "G"]),
    st.dictionaries(st.just("extra"), st.lists(st.integers(0, 3), max_size=2), max_size=1),
    st.booleans(),
    st.dictionaries(st.sampled_from(["_viewer", "_default"]), st.integers(0, 3), max_size=2),
)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    nodes = draw(st.dictionaries(names, specs, max_size=5))
    ends = st.tuples(st.sampled_from([*nodes, "Gone"]), st.sampled_from(CONNECTORS)).map(".".join)
    connections = draw(st.dictionaries(ends, ends, max_size=6))
    groups = draw(st.sampled_from([(), ({"name": "G", "color": [1, 2, 3]},)]))
    notes = draw(st.sampled_from([(), ({"text": "hello", "frame": [0, 0, 90, 40]},)]))
    return Network(nodes, connections, groups, notes, draw(st.sampled_from([{}, {"x": [1]}])))


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[Graph]:
    made = Graph(LIBRARY)
    yield made
    made.close_document()


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.lists(networks(), min_size=1, max_size=4))
def test_what_is_written_is_read_also_after_undo_and_redo(graph: Graph, steps: list[Network]) -> None:
    graph.undo_stack().clear()
    states = [read(graph)]
    for step in steps:
        write(graph, step, "step")
        assert read(graph) == step
        if step != states[-1]:
            states.append(step)
    assert graph.undo_stack().count() == len(states) - 1
    for state in reversed(states[:-1]):
        graph.undo_stack().undo()
        assert read(graph) == state
    for state in states[1:]:
        graph.undo_stack().redo()
        assert read(graph) == state
        assert dumps(read(graph)) == dumps(state)


@quick
@given(networks())
def test_writing_what_is_there_changes_nothing(graph: Graph, given_network: Network) -> None:
    write(graph, given_network, "open")
    steps = graph.undo_stack().count()
    write(graph, read(graph), "again")
    assert graph.undo_stack().count() == steps


def test_a_file_with_unknown_nodes_is_kept_word_for_word(graph: Graph) -> None:
    text = dumps(
        loads(
            '{"format": "nodeeditor-network", "version": 1, "later": 1.50, "nodes": {'
            '"X": {"type": "Unheard", "colour": [1e2], "fields": {"b": 1.0, "a": "é"}}, "A": {"type": "Ramp"}},'
            '"connections": {"X.in": "A.output0", "A.offset": "X.count", "Lost.x": "A.output0"}}'
        )
    )
    graph.apply("open", loads(text))
    assert dumps(graph.network()) == text


def only(graph: Graph, name: str) -> EditorNode:
    node = graph.node(name)
    assert node is not None
    return node


def test_only_what_differs_is_touched(graph: Graph) -> None:
    graph.apply("open", network("B.input0=A.output0", A="Ramp", B="Add"))
    before = {name: only(graph, name) for name in "AB"}
    graph.apply("set", graph.network().with_field("B", "constant", 4.0))
    assert {name: only(graph, name) for name in "AB"} == before
    assert only(graph, "B").spec.fields == {"constant": 4.0}


def test_moving_a_box_by_hand_is_one_step(graph: Graph) -> None:
    graph.apply("open", network(A=NodeSpec("Ramp", frame=(10, 20, 120, 80))))
    node = only(graph, "A")
    node.view.xy_pos = [50.0, 70.0]
    graph._on_nodes_moved({node.view: [10.0, 20.0]})
    assert graph.network().nodes["A"].frame == (50, 70, 120, 80)
    graph.undo_stack().undo()
    assert graph.network().nodes["A"].frame == (10, 20, 120, 80)


def test_a_slider_drag_is_one_step(graph: Graph) -> None:
    graph.apply("open", network(A="Add"))
    steps = graph.undo_stack().count()
    for number in range(10):
        graph.set_field("A", "constant", float(number), gesture=7)
    graph.set_field("A", "constant", 50.0, gesture=8)
    assert graph.undo_stack().count() == steps + 2
    graph.undo_stack().undo()
    assert only(graph, "A").spec.fields == {"constant": 9.0}
    graph.undo_stack().undo()
    assert only(graph, "A").spec.fields == {}


def test_every_state_is_told_once(graph: Graph, qtbot: QtBot) -> None:
    told: list[Any] = []
    graph.network_changed.connect(told.append)
    for number in range(3):
        with qtbot.waitSignal(graph.network_changed):
            graph.apply("add", edits.added(graph.network(), "Ramp", (number, 0))[0])
    assert [len(state.nodes) for state in told] == [1, 2, 3]
    graph.apply("nothing", graph.network())
    qtbot.wait(20)
    assert len(told) == 3
