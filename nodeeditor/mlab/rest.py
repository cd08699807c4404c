"""What MeVisLab has no word for, as JSON in an entry of its own."""

from __future__ import annotations

import json
from typing import NoReturn

from nodeeditor.errors import FormatError
from nodeeditor.fields import Json
from nodeeditor.mlab.syntax import quoted

TAG = "nodeeditor"
DEEPEST = 100


def read(text: str | None) -> dict[str, Json]:
    """The JSON object in an entry's value; empty where there is none, or none that a network can hold."""
    try:
        found = json.loads(text or "{}", parse_constant=_refused)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and _is_sound(found) else {}


def spelled(rest: dict[str, Json]) -> str:
    """The value of the entry; raises FormatError for what no file can hold."""
    try:
        text = json.dumps(rest, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise FormatError(f"the network holds what no file can: {error}") from None
    if read(text) != rest:
        raise FormatError(f"the network holds what no file can: {text[:60]!a}")
    return quoted(text)


def table(rest: dict[str, Json], key: str) -> dict[str, Json]:
    """One of its entries that is to be an object."""
    found = rest.get(key)
    return found if isinstance(found, dict) else {}


def _is_sound(found: Json) -> bool:
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            return False
        if isinstance(value, str) and ("\0" in value or not _is_text(value)):
            return False
        if isinstance(value, int) and abs(value) >= 10**300:
            return False
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for item in value.items() for part in item]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
    return True


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")
