"""The picture of a viewer under mouse and keys, with a live read-out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QElapsedTimer, QEvent, QKeyCombination, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.viewers import drags, keys, readout
from nodeeditor.gui.viewers.cine import Cine
from nodeeditor.gui.viewers.deeds import ZOOM_STEP, Deeds
from nodeeditor.gui.viewers.drags import Drag, Point, pane_at
from nodeeditor.gui.viewers.menu import view_menu
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.gui.viewers.picturebox import PictureBox, image_over
from nodeeditor.gui.viewers.saving import ask_and_save
from nodeeditor.gui.viewers.turning import Turns
from nodeeditor.image import Image

_Button, _Modifier, _Key = Qt.MouseButton, Qt.KeyboardModifier, Qt.Key
_NOTCH = 120  # of a mouse wheel; fine wheels and touch pads send parts of it
_TREMBLE = 4  # pixels that a click may move
_WHEEL_PAUSE = 500  # milliseconds that end a turn of the wheel
_MODIFIERS = _Modifier.ShiftModifier | _Modifier.ControlModifier | _Modifier.AltModifier
_DRAGS: Mapping[tuple[Qt.MouseButton, Qt.KeyboardModifier], Callable[[Drag, Point], Turns]] = {
    (_Button.LeftButton, _Modifier.NoModifier): drags.position,
    (_Button.MiddleButton, _Modifier.NoModifier): drags.slices,
    (_Button.MiddleButton, _Modifier.ControlModifier): drags.zoom,
    (_Button.MiddleButton, _Modifier.ShiftModifier): drags.pan,
    (_Button.RightButton, _Modifier.NoModifier): drags.window,
}


@dataclass(frozen=True)
class _Press:
    """A mouse button that is held, where it went down, and whether the mouse has moved since."""

    button: Qt.MouseButton
    at: QPointF
    moved: bool = False

    def followed(self, at: QPointF) -> _Press:
        """The same after the mouse went somewhere; a right click may tremble."""
        far = _TREMBLE if self.button == _Button.RightButton else 1
        return replace(self, moved=self.moved or (at - self.at).manhattanLength() >= far)


class SliceView(PictureBox):
    """What `QWidget.addAction` adds to it stands at the end of its menu."""

    explain_wanted = Signal(int, object)
    """While Alt is held: pane and the point of the world below the mouse; None when it is released or leaves."""

    pane_entered = Signal()
    """The mouse came to another pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.deeds = Deeds(self.steering)
        self.cine = Cine(self.steering, self.deeds, self)
        self.full_information = False
        self._pointer: QPointF | None = None
        self._last_pane = 0
        self._pressed: _Press | None = None
        self._drag: Drag | None = None
        self._gesture = new_gesture()
        self._wheel, self._wheel_clock = 0, QElapsedTimer()
        self._explaining = False
        self._own_keys: Mapping[QKeyCombination, Callable[[], None]] = {
            QKeyCombination(_Key.Key_C): self._toggle_cine,
            QKeyCombination(_Key.Key_I): self._toggle_information,
        }
        self.steering.changed.connect(self._explain_again)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_viewer(self, model: ViewerModel | None) -> None:
        """Show another viewer, or none."""
        self.cine.stop()
        self._drag = self._pressed = None
        self._explain(None)
        super().show_viewer(model)

    @property
    def pane(self) -> int:
        """The number of the pane below the mouse, else of the one that it was over last."""
        shown = self.steering.shown
        return self._last_pane if shown is not None and self._last_pane < len(shown.panes) else 0

    @property
    def page(self) -> Image | None:
        """The voxels of that pane's slice, where they are known."""
        shown = self.steering.shown
        return shown.pages[self.pane] if shown is not None and shown.pages else None

    def readings(self) -> list[tuple[str, str]]:
        """Voxel and value below the mouse, for each pane; empty while the mouse is elsewhere."""
        shown = self.steering.shown
        if shown is None or self._pointer is None:
            return []
        return readout.readings(shown.panes, shown.pages, self.place(self._pointer))

    def menu(self) -> QMenu:
        """What can be done with what is shown."""
        menu = view_menu(self, self.pane)
        if self.actions():
            menu.addSeparator()
            menu.addActions(self.actions())
        return menu

    def copy_picture(self) -> None:
        """Put the picture into the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())

    def ask_to_save(self) -> None:
        """Write the picture to a file that the user chooses."""
        model = self.steering.model
        ask_and_save(self, self.picture(), model.name() if model is not None else "picture")

    def paint_over(self, painter: QPainter, shown: Shown) -> None:
        """Paint the read-out of each pane."""
        for number, (pane, lines) in enumerate(zip(shown.panes, self.readings(), strict=False)):
            patch = readout.written(shown.picture, pane, lines, self._more(number))
            if patch is not None and patch.pixels.size:
                height, width, _ = patch.pixels.shape
                left, top = patch.at
                corners = self.point((left, top)), self.point((left + width, top + height))
                painter.drawImage(QRectF(*corners), image_over(patch.pixels))

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag; the one before it ends."""
        self._finish()
        self._hover(event)
        shown, wanted = self.steering.shown, self.steering.wanted
        turns = _DRAGS.get((event.button(), event.modifiers() & _MODIFIERS))
        self._pressed = _Press(event.button(), event.position())
        if turns is None or shown is None or wanted is None or not shown.panes:
            return
        start = self.place(event.position())
        number = pane_at(shown.panes, start)
        if number is None or number >= len(wanted.panes):
            return
        self.cine.stop()
        self._gesture = new_gesture()
        self._wheel_clock.invalidate()
        size = (float(shown.picture.shape[1]), float(shown.picture.shape[0]))
        self._drag = Drag(turns, number, wanted.panes[number], start, size)
        if turns is drags.position:
            self._pull(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag, and read what is below the mouse."""
        if self._pressed is not None:
            self._pressed = self._pressed.followed(event.position())
            if self._pressed.moved:
                self._pull(event.position())
        self._hover(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; a right click that did not move opens the menu."""
        if self._pressed is None or event.button() != self._pressed.button:
            return
        pressed = self._pressed.followed(event.position())
        if pressed.moved:
            self._pull(event.position())
        self._finish()
        if event.button() == _Button.RightButton and not pressed.moved:
            self._open_menu(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click is a click as the first."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go through the slices; with Ctrl enlarge about the mouse."""
        delta = event.angleDelta().y() or event.angleDelta().x()  # Alt exchanges them
        event.accept()
        self._pointer = event.position()
        number = self._pane_below(event.position())
        if not self._wheel_clock.isValid() or self._wheel_clock.hasExpired(_WHEEL_PAUSE):
            self._gesture, self._wheel = new_gesture(), 0
        self._wheel_clock.start()
        if event.modifiers() & _Modifier.ControlModifier:
            self.deeds.zoom(number, ZOOM_STEP ** (delta / _NOTCH), self._gesture, self.place(event.position()))
            return
        if self._wheel * delta < 0:
            self._wheel = 0
        self._wheel += delta
        steps = int(self._wheel / _NOTCH)
        self._wheel -= steps * _NOTCH
        self.deeds.step(number, steps, self._gesture)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu by its key; the mouse opens it when it is released."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu(event.globalPos())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Begin to read."""
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Read no more."""
        self._pointer = None
        self._explain(None)
        self.update()

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key means."""
        if not event.isAutoRepeat():
            self._gesture = new_gesture()
        deed, own = keys.deed(event.keyCombination()), self._own_keys.get(event.keyCombination())
        if deed is not None:
            deed(self.deeds, self.pane, self._gesture)
        elif own is not None:
            own()
        elif event.key() == _Key.Key_Alt:
            self._explain(self._pointer)
        else:
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the keys that mean something here before shortcuts of the window and its menu bar take them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = event.keyCombination()
            if keys.deed(pressed) is not None or pressed in self._own_keys or event.key() == _Key.Key_Alt:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Alt explains as long as it is held."""
        if event.key() == _Key.Key_Alt:
            self._explain(None)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that are released elsewhere count as released."""
        self._explain(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the film."""
        self.cine.stop()
        self._finish()
        self._explain(None)
        super().hideEvent(event)

    # --- inside

    def _toggle_cine(self) -> None:
        self.cine.toggle(self.pane)

    def _toggle_information(self) -> None:
        self.full_information = not self.full_information
        self.update()

    def _more(self, number: int) -> list[str]:
        """The full information, where it is asked for."""
        shown = self.steering.shown
        if not self.full_information or shown is None or self._pointer is None or number != self.pane:
            return []
        return readout.full_information(shown.panes[number], self.place(self._pointer))

    def _hover(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        below = self._pane_below(event.position())
        if self._drag is None and below != self._last_pane:
            self._last_pane = below
            self.pane_entered.emit()
        held = bool(event.modifiers() & _Modifier.AltModifier)
        self._explain(event.position() if held else None)
        if not self.steering.waiting or self.busy_is_shown():  # a picture that comes soon is painted with what is read
            self.update()

    def _pane_below(self, at: QPointF) -> int:
        shown = self.steering.shown
        number = pane_at(shown.panes, self.place(at)) if shown is not None else None
        return self.pane if number is None else number

    def _pull(self, at: QPointF) -> None:
        drag, here, gesture = self._drag, self.place(at), self._gesture
        if drag is not None:
            self.steering.soon(lambda: self.steering.turn(drag.pane, drag.at(here), gesture))

    def _finish(self) -> None:
        self.steering.flush()
        self._drag = self._pressed = None

    def _open_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _explain_again(self) -> None:
        """Another slice lies below the mouse."""
        if self._explaining:
            self._explain(self._pointer)

    def _explain(self, at: QPointF | None) -> None:
        shown = self.steering.shown
        number = pane_at(shown.panes, self.place(at)) if shown is not None and at is not None else None
        if shown is not None and at is not None and number is not None:
            self._explaining = True
            self.explain_wanted.emit(number, shown.panes[number].world_at(*self.place(at)))
        elif self._explaining:
            self._explaining = False
            self.explain_wanted.emit(self._last_pane, None)
