"""One point of the world through a network: the value that each node gives there, with the reason in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nodeeditor.engine import Bound, Engine, Stream
from nodeeditor.engine.asking import ask, guarded
from nodeeditor.errors import NodeEditorError
from nodeeditor.image import ImageInfo, Region, Value, Vector3, spelled
from nodeeditor.network import Network
from nodeeditor.paths import Paths


@dataclass(frozen=True)
class Explained:
    """What one output of a node gives at a point.

    ``index`` is the nearest voxel x, y, z, which may lie outside of the image; ``value`` is None there, and where the
    node failed. ``why`` is the reason in words, empty where the node gives none.
    """

    node: str
    output: str
    index: tuple[int, int, int]
    value: Value | None
    why: str

    @property
    def text(self) -> str:
        """The reason, else the bare value."""
        return self.why or ("" if self.value is None else spelled(self.value))


def explained(
    engine: Engine,
    network: Network,
    output: str,
    point: Vector3,
    time: int = 0,
    paths: Paths | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Explained, ...]:
    """What ``Node.output`` and all that it is made of give at a point in LPS millimetres, the output itself first.

    Single voxels are asked for, and slices that are remembered serve them. An image without time points beyond some
    gives its last. Of what is inside a macro, that which its outputs show is told of these. Raises as `Engine.bound`
    does, and Cancelled; a node that fails at the point says so in its reason.
    """
    stream = engine.stream(network, output, paths, cancelled)
    ends = _upwards(stream.target, stream.output)
    read = {_name(end): _read(Stream(engine, *end, cancelled), point, time) for end in ends}
    called = engine.expansion(network).outside
    found = []
    for one, name in ends:
        index, value, failure = read[one.name, name]
        known = {given: read[source.name, source_output][1] for given, (source, source_output) in one.sources.items()}
        why = failure or ("outside of the image" if value is None else _why(one, known, value))
        found.append(Explained(*called.get((one.name, name), (one.name, name)), index, value, why))
    return tuple(found)


def nearest(info: ImageInfo, point: Vector3) -> tuple[int, int, int]:
    """The voxel x, y, z whose centre is nearest to a point in LPS millimetres, be there such a voxel or not."""
    index = np.linalg.pinv(info.index_to_world) @ (*point, 1.0)
    x, y, z = (int(part) for part in np.floor(index[:3] + 0.5).tolist())
    return (x, y, z)


def _upwards(target: Bound, output: str) -> list[tuple[Bound, str]]:
    """An output and all that feed it, near ones first."""
    ends = {_name((target, output)): (target, output)}
    waiting = [(target, output)]
    for one, _ in waiting:
        for end in one.sources.values():
            if _name(end) not in ends:
                ends[_name(end)] = end
                waiting.append(end)
    return waiting


def _name(end: tuple[Bound, str]) -> tuple[str, str]:
    return end[0].name, end[1]


def _read(stream: Stream, point: Vector3, time: int) -> tuple[tuple[int, int, int], Value | None, str]:
    """Index and value at a point, or why there is no value although the point is inside."""
    info = stream.info
    x, y, z = index = nearest(info, point)
    t = min(time, info.extent[0] - 1)
    voxel = Region((t, 0, z, y, x), (t + 1, info.extent[1], z + 1, y + 1, x + 1))
    if voxel not in info.whole:
        return index, None, ""
    try:
        channels = stream.read(voxel).voxels.ravel().tolist()
    except NodeEditorError as error:
        return index, None, str(error)
    return index, channels[0] if info.scalar else tuple(channels), ""


def _why(one: Bound, inputs: dict[str, Value | None], result: Value) -> str:
    available: dict[str, Any] = {**one.available, **inputs, "infos": one.infos, "result": result}
    return guarded(one.name, lambda: ask(one.node, "explain", available)) or ""
