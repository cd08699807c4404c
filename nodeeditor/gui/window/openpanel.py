"""One open panel: it stays in step with its document, and the network knows where it lies."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.panels.panel import open_panel
from nodeeditor.gui.window.beside import NODE_WINDOW, beside, on_screen
from nodeeditor.gui.window.withcanvas import WithCanvas
from nodeeditor.windows import AUTOMATIC, PANEL, Window, window, with_window

_SETTLED = 200  # milliseconds after the last movement of a panel
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show)


class OpenPanel(QObject):
    """A panel at its place, not shown yet; it goes with its node, and this object with the panel."""

    def __init__(self, document: Document, model: NodeModel, automatic: bool, parent: QWidget) -> None:
        self.document, self.model, self.automatic = document, model, automatic
        self.panel = open_panel(model, automatic)
        super().__init__(self.panel)
        self._name = AUTOMATIC if automatic else PANEL
        self._telling = True
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(self._tell_place)
        self.retitle()
        document.state_changed.connect(self.retitle)
        self.panel.setParent(parent, NODE_WINDOW)
        WithCanvas(self.panel, document.canvas)
        self._place()
        self.panel.installEventFilter(self)
        model.gone.connect(self.panel.close)

    def retitle(self) -> None:
        """Say in the title what the network is called now."""
        self.panel.show_network(self.document.name)

    def say_nothing(self) -> None:
        """Tell the document of no change any more."""
        self._telling = False

    def leave(self) -> None:
        """The panel is closed."""
        self.document.state_changed.disconnect(self.retitle)
        self.model.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where the panel lies once it stays there, and that a person closes it."""
        if event.type() in _MOVED and self.panel.isVisible() and not self.panel.isMinimized():
            self._settled.start()
        elif event.type() == QEvent.Type.Hide:
            self._settled.stop()
        elif event.type() == QEvent.Type.Close:
            self._tell(Window(self._said.frame, open=False))
        return False

    @property
    def _said(self) -> Window:
        """What the network says of the panel."""
        node = self.document.graph.node(self.model.name())
        return window(node.spec.windows, self._name) if node else Window()

    def _place(self) -> None:
        frame = self._said.frame
        if frame:
            x, y, width, height = (round(number) for number in frame)
            self.panel.setGeometry(on_screen(QRect(QPoint(x, y), QSize(width, height))))
        else:
            self.panel.move(beside(self.document, self.model.name(), self.panel.sizeHint()))

    def _tell_place(self) -> None:
        place = self.panel.geometry()
        self._tell(Window((place.x(), place.y(), place.width(), place.height()), open=True))

    def _tell(self, shown: Window) -> None:
        graph = self.document.graph
        node = graph.node(self.model.name())
        if self._telling and node is not None:
            graph.set_windows(node.name(), with_window(node.spec.windows, self._name, shown))
