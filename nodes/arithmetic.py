"""Nodes that calculate with the values of images, voxel by voxel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    Number,
    Output,
    Region,
    Value,
    Voxels,
    field,
    grown_type,
    spelled,
)
from nodes.shared import spans
from nodes.shared.calculated import calculated, fitting, inverted, magnitudes, powers
from nodes.shared.choice import chosen
from nodes.shared.described import described
from nodes.shared.grid import OutputImageSize, common_size, replicated


class Function1(Choice):
    """What is calculated from an image and a constant."""

    Absolute = "Absolute"
    Invert = "Invert (Max-Img)"
    Power = "Power (Img^Const)"
    Add = "Add (Const+Img)"
    Multiply = "Multiply (Const*Img)"
    Subtract = "Subtract (Const-Img)"
    Divide = "Divide (Const/Img)"
    Or = "Bitwise Or (Const OR Img)"
    And = "Bitwise And (Const AND Img)"
    Xor = "Bitwise Xor (Const XOR Img)"


class Function2(Choice):
    """What is calculated from two images."""

    Add = "Add"
    Multiply = "Multiply"
    Subtract = "Subtract (1 - 2)"
    Divide = "Divide (1 / 2)"
    Max = "Max"
    Min = "Min"
    AbsMax = "Abs Max"
    AbsMin = "Abs Min"
    Or = "Or"
    And = "And"
    Xor = "Xor"
    Equal = "Equal"
    NotEqual = "Not Equal"


_UFUNCS: Mapping[str, np.ufunc] = {
    "Add": np.add,
    "Multiply": np.multiply,
    "Subtract": np.subtract,
    "Divide": np.divide,
    "Max": np.maximum,
    "Min": np.minimum,
    "AbsMax": np.greater_equal,
    "AbsMin": np.less_equal,
    "Or": np.bitwise_or,
    "And": np.bitwise_and,
    "Xor": np.bitwise_xor,
    "Equal": np.equal,
    "NotEqual": np.not_equal,
}
"""The calculation of each function; of the two that look at absolute values, the comparison that takes the first."""

_SUMS: Mapping[str, Callable[[spans.Span, spans.Span], spans.Span]] = {
    "Add": spans.added,
    "Multiply": spans.multiplied,
    "Subtract": spans.subtracted,
}
_PICKS: Mapping[str, Callable[..., spans.Span]] = {
    "Max": spans.larger,
    "Min": spans.smaller,
    "AbsMax": spans.farther,
    "AbsMin": spans.nearer,
}
_BITS = ("Or", "And", "Xor")
_COMPARISONS = ("Equal", "NotEqual")
_WORDS: Mapping[str, str] = {
    "Add": "{} + {}",
    "Multiply": "{} x {}",
    "Subtract": "{} - {}",
    "Divide": "{} / {}",
    "Max": "the larger of {} and {}",
    "Min": "the smaller of {} and {}",
    "AbsMax": "of {} and {} the farther from 0",
    "AbsMin": "of {} and {} the nearer to 0",
    "Or": "{} or {}",
    "And": "{} and {}",
    "Xor": "{} xor {}",
    "Equal": "{} == {}",
    "NotEqual": "{} != {}",
}


class Arithmetic2(Node):
    """Calculate with two images, voxel by voxel: add, multiply, subtract, divide, compare them or join their bits.

    *Subtract* takes the second image from the first, *Divide* divides the first by the second. *Abs Max* and *Abs Min*
    give that of the two values which is farther from 0 or nearer to it, the first one's where both are as far, with its
    sign. *Or*, *And* and *Xor* join the bits of whole numbers. *Equal* and *Not Equal* give 1 where they hold and 0
    elsewhere.

    Nothing ever wraps around: the output has the first image's type, or floating point where one of the two has, and
    the type grows where the declared ranges ask for it. Whole numbers are exact; where they may leave 64 bits the
    output is double. *Divide* gives float for images of up to 16 bits and double for all others: infinite where
    something is divided by 0, and NaN for 0 / 0. A NaN in one of the two gives NaN; in comparisons it equals nothing.

    Both images have to lie on the same voxel grid. One time point serves for all of the other image, and so does a
    scalar image for all channels of a colour image, which are calculated one by one.
    """

    keywords = ("add", "subtract", "multiply", "divide", "sum", "difference", "ratio", "maximum", "minimum", "combine")
    renamed = {"Function": "function"}

    input0 = Input(Image, "The first image.")
    input1 = Input(Image, "The second image.")
    output0 = Output(Image, "What is calculated, on the first image's grid.")

    function: Function2 = field(default=Function2.Add, help="What is calculated; 1 and 2 are the two images.")
    output_image_size: OutputImageSize = field(
        default=OutputImageSize.InvalidateOutputIfSizesDiffer,
        help="When the sizes differ: refuse, or give the part that both images have, from the first voxel on.",
    )
    auto_replicate: bool = field(
        default=False, help="Use an image of one slice, row or column for all slices, rows or columns of the other."
    )

    def caption(self) -> str:
        return self.function.value

    def describe(self, input0: ImageInfo, input1: ImageInfo) -> ImageInfo:
        made = self._grid(input0, input1)
        name, ranges, types = self.function.name, (input0.range, input1.range), (input0.dtype, input1.dtype)
        floating = "f" in (input0.dtype.kind, input1.dtype.kind)
        dtype = np.promote_types(*types) if floating else input0.dtype
        if name in _PICKS:
            return spans.declared(made, dtype, _PICKS[name](*ranges, *types))
        made = made.without_display_tags()
        if name in _COMPARISONS:
            return made.with_type(np.uint8, 0, 1)
        if name in _BITS:
            for connector, info in (("input0", input0), ("input1", input1)):
                _refuse_fractions(name, connector, info)
            return _joined(made, name, *ranges)
        if self.function is Function2.Divide:
            return spans.declared(made, _quotient_type(*types), spans.divided(*ranges, input1.dtype))
        return spans.declared(made, dtype, _SUMS[name](*ranges))

    def needs(self, region: Region, input0: ImageInfo, input1: ImageInfo) -> dict[str, Region]:
        return {"input0": _held(region, input0), "input1": _held(region, input1)}

    def compute(self, region: Region, input0: Image, input1: Image) -> Voxels:
        name, one, other = self.function.name, input0.voxels, input1.voxels
        ufunc, info = _UFUNCS[name], described(self, input0.info, input1.info)
        if name in _COMPARISONS:
            made: Voxels = ufunc(one, other)
            return made.view(np.uint8)
        if self.function in (Function2.AbsMax, Function2.AbsMin):
            first = ufunc(magnitudes(one), magnitudes(other))
            if one.dtype.kind == "f":
                first |= np.isnan(one)
            pair = (values.astype(info.dtype, copy=False) for values in (one, other))
            return chosen(np.not_equal, first, False, *pair)
        if name in _PICKS:
            one, other = fitting(input0, info.dtype), fitting(input1, info.dtype)
        return calculated(ufunc, one, other, info)

    def explain(self, input0: Value | None, input1: Value | None, result: Value) -> str:
        one, other = ("a replicated voxel" if value is None else spelled(value) for value in (input0, input1))
        return f"{_WORDS[self.function.name].format(one, other)} → {spelled(result)}"

    def _grid(self, image: ImageInfo, other: ImageInfo) -> ImageInfo:
        """The first image as it is, but for its size."""
        for axis, unit in enumerate(("time points", "channels")):
            ours, theirs = image.extent[axis], other.extent[axis]
            if ours != theirs and 1 not in (ours, theirs):
                raise NodeError(
                    f"the image at input0 has {ours} {unit} and the image at input1 {theirs}; "
                    "they need the same number, or one of them a single one"
                )
        advice = "resample one of them"
        stretched = replicated(image, other), replicated(other, image)
        if self.auto_replicate:
            image, other = stretched
        elif stretched != (image, other) and not stretched[0].grid_difference(stretched[1]):
            advice += ", or set autoReplicate to use one of them for all slices, rows or columns of the other"
        size = common_size(image, other, self.output_image_size, advice)
        times, channels = (max(sizes) for sizes in zip(image.extent[:2], other.extent[:2], strict=True))
        return replace(
            image,
            extent=(times, channels, *size),
            channels=other.channels if image.scalar else image.channels,
            time_step=other.time_step if image.extent[0] == 1 else image.time_step,
        )


class Arithmetic1(Node):
    """Calculate with an image and a constant, voxel by voxel.

    *Subtract* takes the image from the constant, *Divide* divides the constant by the image; to take a constant from
    an image, add its negative. *Power* raises the image to the constant. *Invert* turns the image's declared range
    around: its maximum becomes its minimum. *Absolute* and *Invert* do without the constant. *Or*, *And* and *Xor* join
    the bits of whole numbers.

    Nothing ever wraps around: the output has the image's type, which grows where the declared range asks for it, and
    a fractional constant makes whole numbers floating point. Whole numbers are exact; where they may leave 64 bits,
    and for powers that are not whole, the output is double. *Divide* gives float for images of up to 16 bits and double
    for all others: infinite where the constant is divided by 0, and NaN for 0 / 0. A negative number to a fractional
    power is NaN.

    Every channel of a colour image is calculated on its own.
    """

    keywords = ("absolute", "invert", "power", "square", "root", "scale", "shift", "offset", "constant", "negate")

    input0 = Input(Image, "Any scalar or colour image.")
    output0 = Output(Image, "What is calculated, on the input's grid.")

    function: Function1 = field(
        default=Function1.Add, help="What is calculated; Img is the image, Const the constant, Max the image's maximum."
    )
    constant: float = field(default=0.0, help="The number that the image is calculated with.")

    def caption(self) -> str:
        return self.function.value

    def describe(self, input0: ImageInfo) -> ImageInfo:
        info, name = input0.without_display_tags(), self.function.name
        if self.function is Function1.Absolute:
            return info.with_range(*spans.absolute(info.range))
        if self.function is Function1.Invert:
            return info.with_range(*sorted(inverted(np.array(info.range, info.dtype), info).tolist()))
        if name in _BITS:
            _refuse_fractions(name, "input0", info)
            if not self.constant.is_integer():
                raise NodeError(f"{name} joins bits; constant is {self.constant:g} and has to be a whole number")
            return _joined(info, name, (int(self.constant), int(self.constant)), info.range)
        if self._is_whole(info):
            return spans.declared(info, info.dtype, self._span(info, int(self.constant)))
        dtype = info.dtype
        if self.function is Function1.Divide:
            dtype = _quotient_type(dtype)
        if self.function is Function1.Power and dtype.kind != "f":
            dtype = np.dtype(np.float64)
        dtype = grown_type(dtype, self.constant, self.constant)
        made = spans.declared(info, dtype, self._span(info, dtype.type(self.constant).item()))
        if made.dtype == dtype:
            return made
        return spans.declared(info, np.dtype(np.float64), self._span(info, self.constant))

    def compute(self, region: Region, input0: Image) -> Voxels:
        voxels, info = input0.voxels, described(self, input0.info)
        if self.function is Function1.Absolute:
            return voxels if voxels.dtype.kind == "u" else np.abs(voxels).view(info.dtype)
        if self.function is Function1.Invert:
            return inverted(voxels, input0.info)
        whole = self._is_whole(input0.info)
        constant = int(self.constant) if whole else self.constant
        if self.function is Function1.Power:
            return powers(voxels, constant, info)
        return calculated(_UFUNCS[self.function.name], constant, voxels, info)

    def explain(self, input0: Value, infos: Mapping[str, ImageInfo], result: Value) -> str:
        voxel = spelled(input0)
        constant = spelled(int(self.constant) if _short(self.constant) else self.constant)
        if self.function is Function1.Absolute:
            told = f"|{voxel}|"
        elif self.function is Function1.Invert:
            low, high = infos["input0"].range
            told = f"{spelled(high)} + {spelled(low)} - {voxel}"
        elif self.function is Function1.Power:
            told = f"{voxel} ^ {constant}"
        else:
            told = _WORDS[self.function.name].format(constant, voxel)
        return f"{told} → {spelled(result)}"

    def _is_whole(self, info: ImageInfo) -> bool:
        """Whether whole numbers come of an image, however large they are."""
        fractions = self.function is Function1.Divide or (self.function is Function1.Power and self.constant < 0)
        return info.dtype.kind != "f" and self.constant.is_integer() and not fractions

    def _span(self, info: ImageInfo, constant: Number) -> spans.Span:
        if self.function is Function1.Power:
            return spans.powers(info.range, constant, info.dtype)
        if self.function is Function1.Divide:
            return spans.divided((constant, constant), info.range, info.dtype)
        return _SUMS[self.function.name]((constant, constant), info.range)


def _quotient_type(*types: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.float32 if max(dtype.itemsize for dtype in types) <= 2 else np.float64)


def _joined(info: ImageInfo, name: str, one: spans.Span, other: spans.Span) -> ImageInfo:
    """What is known of an image whose bits are joined of two; raises NodeError where they are too many."""
    made = spans.declared(info, info.dtype, spans.bitwise(_UFUNCS[name], one, other))
    if made.dtype.kind == "f":
        raise NodeError(
            f"{name} of values from {one[0]} to {one[1]} and from {other[0]} to {other[1]} "
            "needs more than 64 bits; use smaller ones"
        )
    return made


def _refuse_fractions(name: str, connector: str, info: ImageInfo) -> None:
    if info.dtype.kind == "f":
        raise NodeError(f"{name} joins bits, so it needs an image of whole numbers; {connector} is {info.type_name}")


def _held(region: Region, info: ImageInfo) -> Region:
    """The part of a region that an image has which is used again and again along its axes of one voxel."""
    for axis, size in zip("tczyx", info.extent, strict=True):
        if size == 1:
            region = region.along(axis, 0)
    return region


def _short(number: float) -> bool:
    """Whether a number is written without a fraction."""
    return number.is_integer() and abs(number) < 1e16
