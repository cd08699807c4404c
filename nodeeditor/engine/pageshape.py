"""Which page of a source serves a demand: a sagittal slice comes with the columns beside it."""

from __future__ import annotations

from nodeeditor.image import Region

_COLUMNS = 32  # two bytes each, they fill a line of the processor's cache, which is fetched for one of them alike
_ROWS = 2**15
_LARGEST = 2**24


def block(region: Region, whole: Region) -> Region:
    """A region widened to a block of neighbouring columns, where it is a large and thin slice across the rows.

    Such slices cost as much as several of them at once, be it in memory or in a file. Blocks do not overlap, and the
    block of a block is itself.
    """
    width = region.stop[4] - region.start[4]
    rows = region.size // max(1, width)
    columns = min(_COLUMNS, _LARGEST // max(1, rows))
    if rows < _ROWS or width >= columns:
        return region
    start = region.start[4] // columns * columns
    stop = min(start + columns, whole.stop[4])
    return region.along("x", start, stop) if region.stop[4] <= stop else region
