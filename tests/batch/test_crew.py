"""Work is shared out among processes, and one that dies takes nothing with it but what it was at."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeeditor.atomic import partial_file
from nodeeditor.batch.crew import Lost, Work, results


def squaring() -> Work[int, int]:
    return square


def square(number: int, unwanted: Callable[[], bool]) -> int:
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 14:
        os._exit(3)
    if number == 15:
        raise ValueError("a mistake of the work itself")
    return number * number


def naming() -> Work[object, int]:
    return process_id


def process_id(thing: object, unwanted: Callable[[], bool]) -> int:
    return os.getpid()


def writing() -> Work[Path, None]:
    return write_slowly


def write_slowly(file: Path, unwanted: Callable[[], bool]) -> None:
    with partial_file(file) as partial:
        partial.write_text("half")
        while not unwanted():
            time.sleep(0.01)
        time.sleep(60)


def failing() -> Work[int, int]:
    raise ValueError("the work cannot even begin")


def nothing() -> None:
    pass


def test_every_thing_gets_its_result() -> None:
    assert dict(results(squaring, range(12), 2, nothing)) == {number: number**2 for number in range(12)}


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(results(failing, [], 2, nothing)) == []


def test_a_process_does_one_thing_after_the_other() -> None:
    made = [number for _, number in results(naming, "abcdef", 2, nothing)]
    assert len(set(made)) <= 2
    assert os.getpid() not in made


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("processes", [1, 2])
def test_a_process_that_dies_costs_its_thing_alone(processes: int, capfd: pytest.CaptureFixture[str]) -> None:
    made = dict(results(squaring, [1, 13, 2, 14, 3, 15, 4], processes, nothing))
    assert made == {
        **{number: number**2 for number in (1, 2, 3, 4)},
        13: Lost("its process was ended by SIGKILL (out of memory?)"),
        14: Lost("its process ended with status 3"),
        15: Lost("its process ended with status 1"),
    }
    assert "a mistake of the work itself" in capfd.readouterr().err


def test_work_that_cannot_begin_loses_everything_and_ends(capfd: pytest.CaptureFixture[str]) -> None:
    made = dict(results(failing, [1, 2, 3], 2, nothing))
    assert made == dict.fromkeys((1, 2, 3), Lost("its process ended with status 1"))
    assert "the work cannot even begin" in capfd.readouterr().err


def test_whoever_closes_the_results_ends_the_work_and_its_unfinished_files(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop() -> None:
        if len(list(tmp_path.glob(".*.part/*"))) == 2:
            raise Enough

    with pytest.raises(Enough):
        list(results(writing, [tmp_path / "a", tmp_path / "b"], 2, stop))
    assert list(tmp_path.iterdir()) == []
