"""From a field edit to a new slice: what a person waits for whose hand is on a slider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from nodeeditor.engine import Engine
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Extent3, Outcome, Row, Side, agree, measured, size, spelled
from tests.benchmarks.networks import LEVEL, MASKED, engine, held, masked_by_numpy, masked_by_simpleitk, masking

NEW_SLICE = Row("threshold edited, new slice of image -> Threshold -> Mask", 500, "more", "x", "a SimpleITK script")
MANY_SLICES = Row("the same with more slices, in memory", 1.3, than="fewer slices")
FROM_FILE = Row("the same with more slices, from the file", 3, than="fewer slices, in memory")
HUGE = Row("the same from a huge file, for each voxel", 3, than="the smaller volume, in memory")
_HOW = "best, a new level and a slice never seen each time"


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Against what a script does, and against the size of the volume."""
    yield _against_a_script(bench)
    yield from _against_the_size(bench)


def _against_a_script(bench: Bench) -> Outcome:
    values = data.volume(bench.middle)
    image = held(values)
    ours, places = _ours(data.in_memory(bench.folder, bench.middle), bench.middle)

    def script(number: int) -> object:
        masked = masked_by_simpleitk(image, LEVEL + number)
        return np.array(sitk.GetArrayViewFromImage(masked)[places[number]])

    def numpy(number: int) -> object:
        return masked_by_numpy(values[places[number]], LEVEL + number)

    agree(NEW_SLICE.name, *(np.squeeze(np.asarray(side(0))) for side in (ours, script, numpy)))
    taken = measured({"ours": ours, "script": script, "numpy": numpy}, bench.rounds, min)
    return Outcome(
        NEW_SLICE,
        taken["script"] / taken["ours"],
        f"{spelled(taken['ours'])} at {size(bench.middle)}",
        f"SimpleITK {spelled(taken['script'])}; the slice alone by numpy {spelled(taken['numpy'])}",
        _HOW,
    )


def _against_the_size(bench: Bench) -> Iterator[Outcome]:
    sides: dict[str, Side] = {}
    volumes = [(bench.middle, data.in_memory), (bench.big, data.in_memory), (bench.big, data.metaimage)]
    if bench.huge is not None:
        volumes.append((bench.huge, data.metaimage))
    rows = (None, MANY_SLICES, FROM_FILE, HUGE)
    for extent, made in volumes:
        side, places = _ours(made(bench.folder, extent), extent)
        _check(side, extent, places[0])
        sides[f"{made.__name__} {extent}"] = side
    taken = list(measured(sides, 3 * bench.rounds, min).values())
    for row, seconds, (extent, _) in zip(rows, taken, volumes, strict=False):
        if row is not None:
            voxels = np.prod(extent[1:]) / np.prod(bench.middle[1:])
            yield Outcome(row, seconds / taken[0] / voxels, f"{spelled(seconds)} at {size(extent)}", how=_HOW)


def _ours(path: Path, extent: Extent3) -> tuple[Side, list[int]]:
    """Edit and look, with a slice of its own for each repetition."""
    asked: Engine = engine(path)
    whole = asked.info(masking(path), MASKED).whole
    places = [int(z) for z in np.random.default_rng(1).permutation(np.arange(1, extent[0]))]

    def side(number: int) -> object:
        network = masking(path).with_field("Threshold", "threshold", LEVEL + number)
        return asked.image(network, MASKED, whole.along("z", places[number])).voxels

    return side, places


def _check(side: Side, extent: Extent3, z: int) -> None:
    for number, values in enumerate(data.slices(extent)):
        if number == z:
            agree(f"slice {z} of {size(extent)}", np.asarray(side(0))[0, 0, 0], masked_by_numpy(values, LEVEL))
            return
