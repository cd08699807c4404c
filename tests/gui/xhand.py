"""A hand on mouse and keyboard, and an eye, in front of an X server of its own."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from tests.gui.xreading import Mask, dark, found, shapes

PATIENCE = float(os.environ.get("PAT", "60"))  # seconds for anything that a slow machine still does
_SIZE = 1600, 1000
_PROGRAMS = "Xvfb", "openbox", "xdotool"
_LOOKS = 6  # at something that shall stay as it is
_OPTIONS = "-nolisten", "tcp", "-noreset", "-r"  # no reset after the first client, no repeated keys
T = TypeVar("T")
Point = tuple[int, int]
Area = tuple[slice, slice]
"""Rows and columns of the screen."""
EVERYWHERE: Area = slice(0, None), slice(0, None)


def missing() -> str:
    """Why this computer cannot show a desktop of its own; empty where it can."""
    if not sys.platform.startswith("linux"):
        return f"Xvfb, openbox and xdotool are driven on Linux, not on {sys.platform}"
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


class Desk:
    """An X server without a screen, a window manager on it, and what a person does there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._shapes: dict[str, Mask] = {}
        for name in ("home", "runtime", "screen"):
            (folder / name).mkdir(mode=0o700)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_", "WAYLAND_"))},
            "HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "home" / "config"),
            "XDG_DATA_HOME": str(folder / "home" / "data"),
            "XDG_STATE_HOME": str(folder / "home" / "state"),
            "XDG_CACHE_HOME": str(folder / "home" / "cache"),
            "XDG_RUNTIME_DIR": str(folder / "runtime"),
            "QT_QPA_PLATFORM": "xcb",
            "LC_ALL": "C.UTF-8",
        }
        for name in ("SESSION_MANAGER", "DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY", "DISPLAY"):
            self.environment.pop(name, None)

    # --- programs

    def set_up(self) -> None:
        """Start the X server on a free display, and the window manager."""
        reading, writing = os.pipe()
        screen = f"{_SIZE[0]}x{_SIZE[1]}x24"
        server = self.start(
            "Xvfb",
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                screen,
                "-fbdir",
                str(self._folder / "screen"),
                *_OPTIONS,
            ],
            pass_fds=(writing,),
        )
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            number = pipe.readline().decode().strip()  # comes when the server is ready; nothing when it died
        assert number and server.poll() is None, f"Xvfb did not start: {self.said('Xvfb')}"
        self.environment["DISPLAY"] = f":{number}"
        self.start("openbox", ["openbox", "--sm-disable"])
        self.until("a window manager", lambda: self._do("get_num_desktops") != "")

    def start(self, name: str, command: Sequence[str], pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Start a program on this desk; it is ended with the desk."""
        with (self._folder / f"{name}.log").open("wb") as log:
            program = subprocess.Popen(
                command,
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
            )
        self._running.append(program)
        return program

    def said(self, program: str) -> str:
        """What a program has written."""
        return (self._folder / f"{program}.log").read_text(encoding="utf-8", errors="replace")

    def clear(self) -> None:
        """End everything that was started here, the X server last."""
        for program in reversed(self._running):
            program.terminate()
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    # --- patience

    def until(self, what: str, seen: Callable[[], T], ready: Callable[[T], bool] = bool) -> T:
        """What ``seen`` gives as soon as it is ``ready``; fails with a picture of the screen where that never comes."""
        deadline = time.monotonic() + PATIENCE
        while not ready(found := seen()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come; last seen: {found}; the screen: {self.photograph()}")
            time.sleep(0.05)
        return found

    # --- the eye

    def screen(self) -> npt.NDArray[np.uint32]:
        """The pixels of the screen, 0xRRGGBB."""
        data = (self._folder / "screen" / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])  # an X window dump, the server's own memory
        width, height, order, line = header[4], header[5], header[7], header[12]
        pixels = np.frombuffer(
            data, np.dtype(">u4" if order else "<u4"), height * line // 4, header[0] + 12 * header[19]
        )
        rows: npt.NDArray[np.uint32] = pixels.reshape(height, line // 4)[:, :width].astype(np.uint32) & np.uint32(
            0xFFFFFF
        )
        return rows

    def still(self, area: Area = EVERYWHERE) -> npt.NDArray[np.uint32]:
        """The pixels of a part of the screen, once they have not changed for a quarter of a second."""
        looks = [self.screen()[area]]

        def settled() -> bool:
            looks.append(self.screen()[area])
            return len(looks) > _LOOKS and all(np.array_equal(looks[-1], look) for look in looks[-_LOOKS:-1])

        self.until("a picture that stays", settled)
        return looks[-1]

    def read(self, word: str, area: Area) -> list[Point]:
        """Where a word stands in a part of the screen, dark on light: the middle of each place."""
        if word not in self._shapes:
            self._shapes.update(shapes((word,), self.environment))
        rows, columns = area
        found_at = found(self._shapes[word], dark(self.screen()[area]))
        return [(x + columns.start, y + rows.start) for x, y in found_at]

    def find(self, word: str, area: Area) -> Point:
        """Where a word stands in a part of the screen, once it stands there."""
        return self.until(f"the word '{word}'", lambda: self.read(word, area))[0]

    def photograph(self) -> Path:
        """Keep the screen in a file."""
        path = self._folder / "screen.png"
        pixels = np.ascontiguousarray(self.screen() | np.uint32(0xFF000000), dtype=np.uint32)
        height, width = pixels.shape
        QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).save(str(path))
        return path

    # --- windows

    def seen(self, title: str) -> str:
        """The window with a title, once it is seen, whichever takes the keys."""
        return self.until(f"a window {title!r}", lambda: self._do("search", "--onlyvisible", "--name", f"^{title}$"))

    def window(self, title: str) -> str:
        """The window with a title, once it is seen and takes the keys."""

        def active() -> str:
            window = self._do("getactivewindow")
            return window if window and self._do("getwindowname", window) == title else ""

        return self.until(f"a window '{title}'", active)

    def area(self, window: str) -> Area:
        """Rows and columns of a window on the screen, without what the window manager puts around it."""
        self._do("mousemove", "--window", window, "0", "0")  # geometries are told with and without the frame
        x, y = (int(word.partition(":")[2]) for word in self._do("getmouselocation").split()[:2])
        said = dict(line.split("=") for line in self._do("getwindowgeometry", "--shell", window).splitlines())
        return slice(y, y + int(said["HEIGHT"])), slice(x, x + int(said["WIDTH"]))

    # --- the hand

    def point(self, at: Point) -> None:
        """Move the mouse."""
        self._do("mousemove", *_words(at))
        self.until("the mouse", lambda: self._do("getmouselocation"), lambda t: t.startswith(f"x:{at[0]} y:{at[1]} "))

    def click(self, at: Point, times: int = 1, *, holding: str = "") -> None:
        """Click, or click twice, with a key held where one is named."""
        self.point(at)
        with self.holding(holding):
            self._do("click", "--repeat", str(times), "--delay", "60", "1")

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Hold a key meanwhile; none where the name is empty."""
        if key:
            self._do("keydown", key)
        try:
            yield
        finally:
            if key:
                self._do("keyup", key)

    def drag(self, start: Point, end: Point, button: int = 1) -> None:
        """Press a button, move the mouse in some steps, release."""
        self.point(start)
        self._do("mousedown", str(button))
        for step in range(1, 9):
            self.point((start[0] + (end[0] - start[0]) * step // 8, start[1] + (end[1] - start[1]) * step // 8))
        self._do("mouseup", str(button))

    def press(self, *keys: str) -> None:
        """Press keys such as ``ctrl+s``, one after the other."""
        self._do("key", "--clearmodifiers", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--clearmodifiers", "--delay", "30", "--", text)

    def _do(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        return done.stdout.strip()


def _words(point: Point) -> tuple[str, str]:
    return str(point[0]), str(point[1])
