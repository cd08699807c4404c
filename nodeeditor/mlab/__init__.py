"""A `Network` as MeVisLab's own ``.mlab`` text and back: every byte that was not changed stays.

A network read from such a text keeps it, in lines, so that it survives a ``.mlab.json`` file as well: each node its
module's in ``extra["mlab"]``, so that it goes along where the node goes, and the network what stands around the
modules. What the network says itself (fields, frames, names, connections) is cut out of these lines where writing it
gives the same characters again: nothing stands there twice, and nothing there is out of date. What it does not say
(fields and connectors that our node types do not have, unknown sections, comments, odd spellings) stays word for word.

Writing goes the other way: the holes are filled, the text is read again, and where it says something else than the
network, that one value, line or block is changed. What only our networks can say (bypassed nodes, lists in fields) is
JSON in an entry ``nodeeditor``, which other readers ignore. So ``loads(dumps(network))`` is the network again, except
that fields equal to their defaults are left out and the text is kept.

Nothing in a file is ever executed.
"""

from __future__ import annotations

from pathlib import Path

from nodeeditor.atomic import partial_file
from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.macro import runs_whole
from nodeeditor.mlab import tables
from nodeeditor.mlab.document import left_out, read, write
from nodeeditor.mlab.source import LARGEST_FILE
from nodeeditor.network import Network

__all__ = ["SUFFIX", "dumps", "left_out", "load", "loads", "runnable", "save", "suggestions"]

SUFFIX = ".mlab"


def loads(text: bytes | str, library: Library) -> Network:
    """The network that a ``.mlab`` text says; raises FormatError with line and column.

    Modules that the library does not have become nodes of that type, with all their fields.
    """
    return read(text, library)


def dumps(network: Network, library: Library) -> bytes:
    """The ``.mlab`` text of a network; what came from such a text and was not changed keeps every byte.

    Raises FormatError for a text that no file can hold.
    """
    return write(network, library)


def load(path: Path, library: Library) -> Network:
    """The network in a ``.mlab`` file; raises FormatError, also in words for a file that cannot be read."""
    try:
        if not path.is_file():
            raise FormatError("is a folder or device, not a network file" if path.exists() else "does not exist")
        if path.stat().st_size > LARGEST_FILE:
            raise FormatError(f"is larger than {LARGEST_FILE >> 20} MiB; this is no network file")
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error
    return loads(data, library)


def save(network: Network, path: Path, library: Library) -> None:
    """Write a network to a ``.mlab`` file, whole or not at all; raises OSError, and FormatError as `dumps` does."""
    data = dumps(network, library)
    loads(data, library)
    with partial_file(path) as partial:
        partial.write_bytes(data)


def runnable(network: Network, library: Library) -> tuple[int, int]:
    """How many nodes have a type that the library knows, with all that is inside of it, and how many there are."""
    return sum(runs_whole(library.get(spec.type)) for spec in network.nodes.values()), len(network.nodes)


def suggestions(type_name: str, library: Library) -> str:
    """What to use in place of a module that cannot run here, such as ``use LocalImage``; empty where nothing is."""
    return tables.suggestion(type_name, library)
