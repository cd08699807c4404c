"""What a network means, whatever its file spells: today's names, fields as texts, defaults left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from nodeeditor import foreign
from nodeeditor.check import current_name
from nodeeditor.errors import FieldError
from nodeeditor.fields import Json, StringType
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.node import FieldSpec


def meant(network: Network, library: Library) -> Network:
    """The network with today's names, and each field as the text that a person reads; equal where it means the same.

    ``extra`` of a network or node from a MeVisLab file holds what `nodeeditor.foreign` finds there, not the text.
    """
    connections = {
        _current(network, library, destination): _current(network, library, source)
        for destination, source in network.connections.items()
    }
    nodes = {name: _meant(spec, library) for name, spec in network.nodes.items()}
    extra = _with_foreign(network.extra, foreign.of_network(network))
    return replace(network, nodes=nodes, connections=connections, extra=extra)


def still(network: Network, library: Library) -> Network:
    """The network without the fields that hold view state."""
    nodes = {}
    for name, spec in network.nodes.items():
        fields = {key: value for key, value in spec.fields.items() if not is_view_state(library, spec.type, key)}
        nodes[name] = replace(spec, fields=fields)
    return replace(network, nodes=nodes)


def default_text(library: Library, kind: str, name: str) -> str | None:
    """The text of a field's default; None for a field that is not declared or not kept in files."""
    declared = _declared(library, kind, name)
    if declared is None or not declared.persistent:
        return None
    return _text(declared, declared.type.to_json(declared.default))


def is_view_state(library: Library, kind: str, name: str) -> bool:
    """Whether a field says only how something is looked at: slice, zoom."""
    declared = _declared(library, kind, name)
    return declared is not None and declared.transient


def said(value: Json) -> str:
    """A value as JSON on one line; the same text for numbers that are equal."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)


def shown(value: Json) -> str:
    """A value of which no type is known as a person reads it."""
    return str(value).upper() if isinstance(value, bool) else said(value)


def _meant(spec: NodeSpec, library: Library) -> NodeSpec:
    node_type = library.get(spec.type)
    kind = node_type.__name__ if node_type else spec.type
    fields = {}
    for saved, value in spec.fields.items():
        name = current_name(node_type, saved) if node_type else saved
        text = _text(_declared(library, kind, name), value)
        if text != default_text(library, kind, name):
            fields[name] = text
    return replace(spec, type=kind, fields=fields, extra=_with_foreign(spec.extra, foreign.of_node(spec, library)))


def _with_foreign(extra: Mapping[str, Json], told: Mapping[str, Json] | None) -> dict[str, Json]:
    """The foreign keys, with what a MeVisLab file said in place of its text."""
    rest = {key: value for key, value in extra.items() if key != foreign.KEPT}
    return rest if told is None else {**rest, foreign.KEPT: told}


def _current(network: Network, library: Library, end: str) -> str:
    node, connector = endpoint(end)
    node_type = library.get(network.nodes[node].type) if node in network.nodes else None
    return f"{node}.{current_name(node_type, connector)}" if node_type else end


def _declared(library: Library, kind: str, name: str) -> FieldSpec | None:
    node_type = library.get(kind)
    return node_type.declaration.fields.get(name) if node_type else None


def _text(declared: FieldSpec | None, value: Json) -> str:
    """A field's value as a person reads it; what does not fit, and every text, as JSON."""
    if declared is None or not declared.persistent or isinstance(declared.type, StringType):
        return shown(value)
    try:
        return declared.type.to_text(declared.value(value))
    except FieldError:
        return shown(value)


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return int(value)
    return value
