"""Tests of the main window's keys in the windows of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nodeeditor.file import load
from nodeeditor.gui.window.window import Window

_Key, _Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def masking(window: Window, mine: Path) -> Window:
    window.show()
    window.open(mine)
    window.document.graph.set_field("Threshold", "threshold", 70.0, 0)
    return window


def press(child: QWidget, key: Qt.Key, qtbot: QtBot) -> None:
    child.activateWindow()
    qtbot.waitUntil(child.isActiveWindow)
    QTest.keyClick(child, key, _Control)


def threshold(window: Window) -> object:
    return window.document.graph.network().nodes["Threshold"].fields["threshold"]


def test_a_viewer_s_window_saves_and_undoes(masking: Window, mine: Path, qtbot: QtBot) -> None:
    viewer = masking.viewers.open(masking.live, "SynchroView2D")
    press(viewer, _Key.Key_S, qtbot)
    assert load(mine).nodes["Threshold"].fields["threshold"] == 70
    press(viewer, _Key.Key_Z, qtbot)
    assert threshold(masking) == 60


def test_a_panel_undoes(masking: Window, qtbot: QtBot) -> None:
    panel = masking.panels.open(masking.document, "Mask", automatic=True)
    press(panel, _Key.Key_Z, qtbot)
    assert threshold(masking) == 60


def test_keys_in_a_window_are_for_its_own_document(masking: Window, mine: Path, qtbot: QtBot) -> None:
    viewer = masking.viewers.open(masking.live, "SynchroView2D")
    tab = masking.tab
    masking.documents.new()
    masking.documents.setCurrentWidget(tab)
    press(viewer, _Key.Key_Z, qtbot)
    assert masking.document.path == mine
    assert threshold(masking) == 60
