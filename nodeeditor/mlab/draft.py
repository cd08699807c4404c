"""Changes to an MDL text that leave every byte around them as it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from nodeeditor.mlab.syntax import Entry, spelled


class Draft:
    """A text and the changes to be made to it, all meant for the places of the text as it was."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._changes: list[tuple[int, int, str]] = []
        self._in_order = True

    def changed(self, start: int = 0, end: int | None = None) -> str:
        """The text, or what stands between two places of it, with all changes made there."""
        if not self._in_order:
            self._changes.sort(key=lambda change: change[:2])
            self._in_order = True
        parts, at = [], start
        stop = len(self.text) if end is None else end
        for index in range(bisect_left(self._changes, start, key=lambda change: change[0]), len(self._changes)):
            begin, behind, new = self._changes[index]
            if begin > stop:
                break
            parts += [self.text[at:begin], new]
            at = behind
        return "".join([*parts, self.text[at:stop]])

    def _change(self, start: int, end: int, new: str) -> None:
        self._changes.append((start, end, new))
        self._in_order = False

    def set_tag(self, entry: Entry, tag: str) -> None:
        """Call an entry otherwise."""
        self._change(entry.start, entry.tag_end, spelled(tag))

    def set_value(self, entry: Entry, spelling: str) -> None:
        """Give an entry another value, or one at all behind its equals sign; in place of its block, if it has one."""
        if entry.value is not None and entry.entries is None:
            self._change(entry.value_start, entry.value_end, spelling)
        elif entry.is_hole:
            self._change(entry.equals, entry.equals, f" {spelling}")
        else:
            self._change(entry.tag_end, entry.end, f" = {spelling}")

    def set_or_remove(self, entry: Entry, spelling: str | None) -> None:
        """Give an entry another value, or take it away where there is none."""
        if spelling is None:
            self.remove(entry)
        else:
            self.set_value(entry, spelling)

    def cut_value(self, entry: Entry, spelling: str | None) -> None:
        """Leave an entry with nothing behind its equals sign, where what stands there is just this spelling."""
        if spelling is None:
            return
        ends_line = self.text[entry.value_end : entry.value_end + 1] in ("", "\n")
        if ends_line and entry.entries is None and self.text[entry.tag_end : entry.value_end] == f" = {spelling}":
            self._change(entry.equals, entry.value_end, "")

    def remove(self, entry: Entry) -> None:
        """Take an entry away, with its line where nothing else stands on it."""
        start, end = entry.start, entry.end
        line = self.text.rfind("\n", 0, start) + 1
        after = self.text.find("\n", end)
        after = len(self.text) if after < 0 else after + 1
        if not self.text[line:start].strip(" \t") and not self.text[end:after].strip():
            start, end = line, after
        self._change(start, end, "")

    def add(self, entry: Entry, lines: Iterable[str], depth: int) -> None:
        """Add lines at the end of an entry's block, which begins now if there was none; ``depth`` is the entry's."""
        indent = "  " * depth
        body = "".join(f"{indent}  {line}\n" for line in lines)
        if not body:
            return
        if entry.entries is None:
            kept = entry.value if entry.equals < 0 else None
            head = f" {spelled(kept)} {{\n" if kept is not None else "  {\n"
            self._change(entry.tag_end, entry.end, f"{head}{body}{indent}}}")
            return
        brace = entry.end - 1
        line = self.text.rfind("\n", 0, brace) + 1
        if line > entry.start and not self.text[line:brace].strip(" \t"):
            self._change(line, line, body)
        else:
            self._change(brace, brace, f"\n{body}{indent}")

    def append(self, line: str) -> None:
        """Add a line at the end of the text."""
        begin = "" if not self.text or self.text.endswith("\n") else "\n"
        self._change(len(self.text), len(self.text), f"{begin}{line}\n")


def block(head: str, lines: Iterable[str]) -> list[str]:
    """The lines of an entry with a block, at depth 0: ``fields`` and its entries, or ``fields = ""`` without any."""
    inside = [f"  {line}" for line in lines]
    return [f"{head} {{", *inside, "}"]
