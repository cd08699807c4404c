"""The keys of a viewer: those of MeVisLab's View2D, and some for keyboards without a numeric pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QKeyCombination, Qt

from nodeeditor.gui.viewers.deeds import ZOOM_STEP, Deeds

Deed: TypeAlias = Callable[[Deeds, int, int], None]
"""Done upon a pane, in a gesture."""

_Key = Qt.Key


def _step(slices: int) -> Deed:
    return lambda deeds, pane, gesture: deeds.step(pane, slices, gesture)


def _step_time(points: int) -> Deed:
    return lambda deeds, pane, gesture: deeds.step_time(pane, points, gesture)


def _zoom(factor: float) -> Deed:
    return lambda deeds, pane, gesture: deeds.zoom(pane, factor, gesture)


def _pan(across: int, down: int) -> Deed:
    return lambda deeds, pane, gesture: deeds.pan(pane, across, down, gesture)


def _count(slices: int) -> Deed:
    return lambda deeds, pane, gesture: deeds.show_count(pane, slices)


def _next_choice(field: str) -> Deed:
    return lambda deeds, pane, gesture: deeds.next_choice(field)


def _reset_zoom(deeds: Deeds, pane: int, gesture: int) -> None:
    deeds.reset_zoom(pane)


def _reset_window(deeds: Deeds, pane: int, gesture: int) -> None:
    deeds.show_window(pane, None, gesture)


def _first(deeds: Deeds, pane: int, gesture: int) -> None:
    deeds.show_slice(pane, 0, gesture)


def _last(deeds: Deeds, pane: int, gesture: int) -> None:
    deeds.show_last(pane, gesture)


_ZOOMS: dict[int, Deed] = {
    _Key.Key_Plus: _zoom(ZOOM_STEP),
    _Key.Key_Equal: _zoom(ZOOM_STEP),
    _Key.Key_Minus: _zoom(1 / ZOOM_STEP),
}
_PLAIN: dict[int, Deed] = {
    **_ZOOMS,
    **{_Key.Key_0 + count: _count(count) for count in range(1, 10)},
    _Key.Key_PageUp: _step(1),
    _Key.Key_Up: _step(1),
    _Key.Key_PageDown: _step(-1),
    _Key.Key_Down: _step(-1),
    _Key.Key_Home: _first,
    _Key.Key_End: _last,
    _Key.Key_Right: _step_time(1),
    _Key.Key_Left: _step_time(-1),
    _Key.Key_A: _next_choice("annotationSizeMode"),
    _Key.Key_R: _reset_zoom,
    _Key.Key_L: _reset_window,
}
_PAD: dict[int, Deed] = {
    **_PLAIN,  # some systems count the arrows to the pad
    _Key.Key_4: _pan(-1, 0),
    _Key.Key_6: _pan(1, 0),
    _Key.Key_8: _pan(0, -1),
    _Key.Key_2: _pan(0, 1),
    _Key.Key_5: _reset_zoom,
    _Key.Key_Clear: _reset_zoom,
    _Key.Key_0: _reset_window,
    _Key.Key_Asterisk: _next_choice("filterMode"),
}
_MEANINGS: dict[Qt.KeyboardModifier, dict[int, Deed]] = {
    Qt.KeyboardModifier.NoModifier: _PLAIN,
    Qt.KeyboardModifier.KeypadModifier: _PAD,
    Qt.KeyboardModifier.ShiftModifier: _ZOOMS,  # plus is a shifted key on many keyboards
}


def deed(pressed: QKeyCombination) -> Deed | None:
    """What a key means for a viewer; None for most."""
    return _MEANINGS.get(pressed.keyboardModifiers(), {}).get(pressed.key())
