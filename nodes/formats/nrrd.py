"""Reads NRRD (.nrrd, .nhdr): raw by region, gzip, bzip2 and text unpacked once.

The format: teem.sourceforge.net/nrrd/format.html. Only plain file names in the header's own folder are followed.
Space is turned to LPS from LPS, RAS and LAS; axes of kind ``time``, and a fourth one in space, become t,
axes that are not in space become c, as SimpleITK 2.5 does.
"""

from __future__ import annotations

import bz2
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nodeeditor import Extent, NodeError, check_cancelled
from nodeeditor.memory import free_memory
from nodes.formats.deflate import damaged, unpacked
from nodes.formats.imagefile import ImageFile
from nodes.formats.memory import (
    Grid,
    InFile,
    InMemory,
    Layout,
    PlainVoxels,
    check_length,
)
from nodes.formats.metaimage import data_file, header_bytes, numbers, whole_numbers

_NAMES = {
    "i1": "signed char,int8,int8_t",
    "u1": "uchar,unsigned char,uint8,uint8_t",
    "i2": "short,short int,signed short,signed short int,int16,int16_t",
    "u2": "ushort,unsigned short,unsigned short int,uint16,uint16_t",
    "i4": "int,signed int,int32,int32_t",
    "u4": "uint,unsigned int,uint32,uint32_t",
    "i8": "longlong,long long,long long int,signed long long,signed long long int,int64,int64_t",
    "u8": "ulonglong,unsigned long long,unsigned long long int,uint64,uint64_t",
    "f4": "float",
    "f8": "double",
}
_TYPES = {name: code for code, names in _NAMES.items() for name in names.split(",")}
_ENCODINGS = {"gz": "gzip", "bz2": "bzip2", "text": "ascii", "txt": "ascii"}
_SPACES = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}
_PART = 1 << 20
_VECTOR = re.compile(r"\([^()]*\)|none")


@dataclass(frozen=True)
class _Axes:
    """What the axes of a file mean, fastest first: letters of t c z y x, sizes, one step along each."""

    letters: str
    sizes: tuple[int, ...]
    steps: tuple[tuple[float, ...] | None, ...]

    def of(self, letter: str) -> int:
        """Voxels along an axis, 1 where the file has none."""
        return self.sizes[self.letters.index(letter)] if letter in self.letters else 1

    @property
    def extent(self) -> Extent:
        return (self.of("t"), self.of("c"), self.of("z"), self.of("y"), self.of("x"))


def is_nrrd(head: bytes) -> bool:
    """Whether the first bytes of a file are those of NRRD."""
    return bool(re.match(rb"NRRD000\d\r?\n", head))


def open_nrrd(path: Path, limit: int | None = None) -> ImageFile:
    """Open a .nrrd or .nhdr file, read by region where its encoding is raw.

    ``limit`` is the most bytes that an unpacked volume may take, half of the free memory if it is not given.
    Raises NodeError in one sentence where the file is damaged, not supported or leads outside its folder.
    """
    limit = free_memory() // 2 if limit is None else limit
    header, end = _header(path)
    encoding = header.get("encoding", "").lower()
    encoding = _ENCODINGS.get(encoding, encoding)
    axes = _axes(header, path.name)
    layout = Layout(_dtype(header, encoding, path.name), axes.extent, _order(axes.letters))
    warnings: list[str] = []
    grid = _grid(header, axes, path.name, warnings)
    return PlainVoxels(
        layout,
        _source(path, (header, end), layout, encoding, limit),
        grid,
        path.name,
        warnings=tuple(warnings),
        summary="NRRD" + ("" if encoding == "raw" else f", {encoding}"),
        time_step=_time_step(axes),
    )


def data_files(path: Path) -> list[Path]:
    """The file beside a header that holds its voxels; empty for one that holds them itself or is damaged."""
    try:
        header, _ = _header(path)
        return [data_file(path, header["data file"])] if "data file" in header else []
    except NodeError:
        return []


def _header(path: Path) -> tuple[dict[str, str], int]:
    """Fields up to the empty line (or the end, for a detached header), and where the line after it begins."""
    head = header_bytes(path)
    close = re.search(rb"\r?\n\r?\n", head)
    text = (head[: close.start()] if close else head).decode("utf-8", "replace")
    header: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        key, colon, value = line.partition(":")
        if line.startswith("#") or not colon or value.startswith("="):
            continue
        key = " ".join(key.lower().split())
        header[{"datafile": "data file", "centerings": "centers"}.get(key, key)] = value.strip()
    if not close and "data file" not in header:
        raise NodeError(f"{path.name} is damaged: its header does not end")
    return header, close.end() if close else len(head)


def _dtype(header: dict[str, str], encoding: str, name: str) -> np.dtype[np.generic]:
    kind = " ".join(header.get("type", "").lower().split())
    if kind not in _TYPES:
        raise NodeError(f"{name} holds voxels of type {kind[:40]!r}; that is not supported")
    dtype: np.dtype[np.generic] = np.dtype(_TYPES[kind])
    if dtype.itemsize == 1 or encoding == "ascii":
        return dtype
    order = {"little": "<", "big": ">"}.get(header.get("endian", "").lower())
    if order is None:
        raise NodeError(f"{name} does not say in which order its bytes are (endian)")
    return dtype.newbyteorder(order)  # type: ignore[arg-type]


def _axes(header: dict[str, str], name: str) -> _Axes:
    (count,) = whole_numbers(header.get("dimension", ""), name, 1)
    if not 1 <= count <= 5:
        raise NodeError(f"{name} has {count} dimensions; 1 to 5 are supported")
    sizes = whole_numbers(header.get("sizes", ""), name, count)
    if min(sizes) < 1:
        raise NodeError(f"{name} is damaged: its size is {'x'.join(map(str, sizes))}")
    kinds = header.get("kinds", "").lower().split() or ["???"] * count
    if len(kinds) != count:
        raise NodeError(f"{name} is damaged: {len(kinds)} kinds for {count} axes")
    if "complex" in kinds:
        raise NodeError(f"{name} holds complex numbers; that is not supported")
    steps = _steps(header, count, name)
    letters = ""
    space = iter("xyzt")
    for kind, step in zip(kinds, steps, strict=True):
        if kind == "time":
            letter = "t"
        elif kind in ("domain", "space") or (kind == "???" and step is not None):
            letter = next(space, "?")
        else:
            letter = "c"
        letters += letter
    if len(set(letters)) != count or "?" in letters:
        raise NodeError(f"{name} has axes of kinds {', '.join(kinds)}; that is not supported")
    return _Axes(letters, sizes, steps)


def _steps(header: dict[str, str], count: int, name: str) -> tuple[tuple[float, ...] | None, ...]:
    """One step along each axis in space; a single number where only spacings are given, None for no space."""
    if "space directions" in header:
        vectors = _VECTOR.findall(header["space directions"])
        if len(vectors) != count:
            raise NodeError(f"{name} is damaged: {len(vectors)} space directions for {count} axes")
        return tuple(None if text == "none" else numbers(text.strip("()"), name) for text in vectors)
    spacings = numbers(header.get("spacings", "1 " * count), name, count)
    return tuple((spacing,) for spacing in spacings)


def _order(letters: str) -> str:
    """The file's axes slowest first, axes that it has not before them."""
    return "".join(letter for letter in "tczyx" if letter not in letters) + letters[::-1]


def _grid(header: dict[str, str], axes: _Axes, name: str, warnings: list[str]) -> Grid:
    matrix: npt.NDArray[np.float64] = np.zeros((3, 3))
    for column, letter in enumerate("xyz"):
        step = axes.steps[axes.letters.index(letter)] if letter in axes.letters else None
        if step is not None and "space directions" in header:
            matrix[: len(step[:3]), column] = step[:3]
        elif step is not None:
            matrix[column, column] = 1.0 if math.isnan(step[0]) else step[0]
        elif letter in axes.letters:
            raise NodeError(f"{name} has no usable geometry (axis {letter} has no direction)")
    _complete(matrix, axes.letters)
    origin = header.get("space origin", "").strip().strip("()")
    start = numbers(origin, name)[:3] if origin and origin != "none" else (0.0,)
    space = header.get("space", "").lower().removesuffix("-time").removesuffix("t") if "space" in header else ""
    if space and space not in _SPACES:
        warnings.append(f"its space {header['space'][:40]!r} is taken for left-posterior-superior")
    signs = np.array(_SPACES.get(space, (1, 1, 1)), float)
    return Grid.of(matrix * signs[:, np.newaxis], signs * (*start, 0.0, 0.0)[:3], name)


def _complete(matrix: npt.NDArray[np.float64], letters: str) -> None:
    """Give the axes that a file has not a step of 1 mm at right angles to the others."""
    if "x" not in letters or "y" not in letters:
        for column, letter in enumerate("xyz"):
            if letter not in letters:
                matrix[column, column] = 1.0
    elif "z" not in letters:
        normal = np.cross(matrix[:, 0], matrix[:, 1])
        matrix[:, 2] = normal / (np.linalg.norm(normal) or 1.0)


def _time_step(axes: _Axes) -> float:
    step = axes.steps[axes.letters.index("t")] if "t" in axes.letters else None
    length = math.hypot(*step) if step else 1.0
    return length if 0 < length < math.inf else 1.0


def _source(
    path: Path, parsed: tuple[dict[str, str], int], layout: Layout, encoding: str, limit: int
) -> InFile | InMemory:
    header, end = parsed
    data = data_file(path, header["data file"]) if "data file" in header else path
    start = 0 if "data file" in header else end
    (lines,) = whole_numbers(header.get("line skip", header.get("lineskip", "0")), path.name, 1)
    (skip,) = whole_numbers(header.get("byte skip", header.get("byteskip", "0")), path.name, 1)
    need = layout.nbytes
    if lines:
        start = _after_lines(data, start, lines)
    if encoding == "raw":
        start = max(start, data.stat().st_size - need) if skip == -1 else start + max(0, skip)
        check_length(data, start, need)
        return InFile(data, start, layout.shape, layout.dtype)
    if skip < 0:
        raise NodeError(f"{path.name} is damaged: byte skip {skip} of {encoding} data")
    layout.check_memory(limit, path.name)
    if encoding == "gzip":
        return InMemory(lambda: unpacked(data, start, skip, need), layout.shape, layout.dtype)
    if encoding == "bzip2":
        return InMemory(lambda: _from_bzip2(data, start, skip, need), layout.shape, layout.dtype)
    if encoding == "ascii":
        return InMemory(lambda: _from_text(data, start + skip, layout), layout.shape, layout.dtype)
    raise NodeError(f"{path.name} is encoded as {encoding[:40]!r}; that is not supported")


def _after_lines(data: Path, start: int, lines: int) -> int:
    if not 0 <= lines <= 10_000:
        raise NodeError(f"{data.name} is damaged: {lines} lines to skip")
    with data.open("rb") as file:
        file.seek(start)
        for _ in range(lines):
            file.readline(1 << 16)
        return file.tell()


def _from_bzip2(data: Path, start: int, skip: int, need: int) -> bytearray:
    voxels = bytearray()
    try:
        with data.open("rb") as file:
            file.seek(start)
            with bz2.open(file) as opened:
                opened.read(skip)
                while len(voxels) < need and (part := opened.read(min(_PART, need - len(voxels)))):
                    check_cancelled()
                    voxels += part
    except (OSError, EOFError) as error:
        raise NodeError(damaged(data, len(voxels), need)) from error
    if len(voxels) < need:
        raise NodeError(damaged(data, len(voxels), need))
    return voxels


def _from_text(data: Path, start: int, layout: Layout) -> bytes:
    """Numbers with blanks, line ends or commas between; NodeError where they do not fit the type."""
    count = math.prod(layout.shape)
    with data.open("rb") as file:
        file.seek(start)
        words = file.read(32 * count + 1024).replace(b",", b" ").split(maxsplit=count)[:count]
    if len(words) < count:
        raise NodeError(f"{data.name} is damaged: {len(words)} of {count} numbers are there")
    text = b" ".join(words).decode("latin-1")
    whole = whole_numbers if layout.dtype.kind in "iu" else numbers
    try:
        return np.array(whole(text, data.name), layout.dtype).tobytes()
    except OverflowError as error:
        raise NodeError(f"{data.name} is damaged: a number does not fit {layout.dtype.name}") from error
