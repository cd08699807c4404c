"""Tests of what a box shows of its node at work: lamp, bar, grey, timing."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.activity import NEVER_RUN, Activity, duration
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.theme import DARK, LIGHT, Theme
from nodeeditor.gui.canvas.timing import Timing
from nodeeditor.gui.document.graph import Graph
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

from .seen import box, connector, painted, pixels

WORKED = Activity("idle", 0.0032, 1)
STATES = (WORKED, Activity("working"), Activity("done"), Activity("outdated"), Activity("failed"), Activity("blocked"))


@pytest.mark.parametrize(
    ("activity", "text"),
    [
        (NEVER_RUN, ""),
        (Activity("working"), ""),
        (Activity("done", 0.0032, 1), "3.2 ms · 1 page"),
        (Activity("done", 0.182, 12), "182 ms · 12 pages"),
        (Activity("done", 0.182, 12, nbytes=12 * 2**19), "182 ms · 12 pages · 6 MiB"),
        (Activity("failed", 1.31), "1.3 s"),
        (Activity("done", 0.0, 3), "0.0 ms · 3 pages"),
    ],
)
def test_a_timing_tells_time_and_pages_or_nothing(activity: Activity, text: str) -> None:
    assert activity.timing == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00094, "0.9 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (125, "2 min 5 s"),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_lamps_differ_in_shape_and_not_in_colour_alone(graph: Graph, theme: Theme) -> None:
    mask = box(graph, "Mask")
    graph.viewer().show_theme(theme)
    corner = QRectF(mask.mapToScene(mask.body.topLeft()), mask.body.size() / 3)

    def lamp(activity: Activity) -> Any:
        """The pixels that the lamp covers, whatever their colour."""
        mask.show_activity(Activity("blocked", 1.0) if activity.state == "blocked" else NEVER_RUN)
        mask.show_activity(activity)
        with_lamp = np.array(pixels(painted(graph, corner, 4.0)))
        return with_lamp != np.array(unlit(activity))

    def unlit(activity: Activity) -> Any:
        mask.show_activity(NEVER_RUN)
        if activity.state != "blocked":
            return pixels(painted(graph, corner, 4.0))
        blue, grey = theme.image, theme.blocked
        graph.viewer().show_theme(replace(theme, image=replace(grey, radius=blue.radius)))
        shown = pixels(painted(graph, corner, 4.0))
        graph.viewer().show_theme(theme)
        return shown

    shapes = [lamp(activity) for activity in STATES]
    assert all(40 < np.count_nonzero(shape) < 2500 for shape in shapes)
    for first, second in combinations(shapes, 2):
        assert np.count_nonzero(first != second) > 0.2 * min(np.count_nonzero(first), np.count_nonzero(second))


@pytest.mark.parametrize("outputs", range(1, 8))
def test_the_lamp_lies_beside_the_outputs(outputs: int) -> None:
    made = NodeBox("Node")
    for index in range(outputs):
        made.add_output(f"output{index}")
    half_a_triangle, right_of_the_lamp = 6.0, made.body.left() + 12.5
    assert made.outputs[0].pos().x() - half_a_triangle >= right_of_the_lamp - 0.5
    assert made.width % 8 == 0


def test_a_node_that_never_ran_has_no_lamp(graph: Graph) -> None:
    mask = box(graph, "Mask")
    before = painted(graph, mask.sceneBoundingRect())
    graph.show_activities({"Mask": Activity("done")})
    assert painted(graph, mask.sceneBoundingRect()) != before
    graph.show_activities({})
    assert painted(graph, mask.sceneBoundingRect()) == before


def test_the_bar_is_as_long_as_the_part_that_is_done(graph: Graph) -> None:
    mask = box(graph, "Mask")
    body = mask.mapRectToScene(mask.body)
    edge = QRectF(body.left(), body.bottom() - 2, body.width(), 1)

    def filled() -> int:
        return pixels(painted(graph, edge)).count(QColor(LIGHT.lamp_working).rgb() & 0xFFFFFF)

    graph.viewer().show_theme(LIGHT)
    lengths = {}
    for part in (None, 0.0, 0.1, 0.3, 0.9, 1.0, 7.0):
        graph.show_activities({"Mask": Activity("working", part=part)})
        lengths[part] = filled()
    assert lengths[None] == lengths[0.0] == 0
    assert lengths[0.3] - lengths[0.1] == pytest.approx(0.2 * body.width(), abs=1)  # inputs cover the middle
    assert lengths[0.3] < lengths[0.9] < lengths[1.0] == lengths[7.0]


def test_a_blocked_node_is_grey_and_a_failed_one_keeps_its_colour(graph: Graph) -> None:
    graph.viewer().show_theme(LIGHT)
    mask = box(graph, "Mask")
    spot = QRectF(mask.mapToScene(mask.body.topLeft()).x() + 3, mask.sceneBoundingRect().center().y(), 1, 1)

    def gray() -> bool:
        color = QColor(pixels(painted(graph, spot))[0])
        return max(color.red(), color.green(), color.blue()) - min(color.red(), color.green(), color.blue()) < 12

    seen = {}
    for activity in STATES:
        graph.show_activities({"Mask": activity})
        seen[activity.state] = gray()
    assert seen == {"idle": False, "working": False, "done": False, "outdated": False, "failed": False, "blocked": True}


def test_a_failure_is_seen_from_afar(graph: Graph) -> None:
    graph.viewer().show_theme(LIGHT)
    area = box(graph, "Mask").sceneBoundingRect()
    red = QColor(LIGHT.error).rgb() & 0xFFFFFF
    assert red not in pixels(painted(graph, area, 0.2))
    graph.show_activities({"Mask": Activity("failed")})
    assert red in pixels(painted(graph, area, 0.2))


def test_the_state_is_in_the_tooltip_in_words(graph: Graph) -> None:
    for activity, words in (
        (Activity("working", 0.5, 12, 0.7), "working, 70% done · 500 ms · 12 pages"),
        (Activity("blocked"), "waits for a node that failed"),
        (Activity("outdated"), "written before the last change"),
    ):
        graph.show_activities({"Mask": activity})
        assert words in box(graph, "Mask").toolTip()
    graph.show_activities({})
    assert "waits" not in box(graph, "Mask").toolTip()


@pytest.mark.parametrize(("state", "gaps"), [("done", False), ("failed", True), ("blocked", True)])
def test_a_wire_that_carries_nothing_is_dashed(graph: Graph, state: Any, gaps: bool) -> None:
    graph.viewer().show_theme(replace(LIGHT, wire="#ff0000", wire_width=3.0))
    (wire,) = connector(graph, "Mask.input1").connected_pipes
    graph.show_activities({"Threshold": Activity(state)})
    points = [wire.path().pointAtPercent(part / 100) for part in range(15, 85)]
    inks = [QColor(pixels(painted(graph, QRectF(point.x(), point.y(), 1, 1)))[0]) for point in points]
    drawn = [ink.red() - ink.green() > 100 for ink in inks]
    assert any(drawn)
    assert all(drawn) != gaps


def test_wires_are_painted_again_when_their_source_breaks_or_recovers(graph: Graph, qtbot: QtBot) -> None:
    (wire,) = connector(graph, "SynchroView2D.inImage2").connected_pipes
    middle = wire.path().pointAtPercent(0.5)
    for activity, again in ((Activity("failed"), True), (Activity("blocked"), False), (Activity("done"), True)):
        areas = repainted(graph, qtbot, lambda activity=activity: graph.show_activities({"Mask": activity}))  # type: ignore[misc]
        assert any(area.contains(middle) for area in areas) == again


# --- timings


def timings(graph: Graph) -> dict[str, str]:
    """What is written below the boxes, by node."""
    written = {}
    for item in graph.viewer().scene().items():
        box = item.parentItem()
        if isinstance(item, Timing) and isinstance(box, NodeBox) and item.isVisible():
            written[box.name] = item.text
    return written


def test_timings_are_written_while_they_are_wanted(graph: Graph) -> None:
    graph.show_activities({"Mask": Activity("done", 0.0032, 1), "Threshold": NEVER_RUN})
    assert timings(graph) == {}
    graph.viewer().show_timings(True)
    assert timings(graph) == {"Mask": "3.2 ms · 1 page"}
    graph.show_activities({"Mask": Activity("done", 0.182, 12), "Threshold": Activity("done", 2.0, 80)})
    assert timings(graph) == {"Mask": "182 ms · 12 pages", "Threshold": "2.0 s · 80 pages"}
    graph.viewer().show_timings(False)
    assert timings(graph) == {}


def test_a_timing_can_be_read_below_its_box_and_stays_there(graph: Graph) -> None:
    mask = box(graph, "Mask")

    def below() -> QRectF:
        frame = mask.mapRectToScene(mask.body)
        return QRectF(frame.left(), frame.bottom() + 5, frame.width() + 60, 14)

    before = painted(graph, below())
    graph.show_activities({"Mask": Activity("done", 0.0032, 1)})
    assert painted(graph, below()) == before
    graph.viewer().show_timings(True)
    written = painted(graph, below())
    assert written != before
    mask.height = 200.0
    (timing,) = (item for item in mask.childItems() if isinstance(item, Timing))
    assert below().contains(timing.sceneBoundingRect().center())


def test_a_node_that_comes_back_has_the_timing_that_is_wanted_then(graph: Graph) -> None:
    graph.show_activities({"Mask": Activity("done", 0.0032, 1)})
    nodes = dict(graph.network().nodes)
    del nodes["Mask"]
    graph.apply("delete", Network(nodes))
    graph.viewer().show_timings(True)
    assert timings(graph) == {}
    graph.undo_stack().undo()
    assert timings(graph) == {"Mask": "3.2 ms · 1 page"}
    graph.undo_stack().redo()
    graph.viewer().show_timings(False)
    graph.undo_stack().undo()
    assert timings(graph) == {}


# --- no part of the document, and cheap


def test_activities_touch_neither_the_undo_stack_nor_the_network(graph: Graph, qtbot: QtBot) -> None:
    before = graph.network()
    with qtbot.assertNotEmitted(graph.network_changed, wait=50):
        for activity in STATES:
            graph.show_activities(dict.fromkeys(before.nodes, activity))
        graph.show_facts({"LocalImage.outImage": "109 x 91 x 80"})
        graph.viewer().show_timings(True)
        graph.viewer().show_explanations({"Mask": "0"})
        graph.viewer().show_inspected("LocalImage.outImage")
    assert graph.undo_stack().count() == 0
    assert graph.network() == before


def repainted(graph: Graph, qtbot: QtBot, change: Callable[[], None]) -> list[QRectF]:
    """What the scene paints again because of a change."""
    qtbot.wait(1)
    seen: list[QRectF] = []

    def keep(areas: list[QRectF]) -> None:
        seen.extend(areas)

    graph.viewer().scene().changed.connect(keep)
    change()
    qtbot.wait(1)
    graph.viewer().scene().changed.disconnect(keep)
    return seen


def test_among_a_thousand_boxes_only_those_that_differ_are_painted_again(qtbot: QtBot) -> None:
    graph = Graph(Library.installed())
    with qtbot.waitExposed(graph.viewer()):
        graph.viewer().show()
    names = [f"N{index}" for index in range(1000)]
    places = {name: (130 * (index % 40), 110 * (index // 40), 120, 72) for index, name in enumerate(names)}
    graph.apply("open", Network({name: NodeSpec("Mask", frame=places[name]) for name in names}))
    same = {name: Activity("done", 0.001 * index, 1) for index, name in enumerate(names)}
    graph.show_activities(same)
    assert repainted(graph, qtbot, lambda: graph.show_activities(dict(same))) == []
    other = {**same, "N777": Activity("working", part=0.5)}
    areas = repainted(graph, qtbot, lambda: graph.show_activities(other))
    frame = box(graph, "N777").sceneBoundingRect()
    assert areas
    assert all(frame.adjusted(-5, -5, 5, 5).contains(area) for area in areas)
    graph.close_document()
