"""A hand on the mouse over a widget, without a screen."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

Place = tuple[float, float]
NONE = Qt.KeyboardModifier.NoModifier
NO_BUTTON = Qt.MouseButton.NoButton


def mouse(
    kind: QEvent.Type,
    widget: QWidget,
    at: Place,
    button: Qt.MouseButton = NO_BUTTON,
    held: Qt.MouseButton = NO_BUTTON,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    """One event of the mouse at a place of a widget."""
    here = QPointF(*at)
    event = QMouseEvent(kind, here, QPointF(widget.mapToGlobal(here)), button, held, modifiers)
    QCoreApplication.sendEvent(widget, event)


def press(widget: QWidget, at: Place, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier = NONE) -> None:
    mouse(QEvent.Type.MouseButtonPress, widget, at, button, button, modifiers)


def move(widget: QWidget, at: Place, held: Qt.MouseButton = NO_BUTTON, modifiers: Qt.KeyboardModifier = NONE) -> None:
    mouse(QEvent.Type.MouseMove, widget, at, NO_BUTTON, held, modifiers)


def release(widget: QWidget, at: Place, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier = NONE) -> None:
    mouse(QEvent.Type.MouseButtonRelease, widget, at, button, NO_BUTTON, modifiers)


def drag(
    widget: QWidget, button: Qt.MouseButton, start: Place, *ways: Place, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    """Press a button, move the mouse along some places, release it at the last."""
    press(widget, start, button, modifiers)
    for at in ways:
        move(widget, at, button, modifiers)
    release(widget, ways[-1], button, modifiers)


def wheel(widget: QWidget, at: Place, delta: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Turn the wheel; a notch is 120."""
    here = QPointF(*at)
    event = QWheelEvent(
        here,
        QPointF(widget.mapToGlobal(here)),
        QPoint(),
        QPoint(0, delta),
        NO_BUTTON,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)


def key(widget: QWidget, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, text: str = "") -> None:
    """Press a key and release it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(widget, QKeyEvent(kind, pressed, modifiers, text))


def settle() -> None:
    """Let the event loop do what waits."""
    for _ in range(5):
        QApplication.processEvents()
