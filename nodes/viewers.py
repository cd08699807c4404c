"""Nodes that show images: their output is the picture in their window, rendered without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from nodeeditor import Color, Image, ImageInfo, Input, Region, Vector2, Vector3, Voxels, field
from nodeeditor.viewing.drawing import Pixels, fill
from nodeeditor.viewing.layout import GAP, Layout, cells, shown
from nodeeditor.viewing.levels import default_window
from nodeeditor.viewing.overlays import Overlay
from nodeeditor.viewing.panes import AnnotationSize, Pane, Rect
from nodeeditor.viewing.planes import Anatomical, Plane, anatomical
from nodeeditor.viewing.slabs import Blend
from nodeeditor.viewing.synchrony import slice_at, slice_middle, view_after, view_before
from nodeeditor.viewing.viewer import Turn, Viewer, window_of

Pages: TypeAlias = tuple[Image, ...]

_DIVIDER = 4
_LARGEST_PICTURE = 8192
_OVERLAYS = ("in_inv_pre_LUT", "in_inv_post_LUT", "in_inv_post_viewer")
_ZOOM = (0.01, 1000.0)
_INK = (0.9, 0.9, 0.9)
_BORDER = 90
_SHIFTS: dict[Anatomical, tuple[str, str]] = {"axial": ("x", "y"), "sagittal": ("y", "z"), "coronal": ("x", "z")}
"""The axes of the world along which a plane is moved right and down."""


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
        minimum=_ZOOM[0],
        maximum=_ZOOM[1],
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
    annotation_col: Color = field(default=_INK, help="Colour of texts and rulers.")
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
        overlays = dict(zip(_OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.needed(in_image=in_image, **overlays)

    def compute(
        self,
        region: Region,
        in_image: Pages | None,
        in_inv_pre_LUT: Pages | None,  # noqa: N803
        in_inv_post_LUT: Pages | None,  # noqa: N803
        in_inv_post_viewer: Pages | None,
    ) -> Voxels:
        overlays = dict(zip(_OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.drawn(region, in_image=in_image, **overlays)

    def panes(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        info = infos.get("in_image")
        if info is None:
            return ()
        window = window_of(default_window(info), self.lut_center, self.lut_width, invert=self.lut_invert)
        overlays = tuple(name for name in _OVERLAYS if name in infos)
        first = _slice(info, self.start_slice)
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
                return {"startSlice": _within(_slice(info, self.start_slice) + shift, info.extent[2])}
            case "time":
                return {"timePoint": _within(value, info.extent[0])}
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


class SynchroView2D(Viewer):
    """Show two images side by side, synchronised through world coordinates.

    Of the synchronised properties the left viewer's count: with *synchSlicing* the right one shows the slice at the
    same world position, with *synchZooming* the same part of the world in the same size, with *synchLUTs* it uses the
    same window centre and width.
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
    zoom1: float = field(
        default=1.0, minimum=0.01, maximum=1000, transient=True, help="Left: enlargement; 1 fits the slice in."
    )
    zoom2: float = field(
        default=1.0, minimum=0.01, maximum=1000, transient=True, help="Right: enlargement; 1 fits the slice in."
    )
    origin1: Vector2 = field(
        default=(0.0, 0.0), transient=True, unit="mm", help="Left: what lies in the middle, from the slice's middle."
    )
    origin2: Vector2 = field(
        default=(0.0, 0.0), transient=True, unit="mm", help="Right: what lies in the middle, from the slice's middle."
    )
    annotation_color: Color = field(default=_INK, help="Colour of texts and rulers.")
    draw_current_pos: bool = field(default=False, help="Mark the world position by lines.")
    world_position: Vector3 = field(
        default=(0.0, 0.0, 0.0), transient=True, unit="mm", help="The point of the world that was clicked."
    )
    background: Color = field(default=(0.0, 0.0, 0.0), help="Colour around the images.")

    def describe(self, in_image1: ImageInfo | None, in_image2: ImageInfo | None) -> ImageInfo:
        return self.picture_info()

    def needs(self, in_image1: ImageInfo | None, in_image2: ImageInfo | None) -> dict[str, tuple[Region, ...]]:
        return self.needed(in_image1=in_image1, in_image2=in_image2)

    def compute(self, region: Region, in_image1: Pages | None, in_image2: Pages | None) -> Voxels:
        return self.drawn(region, in_image1=in_image1, in_image2=in_image2)

    def surroundings(self) -> tuple[float, float, float]:
        return self.background

    def blank(self, panes: tuple[Pane, ...]) -> Pixels:
        picture = np.zeros((self.picture_height, self.picture_width, 3), np.uint8)
        half = self._half
        if len(panes) < 2:  # each fills its half
            fill(picture[:, : 2 * half + _DIVIDER], self.background)
        picture[:, half : half + _DIVIDER] = 230
        return picture

    def panes(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        left, right = self._pane1(infos.get("in_image1")), self._pane2(infos.get("in_image2"))
        if left is not None and right is not None:
            right = self._synchronised(left, right)
        return tuple(pane for pane in (left, right) if pane is not None)

    def turned(self, infos: Mapping[str, ImageInfo], pane: int, turn: Turn, value: Any) -> Mapping[str, Any]:
        panes = self.arranged(infos)
        this, both = panes[pane], len(panes) == 2
        own = 1 if this.input == "in_image1" else 2
        match turn:
            case "slice":
                return self._sliced(panes, pane, own, value)
            case "time":
                ends = (1, 2) if both and self.synch_timing else (own,)
                return {f"timepoint{end}": _within(value, this.info.extent[0]) for end in ends}
            case "window":
                center, width = value or (None, None)
                ends = (1, 2) if both and self.synch_LUTs else (own,)
                return {f"lut{end}{part}": given for end in ends for part, given in (("c", center), ("w", width))}
            case "zoom":
                return self._moved(panes, pane, own, value, this.pan)
            case "pan":
                return self._moved(panes, pane, own, this.zoom, value)
            case "position":
                return {"worldPosition": list(value)}
            case "count":
                return {}

    @property
    def _half(self) -> int:
        return max(1, (self.picture_width - _DIVIDER) // 2)

    def _pane1(self, info: ImageInfo | None) -> Pane | None:
        if info is None:
            return None
        window = window_of(default_window(info), self.lut1c, self.lut1w, invert=self.lut_invert)
        rect = (0, 0, self._half, self.picture_height)
        time = min(self.timepoint1, info.extent[0] - 1)
        pane = Pane(rect, "in_image1", info, window, _slice(info, self.slice1), time)
        return self._annotated(replace(pane, zoom=self.zoom1, pan=self.origin1))

    def _pane2(self, info: ImageInfo | None) -> Pane | None:
        if info is None:
            return None
        window = window_of(default_window(info), self.lut2c, self.lut2w, invert=self.lut_invert)
        rect = (self._half + _DIVIDER, 0, self._half, self.picture_height)
        time = min(self.timepoint2, info.extent[0] - 1)
        pane = Pane(rect, "in_image2", info, window, _slice(info, self.slice2), time)
        return self._annotated(replace(pane, zoom=self.zoom2, pan=self.origin2))

    def _annotated(self, pane: Pane) -> Pane:
        cross = self.world_position if self.draw_current_pos else None
        return replace(pane, cross=cross, annotation=self.annotation_size_mode, ink=self.annotation_color)

    def _synchronised(self, left: Pane, right: Pane) -> Pane:
        """The right pane with what the left one shares with it."""
        if self.synch_slicing and (self.slice2 is None or slice_at(left, slice_middle(right)) != left.slice):
            right = replace(right, slice=slice_at(right, slice_middle(left)))
        if self.synch_zooming:
            zoom, pan = view_after(left, right)
            right = replace(right, zoom=zoom, pan=pan)
        if self.synch_timing:
            right = replace(right, time=min(self.timepoint1, right.info.extent[0] - 1))
        if self.synch_LUTs:
            right = replace(right, window=replace(left.window, inverted=right.window.inverted))
        return right

    def _sliced(self, panes: tuple[Pane, ...], pane: int, own: int, number: int) -> Mapping[str, Any]:
        turned = replace(panes[pane], slice=_within(number, panes[pane].info.extent[2]))
        fields = {f"slice{own}": turned.slice}
        if len(panes) == 2 and self.synch_slicing:
            fields[f"slice{3 - own}"] = slice_at(panes[1 - pane], slice_middle(turned))
        return fields

    def _moved(
        self, panes: tuple[Pane, ...], pane: int, own: int, zoom: float, pan: tuple[float, float]
    ) -> Mapping[str, Any]:
        turned = replace(panes[pane], zoom=_zoom(zoom), pan=pan)
        fields: dict[str, Any] = {}
        if len(panes) == 2 and self.synch_zooming:
            other = view_after(turned, panes[1]) if pane == 0 else view_before(panes[0], turned)
            fields = {f"zoom{3 - own}": _zoom(other[0]), f"origin{3 - own}": list(other[1])}
        return {f"zoom{own}": turned.zoom, f"origin{own}": list(pan), **fields}


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
        default=640, minimum=16, maximum=_LARGEST_PICTURE, transient=True, unit="pixels", help="Width of the picture."
    )
    picture_height: int = field(
        default=640, minimum=16, maximum=_LARGEST_PICTURE, transient=True, unit="pixels", help="Height of the picture."
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
        default=1.0, minimum=_ZOOM[0], maximum=_ZOOM[1], transient=True, help="Axial: enlargement; 1 fits the slice in."
    )
    zoom_sagittal: float = field(
        default=1.0, minimum=_ZOOM[0], maximum=_ZOOM[1], transient=True, help="Sagittal: enlargement; 1 fits it in."
    )
    zoom_coronal: float = field(
        default=1.0, minimum=_ZOOM[0], maximum=_ZOOM[1], transient=True, help="Coronal: enlargement; 1 fits it in."
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
    annotation_color: Color = field(default=_INK, help="Colour of texts and rulers.")

    def describe(self, image: ImageInfo | None) -> ImageInfo:
        return self.picture_info()

    def needs(
        self,
        image: ImageInfo | None,
        in_inv_pre_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_LUT: ImageInfo | None,  # noqa: N803
        in_inv_post_viewer: ImageInfo | None,
    ) -> dict[str, tuple[Region, ...]]:
        overlays = dict(zip(_OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.needed(image=image, **overlays)

    def compute(
        self,
        region: Region,
        image: Pages | None,
        in_inv_pre_LUT: Pages | None,  # noqa: N803
        in_inv_post_LUT: Pages | None,  # noqa: N803
        in_inv_post_viewer: Pages | None,
    ) -> Voxels:
        overlays = dict(zip(_OVERLAYS, (in_inv_pre_LUT, in_inv_post_LUT, in_inv_post_viewer), strict=True))
        return self.drawn(region, image=image, **overlays)

    def blank(self, panes: tuple[Pane, ...]) -> Pixels:
        picture = np.zeros((self.picture_height, self.picture_width, 3), np.uint8)
        for left, top, width, height in (pane.rect for pane in panes):
            picture[max(0, top - GAP) : top + height + GAP, max(0, left - GAP) : left + width + GAP] = _BORDER
        return picture

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
            "overlays": tuple(name for name in _OVERLAYS if name in infos),
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
                return {"timePoint": _within(value, info.extent[0])}
            case "window":
                center, width = value or (None, None)
                return {"grayCenter": center, "grayWidth": width}
            case "zoom":
                views = shown(Layout.LAYOUT_CUBE) if self.synchronize_zoom else (view,)
                return {f"zoom{one.title()}": _zoom(value) for one in views}
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
        index[plane.normal] = float(_within(number, plane.slices(info)))
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


def _slice(info: ImageInfo, wanted: int | None) -> int:
    """A slice that the image has: the wanted one or the nearest to it, the middle one when none is wanted."""
    depth = info.extent[2]
    return depth // 2 if wanted is None else _within(wanted, depth)


def _within(number: int, count: int) -> int:
    return max(0, min(number, count - 1))


def _nearest(index: float) -> int:
    """The voxel at a place; one on the border of two belongs to the upper one, however it was rounded."""
    return int(np.floor(index + (0.5 + 1e-6)))


def _zoom(zoom: float) -> float:
    return max(_ZOOM[0], min(zoom, _ZOOM[1]))


def _size(plane: Plane, info: ImageInfo) -> tuple[float, float]:
    """Millimetres across and down a slice."""
    across, down = (count * size for count, size in zip(plane.shape(info), plane.voxel_size(info), strict=True))
    return across, down
