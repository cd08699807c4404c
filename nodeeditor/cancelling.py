"""Lets work ask, however deep it is, whether anybody still wants its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from nodeeditor.errors import Cancelled


def never() -> bool:
    """Nobody cancels: the result is wanted, however long it takes."""
    return False


PATIENCE = 0.02
"""Seconds from one question whether a wait is still wanted to the next."""
ASKED: ContextVar[Callable[[], bool]] = ContextVar("cancelled", default=never)
"""What `check_cancelled` asks."""


@contextmanager
def unless(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Work that `check_cancelled` ends once ``cancelled`` says so."""
    before = ASKED.set(cancelled)
    try:
        yield
    finally:
        ASKED.reset(before)


def check_cancelled() -> None:
    """Raise Cancelled where nobody wants what this thread is at any more.

    The engine asks before each page, and few nodes need more than that. Work that takes longer than a twentieth of a
    second, such as opening a large file, calls this now and then; on other threads than the node's own it does nothing.
    """
    if ASKED.get()():
        raise Cancelled


@contextmanager
def patiently(lock: Lock) -> Iterator[None]:
    """Hold a lock that other threads may hold for long; raises Cancelled where nobody wants to wait any more."""
    while not lock.acquire(timeout=PATIENCE):
        check_cancelled()
    try:
        yield
    finally:
        lock.release()
