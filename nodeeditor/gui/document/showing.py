"""What a macro shows of its inside, changed in the tab of that: its script is written at once, undo leaves it alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from nodeeditor.atomic import partial_file
from nodeeditor.errors import NetworkError
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.naming import asked_name
from nodeeditor.macros.making import shown_name
from nodeeditor.macros.showing import name_problem, part_of, with_end, without_end
from nodeeditor.mlab.script import SUFFIX
from nodeeditor.network import endpoint


def show(document: Document, end: str) -> None:
    """Ask for a name and let the macro show a connector or field of its inside under that."""
    shown = document.interface
    if shown is None:
        return
    node, member = endpoint(end)
    if not document.has_saved(node):
        document.told.emit(f"{node} is not in the file of {document.name} yet: save the network first.")
        return
    question, offered = f"Name of {end} outside of the macro:", shown_name(shown, end)
    name = asked_name(document.canvas, "Show in Interface", question, offered, partial(name_problem, shown))
    if not name:
        return
    node_type = document.library.get(document.network.nodes[node].type)
    part = part_of(node_type.declaration, member) if node_type else "Parameters"

    def changed(script: bytes) -> bytes:
        return with_end(script, document.graph.network(), document.library, end, part, name)

    _change(document, changed, f"The macro shows {end} as {name}.")


def hide(document: Document, end: str) -> None:
    """Let the macro show a connector or field of its inside no more."""

    def changed(script: bytes) -> bytes:
        return without_end(script, document.graph.network(), document.library, end)

    _change(document, changed, f"The macro shows {end} no more.")


def _change(document: Document, changed: Callable[[bytes], bytes], sentence: str) -> None:
    assert document.path is not None
    script = document.path.with_suffix(SUFFIX)
    try:
        _replace(script, changed(script.read_bytes()))
    except (NetworkError, OSError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        document.told.emit(f"{script.name} was not changed: {reason}.")
        return
    document.look_at_disk()
    document.told.emit(f"{sentence} {script.name} was written; undo does not take it back.")


def _replace(path: Path, content: bytes) -> None:
    with partial_file(path) as partial_path:
        partial_path.write_bytes(content)
