"""What the nodes of a network are doing and what came of it, for the lamps on their boxes."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from nodeeditor.engine import Computed, Doing, Known
from nodeeditor.engine.cost import Tally, Work
from nodeeditor.errors import NodeEditorError

V = TypeVar("V")
State: TypeAlias = Literal["idle", "working", "done", "outdated", "failed", "blocked"]
_KEPT = 4096
_LOUDEST: tuple[State, ...] = ("working", "failed", "blocked", "outdated")
"""What a macro is at as soon as a module inside is, before anything else."""


@dataclass(frozen=True)
class NodeState:
    """What one node is at; ``outdated`` is one that changed the world, and would do otherwise now.

    ``seconds``, ``pages`` and ``nbytes`` are those of its last work as it is set now. ``part``, from 0 to 1, is how
    much of a large image has been read from it, None where that is not known. ``message`` says why it failed or what it
    waits for.
    """

    state: State = "idle"
    seconds: float = 0.0
    pages: int = 0
    part: float | None = None
    message: str = ""
    nbytes: int = 0


class States:
    """Gathers what requests do, on any thread; ``changed`` is called, on any thread, whenever something did.

    What came of a node's work is remembered under the node's key: a node that is set otherwise has not worked yet, and
    one that is set back has.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._working: Counter[str] = Counter()
        self._parts: dict[str, float] = {}
        self._done: OrderedDict[str, Work] = OrderedDict()
        self._failed: OrderedDict[str, str] = OrderedDict()
        self._performed: dict[str, str] = {}

    @contextmanager
    def request(self) -> Iterator[Tally]:
        """Counts one request, which runs on one thread, and tells of it here until the block ends."""
        request = _Request(self)
        try:
            yield request
        finally:
            self._rest(request.reading)

    def of(self, known: Known) -> dict[str, NodeState]:
        """The state of every node of a network, and of others that are at work."""
        with self._lock:
            parts = dict(self._parts)
            working = {*self._working, *parts}
            done, failed = dict(self._done), dict(self._failed)
            performed = dict(self._performed)
        states: dict[str, NodeState] = {}
        stopped: dict[str, str] = {}
        for name, one in known.bound.items():
            work = done.get(one.key, Work())
            behind = next((stopped[source.name] for source, _ in one.sources.values() if source.name in stopped), "")
            if one.key in failed:
                stopped[name] = name
                states[name] = NodeState("failed", message=failed[one.key])
            elif behind:
                stopped[name] = behind
                states[name] = _blocked(known.inside.get(behind, (behind, ""))[0])
            else:
                state: State = "done" if one.key in done else "idle"
                if performed.get(name, one.key) != one.key:
                    state = "outdated"
                states[name] = NodeState(state, work.seconds, work.pages, nbytes=work.nbytes)
        for name, problems in known.errors.items():
            states[name] = NodeState("failed", message="; ".join(map(_message, problems)))
        states |= {name: _blocked(source) for name, source in known.behind.items()}
        for name in sorted(working):
            last = states.get(name, NodeState())
            states[name] = NodeState("working", last.seconds, last.pages, parts.get(name), nbytes=last.nbytes)
        return _of_macros(states, known) if known.inside else states

    def begun(self, name: str) -> None:
        """A node begins to work."""
        with self._lock:
            self._working[name] += 1
        self._changed()

    def ended(self, name: str, key: str, work: Work | None, failure: str) -> None:
        """A node has ended its work, and what came of it: ``work``, a failure, or neither."""
        with self._lock:
            self._working[name] -= 1
            if not self._working[name]:
                del self._working[name]
            if failure:
                _remember(self._failed, key, failure)
            elif work is not None:
                self._failed.pop(key, None)
                _remember(self._done, key, work)
        self._changed()

    def performed(self, name: str, key: str) -> None:
        """A node has changed the world, as it is set under a key; told with what changes next."""
        with self._lock:
            self._performed[name] = key

    def keep(self, names: Mapping[str, str]) -> None:
        """Nodes have other names, by the ones before, and others are gone; told with what changes next."""
        with self._lock:
            self._performed = carried(self._performed, names)

    def counted(self, key: str, work: Work) -> None:
        """All that a node's work has cost, its last page included; told with what changes next."""
        with self._lock:
            if key in self._done:
                self._done[key] = work

    def read(self, name: str, part: float) -> None:
        """This part of a large image has been read from a node."""
        with self._lock:
            self._parts[name] = part
        self._changed()

    def _rest(self, names: Iterable[str]) -> None:
        with self._lock:
            for name in names:
                self._parts.pop(name, None)
        self._changed()


class _Request(Tally):
    def __init__(self, states: States) -> None:
        super().__init__()
        self.reading: set[str] = set()
        self._states = states
        self._keys: dict[str, str] = {}

    @contextmanager
    def during(self, node: str, key: str, doing: Doing) -> Iterator[None]:
        self._states.begun(node)
        self._keys[node] = key
        failure, finished = "", False
        try:
            with super().during(node, key, doing):
                yield
            finished = doing != "describe"
        except NodeEditorError as error:
            own = doing != "describe" and getattr(error, "node", node) == node  # facts tell what cannot be described
            failure = _message(error) if own else ""
            raise
        finally:
            work = self.work(node)
            if finished and doing == "perform":
                self._states.performed(node, key)
            told = replace(work, pages=work.pages + (doing == "compute"))
            self._states.ended(node, key, told if finished else None, failure)

    def computed(self, page: Computed) -> None:
        super().computed(page)
        self._states.counted(self._keys[page.node], self.work(page.node))

    def read(self, node: str, key: str, part: float) -> None:
        self.reading.add(node)
        self._states.read(node, part)


def carried(remembered: Mapping[str, V], names: Mapping[str, str]) -> dict[str, V]:
    """What is remembered by name, under the names that nodes have now, by the ones before; no more of those gone.

    What is inside a macro ``Filter`` is called ``Filter/…`` and goes with it.
    """
    found: dict[str, V] = {}
    for name, value in remembered.items():
        parts = name.split("/")
        outer = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        kept = next((one for one in outer if one in names), None)
        if kept is not None:
            found[names[kept] + name.removeprefix(kept)] = value
    return found


def _of_macros(states: Mapping[str, NodeState], known: Known) -> dict[str, NodeState]:
    """The states of a network's nodes: a macro is at what the modules inside are at, and costs what they cost."""
    inside: dict[str, dict[str, NodeState]] = {}
    for name, (macro, within) in known.inside.items():
        if name in states:
            inside.setdefault(macro, {})[within] = states[name]
    outer = {name: state for name, state in states.items() if name not in known.inside}
    for macro, parts in inside.items():
        if macro in known.errors or macro in known.behind:
            continue
        done: State = "done" if any(one.state == "done" for one in parts.values()) else "idle"
        worst = (item for state in _LOUDEST for item in parts.items() if item[1].state == state)
        within, one = next(worst, ("", NodeState(done)))
        outer[macro] = NodeState(
            one.state,
            sum(each.seconds for each in parts.values()),
            max(each.pages for each in parts.values()),
            one.part,
            f"inside, {within}: {one.message}" if one.state == "failed" else one.message,
            sum(each.nbytes for each in parts.values()),
        )
    return outer


def _blocked(behind: str) -> NodeState:
    return NodeState("blocked", message=f"waits for {behind}")


def _message(error: NodeEditorError) -> str:
    return str(getattr(error, "message", error))


def _remember(memory: OrderedDict[str, V], key: str, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _KEPT:
        memory.popitem(last=False)
