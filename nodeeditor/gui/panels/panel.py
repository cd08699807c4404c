"""The panels of a node, made from what its type declares."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nodeeditor.gui.panels.drag import FieldHandle
from nodeeditor.gui.panels.field import tip
from nodeeditor.gui.panels.fieldwidgets import BoolWidget, FieldWidget, FileWidget, TriggerWidget, field_widget
from nodeeditor.gui.panels.inspector import Inspector
from nodeeditor.gui.panels.layouts import LAYOUTS, Line, Section, When, layout_of
from nodeeditor.gui.panels.model import FieldState, PanelModel, field_states, send
from nodeeditor.gui.panels.table import AutomaticPanel
from nodeeditor.node import FieldSpec, Node

__all__ = [
    "LAYOUTS",
    "AutomaticPanel",
    "DefaultPanel",
    "Inspector",
    "PanelModel",
    "PanelWindow",
    "has_default_panel",
    "open_panel",
]


def open_panel(model: PanelModel, automatic: bool) -> PanelWindow:
    """A window with a node's panel; the automatic one also where there is nothing to make another from."""
    panel = AutomaticPanel(model) if automatic or not has_default_panel(model) else DefaultPanel(model)
    return PanelWindow(model, panel)


def has_default_panel(model: PanelModel) -> bool:
    """Whether a node's type is known and has fields."""
    node_type = model.node_type()
    return node_type is not None and bool(node_type.declaration.fields)


class PanelWindow(QWidget):
    """A window around a panel, titled ``Panel NAME — NETWORK`` also after the node is renamed."""

    def __init__(self, model: PanelModel, panel: QWidget) -> None:
        super().__init__()
        self.panel = panel
        self._model = model
        self._network = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        self.setFocusProxy(panel)
        self.resize(self.sizeHint())
        model.changed.connect(self._retitle)
        self._retitle()

    def show_network(self, name: str) -> None:
        """Say in the title which network the node belongs to."""
        self._network = name
        self._retitle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel, unless an editor in it has something to take back."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _retitle(self) -> None:
        self.setWindowTitle(" — ".join(filter(None, (f"Panel {self._model.name()}", self._network))))


class FieldLabel(QLabel):
    """A field's name in a panel: clicked for a check box, dragged for a connection."""

    clicked = Signal()

    def show_active(self, active: bool) -> None:
        """Look as if disabled or not; it can be dragged all the same."""
        role = QPalette.ColorRole.WindowText if active else QPalette.ColorRole.PlaceholderText
        self.setForegroundRole(role)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Claim the mouse, so that its release is told."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class DefaultPanel(QWidget):
    """A node's panel: its special layout, or a form of all fields."""

    def __init__(self, model: PanelModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.widgets: dict[str, FieldWidget] = {}
        self.labels: dict[str, FieldLabel] = {}
        self._sources: dict[str, QLabel] = {}
        self._conditions: dict[str, When] = {}
        self._model = model
        self._type: type[Node] | None = None
        self._page: QWidget | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        model.changed.connect(self.refresh)
        self._build()
        self.refresh()

    def refresh(self) -> None:
        """Show the node as it stands; what somebody is typing stays."""
        if self._model.node_type() is not self._type:
            self._build()
        states = field_states(self._model)
        for name, widget in self.widgets.items():
            state = states[name]
            active = self._is_active(name, states)
            widget.show_value(state.value)
            widget.setEnabled(active and not state.source)
            self._sources[name].setText(f"← {state.source}" if state.source else "")
            self._sources[name].setVisible(bool(state.source))
            self._explain(state, active)

    def _is_active(self, name: str, states: dict[str, FieldState]) -> bool:
        when = self._conditions.get(name)
        return when is None or states[when.field].value in when.values

    def _explain(self, state: FieldState, active: bool) -> None:
        """Grey the name of what is not used, and say in its tooltip what the field is connected to."""
        label = self.labels.get(state.field.file_name)
        if label is None:
            return
        label.show_active(active)
        facts = [state.field.help, f"Field: {state.field.file_name}"]
        facts += [f"Its value comes from {state.source}"] if state.source else []
        facts += [f"Feeds {', '.join(state.consumers)}"] if state.consumers else []
        label.setToolTip(tip("\n".join(facts)))

    def _build(self) -> None:
        """Make all widgets anew, for another node type."""
        self._type = self._model.node_type()
        for table in (self.widgets, self.labels, self._sources, self._conditions):
            table.clear()
        if self._page is not None:
            self._outer.removeWidget(self._page)
            self._page.deleteLater()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        if self._type is None:
            column.addWidget(QLabel(f"{self._model.spec().type} is an unknown node type.", page))
        for section in layout_of(self._type) if self._type is not None else ():
            column.addWidget(self._section(section, page))
        column.addStretch(1)
        self._align()
        self._page = _Scrolled(page)
        self._outer.addWidget(self._page)

    def _section(self, section: Section, parent: QWidget) -> QWidget:
        assert self._type is not None
        declared = self._type.declaration.fields
        outside, inside = _box(section.title, parent)
        grid = QGridLayout(inside)
        margin = 0 if section.title is None else 6
        grid.setContentsMargins(margin, margin, margin, margin)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, line in enumerate(section.lines):
            self._line(grid, row, line, [declared[name] for name in line.fields])
        return outside

    def _line(self, grid: QGridLayout, row: int, line: Line, specs: list[FieldSpec]) -> None:
        parent = grid.parentWidget()
        widgets = [self._widget(spec, line, parent) for spec in specs]
        editors = QHBoxLayout()
        editors.setSpacing(6)
        label = None
        for spec, widget in zip(specs, widgets, strict=True):
            editors.addWidget(widget)
            if isinstance(widget, TriggerWidget):
                FieldHandle(self._model, spec.file_name, widget.button)
            else:
                label = self._label(spec, line, widget, parent)
            editors.addWidget(self._sources[spec.file_name])
        if label is None:
            editors.addStretch(1)
            grid.addLayout(editors, row, 1)
        elif isinstance(widgets[0], BoolWidget):
            editors.insertWidget(1, label)
            editors.addStretch(1)
            grid.addLayout(editors, row, 0, 1, 2)
        else:
            grid.addWidget(label, row, 0)
            grid.addLayout(editors, row, 1)

    def _widget(self, spec: FieldSpec, line: Line, parent: QWidget) -> FieldWidget:
        name = spec.file_name
        widget = field_widget(spec, parent)
        widget.edited.connect(lambda value, gesture: send(self._model, spec, value, gesture))
        if isinstance(widget, FileWidget):
            widget.located, widget.file_name = self._model.located, self._model.file_name
        self.widgets[name] = widget
        self._sources[name] = QLabel(parent)
        if line.when is not None:
            self._conditions[name] = line.when
        return widget

    def _label(self, spec: FieldSpec, line: Line, widget: FieldWidget, parent: QWidget) -> FieldLabel:
        colon = "" if isinstance(widget, BoolWidget) else ":"
        label = FieldLabel((line.label or spec.title) + colon, parent)
        FieldHandle(self._model, spec.file_name, label)
        if isinstance(widget, BoolWidget):
            label.clicked.connect(widget.box.click)
        self.labels[spec.file_name] = label
        return label

    def _align(self) -> None:
        """Give the names of all sections one width, so that their editors stand below each other."""
        aligned = [self.labels[name] for name in self.labels if not isinstance(self.widgets[name], BoolWidget)]
        width = max((label.sizeHint().width() for label in aligned), default=0)
        for label in aligned:
            label.setMinimumWidth(width)


class _Scrolled(QScrollArea):
    """A page that is scrolled where the window is too low for it."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        self._content = page

    def sizeHint(self) -> QSize:
        """The page's own size, or most of the screen's height and room for the scroll bar."""
        wanted, highest = self._content.sizeHint(), self.screen().availableSize().height() * 4 // 5
        if wanted.height() <= highest:
            return wanted
        return QSize(wanted.width() + self.verticalScrollBar().sizeHint().width(), highest)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than the page."""
        return QSize(self._content.minimumSizeHint().width(), 60)


def _box(title: str | None, parent: QWidget) -> tuple[QWidget, QWidget]:
    """A box with a bold title, or none, and the widget that takes its content."""
    if title is None:
        inside = QWidget(parent)
        return inside, inside
    box = QGroupBox(title, parent)
    bold, normal = QFont(), QFont()
    bold.setBold(True)
    normal.setBold(False)
    box.setFont(bold)
    inside = QWidget(box)
    inside.setFont(normal)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(inside)
    return box, inside
