"""Compares voxels with numbers that their type may not hold, exactly."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np

from nodeeditor import Number, Voxels, type_range

_LARGEST = Fraction(sys.float_info.max)


def rule(compare: np.ufunc, level: Fraction, dtype: np.dtype[Any]) -> tuple[np.ufunc, Any]:
    """A comparison with a number of a voxel type that holds for the same voxels as the one wanted.

    ``compare`` is one of numpy's six comparisons. Floating-point voxels are compared in their own precision.
    """
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return compare, dtype.type(float(max(-_LARGEST, min(level, _LARGEST))))
    lowest, highest = type_range(dtype)
    between = level.denominator != 1
    if level < lowest or level > highest or (between and compare in (np.equal, np.not_equal)):
        # Nothing is equal, and all voxels lie on the same side.
        side = (np.greater, np.greater_equal) if level < lowest else (np.less, np.less_equal)
        holds = compare in (np.not_equal, *side)
        return (np.greater_equal if holds else np.less), dtype.type(lowest)
    if between:  # both "below" comparisons mean the same
        below = compare in (np.less, np.less_equal)
        return (np.less_equal if below else np.greater), dtype.type(math.floor(level))
    return compare, dtype.type(int(level))


def within(values: Voxels, low: Number, high: Number) -> Voxels:
    """Which voxels lie in a closed interval; a NaN does not."""
    at_least, lowest = rule(np.greater_equal, Fraction(low), values.dtype)
    at_most, highest = rule(np.less_equal, Fraction(high), values.dtype)
    inside: Voxels = at_least(values, lowest)
    inside &= at_most(values, highest)
    return inside
