"""A document for others: as a picture of its canvas, as the command line that runs it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.window import files
from nodeeditor.gui.window.export import export


def export_canvas(parent: QWidget, document: Document, suffix: str) -> str:
    """Write the canvas to a file that the user chooses; a sentence about it, empty where nothing was written."""
    proposal = (document.path or Path.cwd() / document.name).with_name(document.name + suffix)
    path = files.asked_to_export(parent, proposal)
    if path is None:
        return ""
    try:
        export(document.canvas, path)
    except (OSError, ValueError) as error:
        QMessageBox.warning(parent, "Not exported", f"The picture was not written: {error}")
        return ""
    return f"Exported {path}"


def copy_command(path: Path) -> str:
    """Put the command line that runs a network file into the clipboard; a sentence about it."""
    words = ["nodeeditor", "run", str(path)]
    line = subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
    QGuiApplication.clipboard().setText(line)
    return f"Copied: {line}"
