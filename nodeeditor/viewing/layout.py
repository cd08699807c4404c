"""Layouts: where the three anatomical planes lie in a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nodeeditor.fields import Choice
from nodeeditor.viewing.panes import Rect
from nodeeditor.viewing.planes import Anatomical

GAP = 2
"""Pixels between two slices."""

_SMALLEST = 1 / 6
"""The part of the picture that the thinnest slice gets."""

Size = tuple[float, float]
"""Millimetres across and down."""


class Layout(Choice):
    """Which planes are shown, and where; *equal* ones have cells of one size, the others slices of one scale."""

    LAYOUT_AXIAL = "Axial"
    LAYOUT_SAGITTAL = "Sagittal"
    LAYOUT_CORONAL = "Coronal"
    LAYOUT_CUBE = "Cube"
    LAYOUT_CUBE_EQUAL = "Cube Equal"
    LAYOUT_ROW = "Row"
    LAYOUT_ROW_EQUAL = "Row Equal"
    LAYOUT_COLUMN = "Column"
    LAYOUT_COLUMN_EQUAL = "Column Equal"


_PLACES: dict[Layout, dict[Anatomical, tuple[int, int]]] = {
    Layout.LAYOUT_AXIAL: {"axial": (0, 0)},
    Layout.LAYOUT_SAGITTAL: {"sagittal": (0, 0)},
    Layout.LAYOUT_CORONAL: {"coronal": (0, 0)},
    Layout.LAYOUT_CUBE: {"axial": (1, 0), "sagittal": (0, 1), "coronal": (1, 1)},
    Layout.LAYOUT_ROW: {"axial": (0, 0), "sagittal": (1, 0), "coronal": (2, 0)},
    Layout.LAYOUT_COLUMN: {"axial": (0, 0), "sagittal": (0, 1), "coronal": (0, 2)},
}
_UNEQUAL = {
    Layout.LAYOUT_CUBE_EQUAL: Layout.LAYOUT_CUBE,
    Layout.LAYOUT_ROW_EQUAL: Layout.LAYOUT_ROW,
    Layout.LAYOUT_COLUMN_EQUAL: Layout.LAYOUT_COLUMN,
}


def shown(layout: Layout) -> tuple[Anatomical, ...]:
    """The planes of a layout, in the order of its cells."""
    return tuple(_places(layout))


def cells(layout: Layout, width: int, height: int, sizes: Mapping[Anatomical, Size]) -> dict[Anatomical, Rect]:
    """Where each plane lies in a picture, given how large its slices are."""
    places = _places(layout)
    shares: tuple[list[float], list[float]] = ([], [])
    for axis in (0, 1):
        for number in range(max(place[axis] for place in places.values()) + 1):
            here = [sizes[plane][axis] for plane, place in places.items() if place[axis] == number]
            shares[axis].append(1.0 if layout in _UNEQUAL else max(here))
    columns, rows = _split(width, shares[0]), _split(height, shares[1])
    made: dict[Anatomical, Rect] = {}
    for plane, (column, row) in places.items():
        (left, across), (top, down) = columns[column], rows[row]
        made[plane] = (left, top, across, down)
    return made


def _places(layout: Layout) -> Mapping[Anatomical, tuple[int, int]]:
    """The column and the row of each plane."""
    return _PLACES[_UNEQUAL.get(layout, layout)]


def _split(pixels: int, shares: Sequence[float]) -> list[tuple[int, int]]:
    """Start and length of the parts of a line, in proportion to their shares; none is very thin."""
    least = sum(shares) * _SMALLEST
    wide = [max(share, least) for share in shares]
    free = pixels - GAP * (len(wide) - 1)
    ends = [round(free * sum(wide[: number + 1]) / sum(wide)) for number in range(len(wide))]
    starts = [0, *ends[:-1]]
    return [(start + GAP * number, end - start) for number, (start, end) in enumerate(zip(starts, ends, strict=True))]
