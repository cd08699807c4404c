"""Local macros: modules that are a network of their own, in a ``.mlab`` file with its interface in a ``.script``.

Of the script only the section ``Interface`` is read; nothing of it is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from nodeeditor.errors import FormatError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.mlab.document import read
from nodeeditor.mlab.modules import kept_entry, kept_module
from nodeeditor.mlab.source import LARGEST_FILE, decoded
from nodeeditor.mlab.syntax import Entry, parse, spelled
from nodeeditor.mlab.values import fitting, spelling
from nodeeditor.network import Network, NodeSpec, endpoint, is_name

DEEPEST = 8
MOST_NODES = 10_000

_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_TOKEN = re.compile(
    r"""(?P<comment>/\*(?:.*?\*/|.*)|//[^\r\n]*|^[ \t]*+\#[^\r\n]*)
    | "\*(?:.*?\*"|.*) | "(?:[^"\\]++|\\.)*+"? | (?P<brace>[{}]) | (?P<word>\w+)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
"""Comments, texts, braces and words; what is not closed reaches to the end, so that reading stays linear."""


@dataclass(frozen=True)
class Interface:
    """What a macro shows: its inputs, outputs and parameters, each with the ends ``Node.connector`` within it."""

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def taking(self, name: str) -> tuple[str, ...]:
        """The ends within the macro that an input or parameter feeds."""
        return self.inputs.get(name, self.parameters.get(name, ()))

    def giving(self, name: str) -> str:
        """The end within the macro that an output or parameter shows; empty where there is none."""
        return next(iter(self.outputs.get(name, self.parameters.get(name, ()))), "")


def interface(script: bytes | str) -> Interface:
    """The interface that a script declares; raises FormatError with the line and column within its section."""
    sections = [entry for entry in parse(_section(decoded(script).text)) if entry.tag == "Interface"]

    def ends(part: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for section in sections:
            for shown in section.inside(part):
                if shown.tag == "Field" and shown.value:
                    inner = [name.value for name in shown.all("internalName") if name.value and _is_end(name.value)]
                    found[shown.value] = (*found.get(shown.value, ()), *inner)
        return found

    return Interface(ends("Inputs"), ends("Outputs"), ends("Parameters"))


def expanded(network: Network, folder: Path, library: Library) -> Network:
    """The network with the inner networks of its local macros in their places, for running it.

    A macro ``Filter`` is the files ``Filter.mlab`` and ``Filter.script`` in the folder; its nodes are called
    ``Filter/…``. One whose files cannot be read stays as it is. Raises FormatError where macros hold themselves.
    """
    known: dict[str, tuple[Network, Interface] | None] = {}
    for _ in range(DEEPEST):
        macros = []
        for name, spec in network.nodes.items():
            if spec.type not in known:
                known[spec.type] = None if spec.type in library else _macro(spec.type, folder, library)
            if known[spec.type] is not None:
                macros.append(name)
        if not macros:
            return network
        for name in macros:
            inner = known[network.nodes[name].type]
            if inner is not None:
                network = _inlined(network, name, *inner, library)
            if len(network.nodes) > MOST_NODES:
                break
    raise FormatError(f"macros hold each other, more than {DEEPEST} deep or {MOST_NODES} nodes", macros[0])


def _macro(kind: str, folder: Path, library: Library) -> tuple[Network, Interface] | None:
    if not _TYPE.fullmatch(kind):
        return None
    try:
        files = [folder / f"{kind}{suffix}" for suffix in (".mlab", ".script")]
        if any(file.stat().st_size > LARGEST_FILE for file in files):
            return None
        inner, script = (file.read_bytes() for file in files)
        return read(inner, library), interface(script)
    except (OSError, FormatError):
        return None


def _inlined(network: Network, name: str, inner: Network, shown: Interface, library: Library) -> Network:
    """The network with the nodes of a macro in place of it."""
    names = {one: f"{name}/{one}"[-200:] for one in inner.nodes}
    specs = {names[one]: replace(spec, group=name) for one, spec in _set(network.nodes[name], inner, shown, library)}

    def within(end: str) -> str:
        node, member = endpoint(end)
        spec = inner.nodes.get(node)
        member = kept_module(spec, library).member(member) if spec else member
        return f"{names.get(node, f'{name}/{node}'[-200:])}.{member}"

    linked = {within(to): within(of) for to, of in inner.connections.items()}
    for to, of in network.connections.items():
        (taker, taking), (giver, given) = endpoint(to), endpoint(of)
        source = of
        if giver == name:
            if not shown.giving(given):
                continue
            source = within(shown.giving(given))
        linked |= dict.fromkeys(map(within, shown.taking(taking)) if taker == name else [to], source)
    nodes = {one: spec for one, spec in network.nodes.items() if one != name}
    return replace(network, nodes={**nodes, **specs}, connections=linked)


def _set(macro: NodeSpec, inner: Network, shown: Interface, library: Library) -> Iterable[tuple[str, NodeSpec]]:
    """The nodes of a macro with the fields that it sets in them."""
    settings: dict[str, str] = {}
    entry = kept_entry(macro)
    for saved in entry.inside("internalFields") if entry else ():
        settings |= _setting(saved)
    of = kept_module(macro, library)
    for name, value in macro.fields.items():
        said = spelling(of, name, value)
        settings |= dict.fromkeys(shown.parameters.get(name, ()), said) if said is not None else {}
    for name, spec in inner.nodes.items():
        module = kept_module(spec, library)
        own = {member: said for end, said in settings.items() for node, member in [endpoint(end)] if node == name}
        fields: dict[str, Json] = {
            key: value for key, value in spec.fields.items() if key not in map(module.member, own)
        }
        yield name, replace(spec, fields={**fields, **fitting(module, own)})


def _setting(saved: Entry) -> dict[str, str]:
    return {saved.tag: spelled(saved.value)} if saved.value is not None and _is_end(saved.tag) else {}


def _is_end(text: str) -> bool:
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
