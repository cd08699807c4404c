"""The node type of a macro, made of the network inside and what its interface shows of that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nodeeditor.check import current_name
from nodeeditor.errors import FieldError, one_of
from nodeeditor.fields import (
    BoolType,
    Choice,
    DoubleType,
    EnumType,
    FieldType,
    IntegerType,
    StringType,
    Trigger,
    TriggerType,
    VectorType,
)
from nodeeditor.library import Library
from nodeeditor.macro import SUBJECT, Anything, Interface, Macro, MacroInput, MacroOutput, Parameter, runs_whole
from nodeeditor.mlab.modules import kept_module
from nodeeditor.mlab.syntax import unquoted
from nodeeditor.mlab.tables import Module
from nodeeditor.mlab.values import spelling
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.node import Declaration, FieldSpec, Input, Node, Output

MOST_NODES = 10_000

_PLAIN: Mapping[str, tuple[FieldType, Any]] = {
    "bool": (BoolType(), False),
    "boolean": (BoolType(), False),
    "int": (IntegerType(), 0),
    "integer": (IntegerType(), 0),
    "float": (DoubleType(), 0.0),
    "double": (DoubleType(), 0.0),
    "trigger": (TriggerType(), Trigger.idle),
    "color": (VectorType(3, color=True), (0.0, 0.0, 0.0)),
    "matrix": (VectorType(16), tuple(float(index % 5 == 0) for index in range(16))),
    **{f"vector{size}": (VectorType(size), (0.0,) * size) for size in (2, 3, 4, 6)},
}
"""The types of a macro's own parameters, as scripts call them, and what these hold where the script says nothing."""


def macro_type(
    name: str, file: Path, network: Network, interface: Interface, library: Library, ring: str = ""
) -> type[Macro]:
    """The node type of a macro whose network lies in a file; ``ring`` says how it holds itself, if it does."""
    shown = in_our_names(interface, network, library)
    size = sum(_size(library.get(spec.type)) for spec in network.nodes.values())
    flaw = f"the macro holds itself: {ring}" if ring else ""
    if size > MOST_NODES:
        flaw = f"the macro holds more than {MOST_NODES} modules"
    declaration = Declaration(
        type=name,
        help=f"A local macro: the network {file.name} beside this one. Inside: {_listed(network)}.",
        subject=SUBJECT,
        inputs={one: _input(one, ends, network, library) for one, ends in shown.inputs.items()},
        outputs={one: _output(one, ends, network, library) for one, ends in shown.outputs.items()},
        fields={
            one: _parameter(one, shown, network, library)
            for one in shown.parameters
            if one not in shown.inputs and one not in shown.outputs
        },
        parameters={"open": ()},
    )
    made = {
        "__module__": __name__,
        "__doc__": declaration.help,
        "abstract": False,
        "declaration": declaration,
        "network": network,
        "interface": shown,
        "file": file,
        "flaw": flaw,
        "warnings_inside": tuple(_warnings(network, shown, library)),
        "size": min(size, MOST_NODES + 1),
    }
    return type(name, (Macro,), made)


def _listed(network: Network) -> str:
    return one_of(dict.fromkeys(spec.type for spec in network.nodes.values())) or "nothing"


def _size(node_type: type[Node] | None) -> int:
    return node_type.size if node_type is not None and issubclass(node_type, Macro) else 1


def in_our_names(interface: Interface, network: Network, library: Library) -> Interface:
    """The interface with the ends inside called as the network calls them."""
    return _with_members(interface, network, library, Module.member)


def in_file_names(interface: Interface, network: Network, library: Library) -> Interface:
    """The interface with the ends inside called as the network's ``.mlab`` file calls them."""
    return _with_members(interface, network, library, Module.member_in_file)


def _with_members(
    interface: Interface, network: Network, library: Library, called: Callable[[Module, str], str]
) -> Interface:
    def renamed(end: str) -> str:
        node, member = endpoint(end)
        spec = network.nodes.get(node)
        return f"{node}.{called(kept_module(spec, library), member)}" if spec else end

    def part(ends: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(dict.fromkeys(map(renamed, given))) for name, given in ends.items()}

    return replace(
        interface,
        inputs=part(interface.inputs),
        outputs=part(interface.outputs),
        parameters=part(interface.parameters),
    )


def _inside(end: str, network: Network, library: Library) -> tuple[NodeSpec | None, Declaration | None, str]:
    """The node of an end, what its type declares, and the connector or field by its name of today."""
    node, member = endpoint(end)
    spec = network.nodes.get(node)
    node_type = library.get(spec.type) if spec else None
    if node_type is None:
        return spec, None, member
    return spec, node_type.declaration, current_name(node_type, member)


def _input(name: str, ends: Iterable[str], network: Network, library: Library) -> Input:
    found: list[Input] = []
    for end in ends:
        _, declared, member = _inside(end, network, library)
        if declared is not None and member in declared.inputs:
            found.append(declared.inputs[member])
    kind = found[0].kind if found else Anything
    told = found[0].help if found else "Leads to modules that cannot run here."
    made = MacroInput(kind, told, optional=all(one.optional for one in found))
    made.name = name
    return made


def _output(name: str, ends: Iterable[str], network: Network, library: Library) -> Output:
    made = MacroOutput(Anything, "Comes from a module that cannot run here.")
    for end in list(ends)[:1]:
        _, declared, member = _inside(end, network, library)
        if declared is not None and member in declared.outputs:
            made = MacroOutput(declared.outputs[member].kind, declared.outputs[member].help)
    made.name = name
    return made


def _parameter(name: str, shown: Interface, network: Network, library: Library) -> FieldSpec:
    """A parameter with type, choices, help and unit of the field inside that it stands for, and the value set there."""
    ends = shown.parameters[name]
    for end in ends:
        spec, declared, member = _inside(end, network, library)
        if spec is not None and declared is not None and member in declared.fields:
            inner = declared.fields[member]
            return Parameter(
                name,
                inner.type,
                _value(inner, library.get(spec.type), spec),
                inner.help,
                inner.unit,
                inner.transient,
                inner.read_only,
            )
    if ends:
        return _text(name, ends[0], network, library)
    return _own(name, shown.said.get(name, {}))


def _value(inner: FieldSpec, node_type: type[Node] | None, spec: NodeSpec) -> Any:
    """What a field inside is set to; its default where that is nothing it can hold."""
    for saved, value in spec.fields.items():
        if node_type is not None and current_name(node_type, saved) == inner.file_name and inner.persistent:
            try:
                return inner.value(value)
            except FieldError:
                break
    return inner.default


def _text(name: str, end: str, network: Network, library: Library) -> FieldSpec:
    """A parameter for a field that nothing here knows: its text is kept as it is."""
    node, member = endpoint(end)
    spec = network.nodes.get(node)
    value = spec.fields.get(member) if spec else None
    said = spelling(kept_module(spec, library), member, value) if spec and value is not None else None
    return Parameter(name, StringType(), unquoted(said or ""), f"{end} inside, which is kept as a text.")


def _own(name: str, said: Mapping[str, str]) -> FieldSpec:
    """A parameter that stands for nothing inside."""
    kind, default = _own_type(said)
    with contextlib.suppress(KeyError, ValueError):
        default = kind.from_text(said["value"])
    return Parameter(name, kind, default, "Of the macro itself: nothing inside follows it.")


def _own_type(said: Mapping[str, str]) -> tuple[FieldType, Any]:
    spelled = said.get("type", "").lower()
    choices = [text for one in said.get("values", "").split(",") if (text := one.strip())]
    if spelled == "enum" and choices:
        try:
            kind = _choices(choices)
        except (TypeError, ValueError):  # a name that Python keeps for itself
            return StringType(), ""
        return kind, kind.value(choices[0])
    return _PLAIN.get(spelled, (StringType(), ""))


def _choices(names: Iterable[str]) -> EnumType:
    make: Any = Choice  # whose functional form has no type
    return EnumType(make("Choice", {name: name for name in names}))


def _warnings(network: Network, shown: Interface, library: Library) -> Iterable[str]:
    """What a user should know of the inside, in words."""
    lacking = [spec.type for spec in network.nodes.values() if not runs_whole(library.get(spec.type))]
    if lacking:
        whole = len(network.nodes)
        kinds = one_of(dict.fromkeys(lacking))
        yield f"{whole - len(lacking)} of {whole} modules inside can run here; {kinds} cannot"
    for name, ends in [*shown.inputs.items(), *shown.outputs.items(), *shown.parameters.items()]:
        for end in ends:
            _, declared, member = _inside(end, network, library)
            if endpoint(end)[0] not in network.nodes or (
                declared is not None
                and not any(member in part for part in (declared.inputs, declared.outputs, declared.fields))
            ):
                yield f"{name} leads to {end}, which is not inside"
