"""The knee seen by computed tomography."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodeeditor.phantoms.noise import noise, random_waves
from nodeeditor.phantoms.shapes import Ellipsoid, Field, Grid, Rod, axis, body, inside, meet, ramp

KNEE_SHAPE = (64, 128, 128)


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
    _blend(image, inside(joint), 1035)
    _blend(image, inside(np.maximum(whole - 2.4, np.abs(grid.z + 8) - 9)), 1130)
    mesh = random_waves((grid.x, grid.y, grid.z * np.float32(0.7)), 4.5, 7, 10)
    shaft = np.clip((np.abs(grid.z + 8) - 22) / np.float32(16), 0, 1)
    spongy = 1300 + 55 * mesh - shaft * np.float32(300)
    wall = 1.3 + np.float32(3.2) * shaft
    _blend(image, inside(whole, 1.4), 2150 + 40 * mesh)
    _blend(image, inside(whole + wall, 2.4), spongy)
    table = np.abs(grid.y - 61 + (grid.x * grid.x) * np.float32(0.0016)) - np.float32(1.3)
    _blend(image, inside(table, 1.4), 780)
    measured = image + 14 * noise(301, KNEE_SHAPE)
    stored: NDArray[np.uint16] = np.rint(np.clip(measured, 0, 4095)).astype("<u2")
    return stored


def _knee_grid() -> Grid:
    slices, rows, columns = KNEE_SHAPE
    z = axis(32.0, -1.0, slices)[:, None, None]
    y = axis(-62.0, 1.0, rows)[None, :, None]
    x = axis(-63.5, 1.0, columns)[None, None, :]
    return Grid(x, y, z, x)


def _knee_bones(grid: Grid) -> list[Field]:
    """Give the distances to the surfaces of femur, tibia, fibula and knee cap."""
    femur = body(
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
    femur = meet(meet(meet(femur, -notch, 3), -trochlea, 4), -5.5 - grid.z, 4)
    tibia = body(
        grid,
        10,
        Rod((-19, 7, -20), (-19, 11, -21), (18, 17)),
        Rod((19, 7, -20), (20, 11, -21), (17.5, 16)),
        Rod((0, 3, -24), (0, 2, -70), (20, 12)),
        Rod((0, -17, -28), (0, -12, -50), (7, 8)),
    )
    spine = np.float32(4) * (1 - ramp(np.abs(grid.x), 3, 10)) * (1 - ramp(np.abs(grid.y - 7), 4, 12))
    tibia = meet(tibia, grid.z + 11 - spine, 4)
    fibula = body(grid, 4, Rod((35, 25, -21), (36, 26, -32), (6.5, 6)), Rod((36, 26, -32), (33, 26, -70), (6, 5)))
    cap = meet(Ellipsoid((2, -30, 10), (21, 11, 20)).distance(grid), grid.y + 23, 3)
    return [femur, tibia, fibula, cap]


def _knee_flesh(grid: Grid, image: Field) -> None:
    """Fill the leg up to the skin with fat, muscles, vessels and tendons."""
    leg = body(
        grid,
        16,
        Rod((0, 4, 70), (0, 4, -6), (57, 48)),
        Rod((0, 4, -6), (0, 9, -70), (48, 48)),
        Ellipsoid((1, -26, 6), (30, 20, 34)),
    )
    _blend(image, inside(leg, 1.6), 1080)
    _blend(image, inside(leg + 1.8, 1.6), 895 + 12 * random_waves((grid.x, grid.y, grid.z), 14, 5, 6))
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
    marbling = 1058 + 14 * random_waves((grid.x, grid.y, grid.z * np.float32(0.4)), 9, 6, 8)
    for muscle in muscles:
        _blend(image, inside(np.maximum(muscle.distance(grid), leg + 5), 1.8), marbling)
    tendons = (
        Rod((2, -40, 70), (2, -38, 24), (3, 4)),
        Rod((2, -37, -4), (0, -25, -34), (4, 4)),
        Rod((-40, 4, 16), (-38, 4, -26), (2, 2)),
        Rod((40, 4, 16), (37, 22, -20), (2, 2)),
    )
    for tendon in tendons:
        _blend(image, inside(tendon.distance(grid)), 1095)
    for vessel, value in (
        (Rod((1, 33, 70), (2, 30, -70), (4, 3.5)), 1048),
        (Rod((7, 37, 70), (6, 34, -70), (4.5, 4)), 1042),
        (Rod((13, 42, 70), (12, 41, -70), (3, 3)), 1030),
        (Rod((-47, 20, 70), (-42, 26, -70), (2.2, 2.2)), 1040),
    ):
        _blend(image, inside(vessel.distance(grid)), value)


def _blend(image: Field, share: Field, value: float | Field) -> None:
    image += share * (np.asarray(value, np.float32) - image)
