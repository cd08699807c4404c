"""Tests of documents that are worked out while they are edited: facts, buttons of files, what counts as a change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pytestqt.qtbot import QtBot

from nodeeditor import edits
from nodeeditor.engine import Engine
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.live.live import Live
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

PATIENCE = 20_000  # ms, for machines under load
LIBRARY = Library.installed()


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two images, of 2 and of 3 slices."""
    names = []
    for slices in (2, 3):
        names.append(str(tmp_path / f"{slices}.mha"))
        sitk.WriteImage(sitk.GetImageFromArray(np.full((slices, 4, 4), slices, np.uint8)), names[-1])
    return names[0], names[1]


@pytest.fixture
def live(files: tuple[str, str], qtbot: QtBot) -> Iterator[Live]:
    """A document in which a loaded image flows through a threshold, found out about."""
    document = Document(LIBRARY)
    made = Live(document, Engine(LIBRARY))
    nodes = {"Load": NodeSpec("LocalImage", {"name": files[0]}, (0, 200, 144, 72)), "Threshold": NodeSpec("Threshold")}
    document.graph.apply("start", Network(nodes, {"Threshold.input0": "Load.outImage"}))
    qtbot.waitUntil(lambda: slices(made) == {"Load": 2, "Threshold": 2}, timeout=PATIENCE)
    yield made
    made.close()
    document.close()


def slices(live: Live) -> dict[str, int]:
    """How many slices the nodes are known to give."""
    facts = live.session.facts.nodes
    return {name: info.extent[2] for name, node in facts.items() for info in node.infos.values()}


def heard(live: Live) -> list[Network]:
    """The networks that a document tells of from now on."""
    told: list[Network] = []

    def take(network: object) -> None:
        assert isinstance(network, Network)
        told.append(network)

    live.changed.connect(take)
    return told


def marks(live: Live) -> dict[str, str]:
    """What is wrong with the nodes, as their boxes say it."""
    return {node.name(): node.error for node in live.document.graph.editor_nodes() if node.error}


def test_a_field_that_changes_an_image_is_a_change_and_a_moved_box_is_none(live: Live, qtbot: QtBot) -> None:
    changed = heard(live)
    graph = live.document.graph
    with qtbot.waitSignal(live.document.network_changed):
        graph.apply("move", graph.network().with_node("Threshold", NodeSpec("Threshold", frame=(9, 9, 88, 72))))
    assert changed == []
    with qtbot.waitSignal(live.changed):
        graph.set_field("Threshold", "threshold", 1.0, 0)
    assert [network.nodes["Threshold"].fields for network in changed] == [{"threshold": 1.0}]


def test_what_a_node_cannot_do_is_marked_until_it_can(live: Live, qtbot: QtBot) -> None:
    live.document.graph.set_field("Load", "name", "not there.mha", 0)
    qtbot.waitUntil(lambda: "not there.mha" in marks(live).get("Load", ""), timeout=PATIENCE)
    assert [(one.node, one.warning) for one in live.problems] == [("Load", False)]
    live.document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: not marks(live), timeout=PATIENCE)
    assert live.problems == ()


def test_close_lets_go_of_a_file_and_load_opens_it_again(live: Live, qtbot: QtBot) -> None:
    live.press("Load", "close")
    qtbot.waitUntil(lambda: marks(live) == {"Load": "its file is closed; press load"}, timeout=PATIENCE)
    assert slices(live) == {}
    live.press("Load", "load")
    qtbot.waitUntil(lambda: slices(live) == {"Load": 2, "Threshold": 2} and not marks(live), timeout=PATIENCE)


def test_without_auto_load_another_file_waits_for_the_button(live: Live, files: tuple[str, str], qtbot: QtBot) -> None:
    graph = live.document.graph
    graph.set_field("Load", "autoLoad", False, 0)
    qtbot.waitUntil(lambda: live.network.nodes["Load"].fields.get("autoLoad") is False)
    graph.set_field("Load", "name", files[1], 0)
    qtbot.waitUntil(lambda: "press load" in marks(live).get("Load", ""), timeout=PATIENCE)
    live.document.canvas.reload_clicked.emit("Load")
    qtbot.waitUntil(lambda: slices(live) == {"Load": 3, "Threshold": 3} and not marks(live), timeout=PATIENCE)


def test_setting_auto_load_is_enough_for_the_next_file(live: Live, files: tuple[str, str], qtbot: QtBot) -> None:
    live.press("Load", "close")
    qtbot.waitUntil(lambda: bool(marks(live)), timeout=PATIENCE)
    live.document.graph.set_field("Load", "name", files[1], 0)
    qtbot.waitUntil(lambda: slices(live) == {"Load": 3, "Threshold": 3} and not marks(live), timeout=PATIENCE)


def test_a_closed_document_answers_no_more(live: Live, qtbot: QtBot) -> None:
    document = Document(LIBRARY)
    other = Live(document, Engine(LIBRARY))
    changed = heard(other)
    other.close()
    document.graph.apply("x", Network({"Threshold": NodeSpec("Threshold")}))
    qtbot.waitUntil(lambda: bool(document.network.nodes))
    assert changed == []
    document.close()


def test_a_lamp_goes_with_its_node_and_not_with_the_name(live: Live, tmp_path: Path, qtbot: QtBot) -> None:
    graph = live.document.graph
    save = NodeSpec("ImageSave", {"filename": str(tmp_path / "out.mha")}, (0, 0, 120, 72))
    graph.apply("add", graph.network().with_node("Save", save).with_connection("Save.input0", "Threshold.output0"))
    graph.look()

    def settled(name: str, state: str) -> None:
        def so() -> bool:
            found = live.session.states.get(name)
            return found is not None and found.state == state

        qtbot.waitUntil(so, timeout=PATIENCE)

    settled("Save", "idle")
    written = live.network
    live.ask("save", lambda engine, cancelled: engine.perform(written, "Save", cancelled=cancelled))
    settled("Save", "done")
    graph.set_field("Threshold", "threshold", 1.0, 0)
    settled("Save", "outdated")
    graph.apply("rename", edits.renamed(graph.network(), "Save", "Kept"))
    settled("Kept", "outdated")
    graph.apply("delete", graph.network().without("Kept"))
    graph.look()
    graph.apply("add", graph.network().with_node("Kept", save).with_connection("Kept.input0", "Threshold.output0"))
    settled("Kept", "idle")
