"""Opens a DICOM file or a folder of DICOM slices as one image."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nodeeditor import ImageInfo, NodeError, Number, Region, Voxels, channel_names, check_cancelled, value_range
from nodes.formats.dicom_frames import Frame, time_step
from nodes.formats.dicom_geometry import Stack, stack
from nodes.formats.dicom_header import is_dicom, quiet, read_header, shown_name, text
from nodes.formats.dicom_pixels import PixelReader, plain, read_plain
from nodes.formats.dicom_series import Series, SeriesSummary, dicom_series, folder_series, single_file
from nodes.formats.dicom_tags import header_texts
from nodes.formats.dicom_values import bounds, result_type, shown
from nodes.formats.imagefile import ImageFile
from nodes.formats.memory import SCANNED, UNPACKED, not_scanned, with_window

__all__ = ["DicomImage", "SeriesSummary", "dicom_series", "is_dicom", "open_dicom"]


def open_dicom(path: Path, series: str = "") -> ImageFile:
    """Open a DICOM file, or the slices of one series in a folder.

    ``series`` names one of several series in a folder by its SeriesInstanceUID, the end of that, its
    SeriesNumber or its SeriesDescription. Raises NodeError in one sentence where there is no image, the choice
    is not clear, or the frames make no image.
    """
    path = Path(path)
    name = shown_name(path)
    with quiet():
        found = _series(path, series, name)
        ordered = stack(found.frames, name)
        first = ordered.frames[0][0]
        header = found.header or read_header(first.file.path)
        tags = header_texts(header.dataset, first.index)
        modality, cine = text(header.dataset, "Modality"), time_step(header.dataset)
    every = list(itertools.chain.from_iterable(ordered.frames))
    reader = PixelReader()
    meanings = {(frame.slope, frame.intercept, frame.table, id(frame.file.format)): frame for frame in every}
    kinds = list(meanings.values())
    limits = [bounds(frame) for frame in kinds]
    possible = min(low for low, _ in limits), max(high for _, high in limits)
    dtype = result_type(kinds, possible, None)
    size = sum(frame.file.format.nbytes for frame in every)
    grown = dtype.itemsize > max(frame.file.format.sample.itemsize for frame in kinds)
    actual = _actual_range(reader, every) if size <= (UNPACKED if grown else SCANNED) else None
    if actual:
        dtype = result_type(kinds, possible, actual)
    low, high = actual or possible
    if dtype.kind == "f":
        low, high = (float(np.float64(end).astype(dtype)) for end in (low, high))
    form = first.file.format
    colours = 3 if form.samples == 3 or form.photometric == "PALETTE COLOR" else 1
    times = len(ordered.frames)
    info = ImageInfo(
        extent=(times, colours, len(ordered.frames[0]), form.rows, form.columns),
        dtype=dtype,
        range=(low, high),
        spacing=ordered.spacing,
        origin=ordered.origin,
        direction=ordered.direction,
        time_step=(ordered.time_step or cine or 1.0) if times > 1 else 1.0,
        channels=channel_names(colours),
        modality=modality,
        tags=tags,
    )
    notes = (*found.warnings, *ordered.warnings, *_value_notes(kinds), *(() if actual else (not_scanned(info),)))
    image = DicomImage(info, ordered, reader, notes)
    if not actual and all(frame.file.format.native for frame in kinds):
        image.info = with_window(info, image.read)
    return image


def _series(path: Path, series: str, name: str) -> Series:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise NodeError(f"{name} does not exist") from error
    except PermissionError as error:
        raise NodeError(f"{name} may not be read (permission)") from error
    except (OSError, ValueError) as error:
        raise NodeError(f"{name} could not be read: {error}") from error
    if stat.S_ISDIR(mode):
        return folder_series(path, series)
    if stat.S_ISREG(mode):
        return single_file(path)
    raise NodeError(f"{name} is not a regular file")


def _value_notes(frames: Sequence[Frame]) -> list[str]:
    if any(frame.file.format.photometric == "MONOCHROME1" for frame in frames):
        return ["low values are meant to be shown bright (MONOCHROME1); values are kept as stored"]
    return []


def _actual_range(reader: PixelReader, frames: Sequence[Frame]) -> tuple[Number, Number]:
    """Lowest and highest value of all frames; the stored ones are looked through, one frame at a time."""
    reader.prepare(frames)
    ends: list[Number] = []
    for frame in frames:
        check_cancelled()
        stored = reader.rows(frame, 0, frame.file.format.rows)
        if frame.table is not None:
            ends.extend(value_range(frame.table.apply(stored)))
        else:
            ends.extend(bounds(frame, value_range(stored)))
    return min(ends), max(ends)


class DicomImage(ImageFile):
    """The frames of one DICOM file or series as one image, t c z y x in LPS."""

    def __init__(self, info: ImageInfo, ordered: Stack, reader: PixelReader, warnings: tuple[str, ...]) -> None:
        self.info = info
        self.warnings = warnings
        self._frames = ordered.frames
        self._reader = reader
        self._files = {frame.file for row in ordered.frames for frame in row}
        frames = sum(map(len, ordered.frames))
        if len(self._files) > 1:
            self.summary = f"DICOM series, {len(self._files)} files"
        else:
            self.summary = f"DICOM, {frames} frames" if frames > 1 else "DICOM, 1 file"

    @property
    def nbytes(self) -> int:
        """Bytes of decoded frames, and of the content of deflated files, that are kept."""
        return self._reader.nbytes + sum(len(file.inflated or b"") for file in self._files)

    def read(self, region: Region) -> Voxels:
        """The voxels of a region; opens only the files that hold it and reads only the rows it needs."""
        (t0, c0, z0, y0, x0), (t1, c1, z1, y1, x1) = region.start, region.stop
        voxels = np.empty(region.shape, self.info.dtype)
        if not region.size:
            return voxels
        self._reader.prepare(frame for row in self._frames[t0:t1] for frame in row[z0:z1])
        whole_rows = x1 - x0 == self.info.extent[4]
        rows = np.empty((y1 - y0, self.info.extent[4]), self.info.dtype)
        for t in range(t0, t1):
            for z in range(z0, z1):
                check_cancelled()
                frame, target = self._frames[t][z], voxels[t - t0, :, z - z0]
                if not plain(frame, self.info.dtype):
                    stored = self._reader.rows(frame, y0, y1)[:, x0:x1]
                    target[:] = np.moveaxis(shown(stored, frame, self.info.dtype), -1, 0)[c0:c1]
                elif whole_rows:
                    read_plain(frame, y0, target[0])
                else:
                    read_plain(frame, y0, rows)
                    target[0] = rows[:, x0:x1]
        return voxels
