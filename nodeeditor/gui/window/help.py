"""What the editor explains in words: its mouse and keys, a node type, itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from nodeeditor import reference
from nodeeditor.examples import example
from nodeeditor.node import Node
from nodeeditor.version import __version__

KEYS = """
## On the canvas

| With | you |
|:---|:---|
| letters on the canvas, double click on empty ground | search a node type and add it there |
| Enter, Shift+Enter in the search | add it connected to the selected nodes, or alone |
| drag from a connector | connect; dropped on empty ground, choose among what fits |
| drag an end of a connection | move it; dropped on empty ground, remove it |
| drag a node onto a connection | insert it |
| Alt+Shift+drag | cut connections |
| drag on empty ground (Shift adds, Ctrl removes) | select |
| wheel | zoom to the cursor |
| middle button or Space+drag | move the picture |
| click on a node | select it: what it needs gets a frame, what needs it a dashed one |
| click on a connector or a connection | see its image in the output inspector; 1 shows the selected node's |
| double click on a node | open its panel or its viewer, with Alt (or Alt+Return) the automatic panel |
| Ctrl+double click or middle button on a macro | open the network inside |
| F1 | read about the selected nodes, and open an example of each |
| F2, Ctrl+D, Ctrl+G | rename, duplicate, group |
| Ctrl+H | replace the selected node by one of another type |
| drop a network file, with Ctrl held | open it; insert it into this network |
| Del, Ctrl+Backspace | delete; delete and connect what remains |
| Ctrl+1 | arrange |
| right click on a note | edit, fold or colour it |
| right click on a node type in the palette | add it, read about it, open its example |
| Home, Shift+Home | see all, see the selection |
| Ctrl+F, F3, Shift+F3 | find a name, type, field, value, note or group; the next one, the one before |
| drag in the small map | look elsewhere in a large network; Ctrl+M shows or hides the map |
| F5, Ctrl+F5, F7 | run, run into a folder, check |
| F9 | bring viewers up to date, where edits wait for it |
| Ctrl+R | look at all files again |
| 2*30, 1/3, (5-1)*4 in the field of a number | set what it makes |

## In a viewer

| With | you |
|:---|:---|
| wheel, Page Up/Down, cursor up/down, middle button | go through the slices |
| right button across, up and down | change window and level |
| Ctrl+middle button or Ctrl+wheel, Shift+middle button | zoom, pan |
| left button | point at a place of the world |
| cursor left/right, Home, End | go through the time points, to the first and last slice |
| 1 to 9 | show so many slices, in View2D |
| A, I | show annotations in detail, short, not at all; full information below the cursor |
| R, L, numpad * | see all again, in the window of the file; change the interpolation |
| C, F11 | start or stop the film, fill the screen |
| right click | choose windows, colours, interpolation; copy or save the picture |
| Alt held | read beside each node on the canvas what it gives at this place, and why |
"""
ABOUT = f"""**nodeeditor {__version__}**

Networks of nodes for medical images: drawn with the mouse, saved as readable JSON, run without a screen."""


def show_page(parent: QWidget, title: str, markdown: str) -> QDialog:
    """Open a window with a text beside the editor."""
    page = QDialog(parent)
    page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    page.setWindowTitle(title)
    text = QTextBrowser(page, openExternalLinks=True)
    text.setMarkdown(markdown)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(text)
    page.resize(720, 620)
    page.show()
    return page


def show_node_page(
    parent: QWidget, node_types: Sequence[type[Node]], open_example: Callable[[type[Node]], object]
) -> QDialog:
    """Open a window with the help of some node types, one below the other, and a button that opens their examples."""
    ordered = sorted(node_types, key=lambda node_type: node_type.__name__)
    title = ", ".join(node_type.__name__ for node_type in ordered)
    page = show_page(parent, f"Help on {title}", reference.markdown(ordered))
    with_example = [node_type for node_type in ordered if example(node_type) is not None]
    layout = page.layout()
    if with_example and isinstance(layout, QVBoxLayout):
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 8)
        row.addStretch()
        row.addWidget(_example_button(page, with_example, open_example))
        layout.addLayout(row)
    return page


def _example_button(
    page: QDialog, node_types: Sequence[type[Node]], open_example: Callable[[type[Node]], object]
) -> QPushButton:
    """A button that opens the only example there is, or offers the node types that have one."""
    button = QPushButton("Open &Example", page, autoDefault=False)
    button.setToolTip("Open a copy of the example network in a new tab")
    if len(node_types) == 1:
        button.clicked.connect(partial(_shown, page, open_example, node_types[0]))
        return button
    menu = QMenu(button)
    for node_type in node_types:
        menu.addAction(node_type.__name__, partial(_shown, page, open_example, node_type))
    button.setMenu(menu)
    return button


def _shown(page: QDialog, open_example: Callable[[type[Node]], object], node_type: type[Node]) -> None:
    """Open an example in sight: the page would lie over it."""
    page.close()
    open_example(node_type)
