"""A document that is worked out while it is edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from nodeeditor.check import problems
from nodeeditor.engine import Engine
from nodeeditor.errors import NetworkError
from nodeeditor.explain import Explained, explained
from nodeeditor.formats import problems_there
from nodeeditor.gui.canvas.activity import Activity
from nodeeditor.gui.document.document import Document
from nodeeditor.gui.live.closing import Closing
from nodeeditor.gui.live.following import content, flowing_into, with_names, with_view_state
from nodeeditor.gui.live.unfinished import is_about, unfinished
from nodeeditor.gui.session.facts import NodeFacts
from nodeeditor.gui.session.lull import Lull
from nodeeditor.gui.session.session import Asked, Session
from nodeeditor.image import Vector3
from nodeeditor.network import Network
from nodeeditor.paths import Paths

_AFTERWARDS, _PATIENCE = 30, 200  # ms that pictures go ahead of everything else: of rest, and in any case
_EXPLAINED, _CHECKED = "explained", "checked"


class Live(QObject):
    """Keeps a session in step with a document, and canvas and panels in step with the session.

    ``network`` is the document's, ``shown`` the one that viewers look at: the same, unless edits wait for an update.
    ``changed`` brings each shown network that may give other images than the one before: not for a moved box.
    ``outdated_changed`` tells that others than before may be out of date. ``problems_changed`` brings all that is
    wrong with the network now.
    """

    changed = Signal(object)
    outdated_changed = Signal()
    problems_changed = Signal(object)

    def __init__(self, document: Document, engine: Engine) -> None:
        super().__init__(document)
        self.document = document
        self.session = Session(engine.over(document.library), self)
        self.network = self.shown = document.network
        self._automatic = True
        self.problems: tuple[NetworkError, ...] = ()
        self._checked: tuple[NetworkError, ...] = ()
        self._content = content(self.network)
        self._names = self._names_by_node()
        self._closing = Closing()
        self._closing.follow(self.network, document.library)
        self._withheld = self._closing.reasons
        self._explained: Mapping[str, str] = {}
        self._soon = Lull(self, _AFTERWARDS, _PATIENCE)
        self._soon.timeout.connect(self._look)
        document.network_changed.connect(self._follow)
        document.library_changed.connect(self._use)
        document.canvas.reload_clicked.connect(lambda node: self.press(node, "load"))
        self.session.facts_changed.connect(self._show_facts)
        self.session.states_changed.connect(self._show_states)
        self.session.answered.connect(self._take)
        self.session.failed.connect(self._fail)

    @property
    def paths(self) -> Paths:
        """Where file names lead; without the user's own variables where these cannot be read."""
        try:
            return self.document.paths
        except ValueError:
            path = self.document.path
            return Paths(path.absolute().parent) if path else Paths()

    def ask(self, key: str, work: Asked) -> None:
        """Have something worked out under a key, the newest request of which wins."""
        withheld = self._withheld
        self.session.ask(key, lambda engine, cancelled: work(engine.withholding(withheld), cancelled))

    def press(self, node: str, button: str) -> None:
        """A button of a node was pressed: open or close its file, and look at all files again."""
        self._closing.press(node, button)
        self.reload()

    def reload(self) -> None:
        """Look at all files again: what has changed on the disk is read anew, and all that depends on it."""
        self._withheld = self._closing.reasons
        self.changed.emit(self.shown)
        self._look()

    def update(self) -> None:
        """Bring all that is shown up to date."""
        self._withheld = self._closing.reasons
        self._show(self.network)

    def update_automatically(self, automatic: bool) -> None:
        """Have viewers follow each edit from now on, or wait until an update is asked for."""
        self._automatic = automatic
        if automatic:
            self.update()

    def outdated(self, node: str = "") -> bool:
        """Whether an edit waits for an update, anywhere or in what flows into a node."""
        if self._automatic:
            return False
        now = with_view_state(self.network, self.shown, self.document.library)  # but for what viewers look at
        if node:
            return bool(flowing_into(now, node) != flowing_into(self.shown, node))
        return bool(content(now) != content(self.shown))

    def explain(self, output: str, point: Vector3, time: int) -> None:
        """Show beside the boxes what their nodes give at a point in LPS millimetres, from ``Node.output`` upwards."""
        network, paths = self.shown, self.paths
        self.ask(
            _EXPLAINED,
            lambda engine, cancelled: explained(engine, network, output, point, time, paths, cancelled),
        )

    def explain_nothing(self) -> None:
        """Take the explanations away."""
        self.session.drop(_EXPLAINED)
        self.document.canvas.show_explanations({})

    def close(self) -> None:
        """Want nothing any more."""
        self._soon.stop()
        self.document.network_changed.disconnect(self._follow)
        self.document.library_changed.disconnect(self._use)
        self.session.close()

    def _follow(self, network: Any) -> None:
        before, self.network, self._names = self._names, network, self._names_by_node()
        names = {old: self._names[node] for node, old in before.items() if node in self._names}
        self.session.keep(names)
        self._closing.follow(network, self.document.library)
        if self._automatic:
            self.update()
        else:
            self._show(with_view_state(with_names(self.shown, names), network, self.document.library))
        self._soon.stir()

    def _names_by_node(self) -> Mapping[str, str]:
        """What each node is called, by what stays the same through renaming."""
        return {node.id: node.name() for node in self.document.graph.editor_nodes()}

    def _show(self, network: Network) -> None:
        self.shown = network
        now = content(network)
        if now != self._content:
            self._content = now
            self.changed.emit(network)
        self.outdated_changed.emit()

    def _use(self) -> None:
        """The node types have become others: all is found out anew."""
        self.session.use(self.document.library)
        self._closing.follow(self.network, self.document.library)
        self.reload()

    def _look(self) -> None:
        network, library = self.network, self.document.library
        self.session.ask(_CHECKED, lambda engine, cancelled: tuple(problems(network, library)))
        self.session.look(network, self.paths, self._closing.reasons)

    def _show_facts(self, facts: Any) -> None:
        self.document.graph.show_facts(facts.lines)
        self.document.tell_values({name: _values(node) for name, node in facts.nodes.items()})
        self._show_problems()

    def _show_problems(self) -> None:
        """Tell what is wrong, as the network shows it and its nodes found out; what only begins is not wrong yet."""
        found = {(one.node, one.connector, one.message): one for one in self._checked}
        for name, node in self.session.facts.nodes.items():
            if name in self.network.nodes:
                for one in _problems(name, node):
                    found.setdefault((one.node, one.connector, one.message), one)
        lacking = self._unfinished()
        told = [one for one in found.values() if not (one.node in lacking and is_about(one, lacking[one.node]))]
        path = self.document.path or Path()
        now = tuple(problems_there(told, path, self.network, self.document.library))
        self.document.graph.show_problems(now)
        if [str(one) for one in now] != [str(one) for one in self.problems]:
            self.problems = now
            self.problems_changed.emit(now)

    def _unfinished(self) -> Mapping[str, frozenset[str]]:
        """What nodes lack that nobody need be told of yet; inside a macro also what its interface will feed."""
        return unfinished(self.network, self.document.library, self.document.interface)

    def _show_states(self, states: Any) -> None:
        quiet = self._unfinished().keys() - {one.node for one in self.problems}
        facts = self.session.facts.nodes
        waiting = {name for name, one in facts.items() if self.document.interface and one.behind in quiet}
        shown = {
            name: Activity(one.state, one.seconds, one.pages, one.part, one.nbytes)
            for name, one in states.items()
            if not (one.state == "failed" and name in quiet) and not (one.state == "blocked" and name in waiting)
        }
        self.document.graph.show_activities(shown)

    def _take(self, key: str, result: Any) -> None:
        if key == _EXPLAINED:
            self.document.canvas.show_explanations(_texts(result))
        elif key == _CHECKED:
            self._checked = result
            self._show_problems()

    def _fail(self, key: str, error: Any) -> None:
        if key == _EXPLAINED:
            self.document.canvas.show_explanations({})


def _values(node: NodeFacts) -> Mapping[str, Any]:
    """The read-only fields of a node; one that fails says why in its status, if it has one."""
    return {"status": node.errors[0].text} if node.errors else node.values


def _problems(name: str, node: NodeFacts) -> Iterable[NetworkError]:
    for one in node.errors:
        error = NetworkError(one.text, name, one.connector)
        error.__cause__ = one.cause
        yield error
    yield from (NetworkError(sentence, name, warning=True) for sentence in node.warnings)


def _texts(found: Iterable[Explained]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for one in found:
        texts.setdefault(one.node, []).append(one.text)
    return {name: ", ".join(dict.fromkeys(filter(None, lines))) for name, lines in texts.items()}
