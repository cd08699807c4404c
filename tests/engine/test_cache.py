"""What the engine remembers stays right when several threads ask at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nodeeditor import ImageInfo, NodeError, Output, Region
from nodeeditor.engine import Engine
from nodeeditor.engine.boundnode import Described
from nodeeditor.engine.cache import Descriptions, Once, PageCache
from nodeeditor.engine.listening import Computed, Listener
from nodeeditor.errors import Cancelled
from nodeeditor.image import Image
from nodeeditor.library import Library
from nodeeditor.network import NodeSpec
from nodeeditor.node import Node, field

from ..samples import LIBRARY, chain, network, numbers

PATIENCE = 20.0  # seconds after which a hanging test fails; nothing waits so long where all is right


def never() -> bool:
    return False


class Meeting:
    """Work that waits until it is let go, and a question whether to cancel that tells that somebody waits for it."""

    def __init__(self) -> None:
        self.begun, self.go, self.awaited = threading.Event(), threading.Event(), threading.Event()
        self.times = 0

    def work(self) -> str:
        self.times += 1
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return "done"

    def waits(self) -> bool:
        self.awaited.set()
        return False


def test_work_wanted_twice_at_the_same_time_is_done_once() -> None:
    once: Once[str, str] = Once()
    meeting = Meeting()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(once.result, "key", meeting.work, never)
        assert meeting.begun.wait(PATIENCE)
        second = threads.submit(once.result, "key", meeting.work, meeting.waits)
        assert meeting.awaited.wait(PATIENCE)
        meeting.go.set()
        assert (first.result(), second.result()) == ("done", "done")
    assert meeting.times == 1


def test_work_of_other_keys_does_not_wait() -> None:
    once: Once[str, str] = Once()
    meeting = Meeting()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(once.result, "slow", meeting.work, never)
        assert meeting.begun.wait(PATIENCE)
        assert once.result("quick", lambda: "other", never) == "other"
        meeting.go.set()
        assert first.result() == "done"


@pytest.mark.parametrize("failure", [NodeError("no"), Cancelled()])
def test_a_failure_is_not_passed_on_to_those_who_wait(failure: BaseException) -> None:
    once: Once[str, str] = Once()
    meeting = Meeting()

    def failing() -> str:
        meeting.work()
        raise failure

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(once.result, "key", failing, never)
        assert meeting.begun.wait(PATIENCE)
        second = threads.submit(once.result, "key", lambda: "own work", meeting.waits)
        assert meeting.awaited.wait(PATIENCE)
        meeting.go.set()
        assert second.result() == "own work"
        assert first.exception() is failure


def test_who_waits_can_be_cancelled_and_the_work_goes_on() -> None:
    once: Once[str, str] = Once()
    meeting = Meeting()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(once.result, "key", meeting.work, never)
        assert meeting.begun.wait(PATIENCE)
        with pytest.raises(Cancelled):
            once.result("key", meeting.work, lambda: True)
        meeting.go.set()
        assert first.result() == "done"


class Opened:
    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def said(nbytes: int) -> Callable[[], Described]:
    return lambda: Described({}, {}, (), Opened(nbytes))


def test_what_holds_too_much_and_was_not_used_is_forgotten() -> None:
    kept = Descriptions(100)
    for key in "abc":
        kept.described(key, said(40), never)
        kept.forget([key])
    assert (len(kept), kept.nbytes) == (2, 80)
    kept.described("d", said(40), never)
    kept.forget(["b", "d", "never known"])
    held = [kept.described(key, said(0), never).opened.nbytes for key in "abcd"]
    assert held == [0, 40, 0, 40]


def test_opened_files_count_as_used_before_there_are_too_many() -> None:
    kept = Descriptions(100)
    for key in "ab":
        kept.described(key, said(40), never)
    assert kept.forget(["a"], ["a"]) == []
    kept.described("c", said(40), never)
    assert kept.forget(["c"], ["c"]) == ["b"]


def test_what_is_in_use_stays_even_where_it_is_too_much() -> None:
    kept = Descriptions(100)
    for key in "abc":
        kept.described(key, said(70), never)
    kept.forget(["a", "c"])
    assert (len(kept), kept.nbytes) == (2, 140)


def test_parts_of_remembered_slices_and_volumes_are_served() -> None:
    info = ImageInfo((2, 1, 8, 6, 5), np.dtype(np.int64), (0, 1000))
    voxels = np.concatenate([numbers(), numbers() + 500])
    first = info.whole.along("t", 0)
    voxel = first.along("z", 3).along("y", 2).along("x", 1)
    for outer in (info.whole, first, first.along("z", 3), first.along("y", 2), first.along("x", 1), voxel):
        cache = PageCache(2**20)
        cache.put(("n", "o", outer), Image(info, outer, voxels[outer.slices]))
        page = cache.covering(("n", "o", voxel), info.extent)
        assert page is not None
        assert page.voxels.ravel().tolist() == [voxels[0, 0, 3, 2, 1]]
        elsewhere = voxel.along("t", 1)
        assert (cache.covering(("n", "o", elsewhere), info.extent) is None) == (outer != info.whole)
        assert cache.covering(("n", "other", voxel), info.extent) is None


def test_what_a_part_was_taken_of_is_not_there_when_it_was_dropped() -> None:
    info = ImageInfo((1, 1, 8, 6, 5), np.dtype(np.int64), (0, 1000))
    row, part = info.whole.along("z", 3), info.whole.along("z", 3).along("y", 2)
    cache = PageCache(31 * 8)
    cache.put(("n", "o", row), Image(info, row, numbers()[row.slices]))
    assert cache.covering(("n", "o", part), info.extent) is not None
    cache.put(("n", "o", part.along("x", 1)), Image(info, part.along("x", 1), numbers()[part.along("x", 1).slices]))
    assert cache.covering(("n", "o", part), info.extent) is not None
    cache.put(("m", "o", row), Image(info, row, numbers()[row.slices]))
    assert cache.covering(("n", "o", part), info.extent) is None
    assert cache.covering(("n", "o", part.along("x", 1)), info.extent) is None
    cache.put(("n", "o", row), Image(info, row, numbers()[row.slices]))
    assert cache.covering(("n", "o", part), info.extent) is not None


def test_a_page_that_serves_parts_counts_as_used() -> None:
    info = ImageInfo((1, 1, 8, 6, 5), np.dtype(np.int64), (0, 1000))
    slices = [info.whole.along("z", z) for z in range(3)]
    cache = PageCache(2 * 30 * 8)
    for part in slices[:2]:
        cache.put(("n", "o", part), Image(info, part, numbers()[part.slices]))
    cache.covering(("n", "o", slices[0].along("x", 2)), info.extent)
    cache.put(("n", "o", slices[2]), Image(info, slices[2], numbers()[slices[2].slices]))
    assert [("n", "o", part) in cache for part in slices] == [True, False, True]


def test_a_page_counts_what_it_keeps_in_memory() -> None:
    info = ImageInfo((1, 3, 1, 10, 10), np.dtype(np.uint8), (0, 255))
    grey, more, much = (
        np.zeros((1, channels, 1, rows, 10), np.uint8) for channels, rows in ((1, 10), (3, 15), (3, 99))
    )
    read = np.frombuffer(bytes(9999), np.uint8, 300, 1).reshape(info.extent)
    parts = [np.broadcast_to(grey, info.extent), more[..., :10, :], much[..., :10, :], read]
    held = []
    for voxels in parts:
        cache = PageCache(2**20)
        cache.put(("n", "o", info.whole), Image(info, info.whole, voxels))
        held.append(cache.nbytes)
    assert held == [100, 450, 300, 300]


def test_what_a_page_keeps_in_memory_stays_below_the_limit() -> None:
    info = ImageInfo((1, 1, 1, 10, 10), np.dtype(np.uint8), (0, 255))
    cache = PageCache(1000)
    for number in range(9):
        voxels = np.zeros((1, 1, 1, 19, 10), np.uint8)[..., :10, :]
        cache.put((f"n{number}", "o", info.whole), Image(info, info.whole, voxels))
    assert (len(cache), cache.nbytes) == (5, 5 * 190)


class Slow(Node):
    """Opens and computes when it is let go."""

    output0 = Output(Image, "Zeros.")
    name: str = field(default="", help="The doors to pass.")

    def open(self) -> str:
        pass_door(f"open {self.name}")
        return self.name

    def describe(self, opened: str) -> ImageInfo:
        return ImageInfo((1, 1, 4, 3, 2), np.dtype(np.uint8), (0, 0))

    def compute(self, region: Region) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        pass_door(f"compute {self.name}")
        return np.zeros(region.shape, np.uint8)


DOORS: dict[str, Meeting] = {}


def pass_door(name: str) -> None:
    if name in DOORS:
        DOORS[name].work()


@pytest.fixture(autouse=True)
def _doors() -> None:
    DOORS.clear()


def slow_engine() -> Engine:
    return Engine(Library([Slow, *LIBRARY.values()]), 2**20)


def test_a_slow_file_stops_nobody_else() -> None:
    engine = slow_engine()
    door = DOORS["open a"] = Meeting()
    slow = network(S=NodeSpec("Slow", {"name": "a"}))
    with ThreadPoolExecutor(1) as threads:
        opening = threads.submit(engine.image, slow, "S.output0")
        assert door.begun.wait(PATIENCE)
        assert np.array_equal(engine.image(chain(2), "N2.output0").voxels, numbers() + 2.0)
        door.go.set()
        assert opening.result().voxels.shape == (1, 1, 4, 3, 2)


def test_two_slow_files_are_opened_at_the_same_time() -> None:
    engine = slow_engine()
    doors = [DOORS.setdefault(f"open {name}", Meeting()) for name in "ab"]
    with ThreadPoolExecutor(2) as threads:
        opening = [
            threads.submit(engine.info, network(S=NodeSpec("Slow", {"name": name})), "S.output0") for name in "ab"
        ]
        for door in doors:
            assert door.begun.wait(PATIENCE)
        for door in doors:
            door.go.set()
        assert len({done.result() for done in opening}) == 1


def test_a_page_that_another_thread_made_meanwhile_is_not_made_again() -> None:
    engine = slow_engine()
    counted: list[str] = []
    door = DOORS["compute a"] = Meeting()
    given = network(
        "Sum.input0=S.output0", "Sum.input1=A.output0", "A.input0=R.output0",
        S=NodeSpec("Slow", {"name": "a"}), R=NodeSpec("Ramp", {"slices": 4}), A="Add", Sum="Sum",
    )  # fmt: skip
    region = Region((0, 0, 0, 0, 0), (1, 1, 1, 1, 1))
    heard = engine.heard(Counting(counted))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(heard.image, given, "Sum.output0", region)
        assert door.begun.wait(PATIENCE)
        heard.image(given, "A.output0", region)
        door.go.set()
        assert first.result().voxels.item() == 1.0
    assert sorted(counted) == ["A", "R", "S", "Sum"]


class Counting(Listener):
    def __init__(self, counted: list[str]) -> None:
        self._counted = counted

    def computed(self, page: Computed) -> None:
        self._counted.append(page.node)


@pytest.mark.parametrize("doing", ["open", "compute"])
def test_a_file_and_a_page_that_two_threads_need_come_once(doing: str) -> None:
    engine = slow_engine()
    door = DOORS[f"{doing} a"] = Meeting()
    slow = network(S=NodeSpec("Slow", {"name": "a"}), Twin=NodeSpec("Slow", {"name": "a"}))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lambda: engine.stream(slow, "S.output0").read())
        assert door.begun.wait(PATIENCE)

        def asks() -> bool:
            door.waits()
            return False

        second = threads.submit(lambda: engine.stream(slow, "Twin.output0", cancelled=asks).read())
        assert door.awaited.wait(PATIENCE)
        door.go.set()
        assert np.array_equal(first.result().voxels, second.result().voxels)
    assert door.times == 1
