"""Overlays over slices, pixel by pixel, wherever both lie in the world."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor.image import Image, ImageInfo
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.overlays import draw_overlay, overlay_region
from nodeeditor.viewing.panes import Pane

from .scenes import infos, panes


def overlay_of(info: ImageInfo, seed: int = 0) -> Image:
    t, _, z, y, x = info.extent
    made = replace(info, extent=(t, 4, z, y, x), dtype=np.dtype(np.uint8), range=(0, 255))
    return Image.of(made, np.random.default_rng(seed).integers(0, 256, made.extent, np.uint8))


def compare(pane: Pane, overlay: Image) -> None:
    left, top, width, height = pane.rect
    before = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    made = before.copy()
    region = overlay_region(overlay.info, pane)
    if region is not None:
        draw_overlay(made, overlay.at(region), pane)
    t = min(pane.time, overlay.info.extent[0] - 1)
    to_index = np.linalg.inv(overlay.info.index_to_world)
    for row, column in itertools.product(range(height), range(width)):
        world = pane.world_at(left + column + 0.5, top + row + 0.5)
        at = (to_index @ (*world, 1))[:3] + 0.5
        if np.abs(at - np.rint(at)).min() < 1e-5:
            continue  # on the border of two voxels
        x, y, z = np.floor(at).astype(int).tolist()
        wanted: Any = before[row, column].astype(float)
        on_slice = pane.voxel_at(left + column + 0.5, top + row + 0.5) is not None
        if all(0 <= n < count for n, count in zip((z, y, x), overlay.info.extent[2:], strict=True)):
            if not on_slice:
                continue  # beside the slice an overlay may be cut off
            *rgb, alpha = overlay.voxels[t, :, z, y, x].tolist()
            wanted = wanted + (np.array(rgb) - wanted) * alpha / 255
        assert np.abs(made[row, column] - wanted).max() <= 0.51, (row, column)


@settings(max_examples=120, deadline=None, database=None)
@given(pane=panes(), info=infos())
def test_an_overlay_somewhere_in_the_world_is_blended_voxel_by_voxel(pane: Pane, info: ImageInfo) -> None:
    compare(pane, overlay_of(info))


@settings(max_examples=80, deadline=None, database=None)
@given(pane=panes(), finer=st.sampled_from([1, 2, 3]), shift=st.tuples(*[st.integers(-2, 2)] * 3))
def test_an_overlay_on_a_parallel_grid_is_blended_voxel_by_voxel(
    pane: Pane, finer: int, shift: tuple[int, int, int]
) -> None:
    spacing = pane.info.spacing
    x, y, z, _ = (pane.info.index_to_world @ (*shift, 1)).tolist()
    info = replace(pane.info, origin=(x, y, z), spacing=(spacing[0] / finer, spacing[1] / finer, spacing[2] / finer))
    compare(pane, overlay_of(info))


@settings(max_examples=80, deadline=None, database=None)
@given(pane=panes())
def test_an_overlay_on_the_image_s_own_grid_needs_the_shown_slice_alone(pane: Pane) -> None:
    overlay = overlay_of(pane.info)
    assert overlay_region(overlay.info, pane) == pane.region.along("c", 0, 4)


def test_an_overlay_elsewhere_needs_nothing() -> None:
    info = ImageInfo((1, 4, 3, 3, 3), np.dtype(np.uint8), (0, 255), origin=(500.0, 0.0, 0.0))
    shown = ImageInfo((1, 1, 3, 3, 3), np.dtype(np.uint8), (0, 9))
    pane = Pane((0, 0, 9, 9), "image", shown, Window(0, 1), 1)
    assert overlay_region(info, pane) is None
