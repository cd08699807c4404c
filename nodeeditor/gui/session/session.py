"""One open network while it is edited: its facts, the states of its nodes, answers to what windows ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal

from nodeeditor.engine import Engine, Known
from nodeeditor.engine.cost import Cost
from nodeeditor.gui.session.desk import Desk
from nodeeditor.gui.session.facts import Facts, facts
from nodeeditor.gui.session.lull import Lull
from nodeeditor.gui.session.mailbox import Mailbox
from nodeeditor.gui.session.states import NodeState, States
from nodeeditor.library import Library
from nodeeditor.network import Network
from nodeeditor.paths import Paths

FACTS = "facts"
"""The key under which the facts are found out."""
_PACE, _PATIENCE = 50, 150  # ms after which the states are told: of rest, and in any case
_NOTHING = Known({}, {}, {})
_LASTING = ("done", "working")

Asked: TypeAlias = Callable[[Engine, Callable[[], bool]], object]
"""Gets an engine and a function that says whether the result is still wanted, and gives the result."""


class Session(QObject):
    """What is worked out for one document; it lives on the GUI thread, and so do its signals.

    ``answered`` and ``failed`` bring the key of a request with its result or with a NodeEditorError, ``cost_told`` what
    an answer cost, right before it. ``facts_changed`` brings `Facts`, ``states_changed`` a `NodeState` by node, neither
    twice the same. While anything is asked, a node that has not worked as it is set now keeps its last state. Pages
    that are asked for anywhere else light no lamp unless they are asked of a `request`.
    """

    started = Signal(str)
    cost_told = Signal(str, object)
    answered = Signal(str, object)
    failed = Signal(str, object)
    ended = Signal(str)
    facts_changed = Signal(object)
    states_changed = Signal(object)
    _rang = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = Facts()
        self.states: Mapping[str, NodeState] = {}
        self.desk = Desk(self)
        self._engine = engine.behind()  # a person who looks at a slice does not wait for a volume
        self._known = _NOTHING
        self._asked: set[str] = set()
        self._closed = False
        self._mail: Mailbox[None] = Mailbox(self._rang.emit)
        self._states = States(partial(self._mail.put, None))
        self._pace = Lull(self, _PACE, _PATIENCE)
        self._pace.timeout.connect(self._tell_states)
        self._rang.connect(self._stir, Qt.ConnectionType.QueuedConnection)
        mail = self._mail  # held by the function: of a method PySide would hold nothing
        self.destroyed.connect(lambda *_: mail.close())
        self.desk.started.connect(self._begin)
        self.desk.ended.connect(self._end)
        self.desk.failed.connect(self.failed)
        self.desk.answered.connect(self._answer)

    def use(self, library: Library) -> None:
        """Answer for networks that are made of another library's node types from now on."""
        self._engine = self._engine.over(library)

    def look(self, network: Network, paths: Paths, withheld: Mapping[str, str] | None = None) -> None:
        """Find out what is known of a network's nodes; to be called whenever the document has changed.

        Nodes that are ``withheld`` give nothing, for reasons in words.
        """

        def found(engine: Engine, cancelled: Callable[[], bool]) -> tuple[Known, Facts]:
            known = engine.withholding(withheld or {}).known(network, paths, cancelled)
            return known, facts(network, engine.library, known)

        self.ask(FACTS, found)

    def keep(self, names: Mapping[str, str]) -> None:
        """Go on with what nodes did under the names that they have now, by the ones before; forget all others."""
        self._states.keep(names)

    def ask(self, key: str, work: Asked) -> None:
        """Have something worked out on a thread; of the requests under one key the newest wins, as `Desk` says."""
        states, whole = self._states, self._engine

        def counted(cancelled: Callable[[], bool]) -> tuple[object, Cost]:
            with states.request() as tally:
                result = work(whole.heard(tally), cancelled)
                return result, tally.cost

        self.desk.ask(key, counted)

    def drop(self, key: str) -> None:
        """Want no answer under a key any more."""
        self.desk.drop(key)
        self._asked.discard(key)
        self._stir()

    @contextmanager
    def request(self) -> Iterator[Engine]:
        """The engine for work on one other thread, such as a run, that shows on the lamps."""
        with self._states.request() as tally:
            yield self._engine.heard(tally)

    def close(self, patience: float = 0.0) -> None:
        """Want nothing any more; wait at most so many seconds for what is at work."""
        self._closed = True
        self._pace.stop()
        self.desk.close(patience)

    def _begin(self, key: str) -> None:
        self._asked.update({key} - {FACTS})
        self.started.emit(key)

    def _end(self, key: str) -> None:
        self._asked.discard(key)
        self._stir()
        self.ended.emit(key)

    def _answer(self, key: str, answer: Any) -> None:
        result, cost = answer
        if key != FACTS:
            self.cost_told.emit(key, cost)
            self.answered.emit(key, result)
            return
        self._known, found = result
        if found != self.facts:
            self.facts = found
            self.facts_changed.emit(found)
        self._stir()

    def _stir(self) -> None:
        if not self._closed:
            self._pace.stir()

    def _tell_states(self) -> None:
        self._mail.take()
        states = self._states.of(self._known)
        if self._asked:  # a field that is dragged makes no lamp flicker
            idle = {name for name, state in states.items() if state.state == "idle"}
            states |= {name: last for name, last in self.states.items() if name in idle and last.state in _LASTING}
        if states != self.states:
            self.states = states
            self.states_changed.emit(states)
