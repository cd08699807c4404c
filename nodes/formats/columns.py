"""Reads a few neighbouring columns of a large image so that slices of them are quickly read.

Voxels lie row by row, so a slice across the rows touches all of them. A region that is such a slice, or a block of
them, is read piece by piece, side by side, and each column is put into a place of its own. For 32 columns of 512 x 512
x 300 voxels of two bytes this takes half as long again, on two processors, as to keep them in order; then a slice of
the block is one run of memory rather than a 32nd of each line of the processor's cache.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context

import numpy as np

from nodeeditor import Region, Voxels, check_cancelled
from nodes.formats.imagefile import ImageFile
from nodes.formats.processors import processors

_WIDEST = 64
_ROWS = 2**15
_PIECE = 2**18  # voxels: with the lines that they are read from, about what one processor's own cache holds
_THREADS = 4  # more only wait for the memory


def region_of(file: ImageFile, region: Region) -> Voxels:
    """The voxels of a region, t c z y x; of a few columns each one is a single run of memory."""
    t, c, z, y, x = region.shape
    if x > _WIDEST or t * c * z * y < _ROWS or z == 1:
        return file.read(region)
    voxels = np.empty((x, t, c, z, y), file.info.dtype).transpose(1, 2, 3, 4, 0)

    def fill(piece: Region) -> None:
        check_cancelled()
        voxels[piece.within(region)] = np.ascontiguousarray(file.read(piece))

    pieces = list(region.pages(_PIECE))
    contexts = [copy_context() for _ in pieces]  # what the pieces ask whether they are still wanted
    with ThreadPoolExecutor(min(processors(), _THREADS)) as threads:
        for _ in threads.map(Context.run, contexts, itertools.repeat(fill), pieces):
            pass
    return voxels
