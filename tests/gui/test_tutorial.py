"""The tutorial on masking, done by a person's hands on a real X server, from the empty canvas to the saved picture."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from nodeeditor.viewing.lettering import draw_text, line_height
from tests.gui.xeditor import GROUND, Editor, editor_on_a_desk
from tests.gui.xhand import PATIENCE, Area, Point, missing
from tests.gui.xreading import Pixels, picture

NAME = "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"
VIEWER = "SynchroView2D — nodeeditor"
PANEL = "Panel SynchroView2D"
SLICE = 40  # the middle one of 80, which a viewer shows first
AIR = slice(10, 24), slice(1, 11)  # rows and columns of the slice where no head is
IN_AIR = 9, 20  # a voxel of it
BRAIN = slice(25, 45), slice(50, 70)
DIVIDER, INK = 0xE6E6E6, (0.9, 0.9, 0.9)
BLACK, GREY, WHITE = 0x000000, 0x808080, 0xFFFFFF
INNER_ROWS, INNER_COLUMNS = range(15, 75), range(20, 90)  # where the output inspector writes nothing
EVERYWHERE = slice(0, None), slice(0, None)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with editor_on_a_desk(tmp_path) as editor:
        yield editor


@dataclass(frozen=True)
class View:
    """A slice of the head somewhere on the screen, as large as fits and in the middle."""

    area: Area

    def at(self, column: float, row: float) -> Point:
        """The point of the screen that shows a point of the slice, in voxels."""
        rows, columns = self.area
        height, width = rows.stop - rows.start, columns.stop - columns.start
        scale = min(width / 109, height / 91)
        x = columns.start + width / 2 + (column - 109 / 2) * scale
        y = rows.start + height / 2 + (row - 91 / 2) * scale
        return int(x), int(y)

    def patch(self, part: Area) -> Area:
        """What of the screen shows rows and columns of the slice."""
        rows, columns = part
        (left, top), (right, bottom) = self.at(columns.start, rows.start), self.at(columns.stop, rows.stop)
        return slice(top, bottom), slice(left, right)


@dataclass(frozen=True)
class Viewer:
    """The window of SynchroView2D as it lies on the screen."""

    window: str
    picture: Area
    left: View
    right: View


def look_at(editor: Editor) -> Viewer:
    """Where in the viewer's window the two views are: on both sides of a divider as high as the picture."""
    window = editor.desk.window(VIEWER)
    rows, columns = editor.desk.area(window)

    def dividers() -> tuple[int, int, int]:
        light = editor.desk.screen()[rows, columns] == DIVIDER
        height = int(np.argmin(light.any(axis=1))) if not light.any(axis=1).all() else 0
        found = np.flatnonzero(light[:height].all(axis=0)) if height > 100 else np.array([], int)
        return (int(found[0]), int(found[-1]), height) if len(found) else (0, 0, 0)

    first, last, height = editor.desk.until("two views", dividers, lambda found: found[2] > 0)
    high = slice(rows.start, rows.start + height)
    left = slice(columns.start, columns.start + first)
    right = slice(columns.start + last + 1, columns.start + last + 1 + first)
    return Viewer(window, (high, slice(left.start, right.stop)), View((high, left)), View((high, right)))


def look_away(editor: Editor) -> Pixels:
    """The screen while the mouse points at nothing of the editor's."""
    editor.desk.point((20, 20))
    return editor.desk.still(EVERYWHERE)


def head(editor: Editor) -> npt.NDArray[np.uint16]:
    """The slice of the demo image, read without the editor."""
    (path,) = editor.folder.rglob("ProbandT1.dcm")
    voxels: npt.NDArray[np.uint16] = pydicom.dcmread(path).pixel_array[SLICE]
    return voxels


def grey(screen: Pixels, area: Area) -> float:
    return float((screen[area] & 0xFF).mean())


# --- the steps


def load_the_head(editor: Editor) -> None:
    desk = editor.desk
    editor.main_window("Untitled")
    left, _, _, bottom = editor.area = editor.canvas()
    place = left + 150, bottom - 80
    editor.add("LocalImage", place)
    editor.find_out_shift("LocalImage", place)
    desk.click(editor.body("LocalImage"), times=2)
    desk.window("Panel LocalImage")
    desk.type(NAME)
    desk.press("Return")
    editor.has("LocalImage", name=NAME)
    editor.put_away("Panel LocalImage")


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


def light_up(editor: Editor, view: View, up: int) -> None:
    """Drag in a view with the right button, upwards for more light."""
    x, y = view.at(55, 45)
    editor.desk.drag((x + 70 * up, y + 60 * up), (x - 70 * up, y - 60 * up), button=3)


def read_out(plain: Pixels, seen: Pixels, view: View, lines: tuple[str, str]) -> bool:
    """Whether two lines, one below the other, are written in the corner of a view and nowhere else."""
    corner = tuple(slice(part.start, part.start + size) for part, size in zip(view.area, (60, 120), strict=True))
    before, after = (np.stack([pixels[corner] >> shift & 0xFF for shift in (16, 8, 0)], -1) for pixels in (plain, seen))
    for size, x, y in itertools.product(range(8, 14), range(12), range(30)):
        written = before.astype(np.uint8)
        for number, line in enumerate(lines):
            draw_text(written, line, (x, y + number * line_height(size)), size, INK)
        if np.array_equal(written, after):
            return True
    return False


def hover_over_the_air(editor: Editor, viewer: Viewer, masked: str = "") -> None:
    """Read a voxel and its value in both views: the same, until one of them is masked."""
    plain = look_away(editor)
    column, row = IN_AIR
    value = head(editor)[row, column]
    assert 0 <= value <= 60
    editor.desk.point(viewer.left.at(column + 0.5, row + 0.5))
    seen = editor.desk.still(EVERYWHERE)
    assert not np.array_equal(seen[viewer.right.area], plain[viewer.right.area])
    place = f"({column} {row} {SLICE}):"
    assert read_out(plain, seen, viewer.left, (place, f"{value} GV"))
    assert read_out(plain, seen, viewer.right, (place, f"{masked or value} GV"))
    assert not read_out(plain, seen, viewer.left, (place, f"{value + 1} GV"))


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
    desk.window("Panel Threshold")
    desk.press("Tab", "Up", "Up", "Up")  # from > to <=
    for tabs, number in ((1, "60"), (2, "0"), (2, "1")):
        desk.press(*["Tab"] * tabs)
        desk.type(number)
        desk.press("Return")
    values = {"threshold": 60.0, "userConditionTrueValue": 0.0, "userConditionFalseValue": 1.0}
    editor.has("Threshold", comparisonOperator="LessEqual", **values)
    editor.put_away("Panel Threshold")
    desk.click(editor.body("Mask"), times=2)
    desk.window("Panel Mask")
    desk.press("Tab", "Tab")
    desk.type("-1000")
    desk.press("Return")
    editor.has("Mask", background=-1000.0)
    editor.put_away("Panel Mask")


def inspect_the_threshold(editor: Editor, viewer: Viewer) -> None:
    """A click on the connector shows the mask in the dock, and what it is."""
    desk = editor.desk
    desk.click(editor.output("Threshold"))
    _, top, right, _ = editor.area
    dock = (
        slice(top, viewer.picture[0].start - 30),
        slice(right + 1, desk.area(editor.main_window("Untitled*"))[1].stop),
    )
    desk.find("unsigned int8", dock)
    assert desk.read("unsigned int16", dock) == []
    screen = look_away(editor)
    black = screen[dock] == BLACK
    columns = np.flatnonzero(black.sum(axis=0) > 150) + dock[1].start
    rows = np.flatnonzero(black[:, columns[0] - dock[1].start]) + dock[0].start
    view = View((slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)))
    places = [view.at(column + 0.5, row + 0.5) for row, column in itertools.product(INNER_ROWS, INNER_COLUMNS)]
    shown = np.array([screen[y, x] for x, y in places])
    mask = head(editor)[np.ix_(INNER_ROWS, INNER_COLUMNS)].ravel() > 60
    assert np.array_equal(shown > GREY, mask)
    assert np.isin(shown, (BLACK, WHITE)).mean() > 0.9  # between them only where black meets white


def ask_with_alt(editor: Editor, viewer: Viewer) -> None:
    """While Alt is held over a view, a label beside the mask's box says what it does there."""
    desk = editor.desk
    left, top, width, height = editor.frame("Mask")
    beside = slice(top, top + height), slice(left + width + 4, left + width + 100)
    rows, columns = viewer.picture
    desk.click((columns.start + 40, rows.start - 10))  # the title
    desk.window(VIEWER)
    desk.point(viewer.right.at(IN_AIR[0] + 0.5, IN_AIR[1] + 0.5))
    assert (desk.still(beside) == GROUND).mean() > 0.95  # but for the dots of the grid
    with desk.holding("Alt_L"):
        desk.until("a label", lambda: (desk.screen()[beside] != GROUND).mean() > 0.3)
    desk.until("no label", lambda: (desk.screen()[beside] == GROUND).mean() > 0.95)


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
    viewer = look_at(editor)
    left, right = viewer.left, viewer.right
    dark = look_away(editor)
    assert len(np.unique(dark[left.area])) > 100  # greys of a head
    assert np.array_equal(dark[left.area], dark[right.area])
    share_the_window(editor)
    light_up(editor, left, 1)
    light = look_away(editor)
    assert np.array_equal(light[left.area], light[right.area])
    assert grey(light, left.patch(AIR)) > grey(dark, left.patch(AIR)) + 50
    hover_over_the_air(editor, viewer)

    mask_the_second(editor)
    set_the_numbers(editor)
    hover_over_the_air(editor, viewer, masked="-1000")
    light_up(editor, left, -1)
    dark = look_away(editor)
    light_up(editor, left, 1)
    light = look_away(editor)
    assert grey(light, left.patch(AIR)) > grey(dark, left.patch(AIR)) + 50
    assert np.array_equal(light[right.patch(AIR)], dark[right.patch(AIR)])
    for view in (left, right):
        assert grey(light, view.patch(BRAIN)) > grey(dark, view.patch(BRAIN)) + 50
    inspect_the_threshold(editor, viewer)
    ask_with_alt(editor, viewer)

    saved = tmp_path / "Masking.mlab.json"
    editor.desk.click((editor.area[0] + 300, editor.area[1] - 10))  # beside the tab
    editor.save(saved)
    before = look_away(editor)[viewer.picture]
    editor.main_window("Masking")
    editor.desk.press("ctrl+q")
    assert editor.status() == 0
    assert editor.desk.said("nodeeditor") == ""
    editor.start_again(str(saved))
    assert look_at(editor) == replace(viewer, window=look_at(editor).window)
    editor.desk.point((20, 20))
    editor.desk.until("the same picture", lambda: np.array_equal(editor.desk.screen()[viewer.picture], before))
    run(editor, saved, tmp_path / "out.png")
    assert np.array_equal(picture(tmp_path / "out.png"), before)
