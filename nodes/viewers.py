"""Nodes whose output is a picture: what a viewer's window shows, rendered without a screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nodeeditor import Color, Image, ImageInfo, Input, Node, Output, Region, Vector3, Voxels, field
from nodes.rendering import (
    FilterMode,
    Pixels,
    Placing,
    Window,
    cell_sizes,
    default_window,
    slice_pixels,
    tiled,
)

_RGB = ("Red", "Green", "Blue")
_DIVIDER = 4
_LARGEST_PICTURE = 8192


class _Viewer(Node, abstract=True):
    """What all viewers have: a picture of a size."""

    composed = True

    picture = Output(Image, "What the window shows: 8-bit RGB, one slice.", hidden=True)

    picture_width: int = field(
        default=512,
        minimum=16,
        maximum=_LARGEST_PICTURE,
        transient=True,
        unit="pixels",
        help="Width of the picture.",
    )
    picture_height: int = field(
        default=512,
        minimum=16,
        maximum=_LARGEST_PICTURE,
        transient=True,
        unit="pixels",
        help="Height of the picture.",
    )
    filter_mode: FilterMode = field(
        default=FilterMode.FILTER_LINEAR,
        help="How values between voxel centres are found.",
    )

    def _picture_info(self) -> ImageInfo:
        extent = (1, 3, 1, self.picture_height, self.picture_width)
        return ImageInfo(extent, np.dtype(np.uint8), (0, 255), channels=_RGB)

    def _cut(self, picture: Pixels, region: Region) -> Voxels:
        """The demanded region of a picture (height, width, 3)."""
        whole = np.zeros((self.picture_height, self.picture_width, 3), np.uint8)
        height, width = min(len(picture), len(whole)), min(picture.shape[1], whole.shape[1])
        whole[:height, :width] = picture[:height, :width]
        voxels: Voxels = np.moveaxis(whole, -1, 0)[None, :, None][region.slices]
        return voxels


class View2D(_Viewer):
    """Show the slices of an image as they were acquired, in right proportions.

    The slice is fitted into the picture. Window centre and width come from the file unless they are set; without
    either, the declared range of values is shown from black to white.
    """

    keywords = ("viewer", "slice", "display", "show", "picture", "2d")

    in_image = Input(Image, "The image to show.", optional=True)

    start_slice: int | None = field(
        default=None, minimum=0, transient=True, help="The first slice shown; automatic is the middle one."
    )
    time_point: int = field(default=0, minimum=0, transient=True, help="The time point shown.")
    num_slices: int = field(default=1, minimum=1, maximum=400, help="How many slices are shown at once.")
    num_x_slices: int = field(
        default=1, minimum=1, maximum=20, help="How many of them lie side by side before a new row begins."
    )
    slice_step: int = field(default=1, minimum=1, help="From one shown slice to the next.")
    slice_zoom: float = field(
        default=1.0,
        minimum=0.01,
        maximum=1000,
        transient=True,
        help="Enlargement; 1 fits the slice into its cell.",
    )
    lut_center: float | None = field(
        default=None, transient=True, help="The value shown as middle grey; automatic is the file's."
    )
    lut_width: float | None = field(
        default=None,
        minimum=0,
        transient=True,
        help="The range of values from black to white; automatic is the file's.",
    )
    max_slice: int = field(default=0, read_only=True, help="The number of the last slice.")

    def describe(self, in_image: ImageInfo | None) -> ImageInfo:
        return self._picture_info()

    def values(self, in_image: ImageInfo | None) -> dict[str, object]:
        return {"max_slice": in_image.extent[2] - 1 if in_image else 0}

    def needs(self, region: Region, in_image: ImageInfo | None) -> dict[str, Region]:
        if in_image is None:
            return {}
        slices = self._slices(in_image)
        return {"in_image": _slab(in_image, self.time_point, slices[0], slices[-1])}

    def compute(self, region: Region, in_image: Image | None) -> Voxels:
        if in_image is None:
            return self._cut(np.zeros((1, 1, 3), np.uint8), region)
        info = in_image.info
        window = _window(info, self.lut_center, self.lut_width)
        columns = min(self.num_x_slices, self.num_slices)
        rows = -(-self.num_slices // columns)
        pane = (cell_sizes(self.picture_width, columns), cell_sizes(self.picture_height, rows))
        placing = _placing(info, pane, self.slice_zoom)
        first = in_image.region.start[2]
        cells = [
            slice_pixels(in_image.voxels[0, :, z - first], placing, window, self.filter_mode, (0, 0, 0))
            for z in self._slices(info)
        ]
        return self._cut(tiled(cells, columns), region)

    def _slices(self, info: ImageInfo) -> list[int]:
        """The slices shown, those that the image has."""
        first = _slice(info, self.start_slice)
        return list(range(first, info.extent[2], self.slice_step))[: self.num_slices]


class SynchroView2D(_Viewer):
    """Show two images side by side, synchronised through world coordinates.

    Each of the synchronised properties is the left viewer's: with *synchSlicing* the right one shows the slice at the
    same world position, with *synchLUTs* it uses the same window centre and width.
    """

    keywords = ("viewer", "slice", "display", "compare", "side by side", "two", "2d")

    in_image1 = Input(Image, "The image shown on the left.", optional=True)
    in_image2 = Input(Image, "The image shown on the right.", optional=True)

    picture_width: int = field(
        default=804,
        minimum=16,
        maximum=_LARGEST_PICTURE,
        transient=True,
        unit="pixels",
        help="Width of the picture.",
    )
    picture_height: int = field(
        default=400,
        minimum=16,
        maximum=_LARGEST_PICTURE,
        transient=True,
        unit="pixels",
        help="Height of the picture.",
    )
    synch_slicing: bool = field(default=True, help="Both viewers show the slice at the same world position.")
    synch_zooming: bool = field(default=True, help="Both viewers enlarge and move together.")
    synch_timing: bool = field(default=True, help="Both viewers show the same time point.")
    synch_LUTs: bool = field(default=False, help="Both viewers use the same window centre and width.")  # noqa: N815
    disconnect_on_hide: bool = field(default=True, help="A closed or hidden window asks for nothing.")
    slice1: int | None = field(
        default=None, minimum=0, transient=True, help="The slice on the left; automatic is the middle one."
    )
    slice2: int | None = field(
        default=None, minimum=0, transient=True, help="The slice on the right; automatic is the middle one."
    )
    timepoint1: int = field(default=0, minimum=0, transient=True, help="The time point on the left.")
    timepoint2: int = field(default=0, minimum=0, transient=True, help="The time point on the right.")
    lut1c: float | None = field(
        default=None, transient=True, help="Left: the value shown as middle grey; automatic is the file's."
    )
    lut1w: float | None = field(
        default=None,
        minimum=0,
        transient=True,
        help="Left: values from black to white; automatic is the file's.",
    )
    lut2c: float | None = field(
        default=None, transient=True, help="Right: the value shown as middle grey; automatic is the file's."
    )
    lut2w: float | None = field(
        default=None,
        minimum=0,
        transient=True,
        help="Right: values from black to white; automatic is the file's.",
    )
    annotation_color: Color = field(default=(0.9, 0.9, 0.9), help="Colour of texts and rulers.")
    world_position: Vector3 = field(
        default=(0.0, 0.0, 0.0), transient=True, unit="mm", help="The world position under the cursor."
    )
    background: Color = field(default=(0.0, 0.0, 0.0), help="Colour around the images.")

    def describe(self, in_image1: ImageInfo | None, in_image2: ImageInfo | None) -> ImageInfo:
        return self._picture_info()

    def needs(self, region: Region, in_image1: ImageInfo | None, in_image2: ImageInfo | None) -> dict[str, Region]:
        needs = {}
        if in_image1 is not None:
            z, t = self._left_slice(in_image1), self.timepoint1
            needs["in_image1"] = _slab(in_image1, t, z, z)
        if in_image2 is not None:
            z, t = self._right_slice(in_image1, in_image2), self._right_time(in_image1)
            needs["in_image2"] = _slab(in_image2, t, z, z)
        return needs

    def compute(self, region: Region, in_image1: Image | None, in_image2: Image | None) -> Voxels:
        left = self._pane(in_image1, self._left_window(in_image1))
        right = self._pane(in_image2, self._right_window(in_image1, in_image2))
        divider = np.full((self.picture_height, _DIVIDER, 3), 230, np.uint8)
        return self._cut(np.hstack([left, divider, right]), region)

    def _pane(self, image: Image | None, window: Window | None) -> Pixels:
        width = max(1, (self.picture_width - _DIVIDER) // 2)
        if image is None or window is None:
            color = np.rint(255 * np.asarray(self.background)).astype(np.uint8)
            return np.broadcast_to(color, (self.picture_height, width, 3))
        placing = _placing(image.info, (width, self.picture_height), 1.0)
        return slice_pixels(image.voxels[0, :, 0], placing, window, self.filter_mode, self.background)

    def _left_slice(self, left: ImageInfo) -> int:
        return _slice(left, self.slice1)

    def _right_slice(self, left: ImageInfo | None, right: ImageInfo) -> int:
        """The right image's slice; with synchSlicing the nearest to the world position of the left slice's middle."""
        if left is None or not self.synch_slicing:
            return _slice(right, self.slice2)
        _, _, _, y, x = left.extent
        world = left.index_to_world @ ((x - 1) / 2, (y - 1) / 2, self._left_slice(left), 1)
        z = (np.linalg.inv(right.index_to_world) @ world)[2]
        return int(np.clip(np.floor(z + 0.5), 0, right.extent[2] - 1))

    def _right_time(self, left: ImageInfo | None) -> int:
        return self.timepoint1 if left is not None and self.synch_timing else self.timepoint2

    def _left_window(self, left: Image | None) -> Window | None:
        return None if left is None else _window(left.info, self.lut1c, self.lut1w)

    def _right_window(self, left: Image | None, right: Image | None) -> Window | None:
        if right is None:
            return None
        own = _window(right.info, self.lut2c, self.lut2w)
        shared = self._left_window(left) if self.synch_LUTs else None
        return own if shared is None else replace(shared, inverted=own.inverted)


def _slice(info: ImageInfo, wanted: int | None) -> int:
    """A slice that the image has: the wanted one or the nearest to it, the middle one when none is wanted."""
    last = info.extent[2] - 1
    return info.extent[2] // 2 if wanted is None else min(wanted, last)


def _slab(info: ImageInfo, time: int, first: int, last: int) -> Region:
    return info.whole.along("t", min(time, info.extent[0] - 1)).along("z", first, last + 1)


def _window(info: ImageInfo, center: float | None, width: float | None) -> Window:
    window = default_window(info)
    return replace(
        window,
        center=window.center if center is None else center,
        width=window.width if width is None else width,
    )


def _placing(info: ImageInfo, pane: tuple[int, int], zoom: float) -> Placing:
    _, _, _, rows, columns = info.extent
    return Placing(pane, (columns, rows), (info.spacing[0], info.spacing[1]), zoom)
