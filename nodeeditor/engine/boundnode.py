"""One node of a network as it is: configured, wired, described, named by a hash of all that decides its output."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nodeeditor.check import current_name, fed
from nodeeditor.engine.asking import ask, blamed, guarded
from nodeeditor.engine.configured import configured
from nodeeditor.image import ImageInfo
from nodeeditor.kept import kept
from nodeeditor.library import Library
from nodeeditor.network import Network
from nodeeditor.node import Node
from nodeeditor.paths import Paths


@dataclass(frozen=True)
class Described:
    """What a configured node says about itself, given the facts of its inputs; kept under the node's key."""

    infos: Mapping[str, ImageInfo]
    values: Mapping[str, Any]
    warnings: tuple[str, ...]
    opened: Any = None


@dataclass(frozen=True, eq=False)
class Bound:
    """One node of a network, configured and wired.

    ``own``      a hash of the node itself: its type and fields
    ``stamp``    what its result depends on outside of the network
    ``key``      a hash of both, and of the keys of what feeds it
    ``sources``  by the Python name of the input, who feeds it, and by which output
    ``infos``    what is known of these inputs, likewise
    ``follows``  whether a field of it takes the value of another one
    ``depth``    more than that of every source
    """

    name: str
    node: Node
    own: str
    stamp: str
    key: str
    sources: Mapping[str, tuple[Bound, str]] = field(repr=False)
    infos: Mapping[str, ImageInfo]
    described: Described
    follows: bool
    depth: int

    @kept
    def pointwise(self) -> bool:
        """Whether each page is made of the very same region of every input."""
        if "needs" in self.node.declaration.parameters or any(self.node.reach):
            return False
        infos = self.described.infos.values()
        return all(info.extent == feeding.extent for feeding in self.infos.values() for info in infos)

    @kept
    def available(self) -> Mapping[str, Any]:
        """What the node's methods may ask for: the facts of all inputs, and what it opened."""
        return {**self.node.declaration.unconnected, **self.infos, "opened": self.described.opened}


Recall: TypeAlias = Callable[[str, str, Node, Mapping[str, ImageInfo]], Described]
"""Gives what is remembered under a node's name and key, else what `described` says."""


def bound_node(
    network: Network, library: Library, paths: Paths, name: str, made: Mapping[str, Bound], recall: Recall
) -> Bound:
    """One node, given those before it; raises NetworkError and NodeError."""
    node, own = own_node(network, library, paths, name, made)
    return joined(name, node, own, *_wired(network, library, name, made), recall)


def own_node(
    network: Network, library: Library, paths: Paths, name: str, made: Mapping[str, Bound]
) -> tuple[Node, str]:
    """One node with its fields set, and a hash of its type and fields."""

    def filled(other: str, field_name: str) -> Any:
        return made[other].described.values[field_name]

    node = configured(network, library, paths, name, filled)
    fields = [spec.type.to_json(getattr(node, spec.name)) for spec in node.declaration.fields.values()]
    return node, _hash(repr((type(node).__module__, type(node).__qualname__, fields)))


def _wired(
    network: Network, library: Library, name: str, made: Mapping[str, Bound]
) -> tuple[dict[str, tuple[Bound, str]], bool]:
    """What feeds a node's inputs, and whether anything else is connected to it."""
    declared = library[network.nodes[name].type].declaration
    sources = {}
    follows = False
    for connector, drawn in network.sources(name).items():
        current = current_name(library[network.nodes[name].type], connector)
        follows |= current not in declared.inputs
        passed = fed(network, library, drawn) if current in declared.inputs else None
        if passed is not None:
            source, output = passed
            feeding = made[source]
            sources[declared.inputs[current].name] = (feeding, current_name(type(feeding.node), output))
    return sources, follows


def joined(
    name: str,
    node: Node,
    own: str,
    sources: Mapping[str, tuple[Bound, str]],
    follows: bool,
    recall: Recall,
    before: Bound | None = None,
) -> Bound:
    """A node with its key and all that it says of itself; as it was ``before`` where that is the same.

    Equal facts of the inputs make it say the same, whatever their voxels are, unless it opens something.
    """
    stamp = stamp_of(name, node)
    same = before is not None and before.own == own and before.stamp == stamp
    if before is not None and same and before.sources is sources:
        return before
    key = _key(own, stamp, sources)
    infos = {given: source.described.infos[output] for given, (source, output) in sources.items()}
    if before is not None and same and before.described.opened is None and before.infos == infos:
        said = before.described
    else:
        try:
            said = recall(name, key, node, infos)
        except Exception as error:
            told = blamed(error, name)
            raise told from told.__cause__
    depth = 1 + max([source.depth for source, _ in sources.values()], default=0)
    return Bound(name, node, own, stamp, key, sources, infos, said, follows, depth)


def stamp_of(name: str, node: Node) -> str:
    """What a node's result depends on outside of the network, mostly nothing; raises NodeError."""
    return "" if type(node).stamp is Node.stamp else guarded(name, node.stamp)


def described(node: Node, infos: Mapping[str, ImageInfo]) -> Described:
    """What a node says about itself, given the facts of its connected inputs; it opens its file for that."""
    declared = node.declaration
    available: dict[str, Any] = {**declared.unconnected, **infos, "opened": None}
    if "open" in declared.parameters:
        available["opened"] = ask(node, "open", available)
    facts = ask(node, "describe", available) if declared.outputs else {}
    if isinstance(facts, ImageInfo):
        facts = dict.fromkeys(declared.outputs, facts)
    elif set(facts) != set(declared.outputs):
        raise TypeError(f"describe speaks of {sorted(facts)}, not of the outputs {sorted(declared.outputs)}")
    given = ask(node, "values", available) or {}
    values = {spec.file_name: spec.value(given[spec.name]) for spec in declared.read_only} if given else {}
    warnings = tuple(ask(node, "warnings", available) or ())
    return Described(facts, values, warnings, available["opened"])


def _key(own: str, stamp: str, sources: Mapping[str, tuple[Bound, str]]) -> str:
    """A hash of all that decides the node's output: type, fields, stamp, and the keys of what feeds it."""
    feeding = [f"{given} {source.key} {output}" for given, (source, output) in sources.items()]
    return _hash("\n".join((own, repr(stamp), *sorted(feeding))))


def _hash(content: str) -> str:
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
