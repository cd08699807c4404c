"""Between a window and its viewer: edits go out at once, answers come when they come, the newest counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.gui.viewers.turning import Edits, Turns, Wanted, bounded, holds

_PACE = 8  # milliseconds between two edits of one drag while a picture is awaited


class Steering(QObject):
    """The newest picture of a viewer, and what was turned since.

    ``shown``    the newest picture, None before the first
    ``problem``  why it is out of date; empty while it is not
    ``busy``     whether the viewer is at work
    ``waiting``  whether an edit has not been answered yet

    While a picture is awaited, what is to be done soon is done at most once in ``pace`` milliseconds.
    """

    changed = Signal()
    """What is shown or wanted, or the problem, is another now."""
    busy_changed = Signal()
    """It is at work from now on, or is no more."""

    def __init__(self, parent: QObject, pace: int = _PACE) -> None:
        super().__init__(parent)
        self.shown: Shown | None = None
        self.problem = ""
        self.busy = self.waiting = False
        self._model: ViewerModel | None = None
        self._edits: Edits = {}
        self._wanted: Wanted | None = None
        self._delayed: Callable[[], None] | None = None
        self._pace = pace
        self._since = QElapsedTimer()
        self._latest = QTimer(self, singleShot=True)
        self._latest.timeout.connect(self.flush)

    @property
    def model(self) -> ViewerModel | None:
        """The viewer that is steered."""
        return self._model

    def follow(self, model: ViewerModel | None) -> None:
        """Steer another viewer, or none."""
        if self._model is not None:
            self._model.shown.disconnect(self._show)
            self._model.failed.disconnect(self._fail)
            self._model.busy.disconnect(self._work)
            self._model.outdated_changed.disconnect(self.changed)
        self._model, self.shown, self.problem, self._edits, self._delayed = model, None, "", {}, None
        self.busy = self.waiting = False
        if model is not None:
            model.shown.connect(self._show)
            model.failed.connect(self._fail)
            model.busy.connect(self._work)
            model.outdated_changed.connect(self.changed)
        self.busy_changed.emit()
        self._tell()

    @property
    def outdated(self) -> str:
        """What to do where what is shown waits for an update; empty where it does not."""
        return self._model.outdated() if self._model is not None else ""

    def forget(self) -> None:
        """Show the last picture no longer: it is of something else."""
        self.shown, self._edits = None, {}
        self._tell()

    @property
    def wanted(self) -> Wanted | None:
        """The viewer as it is wanted; None before anything was shown."""
        if self._wanted is None and self.shown is not None:
            self._wanted = Wanted(self.shown.node, self.shown.infos, self._edits)
        return self._wanted

    def turn(self, pane: int, turns: Turns, gesture: int) -> None:
        """Turn something in a pane, which may be gone already."""
        wanted = self.wanted
        if wanted is not None and pane < len(wanted.panes):
            self._send(wanted.turned(pane, turns), gesture)

    def edit(self, edits: Edits, gesture: int) -> None:
        """Set fields, by their names in files; numbers are kept within what the fields may hold."""
        if self._model is None:
            return
        declared = self._model.node_type().declaration.fields
        near = {name: bounded(declared[name], value) for name, value in edits.items()}
        wanted = self.wanted
        if wanted is not None:
            self._send(wanted.changes(near), gesture)
            return
        saved = self._model.spec().fields
        given = {name: saved.get(name, declared[name].type.to_json(declared[name].default)) for name in near}
        self._send({name: value for name, value in near.items() if value != given[name]}, gesture)

    def soon(self, act: Callable[[], None]) -> None:
        """Do something now, or once the awaited picture is there or the pace is over; of several things the last."""
        self._delayed = act
        if not self.waiting or self._since.hasExpired(self._pace):
            self.flush()
        elif not self._latest.isActive():
            self._latest.start(max(0, self._pace - self._since.elapsed()))

    def flush(self) -> None:
        """Do at once what was to be done soon."""
        act, self._delayed = self._delayed, None
        self._latest.stop()
        if act is not None:
            act()

    def _send(self, edits: Edits, gesture: int) -> None:
        if edits and self._model is not None:
            self._edits = {**self._edits, **edits}
            self._wanted = None
            self.waiting = True
            self._since.start()
            self._model.turn(edits, gesture)

    def _show(self, shown: Any) -> None:
        self.shown, self.problem, self.waiting = shown, "", False
        self._edits = {name: value for name, value in self._edits.items() if not holds(shown.node, name, value)}
        self._tell()
        self.flush()

    def _fail(self, problem: str) -> None:
        self.problem, self.waiting, self._edits = problem, False, {}
        self._tell()
        self.flush()

    def _work(self, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()
        if not busy and (self.waiting or self._edits):
            self.waiting, self._edits = False, {}
            self._tell()

    def _tell(self) -> None:
        self._wanted = None
        self.changed.emit()
