"""What is measured twice: with numpy alone, and with what nodeeditor[fast] compiles where that is installed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nodeeditor.compiled import installed

INSTALLED = installed()
WITH = ", with nodeeditor[fast]"
_SWITCH = "NODEEDITOR_COMPILE"


@contextmanager
def numpy_alone() -> Iterator[None]:
    """Nothing is compiled meanwhile, nor used that was compiled."""
    before = os.environ.get(_SWITCH)
    os.environ[_SWITCH] = "no"
    try:
        yield
    finally:
        del os.environ[_SWITCH]
        if before is not None:
            os.environ[_SWITCH] = before


def compile_for(work: Callable[[], object]) -> None:
    """Have all loops compiled that some work asks for."""
    work()
    for thread in threading.enumerate():
        if thread.name.startswith("compiles "):
            thread.join()
