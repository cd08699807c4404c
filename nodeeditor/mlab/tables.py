"""What MeVisLab calls our node types, their fields and their values, now and in older versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodeeditor.fields import Choice, EnumType
from nodeeditor.library import Library
from nodeeditor.macro import Macro
from nodeeditor.mlab.readings import COMPLETE, Meant, Saved, meant
from nodeeditor.node import FieldSpec, Node

_LOADER = ("LocalImage", {"filename": "name", "output0": "outImage"})
_ALIASES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "ImageLoad": _LOADER,
    "ImgLoad": _LOADER,
    "ImgSave": ("ImageSave", {}),
    "IntervalThresh": ("IntervalThreshold", {}),
}
"""Modules that open as a node type of another name, and what their fields and connectors are called there."""

_FORMER_VALUES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Arithmetic1", "function"): {
        "Invert (MAX-IMG)": "Invert",
        "Power (IMG^C)": "Power",
        "Add (IMG+C)": "Add",
        "Multiply (IMG*C)": "Multiply",
        "Subtract (C-IMG)": "Subtract",
        "Divide (C/IMG)": "Divide",
        "OR": "Or",
        "AND": "And",
        "XOR": "Xor",
    },
    ("Arithmetic2", "function"): {
        "Add (IMG1+IMG2)": "Add",
        "Multiply (IMG1*IMG2)": "Multiply",
        "Subtract (IMG1-IMG2)": "Subtract",
        "Divide (IMG1/IMG2)": "Divide",
        "Max (IMG1, IMG2)": "Max",
        "Min (IMG1, IMG2)": "Min",
    },
}
"""Values that older files spell otherwise, by node type and field."""

_INSTEAD: Mapping[str, str] = {
    "CloseGap": "Morphology",
    "DicomImport": "LocalImage",
    "DirectDicomImport": "LocalImage",
    "LoadAny": "LocalImage",
    "OpenImage": "LocalImage",
    "itkImageFileReader": "LocalImage",
    "itkImageFileWriter": "ImageSave",
    "GVROrthoOverlay": "SoView2DOverlay",
    "SoView2DOverlayMPR": "SoView2DOverlay",
    "SoOrthoView2D": "OrthoView2D",
    "SoView2D": "View2D",
    "View3D": "OrthoView2D",
}
"""What does the work of a module that we do not have, or the nearest to it."""

_VIEWER_WINDOWS: Mapping[str, str] = {"_default": "_viewer", "Settings": "_default", "_viewer": "Settings"}
_WINDOWS: Mapping[str, Mapping[str, str]] = dict.fromkeys(("View2D", "OrthoView2D", "SynchroView2D"), _VIEWER_WINDOWS)
"""The windows that MeVisLab calls otherwise than we, by node type: its viewers' first window shows the picture."""


@dataclass(frozen=True)
class Module:
    """A module of a file: its node type's name and, where the library has it, the type; how names translate."""

    name: str
    becomes: str
    node_type: type[Node] | None = None
    ours: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)

    def member(self, name: str) -> str:
        """What we call a field or connector of the module."""
        return self.ours.get(name, name)

    def member_in_file(self, name: str) -> str:
        """What the module calls a field or connector of ours."""
        return self.theirs.get(name, name)

    def window(self, name: str) -> str:
        """What we call a window of the module."""
        return self._windows.get(name, name)

    def window_in_file(self, name: str) -> str:
        """What the module calls a window of ours."""
        return {ours: theirs for theirs, ours in self._windows.items()}.get(name, name)

    @property
    def _windows(self) -> Mapping[str, str]:
        return _WINDOWS.get(self.becomes, {}) if self.node_type else {}

    def declared(self, name: str) -> FieldSpec | None:
        """The field of a name of ours, if it is one that files keep."""
        spec = self.node_type.declaration.fields.get(name) if self.node_type else None
        return spec if spec is not None and spec.persistent else None

    def gives(self, name: str) -> bool:
        """Whether something can be connected from what we call so; unknown types give anything."""
        if self.node_type is None:
            return True
        return name in self.node_type.declaration.outputs or name in self.node_type.declaration.fields

    def takes(self, name: str, from_field: bool | None) -> bool:
        """Whether something can be connected to what we call so; ``from_field`` is None for an unknown source."""
        if self.node_type is None:
            return True
        fields = self.node_type.declaration.fields
        if name in fields:
            return not fields[name].read_only and from_field is not False
        return name in self.node_type.declaration.inputs and from_field is not True

    def is_field(self, name: str) -> bool | None:
        """Whether a name of ours is a field; None where the library does not know the type."""
        return name in self.node_type.declaration.fields if self.node_type else None

    def meant(self, saved: Saved) -> Meant:
        """What the module's saved fields mean besides what they say."""
        return meant(self.becomes, saved) if self.node_type else {}

    @property
    def is_complete(self) -> bool:
        """Whether all fields have to be saved."""
        return self.node_type is not None and self.becomes in COMPLETE

    def choice(self, field_name: str, kind: EnumType, text: str) -> str:
        """The name of an enumeration's value that a file gives by its name, its title or a former name."""
        former = _FORMER_VALUES.get((self.becomes, field_name), {}).get(text, text)
        names = {choice.name for choice in kind.choices}
        titles = {_title(choice): choice.name for choice in kind.choices}
        return former if former in names else titles.get(former.casefold(), former)


def module(name: str, library: Library) -> Module:
    """What a module of a file is to us; a type that neither library nor tables know stays as it is.

    So does a macro: what a file says of it is the same whether or not the macro's own files are there.
    """
    node_type = library.get(name)
    if node_type is not None and issubclass(node_type, Macro):
        return Module(name, name)
    alias, renamed = _ALIASES.get(name, (name, {}))
    if node_type is None and (node_type := library.get(alias)) is not None:
        former = {**node_type.renamed, **renamed}
        return Module(name, alias, node_type, former, {ours: theirs for theirs, ours in renamed.items()})
    return Module(name, name, node_type, node_type.renamed if node_type else {})


def opened_as(name: str, node_type: str) -> bool:
    """Whether a node of a type may be written as a module of a name."""
    return name == node_type or _ALIASES.get(name, ("",))[0] == node_type


def suggestion(name: str, library: Library) -> str:
    """What to use in place of a module that cannot run here: ``use LocalImage``; empty where nothing is known."""
    instead = _INSTEAD.get(name, "")
    return f"use {instead}" if instead in library and module(name, library).node_type is None else ""


def _title(choice: Choice) -> str:
    return str(choice.value).casefold()
