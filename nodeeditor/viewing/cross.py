"""The cross-hair: lines through a point of the world, with a free square around it."""

from __future__ import annotations

from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.lettering import Line, draw_lines
from nodeeditor.viewing.panes import Pane

_YELLOW = (1.0, 1.0, 0.0)
_FREE = 6
"""Pixels around the point on which nothing is drawn."""


def draw_cross(pixels: Pixels, pane: Pane) -> None:
    """Mark the point of a pane that has one, in the pane's pixels (height, width, 3)."""
    if pane.cross is None:
        return
    left, top, width, height = pane.rect
    x, y = (min(max(round(at - 0.5), -9999), 99999) for at in pane.place_of(pane.cross))
    x, y = x - left, y - top
    draw_lines(pixels, [*_level(x, y, width, height), *_plumb(x, y, width, height)], _YELLOW, shadow=False)


def _level(x: int, y: int, width: int, height: int) -> list[Line]:
    inside = 0 <= y < height
    return [(a, y, b, y) for a, b in _beside(x, width) if inside]


def _plumb(x: int, y: int, width: int, height: int) -> list[Line]:
    inside = 0 <= x < width
    return [(x, a, x, b) for a, b in _beside(y, height) if inside]


def _beside(at: int, length: int) -> list[tuple[int, int]]:
    """First and last pixel of the two parts of a line of a length, without the free pixels around a place."""
    parts = ((0, min(at - _FREE, length) - 1), (max(at + _FREE + 1, 0), length - 1))
    return [(first, last) for first, last in parts if first <= last]
