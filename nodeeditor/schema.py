"""The published JSON Schema of network files, made from the node types' own declarations."""

from __future__ import annotations

from nodeeditor.fields import Json
from nodeeditor.file import FORMAT, VERSION
from nodeeditor.library import Library
from nodeeditor.node import Node
from nodeeditor.windows import WINDOWS

_END = r"[^.\s\u0000-\u001f\u007f\u0085]"
_WORD = rf"{_END}([^.\u0000-\u001f\u007f]{{0,198}}{_END})?"
_NAME = rf"^{_WORD}$"
_ENDPOINT = rf"^{_WORD}\.{_WORD}$"


def network_schema(library: Library) -> dict[str, Json]:
    """JSON Schema (draft 2020-12) of a network file.

    Fields of known node types are checked by their declared types; unknown types, unknown fields and foreign keys
    are allowed everywhere, since files may come from newer versions and other packages.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nodeeditor network",
        "description": "A network of nodes for medical images. Data flows from sources to destinations.",
        "type": "object",
        "required": ["format", "version", "nodes", "connections"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"type": "integer", "minimum": 1, "maximum": VERSION},
            "nodes": {
                "description": "The nodes by their names.",
                "type": "object",
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": {"$ref": "#/$defs/node"},
            },
            "connections": {
                "description": "From each destination Node.connector to the one source that feeds it.",
                "type": "object",
                "propertyNames": {"pattern": _ENDPOINT},
                "additionalProperties": {"type": "string", "pattern": _ENDPOINT},
            },
            "groups": {"description": "Coloured frames around nodes.", "type": "array"},
            "notes": {"description": "Texts on the canvas.", "type": "array"},
        },
        "$defs": {"node": _node_schema(library)},
    }


def _node_schema(library: Library) -> dict[str, Json]:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "minLength": 1, "examples": list(library)},
            "frame": {
                "description": "x, y, width and height on the canvas, y downwards.",
                "type": "array",
                "items": {"type": "number", "minimum": -1e9, "maximum": 1e9},
                "minItems": 4,
                "maxItems": 4,
            },
            "group": {"description": "Name of the group that the node belongs to.", "type": "string"},
            "bypassed": {"description": "Whether what flows in flows out unchanged.", "type": "boolean"},
            "color": {
                "description": "Red, green and blue of the box; without it the box looks as its kind does.",
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": 255},
                "minItems": 3,
                "maxItems": 3,
            },
            "fields": {"type": "object"},
            "windows": _windows_schema(),
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {"properties": {"fields": {"properties": _fields_schema(node_type)}}},
            }
            for name, node_type in library.items()
        ],
    }


def _windows_schema() -> dict[str, Json]:
    """Names and entries that are not ours are allowed, since an entry that cannot be understood does no harm."""
    examples: list[Json] = [{"frame": [100, 80, 640, 480], "open": True}]
    return {
        "description": "Where the node's windows lie on the screen, by their names.",
        "type": "object",
        "properties": {name: {"description": title, "examples": examples} for name, title in WINDOWS.items()},
    }


def _fields_schema(node_type: type[Node]) -> dict[str, Json]:
    return {
        name: {**spec.type.schema(), "description": spec.help, "default": spec.type.to_json(spec.default)}
        for name, spec in node_type.declaration.fields.items()
        if spec.persistent
    }
