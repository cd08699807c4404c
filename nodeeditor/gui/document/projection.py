"""Where NodeGraphQt's graph and `Network` meet: `read` one from the other, `write` one into the other.

Two laws hold: ``write(g, n)`` makes ``read(g) == n``, and ``write(g, read(g))`` changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from NodeGraphQt.base.commands import NodeAddedCmd, NodesRemovedCmd

from nodeeditor.check import flows
from nodeeditor.gui.document.change import change
from nodeeditor.gui.document.commands import SetContent, SetName, SetPlace, SetRest
from nodeeditor.gui.document.place import Place, Rest
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.places import arranged

if TYPE_CHECKING:
    from nodeeditor.gui.document.editornode import EditorNode
    from nodeeditor.gui.document.graph import Graph


def read(graph: Graph) -> Network:
    """The network that the graph shows."""
    nodes = {node.name(): node.told for node in graph.editor_nodes()}
    connections = {**graph.rest.links, **graph.wires()}
    return Network(nodes, connections, graph.rest.groups, graph.rest.notes, graph.rest.extra)


def write(graph: Graph, network: Network, label: str) -> None:
    """Make the graph show a network with the fewest edits; one step on its undo stack, none where nothing differs.

    View state and windows that differ are part of the step, so undoing it puts them back; other steps leave them alone.
    """
    shown = read(graph)
    if network == shown:
        return
    graph.begin_undo(label)
    _rename(graph, shown, network)
    _write(graph, network)
    graph.end_undo()


def _rename(graph: Graph, shown: Network, network: Network) -> None:
    """Let a node go on under its new name where only that has changed."""
    gone = [name for name in shown.nodes if name not in network.nodes]
    new = [name for name in network.nodes if name not in shown.nodes]
    if len(gone) == len(new) == 1 and shown.nodes[gone[0]] == network.nodes[new[0]]:
        graph.undo_stack().push(SetName(_present(graph)[gone[0]], new[0]))


def _write(graph: Graph, network: Network) -> None:
    wires, links = _split(network, graph.library)
    present = _present(graph)
    ports = _implied_ports(wires)
    gone = [node for name, node in present.items() if not _can_stay(node, network.nodes.get(name), ports.get(name))]
    old = graph.wires()
    leaving = {node.name() for node in gone}
    for destination, source in old.items():
        touched = {endpoint(destination)[0], endpoint(source)[0]} & leaving
        if wires.get(destination) != source or touched:
            _input(present, destination).disconnect_from(_output(present, source))
    if gone:
        graph.undo_stack().push(NodesRemovedCmd(graph, gone, emit_signal=False))
        for node in gone:
            del present[node.name()]
    kept = dict(present)
    for name, place in _places(network, [name for name in network.nodes if name not in kept], graph.library).items():
        node = present[name] = graph.new_node(name, network.nodes[name], place, *ports.get(name, ((), ())))
        graph.undo_stack().push(NodeAddedCmd(graph, node, pos=[place.x, place.y], emit_signal=False))
    for name, node in kept.items():
        _update(graph, node, network.nodes[name])
    for destination, source in wires.items():
        fresh = endpoint(destination)[0] not in kept or endpoint(source)[0] not in kept
        if fresh or old.get(destination) != source:
            _output(present, source).connect_to(_input(present, destination))
    rest = Rest(links, network.groups, network.notes, network.extra)
    if rest != graph.rest:
        graph.undo_stack().push(SetRest("", graph, rest))


def _update(graph: Graph, node: EditorNode, spec: NodeSpec) -> None:
    if made := change(node.spec, spec):
        graph.undo_stack().push(SetContent(f"change {node.name()}", {node: made}))
    if spec.frame != node.told.frame:
        graph.undo_stack().push(SetPlace(node, _place(spec, node.place)))


def _place(spec: NodeSpec, otherwise: Place) -> Place:
    if spec.frame is None:
        return replace(otherwise, automatic=True)
    x, y, width, height = spec.frame
    return Place(x, y, (width, height))


def _places(network: Network, names: Iterable[str], library: Library) -> dict[str, Place]:
    """Where new boxes lie; those of which the file says nothing are arranged in rows below all others."""
    names = list(names)
    lost = [name for name in names if network.nodes[name].frame is None]
    tidy = arranged(network, library, lost) if lost else network
    return {name: _place(network.nodes[name], Place(*(tidy.nodes[name].frame or (0.0, 0.0))[:2])) for name in names}


def _split(network: Network, library: Library) -> tuple[dict[str, str], dict[str, str]]:
    """The connections between connectors, drawn as wires, and all others: between fields, or leading nowhere."""
    wires: dict[str, str] = {}
    links: dict[str, str] = {}
    for destination, source in network.connections.items():
        (to, taking), (of, giving) = endpoint(destination), endpoint(source)
        known = to in network.nodes and of in network.nodes
        fits = known and _may(network, library, to, taking, "inputs") and _may(network, library, of, giving, "outputs")
        drawn = fits and flows(network, library, library.get(network.nodes[to].type), (of, giving))
        (wires if drawn else links)[destination] = source
    return wires, links


def _may(network: Network, library: Library, node: str, connector: str, side: str) -> bool:
    node_type = library.get(network.nodes[node].type)
    return node_type is None or connector in getattr(node_type.declaration, side)


def _implied_ports(wires: Mapping[str, str]) -> dict[str, tuple[list[str], list[str]]]:
    """The connectors that the wires of a network need at each node: inputs, outputs."""
    needed: dict[str, tuple[list[str], list[str]]] = {}
    for destination, source in sorted(wires.items()):
        for side, end in enumerate((destination, source)):
            node, connector = endpoint(end)
            names = needed.setdefault(node, ([], []))[side]
            if connector not in names:
                names.append(connector)
    return needed


def _can_stay(node: EditorNode, spec: NodeSpec | None, ports: tuple[list[str], list[str]] | None) -> bool:
    if spec is None or spec.type != node.spec.type:
        return False
    inputs, outputs = ports or ((), ())
    return set(inputs) <= set(node.inputs()) and set(outputs) <= set(node.outputs())


def _present(graph: Graph) -> dict[str, EditorNode]:
    return {node.name(): node for node in graph.editor_nodes()}


def _input(present: Mapping[str, EditorNode], end: str) -> Any:
    node, connector = endpoint(end)
    return present[node].inputs()[connector]


def _output(present: Mapping[str, EditorNode], end: str) -> Any:
    node, connector = endpoint(end)
    return present[node].outputs()[connector]
