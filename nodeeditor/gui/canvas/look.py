"""What a node's box shows, from what the node is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nodeeditor.errors import FieldError
from nodeeditor.fields import TriggerType
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.network import NodeSpec
from nodeeditor.node import Node

Kind = Literal["image", "composed", "macro", "unknown"]


@dataclass(frozen=True)
class Look:
    """What a box shows. ``error`` and ``warning`` are in words, one message a line; empty means all is well."""

    title: str
    value_line: str = ""
    kind: Kind = "image"
    reload: bool = False
    error: str = ""
    warning: str = ""
    bypassed: bool = False
    tooltip: str = ""
    tint: str = ""  # #rrggbb, where the box has a colour of its own


def look_of(name: str, spec: NodeSpec, library: Library, error: str = "", warning: str = "") -> Look:
    """Name, value line, colour, buttons and marks of a node's box; an unknown type is a grey one that says its type,
    unless the name says it already.

    ``error`` and ``warning`` are what is wrong with the node, one sentence a line.
    """
    node_type = library.get(spec.type)
    tint = "#{:02x}{:02x}{:02x}".format(*spec.color) if spec.color else ""
    if node_type is None:
        tooltip = f"unknown node type {spec.type}; it is kept as it is"
        counted = name.startswith(spec.type) and not name[len(spec.type) :].strip("0123456789")
        return Look(
            name, "" if counted else spec.type, "unknown", error=error, warning=warning, tooltip=tooltip, tint=tint
        )
    declared = node_type.declaration
    return Look(
        name,
        configured(node_type, spec).caption(),
        "macro" if issubclass(node_type, Macro) else "composed" if node_type.composed else "image",
        reload=isinstance(getattr(declared.fields.get("load"), "type", None), TriggerType),
        error=error,
        warning=warning,
        bypassed=spec.bypassed,
        tooltip=f"{spec.type}: {declared.summary}",
        tint=tint,
    )


def configured(node_type: type[Node], spec: NodeSpec) -> Node:
    """The node as far as its saved fields are right; wrong ones count as not set."""
    values = {}
    for name, field in node_type.declaration.fields.items():
        if field.persistent and name in spec.fields:
            try:
                values[field.name] = field.value(spec.fields[name])
            except FieldError:
                continue
    return node_type(**values)
