"""A network and a demand become tasks: first what every node is, then which regions are needed of whom.

Walking down the flow gives each ancestor of the demanded outputs its configured node, its key and the facts of its
outputs (`bound`, and `known` for all that is right in a whole network); walking up gives the regions that are needed
(`plan`). Nothing recurses: chains of thousands of nodes are real.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeAlias, TypeVar

from nodeeditor.check import (
    content_problems,
    current_name,
    cycle_problems,
    dependencies,
    existing,
    fed,
    field_chain,
    is_filled,
    node_problems,
)
from nodeeditor.errors import Cancelled, FieldError, NetworkError, NodeEditorError, NodeError, raise_all
from nodeeditor.fields import StringType, converted
from nodeeditor.image import ImageInfo, Region
from nodeeditor.library import Library
from nodeeditor.network import Network, ordered
from nodeeditor.node import Node, ask, needed, parts
from nodeeditor.paths import Paths

T = TypeVar("T")
PageKey: TypeAlias = tuple[str, str, Region]
"""Key of the node, output, region: what names a page's content for good."""


@dataclass(frozen=True)
class Described:
    """What a configured node says about itself, given the facts of its inputs; kept under the node's key."""

    infos: Mapping[str, ImageInfo]
    values: Mapping[str, Any]
    warnings: tuple[str, ...]
    opened: Any = None


@dataclass(frozen=True, eq=False)
class Bound:
    """One node of a network, configured and wired; ``sources`` is by the Python name of the input.

    It ``follows`` where a field of it takes the value of another one.
    """

    name: str
    node: Node
    key: str
    sources: Mapping[str, tuple[Bound, str]] = field(repr=False)
    described: Described
    follows: bool

    @cached_property
    def infos(self) -> Mapping[str, ImageInfo]:
        """What is known of the connected inputs, by Python name."""
        return {name: source.described.infos[output] for name, (source, output) in self.sources.items()}

    @cached_property
    def available(self) -> Mapping[str, Any]:
        """What the node's methods may ask for: the facts of all inputs, and what it opened."""
        return _available(self.node, self.infos, self.described.opened)

    @cached_property
    def ancestors(self) -> Sequence[Bound]:
        """All that its images are made of, each before what feeds it."""
        found: dict[str, Bound] = {}
        waiting = deque([self])
        while waiting:
            for source, _ in waiting.popleft().sources.values():
                if source.name not in found:
                    found[source.name] = source
                    waiting.append(source)
        feeds = {name: [source.name for source, _ in one.sources.values()] for name, one in found.items()}
        return [found[name] for name in reversed(ordered(feeds)[0])]


Recall: TypeAlias = Callable[[str, str, Callable[[], Described]], Described]
"""Gives what is remembered under a node's name and key, else asks the node and remembers what it says."""


@dataclass(frozen=True)
class Binding:
    """What `bound` found for some targets of a network; most of it holds for the next one, too."""

    network: Network
    paths: Paths
    made: Mapping[str, Bound]

    def holds_order(self, network: Network, paths: Paths) -> bool:
        """Whether another network has the same nodes, wired alike, whatever their fields say."""
        ours, theirs = self.network.nodes, network.nodes
        return (
            self.paths == paths
            and self.network.connections == network.connections
            and ours.keys() == theirs.keys()
            and all(
                spec is theirs[name] or (spec.type, spec.bypassed) == (theirs[name].type, theirs[name].bypassed)
                for name, spec in ours.items()
            )
        )

    def unchanged(self, network: Network, name: str) -> bool:
        """Whether a node's fields are in another network as they were."""
        before, now = self.network.nodes[name], network.nodes[name]
        return before is now or before.fields == now.fields


@dataclass(frozen=True)
class Known:
    """All that is known of a network: every node is in one of the mappings, but for bypassed ones that nobody asks.

    ``bound``   the nodes that are right, each behind what feeds it
    ``errors``  by node, all that is wrong with itself
    ``behind``  by node that waits for another one, the first in the flow that is wrong
    """

    bound: Mapping[str, Bound]
    errors: Mapping[str, tuple[NodeEditorError, ...]]
    behind: Mapping[str, str]


@dataclass(frozen=True)
class Task:
    """One page to compute: its key, its node, and for each input the pages to take it from and the regions.

    Inputs named in ``several`` are given as a tuple of images, the others as the one image.
    """

    key: PageKey
    bound: Bound
    output: str
    region: Region
    inputs: Mapping[str, tuple[tuple[PageKey, Region], ...]]
    several: frozenset[str]


def bound(
    network: Network,
    library: Library,
    paths: Paths,
    targets: Iterable[str],
    recall: Recall,
    cancelled: Callable[[], bool],
    last: Binding | None = None,
) -> dict[str, Bound]:
    """The target nodes and all their ancestors, each behind what feeds it.

    What was found ``last``, for the same targets, is used as far as it still holds. Raises NetworkError with every
    problem among these nodes, NodeError when a node cannot describe its output, and Cancelled.
    """
    if last is not None and not last.holds_order(network, paths):
        last = None
    order = list(last.made) if last else _checked_order(network, library, targets)
    if last:
        changed = sorted(name for name in order if not last.unchanged(network, name))
        raise_all([problem for name in changed for problem in content_problems(network, library, name)])
    made: dict[str, Bound] = {}
    for name in order:
        if cancelled():
            raise Cancelled
        made[name] = _bound(network, library, paths, name, made, recall, last)
    return made


def _checked_order(network: Network, library: Library, targets: Iterable[str]) -> list[str]:
    """The target nodes and all their ancestors, each behind what feeds it; raises NetworkError with every problem."""
    before = dependencies(network, library)
    for target in targets:
        existing(network, target)
    wanted = _ancestors(before, targets)
    raise_all([problem for name in sorted(wanted) for problem in node_problems(network, library, name)])
    reduced = {name: before[name] for name in network.nodes if name in wanted}
    order, stuck = ordered(reduced)
    if stuck:
        raise_all(cycle_problems(reduced))
    return order


def known(network: Network, library: Library, paths: Paths, recall: Recall, cancelled: Callable[[], bool]) -> Known:
    """Every node of a network as far as it is right, and what is wrong with the others; raises only Cancelled."""
    before = dependencies(network, library)
    asked = {source for sources in before.values() for source in sources}
    made: dict[str, Bound] = {}
    behind: dict[str, str] = {}
    errors: dict[str, tuple[NodeEditorError, ...]] = {}
    order, closing = _cut(before)
    for name in order:
        if cancelled():
            raise Cancelled
        wrong = [problem for problem in node_problems(network, library, name) if not problem.warning]
        wrong += closing.get(name, [])
        waits = next((source for source in before[name] if source not in made), None)
        if wrong:
            errors[name] = tuple(wrong)
        elif waits is not None:
            behind[name] = behind.get(waits, waits)
        elif name in asked or not network.nodes[name].bypassed:
            try:
                made[name] = _bound(network, library, paths, name, made, recall)
            except NodeEditorError as error:
                cause = getattr(error, "node", "") or name
                errors[cause] = error.problems if isinstance(error, NetworkError) else (error,)
                if cause != name:
                    behind[name] = cause
    return Known(made, errors, behind)


def plan(
    demand: tuple[Bound, str, Region],
    cached: Callable[[PageKey, Region], bool],
    shaped: Callable[[Bound, str, Region], Region] = lambda one, output, region: region,
) -> list[Task]:
    """The tasks that give one region of one output, each behind those it needs; a cached page asks for nothing.

    ``cached`` gets a page's key and the region of its whole image, ``shaped`` says which page serves a region.
    """
    target, output, region = demand
    wanted: dict[tuple[str, str], list[Region]] = {(target.name, output): [region]}
    takers: list[tuple[Bound, str, Region, dict[str, Region | tuple[Region, ...]]]] = []
    merged: dict[tuple[str, str], list[Region]] = {}
    for one in (target, *target.ancestors):
        for name, info in one.described.infos.items():
            pages = merged[one.name, name] = _merged(
                [shaped(one, name, part) for part in wanted.get((one.name, name), [])]
            )
            for page in pages:
                if cached((one.key, name, page), info.whole):
                    continue
                available = {**one.available, "region": page, "output": name}
                needs = guarded(one.name, partial(needed, one.node, available, one.infos), page)
                for given, regions in needs.items():
                    source, source_output = one.sources[given]
                    wanted.setdefault((source.name, source_output), []).extend(parts(regions))
                takers.append((one, name, page, dict(needs)))
    return [
        Task(
            (one.key, name, page),
            one,
            name,
            page,
            {
                given: tuple((_page(one.sources[given], part, merged), part) for part in parts(regions))
                for given, regions in needs.items()
            },
            frozenset(given for given, regions in needs.items() if isinstance(regions, tuple)),
        )
        for one, name, page, needs in reversed(takers)
    ]


def page_of(target: Bound, output: str, region: Region) -> PageKey:
    """The key of a page."""
    return (target.key, output, region)


def guarded(name: str, work: Callable[[], T], region: Region | None = None) -> T:
    """The result of a node's own method; whatever it raises comes out as a NodeError that names the node."""
    try:
        return work()
    except NodeError as error:
        error.node, error.region = error.node or name, error.region or region
        raise
    except NetworkError as error:
        raise error.at(name) from None
    except MemoryError as error:
        raise NodeError("there is not enough memory for this", name, region) from error
    except NodeEditorError:
        raise
    except Exception as error:
        detail = f"{type(error).__name__}: {error}".strip().rstrip(":")
        raise NodeError(f"failed unexpectedly ({detail})", name, region, unexpected=True) from error


def _ancestors(before: Mapping[str, Iterable[str]], targets: Iterable[str]) -> set[str]:
    found = set(targets)
    waiting = deque(found)
    while waiting:
        for source in before[waiting.popleft()]:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def _cut(before: Mapping[str, list[str]]) -> tuple[list[str], dict[str, list[NetworkError]]]:
    """All nodes, each behind its sources, and the problem of one node of each cycle, where that is cut open."""
    opened = dict(before)
    closing: dict[str, list[NetworkError]] = {}
    order, stuck = ordered(opened)
    while stuck:
        for problem in cycle_problems({name: opened[name] for name in stuck}):
            closing[problem.node] = [problem]
            opened[problem.node] = []
        order, stuck = ordered(opened)
    return order, closing


def _bound(
    network: Network,
    library: Library,
    paths: Paths,
    name: str,
    made: Mapping[str, Bound],
    recall: Recall,
    last: Binding | None = None,
) -> Bound:
    before = last.made[name] if last else None
    sources: Mapping[str, tuple[Bound, str]]
    if before and last and last.unchanged(network, name) and not before.follows:
        node, follows, sources = before.node, False, before.sources
        if any(made[source.name] is not source for source, _ in sources.values()):
            sources = {given: (made[source.name], output) for given, (source, output) in sources.items()}
    else:
        node = _configured(network, library, paths, name, made)
        sources, follows = _wired(network, library, name, made)
    if before and sources is before.sources and type(node).stamp is Node.stamp:
        key = before.key
    else:
        key = _key(node, guarded(name, node.stamp), sources)
    infos = {given: feeding.described.infos[output] for given, (feeding, output) in sources.items()}
    described = guarded(name, lambda: recall(name, key, lambda: _described(node, infos)))
    if before and key == before.key and described is before.described and sources == before.sources:
        return before
    return Bound(name, node, key, sources, described, follows)


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


def _configured(network: Network, library: Library, paths: Paths, name: str, made: Mapping[str, Bound]) -> Node:
    spec = network.nodes[name]
    node_type = library[spec.type]
    declared = node_type.declaration.fields
    former_first = sorted(spec.fields.items(), key=lambda entry: entry[0] not in node_type.renamed)
    given = {current_name(node_type, saved): value for saved, value in former_first}
    connected = {current_name(node_type, connector): connector for connector in network.sources(name)}
    values = {}
    for field_name, declared_field in declared.items():
        if not declared_field.persistent:
            continue
        if field_name in connected:
            value = _followed(network, library, (name, connected[field_name]), made)
        elif field_name in given:
            value = declared_field.value(given[field_name])
        else:
            continue
        if isinstance(declared_field.type, StringType) and declared_field.type.file:
            try:
                value = paths.expanded(value)
            except (ValueError, OSError) as error:
                raise FieldError(str(error), name, field_name) from None
        values[declared_field.name] = value
    try:
        return node_type(**values)
    except FieldError as error:
        raise error.at(name) from None


def _followed(network: Network, library: Library, start: tuple[str, str], made: Mapping[str, Bound]) -> Any:
    """The value that a connected field takes from the root of its chain, converted at every step.

    In a ring of fields the value is that of the first field, by name, that is set in the file.
    """
    chain = field_chain(network, library, start)
    types = []
    for node, connector in chain:
        try:
            node_type = library[network.nodes[node].type]
        except NetworkError as error:
            raise error.at(node) from None
        types.append(node_type.declaration.fields[current_name(node_type, connector)])
    ring = _ring(network, chain)
    root = len(chain) - 1
    if ring:
        order = sorted(ring, key=lambda i: chain[i])
        root = next((i for i in order if chain[i][1] in network.nodes[chain[i][0]].fields), order[0])
    node, connector = chain[root]
    field = types[root]
    if is_filled(network, library, chain[root]):
        value = made[node].described.values[field.file_name]
    else:
        saved = network.nodes[node].fields
        try:
            value = field.value(saved[connector]) if connector in saved and field.persistent else field.default
        except FieldError as error:
            raise error.at(node) from None
    for i in range(root, 0, -1):
        try:
            value = converted(value, types[i].type, types[i - 1].type)
        except ValueError as error:
            raise FieldError(f"{error} (it follows {'.'.join(chain[i])})", *chain[i - 1]) from None
    return value


def _ring(network: Network, chain: list[tuple[str, str]]) -> range:
    """The positions in a chain of fields that follow each other round and round; empty where it simply ends."""
    node, connector = chain[-1]
    again = network.sources(node).get(connector)
    return range(chain.index(again), len(chain)) if again in chain else range(0)


def _described(node: Node, infos: Mapping[str, ImageInfo]) -> Described:
    declared = node.declaration
    opened = ask(node, "open", _available(node, infos, None))
    available = _available(node, infos, opened)
    facts = ask(node, "describe", available) if declared.outputs else {}
    if isinstance(facts, ImageInfo):
        facts = dict.fromkeys(declared.outputs, facts)
    if set(facts) != set(declared.outputs):
        raise TypeError(f"describe speaks of {sorted(facts)}, not of the outputs {sorted(declared.outputs)}")
    given = ask(node, "values", available) or {}
    values = {spec.file_name: spec.value(given[spec.name]) for spec in declared.fields.values() if spec.read_only}
    return Described(facts, values, tuple(ask(node, "warnings", available) or ()), opened)


def _available(node: Node, infos: Mapping[str, ImageInfo], opened: Any) -> dict[str, Any]:
    unconnected = {connector.name: None for connector in node.declaration.inputs.values()}
    return {**unconnected, **infos, "opened": opened}


def _key(node: Node, stamp: str, sources: Mapping[str, tuple[Bound, str]]) -> str:
    """A hash of all that decides the node's output: type, fields, stamp, and the keys of what feeds it."""
    feeding = sorted((given, source.key, output) for given, (source, output) in sources.items())
    fields = [spec.type.to_json(getattr(node, spec.name)) for spec in node.declaration.fields.values()]
    content = repr((type(node).__module__, type(node).__qualname__, fields, stamp, feeding))
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _merged(regions: list[Region]) -> list[Region]:
    """The regions with those joined that overlap so much that one page costs less than two."""
    if len(regions) < 2:
        return regions
    pages: list[Region] = []
    for region in sorted(set(regions), key=lambda one: (one.start, one.stop)):
        if pages and (pages[-1] | region).size < pages[-1].size + region.size:
            pages[-1] |= region
        else:
            pages.append(region)
    return pages


def _page(source: tuple[Bound, str], part: Region, merged: Mapping[tuple[str, str], list[Region]]) -> PageKey:
    feeding, output = source
    page = next(page for page in merged[feeding.name, output] if part in page)
    return page_of(feeding, output, page)
