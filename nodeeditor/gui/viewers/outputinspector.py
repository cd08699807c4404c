"""The output inspector: the image that any output gives, its facts, tags and values."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.viewers.facts import facts
from nodeeditor.gui.viewers.histogram import Histogram
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.gui.viewers.pairtable import PairTable
from nodeeditor.gui.viewers.sliceview import SliceView
from nodeeditor.viewing.levels import Window

NOTHING = "Click a connector or a connection on the canvas."


class OutputInspector(QWidget):
    """What flows out of one output; a sentence that says what to do while none is chosen."""

    save_wanted = Signal(str)
    """The output ``Node.connector`` whose image shall be written to a file."""
    visibility_changed = Signal(bool)
    """It can be seen from now on, or cannot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.output = ""
        self._pictured: tuple[Shown | None, str] = (None, "")  # the newest picture, and of which output
        self.hint = QLabel(NOTHING, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setEnabled(False)
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        bold = self.title.font()
        bold.setBold(True)
        self.title.setFont(bold)
        self.save = QPushButton("Save Image As…", self)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.output))
        self.view = SliceView(self)
        self.facts = PairTable(("Property", "Value"), self)
        self.tags = PairTable(("Tag", "Value"), self)
        self.filter = QLineEdit(self)
        self.histogram = Histogram(self)
        self.logarithmic = QCheckBox("Logarithmic", self)
        self.tabs = QTabWidget(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self._inspection())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.filter.textChanged.connect(self.tags.show_only)
        self.logarithmic.toggled.connect(self.histogram.show_logarithms)
        self.histogram.window_edited.connect(self._set_window)
        self.view.steering.changed.connect(self._follow)
        self.view.pane_entered.connect(self._follow)
        self.tabs.currentChanged.connect(self._follow)

    def inspect(self, output: str, model: ViewerModel) -> None:
        """Show an output ``Node.connector`` through a viewer that shows its image."""
        self.output = output
        self.title.setText(output)
        self._pages.setCurrentIndex(1)
        if model is not self.view.steering.model:
            self.view.show_viewer(model)
        self._follow()

    def say(self, sentence: str = NOTHING) -> None:
        """Show a sentence, and no output."""
        self.output = ""
        self.hint.setText(sentence)
        self._pages.setCurrentIndex(0)
        self.view.show_viewer(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is seen."""
        self.visibility_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is seen no more."""
        self.visibility_changed.emit(False)

    def _inspection(self) -> QWidget:
        page = QWidget(self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.save)
        self.tabs.addTab(self.facts, "Image")
        self.tabs.addTab(self._tag_page(), "Tags")
        self.tabs.addTab(self._histogram_page(), "Histogram")
        split = QSplitter(Qt.Orientation.Vertical, page)
        split.addWidget(self.view)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(split, 1)
        return page

    def _tag_page(self) -> QWidget:
        page = QWidget(self)
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.filter)
        layout.addWidget(self.tags)
        return page

    def _histogram_page(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.histogram, 1)
        layout.addWidget(self.logarithmic)
        return page

    def _set_window(self, center: float, width: float, gesture: int) -> None:
        steering, pane = self.view.steering, self.view.pane
        steering.soon(lambda: self.view.deeds.show_window(pane, (center, width), gesture))

    def _follow(self) -> None:
        steering = self.view.steering
        if steering.shown is not self._pictured[0]:
            self._pictured = (steering.shown, self.output)
        if steering.problem and steering.shown is not None and self._pictured[1] != self.output:
            steering.forget()
        shown = steering.shown
        pane = shown.panes[self.view.pane] if shown is not None and shown.panes else None
        self.save.setEnabled(pane is not None)
        self.facts.show_rows(facts(pane.info) if pane is not None else [])
        self.tags.show_rows(list(pane.info.tags) if pane is not None else [])
        if self.histogram.isVisible() or pane is None:
            window = pane.window if pane is not None else Window(0, 0)
            self.histogram.show_page(self.view.page if pane is not None else None, window)
