"""Check marks that hold for every document and are remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.window.documents import Documents
from nodeeditor.gui.window.tab import Tab


@dataclass(frozen=True)
class Option:
    """One check mark: its text and keys, the settings' name for it, what it means for a tab, how it is at first."""

    text: str
    keys: str
    setting: str
    show: Callable[[Tab, Live, bool], object]
    at_first: bool


OPTIONS: Mapping[str, Option] = {
    "minimap": Option(
        "&Minimap", "Ctrl+M", "window/minimap", lambda tab, _, on: tab.minimap.show_when_useful(on), at_first=True
    ),
    "timings": Option(
        "&Timings", "", "window/timings", lambda tab, _, on: tab.document.canvas.show_timings(on), at_first=False
    ),
    "automatic": Option(
        "Update &Automatically",
        "",
        "window/updateAutomatically",
        lambda _, live, on: live.update_automatically(on),
        at_first=True,
    ),
}


class Options:
    """The options as Qt's actions; ``live_of`` gives what is worked out for a document."""

    def __init__(
        self, documents: Documents, live_of: Callable[[Document], Live], settings: QSettings, parent: QWidget
    ) -> None:
        self._documents, self._live_of, self._settings = documents, live_of, settings
        self.actions = {name: self._action(option, parent) for name, option in OPTIONS.items()}

    def _action(self, option: Option, parent: QWidget) -> QAction:
        action = QAction(option.text, parent, checkable=True)
        action.setShortcut(QKeySequence(option.keys))
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.setChecked(bool(self._settings.value(option.setting, option.at_first, type=bool)))
        action.toggled.connect(partial(self._show, option))
        return action

    def _show(self, option: Option, on: bool) -> None:
        self._settings.setValue(option.setting, on)
        for tab in self._documents.all_tabs():
            option.show(tab, self._live_of(tab.document), on)

    def show_all(self, tab: Tab) -> None:
        """Let a new tab be as the options are."""
        for name, option in OPTIONS.items():
            option.show(tab, self._live_of(tab.document), self.actions[name].isChecked())
