"""Panes: where in a picture which slice lies, and which point of the world is below which pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nodeeditor.fields import Choice
from nodeeditor.image import ImageInfo, Region, Vector3
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.planes import ACQUIRED, Plane
from nodeeditor.viewing.slabs import Blend

Rect: TypeAlias = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


class AnnotationSize(Choice):
    """How much is written into the corners."""

    ANNO_SHOW_DETAILED = "Detailed"
    ANNO_SHOW_SHORT = "Short"
    ANNO_SHOW_HIDE = "Hide"


@dataclass(frozen=True)
class Placing:
    """Where a slice lies in a pane: fitted into it with right proportions, enlarged by ``zoom``, moved by ``pan``.

    ``pan`` is what lies in the middle of the pane, in millimetres to the right and down from the slice's middle.
    """

    pane: tuple[int, int]
    shape: tuple[int, int]
    voxel_size: tuple[float, float]
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @property
    def scale(self) -> float:
        """Pixels of the picture a millimetre."""
        sizes = zip(self.pane, self.shape, self.voxel_size, strict=True)
        return self.zoom * min(pixels / (voxels * size) for pixels, voxels, size in sizes)

    def voxels(self, axis: int) -> npt.NDArray[np.float64]:
        """For each pixel along an axis (0 across, 1 down) the voxel index at its middle; centres are whole numbers."""
        pixels, voxels, size = self.pane[axis], self.shape[axis], self.voxel_size[axis]
        middle = np.arange(pixels) + 0.5 - pixels / 2
        at: npt.NDArray[Any] = (middle / self.scale + self.pan[axis]) / size + voxels / 2 - 0.5
        return at


@dataclass(frozen=True)
class Pane:
    """One slice in a picture.

    ``rect``      where it lies in the picture
    ``input``     the input, by its Python name, whose image it shows
    ``info``      the facts of that image
    ``slice``     which slice along the normal of ``plane``
    ``zoom``      enlargement; 1 fits the slice into the rectangle
    ``pan``       what lies in the middle: millimetres right of and below the middle of the slice
    ``overlays``  the inputs, by Python name, whose overlays are drawn over it
    ``cross``     a point of the world that is marked by lines
    ``slab``      how many slices from ``slice`` on are shown as one, by the rule of ``blend``
    ``annotation``  how much is written into the corners, in the colour ``ink``
    """

    rect: Rect
    input: str
    info: ImageInfo
    window: Window
    slice: int
    time: int = 0
    plane: Plane = ACQUIRED
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)
    overlays: tuple[str, ...] = ()
    cross: Vector3 | None = None
    slab: int = 1
    blend: Blend = Blend.BLEND_REPLACE
    annotation: AnnotationSize = AnnotationSize.ANNO_SHOW_HIDE
    ink: tuple[float, float, float] = (0.9, 0.9, 0.9)

    @property
    def region(self) -> Region:
        """The voxels that it shows, all channels."""
        slices = 1 if self.blend is Blend.BLEND_REPLACE else max(1, self.slab)
        last = min(self.slice + slices, self.plane.slices(self.info)) - 1
        return self.plane.region(self.info, self.time, self.slice, last)

    @property
    def placing(self) -> Placing:
        """Where the slice lies in the rectangle."""
        plane, info = self.plane, self.info
        return Placing(self.rect[2:], plane.shape(info), plane.voxel_size(info), self.zoom, self.pan)

    @property
    def to_index(self) -> npt.NDArray[np.float64]:
        """3 x 3 matrix from a column (x, y, 1), a point of the picture, to the voxel index x, y, z; centres are whole.

        Pixel 0 of the picture reaches from 0 to 1, its middle is at 0.5.
        """
        left, top, width, height = self.rect
        placing, plane = self.placing, self.plane
        matrix = np.zeros((3, 3))
        matrix[plane.normal, 2] = self.slice
        middles = (left + width / 2, top + height / 2)
        backs = (plane.across_back, plane.down_back)
        for i, axis in enumerate((plane.across, plane.down)):
            step = 1 / (placing.scale * placing.voxel_size[i])
            start = placing.pan[i] / placing.voxel_size[i] + (placing.shape[i] - 1) / 2 - middles[i] * step
            if backs[i]:
                step, start = -step, placing.shape[i] - 1 - start
            matrix[axis, i], matrix[axis, 2] = step, start
        return matrix

    @property
    def to_world(self) -> npt.NDArray[np.float64]:
        """3 x 3 matrix from a column (x, y, 1), a point of the picture, to LPS millimetres."""
        world = self.info.index_to_world
        matrix: npt.NDArray[np.float64] = world[:3, :3] @ self.to_index
        matrix[:, 2] += world[:3, 3]
        return matrix

    def index_at(self, x: float, y: float) -> Vector3:
        """The voxel index x, y, z, with fractions, below a point of the picture."""
        return _vector(self.to_index @ (x, y, 1))

    def world_at(self, x: float, y: float) -> Vector3:
        """The point of the world, LPS in millimetres, below a point of the picture."""
        return _vector(self.to_world @ (x, y, 1))

    def index_of(self, world: Vector3) -> Vector3:
        """The voxel index x, y, z, with fractions, of a point of the world."""
        return _vector((np.linalg.inv(self.info.index_to_world) @ (*world, 1))[:3])

    def place_of(self, world: Vector3) -> tuple[float, float]:
        """The point of the picture at which a point of the world lies, seen along the slice's normal."""
        index, matrix, plane = self.index_of(world), self.to_index, self.plane
        x, y = ((index[axis] - matrix[axis, 2]) / matrix[axis, i] for i, axis in enumerate((plane.across, plane.down)))
        return x, y

    def voxel_at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """The voxel below a point of the picture, or None beside the slice or outside of the rectangle."""
        left, top, width, height = self.rect
        if not (left <= x < left + width and top <= y < top + height):
            return None
        i, j, k = (int(np.floor(part + 0.5)) for part in self.index_at(x, y))
        _, _, depth, rows, columns = self.info.extent
        return (i, j, k) if 0 <= i < columns and 0 <= j < rows and 0 <= k < depth else None


def _vector(numbers: npt.NDArray[np.float64]) -> Vector3:
    x, y, z = numbers.tolist()
    return (x, y, z)
