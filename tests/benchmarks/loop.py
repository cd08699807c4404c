"""The editor's event loop while a whole volume is computed on a thread: it should not notice."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from nodeeditor.engine import Engine
from nodeeditor.errors import Cancelled
from nodeeditor.gui.session.session import Session
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Outcome, Row, agree
from tests.benchmarks.networks import LEVEL, MASKED, engine, masked_by_numpy, masking
from tests.benchmarks.screen import application

GAP = Row("longest gap of the event loop while a whole volume is computed", 2, than="that of an idle one")
REQUEST = Row("a new slice asked for meanwhile", 3, than="of an idle session")
_JOB, _SLICE = "job", "slice"
_ASKED = 12


class _Beats(QObject):
    """A clock of one millisecond, and the longest time between two of its beats."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = 0.0
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Both idle and at work, in turn."""
    application()
    path = data.in_memory(bench.folder, bench.middle)
    asked = engine(path)
    session = Session(asked)
    levels = iter(range(LEVEL, 32000))
    whole = asked.info(masking(path), MASKED).whole
    values = data.volume(bench.middle)

    def work(level: int) -> Callable[[Engine, Callable[[], bool]], object]:
        def computed(engine: Engine, cancelled: Callable[[], bool]) -> object:
            for _ in engine.stream(masking(path, level), MASKED, cancelled=cancelled):
                pass
            return None

        return computed

    def one_slice(level: int, z: int) -> Callable[[Engine, Callable[[], bool]], object]:
        region = whole.along("z", z)
        return lambda engine, cancelled: engine.stream(masking(path, level), MASKED, cancelled=cancelled).read(region)

    def job() -> float:
        """Seconds of a whole volume."""
        started = time.perf_counter()
        _answer(session, _JOB, work(next(levels)))
        return time.perf_counter() - started

    def latencies() -> list[float]:
        """Seconds from question to answer, of slices that nobody has seen, one after the other."""
        taken: list[float] = []
        for _ in range(_ASKED):
            level, z = next(levels), int(np.random.default_rng(len(taken)).integers(bench.middle[0]))
            started = time.perf_counter()
            image = _answer(session, _SLICE, one_slice(level, z))
            taken.append(time.perf_counter() - started)
            agree(REQUEST.name, image.voxels[0, 0, 0], masked_by_numpy(values[z], level))  # type: ignore[attr-defined]
        return taken

    def latencies_at_work() -> list[float]:
        stopped: list[bool] = []

        def endless(engine: Engine, cancelled: Callable[[], bool]) -> object:
            while not stopped and not cancelled():
                work(next(levels))(engine, cancelled)
            raise Cancelled  # an answer of its own would be taken for that of the next job

        session.ask(_JOB, endless)
        taken = latencies()
        stopped.append(True)
        _answer(session, _JOB, lambda engine, cancelled: None)  # comes when the thread is free
        return taken

    beats = _Beats()
    gaps: dict[str, list[float]] = {"idle": [], "at work": []}
    waits: dict[str, list[float]] = {"idle": [], "at work": []}
    job()
    for _ in range(bench.rounds):
        beats.start()
        seconds = job()
        gaps["at work"].append(beats.longest)
        beats.start()
        _rest(seconds)
        gaps["idle"].append(beats.longest)
        beats.stop()
        waits["idle"] += latencies()
        waits["at work"] += latencies_at_work()
    session.close(10)
    for row, taken, how in ((GAP, gaps, "median of the longest"), (REQUEST, waits, "median")):
        idle, busy = (1000 * statistics.median(taken[state]) for state in ("idle", "at work"))
        yield Outcome(row, busy / idle, f"{busy:.3g} ms, idle {idle:.3g} ms", how=how)


def _answer(session: Session, key: str, work: Callable[[Engine, Callable[[], bool]], object]) -> object:
    """Ask, and let the event loop turn until the answer is there."""
    loop, answers = QEventLoop(), []

    def take(answered: str, answer: object) -> None:
        if answered == key:
            answers.append(answer)
            loop.quit()

    session.answered.connect(take)
    session.failed.connect(take)
    session.ask(key, work)
    loop.exec()
    session.answered.disconnect(take)
    session.failed.disconnect(take)
    if isinstance(answers[0], Exception):
        raise answers[0]
    return answers[0]


def _rest(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(max(1, round(1000 * seconds)), loop.quit)
    loop.exec()
