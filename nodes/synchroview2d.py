"""A node that shows two images side by side, rendered without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nodeeditor import Color, Image, ImageInfo, Input, Region, Vector2, Vector3, Voxels, field
from nodeeditor.viewing.drawing import Pixels, fill
from nodeeditor.viewing.levels import default_window
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.synchrony import slice_at, slice_middle, view_after, view_before
from nodeeditor.viewing.viewer import Turn, Viewer, window_of
from nodes.shared.viewers import INK, LARGEST_PICTURE, Pages, slice_of, within, zoom_of

_DIVIDER = 4


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
        maximum=LARGEST_PICTURE,
        transient=True,
        unit="pixels",
        help="Width of the picture.",
    )
    picture_height: int = field(
        default=400,
        minimum=16,
        maximum=LARGEST_PICTURE,
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
    annotation_color: Color = field(default=INK, help="Colour of texts and rulers.")
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

    def prepare(self, picture: Pixels, panes: tuple[Pane, ...]) -> None:
        half = self._half
        if len(panes) < 2:  # each fills its half
            fill(picture[:, : 2 * half + _DIVIDER], self.background)
        picture[:, half : half + _DIVIDER] = 230

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
                return {f"timepoint{end}": within(value, this.info.extent[0]) for end in ends}
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
        pane = Pane(rect, "in_image1", info, window, slice_of(info, self.slice1), time)
        return self._annotated(replace(pane, zoom=self.zoom1, pan=self.origin1))

    def _pane2(self, info: ImageInfo | None) -> Pane | None:
        if info is None:
            return None
        window = window_of(default_window(info), self.lut2c, self.lut2w, invert=self.lut_invert)
        rect = (self._half + _DIVIDER, 0, self._half, self.picture_height)
        time = min(self.timepoint2, info.extent[0] - 1)
        pane = Pane(rect, "in_image2", info, window, slice_of(info, self.slice2), time)
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
        turned = replace(panes[pane], slice=within(number, panes[pane].info.extent[2]))
        fields = {f"slice{own}": turned.slice}
        if len(panes) == 2 and self.synch_slicing:
            fields[f"slice{3 - own}"] = slice_at(panes[1 - pane], slice_middle(turned))
        return fields

    def _moved(
        self, panes: tuple[Pane, ...], pane: int, own: int, zoom: float, pan: tuple[float, float]
    ) -> Mapping[str, Any]:
        turned = replace(panes[pane], zoom=zoom_of(zoom), pan=pan)
        fields: dict[str, Any] = {}
        if len(panes) == 2 and self.synch_zooming:
            other = view_after(turned, panes[1]) if pane == 0 else view_before(panes[0], turned)
            fields = {f"zoom{3 - own}": zoom_of(other[0]), f"origin{3 - own}": list(other[1])}
        return {f"zoom{own}": turned.zoom, f"origin{own}": list(pan), **fields}
