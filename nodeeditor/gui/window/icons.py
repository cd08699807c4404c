"""Small line icons in the colour of the text, drawn from paths."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

_PATHS = {
    "new": "M6 3h8l5 5v13H6z M14 3v5h5",
    "open": "M3 19V5h6l2 3h9v3 M3 19l3-8h16l-3 8z",
    "save": "M4 4h13l3 3v13H4z M8 4v5h7V4 M7 20v-7h10v7",
    "undo": "M8 5L4 9l4 4 M4 9h10a5.5 5.5 0 0 1 0 11h-4",
    "redo": "M16 5l4 4-4 4 M20 9H10a5.5 5.5 0 0 0 0 11h4",
    "cut": "M8 8l11 10 M8 16L19 6 M6 9a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5z M6 20a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5z",
    "copy": "M9 9h11v11H9z M15 9V4H4v11h5",
    "paste": "M8 5H5v16h14V5h-3 M8 3h8v4H8z",
    "delete": "M4 7h16 M9 7V4h6v3 M6 7l1 13h10l1-13 M10 11v6 M14 11v6",
    "zoom-in": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13z M15.5 15.5L21 21 M7.5 10.5h6 M10.5 7.5v6",
    "zoom-out": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13z M15.5 15.5L21 21 M7.5 10.5h6",
    "frame": "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5 M9 9h6v6H9z",
    "arrange": "M9 3h6v5H9z M4 16h6v5H4z M14 16h6v5h-6z M12 8v4 M7 16v-4h10v4",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13z M15.5 15.5L21 21",
    "up": "M6 15l6-6 6 6",
    "down": "M6 9l6 6 6-6",
    "run": "M7 4l13 8-13 8z",
    "stop": "M6 6h12v12H6z",
    "check": "M4 13l5 5L20 6",
    "close": "M7 7l10 10 M17 7L7 17",
    "error": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 7v6 M12 16.5v.5",
    "warning": "M12 4L2.5 20h19z M12 10v5 M12 17.5v.2",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 11v6 M12 7.5v.2",
}
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{path}" fill="none" stroke="{ink}" '
    'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


class _LineIcon(QIconEngine):
    """Draws a path at any size, in the text colour that the application has at that moment."""

    def __init__(self, path: str, ink: str) -> None:
        super().__init__()
        self._path, self._ink = path, ink

    def clone(self) -> QIconEngine:
        return _LineIcon(self._path, self._ink)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRectF(0, 0, size.width(), size.height()).toRect(), mode, state)
        painter.end()
        return pixmap

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        ink = self._ink or QApplication.palette().color(group, QPalette.ColorRole.WindowText).name()
        renderer = QSvgRenderer(QByteArray(_SVG.format(path=self._path, ink=ink).encode()))
        renderer.render(painter, QRectF(rect))  # type: ignore[call-overload]


def icon(name: str, ink: str = "") -> QIcon:
    """The icon of a name; it follows the text colour unless it has an ink of its own."""
    return QIcon(_LineIcon(_PATHS[name], ink))
