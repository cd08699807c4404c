"""Slabs: several slices that follow each other, shown as one."""

from __future__ import annotations

import numpy as np

from nodeeditor.fields import Choice
from nodeeditor.image import Voxels


class Blend(Choice):
    """What is shown of the slices of a slab."""

    BLEND_REPLACE = "First Slice"
    BLEND_MAXIMUM = "Maximum"
    BLEND_MINIMUM = "Minimum"
    BLEND_BLEND = "Mean"


def blended(voxels: Voxels, axis: int, blend: Blend) -> Voxels:
    """A slab as one slice: the axis along which its slices follow each other has one entry then."""
    if blend is Blend.BLEND_REPLACE or voxels.shape[axis] == 1:
        first: Voxels = voxels[(slice(None),) * axis + (slice(1),)]
        return first
    if blend is Blend.BLEND_BLEND:
        return np.asarray(voxels.mean(axis=axis, dtype=np.float64, keepdims=True))
    extreme = np.fmax if blend is Blend.BLEND_MAXIMUM else np.fmin
    return np.asarray(extreme.reduce(voxels, axis=axis, keepdims=True))
