"""Making a local macro of nodes of the document in front, and putting what is inside of one in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodeeditor.errors import NetworkError
from nodeeditor.gui.document.naming import asked_name
from nodeeditor.gui.window.question import Answer, asked
from nodeeditor.gui.window.statusbar import counted
from nodeeditor.macros.files import name_problem, proposed_name, write
from nodeeditor.macros.making import made
from nodeeditor.macros.unmaking import expanded
from nodeeditor.network import endpoint

if TYPE_CHECKING:
    from nodeeditor.gui.document.document import Document
    from nodeeditor.gui.window.window import Window

_CONVERT = "Convert to Local Macro"
_SAVE_FIRST = "The files of a local macro lie beside those of the network, which is not saved yet."


def convert(window: Window, names: Sequence[str]) -> None:
    """Ask for a name and put nodes into a macro of that name, as one step to undo; its files stay."""
    document = window.document
    if (shown := shown_outside(document, names)) is not None:
        window.say(f"{shown} is part of what this macro shows; leave its node out.")
        return
    if document.path is None and not _is_saved(window):
        return
    assert document.path is not None
    folder, network = document.path.parent, window.editing.placed()
    try:
        offered = proposed_name(_common_group(document, names), network, document.library, folder)
        made(network, document.library, names, offered)
        question = f"Name of the macro; its files will lie in {folder}:"
        name = asked_name(
            document.canvas,
            _CONVERT,
            question,
            offered,
            lambda name: name_problem(name, network, document.library, folder),
        )
        if not name:
            return
        macro = made(network, document.library, names, name)
        write(macro, folder, document.library)
    except NetworkError as error:
        window.say(f"Not converted: {error}.")
        return
    document.look_at_disk()
    document.graph.apply(f"convert {counted(macro.inner.nodes, 'node')} to {name}", macro.outer)
    window.editing.select([macro.node])
    stays = f" Outside stay viewers: {', '.join(macro.outside)}." if macro.outside else ""
    window.say(f"{macro.node} is {name}.mlab with {name}.script beside the network now.{stays}")


def expand(window: Window, names: Sequence[str]) -> None:
    """Put what is inside macros in the places of their nodes, as one step to undo."""
    document = window.document
    if (shown := shown_outside(document, names)) is not None:
        window.say(f"{shown} is part of what this macro shows; remove it from the interface first.")
        return
    network, inside, lost = window.editing.placed(), list[str](), list[str]()
    try:
        for name in names:
            found = expanded(network, document.library, name)
            network = found.network
            inside += found.names
            lost += found.lost
    except NetworkError as error:
        window.say(f"Not expanded: {error}.")
        return
    document.graph.apply(f"expand {names[0]}" if len(names) == 1 else f"expand {len(names)} macros", network)
    window.editing.select(inside)
    if lost:
        window.say(f"Led to nothing inside, and gone: {counted(lost, 'connection')} ({', '.join(lost[:6])}).")


def _is_saved(window: Window) -> bool:
    """Ask for a file for the network; whether it has one then."""
    answers = {Answer.Save: "&Save…", Answer.Cancel: "&Cancel"}
    return asked(window, _CONVERT, _SAVE_FIRST, answers) == Answer.Save and window.documents.save()


def shown_outside(document: Document, names: Sequence[str]) -> str | None:
    """An end of some nodes that the network shows, where it is the inside of a macro itself."""
    shown = document.interface
    if shown is None:
        return None
    ends = [end for part in (shown.inputs, shown.outputs, shown.parameters) for given in part.values() for end in given]
    return next((end for end in ends if endpoint(end)[0] in set(names)), None)


def _common_group(document: Document, names: Sequence[str]) -> str:
    """The group that some nodes are in, all of them; empty where there is none."""
    groups = {document.graph.network().nodes[name].group for name in names}
    return groups.pop() if len(groups) == 1 else ""
