"""The main window: its parts put together, and kept in step with the document that is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QPointF, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QUndoGroup
from PySide6.QtWidgets import QMainWindow, QWidget

from nodeeditor.engine import Engine
from nodeeditor.engine.cost import Cost
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.live.viewermodels import VIEWER
from nodeeditor.gui.window.actions import Actions
from nodeeditor.gui.window.altkey import AltKey
from nodeeditor.gui.window.deeds import Deeds
from nodeeditor.gui.window.docks import Docks
from nodeeditor.gui.window.documents import Documents
from nodeeditor.gui.window.lentkeys import LENT, lend
from nodeeditor.gui.window.messages import Message
from nodeeditor.gui.window.options import Options
from nodeeditor.gui.window.panelwindows import PanelWindows
from nodeeditor.gui.window.scheme import SCHEMES, show_scheme
from nodeeditor.gui.window.statusbar import StatusBar
from nodeeditor.gui.window.tab import Tab
from nodeeditor.gui.window.viewerwindows import ViewerWindows
from nodeeditor.library import Library

_SIZE = QSize(1280, 820)
_TITLE, _BORDER = 36, 8  # of the window's frame, which the desktop draws
_GEOMETRY, _STATE, _SCHEME = "window/geometry", "window/state", "window/colours"


class Window(QMainWindow):
    """The editor. Library, settings and journal are given to it, so that several can live side by side."""

    def __init__(self, library: Library, settings: QSettings, journal: Journal) -> None:
        super().__init__()
        self.library, self.engine = library, Engine(library)
        self._settings = settings
        self.scheme = str(settings.value(_SCHEME, "system"))
        self.stacks = QUndoGroup(self)
        self.deeds = Deeds(self)
        self.panels = PanelWindows(self, self.deeds.trigger, self._adopt)
        self.viewers = ViewerWindows(
            self, lambda document, name: self.panels.open(document, name, automatic=True), self._adopt
        )
        self._alt_key = AltKey(self.viewers.below_mouse, self)
        self._lives: dict[Document, Live] = {}
        self._selection = QTimer(self, singleShot=True, interval=0)
        self._selection.timeout.connect(self._show_selection)
        self.documents = Documents(library, settings, journal)
        self.setCentralWidget(self.documents)
        self.docks = Docks(self, library, self.panels, self.stacks)
        self.messages = self.docks.messages
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.options = Options(self.documents, self.live_of, settings, self)
        self.actions_ = Actions(self)
        self.actions_.menu_bar()
        self._make_tool_bar()
        self.installEventFilter(self._alt_key)  # in front of the menu bar's own filter
        self._join()
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AlwaysShowToolTips)  # also while a viewer or a panel has the keys
        self.resize(_SIZE)
        self._restore()
        self.documents.new()
        self.messages.tell(*(Message("warning", problem) for problem in library.problems))

    def _make_tool_bar(self) -> None:
        bar = self.addToolBar("Tools")
        bar.setObjectName("Tools")
        bar.setIconSize(QSize(18, 18))
        bar.setMovable(False)
        self.actions_.tool_bar(bar)
        self._show_running(False)

    def _join(self) -> None:
        """Let the parts hear of each other."""
        self.documents.opened.connect(self._opened)
        self.documents.loaded.connect(self._loaded)
        self.documents.recovered.connect(lambda tab: self.live_of(tab.document).update())
        self.documents.closing.connect(self._closing)
        self.documents.currentChanged.connect(self._show_current)
        self.documents.told.connect(self.say)
        self.documents.reported.connect(self.report)
        self.documents.refused.connect(lambda messages: self.messages.tell(*messages))
        self.docks.palette.activated.connect(self.deeds.add_in_sight)
        self.docks.palette.help_wanted.connect(lambda name: self.deeds.help_on(self.document.library[name]))
        self.docks.palette.example_wanted.connect(lambda name: self.documents.open_example(self.document.library[name]))
        self.docks.inspection.save_wanted.connect(self.deeds.save_image)
        self.messages.node_wanted.connect(self.deeds.show_node)
        self.messages.report_wanted.connect(self.deeds.copy_report)
        self.status.run.told.connect(self.report)
        self.status.run.running_changed.connect(self._show_running)

    # --- the document that is shown

    @property
    def tab(self) -> Tab:
        """The page that is shown; there always is one."""
        return self.documents.tab

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

    @property
    def live(self) -> Live:
        """What is worked out for the document that is shown."""
        return self.live_of(self.document)

    def live_of(self, document: Document) -> Live:
        """What is worked out for a document."""
        return self._lives[document]

    def open(self, path: Path) -> bool:
        """Show a network file in a tab."""
        return self.documents.open(path)

    def offer_recovery(self) -> None:
        """Ask what to do with networks that an editor could not save before it died."""
        self.documents.offer_recovery()

    def _opened(self, tab: Tab) -> None:
        document, canvas = tab.document, tab.document.canvas
        live = self._lives[document] = Live(document, self.engine)
        self.options.show_all(tab)
        live.problems_changed.connect(lambda _: self._show_problems())
        live.outdated_changed.connect(lambda: self._show_outdated(live))
        live.session.cost_told.connect(lambda key, cost: self._show_cost(live, key, cost))
        canvas.end_clicked.connect(lambda output: self.docks.inspection.inspect(live, output))
        document.state_changed.connect(lambda: self._show_title(tab))
        document.network_changed.connect(lambda _: self._show_network(tab))
        document.library_changed.connect(lambda: self._offer(tab))
        document.graph.node_double_clicked.connect(lambda node: self.deeds.open_panel(node.name()))
        canvas.inside_wanted.connect(self.deeds.show_inside_of)
        canvas.scene().selectionChanged.connect(self._selection.start)
        canvas.context_menu_requested.connect(self._show_menu)
        canvas.group_double_clicked.connect(lambda frame: tab.editing.rename_group(frame.title))
        canvas.horizontalScrollBar().valueChanged.connect(self._show_zoom)
        canvas.verticalScrollBar().valueChanged.connect(self._show_zoom)
        self.stacks.addStack(document.graph.undo_stack())

    def _loaded(self, tab: Tab) -> None:
        """Open the windows of nodes that were open when the network was saved; the keys go to its canvas."""
        self.live_of(tab.document).update()
        self.viewers.restore(self.live_of(tab.document))
        if left_closed := self.panels.restore(tab.document):
            names = ", ".join(dict.fromkeys(left_closed))
            self.say(f"The panels of {names} stay closed: they would hide the canvas.")
        self.activateWindow()
        tab.document.canvas.setFocus()

    def _closing(self, tab: Tab) -> None:
        live = self._lives.pop(tab.document)
        self.panels.close(tab.document)
        self.viewers.close(live)
        self.docks.inspected.leave(tab.document)
        self.docks.inspection.leave(live)
        live.close()
        self.stacks.removeStack(tab.document.graph.undo_stack())

    def _show_current(self) -> None:
        if not self.documents.count():
            return  # the window is being closed
        self.stacks.setActiveStack(self.document.graph.undo_stack())
        self.status.clear_cost()
        self._show_network(self.tab)
        self._show_title(self.tab)
        self.messages.show_document(self.document)
        self._show_problems()
        self._show_outdated(self.live)
        self._offer(self.tab)
        self.docks.inspection.show_document(self.live)
        self._show_selection()
        self.canvas.setFocus()

    def _show_title(self, tab: Tab) -> None:
        if tab is self.documents.currentWidget():
            document = tab.document
            self.setWindowTitle(f"{document.title}[*] — nodeeditor")
            self.setWindowFilePath(str(document.path or ""))
            self.setWindowModified(document.modified)

    def _show_network(self, tab: Tab) -> None:
        if tab is self.documents.currentWidget():
            self.status.show_counts(tab.document.network)
            self._show_zoom()
            self._selection.start()

    def _offer(self, tab: Tab) -> None:
        if tab is self.documents.currentWidget():
            self.docks.palette.offer(tab.document.offered)

    def _show_problems(self) -> None:
        if self.documents.count():
            self.messages.show_problems(self.live.problems)

    def _show_outdated(self, live: Live) -> None:
        if self.documents.count() and live is self._lives.get(self.document):
            self.status.show_outdated(live.outdated())

    def _show_cost(self, live: Live, key: str, cost: Cost) -> None:
        """Show what a picture cost; explanations and facts are not what an edit waits for."""
        if key.startswith(VIEWER) and live is self.live:
            self.status.show_cost(cost)

    def _show_selection(self) -> None:
        if self.documents.count():
            names = self.editing.names
            self.actions_.enable(len(names), len(self.editing.notes))
            self.docks.inspected.show_selection(self.document, names)
            self.document.graph.show_kin()

    def _show_zoom(self) -> None:
        if self.documents.count():
            self.status.show_zoom(self.canvas.zoom)

    def _show_running(self, running: bool) -> None:
        for name in ("run", "run into"):
            self.actions_.actions[name].setEnabled(not running)
        self.actions_.actions["stop"].setEnabled(running)

    def _show_menu(self, item: object, place: QPointF, at: QPoint) -> None:
        self._show_selection()
        self.actions_.show_menu(item, at)

    def _adopt(self, document: Document, child: QWidget) -> None:
        child.installEventFilter(self._alt_key)
        for name in LENT:
            lend(self.actions_.actions[name], child, document, self.documents)

    # --- telling

    def say(self, text: str) -> None:
        """Show a sentence in the status bar for a while."""
        self.status.say(text)

    def report(self, message: Message) -> None:
        """Keep a message in the panel, and bring that into sight for an error."""
        self.messages.tell(message)
        if message.kind == "error":
            self.messages.show()
            self.messages.raise_()
        self.say(message.text.splitlines()[0])

    # --- look and end

    def show_scheme(self, name: str) -> None:
        """Show everything in light or dark colours, or as the system does."""
        self.scheme = name if name in SCHEMES else "system"
        show_scheme(self.scheme)
        self._settings.setValue(_SCHEME, self.scheme)

    def _restore(self) -> None:
        for key, restore in ((_GEOMETRY, self.restoreGeometry), (_STATE, self.restoreState)):
            kept = self._settings.value(key)
            if isinstance(kept, QByteArray):
                restore(kept)
        self._fit_screen()
        self.show_scheme(self.scheme)

    def _fit_screen(self) -> None:
        """Be no larger than the screen, and all of it there."""
        room = self.screen().availableGeometry()
        frame = QSize(_BORDER, _TITLE + _BORDER)
        self.resize(self.size().boundedTo(room.size() - frame))
        inside = room.adjusted(0, 0, -self.width() - _BORDER, -self.height() - _TITLE - _BORDER)
        x, y = (
            max(low, min(at, high))
            for at, low, high in ((self.x(), inside.left(), inside.right()), (self.y(), inside.top(), inside.bottom()))
        )
        self.move(x, y)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.documents.may_close_all():
            event.ignore()
            return
        self.status.run.close_run()
        self._settings.setValue(_GEOMETRY, self.saveGeometry())
        self._settings.setValue(_STATE, self.saveState())
        self.documents.close_all()
        event.accept()

    def leave_at_once(self) -> bool:
        """Get ready to end without a question: what is not saved stays in the journal; whether it is safe there."""
        if not self.documents.leave_all():
            return False
        for tab in self.documents.all_tabs():
            self.panels.close(tab.document)
            self.viewers.close(self.live_of(tab.document))
            self.live_of(tab.document).session.close()
        self.status.run.close_run()
        return True
