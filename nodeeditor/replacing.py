"""A node that becomes one of another type: it keeps its place, its name rule and what fits of its wires and fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from nodeeditor.check import current_name, flows, link_problem
from nodeeditor.edits import connection_problem, unique_name
from nodeeditor.errors import FieldError
from nodeeditor.fields import Json
from nodeeditor.foreign import KEPT
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.node import Node

_DIGITS = "0123456789"

_Pair: TypeAlias = tuple[str, str]
"""A connection: destination and source."""

_Moved: TypeAlias = Callable[[_Pair, str], _Pair]
"""What a connection is when it ends at another connector of the node."""


@dataclass(frozen=True)
class Replacement:
    """The network afterwards, what the node is called there, and in words what it could not take over."""

    network: Network
    name: str
    lost: tuple[str, ...]


def replaced(network: Network, library: Library, name: str, node_type: str) -> Replacement:
    """What becomes of a network when a node is made one of another type, which the library has.

    Connectors of the same names stay connected, others go to the first free one that fits. Fields of the same names
    keep their values where the new type allows them. A name that is the type's and a number becomes the new type's.
    """
    wires, links = _connections(network, library, name)
    after, new, lost = _swapped(network, library, name, node_type)
    kept = _kept(after, library, name, new, wires)
    after = replace(after, connections={**after.connections, **dict(kept.values())})
    lost += [_told(pair) for pair in wires if pair not in kept]
    for pair in links:
        destination, source = (_followed(end, name, new, library[node_type]) for end in pair)
        known = all(endpoint(end)[0] in after.nodes for end in (destination, source))
        if known and connection_problem(after, library, destination, source) is None:
            after = after.with_connection(destination, source)
        else:
            lost.append(_told(pair))
    return Replacement(after, new, tuple(lost))


def fitting_types(network: Network, library: Library, name: str, offered: Iterable[str]) -> list[str]:
    """Of some node types those that a node can become and keep its wires; where none keeps all, those that keep most.

    Empty where every wire would be lost.
    """
    wires, _ = _connections(network, library, name)
    counts = {}
    for node_type in offered:
        if node_type != network.nodes[name].type:
            after, new, _ = _swapped(network, library, name, node_type)
            counts[node_type] = len(_kept(after, library, name, new, wires))
    most = max(counts.values(), default=0)
    return [node_type for node_type, count in counts.items() if count == most] if most or not wires else []


def _swapped(network: Network, library: Library, name: str, node_type: str) -> tuple[Network, str, list[str]]:
    """The network with the new node in the old one's place, unconnected; its name, the fields that it does not take."""
    old = network.nodes[name]
    fields, lost = _fields(old, library.get(old.type), library[node_type])
    extra = {key: value for key, value in old.extra.items() if key != KEPT}
    spec = NodeSpec(node_type, fields, old.frame, old.group, extra, old.bypassed, color=old.color)
    others = network.without(name)
    automatic = name.rstrip(_DIGITS) == old.type.rstrip(_DIGITS)
    new = unique_name(others, node_type, node_type) if automatic else name
    nodes = {new if one == name else one: spec if one == name else kept for one, kept in network.nodes.items()}
    return replace(others, nodes=nodes), new, lost


def _fields(old: NodeSpec, old_type: type[Node] | None, node_type: type[Node]) -> tuple[dict[str, Json], list[str]]:
    """The values that the new type takes over, and the names of the fields that it does not."""
    was = old_type.declaration.fields if old_type else {}
    taken: dict[str, Json] = {}
    lost = []
    for saved, value in old.fields.items():
        before = current_name(old_type, saved) if old_type else saved
        name = current_name(node_type, before)
        declared = node_type.declaration.fields.get(name)
        try:
            if declared is None or not declared.persistent:
                raise FieldError(f"{node_type.__name__} keeps no such field")
            if declared.value(value) != declared.default:
                taken[name] = declared.saved(declared.value(value))
        except FieldError:
            if before not in was or not was[before].transient:
                lost.append(saved)
    return taken, lost


def _connections(network: Network, library: Library, name: str) -> tuple[list[_Pair], list[_Pair]]:
    """The connections of a node: the wires, in the order of its connectors, and those between fields."""
    node_type = library.get(network.nodes[name].type)
    order = [*node_type.declaration.inputs, *node_type.declaration.outputs] if node_type else []
    wires, links = [], []
    for destination, source in network.connections.items():
        (to, taking), (of, giving) = endpoint(destination), endpoint(source)
        if name not in (to, of):
            continue
        connector = taking if to == name else giving
        place = order.index(connector) if connector in order else len(order)
        if _is_wire(network, library, destination, source):
            wires.append((place, connector, (destination, source)))
        else:
            links.append((destination, source))
    return [pair for _, _, pair in sorted(wires)], sorted(links)


def _is_wire(network: Network, library: Library, destination: str, source: str) -> bool:
    (to, taking), of = endpoint(destination), endpoint(source)
    if to not in network.nodes or of[0] not in network.nodes:
        return False
    to_type = library.get(network.nodes[to].type)
    if to_type is not None and current_name(to_type, taking) in to_type.declaration.fields:
        return False
    return flows(network, library, to_type, of)


def _kept(after: Network, library: Library, name: str, new: str, wires: Iterable[_Pair]) -> dict[_Pair, _Pair]:
    """The wires of the old node that the new one can have, and what they are then."""
    declared = library[after.nodes[new].type].declaration
    taking: dict[str, list[_Pair]] = {}
    giving: dict[str, list[_Pair]] = {}
    for destination, source in wires:
        if endpoint(destination)[0] == name:
            taking.setdefault(endpoint(destination)[1], []).append((destination, source))
        else:
            giving.setdefault(endpoint(source)[1], []).append((destination, source))

    def fits(moved: _Moved, pair: _Pair, connector: str) -> bool:
        destination, source = moved(pair, connector)
        return link_problem(after, library, endpoint(destination), endpoint(source)) is None

    def fed(pair: _Pair, connector: str) -> _Pair:
        return f"{new}.{connector}", pair[1]

    def feeding(pair: _Pair, connector: str) -> _Pair:
        return pair[0], f"{new}.{connector}"

    outputs = [output for output, one in declared.outputs.items() if not one.hidden]
    sides: list[tuple[dict[str, list[_Pair]], list[str], _Moved]]
    sides = [(taking, list(declared.inputs), fed), (giving, outputs, feeding)]
    kept = {}
    for groups, free, moved in sides:
        for old, connector in _matched(groups, free, partial(fits, moved)).items():
            kept.update({pair: moved(pair, connector) for pair in groups[old] if fits(moved, pair, connector)})
    return kept


def _matched(
    groups: Mapping[str, Sequence[_Pair]], free: Sequence[str], fits: Callable[[_Pair, str], bool]
) -> dict[str, str]:
    """By the old connector the new one: that of the same name, else the first that is free and fits."""
    found = {old: old for old, pairs in groups.items() if old in free and any(fits(pair, old) for pair in pairs)}
    for old, pairs in groups.items():
        left = (connector for connector in free if connector not in found.values())
        fitting = next((one for one in left if any(fits(pair, one) for pair in pairs)), None)
        if old not in found and fitting is not None:
            found[old] = fitting
    return found


def _followed(end: str, name: str, new: str, node_type: type[Node]) -> str:
    """An end of a connection between fields once the node is replaced."""
    node, field = endpoint(end)
    return f"{new}.{current_name(node_type, field)}" if node == name else end


def _told(pair: _Pair) -> str:
    return f"{pair[1]} → {pair[0]}"
