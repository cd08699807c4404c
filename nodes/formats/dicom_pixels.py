"""Reads stored pixel values of DICOM files: straight from the file where they are uncompressed, else decoded.

JPEG, JPEG-LS and JPEG 2000 are decoded by SimpleITK's GDCM in a child process. It is given nothing but the
compressed frames and how they are stored, so that no other part of the file can mislead it, and what it gives
are the stored values.
"""

from __future__ import annotations

import io
import itertools
import math
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pydicom.uid as uids
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import convert_color_space

from nodeeditor import NodeError, Voxels, check_cancelled, patiently, unfinished
from nodes.formats.dicom_format import PixelFile, PixelFormat
from nodes.formats.dicom_frames import Frame
from nodes.formats.dicom_header import in_words
from nodes.formats.isolated import decode

TOGETHER = 2 << 20
"""Bytes of decoded frames for which the child process is asked at once."""


class PixelReader:
    """Gives rows of stored values; keeps the frames that it had to decode. Safe for several threads."""

    def __init__(self) -> None:
        self._decoded: dict[tuple[PixelFile, int], Voxels] = {}
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes of the frames that are kept."""
        with self._lock:
            return sum(voxels.nbytes for voxels in self._decoded.values())

    def prepare(self, frames: Iterable[Frame]) -> None:
        """Decode those of the frames that are compressed and not yet decoded, several at a time.

        Raises NodeError where one is damaged.
        """
        with patiently(self._lock):
            missing: dict[PixelFile, set[int]] = {}
            for frame in frames:
                if not frame.file.format.native and (frame.file, frame.index) not in self._decoded:
                    missing.setdefault(frame.file, set()).add(frame.index)
            pending = [(file, index) for file, indices in missing.items() for index in sorted(indices)]
            for form, group in itertools.groupby(pending, key=lambda item: item[0].format):
                wanted = list(group)
                decoder = _unpacked if form.syntax == uids.RLELossless else _decoded
                step = max(1, TOGETHER // max(1, form.frame_bits // 8))
                for start in range(0, len(wanted), step):
                    check_cancelled()
                    part = wanted[start : start + step]
                    self._decoded.update(zip(part, decoder(form, part), strict=True))

    def rows(self, frame: Frame, start: int, stop: int) -> Voxels:
        """Rows ``start`` to ``stop`` of one frame: an array row, column, sample of stored values, colours as RGB.

        Raises NodeError where the file is damaged, gone or has changed.
        """
        if frame.file.format.native:
            return _native_rows(frame.file, frame.index, start, stop)
        self.prepare([frame])
        return self._decoded[frame.file, frame.index][start:stop]


def read_plain(frame: Frame, start: int, target: Voxels) -> None:
    """Fill rows from ``start`` on with the stored values of a frame of which `plain` is true.

    Raises NodeError where the file is damaged, gone or has changed.
    """
    file = frame.file
    offset = (frame.index * file.format.rows + start) * file.format.columns * target.itemsize
    try:
        with file.path.open("rb") as source:
            _fill(source, file, frame.index, offset, target)
    except OSError as error:
        raise NodeError(f"{file.name} could not be read: {error.strerror or error}") from error


def plain(frame: Frame, dtype: np.dtype[Any]) -> bool:
    """Whether the values that a frame shows in a type lie in its file just as they do in memory."""
    file, form = frame.file, frame.file.format
    stored = form.native and form.samples == 1 and form.allocated == form.stored == 8 * form.sample.itemsize
    shown = form.sample == dtype and frame.table is None and (frame.slope, frame.intercept) == (1, 0)
    return stored and shown and not file.swapped and file.inflated is None and sys.byteorder == "little"


@contextmanager
def _opened(file: PixelFile) -> Iterator[BinaryIO]:
    with io.BytesIO(file.inflated) if file.inflated is not None else file.path.open("rb") as source:
        yield source


def _native_rows(file: PixelFile, index: int, start: int, stop: int) -> Voxels:
    form = file.format
    count = stop - start
    try:
        with _opened(file) as source:
            if form.allocated == 1:
                return _single_bits(source, file, index)[start:stop]
            if form.planar:
                planes = [_samples(source, file, index, 3 * index + c, start, count, 1) for c in range(3)]
                raw = np.stack(planes, axis=-1)
            elif form.subsampled:
                raw = _full_colour(_samples(source, file, index, index, start, count, 2), form)
            else:
                raw = _samples(source, file, index, index, start, count, form.samples)
                raw = raw.reshape(count, form.columns, form.samples)
    except OSError as error:
        raise NodeError(f"{file.name} could not be read: {error.strerror or error}") from error
    return as_rgb(stored_bits(raw.reshape(count, form.columns, form.samples), form), form)


def _samples(source: BinaryIO, file: PixelFile, index: int, plane: int, start: int, count: int, samples: int) -> Voxels:
    """Rows of one plane, in this machine's byte order, flat."""
    form = file.format
    size = form.sample.itemsize
    row = form.columns * samples
    offset = (plane * form.rows + start) * row * size
    if size == 1 and file.swapped and file.element.words:
        return _swapped_bytes(source, file, index, offset, count * row).view(form.sample)
    voxels = np.empty(count * row, form.sample)
    _fill(source, file, index, offset, voxels)
    return voxels.byteswap(inplace=True) if file.swapped else voxels


def _swapped_bytes(source: BinaryIO, file: PixelFile, index: int, offset: int, count: int) -> Voxels:
    """Bytes that were written as big endian 16-bit words, in their proper order."""
    first = offset - offset % 2
    raw = np.zeros(count + (offset - first) + 2, np.uint8)
    raw = raw[: raw.size - raw.size % 2]
    here = min(raw.size, file.element.present - first)
    _fill(source, file, index, first, raw[:here])
    return raw.reshape(-1, 2)[:, ::-1].reshape(-1)[offset - first :][:count]


def _single_bits(source: BinaryIO, file: PixelFile, index: int) -> Voxels:
    """A frame of single bits, which follow one another without gaps, lowest first (PS3.5 8.1.1)."""
    form = file.format
    pixels = form.rows * form.columns
    first, last = index * pixels, (index + 1) * pixels
    if file.swapped and file.element.words:
        packed = _swapped_bytes(source, file, index, first // 8, -(-last // 8) - first // 8)
    else:
        packed = np.empty(-(-last // 8) - first // 8, np.uint8)
        _fill(source, file, index, first // 8, packed)
    bits = np.unpackbits(packed, bitorder="little")[first % 8 :][:pixels]
    return bits.reshape(form.rows, form.columns, 1)


def _fill(source: BinaryIO, file: PixelFile, index: int, offset: int, voxels: Voxels) -> None:
    source.seek(file.element.offset + offset)
    data: Any = voxels.reshape(-1).view(np.uint8)
    present = source.readinto(memoryview(data))  # type: ignore[attr-defined]
    if present != voxels.nbytes:
        raise NodeError(
            f"{file.name} is damaged or has changed: {present} of {voxels.nbytes} bytes of frame {index + 1} are there"
        )


def stored_bits(raw: Voxels, form: PixelFormat) -> Voxels:
    """Only the bits that are stored: others are cut off, the sign is carried on (PS3.5 8.1.1)."""
    if form.sample.kind == "f" or form.stored == form.allocated:
        return raw
    width = 8 * form.sample.itemsize
    above = width - 1 - form.high_bit
    wide = raw if above == 0 else np.left_shift(raw, above)
    return np.right_shift(wide, width - form.stored)


def as_rgb(voxels: Voxels, form: PixelFormat) -> Voxels:
    """Full YBR as RGB (PS3.3 C.7.6.3.1.2); anything else as it is."""
    if form.photometric not in ("YBR_FULL", "YBR_FULL_422"):
        return voxels
    return np.asarray(convert_color_space(voxels, "YBR_FULL", "RGB"))


def _full_colour(raw: Voxels, form: PixelFormat) -> Voxels:
    """Y1 Y2 Cb Cr as Y Cb Cr of both pixels."""
    pairs = raw.reshape(-1, 4)
    full = np.empty((len(pairs), 2, 3), raw.dtype)
    full[:, :, 0] = pairs[:, :2]
    full[:, :, 1:] = pairs[:, np.newaxis, 2:]
    return full.reshape(-1, form.columns, 3)


Wanted = Sequence[tuple[PixelFile, int]]


def _unpacked(form: PixelFormat, wanted: Wanted) -> list[Voxels]:
    """Frames in run lengths (PS3.5 G)."""
    frames = []
    for file, group in itertools.groupby(wanted, key=lambda item: item[0]):
        with in_words(file.name), file.path.open("rb") as source:
            source.seek(file.element.offset)
            unpacked = get_decoder(uids.RLELossless).iter_array(
                source,
                indices=[index for _, index in group],
                raw=True,
                rows=form.rows,
                columns=form.columns,
                samples_per_pixel=form.samples,
                photometric_interpretation=form.photometric,
                bits_allocated=form.allocated,
                bits_stored=form.stored,
                pixel_representation=int(form.signed),
                planar_configuration=int(form.planar),
                number_of_frames=file.frames,
                pixel_keyword="PixelData",
            )
            for voxels, _ in unpacked:
                check_cancelled()
                raw = np.asarray(voxels).reshape(form.rows, form.columns, form.samples)
                frames.append(as_rgb(stored_bits(raw.astype(form.sample, copy=False), form), form))
    return frames


def _decoded(form: PixelFormat, wanted: Wanted) -> list[Voxels]:
    """Frames that GDCM decodes; where several fail together, each is tried alone, to name the damaged file."""
    codes = [
        code for file, group in itertools.groupby(wanted, key=lambda item: item[0]) for code in _codes(file, group)
    ]
    try:
        return _decoded_together(form, wanted[0][0].name, codes)
    except NodeError:
        if len(codes) == 1:
            raise
    singly = zip(wanted, codes, strict=True)
    return [_decoded_together(form, file.name, [code])[0] for (file, _), code in singly]


def _codes(file: PixelFile, group: Iterable[tuple[PixelFile, int]]) -> list[bytes]:
    """The compressed bytes of the frames that are wanted of one file."""
    indices = {index for _, index in group}
    with in_words(file.name), file.path.open("rb") as source:
        source.seek(file.element.offset)
        every = generate_frames(source, number_of_frames=file.frames)
        found = [code for index, code in enumerate(every) if index in indices]
    if len(found) != len(indices):
        raise NodeError(f"{file.name} is damaged: not all of its {file.frames} frames are there")
    return found


def _decoded_together(form: PixelFormat, name: str, codes: Sequence[bytes]) -> list[Voxels]:
    shape = (len(codes), form.rows, form.columns, form.samples)
    with tempfile.TemporaryDirectory(prefix="nodeeditor-") as folder, unfinished(Path(folder)):
        path = Path(folder) / "frames.dcm"
        with in_words(name):
            _bare_dataset(form, codes).save_as(path, enforce_file_format=True)
        try:
            voxels = decode(path, "GDCMImageIO").voxels
        except NodeError as error:
            raise NodeError(error.message.replace(path.name, name, 1)) from error
    whole = voxels.dtype.kind in "iu" and voxels.dtype.itemsize == form.sample.itemsize
    if not whole or voxels.size != math.prod(shape):
        raise NodeError(f"{name} is damaged: its compressed frames have another size or type than the header says")
    return list(voxels.reshape(shape).view(form.sample))


def _bare_dataset(form: PixelFormat, codes: Sequence[bytes]) -> Dataset:
    """A secondary capture with nothing but the frames (PS3.3 A.8)."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = form.syntax
    dataset.SOPClassUID = uids.SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "2.25.1"
    dataset.SamplesPerPixel = form.samples
    dataset.PhotometricInterpretation = "MONOCHROME2" if form.samples == 1 else form.photometric
    if form.samples > 1:
        dataset.PlanarConfiguration = int(form.planar)
    dataset.NumberOfFrames = len(codes)
    dataset.Rows, dataset.Columns = form.rows, form.columns
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = form.allocated, form.stored, form.high_bit
    dataset.PixelRepresentation = int(form.signed)
    dataset.PixelData = encapsulate(list(codes))
    dataset["PixelData"].VR = "OB"
    return dataset
