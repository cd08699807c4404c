"""Runs tasks and remembers pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from nodeeditor.cancelling import ASKED, never, unless
from nodeeditor.check import fed
from nodeeditor.engine.ahead import step_back
from nodeeditor.engine.asking import ask, blamed, checked_voxels, guarded
from nodeeditor.engine.binding import Binding, Known, bound, known
from nodeeditor.engine.boundnode import Bound, Described, Recall, described
from nodeeditor.engine.cache import Descriptions, Once, PageCache
from nodeeditor.engine.composed import bound_through, folded
from nodeeditor.engine.listening import Computed, Listener, Listeners, Watch
from nodeeditor.engine.pageshape import block
from nodeeditor.engine.plan import PageKey, Task, plan
from nodeeditor.engine.stream import Stream
from nodeeditor.errors import Cancelled, NodeEditorError, NodeError, WiringError, suggestion
from nodeeditor.image import Extent, Image, ImageInfo, Region
from nodeeditor.library import Library
from nodeeditor.macros.expansion import Expansion, Expansions
from nodeeditor.memory import cache_limit
from nodeeditor.network import Network, endpoint
from nodeeditor.node import Node
from nodeeditor.paths import Paths

_KEPT_BINDINGS = 128  # for as many viewers and other targets of all documents in turn
_ALL = None  # instead of targets: every node
_KEPT_BLOCKS = 8  # have to fit into the cache where a source is read in blocks


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
        self.listeners = Listeners([Watch(watch)] if watch else [])
        self.withheld: Mapping[str, str] = {}
        self.shared: Collection[str] = ()
        self.begin: Callable[[], None] | None = None
        self._kept: Collection[str] | None = None
        self._descriptions = Descriptions(self.pages.limit)
        self._last: dict[tuple[object, tuple[str, ...] | None], Binding] = {}
        self._mine = object()
        self._expansions = Expansions()
        self._computing: Once[PageKey, Image] = Once()

    def heard(self, listener: Listener) -> Engine:
        """This engine, sharing all that it remembers, with one more who hears of what is asked through it."""
        other = copy(self)
        other.listeners = self.listeners.joined(listener)
        return other

    def over(self, library: Library) -> Engine:
        """This engine, sharing all that it remembers, for networks that are made of another library's node types."""
        other = copy(self)
        other.library = library
        other._mine, other._expansions = object(), Expansions()
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

    def behind(self) -> Engine:
        """This engine, sharing all that it remembers, whose slabs of large images give way to all other work."""
        other = copy(self)
        other.begin = step_back
        return other

    def bound(
        self,
        network: Network,
        targets: Iterable[str],
        paths: Paths | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Mapping[str, Bound]:
        """The target nodes and their ancestors, configured and described, in the order of the flow.

        Raises NetworkError with all their problems, NodeError where a node cannot describe its output, and Cancelled.
        """
        return self._through(self.expansion(network), targets, paths, cancelled)

    def _through(
        self, flat: Expansion, targets: Iterable[str], paths: Paths | None, cancelled: Callable[[], bool]
    ) -> Mapping[str, Bound]:
        if not flat.macros:
            return self._bound(flat.network, targets, paths, cancelled)
        return bound_through(
            flat, targets, self.library, lambda ends: self._bound(flat.network, ends, paths, cancelled)
        )

    def _bound(
        self, network: Network, targets: Iterable[str], paths: Paths | None, cancelled: Callable[[], bool]
    ) -> Mapping[str, Bound]:
        paths = paths or _from(os.getcwd())  # noqa: PTH109  (a text is enough to know it again)
        wanted = tuple(targets)
        last = self._last.get((self._mine, wanted))
        if last is not None and self.withheld and any(map(self._withheld, last.made)):
            last = None  # each node is asked for, as far as it is still needed
        binding = bound(network, self.library, paths, wanted, self._recall(cancelled), cancelled, last)
        self._keep(wanted, binding)
        self._forget(binding.made, binding.opened)
        return binding.made

    def known(self, network: Network, paths: Paths | None = None, cancelled: Callable[[], bool] = never) -> Known:
        """Every node of a network as far as it is right, and what is wrong with the others; raises only Cancelled."""
        flat = self.expansion(network)
        paths = paths or Paths()
        last = None if self.withheld else self._last.get((self._mine, _ALL))
        made, binding = known(flat.network, self.library, paths, self._recall(cancelled), cancelled, last)
        if binding is not None:
            self._keep(_ALL, binding)
        opened = [one.key for one in made.bound.values() if one.described.opened is not None]
        self._forget(made.bound, opened)
        return folded(made, flat, self.library) if flat.macros else made

    def _keep(self, targets: tuple[str, ...] | None, binding: Binding) -> None:
        """Let what was found serve the next network of this library, too."""
        key = self._mine, targets
        if key not in self._last and len(self._last) >= _KEPT_BINDINGS:
            self._last.clear()
        self._last[key] = binding

    def _forget(self, used: Mapping[str, Bound], opened: Iterable[str] = ()) -> None:
        """Drop files that were not used for long, and all that holds them open."""
        dropped = self._descriptions.forget((one.key for one in used.values()), opened)
        if dropped:
            self.pages.forget(dropped)
            self._last.clear()

    def _withheld(self, name: str) -> str:
        """Why a node gives nothing, in words; empty for one that is not withheld."""
        return self.withheld.get(self._expansions.place(name), "")

    def _recall(self, cancelled: Callable[[], bool]) -> Recall:
        def recalled(name: str, key: str, node: Node, infos: Mapping[str, ImageInfo]) -> Described:
            if self.withheld and (reason := self._withheld(name)):
                raise NodeError(reason, name)
            known = self._descriptions.get(key)
            if known is not None:
                return known

            def asked() -> Described:
                with self.listeners.during(name, key, "describe"):
                    return described(node, infos)

            if "open" in node.declaration.parameters:
                return self._descriptions.described(key, asked, cancelled)
            return self._descriptions.put(key, asked())

        return recalled

    def expansion(self, network: Network) -> Expansion:
        """A network as it is run: with what is inside its macros in their places."""
        return self._expansions.of(network, self.library)

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
        cancelled: Callable[[], bool] = never,
        delivered: Callable[[Image], None] = lambda page: None,
    ) -> Stream:
        """``Node.output`` ready to be read by region; raises as `bound` does.

        ``delivered`` is called with every page that is read, for progress and statistics.
        """
        try:
            node, connector = endpoint(output)
        except ValueError as error:
            raise WiringError(str(error)) from None
        flat = self.expansion(network)
        passed = fed(flat.network, self.library, endpoint(flat.end(output)))
        if passed is None:
            raise WiringError("is bypassed, and nothing flows through it", node, connector)
        node, connector = passed
        if node in flat.macros:
            raise _no_output(node, connector, flat.macros[node].declaration.outputs)
        target = self._through(flat, [node], paths, cancelled)[node]
        connector = type(target.node).renamed.get(connector, connector)
        if connector not in target.described.infos:
            raise _no_output(node, connector, target.described.infos)
        return Stream(self, target, connector, cancelled, delivered)

    def perform(
        self,
        network: Network,
        node: str,
        paths: Paths | None = None,
        cancelled: Callable[[], bool] = never,
        delivered: Callable[[Image], None] = lambda page: None,
    ) -> None:
        """Let an effect node do its work; raises as `bound` does, and NodeError when the work fails."""
        target = self.bound(network, [node], paths, cancelled)[node]
        streams: dict[str, Any] = {
            name: Stream(self, source, output, cancelled, delivered)
            for name, (source, output) in target.sources.items()
        }
        available = {**target.available, **streams}
        with self.listeners.during(node, target.key, "perform"), unless(cancelled):
            guarded(node, lambda: ask(target.node, "perform", available))

    def computed(
        self,
        target: Bound,
        output: str,
        region: Region,
        cancelled: Callable[[], bool] = never,
        held: Mapping[PageKey, Image] | None = None,
    ) -> tuple[Image, dict[PageKey, Image]]:
        """One page, and the pages of whole images that went into it.

        A caller that asks slab by slab hands the latter back as ``held``, so that a filter which needs a whole
        volume gets it once, even where the cache cannot keep it.
        """

        def remembered(key: PageKey, extent: Extent) -> Image | None:
            page = held.get(key) if held else None
            return page or self.pages.covering(key, extent)

        demand = target, output, self._shaped(target, output, region)
        tasks, keys, pages = plan(demand, remembered if held else self.pages.covering, self._shaped)
        asked_before = ASKED.set(cancelled)
        try:
            for task in tasks:
                if cancelled():
                    raise Cancelled
                page = self._computing.begun(task.key, cancelled)
                if page is None:
                    try:
                        page = self.pages.get(task.key) or self._made(task, pages)
                    finally:
                        self._computing.ended(task.key, page)
                pages[task.number] = page
                for number in task.ends:
                    pages[number] = None
        finally:
            ASKED.reset(asked_before)
        demanded = pages[0]
        assert demanded is not None
        whole = {
            key: page for key, page in zip(keys, pages, strict=True) if page and page.region.covers(page.info.extent)
        }
        return demanded.at(region), whole

    def _shaped(self, one: Bound, output: str, region: Region) -> Region:
        """The page that serves a region: of a source, and where the cache can keep it, one that is quickly read."""
        if one.sources:
            return region
        info = one.described.infos[output]
        shape = block(region, info.whole)
        return shape if shape.size * info.dtype.itemsize <= self.pages.limit // _KEPT_BLOCKS else region

    def _made(self, task: Task, pages: Sequence[Image | None]) -> Image:
        started = time.perf_counter() if self.listeners else 0.0
        _, key, one, output, inputs, several, _ = task
        region, node, opened = key[2], one.node, one.described.opened
        given: dict[str, Any] = {}
        for name in node.declaration.parameters["compute"]:
            if name in several:
                given[name] = tuple([page.at(part) for number, part in inputs[name] if (page := pages[number])])
            elif name in inputs:
                number, part = inputs[name][0]
                page = pages[number]
                given[name] = page and page.at(part)
            elif name == "region":
                given[name] = region
            elif name == "output":
                given[name] = output
            else:
                given[name] = opened if name == "opened" else None
        try:
            if not self.listeners.surround:
                made = _asked(one, output, region, given)
            else:
                with self.listeners.during(one.name, one.key, "compute"):
                    made = _asked(one, output, region, given)
        except NodeEditorError as error:
            raise self._expansions.retold(error) from error.__cause__
        if self._kept is None or one.name in self._kept:
            self.pages.put(key, made, 0 if opened is None else getattr(opened, "nbytes", 0))
        if self.listeners:
            event = Computed(one.name, output, region, time.perf_counter() - started, made.voxels.nbytes)
            self.listeners.computed(event)
        return made


def _no_output(node: str, connector: str, known: Iterable[str]) -> WiringError:
    hint = suggestion(connector, known) or f"; it has {', '.join(known) or 'none'}"
    return WiringError(f"there is no output of that name{hint}", node, connector)


@lru_cache(1)
def _from(folder: str) -> Paths:
    """Paths of a network that is not saved."""
    return Paths(Path(folder))


def _asked(one: Bound, output: str, region: Region, given: Mapping[str, Any]) -> Image:
    """What a node computes; raises NodeError."""
    try:
        voxels = one.node.compute(**given)
        return checked_voxels(voxels, one.described.infos[output], region)
    except Exception as error:
        told = blamed(error, one.name, region)
        raise told from told.__cause__
