"""Where the boxes of a network lie: moved, in line, evenly spread, arranged; in canvas coordinates, y downwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from nodeeditor.check import dependencies
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.network import Frame, Network, NodeSpec, ordered

Edge: TypeAlias = Literal["left", "center", "right", "top", "middle", "bottom"]

WIDTH, HEIGHT = 120.0, 72.0
_GAP_X, _GAP_Y = 40.0, 60.0
_WIRE_ROOM = 12.0  # between a wire and a box that it passes
_FOLLOWED, _ROUNDS = 12, 20  # rows over which an eye follows a wire; attempts to clear all wires


def frame_of(spec: NodeSpec) -> Frame:
    """Where a box lies and how large it is; at the origin in the usual size where the file says nothing."""
    return spec.frame or (0.0, 0.0, WIDTH, HEIGHT)


def bounds(network: Network, names: Iterable[str]) -> Frame:
    """The rectangle x, y, width, height around some boxes."""
    return _around([frame_of(network.nodes[name]) for name in names])


def extent(network: Network) -> Frame:
    """The rectangle around all boxes and notes; at the origin where there are none."""
    notes = [frame for note in network.notes if (frame := note_frame(note))]
    return _around([*map(frame_of, network.nodes.values()), *notes] or [(0.0, 0.0, 0.0, 0.0)])


def note_frame(note: Json) -> Frame | None:
    """Where a note lies and how large it is; None where it does not say so in four numbers."""
    frame = note.get("frame") if isinstance(note, dict) else None
    if not isinstance(frame, list) or len(frame) != 4 or not all(isinstance(one, int | float) for one in frame):
        return None
    x, y, width, height = map(float, frame)
    return (x, y, width, height)


def _around(frames: Sequence[Frame]) -> Frame:
    left, top = min(frame[0] for frame in frames), min(frame[1] for frame in frames)
    right, bottom = max(frame[0] + frame[2] for frame in frames), max(frame[1] + frame[3] for frame in frames)
    return (left, top, right - left, bottom - top)


def moved(network: Network, positions: Mapping[str, tuple[float, float]]) -> Network:
    """The network with the upper left corners of some boxes elsewhere."""
    nodes = dict(network.nodes)
    for name, (x, y) in positions.items():
        _, _, width, height = frame_of(nodes[name])
        nodes[name] = replace(nodes[name], frame=(x, y, width, height))
    return replace(network, nodes=nodes)


def shifted(network: Network, dx: float, dy: float) -> Network:
    """The network with all its boxes moved."""
    places = {name: frame_of(spec) for name, spec in network.nodes.items()}
    return moved(network, {name: (x + dx, y + dy) for name, (x, y, _, _) in places.items()})


def shifted_notes(notes: Iterable[Json], dx: float, dy: float) -> list[Json]:
    """Some notes elsewhere; those that say no place stay as they are."""
    return [_shifted_note(note, dx, dy) for note in notes]


def _shifted_note(note: Json, dx: float, dy: float) -> Json:
    frame = note_frame(note)
    return note if frame is None else {**note, "frame": [frame[0] + dx, frame[1] + dy, *frame[2:]]}


def aligned(network: Network, names: Sequence[str], edge: Edge) -> Network:
    """The network with some boxes moved so that an edge of each lies on the outermost one, or their middles in line."""
    frames = {name: frame_of(network.nodes[name]) for name in names}
    axis = 0 if edge in ("left", "center", "right") else 1
    part = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[edge]
    marks = [frame[axis] + part * frame[axis + 2] for frame in frames.values()]
    line = {0.0: min(marks), 0.5: sum(marks) / len(marks), 1.0: max(marks)}[part]
    return moved(network, {name: _at(frame, axis, line - part * frame[axis + 2]) for name, frame in frames.items()})


def distributed(network: Network, names: Sequence[str], *, across: bool) -> Network:
    """The network with the gaps between some boxes made equal, across or down; the outermost stay."""
    axis = 0 if across else 1
    frames = sorted(((name, frame_of(network.nodes[name])) for name in names), key=lambda item: item[1][axis])
    if len(frames) < 3:
        return network
    first, last = frames[0][1], frames[-1][1]
    free = last[axis] + last[axis + 2] - first[axis] - sum(frame[axis + 2] for _, frame in frames)
    gap, at, places = free / (len(frames) - 1), first[axis], {}
    for name, frame in frames:
        places[name] = _at(frame, axis, at)
        at += frame[axis + 2] + gap
    return moved(network, places)


def arranged(network: Network, library: Library, names: Iterable[str] | None = None) -> Network:
    """The network with some boxes, or all, in rows: each above all that feeds it, near the middle of its sources.

    Boxes that a wire of others would run behind stand aside, to the right.
    """
    chosen = list(network.nodes if names is None else names)
    inside = set(chosen)
    before = {
        name: [source for source in sources if source in inside]
        for name, sources in dependencies(network, library).items()
        if name in inside
    }
    order, stuck = ordered(before)
    rank: dict[str, int] = {}
    for name in [*order, *stuck]:
        rank[name] = 1 + max((rank.get(source, -1) for source in before[name]), default=-1)
    rows: dict[int, list[str]] = {}
    for name in [*order, *stuck]:
        rows.setdefault(rank[name], []).append(name)
    x0, y0, width, height = bounds(network, chosen)
    center: dict[str, float] = {}
    frames: dict[str, Frame] = {}
    y = y0 + height
    lined: list[list[str]] = []
    for number in sorted(rows):
        row = sorted(
            rows[number], key=lambda name: (_mean([center[one] for one in before[name] if one in center]), name)
        )
        sizes = [frame_of(network.nodes[name])[2:] for name in row]
        total = sum(size[0] for size in sizes) + _GAP_X * (len(row) - 1)
        wanted = _mean([center[one] for name in row for one in before[name] if one in center], x0 + width / 2)
        x, y = wanted - total / 2, y - max(size[1] for size in sizes)
        for name, size in zip(row, sizes, strict=True):
            frames[name] = (x, y, *size)
            center[name] = x + size[0] / 2
            x += size[0] + _GAP_X
        lined.append(row)
        y -= _GAP_Y
    frames = _cleared(frames, lined, [(source, name) for name in chosen for source in before[name]])
    return moved(network, {name: (round(x), round(y)) for name, (x, y, _, _) in frames.items()})


def _cleared(
    frames: dict[str, Frame], rows: Sequence[Sequence[str]], wires: Iterable[tuple[str, str]]
) -> dict[str, Frame]:
    """The frames with boxes moved to the right so that no wire runs behind one it has nothing to do with.

    Wires over many rows are left alone. Each move may bring a wire behind another box; where some rounds of them do
    not end it, the frames stay as they are.
    """
    row_of = {name: number for number, row in enumerate(rows) for name in row}
    long = [(source, name) for source, name in wires if 1 < row_of[name] - row_of[source] <= _FOLLOWED]
    cleared = dict(frames)
    for _ in range(_ROUNDS):
        moves = 0
        for source, name in long:
            (x0, y0, w0, _), (x1, y1, w1, h1) = cleared[source], cleared[name]
            start, end = (x0 + w0 / 2, y0), (x1 + w1 / 2, y1 + h1)
            for number in range(row_of[source] + 1, row_of[name]):
                moves += _row_cleared(cleared, rows[number], start, end)
        if not moves:
            return cleared
    return frames


def _row_cleared(
    frames: dict[str, Frame], row: Sequence[str], start: tuple[float, float], end: tuple[float, float]
) -> bool:
    """Move the boxes of a row, from the first one on a line, to the right of it; whether one had to be moved."""
    free = None
    for name in row:
        x, y, width, height = frames[name]
        crossed = [start[0] + (end[0] - start[0]) * (start[1] - at) / (start[1] - end[1]) for at in (y, y + height)]
        left, right = min(crossed) - _WIRE_ROOM, max(crossed) + _WIRE_ROOM
        if free is None and x < right and left < x + width:
            free = right
        if free is not None:
            frames[name] = (max(x, free), y, width, height)
            free = max(x, free) + width + _GAP_X
    return free is not None


def _at(frame: Frame, axis: int, value: float) -> tuple[float, float]:
    """The place of a box with another coordinate, on whole numbers: files stay short, edges crisp."""
    return (float(round(value)), frame[1]) if axis == 0 else (frame[0], float(round(value)))


def _mean(numbers: Sequence[float], otherwise: float = 0.0) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
