"""The editor of a number: typed, also as a sum, stepped finely or coarsely with arrows, dragged between bounds."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TypeAlias

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPolygonF, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from nodeeditor.errors import FieldError
from nodeeditor.fields import DoubleType, IntegerType, Json
from nodeeditor.gui.panels.field import FieldLine, TextWidget
from nodeeditor.gui.panels.sums import worked_out
from nodeeditor.node import FieldSpec

Number: TypeAlias = DoubleType | IntegerType

_COARSE = 10
_POSITIONS = 100
_WIDE = 1000
_NOTCH = 120
_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: _COARSE, Qt.Key.Key_PageDown: -_COARSE}


def stepped(kind: Number, value: float | None, steps: int) -> float:
    """The number some fine steps further, within its bounds and without the noise of binary fractions.

    A fine step is 1 % of a bounded range; else 1, and for a fraction the power of ten next to 1 % of it.
    """
    start = 0 if value is None else value
    if isinstance(kind, IntegerType):
        return _clamped(kind, int(start) + steps)
    return _clamped(kind, float(Decimal(repr(start)) + steps * _fine_step(kind, start)))


def slider_value(kind: Number, position: int) -> float:
    """The number at a position from 0 to 100 of a slider; a very wide positive range is spread logarithmically."""
    low, high = _bounds(kind)
    if _is_wide(kind):
        return _clamped(kind, float(f"{low * (high / low) ** (position / _POSITIONS):.3g}"))
    return _clamped(kind, float(Decimal(repr(low)) + position * _fine_step(kind, low)))


def slider_position(kind: Number, value: float) -> int:
    """The position from 0 to 100 of a slider that is nearest to a number."""
    low, high = _bounds(kind)
    value = min(max(value, low), high)
    if _is_wide(kind):
        return round(_POSITIONS * math.log(value / low) / math.log(high / low))
    return round(_POSITIONS * ((value - low) / (high - low)))


def has_slider(kind: Number) -> bool:
    """Whether a number is a fraction between two bounds, so that a slider makes sense."""
    if not isinstance(kind, DoubleType) or kind.minimum is None or kind.maximum is None:
        return False
    return math.isfinite(float(kind.maximum) - float(kind.minimum)) and kind.maximum > kind.minimum


class NumberLine(FieldLine):
    """A line for a number; ``stepped`` tells of steps by arrow keys, page keys (coarse) and the wheel."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._turned = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the keys up, down, page up and page down."""
        steps = _KEYS.get(Qt.Key(event.key()), 0)
        if steps and not self.isReadOnly():
            self.stepped.emit(steps)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the whole number, not only the digits before its point; a third click does not undo it."""
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step with the wheel, coarsely while Ctrl is held."""
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _NOTCH)
        self._turned -= steps * _NOTCH
        coarse = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if steps and not self.isReadOnly():
            self.stepped.emit(steps * (_COARSE if coarse else 1))
        event.accept()


class StepButton(QAbstractButton):
    """A small arrow button that repeats while it is held; two arrows stand for coarse steps."""

    def __init__(self, steps: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.steps = steps
        self.setAutoRepeat(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setToolTip("Coarse step" if abs(steps) > 1 else "Fine step")

    def sizeHint(self) -> QSize:
        """As wide as the arrow needs; half a line of text high."""
        height = self.fontMetrics().height()
        return QSize(height, height // 2 + 2)

    def minimumSizeHint(self) -> QSize:
        """Small, so that a line of text decides the height."""
        return QSize(self.sizeHint().width(), 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a button of the style with one or two arrow heads."""
        painter = QPainter(self)
        option = QStyleOptionButton()
        option.initFrom(self)
        option.state |= QStyle.StateFlag.State_Sunken if self.isDown() else QStyle.StateFlag.State_Raised
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelButtonCommand, option, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.ButtonText))
        heads = 2 if abs(self.steps) > 1 else 1
        tall = min(self.height() * 0.36, self.width() * 0.3) / (1.3 if heads == 2 else 1)
        for place in range(heads):
            middle = self.height() / 2 + (place - (heads - 1) / 2) * tall * 1.15
            painter.drawPolygon(self._head(middle, tall))

    def _head(self, middle: float, tall: float) -> QPolygonF:
        x, half = self.width() / 2, tall * 1.1
        point, foot = middle - tall / 2, middle + tall / 2
        if self.steps < 0:
            point, foot = foot, point
        return QPolygonF([QPointF(x, point), QPointF(x + half, foot), QPointF(x - half, foot)])


class NumberWidget(TextWidget):
    """An Integer or Double: a line with arrows; the button Auto where no number means automatic."""

    def __init__(self, spec: FieldSpec, kind: Number, parent: QWidget | None = None) -> None:
        self.kind = kind
        self.automatic: QToolButton | None = None
        self.buttons: list[StepButton] = []
        super().__init__(spec, parent)

    def step(self, steps: int) -> None:
        """Go some fine steps, after what is typed; wrong text stays for its writer to see."""
        self.commit()
        if not self._typed() and not self._problem:
            self._edit(stepped(self.kind, self._value, steps), self.gestures.number)

    def _line(self) -> FieldLine:
        line = NumberLine(self)
        line.stepped.connect(self.step)
        self.gestures.watch(line)
        if self.kind.optional:
            line.setPlaceholderText("auto")
        return line

    def _read(self) -> Json:
        """The number that is typed, also as a sum such as 2*30."""
        try:
            text = worked_out(self.lines[0].text())
        except ValueError as error:
            raise FieldError(str(error), connector=self.spec.file_name) from None
        return self.spec.type.to_json(self.spec.from_text(text))

    def _texts(self) -> list[str]:
        return [""] if self._value is None and self.kind.optional else super()._texts()

    def _arrange(self) -> None:
        self._row.addLayout(self._arrows())
        self._add_unit()
        if self.kind.optional:
            self.automatic = QToolButton(self)
            self.automatic.setText("Auto")
            self.automatic.setToolTip("Automatic: no number of its own")
            self.automatic.clicked.connect(self._make_automatic)
            self.gestures.watch(self.automatic)
            self._row.addWidget(self.automatic)

    def _arrows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(0)
        for column, size in enumerate((1, _COARSE) if isinstance(self.kind, DoubleType) else (1,)):
            for row, sign in enumerate((1, -1)):
                button = StepButton(sign * size, self)
                button.pressed.connect(self._press)
                self.gestures.watch(button)
                self.buttons.append(button)
                grid.addWidget(button, row, column)
        return grid

    def _press(self) -> None:
        button = self.sender()
        assert isinstance(button, StepButton)
        self.step(button.steps)

    def _make_automatic(self) -> None:
        self.lines[0].restore()
        self._edit(None, self.gestures.number)
        self.lines[0].setFocus()

    def _show(self) -> None:
        super()._show()
        if self.automatic is not None:
            self.automatic.setEnabled(self._value is not None)


class SliderWidget(NumberWidget):
    """A Double between two bounds: a line with arrows and a slider."""

    def _arrange(self) -> None:
        super()._arrange()
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _POSITIONS)
        self.slider.setPageStep(_COARSE)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setMinimumWidth(7 * self.fontMetrics().height())
        self.slider.valueChanged.connect(self._slide)
        self.gestures.watch(self.slider)
        self._row.addWidget(self.slider, 2)
        self._row.setStretch(0, 1)

    def _slide(self, position: int) -> None:
        self._edit(slider_value(self.kind, position), self.gestures.number)

    def _show(self) -> None:
        super()._show()
        try:
            value = self.spec.value(self._value)
        except FieldError:
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(slider_position(self.kind, value) if value is not None else 0)


def _fine_step(kind: Number, value: float) -> Decimal:
    if has_slider(kind) and not _is_wide(kind):
        low, high = _bounds(kind)
        return (Decimal(repr(high)) - Decimal(repr(low))) / _POSITIONS
    if float(value).is_integer() and not _is_wide(kind):
        return Decimal(1)
    return Decimal(10) ** min(0, math.ceil(math.log10(abs(value)) - 2))


def _bounds(kind: Number) -> tuple[float, float]:
    assert kind.minimum is not None
    assert kind.maximum is not None
    return float(kind.minimum), float(kind.maximum)


def _is_wide(kind: Number) -> bool:
    if not has_slider(kind):
        return False
    low, high = _bounds(kind)
    return low > 0 and high / low >= _WIDE


def _clamped(kind: Number, number: Json) -> float:
    if kind.minimum is not None and number < kind.minimum:
        number = kind.minimum
    if kind.maximum is not None and number > kind.maximum:
        number = kind.maximum
    return int(number) if isinstance(kind, IntegerType) else float(number)
