"""The interface of a macro, as the ``.script`` beside its network declares it.

Of the script only the section ``Interface`` is read; nothing of it is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nodeeditor.macro import Interface
from nodeeditor.mlab.source import decoded
from nodeeditor.mlab.syntax import Entry, parse
from nodeeditor.network import is_name

SUFFIX = ".script"

_TOKEN = re.compile(
    r"""(?P<comment>/\*(?:.*?\*/|.*)|//[^\r\n]*|^[ \t]*+\#[^\r\n]*)
    | "\*(?:.*?\*"|.*) | "(?:[^"\\]++|\\.)*+"? | (?P<brace>[{}]) | (?P<word>\w+)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
"""Comments, texts, braces and words; what is not closed reaches to the end, so that reading stays linear."""


def interface(script: bytes | str) -> Interface:
    """The interface that a script declares; raises FormatError with the line and column within its section."""
    sections = [entry for entry in parse(_section(decoded(script).text)) if entry.tag == "Interface"]
    said: dict[str, dict[str, str]] = {}
    for shown in _fields(sections, "Parameters"):
        said[shown.value or ""] = {**said.get(shown.value or "", {}), **_said(shown)}
    inputs, outputs, parameters = (_ends(sections, part) for part in ("Inputs", "Outputs", "Parameters"))
    return Interface(inputs, outputs, parameters, {name: words for name, words in said.items() if words})


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
    """The section ``Interface`` of a script, without comments; the scripts's other sections are no MDL to us."""
    parts: list[str] = []
    depth, inside = 0, False
    at = 0
    for match in _TOKEN.finditer(text):
        if inside:
            parts.append(text[at : match.start()])
        at = match.end()
        if match["brace"]:
            depth = depth + 1 if match["brace"] == "{" else max(depth - 1, 0)
        elif match["word"] == "Interface" and depth == 0:
            inside = True
        if inside and not match["comment"]:
            parts.append(match[0])
        if match["brace"] == "}" and depth == 0 and inside:
            inside = False
            parts.append("\n")
    return "".join(parts)
