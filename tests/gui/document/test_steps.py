"""What is one step to undo when the mouse, the keys and the program come together in odd ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from nodeeditor.file import dumps
from nodeeditor.network import Network, NodeSpec

from ...samples import network
from .hand import Hand

BY = QPointF(60, 40)


@pytest.fixture
def hand(tmp_path: Path, qapp: QApplication) -> Iterator[Hand]:
    made = Hand(tmp_path)
    yield made
    made.close()


def show(hand: Hand, shown: Network) -> None:
    hand.graph.apply("show", shown)
    hand.graph.look()
    hand.graph.undo_stack().clear()


def center(hand: Hand, name: str) -> QPointF:
    node = hand.graph.node(name)
    assert node is not None
    return QPointF(node.view.sceneBoundingRect().center())


def test_a_box_without_a_place_has_none_again_after_undoing_all(hand: Hand) -> None:
    show(hand, network(A="Ramp", B="Ramp"))
    start = hand.graph.network()
    hand.drag(center(hand, "A"), center(hand, "A") + BY)
    moved = hand.graph.network()
    assert (start.nodes["A"].frame, moved.nodes["B"].frame) == (None, None)
    hand.editing.arrange()
    hand.graph.undo_stack().undo()
    assert hand.graph.network() == moved
    hand.graph.undo_stack().undo()
    assert hand.graph.network() == start


def test_a_box_is_where_it_was_until_it_is_dropped(hand: Hand) -> None:
    show(hand, network(A=NodeSpec("Ramp", frame=(0, 0, 120, 72))))
    seen: list[Network] = []
    hand.drag(center(hand, "A"), center(hand, "A") + BY, meanwhile=lambda: seen.append(hand.graph.network()))
    assert [one.nodes["A"].frame for one in (*seen, hand.graph.network())] == [(0, 0, 120, 72), (60, 40, 120, 72)]


def test_undo_in_the_middle_of_a_drag_lets_go(hand: Hand) -> None:
    show(hand, network(A=NodeSpec("Ramp", frame=(0, 0, 120, 72))))
    stack = hand.graph.undo_stack()
    hand.drag(center(hand, "A"), center(hand, "A") + BY)
    hand.drag(center(hand, "A"), center(hand, "A") + BY, meanwhile=stack.undo)
    node = hand.graph.node("A")
    assert node is not None
    assert (hand.graph.network().nodes["A"].frame, node.view.xy_pos) == ((0, 0, 120, 72), [0, 0])
    assert (stack.index(), stack.count()) == (0, 1)


def test_what_is_being_dragged_may_be_undone_away(hand: Hand) -> None:
    show(hand, network(B=NodeSpec("Add", frame=(300, 0, 120, 72))))
    stack = hand.graph.undo_stack()
    for start in ("box", "connector"):
        name = hand.editing.add("Ramp", QPointF(0, 0))
        node = hand.graph.node(name)
        assert node is not None
        at = center(hand, name) if start == "box" else node.view.outputs[0].anchor
        hand.drag(at, center(hand, "B"), meanwhile=stack.undo)
        assert (set(hand.graph.network().nodes), hand.graph.network().connections) == ({"B"}, {})


def test_boxes_and_notes_move_together_in_one_step(hand: Hand) -> None:
    notes = ({"text": "one", "frame": [0, 200, 90, 40]}, {"text": "two", "frame": [200, 200, 90, 40]})
    show(hand, Network({"A": NodeSpec("Ramp", frame=(0, 0, 120, 72))}, notes=notes))
    hand.editing.select(["A"])
    hand.canvas.select([*hand.canvas.selected(), *hand.graph.scenery.notes()])
    hand.drag(center(hand, "A"), center(hand, "A") + BY)
    now = hand.graph.network()
    assert now.nodes["A"].frame == (60, 40, 120, 72)
    assert [note["frame"][:2] for note in now.notes] == [[60, 240], [260, 240]]
    assert hand.graph.undo_stack().count() == 1
    hand.graph.undo_stack().undo()
    assert hand.graph.network().notes == notes


def test_a_note_that_was_moved_stays_selected(hand: Hand) -> None:
    show(hand, Network(notes=({"text": "one", "frame": [0, 0, 120, 40]},)))
    (note,) = hand.graph.scenery.notes()
    hand.drag(note.mapToScene(QPointF(20, 12)), note.mapToScene(QPointF(20, 12)) + BY)
    hand.graph.look()
    assert hand.graph.scenery.notes() == hand.canvas.selected() == [note]


def test_a_box_of_an_unknown_type_on_a_wire_is_moved_and_told_of(hand: Hand) -> None:
    unknown = NodeSpec("Unheard", frame=(300, 0, 120, 72))
    ports = network("X.in=U.out", "U.in=R.out", R="Unheard", X="Unheard", U=unknown)
    show(hand, ports)
    hand.editing.select(["U"])
    hand.editing.disconnect()
    wired = network(
        "A.input0=B.output0", A=NodeSpec("Add", frame=(0, 0, 120, 72)), B=NodeSpec("Ramp", frame=(0, 300, 120, 72))
    )
    alone = hand.graph.network().nodes
    hand.graph.apply("more", Network({**alone, **wired.nodes}, wired.connections))
    steps = hand.graph.undo_stack().count()
    (wire,) = hand.wires()
    hand.drag(center(hand, "U"), wire.mapToScene(wire.path().pointAtPercent(0.5)))
    assert hand.canvas.tip.text() == "unknown node type 'Unheard'"
    assert hand.graph.network().connections == wired.connections
    assert hand.graph.network().nodes["U"].frame != unknown.frame
    assert hand.graph.undo_stack().count() == steps + 1


def test_a_connection_is_judged_by_what_is_there_at_that_moment(hand: Hand) -> None:
    show(hand, network(A=NodeSpec("Add", frame=(0, 0, 120, 72)), B=NodeSpec("Add", frame=(0, 300, 120, 72))))
    before = dumps(hand.graph.network())
    first, second = (hand.graph.node(name) for name in "AB")
    assert first is not None
    assert second is not None
    hand.graph.apply("connect", hand.graph.network().with_connection("A.input0", "B.output0"))
    assert "close a cycle" in hand.canvas.fits(first.view.outputs[0], second.view.inputs[0])
    hand.graph.undo_stack().undo()
    assert hand.canvas.fits(first.view.outputs[0], second.view.inputs[0]) == ""
    assert dumps(hand.graph.network()) == before
