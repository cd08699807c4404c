"""The files that a network names from its own folder, and that would not be found from another one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from nodeeditor.check import current_name
from nodeeditor.errors import NetworkError
from nodeeditor.fields import StringType
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

_OWN_FOLDER = re.compile(r"\$\((?:NETWORK|LOCAL)\)")


def left_behind(network: Network, library: Library, source: Path, target: Path) -> list[NetworkError]:
    """A warning for each file name that is another one once the network's file lies elsewhere; mostly none."""
    if os.path.realpath(source.parent) == os.path.realpath(target.parent):
        return []
    return [
        NetworkError(f"{file} is looked for beside {target} from now on", name, field, warning=True)
        for name, spec in sorted(network.nodes.items())
        for field, file in _files(spec, library)
        if _is_beside(file)
    ]


def rooted(network: Network, library: Library, source: Path) -> Network:
    """The network with the files that are there beside its own named in full: it finds them from any folder."""
    paths = Paths(source.parent)
    for name, spec in network.nodes.items():
        for field, file in _files(spec, library):
            if _is_beside(file) and (there := _found(file, paths)):
                network = network.with_field(name, field, there)
    return network


def _found(file: str, paths: Paths) -> str:
    """The full name of a file; empty where it is not there."""
    try:
        full = paths.expanded(file)
        return full if Path(full).exists() else ""
    except (ValueError, OSError):
        return ""


def _files(spec: NodeSpec, library: Library) -> Iterator[tuple[str, str]]:
    """The fields of a node that name a file; of an unknown type those that say the network's folder."""
    node_type = library.get(spec.type)
    for field, value in sorted(spec.fields.items()):
        if not isinstance(value, str):
            continue
        if node_type is None:
            if _OWN_FOLDER.match(value):
                yield field, value
            continue
        declared = node_type.declaration.fields.get(current_name(node_type, field))
        if declared is not None and isinstance(declared.type, StringType) and declared.type.file:
            yield field, value


def _is_beside(file: str) -> bool:
    """Whether a name leads on from the network's folder."""
    absolute = PurePosixPath(file).is_absolute() or PureWindowsPath(file).is_absolute()
    return bool(_OWN_FOLDER.match(file) or (file and not file.startswith("$(") and not absolute))
