"""How the panels of well-known node types are laid out; any other type gets a form of all its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodeeditor.fields import Json
from nodeeditor.node import Node


@dataclass(frozen=True)
class When:
    """A field that has to have one of some values."""

    field: str
    values: tuple[Json, ...]


@dataclass(frozen=True)
class Line:
    """One line of a panel: a field, or several Trigger fields side by side; grey unless ``when`` holds."""

    fields: tuple[str, ...]
    label: str = ""
    when: When | None = None


@dataclass(frozen=True)
class Section:
    """Some lines of a panel; in a box with a title unless ``title`` is None."""

    lines: tuple[Line, ...]
    title: str | None = None


def _line(field: str, label: str = "", when: When | None = None) -> Line:
    return Line((field,), label, when)


_BLENDS = ("MaskOverOriginal", "MaskInOriginal", "InvMaskInOriginal")

LAYOUTS: Mapping[str, tuple[Section, ...]] = {
    "Threshold": (
        Section((_line("relativeThreshold", "Use relative threshold"),), ""),
        Section((_line("comparisonOperator", "Comparison"), _line("threshold", "Threshold")), "If"),
        Section(
            (
                _line("conditionTrueWriteValue", "Write"),
                _line("userConditionTrueValue", "User Value", When("conditionTrueWriteValue", ("UserDef",))),
            ),
            "Then",
        ),
        Section(
            (
                _line("conditionFalseWriteValue", "Write"),
                _line("userConditionFalseValue", "User Value", When("conditionFalseWriteValue", ("UserDef",))),
            ),
            "Else",
        ),
    ),
    "Mask": (
        Section(
            (
                _line("mode"),
                _line("outputImageSize"),
                _line("background", when=When("mode", ("MaskedOriginal", "MaskedOriginalInv"))),
                _line("blending", when=When("mode", _BLENDS)),
            )
        ),
    ),
    "Convolution": (
        Section(
            (
                _line("predefKernel", "Use"),
                _line("externalKernel", "Weights", When("predefKernel", ("External Kernel",))),
                _line("kernelInfo", "Info"),
            ),
            "Kernel",
        ),
        Section(
            (
                _line("borderHandling", "Mode"),
                _line("fillValue", when=When("borderHandling", ("PadSrcFill", "PadDstFill"))),
            ),
            "Border Handling",
        ),
        Section(
            (
                _line("useIntervalOfFilteredVoxels", "Use"),
                _line("intervalMinOfFilteredVoxels", "Min", When("useIntervalOfFilteredVoxels", (True,))),
                _line("intervalMaxOfFilteredVoxels", "Max", When("useIntervalOfFilteredVoxels", (True,))),
            ),
            "Interval Of Filtered Voxels",
        ),
    ),
    "LocalImage": (
        Section(
            (
                _line("name"),
                _line("series"),
                _line("autoLoad", "Auto load"),
                Line(("load", "close")),
                _line("status"),
            )
        ),
    ),
}
"""Sections by the name of the node type; fields by their names in files."""


def layout_of(node_type: type[Node]) -> tuple[Section, ...]:
    """The sections of a type's panel; a type that lacks a field of its special layout gets the plain form."""
    declared = node_type.declaration.fields
    special = LAYOUTS.get(node_type.__name__, ())
    named = [name for section in special for line in section.lines for name in line.fields]
    if named and declared.keys() >= set(named):
        return special
    return (Section(tuple(_line(name) for name in declared)),)
