"""A `Network` as JSON text and back: stable bytes, small diffs, nothing lost.

The format is described by ``nodeeditor schema``. Reading goes parse -> plain data -> upgrade -> `Network`, finds
every problem in one pass and runs nothing from the file. Foreign keys survive word for word, down to the spelling of
their numbers.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from nodeeditor.atomic import partial_file
from nodeeditor.errors import FormatError, NetworkError, raise_all, suggestion
from nodeeditor.fields import Json
from nodeeditor.network import NAME_RULE, Frame, Network, NodeSpec, endpoint, is_name, tint

FORMAT = "nodeeditor-network"
VERSION = 1
SUFFIX = ".mlab.json"
LARGEST_FILE = 64 * 2**20
DEEPEST = 200

UPGRADES: Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]] = {}
"""From a format version, how its plain data becomes that of the next version."""

_NETWORK_KEYS = ("format", "version", "nodes", "connections", "groups", "notes")
_NODE_KEYS = ("type", "frame", "group", "bypassed", "color", "fields", "windows")
_TOKEN = re.compile(r'(?P<key>"(?:\\.|[^"\\])*")(?=\s*:)|"(?:\\.|[^"\\])*"|[{}]|-?Infinity|NaN|-?\d[\d.eE+-]*')
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class _Spelled(float):
    """A number that remembers how the file spelled it, where Python would spell it otherwise."""

    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        return _spelled, (self.text,)


def load(path: Path) -> Network:
    """The network in a file.

    Raises FormatError, or NetworkErrors holding all problems, each with its place; OSError is turned into a
    FormatError in words. Unknown node types and fields are no problem here: `nodeeditor.check` names them.
    """
    return loads(_content(path))


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise FormatError("is a folder or device, not a network file" if path.exists() else "does not exist")
        if path.stat().st_size > LARGEST_FILE:
            raise FormatError(f"is larger than {LARGEST_FILE >> 20} MiB; this is no network file")
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error


def loads(data: bytes | str, upgrades: Mapping[int, Any] = UPGRADES, version: int = VERSION) -> Network:
    """The network that a JSON text says; raises as `load` does."""
    network, problems = _network(_upgraded(_parsed(data), upgrades, version))
    raise_all(problems)
    return network


def sound_part(path: Path) -> tuple[Network, list[NetworkError]]:
    """What can be understood of a file, and what is wrong with the rest; raises FormatError where that is all."""
    return _network(_upgraded(_parsed(_content(path)), UPGRADES, VERSION))


def save(network: Network, path: Path) -> None:
    """Write a network to a file, whole or not at all; where it raises, an old file stays as it was.

    Raises OSError, and NetworkError for a network that holds what could not be read again.
    """
    text = dumps(network)
    loads(text)
    with partial_file(path) as partial:
        partial.write_bytes(text.encode())


def dumps(network: Network) -> str:
    """The JSON text of a network: the same network gives the same text, a moved node changes one line."""
    blocks = [
        f'"format": {_compact(FORMAT)}',
        f'"version": {VERSION}',
        f'"nodes": {_block("{", (_node(*item) for item in sorted(network.nodes.items())), "}")}',
        f'"connections": {_entries(dict(sorted(network.connections.items())), "  ")}',
        f'"groups": {_block("[", map(_compact, network.groups), "]")}',
        f'"notes": {_block("[", map(_compact, network.notes), "]")}',
        *(f"{_compact(key)}: {_spread(value, '  ')}" for key, value in network.extra.items()),
    ]
    return "{\n  " + ",\n  ".join(blocks) + "\n}\n"


def _node(name: str, spec: NodeSpec) -> str:
    head: dict[str, Json] = {"type": spec.type}
    if spec.frame is not None:
        head["frame"] = [int(number) if float(number).is_integer() else number for number in spec.frame]
    if spec.group:
        head["group"] = spec.group
    if spec.bypassed:
        head["bypassed"] = True
    if spec.color is not None:
        head["color"] = list(spec.color)
    parts = [f"{_compact(key)}: {_compact(value)}" for key, value in head.items()]
    parts += [f"{_compact(key)}: {_spread(value, '    ')}" for key, value in spec.extra.items()]
    for key, entries in (("fields", spec.fields), ("windows", spec.windows)):
        if entries:
            parts.append(f'"{key}": {_entries(dict(sorted(entries.items())), "    ")}')
    return f"{_compact(name)}: {{{', '.join(parts)}}}"


def _entries(entries: Mapping[str, Json], indent: str) -> str:
    return _block("{", (f"{_compact(key)}: {_compact(value)}" for key, value in entries.items()), "}", indent)


def _block(opening: str, lines: Iterable[str], closing: str, indent: str = "  ") -> str:
    inside = f",\n{indent}  ".join(lines)
    return f"{opening}\n{indent}  {inside}\n{indent}{closing}" if inside else opening + closing


def _spread(value: Json, indent: str) -> str:
    """One value; in it each text of a list of texts stands on a line of its own, as texts are changed line by line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_compact(str(key))}: {_spread(entry, indent)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)) and all(_is_text(entry) for entry in value):
        return _block("[", (_spread(entry, f"{indent}  ") for entry in value), "]", indent)
    return _compact(value)


def _is_text(value: Json) -> bool:
    return isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value))


def _compact(value: Json) -> str:
    """One value on one line, in the file's own spelling of numbers."""
    if isinstance(value, _Spelled):
        return value.text
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FormatError(f"{value} cannot be written to a network file")
        return float.__repr__(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_compact(str(key))}: {_compact(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _parsed(data: bytes | str) -> Json:
    text = _decoded(data) if isinstance(data, bytes) else data
    if not text.strip():
        raise FormatError("is empty; a network file is a JSON object")
    parsed = _decoder(text)
    strings: list[tuple[Json, int]] = [(parsed, 0)]
    while strings:
        value, depth = strings.pop()
        if depth > DEEPEST:
            raise FormatError(f"is nested more than {DEEPEST} levels deep")
        if isinstance(value, str) and _NO_TEXT.search(value):
            raise FormatError(f"the text {value[:40]!a} holds a character that no text can have")
        if isinstance(value, dict):
            strings += [(part, depth + 1) for item in value.items() for part in item]
        elif isinstance(value, list):
            strings += [(part, depth + 1) for part in value]
    return parsed


def _decoder(text: str) -> Json:
    try:
        return json.loads(
            text,
            parse_float=_spelled,
            parse_int=_whole,
            parse_constant=_refused_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        message = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" starting at")
        raise FormatError(f"is not JSON: {message}", line=error.lineno, column=error.colno) from None
    except _NotStandard as error:
        line, column = _place(text, error.token)
        raise FormatError(str(error), line=line, column=column) from None
    except RecursionError:
        raise FormatError(f"is nested more than {DEEPEST} levels deep") from None


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise FormatError(f"is larger than {LARGEST_FILE >> 20} MiB; this is no network file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = error.object[: error.start].decode()
        line, column = seen.count("\n") + 1, len(seen) - seen.rfind("\n")
        raise FormatError("is not UTF-8 text", line=line, column=column) from None


def _spelled(text: str) -> float:
    number = _Spelled(text)
    if not math.isfinite(number):
        raise _NotStandard(f"the number {text[:40]} is too large", text)
    if repr(float(text)) == text:
        return float(text)
    number.text = text
    return number


def _whole(text: str) -> float | int:
    if len(text) > 300:
        raise _NotStandard(f"the number {text[:40]}… is too large", text)
    return int(text) if str(int(text)) == text else _spelled(text)


class _NotStandard(ValueError):
    """Something that Python's parser takes and we do not: a constant such as NaN, or a key given twice."""

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.token = token


def _place(text: str, token: str) -> tuple[int, int]:
    """Line and column of a constant outside of texts, or of the second of two equal keys in one object."""
    keys: list[set[str]] = []
    for match in _TOKEN.finditer(text):
        found = match[0]
        if found == "{":
            keys.append(set())
        elif found == "}" and keys:
            keys.pop()
        elif match["key"] is not None and keys:
            key = json.loads(match["key"])
            if key == token and key in keys[-1]:
                break
            keys[-1].add(key)
        elif found == token:
            break
    before = text[: match.start()]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refused_constant(name: str) -> float:
    raise _NotStandard(f"{name} is not a number that JSON knows", name)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, value in pairs:
        if key in made:
            raise _NotStandard(f"the key {_shown(key)} occurs twice in one object", key)
        made[key] = value
    return made


def _upgraded(data: Json, upgrades: Mapping[int, Any], version: int) -> dict[str, Json]:
    if not isinstance(data, dict):
        raise FormatError("is no network file: the JSON text is not an object")
    if data.get("format") != FORMAT:
        raise FormatError(f'is no network file: "format" is not "{FORMAT}"')
    found = data.get("version")
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise FormatError(f'"version" is {_shown(found)}, not a whole number from 1 to {version}')
    if found > version:
        raise FormatError(
            f"comes from a newer nodeeditor: format version {found}, this one reads up to {version}; update nodeeditor"
        )
    upgraded: dict[str, Json] = data
    for step in range(found, version):
        upgraded = upgrades[step](upgraded)
    return upgraded


def _network(data: dict[str, Json]) -> tuple[Network, list[NetworkError]]:
    problems: list[NetworkError] = []
    nodes = {}
    for name, entry in _table(data, "nodes", problems).items():
        if not is_name(name):
            problems.append(FormatError(f"a node cannot be called {_shown(name)}: {NAME_RULE}"))
        elif not isinstance(entry, dict):
            problems.append(FormatError("is not an object", name))
        else:
            nodes[name] = _node_spec(name, entry, problems)
    connections = {}
    for destination, source in _table(data, "connections", problems).items():
        try:
            if not isinstance(source, str):
                raise ValueError(f"the source is {_shown(source)}, not a text Node.connector")
            endpoint(destination)
            endpoint(source)
            connections[destination] = source
        except ValueError as error:
            problems.append(FormatError(f"connection {_shown(destination)}: {error}"))
    lists = {}
    for key in ("groups", "notes"):
        lists[key] = data.get(key, [])
        if not isinstance(lists[key], list):
            problems.append(FormatError(f'"{key}" is not a list'))
            lists[key] = []
    extra = {key: value for key, value in data.items() if key not in _NETWORK_KEYS}
    return Network(nodes, connections, tuple(lists["groups"]), tuple(lists["notes"]), extra), problems


def _table(data: dict[str, Json], key: str, problems: list[NetworkError]) -> dict[str, Json]:
    if key not in data:
        near = suggestion(key, [other for other in data if other not in _NETWORK_KEYS])
        problems.append(FormatError(f'"{key}" is missing{near}'))
    elif isinstance(data[key], dict):
        table: dict[str, Json] = data[key]
        return table
    else:
        problems.append(FormatError(f'"{key}" is not an object'))
    return {}


def _node_spec(name: str, entry: dict[str, Json], problems: list[NetworkError]) -> NodeSpec:
    kind, group = entry.get("type"), entry.get("group", "")
    if not isinstance(kind, str) or not kind:
        problems.append(FormatError('"type" is missing or not a text', name))
        kind = ""
    tables: dict[str, dict[str, Json]] = {}
    for key in ("fields", "windows"):
        tables[key] = entry.get(key, {})
        if not isinstance(tables[key], dict):
            problems.append(FormatError(f'"{key}" is not an object', name))
            tables[key] = {}
    if not isinstance(group, str):
        problems.append(FormatError('"group" is not a text', name))
        group = ""
    bypassed = entry.get("bypassed", False)
    if not isinstance(bypassed, bool):
        problems.append(FormatError('"bypassed" is not true or false', name))
        bypassed = False
    color = tint(entry.get("color"))
    if color is None and "color" in entry:
        problems.append(FormatError('"color" is not a list of three whole numbers from 0 to 255', name))
    extra = {key: value for key, value in entry.items() if key not in _NODE_KEYS}
    frame = _frame(name, entry.get("frame"), problems)
    return NodeSpec(kind, tables["fields"], frame, group, extra, bypassed, tables["windows"], color)


def _frame(name: str, given: Json, problems: list[NetworkError]) -> Frame | None:
    if given is None:
        return None
    numbers = given if isinstance(given, list) else []
    plain = [n for n in numbers if isinstance(n, (int, float)) and not isinstance(n, bool) and abs(n) <= 1e9]
    if len(plain) != 4 or len(numbers) != 4:
        problems.append(FormatError(f'"frame" is {_shown(given)}, not four numbers x, y, width, height', name))
        return None
    x, y, width, height = (float(number) for number in plain)
    return (x, y, width, height)


def _shown(given: Json) -> str:
    shown = repr(given)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
