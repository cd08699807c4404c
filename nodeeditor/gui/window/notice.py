"""A bar above the canvas that asks something without standing in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from nodeeditor.gui.window.icons import icon


class Notice(QFrame):
    """One sentence and a button for each answer; an answer puts it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Notice")
        self.setStyleSheet("#Notice { background: #f4d77a; } #Notice QLabel { color: #2b2410; }")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 3, 6, 3)
        self._sign, self._text = QLabel(), QLabel(wordWrap=True)
        self._sign.setPixmap(icon("warning", "#5a4300").pixmap(16, 16))
        self._row.addWidget(self._sign)
        self._row.addWidget(self._text, 1)
        self.answers: dict[str, QPushButton] = {}
        self.hide()

    def ask(self, sentence: str, answers: dict[str, Callable[[], object]]) -> None:
        """Show a sentence; a click on an answer does what belongs to it."""
        self.put_away()
        self._text.setText(sentence)
        for name, act in answers.items():
            button = self.answers[name] = QPushButton(name, self)
            button.clicked.connect(self.put_away)
            button.clicked.connect(lambda _=False, act=act: act())
            self._row.addWidget(button)
        self.show()

    def put_away(self) -> None:
        """Ask no more."""
        for button in self.answers.values():
            self._row.removeWidget(button)
            button.deleteLater()
        self.answers = {}
        self.hide()
