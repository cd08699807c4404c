"""Everything that can go wrong, as one tree.

NodeEditorError
    NetworkError        the network itself is wrong; knows the node and the connector or field
        FormatError       not our file, or from a newer version; knows line and column of broken JSON
        UnknownNodeType   no such type in the library
        WiringError       cycle, missing connection, types that do not fit
        FieldError        value outside its declared type or range
        NetworkErrors     several of the above, found in one pass
    NodeError           a node failed at its work; knows the node and the region, the cause is ``__cause__``
Cancelled               not an error: somebody asked for something newer
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodeeditor.image import Region


class NodeEditorError(Exception):
    """Any failure that a user can do something about; its text is one line."""


class NetworkError(NodeEditorError):
    """The network itself is wrong.

    ``node`` and ``connector`` (an input, output or field, in the file's spelling) say where; both are empty for
    a problem of the whole file. ``warning`` marks what does not keep the network from running.
    """

    def __init__(self, message: str, node: str = "", connector: str = "", *, warning: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.connector = connector
        self.warning = warning

    @property
    def problems(self) -> tuple[NetworkError, ...]:
        """Every single problem, this one if it is single."""
        return (self,)

    @property
    def place(self) -> str:
        """``Node.connector``, ``Node`` or an empty text."""
        return f"{self.node}.{self.connector}" if self.node and self.connector else self.node or self.connector

    def at(self, node: str) -> NetworkError:
        """The same problem with the node's name, where the raiser could not know it."""
        if not self.node:
            self.node = node
        return self

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


class FormatError(NetworkError):
    """The file is no network file, is damaged, or comes from a newer version."""

    def __init__(self, message: str, node: str = "", connector: str = "", *, line: int = 0, column: int = 0) -> None:
        super().__init__(message, node, connector)
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """``line 3, column 7`` for broken JSON, else the node and connector."""
        return f"line {self.line}, column {self.column}" if self.line else super().place


class UnknownNodeType(NetworkError):
    """No node type of this name is in the library."""


class WiringError(NetworkError):
    """A connection is missing, leads nowhere, joins types that do not fit, or closes a cycle."""


class FieldError(NetworkError):
    """A field's value is outside its declared type or range, or the field does not exist."""


class NetworkErrors(NetworkError):
    """Several problems, found in one pass."""

    def __init__(self, problems: Iterable[NetworkError]) -> None:
        self._problems = tuple(problems)
        super().__init__("; ".join(map(str, self._problems)))

    @property
    def problems(self) -> tuple[NetworkError, ...]:
        """Every single problem."""
        return self._problems

    def __str__(self) -> str:
        return self.message


class NodeError(NodeEditorError):
    """A node failed at its work; ``node`` and ``region`` say which and where, ``__cause__`` why.

    A node raises it for what a user can mend (a missing file, grids that do not match); anything else that a
    node raises is wrapped into one by the engine, and then ``unexpected`` is set.
    """

    def __init__(self, message: str, node: str = "", region: Region | None = None, *, unexpected: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.region = region
        self.unexpected = unexpected

    def __str__(self) -> str:
        return f"{self.node}: {self.message}" if self.node else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


class Cancelled(BaseException):
    """Somebody asked for something newer, or for nothing any more; no error, so no ``except Exception`` sees it."""


def raise_all(problems: Sequence[NetworkError]) -> None:
    """Raise what is no warning among the problems: the one as it is, several together, none not at all."""
    errors = [problem for problem in problems if not problem.warning]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise NetworkErrors(errors)


def suggestion(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'Threshold'?`` where a known name is close, else nothing."""
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in candidates}
    if name.casefold() in folded:
        close = [folded[name.casefold()]]
    else:
        close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def one_of(names: Iterable[str]) -> str:
    """The names as a list in words, shortened when it is long."""
    listed = list(names)
    return ", ".join(listed[:12]) + (f", … ({len(listed)} in all)" if len(listed) > 12 else "")


def _rebuilt(kind: type[NodeEditorError], args: tuple[Any, ...], state: dict[str, Any]) -> NodeEditorError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error
