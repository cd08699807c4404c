"""A moment of rest, for work that can wait until a hand does."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer


class Lull(QTimer):
    """Times out once nothing has stirred it for ``rest`` milliseconds; stirred again and again, after ``most``."""

    def __init__(self, parent: QObject, rest: int, most: int) -> None:
        super().__init__(parent, singleShot=True, interval=rest)
        self._latest = most - rest
        self._since = QElapsedTimer()

    def stir(self) -> None:
        """Begin to wait, or wait anew as long as that may be."""
        if not self.isActive():
            self._since.start()
            self.start()
        elif self._since.elapsed() < self._latest:
            self.start()
