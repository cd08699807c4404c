"""Loops over voxels as machine code where numba is installed: made behind the scenes, while numpy does the work.

A loop is a plain Python function that gives nothing and fills the last of its arguments; all its arrays are contiguous
and of one dimension. To import numba takes half a second, during which a window would stutter: that waits until nobody
has asked for a loop for a second, or somebody has gone on asking for ten. Until then, and for good without numba, there
is no machine code. NODEEDITOR_COMPILE=no in the environment says that there shall be none.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

Loop: TypeAlias = Callable[..., None]
Types: TypeAlias = tuple[tuple[np.dtype[Any], bool], ...]
"""Of each argument the type of its numbers, and whether it is an array."""

WORTH = 2**15
"""Voxels from which on a loop is worth while."""
_LULL, _LONGEST = 1.0, 10.0
"""Seconds without a question after which a loop is compiled, and those after which it is compiled in any case."""


@dataclass(eq=False)
class Making:
    """Machine code that is being made: there once that has ended, None where it cannot be had."""

    ended: threading.Event = field(default_factory=threading.Event)
    code: Loop | None = None


@dataclass
class Questions:
    """When somebody last asked for a loop in vain: the one thing that changes here."""

    latest: float = 0.0


_questions = Questions()


def compiled(loop: Loop, *arguments: Any) -> Loop | None:
    """A loop as machine code for arguments of these types, arrays and numpy's numbers; None while there is none."""
    if os.environ.get("NODEEDITOR_COMPILE") == "no":
        return None
    making = begun(loop, types(arguments))
    if making.ended.is_set():
        return making.code
    _questions.latest = time.monotonic()
    return None


def types(arguments: Sequence[Any]) -> Types:
    """The types of arrays, and of numpy's numbers."""
    return tuple([(argument.dtype, argument.ndim > 0) for argument in arguments])


@lru_cache(maxsize=256)
def begun(loop: Loop, given: Types) -> Making:
    """The machine code of a loop for some types, begun when it is first asked for."""
    making = Making()
    if installed():
        threading.Thread(target=_make, args=(loop, given, making), name=f"compiles {loop.__name__}").start()
    else:
        making.ended.set()
    return making


def installed() -> bool:
    """Whether numba can be imported; it is not imported for that."""
    from importlib.util import find_spec  # noqa: PLC0415  (most programs end before anybody asks)

    return find_spec("numba") is not None


def _make(loop: Loop, given: Types, making: Making) -> None:
    program, started = threading.main_thread(), time.monotonic()
    while (rest := min(max(started, _questions.latest) + _LULL, started + _LONGEST) - time.monotonic()) > 0:
        program.join(rest)
        if not program.is_alive():
            return
    try:
        making.code = machine_code(loop, given)
    except Exception as error:
        import logging  # noqa: PLC0415

        said = " ".join(str(error).split())
        logging.getLogger(__name__).warning("numba cannot compile %s, numpy works instead: %s", loop.__name__, said)
    making.ended.set()


def machine_code(loop: Loop, given: Types) -> Loop:
    """A loop compiled by numba, from the last time where it can be kept in a file; raises whatever numba raises."""
    import numba  # noqa: PLC0415  (half a second, and it is not there everywhere)

    kinds = [(numba.from_dtype(dtype), several) for dtype, several in given]
    read = [numba.types.Array(kind, 1, "C", readonly=True) if several else kind for kind, several in kinds[:-1]]
    signature = numba.void(*read, numba.types.Array(kinds[-1][0], 1, "C"))
    try:
        made: Loop = numba.njit(signature, nogil=True, cache=True)(loop)
    except RuntimeError:  # there is no folder for such files
        made = numba.njit(signature, nogil=True)(loop)
    return made
