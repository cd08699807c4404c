"""Viewers: nodes whose output is the picture that their window shows, rendered without a screen.

A viewer says which slices its picture consists of (`Viewer.panes`) and which of its fields a gesture in its window
changes (`Viewer.turned`). Everything else, in a window as in a run, follows from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal, TypeAlias
from weakref import ref

import numpy as np

from nodeeditor.fields import Json
from nodeeditor.image import Image, ImageInfo, Region, Voxels
from nodeeditor.node import Node, Output, field
from nodeeditor.viewing.annotations import draw_annotations
from nodeeditor.viewing.colormap import ColorMap
from nodeeditor.viewing.cross import draw_cross
from nodeeditor.viewing.drawing import FilterMode, Pixels, draw_slice, is_grey
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.overlays import draw_overlay, overlay_region
from nodeeditor.viewing.panes import AnnotationSize, Pane
from nodeeditor.viewing.slabs import blended

_RGB = ("Red", "Green", "Blue")
_LARGEST_PICTURE = 8192
_ARRANGED = "_arranged"

Turn: TypeAlias = Literal["slice", "time", "window", "zoom", "pan", "position", "count"]
"""What a gesture in a viewer's window turns, and what `Viewer.turned` gets as its value:

``slice``     number of the slice in the pane's plane
``time``      number of the time point
``window``    centre and width, or None for the automatic window
``zoom``      enlargement, 1 fits the slice into the pane
``pan``       millimetres to the right and down, as in `Pane.pan`
``position``  a point of the world that was pointed at
``count``     how many slices are shown at once
"""


@dataclass(frozen=True, eq=False)
class _Arranged:
    """Panes, and the facts that they were worked out from."""

    infos: Mapping[str, ImageInfo]
    panes: tuple[Pane, ...]

    def of(self, infos: Mapping[str, ImageInfo]) -> bool:
        """Whether these are the same facts."""
        return len(infos) == len(self.infos) and all(infos[name] is self.infos.get(name) for name in infos)


class Viewer(Node, abstract=True):
    """What all viewers have: a picture of a size, made of panes.

    ``inspects`` names the input of a viewer that shows any single image, such as the Output Inspector needs.
    """

    composed = True
    subject = "Viewers"
    inspects: ClassVar[str] = ""

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
    color_map: ColorMap = field(default=ColorMap.Grey, help="The colours of grey levels.")
    lut_invert: bool = field(default=False, help="Show what is black in white, and what is white in black.")
    annotation_size_mode: AnnotationSize = field(
        default=AnnotationSize.ANNO_SHOW_SHORT, help="How much is written into the corners."
    )

    def panes(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        """The slices of the picture, given the facts of the connected inputs by Python name."""
        raise NotImplementedError

    def turned(self, infos: Mapping[str, ImageInfo], pane: int, turn: Turn, value: Any) -> Mapping[str, Json]:
        """What fields become, by file name, when a gesture over a pane turns something; empty where nothing does."""
        raise NotImplementedError

    def surroundings(self) -> tuple[float, float, float]:
        """The colour around the slices, red, green and blue from 0 to 1."""
        return (0.0, 0.0, 0.0)

    def arranged(self, infos: Mapping[str, ImageInfo]) -> tuple[Pane, ...]:
        """What `panes` gives, worked out once for the same facts however often they are asked for."""
        known: _Arranged | None = self.__dict__.get(_ARRANGED)
        if known is None or not known.of(infos):
            known = _Arranged(dict(infos), self.panes(infos))
            object.__setattr__(self, _ARRANGED, known)
        return known.panes

    def prepare(self, picture: Pixels, panes: tuple[Pane, ...]) -> None:
        """Draw what lies beside the panes into a black picture, of one channel where all is grey, else of three."""

    def picture_info(self) -> ImageInfo:
        """The facts of the picture."""
        extent = (1, 3, 1, self.picture_height, self.picture_width)
        return ImageInfo(extent, np.dtype(np.uint8), (0, 255), channels=_RGB)

    def needed(self, **infos: ImageInfo | None) -> dict[str, tuple[Region, ...]]:
        """The regions of each input that the panes show, each once."""
        known = {name: info for name, info in infos.items() if info is not None}
        needs: dict[str, dict[Region, None]] = {}
        for pane in self.arranged(known):
            needs.setdefault(pane.input, {})[pane.region] = None
            for name in pane.overlays:
                part = overlay_region(known[name], pane)
                if part is not None:
                    needs.setdefault(name, {})[part] = None
        return {name: tuple(regions) for name, regions in needs.items()}

    def drawn(self, region: Region, **images: tuple[Image, ...] | None) -> Voxels:
        """The demanded region of the picture, given what `needed` asked for."""
        known = {name: pages for name, pages in images.items() if pages}
        panes = self.arranged({name: pages[0].info for name, pages in known.items()})
        channels = 1 if self._is_grey(panes) else 3
        parts = []
        for pane in panes:
            layers = tuple((name, ref(page)) for name, page in _layers(pane, known))
            parts.append(_pixels(pane, self.filter_mode, self.color_map, self.surroundings(), channels, layers))
        height, width = self.picture_height, self.picture_width
        if [pane.rect for pane in panes] == [(0, 0, width, height)]:
            picture = parts[0]
        else:
            picture = np.zeros((height, width, channels), np.uint8)
            self.prepare(picture, panes)
            for pane, part in zip(panes, parts, strict=True):
                left, top, across, down = pane.rect
                room = picture[top : top + down, left : left + across]
                room[:] = part[: room.shape[0], : room.shape[1]]
        rgb = np.broadcast_to(picture, (height, width, 3))
        voxels: Voxels = np.moveaxis(rgb, -1, 0)[None, :, None][region.slices]
        return voxels

    def _is_grey(self, panes: tuple[Pane, ...]) -> bool:
        return (
            self.color_map is ColorMap.Grey
            and is_grey(self.surroundings())
            and all(pane.info.scalar and is_grey(pane.ink) for pane in panes)
            and not any(pane.overlays or pane.cross for pane in panes)
        )


def _layers(pane: Pane, images: Mapping[str, tuple[Image, ...]]) -> Iterator[tuple[str, Image]]:
    """The pages that hold what a pane shows, with the names of their inputs: the slice's, then those of overlays."""
    for name in (pane.input, *pane.overlays):
        region = _shown(images[name][0].info, name, pane)
        if region is not None:
            yield name, next(page for page in images[name] if region in page.region)


def _shown(info: ImageInfo, name: str, pane: Pane) -> Region | None:
    """What a pane needs of the image of an input, if anything."""
    return pane.region if name == pane.input else overlay_region(info, pane)


@lru_cache(maxsize=8)
def _pixels(
    pane: Pane,
    mode: FilterMode,
    colors: ColorMap,
    background: tuple[float, float, float],
    channels: int,
    layers: tuple[tuple[str, ref[Image]], ...],
) -> Pixels:
    """The pixels of a pane (height, width, channels), read-only; of several only those are drawn that have changed.

    Pages are known by weak references, which are equal while they are the same: what is remembered holds no voxel.
    """
    _, _, width, height = pane.rect
    pixels = np.empty((height, width, channels), np.uint8)
    for name, known in layers:
        page = known()
        assert page is not None
        region = _shown(page.info, name, pane)
        assert region is not None
        if name == pane.input:
            flat = pane.plane.flat(blended(page.at(region).voxels, 4 - pane.plane.normal, pane.blend))
            draw_slice(pixels, flat, pane.placing, pane.window, mode, background, colors)
        else:
            draw_overlay(pixels, page.at(region), pane)
    draw_cross(pixels, pane)
    draw_annotations(pixels, pane)
    pixels.flags.writeable = False
    return pixels


def window_of(automatic: Window, center: float | None, width: float | None, *, invert: bool) -> Window:
    """A window with those parts that are set, the others automatic."""
    return Window(
        automatic.center if center is None else center,
        automatic.width if width is None else width,
        automatic.inverted != invert,
    )
