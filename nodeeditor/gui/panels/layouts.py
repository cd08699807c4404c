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


def _interval(name: str, title: str) -> Section:
    """The fields of an interval of values, which counts only if it is switched on."""
    use = When(f"useInterval{name}", (True,))
    ends = _line(f"intervalMin{name}", "Min", use), _line(f"intervalMax{name}", "Max", use)
    return Section((_line(use.field, "Use"), *ends), title)


def _written(part: str, title: str) -> Section:
    """What is written for a part of an image's values, and the number if it is the user's."""
    number = _line(f"{part}UserValue", "User Value", When(f"{part}Type", ("UserDef",)))
    return Section((_line(f"{part}Type", "Write"), number), title)


def _box_along(axis: str) -> Section:
    """The two numbers of a box along an axis, which is taken whole where the box is not used."""
    use = When(f"modify{axis.upper()}", (True,))
    ends = _line(axis, axis.upper(), use), _line(f"s{axis}", f"S{axis}", use)
    return Section((_line(use.field, "Use the box"), *ends), axis.upper())


_BORDER_HANDLING = Section(
    (
        _line("borderHandling", "Mode"),
        _line("fillValue", when=When("borderHandling", ("PadSrcFill", "PadDstFill"))),
    ),
    "Border Handling",
)
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
        _BORDER_HANDLING,
        _interval("OfFilteredVoxels", "Interval Of Filtered Voxels"),
    ),
    "IntervalThreshold": (
        Section(
            (
                _line("threshMin", "Min", When("centerWidthSet", (False,))),
                _line("threshMax", "Max", When("centerWidthSet", (False,))),
                _line("centerWidthSet", "Use center and width"),
                _line("threshCenter", "Center", When("centerWidthSet", (True,))),
                _line("threshWidth", "Width", When("centerWidthSet", (True,))),
            ),
            "Interval",
        ),
        _written("lower", "Below"),
        _written("inner", "Inside"),
        _written("upper", "Above"),
        Section(
            (
                _line("changeMinMax", "Change"),
                _line("changedMin", "Min", When("changeMinMax", (True,))),
                _line("changedMax", "Max", When("changeMinMax", (True,))),
            ),
            "Declared Range Of The Output",
        ),
        Section(
            (_line("imageMin", "Min"), _line("imageMax", "Max"), _line("imageRange", "Range")),
            "Declared Range Of The Image",
        ),
    ),
    "Morphology": (
        Section((_line("filterMode", "Filter"),), ""),
        Section(
            (
                *(_line(f"kernel{axis}", axis, When("useExternalKernel", (False,))) for axis in "XYZCT"),
                _line("makeSpherical", when=When("useExternalKernel", (False,))),
                _line("useExternalKernel"),
                _line("externalKernel", "Weights", When("useExternalKernel", (True,))),
            ),
            "Kernel",
        ),
        _BORDER_HANDLING,
        _interval("OfFilteredVoxels", "Interval Of Filtered Voxels"),
        _interval("OfVoxelsForFiltering", "Interval Of Voxels That Count"),
    ),
    "Resample3D": (
        Section(
            (
                _line("keep", "Given"),
                _line("voxelSize", when=When("keep", ("Voxel size",))),
                _line("imageSize", when=When("keep", ("Image size",))),
                _line("zoom", "Scale Factor", When("keep", ("Scale factor",))),
                _line("subVoxelShift", "Translation"),
            ),
            "Grid",
        ),
        Section((_line("useReferenceImage", "Use the grid of input1"),), "Reference Image"),
        Section((_line("filter"),), "Resampling"),
    ),
    "SubImage": (
        Section((_line("mode"),)),
        *(_box_along(axis) for axis in "xyzct"),
        Section(
            (
                _line("fillValue"),
                _line("enableBoxClamping", "Leave out what lies outside"),
                _line("correctForNegativeSubImageExtents", "Swap ends of a negative box"),
            ),
            "Box",
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
