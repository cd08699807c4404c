"""Work ahead comes in order, never runs far ahead, and stops when nobody wants it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

from nodeeditor import Image, ImageInfo, Node, Output, Region, Voxels
from nodeeditor.engine import Engine
from nodeeditor.engine.ahead import AHEAD, ahead, step_back
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_the_memory_of_one_result_serves_the_next_ones() -> None:
    script = (
        "import resource, numpy as np\n"
        "from nodeeditor.engine.ahead import ahead\n"
        "def work(number, stopped):\n"
        "    one = np.full(3 << 20, number, np.uint8)\n"
        "    return one + (one + 1)\n"
        "def faults(results):\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    for _ in ahead(work, range(results)): pass\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "faults(20)\n"
        "print(faults(200))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert int(done.stdout) < 200 * (3 << 20) / 4096 / 4


def rank() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of one program are of one rank")
def test_threads_that_step_back_leave_the_others_as_they_were() -> None:
    before = rank()

    def work(number: int, stopped: Callable[[], bool]) -> int:
        return rank()

    assert set(ahead(work, range(9))) == {before}
    assert set(ahead(work, range(9), step_back)) == {max(before, 10)}
    assert rank() == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of one program are of one rank")
def test_who_is_further_back_stays_there() -> None:
    def work(number: int, stopped: Callable[[], bool]) -> int:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
        step_back()
        return rank()

    assert set(ahead(work, range(3))) == {15}


class Ranked(Node):
    """Show how far back the thread is that computes."""

    output0 = Output(Image, "The rank, in every voxel.")

    def describe(self) -> ImageInfo:
        return ImageInfo((1, 1, 6, 1024, 1024), np.dtype(np.int8), (-20, 19))

    def compute(self, region: Region) -> Voxels:
        return np.full(region.shape, rank(), np.int8)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of one program are of one rank")
def test_an_engine_that_is_behind_computes_its_slabs_on_threads_that_step_back() -> None:
    engine, network = Engine(Library([Ranked]), 0), Network({"It": NodeSpec("Ranked")})
    own = rank()
    for asked, slabs in ((engine, own), (engine.behind(), max(own, 10)), (engine, own)):
        ranks = [int(page.voxels.max()) for page in asked.stream(network, "It.output0")]
        assert ranks == [own, *[slabs] * 5]
