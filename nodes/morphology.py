"""Nodes that let objects grow and shrink."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nodeeditor import (
    Choice,
    Extent,
    Image,
    ImageInfo,
    Input,
    NodeError,
    Output,
    Region,
    Value,
    Voxels,
    check_cancelled,
    field,
    spelled,
    type_range,
)
from nodes.shared.compared import within
from nodes.shared.kernels import LONGEST, Kernel, Step, of_text
from nodes.shared.neighbourhood import Neighbourhood

_LARGEST_ELLIPSOID = 2**20
"""Voxels of the box around it, at most: 101 along each of three axes."""


class MorphologyMode(Choice):
    """What takes the place of a voxel."""

    Dilation = "Dilation"
    Erosion = "Erosion"


class Morphology(Neighbourhood):
    """Replace each voxel by the largest or the smallest of its neighbourhood: let what is bright grow or shrink.

    *Dilation* takes the largest value: objects grow and small holes close. *Erosion* takes the smallest: objects shrink
    and small ones vanish. One after the other they make an opening (erosion, then dilation) or a closing (dilation,
    then erosion). Masks and images of any grey values are treated alike; every channel and time point is filtered on
    its own, unless the kernel reaches across.

    The neighbourhood is a box of so many voxels along each axis, or the ellipsoid in it: all voxels whose centres are
    not outside of the ellipsoid that touches the box's faces, so 3 x 3 x 3 loses its corners. An external kernel is a
    text as that of *Convolution*; its weights other than 0 are the neighbourhood. The middle of a kernel lies on the
    voxel, for an even size the place behind the middle.

    At the border, *Pad Src Clamp* takes the nearest voxel of the image for each that is missing, *Pad Src Fill* the
    fill value. *Pad Dst Fill* writes the fill value where the kernel does not fit into the image, *Pad Dst Fill With
    Orig* leaves the voxel as it is, and *No Pad* leaves the border out: the image shrinks by the kernel's size less
    one, and its voxels stay where they were in the world. What MeVisLab leaves undefined is defined here: *Pad Src
    Undefined* is *Pad Src Clamp*, and *Pad Dst Undefined* is *Pad Dst Fill With Orig*.

    Two intervals of values choose what is filtered, and what counts in the neighbourhood of others; a voxel without any
    neighbour that counts stays as it is. Values are exact, and the type is the image's unless it does not hold the fill
    value. A NaN among the voxels that count gives NaN.
    """

    subject = "Filtering"
    keywords = ("dilate", "erode", "dilation", "erosion", "opening", "closing", "grow", "shrink", "minimum", "maximum")

    input0 = Input(Image, "The image or mask to filter.")
    output0 = Output(Image, "The filtered image.")

    filter_mode: MorphologyMode = field(
        default=MorphologyMode.Dilation, help="Take the largest or the smallest value of the neighbourhood."
    )
    kernel_x: int = field(default=3, minimum=1, maximum=LONGEST, help="Voxels of the kernel along x.")
    kernel_y: int = field(default=3, minimum=1, maximum=LONGEST, help="Voxels of the kernel along y.")
    kernel_z: int = field(default=1, minimum=1, maximum=LONGEST, help="Voxels of the kernel along z.")
    kernel_c: int = field(default=1, minimum=1, maximum=LONGEST, help="Channels of the kernel.")
    kernel_t: int = field(default=1, minimum=1, maximum=LONGEST, help="Time points of the kernel.")
    make_spherical: bool = field(default=False, help="Take the ellipsoid in the box in place of the box.")
    use_external_kernel: bool = field(default=False, help="Take the external kernel in place of the box.")
    external_kernel: str = field(
        default="",
        lines=5,
        help="The external kernel: lines such as '(x,y,z,c,t,u): 1' or, for a row, '(*,y,z,c,t,u): 1, 0, 1'.",
    )
    use_interval_of_voxels_for_filtering: bool = field(
        default=False, help="Let only voxels with a value in the interval count in the neighbourhood of others."
    )
    interval_min_of_voxels_for_filtering: float = field(default=0.0, help="The lowest value of one that counts.")
    interval_max_of_voxels_for_filtering: float = field(default=1024.0, help="The highest value of one that counts.")

    def caption(self) -> str:
        return f"{self.filter_mode.value} {self._size()}"

    def describe(self, input0: ImageInfo) -> ImageInfo:
        info = self.framed(input0)
        if self.source_fill is not None:
            info = info.holding(self.source_fill)
        return self.holding_unfiltered(info, input0)

    def explain(self, input0: Value | None, result: Value) -> str:
        taken = "largest" if self.filter_mode is MorphologyMode.Dilation else "smallest"
        around = "" if input0 is None else f" around {spelled(input0)}"
        which = "the external kernel's" if self.use_external_kernel else self._size()
        return self.unfiltered_reason(input0) or f"the {taken} of {which} voxels{around} → {spelled(result)}"

    @property
    def kernel(self) -> Kernel:
        if self.use_external_kernel:
            return of_text(self.external_kernel)
        extent = (self.kernel_t, self.kernel_c, self.kernel_z, self.kernel_y, self.kernel_x)
        return _ellipsoid(extent) if self.make_spherical else _box(extent)

    def filtered(self, image: Image, reached: Region, info: ImageInfo) -> Voxels:
        inner = reached & image.info.whole
        values = image.at(inner).voxels.astype(info.dtype, copy=False)
        outside = None if self.source_fill is None else np.array(self.source_fill).astype(info.dtype)
        border = _Border(inner, reached)
        grows = self.filter_mode is MorphologyMode.Dilation
        take = np.maximum if grows else np.minimum
        if not self.use_interval_of_voxels_for_filtering:
            return _extremes(take, values, self.kernel, border, outside)
        low, high = self.interval_min_of_voxels_for_filtering, self.interval_max_of_voxels_for_filtering
        farthest = values.dtype.type(
            type_range(values.dtype)[not grows] if values.dtype.kind != "f" else -np.inf if grows else np.inf
        )
        counts = within(values, low, high)
        outside_counts = chosen = None
        if outside is not None:
            outside_counts = within(np.atleast_1d(outside), low, high)[0]
            chosen = outside if outside_counts else farthest
        made = _extremes(take, np.where(counts, values, farthest), self.kernel, border, chosen)
        known = _extremes(np.logical_or, counts, self.kernel, border, outside_counts)
        return np.where(known, made, self.unfiltered(image, reached).astype(info.dtype, copy=False))

    def _size(self) -> str:
        if self.use_external_kernel:
            return "external"
        size = [self.kernel_x, self.kernel_y, self.kernel_z, self.kernel_c, self.kernel_t]
        while size[-1] == 1 and len(size) > 2:
            size.pop()
        return "x".join(map(str, size))


@lru_cache(maxsize=64)
def _box(extent: Extent) -> Kernel:
    """The kernel of all places in a box, one step for each axis."""
    steps = []
    for axis, size in enumerate(extent):
        if size > 1:
            places = (tuple(i if one == axis else 0 for one in range(5)) for i in range(size))
            steps.append(Step(_along(axis, size), tuple(((t, c, z, y, x), 1) for t, c, z, y, x in places)))
    return Kernel(tuple(steps))


@lru_cache(maxsize=64)
def _ellipsoid(extent: Extent) -> Kernel:
    """The kernel of all places in a box that are not outside of the ellipsoid which touches its faces."""
    if np.prod(extent, dtype=float) > _LARGEST_ELLIPSOID:
        told = "x".join(map(str, extent[:1:-1]))
        raise NodeError(f"an ellipsoid of {told} voxels is too large; make it smaller, or set makeSpherical to FALSE")
    # (i - (n - 1) / 2) ** 2 / (n / 2) ** 2, summed over the axes, in whole numbers
    whole = int(np.prod([size**2 for size in extent], dtype=object))
    distance = np.zeros(extent, object if whole > 2**60 else np.int64)
    for axis, size in enumerate(extent):
        squares = np.array([(2 * i - size + 1) ** 2 * (whole // size**2) for i in range(size)], distance.dtype)
        distance += squares.reshape(_along(axis, size))
    places = np.argwhere(distance <= whole).tolist()
    return Kernel((Step(extent, tuple(((t, c, z, y, x), 1) for t, c, z, y, x in places)),))


def _along(axis: int, size: int) -> Extent:
    """An extent of one voxel but along one axis."""
    t, c, z, y, x = (size if one == axis else 1 for one in range(5))
    return (t, c, z, y, x)


@dataclass(frozen=True)
class _Border:
    """The voxels that a region of an image lacks of what its kernel reaches."""

    inner: Region
    reached: Region

    def along(self, axes: Extent) -> list[tuple[int, int]]:
        """How many are missing before and behind, along the axes of an extent of more than one voxel."""
        spans = zip(self.inner.start, self.reached.start, self.inner.stop, self.reached.stop, axes, strict=True)
        return [(a - b, d - c) if size > 1 else (0, 0) for a, b, c, d, size in spans]


def _extremes(take: np.ufunc, values: Voxels, kernel: Kernel, border: _Border, outside: Any) -> Voxels:
    """The extreme under a kernel at all places where it fits into the region reached; of two zeros that without a sign.

    Voxels outside of the image are those given, or the nearest inside for None. They are added along the axes of one
    step at a time: long kernels along several axes reach far more of them than of the image.
    """
    for step in kernel.steps:
        missing = border.along(step.extent)
        if any(map(any, missing)):
            values = np.pad(values, missing, **({"mode": "edge"} if outside is None else {"constant_values": outside}))
        values = _stepped(take, values, step)
    return values + values.dtype.type(0) if values.dtype.kind == "f" else values


def _stepped(take: np.ufunc, values: Voxels, step: Step) -> Voxels:
    axis = step.extent.index(max(step.extent))
    shape = [size - more + 1 for size, more in zip(values.shape, step.extent, strict=True)]
    made: Voxels | None = None
    for length, places in _runs(step, axis).items():
        longest = _windows(take, values, axis, length)
        for place in places:
            check_cancelled()
            part = longest[tuple(slice(start, start + size) for start, size in zip(place, shape, strict=True))]
            made = part.copy() if made is None else take(made, part, out=made)
    assert made is not None
    return made


@lru_cache(maxsize=64)
def _runs(step: Step, axis: int) -> Mapping[int, Sequence[Extent]]:
    """The places of a step as rows along an axis: by their length, where they start."""
    rows: dict[int, list[Extent]] = defaultdict(list)
    places = sorted((place[:axis] + place[axis + 1 :], place[axis], place) for place, _ in step.taps)
    for _, row in itertools.groupby(enumerate(places), lambda one: (one[1][0], one[1][1] - one[0])):
        run = [place for _, (_, _, place) in row]
        rows[len(run)].append(run[0])
    return rows


def _windows(take: np.ufunc, values: Voxels, axis: int, length: int) -> Voxels:
    """The extreme of so many voxels in a row, from each voxel on: of two such windows that is of one longer."""
    reached = 1
    while reached < length:
        more = min(reached, length - reached)
        first = tuple(slice(None, -more) if one == axis else slice(None) for one in range(5))
        second = tuple(slice(more, None) if one == axis else slice(None) for one in range(5))
        values = take(values[first], values[second])
        reached += more
    return values
