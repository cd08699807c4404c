"""A demand becomes tasks: which pages of which nodes have to be computed for a region of an output."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from nodeeditor.engine.asking import Needs, guarded, needed, reached
from nodeeditor.engine.boundnode import Bound
from nodeeditor.image import Extent, Image, Region

PageKey: TypeAlias = tuple[str, str, Region]
"""Key of the node, output, region: what names a page's content for good."""


End: TypeAlias = tuple[Bound, str]
"""An output of a node."""
Place: TypeAlias = tuple[int, Region]
"""A region out of a page of a plan, by the page's number there."""


class Task(NamedTuple):
    """One page to compute: its number and key, its node, what it takes, and the pages that nobody needs after it.

    Inputs named in ``several`` are given as a tuple of images, the others as the one image.
    """

    number: int
    key: PageKey
    bound: Bound
    output: str
    inputs: Mapping[str, Sequence[Place]]
    several: Collection[str]
    ends: Sequence[int]


class Plan(NamedTuple):
    """Tasks, each behind those it needs, and all pages by number: those that are there, None for those to come.

    The demanded page is number 0.
    """

    tasks: Sequence[Task]
    keys: Sequence[PageKey]
    pages: list[Image | None]


def plan(
    demand: tuple[Bound, str, Region],
    remembered: Callable[[PageKey, Extent], Image | None],
    shaped: Callable[[Bound, str, Region], Region] = lambda one, output, region: region,
) -> Plan:
    """What gives one region of one output; a page that is remembered asks for nothing.

    ``remembered`` gets a page's key and the extent of its whole image, ``shaped`` says which page of a source serves a
    region. Walking up from the demanded node, each node comes when all that take from it have said what they need.
    """
    target, output, region = demand
    end: End = (target, output)
    wanted: dict[End, list[Region]] = {end: [region]}
    waiting = [(-target.depth, 0, end)]
    there: dict[End, list[Place]] = {}
    keys: list[PageKey] = []
    pages: list[Image | None] = []
    takers: list[tuple[int, End, Needs]] = []
    while waiting:
        end = heappop(waiting)[2]
        one, output = end
        extent = one.described.infos[output].extent
        regions = wanted[end] if one.sources else [shaped(one, output, part) for part in wanted[end]]
        places = there[end] = []
        for part in regions if len(regions) == 1 else _merged(regions):
            key = (one.key, output, part)
            page = remembered(key, extent)
            if page is None:
                needs = dict.fromkeys(one.sources, part) if one.pointwise else _needs(one, output, part)
                takers.append((len(pages), end, needs))
                for given, taken in needs.items():
                    source = one.sources[given]
                    if source not in wanted:
                        heappush(waiting, (-source[0].depth, len(wanted), source))
                        wanted[source] = []
                    wanted[source] += taken if isinstance(taken, tuple) else (taken,)
            places.append((len(pages), part))
            keys.append(key)
            pages.append(page)
    return Plan(_tasks(takers, there, keys), keys, pages)


def _needs(one: Bound, output: str, page: Region) -> Needs:
    if "needs" not in one.node.declaration.parameters:
        return reached(one.node, page, one.infos)
    available = {**one.available, "region": page, "output": output}
    return guarded(one.name, partial(needed, one.node, available, one.infos), page)


def _tasks(
    takers: Sequence[tuple[int, End, Needs]], there: Mapping[End, list[Place]], keys: Sequence[PageKey]
) -> list[Task]:
    tasks: list[Task] = []
    used: set[int] = set()
    for number, (one, output), needs in takers:  # the last come first: who is first to need a page is the last of all
        inputs: dict[str, Sequence[Place]] = {}
        several: Collection[str] = ()
        ends: list[int] = []
        for given, regions in needs.items():
            places = there[one.sources[given]]
            if isinstance(regions, tuple):
                several = (*several, given)
                taken: Sequence[Place] = [(_holding(places, part), part) for part in regions]
            elif len(places) == 1:
                taken = ((places[0][0], regions),)
            else:
                taken = ((_holding(places, regions), regions),)
            inputs[given] = taken
            for page, _ in taken:
                if page not in used:
                    used.add(page)
                    if not keys[page][2].covers(one.infos[given].extent):
                        ends.append(page)
        tasks.append(Task(number, keys[number], one, output, inputs, several, ends))
    return tasks[::-1]


def _merged(regions: list[Region]) -> list[Region]:
    """The regions with those joined that overlap so much that one page costs less than two."""
    pages: list[Region] = []
    different = dict.fromkeys(regions)
    if len(different) == 1:
        return list(different)
    for region in sorted(different, key=lambda one: (one.start, one.stop)):
        if pages and (pages[-1] | region).size < pages[-1].size + region.size:
            pages[-1] |= region
        else:
            pages.append(region)
    return pages


def _holding(places: Sequence[Place], part: Region) -> int:
    """The number of the page that holds a region."""
    return next(number for number, page in places if part in page)
