"""The menu over a viewer's picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nodeeditor.fields import EnumType
from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.viewers.deeds import Deeds
from nodeeditor.gui.viewers.presets import presets

if TYPE_CHECKING:
    from nodeeditor.gui.viewers.sliceview import SliceView

_COUNTS = (1, 4, 9)


def view_menu(view: SliceView, number: int) -> QMenu:
    """A menu for one pane of a view; it offers what the viewer has fields for.

    Its actions hold parts of the view and never the view itself, which may be closed before the menu is.
    """
    menu, deeds = QMenu(view), view.deeds
    pane = deeds.pane(number)
    if pane is not None:
        windows = menu.addMenu("Window")
        for preset in presets(pane.info, view.page):
            _add(windows, preset.name, partial(deeds.show_window, number, preset.window, new_gesture()))
    if deeds.field("lutInvert") is not None:
        inverted = bool(deeds.value("lutInvert"))
        _add(menu, "Invert", lambda: deeds.choose("lutInvert", not inverted), inverted)
    _add_choices(menu, deeds, "Layout", "layout")
    _add_choices(menu, deeds, "Colour Map", "colorMap")
    _add_choices(menu, deeds, "Interpolation", "filterMode")
    _add_choices(menu, deeds, "Annotations", "annotationSizeMode")
    if pane is not None:
        menu.addSeparator()
        if deeds.counts(number):
            slices = menu.addMenu("Slices Shown")
            for count in _COUNTS:
                _add(slices, str(count), partial(deeds.show_count, number, count))
        _add(menu, "Reset Zoom\tR", lambda: deeds.reset_zoom(number))
        _add(menu, "Cine\tC", partial(view.cine.toggle, number), view.cine.running)
    if not view.picture().isNull():
        menu.addSeparator()
        menu.addAction("Copy Picture").triggered.connect(view.copy_picture)
        menu.addAction("Save Picture…").triggered.connect(view.ask_to_save)
    return menu


def _add(menu: QMenu, text: str, act: Callable[[], object], checked: bool | None = None) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _=False: act())
    if checked is not None:
        action.setCheckable(True)
        action.setChecked(checked)
    return action


def _add_choices(menu: QMenu, deeds: Deeds, title: str, name: str) -> None:
    """A submenu with the choices of an enumeration, by their titles."""
    spec = deeds.field(name)
    if spec is None or not isinstance(spec.type, EnumType):
        return
    choices, now = menu.addMenu(title), deeds.value(name)
    for choice in spec.type.choices:
        _add(choices, choice.value, partial(deeds.choose, name, choice.name), choice.name == now)
