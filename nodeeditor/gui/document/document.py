"""One network in a tab: where its file is, whether it has changed, what becomes of it on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from nodeeditor import formats
from nodeeditor.check import current_name
from nodeeditor.errors import FormatError
from nodeeditor.fields import Json
from nodeeditor.gui.canvas.canvas import Canvas
from nodeeditor.gui.document.graph import Graph
from nodeeditor.leftbehind import rooted
from nodeeditor.library import Library
from nodeeditor.macro import Interface, Macro
from nodeeditor.macros.local import WithMacros, inside, with_macros
from nodeeditor.mlab.script import SUFFIX as SCRIPT
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths, spelled, user_variables

UNTITLED = "Untitled"
_SETTLED = 200  # ms until another program has finished writing


class Document(QObject):
    """A graph with its file, or with none yet.

    ``state_changed`` tells that name or modified mark differ, ``changed_on_disk`` that another program wrote the file,
    ``values_changed`` that read-only fields have other values, ``library_changed`` that node types have become others:
    those of local macros, which lie beside the file; or the interface, where the network is the inside of a macro.
    ``told`` is a sentence for the status bar.
    """

    state_changed = Signal()
    network_changed = Signal(object)
    values_changed = Signal()
    library_changed = Signal()
    changed_on_disk = Signal()
    told = Signal(str)

    def __init__(self, library: Library, parent: QObject | None = None, number: int = 1) -> None:
        super().__init__(parent)
        self.library = library
        self.graph = Graph(library)
        self.path: Path | None = None
        self.interface: Interface | None = None
        self.network = Network()
        self.values: Mapping[str, Mapping[str, Json]] = {}
        self._number = number
        self._saved: Network | None = Network()
        self._on_disk: bytes | None = None
        self._based_on = ""
        self._modified = False
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=_SETTLED)
        self._soon.timeout.connect(self.look_at_disk)
        self._watcher.fileChanged.connect(self._soon.start)
        self._watcher.directoryChanged.connect(self._soon.start)
        self.graph.network_changed.connect(self._network_changed)

    @property
    def canvas(self) -> Canvas:
        """Where the network is drawn."""
        canvas = self.graph.viewer()
        assert isinstance(canvas, Canvas)
        return canvas

    @property
    def name(self) -> str:
        """What the tab is called."""
        if self.path is not None:
            return formats.stem(self.path)
        return UNTITLED if self._number == 1 else f"{UNTITLED} {self._number}"

    @property
    def title(self) -> str:
        """The name, and whether this is what is inside a macro."""
        return f"{self.name} (macro)" if self.interface else self.name

    @property
    def offered(self) -> Library:
        """The node types that can be added: the macros beside the file are among them, but not the network itself."""
        if not isinstance(self.library, WithMacros):
            return self.library
        found = self.library.offered()
        return Library([kind for name, kind in found.items() if not (issubclass(kind, Macro) and name == self.name)])

    @property
    def modified(self) -> bool:
        """Whether closing now would lose something; view state alone does not count."""
        return self._modified

    def has_saved(self, name: str) -> bool:
        """Whether the file, as it was loaded or saved, has a node of this name and of the type that it has now."""
        spec = self._saved.nodes.get(name) if self._saved is not None else None
        return spec is not None and spec.type == self.network.nodes[name].type

    @property
    def based_on(self) -> str:
        """A digest of the file as it was loaded, saved or knowingly kept away; empty where there was none."""
        return self._based_on

    @property
    def disputed(self) -> bool:
        """Whether another program wrote the file since, and nobody said yet which of the two stays."""
        return self._on_disk is not None and _digest(self._on_disk) != self._based_on

    @property
    def paths(self) -> Paths:
        """Where file names in the network lead; raises ValueError where the user's path variables cannot be read."""
        return Paths(self.path.absolute().parent, user_variables()) if self.path else Paths(variables=user_variables())

    def file_name(self, file: Path) -> str:
        """How the network says a file."""
        try:
            variables = user_variables()
        except ValueError:
            variables = {}
        return spelled(file, self.path, variables)

    def tell_values(self, values: Mapping[str, Mapping[str, Json]]) -> None:
        """Know the values of the nodes' read-only fields: node, name in files, value; not part of the network."""
        if values != self.values:
            self.values = values
            self.values_changed.emit()

    def load(self, path: Path) -> None:
        """Show the network of a file; it is the first state, nothing can be undone. Raises NetworkError in words."""
        library = with_macros(self.library, path.parent)
        network = formats.load(path, library)
        self._use(library)
        self.graph.apply("open", network)
        self.graph.undo_stack().clear()
        self._belongs_to(path, network)

    def show(self, network: Network) -> None:
        """Show a network that belongs to no file: the first state, of which closing loses nothing."""
        self.graph.apply("open", network)
        self.graph.undo_stack().clear()
        self._belongs_to(None, network)

    def read(self, path: Path) -> Network:
        """The network of another file, with files beside it named so that this one finds them. Raises NetworkError."""
        network = formats.load(path, self.library)
        if self.path is not None and self.path.parent == path.absolute().parent:
            return network
        return rooted(network, self.library, path.absolute())

    def reload(self) -> None:
        """Show what the file holds now, as one step to undo. Raises NetworkError in words."""
        assert self.path is not None
        library = with_macros(self.library, self.path.parent)
        network = formats.load(self.path, library)
        self._use(library)
        self.graph.apply(f"reload {self.path.name}", network)
        self._belongs_to(self.path, network)

    def recover(self, path: Path | None, network: Network, based_on: str | None = None) -> None:
        """Show a network that was never saved: it counts as modified until it is.

        ``based_on`` is the digest of the file that it was made from, if that is known.
        """
        self._use(with_macros(self.library, path.parent if path else None))
        self.graph.apply("recover", network)
        self.graph.undo_stack().clear()
        self._belongs_to(path, None)
        if based_on is not None:
            self._based_on = based_on
        if self.disputed:
            self.changed_on_disk.emit()

    def keep(self) -> None:
        """Stay with what is shown although the file says otherwise: it counts as modified."""
        self._saved = None
        self._based_on = _digest(self._on_disk)
        self._judge()

    def save(self, path: Path) -> None:
        """Write the network to a file, which becomes the document's; raises NetworkError, and then all is as before."""
        network = self.graph.network()
        try:
            formats.save(network, path, self.library)
        except OSError as error:
            raise FormatError(f"{path} cannot be written: {error.strerror or error}") from error
        if self.path is None or self.path.parent != path.parent:
            self._use(with_macros(self.library, path.parent))
        self._belongs_to(path, network)

    def close(self) -> None:
        """Let go of the file and of the graph."""
        self._soon.stop()
        self.graph.network_changed.disconnect(self._network_changed)
        self.graph.close_document()
        self.deleteLater()

    def look_at_disk(self) -> None:
        """Find out whether the file still is what was loaded or saved, and the macros beside it are what they were."""
        if self.path is None:
            return
        if isinstance(self.library, WithMacros) and not self.library.is_current():
            self._use(with_macros(self.library, self.path.parent))
        self._read_interface()
        now = _content(self.path)
        self._watch()
        if now == self._on_disk:
            return
        self._on_disk = now
        if now is None:
            self.keep()
        elif self.disputed:
            self.changed_on_disk.emit()

    def _use(self, library: Library) -> None:
        """Be made of other node types from now on; what the network says stays."""
        if library is not self.library:
            self.library = library
            self.graph.use(library)
            if not self._modified and self._saved is not None:
                self._saved = settled(self.network, library)
            self.library_changed.emit()

    def _read_interface(self) -> None:
        """Know what is shown of the network, where that is the inside of a macro."""
        shown = inside(self.path, self.graph.network(), self.library) if self.path else None
        if shown != self.interface:
            self.interface = shown
            self.library_changed.emit()
            self.state_changed.emit()

    def _belongs_to(self, path: Path | None, saved: Network | None) -> None:
        self.path = path
        self._read_interface()
        self._saved = None if saved is None else settled(saved, self.library)
        self._on_disk = _content(path) if path else None
        self._based_on = _digest(self._on_disk)
        self._watch()
        self._network_changed(self.graph.network())
        self.state_changed.emit()

    def _watch(self) -> None:
        """Watch file and folder: a file that is replaced by another one is lost to Qt's watcher."""
        watched = [*self._watcher.files(), *self._watcher.directories()]
        beside = self.library.files if isinstance(self.library, WithMacros) else ()
        script = () if self.path is None or self.interface is None else (self.path.with_suffix(SCRIPT),)
        wanted = [] if self.path is None else [str(path) for path in (self.path, self.path.parent, *script, *beside)]
        gone = [entry for entry in watched if entry not in wanted]
        new = [entry for entry in wanted if entry not in watched and Path(entry).exists()]
        if gone:
            self._watcher.removePaths(gone)
        if new:
            self._watcher.addPaths(new)

    def _network_changed(self, network: Any) -> None:
        self.network = network
        self._judge()
        self.network_changed.emit(network)

    def _judge(self) -> None:
        modified = settled(self.network, self.library) != self._saved
        if modified != self._modified:
            self._modified = modified
            self.state_changed.emit()


def settled(network: Network, library: Library) -> Network:
    """The network without its view state (slice, zoom, windows), which is no reason to ask "save changes?"."""
    nodes = {name: _settled(spec, library) for name, spec in network.nodes.items()}
    return replace(network, nodes=nodes)


def _settled(spec: NodeSpec, library: Library) -> NodeSpec:
    node_type = library.get(spec.type)
    declared = node_type.declaration.fields if node_type else {}
    kept = {
        name: value
        for name, value in spec.fields.items()
        if (field := declared.get(current_name(node_type, name) if node_type else name)) is None or not field.transient
    }
    return spec if len(kept) == len(spec.fields) and not spec.windows else replace(spec, fields=kept, windows={})


def _content(path: Path) -> bytes | None:
    """The bytes of a file, or None where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
