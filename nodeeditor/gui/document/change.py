"""What one step changes in the content of a node: the entries that differ, each with what it was and what it becomes.

Undoing a step puts back these entries and leaves the others as they are by then, so that view state, which is changed
without undo, never comes back from an older step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from nodeeditor.fields import Json
from nodeeditor.network import NodeSpec

Entry: TypeAlias = tuple[str, str]
Change: TypeAlias = Mapping[Entry, tuple[Json, Json]]

ABSENT = object()
"""What an entry is that a table does not hold."""

_TABLES = ("fields", "windows")
_WHOLE = ("group", "bypassed", "color", "extra")  # foreign keys keep their order, so they change together


def change(before: NodeSpec, after: NodeSpec) -> Change:
    """The entries in which two contents of one node differ."""
    old, new = _entries(before), _entries(after)
    pairs = {entry: (old.get(entry, ABSENT), new.get(entry, ABSENT)) for entry in old | new}
    return {entry: (was, becomes) for entry, (was, becomes) in pairs.items() if was != becomes}


def joined(first: Change, second: Change) -> Change:
    """Two changes, one after the other, as one."""
    pairs = {**second, **{entry: (was, second.get(entry, (was, now))[1]) for entry, (was, now) in first.items()}}
    return {entry: (was, becomes) for entry, (was, becomes) in pairs.items() if was != becomes}


def done(spec: NodeSpec, made: Change) -> NodeSpec:
    """The content after a change, whatever else it holds now."""
    return _with(spec, {entry: becomes for entry, (_, becomes) in made.items()})


def undone(spec: NodeSpec, made: Change) -> NodeSpec:
    """The content before a change, whatever else it holds now."""
    return _with(spec, {entry: was for entry, (was, _) in made.items()})


def _entries(spec: NodeSpec) -> dict[Entry, Json]:
    held: dict[Entry, Json] = {(part, ""): getattr(spec, part) for part in _WHOLE}
    for table in _TABLES:
        held |= {(table, key): value for key, value in getattr(spec, table).items()}
    return held


def _with(spec: NodeSpec, entries: Mapping[Entry, Json]) -> NodeSpec:
    parts: dict[str, Json] = {}
    for (part, key), value in entries.items():
        if part in _WHOLE:
            parts[part] = value
            continue
        table = parts.setdefault(part, dict(getattr(spec, part)))
        if value is ABSENT:
            table.pop(key, None)
        else:
            table[key] = value
    return replace(spec, **parts)
