"""The editor as a program: starts Qt, opens the files, survives what goes wrong."""

from __future__ import annotations

import locale
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nodeeditor.errors import NodeEditorError
from nodeeditor.gui.document.journal import Journal, journal_folder
from nodeeditor.gui.garbage import Garbage
from nodeeditor.gui.window.messages import Message
from nodeeditor.gui.window.window import Window
from nodeeditor.library import Library

_NAME = "nodeeditor"
_INTERRUPTED = 130  # exit status after Ctrl-C
_LOUD = {QtMsgType.QtWarningMsg: "warning", QtMsgType.QtCriticalMsg: "error", QtMsgType.QtFatalMsg: "error"}


def edit(files: Sequence[Path]) -> int:
    """Open the editor with some networks, or with an empty one; the result is the exit status."""
    if refusal := unsafe(PySide6.__version_info__[:2], sys.version_info[:2]):
        raise NodeEditorError(refusal)
    application = started()
    garbage = Garbage(application)
    window = Window(Library.installed(), QSettings(_NAME, _NAME), Journal(journal_folder()))
    _report_to(window)
    _quit_on_interrupt(window)
    window.show()
    for file in files:
        window.open(file)
    window.offer_recovery()
    try:
        return int(application.exec())
    finally:
        garbage.stop()
        sys.excepthook = sys.__excepthook__
        qInstallMessageHandler(None)


def unsafe(pyside: Sequence[object], python: Sequence[int]) -> str:
    """Why this PySide6 must not be used with this Python; empty where it may."""
    if tuple(pyside) == (6, 12) and tuple(python) < (3, 12):
        return "PySide6 6.12 aborts on Python older than 3.12: install PySide6-Essentials<6.12 or use a newer Python"
    return ""


def started() -> QApplication:
    """The running application, with numbers read and written the same in every country."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([_NAME])
    locale.setlocale(locale.LC_NUMERIC, "C")
    application.setApplicationName(_NAME)
    application.setOrganizationName(_NAME)
    application.setDesktopFileName(_NAME)
    application.setStyle("Fusion")
    return application


def _report_to(window: Window) -> None:
    """Show exceptions that nobody caught, and Qt's complaints, as messages; the editor goes on."""

    def unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            _interrupt(window)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        window.report(Message("error", f"{kind.__name__}: {error}\n\n{text}" if str(error) else text))

    def complained(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        sys.stderr.write(f"Qt: {text}\n")
        if _LOUD.get(kind) == "error":
            window.report(Message("error", f"Qt: {text}"))

    sys.excepthook = unexpected
    qInstallMessageHandler(complained)


def _interrupt(window: Window) -> None:
    """End at once where nothing is lost by it, else with the usual questions."""
    if window.leave_at_once():
        QApplication.exit(_INTERRUPTED)
    else:
        window.close()


def _quit_on_interrupt(window: Window) -> None:
    """Let Ctrl-C in the terminal end the editor: Python hears of it only while it runs, so a clock wakes it."""
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, lambda: _interrupt(window)))
    clock = QTimer(window, interval=200)
    clock.timeout.connect(lambda: None)
    clock.start()
