"""The two files of a new macro: which name they can have, and writing them where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nodeeditor import file, mlab
from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.macros.local import is_macro_name
from nodeeditor.macros.macrotype import in_file_names
from nodeeditor.macros.making import Made
from nodeeditor.mlab import script
from nodeeditor.mlab.tables import module
from nodeeditor.network import Network, free_name


def name_problem(name: str, network: Network, library: Library, folder: Path) -> str:
    """Why a new macro beside a network cannot be called so, in words; empty where it can."""
    if not is_macro_name(name):
        return "the name of a macro has letters, digits and _ only, at most 100, and begins with no digit"
    if name in library:
        return f"there is a node type {name} already"
    if (becomes := module(name, library).becomes) != name:
        return f"{name} is what MeVisLab calls {becomes}"
    if any(spec.type == name for spec in network.nodes.values()):
        return f"the network has a node of a type {name} already, of which nothing is known"
    taken = next((path.name for path in _files(folder, name) if path.exists()), "")
    return f"{taken} lies beside the network already" if taken else ""


def proposed_name(wanted: str, network: Network, library: Library, folder: Path) -> str:
    """A name that a new macro can have, as near to the wanted one as can be."""
    word = "".join(letter for letter in wanted.title() if letter.isascii() and letter.isalnum())
    start = word if is_macro_name(word[:80]) else "Macro"
    taken: set[str] = set()
    while name_problem(name := free_name(start[:80], taken), network, library, folder):
        taken.add(name)
    return name


def write(made: Made, folder: Path, library: Library) -> None:
    """Write the files of a macro into a folder: both or none, and never over another file.

    Raises FormatError where that cannot be, in words.
    """
    name = made.outer.nodes[made.node].type
    data = mlab.dumps(made.inner, library)
    if not _alike(mlab.loads(data, library), made.inner):
        raise FormatError(f"the nodes cannot be said in {name}{mlab.SUFFIX} as they are")
    declared = script.written(in_file_names(made.interface, made.inner, library)).encode()
    done: list[Path] = []
    path = folder
    try:
        for path, content in ((folder / f"{name}{mlab.SUFFIX}", data), (folder / f"{name}{script.SUFFIX}", declared)):
            with path.open("xb") as stream:
                done.append(path)
                stream.write(content)
    except OSError as error:
        for path_done in done:
            path_done.unlink(missing_ok=True)
        raise FormatError(f"{path} cannot be written: {error.strerror or error}") from error


def _files(folder: Path, name: str) -> Iterator[Path]:
    """The files of a macro, and those of networks that could be mistaken for it."""
    for suffix in (mlab.SUFFIX, script.SUFFIX, file.SUFFIX):
        yield folder / f"{name}{suffix}"


def _alike(read: Network, network: Network) -> bool:
    """Whether what was read has the nodes and connections that were to be written."""
    kinds, wanted = ({name: spec.type for name, spec in one.nodes.items()} for one in (read, network))
    return kinds == wanted and read.connections == network.connections
