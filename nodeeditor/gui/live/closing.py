"""Which files of a document are closed: by a button, or because they are loaded by a button only."""

from __future__ import annotations

from collections.abc import Mapping

from nodeeditor.fields import Json, StringType, TriggerType
from nodeeditor.library import Library
from nodeeditor.network import Network
from nodeeditor.node import Node

_LOAD, _CLOSE, _AUTOMATIC = "load", "close", "autoLoad"


class Closing:
    """Holds for node types that have the buttons *load* and *close*, as those of MeVisLab that open files have."""

    def __init__(self) -> None:
        self._closed: dict[str, str] = {}
        self._files: dict[str, Json] = {}

    @property
    def reasons(self) -> Mapping[str, str]:
        """The closed nodes, and what to do about it in words."""
        return dict(self._closed)

    def press(self, node: str, button: str) -> None:
        """A button of a node was pressed."""
        if button == _LOAD:
            self._closed.pop(node, None)
        elif button == _CLOSE:
            self._closed[node] = "its file is closed; press load"

    def follow(self, network: Network, library: Library) -> None:
        """Close what has another file now and does not load by itself, open what does; forget what is gone."""
        files = {}
        for name, spec in network.nodes.items():
            node_type = library.get(spec.type)
            field = _file_field(node_type) if node_type else ""
            if field:
                files[name] = spec.fields.get(field)
                if name not in self._files or files[name] != self._files[name]:
                    self._closed.pop(name, None)
                    if spec.fields.get(_AUTOMATIC, True) is False:
                        self._closed[name] = "its file is not loaded yet; press load, or set autoLoad"
        self._files = files
        self._closed = {name: reason for name, reason in self._closed.items() if name in files}


def _file_field(node_type: type[Node]) -> str:
    """The field that names the file of a node with both buttons; empty where there is none."""
    fields = node_type.declaration.fields
    if not all(isinstance(getattr(fields.get(name), "type", None), TriggerType) for name in (_LOAD, _CLOSE)):
        return ""
    return next((name for name, one in fields.items() if isinstance(one.type, StringType) and one.type.file), "")
