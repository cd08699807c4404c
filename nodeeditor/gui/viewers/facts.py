"""The facts of a shown image in words."""

from __future__ import annotations

from nodeeditor.engine.cost import spelled_bytes
from nodeeditor.gui.session.facts import line
from nodeeditor.gui.session.shown import Shown
from nodeeditor.image import ImageInfo, spelled


def facts_line(shown: Shown, number: int) -> str:
    """What a pane shows in one line, the pixels a voxel in percent, the cost; empty where there is no pane."""
    if number >= len(shown.panes):
        return ""
    pane = shown.panes[number]
    zoom = 100 * pane.placing.scale * min(pane.placing.voxel_size)
    return "   ".join(part for part in (line(pane.info), f"{zoom:.0f} %", str(shown.cost)) if part)


def facts(info: ImageInfo) -> list[tuple[str, str]]:
    """All that is known of an image without its voxels: what, and how much."""
    t, c, z, y, x = info.extent
    low, high = info.range
    return [
        ("Size", f"{x} x {y} x {z}"),
        *([("Colour channels", f"{c} ({', '.join(info.channels)})" if info.channels else str(c))] if c > 1 else []),
        *([("Time points", f"{t}, {spelled(info.time_step)} s apart")] if t > 1 else []),
        ("Type", info.type_name),
        ("Declared range", f"{spelled(low)} .. {spelled(high)}"),
        ("Voxel size", f"{_by(info.spacing)} mm"),
        ("Origin", f"({', '.join(spelled(part) for part in info.origin)}) mm"),
        ("World matrix", _matrix(info)),
        ("Modality", info.modality or "not known"),
        ("Memory", spelled_bytes(info.nbytes)),
    ]


def _matrix(info: ImageInfo) -> str:
    """The world matrix, its columns right-aligned."""
    texts = [[spelled(number) for number in row] for row in info.world_matrix.tolist()]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join("  ".join(map(str.rjust, row, widths)) for row in texts)


def _by(numbers: tuple[float, ...]) -> str:
    return " x ".join(spelled(number) for number in numbers)
