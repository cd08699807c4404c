"""The files that were opened or saved last, and the menu that shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu, QWidget

from nodeeditor.formats import stem

_RECENT, _MOST = "recent", 12


class Recent:
    """The files that were opened or saved last, the latest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """All of them, also those that are gone."""
        kept = self._settings.value(_RECENT)
        if isinstance(kept, str):  # a list of one comes back as its only entry
            kept = [kept]
        return [Path(str(name)) for name in kept] if isinstance(kept, list) else []

    def add(self, path: Path) -> None:
        """Put one on top."""
        self._keep([path, *(other for other in self.paths() if other != path)])

    def remove(self, path: Path) -> None:
        """Take one away, because it is gone."""
        self._keep(other for other in self.paths() if other != path)

    def clear(self) -> None:
        """Forget all."""
        self._keep(())

    def _keep(self, paths: Iterable[Path]) -> None:
        self._settings.setValue(_RECENT, [str(path) for path in paths][:_MOST])


class RecentMenu(QMenu):
    """Opens one of the recent files; filled anew each time it is shown."""

    def __init__(self, recent: Recent, open_file: Callable[[Path], object], parent: QWidget) -> None:
        super().__init__("Open &Recent", parent)
        self._recent, self._open = recent, open_file
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._recent.paths():
            action = self.addAction(f"{stem(path)}   –   {path.parent}")
            action.triggered.connect(lambda _=False, path=path: self._open(path))
        self.addSeparator()
        self.addAction("Clear", self._recent.clear)
