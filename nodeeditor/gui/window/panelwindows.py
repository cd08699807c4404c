"""Where the panels of nodes are shown: in windows that stay where they were put, and in the inspector's dock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.panels.panel import Inspector
from nodeeditor.gui.window.beside import bring_to_front, show_quietly
from nodeeditor.gui.window.insight import seen_part, stays_in_sight, windows_above
from nodeeditor.gui.window.openpanel import OpenPanel
from nodeeditor.windows import AUTOMATIC, PANEL, window

_HEIGHT, _LINE = 300, 48  # pixels of the inspector with a panel at first, and with nothing to show
_ANY_HEIGHT = (1 << 24) - 1


class PanelWindows:
    """Opens panels; ``triggered`` is called with document, node and field when a button in one is pressed.

    ``made`` is called with the document and each new panel.
    """

    def __init__(
        self,
        window: QWidget,
        triggered: Callable[[Document, str, str], None],
        made: Callable[[Document, QWidget], None],
    ) -> None:
        self._window, self._triggered, self._made = window, triggered, made
        self._open: list[OpenPanel] = []

    def model(self, document: Document, name: str) -> NodeModel:
        """What a panel needs of a node."""
        model = NodeModel(document, name)
        model.triggered.connect(lambda node, field: self._triggered(document, node, field))
        return model

    def open(self, document: Document, name: str, automatic: bool) -> QWidget:
        """Show the panel of a node, in front if it is open already."""
        opened = self._found(document, name, automatic)
        if opened is not None:
            bring_to_front(opened.panel)
            return opened.panel
        opened = self._made_panel(document, name, automatic)
        opened.panel.show()
        return opened.panel

    def restore(self, document: Document) -> list[str]:
        """Open the panels that were open when the network was saved; the keys stay where they are.

        Gives the names of the nodes whose panels stay closed, since too little of the canvas would be seen.
        """
        left_closed = []
        for name, automatic in _were_open(document):
            if self._found(document, name, automatic) is not None:
                continue
            opened = self._made_panel(document, name, automatic)
            canvas, others = seen_part(document.canvas), windows_above(document.canvas)
            if stays_in_sight(canvas, others, opened.panel.geometry()):
                show_quietly(opened.panel)
            else:
                left_closed.append(name)
                self._close(opened)
        return left_closed

    def close(self, document: Document) -> None:
        """Close all panels of a document; the network goes on saying that they were open."""
        for opened in [one for one in self._open if one.document is document]:
            self._close(opened)

    def _found(self, document: Document, name: str, automatic: bool) -> OpenPanel | None:
        wanted = (document, name, automatic)
        return next((one for one in self._open if (one.document, one.model.name(), one.automatic) == wanted), None)

    def _made_panel(self, document: Document, name: str, automatic: bool) -> OpenPanel:
        opened = OpenPanel(document, self.model(document, name), automatic, self._window)
        self._open.append(opened)
        opened.panel.destroyed.connect(lambda: self._forget(opened))
        self._made(document, opened.panel)
        return opened

    def _close(self, opened: OpenPanel) -> None:
        self._forget(opened)
        opened.say_nothing()
        opened.panel.close()

    def _forget(self, opened: OpenPanel) -> None:
        if opened in self._open:
            self._open.remove(opened)
            opened.leave()


def _were_open(document: Document) -> Iterator[tuple[str, bool]]:
    """The nodes of known types whose panels were open, and whether these were the automatic ones."""
    for name, spec in document.network.nodes.items():
        if spec.type in document.library:
            yield from ((name, kind == AUTOMATIC) for kind in (PANEL, AUTOMATIC) if window(spec.windows, kind).open)


class Inspected(QDockWidget):
    """The inspector, which follows the selection; a node that stays selected keeps its panel as it is."""

    def __init__(self, panels: PanelWindows, parent: QWidget | None = None) -> None:
        super().__init__("Module Inspector", parent)
        self.setObjectName("Inspector")
        self._panels = panels
        self._document: Document | None = None
        self._model: NodeModel | None = None
        self._height = _HEIGHT
        self.inspector = Inspector()
        self.inspector.setMaximumHeight(_LINE)
        self.setWidget(self.inspector)

    def show_selection(self, document: Document, names: Sequence[str]) -> None:
        """Show the one selected node, or how many are."""
        if len(names) != 1:
            self._show(None, None, len(names))
        elif self._model is None or document is not self._document or self._model.name() != names[0]:
            self._show(document, self._panels.model(document, names[0]))

    def leave(self, document: Document) -> None:
        """Show nothing of a document that is being closed."""
        if document is self._document:
            self._show(None, None)

    def _make_room(self, panel: bool) -> None:
        """Take the room that a panel needs, or leave it to the docks above and below while there is none."""
        if panel == (self.inspector.maximumHeight() > _LINE):
            return
        main = self.parentWidget()
        if panel:
            self.inspector.setMaximumHeight(_ANY_HEIGHT)
        elif isinstance(main, QMainWindow) and not self.isFloating() and not main.tabifiedDockWidgets(self):
            self._height = self.height()
            self.inspector.setMaximumHeight(_LINE)
        if panel and isinstance(main, QMainWindow):
            QTimer.singleShot(0, self, self._take_height)  # once the limit has gone from the window's layout

    def _take_height(self) -> None:
        """Have the height again that it had with a panel; the docks above and below share the rest."""
        main = self.parentWidget()
        assert isinstance(main, QMainWindow)
        area = main.dockWidgetArea(self)
        docks = [one for one in main.findChildren(QDockWidget) if main.dockWidgetArea(one) == area and one.isVisible()]
        others = [one for one in docks if one is not self and not one.isFloating()]
        whole = sum(one.height() for one in others) + self.height()
        heights = [one.height() * (whole - self._height) // (whole - self.height()) for one in others]
        main.resizeDocks([*others, self], [*heights, self._height], Qt.Orientation.Vertical)

    def _show(self, document: Document | None, model: NodeModel | None, selected: int = 0) -> None:
        old, self._document, self._model = self._model, document, model
        self._make_room(model is not None)
        self.inspector.show_node(model, selected)
        if model is not None:
            model.gone.connect(lambda: self._show(None, None))
        if old is not None:
            old.release()
