"""A menu of colours to choose from, for whatever can have one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu

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


def add_colour_menu(menu: QMenu, title: str, present: QColor, choose: Callable[[QColor], object]) -> QMenu:
    """Add a menu of colours, in which the present one is marked; ``title`` says in a dialog whose colour it is."""
    colours = menu.addMenu("&Colour")
    for name, tint in COLORS.items():
        action = colours.addAction(_swatch(tint), name)
        action.triggered.connect(partial(choose, QColor(tint)))
        action.setCheckable(True)
        action.setChecked(QColor(tint) == present)
    colours.addSeparator()
    colours.addAction("Ot&her…", partial(_ask, menu, title, present, choose))
    return colours


def _ask(menu: QMenu, title: str, present: QColor, choose: Callable[[QColor], object]) -> None:
    chosen = QColorDialog.getColor(present, menu.parentWidget(), title)
    if chosen.isValid():
        choose(chosen)


def _swatch(tint: str) -> QIcon:
    picture = QPixmap(_SWATCH, _SWATCH)
    picture.fill(QColor(tint))
    return QIcon(picture)
