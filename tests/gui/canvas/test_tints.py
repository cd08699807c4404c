"""Tests of boxes in a colour of their own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtGui import QColor, qGray

from nodeeditor.gui.canvas.look import look_of
from nodeeditor.gui.canvas.theme import DARK, LIGHT, Theme, tinted
from nodeeditor.network import NodeSpec

from ...samples import LIBRARY


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("tint", ["#b8504b", "#000000", "#ffffff", "#ffff00", "#00ffff"])
def test_a_title_is_readable_on_every_colour(theme: Theme, tint: str) -> None:
    body = tinted(theme.image, tint)
    assert qGray(QColor(body.middle).rgb()) <= 135
    assert body.radius == theme.image.radius


def test_a_colour_that_is_dark_enough_is_shown_as_it_is() -> None:
    assert tinted(LIGHT.composed, "#b8504b").middle == "#b8504b"


@pytest.mark.parametrize("node_type", ["Add", "Unheard"])
def test_a_look_says_the_colour_that_a_node_has(node_type: str) -> None:
    assert look_of("A", NodeSpec(node_type, color=(184, 80, 75)), LIBRARY).tint == "#b8504b"
    assert look_of("A", NodeSpec(node_type), LIBRARY).tint == ""
