"""Every change that a person makes to a network, as functions from one network to the next.

The canvas, scripts and tests share them; each is one step to undo. Positions are canvas coordinates, y downwards.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from nodeeditor.check import all_names, dependencies, field_chain, field_source, link_problem
from nodeeditor.errors import WiringError
from nodeeditor.fields import Json
from nodeeditor.file import dumps, loads
from nodeeditor.library import Library
from nodeeditor.network import Frame, Network, NodeSpec, endpoint, is_name, ordered

Edge: TypeAlias = Literal["left", "center", "right", "top", "middle", "bottom"]

WIDTH, HEIGHT = 120.0, 72.0
_GAP_X, _GAP_Y = 40.0, 60.0
_WIRE_ROOM = 12.0  # between a wire and a box that it passes
_FOLLOWED, _ROUNDS = 12, 20  # rows over which an eye follows a wire; attempts to clear all wires


def unique_name(network: Network, wanted: str) -> str:
    """The wanted name, or with the first free number behind it, as in Threshold, Threshold1, Threshold2."""
    if wanted not in network.nodes:
        return wanted
    stem = re.sub(r"\d+$", "", wanted) or wanted
    return next(name for i in itertools.count(1) if (name := f"{stem}{i}") not in network.nodes)


def added(
    network: Network, node_type: str, at: tuple[float, float], fields: Mapping[str, Json] | None = None
) -> tuple[Network, str]:
    """The network with a new node whose box lies around a point, and the node's name."""
    name = unique_name(network, node_type)
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
        fields[name] = value if declared is None else declared.type.to_json(declared.value(value))
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


def moved(network: Network, positions: Mapping[str, tuple[float, float]]) -> Network:
    """The network with the upper left corners of some boxes elsewhere."""
    nodes = dict(network.nodes)
    for name, (x, y) in positions.items():
        _, _, width, height = _frame(nodes[name])
        nodes[name] = replace(nodes[name], frame=(x, y, width, height))
    return replace(network, nodes=nodes)


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


def copied(network: Network, names: Iterable[str]) -> str:
    """Some nodes and the connections among them as the text of a network, for the clipboard."""
    return dumps(_part(network, set(names)))


def pasted(network: Network, text: str, at: tuple[float, float] | None = None) -> tuple[Network, list[str]]:
    """The network with the nodes of a network's text, their middle at a point, and their new names.

    Groups come along where they are new; windows do not, two would lie in one place. Raises NetworkError where the
    text is no network.
    """
    part = loads(text)
    if at is not None and part.nodes:
        x, y, width, height = bounds(part, part.nodes)
        part = shifted(part, at[0] - x - width / 2, at[1] - y - height / 2)
    names: dict[str, str] = {}
    for name in sorted(part.nodes):
        names[name] = unique_name(network, name)
        network = network.with_node(names[name], replace(part.nodes[name], windows={}))
    connections = dict(network.connections)
    for destination, source in part.connections.items():
        (to, connector), (of, output) = endpoint(destination), endpoint(source)
        if to in names and of in names:
            connections[f"{names[to]}.{connector}"] = f"{names[of]}.{output}"
    known = {_group_name(group) for group in network.groups}
    groups = [group for group in part.groups if _group_name(group) not in known]
    network = replace(network, connections=connections, groups=(*network.groups, *groups))
    return replace(network, notes=(*network.notes, *part.notes)), list(names.values())


def duplicated(
    network: Network, names: Sequence[str], by: tuple[float, float] = (32.0, 32.0)
) -> tuple[Network, list[str]]:
    """The network with copies of some nodes, connected among themselves and to what fed the originals."""
    part = _part(network, set(names))
    joined, new = pasted(network, dumps(shifted(replace(part, notes=()), *by)))
    copies = dict(zip(sorted(part.nodes), new, strict=True))
    for destination, source in network.connections.items():
        (to, connector), (of, _) = endpoint(destination), endpoint(source)
        if to in copies and of not in copies and of in network.nodes:
            joined = joined.with_connection(f"{copies[to]}.{connector}", source)
    return joined, new


def shifted(network: Network, dx: float, dy: float) -> Network:
    """The network with all its boxes moved."""
    places = {name: _frame(spec) for name, spec in network.nodes.items()}
    return moved(network, {name: (x + dx, y + dy) for name, (x, y, _, _) in places.items()})


def grouped(network: Network, names: Iterable[str], group: str, color: Sequence[int] = (45, 226, 226)) -> Network:
    """The network with some nodes in a named group, which is made if it is new; an empty name leaves all groups."""
    nodes = dict(network.nodes)
    for name in names:
        nodes[name] = replace(nodes[name], group=group)
    used = {spec.group for spec in nodes.values()}
    groups = [entry for entry in network.groups if _group_name(entry) in used]
    if group and group not in {_group_name(entry) for entry in groups}:
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
    kept = [entry for entry in network.groups if _group_name(entry) != new]
    groups = [
        {**entry, "name": new} if isinstance(entry, dict) and _group_name(entry) == old else entry for entry in kept
    ]
    return replace(network, nodes=nodes, groups=tuple(groups))


def recoloured(network: Network, group: str, color: Sequence[int]) -> Network:
    """The network with a group in another colour: red, green, blue from 0 to 255."""
    painted: dict[str, Json] = {"name": group, "color": list(color)}
    groups = [
        {**entry, "color": list(color)} if isinstance(entry, dict) and _group_name(entry) == group else entry
        for entry in network.groups
    ]
    known = any(_group_name(entry) == group for entry in groups)
    return replace(network, groups=tuple(groups if known else [*groups, painted]))


def aligned(network: Network, names: Sequence[str], edge: Edge) -> Network:
    """The network with some boxes moved so that an edge of each lies on the outermost one, or their middles in line."""
    frames = {name: _frame(network.nodes[name]) for name in names}
    axis = 0 if edge in ("left", "center", "right") else 1
    part = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[edge]
    marks = [frame[axis] + part * frame[axis + 2] for frame in frames.values()]
    line = {0.0: min(marks), 0.5: sum(marks) / len(marks), 1.0: max(marks)}[part]
    return moved(network, {name: _at(frame, axis, line - part * frame[axis + 2]) for name, frame in frames.items()})


def distributed(network: Network, names: Sequence[str], *, across: bool) -> Network:
    """The network with the gaps between some boxes made equal, across or down; the outermost stay."""
    axis = 0 if across else 1
    frames = sorted(((name, _frame(network.nodes[name])) for name in names), key=lambda item: item[1][axis])
    if len(frames) < 3:
        return network
    first, last = frames[0][1], frames[-1][1]
    free = last[axis] + last[axis + 2] - first[axis] - sum(frame[axis + 2] for _, frame in frames)
    gap, at, places = free / (len(frames) - 1), first[axis], {}
    for name, frame in frames:
        places[name] = _at(frame, axis, at)
        at += frame[axis + 2] + gap
    return moved(network, places)


def arranged(network: Network, library: Library, names: Iterable[str] | None = None) -> Network:
    """The network with some boxes, or all, in rows: each above all that feeds it, near the middle of its sources.

    Boxes that a wire of others would run behind stand aside, to the right.
    """
    chosen = list(network.nodes if names is None else names)
    inside = set(chosen)
    before = {
        name: [source for source in sources if source in inside]
        for name, sources in dependencies(network, library).items()
        if name in inside
    }
    order, stuck = ordered(before)
    rank: dict[str, int] = {}
    for name in [*order, *stuck]:
        rank[name] = 1 + max((rank.get(source, -1) for source in before[name]), default=-1)
    rows: dict[int, list[str]] = {}
    for name in [*order, *stuck]:
        rows.setdefault(rank[name], []).append(name)
    x0, y0, width, height = bounds(network, chosen)
    center: dict[str, float] = {}
    frames: dict[str, Frame] = {}
    y = y0 + height
    lined: list[list[str]] = []
    for number in sorted(rows):
        row = sorted(
            rows[number], key=lambda name: (_mean([center[one] for one in before[name] if one in center]), name)
        )
        sizes = [_frame(network.nodes[name])[2:] for name in row]
        total = sum(size[0] for size in sizes) + _GAP_X * (len(row) - 1)
        wanted = _mean([center[one] for name in row for one in before[name] if one in center], x0 + width / 2)
        x, y = wanted - total / 2, y - max(size[1] for size in sizes)
        for name, size in zip(row, sizes, strict=True):
            frames[name] = (x, y, *size)
            center[name] = x + size[0] / 2
            x += size[0] + _GAP_X
        lined.append(row)
        y -= _GAP_Y
    frames = _cleared(frames, lined, [(source, name) for name in chosen for source in before[name]])
    return moved(network, {name: (round(x), round(y)) for name, (x, y, _, _) in frames.items()})


def _cleared(
    frames: dict[str, Frame], rows: Sequence[Sequence[str]], wires: Iterable[tuple[str, str]]
) -> dict[str, Frame]:
    """The frames with boxes moved to the right so that no wire runs behind one it has nothing to do with.

    Wires over many rows are left alone. Each move may bring a wire behind another box; where some rounds of them do
    not end it, the frames stay as they are.
    """
    row_of = {name: number for number, row in enumerate(rows) for name in row}
    long = [(source, name) for source, name in wires if 1 < row_of[name] - row_of[source] <= _FOLLOWED]
    cleared = dict(frames)
    for _ in range(_ROUNDS):
        moves = 0
        for source, name in long:
            (x0, y0, w0, _), (x1, y1, w1, h1) = cleared[source], cleared[name]
            start, end = (x0 + w0 / 2, y0), (x1 + w1 / 2, y1 + h1)
            for number in range(row_of[source] + 1, row_of[name]):
                moves += _row_cleared(cleared, rows[number], start, end)
        if not moves:
            return cleared
    return frames


def _row_cleared(
    frames: dict[str, Frame], row: Sequence[str], start: tuple[float, float], end: tuple[float, float]
) -> bool:
    """Move the boxes of a row, from the first one on a line, to the right of it; whether one had to be moved."""
    free = None
    for name in row:
        x, y, width, height = frames[name]
        crossed = [start[0] + (end[0] - start[0]) * (start[1] - at) / (start[1] - end[1]) for at in (y, y + height)]
        left, right = min(crossed) - _WIRE_ROOM, max(crossed) + _WIRE_ROOM
        if free is None and x < right and left < x + width:
            free = right
        if free is not None:
            frames[name] = (max(x, free), y, width, height)
            free = max(x, free) + width + _GAP_X
    return free is not None


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


def bounds(network: Network, names: Iterable[str]) -> Frame:
    """The rectangle x, y, width, height around some boxes."""
    frames = [_frame(network.nodes[name]) for name in names]
    left, top = min(frame[0] for frame in frames), min(frame[1] for frame in frames)
    right, bottom = max(frame[0] + frame[2] for frame in frames), max(frame[1] + frame[3] for frame in frames)
    return (left, top, right - left, bottom - top)


def _part(network: Network, names: set[str]) -> Network:
    connections = {
        destination: source
        for destination, source in network.connections.items()
        if endpoint(destination)[0] in names and endpoint(source)[0] in names
    }
    nodes = {name: spec for name, spec in network.nodes.items() if name in names}
    used = {spec.group for spec in nodes.values()}
    groups = [group for group in network.groups if _group_name(group) in used]
    return Network(nodes, connections, tuple(groups))


def _passes(network: Network, library: Library, name: str) -> str:
    """What flows into the first connected image input of a node, or an empty text."""
    node_type = library.get(network.nodes[name].type)
    sources = network.sources(name)
    inputs = node_type.declaration.inputs if node_type else sources
    return next((".".join(sources[connector]) for connector in inputs if connector in sources), "")


def _frame(spec: NodeSpec) -> Frame:
    return spec.frame or (0.0, 0.0, WIDTH, HEIGHT)


def _at(frame: Frame, axis: int, value: float) -> tuple[float, float]:
    return (value, frame[1]) if axis == 0 else (frame[0], value)


def _mean(numbers: Sequence[float], otherwise: float = 0.0) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _group_name(group: Json) -> str:
    return str(group.get("name", "")) if isinstance(group, dict) else ""
