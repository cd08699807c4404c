"""The head seen by T1 and T2 magnetic resonance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nodeeditor.phantoms.brain import paint_brain
from nodeeditor.phantoms.headgrid import HEAD_SHAPE, HEAD_SPACING, head_grid
from nodeeditor.phantoms.noise import noise, random_waves, sheets
from nodeeditor.phantoms.shapes import Ellipsoid, Field, Grid, Rod, body, inside, join, meet, ramp
from nodeeditor.phantoms.tissue import (
    AIR,
    BONE,
    FAT,
    LENS,
    MARROW,
    MUCOSA,
    MUSCLE,
    NERVE,
    SKIN,
    TONGUE,
    TOOTH,
    VITREOUS,
    Canvas,
)
from nodeeditor.phantoms.tumor import paint_tumor

_TUMOR_ROWS = slice(57, None, -3)
_TUMOR_SCALE = 0.375
_NOISE_SIGMA = 17.5
_NOISE_LIMIT = 59.0


class HeadImages(NamedTuple):
    """The head as scanners store it, each image indexed slice, row, column."""

    t1: NDArray[np.uint16]
    t2: NDArray[np.uint16]
    tumor_t1: NDArray[np.uint16]


def head_phantom() -> HeadImages:
    """Make the T1 and the T2 image of the head, and a T1 image of it with a tumor.

    The slices of the first two go from the patient's left to the right (2 mm), rows from head to feet (1.953 mm),
    columns from front to back (1.953 mm), 80 x 91 x 109 voxels; noise in the air is below 60. The third has 20 slices
    from the base of the skull to the vertex (5.859 mm), rows from front to back (1.953 mm), columns from right to
    left (2 mm), 20 x 109 x 80 voxels, from another scanner: the values are smaller.
    """
    grid = head_grid()
    canvas = Canvas(grid, np.zeros(HEAD_SHAPE, np.float32), np.zeros(HEAD_SHAPE, np.float32))
    cavity = _cavity(grid)
    head = _head(grid, cavity)
    _soft_tissue(canvas, head, cavity)
    _face(canvas)
    _bones(canvas, head, cavity)
    paint_brain(canvas, cavity)
    bias = _bias(grid)
    t1, t2 = _measured(canvas.t1 * bias, 101), _measured(canvas.t2 * bias, 201)
    paint_tumor(canvas)
    axial = _measured(canvas.t1 * bias, 401)[::-1, _TUMOR_ROWS].transpose(1, 2, 0)
    return HeadImages(t1, t2, np.rint(axial * np.float32(_TUMOR_SCALE)).astype("<u2"))


def _cavity(grid: Grid) -> Field:
    """Give the distance to the inner surface of the skull."""
    vault = body(grid, 22, Ellipsoid((0, -24, 12), (57, 54, 51)), Ellipsoid((0, 23, 13), (67, 65, 53)))
    front = 1 - ramp(grid.y, -36, -24)
    orbits = ramp(grid.side, 8, 26) * np.float32(8)
    floor = -26 + front * (11 + orbits)
    vault = meet(vault, floor - grid.z, 6)
    fossae = body(
        grid,
        8,
        Ellipsoid((39, -12, -20), (24, 33, 20)),
        Ellipsoid((0, 46, -34), (52, 40, 31)),
        Ellipsoid((0, 52, -12), (52, 41, 34)),
        Rod((0, 4, -26), (0, 17, -70), (13, 9)),
    )
    return join(vault, fossae, 9)


def _head(grid: Grid, cavity: Field) -> Field:
    """Give the distance to the skin."""
    scalp = np.float32(11.5) - 4 * ramp(grid.side, 35, 62) + 2 * ramp(grid.y, 30, 80)
    trunk = body(
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
    nose = body(grid, 6, Rod((0, -84, -6), (0, -101, -42), (5, 7.5)), Ellipsoid((9, -94, -44), (8, 9, 7)))
    lips = body(
        grid,
        3,
        Ellipsoid((0, -87, -61), (24, 9, 7.5)),
        Ellipsoid((0, -86.5, -75.5), (22, 9, 6)),
        Ellipsoid((0, -85, -96), (22, 13, 12)),
    )
    ear = Ellipsoid((73, 12, -24), (4, 14, 26)).distance(grid)
    skull = cavity - scalp
    return join(join(join(skull, trunk, 16), nose, 7), np.minimum(lips, ear), 6)


def _soft_tissue(canvas: Canvas, head: Field, cavity: Field) -> None:
    grid = canvas.grid
    canvas.cover(inside(head), SKIN)
    canvas.cover(inside(head + 2), FAT)
    septa = sheets(random_waves((grid.x, grid.y, grid.z * np.float32(0.6)), 30, 41, 8), HEAD_SPACING)
    flesh = np.maximum(head + 5.5, np.float32(0.75) - septa)
    below = np.maximum(grid.z + 22 - np.float32(0.3) * grid.y, -grid.y - 84)
    canvas.cover(inside(np.maximum(flesh, below)), MUSCLE)
    for muscle in (Ellipsoid((66, -22, -10), (8, 32, 34)), Ellipsoid((52, -30, -62), (8, 18, 30))):
        canvas.cover(inside(np.maximum(muscle.distance(grid), head + 4)), MUSCLE)
    canvas.cover(inside(np.maximum(head + 1.5, cavity - 6.5)), BONE)


def _bones(canvas: Canvas, head: Field, cavity: Field) -> None:
    grid = canvas.grid
    wobble = random_waves((grid.x, grid.y, grid.z), 38, 52, 8)
    diploe = np.maximum(np.abs(cavity - 3.7) - (np.float32(1.1) + np.float32(0.7) * wobble), -30 - grid.z)
    canvas.cover(inside(diploe) * np.float32(0.7), MARROW)
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


def _bias(grid: Grid) -> Field:
    x, y, z = grid.x / 80, grid.y / 110, grid.z / 90
    texture = np.float32(0.015) * random_waves((grid.x, grid.y, grid.z), 8, 61, 6)
    return (
        1
        + texture
        + np.float32(0.045) * (z + x * np.float32(0.3))
        - np.float32(0.04) * (y * y + x * y - np.float32(0.5))
    )


def _measured(signal: Field, seed: int) -> NDArray[np.uint16]:
    """Give the magnitude of the signal with complex noise, as the scanner stores it."""
    real, imaginary = (noise(seed + i, signal.shape) * np.float32(_NOISE_SIGMA) for i in (0, 1))
    size = np.sqrt(real * real + imaginary * imaginary)
    damping = np.minimum(1, np.float32(_NOISE_LIMIT) / np.maximum(size, 1))
    real, imaginary = signal + real * damping, imaginary * damping
    return np.rint(np.sqrt(real * real + imaginary * imaginary)).astype("<u2")
