"""Every gesture in any order, with undo and redo in between: back to the first bytes and forth to the last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from nodeeditor.file import dumps, loads
from nodeeditor.gui.document.document import settled
from nodeeditor.gui.document.editornode import EditorNode
from nodeeditor.network import Network
from tests.gui.answers import answer_names

from .hand import GESTURES, Hand, box_names, pick
from .viewsamples import VIEWING

numbers = st.integers(0, 999)
ways = ["undo", "redo", "undo", "return", "interrupt", *["set_field", "set_view_state"] * 3]
steps = st.tuples(st.sampled_from([*ways, *GESTURES]), numbers, numbers, numbers)


class Watched(Hand):
    """A hand whose every gesture is checked, and every state of which is remembered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.stack = self.graph.undo_stack()
        self.states = [self.saved()]
        self.views_set = [False]

    def network(self) -> Network:
        network: Network = self.graph.network()
        return network

    def saved(self) -> str:
        """The bytes of the network without view state and windows."""
        return dumps(settled(self.network(), VIEWING))

    def views(self) -> dict[EditorNode, Any]:
        """The view state of the nodes that there are."""
        views = {node: (node.spec.fields, node.spec.windows) for node in self.graph.editor_nodes()}
        return {
            node: ({k: fields.get(k) for k in ("slice", "zoom")}, windows) for node, (fields, windows) in views.items()
        }

    def do(self, name: str, a: int, b: int, c: int) -> None:
        """One gesture, one undo or one redo."""
        if name in ("undo", "redo"):
            self.wander(name)
        elif name == "return":
            back = min(1 + a % 4, self.stack.index())
            for way in back * ["undo"] + back * ["redo"]:
                self.wander(way)
        elif name == "interrupt":
            self.interrupt(a, b, c)
        else:
            index, before, views = self.stack.index(), dumps(self.network()), self.views()
            GESTURES[name](self, a, b, c)
            self.note(index, before, views)
        self.check()

    def note(self, index: int, before: str, views: dict[EditorNode, Any]) -> None:
        now, text = self.stack.index(), self.saved()
        moved = any(views.get(node, view) != view for node, view in self.views().items())
        assert now - index in (0, 1, -1), "a gesture is one step"
        if now == index + 1:
            assert dumps(self.network()) != before, "a step that changes nothing"
            self.states[now:] = [text]
            self.views_set[now:] = [moved]
        elif now == index - 1:
            assert text == self.states[now], "a step that vanishes leads back"
            del self.states[now + 1 :], self.views_set[now + 1 :]
        elif text != self.states[now]:
            assert self.stack.count() == now, "a step that grew is the last"
            self.states[now:] = [text]
            del self.views_set[now + 1 :]
        elif self.stack.count() == now:
            del self.states[now + 1 :], self.views_set[now + 1 :]

    def wander(self, way: str) -> None:
        """Undo or redo one step: what was there is there again, and the views stay unless the step set them."""
        there = self.stack.canUndo() if way == "undo" else self.stack.canRedo()
        if not there:
            return
        views = self.views()
        step = self.stack.index() + (way == "redo")
        (self.stack.undo if way == "undo" else self.stack.redo)()
        assert self.saved() == self.states[self.stack.index()]
        if not self.views_set[step]:
            assert all(views.get(node, view) == view for node, view in self.views().items())

    def interrupt(self, a: int, b: int, c: int) -> None:
        """Undo or redo while something is being dragged: that is let go of, and nothing else happens."""
        way = "redo" if c % 2 and self.stack.canRedo() else "undo"
        if self.handles() and (way == "redo" or self.stack.canUndo()):
            start = pick(self.handles(), a)
            self.drag(start, start + QPointF(b % 300 - 150, c % 300 - 150), meanwhile=lambda: self.wander(way))
            assert self.saved() == self.states[self.stack.index()]

    def check(self) -> None:
        network = self.network()
        text = dumps(network)
        assert loads(text) == network
        assert dumps(loads(text)) == text
        assert self.stack.count() == len(self.states) - 1
        assert box_names(self) == sorted(network.nodes)
        drawn = {self._end(wire.input_port): self._end(wire.output_port) for wire in self.canvas.all_pipes()}
        told = {
            f"{node.name()}.{port.name()}": port for node in self.graph.editor_nodes() for port in node.input_ports()
        }
        ports = {end: [f"{s.node().name()}.{s.name()}" for s in port.connected_ports()] for end, port in told.items()}
        assert drawn == {end: sources[0] for end, sources in ports.items() if sources}
        assert drawn == {end: source for end, source in network.connections.items() if end not in self.graph.rest.links}
        for node in self.graph.editor_nodes():
            assert node.told == replace(node.spec, frame=network.nodes[node.name()].frame)
            assert node.view.look.title == node.name()
            assert node.view.xy_pos == pytest.approx([node.place.x, node.place.y])
        assert self.canvas.live_wire.isVisible() is self.canvas.cut_line.isVisible() is False

    def check_notes(self) -> None:
        """The notes lie where the network says, and say what it says."""
        notes = [note if isinstance(note, dict) else {} for note in self.network().notes]
        shown = self.graph.scenery.notes()
        assert [box.text for box in shown] == [note.get("text", "") for note in notes]
        assert [[box.x(), box.y()] for box in shown] == [note.get("frame", [0, 0])[:2] for note in notes]

    @staticmethod
    def _end(connector: Any) -> str:
        return f"{connector.node.name}.{connector.name}"


@pytest.fixture
def folder(tmp_path: Path, qapp: QApplication) -> Iterator[Path]:
    yield tmp_path
    QApplication.processEvents()


@settings(max_examples=80, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=50, max_size=80))
def test_all_gestures_lead_back_and_forth(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: list[tuple[str, int, int, int]]
) -> None:
    hand = Watched(folder)
    answer_names(monkeypatch, lambda _: hand.answer)
    try:
        for step in script:
            hand.do(*step)
        for way, last in (("undo", 0), ("redo", len(hand.states) - 1)):
            while hand.stack.index() != last:
                hand.wander(way)
            hand.graph.look()
            hand.check()
            hand.check_notes()
    finally:
        hand.close()
