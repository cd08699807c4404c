"""How a node's own methods are called, and what they may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np

from nodeeditor.errors import NetworkError, NodeEditorError, NodeError
from nodeeditor.image import Image, ImageInfo, Region, Voxels
from nodeeditor.node import Node

T = TypeVar("T")
Needs: TypeAlias = Mapping[str, Region | tuple[Region, ...]]
"""By the Python name of an input, the region or regions of it that have to be there."""


def ask(node: Node, question: str, available: Mapping[str, Any]) -> Any:
    """Call one of the author's methods with the parameters that it names; None where it is not written."""
    names = node.declaration.parameters.get(question)
    if names is None:
        return None
    return getattr(node, question)(**{name: available[name] for name in names})


def needed(node: Node, available: Mapping[str, Any], infos: Mapping[str, ImageInfo]) -> Needs:
    """The region, or regions, that each connected input has to deliver for ``available['region']``."""
    asked = ask(node, "needs", available)
    if asked is None:
        return reached(node, available["region"], infos)
    inputs = node.declaration.unconnected.keys()
    if unknown := set(asked) - inputs:
        raise TypeError(f"needs speaks of {sorted(unknown)}, not of the inputs {sorted(inputs)}")
    given = {name: regions for name, regions in asked.items() if name in infos}
    for name, regions in asked.items():
        if name in given and not any(part.size for part in parts(regions)):
            del given[name]
    return given


def reached(node: Node, region: Region, infos: Mapping[str, ImageInfo]) -> Needs:
    """What a node needs that says no more than how far it reaches."""
    return {name: region.grown(node.reach, info.extent) for name, info in infos.items()}


def parts(regions: Region | tuple[Region, ...]) -> tuple[Region, ...]:
    """What `needs` said of one input, as several regions in any case."""
    return regions if isinstance(regions, tuple) else (regions,)


def checked_voxels(made: Voxels | Image, info: ImageInfo, region: Region) -> Image:
    """What `compute` returned as an image of the declared type and the wanted region; raises ValueError."""
    voxels = made.voxels if isinstance(made, Image) else made
    if not isinstance(voxels, np.ndarray):
        raise TypeError(f"compute gave {type(voxels).__name__}, not an array of voxels")
    return Image(info, region, voxels)


def guarded(name: str, work: Callable[[], T], region: Region | None = None) -> T:
    """The result of a node's own method; whatever it raises comes out as an error that names the node."""
    try:
        return work()
    except Exception as error:
        told = blamed(error, name, region)
        raise told from told.__cause__


def blamed(error: Exception, name: str, region: Region | None = None) -> NodeEditorError:
    """What a node's own method raised as it is told: as a NodeError that names the node, unless it names one itself."""
    if isinstance(error, NodeError):
        error.node, error.region = error.node or name, error.region or region
        return error
    if isinstance(error, NetworkError):
        return error.at(name)
    if isinstance(error, NodeEditorError):
        return error
    if isinstance(error, MemoryError):
        made = NodeError("there is not enough memory for this", name, region)
    else:
        detail = f"{type(error).__name__}: {error}".strip().rstrip(":")
        made = NodeError(f"failed unexpectedly ({detail})", name, region, unexpected=True)
    made.__cause__ = error
    return made
