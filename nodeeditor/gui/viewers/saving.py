"""A picture in a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nodeeditor.atomic import partial_file


def save_picture(picture: QImage, path: Path) -> None:
    """Write a picture as PNG; raises OSError."""
    with partial_file(path) as unfinished:
        writer = QImageWriter(str(unfinished), QByteArray(b"png"))
        if not writer.write(picture):
            raise OSError(f"{path.name} cannot be written as PNG: {writer.errorString()}")


def ask_and_save(parent: QWidget, picture: QImage, name: str) -> None:
    """Write a picture to a file that the user chooses; ``name`` is proposed."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save Picture", f"{name}.png", "PNG (*.png)")
    if not chosen:
        return
    path = Path(chosen)
    try:
        save_picture(picture, path if path.suffix else path.with_suffix(".png"))
    except OSError as error:
        QMessageBox.warning(parent, "Not saved", f"The picture was not written: {error}")
