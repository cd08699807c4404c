"""Tests of nodes that are still being set up: they are no error until something depends on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nodeeditor.engine import Engine
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.live.unfinished import unfinished
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()
PATIENCE = 20_000  # ms, for machines under load


@pytest.fixture
def live(qtbot: QtBot) -> Iterator[Live]:
    document = Document(LIBRARY)
    made = Live(document, Engine(LIBRARY))
    yield made
    made.close()
    document.close()


def marked(live: Live, qtbot: QtBot, network: Network) -> dict[str, str]:
    """What is wrong with the nodes of a network, as their boxes say it once all is found out."""
    live.document.graph.apply("x", network)
    qtbot.waitUntil(lambda: set(live.session.facts.nodes) == set(network.nodes), timeout=PATIENCE)
    qtbot.wait(120)
    return {node.name(): node.error for node in live.document.graph.editor_nodes() if node.error}


def test_a_fresh_node_is_no_error(live: Live, qtbot: QtBot) -> None:
    fresh = {name: NodeSpec(name) for name in ("LocalImage", "Threshold", "Mask", "ImageSave", "View2D")}
    assert marked(live, qtbot, Network(fresh)) == {}
    assert live.problems == ()
    assert {node.view.activity.state for node in live.document.graph.editor_nodes()} == {"idle"}


def test_a_node_that_feeds_another_has_to_be_finished(live: Live, qtbot: QtBot) -> None:
    nodes = {name: NodeSpec(name) for name in ("LocalImage", "Threshold")}
    wrong = marked(live, qtbot, Network(nodes, {"Threshold.input0": "LocalImage.outImage"}))
    assert "no file is chosen" in wrong["LocalImage"]
    assert "Threshold" not in wrong, "it waits for the other"


def test_what_is_wrong_with_a_fresh_node_is_still_told(live: Live, qtbot: QtBot) -> None:
    wrong = marked(live, qtbot, Network({"Threshold": NodeSpec("Threshold", {"comparisonOperator": "Lesser"})}))
    assert "Lesser" in wrong["Threshold"]


def test_what_a_node_lacks() -> None:
    nodes = {
        "LocalImage": NodeSpec("LocalImage"),
        "Named": NodeSpec("LocalImage", {"name": "x.nii"}),
        "Mask": NodeSpec("Mask"),
        "Feeding": NodeSpec("LocalImage"),
        "Unknown": NodeSpec("NobodyKnows"),
        "View2D": NodeSpec("View2D"),
    }
    network = Network(nodes, {"Mask.input1": "Feeding.outImage"})
    assert unfinished(network, LIBRARY) == {"LocalImage": {"name"}, "Mask": {"input0"}}
