"""What a person at a terminal, or a machine, hears of a batch while it runs."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from nodeeditor.batch.errand import Errand
from nodeeditor.batch.studies import Study
from nodeeditor.batch.work import Outcome
from nodeeditor.engine.cost import Work, spelled_wait
from nodeeditor.errors import NetworkError
from nodeeditor.terminal import StatusLine, facts, print_profile, say, show

_BAR = 20
_WORDS = {"done": "done", "kept": "done before", "failed": "failed"}


class Report:
    """Says each study's problems as they come, draws a line of progress, and counts."""

    def __init__(self, waiting: int, *, as_json: bool) -> None:
        self.counts: Counter[str] = Counter()
        self._waiting = waiting
        self._json = as_json
        self._line = StatusLine(sys.stderr.isatty() and not as_json)
        self._started = time.monotonic()
        self._work: dict[str, Work] = {}

    def tell(self, outcome: Outcome, *, traces: bool) -> None:
        """Say what came of a study; of one that is well without warnings only to machines."""
        self.clear()
        self.counts[outcome.status] += 1
        for name, work in outcome.work.items():
            self._work[name] = self._work.get(name, Work()) + work
        for problem in (*outcome.errors, *outcome.warnings) if outcome.status != "kept" else ():
            warning = "warning: " if isinstance(problem, NetworkError) and problem.warning else ""
            say(f"{warning}{outcome.study.name}: {problem}")
        if traces:
            sys.stderr.writelines(outcome.traces)
        if self._json:
            show(json.dumps(_event(outcome)))

    def draw(self) -> None:
        """Show on a terminal how many studies are done, how fast, and when the others will be."""
        if not self._waiting:
            return
        ready, passed = self.counts["done"] + self.counts["failed"], time.monotonic() - self._started
        left = passed / ready * (self._waiting - ready) if ready else 0.0
        speed = f"  {60 * ready / passed:.3g}/min, {spelled_wait(left)} left" if ready else ""
        failed = f"  {self.counts['failed']} failed" if self.counts["failed"] else ""
        self._line.draw(ready / self._waiting, _BAR, f"{ready} of {self._waiting} studies{speed}{failed}")

    def clear(self) -> None:
        """Take the line of progress away before something else is printed."""
        self._line.clear()

    def end(self, table: Path, *, profile: bool) -> None:
        """Say how many studies were done, and where their table is."""
        self.clear()
        if profile:
            print_profile(self._work, as_json=self._json)
        if self._json:
            counts = {name: self.counts[name] for name in ("done", "failed", "kept")}
            show(json.dumps({"event": "batch", **counts, "table": str(table)}))
            return
        total = sum(self.counts.values())
        told = [f"{self.counts[status]} {words}" for status, words in _WORDS.items() if self.counts[status]]
        show(f"{total} {'study' if total == 1 else 'studies'}: {', '.join(told)}; see {table}")


def show_plan(study: Study, one: Errand, kept: bool, *, as_json: bool) -> None:
    """Say what would be done for a study."""
    settings = {f"{node}.{name}": value for node, name, value in study.settings}
    if as_json:
        told = {"event": "study", "id": study.name, "status": "kept" if kept else "waiting"}
        show(json.dumps({**told, "folder": str(one.folder), "settings": settings}))
    else:
        told_settings = "  ".join(f"{end}={value}" for end, value in settings.items())
        show(f"{study.name}{' (done before)' if kept else ''}: {told_settings} -> {one.folder}")


def _event(outcome: Outcome) -> dict[str, Any]:
    """An outcome as an object for machines."""
    return {
        "event": "study",
        "id": outcome.study.name,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 4),
        "errors": [facts(one) for one in outcome.errors],
        "warnings": [facts(one) for one in outcome.warnings],
        "values": dict(outcome.values),
        "files": list(outcome.files),
    }
