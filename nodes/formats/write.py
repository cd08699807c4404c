"""Writes an image in the format that its file name says, or says in words why that format cannot hold it.

Nothing is converted on the way: a type that a format does not know is refused. A file is there whole or not at
all. Images are written page by page as they are computed; PNG and NIfTI of vectors need the whole at once.
PNG and TIFF keep no position or direction. JPEG is not written: it changes voxels, and ITK's writer ends the
program where the disk is full.
"""

from __future__ import annotations

import errno
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from nodeeditor import NodeError, Pages, partial_file
from nodes.formats.write_dicom import FOLDER_FILE, write_slices
from nodes.formats.write_plain import write_metaimage, write_nifti, write_nrrd
from nodes.formats.write_tiff import write_tiff

WRITABLE: tuple[str, ...] = (
    ".nii.gz",
    ".nii",
    ".nrrd",
    ".mha",
    ".mhd",
    ".tif",
    ".tiff",
    ".png",
    ".dcm",
)
"""Suffixes that `write_image` knows; a name without one is the folder of a DICOM series."""
_SYNONYMS = {".tiff": ".tif"}
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_PROBLEMS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the disk may only be read",
    errno.EFBIG: "the file would be too large for the disk",
    errno.ENAMETOOLONG: "its name is too long",
}


def write_image(pages: Pages, path: Path) -> None:
    """Write an image with its geometry.

    The format follows from the suffix, one of `WRITABLE`; without one the path is a new folder for a DICOM
    series with one file a slice, which may replace such a folder. Raises NodeError in one sentence with the
    file's name; an old file is then as it was.
    """
    path = Path(path)
    suffix = _suffix(path)
    _check_place(path)
    try:
        with ExitStack() as stack:
            if suffix in ("", ".dcm"):
                _check_folder(path, suffix)
                write_slices(pages, stack.enter_context(partial_file(path)), path.name, one=suffix == ".dcm")
            elif suffix == ".png":
                _write_png(pages, stack.enter_context(partial_file(path)), path.name)
            elif suffix == ".tif":
                write_tiff(pages, stack.enter_context(partial_file(path)), path.name)
            elif suffix in (".nii", ".nii.gz"):
                write_nifti(pages, stack.enter_context(partial_file(path)), path.name, packed=suffix == ".nii.gz")
            elif suffix == ".nrrd":
                write_nrrd(pages, stack.enter_context(partial_file(path)))
            else:
                header = stack.enter_context(partial_file(path))
                raw = path.with_suffix(".raw")
                if suffix == ".mhd" and raw.exists() and not _belongs(raw, path):
                    raise NodeError(f"{path.name} could not be written: {raw.name} is not its own")
                data = stack.enter_context(partial_file(raw)) if suffix == ".mhd" else None
                write_metaimage(pages, header, data)
    except OSError as error:
        problem = _PROBLEMS.get(error.errno or 0, error.strerror or str(error))
        raise NodeError(f"{path.name} could not be written: {problem}") from error


def _suffix(path: Path) -> str:
    """The suffix in lower case, synonyms made one; NodeError where nothing can be written under it."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(path.stem).suffix.lower() + suffix
    if suffix and suffix not in WRITABLE:
        raise NodeError(f"{path.name}: write one of {', '.join(WRITABLE)}, or a folder for a DICOM series")
    return _SYNONYMS.get(suffix, suffix)


def _check_place(path: Path) -> None:
    if "\0" in str(path):
        raise NodeError("the file name holds a NUL character")
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise NodeError(f"{path.name!a} could not be written: its name is not valid text") from error
    if not path.name:
        raise NodeError("no file name is given")
    if not path.parent.is_dir():
        raise NodeError(f"{path.name} could not be written: the folder {path.parent} does not exist")


def _check_folder(path: Path, suffix: str) -> None:
    """A DICOM series may replace a folder that holds nothing but such a series, and no file."""
    if suffix == ".dcm" or not path.exists():
        return
    if not path.is_dir() or any(not FOLDER_FILE.fullmatch(file.name) for file in path.iterdir()):
        raise NodeError(f"{path.name} could not be written: it exists and holds other files than a DICOM series")


def _belongs(raw: Path, header: Path) -> bool:
    """Whether an existing header names an existing file of voxels as its own."""
    named = f"ElementDataFile = {raw.name}".encode()
    return header.is_file() and named in header.read_bytes()[:65536]


def _write_png(pages: Pages, target: Path, name: str) -> None:
    """One slice by SimpleITK, whose writer does not report every failure, so the end is looked at."""
    t, c, z, _, _ = pages.info.extent
    if pages.info.dtype.name not in ("uint8", "uint16"):
        raise NodeError(f"{name} could not be written: PNG cannot hold {pages.info.dtype}; use .nii.gz or .nrrd")
    if t > 1:
        raise NodeError(f"{name} could not be written: PNG cannot hold {t} time points; use .nii.gz, .nrrd")
    if z > 1:
        raise NodeError(f"{name} could not be written: PNG cannot hold {z} slices; use .nii.gz, .nrrd, .tif")
    if c not in (1, 3, 4):
        raise NodeError(f"{name} could not be written: PNG cannot hold {c} channels; use .nii.gz or .nrrd")
    sitk: Any = import_module("SimpleITK")
    try:
        sitk.WriteImage(pages.read().to_sitk()[:, :, 0], str(target))
    except RuntimeError as error:
        raise NodeError(f"{name} could not be written: the PNG writer failed") from error
    if not target.read_bytes().endswith(_PNG_END):
        raise NodeError(f"{name} could not be written: the disk may be full")
