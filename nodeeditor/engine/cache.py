"""What the engine remembers, safe among threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np

from nodeeditor.cancelling import ASKED, PATIENCE
from nodeeditor.engine.boundnode import Described
from nodeeditor.engine.pageshape import block
from nodeeditor.engine.plan import PageKey
from nodeeditor.errors import Cancelled
from nodeeditor.image import AXES, Extent, Image, Region, Voxels

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_KEPT_DESCRIPTIONS = 4096
_KEPT_PAGES = 2**15  # an image of one voxel takes a thousand times the voxel's bytes
_NOTHING = (0, 0)


class Once(Generic[K, V]):
    """Work that is done once where several threads want its result at the same time."""

    def __init__(self) -> None:
        self._running: dict[K, list[V]] = {}
        self._waiting = 0
        self._ended = threading.Condition()

    def result(self, key: K, work: Callable[[], V], cancelled: Callable[[], bool]) -> V:
        """What ``work`` gives, or what it gives on another thread that is at it; raises what it raises, or Cancelled.

        A failure, or a cancellation, belongs to the thread that it met: those that wait then work themselves.
        """
        other = self.begun(key, cancelled)
        if other is not None:
            return other
        made = None
        asked_before = ASKED.set(cancelled)
        try:
            made = work()
            return made
        finally:
            ASKED.reset(asked_before)
            self.ended(key, made)

    def begun(self, key: K, cancelled: Callable[[], bool]) -> V | None:
        """What another thread made that was at it; None where the caller begins now, who has to say what `ended`."""
        mine: list[V] = []
        while (other := self._running.setdefault(key, mine)) is not mine:
            self._wait(key, other)
            if other:
                return other[0]
            if cancelled():
                raise Cancelled
        return None

    def ended(self, key: K, made: V | None) -> None:
        """Give those who wait what was made; without anything one of them begins."""
        mine = self._running[key]
        if made is not None:
            mine.append(made)
        del self._running[key]
        if self._waiting:
            with self._ended:
                self._ended.notify_all()

    def _wait(self, key: K, other: list[V]) -> None:
        """Until another thread has ended its work, or for a moment."""
        with self._ended:
            self._waiting += 1
            if self._running.get(key) is other:
                self._ended.wait(PATIENCE)
            self._waiting -= 1


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

    def get(self, key: str) -> Described | None:
        """What is remembered."""
        return self._known.get(key)

    def put(self, key: str, made: Described) -> Described:
        """What a node said, remembered from now on."""
        with self._lock:
            self._known[key] = made
            if hasattr(made.opened, "nbytes"):
                self._opened[key] = made.opened
        return made

    def described(self, key: str, work: Callable[[], Described], cancelled: Callable[[], bool]) -> Described:
        """What is remembered, else what ``work`` says; raises what it raises, or Cancelled."""
        known = self._known.get(key)
        return known if known is not None else self._once.result(key, lambda: self._asked(key, work), cancelled)

    def forget(self, used: Iterable[str], opened: Iterable[str] = ()) -> list[str]:
        """Drop what is too much and was not used for long; ``used`` is in use now and stays, looked at only then.

        The ``opened`` ones among them count as used in any case. Gives the dropped keys that held files open.
        """
        dropped: list[str] = []
        with self._lock:
            for key in opened:
                if key in self._known:
                    self._known.move_to_end(key)
            held = self._held()
            if held <= self.limit and len(self._known) <= _KEPT_DESCRIPTIONS:
                return dropped
            kept = dict.fromkeys(key for key in used if key in self._known)
            for key in kept:
                self._known.move_to_end(key)
            rest = len(self._known) - len(kept)
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
        return self.put(key, work())

    def _held(self) -> int:
        return sum(opened.nbytes for opened in self._opened.values())


class PageCache:
    """Pages by key, the least recently used ones dropped when their bytes exceed ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._pages: OrderedDict[PageKey, tuple[Image, int]] = OrderedDict()
        self._sizes: dict[str, tuple[int, int]] = {}  # by key of the node, how many pages, voxels at most of one
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

    def covering(self, key: PageKey, extent: Extent) -> Image | None:
        """The page, else what it is a part of and is remembered: a slice along one of the axes, or the whole image."""
        node, output, region = key
        if node not in self._sizes:
            return None
        with self._lock:
            known = self._pages.get(key)
            if known is not None:
                self._pages.move_to_end(key)
                return known[0]
            if self._sizes.get(node, _NOTHING)[1] <= region.size:
                return None
            for outer in _around(region, Region.whole(extent)):
                page = self._used((node, output, outer))
                if page is not None:
                    return page.at(region)
        return None

    def put(self, key: PageKey, page: Image, opened: int = 0) -> None:
        """Remember a page, unless it alone is larger than the limit.

        It counts what it keeps in memory. A view of a part of the ``opened`` bytes, which its node holds anyway, counts
        nothing; of anything else that is much larger a part is copied.
        """
        voxels, size = page.voxels, _held(page.voxels)
        if size > voxels.nbytes:
            if size == opened:
                size = 0
            elif size > 2 * voxels.nbytes:
                page, size = Image(page.info, page.region, voxels.copy()), voxels.nbytes
        node, _, region = key
        with self._lock:
            if size > self.limit or key in self._pages:
                return
            self._pages[key] = page, size
            count, largest = self._sizes.get(node, _NOTHING)
            self._sizes[node] = count + 1, max(largest, region.size)
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
        count, largest = self._sizes.pop(key[0])
        if count > 1:
            self._sizes[key[0]] = count - 1, largest


def _held(voxels: Voxels) -> int:
    """The bytes that an array keeps in memory, be it a view of a part of them, or say some of them several times."""
    while isinstance(voxels.base, np.ndarray):
        voxels = voxels.base
    buffer = voxels.base
    return memoryview(buffer).nbytes if isinstance(buffer, bytes | bytearray | memoryview) else voxels.nbytes


def _around(region: Region, whole: Region) -> Iterator[Region]:
    """What viewers and runs ask for of which a region may be a part."""
    yield whole
    t, stop = region.start[0], region.stop[0]
    if stop - t < whole.stop[0]:
        yield whole.along("t", t, stop)
    cut = [axis for axis in (2, 3, 4) if region.stop[axis] - region.start[axis] < whole.stop[axis]]
    if len(cut) > 1:
        slices = [whole.along("t", t, stop).along(AXES[axis], region.start[axis], region.stop[axis]) for axis in cut]
        yield from slices
        yield block(slices[-1], whole)
