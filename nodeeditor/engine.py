"""Runs tasks and remembers pages."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nodeeditor.check import fed
from nodeeditor.errors import Cancelled, NetworkError, NodeError, WiringError, suggestion
from nodeeditor.image import Image, ImageInfo, Region
from nodeeditor.library import Library
from nodeeditor.network import Network, endpoint
from nodeeditor.node import ask, checked_voxels
from nodeeditor.paths import Paths
from nodeeditor.plan import Bound, Described, PageKey, Task, bound, guarded, page_of, plan

SLAB = 2**20
"""Voxels of a page when a whole volume is computed."""
_KEPT_DESCRIPTIONS = 4096


@dataclass(frozen=True)
class Computed:
    """One page that was computed just now, for whoever watches the engine."""

    node: str
    output: str
    region: Region
    seconds: float
    nbytes: int


class PageCache:
    """Pages by key, the least recently used ones dropped when their bytes exceed ``limit``; safe among threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._pages: OrderedDict[PageKey, Image] = OrderedDict()
        self._whole: dict[tuple[str, str], Region] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: PageKey) -> bool:
        return key in self._pages

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: PageKey) -> Image | None:
        """The page, which then counts as used; None where it is not there any more."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def covering(self, key: PageKey) -> Image | None:
        """The page cut out of the whole image, where that is remembered."""
        node, output, region = key
        whole = self._whole.get((node, output))
        page = self.get((node, output, whole)) if whole is not None else None
        return page.at(region) if page is not None else None

    def put(self, key: PageKey, page: Image) -> None:
        """Remember a page, unless it alone is larger than the limit."""
        size = page.voxels.nbytes
        with self._lock:
            if size > self.limit or key in self._pages:
                return
            self._pages[key] = page
            if key[2] == page.info.whole:
                self._whole[key[:2]] = key[2]
            self.nbytes += size
            while self.nbytes > self.limit:
                gone, dropped = self._pages.popitem(last=False)
                self.nbytes -= dropped.voxels.nbytes
                if gone[2] == dropped.info.whole:
                    self._whole.pop(gone[:2], None)


class Engine:
    """Answers demands on networks, computing only what no earlier answer holds.

    ``limit`` bounds the bytes of remembered pages (default: the environment variable NODEEDITOR_CACHE in MiB, else
    a quarter of the free memory); ``watch`` is called with each page that was computed. Undo needs no help here:
    an earlier network has equal keys, so its pages are found again.
    """

    def __init__(
        self, library: Library, limit: int | None = None, watch: Callable[[Computed], None] | None = None
    ) -> None:
        self.library = library
        self.pages = PageCache(cache_limit() if limit is None else limit)
        self._watch = watch
        self._described: OrderedDict[str, Described] = OrderedDict()
        self._lock = threading.Lock()

    def bound(self, network: Network, targets: Iterable[str], paths: Paths | None = None) -> dict[str, Bound]:
        """The target nodes and their ancestors, configured and described, in the order of the flow.

        Raises NetworkError with all their problems, or NodeError where a node cannot describe its output.
        """
        with self._lock:
            made = bound(network, self.library, paths or Paths(), targets, self._described)
            self._forget(made.values())
        return made

    def _forget(self, used: Iterable[Bound]) -> None:
        """Drop descriptions that were not used for long, and the opened files that they keep in memory."""
        for one in used:
            self._described.move_to_end(one.key)
        kept = {one.key for one in used}
        held = sum(getattr(one.opened, "nbytes", 0) for one in self._described.values())
        for key in list(self._described):
            if key in kept or (held <= self.pages.limit and len(self._described) <= _KEPT_DESCRIPTIONS):
                break
            held -= getattr(self._described.pop(key).opened, "nbytes", 0)

    def info(self, network: Network, output: str, paths: Paths | None = None) -> ImageInfo:
        """What is known of ``Node.output`` without computing a voxel; raises as `bound` does."""
        return self.stream(network, output, paths).info

    def values(self, network: Network, node: str, paths: Paths | None = None) -> Mapping[str, Any]:
        """A node's read-only fields by their names in files; raises as `bound` does."""
        return self.bound(network, [node], paths)[node].described.values

    def image(self, network: Network, output: str, region: Region | None = None, paths: Paths | None = None) -> Image:
        """The voxels of ``Node.output``, the whole or a region; raises as `bound` does."""
        return self.stream(network, output, paths).read(region)

    def stream(
        self,
        network: Network,
        output: str,
        paths: Paths | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        delivered: Callable[[Image], None] = lambda page: None,
    ) -> Stream:
        """``Node.output`` ready to be read by region; raises as `bound` does.

        ``delivered`` is called with every page that is read, for progress and statistics.
        """
        try:
            node, connector = endpoint(output)
        except ValueError as error:
            raise WiringError(str(error)) from None
        passed = fed(network, self.library, (node, connector))
        if passed is None:
            raise WiringError("is bypassed, and nothing flows through it", node, connector)
        node, connector = passed
        target = self.bound(network, [node], paths)[node]
        connector = type(target.node).renamed.get(connector, connector)
        if connector not in target.described.infos:
            known = target.described.infos
            hint = suggestion(connector, known) or f"; it has {', '.join(known) or 'none'}"
            raise WiringError(f"there is no output of that name{hint}", node, connector)
        return Stream(self, target, connector, cancelled, delivered)

    def perform(
        self,
        network: Network,
        node: str,
        paths: Paths | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        delivered: Callable[[Image], None] = lambda page: None,
    ) -> None:
        """Let an effect node do its work; raises as `bound` does, and NodeError when the work fails."""
        target = self.bound(network, [node], paths)[node]
        streams: dict[str, Any] = {
            name: Stream(self, source, output, cancelled, delivered)
            for name, (source, output) in target.sources.items()
        }
        available = {**target.available, **streams}
        guarded(node, lambda: ask(target.node, "perform", available))

    def computed(
        self,
        target: Bound,
        output: str,
        region: Region,
        cancelled: Callable[[], bool] = lambda: False,
        held: Mapping[PageKey, Image] | None = None,
    ) -> tuple[Image, dict[PageKey, Image]]:
        """One page, and the pages of whole images that went into it.

        A caller that asks slab by slab hands the latter back as ``held``, so that a filter which needs a whole
        volume gets it once, even where the cache cannot keep it.
        """
        wanted = page_of(target, output, region)
        pages = dict(held or {})

        def known(key: PageKey) -> bool:
            page = pages.get(key) or self.pages.get(key) or self.pages.covering(key)
            if page is not None:
                pages[key] = page
            return page is not None

        tasks = plan((target, output, region), known)
        uses = Counter(key for task in tasks for key, _ in task.inputs.values())
        for task in tasks:
            if cancelled():
                raise Cancelled
            pages[task.key] = self._page(task, pages)
            for key, _ in task.inputs.values():
                uses[key] -= 1
                if not uses[key] and key != wanted and pages[key].region != pages[key].info.whole:
                    del pages[key]
        page = pages[wanted]
        return page, {key: kept for key, kept in pages.items() if kept.region == kept.info.whole}

    def _page(self, task: Task, pages: Mapping[PageKey, Image]) -> Image:
        started = time.perf_counter()
        name, node = task.bound.name, task.bound.node
        inputs = {given: pages[key].at(region) for given, (key, region) in task.inputs.items()}
        infos = task.bound.available
        unread = {given: None for given in task.bound.sources if given not in inputs}
        available = {**infos, **unread, **inputs, "region": task.region, "output": task.output}
        info = task.bound.described.infos[task.output]
        page = guarded(name, lambda: checked_voxels(ask(node, "compute", available), info, task.region), task.region)
        self.pages.put(task.key, page)
        if self._watch is not None:
            seconds = time.perf_counter() - started
            self._watch(Computed(name, task.output, task.region, seconds, page.voxels.nbytes))
        return page


@dataclass(frozen=True)
class Stream:
    """One output of one node, read by region; what effect nodes get as `nodeeditor.Pages`."""

    engine: Engine
    target: Bound
    output: str
    cancelled: Callable[[], bool] = lambda: False
    delivered: Callable[[Image], None] = lambda page: None

    @property
    def info(self) -> ImageInfo:
        """What is known of the image."""
        return self.target.described.infos[self.output]

    def read(self, region: Region | None = None) -> Image:
        """The voxels of a region, or of the whole; a large one is computed slab by slab."""
        region = region or self.info.whole
        if region not in self.info.whole or not region.size:
            raise NodeError(f"{region} is outside of its extent {self.info.extent}", self.target.name)
        if region.size <= SLAB:
            page = self.engine.computed(self.target, self.output, region, self.cancelled)[0]
            self.delivered(page)
            return page
        try:
            voxels = np.empty(region.shape, self.info.dtype)
        except MemoryError as error:
            size = region.size * self.info.dtype.itemsize / 2**30
            raise NodeError(f"needs {size:.1f} GiB, which is not free", self.target.name, region) from error
        for page in self._slabs(region):
            voxels[page.region.within(region)] = page.voxels
        return Image(self.info, region, voxels)

    def __iter__(self) -> Iterator[Image]:
        """The whole image in slabs, in order along t and z."""
        return self._slabs(self.info.whole)

    def _slabs(self, region: Region) -> Iterator[Image]:
        held: dict[PageKey, Image] = {}
        for part in region.pages(SLAB):
            page, held = self.engine.computed(self.target, self.output, part, self.cancelled, held)
            self.delivered(page)
            yield page


def cache_limit() -> int:
    """Bytes for remembered pages: NODEEDITOR_CACHE in MiB, else a quarter of the memory that is free now."""
    setting = os.environ.get("NODEEDITOR_CACHE", "")
    if setting:
        if not setting.isdecimal():
            raise NetworkError(f"NODEEDITOR_CACHE is {setting!r}, not a number of MiB")
        return int(setting) * 2**20
    return free_memory() // 4


def free_memory() -> int:
    """Bytes of memory that are free for new work, as the system tells; 4 GiB where it does not."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123  (a kernel table, no file)
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30
