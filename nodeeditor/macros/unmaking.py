"""A macro replaced by what is inside, in its place: the opposite of making one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nodeeditor.errors import NetworkError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.macros.expansion import opened_alone
from nodeeditor.macros.local import missing
from nodeeditor.macros.rings import settled
from nodeeditor.mlab.modules import KEPT, written
from nodeeditor.network import Network, NodeSpec, endpoint, free_name, group_name
from nodeeditor.places import bounds, frame_of


@dataclass(frozen=True)
class Expanded:
    """A network with what was inside a macro in its place: ``names`` of these nodes, outside.

    ``lost`` are the connections of the macro that led to nothing inside, by their destinations.
    """

    network: Network
    names: tuple[str, ...]
    lost: tuple[str, ...] = ()


def expanded(network: Network, library: Library, name: str) -> Expanded:
    """The network with the nodes inside a macro in place of its node, set and connected as they were in there.

    Raises NetworkError in words where what is inside is not known, or does not work now.
    """
    spec = network.nodes[name]
    macro = _macro(spec, library, name)
    flat = opened_alone(network, library, name)
    whole = settled(flat.network, library, flat.inside)
    around = network.without(name)
    called: dict[str, str] = {}
    for one, (_, within) in flat.inside.items():
        called[one] = free_name(within, {*around.nodes, *called.values()}, whole.nodes[one].type)
    groups = _group_names(macro.network, around)
    dx, dy = _way(macro.network, spec)
    nodes = {one: whole.nodes[one] for one in around.nodes}
    for one, given in called.items():
        content = _without_needless_text(whole.nodes[one], flat.inside[one][1], library)
        x, y, width, height = frame_of(content)
        group = groups.get(content.group, spec.group)
        nodes[given] = replace(content, frame=(x + dx, y + dy, width, height), group=group, windows={})
    links = {to: of for to, of in whole.connections.items() if name not in (endpoint(to)[0], endpoint(of)[0])}
    joined = {_renamed(to, called): _renamed(of, called) for to, of in links.items()}
    shown = (_shown_group(entry, groups) for entry in macro.network.groups if group_name(entry) in groups)
    notes = (_moved_note(note, dx, dy) for note in macro.network.notes)
    made = Network(nodes, joined, (*around.groups, *shown), (*around.notes, *notes), around.extra)
    return Expanded(made, tuple(called.values()), tuple(_lost(network, whole, macro, name)))


def _macro(spec: NodeSpec, library: Library, name: str) -> type[Macro]:
    """The macro that a node is; raises NetworkError where it cannot be opened."""
    node_type = library.get(spec.type)
    if node_type is None:
        raise NetworkError(missing(spec, library) or f"nothing is known of {spec.type}", name)
    if not issubclass(node_type, Macro):
        raise NetworkError("is no macro: there is no network inside", name)
    if node_type.flaw:
        raise NetworkError(node_type.flaw, name)
    if spec.bypassed:
        raise NetworkError("is bypassed, and what is inside would work; let the macro work first", name)
    return node_type


def _lost(network: Network, whole: Network, macro: type[Macro], name: str) -> Iterator[str]:
    """The connections of a macro that lead to nothing inside."""
    for to in network.connections:
        node, taking = endpoint(to)
        ends = macro.interface.taking(taking)
        if node == name and not any(endpoint(end)[0] in macro.network.nodes for end in ends):
            if macro.interface.parameters.get(taking) != ():
                yield to
        elif node != name and endpoint(whole.connections.get(to, to))[0] == name:
            yield to


def _way(inner: Network, spec: NodeSpec) -> tuple[float, float]:
    """How far what is inside moves, so that its middle lies where that of the macro's box is."""
    if not inner.nodes:
        return 0.0, 0.0
    (x, y, width, height), (left, top, across, down) = frame_of(spec), bounds(inner, inner.nodes)
    return x + width / 2 - left - across / 2, y + height / 2 - top - down / 2


def _without_needless_text(spec: NodeSpec, name: str, library: Library) -> NodeSpec:
    """A node without the text that it was read from, where that says no more than the node does."""
    bare = replace(spec, extra={key: value for key, value in spec.extra.items() if key != KEPT})
    return bare if written(name, bare, library) == written(name, spec, library) else spec


def _renamed(end: str, called: Mapping[str, str]) -> str:
    node, member = endpoint(end)
    return f"{called.get(node, node)}.{member}"


def _group_names(inner: Network, around: Network) -> dict[str, str]:
    """What the groups inside are called outside, where others may have their names."""
    taken = {spec.group for spec in around.nodes.values()} | {group_name(entry) for entry in around.groups}
    names: dict[str, str] = {}
    for group in dict.fromkeys(spec.group for spec in inner.nodes.values() if spec.group):
        names[group] = free_name(group, {*taken, *names.values()})
    return names


def _shown_group(entry: Json, names: Mapping[str, str]) -> Json:
    return {**entry, "name": names[group_name(entry)]} if isinstance(entry, dict) else entry


def _moved_note(note: Json, dx: float, dy: float) -> Json:
    frame = note.get("frame") if isinstance(note, dict) else None
    if not isinstance(note, dict) or not isinstance(frame, list) or len(frame) != 4:
        return note
    x, y, width, height = frame
    return {**note, "frame": [x + dx, y + dy, width, height]} if _are_numbers(x, y) else note


def _are_numbers(*values: Json) -> bool:
    return all(isinstance(value, int | float) for value in values)
