"""Windows of the editor for tests, each with settings and journal of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library

EXAMPLE = Path(__file__).parents[3] / "networks" / "ImageMask.mlab.json"
Make = Callable[[], Window]


@pytest.fixture
def make(tmp_path: Path, qtbot: QtBot) -> Iterator[Make]:
    """Windows that share settings and journal folder, as those of one user do; closed without questions."""
    windows: list[Window] = []

    def made() -> Window:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        window = Window(Library.installed(), settings, Journal(tmp_path / "journal"))
        windows.append(window)
        return window

    yield made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QMessageBox, "exec", lambda _: QMessageBox.StandardButton.Discard)
        for window in windows:
            window.close()
            window.deleteLater()


@pytest.fixture
def window(make: Make) -> Window:
    return make()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "Mine.mlab.json"
    path.write_bytes(EXAMPLE.read_bytes())
    return path
