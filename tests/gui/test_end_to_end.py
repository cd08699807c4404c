"""The whole editor under a person's hands: a network drawn from an empty canvas on a real X server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nodeeditor.file import load
from nodeeditor.network import Network
from nodeeditor.places import HEIGHT, WIDTH
from tests.gui.xeditor import Editor, editor_on_a_desk
from tests.gui.xhand import PATIENCE, Point, missing

REFERENCE = Path(__file__).parents[2] / "networks" / "ImageMask.mlab.json"
NAME = "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"
STEPS = 4 + 1 + 2 + 9  # nodes with what feeds them, a move, connections, presses of keys and texts that set fields

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with editor_on_a_desk(tmp_path) as editor:
        yield editor


def content(network: Network) -> Network:
    """The network with boxes of one size, which is the editor's choice, and without the places of its windows."""
    nodes = {
        name: replace(spec, frame=spec.frame and (*spec.frame[:2], WIDTH, HEIGHT), windows={})
        for name, spec in network.nodes.items()
    }
    return replace(network, nodes=nodes)


def draw(editor: Editor) -> None:
    """Lay the four nodes where the reference has them, by typing at the cursor; some are connected at once."""
    desk = editor.desk
    places = {name: spec.frame or (0.0, 0.0, 0.0, 0.0) for name, spec in load(REFERENCE).nodes.items()}
    editor.main_window("Untitled")
    left, top, right, bottom = editor.canvas()
    middle = (left + right) // 2
    for _ in range(2):  # the middle of the screen comes to lie near (560, 320)
        desk.drag((middle + 140, bottom - 20), (middle - 140, bottom - 180), button=2)
    first = middle, (top + bottom) // 2
    editor.add("LocalImage", first)
    frame = editor.find_out_shift("LocalImage", first)
    start = editor.body("LocalImage")
    x, y = (round(there - here) for here, there in zip(frame[:2], places["LocalImage"][:2], strict=True))
    desk.drag(start, (start[0] + x, start[1] + y))
    editor.sees("LocalImage moved", lambda network: network.nodes["LocalImage"].frame != frame)

    def place(node: str) -> Point:
        x, y = (round(number) for number in places[node][:2])
        return x + round(WIDTH / 2) + editor.shift[0], y + round(HEIGHT / 2) + editor.shift[1]

    editor.add("Threshold", place("Threshold"))  # fed by the selected node
    editor.connected("Threshold.input0", "LocalImage.outImage")
    desk.click(place("Mask"), times=2)
    editor.add("Mask", place("Mask"), "shift+Return")  # fed by none
    desk.click(editor.body("LocalImage"))
    desk.click(editor.body("Mask"), holding="shift")
    desk.point(place("SynchroView2D"))
    desk.press("ctrl+space")
    editor.add("SynchroView2D", place("SynchroView2D"))  # fed by both, from left to right
    editor.connected("SynchroView2D.inImage1", "LocalImage.outImage")
    editor.connected("SynchroView2D.inImage2", "Mask.output0")


def wire(editor: Editor) -> None:
    """Drag the other connections, one of them from its input to its output."""
    assert not [end for end in editor.sees("Mask", bool).connections if end.startswith("Mask.")]
    image, threshold = editor.output("LocalImage"), editor.output("Threshold")
    editor.connect("Mask.input0", "LocalImage.outImage", image, editor.input("Mask", 0, of=2))
    editor.connect("Mask.input1", "Threshold.output0", editor.input("Mask", 1, of=2), threshold)


def fill_in(editor: Editor) -> None:
    """Set the fields in the nodes' panels, which open with the keys in their first field."""
    desk = editor.desk
    desk.click(editor.body("LocalImage"), times=2)
    desk.window("Panel LocalImage — Untitled")
    desk.type(NAME)
    desk.press("Return")
    editor.has("LocalImage", name=NAME)
    editor.put_away("Panel LocalImage — Untitled")

    desk.click(editor.body("Threshold"))
    desk.press("ctrl+Return")
    desk.window("Panel Threshold — Untitled")
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
    editor.put_away("Panel Threshold — Untitled")

    for node, field, keys, value in (
        ("Mask", "background", "-1000", -1000.0),
        ("SynchroView2D", "synchLUTs", "", True),
    ):
        desk.click(editor.body(node))
        desk.press("alt+Return")
        desk.window(f"Panel {node} — Untitled")
        desk.press("ctrl+f")
        desk.type(field)
        desk.press("Return", "Down")  # into the table, which has one row left
        if keys:
            desk.type(keys)
            desk.press("Return")
        else:
            desk.press("Return", "Up")  # from FALSE to TRUE
        editor.has(node, **{field: value})
        editor.put_away(f"Panel {node} — Untitled")


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
    return editor.status()


def test_a_network_is_drawn_saved_undone_and_run(editor: Editor, tmp_path: Path) -> None:
    saved = tmp_path / "Drawn.mlab.json"
    draw(editor)
    wire(editor)
    fill_in(editor)
    editor.save(saved)
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
        editor.put_away(f"Panel {node} — Untitled")
