"""The brain within the cavity of the skull: its lobes, folds, deep parts and stem."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from nodeeditor.phantoms.headgrid import HEAD_SPACING
from nodeeditor.phantoms.noise import random_waves, sheets, sine
from nodeeditor.phantoms.shapes import Ellipsoid, Field, Grid, Rod, body, inside, meet, squares
from nodeeditor.phantoms.tissue import CALLOSUM, CSF, DEEP_GREY, DURA, GREY, NERVE, PALLIDUM, STEM, WHITE, Canvas


def paint_brain(canvas: Canvas, cavity: Field) -> None:
    """Paint the brain, its membranes and its fluid into the cavity of the skull."""
    grid = canvas.grid
    canvas.cover(inside(cavity - 0.6), DURA)
    canvas.cover(inside(cavity + 1.0), CSF)
    canvas.paint(CSF, Rod((0, 14, -50), (0, 22, -120), (10, 9)))
    edge = Ellipsoid((0, -4, 0), (90, 62, 36)).distance(grid)
    falx = np.maximum(np.maximum(grid.side - np.float32(0.7), cavity), np.maximum(-edge, _tentorium(grid)))
    canvas.cover(inside(falx) * np.float32(0.7), DURA)
    _cerebrum(canvas, cavity)
    _cerebellum(canvas, cavity)
    _deep_brain(canvas)


def _cerebrum(canvas: Canvas, cavity: Field) -> None:
    grid = canvas.grid
    cistern = Rod((0, -30, -26), (0, 22, -24), (13, 17)).distance(grid)
    body = meet(meet(cavity + 2.2, _tentorium(grid) + 1.5, 4), -cistern, 5)
    body = meet(body, (np.float32(0.9) - grid.side) * np.float32(1.3), 4)

    reach = (34.0, 46.0, 48.0)
    centre = (np.float32(34), np.clip(grid.y, -34, 40), np.float32(12))
    offsets = [
        (axis - c) / np.float32(r) for axis, c, r in zip((grid.side, grid.y, grid.z), centre, reach, strict=True)
    ]
    stretch = np.float32(0.75) / (np.sqrt(squares(offsets)) + np.float32(0.05)) + np.float32(0.25)
    shift = np.where(grid.x > 0, np.float32(0), np.float32(190))
    sx, sy, sz = (c + offset * np.float32(r) * stretch for c, offset, r in zip(centre, offsets, reach, strict=True))

    depth = 13 + 4 * random_waves((sx, sy, sz), 60, 8, 6)
    bend = 4 * sine((grid.y + grid.x * np.float32(0.3)) / 61)
    sylvian = np.abs(grid.z + 4 - np.float32(0.28) * grid.y - bend) - np.float32(0.8)
    insula = np.maximum(sylvian, np.maximum(36 - grid.side, np.abs(grid.y + 2) - 32))
    surface = (sx + shift, sy, sz)
    _folded(canvas, body, surface, wavelength=17, seed=11, depth=depth, thickness=2.4, gap=0.7, cleft=insula)


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
    furrows = sheets(random_waves(surface, wavelength, seed), HEAD_SPACING)
    beyond = np.maximum(-body - depth, 0)
    rim = np.minimum(-body, np.sqrt(furrows * furrows + beyond * beyond) - np.float32(gap))
    if cleft is not None:
        rim = np.minimum(rim, cleft)
    canvas.cover(inside(-rim), GREY)
    canvas.cover(inside(np.float32(thickness) - rim), WHITE)


def _tentorium(grid: Grid) -> Field:
    """Give the distance to the tent between the cerebrum (negative) and the cerebellum."""
    back = np.float32(0.45) * np.clip(grid.y - 20, 0, 60)
    sheet = np.maximum(-8 - back - np.float32(0.26) * grid.side, -38)
    sheet = sheet - np.float32(1.6) * np.clip(18 - grid.y, 0, 40)
    distance: Field = (sheet - grid.z) * np.float32(0.8)
    return distance


def _cerebellum(canvas: Canvas, cavity: Field) -> None:
    grid = canvas.grid
    shape = body(grid, 8, Ellipsoid((25, 47, -42), (30, 34, 26)), Ellipsoid((0, 46, -38), (18, 30, 27)))
    whole = meet(meet(cavity + 3, shape, 3), 1.5 - _tentorium(grid), 3)
    offsets = ((grid.side - 12) / np.float32(60), grid.y - 26, grid.z + 38)
    stretch = 20 / (np.sqrt(squares(list(offsets))) + 1)
    surface = (offsets[0] * 8, offsets[1] * stretch, offsets[2] * stretch)
    depth = np.full(1, 15, np.float32)
    _folded(canvas, whole, surface, wavelength=9.5, seed=88, depth=depth, thickness=1.7, gap=0.35)


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
    canvas.cover(inside(np.maximum(body(middle, 1, *links), canvas.grid.side - 15)), CALLOSUM)
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
