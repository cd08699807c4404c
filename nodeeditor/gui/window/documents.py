"""The open documents, each in a tab: new ones, opening, saving, closing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QTabBar, QTabWidget, QToolButton, QWidget

from nodeeditor.errors import NetworkError
from nodeeditor.examples import copied, example
from nodeeditor.formats import OWN, is_mevislab
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window import files
from nodeeditor.gui.window.icons import icon
from nodeeditor.gui.window.messages import Message
from nodeeditor.gui.window.question import Answer, asked
from nodeeditor.gui.window.recent import Recent
from nodeeditor.gui.window.recovery import offer_recovery
from nodeeditor.gui.window.statusbar import counted
from nodeeditor.gui.window.tab import Tab
from nodeeditor.library import Library
from nodeeditor.mlab import runnable
from nodeeditor.node import Node

_LONGEST_TITLE = 40  # characters on a tab


class Documents(QTabWidget):
    """The tabs of one window; there always is one, except while the window closes.

    ``opened`` tells of a new `Tab` before it is shown, ``loaded`` of one that shows another file since, ``recovered``
    of one that shows a network that was never saved, ``closing`` of one that is about to go. ``told`` is a sentence
    for the status bar, ``reported`` a message worth looking at, ``refused`` the messages of a file that a box told of.
    """

    opened = Signal(Tab)
    loaded = Signal(Tab)
    recovered = Signal(Tab)
    closing = Signal(Tab)
    told = Signal(str)
    reported = Signal(Message)
    refused = Signal(list)

    def __init__(self, library: Library, settings: QSettings, journal: Journal, parent: QWidget | None = None) -> None:
        super().__init__(parent, documentMode=True, movable=True)
        self.setElideMode(Qt.TextElideMode.ElideNone)  # many tabs are scrolled, not squeezed into dots
        self.recent = Recent(settings)
        self._library, self._journal = library, journal
        self._untitled = 0

    @property
    def tab(self) -> Tab:
        """The page that is shown; there always is one."""
        tab = self.currentWidget()
        assert isinstance(tab, Tab)
        return tab

    def all_tabs(self) -> list[Tab]:
        """Every page, from left to right."""
        found = [self.widget(index) for index in range(self.count())]
        return [tab for tab in found if isinstance(tab, Tab)]

    # --- open

    def new(self) -> Tab:
        """Open an empty network."""
        self._untitled += 1
        document = Document(self._library, number=self._untitled)
        tab = Tab(document, self._journal)
        document.state_changed.connect(lambda: self._show_state(tab))
        tab.told.connect(self.told)
        tab.open_wanted.connect(self.open)
        tab.writing.failed.connect(lambda text: self.reported.emit(Message("error", text)))
        self.opened.emit(tab)
        index = self.addTab(tab, document.name)
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(tab))
        self.setCurrentIndex(index)
        self._show_state(tab)
        return tab

    def ask_to_open(self) -> None:
        """Open the networks that the user chooses."""
        path = self.tab.document.path
        for chosen in files.asked_to_open(self, path.parent if path else None):
            self.open(chosen)

    def open(self, path: Path) -> bool:
        """Show a network file in a tab of its own, or the tab that shows it already."""
        path = path.absolute()
        for tab in self.all_tabs():
            if tab.document.path == path:
                self.setCurrentWidget(tab)
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
        self.loaded.emit(tab)
        if is_mevislab(path):
            network = tab.document.network
            self.told.emit(
                f"{runnable(network, tab.document.library)[0]} of {counted(network.nodes, 'node')} can run here."
            )
        return True

    def open_example(self, node_type: type[Node]) -> None:
        """Show the example of a node type as a network that is not saved yet, or say that there is none."""
        name, path = node_type.__name__, example(node_type)
        if path is None:
            self.told.emit(f"There is no example of {name}: the package that it comes from brings none.")
            return
        try:
            network = copied(path, self._library)
        except NetworkError as error:
            self._refuse("Not opened", f"The example {path} cannot be opened", error)
            return
        tab = self._fresh()
        tab.document.show(network)
        tab.frame_all_soon()
        self.loaded.emit(tab)
        self.told.emit(f"This is a copy of the example of {name}: change it as you like, saving asks where.")

    def offer_recovery(self) -> None:
        """Ask what to do with networks that an editor could not save before it died."""
        offer_recovery(self, self._journal, self._fresh, self.recovered.emit, self.reported.emit)

    def _fresh(self) -> Tab:
        """The page that is shown if nothing was done on it yet, else a new one."""
        document = self.tab.document
        untouched = document.path is None and not document.modified and not document.network.nodes
        return self.tab if untouched else self.new()

    # --- save

    def save(self) -> bool:
        """Write the document to its file, or ask for one; whether that went well."""
        document = self.tab.document
        document.look_at_disk()
        if document.path is None:
            return self.save_as()
        return (not document.disputed or self._may_overwrite(document.path)) and self._save(document.path)

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; whether that went well."""
        document = self.tab.document
        path = files.asked_to_save(self, document.path or Path.cwd() / f"{document.name}{OWN}")
        return path is not None and self._save(path.absolute())

    def _may_overwrite(self, path: Path) -> bool:
        question = f"{path.name} was changed on the disk by another program.\n\nOverwrite it?"
        return asked(self, "Overwrite?", question, {Answer.Cancel: "&Cancel", Answer.Save: "&Overwrite"}) == Answer.Save

    def _save(self, path: Path) -> bool:
        try:
            self.tab.document.save(path)
        except NetworkError as error:
            self._refuse("Not saved", f"{path.name} was not saved; what was there before is unchanged", error)
            return False
        self.tab.notice.put_away()
        self.recent.add(path)
        self.told.emit(f"Saved {path}")
        return True

    def _refuse(self, title: str, sentence: str, error: NetworkError) -> None:
        details = "\n".join(str(problem) for problem in error.problems[:12])
        self.refused.emit([Message("error", f"{sentence}: {problem}") for problem in error.problems])
        QMessageBox.warning(self, title, f"{sentence}.\n\n{details}")

    # --- close

    def close_current(self) -> bool:
        """Close the document that is shown."""
        return self.close_tab(self.tab)

    def close_tab(self, tab: Tab) -> bool:
        """Close a document after asking for its changes; whether it is closed. The last one leaves an empty network."""
        if not self._may_close(tab):
            return False
        self._remove(tab)
        if not self.count():
            self.new()
        return True

    def may_close_all(self) -> bool:
        """Ask for the changes of every document; whether all may go."""
        return all(self._may_close(tab) for tab in self.all_tabs())

    def close_all(self) -> None:
        """Let go of every document, without a question."""
        for tab in self.all_tabs():
            self._remove(tab)
        self._journal.close()

    def leave_all(self) -> bool:
        """Put what is not saved into the journal, to be offered at the next start; whether it is safe there."""
        if not all(tab.writing.write() for tab in self.all_tabs() if tab.document.modified):
            return False
        self._journal.close()
        return True

    def _may_close(self, tab: Tab) -> bool:
        if not tab.document.modified:
            return True
        self.setCurrentWidget(tab)
        answer = files.asked_to_keep(self, tab.document.name)
        return self.save() if answer == Answer.Save else answer == Answer.Discard

    def _remove(self, tab: Tab) -> None:
        tab.writing.forget()
        self.closing.emit(tab)
        self.removeTab(self.indexOf(tab))
        tab.document.close()
        tab.deleteLater()

    # --- the tabs

    def _close_button(self, tab: Tab) -> QToolButton:
        button = QToolButton(autoRaise=True, toolTip="Close (Ctrl+W)")
        button.setIcon(icon("close"))
        button.setIconSize(QSize(12, 12))
        button.clicked.connect(lambda: self.close_tab(tab))
        return button

    def _show_state(self, tab: Tab) -> None:
        document = tab.document
        index = self.indexOf(tab)
        self.setTabText(index, _shortened(document.title) + ("*" if document.modified else ""))
        self.setTabToolTip(index, str(document.path or "not saved yet"))


def _shortened(title: str) -> str:
    """A title that fits on a tab, without its middle where it is long."""
    half = _LONGEST_TITLE // 2
    return title if len(title) <= _LONGEST_TITLE else f"{title[:half]}…{title[-half:]}"
