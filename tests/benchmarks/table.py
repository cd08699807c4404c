"""The outcomes as a Markdown table, and its place in a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.frame import Outcome

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
_SIGNS = {"less": "<=", "more": ">="}


def table(outcomes: Iterable[Outcome]) -> str:
    """One line a row: goal, best ready-made way, ours, whether the goal is met."""
    lines = ["| what | goal | best ready-made | ours | met |", "| --- | --- | --- | --- | --- |"]
    for outcome in outcomes:
        row = outcome.row
        goal = f"{_SIGNS[row.better]} {figure(row.goal, row.unit)}{f' {row.than}' if row.than else ''}"
        ours = f"{figure(outcome.figure, row.unit)}{f' ({outcome.ours})' if outcome.ours else ''}"
        lines.append(f"| {row.name} | {goal} | {outcome.best} | {ours} | {'yes' if outcome.met else 'no'} |")
    return "\n".join(lines)


def figure(number: float, unit: str) -> str:
    """Three digits and the unit: ``1.27x``, ``16 ms``."""
    text = f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"
    return f"{text}{'' if unit == 'x' else ' '}{unit}"


def around(path: Path) -> tuple[str, str]:
    """What stands before and behind the place of the table in a file; raises ValueError where it has none."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path.name} has no lines {BEGIN} and {END} between which the table could stand")
    return before, after


def write(made: str, path: Path) -> None:
    """Put a table between the two marker lines of a file; raises ValueError where they are not there."""
    before, after = around(path)
    path.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")
