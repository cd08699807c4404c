"""Field values as files spell them and as networks hold them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from nodeeditor.errors import FieldError
from nodeeditor.fields import EnumType, Json
from nodeeditor.mlab.syntax import quoted, spelled, unquoted
from nodeeditor.mlab.tables import Module
from nodeeditor.network import FrozenDict
from nodeeditor.node import FieldSpec

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_REAL = re.compile(r"-?[0-9][0-9.e+-]{0,30}")


def understood(module: Module, spellings: Mapping[str, str]) -> dict[str, Json]:
    """The fields that all the saved values of a module mean, by our names.

    ``spellings`` holds the values by the file's names as they stand there, with their quotes.
    """
    meant = module.meant({name: unquoted(spelling) for name, spelling in spellings.items()})
    kept = {name: spelling for name, spelling in spellings.items() if name not in meant}
    return fitting(module, {**kept, **{name: spelled(text) for name, text in meant.items() if text is not None}})


def fitting(module: Module, spellings: Mapping[str, str]) -> dict[str, Json]:
    """The fields that some values say, by our names, of a known type those that differ from their defaults.

    What a known type does not have, or cannot take, is left out; an unknown type takes everything.
    """
    if module.node_type is None:
        return {name: seen(spelling) for name, spelling in spellings.items()}
    fields = {}
    for saved, spelling in sorted(spellings.items(), key=lambda item: item[0] == module.member(item[0])):
        name = module.member(saved)
        spec = module.declared(name)
        if spec is None:
            continue
        try:
            fields[name] = _value(module, spec, unquoted(spelling))
        except FieldError:
            continue
    return {name: value for name, value in fields.items() if not is_default(module, name, value)}


def _value(module: Module, spec: FieldSpec, text: str) -> Json:
    kind = spec.type
    named = module.choice(spec.file_name, kind, text) if isinstance(kind, EnumType) else text
    return kind.to_json(spec.from_text(named))


def is_default(module: Module, name: str, value: Json) -> bool:
    """Whether a value says no more than the field's default."""
    spec = module.declared(name)
    return spec is not None and same(value, spec.type.to_json(spec.default))


def default(module: Module, name: str) -> str | None:
    """How a file spells the default of a field; None where it has none, or an automatic one."""
    spec = module.declared(name)
    return None if spec is None or spec.default is None else spelled(spec.type.to_text(spec.default))


def spelling(module: Module, name: str, value: Json) -> str | None:
    """How a file spells the value of a field; None for what only JSON can say."""
    spec = module.declared(name)
    if spec is not None:
        try:
            plain = spec.value(value)
        except FieldError:
            return None
        return None if plain is None else spelled(spec.type.to_text(plain))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return float.__repr__(value) if isinstance(value, float) else repr(value)
    if isinstance(value, str):
        return spelled(value) if isinstance(seen(spelled(value)), str) else quoted(value)
    return None


def seen(spelling: str) -> Json:
    """What a value looks like: TRUE, FALSE, or a number that spells the same when it is written again; else text."""
    if spelling in ("TRUE", "FALSE"):
        return spelling == "TRUE"
    if _WHOLE.fullmatch(spelling) and spelling != "-0":
        return int(spelling)
    if _REAL.fullmatch(spelling):
        try:
            number = float(spelling)
        except ValueError:
            return spelling
        if math.isfinite(number) and repr(number) == spelling:
            return number
    return unquoted(spelling)


def plain(module: Module, name: str, value: Json) -> Json:
    """A value as JSON reads it and as the field declares it: a number is an int or a float and nothing more."""
    spec = module.declared(name)
    if spec is not None:
        try:
            return spec.type.to_json(spec.value(value))
        except FieldError:
            return value
    return float(value) if isinstance(value, float) else value


def same(one: Json, other: Json) -> bool:
    """Whether two values are spelled alike: 1, 1.0 and TRUE are three."""
    return FrozenDict(value=one) == FrozenDict(value=other)


def numbers(text: str | None, count: int) -> list[float] | None:
    """So many finite numbers, whole ones as such, or None where a text holds something else."""
    words = (text or "").split()
    if len(words) != count or not all(re.fullmatch(r"[+-]?[0-9.]{1,30}([eE][+-]?[0-9]{1,3})?", word) for word in words):
        return None
    try:
        found = [float(word) for word in words]
    except ValueError:
        return None
    return [int(n) if n.is_integer() else n for n in found] if all(abs(n) <= 1e9 for n in found) else None


def listed(values: list[float] | tuple[float, ...]) -> str:
    """Numbers as one value: `numbers` reads them back."""
    return spelled(" ".join(repr(int(n)) if float(n).is_integer() else repr(float(n)) for n in values))


def is_number(given: Json) -> bool:
    """Whether a JSON value is a number that a place in a file can have."""
    return isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given) <= 1e9
