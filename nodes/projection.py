"""Nodes that make one voxel of all along an axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

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
    Voxels,
    check_cancelled,
    field,
    smallest_type,
    spelled,
)
from nodes.shared import spans
from nodes.shared.described import described
from nodes.shared.rounded import rounded


class Dimension(Choice):
    """The axes of an image, by MeVisLab's names."""

    x = "x"
    y = "y"
    z = "z"
    c = "c"
    t = "t"
    u = "u"


class ProjectionMode(Choice):
    """What is made of all voxels along the axis, by MeVisLab's names."""

    max = "max"
    min = "min"
    add = "add"
    mean = "mean"
    maxPos = "max Pos"  # noqa: N815
    minPos = "min Pos"  # noqa: N815
    stdDev = "std Dev"  # noqa: N815
    var = "var"


_POSITIONS = (ProjectionMode.maxPos, ProjectionMode.minPos)
_SPREADS = (ProjectionMode.stdDev, ProjectionMode.var)
_WORDS: Mapping[ProjectionMode, str] = {
    ProjectionMode.max: "the largest",
    ProjectionMode.min: "the smallest",
    ProjectionMode.add: "the sum",
    ProjectionMode.mean: "the mean",
    ProjectionMode.maxPos: "the place of the largest",
    ProjectionMode.minPos: "the place of the smallest",
    ProjectionMode.stdDev: "the standard deviation",
    ProjectionMode.var: "the variance",
}


class OrthoProjection(Node):
    """Project an image along one of its axes: the largest of all voxels behind one another, their sum, their mean.

    *Max* and *min* take the largest and the smallest voxel, *add* their sum, *mean* the sum divided by their number;
    *max Pos* and *min Pos* give the place of the largest and the smallest along the axis, counted from 0, the first
    where there are several. *Std Dev* and *var* are standard deviation and variance of the voxels as a sample, divided
    by their number less one. What is left along the axis is one voxel, as thick as all of them together and in their
    middle. An image that has one voxel there passes as it is; it has no deviation.

    Whole-number images stay so: sums are exact and the type grows to hold them, double beyond 64 bits; means are
    rounded to the nearest, a half to the even number. Places have the smallest type that holds them. Deviations are
    calculated in double precision and given as float for images of up to 16 bits and for float, else as double. A NaN
    in a row gives NaN, and is the first place of both extremes.
    """

    subject = "Geometry"
    keywords = ("maximum intensity", "mip", "minimum", "sum", "average", "argmax", "deviation", "variance", "flatten")

    input0 = Input(Image, "Any scalar or colour image.")
    output0 = Output(Image, "The projection, with one voxel along the axis.")

    dimension: Dimension = field(default=Dimension.z, help="The axis to project along; there is one voxel along u.")
    mode: ProjectionMode = field(default=ProjectionMode.max, help="What is made of all voxels along the axis.")

    def caption(self) -> str:
        return f"{self.mode.value} along {self.dimension.name}"

    def describe(self, input0: ImageInfo) -> ImageInfo:
        count = self._count(input0)
        if count == 1:
            if self.mode in _SPREADS:
                raise NodeError(
                    f"the image at input0 has one voxel along {self.dimension.name}, and {self.mode.value} needs more; "
                    "choose another dimension"
                )
            return input0
        info = _flattened(input0, self._axis)
        low, high = info.range
        if self.mode in (ProjectionMode.max, ProjectionMode.min, ProjectionMode.mean):
            return info
        info = info.without_display_tags()
        if self.mode in _POSITIONS:
            return info.with_type(smallest_type(0, count - 1), 0, count - 1)
        if self.mode is ProjectionMode.add:
            return spans.declared(info, info.dtype, spans.multiplied(info.range, (count, count)))
        small = info.dtype == np.float32 or info.dtype.itemsize <= 2
        half = float(high) / 2 - float(low) / 2  # the farthest that all may lie from the middle
        bound = half * math.sqrt(count / (count - 1))
        if self.mode is ProjectionMode.var:
            bound = bound * bound
        return spans.declared(info, np.dtype(np.float32 if small else np.float64), (0.0, bound))

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, Region]:
        if self._count(input0) == 1:
            return {"input0": region}
        return {"input0": region.along(self.dimension.name, 0, self._count(input0))}

    def compute(self, region: Region, input0: Image) -> Voxels:
        if self._count(input0.info) == 1:
            return input0.voxels
        voxels, axis, info = input0.voxels, self._axis, described(self, input0.info)
        with np.errstate(all="ignore"):
            made = self._projected(voxels, axis, info)
        return np.expand_dims(made, axis)

    def explain(self, infos: Mapping[str, ImageInfo], result: Value) -> str:
        count = self._count(infos["input0"])
        if count == 1:
            return f"the one voxel along {self.dimension.name} → {spelled(result)}"
        return f"{_WORDS[self.mode]} of {count} voxels along {self.dimension.name} → {spelled(result)}"

    @property
    def _axis(self) -> int:
        """The number of the axis; that of time for u, along which every image has one voxel."""
        return "tczyx".index(self.dimension.name)

    def _count(self, info: ImageInfo) -> int:
        """Voxels along the axis."""
        return 1 if self.dimension is Dimension.u else info.extent[self._axis]

    def _projected(self, voxels: Voxels, axis: int, info: ImageInfo) -> Voxels:
        if self.mode in (ProjectionMode.max, ProjectionMode.min):
            made: Voxels = voxels.max(axis) if self.mode is ProjectionMode.max else voxels.min(axis)
            if made.dtype.kind == "f":
                made += made.dtype.type(0)  # of two zeros that without a sign
            return made
        if self.mode in _POSITIONS:
            places = voxels.argmax(axis) if self.mode is ProjectionMode.maxPos else voxels.argmin(axis)
            return np.asarray(places, info.dtype)
        if self.mode in _SPREADS:
            return rounded(_spread(voxels, axis, self.mode is ProjectionMode.stdDev), info)
        if voxels.dtype.kind != "f":
            return _whole_sum(voxels, axis, info) if self.mode is ProjectionMode.add else _whole_mean(voxels, axis)
        return rounded(_sum(voxels, axis) if self.mode is ProjectionMode.add else _mean(voxels, axis), info)


def _flattened(info: ImageInfo, axis: int) -> ImageInfo:
    """An image with one voxel along an axis, as thick as all that were there."""
    count = info.extent[axis]
    t, c, z, y, x = (1 if one == axis else size for one, size in enumerate(info.extent))
    info = replace(info, extent=(t, c, z, y, x), channels=() if c == 1 else info.channels)
    if axis < 2:
        return info
    middle = [0.0, 0.0, 0.0, 1.0]
    middle[4 - axis] = (count - 1) / 2
    x0, y0, z0, _ = (info.index_to_world @ middle).tolist()
    width, height, depth = (size * count if one == 4 - axis else size for one, size in enumerate(info.spacing))
    return replace(info, origin=(x0, y0, z0), spacing=(width, height, depth))


def _rows(voxels: Voxels, axis: int) -> Iterator[Voxels]:
    """The voxels that lie beside one another at each place along an axis, in order."""
    for row in np.ascontiguousarray(np.moveaxis(voxels, axis, 0)):
        check_cancelled()
        yield row


def _sum(voxels: Voxels, axis: int, scale: float = 1.0) -> Voxels:
    """The sums in double precision, added one after the other whatever region is asked for."""
    total = np.zeros((*voxels.shape[:axis], *voxels.shape[axis + 1 :]))
    for row in _rows(voxels, axis):
        total += row if scale == 1 else row * scale
    return total


def _mean(voxels: Voxels, axis: int) -> Voxels:
    """The means in double precision; sums of large numbers do not overflow."""
    count = voxels.shape[axis]
    scale = 1.0 if voxels.dtype.itemsize < 8 else 2.0 ** -math.ceil(math.log2(count))
    made: Voxels = _sum(voxels, axis, scale)
    made /= count * scale
    return made


def _spread(voxels: Voxels, axis: int, rooted: bool) -> Voxels:
    """The variances of samples, or their roots, in double precision."""
    means = _mean(voxels, axis)
    total: Voxels = np.zeros(means.shape)
    for row in _rows(voxels, axis):
        total += np.square(row - means)
    total /= voxels.shape[axis] - 1
    return np.sqrt(total, out=total) if rooted else total


def _whole_sum(voxels: Voxels, axis: int, info: ImageInfo) -> Voxels:
    """The exact sums, those beyond 64 bits rounded once."""
    if info.dtype.kind != "f":
        made: Voxels = voxels.sum(axis, info.dtype)
        return made
    upper, lower = _halves(voxels, axis)
    return rounded(upper * 2.0**32 + lower, info)


def _whole_mean(voxels: Voxels, axis: int) -> Voxels:
    """The exact means, rounded to the nearest, a half to the even number."""
    count = voxels.shape[axis]
    upper, lower = _halves(voxels, axis)
    whole, rest = np.divmod(upper, count)
    more, rest = np.divmod((rest << 32) + lower, count)
    whole = (whole << 32) + more
    whole += (2 * rest > count) | ((2 * rest == count) & (whole & 1 == 1))
    return whole.astype(voxels.dtype)


def _halves(voxels: Voxels, axis: int) -> tuple[Voxels, Voxels]:
    """Two sums, of the upper bits of whole numbers from the 33rd on, and of the lower 32 bits."""
    if voxels.dtype.itemsize < 8:
        return np.zeros((1,) * 4, np.int64), voxels.sum(axis, np.int64)
    low: Any = voxels.dtype.type(2**32 - 1)
    upper, lower = voxels >> voxels.dtype.type(32), voxels & low
    return upper.astype(np.int64).sum(axis), lower.astype(np.int64).sum(axis)
