"""Every change that a person makes to a network, as functions from one network to the next.

The canvas, scripts and tests share them; each is one step to undo. Positions are canvas coordinates, y downwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nodeeditor.check import all_names, dependencies, field_chain, field_source, link_problem
from nodeeditor.errors import FormatError, WiringError
from nodeeditor.fields import Json
from nodeeditor.file import dumps
from nodeeditor.formats import loads
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, Tint, endpoint, free_name, group_name, is_name
from nodeeditor.places import HEIGHT, WIDTH, arranged, extent, shifted, shifted_notes


def unique_name(network: Network, wanted: str, node_type: str = "") -> str:
    """The wanted name, or with the first free number behind it, as in Threshold, Threshold1, Threshold2."""
    return free_name(wanted, network.nodes, node_type)


def added(
    network: Network, node_type: str, at: tuple[float, float], fields: Mapping[str, Json] | None = None
) -> tuple[Network, str]:
    """The network with a new node whose box lies around a point, and the node's name."""
    name = unique_name(network, node_type, node_type)
    frame = (at[0] - WIDTH / 2, at[1] - HEIGHT / 2, WIDTH, HEIGHT)
    return network.with_node(name, NodeSpec(node_type, fields or {}, frame)), name


def connected(network: Network, library: Library, destination: str, source: str) -> Network:
    """The network with a connection, in place of what fed the destination; raises WiringError where it cannot be."""
    problem = connection_problem(network, library, destination, source)
    if problem is not None:
        raise problem
    return network.with_connection(destination, source)


def connection_problem(network: Network, library: Library, destination: str, source: str) -> WiringError | None:
    """Why a connection cannot be drawn, in words, or None when it can: kinds that do not fit, or a new cycle."""
    to, of = endpoint(destination), endpoint(source)
    problem = link_problem(network, library, to, of)
    before = dependencies(network.with_connection(destination, source), library) if problem is None else {}
    if problem is None and of[0] in before[to[0]]:
        return closed_cycle(before, to, of)
    return problem


def closed_cycle(
    before: Mapping[str, Sequence[str]], destination: tuple[str, str], source: tuple[str, str]
) -> WiringError | None:
    """The problem when the source's node depends on the destination's, given what each node depends on."""
    waiting, seen = [source[0]], {source[0]}
    while waiting:
        node = waiting.pop()
        if node == destination[0]:
            return WiringError(f"{'.'.join(source)} depends on this node; that would close a cycle", *destination)
        fresh = [one for one in before.get(node, ()) if one not in seen]
        seen.update(fresh)
        waiting += fresh
    return None


def joined(network: Network, library: Library, name: str, sources: Iterable[str]) -> Network:
    """The network with a node's free inputs fed in turn by other nodes, each by its first output that fits.

    The nodes are taken from left to right; one of which nothing fits is left out.
    """
    nodes = network.nodes
    for source in sorted(sources, key=lambda one: nodes[one].frame or (0.0, 0.0, 0.0, 0.0)):
        network = _fed_by(network, library, name, source)
    return network


def _fed_by(network: Network, library: Library, name: str, source: str) -> Network:
    taker, giver = library.get(network.nodes[name].type), library.get(network.nodes[source].type)
    if taker is None or giver is None:
        return network
    free = [f"{name}.{taking}" for taking in taker.declaration.inputs]
    shown = [f"{source}.{giving}" for giving, output in giver.declaration.outputs.items() if not output.hidden]
    for destination, end in itertools.product(free, shown):
        taken = destination in network.connections
        if not taken and connection_problem(network, library, destination, end) is None:
            return network.with_connection(destination, end)
    return network


def disconnected(network: Network, destinations: Iterable[str]) -> Network:
    """The network without the connections into some destinations."""
    gone = set(destinations)
    kept = {destination: source for destination, source in network.connections.items() if destination not in gone}
    return replace(network, connections=kept)


def with_field(network: Network, library: Library, node: str, name: str, value: Json) -> Network:
    """The network with a field set; a value equal to the default is left out of the file. Raises FieldError.

    Former names of the field go. Where the field is one of a ring, the others of the ring take its value, so theirs go.
    """
    for other, connector in field_chain(network, library, (node, name))[1:]:
        if not field_source(network, library, (node, name)):
            network = _without_field(network, library, other, connector)
    network = _without_field(network, library, node, name)
    spec = network.nodes[node]
    fields = dict(spec.fields)
    node_type = library.get(spec.type)
    declared = node_type.declaration.fields.get(name) if node_type else None
    if declared is None or declared.value(value) != declared.default:
        fields[name] = value if declared is None else declared.saved(declared.value(value))
    return network.with_node(node, replace(spec, fields=fields))


def _without_field(network: Network, library: Library, node: str, name: str) -> Network:
    spec = network.nodes[node]
    node_type = library.get(spec.type)
    gone = {name, *(all_names(node_type, name) if node_type else ())}
    fields = {key: value for key, value in spec.fields.items() if key not in gone}
    return network.with_node(node, replace(spec, fields=fields))


def renamed(network: Network, old: str, new: str) -> Network:
    """The network with a node under another name; raises ValueError for a name that is taken or impossible."""
    if new == old:
        return network
    if new in network.nodes:
        raise ValueError(f"there is a node {new!r} already")
    if not is_name(new):
        raise ValueError(f"{new!r} cannot be the name of a node: no dots, no control characters, not empty")

    def followed(end: str) -> str:
        node, connector = endpoint(end)
        return f"{new}.{connector}" if node == old else end

    return replace(
        network,
        nodes={new if name == old else name: spec for name, spec in network.nodes.items()},
        connections={followed(destination): followed(source) for destination, source in network.connections.items()},
    )


def bypassed(network: Network, names: Iterable[str]) -> Network:
    """The network with some nodes bypassed, or all of them at work again where all of them were."""
    names = list(names)
    state = not all(network.nodes[name].bypassed for name in names)
    nodes = {name: replace(network.nodes[name], bypassed=state) for name in names}
    return replace(network, nodes={**network.nodes, **nodes})


def painted(network: Network, names: Iterable[str], color: Tint | None) -> Network:
    """The network with the boxes of some nodes in a colour of their own, or in that of their kind for None."""
    nodes = {name: replace(network.nodes[name], color=color) for name in names}
    return replace(network, nodes={**network.nodes, **nodes})


def healed(network: Network, library: Library, names: Iterable[str]) -> Network:
    """The network without some nodes, what they fed connected to what fed their first fitting input."""
    for name in names:
        through = _passes(network, library, name)
        consumers = {end: source for end, source in network.connections.items() if endpoint(source)[0] == name}
        network = network.without(name)
        for destination in consumers:
            node = endpoint(destination)[0]
            if node in network.nodes and through and connection_problem(network, library, destination, through) is None:
                network = network.with_connection(destination, through)
    return network


def inserted(network: Network, library: Library, node: str, destination: str) -> Network:
    """The network with a node put onto the connection into ``destination``; raises WiringError if it does not fit."""
    source = network.connections[destination]
    node_type = library[network.nodes[node].type]
    cut = disconnected(network, [destination])
    for taking, giving in itertools.product(node_type.declaration.inputs, node_type.declaration.outputs):
        first, second = f"{node}.{taking}", f"{node}.{giving}"
        if first in cut.connections or connection_problem(cut, library, first, source) is not None:
            continue
        joined = cut.with_connection(first, source)
        if connection_problem(joined, library, destination, second) is None:
            return joined.with_connection(destination, second)
    raise WiringError(f"does not fit between {source} and {destination}", node)


def copied(network: Network, names: Iterable[str], notes: Iterable[int] = ()) -> str:
    """Some nodes, the connections among them and some notes, by their places in the list of notes, as a network's
    text, for the clipboard.
    """
    return dumps(_part(network, set(names), notes))


def pasted(
    network: Network, library: Library, text: str, at: tuple[float, float] | None = None
) -> tuple[Network, list[str]]:
    """The network with what a network's text holds, ours or MeVisLab's, and the new names of the nodes; as `merged`
    does. Raises NetworkError where the text is no network, or holds neither nodes nor notes.
    """
    part = loads(text, library)
    if not part.nodes and not part.notes:
        raise FormatError("it is a network without nodes and notes")
    return merged(network, _all_placed(part, library), at)


def united(network: Network, library: Library, other: Network, at: tuple[float, float]) -> tuple[Network, list[str]]:
    """The network with all of another one, as `merged` gives it, whose groups get names of their own as well."""
    taken, groups = _group_names(network), _group_names(other)
    for group in sorted(groups & taken):
        new = free_name(group, taken | groups)
        groups.add(new)
        other = group_renamed(other, group, new)
    return merged(network, _all_placed(other, library), at)


def merged(network: Network, part: Network, at: tuple[float, float] | None = None) -> tuple[Network, list[str]]:
    """The network with the nodes and notes of another one, their middle at a point, and the new names of the nodes.

    The new notes stand behind the others. Groups come along where they are new; windows do not, two would lie in one
    place.
    """
    if at is not None:
        x, y, width, height = extent(part)
        part = _all_shifted(part, at[0] - x - width / 2, at[1] - y - height / 2)
    names: dict[str, str] = {}
    for name in sorted(part.nodes):
        names[name] = unique_name(network, name, part.nodes[name].type)
        network = network.with_node(names[name], replace(part.nodes[name], windows={}))
    connections = dict(network.connections)
    for destination, source in part.connections.items():
        (to, connector), (of, output) = endpoint(destination), endpoint(source)
        if to in names and of in names:
            connections[f"{names[to]}.{connector}"] = f"{names[of]}.{output}"
    known = {group_name(group) for group in network.groups}
    groups = [group for group in part.groups if group_name(group) not in known]
    network = replace(network, connections=connections, groups=(*network.groups, *groups))
    return replace(network, notes=(*network.notes, *part.notes)), list(names.values())


def duplicated(
    network: Network, names: Sequence[str], notes: Iterable[int] = (), by: tuple[float, float] = (32.0, 32.0)
) -> tuple[Network, list[str]]:
    """The network with copies of some nodes, connected among themselves and to what fed the originals, and of notes."""
    part = _part(network, set(names), notes)
    joined, new = merged(network, _all_shifted(part, *by))
    copies = dict(zip(sorted(part.nodes), new, strict=True))
    for destination, source in network.connections.items():
        (to, connector), (of, _) = endpoint(destination), endpoint(source)
        if to in copies and of not in copies and of in network.nodes:
            joined = joined.with_connection(f"{copies[to]}.{connector}", source)
    return joined, new


def grouped(network: Network, names: Iterable[str], group: str, color: Sequence[int] = (45, 226, 226)) -> Network:
    """The network with some nodes in a named group, which is made if it is new; an empty name leaves all groups."""
    nodes = dict(network.nodes)
    for name in names:
        nodes[name] = replace(nodes[name], group=group)
    used = {spec.group for spec in nodes.values()}
    groups = [entry for entry in network.groups if group_name(entry) in used]
    if group and group not in {group_name(entry) for entry in groups}:
        groups.append({"name": group, "color": list(color)})
    return replace(network, nodes=nodes, groups=tuple(groups))


def group_renamed(network: Network, old: str, new: str) -> Network:
    """The network with a group under another name; raises ValueError for a name that is taken or empty."""
    if new == old:
        return network
    if not new:
        raise ValueError("a group needs a name")
    if any(spec.group == new for spec in network.nodes.values()):
        raise ValueError(f"there is a group {new!r} already")
    nodes = {name: replace(spec, group=new) if spec.group == old else spec for name, spec in network.nodes.items()}
    kept = [entry for entry in network.groups if group_name(entry) != new]
    groups = [
        {**entry, "name": new} if isinstance(entry, dict) and group_name(entry) == old else entry for entry in kept
    ]
    return replace(network, nodes=nodes, groups=tuple(groups))


def recoloured(network: Network, group: str, color: Sequence[int]) -> Network:
    """The network with a group in another colour: red, green, blue from 0 to 255."""
    painted: dict[str, Json] = {"name": group, "color": list(color)}
    groups = [
        {**entry, "color": list(color)} if isinstance(entry, dict) and group_name(entry) == group else entry
        for entry in network.groups
    ]
    known = any(group_name(entry) == group for entry in groups)
    return replace(network, groups=tuple(groups if known else [*groups, painted]))


def fitting(network: Network, library: Library, end: str) -> list[tuple[str, str]]:
    """The node types, each with its first connector, that could be joined to a free end ``Node.connector``."""
    node, connector = endpoint(end)
    node_type = library[network.nodes[node].type]
    found = []
    for name, candidate in library.items():
        extended, new = added(network, name, (0, 0))
        giving = connector in node_type.declaration.outputs
        for other in candidate.declaration.inputs if giving else candidate.declaration.outputs:
            ends = (f"{new}.{other}", end) if giving else (end, f"{new}.{other}")
            if connection_problem(extended, library, *ends) is None:
                found.append((name, other))
                break
    return found


def _all_placed(network: Network, library: Library) -> Network:
    """The network with a place for every node; those that had none are arranged."""
    lost = [name for name, spec in network.nodes.items() if spec.frame is None]
    return arranged(network, library, lost) if lost else network


def _all_shifted(network: Network, dx: float, dy: float) -> Network:
    return replace(shifted(network, dx, dy), notes=tuple(shifted_notes(network.notes, dx, dy)))


def _part(network: Network, names: set[str], notes: Iterable[int]) -> Network:
    connections = {
        destination: source
        for destination, source in network.connections.items()
        if endpoint(destination)[0] in names and endpoint(source)[0] in names
    }
    nodes = {name: spec for name, spec in network.nodes.items() if name in names}
    used = {spec.group for spec in nodes.values()}
    groups = [group for group in network.groups if group_name(group) in used]
    return Network(nodes, connections, tuple(groups), tuple(network.notes[place] for place in sorted(notes)))


def _passes(network: Network, library: Library, name: str) -> str:
    """What flows into the first connected image input of a node, or an empty text."""
    node_type = library.get(network.nodes[name].type)
    sources = network.sources(name)
    inputs = node_type.declaration.inputs if node_type else sources
    return next((".".join(sources[connector]) for connector in inputs if connector in sources), "")


def _group_names(network: Network) -> set[str]:
    groups = {group_name(group) for group in network.groups}
    return (groups | {spec.group for spec in network.nodes.values()}) - {""}
