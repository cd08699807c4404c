"""The syntax of MDL text: entries that have a value, a block of entries, or both; and how a value is spelled.

    module Threshold {            // a tag, a value, a block; a comment is also # such or /* such */
      fields  {                   // a tag and a block
        threshold = 60            // a tag and a bare value
        "my field" = "two words"  // both quoted; a backslash stands before a backslash, a quote or a star
        file = ${name}.pdf        // the place of a word in a template is part of a bare one
        text = "*say "hello"*"    // raw: up to the next star and quote; also @@say "hello"@@

A value stands on the line of its tag. Reading is linear in the length of the text and does not recurse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nodeeditor.errors import FormatError

DEEPEST = 200
MOST_ENTRIES = 500_000

_TRIVIA = re.compile(r"(?:[ \t\f\v\r\n]++|(?://|#)[^\r\n]*+|/\*.*?\*/)*+", re.DOTALL)
_BLANKS = re.compile(r"[ \t\f\v]*+")
_COMMENTS = ("//", "/*")
_WORD = re.compile(
    r'"\*(?P<raw>.*?)\*"|@@(?P<script>.*?)@@|"(?!\*)(?P<quoted>(?:[^"\\]++|\\.)*+)"'
    r'|(?P<bare>(?!@@)(?:\$\{[\w.]+\}|[^ \t\f\v\r\n{}="])++)',
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\([\\"*])')
_BARE = re.compile(r"(?!//)[\w.\-/:$(),;\[\]+%>]+")


@dataclass(slots=True)
class Entry:
    """One entry and where it stands: ``start`` to ``tag_end`` the tag, ``end`` behind its last character.

    ``value`` is None where there is none, ``entries`` is None without a block; ``equals`` is the place behind the
    equals sign, ``value_start`` to ``value_end`` that of the value; each is -1 where it does not exist.
    """

    tag: str
    start: int
    tag_end: int
    equals: int = -1
    value: str | None = None
    value_start: int = -1
    value_end: int = -1
    entries: list[Entry] | None = None
    end: int = -1

    @property
    def is_hole(self) -> bool:
        """Whether an equals sign stands there with nothing behind it."""
        return self.value is None and self.entries is None

    def all(self, tag: str) -> list[Entry]:
        """The entries of the block that have a tag."""
        return [entry for entry in self.entries or () if entry.tag == tag]

    def inside(self, tag: str) -> list[Entry]:
        """The entries within all blocks of a tag."""
        return [inner for entry in self.all(tag) for inner in entry.entries or ()]

    def text(self, tag: str) -> str | None:
        """The value of the last entry of the block with a tag that has one."""
        values = [entry.value for entry in self.all(tag) if entry.value is not None]
        return values[-1] if values else None


@dataclass(slots=True)
class _Reader:
    text: str
    top: list[Entry] = field(default_factory=list)
    opened: list[Entry] = field(default_factory=list)
    count: int = 0

    def entry(self, at: int) -> int:
        """Read the entry at a place, up to its value or the brace that opens its block; give the place behind it."""
        text = self.text
        entry = Entry(*self.word(at, "a name"))
        self.count += 1
        if self.count > MOST_ENTRIES:
            raise error(text, at, f"holds more than {MOST_ENTRIES} entries; this is no network file")
        siblings = self.opened[-1].entries if self.opened else self.top
        assert siblings is not None
        siblings.append(entry)
        at = _end(_BLANKS, text, entry.tag_end)
        if text.startswith("=", at):
            at = entry.equals = at + 1
            at = _end(_BLANKS, text, at)
        if at < len(text) and text[at] not in "{}=\r\n" and not text.startswith(_COMMENTS, at):
            entry.value, entry.value_start, entry.value_end = self.word(at, "a value")
        entry.end = max(entry.tag_end, entry.equals, entry.value_end)
        at = _end(_TRIVIA, text, entry.end)
        if not text.startswith("{", at):
            if entry.value is None and entry.equals < 0:
                raise error(text, entry.tag_end, f"a value or block is missing behind {_shown(entry.tag)}")
            return at
        if len(self.opened) >= DEEPEST:
            raise error(text, at, f"is nested more than {DEEPEST} levels deep")
        entry.entries = []
        entry.end = at + 1
        self.opened.append(entry)
        return at + 1

    def word(self, at: int, what: str) -> tuple[str, int, int]:
        if self.text.startswith("/*", at):
            raise error(self.text, at, "this comment is not closed")
        match = _WORD.match(self.text, at)
        if match is None:
            found = self.text[at]
            unclosed = found in '"@'
            raise error(self.text, at, "this text is not closed" if unclosed else f"{what} is expected, not {found!r}")
        return _value(match), at, match.end()


def parse(text: str) -> list[Entry]:
    """The entries of a text, in its order; raises FormatError with line and column."""
    if (at := text.find("\0")) >= 0:
        raise error(text, at, "is no text: it holds a zero byte")
    reader = _Reader(text)
    at = _end(_TRIVIA, text, int(text.startswith("\ufeff")))
    while at < len(text):
        if text[at] == "}":
            if not reader.opened:
                raise error(text, at, "this brace closes nothing")
            at += 1
            reader.opened.pop().end = at
        else:
            at = reader.entry(at)
        at = _end(_TRIVIA, text, at)
    if reader.opened:
        last = reader.opened[-1]
        raise error(text, last.start, f"the block of {_shown(last.tag)} is not closed; is the file complete?")
    return reader.top


def spelled(value: str) -> str:
    """How a text stands in a file, as MeVisLab writes it: bare where it can be, raw where it holds quotes."""
    return value if _BARE.fullmatch(value) else quoted(value)


def quoted(value: str) -> str:
    """How a text stands in a file that is not to be taken for a number or a truth value."""
    if (value.startswith("*") or '"' in value) and '*"' not in value:
        return f'"*{value}*"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"\\{escaped}"' if value.startswith("*") else f'"{escaped}"'


def unquoted(spelling: str) -> str:
    """The text that a value spells; nothing where it is no value."""
    match = _WORD.fullmatch(spelling)
    return "" if match is None else _value(match)


def _value(match: re.Match[str]) -> str:
    if match["quoted"] is not None:
        return _ESCAPED.sub(r"\1", match["quoted"])
    return next(text for text in match.group("raw", "script", "bare") if text is not None)


def error(text: str, at: int, message: str) -> FormatError:
    """A FormatError that knows the line and column of a place in a text."""
    return FormatError(message, line=text.count("\n", 0, at) + 1, column=at - text.rfind("\n", 0, at))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    assert match is not None  # it matches the empty text
    return match.end()


def _shown(tag: str) -> str:
    return repr(tag if len(tag) <= 40 else f"{tag[:39]}…")
