"""The running editor: from an event of the hand to the painted picture that answers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from nodeeditor.file import save
from nodeeditor.gui.document.journal import Journal
from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.viewers.sliceview import SliceView
from nodeeditor.gui.window.window import Window
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Extent3, Outcome, Row, agree, percentile, size
from tests.benchmarks.networks import LEVEL, library, masked_by_numpy, masking
from tests.benchmarks.screen import application

WINDOW = Row("editor, two views of 500 pixels: window/level dragged, event to painted picture", 16, unit="ms")
WHEEL = Row("editor, two views of 500 pixels: wheel turned, event to painted picture", 16, unit="ms")
FIELD = Row("editor, two views of 500 pixels: threshold turned, event to painted picture", 16, unit="ms")
_VIEWER = "SynchroView2D"
_PATIENCE = 5000  # milliseconds
_BETWEEN = 8  # milliseconds from a painted picture to the next event
_NONE = Qt.KeyboardModifier.NoModifier


class _Painted(QObject):
    """Waits for a view to paint a picture that it has not painted before."""

    def __init__(self, view: SliceView) -> None:
        super().__init__()
        self._view = view
        self._loop = QEventLoop()
        self._before: object = None
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._view.steering.shown is not self._before:
            QTimer.singleShot(0, self._loop.quit)  # when it is painted
        return False

    def seconds(self, act: Callable[[], object]) -> float:
        """From an event to its picture on the widget; raises TimeoutError."""
        self._before = self._view.steering.shown
        late = QTimer(singleShot=True, interval=_PATIENCE)
        late.timeout.connect(self._loop.quit)
        late.start()
        started = time.perf_counter()
        act()
        self._loop.exec()
        taken = time.perf_counter() - started
        if not late.isActive():
            raise TimeoutError("no new picture was painted")
        late.stop()
        return taken


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """The 95th percentile over events that follow each other as fast as they are answered."""
    application()
    path = data.metaimage(bench.folder, bench.middle)
    saved = bench.folder / "live.mlab.json"
    save(masking(path), saved)
    window = Window(
        library(), QSettings(str(bench.folder / "settings.ini"), QSettings.Format.IniFormat), _journal(bench)
    )
    window.show()
    assert window.open(saved)
    viewer = window.viewers.open(window.live, _VIEWER)
    view = viewer.view
    painted = _Painted(view)
    _wait(lambda: view.steering.shown is not None)
    viewer.resize(viewer.width() + 1004 - view.width(), viewer.height() + 500 - view.height())
    _wait(lambda: view.steering.shown is not None and view.steering.shown.picture.shape == (500, 1004, 3))
    _rest(500)
    events = 4 * bench.rounds
    graph, gesture = window.document.graph, new_gesture()

    def threshold(number: int) -> None:
        graph.set_field("Threshold", "threshold", float(LEVEL + 1 + number), gesture)

    _press(view)
    yield _turned(WINDOW, painted, events, lambda number: _move(view, number), bench.middle)
    _release(view)
    yield _turned(WHEEL, painted, events, lambda number: _wheel(view), bench.middle)
    yield _turned(FIELD, painted, events, threshold, bench.middle)
    _check(view, path, bench.middle, LEVEL + 1 + events)
    view.removeEventFilter(painted)
    viewer.close()
    window.document.keep()
    window.live.session.close(10)
    window.hide()


def _turned(row: Row, painted: _Painted, events: int, act: Callable[[int], None], extent: Extent3) -> Outcome:
    taken = []
    for number in range(events + 1):
        taken.append(painted.seconds(lambda number=number: act(number)))  # type: ignore[misc]
        _rest(_BETWEEN)
    late = percentile(0.95)(taken[1:])
    middle = percentile(0.5)(taken[1:])
    return Outcome(row, 1000 * late, f"median {1000 * middle:.3g} ms, {size(extent)}", how=f"p95 of {events} events")


def _check(view: SliceView, path: Path, extent: Extent3, level: int) -> None:
    """The right view shows the masked slice."""
    shown = view.steering.shown
    assert shown is not None
    page = shown.pages[1]
    assert page is not None
    z = page.region.start[2]
    values = next(one for number, one in enumerate(data.slices(extent)) if number == z)
    agree(path.name, page.voxels[0, 0, 0], masked_by_numpy(values, level))


def _press(view: QWidget) -> None:
    _mouse(view, QEvent.Type.MouseButtonPress, 0, Qt.MouseButton.RightButton)


def _move(view: QWidget, number: int) -> None:
    _mouse(view, QEvent.Type.MouseMove, 6 + 2 * number, Qt.MouseButton.NoButton)


def _release(view: QWidget) -> None:
    _mouse(view, QEvent.Type.MouseButtonRelease, 6, Qt.MouseButton.RightButton)
    _rest(200)


def _mouse(view: QWidget, kind: QEvent.Type, shift: int, button: Qt.MouseButton) -> None:
    here = QPointF(250 + shift, 250 + shift)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.RightButton
    QCoreApplication.sendEvent(view, QMouseEvent(kind, here, QPointF(view.mapToGlobal(here)), button, held, _NONE))


def _wheel(view: QWidget) -> None:
    here, none = QPointF(250, 250), Qt.MouseButton.NoButton
    at = QPointF(view.mapToGlobal(here))
    event = QWheelEvent(here, at, QPoint(), QPoint(0, -120), none, _NONE, Qt.ScrollPhase.NoScrollPhase, False)
    QCoreApplication.sendEvent(view, event)


def _journal(bench: Bench) -> Journal:
    return Journal(bench.folder / "journal")


def _wait(true: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE // 10):
        if true():
            return
        _rest(10)
    raise TimeoutError("the editor shows nothing")


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
