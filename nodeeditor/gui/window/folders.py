"""The files that nodes name, each in the folder it lies in, which the desktop shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu

from nodeeditor.fields import StringType
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.panels.model import field_states
from nodeeditor.macro import Macro

_TEXT = "Sho&w in Folder"


def fill_folder_menu(menu: QMenu, document: Document, nodes: Sequence[str], tell: Callable[[str], object]) -> None:
    """Add "Show in Folder" for what some nodes name: nothing, one entry, or a menu of them."""
    files = list(dict.fromkeys(file for node in nodes for file in named_files(document, node)))
    if len(files) == 1:
        menu.addAction(_TEXT, partial(_show, document, files[0], tell))
    elif files:
        inside = menu.addMenu(_TEXT)
        for file in files:
            text = PureWindowsPath(file).name or file  # of either kind of slash
            action = inside.addAction(text.replace("&", "&&"))
            action.triggered.connect(partial(_show, document, file, tell))
            action.setToolTip(file)
        inside.setToolTipsVisible(True)


def named_files(document: Document, node: str) -> list[str]:
    """The files of a node as the network says them: that of a macro, then those that its fields name."""
    model = NodeModel(document, node)
    states, node_type = field_states(model), model.node_type()
    model.release()
    own = [str(node_type.file)] if node_type is not None and issubclass(node_type, Macro) else []
    fields = [state for state in states.values() if isinstance(state.field.type, StringType) and state.field.type.file]
    return [*own, *(str(state.value) for state in fields if state.value)]


def shown_in_folder(document: Document, file: str) -> str:
    """Let the desktop show the folder of a file, or the one that a name means; a sentence about it."""
    try:
        path = Path(document.paths.expanded(file))
        folder = path if path.is_dir() else path.parent
        is_there = folder.is_dir()
    except (ValueError, OSError) as error:
        return f"{file} cannot be shown: {error}"
    if not is_there:
        return f"There is no folder {folder}."
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return f"This desktop has no program that shows folders; {path.name} is in {folder}."
    return f"Showing {folder}" if path.exists() else f"Showing {folder}; {path.name} is not there."


def _show(document: Document, file: str, tell: Callable[[str], object]) -> None:
    tell(shown_in_folder(document, file))
