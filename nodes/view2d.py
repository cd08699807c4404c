"""A node that shows the slices of an image as they were acquired, rendered without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nodeeditor import Color, Image, ImageInfo, Input, Region, Vector2, Vector3, Voxels, field
from nodeeditor.viewing.levels import default_window
from nodeeditor.viewing.overlays import Overlay
from nodeeditor.viewing.panes import AnnotationSize, Pane, Rect
from nodeeditor.viewing.slabs import Blend
from nodeeditor.viewing.viewer import Turn, Viewer, window_of
from nodes.shared.viewers import INK, LARGEST_ZOOM, OVERLAYS, SMALLEST_ZOOM, Pages, slice_of, within


class View2D(Viewer):
    """Show the slices of an image as they were acquired, in right proportions.

    The slice is fitted into the picture. Window centre and width come from the file unless they are set; without
    either, the declared range of values is shown from black to white.
    """

    keywords = ("viewer", "slice", "display", "show", "picture", "2d")
    inspects = "in_image"

    in_image = Input(Image, "The image to show.", optional=True)
    in_inv_pre_LUT = Input(Overlay, "Drawn over the slices, below the other two.", optional=True)  # noqa: N815
    in_inv_post_LUT = Input(Overlay, "Drawn over the slices.", optional=True)  # noqa: N815
    in_inv_post_viewer = Input(Overlay, "Drawn over the slices, above the other two.", optional=True)

    start_slice: int | None = field(
        default=None, minimum=0, transient=True, help="The first slice shown; automatic is the middle one."
    )
    time_point: int = field(default=0, minimum=0, transient=True, help="The time point shown.")
    num_slices: int = field(default=1, minimum=1, maximum=400, help="How many slices are shown at once.")
    num_x_slices: int = field(
        default=1, minimum=1, maximum=20, help="How many of them lie side by side before a new row begins."
    )
    slice_step: int = field(default=1, minimum=1, help="From one shown slice to the next.")
    slab: int = field(
        default=1, minimum=0, help="How many slices that follow each other are shown as one, as the blend mode says."
    )
    blend_mode: Blend = field(
        default=Blend.BLEND_REPLACE, help="What is shown of the slices of a slab, such as their maximum."
    )
    slice_zoom: float = field(
        default=1.0,
        minimum=SMALLEST_ZOOM,
        maximum=LARGEST_ZOOM,
        transient=True,
        help="Enlargement; 1 fits the slice into its cell.",
    )
    slice_origin: Vector2 = field(
        default=(0.0, 0.0),
        transient=True,
        unit="mm",
        help="What lies in the middle of the cell: how far right of and below the slice's middle.",
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
    world_position: Vector3 = field(
        default=(0.0, 0.0, 0.0), transient=True, unit="mm", help="The point of the world that was clicked."
    )
    annotation_size_mode: AnnotationSize = field(
        default=AnnotationSize.ANNO_SHOW_DETAILED,
        help="How much is written into the corners; of several slices each has the short texts at most.",
    )
    annotation_col: Color = field(default=INK, help="Colour of texts and rulers.")
    max_slice: int = field(default=0, read_only=True, help="The number of the last slice.")

    def describe(self, in_image: ImageInfo | None) -> ImageInfo:
        return self.picture_info()

    def values(self, in_image: ImageInfo | None) -> dict[str, object]:
        return {"max_slice": in_image.extent[2] - 1 if in_image else 0}

    def needs(
        self,
        in_image: ImageInfo | None,
        in_inv_pre_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_viewer: ImageInfo | None,
    ) -> dict[str, tuple[Region, ...]]:
        overlays = dict(zip(OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.needed(in_image=in_image, **overlays)

    def compute(
        self,
        region: Region,
        in_image: Pages | None,
        in_inv_pre_LUT: Pages | None,  # noqa: N803
        in_inv_post_LUT: Pages | None,  # noqa: N803
        in_inv_post_viewer: Pages | None,
    ) -> Voxels:
        overlays = dict(zip(OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.drawn(region, in_image=in_image, **overlays)

    def panes(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        info = infos.get("in_image")
        if info is None:
            return ()
        window = window_of(default_window(info), self.lut_center, self.lut_width, invert=self.lut_invert)
        overlays = tuple(name for name in OVERLAYS if name in infos)
        first = slice_of(info, self.start_slice)
        slices = list(range(first, info.extent[2], self.slice_step))[: self.num_slices]
        time = min(self.time_point, info.extent[0] - 1)
        shared: dict[str, Any] = {
            "zoom": self.slice_zoom,
            "pan": self.slice_origin,
            "overlays": overlays,
            "slab": self.slab,
            "blend": self.blend_mode,
            "annotation": self._annotation(),
            "ink": self.annotation_col,
        }
        cells = zip(self._cells(), slices, strict=False)
        return tuple(Pane(cell, "in_image", info, window, number, time, **shared) for cell, number in cells)

    def turned(self, infos: Mapping[str, ImageInfo], pane: int, turn: Turn, value: Any) -> Mapping[str, Any]:
        info = infos["in_image"]
        match turn:
            case "slice":
                shift = value - self.arranged(infos)[pane].slice
                return {"startSlice": within(slice_of(info, self.start_slice) + shift, info.extent[2])}
            case "time":
                return {"timePoint": within(value, info.extent[0])}
            case "window":
                center, width = value or (None, None)
                return {"lutCenter": center, "lutWidth": width}
            case "zoom":
                return {"sliceZoom": value}
            case "pan":
                return {"sliceOrigin": list(value)}
            case "position":
                return {"worldPosition": list(value)}
            case "count":
                return {"numSlices": value, "numXSlices": min(20, int(np.ceil(np.sqrt(value))))}

    def _annotation(self) -> AnnotationSize:
        detailed = self.annotation_size_mode is AnnotationSize.ANNO_SHOW_DETAILED
        return AnnotationSize.ANNO_SHOW_SHORT if detailed and self.num_slices > 1 else self.annotation_size_mode

    def _cells(self) -> Iterator[Rect]:
        columns = min(self.num_x_slices, self.num_slices)
        rows = -(-self.num_slices // columns)
        width, height = max(1, self.picture_width // columns), max(1, self.picture_height // rows)
        for number in range(self.num_slices):
            row, column = divmod(number, columns)
            yield (column * width, row * height, width, height)
