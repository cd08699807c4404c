"""Work that nobody wants any more ends where it asks, and a wait for another thread as well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nodeeditor import Cancelled, Image, ImageInfo, Node, Output, Region, Voxels, check_cancelled, patiently
from nodeeditor.cancelling import unless
from nodeeditor.engine import Engine
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec


def yes() -> bool:
    return True


def no() -> bool:
    return False


def test_without_anybody_to_ask_work_goes_on() -> None:
    check_cancelled()


def test_work_ends_once_nobody_wants_it() -> None:
    with unless(no):
        check_cancelled()
        with unless(yes), pytest.raises(Cancelled):
            check_cancelled()
        check_cancelled()


def test_each_thread_asks_for_itself() -> None:
    with unless(yes), ThreadPoolExecutor(1) as threads:
        assert threads.submit(check_cancelled).result() is None


def test_nobody_waits_for_a_lock_whose_work_is_not_wanted() -> None:
    lock = threading.Lock()
    with lock, unless(yes), pytest.raises(Cancelled), patiently(lock):
        pytest.fail("somebody else holds it")
    with patiently(lock):
        assert lock.locked()
    assert not lock.locked()


class Endless(Node):
    """Open something that never ends, unless it is cancelled."""

    output0 = Output(Image, "Nothing ever comes.")

    def open(self) -> object:
        while True:
            check_cancelled()

    def describe(self, opened: object) -> ImageInfo:
        raise AssertionError

    def compute(self, region: Region, opened: object) -> Voxels:
        raise AssertionError


class Restless(Endless):
    """Know at once what never is computed."""

    def open(self) -> object:
        return None

    def describe(self, opened: object) -> ImageInfo:
        return ImageInfo((1, 1, 2, 3, 4), np.dtype(np.uint8), (0, 0))

    def compute(self, region: Region, opened: object) -> Voxels:
        while True:
            check_cancelled()


class Relentless(Node):
    """Do what never ends."""

    effect = True

    def perform(self) -> None:
        while True:
            check_cancelled()


def asked_at(number: int) -> tuple[list[None], Callable[[], bool]]:
    """The questions asked so far, and who says yes to that one and to no other before."""
    asked: list[None] = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) >= number

    return asked, cancelled


@pytest.mark.parametrize("kind", [Endless, Restless])
def test_opening_and_computing_end_at_the_first_yes(kind: type[Node]) -> None:
    asked, cancelled = asked_at(50)
    engine, network = Engine(Library([kind]), 0), Network({"It": NodeSpec(kind.__name__)})
    with pytest.raises(Cancelled):
        engine.stream(network, "It.output0", cancelled=cancelled).read()
    assert len(asked) == 50


def test_an_effect_ends_at_the_first_yes() -> None:
    asked, cancelled = asked_at(50)
    engine, network = Engine(Library([Relentless]), 0), Network({"It": NodeSpec("Relentless")})
    with pytest.raises(Cancelled):
        engine.perform(network, "It", cancelled=cancelled)
    assert len(asked) == 50
