"""Tests of the search at the cursor."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeeditor.gui.window.quicksearch import QuickSearch, card
from nodeeditor.library import Library

LIBRARY = Library.installed()
HERE = QPoint(50, 60)
ONLY = [("Mask", "input0"), ("Mask", "input1"), ("Threshold", "input0")]

Key = Qt.Key


@pytest.fixture
def search(qtbot: QtBot) -> Iterator[QuickSearch]:
    made = QuickSearch(LIBRARY)
    qtbot.addWidget(made)
    yield made
    made.hide()


def names(search: QuickSearch) -> list[str]:
    return [search.hits.item(row).text() for row in range(search.hits.count())]


def highlighted(search: QuickSearch) -> str:
    return search.hits.currentItem().text()


def test_it_opens_at_the_point_with_all_node_types_and_the_first_explained(search: QuickSearch) -> None:
    search.open_at(HERE)
    assert search.pos() == HERE
    assert set(names(search)) == set(LIBRARY)
    assert highlighted(search) == names(search)[0]
    assert search.card.toPlainText().startswith(highlighted(search))
    assert not search.title.isVisible()


def test_text_typed_elsewhere_starts_it_and_typing_goes_on_behind_it(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, "t")
    QTest.keyClicks(search.line, "hres")
    assert search.line.text() == "thres"
    assert highlighted(search) == "Threshold"


def test_enter_chooses_the_highlighted_type_and_closes_without_dismissal(qtbot: QtBot, search: QuickSearch) -> None:
    dismissals: list[bool] = []
    search.dismissed.connect(lambda: dismissals.append(True))
    search.open_at(HERE, "sv")
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.keyClick(search.line, Key.Key_Return)
    assert chosen.args == ["SynchroView2D", "", False]
    assert not search.isVisible()
    assert not dismissals


def test_shift_and_enter_choose_it_to_stay_alone(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, "mask", None, "Enter connects it to <b>LocalImage</b>")
    assert "LocalImage" in search.title.text()
    assert search.title.isVisible()
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.keyClick(search.line, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert chosen.args == ["Mask", "", True]
    search.open_at(HERE, "mask")
    assert not search.title.isVisible()


def test_arrows_and_page_keys_move_the_highlight_and_its_card(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE)
    QTest.keyClick(search.line, Key.Key_Down)
    assert search.hits.currentRow() == 1
    assert search.card.toPlainText().startswith(highlighted(search))
    QTest.keyClick(search.line, Key.Key_PageDown)
    assert search.hits.currentRow() > 2
    for _ in range(search.hits.count()):
        QTest.keyClick(search.line, Key.Key_PageDown)
    assert search.hits.currentRow() == search.hits.count() - 1
    QTest.keyClick(search.line, Key.Key_Up)
    assert search.hits.currentRow() == search.hits.count() - 2
    for _ in range(search.hits.count()):
        QTest.keyClick(search.line, Key.Key_PageUp)
    assert search.hits.currentRow() == 0


def test_tab_completes_the_name(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, "synchrov")
    QTest.keyClick(search.line, Key.Key_Tab)
    assert search.line.text() == "SynchroView2D"
    assert search.isVisible()


def test_escape_dismisses(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, "mask")
    with qtbot.waitSignal(search.dismissed):
        QTest.keyClick(search.line, Key.Key_Escape)
    assert not search.isVisible()


def test_a_text_without_a_match_says_so_and_enter_does_nothing(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, "xyz")
    assert search.nothing.isVisible()
    assert search.nothing.text() == "no node type matches 'xyz'"
    assert search.card.toPlainText() == ""
    with qtbot.assertNotEmitted(search.chosen):
        QTest.keyClick(search.line, Key.Key_Return)
        QTest.keyClick(search.line, Key.Key_Tab)
    assert search.line.text() == "xyz"
    search.line.clear()
    assert search.hits.isVisible()
    assert search.card.toPlainText()


def test_a_click_chooses(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE)
    place = search.hits.visualItemRect(search.hits.item(2)).center()
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.mouseClick(search.hits.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [names(search)[2], "", False]


def test_a_mouse_that_moves_highlights(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE)
    for row in (1, 3):
        QTest.mouseMove(search.hits.viewport(), search.hits.visualItemRect(search.hits.item(row)).center())
    qtbot.waitUntil(lambda: search.hits.currentRow() == 3)


def test_what_can_be_joined_is_offered_once_for_each_connector(qtbot: QtBot, search: QuickSearch) -> None:
    search.open_at(HERE, only=ONLY)
    assert names(search) == ["Mask", "Mask", "Threshold"]
    assert search.title.isVisible()
    assert search.title.text() == "Connect Image to <b>Mask.input0</b>"
    QTest.keyClick(search.line, Key.Key_Down)
    assert search.title.text() == "Connect Image to <b>Mask.input1</b>"
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.keyClick(search.line, Key.Key_Enter)
    assert chosen.args == ["Mask", "input1", False]


def test_an_output_that_can_be_joined_is_called_one(search: QuickSearch) -> None:
    search.open_at(HERE, only=[("LocalImage", "outImage")])
    assert search.title.text() == "Connect Image from <b>LocalImage.outImage</b>"


def test_nothing_else_is_found_while_something_is_being_joined(search: QuickSearch) -> None:
    search.open_at(HERE, "LocalImage", only=ONLY)
    assert search.nothing.text() == "no node type that fits matches 'LocalImage'"
    assert search.title.text() == "Connect to a new node"
    search.open_at(HERE, "LocalImage")
    assert highlighted(search) == "LocalImage"
    assert not search.title.isVisible()


@pytest.mark.parametrize("corner", ["topLeft", "topRight", "bottomLeft", "bottomRight"])
def test_it_stays_inside_the_screen(search: QuickSearch, corner: str) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    search.open_at(getattr(screen, corner)())
    assert screen.contains(search.geometry())


def test_it_opens_in_less_than_fifty_milliseconds(search: QuickSearch) -> None:
    search.open_at(HERE)
    search.close()
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        search.open_at(HERE, "i")
        search.grab()
        spent.append(time.perf_counter() - start)
        search.close()
    assert min(spent) < 0.05


def test_the_card_tells_summary_connectors_keywords_and_help_without_reading_them_as_html() -> None:
    html = card(LIBRARY["Mask"], "#111111", "#222222")
    for word in ("Mask", "Masking", "input1", "output0", "cut out", "<i>Original</i>"):
        assert word in html
    assert "outside of the network" in card(LIBRARY["ImageSave"], "#111111", "#222222")
    assert "<code>.nii</code>" in card(LIBRARY["ImageSave"], "#111111", "#222222")


def test_the_card_is_pale_on_light_and_deep_on_dark_ground(search: QuickSearch) -> None:
    for ground, lightest in (("#f0f0f0", True), ("#202020", False)):
        search.setPalette(QPalette(QColor(ground)))
        search.open_at(HERE)
        assert (search.card.palette().color(QPalette.ColorRole.Base).lightness() > 128) is lightest
        search.close()


def test_a_hint_stands_above_what_there_is_to_choose_from(search: QuickSearch) -> None:
    search.open_at(HERE, "", [("Mask", ""), ("Threshold", "")], "Replace <b>A</b> with")
    assert names(search) == ["Mask", "Threshold"]
    assert search.title.text() == "Replace <b>A</b> with"
    QTest.keyClick(search.line, Key.Key_Down)
    assert search.title.text() == "Replace <b>A</b> with"
