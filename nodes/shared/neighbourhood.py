"""What filters share that make a voxel of its neighbourhood: the image's border, and which voxels they filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor import (
    Choice,
    Extent,
    Image,
    ImageInfo,
    Node,
    NodeError,
    Region,
    Value,
    Voxels,
    field,
    holds,
    spelled,
)
from nodes.shared.compared import within
from nodes.shared.described import described
from nodes.shared.kernels import Kernel


class BorderHandling(Choice):
    """What becomes of voxels whose neighbourhood reaches out of the image."""

    NoPad = "No Pad"
    PadSrcFill = "Pad Src Fill"
    PadDstFill = "Pad Dst Fill"
    PadDstFillWithOrig = "Pad Dst Fill With Orig"
    PadSrcUndefined = "Pad Src Undefined"
    PadDstUndefined = "Pad Dst Undefined"
    PadSrcClamp = "Pad Src Clamp"


_ORIGINAL_AT_BORDER = (BorderHandling.PadDstFillWithOrig, BorderHandling.PadDstUndefined)


class Neighbourhood(Node, abstract=True):
    """A filter that lays a kernel on each voxel.

    Its node types name the input ``input0``, and say what their kernel is and how it filters what lies under it.
    """

    renamed = {"edgeMode": "borderHandling"}

    border_handling: BorderHandling = field(
        default=BorderHandling.PadSrcClamp, help="What becomes of voxels whose neighbourhood reaches out of the image."
    )
    fill_value: float = field(default=0.0, help="The value of 'Pad Src Fill' and 'Pad Dst Fill'.")
    use_interval_of_filtered_voxels: bool = field(
        default=False, help="Filter only voxels with a value in the interval, and leave the others as they are."
    )
    interval_min_of_filtered_voxels: float = field(default=0.0, help="The lowest value of one that is filtered.")
    interval_max_of_filtered_voxels: float = field(default=1024.0, help="The highest value of one that is filtered.")

    @property
    def kernel(self) -> Kernel:
        """The kernel that is laid on each voxel."""
        raise NotImplementedError

    def filtered(self, image: Image, reached: Region, info: ImageInfo) -> Voxels:
        """The filtered voxels of the kernel's middle in a region that may lie partly outside, in the output's type."""
        raise NotImplementedError

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, Region]:
        return {"input0": self._reached(region) & input0.whole}

    def compute(self, region: Region, input0: Image) -> Voxels:
        info = described(self, input0.info)
        reached = self._reached(region)
        made = self.filtered(input0, reached, info)
        if self.use_interval_of_filtered_voxels:
            values = self.unfiltered(input0, reached)
            low, high = self.interval_min_of_filtered_voxels, self.interval_max_of_filtered_voxels
            made = np.where(within(values, low, high), made, values.astype(info.dtype, copy=False))
        if self.border_handling is BorderHandling.PadDstFill:
            made = self._bordered(made, region, info, info.dtype.type(self.fill_value))
        elif self.border_handling in _ORIGINAL_AT_BORDER:
            values = self.unfiltered(input0, reached)
            made = self._bordered(made, region, info, values.astype(info.dtype, copy=False))
        return made

    @property
    def source_fill(self) -> float | None:
        """The number that stands for voxels outside of the image; None for the nearest ones inside."""
        return self.fill_value if self.border_handling is BorderHandling.PadSrcFill else None

    def framed(self, given: ImageInfo) -> ImageInfo:
        """The image on the output's grid; raises NodeError where the kernel is wrong or leaves nothing."""
        kernel = self.kernel
        return _shrunk(given, kernel) if self.border_handling is BorderHandling.NoPad else given

    def holding_unfiltered(self, info: ImageInfo, given: ImageInfo) -> ImageInfo:
        """What is known of the filtered image, holding also what is written for voxels that are not filtered."""
        if self.use_interval_of_filtered_voxels or self.border_handling in _ORIGINAL_AT_BORDER:
            for value in given.range:
                info = info.holding(value)
        if self.border_handling is BorderHandling.PadDstFill:
            info = info.holding(self.fill_value)
        return info

    def unfiltered(self, image: Image, reached: Region) -> Voxels:
        """The voxels of the input in the places of those of the output."""
        kernel = self.kernel
        behind = tuple(-size for size in kernel.behind)
        return image.at(Region(_shifted(reached.start, kernel.before), _shifted(reached.stop, behind))).voxels

    def unfiltered_reason(self, value: Value | None) -> str:
        """Why a voxel stays as it is, in words; empty for one that is filtered, and for one of several channels."""
        low, high = self.interval_min_of_filtered_voxels, self.interval_max_of_filtered_voxels
        if not self.use_interval_of_filtered_voxels or value is None or isinstance(value, tuple):
            return ""
        return "" if low <= value <= high else f"{spelled(value)} is outside of {low:g} to {high:g}: not filtered"

    def _reached(self, region: Region) -> Region:
        """All voxels of the input that a region of the output stems from, also those outside of the image."""
        kernel = self.kernel
        if self.border_handling is BorderHandling.NoPad:
            return Region(region.start, _shifted(region.stop, kernel.before, kernel.behind))
        before = tuple(-size for size in kernel.before)
        return Region(_shifted(region.start, before), _shifted(region.stop, kernel.behind))

    def _bordered(self, made: Voxels, region: Region, info: ImageInfo, border: Any) -> Voxels:
        """The voxels with others where the kernel does not fit into the image."""
        kernel = self.kernel
        behind = tuple(-size for size in kernel.behind)
        inner = Region(kernel.before, _shifted(info.extent, behind)) & region
        bordered = np.empty_like(made)
        bordered[...] = border
        if inner.size:
            bordered[inner.within(region)] = made[inner.within(region)]
        return bordered


def padded(image: Image, reached: Region, fill: float | None, dtype: npt.DTypeLike) -> Voxels:
    """The voxels of a region, with those outside of the image made of a number or of the nearest ones inside.

    Where their type does not hold the number, they are given in another one.
    """
    inner = reached & image.info.whole
    voxels = image.at(inner).voxels
    if inner == reached:
        return voxels
    missing = [(a - b, d - c) for a, b, c, d in zip(inner.start, reached.start, inner.stop, reached.stop, strict=True)]
    if fill is None:
        return np.pad(voxels, missing, mode="edge")
    exact = voxels if holds(voxels.dtype, fill, fill) else voxels.astype(dtype)
    return np.pad(exact, missing, constant_values=exact.dtype.type(fill))


def _shrunk(given: ImageInfo, kernel: Kernel) -> ImageInfo:
    """An image without the border into which the kernel does not reach."""
    t, c, z, y, x = (size - more + 1 for size, more in zip(given.extent, kernel.extent, strict=True))
    if min(t, c, z, y, x) < 1:
        size = "x".join(map(str, kernel.extent[:1:-1]))
        raise NodeError(
            f"nothing is left of an image of {'x'.join(map(str, given.extent[:1:-1]))} voxels by a kernel of {size}; "
            "set borderHandling to PadSrcClamp"
        )
    _, first, *before = kernel.before
    x0, y0, z0, _ = given.index_to_world @ (*before[::-1], 1)
    origin = (float(x0), float(y0), float(z0))
    return replace(given, extent=(t, c, z, y, x), origin=origin, channels=given.channels[first : first + c])


def _shifted(place: Extent, *further: Iterable[int]) -> Extent:
    """A place moved along each axis."""
    t, c, z, y, x = map(sum, zip(place, *further, strict=True))
    return (t, c, z, y, x)
