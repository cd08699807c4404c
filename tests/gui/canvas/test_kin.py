"""Tests of the frames around what the selected nodes need, and around what needs them."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.theme import DARK, LIGHT, Theme
from nodeeditor.gui.document.graph import Graph
from nodeeditor.gui.document.kin import reached, turned
from nodeeditor.network import Network, NodeSpec

from ...samples import LIBRARY, network

NETWORK = network(
    "Add.input0=Ramp.output0", "Sum.input0=Add.output0", "Sum.input1=Other.output0", "Last.input0=Sum.output0",
    "Knobs1.real=Knobs.real",
    Ramp=NodeSpec("Ramp", frame=(0, 400, 100, 50)), Add=NodeSpec("Add", frame=(0, 300, 100, 50)),
    Other=NodeSpec("Ramp", frame=(200, 300, 100, 50)), Sum=NodeSpec("Sum", frame=(0, 200, 100, 50)),
    Last=NodeSpec("Add", frame=(0, 100, 100, 50)), Knobs="Knobs", Knobs1="Knobs",
)  # fmt: skip


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[Graph]:
    made = Graph(LIBRARY)
    made.apply("open", NETWORK)
    yield made
    made.close_document()


def kin(graph: Graph, *names: str) -> dict[str, str]:
    """What the boxes are to the nodes that are selected now."""
    graph.viewer().select([node.view for node in graph.editor_nodes() if node.name() in names])
    graph.show_kin()
    return {node.name(): node.view.kin for node in graph.editor_nodes() if node.view.kin}


def test_all_that_the_selected_node_needs_and_all_that_needs_it_is_marked(graph: Graph) -> None:
    assert kin(graph, "Add") == {"Ramp": "ancestor", "Sum": "descendant", "Last": "descendant"}
    assert kin(graph, "Last") == dict.fromkeys(("Add", "Sum", "Ramp", "Other"), "ancestor")
    assert kin(graph, "Add", "Other") == {"Ramp": "ancestor", "Sum": "descendant", "Last": "descendant"}
    assert kin(graph) == {}


def test_plain_fields_that_follow_each_other_are_no_kin(graph: Graph) -> None:
    assert kin(graph, "Knobs") == {}


def test_marks_follow_the_network(graph: Graph) -> None:
    kin(graph, "Add")
    graph.apply("cut", Network(NETWORK.nodes, {"Last.input0": "Add.output0"}))
    assert kin(graph, "Add") == {"Last": "descendant"}
    graph.undo_stack().undo()
    assert kin(graph, "Add") == {"Ramp": "ancestor", "Sum": "descendant", "Last": "descendant"}


def test_long_chains_and_rings_are_walked_once() -> None:
    chain = {str(number): [str(number + 1)] for number in range(20_000)}
    assert len(reached(chain, ["0"])) == 20_000
    assert reached({"a": ["b"], "b": ["a"]}, ["a"]) == {"a", "b"}
    assert turned({"a": ["b", "c"], "d": ["c"]}) == {"b": {"a"}, "c": {"a", "d"}}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("scale", [1.0, 0.2])
def test_the_frames_are_painted_in_two_colours(graph: Graph, theme: Theme, scale: float) -> None:
    graph.viewer().show_theme(theme)
    kin(graph, "Sum")
    for name, ink, shown in (("Add", theme.ancestor, 1), ("Last", theme.descendant, 1), ("Knobs", theme.ancestor, 0)):
        node = graph.node(name)
        assert node is not None
        picture = QImage(200, 120, QImage.Format.Format_RGB32)
        picture.fill(QColor(theme.background))
        painter = QPainter(picture)
        painter.translate(20, 20)
        painter.scale(scale, scale)
        node.view.paint(painter, None)
        painter.end()
        found = sum(
            picture.pixelColor(x, y) == QColor(ink) for x in range(picture.width()) for y in range(picture.height())
        )
        assert (found > 20) == bool(shown), name


def test_marks_follow_a_node_that_becomes_another_type_under_the_same_connections(graph: Graph) -> None:
    told = {"Knobs1.real": "Knobs.doubled"}  # a value that Knobs itself fills
    graph.apply("tell", Network({**NETWORK.nodes, "Knobs": NodeSpec("SoOdd")}, told))
    assert kin(graph, "Knobs1") == {}
    graph.apply("replace", Network(NETWORK.nodes, told))
    assert kin(graph, "Knobs1") == {"Knobs": "ancestor"}
    graph.undo_stack().undo()
    assert kin(graph, "Knobs1") == {}
