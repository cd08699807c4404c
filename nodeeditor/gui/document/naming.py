"""The dialog that asks for a name, and says there why one is refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

_WIDTH = 300  # pixels


class NameDialog(QDialog):
    """Stays open until the name is accepted; ``refusal`` gives the reason against a name, empty where there is none."""

    def __init__(self, parent: QWidget, title: str, question: str, name: str, refusal: Callable[[str], str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._refusal = refusal
        self.line = QLineEdit(name, self)
        self.line.selectAll()
        self.line.setMinimumWidth(_WIDTH)
        self.reason = QLabel(self, wordWrap=True)
        self.reason.setStyleSheet("color: #d9342b")
        self.reason.hide()
        self.line.textEdited.connect(self.reason.hide)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = self._column = QVBoxLayout(self)
        for widget in (QLabel(question, self), self.line, self.reason, buttons):
            layout.addWidget(widget)

    @property
    def name(self) -> str:
        """What is typed."""
        return self.line.text().strip()

    def accept(self) -> None:
        """Close with the name, unless there is a reason against it."""
        reason = self._refusal(self.name)
        if not reason:
            super().accept()
            return
        self.reason.setText(f"{reason[0].upper()}{reason[1:]}.")
        self.reason.show()
        self.resize(self.width(), max(self.height(), self._column.totalHeightForWidth(self.width())))
        self.line.setFocus()
        self.line.selectAll()


def asked_name(parent: QWidget, title: str, question: str, name: str, refusal: Callable[[str], str]) -> str:
    """What a user answers; empty when there is no answer."""
    dialog = NameDialog(parent, title, question, name, refusal)
    dialog.exec()
    dialog.deleteLater()
    return dialog.name if dialog.result() else ""
