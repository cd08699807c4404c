"""What the engine remembers, safe among threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np

from nodeeditor.errors import Cancelled
from nodeeditor.image import AXES, Image, Region, Voxels
from nodeeditor.pageshape import block
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
        self._opened: dict[str, Any] = {}  # the few that hold bytes, so that nobody has to look through all
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

    def forget(self, used: Iterable[str]) -> list[str]:
        """Drop what is too much and was not used for long; ``used`` is in use now and stays.

        Gives the keys of the dropped ones that held files open.
        """
        dropped = []
        with self._lock:
            kept = dict.fromkeys(key for key in used if key in self._known)
            for key in kept:
                self._known.move_to_end(key)
            held, rest = self._held(), len(self._known) - len(kept)
            while rest and (held > self.limit or len(self._known) > _KEPT_DESCRIPTIONS):
                key, _ = self._known.popitem(last=False)
                rest -= 1
                if key in self._opened:
                    held -= self._opened.pop(key).nbytes
                    dropped.append(key)
        return dropped

    def _asked(self, key: str, work: Callable[[], Described]) -> Described:
        known = self._known.get(key)  # another thread may have finished between the look and the turn
        if known is not None:
            return known
        made = work()
        with self._lock:
            self._known[key] = made
            if hasattr(made.opened, "nbytes"):
                self._opened[key] = made.opened
        return made

    def _held(self) -> int:
        return sum(opened.nbytes for opened in self._opened.values())


class PageCache:
    """Pages by key, the least recently used ones dropped when their bytes exceed ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._pages: OrderedDict[PageKey, tuple[Image, int]] = OrderedDict()
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

    def put(self, key: PageKey, page: Image, opened: int = 0) -> None:
        """Remember a page, unless it alone is larger than the limit.

        A view of the ``opened`` bytes that its node holds in memory anyway counts nothing; of anything else that is
        much larger a part is copied, since it would keep the rest in memory.
        """
        voxels, holder = page.voxels, _holder(page.voxels)
        size = voxels.nbytes
        if holder is not voxels and holder.nbytes == opened:
            size = 0
        elif holder.nbytes > 2 * size:
            page = Image(page.info, page.region, voxels.copy())
        with self._lock:
            if size > self.limit or key in self._pages:
                return
            self._pages[key] = page, size
            self.nbytes += size
            while self.nbytes > self.limit or len(self._pages) > _KEPT_PAGES:
                self._drop(next(iter(self._pages)))

    def forget(self, nodes: Iterable[str]) -> None:
        """Drop all pages of the nodes with these keys."""
        gone = set(nodes)
        with self._lock:
            for key in [key for key in self._pages if key[0] in gone]:
                self._drop(key)

    def _used(self, key: PageKey) -> Image | None:
        known = self._pages.get(key)
        if known is None:
            return None
        self._pages.move_to_end(key)
        return known[0]

    def _drop(self, key: PageKey) -> None:
        self.nbytes -= self._pages.pop(key)[1]


def _holder(voxels: Voxels) -> Voxels:
    """The array whose memory a view keeps."""
    while isinstance(voxels.base, np.ndarray):
        voxels = voxels.base
    return voxels


def _around(region: Region, whole: Region) -> Iterator[Region]:
    """A region and those that viewers and runs ask for of which it may be a part."""
    yield region
    yield whole
    t, stop = region.start[0], region.stop[0]
    if stop - t < whole.stop[0]:
        yield whole.along("t", t, stop)
    cut = [axis for axis in (2, 3, 4) if region.stop[axis] - region.start[axis] < whole.stop[axis]]
    if len(cut) > 1:
        slices = [whole.along("t", t, stop).along(AXES[axis], region.start[axis], region.stop[axis]) for axis in cut]
        yield from slices
        yield block(slices[-1], whole)
