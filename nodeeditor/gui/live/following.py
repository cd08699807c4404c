"""What viewers show of a network while edits wait for an update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nodeeditor.check import current_name
from nodeeditor.edits import renamed, unique_name
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.viewing.viewer import Viewer


def with_view_state(shown: Network, newer: Network, library: Library) -> Network:
    """A network with what a newer one says about looking at it: all fields of viewers, and the view state of others."""
    nodes = {
        name: _turned(spec, newer.nodes[name], library) if name in newer.nodes else spec
        for name, spec in shown.nodes.items()
    }
    return shown if nodes == shown.nodes else replace(shown, nodes=nodes)


def with_names(shown: Network, names: Mapping[str, str]) -> Network:
    """A network whose nodes go on under the names that each has now, by the one before.

    A node that has such a name, and none now, makes room for it.
    """
    now = {old: new for old, new in names.items() if old in shown.nodes and new != old}
    if not now:
        return shown
    for name in sorted((set(now.values()) & shown.nodes.keys()) - now.keys()):
        taken = replace(shown, nodes={**shown.nodes, **{new: shown.nodes[old] for old, new in now.items()}})
        shown = renamed(shown, name, unique_name(taken, name))

    def called(end: str) -> str:
        node, member = endpoint(end)
        return f"{now.get(node, node)}.{member}"

    return replace(
        shown,
        nodes={now.get(name, name): spec for name, spec in shown.nodes.items()},
        connections={called(destination): called(source) for destination, source in shown.connections.items()},
    )


def flowing_into(network: Network, name: str) -> Any:
    """All that decides what a node gives: equal where the node gives the same."""
    nodes, found, waiting = network.nodes, dict[str, Any](), [name]
    while waiting:
        one = waiting.pop()
        if one in nodes and one not in found:
            spec, sources = nodes[one], network.sources(one)
            found[one] = (spec.type, spec.fields, spec.bypassed, sources)
            waiting += [source for source, _ in sources.values()]
    return found


def content(network: Network) -> Any:
    """All of a network that decides its images."""
    return {name: (spec.type, spec.fields, spec.bypassed) for name, spec in network.nodes.items()}, network.connections


def _turned(spec: NodeSpec, newer: NodeSpec, library: Library) -> NodeSpec:
    node_type = library.get(spec.type)
    if node_type is None or newer.type != spec.type:
        return spec
    declared = node_type.declaration.fields

    def looks(name: str) -> bool:
        field = declared.get(current_name(node_type, name))
        return issubclass(node_type, Viewer) or (field is not None and field.transient)

    kept = {name: value for name, value in spec.fields.items() if not looks(name)}
    turned: Mapping[str, Any] = {name: value for name, value in newer.fields.items() if looks(name)}
    fields = {**kept, **turned}
    return spec if fields == spec.fields else replace(spec, fields=fields)
