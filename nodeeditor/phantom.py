"""The voxels of the built-in images: a head seen by T1 and T2 magnetic resonance, and a knee seen by CT.

Everything is modelled by signed distances in millimetres (negative inside), painted one tissue over the other
with edges about one voxel soft. Only operations that IEEE 754 rounds exactly (+, -, *, /, square root,
comparisons) and raw integers of PCG64 are used, so every machine and numpy version makes the same voxels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # float32 throughout
Point = tuple[float, float, float]

HEAD_SHAPE = (80, 91, 109)
HEAD_SPACING = (2.0, 1.953, 1.953)
HEAD_FIRST_VOXEL = (84.5, -110.0, 83.0)
KNEE_SHAPE = (64, 128, 128)

_NOISE_SIGMA = 17.5
_NOISE_LIMIT = 59.0


class Tissue(NamedTuple):
    """The signal of one tissue in the T1 and in the T2 image."""

    t1: float
    t2: float


SKIN = Tissue(560, 400)
FAT = Tissue(1130, 700)
MUSCLE = Tissue(500, 230)
TONGUE = Tissue(570, 310)
MUCOSA = Tissue(540, 800)
BONE = Tissue(45, 40)
MARROW = Tissue(900, 540)
TOOTH = Tissue(30, 25)
DURA = Tissue(330, 260)
CSF = Tissue(175, 1100)
GREY = Tissue(500, 570)
WHITE = Tissue(715, 395)
CALLOSUM = Tissue(735, 370)
STEM = Tissue(670, 420)
DEEP_GREY = Tissue(585, 490)
PALLIDUM = Tissue(650, 380)
VITREOUS = Tissue(190, 1180)
LENS = Tissue(430, 240)
NERVE = Tissue(600, 420)
AIR = Tissue(0, 0)


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


def _span(positions: Field, limits: tuple[float, float]) -> slice:
    inside = np.flatnonzero((positions >= limits[0]) & (positions <= limits[1]))
    return slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0)


def _axis(first: float, step: float, count: int) -> Field:
    return (first + step * np.arange(count)).astype(np.float32)


def _head_grid() -> Grid:
    (slices, rows, columns), (step_x, step_z, step_y) = HEAD_SHAPE, HEAD_SPACING
    x = _axis(HEAD_FIRST_VOXEL[0], -step_x, slices)[:, None, None]
    y = _axis(HEAD_FIRST_VOXEL[1], step_y, columns)[None, None, :]
    z = _axis(HEAD_FIRST_VOXEL[2], -step_z, rows)[None, :, None]
    turned = x + np.float32(0.012) * y
    return Grid(x, y, z, np.where(turned >= 0, turned, np.float32(-1.03) * turned))


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
        norm = np.sqrt(_squares(scaled))
        distance: Field = norm * (norm - 1) / (np.sqrt(_squares(slopes)) + np.float32(1e-6))
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
        square = _squares(offsets) - t * (2 * along - t * np.float32(length2))
        first, last = self.radii
        return np.sqrt(np.maximum(square, 0)) - (np.float32(first) + t * np.float32(last - first))


Shape = Ellipsoid | Rod


def _squares(parts: list[Field]) -> Field:
    x, y, z = (part * part for part in parts)
    total: Field = x + (y + z)
    return total


def _join(first: Field, second: Field, blend: float) -> Field:
    """Unite two bodies, rounding the seam over `blend` mm."""
    h = np.maximum(np.float32(blend) - np.abs(first - second), 0)
    joined: Field = np.minimum(first, second) - h * h * np.float32(0.25 / blend)
    return joined


def _meet(first: Field, second: Field, blend: float) -> Field:
    """Intersect two bodies, rounding the seam over `blend` mm."""
    return -_join(-first, -second, blend)


def _body(grid: Grid, blend: float, *shapes: Shape) -> Field:
    distance = shapes[0].distance(grid)
    for shape in shapes[1:]:
        distance = _join(distance, shape.distance(grid), blend)
    return distance


def _inside(distance: Field, softness: float = 1.9) -> Field:
    """Turn signed distances into the share of the voxel inside: 1 to 0 smoothly over `softness` mm."""
    t = np.clip(np.float32(0.5) - distance / np.float32(softness), 0, 1)
    return t * t * (3 - 2 * t)


def _sine(turns: Field) -> Field:
    """Give the sine of a number of turns within 0.1 %, by parabolas, as no library's sine is exact."""
    t = turns - np.floor(turns + np.float32(0.5))
    y = 8 * t - 16 * t * np.abs(t)
    sine: Field = y + np.float32(0.225) * (y * np.abs(y) - y)
    return sine


def _raw(seed: int, count: int) -> NDArray[np.uint64]:
    raw = np.random.PCG64(seed).random_raw(count)
    return np.asarray(raw, dtype="<u8")


def _uniform(seed: int, count: int) -> list[float]:
    return [int(value >> np.uint64(11)) / 2.0**53 for value in _raw(seed, count)]


def _random_waves(position: tuple[Field, Field, Field], wavelength: float, seed: int, count: int = 12) -> Field:
    """Give smooth noise of one wavelength in mm and deviation 1: plane waves in random directions."""
    numbers = _uniform(seed, 7 * count)
    total: Field = np.zeros(1, np.float32)
    for i in range(count):
        *trio, phase = numbers[7 * i : 7 * i + 7]
        k = [trio[j] + trio[j + 3] - 1 for j in range(3)]
        scale = 1 / (wavelength * math.sqrt(k[0] * k[0] + k[1] * k[1] + k[2] * k[2]))
        turns: Field = np.full(1, phase, np.float32)
        for axis, part in zip(position, k, strict=True):
            turns = turns + axis * np.float32(part * scale)
        total = total + _sine(turns)
    return total * np.float32(math.sqrt(2 / count))


def _sheets(noise: Field, steps: Point) -> Field:
    """Give the distance in mm to the surfaces where the noise is 0, for a grid with these steps per axis."""
    slopes = [np.gradient(noise, step, axis=axis) for axis, step in enumerate(steps)]
    return np.abs(noise) / (np.sqrt(_squares(slopes)) + np.float32(0.02))


@dataclass
class Canvas:
    """The T1 and T2 signal while one tissue after the other is painted over it."""

    grid: Grid
    t1: Field
    t2: Field

    def cover(self, share: Field, tissue: Tissue, rows: slice = slice(None), columns: slice = slice(None)) -> None:
        """Replace this share of every voxel of the rows and columns by the tissue."""
        for image, signal in ((self.t1, tissue.t1), (self.t2, tissue.t2)):
            part = image[:, rows, columns]
            part += share * (np.float32(signal) - part)

    def paint(self, tissue: Tissue, *shapes: Shape, grow: float = 0.0, softness: float = 1.9) -> None:
        """Paint shapes, each `grow` mm larger than it says."""
        for shape in shapes:
            (y_low, y_high), (z_low, z_high) = shape.reach()
            margin = grow + softness
            grid, rows, columns = self.grid.cropped(
                (y_low - margin, y_high + margin), (z_low - margin, z_high + margin)
            )
            if rows.stop > rows.start and columns.stop > columns.start:
                self.cover(_inside(shape.distance(grid) - np.float32(grow), softness), tissue, rows, columns)

    def marrow_bone(self, *shapes: Shape, wall: float = 1.6) -> None:
        """Paint bones: dark walls of `wall` mm round bright marrow."""
        self.paint(BONE, *shapes)
        self.paint(MARROW, *shapes, grow=-wall)


def _ramp(position: Field, start: float, end: float) -> Field:
    """Go smoothly from 0 at `start` to 1 at `end`."""
    t = np.clip((position - np.float32(start)) / np.float32(end - start), 0, 1)
    ramp: Field = t * t * (3 - 2 * t)
    return ramp


def _cavity(grid: Grid) -> Field:
    """Give the distance to the inner surface of the skull."""
    vault = _body(grid, 22, Ellipsoid((0, -24, 12), (57, 54, 51)), Ellipsoid((0, 23, 13), (67, 65, 53)))
    front = 1 - _ramp(grid.y, -36, -24)
    orbits = _ramp(grid.side, 8, 26) * np.float32(8)
    floor = -26 + front * (11 + orbits)
    vault = _meet(vault, floor - grid.z, 6)
    fossae = _body(
        grid,
        8,
        Ellipsoid((39, -12, -20), (24, 33, 20)),
        Ellipsoid((0, 46, -34), (52, 40, 31)),
        Ellipsoid((0, 52, -12), (52, 41, 34)),
        Rod((0, 4, -26), (0, 17, -70), (13, 9)),
    )
    return _join(vault, fossae, 9)


def _head(grid: Grid, cavity: Field) -> Field:
    """Give the distance to the skin."""
    scalp = np.float32(11.5) - 4 * _ramp(grid.side, 35, 62) + 2 * _ramp(grid.y, 30, 80)
    trunk = _body(
        grid,
        10,
        Ellipsoid((0, -42, -52), (54, 46, 52)),
        Ellipsoid((0, -70, -88), (34, 23, 26)),
        Rod((0, 34, -50), (0, 32, -130), (52, 56)),
        Ellipsoid((28, -66, -52), (25, 20, 24)),
        Ellipsoid((33, -70, -21), (19, 16, 13)),
        Rod((32, -12, -56), (28, -4, -130), (27, 26)),
        Rod((5, -84, 0), (22, -82, -3), (8, 7)),
    )
    nose = _body(grid, 6, Rod((0, -84, -6), (0, -101, -42), (5, 7.5)), Ellipsoid((9, -94, -44), (8, 9, 7)))
    lips = _body(
        grid,
        3,
        Ellipsoid((0, -87, -61), (24, 9, 7.5)),
        Ellipsoid((0, -86.5, -75.5), (22, 9, 6)),
        Ellipsoid((0, -85, -96), (22, 13, 12)),
    )
    ear = Ellipsoid((73, 12, -24), (4, 14, 26)).distance(grid)
    skull = cavity - scalp
    return _join(_join(_join(skull, trunk, 16), nose, 7), np.minimum(lips, ear), 6)


def _soft_tissue(canvas: Canvas, head: Field, cavity: Field) -> None:
    grid = canvas.grid
    canvas.cover(_inside(head), SKIN)
    canvas.cover(_inside(head + 2), FAT)
    septa = _sheets(_random_waves((grid.x, grid.y, grid.z * np.float32(0.6)), 30, 41, 8), HEAD_SPACING)
    flesh = np.maximum(head + 5.5, np.float32(0.75) - septa)
    below = np.maximum(grid.z + 22 - np.float32(0.3) * grid.y, -grid.y - 84)
    canvas.cover(_inside(np.maximum(flesh, below)), MUSCLE)
    for muscle in (Ellipsoid((66, -22, -10), (8, 32, 34)), Ellipsoid((52, -30, -62), (8, 18, 30))):
        canvas.cover(_inside(np.maximum(muscle.distance(grid), head + 4)), MUSCLE)
    canvas.cover(_inside(np.maximum(head + 1.5, cavity - 6.5)), BONE)


def _bones(canvas: Canvas, head: Field, cavity: Field) -> None:
    grid = canvas.grid
    wobble = _random_waves((grid.x, grid.y, grid.z), 38, 52, 8)
    diploe = np.maximum(np.abs(cavity - 3.7) - (np.float32(1.1) + np.float32(0.7) * wobble), -30 - grid.z)
    canvas.cover(_inside(diploe) * np.float32(0.7), MARROW)
    canvas.marrow_bone(
        Rod((0, -13, -38), (0, 1, -66), (6.5, 4)),
        Rod((0, 5, -76), (0, 10, -118), (6, 8.5)),
        Rod((0, -3, -77), (0, -3, -78), (4, 4)),
        Rod((0, 40, -78), (0, 41, -79), (5.5, 5.5)),
        Rod((0, 36, -96), (0, 56, -104), (5, 5.5)),
        Rod((17, 8, -78), (24, 12, -76), (7, 6)),
        Rod((16, 10, -92), (20, 14, -100), (6.5, 6)),
        Rod((47, -16, -56), (46, -4, -88), (5, 6.5)),
        Rod((46, -6, -92), (8, -80, -99), (6.5, 8)),
        Rod((52, -42, -32), (66, -14, -30), (4.5, 3.2)),
        Rod((42, -62, -34), (54, -46, -30), (6, 4.5)),
    )
    canvas.paint(BONE, Rod((24, 22, -32), (60, 22, -30), (7, 8)), Rod((57, 28, -40), (53, 28, -54), (7, 4)))
    canvas.marrow_bone(Ellipsoid((0, -60, -60), (25, 25, 5)))


def _face(canvas: Canvas) -> None:
    paint = canvas.paint
    paint(BONE, Ellipsoid((32, -62, -21), (19, 22, 18)))
    paint(FAT, Ellipsoid((32, -64, -21), (17, 22, 16)), Rod((30, -50, -20), (12, -22, -18), (12, 4)))
    paint(
        MUSCLE,
        Rod((33, -62, -9), (13, -26, -16), (2.3, 1.6)),
        Rod((33, -60, -33), (13, -26, -21), (2.4, 1.6)),
    )
    paint(
        MUSCLE,
        Rod((44, -64, -21), (17, -27, -19), (2.2, 1.6)),
        Rod((20, -64, -21), (10, -30, -19), (2.2, 1.6)),
    )
    paint(NERVE, Rod((31, -58, -20), (8, -20, -16), (2.0, 2.0)))
    paint(SKIN, Ellipsoid((33, -71, -21), (13.2, 13.2, 13.2)))
    paint(VITREOUS, Ellipsoid((33, -71, -21), (11.8, 11.8, 11.8)))
    paint(LENS, Ellipsoid((33, -79.5, -21), (4.8, 2.4, 4.8)))
    paint(BONE, Ellipsoid((29, -56, -47), (16, 19, 15)), Ellipsoid((0, -52, -40), (19, 36, 19)))
    paint(MUCOSA, Ellipsoid((29, -56, -47), (14.5, 17.5, 13.5)), Ellipsoid((0, -53, -42), (17, 36, 16)))
    paint(AIR, Ellipsoid((29.5, -56, -47), (12.5, 15.5, 12)))
    paint(
        AIR,
        Ellipsoid((0, -50, -33), (10, 30, 8)),
        Ellipsoid((0, -56, -47), (14, 32, 9)),
        Rod((5, -88, -48), (5, -97, -51), (5, 3)),
    )
    paint(
        AIR,
        Ellipsoid((7, -27, -29), (9, 14, 10)),
        Ellipsoid((10, -80, -1), (9, 4.5, 12)),
        Rod((11, -62, -25), (12, -44, -26), (5, 6)),
    )
    paint(
        MUCOSA,
        Rod((7, -76, -51), (7, -38, -51), (3.4, 3.6), 1.4),
        Rod((7, -70, -41), (7, -38, -40), (2.8, 3)),
    )
    paint(MUCOSA, Rod((0.6, -90, -38), (0.6, -34, -46), (1, 1)), Ellipsoid((0.4, -62, -45), (1.6, 30, 12)))
    paint(AIR, Rod((0, -18, -52), (0, -12, -74), (7.5, 6)), Rod((0, -12, -74), (0, -10, -108), (5.5, 8)))
    paint(AIR, Ellipsoid((0, -58, -67.5), (20, 24, 2.4)))
    paint(MUSCLE, Rod((0, -34, -62), (0, -19, -80), (3.8, 3)))
    paint(TONGUE, Ellipsoid((0, -52, -82), (22, 29, 15)), Ellipsoid((0, -36, -90), (18, 20, 22)))
    paint(FAT, Rod((0, -62, -92), (0, -44, -84), (1.2, 0.6)))
    paint(TOOTH, Rod((0, -80, -63), (0, -80.5, -72), (3, 2)), Rod((0, -78, -88), (0, -78.5, -75), (3, 2)))
    paint(
        TOOTH,
        *(Rod((7.0 * i, -80 + 2.2 * i * i, -64), (7.0 * i, -80.5 + 2.2 * i * i, -88), (3.2, 3)) for i in range(1, 5)),
    )
    paint(AIR, Rod((52, 20, -27), (74, 16, -26), (2.6, 3.2)), Rod((58, 26, -36), (55, 28, -50), (4, 2)))


def _folded(
    canvas: Canvas,
    body: Field,
    surface: tuple[Field, Field, Field],
    *,
    wavelength: float,
    seed: int,
    depth: Field,
    thickness: float,
    gap: float,
    cleft: Field | None = None,
) -> None:
    """Paint white matter, its folded grey rim and the fluid in the furrows into a body of the brain.

    The furrows lie where noise over the `surface` coordinates is 0, so they branch and wind without ending;
    they are `depth` mm deep, twice `gap` wide and lined by `thickness` mm of grey matter, as is the `cleft`.
    """
    furrows = _sheets(_random_waves(surface, wavelength, seed), HEAD_SPACING)
    beyond = np.maximum(-body - depth, 0)
    rim = np.minimum(-body, np.sqrt(furrows * furrows + beyond * beyond) - np.float32(gap))
    if cleft is not None:
        rim = np.minimum(rim, cleft)
    canvas.cover(_inside(-rim), GREY)
    canvas.cover(_inside(np.float32(thickness) - rim), WHITE)


def _tentorium(grid: Grid) -> Field:
    """Give the distance to the tent between the cerebrum (negative) and the cerebellum."""
    back = np.float32(0.45) * np.clip(grid.y - 20, 0, 60)
    sheet = np.maximum(-8 - back - np.float32(0.26) * grid.side, -38)
    sheet = sheet - np.float32(1.6) * np.clip(18 - grid.y, 0, 40)
    distance: Field = (sheet - grid.z) * np.float32(0.8)
    return distance


def _cerebrum(canvas: Canvas, cavity: Field) -> None:
    grid = canvas.grid
    cistern = Rod((0, -30, -26), (0, 22, -24), (13, 17)).distance(grid)
    body = _meet(_meet(cavity + 2.2, _tentorium(grid) + 1.5, 4), -cistern, 5)
    body = _meet(body, (np.float32(0.9) - grid.side) * np.float32(1.3), 4)

    reach = (34.0, 46.0, 48.0)
    centre = (np.float32(34), np.clip(grid.y, -34, 40), np.float32(12))
    offsets = [
        (axis - c) / np.float32(r) for axis, c, r in zip((grid.side, grid.y, grid.z), centre, reach, strict=True)
    ]
    stretch = np.float32(0.75) / (np.sqrt(_squares(offsets)) + np.float32(0.05)) + np.float32(0.25)
    shift = np.where(grid.x > 0, np.float32(0), np.float32(190))
    sx, sy, sz = (c + offset * np.float32(r) * stretch for c, offset, r in zip(centre, offsets, reach, strict=True))

    depth = 13 + 4 * _random_waves((sx, sy, sz), 60, 8, 6)
    bend = 4 * _sine((grid.y + grid.x * np.float32(0.3)) / 61)
    sylvian = np.abs(grid.z + 4 - np.float32(0.28) * grid.y - bend) - np.float32(0.8)
    insula = np.maximum(sylvian, np.maximum(36 - grid.side, np.abs(grid.y + 2) - 32))
    surface = (sx + shift, sy, sz)
    _folded(canvas, body, surface, wavelength=17, seed=11, depth=depth, thickness=2.4, gap=0.7, cleft=insula)


def _cerebellum(canvas: Canvas, cavity: Field) -> None:
    grid = canvas.grid
    shape = _body(grid, 8, Ellipsoid((25, 47, -42), (30, 34, 26)), Ellipsoid((0, 46, -38), (18, 30, 27)))
    body = _meet(_meet(cavity + 3, shape, 3), 1.5 - _tentorium(grid), 3)
    offsets = ((grid.side - 12) / np.float32(60), grid.y - 26, grid.z + 38)
    stretch = 20 / (np.sqrt(_squares(list(offsets))) + 1)
    surface = (offsets[0] * 8, offsets[1] * stretch, offsets[2] * stretch)
    depth = np.full(1, 15, np.float32)
    _folded(canvas, body, surface, wavelength=9.5, seed=88, depth=depth, thickness=1.7, gap=0.35)


def _deep_brain(canvas: Canvas) -> None:
    paint = canvas.paint
    paint(WHITE, Ellipsoid((22, -2, 12), (17, 38, 14)), Ellipsoid((15, 2, 6), (14, 20, 14)))
    paint(GREY, Rod((35.5, -22, -4), (35.5, 14, 4), (5, 5), 2.2))
    paint(DEEP_GREY, Ellipsoid((26, -6, 2), (5.5, 19, 11)))
    paint(PALLIDUM, Ellipsoid((19.5, -4, 0), (4, 11, 7)))
    paint(DEEP_GREY, Rod((13.5, -28, 7), (15, -10, 17), (7, 4)), Rod((15, -10, 17), (17, 18, 15), (4, 2.5)))
    callosum = (
        (-35, -2, 2),
        (-42, 2, 3),
        (-45.5, 8, 4.2),
        (-43.5, 14.5, 4.4),
        (-37, 19.5, 3.8),
        (-24, 24, 3.3),
        (-8, 26, 3.1),
        (7, 25, 3),
        (19, 21, 3),
        (27.5, 15, 3.8),
        (31.5, 9, 4.8),
    )
    middle = replace(canvas.grid, side=np.zeros((1, 1, 1), np.float32))
    links = (Rod((0, *a[:2]), (0, *b[:2]), (a[2], b[2])) for a, b in pairwise(callosum))
    canvas.cover(_inside(np.maximum(_body(middle, 1, *links), canvas.grid.side - 15)), CALLOSUM)
    paint(CSF, Rod((7.5, -33, 10), (8, -8, 17), (5.5, 4.8)), Rod((8, -8, 17), (13, 22, 13), (4.8, 5)))
    paint(CSF, Rod((13, 22, 13), (24, 34, 4), (5, 5.5)), Rod((24, 34, 4), (22, 58, -2), (5, 2)))
    paint(CSF, Rod((24, 34, 4), (31, 12, -15), (4.6, 3)), Rod((31, 12, -15), (27, -14, -24), (3, 2)))
    paint(DEEP_GREY, Ellipsoid((10.5, 3, 3), (9.5, 15, 9.5)), Ellipsoid((24, -18, -22), (7, 8, 7)))
    paint(DEEP_GREY, Rod((25, -10, -25), (24, 16, -16), (3.4, 2.6)))
    paint(CSF, Ellipsoid((0, -4, -3), (2.2, 13, 11)))
    paint(DEEP_GREY, Ellipsoid((0, 0, 1), (4, 3.5, 3.5)))
    paint(STEM, Rod((1, -17, 0), (1.2, -15, 9), (1.4, 1.7)), Rod((1.2, -15, 9), (1.2, -6, 16), (1.7, 2)))
    paint(STEM, Rod((1.2, -6, 16), (2, 10, 18), (2, 1.8)), Rod((2, 10, 18), (3, 24, 13), (1.8, 1.6)))
    paint(STEM, Rod((0, 5, -8), (0, 8, -20), (11, 11)), Rod((10, 0, -6), (5, 4, -18), (6, 6)))
    paint(STEM, Ellipsoid((0, 4, -27), (16, 12.5, 13)), Rod((10, 14, -30), (22, 34, -36), (7, 6)))
    paint(STEM, Rod((0, 8, -34), (0, 17, -62), (9, 6)), Rod((0, 17, -62), (0, 22, -120), (5.4, 4.8)))
    paint(STEM, Rod((3.5, 18, -10), (3.5, 20, -16), (4, 4)))
    paint(
        CSF,
        Rod((0, 13, -9), (0, 16, -20), (1, 1)),
        Ellipsoid((0, 19.5, -32), (8, 4.5, 10)),
        Rod((0, 19, -32), (0, 27, -33), (3.5, 1)),
    )
    paint(GREY, Rod((0, -22, -17), (0, -18, -24), (2, 1.5)), Rod((0, -22, -28), (0, -20, -29), (4, 4)))
    paint(NERVE, Rod((0, -21, -15), (9, -28, -16), (2.2, 2)), Rod((0, -21, -15), (8, -10, -11), (2.2, 2)))
    paint(DEEP_GREY, Ellipsoid((0, 18, -6), (2.5, 4, 2.5)))


def _brain(canvas: Canvas, cavity: Field) -> None:
    grid = canvas.grid
    canvas.cover(_inside(cavity - 0.6), DURA)
    canvas.cover(_inside(cavity + 1.0), CSF)
    canvas.paint(CSF, Rod((0, 14, -50), (0, 22, -120), (10, 9)))
    edge = Ellipsoid((0, -4, 0), (90, 62, 36)).distance(grid)
    falx = np.maximum(np.maximum(grid.side - np.float32(0.7), cavity), np.maximum(-edge, _tentorium(grid)))
    canvas.cover(_inside(falx) * np.float32(0.7), DURA)
    _cerebrum(canvas, cavity)
    _cerebellum(canvas, cavity)
    _deep_brain(canvas)


def _bias(grid: Grid) -> Field:
    x, y, z = grid.x / 80, grid.y / 110, grid.z / 90
    texture = np.float32(0.015) * _random_waves((grid.x, grid.y, grid.z), 8, 61, 6)
    return (
        1
        + texture
        + np.float32(0.045) * (z + x * np.float32(0.3))
        - np.float32(0.04) * (y * y + x * y - np.float32(0.5))
    )


def _noise(seed: int, shape: tuple[int, ...]) -> Field:
    """Give bell-shaped noise of mean 0 and deviation 1, each value the sum of four 16-bit numbers."""
    parts = _raw(seed, math.prod(shape)).view("<u2").reshape(-1, 4).astype(np.int32)
    total = parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]
    return ((total - 131070) / np.float32(37837.2)).astype(np.float32).reshape(shape)


def _measured(signal: Field, seed: int) -> NDArray[np.uint16]:
    """Give the magnitude of the signal with complex noise, as the scanner stores it."""
    real, imaginary = (_noise(seed + i, signal.shape) * np.float32(_NOISE_SIGMA) for i in (0, 1))
    size = np.sqrt(real * real + imaginary * imaginary)
    damping = np.minimum(1, np.float32(_NOISE_LIMIT) / np.maximum(size, 1))
    real, imaginary = signal + real * damping, imaginary * damping
    return np.rint(np.sqrt(real * real + imaginary * imaginary)).astype("<u2")


def head_phantom() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Make the T1 and the T2 image of the head, as stored by the scanner: noise in the air is below 60.

    Both are indexed slice (from the patient's left to the right, 2 mm), row (from head to feet, 1.953 mm) and
    column (from front to back, 1.953 mm), 80 x 91 x 109 voxels.
    """
    grid = _head_grid()
    canvas = Canvas(grid, np.zeros(HEAD_SHAPE, np.float32), np.zeros(HEAD_SHAPE, np.float32))
    cavity = _cavity(grid)
    head = _head(grid, cavity)
    _soft_tissue(canvas, head, cavity)
    _face(canvas)
    _bones(canvas, head, cavity)
    _brain(canvas, cavity)
    bias = _bias(grid)
    return _measured(canvas.t1 * bias, 101), _measured(canvas.t2 * bias, 201)


def _knee_grid() -> Grid:
    slices, rows, columns = KNEE_SHAPE
    z = _axis(32.0, -1.0, slices)[:, None, None]
    y = _axis(-62.0, 1.0, rows)[None, :, None]
    x = _axis(-63.5, 1.0, columns)[None, None, :]
    return Grid(x, y, z, x)


def _knee_bones(grid: Grid) -> list[Field]:
    """Give the distances to the surfaces of femur, tibia, fibula and knee cap."""
    femur = _body(
        grid,
        9,
        Rod((1, 4, 60), (0, 2, 26), (13, 15)),
        Rod((0, 2, 26), (-17, 6, 8), (15, 17)),
        Rod((0, 2, 26), (19, 6, 8), (15, 16)),
        Rod((-21, 2, 8), (-22, 18, 9), (16, 15)),
        Rod((22, 2, 9), (22, 17, 10), (15, 14)),
    )
    notch = Rod((0, 8, -4), (0, 40, 12), (8, 10)).distance(grid)
    trochlea = Rod((1, -30, -2), (1, -24, 30), (9, 8)).distance(grid)
    femur = _meet(_meet(_meet(femur, -notch, 3), -trochlea, 4), -5.5 - grid.z, 4)
    tibia = _body(
        grid,
        10,
        Rod((-19, 7, -20), (-19, 11, -21), (18, 17)),
        Rod((19, 7, -20), (20, 11, -21), (17.5, 16)),
        Rod((0, 3, -24), (0, 2, -70), (20, 12)),
        Rod((0, -17, -28), (0, -12, -50), (7, 8)),
    )
    spine = np.float32(4) * (1 - _ramp(np.abs(grid.x), 3, 10)) * (1 - _ramp(np.abs(grid.y - 7), 4, 12))
    tibia = _meet(tibia, grid.z + 11 - spine, 4)
    fibula = _body(grid, 4, Rod((35, 25, -21), (36, 26, -32), (6.5, 6)), Rod((36, 26, -32), (33, 26, -70), (6, 5)))
    cap = _meet(Ellipsoid((2, -30, 10), (21, 11, 20)).distance(grid), grid.y + 23, 3)
    return [femur, tibia, fibula, cap]


def _blend(image: Field, share: Field, value: float | Field) -> None:
    image += share * (np.asarray(value, np.float32) - image)


def _knee_flesh(grid: Grid, image: Field) -> None:
    """Fill the leg up to the skin with fat, muscles, vessels and tendons."""
    leg = _body(
        grid,
        16,
        Rod((0, 4, 70), (0, 4, -6), (57, 48)),
        Rod((0, 4, -6), (0, 9, -70), (48, 48)),
        Ellipsoid((1, -26, 6), (30, 20, 34)),
    )
    _blend(image, _inside(leg, 1.6), 1080)
    _blend(image, _inside(leg + 1.8, 1.6), 895 + 12 * _random_waves((grid.x, grid.y, grid.z), 14, 5, 6))
    muscles = (
        Rod((-30, -8, 70), (-33, 6, 4), (26, 9)),
        Rod((28, -12, 70), (30, -10, 14), (27, 7)),
        Rod((2, -26, 70), (2, -26, 26), (19, 6)),
        Rod((-28, 33, 70), (-34, 31, -10), (16, 8)),
        Rod((-8, 40, 70), (-22, 40, 0), (12, 5)),
        Rod((30, 32, 70), (37, 25, -14), (16, 7)),
        Rod((-18, 33, 6), (-18, 36, -70), (9, 23)),
        Rod((18, 33, 8), (19, 36, -70), (9, 22)),
        Rod((-8, 24, -14), (10, 22, -70), (9, 16)),
        Rod((33, -2, -22), (32, -2, -70), (8, 18)),
    )
    marbling = 1058 + 14 * _random_waves((grid.x, grid.y, grid.z * np.float32(0.4)), 9, 6, 8)
    for muscle in muscles:
        _blend(image, _inside(np.maximum(muscle.distance(grid), leg + 5), 1.8), marbling)
    tendons = (
        Rod((2, -40, 70), (2, -38, 24), (3, 4)),
        Rod((2, -37, -4), (0, -25, -34), (4, 4)),
        Rod((-40, 4, 16), (-38, 4, -26), (2, 2)),
        Rod((40, 4, 16), (37, 22, -20), (2, 2)),
    )
    for tendon in tendons:
        _blend(image, _inside(tendon.distance(grid)), 1095)
    for vessel, value in (
        (Rod((1, 33, 70), (2, 30, -70), (4, 3.5)), 1048),
        (Rod((7, 37, 70), (6, 34, -70), (4.5, 4)), 1042),
        (Rod((13, 42, 70), (12, 41, -70), (3, 3)), 1030),
        (Rod((-47, 20, 70), (-42, 26, -70), (2.2, 2.2)), 1040),
    ):
        _blend(image, _inside(vessel.distance(grid)), value)


def knee_phantom() -> NDArray[np.uint16]:
    """Make the CT image of a knee lying on the table, in Hounsfield units plus 1000.

    The 64 x 128 x 128 voxels of 1 mm are indexed slice (to the feet), row (to the back) and column (to the
    patient's left). Air is near 0, fat about 900, muscle about 1060, spongy bone 1200 to 1400 and dense bone
    up to about 2300.
    """
    grid = _knee_grid()
    image = np.full(KNEE_SHAPE, 2, np.float32)
    _knee_flesh(grid, image)
    bones = _knee_bones(grid)
    whole = np.minimum(np.minimum(bones[0], bones[1]), np.minimum(bones[2], bones[3]))
    joint = np.maximum(
        whole - 3, np.maximum(Ellipsoid((0, 5, -7), (43, 31, 14)).distance(grid), np.abs(grid.z + 8) - 14)
    )
    _blend(image, _inside(joint), 1035)
    _blend(image, _inside(np.maximum(whole - 2.4, np.abs(grid.z + 8) - 9)), 1130)
    mesh = _random_waves((grid.x, grid.y, grid.z * np.float32(0.7)), 4.5, 7, 10)
    shaft = np.clip((np.abs(grid.z + 8) - 22) / np.float32(16), 0, 1)
    spongy = 1300 + 55 * mesh - shaft * np.float32(300)
    wall = 1.3 + np.float32(3.2) * shaft
    _blend(image, _inside(whole, 1.4), 2150 + 40 * mesh)
    _blend(image, _inside(whole + wall, 2.4), spongy)
    table = np.abs(grid.y - 61 + (grid.x * grid.x) * np.float32(0.0016)) - np.float32(1.3)
    _blend(image, _inside(table, 1.4), 780)
    measured = image + 14 * _noise(301, KNEE_SHAPE)
    stored: NDArray[np.uint16] = np.rint(np.clip(measured, 0, 4095)).astype("<u2")
    return stored
