"""What a typed text is found in: the nodes, notes and groups of one network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

Kind: TypeAlias = Literal["group", "node", "note"]
_Place: TypeAlias = tuple[float, float]  # y and x, as one reads: row by row
_NOWHERE = float("inf"), float("inf")


@dataclass(frozen=True)
class Found:
    """A node or group by its name, or a note by its number in the network; ``why`` says what else than the name."""

    kind: Kind
    name: str
    index: int = -1
    why: str = ""


@dataclass(frozen=True)
class _Candidate:
    """Something with its place and the texts in which words are looked for, each with what it is called in words."""

    found: Found
    place: _Place
    texts: tuple[tuple[str, str], ...]


def found(network: Network, library: Library, text: str) -> list[Found]:
    """All that has every word of a text somewhere, from the top row by row; nothing for an empty text.

    Looked through are names and types of nodes, names of their fields, values that are set, notes, names of groups;
    parts of words count, case does not.
    """
    words = text.casefold().split()
    if not words:
        return []
    hits = [(candidate.place, hit) for candidate in _candidates(network, library) if (hit := _hit(candidate, words))]
    return [hit for _, hit in sorted(hits, key=lambda item: (item[0], item[1].kind, item[1].name, item[1].index))]


def _hit(candidate: _Candidate, words: list[str]) -> Found | None:
    reasons = []
    for word in words:
        why = next((why for text, why in candidate.texts if word in text.casefold()), None)
        if why is None:
            return None
        reasons.append(why)
    of = candidate.found
    return Found(of.kind, of.name, of.index, ", ".join(dict.fromkeys(filter(None, reasons))))


def _candidates(network: Network, library: Library) -> Iterator[_Candidate]:
    corners: dict[str, list[_Place]] = {}
    for name, spec in network.nodes.items():
        place = _NOWHERE if spec.frame is None else (spec.frame[1], spec.frame[0])
        corners.setdefault(spec.group, []).append(place)
        yield _Candidate(Found("node", name), place, tuple(_node_texts(name, spec, library)))
    for name, places in corners.items():
        if name:
            above = min(y for y, _ in places), min(x for _, x in places)
            yield _Candidate(Found("group", name), above, ((name, ""),))
    for index, note in enumerate(network.notes):
        written = str(note.get("text", "")) if isinstance(note, dict) else ""
        yield _Candidate(Found("note", "", index), _note_place(note), ((written, " ".join(written.split())),))


def _node_texts(name: str, spec: NodeSpec, library: Library) -> Iterator[tuple[str, str]]:
    yield name, ""
    yield spec.type, f"type {spec.type}"
    for field, value in spec.fields.items():
        line = f"{field} = {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        yield line, line
    node_type = library.get(spec.type)
    for field, declared in node_type.declaration.fields.items() if node_type else ():
        if field not in spec.fields:
            yield field, f"{field} = {declared.type.to_json(declared.default)}"


def _note_place(note: Json) -> _Place:
    frame = note.get("frame") if isinstance(note, dict) else None
    match frame:
        case [int() | float() as x, int() | float() as y, *_]:
            return y, x
    return _NOWHERE
