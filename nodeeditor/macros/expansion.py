"""A network with what is inside its macros in their places, for running it.

The modules inside a macro ``Filter`` are called ``Filter/…`` there, and what is told of them is told of the macro.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

from nodeeditor.check import current_name
from nodeeditor.errors import FieldError, NetworkError, NetworkErrors, NodeEditorError, NodeError
from nodeeditor.fields import Json, converted
from nodeeditor.library import Library
from nodeeditor.macro import Macro, opened
from nodeeditor.macros.local import WithMacros
from nodeeditor.mlab.modules import kept_entry, kept_module
from nodeeditor.mlab.script import is_end
from nodeeditor.mlab.syntax import spelled
from nodeeditor.mlab.values import fitting
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.node import FieldSpec

MOST_OPENED = 100_000
_LONGEST = 190
_KEPT = 8  # networks at a time: the documents, and what their viewers and inspectors ask of


@dataclass(frozen=True, eq=False)
class Expansion:
    """``network`` without macros, and what became of those: with none it is the network that was given.

    ``macros``  the node types of the macros that were opened, by the names of their nodes
    ``inside``  by node that was inside a macro: the macro's node, and how the node is called in there
    ``shown``   by output or parameter ``Macro.name``: the end inside that it shows
    ``told``    by end inside: the input or parameter ``Macro.name`` that feeds it
    """

    network: Network
    macros: Mapping[str, type[Macro]] = field(default_factory=dict)
    inside: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)

    def end(self, end: str) -> str:
        """Where an output or field really is: inside, if it is a macro's and shows something there."""
        while end in self.shown:
            end = self.shown[end]
        return end

    @cached_property
    def outside(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """By node and connector inside: macro and output that show it, as the network calls them."""
        outer = [f"{name}.{output}" for name, macro in self.macros.items() for output in macro.declaration.outputs]
        return {endpoint(self.end(end)): endpoint(end) for end in outer if end in self.shown}

    def place(self, node: str) -> tuple[str, str]:
        """The node of the network, and what to say before the message: where inside of it, for a macro."""
        macro, within = self.inside.get(node, (node, ""))
        return macro, f"inside, {within}" if within else ""

    def retold(self, error: NodeEditorError) -> NodeEditorError:
        """An error as it is told of the network: what went wrong inside a macro is the macro's."""
        if not self.inside:
            return error
        made = error
        if isinstance(error, NetworkErrors):
            made = NetworkErrors({str(one): one for one in map(self.retold_problem, error.problems)}.values())
        elif isinstance(error, NetworkError):
            made = self.retold_problem(error)
        elif isinstance(error, NodeError) and error.node in self.inside:
            made = copy(error)
            made.node, place = self.place(error.node)
            made.message = f"{place}: {error.message}"
            made.args = (made.message,)
        return made.with_traceback(error.__traceback__)

    def retold_problem(self, problem: NetworkError) -> NetworkError:
        """One problem as it is told of the network."""
        outer = self.told.get(f"{problem.node}.{problem.connector}", "")
        node, connector = endpoint(outer) if outer else (problem.node, problem.connector)
        macro, place = self.place(node)
        if macro == problem.node:
            return problem
        made = copy(problem)
        made.node, made.connector = macro, "" if place else connector
        within = f"{place}.{connector}" if place and connector else place
        made.message = f"{within}: {problem.message}" if within else problem.message
        made.args = (made.message,)
        return made


def expansion(network: Network, library: Library) -> Expansion:
    """The network with the insides of its macros in their places.

    Macros that are bypassed stay as they are, and so do all when `MOST_OPENED` modules are out.
    """
    macros = _macros(network, library)
    whole = accumulate(macro.size for macro in macros.values())
    macros = {name: macro for (name, macro), so_far in zip(macros.items(), whole, strict=True) if so_far <= MOST_OPENED}
    found = Expansion(network, macros)
    while macros:
        found = _opened(found, macros, library)
        macros = {name: macro for name, macro in _macros(found.network, library).items() if name in found.inside}
    return found


def opened_alone(network: Network, library: Library, name: str) -> Expansion:
    """The network with what is inside one macro in its place, and all others as they are."""
    macro = opened(library.get(network.nodes[name].type))
    macros = {name: macro} if macro is not None else {}
    return _opened(Expansion(network, macros), macros, library)


def _macros(network: Network, library: Library) -> dict[str, type[Macro]]:
    kinds = {spec.type: opened(library.get(spec.type)) for spec in network.nodes.values()}
    return {
        name: macro
        for name, spec in network.nodes.items()
        if (macro := kinds[spec.type]) is not None and not spec.bypassed
    }


def _opened(before: Expansion, macros: Mapping[str, type[Macro]], library: Library) -> Expansion:
    """One level of macros opened."""
    network = _with_constants(before.network, macros, library)
    taken = set(network.nodes)
    names = {name: _names(name, macro, taken) for name, macro in macros.items()}
    nodes = {name: spec for name, spec in network.nodes.items() if name not in macros}
    inside, shown, told = dict(before.inside), dict(before.shown), dict(before.told)
    links: dict[str, str] = {}

    def within(macro: str, end: str) -> str:
        node, _, member = end.partition(".")
        called = names[macro].get(node)
        return f"{called}.{member}" if called else ""

    for name, macro in macros.items():
        for one, spec in _set(network.nodes[name], macro, library):
            nodes[names[name][one]] = spec
            top, path = before.inside.get(name, (name, ""))
            inside[names[name][one]] = (top, f"{path}/{one}" if path else one)
        for to, of in macro.network.connections.items():
            if (destination := within(name, to)) and (source := within(name, of)):
                links[destination] = source
        for given in (*macro.interface.outputs, *macro.interface.parameters):
            if end := within(name, macro.interface.giving(given)):
                shown[f"{name}.{given}"] = end
        for taking in (*macro.interface.inputs, *macro.interface.parameters):
            outer = f"{name}.{taking}"
            ends = filter(None, (within(name, end) for end in macro.interface.taking(taking)))
            told |= dict.fromkeys(ends, before.told.get(outer, outer))
    for to, of in network.connections.items():
        source = _source(of, network, macros, shown)
        node, taking = endpoint(to)
        fed = [within(node, end) for end in macros[node].interface.taking(taking)] if node in macros else [to]
        links |= {end: source for end in fed if end}
    flat = replace(network, nodes=nodes, connections=links)
    return Expansion(flat, before.macros, inside, shown, told)


def _names(name: str, macro: type[Macro], taken: set[str]) -> dict[str, str]:
    """What the nodes of a macro are called outside of it; the names count as taken then."""
    names = {}
    for one in macro.network.nodes:
        wanted = f"{name}/{one}"
        called, number = wanted, 1
        while called in taken or len(called) > _LONGEST:
            called, number = f"{wanted[: _LONGEST // 2].rstrip()}~{number}", number + 1
        taken.add(called)
        names[one] = called
    return names


def _source(of: str, network: Network, macros: Mapping[str, type[Macro]], shown: Mapping[str, str]) -> str:
    """What really gives what is connected to an end: a macro's own parameter passes on what it follows."""
    seen = set()
    while of not in shown and of not in seen and of in network.connections and endpoint(of)[0] in macros:
        seen.add(of)
        of = network.connections[of]
    return shown.get(of, of)


def _with_constants(network: Network, macros: Mapping[str, type[Macro]], library: Library) -> Network:
    """The network with the values of macros' own parameters, as far as these follow nothing, in what follows them."""
    nodes, links = dict(network.nodes), dict(network.connections)
    for to, of in network.connections.items():
        end = _source(of, network, macros, {})
        node, given = endpoint(end)
        if node not in macros or macros[node].interface.parameters.get(given) != () or end in network.connections:
            continue
        of_field, to_field = (_field(network, library, one) for one in (end, to))
        taking, name = endpoint(to)
        if of_field is not None and to_field is not None:
            value = network.nodes[node].fields.get(given, of_field.type.to_json(of_field.default))
            fields = {**nodes[taking].fields, name: _fitted(value, of_field, to_field)}
            nodes[taking] = replace(nodes[taking], fields=fields)
            del links[to]
    return network if len(links) == len(network.connections) else replace(network, nodes=nodes, connections=links)


def _field(network: Network, library: Library, end: str) -> FieldSpec | None:
    node, name = endpoint(end)
    node_type = library.get(network.nodes[node].type) if node in network.nodes else None
    return node_type.declaration.fields.get(current_name(node_type, name)) if node_type else None


def _fitted(value: Json, of: FieldSpec, to: FieldSpec) -> Json:
    """A value of one field for another one; what does not fit stays as it is, to be told of there."""
    try:
        return to.type.to_json(to.value(converted(of.value(value), of.type, to.type)))
    except (FieldError, ValueError):
        return value


def _set(spec: NodeSpec, macro: type[Macro], library: Library) -> Iterator[tuple[str, NodeSpec]]:
    """The nodes inside a macro, with the fields that its node sets in them."""
    saved: dict[str, dict[str, str]] = {}
    entry = kept_entry(spec)
    for line in entry.inside("internalFields") if entry else ():
        if line.value is not None and is_end(line.tag):
            node, member = endpoint(line.tag)
            saved.setdefault(node, {})[member] = spelled(line.value)
    given: dict[str, dict[str, Json]] = {}
    for end, value in _settings(spec, macro, library):
        node, member = endpoint(end)
        given.setdefault(node, {})[member] = value
    for name, inner in macro.network.nodes.items():
        made = inner
        if name in saved:
            module = kept_module(inner, library)
            made = _with_fields(made, map(module.member, saved[name]), fitting(module, saved[name]), library)
        yield name, _with_fields(made, given[name], given[name], library) if name in given else made


def _settings(spec: NodeSpec, macro: type[Macro], library: Library) -> Iterable[tuple[str, Json]]:
    """The ends inside a macro that its node sets, and their values."""
    for name, value in spec.fields.items():
        outer = macro.declaration.fields.get(name)
        for end in macro.interface.parameters.get(name, ()) if outer else ():
            inner = _field(macro.network, library, end)
            if outer is None or (inner is not None and not inner.persistent):
                continue
            yield end, value if inner is None else _fitted(value, outer, inner)


def _with_fields(spec: NodeSpec, members: Iterable[str], values: Mapping[str, Json], library: Library) -> NodeSpec:
    """A node whose fields of these names, by today's, hold the values alone."""
    node_type = library.get(spec.type)
    gone = set(members)
    kept = {
        name: value
        for name, value in spec.fields.items()
        if (current_name(node_type, name) if node_type else name) not in gone
    }
    return replace(spec, fields={**kept, **values})


class Expansions:
    """Remembers what became of the last few networks; any number of threads may ask."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Network, Library, Expansion], ...] = ()

    def of(self, network: Network, library: Library) -> Expansion:
        """The network without macros."""
        if not isinstance(library, WithMacros):
            return Expansion(network)
        for given, by, found in self._last:
            if by is library and (given is network or found.network is network):
                return found if given is network else Expansion(network)
        found = expansion(network, library)
        self._last = ((network, library, found), *self._last)[:_KEPT]
        return found

    def place(self, node: str) -> str:
        """The node of a network that another one is inside of, or the node itself."""
        return next((found.place(node)[0] for _, _, found in self._last if node in found.inside), node)

    def retold(self, error: NodeEditorError) -> NodeEditorError:
        """An error of a node inside a macro as it is told of the macro."""
        node = getattr(error, "node", "")
        return next((found.retold(error) for _, _, found in self._last if node in found.inside), error)
