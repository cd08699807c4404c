"""The whole editor under a person's hands: a network drawn from an empty canvas on a real X server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from nodeeditor.edits import HEIGHT, WIDTH
from nodeeditor.file import load, loads
from nodeeditor.gui.canvas.connectors import PITCH
from nodeeditor.gui.canvas.theme import LIGHT
from nodeeditor.network import Network
from tests.gui.xhand import PATIENCE, Desk, Point, missing

REFERENCE = Path(__file__).parents[2] / "networks" / "ImageMask.mlab.json"
NAME = "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"
MARGIN = 4  # of a frame around the painted box
STEPS = 4 + 1 + 5 + 9  # nodes, a move, connections, presses of keys and texts that set fields
STEP = 8  # box widths are multiples of it
GROUND = int(LIGHT.background.removeprefix("#"), 16)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@dataclass
class Editor:
    """The running program and what a person knows of it: where its canvas is, and what lies there."""

    desk: Desk
    program: subprocess.Popen[bytes]
    folder: Path
    shift: Point = (0, 0)  # from the scene to the screen

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

    def add(self, node: str, at: Point) -> None:
        """Type a node type over a point of the screen."""
        self.desk.point(at)
        self.desk.type(node)
        self.desk.press("Return")
        self.sees(f"a node {node}", lambda network: node in network.nodes)

    def connect(self, destination: str, source: str, start: Point, end: Point) -> None:
        """Drag a connection."""
        self.desk.drag(start, end)
        self.sees(f"{source} into {destination}", lambda network: network.connections.get(destination) == source)

    def has(self, node: str, **fields: object) -> None:
        """Wait until a node has fields, and no others."""
        self.sees(f"{node} with {fields}", lambda network: network.nodes[node].fields == fields)

    def main_window(self, title: str) -> str:
        """The main window with the keys."""
        return self.desk.window(f"{title} — nodeeditor")

    def put_away(self, panel: str) -> None:
        """Close a panel as the window manager does."""
        self.desk.window(panel)
        self.desk.press("alt+F4")
        self.main_window("Untitled*")


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    desk = Desk(tmp_path)
    try:
        desk.set_up()
        yield Editor(desk, desk.start("nodeeditor", [sys.executable, "-m", "nodeeditor"]), tmp_path)
    finally:
        desk.clear()


def content(network: Network) -> Network:
    """The network with boxes of one size: how large a new box is saved is the editor's choice."""
    nodes = {
        name: replace(spec, frame=spec.frame and (*spec.frame[:2], WIDTH, HEIGHT))
        for name, spec in network.nodes.items()
    }
    return replace(network, nodes=nodes)


def draw(editor: Editor) -> None:
    """Lay the four nodes where the reference has them: by typing, at the cursor, and dragged there."""
    desk = editor.desk
    places = {name: spec.frame or (0.0, 0.0, 0.0, 0.0) for name, spec in load(REFERENCE).nodes.items()}
    editor.main_window("Untitled")
    left, top, right, bottom = editor.canvas()
    middle = (left + right) // 2
    for _ in range(2):  # the middle of the screen comes to lie near (560, 320)
        desk.drag((middle + 140, bottom - 20), (middle - 140, bottom - 180), button=2)
    first = middle, (top + bottom) // 2
    editor.add("LocalImage", first)
    frame = editor.sees("LocalImage", lambda _: True).nodes["LocalImage"].frame
    assert frame is not None
    editor.shift = first[0] - int(frame[0] + WIDTH / 2), first[1] - int(frame[1] + HEIGHT / 2)
    start = editor.body("LocalImage")
    x, y = (round(there - here) for here, there in zip(frame[:2], places["LocalImage"][:2], strict=True))
    desk.drag(start, (start[0] + x, start[1] + y))
    editor.sees("LocalImage moved", lambda network: network.nodes["LocalImage"].frame != frame)
    for node, opens in (("Threshold", ""), ("Mask", "double click"), ("SynchroView2D", "ctrl+space")):
        x, y = (round(number) for number in places[node][:2])
        at = x + round(WIDTH / 2) + editor.shift[0], y + round(HEIGHT / 2) + editor.shift[1]
        if opens == "double click":
            desk.click(at, times=2)
        elif opens:
            desk.point(at)
            desk.press(opens)
        editor.add(node, at)


def wire(editor: Editor) -> None:
    """Drag the five connections, one of them from its input to its output."""
    image, mask = editor.output("LocalImage"), editor.output("Mask")
    editor.connect("Threshold.input0", "LocalImage.outImage", image, editor.input("Threshold", 0, of=1))
    editor.connect("Mask.input0", "LocalImage.outImage", image, editor.input("Mask", 0, of=2))
    editor.connect("Mask.input1", "Threshold.output0", editor.input("Mask", 1, of=2), editor.output("Threshold"))
    editor.connect("SynchroView2D.inImage1", "LocalImage.outImage", image, editor.input("SynchroView2D", 0, of=2))
    editor.connect("SynchroView2D.inImage2", "Mask.output0", mask, editor.input("SynchroView2D", 1, of=2))


def fill_in(editor: Editor) -> None:
    """Set the fields in the nodes' panels, which open with the keys in their first field."""
    desk = editor.desk
    desk.click(editor.body("LocalImage"), times=2)
    desk.window("Panel LocalImage")
    desk.type(NAME)
    desk.press("Return")
    editor.has("LocalImage", name=NAME)
    editor.put_away("Panel LocalImage")

    desk.click(editor.body("Threshold"))
    desk.press("ctrl+Return")
    desk.window("Panel Threshold")
    desk.press("Tab", "Up", "Up", "Up")  # from > to <=
    set_so_far: dict[str, object] = {"comparisonOperator": "LessEqual"}
    editor.has("Threshold", **set_so_far)
    steps = (("threshold", 60, 1), ("userConditionTrueValue", 0, 2), ("userConditionFalseValue", 1, 2))
    for field, number, tabs in steps:
        desk.press(*["Tab"] * tabs)
        desk.type(str(number))
        desk.press("Return")
        set_so_far[field] = float(number)
        editor.has("Threshold", **set_so_far)
    editor.put_away("Panel Threshold")

    for node, field, keys, value in (
        ("Mask", "background", "-1000", -1000.0),
        ("SynchroView2D", "synchLUTs", "", True),
    ):
        desk.click(editor.body(node))
        desk.press("alt+Return")
        desk.window(f"Panel {node}")
        desk.press("ctrl+f")
        desk.type(field)
        desk.press("Return", "Down")  # into the table, which has one row left
        if keys:
            desk.type(keys)
            desk.press("Return")
        else:
            desk.press("Return", "Up")  # from FALSE to TRUE
        editor.has(node, **{field: value})
        editor.put_away(f"Panel {node}")


def save(editor: Editor, path: Path) -> None:
    """Save through the file dialog."""
    editor.main_window("Untitled*")
    editor.desk.press("ctrl+s")
    editor.desk.window("Save As")
    editor.desk.press("ctrl+a")
    editor.desk.type(str(path))
    editor.desk.press("Return")
    editor.desk.until("the saved file", path.is_file)
    editor.main_window("Drawn")
    editor.desk.until("the end of the journal", editor.network, lambda network: network is None)


def undo_everything(editor: Editor) -> None:
    """Undo as many steps as there were: no edit needs two, none is undone with another."""
    editor.desk.press(*["ctrl+z"] * (STEPS - 1))
    editor.sees("an undone network with one node", lambda network: list(network.nodes) == ["LocalImage"])
    editor.desk.press("ctrl+z")
    editor.sees("an empty network", lambda network: network == Network())


def quit_without_saving(editor: Editor) -> int:
    """Quit, and answer the question about changes; the result is the exit status."""
    editor.main_window("Drawn*")
    editor.desk.press("ctrl+q")
    editor.desk.window("Save changes?")
    editor.desk.press("Tab", "space")  # Discard
    status = editor.desk.until("the end of the program", editor.program.poll, lambda status: status is not None)
    assert status is not None
    return status


def test_a_network_is_drawn_saved_undone_and_run(editor: Editor, tmp_path: Path) -> None:
    saved = tmp_path / "Drawn.mlab.json"
    draw(editor)
    wire(editor)
    fill_in(editor)
    save(editor, saved)
    assert content(load(saved)) == content(load(REFERENCE))
    undo_everything(editor)
    assert quit_without_saving(editor) == 0
    assert content(load(saved)) == content(load(REFERENCE))
    assert editor.desk.said("nodeeditor") == ""
    command = [sys.executable, "-m", "nodeeditor", "run", str(saved)]
    run = subprocess.run(
        command, env=editor.desk.environment, capture_output=True, text=True, check=False, timeout=10 * PATIENCE
    )
    assert run.returncode == 0, run.stderr


def test_a_double_click_opens_the_panel_of_one_node_after_the_other(editor: Editor) -> None:
    draw(editor)
    for node in ("LocalImage", "Threshold"):
        editor.desk.click(editor.body(node), times=2)
        editor.put_away(f"Panel {node}")
