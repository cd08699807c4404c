"""What is known of the nodes of a network before a voxel is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nodeeditor.check import current_name, fed
from nodeeditor.engine import Known
from nodeeditor.errors import NetworkError, NodeEditorError
from nodeeditor.image import ImageInfo, spelled
from nodeeditor.library import Library
from nodeeditor.network import Network


@dataclass(frozen=True)
class Problem:
    """What is wrong with a node: the sentence, the connector or field that it is about, if any, and what led to it."""

    text: str
    connector: str = ""
    cause: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True)
class NodeFacts:
    """What is known of one node.

    ``infos``     the facts of its outputs, by their names in files
    ``values``    its read-only fields, by their names in files
    ``warnings``  what a user should read
    ``errors``    all that is wrong with the node itself
    ``behind``    the node that has to be put right before this one can be known; empty for most
    """

    infos: Mapping[str, ImageInfo] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    errors: tuple[Problem, ...] = ()
    behind: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of every node of a network, by name."""

    nodes: Mapping[str, NodeFacts] = field(default_factory=dict)

    @property
    def lines(self) -> dict[str, str]:
        """One line for every output ``Node.connector`` that is known."""
        return {
            f"{name}.{output}": line(info) for name, node in self.nodes.items() for output, info in node.infos.items()
        }


def facts(network: Network, library: Library, known: Known) -> Facts:
    """What a network's nodes are known to give; a bypassed node gives what flows through it."""
    made = {}
    for name in network.nodes:
        one = known.bound.get(name)
        if name in known.errors:
            made[name] = NodeFacts(errors=tuple(map(_problem, known.errors[name])))
        elif name in known.behind:
            made[name] = NodeFacts(behind=known.behind[name])
        elif network.nodes[name].bypassed:
            values = one.described.values if one is not None else {}
            made[name] = NodeFacts(_passed(network, library, known, name), values)
        elif one is not None:
            made[name] = NodeFacts(one.described.infos, one.described.values, one.described.warnings)
    return Facts(made)


def line(info: ImageInfo) -> str:
    """An image in one line: size, type, declared range, voxel size."""
    times, channels, z, y, x = info.extent
    low, high = map(spelled, info.range)
    parts = [
        f"{x} x {y} x {z}",
        *([f"{channels} channels"] if channels > 1 else []),
        *([f"{times} times"] if times > 1 else []),
        info.type_name,
        f"{low} .. {high}",
        f"{' x '.join(f'{size:.4g}' for size in info.spacing)} mm",
    ]
    return ", ".join(parts)


def _passed(network: Network, library: Library, known: Known, name: str) -> dict[str, ImageInfo]:
    infos = {}
    for output in library[network.nodes[name].type].declaration.outputs:
        end = fed(network, library, (name, output))
        giving = known.bound.get(end[0]) if end is not None else None
        if end is not None and giving is not None:
            infos[output] = giving.described.infos[current_name(type(giving.node), end[1])]
    return infos


def _problem(error: NodeEditorError) -> Problem:
    if isinstance(error, NetworkError):
        return Problem(error.message, error.connector, error.__cause__)
    return Problem(getattr(error, "message", str(error)), cause=error.__cause__)
