"""The window of a viewer in the network."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QSlider, QWidget

from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.viewers.facts import facts_line
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.gui.viewers.sliceview import SliceView

_SLIDER = 16  # pixels


class ViewerWindow(QWidget):
    """The picture of one viewer, a slider through its slices, what is left out of the picture, a line of facts."""

    visibility_changed = Signal(bool)
    """It can be seen from now on, or cannot; a viewer that nobody sees need not be asked."""
    closed = Signal()
    """The person closed it."""
    panel_wanted = Signal()
    """The automatic panel of the node is asked for."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._model = model
        self._network = ""
        self.view = SliceView(self)
        self.slider = _SliceSlider(self)
        self.status = QLabel(self)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.status.setContentsMargins(6, 1, 6, 1)
        small = self.status.font()
        small.setPointSizeF(max(7.0, small.pointSizeF() * 0.9))
        self.status.setFont(small)
        self.note = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setStyleSheet("background: #f4d77a; color: #2b2410;")
        self.note.setContentsMargins(6, 2, 6, 2)
        self.note.setFont(small)
        self.note.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 0, 0)
        layout.addWidget(self.slider, 0, 1)
        layout.addWidget(self.note, 1, 0, 1, 2)
        layout.addWidget(self.status, 2, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        layout.setRowStretch(0, 1)
        self.setFocusProxy(self.view)
        self._add_action("Open Automatic Panel", "").triggered.connect(lambda _=False: self.panel_wanted.emit())
        self.full_screen = self._add_action("Full Screen", "F11")
        self.full_screen.setCheckable(True)
        self.full_screen.triggered.connect(lambda whole=False: self.fill_screen(whole))
        self.slider.chosen.connect(self._go_to)
        self.view.steering.changed.connect(self._follow)
        self.view.pane_entered.connect(self._follow)
        model.renamed.connect(self._retitle)
        self.view.show_viewer(model)
        self._retitle()
        self._follow()
        self.resize(self.sizeHint())

    def show_network(self, name: str) -> None:
        """Say in the title which network the node belongs to."""
        self._network = name
        self._retitle()

    def fill_screen(self, whole: bool) -> None:
        """Take the whole screen, or go back to where it was."""
        state = self.windowState()
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(state | full if whole else state & ~full)

    def sizeHint(self) -> QSize:
        """The picture in its own size and what is around it."""
        return self.view.sizeHint() + QSize(self.slider.sizeHint().width(), self.status.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Show the picture alone on the whole screen."""
        if event.type() == QEvent.Type.WindowStateChange:
            full = self.isFullScreen()
            self.full_screen.setChecked(full)
            self.status.setHidden(full)
            self._show_note()
            self.slider.keep_room(not full)
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape comes back from the whole screen."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.fill_screen(False)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is seen."""
        self.visibility_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is seen no more."""
        self.visibility_changed.emit(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it was closed."""
        super().closeEvent(event)
        self.closed.emit()

    def _add_action(self, text: str, key: str) -> QAction:
        action = QAction(text, self.view)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.view.addAction(action)
        return action

    def _retitle(self) -> None:
        self.setWindowTitle(" — ".join(filter(None, (self._model.name(), self._network))))

    def _go_to(self, number: int, gesture: int) -> None:
        self.view.deeds.show_slice(self.view.pane, number, gesture)

    def _follow(self) -> None:
        shown, pane = self.view.steering.shown, self.view.deeds.pane(self.view.pane)
        self.slider.show_slice(*((pane.slice, pane.plane.slices(pane.info)) if pane else (0, 0)))
        self.status.setText(facts_line(shown, self.view.pane) if shown is not None else "")
        self._show_note()

    def _show_note(self) -> None:
        """Say beside the picture what is left out of it; without a picture the view itself says so."""
        shown = self.view.steering.shown
        told = shown.lacking if shown is not None and shown.panes and not self.isFullScreen() else ""
        self.note.setText(told)
        self.note.setVisible(bool(told))


class _SliceSlider(QSlider):
    """A thin slider through the slices; where one slice is all its place is empty."""

    chosen = Signal(int, int)
    """The slice that a person chose, and the number of the gesture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._gesture = new_gesture()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(_SLIDER)
        self._room = True
        self.keep_room(True)
        self.sliderPressed.connect(self._begin)
        self.valueChanged.connect(lambda value: self.chosen.emit(value, self._gesture))

    def show_slice(self, number: int, count: int) -> None:
        """Show which of how many slices is seen."""
        with QSignalBlocker(self):
            self.setRange(0, max(0, count - 1))
            if not self.isSliderDown():
                self.setValue(number)
        self.setPageStep(max(1, count // 10))
        self.setToolTip(f"Slice {number} of {count}")
        self.setVisible(count > 1 and self._room)

    def sizeHint(self) -> QSize:
        """A thin one."""
        return QSize(_SLIDER, super().sizeHint().height())

    def keep_room(self, keep: bool) -> None:
        """Have a place in the window also while it is hidden, or none at all."""
        self._room = keep
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keep)
        self.setSizePolicy(policy)
        self.setVisible(keep and self.maximum() > 0)

    def _begin(self) -> None:
        self._gesture = new_gesture()
