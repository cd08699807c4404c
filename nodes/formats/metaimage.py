"""Reads MetaImage (.mha, .mhd): a header of ``Key = Value`` lines, then the voxels or the name of their file.

Only plain file names in the header's own folder are followed. Rules for keys and types: MetaIO's
documentation and, where it is silent, what SimpleITK 2.5 does (the matrix lists one axis after another, the
centre of rotation moves nothing, MET_LONG has 32 bits).
"""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import numpy as np

from nodeeditor import NodeError, check_cancelled
from nodeeditor.memory import free_memory
from nodes.formats.deflate import unpacked
from nodes.formats.imagefile import ImageFile
from nodes.formats.memory import (
    Grid,
    InFile,
    InMemory,
    Layout,
    PlainVoxels,
    check_length,
)

HEADER_LIMIT = 1 << 20
_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_SYNONYMS = {
    "Position": "Offset",
    "Origin": "Offset",
    "Rotation": "TransformMatrix",
    "Orientation": "TransformMatrix",
    "ElementByteOrderMSB": "BinaryDataByteOrderMSB",
}
_BEGIN = re.compile(rb"\s*(ObjectType|ObjectSubType|NDims|Comment|Name|ID)\s*=")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf)", re.IGNORECASE)


def is_metaimage(head: bytes) -> bool:
    """Whether the first bytes of a file look like a MetaImage header."""
    return bool(_BEGIN.match(head)) and b"NDims" in head


def open_metaimage(path: Path, limit: int | None = None) -> ImageFile:
    """Open a .mha or .mhd file, read by region where it is not compressed.

    ``limit`` is the most bytes that an unpacked volume may take, half of the free memory if it is not given.
    Raises NodeError in one sentence where the file is damaged, not supported or leads outside its folder.
    """
    limit = free_memory() // 2 if limit is None else limit
    header, end = _header(path)
    layout, sizes = _layout(header, path.name)
    source = _source(path, (header, end), layout, sizes, limit)
    steps = numbers(header.get("ElementSpacing", header.get("ElementSize", "")), path.name)
    step = steps[3] if len(steps) > 3 else 1.0
    modality = header.get("Modality", "").removeprefix("MET_MOD_")
    return PlainVoxels(
        layout,
        source,
        _grid(header, len(sizes), path.name),
        path.name,
        summary="MetaImage" + (", compressed" if _true(header, "CompressedData") else ""),
        time_step=step if 0 < step < math.inf else 1.0,
        modality=modality if modality in ("CT", "MR", "NM", "US") else "",
    )


def data_files(path: Path) -> list[Path]:
    """The files beside a header that hold its voxels; empty for one that holds them itself or is damaged."""
    try:
        header, _ = _header(path)
        return _files(path, header)
    except NodeError:
        return []


def data_file(path: Path, name: str) -> Path:
    """A file that a header names, which must be a regular one in the same folder and named without a path."""
    shown = repr(name if len(name) < 60 else name[:60] + "…")
    if not name or name in (".", "..") or re.search(r"[/\\%:\0]", name):
        raise NodeError(f"{path.name} names {shown} as its data file; only a plain name in its folder is read")
    file = path.parent / name
    if file == path:
        raise NodeError(f"{path.name} names itself as its data file")
    if not file.is_file():
        problem = "is not a regular file" if file.exists() else "does not exist"
        raise NodeError(f"{path.name} names the data file {shown}, which {problem}")
    return file


def numbers(text: str, name: str, count: int | None = None) -> tuple[float, ...]:
    """The numbers of a header line; NodeError where it holds something else or not ``count`` of them."""
    words = text.replace(",", " ").split()
    if any(not _NUMBER.fullmatch(word) for word in words):
        raise NodeError(f"{name} is damaged: {_shortened(text)} in its header is no list of numbers")
    if count is not None and len(words) != count:
        raise NodeError(f"{name} is damaged: {_shortened(text)} in its header should be {count} numbers")
    return tuple(map(float, words))


def whole_numbers(text: str, name: str, count: int | None = None) -> tuple[int, ...]:
    """The whole numbers of a header line."""
    values = numbers(text, name, count)
    if not all(abs(value) < 2**53 and value.is_integer() for value in values):
        raise NodeError(f"{name} is damaged: {_shortened(text)} in its header should be whole numbers")
    return tuple(map(int, values))


def header_bytes(path: Path) -> bytes:
    """The beginning of a file, as much as a header may take."""
    try:
        with path.open("rb") as file:
            return file.read(HEADER_LIMIT)
    except OSError as error:
        raise NodeError(f"{path.name} could not be read: {error.strerror}") from error


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _header(path: Path) -> tuple[dict[str, str], int]:
    """The keys and values up to ElementDataFile, which ends the header, and where its line ends.

    Lines of a LIST are kept under ``LIST``.
    """
    head = header_bytes(path)
    header: dict[str, str] = {}
    position = 0
    while "ElementDataFile" not in header:
        end = head.find(b"\n", position)
        line = head[position : end if end >= 0 else len(head)].decode("latin-1")
        key, equals, value = line.partition("=")
        if equals:
            header[_SYNONYMS.get(key.strip(), key.strip())] = value.strip()
        if end < 0 and "ElementDataFile" not in header:
            raise NodeError(f"{path.name} is damaged: its header has no ElementDataFile")
        position = end + 1 if end >= 0 else len(head)
    header["ElementDataFile"] = header["ElementDataFile"].encode("latin-1").decode("utf-8", "replace")
    if header["ElementDataFile"].split()[:1] == ["LIST"]:
        header["LIST"] = head[position:].decode("utf-8", "replace")
    return header, position


def _layout(header: dict[str, str], name: str) -> tuple[Layout, tuple[int, ...]]:
    count, *_ = whole_numbers(header.get("NDims", ""), name, 1)
    if not 1 <= count <= 5:
        raise NodeError(f"{name} has {count} dimensions; 1 to 5 are supported")
    sizes = whole_numbers(header.get("DimSize", ""), name, count)
    (channels,) = whole_numbers(header.get("ElementNumberOfChannels", "1"), name, 1)
    if min(*sizes, channels) < 1:
        raise NodeError(f"{name} is damaged: its size is {'x'.join(map(str, sizes))}, {channels} channels")
    if math.prod(sizes[4:]) > 1:
        raise NodeError(f"{name} has {count} dimensions ({'x'.join(map(str, sizes))}); 4 are supported")
    kind = header.get("ElementType", "").removesuffix("_ARRAY")
    if kind not in _TYPES:
        raise NodeError(f"{name} holds voxels of type {_shortened(kind)}; that is not supported")
    if header.get("BinaryData", "True")[:1] in "Ff":
        raise NodeError(f"{name} holds its voxels as text; that is not supported")
    x, y, z, t = (*sizes[:4], 1, 1, 1)[:4]
    order = ">" if _true(header, "BinaryDataByteOrderMSB") else "<"
    return Layout(np.dtype(order + _TYPES[kind]), (t, channels, z, y, x), "tzyxc"), sizes


def _true(header: dict[str, str], key: str) -> bool:
    return header.get(key, "")[:1] in ("T", "t", "1")


def _files(path: Path, header: dict[str, str]) -> list[Path]:
    name = header["ElementDataFile"]
    if name.upper() == "LOCAL":
        return []
    if "LIST" in header:
        return [data_file(path, line.strip()) for line in header["LIST"].splitlines() if line.strip()]
    return [data_file(path, name)]


def _source(
    path: Path, parsed: tuple[dict[str, str], int], layout: Layout, sizes: tuple[int, ...], limit: int
) -> InFile | InMemory:
    header, end = parsed
    compressed = _true(header, "CompressedData")
    if compressed or "LIST" in header:
        layout.check_memory(limit, path.name)
    (skip,) = whole_numbers(header.get("HeaderSize", "0"), path.name, 1)
    if "LIST" in header:
        return _listed(path, header, layout, sizes, max(0, skip))
    files = _files(path, header)
    data = files[0] if files else path
    need = layout.nbytes
    start = 0 if files else end
    if skip == -1 and not compressed:
        start = max(start, data.stat().st_size - need)
    elif skip > 0 and files:
        start = skip
    if compressed:
        return InMemory(lambda: unpacked(data, start, 0, need), layout.shape, layout.dtype)
    check_length(data, start, need)
    return InFile(data, start, layout.shape, layout.dtype)


def _listed(path: Path, header: dict[str, str], layout: Layout, sizes: tuple[int, ...], skip: int) -> InMemory:
    """Voxels in one file for each slice; ``LIST 2`` says that a slice has two axes."""
    if _true(header, "CompressedData"):
        raise NodeError(f"{path.name} lists compressed files; that is not supported")
    words = header["ElementDataFile"].split()
    (inner,) = whole_numbers(words[1].rstrip("Dd"), path.name, 1) if len(words) > 1 else (len(sizes) - 1,)
    count = math.prod(sizes[max(0, inner) :])
    names = list(itertools.islice((line for line in header["LIST"].splitlines() if line.strip()), count + 1))
    if len(names) != count:
        raise NodeError(f"{path.name} lists {len(names)} files or more where it needs {count}")
    files = _files(path, header)
    each = layout.nbytes // count
    for file in files:
        check_length(file, skip, each)

    def joined() -> bytes:
        return b"".join(_part(file, skip, each) for file in files)

    return InMemory(joined, layout.shape, layout.dtype)


def _part(file: Path, skip: int, count: int) -> bytes:
    check_cancelled()
    try:
        with file.open("rb") as opened:
            opened.seek(skip)
            part = opened.read(count)
    except OSError as error:
        raise NodeError(f"{file.name} could not be read: {error.strerror}") from error
    check_length(file, skip, count)
    return part


def _grid(header: dict[str, str], count: int, name: str) -> Grid:
    spacing = numbers(header.get("ElementSpacing", header.get("ElementSize", "1 " * count)), name, count)
    origin = numbers(header.get("Offset", "0 " * count), name, count)
    plain = " ".join(str(number) for number in np.eye(count).ravel())
    rotation = np.reshape(numbers(header.get("TransformMatrix", plain), name, count * count), (count, count))
    inner = min(count, 3)
    if min(spacing[:inner]) <= 0:
        raise NodeError(f"{name} has no usable geometry (spacing {header.get('ElementSpacing')})")
    matrix = np.eye(3)
    with np.errstate(all="ignore"):  # what is no number is refused in `Grid.of`
        matrix[:inner, :inner] = rotation[:inner, :inner].T * spacing[:inner]
    return Grid.of(matrix, (*origin[:inner], 0.0, 0.0)[:3], name)
