"""What is known of the modules inside macros, told of the macros' own nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from nodeeditor.check import current_name, dependencies, fed
from nodeeditor.engine.binding import Known
from nodeeditor.engine.boundnode import Bound, Described
from nodeeditor.errors import NodeEditorError, UnknownNodeType
from nodeeditor.library import Library
from nodeeditor.macros.expansion import Expansion
from nodeeditor.network import endpoint


def bound_through(
    flat: Expansion, targets: Iterable[str], library: Library, bind: Callable[[tuple[str, ...]], Mapping[str, Bound]]
) -> dict[str, Bound]:
    """The target nodes and their ancestors, macros among them; ``bind`` gives those of nodes of ``flat.network``.

    A macro is there as soon as one of its outputs is. Raises what ``bind`` raises, told of the macros.
    """
    wanted = tuple(targets)
    made: dict[str, Bound] = {}
    plain = tuple(name for name in wanted if name not in flat.macros)
    try:
        made |= bind(plain) if plain else {}
        for name in wanted:
            if name in flat.macros:
                made |= _any_of(_ends(flat, name, library).values(), bind)
                made[name] = composed(flat, name, library, made)
    except NodeEditorError as error:
        raise flat.retold(error) from error.__cause__
    return made


def _any_of(
    ends: Iterable[tuple[str, str]], bind: Callable[[tuple[str, ...]], Mapping[str, Bound]]
) -> dict[str, Bound]:
    made: dict[str, Bound] = {}
    failure: NodeEditorError | None = None
    for node, _ in ends:
        try:
            made |= bind((node,))
        except NodeEditorError as error:
            failure = failure or error
    if failure is not None and not made:
        raise failure
    return made


def composed(flat: Expansion, name: str, library: Library, made: Mapping[str, Bound]) -> Bound:
    """A macro, as far as the nodes inside that it shows are among those that were made."""
    macro = flat.macros[name]
    sources = {
        given: (made[node], connector)
        for given, (node, connector) in _ends(flat, name, library).items()
        if node in made
    }
    infos = {
        given: one.described.infos[connector]
        for given, (one, connector) in sources.items()
        if given in macro.declaration.outputs and connector in one.described.infos
    }
    values = {
        given: one.described.values[connector]
        for given, (one, connector) in sources.items()
        if given in macro.declaration.fields and connector in one.described.values
    }
    warnings = [
        f"{flat.place(node)[1]}: {sentence}"
        for node in made
        if flat.inside.get(node, ("", ""))[0] == name
        for sentence in made[node].described.warnings
    ]
    feeding = {given: end for given, end in sources.items() if given in infos}
    key = " ".join(f"{given} {one.key} {connector}" for given, (one, connector) in sources.items())
    described = Described(infos, values, tuple(warnings))
    depth = 1 + max([one.depth for one, _ in feeding.values()], default=0)
    return Bound(name, macro(), "", "", key, feeding, infos, described, follows=False, depth=depth)


def _ends(flat: Expansion, name: str, library: Library) -> dict[str, tuple[str, str]]:
    """Where the outputs and read-only fields of a macro really are, as far as they are anywhere."""
    declared = flat.macros[name].declaration
    shown = [*declared.outputs, *(given for given, one in declared.fields.items() if one.read_only)]
    found = {}
    for given in shown:
        end = flat.end(f"{name}.{given}")
        really = fed(flat.network, library, endpoint(end)) if f"{name}.{given}" in flat.shown else None
        if really is not None and really[0] in flat.network.nodes:
            node_type = library.get(flat.network.nodes[really[0]].type)
            found[given] = (really[0], current_name(node_type, really[1]) if node_type else really[1])
    return found


def folded(known: Known, flat: Expansion, library: Library) -> Known:
    """All that is known of a network, of its macros what is known of the modules inside that matter."""
    made = dict(known.bound)
    errors = {name: tuple(map(flat.retold, found)) for name, found in known.errors.items() if name not in flat.inside}
    behind = {name: flat.place(cause)[0] for name, cause in known.behind.items() if name not in flat.inside}
    before = dependencies(flat.network, library)
    for name in flat.macros:
        matter = _mattering(flat, name, library, before)
        told = [_told(error, flat, name) for one in matter for error in known.errors.get(one, ())]
        wrong = {str(one): one for one in told}
        waits = [cause for one in matter if (cause := flat.place(known.behind.get(one, ""))[0]) not in ("", name)]
        if wrong:
            errors[name] = tuple(wrong.values())
        elif waits:
            behind[name] = waits[0]
        else:
            made[name] = composed(flat, name, library, made)
    return replace(known, bound=made, errors=errors, behind=behind, inside=flat.inside)


def _told(error: NodeEditorError, flat: Expansion, name: str) -> NodeEditorError:
    """An error inside a macro as it is told of that; which modules cannot run, the macro says in one."""
    warnings = flat.macros[name].warnings_inside
    if isinstance(error, UnknownNodeType) and warnings:
        return UnknownNodeType(warnings[0], name)
    return flat.retold(error)


def _mattering(flat: Expansion, name: str, library: Library, before: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules inside a macro on which what it shows depends; all of them where it shows nothing."""
    own = {node for node, (macro, _) in flat.inside.items() if macro == name}
    waiting = [node for node, _ in _ends(flat, name, library).values()] or sorted(own)
    found: dict[str, None] = {}
    while waiting:
        node = waiting.pop()
        if node in own and node not in found:
            found[node] = None
            waiting += before.get(node, ())
    return list(found)
