"""What the window of a viewer shows: its picture, and the slices that the picture is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nodeeditor.engine import Engine, Stream
from nodeeditor.engine.cost import Cost, Tally
from nodeeditor.errors import NetworkError, NodeError, UnknownNodeType, WiringError
from nodeeditor.image import Image, ImageInfo
from nodeeditor.network import Network, endpoint
from nodeeditor.paths import Paths
from nodeeditor.viewing.drawing import Pixels
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.viewer import Viewer

_PICTURE = Viewer.picture.file_name
_NAMED = 3  # nodes that a sentence names, if there are many


@dataclass(frozen=True, eq=False)
class Shown:
    """A viewer as it is set, what is known of its connected inputs by Python name, its picture and panes.

    ``picture`` is 8-bit RGB (height, width, 3); ``pages`` holds the voxels of each pane's region, None for a pane whose
    input is not connected. ``lacking`` says in words what is left out, and why.
    """

    node: Viewer
    infos: Mapping[str, ImageInfo]
    panes: tuple[Pane, ...]
    picture: Pixels
    pages: tuple[Image | None, ...]
    cost: Cost
    lacking: str = ""


def shown(
    engine: Engine,
    network: Network,
    viewer: str,
    paths: Paths,
    cancelled: Callable[[], bool] = lambda: False,
    outside: Collection[str] = (),
) -> Shown:
    """What a viewer shows now, without what comes from nodes of unknown types or from ``outside`` of the network.

    The latter are the ends ``Node.connector`` that are fed where this network is a macro in another one. Raises as
    `Engine.bound` does, NodeError where a node fails, and Cancelled.
    """
    try:
        found = _shown(engine, network, viewer, paths, cancelled)
    except NetworkError:
        missing = _missing(engine, network, viewer, paths, cancelled, outside)
        if not missing:
            raise
    else:
        free = [end for end in outside if endpoint(end)[0] == viewer and end not in network.connections]
        return _telling(found, viewer, {endpoint(end)[1]: [end] for end in free}, outside)
    left_out = {f"{viewer}.{connector}" for connector in missing}
    there = {end: source for end, source in network.connections.items() if end not in left_out}
    found = _shown(engine, replace(network, connections=there), viewer, paths, cancelled)
    return _telling(found, viewer, missing, outside)


def _shown(engine: Engine, network: Network, viewer: str, paths: Paths, cancelled: Callable[[], bool]) -> Shown:
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


def _missing(
    engine: Engine,
    network: Network,
    viewer: str,
    paths: Paths,
    cancelled: Callable[[], bool],
    outside: Collection[str],
) -> dict[str, list[str]]:
    """By connector of the viewer that gets nothing: the nodes of unknown types, and the ends fed from outside."""
    found = {}
    for connector, (source, _) in sorted(network.sources(viewer).items()):
        try:
            engine.bound(network, [source], paths, cancelled)
        except NetworkError as error:
            unknown = [one.node for one in error.problems if isinstance(one, UnknownNodeType)]
            if causes := unknown + [one.place for one in error.problems if one.place in outside]:
                found[connector] = causes
        except NodeError:
            continue
    return found


def _telling(found: Shown, viewer: str, missing: Mapping[str, Sequence[str]], outside: Collection[str]) -> Shown:
    """What is shown, with a sentence about what is missing; raises UnknownNodeType where that leaves no image."""
    causes = list(dict.fromkeys(cause for each in missing.values() for cause in each))
    unknown = [cause for cause in causes if cause not in outside]
    fed = [cause for cause in causes if cause in outside]
    reasons = [f"{_few(unknown)} cannot run here"] if unknown else []
    reasons += [f"{_few(fed)} {'is' if len(fed) == 1 else 'are'} fed only where this macro is used"] if fed else []
    if unknown and not found.panes:
        raise UnknownNodeType(f"has no image: {'; '.join(reasons)}", viewer)
    about = f"Without {', '.join(missing)}: " if found.panes else ""
    return replace(found, lacking=f"{about}{'; '.join(reasons)}.") if reasons else found


def _few(names: Sequence[str]) -> str:
    """Names in words that fit into a small window."""
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:_NAMED])} and {more} more"
