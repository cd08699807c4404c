"""Draws the pictures of the README with the editor itself, so that they show what it is now.

    python -m tests.pictures [FOLDER]

They are drawn without a screen, with the built-in data, into networks/pictures unless a folder is given.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library

ROOT = Path(__file__).parents[1]
NETWORKS = ROOT / "networks"
_TITLE_BAR = 24
_BAR, _SHADOW = QColor("#5b7fa6"), QColor(0, 0, 0, 60)
_PATIENCE = 2_000  # times 10 ms


def main() -> None:
    """Draw all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else NETWORKS / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    for name, draw in PICTURES.items():
        with tempfile.TemporaryDirectory() as kept:
            settings = QSettings(str(Path(kept) / "settings.ini"), QSettings.Format.IniFormat)
            window = Window(Library.installed(), settings, Journal(Path(kept) / "journal"))
            draw(window).save(str(folder / f"{name}.png"))
            window.close()
            app.processEvents()


def masking(window: Window) -> QPixmap:
    """The tutorial: background lit up on the left, masked on the right, with what made a voxel beside the boxes."""
    _open(window, "ImageMask", "light", 1040)
    window.canvas.pan(QPoint(0, -135))
    viewer = window.viewers.open(window.live, "SynchroView2D")
    _until(lambda: viewer.view.steering.shown is not None)
    viewer.view.deeds.show_window(0, (190.0, 700.0), 1)
    viewer.view.deeds.show_window(1, (190.0, 700.0), 2)
    window.canvas.end_clicked.emit("Threshold.output0")
    window.editing.select(["Threshold"])
    _settle(window)
    shown = viewer.view.steering.shown
    assert shown is not None
    pane = shown.panes[1]
    viewer.view.explain_wanted.emit(1, pane.world_at(pane.rect[0] + 60, pane.rect[1] + 60))
    _until(lambda: len(window.canvas.explanations()) == 3)
    return _together(window, (viewer, QPoint(28, 576)))


def ortho(window: Window) -> QPixmap:
    """Three planes through one point, in dark colours."""
    _open(window, "OrthoView2D", "dark")
    viewer = window.viewers.open(window.live, "OrthoView2D")
    viewer.resize(640, 620)
    window.editing.select(["OrthoView2D"])
    _settle(window)
    return _together(window, (viewer, QPoint(520, 190)))


def overlay(window: Window) -> QPixmap:
    """A mask in colour over the slices it was made of."""
    _open(window, "SoView2DOverlay", "light")
    viewer = window.viewers.open(window.live, "View2D")
    panel = window.panels.open(window.document, "Threshold", automatic=False)
    _settle(window)
    return _together(window, (viewer, QPoint(640, 120)), (panel, QPoint(150, 330)))


def search(window: Window) -> QPixmap:
    """Typing on the canvas finds node types."""
    _open(window, "ImageMask", "light")
    window.editing.select(["Mask"])
    window.tab.search("view", window.canvas.mapToScene(QPoint(330, 90)))
    _settle(window)
    box = window.tab.search_box
    return _together(window, (box, window.mapFromGlobal(box.pos())), framed=False)


PICTURES: dict[str, Callable[[Window], QPixmap]] = {
    "masking": masking,
    "ortho": ortho,
    "overlay": overlay,
    "search": search,
}


def _open(window: Window, name: str, scheme: str, height: int = 860) -> None:
    window.show_scheme(scheme)
    window.resize(1240, height)
    window.show()
    window.open(NETWORKS / f"{name}.mlab.json")
    _settle(window)


def _settle(window: Window) -> None:
    """Wait until nothing is at work any more."""
    QTest.qWait(300)
    _until(lambda: all(one.state != "working" for one in window.live.session.states.values()))
    QTest.qWait(300)


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE):
        if condition():
            return
        QTest.qWait(10)
    raise RuntimeError("the editor did not get so far")


def _together(window: Window, *others: tuple[QWidget, QPoint], framed: bool = True) -> QPixmap:
    """The editor with windows over it, each with a plain title bar."""
    below = window.grab()
    lowest = max((at.y() + widget.height() + _TITLE_BAR + 12 for widget, at in others), default=0)
    furthest = max((at.x() + widget.width() + 12 for widget, at in others), default=0)
    picture = QPixmap(max(below.width(), furthest), max(below.height(), lowest))
    picture.fill(QColor("transparent"))
    painter = QPainter(picture)
    painter.drawPixmap(0, 0, below)
    for widget, at in others:
        bar = QRect(at, QSize(widget.width(), _TITLE_BAR if framed else 0))
        painter.fillRect(QRect(at + QPoint(4, 5), QSize(widget.width(), widget.height() + bar.height())), _SHADOW)
        if framed:
            painter.fillRect(bar, _BAR)
            painter.setPen(QColor("white"))
            painter.drawText(bar.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, widget.windowTitle())
        painter.drawPixmap(bar.bottomLeft() + QPoint(0, 1), widget.grab())
    painter.end()
    return picture


if __name__ == "__main__":
    main()
