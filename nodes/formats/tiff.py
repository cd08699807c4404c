"""Makes TIFF and LSM files readable for SimpleITK: it overlooks damage, small copies between pages, planes of colour.

SimpleITK 2.5 counts pages without their small copies (thumbnails) but then reads the first ones of all, and turns
samples that lie in planes of their own into 8 bits. Such files are copied with a directory for each plane of each
page (TIFF 6.0, section 2; BigTIFF); the data of strips and tiles stay as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory

from nodeeditor import NodeError
from nodes.formats.isolated import size_in_words

_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_UNSIGNED = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_SUBFILE, _BITS, _PHOTOMETRIC, _STRIPS, _SAMPLES, _STRIP_BYTES, _PLANAR = 254, 258, 262, 273, 277, 279, 284
_TILES, _TILE_BYTES, _EXTRA, _FORMAT, _LSM = 324, 325, 338, 339, 34412
_READ = (_SUBFILE, _BITS, _STRIPS, _SAMPLES, _STRIP_BYTES, _PLANAR, _TILES, _TILE_BYTES, _FORMAT)
_OF_SAMPLES = (_BITS, 280, 281, _FORMAT, 340, 341)
_PAGES = 100_000
_MOST_VALUES = 1 << 24
_NO_IMAGE = 1 | 4
_LSM_BEGIN = struct.Struct("<Ii5i12x3d")
_LSM_MAGIC = (0x00300494C, 0x00400494C)


@dataclass(frozen=True)
class Page:
    """A directory: its entries word for word, and the values that are looked at, by tag."""

    entries: tuple[bytes, ...]
    values: Mapping[int, tuple[int, ...]]

    @property
    def small(self) -> bool:
        """Whether it is a reduced copy or a mask of another page."""
        return bool(self.values.get(_SUBFILE, (0,))[0] & _NO_IMAGE)

    @property
    def planes(self) -> int:
        """Planes that the samples lie in: 1 where they lie together."""
        return self.values.get(_SAMPLES, (1,))[0] if self.values.get(_PLANAR, (1,))[0] == 2 else 1

    @property
    def bits(self) -> int:
        """Bits of the widest sample."""
        return max(self.values.get(_BITS, (1,)))


@dataclass(frozen=True)
class Tiff:
    """The pages of a file, and how its numbers are written."""

    order: str
    words: str
    pages: tuple[Page, ...]

    @property
    def images(self) -> tuple[Page, ...]:
        """The pages that are no small copies."""
        return tuple(page for page in self.pages if not page.small)

    @property
    def planes(self) -> int:
        """Planes of each page; 0 where the pages differ."""
        counts = {page.planes for page in self.images}
        return counts.pop() if len(counts) == 1 else 0

    @property
    def plain(self) -> bool:
        """Whether SimpleITK reads the file right as it is."""
        return self.pages[: len(self.images)] == self.images and self.planes == 1


def tiff_of(path: Path) -> Tiff:
    """The directories of a TIFF or BigTIFF file.

    Raises NodeError where a directory, a strip or a tile lies outside the file, and where there is no page.
    """
    size = path.stat().st_size
    pages: list[Page] = []
    seen: set[int] = set()
    total = 0
    try:
        with path.open("rb") as file:
            head = file.read(16)
            order = "<" if head.startswith(b"II") else ">"
            (big,) = struct.unpack_from(order + "H", head, 2)
            words = "Q" if big == 43 else "I"
            (place,) = struct.unpack_from(order + words, head, 8 if big == 43 else 4)
            while place:
                if place in seen or len(seen) >= _PAGES:
                    raise NodeError(f"{path.name} is damaged: its list of pages does not end")
                seen.add(place)
                page, ends, place = _directory(file, place, order, words)
                if max(ends, default=0) > size:
                    raise NodeError(
                        f"{path.name} is damaged: page {len(seen)} ends {max(ends) - size} bytes behind the end"
                    )
                pages.append(page)
                total += sum(map(len, page.values.values()))
                if total > _MOST_VALUES:
                    raise NodeError(f"{path.name} has more than {_MOST_VALUES} strips; that is not supported")
    except (struct.error, OverflowError) as error:
        raise NodeError(f"{path.name} is damaged: it ends within the list of its pages") from error
    found = Tiff(order, words, tuple(pages))
    if not found.images:
        raise NodeError(f"{path.name} has no pages")
    if not 0 < found.planes * len(found.images) <= _PAGES:
        raise NodeError(f"{path.name} has pages of different kinds or too many planes; that is not supported")
    return found


@contextmanager
def plain_copy(path: Path, tiff: Tiff, limit: int) -> Iterator[Path]:
    """A file that SimpleITK reads right: the same one, or a copy in which each plane is a page of its own.

    The copy is gone afterwards. Raises NodeError where a page does not have the same number of pieces in each plane,
    and where the file has more than ``limit`` bytes.
    """
    if tiff.plain:
        yield path
        return
    size = path.stat().st_size
    if size > limit:
        raise NodeError(f"{path.name} needs {size_in_words(size)}; limit {size_in_words(limit)}")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        data = bytearray(path.read_bytes())
        link = 8 if tiff.words == "Q" else 4
        for page in tiff.images:
            for plane in range(page.planes):
                entries = _entries_of(page, plane, tiff, data, path.name)
                data += bytes(-len(data) % 8)
                struct.pack_into(tiff.order + tiff.words, data, link, len(data))
                data += struct.pack(tiff.order + ("Q" if tiff.words == "Q" else "H"), len(entries)) + b"".join(entries)
                link = len(data)
                data += bytes(struct.calcsize(tiff.words))
        copy.write_bytes(data)
        yield copy


def _entries_of(page: Page, plane: int, tiff: Tiff, data: bytearray, name: str) -> list[bytes]:
    """A directory for one plane of a page; long lists of places are written to the end of the data."""
    if page.planes == 1:
        return list(page.entries)
    changed: dict[int, tuple[int, ...]] = {_SAMPLES: (1,), _PHOTOMETRIC: (1,), _PLANAR: (1,)}
    for tag in (_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES):
        values = page.values.get(tag, ())
        count, rest = divmod(len(values), page.planes)
        if rest:
            raise NodeError(f"{name} is damaged: {len(values)} strips for {page.planes} planes")
        if values:
            changed[tag] = values[plane * count : (plane + 1) * count]
    for tag in (_BITS, _FORMAT):
        if tag in page.values:
            changed[tag] = page.values[tag][plane : plane + 1] or page.values[tag][:1]
    entries = []
    for entry in page.entries:
        (tag,) = struct.unpack_from(tiff.order + "H", entry)
        if tag in changed:
            entries.append(_entry(tag, changed[tag], tiff, data))
        elif tag not in (_EXTRA, *_OF_SAMPLES):
            entries.append(entry)
    return entries


def _entry(tag: int, values: tuple[int, ...], tiff: Tiff, data: bytearray) -> bytes:
    long = tag in (_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES)
    kind, form = ((16, "Q") if tiff.words == "Q" else (4, "I")) if long else (3, "H")
    content = struct.pack(f"{tiff.order}{len(values)}{form}", *values)
    width = struct.calcsize(tiff.words)
    if len(content) > width:
        data += bytes(-len(data) % 8)
        content, place = struct.pack(tiff.order + tiff.words, len(data)), content
        data += place
    return struct.pack(f"{tiff.order}HH{tiff.words}", tag, kind, len(values)) + content.ljust(width, b"\0")


def _directory(file: BufferedReader, place: int, order: str, words: str) -> tuple[Page, list[int], int]:
    """One page, where its strips, tiles and long values end, and the place of the next directory."""
    wide = words == "Q"
    file.seek(place)
    (count,) = _unpacked(file, order + ("Q" if wide else "H"))
    entry = 20 if wide else 12
    table = file.read(min(count, 1 << 16) * entry)
    (following,) = _unpacked(file, order + words)
    width = struct.calcsize(words)
    values: dict[int, tuple[int, ...]] = {}
    ends = []
    for first in range(0, len(table) - entry + 1, entry):
        tag, kind = struct.unpack_from(order + "HH", table, first)
        (number,) = struct.unpack_from(order + words, table, first + 4)
        start = place + (8 if wide else 2) + first + 4 + width
        length = number * _LENGTHS.get(kind, 0)
        if length > width:
            (start,) = struct.unpack_from(order + words, table, first + 4 + width)
            ends.append(start + length)
        if tag in _READ and kind in _UNSIGNED and 0 < number <= 1 << 22:
            file.seek(start)
            values[tag] = _unpacked(file, f"{order}{number}{_UNSIGNED[kind]}")
        elif tag == _LSM:
            values[tag] = (start, length)
    places = values.get(_STRIPS, values.get(_TILES, ()))
    pieces = zip(places, values.get(_STRIP_BYTES, values.get(_TILE_BYTES, ())), strict=False)
    ends += [start + length for start, length in pieces]
    entries = tuple(table[first : first + entry] for first in range(0, len(table) - entry + 1, entry))
    return Page(entries, values), ends, following


def _unpacked(file: BufferedReader, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


@dataclass(frozen=True)
class Microscope:
    """What an LSM file says of itself: slices, time points, voxel size in millimetres."""

    slices: int
    times: int
    spacing: tuple[float, float, float]


def microscope(path: Path, tiff: Tiff) -> Microscope | None:
    """The description in an LSM file's first page; None where it has none.

    Zeiss writes the size of a voxel in metres; SimpleITK, whose files have nothing after the sizes, in millimetres.
    """
    start, length = tiff.pages[0].values.get(_LSM, (0, 0))
    if length < _LSM_BEGIN.size + 60:
        return None
    with path.open("rb") as file:
        file.seek(start)
        info = file.read(_LSM_BEGIN.size + 60)
    magic, _, _, _, depth, _, times, x, y, z = _LSM_BEGIN.unpack_from(info)
    if magic not in _LSM_MAGIC or not all(0 < size < 1 for size in (x, y, z or 1e-6)):
        return None
    unit = 1000 if any(info[_LSM_BEGIN.size :]) else 1
    return Microscope(max(1, depth), max(1, times), (x * unit, y * unit, z * unit or 1.0))
