"""Boxes in line, evenly spread and arranged lie where a person expects them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor import places
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint

from .samples import LIBRARY
from .test_edits import masking

FULL = Library.installed()


@pytest.mark.parametrize(
    ("edge", "axis", "part", "line"),
    [
        ("left", 0, 0.0, 425),
        ("right", 0, 1.0, 684),
        ("top", 1, 0.0, 92),
        ("bottom", 1, 1.0, 541),
        ("center", 0, 0.5, (497 + 608 + 497 + 640) / 4),
        ("middle", 1, 0.5, (505 + 243 + 120 + 374) / 4),
    ],
)
def test_aligned_boxes_share_a_line(edge: places.Edge, axis: int, part: float, line: float) -> None:
    aligned = places.aligned(masking(), list(masking().nodes), edge)
    for name, spec in aligned.nodes.items():
        assert spec.frame is not None
        assert spec.frame[axis] + part * spec.frame[axis + 2] == pytest.approx(line, abs=0.5)
        assert spec.frame[1 - axis] == (masking().nodes[name].frame or (0, 0))[1 - axis]


@pytest.mark.parametrize("across", [True, False])
def test_distributed_boxes_have_equal_gaps(across: bool) -> None:
    axis = 0 if across else 1
    spread = places.distributed(masking(), list(masking().nodes), across=across)
    frames = sorted((spec.frame for spec in spread.nodes.values() if spec.frame), key=lambda frame: frame[axis])
    gaps = [b[axis] - a[axis] - a[axis + 2] for a, b in itertools.pairwise(frames)]
    assert max(gaps) - min(gaps) <= 1
    assert all(frame[axis].is_integer() for frame in frames)
    assert places.distributed(masking(), ["Mask", "Threshold"], across=across) == masking()


@given(st.integers(1, 14), st.data())
def test_arranged_boxes_lie_above_their_sources_and_apart(count: int, data: st.DataObject) -> None:
    links = {}
    for node in range(1, count):
        for connector in ("input0", "input1"):
            if data.draw(st.booleans()):
                links[f"N{node}.{connector}"] = f"N{data.draw(st.integers(0, node - 1))}.output0"
    nodes = {f"N{i}": NodeSpec("Sum", frame=(0, 0, 100, 60)) for i in range(count)}
    arranged = places.arranged(Network(nodes, links), LIBRARY)
    frames = {name: spec.frame or (0, 0, 0, 0) for name, spec in arranged.nodes.items()}
    for destination, source in links.items():
        above, below = frames[endpoint(destination)[0]], frames[endpoint(source)[0]]
        assert above[1] + above[3] < below[1]
    boxes = list(frames.values())
    for i, (x, y, w, h) in enumerate(boxes):
        for u, v, s, t in boxes[i + 1 :]:
            assert x + w <= u or u + s <= x or y + h <= v or v + t <= y


def test_arranged_boxes_do_not_hide_the_wires_of_others() -> None:
    frames = {name: spec.frame or (0, 0, 0, 0) for name, spec in places.arranged(masking(), FULL).nodes.items()}
    (x0, y0, w0, _), (x1, y1, w1, h1) = frames["LocalImage"], frames["Mask"]
    left, top, width, height = frames["Threshold"]
    for y in (top, top + height / 2, top + height):
        part = (y0 - y) / (y0 - y1 - h1)
        wire = x0 + w0 / 2 + part * (x1 + w1 / 2 - x0 - w0 / 2)
        assert not left <= wire <= left + width


def test_arranging_a_thicket_ends_and_stays_as_narrow_as_its_rows() -> None:
    nodes = {f"M{i}": NodeSpec("Mask", frame=(0, 0, 88, 72)) for i in range(60)}
    links = {f"M{i}.input0": f"M{i - 1}.output0" for i in range(1, 60)}
    links |= {f"M{i}.input1": f"M{max(0, i - 5)}.output0" for i in range(2, 60)}
    assert places.bounds(places.arranged(Network(nodes, links), FULL), nodes)[2] == 88
