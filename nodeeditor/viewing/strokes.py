"""Strokes fitted to the pixel grid and turned into coverage.

Straight stems and the outermost points of ovals come to lie on whole pixels, which keeps letters crisp: the middle of
a stroke on the middle of a pixel where the stroke is an odd number of pixels wide, else between two pixels.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = tuple[Point, ...]
"""The two ends of a straight line, or the four points of a cubic Bézier curve."""

_OVAL = 0.59
"""Where the handles of a quarter of an oval lie, from corner point to corner; 0.55 is an ellipse, more is squarer."""
_PIECES = 10
"""Straight pieces that a curve is drawn with."""
_CORNER = math.cos(math.radians(30))
"""Lines that meet at a larger angle than this form a corner."""


@dataclass(frozen=True)
class Shape:
    """What the pen does for one character, on the grid of the letters."""

    left: float
    right: float
    paths: tuple[tuple[Curve, ...], ...]
    dots: tuple[Point, ...]


@dataclass(frozen=True)
class Grid:
    """How the grid of the letters lies on pixels."""

    step: float
    pen: float
    """Width of a stroke in pixels."""
    heights: Mapping[float, float]
    """Where the pen's middle lies for the four lines on which letters stand and end."""

    @property
    def stem(self) -> int:
        """The pen's width in whole pixels."""
        return max(1, math.floor(self.pen + 0.5))


@dataclass(frozen=True)
class Drawing:
    """A shape in pixels; x counts from its leftmost ink as long as it is not moved, y upwards from the baseline."""

    paths: tuple[tuple[Curve, ...], ...]
    dots: tuple[Point, ...]
    left: int
    """The first column that it fills."""
    ink: int
    """How many columns it fills."""

    def moved(self, right: int, up: float) -> "Drawing":
        """The same drawing elsewhere."""

        def there(points: Curve) -> Curve:
            return tuple((x + right, y + up) for x, y in points)

        paths = tuple(tuple(map(there, path)) for path in self.paths)
        return Drawing(paths, there(self.dots), self.left + right, self.ink)

    @property
    def top(self) -> float:
        """The highest place of the pen's middle."""
        ends = [y for path in self.paths for curve in path for _, y in (curve[0], curve[-1])]
        return max([*ends, *(y for _, y in self.dots)], default=0.0)


def parsed(text: str) -> Shape:
    """The shape that a line of the glyph table describes."""
    tokens = iter(text.split())
    left, right = float(next(tokens)), float(next(tokens))
    paths: list[list[Curve]] = []
    dots: list[Point] = []
    here = (0.0, 0.0)
    for command in tokens:
        numbers = [float(next(tokens)) for _ in range(4 if command == "Q" else 2)]
        goal = (numbers[-2], numbers[-1])
        if command == "M":
            paths.append([])
        elif command == "D":
            dots.append(goal)
        else:
            paths[-1].append(_curve(command, here, goal, (numbers[0], numbers[1])))
        here = goal
    return Shape(left, right, tuple(tuple(path) for path in paths), tuple(dots))


def _curve(command: str, start: Point, goal: Point, handle: Point) -> Curve:
    if command == "L":
        return (start, goal)
    if command == "Q":
        return (start, _between(start, handle, 2 / 3), _between(goal, handle, 2 / 3), goal)
    corner = {"H": (goal[0], start[1]), "V": (start[0], goal[1])}[command]
    return (start, _between(start, corner, _OVAL), _between(goal, corner, _OVAL), goal)


def _between(a: Point, b: Point, part: float) -> Point:
    return (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]))


def fitted(shape: Shape, grid: Grid) -> Drawing:
    """The shape in pixels, its stems on whole ones."""
    middle = grid.stem / 2
    curves = [curve for path in shape.paths for curve in path]
    columns, rows = _stems(curves, shape.dots)
    if not columns:
        return Drawing((), (), 0, 0)
    rows |= {y for curve in curves for _, y in (curve[0], curve[-1])} & grid.heights.keys()
    across = _fit_columns(sorted(columns), grid, middle)
    upwards = _fit_rows(sorted(rows), grid, middle)

    def placed(points: Curve) -> Curve:
        xs, ys = (_mapped([p[axis] for p in points], fit, grid.step) for axis, fit in ((0, across), (1, upwards)))
        return tuple(zip(xs, ys, strict=True))

    ink = round(across[-1][1] + middle)
    return Drawing(tuple(tuple(map(placed, path)) for path in shape.paths), placed(shape.dots), 0, ink)


def _stems(curves: Iterable[Curve], dots: Iterable[Point]) -> tuple[set[float], set[float]]:
    """Columns and rows of the grid where something runs straight up or straight across, or that bound the shape."""
    xs = {x for x, _ in dots}
    ys = {y for _, y in dots}
    ends: set[float] = set(xs)
    for curve in curves:
        ends |= {curve[0][0], curve[-1][0]}
        for (x0, y0), (x1, y1) in ((curve[0], curve[1]), (curve[-1], curve[-2])):
            if x0 == x1 or (len(curve) == 2 and y0 != y1):
                xs.add(x0)
            if y0 == y1:
                ys.add(y0)
    return (xs | {min(ends), max(ends)} if ends else xs), ys


Fit: TypeAlias = list[tuple[float, float]]
"""Pairs of a place on the grid and its pixel, in rising order."""


def _fit_columns(columns: list[float], grid: Grid, middle: float) -> Fit:
    fit = [(columns[0], middle)]
    for column in columns[1:]:
        before, pixel = fit[-1]
        gap = math.floor((column - before) * grid.step + 0.5)
        fit.append((column, pixel + max(gap, _clear(column - before, grid))))
    return fit


def _clear(steps: float, grid: Grid) -> int:
    """Pixels between two stems, so many steps of the grid apart, that leave a gap if there is to be one."""
    return grid.stem + 1 if steps >= 2.5 else 0


def _fit_rows(rows: list[float], grid: Grid, middle: float) -> Fit:
    lines = sorted((row, pixel) for row, pixel in grid.heights.items() if row != 10 or row in rows)
    known = dict(lines)
    fit: Fit = []
    for row, place in zip(rows, _mapped(rows, lines, grid.step), strict=True):
        pixel = middle + math.floor(place - middle + 0.5)
        if fit and row not in known:
            pixel = max(pixel, fit[-1][1] + _clear(row - fit[-1][0], grid))
        fit.append((row, pixel))
    return sorted(set(lines + fit))


def _mapped(values: list[float], fit: Fit, step: float) -> list[float]:
    """Values between the known places by proportion, beyond them by steps of the grid."""
    places, pixels = zip(*fit, strict=True)
    inside = np.interp(values, places, pixels)
    beyond = np.minimum(np.subtract(values, places[0]), 0) + np.maximum(np.subtract(values, places[-1]), 0)
    return [float(pixel) for pixel in inside + beyond * step]


def coverage(drawing: Drawing, grid: Grid, shape: tuple[int, int], origin: Point) -> npt.NDArray[np.float32]:
    """How much of each pixel (height, width) the pen covers, 0 to 1.

    The drawing's zero lies at origin: x, and y downwards.
    A stroke covers a pixel as far as half the pen's width reaches beyond the distance of the pixel's middle. Free ends
    are cut level or plumb, whichever crosses the stroke more squarely.
    """
    height, width = shape
    x = np.arange(width, dtype=np.float32) + 0.5 - origin[0]
    y = origin[1] - (np.arange(height, dtype=np.float32)[:, np.newaxis] + 0.5)
    result = np.zeros(shape, dtype=np.float32)
    for path in drawing.paths:
        _draw_path(result, x, y, path, grid.pen)
    side = 0.3 + 1.05 * grid.pen
    for across, up in drawing.dots:
        square = np.clip((side + 1) / 2 - abs(x - across), 0, 1) * np.clip((side + 1) / 2 - abs(y - up), 0, 1)
        np.maximum(result, square, out=result)
    return result


def _draw_path(
    result: npt.NDArray[np.float32],
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    path: tuple[Curve, ...],
    pen: float,
) -> None:
    starts, goals, cuts = _pieces(path)
    reach = (pen + 1) / 2
    along = goals - starts
    length = np.hypot(along[:, 0], along[:, 1])
    ux, uy = (along / length[:, np.newaxis]).T[:, :, np.newaxis, np.newaxis]
    dx = x - starts[:, 0, np.newaxis, np.newaxis]
    dy = y - starts[:, 1, np.newaxis, np.newaxis]
    forward = dx * ux + dy * uy
    # A cut end runs on and is cut below; any other end is round and so joins the next piece.
    first = np.where(cuts[:, 0], -2 * pen - 1, 0)[:, np.newaxis, np.newaxis]
    last = (length + np.where(cuts[:, 1], 2 * pen + 1, 0))[:, np.newaxis, np.newaxis]
    outside = forward - np.clip(forward, first, last)
    covered = np.clip(reach - np.hypot(dx * uy - dy * ux, outside), 0, 1)
    for end, (points, sign) in enumerate(((starts, -1), (goals, 1))):
        for piece in np.flatnonzero(cuts[:, end]):
            px, py = points[piece]
            level = abs(along[piece, 1]) >= abs(along[piece, 0])
            past = (y - py) * np.sign(along[piece, 1]) if level else (x - px) * np.sign(along[piece, 0])
            covered[piece] *= np.clip(reach - sign * past, 0, 1)
    np.maximum(result, covered.max(axis=0), out=result)


def _pieces(path: tuple[Curve, ...]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Starts and ends (n, 2) of the straight pieces of a path, and which of the two are cut (n, 2).

    Cut are free ends, and level or plumb lines at a corner, which thereby gets its point.
    """
    points = np.concatenate([_flat(curve) for curve in path])
    points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
    starts, goals = points[:-1], points[1:]
    cuts = np.zeros((len(starts), 2), dtype=np.bool_)
    closed = (points[0] == points[-1]).all()
    step = goals - starts
    plumb = (step == 0).any(axis=1)
    for here in range(len(starts)):
        after = (here + 1) % len(starts)
        if after == 0 and not closed:
            cuts[here, 1] = cuts[after, 0] = True
        elif step[here] @ step[after] < _CORNER * np.hypot(*step[here]) * np.hypot(*step[after]):
            cuts[here, 1], cuts[after, 0] = plumb[here], plumb[after]
    return starts, goals, cuts


def _flat(curve: Curve) -> npt.NDArray[np.float64]:
    if len(curve) == 2:
        return np.array(curve, dtype=np.float64)
    part = np.linspace(0, 1, _PIECES + 1)[:, np.newaxis]
    weights = (1 - part) ** 3, 3 * part * (1 - part) ** 2, 3 * part**2 * (1 - part), part**3
    return sum((weight * np.array(point) for weight, point in zip(weights, curve, strict=True)), np.zeros((1, 2)))
