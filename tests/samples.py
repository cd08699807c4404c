"""Small node types for tests of the engine: sources that count, filters that reach, nodes that fail."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np

from nodeeditor import Choice, Image, ImageInfo, Input, Node, NodeError, Output, Region, Vector3, Voxels, field
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

EXTENT = (1, 1, 8, 6, 5)


class Ramp(Node):
    """Every voxel holds its own number, counted along x, y, z, plus an offset."""

    output0 = Output(Image, "The numbers.")
    offset: int = field(default=0, help="Added to every voxel.")
    slices: int = field(default=8, minimum=1, help="Slices.")
    rows: int = field(default=6, minimum=1, help="Rows.")

    def describe(self) -> ImageInfo:
        extent = (1, 1, self.slices, self.rows, 5)
        return ImageInfo(extent, np.dtype(np.int32), (self.offset, self.offset + self.slices * self.rows * 5))

    def compute(self, region: Region) -> Voxels:
        info = self.describe()
        flat = np.arange(np.prod(info.extent), dtype=np.int32).reshape(info.extent) + np.int32(self.offset)
        return flat[region.slices].copy()


class Add(Node):
    """Add a constant."""

    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "The sum.")
    constant: float = field(default=1.0, help="What is added.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        low, high = input0.range
        return input0.with_type(np.float64, low + self.constant, high + self.constant)

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.voxels + np.float64(self.constant)


class Sum(Node):
    """Add two images."""

    input0 = Input(Image, "One image.")
    input1 = Input(Image, "Another image.", optional=True)
    output0 = Output(Image, "The sum.")

    def describe(self, input0: ImageInfo, input1: ImageInfo | None) -> ImageInfo:
        return input0.with_type(np.float64, -1e9, 1e9)

    def compute(self, region: Region, input0: Image, input1: Image | None) -> Voxels:
        return input0.voxels + (0.0 if input1 is None else input1.voxels.astype(np.float64))


class Spread(Node):
    """The largest of each voxel and its two neighbours along z."""

    reach = (0, 0, 1, 0, 0)
    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "The largest values.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        made = input0.at(region).voxels.copy()
        for step in (-1, 1):
            near = region.along("z", region.start[2] + step, region.stop[2] + step) & input0.region
            target = near.along("z", near.start[2] - step, near.stop[2] - step)
            part = made[target.within(region)]
            np.maximum(part, input0.at(near).voxels, out=part)
        return made


class Rank(Node):
    """Subtract the mean of the whole image, so that every page needs all voxels."""

    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "Differences from the mean.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0.with_type(np.float64, -1e9, 1e9)

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, Region]:
        return {"input0": input0.whole}

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.at(region).voxels - np.float64(input0.voxels.mean())


class Split(Node):
    """The lower and the upper half of the slices, at two outputs."""

    input0 = Input(Image, "Any image.")
    lower = Output(Image, "The first half.")
    upper = Output(Image, "The second half.")

    def describe(self, input0: ImageInfo) -> dict[str, ImageInfo]:
        t, c, z, y, x = input0.extent
        half = ImageInfo((t, c, z // 2, y, x), input0.dtype, input0.range)
        return {"lower": half, "upper": half}

    def needs(self, region: Region, output: str, input0: ImageInfo) -> dict[str, Region]:
        start = 0 if output == "lower" else input0.extent[2] // 2
        return {"input0": region.along("z", region.start[2] + start, region.stop[2] + start)}

    def compute(self, region: Region, output: str, input0: Image) -> Image:
        half = ImageInfo(self.describe(input0.info)[output].extent, input0.info.dtype, input0.info.range)
        return Image(half, region, input0.voxels)


class Mood(Choice):
    """A choice."""

    Calm = "calm"
    Wild = "wild"


class Knobs(Node):
    """Fields of many types, and read-only ones that follow them."""

    input0 = Input(Image, "Any image.", optional=True)
    whole: int = field(default=0, help="A whole number.")
    real: float = field(default=0.0, help="A number.")
    maybe: float | None = field(default=None, help="A number or automatic.")
    flag: bool = field(default=False, help="A truth value.")
    text: str = field(default="", help="A text.")
    mood: Mood = field(default=Mood.Calm, help="A choice.")
    place: Vector3 = field(default=(0.0, 0.0, 0.0), help="A vector.")
    doubled: float = field(default=0.0, read_only=True, help="Twice the number.")
    depth: int = field(default=0, read_only=True, help="Slices of the image.")

    def values(self, input0: ImageInfo | None) -> dict[str, object]:
        return {"doubled": 2 * self.real, "depth": input0.extent[2] if input0 else 0}


class Failing(Node):
    """Fail in a chosen way."""

    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "Never anything.")
    how: str = field(default="words", help="words, bug, shape, type, memory or none.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        if self.how == "describe":
            raise NodeError("cannot be described")
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        if self.how == "words":
            raise NodeError("the moon is full; wait a day")
        if self.how == "bug":
            raise ZeroDivisionError("division by zero")
        if self.how == "memory":
            raise MemoryError
        if self.how == "shape":
            return input0.voxels[..., :1]
        if self.how == "type":
            return input0.voxels.astype(np.float32)
        return input0.voxels


LIBRARY = Library([Ramp, Add, Sum, Spread, Rank, Split, Knobs, Failing])


@dataclass
class Watched:
    """An engine and the pages that it computed since the last look."""

    limit: int = 2**30
    pages: list[Computed] = dataclass_field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(LIBRARY, self.limit, self.pages.append)

    def computed(self) -> dict[str, int]:
        """How many pages each node computed since the last call."""
        counts: dict[str, int] = {}
        for page in self.pages:
            counts[page.node] = counts.get(page.node, 0) + 1
        self.pages.clear()
        return counts


def network(*links: str, **nodes: NodeSpec | str) -> Network:
    """A network from nodes by name (a type alone, or a NodeSpec) and links ``Dest.input=Source.output``."""
    specs = {name: NodeSpec(spec) if isinstance(spec, str) else spec for name, spec in nodes.items()}
    return Network(specs, dict(link.split("=") for link in links))


def chain(length: int, node_type: str = "Add") -> Network:
    """A ramp and a row of nodes behind it, called N1, N2 …"""
    specs = {"N0": NodeSpec("Ramp")} | {f"N{i}": NodeSpec(node_type) for i in range(1, length + 1)}
    return Network(specs, {f"N{i}.input0": f"N{i - 1}.output0" for i in range(1, length + 1)})


def numbers(slices: int = 8, rows: int = 6) -> Voxels:
    """What Ramp gives."""
    return np.arange(slices * rows * 5).reshape(1, 1, slices, rows, 5)
