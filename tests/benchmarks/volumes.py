"""A whole volume through image -> Threshold -> Mask: how fast, and in how much memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from nodeeditor import Image
from nodeeditor.engine import ahead
from nodeeditor.file import save
from nodeeditor.paths import Paths
from nodeeditor.run import Job, done
from tests.benchmarks import data
from tests.benchmarks.extra import INSTALLED, WITH, compile_for, numpy_alone
from tests.benchmarks.frame import Bench, Extent3, Outcome, Row, Side, agree, measured, size, spelled
from tests.benchmarks.networks import (
    LEVEL,
    MASKED,
    engine,
    held,
    masked_by_numpy,
    masked_by_simpleitk,
    masking,
)
from tests.benchmarks.process import nodeeditor

_MEMCPY, _ONE = "memcpy of the volume", "one thread"
STREAMED = Row("whole volume in memory through Threshold -> Mask, slab by slab", 5, than=_MEMCPY)
RUN = Row("the same as a run does it, lowest and highest value told", 5, than=_MEMCPY)
THREADS = Row("two threads on a whole volume, slab by slab", 1.4, "more", than=_ONE)
STREAMED_FAST = Row(f"{STREAMED.name}{WITH}", 2, than=_MEMCPY)
RUN_FAST = Row(f"{RUN.name}{WITH}", 2, than=_MEMCPY)
THREADS_FAST = Row(f"{THREADS.name}{WITH}", 1.4, "more", than=_ONE)
EXTRA = Row("memory of that run besides program and volume", 64, unit="MiB")
FILES = Row("memory of a run from file to file, in all", 256, unit="MiB")
_MIB = 1 << 20
_CACHE = 256 * _MIB  # what a run keeps at most


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Time within one process, memory in processes of their own."""
    yield from _times(bench)
    yield _extra(bench)
    for extent in filter(None, (bench.middle, bench.big, bench.huge)):
        for made in (data.metaimage, data.nifti):
            yield _from_file_to_file(bench, made(bench.folder, extent), extent)


def _times(bench: Bench) -> Iterator[Outcome]:
    path, values = data.in_memory(bench.folder, bench.middle), data.volume(bench.middle)
    image, target = held(values), np.empty(bench.middle, np.int16)
    asked, levels = engine(path, _CACHE), itertools.count(LEVEL + 1)

    def streamed(number: int) -> None:
        for _ in asked.stream(masking(path, next(levels)), MASKED):
            pass

    def one_thread(number: int) -> None:
        with _threads(1):
            streamed(number)

    def run(number: int) -> None:
        network = masking(path, next(levels))
        done(Job("Mask", "output0"), asked, network, Paths(), lambda *_: None, lambda _: None, lambda: False)

    def memcpy(number: int) -> None:
        target[:] = values

    def numpy(number: int) -> npt.NDArray[np.int16]:
        return masked_by_numpy(values, LEVEL + number)

    def simpleitk(number: int) -> object:
        return masked_by_simpleitk(image, LEVEL + number)

    expected = numpy(0)
    agree("SimpleITK and numpy", sitk.GetArrayFromImage(masked_by_simpleitk(image, LEVEL)), expected)
    ours: dict[str, Side] = {"memcpy": memcpy, "streamed": streamed, "one thread": one_thread, "run": run}
    ours |= {"one sum": lambda number: _sums(1), "two sums": lambda number: _sums(2)}
    rounds = max(3, bench.rounds // 3)
    with numpy_alone():
        _agree(STREAMED.name, asked.stream(masking(path), MASKED), expected)
        taken = measured({**ours, "numpy": numpy, "SimpleITK": simpleitk}, rounds, min)
    best = f"SimpleITK {taken['SimpleITK'] / taken['memcpy']:.0f}x, numpy {taken['numpy'] / taken['memcpy']:.0f}x"
    yield from _outcomes((STREAMED, RUN, THREADS), taken, size(bench.middle), best)
    if INSTALLED:
        compile_for(lambda: streamed(0))
        _agree(STREAMED_FAST.name, engine(path, _CACHE).stream(masking(path), MASKED), expected)
        yield from _outcomes((STREAMED_FAST, RUN_FAST, THREADS_FAST), measured(ours, rounds, min), size(bench.middle))


def _outcomes(
    rows: tuple[Row, Row, Row], taken: Mapping[str, float], volume: str, best: str = "-"
) -> Iterator[Outcome]:
    how = "best of the repetitions"
    for row, side in zip(rows, ("streamed", "run"), strict=False):
        yield Outcome(row, taken[side] / taken["memcpy"], f"{spelled(taken[side])} at {volume}", best, how)
    told = f"{spelled(taken['one thread'])}, then {spelled(taken['streamed'])}"
    machine = f"bare sums by numpy on two threads {taken['one sum'] / taken['two sums']:.3g}x"
    yield Outcome(rows[2], taken["one thread"] / taken["streamed"], told, machine, how)


def _agree(what: str, pages: Iterable[Image], expected: npt.NDArray[np.int16]) -> None:
    for page in pages:
        agree(what, page.voxels[0, 0], expected[page.region.start[2] : page.region.stop[2]])


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = ahead.THREADS
    ahead.THREADS = count
    try:
        yield
    finally:
        ahead.THREADS = before


def _sums(threads: int) -> None:
    """What the machine's processors can do: sums of slabs by numpy alone, shared among threads."""
    slabs = np.ones((threads, 2**20), np.int16)
    made = np.empty_like(slabs)

    def work(number: int) -> None:
        for _ in range(64 // threads):
            np.add(slabs[number], slabs[number], out=made[number])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))


def _extra(bench: Bench) -> Outcome:
    peaks = []
    for extent in ((4, 16, 16), bench.middle):
        peaks.append(nodeeditor("run", str(_saved(data.in_memory(bench.folder, extent)))).peak)
    extra = peaks[1] - peaks[0] - 2 * int(np.prod(bench.middle))
    return Outcome(EXTRA, extra / _MIB, size(bench.middle), how="one run each of the volume and of a tiny one")


def _from_file_to_file(bench: Bench, path: Path, extent: Extent3) -> Outcome:
    target = bench.folder / f"masked{path.suffix}"
    ran = nodeeditor("run", str(_saved(path)), "--output", f"{MASKED}={target}")
    header = target.stat().st_size - 2 * int(np.prod(extent))
    written = np.memmap(target, np.int16, "r", header, extent)
    for one, values in zip(written, data.slices(extent), strict=True):
        agree(f"{path.name} to {target.name}", one, masked_by_numpy(values, LEVEL))
    del written
    target.unlink()
    return Outcome(FILES, ran.peak / _MIB, f"{path.suffix}, {size(extent)}, {spelled(ran.seconds)}", how="one run")


def _saved(path: Path) -> Path:
    """The network of a file, without the viewer, beside it."""
    network = masking(path).without("SynchroView2D")
    saved = path.with_suffix(".mlab.json")
    save(network, saved)
    return saved
