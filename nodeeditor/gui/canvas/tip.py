"""Words at the cursor."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from nodeeditor.gui.canvas.theme import Theme


class Tip(QLabel):
    """A line of words at the cursor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMargin(5)
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self.hide)
        self.hide()

    def show_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.setStyleSheet(
            f"background: {theme.tip}; color: {theme.tip_text}; border: 1px solid {theme.refused}; border-radius: 4px"
        )

    def tell(self, text: str, at: QPoint, stays: int = 0) -> None:
        """Show words beside a point of the canvas, for some milliseconds or until hidden."""
        self._end.stop()
        self.setText(text)
        self.adjustSize()
        room = self._room.size() - self.size()
        self.move(max(min(at.x() + 16, room.width()), 0), max(min(at.y() + 16, room.height()), 0))
        self.show()
        self.raise_()
        if stays:
            self._end.start(stays)
