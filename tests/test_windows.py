"""Where windows lie, read from what files say and written back into it."""

from __future__ import annotations

from typing import Any

import pytest

from nodeeditor.windows import AUTOMATIC, PANEL, VIEWER, WINDOWS, Window, window, with_window


def test_windows_are_called_as_in_mevislab() -> None:
    assert (VIEWER, PANEL, AUTOMATIC) == ("_viewer", "_default", "_automatic")
    assert set(WINDOWS) == {VIEWER, PANEL, AUTOMATIC}


def test_what_is_written_is_read() -> None:
    shown = Window((10, -20, 640, 480), open=True)
    said = with_window({}, VIEWER, shown)
    assert said == {"_viewer": {"frame": [10, -20, 640, 480], "open": True}}
    assert window(said, VIEWER) == shown
    assert window(said, PANEL) == Window()


def test_a_window_without_a_place_keeps_the_one_that_it_had() -> None:
    said = with_window({VIEWER: {"frame": [1, 2, 3, 4], "open": True}}, VIEWER, Window(None, open=False))
    assert window(said, VIEWER) == Window((1, 2, 3, 4), open=False)


def test_what_others_say_stays() -> None:
    before = {"Scripting": [1], VIEWER: {"screen": "left", "frame": "?"}, PANEL: 5}
    after = with_window(before, VIEWER, Window((1, 2, 3, 4)))
    assert after == {"Scripting": [1], VIEWER: {"screen": "left", "frame": [1, 2, 3, 4], "open": False}, PANEL: 5}
    assert before[VIEWER] == {"screen": "left", "frame": "?"}


@pytest.mark.parametrize(
    "entry",
    [
        5,
        None,
        [],
        {},
        {"frame": "1 2 3 4", "open": 1},
        {"frame": [1, 2, 3]},
        {"frame": [1, 2, 3, 4, 5]},
        {"frame": [1, 2, 3, "4"]},
        {"frame": [1, 2, 3, True]},
        {"frame": [1, 2, 0, 4]},
        {"frame": [1, 2, 3, -4]},
        {"frame": [1e9, 2, 3, 4]},
        {"open": "yes"},
    ],
)
def test_an_entry_that_cannot_be_understood_counts_as_not_there(entry: Any) -> None:
    assert window({VIEWER: entry}, VIEWER) == Window()
