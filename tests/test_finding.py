"""A typed text is found where a person would look for it in a network."""

from __future__ import annotations

import pytest

from nodeeditor.finding import Found, found
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()
NETWORK = Network(
    {
        "LocalImage": NodeSpec("LocalImage", {"name": "$(DemoDataPath)/ProbandT1.dcm"}, (0, 400, 144, 72)),
        "Low": NodeSpec("Threshold", {"threshold": 60.0, "comparisonOperator": "LessEqual"}, (200, 200, 88, 72), "Cut"),
        "High": NodeSpec("Threshold", {"threshold": 160.0}, (0, 200, 88, 72), "Cut"),
        "Odd": NodeSpec("FromElsewhere", {"list": [1, 2.5], "on": True}, (0, 0, 88, 72)),
        "Lost": NodeSpec("Mask"),
    },
    notes=({"text": "Air is below 60", "frame": [500, 300, 180, 60]}, {"text": "no place"}),
)


def names(text: str) -> list[str]:
    return [f"note {hit.index}" if hit.kind == "note" else hit.name for hit in found(NETWORK, LIBRARY, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("low", ["Low", "note 0"]),
        ("THRESHOLD", ["High", "Low"]),
        ("60", ["High", "Low", "note 0"]),
        ("lessequal", ["Low"]),
        ("probandt1", ["LocalImage"]),
        ("comparisonOp", ["High", "Low"]),
        ("threshold 160", ["High"]),
        ("= 160", ["High"]),
        ("[1, 2.5]", ["Odd"]),
        ("odd true", ["Odd"]),
        ("elsewhere", ["Odd"]),
        ("cut", ["Cut"]),
        ("place", ["note 1"]),
        ("mask", ["Lost"]),
        ("nothing of the kind", []),
        ("", []),
        ("  ", []),
    ],
)
def test_a_text_is_found(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_what_is_found_is_read_row_by_row_and_what_has_no_place_comes_last() -> None:
    assert names("o") == ["Odd", "High", "Low", "note 0", "LocalImage", "Lost", "note 1"]


def test_a_match_says_what_else_than_the_name_has_the_text() -> None:
    assert found(NETWORK, LIBRARY, "160") == [Found("node", "High", why="threshold = 160.0")]
    assert found(NETWORK, LIBRARY, "high") == [Found("node", "High")]
    assert found(NETWORK, LIBRARY, "mask") == [Found("node", "Lost", why="type Mask")]
    assert found(NETWORK, LIBRARY, "air") == [Found("note", "", 0, "Air is below 60")]


def test_a_field_that_is_not_set_is_found_by_its_name_but_not_by_its_value() -> None:
    assert [hit.why for hit in found(NETWORK, LIBRARY, "lost background")] == ["background = 0.0"]
    assert names("lost 0.0") == []


def test_foreign_groups_and_notes_do_no_harm() -> None:
    odd = Network({"A": NodeSpec("Mask", {}, (0, 0, 1, 1))}, notes=("text", 7, {"text": 5, "frame": "x"}), groups=(3,))
    assert [hit.index for hit in found(odd, LIBRARY, "5")] == [2]
