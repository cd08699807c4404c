"""The bytes of a ``.mlab`` file and its text: encoding and line ends."""

from __future__ import annotations

from dataclasses import dataclass

from nodeeditor.errors import FormatError
from nodeeditor.mlab.syntax import error

LARGEST_FILE = 16 * 2**20

_ENCODINGS = ("utf-8", "latin-1")


@dataclass(frozen=True)
class Source:
    """A text whose lines end with a newline alone, and how its file writes it."""

    text: str
    encoding: str = "utf-8"
    newline: str = "\n"


def decoded(data: bytes | str) -> Source:
    """The text of a file: UTF-8, or Latin-1 where it is none; raises FormatError for what is no text."""
    if len(data) > LARGEST_FILE:
        raise FormatError(f"is larger than {LARGEST_FILE >> 20} MiB; this is no network file")
    if isinstance(data, bytes):
        if (at := data.find(b"\0")) >= 0:
            raise error(data[:at].decode("latin-1"), at, "is no text: it holds a zero byte")
        try:
            text, encoding = data.decode(), "utf-8"
        except UnicodeDecodeError:
            text, encoding = data.decode("latin-1"), "latin-1"
    else:
        text, encoding = data, "utf-8"
        try:
            text.encode()
        except UnicodeEncodeError as wrong:
            raise error(text, wrong.start, "holds a character that no text can have") from None
    lines = text.count("\n")
    if lines and text.count("\r\n") == lines:
        return Source(text.replace("\r\n", "\n"), encoding, "\r\n")
    return Source(text, encoding)


def encoded(source: Source) -> bytes:
    """The bytes that `decoded` reads as this text; in UTF-8 where its own encoding cannot say it.

    Raises FormatError for a text that no file can hold.
    """
    if "\0" in source.text:
        raise FormatError("a text holds a zero character, which no .mlab file can")
    text = source.text.replace("\n", source.newline)
    attempts = [(text, encoding) for encoding in dict.fromkeys((source.encoding, *_ENCODINGS[:1]))]
    for attempt, encoding in [*attempts, (source.text + "\n", "utf-8")]:
        try:
            data = attempt.encode(encoding)
        except UnicodeEncodeError as wrong:
            if encoding == "utf-8":
                raise FormatError(f"a text holds {wrong.object[wrong.start]!a}, which no file can") from None
            continue
        if decoded(data).text in (source.text, source.text + "\n"):
            return data
    raise FormatError("is larger than a network file can be")
