"""What a benchmark is made of: rows with goals, what came out, and sides that are measured in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Extent3 = tuple[int, int, int]
"""Slices, rows and columns."""
Side = Callable[[int], object]
"""One way to do the work, given the number of the repetition."""
Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Row:
    """One promise: what is measured, and the figure that it should stay below, or reach.

    ``unit``  ``x`` for a ratio, else ``ms``, ``s``, ``MiB`` or ``pages``
    ``than``  what a ratio compares with
    """

    name: str
    goal: float
    better: Literal["less", "more"] = "less"
    unit: str = "x"
    than: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a row: the figure, the measurements behind it, and how they were taken."""

    row: Row
    figure: float
    ours: str
    best: str = "-"
    how: str = ""

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        return self.figure <= self.row.goal if self.row.better == "less" else self.figure >= self.row.goal


@dataclass(frozen=True)
class Bench:
    """Where the data lie, how large they are, and how often everything is repeated.

    ``small``, ``middle``, ``big``  extents of volumes; ``huge`` is None where no such one is wanted
    ``nodes``  of the network on the canvas
    """

    folder: Path
    small: Extent3
    middle: Extent3
    big: Extent3
    huge: Extent3 | None
    rounds: int
    nodes: int


def measured(sides: Mapping[str, Side], rounds: int, statistic: Statistic = statistics.median) -> dict[str, float]:
    """Seconds of each side, measured in turn so that a busy machine strikes all of them; the first round is none."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            started = time.perf_counter()
            side(number)
            taken[name].append(time.perf_counter() - started)
    return {name: statistic(times[1:]) for name, times in taken.items()}


def agree(what: str, *answers: npt.NDArray[Any], within: int = 0) -> None:
    """Raise AssertionError where answers that should be one and the same differ by more than ``within``."""
    first, *others = (np.asarray(answer) for answer in answers)
    for other in others:
        if first.shape != other.shape:
            raise AssertionError(f"{what}: answers of shapes {first.shape} and {other.shape}")
        same = np.array_equal(first, other) if not within else np.allclose(first, other, rtol=0, atol=within)
        if not same:
            raise AssertionError(f"{what}: the answers differ")


def percentile(share: float) -> Statistic:
    """The value below which this share, from 0 to 1, of the measurements lies."""
    return lambda times: sorted(times)[min(len(times) - 1, int(share * len(times)))]


def spelled(seconds: float) -> str:
    """A duration with three digits: ``0.461 ms``, ``1.25 s``."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def size(extent: Extent3) -> str:
    """Columns, rows and slices, as people name volumes: ``512 x 512 x 300``."""
    return " x ".join(map(str, reversed(extent)))
