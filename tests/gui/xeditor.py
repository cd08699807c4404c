"""The editor on a desk of its own, and what a person sees of it there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nodeeditor.file import loads
from nodeeditor.gui.canvas.connectors import PITCH
from nodeeditor.gui.canvas.theme import LIGHT
from nodeeditor.network import Frame, Network
from nodeeditor.places import HEIGHT, WIDTH
from tests.gui.xhand import Desk, Point

GROUND = int(LIGHT.background.removeprefix("#"), 16)
MARGIN = 4  # of a frame around the painted box
STEP = 8  # box widths are multiples of it


@contextmanager
def editor_on_a_desk(folder: Path) -> Iterator[Editor]:
    """A desk with the editor on it, as a person starts it; both are gone afterwards."""
    desk = Desk(folder)
    try:
        desk.set_up()
        yield Editor(desk, _started(desk), folder)
    finally:
        desk.clear()


def _started(desk: Desk, *arguments: str) -> subprocess.Popen[bytes]:
    return desk.start("nodeeditor", [sys.executable, "-m", "nodeeditor", *arguments])


@dataclass
class Editor:
    """The running program and what a person knows of it: where its canvas is, and what lies there."""

    desk: Desk
    program: subprocess.Popen[bytes]
    folder: Path
    shift: Point = (0, 0)  # from the scene to the screen
    area: tuple[int, int, int, int] = (0, 0, 0, 0)  # the canvas: left, top, right, bottom

    # --- the program

    def start_again(self, *arguments: str) -> None:
        """Start the program, which has ended, once more."""
        assert self.program.poll() is not None
        self.program = _started(self.desk, *arguments)

    def status(self) -> int:
        """The exit status, once the program has ended."""
        status = self.desk.until("the end of the program", self.program.poll, lambda status: status is not None)
        assert status is not None
        return status

    def main_window(self, title: str) -> str:
        """The main window with the keys."""
        return self.desk.window(f"{title} — nodeeditor")

    def put_away(self, window: str, title: str = "Untitled*") -> None:
        """Close a window as the window manager does; the main window with its title gets the keys."""
        self.desk.window(window)
        self.desk.press("alt+F4")
        self.main_window(title)

    def save(self, path: Path) -> None:
        """Save under a name, through the file dialog."""
        self.main_window("Untitled*")
        self.desk.press("ctrl+s")
        self.desk.window("Save As")
        self.desk.press("ctrl+a")
        self.desk.type(str(path))
        self.desk.press("Return")
        self.desk.until("the saved file", path.is_file)
        self.main_window(path.name.partition(".")[0])
        self.desk.until("the end of the journal", self.network, lambda network: network is None)

    # --- the network

    def network(self) -> Network | None:
        """What is not saved, as the journal knows it a second after each change."""
        for file in self.folder.glob("home/state/nodeeditor/journal/*/*.json"):
            try:
                return loads(json.loads(file.read_text(encoding="utf-8"))["network"])
            except FileNotFoundError:
                return None  # saved in this moment
        return None

    def sees(self, what: str, true: Callable[[Network], bool]) -> Network:
        """Wait until something is true of the network."""
        assert self.program.poll() is None, f"the editor ended: {self.desk.said('nodeeditor')}"
        found = self.desk.until(what, self.network, lambda network: network is not None and true(network))
        assert found is not None
        return found

    def has(self, node: str, **fields: object) -> None:
        """Wait until a node has fields, and no others."""
        self.sees(f"{node} with {fields}", lambda network: network.nodes[node].fields == fields)

    # --- the canvas

    def canvas(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the empty canvas on the screen."""

        looks: list[tuple[int, ...]] = []

        def settled() -> bool:
            seen = self.desk.screen() == GROUND
            rows, columns = (np.flatnonzero(seen.sum(axis=axis) > 200) for axis in (1, 0))
            looks.append((columns[0], rows[0], columns[-1], rows[-1]) if len(rows) and len(columns) else ())
            return len(looks) > 5 and looks[-1] != () and len(set(looks[-5:])) == 1

        self.desk.until("the canvas", settled)
        left, top, right, bottom = map(int, looks[-1])
        return left, top, right, bottom

    def find_out_shift(self, node: str, middle: Point) -> Frame:
        """Learn from the only node, which was added at a point of the screen, where the scene lies; its frame there."""
        frame = self.sees(node, lambda network: node in network.nodes).nodes[node].frame
        assert frame is not None
        self.shift = middle[0] - int(frame[0] + WIDTH / 2), middle[1] - int(frame[1] + HEIGHT / 2)
        return frame

    def frame(self, node: str) -> tuple[int, int, int, int]:
        """X, y, width and height of a box on the screen, without the room for its shadow."""
        spec = self.sees(node, lambda network: node in network.nodes).nodes[node]
        assert spec.frame is not None
        x, y = (int(number) + shift for number, shift in zip(spec.frame, self.shift, strict=False))
        height = int(spec.frame[3]) - 2 * MARGIN
        left, top = x + MARGIN, y + MARGIN - 1
        row = self.desk.screen()[top + height // 3, left + 30 :]
        width = 30 + int(np.flatnonzero(row == GROUND)[0])  # as wide as it is painted: its texts may ask for more
        return left, top, (width + 2 * MARGIN) // STEP * STEP - 2 * MARGIN, height

    def output(self, node: str) -> Point:
        """Where the only output of a node is."""
        left, top, width, _ = self.frame(node)
        return left + width // 2, top + 4

    def input(self, node: str, index: int, of: int) -> Point:
        """Where an input of a node is."""
        left, top, width, height = self.frame(node)
        return left + width // 2 + round(PITCH * (index - (of - 1) / 2)), top + height - 5

    def body(self, node: str) -> Point:
        """A point of a node that is neither a connector nor a button."""
        left, top, _, height = self.frame(node)
        return left + 14, top + height // 2

    def add(self, node: str, at: Point, key: str = "Return") -> None:
        """Type a node type over a point of the screen; ``shift+Return`` leaves the node unconnected."""
        self.desk.point(at)
        self.desk.type(node)
        self.desk.press(key)
        self.sees(f"a node {node}", lambda network: node in network.nodes)

    def connect(self, destination: str, source: str, start: Point, end: Point) -> None:
        """Drag a connection."""
        self.desk.drag(start, end)
        self.connected(destination, source)

    def connected(self, destination: str, source: str) -> None:
        """Wait for a connection."""
        self.sees(f"{source} into {destination}", lambda network: network.connections.get(destination) == source)
