"""Tests that Python's garbage is collected on the GUI thread, and on no other."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nodeeditor.gui.garbage import Garbage


class Ring(QObject):
    """Part of a cycle, which only the collector can free."""

    def __init__(self) -> None:
        super().__init__()
        self.other: Ring | None = None


def ring() -> Ring:
    first, second = Ring(), Ring()
    first.other, second.other = second, first
    return first


def test_objects_of_qt_die_on_the_gui_thread_only(qtbot: QtBot) -> None:
    died: list[int] = []
    garbage = Garbage()
    assert not gc.isenabled()
    weakref.finalize(ring(), lambda: died.append(threading.get_ident()))

    def allocate() -> None:
        kept = [[number] for number in range(50_000)]
        assert kept

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert died == []
    kept: list[list[int]] = []

    def collected() -> bool:
        kept.extend([number] for number in range(2 * gc.get_threshold()[0]))  # what Qt deletes meanwhile counts less
        return bool(died)

    qtbot.waitUntil(collected, timeout=10_000)
    assert died == [threading.get_ident()]
    assert kept
    garbage.stop()
    assert gc.isenabled()
    gc.disable()
