"""What a MeVisLab file says besides what our node types have words for; networks keep its text word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from nodeeditor.check import current_name
from nodeeditor.errors import FormatError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.mlab.modules import KEPT
from nodeeditor.mlab.syntax import Entry, parse
from nodeeditor.mlab.values import seen
from nodeeditor.network import Network, NodeSpec

__all__ = ["KEPT", "of_network", "of_node"]

_FIELD_TYPE = re.compile(r"<[^<>]*>$")
_LAYOUT, _SCENERY = "internal", "networkModel"
_OPEN = ("fields", "connections")  # blocks whose entries are named as if they stood by themselves


def of_node(spec: NodeSpec, library: Library) -> dict[str, Json] | None:
    """The values in a node's module that are no fields of ours, by name; None for a node of another origin."""
    entries = _entries(_table(spec.extra).get("text"))
    if entries is None:
        return None
    node_type = library.get(spec.type)
    inside = [inner for entry in entries for inner in entry.entries or () if inner.tag != _LAYOUT]
    told = dict(_values(inside))
    if node_type is None:
        return {name: value for name, value in told.items() if name not in spec.fields}
    known = node_type.declaration.fields
    return {name: value for name, value in told.items() if current_name(node_type, name) not in known}


def of_network(network: Network) -> dict[str, Json] | None:
    """The values and connections around the modules that are none of ours; None for a network of another origin."""
    pieces = _table(network.extra).get("text")
    lists = [piece for piece in pieces if isinstance(piece, list)] if isinstance(pieces, list) else None
    entries = None if lists is None else _entries([line for piece in lists for line in piece])
    if entries is None:
        return None
    told = _values(entry for entry in entries if entry.tag != _SCENERY)
    return {name: value for name, value in told if name not in network.connections}


def _table(extra: Mapping[str, Json]) -> Mapping[str, Json]:
    kept = extra.get(KEPT)
    return kept if isinstance(kept, Mapping) else {}


def _entries(lines: Json) -> list[Entry] | None:
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return None
    try:
        return parse("\n".join(lines))
    except FormatError:
        return None


def _values(entries: Iterable[Entry]) -> Iterator[tuple[str, Json]]:
    """The values of entries and of those in their blocks, these under both names."""
    waiting = [("", entry) for entry in entries]
    while waiting:
        prefix, entry = waiting.pop()
        name = prefix + _FIELD_TYPE.sub("", entry.tag)
        if entry.value is not None and name not in ("instanceName", *_OPEN):
            plain = seen(entry.value)
            yield name, entry.value if isinstance(plain, str) else plain
        inner_prefix = "" if name in _OPEN else f"{name}."
        waiting += [(inner_prefix, inner) for inner in entry.entries or ()]
