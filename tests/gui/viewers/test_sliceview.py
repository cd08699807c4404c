"""What mouse and keys over a viewer's picture do to its fields, and what the widget shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from nodeeditor import Image
from nodeeditor.gui.viewers.picturebox import image_over
from nodeeditor.gui.viewers.saving import save_picture
from nodeeditor.gui.viewers.sliceview import SliceView
from tests.gui.viewers import hand
from tests.gui.viewers.viewersamples import NetworkViewer, viewer
from tests.nodes.sources import image_of, noise

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
SIZE = QSize(300, 200)  # ten pixels a voxel of the slices below
MIDDLE = (150.0, 100.0)


def volume(depth: int = 9, times: int = 1, **facts: Any) -> Image:
    """30 columns and 20 rows of 1 mm; the declared range is 0 to 65535."""
    return image_of(noise("uint16", (times, 1, depth, 20, 30)), **facts)


def opened(qtbot: QtBot, model: NetworkViewer, size: QSize = SIZE) -> SliceView:
    """A view that shows the picture in its own size; nothing was edited yet."""
    view = SliceView()
    qtbot.addWidget(view)
    view.resize(size)
    view.show_viewer(model)
    view.show()
    model.answer()
    hand.settle()
    model.edits.clear()
    return view


def plain(**fields: Any) -> NetworkViewer:
    return viewer("View2D", fields, inImage=volume())


def rgb(image: QImage) -> Any:
    """The pixels of an image (height, width, 3)."""
    return np.array(
        [[image.pixelColor(x, y).getRgb()[:3] for x in range(image.width())] for y in range(image.height())]
    )


def chosen(menu: QMenu, *path: str) -> QAction:
    """An action of a menu, by the texts that lead to it."""
    found = next(action for action in menu.actions() if action.text().split("\t")[0] == path[0])
    inner = found.menu()
    return chosen(inner, *path[1:]) if len(path) > 1 and isinstance(inner, QMenu) else found


# --- slices


def test_a_notch_of_the_wheel_is_one_slice(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.wheel(view, MIDDLE, 120)
    assert model.fields()["startSlice"] == 5
    hand.wheel(view, MIDDLE, -360)
    assert model.fields()["startSlice"] == 2


def test_a_fine_wheel_needs_as_much_turning_as_a_coarse_one(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    for _ in range(7):
        hand.wheel(view, MIDDLE, 15)
    assert model.edits == []
    hand.wheel(view, MIDDLE, 15)
    assert [edits for edits, _ in model.edits] == [{"startSlice": 5}]


def test_a_wheel_that_turns_back_begins_anew(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.wheel(view, MIDDLE, 110)
    hand.wheel(view, MIDDLE, -119)
    assert model.edits == []
    hand.wheel(view, MIDDLE, -1)
    assert model.fields()["startSlice"] == 3


def test_notches_count_from_the_wanted_slice_while_pictures_are_late(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    model.prompt = False
    for _ in range(3):
        hand.wheel(view, MIDDLE, 120)
    assert [edits["startSlice"] for edits, _ in model.edits] == [5, 6, 7]
    assert len({gesture for _, gesture in model.edits}) == 1


def test_after_an_undo_the_wheel_counts_from_what_is_shown(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    before = model.network
    hand.wheel(view, MIDDLE, 360)
    model.network = before
    model.answer()
    hand.wheel(view, MIDDLE, 120)
    assert model.fields()["startSlice"] == 5


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        (Key.Key_PageUp, {"startSlice": 5}),
        (Key.Key_Up, {"startSlice": 5}),
        (Key.Key_PageDown, {"startSlice": 3}),
        (Key.Key_Down, {"startSlice": 3}),
        (Key.Key_Home, {"startSlice": 0}),
        (Key.Key_End, {"startSlice": 8}),
        (Key.Key_Right, {"timePoint": 2}),
        (Key.Key_Left, {"timePoint": 0}),
        (Key.Key_4, {"numSlices": 4, "numXSlices": 2}),
        (Key.Key_9, {"numSlices": 9, "numXSlices": 3}),
        (Key.Key_Plus, {"sliceZoom": 2 * 2**0.25}),
        (Key.Key_Minus, {"sliceZoom": 2 / 2**0.25}),
        (Key.Key_R, {"sliceZoom": 1.0, "sliceOrigin": [0.0, 0.0]}),
        (Key.Key_L, {"lutCenter": None, "lutWidth": None}),
    ],
)
def test_keys_turn_what_they_turn_in_mevislab(qtbot: QtBot, key: Qt.Key, fields: dict[str, Any]) -> None:
    start = {"timePoint": 1, "sliceZoom": 2.0, "sliceOrigin": [3.0, 4.0], "lutCenter": 9.0, "lutWidth": 8.0}
    model = viewer("View2D", start, inImage=volume(times=3))
    view = opened(qtbot, model)
    hand.key(view, key)
    assert [edits for edits, _ in model.edits] == [fields]


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        (Key.Key_5, {"sliceZoom": 1.0, "sliceOrigin": [0.0, 0.0]}),
        (Key.Key_0, {"lutCenter": None}),
        (Key.Key_Asterisk, {"filterMode": "FILTER_LINEAR_POSTCLASS"}),
        (Key.Key_6, {"sliceOrigin": [3.0 + 0.1 * 300 / 20, 4.0]}),
        (Key.Key_8, {"sliceOrigin": [3.0, 4.0 - 0.1 * 200 / 20]}),
    ],
)
def test_the_numeric_pad_has_keys_of_its_own(qtbot: QtBot, key: Qt.Key, fields: dict[str, Any]) -> None:
    model = plain(sliceZoom=2.0, sliceOrigin=[3.0, 4.0], lutCenter=9.0)
    view = opened(qtbot, model)
    hand.key(view, key, Modifier.KeypadModifier)
    assert [edits for edits, _ in model.edits] == [fields]


def test_at_the_last_slice_nothing_is_edited(qtbot: QtBot) -> None:
    model = plain(startSlice=8)
    view = opened(qtbot, model)
    hand.key(view, Key.Key_PageUp)
    hand.wheel(view, MIDDLE, 240)
    assert model.edits == []


def test_before_the_first_picture_keys_and_mouse_do_nothing(qtbot: QtBot) -> None:
    model = plain()
    view = SliceView()
    qtbot.addWidget(view)
    view.show_viewer(model)
    for pressed in (*range(Key.Key_0, Key.Key_9 + 1), *range(Key.Key_A, Key.Key_Z + 1), *range(0x01000010, 0x01000018)):
        for modifiers in (Modifier.NoModifier, Modifier.KeypadModifier):
            hand.key(view, Key(pressed), modifiers)
    hand.key(view, Key.Key_Asterisk, Modifier.KeypadModifier)
    hand.wheel(view, (5, 5), 120, Modifier.ControlModifier)
    hand.drag(view, Button.MiddleButton, (5, 5), (9, 9))
    view.menu()
    assert model.edits == []


def test_keys_of_the_view_are_no_shortcuts_of_the_window_around_it(qtbot: QtBot) -> None:
    model = plain()
    window = QMainWindow()
    qtbot.addWidget(window)
    view = SliceView()
    window.setCentralWidget(view)
    taken: list[str] = []
    for letter in ("A", "4", "B"):
        QShortcut(QKeySequence(letter), window, lambda letter=letter: taken.append(letter))
    view.show_viewer(model)
    window.show()
    model.answer()
    hand.settle()
    window.activateWindow()
    view.setFocus()
    model.edits.clear()
    for pressed in (Key.Key_A, Key.Key_4, Key.Key_B):
        QTest.keyClick(view, pressed)
    assert taken == ["B"]
    assert [sorted(edits) for edits, _ in model.edits] == [["annotationSizeMode"], ["numSlices", "numXSlices"]]


def test_keys_of_the_window_pass_the_view(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    for pressed, modifiers in ((Key.Key_Z, Modifier.ControlModifier), (Key.Key_Escape, Modifier.NoModifier)):
        event = QKeyEvent(QEvent.Type.KeyPress, pressed, modifiers)
        QApplication.sendEvent(view, event)
        assert not event.isAccepted()
    assert model.edits == []


# --- drags


def test_a_right_drag_turns_the_window_by_the_declared_range_over_the_whole_widget(qtbot: QtBot) -> None:
    model = plain(lutCenter=1000.0, lutWidth=2000.0)
    view = opened(qtbot, model)
    hand.drag(view, Button.RightButton, (100, 150), (130, 120), (250, 50))
    assert model.fields()["lutWidth"] == pytest.approx(2000 + 65535 * 150 / 300)
    assert model.fields()["lutCenter"] == pytest.approx(1000 - 65535 * 100 / 200)
    assert len({gesture for _, gesture in model.edits}) == 1


def test_the_window_never_gets_narrower_than_nothing(qtbot: QtBot) -> None:
    model = plain(lutCenter=1000.0, lutWidth=2000.0)
    view = opened(qtbot, model)
    hand.drag(view, Button.RightButton, (200, 100), (20, 100))
    assert model.fields()["lutWidth"] == 0


def test_the_picture_changes_while_the_window_is_dragged(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    before = view.picture()
    hand.press(view, (100, 100), Button.RightButton)
    hand.move(view, (100, 20), Button.RightButton)
    assert view.picture() != before
    hand.release(view, (100, 20), Button.RightButton)


def test_a_middle_drag_over_the_height_goes_through_all_slices(qtbot: QtBot) -> None:
    model = viewer("View2D", {"startSlice": 90}, inImage=volume(depth=100))
    view = opened(qtbot, model)
    hand.drag(view, Button.MiddleButton, (100, 50), (100, 90), (100, 150))
    assert model.fields()["startSlice"] == 90 - 100 // 2


def test_few_slices_need_no_long_drag(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.drag(view, Button.MiddleButton, (100, 100), (100, 80))
    assert model.fields()["startSlice"] == 4 + 2


def test_ctrl_and_the_middle_button_enlarge_about_the_middle(qtbot: QtBot) -> None:
    model = plain(sliceOrigin=[2.0, -1.0])
    view = opened(qtbot, model)
    hand.drag(view, Button.MiddleButton, (20, 150), (20, 100), modifiers=Modifier.ControlModifier)
    assert [edits for edits, _ in model.edits] == [{"sliceZoom": pytest.approx(2.0)}]


def test_shift_and_the_middle_button_take_the_slice_along(qtbot: QtBot) -> None:
    model = plain(sliceZoom=2.0)
    view = opened(qtbot, model)
    before = view.readings
    hand.move(view, (155, 105))
    under = before()
    hand.drag(view, Button.MiddleButton, (155, 105), (195, 125), modifiers=Modifier.ShiftModifier)
    assert model.fields()["sliceOrigin"] == pytest.approx([-40 / 20, -20 / 20])
    assert view.readings() == under


@pytest.mark.parametrize("delta", [120, -120, 45])
def test_ctrl_and_the_wheel_keep_the_point_below_the_mouse(qtbot: QtBot, delta: int) -> None:
    model = plain(sliceZoom=3.0, sliceOrigin=[1.0, 2.0])
    view = opened(qtbot, model)
    before = model.now().panes[0].world_at(40, 170)
    hand.wheel(view, (40, 170), delta, Modifier.ControlModifier)
    assert model.fields()["sliceZoom"] == pytest.approx(3 * 2 ** (delta / 480))
    assert model.now().panes[0].world_at(40, 170) == pytest.approx(before)


def test_the_zoom_ends_where_its_field_ends(qtbot: QtBot) -> None:
    model = plain(sliceZoom=999.0, sliceOrigin=[1.0, 2.0])
    view = opened(qtbot, model)
    before = model.now().panes[0].world_at(40, 170)
    hand.wheel(view, (40, 170), 1200, Modifier.ControlModifier)
    assert model.fields()["sliceZoom"] == 1000
    assert model.now().panes[0].world_at(40, 170) == pytest.approx(before)


def test_a_left_click_sets_the_world_position(qtbot: QtBot) -> None:
    image = volume(spacing=(1.0, 1.0, 2.5), origin=(-7.0, 3.0, 11.0))
    model = viewer("View2D", {}, inImage=image)
    view = opened(qtbot, model)
    hand.press(view, (155, 105), Button.LeftButton)
    assert model.fields()["worldPosition"] == pytest.approx([-7 + 15, 3 + 10, 11 + 4 * 2.5])
    hand.move(view, (165, 105), Button.LeftButton)
    hand.release(view, (165, 105), Button.LeftButton)
    assert model.fields()["worldPosition"] == pytest.approx([-7 + 16, 3 + 10, 11 + 4 * 2.5])


def test_a_drag_is_a_gesture_of_its_own_also_right_after_the_wheel(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.wheel(view, MIDDLE, 120)
    hand.drag(view, Button.LeftButton, (20, 20), (30, 30))
    hand.wheel(view, MIDDLE, 120)
    assert len({gesture for _, gesture in model.edits}) == 3


def test_a_press_of_the_middle_button_alone_edits_nothing(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.press(view, MIDDLE, Button.MiddleButton)
    hand.release(view, MIDDLE, Button.MiddleButton)
    assert model.edits == []


def test_the_end_of_a_drag_is_never_lost(qtbot: QtBot) -> None:
    model = plain(lutCenter=0.0, lutWidth=1.0)
    view = opened(qtbot, model)
    model.prompt = False
    hand.press(view, (10, 10), Button.RightButton)
    for x in range(20, 150):
        hand.move(view, (x, 10), Button.RightButton)
    hand.release(view, (160, 10), Button.RightButton)
    assert model.fields()["lutWidth"] == pytest.approx(1 + 65535 / 2)


# --- read-out


@pytest.mark.parametrize(("x", "y"), [(5, 5), (155, 105), (299.9, 199.9), (0, 0), (14.9, 30)])
def test_the_read_out_gives_voxel_and_value(qtbot: QtBot, x: float, y: float) -> None:
    voxels = noise("int16", (1, 1, 9, 20, 30))
    model = viewer("View2D", {"startSlice": 6}, inImage=image_of(voxels))
    view = opened(qtbot, model)
    hand.move(view, (x, y))
    i, j = int(x // 10), int(y // 10)
    assert view.readings() == [(f"({i} {j} 6):", f"{voxels[0, 0, 6, j, i]} GV")]


def test_beside_the_slice_no_value_is_read(qtbot: QtBot) -> None:
    view = opened(qtbot, plain(sliceZoom=0.5))
    hand.move(view, (20, 20))
    assert view.readings() == [("(- - -):", "GV")]


def test_both_panes_are_read_at_the_same_point_of_the_world(qtbot: QtBot) -> None:
    one, other = noise("uint8", (1, 1, 5, 20, 30), 1), noise("uint8", (1, 1, 5, 20, 30), 2)
    model = viewer("SynchroView2D", {"slice1": 3, "slice2": 3}, inImage1=image_of(one), inImage2=image_of(other))
    view = opened(qtbot, model, QSize(604, 200))
    hand.move(view, (304 + 125, 85))
    assert view.readings() == [
        ("(12 8 3):", f"{one[0, 0, 3, 8, 12]} GV"),
        ("(12 8 3):", f"{other[0, 0, 3, 8, 12]} GV"),
    ]


def test_a_pane_that_shows_another_place_reads_nothing_beside(qtbot: QtBot) -> None:
    image = volume()
    fields = {"slice1": 3, "slice2": 5, "synchSlicing": False}
    model = viewer("SynchroView2D", fields, inImage1=image, inImage2=image)
    view = opened(qtbot, model, QSize(604, 200))
    hand.move(view, (125, 85))
    assert [reading[0] for reading in view.readings()] == ["(12 8 3):", "(- - -):"]


def test_hovering_asks_for_nothing(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    pages = len(model.engine.pages)
    for x in range(0, 300, 7):
        hand.move(view, (x, 50))
        view.grab()
    assert (model.edits, len(model.engine.pages)) == ([], pages)


def test_the_read_out_is_painted_only_while_the_mouse_is_there(qtbot: QtBot) -> None:
    view = opened(qtbot, plain())
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    without = view.grab().toImage()
    assert without == image_of_view(view)
    hand.move(view, MIDDLE)
    hand.key(view, Key.Key_I)
    assert view.grab().toImage() != without
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.grab().toImage() == without


def image_of_view(view: SliceView) -> QImage:
    """The picture in the format of a grabbed widget."""
    return view.picture().convertToFormat(view.grab().toImage().format())


# --- what is painted


def test_the_picture_is_painted_pixel_by_pixel(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert (rgb(view.grab().toImage()) == model.now().picture).all()


def test_an_image_shows_the_memory_of_its_array() -> None:
    pixels = np.zeros((5, 7, 3), np.uint8)
    image = image_over(pixels)
    pixels[2, 3] = (10, 20, 30)
    assert image.pixelColor(3, 2) == QColor(10, 20, 30)


def test_an_image_of_a_grey_picture_shows_the_memory_of_its_one_channel() -> None:
    pixels = np.zeros((5, 7, 1), np.uint8)
    image = image_over(np.broadcast_to(pixels, (5, 7, 3)))
    pixels[2, 3] = 20
    assert image.pixelColor(3, 2) == QColor(20, 20, 20)
    assert image.pixelColor(4, 2) == QColor(0, 0, 0)


def test_a_failure_keeps_the_picture_and_says_why(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    picture, fresh = view.picture(), view.grab().toImage()
    model.failed.emit("Threshold: the threshold is not a number")
    stale = view.grab().toImage()
    assert view.picture() == picture
    assert view.steering.problem == "Threshold: the threshold is not a number"
    assert stale != fresh
    assert stale.pixelColor(295, 194).red() > stale.pixelColor(295, 194).blue() + 60
    model.answer()
    assert view.grab().toImage() == fresh
    assert view.steering.problem == ""


def test_a_failure_before_the_first_picture_is_said_as_well(qtbot: QtBot) -> None:
    model = plain()
    view = SliceView()
    qtbot.addWidget(view)
    view.resize(SIZE)
    view.show_viewer(model)
    model.failed.emit("there is no such file")
    assert view.toolTip().count("there is no such file") == 1
    assert view.grab().toImage().pixelColor(295, 194).red() > 100


def test_a_picture_has_a_pixel_for_each_of_the_screen(tmp_path: Path) -> None:
    script = tmp_path / "dense.py"
    script.write_text(_DENSE)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["600", "400", "True", "300", "200"], done.stderr


_DENSE = """
import sys
sys.path.insert(0, ".")
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from nodeeditor.gui.viewers.sliceview import SliceView
from tests.gui.viewers import hand
from tests.gui.viewers.viewersamples import viewer
from tests.nodes.sources import image_of, noise

application = QApplication([])
model = viewer("View2D", {}, inImage=image_of(noise("uint8", (1, 1, 3, 20, 30))))
view = SliceView()
view.resize(300, 200)
view.show_viewer(model)
view.show()
model.answer()
hand.settle()
print(model.fields()["pictureWidth"], model.fields()["pictureHeight"])
application.sendEvent(view, QEvent(QEvent.Type.Leave))
grabbed = view.grab().toImage()
picture = view.picture()
print(all(grabbed.pixel(x, y) == picture.pixel(x, y) for x in range(0, 600, 7) for y in range(0, 400, 7)))
print(view.sizeHint().width(), view.sizeHint().height())
"""


def test_being_busy_shows_only_after_a_while(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    model.busy.emit(True)
    assert not view.busy_is_shown()
    qtbot.waitUntil(view.busy_is_shown)
    model.busy.emit(False)
    assert not view.busy_is_shown()


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, view: SliceView) -> None:
        super().__init__(view)
        self.count = 0
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_drag_paints_each_picture_once(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    model.prompt = False
    paints = Paints(view)
    hand.press(view, MIDDLE, Button.RightButton)
    hand.settle()
    paints.count = 0
    for step in range(1, 4):
        hand.move(view, (150.0 + 8 * step, 100.0), Button.RightButton)
        assert len(model.edits) == step
        hand.settle()
        model.answer()
        hand.settle()
        assert paints.count == step
    hand.release(view, (174.0, 100.0), Button.RightButton)


def test_a_mouse_that_moves_without_an_edit_is_read_at_once(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    paints = Paints(view)
    for step in range(1, 4):
        hand.move(view, (150.0 + 8 * step, 100.0))
        hand.settle()
        assert paints.count == step


def test_an_unconnected_viewer_says_what_to_connect(qtbot: QtBot) -> None:
    view = opened(qtbot, viewer("View2D"))
    assert view.hint() == "No image. Connect one to inImage."
    assert opened(qtbot, plain()).hint() == ""


def test_without_a_viewer_the_view_is_black(qtbot: QtBot) -> None:
    view = SliceView()
    qtbot.addWidget(view)
    view.resize(80, 60)
    hand.key(view, Key.Key_PageUp)
    hand.wheel(view, (10, 10), 120)
    hand.drag(view, Button.LeftButton, (5, 5), (9, 9))
    assert (rgb(view.grab().toImage()) == 0).all()


# --- sizes


def test_the_picture_is_asked_for_in_the_size_of_the_widget_once(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    for width in (310, 320, 333):
        view.resize(width, 222)
    assert model.edits == []
    hand.settle()
    assert [edits for edits, _ in model.edits] == [{"pictureWidth": 333, "pictureHeight": 222}]
    assert view.picture().size() == QSize(333, 222)


def test_an_old_picture_is_scaled_until_the_new_one_comes(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    model.prompt = False
    view.resize(600, 400)
    hand.settle()
    assert view.picture().size() == SIZE
    hand.move(view, (310, 210))
    assert view.readings()[0][0] == "(15 10 4):"


def test_a_hidden_view_asks_for_no_size(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    view.hide()
    view.resize(400, 300)
    hand.settle()
    assert model.edits == []
    view.show()
    hand.settle()
    assert model.fields()["pictureWidth"] == 400


def test_a_view_that_nobody_has_seen_asks_for_no_size(qtbot: QtBot) -> None:
    model = plain()
    view = SliceView()
    qtbot.addWidget(view)
    view.show_viewer(model)
    hand.settle()
    assert model.edits == []


# --- film


def test_a_film_goes_round(qtbot: QtBot) -> None:
    model = plain(startSlice=7)
    view = opened(qtbot, model)
    hand.key(view, Key.Key_C)
    assert view.cine.running
    view.cine.step()
    view.cine.step()
    assert [edits["startSlice"] for edits, _ in model.edits] == [8, 0]
    hand.key(view, Key.Key_C)
    assert not view.cine.running


def test_a_film_of_one_slice_goes_through_time(qtbot: QtBot) -> None:
    model = viewer("View2D", {"timePoint": 1}, inImage=volume(depth=1, times=3))
    view = opened(qtbot, model)
    view.cine.step()
    view.cine.step()
    assert [edits["timePoint"] for edits, _ in model.edits] == [2, 0]


def test_a_film_never_queues_pictures_up(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    model.prompt = False
    for _ in range(5):
        view.cine.step()
    assert [edits["startSlice"] for edits, _ in model.edits] == [5]
    model.answer()
    view.cine.step()
    assert model.fields()["startSlice"] == 6


def test_a_film_stops_where_nobody_sees_it_and_where_it_fails(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    view.cine.start(0)
    view.hide()
    assert not view.cine.running
    view.show()
    view.cine.start(0)
    model.failed.emit("the file is gone")
    view.cine.step()
    assert not view.cine.running


# --- explanations


def test_alt_asks_for_explanations_of_the_point_below_the_mouse(qtbot: QtBot) -> None:
    model = viewer("View2D", {}, inImage=volume(origin=(-7.0, 3.0, 11.0)))
    view = opened(qtbot, model)
    asked: list[Any] = []
    view.explain_wanted.connect(lambda pane, world: asked.append((pane, world)))
    hand.move(view, (155, 105))
    assert asked == []
    hand.move(view, (155, 105), modifiers=Modifier.AltModifier)
    assert asked[-1] == (0, pytest.approx((8, 13, 15)))
    hand.move(view, (165, 105), modifiers=Modifier.AltModifier)
    assert asked[-1] == (0, pytest.approx((9, 13, 15)))
    QTest.keyRelease(view, Key.Key_Alt)
    assert asked[-1] == (0, None)
    QTest.keyPress(view, Key.Key_Alt)
    assert asked[-1] == (0, pytest.approx((9, 13, 15)))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert asked[-1] == (0, None)
    assert len(asked) == 5


def test_the_explained_point_moves_with_the_slice(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.move(view, (155, 105), modifiers=Modifier.AltModifier)
    asked: list[Any] = []
    view.explain_wanted.connect(lambda pane, world: asked.append(world))
    hand.wheel(view, (155, 105), 120, Modifier.AltModifier)
    assert asked[-1] == pytest.approx((15, 10, 5))


# --- menu


def test_a_right_click_opens_the_menu_and_edits_nothing(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.press(view, MIDDLE, Button.RightButton)
    hand.move(view, (151, 101), Button.RightButton)
    assert QApplication.activePopupWidget() is None
    hand.release(view, (151, 101), Button.RightButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    assert model.edits == []


def test_the_menu_edits_fields(qtbot: QtBot) -> None:
    model = plain(lutCenter=5.0, lutWidth=6.0, sliceZoom=2.0)
    view = opened(qtbot, model)
    for path, fields in [
        (("Window", "Full Range"), {"lutCenter": 32767.5, "lutWidth": 65535.0}),
        (("Window", "From File"), {"lutCenter": None, "lutWidth": None}),
        (("Invert",), {"lutInvert": True}),
        (("Invert",), {"lutInvert": False}),
        (("Colour Map", "Hot Iron"), {"colorMap": "HotIron"}),
        (("Interpolation", "Nearest"), {"filterMode": "FILTER_NEAREST"}),
        (("Slices Shown", "4"), {"numSlices": 4, "numXSlices": 2}),
        (("Slices Shown", "1"), {"numSlices": 1, "numXSlices": 1}),
        (("Annotations", "Hide"), {"annotationSizeMode": "ANNO_SHOW_HIDE"}),
        (("Reset Zoom",), {"sliceZoom": 1.0}),
    ]:
        model.edits.clear()
        chosen(view.menu(), *path).trigger()
        assert [edits for edits, _ in model.edits] == [fields], path


def test_the_menu_chooses_a_layout(qtbot: QtBot) -> None:
    model = viewer("OrthoView2D", image=image_of(noise("int16", (1, 1, 3, 20, 30))))
    chosen(opened(qtbot, model).menu(), "Layout", "Axial").trigger()
    assert [edits for edits, _ in model.edits] == [{"layout": "LAYOUT_AXIAL"}]


def test_the_automatic_window_spans_the_middle_of_the_values_of_the_slice(qtbot: QtBot) -> None:
    voxels = noise("int16", (1, 1, 3, 20, 30))
    model = viewer("View2D", {"startSlice": 2}, inImage=image_of(voxels))
    view = opened(qtbot, model)
    chosen(view.menu(), "Window", "Auto").trigger()
    dark, bright = np.percentile(voxels[0, 0, 2], [2, 98])
    assert model.fields()["lutCenter"] == pytest.approx((dark + bright) / 2)
    assert model.fields()["lutWidth"] == pytest.approx(bright - dark)


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({"modality": "CT"}, True),
        ({"modality": "MR", "range": (-1024, 3071)}, False),
        ({"range": (-1024, 3071)}, True),
        ({"range": (0, 4095)}, False),
    ],
)
def test_windows_of_ct_are_offered_for_ct(qtbot: QtBot, facts: dict[str, Any], offered: bool) -> None:
    image = image_of(np.zeros((3, 20, 30), np.int16), **facts)
    view = opened(qtbot, viewer("View2D", {}, inImage=image))
    names = [action.text() for action in _submenu(view.menu(), "Window").actions()]
    assert ("CT: Lung" in names) == offered


def test_a_window_of_ct_sets_its_centre_and_width(qtbot: QtBot) -> None:
    model = viewer("View2D", {}, inImage=image_of(np.zeros((3, 20, 30), np.int16), modality="CT"))
    view = opened(qtbot, model)
    chosen(view.menu(), "Window", "CT: Lung").trigger()
    assert (model.fields()["lutCenter"], model.fields()["lutWidth"]) == (-600, 1500)


def test_two_viewers_side_by_side_offer_no_count_of_slices(qtbot: QtBot) -> None:
    model = viewer("SynchroView2D", {}, inImage1=volume(), inImage2=volume())
    view = opened(qtbot, model, QSize(604, 200))
    assert "Slices Shown" not in [action.text() for action in view.menu().actions()]


def test_a_drag_over_the_right_pane_turns_the_right_viewer(qtbot: QtBot) -> None:
    model = viewer("SynchroView2D", {"lut2c": 100.0, "lut2w": 50.0}, inImage1=volume(), inImage2=volume())
    view = opened(qtbot, model, QSize(604, 200))
    hand.drag(view, Button.RightButton, (400, 100), (400, 120))
    assert set(model.edits[-1][0]) == {"lut2c"}
    assert model.fields()["lut2c"] == pytest.approx(100 + 65535 * 20 / 200)


def test_the_menu_works_without_a_viewer(qtbot: QtBot) -> None:
    view = SliceView()
    qtbot.addWidget(view)
    assert view.menu().actions() == []


def _submenu(menu: QMenu, text: str) -> QMenu:
    found = chosen(menu, text).menu()
    assert isinstance(found, QMenu)
    return found


def test_the_copied_picture_is_the_picture(qtbot: QtBot) -> None:
    model = plain()
    view = opened(qtbot, model)
    hand.move(view, MIDDLE)
    chosen(view.menu(), "Copy Picture").trigger()
    assert (rgb(QGuiApplication.clipboard().image()) == model.now().picture).all()


def test_the_saved_picture_is_the_picture(qtbot: QtBot, tmp_path: Path) -> None:
    model = plain()
    view = opened(qtbot, model)
    save_picture(view.picture(), tmp_path / "slice.png")
    read = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "slice.png")))
    assert (read == model.now().picture).all()
    assert [path.name for path in tmp_path.iterdir()] == ["slice.png"]


def test_a_picture_that_cannot_be_written_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    view = opened(qtbot, plain())
    with pytest.raises(OSError, match="missing"):
        save_picture(view.picture(), tmp_path / "missing" / "slice.png")


def test_another_viewer_takes_the_place_of_the_first(qtbot: QtBot) -> None:
    first, second = plain(), plain(startSlice=1)
    view = opened(qtbot, first)
    view.show_viewer(second)
    assert view.picture().isNull()
    second.answer()
    hand.settle()
    first.answer()
    first.failed.emit("nobody looks at this one")
    hand.wheel(view, MIDDLE, 120)
    assert second.fields()["startSlice"] == 2
    assert (first.edits, view.steering.problem) == ([], "")
