"""What can be done with a group of nodes."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu

from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.document.editing import Editing

COLORS = {
    "&Blue": "#4f79a8",
    "&Teal": "#3f8f8c",
    "&Green": "#5f9a4f",
    "&Yellow": "#c2a02c",
    "&Orange": "#cb7a35",
    "&Red": "#b8504b",
    "&Purple": "#8064a2",
    "Gr&ey": "#74797f",
}
_SWATCH = 14  # pixels


def fill_group_menu(menu: QMenu, frame: GroupFrame, editing: Editing) -> None:
    """Add what can be done with the group in a frame, each one step to undo."""
    title, present = frame.title, QColor(frame.tint)
    menu.addAction("&Rename…", partial(editing.rename_group, title))
    colours = menu.addMenu("&Colour")
    for name, tint in COLORS.items():
        action = colours.addAction(_swatch(tint), name)
        action.triggered.connect(partial(editing.recolour_group, title, QColor(tint)))
        action.setCheckable(True)
        action.setChecked(QColor(tint) == present)
    colours.addSeparator()
    colours.addAction("Ot&her…", partial(_ask_for_colour, menu, editing, title, present))
    menu.addSeparator()
    menu.addAction("&Ungroup", partial(editing.dissolve_group, title))
    menu.addAction("Select &Members", partial(editing.select_group, title))


def _ask_for_colour(menu: QMenu, editing: Editing, title: str, present: QColor) -> None:
    chosen = QColorDialog.getColor(present, menu.parentWidget(), f"Colour of {title}")
    if chosen.isValid():
        editing.recolour_group(title, chosen)


def _swatch(tint: str) -> QIcon:
    picture = QPixmap(_SWATCH, _SWATCH)
    picture.fill(QColor(tint))
    return QIcon(picture)
