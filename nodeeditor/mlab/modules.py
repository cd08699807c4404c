"""One node of a network and its ``module`` entry: reading it, and writing what differs into its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from nodeeditor.errors import FormatError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.mlab import rest
from nodeeditor.mlab.draft import Draft, block
from nodeeditor.mlab.syntax import Entry, parse, spelled
from nodeeditor.mlab.tables import Module, module, opened_as
from nodeeditor.mlab.values import default, is_default, listed, numbers, plain, same, spelling, understood
from nodeeditor.mlab.windows import values as window_values
from nodeeditor.mlab.windows import window, window_entries
from nodeeditor.network import Frame, NodeSpec, tint

KEPT = "mlab"
"""The key in a node's, and in a network's, ``extra`` under which the text lies that they were read from."""

_Place: TypeAlias = tuple[str, ...]
"""One thing that a node says itself: its name, its frame, its group, a field, an entry of a window."""

_NAME: _Place = ("name",)
_INSTANCE = "instanceName"
_TYPED = re.compile(r"<[^<>]*>$")
_FORBIDDEN = re.compile(r"[.\x00-\x1f\x7f\ud800-\udfff]")
_MOST_ROUNDS = 5
_NOTHING = object()


def is_module(entry: Entry) -> bool:
    """Whether an entry of a file is a module."""
    return entry.tag == "module" and entry.equals < 0 and entry.value is not None and entry.entries is not None


def node_name(name: str) -> str:
    """The name of a node for a name in a file: that itself, but for what names of nodes cannot hold."""
    return _FORBIDDEN.sub("_", name).strip()[:200].strip()


def instance_name(entry: Entry) -> str:
    """What a module calls itself; empty where it says nothing."""
    names = [inner.value for inner in entry.inside("fields") if _field_name(inner) == _INSTANCE]
    return node_name(next((name for name in reversed(names) if name is not None), ""))


def node_names(modules: Iterable[Entry]) -> list[str]:
    """The names of the nodes that modules become: their instance names, else their types.

    Where that is the name of another module, too, it is followed by a number, and the first that says it has it.
    """
    entries = list(modules)
    given: list[str] = []
    taken: set[str] = set()
    for entry in entries:
        name = instance_name(entry)
        given.append("" if name in taken else name)
        taken |= {name} - {""}
    numbers_used: dict[str, int] = {}
    for place, entry in enumerate(entries):
        base = instance_name(entry) or node_name(entry.value or "") or "Module"
        while not given[place]:
            count = numbers_used[base] = numbers_used.get(base, -1) + 1
            name = f"{base[:190]}{count or ''}"
            given[place] = "" if name in taken else name
        taken.add(given[place])
    return given


def modules_of(entries: Iterable[Entry], library: Library) -> dict[str, Module]:
    """What each module of a file is to us, by the names of the nodes."""
    found = [entry for entry in entries if is_module(entry)]
    return {name: module(entry.value or "", library) for name, entry in zip(node_names(found), found, strict=True)}


def told(entry: Entry, text: str, library: Library) -> NodeSpec:
    """The node that a module entry says."""
    spec = _plain(entry, text, module(entry.value or "", library))
    more = _more(entry)
    return replace(
        spec,
        fields={**spec.fields, **rest.table(more, "fields")},
        windows={**spec.windows, **rest.table(more, "windows")},
        extra=rest.table(more, "extra"),
        bypassed=more.get("bypassed") is True,
        color=tint(more.get("color")),
    )


def with_text(name: str, spec: NodeSpec, entry: Entry, text: str, library: Library) -> NodeSpec:
    """The node together with the lines of its module; what the node says itself is cut out of them."""
    of = module(entry.value or "", library)
    said = _sayings(name, spec, of)
    draft = Draft(text)
    for inner, place in _managed(entry, of):
        draft.cut_value(inner, _spelling(of, place, said))
    lines = draft.changed(entry.start, entry.end).split("\n")
    return replace(spec, extra={**spec.extra, KEPT: {"module": name, "text": lines}})


def original_name(spec: NodeSpec) -> str:
    """The name under which a node was read from a file; empty for one that was not."""
    kept = spec.extra.get(KEPT)
    name = kept.get("module") if isinstance(kept, dict) else None
    return name if isinstance(name, str) else ""


def written(name: str, spec: NodeSpec, library: Library) -> str:
    """The text of a node's module: the one that it was read from, with what differs now."""
    text = _kept_text(spec) or _fresh(name, spec, library)
    for _ in range(_MOST_ROUNDS):
        before, text = text, _round(text, name, spec, library)
        if text == before:
            break
    return _with_more(text, spec, library)


def named(text: str, name: str) -> str:
    """The text of a module that says its instance name."""
    entry = parse(text)[0]
    draft = Draft(text)
    present = [inner for inner in entry.inside("fields") if _field_name(inner) == _INSTANCE]
    for inner in present:
        draft.set_value(inner, spelled(name))
    if not present:
        _add(draft, entry, "fields", [f"{_INSTANCE} = {spelled(name)}"])
    return draft.changed()


def kept_entry(spec: NodeSpec) -> Entry | None:
    """The module that a node was read from, with holes; None where there is none that can be used."""
    text = _kept_text(spec)
    return parse(text)[0] if text else None


def kept_module(spec: NodeSpec, library: Library) -> Module:
    """What the module of a node is to us, also where it is called otherwise than the node's type."""
    entry = kept_entry(spec)
    return module((entry.value if entry else None) or spec.type, library)


def _kept_text(spec: NodeSpec) -> str:
    """The text that a node was read from, if it is one of such a module."""
    kept = spec.extra.get(KEPT)
    lines = kept.get("text") if isinstance(kept, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return ""
    text = "\n".join(lines)
    try:
        entries = parse(text)
    except FormatError:
        return ""
    fits = len(entries) == 1 and is_module(entries[0]) and opened_as(entries[0].value or "", spec.type)
    return text if fits else ""


def _fresh(name: str, spec: NodeSpec, library: Library) -> str:
    of = module(spec.type, library)
    place = [f"frame = {listed(spec.frame)}"] if spec.frame else []
    fields = [f"{_INSTANCE} = {spelled(name)}"]
    if of.is_complete and of.node_type is not None:
        saved = ((key, default(of, key)) for key in of.node_type.declaration.fields)
        fields += [f"{key} = {value}" for key, value in saved if value is not None]
    node_type = library.get(spec.type)
    marks = ["localMacro = 1"] if node_type is not None and issubclass(node_type, Macro) else []
    internal = block("internal ", [*place, *marks, f"moduleGroupName = {spelled(spec.group)}"])
    return "\n".join(block(f"module {spelled(spec.type)}", [*internal, *block("fields ", fields)]))


def _plain(entry: Entry, text: str, of: Module) -> NodeSpec:
    """The node that a module says in MeVisLab's words; where it has a hole it says nothing."""
    saved = {
        _field_name(inner): text[inner.value_start : inner.value_end]
        for inner in entry.inside("fields")
        if inner.value is not None and _field_name(inner) != _INSTANCE
    }
    frame: Frame | None = None
    group = ""
    for inner in entry.inside("internal"):
        if inner.tag == "frame" and (found := numbers(inner.value, 4)):
            frame = (float(found[0]), float(found[1]), float(found[2]), float(found[3]))
        elif inner.tag == "moduleGroupName":
            group = inner.value or ""
    windows = {of.window(inner.value or ""): window(inner) for inner in window_entries(entry)}
    return NodeSpec(of.becomes, understood(of, saved), frame, group, {}, False, windows)


def _field_name(entry: Entry) -> str:
    return _TYPED.sub("", entry.tag)


def _managed(entry: Entry, of: Module) -> Iterator[tuple[Entry, _Place]]:
    """The entries of a module that say what a node says itself, and what that is."""
    for inner in entry.inside("fields"):
        name = _field_name(inner)
        if name == _INSTANCE:
            yield inner, _NAME
        elif of.node_type is None or of.declared(of.member(name)):
            yield inner, ("field", of.member(name))
    for inner in entry.inside("internal"):
        if inner.tag in ("frame", "moduleGroupName"):
            yield inner, (inner.tag,)
    for outer in window_entries(entry):
        for inner in outer.entries or ():
            if inner.tag in ("geometry", "wasOpen"):
                yield inner, ("window", of.window(outer.value or ""), inner.tag)


def _sayings(name: str, spec: NodeSpec, of: Module) -> dict[_Place, Json]:
    """What a node says, piece by piece, as far as MeVisLab has words for it."""
    said: dict[_Place, Json] = {_NAME: name, ("moduleGroupName",): spec.group}
    if spec.frame:
        said["frame",] = list(spec.frame)
    said |= {("field", key): value for key, value in _wanted(spec, of).items()}
    for name_of_window, entry in spec.windows.items():
        said |= {("window", name_of_window, tag): value for tag, value in window_values(entry).items()}
    return said


def _wanted(spec: NodeSpec, of: Module) -> dict[str, Json]:
    """The fields of a node by their names of today, without those that say no more than the default."""
    renamed = of.node_type.renamed if of.node_type else {}
    former_first = sorted(spec.fields.items(), key=lambda item: item[0] not in renamed)
    fields = {renamed.get(key, key): plain(of, renamed.get(key, key), value) for key, value in former_first}
    return {key: value for key, value in fields.items() if not is_default(of, key, value)}


def _spelling(of: Module, place: _Place, said: Mapping[_Place, Json]) -> str | None:
    """How a file spells one of the sayings; None for what it leaves out."""
    value = said.get(place, _NOTHING)
    if place[0] == "field":
        return default(of, place[1]) if value is _NOTHING else spelling(of, place[1], value)
    if value is _NOTHING:
        return None
    return listed(value) if isinstance(value, list) else spelled(value)


def _round(text: str, name: str, spec: NodeSpec, library: Library) -> str:
    """One round of making a module's text say what the node says: at first its holes are filled."""
    entry = parse(text)[0]
    of = module(entry.value or "", library)
    wanted = _sayings(name, spec, of)
    managed = list(_managed(entry, of))
    draft = Draft(text)
    holes = [(inner, place) for inner, place in managed if inner.is_hole]
    for inner, place in holes:
        draft.set_or_remove(inner, _spelling(of, place, wanted))
    if holes:
        return draft.changed()
    called = name if original_name(spec) == name else instance_name(entry)
    shown = _sayings(called, _plain(entry, text, of), of)
    differing = {
        place for place in [*shown, *wanted] if not same(shown.get(place, _NOTHING), wanted.get(place, _NOTHING))
    }
    gone = [outer for outer in window_entries(entry) if of.window(outer.value or "") not in spec.windows]
    leaving = {id(inner) for outer in gone for inner in outer.entries or ()}
    for outer in gone:
        draft.remove(outer)
    for inner, place in managed:
        if id(inner) not in leaving and place in differing:
            draft.set_or_remove(inner, _spelling(of, place, wanted))
    present = {place for _, place in managed}
    _add_missing(draft, entry, of, {place: _spelling(of, place, wanted) for place in sorted(differing - present)})
    return draft.changed()


def _add_missing(draft: Draft, entry: Entry, of: Module, missing: Mapping[_Place, str | None]) -> None:
    """Add what a node says and its module has no entry for."""
    fields, internal = [], []
    windows: dict[str, list[str]] = {}
    for place, value in missing.items():
        tag = of.member_in_file(place[1]) if place[0] == "field" else place[-1]
        line = f"{spelled(tag)} = {value}"
        if value is None or place == _NAME:
            continue
        if place[0] == "window":
            windows.setdefault(place[1], []).append(line)
        elif place[0] != "field":
            internal.append(line)
        elif tag not in (_INSTANCE, "") and not _TYPED.search(tag) and (of.node_type is None or of.declared(place[1])):
            fields.append(line)
    for outer in window_entries(entry):
        draft.add(outer, windows.pop(of.window(outer.value or ""), []), 3)
    named_in_file = {of.window_in_file(name): lines for name, lines in windows.items()}
    blocks = [line for name, lines in named_in_file.items() for line in block(f"window {spelled(name)}", lines)]
    outers = [inner for inner in entry.inside("internal") if inner.tag == "windows"]
    if outers:
        draft.add(outers[-1], blocks, 2)
    elif blocks:
        internal += block("windows ", blocks)
    _add(draft, entry, "fields", fields)
    _add(draft, entry, "internal", internal)


def _add(draft: Draft, module_entry: Entry, tag: str, lines: list[str]) -> None:
    """Add lines to one of a module's blocks, which it has from now on."""
    blocks = module_entry.all(tag)
    if blocks:
        draft.add(blocks[-1], lines, 1)
    elif lines:
        draft.add(module_entry, block(f"{tag} ", lines), 0)


def _more(entry: Entry) -> dict[str, Json]:
    texts = [inner.value for inner in entry.inside("internal") if inner.tag == rest.TAG]
    return rest.read(texts[-1] if texts else None)


def _with_more(text: str, spec: NodeSpec, library: Library) -> str:
    """The text of a module with that of its node for which MeVisLab has no words."""
    entry = parse(text)[0]
    of = module(entry.value or "", library)
    shown = _plain(entry, text, of)
    parts: dict[str, dict[str, Json]] = {
        "fields": {
            key: value for key, value in _wanted(spec, of).items() if not same(shown.fields.get(key, _NOTHING), value)
        },
        "windows": {key: value for key, value in spec.windows.items() if shown.windows.get(key, _NOTHING) != value},
        "extra": {key: value for key, value in spec.extra.items() if key != KEPT},
    }
    more: dict[str, Json] = {key: part for key, part in parts.items() if part}
    if spec.bypassed:
        more["bypassed"] = True
    if spec.color is not None:
        more["color"] = list(spec.color)
    if same(more, _more(entry)):
        return text
    draft = Draft(text)
    present = [inner for inner in entry.inside("internal") if inner.tag == rest.TAG]
    for inner in present:
        draft.set_or_remove(inner, rest.spelled(more) if more else None)
    if not present:
        _add(draft, entry, "internal", [f"{rest.TAG} = {rest.spelled(more)}"])
    return draft.changed()
