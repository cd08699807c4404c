"""Which voxel and which point of the world is below which pixel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nibabel import affines

from nodeeditor.image import Image
from nodeeditor.viewing.drawing import FilterMode, draw_slice
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.slabs import Blend, blended

from .scenes import TO_RAS, panes

BY_NIBABEL: Any = affines
POINTS = st.tuples(*[st.floats(-50, 90)] * 2)


def close(a: object, b: object, tolerance: float = 1e-6) -> bool:
    return bool(np.allclose(np.asarray(a), np.asarray(b), rtol=1e-9, atol=tolerance))


@settings(max_examples=200, deadline=None, database=None)
@given(pane=panes(), point=POINTS)
def test_a_point_of_the_picture_is_a_point_of_the_world_and_back(pane: Pane, point: tuple[float, float]) -> None:
    index, world = pane.index_at(*point), pane.world_at(*point)
    assert close(BY_NIBABEL.apply_affine(TO_RAS @ pane.info.index_to_world, index), TO_RAS[:3, :3] @ world)
    assert close(pane.index_of(world), index)
    assert close(pane.place_of(world), point)
    assert index[pane.plane.normal] == pane.slice


@settings(max_examples=200, deadline=None, database=None)
@given(pane=panes(), part=st.floats(0, 1), offset=st.tuples(*[st.sampled_from([-0.499, 0.0, 0.499])] * 2))
def test_every_voxel_is_found_at_its_middle_and_just_inside_its_corners(
    pane: Pane, part: float, offset: tuple[float, float]
) -> None:
    plane = pane.plane
    voxel = [round(part * (count - 1)) for count in pane.info.extent[:1:-1]]
    voxel[plane.normal] = pane.slice
    at = np.array(voxel, float)
    at[[plane.across, plane.down]] += offset
    world = (pane.info.index_to_world @ (*at, 1))[:3]
    x, y = pane.place_of((float(world[0]), float(world[1]), float(world[2])))
    left, top, width, height = pane.rect
    inside = left <= x < left + width and top <= y < top + height
    assert pane.voxel_at(x, y) == (tuple(voxel) if inside else None)


@settings(max_examples=100, deadline=None, database=None)
@given(pane=panes())
def test_the_pixel_shows_the_voxel_that_is_said_to_be_below_it(pane: Pane) -> None:
    """Each voxel of the image has a value of its own, and is drawn with it; the rest is black."""
    _, c, z, y, x = pane.info.extent
    assume(z * y * x <= 250)
    info = replace(pane.info, extent=(1, c, z, y, x), dtype=np.dtype(np.uint8), range=(0, 255))
    pane = replace(pane, info=info, time=0)
    values = np.arange(1, z * y * x + 1, dtype=np.uint8).reshape(info.extent)
    flat = pane.plane.flat(values[pane.region.slices])
    drawn = np.empty((pane.rect[3], pane.rect[2], 3), np.uint8)
    draw_slice(drawn, flat, pane.placing, Window(127.5, 255), FilterMode.FILTER_NEAREST, (0, 0, 0))
    made = drawn[..., 0]
    left, top, width, height = pane.rect
    for row in range(height):
        for column in range(width):
            at = (left + column + 0.5, top + row + 0.5)
            parts = np.array(pane.index_at(*at)) % 1
            if np.abs(parts - 0.5).min() < 1e-6:
                continue  # on the border of two voxels
            voxel = pane.voxel_at(*at)
            assert made[row, column] == (values[0, 0, voxel[2], voxel[1], voxel[0]] if voxel else 0)


@settings(max_examples=60, deadline=None, database=None)
@given(pane=panes(), slab=st.integers(0, 12), blend=st.sampled_from(list(Blend)))
def test_a_slab_is_what_its_slices_make_together(pane: Pane, slab: int, blend: Blend) -> None:
    pane = replace(pane, slab=slab, blend=blend)
    values = np.random.default_rng(0).integers(0, 99, pane.info.extent, np.int16)
    image = Image.of(pane.info, values)
    made = pane.plane.flat(blended(image.at(pane.region).voxels, 4 - pane.plane.normal, blend))
    deep = np.moveaxis(values[pane.time, 0], 2 - pane.plane.normal, 0)[pane.slice :][: max(1, slab)].astype(float)
    wanted = {
        Blend.BLEND_REPLACE: deep[0],
        Blend.BLEND_MAXIMUM: deep.max(0),
        Blend.BLEND_MINIMUM: deep.min(0),
        Blend.BLEND_BLEND: deep.mean(0),
    }[blend]
    wanted = wanted if pane.plane.across < pane.plane.down else wanted.T
    wanted = wanted[:: -1 if pane.plane.down_back else 1, :: -1 if pane.plane.across_back else 1]
    assert close(made[0], wanted)
