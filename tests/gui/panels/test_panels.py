"""Panels of nodes: what they show, how fields are edited and connected in them, what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QGuiApplication,
    QPalette,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nodeeditor import Input, Node, field
from nodeeditor.fields import Json
from nodeeditor.gui.panels.drag import FIELD_MIME, FieldHandle, field_mime
from nodeeditor.gui.panels.fieldwidgets import NumberWidget, new_gesture
from nodeeditor.gui.panels.panel import (
    LAYOUTS,
    AutomaticPanel,
    DefaultPanel,
    Inspector,
    PanelModel,
    has_default_panel,
    open_panel,
)
from nodeeditor.gui.panels.table import FieldView
from nodeeditor.library import Library
from nodeeditor.network import NodeSpec
from tests.gui.panels.panelsamples import Document, NetworkNode, document

CORNER = QPoint(3, 3)


@pytest.fixture
def network() -> Document:
    nodes = {
        "Threshold": NodeSpec("Threshold", {"threshold": 60.0}),
        "Mask": NodeSpec("Mask"),
        "Old": NodeSpec("Mask", {"MaskMode": "MaskOverOriginal"}),
        "LocalImage": NodeSpec("LocalImage", {"name": "a.nii", "status": "saved by an old version"}),
        "Info": NodeSpec("Info"),
        "Every": NodeSpec("Everything", {"truth": True, "level": 7.5, "paint": [1.0, 0.0, 0.0], "strange": [1, "x"]}),
        "Other": NodeSpec("Everything", {"count": 12}),
        "Bare": NodeSpec("Bare"),
        "Odd": NodeSpec("OddThing", {"a": 1, "b": "text"}),
    }
    links = {
        "Threshold.input0": "LocalImage.outImage",
        "Mask.input0": "LocalImage.outImage",
        "Every.count": "Info.sizeX",
        "Odd.c": "Odd.d",
    }
    made = document(nodes, links)
    made.filled = {"Info": {"sizeX": 256}, "Every": {"count": 256, "found": 42}, "LocalImage": {"status": "File open"}}
    return made


class Desk:
    """Opens panels and keeps them until the test is over."""

    def __init__(self, qtbot: QtBot, network: Document) -> None:
        self.qtbot = qtbot
        self.network = network
        self.kept: list[Any] = []

    def node(self, name: str) -> NetworkNode:
        model = NetworkNode(self.network, name)
        self.kept.append(model)
        return model

    def show(self, widget: QWidget) -> Any:
        self.qtbot.addWidget(widget)
        self.kept.append(widget)
        with self.qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    def automatic(self, name: str) -> Any:
        return self.show(AutomaticPanel(self.node(name)))

    def default(self, name: str) -> Any:
        return self.show(DefaultPanel(self.node(name)))

    def set(self, node: str, name: str, value: Json) -> None:
        self.node(node).set_field(name, value, new_gesture())

    def field(self, node: str, name: str) -> Json:
        return self.network.network.nodes[node].fields.get(name)


@pytest.fixture
def desk(qtbot: QtBot, network: Document) -> Iterator[Desk]:
    yield Desk(qtbot, network)
    QToolTip.hideText()


def cells(view: FieldView) -> dict[str, list[str]]:
    table = view.table
    texts = [
        [table.data(table.index(row, column)) for column in range(table.columnCount())]
        for row in range(len(table.rows))
    ]
    return {line[0]: line[1:] for line in texts}


def is_bold(view: FieldView, name: str) -> bool:
    names = [row.name for row in view.table.rows]
    font = view.table.data(view.table.index(names.index(name), 4), Qt.ItemDataRole.FontRole)
    return isinstance(font, QFont) and font.bold()


def tool_tip(view: FieldView, name: str, column: int) -> str:
    names = [row.name for row in view.table.rows]
    return str(view.table.data(view.table.index(names.index(name), column), Qt.ItemDataRole.ToolTipRole))


def place(view: FieldView, name: str, column: int) -> QPoint:
    names = [row.name for row in view.table.rows]
    return view.visualRect(view.table.index(names.index(name), column)).center()


def drop(widget: QWidget, end: str, at: QPoint = CORNER) -> tuple[bool, bool]:
    """Whether a dragged field may enter a widget, and whether its drop was taken."""
    data = field_mime(end)
    buttons, keys, link = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.LinkAction
    entering = QDragEnterEvent(at, link, data, buttons, keys)
    QApplication.sendEvent(widget, entering)
    event = QDropEvent(QPointF(at), link, data, buttons, keys)
    QApplication.sendEvent(widget, event)
    return entering.isAccepted(), event.isAccepted()


def focused() -> Any:
    return QApplication.focusWidget()


def type_into_focus(text: str) -> None:
    for letter in text:
        QTest.keyClicks(focused(), letter)


def menu_of(
    widget: QWidget, at: QPoint, reason: QContextMenuEvent.Reason = QContextMenuEvent.Reason.Mouse
) -> dict[str, Any]:
    event = QContextMenuEvent(reason, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    actions = {action.text(): action for action in menu.actions()}
    menu.hide()  # as a click on an action does; the menu goes with the next turn of the event loop
    return actions


# The automatic panel


def test_the_automatic_panel_lists_every_field(desk: Desk) -> None:
    panel = desk.automatic("Every")
    shown = cells(panel.parameters)
    assert list(shown)[:3] == ["instanceName", "truth", "count"]
    assert shown["instanceName"] == ["String", "", "", "Every"]
    assert shown["truth"] == ["Bool", "", "", "TRUE"]
    assert shown["level"] == ["Double", "", "", "7.5"]
    assert shown["fruit"] == ["Enum", "", "", "Apple"]
    assert shown["place"] == ["Vector3", "", "", "0 0 0"]
    assert shown["found"] == ["Integer", "", "", "42"]
    assert list(shown)[-1] == "strange"


def test_values_that_are_not_the_default_are_bold(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    assert is_bold(view, "level")
    assert not is_bold(view, "share")
    assert not is_bold(view, "found")
    desk.set("Every", "level", 60.0)
    desk.set("Every", "share", 0.25)
    assert not is_bold(view, "level")
    assert is_bold(view, "share")


def test_connected_fields_are_marked_in_and_out(desk: Desk) -> None:
    every, info = desk.automatic("Every").parameters, desk.automatic("Info").parameters
    assert cells(every)["count"] == ["Integer", "●", "", "256"]
    assert "from Info.sizeX" in tool_tip(every, "count", 2)
    assert cells(info)["sizeX"] == ["Integer", "", "●", "256"]
    assert "Every.count" in tool_tip(info, "sizeX", 3)


def test_inputs_and_outputs_say_what_they_are_connected_to(desk: Desk) -> None:
    assert cells(desk.automatic("Mask").inputs) == {"input0": ["Image", "LocalImage.outImage"], "input1": ["Image", ""]}
    assert cells(desk.automatic("LocalImage").outputs) == {"outImage": ["Image", "Threshold.input0, Mask.input0"]}
    assert cells(desk.automatic("Every").inputs) == {"input0": ["Image, optional", ""]}


def test_a_field_that_the_type_lacks_is_grey_and_cannot_be_edited(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    row = view.table.rows[-1]
    assert (row.name, row.text, row.grey, row.editable) == ("strange", '[1, "x"]', True, False)
    index = view.table.index(len(view.table.rows) - 1, 0)
    grey = QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
    assert view.table.data(index, Qt.ItemDataRole.ForegroundRole) == grey


def test_all_that_is_saved_of_an_unknown_type_is_listed(desk: Desk) -> None:
    panel = desk.automatic("Odd")
    assert cells(panel.parameters) == {
        "instanceName": ["String", "", "", "Odd"],
        "a": ["", "", "", "1"],
        "b": ["", "", "", "text"],
    }
    assert not any(row.editable for row in panel.parameters.table.rows)
    assert cells(panel.inputs) == {"c": ["", "Odd.d"]}
    assert cells(panel.outputs) == {"d": ["", "Odd.c"]}


def test_a_field_under_its_former_name_is_known(desk: Desk) -> None:
    view = desk.automatic("Old").parameters
    assert cells(view)["mode"][-1] == "MaskOverOriginal"
    assert "MaskMode" not in cells(view)


def test_a_read_only_field_is_not_taken_from_the_file(desk: Desk) -> None:
    assert cells(desk.automatic("LocalImage").parameters)["status"][-1] == "File open"


def test_clicking_a_value_edits_it_in_place(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, "level", 4))
    line = view.editor("level").lines[0]
    assert line.hasFocus()
    QTest.keyClicks(line, "12.5")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert desk.field("Every", "level") == 12.5
    assert cells(view)["level"][-1] == "12.5"
    assert view.hasFocus()


def test_the_table_is_edited_with_keys_alone(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.setFocus()
    view.select("count")
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_name() == "few"
    type_into_focus("8")
    assert view.editor("few").lines[0].text() == "8"
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert desk.field("Every", "few") == 8
    QTest.keyClick(view, Qt.Key.Key_F2)
    QTest.keyClicks(focused(), "77")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert view.hasFocus()
    assert desk.field("Every", "few") == 8


def test_a_bool_is_chosen_as_true_or_false(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.select("truth")
    combo = view.editor("truth").combo
    assert [combo.itemText(index) for index in range(combo.count())] == ["TRUE", "FALSE"]
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert desk.field("Every", "truth") is None
    assert cells(view)["truth"][-1] == "FALSE"


def test_only_the_current_row_has_an_editor(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.select("level")
    assert view.editor("level") is not None
    view.select("share")
    assert view.editor("level") is None
    assert view.editor("share") is not None
    for name in ("count", "found", "instanceName", "strange"):
        view.select(name)
        assert view.editor(name) is None


def test_going_to_another_row_sends_what_is_typed(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.setFocus()
    view.select("text")
    type_into_focus("hello")
    QTest.keyClick(focused(), Qt.Key.Key_Down)
    assert view.current_name() == "file"
    assert desk.field("Every", "text") == "hello"


def test_a_trigger_is_a_button_in_its_row(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    QTest.mouseClick(view.editor("go").button, Qt.MouseButton.LeftButton)
    assert desk.network.triggered == ["Every.go"]


def test_a_colour_is_shown_in_its_row(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    rect = view.visualRect(view.table.index([row.name for row in view.table.rows].index("paint"), 4))
    picture = view.viewport().grab().toImage()
    assert picture.pixelColor(rect.left() + 10, rect.center().y()).name() == "#ff0000"


def test_a_refresh_keeps_focus_cursor_and_what_is_typed(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.setFocus()
    view.select("text")
    type_into_focus("hello")
    line = view.editor("text").lines[0]
    assert focused() is line
    line.setCursorPosition(2)
    desk.set("Every", "share", 0.75)
    assert focused() is line
    assert (line.text(), line.cursorPosition()) == ("hello", 2)
    assert cells(view)["share"][-1] == "0.75"


def test_an_editor_goes_when_its_field_is_connected(desk: Desk) -> None:
    panel = desk.automatic("Every")
    panel.parameters.select("level")
    desk.node("Every").connect_fields("Every.level", "Other.level")
    assert panel.parameters.editor("level") is None
    desk.node("Every").disconnect_field("Every.level")
    assert panel.parameters.editor("level") is not None


def test_the_filter_leaves_matching_names(desk: Desk) -> None:
    panel = desk.automatic("Every")
    QTest.keyClick(panel, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.filter.hasFocus()
    QTest.keyClicks(panel.filter, "FRU")
    assert list(cells(panel.parameters)) == ["fruit"]
    assert list(cells(panel.inputs)) == []
    QTest.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.parameters.hasFocus()
    assert len(cells(panel.parameters)) > 10


def test_the_menu_resets_copies_and_disconnects(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    actions = menu_of(view.viewport(), place(view, "level", 0))
    assert list(actions) == ["Reset to Default", "Copy Name", "Disconnect"]
    assert not actions["Disconnect"].isEnabled()
    actions["Reset to Default"].trigger()
    assert desk.field("Every", "level") is None
    assert not menu_of(view.viewport(), place(view, "level", 0))["Reset to Default"].isEnabled()
    actions = menu_of(view.viewport(), place(view, "count", 0))
    actions["Copy Name"].trigger()
    assert QGuiApplication.clipboard().text() == "Every.count"
    actions["Disconnect from Info.sizeX"].trigger()
    assert "Every.count" not in desk.network.network.connections


def test_an_input_is_disconnected_from_its_menu(desk: Desk) -> None:
    panel = desk.automatic("Mask")
    panel.tabs.setCurrentWidget(panel.inputs)
    menu_of(panel.inputs.viewport(), place(panel.inputs, "input0", 0))["Disconnect from LocalImage.outImage"].trigger()
    assert "Mask.input0" not in desk.network.network.connections


def test_the_menu_key_asks_for_the_current_row(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    view.select("count")
    assert "Disconnect from Info.sizeX" in menu_of(view, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)


def test_a_row_is_dragged_as_its_field(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    data = view.table.mimeData([view.table.index(1, 0)])
    assert bytes(data.data(FIELD_MIME).data()) == b"Every.truth"
    assert not view.table.flags(view.table.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_field_dropped_on_a_row_is_connected(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    assert drop(view.viewport(), "Other.count", place(view, "level", 0)) == (True, True)
    assert desk.network.network.connections["Every.level"] == "Other.count"
    assert cells(view)["level"][1] == "●"


def test_a_refused_drop_says_why(desk: Desk, qtbot: QtBot) -> None:
    view = desk.automatic("Every").parameters
    drop(view.viewport(), "Other.paint", place(view, "level", 0))
    assert "Every.level" not in desk.network.network.connections
    qtbot.waitUntil(lambda: "takes Double, but Other.paint is Color" in QToolTip.text())


def test_other_things_cannot_be_dropped(desk: Desk) -> None:
    view = desk.automatic("Every").parameters
    data = QMimeData()
    data.setText("Other.count")
    index = view.table.index(4, 0)
    assert not view.table.canDropMimeData(data, Qt.DropAction.LinkAction, -1, -1, index)
    assert not view.table.dropMimeData(data, Qt.DropAction.LinkAction, -1, -1, index)


# The default panel


def texts_of(panel: DefaultPanel) -> list[str]:
    return [label.text() for label in panel.labels.values()]


def test_threshold_looks_as_in_mevislab(desk: Desk) -> None:
    panel = desk.default("Threshold")
    assert texts_of(panel) == [
        "Use relative threshold",
        "Comparison:",
        "Threshold:",
        "Write:",
        "User Value:",
        "Write:",
        "User Value:",
    ]
    assert panel.widgets["comparisonOperator"].combo.currentText() == ">"
    assert panel.widgets["threshold"].lines[0].text() == "60"


def test_every_special_layout_fits_its_node_type() -> None:
    library = Library.installed()
    for name, sections in LAYOUTS.items():
        declared = library[name].declaration.fields
        for line in (line for section in sections for line in section.lines):
            assert set(line.fields) <= set(declared)
            if line.when is not None:
                for value in line.when.values:
                    declared[line.when.field].value(value)


def test_a_foreign_type_of_a_known_name_gets_the_plain_form(desk: Desk) -> None:
    class Mask(Node):
        """Another one."""

        input0 = Input(int, "Numbers.")
        softness: float = field(default=0.0, help="How soft.")

    network = document({"Mask": NodeSpec("Mask")})
    network.library = Library([Mask])
    panel = DefaultPanel(NetworkNode(network, "Mask"))
    desk.show(panel)
    assert texts_of(panel) == ["Softness:"]


@pytest.mark.parametrize("part", ["True", "False"])
def test_the_user_value_of_a_threshold_is_grey_unless_it_is_written(desk: Desk, part: str) -> None:
    panel = desk.default("Threshold")
    widget, label = panel.widgets[f"userCondition{part}Value"], panel.labels[f"userCondition{part}Value"]
    assert widget.isEnabled()
    desk.set("Threshold", f"condition{part}WriteValue", "ImgMax")
    assert not widget.isEnabled()
    assert label.foregroundRole() == QPalette.ColorRole.PlaceholderText
    desk.set("Threshold", f"condition{part}WriteValue", "UserDef")
    assert widget.isEnabled()
    assert label.foregroundRole() == QPalette.ColorRole.WindowText


@pytest.mark.parametrize(
    ("mode", "background", "blending"),
    [
        ("Original", False, False),
        ("Mask", False, False),
        ("InvMask", False, False),
        ("MaskedOriginal", True, False),
        ("MaskedOriginalOnWhite", False, False),
        ("MaskedOriginalInv", True, False),
        ("MaskOverOriginal", False, True),
        ("MaskInOriginal", False, True),
        ("InvMaskInOriginal", False, True),
    ],
)
def test_what_a_mask_does_not_use_is_grey(desk: Desk, mode: str, background: bool, blending: bool) -> None:
    panel = desk.default("Mask")
    desk.set("Mask", "mode", mode)
    assert panel.widgets["background"].isEnabled() == background
    assert panel.widgets["blending"].isEnabled() == blending


def test_a_local_image_has_its_buttons_and_its_status(desk: Desk) -> None:
    panel = desk.default("LocalImage")
    assert panel.widgets["status"].lines[0].text() == "File open"
    QTest.mouseClick(panel.widgets["load"].button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.widgets["close"].button, Qt.MouseButton.LeftButton)
    assert desk.network.triggered == ["LocalImage.load", "LocalImage.close"]


def test_any_other_type_gets_a_form_of_all_its_fields(desk: Desk) -> None:
    panel = desk.default("Every")
    assert list(panel.widgets) == list(desk.node("Every").node_type().declaration.fields)  # type: ignore[union-attr]


def test_an_edit_reaches_the_network_and_comes_back(desk: Desk) -> None:
    panel = desk.default("Threshold")
    line = panel.widgets["threshold"].lines[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "75.25")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert desk.field("Threshold", "threshold") == 75.25
    desk.set("Threshold", "threshold", 3.0)
    assert line.text() == "3"


def test_two_panels_of_one_node_never_share_a_gesture(desk: Desk) -> None:
    for panel in (desk.default("Threshold"), desk.default("Threshold")):
        QTest.keyClick(panel.widgets["threshold"].lines[0], Qt.Key.Key_Up)
    gestures = [gesture for *_, gesture in desk.network.edits]
    assert len(gestures) == len(set(gestures)) == 2


def test_a_connected_field_shows_where_its_value_comes_from(desk: Desk) -> None:
    panel = desk.default("Every")
    widget = panel.widgets["count"]
    assert not widget.isEnabled()
    assert widget.lines[0].text() == "256"
    arrows = [one for one in panel.findChildren(QWidget) if getattr(one, "text", str)() == "← Info.sizeX"]
    assert [one.isVisible() for one in arrows] == [True]
    assert "comes from Info.sizeX" in panel.labels["count"].toolTip()
    menu_of(panel.labels["count"], QPoint(3, 3))["Disconnect from Info.sizeX"].trigger()
    assert widget.isEnabled()
    assert [one.isVisible() for one in arrows] == [False]


def test_a_field_dropped_on_a_name_is_connected(desk: Desk) -> None:
    panel = desk.default("Every")
    assert drop(panel.labels["level"], "Other.count") == (True, True)
    assert desk.network.network.connections["Every.level"] == "Other.count"
    assert not panel.widgets["level"].isEnabled()


def test_a_name_is_dragged_as_its_field(desk: Desk) -> None:
    handle = desk.default("Every").labels["level"].findChild(FieldHandle)
    assert isinstance(handle, FieldHandle)
    assert handle.drag().mimeData().text() == "Every.level"


def test_dragging_a_button_does_not_press_it(desk: Desk) -> None:
    button = desk.default("Every").widgets["go"].button
    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=CORNER)
    QTest.mouseMove(button, CORNER + QPoint(30, 0))
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=CORNER)
    assert desk.network.triggered == []


def test_a_field_dropped_on_a_button_is_connected(desk: Desk) -> None:
    drop(desk.default("Every").widgets["go"].button, "Other.count")
    assert desk.network.network.connections["Every.go"] == "Other.count"


def test_a_name_refuses_what_does_not_fit_and_says_why(desk: Desk, qtbot: QtBot) -> None:
    panel = desk.default("Info")
    drop(panel.labels["sizeX"], "Other.count")
    assert "Info.sizeX" not in desk.network.network.connections
    qtbot.waitUntil(lambda: "read-only" in QToolTip.text())


def test_a_click_on_the_name_of_a_check_box_checks_it(desk: Desk) -> None:
    panel = desk.default("Threshold")
    QTest.mouseClick(panel.labels["relativeThreshold"], Qt.MouseButton.LeftButton)
    assert desk.field("Threshold", "relativeThreshold") is True


def test_tab_goes_through_the_panel_in_order(desk: Desk) -> None:
    panel = desk.default("Mask")
    panel.widgets["mode"].setFocus()
    visited = []
    for _ in range(3):
        visited.append(next(name for name, widget in panel.widgets.items() if widget.isAncestorOf(focused())))
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert visited == ["mode", "outputImageSize", "background"]


def test_a_refresh_of_the_form_keeps_focus_cursor_and_what_is_typed(desk: Desk) -> None:
    panel = desk.default("Every")
    line = panel.widgets["text"].lines[0]
    line.setFocus()
    QTest.keyClicks(line, "hello")
    line.setCursorPosition(2)
    desk.set("Every", "share", 0.75)
    assert line.hasFocus()
    assert (line.text(), line.cursorPosition()) == ("hello", 2)


def test_a_panel_is_made_anew_when_the_type_becomes_known(desk: Desk) -> None:
    network = document({"Odd": NodeSpec("Mask")})
    known, network.library = network.library, Library([])
    panel = DefaultPanel(NetworkNode(network, "Odd"))
    desk.qtbot.addWidget(panel)
    assert panel.widgets == {}
    assert [label.text() for label in panel.findChildren(QLabel)] == ["Mask is an unknown node type."]
    network.library = known
    network.changed.emit()
    assert list(panel.widgets) == ["mode", "outputImageSize", "background", "blending"]


# Windows and the inspector


def test_a_panel_window_is_titled_by_its_node_and_network(desk: Desk) -> None:
    model = desk.node("Mask")
    window = desk.show(open_panel(model, automatic=False))
    assert isinstance(window.panel, DefaultPanel)
    assert window.windowTitle() == "Panel Mask"
    desk.network.show(desk.network.network.with_node("Cut", desk.network.network.nodes["Mask"]))
    model.rename("Cut")
    model.changed.emit()
    window.show_network("Head")
    assert window.windowTitle() == "Panel Cut — Head"


@pytest.mark.parametrize("automatic", [False, True])
def test_escape_takes_back_what_is_typed_and_then_closes_a_panel(automatic: bool, desk: Desk, qtbot: QtBot) -> None:
    window = open_panel(desk.node("Mask"), automatic)
    window.show()
    if isinstance(window.panel, AutomaticPanel):
        window.panel.parameters.select("background")
        editor = window.panel.parameters.editor("background")
    else:
        assert isinstance(window.panel, DefaultPanel)
        editor = window.panel.widgets["background"]
    assert isinstance(editor, NumberWidget)
    line = editor.lines[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "77")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() != "77"
    assert window.isVisible()
    with qtbot.waitSignal(window.destroyed):
        for _ in range(2 if automatic else 1):  # out of the row first
            QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Escape)


def test_the_automatic_panel_opens_where_there_is_no_other(desk: Desk) -> None:
    assert isinstance(desk.show(open_panel(desk.node("Mask"), automatic=True)).panel, AutomaticPanel)
    for name in ("Odd", "Bare"):
        assert not has_default_panel(desk.node(name))
        assert isinstance(desk.show(open_panel(desk.node(name), automatic=False)).panel, AutomaticPanel)


def test_the_inspector_says_what_is_selected(desk: Desk) -> None:
    inspector = desk.show(Inspector())
    assert inspector.message.isVisible()
    assert inspector.message.text() == "Nothing selected"
    inspector.show_node(None, selected=3)
    assert inspector.message.text() == "3 nodes selected"
    inspector.show_node(desk.node("Mask"))
    assert not inspector.message.isVisible()
    assert (inspector.title.text(), inspector.type.text()) == ("Mask", "Mask · Masking")
    assert "background" in cells(inspector.panel.parameters)
    assert "Keep an image where a mask is not 0" in inspector.about.toPlainText()
    assert "outputImageSize" in inspector.about.toPlainText()


def test_the_inspector_tells_of_an_unknown_type(desk: Desk) -> None:
    inspector = desk.show(Inspector())
    inspector.show_node(desk.node("Odd"))
    assert inspector.type.text() == "OddThing, an unknown node type"
    inspector.show_node(desk.node("Mask"))
    assert "Keep an image" in inspector.about.toPlainText()


def test_the_inspector_forgets_the_node_before(desk: Desk) -> None:
    inspector = desk.show(Inspector())
    inspector.show_node(desk.node("Every"))
    inspector.show_node(desk.node("Other"))
    desk.network.show(desk.network.network.without("Every"))
    assert inspector.title.text() == "Other"
    assert cells(inspector.panel.parameters)["count"][-1] == "12"
    inspector.show_node(None)
    desk.network.show(desk.network.network.without("Other"))
    assert cells(inspector.panel.parameters) == {}


def test_what_is_typed_goes_to_the_node_that_it_was_typed_for(desk: Desk) -> None:
    inspector = desk.show(Inspector())
    inspector.show_node(desk.node("Every"))
    view = inspector.panel.parameters
    view.setFocus()
    view.select("text")
    type_into_focus("mine")
    inspector.show_node(desk.node("Other"))
    assert desk.field("Every", "text") == "mine"
    assert desk.field("Other", "text") is None


def test_the_seam_is_to_be_filled() -> None:
    seam = PanelModel()
    for question in (seam.name, seam.node_type, seam.spec, seam.values, seam.sources, seam.consumers):
        with pytest.raises(NotImplementedError):
            question()
