"""Two panes beside each other: which slice, and which part of the world, one shows for the other's sake."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor.image import ImageInfo, Vector3
from nodeeditor.viewing.panes import Pane

View = tuple[float, tuple[float, float]]
"""Zoom and pan of a pane."""

_ALIKE = 0.5
"""From this cosine of the angle between two slices on (60 degrees), moving in one moves in the other as well."""


def slice_at(pane: Pane, world: Vector3) -> int:
    """The slice of a pane's image that is nearest to a point."""
    number = int(np.floor(pane.index_of(world)[pane.plane.normal] + 0.5))
    return max(0, min(number, pane.plane.slices(pane.info) - 1))


def slice_middle(pane: Pane) -> Vector3:
    """The point of the world in the middle of a pane's whole slice."""
    index = _middle(pane.info)
    index[pane.plane.normal] = pane.slice
    return _world(pane.info, index)


def view_after(left: Pane, right: Pane) -> View:
    """Zoom and pan with which the right pane shows the world in the left one's size and at the same place.

    Slices that do not lie over each other, or stand upright on each other, are moved by the same distances.
    """
    turn, shift = _between(left, right)
    return _view(right, left, turn @ left.pan + shift)


def view_before(left: Pane, right: Pane) -> View:
    """Zoom and pan of the left pane after which the right one is as it is: the inverse of `view_after`."""
    turn, shift = _between(left, right)
    return _view(left, right, np.linalg.solve(turn, right.pan - shift))


def _view(pane: Pane, other: Pane, pan: npt.NDArray[Any]) -> View:
    x, y = pan.tolist()
    return pane.zoom * other.placing.scale / pane.placing.scale, (round(x, 6), round(y, 6))


def _between(left: Pane, right: Pane) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Matrix and vector from the left pane's pan to the right one's, both in millimetres right and down."""
    ours, theirs = (np.array(pane.plane.directions(pane.info)) for pane in (left, right))
    turn = theirs @ ours.T
    if abs(np.linalg.det(turn)) < _ALIKE or not (_reaches(left, right) or _reaches(right, left)):
        return np.eye(2), np.zeros(2)
    return turn, theirs @ np.subtract(slice_middle(left), slice_middle(right))


def _reaches(pane: Pane, other: Pane) -> bool:
    """Whether the middle of another image lies over or under the slices of a pane."""
    index, shape = pane.index_of(_world(other.info, _middle(other.info))), pane.info.extent[:1:-1]
    return all(-0.5 <= index[axis] <= shape[axis] - 0.5 for axis in (pane.plane.across, pane.plane.down))


def _middle(info: ImageInfo) -> list[float]:
    return [(count - 1) / 2 for count in info.extent[:1:-1]]


def _world(info: ImageInfo, index: list[float]) -> Vector3:
    x, y, z, _ = (info.index_to_world @ (*index, 1)).tolist()
    return (x, y, z)
