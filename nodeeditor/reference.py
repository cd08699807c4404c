"""The reference of node types, printed from their own declarations: as text, Markdown or JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from nodeeditor.fields import EnumType, Json
from nodeeditor.library import Library
from nodeeditor.node import FieldSpec, Node

_WIDTH = 100


def overview(library: Library) -> str:
    """All node types by subject, a line each."""
    width = max((len(name) for name in library), default=0)
    lines = []
    for subject, node_types in by_subject(library.values()).items():
        lines.append(f"{subject}:")
        for node_type in node_types:
            summary = textwrap.shorten(node_type.declaration.summary, _WIDTH - width - 4, placeholder=" …")
            lines.append(f"  {node_type.__name__:<{width}}  {summary}")
    return "\n".join(lines)


def by_subject(node_types: Iterable[type[Node]]) -> dict[str, list[type[Node]]]:
    """Node types by their subject, both in alphabetical order."""
    ordered = sorted(node_types, key=lambda one: (one.declaration.subject, one.__name__))
    subjects: dict[str, list[type[Node]]] = {}
    for node_type in ordered:
        subjects.setdefault(node_type.declaration.subject, []).append(node_type)
    return subjects


def page(node_type: type[Node]) -> str:
    """The help page of a node type as plain text."""
    declared = node_type.declaration
    lines = [f"{declared.type} ({declared.subject})", "", *_wrapped(declared.help)]
    for title, rows in _tables(node_type):
        width = max(len(row[0]) for row in rows)
        lines += ["", f"{title}:"]
        for name, facts, text in rows:
            indent = " " * (width + 4)
            body = f"{facts}. {text}" if facts else text
            lines += textwrap.wrap(body, _WIDTH, initial_indent=f"  {name:<{width}}  ", subsequent_indent=indent)
    return "\n".join(lines)


def markdown(node_types: Iterable[type[Node]]) -> str:
    """The help pages of node types as one Markdown text."""
    parts = []
    for node_type in sorted(node_types, key=lambda one: one.__name__):
        parts.append(f"## {node_type.__name__}\n\n{node_type.declaration.help}\n")
        for title, rows in _tables(node_type):
            parts.append(f"| {title} | | |\n| --- | --- | --- |")
            parts += [f"| `{name}` | {_cell(facts)} | {_cell(text)} |" for name, facts, text in rows]
            parts.append("")
    return "\n".join(parts)


def as_json(node_types: Iterable[type[Node]]) -> str:
    """The declarations of node types as a JSON list."""
    return json.dumps([_json(node_type) for node_type in sorted(node_types, key=lambda one: one.__name__)], indent=2)


def _json(node_type: type[Node]) -> Json:
    declared = node_type.declaration
    return {
        "type": declared.type,
        "subject": declared.subject,
        "help": declared.help,
        "effect": node_type.effect,
        "inputs": [
            {"name": name, "kind": one.kind.__name__, "optional": one.optional, "help": one.help}
            for name, one in declared.inputs.items()
        ],
        "outputs": [
            {"name": name, "kind": one.kind.__name__, "help": one.help} for name, one in declared.outputs.items()
        ],
        "fields": [
            {
                "name": name,
                "type": spec.type.name,
                "default": spec.type.to_json(spec.default),
                "unit": spec.unit,
                "readOnly": spec.read_only,
                "help": spec.help,
                "schema": spec.type.schema(),
            }
            for name, spec in declared.fields.items()
        ],
    }


def _tables(node_type: type[Node]) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    declared = node_type.declaration
    inputs = [
        (name, one.kind.__name__ + (", optional" if one.optional else ""), one.help)
        for name, one in declared.inputs.items()
    ]
    outputs = [(name, one.kind.__name__, one.help) for name, one in declared.outputs.items()]
    fields = [(name, _facts(spec), _field_help(spec)) for name, spec in declared.fields.items()]
    for title, rows in (("Inputs", inputs), ("Outputs", outputs), ("Fields", fields)):
        if rows:
            yield title, rows


def _facts(spec: FieldSpec) -> str:
    facts = [spec.type.name]
    if spec.unit:
        facts.append(f"in {spec.unit}")
    if spec.read_only:
        facts.append("read-only")
    elif spec.persistent:
        facts.append(f"default {spec.type.to_text(spec.default) or 'empty'}")
    return ", ".join(facts)


def _field_help(spec: FieldSpec) -> str:
    if isinstance(spec.type, EnumType):
        return f"{spec.help} One of {', '.join(choice.name for choice in spec.type.choices)}."
    return spec.help


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += [*textwrap.wrap(" ".join(paragraph.split()), _WIDTH), ""]
    return lines[:-1]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
