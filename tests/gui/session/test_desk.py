"""Of each key the newest request wins, and nothing is told that nobody wants."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal
from pytestqt.qtbot import QtBot

from nodeeditor.errors import Cancelled, NodeError
from nodeeditor.gui.session.desk import FRESH, Desk, Work
from nodeeditor.gui.session.mailbox import Mailbox

from .doors import PATIENCE, Door, until


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Told:
    """All that a desk tells, in order."""

    def __init__(self, desk: Desk) -> None:
        self.all: list[tuple[str, object]] = []
        desk.started.connect(lambda key: self.all.append(("started", key)))
        desk.answered.connect(lambda key, result: self.all.append(("answered", result)))
        desk.failed.connect(lambda key, error: self.all.append(("failed", str(error))))
        desk.ended.connect(lambda key: self.all.append(("ended", key)))

    @property
    def answers(self) -> list[object]:
        return [what for how, what in self.all if how == "answered"]

    @property
    def quiet(self) -> bool:
        """Whether all that was started has ended."""
        kinds = [how for how, _ in self.all]
        return kinds.count("started") == kinds.count("ended") > 0


def behind(door: Door, result: object) -> Work:
    """Work that waits at a door, and then gives its result unless nobody wants it any more."""

    def work(cancelled: Callable[[], bool]) -> object:
        door.pass_through()
        if cancelled():
            raise Cancelled
        return result

    return work


def until_served(desk: Desk) -> None:
    """Wait until all that was asked has been worked on, without reading the desk's mail."""
    late = time.monotonic() + PATIENCE
    while not all(lane.idle for lane in desk._lanes.values()):
        assert time.monotonic() < late
        time.sleep(0.001)


def at_once(result: object) -> Work:
    return lambda cancelled: result


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(qtbot: QtBot, clock: Clock) -> Desk:
    return Desk(clock=clock)


def test_an_answer_comes_on_the_thread_of_the_desk_between_start_and_end(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    threads: list[object] = []
    desk.answered.connect(lambda key, result: threads.append(QThread.currentThread()))
    workers: list[int] = []

    def work(cancelled: Callable[[], bool]) -> int:
        workers.append(threading.get_ident())
        return 42

    desk.ask("key", work)
    assert told.all == [("started", "key")]
    until(qtbot, lambda: told.quiet)
    assert told.all == [("started", "key"), ("answered", 42), ("ended", "key")]
    assert threads == [desk.thread()]
    assert workers != [threading.get_ident()]


def heedless(door: Door, result: object) -> Work:
    """Work that waits at a door, and then gives its result whether anybody wants it or not."""

    def work(cancelled: Callable[[], bool]) -> object:
        door.pass_through()
        return result

    return work


@pytest.mark.parametrize("made", [behind, heedless])
def test_a_fresh_answer_lets_a_newer_request_end_the_running_one(
    desk: Desk, clock: Clock, qtbot: QtBot, made: Callable[[Door, object], Work]
) -> None:
    told = Told(desk)
    desk.ask("key", at_once("first"))
    until(qtbot, lambda: told.quiet)
    clock.now += FRESH / 2
    door, other = Door(), Door()
    desk.ask("key", made(door, "running"))
    assert door.reached.wait(PATIENCE)
    desk.ask("key", at_once("waiting"))
    desk.ask("key", behind(other, "newest"))
    door.open()
    assert other.reached.wait(PATIENCE)
    QCoreApplication.processEvents()
    assert told.answers == ["first"]
    other.open()
    until(qtbot, lambda: told.quiet)
    assert told.answers == ["first", "newest"]


def test_a_key_that_is_asked_again_before_its_end_was_told_has_not_ended(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    desk.ask("key", at_once(1))
    until_served(desk)
    door = Door()
    desk.ask("key", behind(door, 2))
    QCoreApplication.processEvents()
    assert told.all == [("started", "key"), ("answered", 1)]
    door.open()
    until(qtbot, lambda: told.quiet)
    assert told.all[2:] == [("answered", 2), ("ended", "key")]


@pytest.mark.parametrize("earlier", [True, False])
def test_after_a_while_without_an_answer_the_running_one_may_finish(
    desk: Desk, clock: Clock, qtbot: QtBot, earlier: bool
) -> None:
    told = Told(desk)
    if earlier:
        desk.ask("key", at_once("first"))
        until(qtbot, lambda: told.quiet)
        clock.now += FRESH * 2
    door, other = Door(), Door()
    desk.ask("key", behind(door, "running"))
    assert door.reached.wait(PATIENCE)
    desk.ask("key", at_once("waiting"))
    desk.ask("key", behind(other, "newest"))
    door.open()
    until(qtbot, lambda: "running" in told.answers)
    other.open()
    until(qtbot, lambda: told.quiet)
    assert told.answers == [*(["first"] if earlier else []), "running", "newest"]


def test_of_answers_that_come_while_the_desk_is_busy_the_newest_is_told(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    doors = [Door(), Door()]
    for number, door in enumerate(doors):
        door.open()
        desk.ask("key", behind(door, number))
        assert door.reached.wait(PATIENCE)
    until_served(desk)
    until(qtbot, lambda: told.quiet)
    assert told.answers == [1]


def test_answers_keep_coming_while_requests_never_rest(desk: Desk, clock: Clock, qtbot: QtBot) -> None:
    told = Told(desk)
    asked = 0
    for _ in range(20):
        door = Door()
        desk.ask("key", behind(door, asked := asked + 1))
        until(qtbot, door.reached.is_set)
        for _ in range(5):  # a hand that moves on every 40 ms, while each answer takes 200 ms
            clock.now += 0.04
            desk.ask("key", behind(door, asked := asked + 1))
        door.open()
        until(qtbot, lambda: told.quiet)
    assert len(told.answers) >= 20
    assert told.answers == sorted(told.answers)  # type: ignore[type-var]
    assert told.answers[-1] == asked


def test_a_thousand_rapid_requests_end_in_the_last_ones_answer(desk: Desk, clock: Clock, qtbot: QtBot) -> None:
    told = Told(desk)
    for number in range(1000):
        clock.now += 0.001
        desk.ask("key", at_once(number))
        if number % 100 == 0:
            QCoreApplication.processEvents()
    until(qtbot, lambda: told.quiet)
    assert told.answers[-1] == 999
    assert told.answers == sorted(told.answers)  # type: ignore[type-var]


def test_keys_do_not_wait_for_each_other(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    doors = {key: Door() for key in "ab"}
    for key, door in doors.items():
        desk.ask(key, behind(door, key))
    for door in doors.values():
        assert door.reached.wait(PATIENCE)
    desk.ask("c", at_once("c"))
    until(qtbot, lambda: told.answers == ["c"])
    doors["b"].open()
    until(qtbot, lambda: told.answers == ["c", "b"])
    doors["a"].open()
    until(qtbot, lambda: told.quiet)
    assert told.answers == ["c", "b", "a"]


def failing(error: BaseException) -> Work:
    def work(cancelled: Callable[[], bool]) -> object:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NodeError("is full", "Moon"), "Moon: is full"),
        (ValueError("two\nlines"), "failed unexpectedly (ValueError: two lines)"),
        (AssertionError(), "failed unexpectedly (AssertionError)"),
        (SystemExit(3), "failed unexpectedly (SystemExit: 3)"),
    ],
)
def test_a_failure_is_told_in_one_line_and_the_key_goes_on(
    desk: Desk, qtbot: QtBot, error: BaseException, words: str
) -> None:
    told = Told(desk)
    desk.ask("key", failing(error))
    until(qtbot, lambda: told.quiet)
    assert told.all[1:] == [("failed", words), ("ended", "key")]
    desk.ask("key", at_once("well"))
    until(qtbot, lambda: told.quiet)
    assert told.answers == ["well"]


def test_a_key_keeps_its_thread_until_it_is_dropped(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodeeditor.gui.session.desk.LINGER", 3600.0)
    told = Told(desk)
    for number in (1, 2):
        desk.ask("key", lambda cancelled: threading.get_ident())
        until(qtbot, lambda number=number: len(told.answers) == number and told.quiet)  # type: ignore[misc]
    assert told.answers[0] == told.answers[1]
    (thread,) = desk._threads
    assert thread.is_alive()
    desk.drop("key")
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_thread_that_waited_in_vain_ends_and_another_takes_its_place(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeeditor.gui.session.desk.LINGER", 0.0)
    told = Told(desk)
    for number in (1, 2):
        desk.ask("key", at_once(number))
        until(qtbot, lambda: told.quiet)
        desk._threads[-1].join(PATIENCE)
        assert not desk._threads[-1].is_alive()
    assert told.answers == [1, 2]


def test_a_thread_that_waits_keeps_no_answer(desk: Desk, qtbot: QtBot) -> None:
    class Answer:
        pass

    seen: list[weakref.ref[Answer]] = []
    desk.answered.connect(lambda key, result: seen.append(weakref.ref(result)))
    desk.ask("key", lambda cancelled: Answer())
    until(qtbot, lambda: bool(seen))
    until(qtbot, lambda: seen[0]() is None)
    assert desk._threads[0].is_alive()


def test_what_was_cancelled_by_itself_is_not_answered(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    desk.ask("key", failing(Cancelled()))
    until(qtbot, lambda: told.quiet)
    assert told.all == [("started", "key"), ("ended", "key")]


def test_after_drop_nothing_is_told_and_the_work_hears_of_it(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    door, heard = Door(), threading.Event()

    def work(cancelled: Callable[[], bool]) -> str:
        door.pass_through()
        if cancelled():
            heard.set()
        return "late"

    desk.ask("key", work)
    assert door.reached.wait(PATIENCE)
    desk.drop("key")
    desk.ask("key", at_once("new"))
    until(qtbot, lambda: told.answers == ["new"])
    door.open()
    assert heard.wait(PATIENCE)
    until(qtbot, lambda: told.all[-1] == ("ended", "key"))
    desk.ask("other", at_once("end"))
    until(qtbot, lambda: told.answers[-1] == "end")
    assert told.answers == ["new", "end"]


def test_an_answer_under_way_to_a_dropped_key_is_not_told(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    finished = threading.Event()
    desk.ask("key", lambda cancelled: finished.set())
    assert finished.wait(PATIENCE)
    desk.drop("key")
    desk.ask("other", at_once("end"))
    until(qtbot, lambda: told.answers == ["end"])


def test_after_close_nothing_is_told_nor_taken(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)
    door = Door()
    desk.ask("key", behind(door, "late"))
    assert door.reached.wait(PATIENCE)
    threads = list(desk._threads)
    desk.close()
    desk.ask("key", at_once("never"))
    door.open()
    for thread in threads:
        thread.join(PATIENCE)
    QCoreApplication.processEvents()
    assert told.all == [("started", "key")]


def test_close_can_wait_for_what_is_at_work(desk: Desk) -> None:
    done = threading.Event()
    begun = threading.Event()

    def work(cancelled: Callable[[], bool]) -> None:
        begun.set()
        while not cancelled():
            pass
        done.set()

    desk.ask("key", work)
    assert begun.wait(PATIENCE)
    desk.close(PATIENCE)
    assert done.is_set()


def test_a_slot_may_ask_drop_and_close(desk: Desk, qtbot: QtBot) -> None:
    told = Told(desk)

    def more(key: str, result: object) -> None:
        if result == 1:
            desk.ask("key", at_once(2))
        elif result == 2:
            desk.drop("key")
            desk.ask("last", at_once(3))
        else:
            desk.close()

    desk.answered.connect(more)
    desk.ask("key", at_once(1))
    until(qtbot, lambda: told.answers == [1, 2, 3])


def test_a_desk_may_be_deleted_while_threads_work_for_it(qtbot: QtBot) -> None:
    parent = QObject()
    desk = Desk(parent)
    door = Door()
    desk.ask("key", behind(door, "late"))
    assert door.reached.wait(PATIENCE)
    (thread,) = desk._threads
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    door.open()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_mailbox_rings_once_for_all_that_was_not_taken() -> None:
    rings: list[int] = []
    box: Mailbox[str] = Mailbox(lambda: rings.append(1))
    box.put("a")
    box.put("b")
    assert (box.take(), len(rings)) == (["a", "b"], 1)
    box.put("c")
    assert len(rings) == 2
    box.close()
    box.put("d")
    assert (box.take(), len(rings)) == ([], 2)


class Bell(QObject):
    rang = Signal()


def test_a_mailbox_whose_object_is_gone_rings_no_more() -> None:
    bell = Bell()
    box: Mailbox[str] = Mailbox(bell.rang.emit)
    shiboken6.delete(bell)  # type: ignore[no-untyped-call]
    box.put("a")
    box.put("b")
    assert box.take() == []


EXIT = """
import threading, sys
from PySide6.QtCore import QCoreApplication
from nodeeditor.gui.session.desk import Desk
app = QCoreApplication([])
desk = Desk()
begun = threading.Event()
def busy(cancelled):
    begun.set()
    while True:
        sum(range(1000))
def asleep(cancelled):
    threading.Event().wait()
def quick(cancelled):
    return 1
def late(cancelled):
    left.wait()
left = threading.Event()
for key, work in (("a", busy), ("b", asleep), ("c", quick)):
    desk.ask(key, work)
crowd = [Desk() for _ in range(20)]
for one in crowd:
    one.ask("d", late)
begun.wait()
desk.answered.connect(lambda key, result: None)
app.processEvents()
print("leaving", flush=True)
left.set()
"""


@pytest.mark.parametrize("end", ["", "sys.exit(0)", "app.shutdown()", "del desk, crowd, one, app"])
def test_the_process_may_end_at_any_time(end: str) -> None:
    done = subprocess.run([sys.executable, "-c", EXIT + end], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "leaving\n", "")
