"""The interface of a macro, as the ``.script`` beside its network declares it: read, written anew, and changed.

Of a script only the section ``Interface`` is read; nothing of it is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from nodeeditor.macro import Interface
from nodeeditor.mlab.draft import Draft, block
from nodeeditor.mlab.source import decoded, encoded
from nodeeditor.mlab.syntax import Entry, parse, quoted, spelled
from nodeeditor.network import is_name

SUFFIX = ".script"

_TOKEN = re.compile(
    r"""(?P<comment>/\*(?:.*?\*/|.*)|//[^\r\n]*|^[ \t]*+\#[^\r\n]*)
    | "\*(?:.*?\*"|.*) | "(?:[^"\\]++|\\.)*+"? | (?P<brace>[{}]) | (?P<word>\w+)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
"""Comments, texts, braces and words; what is not closed reaches to the end, so that reading stays linear."""

_VISIBLE = re.compile(r"[^\r\n]")
PARTS = ("Inputs", "Outputs", "Parameters")


def interface(script: bytes | str) -> Interface:
    """The interface that a script declares; raises FormatError with line and column."""
    sections = _sections(decoded(script).text)
    said: dict[str, dict[str, str]] = {}
    for shown in _fields(sections, "Parameters"):
        said[shown.value or ""] = {**said.get(shown.value or "", {}), **_said(shown)}
    inputs, outputs, parameters = (_ends(sections, part) for part in PARTS)
    return Interface(inputs, outputs, parameters, {name: words for name, words in said.items() if words})


def with_shown(script: bytes, part: str, name: str, end: str) -> bytes:
    """The script with one more field in ``Inputs``, ``Outputs`` or ``Parameters``; every other byte stays.

    Raises FormatError where that cannot be.
    """
    source = decoded(script)
    sections = _sections(source.text)
    draft = Draft(source.text)
    lines = _field(name, [end], {})
    present = [inner for section in sections for inner in section.all(part)]
    if present:
        draft.add(present[-1], lines, 1)
    elif sections:
        draft.add(sections[-1], block(part, lines), 0)
    else:
        draft.append("\n".join(block("Interface", block(part, lines))))
    return encoded(replace(source, text=draft.changed()))


def without_shown(script: bytes, ends: Collection[str]) -> bytes:
    """The script without the fields that show nothing but some ends inside; every other byte stays.

    Fields that show others as well lose these ends alone. Raises FormatError where that cannot be.
    """
    source = decoded(script)
    draft = Draft(source.text)
    for part in PARTS:
        for shown in _fields(_sections(source.text), part):
            inner = shown.all("internalName")
            gone = [name for name in inner if name.value in ends]
            for entry in [shown] if gone and len(gone) == len(inner) else gone:
                draft.remove(entry)
    return encoded(replace(source, text=draft.changed()))


def _sections(text: str) -> list[Entry]:
    return [entry for entry in parse(_section(text)) if entry.tag == "Interface"]


def written(shown: Interface) -> str:
    """The script that declares an interface and nothing else, as `interface` reads it."""
    parts = [
        *block("Inputs", [line for name, ends in shown.inputs.items() for line in _field(name, ends, {})]),
        *block("Outputs", [line for name, ends in shown.outputs.items() for line in _field(name, ends, {})]),
        *block(
            "Parameters",
            [line for name, ends in shown.parameters.items() for line in _field(name, ends, shown.said.get(name, {}))],
        ),
    ]
    return "\n".join(["// MDL v1 utf8", *block("Interface", parts), ""])


def _field(name: str, ends: Iterable[str], said: Mapping[str, str]) -> list[str]:
    inner = [f"internalName = {_word(end)}" for end in ends]
    return block(f"Field {_word(name)}", [*inner, *(f"{word} = {_word(text)}" for word, text in said.items())])


def _word(text: str) -> str:
    """A text as `spelled`, but between quotes where a reader of scripts might take part of it for a comment."""
    return quoted(text) if "/" in text else spelled(text)


def _fields(sections: Iterable[Entry], part: str) -> list[Entry]:
    found = [shown for section in sections for shown in section.inside(part)]
    return [shown for shown in found if shown.tag == "Field" and shown.value and is_name(shown.value)]


def _ends(sections: Iterable[Entry], part: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for shown in _fields(sections, part):
        inner = [name.value for name in shown.all("internalName") if name.value and is_end(name.value)]
        found[shown.value or ""] = (*found.get(shown.value or "", ()), *inner)
    return found


def _said(shown: Entry) -> dict[str, str]:
    """What a script says of a parameter itself."""
    words = {word: text for word in ("type", "value", "values") if (text := shown.text(word)) is not None}
    items = [item.value for item in shown.inside("items") if item.tag == "item" and item.value]
    return {**words, **({"values": ",".join(items)} if items else {})}


def is_end(text: str) -> bool:
    """Whether a text is of the form ``Node.connector``."""
    node, _, member = text.partition(".")
    return is_name(node) and is_name(member)


def _section(text: str) -> str:
    """The section ``Interface`` of a script where it stands, and blanks for comments and for all around it.

    The script's other sections are no MDL to us.
    """
    parts: list[str] = []
    depth, inside = 0, False
    at = 0
    for match in _TOKEN.finditer(text):
        between = text[at : match.start()]
        parts.append(between if inside else _blank(between))
        at = match.end()
        if match["brace"]:
            depth = depth + 1 if match["brace"] == "{" else max(depth - 1, 0)
        elif match["word"] == "Interface" and depth == 0:
            inside = True
        parts.append(match[0] if inside and not match["comment"] else _blank(match[0]))
        if match["brace"] == "}" and depth == 0:
            inside = False
    return "".join([*parts, _blank(text[at:])])


def _blank(text: str) -> str:
    return _VISIBLE.sub(" ", text)
