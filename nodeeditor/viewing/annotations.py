"""Annotations: what is written over a slice, and where.

Texts stand in the four corners, the letters of the patient's sides at the top and the left edge, a ruler at the right
one. A pane that is too small for all drops the less important ones whole: nothing overlaps, nothing is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Literal, TypeAlias

from nodeeditor.image import Image, ImageInfo
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.lettering import Line, draw_lines, draw_text, line_height, text_width
from nodeeditor.viewing.panes import AnnotationSize, Pane
from nodeeditor.viewing.planes import letters
from nodeeditor.viewing.ruler import ruler

Corner: TypeAlias = Literal["top left", "top right", "bottom left", "bottom right"]
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the pane, the last two beside it."""

OUTSIDE = ("(- - -):", "GV")
"""The read-out where there is no voxel."""

_SMALLEST = 64
"""Smaller panes, across or down, show their slice and nothing else."""
_MARGIN = 6
_RULER_MARGIN = 8
_SHORTEST_RULER = 16
_LONGEST = {AnnotationSize.ANNO_SHOW_DETAILED: 64, AnnotationSize.ANNO_SHOW_SHORT: 16}
"""Characters to which texts of a header are cut."""
_PIXEL_SIZES = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
_LARGE = 1000
"""From this size of a pane on, its letters grow with it."""


@dataclass(frozen=True)
class Text:
    """One line in a pane: what it says, the middle, left or right end of its top edge, and the box it fills."""

    words: str
    at: tuple[int, int]
    size: float
    align: Literal["left", "center", "right"]

    @cached_property
    def box(self) -> Box:
        """What it fills, with a little room for its shadow."""
        width, height = text_width(self.words, self.size), line_height(self.size)
        left = self.at[0] - {"left": 0, "center": width // 2, "right": width}[self.align]
        return (left, self.at[1], left + width + 1, self.at[1] + height)


@dataclass(frozen=True)
class Block:
    """Lines that are shown together or not at all; ``order`` is their place among the blocks of a corner.

    The lines of the read-out are an example of it, to keep the room.
    """

    corner: Corner
    order: int
    lines: tuple[str, ...]
    readout: bool = False


def draw_annotations(pixels: Pixels, pane: Pane) -> None:
    """Write what belongs to a pane into its pixels (height, width, 3)."""
    all_written = written(pane)
    draw_lines(pixels, all_written.lines, pane.ink)
    for text in all_written.texts:
        draw_text(pixels, text.words, text.at, text.size, pane.ink, align=text.align)


def readout_place(pane: Pane) -> tuple[int, int, float, tuple[float, float, float]] | None:
    """Where the picture leaves room for the two lines of `readout`; None where the pane has none.

    x and y of the top left corner of the first line in the picture, the size of the letters, their colour. The second
    line stands `lettering.line_height` below.
    """
    place = written(pane).readout
    if place is None:
        return None
    return pane.rect[0] + place.at[0], pane.rect[1] + place.at[1], place.size, pane.ink


def readout(pane: Pane, x: float, y: float, page: Image | None) -> tuple[str, str]:
    """The voxel below a point of the picture and its value, as two lines; ``page`` holds the pane's voxels.

    Without a page, or where it ends, the value is left out.
    """
    voxel = pane.voxel_at(x, y)
    if voxel is None:
        return OUTSIDE
    value = "" if page is None else _value(page, pane.time, voxel)
    return f"({voxel[0]} {voxel[1]} {voxel[2]}):", f"{value} GV".strip()


def number(value: float) -> str:
    """A value as it is read: whole numbers as they are, others with four decimals, or digits where it is small."""
    if isinstance(value, int):
        return str(value)
    if not 1e-3 <= abs(value) < 1e9:
        return f"{value:.4g}" if value else "0"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def text_size(pane: Pane) -> float:
    """The size of the corner texts, by that of the pane: 10 to 18, 8 to 12 of the short set; more in large panes."""
    smaller = min(pane.rect[2:])
    detailed = pane.annotation is AnnotationSize.ANNO_SHOW_DETAILED
    low, high, part = (10.0, 18.0, 36) if detailed else (8.0, 12.0, 40)
    return float(round(min(max(smaller / part, low), high) * max(1.0, smaller / _LARGE)))


def _value(page: Image, time: int, voxel: tuple[int, int, int]) -> str:
    i, j, k = voxel
    at = page.info.whole.along("t", time).along("z", k).along("y", j).along("x", i)
    if at not in page.region:
        return ""
    return " / ".join(map(number, page.at(at).voxels.ravel().tolist()))


# What is written


def _blocks(pane: Pane, cut: Callable[[str], str]) -> Iterator[Block]:
    """What is written into the corners, the most important first; ``cut`` shortens texts that may be long."""
    info, window = pane.info, pane.window
    last = " ".join(str(count - 1) for count in reversed(info.extent[2:]))
    yield _number_of(pane)
    yield Block("top left", 3, (f"({last}):", "00000 GV"), readout=True)
    yield Block("top left", 0, (cut(_name(info.tag("PatientName"))),))
    yield Block("bottom right", 2, (f"LUT C/W: {window.center + 0.0:.6g} / {window.width:.6g}",))
    yield Block("top right", 2, (cut(info.modality),))
    if pane.annotation is AnnotationSize.ANNO_SHOW_SHORT:
        return
    birth, sex = _date(info.tag("PatientBirthDate")), info.tag("PatientSex")
    scan = info.tag("AcquisitionDate") or info.tag("SeriesDate") or info.tag("StudyDate")
    yield Block("top left", 2, (cut(info.tag("PatientID")),))
    yield Block("top left", 1, (cut(f"{birth} {sex}"),))
    yield Block("bottom left", 4, (cut(info.tag("SeriesDescription")),))
    yield Block("bottom left", 2, (_extent(info),))
    yield Block("bottom left", 3, (",".join(f"{size:.3f}" for size in info.spacing),))
    yield Block("bottom left", 1, (f"Timepoint: {pane.time}",))
    yield Block("bottom right", 1, (f"Scan: {_date(scan)}" if scan else "",))
    yield Block("bottom right", 0, (f"{info.modality} Mode" if info.modality else "",))
    yield Block("top right", 0, (cut(info.tag("InstitutionName")),))
    yield Block("top right", 1, (cut(info.tag("ManufacturerModelName")),))
    yield Block("bottom left", 5, (cut(info.tag("ImageComments")),))


def _number_of(pane: Pane) -> Block:
    return Block("bottom left", 0, (_numbered(pane.slice),))


def _numbered(number: int) -> str:
    return f"Slice: {number}"


def _name(name: str) -> str:
    """A patient's name without DICOM's carets; of several spellings the first."""
    return name.split("=", maxsplit=1)[0].replace("^", " ")


def _date(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdecimal() else date


def _extent(info: ImageInfo) -> str:
    t, channels, z, y, x = info.extent
    color = "Gray" if info.scalar else "".join(name[:1] for name in info.channels) or str(channels)
    return f"{x},{y},{z},{color},{t},{info.type_name}"


def _shortened(words: str, *, characters: int, size: float, room: int) -> str:
    """A text of at most so many characters and pixels, an ellipsis where it was longer; empty where little is left."""
    words = " ".join(words.split())
    kept = words if len(words) <= characters else f"{words[: characters - 1]}…"
    while len(kept) > 1 and text_width(kept, size) > room:
        kept = f"{kept[:-2]}…"
    return kept if kept == words or len(kept) > 4 else ""


# Where it is written


@dataclass(frozen=True)
class Written:
    """All texts and lines of a pane, which text is the slice's number, and where the read-out's first line begins."""

    texts: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()
    readout: Text | None = None
    numbered: int | None = None


@lru_cache(maxsize=64)
def written(pane: Pane) -> Written:
    """What is written over the slice of a pane: as much as there is room for; asked again it is not sought again.

    All figures are equally wide, so that slices whose numbers have as many of them are written on alike.
    """
    like = 10 ** (len(str(pane.slice)) - 1) if pane.slice > 9 else 0
    made = _written(replace(pane, slice=like))
    if like == pane.slice or made.numbered is None:
        return made
    texts = list(made.texts)
    texts[made.numbered] = replace(texts[made.numbered], words=_numbered(pane.slice))
    return replace(made, texts=tuple(texts))


@lru_cache(maxsize=64)
def _written(pane: Pane) -> Written:
    width, height = pane.rect[2:]
    if pane.annotation is AnnotationSize.ANNO_SHOW_HIDE or min(width, height) < _SMALLEST:
        return Written()
    size, large = text_size(pane), _side_size(pane)
    sides: list[Text] = []
    for text in _sides(pane, large):
        if _free([text.box], [other.box for other in sides], width, height):
            sides.append(text)
    taken = [text.box for text in sides]
    lines, label, boxes = _ruler(pane, size)
    if _sized(pane.info) and _free(boxes, taken, width, height) and _apart(*boxes):
        taken += boxes
        sides.append(label)
    else:
        lines = ()
    room = width // 2 - 2 * _MARGIN - round(large / 2)
    corners: dict[Corner, dict[Block, list[Text]]] = {}
    for block in _blocks(pane, partial(_shortened, characters=_LONGEST[pane.annotation], size=size, room=room)):
        tried = _stacked([*corners.get(block.corner, ()), block], size, width, height)
        others = [placed for corner, placed in corners.items() if corner != block.corner]
        if all(block.lines) and _free(_boxes([tried]), [*taken, *_boxes(others)], width, height):
            corners[block.corner] = tried
    placed = {block: texts for corner in corners.values() for block, texts in corner.items()}
    readout_text = next((texts[0] for block, texts in placed.items() if block.readout), None)
    corner_texts = [(block, text) for block, texts in placed.items() for text in texts if not block.readout]
    numbers = [number for number, (block, _) in enumerate(corner_texts, len(sides)) if block == _number_of(pane)]
    texts = (*sides, *(text for _, text in corner_texts))
    return Written(texts, lines, readout_text, next(iter(numbers), None))


def _side_size(pane: Pane) -> float:
    """The size of the letters of the patient's sides."""
    smaller = min(pane.rect[2:])
    return float(round(min(max(smaller / 20, 10), 28) * max(1.0, smaller / _LARGE)))


def _sides(pane: Pane, size: float) -> Iterator[Text]:
    """The letters of the patient's sides at the upper and the left edge, unless the header does not tell them."""
    if pane.info.tag("Modality") and not pane.info.tag("ImageOrientationPatient"):
        return
    right, below = pane.plane.directions(pane.info)
    upper, left = (letters((-x, -y, -z)) for x, y, z in (below, right))
    _, _, width, height = pane.rect
    yield Text(upper, (width // 2, _MARGIN), size, "center")
    yield Text(left, (_MARGIN, (height - line_height(size)) // 2), size, "left")


def _sized(info: ImageInfo) -> bool:
    """Whether the size of a voxel is known: a header that tells none is read as if it were 1 mm."""
    told = any(info.tag(keyword) for keyword in _PIXEL_SIZES) or info.spacing[:2] != (1.0, 1.0)
    return told or not info.tag("Modality")


def _ruler(pane: Pane, size: float) -> tuple[tuple[Line, ...], Text, list[Box]]:
    """The ruler's lines, its label, and the boxes that both fill."""
    _, _, width, height = pane.rect
    drawn = ruler(pane.placing.scale, max(height / 2, _SHORTEST_RULER))
    lines = drawn.lines(width - 1 - _RULER_MARGIN, height // 2)
    left, top = (min(line[i] for line in lines) for i in (0, 1))
    right, bottom = (max(line[i] for line in lines) for i in (2, 3))
    label = Text(drawn.label, (left - 2, (height - line_height(size)) // 2), size, "right")
    return tuple(lines), label, [(left, top, right + 2, bottom + 2), label.box]


def _stacked(blocks: list[Block], size: float, width: int, height: int) -> dict[Block, list[Text]]:
    """Where the lines of the blocks of one corner stand: one below the other, from its edge inwards."""
    step = line_height(size)
    vertical, horizontal = blocks[0].corner.split()
    x = _MARGIN if horizontal == "left" else width - _MARGIN
    y = _MARGIN if vertical == "top" else height - _MARGIN - step * sum(len(block.lines) for block in blocks)
    placed: dict[Block, list[Text]] = {}
    for block in sorted(blocks, key=lambda block: block.order):
        placed[block] = []
        for line in block.lines:
            placed[block].append(Text(line, (x, y), size, "left" if horizontal == "left" else "right"))
            y += step
    return placed


def _boxes(corners: Iterable[Mapping[Block, list[Text]]]) -> list[Box]:
    return [text.box for placed in corners for texts in placed.values() for text in texts]


def _free(boxes: list[Box], taken: list[Box], width: int, height: int) -> bool:
    """Whether boxes lie in the pane, and on none of those that are there already."""
    inside = all(left >= 0 and top >= 0 and right <= width and bottom <= height for left, top, right, bottom in boxes)
    return inside and all(_apart(box, other) for box in boxes for other in taken)


def _apart(a: Box, b: Box) -> bool:
    return a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
