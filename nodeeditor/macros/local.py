"""The local macros beside a network: node types that are found when a network names them.

A macro ``Filter`` is the files ``Filter.mlab`` and ``Filter.script`` in the network's folder.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from nodeeditor.errors import FormatError, UnknownNodeType
from nodeeditor.library import Library
from nodeeditor.macro import Interface, Macro
from nodeeditor.macros.macrotype import in_our_names, macro_type
from nodeeditor.mlab import SUFFIX, loads
from nodeeditor.mlab.modules import kept_entry
from nodeeditor.mlab.script import SUFFIX as SCRIPT
from nodeeditor.mlab.script import interface
from nodeeditor.mlab.source import LARGEST_FILE
from nodeeditor.network import Network, NodeSpec
from nodeeditor.node import Node

Stamp: TypeAlias = tuple[int, int, int] | None

DEEPEST = 40
MOST_OFFERED = 500

_TRUE = frozenset({"1", "true", "yes", "on"})
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


class WithMacros(Library):
    """The node types of a library, and the macros of one folder for every name that the library lacks.

    Each is read when it is first asked for, and then stays as it was: see `is_current`. Iteration gives the types of
    the library alone. Any number of threads may ask.
    """

    def __init__(self, base: Library, folder: Path) -> None:
        super().__init__(base.values(), base.problems)
        self.base, self.folder = base, folder
        self._macros: dict[str, type[Macro] | None] = {}
        self._refusals: dict[str, str] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._reading: list[str] = []
        self._rings: dict[str, str] = {}
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> type[Node]:
        found = self.get(name)
        if found is None and name in self._refusals:
            raise UnknownNodeType(f"unknown node type {name!r}; {self._refusals[name]}")
        return found or super().__getitem__(name)

    def get(self, name: str, default: object = None) -> type[Node] | None:  # type: ignore[override]
        """The node type or macro of a name, or None."""
        return self._types.get(name) or self._former.get(name) or self._macro(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and self._macro(name) is not None)

    @property
    def macros(self) -> Mapping[str, type[Macro]]:
        """The macros that were found so far."""
        with self._lock:
            return {name: macro for name, macro in self._macros.items() if macro is not None}

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the macros that were asked for, as far as they are there."""
        with self._lock:
            return tuple(file for file, stamp in self._stamps.items() if stamp is not None)

    def offered(self) -> Library:
        """The node types of the library, and every macro that lies in the folder now and can be opened."""
        with suppress(OSError):
            for file in sorted(islice(self.folder.glob(f"*{SCRIPT}"), MOST_OFFERED)):
                self._macro(file.stem)
        return Library([*self.base.values(), *(macro for macro in self.macros.values() if not macro.flaw)])

    def refusal(self, name: str) -> str:
        """Why there is no macro of a name although there are files for one, in words; empty where there are none."""
        self._macro(name)
        return self._refusals.get(name, "")

    def is_current(self) -> bool:
        """Whether all that was asked for is still on the disk as it was, and nothing of it has come since."""
        with self._lock:
            return all(_stamp(file) == stamp for file, stamp in self._stamps.items())

    def _macro(self, name: str) -> type[Macro] | None:
        if name in self._macros:
            return self._macros[name]
        with self._lock:
            if name in self._reading:
                trail = self._reading[self._reading.index(name) :]
                self._rings |= dict.fromkeys(trail, " -> ".join([*trail, name]))
                return None
            if len(self._reading) >= DEEPEST and name not in self._macros:
                self._refusals[name] = f"macros lie in each other more than {DEEPEST} deep"
                self._macros[name] = None
            if name not in self._macros:
                self._reading.append(name)
                try:
                    self._macros[name] = self._read(name)
                finally:
                    self._reading.pop()
            return self._macros[name]

    def _read(self, name: str) -> type[Macro] | None:
        if not is_macro_name(name):
            return None
        network_file, script_file = (self.folder / f"{name}{suffix}" for suffix in (SUFFIX, SCRIPT))
        self._stamps |= {file: _stamp(file) for file in (network_file, script_file)}
        lacking = [file.name for file in (network_file, script_file) if self._stamps[file] is None]
        if len(lacking) == 2:
            return None
        file = network_file
        try:
            if lacking:
                raise FormatError("does not exist")
            network = loads(_content(file), self)
            file = script_file
            shown = interface(_content(file))
        except FormatError as error:
            self._refusals[name] = f"{lacking[0] if lacking else file.name} beside the network: {error}"
            return None
        for kind in {spec.type: None for spec in network.nodes.values()}:
            self.get(kind)
        return macro_type(name, network_file, network, shown, self, self._rings.get(name, ""))


def is_macro_name(name: str) -> bool:
    """Whether a macro may be called so, and its files: letters, digits and _, at most 100, no digit in front."""
    return bool(_TYPE.fullmatch(name))


def with_macros(library: Library, folder: Path | None) -> Library:
    """The node types of a library together with the macros in a folder; without a folder, of the library alone."""
    base = library.base if isinstance(library, WithMacros) else library
    return base if folder is None else WithMacros(base, folder.absolute())


def inside(path: Path, network: Network, library: Library) -> Interface | None:
    """What is shown of a network in a file, if that is the inside of a macro; its ends called as the network does."""
    script = path.with_suffix(SCRIPT)
    if path.suffix.lower() != SUFFIX or not script.is_file():
        return None
    try:
        return in_our_names(interface(_content(script)), network, library)
    except FormatError:
        return None


def fed_from_outside(path: Path, network: Network, library: Library) -> frozenset[str]:
    """The ends of a network in a file that are not connected, but will be where it is the inside of a macro."""
    shown = inside(path, network, library)
    return frozenset(chain(*shown.inputs.values())) - network.connections.keys() if shown else frozenset()


def missing(spec: NodeSpec, library: Library) -> str:
    """Why the macro that a node is of cannot be had, in words; empty for a node that is of none."""
    if isinstance(library, WithMacros) and (refusal := library.refusal(spec.type)):
        return refusal
    entry = kept_entry(spec)
    marks = [inner.value for inner in entry.inside("internal") if inner.tag == "localMacro"] if entry else []
    if not any((mark or "").lower() in _TRUE for mark in marks):
        return ""
    if not isinstance(library, WithMacros):
        return "it is a local macro, to be found once the network lies in a folder with its files"
    return f"it is a local macro, and {spec.type}{SUFFIX} and {spec.type}{SCRIPT} are not in {library.folder}"


def _content(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise FormatError("is a folder or device, not a file")
        if file.stat().st_size > LARGEST_FILE:
            raise FormatError(f"is larger than {LARGEST_FILE >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error


def _stamp(file: Path) -> Stamp:
    """What tells one state of a file from another; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
