"""Parameter connections made by hand: the name of a field is dragged onto the name of another."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QCursor, QDrag, QDropEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QToolTip, QWidget

from nodeeditor.gui.panels.field import new_gesture, tip
from nodeeditor.gui.panels.model import FieldState, PanelModel, default, field_states

FIELD_MIME = "application/x-nodeeditor-field"
_AFTER_DROP = 100  # milliseconds; the end of a drag hides tooltips


def field_mime(end: str) -> QMimeData:
    """What is dragged for a field ``Node.field``."""
    data = QMimeData()
    data.setData(FIELD_MIME, end.encode())
    data.setText(end)
    return data


def dragged_field(data: QMimeData) -> str:
    """The ``Node.field`` that is dragged; empty where it is something else."""
    return bytes(data.data(FIELD_MIME).data()).decode(errors="replace") if data.hasFormat(FIELD_MIME) else ""


def join(model: PanelModel, name: str, source: str, on: QWidget) -> bool:
    """Connect a field of the node to a ``Node.field``; a tooltip says why where that cannot be."""
    refusal = model.connect_fields(f"{model.name()}.{name}", source)
    if refusal:
        QTimer.singleShot(_AFTER_DROP, on, lambda: QToolTip.showText(QCursor.pos(), tip(refusal), on))
    return not refusal


def field_menu(model: PanelModel, state: FieldState, parent: QWidget) -> QMenu:
    """What can be done with a field besides editing its value."""
    name = state.field.file_name
    menu = connector_menu(model, name, state.source, parent)
    reset = QAction("Reset to Default", menu)
    reset.setEnabled(state.field.persistent and not state.source and not state.is_default)
    reset.triggered.connect(lambda: model.set_field(name, default(state.field), new_gesture()))
    menu.insertAction(menu.actions()[0], reset)
    return menu


def connector_menu(model: PanelModel, name: str, source: str, parent: QWidget) -> QMenu:
    """What can be done with any connector of a node."""
    menu, end = QMenu(parent), f"{model.name()}.{name}"
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("Copy Name").triggered.connect(lambda: QGuiApplication.clipboard().setText(end))
    disconnect = menu.addAction(f"Disconnect from {source}" if source else "Disconnect")
    disconnect.setEnabled(bool(source))
    disconnect.triggered.connect(lambda: model.disconnect_field(end))
    shown = model.is_shown_outside(name)
    if shown is not None:
        toggle = menu.addAction(interface_words(shown))
        toggle.triggered.connect(lambda: model.show_outside(name, not shown))
    return menu


def interface_words(shown: bool) -> str:
    """What a menu says of a connector or field that a macro shows, or does not."""
    return "Remove from Interface" if shown else "Show in Interface…"


class FieldHandle(QObject):
    """Makes a widget stand for a field: drag it onto another, drop another onto it, ask for its menu."""

    def __init__(self, model: PanelModel, name: str, widget: QWidget) -> None:
        super().__init__(widget)
        self._model, self._name, self._widget = model, name, widget
        self._pressed: QPoint | None = None
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def drag(self) -> QDrag:
        """The drag of the field, not begun yet."""
        drag = QDrag(self._widget)
        drag.setMimeData(field_mime(f"{self._model.name()}.{self._name}"))
        return drag

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the mouse, drops and the menu key."""
        if isinstance(event, QContextMenuEvent):
            state = field_states(self._model)[self._name]
            field_menu(self._model, state, self._widget).popup(event.globalPos())
            return True
        if isinstance(event, QDropEvent):
            return self._dropped(event)
        if isinstance(event, QMouseEvent):
            return self._follow(event)
        return False

    def _dropped(self, event: QDropEvent) -> bool:
        if not dragged_field(event.mimeData()):
            return False
        if event.type() == QEvent.Type.Drop:
            join(self._model, self._name, dragged_field(event.mimeData()), self._widget)
        event.setDropAction(Qt.DropAction.LinkAction)
        event.accept()
        return True

    def _follow(self, event: QMouseEvent) -> bool:
        """Begin a drag once the pressed mouse has gone far enough; whether this is such an event."""
        here = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = here
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif event.type() == QEvent.Type.MouseMove and self._is_far(here):
            self._pressed = None
            if isinstance(self._widget, QAbstractButton):
                self._widget.setDown(False)
            self.drag().exec(Qt.DropAction.LinkAction)
            return True
        return False

    def _is_far(self, here: QPoint) -> bool:
        moved = QPoint() if self._pressed is None else here - self._pressed
        return self._pressed is not None and moved.manhattanLength() >= QApplication.startDragDistance()
