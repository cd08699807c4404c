"""Part of the scene brought into sight with as little movement as possible."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from nodeeditor.gui.canvas.minimap import Minimap
from nodeeditor.gui.canvas.view import NetworkView

_BORDER = 24  # pixels around what is shown
_READABLE = 0.5  # zoom below which nobody can read a box


def bring_into_sight(view: NetworkView, rect: QRectF) -> None:
    """Leave the view where it is if all of a rectangle is seen; zoom only where it would be too small or too large."""
    if view.zoom < _READABLE:
        view.zoom_at(_READABLE / view.zoom, QRectF(view.viewport().rect()).center())
    border = _BORDER / view.zoom
    wanted, seen = rect.adjusted(-border, -border, border, border), view.visible_rect()
    if wanted.width() > seen.width() or wanted.height() > seen.height():
        view.frame(rect)
    elif not seen.contains(wanted) or _below_a_map(view, rect):
        view.centerOn(rect.center())


def _below_a_map(view: NetworkView, rect: QRectF) -> bool:
    on_screen = view.mapFromScene(rect).boundingRect()
    maps = view.viewport().findChildren(Minimap, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return any(one.isVisible() and one.geometry().intersects(on_screen) for one in maps)
