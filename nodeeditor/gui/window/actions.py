"""Every command of the window: its text, keys and icon, and in which menus it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.view import NetworkView
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.window.colours import add_colour_menu
from nodeeditor.gui.window.folders import fill_folder_menu
from nodeeditor.gui.window.groupmenu import fill_group_menu
from nodeeditor.gui.window.icons import icon
from nodeeditor.gui.window.interfacemenu import fill_end_menu, fill_interface_menu
from nodeeditor.gui.window.notemenu import fill_note_menu
from nodeeditor.gui.window.recent import RecentMenu
from nodeeditor.gui.window.scheme import SCHEMES

if TYPE_CHECKING:
    from nodeeditor.gui.window.window import Window


@dataclass(frozen=True)
class Command:
    """One entry of a menu. ``on_canvas`` keys work while the canvas has the focus, and mean text or lists elsewhere."""

    text: str
    act: Callable[[], object]
    keys: str = ""
    icon: str = ""
    on_canvas: bool = False
    needs: int = 0  # selected nodes
    takes_notes: bool = False  # selected notes will do as well


def commands(window: Window) -> Mapping[str, Command]:
    """All commands by name; they act on the document that is shown."""

    def edit(method: Callable[[Editing], object]) -> Callable[[], object]:
        return lambda: method(window.editing)

    def on_canvas(method: Callable[[NetworkView], object]) -> Callable[[], object]:
        return lambda: method(window.canvas)

    return {
        "new": Command("&New", window.documents.new, "Ctrl+N", "new"),
        "open": Command("&Open…", window.documents.ask_to_open, "Ctrl+O", "open"),
        "insert": Command("&Insert Network…", window.deeds.insert_networks),
        "save": Command("&Save", window.documents.save, "Ctrl+S", "save"),
        "save as": Command("Save &As…", window.documents.save_as, "Ctrl+Shift+S"),
        "close": Command("&Close", window.documents.close_current, "Ctrl+W"),
        "svg": Command("As &SVG…", partial(window.deeds.export, ".svg")),
        "png": Command("As &PNG…", partial(window.deeds.export, ".png")),
        "as command": Command("Copy as Co&mmand", window.deeds.copy_as_command, "Ctrl+Shift+C"),
        "quit": Command("&Quit", window.close, "Ctrl+Q"),
        "cut": Command("Cu&t", edit(Editing.cut), "Ctrl+X", "cut", True, 1, True),
        "copy": Command("&Copy", edit(Editing.copy), "Ctrl+C", "copy", True, 1, True),
        "paste": Command("&Paste", edit(Editing.paste), "Ctrl+V", "paste", True),
        "duplicate": Command("&Duplicate", edit(Editing.duplicate), "Ctrl+D", "", True, 1, True),
        "rename": Command("&Rename…", edit(Editing.rename), "F2", "", True, 1),
        "replace": Command("Replace &With…", window.deeds.replace_node, "Ctrl+H", "", True, 1),
        "copy name": Command("Copy &Name", window.deeds.copy_names, needs=1),
        "delete": Command("D&elete", edit(Editing.delete), "Del; Backspace", "delete", True),
        "bypass": Command("&Bypass", edit(Editing.bypass), "Ctrl+B", "", True, 1),
        "heal": Command("Delete and &Heal", edit(Editing.delete_and_heal), "Ctrl+Backspace; Ctrl+Del", "", True, 1),
        "disconnect": Command("D&isconnect", edit(Editing.disconnect), "Ctrl+Shift+K", "", True, 1),
        "select all": Command("Select A&ll", edit(Editing.select_all), "Ctrl+A", "", True),
        "upstream": Command("Select What &Feeds It", edit(Editing.select_upstream), "Ctrl+Shift+Down", "", True, 1),
        "downstream": Command(
            "Select What It Feed&s", edit(partial(Editing.select_upstream, down=True)), "Ctrl+Shift+Up", "", True, 1
        ),
        "group": Command("Gr&oup…", edit(Editing.group), "Ctrl+G", "", True, 1),
        "ungroup": Command("&Ungroup", edit(Editing.ungroup), "Ctrl+Shift+G", "", True, 1),
        "arrange": Command("&Arrange", edit(Editing.arrange), "Ctrl+1", "arrange"),
        "left": Command("&Left Edges", edit(lambda on: on.align("left")), needs=2),
        "center": Command("&Centers, in a Column", edit(lambda on: on.align("center")), needs=2),
        "right": Command("&Right Edges", edit(lambda on: on.align("right")), needs=2),
        "top": Command("&Top Edges", edit(lambda on: on.align("top")), needs=2),
        "middle": Command("&Middles, in a Row", edit(lambda on: on.align("middle")), needs=2),
        "bottom": Command("&Bottom Edges", edit(lambda on: on.align("bottom")), needs=2),
        "across": Command("Distribute &Across", edit(lambda on: on.distribute(across=True)), needs=3),
        "down": Command("Distribute &Down", edit(lambda on: on.distribute(across=False)), needs=3),
        "add": Command("Add &Node…", window.deeds.add_node, "Ctrl+Space", "search"),
        "note": Command("Add No&te", edit(lambda on: on.add_note(on.cursor()))),
        "find": Command("Fi&nd…", window.deeds.find, "Ctrl+F", "", True),
        "find next": Command("Find Ne&xt", partial(window.deeds.find_next, 1), "F3", "", True),
        "find previous": Command("Find Pre&vious", partial(window.deeds.find_next, -1), "Shift+F3", "", True),
        "zoom in": Command("Zoom &In", partial(window.deeds.zoom, 1.25), "Ctrl++; Ctrl+=", "zoom-in"),
        "zoom out": Command("Zoom &Out", partial(window.deeds.zoom, 0.8), "Ctrl+-", "zoom-out"),
        "100": Command("&100 %", on_canvas(NetworkView.reset_zoom), "Ctrl+0"),
        "frame all": Command("&Frame All", on_canvas(NetworkView.frame_all), "Home", "frame", True),
        "frame selection": Command("Frame &Selection", on_canvas(NetworkView.frame_selection), "Shift+Home", "", True),
        "run": Command("&Run", window.deeds.run, "F5", "run"),
        "run into": Command("Run Into &Folder…", window.deeds.run_into_folder, "Ctrl+F5"),
        "stop": Command("&Stop", window.deeds.stop, "Shift+F5", "stop"),
        "check": Command("&Check", window.deeds.check, "F7", "check"),
        "panel": Command("Open &Panel", partial(window.deeds.open_panels, False), "Ctrl+Return", "", True, 1),
        "automatic": Command(
            "Open A&utomatic Panel", partial(window.deeds.open_panels, True), "Alt+Return", "", True, 1
        ),
        "inside": Command("Show &Internal Network", window.deeds.show_inside, "", "", True, 1),
        "convert": Command("Con&vert to Local Macro…", window.deeds.convert_to_macro, needs=1),
        "expand": Command("Expand &Macro", window.deeds.expand_macros, needs=1),
        "inspect": Command("Show &Output", window.deeds.inspect, "1", "", True, 1),
        "update": Command("Up&date", window.deeds.update, "F9"),
        "reload": Command("Re&load Files", window.deeds.reload, "Ctrl+R"),
        "type help": Command("&Help on the Node", window.deeds.help_on_node, "F1", "", True, 1),
        "example": Command("Open E&xample", window.deeds.open_examples, needs=1),
        "keys": Command("&Mouse and Keys", window.deeds.help_on_keys),
        "about": Command("&About nodeeditor", window.deeds.about),
    }


_ALIGN = ["left", "center", "right", "", "top", "middle", "bottom", "", "across", "down"]
_TOOLBAR = ["new", "open", "save", "", "undo", "redo", "", "cut", "copy", "paste", "delete", "", "add", "arrange", ""]
_TOOLBAR += ["zoom out", "zoom in", "frame all", "", "run", "stop"]


class Actions:
    """The commands as Qt's actions, and the menus made of them."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._commands = commands(window)
        self.actions = {name: self._action(command) for name, command in self._commands.items()}
        self.actions["automatic updates"] = window.options.actions["automatic"]
        undo, redo = window.stacks.createUndoAction(window), window.stacks.createRedoAction(window)
        for name, action, keys in (("undo", undo, "Ctrl+Z"), ("redo", redo, "Ctrl+Shift+Z; Ctrl+Y")):
            action.setShortcuts(_sequences(keys))
            action.setIcon(icon(name))
            self.actions[name] = action

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setShortcuts(_sequences(command.keys))
        action.setMenuRole(QAction.MenuRole.NoRole)
        if command.icon:
            action.setIcon(icon(command.icon))
        if command.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._window.documents.addAction(action)
        action.triggered.connect(_performed(command))
        return action

    def enable(self, nodes: int, notes: int) -> None:
        """Grey out what needs more selected nodes, or notes, than there are."""
        for name, command in self._commands.items():
            if command.needs:
                selected = nodes + notes if command.takes_notes else nodes
                self.actions[name].setEnabled(selected >= command.needs)

    def menu_bar(self) -> None:
        """Fill the window's menu bar."""
        bar, documents = self._window.menuBar(), self._window.documents
        menu = bar.addMenu("&File")
        self.fill(menu, "new", "open")
        menu.addMenu(RecentMenu(documents.recent, documents.open, bar))
        self.fill(menu, "insert", "", "save", "save as", "close", "")
        self.fill(menu.addMenu("&Export"), "svg", "png")
        self.fill(menu, "as command", "", "quit")
        menu = bar.addMenu("&Edit")
        self.fill(
            menu, "undo", "redo", "", "cut", "copy", "paste", "duplicate", "delete", "heal", "bypass", "disconnect", ""
        )
        self.fill(menu, "rename", "replace", "group", "ungroup", "", "select all", "upstream", "downstream", "")
        self.fill(menu, "find", "find next", "find previous", "", "arrange")
        self.fill(menu.addMenu("Ali&gn"), *_ALIGN)
        self._view_menu(bar.addMenu("&View"))
        self.fill(
            bar.addMenu("&Network"),
            "add",
            "note",
            "",
            "panel",
            "automatic",
            "inside",
            "convert",
            "expand",
            "inspect",
            "",
            "run",
            "run into",
            "stop",
            "",
            "update",
            "automatic updates",
            "reload",
            "check",
        )
        self.fill(bar.addMenu("&Help"), "type help", "example", "", "keys", "", "about")

    def _view_menu(self, menu: QMenu) -> None:
        self.fill(menu, "zoom in", "zoom out", "100", "", "frame all", "frame selection", "")
        menu.addActions([self._window.options.actions[name] for name in ("minimap", "timings")])
        menu.addSeparator()
        for dock in self._window.docks.all:
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        colours = menu.addMenu("&Colours")
        choices = QActionGroup(colours)
        for name in SCHEMES:
            action = choices.addAction(name.capitalize())
            action.setCheckable(True)
            action.setChecked(name == self._window.scheme)
            action.triggered.connect(partial(self._window.show_scheme, name))
        colours.addActions(choices.actions())

    def tool_bar(self, bar: QToolBar) -> None:
        """Fill the tool bar."""
        for name in _TOOLBAR:
            if name:
                bar.addAction(self.actions[name])
                keys = self.actions[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                self.actions[name].setToolTip(f"{self.actions[name].iconText()} ({keys})")
            else:
                bar.addSeparator()

    def show_menu(self, item: object, at: QPoint) -> None:
        """Offer what can be done with an item of the canvas, or on empty ground."""
        menu = QMenu(self._window)
        if isinstance(item, NodeBox):
            self._node_menu(menu)
        elif isinstance(item, GroupFrame):
            fill_group_menu(menu, item, self._window.editing, self._window.deeds.convert_to_macro)
        elif isinstance(item, NoteBox):
            fill_note_menu(menu, item, self._window.editing)
            self.fill(menu, "", "cut", "copy", "duplicate", "delete")
        elif isinstance(item, Connector):
            if self._window.document.interface is not None:
                fill_end_menu(menu, self._window.document, item.end)
        elif item is None:
            self._ground_menu(menu)
        else:
            self.fill(menu, "delete")
        if not menu.isEmpty():
            menu.exec(at)
        menu.deleteLater()

    def _node_menu(self, menu: QMenu) -> None:
        if any(map(self._window.deeds.is_macro, self._window.editing.names)):
            self.fill(menu, "inside", "expand", "")
        self.fill(menu, "panel", "automatic", "inspect", "", "type help")
        if self._window.deeds.has_example():
            self.fill(menu, "example")
        self.fill(menu, "", "cut", "copy", "duplicate", "delete", "heal", "bypass", "disconnect", "")
        self.fill(menu, "rename", "copy name", "replace")
        fill_folder_menu(menu, self._window.document, self._window.editing.names, self._window.say)
        fill_interface_menu(menu, self._window.document, self._window.editing.names)
        self.fill(menu, "", "group", "ungroup", "convert")
        self._colour_menu(menu)
        self.fill(menu.addMenu("&Select"), "upstream", "downstream")
        self.fill(menu.addMenu("Ali&gn"), *_ALIGN)

    def _colour_menu(self, menu: QMenu) -> None:
        editing = self._window.editing
        tints = {self._window.document.network.nodes[name].color for name in editing.names}
        only = next(iter(tints)) if len(tints) == 1 else None
        present = QColor(*only) if only else QColor()
        colours = add_colour_menu(menu, "Colour of the Nodes", present, editing.paint)
        colours.addSeparator()
        as_kind = QAction("&As Its Kind", colours)
        as_kind.triggered.connect(partial(editing.paint, None))
        as_kind.setEnabled(tints != {None})
        colours.addAction(as_kind)

    def _ground_menu(self, menu: QMenu) -> None:
        self.fill(menu, "add", "note", "paste", "", "select all", "arrange", "", "frame all", "100", "", "run", "check")

    def fill(self, menu: QMenu, *names: str) -> None:
        """Add commands to a menu; an empty name is a line."""
        for name in names:
            if name:
                menu.addAction(self.actions[name])
            else:
                menu.addSeparator()


def _performed(command: Command) -> Callable[[], None]:
    """What Qt may connect to: it would give other callables the state of a check mark."""

    def perform() -> None:
        command.act()

    return perform


def _sequences(keys: str) -> list[QKeySequence]:
    return [QKeySequence(key.strip()) for key in keys.split(";") if key.strip()]
