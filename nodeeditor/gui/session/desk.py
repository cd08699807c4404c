"""Work of the editor on threads, by key: of each key the newest request wins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, Signal

from nodeeditor.errors import Cancelled, NodeEditorError, NodeError
from nodeeditor.gui.session.mailbox import Mailbox

Work: TypeAlias = Callable[[Callable[[], bool]], object]
"""Gets a function that says whether the result is still wanted, and gives the result; may raise Cancelled."""

FRESH = 0.15
"""Seconds after an answer during which a newer request ends the running one; later, that one may finish first.

So what is shown follows a hand that never rests, although each request comes before the last one is answered.
"""

LINGER = 5.0
"""Seconds that a thread without work waits for more before it ends: to start one takes longer than most answers."""


class Desk(QObject):
    """Answers requests on threads, one thread a key: at most one request of a key runs and one waits.

    All signals come on the thread that the desk lives on, in the order of the requests: ``answered`` with the result,
    ``failed`` with a NodeEditorError; ``started`` and ``ended`` surround the time in which a key has work. A request
    that gave way to a newer one is answered by none of them.
    """

    started = Signal(str)
    answered = Signal(str, object)
    failed = Signal(str, object)
    ended = Signal(str)
    _rang = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._closed = False
        self._lanes: dict[str, _Lane] = {}
        self._threads: list[threading.Thread] = []
        self._mail: Mailbox[_Outcome | _Idle] = Mailbox(self._rang.emit)
        self._rang.connect(self._read_mail, Qt.ConnectionType.QueuedConnection)
        mail = self._mail  # held by the function: of a method PySide would hold nothing
        self.destroyed.connect(lambda *_: mail.close())

    def ask(self, key: str, work: Work) -> None:
        """Have work done on a thread, in place of what waits under its key; nothing happens when the desk is closed."""
        if self._closed:
            return
        lane = self._lanes.setdefault(key, _Lane(key))
        if lane.take(_Request(work), spare=self._clock() - lane.answered_at > FRESH):
            thread = threading.Thread(target=partial(_serve, lane, self._mail), name=f"desk {key}", daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()
        if not lane.announced:
            lane.announced = True
            self.started.emit(key)

    def drop(self, key: str) -> None:
        """Want no answer of a key any more, nor hear that it has ended."""
        lane = self._lanes.pop(key, None)
        if lane is not None:
            lane.drop()

    def close(self, patience: float = 0.0) -> None:
        """Want no answers at all; wait at most so many seconds for the threads."""
        self._closed = True
        for key in list(self._lanes):
            self.drop(key)
        self._mail.close()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _read_mail(self) -> None:
        letters = self._mail.take()
        newest = {letter.lane: letter for letter in letters if isinstance(letter, _Outcome)}
        for letter in letters:
            lane = letter.lane
            if self._lanes.get(lane.key) is not lane:
                continue
            if isinstance(letter, _Idle):
                if lane.announced and lane.idle:
                    lane.announced = False
                    self.ended.emit(lane.key)
                continue
            if newest[lane] is not letter:
                continue
            lane.answered_at = self._clock()
            if letter.error is not None:
                self.failed.emit(lane.key, letter.error)
            else:
                self.answered.emit(lane.key, letter.result)


@dataclass(frozen=True, eq=False)
class _Request:
    work: Work
    cancelled: threading.Event = field(default_factory=threading.Event)


class _Lane:
    """The requests of one key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.announced = False
        self.answered_at = float("-inf")
        self._changed = threading.Condition()
        self._waiting: _Request | None = None
        self._running: _Request | None = None
        self._served = self._dropped = False

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        with self._changed:
            return self._running is None and self._waiting is None

    def take(self, request: _Request, *, spare: bool) -> bool:
        """Let a request wait, and end the running one unless that is spared; True where a thread has to be started."""
        with self._changed:
            self._waiting = request
            if self._running is not None and not spare:
                self._running.cancelled.set()
            needed, self._served = not self._served, True
            self._changed.notify()
            return needed

    def following(self) -> _Request | None:
        """The request that runs next; None where nothing waits."""
        with self._changed:
            self._running, self._waiting = self._waiting, None
            return self._running

    def lingered(self) -> bool:
        """Whether another request came while a thread waited for it; otherwise the thread serves no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._dropped, LINGER)
            self._served = self._waiting is not None
            return self._served

    def drop(self) -> None:
        """Let nothing wait, and end what runs."""
        with self._changed:
            self._waiting, self._dropped = None, True
            if self._running is not None:
                self._running.cancelled.set()
            self._changed.notify()


@dataclass(frozen=True, eq=False)
class _Outcome:
    lane: _Lane
    result: object
    error: NodeEditorError | None = None


@dataclass(frozen=True, eq=False)
class _Idle:
    lane: _Lane


def _serve(lane: _Lane, mail: Mailbox[_Outcome | _Idle]) -> None:
    while lane.lingered():
        while (request := lane.following()) is not None:
            _answer(lane, request, mail)
        mail.put(_Idle(lane))


def _answer(lane: _Lane, request: _Request, mail: Mailbox[_Outcome | _Idle]) -> None:
    try:
        outcome = _outcome(lane, request)
    except Cancelled:
        return
    if not request.cancelled.is_set():
        mail.put(outcome)


def _outcome(lane: _Lane, request: _Request) -> _Outcome:
    try:
        return _Outcome(lane, request.work(request.cancelled.is_set))
    except NodeEditorError as error:
        return _Outcome(lane, None, error)
    except (Exception, SystemExit) as error:
        detail = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")
        failure = NodeError(f"failed unexpectedly ({detail})", unexpected=True)
        failure.__cause__ = error
        return _Outcome(lane, None, failure)
