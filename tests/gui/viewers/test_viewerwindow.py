"""The window around a viewer's picture: title, slider, facts, frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from nodeeditor import Image
from nodeeditor.gui.viewers.viewerwindow import ViewerWindow
from nodeeditor.network import NodeSpec
from tests.gui.viewers import hand
from tests.gui.viewers.viewersamples import NetworkViewer, viewer
from tests.nodes.sources import image_of, noise


def volume(depth: int = 9) -> Image:
    return image_of(noise("uint16", (1, 1, depth, 20, 30)), spacing=(1.0, 1.0, 2.5))


def opened(qtbot: QtBot, model: NetworkViewer) -> ViewerWindow:
    window = ViewerWindow(model)
    qtbot.addWidget(window)
    window.show()
    model.answer()
    hand.settle()
    return window


def test_the_title_is_the_name_of_node_and_network_also_after_they_change(qtbot: QtBot) -> None:
    model = viewer("View2D", {}, inImage=volume())
    window = opened(qtbot, model)
    assert window.windowTitle() == "Node"
    window.show_network("Eyes")
    model.rename("Left eye")
    assert window.windowTitle() == "Left eye — Eyes"


def test_the_window_opens_so_that_the_picture_has_its_saved_size(qtbot: QtBot) -> None:
    model = viewer("View2D", {"pictureWidth": 420, "pictureHeight": 210}, inImage=volume())
    window = opened(qtbot, model)
    assert window.view.size() == QSize(420, 210)
    assert model.edits == []


def test_two_viewers_side_by_side_open_in_their_own_size(qtbot: QtBot) -> None:
    model = viewer("SynchroView2D", {}, inImage1=volume(), inImage2=volume())
    assert opened(qtbot, model).view.size() == QSize(804, 400)


def test_the_slider_follows_the_slice_and_leads_it(qtbot: QtBot) -> None:
    model = viewer("View2D", {"startSlice": 3}, inImage=volume())
    window = opened(qtbot, model)
    assert (window.slider.minimum(), window.slider.value(), window.slider.maximum()) == (0, 3, 8)
    hand.wheel(window.view, (100, 100), 120)
    assert window.slider.value() == 4
    window.slider.triggerAction(QSlider.SliderAction.SliderSingleStepAdd)
    assert model.fields()["startSlice"] == 5


def test_what_the_slider_shows_is_no_edit(qtbot: QtBot) -> None:
    model = viewer("View2D", {}, inImage=volume())
    window = opened(qtbot, model)
    model.edits.clear()
    model.answer()
    assert (model.edits, window.slider.value()) == ([], 4)


def test_one_slice_needs_no_slider(qtbot: QtBot) -> None:
    window = opened(qtbot, viewer("View2D", {}, inImage=volume(depth=1)))
    assert not window.slider.isVisible()
    assert window.view.size() == QSize(512, 512)


def test_the_status_line_names_the_facts(qtbot: QtBot) -> None:
    model = viewer("View2D", {"pictureWidth": 300, "pictureHeight": 200}, inImage=volume())
    text = opened(qtbot, model).status.text()
    for fact in ("30 x 20 x 9", "unsigned int16", "1 x 1 x 2.5 mm", "1000 %"):
        assert fact in text


def test_an_unconnected_viewer_has_no_facts(qtbot: QtBot) -> None:
    window = opened(qtbot, viewer("View2D"))
    assert (window.status.text(), window.slider.isVisible()) == ("", False)


def test_showing_hiding_and_closing_are_told(qtbot: QtBot) -> None:
    window = opened(qtbot, viewer("View2D", {}, inImage=volume()))
    told: list[object] = []
    window.visibility_changed.connect(told.append)
    window.closed.connect(lambda: told.append("closed"))
    window.hide()
    window.show()
    assert told == [False, True]
    window.close()
    assert told[2:] == ["closed", False]


def test_the_whole_screen_shows_the_picture_alone(qtbot: QtBot) -> None:
    window = opened(qtbot, viewer("View2D", {}, inImage=volume()))
    window.full_screen.trigger()
    hand.settle()
    assert window.isFullScreen()
    assert (window.status.isVisible(), window.slider.isVisible()) == (False, False)
    assert window.view.size() == window.size()
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    hand.settle()
    assert not window.isFullScreen()
    assert (window.status.isVisible(), window.slider.isVisible()) == (True, True)


def test_the_menu_ends_with_what_the_window_can_do(qtbot: QtBot) -> None:
    window = opened(qtbot, viewer("View2D", {}, inImage=volume()))
    actions = window.view.menu().actions()
    assert [action.text() for action in actions[-2:]] == ["Open Automatic Panel", "Full Screen"]
    with qtbot.waitSignal(window.panel_wanted):
        actions[-2].trigger()


def test_the_picture_of_the_window_is_the_viewers(qtbot: QtBot) -> None:
    model = viewer("View2D", {"pictureWidth": 120, "pictureHeight": 80}, inImage=volume())
    window = opened(qtbot, model)
    grabbed = window.view.grab(QRect(QPoint(0, 40), QSize(1, 1))).toImage().pixelColor(0, 0)
    assert np.array_equal(grabbed.getRgb()[:3], model.now().picture[40, 0])


def test_the_facts_are_those_of_the_pane_below_the_mouse(qtbot: QtBot) -> None:
    other = image_of(noise("uint8", (1, 1, 4, 20, 30)))
    window = opened(qtbot, viewer("SynchroView2D", {}, inImage1=volume(), inImage2=other))
    hand.move(window.view, (600, 200))
    assert "30 x 20 x 4" in window.status.text()
    assert window.slider.maximum() == 3
    hand.move(window.view, (100, 200))
    assert "30 x 20 x 9" in window.status.text()


def test_what_is_left_out_is_told_beside_the_picture_and_not_over_the_whole_screen(qtbot: QtBot) -> None:
    model = viewer("SynchroView2D", {}, inImage1=volume())
    strange = model.network.with_node("Filter", NodeSpec("Strange"))
    model.network = strange.with_connection("Node.inImage2", "Filter.output0")
    window = opened(qtbot, model)
    assert window.note.isVisible()
    assert window.note.text() == "Without inImage2: Filter cannot run here."
    assert window.view.steering.problem == ""
    window.fill_screen(True)
    assert not window.note.isVisible()
    window.fill_screen(False)
    model.network = model.network.without("Filter")
    model.answer()
    assert not window.note.isVisible()
