"""Tests of the small map in the corner: when it is there, what it shows, where it leads, what it costs."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.look import Look
from nodeeditor.gui.canvas.minimap import Minimap
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.sight import bring_into_sight
from nodeeditor.gui.canvas.theme import LIGHT


@dataclass
class Desk:
    canvas: Canvas
    map: Minimap
    boxes: list[NodeBox] = field(default_factory=list)

    def add(self, x: float, y: float, look: Look | None = None) -> NodeBox:
        box = NodeBox(f"Box{len(self.boxes)}")
        self.canvas.scene().addItem(box)
        box.setPos(x, y)
        box.show_look(look or Look(box.name))
        self.boxes.append(box)
        return box

    def shown(self, *groups: GroupFrame, notes: tuple[NoteBox, ...] = ()) -> QImage:
        self.map.show_network(self.boxes, groups, notes)
        self.map.redraw()
        return self.map.grab().toImage()


class Paints(QObject):
    """What has been painted of a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False

    def area(self) -> int:
        return sum(rect.width() * rect.height() for rect in self.region)  # type: ignore[attr-defined]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    canvas = Canvas()
    canvas.show_theme(LIGHT)
    canvas.resize(800, 600)
    with qtbot.waitExposed(canvas):
        canvas.show()
    yield Desk(canvas, Minimap(canvas))
    canvas.close()
    canvas.deleteLater()


def near(image: QImage, ink: str) -> int:
    """How many pixels have a colour."""
    wanted = QColor(ink).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_there_is_no_map_of_nothing(desk: Desk) -> None:
    desk.shown()
    assert not desk.map.isVisible()


def test_the_map_is_there_only_while_part_of_the_network_is_out_of_sight(desk: Desk) -> None:
    desk.add(0, 0)
    desk.add(300, 200)
    desk.shown()
    desk.canvas.frame_all()
    QTest.qWait(0)
    assert not desk.map.isVisible()
    desk.canvas.pan(QPoint(600, 0))
    QTest.qWait(0)
    assert desk.map.isVisible()


def test_a_map_that_is_not_wanted_is_never_there(desk: Desk) -> None:
    desk.add(0, 0)
    desk.add(3000, 2000)
    desk.shown()
    assert desk.map.isVisible()
    desk.map.show_when_useful(False)
    desk.canvas.pan(QPoint(100, 100))
    QTest.qWait(0)
    assert not desk.map.isVisible()
    desk.map.show_when_useful(True)
    assert desk.map.isVisible()


def test_boxes_have_the_colour_of_their_kind_and_of_what_matters_about_them(desk: Desk) -> None:
    desk.add(0, 0, Look("image"))
    desk.add(0, 3000, Look("composed", kind="composed"))
    desk.add(3000, 0, Look("wrong", error="no"))
    chosen = desk.add(3000, 3000)
    chosen.setSelected(True)
    desk.canvas.centerOn(1500, 1500)
    image = desk.shown()
    assert all(near(image, ink) for ink in (LIGHT.image.middle, LIGHT.composed.middle, LIGHT.error, LIGHT.selection))


def test_groups_and_notes_are_on_the_map(desk: Desk) -> None:
    members = [desk.add(0, 0), desk.add(3000, 3000)]
    plain = desk.shown()
    frame, note = GroupFrame("Group", members, "#ff0000"), NoteBox("text")
    for item in (frame, note):
        desk.canvas.scene().addItem(item)
    note.setPos(3000, 0)
    image = desk.shown(frame, notes=(note,))
    middle = image.rect().center() + QPoint(8, -20)
    assert QColor(image.pixel(middle)).red() > QColor(plain.pixel(middle)).red() + 20
    assert near(image, LIGHT.note)


def test_a_moved_box_moves_on_the_map(desk: Desk, qtbot: QtBot) -> None:
    desk.add(0, 0)
    box = desk.add(3000, 3000, Look("wrong", error="no"))
    desk.canvas.centerOn(-1000, -1000)
    before = desk.shown()
    box.setPos(3000, 0)
    qtbot.waitUntil(lambda: desk.map.grab().toImage() != before)


def test_boxes_that_are_gone_do_not_draw_the_map_any_more(desk: Desk) -> None:
    gone = desk.add(0, 0)
    desk.add(3000, 3000)
    desk.shown()
    desk.boxes.remove(gone)
    desk.shown()
    assert desk.map not in gone.followers
    assert desk.map in desk.boxes[0].followers


def test_a_press_on_the_map_leads_there_and_a_drag_goes_on(desk: Desk) -> None:
    desk.add(0, 0)
    far = desk.add(4000, 4000)
    desk.canvas.centerOn(0, 0)
    desk.shown()
    corner = QPoint(desk.map.width(), desk.map.height())
    to = desk.map._to_map.map(far.sceneBoundingRect().center()).toPoint()
    QTest.mousePress(desk.map, Qt.MouseButton.LeftButton, pos=to)
    assert desk.canvas.visible_rect().contains(far.sceneBoundingRect())
    there = desk.canvas.visible_rect().center()
    QTest.mouseMove(desk.map, corner / 2)
    QTest.mouseRelease(desk.map, Qt.MouseButton.LeftButton, pos=corner / 2)
    assert (desk.canvas.visible_rect().center() - there).manhattanLength() > 500


def test_taking_hold_of_the_visible_part_does_not_make_it_jump(desk: Desk) -> None:
    desk.add(0, 0)
    desk.add(3000, 2000)
    desk.canvas.centerOn(1500, 1000)
    desk.shown()
    before = desk.canvas.visible_rect().center()
    at = desk.map._to_map.map(before + QPointF(300, 200)).toPoint()
    QTest.mousePress(desk.map, Qt.MouseButton.LeftButton, pos=at)
    assert (desk.canvas.visible_rect().center() - before).manhattanLength() < 3
    QTest.mouseRelease(desk.map, Qt.MouseButton.LeftButton, pos=at)


def test_panning_paints_only_the_new_edge_and_the_map(desk: Desk) -> None:
    desk.add(0, 0)
    desk.add(3000, 2000)
    desk.shown()
    QTest.qWait(80)
    place = desk.map.pos()
    seen = Paints()
    desk.canvas.viewport().installEventFilter(seen)
    desk.canvas.pan(QPoint(6, 4))
    QTest.qWait(30)
    assert desk.map.pos() == place
    assert 0 < seen.area() < 2 * desk.map.width() * desk.map.height() + 20 * (800 + 600)


def test_what_lies_in_sight_is_not_moved(desk: Desk) -> None:
    box = desk.add(0, 0)
    desk.canvas.centerOn(100, 50)
    before = desk.canvas.visible_rect()
    bring_into_sight(desk.canvas, box.sceneBoundingRect())
    assert desk.canvas.visible_rect() == before


def test_what_is_out_of_sight_comes_to_the_middle_at_the_same_zoom(desk: Desk) -> None:
    box = desk.add(5000, 0)
    desk.canvas.zoom_at(0.8, QPointF())
    bring_into_sight(desk.canvas, box.sceneBoundingRect())
    assert desk.canvas.zoom == pytest.approx(0.8)
    assert (desk.canvas.visible_rect().center() - box.sceneBoundingRect().center()).manhattanLength() < 4


def test_what_is_too_small_to_read_is_zoomed_only_until_it_can_be_read(desk: Desk) -> None:
    box = desk.add(5000, 0)
    desk.canvas.zoom_at(0.2, QPointF())
    bring_into_sight(desk.canvas, box.sceneBoundingRect())
    assert desk.canvas.zoom == pytest.approx(0.5)
    assert desk.canvas.visible_rect().contains(box.sceneBoundingRect())


def test_what_is_larger_than_the_view_is_shown_as_a_whole(desk: Desk) -> None:
    whole = desk.add(0, 0).sceneBoundingRect().united(desk.add(3000, 0).sceneBoundingRect())
    bring_into_sight(desk.canvas, whole)
    assert desk.canvas.visible_rect().contains(whole)


def test_what_lies_below_the_map_comes_out_of_it(desk: Desk) -> None:
    desk.add(5000, 5000)
    box = desk.add(0, 0)
    desk.shown()
    corner = desk.map.geometry().center()
    box.setPos(desk.canvas.mapToScene(corner) - QPointF(44, 36))
    desk.shown()
    assert desk.map.isVisible()
    bring_into_sight(desk.canvas, box.sceneBoundingRect())
    QTest.qWait(0)
    assert not desk.map.geometry().intersects(desk.canvas.mapFromScene(box.sceneBoundingRect()).boundingRect())
