"""What is read below the mouse, written into the room that the picture leaves for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nodeeditor.gui.viewers.drags import Point, pane_at
from nodeeditor.image import Image, Vector3
from nodeeditor.viewing.annotations import OUTSIDE, readout, readout_place
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.lettering import draw_text, line_height, text_width
from nodeeditor.viewing.panes import Pane

_SIZE, _MARGIN = 12.0, 6  # of what is written where the picture has no texts of its own
_RIM, _SHADOW = 1, 2  # pixels around letters that are darkened: before them, behind them


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of a picture with something written over it, and where its left upper corner lies."""

    at: tuple[int, int]
    pixels: Pixels


def readings(panes: Sequence[Pane], pages: Sequence[Image | None], at: Point) -> list[tuple[str, str]]:
    """For each pane voxel and value below a point of the picture, two texts.

    The panes beside the one that is pointed at are read at the same point of the world, where they show it.
    """
    over = pane_at(tuple(panes), at)
    if over is None:
        return [OUTSIDE for _ in panes]
    world = panes[over].world_at(*at)
    made = []
    for number, (pane, page) in enumerate(zip(panes, pages, strict=True)):
        place = at if number == over else pane.place_of(world)
        made.append(readout(pane, *place, page) if number == over or _reaches(pane, world) else OUTSIDE)
    return made


def full_information(pane: Pane, at: Point) -> list[str]:
    """More of what is below a point: where in the world, and how the pane shows it."""
    x, y, z = pane.world_at(*at)
    across, down = (pane.placing.scale * size for size in pane.placing.voxel_size)
    zoom = f"{across:.3g}" if math.isclose(across, down, rel_tol=1e-6) else f"{across:.3g} x {down:.3g}"
    return [
        f"World: {x:.2f} {y:.2f} {z:.2f} mm",
        f"Slice {pane.slice} of {pane.plane.slices(pane.info)}, time point {pane.time}",
        f"{zoom} pixels a voxel",
    ]


def written(picture: Pixels, pane: Pane, reading: Sequence[str], more: Sequence[str] = ()) -> Patch | None:
    """The read-out of a pane, and below it more lines; None where there is nothing to write."""
    left, top, size, ink = pane.rect[0] + _MARGIN, pane.rect[1] + _MARGIN, _SIZE, pane.ink
    place = readout_place(pane)
    if place is not None:
        left, top, size, ink = place
    lines = [*(reading if place is not None or more else ()), *more]
    if not lines:
        return None
    step = line_height(size)
    width, height = max(text_width(line, size) for line in lines) + _SHADOW, step * len(lines) + _SHADOW
    first, above = max(0, left - _RIM), max(0, top - _RIM)
    pixels = picture[above : top + height, first : left + width].copy()
    for number, line in enumerate(lines):
        draw_text(pixels, line, (left - first, top - above + number * step), size, ink)
    return Patch((first, above), pixels)


def _reaches(pane: Pane, world: Vector3) -> bool:
    """Whether a pane's slice goes through a point of the world."""
    return math.floor(pane.index_of(world)[pane.plane.normal] + 0.5) == pane.slice
