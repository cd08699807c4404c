"""Bodies as signed distances in millimetres, negative inside, on a grid of voxels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # float32 throughout
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Grid:
    """Coordinates in mm of a block of voxels, indexed slice, row, column; each axis broadcasts to the others.

    `x` runs to the patient's left, `y` to the back, `z` to the head. `side` is the distance from the middle
    plane, in which paired organs are modelled once; the right half is 3 % narrower, as nobody is symmetric.
    """

    x: Field
    y: Field
    z: Field
    side: Field

    def cropped(self, y_range: tuple[float, float], z_range: tuple[float, float]) -> tuple[Grid, slice, slice]:
        """Give the part of the grid within two ranges in mm, and its rows and columns in this grid."""
        rows = _span(self.z.ravel(), z_range)
        columns = _span(self.y.ravel(), y_range)
        part = replace(self, y=self.y[:, :, columns], z=self.z[:, rows], side=self.side[:, :, columns])
        return part, rows, columns


def axis(first: float, step: float, count: int) -> Field:
    """Give the positions in mm along one axis."""
    return (first + step * np.arange(count)).astype(np.float32)


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid along the axes: centre and half axes in mm."""

    centre: Point
    radii: Point

    def reach(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Give the ranges in y and z that the shape touches, in mm."""
        (_, y, z), (_, ry, rz) = self.centre, self.radii
        return (y - ry, y + ry), (z - rz, z + rz)

    def distance(self, grid: Grid) -> Field:
        """Give the approximate signed distance in mm at every voxel of the grid."""
        axes = (grid.side, grid.y, grid.z)
        scaled = [(axis - c) / r for axis, c, r in zip(axes, self.centre, self.radii, strict=True)]
        slopes = [part / r for part, r in zip(scaled, self.radii, strict=True)]
        norm = np.sqrt(squares(scaled))
        distance: Field = norm * (norm - 1) / (np.sqrt(squares(slopes)) + np.float32(1e-6))
        return distance


@dataclass(frozen=True)
class Rod:
    """A rod with round ends from `start` to `end`, its radius in mm going from the first to the second."""

    start: Point
    end: Point
    radii: tuple[float, float]
    flat: float = 1.0

    def reach(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Give the ranges in y and z that the shape touches, in mm."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        widest = max(self.radii)
        return (float(low[1]) - widest, float(high[1]) + widest), (
            float(low[2]) - widest,
            float(high[2]) + widest,
        )

    def distance(self, grid: Grid) -> Field:
        """Give the signed distance in mm at every voxel; `flat` above 1 narrows it from left to right."""
        axes = (grid.side * np.float32(self.flat), grid.y, grid.z)
        start = (self.start[0] * self.flat, *self.start[1:])
        end = (self.end[0] * self.flat, *self.end[1:])
        run = [b - a for a, b in zip(start, end, strict=True)]
        length2 = sum(part * part for part in run)
        offsets = [axis - a for axis, a in zip(axes, start, strict=True)]
        along = offsets[0] * run[0] + (offsets[1] * run[1] + offsets[2] * run[2])
        t = np.clip(along / np.float32(length2), 0, 1)
        square = squares(offsets) - t * (2 * along - t * np.float32(length2))
        first, last = self.radii
        return np.sqrt(np.maximum(square, 0)) - (np.float32(first) + t * np.float32(last - first))


Shape = Ellipsoid | Rod


def join(first: Field, second: Field, blend: float) -> Field:
    """Unite two bodies, rounding the seam over `blend` mm."""
    h = np.maximum(np.float32(blend) - np.abs(first - second), 0)
    joined: Field = np.minimum(first, second) - h * h * np.float32(0.25 / blend)
    return joined


def meet(first: Field, second: Field, blend: float) -> Field:
    """Intersect two bodies, rounding the seam over `blend` mm."""
    return -join(-first, -second, blend)


def body(grid: Grid, blend: float, *shapes: Shape) -> Field:
    """Give the distance to shapes that are joined, their seams rounded over `blend` mm."""
    distance = shapes[0].distance(grid)
    for shape in shapes[1:]:
        distance = join(distance, shape.distance(grid), blend)
    return distance


def inside(distance: Field, softness: float = 1.9) -> Field:
    """Turn signed distances into the share of the voxel inside: 1 to 0 smoothly over `softness` mm."""
    t = np.clip(np.float32(0.5) - distance / np.float32(softness), 0, 1)
    return t * t * (3 - 2 * t)


def ramp(position: Field, start: float, end: float) -> Field:
    """Go smoothly from 0 at `start` to 1 at `end`."""
    t = np.clip((position - np.float32(start)) / np.float32(end - start), 0, 1)
    ramp: Field = t * t * (3 - 2 * t)
    return ramp


def squares(parts: list[Field]) -> Field:
    """Give the sum of three squares, in one order of rounding."""
    x, y, z = (part * part for part in parts)
    total: Field = x + (y + z)
    return total


def _span(positions: Field, limits: tuple[float, float]) -> slice:
    inside = np.flatnonzero((positions >= limits[0]) & (positions <= limits[1]))
    return slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0)
