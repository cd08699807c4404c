"""What the window of a viewer shows: its picture, and the slices that the picture is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nodeeditor.cost import Cost, Tally
from nodeeditor.engine import Engine, Stream
from nodeeditor.errors import WiringError
from nodeeditor.image import Image, ImageInfo
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.viewer import Viewer

_PICTURE = Viewer.picture.file_name


@dataclass(frozen=True, eq=False)
class Shown:
    """A viewer as it is set, what is known of its connected inputs by Python name, its picture and panes.

    ``picture`` is 8-bit RGB (height, width, 3); ``pages`` holds the voxels of each pane's region, None for a pane whose
    input is not connected.
    """

    node: Viewer
    infos: Mapping[str, ImageInfo]
    panes: tuple[Pane, ...]
    picture: Pixels
    pages: tuple[Image | None, ...]
    cost: Cost


def shown(
    engine: Engine, network: Network, viewer: str, paths: Paths, cancelled: Callable[[], bool] = lambda: False
) -> Shown:
    """What a viewer shows now; raises as `Engine.bound` does, NodeError where a node fails, and Cancelled."""
    tally = Tally()
    heard = engine.heard(tally)
    target = heard.bound(network, [viewer], paths, cancelled)[viewer]
    node = target.node
    if not isinstance(node, Viewer):
        raise WiringError(f"{type(node).__name__} is no viewer, so it has no picture", viewer)
    if network.nodes[viewer].bypassed:
        raise WiringError("is bypassed, so it shows nothing", viewer)
    panes = node.arranged(target.infos)
    whole = target.described.infos[_PICTURE].whole
    page, _ = heard.computed(target, _PICTURE, whole, cancelled)  # at once: what is read in slabs is copied twice
    picture = np.moveaxis(page.voxels[0, :, 0], 0, -1)
    streams = {name: Stream(heard, *source, cancelled) for name, source in target.sources.items()}
    pages = tuple(streams[pane.input].read(pane.region) if pane.input in streams else None for pane in panes)
    return Shown(node, target.infos, panes, picture, pages, tally.cost)
