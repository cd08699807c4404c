"""What a panel sees of a node: the seam between panels and the network they edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from nodeeditor.check import current_name
from nodeeditor.errors import FieldError
from nodeeditor.fields import Json
from nodeeditor.gui.panels.field import same
from nodeeditor.network import NodeSpec
from nodeeditor.node import FieldSpec, Node

T = TypeVar("T")


class PanelModel(QObject):
    """One node of the edited network; the window implements it over its graph."""

    changed = Signal()
    """The node or its connections changed: panels read it anew."""

    def name(self) -> str:
        """The node's name."""
        raise NotImplementedError

    def node_type(self) -> type[Node] | None:
        """The node's type; None where the library does not know it."""
        raise NotImplementedError

    def spec(self) -> NodeSpec:
        """The node as files say it: defaults are left out."""
        raise NotImplementedError

    def values(self) -> Mapping[str, object]:
        """Current values by file name: of read-only fields, and of connected ones where they are known."""
        raise NotImplementedError

    def sources(self) -> Mapping[str, str]:
        """What feeds the connected inputs and fields: connector to ``Node.connector``."""
        raise NotImplementedError

    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        """What the outputs and fields feed: connector to ``Node.connector`` texts."""
        raise NotImplementedError

    def file_name(self, file: str) -> str:
        """How the network says a file or folder that was chosen."""
        raise NotImplementedError

    def located(self, name: str) -> str:
        """Where a file name of the network leads; empty where nowhere."""
        raise NotImplementedError

    def set_field(self, name: str, value: Json, gesture: int) -> None:
        """Set a field; all that one gesture sets is undone together."""
        raise NotImplementedError

    def trigger(self, name: str) -> None:
        """Press a Trigger field."""
        raise NotImplementedError

    def connect_fields(self, destination: str, source: str) -> str:
        """Connect two ``Node.field`` ends, of this or other nodes; an empty text, or why it cannot be."""
        raise NotImplementedError

    def disconnect_field(self, destination: str) -> None:
        """Take the connection into a ``Node.connector`` away."""
        raise NotImplementedError

    def is_shown_outside(self, name: str) -> bool | None:
        """Whether the macro that the network is the inside of shows a connector or field; None where it is of none."""
        return None

    def show_outside(self, name: str, shown: bool) -> None:
        """Let that macro show a connector or field, or show it no more."""
        raise NotImplementedError


@dataclass(frozen=True)
class FieldState:
    """A field of a node as it stands: its JSON value, what feeds it, what it feeds."""

    field: FieldSpec
    value: Json
    source: str = ""
    consumers: tuple[str, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether the value is the declared one."""
        return same(self.value, default(self.field))


def default(field: FieldSpec) -> Json:
    """A field's declared value in JSON."""
    return field.type.to_json(field.default)


def field_states(model: PanelModel) -> dict[str, FieldState]:
    """The declared fields of a node as they stand, by file name; none for an unknown type."""
    node_type = model.node_type()
    if node_type is None:
        return {}

    def today(by_name: Mapping[str, T]) -> dict[str, T]:
        former_first = sorted(by_name, key=lambda name: name not in node_type.renamed)
        return {current_name(node_type, name): by_name[name] for name in former_first}

    saved, values = today(model.spec().fields), today(model.values())
    sources, consumers = today(model.sources()), today(model.consumers())
    states = {}
    for name, field in node_type.declaration.fields.items():
        followed = values if field.read_only or name in sources else {}
        given = followed.get(name, saved.get(name, field.default) if field.persistent else field.default)
        states[name] = FieldState(field, _json(field, given), sources.get(name, ""), consumers.get(name, ()))
    return states


def send(model: PanelModel, field: FieldSpec, value: Json, gesture: int) -> None:
    """Carry an edit to the node: press a Trigger, set any other field."""
    if field.persistent:
        model.set_field(field.file_name, value, gesture)
    else:
        model.trigger(field.file_name)


def _json(field: FieldSpec, given: object) -> Json:
    """A plain or JSON value in JSON; one that the field refuses stays as it is."""
    try:
        return field.type.to_json(field.value(given))
    except FieldError:
        return given
