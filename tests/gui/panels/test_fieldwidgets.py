"""Editors of fields: each type shows and edits its values, wrong text is kept back, a gesture is one edit."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QFileDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nodeeditor.fields import DoubleType, IntegerType, Json
from nodeeditor.gui.panels.fieldwidgets import (
    BoolWidget,
    ColorWidget,
    ComboWidget,
    FieldWidget,
    FileWidget,
    NumberWidget,
    SliderWidget,
    TextBoxWidget,
    TextWidget,
    TriggerWidget,
    cell_widget,
    field_widget,
)
from nodeeditor.gui.panels.number import slider_position, slider_value, stepped
from tests.gui.panels.panelsamples import Everything

FIELDS = Everything.declaration.fields
numbers = st.floats(allow_nan=False, allow_infinity=False)
unit = st.floats(0, 1)
VALUES: dict[str, st.SearchStrategy[Json]] = {
    "truth": st.booleans(),
    "count": st.integers(-(10**40) + 1, 10**40 - 1),
    "few": st.integers(0, 10),
    "maybe": st.none() | st.integers(0, 10**12),
    "level": numbers,
    "share": unit,
    "zoom": st.floats(0.01, 1000),
    "window": st.none() | numbers,
    "text": st.text(),
    "verse": st.text(),
    "file": st.text(),
    "fruit": st.sampled_from(["Apple", "RedPear"]),
    "paint": st.lists(unit, min_size=3, max_size=3),
    "place": st.lists(numbers, min_size=3, max_size=3),
    "matrix": st.lists(numbers, min_size=16, max_size=16),
}


class Shown:
    """A shown editor, and what it told."""

    def __init__(self, qtbot: QtBot, widget: FieldWidget) -> None:
        self.window = QWidget()
        self.other = QLineEdit(self.window)
        layout = QVBoxLayout(self.window)
        layout.addWidget(widget)
        layout.addWidget(self.other)
        qtbot.addWidget(self.window)
        self.widget: Any = widget
        self.edits: list[tuple[Json, int]] = []
        widget.edited.connect(self._note)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def _note(self, value: object, gesture: int) -> None:
        self.edits.append((value, gesture))

    @property
    def values(self) -> list[Json]:
        return [value for value, _ in self.edits]


@pytest.fixture
def shown(qtbot: QtBot) -> Any:
    kept = []

    def make(name: str, value: Json = ..., cell: bool = False) -> Shown:
        widget = (cell_widget if cell else field_widget)(FIELDS[name])
        if value is not ...:
            widget.show_value(value)
        made = Shown(qtbot, widget)
        kept.append(made)  # Qt takes widgets away that nobody holds
        return made

    return make


def typed(line: QLineEdit, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, key)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("truth", BoolWidget),
        ("count", NumberWidget),
        ("level", NumberWidget),
        ("share", SliderWidget),
        ("text", TextWidget),
        ("verse", TextBoxWidget),
        ("file", FileWidget),
        ("fruit", ComboWidget),
        ("paint", ColorWidget),
        ("place", TextWidget),
        ("matrix", TextWidget),
        ("go", TriggerWidget),
        ("found", TextWidget),
    ],
)
def test_the_declaration_chooses_the_editor(shown: Any, name: str, kind: type) -> None:
    assert type(shown(name).widget) is kind


def test_every_editor_shows_the_default_and_the_help(shown: Any) -> None:
    for name, spec in FIELDS.items():
        widget = shown(name).widget
        assert widget.value() == spec.type.to_json(spec.default)
        assert escape(spec.help) in widget.toolTip()
        assert widget.problem() == ""


@pytest.mark.parametrize("make", [field_widget, cell_widget])
@pytest.mark.parametrize("name", list(VALUES))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_valid_value_shown_and_read_back_is_the_same(qapp: QApplication, make: Any, name: str, data: Any) -> None:
    widget = make(FIELDS[name])
    told: list[Json] = []
    widget.edited.connect(lambda value, _: told.append(value))
    value = data.draw(VALUES[name])
    widget.show_value(value)
    widget.commit()
    assert widget.value() == value
    assert widget.problem() == ""
    assert told == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=numbers)
def test_typing_what_is_shown_gives_the_same_number(qapp: QApplication, value: float) -> None:
    widget: Any = field_widget(FIELDS["level"])
    widget.show_value(value)
    text = widget.lines[0].text()
    widget.show_value(1.5 if value != 1.5 else 2.5)
    widget.lines[0].setText(text)
    widget.commit()
    assert widget.value() == value


def test_a_check_box_edits_a_bool(shown: Any) -> None:
    box = shown("truth")
    QTest.keyClick(box.widget.box, Qt.Key.Key_Space)
    assert box.values == [True]


def test_a_bool_that_is_none_is_half_checked_until_it_is_clicked(shown: Any) -> None:
    box = shown("truth", "perhaps")
    assert box.widget.box.checkState() == Qt.CheckState.PartiallyChecked
    assert "not true or false" in box.widget.problem()
    QTest.keyClick(box.widget.box, Qt.Key.Key_Space)
    assert box.values == [True]
    assert box.widget.problem() == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (60.0, "60"),
        (60, "60"),
        (0.1, "0.1"),
        (-1000.0, "-1000"),
        (945.813537597656, "945.813537597656"),
        (1e-7, "1e-07"),
    ],
)
def test_numbers_are_spelled_briefly_and_in_full(shown: Any, value: float, text: str) -> None:
    assert shown("level", value).widget.lines[0].text() == text


def test_typing_and_enter_is_one_edit(shown: Any) -> None:
    number = shown("level")
    typed(number.widget.lines[0], "12.50")
    assert number.values == [12.5]
    assert number.widget.lines[0].text() == "12.5"


def test_two_or_three_clicks_select_the_whole_number(shown: Any) -> None:
    line = shown("level", -12.5).widget.lines[0]
    line.resize(120, 24)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(5, 12))
    QTest.mouseDClick(line, Qt.MouseButton.LeftButton, pos=QPoint(5, 12))
    assert line.selectedText() == "-12.5"
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(5, 12))
    assert line.selectedText() == "-12.5"


def test_leaving_sends_what_is_typed(shown: Any) -> None:
    text = shown("text")
    typed(text.widget.lines[0], "hello", Qt.Key.Key_Tab)
    assert text.values == ["hello"]


def test_leaving_without_typing_sends_nothing(shown: Any) -> None:
    number = shown("level", 0.1)
    number.widget.setFocus()
    number.other.setFocus()
    assert number.values == []


def test_wrong_text_is_framed_explained_and_not_sent(shown: Any) -> None:
    number = shown("level")
    line = number.widget.lines[0]
    plain = line.grab().toImage()
    typed(line, "abc")
    assert number.values == []
    assert number.widget.value() == 60.0
    assert number.widget.problem() == "'abc' is not a number"
    assert "is not a number" in number.widget.toolTip()
    framed = line.grab().toImage()
    assert framed.pixelColor(1, 10).red() > 180 > framed.pixelColor(1, 10).green()
    assert plain.pixelColor(1, 10) != framed.pixelColor(1, 10)


def test_escape_brings_the_value_back(shown: Any) -> None:
    number = shown("few")
    line = number.widget.lines[0]
    typed(line, "99")
    assert "above the largest allowed value 10" in number.widget.problem()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "1"
    assert number.widget.problem() == ""
    assert number.values == []


def test_the_complaint_goes_as_soon_as_the_text_is_right(shown: Any) -> None:
    number = shown("few")
    typed(number.widget.lines[0], "99")
    QTest.keyClick(number.widget.lines[0], Qt.Key.Key_Backspace)
    assert number.widget.problem() == ""
    assert number.values == []


def test_a_value_that_a_damaged_file_holds_is_shown_as_it_is(shown: Any) -> None:
    widget = shown("level", [1, "x"]).widget
    assert widget.lines[0].text() == '[1, "x"]'
    assert "not a number" in widget.problem()
    assert shown("fruit", "Plum").widget.combo.placeholderText() == "Plum"
    assert shown("paint", "blue").widget.button.color is None
    assert shown("share", 7).widget.problem()


def test_what_is_being_typed_survives_a_new_value(shown: Any) -> None:
    text = shown("text", "old")
    line = text.widget.lines[0]
    line.setFocus()
    line.setCursorPosition(1)
    QTest.keyClicks(line, "XY")
    text.widget.show_value("newer")
    assert (line.text(), line.cursorPosition()) == ("oXYld", 3)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "newer"


@pytest.mark.parametrize("name", ["level", "count"])
def test_keys_step_finely_and_coarsely(shown: Any, name: str) -> None:
    number = shown(name, 60)
    line = number.widget.lines[0]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        QTest.keyClick(line, key)
    assert number.values == [61, 60, 70, 60]
    assert len({gesture for _, gesture in number.edits}) == 4


def test_a_step_starts_at_what_is_typed(shown: Any) -> None:
    number = shown("level")
    typed(number.widget.lines[0], "5", Qt.Key.Key_Up)
    assert number.values == [5.0, 6.0]


def test_wrong_text_is_not_stepped_away(shown: Any) -> None:
    number = shown("level")
    typed(number.widget.lines[0], "abc", Qt.Key.Key_Up)
    assert number.values == []
    assert number.widget.lines[0].text() == "abc"


def test_holding_an_arrow_is_one_gesture(shown: Any, qtbot: QtBot) -> None:
    number = shown("level")
    up, _, coarse, _ = number.widget.buttons
    QTest.mousePress(up, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(number.edits) >= 3)
    QTest.mouseRelease(up, Qt.MouseButton.LeftButton)
    assert number.values[:3] == [61, 62, 63]
    assert len({gesture for _, gesture in number.edits}) == 1
    QTest.mouseClick(coarse, Qt.MouseButton.LeftButton)
    assert number.values[-1] == number.values[-2] + 10
    assert len({gesture for _, gesture in number.edits}) == 2


@pytest.mark.parametrize(
    ("kind", "value", "steps", "result"),
    [
        (DoubleType(), 0.1, 1, 0.101),
        (DoubleType(), 0.5, 10, 0.6),
        (DoubleType(), 0.3, -1, 0.29),
        (DoubleType(), 75.25, 1, 76.25),
        (DoubleType(), 5e-324, -1, 5e-324),
        (DoubleType(), None, 1, 1.0),
        (DoubleType(minimum=0, maximum=1), 0.29, 1, 0.3),
        (DoubleType(minimum=0, maximum=1), 0.95, 10, 1.0),
        (DoubleType(minimum=0.01, maximum=1000), 1.0, 1, 1.01),
        (DoubleType(minimum=0), 0.0, -1, 0.0),
        (IntegerType(), 10**30, 1, 10**30 + 1),
        (IntegerType(minimum=5), None, 1, 5),
    ],
)
def test_steps_are_readable_numbers_within_bounds(kind: Any, value: Json, steps: int, result: float) -> None:
    assert stepped(kind, value, steps) == result


@given(st.integers(0, 100))
def test_a_slider_stays_where_it_was_put(position: int) -> None:
    for kind in (DoubleType(0, 1), DoubleType(-3.5, 12), DoubleType(0.01, 1000)):
        assert slider_position(kind, slider_value(kind, position)) == position


def test_a_slider_drag_is_one_gesture(shown: Any) -> None:
    share = shown("share")
    slider = share.widget.slider
    middle = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for offset in (4, 8, 12):
        QTest.mouseMove(slider, middle + QPoint(offset, 0))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(12, 0))
    assert len(share.edits) >= 2
    assert len({gesture for _, gesture in share.edits}) == 1
    assert share.widget.lines[0].text() == repr(share.values[-1])
    assert slider.value() == round(100 * share.values[-1])


def test_automatic_is_shown_and_can_be_had_back(shown: Any) -> None:
    slice_ = shown("maybe")
    line, button = slice_.widget.lines[0], slice_.widget.automatic
    assert (line.text(), line.placeholderText(), button.isEnabled()) == ("", "auto", False)
    typed(line, "7")
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    typed(line, "9")
    typed(line, "auto")
    assert slice_.values == [7, None, 9, None]
    assert line.text() == ""


def wheel(widget: QWidget, notches: int) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(("name", "part"), [("level", "lines"), ("share", "slider"), ("fruit", "combo")])
def test_the_wheel_needs_the_focus(shown: Any, name: str, part: str) -> None:
    made = shown(name)
    inner = getattr(made.widget, part)
    inner = inner[0] if isinstance(inner, list) else inner
    made.other.setFocus()
    wheel(inner, -1)
    assert made.values == []
    inner.setFocus()
    wheel(inner, -1)
    assert len(made.values) == 1


def test_turning_the_wheel_on_is_one_gesture(shown: Any) -> None:
    number = shown("level")
    number.widget.setFocus()
    for _ in range(3):
        wheel(number.widget.lines[0], 1)
    assert number.values == [61, 62, 63]
    assert len({gesture for _, gesture in number.edits}) == 1


def test_a_combo_box_shows_titles_and_gives_names(shown: Any) -> None:
    fruit = shown("fruit")
    combo = fruit.widget.combo
    assert [combo.itemText(index) for index in range(combo.count())] == ["An apple", "A red pear"]
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert fruit.values == ["RedPear"]
    assert combo.currentText() == "A red pear"


def test_a_cell_spells_truth_and_choices_as_files_do(shown: Any) -> None:
    truth = shown("truth", cell=True)
    assert truth.widget.combo.currentText() == "FALSE"
    QTest.keyClicks(truth.widget.combo, "T")
    assert truth.values == [True]
    assert shown("fruit", "RedPear", cell=True).widget.combo.currentText() == "RedPear"
    assert len(shown("matrix", cell=True).widget.lines) == 1


def test_a_vector_is_a_line_of_numbers(shown: Any) -> None:
    place = shown("place")
    typed(place.widget.lines[0], "1, 2.5 -3")
    assert place.values == [[1.0, 2.5, -3.0]]
    assert place.widget.lines[0].text() == "1 2.5 -3"
    typed(place.widget.lines[0], "1 2")
    assert "not a list of 3 numbers" in place.widget.problem()


def test_a_matrix_has_four_rows(shown: Any) -> None:
    matrix = shown("matrix")
    typed(matrix.widget.lines[1], "0 1 0 0")
    assert matrix.values == [[0.0] * 5 + [1.0] + [0.0] * 10]
    assert [line.text() for line in matrix.widget.lines] == ["0 0 0 0", "0 1 0 0", "0 0 0 0", "0 0 0 0"]


def test_a_trigger_tells_of_every_press(shown: Any) -> None:
    go = shown("go")
    QTest.mouseClick(go.widget.button, Qt.MouseButton.LeftButton)
    QTest.keyClick(go.widget.button, Qt.Key.Key_Space)
    assert go.values == [None, None]


def test_a_read_only_value_is_text_to_select(shown: Any) -> None:
    found = shown("found", 42)
    line = found.widget.lines[0]
    typed(line, "7")
    assert line.text() == "42"
    assert found.values == []


def test_units_stand_behind_the_editor(shown: Any) -> None:
    assert "mm" in [label.text() for label in shown("place").widget.findChildren(QWidget) if hasattr(label, "text")]


def test_a_colour_is_chosen_in_a_dialog(shown: Any, qtbot: QtBot) -> None:
    paint = shown("paint")
    for color in (QColor.fromRgbF(1.0, 0.2, 0.4), QColor.fromRgbF(1.0, 0.2, 0.4)):
        QTest.mouseClick(paint.widget.button, Qt.MouseButton.LeftButton)
        dialog = paint.window.findChild(QColorDialog)
        dialog.setCurrentColor(color)
        dialog.accept()
        qtbot.waitUntil(lambda: paint.window.findChild(QColorDialog) is None)
    assert paint.values == [[1.0, 0.2, 0.4]]


def test_a_file_is_chosen_in_a_dialog(shown: Any, tmp_path: Any) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"")
    file = shown("file", str(tmp_path / "old.png"))
    QTest.mouseClick(file.widget.file_button, Qt.MouseButton.LeftButton)
    dialog = file.window.findChild(QFileDialog)
    assert dialog.directory().absolutePath() == str(tmp_path)
    dialog.fileSelected.emit(str(picture))
    dialog.reject()
    assert file.values == [str(picture)]
    QTest.mouseClick(file.widget.folder_button, Qt.MouseButton.LeftButton)
    folders = [one for one in file.window.findChildren(QFileDialog) if one.isVisible()]
    assert folders[0].fileMode() == QFileDialog.FileMode.Directory
    folders[0].reject()


def test_the_dialog_knows_path_variables(shown: Any, tmp_path: Any) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    file = shown("file", "$(DATA)/old.png")
    file.widget.located = lambda name: name.replace("$(DATA)", str(tmp_path))
    file.widget.file_name = lambda name: name.replace(str(tmp_path), "$(DATA)")
    QTest.mouseClick(file.widget.file_button, Qt.MouseButton.LeftButton)
    dialog = file.window.findChild(QFileDialog)
    assert dialog.directory().absolutePath() == str(tmp_path)
    dialog.fileSelected.emit(str(tmp_path / "a.png"))
    dialog.reject()
    assert file.values == ["$(DATA)/a.png"]


def test_a_file_can_be_dropped(shown: Any) -> None:
    file = shown("file")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/brain.nii")])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    file.widget.dropEvent(event)
    assert file.values == ["/data/brain.nii"]
    assert event.isAccepted()


def test_a_text_that_a_line_cannot_show_is_not_taken_for_typed(shown: Any) -> None:
    text = shown("text", "\ufeff")
    text.widget.commit()
    assert (text.widget.value(), text.values) == ("\ufeff", [])


def test_undo_is_left_to_the_network_unless_text_is_typed(shown: Any) -> None:
    text = shown("text", "old")
    line = text.widget.lines[0]
    typed(line, "new")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (line.text(), text.values) == ("new", ["new"])
    QTest.keyClicks(line, "er")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() != "newer"


@pytest.mark.parametrize("name", ["text", "verse"])
def test_keys_are_claimed_for_typed_text_alone(shown: Any, name: str) -> None:
    editor = shown(name, "old").widget.focusProxy()
    editor.setFocus()

    def claimed(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
        asked.ignore()
        QApplication.sendEvent(editor, asked)
        return asked.isAccepted()

    undo = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (claimed(Qt.Key.Key_Escape), claimed(*undo)) == (False, False)
    QTest.keyClicks(editor, "x")
    assert (claimed(Qt.Key.Key_Escape), claimed(*undo)) == (True, True)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert (claimed(Qt.Key.Key_Escape), claimed(*undo)) == (False, False)


@pytest.mark.parametrize("name", ["text", "verse"])
def test_an_editor_of_text_has_a_red_frame_while_it_is_wrong(shown: Any, name: str) -> None:
    editor = shown(name, "old").widget.focusProxy()
    surface = editor.viewport() if name == "verse" else editor

    def red() -> bool:
        color = surface.grab().toImage().pixelColor(1, surface.height() // 2)
        return bool(color.red() > 2 * color.green())

    assert not red()
    editor.mark_wrong(True)
    assert red()
    editor.mark_wrong(False)
    assert not red()


def test_a_box_of_text_takes_several_lines_and_sends_them_when_it_is_left(shown: Any) -> None:
    verse = shown("verse", "old")
    box = verse.widget.box
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "one")
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClicks(box, "two")
    assert verse.values == []
    verse.other.setFocus()
    assert verse.values == ["one\ntwo"]


def test_ctrl_return_sends_a_box_of_text_and_escape_brings_it_back(shown: Any) -> None:
    verse = shown("verse", "old")
    box = verse.widget.box
    box.setFocus()
    QTest.keyClicks(box, "x")
    QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert verse.values == ["xold"]
    QTest.keyClicks(box, "y")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    verse.other.setFocus()
    assert (box.toPlainText(), verse.values) == ("xold", ["xold"])


def test_a_new_value_does_not_disturb_who_is_typing_in_a_box(shown: Any) -> None:
    verse = shown("verse", "old")
    box = verse.widget.box
    box.setFocus()
    QTest.keyClicks(box, "x")
    verse.widget.show_value("new")
    assert box.toPlainText() == "xold"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert box.toPlainText() == "new"


def test_line_ends_of_another_system_are_not_taken_for_typed(shown: Any) -> None:
    verse = shown("verse", "one\r\ntwo")
    verse.widget.box.setFocus()
    verse.other.setFocus()
    assert (verse.widget.value(), verse.values) == ("one\r\ntwo", [])


def test_the_undo_of_a_box_is_left_to_the_network_unless_text_is_typed(shown: Any) -> None:
    verse = shown("verse", "old")
    box = verse.widget.box
    box.setFocus()
    QTest.keyClicks(box, "x")
    QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.toPlainText() == "xold"
    QTest.keyClicks(box, "y")
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.toPlainText() == "xold"


def test_an_editor_can_be_greyed(shown: Any) -> None:
    for name in FIELDS:
        widget = shown(name).widget
        widget.setEnabled(False)
        assert not any(inner.isEnabled() for inner in widget.findChildren(QWidget))
