"""The error tree: what an error says, where it says it is, and that it survives a trip to another process."""

from __future__ import annotations

import copy
import pickle

import pytest

from nodeeditor.errors import (
    Cancelled,
    FieldError,
    FormatError,
    NetworkError,
    NetworkErrors,
    NodeEditorError,
    NodeError,
    UnknownNodeType,
    WiringError,
    one_of,
    raise_all,
    suggestion,
)
from nodeeditor.image import Region

REGION = Region.whole((1, 1, 2, 3, 4))
EXAMPLES = [
    NodeEditorError("no"),
    NetworkError("no", "Node", "field", warning=True),
    FormatError("is not JSON", line=3, column=7),
    FormatError("is not an object", "Node"),
    UnknownNodeType("unknown", "Node"),
    WiringError("cycle", "Node", "input0"),
    FieldError("too large", "Node", "threshold"),
    NetworkErrors([WiringError("one", "A"), FieldError("two", "B", "c", warning=True)]),
    NodeError("failed", "Node", REGION, unexpected=True),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_keeps_all_it_knows_in_a_copy(error: NodeEditorError, again: object) -> None:
    assert callable(again)
    made = again(error)
    assert type(made) is type(error)
    assert str(made) == str(error)
    assert made.args == error.args
    assert {name: str(value) for name, value in vars(made).items()} == {
        name: str(value) for name, value in vars(error).items()
    }


def test_the_tree_is_as_drawn() -> None:
    for kind in (FormatError, UnknownNodeType, WiringError, FieldError, NetworkErrors):
        assert kind.__bases__ == (NetworkError,)
    assert NetworkError.__bases__ == NodeError.__bases__ == (NodeEditorError,)
    assert not issubclass(Cancelled, Exception)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NetworkError("is wrong"), "is wrong"),
        (NetworkError("is wrong", "Mask"), "Mask: is wrong"),
        (NetworkError("is wrong", "Mask", "input0"), "Mask.input0: is wrong"),
        (NetworkError("is wrong", connector="input0"), "input0: is wrong"),
        (FormatError("is not JSON", line=3, column=7), "line 3, column 7: is not JSON"),
        (FormatError("is not an object", "Mask", "frame"), "Mask.frame: is not an object"),
        (NodeError("failed"), "failed"),
        (NodeError("failed", "Mask"), "Mask: failed"),
    ],
)
def test_an_error_says_its_place_first(error: NodeEditorError, text: str) -> None:
    assert str(error) == text


def test_the_nodes_name_is_given_once_and_kept() -> None:
    error = FieldError("too large", connector="threshold")
    assert error.at("Threshold") is error
    assert error.place == "Threshold.threshold"
    assert error.at("Other").place == "Threshold.threshold"


def test_several_problems_are_listed_one_by_one() -> None:
    first, second = WiringError("one", "A"), FieldError("two", "B", "c")
    several = NetworkErrors(iter([first, second]))
    assert several.problems == (first, second)
    assert str(several) == "A: one; B.c: two"
    assert first.problems == (first,)


def test_warnings_alone_raise_nothing() -> None:
    raise_all([])
    raise_all([FieldError("odd", "A", warning=True)])


def test_one_problem_is_raised_as_it_is_and_several_together() -> None:
    warning, first, second = FieldError("odd", "A", warning=True), WiringError("one", "B"), FieldError("two", "C")
    with pytest.raises(WiringError) as single:
        raise_all([warning, first])
    assert single.value is first
    with pytest.raises(NetworkErrors) as both:
        raise_all([first, warning, second])
    assert both.value.problems == (first, second)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Treshold", "; did you mean 'Threshold'?"),
        ("threshold", "; did you mean 'Threshold'?"),
        ("MASK", "; did you mean 'Mask'?"),
        ("Gauss", ""),
        ("", ""),
    ],
)
def test_a_close_name_is_suggested(name: str, hint: str) -> None:
    assert suggestion(name, iter(["Mask", "Threshold"])) == hint


def test_a_long_list_is_shortened() -> None:
    assert one_of([]) == ""
    assert one_of("abc") == "a, b, c"
    assert one_of(f"n{i}" for i in range(12)).endswith("n10, n11")
    assert one_of(f"n{i}" for i in range(13)).endswith("n11, … (13 in all)")
