"""A masking network on a canvas that is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nodeeditor.gui.document.graph import Graph
from nodeeditor.library import Library

from ...test_edits import masking


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[Graph]:
    made = Graph(Library.installed())
    canvas = made.viewer()
    canvas.resize(900, 700)
    with qtbot.waitSignal(made.network_changed):
        made.apply("open", masking())
    made.undo_stack().clear()
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.frame_all()
    yield made
    made.close_document()
