"""Nodes that combine an image with a mask."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from nodeeditor import (
    Choice,
    Image,
    ImageInfo,
    Input,
    Node,
    NodeError,
    Number,
    Output,
    Region,
    Value,
    Voxels,
    field,
    spelled,
)
from nodes.shared.choice import chosen
from nodes.shared.grid import OutputImageSize, common_size
from nodes.shared.rounded import rounded


class MaskMode(Choice):
    """What becomes of the image inside and outside the mask."""

    Original = "Original"
    Mask = "Mask"
    InvMask = "Inverse Mask"
    MaskedOriginal = "Masked Original"
    MaskedOriginalOnWhite = "Masked Original On White"
    MaskedOriginalInv = "Masked Original Inverse"
    MaskOverOriginal = "Mask Over Original"
    MaskInOriginal = "Mask In Original"
    InvMaskInOriginal = "Inverse Mask In Original"


_BLENDS = (MaskMode.MaskOverOriginal, MaskMode.MaskInOriginal, MaskMode.InvMaskInOriginal)


class Mask(Node):
    """Keep an image where a mask is not 0, and write a background elsewhere; or show mask and image together.

    *Original* passes the image and *Mask* the mask; *Inverse Mask* is 1 where the mask is 0, and 0 elsewhere.
    *Masked Original* keeps the image where the mask is not 0 and writes the background elsewhere; *On White* writes the
    image's declared maximum instead; *Inverse* keeps the image where the mask is 0. The last three modes mix
    (1 - blending) of the image with blending of the mask: *Mask Over Original* everywhere, *Mask In Original* where the
    mask is not 0, *Inverse Mask In Original* with the inverse mask where the mask is 0; whole-number images are
    rounded to the nearest, and for them a NaN of the mask counts as 0 and an infinite value as its declared limit.

    A background outside the image's type makes the type larger: -1000 in an unsigned 16-bit image gives a signed one.
    Both images have to lie on the same voxel grid; a mask may have one time point and be used for all.
    """

    keywords = ("background", "cut out", "where", "overlay", "blend", "apply")
    renamed = {"MaskMode": "mode"}

    input0 = Input(Image, "The original image.")
    input1 = Input(Image, "The mask: scalar, everything but 0 is inside.")
    output0 = Output(Image, "The combined image, on the original's grid.")

    mode: MaskMode = field(default=MaskMode.MaskedOriginal, help="How image and mask are combined.")
    output_image_size: OutputImageSize = field(
        default=OutputImageSize.InvalidateOutputIfSizesDiffer,
        help="When the sizes differ: refuse, or give the part that both images have, from the first voxel on.",
    )
    background: float = field(default=0.0, help="The value written outside of the mask.")
    blending: float = field(
        default=0.5,
        minimum=0,
        maximum=1,
        help="How much of the mask is mixed in, from 0 to 1, in the three blending modes.",
    )

    def caption(self) -> str:
        return self.mode.value

    def describe(self, input0: ImageInfo, input1: ImageInfo) -> ImageInfo:
        grid = replace(input0, extent=self._extent(input0, input1))
        low, high = input0.range
        if self.mode is MaskMode.Mask:
            return grid.without_display_tags().with_type(input1.dtype, *input1.range)
        if self.mode is MaskMode.InvMask:
            return grid.without_display_tags().with_type(np.uint8, 0, 1)
        if self.mode in (MaskMode.MaskedOriginal, MaskMode.MaskedOriginalInv):
            return grid.holding(self.background)
        if self.mode in _BLENDS:
            mixed = (0, 1) if self.mode is MaskMode.InvMaskInOriginal else input1.range
            if input0.dtype.kind != "f":
                mixed = math.floor(mixed[0]), math.ceil(mixed[1])
            return grid.with_range(min(low, mixed[0]), max(high, mixed[1]))
        return grid

    def needs(self, region: Region, input0: ImageInfo, input1: ImageInfo) -> dict[str, Region]:
        mask = region.along("c", 0)
        if input1.extent[0] == 1:
            mask = mask.along("t", 0)
        image_only, mask_only = MaskMode.Original, (MaskMode.Mask, MaskMode.InvMask)
        needs = {"input0": region, "input1": mask}
        if self.mode is image_only:
            del needs["input1"]
        if self.mode in mask_only:
            del needs["input0"]
        return needs

    def compute(self, region: Region, input0: Image | None, input1: Image | None) -> Voxels:
        if input1 is None:
            assert input0 is not None
            return input0.voxels
        mask = input1.voxels
        if input0 is None:
            shown = mask if self.mode is MaskMode.Mask else (mask == 0).astype(np.uint8)
            return np.broadcast_to(shown, region.shape)
        if self.mode in _BLENDS:
            return self._blend(input0, input1)
        white = self.mode is MaskMode.MaskedOriginalOnWhite
        outside = input0.info.range[1] if white else self.background
        dtype = _holding(input0.info, outside)
        kept = np.equal if self.mode is MaskMode.MaskedOriginalInv else np.not_equal
        return chosen(kept, mask, 0, input0.voxels.astype(dtype, copy=False), dtype.type(outside))

    def explain(self, input0: Value | None, input1: Value | None, result: Value) -> str:
        if self.mode is MaskMode.Original or input0 is None or input1 is None:
            return f"the image → {spelled(result)}"
        mask = f"mask {spelled(input1)}"
        if self.mode in (MaskMode.Mask, MaskMode.InvMask):
            return f"{mask} → {spelled(result)}"
        inside = input1 != 0
        inverse = self.mode in (MaskMode.MaskedOriginalInv, MaskMode.InvMaskInOriginal)
        if self.mode in _BLENDS and (self.mode is MaskMode.MaskOverOriginal or inside != inverse):
            mixed = 1 if inverse else input1
            share = f"{1 - self.blending:.6g} x {spelled(input0)} + {self.blending:.6g} x {spelled(mixed)}"
            return f"{mask}: {share} → {spelled(result)}"
        if self.mode in _BLENDS or inside != inverse:
            return f"{mask} → image {spelled(result)}"
        outside = "maximum" if self.mode is MaskMode.MaskedOriginalOnWhite else "background"
        return f"{mask} → {outside} {spelled(result)}"

    def _blend(self, image: Image, mask: Image) -> Voxels:
        info = self.describe(image.info, mask.info)
        inverse = self.mode is MaskMode.InvMaskInOriginal
        inside = np.equal if inverse else np.not_equal
        other = (mask.voxels == 0 if inverse else mask.voxels).astype(np.float64)
        if info.dtype.kind in "iu":
            low, high = mask.info.range
            other = np.nan_to_num(other, nan=0.0, posinf=high, neginf=low)
        with np.errstate(invalid="ignore", over="ignore"):
            mixed = (1 - self.blending) * image.voxels.astype(np.float64) + self.blending * other
        blended = rounded(mixed, info)
        if self.mode is MaskMode.MaskOverOriginal:
            return blended
        return chosen(inside, mask.voxels, 0, blended, image.voxels.astype(info.dtype, copy=False))

    def _extent(self, image: ImageInfo, mask: ImageInfo) -> tuple[int, int, int, int, int]:
        if mask.extent[1] != 1:
            raise NodeError(f"the mask at input1 has {mask.extent[1]} channels; it has to be scalar")
        if self.mode in _BLENDS and not image.scalar:
            raise NodeError(f"{self.mode.value} needs a scalar image; input0 has {image.extent[1]} channels")
        if mask.extent[0] not in (1, image.extent[0]):
            raise NodeError(
                f"the image at input0 has {image.extent[0]} time points and the mask at input1 {mask.extent[0]}"
            )
        advice = "use a mask made from this image or resample one of them"
        return (*image.extent[:2], *common_size(image, mask, self.output_image_size, advice))


@lru_cache(maxsize=64)
def _holding(info: ImageInfo, value: Number) -> np.dtype[Any]:
    """The type that holds an image and one more value, which every page asks for."""
    return info.holding(value).dtype
