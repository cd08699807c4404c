"""One output of one node, read region by region or from end to end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nodeeditor.cancelling import never
from nodeeditor.engine.ahead import ahead
from nodeeditor.engine.boundnode import Bound
from nodeeditor.errors import NodeError
from nodeeditor.image import Image, ImageInfo, Region

if TYPE_CHECKING:
    from nodeeditor.engine.engine import Engine

SLAB = 2**20
"""Voxels of a page when a whole volume is computed."""


@dataclass(frozen=True)
class Stream:
    """One output of one node, read by region; what effect nodes get as `nodeeditor.Pages`."""

    engine: Engine
    target: Bound
    output: str
    cancelled: Callable[[], bool] = never
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

        for number, page in enumerate(itertools.chain([first], ahead(computed, parts[1:], engine.begin)), 1):
            self.delivered(page)
            engine.listeners.read(self.target.name, self.target.key, number / len(parts))
            yield page
