"""A question with a few answers, each of which has a letter for Alt."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QMessageBox, QWidget

Answer = QMessageBox.StandardButton


def asked(parent: QWidget, title: str, question: str, answers: Mapping[QMessageBox.StandardButton, str]) -> Answer:
    """What a user answers; the first answer is Return's, Cancel is Escape's. Texts mark their letter with ``&``."""
    box = QMessageBox(QMessageBox.Icon.Question, title, question, parent=parent)
    for answer, text in answers.items():
        box.addButton(answer).setText(text)
    box.setDefaultButton(next(iter(answers)))
    chosen = Answer(box.exec())
    box.deleteLater()
    return chosen
