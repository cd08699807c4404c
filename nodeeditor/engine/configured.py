"""Nodes with their fields set: to what is saved, or to what a connected field follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from nodeeditor.check import all_names, current_name, field_chain, is_filled
from nodeeditor.errors import FieldError, NetworkError
from nodeeditor.fields import StringType, converted
from nodeeditor.library import Library
from nodeeditor.network import Network
from nodeeditor.node import Node
from nodeeditor.paths import Paths

Filled: TypeAlias = Callable[[str, str], Any]
"""Gives the value of a read-only field, by node and name in files."""


def configured(network: Network, library: Library, paths: Paths, name: str, filled: Filled) -> Node:
    """One node of a network, its fields set; raises NetworkError."""
    spec = network.nodes[name]
    node_type = library[spec.type]
    declared = node_type.declaration.fields
    former_first = sorted(spec.fields.items(), key=lambda entry: entry[0] not in node_type.renamed)
    given = {current_name(node_type, saved): value for saved, value in former_first}
    connected = {current_name(node_type, connector): connector for connector in network.sources(name)}
    values = {}
    for field_name in (*given, *(one for one in connected if one not in given)):
        declared_field = declared.get(field_name)
        if declared_field is None or not declared_field.persistent:
            continue
        if field_name in connected:
            value = _followed(network, library, (name, connected[field_name]), filled)
        else:
            value = given[field_name]
        if isinstance(declared_field.type, StringType) and declared_field.type.file and isinstance(value, str):
            try:
                lacking = "" if node_type.effect else paths.lacking(value)
                value = paths.expanded(value)
            except (ValueError, OSError) as error:
                raise FieldError(str(error), name, field_name) from None
            if lacking:
                raise FieldError(lacking, name, field_name)
        values[declared_field.name] = value
    try:
        return node_type(**values)
    except FieldError as error:
        raise error.at(name) from None


def _followed(network: Network, library: Library, start: tuple[str, str], filled: Filled) -> Any:
    """The value that a connected field takes from the root of its chain, converted at every step.

    In a ring of fields the value is that of the first field, by name, that is set in the file. A field that follows one
    of a node of unknown type has the value that was saved with it, if there is one.
    """
    chain = field_chain(network, library, start)
    types = []
    for number, (node, connector) in enumerate(chain):
        try:
            node_type = library[network.nodes[node].type]
        except NetworkError as error:
            if number and (kept := _saved(network, library, chain[number - 1])):
                chain = [*chain[: number - 1], kept]
                break
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
        value = filled(node, field.file_name)
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


def _saved(network: Network, library: Library, end: tuple[str, str]) -> tuple[str, str] | None:
    """A field under the name, today's or a former one, by which the file keeps its value; None where it keeps none."""
    node, connector = end
    saved = network.nodes[node].fields
    names = (connector, *all_names(library[network.nodes[node].type], connector))
    return next(((node, name) for name in names if name in saved), None)


def _ring(network: Network, chain: Sequence[tuple[str, str]]) -> range:
    """The positions in a chain of fields that follow each other round and round; empty where it simply ends."""
    node, connector = chain[-1]
    again = network.sources(node).get(connector)
    return range(chain.index(again), len(chain)) if again in chain else range(0)
