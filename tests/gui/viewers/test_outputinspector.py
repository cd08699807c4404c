"""The output inspector: facts, tags and histogram of what flows out of an output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor import Image
from nodeeditor.gui.viewers.histogram import Histogram, counted
from nodeeditor.gui.viewers.outputinspector import OutputInspector
from nodeeditor.viewing.levels import Window
from tests.gui.viewers import hand
from tests.gui.viewers.viewersamples import NetworkViewer, viewer
from tests.nodes.sources import OBLIQUE, image_of, noise

Button = Qt.MouseButton
TAGS = (("PatientName", "Proband"), ("Modality", "MR"), ("SeriesDescription", "t1_mpr_sag"))


def inspected(qtbot: QtBot, model: NetworkViewer) -> OutputInspector:
    inspector = OutputInspector()
    qtbot.addWidget(inspector)
    inspector.resize(420, 700)
    inspector.inspect("Threshold.output0", model)
    inspector.show()
    model.answer()
    hand.settle()
    model.edits.clear()
    return inspector


def shown(**facts: Any) -> NetworkViewer:
    return viewer("View2D", {"startSlice": 2}, inImage=image_of(noise("int16", (1, 1, 9, 20, 30)), **facts))


def test_without_an_output_it_says_what_to_do(qtbot: QtBot) -> None:
    inspector = OutputInspector()
    qtbot.addWidget(inspector)
    inspector.show()
    assert inspector.hint.isVisible()
    assert inspector.hint.text() == "Click a connector or a connection on the canvas."
    model = shown()
    inspector.inspect("Threshold.output0", model)
    assert not inspector.hint.isVisible()
    assert inspector.title.text() == "Threshold.output0"
    model.answer()
    assert inspector.facts.rows() != []
    inspector.say()
    assert inspector.hint.isVisible()
    assert inspector.facts.rows() == []


def test_what_is_no_image_is_said(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown())
    inspector.say("SoView2DOverlay.self is no image.")
    assert inspector.hint.isVisible()
    assert (inspector.hint.text(), inspector.output) == ("SoView2DOverlay.self is no image.", "")


def test_the_facts_are_those_of_the_image(qtbot: QtBot) -> None:
    model = shown(modality="MR", **OBLIQUE)
    rows = dict(inspected(qtbot, model).facts.rows())
    assert rows["Size"] == "30 x 20 x 9"
    assert rows["Type"] == "int16"
    assert rows["Declared range"] == "-32768 .. 32767"
    assert rows["Voxel size"] == "0.5 x 1.25 x 3 mm"
    assert rows["Origin"] == "(-10, 20.5, 7) mm"
    assert rows["Modality"] == "MR"
    assert rows["Memory"] == "10.5 KiB"
    direction = np.reshape(OBLIQUE["direction"], (3, 3)) * OBLIQUE["spacing"]
    corner = np.array(OBLIQUE["origin"]) - direction @ (0.5, 0.5, 0.5)
    expected = np.vstack([np.column_stack([direction, corner]), [0, 0, 0, 1]])
    written = [[float(word) for word in line.split()] for line in rows["World matrix"].splitlines()]
    assert np.allclose(written, expected, rtol=1e-5)


def test_channels_and_time_points_are_named(qtbot: QtBot) -> None:
    image = image_of(
        noise("uint8", (4, 3, 2, 20, 30)), channels=("Red", "Green", "Blue"), time_step=2.5, range=(0, 255)
    )
    rows = dict(inspected(qtbot, viewer("View2D", {}, inImage=image)).facts.rows())
    assert rows["Colour channels"] == "3 (Red, Green, Blue)"
    assert rows["Time points"] == "4, 2.5 s apart"


def test_the_facts_stay_as_they_are_scrolled_while_slices_change(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown())
    inspector.facts.selectRow(3)
    hand.wheel(inspector.view, (100, 100), 120)
    assert [index.row() for index in inspector.facts.selectionModel().selectedRows()] == [3]


def test_tags_are_filtered_by_keyword_and_value(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown(tags=TAGS))
    assert inspector.tags.rows() == list(TAGS)
    inspector.filter.setText("PROB")
    assert inspector.tags.rows() == [("PatientName", "Proband")]
    inspector.filter.setText("desc")
    assert inspector.tags.rows() == [("SeriesDescription", "t1_mpr_sag")]
    inspector.filter.clear()
    assert inspector.tags.rows() == list(TAGS)


def test_chosen_rows_can_be_copied(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown(tags=TAGS))
    inspector.tags.selectAll()
    QTest.keyClick(inspector.tags, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "PatientName\tProband\nModality\tMR\nSeriesDescription\tt1_mpr_sag"


def test_where_another_output_fails_the_picture_of_the_first_goes(qtbot: QtBot) -> None:
    model = shown()
    inspector = inspected(qtbot, model)
    model.failed.emit("the file is gone")
    assert not inspector.view.picture().isNull()
    model.answer()
    inspector.inspect("Mask.output0", model)
    model.busy.emit(True)
    assert not inspector.view.picture().isNull()
    model.failed.emit("Mask.input1 is not connected")
    assert inspector.view.picture().isNull()
    assert (inspector.facts.rows(), inspector.view.steering.problem) == ([], "Mask.input1 is not connected")
    model.answer()
    assert inspector.facts.rows() != []


def test_the_image_is_saved_by_somebody_else(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown())
    with qtbot.waitSignal(inspector.save_wanted) as asked:
        inspector.save.click()
    assert asked.args == ["Threshold.output0"]


def test_being_seen_is_told(qtbot: QtBot) -> None:
    inspector = inspected(qtbot, shown())
    told: list[bool] = []
    inspector.visibility_changed.connect(told.append)
    inspector.hide()
    inspector.show()
    assert told == [False, True]


# --- histogram


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "uint16"])
def test_the_counts_are_numpys(dtype: str) -> None:
    page = image_of(noise(dtype, (1, 1, 1, 40, 50), seed=7))
    low, high = float(page.voxels.min()), float(page.voxels.max())
    made = counted(page, low, high)
    expected, _ = np.histogram(page.voxels, bins=made.edges)
    assert (made.counts == expected).all()
    assert made.counts.sum() == 2000
    assert len(made.counts) <= 256


def test_each_of_few_whole_values_has_a_bar_of_its_own() -> None:
    page = image_of(np.array([[0, 0, 1], [1, 1, 3]], np.uint8))
    made = counted(page, 0, 3)
    assert made.counts.tolist() == [2, 3, 0, 1]
    assert made.ends == (0, 3)


def test_what_is_no_number_is_not_counted() -> None:
    page = image_of(np.array([[np.nan, np.inf, 1.0, 2.0]], np.float32), range=(0.0, 10.0))
    assert counted(page, 1, 2).counts.sum() == 2


def test_one_value_alone_has_a_histogram() -> None:
    page = image_of(np.full((4, 5), 2.5, np.float32))
    assert counted(page, 2.5, 2.5).counts.max() == 20


@pytest.mark.parametrize(
    "values",
    [[-1.7e308, 1.7e308], [1e6, 1e6 + 1e-9], [0.0, 5e-324], [np.nan, np.inf], [-0.0, 0.0], [1e300, 1.7e308]],
)
def test_any_values_have_a_histogram(qtbot: QtBot, values: list[float]) -> None:
    page = image_of(np.array([values]))
    histogram = Histogram()
    qtbot.addWidget(histogram)
    low, high = page.info.range
    histogram.show_page(page, Window(low / 2 + high / 2, min(high - low, 1.7e308)))
    histogram.grab()
    assert histogram.counts is not None


def test_logarithms_lift_rare_values(qtbot: QtBot) -> None:
    histogram = Histogram()
    qtbot.addWidget(histogram)
    page = image_of(np.repeat(np.array([0, 1], np.uint8), [999, 9]).reshape(1, -1))
    histogram.show_page(page, Window(0.5, 1))
    assert histogram.heights() == pytest.approx([1, 9 / 999])
    histogram.show_logarithms(True)
    assert histogram.heights() == pytest.approx([1, np.log(10) / np.log(1000)])


def test_the_histogram_is_that_of_the_shown_slice(qtbot: QtBot) -> None:
    voxels = noise("int16", (1, 1, 9, 20, 30))
    inspector = inspected(qtbot, viewer("View2D", {"startSlice": 2}, inImage=image_of(voxels)))
    assert inspector.histogram.counts is None
    inspector.tabs.setCurrentIndex(2)
    hand.settle()
    for slice_number in (2, 3):
        counts = inspector.histogram.counts
        assert counts is not None
        expected, _ = np.histogram(voxels[0, 0, slice_number], bins=counts.edges)
        assert (counts.counts == expected).all()
        hand.wheel(inspector.view, (100, 100), 120)


def test_the_window_is_dragged_by_its_ends_and_between_them(qtbot: QtBot) -> None:
    page = image_of(np.arange(1001, dtype=np.float32).reshape(1, -1))
    histogram = Histogram()
    qtbot.addWidget(histogram)
    histogram.resize(1001, 100)
    edits: list[tuple[float, float, int]] = []
    histogram.window_edited.connect(lambda *edit: edits.append(edit))
    for start, end, center, width in [(300, 350, 475, 250), (600, 500, 400, 200), (450, 600, 600, 300)]:
        histogram.show_page(page, Window(450, 300))
        hand.drag(histogram, Button.LeftButton, (start, 50), ((start + end) / 2, 50), (end, 50))
        assert edits[-1][:2] == pytest.approx((center, width))
        assert edits[-1][2] == edits[-2][2]
    assert len({gesture for _, _, gesture in edits}) == 3


def test_an_end_of_the_window_stops_at_the_other(qtbot: QtBot) -> None:
    page = image_of(np.arange(1001, dtype=np.float32).reshape(1, -1))
    histogram = Histogram()
    qtbot.addWidget(histogram)
    histogram.resize(1001, 100)
    edits: list[tuple[float, float]] = []
    histogram.window_edited.connect(lambda center, width, _: edits.append((center, width)))
    histogram.show_page(page, Window(450, 300))
    hand.drag(histogram, Button.LeftButton, (300, 50), (900, 50))
    assert edits[-1] == pytest.approx((600, 0))


def test_the_axis_stays_while_the_window_is_dragged(qtbot: QtBot) -> None:
    page = image_of(np.arange(101, dtype=np.float32).reshape(1, -1), range=(0, 1000))
    histogram = Histogram()
    qtbot.addWidget(histogram)
    histogram.resize(1001, 100)
    histogram.show_page(page, Window(150, 300))
    ends: list[float] = []
    for at in (1000, 900, 500):
        kind = hand.press if at == 1000 else hand.move
        kind(histogram, (at, 50), Button.LeftButton)
        histogram.show_page(page, Window(0.151 * at, 0.3 * at))
        ends.append(histogram.x_of(100))
    assert ends == pytest.approx([1000 / 3] * 3)
    hand.release(histogram, (500, 50), Button.LeftButton)
    assert histogram.x_of(100) > 600


def test_a_drag_beside_the_window_does_nothing(qtbot: QtBot) -> None:
    page = image_of(np.arange(1001, dtype=np.float32).reshape(1, -1))
    histogram = Histogram()
    qtbot.addWidget(histogram)
    histogram.resize(1001, 100)
    edits: list[float] = []
    histogram.window_edited.connect(lambda center, *_: edits.append(center))
    histogram.show_page(page, Window(450, 300))
    hand.drag(histogram, Button.LeftButton, (800, 50), (700, 50))
    assert edits == []


def test_a_drag_in_the_histogram_sets_the_window_of_the_viewer(qtbot: QtBot) -> None:
    ramp = np.arange(1001, dtype=np.float32).reshape(1, 1, -1)
    model = viewer("View2D", {"lutCenter": 500.0, "lutWidth": 400.0}, inImage=image_of(ramp))
    inspector = inspected(qtbot, model)
    inspector.tabs.setCurrentIndex(2)
    hand.settle()
    histogram = inspector.histogram
    start, end = histogram.x_of(500), histogram.x_of(600)
    hand.drag(histogram, Button.LeftButton, (start, 20), (end, 20))
    assert model.fields()["lutCenter"] == pytest.approx(600, abs=0.01)
    assert model.fields()["lutWidth"] == pytest.approx(400)


def test_an_image_of_many_channels_has_a_histogram_too(qtbot: QtBot) -> None:
    image: Image = image_of(noise("uint8", (1, 3, 2, 20, 30)), channels=("Red", "Green", "Blue"), range=(0, 255))
    inspector = inspected(qtbot, viewer("View2D", {}, inImage=image))
    inspector.tabs.setCurrentIndex(2)
    hand.settle()
    assert inspector.histogram.counts is not None
    assert inspector.histogram.counts.counts.sum() == 3 * 20 * 30
