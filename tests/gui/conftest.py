"""Tests of the editor run without a screen unless one is asked for, and collect garbage on their own thread."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_MUCH = 20_000  # objects


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """As in the editor: a worker thread that collects would destroy Qt's objects there."""
    gc.disable()
    yield
    if gc.get_count()[0] > _MUCH:
        gc.collect()
    gc.enable()
