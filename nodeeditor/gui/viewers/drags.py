"""What dragging the mouse over a pane turns: plain arithmetic on the pane as it was when the button went down."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from nodeeditor.gui.viewers.turning import Turns
from nodeeditor.viewing.panes import Pane

Point: TypeAlias = tuple[float, float]
_ZOOM_DOUBLINGS = 4  # over the whole height
_FEWEST_SLICES = 20  # that the whole height stands for
_LARGEST = 1e300


@dataclass(frozen=True)
class Drag:
    """A drag over one pane.

    ``turns``  what the drag turns
    ``pane``   its number
    ``before`` the pane when the drag began
    ``start``  where it began, in pixels of the picture
    ``size``   width and height of the picture
    """

    turns: Callable[[Drag, Point], Turns]
    pane: int
    before: Pane
    start: Point
    size: Point

    def at(self, here: Point) -> Turns:
        """What is turned, and to what, while the mouse is at a point of the picture."""
        return self.turns(self, here)

    def moved(self, here: Point) -> Point:
        """How far the mouse has gone, as a part of the picture's width and height."""
        return (here[0] - self.start[0]) / self.size[0], (here[1] - self.start[1]) / self.size[1]


def window(drag: Drag, here: Point) -> Turns:
    """Width across, centre down: the range of the image over the whole picture."""
    across, down = drag.moved(here)
    was, (low, high) = drag.before.window, drag.before.info.range
    extent = float(high) - float(low)
    if not (math.isfinite(extent) and extent > 0):
        extent = was.width or 1.0
    center = max(-_LARGEST, min(was.center + down * extent, _LARGEST))
    width = max(0.0, min(was.width + across * extent, _LARGEST))
    return (("window", (_rounded(center, extent), _rounded(width, extent))),)


def _rounded(value: float, extent: float) -> float:
    """A value without digits that no hand can mean: to a hundred-thousandth of the image's range, or finer."""
    return round(value, 5 - math.floor(math.log10(extent))) if extent < _LARGEST else value


def slices(drag: Drag, here: Point) -> Turns:
    """All slices over the whole height, the next ones upwards; never so few that the mouse has far to go."""
    count = max(drag.before.plane.slices(drag.before.info), _FEWEST_SLICES)
    return (("slice", drag.before.slice - round(drag.moved(here)[1] * count)),)


def zoom(drag: Drag, here: Point) -> Turns:
    """Upwards enlarges about the middle of the pane."""
    return (("zoom", drag.before.zoom * 2 ** (-_ZOOM_DOUBLINGS * drag.moved(here)[1])),)


def pan(drag: Drag, here: Point) -> Turns:
    """The slice follows the mouse."""
    scale, (x, y) = drag.before.placing.scale, drag.before.pan
    return (("pan", (x - (here[0] - drag.start[0]) / scale, y - (here[1] - drag.start[1]) / scale)),)


def position(drag: Drag, here: Point) -> Turns:
    """The point of the world below the mouse, kept in the pane."""
    left, top, width, height = drag.before.rect
    x, y = (max(low, min(at, low + size)) for at, low, size in zip(here, (left, top), (width, height), strict=True))
    return (("position", drag.before.world_at(x, y)),)


def held(before: Pane, after: Pane, about: Point) -> Turns:
    """What keeps a point of the picture where it is when a pane was enlarged."""
    left, top, width, height = before.rect
    apart = 1 / before.placing.scale - 1 / after.placing.scale
    x = before.pan[0] + (about[0] - left - width / 2) * apart
    y = before.pan[1] + (about[1] - top - height / 2) * apart
    return (("pan", (x, y)),)


def pane_at(panes: tuple[Pane, ...], at: Point) -> int | None:
    """The number of the pane at a point of the picture."""
    for number, pane in enumerate(panes):
        left, top, width, height = pane.rect
        if left <= at[0] < left + width and top <= at[1] < top + height:
            return number
    return None
