"""The node API: all that a node author needs, and nothing more.

    from nodeeditor import Image, ImageInfo, Input, Node, Output, Region, field

Names are imported when they are first used, so that ``nodeeditor --help`` does not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from nodeeditor.version import __version__

if TYPE_CHECKING:
    from nodeeditor.atomic import partial_file, unfinished
    from nodeeditor.cancelling import check_cancelled, patiently
    from nodeeditor.errors import Cancelled, NodeEditorError, NodeError
    from nodeeditor.image import (
        IDENTITY,
        VOXEL_TYPES,
        Extent,
        Image,
        ImageInfo,
        Number,
        Region,
        Value,
        Vector3,
        Voxels,
        channel_names,
        grown_type,
        holds,
        smallest_type,
        spelled,
        type_range,
        value_range,
    )
    from nodeeditor.node import Choice, Color, FileName, Input, Matrix, Node, Output, Pages, Trigger, Vector2, field

__all__ = [
    "IDENTITY",
    "VOXEL_TYPES",
    "Cancelled",
    "Choice",
    "Color",
    "Extent",
    "FileName",
    "Image",
    "ImageInfo",
    "Input",
    "Matrix",
    "Node",
    "NodeEditorError",
    "NodeError",
    "Number",
    "Output",
    "Pages",
    "Region",
    "Trigger",
    "Value",
    "Vector2",
    "Vector3",
    "Voxels",
    "__version__",
    "channel_names",
    "check_cancelled",
    "field",
    "grown_type",
    "holds",
    "partial_file",
    "patiently",
    "smallest_type",
    "spelled",
    "type_range",
    "unfinished",
    "value_range",
]

_HOMES = ("errors", "cancelling", "image", "atomic", "node")
_FROM_NODE = {
    *("Choice", "Color", "FileName", "Input", "Matrix", "Node", "Output", "Pages", "Trigger", "Vector2", "field"),
}


def __getattr__(name: str) -> object:
    if name in __all__:
        for home in ("node",) if name in _FROM_NODE else _HOMES:
            members = vars(import_module(f"{__name__}.{home}"))
            if name in members:
                globals()[name] = members[name]
                return members[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
