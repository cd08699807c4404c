"""From a slice to the picture of it, and how much of that is the engine's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import SimpleITK as sitk

from nodeeditor import Image
from nodeeditor.engine import Engine
from nodeeditor.gui.session.shown import shown
from nodeeditor.network import NodeSpec
from nodeeditor.paths import Paths
from tests.benchmarks import data
from tests.benchmarks.extra import INSTALLED, WITH, compile_for, numpy_alone
from tests.benchmarks.frame import Bench, Outcome, Row, agree, measured, spelled
from tests.benchmarks.networks import (
    BACKGROUND,
    CACHE,
    LEVEL,
    MASKED,
    engine,
    held,
    library,
    masked_by_numpy,
    masking,
)

_MEMCPY = "memcpy of the slice"
PICTURE = Row("axial slice -> Threshold -> Mask -> window/level picture", 12, than=_MEMCPY)
PICTURE_FAST = Row(f"the same{WITH}", 4, than=_MEMCPY)
BY_HAND = Row("a slice through the engine", 1.3, than="the nodes' own compute, called by hand")
BACK = Row("undo, redo, a slice seen before", 8, unit="ms")
RECOMPUTED = Row("pages computed for them", 0, unit="pages")
_CENTER, _WIDTH = 600.0, 1200.0


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Pictures, the engine's share, and what is remembered."""
    yield from _picture(bench)
    yield _by_hand(bench)
    yield from _back(bench)


def _picture(bench: Bench) -> Iterator[Outcome]:
    path, values = data.in_memory(bench.folder, bench.middle), data.volume(bench.middle)
    asked, image = engine(path), held(values)
    _, rows, columns = bench.middle
    fields = {"pictureWidth": columns, "pictureHeight": rows, "annotationSizeMode": "ANNO_SHOW_HIDE"}
    viewer = NodeSpec("View2D", {**fields, "lutCenter": _CENTER, "lutWidth": _WIDTH})
    network = masking(path).with_node("View2D", viewer).with_connection("View2D.inImage", MASKED)
    target = np.empty((rows, columns), np.int16)

    def ours(number: int) -> Any:
        seen = network.with_field("View2D", "startSlice", number + 1)
        return asked.image(seen, "View2D.picture").voxels[0, 0, 0]

    def memcpy(number: int) -> object:
        target[:] = values[number + 1]
        return target

    def numpy(number: int) -> Any:
        masked = masked_by_numpy(values[number + 1], LEVEL)
        return np.clip((masked - (_CENTER - _WIDTH / 2)) / _WIDTH * 255, 0, 255).round().astype(np.uint8)

    def simpleitk(number: int) -> Any:
        one = image[:, :, number + 1]
        masked = sitk.Mask(one, sitk.BinaryThreshold(one, -32768, LEVEL, 0, 1), BACKGROUND)
        low, high = _CENTER - _WIDTH / 2, _CENTER + _WIDTH / 2
        return np.asarray(sitk.GetArrayFromImage(sitk.Cast(sitk.IntensityWindowing(masked, low, high), sitk.sitkUInt8)))

    sides = {"memcpy": memcpy, "ours": ours, "numpy": numpy, "SimpleITK": simpleitk}
    with numpy_alone():
        agree(PICTURE.name, *(side(0).astype(int) for side in (ours, numpy, simpleitk)), within=1)
        taken = measured(sides, 3 * bench.rounds, min)
    yield Outcome(
        PICTURE,
        taken["ours"] / taken["memcpy"],
        spelled(taken["ours"]),
        f"numpy {taken['numpy'] / taken['memcpy']:.0f}x, SimpleITK {taken['SimpleITK'] / taken['memcpy']:.0f}x",
        "best, a slice never seen each time",
    )
    if not INSTALLED:
        return
    seen = 3 * bench.rounds + 2

    def fast(number: int) -> Any:
        return ours(seen + number)

    compile_for(lambda: [ours(seen - 1)])
    plain = Engine(library(), CACHE)
    with numpy_alone():
        again = network.with_field("View2D", "startSlice", seen + 1)
        expected = plain.image(again, "View2D.picture").voxels[0, 0, 0]
    agree(PICTURE_FAST.name, fast(0), expected)
    taken = measured({**sides, "ours": fast}, 3 * bench.rounds, min)
    yield Outcome(
        PICTURE_FAST,
        taken["ours"] / taken["memcpy"],
        spelled(taken["ours"]),
        how="best, a slice never seen each time",
    )


def _by_hand(bench: Bench) -> Outcome:
    path, values = data.in_memory(bench.folder, bench.middle), data.volume(bench.middle)
    asked, network = engine(path), masking(path)
    bound = asked.bound(network, ["Mask"])
    source, made = (bound[name].described.infos for name in ("LocalImage", "Threshold"))
    threshold, mask = (bound[name].node for name in ("Threshold", "Mask"))
    whole = source["outImage"].whole

    def ours(number: int) -> Any:
        return asked.image(network, MASKED, whole.along("z", number + 1)).voxels

    def by_hand(number: int) -> Any:
        region = whole.along("z", number + 1)
        one = Image(source["outImage"], region, values[None, None, number + 1 : number + 2].copy())
        above = Image(made["output0"], region, threshold.compute(region, one))
        return np.asarray(mask.compute(region, one, above))

    with numpy_alone():
        agree(BY_HAND.name, ours(0), by_hand(0))
        taken = measured({"ours": ours, "by hand": by_hand}, 5 * bench.rounds, min)
    return Outcome(
        BY_HAND,
        taken["ours"] / taken["by hand"],
        spelled(taken["ours"]),
        f"by hand {spelled(taken['by hand'])}",
        "best, a slice never seen each time",
    )


def _back(bench: Bench) -> Iterator[Outcome]:
    path = data.in_memory(bench.folder, bench.middle)
    asked: Engine = engine(path)
    before = masking(path)
    states = [before, *(before.with_field("Threshold", "threshold", LEVEL + i) for i in range(1, 4))]
    states += [before.with_field("SynchroView2D", "slice1", z) for z in (3, 4, 5)]
    first = [shown(asked, state, "SynchroView2D", Paths()).picture for state in states]
    computed: list[int] = []

    def back(number: int) -> object:
        answer = shown(asked, states[number % len(states)], "SynchroView2D", Paths())
        computed.append(sum(answer.cost.pages.values()))
        return answer.picture

    for number, picture in enumerate(first):
        agree(BACK.name, np.asarray(back(number)), picture)
    taken = measured({"ours": back}, 10 * bench.rounds)
    yield Outcome(BACK, 1000 * taken["ours"], "two views, 1004 x 500 pixels", how="median")
    yield Outcome(RECOMPUTED, sum(computed), "")
