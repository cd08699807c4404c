"""What every reader of image files gives: one opened image."""

from __future__ import annotations

from abc import ABC, abstractmethod

from nodeeditor import ImageInfo, Region, Voxels


class ImageFile(ABC):
    """An opened image file or series: its facts at once, its voxels on demand.

    ``info``      extent, type, geometry, tags; ``info.range`` holds every voxel
    ``warnings``  one sentence each: what a user should know about this file (a missing slice, an assumed distance)
    ``summary``   one short line for the status field, such as ``DICOM series, 20 files``
    """

    info: ImageInfo
    warnings: tuple[str, ...] = ()
    summary: str = ""

    @abstractmethod
    def read(self, region: Region) -> Voxels:
        """The voxels of a region, t c z y x, in ``info.dtype``; raises NodeError in words when the file is damaged."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory that this object keeps: the decoded volume, where the format has to be decoded whole."""
        return 0
