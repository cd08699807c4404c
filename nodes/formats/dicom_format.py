"""Checks how the pixels of one DICOM file are stored, before anything is allocated for them.

PS3.3 C.7.6.3 (Image Pixel module), PS3.5 8 (encoding of pixel data).
"""

from __future__ import annotations

import math
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
    ``swapped``  whether its numbers are big endian; ``words`` whether its bytes come in 16-bit words (VR OW)
    """

    path: Path
    name: str
    format: PixelFormat
    frames: int
    element: PixelElement
    swapped: bool
    words: bool
    inflated: bytes | None

    @property
    def nbytes(self) -> int:
        """Bytes of all its frames, uncompressed."""
        samples = self.format.rows * self.format.columns * self.format.samples * self.frames
        return samples * self.format.sample.itemsize


class DamagedError(NodeError):
    """The header is sound, but pixels are missing: a series can do without this file."""


def pixel_file(header: Header) -> PixelFile:
    """Check one file's description of its pixels.

    Raises NodeError where it holds no image, says something impossible, or is compressed in a way that is not
    read; DamagedError where pixels are missing.
    """
    name, dataset = header.name, header.dataset
    rows, columns = whole_number(dataset, "Rows"), whole_number(dataset, "Columns")
    if "Rows" not in dataset or "Columns" not in dataset:
        raise NodeError(f"{name} is a DICOM {header.kind}; it holds no image")
    if header.pixels is None:
        raise DamagedError(f"{name} is damaged: it ends before its pixels")
    frames = whole_number(dataset, "NumberOfFrames", 1)
    samples = whole_number(dataset, "SamplesPerPixel", 1)
    for keyword, count, most in (
        ("Rows", rows, 65535),
        ("Columns", columns, 65535),
        ("NumberOfFrames", frames, 2**31 - 1),
    ):
        if count is None or not 1 <= count <= most:
            raise NodeError(f"{name} is damaged: {keyword} is {_as_written(header, keyword)}")
    if samples not in (1, 3):
        raise NodeError(f"{name} has {samples} samples a pixel; only 1 and 3 are read")
    assert rows and columns and frames and samples
    form = _format(header, rows, columns, samples)
    _check_length(name, header, form, frames)
    return PixelFile(header.path, name, form, frames, header.pixels, header.big_endian, header.inflated)


def _as_written(header: Header, keyword: str) -> str:
    return text(header.dataset, keyword)[:40] or "empty or unreadable"


def _format(header: Header, rows: int, columns: int, samples: int) -> PixelFormat:
    name, dataset = header.name, header.dataset
    assert header.pixels is not None
    photometric = text(dataset, "PhotometricInterpretation") or ("MONOCHROME2" if samples == 1 else "RGB")
    if photometric not in (SCALAR if samples == 1 else COLOUR):
        raise NodeError(
            f"{name} has the colour space {photometric[:40]!r} with {samples} samples a pixel; it is not read"
        )
    if header.syntax not in (*NATIVE, *CODED, uids.RLELossless):
        raise NodeError(f"{name} is compressed as {header.syntax.name}; that is not read")
    floats = {"FloatPixelData": np.dtype(np.float32), "DoubleFloatPixelData": np.dtype(np.float64)}
    sample = floats.get(header.pixels.keyword)
    signed = False
    if sample is not None:
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
        raise NodeError(
            f"{name} is damaged: {_as_written(header, 'BitsStored')} bits are stored in {allocated}"
        )
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


def _check_length(name: str, header: Header, form: PixelFormat, frames: int) -> None:
    element = header.pixels
    assert element is not None
    if form.native:
        if element.length is None:
            raise NodeError(f"{name} is damaged: its pixels are in fragments, but not compressed")
        present, need = min(element.length, element.present), -(-form.frame_bits * frames // 8)
        if present < need:
            raise DamagedError(f"{name} is damaged: {present} of {need} pixel bytes are there")
        return
    if element.length is not None:
        raise NodeError(f"{name} is damaged: its pixels are compressed, but not in fragments")
    with in_words(name), header.path.open("rb") as file:
        bytes_present = _fragment_bytes(file, element, name, frames)
    if form.syntax == uids.RLELossless and bytes_present * RLE_EXPANSION < math.ceil(form.frame_bits * frames / 8):
        raise DamagedError(
            f"{name} is damaged: {bytes_present} compressed bytes cannot hold "
            f"{frames} frames of {form.columns}x{form.rows}"
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
