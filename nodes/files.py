"""Nodes that read and write image files; the formats are imported when the first file is opened or written."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from nodeeditor import (
    FileName,
    Image,
    ImageInfo,
    Input,
    Node,
    NodeError,
    Output,
    Pages,
    Region,
    Trigger,
    Voxels,
    field,
)

if TYPE_CHECKING:
    from nodes.formats.imagefile import ImageFile


class LocalImage(Node):
    """Load an image file, or a folder of DICOM files, from this computer.

    DICOM (one file, several frames, a folder that holds a series), NIfTI, Analyze, NRRD, MetaImage, TIFF, LSM, PNG,
    JPEG, JPEG 2000, BMP, VTK, HDF5, MINC 2, GIPL, MRC, BioRad, Stimulate, Bruker ParaVision (a 2dseq or its folder) and
    GE Signa 4.x and 5.x (one slice, the others of its series are found); the content decides, not the name's ending.
    Values are rescaled as the file says, the type is the smallest that holds them all, the geometry is in LPS
    millimetres. The values of plain files above 64 MiB are not looked through: their range is that of the type. What is
    odd about a file (a missing slice, uneven or unknown distances, a tilted gantry) is said in a warning.

    The name may begin with a path variable such as `$(DemoDataPath)` or `$(NETWORK)`; a relative one starts at the
    network's folder.
    """

    composed = True
    keywords = ("open", "load", "read", "file", "dicom", "nifti", "source", "import", "ImageLoad")
    renamed = {"localname": "name", "output": "outImage"}

    out_image = Output(Image, "The loaded image.")

    name: FileName = field(
        default=FileName(""), help="The image file, or the folder that holds a DICOM series or a 2dseq."
    )
    series: str = field(
        default="",
        help="Which series of a folder that holds several: its number, its description or the end of its UID.",
    )
    auto_load: bool = field(default=True, help="Load as soon as the name changes; a run without a screen always loads.")
    load: Trigger = field(default=Trigger.idle, help="Load the file again.")
    close: Trigger = field(default=Trigger.idle, help="Let go of the file.")
    true_name: str = field(default="", read_only=True, help="The full name of the file.")
    status: str = field(default="", read_only=True, help="What was opened.")

    def caption(self) -> str:
        return PurePath(self.name).name or "<empty>"

    def stamp(self) -> str:
        from nodes import formats  # noqa: PLC0415  (20 ms that no other node and no check of a network waits for)

        return formats.stamp(self._path())

    def open(self) -> ImageFile:
        from nodes import formats  # noqa: PLC0415

        return formats.open_image(self._path(), self.series)

    def describe(self, opened: ImageFile) -> ImageInfo:
        return opened.info

    def compute(self, region: Region, opened: ImageFile) -> Voxels:
        from nodes.formats.columns import region_of  # noqa: PLC0415

        return region_of(opened, region)

    def values(self, opened: ImageFile) -> dict[str, object]:
        return {"true_name": self.name, "status": f"File open ({opened.summary})"}

    def warnings(self, opened: ImageFile) -> tuple[str, ...]:
        return opened.warnings

    def _path(self) -> Path:
        if not self.name:
            raise NodeError("no file is chosen; set its field 'name'")
        return Path(self.name)


class ImageSave(Node):
    """Save an image to a file, the format chosen by the name's ending.

    `.nii`, `.nii.gz`, `.nrrd`, `.mha`, `.mhd` and DICOM (a folder: a name without an ending) keep the geometry; `.tif`
    and `.png` do not. The file is written beside its place and then renamed, so there is never half a file. A type
    that a format cannot hold is refused.
    """

    effect = True
    saves = "filename"
    keywords = ("write", "export", "store", "file", "nifti", "dicom", "sink")

    input0 = Input(Image, "The image to save.")

    filename: FileName = field(
        default=FileName(""),
        help="The file to write, its folder made if need be; a relative name starts at the network's folder.",
    )
    allow_overwrite: bool = field(default=True, help="Replace a file that is already there.")
    save: Trigger = field(default=Trigger.idle, help="Save now.")

    def caption(self) -> str:
        return PurePath(self.filename).name or "<empty>"

    def perform(self, input0: Pages) -> None:
        from nodes.formats.write import write_image  # noqa: PLC0415

        if not self.filename:
            raise NodeError("no file is chosen; set its field 'filename'")
        path = Path(self.filename)
        if path.exists() and not self.allow_overwrite:
            raise NodeError(f"{path.name} is there already, and allowOverwrite is off")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NodeError(f"the folder {path.parent} cannot be made: {error.strerror}") from error
        write_image(input0, path)
