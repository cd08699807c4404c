"""Nodes that lay an image on another voxel grid."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nodeeditor import (
    Choice,
    Image,
    ImageInfo,
    Input,
    Node,
    NodeError,
    Output,
    Region,
    Value,
    Vector3,
    Voxels,
    check_cancelled,
    field,
    spelled,
)
from nodes.shared.rounded import rounded
from nodes.shared.taps import Taps, taps

_LONGEST = 100_000
"""Voxels of an output along one axis, at most."""

_COARSEST = 1000
"""How many times as large as the image a voxel may be."""

_PART = 1e-3
"""What part of a voxel may be missing at the end of an image without one more voxel for it."""


class Keep(Choice):
    """Which quantity is given; the other two follow from it. MeVisLab's names have blanks."""

    vars().update({name: name for name in ("Voxel size", "Image size", "Scale factor")})


class ResampleFilter(Choice):
    """How a voxel is made of those around it."""

    Nearest = "Nearest Neighbor"
    vars()["Triangle/Linear"] = "Linear"
    Cubic = "Cubic"
    Lanczos_3 = "Lanczos 3"


class _Grid(NamedTuple):
    """The output, and what its voxels are made of along z, y and x."""

    info: ImageInfo
    taps: tuple[Taps, Taps, Taps]


class Resample3D(Node):
    """Lay an image on a finer or coarser grid: with another voxel size, another number of voxels, or enlarged.

    The new grid lies along the same axes and begins at the same outer edge. A size that is no whole number is rounded
    up; the voxel size stays as given, so the last voxels then reach beyond the image, and there its last voxels go on.
    The image size counts voxels, and an image size that is not set is the input's own. The translation moves the grid
    by parts of its new voxels. With *Use Reference Image* the output lies voxel on voxel with the image at input1,
    which has to have the same axes; nothing else about the grid counts then.

    *Nearest Neighbor* makes no new values, so it is the filter for masks and labels. *Linear* weighs the nearest two
    voxels along each axis, *Cubic* four (Keys' cubic convolution), *Lanczos 3* six (a windowed sine cardinal: sharp,
    but it overshoots at edges). The last three look at more voxels where the image shrinks, in the same proportion, so
    that fine structures are averaged rather than skipped; elsewhere voxels of both grids that coincide are equal.

    Type and declared range are those of the input: what overshoots is clamped to it, whole numbers are rounded to the
    nearest, a half to the even number. Sums are calculated in double precision. A NaN spreads as far as it has a
    weight. Every channel and time point is resampled on its own.
    """

    subject = "Geometry"
    keywords = ("resize", "scale", "zoom", "interpolate", "interpolation", "isotropic", "voxel size", "grid", "shrink")

    input0 = Input(Image, "The image to resample.")
    input1 = Input(Image, "The reference image, whose grid the output has if that is wanted.", optional=True)
    output0 = Output(Image, "The resampled image.")

    keep: Keep = field(default=Keep["Voxel size"], help="What is given; the rest follows from it.")
    voxel_size: Vector3 = field(default=(1.0, 1.0, 1.0), unit="mm", help="Distance of the new voxels along x, y, z.")
    image_size: Vector3 | None = field(default=None, help="Number of the new voxels along x, y, z.")
    zoom: Vector3 = field(default=(1.0, 1.0, 1.0), help="How many new voxels there are for an old one along x, y, z.")
    sub_voxel_shift: Vector3 = field(
        default=(0.0, 0.0, 0.0), help="By how many of its voxels the new grid is moved along x, y, z."
    )
    filter: ResampleFilter = field(
        default=ResampleFilter.Lanczos_3, help="How a voxel is made of those around it; Nearest Neighbor keeps labels."
    )
    use_reference_image: bool = field(default=False, help="Give the output the grid of the image at input1.")

    def caption(self) -> str:
        return self.filter.value

    def open(self, input0: ImageInfo, input1: ImageInfo | None) -> _Grid:
        if not self.use_reference_image:
            return self._scaled(input0)
        if input1 is None:
            raise NodeError("connect a reference image to input1, or switch useReferenceImage off")
        return self._aligned(input0, input1)

    def describe(self, opened: _Grid) -> ImageInfo:
        return opened.info

    def needs(self, region: Region, opened: _Grid) -> dict[str, Region]:
        for axis, along, start, stop in zip("zyx", opened.taps, region.start[2:], region.stop[2:], strict=True):
            places = along.places[start:stop]
            region = region.along(axis, int(places.min()), int(places.max()) + 1)
        return {"input0": region}

    def compute(self, region: Region, input0: Image, opened: _Grid) -> Voxels:
        values, info = input0.voxels, opened.info
        share = 16.0 if info.dtype == np.float64 else 1.0  # sums of the largest numbers do not overflow
        weighed = False
        with np.errstate(invalid="ignore"):
            for number, along in enumerate(opened.taps, start=2):
                places = along.places[region.start[number] : region.stop[number]] - input0.region.start[number]
                if along.weights is None:
                    values = values.take(places[:, 0], axis=number)
                    continue
                if not weighed:
                    values, weighed = values.astype(np.float64) / share, True
                values = _summed(values, number, places, along.weights[region.start[number] : region.stop[number]])
        if not weighed:
            return values
        low, high = info.range
        if share != 1:
            values = np.where(np.isfinite(values), np.clip(values, low / share, high / share) * share, values)
        if info.dtype.kind == "f":
            values[np.isnan(values)] = np.nan  # of one sign, whatever page it was calculated in
        return rounded(values, info)

    def explain(self, input0: Value | None, result: Value) -> str:
        nearest = "" if input0 is None else f", nearest voxel {spelled(input0)}"
        return f"{self.filter.value}{nearest} → {spelled(result)}"

    def _scaled(self, given: ImageInfo) -> _Grid:
        """The grid that the fields say."""
        counts = given.extent[:1:-1]
        wanted, name = {
            "Voxel size": (self.voxel_size, "voxelSize"),
            "Image size": (self.image_size or counts, "imageSize"),
            "Scale factor": (self.zoom, "zoom"),
        }[self.keep.name]
        if min(wanted) <= 0:
            raise NodeError(f"{name} is {' '.join(f'{number:g}' for number in wanted)}; each number has to be above 0")
        t, c, *_ = given.extent
        sizes: list[int] = []
        scales: list[float] = []
        spacing: list[float] = []
        for axis, number, count, distance in zip("xyz", wanted, counts, given.spacing, strict=True):
            if self.keep.name == "Voxel size":
                scale, size = number / distance, count * distance / number
            elif self.keep.name == "Image size":
                scale, size = count / number, float(number)
            else:
                scale, size = 1 / number, count * number
            if not size <= _LONGEST:
                raise NodeError(
                    f"the output would have {size:.6g} voxels along {axis}, more than {_LONGEST}; set {name}"
                )
            if not scale <= count * _COARSEST:
                raise NodeError(f"one voxel would be {scale:.6g} times as large as before along {axis}; set {name}")
            sizes.append(max(1, math.ceil(size - _PART)))
            scales.append(scale)
            spacing.append(number if self.keep.name == "Voxel size" else distance * scale)
        x, y, z = ((0.5 + shift) * scale - 0.5 for shift, scale in zip(self.sub_voxel_shift, scales, strict=True))
        origin_x, origin_y, origin_z, _ = (given.index_to_world @ (x, y, z, 1)).tolist()
        info = replace(
            given,
            extent=(t, c, sizes[2], sizes[1], sizes[0]),
            spacing=(spacing[0], spacing[1], spacing[2]),
            origin=(origin_x, origin_y, origin_z),
        )
        return self._made(given, info, scales, (x, y, z))

    def _aligned(self, given: ImageInfo, reference: ImageInfo) -> _Grid:
        """The grid of the reference image."""
        turned = np.abs(np.subtract(given.direction, reference.direction)).max()
        if turned > 1e-4:
            raise NodeError("the images at input0 and input1 do not have the same axes, and Resample3D turns none")
        axes = np.reshape(given.direction, (3, 3))
        x, y, z = (axes.T @ np.subtract(reference.origin, given.origin) / given.spacing).tolist()
        scales = [new / old for new, old in zip(reference.spacing, given.spacing, strict=True)]
        if any(scale > count * _COARSEST for scale, count in zip(scales, given.extent[:1:-1], strict=True)):
            raise NodeError(f"the voxels of the image at input1 are more than {_COARSEST} times as large as input0")
        info = replace(
            given,
            extent=(*given.extent[:2], *reference.extent[2:]),
            spacing=reference.spacing,
            origin=reference.origin,
            direction=reference.direction,
        )
        return self._made(given, info, scales, (x, y, z))

    def _made(self, given: ImageInfo, info: ImageInfo, scales: list[float], offsets: Vector3) -> _Grid:
        x, y, z = (
            taps(self.filter.name, *line)
            for line in zip(given.extent[:1:-1], info.extent[:1:-1], scales, offsets, strict=True)
        )
        return _Grid(info, (z, y, x))


def _summed(values: Voxels, axis: int, places: npt.NDArray[np.intp], weights: npt.NDArray[np.float64]) -> Voxels:
    """The weighted sums along an axis; what has no weight does not count, be it infinite or no number."""
    shape = [1] * values.ndim
    shape[axis] = len(places)
    total: Voxels = np.zeros(())
    for tap in range(places.shape[1]):
        check_cancelled()
        part = values.take(places[:, tap], axis=axis)
        part *= weights[:, tap].reshape(shape)
        weightless = weights[:, tap] == 0
        if weightless.any():
            part[(slice(None),) * axis + (weightless,)] = 0
        total = part if tap == 0 else np.add(total, part, out=total)
    return total
