"""Work on a row of things, done ahead on a few threads while the results are taken in order."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

A = TypeVar("A")
B = TypeVar("B")

THREADS = 2
AHEAD = 3
"""Results at most that are being worked at, or wait to be taken: what bounds the memory."""
_LARGE = 31 << 20
"""The C library of Linux learns from freed blocks below 32 MiB how much memory is worth keeping."""
_RANK = 10
"""The niceness of a thread that steps back: a tenth of the processor beside one that does not."""


def step_back() -> None:
    """Let this thread work when no other wants the processor, or little beside them; nothing happens but on Linux."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(_RANK, os.getpriority(os.PRIO_PROCESS, thread)))


def ahead(
    work: Callable[[A, Callable[[], bool]], B], things: Iterable[A], begin: Callable[[], None] | None = None
) -> Generator[B, None, None]:
    """What ``work`` gives for each thing, in order; raises, in its turn, what it raises.

    ``work`` also gets a function that says whether nobody wants the result any more. Each thread calls ``begin`` first.
    """
    _keep_memory()
    stopped = threading.Event()
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(THREADS, "ahead", begin) as threads:
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


def _keep_memory() -> None:
    """Let the memory of one result serve the next ones; given back in between, it would be had again fault by fault.

    The C library gives free memory back to the system from twice the size of the largest block on that was ever freed;
    a block that nobody writes to costs nothing. Elsewhere this does no harm.
    """
    np.empty(_LARGE, np.uint8)
