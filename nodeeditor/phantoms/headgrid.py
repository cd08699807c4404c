"""Where the voxels of the head lie."""

from __future__ import annotations

import numpy as np

from nodeeditor.phantoms.shapes import Grid, axis

HEAD_SHAPE = (80, 91, 109)
HEAD_SPACING = (2.0, 1.953, 1.953)
HEAD_FIRST_VOXEL = (84.5, -110.0, 83.0)


def head_grid() -> Grid:
    """Give the grid of the head, which leans a little to one side."""
    (slices, rows, columns), (step_x, step_z, step_y) = HEAD_SHAPE, HEAD_SPACING
    x = axis(HEAD_FIRST_VOXEL[0], -step_x, slices)[:, None, None]
    y = axis(HEAD_FIRST_VOXEL[1], step_y, columns)[None, None, :]
    z = axis(HEAD_FIRST_VOXEL[2], -step_z, rows)[None, :, None]
    turned = x + np.float32(0.012) * y
    return Grid(x, y, z, np.where(turned >= 0, turned, np.float32(-1.03) * turned))
