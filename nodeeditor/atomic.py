"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_under_way: set[Path] = set()
"""Folders of this process that hold unfinished files, for `sweep` alone."""


@contextlib.contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """A path to write to, in a hidden folder beside ``path``; renamed to it when the block ends well.

    The written file is flushed to the disk before the rename, an old file stays as it was until then and for
    good when anything fails. Where the block made a folder instead, it takes the place of an old folder. A link
    stays a link, what it leads to is replaced; the new file has the rights of the old one.
    Raises OSError as writing and renaming do.
    """
    path = Path(path).resolve()
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent))
    _under_way.add(folder)
    try:
        target = folder / path.name
        yield target
        for written in [target] if target.is_file() else sorted(target.iterdir()):
            _flush(written)
        if target.is_dir() and path.is_dir():
            _exchange(target, path, folder / f"{path.name}.old")
        else:
            if path.is_file():
                shutil.copymode(path, target)
            target.replace(path)
        if os.name == "posix":
            _flush(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _under_way.discard(folder)


@contextlib.contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A folder that is being filled: an interrupted process takes it away."""
    _under_way.add(folder)
    try:
        yield folder
    finally:
        _under_way.discard(folder)


def sweep() -> None:
    """Remove every unfinished file of this process; the last act of one that was interrupted."""
    for folder in tuple(_under_way):
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folder(folder: Path) -> None:
    """Remove the unfinished files that another process, which is gone, left in a folder."""
    for left in list(folder.rglob(".*.part")):
        shutil.rmtree(left, ignore_errors=True)


def _exchange(target: Path, path: Path, aside: Path) -> None:
    path.rename(aside)
    try:
        target.replace(path)
    except BaseException:
        aside.rename(path)
        raise


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if path.is_file() and os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
