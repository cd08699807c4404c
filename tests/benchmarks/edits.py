"""From a field edit to a new slice: what a person waits for whose hand is on a slider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from nodeeditor.engine import Engine
from tests.benchmarks import data
from tests.benchmarks.extra import INSTALLED, WITH, compile_for, numpy_alone
from tests.benchmarks.frame import Bench, Extent3, Outcome, Row, Side, agree, measured, size, spelled
from tests.benchmarks.networks import LEVEL, MASKED, engine, held, masked_by_numpy, masked_by_simpleitk, masking

NEW_SLICE = Row("threshold edited, new slice of image -> Threshold -> Mask", 500, "more", "x", "a SimpleITK script")
NEW_SLICE_FAST = Row(f"{NEW_SLICE.name}{WITH}", 1500, "more", "x", NEW_SLICE.than)
MANY_SLICES = Row("the same with more slices, in memory", 1.3, than="fewer slices")
FROM_FILE = Row("the same with more slices, from the file", 3, than="fewer slices, in memory")
HUGE = Row("the same from a huge file, for each voxel", 3, than="the smaller volume, in memory")
_HOW = "best of turns of the hand, 10 edits each, a new level and another slice at every edit"
_TURN = 10
"""Edits one after the other, as a slider that is turned gives them; a script runs once instead."""


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Against what a script does, and against the size of the volume."""
    yield from _against_a_script(bench)
    yield from _against_the_size(bench)


def _against_a_script(bench: Bench) -> Iterator[Outcome]:
    values = data.volume(bench.middle)
    image = held(values)
    ours, places = _ours(data.in_memory(bench.folder, bench.middle), bench.middle)

    def script(edit: int) -> object:
        masked = masked_by_simpleitk(image, LEVEL + edit)
        return np.array(sitk.GetArrayViewFromImage(masked)[places[edit]])

    def numpy(edit: int) -> object:
        return masked_by_numpy(values[places[edit]], LEVEL + edit)

    def outcome(row: Row) -> Outcome:
        for edit in (0, 7):
            agree(row.name, *(np.squeeze(np.asarray(side(edit))) for side in (ours, script, numpy)))
        taken = measured({"ours": _turn(ours), "script": script, "numpy": _turn(numpy)}, bench.rounds, min)
        ours_once, numpy_once = taken["ours"] / _TURN, taken["numpy"] / _TURN
        return Outcome(
            row,
            taken["script"] / ours_once,
            f"{spelled(ours_once)} at {size(bench.middle)}",
            f"SimpleITK {spelled(taken['script'])}; the slice alone by numpy {spelled(numpy_once)}",
            _HOW,
        )

    with numpy_alone():
        yield outcome(NEW_SLICE)
    if INSTALLED:
        ours, places = _ours(data.in_memory(bench.folder, bench.middle), bench.middle)
        compile_for(lambda: ours(len(places) - 1))
        yield outcome(NEW_SLICE_FAST)


def _against_the_size(bench: Bench) -> Iterator[Outcome]:
    sides: dict[str, Side] = {}
    volumes = [(bench.middle, data.in_memory), (bench.big, data.in_memory), (bench.big, data.metaimage)]
    if bench.huge is not None:
        volumes.append((bench.huge, data.metaimage))
    rows = (None, MANY_SLICES, FROM_FILE, HUGE)
    for extent, made in volumes:
        side, places = _ours(made(bench.folder, extent), extent)
        _check(side, extent, places[0])
        sides[f"{made.__name__} {extent}"] = _turn(side)
    taken = [seconds / _TURN for seconds in measured(sides, 3 * bench.rounds, min).values()]
    for row, seconds, (extent, _) in zip(rows, taken, volumes, strict=False):
        if row is not None:
            voxels = np.prod(extent[1:]) / np.prod(bench.middle[1:])
            yield Outcome(row, seconds / taken[0] / voxels, f"{spelled(seconds)} at {size(extent)}", how=_HOW)


def _ours(path: Path, extent: Extent3) -> tuple[Side, list[int]]:
    """Edit and look at another slice, and the slices in the order of the edits."""
    asked: Engine = engine(path)
    network = masking(path)
    whole = asked.info(network, MASKED).whole
    places = [1 + z * 7919 % (extent[0] - 1) for z in range(_TURN * 100)]

    def side(edit: int) -> object:
        edited = network.with_field("Threshold", "threshold", LEVEL + edit)
        return asked.image(edited, MASKED, whole.along("z", places[edit])).voxels

    return side, places


def _turn(side: Side) -> Side:
    """A turn of the hand: several edits one after the other."""

    def turned(number: int) -> None:
        for edit in range(_TURN * number, _TURN * (number + 1)):
            side(edit)

    return turned


def _check(side: Side, extent: Extent3, z: int) -> None:
    for number, values in enumerate(data.slices(extent)):
        if number == z:
            agree(f"slice {z} of {size(extent)}", np.asarray(side(0))[0, 0, 0], masked_by_numpy(values, LEVEL))
            return
