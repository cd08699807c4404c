"""Work that waits for rest is neither forgotten nor put off for ever."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from nodeeditor.gui.session.lull import Lull

AGES = 1_000_000  # milliseconds


def test_what_waits_for_rest_is_done_once(qtbot: QtBot) -> None:
    owner, done = QObject(), list[int]()
    lull = Lull(owner, 1, 2)
    lull.timeout.connect(lambda: done.append(1))
    lull.stir()
    lull.stir()
    qtbot.waitUntil(lambda: bool(done))
    assert not lull.isActive()
    assert done == [1]


def test_a_stir_begins_the_wait_anew_unless_that_went_on_for_too_long(qtbot: QtBot) -> None:
    owner = QObject()
    for most, anew in ((2 * AGES, True), (AGES, False)):
        lull = Lull(owner, AGES, most)
        lull.setTimerType(Qt.TimerType.PreciseTimer)
        lull.stir()
        qtbot.wait(20)
        left = lull.remainingTime()
        assert left < AGES
        lull.stir()
        assert (lull.remainingTime() > left) is anew
