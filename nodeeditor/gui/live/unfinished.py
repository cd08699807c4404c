"""Nodes that a person has not finished setting up: no error yet, as long as nothing depends on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from nodeeditor.errors import NetworkError
from nodeeditor.fields import StringType
from nodeeditor.library import Library
from nodeeditor.macro import Interface
from nodeeditor.network import Network, endpoint
from nodeeditor.node import Node


def unfinished(network: Network, library: Library, interface: Interface | None = None) -> dict[str, frozenset[str]]:
    """The nodes that feed nothing, and what each still lacks: inputs that have to be connected, the name of a file.

    Of the inside of a macro also those to which the inputs of its ``interface`` lead.
    """
    outside: dict[str, set[str]] = {}
    for end in itertools.chain(*interface.inputs.values()) if interface else ():
        outside.setdefault(endpoint(end)[0], set()).add(endpoint(end)[1])
    feeding = {endpoint(source)[0] for source in network.connections.values()}
    found = {}
    for name, spec in network.nodes.items():
        node_type = library.get(spec.type)
        if node_type is not None and (name not in feeding or name in outside):
            given = network.sources(name).keys() | {field for field, value in spec.fields.items() if value != ""}
            lacking = frozenset(_needed(node_type)) - given
            if name in feeding:
                lacking &= outside[name]
            if lacking:
                found[name] = lacking
    return found


def is_about(problem: NetworkError, lacking: frozenset[str]) -> bool:
    """Whether a problem says no more than that something is lacking."""
    return problem.connector in lacking or not problem.connector


def _needed(node_type: type[Node]) -> Iterator[str]:
    declared = node_type.declaration
    yield from (name for name, one in declared.inputs.items() if not one.optional)
    if not declared.inputs:
        yield from (name for name, one in declared.fields.items() if isinstance(one.type, StringType) and one.type.file)
