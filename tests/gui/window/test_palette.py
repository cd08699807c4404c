"""Tests of the tree of node types."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from nodeeditor.gui.canvas.theme import LIGHT
from nodeeditor.gui.document.dropping import MIME_TYPE
from nodeeditor.gui.window.palette import NOTE, POSITIONS, Palette, box_pixmap, paint_badge
from nodeeditor.library import Library

LIBRARY = Library.installed()

Key = Qt.Key


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    made = Palette(LIBRARY)
    qtbot.addWidget(made)
    made.resize(240, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def headings(palette: Palette) -> list[QTreeWidgetItem]:
    items = [palette.tree.topLevelItem(at) for at in range(palette.tree.topLevelItemCount())]
    return [item for item in items if item is not None]


def shown(palette: Palette) -> dict[str, list[str]]:
    """The node types in sight by subject."""
    return {
        heading.text(0): [
            heading.child(at).text(0) for at in range(heading.childCount()) if not heading.child(at).isHidden()
        ]
        for heading in headings(palette)
        if not heading.isHidden()
    }


def row(palette: Palette, name: str) -> QTreeWidgetItem:
    return palette.tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]


def badge(name: str) -> QImage:
    image = QImage(14, 11, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_badge(painter, QRectF(0, 0, 14, 11), LIBRARY[name], LIGHT)
    painter.end()
    return image


def test_all_node_types_stand_below_their_subjects_with_a_summary_as_tooltip(palette: Palette) -> None:
    listed = shown(palette)
    assert list(listed) == sorted(listed)
    assert {(subject, name) for subject, names in listed.items() for name in names} == {
        (node_type.declaration.subject, name) for name, node_type in LIBRARY.items()
    }
    assert row(palette, "Threshold").toolTip(0) == f"<p>{LIBRARY['Threshold'].declaration.summary}</p>"
    assert "outside of the network" in row(palette, "ImageSave").toolTip(0)


def test_a_search_keeps_headings_marks_letters_and_selects_the_best(qtbot: QtBot, palette: Palette) -> None:
    QTest.keyClicks(palette.line, "syv")
    assert shown(palette) == {"Viewers": ["SynchroView2D"]}
    assert palette.tree.currentItem().text(0) == "SynchroView2D"
    assert tuple(row(palette, "SynchroView2D").data(0, POSITIONS)) == (0, 1, 7)
    palette.line.setText("binarize")
    assert row(palette, "Threshold").data(0, NOTE) == "keyword 'binarize'"


def test_a_search_without_a_hit_shows_nothing_and_escape_brings_all_back(qtbot: QtBot, palette: Palette) -> None:
    everything = shown(palette)
    palette.line.setText("xyz")
    assert shown(palette) == {}
    with qtbot.assertNotEmitted(palette.activated):
        QTest.keyClick(palette.line, Key.Key_Return)
    QTest.keyClick(palette.line, Key.Key_Escape)
    assert palette.line.text() == ""
    assert shown(palette) == everything


def test_a_search_unfolds_subjects_for_as_long_as_it_lasts(palette: Palette) -> None:
    viewers = next(heading for heading in headings(palette) if heading.text(0) == "Viewers")
    viewers.setExpanded(False)
    palette.line.setText("view")
    assert viewers.isExpanded()
    palette.line.clear()
    assert not viewers.isExpanded()
    assert all(heading.isExpanded() for heading in headings(palette) if heading is not viewers)


def test_enter_in_the_line_and_in_the_tree_activates(qtbot: QtBot, palette: Palette) -> None:
    palette.line.setText("thr")
    for widget in (palette.line, palette.tree):
        with qtbot.waitSignal(palette.activated) as activated:
            QTest.keyClick(widget, Key.Key_Return)
        assert activated.args == ["Threshold"]


def test_arrows_in_the_line_move_through_the_tree(qtbot: QtBot, palette: Palette) -> None:
    palette.line.setText("image")
    first = palette.tree.currentItem().text(0)
    QTest.keyClick(palette.line, Key.Key_Down)
    assert palette.tree.currentItem().text(0) != first


def test_a_double_click_activates_a_type_and_not_a_heading(qtbot: QtBot, palette: Palette) -> None:
    viewport = palette.tree.viewport()
    place = palette.tree.visualItemRect(row(palette, "Mask")).center()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(palette.activated) as activated:
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert activated.args == ["Mask"]
    place = palette.tree.visualItemRect(headings(palette)[0]).center()
    with qtbot.assertNotEmitted(palette.activated):
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert not palette.tree.selectedItems(), "or a drag of the heading would take another row along"


def test_control_shift_f_goes_to_the_search_line(qtbot: QtBot, palette: Palette) -> None:
    palette.line.setText("mask")
    palette.tree.setFocus()
    palette.activateWindow()
    qtbot.waitUntil(palette.isActiveWindow)
    QTest.keyClick(palette.tree, Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert palette.line.hasFocus()
    assert palette.line.selectedText() == "mask"


def test_a_drag_carries_the_name_of_the_type(palette: Palette) -> None:
    data = palette.tree.mimeData([row(palette, "LocalImage")])
    assert data.formats() == [MIME_TYPE]
    assert bytes(data.data(MIME_TYPE).data()).decode() == "LocalImage"
    assert not headings(palette)[0].flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_badges_tell_image_nodes_composed_ones_and_those_with_an_effect_apart() -> None:
    image, composed, effect = badge("Threshold"), badge("LocalImage"), badge("ImageSave")
    assert image.pixelColor(3, 5).blue() > image.pixelColor(3, 5).red()
    assert composed.pixelColor(3, 5).red() > composed.pixelColor(3, 5).blue()
    assert effect.pixelColor(3, 5).blue() > effect.pixelColor(3, 5).red()
    assert effect != image


def test_the_box_at_the_cursor_is_sharp_on_a_dense_screen(palette: Palette) -> None:
    plain, dense = (box_pixmap(LIBRARY["Mask"], LIGHT, palette.font(), ratio) for ratio in (1.0, 2.0))
    assert dense.deviceIndependentSize() == plain.deviceIndependentSize()
    assert dense.width() == 2 * plain.width()


def test_rows_are_painted_with_marks_below_the_found_letters(palette: Palette) -> None:
    palette.line.setText("binar")
    by_keyword = palette.grab().toImage()
    palette.line.setText("thr")
    assert palette.grab().toImage() != by_keyword


def test_another_library_takes_the_place_of_the_first_one_and_the_search_goes_on(palette: Palette) -> None:
    palette.line.setText("mask")
    few = Library([LIBRARY["Mask"], LIBRARY["View2D"]])
    palette.offer(few)
    assert shown(palette) == {"Masking": ["Mask"]}
    palette.line.clear()
    assert shown(palette) == {"Masking": ["Mask"], "Viewers": ["View2D"]}


def test_an_equal_library_leaves_the_rows_as_they_are(palette: Palette) -> None:
    before = row(palette, "Mask")
    palette.offer(Library(LIBRARY.values()))
    assert row(palette, "Mask") is before
