"""What a field may hold: its types, and how their values look in JSON and in words.

MeVisLab's names for the types are kept. A value is plain and immutable: bool, int, float, str, an enum member or a
tuple of floats. Numbers are finite; text is read strictly (no ``1_000``, no ``inf``, no digits of other scripts).
"""

from __future__ import annotations

import enum
import math
import re
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NewType, TypeAlias

from nodeeditor.errors import one_of, suggestion

Json: TypeAlias = Any
"""What `json` makes of a text: None, bool, int, float, str, list, dict."""

FileName = NewType("FileName", str)
"""A file or folder name; path variables such as ``$(NETWORK)`` are expanded in it, and nowhere else."""
Vector2: TypeAlias = tuple[float, float]
Vector3: TypeAlias = tuple[float, float, float]
Vector4: TypeAlias = tuple[float, float, float, float]
Vector6: TypeAlias = tuple[float, float, float, float, float, float]
Color = NewType("Color", tuple[float, float, float])
"""Red, green and blue from 0 to 1."""
Matrix = NewType("Matrix", tuple[float, ...])
"""A 4 x 4 matrix, row by row."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


class Trigger(enum.Enum):
    """The value of a field that is a button: it says nothing and is not saved."""

    idle = "idle"


class Choice(enum.Enum):
    """An enumeration field: the members' names are saved and scripted, their values are the titles shown."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class FieldType(ABC):
    """One type of field; every method raises ValueError with half a sentence that says what is wrong."""

    name: typing.ClassVar[str]

    @abstractmethod
    def value(self, given: Any) -> Any:
        """The plain value of what JSON or a program gives."""

    @abstractmethod
    def from_text(self, text: str) -> Any:
        """The value that a text spells, as on a command line or in a ``.mlab`` file."""

    def to_json(self, value: Any) -> Json:
        """What the file says for a value."""
        return value

    def to_text(self, value: Any) -> str:
        """The value in words; `from_text` reads it back."""
        return str(value)

    @abstractmethod
    def schema(self) -> dict[str, Json]:
        """The JSON Schema of the values."""


@dataclass(frozen=True)
class BoolType(FieldType):
    """True or false."""

    name = "Bool"

    def value(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise ValueError(f"{_shown(given)} is not true or false")
        return given

    def from_text(self, text: str) -> bool:
        try:
            return _TRUTH[text.strip().lower()]
        except KeyError:
            raise ValueError(f"{text!r} is not true or false") from None

    def to_text(self, value: Any) -> str:
        return "TRUE" if value else "FALSE"

    def schema(self) -> dict[str, Json]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class _Bounded(FieldType):
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False

    def _bounded(self, number: Any) -> Any:
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"{_spelled(number)} is below the smallest allowed value {_spelled(self.minimum)}")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"{_spelled(number)} is above the largest allowed value {_spelled(self.maximum)}")
        return number

    def _automatic(self, text: str) -> bool:
        return self.optional and text.strip().lower() in ("", "auto")

    def _limits(self) -> dict[str, Json]:
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return {name: limit for name, limit in limits.items() if limit is not None}


@dataclass(frozen=True)
class IntegerType(_Bounded):
    """A whole number, within bounds where they are declared; None is allowed where it stands for "automatic"."""

    name = "Integer"

    def value(self, given: Any) -> int | None:
        if given is None and self.optional:
            return None
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int):
            raise ValueError(f"{_shown(given)} is not a whole number")
        return int(self._bounded(given))

    def from_text(self, text: str) -> int | None:
        if self._automatic(text):
            return None
        if not _INTEGER.fullmatch(text.strip()):
            raise ValueError(f"{text!r} is not a whole number")
        return self.value(int(text))

    def to_text(self, value: Any) -> str:
        return "auto" if value is None else str(value)

    def schema(self) -> dict[str, Json]:
        return {"type": ["integer", "null"] if self.optional else "integer", **self._limits()}


@dataclass(frozen=True)
class DoubleType(_Bounded):
    """A finite number, within bounds where they are declared; None is allowed where it stands for "automatic"."""

    name = "Double"

    def value(self, given: Any) -> float | None:
        if given is None and self.optional:
            return None
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            raise ValueError(f"{_shown(given)} is not a number")
        try:
            number = float(given)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise ValueError(f"{_shown(given)} is not a finite number")
        return float(self._bounded(number))

    def from_text(self, text: str) -> float | None:
        return None if self._automatic(text) else self.value(_number(text))

    def to_text(self, value: Any) -> str:
        return "auto" if value is None else _spelled(value)

    def schema(self) -> dict[str, Json]:
        return {"type": ["number", "null"] if self.optional else "number", **self._limits()}


@dataclass(frozen=True)
class StringType(FieldType):
    """Any text; ``file`` marks the name of a file or folder, in which path variables are expanded."""

    name = "String"
    file: bool = False

    def value(self, given: Any) -> str:
        if not isinstance(given, str):
            raise ValueError(f"{_shown(given)} is not a text")
        return given

    def from_text(self, text: str) -> str:
        return text

    def schema(self) -> dict[str, Json]:
        return {"type": "string"}


@dataclass(frozen=True)
class EnumType(FieldType):
    """One of the members of a `Choice`."""

    name = "Enum"
    choices: type[Choice]

    def value(self, given: Any) -> Choice:
        if isinstance(given, self.choices):
            return given
        found = self.choices.__members__.get(given) if isinstance(given, str) else None
        if found is None or found.name != given:
            names = [choice.name for choice in self.choices]
            hint = suggestion(given, names) if isinstance(given, str) else ""
            raise ValueError(f"{_shown(given)} is not one of {one_of(names)}{hint}")
        return found

    def from_text(self, text: str) -> Choice:
        return self.value(text)

    def to_json(self, value: Any) -> Json:
        return value.name

    def to_text(self, value: Any) -> str:
        return str(value.name)

    def schema(self) -> dict[str, Json]:
        return {"enum": [choice.name for choice in self.choices]}


@dataclass(frozen=True)
class VectorType(FieldType):
    """A fixed number of finite numbers; a colour's lie between 0 and 1.

    None is allowed where it stands for "automatic".
    """

    length: int
    color: bool = False
    optional: bool = False

    @property
    def name(self) -> str:  # type: ignore[override]
        return "Color" if self.color else "Matrix" if self.length == 16 else f"Vector{self.length}"

    def value(self, given: Any) -> tuple[float, ...] | None:
        if given is None and self.optional:
            return None
        if not isinstance(given, (list, tuple)) or len(given) != self.length:
            raise ValueError(f"{_shown(given)} is not a list of {self.length} numbers")
        entry = DoubleType(minimum=0, maximum=1) if self.color else DoubleType()
        return tuple(typing.cast(float, entry.value(number)) for number in given)

    def from_text(self, text: str) -> tuple[float, ...] | None:
        if self.optional and text.strip().lower() in ("", "auto"):
            return None
        numbers = [_number(word) for word in text.replace(",", " ").split()]
        if len(numbers) != self.length:
            raise ValueError(f"{_shown(text)} is not a list of {self.length} numbers")
        return self.value(numbers)

    def to_json(self, value: Any) -> Json:
        return None if value is None else list(value)

    def to_text(self, value: Any) -> str:
        return "auto" if value is None else " ".join(map(_spelled, value))

    def schema(self) -> dict[str, Json]:
        entry: dict[str, Json] = {"type": "number"}
        if self.color:
            entry |= {"minimum": 0, "maximum": 1}
        kind = ["array", "null"] if self.optional else "array"
        return {"type": kind, "items": entry, "minItems": self.length, "maxItems": self.length}


@dataclass(frozen=True)
class TriggerType(FieldType):
    """A button: no value of its own."""

    name = "Trigger"

    def value(self, given: Any) -> Trigger:
        if given is not Trigger.idle and given is not None:
            raise ValueError("a trigger has no value")
        return Trigger.idle

    def from_text(self, text: str) -> Trigger:
        return self.value(text or None)

    def to_json(self, value: Any) -> Json:
        return None

    def to_text(self, value: Any) -> str:
        return ""

    def schema(self) -> dict[str, Json]:
        return {"type": "null"}


def field_type(annotation: Any, minimum: float | None = None, maximum: float | None = None) -> FieldType:
    """The field type of a Python annotation; raises TypeError where there is none."""
    optional = False
    if isinstance(annotation, types.UnionType) and types.NoneType in typing.get_args(annotation):
        rest = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        optional = len(rest) == 1 and (rest[0] in (float, int) or typing.get_origin(rest[0]) is tuple)
        annotation = rest[0] if optional else annotation
    plain: dict[Any, FieldType] = {
        bool: BoolType(),
        int: IntegerType(minimum, maximum, optional),
        float: DoubleType(minimum, maximum, optional),
        str: StringType(),
        FileName: StringType(file=True),
        Color: VectorType(3, color=True),
        Matrix: VectorType(16),
        Trigger: TriggerType(),
    }
    if annotation in plain:
        return plain[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Choice):
        return EnumType(annotation)
    parts = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple and set(parts) == {float}:
        return VectorType(len(parts), optional=optional)
    raise TypeError(f"{annotation!r} is no field type")


def converted(value: Any, source: FieldType, target: FieldType) -> Any:
    """A value carried along a parameter connection from a field of one type to a field of another.

    Numbers and truth values convert among each other (a fraction is cut towards zero, as Open Inventor's field
    conversion does; NaN cannot arise), everything converts to and from text as `FieldType.to_text` spells it.
    Raises ValueError in words where the value does not fit.
    """
    if source == target or isinstance(target, TriggerType):
        return target.value(None if isinstance(target, TriggerType) else value)
    if isinstance(target, StringType):
        return source.to_text(value)
    if isinstance(source, StringType):
        return target.from_text(value)
    if value is None and not (getattr(target, "optional", False) and convertible(source, target)):
        raise ValueError("its source is automatic, no number")
    if isinstance(value, (bool, int, float)):
        if isinstance(target, BoolType):
            return bool(value)
        if isinstance(target, IntegerType):
            return target.value(int(value))
        if isinstance(target, DoubleType):
            return target.value(value if isinstance(value, float) else int(value))
    if isinstance(source, EnumType) and isinstance(target, EnumType):
        return target.value(value.name)
    return target.value(value)


def convertible(source: FieldType, target: FieldType) -> bool:
    """Whether a parameter connection between fields of these types makes sense at all."""
    if source == target or isinstance(target, (StringType, TriggerType)) or isinstance(source, StringType):
        return not isinstance(source, TriggerType) or isinstance(target, TriggerType)
    numeric = (BoolType, IntegerType, DoubleType)
    if isinstance(source, numeric) and isinstance(target, numeric):
        return True
    if isinstance(source, EnumType) and isinstance(target, EnumType):
        return True
    return isinstance(source, VectorType) and isinstance(target, VectorType) and source.length == target.length


def file_spelling(name: str) -> str:
    """The name in files of a Python name: each underscore goes and the letter after it becomes a capital.

    ``comparison_operator`` is ``comparisonOperator``, ``synch_LUTs`` is ``synchLUTs``: MeVisLab's own names.
    """
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def title(name: str) -> str:
    """A field's name as a label: ``comparisonOperator`` becomes ``Comparison Operator``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return words[:1].upper() + words[1:]


def _number(text: str) -> float:
    if not _DOUBLE.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a number")
    return float(text)


def _spelled(number: float) -> str:
    return repr(int(number)) if float(number).is_integer() and abs(number) < 1e16 else repr(float(number))


def _shown(given: Any) -> str:
    shown = repr(given) if not isinstance(given, Iterable) or isinstance(given, str) else str(given)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
