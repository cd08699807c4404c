"""The groups and notes of a file, in its ``networkModel``: reading them, and writing what differs into their lines."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence

from nodeeditor.fields import Json
from nodeeditor.mlab.draft import Draft, block
from nodeeditor.mlab.syntax import Entry, parse, spelled
from nodeeditor.mlab.values import is_number, listed, numbers, same

_ITEM = "MLABNetworkModelItem"
_GROUP = "MLABNetworkModelItemGroup"
_NOTE = "MLABNoteItem"
_SECTION = "networkModel"
_TRUE, _UNFOLDED = ("true", "yes", "1"), "False"
_CHANNELS = ("r", "g", "b", "a")
_MARKUP = re.compile(r"<[^<>]*+>")
_PARAGRAPH = re.compile(r"</p>|<br ?/?>|</li>|</h[1-6]>", re.IGNORECASE)
_HEAD = re.compile(r"<head>(?:.*?</head>|.*)", re.IGNORECASE | re.DOTALL)


def groups(entries: Iterable[Entry]) -> list[Json]:
    """The groups of a file as networks hold them: name and colour."""
    return [_group(item) for item in _items(entries, _GROUP)]


def notes(entries: Iterable[Entry]) -> list[Json]:
    """The notes of a file as networks hold them: text, frame, colour, title, whether it is collapsed."""
    return [_note(item) for item in _items(entries, _NOTE)]


def with_groups(text: str, wanted: Sequence[Json]) -> str:
    """The text with these groups, as far as MeVisLab has words for them."""
    return _with_items(text, _GROUP, wanted)


def with_notes(text: str, wanted: Sequence[Json]) -> str:
    """The text with these notes, as far as MeVisLab has words for them."""
    return _with_items(text, _NOTE, wanted)


def _items(entries: Iterable[Entry], kind: str) -> list[Entry]:
    waiting = [entry for entry in entries if entry.tag == _SECTION]
    found = []
    while waiting:
        entry = waiting.pop()
        if entry.tag == _ITEM and entry.value == kind and entry.entries is not None:
            found.append(entry)
        waiting += entry.entries or ()
    return sorted(found, key=lambda entry: entry.start)


def _said(item: Entry, kind: str) -> dict[str, Json]:
    return _group(item) if kind == _GROUP else _note(item)


def _group(item: Entry) -> dict[str, Json]:
    color = _color(item, "color")
    return {"name": item.text("objectName") or "", **({"color": color} if color else {})}


def _note(item: Entry) -> dict[str, Json]:
    said: dict[str, Json] = {"text": _plain_text(item)}
    if frame := numbers(item.text("frame"), 4):
        said["frame"] = frame
    if color := _color(item, "backgroundColor"):
        said["color"] = color
    if title := item.text("titleText"):
        said["title"] = title
    if (item.text("isCollapsed") or "").lower() in _TRUE:
        said["collapsed"] = True
    return said


def _plain_text(item: Entry) -> str:
    text = item.text("text")
    if text or not item.text("richText"):
        return text or ""
    rich = _PARAGRAPH.sub("\n", _HEAD.sub("", item.text("richText") or ""))
    return html.unescape(_MARKUP.sub("", rich)).strip()


def _color(item: Entry, tag: str) -> list[float]:
    blocks = item.all(tag)
    found = [numbers(blocks[-1].text(channel), 1) for channel in _CHANNELS] if blocks else []
    shown = [part[0] for part in found if part is not None]
    return shown if len(shown) >= 3 and found[: len(shown)] == [[part] for part in shown] else []


def _with_items(text: str, kind: str, wanted: Sequence[Json]) -> str:
    """The text with these groups, or these notes: the same ones stay, changed ones change, others come and go."""
    entries = parse(text)
    items = _items(entries, kind)
    if [_said(item, kind) for item in items] == list(wanted):
        return text
    draft = Draft(text)
    tables = [entry for entry in wanted if isinstance(entry, dict)]
    pairs, fresh = _paired(items, kind, tables)
    for item, entry in pairs:
        _change(draft, item, kind, entry)
    kept = {id(item) for item, _ in pairs}
    for item in items:
        if id(item) not in kept:
            draft.remove(item)
    used = [numbers(item.text("uniqueId"), 1) or [0] for one in (_GROUP, _NOTE) for item in _items(entries, one)]
    first = int(max((one[0] for one in used), default=0)) + 1
    _add_items(draft, entries, [line for n, entry in enumerate(fresh, first) for line in _fresh(n, kind, entry)])
    return draft.changed()


def _paired(
    items: Iterable[Entry], kind: str, wanted: Iterable[dict[str, Json]]
) -> tuple[list[tuple[Entry, dict[str, Json]]], list[dict[str, Json]]]:
    """Which item goes on as which entry: the same first, then one of the same name, then in their order."""
    free, waiting = list(items), list(wanted)
    pairs = []
    rules: list[Callable[[Entry, dict[str, Json]], bool]] = [
        lambda item, entry: same(_said(item, kind), entry),
        lambda item, entry: kind == _GROUP and _group(item)["name"] == entry.get("name"),
        lambda _item, _entry: kind == _NOTE,
    ]
    for fits in rules:
        left = []
        for entry in waiting:
            match = next((item for item in free if fits(item, entry)), None)
            if match is None:
                left.append(entry)
            else:
                free.remove(match)
                pairs.append((match, entry))
        waiting = left
    return pairs, waiting


def _values(kind: str, entry: dict[str, Json]) -> dict[str, str | None]:
    """What an item says, by the tags of a file; None for what it leaves out."""
    if kind == _GROUP:
        return {"objectName": _text(entry.get("name")) or '""'}
    frame = _frame(entry)
    return {
        "frame": listed(frame) if frame else None,
        "text": _text(entry.get("text")) or '""',
        "titleText": _text(entry.get("title")),
        "isCollapsed": "True" if entry.get("collapsed") is True else _UNFOLDED,
    }


def _frame(entry: dict[str, Json]) -> list[float]:
    """Where a note lies; empty where it says no four numbers."""
    frame = entry.get("frame")
    return frame if isinstance(frame, list) and len(frame) == 4 and all(map(is_number, frame)) else []


def _text(given: Json) -> str | None:
    return spelled(given) if isinstance(given, str) and given else None


def _channels(entry: dict[str, Json]) -> list[str]:
    """The lines of a colour; none where it is no list of three or four numbers."""
    color = entry.get("color")
    if not isinstance(color, list) or len(color) not in (3, 4) or not all(map(is_number, color)):
        return []
    return [f"{channel} = {listed([part])}" for channel, part in zip(_CHANNELS, color, strict=False)]


def _change(draft: Draft, item: Entry, kind: str, entry: dict[str, Json]) -> None:
    """Make an item say what an entry says."""
    shown = _said(item, kind)
    before, after = _values(kind, shown), _values(kind, entry)
    lines = []
    for tag, value in after.items():
        if value == before[tag]:
            continue
        if tag == "text":
            for rich in item.all("richText"):
                draft.remove(rich)
        present = item.all(tag)
        for one in present:
            draft.set_or_remove(one, value)
        if not present and value is not None:
            lines.append(f"{tag} = {value}")
    if kind == _NOTE and after["frame"] and before["frame"] and after["frame"] != before["frame"]:
        _move_title(draft, item, shown, entry)
    channels = _channels(entry)
    if channels != _channels(shown):
        tag = "color" if kind == _GROUP else "backgroundColor"
        for one in item.all(tag):
            draft.remove(one)
        lines += block(f"{tag} ", channels) if channels else []
    draft.add(item, lines, 3)


def _move_title(draft: Draft, note: Entry, before: dict[str, Json], after: dict[str, Json]) -> None:
    """Let the frame of a note's title go along with the frame of the note."""
    (x, y, width, _), (to_x, to_y, to_width, _) = _frame(before), _frame(after)
    for title in note.all("titleFrame"):
        if place := numbers(title.value, 4):
            moved = [place[0] + to_x - x, place[1] + to_y - y, place[2] + to_width - width, place[3]]
            draft.set_value(title, listed(moved))


def _fresh(number: int, kind: str, entry: dict[str, Json]) -> list[str]:
    tag = "color" if kind == _GROUP else "backgroundColor"
    values = {"objectName": '""', **_values(kind, entry)}
    lines = [f"uniqueId = {number}", f"objectName = {values.pop('objectName')}", "parentUniqueId = 0"]
    if values.get("isCollapsed") == _UNFOLDED:
        del values["isCollapsed"]  # is so without the line
    lines += [f"{tag} = {value}" for tag, value in values.items() if value is not None]
    channels = _channels(entry)
    return block(f"{_ITEM} {kind}", [*lines, *(block(f"{tag} ", channels) if channels else [])])


def _add_items(draft: Draft, entries: Iterable[Entry], lines: list[str]) -> None:
    """Add the lines of items to the file's section for them, which it has from now on."""
    if not lines:
        return
    sections = [entry for entry in entries if entry.tag == _SECTION]
    parents = [parent for section in sections for parent in section.all("parentItems")]
    tops = [top for parent in parents for top in parent.all("0")]
    if tops:
        draft.add(tops[-1], lines, 2)
    elif parents:
        draft.add(parents[-1], block("0 ", lines), 1)
    elif sections:
        draft.add(sections[-1], block("parentItems ", block("0 ", lines)), 0)
    else:
        draft.append("\n".join(block(f"{_SECTION} ", block("parentItems ", block("0 ", lines)))))
