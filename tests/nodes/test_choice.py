"""Choosing without branches gives what choosing with branches gives, bit for bit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from nodeeditor import Voxels
from nodeeditor import compiled as compiling
from nodeeditor.compiled import WORTH, begun, installed, types
from nodes.shared.choice import _BLOCK, _SIGNS, chosen, keep, write

from .sources import TYPES, noise

EXTENT = (2, 3, 4, 5, 6)
THREE: Any = np.uint8(3)
MANY: Any = np.uint8(200)
needs_numba = pytest.mark.skipif(not installed(), reason="numba is not installed")
COMPARISONS = (np.less, np.less_equal, np.equal, np.not_equal, np.greater, np.greater_equal)


def odd(dtype: str, seed: int, extent: tuple[int, ...] = EXTENT) -> Voxels:
    """Voxels of which some are the strangest that the type has."""
    voxels = noise(dtype, extent, seed)
    if voxels.dtype.kind == "f":
        voxels.flat[:6] = (np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal)
    return voxels


@pytest.mark.parametrize("dtype", TYPES)
def test_it_equals_where_bit_for_bit(dtype: str) -> None:
    one, other = odd(dtype, 1), odd(dtype, 2)[..., ::-1]
    numbers = [one.dtype.type(number) for number in (0, 1, 7)] + [one.ravel()[0], one.ravel()[-1]]
    for values in (noise("uint8", EXTENT, 3), noise("uint8", (2, 1, 4, 5, 6), 4), np.zeros(EXTENT, np.uint8)):
        for inside, outside in itertools.product((one, *numbers), (other, *numbers)):
            expected = np.where(values < 128, inside, outside)
            made = chosen(np.less, values, 128, inside, outside)
            assert (made.dtype, made.shape) == (expected.dtype, expected.shape)
            assert made.tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", TYPES)
def test_it_compares_as_numpy_does(dtype: str) -> None:
    values = odd(dtype, 5)
    for compare, level in itertools.product(COMPARISONS, [*values.ravel()[:9], values.dtype.type(0)]):
        expected = np.where(compare(values, level), THREE, MANY)
        np.testing.assert_array_equal(chosen(compare, values, level, THREE, MANY), expected)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("size", [0, 1, _BLOCK, _BLOCK + 1, 2 * _BLOCK + 7])
def test_many_voxels_are_chosen_as_few_are(dtype: str, size: int) -> None:
    values, inside, outside = (
        noise("uint8", (size + 5,), 1)[5:],
        odd(dtype, 2, (size + 6,))[6:],
        noise(dtype, (size,), 3),
    )
    for one, other in ((inside, outside[0] if size else outside), (inside, outside), (inside[::-1], outside)):
        expected = np.where(values != 0, one, other)
        assert chosen(np.not_equal, values, 0, one, other).tobytes() == expected.tobytes()


def test_what_is_chosen_from_is_not_written_to() -> None:
    for size in (100, 2 * _BLOCK):
        values, inside, outside = noise("uint8", (size,), 3), noise("uint8", (size,), 1), noise("uint8", (size,), 2)
        for array in (values, inside, outside):
            array.flags.writeable = False
        chosen(np.less, values, 128, inside, outside)
        chosen(np.less, values, 128, THREE, MANY)


@pytest.mark.parametrize("dtype", TYPES)
def test_the_loops_that_are_compiled_choose_as_numpy_does(dtype: str) -> None:
    values = odd(dtype, 5).ravel()[:20]
    kept = odd("uint16", 6).ravel()[:20]
    for (compare, (below, same, above, turned)), level in itertools.product(_SIGNS.items(), values[:9]):
        signs = below, same, above, np.bool_(turned)
        written, made = np.empty(20, np.uint8), np.empty(20, np.uint16)
        write(values, level, *signs, THREE, MANY, written)
        keep(values, level, *signs, kept, np.uint16(7), made)
        np.testing.assert_array_equal(written, np.where(compare(values, level), THREE, MANY))
        np.testing.assert_array_equal(made, np.where(compare(values, level), kept, np.uint16(7)))


@needs_numba
@pytest.mark.parametrize("dtype", TYPES)
def test_machine_code_chooses_bit_for_bit_as_numpy_does(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_LULL", 0.0)
    values, array = odd(dtype, 7, (2, WORTH)), odd(dtype, 8, (2, WORTH))
    values.flags.writeable = array.flags.writeable = False
    level, number = values.dtype.type(0), array[0, 0]
    bits = np.dtype(f"u{array.dtype.itemsize}")
    signs = (np.bool_(),) * 4
    for loop, one, other in ((write, THREE, MANY), (keep, array.view(bits).ravel(), number.view(bits))):
        arguments = values.ravel(), level, *signs, one, other, np.empty(1, other.dtype)
        making = begun(loop, types(arguments))
        assert making.ended.wait(120)
        assert making.code is not None
    levels = [*values.ravel()[:7], level]
    for compare, at in itertools.product(COMPARISONS, levels):
        for inside, outside in ((THREE, MANY), (array, number), (number, array)):
            expected = np.where(compare(values, at), inside, outside)
            assert chosen(compare, values, at, inside, outside).tobytes() == expected.tobytes()
