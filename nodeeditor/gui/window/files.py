"""The dialogs around files: which one to open, where to save, what to do with changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nodeeditor.file import SUFFIX

_NETWORKS = f"Networks (*{SUFFIX} *.json)"
_RECENT, _MOST = "recent", 12
Answer = QMessageBox.StandardButton


def asked_to_open(parent: QWidget, folder: Path | None) -> list[Path]:
    """The networks that a user wants to open."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, "Open", str(folder or ""), f"{_NETWORKS};;All files (*)")
    return [Path(name) for name in chosen]


def asked_to_save(parent: QWidget, proposal: Path) -> Path | None:
    """Where a user wants a network saved; a name without an ending gets ours."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save As", str(proposal), _NETWORKS)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix == ".json":
        return path
    path = path.with_name(path.name + SUFFIX)
    return path if not path.exists() or _may_replace(parent, path) else None


def asked_to_export(parent: QWidget, proposal: Path) -> Path | None:
    """Where a user wants a picture written, as .svg or .png."""
    kinds = {".svg": "Scalable picture (*.svg)", ".png": "Picture (*.png)"}
    kind = kinds[proposal.suffix]
    chosen, _ = QFileDialog.getSaveFileName(parent, "Export", str(proposal), kind)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() in kinds else path.with_name(path.name + proposal.suffix)


def asked_to_keep(parent: QWidget, name: str) -> QMessageBox.StandardButton:
    """What a user says to changes that would be lost: Save, Discard or Cancel."""
    return QMessageBox.question(
        parent,
        "Save changes?",
        f"{name} has changes that are not saved.",
        Answer.Save | Answer.Discard | Answer.Cancel,
        Answer.Save,
    )


def _may_replace(parent: QWidget, path: Path) -> bool:
    question = f"{path.name} is there already. Replace it?"
    return QMessageBox.question(parent, "Save As", question) == Answer.Yes


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
