"""What differs between two networks, in sentences.

Two networks are compared by what they mean: a default that is left out counts as set, a former name as today's, 60 as
60.0, the order in a file as nothing. A node that goes on under another name, and one that was put onto a connection,
are recognised as that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from nodeeditor.diff.meaning import default_text, is_view_state, meant, said, shown, still
from nodeeditor.diff.renaming import called, successors
from nodeeditor.errors import one_of
from nodeeditor.fields import Json
from nodeeditor.foreign import KEPT
from nodeeditor.library import Library
from nodeeditor.network import Frame, Network, NodeSpec, endpoint

Kind: TypeAlias = Literal["added", "removed", "changed"]

_SHOWN, _BEFORE = 80, 20  # characters of a long value that are shown; those of them before the first difference


@dataclass(frozen=True)
class Difference:
    """One difference as a sentence on one line. ``node`` is the node's name in the second network, or empty.

    ``layout`` marks what changes no result: where boxes and windows lie, view state such as the slice.
    """

    kind: Kind
    node: str
    sentence: str
    layout: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sentence", _printable(self.sentence))

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class _Insertion:
    """Nodes that were put, one behind the other, between a source and what it fed."""

    nodes: tuple[str, ...]
    source: str
    destinations: tuple[str, ...]


def differences(before: Network, after: Network, library: Library) -> tuple[Difference, ...]:
    """What has to be done to ``before`` so that it becomes ``after``; node by node in the order of their names."""
    old, new = meant(before, library), meant(after, library)
    followers = successors(still(old, library), still(new, library))
    old = called(old, followers)
    inserted, bridged = _insertions(old, new), _insertions(new, old)
    found = [Difference("changed", now, f"{was} renamed to {now}") for was, now in followers.items()]
    found += [_inserted(one, new, library) for one in inserted]
    found += [_taken_out(one, old, library) for one in bridged]
    told = {name for one in (*inserted, *bridged) for name in one.nodes}
    for name in sorted({*old.nodes, *new.nodes}):
        found += _node_differences(name, old.nodes.get(name), new.nodes.get(name), library, name in told)
    found += _connection_differences(old, new, _explained(inserted, new) | _explained(bridged, old))
    found.sort(key=lambda one: one.node)  # what is said of one node stays in the order of the steps above
    return (
        *found,
        *_group_differences(old, new),
        *_note_differences(old, new),
        *_extra_differences("", "", "", old.extra, new.extra),
    )


# --- nodes


def _node_differences(
    name: str, old: NodeSpec | None, new: NodeSpec | None, library: Library, told: bool
) -> Iterator[Difference]:
    """What became of one node itself; whether it is there at all need not be said where that is ``told``."""
    if new is None:
        if not told:
            yield Difference("removed", name, f"{name} removed")
        return
    if old is None:
        if not told:
            yield Difference("added", name, f"{name} added ({new.type})")
        old = NodeSpec("", frame=new.frame, windows=new.windows, extra={KEPT: {}})
    elif old.type != new.type:
        yield Difference("changed", name, f"{name}: type {old.type} -> {new.type}")
    if old.bypassed != new.bypassed:
        yield Difference("changed", name, f"{name} {'bypassed' if new.bypassed else 'works again'}")
    if old.color != new.color:
        sentence = f"{name} has another colour" if new.color else f"{name} has the colour of its kind again"
        yield Difference("changed", name, sentence, layout=True)
    yield from _field_differences(name, old, new, library)
    yield from _extra_differences(name, f"{name}.", f"{name}: ", old.extra, new.extra)
    yield from _frame_differences(name, name, old.frame, new.frame)
    for window in sorted({*old.windows, *new.windows}):
        for difference in _window_differences(name, window, old.windows, new.windows):
            yield replace(difference, layout=True)


def _field_differences(name: str, old: NodeSpec, new: NodeSpec, library: Library) -> Iterator[Difference]:
    for key in sorted({*old.fields, *new.fields}):
        was = old.fields.get(key, default_text(library, old.type, key))
        now = new.fields.get(key, default_text(library, new.type, key))
        if was != now:
            layout = is_view_state(library, new.type, key)
            yield Difference(_kind(was, now), name, f"{name}.{key} {_change(was, now)}", layout=layout)


def _extra_differences(
    node: str, foreign: str, prefix: str, old: Mapping[str, Json], new: Mapping[str, Json]
) -> Iterator[Difference]:
    """What differs in foreign keys, and in what two MeVisLab files say; another file says nothing of that."""
    if KEPT in old and KEPT in new:
        yield from _table_differences(node, foreign, old[KEPT], new[KEPT])
    ours = [{key: value for key, value in extra.items() if key != KEPT} for extra in (old, new)]
    yield from _table_differences(node, prefix, *ours)


def _table_differences(
    node: str, prefix: str, old: Mapping[str, Json], new: Mapping[str, Json]
) -> Iterator[Difference]:
    """What differs in two tables of entries that nodeeditor keeps word for word."""
    for key in sorted({*old, *new}):
        was, now = (shown(table[key]) if key in table else None for table in (old, new))
        if was != now:
            yield Difference(_kind(was, now), node, f"{prefix}{key} {_change(was, now)}")


def _window_differences(
    node: str, window: str, old: Mapping[str, Json], new: Mapping[str, Json]
) -> Iterator[Difference]:
    """How a window was opened or closed, moved and resized."""
    what = f"{node}: window {window}"
    was, now = old.get(window, {}), new.get(window, {})
    if not (isinstance(was, dict) and isinstance(now, dict)):
        tables = [{window: table[window]} if window in table else {} for table in (old, new)]
        yield from _table_differences(node, f"{node}: window ", *tables)
        return
    if (was.get("open") is True) != (now.get("open") is True):
        yield Difference("changed", node, f"{what} {'opened' if now.get('open') is True else 'closed'}")
    yield from _frame_differences(node, what, was.get("frame"), now.get("frame"))
    rest = [{key: value for key, value in one.items() if key not in ("open", "frame")} for one in (was, now)]
    yield from _table_differences(node, f"{what}: ", *rest)


def _frame_differences(node: str, what: str, old: Json, new: Json) -> Iterator[Difference]:
    """How a box or note was moved and resized."""
    was, now = _corners(old), _corners(new)
    if was is None or now is None:
        if said(old) != said(new):
            words = _change(*(None if frame is None else said(frame) for frame in (old, new)))
            yield Difference("changed", node, f"{what}: place {words}", layout=True)
        return
    if was[:2] != now[:2]:
        moved = f"({was[0]:g}, {was[1]:g}) -> ({now[0]:g}, {now[1]:g})"
        yield Difference("changed", node, f"{what} moved {moved}", layout=True)
    if was[2:] != now[2:]:
        resized = f"{was[2]:g} x {was[3]:g} -> {now[2]:g} x {now[3]:g}"
        yield Difference("changed", node, f"{what} resized {resized}", layout=True)


def _corners(frame: Json) -> Frame | None:
    numbers = frame if isinstance(frame, (list, tuple)) else ()
    if len(numbers) != 4 or not all(isinstance(number, (int, float)) for number in numbers):
        return None
    x, y, width, height = map(float, numbers)
    return x, y, width, height


# --- connections


def _connection_differences(old: Network, new: Network, explained: set[str]) -> Iterator[Difference]:
    """What feeds something else now; the connections into a node that is gone went with it."""
    for destination in sorted({*old.connections, *new.connections} - explained):
        node = endpoint(destination)[0]
        was, now = old.connections.get(destination), new.connections.get(destination)
        if was == now or (now is None and node in old.nodes and node not in new.nodes):
            continue
        if was is None:
            yield Difference("added", node, f"{destination} connected to {now}")
        elif now is None:
            yield Difference("removed", node, f"{destination} disconnected from {was}")
        else:
            yield Difference("changed", node, f"{destination}: {was} -> {now}")


def _insertions(old: Network, new: Network) -> list[_Insertion]:
    """The nodes of ``new`` alone that lie between a destination and the source that fed it in ``old``."""
    fresh = {name for name in new.nodes if name not in old.nodes}
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    ways: dict[tuple[str, str], tuple[str, ...]] = {}
    for destination, source in sorted(new.connections.items()):
        was, last = old.connections.get(destination), endpoint(source)[0]
        if was is None or last not in fresh:
            continue
        if (last, was) not in ways:
            ways[last, was] = _way(new, fresh, last, was)
        if ways[last, was]:
            found.setdefault((ways[last, was], was), []).append(destination)
    return [_Insertion(nodes, source, tuple(destinations)) for (nodes, source), destinations in found.items()]


def _way(network: Network, among: set[str], last: str, source: str) -> tuple[str, ...]:
    """The shortest way of nodes, the first one fed by ``source``, to ``last``; empty where there is none."""
    behind: dict[str, str] = {last: ""}
    waiting = [last]
    for name in waiting:
        feeding = network.sources(name).values()
        if source in {".".join(end) for end in feeding}:
            way = [name]
            while behind[way[-1]]:
                way.append(behind[way[-1]])
            return tuple(way)
        for node in sorted({node for node, _ in feeding if node in among and node not in behind}):
            behind[node] = name
            waiting.append(node)
    return ()


def _explained(insertions: Iterable[_Insertion], network: Network) -> set[str]:
    """The destinations whose connections an insertion has said all about."""
    told: set[str] = set()
    for one in insertions:
        told.update(one.destinations)
        for before, name in zip(("", *one.nodes), one.nodes, strict=False):
            links = sorted(network.sources(name).items())
            told.add(
                next(
                    f"{name}.{connector}"
                    for connector, end in links
                    if (end[0] == before if before else ".".join(end) == one.source)
                )
            )
    return told


def _inserted(one: _Insertion, network: Network, library: Library) -> Difference:
    names = [_typed(name, network.nodes[name]) for name in one.nodes]
    return Difference("added", one.nodes[0], f"{_listed(names)} inserted {_between(one, network, library)}")


def _taken_out(one: _Insertion, network: Network, library: Library) -> Difference:
    return Difference("removed", one.nodes[0], f"{_listed(one.nodes)} removed {_between(one, network, library)}")


def _between(one: _Insertion, network: Network, library: Library) -> str:
    ends = [_end(network, library, destination) for destination in one.destinations]
    return f"between {_end(network, library, one.source)} and {_listed(ends)}"


def _end(network: Network, library: Library, end: str) -> str:
    """A connector, by its node alone where that has only this one on its side."""
    node, connector = endpoint(end)
    node_type = library.get(network.nodes[node].type) if node in network.nodes else None
    sides = (node_type.declaration.inputs, node_type.declaration.outputs) if node_type else ()
    return node if any(list(side) == [connector] for side in sides) else end


def _typed(name: str, spec: NodeSpec) -> str:
    return name if name.rstrip("0123456789") == spec.type else f"{name} ({spec.type})"


# --- groups, notes


def _group_differences(old: Network, new: Network) -> Iterator[Difference]:
    was, now = _members(old), _members(new)
    pairs = {name: name for name in now if name in was}
    gone = {name: was[name] & new.nodes.keys() for name in sorted(was) if name not in now}
    for name in sorted(now.keys() - was.keys()):
        former = next((one for one in gone if gone[one] and gone[one] == now[name] & old.nodes.keys()), None)
        if former is None:
            members = f": {one_of(sorted(now[name]))}" if now[name] else ""
            yield Difference("added", "", f"group {_quoted(name)} added{members}")
        else:
            del gone[former]
            pairs[name] = former
            yield Difference("changed", "", f"group {_quoted(former)} renamed to {_quoted(name)}")
    for name in gone:
        yield Difference("removed", "", f"group {_quoted(name)} removed")
    (old_entries, old_rest), (new_entries, new_rest) = _entries(old), _entries(new)
    for name, former in sorted(pairs.items()):
        for node in sorted(now[name] - was[former]):
            yield Difference("changed", "", f"{node} joined group {_quoted(name)}")
        for node in sorted((was[former] - now[name]) & new.nodes.keys()):
            yield Difference("changed", "", f"{node} left group {_quoted(name)}")
        entries = (old_entries.get(former, {}), new_entries.get(name, {}))
        yield from _table_differences("", f"group {_quoted(name)}: ", *entries)
    yield from _listed_differences("group", old_rest, new_rest)


def _members(network: Network) -> dict[str, set[str]]:
    """The nodes in each group, also in those that are only declared."""
    members: dict[str, set[str]] = {name: set() for name in _entries(network)[0]}
    for name, spec in network.nodes.items():
        if spec.group:
            members.setdefault(spec.group, set()).add(name)
    return members


def _entries(network: Network) -> tuple[dict[str, dict[str, Json]], list[Json]]:
    """What the file says of each group besides its name, and the entries that say it of none or once more."""
    entries: dict[str, dict[str, Json]] = {}
    rest = []
    for entry in network.groups:
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name and name not in entries:
            entries[name] = {key: value for key, value in entry.items() if key != "name"}
        else:
            rest.append(entry)
    return entries, rest


def _note_differences(old: Network, new: Network) -> Iterator[Difference]:
    """What became of the notes; one is known again by its text, or else by its place."""
    was, now = _unlike(old.notes, new.notes)
    pairs = []
    for key in ("text", "frame"):
        for note in list(now):
            mark = _note(note).get(key)
            same = next((one for one in was if mark is not None and said(_note(one).get(key)) == said(mark)), None)
            if same is not None:
                was.remove(same)
                now.remove(note)
                pairs.append((_note(same), _note(note)))
    for before, after in pairs:
        what = f"note {_quoted(_short(str(after.get('text', ''))))}"
        if before.get("text") != after.get("text"):
            yield Difference("changed", "", f"note {_change(said(before.get('text')), said(after.get('text')))}")
        yield from _frame_differences("", what, before.get("frame"), after.get("frame"))
        rest = [{key: value for key, value in one.items() if key not in ("text", "frame")} for one in (before, after)]
        yield from _table_differences("", f"{what}: ", *rest)
    for note in now:
        yield Difference("added", "", f"note added: {said(_note(note).get('text', note))}")
    for note in was:
        yield Difference("removed", "", f"note removed: {said(_note(note).get('text', note))}")


def _note(note: Json) -> dict[str, Json]:
    return note if isinstance(note, dict) else {}


def _listed_differences(what: str, old: Sequence[Json], new: Sequence[Json]) -> Iterator[Difference]:
    was, now = _unlike(old, new)
    for entry in now:
        yield Difference("added", "", f"{what} added: {said(entry)}")
    for entry in was:
        yield Difference("removed", "", f"{what} removed: {said(entry)}")


def _unlike(old: Iterable[Json], new: Iterable[Json]) -> tuple[list[Json], list[Json]]:
    """What is in one list alone and in the other alone, in order."""
    was, now = Counter(map(said, old)), Counter(map(said, new))
    return [json.loads(text) for text in (was - now).elements()], [json.loads(text) for text in (now - was).elements()]


# --- words


def _kind(was: str | None, now: str | None) -> Kind:
    return "added" if was is None else "removed" if now is None else "changed"


def _change(was: str | None, now: str | None) -> str:
    """``60 -> 80``; of long values the part around the first difference."""
    if now is None:
        return f"no longer set (was {_short(was or '')})"
    if was is None:
        return f"= {now}"
    shortest = min(len(was), len(now))
    same = next((at for at in range(shortest) if was[at] != now[at]), shortest)
    return f"{_short(was, same)} -> {_short(now, same)}"


def _short(text: str, same: int = 0) -> str:
    if len(text) <= _SHOWN:
        return text
    start = min(max(0, same - _BEFORE), len(text) - _SHOWN)
    end = start + _SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _printable(sentence: str) -> str:
    """The sentence with what a terminal would not show, or would obey, spelled out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in sentence
    )
