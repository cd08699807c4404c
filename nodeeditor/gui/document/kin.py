"""Which nodes lead to some others, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def reached(steps: Mapping[str, Iterable[str]], start: Iterable[str]) -> set[str]:
    """All that steps lead to from a start, by way of any others; the start itself only where they lead back to it."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        new = set(steps.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def turned(steps: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The same steps backwards."""
    back: dict[str, set[str]] = {}
    for start, ends in steps.items():
        for end in ends:
            back.setdefault(end, set()).add(start)
    return back
