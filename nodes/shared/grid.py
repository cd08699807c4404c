"""Where two images lie voxel on voxel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nodeeditor import Choice, ImageInfo, NodeError


class OutputImageSize(Choice):
    """What happens when the two images differ in size."""

    InvalidateOutputIfSizesDiffer = "Invalidate Output If Sizes Differ"
    AdaptOutputImageSize = "Adapt Output Image Size"


def common_size(image: ImageInfo, other: ImageInfo, size: OutputImageSize, advice: str) -> tuple[int, int, int]:
    """Slices, rows and columns of what is made of two images at input0 and input1.

    Raises NodeError with advice where they do not lie on one grid.
    """
    adapt = size is OutputImageSize.AdaptOutputImageSize
    difference = image.grid_difference(other, extent=not adapt)
    if difference:
        if difference.startswith("sizes") and not image.grid_difference(other, extent=False):
            advice += ", or set outputImageSize to AdaptOutputImageSize"
        raise NodeError(f"input0 and input1 do not match: {difference}; {advice}")
    z, y, x = (min(sizes) for sizes in zip(image.extent[2:], other.extent[2:], strict=True))
    return z, y, x


def replicated(image: ImageInfo, other: ImageInfo) -> ImageInfo:
    """An image whose axes z, y and x of one voxel are as long as another image's, and lie along them as these do."""
    size, origin = list(image.extent), np.array(image.origin, float)
    spacing, direction = list(image.spacing), list(image.direction)
    for axis, (ours, theirs) in enumerate(zip(image.extent[:1:-1], other.extent[:1:-1], strict=True)):
        if ours == 1 < theirs:
            size[4 - axis], spacing[axis], direction[axis::3] = theirs, other.spacing[axis], other.direction[axis::3]
            line = np.array(direction[axis::3])
            origin += line * (line @ (other.origin - origin))
    lists = {"extent": size, "spacing": spacing, "origin": origin.tolist(), "direction": direction}
    grid: dict[str, Any] = {name: tuple(numbers) for name, numbers in lists.items()}
    return replace(image, **grid)
