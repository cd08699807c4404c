"""Every rule that a network has to obey, and all that breaks one, found without opening a file.

The same rules serve the engine, the command line and the canvas: a connection that `link_problem` refuses cannot be
drawn, saved networks that hold one are told so, and none is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from nodeeditor.errors import FieldError, NetworkError, WiringError, one_of, suggestion
from nodeeditor.fields import StringType, convertible
from nodeeditor.library import Library
from nodeeditor.macro import Anything, Macro
from nodeeditor.network import Network, NodeSpec, cycle, endpoint, ordered
from nodeeditor.node import Node

_VALUE = "Bool|Color|Count|Float|Index|Int|Matrix|Max|Min|Name|Number|Path|Pos|Position|Size|String|Text|Value|Vector"
_OUTPUT = re.compile(rf"self|image|out|output[0-9]*|out(?:put)?(?!\w*(?:{_VALUE})[0-9]*$)[A-Z]\w*")
"""What MeVisLab's modules call what images, scenes and objects flow from."""


def problems(network: Network, library: Library) -> list[NetworkError]:
    """Every problem of a network, node by node; warnings are marked and do not keep it from running."""
    found = [problem for name in sorted(network.nodes) for problem in node_problems(network, library, name)]
    lost = sorted({endpoint(destination)[0] for destination in network.connections} - set(network.nodes))
    found += [
        WiringError(f"connection into a node that does not exist{suggestion(name, network.nodes)}", name)
        for name in lost
    ]
    return found + cycle_problems(dependencies(network, library))


def node_problems(network: Network, library: Library, name: str) -> Iterator[NetworkError]:
    """What is wrong with one node of a network: its type, its fields, what flows into it."""
    spec = network.nodes[name]
    yield from content_problems(network, library, name)
    node_type = library.get(spec.type)
    if node_type is None:
        return
    sources = network.sources(name)
    for once, again in doubled(node_type, sources):
        yield WiringError(f"is connected twice, also under its former name {again}", name, once)
    for connector, source in sorted(sources.items()):
        refused = link_problem(network, library, (name, connector), source)
        if refused is not None:
            yield refused
        elif not fed(network, library, source):
            yield WiringError(f"nothing flows through the bypassed {source[0]}", name, connector)
    for connector, declared in node_type.declaration.inputs.items():
        if not (declared.optional or spec.bypassed) and current_name(node_type, connector) not in {
            current_name(node_type, given) for given in sources
        }:
            yield WiringError("nothing is connected to this input", name, connector)


def content_problems(network: Network, library: Library, name: str) -> Iterator[NetworkError]:
    """What is wrong with a node itself, whatever flows into it: its type, its fields."""
    spec = network.nodes[name]
    try:
        node_type = library[spec.type]
    except NetworkError as error:
        yield error.at(name)
        return
    for problem in [*macro_problems(node_type), *field_problems(node_type, spec)]:
        yield problem.at(name)


def macro_problems(node_type: type[Node]) -> Iterator[NetworkError]:
    """What is wrong inside a node type that is a network of its own."""
    if issubclass(node_type, Macro):
        if node_type.flaw:
            yield WiringError(node_type.flaw)
        yield from (NetworkError(sentence, warning=True) for sentence in node_type.warnings_inside)


def field_problems(node_type: type[Node], spec: NodeSpec) -> Iterator[NetworkError]:
    """What is wrong with the saved fields of a node; a field of an unknown name is kept and only warned of."""
    declared = node_type.declaration.fields
    for once, again in doubled(node_type, spec.fields):
        yield FieldError(f"is set twice, also under its former name {again}", connector=once)
    for saved, value in sorted(spec.fields.items()):
        name = current_name(node_type, saved)
        if name not in declared:
            hint = suggestion(name, declared)
            yield FieldError(f"{spec.type} has no such field; it is kept{hint}", connector=saved, warning=True)
        elif declared[name].persistent:
            try:
                declared[name].value(value)
            except FieldError as error:
                yield error


def link_problem(
    network: Network, library: Library, destination: tuple[str, str], source: tuple[str, str]
) -> WiringError | None:
    """Why ``source`` cannot feed ``destination``, or None when it can; cycles are `cycle_problems`' business."""

    def refused(message: str) -> WiringError:
        return WiringError(message, *destination)

    if source[0] not in network.nodes:
        return refused(f"its source {'.'.join(source)} does not exist{suggestion(source[0], network.nodes)}")
    to_type = library.get(network.nodes[destination[0]].type)
    from_type = library.get(network.nodes[source[0]].type)
    if to_type is None or from_type is None:
        return None  # the unknown type itself is the problem, and is told of where it stands
    given = current_name(from_type, source[1])
    taking = current_name(to_type, destination[1])
    outputs, source_fields = from_type.declaration.outputs, from_type.declaration.fields
    inputs, fields = to_type.declaration.inputs, to_type.declaration.fields
    if given not in outputs and given not in source_fields:
        known = [*outputs, *source_fields]
        return refused(f"its source {'.'.join(source)} does not exist{suggestion(given, known)}")
    if taking not in inputs and taking not in fields:
        known = [*inputs, *fields]
        return refused(f"{to_type.__name__} has no such input or field{suggestion(taking, known)}")
    if taking in inputs:
        kind = inputs[taking].kind
        if given in outputs and Anything in (kind, outputs[given].kind):
            return None  # a module inside a macro, which is told of there
        if given not in outputs or not issubclass(outputs[given].kind, kind):
            what = outputs[given].kind.__name__ if given in outputs else "a field"
            return refused(f"needs {kind.__name__}, but {'.'.join(source)} is {what}")
        return None
    if given not in source_fields:
        return refused(f"is a field, but {'.'.join(source)} is {outputs[given].kind.__name__}")
    if fields[taking].read_only:
        return refused("is read-only: the node itself fills it")
    if not convertible(source_fields[given].type, fields[taking].type):
        return refused(f"takes {fields[taking].type.name}, but {'.'.join(source)} is {source_fields[given].type.name}")
    return None


def dependencies(network: Network, library: Library) -> dict[str, list[str]]:
    """The nodes that must be known before each node: those that feed its inputs or fill fields of it.

    Plain fields that follow each other are no dependency, so rings of them are legal; a field that follows a
    read-only one waits for the node that fills it. Between unknown types the name says which kind a connection is.
    """
    before: dict[str, list[str]] = {name: [] for name in network.nodes}
    roots: dict[tuple[str, str], tuple[str, str]] = {}
    for name in network.nodes:
        node_type = library.get(network.nodes[name].type)
        for connector, source in network.sources(name).items():
            if source[0] not in network.nodes:
                continue
            if node_type is not None and current_name(node_type, connector) in node_type.declaration.fields:
                root = _root(network, library, (name, connector), roots)
                if is_filled(network, library, root):
                    before[name].append(root[0])
            elif flows(network, library, node_type, source):
                giving = fed(network, library, source)
                before[name] += [giving[0]] if giving else []
    return before


def cycle_problems(before: Mapping[str, list[str]]) -> list[NetworkError]:
    """One WiringError that names a cycle of nodes, if there is one."""
    stuck = ordered(before)[1]
    if not stuck:
        return []
    trail = cycle(before, stuck)
    shown = [*trail[:8], "…"] if len(trail) > 8 else [*trail, trail[0]]
    return [WiringError(f"the connections close a cycle: {' -> '.join(shown)}", trail[0])]


def fed(network: Network, library: Library, source: tuple[str, str]) -> tuple[str, str] | None:
    """The output that really feeds what is connected to ``source``: bypassed nodes pass on their first fitting input.

    None where nothing flows into a bypassed node that fits, or bypassed nodes feed each other round and round.
    """
    seen: set[str] = set()
    while source[0] in network.nodes and network.nodes[source[0]].bypassed:
        node_type = library.get(network.nodes[source[0]].type)
        outputs = node_type.declaration.outputs if node_type else {}
        if source[0] in seen or node_type is None or current_name(node_type, source[1]) not in outputs:
            return None if source[0] in seen else source
        seen.add(source[0])
        kind = outputs[current_name(node_type, source[1])].kind
        sources = network.sources(source[0])
        fitting = [name for name, declared in node_type.declaration.inputs.items() if issubclass(kind, declared.kind)]
        passed = (sources.get(old) for name in fitting for old in all_names(node_type, name))
        following = next((one for one in passed if one is not None), None)
        if following is None:
            return None
        source = following
    return source


def field_chain(network: Network, library: Library, start: tuple[str, str]) -> list[tuple[str, str]]:
    """The fields that a field follows, itself first: up to one that follows nothing, or once round a ring."""
    chain = [start]
    seen = {start}
    while (source := _followed(network, library, chain[-1])) is not None and source not in seen:
        chain.append(source)
        seen.add(source)
    return chain


def _followed(network: Network, library: Library, end: tuple[str, str]) -> tuple[str, str] | None:
    """The field that is connected to a field, if there is one."""
    node, connector = end
    node_type = library.get(network.nodes[node].type)
    names = {connector} if node_type is None else all_names(node_type, connector)
    sources = network.sources(node)
    source = next((sources[name] for name in names if name in sources), None)
    return source if source is not None and source[0] in network.nodes else None


def _root(
    network: Network, library: Library, start: tuple[str, str], roots: dict[tuple[str, str], tuple[str, str]]
) -> tuple[str, str]:
    """The end of the chain of fields that a field follows, in a ring any of it; what is found goes into ``roots``."""
    passed = []
    end: tuple[str, str] | None = start
    while end is not None and end not in roots:
        roots[end] = end
        passed.append(end)
        end = _followed(network, library, end)
    root = roots[end or passed[-1]]
    roots.update(dict.fromkeys(passed, root))
    return root


def field_source(network: Network, library: Library, end: tuple[str, str]) -> str:
    """The field that a field follows; empty where it follows none, or is one of a ring that shares its value."""
    chain = field_chain(network, library, end)
    last = network.nodes[chain[-1][0]]
    node_type = library.get(last.type)
    names = all_names(node_type, chain[-1][1]) if node_type else [chain[-1][1]]
    sources = network.sources(chain[-1][0])
    closes = any(sources.get(name) == end for name in names)
    return "" if len(chain) == 1 or closes else ".".join(chain[1])


def is_filled(network: Network, library: Library, end: tuple[str, str]) -> bool:
    """Whether an endpoint is a read-only field, which its node fills."""
    node_type = library.get(network.nodes[end[0]].type)
    if node_type is None:
        return False
    spec = node_type.declaration.fields.get(current_name(node_type, end[1]))
    return spec is not None and spec.read_only


def doubled(node_type: type[Node], names: Collection[str]) -> list[tuple[str, str]]:
    """Names that occur besides a former name of the same field or connector, each with that."""
    if node_type.renamed.keys().isdisjoint(names):
        return []
    found = []
    seen: dict[str, str] = {}
    for name in sorted(names, key=lambda one: (one in node_type.renamed, one)):
        now = current_name(node_type, name)
        if now in seen:
            found.append((seen[now], name))
        seen[now] = name
    return found


def current_name(node_type: type[Node], name: str) -> str:
    """Today's name of a connector or field that an older file calls otherwise."""
    return node_type.renamed.get(name, name)


def setting(library: Library, network: Network, assignment: str, folder: Path | None = None) -> tuple[str, str, Any]:
    """Node, field and JSON value of ``Node.field=text``, as on a command line; raises NetworkError.

    A relative file name starts at ``folder`` where one is given, as a shell's user means it.
    """
    target, equals, text = assignment.partition("=")
    try:
        node, name = endpoint(target.strip())
    except ValueError:
        equals = ""
    if not equals:
        raise FieldError(f"{assignment!r} is not of the form Node.field=value")
    spec = existing(network, node)
    node_type = library.get(spec.type)
    if node_type is None:
        return node, name, text
    fields = node_type.declaration.fields
    name = current_name(node_type, name)
    if name not in fields:
        hint = suggestion(name, fields) or f"; it has {one_of(fields) or 'none'}"
        raise FieldError(f"{spec.type} has no such field{hint}", node, name)
    if not fields[name].persistent:
        raise FieldError("cannot be set", node, name)
    try:
        value = fields[name].from_text(text)
    except FieldError as error:
        raise error.at(node) from None
    if source := field_source(network, library, (node, name)):
        raise FieldError(f"cannot be set: it follows {source}", node, name)
    kind = fields[name].type
    if folder is not None and isinstance(kind, StringType) and kind.file and value and not value.startswith("$("):
        value = str(folder / value)
    return node, name, kind.to_json(value)


def existing(network: Network, node: str) -> NodeSpec:
    """The node of a name; raises WiringError with a suggestion."""
    if node not in network.nodes:
        hint = suggestion(node, network.nodes) or f"; the network has {one_of(sorted(network.nodes)) or 'none'}"
        raise WiringError(f"there is no node of that name{hint}", node)
    return network.nodes[node]


def all_names(node_type: type[Node], name: str) -> list[str]:
    """Today's name of a connector or field, and all that it had before."""
    current = current_name(node_type, name)
    return [current, *(old for old, new in node_type.renamed.items() if new == current)]


def flows(network: Network, library: Library, to_type: type[Node] | None, source: tuple[str, str]) -> bool:
    """Whether images or the like flow where no field of a known type is filled: one end declares it, or its name."""
    from_type = library.get(network.nodes[source[0]].type)
    if from_type is not None:
        return current_name(from_type, source[1]) not in from_type.declaration.fields
    return to_type is not None or _OUTPUT.fullmatch(source[1]) is not None
