"""A folder that one batch at a time writes into."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nodeeditor.errors import FormatError

if sys.platform != "win32":
    import fcntl


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make a folder and keep other batches out of it until the block ends, or the process, however that is.

    Raises FormatError where the folder cannot be made, or another batch is at work in it. Windows and some drives of
    other computers know no such lock; there nothing is kept out.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"{folder} cannot be made: {error.strerror or error}") from error
    with ExitStack() as held:
        if sys.platform != "win32":
            try:
                handle = os.open(folder, os.O_RDONLY)
                held.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                what = f"another batch is at work in {folder}; wait for its end, or choose another --out"
                raise FormatError(what) from None
            except OSError:  # a drive without locks
                pass
        yield
