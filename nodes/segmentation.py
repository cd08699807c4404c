"""Nodes that tell voxels apart by their values."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
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
    smallest_type,
    spelled,
    type_range,
)
from nodes._choice import chosen


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
        written = [value for value in self._written(input0) if value is not None]
        info = input0.without_display_tags()
        if len(written) == 2:
            dtype = smallest_type(min(written), max(written))
            wide = dtype == np.float32 and (input0.dtype == np.float64 or any(map(_cut_by_float32, written)))
            return info.with_type(np.float64 if wide else dtype, min(written), max(written))
        for value in written:
            info = info.holding(value)
        return info

    def compute(self, region: Region, input0: Image) -> Voxels:
        info = input0.info
        dtype = _written_type(self, info)
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
        wanted, level = self.comparison_operator, self._level(info)
        if info.dtype.kind == "f":
            largest = Fraction(sys.float_info.max)
            with np.errstate(over="ignore"):
                return _COMPARISONS[wanted], info.dtype.type(float(max(-largest, min(level, largest))))
        lowest, highest = type_range(info.dtype)
        between = level.denominator != 1
        if level < lowest or level > highest or (between and wanted in (Comparison.Equal, Comparison.NotEqual)):
            # Nothing is equal, and all voxels lie on the same side.
            side = Comparison.Greater if level < lowest else Comparison.Less
            holds = wanted in (Comparison.NotEqual, side, Comparison[f"{side.name}Equal"])
            return (np.greater_equal if holds else np.less), info.dtype.type(lowest)
        if between:  # both "below" comparisons mean the same
            below = wanted in (Comparison.Less, Comparison.LessEqual)
            return (np.less_equal if below else np.greater), info.dtype.type(math.floor(level))
        return _COMPARISONS[wanted], info.dtype.type(int(level))


@lru_cache(maxsize=64)
def _written_type(threshold: Threshold, info: ImageInfo) -> np.dtype[Any]:
    """The type of the output, which every page asks for."""
    return threshold.describe(info).dtype


def _cut_by_float32(value: Number) -> bool:
    """Whether float32 loses something of a whole number."""
    return float(value).is_integer() and float(np.float32(value)) != value
