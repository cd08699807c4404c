"""A local macro made of some nodes of a network: what goes inside, what it shows of that, what stays around it.

Nothing is written here; `nodeeditor.macros.files` does that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nodeeditor.check import all_names, current_name, dependencies, flows
from nodeeditor.errors import NetworkError, WiringError, one_of
from nodeeditor.library import Library
from nodeeditor.macro import Interface
from nodeeditor.macros.macrotype import macro_type
from nodeeditor.macros.rings import settled
from nodeeditor.mlab import SUFFIX, left_out
from nodeeditor.network import Network, NodeSpec, endpoint, free_name, group_name
from nodeeditor.node import Node
from nodeeditor.places import HEIGHT, WIDTH, bounds
from nodeeditor.viewing.viewer import Viewer

_NO_NAME = re.compile(r"\W+")


@dataclass(frozen=True)
class Made:
    """A macro and the network that uses it: ``inner`` is the network inside, ``outer`` holds its one ``node``.

    The ends of ``interface`` are named as ``inner`` does; ``outside`` are the viewers that stayed where they were.
    """

    inner: Network
    interface: Interface
    outer: Network
    node: str
    outside: tuple[str, ...] = ()


def made(network: Network, library: Library, names: Iterable[str], name: str) -> Made:
    """The macro of a name that some nodes become, and the network with it in their place.

    Each connection that is cut becomes an input, an output or a parameter; inputs that need an image and have none,
    and outputs of nodes that feed nothing, are shown as well. Viewers stay outside, where their windows open.
    Raises NetworkError where that cannot be, in words.
    """
    wanted = set(names)
    outside = tuple(one for one in network.nodes if one in wanted and _is_viewer(network, library, one))
    chosen = [one for one in network.nodes if one in wanted and one not in outside]
    if not chosen:
        raise WiringError("a viewer's window opens outside of macros alone; select nodes that it shows", *outside[:1])
    _refuse_unsaid(network, library, chosen)
    network = settled(network, library, chosen)
    rest = [one for one in network.nodes if one not in set(chosen)]
    node = free_name(name, rest, name)
    shown = _Shown(network, library, set(chosen))
    inside, around = shown.cut(node)
    groups, kept = _groups(network, chosen), _groups(network, rest)
    left, top, width, height = bounds(network, chosen)
    frame = (left + (width - WIDTH) / 2, top + (height - HEIGHT) / 2, WIDTH, HEIGHT)
    spec = NodeSpec(name, {}, frame, _common_group(network, chosen, kept))
    inner = Network(
        {one: _regrouped(network.nodes[one], kept) for one in chosen},
        inside,
        tuple(entry for entry in network.groups if group_name(entry) in groups - kept),
    )
    outer = replace(
        network,
        nodes={**{one: network.nodes[one] for one in rest}, node: spec},
        connections=around,
        groups=tuple(entry for entry in network.groups if group_name(entry) not in groups - kept),
    )
    _refuse_impossible(outer, inner, shown.interface, library, node)
    return Made(inner, shown.interface, outer, node, outside)


def shown_name(shown: Interface, end: str) -> str:
    """What a macro may call an end inside that it does not show yet: as the connector or field, where that is free."""
    wanted = _NO_NAME.sub("_", endpoint(end)[1]).strip("_") or "value"
    return free_name(wanted, {"instanceName", *shown.inputs, *shown.outputs, *shown.parameters})


def _is_viewer(network: Network, library: Library, name: str) -> bool:
    node_type = library.get(network.nodes[name].type)
    return node_type is not None and issubclass(node_type, Viewer)


@dataclass
class _Shown:
    """What a macro of some nodes shows, as it is found connection by connection."""

    network: Network
    library: Library
    chosen: Collection[str]
    inputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def interface(self) -> Interface:
        """All of it."""
        return Interface(self.inputs, self.outputs, self.parameters)

    def cut(self, node: str) -> tuple[dict[str, str], dict[str, str]]:
        """The connections inside, and those around the macro that a node is."""
        inside: dict[str, str] = {}
        around: dict[str, str] = {}
        for to, of in sorted(self.network.connections.items(), key=self._order):
            enters, leaves = (endpoint(end)[0] in self.chosen for end in (to, of))
            if enters and leaves:
                inside[to] = of
            elif enters:
                part = self.parameters if _fills_field(self.network, self.library, to, of) else self.inputs
                around[f"{node}.{self._name(part, to)}"] = of
            elif leaves:
                part = self.parameters if _fills_field(self.network, self.library, to, of) else self.outputs
                around[to] = f"{node}.{self._name(part, of)}"
            else:
                around[to] = of
        for end in self._waiting():
            self._name(self.inputs, end)
        for end in self._idle():
            self._name(self.outputs, end)
        return inside, around

    def _order(self, connection: tuple[str, str]) -> tuple[float, str, int, str]:
        """Inputs and outputs are named from left to right, as the boxes and their connectors lie."""
        to, of = connection
        node, member = endpoint(to if endpoint(to)[0] in self.chosen else of)
        spec = self.network.nodes.get(node)
        node_type = self.library.get(spec.type) if spec else None
        declared = node_type.declaration if node_type else None
        members = [*declared.inputs, *declared.outputs, *declared.fields] if declared else []
        place = members.index(member) if member in members else len(members)
        return spec.frame[0] if spec and spec.frame else 0.0, node, place, to

    def _name(self, part: dict[str, tuple[str, ...]], end: str) -> str:
        """What the macro calls an end inside; it is shown from then on, but once."""
        known = next((name for name, ends in part.items() if ends == (end,)), "")
        if known and part is not self.inputs:
            return known
        name = shown_name(self.interface, end)
        part[name] = (end,)
        return name

    def _known(self) -> Iterator[tuple[str, type[Node]]]:
        for name in self.network.nodes:
            node_type = self.library.get(self.network.nodes[name].type)
            if name in self.chosen and node_type is not None:
                yield name, node_type

    def _waiting(self) -> Iterator[str]:
        """The inputs that need an image and have none: outside one can be connected."""
        for name, node_type in self._known():
            fed = self.network.sources(name)
            for connector, declared in node_type.declaration.inputs.items():
                if not declared.optional and fed.keys().isdisjoint(all_names(node_type, connector)):
                    yield f"{name}.{connector}"

    def _idle(self) -> Iterator[str]:
        """The outputs of nodes that feed nothing: what a run gives, it gives still."""
        feeding = {endpoint(of)[0] for of in self.network.connections.values() if not self._is_field(of)}
        for name, node_type in self._known():
            for connector, declared in node_type.declaration.outputs.items():
                if name not in feeding and not declared.hidden:
                    yield f"{name}.{connector}"

    def _is_field(self, end: str) -> bool:
        node, member = endpoint(end)
        spec = self.network.nodes.get(node)
        node_type = self.library.get(spec.type) if spec else None
        return node_type is not None and current_name(node_type, member) in node_type.declaration.fields


def _fills_field(network: Network, library: Library, to: str, of: str) -> bool:
    """Whether a connection fills a field, rather than feeding an input."""
    (taking, member), source = endpoint(to), endpoint(of)
    taker = network.nodes.get(taking)
    to_type = library.get(taker.type) if taker else None
    if to_type is not None and current_name(to_type, member) in to_type.declaration.fields:
        return True
    return source[0] in network.nodes and not flows(network, library, to_type, source)


def _refuse_unsaid(network: Network, library: Library, chosen: Collection[str]) -> None:
    """Raise for connections that stand in the file alone: they could not follow their nodes into another file."""
    lost = [problem for problem in left_out(network, library) if problem.node in chosen]
    if lost:
        raise WiringError(f"{lost[0].message}, and cannot follow the node into the macro's", *_place(lost[0]))


def _place(problem: NetworkError) -> tuple[str, str]:
    return problem.node, problem.connector


def _refuse_impossible(outer: Network, inner: Network, shown: Interface, library: Library, node: str) -> None:
    """Raise where the macro cannot be used: it would feed itself, or holds too much."""
    name = outer.nodes[node].type
    macro = macro_type(name, Path(f"{name}{SUFFIX}"), inner, shown, library)
    if macro.flaw:
        raise WiringError(macro.flaw)
    kinds = dict.fromkeys(kind for spec in outer.nodes.values() if (kind := library.get(spec.type)) is not None)
    before = dependencies(outer, Library([macro, *kinds]))
    if (trail := _round(before, node)) is not None:
        between = f" through {one_of(trail)}; select these nodes, too" if trail else ", what comes out flows in again"
        raise WiringError(f"the macro would feed itself{between}")


def _round(before: Mapping[str, Sequence[str]], node: str) -> list[str] | None:
    """The nodes on a way from a node to itself, against the flow; None where there is none."""
    came: dict[str, str] = {}
    waiting = [node]
    while waiting:
        at = waiting.pop()
        for source in before.get(at, ()):
            if source == node:
                trail = []
                while at != node:
                    trail.append(at)
                    at = came[at]
                return trail
            if source not in came:
                came[source] = at
                waiting.append(source)
    return None


def _groups(network: Network, names: Iterable[str]) -> set[str]:
    return {network.nodes[name].group for name in names} - {""}


def _common_group(network: Network, chosen: Iterable[str], kept: Collection[str]) -> str:
    """The group that the macro belongs to: that of all its nodes, where others are in it, too."""
    groups = {network.nodes[name].group for name in chosen}
    return next(iter(groups)) if len(groups) == 1 and groups <= set(kept) else ""


def _regrouped(spec: NodeSpec, kept: Collection[str]) -> NodeSpec:
    """A node inside: out of the groups that stay around the macro."""
    return replace(spec, group="") if spec.group in kept else spec
