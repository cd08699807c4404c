"""A viewer and an image file, as node types for tests of documents."""

from __future__ import annotations

from nodeeditor import FileName, Image, ImageInfo, Input, Node, Output, Region, Voxels, field
from nodeeditor.library import Library

from ...samples import LIBRARY


class Sight(Node):
    """Show an image: what it shows of it is view state."""

    renamed = {"first": "slice"}  # noqa: RUF012 - as nodes declare it
    input0 = Input(Image, "Any image.", optional=True)
    columns: int = field(default=1, minimum=1, help="Pictures side by side.")
    slice: int | None = field(default=None, minimum=0, transient=True, help="The first slice.")
    zoom: float = field(default=1.0, transient=True, help="Pixels per voxel.")


class LocalImage(Node):
    """An image file."""

    out_image = Output(Image, "The image.")
    name: FileName = field(default=FileName(""), help="The file.")

    def describe(self) -> ImageInfo:
        raise NotImplementedError("no test reads it")

    def compute(self, region: Region) -> Voxels:
        raise NotImplementedError("no test reads it")


VIEWING = Library([*LIBRARY.values(), Sight, LocalImage])
