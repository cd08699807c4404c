"""Reads the header of one DICOM file: its attributes, its encoding, and where its pixel data begin.

Nothing here decodes pixels. All that pydicom raises or warns about a damaged file becomes a NodeError with the
file's name.
"""

from __future__ import annotations

import io
import math
import os
import re
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from nodeeditor import NodeError

UNDEFINED_LENGTH = 0xFFFFFFFF
INFLATED_LIMIT = 2**31
_PIXEL_KEYWORDS = {0x0008: "FloatPixelData", 0x0009: "DoubleFloatPixelData", 0x0010: "PixelData"}
_LONG_VRS = (b"OB", b"OW", b"OF", b"OD", b"UN")
_FIRST_GROUPS = (0x0002, 0x0008)
_WARNINGS = threading.RLock()
"""Python's warning filter is one for all threads: whoever silences it, holds this."""


class ForeignFileError(NodeError):
    """The file is no DICOM at all."""


class PixelElement(NamedTuple):
    """Where the pixel data of a file are.

    ``keyword``  PixelData, FloatPixelData or DoubleFloatPixelData (PS3.3 C.7.6.24)
    ``offset``   of the value's first byte
    ``length``   bytes that the header promises, None for encapsulated data (PS3.5 A.4)
    ``present``  bytes that the file has from there on
    ``words``    whether they are written as 16-bit words (VR OW), which matters to single bytes in big endian
    """

    keyword: str
    offset: int
    length: int | None
    present: int
    words: bool


@dataclass(frozen=True, eq=False)
class Header:
    """One file's attributes before its pixel data.

    ``syntax`` is the transfer syntax, ``big_endian`` the byte order of its numbers; ``inflated`` holds the whole
    content of a deflated file (PS3.5 A.5), which ``pixels.offset`` then counts in.
    """

    path: Path
    dataset: Dataset
    syntax: UID
    big_endian: bool
    pixels: PixelElement | None
    inflated: bytes | None

    @property
    def name(self) -> str:
        """The file's name as it may be shown."""
        return shown_name(self.path)

    @property
    def kind(self) -> str:
        """What the file is in one word, such as RTPLAN, SR or DICOMDIR."""
        meta = getattr(self.dataset, "file_meta", Dataset())
        if text(meta, "MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            return "DICOMDIR"
        uid = UID(text(self.dataset, "SOPClassUID"))
        return text(self.dataset, "Modality") or (uid.name if uid and uid.name != uid else "file")


def shown_name(path: Path) -> str:
    """A file's name as valid text, whatever bytes it is made of."""
    return os.fsencode(path.name or str(path)).decode("utf-8", "replace")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pydicom's warnings about odd values to ourselves; one thread at a time."""
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def in_words(name: str) -> Iterator[None]:
    """Turn whatever pydicom or the system raises into a NodeError that begins with the file's name."""
    with quiet():
        try:
            yield
        except NodeError:
            raise
        except RecursionError:
            raise NodeError(f"{name} is damaged: its sequences are nested too deeply") from None
        except FileNotFoundError as error:
            raise NodeError(f"{name} does not exist") from error
        except PermissionError as error:
            raise NodeError(f"{name} may not be read (permission)") from error
        except OSError as error:
            raise NodeError(f"{name} could not be read: {error.strerror or error}") from error
        except MemoryError as error:
            raise NodeError(f"{name} could not be read: it needs more memory than there is") from error
        except Exception as error:  # pydicom raises nearly every kind for damaged files
            raise NodeError(f"{name} is damaged: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:160] + ("…" if len(words) > 160 else "")


def is_dicom(path: Path) -> bool:
    """Whether a file is DICOM by its content: ``DICM`` at byte 128, or a dataset without header.

    The latter begins with an element of group 0002 or 0008 whose value representation or length is plausible
    (PS3.10 7.1; PS3.5 7.1). False for what is no regular file or cannot be opened.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(132)
    except (OSError, ValueError):
        return False
    return _has_preamble(start) or _begins_plausibly(start)


def _has_preamble(start: bytes) -> bool:
    return start[128:132] == b"DICM"


def _begins_plausibly(start: bytes) -> bool:
    if len(start) < 16:
        return False
    for order in "<>":
        group, element = struct.unpack(f"{order}HH", start[:4])
        if group in _FIRST_GROUPS and element <= 0x0100:
            explicit = re.fullmatch(rb"[A-Z]{2}", start[4:6]) is not None
            return explicit or struct.unpack(f"{order}I", start[4:8])[0] <= 128
    return False


def read_header(path: Path) -> Header:
    """Read a file's attributes up to its pixel data.

    Raises NodeError where the file is missing, no DICOM, or damaged within its header.
    """
    name = shown_name(path)
    with in_words(name):
        with path.open("rb") as raw:
            start = raw.read(512)
            if not _has_preamble(start) and not _begins_plausibly(start):
                raise ForeignFileError(f"{name} has no DICOM header (DICM)")
            inflated = _inflated(start, raw, name)
            file: BinaryIO = io.BytesIO(inflated) if inflated is not None else raw
            file.seek(0)
            dataset = dcmread(file, stop_before_pixels=True, force=True)
            implicit, little = _encoding(dataset)
            pixels = _pixel_element(file, implicit, "<" if little else ">")
        syntax = UID(text(dataset.file_meta, "TransferSyntaxUID"))
        return Header(path, dataset, syntax, not little, pixels, inflated)


def _encoding(dataset: Dataset) -> tuple[bool, bool]:
    """Whether value representations are implicit and numbers little endian: as found, whatever the header says."""
    rows: Any = dataset.get_item(0x00280010) if 0x00280010 in dataset else None
    implicit, little = dataset.original_encoding
    return bool(getattr(rows, "is_implicit_VR", implicit)), bool(getattr(rows, "is_little_endian", little))


def _inflated(start: bytes, file: BinaryIO, name: str) -> bytes | None:
    """The file as it would be in plain explicit little endian, where it is deflated (PS3.5 A.5)."""
    deflated = str(DeflatedExplicitVRLittleEndian).encode()
    if not _has_preamble(start) or deflated not in start:
        return None
    if start[132:140] != b"\x02\x00\x00\x00UL\x04\x00":
        raise NodeError(f"{name} is damaged: it is deflated, but its header has no length")
    begin = 144 + struct.unpack("<I", start[140:144])[0]
    file.seek(0)
    meta = file.read(begin).replace(deflated, str(ExplicitVRLittleEndian).encode().ljust(len(deflated), b"\0"))
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    content = stream.decompress(file.read(), INFLATED_LIMIT)
    if stream.unconsumed_tail:
        raise NodeError(f"{name} inflates to more than {INFLATED_LIMIT >> 30} GiB; that is not read")
    return meta + content


def _pixel_element(file: BinaryIO, implicit: bool, order: str) -> PixelElement | None:
    """The pixel data element where pydicom stopped, None where the file has none (PS3.5 7.1)."""
    start = file.read(12)
    if len(start) < 8:
        return None
    group, element = struct.unpack(f"{order}HH", start[:4])
    keyword = _PIXEL_KEYWORDS.get(element)
    if group != 0x7FE0 or keyword is None:
        return None
    if implicit:
        size, length = 8, struct.unpack(f"{order}I", start[4:8])[0]
    elif start[4:6] in _LONG_VRS and len(start) == 12:
        size, length = 12, struct.unpack(f"{order}I", start[8:12])[0]
    else:
        size, length = 8, struct.unpack(f"{order}H", start[6:8])[0]
    offset = file.tell() - len(start) + size
    end = file.seek(0, os.SEEK_END)
    words = not implicit and start[4:6] == b"OW"
    return PixelElement(keyword, offset, None if length == UNDEFINED_LENGTH else length, end - offset, words)


ATTRIBUTES: dict[str, BaseTag] = {
    keyword: Tag(keyword)
    for keyword in (
        "SpecificCharacterSet TransferSyntaxUID MediaStorageSOPClassUID SOPClassUID SOPInstanceUID SeriesInstanceUID "
        "SeriesNumber SeriesDescription Modality Rows Columns SamplesPerPixel PhotometricInterpretation "
        "PlanarConfiguration BitsAllocated BitsStored HighBit PixelRepresentation NumberOfFrames PixelData "
        "FrameIncrementPointer ImagePositionPatient ImageOrientationPatient PixelSpacing ImagerPixelSpacing "
        "NominalScannedPixelSpacing SequenceOfUltrasoundRegions PhysicalUnitsXDirection PhysicalUnitsYDirection "
        "PhysicalDeltaX PhysicalDeltaY SpacingBetweenSlices SliceThickness SliceVector GridFrameOffsetVector "
        "DetectorInformationSequence RescaleSlope RescaleIntercept DoseGridScaling ModalityLUTSequence LUTDescriptor "
        "LUTData RedPaletteColorLookupTableDescriptor RedPaletteColorLookupTableData "
        "GreenPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableData "
        "BluePaletteColorLookupTableDescriptor BluePaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData "
        "SegmentedGreenPaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData "
        "PerFrameFunctionalGroupsSequence SharedFunctionalGroupsSequence PlanePositionSequence "
        "PlaneOrientationSequence PixelMeasuresSequence PixelValueTransformationSequence FrameContentSequence "
        "TemporalPositionSequence CardiacSynchronizationSequence SegmentIdentificationSequence MREchoSequence "
        "MRDiffusionSequence TemporalPositionIdentifier TemporalPositionIndex TemporalPositionTimeOffset "
        "NominalCardiacTriggerDelayTime TriggerTime FrameReferenceTime ReferencedSegmentNumber EchoNumbers "
        "EffectiveEchoTime EchoTime DiffusionBValue FrameAcquisitionDateTime AcquisitionDateTime AcquisitionTime "
        "ContentTime AcquisitionNumber InstanceNumber FrameTime FrameTimeVector TemporalResolution CineRate "
        "RecommendedDisplayFrameRate"
    ).split()
}
"""Every attribute that the readers look at, and its tag: two headers that agree in these mean the same."""


def value(dataset: Dataset, keyword: str) -> Any:
    """The value of one of the `ATTRIBUTES`, None where it is absent, empty or unreadable."""
    tag = ATTRIBUTES[keyword]
    if tag not in dataset:
        return None
    try:
        found = dataset[tag].value
    except Exception:  # pydicom converts on access and raises nearly every kind
        return None
    return None if found is None or found == "" else found


def text(dataset: Dataset, keyword: str) -> str:
    """An attribute's value as text, without padding; empty where there is none."""
    found = value(dataset, keyword)
    return "" if found is None else str(found).strip(" \0")


def number(dataset: Dataset, keyword: str) -> float | None:
    """An attribute's first value as a number, None where it is absent, empty or no number."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...] | None:
    """All values of an attribute as numbers, None where it is absent, empty or one is no number."""
    found = value(dataset, keyword)
    if found is None:
        return None
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    try:
        return tuple(float(item) for item in listed) or None
    except (TypeError, ValueError, OverflowError):
        return None


def whole_number(dataset: Dataset, keyword: str, default: int | None = None) -> int | None:
    """An attribute's value as an integer, the default where it is absent, None where it is no integer."""
    if value(dataset, keyword) is None:
        return default
    found = number(dataset, keyword)
    return int(found) if found is not None and math.isfinite(found) and found == int(found) else None


def items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """The items of a sequence, none where it is absent or no sequence."""
    found = value(dataset, keyword)
    return [item for item in found if isinstance(item, Dataset)] if isinstance(found, Sequence) else []
