"""The dialogs around files: which one to open, where to save, what to do with changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nodeeditor.formats import MEVISLAB, OWN, has_ending, is_mevislab
from nodeeditor.gui.window.question import Answer, asked

_NETWORKS = f"Networks (*{OWN} *{MEVISLAB} *.json)"
_KINDS = {OWN: f"Networks (*{OWN} *.json)", MEVISLAB: f"MeVisLab networks (*{MEVISLAB})"}
_IMAGES = ("NIfTI (*.nii.gz *.nii)", "MetaImage (*.mha *.mhd)", "NRRD (*.nrrd)", "TIFF (*.tif)", "PNG (*.png)")
_ANY = "All files (*)"
_NAMED = 6  # files in a question; of more only the number is told
_REPLACE = {Answer.Cancel: "&Cancel", Answer.Yes: "&Replace"}  # Return is for those who do not read


def asked_to_open(parent: QWidget, folder: Path | None, title: str = "Open") -> list[Path]:
    """The networks that a user wants to open, or what else the title says."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, title, str(folder or ""), f"{_NETWORKS};;{_ANY}")
    return [Path(name) for name in chosen]


def asked_to_save(parent: QWidget, proposal: Path) -> Path | None:
    """Where a user wants a network saved; a name without an ending gets that of the chosen kind."""
    kinds = sorted(_KINDS.values(), key=lambda kind: kind != _KINDS[MEVISLAB if is_mevislab(proposal) else OWN])
    chosen, kind = QFileDialog.getSaveFileName(parent, "Save As", str(proposal), ";;".join(kinds))
    if not chosen:
        return None
    path = Path(chosen)
    if has_ending(path):
        return path
    path = path.with_name(path.name + (MEVISLAB if kind == _KINDS[MEVISLAB] else OWN))
    return path if may_replace(parent, "Save As", [path]) else None


def asked_to_export(parent: QWidget, proposal: Path) -> Path | None:
    """Where a user wants a picture written, as .svg or .png."""
    kinds = {".svg": "Scalable picture (*.svg)", ".png": "Picture (*.png)"}
    kind = kinds[proposal.suffix]
    chosen, _ = QFileDialog.getSaveFileName(parent, "Export", str(proposal), kind)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() in kinds else path.with_name(path.name + proposal.suffix)


def asked_for_image(parent: QWidget, proposal: Path) -> Path | None:
    """Where a user wants an image saved, its format chosen by the name's ending."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save Image As", str(proposal), ";;".join((*_IMAGES, _ANY)))
    return Path(chosen).absolute() if chosen else None


def asked_for_folder(parent: QWidget, folder: Path) -> Path | None:
    """The folder into which a user wants results written."""
    chosen = QFileDialog.getExistingDirectory(parent, "Run Into Folder", str(folder))
    return Path(chosen).absolute() if chosen else None


def asked_to_keep(parent: QWidget, name: str) -> Answer:
    """What a user says to changes that would be lost: Save, Discard or Cancel."""
    answers = {Answer.Save: "&Save", Answer.Discard: "&Discard", Answer.Cancel: "&Cancel"}
    return asked(parent, "Save changes?", f"{name} has changes that are not saved.", answers)


def may_replace(parent: QWidget, title: str, paths: Sequence[Path]) -> bool:
    """Whether files may be written; asked where some of them are there already."""
    names = [path.name for path in paths if path.exists()]
    if not names:
        return True
    which = f"{names[0]} is" if len(names) == 1 else f"{len(names)} files are"
    lines = "".join(f"\n•  {name}" for name in names) if 1 < len(names) <= _NAMED else ""
    return asked(parent, title, f"{which} there already. Replace?{lines}", _REPLACE) == Answer.Yes
