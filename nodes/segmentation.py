"""Nodes that tell voxels apart by their values."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from nodeeditor import (
    Choice,
    Image,
    ImageInfo,
    Input,
    Node,
    Number,
    Output,
    Region,
    Value,
    Voxels,
    field,
    grown_type,
    smallest_type,
    spelled,
)
from nodes.shared.choice import chosen
from nodes.shared.compared import rule
from nodes.shared.described import described
from nodes.shared.rounded import rounded


class Comparison(Choice):
    """How a voxel, on the left, is compared with the threshold, on the right."""

    Less = "<"
    LessEqual = "<="
    Equal = "=="
    NotEqual = "!="
    Greater = ">"
    GreaterEqual = ">="


class WriteValue(Choice):
    """What is written for a voxel."""

    ImgMin = "Image Min"
    ImgMax = "Image Max"
    ImgOrig = "Image Original"
    UserDef = "User Def"


_LARGEST = sys.float_info.max
_COMPARISONS: dict[Comparison, np.ufunc] = {
    Comparison.Less: np.less,
    Comparison.LessEqual: np.less_equal,
    Comparison.Equal: np.equal,
    Comparison.NotEqual: np.not_equal,
    Comparison.Greater: np.greater,
    Comparison.GreaterEqual: np.greater_equal,
}
_OPPOSITES = {
    Comparison.Less: Comparison.GreaterEqual,
    Comparison.LessEqual: Comparison.Greater,
    Comparison.Equal: Comparison.NotEqual,
    Comparison.NotEqual: Comparison.Equal,
    Comparison.Greater: Comparison.LessEqual,
    Comparison.GreaterEqual: Comparison.Less,
}


class Threshold(Node):
    """Write one value where a comparison with a threshold holds, and another where it does not.

    The voxel stands on the left of the comparison, the threshold on the right. A *relative* threshold runs from 0 to 1
    and stands for the image's declared range: 0 is its minimum, 1 its maximum. Where both written values are
    constants, the output has the smallest type that holds them, so a 0/1 mask is 8-bit unsigned; where original
    voxels are written, it keeps the input's type unless a written value needs a larger one. A fractional value makes an
    integer image floating point. Nothing ever wraps around.

    Integer voxels are compared with the exact threshold, floating-point voxels in their own precision. A relative
    threshold is taken as the decimal number that it reads: 0.07 of 0 to 100 is 7 and no hair more.
    """

    keywords = ("binary", "segment", "greater", "less", "compare", "binarize", "level")
    renamed = {"Threshold": "threshold"}

    input0 = Input(Image, "Any scalar or colour image; every channel is compared on its own.")
    output0 = Output(Image, "The written values, on the input's grid.")

    threshold: float = field(default=0.0, help="The value that voxels are compared with, or from 0 to 1 when relative.")
    relative_threshold: bool = field(
        default=False, help="Take the threshold as a fraction of the image's range of values."
    )
    comparison_operator: Comparison = field(
        default=Comparison.Greater,
        help="The comparison: the voxel is on the left, the threshold on the right.",
    )
    condition_true_write_value: WriteValue = field(
        default=WriteValue.UserDef, help="What is written where the comparison holds."
    )
    user_condition_true_value: float = field(
        default=1.0, help="The value written where the comparison holds, if that is 'User Def'."
    )
    condition_false_write_value: WriteValue = field(
        default=WriteValue.UserDef, help="What is written where the comparison does not hold."
    )
    user_condition_false_value: float = field(
        default=0.0, help="The value written where the comparison does not hold, if that is 'User Def'."
    )

    def caption(self) -> str:
        level = f"{self.threshold:g}"
        return f"{self.comparison_operator.value} {level}{' (relative)' if self.relative_threshold else ''}"

    def describe(self, input0: ImageInfo) -> ImageInfo:
        written = self._written(input0)
        info = input0.without_display_tags()
        constants = [value for value in written if value is not None]
        return _of_constants(info, constants) if len(constants) == 2 else _holding(info, info.range, constants)

    def compute(self, region: Region, input0: Image) -> Voxels:
        info = input0.info
        dtype = described(self, info).dtype
        compare, level = self._rule(info)
        true, false = (
            input0.voxels.astype(dtype, copy=False) if value is None else dtype.type(value)
            for value in self._written(info)
        )
        return chosen(compare, input0.voxels, level, true, false)

    def explain(self, input0: Value, infos: Mapping[str, ImageInfo], result: Value) -> str:
        info = infos["input0"]
        exact = self._level(info)
        level = spelled(exact.numerator if exact.denominator == 1 else float(exact))
        operator = self.comparison_operator
        if isinstance(input0, tuple):
            return f"each channel of {spelled(input0)} {operator.value} {level} → {spelled(result)}"
        compare, rounded = self._rule(info)
        holds = bool(compare(np.array(input0, info.dtype), rounded))
        told = operator.value if holds else _OPPOSITES[operator].value
        if math.isnan(input0) and not holds:
            told = f"is not {operator.value}"
        return f"{spelled(input0)} {told} {level} → {spelled(result)}"

    def _written(self, info: ImageInfo) -> tuple[Number | None, Number | None]:
        """The two written values; None stands for the original voxel."""
        low, high = info.range

        def value(mode: WriteValue, user: float) -> Number | None:
            written = {WriteValue.ImgMin: low, WriteValue.ImgMax: high, WriteValue.UserDef: user}
            return written.get(mode)

        return (
            value(self.condition_true_write_value, self.user_condition_true_value),
            value(self.condition_false_write_value, self.user_condition_false_value),
        )

    def _level(self, info: ImageInfo) -> Fraction:
        if not self.relative_threshold:
            return Fraction(self.threshold)
        low, high = map(Fraction, info.range)
        return low + Fraction(str(self.threshold)) * (high - low)

    def _rule(self, info: ImageInfo) -> tuple[np.ufunc, Any]:
        """A comparison with a value of the image's type that holds for the same voxels as the comparison wanted."""
        return rule(_COMPARISONS[self.comparison_operator], self._level(info), info.dtype)


class IntervalWriteValue(Choice):
    """What is written for a voxel below, inside or above an interval."""

    ImgMin = "Image Min"
    ImgMax = "Image Max"
    ImgOrig = "Image Original"
    ImgMaxMinusImgOrig = "Image Max Minus Image Original"
    UserDef = "User Def"


class IntervalThreshold(Node):
    """Write one value for voxels in an interval, and others for those below and above it.

    The interval is closed: its minimum and maximum are inside. It is given by these two or, with *centerWidthSet*, by
    its centre and width. A minimum above the maximum leaves nothing inside: what is below the minimum is below, the
    rest above. A NaN is in no interval and counts as below.

    What is written may be a number, the image's declared minimum or maximum, the voxel as it is, or the declared
    maximum less the voxel. Where all three are numbers the output has the smallest type that holds them, so a 0/1 mask
    is 8-bit unsigned; else it keeps the input's type unless a written value needs a larger one. A fractional value
    makes an integer image floating point. Nothing ever wraps around.

    Integer voxels are compared with the exact limits, floating-point voxels in their own precision. Limits made of
    centre and width are those of the decimal numbers that they read. *changeMinMax* declares another range of values
    for what follows, such as the window of a viewer or a relative threshold; it cannot leave out a written value.
    """

    keywords = ("binary", "segment", "range", "between", "inside", "outside", "window", "level", "band")

    input0 = Input(Image, "Any scalar or colour image; every channel is compared on its own.")
    output0 = Output(Image, "The written values, on the input's grid.")

    thresh_min: float = field(default=0.0, help="The lowest value inside.")
    thresh_max: float = field(default=100.0, help="The highest value inside.")
    center_width_set: bool = field(default=False, help="Take the interval from its centre and width instead.")
    thresh_center: float = field(default=50.0, help="The middle of the interval, if centre and width are used.")
    thresh_width: float = field(
        default=100.0, minimum=0, help="The width of the interval, if centre and width are used."
    )
    lower_type: IntervalWriteValue = field(
        default=IntervalWriteValue.UserDef, help="What is written below the interval."
    )
    lower_user_value: float = field(default=0.0, help="The value written below, if that is 'User Def'.")
    inner_type: IntervalWriteValue = field(
        default=IntervalWriteValue.UserDef, help="What is written inside the interval."
    )
    inner_user_value: float = field(default=1.0, help="The value written inside, if that is 'User Def'.")
    upper_type: IntervalWriteValue = field(
        default=IntervalWriteValue.UserDef, help="What is written above the interval."
    )
    upper_user_value: float = field(default=0.0, help="The value written above, if that is 'User Def'.")
    change_min_max: bool = field(default=False, help="Declare another range of values for the output.")
    changed_min: float = field(
        default=-100000.0, help="The lowest value to declare; a lower one that is written counts."
    )
    changed_max: float = field(
        default=100000.0, help="The highest value to declare; a higher one that is written counts."
    )
    image_min: float = field(default=0.0, read_only=True, help="The image's declared minimum.")
    image_max: float = field(default=0.0, read_only=True, help="The image's declared maximum.")
    image_range: float = field(default=0.0, read_only=True, help="How far the two are apart.")

    def caption(self) -> str:
        low, high = self._limits()
        return f"{float(low):g} to {float(high):g}"

    def values(self, input0: ImageInfo) -> dict[str, object]:
        low, high = input0.range
        return {"image_min": low, "image_max": high, "image_range": min(high - low, _LARGEST)}

    def warnings(self) -> list[str]:
        low, high = self._limits()
        if low <= high:
            return []
        return [f"threshMin {float(low):g} is above threshMax {float(high):g}, so no voxel is inside"]

    def describe(self, input0: ImageInfo) -> ImageInfo:
        written, info = self._written(input0), input0.without_display_tags()
        constants = [value for value in written if not isinstance(value, IntervalWriteValue)]
        low, high = input0.range
        varying = [*((low, high) if IntervalWriteValue.ImgOrig in written else ())]
        if IntervalWriteValue.ImgMaxMinusImgOrig in written:
            varying += [0, min(high - low, _LARGEST)]
        info = _holding(info, varying, constants) if varying else _of_constants(info, constants)
        if self.change_min_max:
            info = _holding(info, info.range, [self.changed_min, self.changed_max])
        return info

    def compute(self, region: Region, input0: Image) -> Voxels:
        info, voxels = described(self, input0.info), input0.voxels
        lower, inner, upper = (_made_of(value, input0, info) for value in self._written(input0.info))
        low, high = self._limits()
        at_most, highest = rule(np.less_equal, high, voxels.dtype)
        at_least, lowest = rule(np.greater_equal, low, voxels.dtype)
        return chosen(at_least, voxels, lowest, chosen(at_most, voxels, highest, inner, upper), lower)

    def explain(self, input0: Value, infos: Mapping[str, ImageInfo], result: Value) -> str:
        low, high = self._limits()
        least, most = (spelled(one.numerator if one.denominator == 1 else float(one)) for one in (low, high))
        if isinstance(input0, tuple):
            return f"each channel of {spelled(input0)} with {least} to {most} → {spelled(result)}"
        voxel = np.array(input0, infos["input0"].dtype)
        told = f"is in {least} to {most}"
        for compare, level, words in ((np.greater, high, f"> {most}"), (np.less, low, f"< {least}")):
            exact, number = rule(compare, level, voxel.dtype)
            told = words if exact(voxel, number) else told
        if math.isnan(input0):
            told = f"is not in {least} to {most}"
        return f"{spelled(input0)} {told} → {spelled(result)}"

    def _limits(self) -> tuple[Fraction, Fraction]:
        if not self.center_width_set:
            return Fraction(self.thresh_min), Fraction(self.thresh_max)
        center, half = Fraction(str(self.thresh_center)), Fraction(str(self.thresh_width)) / 2
        return max(center - half, -Fraction(_LARGEST)), min(center + half, Fraction(_LARGEST))

    def _written(self, info: ImageInfo) -> tuple[Number | IntervalWriteValue, ...]:
        """What is written below, inside and above, as numbers where they are the same for all voxels."""
        low, high = info.range
        constants = {IntervalWriteValue.ImgMin: low, IntervalWriteValue.ImgMax: high}
        return tuple(
            user if mode is IntervalWriteValue.UserDef else constants.get(mode, mode)
            for mode, user in (
                (self.lower_type, self.lower_user_value),
                (self.inner_type, self.inner_user_value),
                (self.upper_type, self.upper_user_value),
            )
        )


def _made_of(value: Number | IntervalWriteValue, image: Image, info: ImageInfo) -> Any:
    """What is written in the type of the output: one number, or one for each voxel."""
    if not isinstance(value, IntervalWriteValue):
        return info.dtype.type(value)
    if value is IntervalWriteValue.ImgOrig:
        return image.voxels.astype(info.dtype, copy=False)
    highest = image.info.range[1]
    if image.info.dtype.kind == "f":
        with np.errstate(all="ignore"):
            return rounded(np.subtract(highest, image.voxels, dtype=info.dtype), info)
    whole = info.dtype if info.dtype.kind != "f" else np.dtype(np.uint64)  # never negative, so that holds it
    made = np.array(int(highest) % 2**64, np.uint64).astype(whole) - image.voxels.astype(whole)
    return made.astype(info.dtype, copy=False)


def _of_constants(info: ImageInfo, values: list[Number]) -> ImageInfo:
    """The image in the smallest type that holds a few numbers, which are all that it has."""
    low, high = min(values), max(values)
    dtype = smallest_type(low, high)
    if not all(float(value).is_integer() for value in values) and dtype.kind != "f":
        dtype = np.dtype(np.float32)
    wide = dtype == np.float32 and (info.dtype == np.float64 or any(map(_cut_by_float32, values)))
    return info.with_type(np.float64 if wide else dtype, low, high)


def _holding(info: ImageInfo, span: Iterable[Number], values: list[Number]) -> ImageInfo:
    """The image whose voxels lie in a span, holding some numbers more, in its type where that holds all."""
    dtype = info.dtype
    for value in values:
        if not float(value).is_integer():
            dtype = grown_type(dtype, value, value)
    low, high = min((*span, *values)), max((*span, *values))
    return info.with_type(grown_type(dtype, low, high), low, high)


def _cut_by_float32(value: Number) -> bool:
    """Whether float32 loses something of a whole number."""
    return float(value).is_integer() and float(np.float32(value)) != value
