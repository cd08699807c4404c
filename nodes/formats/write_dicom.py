"""Writes a DICOM series, one file a slice, with the geometry and the known facts of the image."""

from __future__ import annotations

import contextlib
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from nodeeditor import ImageInfo, NodeError, Pages, check_cancelled, holds

FOLDER_FILE = re.compile(r"slice\d{4,}\.dcm")
_CLASSES = {"CT": "CTImageStorage", "MR": "MRImageStorage"}
_KEPT = (
    "PatientName PatientID PatientBirthDate PatientSex PatientAge StudyInstanceUID StudyID StudyDate StudyTime "
    "StudyDescription AccessionNumber ReferringPhysicianName InstitutionName Manufacturer ManufacturerModelName "
    "SeriesDescription ProtocolName BodyPartExamined FrameOfReferenceUID PatientPosition"
).split()


def write_slices(pages: Pages, target: Path, name: str, *, one: bool) -> None:
    """A folder of slices, or the one slice of an image as a file.

    CT and MR images become objects of these classes, others Secondary Capture; study and patient are kept, the
    series and its slices get new UIDs. Raises NodeError for what a slice of 16-bit integers cannot hold.
    """
    info = pages.info
    dtype = _stored_type(info, name)
    depth = info.extent[2]
    if one and depth > 1:
        raise NodeError(f"{name} could not be written: {depth} slices; name a folder for a DICOM series")
    common = _common(info)
    if not one:
        target.mkdir()
    for page in pages:
        for z, voxels in enumerate(np.moveaxis(page.voxels[0], 1, 0), page.region.start[2]):
            check_cancelled()
            dataset = _slice(common, info, z, np.ascontiguousarray(np.moveaxis(voxels, 0, -1), dtype))
            file = target if one else target / f"slice{z + 1:04d}.dcm"
            dataset.save_as(file, enforce_file_format=True)


def _stored_type(info: ImageInfo, name: str) -> np.dtype[Any]:
    """The type of the pixels: 8 bits, or 16 where the declared range fits them."""
    t, c, _, y, x = info.extent
    if t > 1:
        raise NodeError(f"{name} could not be written: a DICOM series holds no {t} time points; use .nii.gz")
    if max(x, y) > 65535:
        raise NodeError(f"{name} could not be written: a DICOM slice has at most 65535 rows and columns")
    if c not in (1, 3) or (c == 3 and info.dtype != np.uint8):
        raise NodeError(f"{name} could not be written: DICOM cannot hold {c} channels of {info.dtype}; use .nii.gz")
    if info.dtype == np.uint8:
        return info.dtype
    fitting = [kind for kind in map(np.dtype, (np.int16, np.uint16)) if holds(kind, *info.range)]
    if info.dtype.kind == "f" or not fitting:
        low, high = info.range
        what = f"{info.dtype} voxels from {low:g} to {high:g}"
        raise NodeError(f"{name} could not be written: DICOM cannot hold {what}; use .nii.gz, .nrrd or .mha")
    return info.dtype if info.dtype in fitting else fitting[0]


def _common(info: ImageInfo) -> Any:
    """What all slices share."""
    pydicom: Any = import_module("pydicom")
    uid: Any = import_module("pydicom.uid")
    dataset = pydicom.Dataset()
    for keyword in _KEPT:
        text = info.tag(keyword)
        if text:
            with contextlib.suppress(ValueError, TypeError):  # a text that its attribute may not have is left out
                kind = pydicom.datadict.dictionary_VR(keyword)
                dataset.add(pydicom.DataElement(keyword, kind, text, validation_mode=pydicom.config.RAISE))
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyID", "StudyDate"):
        if keyword not in dataset:
            setattr(dataset, keyword, "")
    for keyword in ("StudyTime", "AccessionNumber", "ReferringPhysicianName", "PositionReferenceIndicator"):
        if keyword not in dataset:
            setattr(dataset, keyword, "")
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID"):
        if keyword not in dataset:
            setattr(dataset, keyword, uid.generate_uid())
    dataset.SOPClassUID = getattr(uid, _CLASSES.get(info.modality, "SecondaryCaptureImageStorage"))
    dataset.SeriesInstanceUID = uid.generate_uid()
    dataset.Modality = info.modality or "OT"
    dataset.SeriesNumber = 1
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    if dataset.Modality not in _CLASSES:
        dataset.ConversionType = "WSD"
    return dataset


def _slice(common: Any, info: ImageInfo, z: int, pixels: Any) -> Any:
    pydicom: Any = import_module("pydicom")
    uid: Any = import_module("pydicom.uid")
    dataset = pydicom.Dataset(common)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    dataset.SOPInstanceUID = uid.generate_uid()
    dataset.InstanceNumber = z + 1
    position = info.index_to_world @ (0, 0, z, 1)
    direction = np.reshape(info.direction, (3, 3))
    dataset.ImagePositionPatient = _decimals(position[:3])
    dataset.ImageOrientationPatient = _decimals((*direction[:, 0], *direction[:, 1]))
    dataset.PixelSpacing = _decimals((info.spacing[1], info.spacing[0]))
    dataset.SliceThickness, dataset.SpacingBetweenSlices = _decimals((info.spacing[2], info.spacing[2]))
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = pixels.shape
    bits = 8 * pixels.dtype.itemsize
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if dataset.SamplesPerPixel == 1:
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", "1"
        if info.modality == "CT":
            dataset.RescaleType = "HU"
    else:
        dataset.PhotometricInterpretation = "RGB"
        dataset.PlanarConfiguration = 0
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    dataset.add_new("PixelData", "OW" if bits > 8 else "OB", data + b"\0" * (len(data) % 2))
    return dataset


def _decimals(numbers: Any) -> list[Any]:
    """Decimal strings of at most 16 characters, as exact as these can be (DICOM PS3.5, DS)."""
    kind: Any = import_module("pydicom.valuerep").DSfloat
    return [kind(float(number) + 0.0, auto_format=True) for number in numbers]
