"""Sums that are typed instead of a number: worked out exactly, and what is no sum is refused in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor.gui.panels.fieldwidgets import NumberWidget, field_widget
from nodeeditor.gui.panels.sums import worked_out

from .panelsamples import Everything


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2*30", "60"),
        ("1/3", repr(1 / 3)),
        ("1e3-5", "995"),
        ("2-1e-3", "1.999"),
        ("0.1*3", "0.3"),
        ("10-2-3", "5"),
        ("60/2/3", "10"),
        ("2+3*4", "14"),
        (" ( 2 + 3 ) * 4 ", "20"),
        ("-(2-5)*-2", "-6"),
        ("--4+1", "5"),
        (".5*4.", "2"),
        ("1E+2/8", "12.5"),
        ("123456789012345678901*10", "1234567890123456789010"),
        ("1.5e308*1", "15" + "0" * 307),
        ("1.7976931348623157e308*1", "17976931348623157" + "0" * 292),
    ],
)
def test_a_sum_is_worked_out_exactly(text: str, number: str) -> None:
    assert worked_out(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "60",
        " -5 ",
        "+1.5",
        "1e-5",
        "-2E+7",
        "1" * 300,
        " " * 100_000,
        " " * 100_000 + "-1e-5 ",
        "auto",
        "1,5",
        "inf",
        "٣",
        "0x10",
        "1_000",
    ],
)
def test_what_is_no_sum_is_left_to_the_field(text: str) -> None:
    assert worked_out(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2*", "a number is missing at the end"),
        ("2*/3", "a number is missing before '/'"),
        ("()", "a number is missing before '\\)'"),
        ("(1+2", "a bracket of the sum is not closed"),
        ("1+2)", "a bracket of the sum is not opened"),
        ("2(3)", "a sign is missing before '\\('"),
        ("1 2*3", "a sign is missing before '2'"),
        ("(1 2)*3", "a sign is missing before '2'"),
        ("1/0", "divides by zero"),
        ("1/(2-2)", "divides by zero"),
        ("2**3", "a number is missing before '\\*'"),
        ("__import__('os')", "'_' has no place"),
        ("1,5*2", "',' has no place"),
        ("a-b", "'a' has no place"),
        ("1e999999*2", "beyond all numbers"),
        ("1e300*1e300", "beyond all numbers"),
        ("1.8e308*1", "beyond all numbers"),
        ("-(1.8e308)", "beyond all numbers"),
        (" " * 100_000 + "-1-", "longer than 200 characters"),
        ("1e300" + "*1e300" * 30, "beyond all numbers"),
        ("(" * 100 + "1" + ")" * 100, "longer than 200 characters"),
    ],
)
def test_what_is_wrong_with_a_sum_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        worked_out(text)


def test_brackets_may_be_as_deep_as_a_sum_is_long() -> None:
    assert worked_out("(" * 99 + "7" + ")" * 99) == "7"
    assert worked_out("-" * 199 + "7") == "-7"


Sum = tuple[str, Fraction]
NUMBERS = st.decimals(-999, 999, places=2).map(lambda number: (f"({number})", Fraction(number)))


def _both(parts: tuple[Sum, str, Sum]) -> Sum:
    (left, one), sign, (right, other) = parts
    made = {"+": one + other, "-": one - other, "*": one * other, "/": one / other if other else one}[sign]
    return f"({left}{sign if other or sign != '/' else '+'} {right})", made


SUMS = st.recursive(NUMBERS, lambda parts: st.tuples(parts, st.sampled_from("+-*/"), parts).map(_both), max_leaves=8)


@given(SUMS)
def test_any_sum_makes_what_fractions_make(given_sum: Sum) -> None:
    text, value = given_sum
    assert float(worked_out(f"0+{text}")) == float(value)


def number(qtbot: QtBot, name: str) -> NumberWidget:
    """A shown editor of a number."""
    widget = field_widget(Everything.declaration.fields[name])
    assert isinstance(widget, NumberWidget)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def type_in(widget: NumberWidget, text: str) -> None:
    widget.lines[0].selectAll()
    QTest.keyClicks(widget.lines[0], text)
    QTest.keyClick(widget.lines[0], Qt.Key.Key_Return)


def test_a_sum_in_a_field_sets_what_it_makes_as_one_edit(qtbot: QtBot) -> None:
    widget = number(qtbot, "level")
    edits: list[object] = []
    widget.edited.connect(lambda value, _: edits.append(value))
    type_in(widget, "2*35")
    assert edits == [70.0]
    assert widget.lines[0].text() == "70"
    type_in(widget, "140/2")
    assert edits == [70.0]
    assert widget.lines[0].text() == "70"


def test_a_sum_that_cannot_be_stays_with_its_reason(qtbot: QtBot) -> None:
    widget = number(qtbot, "count")
    for text, reason in (("1/0", "the sum divides by zero"), ("7/2", "'3.5' is not a whole number")):
        type_in(widget, text)
        assert widget.lines[0].text() == text
        assert widget.problem() == reason
    type_in(widget, "7-2*3")
    assert (widget.value(), widget.problem()) == (1, "")
    few = number(qtbot, "few")
    type_in(few, "4*4")
    assert "above the largest allowed value" in few.problem()
