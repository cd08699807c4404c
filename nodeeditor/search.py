"""Node types found by a few typed letters, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cache
from itertools import pairwise

from nodeeditor.library import Library
from nodeeditor.node import Node

_SUMMARY_LETTERS = 3  # fewer would find half of all summaries


class _Way(IntEnum):
    """How a text is found in a node type, the weakest way first."""

    SUBSEQUENCE = auto()
    SUMMARY = auto()
    FORMER_NAME = auto()
    KEYWORD = auto()
    SUBSTRING = auto()
    WORD_STARTS = auto()
    INITIALS = auto()
    PREFIX = auto()
    NAME = auto()


@dataclass(frozen=True)
class Match:
    """A node type that was found: how well, by which letters of its name, or else why in words.

    ``score`` compares matches of one search; ``positions`` are indices into the name, ascending; ``why`` is empty
    where those letters say it all.
    """

    type: str
    score: float
    positions: tuple[int, ...] = ()
    why: str = ""


def matches(library: Library, text: str, only: Sequence[str] | None = None) -> list[Match]:
    """The node types that a typed text means, best first; all of them by subject and name for an empty text.

    Each word of the text has to match, in whatever way; case does not matter. ``only`` are the names to choose from.
    """
    allowed = set(library) if only is None else set(only)
    types = [library[name] for name in library if name in allowed]
    words = _folded(text).split()
    if not words:
        types.sort(key=lambda one: (one.declaration.subject, one.__name__))
        return [Match(one.__name__, 0) for one in types]
    found = [match for one in types if (match := _match(one, words))]
    return sorted(found, key=lambda match: (-match.score, match.type))


def _match(node_type: type[Node], words: list[str]) -> Match | None:
    """The better one of the text as a whole and of its words together."""
    hits = [_hit(node_type, word) for word in words]
    apart = [hit for hit in hits if hit]
    found = [whole] if (whole := _hit(node_type, " ".join(words))) else []
    if len(apart) == len(words):
        found.append(
            Match(
                node_type.__name__,
                sum(hit.score for hit in apart) / len(apart),
                tuple(sorted({position for hit in apart for position in hit.positions})),
                ", ".join(dict.fromkeys(hit.why for hit in apart if hit.why)),
            )
        )
    return max(found, key=lambda match: match.score, default=None)


def _hit(node_type: type[Node], wanted: str) -> Match | None:
    """The best way in which a node type has a text."""
    return max(_hits(node_type, wanted), key=lambda match: match.score, default=None)


def _hits(node_type: type[Node], wanted: str) -> Iterator[Match]:
    name = node_type.__name__
    letters = wanted.replace(" ", "")
    for way, positions in _ways_in_name(name, letters):
        yield Match(name, way + _share(letters, name), positions)
    for way, kind, targets, least in (
        (_Way.KEYWORD, "keyword", node_type.keywords, 1),
        (_Way.FORMER_NAME, "formerly", node_type.former_names, 1),
        (_Way.SUMMARY, "summary", _plain_words(node_type.declaration.summary), _SUMMARY_LETTERS),
    ):
        for target in targets if len(wanted) >= least else ():
            if f" {wanted}" in f" {_folded(target)}":
                yield Match(name, way + _share(wanted, target), why=f"{kind} '{target}'")


def _ways_in_name(name: str, letters: str) -> Iterator[tuple[_Way, tuple[int, ...]]]:
    folded = _folded(name)
    starts = _word_starts(name)
    at = folded.find(letters)
    if at >= 0:
        way = _Way.SUBSTRING if at else _Way.NAME if letters == folded else _Way.PREFIX
        yield way, tuple(range(at, at + len(letters)))
    if letters == "".join(folded[start] for start in starts)[: len(letters)]:
        yield _Way.INITIALS, starts[: len(letters)]
    if (positions := _through_words(folded, starts, letters)) is not None:
        yield _Way.WORD_STARTS, positions
    if (positions := _subsequence(folded, letters)) is not None:
        yield _Way.SUBSEQUENCE, positions


def _word_starts(name: str) -> tuple[int, ...]:
    """Where the words of a name in CamelCase begin: 0, 7 and 11 in SynchroView2D."""
    starts = []
    for at, letter in enumerate(name):
        before, after = name[at - 1 : at], name[at + 1 : at + 2]
        if (
            before in ("", "_")
            or (letter.isupper() and (before.islower() or after.islower()))
            or (letter.isdigit() and not before.isdigit())
        ):
            starts.append(at)
    return tuple(starts)


def _through_words(folded: str, starts: tuple[int, ...], letters: str) -> tuple[int, ...] | None:
    """Letters as beginnings of words, in order, as few words as may be: ``syvi`` in SynchroView2D."""
    words = tuple(pairwise((*starts, len(folded))))

    @cache
    def rest(word: int, at: int) -> tuple[int, ...] | None:
        if at == len(letters):
            return ()
        if word == len(words):
            return None
        start, stop = words[word]
        length = 0
        while start + length < stop and at + length < len(letters) and folded[start + length] == letters[at + length]:
            length += 1
        for taken in range(length, -1, -1):
            found = rest(word + 1, at + taken)
            if found is not None:
                return (*range(start, start + taken), *found)
        return None

    return rest(0, 0)


def _subsequence(folded: str, letters: str) -> tuple[int, ...] | None:
    positions: list[int] = []
    for letter in letters:
        at = folded.find(letter, positions[-1] + 1 if positions else 0)
        if at < 0:
            return None
        positions.append(at)
    return tuple(positions)


def _plain_words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


def _share(wanted: str, target: str) -> float:
    """How much of a target is typed, below 1, so that it decides between hits of the same way alone."""
    return len(wanted) / (len(target) + 1)


def _folded(text: str) -> str:
    """Lower case, letter by letter, so that positions stay what they are."""
    return "".join(letter.lower()[:1] for letter in text)
