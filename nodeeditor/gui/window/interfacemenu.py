"""What a macro shows of its inside, chosen in the tab of its network: connectors and fields, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from nodeeditor.gui.document.document import Document
from nodeeditor.gui.document.showing import hide, show
from nodeeditor.gui.panels.drag import interface_words
from nodeeditor.macros.showing import names_of


def fill_end_menu(menu: QMenu, document: Document, end: str) -> None:
    """Add showing a connector or field, or showing it no more; nothing where the network is inside of no macro."""
    if document.interface is None:
        return
    shown = bool(names_of(document.interface, end))
    menu.addAction(f"&{interface_words(shown)}", partial(hide if shown else show, document, end))


def fill_interface_menu(menu: QMenu, document: Document, nodes: Sequence[str]) -> None:
    """Add a menu of all connectors and fields of one node, those checked that the macro shows."""
    if document.interface is None or len(nodes) != 1:
        return
    inside = menu.addMenu("Inter&face")
    for members in _members(document, nodes[0]):
        inside.addSeparator()
        for member in members:
            end = f"{nodes[0]}.{member}"
            names = names_of(document.interface, end)
            said = f"{member} ({', '.join(names)})" if names and names != [member] else member
            action = inside.addAction(said.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(bool(names))
            action.triggered.connect(_performed(hide if names else show, document, end))


def _performed(deed: Callable[[Document, str], None], document: Document, end: str) -> Callable[[], None]:
    """What Qt may connect to: it would give other callables the state of a check mark."""
    return lambda: deed(document, end)


def _members(document: Document, node: str) -> Iterable[Iterable[str]]:
    spec = document.network.nodes[node]
    node_type = document.library.get(spec.type)
    if node_type is None:
        return [spec.fields]
    declared = node_type.declaration
    return [declared.inputs, [name for name, one in declared.outputs.items() if not one.hidden], declared.fields]
