"""Planes: how flat slices are cut out of a volume, and where they lie in the world."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from nodeeditor.image import ImageInfo, Region, Vector3, Voxels

Anatomical: TypeAlias = Literal["axial", "sagittal", "coronal"]

_EDGES: dict[Anatomical, tuple[tuple[int, int], tuple[int, int]]] = {
    "axial": ((0, 1), (1, 1)),
    "sagittal": ((1, 1), (2, -1)),
    "coronal": ((0, 1), (2, -1)),
}
"""World axis and sign, in LPS, of a picture's right and of its lower edge: the patient's left is right, the head up."""

_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))
_OBLIQUE = 0.25
"""The part of a unit vector from which an axis gets a letter of its own: 14.5 degrees beside the nearest one."""


@dataclass(frozen=True)
class Plane:
    """Which index axes of an image (0 x, 1 y, 2 z) run across and down a picture, and which of them backwards."""

    across: int = 0
    down: int = 1
    across_back: bool = False
    down_back: bool = False

    @property
    def normal(self) -> int:
        """The axis along which slices follow each other."""
        return 3 - self.across - self.down

    def shape(self, info: ImageInfo) -> tuple[int, int]:
        """Voxels across and down."""
        return info.extent[4 - self.across], info.extent[4 - self.down]

    def voxel_size(self, info: ImageInfo) -> tuple[float, float]:
        """Millimetres between voxel centres across and down."""
        return info.spacing[self.across], info.spacing[self.down]

    def slices(self, info: ImageInfo) -> int:
        """The number of slices."""
        return info.extent[4 - self.normal]

    def region(self, info: ImageInfo, time: int, first: int, last: int | None = None) -> Region:
        """The voxels of one slice, or of several, at one time; all channels."""
        stop = (first if last is None else last) + 1
        return info.whole.along("t", time).along("xyz"[self.normal], first, stop)

    def flat(self, voxels: Voxels) -> Voxels:
        """The voxels (1, c, z, y, x) of one slice as the picture shows them: (c, rows, columns), without copying."""
        kept = voxels[0][(slice(None), *(0 if axis == self.normal else slice(None) for axis in (2, 1, 0)))]
        flat = kept if self.across < self.down else kept.swapaxes(1, 2)
        shown: Voxels = flat[:, :: -1 if self.down_back else 1, :: -1 if self.across_back else 1]
        return shown

    def directions(self, info: ImageInfo) -> tuple[Vector3, Vector3]:
        """The directions of the world, of length 1, to which the picture's right and lower edge look."""
        axes = np.reshape(info.direction, (3, 3)).T
        right = axes[self.across] * (-1 if self.across_back else 1)
        below = axes[self.down] * (-1 if self.down_back else 1)
        return _vector(right), _vector(below)


ACQUIRED = Plane()
"""The slices as the scanner made them: x runs across, y down."""


def anatomical(info: ImageInfo, view: Anatomical) -> Plane:
    """The plane of the image's own grid that is nearest to an anatomical one; no voxel is interpolated.

    The three views of an image have three different normals, however it was acquired.
    """
    world = np.reshape(info.direction, (3, 3))
    nearest = max(itertools.permutations(range(3)), key=lambda axes: sum(abs(world[i, axes[i]]) for i in range(3)))
    (right, right_sign), (below, below_sign) = _EDGES[view]
    across, down = nearest[right], nearest[below]
    return Plane(across, down, bool(world[right, across] * right_sign < 0), bool(world[below, down] * below_sign < 0))


def letters(direction: Vector3) -> str:
    """The side of the patient to which a direction of the world (LPS) looks: R L A P F H, two where it is oblique."""
    first, second, _ = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    oblique = abs(direction[second]) >= _OBLIQUE * (math.hypot(*direction) or 1.0)
    seen = [first, second] if oblique else [first]
    return "".join(_LETTERS[axis][bool(direction[axis] > 0)] for axis in seen)


def _vector(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Vector3:
    x, y, z = numbers.tolist()
    return (x, y, z)
