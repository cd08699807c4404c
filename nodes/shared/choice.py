"""Chooses between two values voxel by voxel, without a branch for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nodeeditor import Voxels
from nodeeditor.compiled import WORTH, compiled

_BLOCK = 2**17
"""Voxels at a time: few enough for what lies in between to stay in the cache, too many for threads to get in turns."""


def chosen(compare: np.ufunc, values: Voxels, level: object, inside: Voxels, outside: Voxels) -> Voxels:
    """``inside`` where ``compare(values, level)`` holds and ``outside`` elsewhere, bit for bit as `np.where` gives it.

    ``compare`` is one of numpy's six comparisons, ``level`` a number of the type of ``values``; the two that are chosen
    from are arrays, or single numbers, of one type. Up to 32 bits this is arithmetic on their bits as whole numbers,
    modulo two to the bits, two to thirty times as fast as `np.where`.
    """
    bits = np.dtype(f"u{inside.dtype.itemsize}")
    one, other = inside.view(bits), outside.view(bits)
    if values.size >= WORTH and all(_alike(array, values) for array in (one, other) if array.ndim):
        made = _looped(compare, values, level, one, other)
        if made is not None:
            return made.view(inside.dtype)
    if bits.itemsize > 4:
        return np.where(compare(values, level), inside, outside)
    if not (one.ndim or other.ndim):
        return _of_two(compare(values, level), one, other).view(inside.dtype)
    if values.size <= _BLOCK or not all(_alike(array, values) for array in (one, other) if array.ndim):
        return _mixed(compare(values, level), one, other).view(inside.dtype)
    made = np.empty(values.shape, bits)
    flat, line, one, other = (array.reshape(-1) if array.ndim else array for array in (values, made, one, other))
    for first in range(0, line.size, _BLOCK):
        part = slice(first, first + _BLOCK)
        holds = compare(flat[part], level)
        _mixed(holds, one[part] if one.ndim else one, other[part] if other.ndim else other, line[part])
    return made.view(inside.dtype)


def _of_two(holds: Voxels, one: Voxels, other: Voxels) -> Voxels:
    """One of two numbers for each voxel, in the memory of ``holds`` where they take as much."""
    made: Voxels = holds.view(one.dtype) if one.dtype.itemsize == 1 else holds.astype(one.dtype)
    difference = np.subtract(one, other)
    if difference == np.subtract(other.dtype.type(0), other.dtype.type(1)):
        return np.subtract(other, made, out=made)
    if difference != 1:
        made *= difference
    if other:
        made += other
    return made


def _mixed(holds: Voxels, one: Voxels, other: Voxels, made: Voxels | None = None) -> Voxels:
    """``one`` or ``other`` for each voxel, of which one at least is an array."""
    difference = np.subtract(one, other, out=made)
    made = np.multiply(difference, holds, out=difference if holds.shape == difference.shape else None)
    made += other
    return made


def _alike(array: Voxels, values: Voxels) -> bool:
    """Whether the voxels of two arrays lie in memory one behind the other, in the same order."""
    return array.shape == values.shape and bool(array.flags.c_contiguous and values.flags.c_contiguous)


def _looped(compare: np.ufunc, values: Voxels, level: object, one: Voxels, other: Voxels) -> Voxels | None:
    """The choice made by machine code, if there is such for these types."""
    if one.ndim and other.ndim:
        return None
    below, same, above, turned = _SIGNS[compare]
    array, number = (one, other) if one.ndim else (other, one)
    loop = keep if array.ndim else write
    made = np.empty(values.shape, one.dtype)
    flat = [given.reshape(-1) if given.ndim else given for given in (values, array, number, made)]
    signs = below, same, above, np.bool_(turned != (array is other))
    arguments = (flat[0], values.dtype.type(level), *signs, *flat[1:])
    machine_code = compiled(loop, *arguments)
    if machine_code is None:
        return None
    machine_code(*arguments)
    return made


_YES, _NO = np.True_, np.False_
_SIGNS: Mapping[np.ufunc, tuple[np.bool_, np.bool_, np.bool_, bool]] = {
    np.less: (_YES, _NO, _NO, False),
    np.less_equal: (_YES, _YES, _NO, False),
    np.equal: (_NO, _YES, _NO, False),
    np.not_equal: (_NO, _YES, _NO, True),  # of a NaN too, which is neither below nor above
    np.greater: (_NO, _NO, _YES, False),
    np.greater_equal: (_NO, _YES, _YES, False),
}
"""For each comparison: whether it holds below a level, at it, above it, and whether just the opposite is meant."""


def write(
    values: Voxels,
    level: Any,
    below: np.bool_,
    same: np.bool_,
    above: np.bool_,
    turned: np.bool_,
    one: Any,
    other: Any,
    made: Voxels,
) -> None:
    """Write ``one`` where voxels lie as the signs say, and ``other`` elsewhere; the other way round if ``turned``."""
    for i in range(values.size):
        value = values[i]
        holds = (below & (value < level)) | (same & (value == level)) | (above & (value > level))
        made[i] = one if holds != turned else other


def keep(
    values: Voxels,
    level: Any,
    below: np.bool_,
    same: np.bool_,
    above: np.bool_,
    turned: np.bool_,
    kept: Voxels,
    other: Any,
    made: Voxels,
) -> None:
    """Keep an array where voxels lie as the signs say, and write ``other`` elsewhere; the other way round likewise."""
    for i in range(values.size):
        value = values[i]
        holds = (below & (value < level)) | (same & (value == level)) | (above & (value > level))
        made[i] = kept[i] if holds != turned else other
