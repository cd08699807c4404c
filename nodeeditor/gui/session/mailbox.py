"""What threads leave for an object of the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Letters in their order; ``ring`` is called, on any thread, for the first one in an empty box.

    Threads know the box and never the object, which may be deleted at any time: it closes the box before.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._letters: list[T] = []
        self._ring: Callable[[], None] | None = ring

    def put(self, letter: T) -> None:
        """Leave a letter; nothing happens where the box is closed."""
        with self._lock:
            if self._ring is not None:
                self._letters.append(letter)
                if len(self._letters) == 1:
                    self._sound(self._ring)

    def _sound(self, ring: Callable[[], None]) -> None:
        try:
            ring()
        except RuntimeError:  # the object is gone already, and is about to close the box
            self._ring, self._letters = None, []

    def take(self) -> list[T]:
        """All letters, which are then no longer there."""
        with self._lock:
            letters, self._letters = self._letters, []
            return letters

    def close(self) -> None:
        """Never ring again."""
        with self._lock:
            self._ring = None
            self._letters = []
