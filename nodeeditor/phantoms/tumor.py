"""A tumor in the left half of the brain, seen with contrast agent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nodeeditor.phantoms.noise import random_waves
from nodeeditor.phantoms.shapes import Ellipsoid, inside
from nodeeditor.phantoms.tissue import EDEMA, ENHANCING, NECROSIS, Canvas


def paint_tumor(canvas: Canvas) -> None:
    """Paint a swelling, in it a rim that takes up contrast agent, and a dead core."""
    left = replace(canvas.grid, side=canvas.grid.x)  # one half only
    waves = random_waves((left.x, left.y, left.z), 26, 71, 8)
    swelling = Ellipsoid((31, 22, 22), (23, 27, 21)).distance(left) + 3 * waves
    tumor = Ellipsoid((32, 24, 21), (14, 15, 13)).distance(left) + np.float32(1.6) * waves
    canvas.cover(inside(swelling, 5) * np.float32(0.8), EDEMA)
    canvas.cover(inside(tumor), ENHANCING)
    canvas.cover(inside(tumor + 4, 2.6), NECROSIS)
