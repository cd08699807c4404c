"""A document's facts, states and answers, worked out on threads while others wait."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nodeeditor.engine import Engine
from nodeeditor.engine.cost import Cost
from nodeeditor.engine.stream import SLAB
from nodeeditor.gui.session.facts import Facts
from nodeeditor.gui.session.session import FACTS, Asked, Session
from nodeeditor.gui.session.states import NodeState, carried
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

from ...samples import chain, network, numbers
from .doors import DOORS, PATIENCE, engine, shut, until


class Desk:
    """A session and all that it tells."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session = Session(engine())
        self.answers: dict[str, list[object]] = {}
        self.errors: list[tuple[str, str]] = []
        self.costs: list[Cost] = []
        self.facts: list[Facts] = []
        self.states: list[dict[str, NodeState]] = []
        self.busy: list[str] = []
        self.session.answered.connect(lambda key, result: self.answers.setdefault(key, []).append(result))
        self.session.failed.connect(lambda key, error: self.errors.append((key, str(error))))
        self.session.cost_told.connect(lambda key, cost: self.costs.append(cost))
        self.session.facts_changed.connect(lambda facts: self.facts.extend([facts]))
        self.session.states_changed.connect(lambda states: self.states.extend([states]))
        self.session.started.connect(self.busy.append)
        self.session.ended.connect(self.busy.remove)

    def until(self, condition: Callable[[], bool]) -> None:
        until(self.qtbot, condition)

    def look(self, given: Network) -> None:
        """Look, and wait until all is known."""
        self.session.look(given, Paths())
        self.until(lambda: FACTS not in self.busy)

    def settled(self, **expected: str) -> None:
        """Wait until nodes are in these states."""
        self.until(lambda: {name: self.now(name).state for name in expected} == expected)

    def now(self, name: str) -> NodeState:
        return self.session.states.get(name, NodeState())


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def image(given: Network, output: str) -> Asked:
    return lambda engine, cancelled: engine.stream(given, output, cancelled=cancelled).read()


def slow(value: int = 0, name: str = "a", **more: int) -> NodeSpec:
    return NodeSpec("Slow", {"name": name, "value": value, **more})


def test_an_answer_comes_with_what_it_cost(desk: Desk) -> None:
    for _ in range(2):
        desk.session.ask("viewer", image(chain(2), "N2.output0"))
        desk.until(lambda: not desk.busy)
    (first, _) = desk.answers["viewer"]
    assert np.array_equal(first.voxels, numbers() + 2.0)  # type: ignore[attr-defined]
    assert [cost.pages for cost in desk.costs] == [{"N0": 1, "N1": 1, "N2": 1}, {}]


def test_a_failing_node_is_told_by_key(desk: Desk) -> None:
    desk.session.ask("viewer", image(network(S=slow(13)), "S.output0"))
    desk.until(lambda: not desk.busy)
    assert desk.errors == [("viewer", "S: 13 brings bad luck; take another value")]
    assert desk.answers == {}


def test_facts_are_told_once_and_again_when_they_change(desk: Desk) -> None:
    given = network("A.input0=R.output0", R="Ramp", A="Add")
    desk.look(given)
    desk.look(given)
    desk.look(network("A.input0=R.output0", R=NodeSpec("Ramp", frame=(1, 2, 3, 4)), A="Add"))
    assert len(desk.facts) == 1
    assert desk.facts[0].nodes["A"].infos["output0"].range == (1, 241)
    desk.look(given.with_field("A", "constant", 5.0))
    assert [facts.nodes["A"].infos["output0"].range for facts in desk.facts] == [(1, 241), (5, 245)]
    assert desk.session.facts == desk.facts[-1]
    assert desk.answers == {}


def test_the_facts_of_the_last_of_many_changes_are_told_last(desk: Desk) -> None:
    given = network("A.input0=R.output0", R="Ramp", A="Add")
    for constant in range(1000):
        desk.session.look(given.with_field("A", "constant", float(constant)), Paths())
    desk.until(lambda: not desk.busy)
    assert desk.facts[-1].nodes["A"].infos["output0"].range == (999, 1239)
    assert len(desk.facts) <= 3  # what had come of the requests when the first events were handled, and two more


def test_slow_sources_stop_no_picture_and_not_each_other(desk: Desk) -> None:
    doors = [shut("open a"), shut("open b")]
    both = network("A.input0=R.output0", S=slow(1, "a"), T=slow(2, "b"), R="Ramp", A="Add")
    desk.session.look(both, Paths())
    desk.session.ask("viewer:S", image(both, "S.output0"))
    desk.session.ask("viewer:T", image(both, "T.output0"))
    for door in doors:
        assert door.reached.wait(PATIENCE)
    desk.session.ask("viewer:A", image(both, "A.output0"))
    desk.until(lambda: "viewer:A" in desk.answers)
    assert set(desk.answers) == {"viewer:A"}
    assert desk.facts == []
    doors[1].open()
    desk.until(lambda: "viewer:T" in desk.answers)
    doors[0].open()
    desk.until(lambda: not desk.busy)
    assert set(desk.facts[-1].nodes) == set(both.nodes)
    assert [door.visitors for door in doors] == [1, 1]


def test_a_node_is_seen_at_work_and_when_it_is_done(desk: Desk) -> None:
    given = network("A.input0=S.output0", S=slow(1), A="Add")
    desk.look(given)
    desk.settled(S="idle", A="idle")
    door = shut("compute a")
    desk.session.ask("viewer", image(given, "A.output0"))
    assert door.reached.wait(PATIENCE)
    desk.settled(S="working", A="idle")
    door.open()
    desk.settled(S="done", A="done")
    assert (desk.now("S").pages, desk.now("A").pages) == (1, 1)
    voxels = 24  # of the image that S gives, in a byte each; A gives them in double precision
    desk.until(lambda: (desk.now("S").nbytes, desk.now("A").nbytes) == (voxels, 8 * voxels))
    assert desk.now("S").seconds > 0
    assert desk.states[-1] == desk.session.states


def test_a_source_that_opens_is_at_work_before_it_is_known(desk: Desk) -> None:
    door = shut("open a")
    desk.session.look(network(S=slow()), Paths())
    assert door.reached.wait(PATIENCE)
    desk.settled(S="working")
    door.open()
    desk.settled(S="idle")


def test_a_node_that_is_set_otherwise_has_not_worked_and_one_set_back_has(desk: Desk) -> None:
    desk.look(chain(2))
    desk.session.ask("viewer", image(chain(2), "N2.output0"))
    desk.settled(N0="done", N1="done", N2="done")
    desk.look(chain(2).with_field("N1", "constant", 7.0))
    desk.settled(N0="done", N1="idle", N2="idle")
    desk.look(chain(2))
    desk.settled(N0="done", N1="done", N2="done")


def test_what_stands_behind_a_failing_node_is_blocked(desk: Desk) -> None:
    given = network("A.input0=S.output0", "B.input0=A.output0", S=slow(13), A="Add", B="Add", R="Ramp")
    desk.look(given)
    desk.session.ask("viewer", image(given, "B.output0"))
    desk.settled(S="failed", A="blocked", B="blocked", R="idle")
    assert desk.now("S").message == "13 brings bad luck; take another value"
    assert desk.now("B").message == "waits for S"
    mended = given.with_field("S", "value", 14)
    desk.look(mended)
    desk.session.ask("viewer", image(mended, "B.output0"))
    desk.settled(S="done", A="done", B="done", R="idle")


def test_a_failure_that_is_over_is_not_remembered(desk: Desk) -> None:
    given = network(S=slow())
    shut("no open a")
    desk.look(given)
    desk.settled(S="failed")
    DOORS.clear()
    desk.look(given)
    desk.settled(S="idle")
    shut("no compute a")
    desk.session.ask("viewer", image(given, "S.output0"))
    desk.settled(S="failed")
    DOORS.clear()
    desk.session.ask("viewer", image(given, "S.output0"))
    desk.settled(S="done")


@pytest.mark.parametrize(("value", "source", "sink"), [(1, "done", "done"), (13, "failed", "blocked")])
def test_an_effect_node_has_a_lamp_and_does_not_fail_for_others(desk: Desk, value: int, source: str, sink: str) -> None:
    given = network("K.input0=S.output0", S=slow(value), K="Sink")
    desk.look(given)
    desk.session.ask("save", lambda engine, cancelled: engine.perform(given, "K", cancelled=cancelled))
    desk.settled(S=source, K=sink)


def test_an_effect_node_says_that_it_worked_before_the_last_change(desk: Desk) -> None:
    given = network("K.input0=S.output0", S=slow(1), K="Sink")
    other = given.with_field("S", "value", 2)

    def save(one: Network) -> None:
        desk.session.ask("save", lambda engine, cancelled: engine.perform(one, "K", cancelled=cancelled))

    desk.look(other)
    desk.settled(K="idle")
    save(given)
    desk.look(given)
    desk.settled(K="done")
    desk.look(other)
    desk.settled(K="outdated")
    desk.look(given)
    desk.settled(K="done")
    save(other)
    desk.settled(K="outdated")  # what was written last is of the other
    desk.look(other)
    desk.settled(K="done")


def test_what_is_inside_a_macro_goes_with_the_macro() -> None:
    remembered = {"M/Save": 1, "M/In/Save": 2, "Away/Save": 3, "Save": 4, "Far": 5}
    names = {"M": "N", "Save": "Save", "M/In": "Own"}
    assert carried(remembered, names) == {"N/Save": 1, "Own/Save": 2, "Save": 4}


def test_states_are_told_when_they_differ(desk: Desk) -> None:
    for _ in range(3):
        desk.look(chain(2))
        desk.session.ask("viewer", image(chain(2), "N2.output0"))
        desk.settled(N2="done")
        desk.qtbot.wait(120)
    assert all(before != after for before, after in zip(desk.states, desk.states[1:], strict=False))


def test_a_lamp_does_not_flicker_while_a_field_is_dragged(desk: Desk) -> None:
    given = network("A.input0=S.output0", S=slow(1), A="Add")
    desk.look(given)
    desk.session.ask("viewer", image(given, "A.output0"))
    desk.settled(S="done", A="done")
    desk.until(lambda: not desk.busy)
    door = shut("compute a")
    turned = given.with_field("S", "value", 2)
    desk.session.ask("viewer", image(turned, "A.output0"))
    assert door.reached.wait(PATIENCE)
    desk.look(turned)
    desk.settled(S="working")
    assert desk.now("A").state == "done"
    desk.session.drop("viewer")
    desk.settled(A="idle")
    door.open()
    desk.settled(S="done", A="idle")


@pytest.mark.parametrize("told_before", [True, False])
def test_a_closed_session_tells_no_states(desk: Desk, told_before: bool) -> None:
    desk.look(chain(1))
    desk.settled(N1="idle")
    with desk.session.request() as engine:
        engine.image(chain(1), "N1.output0")
    if told_before:
        desk.settled(N1="done")
    QCoreApplication.processEvents()
    told = len(desk.states)
    desk.session.close()
    desk.session.drop("viewer")
    with desk.session.request() as engine:
        engine.image(chain(2), "N2.output0")
    desk.qtbot.wait(120)
    assert len(desk.states) == told


def test_what_is_wrong_with_the_network_shows_on_the_lamps(desk: Desk) -> None:
    desk.look(network("B.input0=A.output0", A="Add", B="Add", R="Ramp"))
    desk.settled(A="failed", B="blocked", R="idle")
    assert desk.now("A").message == "nothing is connected to this input"


def test_how_much_of_a_large_image_was_read_is_seen_until_the_request_ends(desk: Desk) -> None:
    given = network(S=slow(1, rows=SLAB // 2, slices=4))
    desk.look(given)
    door = shut("go on")

    def read(engine: Engine, cancelled: Callable[[], bool]) -> None:
        for number, _ in enumerate(engine.stream(given, "S.output0")):
            if number == 1:
                door.pass_through()

    desk.session.ask("statistics", read)
    assert door.reached.wait(PATIENCE)
    desk.until(lambda: desk.now("S").part is not None)
    assert (desk.now("S").state, desk.now("S").part) == ("working", 0.5)
    assert 2 <= desk.now("S").pages <= 4, "those read, and what is computed ahead"
    door.open()
    desk.settled(S="done")
    assert (desk.now("S").part, desk.now("S").pages) == (None, 4)


def test_work_on_another_thread_shows_on_the_lamps_too(desk: Desk) -> None:
    desk.look(chain(1))
    with desk.session.request() as engine:
        engine.image(chain(1), "N1.output0")
    desk.settled(N0="done", N1="done")


def test_many_changes_of_states_are_told_together(desk: Desk) -> None:
    given = chain(1000)
    desk.look(given)
    before = len(desk.states)
    desk.session.ask("viewer", image(given, "N1000.output0"))
    desk.settled(N1000="done")
    assert len(desk.states) - before < 500


def test_a_closed_session_tells_nothing_and_takes_nothing(desk: Desk) -> None:
    door = shut("compute a")
    given = network(S=slow(1))
    desk.look(given)
    desk.session.ask("viewer", image(given, "S.output0"))
    assert door.reached.wait(PATIENCE)
    threads = list(desk.session.desk._threads)
    told = (len(desk.facts), len(desk.states))
    desk.session.close()
    desk.session.look(chain(1), Paths())
    door.open()
    for thread in threads:
        thread.join(PATIENCE)
    QCoreApplication.processEvents()
    assert (len(desk.facts), len(desk.states)) == told
    assert desk.answers == {}


def test_a_dropped_request_is_cancelled_between_two_nodes(desk: Desk) -> None:
    door = shut("compute a")
    given = network("A.input0=S.output0", S=slow(1), A="Add")
    desk.look(given)
    desk.session.ask("viewer", image(given, "A.output0"))
    assert door.reached.wait(PATIENCE)
    desk.session.drop("viewer")
    door.open()
    desk.settled(S="done", A="idle")
    assert desk.answers == {}
