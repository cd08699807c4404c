"""Runs tasks and remembers pages."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from nodeeditor.ahead import ahead
from nodeeditor.cache import Descriptions, Once, PageCache
from nodeeditor.check import fed
from nodeeditor.errors import Cancelled, NetworkError, NodeError, WiringError, suggestion
from nodeeditor.image import Image, ImageInfo, Region
from nodeeditor.library import Library
from nodeeditor.network import Network, endpoint
from nodeeditor.node import ask, checked_voxels
from nodeeditor.pageshape import block
from nodeeditor.paths import Paths
from nodeeditor.plan import (
    Binding,
    Bound,
    Described,
    Known,
    PageKey,
    Recall,
    Task,
    bound,
    guarded,
    known,
    page_of,
    plan,
)

SLAB = 2**20
"""Voxels of a page when a whole volume is computed."""
_KEPT_BINDINGS = 32  # for as many viewers and other targets in turn
_KEPT_BLOCKS = 8  # have to fit into the cache where a source is read in blocks


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Computed:
    """One page that was computed just now, for whoever watches the engine."""

    node: str
    output: str
    region: Region
    seconds: float
    nbytes: int


Doing: TypeAlias = Literal["describe", "compute", "perform"]
"""What a node is at: opening its file and saying what it gives, making a page, or doing what an effect node does."""


class Listener:
    """Is told what the engine does on behalf of one request; a subclass hears what it wants to.

    Slabs of a large image are computed on threads of their own: what is told of them comes from there.
    """

    def during(self, node: str, key: str, doing: Doing) -> AbstractContextManager[object]:
        """Surrounds the work of a node under its key."""
        return nullcontext()

    def computed(self, page: Computed) -> None:
        """A page was computed."""

    def read(self, node: str, key: str, part: float) -> None:
        """This part, from 0 to 1, of a large image that a node gives was read."""


class _Watch(Listener):
    def __init__(self, watch: Callable[[Computed], None]) -> None:
        self._watch = watch

    def computed(self, page: Computed) -> None:
        self._watch(page)


class Engine:
    """Answers demands on networks, computing only what no earlier answer holds.

    ``limit`` bounds the bytes of remembered pages (default: the environment variable NODEEDITOR_CACHE in MiB, else
    a quarter of the free memory); ``watch`` is called with each page that was computed. Undo needs no help here:
    an earlier network has equal keys, so its pages are found again. Any number of threads may ask at the same time.
    """

    def __init__(
        self, library: Library, limit: int | None = None, watch: Callable[[Computed], None] | None = None
    ) -> None:
        self.library = library
        self.pages = PageCache(cache_limit() if limit is None else limit)
        self.listeners: tuple[Listener, ...] = (_Watch(watch),) if watch else ()
        self.withheld: Mapping[str, str] = {}
        self.shared: Collection[str] = ()
        self._kept: Collection[str] | None = None
        self._descriptions = Descriptions(self.pages.limit)
        self._last: dict[tuple[str, ...], Binding] = {}
        self._computing: Once[PageKey, Image] = Once()

    def heard(self, listener: Listener) -> Engine:
        """This engine, sharing all that it remembers, with one more who hears of what is asked through it."""
        other = copy(self)
        other.listeners = (*self.listeners, listener)
        return other

    def withholding(self, reasons: Mapping[str, str]) -> Engine:
        """This engine, sharing all that it remembers, for which some nodes give nothing, for reasons in words."""
        other = copy(self)
        other.withheld = reasons
        return other

    def sharing(self, nodes: Collection[str]) -> Engine:
        """This engine, sharing all that it remembers, for which several streams read what some nodes give."""
        other = copy(self)
        other.shared = nodes
        return other

    def passing(self) -> Engine:
        """This engine, using all that it remembers, which remembers no more than what several streams share."""
        other = copy(self)
        other._kept = self.shared
        return other

    def bound(
        self,
        network: Network,
        targets: Iterable[str],
        paths: Paths | None = None,
        cancelled: Callable[[], bool] = _never,
    ) -> dict[str, Bound]:
        """The target nodes and their ancestors, configured and described, in the order of the flow.

        Raises NetworkError with all their problems, NodeError where a node cannot describe its output, and Cancelled.
        """
        paths, wanted = paths or Paths(), tuple(targets)
        made = bound(network, self.library, paths, wanted, self._recall(cancelled), cancelled, self._last.get(wanted))
        if len(self._last) >= _KEPT_BINDINGS:
            self._last.clear()
        self._last[wanted] = Binding(network, paths, made)
        self._forget(made)
        return made

    def known(self, network: Network, paths: Paths | None = None, cancelled: Callable[[], bool] = _never) -> Known:
        """Every node of a network as far as it is right, and what is wrong with the others; raises only Cancelled."""
        made = known(network, self.library, paths or Paths(), self._recall(cancelled), cancelled)
        self._forget(made.bound)
        return made

    def _forget(self, used: Mapping[str, Bound]) -> None:
        """Drop files that were not used for long, and all that holds them open."""
        dropped = self._descriptions.forget(one.key for one in used.values())
        if dropped:
            self.pages.forget(dropped)
            self._last.clear()

    def _recall(self, cancelled: Callable[[], bool]) -> Recall:
        def recalled(name: str, key: str, work: Callable[[], Described]) -> Described:
            if name in self.withheld:
                raise NodeError(self.withheld[name], name)

            def described() -> Described:
                with self._during(name, key, "describe"):
                    return work()

            return self._descriptions.described(key, described, cancelled)

        return recalled

    def _during(self, name: str, key: str, doing: Doing) -> AbstractContextManager[object]:
        if len(self.listeners) == 1:
            return self.listeners[0].during(name, key, doing)
        stack = ExitStack()
        for listener in self.listeners:
            stack.enter_context(listener.during(name, key, doing))
        return stack

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
        cancelled: Callable[[], bool] = _never,
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
        target = self.bound(network, [node], paths, cancelled)[node]
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
        cancelled: Callable[[], bool] = _never,
        delivered: Callable[[Image], None] = lambda page: None,
    ) -> None:
        """Let an effect node do its work; raises as `bound` does, and NodeError when the work fails."""
        target = self.bound(network, [node], paths, cancelled)[node]
        streams: dict[str, Any] = {
            name: Stream(self, source, output, cancelled, delivered)
            for name, (source, output) in target.sources.items()
        }
        available = {**target.available, **streams}
        with self._during(node, target.key, "perform"):
            guarded(node, lambda: ask(target.node, "perform", available))

    def computed(
        self,
        target: Bound,
        output: str,
        region: Region,
        cancelled: Callable[[], bool] = _never,
        held: Mapping[PageKey, Image] | None = None,
    ) -> tuple[Image, dict[PageKey, Image]]:
        """One page, and the pages of whole images that went into it.

        A caller that asks slab by slab hands the latter back as ``held``, so that a filter which needs a whole
        volume gets it once, even where the cache cannot keep it.
        """
        shape = self._shaped(target, output, region)
        wanted = page_of(target, output, shape)
        pages = dict(held or {})

        def remembered(key: PageKey, whole: Region) -> bool:
            page = pages.get(key) or self.pages.covering(key, whole)
            if page is not None:
                pages[key] = page
            return page is not None

        whole = target.described.infos[output].whole
        tasks = [] if remembered(wanted, whole) else plan((target, output, shape), remembered, self._shaped)
        uses = Counter(key for task in tasks for taken in task.inputs.values() for key, _ in taken)
        for task in tasks:
            if cancelled():
                raise Cancelled
            pages[task.key] = self._page(task, pages, cancelled)
            for key, _ in itertools.chain(*task.inputs.values()):
                uses[key] -= 1
                if not uses[key] and key != wanted and pages[key].region != pages[key].info.whole:
                    del pages[key]
        return pages[wanted].at(region), {key: kept for key, kept in pages.items() if kept.region == kept.info.whole}

    def _shaped(self, one: Bound, output: str, region: Region) -> Region:
        """The page that serves a region: of a source, and where the cache can keep it, one that is quickly read."""
        if one.sources:
            return region
        info = one.described.infos[output]
        shape = block(region, info.whole)
        return shape if shape.size * info.dtype.itemsize <= self.pages.limit // _KEPT_BLOCKS else region

    def _page(self, task: Task, pages: Mapping[PageKey, Image], cancelled: Callable[[], bool]) -> Image:
        def page() -> Image:
            return self.pages.get(task.key) or self._made(task, pages)

        return self._computing.result(task.key, page, cancelled)

    def _made(self, task: Task, pages: Mapping[PageKey, Image]) -> Image:
        started = time.perf_counter()
        name, node = task.bound.name, task.bound.node
        images = {given: tuple(pages[key].at(region) for key, region in taken) for given, taken in task.inputs.items()}
        inputs = {given: made if given in task.several else made[0] for given, made in images.items()}
        infos = task.bound.available
        unread = {given: None for given in task.bound.sources if given not in inputs}
        available = {**infos, **unread, **inputs, "region": task.region, "output": task.output}
        info = task.bound.described.infos[task.output]
        with self._during(name, task.bound.key, "compute"):
            page = guarded(
                name, lambda: checked_voxels(ask(node, "compute", available), info, task.region), task.region
            )
        if self._kept is None or name in self._kept:
            self.pages.put(task.key, page, getattr(task.bound.described.opened, "nbytes", 0))
        seconds = time.perf_counter() - started
        event = Computed(name, task.output, task.region, seconds, page.voxels.nbytes)
        for listener in self.listeners:
            listener.computed(event)
        return page


@dataclass(frozen=True)
class Stream:
    """One output of one node, read by region; what effect nodes get as `nodeeditor.Pages`."""

    engine: Engine
    target: Bound
    output: str
    cancelled: Callable[[], bool] = _never
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
        if len(slabs := list(region.pages(SLAB))) == 1:
            page = self.engine.computed(self.target, self.output, region, self.cancelled)[0]
            self.delivered(page)
            return page
        try:
            voxels = np.empty(region.shape, self.info.dtype)
        except MemoryError as error:
            size = region.size * self.info.dtype.itemsize / 2**30
            raise NodeError(f"needs {size:.1f} GiB, which is not free", self.target.name, region) from error
        engine = self.engine.passing() if region == self.info.whole else self.engine
        for page in self._pages(slabs, engine):
            voxels[page.region.within(region)] = page.voxels
        return Image(self.info, region, voxels)

    def __iter__(self) -> Iterator[Image]:
        """The whole image in slabs, in order along t and z; it is taken to be read once, so they are not remembered."""
        return self._pages(list(self.info.whole.pages(SLAB)), self.engine.passing())

    def _pages(self, parts: Sequence[Region], engine: Engine) -> Iterator[Image]:
        """The pages of some regions; the first one alone, for what it holds of whole images serves the others."""
        first, held = engine.computed(self.target, self.output, parts[0], self.cancelled)

        def computed(part: Region, stopped: Callable[[], bool]) -> Image:
            def unwanted() -> bool:
                return stopped() or self.cancelled()

            return engine.computed(self.target, self.output, part, unwanted, held)[0]

        for number, page in enumerate(itertools.chain([first], ahead(computed, parts[1:])), 1):
            self.delivered(page)
            for listener in engine.listeners:
                listener.read(self.target.name, self.target.key, number / len(parts))
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
