"""The menus can be used by keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtWidgets import QMenu

from nodeeditor.gui.window.window import Window


def menus(menu: QMenu) -> Iterator[QMenu]:
    """A menu and all below it."""
    yield menu
    for action in menu.actions():
        if isinstance(inner := action.menu(), QMenu):
            yield from menus(inner)


def test_no_two_entries_of_a_menu_have_the_same_letter(window: Window) -> None:
    shared = {}
    for action in window.menuBar().actions():
        inner = action.menu()
        assert isinstance(inner, QMenu)
        for menu in menus(inner):
            texts = [entry.text().replace("&&", "") for entry in menu.actions() if entry.isVisible()]
            letters = Counter(found[1].lower() for text in texts if (found := re.search(r"&(.)", text)))
            twice = [letter for letter, count in letters.items() if count > 1]
            for letter in twice:
                shared[menu.title(), letter] = [text for text in texts if f"&{letter}" in text.lower()]
    assert shared == {}
