"""Text, and the lines of rulers, drawn into pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from nodeeditor.viewing.typeface import Glyph, characters, glyph, margin_columns, nearest, rows

Pixels = npt.NDArray[np.uint8]
Line = tuple[int, int, int, int]
"""First and last pixel of a level or plumb line: x, y, x, y."""

SMALLEST = 7.0
"""Text is never drawn smaller: an e needs three strokes and two gaps."""

_SHADE = (0.25, 0.5, 0.25)
_DARKNESS, _HALO = 1.5, 0.75


def text_width(text: str, size: float) -> int:
    """Columns that a line of text fills."""
    return _typeset(text, size)[1]


@lru_cache(maxsize=64)
def line_height(size: float) -> int:
    """Rows that a line of text fills, from the marks on capitals to the tail of a g."""
    above, below = rows(_size(size))
    return above + below


def text_mask(text: str, size: float) -> npt.NDArray[np.uint8]:
    """How much of each pixel (line_height, text_width) a line of text covers, 0 to 255; read-only.

    A character without a shape is a hollow box, and so is a line break.
    """
    return _text_mask(text, _size(size))


def draw_text(
    picture: Pixels,
    text: str,
    at: tuple[int, int],
    size: float,
    color: Sequence[float],
    *,
    align: Literal["left", "center", "right"] = "left",
    shadow: bool = True,
) -> None:
    """Draw a line of text into a picture (height, width, red green blue), as far as it lies inside.

    Grey text on a grey picture may do with one channel; so may grey lines.

    `at` is x and y of the line's top left corner, or of the middle or the right end of its top edge. Colour components
    go from 0 to 1. The shadow, and a thin dark rim on all sides, let the text be read on any ground.
    """
    keep, ink = _text_stamp(text, _size(size), _bytes(color), shadow)
    width = text_width(text, size)
    before = {"left": 0, "center": width // 2, "right": width}[align]
    _press(picture, at[0] - before - 1, at[1] - 1, keep, ink)


def draw_lines(
    picture: Pixels, lines: Iterable[Line], color: Sequence[float], *, width: int = 1, shadow: bool = True
) -> None:
    """Draw level and plumb lines into a picture, all in front of the shadows of all.

    Lines include both their ends; a wider line grows to the right and downwards.

    Raises:
        ValueError: a line is neither level nor plumb.
    """
    boxes = [_box(line, width) for line in lines]
    if shadow:
        for left, top, right, bottom in boxes:
            keep, ink = _shade_stamp(bottom - top, right - left)
            _press(picture, left - 1, top - 1, keep, ink)
    for left, top, right, bottom in boxes:
        picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = _bytes(color)[: picture.shape[2]]


def _box(line: Line, width: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = line
    if x0 != x1 and y0 != y1:
        raise ValueError(f"a line from {x0} {y0} to {x1} {y1} is neither level nor plumb")
    left, top = min(x0, x1), min(y0, y1)
    return left, top, max(x0, x1, left + width - 1) + 1, max(y0, y1, top + width - 1) + 1


def _size(size: float) -> float:
    return max(float(size), SMALLEST)


@lru_cache(maxsize=512)
def _typeset(text: str, size: float) -> tuple[tuple[tuple[Glyph, int], ...], int]:
    """The glyphs of a line with the column in which their ink begins, and the width of the line."""
    placed = []
    x, white = 0, 0.0
    for character in characters(text):
        drawn = glyph(character, _size(size))
        if drawn.ink:
            x += max(1, nearest(white + drawn.left))
            placed.append((drawn, x))
            x += drawn.ink
            white = drawn.right
        else:
            white += drawn.left + drawn.right
    return tuple(placed), x + max(1, nearest(white)) if text else 0


@lru_cache(maxsize=512)
def _text_mask(text: str, size: float) -> npt.NDArray[np.uint8]:
    placed, width = _typeset(text, size)
    margin = margin_columns(size)
    line = np.zeros((line_height(size), width + 2 * margin), dtype=np.float32)
    for drawn, x in placed:
        part = line[:, x : x + drawn.mask.shape[1]]
        np.maximum(part, drawn.mask, out=part)
    mask = np.rint(255 * line[:, margin : margin + width]).astype(np.uint8)
    mask.flags.writeable = False
    return mask


_Stamp = tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]
"""How much of a picture stays, in 256ths, and what is added, in 256ths of a grey level, with half a level to round."""


@lru_cache(maxsize=256)
def _text_stamp(text: str, size: float, color: tuple[int, int, int], shadow: bool) -> _Stamp:
    mask = _with_room(_text_mask(text, size) / 255)
    return _stamp(mask, _shade(mask) if shadow else np.zeros_like(mask), color)


@lru_cache(maxsize=256)
def _shade_stamp(height: int, width: int) -> _Stamp:
    mask = _with_room(np.ones((height, width)))
    return _stamp(np.zeros_like(mask), _shade(mask), (0, 0, 0))


def _with_room(mask: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A mask with the rows and columns into which its rim and its shadow fall: one before it, two behind it."""
    height, width = mask.shape
    made = np.zeros((height + len(_SHADE), width + len(_SHADE)))
    made[1 : height + 1, 1 : width + 1] = mask
    return made


def _shade(mask: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The darkness around a mask: a rim of one pixel, and a shadow to the right and downwards with soft edges."""
    soft, rim = mask, mask
    for _ in ("down", "across"):
        shifted = _SHADE[0] * soft
        for shift, weight in enumerate(_SHADE[1:], 1):
            shifted[shift:] += weight * soft[:-shift]
        soft = shifted.T
        wide = np.zeros((len(rim) + 2, rim.shape[1]))
        wide[1:-1] = rim
        rim = np.maximum(np.maximum(wide[:-2], wide[2:]), rim).T
    return np.minimum(np.maximum(_DARKNESS * soft, _HALO * rim), 1)


def _stamp(mask: npt.NDArray[np.float64], shade: npt.NDArray[np.float64], color: tuple[int, int, int]) -> _Stamp:
    keep = np.repeat((256 * (1 - mask) * (1 - shade))[..., np.newaxis], 3, axis=2)
    ink = 256 * mask[..., np.newaxis] * np.array(color) + 128
    return keep.astype(np.uint16), ink.astype(np.uint16)


def _bytes(color: Sequence[float]) -> tuple[int, int, int]:
    return _levels(tuple(color))


@lru_cache(maxsize=64)
def _levels(color: tuple[float, ...]) -> tuple[int, int, int]:
    red, green, blue = (nearest(255 * min(max(part, 0.0), 1.0)) for part in color)
    return red, green, blue


def _press(picture: Pixels, left: int, top: int, keep: npt.NDArray[np.uint16], ink: npt.NDArray[np.uint16]) -> None:
    """Put a stamp on the part of a picture on which it falls."""
    height, width = keep.shape[:2]
    part = picture[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    rows, columns, channels = part.shape
    if rows and columns:
        cut = np.s_[max(-top, 0) :, max(-left, 0) :]
        mixed = part * keep[cut][:rows, :columns, :channels]
        mixed += ink[cut][:rows, :columns, :channels]
        mixed >>= 8
        part[...] = mixed
