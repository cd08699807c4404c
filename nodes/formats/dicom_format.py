"""Checks how the pixels of one DICOM file are stored, before anything is allocated for them.

PS3.3 C.7.6.3 (Image Pixel module), PS3.5 8 (encoding of pixel data).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pydicom.uid as uids

from nodeeditor import NodeError, Number
from nodes.formats.dicom_header import Header, PixelElement, in_words, text, whole_number

NATIVE = (
    "",
    uids.ImplicitVRLittleEndian,
    uids.ExplicitVRLittleEndian,
    uids.ExplicitVRBigEndian,
    uids.DeflatedExplicitVRLittleEndian,
)
CODED = (
    uids.JPEGBaseline8Bit,
    uids.JPEGExtended12Bit,
    uids.JPEGLossless,
    uids.JPEGLosslessSV1,
    uids.JPEGLSLossless,
    uids.JPEGLSNearLossless,
    uids.JPEG2000Lossless,
    uids.JPEG2000,
)
SCALAR = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
FLOATS: dict[str, np.dtype[Any]] = {
    "FloatPixelData": np.dtype(np.float32),
    "DoubleFloatPixelData": np.dtype(np.float64),
}
MOST_FRAMES = 100_000
RLE_EXPANSION = 64
"""Two bytes of PackBits give at most 128 (PS3.5 G.3)."""


@dataclass(frozen=True)
class PixelFormat:
    """How one file stores its pixels; two files with equal formats can be decoded together.

    ``sample``  type of one stored sample in this machine's byte order
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: bool
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    sample: np.dtype[Any]
    syntax: uids.UID

    @property
    def native(self) -> bool:
        """Whether the pixels are uncompressed."""
        return self.syntax in NATIVE

    @property
    def subsampled(self) -> bool:
        """Whether two pixels of a row share their colour: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2)."""
        return self.native and self.photometric == "YBR_FULL_422"

    @property
    def frame_bits(self) -> int:
        """Bits of one uncompressed frame as it is stored."""
        samples = 2 if self.subsampled else self.samples
        return self.rows * self.columns * samples * self.allocated

    @property
    def nbytes(self) -> int:
        """Bytes of one uncompressed frame in memory."""
        return self.rows * self.columns * self.samples * self.sample.itemsize

    @property
    def bounds(self) -> tuple[Number, Number]:
        """Lowest and highest value that a stored sample can have."""
        if self.sample.kind == "f":
            limits = np.finfo(self.sample)
            return float(limits.min), float(limits.max)
        if self.signed:
            return -(1 << (self.stored - 1)), (1 << (self.stored - 1)) - 1
        return 0, (1 << self.stored) - 1


@dataclass(frozen=True, eq=False)
class PixelFile:
    """One file whose pixels can be read.

    ``frames``   how many it holds
    ``swapped``  whether its numbers are big endian
    """

    path: Path
    name: str
    format: PixelFormat
    frames: int
    element: PixelElement
    swapped: bool
    inflated: bytes | None


class DamagedError(NodeError):
    """The header is sound, but pixels are missing: a series can do without this file."""


def pixel_file(header: Header) -> PixelFile:
    """Check one file's description of its pixels.

    Raises NodeError where it holds no image, says something impossible, or is compressed in a way that is not
    read; DamagedError where pixels are missing.
    """
    name, element = header.name, header.pixels
    if "Rows" not in header.dataset or "Columns" not in header.dataset:
        raise NodeError(f"{name} is a DICOM {header.kind}; it holds no image")
    if element is None:
        raise DamagedError(f"{name} is damaged: it ends before its pixels")
    form = _format(header, element.keyword)
    frames = _count(header, "NumberOfFrames", 2**31 - 1, 1)
    if frames > MOST_FRAMES:
        raise NodeError(f"{name} has {frames} frames; at most {MOST_FRAMES} are read")
    if form.native:
        check_length(name, form, element, frames)
    else:
        _check_fragments(header, form, element, frames)
    return PixelFile(header.path, name, form, frames, element, header.big_endian, header.inflated)


def _count(header: Header, keyword: str, most: int, default: int | None = None) -> int:
    count = whole_number(header.dataset, keyword, default)
    if count is None or not 1 <= count <= most:
        raise NodeError(f"{header.name} is damaged: {keyword} is {_as_written(header, keyword)}")
    return count


def _as_written(header: Header, keyword: str) -> str:
    return text(header.dataset, keyword)[:40] or "empty or unreadable"


def _format(header: Header, keyword: str) -> PixelFormat:
    name, dataset = header.name, header.dataset
    rows, columns = _count(header, "Rows", 65535), _count(header, "Columns", 65535)
    samples = _count(header, "SamplesPerPixel", 65535, 1)
    photometric = text(dataset, "PhotometricInterpretation") or ("MONOCHROME2" if samples == 1 else "RGB")
    if samples not in (1, 3) or photometric not in (SCALAR if samples == 1 else COLOUR):
        raise NodeError(
            f"{name} has the colour space {photometric[:40]!r} with {samples} samples a pixel; it is not read"
        )
    if header.syntax not in (*NATIVE, *CODED, uids.RLELossless):
        raise NodeError(f"{name} is compressed as {header.syntax.name[:64]}; that is not read")
    signed = False
    if keyword in FLOATS:
        sample = FLOATS[keyword]
        allocated = stored = 8 * sample.itemsize
        high_bit = stored - 1
        if header.syntax not in NATIVE or samples != 1:
            raise NodeError(f"{name} holds compressed or coloured floating-point pixels; they are not read")
    else:
        allocated, stored, high_bit = _bits(header)
        signed = whole_number(dataset, "PixelRepresentation", 0) == 1
        sample = np.dtype(f"{'i' if signed else 'u'}{max(1, allocated // 8)}")
    form = PixelFormat(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric=photometric,
        planar=samples == 3 and whole_number(dataset, "PlanarConfiguration", 0) == 1,
        allocated=allocated,
        stored=stored,
        high_bit=high_bit,
        signed=signed,
        sample=sample,
        syntax=header.syntax,
    )
    _check_colour(name, form)
    return form


def _bits(header: Header) -> tuple[int, int, int]:
    name, dataset = header.name, header.dataset
    allocated = whole_number(dataset, "BitsAllocated")
    if allocated not in (1, 8, 16, 32):
        raise NodeError(f"{name} has {_as_written(header, 'BitsAllocated')} bits allocated; 1, 8, 16, 32 are read")
    stored = whole_number(dataset, "BitsStored", allocated)
    if stored is None or not 1 <= stored <= allocated:
        raise NodeError(f"{name} is damaged: {_as_written(header, 'BitsStored')} bits are stored in {allocated}")
    high_bit = whole_number(dataset, "HighBit", stored - 1)
    if high_bit is None or not stored - 1 <= high_bit < allocated:
        raise NodeError(
            f"{name} is damaged: HighBit is {_as_written(header, 'HighBit')} with {stored} of {allocated} bits"
        )
    if allocated == 1 and header.syntax not in NATIVE:
        raise NodeError(f"{name} holds compressed single bits; they are not read")
    return allocated, stored, high_bit


def _check_colour(name: str, form: PixelFormat) -> None:
    if form.samples == 1:
        return
    if form.signed or form.allocated == 1:
        raise NodeError(f"{name} holds a colour image of signed numbers or single bits; it is not read")
    if form.photometric != "RGB" and form.allocated != 8:
        raise NodeError(f"{name} holds {form.photometric} of {form.allocated} bits; only 8 bits are read")
    if form.subsampled and (form.columns % 2 or form.planar):
        raise NodeError(f"{name} is damaged: YBR_FULL_422 with an odd number of columns or in planes")


def check_length(name: str, form: PixelFormat, element: PixelElement, frames: int) -> None:
    """DamagedError where uncompressed pixels are not all there, NodeError where they are compressed after all."""
    if element.length is None:
        raise NodeError(f"{name} is damaged: its pixels are in fragments, but not compressed")
    present, need = min(element.length, element.present), -(-form.frame_bits * frames // 8)
    if present < need:
        raise DamagedError(f"{name} is damaged: {present} of {need} pixel bytes are there")


def _check_fragments(header: Header, form: PixelFormat, element: PixelElement, frames: int) -> None:
    name = header.name
    if element.length is not None:
        raise NodeError(f"{name} is damaged: its pixels are compressed, but not in fragments")
    with in_words(name), header.path.open("rb") as file:
        present = _fragment_bytes(file, element, name, frames)
    if form.syntax == uids.RLELossless and present * RLE_EXPANSION < form.frame_bits * frames // 8:
        raise DamagedError(
            f"{name} is damaged: {present} compressed bytes cannot hold {frames} frames of {form.columns}x{form.rows}"
        )


def _fragment_bytes(file: BinaryIO, element: PixelElement, name: str, frames: int) -> int:
    """Bytes of all fragments after the offset table; each frame has at least one (PS3.5 A.4)."""
    lengths = list(_fragments(file, element, name))[1:]
    if len(lengths) < frames:
        raise DamagedError(f"{name} is damaged: {len(lengths)} of {frames} compressed frames are there")
    return sum(lengths)


def _fragments(file: BinaryIO, element: PixelElement, name: str) -> Iterator[int]:
    end = element.offset + element.present
    position = element.offset
    while True:
        file.seek(position)
        start = file.read(8)
        if len(start) < 8 or start[:4] != b"\xfe\xff\x00\xe0":
            return
        length = struct.unpack("<I", start[4:])[0]
        position += 8 + length
        if position > end:
            raise DamagedError(
                f"{name} is damaged: {end - element.offset} of at least {position - element.offset} "
                f"compressed bytes are there"
            )
        yield length
