"""What an answer cost: time, and the pages that had to be computed, node by node."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from nodeeditor.engine.listening import Computed, Doing, Listener
from nodeeditor.image import Region

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True)
class Work:
    """What one node did: seconds without those of others, pages, and the slices and bytes in them."""

    seconds: float = 0.0
    pages: int = 0
    slices: int = 0
    nbytes: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.seconds + other.seconds,
            self.pages + other.pages,
            self.slices + other.slices,
            self.nbytes + other.nbytes,
        )


@dataclass(frozen=True)
class Cost:
    """Seconds from question to answer, and what each node did for it that did anything."""

    seconds: float
    work: Mapping[str, Work] = field(default_factory=dict)

    @property
    def pages(self) -> dict[str, int]:
        """How many pages each node computed, those nodes that computed any."""
        return {name: work.pages for name, work in self.work.items() if work.pages}

    def __str__(self) -> str:
        """A short sentence: ``6 ms, 3 nodes, 1 slice each``."""
        slices = [work.slices for work in self.work.values() if work.pages]
        spent = spelled_seconds(self.seconds)
        if not slices:
            return f"{spent}, nothing computed"
        if len(slices) == 1 or len(set(slices)) > 1:
            return f"{spent}, {_counted(len(slices), 'node')}, {_counted(sum(slices), 'slice')}"
        return f"{spent}, {_counted(len(slices), 'node')}, {_counted(slices[0], 'slice')} each"


class _Inner(threading.local):
    """On each thread, the seconds of nodes that work on behalf of the one at work, innermost last."""

    def __init__(self) -> None:
        self.seconds = [0.0]


class Tally(Listener):
    """Counts what the engine does for one request, which may run on several threads, from now on."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._work: dict[str, Work] = {}
        self._inner = _Inner()

    @property
    def cost(self) -> Cost:
        """What it cost up to now."""
        with self._lock:
            return Cost(time.perf_counter() - self._started, dict(self._work))

    @contextmanager
    def during(self, node: str, key: str, doing: Doing) -> Iterator[None]:
        """Count the seconds, without those of nodes that work on behalf of this one."""
        started, inner = time.perf_counter(), self._inner.seconds
        inner.append(0.0)
        try:
            yield
        finally:
            passed = time.perf_counter() - started
            own = passed - inner.pop()
            inner[-1] += passed
            with self._lock:
                self._work[node] = self.work(node) + Work(seconds=own)

    def computed(self, page: Computed) -> None:
        """Count a page."""
        with self._lock:
            made = Work(pages=1, slices=_slices(page.region), nbytes=page.nbytes)
            self._work[page.node] = self.work(page.node) + made

    def work(self, node: str) -> Work:
        """What a node did up to now."""
        return self._work.get(node, Work())


def spelled_seconds(seconds: float) -> str:
    """A duration as it is read: ``6 ms``, ``1.2 s``."""
    if seconds < 0.0095:
        return f"{max(seconds, 0.0001) * 1000:.1g} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds:.0f} s"


def spelled_wait(seconds: float) -> str:
    """A time to wait as it is read: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def spelled_bytes(count: int) -> str:
    """A number of bytes as it is read: ``775 KiB``, ``1.5 GiB``."""
    size, unit = float(count), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.3g} {_UNITS[unit]}" if unit and size < 1000 else f"{size:.0f} {_UNITS[unit]}"


def _slices(region: Region) -> int:
    """How many slices a page holds; what is one voxel thick along any axis is one, at each time point."""
    times, _, *sizes = region.shape
    return times if 1 in sizes else times * sizes[0]


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
