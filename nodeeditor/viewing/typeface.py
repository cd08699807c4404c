"""Characters in pixels: a letter and its marks at a size, ready to be put into a line."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from nodeeditor.viewing import glyphs
from nodeeditor.viewing.strokes import Drawing, Grid, coverage, fitted, parsed

_MARKS = frozenset(glyphs.MARKS_ABOVE) | frozenset(glyphs.MARKS_BELOW)


@dataclass(frozen=True, eq=False)
class Glyph:
    """One character with its marks in pixels, ready to be put into a line."""

    mask: npt.NDArray[np.float32]
    """Coverage, wider than the ink by the margin on both sides."""
    ink: int
    """Columns between which it stands; none for white space."""
    left: float
    """White space to its left, in pixels."""
    right: float


def nearest(value: float) -> int:
    """The nearest whole number, the upper one of two."""
    return math.floor(value + 0.5)


def rows(size: float) -> tuple[int, int]:
    """Rows of a line above and below the baseline."""
    return max(7, nearest(0.72 * size)) + max(4, math.ceil(0.3 * size)), max(2, nearest(0.21 * size))


def margin_columns(size: float) -> int:
    """Columns that a glyph's mask has on both sides of the ink for soft and slanting edges."""
    return 1 + math.ceil(0.05 * size)


@lru_cache(maxsize=64)
def _grid(size: float) -> Grid:
    pen = 0.4 + 0.0665 * size
    bare = Grid(0.0425 * size, pen, {})
    middle = bare.stem / 2
    small, capital, below = max(5, nearest(0.52 * size)), max(7, nearest(0.72 * size)), rows(size)[1]
    return Grid(bare.step, pen, {-5: middle - below, 0: middle, 10: small - middle, 15: capital - middle})


@lru_cache(maxsize=2048)
def glyph(character: str, size: float) -> Glyph:
    """A character, followed by the combining marks that it carries, in a line of a size."""
    grid = _grid(size)
    base, marks = _parts(character)
    shape = parsed(glyphs.MISSING if base is None else glyphs.SHAPES[base])
    letter = fitted(shape, grid)
    layers = [letter]
    for mark in marks:
        top = max(layer.top for layer in layers)
        layers.append(_mark_below(mark, grid) if mark in glyphs.MARKS_BELOW else _mark_above(mark, top, grid))
        layers[-1] = layers[-1].moved((letter.ink - layers[-1].ink) // 2, 0)
    left = min(layer.left for layer in layers)
    ink = max(layer.left + layer.ink for layer in layers) - left
    if base in glyphs.FIGURES:
        cell = fitted(parsed(glyphs.SHAPES["0"]), grid).ink
        left, ink = (ink - cell) // 2, cell
    above, below = rows(size)
    margin = margin_columns(size)
    extent = (above + below, ink + 2 * margin)
    mask = np.maximum.reduce([coverage(layer, grid, extent, (margin - left, above)) for layer in layers])
    mask.flags.writeable = False
    spill = (grid.pen - grid.stem) / 2
    return Glyph(mask, ink, shape.left * grid.step + spill, shape.right * grid.step + spill)


def _mark_below(mark: str, grid: Grid) -> Drawing:
    return fitted(parsed(glyphs.MARKS_BELOW[mark]), grid)


def _mark_above(mark: str, top: float, grid: Grid) -> Drawing:
    """A combining mark over a letter in which the pen's middle does not rise above a top."""
    middle = grid.stem / 2
    standing = fitted(parsed(glyphs.MARKS_ABOVE[mark]), Grid(grid.step, grid.pen, {0: middle}))
    return standing.moved(0, top - middle + grid.stem + max(1, nearest(1.2 * grid.step)))


def _parts(character: str) -> tuple[str | None, str]:
    """The letter that has a shape and the marks to put on it; None where there is no shape."""
    whole = unicodedata.normalize("NFC", character)
    if whole in glyphs.SHAPES:
        return whole, ""
    base, marks = (parts := unicodedata.normalize("NFD", character))[0], parts[1:]
    if base not in glyphs.SHAPES or not _MARKS.issuperset(marks):
        return None, ""
    if any(mark in glyphs.MARKS_ABOVE for mark in marks):
        base = glyphs.DOTLESS.get(base, base)
    return base, marks


def characters(text: str) -> list[str]:
    """The characters of a text, each with the combining marks that follow it."""
    found: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character in _MARKS and found:
            found[-1] += character
        else:
            found.append(character)
    return found
