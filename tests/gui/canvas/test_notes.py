"""Tests of the notes on the canvas: formatted text, its editing, its width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument, qGray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.window.notemenu import fill_note_menu
from nodeeditor.library import Library
from nodeeditor.network import Network

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    made = Document(Library.installed())
    made.canvas.resize(600, 400)
    made.canvas.show()
    yield made
    made.close()


def written(document: Document, qtbot: QtBot, **note: object) -> Network:
    """A document with one note at the middle of what is seen."""
    middle = document.canvas.visible_rect().center()
    network = Network(notes=({"text": "", "frame": [middle.x(), middle.y(), 120, 40], **note},))
    document.graph.apply("note", network)
    qtbot.waitUntil(lambda: bool(document.graph.scenery.notes()))
    return network


def test_markdown_is_shown_formatted_and_kept_as_it_was_written(document: Document, qtbot: QtBot) -> None:
    text = "# Air\nThreshold **60**\n- one\n- two"
    network = written(document, qtbot, text=text)
    (note,) = document.graph.scenery.notes()
    shown = note.toPlainText()
    assert "*" not in shown
    assert "#" not in shown
    assert "Threshold 60" in shown.splitlines()
    assert note.text == text
    note.edit()
    assert note.toPlainText() == text
    QTest.keyClick(document.canvas.viewport(), Qt.Key.Key_Escape)
    assert document.graph.network() == network


def test_each_line_of_plain_text_stays_a_line(document: Document, qtbot: QtBot) -> None:
    written(document, qtbot, text="first\nsecond\nthird")
    (note,) = document.graph.scenery.notes()
    assert note.toPlainText().splitlines() == ["first", "second", "third"]


def test_a_note_cannot_make_the_editor_read_a_file(document: Document, qtbot: QtBot, tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(picture))
    written(document, qtbot, text=f"![x]({picture.as_uri()}) <img src='{picture}'>")
    (note,) = document.graph.scenery.notes()
    document.canvas.grab()
    for name in (picture.as_uri(), str(picture)):
        seen = note.document().resource(QTextDocument.ResourceType.ImageResource, name)
        assert seen.size().width() == 1


def test_a_note_has_the_colour_of_its_file(document: Document, qtbot: QtBot) -> None:
    written(document, qtbot, text="x", color=[10, 200, 30])
    (note,) = document.graph.scenery.notes()
    grabbed = document.canvas.grab().toImage()
    corner = document.canvas.mapFromScene(note.mapToScene(QPointF(4, 4)))
    assert grabbed.pixelColor(corner * grabbed.devicePixelRatio()).getRgb()[:3] == (10, 200, 30)


def ink(document: Document, qtbot: QtBot, **note: object) -> int:
    """The grey level of the letters on a note: what differs most from its paper."""
    written(document, qtbot, text="MMMMMMMM", **note)
    document.graph.look()
    (shown,) = document.graph.scenery.notes()
    inner = document.canvas.mapFromScene(shown.mapRectToScene(shown.sheet.adjusted(6, 4, -20, -4))).boundingRect()
    grabbed = document.canvas.viewport().grab(inner).toImage()
    greys = [qGray(grabbed.pixel(x, y)) for x in range(grabbed.width()) for y in range(grabbed.height())]
    paper = qGray(grabbed.pixel(0, 0))
    return max(greys, key=lambda grey: abs(grey - paper))


def test_letters_are_dark_on_light_paper_and_light_on_dark_paper(document: Document, qtbot: QtBot) -> None:
    assert ink(document, qtbot, color=[252, 242, 2]) < 100
    assert ink(document, qtbot, color=[40, 40, 90]) > 180


def test_a_folded_note_shows_its_title_alone_until_it_is_double_clicked(document: Document, qtbot: QtBot) -> None:
    before = written(document, qtbot, text="one\ntwo\nthree\nfour", title="Aim", collapsed=True)
    (note,) = document.graph.scenery.notes()
    assert (note.heading, note.sheet.height()) == ("Aim", note.title_rect.height())
    middle = document.canvas.mapFromScene(note.mapToScene(note.title_rect.center()))
    QTest.mouseDClick(document.canvas.viewport(), LEFT, NONE, middle)
    assert not note.editing
    assert note.sheet.height() > 3 * note.title_rect.height()
    assert "collapsed" not in document.graph.network().notes[0]
    document.graph.undo_stack().undo()
    assert document.graph.network() == before
    qtbot.waitUntil(lambda: document.graph.scenery.notes()[0].folded)


def test_the_menu_folds_a_note_without_a_title_to_its_first_line(document: Document, qtbot: QtBot) -> None:
    written(document, qtbot, text="# First\nsecond")
    (note,) = document.graph.scenery.notes()
    menu = QMenu()
    fill_note_menu(menu, note, Editing(document, print))
    next(action for action in menu.actions() if action.text() == "&Fold").trigger()
    assert document.graph.network().notes[0]["collapsed"] is True
    assert (note.heading, note.folded) == ("First", True)
    again = QMenu()
    fill_note_menu(again, note, Editing(document, print))
    assert [action.text() for action in again.actions()] == ["&Unfold", "&Colour"]


def test_the_corner_of_a_note_changes_its_width_in_one_step(document: Document, qtbot: QtBot) -> None:
    before = written(document, qtbot, text="A note of many words, which need some room.")
    (note,) = document.graph.scenery.notes()
    canvas, stack = document.canvas, document.graph.undo_stack()
    steps = stack.count()
    grip = canvas.mapFromScene(note.mapToScene(note.grip.center()))
    QTest.mousePress(canvas.viewport(), LEFT, NONE, grip)
    for step in (10, 30, 50):
        QTest.mouseMove(canvas.viewport(), grip + QPoint(step, 0))
    width = note.textWidth()
    assert width == 120 + round(50 / canvas.zoom)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, grip + QPoint(50, 0))
    assert document.graph.network().notes[0]["frame"][2] == width
    assert stack.count() == steps + 1
    stack.undo()
    assert document.graph.network() == before


def test_a_new_note_is_undone_and_its_text_is_one_step(document: Document, qtbot: QtBot) -> None:
    Editing(document, print).add_note(QPointF(0, 0))
    qtbot.waitUntil(lambda: bool(document.graph.scenery.notes()))
    (note,) = document.graph.scenery.notes()
    assert note.edited is not None
    note.edited("**bold**")
    stack = document.graph.undo_stack()
    assert document.graph.network().notes[0]["text"] == "**bold**"
    stack.undo()
    assert document.graph.network().notes[0]["text"] == "Note"
    stack.undo()
    assert document.graph.network().notes == ()


def test_a_new_note_is_ready_to_be_written_on_and_escape_keeps_what_was_written(
    document: Document, qtbot: QtBot
) -> None:
    document.canvas.activateWindow()
    qtbot.waitActive(document.canvas)
    Editing(document, print).add_note(QPointF(0, 0))
    (note,) = document.graph.scenery.notes()
    assert note.editing
    QTest.keyClicks(document.canvas.viewport(), "air is dark")
    QTest.keyClick(document.canvas.viewport(), Qt.Key.Key_Escape)
    assert not note.editing
    assert document.graph.network().notes[0]["text"] == "air is dark"
    document.graph.undo_stack().undo()
    assert document.graph.network().notes[0]["text"] == "Note"
