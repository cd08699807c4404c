"""A network as a frozen value: which nodes, how they are set, what flows where."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Container, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeAlias, TypeVar

from nodeeditor.fields import Json
from nodeeditor.kept import kept

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Frame: TypeAlias = tuple[float, float, float, float]
Tint: TypeAlias = tuple[int, int, int]

NAME_RULE = "1 to 200 characters, no dots, no control characters, no blanks at the ends"
_NAME = re.compile(r"[^.\x00-\x1f\x7f\ud800-\udfff]{1,200}")


class FrozenDict(dict[K, V]):
    """A dict that keeps what it was made with and pickles as a dict does.

    It equals a dict that a file would spell alike: 1, 1.0 and true are three values.
    """

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return dict.__eq__(self, other) is True and _alike(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a network is a value: make a changed copy instead")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


class Connections(FrozenDict[str, str]):
    """The sources by their destinations, both as ``Node.connector``."""

    @kept
    def incoming(self) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """By node, what feeds its connectors; made once, also for networks that differ in other things."""
        made: dict[str, dict[str, tuple[str, str]]] = {}
        for destination, source in self.items():
            node, connector = endpoint(destination)
            made.setdefault(node, {})[connector] = endpoint(source)
        return made


def _alike(one: Any, other: Any) -> bool:
    """Whether two equal values are spelled alike as well."""
    if one is other:
        return True
    if isinstance(one, bool | int | float):
        return type(one) is type(other)
    if isinstance(one, dict):
        return all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return all(map(_alike, one, other))
    return True


def is_name(name: str) -> bool:
    """Whether a node may be called so: not empty, at most 200 characters, no dot, nothing unprintable."""
    return bool(_NAME.fullmatch(name)) and name == name.strip()


def free_name(wanted: str, taken: Container[str], node_type: str = "") -> str:
    """The wanted name, or with the first free number behind it, as in Threshold, Threshold1, Threshold2.

    The number that belongs to the name of a node's type stays: the second Arithmetic2 is Arithmetic21.
    """
    if wanted not in taken:
        return wanted
    stem = re.sub(r"\d+$", "", wanted) or wanted
    if wanted.startswith(node_type) and len(stem) < len(node_type):
        stem = node_type
    return next(name for number in itertools.count(1) if (name := f"{stem}{number}") not in taken)


def group_name(group: Json) -> str:
    """The name of a network's group, of which files may say anything; empty where they say none."""
    return str(group.get("name", "")) if isinstance(group, dict) else ""


def endpoint(text: str) -> tuple[str, str]:
    """``Node.connector`` in its two parts; raises ValueError where it is none."""
    node, dot, connector = text.partition(".")
    if not (dot and is_name(node) and is_name(connector)):
        raise ValueError(f"{text[:80]!r} is not of the form Node.connector")
    return node, connector


def tint(given: Json) -> Tint | None:
    """Red, green and blue, where JSON says three whole numbers from 0 to 255."""
    if not isinstance(given, list) or len(given) != 3 or any(type(one) is not int for one in given):
        return None
    red, green, blue = given
    return (red, green, blue) if min(given) >= 0 and max(given) <= 255 else None


@dataclass(frozen=True)
class NodeSpec:
    """One node of a network as its file says it, whether or not its type is known.

    ``fields`` holds plain JSON values by the names in files; fields equal to their default are best left out.
    ``frame`` is x, y, width and height on the canvas, y downwards; ``extra`` keeps what this version does not know.
    A ``bypassed`` node does nothing: what flows into its first fitting input flows out. ``windows`` says where the
    node's windows lie, by their names (`nodeeditor.windows`). ``color`` is red, green and blue from 0 to 255 of a box
    that shall look otherwise than its kind does.
    """

    type: str
    fields: Mapping[str, Json] = field(default_factory=FrozenDict)
    frame: Frame | None = None
    group: str = ""
    extra: Mapping[str, Json] = field(default_factory=FrozenDict)
    bypassed: bool = False
    windows: Mapping[str, Json] = field(default_factory=FrozenDict)
    color: Tint | None = None

    def __post_init__(self) -> None:
        _freeze(self, "fields", "extra", "windows")


@dataclass(frozen=True)
class Network:
    """Nodes by name, and connections from each destination ``Node.connector`` to its one source.

    Images, viewer extensions and plain fields are connected alike. ``groups`` and ``notes`` are what the canvas
    draws around and beside the nodes; ``extra`` keeps what this version does not know, word for word.
    """

    nodes: Mapping[str, NodeSpec] = field(default_factory=FrozenDict)
    connections: Mapping[str, str] = field(default_factory=FrozenDict)
    groups: tuple[Json, ...] = ()
    notes: tuple[Json, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=FrozenDict)

    def __post_init__(self) -> None:
        _freeze(self, "nodes", "extra")
        if not isinstance(self.connections, Connections):
            object.__setattr__(self, "connections", Connections(self.connections))
        object.__setattr__(self, "groups", tuple(self.groups))
        object.__setattr__(self, "notes", tuple(self.notes))

    def sources(self, node: str) -> dict[str, tuple[str, str]]:
        """What is connected to a node: its connector or field, and the node and connector that feed it."""
        connections: Any = self.connections
        return dict(connections.incoming.get(node, {}))

    def with_node(self, name: str, spec: NodeSpec) -> Network:
        """The network with one node added or replaced; raises ValueError for a name that nodes cannot have."""
        if not is_name(name):
            raise ValueError(f"{name[:80]!r} cannot be the name of a node: {NAME_RULE}")
        return replace(self, nodes={**self.nodes, name: spec})

    def with_field(self, node: str, name: str, value: Json) -> Network:
        """The network with one field of one node set to a JSON value; raises KeyError without such a node."""
        spec = self.nodes[node]
        return self.with_node(node, replace(spec, fields={**spec.fields, name: value}))

    def with_connection(self, destination: str, source: str) -> Network:
        """The network with ``destination`` fed by ``source``, in place of what fed it; raises ValueError."""
        for end in (destination, source):
            if endpoint(end)[0] not in self.nodes:
                raise ValueError(f"{end!r}: there is no node of that name")
        return replace(self, connections={**self.connections, destination: source})

    def without(self, *names: str) -> Network:
        """The network without some nodes and all that is connected to them."""
        gone = set(names)
        return replace(
            self,
            nodes={name: spec for name, spec in self.nodes.items() if name not in gone},
            connections={
                destination: source
                for destination, source in self.connections.items()
                if not gone & {endpoint(destination)[0], endpoint(source)[0]}
            },
        )


def _freeze(value: object, *names: str) -> None:
    """Give a new value tables of its own, unless they are frozen already."""
    for name in names:
        table = getattr(value, name)
        if not isinstance(table, FrozenDict):
            object.__setattr__(value, name, FrozenDict(table))


def ordered(sources: Mapping[str, Iterable[str]]) -> tuple[list[str], list[str]]:
    """The keys with each behind its sources, and the keys that lie on or behind a cycle.

    Linear in time, without recursion. Keys that are free at the same time keep the order of the mapping, so the
    order does not depend on hashing.
    """
    waiting = {key: len(set(before)) for key, before in sources.items()}
    consumers: dict[str, list[str]] = {}
    for key, before in sources.items():
        for source in dict.fromkeys(before):
            consumers.setdefault(source, []).append(key)
    free = deque(key for key, count in waiting.items() if count == 0)
    done = []
    while free:
        key = free.popleft()
        done.append(key)
        for consumer in consumers.get(key, ()):
            waiting[consumer] -= 1
            if waiting[consumer] == 0:
                free.append(consumer)
    return done, [key for key, count in waiting.items() if count > 0]


def cycle(sources: Mapping[str, Iterable[str]], among: Iterable[str]) -> list[str]:
    """One cycle within ``among``, a set of keys that each have a source in it; in the direction of the flow."""
    members = set(among)
    path: dict[str, int] = {}
    key = next(key for key in sources if key in members)
    while key not in path:
        path[key] = len(path)
        key = next(source for source in sources[key] if source in members)
    trail = list(path)[path[key] :]
    return trail[::-1]
