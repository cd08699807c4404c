"""At the start: what to do with networks that an editor could not save before it died."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from nodeeditor.gui.document.journal import Entry, Journal
from nodeeditor.gui.window.messages import Message
from nodeeditor.gui.window.question import Answer, asked
from nodeeditor.gui.window.tab import Tab


def offer_recovery(
    parent: QWidget,
    journal: Journal,
    fresh: Callable[[], Tab],
    recovered: Callable[[Tab], object],
    report: Callable[[Message], object],
) -> None:
    """Ask once for all; ``fresh`` gives an empty tab, ``recovered`` is called with each that shows a network again.

    Without an answer everything is kept for the next start.
    """
    entries, broken = journal.left()
    for file, reason in broken:
        report(Message("error", f"The journal {file} cannot be read and is kept: {reason}"))
    answer = _asked(parent, entries) if entries else Answer.Cancel
    for entry in entries:
        if answer == Answer.Yes:
            tab = fresh()
            tab.document.recover(entry.path, entry.network, entry.based_on)
            if tab.writing.write():
                journal.discard(entry)
            tab.frame_all_soon()
            recovered(tab)
        elif answer == Answer.Discard:
            journal.discard(entry)


def _asked(parent: QWidget, entries: Sequence[Entry]) -> Answer:
    lines = "\n".join(f"•  {entry.path or 'Untitled'}   ({entry.time[:19].replace('T', ' ')})" for entry in entries)
    question = f"The editor ended before these networks were saved:\n\n{lines}\n\nRecover them?"
    answers = {Answer.Yes: "&Recover", Answer.Discard: "&Discard", Answer.Cancel: "&Not Now"}
    return asked(parent, "Recover?", question, answers)
