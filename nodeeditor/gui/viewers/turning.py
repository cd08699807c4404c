"""A viewer as its window wants it: what turning something makes of its fields, before the picture is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from nodeeditor.fields import DoubleType, IntegerType, Json
from nodeeditor.image import ImageInfo
from nodeeditor.node import FieldSpec
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.viewer import Turn, Viewer

Edits: TypeAlias = Mapping[str, Json]
"""What fields become, by their names in files."""
Turns: TypeAlias = tuple[tuple[Turn, Any], ...]
"""What is turned, in this order, and to what."""


@dataclass(frozen=True)
class Wanted:
    """A viewer with all that was turned since its picture was made.

    ``node``   the viewer as it was then
    ``infos``  the facts of its inputs
    ``edits``  the fields that were set since then
    """

    node: Viewer
    infos: Mapping[str, ImageInfo]
    edits: Edits = field(default_factory=dict)

    @cached_property
    def viewer(self) -> Viewer:
        """The viewer with the edits."""
        return edited(self.node, self.edits)

    @cached_property
    def panes(self) -> tuple[Pane, ...]:
        """The slices of the wanted picture."""
        return self.viewer.arranged(self.infos)

    def with_edits(self, edits: Edits) -> Wanted:
        """With some more fields set."""
        return replace(self, edits={**self.edits, **edits})

    def turned(self, pane: int, turns: Turns) -> Edits:
        """The fields that change when a gesture over a pane turns something; within what they may hold."""
        declared = self.viewer.declaration.fields
        made: dict[str, Json] = {}
        for turn, value in turns:
            edits = edited(self.viewer, made).turned(self.infos, pane, turn, value)
            made |= {name: bounded(declared[name], value) for name, value in edits.items()}
        return self.changes(made)

    def changes(self, edits: Edits) -> Edits:
        """Those of some edits that change something."""
        return {name: value for name, value in edits.items() if not self.holds(name, value)}

    def holds(self, name: str, value: Json) -> bool:
        """Whether a field has a value already."""
        return holds(self.viewer, name, value)


def holds(viewer: Viewer, name: str, value: Json) -> bool:
    """Whether a field of a viewer, by its name in files, has a value."""
    spec = viewer.declaration.fields[name]
    return bool(getattr(viewer, spec.name) == spec.value(value))


def edited(viewer: Viewer, edits: Edits) -> Viewer:
    """A viewer with fields set by their names in files."""
    fields = viewer.declaration.fields
    return replace(viewer, **{fields[name].name: value for name, value in edits.items()}) if edits else viewer


def bounded(spec: FieldSpec, value: Json) -> Json:
    """The nearest value that a field may have."""
    if isinstance(spec.type, (IntegerType, DoubleType)) and value is not None:
        low, high = spec.type.minimum, spec.type.maximum
        value = value if low is None else max(value, type(value)(low))
        value = value if high is None else min(value, type(value)(high))
    return value
