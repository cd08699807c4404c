"""What can be done with a note."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.document.editing import Editing

PAPERS = {
    "&Yellow": "#fbf2a6",
    "&Green": "#d3ecc4",
    "&Blue": "#cfe3f5",
    "&Red": "#f6d0cb",
    "&White": "#f7f7f4",
}
_SWATCH = 14  # pixels


def fill_note_menu(menu: QMenu, note: NoteBox, editing: Editing) -> None:
    """Add writing on a note, folding it and the colours of its paper, each one step to undo."""
    if not note.folded:
        menu.addAction("&Edit", note.edit)
    menu.addAction("&Unfold" if note.folded else "&Fold", partial(editing.fold_note, note))
    papers = menu.addMenu("&Colour")
    for name, paper in PAPERS.items():
        swatch = QPixmap(_SWATCH, _SWATCH)
        swatch.fill(QColor(paper))
        papers.addAction(QIcon(swatch), name).triggered.connect(partial(editing.recolour_note, note, QColor(paper)))
