"""Work on a row of things, done ahead on a few threads while the results are taken in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

THREADS = 2
AHEAD = 3
"""Results at most that are being worked at, or wait to be taken: what bounds the memory."""


def ahead(work: Callable[[A, Callable[[], bool]], B], things: Iterable[A]) -> Generator[B, None, None]:
    """What ``work`` gives for each thing, in order; raises, in its turn, what it raises.

    ``work`` also gets a function that says whether nobody wants the result any more.
    """
    stopped = threading.Event()
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(THREADS, "ahead") as threads:
        try:
            for thing in things:
                waiting.append(threads.submit(work, thing, stopped.is_set))
                if len(waiting) == AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            stopped.set()
            for future in waiting:
                future.cancel()
