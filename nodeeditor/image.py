"""Images as values: which voxels, what they mean in the world, and the voxels themselves.

Axes are ``t c z y x`` everywhere (time, colour, slice, row, column); a scalar volume has t = c = 1. World
coordinates are DICOM's and ITK's LPS in millimetres, written x, y, z; an integer index is the *centre* of a voxel.
MeVisLab puts voxel centres at 0.5 instead: `ImageInfo.world_matrix` speaks its convention.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from operator import ge, le, sub
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nodeeditor.kept import kept

if TYPE_CHECKING:
    import SimpleITK as sitk

Extent: TypeAlias = tuple[int, int, int, int, int]
Number: TypeAlias = int | float
Vector3: TypeAlias = tuple[float, float, float]
Matrix3: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]
Voxels: TypeAlias = npt.NDArray[Any]
Value: TypeAlias = Number | tuple[Number, ...]
"""One voxel: a number, or one a channel."""

AXES = "tczyx"
_NO_REACH: Extent = (0, 0, 0, 0, 0)
IDENTITY: Matrix3 = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
VOXEL_TYPES = tuple(
    np.dtype(name) for name in "uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
)
_INTEGERS = VOXEL_TYPES[:8]
_VOXEL_TYPES = frozenset(VOXEL_TYPES)
_DOUBLE = np.dtype(np.float64)
_DISPLAY_TAGS = ("WindowCenter", "WindowWidth", "PhotometricInterpretation")


@dataclass(frozen=True)
class Region:
    """A box of voxels, ``start`` inclusive and ``stop`` exclusive, both in t c z y x."""

    start: Extent
    stop: Extent

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Region) and self.start == other.start and self.stop == other.stop

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return Region, (self.start, self.stop)

    @kept
    def _hash(self) -> int:
        """Kept, since a region is part of the keys of all pages of a network that show it."""
        return hash((self.start, self.stop))

    @classmethod
    def whole(cls, extent: Extent) -> Region:
        """The region that covers an extent."""
        return cls((0, 0, 0, 0, 0), extent)

    @kept
    def shape(self) -> Extent:
        """Voxels along each axis, never negative."""
        t, c, z, y, x = map(sub, self.stop, self.start)
        if t < 0 or c < 0 or z < 0 or y < 0 or x < 0:
            return (max(0, t), max(0, c), max(0, z), max(0, y), max(0, x))
        return (t, c, z, y, x)

    @kept
    def size(self) -> int:
        """Number of voxels."""
        return math.prod(self.shape)

    @property
    def slices(self) -> tuple[slice, ...]:
        """The index that cuts this region out of an array of the whole image."""
        return tuple(map(slice, self.start, self.stop))

    def within(self, outer: Region) -> tuple[slice, ...]:
        """The index that cuts this region out of an array holding ``outer``."""
        return tuple(slice(a - o, b - o) for a, b, o in zip(self.start, self.stop, outer.start, strict=True))

    def __contains__(self, other: Region) -> bool:
        return all(map(le, self.start, other.start)) and all(map(ge, self.stop, other.stop))

    def fits(self, extent: Extent) -> bool:
        """Whether this region lies within an image of some extent."""
        return min(self.start) >= 0 and all(map(le, self.stop, extent))

    def __and__(self, other: Region) -> Region:
        """The common part; its size is 0 when there is none."""
        start = _extent(map(max, self.start, other.start))
        stop = _extent(map(min, self.stop, other.stop))
        return Region(start, _extent(map(max, start, stop)))

    def __or__(self, other: Region) -> Region:
        """The smallest region that holds both."""
        return Region(
            _extent(map(min, self.start, other.start)),
            _extent(map(max, self.stop, other.stop)),
        )

    def covers(self, extent: Extent) -> bool:
        """Whether this region is all of an image of some extent."""
        return self.stop == extent and not any(self.start)

    def grown(self, reach: Extent, extent: Extent) -> Region:
        """This region with ``reach`` more voxels on both sides of each axis, cut at the image's border."""
        if reach == _NO_REACH and self.fits(extent):
            return self
        start = _extent(max(0, a - r) for a, r in zip(self.start, reach, strict=True))
        stop = _extent(min(e, b + r) for b, r, e in zip(self.stop, reach, extent, strict=True))
        return Region(start, stop)

    def along(self, axis: str, start: int, stop: int | None = None) -> Region:
        """This region with another start and stop on one axis, named by its letter; one voxel without a stop."""
        i = AXES.index(axis)
        stop = start + 1 if stop is None else stop
        if self.start[i] == start and self.stop[i] == stop:
            return self
        starts, stops = list(self.start), list(self.stop)
        starts[i], stops[i] = start, stop
        return Region(_extent(starts), _extent(stops))

    def pages(self, voxels: int) -> Iterator[Region]:
        """This region cut into slabs of about ``voxels`` voxels along t and z, in order; never less than one slice."""
        if self.shape[0] == 1 and 0 < self.size <= voxels:
            yield self
            return
        depth = max(1, voxels // max(1, self.size // max(1, self.shape[0] * self.shape[2])))
        for t, z in itertools.product(range(self.start[0], self.stop[0]), range(self.start[2], self.stop[2], depth)):
            yield self.along("t", t).along("z", z, min(z + depth, self.stop[2]))


def _extent(numbers: Any) -> Extent:
    t, c, z, y, x = numbers
    return (t, c, z, y, x)


@dataclass(frozen=True)
class ImageInfo:
    """What is known of an image without its voxels.

    ``extent``      voxels along t c z y x
    ``dtype``       one of `VOXEL_TYPES`
    ``range``       declared lowest and highest value: every voxel lies within, but the bounds may be wide
    ``spacing``     millimetres between voxel centres along x, y, z
    ``origin``      world position of the centre of voxel 0, 0, 0 (LPS, millimetres)
    ``direction``   3 x 3, row by row; its columns are the world directions of the axes x, y, z
    ``time_step``   seconds between time points
    ``channels``    names of the colour channels, empty for a scalar image
    ``modality``    DICOM modality, such as MR or CT, or empty
    ``tags``        DICOM keyword and text of the attributes that viewers show
    """

    extent: Extent
    dtype: np.dtype[Any]
    range: tuple[Number, Number]
    spacing: Vector3 = (1.0, 1.0, 1.0)
    origin: Vector3 = (0.0, 0.0, 0.0)
    direction: Matrix3 = IDENTITY
    time_step: float = 1.0
    channels: tuple[str, ...] = ()
    modality: str = ""
    tags: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", np.dtype(self.dtype))
        if self.dtype not in _VOXEL_TYPES:
            raise ValueError(f"{self.dtype} is no voxel type; use one of {', '.join(map(str, VOXEL_TYPES))}")
        if len(self.extent) != 5 or min(self.extent) < 1:
            raise ValueError(f"extent {self.extent} is not five positive sizes t c z y x")
        if not self.range[0] <= self.range[1]:
            raise ValueError(f"range {self.range} is not a lowest and a highest value")

    @kept
    def whole(self) -> Region:
        """The region of all voxels."""
        return Region.whole(self.extent)

    @property
    def nbytes(self) -> int:
        """Bytes of all voxels."""
        return math.prod(self.extent) * self.dtype.itemsize

    @property
    def type_name(self) -> str:
        """The voxel type in MeVisLab's words: ``unsigned int16``, ``float`` (32 bit), ``double``."""
        name = str(self.dtype).replace("uint", "unsigned int")
        return {"float32": "float", "float64": "double"}.get(name, name)

    @property
    def scalar(self) -> bool:
        """Whether there is one value a voxel."""
        return self.extent[1] == 1

    @property
    def index_to_world(self) -> npt.NDArray[np.float64]:
        """4 x 4 matrix from a column (x, y, z, 1) of voxel indices, centres at integers, to LPS millimetres."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.reshape(self.direction, (3, 3)) * self.spacing
        matrix[:3, 3] = self.origin
        return matrix

    @property
    def world_matrix(self) -> npt.NDArray[np.float64]:
        """4 x 4 matrix from voxel coordinates in MeVisLab's convention, centres at 0.5, to LPS millimetres."""
        shift = np.eye(4)
        shift[:3, 3] = -0.5
        return self.index_to_world @ shift

    def tag(self, keyword: str) -> str:
        """The text of a DICOM attribute by its keyword, such as ``PatientName``; empty where there is none."""
        return next((text for key, text in self.tags if key == keyword), "")

    def with_range(self, low: Number, high: Number) -> ImageInfo:
        """The same image declared to hold values from ``low`` to ``high``, its type grown where it must be."""
        return self.with_type(grown_type(self.dtype, low, high), low, high)

    def with_type(self, dtype: npt.DTypeLike, low: Number, high: Number) -> ImageInfo:
        """The same image in another type, declared to hold values from ``low`` to ``high`` as that type has them."""
        dtype = np.dtype(dtype)
        if not (type(low) is type(high) is int and dtype.kind in "iu" and holds(dtype, low, high)):
            low, high = np.array([low, high], dtype).tolist()
        if not (low <= high and dtype in _VOXEL_TYPES):
            return replace(self, dtype=dtype, range=(low, high))
        made = object.__new__(ImageInfo)
        made.__dict__.update(self.__dict__, dtype=dtype, range=(low, high))
        return made

    def holding(self, value: Number) -> ImageInfo:
        """The same image declared to hold one more value, its type grown where it must be; fractions need a float."""
        info = self
        if not float(value).is_integer():
            info = self.with_type(grown_type(self.dtype, value, value), *self.range)
        return info.with_range(min(self.range[0], value), max(self.range[1], value))

    def without_display_tags(self) -> ImageInfo:
        """The same image without the DICOM attributes that say how to show its values: they are not the file's now."""
        kept_tags = tuple(tag for tag in self.tags if tag[0] not in _DISPLAY_TAGS)
        return self if kept_tags == self.tags else replace(self, tags=kept_tags)

    def grid_difference(self, other: ImageInfo, *, extent: bool = True) -> str:
        """In words, what keeps two images from lying voxel on voxel; empty when nothing does.

        Compares the extent in x, y, z (unless ``extent`` is off) and the world positions of the corner voxels,
        which may differ by 1 % of a voxel: header formats round.
        """
        ours, theirs = self.extent[:1:-1], other.extent[:1:-1]
        if extent and ours != theirs:
            return f"sizes differ: {'x'.join(map(str, ours))} and {'x'.join(map(str, theirs))} voxels"
        if (self.spacing, self.origin, self.direction) == (other.spacing, other.origin, other.direction):
            return ""
        common = [min(a, b) - 1 for a, b in zip(ours, theirs, strict=True)]
        tolerance = 0.01 * min(*self.spacing, *other.spacing)
        difference = other.index_to_world - self.index_to_world
        for corner in itertools.product(*((0, last) for last in common)):
            apart = difference @ (*corner, 1)
            if not np.abs(apart).max() <= tolerance:
                return f"{self._geometry_difference(other)} (voxel {corner} is {_mm(np.linalg.norm(apart))} apart)"
        return ""

    def _geometry_difference(self, other: ImageInfo) -> str:
        for name in ("spacing", "direction", "origin"):
            a, b = getattr(self, name), getattr(other, name)
            if not np.allclose(a, b, rtol=1e-4, atol=1e-4):
                return f"{name} differs: {_numbers(a)} and {_numbers(b)}"
        return "grids differ"


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Image:
    """The voxels of one region of an image.

    ``voxels`` has the region's shape (t, c, z, y, x) and the type that ``info`` says; it is read-only.
    Raises ValueError where it has not.
    """

    info: ImageInfo
    region: Region
    voxels: Voxels

    def __init__(self, info: ImageInfo, region: Region, voxels: Voxels) -> None:
        if voxels.shape != region.shape:
            raise ValueError(f"voxels of shape {voxels.shape} do not fill a region of {region.shape}")
        if voxels.dtype != info.dtype:
            raise ValueError(f"voxels are {voxels.dtype}, but {info.dtype} was declared")
        if not region.fits(info.extent):
            raise ValueError(f"{region} reaches outside the extent {info.extent}")
        if voxels.flags.writeable:
            voxels = voxels.view()
            voxels.setflags(write=False)
        put = object.__setattr__
        put(self, "info", info)
        put(self, "region", region)
        put(self, "voxels", voxels)

    def __reduce__(self) -> tuple[Any, ...]:
        return Image, (self.info, self.region, self.voxels)

    @classmethod
    def of(cls, info: ImageInfo, voxels: Voxels) -> Image:
        """The whole image."""
        return cls(info, info.whole, voxels)

    def at(self, region: Region) -> Image:
        """A smaller region of this one, without copying."""
        if region is self.region or region == self.region:
            return self
        if region not in self.region:
            raise ValueError(f"{region} is not inside {self.region}")
        return Image(self.info, region, self.voxels[region.within(self.region)])

    @property
    def origin(self) -> Vector3:
        """World position of the centre of this region's first voxel."""
        x, y, z, _ = self.info.index_to_world @ (*self.region.start[:1:-1], 1)
        return (float(x), float(y), float(z))

    def to_sitk(self) -> sitk.Image:
        """The region as a SimpleITK image: 3-D, or 4-D for several time points; colour as vector voxels."""
        import SimpleITK as sitk  # noqa: PLC0415  (an import of 0.2 s that many networks never need)

        array = np.moveaxis(self.voxels, 1, -1)
        vector = self.region.shape[1] > 1
        if not vector:
            array = array[..., 0]
        times = self.region.shape[0]
        image = sitk.GetImageFromArray(array if times > 1 else array[0], isVector=vector)
        direction = np.reshape(self.info.direction, (3, 3))
        if times > 1:
            four = np.eye(4)
            four[:3, :3] = direction
            image.SetSpacing((*self.info.spacing, self.info.time_step))
            image.SetOrigin((*self.origin, self.region.start[0] * self.info.time_step))
            image.SetDirection(four.ravel().tolist())
        else:
            image.SetSpacing(self.info.spacing)
            image.SetOrigin(self.origin)
            image.SetDirection(direction.ravel().tolist())
        return image

    @classmethod
    def from_sitk(cls, image: sitk.Image, range: tuple[Number, Number] | None = None) -> Image:  # noqa: A002
        """A 2-D, 3-D or 4-D SimpleITK image as a whole image; the range is scanned unless it is given."""
        import SimpleITK as sitk  # noqa: PLC0415

        dimension = image.GetDimension()
        channels = image.GetNumberOfComponentsPerPixel()
        array = sitk.GetArrayFromImage(image)
        array = array[..., np.newaxis] if channels == 1 else array
        while array.ndim < 5:
            array = array[np.newaxis]
        voxels = np.ascontiguousarray(np.moveaxis(array, -1, 1))
        direction = np.eye(3)
        n = min(dimension, 3)
        direction[:n, :n] = np.reshape(image.GetDirection(), (dimension, dimension))[:n, :n]
        info = ImageInfo(
            extent=_extent(voxels.shape),
            dtype=voxels.dtype,
            range=range or value_range(voxels),
            spacing=_vector((*image.GetSpacing()[:3], 1.0)),
            origin=_vector((*image.GetOrigin()[:3], 0.0)),
            direction=_matrix(direction),
            time_step=image.GetSpacing()[3] if dimension > 3 else 1.0,
            channels=channel_names(channels),
        )
        return cls.of(info, voxels)


def channel_names(count: int) -> tuple[str, ...]:
    """Names for the channels of a colour image read from a file that does not name them."""
    known = {1: (), 3: ("Red", "Green", "Blue"), 4: ("Red", "Green", "Blue", "Alpha")}
    return known.get(count, tuple(f"Channel {i}" for i in range(count)))


def value_range(voxels: Voxels) -> tuple[Number, Number]:
    """Lowest and highest finite value, as plain numbers; 0 to 0 where there is none."""
    if voxels.size == 0:
        return (0, 0)
    low, high = voxels.min(), voxels.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = voxels[np.isfinite(voxels)]
        if finite.size == 0:
            return (0.0, 0.0)
        low, high = finite.min(), finite.max()
    return low.item(), high.item()


def spelled(value: Value) -> str:
    """A voxel as it is read: whole numbers in full, others with six digits, channels in brackets."""
    if isinstance(value, tuple):
        return f"({', '.join(map(spelled, value))})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@cache
def type_range(dtype: np.dtype[Any]) -> tuple[Number, Number]:
    """Lowest and highest value that a voxel type can hold."""
    dtype = np.dtype(dtype)
    limits: Any = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    return (int(limits.min), int(limits.max)) if dtype.kind in "iu" else (float(limits.min), float(limits.max))


def holds(dtype: np.dtype[Any], low: Number, high: Number) -> bool:
    """Whether a voxel type can hold every value from ``low`` to ``high``; fractions need a floating-point type."""
    bottom, top = type_range(dtype)
    whole = np.dtype(dtype).kind == "f" or (float(low).is_integer() and float(high).is_integer())
    return bool(whole and bottom <= low and high <= top)


def grown_type(dtype: np.dtype[Any], low: Number, high: Number) -> np.dtype[Any]:
    """The type itself where it holds ``low`` to ``high``, else the smallest that holds both and loses no voxel.

    Rule 4 of MeVisLab's Threshold: the smallest type able to hold the range. An integer type that meets a
    fraction becomes float32 where that keeps every old value (up to 16 bits), else float64; of two integer
    types of one size the unsigned one is taken.
    """
    dtype = np.dtype(dtype)
    if holds(dtype, low, high):
        return dtype
    if dtype.kind in "iu":
        smallest = smallest_type(low, high)
        if smallest.kind in "iu" or (smallest.itemsize == 4 and dtype.itemsize <= 2):
            return smallest
    return np.dtype(np.float64)


def smallest_type(low: Number, high: Number) -> np.dtype[Any]:
    """The smallest type that holds ``low`` to ``high``: an integer type, unsigned before signed, or a float."""
    for candidate in (*_INTEGERS, np.dtype(np.float32)):
        if holds(candidate, low, high):
            return candidate
    return np.dtype(np.float64)


def _vector(numbers: Any) -> Vector3:
    x, y, z = (float(number) for number in tuple(numbers)[:3])
    return (x, y, z)


def _matrix(matrix: npt.NDArray[np.float64]) -> Matrix3:
    a, b, c, d, e, f, g, h, i = (float(number) for number in matrix.ravel())
    return (a, b, c, d, e, f, g, h, i)


def _numbers(values: Any) -> str:
    return "(" + ", ".join(f"{value:.5g}" for value in values) + ")"


def _mm(value: Any) -> str:
    return f"{value:.3g} mm"
