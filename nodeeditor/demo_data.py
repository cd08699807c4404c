"""The built-in images, made once on the user's machine so that no data has to be shipped or downloaded."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nodeeditor.atomic import unfinished

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = "demo-data-2"
"""Name of the folder; the number is raised whenever the images change."""

IMAGES = {
    "BrainMultiModal/ProbandT1.dcm": 80 * 91 * 109 * 2,
    "BrainMultiModal/ProbandT2.dcm": 80 * 91 * 109 * 2,
    "Bone.tiff": 64 * 128 * 128 * 2,
    "Tumor1_Head_t1.small.tif": 20 * 109 * 80 * 2,
}
"""The images, and how many bytes each has at least."""


def demo_data(cache: Path | None = None) -> Path:
    """Give the folder of the built-in images, made on first use within seconds and only looked up afterwards.

    It holds `BrainMultiModal/ProbandT1.dcm` and `ProbandT2.dcm`, a head in 80 sagittal slices of 109 x 91
    voxels (2.0 x 1.953 x 1.953 mm), `Bone.tiff`, a knee by CT in 64 slices of 128 x 128 voxels (1 mm,
    Hounsfield units plus 1000), and `Tumor1_Head_t1.small.tif`, the head with a tumor in 20 axial slices of 80 x 109
    voxels (2.0 x 1.953 mm; TIFF keeps no distance of slices). The files are the same byte for byte on every
    machine. `cache` is the directory the folder is made in, by default the user's cache directory; if that cannot be
    written, a directory of the user among the temporary files serves instead. Raises OSError if neither can be
    written.
    """
    try:
        folder = (_cache_root() if cache is None else cache) / FOLDER
        return folder if _is_complete(folder) else _made(folder)
    except (OSError, RuntimeError):  # a full or read-only disk; a user without a home
        spare = _temporary_root() / FOLDER
        return spare if _is_complete(spare) else _made(spare)


def demo_data_folder() -> Path | None:
    """Give the folder of the built-in images if it is there; nothing is made."""
    with contextlib.suppress(OSError, RuntimeError):
        for root in (_cache_root(), _temporary_root()):
            if _is_complete(root / FOLDER):
                return root / FOLDER
    return None


def _cache_root() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "nodeeditor" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nodeeditor"
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "nodeeditor"


def _temporary_root() -> Path:
    """Give a directory among the temporary files that nobody but the user can have filled."""
    if sys.platform == "win32":
        return Path(tempfile.gettempdir()) / "nodeeditor"
    root = Path(tempfile.gettempdir()) / f"nodeeditor-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        root.mkdir(mode=0o700)
    status = root.lstat()
    private = root.is_dir() and not root.is_symlink() and status.st_uid == os.getuid() and not status.st_mode & 0o022
    return root if private else Path(tempfile.mkdtemp(prefix="nodeeditor-"))


def _is_complete(folder: Path) -> bool:
    try:
        return all((folder / name).stat().st_size >= least for name, least in IMAGES.items())
    except OSError:
        return False


def _made(folder: Path) -> Path:
    """Make the images beside the folder and put them in place at once, unless somebody else was faster."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = tempfile.TemporaryDirectory(prefix=f".{FOLDER}-", dir=folder.parent, ignore_cleanup_errors=True)
    with temporary as work, unfinished(Path(work)):
        fresh = Path(work, FOLDER)
        _write_images(fresh)
        _put_in_place(fresh, folder, Path(work, "incomplete"))
    return folder


def _put_in_place(fresh: Path, folder: Path, aside: Path) -> None:
    try:
        fresh.replace(folder)
    except OSError:
        if _is_complete(folder):
            return
        with contextlib.suppress(FileNotFoundError):
            folder.replace(aside)
        _put_in_place(fresh, folder, aside)


def _write_images(folder: Path) -> None:
    from nodeeditor.phantoms import head_phantom, knee_phantom  # noqa: PLC0415
    from nodeeditor.phantoms.dicom import T1_SCAN, T2_SCAN, write_scan  # noqa: PLC0415

    brain = folder / "BrainMultiModal"
    brain.mkdir(parents=True)
    head = head_phantom()
    write_scan(brain / "ProbandT1.dcm", head.t1, T1_SCAN)
    write_scan(brain / "ProbandT2.dcm", head.t2, T2_SCAN)
    (folder / "Bone.tiff").write_bytes(_tiff(knee_phantom(), (1000, 1000)))
    (folder / "Tumor1_Head_t1.small.tif").write_bytes(_tiff(head.tumor_t1, (2000, 1953)))


def _tiff(voxels: NDArray[np.uint16], micrometres: tuple[int, int]) -> bytes:
    """Encode slices, of pixels so many micrometres wide and high, as pages of a little-endian, plain 16-bit TIFF."""
    _, rows, columns = voxels.shape
    short, long, rational = (3, 1), (4, 1), (5, 1)
    parts = [struct.pack("<2sHI", b"II", 42, 8)]
    at = 8
    for number, page in enumerate(voxels, start=1):
        pixels = page.astype("<u2").tobytes()
        tags = 12
        resolution_at = at + 2 + 12 * tags + 4
        pixels_at = resolution_at + 16
        following = pixels_at + len(pixels)
        entries = (
            (256, *short, columns),
            (257, *short, rows),
            (258, *short, 16),
            (259, *short, 1),
            (262, *short, 1),
            (273, *long, pixels_at),
            (277, *short, 1),
            (278, *short, rows),
            (279, *long, len(pixels)),
            (282, *rational, resolution_at),
            (283, *rational, resolution_at + 8),
            (296, *short, 3),
        )
        directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        last = number == len(voxels)
        parts += [
            struct.pack("<H", tags),
            directory,
            struct.pack("<IIIII", 0 if last else following, 10000, micrometres[0], 10000, micrometres[1]),
            pixels,
        ]
        at = following
    return b"".join(parts)
