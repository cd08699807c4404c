"""The ``connections`` of a file: reading them, and writing what differs into their lines.

A line has one source, or several where a module takes a list: ``SoGroup.children = "A.self B.self"``. The second of
a list is the network's connection to ``SoGroup.children[1]``, and so on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from nodeeditor.library import Library
from nodeeditor.mlab.draft import Draft, block
from nodeeditor.mlab.modules import modules_of
from nodeeditor.mlab.syntax import Entry, parse, spelled
from nodeeditor.mlab.tables import Module
from nodeeditor.network import endpoint

_LISTED = re.compile(r"(.*)\[([1-9][0-9]{0,5})\]", re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n\f\v]+")
_UNKNOWN = Module("", "")


def told(lines: Iterable[Entry], modules: Mapping[str, Module]) -> dict[str, str]:
    """The connections that lines say, by our names; what fits no declaration of a known type is left out."""
    said = {}
    for destination, line in _last(lines, modules).items():
        for index, source in enumerate(_understood(line, modules)[0]):
            said[_indexed(destination, index)] = source
    return said


def left_out(lines: Iterable[Entry], modules: Mapping[str, Module]) -> list[tuple[str, str]]:
    """The connections that fit no declaration of a known type, as they stand there: what is fed, and what feeds it."""
    return [(line.tag, source) for line in lines for source in _understood(line, modules)[1]]


def lines_of(entries: Iterable[Entry]) -> list[Entry]:
    """The lines of all connections sections of a file."""
    return [line for entry in entries if entry.tag == "connections" for line in entry.entries or ()]


def cut(draft: Draft, lines: Iterable[Entry], modules: Mapping[str, Module], said: Mapping[str, str]) -> None:
    """Leave lines with one source as holes, where the network's connection spells just as they do."""
    given = list(lines)
    times = Counter(_ours(line.tag, modules) for line in given)
    for line in given:
        sources, strange = _understood(line, modules)
        if len(sources) == 1 and not strange and times[_ours(line.tag, modules)] == 1:
            draft.cut_value(line, _joined([said[_ours(line.tag, modules)]], modules))


def followed(text: str, names: Mapping[str, str | None], wanted: Mapping[str, str], library: Library) -> str:
    """The text with its lines following nodes to their names of now, and without those of nodes that are gone.

    ``names`` leads from names in the text to names of now, None for a node that is gone. Holes are filled.
    """
    entries = parse(text)
    modules = modules_of(entries, library)
    lines = [(line, _moved(line.tag, names)) for line in lines_of(entries)]
    lists = _lists(wanted, {_ours(destination, modules): 1 for _, destination in lines if destination})
    draft = Draft(text)
    for line, destination in lines:
        if destination is None:
            draft.remove(line)
            continue
        if destination != line.tag:
            draft.set_tag(line, destination)
        if line.is_hole:
            sources = lists.get(_ours(destination, modules))
            draft.set_or_remove(line, _joined(sources, modules) if sources else None)
        elif line.value is not None and (sources := _sources(line.value)):
            moved = [_moved(source, names) for source in sources]
            if moved != sources:
                kept = [source for source in moved if source is not None]
                draft.set_or_remove(line, spelled(" ".join(kept)) if kept else None)
    return draft.changed()


def renumbered(text: str, wanted: Mapping[str, str], library: Library) -> dict[str, str]:
    """The connections as the text will say them: a list that lost one of its sources has no gap."""
    entries = parse(text)
    modules = modules_of(entries, library)
    known = {_ours(line.tag, modules): len(_understood(line, modules)[0]) for line in lines_of(entries)}
    return {
        _indexed(destination, index): source
        for destination, sources in _lists(wanted, known).items()
        for index, source in enumerate(sources)
    }


def written(text: str, wanted: Mapping[str, str], library: Library) -> str:
    """The text with lines that say these connections; lines that say them already stay as they are."""
    entries = parse(text)
    modules = modules_of(entries, library)
    lines = lines_of(entries)
    owners = _last(lines, modules)
    shown = {destination: _understood(line, modules) for destination, line in owners.items()}
    lists = {
        destination: sources
        for destination, sources in _lists(wanted, {to: len(sources) for to, (sources, _) in shown.items()}).items()
        if all(_fits(_indexed(destination, index), source, modules) for index, source in enumerate(sources))
    }
    draft = Draft(text)
    for line in lines:
        destination = _ours(line.tag, modules)
        sources, strange = shown[destination]
        now = lists.get(destination, [])
        if now == sources:
            continue
        if line is owners[destination]:
            value = _joined(now, modules, strange)
            draft.set_or_remove(line, value if value != '""' else None)
        elif not now:
            draft.remove(line)
    fresh = [
        f"{spelled(_theirs(destination, modules))} = {_joined(sources, modules)}"
        for destination, sources in lists.items()
        if destination not in owners
    ]
    sections = [entry for entry in entries if entry.tag == "connections"]
    if sections:
        draft.add(sections[-1], fresh, 0)
    elif fresh:
        draft.append("\n".join(block("connections ", fresh)))
    return draft.changed()


def _last(lines: Iterable[Entry], modules: Mapping[str, Module]) -> dict[str, Entry]:
    """The line that counts for each destination, by our names."""
    return {_ours(line.tag, modules): line for line in lines}


def _lists(wanted: Mapping[str, str], known: Mapping[str, int]) -> dict[str, list[str]]:
    """The sources of each destination, those of a list together and in its order.

    ``known`` says how many sources the lines of a text have: what has a line of its own is in no list of another.
    """
    members: dict[str, dict[int, str]] = {}
    for destination, source in wanted.items():
        match = _LISTED.fullmatch(destination)
        if match and destination not in known:
            members.setdefault(match[1], {})[int(match[2])] = source
    lists = {}
    for base, found in members.items():
        whole = {0: wanted[base], **found} if base in wanted else found
        follows = base in wanted and set(found) == set(range(1, len(found) + 1))
        if (follows or known.get(base, 0) > 1) and not any(_BLANK.search(source) for source in whole.values()):
            lists[base] = [whole[index] for index in sorted(whole)]
    listed = {_indexed(base, index) for base in lists for index in (0, *members[base])}
    return {**lists, **{one: [source] for one, source in wanted.items() if one not in listed}}


def _indexed(destination: str, index: int) -> str:
    return f"{destination}[{index}]" if index else destination


def _understood(line: Entry, modules: Mapping[str, Module]) -> tuple[list[str], list[str]]:
    """The sources of a line by our names, and those as they stand there that fit no declaration."""
    known: list[str] = []
    strange: list[str] = []
    destination = _ours(line.tag, modules)
    for source in _sources(line.value or ""):
        ours = _ours(source, modules)
        both = _ends(destination) is not None and _ends(source) is not None
        fits = both and _fits(_indexed(destination, len(known)), ours, modules)
        (known if fits else strange).append(ours if fits else source)
    return known, strange


def _fits(destination: str, source: str, modules: Mapping[str, Module]) -> bool:
    """Whether known types declare what a connection joins, and not a field with something that flows."""
    (to, taking), (of, giving) = endpoint(destination), endpoint(source)
    giver = modules.get(of, _UNKNOWN)
    return giver.gives(giving) and modules.get(to, _UNKNOWN).takes(taking, giver.is_field(giving))


def _sources(value: str) -> list[str]:
    """The endpoints that a value lists, also such as no node can have; none where it holds anything else."""
    if value.count(".") == 1 and _ends(value):
        return [value]
    words = [word for word in _BLANK.split(value) if word]
    return words if all("." in word for word in words) else []


def _ends(text: str) -> tuple[str, str] | None:
    try:
        return endpoint(text)
    except ValueError:
        return None


def _moved(end: str, names: Mapping[str, str | None]) -> str | None:
    """An endpoint with its node's name of now; None where the node is gone, anything else as it is."""
    ends = _ends(end)
    if ends is None:
        return end
    now = names.get(ends[0], ends[0])
    return None if now is None else f"{now}.{ends[1]}"


def _ours(end: str, modules: Mapping[str, Module]) -> str:
    ends = _ends(end)
    return f"{ends[0]}.{modules.get(ends[0], _UNKNOWN).member(ends[1])}" if ends else end


def _theirs(end: str, modules: Mapping[str, Module]) -> str:
    node, member = endpoint(end)
    return f"{node}.{modules.get(node, _UNKNOWN).member_in_file(member)}"


def _joined(sources: Iterable[str], modules: Mapping[str, Module], strange: Iterable[str] = ()) -> str:
    return spelled(" ".join([*(_theirs(source, modules) for source in sources), *strange]))
