"""The built-in head in a file as a scanner would write it: enhanced multi-frame MR DICOM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, EnhancedMRImageStorage, ExplicitVRLittleEndian

FIRST_POSITION = (82.9, -96.0, 76.7)
ORIENTATION = (0, 1, 0, 0, 0, -1)
PIXEL_SPACING = (1.953, 1.953)
SLICE_STEP = 2.0

_WRITER = "2.25.227917303283013171203744713915108391117"
_STUDY = "2.25.171028367124551187610962537319843020114"
_FRAME_OF_REFERENCE = "2.25.88120475619920351467283110475920181764"
_STACK_DIMENSION = "2.25.301745590182736450912837465019283746501"
_DATE, _TIME = "20240229", "101500"


@dataclass(frozen=True)
class MagneticResonanceScan:
    """What distinguishes one scan of the head from the other; times in ms, angles in degrees."""

    instance: str
    series: str
    number: int
    description: str
    contrast: str
    sequence: str
    echo: str
    repetition_time: float
    echo_time: float
    inversion_time: float | None
    flip_angle: float
    echo_train: int
    window: tuple[float, float]


T1_SCAN = MagneticResonanceScan(
    instance="2.25.149873625104938271650493827165049382716",
    series="2.25.110293847561029384756102938475610293847",
    number=2,
    description="T1 MPRAGE sagittal",
    contrast="T1",
    sequence="mprage3d",
    echo="GRADIENT",
    repetition_time=1900.0,
    echo_time=2.93,
    inversion_time=900.0,
    flip_angle=9.0,
    echo_train=1,
    window=(439.96, 932.87),
)
T2_SCAN = MagneticResonanceScan(
    instance="2.25.149873625104938271650493827165049382717",
    series="2.25.110293847561029384756102938475610293848",
    number=3,
    description="T2 SPACE sagittal",
    contrast="T2",
    sequence="space3d",
    echo="SPIN",
    repetition_time=3200.0,
    echo_time=402.0,
    inversion_time=None,
    flip_angle=120.0,
    echo_train=141,
    window=(550.0, 1180.0),
)


def write_scan(path: Path, voxels: NDArray[np.uint16], scan: MagneticResonanceScan) -> None:
    """Write one scan of the head to a new DICOM file.

    `voxels` is indexed slice, row, column: sagittal slices 2 mm apart from the patient's left to the right,
    rows from head to feet and columns from front to back, 1.953 mm each. The bytes depend on nothing but the
    arguments. Raises OSError if the file cannot be written.
    """
    dataset = Dataset()
    dataset.file_meta = _file_meta(scan)
    dataset.update(_identity(scan))
    dataset.update(_acquisition(scan))
    dataset.update(_pixels(voxels))
    dataset.update(_dimensions())
    dataset.SharedFunctionalGroupsSequence = Sequence([_shared(scan)])
    dataset.PerFrameFunctionalGroupsSequence = Sequence([_frame(index, scan) for index in range(len(voxels))])
    dataset.save_as(path, enforce_file_format=True)


def _items(**values: object) -> Sequence:
    """Make a sequence of one item with these attributes."""
    return Sequence([_attributes(**values)])


def _attributes(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def _file_meta(scan: MagneticResonanceScan) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    meta.MediaStorageSOPInstanceUID = UID(scan.instance)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(_WRITER)
    meta.ImplementationVersionName = "NODEEDITOR"
    return meta


def _identity(scan: MagneticResonanceScan) -> Dataset:
    return _attributes(
        SpecificCharacterSet="ISO_IR 100",
        SOPClassUID=EnhancedMRImageStorage,
        SOPInstanceUID=scan.instance,
        InstanceCreationDate=_DATE,
        InstanceCreationTime=_TIME,
        PatientName="PROBAND",
        PatientID="PROBAND",
        PatientBirthDate="19800101",
        PatientSex="O",
        PatientAge="044Y",
        StudyInstanceUID=_STUDY,
        StudyDate=_DATE,
        StudyTime=_TIME,
        StudyID="1",
        StudyDescription="Brain multi-modal phantom",
        AccessionNumber="",
        ReferringPhysicianName="",
        SeriesInstanceUID=scan.series,
        SeriesDate=_DATE,
        SeriesTime=_TIME,
        SeriesNumber=scan.number,
        SeriesDescription=scan.description,
        ProtocolName=scan.description,
        Modality="MR",
        PatientPosition="HFS",
        BodyPartExamined="HEAD",
        FrameOfReferenceUID=_FRAME_OF_REFERENCE,
        PositionReferenceIndicator="",
        Manufacturer="nodeeditor",
        ManufacturerModelName="Head phantom",
        DeviceSerialNumber="1",
        SoftwareVersions="1",
        InstitutionName="nodeeditor phantom",
    )


def _acquisition(scan: MagneticResonanceScan) -> Dataset:
    return _attributes(
        ImageType=["DERIVED", "PRIMARY", "VOLUME", "NONE"],
        InstanceNumber=1,
        ContentDate=_DATE,
        ContentTime=_TIME,
        AcquisitionNumber=scan.number,
        AcquisitionDate=_DATE,
        AcquisitionTime=_TIME,
        AcquisitionDateTime=_DATE + _TIME,
        AcquisitionDuration=240.0,
        AcquisitionContextSequence=Sequence(),
        AcquisitionContrast=scan.contrast,
        ContentQualification="RESEARCH",
        ResonantNucleus="1H",
        KSpaceFiltering="NONE",
        MagneticFieldStrength=1.5,
        ApplicableSafetyStandardAgency="IEC",
        PulseSequenceName=scan.sequence,
        MRAcquisitionType="3D",
        EchoPulseSequence=scan.echo,
        PixelPresentation="MONOCHROME",
        VolumetricProperties="VOLUME",
        VolumeBasedCalculationTechnique="NONE",
        ComplexImageComponent="MAGNITUDE",
    )


def _pixels(voxels: NDArray[np.uint16]) -> Dataset:
    frames, rows, columns = voxels.shape
    dataset = _attributes(
        NumberOfFrames=frames,
        Rows=rows,
        Columns=columns,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=16,
        BitsStored=12,
        HighBit=11,
        PixelRepresentation=0,
        BurnedInAnnotation="NO",
        LossyImageCompression="00",
        PresentationLUTShape="IDENTITY",
    )
    dataset.add_new("SmallestImagePixelValue", "US", int(voxels.min()))
    dataset.add_new("LargestImagePixelValue", "US", int(voxels.max()))
    dataset.add_new("PixelData", "OW", voxels.astype("<u2").tobytes())
    return dataset


def _dimensions() -> Dataset:
    group = Tag("FrameContentSequence")
    pointers = [("StackID", "Stack"), ("InStackPositionNumber", "Position in the stack")]
    return _attributes(
        DimensionOrganizationType="3D",
        DimensionOrganizationSequence=_items(DimensionOrganizationUID=_STACK_DIMENSION),
        DimensionIndexSequence=Sequence(
            _attributes(
                DimensionOrganizationUID=_STACK_DIMENSION,
                DimensionIndexPointer=Tag(pointer),
                FunctionalGroupPointer=group,
                DimensionDescriptionLabel=label,
            )
            for pointer, label in pointers
        ),
    )


def _shared(scan: MagneticResonanceScan) -> Dataset:
    head = _items(CodeValue="69536005", CodingSchemeDesignator="SCT", CodeMeaning="Head")
    centre, width = scan.window
    gradient_echoes = scan.echo_train if scan.echo == "GRADIENT" else 0
    timing = _attributes(
        RepetitionTime=scan.repetition_time,
        FlipAngle=scan.flip_angle,
        EchoTrainLength=scan.echo_train,
        RFEchoTrainLength=scan.echo_train - gradient_echoes,
        GradientEchoTrainLength=gradient_echoes,
    )
    modifier = _attributes(InversionRecovery="NO" if scan.inversion_time is None else "YES")
    if scan.inversion_time is not None:
        modifier.InversionTimes = [scan.inversion_time]
    return _attributes(
        PixelMeasuresSequence=_items(
            PixelSpacing=list(PIXEL_SPACING), SliceThickness=SLICE_STEP, SpacingBetweenSlices=SLICE_STEP
        ),
        PlaneOrientationSequence=_items(ImageOrientationPatient=list(ORIENTATION)),
        FrameAnatomySequence=_items(FrameLaterality="U", AnatomicRegionSequence=head),
        FrameVOILUTSequence=_items(WindowCenter=centre, WindowWidth=width),
        PixelValueTransformationSequence=_items(RescaleIntercept=0, RescaleSlope=1, RescaleType="US"),
        MRImageFrameTypeSequence=_items(
            FrameType=["DERIVED", "PRIMARY", "VOLUME", "NONE"],
            PixelPresentation="MONOCHROME",
            VolumetricProperties="VOLUME",
            VolumeBasedCalculationTechnique="NONE",
            ComplexImageComponent="MAGNITUDE",
            AcquisitionContrast=scan.contrast,
        ),
        MRTimingAndRelatedParametersSequence=Sequence([timing]),
        MREchoSequence=_items(EffectiveEchoTime=scan.echo_time),
        MRModifierSequence=Sequence([modifier]),
        MRAveragesSequence=_items(NumberOfAverages=1.0),
    )


def _frame(index: int, scan: MagneticResonanceScan) -> Dataset:
    x, y, z = FIRST_POSITION
    return _attributes(
        PlanePositionSequence=_items(ImagePositionPatient=[round(x - SLICE_STEP * index, 3), y, z]),
        FrameContentSequence=_items(
            StackID="1",
            InStackPositionNumber=index + 1,
            DimensionIndexValues=[1, index + 1],
            FrameAcquisitionNumber=scan.number,
            FrameAcquisitionDateTime=_DATE + _TIME,
            FrameReferenceDateTime=_DATE + _TIME,
            FrameAcquisitionDuration=240.0,
        ),
    )
