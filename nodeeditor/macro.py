"""Macros as node types: a network of its own behind an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from nodeeditor.errors import FieldError, NodeError
from nodeeditor.fields import TriggerType
from nodeeditor.network import Network
from nodeeditor.node import FieldSpec, Input, Node, Output

SUBJECT = "Local Macros"


class Anything:
    """The kind of what flows through a connector of which only its name is known."""


@dataclass(frozen=True)
class Interface:
    """What a macro shows: its inputs, outputs and parameters, each with the ends ``Node.connector`` within it.

    ``said`` is what is said of a parameter besides: its type, value and choices, by the words of the script.
    """

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def taking(self, name: str) -> tuple[str, ...]:
        """The ends within the macro that an input or parameter feeds."""
        return self.inputs.get(name, self.parameters.get(name, ()))

    def giving(self, name: str) -> str:
        """The end within the macro that an output or parameter shows; empty where there is none."""
        return next(iter(self.outputs.get(name, self.parameters.get(name, ()))), "")


class Shown:
    """What a macro shows is called in files as its script calls it, and nowhere otherwise."""

    name: str

    @property
    def file_name(self) -> str:
        """The name in files and on the canvas."""
        return self.name


class MacroInput(Shown, Input):
    """An input of a macro."""


class MacroOutput(Shown, Output):
    """An output of a macro."""


@dataclass(frozen=True)
class Parameter(Shown, FieldSpec):
    """A parameter of a macro; networks hold it as a MeVisLab file spells it, so that they need not know the macro."""

    def value(self, given: Any) -> Any:
        """The plain value of what JSON, a program or a text gives; raises FieldError."""
        try:
            return self.type.value(given)
        except ValueError as error:
            refusal = FieldError(str(error), connector=self.file_name)
        if not isinstance(given, (str, bool, int, float)) or isinstance(self.type, TriggerType):
            raise refusal
        return self.from_text(given if isinstance(given, str) else str(given).upper())

    def saved(self, value: Any) -> Any:
        """What networks hold of a value: a truth value, a number or a text."""
        plain = self.type.to_json(value)
        if isinstance(plain, list) or plain is None:
            return self.type.to_text(value)
        return int(plain) if isinstance(plain, float) and plain.is_integer() and abs(plain) < 1e15 else plain


class Macro(Node, abstract=True):
    """A node type that is a network of its own; made for the files beside a network, never written as a class.

    ``network`` is what is inside, ``interface`` names its ends as the network does. ``file`` is where it lies,
    ``flaw`` why it cannot be opened, in words; ``warnings_inside`` says what cannot run or leads nowhere inside.
    ``size`` counts the modules inside, with those of the macros in it.
    """

    composed = True
    network: ClassVar[Network] = Network()
    interface: ClassVar[Interface] = Interface()
    file: ClassVar[Path] = Path()
    flaw: ClassVar[str] = ""
    warnings_inside: ClassVar[tuple[str, ...]] = ()
    size: ClassVar[int] = 0

    def __init_subclass__(cls, **options: Any) -> None:
        """Nothing is read off the class: its declaration is given."""

    def __init__(self, **fields: Any) -> None:
        """A macro as it is set; what is inside runs in its place."""
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        """A parameter; whatever it is called, it hides nothing of the node."""
        declared = self.declaration.fields.get(name)
        if declared is None:
            raise AttributeError(name)
        return self.__dict__["_fields"].get(name, declared.default)

    def open(self) -> None:
        """Asked only where nothing took the macro's place; raises NodeError."""
        raise NodeError("what is inside is not at hand: the macro is bypassed, or the network holds too many modules")


def opened(node_type: type[Node] | None) -> type[Macro] | None:
    """The macro that a node type is, if what is inside can take its place."""
    if node_type is None or not issubclass(node_type, Macro) or node_type.flaw:
        return None
    return node_type


def runs_whole(node_type: type[Node] | None) -> bool:
    """Whether a node type can run here with all that is inside."""
    return node_type is not None and (
        not issubclass(node_type, Macro) or not (node_type.flaw or node_type.warnings_inside)
    )
