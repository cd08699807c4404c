"""How a node is doing: at work, done, done before the last change, failed, behind one that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nodeeditor.engine.cost import spelled_bytes

State = Literal["idle", "working", "done", "outdated", "failed", "blocked"]


@dataclass(frozen=True)
class Activity:
    """The state of a node, and what its last work cost; ``part`` of the work is done, 0 to 1, where that is known.

    ``nbytes`` is the memory of the pages that were computed.
    """

    state: State = "idle"
    seconds: float = 0.0
    pages: int = 0
    part: float | None = None
    nbytes: int = 0

    @property
    def broken(self) -> bool:
        """Whether nothing comes out of the node."""
        return self.state in ("failed", "blocked")

    @property
    def timing(self) -> str:
        """What the work cost, such as ``3.2 ms · 1 page · 512 KiB``; empty where nothing was done."""
        if not (self.seconds or self.pages):
            return ""
        pages = [f"{self.pages} page{'s' if self.pages != 1 else ''}"] if self.pages else []
        size = [spelled_bytes(self.nbytes)] if self.nbytes else []
        return " · ".join([duration(self.seconds), *pages, *size])

    @property
    def sentence(self) -> str:
        """State and cost in words; empty for a node that never ran."""
        told = {
            "idle": "idle" if self.timing else "",
            "working": "working" if self.part is None else f"working, {self.part:.0%} done",
            "done": "done",
            "outdated": "written before the last change",
            "failed": "failed",
            "blocked": "waits for a node that failed",
        }[self.state]
        return f"{told} · {self.timing}" if self.timing else told


NEVER_RUN = Activity()


def duration(seconds: float) -> str:
    """A time with two or three digits that matter, in the unit that suits it."""
    if seconds < 0.01:
        return f"{1000 * seconds:.1f} ms"
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
