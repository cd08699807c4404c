"""DICOM: a folder with one file a slice, and one file with all slices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian, generate_uid

from nodeeditor.engine import Engine
from tests.benchmarks import data
from tests.benchmarks.data import Volume
from tests.benchmarks.frame import Bench, Outcome, Row, agree, measured, size, spelled
from tests.benchmarks.networks import CACHE, library, masking
from tests.benchmarks.process import python

FIRST = Row("DICOM folder: first slice in right order", 12, "more", than="faster than SimpleITK's series reader")
WHOLE = Row("DICOM folder: whole volume", 0.6, than="SimpleITK's series reader")
FRAMES = Row("multi-frame DICOM: whole volume", 0.3, than="SimpleITK")
MEMORY = Row("multi-frame DICOM: memory", 1.2, than="the volume")
_OUTPUT = "LocalImage.outImage"
_LOAD = """
import sys
from nodeeditor.engine import Engine
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
network = Network({"LocalImage": NodeSpec("LocalImage", {"name": sys.argv[1]})})
Engine(Library.installed(), 0).image(network, "LocalImage.outImage")
"""
_BY_SIMPLEITK = "import sys, SimpleITK; SimpleITK.ReadImage(sys.argv[1])"


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Each time with an engine that has seen nothing; the files are in the system's cache."""
    values = data.volume(bench.middle)
    folder = _series(bench.folder / "series", values)
    yield from _folder(bench, folder, values)
    for file in folder.iterdir():
        file.unlink()
    yield from _frames(bench, values)


def _folder(bench: Bench, folder: Path, values: Volume) -> Iterator[Outcome]:
    middle = len(values) // 2

    def first(number: int) -> Any:
        engine = Engine(library(), CACHE)
        whole = engine.info(masking(folder), _OUTPUT).whole
        return engine.image(masking(folder), _OUTPUT, whole.along("z", middle)).voxels[0, 0, 0]

    def whole(number: int) -> Any:
        return Engine(library(), CACHE).image(masking(folder), _OUTPUT).voxels[0, 0]

    def simpleitk(number: int) -> Any:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
        return reader.Execute()

    agree(FIRST.name, first(0), values[middle])
    agree(WHOLE.name, whole(0), values)
    agree(WHOLE.name, sitk.GetArrayFromImage(simpleitk(0)), values)
    taken = measured({"first": first, "whole": whole, "SimpleITK": simpleitk}, max(3, bench.rounds // 3), min)
    best = f"SimpleITK {spelled(taken['SimpleITK'])}"
    slices = f"{len(values)} files"
    yield Outcome(
        FIRST, taken["SimpleITK"] / taken["first"], f"{spelled(taken['first'])}, {slices}", best, "best, warm"
    )
    yield Outcome(WHOLE, taken["whole"] / taken["SimpleITK"], spelled(taken["whole"]), best, "best, warm")


def _frames(bench: Bench, values: Volume) -> Iterator[Outcome]:
    path = _enhanced(bench.folder / "frames.dcm", values)
    tiny = _enhanced(bench.folder / "tiny.dcm", values[:2, :16, :16])

    def ours(number: int) -> Any:
        return Engine(library(), CACHE).image(masking(path), _OUTPUT).voxels[0, 0]

    def simpleitk(number: int) -> Any:
        return sitk.ReadImage(str(path))

    agree(FRAMES.name, ours(0), values, sitk.GetArrayFromImage(simpleitk(0)))
    taken = measured({"ours": ours, "SimpleITK": simpleitk}, max(3, bench.rounds // 3), min)
    best = f"SimpleITK {spelled(taken['SimpleITK'])}"
    yield Outcome(FRAMES, taken["ours"] / taken["SimpleITK"], spelled(taken["ours"]), best, "best, warm")
    peaks = [
        (python(code, str(path)).peak - python(code, str(tiny)).peak) / values.nbytes for code in (_LOAD, _BY_SIMPLEITK)
    ]
    yield Outcome(
        MEMORY,
        peaks[0],
        size(bench.middle),
        f"SimpleITK {peaks[1]:.2g}x",
        "peak of a program that reads it less that of one that reads a tiny one",
    )


def _series(folder: Path, values: Volume) -> Path:
    """One file a slice, in an order of names that is not that of the slices."""
    folder.mkdir()
    names = np.random.default_rng(2).permutation(len(values))
    study, series = generate_uid(), generate_uid()
    for z, one in enumerate(values):
        made = _image(one, CTImageStorage)
        made.StudyInstanceUID, made.SeriesInstanceUID = study, series
        made.InstanceNumber = z + 1
        made.ImagePositionPatient = [0.0, 0.0, float(z)]
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        made.PixelSpacing = [1.0, 1.0]
        made.save_as(folder / f"{names[z]:04d}.dcm", enforce_file_format=True)
    return folder


def _enhanced(path: Path, values: Volume) -> Path:
    """All slices in one file."""
    made = _image(values, EnhancedCTImageStorage)
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.NumberOfFrames = len(values)
    orientation = _item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    measures = _item(PixelSpacing=[1.0, 1.0], SliceThickness=1.0, SpacingBetweenSlices=1.0)
    values_ = _item(RescaleIntercept=0.0, RescaleSlope=1.0, RescaleType="HU")
    made.SharedFunctionalGroupsSequence = [
        _item(
            PlaneOrientationSequence=[orientation],
            PixelMeasuresSequence=[measures],
            PixelValueTransformationSequence=[values_],
        )
    ]
    made.PerFrameFunctionalGroupsSequence = [
        _item(PlanePositionSequence=[_item(ImagePositionPatient=[0.0, 0.0, float(z)])]) for z in range(len(values))
    ]
    made.save_as(path, enforce_file_format=True)
    return path


def _image(values: Volume, kind: UID) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = kind
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = generate_uid()
    made.Modality = "CT"
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = values.shape[-2:]
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, 1
    made.RescaleIntercept, made.RescaleSlope = "0", "1"
    made.PixelData = values.tobytes()
    made["PixelData"].VR = "OW"
    return made


def _item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made
