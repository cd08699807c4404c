"""The network file: stable bytes, small diffs, nothing lost, and every hostile file refused in words."""

from __future__ import annotations

import copy
import difflib
import json
import math
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.errors import FormatError, NetworkError, NetworkErrors
from nodeeditor.file import LARGEST_FILE, SUFFIX, dumps, load, loads, save
from nodeeditor.network import Network, NodeSpec

NETWORKS = Path(__file__).resolve().parents[1] / "networks"
SMALL = """{
  "format": "nodeeditor-network",
  "version": 1,
  "nodes": {
    "A": {"type": "Source", "frame": [1, 2.5, 3, 4], "fields": {
      "level": 1.5,
      "name": "größe"
    }},
    "B": {"type": "Filter", "frame": [0, 0, 88, 72], "group": "g"}
  },
  "connections": {
    "B.input0": "A.output0"
  },
  "groups": [
    {"title": "g", "color": [1, 0.5, 0]}
  ],
  "notes": [
    "a note",
    {"text": "another"}
  ]
}
"""
EMPTY = '{"format": "nodeeditor-network", "version": 1, "nodes": {}, "connections": {}}'

NAMES = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="."), min_size=1, max_size=8
).filter(lambda name: name == name.strip())
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)
NUMBERS = st.integers(-(10**298), 10**299) | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
TABLES = st.dictionaries(TEXTS, JSON, max_size=3)
COORDINATES = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)


def foreign(*own: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(TEXTS.filter(lambda key: key not in own), JSON, max_size=2)


SPECS = st.builds(
    NodeSpec,
    type=TEXTS.filter(bool),
    fields=TABLES,
    frame=st.none() | st.tuples(*[COORDINATES] * 4),
    group=TEXTS,
    extra=foreign("type", "frame", "group", "bypassed", "color", "fields", "windows"),
    bypassed=st.booleans(),
    windows=TABLES,
    color=st.none() | st.tuples(*[st.integers(0, 255)] * 3),
)
ENDPOINTS = st.builds("{}.{}".format, NAMES, NAMES)
NETWORK_VALUES = st.builds(
    Network,
    nodes=st.dictionaries(NAMES, SPECS, max_size=4),
    connections=st.dictionaries(ENDPOINTS, ENDPOINTS, max_size=4),
    groups=st.lists(JSON, max_size=2),
    notes=st.lists(JSON, max_size=2),
    extra=foreign("format", "version", "nodes", "connections", "groups", "notes"),
)


def document(**changes: Any) -> str:
    """A small file in which some entries are others; None takes one away."""
    data = {**json.loads(SMALL), **changes}
    return json.dumps({key: value for key, value in data.items() if value is not None})


def changed_lines(one: str, other: str) -> list[str]:
    """The lines that a diff shows, without its head."""
    diff = difflib.unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[:1] in "+-" and not line.startswith(("+++", "---"))]


# --- stable bytes


def test_the_text_of_a_small_network_is_this() -> None:
    made = Network(
        {
            "B": NodeSpec("Filter", frame=(0, 0, 88, 72), group="g"),
            "A": NodeSpec("Source", {"name": "größe", "level": 1.5}, (1.0, 2.5, 3.0, 4.0)),
        },
        {"B.input0": "A.output0"},
        ({"title": "g", "color": [1, 0.5, 0]},),
        ("a note", {"text": "another"}),
    )
    assert dumps(made) == SMALL
    assert loads(SMALL) == made
    assert loads(SMALL.encode()) == made


@given(NETWORK_VALUES)
def test_a_network_survives_its_file(network: Network) -> None:
    text = dumps(network)
    again = loads(text.encode())
    assert again == network
    assert dumps(again) == text
    assert json.loads(text)["nodes"].keys() == network.nodes.keys()


@given(NETWORK_VALUES, st.randoms(use_true_random=False))
def test_the_same_network_gives_the_same_bytes(network: Network, chance: random.Random) -> None:
    def shuffled(entries: Any) -> dict[str, Any]:
        pairs = list(entries.items())
        chance.shuffle(pairs)
        return dict(pairs)

    nodes = {
        name: replace(spec, fields=shuffled(spec.fields), windows=shuffled(spec.windows))
        for name, spec in shuffled(network.nodes).items()
    }
    other = replace(network, nodes=nodes, connections=shuffled(network.connections))
    assert other == network
    assert dumps(other) == dumps(network)


@given(NETWORK_VALUES)
def test_a_copied_network_gives_the_same_bytes(network: Network) -> None:
    read = loads(dumps(network))
    assert dumps(pickle.loads(pickle.dumps(read))) == dumps(network)
    assert dumps(copy.deepcopy(read)) == dumps(network)


@pytest.mark.parametrize("path", sorted(NETWORKS.glob(f"*{SUFFIX}")), ids=lambda path: path.name)
def test_an_example_is_written_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    save(load(path), tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_there_are_examples() -> None:
    assert {"ImageMask.mlab.json", "Threshold.mlab.json"} <= {path.name for path in NETWORKS.iterdir()}


def test_an_empty_network_has_a_file() -> None:
    assert loads(EMPTY) == loads(dumps(Network())) == Network()


# --- small diffs


@given(NETWORK_VALUES.filter(lambda network: bool(network.nodes)), st.data())
def test_a_moved_node_changes_one_line(network: Network, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(network.nodes)))
    here, there = (
        network.with_node(name, replace(network.nodes[name], frame=frame))
        for frame in ((1.0, 2.0, 3.0, 4.0), (1.5, -20.0, 3.0, 4.0))
    )
    one, other = dumps(here).split("\n"), dumps(there).split("\n")
    assert len(one) == len(other)
    assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


def test_a_changed_field_changes_one_line() -> None:
    network = loads(SMALL)
    changed = changed_lines(SMALL, dumps(network.with_field("A", "level", 2)))
    assert changed == ['-      "level": 1.5,', '+      "level": 2,']


def test_an_added_field_adds_one_line() -> None:
    network = loads(SMALL)
    assert changed_lines(SMALL, dumps(network.with_field("A", "mode", "Fast"))) == ['+      "mode": "Fast",']


def test_an_added_connection_adds_one_line() -> None:
    network = loads(SMALL).with_connection("A.level", "B.level")
    assert changed_lines(SMALL, dumps(network)) == ['+    "A.level": "B.level",']


def test_the_first_field_opens_a_block() -> None:
    changed = changed_lines(SMALL, dumps(loads(SMALL).with_field("B", "level", 2)))
    assert changed == [
        '-    "B": {"type": "Filter", "frame": [0, 0, 88, 72], "group": "g"}',
        '+    "B": {"type": "Filter", "frame": [0, 0, 88, 72], "group": "g", "fields": {',
        '+      "level": 2',
        "+    }}",
    ]


# --- nothing lost

FOREIGN = """{
  "format": "nodeeditor-network",
  "version": 1,
  "nodes": {
    "X": {"type": "acme.Deconvolve", "frame": [1, 2, 3, 4], "since": 2.00, "look": {"z": [1E+2, -0, 1e3], "a": null}, "fields": {
      "Sigma": 1.50,
      "big": 123456789012345678901234567890,
      "code": "__import__('os').system('true')",
      "exact": 0.1000000000000000055511151231257827,
      "list": [1, 2.00, {"b": -0.0, "a": 1E400e}],
      "small": 1e-400,
      "text": "1.50"
    }}
  },
  "connections": {
    "X.anything": "X.atAll"
  },
  "groups": [
    {"name": "g", "alpha": 0.50}
  ],
  "notes": [],
  "z later": {"b": 1.0, "a": 1E+2},
  "a earlier": [true, false, null, "\u202e"]
}
""".replace("1E400e", "5E0")  # noqa: E501


def test_texts_in_foreign_lists_stand_on_lines_of_their_own() -> None:
    lines = ["module X {", "  a = 1", "}"]
    network = Network({"X": NodeSpec("X", {"b": 2}, extra={"kept": {"n": [1, 2], "text": lines, "none": []}})})
    assert dumps(network).split("\n")[3:14] == [
        '  "nodes": {',
        '    "X": {"type": "X", "kept": {"n": [1, 2], "text": [',
        '      "module X {",',
        '      "  a = 1",',
        '      "}"',
        '    ], "none": []}, "fields": {',
        '      "b": 2',
        "    }}",
        "  },",
        '  "connections": {},',
        '  "groups": [],',
    ]
    assert loads(dumps(network)) == network


def test_a_changed_line_of_a_foreign_text_changes_one_line() -> None:
    def kept(value: int) -> Network:
        return Network(extra={"kept": {"text": [["// a", f"b = {value}"], "X", ["c"]]}})

    assert changed_lines(dumps(kept(1)), dumps(kept(2))) == ['-      "b = 1"', '+      "b = 2"']
    assert loads(dumps(kept(1))) == kept(1)


def test_windows_stand_on_lines_of_their_own() -> None:
    spec = NodeSpec("View2D", {"startSlice": 3}, windows={"_viewer": {"open": True, "frame": [9, 8.5, 70, 60]}})
    text = dumps(Network({"V": spec}))
    assert (
        """
    "V": {"type": "View2D", "fields": {
      "startSlice": 3
    }, "windows": {
      "_viewer": {"open": true, "frame": [9, 8.5, 70, 60]}
    }}
"""
        in text
    )
    assert loads(text).nodes["V"] == spec
    elsewhere = replace(spec, windows={"_viewer": {"open": True, "frame": [0, 8.5, 70, 60]}})
    assert len(changed_lines(text, dumps(Network({"V": elsewhere})))) == 2
    assert "windows" not in dumps(Network({"V": replace(spec, windows={})}))


def test_what_is_unknown_survives_word_for_word() -> None:
    network = loads(FOREIGN)
    assert dumps(network) == FOREIGN
    assert dumps(loads(dumps(network))) == FOREIGN
    moved = network.with_node("X", replace(network.nodes["X"], frame=(9, 2, 3, 4)))
    assert dumps(moved) == FOREIGN.replace("[1, 2, 3, 4]", "[9, 2, 3, 4]")


@pytest.mark.parametrize("again", [lambda network: pickle.loads(pickle.dumps(network)), copy.deepcopy])
def test_a_copy_spells_numbers_as_the_file_did(again: Callable[[Network], Network]) -> None:
    assert dumps(again(loads(FOREIGN))) == FOREIGN


@pytest.mark.parametrize(
    "number",
    "1.50 1e3 -0 2.00 1E+2 0 -1 1.5 -0.0 1e-400 0.10 1E5 100000000000000000000000.0 9007199254740993 5e-324".split(),
)
def test_a_number_keeps_its_spelling(number: str) -> None:
    text = dumps(Network({"A": NodeSpec("T", {"n": 7777})})).replace("7777", number)
    network = loads(text)
    assert network.nodes["A"].fields["n"] == json.loads(number)
    assert dumps(network) == text
    assert dumps(network.with_field("A", "m", 1).with_node("B", NodeSpec("T"))).count(f'"n": {number}') == 1


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_any_number_keeps_its_spelling_and_its_value(number: str) -> None:
    text = dumps(Network(extra={"n": 7777})).replace("7777", number)
    network = loads(text)
    assert network.extra["n"] == json.loads(number)
    assert dumps(network) == text


def test_a_boolean_stays_one() -> None:
    text = dumps(Network(extra={"n": [True, 1, 1.0, False, 0, 0.0]}))
    assert '"n": [true, 1, 1.0, false, 0, 0.0]' in text
    assert dumps(loads(text)) == text


def test_what_is_at_its_default_is_left_out() -> None:
    text = document(nodes={"A": {"type": "T", "fields": {}, "group": "", "frame": None}}, groups=None, notes=None)
    assert '    "A": {"type": "T"}\n' in dumps(loads(text))


# --- files that are refused


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, counted from 1."""
    lines = text[:index].split("\n")
    return len(lines), len(lines[-1]) + 1


def refused(data: bytes | str, message: str, line: int = 0, column: int = 0) -> None:
    with pytest.raises(FormatError) as raised:
        loads(data)
    assert raised.value.message == message
    assert (raised.value.line, raised.value.column) == (line, column)
    assert len(str(raised.value)) < 400
    str(raised.value).encode()


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\t\r\n", "", "\n"])
def test_an_empty_file_is_refused(data: bytes | str) -> None:
    refused(data, "is empty; a network file is a JSON object")


def test_a_byte_order_mark_is_accepted() -> None:
    assert loads(b"\xef\xbb\xbf" + SMALL.encode()) == loads(SMALL)


def test_windows_line_ends_are_accepted() -> None:
    assert dumps(loads(SMALL.replace("\n", "\r\n"))) == SMALL


def test_a_file_cut_anywhere_is_refused() -> None:
    data = SMALL.rstrip().encode()
    for length in range(len(data)):
        with pytest.raises(FormatError) as raised:
            loads(data[:length])
        assert raised.value.message.startswith(("is not JSON: ", "is empty", "is not UTF-8 text"))
    assert loads(data) == loads(SMALL)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ('{\n  "a": 1,\n}', "is not JSON: expecting property name enclosed in double quotes", 3, 1),
        ('{"a" 1}', "is not JSON: expecting ':' delimiter", 1, 6),
        ("{'a': 1}", "is not JSON: expecting property name enclosed in double quotes", 1, 2),
        (f"{EMPTY}\n{EMPTY}", "is not JSON: extra data", 2, 1),
        ('{"a": 01}', "is not JSON: expecting ',' delimiter", 1, 8),
        ('{"a": .5}', "is not JSON: expecting value", 1, 7),
        ('{"a": "\t"}', "is not JSON: invalid control character at", 1, 8),
        ('{"a": 1} // comment', "is not JSON: extra data", 1, 10),
    ],
)
def test_broken_json_is_told_with_line_and_column(text: str, message: str, line: int, column: int) -> None:
    if sys.version_info >= (3, 13) and text.endswith(",\n}"):
        message, line, column = "is not JSON: illegal trailing comma before end of object", 2, 9
    refused(text, message, line, column)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (bytes(range(256)), 2, 118),
        (SMALL.encode("utf-16"), 1, 1),
        (b"\x89PNG\r\n\x1a\n", 1, 1),
        (b'{\n "a": "\xe4"}', 2, 8),
        (b'\xef\xbb\xbf{\n "\xc3\xa4": "\xe4"}', 2, 8),
        (b'{"a": "\xed\xa0\x80"}', 1, 8),
        (pickle.dumps(EMPTY), 1, 1),
    ],
    ids=["binary", "UTF-16", "PNG", "Latin-1", "Latin-1 behind UTF-8", "surrogate in UTF-8", "pickle"],
)
def test_what_is_no_utf8_is_told_with_line_and_column(data: bytes, line: int, column: int) -> None:
    refused(data, "is not UTF-8 text", line, column)


def test_utf16_without_a_mark_is_no_json() -> None:
    with pytest.raises(FormatError, match="is not JSON"):
        loads(EMPTY.encode("utf-16-le"))


def nested(levels: int) -> str:
    """A file with lists in lists, the innermost so deep in the document."""
    return f'{EMPTY[:-1]}, "deep": {"[" * levels}{"]" * levels}}}'


@pytest.mark.parametrize(
    "text",
    [nested(201), "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a": ' * 100_000],
    ids=["201 levels", "open lists", "closed lists", "objects"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    refused(text, "is nested more than 200 levels deep")


def test_nesting_that_is_allowed_is_written_back() -> None:
    assert dumps(loads(dumps(loads(nested(200))))) == dumps(loads(nested(200)))
    assert f'"deep": {"[" * 200}{"]" * 200}' in dumps(loads(nested(200)))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    refused(b" " * (LARGEST_FILE + 1), "is larger than 64 MiB; this is no network file")
    path = tmp_path / "huge.mlab.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(FormatError, match="is larger than 64 MiB"):
        load(path)


def test_a_key_that_occurs_twice_is_refused() -> None:
    refused('{"format": 1, "format": 2}', "the key 'format' occurs twice in one object", 1, 15)
    text = SMALL.replace('"B": {', '"A": {')
    refused(text, "the key 'A' occurs twice in one object", *place(text, text.rindex('"A": {')))
    refused(f'{{"{"x" * 1000}": 1, "{"x" * 1000}": 2}}', f"the key '{'x' * 78}… occurs twice in one object", 1, 1009)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("NaN", "NaN is not a number that JSON knows"),
        ("Infinity", "Infinity is not a number that JSON knows"),
        ("-Infinity", "-Infinity is not a number that JSON knows"),
        ("1e400", "the number 1e400 is too large"),
        ("-1e400", "the number -1e400 is too large"),
        ("1" + "0" * 400, f"the number 1{'0' * 39}… is too large"),
        ("9" * 5000, f"the number {'9' * 40}… is too large"),
        ("9" * 5000 + ".0", f"the number {'9' * 40} is too large"),
    ],
    ids=["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "400 digits", "5000 digits", "5000 digits and a dot"],
)
def test_a_number_that_is_none_is_refused(number: str, message: str) -> None:
    for old in ("1.5", "2.5"):
        text = SMALL.replace(old, number)
        refused(text, message, *place(text, SMALL.index(old)))
    refused(number, message, 1, 1)


@pytest.mark.parametrize("character", [r"\u0000", r"\ud800", r"\udfff", r"\ude00\ud83d"])
@pytest.mark.parametrize("where", ["größe", "level", "Filter", "a note", '"A"'])
def test_a_character_that_no_text_can_have_is_refused(character: str, where: str) -> None:
    text = SMALL.replace(where, where[:-1] + character + where[-1])
    with pytest.raises(FormatError, match="holds a character that no text can have") as raised:
        loads(text)
    str(raised.value).encode()


def test_a_surrogate_pair_is_a_character() -> None:
    assert loads(SMALL.replace("größe", r"\ud83e\ude7b")).nodes["A"].fields["name"] == "🩻"


def test_odd_characters_stay_text() -> None:
    name = "\u202e<b>'\"\\\x85\u2028é</b>"
    network = Network({name: NodeSpec(name, {name: name})}, notes=("\x01\x1f\x7f\n\t",))
    assert loads(dumps(network)) == network


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "is no network file: the JSON text is not an object"),
        ("null", "is no network file: the JSON text is not an object"),
        ('"nodeeditor-network"', "is no network file: the JSON text is not an object"),
        ("1", "is no network file: the JSON text is not an object"),
        ("{}", 'is no network file: "format" is not "nodeeditor-network"'),
        (document(format="other"), 'is no network file: "format" is not "nodeeditor-network"'),
        (document(format=["nodeeditor-network"]), 'is no network file: "format" is not "nodeeditor-network"'),
        (document(version=None), '"version" is None, not a whole number from 1 to 1'),
        (document(version="1"), "\"version\" is '1', not a whole number from 1 to 1"),
        (document(version=True), '"version" is True, not a whole number from 1 to 1'),
        (document(version=1.5), '"version" is 1.5, not a whole number from 1 to 1'),
        (document(version=0), '"version" is 0, not a whole number from 1 to 1'),
        (document(version=-3), '"version" is -3, not a whole number from 1 to 1'),
        (
            document(version=7),
            "comes from a newer nodeeditor: format version 7, this one reads up to 1; update nodeeditor",
        ),
        (document(version="x" * 1000), f'"version" is \'{"x" * 78}…, not a whole number from 1 to 1'),
    ],
)
def test_what_is_no_network_of_ours_is_refused(text: str, message: str) -> None:
    refused(text, message)


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"nodes": None}, "", '"nodes" is missing'),
        ({"nodes": None, "Nodes": {}}, "", "\"nodes\" is missing; did you mean 'Nodes'?"),
        ({"nodes": []}, "", '"nodes" is not an object'),
        ({"nodes": "A"}, "", '"nodes" is not an object'),
        ({"connections": None}, "", '"connections" is missing'),
        ({"connections": []}, "", '"connections" is not an object'),
        ({"groups": {}}, "", '"groups" is not a list'),
        ({"notes": "a"}, "", '"notes" is not a list'),
        ({"nodes": {"A": None}}, "A", "is not an object"),
        ({"nodes": {"A": []}}, "A", "is not an object"),
        ({"nodes": {"A": {}}}, "A", '"type" is missing or not a text'),
        ({"nodes": {"A": {"type": ""}}}, "A", '"type" is missing or not a text'),
        ({"nodes": {"A": {"type": 1}}}, "A", '"type" is missing or not a text'),
        ({"nodes": {"A": {"type": "T", "fields": []}}}, "A", '"fields" is not an object'),
        ({"nodes": {"A": {"type": "T", "fields": None}}}, "A", '"fields" is not an object'),
        ({"nodes": {"A": {"type": "T", "windows": []}}}, "A", '"windows" is not an object'),
        ({"nodes": {"A": {"type": "T", "group": 1}}}, "A", '"group" is not a text'),
        (
            {"nodes": {"A": {"type": "T", "frame": [1, 2, 3]}}},
            "A",
            '"frame" is [1, 2, 3], not four numbers x, y, width, height',
        ),
        (
            {"nodes": {"A": {"type": "T", "frame": [1, 2, 3, 4, 5]}}},
            "A",
            '"frame" is [1, 2, 3, 4, 5], not four numbers x, y, width, height',
        ),
        (
            {"nodes": {"A": {"type": "T", "frame": [1, 2, 3, True]}}},
            "A",
            '"frame" is [1, 2, 3, True], not four numbers x, y, width, height',
        ),
        (
            {"nodes": {"A": {"type": "T", "frame": [0, 0, 1e12, 1]}}},
            "A",
            '"frame" is [0, 0, 1000000000000.0, 1], not four numbers x, y, width, height',
        ),
        (
            {"nodes": {"A": {"type": "T", "frame": "1 2 3 4"}}},
            "A",
            "\"frame\" is '1 2 3 4', not four numbers x, y, width, height",
        ),
        (
            {"nodes": {"A": {"type": "T", "frame": [0] * 1000}}},
            "A",
            f'"frame" is [{"0, " * 26}…, not four numbers x, y, width, height',
        ),
        (
            {"nodes": {"a.b": {"type": "T"}}},
            "",
            "a node cannot be called 'a.b': 1 to 200 characters, no dots, no control characters, no blanks at the ends",
        ),
        (
            {"nodes": {"x" * 1_000_000: {"type": "T"}}},
            "",
            f"a node cannot be called '{'x' * 78}…: "
            "1 to 200 characters, no dots, no control characters, no blanks at the ends",
        ),
        ({"connections": {"B": "A.o"}}, "", "connection 'B': 'B' is not of the form Node.connector"),
        ({"connections": {"B.i": "A"}}, "", "connection 'B.i': 'A' is not of the form Node.connector"),
        ({"connections": {"B.i": "A.b.c"}}, "", "connection 'B.i': 'A.b.c' is not of the form Node.connector"),
        ({"connections": {"B.i": 1}}, "", "connection 'B.i': the source is 1, not a text Node.connector"),
        (
            {"connections": {"B.i": ["A.o", "C.o"]}},
            "",
            "connection 'B.i': the source is ['A.o', 'C.o'], not a text Node.connector",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(changes: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(FormatError) as raised:
        loads(document(**changes))
    assert (raised.value.place, raised.value.message) == (place, message)


def test_every_problem_is_told_at_once() -> None:
    text = document(
        nodes={"A": {"type": 1, "fields": 2, "frame": 3, "group": 4}, "b.c": {}, "C": 5},
        connections={"X": "Y", "A.i": 6},
        groups=7,
        notes=8,
    )
    with pytest.raises(NetworkErrors) as raised:
        loads(text)
    assert [str(problem).split(":")[0] for problem in raised.value.problems] == [
        "A",
        "A",
        "A",
        "A",
        "a node cannot be called 'b.c'",
        "C",
        "connection 'X'",
        "connection 'A.i'",
        '"groups" is not a list',
        '"notes" is not a list',
    ]
    assert all(isinstance(problem, FormatError) for problem in raised.value.problems)


def test_unknown_types_and_dangling_connections_are_no_problem_of_the_file() -> None:
    text = document(nodes={"A": {"type": "../os.system"}}, connections={"X.i": "Y.o", "A.a": "A.a"})
    assert loads(text).nodes["A"].type == "../os.system"


FRAGMENTS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"null",
    b"1e999",
    b"NaN",
    b"-",
    b"\0",
    b"\xff",
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with a few of its bytes changed, cut out, doubled or moved."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(made) + 1), chance.randint(0, 12)
        kind = chance.randrange(5)
        if kind == 0 and at < len(made):
            made[at] = chance.randrange(256)
        elif kind == 1:
            del made[at : at + length]
        elif kind == 2:
            made[at:at] = made[at : at + length]
        elif kind == 3:
            made[at:at] = chance.choice(FRAGMENTS)
        else:
            other = chance.randrange(len(made) + 1)
            made[at : at + length] = made[other : other + length]
    return bytes(made)


def test_ten_thousand_damaged_files_are_read_or_refused_in_words() -> None:
    chance = random.Random(20240229)
    read = 0
    for _ in range(10_000):
        data = mutated(SMALL.encode(), chance)
        try:
            network = loads(data)
        except NetworkError as error:
            assert error.problems
            assert str(error)
            continue
        read += 1
        text = dumps(network)
        assert dumps(loads(text)) == text
    assert 500 < read < 9_000


# --- older versions


def test_older_files_are_upgraded_step_by_step() -> None:
    steps = []

    def upgrade(number: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def step(data: dict[str, Any]) -> dict[str, Any]:
            steps.append(number)
            return {**data, "note": [*data.get("note", []), number]}

        return step

    upgrades = {number: upgrade(number) for number in (3, 1, 2)}
    assert loads(document(version=1), upgrades, 4).extra == {"note": [1, 2, 3]}
    assert loads(document(version=3), upgrades, 4).extra == {"note": [3]}
    assert loads(document(version=4), upgrades, 4).extra == {}
    assert steps == [1, 2, 3, 3]
    with pytest.raises(FormatError, match="format version 5, this one reads up to 4"):
        loads(document(version=5), upgrades, 4)


def test_an_upgrade_may_rename_what_was_called_otherwise() -> None:
    def modules_are_nodes(data: dict[str, Any]) -> dict[str, Any]:
        return {("nodes" if key == "modules" else key): value for key, value in data.items()}

    text = document(nodes=None, modules={"A": {"type": "T"}})
    assert loads(text, {1: modules_are_nodes}, 2).nodes == {"A": NodeSpec("T")}


# --- files on the disk


def test_a_file_is_loaded_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "größe 画像.mlab.json"
    save(loads(SMALL), path)
    assert path.read_bytes() == SMALL.encode()
    assert load(path) == loads(SMALL)
    save(Network(), path)
    assert load(path) == Network()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none.json", "does not exist"),
        ("a\0b", "does not exist"),
        (".", "is a folder or device, not a network file"),
        (os.devnull, "is a folder or device, not a network file"),
        ("x" * 300, "cannot be read: File name too long"),
    ],
    ids=["missing", "NUL", "folder", "device", "long"],
)
def test_what_cannot_be_read_is_told_in_words(tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(FormatError) as raised:
        load(tmp_path / path)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "network",
    [
        Network(extra={"n": math.nan}),
        Network({"A": NodeSpec("T", {"n": math.inf})}),
        Network({"A": NodeSpec("T", {"n": [-math.inf]})}),
        Network({"A": NodeSpec("T", frame=(0, math.nan, 1, 1))}),
        Network({"A": NodeSpec("T", frame=(0, 1e12, 1, 1))}),
        Network({"A": NodeSpec("T", {"n": 10**400})}),
        Network({"A": NodeSpec("T", {"n": "\0"})}),
        Network({"A": NodeSpec("T", {"n": "\ud800"})}),
        Network({"A": NodeSpec("")}),
        Network({"a.b": NodeSpec("T")}),
        Network(connections={"A": "B"}),
        Network(extra={"nodes": {}}),
    ],
)
def test_what_could_not_be_read_again_is_not_written(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "old.mlab.json"
    save(loads(SMALL), path)
    with pytest.raises(NetworkError):
        save(network, path)
    assert path.read_bytes() == SMALL.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_of_a_save_stays(tmp_path: Path) -> None:
    path = tmp_path / "taken.mlab.json"
    path.mkdir()
    (path / "inside").write_text("old")
    with pytest.raises(OSError, match="taken"):
        save(loads(SMALL), path)
    assert (path / "inside").read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(loads(SMALL), tmp_path / "none" / "a.mlab.json")


@pytest.mark.skipif(os.name != "posix", reason="a limit of the file size is a POSIX matter")
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "old.mlab.json"
    path.write_text(EMPTY)
    script = """
import resource, signal, sys
from pathlib import Path
from nodeeditor.file import loads, save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
network = loads(sys.argv[2])
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
try:
    save(network, Path(sys.argv[1]))
except OSError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    print(error.strerror)
"""
    done = subprocess.run([sys.executable, "-c", script, path, SMALL], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "File too large", done.stderr
    assert path.read_text() == EMPTY
    assert list(tmp_path.iterdir()) == [path]


def test_ten_thousand_nodes_survive_their_file() -> None:
    nodes = {f"n{i}": NodeSpec("T", {"n": i}, (i, 0, 1, 1)) for i in range(10_000)}
    network = Network(nodes, {f"n{i}.i": f"n{i - 1}.o" for i in range(1, 10_000)})
    assert loads(dumps(network)) == network
