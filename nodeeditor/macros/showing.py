"""What a macro shows of its inside, one end more or less: its script changes in that alone."""

from __future__ import annotations

from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.macro import Interface
from nodeeditor.macros.macrotype import in_file_names, in_our_names
from nodeeditor.mlab.script import PARTS, interface, with_shown, without_shown
from nodeeditor.network import Network, endpoint
from nodeeditor.node import Declaration


def part_of(declared: Declaration, member: str) -> str:
    """Where a script lists a connector or field: among ``Inputs``, ``Outputs`` or ``Parameters``."""
    return next(
        (part for part, names in zip(PARTS, (declared.inputs, declared.outputs), strict=False) if member in names),
        "Parameters",
    )


def name_problem(shown: Interface, name: str) -> str:
    """Why a macro cannot show one more end under a name, in words; empty where it can."""
    if not (name.isidentifier() and len(name) <= 100):
        return "the name has letters, digits and _ only, at most 100, and begins with no digit"
    taken = name in (*shown.inputs, *shown.outputs, *shown.parameters, "instanceName")
    return f"the macro shows something as {name} already" if taken else ""


def names_of(shown: Interface, end: str) -> list[str]:
    """Under which names a macro shows an end inside."""
    parts = (shown.inputs, shown.outputs, shown.parameters)
    return [name for part in parts for name, ends in part.items() if end in ends]


def with_end(script: bytes, network: Network, library: Library, end: str, part: str, name: str) -> bytes:
    """The script of a macro that shows one more end of the network inside; raises FormatError."""
    in_file = in_file_names(Interface({name: (end,)}), network, library).inputs[name][0]
    changed = with_shown(script, part, name, in_file)
    if name not in names_of(in_our_names(interface(changed), network, library), end):
        raise FormatError(f"{name} cannot be written into its section Interface")
    return changed


def without_end(script: bytes, network: Network, library: Library, end: str) -> bytes:
    """The script of a macro that shows an end of the network inside no more; raises FormatError."""
    told = interface(script)
    given = {one for part in (told.inputs, told.outputs, told.parameters) for ends in part.values() for one in ends}
    called = {one: in_our_names(Interface({"": (one,)}), network, library).inputs[""][0] for one in given}
    changed = without_shown(script, {one for one in given if called[one] == end})
    if names_of(in_our_names(interface(changed), network, library), end):
        raise FormatError(f"{'.'.join(endpoint(end))} cannot be taken out of its section Interface")
    return changed
