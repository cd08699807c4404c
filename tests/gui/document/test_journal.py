"""Tests of the journal: what an editor that died leaves is found, offered, and kept until it is safe."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.editing import Editing
from nodeeditor.gui.document.journal import Journal, Writing, journal_folder
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

NETWORK = Network({"Mask": NodeSpec("Mask", {"background": -5.0}, (1, 2, 120, 72))})
DIES = """
import os, sys
from pathlib import Path
from nodeeditor.gui.document.journal import Journal
from nodeeditor.network import Network, NodeSpec
journal = Journal(Path(sys.argv[1]))
network = Network({"Mask": NodeSpec("Mask", {"background": -5.0}, (1, 2, 120, 72))})
journal.keep("one", Path("/data/Mine.mlab.json"), network)
os._exit(9)
"""


def die(folder: Path) -> None:
    assert subprocess.run([sys.executable, "-c", DIES, str(folder)], check=False).returncode == 9


def test_what_a_killed_editor_left_is_found(tmp_path: Path) -> None:
    die(tmp_path)
    entries, broken = Journal(tmp_path).left()
    assert [(entry.path, entry.network) for entry in entries] == [(Path("/data/Mine.mlab.json"), NETWORK)]
    assert broken == []


def test_it_is_found_again_until_it_is_discarded(tmp_path: Path) -> None:
    die(tmp_path)
    for _ in range(2):
        entry = Journal(tmp_path).left()[0][0]
    Journal(tmp_path).discard(entry)
    assert Journal(tmp_path).left() == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_a_living_editor_is_left_alone(tmp_path: Path) -> None:
    living = Journal(tmp_path)
    living.keep("one", None, NETWORK)
    assert Journal(tmp_path).left() == ([], [])
    living.close()
    assert len(Journal(tmp_path).left()[0]) == 1


def test_a_corrupt_journal_is_named_and_kept(tmp_path: Path) -> None:
    die(tmp_path)
    [file] = tmp_path.glob("*/*.json")
    file.write_text(file.read_text()[:60])
    entries, broken = Journal(tmp_path).left()
    assert entries == []
    assert [path for path, _ in broken] == [file]
    assert file.exists()


def test_what_is_saved_is_forgotten_and_nothing_stays_behind(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.keep("one", None, NETWORK)
    journal.forget("one")
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_change_is_written_and_undoing_it_takes_it_away(tmp_path: Path, qtbot: QtBot) -> None:
    document = Document(Library.installed())
    writing = Writing(Journal(tmp_path), document)
    Editing(document, lambda sentence: None).add("Mask", QPointF(0, 0))
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*/*.json"))) == 1)
    document.graph.undo_stack().undo()
    qtbot.waitUntil(lambda: not list(tmp_path.glob("*/*.json")))
    assert writing.write()
    document.close()


def test_a_journal_that_cannot_be_written_is_told_of_once(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "taken").write_text("a file in the way")
    document = Document(Library.installed())
    writing = Writing(Journal(tmp_path / "taken"), document)
    with qtbot.waitSignal(writing.failed):
        assert not writing.write()
    with qtbot.assertNotEmitted(writing.failed):
        assert not writing.write()
    document.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of this variable is Linux's")
def test_the_journal_lies_in_the_users_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert journal_folder() == tmp_path / "nodeeditor" / "journal"
