"""A window of a node whose place the network knows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.live.viewermodels import NodeViewer
from nodeeditor.gui.panels.panel import PanelWindow
from nodeeditor.gui.viewers.viewerwindow import ViewerWindow
from nodeeditor.gui.window.beside import beside, on_screen
from nodeeditor.gui.window.withcanvas import WithCanvas
from nodeeditor.windows import Window, window, with_window

_SETTLED = 200  # milliseconds after the last movement of a window
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show)


class Placed(QObject):
    """Puts a window that is not shown yet at its place, a new one of a size beside the node's box.

    From then on the network is told under a name where the window lies and that it is closed, and the title says what
    the network is called.
    """

    def __init__(
        self,
        document: Document,
        model: NodeModel | NodeViewer,
        name: str,
        shown: PanelWindow | ViewerWindow,
        size: QSize,
    ) -> None:
        super().__init__(shown)
        self._document, self._model, self._name, self._shown = document, model, name, shown
        self._telling = True
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(self._tell_place)
        self._retitle()
        document.state_changed.connect(self._retitle)
        WithCanvas(shown, document.canvas)
        self._place(size)
        shown.installEventFilter(self)

    def say_nothing(self) -> None:
        """Tell the document of no change any more."""
        self._telling = False

    def leave(self) -> None:
        """The window is closed."""
        self._document.state_changed.disconnect(self._retitle)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where the window lies once it stays there, and that it is closed."""
        if event.type() in _MOVED and self._stands():
            self._settled.start()
        elif event.type() == QEvent.Type.Hide:
            self._settled.stop()
        elif event.type() == QEvent.Type.Close:
            self._tell(Window(self._said.frame, open=False))
        return False

    def _stands(self) -> bool:
        """Whether the window is where a hand put it."""
        shown = self._shown
        return shown.isVisible() and not shown.isFullScreen() and not shown.isMinimized()

    @property
    def _said(self) -> Window:
        """What the network says of the window."""
        node = self._document.graph.node(self._model.name())
        return window(node.spec.windows, self._name) if node else Window()

    def _retitle(self) -> None:
        self._shown.show_network(self._document.name)

    def _place(self, size: QSize) -> None:
        frame = self._said.frame
        if frame:
            x, y, width, height = (round(number) for number in frame)
            self._shown.setGeometry(on_screen(QRect(QPoint(x, y), QSize(width, height))))
        else:
            self._shown.move(beside(self._document, self._model.name(), size))

    def _tell_place(self) -> None:
        place = self._shown.geometry()
        self._tell(Window((place.x(), place.y(), place.width(), place.height()), open=True))

    def _tell(self, told: Window) -> None:
        graph = self._document.graph
        node = graph.node(self._model.name())
        if self._telling and node is not None:
            graph.set_windows(node.name(), with_window(node.spec.windows, self._name, told))
