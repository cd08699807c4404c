"""What readers of plain voxel data share: where the voxels lie, how they become ours, and the grid in space.

A format says in which order its axes lie (slowest first), its type and byte order, and a rescale; the voxels
come from a file region by region, or from a block of memory that is unpacked when it is first needed. Files
are read by seeking, not mapped: a mapped file that somebody shortens ends the program with a bus error.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nodeeditor import (
    Extent,
    ImageInfo,
    NodeError,
    Number,
    Region,
    Vector3,
    Voxels,
    channel_names,
    check_cancelled,
    grown_type,
    holds,
    patiently,
    type_range,
    value_range,
)
from nodes.formats.deflate import damaged
from nodes.formats.imagefile import ImageFile
from nodes.formats.isolated import needed

SCANNED = 64 << 20
"""Bytes of voxels in a file up to which the lowest and highest value are looked for when it is opened."""
UNPACKED = 512 << 20
"""The same where the voxels have to be unpacked anyway, or where their type depends on these values."""
_PAGE = 1 << 19
_SEEK = 1 << 16
_RUN = 1 << 22
_SAMPLES = 3
_ORTHOGONAL = 1e-3

Matrix9 = tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True)
class Grid:
    """Where voxels lie: spacing, origin and direction as in `ImageInfo`, and what was changed for them."""

    spacing: Vector3
    origin: Vector3
    direction: Matrix9
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, matrix: Any, origin: Iterable[float], name: str) -> Grid:
        """The grid of a 3 x 3 matrix (columns: one step along x, y, z in LPS millimetres).

        Columns that are not at right angles are replaced by the nearest right-angled frame (polar
        decomposition), with a warning. Raises NodeError, beginning with ``name``, where there is none.
        """
        matrix = np.array(matrix, float)
        start = tuple(map(float, origin))
        if not (np.isfinite(matrix).all() and all(map(math.isfinite, start))):
            raise NodeError(f"{name} has no usable geometry (a spacing or position is not a number)")
        with np.errstate(over="ignore"):
            spacing = np.hypot(np.hypot(matrix[0], matrix[1]), matrix[2])
        if not (spacing.min() > 1e-9 and spacing.max() < 1e9):
            raise NodeError(f"{name} has no usable geometry (spacing {in_words(spacing)} mm)")
        direction = matrix / spacing
        left, scale, right = np.linalg.svd(direction)
        if scale[-1] < 1e-2:
            raise NodeError(f"{name} has no usable geometry (two of its axes are parallel)")
        warnings: tuple[str, ...] = ()
        if np.abs(scale - 1).max() > _ORTHOGONAL:
            cosines = direction.T @ direction
            angle = math.degrees(math.asin(min(1.0, np.abs(cosines - np.diag(np.diag(cosines))).max())))
            warnings = (f"its axes are sheared by {angle:.1f} degrees; the nearest right-angled grid is used",)
            direction = left @ right
        elif np.abs(scale - 1).max() > 1e-7:
            direction = left @ right
        a, b, c, d, e, f, g, h, i = (float(number) for number in (direction + 0.0).ravel())
        x, y, z = start
        return cls(
            (float(spacing[0]), float(spacing[1]), float(spacing[2])),
            (x + 0.0, y + 0.0, z + 0.0),
            (a, b, c, d, e, f, g, h, i),
            warnings,
        )


@dataclass(frozen=True)
class Layout:
    """How voxels lie in a file.

    ``dtype``   with byte order
    ``extent``  t c z y x
    ``order``   the letters of the axes, slowest first
    ``slope``, ``intercept``  value = stored * slope + intercept
    """

    dtype: np.dtype[Any]
    extent: Extent
    order: str = "tczyx"
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels along the file's axes, slowest first."""
        return tuple(self.extent["tczyx".index(axis)] for axis in self.order)

    @property
    def nbytes(self) -> int:
        """Bytes in the file."""
        return math.prod(self.extent) * self.dtype.itemsize

    def check_memory(self, limit: int, name: str) -> None:
        """NodeError in words where unpacking would take more than ``limit`` bytes."""
        t, c, z, y, x = self.extent
        sizes = (x, y, z, *(count for count in (t, c) if count > 1))
        refused = needed(sizes, self.dtype.name, self.dtype.itemsize, limit)
        if refused:
            raise NodeError(f"{name} {refused}; a plain .mha or .nii of it would be read piece by piece")

    @property
    def rescaled(self) -> bool:
        """Whether stored and real values differ."""
        return self.slope != 1 or self.intercept != 0

    def rescale(self, stored: Voxels, dtype: np.dtype[Any]) -> Voxels:
        """Real values in a type that holds them; integers exactly, by arithmetic modulo two to the bits."""
        kind = np.int64 if dtype.kind in "iu" else np.float64
        values = stored.astype(dtype)
        values *= np.array(self.slope).astype(kind).astype(dtype)
        values += np.array(self.intercept).astype(kind).astype(dtype)
        return values

    def outcome(self, low: Number, high: Number, name: str) -> tuple[np.dtype[Any], tuple[Number, Number]]:
        """Type and range of the real values of stored values from ``low`` to ``high``.

        Without a rescale the stored type; integers with a whole slope and intercept the smallest type that
        holds them all; else float32 for stored types up to 16 bits and float32, float64 for the others.
        """
        native = self.dtype.newbyteorder("=")
        if not self.rescaled:
            return native, (low, high)
        whole = float(self.slope).is_integer() and float(self.intercept).is_integer()
        if native.kind in "iu" and whole:
            ends = sorted(int(end) * int(self.slope) + int(self.intercept) for end in (low, high))
            kind = grown_type(native, *ends)
            if kind.kind in "iu" and max(abs(self.slope), abs(self.intercept)) < 2**62:
                return kind, (ends[0], ends[1])
        small = native.itemsize <= 2 or native == np.float32
        bounds = sorted(float(end) * self.slope + self.intercept for end in (low, high))
        dtype = np.dtype(np.float32 if small and holds(np.dtype(np.float32), *bounds) else np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            real = value_range(self.rescale(np.array([low, high], native), dtype))
        if not all(map(math.isfinite, bounds)):
            raise NodeError(f"{name} is rescaled beyond all numbers (slope {self.slope:g})")
        return dtype, real


class Source(Protocol):
    """Stored voxels in the file's type and axis order."""

    def take(self, start: Sequence[int], stop: Sequence[int]) -> Voxels:
        """The box from ``start`` to ``stop``; raises NodeError where the file does not hold it."""
        ...

    @property
    def nbytes(self) -> int:
        """Bytes of memory that are kept."""
        ...


@dataclass(frozen=True)
class InFile:
    """Voxels that lie plainly in a file from ``offset`` on; ``name`` is for messages."""

    path: Path
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    nbytes: int = 0

    def take(self, start: Sequence[int], stop: Sequence[int]) -> Voxels:
        """Read runs as long as they pay, a seek costs about as much as 64 KiB, and a few MiB of what is not wanted."""
        counts = [b - a for a, b in zip(start, stop, strict=True)]
        steps = [math.prod(self.shape[axis + 1 :]) for axis in range(len(counts))]
        split = min(range(len(counts)), key=lambda k: self._cost(counts, steps, k))
        while steps[split] * self.dtype.itemsize > _RUN and counts[split + 1 :] != list(self.shape[split + 1 :]):
            split += 1
        voxels = np.empty(counts, self.dtype)
        with self._opened() as file:
            for index in itertools.product(*map(range, counts[:split])):
                check_cancelled()
                first = [a + i for a, i in zip(start, (*index, 0), strict=False)]
                position = sum(a * step for a, step in zip(first, steps, strict=False))
                file.seek(self.offset + position * self.dtype.itemsize)
                if counts[split + 1 :] == list(self.shape[split + 1 :]):
                    self._fill(file, voxels[index])
                else:
                    self._crop(file, voxels[index], tuple(map(slice, start[split + 1 :], stop[split + 1 :])))
        return voxels

    def _crop(self, file: FileIO, target: Voxels, crop: tuple[slice, ...]) -> None:
        """Read a run piece by piece, of which each row holds more than is wanted."""
        inner = self.shape[len(self.shape) - len(crop) :]
        depth = max(1, _RUN // (math.prod(inner) * self.dtype.itemsize))
        piece = np.empty((min(depth, len(target)), *inner), self.dtype)
        for first in range(0, len(target), depth):
            check_cancelled()
            part = piece[: len(target) - first]
            self._fill(file, part)
            target[first : first + depth] = part[(slice(None), *crop)]

    def _cost(self, counts: list[int], steps: list[int], split: int) -> int:
        runs = math.prod(counts[:split])
        return runs * (counts[split] * steps[split] * self.dtype.itemsize + _SEEK)

    def _opened(self) -> FileIO:
        try:
            return self.path.open("rb", buffering=0)
        except OSError as error:
            raise NodeError(f"{self.path.name} could not be read: {error.strerror}") from error

    def _fill(self, file: FileIO, run: Voxels) -> None:
        try:
            if read_fully(file, raw_bytes(run)):
                return
        except OSError as error:
            raise NodeError(f"{self.path.name} could not be read: {error.strerror}") from error
        check_length(self.path, self.offset, math.prod(self.shape) * self.dtype.itemsize)
        raise NodeError(f"{self.path.name} was changed while it was read")


class InMemory:
    """Voxels in one block of memory, made by ``unpack`` when they are first needed."""

    def __init__(self, unpack: Callable[[], Any], shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self._unpack = unpack
        self._shape = shape
        self._dtype = dtype
        self._voxels: Voxels | None = None
        self._lock = threading.Lock()

    def take(self, start: Sequence[int], stop: Sequence[int]) -> Voxels:
        """A view."""
        with patiently(self._lock):
            if self._voxels is None:
                self._voxels = np.frombuffer(self._unpack(), self._dtype).reshape(self._shape)
                self._voxels.flags.writeable = False
        return self._voxels[tuple(map(slice, start, stop))]

    @property
    def nbytes(self) -> int:
        """Bytes of the block, 0 before it is unpacked."""
        return 0 if self._voxels is None else self._voxels.nbytes


class PlainVoxels(ImageFile):
    """An image whose voxels lie plainly in a file or in memory.

    The range is exact up to `SCANNED` or `UNPACKED` bytes of voxels, above that what the stored type could hold;
    then a few slices give the window to begin with. Raises NodeError where the voxels that are looked at are not
    there.
    """

    def __init__(
        self,
        layout: Layout,
        source: Source,
        grid: Grid,
        name: str,
        *,
        warnings: tuple[str, ...] = (),
        summary: str = "",
        **facts: Any,
    ) -> None:
        self._layout = layout
        self._source = source
        plain = isinstance(source, InFile)
        scanned = layout.nbytes <= (SCANNED if plain and not layout.rescaled else UNPACKED)
        bounds = _stored_range(layout, source) if scanned else type_range(layout.dtype)
        dtype, bounds = layout.outcome(*bounds, name)
        channels = facts.pop("channels", ()) or channel_names(layout.extent[1])
        self.info = ImageInfo(
            layout.extent,
            dtype,
            bounds,
            grid.spacing,
            grid.origin,
            grid.direction,
            channels=channels,
            **facts,
        )
        unscanned = () if scanned else (not_scanned(self.info),)
        if plain and not scanned:
            self.info = with_window(self.info, self.read)
        self.warnings = (*warnings, *grid.warnings, *unscanned)
        self.summary = summary

    def read(self, region: Region) -> Voxels:
        """The voxels of a region, t c z y x; raises NodeError in words when the file is damaged."""
        order = ["tczyx".index(axis) for axis in self._layout.order]
        stored = self._source.take([region.start[i] for i in order], [region.stop[i] for i in order])
        stored = stored.transpose([self._layout.order.index(axis) for axis in "tczyx"])
        if self._layout.rescaled:
            stored = self._layout.rescale(stored, self.info.dtype)
        return np.ascontiguousarray(stored, self.info.dtype)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that are kept, 0 for a file that is read by region."""
        return self._source.nbytes


class VoxelsInMemory(ImageFile):
    """A decoded image, t c z y x; its range is scanned."""

    def __init__(self, info: ImageInfo, voxels: Voxels, *, warnings: tuple[str, ...] = (), summary: str = "") -> None:
        self._voxels = voxels.view()
        self._voxels.flags.writeable = False
        pages = (voxels[page.slices] for page in info.whole.pages(_PAGE))
        self.info = replace(info, range=_range_of(pages))
        self.warnings = warnings
        self.summary = summary

    def read(self, region: Region) -> Voxels:
        """A view of the voxels of a region, t c z y x."""
        return self._voxels[region.slices]

    @property
    def nbytes(self) -> int:
        """Bytes of the volume."""
        return self._voxels.nbytes


def check_length(path: Path, offset: int, need: int) -> None:
    """NodeError where a file ends before ``need`` bytes of voxels that begin at ``offset``."""
    there = max(0, path.stat().st_size - offset)
    if there < need:
        raise NodeError(damaged(path, there, need))


def in_words(numbers: Iterable[float]) -> str:
    """``1 x 2.5 x 3``."""
    return " x ".join(f"{number:.6g}" for number in numbers)


def read_fully(file: FileIO, target: memoryview) -> bool:
    """Fill a piece of memory from a file; whether the file held enough."""
    while target:
        count = file.readinto(target)
        if not count:
            return False
        target = target[count:]
    return True


def raw_bytes(voxels: Voxels) -> memoryview:
    """The bytes of a contiguous array, for reading into and writing from."""
    data: Any = voxels.reshape(-1).view(np.uint8)
    return memoryview(data)


def not_scanned(info: ImageInfo) -> str:
    """What a user should know of a file whose voxels were too many to look at all of them."""
    low, high = info.range
    return (
        f"its voxels take {info.nbytes >> 20} MiB, so the lowest and highest value were not looked for: {low:g} to "
        f"{high:g} are assumed (relative thresholds go by them)"
    )


def with_window(info: ImageInfo, read: Callable[[Region], Voxels]) -> ImageInfo:
    """An image whose range is wide with the window of what is in the middle of a few slices, if it has none."""
    if not info.scalar or info.tag("WindowWidth"):
        return info
    _, _, depth, rows, _ = info.extent
    places = sorted({(2 * number + 1) * depth // (2 * _SAMPLES) for number in range(_SAMPLES)})
    band = info.whole.along("t", 0).along("y", rows // 3, rows - rows // 3)
    low, high = _range_of(read(band.along("z", z)) for z in places)
    if low == high:
        return info
    window = (("WindowCenter", repr((low + high) / 2)), ("WindowWidth", repr(high - low)))
    return replace(info, tags=(*info.tags, *window))


def _stored_range(layout: Layout, source: Source) -> tuple[Number, Number]:
    """Lowest and highest finite stored value, page by page."""
    whole = layout.shape
    split = next((axis for axis in range(5) if math.prod(whole[axis + 1 :]) <= _PAGE), 4)
    depth = max(1, _PAGE // math.prod(whole[split + 1 :]))

    def pages() -> Iterable[Voxels]:
        for index in itertools.product(*map(range, whole[:split])):
            for first in range(0, whole[split], depth):
                last = min(first + depth, whole[split])
                start = (*index, first, *(0 for _ in whole[split + 1 :]))
                yield source.take(start, (*(i + 1 for i in index), last, *whole[split + 1 :]))

    return _range_of(pages())


def _range_of(pages: Iterable[Voxels]) -> tuple[Number, Number]:
    found: list[tuple[Number, Number]] = []
    for page in pages:
        check_cancelled()
        low, high = page.min(), page.max()
        if page.dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high)):
            finite: npt.NDArray[Any] = page[np.isfinite(page)]
            if finite.size == 0:
                continue
            low, high = finite.min(), finite.max()
        found.append((low.item(), high.item()))
    if not found:
        return (0.0, 0.0)
    return (min(low for low, _ in found), max(high for _, high in found))
