"""What the commands of the menus do with the document that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from nodeeditor.check import problems
from nodeeditor.examples import example
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.window import files, macros
from nodeeditor.gui.window.help import ABOUT, KEYS, show_node_page, show_page
from nodeeditor.gui.window.messages import Message, message_of
from nodeeditor.gui.window.report import report
from nodeeditor.gui.window.sharing import copy_command, export_canvas
from nodeeditor.gui.window.statusbar import counted
from nodeeditor.macro import Macro
from nodeeditor.macros.expansion import expansion
from nodeeditor.macros.local import missing
from nodeeditor.network import Network, endpoint
from nodeeditor.node import Node
from nodeeditor.run import Job, conflicts, sinks

if TYPE_CHECKING:
    from nodeeditor.gui.window.window import Window


class Deeds:
    """One function a command, for those that are neither edits nor about files."""

    def __init__(self, window: Window) -> None:
        self._window = window

    @property
    def _document(self) -> Document:
        return self._window.document

    # --- for others

    def export(self, suffix: str) -> None:
        """Write the canvas as a picture to a file that the user chooses."""
        self._window.say(export_canvas(self._window, self._document, suffix))

    def copy_as_command(self) -> None:
        """Put the command line that runs this network into the clipboard; it is saved first."""
        document = self._document
        if (document.path and not document.modified) or self._window.documents.save():
            assert document.path
            self._window.say(copy_command(document.path))

    # --- view

    def zoom(self, factor: float) -> None:
        """Zoom around the middle."""
        canvas = self._window.canvas
        canvas.zoom_at(factor, QPointF(canvas.viewport().rect().center()))
        self._window.status.show_zoom(canvas.zoom)

    def find(self) -> None:
        """Ask what to find in the network."""
        self._window.tab.find_bar.open()

    def find_next(self, by: int) -> None:
        """Go to the next match, or back to the one before with -1."""
        self._window.tab.find_bar.step(by)

    def show_node(self, name: str) -> None:
        """Select a node and bring it into sight, if it is still there; for one inside a macro, the macro."""
        name = expansion(self._document.network, self._document.library).place(name)[0]
        if name in self._document.network.nodes:
            self._window.editing.show(name)

    def copy_report(self, messages: Sequence[Message]) -> None:
        """Put messages into the clipboard, with all that is known of their nodes."""
        document = self._document
        network, library = document.network, document.library
        inside = expansion(network, library).network
        about = [(one, network if one.node in network.nodes else inside) for one in messages]
        QGuiApplication.clipboard().setText(report(about, library, self._window.live.session.facts))
        self._window.say("The report is in the clipboard.")

    # --- nodes

    def add_in_sight(self, node_type: str) -> None:
        """Add a node in the middle of what is seen."""
        self._window.editing.add(node_type, self._window.canvas.visible_rect().center())
        self._window.canvas.setFocus()

    def add_node(self) -> None:
        """Offer the node types at the cursor."""
        self._window.tab.search()

    def replace_node(self) -> None:
        """Offer the node types that the selected node can become."""
        self._window.tab.replace_node()

    def insert_networks(self) -> None:
        """Ask for networks and put them into the one that is shown."""
        self._window.tab.insert_networks()

    def open_panel(self, name: str) -> None:
        """Open the panel of a node, or the window of a viewer; with Alt held, the automatic panel."""
        alt = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier
        self._open(name, automatic=bool(alt))

    def open_panels(self, automatic: bool) -> None:
        """Open the panels of the selected nodes, the windows of viewers."""
        for name in self._window.editing.names:
            self._open(name, automatic=automatic)

    def _open(self, name: str, *, automatic: bool) -> None:
        if not automatic and self._window.viewers.is_viewer(self._document, name):
            self._window.viewers.open(self._window.live, name)
        else:
            self._window.panels.open(self._document, name, automatic)

    def show_inside(self) -> None:
        """Open what is inside the selected macros."""
        for name in self._window.editing.names:
            self.show_inside_of(name)

    def show_inside_of(self, name: str) -> None:
        """Open the network that a node of the document in front is, in a tab; say so where it is none."""
        spec = self._document.network.nodes[name]
        node_type = self._document.library.get(spec.type)
        if node_type is not None and issubclass(node_type, Macro):
            self._window.documents.open(node_type.file)
        elif node_type is not None:
            self._window.say(f"{name} is no macro: there is no network inside.")
        else:
            self._window.say(f"{name}: {missing(spec, self._document.library) or f'nothing is known of {spec.type}.'}")

    def convert_to_macro(self, names: Sequence[str] = ()) -> None:
        """Make a local macro of some nodes, by default of the selected ones."""
        macros.convert(self._window, names or self._window.editing.names)

    def expand_macros(self) -> None:
        """Put what is inside the selected macros in their places."""
        macros.expand(self._window, self._window.editing.names)

    def is_macro(self, name: str) -> bool:
        """Whether a node of the document in front is a network of its own."""
        node_type = self._document.library.get(self._document.network.nodes[name].type)
        return node_type is not None and issubclass(node_type, Macro)

    def copy_names(self) -> None:
        """Put the names of the selected nodes into the clipboard, one a line."""
        names = self._window.editing.names
        QGuiApplication.clipboard().setText("\n".join(names))
        self._window.say(f"Copied: {', '.join(names)}")

    def inspect(self) -> None:
        """Show what flows out of the selected node in the output inspector."""
        names, network, library = self._window.editing.names, self._document.network, self._document.library
        node_type = library.get(network.nodes[names[0]].type) if names else None
        outputs = node_type.declaration.outputs if node_type else {}
        if not outputs:
            self._window.say("Select a node with an output to look at it.")
            return
        inspection = self._window.docks.inspection
        inspection.show()
        inspection.raise_()
        inspection.inspect(self._window.live, f"{names[0]}.{next(iter(outputs))}")

    def save_image(self, output: str) -> None:
        """Ask for a file and write there what flows out of an output."""
        document, window = self._document, self._window
        folder = document.path.parent if document.path else Path.cwd()
        path = files.asked_for_image(window, folder / f"{output}.nii.gz")
        if path is not None:
            self._run(document.network, [Job(*endpoint(output), path)])

    def trigger(self, document: Document, node: str, field: str) -> None:
        """Do what a button of a node's panel says."""
        flat = expansion(document.network, document.library)
        acting = flat.end(f"{node}.{field}").partition(".")[0]
        spec = flat.network.nodes.get(acting)
        node_type = document.library.get(spec.type) if spec else None
        if node_type is not None and node_type.effect:
            self._run(document.network, [Job(acting)])
        else:
            self._window.live_of(document).press(node, field)

    # --- running

    def update(self) -> None:
        """Bring all that is shown of the network up to date."""
        self._window.live.update()

    def reload(self) -> None:
        """Look at all files again."""
        self._window.live.reload()

    def run(self) -> None:
        """Run every node that feeds no other."""
        network = self._document.network
        self._run(network, list(sinks(network, self._document.library)))

    def run_into_folder(self) -> None:
        """Ask for a folder and write there the pictures of the viewers and the images they show."""
        document, window = self._document, self._window
        folder = files.asked_for_folder(window, document.path.parent if document.path else Path.cwd())
        if folder is not None:
            jobs = list(sinks(document.network, document.library, folder))
            if files.may_replace(window, "Run Into Folder", [job.file for job in jobs if job.file]):
                self._run(document.network, jobs)

    def _run(self, network: Network, jobs: Sequence[Job]) -> None:
        window, document = self._window, self._document
        try:
            paths = document.paths
        except ValueError as error:
            window.report(Message("error", str(error)))
            return
        found = list(conflicts(jobs, network, document.library, paths))
        for problem in found:
            window.report(message_of(problem))
        if not found:
            behind = partial(self._name_behind, document)
            window.status.run.start(window.live_of(document).session.request, network, paths, jobs, behind)

    def _name_behind(self, document: Document) -> str:
        """The name of a document while another one is in front."""
        return "" if document is self._document else document.name

    def stop(self) -> None:
        """Cancel the run."""
        self._window.status.run.cancel()

    def check(self) -> None:
        """Say how many problems the network has; the panel lists them."""
        found = problems(self._document.network, self._document.library)
        self._window.messages.show()
        self._window.messages.raise_()
        self._window.report(Message("info", f"{self._document.name}: {counted(found, 'problem')}."))

    # --- help

    def help_on_node(self) -> None:
        """Show what is said of the selected nodes' types."""
        if found := self._selected_types():
            self.help_on(*found)

    def help_on(self, *node_types: type[Node]) -> None:
        """Show what is said of node types."""
        show_node_page(self._window, node_types, self._window.documents.open_example)

    def open_examples(self) -> None:
        """Open the examples of the selected nodes' types."""
        for node_type in self._selected_types():
            self._window.documents.open_example(node_type)

    def has_example(self) -> bool:
        """Whether there is one of a selected node's type."""
        return any(example(node_type) for node_type in self._selected_types())

    def _selected_types(self) -> list[type[Node]]:
        """The known types of the selected nodes, each once."""
        nodes, library = self._document.network.nodes, self._document.library
        types = (library.get(nodes[name].type) for name in self._window.editing.names)
        return [node_type for node_type in dict.fromkeys(types) if node_type is not None]

    def help_on_keys(self) -> None:
        """Show what mouse and keys do."""
        show_page(self._window, "Mouse and Keys", KEYS)

    def about(self) -> None:
        """Say what this is."""
        QMessageBox.about(self._window, "About nodeeditor", ABOUT)
