"""What the rows of an automatic panel say: fields, inputs and outputs of a node as texts."""

from __future__ import annotations

from dataclasses import dataclass

from nodeeditor.check import current_name
from nodeeditor.fields import Json
from nodeeditor.gui.panels.field import plain, words
from nodeeditor.gui.panels.model import FieldState, PanelModel, field_states
from nodeeditor.node import FieldSpec, Input, Output


@dataclass(frozen=True)
class Row:
    """One row of a table of the automatic panel.

    ``field`` is None where nothing can be edited or connected. A ``bold`` value is not the default, a ``grey`` row is
    not declared by the node's type.
    """

    name: str
    type: str = ""
    text: str = ""
    value: Json = None
    field: FieldSpec | None = None
    source: str = ""
    consumers: tuple[str, ...] = ()
    help: str = ""
    bold: bool = False
    grey: bool = False

    @property
    def editable(self) -> bool:
        """Whether a person can set the value."""
        return self.field is not None and not self.field.read_only and not self.source


def field_rows(model: PanelModel) -> tuple[Row, ...]:
    """The node's name, its declared fields, and in grey what its file holds besides."""
    node_type = model.node_type()
    instance = Row("instanceName", "String", model.name(), model.name(), help="The node's name in the network.")
    declared = [_field_row(state) for state in field_states(model).values()]
    known = node_type.declaration.fields if node_type else {}
    foreign = [
        Row(name, "", plain(value), value, help="Saved in the file; the node's type does not know it.", grey=True)
        for name, value in model.spec().fields.items()
        if node_type is None or current_name(node_type, name) not in known
    ]
    return (instance, *declared, *foreign)


def input_rows(model: PanelModel) -> tuple[Row, ...]:
    """The inputs of a node and what feeds them; of an unknown type all that is fed."""
    node_type, sources = model.node_type(), model.sources()
    if node_type is None:
        return tuple(Row(name, text=source, source=source, grey=True) for name, source in sources.items())
    current = {current_name(node_type, name): source for name, source in sources.items()}
    return tuple(
        _connector_row(name, one, source=current.get(name, "")) for name, one in node_type.declaration.inputs.items()
    )


def output_rows(model: PanelModel) -> tuple[Row, ...]:
    """The outputs of a node and what they feed; of an unknown type all that feeds something."""
    node_type, consumers = model.node_type(), model.consumers()
    if node_type is None:
        return tuple(Row(name, text=", ".join(fed), consumers=fed, grey=True) for name, fed in consumers.items())
    return tuple(
        _connector_row(name, one, consumers=consumers.get(name, ()))
        for name, one in node_type.declaration.outputs.items()
    )


def _field_row(state: FieldState) -> Row:
    field = state.field
    return Row(
        name=field.file_name,
        type=field.type.name,
        text=words(field, state.value),
        value=state.value,
        field=field,
        source=state.source,
        consumers=state.consumers,
        help=f"{field.help} In {field.unit}." if field.unit else field.help,
        bold=field.persistent and not state.is_default,
    )


def _connector_row(name: str, one: Input | Output, source: str = "", consumers: tuple[str, ...] = ()) -> Row:
    kind = one.kind.__name__ + (", optional" if isinstance(one, Input) and one.optional else "")
    return Row(name, kind, source or ", ".join(consumers), source=source, consumers=consumers, help=one.help)
