"""The main window: documents in tabs, docks around them, and what the menus do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, QPointF, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QUndoGroup
from PySide6.QtWidgets import (
    QDockWidget,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from nodeeditor.check import problems
from nodeeditor.engine import Engine
from nodeeditor.errors import NetworkError
from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window import files
from nodeeditor.gui.window.actions import Actions
from nodeeditor.gui.window.help import ABOUT, KEYS, node_page, show_page
from nodeeditor.gui.window.icons import icon
from nodeeditor.gui.window.messages import Message, Messages
from nodeeditor.gui.window.palette import Palette
from nodeeditor.gui.window.panelwindows import Inspected, PanelWindows
from nodeeditor.gui.window.recovery import offer_recovery
from nodeeditor.gui.window.runstatus import RunStatus
from nodeeditor.gui.window.scheme import SCHEMES, show_scheme
from nodeeditor.gui.window.sharing import copy_command, export_canvas
from nodeeditor.gui.window.tab import Tab
from nodeeditor.library import Library
from nodeeditor.network import Network

_STATUS_STAYS = 6000  # ms
_UNHURRIED = 120  # ms after a change until the network is checked
_GEOMETRY, _STATE, _SCHEME = "window/geometry", "window/state", "window/colours"


class Window(QMainWindow):
    """The editor. Library, settings and journal are given to it, so that several can live side by side."""

    recent_menu: QMenu

    def __init__(self, library: Library, settings: QSettings, journal: Journal) -> None:
        super().__init__()
        self.library, self.engine = library, Engine(library)
        self._settings, self._journal = settings, journal
        self.recent = files.Recent(settings)
        self.scheme = str(settings.value(_SCHEME, "system"))
        self.stacks = QUndoGroup(self)
        self.panels = PanelWindows(self, self._triggered)
        self._untitled = 0
        self._selection = QTimer(self, singleShot=True, interval=0)
        self._selection.timeout.connect(self._show_selection)
        self._checking = QTimer(self, singleShot=True, interval=_UNHURRIED)
        self._checking.timeout.connect(self._show_problems)
        self.tabs = QTabWidget(documentMode=True, movable=True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setCentralWidget(self.tabs)
        self._make_docks()
        self._make_status_bar()
        self.actions_ = Actions(self)
        self.actions_.menu_bar()
        self._make_tool_bar()
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self.setAcceptDrops(True)
        self.resize(1280, 820)
        self._restore()
        self.tabs.currentChanged.connect(self._show_current)
        self.new()
        self.messages.tell(*(Message("warning", problem) for problem in library.problems))

    # --- its parts

    def _make_docks(self) -> None:
        palette = Palette(self.library)
        palette.activated.connect(self._add_in_sight)
        self.palette_dock = _docked("Palette", palette)
        self.messages = Messages(self)
        self.inspected = Inspected(self.panels)
        self.docks: list[QDockWidget] = [self.palette_dock, self.inspected, self.messages]
        sides = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
        for dock, side in zip(self.docks, (*sides, Qt.DockWidgetArea.BottomDockWidgetArea), strict=True):
            self.addDockWidget(side, dock)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.resizeDocks(self.docks[:2], [190, 380], Qt.Orientation.Horizontal)
        self.resizeDocks([self.messages], [130], Qt.Orientation.Vertical)
        self.messages.node_wanted.connect(self._show_node)

    def _make_status_bar(self) -> None:
        self.run_status = RunStatus()
        self.run_status.told.connect(self.report)
        self.run_status.running_changed.connect(lambda _: self._show_running())
        self._counts, self._zoom = QLabel(), QLabel()
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1000 %  "))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget in (self.run_status, self._counts, self._zoom):
            self.statusBar().addPermanentWidget(widget)

    def _make_tool_bar(self) -> None:
        bar = self.addToolBar("Tools")
        bar.setObjectName("Tools")
        bar.setIconSize(QSize(18, 18))
        bar.setMovable(False)
        self.actions_.tool_bar(bar)
        self._show_running()

    # --- the document that is shown

    @property
    def tab(self) -> Tab:
        """The page that is shown; there always is one."""
        tab = self.tabs.currentWidget()
        assert isinstance(tab, Tab)
        return tab

    @property
    def document(self) -> Document:
        """The document that is shown."""
        return self.tab.document

    @property
    def editing(self) -> Editing:
        """The edits of the document that is shown."""
        return self.tab.editing

    @property
    def canvas(self) -> Canvas:
        """The canvas that is shown."""
        return self.document.canvas

    def all_tabs(self) -> list[Tab]:
        """Every page, from left to right."""
        found = [self.tabs.widget(index) for index in range(self.tabs.count())]
        return [tab for tab in found if isinstance(tab, Tab)]

    def new(self) -> Tab:
        """Open an empty network."""
        self._untitled += 1
        document = Document(self.library, number=self._untitled)
        tab = Tab(document, self._journal)
        document.state_changed.connect(lambda: self._show_state(tab))
        document.network_changed.connect(lambda _: self._network_changed(tab))
        document.canvas.scene().selectionChanged.connect(self._selection.start)
        document.graph.node_double_clicked.connect(lambda node: self._open_panel(node.name()))
        canvas = document.canvas
        canvas.context_menu_requested.connect(self._context_menu)
        canvas.group_double_clicked.connect(self._rename_group)
        canvas.horizontalScrollBar().valueChanged.connect(self._show_zoom)
        canvas.verticalScrollBar().valueChanged.connect(self._show_zoom)
        tab.told.connect(self.say)
        tab.open_wanted.connect(self.open)
        tab.writing.failed.connect(lambda text: self.report(Message("error", text)))
        self.stacks.addStack(document.graph.undo_stack())
        index = self.tabs.addTab(tab, document.name)
        self.tabs.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(tab))
        self.tabs.setCurrentIndex(index)
        self._show_current()
        return tab

    def _close_button(self, tab: Tab) -> QToolButton:
        button = QToolButton(autoRaise=True, toolTip="Close (Ctrl+W)")
        button.setIcon(icon("close"))
        button.setIconSize(QSize(12, 12))
        button.clicked.connect(lambda: self.close_tab(tab))
        return button

    def _show_current(self) -> None:
        if not isinstance(self.tabs.currentWidget(), Tab):
            return
        self.stacks.setActiveStack(self.document.graph.undo_stack())
        self._network_changed(self.tab)
        self._show_state(self.tab)
        self._show_selection()
        self.canvas.setFocus()

    def _show_state(self, tab: Tab) -> None:
        document = tab.document
        index = self.tabs.indexOf(tab)
        self.tabs.setTabText(index, document.name + ("*" if document.modified else ""))
        self.tabs.setTabToolTip(index, str(document.path or "not saved yet"))
        if tab is self.tabs.currentWidget():
            self.setWindowTitle(f"{document.name}[*] — nodeeditor")
            self.setWindowFilePath(str(document.path or ""))
            self.setWindowModified(document.modified)

    def _network_changed(self, tab: Tab) -> None:
        if tab is not self.tabs.currentWidget():
            return
        network = tab.document.network
        nodes, wires = len(network.nodes), len(network.connections)
        self._counts.setText(f"{_count(nodes, 'node')}, {_count(wires, 'connection')}")
        self._checking.start()
        self._show_zoom()
        self._selection.start()

    def _show_problems(self) -> None:
        if self.tabs.count():
            found = problems(self.document.network, self.library)
            self.messages.show_problems(found)
            self.document.graph.show_problems(found)

    def _show_selection(self) -> None:
        if not self.tabs.count():
            return  # the window is being closed
        names = self.editing.names
        self.actions_.enable(len(names))
        self.inspected.show_selection(self.document, names)

    def _show_zoom(self) -> None:
        if not self.tabs.count():
            return
        self._zoom.setText(f"{self.canvas.zoom * 100:.0f} %")

    def _show_running(self) -> None:
        running = self.run_status.running
        self.actions_.actions["run"].setEnabled(not running)
        self.actions_.actions["stop"].setEnabled(running)

    def say(self, text: str) -> None:
        """Show a sentence in the status bar for a while."""
        self.statusBar().showMessage(text, _STATUS_STAYS)

    def report(self, message: Any) -> None:
        """Keep a message in the panel, and bring that into sight for an error."""
        self.messages.tell(message)
        if message.kind == "error":
            self.messages.show()
            self.messages.raise_()
        self.say(message.text.splitlines()[0])

    # --- files

    def ask_to_open(self) -> None:
        """Open the networks that the user chooses."""
        folder = self.document.path.parent if self.document.path else None
        for path in files.asked_to_open(self, folder):
            self.open(path)

    def open(self, path: Path) -> bool:
        """Show a network file in a tab of its own, or the tab that shows it already."""
        path = path.absolute()
        for tab in self.all_tabs():
            if tab.document.path == path:
                self.tabs.setCurrentWidget(tab)
                return True
        before, tab = self.tab, self._fresh()
        try:
            tab.document.load(path)
        except NetworkError as error:
            if tab is not before:
                self._remove(tab)
            self._refuse("Not opened", f"{path.name} cannot be opened", error)
            self.recent.remove(path)
            return False
        self.recent.add(path)
        tab.frame_all_soon()
        return True

    def _fresh(self) -> Tab:
        """The page that is shown if nothing was done on it yet, else a new one."""
        document = self.document
        untouched = document.path is None and not document.modified and not document.network.nodes
        return self.tab if untouched else self.new()

    def _refuse(self, title: str, sentence: str, error: NetworkError) -> None:
        details = "\n".join(str(problem) for problem in error.problems[:12])
        self.messages.tell(*(Message("error", f"{sentence}: {problem}") for problem in error.problems))
        QMessageBox.warning(self, title, f"{sentence}.\n\n{details}")

    def save(self) -> bool:
        """Write the document to its file, or ask for one; whether that went well."""
        path = self.document.path
        return self._save(path) if path else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; whether that went well."""
        folder = self.document.path.parent if self.document.path else Path.cwd()
        path = files.asked_to_save(self, folder / f"{self.document.name}.mlab.json")
        return path is not None and self._save(path.absolute())

    def _save(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except NetworkError as error:
            self._refuse("Not saved", f"{path.name} was not saved; what was there before is unchanged", error)
            return False
        self.tab.notice.put_away()
        self.recent.add(path)
        self.say(f"Saved {path}")
        return True

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self.recent.paths():
            action = self.recent_menu.addAction(f"{path.name.removesuffix('.mlab.json')}   –   {path.parent}")
            action.triggered.connect(lambda _=False, path=path: self.open(path))
        self.recent_menu.addSeparator()
        self.recent_menu.addAction("Clear", self.recent.clear)
        self.recent_menu.setEnabled(True)

    def close_current(self) -> bool:
        """Close the document that is shown."""
        return self.close_tab(self.tab)

    def close_tab(self, tab: object) -> bool:
        """Close a document after asking for its changes; whether it is closed. The last one leaves an empty network."""
        if not isinstance(tab, Tab) or not self._may_close(tab):
            return False
        self._remove(tab)
        if not self.tabs.count():
            self.new()
        return True

    def _may_close(self, tab: Tab) -> bool:
        if not tab.document.modified:
            return True
        self.tabs.setCurrentWidget(tab)
        answer = files.asked_to_keep(self, tab.document.name)
        return self.save() if answer == files.Answer.Save else answer == files.Answer.Discard

    def _remove(self, tab: Tab) -> None:
        tab.writing.forget()
        self.panels.close(tab.document)
        self.inspected.leave(tab.document)
        self.stacks.removeStack(tab.document.graph.undo_stack())
        self.tabs.removeTab(self.tabs.indexOf(tab))
        tab.document.close()
        tab.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not all(self._may_close(tab) for tab in self.all_tabs()):
            event.ignore()
            return
        self.run_status.close_run()
        self._settings.setValue(_GEOMETRY, self.saveGeometry())
        self._settings.setValue(_STATE, self.saveState())
        for tab in self.all_tabs():
            self._remove(tab)
        self._journal.close()
        event.accept()

    def leave_at_once(self) -> bool:
        """Get ready to end without a question: what is not saved stays in the journal; whether it is safe there."""
        if not all(tab.writing.write() for tab in self.all_tabs() if tab.document.modified):
            return False
        for tab in self.all_tabs():
            self.panels.close(tab.document)
        self.run_status.close_run()
        self._journal.close()
        return True

    def _restore(self) -> None:
        for key, restore in ((_GEOMETRY, self.restoreGeometry), (_STATE, self.restoreState)):
            kept = self._settings.value(key)
            if isinstance(kept, QByteArray):
                restore(kept)
        self.show_scheme(self.scheme)

    def offer_recovery(self) -> None:
        """Ask what to do with networks that an editor could not save before it died."""
        offer_recovery(self, self._journal, self._fresh, self.report)

    def export(self, suffix: str) -> None:
        """Write the canvas as a picture to a file that the user chooses."""
        self.say(export_canvas(self, self.document, suffix))

    def copy_as_command(self) -> None:
        """Put the command line that runs this network into the clipboard; it is saved first."""
        if (self.document.path and not self.document.modified) or self.save():
            assert self.document.path
            self.say(copy_command(self.document.path))

    # --- view

    def zoom(self, factor: float) -> None:
        """Zoom around the middle."""
        self.canvas.zoom_at(factor, QPointF(self.canvas.viewport().rect().center()))
        self._show_zoom()

    def show_scheme(self, name: str) -> None:
        """Show everything in light or dark colours, or as the system does."""
        self.scheme = name if name in SCHEMES else "system"
        show_scheme(self.scheme)
        self._settings.setValue(_SCHEME, self.scheme)

    def find_node(self) -> None:
        """Ask for a node and bring it into sight."""
        names = sorted(self.document.network.nodes)
        if names:
            name, accepted = QInputDialog.getItem(self, "Find", "Node:", names)
            if accepted and name in names:
                self.editing.show(name)

    def _add_in_sight(self, node_type: str) -> None:
        self.editing.add(node_type, self.canvas.visible_rect().center())
        self.canvas.setFocus()

    def add_node(self) -> None:
        """Offer the node types at the cursor."""
        self.tab.search()

    # --- nodes

    def _open_panel(self, name: str) -> None:
        alt = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier
        self.panels.open(self.document, name, bool(alt))

    def open_panels(self, automatic: bool) -> None:
        """Open the panels of the selected nodes."""
        for name in self.editing.names:
            self.panels.open(self.document, name, automatic)

    def _triggered(self, document: Document, node: str, field: str) -> None:
        node_type = self.library.get(document.network.nodes[node].type)
        if node_type is not None and node_type.effect:
            self._start(document.network, (node,))
        else:
            self.say(f"{node}.{field}: files are read anew whenever they have changed.")

    def _rename_group(self, frame: Any) -> None:
        self.editing.select([box.name for box in frame.members])
        self.editing.group()

    def _context_menu(self, item: object, place: QPointF, at: QPoint) -> None:
        menu = QMenu(self)
        if isinstance(item, NodeBox):
            self.actions_.node_menu(menu)
        elif item is None or isinstance(item, GroupFrame):
            self.actions_.canvas_menu(menu)
        else:
            self.actions_.wire_menu(menu)
        self._show_selection()
        menu.exec(at)
        menu.deleteLater()

    # --- running

    def run(self) -> None:
        """Run every node that feeds no other."""
        self._start(self.document.network)

    def _start(self, network: Network, nodes: tuple[str, ...] = ()) -> None:
        try:
            paths = self.document.paths
        except ValueError as error:
            self.report(Message("error", str(error)))
            return
        self.run_status.start(self.engine, network, paths, nodes)

    def stop(self) -> None:
        """Cancel the run."""
        self.run_status.cancel()

    def check(self) -> None:
        """Say how many problems the network has; the panel lists them."""
        found = problems(self.document.network, self.library)
        self.messages.show()
        self.messages.raise_()
        self.report(Message("info", f"{self.document.name}: {_count(len(found), 'problem')}."))

    # --- help

    def _show_node(self, name: str) -> None:
        if name in self.document.network.nodes:
            self.editing.show(name)

    def help_on_node(self) -> None:
        """Show the pages of the selected nodes' types."""
        for kind in sorted({self.document.network.nodes[name].type for name in self.editing.names}):
            if kind in self.library:
                show_page(self, kind, node_page(self.library[kind]))

    def help_on_keys(self) -> None:
        """Show what mouse and keys do."""
        show_page(self, "Mouse and Keys", KEYS)

    def about(self) -> None:
        """Say what this is."""
        QMessageBox.about(self, "About nodeeditor", ABOUT)


def _docked(title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title)
    dock.setObjectName(title)
    dock.setWidget(content)
    return dock


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
