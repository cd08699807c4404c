"""Images in memory as nodes, and short ways to send them through the engine."""

from __future__ import annotations

import base64
import pickle
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nodeeditor import VOXEL_TYPES, Image, ImageInfo, Node, Output, Region, Voxels, field, type_range, value_range
from nodeeditor.engine import Engine
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.viewing.overlays import Overlay

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
TYPES = tuple(dtype.name for dtype in VOXEL_TYPES)
EXTENT = (1, 1, 4, 5, 6)
COS, SIN = 0.8, 0.6
OBLIQUE: dict[str, Any] = {
    "spacing": (0.5, 1.25, 3.0),
    "origin": (-10.0, 20.5, 7.0),
    "direction": (COS, -SIN, 0.0, SIN, COS, 0.0, 0.0, 0.0, 1.0),
}


class GivenImage(Node):
    """Give the image that a field holds as text."""

    output0 = Output(Image, "The image.")
    content: str = field(default="", help="A pickled image, packed and in base 64.")

    def describe(self) -> ImageInfo:
        return decoded(self.content).info

    def compute(self, region: Region) -> Voxels:
        return decoded(self.content).at(region).voxels


class GivenOverlay(GivenImage):
    """Give the overlay that a field holds as text."""

    output0 = Output(Overlay, "The overlay.")


LIBRARY = Library([GivenImage, GivenOverlay, *Library.installed().values()])


@lru_cache(maxsize=512)
def decoded(content: str) -> Image:
    image: Image = pickle.loads(zlib.decompress(base64.b64decode(content)))
    return image


def given(image: Image, kind: type = Image) -> NodeSpec:
    """A node that gives an image, or an overlay."""
    content = base64.b64encode(zlib.compress(pickle.dumps(image))).decode()
    return NodeSpec(f"Given{kind.__name__}", {"content": content})


def image_of(voxels: Any, dtype: Any = None, **facts: Any) -> Image:
    """An image of these voxels; missing axes in front have one entry, the range is that of the voxels."""
    array = np.asarray(voxels, dtype)
    array = array.reshape((1,) * (5 - array.ndim) + array.shape)
    t, c, z, y, x = array.shape
    facts.setdefault("range", value_range(array))
    return Image.of(ImageInfo((t, c, z, y, x), array.dtype, **facts), array)


def noise(dtype: str, extent: tuple[int, ...] = EXTENT, seed: int = 0) -> Voxels:
    """Random voxels over all that an integer type holds, its limits and 0 among them; floats around 0."""
    random = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return (1000 * random.standard_normal(extent)).astype(dtype)
    low, high = type_range(np.dtype(dtype))
    made = random.integers(int(low), int(high), extent, dtype, endpoint=True)
    made.flat[:5] = (low, high, 0, 1, int(high) - 1)
    return made


def wired(node_type: str, fields: Mapping[str, Any] | None = None, /, **inputs: Image) -> Network:
    """A network of one node called Node and the images at its inputs."""
    kinds = LIBRARY[node_type].declaration.inputs
    nodes = {name: given(image, kinds[name].kind) for name, image in inputs.items()}
    nodes["Node"] = NodeSpec(node_type, fields or {})
    return Network(nodes, {f"Node.{name}": f"{name}.output0" for name in inputs})


def result(node_type: str, fields: Mapping[str, Any] | None = None, /, **inputs: Image) -> Image:
    """The first output of one node, given the images at its inputs."""
    output = next(iter(LIBRARY[node_type].declaration.outputs))
    return Engine(LIBRARY, 0).image(wired(node_type, fields, **inputs), f"Node.{output}")
