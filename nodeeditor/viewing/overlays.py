"""Overlays: coloured, translucent images that lie over the slices of a viewer."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from nodeeditor.image import Image, ImageInfo, Region
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.panes import Pane


class Overlay:
    """The kind of connector through which a node gives a viewer something to draw over its slices.

    What flows is an image of 8-bit red, green, blue and alpha; it is placed by its world coordinates.
    """


def overlay_region(info: ImageInfo, pane: Pane) -> Region | None:
    """The voxels of an overlay that may be seen in a pane, or None where it is elsewhere."""
    _, _, depth, rows, columns = info.extent
    shape = np.array([columns, rows, depth])
    across, down = pane.plane.shape(pane.info)
    corners = itertools.product((-0.5, across - 0.5), (-0.5, down - 0.5))
    indices = np.array([_index(info, pane, *corner) for corner in corners])
    low = np.floor(indices.min(axis=0) + 0.5 - 1e-6).astype(int)
    high = np.floor(indices.max(axis=0) + 0.5 + 1e-6).astype(int) + 1
    low, high = np.clip(low, 0, shape), np.clip(high, 0, shape)
    if (low >= high).any():
        return None
    time = min(pane.time, info.extent[0] - 1)
    region = info.whole.along("t", time)
    for axis, letter in enumerate("xyz"):
        region = region.along(letter, int(low[axis]), int(high[axis]))
    return region


def draw_overlay(pixels: Pixels, overlay: Image, pane: Pane) -> None:
    """Blend an overlay into the pixels (height, width, 3) of a pane, each from the voxel below its middle."""
    left, top, width, height = pane.rect
    to_overlay = np.linalg.inv(overlay.info.index_to_world) @ np.vstack([pane.to_world, [0, 0, 1]])
    x, y = left + np.arange(width)[None, :] + 0.5, top + np.arange(height)[:, None] + 0.5
    indices: list[npt.NDArray[np.intp]] = []
    inside = np.ones((1, 1), np.bool_)
    for axis in range(3):
        start, stop = overlay.region.start[4 - axis], overlay.region.stop[4 - axis]
        along, down, at = to_overlay[axis].tolist()
        # Where the grids are parallel an index depends on the column or the row alone, and so stays one row or column.
        parts = [step * places for step, places in ((along, x), (down, y)) if abs(step) * max(width, height) > 1e-9]
        index = np.floor(sum(parts, np.full((1, 1), at + 0.5 + 1e-9))).astype(np.intp)
        inside = inside & (index >= start) & (index < stop)
        indices.append(np.clip(index - start, 0, stop - start - 1))
    rgba = overlay.voxels[0][:, indices[2], indices[1], indices[0]]
    alpha = np.where(inside, rgba[3], 0).astype(np.float32) / np.float32(255)
    below = pixels.astype(np.float32)
    below += (np.moveaxis(rgba[:3], 0, -1) - below) * alpha[..., None]
    pixels[:] = np.rint(below)


def _index(info: ImageInfo, pane: Pane, column: float, row: float) -> npt.NDArray[np.float64]:
    """The overlay's voxel index at a place of the pane's slice, given in its columns and rows as shown."""
    plane, index = pane.plane, np.zeros(3)
    across, down = plane.shape(pane.info)
    index[plane.normal] = pane.slice
    index[plane.across] = across - 1 - column if plane.across_back else column
    index[plane.down] = down - 1 - row if plane.down_back else row
    world = pane.info.index_to_world @ (*index, 1)
    return np.asarray(np.linalg.inv(info.index_to_world) @ world)[:3]
