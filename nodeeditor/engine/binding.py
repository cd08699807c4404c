"""A network bound: its nodes ready to be asked, each behind what feeds it.

Walking down the flow gives each ancestor of the wanted nodes (`bound`), or all that is right in a whole network
(`known`). Most of what was found serves the next network, too: an edit binds what lies behind it and nothing else.
Nothing recurses: chains of thousands of nodes are real.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nodeeditor.check import (
    content_problems,
    cycle_problems,
    dependencies,
    existing,
    node_problems,
)
from nodeeditor.engine.boundnode import Bound, Recall, bound_node, joined, own_node, stamp_of
from nodeeditor.errors import Cancelled, NetworkError, NodeEditorError, raise_all
from nodeeditor.kept import kept
from nodeeditor.library import Library
from nodeeditor.network import Network, ordered
from nodeeditor.node import Node
from nodeeditor.paths import Paths


@dataclass(frozen=True)
class Binding:
    """What `bound` found for some targets of a network; most of it holds for the next one, too.

    ``made``     the targets and all their ancestors by name, each behind what feeds it
    ``takers``   by node, those that take its images or read-only fields
    ``stamped``  the nodes whose results depend on more than the network
    ``opening``  those that open a file or the like
    """

    network: Network
    paths: Paths
    made: Mapping[str, Bound]
    takers: Mapping[str, Sequence[str]] = field(repr=False)
    stamped: Sequence[str] = field(repr=False)
    opening: Sequence[str] = field(repr=False)

    @kept
    def opened(self) -> Sequence[str]:
        """The keys of the nodes that open a file or the like."""
        return [self.made[name].key for name in self.opening]

    def edited(self, network: Network, paths: Paths) -> list[str] | None:
        """The nodes whose fields another network has otherwise; None where more than fields differs."""
        if network is self.network and paths == self.paths:
            return []
        before, now = self.network.nodes, network.nodes
        if self.paths != paths or len(before) != len(now) or self.network.connections != network.connections:
            return None
        names = []
        for name, spec in now.items():
            old = before.get(name)
            if old is spec:
                continue
            if old is None or (old.type, old.bypassed) != (spec.type, spec.bypassed):
                return None
            if old.fields is not spec.fields and repr(old.fields) != repr(spec.fields):  # which tell 0.0 from -0.0
                names.append(name)
        return names


@dataclass(frozen=True)
class Known:
    """All that is known of a network: every node is in one of the mappings, but for bypassed ones that nobody asks.

    ``bound``   the nodes that are right, each behind what feeds it
    ``errors``  by node, all that is wrong with itself
    ``behind``  by node that waits for another one, the first in the flow that is wrong
    ``inside``  by bound node that is inside a macro: the macro's node, and how the node is called in there
    """

    bound: Mapping[str, Bound]
    errors: Mapping[str, tuple[NodeEditorError, ...]]
    behind: Mapping[str, str]
    inside: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def bound(
    network: Network,
    library: Library,
    paths: Paths,
    targets: Iterable[str],
    recall: Recall,
    cancelled: Callable[[], bool],
    last: Binding | None = None,
) -> Binding:
    """The target nodes and all their ancestors, each behind what feeds it.

    What was found ``last``, for the same targets, is used as far as it still holds. Raises NetworkError with every
    problem among these nodes, NodeError when a node cannot describe its output, and Cancelled.
    """
    edited = last.edited(network, paths) if last is not None else None
    if last is not None and edited is not None:
        return _rebound(network, library, paths, edited, recall, cancelled, last)
    before = dependencies(network, library)
    order = _checked_order(network, library, before, targets)
    made: dict[str, Bound] = {}
    for name in order:
        if cancelled():
            raise Cancelled
        made[name] = bound_node(network, library, paths, name, made, recall)
    return _binding(network, paths, made, before)


def _binding(network: Network, paths: Paths, made: Mapping[str, Bound], before: Mapping[str, Iterable[str]]) -> Binding:
    takers: dict[str, list[str]] = {}
    for name in made:
        for source in dict.fromkeys(before[name]):
            takers.setdefault(source, []).append(name)
    types = {name: type(one.node) for name, one in made.items()}
    stamped = [name for name, kind in types.items() if kind.stamp is not Node.stamp]
    opening = [name for name, kind in types.items() if "open" in kind.declaration.parameters]
    return Binding(network, paths, made, takers, stamped, opening)


def _rebound(
    network: Network,
    library: Library,
    paths: Paths,
    edited: Sequence[str],
    recall: Recall,
    cancelled: Callable[[], bool],
    last: Binding,
) -> Binding:
    """The same nodes in a network with other fields: what was edited and what lies behind it is bound anew."""
    wrong = [content_problems(network, library, name) for name in sorted(edited) if name in last.made]
    raise_all([problem for problems in wrong for problem in problems])
    if edited:
        touched = {*edited, *last.stamped, *(name for name, one in last.made.items() if one.follows)}
    else:
        touched = {name for name in last.stamped if stamp_of(name, last.made[name].node) != last.made[name].stamp}
    made = dict(last.made) if touched else {}
    changed = False
    for name, before in last.made.items() if touched else ():
        if name not in touched:
            continue
        if cancelled():
            raise Cancelled
        node, own = before.node, before.own
        if name in edited or before.follows:
            node, own = own_node(network, library, paths, name, made)
        sources = before.sources
        if any(made[source.name] is not source for source, _ in sources.values()):
            sources = {given: (made[source.name], output) for given, (source, output) in sources.items()}
        one = joined(name, node, own, sources, before.follows, recall, before)
        if one is not before:
            made[name], changed = one, True
            touched.update(last.takers.get(name, ()))
    if network is last.network and not changed:
        return last
    kept_made = made if changed else last.made
    return Binding(network, last.paths, kept_made, last.takers, last.stamped, last.opening)


def _checked_order(
    network: Network, library: Library, before: Mapping[str, list[str]], targets: Iterable[str]
) -> list[str]:
    """The target nodes and all their ancestors, each behind what feeds it; raises NetworkError with every problem."""
    targets = list(targets)
    for target in targets:
        existing(network, target)
    wanted = _ancestors(before, targets)
    raise_all([problem for name in sorted(wanted) for problem in node_problems(network, library, name)])
    reduced = {name: before[name] for name in network.nodes if name in wanted}
    order, stuck = ordered(reduced)
    if stuck:
        raise_all(cycle_problems(reduced))
    return order


def known(
    network: Network,
    library: Library,
    paths: Paths,
    recall: Recall,
    cancelled: Callable[[], bool],
    last: Binding | None = None,
) -> tuple[Known, Binding | None]:
    """Every node of a network as far as it is right, and what is wrong with the others; raises only Cancelled.

    Where nothing is wrong the second is what serves as ``last`` for the next network.
    """
    again = _known_again(network, library, paths, recall, cancelled, last) if last is not None else None
    if again is not None:
        return Known(again.made, {}, {}), again
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
                made[name] = bound_node(network, library, paths, name, made, recall)
            except NodeEditorError as error:
                cause = getattr(error, "node", "") or name
                errors[cause] = error.problems if isinstance(error, NetworkError) else (error,)
                if cause != name:
                    behind[name] = cause
    right = not (errors or behind)
    return Known(made, errors, behind), _binding(network, paths, made, before) if right else None


def _known_again(
    network: Network, library: Library, paths: Paths, recall: Recall, cancelled: Callable[[], bool], last: Binding
) -> Binding | None:
    """The same nodes in a network with other fields, where all is right in it as it was in the last one."""
    edited = last.edited(network, paths)
    if edited is None or not last.made.keys() >= set(edited):
        return None
    try:
        return _rebound(network, library, paths, edited, recall, cancelled, last)
    except NodeEditorError:
        return None


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
