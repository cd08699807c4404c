"""Whole volumes that are worked out for an open document give way to the slices that somebody looks at."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nodeeditor.engine import Engine
from nodeeditor.engine.ahead import step_back
from nodeeditor.gui.session.session import Session
from nodeeditor.library import Library


def test_what_is_asked_of_a_session_gives_way(qtbot: QtBot) -> None:
    session = Session(Engine(Library([]), 0))
    with qtbot.waitSignal(session.answered) as answered:
        session.ask("volume", lambda engine, cancelled: engine.begin)
    with session.request() as engine:
        assert engine.begin is step_back
    session.close(10)
    assert answered.args == ["volume", step_back]
