"""Files that are no networks end in one sentence with line and column, soon and in little memory."""

from __future__ import annotations

import random
import tracemalloc
from contextlib import suppress

import pytest

from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, loads
from nodeeditor.mlab.source import LARGEST_FILE
from tests.mlab.texts import MASKED, OLDER, UNKNOWN

LIBRARY = Library.installed()
MEGABYTE = 2**20


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0",
        b'{"format": "nodeeditor-network", "version": 1}',
        b"[1, 2, 3]",
        b'"just a text"',
        b"<html><body>no network</body></html>",
        "module A {}".encode("utf-16"),
        bytes(range(256)),
        b"{" * MEGABYTE,
        b"}" * MEGABYTE,
        b"a{" * MEGABYTE,
        b'a = "' + b"x" * MEGABYTE,
        b'a = "*' + b"x*" * MEGABYTE,
        b'a = "' + b"\\" * MEGABYTE,
        b"module A {\n" * 150 + b"fields {",
    ],
)
def test_what_is_no_network_file_is_refused_with_line_and_column(data: bytes) -> None:
    with pytest.raises(FormatError) as raised:
        loads(data, LIBRARY)
    assert raised.value.line >= 1
    assert raised.value.column >= 1
    assert "\n" not in str(raised.value)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(FormatError, match="is larger than 16 MiB; this is no network file"):
        loads(b"{" * (LARGEST_FILE + 1), LIBRARY)


def test_every_truncation_is_a_network_or_refused() -> None:
    for text in (MASKED, UNKNOWN, OLDER):
        opened = 0
        for length in range(0, len(text), 7):
            try:
                network = loads(text[:length], LIBRARY)
            except FormatError as error:
                assert error.line >= 1
            else:
                opened += 1
                assert dumps(network, LIBRARY) == text[:length].encode()
        assert 0 < opened < len(text) // 7


def test_changed_bytes_are_a_network_or_refused() -> None:
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(chance.choice((MASKED, UNKNOWN, OLDER)).encode())
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.choice(b'{}="*\\ \n./A0\xff')
        try:
            network = loads(bytes(data), LIBRARY)
        except FormatError:
            continue
        assert dumps(network, LIBRARY) == bytes(data)


@pytest.mark.parametrize("unit", [b"a=1\n", b"//\n", b"\n", b'a="\\\\"\n', b"a{}", b"module A {}\n"])
def test_memory_stays_in_proportion_to_the_file(unit: bytes) -> None:
    data = unit * (MEGABYTE // 16 // len(unit))
    tracemalloc.start()
    with suppress(FormatError):
        loads(data, LIBRARY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400 * len(data)


def test_two_thousand_modules_come_back() -> None:
    nodes = "".join(f"module X {{\n  fields  {{\n    instanceName = X{n}\n  }}\n}}\n" for n in range(2_000))
    lines = "".join(f"  X{n}.in = X{n - 1}.out\n" for n in range(1, 2_000))
    data = f"{nodes}connections  {{\n{lines}}}\n".encode()
    network = loads(data, LIBRARY)
    assert len(network.nodes) == 2_000
    assert dumps(network, LIBRARY) == data
