"""The tutorial on masking, done by a person's hands on a real X server, from the empty canvas to the saved picture."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from nodeeditor.demo_data import FOLDER
from tests.gui.xeditor import GROUND, Editor, editor_on_a_desk
from tests.gui.xhand import PATIENCE, missing
from tests.gui.xreading import Pixels, picture
from tests.gui.xviewer import View, Viewer, grey, viewer, written

NAME = "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"
VIEWER = "SynchroView2D — Untitled"
PANEL = "Panel SynchroView2D — Untitled"
SLICE = 40  # the middle one of 80, which a viewer shows first
AIR = slice(10, 24), slice(1, 11)  # rows and columns of the slice where no head is
IN_AIR = 9, 20  # a voxel of it
BRAIN = slice(25, 45), slice(50, 70)
BLACK, GREY, WHITE = 0x000000, 0x808080, 0xFFFFFF
INNER_ROWS, INNER_COLUMNS = range(15, 75), range(20, 90)  # where the output inspector writes nothing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with editor_on_a_desk(tmp_path) as editor:
        yield editor


def look_at(editor: Editor) -> Viewer:
    """The window with the two views."""
    return viewer(editor.desk, editor.desk.window(VIEWER), head(editor).shape)


def look_away(editor: Editor) -> Pixels:
    """The screen while the mouse points at nothing of the editor's."""
    editor.desk.point((20, 20))
    return editor.desk.still()


def head(editor: Editor) -> npt.NDArray[np.uint16]:
    """The slice of the demo image, read without the editor."""
    cache = Path(editor.desk.environment["XDG_CACHE_HOME"])
    path = cache / "nodeeditor" / FOLDER / "BrainMultiModal" / "ProbandT1.dcm"
    editor.desk.until("the demo image", path.is_file)
    voxels: npt.NDArray[np.uint16] = pydicom.dcmread(path).pixel_array[SLICE]
    return voxels


# --- the steps


def load_the_head(editor: Editor) -> None:
    desk = editor.desk
    editor.main_window("Untitled")
    left, _, _, bottom = editor.area = editor.canvas()
    place = left + 150, bottom - 80
    editor.add("LocalImage", place)
    editor.find_out_shift("LocalImage", place)
    desk.click(editor.body("LocalImage"), times=2)
    desk.window("Panel LocalImage — Untitled")
    desk.type(NAME)
    desk.press("Return")
    editor.has("LocalImage", name=NAME)
    editor.put_away("Panel LocalImage — Untitled")


def show_it_twice(editor: Editor) -> None:
    """One view is connected at once, as the image is selected, the other by hand; the window is put aside."""
    desk = editor.desk
    left, top, _, _ = editor.area
    editor.add("SynchroView2D", (left + 150, top + 70))
    editor.connected("SynchroView2D.inImage1", "LocalImage.outImage")
    ends = editor.output("LocalImage"), editor.input("SynchroView2D", 1, of=2)
    editor.connect("SynchroView2D.inImage2", "LocalImage.outImage", *ends)
    desk.click(editor.body("SynchroView2D"), times=2)
    rows, columns = desk.area(desk.window(VIEWER))
    desk.drag((columns.start + 300, rows.start - 10), (1060, 560))
    editor.sees("a window that was moved", lambda n: bool(n.nodes["SynchroView2D"].windows))


def share_the_window(editor: Editor) -> None:
    """Set synchLUTs in the automatic panel, with the mouse."""
    desk = editor.desk
    desk.click(editor.body("SynchroView2D"))
    desk.press("alt+Return")
    panel = desk.area(desk.window(PANEL))
    _, row = desk.find("synchLUTs", panel)
    cell = desk.find("FALSE", (slice(row - 10, row + 10), panel[1]))
    desk.click(cell)
    desk.click(cell)
    desk.click(desk.find("TRUE", (slice(row - 40, row - 5), panel[1])))
    editor.has("SynchroView2D", synchLUTs=True)
    editor.put_away(PANEL)


def turn_up_the_light(editor: Editor, view: View, by: int) -> Pixels:
    """Drag in a view with the right button, upwards for more light; the screen then, with another brain in the view."""
    desk, brain = editor.desk, view.patch(BRAIN)
    before = desk.screen()[brain]
    (left, top), (right, bottom) = (view.at(55 + 20 * sign, 45 + 16 * sign) for sign in (-by, by))
    desk.drag((right, bottom), (left, top), button=3)
    desk.until("other greys", lambda: not np.array_equal(desk.screen()[brain], before))
    return look_away(editor)


def hover_over_the_air(editor: Editor, two: Viewer, masked: str = "") -> None:
    """Read a voxel and its value in both views: the same, until one of them is masked."""
    desk, plain = editor.desk, look_away(editor)
    column, row = IN_AIR
    value = head(editor)[row, column]
    desk.point(two.left.at(column, row))
    desk.until("a read-out", lambda: not np.array_equal(desk.screen()[two.right.area], plain[two.right.area]))
    seen = desk.still()
    place = f"({column} {row} {SLICE}):"
    assert written(plain, seen, two.left, (place, f"{value} GV"))
    assert written(plain, seen, two.right, (place, f"{masked or value} GV"))


def mask_the_second(editor: Editor) -> None:
    """Lay two nodes between the image and the second view, one from the connector's list, the other alone."""
    desk = editor.desk
    left, top, _, _ = editor.area
    image = editor.output("LocalImage")
    desk.drag(image, (left + 320, top + 330))
    desk.type("Threshold")
    desk.press("Return")
    editor.connected("Threshold.input0", "LocalImage.outImage")
    editor.add("Mask", (left + 320, top + 190), "shift+Return")
    editor.connect("Mask.input0", "LocalImage.outImage", image, editor.input("Mask", 0, of=2))
    editor.connect("Mask.input1", "Threshold.output0", editor.output("Threshold"), editor.input("Mask", 1, of=2))
    ends = editor.output("Mask"), editor.input("SynchroView2D", 1, of=2)
    editor.connect("SynchroView2D.inImage2", "Mask.output0", *ends)


def set_the_numbers(editor: Editor) -> None:
    desk = editor.desk
    desk.click(editor.body("Threshold"), times=2)
    desk.window("Panel Threshold — Untitled")
    desk.press("Tab", "Up", "Up", "Up")  # from > to <=
    for tabs, number in ((1, "60"), (2, "0"), (2, "1")):
        desk.press(*["Tab"] * tabs)
        desk.type(number)
        desk.press("Return")
    values = {"threshold": 60.0, "userConditionTrueValue": 0.0, "userConditionFalseValue": 1.0}
    editor.has("Threshold", comparisonOperator="LessEqual", **values)
    editor.put_away("Panel Threshold — Untitled")
    desk.click(editor.body("Mask"), times=2)
    desk.window("Panel Mask — Untitled")
    desk.press("Tab", "Tab")
    desk.type("-1000")
    desk.press("Return")
    editor.has("Mask", background=-1000.0)
    editor.put_away("Panel Mask — Untitled")


def inspect_the_threshold(editor: Editor, two: Viewer) -> None:
    """A click on the connector shows the mask in the dock, and what it is."""
    desk = editor.desk
    desk.click(editor.output("Threshold"))
    _, window = desk.area(editor.main_window("Untitled*"))
    _, top, right, _ = editor.area
    dock = slice(top, two.picture[0].start - 30), slice(right + 1, window.stop)
    desk.find("unsigned int8", dock)
    assert desk.read("unsigned int16", dock) == []
    screen = look_away(editor)
    mask = head(editor) > 60
    black = screen[dock] == BLACK
    columns = np.flatnonzero(black.sum(axis=0) > 150)  # the picture is black beside the head
    rows = np.flatnonzero(black[:, columns[0]])
    area = tuple(slice(d.start + f[0], d.start + f[-1] + 1) for d, f in zip(dock, (rows, columns), strict=True))
    view = View((area[0], area[1]), mask.shape)
    inside = itertools.product(INNER_ROWS, INNER_COLUMNS)
    shown = np.array([screen[view.at(column, row)[::-1]] for row, column in inside])
    assert np.array_equal(shown > GREY, mask[np.ix_(INNER_ROWS, INNER_COLUMNS)].ravel())
    assert np.isin(shown, (BLACK, WHITE)).mean() > 0.9  # between them only where black meets white


def ask_with_alt(editor: Editor, two: Viewer) -> None:
    """While Alt is held over a view, a label beside the mask's box says what it does there."""
    desk = editor.desk
    left, top, width, height = editor.frame("Mask")
    beside = slice(top, top + height), slice(left + width + 4, left + width + 100)

    def free() -> float:
        return float((desk.screen()[beside] == GROUND).mean())

    editor.main_window("Untitled*")  # has the keys, and the mouse alone says which view is meant
    desk.point(two.right.at(*IN_AIR))
    assert free() > 0.95  # but for the dots of the grid
    with desk.holding("Alt_L"):
        desk.until("a label", free, lambda part: part < 0.7)
    desk.until("no label", free, lambda part: part > 0.95)
    here = editor.area[0] + 10, editor.area[1] + 150
    below = slice(here[1] + 10, here[1] + 60), slice(here[0] + 10, here[0] + 60)
    desk.point(here)
    desk.type("v")  # is for the search, not for the menu bar, which waits for letters after Alt
    desk.until("the search", lambda: bool((desk.screen()[below] != GROUND).all()))
    desk.press("Escape")


def run(editor: Editor, network: Path, result: Path) -> None:
    """The command that needs no screen."""
    command = [sys.executable, "-m", "nodeeditor", "run", str(network), "--picture", f"SynchroView2D={result}"]
    done = subprocess.run(
        command, env=editor.desk.environment, capture_output=True, text=True, check=False, timeout=10 * PATIENCE
    )
    assert done.returncode == 0, done.stderr


def test_masking_is_learnt_by_hand(editor: Editor, tmp_path: Path) -> None:
    load_the_head(editor)
    assert head(editor)[AIR].max() <= 60
    show_it_twice(editor)
    two = look_at(editor)
    left, right = two.left, two.right
    dark = look_away(editor)
    assert len(np.unique(dark[left.area])) > 100  # greys of a head
    assert np.array_equal(dark[left.area], dark[right.area])
    share_the_window(editor)
    light = turn_up_the_light(editor, left, 1)
    assert np.array_equal(light[left.area], light[right.area])
    assert grey(light, left.patch(AIR)) > grey(dark, left.patch(AIR)) + 50
    hover_over_the_air(editor, two)

    mask_the_second(editor)
    set_the_numbers(editor)
    editor.desk.until("air that is masked", lambda: grey(editor.desk.screen(), right.patch(AIR)) == 0)
    hover_over_the_air(editor, two, masked="-1000")
    dark = turn_up_the_light(editor, left, -1)
    light = turn_up_the_light(editor, left, 1)
    assert grey(light, left.patch(AIR)) > grey(dark, left.patch(AIR)) + 50
    assert np.array_equal(light[right.patch(AIR)], dark[right.patch(AIR)])
    assert grey(light, left.patch(BRAIN)) > grey(dark, left.patch(BRAIN)) + 50
    assert np.array_equal(light[left.patch(BRAIN)], light[right.patch(BRAIN)])
    inspect_the_threshold(editor, two)
    ask_with_alt(editor, two)

    saved = tmp_path / "Masking.mlab.json"
    editor.desk.click((editor.area[0] + 300, editor.area[1] - 10))  # beside the tab
    editor.save(saved)
    before = look_away(editor)[two.picture]
    editor.desk.press("ctrl+q")
    assert editor.status() == 0
    editor.start_again(str(saved))
    editor.desk.window("Masking — nodeeditor")  # the keys are in the editor, not in the viewer
    again = editor.desk.seen("SynchroView2D — Masking")
    assert viewer(editor.desk, again, head(editor).shape) == two
    editor.desk.point((20, 20))
    editor.desk.until("the same picture", lambda: np.array_equal(editor.desk.screen()[two.picture], before))
    assert editor.desk.said("nodeeditor") == ""
    run(editor, saved, tmp_path / "out.png")
    assert np.array_equal(picture(tmp_path / "out.png"), before)
