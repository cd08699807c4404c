"""Tests of reports that somebody else needs to understand a message."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import PySide6
import SimpleITK as sitk
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot

from nodeeditor.errors import NetworkError, NodeError
from nodeeditor.gui.session.facts import Facts
from nodeeditor.gui.window.messages import Message, message_of
from nodeeditor.gui.window.report import report
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()
PATIENCE = 20_000  # ms, for machines under load


def test_the_report_tells_of_node_fields_inputs_and_versions(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    for name, shape in (("a", (2, 4, 5)), ("b", (3, 4, 5))):
        sitk.WriteImage(sitk.GetImageFromArray(np.zeros(shape, np.uint8)), tmp_path / f"{name}.mha")
    mode = LIBRARY["Mask"].declaration.fields["mode"]
    same = {"mode": mode.type.to_json(mode.default)}
    nodes = {
        "A": NodeSpec("LocalImage", {"name": str(tmp_path / "a.mha")}),
        "B": NodeSpec("LocalImage", {"name": str(tmp_path / "b.mha")}),
        "Mask": NodeSpec("Mask", {"background": 7.0, **same}),
    }
    joined = {"Mask.input0": "A.outImage", "Mask.input1": "B.outImage"}
    window.document.graph.apply("test", Network(nodes, joined))
    qtbot.waitUntil(lambda: any(line.startswith("Mask") for line in window.messages.lines()), timeout=PATIENCE)
    tree = window.messages.widget()
    assert isinstance(tree, QTreeWidget)
    tree.selectAll()
    window.messages.copy_report()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "error: " + next(line for line in window.messages.lines() if line.startswith("Mask"))
    assert lines[1:] == [
        "  node: Mask, of type Mask",
        "  field background = 7.0",
        "  input input0: from A.outImage, 5 x 4 x 2, unsigned int8, 0 .. 0, 1 x 1 x 1 mm",
        "  input input1: from B.outImage, 5 x 4 x 3, unsigned int8, 0 .. 0, 1 x 1 x 1 mm",
        "",
        f"nodeeditor {version('nodeeditor')}, Python {platform.python_version()}, numpy {np.__version__}, "
        f"SimpleITK {version('SimpleITK')}, PySide6 {PySide6.__version__}",
    ]


def test_the_report_tells_of_what_is_not_there() -> None:
    network = Network({"T": NodeSpec("Threshold"), "Far": NodeSpec("FarAway", {"odd": [1, "é"]})})
    network = network.with_connection("T.threshold", "Far.level")
    messages = [(Message("error", "fails", "T", "T"), network), (Message("warning", "odd", "Far", "Far"), network)]
    first, second, _ = report(messages, LIBRARY, Facts()).split("\n\n")
    assert first.splitlines() == [
        "error: T: fails",
        "  node: T, of type Threshold",
        "  input input0: not connected",
        "  connected threshold: from Far.level",
    ]
    assert second.splitlines() == [
        "warning: Far: odd",
        "  node: Far, of type FarAway, which is not known",
        '  field odd = [1, "é"]',
    ]


def test_the_errors_behind_an_error_are_told_the_nearest_first() -> None:
    try:
        try:
            raise OSError("no room")
        except OSError as low:
            raise ValueError("half a file") from low
    except ValueError as error:
        high = error
    for failure in (NodeError("failed", "N"), NetworkError("failed", "N")):
        failure.__cause__ = high
        message = message_of(failure)
        assert message.causes == ("ValueError: half a file", "OSError: no room")
        assert report([(message, Network())], LIBRARY, Facts()).splitlines()[:3] == [
            "error: N: failed",
            "  caused by ValueError: half a file",
            "  caused by OSError: no room",
        ]


def test_a_file_that_cannot_be_read_keeps_its_cause(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "broken.tif"
    file.write_bytes(b"II*\0\x08\0\0\0\x01")
    window.document.graph.apply("test", Network({"Load": NodeSpec("LocalImage", {"name": str(file)})}))
    qtbot.waitUntil(lambda: any(one.node == "Load" for one in window.live.problems), timeout=PATIENCE)
    tree = window.messages.widget()
    assert isinstance(tree, QTreeWidget)
    tree.selectAll()
    window.messages.copy_report()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert "  caused by error: unpack requires a buffer of 2 bytes" in lines
    assert f"  field name = {json.dumps(str(file))}" in lines


def test_a_message_about_another_tab_s_node_is_reported_alone(window: Window, qtbot: QtBot) -> None:
    tree = window.messages.widget()
    assert isinstance(tree, QTreeWidget)
    wanted: list[str] = []
    window.messages.node_wanted.connect(wanted.append)

    def told() -> str:
        """What is reported of the line of the log, after that was activated."""
        tree.clearSelection()
        item = tree.topLevelItem(tree.topLevelItemCount() - 1)
        assert item is not None
        item.setSelected(True)
        tree.itemActivated.emit(item, 0)
        window.messages.copy_report()
        return QGuiApplication.clipboard().text().rpartition("\n\n")[0]

    first = window.tab
    window.document.graph.apply("test", Network({"Twin": NodeSpec("Mask", {"background": 7.0})}))
    window.document.graph.look()
    window.report(Message("error", "broke", "Twin", "Twin", ("OSError: no room",)))
    window.documents.new()
    window.document.graph.apply("test", Network({"Twin": NodeSpec("Threshold")}))
    window.document.graph.look()
    assert told() == "error: Untitled: Twin: broke\n  caused by OSError: no room"
    assert wanted == []
    window.documents.setCurrentWidget(first)
    assert told().splitlines()[:4] == [
        "error: Twin: broke",
        "  caused by OSError: no room",
        "  node: Twin, of type Mask",
        "  field background = 7.0",
    ]
    assert wanted == ["Twin"]
