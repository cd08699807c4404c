"""Nodes that make overlays: what viewers draw, coloured and translucent, over their slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nodeeditor import Choice, Color, Image, ImageInfo, Input, Node, NodeError, Output, Region, Voxels, field
from nodeeditor.viewing.colormap import ColorMap, table
from nodeeditor.viewing.overlays import Overlay

_CHANNELS = ("Red", "Green", "Blue", "Alpha")


class ColorMode(Choice):
    """Which colour a voxel has."""

    BaseColor = "Base Color"
    Labels = "Color of Each Label"


class SoView2DOverlay(Node):
    """Lay an image, such as a mask, over the slices of a viewer in colour.

    With one base colour the lowest value of the image is transparent and the highest as opaque as the alpha factor
    says: it does not matter whether a mask is written with 0 and 1 or with the minimum and maximum of another image.
    With a colour of each label, whole numbers other than 0 have colours of their own, all equally opaque. Zero is
    transparent in both, unless it is the highest value. The overlay lies where its coordinates of the world say, on
    whatever grid the viewer's image has.
    """

    keywords = ("mask", "label", "segmentation", "colour", "color", "contour", "outline", "blend", "transparent")

    image = Input(Image, "The image to show in colour: one value a voxel.")
    self = Output(Overlay, "For the inputs of a viewer that are drawn over its slices.")

    base_color: Color = field(default=(1.0, 0.0, 0.0), help="The colour of the overlay.")
    alpha_factor: float = field(
        default=0.5, minimum=0, maximum=1, help="How opaque it is, from 0, invisible, to 1, hiding what lies below."
    )
    color_mode: ColorMode = field(
        default=ColorMode.BaseColor, help="One colour for all values, or one for each label of a segmentation."
    )
    outline_only: bool = field(
        default=False, help="Show only voxels beside a voxel of another value in their slice: the outline of a mask."
    )

    def caption(self) -> str:
        mode = (
            "labels"
            if self.color_mode is ColorMode.Labels
            else "#" + "".join(f"{round(255 * part):02x}" for part in self.base_color)
        )
        return f"{mode}, {self.alpha_factor:.0%}"

    def describe(self, image: ImageInfo) -> ImageInfo:
        if not image.scalar:
            raise NodeError(
                f"an overlay has one value a voxel, but the image has {image.extent[1]} channels; "
                f"connect a mask, such as the output of Threshold"
            )
        t, _, z, y, x = image.extent
        plain = image.without_display_tags()
        return replace(plain, extent=(t, 4, z, y, x), dtype=np.dtype(np.uint8), range=(0, 255), channels=_CHANNELS)

    def needs(self, region: Region, image: ImageInfo) -> dict[str, Region]:
        reach = (0, 0, 0, 1, 1) if self.outline_only else (0, 0, 0, 0, 0)
        return {"image": region.along("c", 0).grown(reach, image.extent)}

    def compute(self, region: Region, image: Image) -> Voxels:
        shown = region.along("c", 0)
        values = image.at(shown).voxels[:, 0]
        alpha = self._opacity(values, image.info)
        if self.outline_only:
            alpha = alpha * _edges(image, shown)
        if self.color_mode is ColorMode.Labels:
            rgb = np.moveaxis(table(ColorMap.Labels)[_label(values)], -1, 1)
        else:
            color = np.rint(255 * np.asarray(self.base_color)).astype(np.uint8)
            rgb = np.broadcast_to(color[None, :, None, None, None], (len(values), 3, *values.shape[1:]))
        alpha = np.rint(255 * self.alpha_factor * alpha).astype(np.uint8)
        rgba = np.concatenate([rgb, alpha[:, None]], axis=1)
        return rgba[:, region.start[1] : region.stop[1]]

    def _opacity(self, values: Voxels, info: ImageInfo) -> npt.NDArray[np.float64]:
        """From 0, transparent, to 1."""
        if self.color_mode is ColorMode.Labels:
            return np.asarray(_label(values) != 0, np.float64)
        low, high = map(float, info.range)
        wide: Voxels = np.nan_to_num(values.astype(np.float64), nan=low)
        with np.errstate(over="ignore", invalid="ignore"):
            opacity = (wide / 2 - low / 2) / (high / 2 - low / 2) if low < high else np.ones(values.shape)
        return np.asarray(np.where((wide == 0) & (not low < high == 0), 0.0, np.clip(opacity, 0, 1)))


def _label(values: Voxels) -> npt.NDArray[np.intp]:
    """The number of each voxel's colour: 0 for 0 and for what is no number, else from 1 to 255."""
    if values.dtype.kind == "f":
        whole: Voxels = np.rint(np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0))
    else:
        whole = values.astype(np.int64)
    return np.where(whole == 0, 0, (whole % 255 - 1) % 255 + 1).astype(np.intp)


def _edges(image: Image, region: Region) -> npt.NDArray[np.bool_]:
    """Whether a voxel lies beside one of another value in its slice, or at the rim of the image: (t, z, y, x)."""
    _, _, _, rows, columns = image.info.extent
    found = np.zeros(image.voxels[:, 0].shape, np.bool_)
    values = image.voxels[:, 0]
    down, across = values[:, :, 1:] != values[:, :, :-1], values[..., 1:] != values[..., :-1]
    found[:, :, 1:] |= down
    found[:, :, :-1] |= down
    found[..., 1:] |= across
    found[..., :-1] |= across
    (_, _, _, top, left), (_, _, _, bottom, right) = image.region.start, image.region.stop
    if top == 0:
        found[:, :, 0] = True
    if bottom == rows:
        found[:, :, -1] = True
    if left == 0:
        found[..., 0] = True
    if right == columns:
        found[..., -1] = True
    t, _, z, y, x = region.within(image.region)
    return found[t, z, y, x]
