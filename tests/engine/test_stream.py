"""Slabs that pass by leave nothing behind, views of what is open take nothing, sagittal slices come in blocks."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from nodeeditor.engine import Engine
from nodeeditor.engine.cache import PageCache
from nodeeditor.engine.listening import Computed
from nodeeditor.engine.stream import SLAB
from nodeeditor.errors import Cancelled, NodeError
from nodeeditor.image import Image, ImageInfo, Region, Voxels
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.node import Input, Node, Output, field

from ..samples import LIBRARY, Watched, chain, network, numbers

ROWS = SLAB // 40
SLABS = network("A.input0=R.output0", R=NodeSpec("Ramp", {"slices": 20, "rows": ROWS}), A="Add")
MIB = 2**20


@dataclass(frozen=True, eq=False)
class Volume:
    """An opened file that is kept in memory."""

    voxels: Voxels

    @property
    def nbytes(self) -> int:
        return self.voxels.nbytes


OPENED: weakref.WeakSet[Volume] = weakref.WeakSet()


class InMemory(Node):
    """Voxels that hold their own numbers, kept in memory."""

    output0 = Output(Image, "The numbers.")
    slices: int = field(default=8, help="Slices.")
    side: int = field(default=64, help="Rows and columns.")
    number: int = field(default=0, help="Which of many equal files.")

    def open(self) -> Volume:
        extent = (1, 1, self.slices, self.side, self.side)
        opened = Volume(np.arange(np.prod(extent), dtype=np.int32).reshape(extent))
        OPENED.add(opened)
        return opened

    def describe(self, opened: Volume) -> ImageInfo:
        return ImageInfo(opened.voxels.shape, opened.voxels.dtype, (0, opened.voxels.size))

    def compute(self, region: Region, opened: Volume) -> Voxels:
        return opened.voxels[region.slices]


class Late(Node):
    """Fail at some slice, or pass the image on."""

    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "The same.")
    slice: int = field(default=10, help="Where it fails.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        if region.stop[2] > self.slice:
            raise NodeError(f"failed at {region.start[2]}")
        return input0.voxels.copy()


TYPES = Library([InMemory, Late, *LIBRARY.values()])


def test_slabs_that_pass_by_are_not_remembered_and_push_nothing_out() -> None:
    watched = Watched()
    watched.engine.image(chain(2), "N2.output0")
    before = len(watched.engine.pages), watched.engine.pages.nbytes
    for page in watched.engine.stream(SLABS, "A.output0"):
        assert page.voxels.nbytes
    watched.engine.image(SLABS, "A.output0")
    assert (len(watched.engine.pages), watched.engine.pages.nbytes) == before


def test_a_stream_uses_what_is_remembered() -> None:
    watched = Watched()
    image = watched.engine.image(SLABS, "A.output0")
    for part in image.region.pages(SLAB):
        watched.engine.image(SLABS, "R.output0", part)
    watched.computed()
    again = watched.engine.image(SLABS, "A.output0")
    assert watched.computed() == {"A": len(list(image.region.pages(SLAB)))}
    assert np.array_equal(again.voxels, image.voxels)


def test_what_several_streams_read_is_remembered() -> None:
    watched = Watched()
    engine = watched.engine.sharing({"R"})
    both = network(
        "A.input0=R.output0", "B.input0=R.output0", R=NodeSpec("Ramp", {"slices": 20, "rows": ROWS}), A="Add", B="Add"
    )
    for output in ("A.output0", "B.output0"):
        for page in engine.stream(both, output):
            assert page.voxels.nbytes
    counts = watched.computed()
    assert counts["R"] == counts["A"] == counts["B"] == len(engine.pages)


def test_slices_of_a_volume_are_remembered_however_large() -> None:
    watched = Watched()
    large = network(R=NodeSpec("Ramp", {"slices": 2, "rows": SLAB}))
    one = Region.whole((1, 1, 2, SLAB, 5)).along("z", 1)
    for _ in range(2):
        assert watched.engine.image(large, "R.output0", one).voxels.ravel()[0] == 5 * SLAB
    assert watched.computed() == {"R": 1}


def test_the_failure_of_a_slab_comes_behind_those_before_it() -> None:
    given = network("L.input0=R.output0", R=NodeSpec("Ramp", {"slices": 20, "rows": ROWS}), L="Late")
    depth = next(Region.whole((1, 1, 20, ROWS, 5)).pages(SLAB)).shape[2]
    seen = []
    with pytest.raises(NodeError, match=f"L: failed at {10 // depth * depth}"):
        for page in Engine(TYPES, 2**30).stream(given, "L.output0"):
            seen.append(page.region.stop[2])
    assert seen == list(range(depth, 11, depth))


def test_cancelling_stops_all_slabs() -> None:
    stopped = threading.Event()
    watched = Watched()
    stream = watched.engine.stream(SLABS, "A.output0", cancelled=stopped.is_set)
    with pytest.raises(Cancelled):
        for _ in stream:
            stopped.set()
    total = len(list(stream.info.whole.pages(SLAB)))
    assert watched.computed().get("A", 0) < total


def in_memory(**fields: int) -> Network:
    return network("A.input0=V.output0", V=NodeSpec("InMemory", fields), A="Add")


def test_slices_of_a_volume_that_is_in_memory_take_no_more_of_it() -> None:
    engine = Engine(TYPES, 2**30)
    whole = engine.info(in_memory(), "V.output0").whole
    for z in range(8):
        page = engine.image(in_memory(), "V.output0", whole.along("z", z))
        assert page.voxels.ravel()[0] == z * 64 * 64
    assert len(engine.pages) == 8
    assert engine.pages.nbytes == 0
    engine.image(in_memory(), "A.output0", whole.along("z", 1))
    assert engine.pages.nbytes == 64 * 64 * 8


def test_a_file_that_is_dropped_is_let_go() -> None:
    engine = Engine(TYPES, 8 * 64 * 64 * 4)
    one = Region.whole((1, 1, 8, 64, 64)).along("z", 1)
    others = len(OPENED)
    for number, output in enumerate(("V.output0", "A.output0", "V.output0")):
        engine.image(in_memory(number=number), output, one)
        assert len(OPENED) == others + 1


def test_a_file_that_another_document_drops_is_let_go_as_well() -> None:
    engine, one = Engine(TYPES, MIB), Region.whole((1, 1, 8, 64, 64)).along("z", 1)
    another = engine.over(Library(TYPES.values()))
    others = len(OPENED)
    for asked in (engine.known, lambda given: engine.image(given, "V.output0", one)):
        asked(in_memory(number=1))
    for number in range(2, 12):
        another.image(in_memory(number=number), "A.output0", one)
    assert len(OPENED) == others + 8


def test_a_small_part_of_something_large_does_not_keep_the_rest() -> None:
    info = ImageInfo((1, 1, 8, 6, 5), np.dtype(np.int64), (0, 1000))
    part = info.whole.along("z", 3)
    voxels = numbers()
    for opened in (0, voxels.nbytes // 2):
        cache = PageCache(MIB)
        cache.put(("n", "o", part), Image(info, part, voxels[part.slices]), opened)
        page = cache.get(("n", "o", part))
        assert page is not None
        assert np.array_equal(page.voxels, voxels[part.slices])
        assert not np.shares_memory(page.voxels, voxels)
        assert cache.nbytes == 30 * 8


SAGITTAL = in_memory(slices=128, side=256)


def test_scrolling_across_the_rows_reads_a_source_once_a_block() -> None:
    pages: list[Computed] = []
    engine = Engine(TYPES, 2**30, pages.append)
    whole = engine.info(SAGITTAL, "A.output0").whole
    expected = np.arange(whole.size).reshape(whole.shape)
    for x in range(30, 40):
        image = engine.image(SAGITTAL, "A.output0", whole.along("x", x))
        assert np.array_equal(image.voxels, expected[..., x : x + 1] + 1.0)
        source = engine.image(SAGITTAL, "V.output0", whole.along("x", x))
        assert (source.region, source.voxels.shape) == (whole.along("x", x), (1, 1, 128, 256, 1))
    assert Counter((page.node, page.region.shape[4]) for page in pages) == {("V", 32): 2, ("A", 1): 10}
    pages.clear()
    engine.image(SAGITTAL, "V.output0", whole.along("x", 33).along("y", 3))
    assert not pages, "a part of a block is in it"


def test_blocks_that_the_cache_could_not_keep_are_not_read() -> None:
    pages: list[Computed] = []
    engine = Engine(TYPES, MIB, pages.append)
    whole = engine.info(SAGITTAL, "A.output0").whole
    engine.image(SAGITTAL, "A.output0", whole.along("x", 30))
    assert [page.region.shape[4] for page in pages] == [1, 1]
