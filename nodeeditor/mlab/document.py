"""A whole file: its modules, and everything that stands before, between and behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nodeeditor.errors import FormatError, NetworkError
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.mlab import connections, modules, rest, scenery
from nodeeditor.mlab.draft import Draft
from nodeeditor.mlab.modules import KEPT, is_module, modules_of, node_names
from nodeeditor.mlab.source import Source, decoded, encoded
from nodeeditor.mlab.syntax import Entry, error, parse
from nodeeditor.mlab.values import same
from nodeeditor.network import Network, NodeSpec, endpoint

_SECTIONS = frozenset({"mevislabVersion", "network", "module", "connections", "networkModel"})
_FRESH = '// MDL v1 utf8\nnetwork  {\n  watchlist = ""\n}\nconnections = ""\nnetworkModel = ""\n'


def read(data: bytes | str, library: Library) -> Network:
    """The network that a file says, with its text; raises FormatError with line and column."""
    source = decoded(data)
    text = source.text
    entries = parse(text)
    _refuse_others(entries, text)
    said = _told(entries, text, library)
    found = [entry for entry in entries if is_module(entry)]
    nodes = {
        name: modules.with_text(name, spec, entry, text, library)
        for (name, spec), entry in zip(said.nodes.items(), found, strict=True)
    }
    draft = Draft(text)
    connections.cut(draft, connections.lines_of(entries), modules_of(entries, library), said.connections)
    kept: dict[str, Json] = {"text": _pieces(draft, found, list(nodes))}
    if source.encoding != "utf-8":
        kept["encoding"] = source.encoding
    if source.newline != "\n":
        kept["newline"] = source.newline
    return replace(said, nodes=nodes, extra={**said.extra, KEPT: kept})


def write(network: Network, library: Library) -> bytes:
    """The bytes of a network's file; what was read from one and not changed since keeps every byte.

    Raises FormatError for what no file can hold.
    """
    texts = {name: modules.written(name, spec, library) for name, spec in network.nodes.items()}
    kept = network.extra.get(KEPT)
    table = kept if isinstance(kept, dict) else {}
    pieces = _kept_pieces(table)
    owners = _owners(network.nodes)
    names = {slot: owners.get(slot) for slot in pieces if isinstance(slot, str)}
    placed = dict.fromkeys(name for name in names.values() if name)
    order = [*placed, *(name for name in texts if name not in placed)]
    text = _assembled(pieces, names, order, texts)
    found = [entry for entry in parse(text) if is_module(entry)]
    if node_names(found) != order:
        for name, entry in zip(order, found, strict=True):
            if modules.instance_name(entry) != name:
                texts[name] = modules.named(texts[name], name)
        text = _assembled(pieces, names, order, texts)
    moved: dict[str, str | None] = {slot: name for slot, name in names.items() if slot != name}
    text = connections.followed(text, moved, network.connections, library)
    network = replace(network, connections=connections.renumbered(text, network.connections, library))
    text = connections.written(text, network.connections, library)
    shown = _told(parse(text), text, library)
    text = text if shown.groups == network.groups else scenery.with_groups(text, network.groups)
    text = text if shown.notes == network.notes else scenery.with_notes(text, network.notes)
    text = _recognizable(_with_rest(text, network, library))
    newline = "\r\n" if table.get("newline") == "\r\n" else "\n"
    encoding = "latin-1" if table.get("encoding") == "latin-1" else "utf-8"
    return encoded(Source(text, encoding, newline))


def left_out(network: Network, library: Library) -> list[NetworkError]:
    """A warning for each connection that the network was read with and does not have, as no node type of ours knows it.

    Such connections stay in the network's text.
    """
    kept = network.extra.get(KEPT)
    pieces = _kept_pieces(kept) if isinstance(kept, dict) else []
    entries = parse(_assembled(pieces, {}, [], {}))
    of = {name: modules.kept_module(spec, library) for name, spec in network.nodes.items()}
    found = connections.left_out(connections.lines_of(entries), of)
    return [_unknown_connection(destination, source) for destination, source in found]


def _unknown_connection(destination: str, source: str) -> NetworkError:
    try:
        node, connector = endpoint(destination)
    except ValueError:
        node, connector = "", destination
    message = f"its connection from {source} is not known here; it is kept in the file"
    return NetworkError(message, node, connector, warning=True)


def _told(entries: Sequence[Entry], text: str, library: Library) -> Network:
    """The network that the entries of a file say."""
    plain = _plain(entries, text, library)
    more = _more(entries)
    linked = {to: of for to, of in rest.table(more, "connections").items() if _is_connection(to, of)}
    return replace(
        plain,
        connections={**plain.connections, **linked},
        groups=_list(more, "groups", plain.groups),
        notes=_list(more, "notes", plain.notes),
        extra=rest.table(more, "extra"),
    )


def _plain(entries: Sequence[Entry], text: str, library: Library) -> Network:
    """The network that a file says in MeVisLab's words."""
    found = [entry for entry in entries if is_module(entry)]
    nodes = {name: modules.told(entry, text, library) for name, entry in zip(node_names(found), found, strict=True)}
    linked = connections.told(connections.lines_of(entries), modules_of(entries, library))
    return Network(nodes, linked, tuple(scenery.groups(entries)), tuple(scenery.notes(entries)))


def _is_connection(destination: str, source: Json) -> bool:
    try:
        endpoint(destination)
        endpoint(source if isinstance(source, str) else "")
    except ValueError:
        return False
    return True


def _list(more: Mapping[str, Json], key: str, otherwise: tuple[Json, ...]) -> tuple[Json, ...]:
    found = more.get(key)
    return tuple(found) if isinstance(found, list) else otherwise


def _more(entries: Iterable[Entry]) -> dict[str, Json]:
    texts = [inner.value for entry in entries if entry.tag == "network" for inner in entry.all(rest.TAG)]
    return rest.read(texts[-1] if texts else None)


def _with_rest(text: str, network: Network, library: Library) -> str:
    """The text with that of the network for which MeVisLab has no words."""
    entries = parse(text)
    shown = _plain(entries, text, library)
    more: dict[str, Json] = {}
    linked = {to: of for to, of in network.connections.items() if shown.connections.get(to) != of}
    extra = {key: value for key, value in network.extra.items() if key != KEPT}
    for key, part in (("connections", linked), ("extra", extra)):
        if part:
            more[key] = part
    for key, wanted, found in (("groups", network.groups, shown.groups), ("notes", network.notes, shown.notes)):
        if wanted != found:
            more[key] = list(wanted)
    if same(more, _more(entries)):
        return text
    draft = Draft(text)
    sections = [entry for entry in entries if entry.tag == "network"]
    present = [inner for section in sections for inner in section.all(rest.TAG)]
    line = f"{rest.TAG} = {rest.spelled(more)}"
    for inner in present:
        draft.set_or_remove(inner, rest.spelled(more) if more else None)
    if sections and not present:
        draft.add(sections[-1], [line], 0)
    elif not sections:
        draft.append(f"network  {{\n  {line}\n}}")
    return draft.changed()


def _recognizable(text: str) -> str:
    """The text, with a section that says that it is a network where nothing else does any more."""
    entries = parse(text)
    if not entries or _is_network(entries):
        return text
    draft = Draft(text)
    draft.append('network = ""')
    return draft.changed()


def _is_network(entries: Iterable[Entry]) -> bool:
    return any(entry.tag in _SECTIONS for entry in entries)


def _refuse_others(entries: Sequence[Entry], text: str) -> None:
    """Raise FormatError for a text that is no network, or says an equals sign and nothing behind it."""
    if entries and not _is_network(entries):
        first = entries[0]
        message = f"is no MeVisLab network: it begins with {first.tag[:40]!r} and holds neither modules nor connections"
        raise error(text, first.start, message)
    waiting = list(entries)
    holes = []
    while waiting:
        entry = waiting.pop()
        if entry.is_hole:
            holes.append(entry)
        waiting += entry.entries or ()
    if holes:
        first = min(holes, key=lambda entry: entry.start)
        raise error(text, first.equals, f"a value is missing behind {first.tag[:40]!r} =")


def _pieces(draft: Draft, found: Sequence[Entry], names: Sequence[str]) -> list[Json]:
    """The file around its modules: lists of lines, and the names of the modules that stand between them."""
    pieces: list[Json] = []
    at = 0
    for entry, name in zip(found, names, strict=True):
        between = draft.changed(at, entry.start)
        if not pieces or between != "\n":
            pieces.append(between.split("\n"))
        pieces.append(name)
        at = entry.end
    return [*pieces, draft.changed(at).split("\n")]


def _kept_pieces(kept: Mapping[str, Json]) -> list[Json]:
    """The pieces that a network was read from; those of a new file where there are none that can be used."""
    pieces = kept.get("text")
    fresh: list[Json] = [_FRESH.split("\n")]
    if not isinstance(pieces, list):
        return fresh
    for piece in pieces:
        lines = piece if isinstance(piece, list) else [piece]
        if not all(isinstance(line, str) for line in lines):
            return fresh
    try:
        entries = parse(_assembled(pieces, {}, [], {}))
    except FormatError:
        return fresh
    return fresh if any(is_module(entry) for entry in entries) else pieces


def _owners(nodes: Mapping[str, NodeSpec]) -> dict[str, str]:
    """Which node stands where a file had a module: the one of that name, else the first that came from there."""
    owners: dict[str, str] = {}
    for name, spec in nodes.items():
        slot = modules.original_name(spec)
        if slot and (slot not in owners or name == slot):
            owners[slot] = name
    return owners


def _assembled(
    pieces: Sequence[Json], names: Mapping[str, str | None], order: Sequence[str], texts: Mapping[str, str]
) -> str:
    """The whole text: each module in its place, new ones behind the last of them, or before the connections."""
    new = order[len([name for name in names.values() if name]) :]
    slots = [place for place, piece in enumerate(pieces) if isinstance(piece, str)]
    made: list[str] = []
    stands = True
    for place, piece in enumerate(pieces):
        if isinstance(piece, list):
            between = "\n".join(piece)
            made.append(between if stands or not between.startswith("\n") else between[1:])
            stands = False
            continue
        here = [names.get(piece), *(new if place == slots[-1] else [])]
        for name in here:
            if name:
                made += ["\n" if stands else "", texts[name]]
                stands = True
    text = "".join(made)
    if slots or not new:
        return text
    sections = [entry.start for entry in parse(text) if entry.tag == "connections"]
    at = sections[0] if sections else len(text)
    begin = "" if at == 0 or text[at - 1] == "\n" else "\n"
    return f"{text[:at]}{begin}{''.join(texts[name] + chr(10) for name in new)}{text[at:]}"
