"""The two kinds of network files: nodeeditor's own JSON, and MeVisLab's text; the ending of a name says which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nodeeditor import file, mlab
from nodeeditor.errors import NetworkError, UnknownNodeType
from nodeeditor.library import Library
from nodeeditor.macros.local import missing
from nodeeditor.network import Network, NodeSpec

OWN, MEVISLAB = file.SUFFIX, mlab.SUFFIX

_HEAD = 4096  # bytes that tell what a file is
_SECTION = re.compile(
    r"\A\s*// MDL|^[ \t]*(?:module\s+\S+\s*\{|(?:network|connections|networkModel)\s*[={])", re.MULTILINE
)
_MARKS = b"\xef\xbb\xbf \t\r\n"  # what may stand before the text proper


def load(path: Path, library: Library) -> Network:
    """The network in a file of either kind; raises as `nodeeditor.file.load` does. A name without a known ending may
    lead to either kind: the content says which.
    """
    return mlab.load(path, library) if _holds_mevislab(path) else file.load(path)


def loads(text: str, library: Library) -> Network:
    """The network that a text of either kind says, as it is pasted; raises NetworkError."""
    return mlab.loads(text, library) if _SECTION.search(text) else file.loads(text)


def sound_part(path: Path, library: Library) -> tuple[Network, list[NetworkError]]:
    """What can be understood of a file, and what is wrong with the rest; raises FormatError where that is all."""
    return (mlab.load(path, library), []) if _holds_mevislab(path) else file.sound_part(path)


def save(network: Network, path: Path, library: Library) -> None:
    """Write a network to a file, whole or not at all, as the ending of its name says; raises OSError, NetworkError."""
    if is_mevislab(path):
        mlab.save(network, path, library)
    else:
        file.save(network, path)


def is_mevislab(path: Path) -> bool:
    """Whether a name is one of MeVisLab's network files."""
    return path.name.lower().endswith(MEVISLAB)


def has_ending(path: Path) -> bool:
    """Whether a name says the kind of network file."""
    return is_mevislab(path) or path.suffix.lower() == ".json"


def is_network(path: Path) -> bool:
    """Whether a file is a network rather than an image."""
    if path.name.lower().endswith((OWN, MEVISLAB)):
        return True
    return path.suffix.lower() == ".json" and file.FORMAT.encode() in _head(path)


def stem(path: Path) -> str:
    """What a network is called after its file: the name without the ending."""
    return path.name.removesuffix(OWN if path.name.endswith(OWN) else MEVISLAB)


def problems_there(found: Iterable[NetworkError], path: Path, network: Network, library: Library) -> list[NetworkError]:
    """The problems of a network as they count for its file: that a MeVisLab module cannot run here is no mistake in it.

    In either kind of file such a module is told of with what to use in its place, where there is something.
    """
    told = _unavailable if is_mevislab(path) else _unknown
    unknown = {name: spec for name, spec in network.nodes.items() if spec.type not in library}
    return [
        told(one, unknown[one.node], library) if isinstance(one, UnknownNodeType) and one.node in unknown else one
        for one in found
    ]


def _unavailable(problem: UnknownNodeType, spec: NodeSpec, library: Library) -> NetworkError:
    return UnknownNodeType(f"the module {spec.type} cannot run here{_hint(spec, library)}", problem.node, warning=True)


def _unknown(problem: UnknownNodeType, spec: NodeSpec, library: Library) -> NetworkError:
    hint = _hint(spec, library)
    return UnknownNodeType(f"unknown node type {spec.type!r}{hint}", problem.node) if hint else problem


def _hint(spec: NodeSpec, library: Library) -> str:
    instead = missing(spec, library) or mlab.suggestions(spec.type, library)
    return f"; {instead}" if instead else ""


def _holds_mevislab(path: Path) -> bool:
    if has_ending(path):
        return is_mevislab(path)
    return _head(path).lstrip(_MARKS).startswith(b"// MDL")


def _head(path: Path) -> bytes:
    """The first bytes of a file; none where it cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""
