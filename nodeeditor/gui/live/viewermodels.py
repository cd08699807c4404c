"""Viewers of a document as their windows see them: a viewer in the network, and one that looks at any output."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from nodeeditor.edits import unique_name
from nodeeditor.fields import Json
from nodeeditor.gui.document.nodemodel import NodeModel
from nodeeditor.gui.live.live import Live
from nodeeditor.gui.session.shown import Shown, shown
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.network import Network, NodeSpec
from nodeeditor.viewing.viewer import Viewer

VIEWER = "viewer"
"""What the keys of all requests for pictures begin with."""
OUTDATED = "Not up to date: F9 updates."
_numbers = itertools.count()


class _Asking(ViewerModel):
    """Asks for the picture of a viewer whenever that may have changed, as long as somebody sees it."""

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self.live = live
        self._key = f"{VIEWER} {next(_numbers)}"
        self._awake = False
        self._outdated = ""
        live.session.answered.connect(self._answered)
        live.session.failed.connect(self._failed)
        live.session.started.connect(lambda key: self._tell_busy(key, True))
        live.session.ended.connect(lambda key: self._tell_busy(key, False))
        live.changed.connect(lambda _: self.refresh())
        live.outdated_changed.connect(self._judge)

    @property
    def key(self) -> str:
        """Under which the session knows its requests."""
        return self._key

    def wake(self, awake: bool) -> None:
        """Ask from now on, or no more."""
        if awake != self._awake:
            self._awake = awake
            if awake:
                self.refresh()
            else:
                self.live.session.drop(self._key)

    def release(self) -> None:
        """Ask no more for good."""
        self.wake(False)
        self.deleteLater()

    def refresh(self) -> None:
        """Ask for the picture as it is now."""
        question = self.question() if self._awake else None
        if self._awake:
            self._judge()
        if question is not None:
            (network, name), paths, interface = question, self.live.paths, self.live.document.interface
            outside = tuple(itertools.chain(*interface.inputs.values())) if interface else ()
            self.live.ask(self._key, lambda engine, cancelled: shown(engine, network, name, paths, cancelled, outside))

    def question(self) -> tuple[Network, str] | None:
        """The network to ask, and the viewer in it; None while there is nothing to see."""
        raise NotImplementedError

    def looked_at(self) -> str:
        """The node that decides what is seen."""
        raise NotImplementedError

    def outdated(self) -> str:
        return self._outdated

    def _judge(self) -> None:
        """Find out whether what is seen waits for an update; what was never updated has nothing to see."""
        node = self.looked_at()
        outdated = OUTDATED if self.live.outdated(node) else ""
        if outdated and node not in self.live.shown.nodes and node in self.live.network.nodes:
            self.failed.emit(OUTDATED)
        if outdated != self._outdated:
            self._outdated = outdated
            self.outdated_changed.emit()

    def _answered(self, key: str, result: Any) -> None:
        if key == self._key:
            self.shown.emit(result)

    def _failed(self, key: str, error: Any) -> None:
        if key == self._key:
            self.failed.emit(str(error))

    def _tell_busy(self, key: str, busy: bool) -> None:
        if key == self._key:
            self.busy.emit(busy)


class NodeViewer(_Asking):
    """A viewer in the network; ``gone`` tells that the network has it no more."""

    gone = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self._node = NodeModel(live.document, name)
        self._name = name
        self._node.changed.connect(self._follow)
        self._node.gone.connect(self.gone)

    def name(self) -> str:
        return self._node.name()

    def node_type(self) -> type[Viewer]:
        found = self._node.node_type()
        assert found is not None
        assert issubclass(found, Viewer)
        return found

    def spec(self) -> NodeSpec:
        return self._node.spec()

    def turn(self, edits: Mapping[str, Json], gesture: int) -> None:
        graph, declared = self.live.document.graph, self.node_type().declaration.fields
        state = {name: value for name, value in edits.items() if declared[name].transient}
        if state:
            graph.set_view_state(self.name(), state)
        for name in edits.keys() - state.keys():
            graph.set_field(self.name(), name, edits[name], gesture)
        graph.look()

    def release(self) -> None:
        self._node.release()
        super().release()

    def question(self) -> tuple[Network, str] | None:
        network = self.live.shown
        return (network, self.name()) if self.name() in network.nodes else None

    def looked_at(self) -> str:
        return self.name()

    def _follow(self) -> None:
        if self.name() != self._name:
            self._name = self.name()
            self.renamed.emit()


class OutputViewer(_Asking):
    """A viewer that is in no network and looks at any output of one."""

    def __init__(self, live: Live, viewer: type[Viewer], fields: Mapping[str, Json]) -> None:
        super().__init__(live)
        self._viewer = viewer
        self._spec = NodeSpec(viewer.declaration.type, fields)
        self._output = ""
        self._last: Shown | None = None

    def look_at(self, output: str) -> None:
        """Show another output ``Node.connector``; the slice stays, zoom and window are the image's own."""
        if output != self._output:
            self._output = output
            self._spec = replace(self._spec, fields={**self._settled(), **self._slice()})
            self.renamed.emit()
            self.refresh()

    def name(self) -> str:
        return self._output

    def node_type(self) -> type[Viewer]:
        return self._viewer

    def spec(self) -> NodeSpec:
        return self._spec

    def turn(self, edits: Mapping[str, Json], gesture: int) -> None:
        self._spec = replace(self._spec, fields={**self._spec.fields, **edits})
        self.refresh()

    def question(self) -> tuple[Network, str] | None:
        network, taking = self.live.shown, self._viewer.declaration.inputs
        if self._output.partition(".")[0] not in network.nodes:
            return None
        (connector,) = (name for name, one in taking.items() if one.name == self._viewer.inspects)
        name = unique_name(network, "Output Inspector")
        return network.with_node(name, self._spec).with_connection(f"{name}.{connector}", self._output), name

    def looked_at(self) -> str:
        return self._output.partition(".")[0]

    def _settled(self) -> dict[str, Json]:
        """What stays from one output to the next: all that is no view state, and the size of the picture."""
        declared = self._viewer.declaration.fields
        kept = Viewer.declaration.fields
        return {
            name: value for name, value in self._spec.fields.items() if name in kept or not declared[name].transient
        }

    def _slice(self) -> Mapping[str, Json]:
        """The slice that is shown now, as fields."""
        last = self._last
        return last.node.turned(last.infos, 0, "slice", last.panes[0].slice) if last and last.panes else {}

    def _answered(self, key: str, result: Any) -> None:
        if key == self.key:
            self._last = result
        super()._answered(key, result)
