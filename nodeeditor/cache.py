"""What the engine remembers, safe among threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from nodeeditor.errors import Cancelled
from nodeeditor.image import AXES, Image, Region
from nodeeditor.plan import Described, PageKey

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_KEPT_DESCRIPTIONS = 4096
_KEPT_PAGES = 2**15  # an image of one voxel takes a thousand times the voxel's bytes
_PATIENCE = 0.02  # seconds from one question whether a wait is still wanted to the next


class Once(Generic[K, V]):
    """Work that is done once where several threads want its result at the same time."""

    def __init__(self) -> None:
        self._running: dict[K, list[V]] = {}
        self._ended = threading.Condition()

    def result(self, key: K, work: Callable[[], V], cancelled: Callable[[], bool]) -> V:
        """What ``work`` gives, or what it gives on another thread that is at it; raises what it raises, or Cancelled.

        A failure, or a cancellation, belongs to the thread that it met: those that wait then work themselves.
        """
        while True:
            with self._ended:
                other = self._running.get(key)
                if other is None:
                    mine = self._running[key] = []
                    break
                self._ended.wait(_PATIENCE)
            if other:
                return other[0]
            if cancelled():
                raise Cancelled
        try:
            mine.append(work())
            return mine[0]
        finally:
            with self._ended:
                del self._running[key]
                self._ended.notify_all()


class Descriptions:
    """What nodes said about themselves, by key; files are opened once.

    The least recently used go when the files that they hold open exceed ``limit`` bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._known: OrderedDict[str, Described] = OrderedDict()
        self._lock = threading.Lock()
        self._once: Once[str, Described] = Once()

    def __len__(self) -> int:
        return len(self._known)

    @property
    def nbytes(self) -> int:
        """Bytes that are held by opened files."""
        with self._lock:
            return self._held()

    def described(self, key: str, work: Callable[[], Described], cancelled: Callable[[], bool]) -> Described:
        """What is remembered, else what ``work`` says; raises what it raises, or Cancelled."""
        known = self._known.get(key)
        return known if known is not None else self._once.result(key, lambda: self._asked(key, work), cancelled)

    def forget(self, used: Iterable[str]) -> None:
        """Drop what is too much and was not used for long; ``used`` is in use now and stays."""
        with self._lock:
            kept = [key for key in used if key in self._known]
            for key in kept:
                self._known.move_to_end(key)
            held = self._held()
            for key in list(self._known)[: len(self._known) - len(set(kept))]:
                if held <= self.limit and len(self._known) <= _KEPT_DESCRIPTIONS:
                    break
                held -= _nbytes(self._known.pop(key))

    def _asked(self, key: str, work: Callable[[], Described]) -> Described:
        known = self._known.get(key)  # another thread may have finished between the look and the turn
        if known is not None:
            return known
        made = work()
        with self._lock:
            self._known[key] = made
        return made

    def _held(self) -> int:
        return sum(map(_nbytes, self._known.values()))


def _nbytes(described: Described) -> int:
    return int(getattr(described.opened, "nbytes", 0))


class PageCache:
    """Pages by key, the least recently used ones dropped when their bytes exceed ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._pages: OrderedDict[PageKey, Image] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: PageKey) -> bool:
        with self._lock:
            return key in self._pages

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: PageKey) -> Image | None:
        """The page, which then counts as used; None where it is not there any more."""
        with self._lock:
            return self._used(key)

    def covering(self, key: PageKey, whole: Region) -> Image | None:
        """The page, else what it is a part of and is remembered: a slice along one of the axes, or the whole image."""
        node, output, region = key
        with self._lock:
            for outer in _around(region, whole):
                page = self._used((node, output, outer))
                if page is not None:
                    return page.at(region)
        return None

    def put(self, key: PageKey, page: Image) -> None:
        """Remember a page, unless it alone is larger than the limit."""
        size = page.voxels.nbytes
        with self._lock:
            if size > self.limit or key in self._pages:
                return
            self._pages[key] = page
            self.nbytes += size
            while self.nbytes > self.limit or len(self._pages) > _KEPT_PAGES:
                self.nbytes -= self._pages.popitem(last=False)[1].voxels.nbytes

    def _used(self, key: PageKey) -> Image | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page


def _around(region: Region, whole: Region) -> Iterator[Region]:
    """A region and those that viewers and runs ask for of which it may be a part."""
    yield region
    yield whole
    t, stop = region.start[0], region.stop[0]
    if stop - t < whole.stop[0]:
        yield whole.along("t", t, stop)
    cut = [axis for axis in (2, 3, 4) if region.stop[axis] - region.start[axis] < whole.stop[axis]]
    if len(cut) > 1:
        for axis in cut:
            yield whole.along("t", t, stop).along(AXES[axis], region.start[axis], region.stop[axis])
