"""What stands around the documents: palette, output inspector, module inspector, messages, undo history."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nodeeditor.gui.window.history import History
from nodeeditor.gui.window.inspection import Inspection
from nodeeditor.gui.window.messages import Messages
from nodeeditor.gui.window.palette import Palette
from nodeeditor.gui.window.panelwindows import Inspected, PanelWindows
from nodeeditor.library import Library


class Docks:
    """The docks of one window, each at the side where it belongs at first."""

    def __init__(self, window: QMainWindow, library: Library, panels: PanelWindows, stacks: QUndoGroup) -> None:
        self.palette = Palette(library)
        self.messages = Messages(window)
        self.inspection = Inspection(library)
        self.inspected = Inspected(panels)
        self.history = History(stacks)
        left, right = _docked("Palette", self.palette), self.inspected
        self.all: Sequence[QDockWidget] = (left, self.inspection, right, self.messages, self.history)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, left)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.history)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.inspection)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, right)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.messages)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        window.resizeDocks([left, right], [190, 380], Qt.Orientation.Horizontal)
        window.resizeDocks([self.inspection, right], [420, 300], Qt.Orientation.Vertical)
        window.resizeDocks([self.messages], [130], Qt.Orientation.Vertical)


def _docked(title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title)
    dock.setObjectName(title)
    dock.setWidget(content)
    return dock
