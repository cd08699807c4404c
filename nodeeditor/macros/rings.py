"""Fields that follow each other round and round: one value for all of them, whatever their nodes are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from nodeeditor.check import current_name, field_chain
from nodeeditor.errors import FieldError, WiringError
from nodeeditor.fields import converted
from nodeeditor.library import Library
from nodeeditor.macros.expansion import expansion
from nodeeditor.network import Network, endpoint
from nodeeditor.node import FieldSpec

_End: TypeAlias = tuple[str, str]


def settled(network: Network, library: Library, names: Iterable[str]) -> Network:
    """The network with one value in each ring of fields that goes through some nodes: the one that counts now.

    Which one counts follows from the names of the nodes; after this it is the same under other names. Raises
    WiringError for a ring that goes through macros and holds several values.
    """
    flat, chosen = expansion(network, library), set(names)
    done: set[_End] = set()
    for destination in flat.network.connections:
        start = endpoint(destination)
        if flat.place(start[0])[0] not in chosen or start in done or start[0] not in flat.network.nodes:
            continue
        chain = field_chain(flat.network, library, start)
        if flat.network.sources(chain[-1][0]).get(chain[-1][1]) != start:
            continue
        done.update(chain)
        declared = {end: field for end in chain if (field := _declared(flat.network, library, end)) is not None}
        is_whole = len(declared) == len(chain) and all(field.persistent for field in declared.values())
        if not is_whole or _is_clear(flat.network, declared):
            continue
        if any(node in flat.inside for node, _ in chain):
            node, member = next(end for end in chain if end[0] in flat.inside)
            macro, within = flat.place(node)
            raise WiringError(f"{within}.{member} is in a ring of fields with several values; disconnect one", macro)
        network = _settled(network, chain, declared)
    return network


def _is_clear(network: Network, declared: dict[_End, FieldSpec]) -> bool:
    """Whether a ring has the same value under all names: one alone is set, or what is set is the same."""
    given = [end for end in declared if end[1] in network.nodes[end[0]].fields]
    try:
        texts = {_text(declared[end], network.nodes[end[0]].fields[end[1]]) for end in given}
        defaults = {_text(field, field.type.to_json(field.default)) for field in declared.values()}
    except FieldError:
        return True  # which is told of, and nothing runs
    kinds = [field.type for field in declared.values()]
    if given and (len(texts) > 1 or (len(given) > 1 and any(kind != kinds[0] for kind in kinds))):
        return False
    return len(defaults) == 1 or bool(given and not texts & defaults)


def _text(field: FieldSpec, saved: object) -> str:
    return field.type.to_text(field.value(saved))


def _settled(network: Network, ring: Sequence[_End], declared: dict[_End, FieldSpec]) -> Network:
    given = [end for end in sorted(ring) if end[1] in network.nodes[end[0]].fields]
    root = given[0] if given else min(ring)
    of = declared[root]
    nodes = dict(network.nodes)
    try:
        value = of.value(nodes[root[0]].fields[root[1]]) if given else of.default
        for end in ring:
            node, name = end
            fields = {key: saved for key, saved in nodes[node].fields.items() if key != name}
            if end == root or value == of.default:
                fields[name] = declared[end].saved(converted(value, of.type, declared[end].type))
            nodes[node] = replace(nodes[node], fields=fields)
    except (FieldError, ValueError):
        return network
    return replace(network, nodes=nodes)


def _declared(network: Network, library: Library, end: _End) -> FieldSpec | None:
    node_type = library.get(network.nodes[end[0]].type)
    return node_type.declaration.fields.get(current_name(node_type, end[1])) if node_type else None
