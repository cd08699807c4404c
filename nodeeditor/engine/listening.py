"""Who hears what the engine does, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Literal, NamedTuple, TypeAlias

from nodeeditor.image import Region

_ALONE = nullcontext()


class Computed(NamedTuple):
    """One page that was computed just now, for whoever watches the engine."""

    node: str
    output: str
    region: Region
    seconds: float
    nbytes: int


Doing: TypeAlias = Literal["describe", "compute", "perform"]
"""What a node is at: opening its file and saying what it gives, making a page, or doing what an effect node does."""


class Listener:
    """Is told what the engine does on behalf of one request; a subclass hears what it wants to.

    Slabs of a large image are computed on threads of their own: what is told of them comes from there.
    """

    def during(self, node: str, key: str, doing: Doing) -> AbstractContextManager[object]:
        """Surrounds the work of a node under its key."""
        return _ALONE

    def computed(self, page: Computed) -> None:
        """A page was computed."""

    def read(self, node: str, key: str, part: float) -> None:
        """This part, from 0 to 1, of a large image that a node gives was read."""


class Watch(Listener):
    """Calls a function with each page that was computed."""

    def __init__(self, watch: Callable[[Computed], None]) -> None:
        self._watch = watch

    def computed(self, page: Computed) -> None:
        """Call it."""
        self._watch(page)


class Listeners:
    """All who listen to one request; false where nobody does.

    ``surround`` says whether any of them wants to know when a node begins and ends.
    """

    def __init__(self, all_of_them: Iterable[Listener] = ()) -> None:
        self._all = tuple(all_of_them)
        self._around = tuple(one for one in self._all if type(one).during is not Listener.during)
        self.surround = bool(self._around)

    def __bool__(self) -> bool:
        return bool(self._all)

    def joined(self, listener: Listener) -> Listeners:
        """These and one more."""
        return Listeners((*self._all, listener))

    def during(self, node: str, key: str, doing: Doing) -> AbstractContextManager[object]:
        """Surrounds the work of a node under its key."""
        if len(self._around) == 1:
            return self._around[0].during(node, key, doing)
        stack = ExitStack()
        for listener in self._around:
            stack.enter_context(listener.during(node, key, doing))
        return stack

    def computed(self, page: Computed) -> None:
        """Tell of a page that was computed."""
        for listener in self._all:
            listener.computed(page)

    def read(self, node: str, key: str, part: float) -> None:
        """Tell how much of a large image was read."""
        for listener in self._all:
            listener.read(node, key, part)
