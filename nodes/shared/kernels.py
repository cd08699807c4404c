"""Kernels: the weights that a filter gives to a voxel and its neighbours, by name and as text."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from nodeeditor import Extent, NodeError, Number

Tap: TypeAlias = tuple[Extent, Number]
"""A place in a kernel, in t c z y x from its first corner on, and the weight there."""

LONGEST = 999
"""Voxels of a kernel along one axis, at most."""

_LINE = re.compile(r"\(\s*(\*|\d{1,9})" + r"\s*,\s*(\d{1,9})" * 5 + r"\s*\)\s*:(.*)", re.ASCII)
_WEIGHT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_FORM = "'(x,y,z,c,t,u): weight' or '(*,y,z,c,t,u): weight, weight, ...'"


class Step(NamedTuple):
    """One sum: its size along t c z y x, and its weights other than 0."""

    extent: Extent
    taps: tuple[Tap, ...]


@dataclass(frozen=True)
class Kernel:
    """Weights around a voxel, for correlation: they lie as they are used, not mirrored.

    The voxel itself is the middle one, of an even number the one behind the middle.

    ``steps``    sums to build, each of the results of the one before
    ``divisor``  what the last sum is divided by
    """

    steps: tuple[Step, ...]
    divisor: int = 1

    @property
    def extent(self) -> Extent:
        """Voxels along t c z y x."""
        t, c, z, y, x = (1 + sum(step.extent[axis] - 1 for step in self.steps) for axis in range(5))
        return (t, c, z, y, x)

    @property
    def before(self) -> Extent:
        """How many voxels the kernel reaches to lower indices, along t c z y x."""
        t, c, z, y, x = (size // 2 for size in self.extent)
        return (t, c, z, y, x)

    @property
    def behind(self) -> Extent:
        """How many voxels the kernel reaches to higher indices, along t c z y x."""
        t, c, z, y, x = (size - 1 - size // 2 for size in self.extent)
        return (t, c, z, y, x)

    @property
    def whole(self) -> bool:
        """Whether sums of whole numbers are whole, before they are divided."""
        return all(float(weight).is_integer() for step in self.steps for _, weight in step.taps)

    def weights(self) -> dict[Extent, Fraction]:
        """All steps in one: the exact weight of each place."""
        made: dict[Extent, Fraction] = {(0, 0, 0, 0, 0): Fraction(1, self.divisor)}
        for step in self.steps:
            summed: dict[Extent, Fraction] = {}
            for (place, one), (further, other) in itertools.product(made.items(), step.taps):
                t, c, z, y, x = map(sum, zip(place, further, strict=True))
                summed[t, c, z, y, x] = summed.get((t, c, z, y, x), Fraction(0)) + one * Fraction(other)
            made = summed
        return made

    def elements(self) -> str:
        """How many weights there are, and the size in MeVisLab's order x y z c t u: ``9 elems, 3x3x1x1x1x1``."""
        return f"{len(self.weights())} elems, {'x'.join(map(str, (*_turned(self.extent), 1)))}"

    def text(self) -> str:
        """The weights as MeVisLab writes them, a line each; `of_text` reads it."""
        lines = sorted((_turned(place)[::-1], weight) for place, weight in self.weights().items())
        return "".join(f"({','.join(map(str, place[::-1]))},0):{_spelled(weight)}\n" for place, weight in lines)


@lru_cache(maxsize=64)
def of_text(text: str) -> Kernel:
    """The kernel that a text spells; raises NodeError.

    A line gives one weight, ``(x,y,z,c,t,u): weight``, or a row of them along x, ``(*,y,z,c,t,u): weight, ...``.
    """
    weights: dict[Extent, float] = {}
    extent = (1, 1, 1, 1, 1)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        for place, weight in _of_line(line.strip(), number):
            if weight:
                weights[place] = weight
            else:
                weights.pop(place, None)
            t, c, z, y, x = (max(size, i + 1) for size, i in zip(extent, place, strict=True))
            extent = (t, c, z, y, x)
    if not weights:
        raise NodeError(f"externalKernel holds no weight; write lines such as {_FORM}, or choose a predefKernel")
    return Kernel((Step(extent, tuple(sorted(weights.items()))),))


def _of_line(line: str, number: int) -> Iterable[Tap]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NodeError(f"externalKernel: line {number} {line[:60]!r} is not of the form {_FORM}")
    first, *others, listed = found.groups()
    y, z, c, t, u = map(int, others)
    words = [word.strip() for word in listed.split(",")]
    if (first != "*" and len(words) > 1) or not all(words):
        raise NodeError(f"externalKernel: line {number} {line[:60]!r} is not of the form {_FORM}")
    for word in words:
        if not _WEIGHT.fullmatch(word) or not math.isfinite(float(word)):
            raise NodeError(f"externalKernel: line {number}: {word[:60]!r} is not a finite number")
    start = 0 if first == "*" else int(first)
    if u or max(t, c, z, y, start + len(words) - 1) >= LONGEST:
        raise NodeError(f"externalKernel: line {number} reaches beyond {LONGEST} voxels along x y z c t, or 1 along u")
    return [((t, c, z, y, start + i), float(word)) for i, word in enumerate(words)]


def _spelled(weight: Fraction) -> str:
    """A weight with six digits, or with as many as it takes."""
    short = f"{float(weight):.6f}"
    return short if Fraction(short) == weight else repr(float(weight))


def _turned(extent: Extent) -> tuple[int, int, int, int, int]:
    """Places in MeVisLab's order of axes, x y z c t."""
    t, c, z, y, x = extent
    return (x, y, z, c, t)


def _in_plane(rows: tuple[int, ...], columns: tuple[int, ...], divisor: int = 1) -> Kernel:
    """The kernel with the product of a weight of the row and one of the column at each place."""
    along_x = tuple(((0, 0, 0, 0, x), weight) for x, weight in enumerate(columns) if weight)
    along_y = tuple(((0, 0, 0, y, 0), weight) for y, weight in enumerate(rows) if weight)
    steps = (Step((1, 1, 1, 1, len(columns)), along_x), Step((1, 1, 1, len(rows), 1), along_y))
    return Kernel(steps, divisor)


_CROSS = ((0, 1), (1, 0), (1, 1), (1, 2), (2, 1))
_LAPLACE = tuple(((0, 0, 0, y, x), -4 if (y, x) == (1, 1) else 1) for y, x in _CROSS)
_THREE, _FIVE = (1, 2, 1), (1, 4, 6, 4, 1)

PREDEFINED: Mapping[str, Kernel] = {
    "3x3 Average Kernel": _in_plane((1,) * 3, (1,) * 3, 9),
    "5x5 Average Kernel": _in_plane((1,) * 5, (1,) * 5, 25),
    "3x3 Gauss Kernel": _in_plane(_THREE, _THREE, 16),
    "5x5 Gauss Kernel": _in_plane(_FIVE, _FIVE, 256),
    "Laplace Kernel": Kernel((Step((1, 1, 1, 3, 3), _LAPLACE),)),
    "Sobel X Kernel": _in_plane(_THREE, (-1, 0, 1)),
    "Sobel Y Kernel": _in_plane((-1, 0, 1), _THREE),
}
"""The kernels that have a name; the Gauss kernels are binomial."""
