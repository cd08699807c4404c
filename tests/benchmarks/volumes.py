"""A whole volume through image -> Threshold -> Mask: how fast, and in how much memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from nodeeditor.file import save
from nodeeditor.paths import Paths
from nodeeditor.run import Job, done
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Extent3, Outcome, Row, agree, measured, size, spelled
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

STREAMED = Row("whole volume in memory through Threshold -> Mask, slab by slab", 5, than="memcpy of the volume")
RUN = Row("the same as a run does it, lowest and highest value told", 5, than="memcpy of the volume")
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
    asked = engine(path, _CACHE)

    def streamed(number: int) -> None:
        for _ in asked.stream(masking(path, LEVEL + number), MASKED):
            pass

    def run(number: int) -> None:
        network = masking(path, LEVEL + 1000 + number)
        done(Job("Mask", "output0"), asked, network, Paths(), lambda *_: None, lambda _: None, lambda: False)

    def memcpy(number: int) -> None:
        target[:] = values

    def numpy(number: int) -> npt.NDArray[np.int16]:
        return masked_by_numpy(values, LEVEL + number)

    def simpleitk(number: int) -> object:
        return masked_by_simpleitk(image, LEVEL + number)

    expected = numpy(0)
    agree("SimpleITK and numpy", sitk.GetArrayFromImage(masked_by_simpleitk(image, LEVEL)), expected)
    for page in asked.stream(masking(path), MASKED):
        agree(STREAMED.name, page.voxels[0, 0], expected[page.region.start[2] : page.region.stop[2]])
    del expected
    sides = {"memcpy": memcpy, "streamed": streamed, "run": run, "numpy": numpy, "SimpleITK": simpleitk}
    taken = measured(sides, max(3, bench.rounds // 3), min)
    best = f"SimpleITK {taken['SimpleITK'] / taken['memcpy']:.0f}x, numpy {taken['numpy'] / taken['memcpy']:.0f}x"
    for row, side in ((STREAMED, "streamed"), (RUN, "run")):
        ours = f"{spelled(taken[side])} at {size(bench.middle)}"
        yield Outcome(row, taken[side] / taken["memcpy"], ours, best, "best of the repetitions")


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
