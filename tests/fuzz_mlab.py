"""Mutations of ``.mlab`` and ``.script`` texts by the hundred thousand: each is understood, or a FormatError.

What is understood of a ``.mlab`` text is written back as it was. Run by hand: ``python -m tests.fuzz_mlab [number]
[seed] [folder of .mlab and .script files]``. Prints what came out and the longest time and the largest memory that a
file took.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nodeeditor import file
from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, loads
from nodeeditor.mlab.script import interface
from nodeeditor.network import Network
from tests.mlab.texts import MASKED, MIXED, OLDER, SCRIPT, UNKNOWN

_PIECES = [
    *(b"{", b"}", b"=", b'"', b'"*', b'*"', b"*", b"\\", b" ", b"\n", b"\r\n", b"\t", b"//", b".", b"\0", b"\xff"),
    *(b"module ", b"fields {", b"internal {", b"connections {", b"networkModel {", b"instanceName = ", b"frame = "),
    *(b"/*", b"*/", b"#", b"@@", b"${a.b}", b"Interface {", b"Parameters {", b"internalName = A.b", b"Field x {"),
    *(b"windows {", b"window _default {", b'"1 2 3 4"', b"A.self B.self", b"TRUE", b"nan", b"1e400", b"-0", b"<T>"),
    *(
        b"nodeeditor = ",
        b'"*{"fields": {"a": [1, {}]}}*"',
        b'""',
        b"[1]",
        b"x" * 300,
        b"9" * 300,
        b"{" * 250,
        b"}" * 250,
    ),
]


def mutated(chance: random.Random, texts: list[bytes]) -> bytes:
    """A text with a few changes to its bytes or, as these mostly end its being a network, to its lines."""
    data = chance.choice(texts)
    change = chance.choice((_other_bytes, _other_lines, _other_lines))
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        data = change(chance, data, chance.choice(texts))
    return data


def _other_bytes(chance: random.Random, data: bytes, other: bytes) -> bytes:
    at = chance.randint(0, len(data))
    to = min(len(data), at + chance.choice((1, 10, 100, 1000)))
    begin = chance.randrange(len(other))
    return chance.choice(
        (
            data[:at] + chance.choice(_PIECES) + data[at:],
            data[:at] + data[to:],
            data[:to] + data[at:],
            data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            data[:at] + other[begin : begin + chance.choice((5, 50, 500))] + data[to:],
            data[:at],
        )
    )


def _other_lines(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Lines that go, are said twice, move, change places, get another value or another comment, or another line end."""
    lines = data.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    entry = lines[at].partition(b"=")
    way = chance.randrange(7)
    if way == 0 and entry[1]:
        del lines[at]
    elif way == 1:
        lines.insert(to, lines[at])
    elif way == 2:
        lines[at], lines[to] = (lines[to], lines[at]) if entry[1] and b"=" in lines[to] else (lines[at], lines[to])
    elif way == 3 and entry[1]:
        value = chance.choice(_PIECES if chance.random() < 0.5 else [line.partition(b"=")[2] for line in lines])
        lines[at] = entry[0] + b"= " + value
    elif way == 4:
        lines[at] += chance.choice((b" // note", b"\r", b"  ", b"\n"))
    elif way == 5 and entry[1]:
        lines[at] = chance.choice(other.split(b"\n")).partition(b"=")[0] + b"=" + entry[2]
    else:
        lines[at] = lines[at].replace(
            *chance.choice(((b"  ", b"\t"), (b" = ", b"="), (b"TRUE", b"yes"), (b"0", b"00")))
        )
    return b"\n".join(lines)


def script_outcome(data: bytes) -> str:
    """What became of a script."""
    try:
        found = interface(data)
    except FormatError as error:
        assert error.line >= 1 and error.column >= 1 and "\n" not in str(error), str(error)
        return "script refused"
    return "script" if found.inputs or found.outputs or found.parameters else "empty script"


def outcome(data: bytes, library: Library, chance: random.Random) -> str:
    """What became of a text; raises AssertionError where it is not written back as it was."""
    try:
        network = loads(data, library)
    except FormatError as error:
        assert error.line >= 1 and error.column >= 1 and "\n" not in str(error), str(error)
        return "refused"
    assert dumps(network, library) == data
    if chance.random() < 0.05:
        assert dumps(file.loads(file.dumps(network)), library) == data
    if chance.random() < 0.7:
        return f"{min(len(network.nodes), 5)} nodes"
    changed = _changed(network, chance)
    assert loads(dumps(changed, library), library).nodes.keys() == changed.nodes.keys()
    return f"{min(len(network.nodes), 5)} nodes, changed"


def _changed(network: Network, chance: random.Random) -> Network:
    names = list(network.nodes)
    if not names:
        return network
    name = chance.choice(names)
    if chance.random() < 0.5:
        return network.without(name)
    return network.with_field(name, chance.choice(("threshold", "mode", "a b", "x")), chance.choice((1.5, "t", True)))


def _texts(folder: str, pattern: str, own: Sequence[str]) -> list[bytes]:
    """The files of a folder and texts of our own, about as many of these."""
    found = [path.read_bytes() for path in sorted(Path(folder).glob(pattern))] if folder else []
    return [*found, *[text.encode() for text in own] * max(1, len(found) // len(own))]


def main(number: int = 100_000, seed: int = 1, folder: str = "") -> None:
    """Try so many mutations, and tell."""
    chance = random.Random(seed)
    texts = _texts(folder, "*.mlab", (MASKED, UNKNOWN, OLDER, MIXED))
    scripts = _texts(folder, "*.script", (SCRIPT,))
    library = Library.installed()
    counts: Counter[str] = Counter()
    slowest = (0.0, b"")
    begin = time.perf_counter()
    for _ in range(number):
        is_script = chance.random() < 0.2
        data = mutated(chance, scripts if is_script else texts)
        before = time.process_time()
        try:
            counts[script_outcome(data) if is_script else outcome(data, library, chance)] += 1
        except Exception:
            Path("fuzz_failure.mlab").write_bytes(data)
            print("failed on fuzz_failure.mlab, written into this folder")
            raise
        slowest = max(slowest, (time.process_time() - before, data))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = time.perf_counter() - begin
    print(f"{number} mutations of {len({*texts, *scripts})} texts in {seconds:.0f} s: {dict(counts)}")
    print(f"slowest {slowest[0] * 1000:.0f} ms for {len(slowest[1])} bytes; largest memory {memory} MiB")


if __name__ == "__main__":
    number, seed, folder = [*sys.argv[1:], *("100000", "1", "")[len(sys.argv) - 1 :]]
    main(int(number), int(seed), folder)
