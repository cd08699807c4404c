"""Text that is typed and not sent: whose a key is meanwhile, and the frame around what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QWidget

_ERROR = QColor("#d9342b")
_UNDO = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class Typed:
    """What the editors of one line and of several share; ``shown`` is what was last shown."""

    shown = ""
    wrong = False

    @property
    def typed(self) -> bool:
        """Whether it holds text that was typed and not sent."""
        return self._text() != self.shown

    def mark_wrong(self, wrong: bool) -> None:
        """Draw the error frame or take it away."""
        self.wrong = wrong
        self._surface().update()

    def _text(self) -> str:
        """The text that it holds now."""
        raise NotImplementedError

    def _surface(self) -> QWidget:
        """What the text is painted on."""
        raise NotImplementedError

    def _settles(self, event: QEvent) -> bool:
        """Claim Escape while text is typed, leave undo to the network while none is; whether it is such an event."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        claimed = self._brings_back(event)
        if not claimed and not self._is_foreign(event):
            return False
        event.setAccepted(claimed)
        return True

    def _brings_back(self, event: QKeyEvent) -> bool:
        """Whether a key means what was shown before text was typed."""
        return self.typed and event.key() == Qt.Key.Key_Escape

    def _is_foreign(self, event: QKeyEvent) -> bool:
        """Whether a key means the network's undo, since nothing is typed that could be undone here."""
        return not self.typed and any(event.matches(key) for key in _UNDO)

    def _draw_frame(self) -> None:
        """Draw the error frame over what is wrong."""
        if self.wrong:
            painter = QPainter(self._surface())
            painter.setPen(QPen(_ERROR, 2))
            painter.drawRect(QRectF(self._surface().rect()).adjusted(1, 1, -1, -1))
