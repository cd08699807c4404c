"""Which node types there are: found in installed packages, looked up by name."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TypeVar

from nodeeditor.errors import UnknownNodeType, suggestion
from nodeeditor.node import Node

T = TypeVar("T")

ENTRY_POINTS = "nodeeditor.nodes"


class Library(Mapping[str, type[Node]]):
    """Node types by name; ``problems`` says in words which packages could not be used and why."""

    def __init__(self, types: Iterable[type[Node]], problems: Iterable[str] = ()) -> None:
        self._types: dict[str, type[Node]] = {}
        found = list(problems)
        for node_type in types:
            taken = self._types.setdefault(node_type.__name__, node_type)
            if taken is not node_type:
                found.append(
                    f"{node_type.__module__} also has a node type {node_type.__name__}; "
                    f"the one of {taken.__module__} is used"
                )
        self._former = {name: kind for kind in self._types.values() for name in kind.former_names}
        self.problems = tuple(found)

    @classmethod
    def installed(cls) -> Library:
        """All node types of the installed packages that name themselves in the entry-point group.

        An entry point leads to a module, or to a package whose modules hold node types. One that cannot be
        imported is left out and named in ``problems``.
        """
        types: list[type[Node]] = []
        problems: list[str] = []
        for entry_point in sorted(set(entry_points(group=ENTRY_POINTS)), key=lambda point: (point.name, point.value)):
            before = len(types), len(problems)
            for name in _attempted(entry_point.value, partial(_modules, entry_point), problems):
                types += _attempted(name, partial(_imported_types, name), problems)
            if (len(types), len(problems)) == before:
                problems.append(
                    f"the node package {entry_point.value!r} holds no node types; is another one in its place?"
                )
        return cls(types, problems)

    def __getitem__(self, name: str) -> type[Node]:
        """The node type of a name, also of one that it had formerly; raises UnknownNodeType."""
        try:
            return self._types.get(name) or self._former[name]
        except KeyError:
            raise UnknownNodeType(f"unknown node type {name!r}{suggestion(name, self._types)}") from None

    def get(self, name: str, default: object = None) -> type[Node] | None:  # type: ignore[override]
        """The node type of a name, or None."""
        return self._types.get(name) or self._former.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._types or name in self._former

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._types))

    def __len__(self) -> int:
        return len(self._types)


def _modules(entry_point: EntryPoint) -> list[str]:
    loaded = entry_point.load()
    if not isinstance(loaded, ModuleType):
        raise TypeError("the entry point does not lead to a module")
    inside = pkgutil.iter_modules(getattr(loaded, "__path__", ()))
    public = [found.name for found in inside if not found.ispkg and not found.name.startswith("_")]
    return [loaded.__name__, *(f"{loaded.__name__}.{name}" for name in public)]


def _imported_types(module: str) -> list[type[Node]]:
    return node_types(import_module(module))


def _attempted(name: str, work: Callable[[], list[T]], problems: list[str]) -> list[T]:
    try:
        return work()
    except (Exception, SystemExit) as error:
        problems.append(f"the node package {name!r} cannot be used: {type(error).__name__}: {error}")
        return []


def node_types(module: ModuleType) -> list[type[Node]]:
    """The node types that a module defines, in its order; imported ones and abstract bases are left out."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Node)
        and member.__module__ == module.__name__
        and not member.abstract
    ]
