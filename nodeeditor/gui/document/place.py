"""What a graph holds of a network besides nodes and wires: where boxes lie, and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodeeditor.fields import Json
from nodeeditor.network import FrozenDict


@dataclass(frozen=True)
class Place:
    """Where a box lies: ``size`` is None while the content decides, ``automatic`` when the file says no place."""

    x: float
    y: float
    size: tuple[float, float] | None = None
    automatic: bool = False


@dataclass(frozen=True)
class Rest:
    """What of a network is neither a node nor a connection between two connectors on the canvas."""

    links: Mapping[str, str] = field(default_factory=FrozenDict)
    groups: tuple[Json, ...] = ()
    notes: tuple[Json, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=FrozenDict)
