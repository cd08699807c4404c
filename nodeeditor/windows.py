"""Where the windows of a node lie on the screen, as network files say it.

Their names are MeVisLab's. Windows and entries of other names are kept word for word, and an entry that cannot be
understood counts as not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodeeditor.fields import Json
from nodeeditor.network import Frame

VIEWER, PANEL, AUTOMATIC = "_viewer", "_default", "_automatic"

WINDOWS: Mapping[str, str] = {
    VIEWER: "The window that shows a viewer's picture.",
    PANEL: "The node's panel.",
    AUTOMATIC: "The table of all fields.",
}
"""The windows that a node may have, and what each is."""


@dataclass(frozen=True)
class Window:
    """One window: ``frame`` is x, y, width and height on the screen, None where no file says; whether it is open."""

    frame: Frame | None = None
    open: bool = False


def window(windows: Mapping[str, Json], name: str) -> Window:
    """What a node's ``windows`` say about one of them."""
    entry = windows.get(name)
    said = entry if isinstance(entry, dict) else {}
    frame = said.get("frame")
    numbers = frame if isinstance(frame, list) else []
    plain = [float(n) for n in numbers if isinstance(n, int | float) and not isinstance(n, bool) and abs(n) <= 1e6]
    right = len(plain) == len(numbers) == 4 and min(plain[2:]) > 0
    return Window((plain[0], plain[1], plain[2], plain[3]) if right else None, said.get("open") is True)


def with_window(windows: Mapping[str, Json], name: str, shown: Window) -> Mapping[str, Json]:
    """A node's ``windows`` with one of them elsewhere; what else they say stays."""
    entry = windows.get(name)
    said = dict(entry) if isinstance(entry, dict) else {}
    frame = {"frame": [round(number) for number in shown.frame]} if shown.frame else {}
    return {**windows, name: {**said, **frame, "open": shown.open}}
