"""Opens an image file by what it holds, whatever its name says, and explains in words why it cannot.

Formats: DICOM, NIfTI, Analyze, MetaImage, NRRD, Bruker ParaVision, and with SimpleITK all others that it reads.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from nodeeditor import NodeError, check_cancelled
from nodes.formats import bruker, itk, metaimage, nifti, nrrd
from nodes.formats.imagefile import ImageFile

_HEAD = 5400
_SUFFIXES = {
    "DICOM": (".dcm", ".dicom"),
    "NIfTI": (".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz"),
    "MetaImage": (".mha", ".mhd"),
    "NRRD": (".nrrd", ".nhdr"),
    **{kind.name: kind.suffixes for kind in itk.FORMATS},
}
_NAMED = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes}
_WITHOUT_HEADER = re.compile(rb"[\x02\x08]\0.\0.{4}", re.DOTALL)
_PROBLEMS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EACCES: "may not be read (permission)",
    errno.EPERM: "may not be read (permission)",
    errno.ELOOP: "is a circular link",
    errno.ENAMETOOLONG: "has too long a name",
}


def open_image(path: Path, series: str = "") -> ImageFile:
    """Open an image file, or a folder that holds a DICOM series or a 2dseq of Bruker ParaVision.

    ``series`` chooses one of several DICOM series by its number, its description or the end of its UID. Raises
    NodeError in one sentence with the file's name: missing, no permission, a pipe, empty, no image, damaged,
    not supported.
    """
    path = Path(path)
    try:
        return _opened(path, series)
    except OSError as error:
        raise _problem(path, error) from error


def stamp(path: Path) -> str:
    """What an image depends on outside the network, as a short text: path, size and time of change.

    Of a folder, and of a slice of General Electric, that of all regular files in the folder; of a header that of
    the file with its voxels, too. Voxels are never read. Raises NodeError as `open_image` does.
    """
    try:
        own = _checked(path)
        facts = _folder_facts(path) if stat.S_ISDIR(own.st_mode) else _file_facts(path, own)
        text = "\n".join((os.path.abspath(path), *facts))  # noqa: PTH100  (resolve() would ask the disk for links)
    except OSError as error:
        raise _problem(path, error) from error
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def format_name(path: Path) -> str:
    """The format that a file's content shows, such as ``NIfTI``; empty where it is none that can be opened."""
    if bruker.is_bruker(path):
        return "Bruker"
    suffix = _suffix(path)
    head = nifti.unpacked_head(path, _HEAD)
    if head[128:132] == b"DICM":
        return "DICOM"
    if metaimage.is_metaimage(head):
        return "MetaImage"
    if nrrd.is_nrrd(head):
        return "NRRD"
    if nifti.is_nifti(head) or (suffix in (".img", ".img.gz") and nifti.header_path(path).is_file()):
        return "NIfTI"
    kind = itk.recognised(head, suffix)
    if kind:
        return kind.name
    return "DICOM" if _WITHOUT_HEADER.match(head) and _NAMED.get(suffix, "DICOM") == "DICOM" else ""


def _opened(path: Path, series: str) -> ImageFile:
    if stat.S_ISDIR(_checked(path).st_mode):
        return _open_folder(path, series)
    name = format_name(path)
    if name == "DICOM":
        from nodes.formats.dicom import open_dicom  # noqa: PLC0415  (pydicom takes 0.4 s to import)

        image: ImageFile = open_dicom(path, series)
    elif name == "MetaImage":
        image = metaimage.open_metaimage(path)
    elif name == "NRRD":
        image = nrrd.open_nrrd(path)
    elif name == "NIfTI":
        image = nifti.open_nifti(path)
    elif name == "Bruker":
        image = bruker.open_bruker(path)
    elif name:
        image = itk.open_with_itk(path, next(kind for kind in itk.FORMATS if kind.name == name))
    else:
        raise NodeError(_unknown(path))
    if _NAMED.get(_suffix(path), name) != name:
        image.warnings = (f"is named {_suffix(path)} but holds {name}", *image.warnings)
    return image


def _open_folder(path: Path, series: str) -> ImageFile:
    if bruker.is_bruker(path / "2dseq"):
        return bruker.open_bruker(path / "2dseq")
    others = []
    for file in _regular_files(path):
        check_cancelled()
        name = format_name(file)
        if name == "DICOM":
            from nodes.formats.dicom import open_dicom  # noqa: PLC0415

            image: ImageFile = open_dicom(path, series)
            return image
        if name:
            others.append(file.name)
    if not others:
        raise NodeError(f"{path.name} is a folder without images")
    listed = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
    raise NodeError(f"{path.name} is a folder without a DICOM series; choose one of its files ({listed})")


def _regular_files(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_file())
    for name in names:
        file = folder / name
        if file.stat().st_size and os.access(file, os.R_OK):
            yield file


def _checked(path: Path) -> os.stat_result:
    """Facts of a path that may be opened; NodeError or OSError where it may not."""
    name = str(path)
    if "\0" in name:
        raise NodeError("the file name holds a NUL character")
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        raise NodeError(f"{path.name!a} is no valid file name") from error
    facts = path.stat()
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
        raise NodeError(f"{path.name} is not a regular file")
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, "permission", name)
    if stat.S_ISREG(facts.st_mode) and facts.st_size == 0:
        raise NodeError(f"{path.name} is empty (0 bytes)")
    return facts


def _problem(path: Path, error: OSError) -> NodeError:
    what = _PROBLEMS.get(error.errno or 0, f"could not be read: {error.strerror or error}")
    missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
    hint = "; ~ is not expanded, use $(HOME)" if missing and "~" in path.parts else ""
    return NodeError(f"{path if missing else path.name} {what}{hint}")


def _unknown(path: Path) -> str:
    if _suffix(path) in (".img", ".img.gz"):
        header = nifti.header_path(path)
        return f"{path.name} is incomplete: {header.name} with its header does not exist"
    if path.name == "2dseq":
        return "2dseq is incomplete: visu_pars with its header does not exist"
    with path.open("rb") as file:
        begin = file.read(8)
    return f"{path.name} is not an image I know (begins with {begin.decode('latin-1')!a})"


def _suffix(path: Path) -> str:
    last = path.suffix.lower()
    return Path(path.stem).suffix.lower() + last if last == ".gz" else last


def _file_facts(path: Path, own: os.stat_result) -> list[str]:
    files: list[Path] = []
    suffix = _suffix(path)
    if suffix == ".mhd":
        files = metaimage.data_files(path)
    elif suffix == ".nhdr":
        files = nrrd.data_files(path)
    elif suffix in (".hdr", ".img", ".hdr.gz", ".img.gz"):
        files = [file for file in (nifti.header_path(path), nifti.data_path(path)) if file.exists()]
    elif suffix == ".spr":
        files = [file for file in (path.with_suffix(".sdt"),) if file.exists()]
    elif bruker.is_bruker(path):
        files = [bruker.header_path(path)]
    elif suffix not in _NAMED and format_name(path).startswith("GE "):
        return [path.name, *_folder_facts(path.parent)]  # the other slices lie in other files
    return [_fact(path.name, own), *(_fact(file.name, file.stat()) for file in files)]


def _folder_facts(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(_fact(entry.name, entry.stat()) for entry in entries if entry.is_file())


def _fact(name: str, facts: os.stat_result) -> str:
    return f"{name} {facts.st_size} {facts.st_mtime_ns}"
