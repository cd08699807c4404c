"""Nodes that calculate a voxel from its neighbourhood."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from nodeeditor import (
    Choice,
    Extent,
    Image,
    ImageInfo,
    Input,
    Node,
    NodeError,
    Number,
    Output,
    Region,
    Value,
    Voxels,
    field,
    holds,
    spelled,
    type_range,
)
from nodes._kernels import PREDEFINED, Kernel, Step, of_text
from nodes._rounded import rounded

_EXTERNAL = "External Kernel"


class PredefKernel(Choice):
    """The kernels that have a name; MeVisLab's names have blanks."""

    vars().update({name: name for name in (*PREDEFINED, _EXTERNAL)})


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


class Convolution(Node):
    """Replace each voxel by the weighted sum of its neighbourhood: smooth an image, or find its edges.

    The weights are those of a kernel, which lies in the plane of a slice where it has a name: *Average* and *Gauss*
    (binomial weights) smooth, *Laplace* is the sum of the four neighbours less four times the voxel, *Sobel X* and
    *Sobel Y* are the smoothed difference of right and left, of lower and upper neighbours. As in MeVisLab the kernel
    is a correlation kernel: it is laid on the image as it is written, not mirrored. An external kernel is a text of
    up to five dimensions; its middle lies on the voxel, for an even size the weight behind the middle.

    At the border, *Pad Src Clamp* takes the nearest voxel of the image for each that is missing, *Pad Src Fill* the
    fill value. *Pad Dst Fill* writes the fill value where the kernel does not fit into the image, *Pad Dst Fill With
    Orig* leaves the voxel as it is, and *No Pad* leaves the border out: the image shrinks by the kernel's size less
    one, and its voxels stay where they were in the world. What MeVisLab leaves undefined is defined here: *Pad Src
    Undefined* is *Pad Src Clamp*, and *Pad Dst Undefined* is *Pad Dst Fill With Orig*.

    Whole-number images stay so, rounded to the nearest, a half to the even number; sums are exact up to 32 bits and
    calculated in double precision beyond. The type grows where the declared range of the result needs it, so the
    Laplace of an unsigned image is signed. Every channel and time point is filtered on its own, unless an external
    kernel reaches across.
    """

    keywords = ("filter", "kernel", "smooth", "average", "mean", "gauss", "blur", "laplace", "sobel", "edge", "enhance")
    renamed = {"edgeMode": "borderHandling"}

    input0 = Input(Image, "The image to filter.")
    output0 = Output(Image, "The filtered image.")

    predef_kernel: PredefKernel = field(default=PredefKernel["3x3 Average Kernel"], help="The weights, by name.")
    external_kernel: str = field(
        default="",
        lines=5,
        help="The weights of 'External Kernel': lines such as '(x,y,z,c,t,u): w' or, for a row, '(*,y,z,c,t,u): w, w'.",
    )
    border_handling: BorderHandling = field(
        default=BorderHandling.PadSrcClamp, help="What becomes of voxels whose neighbourhood reaches out of the image."
    )
    fill_value: float = field(default=0.0, help="The value of 'Pad Src Fill' and 'Pad Dst Fill'.")
    use_interval_of_filtered_voxels: bool = field(
        default=False, help="Filter only voxels with a value in the interval, and leave the others as they are."
    )
    interval_min_of_filtered_voxels: float = field(default=0.0, help="The lowest value of one that is filtered.")
    interval_max_of_filtered_voxels: float = field(default=1024.0, help="The highest value of one that is filtered.")
    kernel_info: str = field(default="", read_only=True, help="Number of weights and size of the kernel, x y z c t u.")
    kernel_output: str = field(default="", read_only=True, lines=5, help="The kernel as text, to be connected.")

    def caption(self) -> str:
        return self.predef_kernel.name

    def values(self) -> dict[str, object]:
        kernel = self._kernel
        return {"kernel_info": kernel.elements(), "kernel_output": kernel.text()}

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return _described(self, input0)

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, Region]:
        return {"input0": self._reached(region) & input0.whole}

    def compute(self, region: Region, input0: Image) -> Voxels:
        info = _described(self, input0.info)
        reached = self._reached(region)
        fill = self.fill_value if self.border_handling is BorderHandling.PadSrcFill else None
        made = rounded(_filtered(_padded(input0, reached, fill), self._kernel), info)
        if self.use_interval_of_filtered_voxels:
            values = self._unfiltered(input0, reached)
            low, high = self.interval_min_of_filtered_voxels, self.interval_max_of_filtered_voxels
            made = np.where((values >= low) & (values <= high), made, values.astype(info.dtype, copy=False))
        if self.border_handling is BorderHandling.PadDstFill:
            made = self._bordered(made, region, info, info.dtype.type(self.fill_value))
        elif self.border_handling in _ORIGINAL_AT_BORDER:
            values = self._unfiltered(input0, reached)
            made = self._bordered(made, region, info, values.astype(info.dtype, copy=False))
        return made

    def explain(self, input0: Value | None, result: Value) -> str:
        around = "" if input0 is None else f" around {spelled(input0)}"
        return f"{self.predef_kernel.name}{around} → {spelled(result)}"

    @property
    def _kernel(self) -> Kernel:
        return PREDEFINED.get(self.predef_kernel.name) or of_text(self.external_kernel)

    @property
    def _shrinks(self) -> bool:
        return self.border_handling is BorderHandling.NoPad

    def _reached(self, region: Region) -> Region:
        """All voxels of the input that a region of the output stems from, also those outside of the image."""
        kernel = self._kernel
        if self._shrinks:
            return Region(region.start, _shifted(region.stop, kernel.before, kernel.behind))
        before = tuple(-size for size in kernel.before)
        return Region(_shifted(region.start, before), _shifted(region.stop, kernel.behind))

    def _unfiltered(self, image: Image, reached: Region) -> Voxels:
        """The voxels of the input in the places of those of the output."""
        kernel = self._kernel
        behind = tuple(-size for size in kernel.behind)
        return image.at(Region(_shifted(reached.start, kernel.before), _shifted(reached.stop, behind))).voxels

    def _bordered(self, made: Voxels, region: Region, info: ImageInfo, border: Any) -> Voxels:
        """The voxels with others where the kernel does not fit into the image."""
        kernel = self._kernel
        behind = tuple(-size for size in kernel.behind)
        inner = Region(kernel.before, _shifted(info.extent, behind)) & region
        bordered = np.empty_like(made)
        bordered[...] = border
        if inner.size:
            bordered[inner.within(region)] = made[inner.within(region)]
        return bordered


@lru_cache(maxsize=64)
def _described(node: Convolution, given: ImageInfo) -> ImageInfo:
    """What is known of the filtered image, which every page asks for."""
    kernel, info = node._kernel, given
    if node._shrinks:
        info = _shrunk(given, kernel)
    weights = kernel.weights().values()
    smooths = sum(weights) == 1 and min(weights) >= 0
    if not smooths:
        info = info.without_display_tags()
    low, high = map(Fraction, given.range)
    if node.border_handling is BorderHandling.PadSrcFill:
        low, high = min(low, Fraction(node.fill_value)), max(high, Fraction(node.fill_value))
    above, below = sum(w for w in weights if w > 0), sum(w for w in weights if w < 0)
    low, high = above * low + below * high, above * high + below * low
    info = info.with_range(*_numbers(low, high, given))
    if node.use_interval_of_filtered_voxels or node.border_handling in _ORIGINAL_AT_BORDER:
        for value in given.range:
            info = info.holding(value)
    if node.border_handling is BorderHandling.PadDstFill:
        info = info.holding(node.fill_value)
    return info


def _numbers(low: Fraction, high: Fraction, given: ImageInfo) -> tuple[Number, Number]:
    """The range as an image of a type declares it: whole numbers if it is whole, and never infinite."""
    if given.dtype.kind in "iu":
        return math.floor(low), math.ceil(high)
    least, most = map(Fraction, type_range(np.dtype(np.float64)))
    return float(max(least, min(low, most))), float(max(least, min(high, most)))


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


def _padded(image: Image, reached: Region, fill: float | None) -> Voxels:
    """The voxels of a region, with those outside of the image made of a number or of the nearest ones inside."""
    inner = reached & image.info.whole
    voxels = image.at(inner).voxels
    if inner == reached:
        return voxels
    missing = [(a - b, d - c) for a, b, c, d in zip(inner.start, reached.start, inner.stop, reached.stop, strict=True)]
    if fill is None:
        return np.pad(voxels, missing, mode="edge")
    exact = voxels if holds(voxels.dtype, fill, fill) else voxels.astype(np.float64)
    return np.pad(exact, missing, constant_values=exact.dtype.type(fill))


def _filtered(values: Voxels, kernel: Kernel) -> Voxels:
    """The weighted sums at all places where the kernel fits into the values, as exact as whole numbers allow."""
    divisor = kernel.divisor
    total: np.dtype[Any] = np.dtype(np.float64)
    if values.dtype.kind in "iu" and kernel.whole:
        largest = max(map(abs, type_range(values.dtype)))
        if largest * math.prod(sum(abs(weight) for _, weight in step.taps) for step in kernel.steps) < 2**31:
            total = np.dtype(np.int32)
    share = 1 if values.dtype.kind in "iu" else divisor  # a sum of parts of large numbers does not overflow
    with np.errstate(over="ignore", invalid="ignore"):
        for number, step in enumerate(kernel.steps):
            values = _summed(values.astype(total, copy=False), step, 1 if number else share)
    return values / divisor if share != divisor else values


def _summed(values: Voxels, step: Step, share: int) -> Voxels:
    """The weighted sums of one step, of which each weight is divided by a number."""
    shape = [size - more + 1 for size, more in zip(values.shape, step.extent, strict=True)]
    made = np.zeros(shape, values.dtype)
    part = np.empty(shape, values.dtype)
    for place, weight in step.taps:
        shifted = values[tuple(slice(start, start + size) for start, size in zip(place, shape, strict=True))]
        if weight != share:
            shifted = np.multiply(shifted, values.dtype.type(weight / share), out=part)
        made += shifted
    return made


def _shifted(place: Extent, *further: Iterable[int]) -> Extent:
    """A place moved along each axis."""
    t, c, z, y, x = map(sum, zip(place, *further, strict=True))
    return (t, c, z, y, x)
