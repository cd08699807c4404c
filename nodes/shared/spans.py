"""Between which values the result of a calculation lies, from the declared ranges of what is calculated with.

All is exact for whole numbers. Of images in floating point infinite voxels are thought of, since a declared range
does not count them, but what is made of them may be finite.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from nodeeditor import ImageInfo, Number, grown_type

Span: TypeAlias = tuple[Number, Number]

_LARGEST = sys.float_info.max


def declared(info: ImageInfo, dtype: np.dtype[Any], span: Span) -> ImageInfo:
    """The image declared to hold a span of values, its type grown from ``dtype``; beyond 64 bits it is float64."""
    low, high = (max(-_LARGEST, min(number, _LARGEST)) for number in span)
    grown = grown_type(dtype, low, high)
    if dtype.kind != "f" and grown.kind == "f":
        grown = np.dtype(np.float64)
    return info.with_type(grown, low, high)


def added(one: Span, other: Span) -> Span:
    """The span of sums."""
    return one[0] + other[0], one[1] + other[1]


def subtracted(one: Span, other: Span) -> Span:
    """The span of differences."""
    return one[0] - other[1], one[1] - other[0]


def multiplied(one: Span, other: Span) -> Span:
    """The span of products."""
    return _hull(a * b for a in one for b in other)


def divided(one: Span, other: Span, divisor: np.dtype[Any]) -> Span:
    """The span of finite quotients in floating point, by divisors of a type; those of division by 0 are not finite."""
    corners = [float(a) / float(b) for a in one for b in _not_zero(other, divisor)]
    return _hull([*corners, *_vanishing(divisor)] or [0])


def absolute(one: Span) -> Span:
    """The span of absolute values."""
    low, high = one
    return max(low, -high, 0), max(-low, high)


def larger(one: Span, other: Span, *types: np.dtype[Any]) -> Span:
    """The span of the larger of two values, each of its type."""
    lows = [low for low, dtype in zip((other[0], one[0]), types, strict=True) if dtype.kind == "f"]
    return min([max(one[0], other[0]), *lows]), max(one[1], other[1])


def smaller(one: Span, other: Span, *types: np.dtype[Any]) -> Span:
    """The span of the smaller of two values, each of its type."""
    low, high = larger((-one[1], -one[0]), (-other[1], -other[0]), *types)
    return -high, -low


def farther(one: Span, other: Span, *types: np.dtype[Any]) -> Span:
    """The span of that of two values which is farther from 0."""
    return min(one[0], other[0]), max(one[1], other[1])


def nearer(one: Span, other: Span, *types: np.dtype[Any]) -> Span:
    """The span of that of two values, each of its type, which is nearer to 0."""
    low, high = farther(one, other)
    if any(dtype.kind == "f" for dtype in types):
        return low, high
    farthest = min(absolute(one)[1], absolute(other)[1])
    return max(low, -farthest), min(high, farthest)


def powers(one: Span, exponent: Number, dtype: np.dtype[Any]) -> Span:
    """The span of finite powers of a type's numbers: exact whole ones for a whole exponent from 0 on, else floats."""
    low, high = one
    zero = [0] if low <= 0 <= high and exponent >= 0 else []
    if isinstance(exponent, int) and exponent <= 64:
        return _hull([number**exponent for number in (low, high, *zero)])
    bases = [*zero, *_not_zero(one, dtype)]
    with np.errstate(all="ignore"):
        made = np.power(np.array(bases, np.float64), float(exponent))
    finite = np.nan_to_num(made[~np.isnan(made)], posinf=_LARGEST, neginf=-_LARGEST).tolist()
    return _hull([*finite, *(_vanishing(dtype) if exponent < 0 else ())] or [0])


def bitwise(ufunc: np.ufunc, one: Span, other: Span) -> Span:
    """The span of whole numbers whose bits are those of two others joined by numpy's `ufunc` for and, or and xor."""
    bits = max(int(number if number >= 0 else -1 - number).bit_length() for number in (*one, *other))
    negative = [span[0] < 0 for span in (one, other)]
    tops = [span[1] for span in (one, other) if span[0] >= 0]
    if ufunc is np.bitwise_and:
        return (-(1 << bits) if all(negative) else 0), min(tops, default=(1 << bits) - 1)
    return (-(1 << bits) if any(negative) else 0), (1 << bits) - 1


def _hull(numbers: Iterable[Number]) -> Span:
    listed = list(numbers)
    return min(listed), max(listed)


def _not_zero(span: Span, dtype: np.dtype[Any]) -> list[Number]:
    """The ends of what a span holds on both sides of 0."""
    least: Number = 1 if dtype.kind != "f" else float(np.finfo(dtype).smallest_subnormal)
    low, high = span
    below = [low, min(high, -least)] if low < 0 else []
    return [*below, *([max(low, least), high] if high > 0 else [])]


def _vanishing(divisor: np.dtype[Any]) -> list[Number]:
    """What an infinite voxel may make of a finite number."""
    return [0] if divisor.kind == "f" else []
