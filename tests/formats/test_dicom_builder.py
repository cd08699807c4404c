"""Small DICOM files made with pydicom, and the proof that other readers see in them what was put in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
)

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def pattern(rows: int = 4, columns: int = 6, z: int = 0, dtype: str = "int16") -> npt.NDArray[Any]:
    """A slice whose every value tells row, column and slice."""
    y, x = np.mgrid[:rows, :columns]
    made: npt.NDArray[Any] = (100 * z + 10 * y + x).astype(dtype)
    return made


def dataset(pixels: npt.NDArray[Any], syntax: str = ExplicitVRLittleEndian, **attributes: Any) -> Dataset:
    """One image: rows x columns, with a leading axis for frames, or samples last where there are three."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(syntax)
    made.SOPClassUID = MRImageStorage
    made.SOPInstanceUID = "1.2.3.4"
    made.SeriesInstanceUID = "1.2.840.55555"
    made.Modality = "MR"
    colour = pixels.ndim > 2 and pixels.shape[-1] == 3
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    flat = pixels[..., 0] if colour else pixels
    if flat.ndim == 3:
        made.NumberOfFrames = len(flat)
    made.Rows, made.Columns = flat.shape[-2:]
    bits = 8 * pixels.dtype.itemsize
    made.BitsAllocated = made.BitsStored = bits
    made.HighBit = bits - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    order: Any = ">" if syntax == ExplicitVRBigEndian else "<"
    made.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    made["PixelData"].VR = "OW" if bits > 8 or syntax == ImplicitVRLittleEndian else "OB"
    for keyword, value in attributes.items():
        if value is None:
            delattr(made, keyword)
        else:
            setattr(made, keyword, value)
    return made


def save(made: Dataset, path: Path) -> Path:
    made.save_as(path, enforce_file_format=True)
    return path


def placed(z: float, number: int = 1, **attributes: Any) -> dict[str, Any]:
    """Attributes of an axial slice at a height."""
    return {
        "ImagePositionPatient": [-10.0, -20.0, z],
        "ImageOrientationPatient": list(AXIAL),
        "PixelSpacing": [2.0, 1.5],
        "InstanceNumber": number,
        "SOPInstanceUID": f"1.2.3.{number}",
        **attributes,
    }


def series(folder: Path, heights: list[float], first: int = 1, dtype: str = "int16", **attributes: Any) -> Path:
    """A folder with one axial slice a file at each height, in shuffled names."""
    folder.mkdir(exist_ok=True)
    for i, z in enumerate(heights):
        made = dataset(pattern(z=i, dtype=dtype), **placed(z, first + i, **attributes))
        save(made, folder / f"{(7 * (first + i)) % 101:03d}_{first + i}.dcm")
    return folder


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def plane(z: float, **attributes: Any) -> Dataset:
    """A frame's own functional group: its position, and what else is given as sequences."""
    return item(PlanePositionSequence=[item(ImagePositionPatient=[0.0, 0.0, z])], **attributes)


def enhanced(pixels: npt.NDArray[Any], frames: list[Dataset], **attributes: Any) -> Dataset:
    """An enhanced multi-frame image with orientation and spacing shared."""
    shared = item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=list(AXIAL))],
        PixelMeasuresSequence=[item(PixelSpacing=[2.0, 1.5], SliceThickness=3.0)],
        FrameVOILUTSequence=[item(WindowCenter=40.0, WindowWidth=400.0)],
    )
    return dataset(
        pixels,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4.1",
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=frames,
        **attributes,
    )


def shared_folder(*names: str) -> Path | None:
    """A folder of real images, None with a printed reason where it is absent."""
    folder = SHARED.joinpath(*names)
    if folder.is_dir():
        return folder
    print(f"skipped: {folder} is not there", file=sys.stderr)
    return None


def test_simpleitk_sees_the_slices_that_were_built(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", [0.0, 3.0, 6.0], SOPClassUID=CTImageStorage, Modality="CT")
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    image = sitk.ReadImage(names)
    assert image.GetSize() == (6, 4, 3)
    assert image.GetSpacing() == (1.5, 2.0, 3.0)
    assert image.GetOrigin() == (-10.0, -20.0, 0.0)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), [pattern(z=i) for i in range(3)])
