"""Tests of what the status bar tells of a run."""

from __future__ import annotations

import pytest

from nodeeditor.gui.window.runstatus import time_left


@pytest.mark.parametrize(
    ("part", "passed", "words"),
    [
        (0.25, 10.0, "30 s left"),
        (0.5, 1.0, "1 s left"),
        (0.1, 60.0, "9 min left"),
        (0.01, 3600 / 9.9, "10.0 h left"),
        (0.5, 0.9, ""),
        (0.0, 50.0, ""),
        (1.0, 50.0, ""),
    ],
)
def test_the_time_left_is_told_as_a_batch_tells_it(part: float, passed: float, words: str) -> None:
    assert time_left(part, passed) == words
