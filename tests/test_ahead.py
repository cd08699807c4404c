"""Work ahead comes in order, never runs far ahead, and stops when nobody wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from nodeeditor.ahead import AHEAD, ahead

PATIENCE = 20.0


def test_results_come_in_order_though_the_first_takes_longest() -> None:
    second = threading.Event()

    def work(number: int, stopped: Callable[[], bool]) -> int:
        if number == 0:
            assert second.wait(PATIENCE)
        if number == 1:
            second.set()
        return number * number

    assert list(ahead(work, range(20))) == [number * number for number in range(20)]


def test_no_more_is_begun_than_may_wait() -> None:
    begun: list[int] = []

    def work(number: int, stopped: Callable[[], bool]) -> int:
        begun.append(number)
        return number

    results = ahead(work, range(100))
    for taken in range(5):
        assert next(results) == taken
        assert len(begun) <= taken + AHEAD
    results.close()
    assert len(begun) < 100


def test_a_failure_comes_in_its_turn_and_ends_the_rest() -> None:
    begun: list[int] = []

    def work(number: int, stopped: Callable[[], bool]) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError("the third")
        return number

    results = ahead(work, range(100))
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="the third"):
        next(results)
    assert len(begun) <= 2 + AHEAD


def test_who_stops_taking_stops_the_work() -> None:
    running, told = threading.Event(), threading.Event()

    def work(number: int, stopped: Callable[[], bool]) -> int:
        if number == 0:
            return 0
        running.set()
        for _ in range(int(100 * PATIENCE)):
            if stopped():
                told.set()
                break
            told.wait(0.01)
        return number

    results = ahead(work, range(3))
    assert next(results) == 0
    assert running.wait(PATIENCE)
    results.close()
    assert told.is_set()


def test_nothing_to_do_gives_nothing() -> None:
    assert list(ahead(lambda thing, stopped: thing, ())) == []
