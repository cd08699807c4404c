"""A node that shows three planes through one point of an image, rendered without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nodeeditor import Color, Image, ImageInfo, Input, Region, Vector2, Vector3, Voxels, field
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.layout import GAP, Layout, cells, shown
from nodeeditor.viewing.levels import default_window
from nodeeditor.viewing.overlays import Overlay
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.planes import Anatomical, Plane, anatomical
from nodeeditor.viewing.viewer import Turn, Viewer, window_of
from nodes.shared.viewers import INK, LARGEST_PICTURE, LARGEST_ZOOM, OVERLAYS, SMALLEST_ZOOM, Pages, within, zoom_of

_BORDER = 90
_SHIFTS: dict[Anatomical, tuple[str, str]] = {"axial": ("x", "y"), "sagittal": ("y", "z"), "coronal": ("x", "z")}
"""The axes of the world along which a plane is moved right and down."""


class OrthoView2D(Viewer):
    """Show three planes through one point of an image: axial, sagittal and coronal.

    The planes are the image's own nearest ones, so no voxel is interpolated between slices. They are shown as
    radiologists look at them: the patient's left is on the right, the head up. All go through *worldPosition*, or
    through the middle of an image that does not reach it.
    """

    keywords = ("viewer", "slice", "display", "mpr", "multiplanar", "orthogonal", "three", "planes", "2d")
    renamed = {"greyCenter": "grayCenter", "greyWidth": "grayWidth"}

    image = Input(Image, "The image to show.", optional=True)
    in_inv_pre_LUT = Input(Overlay, "Drawn over the slices, below the other two.", optional=True)  # noqa: N815
    in_inv_post_LUT = Input(Overlay, "Drawn over the slices.", optional=True)  # noqa: N815
    in_inv_post_viewer = Input(Overlay, "Drawn over the slices, above the other two.", optional=True)

    picture_width: int = field(
        default=640, minimum=16, maximum=LARGEST_PICTURE, transient=True, unit="pixels", help="Width of the picture."
    )
    picture_height: int = field(
        default=640, minimum=16, maximum=LARGEST_PICTURE, transient=True, unit="pixels", help="Height of the picture."
    )
    layout: Layout = field(
        default=Layout.LAYOUT_CUBE,
        help="Which planes are shown, and where; equal ones have cells of one size, the others slices of one scale.",
    )
    world_position: Vector3 | None = field(
        default=None,
        transient=True,
        unit="mm",
        help="The point of the world through which all planes go; automatic is the image's middle.",
    )
    time_point: int = field(default=0, minimum=0, transient=True, help="The time point shown.")
    gray_center: float | None = field(
        default=None, transient=True, help="The value shown as middle grey; automatic is the file's."
    )
    gray_width: float | None = field(
        default=None,
        minimum=0,
        transient=True,
        help="The range of values from black to white; automatic is the file's.",
    )
    synchronize_zoom: bool = field(default=True, help="All planes enlarge together.")
    synchronize_panning: bool = field(default=False, help="All planes move together.")
    zoom_axial: float = field(
        default=1.0,
        minimum=SMALLEST_ZOOM,
        maximum=LARGEST_ZOOM,
        transient=True,
        help="Axial: enlargement; 1 fits the slice in.",
    )
    zoom_sagittal: float = field(
        default=1.0,
        minimum=SMALLEST_ZOOM,
        maximum=LARGEST_ZOOM,
        transient=True,
        help="Sagittal: enlargement; 1 fits it in.",
    )
    zoom_coronal: float = field(
        default=1.0,
        minimum=SMALLEST_ZOOM,
        maximum=LARGEST_ZOOM,
        transient=True,
        help="Coronal: enlargement; 1 fits it in.",
    )
    origin_axial: Vector2 = field(
        default=(0.0, 0.0), transient=True, unit="mm", help="Axial: what lies in the middle, from the slice's middle."
    )
    origin_sagittal: Vector2 = field(
        default=(0.0, 0.0), transient=True, unit="mm", help="Sagittal: what lies in the middle, from the slice's."
    )
    origin_coronal: Vector2 = field(
        default=(0.0, 0.0), transient=True, unit="mm", help="Coronal: what lies in the middle, from the slice's."
    )
    show_current_pos: bool = field(default=True, help="Mark the world position by lines.")
    annotation_color: Color = field(default=INK, help="Colour of texts and rulers.")

    def describe(self, image: ImageInfo | None) -> ImageInfo:
        return self.picture_info()

    def needs(
        self,
        image: ImageInfo | None,
        in_inv_pre_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_viewer: ImageInfo | None,
    ) -> dict[str, tuple[Region, ...]]:
        overlays = dict(zip(OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.needed(image=image, **overlays)

    def compute(
        self,
        region: Region,
        image: Pages | None,
        in_inv_pre_LUT: Pages | None,  # noqa: N803
        in_inv_post_LUT: Pages | None,  # noqa: N803
        in_inv_post_viewer: Pages | None,
    ) -> Voxels:
        overlays = dict(zip(OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.drawn(region, image=image, **overlays)

    def prepare(self, picture: Pixels, panes: tuple[Pane, ...]) -> None:
        for left, top, width, height in (pane.rect for pane in panes):
            picture[max(0, top - GAP) : top + height + GAP, max(0, left - GAP) : left + width + GAP] = _BORDER

    def panes(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        info = infos.get("image")
        if info is None:
            return ()
        index = self._index(info)
        x, y, z, _ = (info.index_to_world @ (*index, 1)).tolist()
        planes: dict[Anatomical, Plane] = {view: anatomical(info, view) for view in shown(self.layout)}
        sizes = {view: _size(plane, info) for view, plane in planes.items()}
        rects = cells(self.layout, self.picture_width, self.picture_height, sizes)
        window = window_of(default_window(info), self.gray_center, self.gray_width, invert=self.lut_invert)
        shared: dict[str, Any] = {
            "time": min(self.time_point, info.extent[0] - 1),
            "overlays": tuple(name for name in OVERLAYS if name in infos),
            "cross": (x, y, z) if self.show_current_pos else None,
            "annotation": self.annotation_size_mode,
            "ink": self.annotation_color,
        }
        return tuple(
            Pane(
                rects[view],
                "image",
                info,
                window,
                _nearest(index[plane.normal]),
                plane=plane,
                zoom=getattr(self, f"zoom_{view}"),
                pan=getattr(self, f"origin_{view}"),
                **shared,
            )
            for view, plane in planes.items()
        )

    def turned(self, infos: Mapping[str, ImageInfo], pane: int, turn: Turn, value: Any) -> Mapping[str, Any]:
        info, view = infos["image"], shown(self.layout)[pane]
        match turn:
            case "slice":
                return {"worldPosition": self._sliced(info, anatomical(info, view), value)}
            case "time":
                return {"timePoint": within(value, info.extent[0])}
            case "window":
                center, width = value or (None, None)
                return {"grayCenter": center, "grayWidth": width}
            case "zoom":
                views = shown(Layout.LAYOUT_CUBE) if self.synchronize_zoom else (view,)
                return {f"zoom{one.title()}": zoom_of(value) for one in views}
            case "pan":
                return self._panned(view, value)
            case "position":
                return {"worldPosition": list(value)}
            case "count":
                return {}

    def _index(self, info: ImageInfo) -> tuple[float, ...]:
        """The voxel index x, y, z of the point through which the planes go: in the image in any case."""
        counts = info.extent[:1:-1]
        if self.world_position is not None:
            at = (np.linalg.inv(info.index_to_world) @ (*self.world_position, 1))[:3].tolist()
            if all(0 <= _nearest(part) < count for part, count in zip(at, counts, strict=True)):
                return tuple(at)
        return tuple(float(count // 2) for count in counts)

    def _sliced(self, info: ImageInfo, plane: Plane, number: int) -> list[float]:
        """The world position in the middle of another slice of a plane, everything else as it is."""
        index = list(self._index(info))
        index[plane.normal] = float(within(number, plane.slices(info)))
        world: list[float] = (info.index_to_world @ (*index, 1))[:3].tolist()
        return world

    def _panned(self, view: Anatomical, pan: tuple[float, float]) -> Mapping[str, Any]:
        moved = dict(zip(_SHIFTS[view], pan, strict=True))
        views = shown(Layout.LAYOUT_CUBE) if self.synchronize_panning else (view,)
        origins = {one: getattr(self, f"origin_{one}") for one in views}
        return {
            f"origin{one.title()}": [moved.get(axis, now) for axis, now in zip(_SHIFTS[one], origins[one], strict=True)]
            for one in views
        }


def _nearest(index: float) -> int:
    """The voxel at a place; one on the border of two belongs to the upper one, however it was rounded."""
    return int(np.floor(index + (0.5 + 1e-6)))


def _size(plane: Plane, info: ImageInfo) -> tuple[float, float]:
    """Millimetres across and down a slice."""
    across, down = (count * size for count, size in zip(plane.shape(info), plane.voxel_size(info), strict=True))
    return across, down
