"""The example of a node type: a network named after it, found with the package that the type comes from."""

from __future__ import annotations

import sys
from pathlib import Path

from nodeeditor.formats import MEVISLAB, OWN, load
from nodeeditor.leftbehind import rooted
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.network import Network
from nodeeditor.node import Node

FOLDER = "networks"
"""What the folder is called, in the package of a node type or beside it."""


def example(node_type: type[Node]) -> Path | None:
    """The network file named after a node type; None where its package brings none.

    The innermost folder counts: for a type of the module ``company.filters`` first ``company/networks/``, which a wheel
    can hold, then ``networks/`` beside ``company/``, as in a checkout.
    """
    module = sys.modules.get(node_type.__module__)
    file = getattr(module, "__file__", None)
    if module is None or file is None or issubclass(node_type, Macro):
        return None
    levels = module.__name__.count(".") + (2 if hasattr(module, "__path__") else 1)
    folders = [parent / FOLDER for parent in list(Path(file).absolute().parents)[:levels]]
    files = (folder / f"{node_type.__name__}{ending}" for folder in folders for ending in (OWN, MEVISLAB))
    return next((one for one in files if one.is_file()), None)


def copied(file: Path, library: Library) -> Network:
    """The network of an example, to be changed and saved anywhere; what lies beside the file is found from there, too.

    Raises NetworkError.
    """
    return rooted(load(file, library), library, file)
