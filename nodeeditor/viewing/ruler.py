"""The ruler at the right edge of a pane: a round length at every enlargement."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nodeeditor.viewing.lettering import Line

_TICK = 3
_END = 11
_CLOSEST = 4
"""Pixels that ticks lie apart at least."""


@dataclass(frozen=True)
class Ruler:
    """A length in millimetres, and how many pixels it has."""

    length: float
    pixels: float

    @property
    def label(self) -> str:
        """The length in a unit that gives a short number."""
        for name, size in (("m", 1000.0), ("cm", 10.0), ("mm", 1.0)):
            if self.length >= size * (1 - 1e-9):
                return f"{self.length / size:g} {name}"
        return f"{self.length * 1000:g} µm"

    def lines(self, right: int, middle: int) -> list[Line]:
        """The lines to draw where the ruler's right side and its middle are given in pixels."""
        top = middle - round(self.pixels / 2)
        bottom = top + round(self.pixels)
        parts = next(parts for parts in (10, 5, 2, 1) if parts == 1 or self.pixels / parts >= _CLOSEST)
        places = [round(top + self.pixels * part / parts) for part in range(1, parts)]
        ends = [(right - _END + 1, y, right, y) for y in (top, bottom)]
        return [(right, top, right, bottom), *ends, *((right - _TICK + 1, y, right, y) for y in places)]


def ruler(scale: float, most: float) -> Ruler:
    """The longest ruler of 1, 2 or 5 times a power of ten with at most so many pixels, at ``scale`` pixels a mm."""
    longest = most / scale * (1 + 1e-9)
    power = 10.0 ** math.floor(math.log10(longest))
    length = max(times * power for times in (1, 2, 5) if times * power <= longest)
    return Ruler(length, length * scale)
