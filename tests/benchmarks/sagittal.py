"""Slices across the order of the file: one after the other, as a wheel scrolls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks import data
from tests.benchmarks.data import Volume
from tests.benchmarks.frame import Bench, Outcome, Row, agree, measured, spelled
from tests.benchmarks.networks import LEVEL, MASKED, engine, masked_by_numpy, masking

SCROLLED = Row("64 sagittal slices scrolled, image -> Threshold -> Mask", 0.3, than="numpy, each gathered on its own")
FROM_FILE = Row("the same from the file", 0.3, than="numpy on a memory map, each gathered on its own")
_SLICES = 64


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Ours against gathering each slice on its own; each repetition has columns of its own."""
    values = data.volume(bench.middle)
    rounds = min(bench.rounds, bench.middle[2] // _SLICES - 1)
    taken = _taken(data.in_memory(bench.folder, bench.middle), values, rounds)
    yield Outcome(
        SCROLLED,
        taken["ours"] / taken["numpy"],
        spelled(taken["ours"]),
        f"numpy {spelled(taken['numpy'])}, gathers alone {spelled(taken['gathers'])}",
        "best of the repetitions",
    )
    path = data.metaimage(bench.folder, bench.middle)
    mapped = np.memmap(path, np.int16, "r", path.stat().st_size - values.nbytes, bench.middle)
    taken = _taken(path, mapped, min(rounds, 3))
    best = f"numpy {spelled(taken['numpy'])}"
    yield Outcome(FROM_FILE, taken["ours"] / taken["numpy"], spelled(taken["ours"]), best, "best of the repetitions")


def _taken(path: Path, values: Volume, rounds: int) -> dict[str, float]:
    asked, network = engine(path), masking(path)
    whole = asked.info(network, MASKED).whole

    def places(number: int) -> range:
        return range(number * _SLICES, (number + 1) * _SLICES)

    def ours(number: int) -> object:
        return [asked.image(network, MASKED, whole.along("x", x)).voxels for x in places(number)]

    def gathers(number: int) -> object:
        return [np.ascontiguousarray(values[:, :, x]) for x in places(number)]

    def numpy(number: int) -> object:
        return [masked_by_numpy(np.ascontiguousarray(values[:, :, x]), LEVEL) for x in places(number)]

    agree(SCROLLED.name, np.squeeze(np.asarray(ours(0))), np.asarray(numpy(0)))
    return measured({"ours": ours, "gathers": gathers, "numpy": numpy}, rounds, min)
