"""Nodes that cut a box out of an image."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from nodeeditor import (
    Choice,
    Image,
    ImageInfo,
    Input,
    Node,
    NodeError,
    Output,
    Region,
    Value,
    Voxels,
    channel_names,
    field,
    spelled,
)

_EPSILON = 1e-4
"""The part of a voxel that a box may reach into it without holding it: positions in files are rounded."""

_FARTHEST = 2**31
_ANY_VOXEL = Region.whole((1, 1, 1, 1, 1))


class SubImageMode(Choice):
    """What the numbers of a box mean."""

    VoxelStartSize = "Voxel: Start & Size"
    VoxelStartEnd = "Voxel: Start & End"
    VoxelCenterWidth = "Voxel: Center & Width"
    WorldStartEnd = "World: Start & End"
    WorldStartEndImageAxisAligned = "World: Start & End (Image Axis Aligned)"


_WORLD = (SubImageMode.WorldStartEnd, SubImageMode.WorldStartEndImageAxisAligned)


class SubImage(Node):
    """Cut a box out of an image, or lay the image into a larger box.

    The box is given along each axis by two numbers, such as *X* and *Sx*. Voxels are counted from 0. *Start & Size*
    takes the first voxel and the number of voxels, *Start & End* the first and the last voxel, *Center & Width* the
    middle voxel (for an even width the one behind the middle) and the number of voxels; a fraction means the voxel
    that it lies in. *World* takes two opposite corners of a box in LPS millimetres: its edges lie along the axes of
    the world, or, *Image Axis Aligned*, along those of the image. All voxels are taken that such a box reaches into,
    and one where its corners coincide; along c, t and u the two numbers are then the ends of what is taken, 0 and 1
    for the first.

    A number that is not set stands for the image's own, so that a new node takes all of it; an axis whose *Modify* is
    off is taken whole. Where the box reaches out of the image, voxels have the fill value, and the type grows where it
    has to hold it. All voxels stay where they were in the world. Changes take effect at once, without being applied.
    """

    subject = "Geometry"
    keywords = ("crop", "box", "cut out", "region", "roi", "pad", "enlarge", "part", "slice", "extract")

    input0 = Input(Image, "The image to take a box of.")
    output0 = Output(Image, "The box; its voxels lie in the world where they were.")

    mode: SubImageMode = field(default=SubImageMode.VoxelStartSize, help="What the numbers of the box mean.")
    x: float | None = field(default=None, help="Where the box starts along x, or its middle.")
    sx: float | None = field(default=None, help="How many voxels the box has along x, or where it ends.")
    modify_x: bool = field(default=True, help="Use the box along x; else all is taken.")
    y: float | None = field(default=None, help="Where the box starts along y, or its middle.")
    sy: float | None = field(default=None, help="How many voxels the box has along y, or where it ends.")
    modify_y: bool = field(default=True, help="Use the box along y; else all is taken.")
    z: float | None = field(default=None, help="Where the box starts along z, or its middle.")
    sz: float | None = field(default=None, help="How many voxels the box has along z, or where it ends.")
    modify_z: bool = field(default=True, help="Use the box along z; else all is taken.")
    c: float | None = field(default=None, help="Where the box starts along the channels, or its middle.")
    sc: float | None = field(default=None, help="How many channels the box has, or where it ends.")
    modify_c: bool = field(default=True, help="Use the box along the channels; else all are taken.")
    t: float | None = field(default=None, help="Where the box starts along the time points, or its middle.")
    st: float | None = field(default=None, help="How many time points the box has, or where it ends.")
    modify_t: bool = field(default=True, help="Use the box along the time points; else all are taken.")
    u: float | None = field(default=None, help="As the others, for MeVisLab's sixth axis: images have one entry there.")
    su: float | None = field(
        default=None, help="As the others, for MeVisLab's sixth axis: images have one entry there."
    )
    modify_u: bool = field(default=True, help="Use the box along MeVisLab's sixth axis.")
    fill_value: float = field(default=0.0, help="The value of voxels outside of the image.")
    correct_for_negative_sub_image_extents: bool = field(
        default=False, help="Swap the ends of a box that ends before it starts; else such a box is refused."
    )
    enable_box_clamping: bool = field(default=False, help="Leave out what of the box lies outside of the image.")

    def caption(self) -> str:
        return self.mode.value.partition(" (")[0]

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return _described(self, input0)

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, Region]:
        inner = _moved(region, _box(self, input0)) & input0.whole
        return {"input0": inner if inner.size else _ANY_VOXEL}

    def compute(self, region: Region, input0: Image) -> Voxels:
        info = _described(self, input0.info)
        wanted = _moved(region, _box(self, input0.info))
        inner = wanted & input0.info.whole
        if inner == wanted:
            return input0.at(inner).voxels.astype(info.dtype, copy=False)
        made: Voxels = np.full(region.shape, info.dtype.type(self.fill_value))
        if inner.size:
            made[inner.within(wanted)] = input0.at(inner).voxels
        return made

    def warnings(self, input0: ImageInfo) -> tuple[str, ...]:
        if (_box(self, input0) & input0.whole).size:
            return ()
        return ("The box lies outside of the image: all voxels have the fill value.",)

    def explain(self, input0: Value | None, result: Value) -> str:
        if input0 is None:
            return f"outside of the image: fill value → {spelled(result)}"
        return f"the image's voxel → {spelled(result)}"

    def _pair(self, axis: str) -> tuple[float | None, float | None]:
        """The two numbers of the box along an axis."""
        return (getattr(self, axis), getattr(self, f"s{axis}")) if self._modifies(axis) else (None, None)

    def _modifies(self, axis: str) -> bool:
        return bool(getattr(self, f"modify_{axis}"))


@lru_cache(maxsize=64)
def _described(node: SubImage, given: ImageInfo) -> ImageInfo:
    """What is known of the box, which every page asks for."""
    box = _box(node, given)
    t, c, z, y, x = box.shape
    x0, y0, z0, _ = given.index_to_world @ (*box.start[:1:-1], 1)
    origin = (float(x0), float(y0), float(z0))
    channels = _channels(given, box)
    info = replace(given, extent=(t, c, z, y, x), origin=origin, channels=channels)
    return info if box in given.whole else info.holding(node.fill_value)


def _channels(given: ImageInfo, box: Region) -> tuple[str, ...]:
    """The names of the box's channels."""
    count = given.extent[1]
    if box.start[1] == 0 and box.stop[1] == count:
        return given.channels
    if not given.channels:
        return channel_names(box.shape[1])
    return tuple(given.channels[i] if 0 <= i < count else f"Channel {i}" for i in range(box.start[1], box.stop[1]))


@lru_cache(maxsize=64)
def _box(node: SubImage, given: ImageInfo) -> Region:
    """The voxels of the input that the output is made of, also those outside of it; raises NodeError."""
    counts = dict(zip("tczyx", given.extent, strict=True), u=1)
    spans = dict(zip("xyz", _in_space(node, given), strict=True)) if node.mode in _WORLD else {}
    voxels = {axis: spans.get(axis) or _span(node, axis, counts[axis]) for axis in "tczyxu"}
    if voxels.pop("u") != (0, 1):
        raise NodeError("images have one entry along u; switch modifyU off")
    starts, stops = zip(*voxels.values(), strict=True)
    box = Region(starts, stops)
    if node.enable_box_clamping:
        box &= given.whole
        if not box.size:
            raise NodeError("the box lies outside of the image, and enableBoxClamping leaves nothing of it")
    return box


def _span(node: SubImage, axis: str, count: int) -> tuple[int, int]:
    """The first voxel of the box along an axis, and the one behind the last."""
    first, second = node._pair(axis)
    told = ", ".join(
        f"{name} is {value:.6g}" for name, value in ((axis, first), (f"s{axis}", second)) if value is not None
    )
    too_far = [
        name for name, value in ((axis, first), (f"s{axis}", second)) if value is not None and abs(value) >= _FARTHEST
    ]
    if too_far:
        wrong = " and ".join(too_far)
        raise NodeError(
            f"the box reaches too far along {axis} ({told}); set {wrong} between {-_FARTHEST} and {_FARTHEST}"
        )
    correct = node.correct_for_negative_sub_image_extents
    if node.mode in _WORLD:
        ends = 0.0 if first is None else first, float(count) if second is None else second
        return _overlapped(axis, *(sorted(ends) if correct else ends))
    if node.mode is SubImageMode.VoxelCenterWidth:
        size = count if second is None else _nearest(abs(second) if correct else second)
        start = (count // 2 if first is None else _voxel(first)) - size // 2
        stop = start + size
    else:
        start = 0 if first is None else _voxel(first)
        end = count - 1 if second is None else _voxel(second)
        if node.mode is SubImageMode.VoxelStartSize and second is not None:
            end = start + _nearest(second) - 1
        stop = end + 1
        if correct and second is not None:
            inclusive = node.mode is SubImageMode.VoxelStartEnd
            start, stop = (min(start, end), max(start, end) + 1) if inclusive else sorted((start, stop))
    if stop <= start and second is None:
        raise NodeError(f"the box starts behind the image along {axis} ({told}); set s{axis}")
    if stop < start or (stop == start and node.mode is SubImageMode.VoxelStartEnd):
        _refuse_negative(axis, told)
    if stop == start:
        raise NodeError(f"the box holds no voxel along {axis} ({told}); set s{axis} to 1 or more")
    return start, stop


def _in_space(node: SubImage, given: ImageInfo) -> list[tuple[int, int] | None]:
    """What a box in the world takes along x, y and z of the image; None for an axis that is taken whole."""
    pairs = {axis: (getattr(node, axis), getattr(node, f"s{axis}")) for axis in "xyz"}
    unset = [
        name for axis, pair in pairs.items() for name, at in ((axis, pair[0]), (f"s{axis}", pair[1])) if at is None
    ]
    if len(unset) == 6:
        return [None] * 3
    if unset:
        raise NodeError(f"a box in the world needs both corners; set {', '.join(unset)}")
    corners = np.array([[pairs[axis][end] for axis in "xyz"] for end in (0, 1)], np.float64)
    ends = _voxel_coordinates(given, corners)
    if node.mode is SubImageMode.WorldStartEnd:
        if not node.correct_for_negative_sub_image_extents:
            for axis, start, stop in zip("xyz", *corners.tolist(), strict=True):
                if stop < start:
                    _refuse_negative(axis, f"from {start:.6g} mm to {stop:.6g}")
        every = np.array(list(itertools.product(*corners.T)))
        inside = _voxel_coordinates(given, every)
        ends = np.array([inside.min(axis=0), inside.max(axis=0)])
    elif node.correct_for_negative_sub_image_extents:
        ends = np.sort(ends, axis=0)
    spans = zip("xyz", *ends.tolist(), strict=True)
    return [_overlapped(axis, low, high) if node._modifies(axis) else None for axis, low, high in spans]


def _voxel_coordinates(given: ImageInfo, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Where points of the world lie in the image, x y z: the first voxel reaches from 0 to 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        placed = np.linalg.pinv(given.world_matrix) @ np.c_[points, np.ones(len(points))].T
    if not (np.abs(placed) < _FARTHEST).all():
        raise NodeError("the box lies too far from the image; set corners near it, in mm of the world")
    found: npt.NDArray[np.float64] = placed[:3].T
    return found


def _overlapped(axis: str, low: float, high: float) -> tuple[int, int]:
    """The voxels that a box reaches into, from one place to another; one voxel where they are the same."""
    if high < low - _EPSILON:
        _refuse_negative(axis, f"from voxel {low:.6g} to {high:.6g}")
    start = _voxel(low)
    return start, max(start + 1, math.ceil(high - _EPSILON))


def _refuse_negative(axis: str, told: str) -> NoReturn:
    raise NodeError(
        f"the box ends before it starts along {axis} ({told}); correctForNegativeSubImageExtents swaps its ends"
    )


def _voxel(place: float) -> int:
    """The voxel that a place lies in, or that begins just behind it."""
    return math.floor(place + _EPSILON)


def _nearest(number: float) -> int:
    return math.floor(number + 0.5)


def _moved(region: Region, box: Region) -> Region:
    """A region of the box as one of the image that the box lies in."""
    return Region(_sum(region.start, box.start), _sum(region.stop, box.start))


def _sum(place: Sequence[int], further: Sequence[int]) -> tuple[int, int, int, int, int]:
    t, c, z, y, x = (a + b for a, b in zip(place, further, strict=True))
    return (t, c, z, y, x)
