"""Nodes that calculate a voxel from its neighbourhood."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from nodeeditor import (
    Choice,
    Image,
    ImageInfo,
    Input,
    Number,
    Output,
    Region,
    Value,
    Voxels,
    field,
    spelled,
    type_range,
)
from nodes.shared.kernels import PREDEFINED, Kernel, Step, of_text
from nodes.shared.neighbourhood import Neighbourhood, padded
from nodes.shared.rounded import rounded

_EXTERNAL = "External Kernel"


class PredefKernel(Choice):
    """The kernels that have a name; MeVisLab's names have blanks."""

    vars().update({name: name for name in (*PREDEFINED, _EXTERNAL)})


class Convolution(Neighbourhood):
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

    input0 = Input(Image, "The image to filter.")
    output0 = Output(Image, "The filtered image.")

    predef_kernel: PredefKernel = field(default=PredefKernel["3x3 Average Kernel"], help="The weights, by name.")
    external_kernel: str = field(
        default="",
        lines=5,
        help="The weights of 'External Kernel': lines such as '(x,y,z,c,t,u): w' or, for a row, '(*,y,z,c,t,u): w, w'.",
    )
    kernel_info: str = field(default="", read_only=True, help="Number of weights and size of the kernel, x y z c t u.")
    kernel_output: str = field(default="", read_only=True, lines=5, help="The kernel as text, to be connected.")

    def caption(self) -> str:
        return self.predef_kernel.name

    def values(self) -> dict[str, object]:
        kernel = self.kernel
        return {"kernel_info": kernel.elements(), "kernel_output": kernel.text()}

    def describe(self, input0: ImageInfo) -> ImageInfo:
        weights = self.kernel.weights().values()
        info = self.framed(input0)
        smooths = sum(weights) == 1 and min(weights) >= 0
        if not smooths:
            info = info.without_display_tags()
        low, high = map(Fraction, input0.range)
        if self.source_fill is not None:
            low, high = min(low, Fraction(self.source_fill)), max(high, Fraction(self.source_fill))
        above, below = sum(w for w in weights if w > 0), sum(w for w in weights if w < 0)
        low, high = above * low + below * high, above * high + below * low
        return self.holding_unfiltered(info.with_range(*_numbers(low, high, input0)), input0)

    def explain(self, input0: Value | None, result: Value) -> str:
        around = "" if input0 is None else f" around {spelled(input0)}"
        return self.unfiltered_reason(input0) or f"{self.predef_kernel.name}{around} → {spelled(result)}"

    @property
    def kernel(self) -> Kernel:
        return PREDEFINED.get(self.predef_kernel.name) or of_text(self.external_kernel)

    def filtered(self, image: Image, reached: Region, info: ImageInfo) -> Voxels:
        return rounded(_summed_up(padded(image, reached, self.source_fill, np.float64), self.kernel), info)


def _numbers(low: Fraction, high: Fraction, given: ImageInfo) -> tuple[Number, Number]:
    """The range as an image of a type declares it: whole numbers if it is whole, and never infinite."""
    if given.dtype.kind in "iu":
        return math.floor(low), math.ceil(high)
    least, most = map(Fraction, type_range(np.dtype(np.float64)))
    return float(max(least, min(low, most))), float(max(least, min(high, most)))


def _summed_up(values: Voxels, kernel: Kernel) -> Voxels:
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
