"""What a person sees in the window of a viewer: where its views are, which voxel is where, what is written there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from nodeeditor.viewing.lettering import draw_text, line_height
from tests.gui.xhand import Area, Desk, Point
from tests.gui.xreading import Pixels

_DIVIDER, _INK = 0xE6E6E6, (0.9, 0.9, 0.9)


@dataclass(frozen=True)
class View:
    """A slice somewhere on the screen, as large as fits and in the middle; ``shape`` are its rows and columns."""

    area: Area
    shape: tuple[int, ...]

    def at(self, column: float, row: float) -> Point:
        """The point of the screen that shows the middle of a voxel; halves are between voxels."""
        across, down = ((part.start + part.stop) / 2 for part in self.area[::-1])
        scale = min((part.stop - part.start) / count for part, count in zip(self.area, self.shape, strict=True))
        rows, columns = self.shape
        return int(across + (column + 0.5 - columns / 2) * scale), int(down + (row + 0.5 - rows / 2) * scale)

    def patch(self, part: Area) -> Area:
        """What of the screen shows rows and columns of the slice."""
        rows, columns = part
        left, top = self.at(columns.start - 0.5, rows.start - 0.5)
        right, bottom = self.at(columns.stop - 0.5, rows.stop - 0.5)
        return slice(top, bottom), slice(left, right)


@dataclass(frozen=True)
class Viewer:
    """A window with two views, and the picture that holds both."""

    picture: Area
    left: View
    right: View


def viewer(desk: Desk, window: str, shape: tuple[int, ...]) -> Viewer:
    """A window with two views, which lie on both sides of a divider that is as high as the picture."""
    rows, columns = desk.area(window)

    def divider() -> tuple[int, int, int]:
        light = desk.screen()[rows, columns] == _DIVIDER
        height = int(light.any(axis=1).cumprod().sum())
        found = np.flatnonzero(light[:height].all(axis=0)) if height > 100 else np.array([], int)
        return (int(found[0]), int(found[-1]) + 1, height) if len(found) else (0, 0, 0)

    width, second, height = desk.until("two views", divider, any)
    high = slice(rows.start, rows.start + height)
    left, right = (slice(columns.start + start, columns.start + start + width) for start in (0, second))
    return Viewer((high, slice(left.start, right.stop)), View((high, left), shape), View((high, right), shape))


def grey(screen: Pixels, area: Area) -> float:
    """The mean grey of a part of the screen."""
    return float((screen[area] & 0xFF).mean())


def written(plain: Pixels, seen: Pixels, view: View, lines: tuple[str, str]) -> bool:
    """Whether two lines, one below the other, have been written into the upper left corner of a view, and no more."""
    rows, columns = view.area
    corner = slice(rows.start, rows.start + 60), slice(columns.start, columns.start + 120)
    before, after = (np.stack([pixels[corner] >> shift & 0xFF for shift in (16, 8, 0)], -1) for pixels in (plain, seen))
    for size, x, y in itertools.product(range(8, 14), range(12), range(30)):
        tried = before.astype(np.uint8)
        for number, line in enumerate(lines):
            draw_text(tried, line, (x, y + number * line_height(size)), size, _INK)
        if np.array_equal(tried, after):
            return True
    return False
