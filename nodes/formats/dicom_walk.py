"""Walks over the elements of a plain DICOM header without reading what they say (PS3.5 7)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from nodes.formats.dicom_header import UNDEFINED_LENGTH

_EXPLICIT = {ExplicitVRLittleEndian.encode(): True, ImplicitVRLittleEndian.encode(): False}
"""The transfer syntaxes that are plain, and whether value representations are explicit in them."""
BEGIN = 132
"""Where the first element of a file lies."""
_SHORT = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_DEPTH = 8
_TAG, _PLAIN, _LENGTH = struct.Struct("<I2sH"), struct.Struct("<II"), struct.Struct("<I")
_OWN_GROUP = b"\2\0"


def as_found(tag: int) -> int:
    """A tag as the number that it is in a file, where the group comes first, both little endian."""
    return (tag & 0xFFFF) << 16 | tag >> 16


SYNTAX, PIXELS = as_found(0x00020010), as_found(0x7FE00010)
_ITEM, _ITEM_END, _SEQUENCE_END = map(as_found, (0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD))


class OddError(Exception):
    """A header that is not plain."""


class Element(NamedTuple):
    """One element: its tag as found, its value representation where that is explicit, and where it lies."""

    tag: int
    kind: bytes
    start: int
    first: int
    length: int
    stop: int


def elements(head: bytes) -> Iterator[Element]:
    """The elements of a file, first those that tell how it is written (PS3.10 7.1).

    Raises OddError where one is odd or the file is not written plainly, struct.error where the bytes end.
    """
    position, explicit = BEGIN, None
    while head[position : position + 2] == _OWN_GROUP:
        element = _element(head, position, explicit=True, depth=0)
        if element.tag == SYNTAX:
            explicit = _EXPLICIT.get(head[element.first : element.stop].rstrip(b"\0 "))
        yield element
        position = element.stop
    if explicit is None:
        raise OddError
    while True:
        element = _element(head, position, explicit, _DEPTH)
        yield element
        position = element.stop


def _element(head: bytes, position: int, explicit: bool, depth: int) -> Element:
    first, kind = position + 8, b""
    if explicit:
        tag, kind, length = _TAG.unpack_from(head, position)
        if kind in _LONG:
            (length,) = _LENGTH.unpack_from(head, first)
            first += 4
        elif kind not in _SHORT:
            raise OddError
    else:
        tag, length = _PLAIN.unpack_from(head, position)
    endless = length == UNDEFINED_LENGTH and tag != PIXELS
    if endless and kind not in (b"", b"SQ"):
        raise OddError
    stop = _sequence_end(head, first, explicit, depth) if endless else first + length
    return Element(tag, kind, position, first, length, stop)


def _sequence_end(head: bytes, position: int, explicit: bool, depth: int) -> int:
    """Where a sequence of undefined length ends (PS3.5 7.5.2)."""
    while True:
        tag, length = _PLAIN.unpack_from(head, position)
        position += 8
        if tag == _SEQUENCE_END:
            return position
        if tag != _ITEM or not depth:
            raise OddError
        position = _item_end(head, position, explicit, depth - 1) if length == UNDEFINED_LENGTH else position + length


def _item_end(head: bytes, position: int, explicit: bool, depth: int) -> int:
    while True:
        tag, _ = _PLAIN.unpack_from(head, position)
        if tag == _ITEM_END:
            return position + 8
        position = _element(head, position, explicit, depth).stop
