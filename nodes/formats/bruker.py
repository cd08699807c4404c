"""Reads reconstructed images of Bruker ParaVision: a file 2dseq, described by the file visu_pars beside it.

SimpleITK 2.5 has a reader of these, too, but it never returns from a visu_pars that was cut, writes outside its
memory where the number of frames is wrong, and reads no ParaVision 360. Values and axes here are the same as there.
The position is not: SimpleITK adds half a voxel, while ParaVision's manual (File Formats, VISU parameters) says
that VisuCorePosition is the centre of the first voxel. Patient coordinates are those of DICOM.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor import Extent, ImageInfo, NodeError, Voxels, type_range
from nodeeditor.memory import free_memory
from nodes.formats.imagefile import ImageFile
from nodes.formats.memory import Grid, InFile, Layout, VoxelsInMemory, check_length, in_words

_TYPES = {
    "_8BIT_UNSGN_INT": "u1",
    "_8BIT_SGN_INT": "i1",
    "_16BIT_SGN_INT": "i2",
    "_32BIT_SGN_INT": "i4",
    "_32BIT_FLOAT": "f4",
}
_ORDERS = {"littleEndian": "<", "bigEndian": ">"}
_RECORD = re.compile(r"^##\$(\w+)=(.*?)(?=^##)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"^\$\$.*\n?", re.MULTILINE)
_SIZES = re.compile(r"\A\( \d+(?:, \d+)* \)")
_REPEATED = re.compile(r"@(\d{1,9})\*\(([^()]*)\)")
_GROUP = re.compile(r"\(\s*(\d{1,9})\s*,\s*<(\w*)>")
_MOST_TEXT = 16 << 20
_MOST_VOXELS = 1 << 31
_NEAR = 1e-3

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Frames:
    """The order of the frames in the file: lengths of their groups, slowest first, and which one is the slices."""

    lengths: tuple[int, ...]
    slices: int | None

    @property
    def depth(self) -> int:
        return 1 if self.slices is None else self.lengths[self.slices]

    @property
    def order(self) -> npt.NDArray[np.intp]:
        """Number of the frame of each time point and slice."""
        numbers = np.arange(math.prod(self.lengths)).reshape(self.lengths)
        if self.slices is None:
            return numbers.reshape(-1, 1)
        return np.moveaxis(numbers, self.slices, -1).reshape(-1, self.depth)


def header_path(path: Path) -> Path:
    """The file that describes a 2dseq."""
    return path.with_name("visu_pars")


def is_bruker(path: Path) -> bool:
    """Whether a file is named 2dseq and lies beside a visu_pars."""
    return path.name == "2dseq" and path.is_file() and header_path(path).is_file()


def open_bruker(path: Path, limit: int | None = None) -> ImageFile:
    """Open a 2dseq; what its frames are besides slices (echoes, repetitions, directions) becomes time points.

    ``limit`` is the most bytes that the volume may take, half of the free memory if it is not given. Raises
    NodeError in one sentence where a file is damaged or not supported.
    """
    limit = free_memory() // 2 if limit is None else limit
    header = _header(header_path(path))
    layout, frames = _layout(header)
    Layout(np.dtype(np.float64), layout.extent).check_memory(limit, path.name)
    check_length(path, 0, layout.nbytes)
    grid, warnings = _grid(header, layout.extent, frames)
    voxels = _rescaled(header, layout, frames, _stored(path, header, layout, frames))
    info = ImageInfo(
        layout.extent,
        voxels.dtype,
        type_range(voxels.dtype),
        grid.spacing,
        grid.origin,
        grid.direction,
        time_step=_time_step(header, layout.extent[0]),
    )
    return VoxelsInMemory(info, voxels, warnings=(*warnings, *grid.warnings), summary="Bruker ParaVision")


def _header(path: Path) -> Mapping[str, str]:
    """The parameters of a visu_pars (JCAMP-DX): name to text, sizes of arrays left out."""
    if path.stat().st_size > _MOST_TEXT:
        raise NodeError(f"{path.name} has {path.stat().st_size} bytes; that is no list of parameters")
    text = path.read_bytes().decode("latin-1").replace("\r\n", "\n")
    if not text.startswith("##TITLE"):
        raise NodeError(f"{path.name} is damaged: it does not begin with ##TITLE")
    if not re.search(r"^##END", text, re.MULTILINE):
        raise NodeError(f"{path.name} is damaged: its end is missing")
    return {name: _SIZES.sub("", value).strip() for name, value in _RECORD.findall(_COMMENT.sub("", text))}


def _text(header: Mapping[str, str], name: str) -> str:
    """A parameter with its repetitions, which ParaVision 360 writes as ``@3*(0)``, written out."""
    if name not in header:
        raise NodeError(f"visu_pars is damaged: {name} is missing")
    if sum(int(found[1]) * len(found[2]) for found in _REPEATED.finditer(header[name])) > _MOST_TEXT:
        raise NodeError(f"visu_pars is damaged: {name} repeats itself too often")
    return _REPEATED.sub(lambda found: f"{found[2]} " * int(found[1]), header[name])


def _numbers(header: Mapping[str, str], name: str, least: int = 1) -> Numbers:
    """The numbers of a parameter; NodeError where there are fewer than ``least`` or one is none."""
    try:
        numbers = np.array(_text(header, name).split(), np.float64)
    except ValueError as error:
        raise NodeError(f"visu_pars is damaged: {name} holds something that is no number") from error
    if numbers.size < least or not np.isfinite(numbers).all():
        raise NodeError(f"visu_pars is damaged: {name} holds {numbers.size} numbers, {least} or more are needed")
    return numbers


def _whole(header: Mapping[str, str], name: str, least: int = 1) -> tuple[int, ...]:
    numbers = _numbers(header, name, least)
    if not all(0 < number < _MOST_VOXELS and number.is_integer() for number in numbers):
        raise NodeError(f"visu_pars is damaged: {name} is {in_words(numbers[:5])}")
    return tuple(map(int, numbers))


def _layout(header: Mapping[str, str]) -> tuple[Layout, _Frames]:
    """Type and extent of the image, and the order of its frames."""
    (dimensions, *_) = _whole(header, "VisuCoreDim")
    kinds = _text(header, "VisuCoreDimDesc").split() if "VisuCoreDimDesc" in header else ["spatial"]
    if dimensions not in (2, 3) or set(kinds) != {"spatial"}:
        raise NodeError(
            f"2dseq holds no image ({dimensions} dimensions, {' '.join(kinds)[:80]!a}); that is not supported"
        )
    word, order = _text(header, "VisuCoreWordType"), _text(header, "VisuCoreByteOrder")
    if word not in _TYPES or order not in _ORDERS:
        raise NodeError(f"2dseq holds voxels of type {word[:40]!a}, {order[:40]!a}; that is not supported")
    x, y, *rest = _whole(header, "VisuCoreSize", dimensions)
    frames = _frames(header, dimensions)
    depth = rest[0] if dimensions == 3 else frames.depth
    if dimensions == 3 and frames.depth > 1:
        raise NodeError("2dseq holds slabs of several volumes; that is not supported")
    extent: Extent = (math.prod(frames.lengths) // frames.depth, 1, depth, y, x)
    return Layout(np.dtype(_ORDERS[order] + _TYPES[word]), extent), frames


def _frames(header: Mapping[str, str], dimensions: int) -> _Frames:
    (count, *_) = _whole(header, "VisuCoreFrameCount")
    groups = [(int(length), name) for length, name in _GROUP.findall(header.get("VisuFGOrderDesc", ""))]
    if not groups:
        several = dimensions == 2 and count > 1 and len(_numbers(header, "VisuCorePosition")) == 3 * count
        groups = [(count, "FG_SLICE" if several else "")]
    lengths = tuple(length for length, _ in reversed(groups))
    names = [name for _, name in reversed(groups)]
    if math.prod(lengths) != count:
        words = " x ".join(str(length) for length in lengths[:6])
        raise NodeError(f"visu_pars is damaged: its groups have {words} frames, VisuCoreFrameCount is {count}")
    return _Frames(lengths, names.index("FG_SLICE") if "FG_SLICE" in names else None)


def _stored(path: Path, header: Mapping[str, str], layout: Layout, frames: _Frames) -> Voxels:
    """The voxels as they are stored, t c z y x."""
    t, c, z, y, x = layout.extent
    count = math.prod(frames.lengths)
    shape = (count, t * z // count, y, x)
    stored = InFile(path, 0, shape, layout.dtype).take((0, 0, 0, 0), shape)
    stored = stored[frames.order].reshape(t, c, z, y, x)
    if header.get("VisuCoreDiskSliceOrder") == "disk_reverse_slice_order":
        stored = stored[:, :, ::-1]
    return np.ascontiguousarray(stored, layout.dtype.newbyteorder("="))


def _rescaled(header: Mapping[str, str], layout: Layout, frames: _Frames, stored: Voxels) -> Voxels:
    """Real values: each frame has a slope and an offset, or all have the same one."""
    count = math.prod(frames.lengths)
    factors = [_of_frames(header, parameter, count) for parameter in ("VisuCoreDataSlope", "VisuCoreDataOffs")]
    pairs = np.stack(factors, axis=-1)[frames.order]
    low, high = _ends(stored)
    layouts = {
        pair: Layout(layout.dtype, layout.extent, slope=pair[0], intercept=pair[1])
        for pair in {(float(slope), float(offset)) for slope, offset in pairs.reshape(-1, 2)}
    }
    dtype = np.result_type(*(known.outcome(low, high, "2dseq")[0] for known in layouts.values()))
    voxels = np.empty(stored.shape, dtype)
    depth = stored.shape[2] // pairs.shape[1]
    for time, slab in np.ndindex(pairs.shape[:2]):
        part = (time, slice(None), slice(slab * depth, (slab + 1) * depth))
        slope, offset = pairs[time, slab]
        voxels[part] = layouts[float(slope), float(offset)].rescale(stored[part], dtype)
    return voxels


def _ends(voxels: Voxels) -> tuple[Any, Any]:
    finite = voxels[np.isfinite(voxels)] if voxels.dtype.kind == "f" else voxels
    return (finite.min().item(), finite.max().item()) if finite.size else (0.0, 0.0)


def _of_frames(header: Mapping[str, str], name: str, count: int) -> Numbers:
    """One number a frame; one for all is repeated, none means no rescale."""
    if name not in header:
        return np.full(count, 1.0 if name == "VisuCoreDataSlope" else 0.0)
    numbers = _numbers(header, name)
    if len(numbers) not in (1, count):
        raise NodeError(f"visu_pars is damaged: {name} holds {len(numbers)} numbers for {count} frames")
    return numbers if len(numbers) == count else np.repeat(numbers, count)


def _grid(header: Mapping[str, str], extent: Extent, frames: _Frames) -> tuple[Grid, tuple[str, ...]]:
    """Where the voxels lie, from positions and orientations of the frames, and what is odd about them."""
    _, _, depth, *plane = extent
    fields = _numbers(header, "VisuCoreExtent", 2)
    axes = _numbers(header, "VisuCoreOrientation", 9)
    rows = axes[: len(axes) // 9 * 9].reshape(-1, 3, 3)
    positions = _positions(header, frames)
    matrix = rows[0].T.copy()
    matrix[:, 0] *= fields[0] / plane[1]
    matrix[:, 1] *= fields[1] / plane[0]
    warnings: list[str] = []
    if np.abs(rows - rows[0]).max() > _NEAR:
        warnings.append("its slices have several orientations; that of the first one is used for all")
    if frames.slices is None and depth > 1:
        if len(fields) < 3:
            raise NodeError("visu_pars is damaged: VisuCoreExtent has no depth")
        matrix[:, 2] *= fields[2] / depth
        return Grid.of(matrix, positions[0], "2dseq"), tuple(warnings)
    steps = np.diff(positions, axis=0)
    if len(steps) and np.linalg.norm(steps[0]) > 0:
        mean = (positions[-1] - positions[0]) / len(steps)
        if np.abs(steps - mean).max() > _NEAR * np.linalg.norm(mean) + _NEAR:
            warnings.append("its slices lie at uneven distances; their mean is used")
        matrix[:, 2] = mean if np.linalg.norm(mean) > 0 else steps[0]
    else:
        matrix[:, 2] *= _numbers(header, "VisuCoreFrameThickness")[0]
    return Grid.of(matrix, positions[0], "2dseq"), tuple(warnings)


def _positions(header: Mapping[str, str], frames: _Frames) -> Numbers:
    """The centre of the first voxel of each slice; one position where the file has only one."""
    numbers = _numbers(header, "VisuCorePosition", 3)
    positions = numbers[: len(numbers) // 3 * 3].reshape(-1, 3)
    if len(positions) not in (1, frames.depth, math.prod(frames.lengths)):
        count = len(positions)
        raise NodeError(f"visu_pars is damaged: VisuCorePosition has {count} positions for {frames.depth} slices")
    chosen: Numbers = positions[frames.order[0]] if len(positions) > frames.depth else positions
    return chosen


def _time_step(header: Mapping[str, str], times: int) -> float:
    """Seconds between time points: the repetition time, as SimpleITK takes it."""
    if times == 1 or "VisuAcqRepetitionTime" not in header:
        return 1.0
    step = float(_numbers(header, "VisuAcqRepetitionTime")[0]) / 1000
    return step if step > 0 else 1.0
