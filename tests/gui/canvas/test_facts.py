"""Tests of what the tooltips of connectors and wires tell of the data that flows there."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from nodeeditor import edits
from nodeeditor.gui.document.graph import Graph

from .seen import connector

FACTS = "109 x 91 x 80, unsigned int16, 0 .. 1884, 1.95 x 1.95 x 2 mm"


def wire(graph: Graph, end: str) -> Any:
    return connector(graph, end).connected_pipes[0]


def hover(graph: Graph, place: QPointF) -> None:
    canvas = graph.viewer()
    for point in (canvas.viewport().rect().topLeft(), canvas.mapFromScene(place)):
        QTest.mouseMove(canvas.viewport(), point)


def test_facts_are_told_at_the_output_at_the_inputs_it_feeds_and_along_the_wires(graph: Graph) -> None:
    graph.show_facts({"LocalImage.outImage": FACTS})
    assert FACTS in connector(graph, "LocalImage.outImage").toolTip()
    for end in ("Mask.input0", "Threshold.input0"):
        assert "from LocalImage.outImage" in connector(graph, end).toolTip()
        assert FACTS in connector(graph, end).toolTip()
        assert FACTS in wire(graph, end).toolTip()
    assert FACTS not in connector(graph, "Mask.input1").toolTip()
    assert "LocalImage.outImage → Mask.input0" in wire(graph, "Mask.input0").toolTip()


def test_facts_that_are_not_named_any_more_are_gone(graph: Graph) -> None:
    graph.show_facts({"LocalImage.outImage": FACTS})
    graph.show_facts({})
    ends = ("LocalImage.outImage", "Mask.input0")
    assert not any(FACTS in item.toolTip() for item in (*(connector(graph, end) for end in ends), wire(graph, ends[1])))


def test_facts_are_plain_text(graph: Graph) -> None:
    graph.show_facts({"LocalImage.outImage": "<b> & co"})
    for item in (connector(graph, "LocalImage.outImage"), connector(graph, "Mask.input0"), wire(graph, "Mask.input0")):
        assert "&lt;b&gt; &amp; co" in item.toolTip()


def test_name_kind_and_help_stay_in_the_tooltip(graph: Graph) -> None:
    output = connector(graph, "LocalImage.outImage")
    before = output.toolTip()
    graph.show_facts({"LocalImage.outImage": FACTS})
    assert output.toolTip().startswith(before)


def test_under_the_mouse_an_input_tells_what_feeds_it_now(graph: Graph) -> None:
    graph.show_facts({"LocalImage.outImage": FACTS, "Threshold.output0": "a mask"})
    moved = edits.connected(graph.network(), graph.library, "Mask.input0", "Threshold.output0")
    graph.apply("connect", moved)
    hover(graph, connector(graph, "Mask.input0").scenePos())
    assert FACTS not in connector(graph, "Mask.input0").toolTip()
    assert "a mask" in connector(graph, "Mask.input0").toolTip()
    hover(graph, wire(graph, "Mask.input0").path().pointAtPercent(0.5))
    assert "a mask" in wire(graph, "Mask.input0").toolTip()


def test_under_the_mouse_a_loose_input_tells_of_no_data(graph: Graph) -> None:
    graph.show_facts({"LocalImage.outImage": FACTS})
    graph.apply("disconnect", edits.disconnected(graph.network(), ["Mask.input0"]))
    hover(graph, connector(graph, "Mask.input0").scenePos())
    assert "LocalImage" not in connector(graph, "Mask.input0").toolTip()
