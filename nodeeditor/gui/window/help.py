"""What the editor explains in words: its mouse and keys, a node type, itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from nodeeditor import reference
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
| click on a connector or a connection | see its image in the output inspector; 1 shows the selected node's |
| double click on a node | open its panel or its viewer, with Alt (or Alt+Return) the automatic panel |
| Ctrl+double click or middle button on a macro | open the network inside |
| F2, Ctrl+D, Ctrl+G | rename, duplicate, group |
| Del, Ctrl+Backspace | delete; delete and connect what remains |
| Ctrl+1 | arrange |
| right click on a note | edit, fold or colour it |
| Home, Shift+Home | see all, see the selection |
| Ctrl+F, F3, Shift+F3 | find a name, type, field, value, note or group; the next one, the one before |
| drag in the small map | look elsewhere in a large network; Ctrl+M shows or hides the map |
| F5, Ctrl+F5, F7 | run, run into a folder, check |
| Ctrl+R | look at all files again |

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


def show_node_page(parent: QWidget, node_types: Sequence[type[Node]]) -> QDialog:
    """Open a window with the help of some node types, one below the other."""
    title = ", ".join(sorted(node_type.__name__ for node_type in node_types))
    return show_page(parent, f"Help on {title}", reference.markdown(node_types))
