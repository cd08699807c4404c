"""What was not saved when the editor died: a copy of every changed network, until it is saved or discarded."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from nodeeditor.atomic import partial_file
from nodeeditor.errors import NetworkError
from nodeeditor.file import dumps, loads
from nodeeditor.gui.document.document import Document
from nodeeditor.network import Network

_LOCK = "lock"
_PAUSE = 1000  # ms without a change until a copy is written


@dataclass(frozen=True)
class Entry:
    """One network that was not saved: the file of the journal, the network's own file, and when it was written.

    ``based_on`` is the digest of the network's own file as the network was made from it; None where it is not known.
    """

    file: Path
    path: Path | None
    time: str
    network: Network
    based_on: str | None = None


class Journal:
    """A folder with one folder for each running editor, which holds a lock on it while it lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / uuid.uuid4().hex
        self._lock: QLockFile | None = None

    def keep(self, key: str, path: Path | None, network: Network, based_on: str | None = None) -> None:
        """Write a network under a key of this editor, in place of what was there. Raises OSError, NetworkError."""
        self._open()
        time = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        entry = {"path": str(path) if path else None, "time": time, "based_on": based_on, "network": dumps(network)}
        with partial_file(self._own / f"{key}.json") as partial:
            partial.write_text(json.dumps(entry, indent=1), encoding="utf-8")

    def forget(self, key: str) -> None:
        """Remove what this editor wrote under a key: it is saved, or was discarded."""
        (self._own / f"{key}.json").unlink(missing_ok=True)

    def left(self) -> tuple[list[Entry], list[tuple[Path, str]]]:
        """What dead editors left behind, the oldest first, and the files that cannot be read, each with the reason."""
        entries, broken = [], []
        for session in self._dead():
            for file in sorted(session.glob("*.json")):
                try:
                    entries.append(_entry(file))
                except (OSError, ValueError, KeyError, TypeError, NetworkError) as error:
                    broken.append((file, str(error)))
        return sorted(entries, key=lambda entry: entry.time), broken

    def discard(self, entry: Entry) -> None:
        """Remove what a dead editor left, because it was recovered and written again, or is not wanted."""
        entry.file.unlink(missing_ok=True)
        _remove_if_empty(entry.file.parent)

    def close(self) -> None:
        """Let go of this editor's folder; what is still in it is offered at the next start."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
            _remove_if_empty(self._own)

    def _open(self) -> None:
        if self._lock is None:
            self._own.mkdir(parents=True, mode=0o700)
            self._lock = QLockFile(str(self._own / _LOCK))
            self._lock.setStaleLockTime(0)
            self._lock.tryLock(0)

    def _dead(self) -> list[Path]:
        """The folders of editors that do not run any more."""
        if not self._folder.is_dir():
            return []
        return [session for session in sorted(self._folder.iterdir()) if session != self._own and _is_dead(session)]


class Writing(QObject):
    """Keeps the journal in step with one document, a second after each change."""

    failed = Signal(str)

    def __init__(self, journal: Journal, document: Document) -> None:
        super().__init__(document)
        self._journal, self._document = journal, document
        self._key = uuid.uuid4().hex
        self._told = False
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self.write)
        document.network_changed.connect(self._changed)
        document.state_changed.connect(self._changed)

    def _changed(self) -> None:
        if self._document.modified:
            self._soon.start()
        else:
            self.forget()

    def write(self) -> bool:
        """Write now; whether that went well."""
        self._soon.stop()
        try:
            document = self._document
            self._journal.keep(self._key, document.path, document.network, document.based_on)
            self._told = False
            return True
        except (OSError, NetworkError) as error:
            if not self._told:
                self._told = True
                self.failed.emit(f"The crash journal cannot be written: {error}")
            return False

    def forget(self) -> None:
        """The document is saved, or its changes were discarded."""
        self._soon.stop()
        self._journal.forget(self._key)


def journal_folder() -> Path:
    """The user's folder for journals: it lasts over a restart, and belongs to this computer."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return home / "nodeeditor" / "journal"


def _entry(file: Path) -> Entry:
    data = json.loads(file.read_text(encoding="utf-8"))
    path = data["path"]
    return Entry(file, Path(path) if path else None, str(data["time"]), loads(data["network"]), data.get("based_on"))


def _is_dead(session: Path) -> bool:
    if not session.is_dir():
        return False
    lock = QLockFile(str(session / _LOCK))
    lock.setStaleLockTime(0)
    free = lock.tryLock(0)
    lock.unlock()
    return free


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
