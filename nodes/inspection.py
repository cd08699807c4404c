"""Nodes that tell facts about images."""

from __future__ import annotations

import math

from nodeeditor import Image, ImageInfo, Input, Matrix, Node, field


class Info(Node):
    """Tell an image's extent, type, range and geometry in fields that can be connected.

    Nothing is computed: these are the facts that travel ahead of the voxels, so minimum and maximum are the declared
    ones, between which every voxel lies. The world matrix maps voxel coordinates to LPS millimetres in MeVisLab's
    convention: the centre of the first voxel is (0.5, 0.5, 0.5).
    """

    keywords = ("size", "type", "properties", "voxel size", "world matrix", "metadata")

    input0 = Input(Image, "The image to tell about.", optional=True)

    size_x: int = field(default=0, read_only=True, help="Voxels along x (columns).")
    size_y: int = field(default=0, read_only=True, help="Voxels along y (rows).")
    size_z: int = field(default=0, read_only=True, help="Voxels along z (slices).")
    size_c: int = field(default=0, read_only=True, help="Colour channels.")
    size_t: int = field(default=0, read_only=True, help="Time points.")
    data_type: str = field(default="", read_only=True, help="Type of the voxels.")
    min_value: float = field(default=0.0, read_only=True, help="Declared minimum.")
    max_value: float = field(default=0.0, read_only=True, help="Declared maximum.")
    voxel_size_x: float = field(default=0.0, read_only=True, unit="mm", help="Distance of voxels along x.")
    voxel_size_y: float = field(default=0.0, read_only=True, unit="mm", help="Distance of voxels along y.")
    voxel_size_z: float = field(default=0.0, read_only=True, unit="mm", help="Distance of voxels along z.")
    voxel_volume: float = field(default=0.0, read_only=True, unit="ml", help="Volume of one voxel.")
    total_volume: float = field(default=0.0, read_only=True, unit="ml", help="Volume of all voxels of a time point.")
    mega_voxels: float = field(default=0.0, read_only=True, help="Number of voxels in millions.")
    world_matrix: Matrix = field(
        default=(0.0,) * 16, read_only=True, help="Voxel coordinates to world, 4 x 4, row by row."
    )
    modality: str = field(default="", read_only=True, help="DICOM modality.")
    connection_valid: bool = field(default=False, read_only=True, help="Whether an image is connected.")

    def values(self, input0: ImageInfo | None) -> dict[str, object]:
        if input0 is None:
            return {spec.name: spec.default for spec in self.declaration.fields.values()}
        t, c, z, y, x = input0.extent
        volume = math.prod(input0.spacing) / 1000
        return {
            "size_x": x,
            "size_y": y,
            "size_z": z,
            "size_c": c,
            "size_t": t,
            "data_type": input0.type_name,
            "min_value": input0.range[0],
            "max_value": input0.range[1],
            "voxel_size_x": input0.spacing[0],
            "voxel_size_y": input0.spacing[1],
            "voxel_size_z": input0.spacing[2],
            "voxel_volume": volume,
            "total_volume": volume * x * y * z,
            "mega_voxels": math.prod(input0.extent) / 1e6,
            "world_matrix": tuple(float(number) for number in input0.world_matrix.ravel()),
            "modality": input0.modality,
            "connection_valid": True,
        }
