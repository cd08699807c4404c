"""Choosing without branches gives what choosing with branches gives, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nodes._choice import chosen

from .sources import TYPES, noise

EXTENT = (2, 3, 4, 5, 6)


def odd(dtype: str, seed: int) -> NDArray[np.generic]:
    """Voxels of which some are the strangest that the type has."""
    voxels = noise(dtype, EXTENT, seed)
    if voxels.dtype.kind == "f":
        voxels.flat[:6] = (np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal)
    return voxels


@pytest.mark.parametrize("dtype", TYPES)
def test_it_equals_where_bit_for_bit(dtype: str) -> None:
    one, other = odd(dtype, 1), odd(dtype, 2)[..., ::-1]
    numbers = [one.dtype.type(number) for number in (0, 1, 7)] + [one.ravel()[0], one.ravel()[-1]]
    for holds in (noise("uint8", EXTENT, 3) < 128, noise("uint8", (2, 1, 4, 5, 6), 4) < 128, np.zeros(EXTENT, bool)):
        for inside in (one, *numbers):
            for outside in (other, *numbers):
                expected = np.where(holds, inside, outside)
                made = chosen(holds.copy(), inside, outside)
                assert (made.dtype, made.shape) == (expected.dtype, expected.shape)
                assert made.tobytes() == expected.tobytes()


def test_what_is_chosen_from_is_not_written_to() -> None:
    inside, outside = noise("uint8", EXTENT, 1), noise("uint8", EXTENT, 2)
    inside.flags.writeable = outside.flags.writeable = False
    chosen(noise("uint8", EXTENT, 3) < 128, inside, outside)
