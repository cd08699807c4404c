"""What the viewers share: the bounds of their fields, and what is taken where a wish goes beyond them."""

from __future__ import annotations

from typing import TypeAlias

from nodeeditor import Image, ImageInfo

Pages: TypeAlias = tuple[Image, ...]

LARGEST_PICTURE = 8192
SMALLEST_ZOOM, LARGEST_ZOOM = 0.01, 1000.0
INK = (0.9, 0.9, 0.9)
OVERLAYS = ("in_inv_pre_LUT", "in_inv_post_LUT", "in_inv_post_viewer")


def slice_of(info: ImageInfo, wanted: int | None) -> int:
    """A slice that the image has: the wanted one or the nearest to it, the middle one when none is wanted."""
    depth = info.extent[2]
    return depth // 2 if wanted is None else within(wanted, depth)


def within(number: int, count: int) -> int:
    """The number of so many from 0 on that is nearest to a number."""
    return max(0, min(number, count - 1))


def zoom_of(zoom: float) -> float:
    """The enlargement nearest to a wanted one."""
    return max(SMALLEST_ZOOM, min(zoom, LARGEST_ZOOM))
