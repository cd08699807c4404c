"""What a person answers when the editor asks for a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodeeditor.gui.document.naming import NameDialog


def answer_names(monkeypatch: pytest.MonkeyPatch, given: Callable[[str], str]) -> list[str]:
    """Type what ``given`` makes of the offered name and press OK; Cancel where it is refused, for the listed reason."""
    reasons: list[str] = []

    def answered(dialog: NameDialog) -> None:
        dialog.line.setText(given(dialog.line.text()))
        dialog.accept()
        if dialog.reason.text():
            reasons.append(dialog.reason.text())
            dialog.reject()

    monkeypatch.setattr(NameDialog, "exec", answered)
    return reasons
