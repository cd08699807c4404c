"""Which nodes of a network go on under other names in a later one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nodeeditor.network import Network, NodeSpec, endpoint, ordered

_UNKNOWN = ""


def called(network: Network, names: Mapping[str, str]) -> Network:
    """The network with some nodes under other names, connections along with them."""

    def followed(end: str) -> str:
        node, connector = endpoint(end)
        return f"{names[node]}.{connector}" if node in names else end

    return replace(
        network,
        nodes={names.get(name, name): spec for name, spec in network.nodes.items()},
        connections={followed(destination): followed(source) for destination, source in network.connections.items()},
    )


def successors(old: Network, new: Network) -> dict[str, str]:
    """The names that nodes of ``old`` have in ``new``, where both names are in one of them only.

    A node and its successor agree in type, fields and whether they are bypassed, and are fed by the same. Of several
    that do, the one that feeds the same is taken, else the first.
    """
    candidates: dict[object, list[str]] = {}
    for name in _in_order_of_flow(new):
        if name not in old.nodes:
            candidates.setdefault(_likeness(new.nodes[name]), []).append(name)
    old_ends, new_ends = _fed(old, new), _fed(new, old)
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in _in_order_of_flow(old):
        if name in new.nodes:
            continue
        alike = candidates.get(_likeness(old.nodes[name]), [])
        wanted = _feeding(old, name, found, new)
        best = ""
        for one in alike:
            if _feeding(new, one, taken, old) == wanted:
                best = best or one
                if new_ends.get(one) == old_ends.get(name):
                    best = one
                    break
        if best:
            alike.remove(best)
            found[name], taken[best] = best, best
    return _confirmed(old, new, found)


def _confirmed(old: Network, new: Network, found: dict[str, str]) -> dict[str, str]:
    """The successors that are fed by the same, or by the successors of that; those of rings are known only now."""
    while True:
        sources = {
            name: {connector: (found.get(of, of), giving) for connector, (of, giving) in old.sources(name).items()}
            for name in found
        }
        kept = {name: now for name, now in found.items() if sources[name] == new.sources(now)}
        if len(kept) == len(found):
            return found
        found = kept


def _likeness(spec: NodeSpec) -> object:
    return spec.type, spec.bypassed, frozenset(spec.fields.items())


def _in_order_of_flow(network: Network) -> list[str]:
    before = {name: [node for node, _ in network.sources(name).values()] for name in sorted(network.nodes)}
    known = {name: [node for node in nodes if node in before] for name, nodes in before.items()}
    order, stuck = ordered(known)
    return [*order, *stuck]


def _feeding(network: Network, name: str, names: Mapping[str, str], other: Network) -> dict[str, tuple[str, str]]:
    """What feeds a node: by names that both networks know, or by none as long as the source is not known again."""
    return {
        connector: (names.get(node, node if node in other.nodes else _UNKNOWN), giving)
        for connector, (node, giving) in network.sources(name).items()
    }


def _fed(network: Network, other: Network) -> dict[str, set[tuple[str, str]]]:
    """By node, the connectors of nodes in both networks that it feeds, each with the connector that feeds it."""
    ends: dict[str, set[tuple[str, str]]] = {}
    for destination, source in network.connections.items():
        if endpoint(destination)[0] in other.nodes:
            node, giving = endpoint(source)
            ends.setdefault(node, set()).add((destination, giving))
    return ends
