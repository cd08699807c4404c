"""Loops that make the pixels of a slice: plain Python that `nodeeditor.compiled` turns into machine code.

They compute in the order in which `Window` and `draw_slice` do with whole arrays, so that all bits are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nodeeditor.image import Voxels


def write_greys(values: Voxels, center: Any, width: Any, inverted: Any, made: Voxels) -> None:
    """What `Window.grey` says, number by number."""
    for i in range(values.size):
        grey = ((np.float64(values[i]) - center) / width + 0.5) * 255.0
        if inverted:
            grey = 255.0 - grey
        made[i] = np.float32(min(grey, 255.0) if grey > 0.0 else 0.0)


def write_levels(values: Voxels, center: Any, width: Any, inverted: Any, made: Voxels) -> None:
    """What `Window.levels` says, number by number."""
    for i in range(values.size):
        grey = ((np.float64(values[i]) - center) / width + 0.5) * 255.0
        if inverted:
            grey = 255.0 - grey
        made[i] = np.uint8(np.rint(np.float32(min(grey, 255.0) if grey > 0.0 else 0.0)))


def write_interpolated(
    values: Voxels,
    columns: Any,
    center: Any,
    width: Any,
    inverted: Any,
    above: Voxels,
    below: Voxels,
    above_weights: Voxels,
    below_weights: Voxels,
    left: Voxels,
    right: Voxels,
    left_weights: Voxels,
    right_weights: Voxels,
    rows_first: Any,
    made: Voxels,
) -> None:
    """Grey levels between four voxels each, of a slice that is given row by row.

    The grey of a row is worked out once: two rows that follow each other have two places in memory.
    """
    greys = np.empty((2, columns), np.float32)
    mixed = np.empty((2, left.size), np.float32)
    line = np.empty(columns, np.float32)
    known = np.full(2, -1, np.int64)
    for pixel in range(above.size):
        for row in (above[pixel], below[pixel]):
            place = row % 2
            if known[place] != row:
                known[place] = row
                for i in range(columns):
                    grey = ((np.float64(values[row * columns + i]) - center) / width + 0.5) * 255.0
                    if inverted:
                        grey = 255.0 - grey
                    greys[place, i] = np.float32(min(grey, 255.0) if grey > 0.0 else 0.0)
                if not rows_first:
                    for i in range(left.size):
                        mixed[place, i] = (
                            greys[place, left[i]] * left_weights[i] + greys[place, right[i]] * right_weights[i]
                        )
        one, other = above[pixel] % 2, below[pixel] % 2
        one_weight, other_weight = above_weights[pixel], below_weights[pixel]
        first = pixel * left.size
        if rows_first:
            for i in range(columns):
                line[i] = greys[one, i] * one_weight + greys[other, i] * other_weight
            for i in range(left.size):
                made[first + i] = np.uint8(np.rint(line[left[i]] * left_weights[i] + line[right[i]] * right_weights[i]))
        else:
            for i in range(left.size):
                made[first + i] = np.uint8(np.rint(mixed[one, i] * one_weight + mixed[other, i] * other_weight))
