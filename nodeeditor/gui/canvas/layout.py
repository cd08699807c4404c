"""How large the box of a node is, and where its parts lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt

from nodeeditor.gui.canvas.connectors import PITCH
from nodeeditor.gui.canvas.look import Look
from nodeeditor.gui.canvas.theme import LIGHT, metrics

_MIN_WIDTH, _STEP = 88.0, 8.0
_HEIGHT, _HEIGHT_WITH_VALUE = 56.0, 72.0
_WIDEST_TEXT = 240.0
_MARGIN = 4.0  # a saved frame is the box and the room for its shadow, as in MeVisLab's files
_PADDING = 10.0
_RELOAD = 20.0
_LAMP = 7.0  # free on either side of the outputs
_BELOW = 5.0  # free above what is written under the box


@dataclass(frozen=True)
class Layout:
    """Sizes and places in the coordinates of a box; ``title`` and ``value`` are cut to their room.

    ``body`` is the painted box, without the room for its shadow; ``reload`` is empty without a button; ``below`` is
    where a line of text under the box begins, beside the wires that come in there.
    """

    width: float
    height: float
    body: QRectF
    texts: QRectF
    reload: QRectF
    below: QPointF
    title: str
    value: str


def layout(look: Look, inputs: int, outputs: int, asked: tuple[float, float]) -> Layout:
    """The smallest box that takes its texts and connectors, or a larger one where that was asked for."""
    width, height = (max(pair) for pair in zip(_needed(look, inputs, outputs), asked, strict=True))
    body = QRectF(_MARGIN, _MARGIN - 1, width - 2 * _MARGIN, height - 2 * _MARGIN)
    button = _RELOAD + 2 if look.reload else 0
    texts = body.adjusted(_PADDING, 0, -_PADDING - button, 0)
    reload = QRectF(body.right() - _RELOAD - 8, body.center().y() - _RELOAD / 2, _RELOAD, _RELOAD)
    right = body.center().x() + PITCH * inputs / 2 if inputs else body.left() + _BELOW
    title, value = metrics(LIGHT)[:2]
    middle, room = Qt.TextElideMode.ElideMiddle, texts.width() + 1
    return Layout(
        width,
        height,
        body,
        texts,
        reload if look.reload else QRectF(),
        QPointF(right, body.bottom() + _BELOW),
        title.elidedText(look.title, middle, room),
        value.elidedText(look.value_line, middle, room),
    )


def _needed(look: Look, inputs: int, outputs: int) -> tuple[float, float]:
    """The smallest size for the whole of the texts and all connectors; very long texts are cut."""
    title, value = metrics(LIGHT)[:2]
    text = min(max(title.horizontalAdvance(look.title), value.horizontalAdvance(look.value_line)), _WIDEST_TEXT)
    width = max(
        2 * (_MARGIN + _PADDING) + text + (_RELOAD + 2 if look.reload else 0),
        2 * _MARGIN + inputs * PITCH,
        2 * (_MARGIN + _LAMP) + outputs * PITCH,
        _MIN_WIDTH,
    )
    return math.ceil(width / _STEP) * _STEP, _HEIGHT_WITH_VALUE if look.value_line else _HEIGHT
