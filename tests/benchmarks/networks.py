"""The networks of the benchmarks, and what SimpleITK and plain numpy do in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from nodeeditor import Image, ImageInfo, Input, Node, Output, Region, Voxels, field
from nodeeditor.engine import Engine
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from tests.benchmarks.data import Volume

LEVEL = 60
BACKGROUND = -1000
CACHE = 1 << 30
"""Bytes of remembered pages, alike on every machine."""
MASKED = "Mask.output0"
_THRESHOLD = {"comparisonOperator": "LessEqual", "userConditionTrueValue": 0, "userConditionFalseValue": 1}


class Increment(Node):
    """Add a whole number to every voxel; the cheapest node there is."""

    input0 = Input(Image, "Any image of whole numbers.")
    output0 = Output(Image, "The sums.")
    step: int = field(default=1, help="What is added.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        low, high = input0.range
        return input0.with_range(low + self.step, high + self.step)

    def compute(self, region: Region, input0: Image) -> Voxels:
        made: Voxels = input0.voxels + input0.voxels.dtype.type(self.step)
        return made


def library() -> Library:
    """The installed node types and that of chains."""
    return Library([*Library.installed().values(), Increment])


def masking(image: Path, level: int = LEVEL) -> Network:
    """A file, what is above a level in it, and the file masked by that, in two views and in one."""
    nodes = {
        "LocalImage": NodeSpec("LocalImage", {"name": str(image)}, (425, 469, 144, 72)),
        "Threshold": NodeSpec("Threshold", {**_THRESHOLD, "threshold": level}, (596, 338, 88, 72)),
        "Mask": NodeSpec("Mask", {"background": BACKGROUND}, (548, 207, 120, 72)),
        "SynchroView2D": NodeSpec("SynchroView2D", {"pictureWidth": 1004, "pictureHeight": 500}, (437, 92, 120, 56)),
    }
    return Network(
        nodes,
        {
            "Threshold.input0": "LocalImage.outImage",
            "Mask.input0": "LocalImage.outImage",
            "Mask.input1": "Threshold.output0",
            "SynchroView2D.inImage1": "LocalImage.outImage",
            "SynchroView2D.inImage2": MASKED,
        },
    )


def chain(image: Path, length: int) -> Network:
    """A file and a row of increments behind it, called N1, N2 ..."""
    nodes = {"N0": NodeSpec("LocalImage", {"name": str(image)})}
    nodes |= {f"N{i}": NodeSpec("Increment", {"step": 1}) for i in range(1, length + 1)}
    links = {f"N{i}.input0": f"N{i - 1}.{'output0' if i > 1 else 'outImage'}" for i in range(1, length + 1)}
    return Network(nodes, links)


def engine(image: Path, limit: int = CACHE) -> Engine:
    """A new engine that has opened a file and has its voxels in memory where the file's format asks for that."""
    made = Engine(library(), limit)
    whole = made.info(masking(image), "LocalImage.outImage").whole
    made.image(masking(image), "LocalImage.outImage", whole.along("z", 0))
    return made


def held(volume: Volume) -> Any:
    """A volume as a SimpleITK image."""
    return sitk.GetImageFromArray(volume)


def masked_by_simpleitk(image: Any, level: int) -> Any:
    """The masked image, as a script has it."""
    mask = sitk.BinaryThreshold(image, -32768, level, 0, 1)
    return sitk.Mask(image, mask, BACKGROUND)


def masked_by_numpy(values: Volume, level: int) -> npt.NDArray[np.int16]:
    """The masked values, as a person writes it down."""
    mask = np.where(values <= level, 0, 1).astype(np.uint8)
    return np.where(mask != 0, values, np.int16(BACKGROUND))
