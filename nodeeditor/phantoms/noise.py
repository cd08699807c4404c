"""Randomness that every machine repeats: smooth waves, and the noise of a receiver."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nodeeditor.phantoms.shapes import Field, Point, squares


def random_waves(position: tuple[Field, Field, Field], wavelength: float, seed: int, count: int = 12) -> Field:
    """Give smooth noise of one wavelength in mm and deviation 1: plane waves in random directions."""
    numbers = _uniform(seed, 7 * count)
    total: Field = np.zeros(1, np.float32)
    for i in range(count):
        *trio, phase = numbers[7 * i : 7 * i + 7]
        k = [trio[j] + trio[j + 3] - 1 for j in range(3)]
        scale = 1 / (wavelength * math.sqrt(k[0] * k[0] + k[1] * k[1] + k[2] * k[2]))
        turns: Field = np.full(1, phase, np.float32)
        for axis, part in zip(position, k, strict=True):
            turns = turns + axis * np.float32(part * scale)
        total = total + sine(turns)
    return total * np.float32(math.sqrt(2 / count))


def sheets(noise: Field, steps: Point) -> Field:
    """Give the distance in mm to the surfaces where the noise is 0, for a grid with these steps per axis."""
    slopes = [np.gradient(noise, step, axis=axis) for axis, step in enumerate(steps)]
    return np.abs(noise) / (np.sqrt(squares(slopes)) + np.float32(0.02))


def noise(seed: int, shape: tuple[int, ...]) -> Field:
    """Give bell-shaped noise of mean 0 and deviation 1, each value the sum of four 16-bit numbers."""
    parts = _raw(seed, math.prod(shape)).view("<u2").reshape(-1, 4).astype(np.int32)
    total = parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]
    return ((total - 131070) / np.float32(37837.2)).astype(np.float32).reshape(shape)


def sine(turns: Field) -> Field:
    """Give the sine of a number of turns within 0.1 %, by parabolas, as no library's sine is exact."""
    t = turns - np.floor(turns + np.float32(0.5))
    y = 8 * t - 16 * t * np.abs(t)
    sine: Field = y + np.float32(0.225) * (y * np.abs(y) - y)
    return sine


def _raw(seed: int, count: int) -> NDArray[np.uint64]:
    raw = np.random.PCG64(seed).random_raw(count)
    return np.asarray(raw, dtype="<u8")


def _uniform(seed: int, count: int) -> list[float]:
    return [int(value >> np.uint64(11)) / 2.0**53 for value in _raw(seed, count)]
