"""The tissues of the head, and how they are painted one over the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nodeeditor.phantoms.shapes import Field, Grid, Shape, inside


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
EDEMA = Tissue(430, 900)
ENHANCING = Tissue(960, 650)
NECROSIS = Tissue(270, 1000)
AIR = Tissue(0, 0)


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
                self.cover(inside(shape.distance(grid) - np.float32(grow), softness), tissue, rows, columns)

    def marrow_bone(self, *shapes: Shape, wall: float = 1.6) -> None:
        """Paint bones: dark walls of `wall` mm round bright marrow."""
        self.paint(BONE, *shapes)
        self.paint(MARROW, *shapes, grow=-wall)
