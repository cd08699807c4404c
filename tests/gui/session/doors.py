"""A source that waits at doors which a test opens, so that races have one outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from pytestqt.qtbot import QtBot

from nodeeditor import Image, ImageInfo, Input, Node, NodeError, Output, Pages, Region, Voxels, field
from nodeeditor.engine import Engine
from nodeeditor.library import Library

from ...samples import LIBRARY

PATIENCE = 20.0  # seconds after which a hanging test fails; nothing waits so long where all is right


class Door:
    """Shut until it is opened; tells whether somebody stands before it, and counts who came."""

    def __init__(self) -> None:
        self.reached, self._opened = threading.Event(), threading.Event()
        self.visitors = 0

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        self.visitors += 1
        self.reached.set()
        assert self._opened.wait(PATIENCE)


DOORS: dict[str, Door] = {}


def shut(name: str) -> Door:
    """A shut door: ``open`` or ``compute``, and the name of a Slow node; behind ``no open`` and such a wall is."""
    return DOORS.setdefault(name, Door())


class Slow(Node):
    """Opens and computes where no shut door is in its way."""

    output0 = Output(Image, "One value everywhere.")
    name: str = field(default="", help="The doors.")
    value: int = field(default=0, minimum=0, maximum=255, help="The value; 13 fails.")
    slices: int = field(default=4, minimum=1, help="Slices.")
    rows: int = field(default=3, minimum=1, help="Rows.")

    def open(self) -> str:
        if door := DOORS.get(f"open {self.name}"):
            door.pass_through()
        return self.name

    def describe(self, opened: str) -> ImageInfo:
        if f"no open {self.name}" in DOORS:
            raise NodeError("is damaged")
        return ImageInfo((1, 1, self.slices, self.rows, 2), np.dtype(np.uint8), (0, 255))

    def compute(self, region: Region) -> Voxels:
        if door := DOORS.get(f"compute {self.name}"):
            door.pass_through()
        if self.value == 13 or f"no compute {self.name}" in DOORS:
            raise NodeError("13 brings bad luck; take another value")
        return np.full(region.shape, self.value, np.uint8)


class Sink(Node):
    """Reads its image."""

    effect = True
    input0 = Input(Image, "Any image.")

    def perform(self, input0: Pages) -> None:
        for _ in input0:
            pass


TYPES = Library([Slow, Sink, *LIBRARY.values()])


def engine() -> Engine:
    DOORS.clear()
    return Engine(TYPES, 2**24)


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Let events be handled until something holds."""
    qtbot.waitUntil(condition, timeout=int(PATIENCE * 1000))
