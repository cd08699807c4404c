"""What can be done with a group of nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu

from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.window.colours import add_colour_menu


def fill_group_menu(
    menu: QMenu, frame: GroupFrame, editing: Editing, convert: Callable[[Sequence[str]], object]
) -> None:
    """Add what can be done with the group in a frame, each one step to undo; ``convert`` makes nodes a macro."""
    title, present = frame.title, QColor(frame.tint)
    menu.addAction("&Rename…", partial(editing.rename_group, title))
    add_colour_menu(menu, f"Colour of {title}", present, partial(editing.recolour_group, title))
    menu.addSeparator()
    menu.addAction("&Ungroup", partial(editing.dissolve_group, title))
    menu.addAction("Select &Members", partial(editing.select_group, title))
    menu.addAction("Con&vert to Local Macro…", lambda: convert(editing.group_members(title)))
