"""The benchmark itself: goals, tables, sides that have to agree, data of known voxels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from tests.benchmarks import data
from tests.benchmarks.frame import Outcome, Row, agree, measured, percentile
from tests.benchmarks.process import python
from tests.benchmarks.table import BEGIN, END, figure, table, write

EXTENT = (3, 5, 7)


def test_a_goal_is_a_bound_from_above_or_from_below() -> None:
    less, more = Row("a", 2), Row("b", 2, "more")
    assert [Outcome(less, figure, "").met for figure in (1.9, 2, 2.1)] == [True, True, False]
    assert [Outcome(more, figure, "").met for figure in (1.9, 2, 2.1)] == [False, True, True]


def test_a_table_says_of_each_row_whether_its_goal_is_met() -> None:
    row = Row("mouse to pixels", 16, unit="ms")
    faster = Row("new slice", 500, "more", than="a script")
    made = table([Outcome(row, 15.22, "two views"), Outcome(faster, 83.1, "1.6 ms", "numpy 3 ms")])
    assert made.splitlines()[2:] == [
        "| mouse to pixels | <= 16 ms | - | 15.2 ms (two views) | yes |",
        "| new slice | >= 500x a script | numpy 3 ms | 83.1x (1.6 ms) | no |",
    ]


@pytest.mark.parametrize(("number", "text"), [(0.0042, "0.0042x"), (1.2345, "1.23x"), (512.6, "513x"), (12, "12x")])
def test_figures_have_three_digits(number: float, text: str) -> None:
    assert figure(number, "x") == text


def test_a_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write("new", path)
    assert path.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["nothing", BEGIN, f"{END}\n{BEGIN}"])
def test_a_table_is_not_written_where_it_has_no_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md has no lines"):
        write("new", path)
    assert path.read_text(encoding="utf-8") == text


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    turns: list[tuple[str, int]] = []
    taken = measured({"a": lambda n: turns.append(("a", n)), "b": lambda n: turns.append(("b", n))}, 2, len)
    assert turns == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert taken == {"a": 2, "b": 2}


def test_the_95th_percentile_leaves_the_worst_twentieth_out() -> None:
    assert percentile(0.95)([float(number) for number in range(100)]) == 95


@pytest.mark.parametrize("other", [[1, 2, 4], [1, 2], [[1, 2, 3]]])
def test_answers_that_differ_end_the_benchmark(other: list[int]) -> None:
    agree("same", np.array([1, 2, 3]), np.array([1, 2, 3]))
    with pytest.raises(AssertionError, match="different"):
        agree("different", np.array([1, 2, 3]), np.array(other))


@pytest.mark.parametrize("made", [data.metaimage, data.nifti, data.in_memory])
def test_every_file_holds_the_same_volume_on_the_same_grid(tmp_path: Path, made: object) -> None:
    assert callable(made)
    image = sitk.ReadImage(str(made(tmp_path, EXTENT)))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), data.volume(EXTENT))
    assert image.GetOrigin() == (0, 0, 0)
    assert image.GetSpacing() == (1, 1, 1)
    assert image.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)


def test_a_program_is_measured_without_the_memory_of_the_one_that_starts_it() -> None:
    held = np.ones(200 << 20, np.uint8)
    ran = python("held = bytearray(60 << 20)")
    assert 60 << 20 < ran.peak < held.nbytes


def test_a_program_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        python("raise SystemExit('no such thing')")
