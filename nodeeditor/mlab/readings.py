"""What the saved fields of a module mean where that is not what they say: older versions, values before any image."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Saved: TypeAlias = Mapping[str, str]
"""The values of a module's fields by the file's names, without their quotes."""

Meant: TypeAlias = Mapping[str, "str | None"]
"""The fields that mean something else than is saved, by the file's names; None for no value at all."""

COMPLETE = frozenset({"Convolution", "IntervalThreshold", "SoView2DOverlay", "Threshold"})
"""The node types of which all fields have to be saved, as a file that lacks some may be read otherwise."""

_NEWER_THRESHOLD = frozenset(
    {
        "comparisonOperator",
        "conditionTrueWriteValue",
        "conditionFalseWriteValue",
        "userConditionTrueValue",
        "userConditionFalseValue",
    }
)
_OLDER_THRESHOLD = frozenset({"threshold", "Threshold", "relativeThreshold", "minValue", "maxValue"})

_NO_IMAGE_YET = frozenset({"1", "0.5"})
"""The centre of the window, one wide, of a viewer that has not seen an image; the latter in newer versions."""

_FILE_NAMES = ("name", "localname", "filename")
_LONGEST_NAME = 1000
_DEMO_DATA = re.compile(r"(?:[A-Za-z]:)?/.*\bMeVisLab.*/DemoData/([^*?\"<>|]+)", re.IGNORECASE)
"""MeVisLab's demo data by its place in the installation of some machine."""


def meant(node_type: str, saved: Saved) -> Meant:
    """What the saved fields of a module that becomes such a node mean besides what they say."""
    reading = _READINGS.get(node_type)
    return reading(saved) if reading else {}


def _threshold(saved: Saved) -> Meant:
    """One of before it had a comparison writes the image's maximum from the threshold on, its minimum below."""
    if _NEWER_THRESHOLD & set(saved) or not _OLDER_THRESHOLD & set(saved):
        return {}
    return {
        "comparisonOperator": "GreaterEqual",
        "conditionTrueWriteValue": "ImgMax",
        "conditionFalseWriteValue": "ImgMin",
    }


def _image(saved: Saved) -> Meant:
    """The demo data of another installation is that of this one."""
    files = {name: saved.get(name, "")[:_LONGEST_NAME].replace("\\", "/") for name in _FILE_NAMES}
    found = {name: _DEMO_DATA.fullmatch(file) for name, file in files.items()}
    return {name: f"$(DemoDataPath)/{match[1]}" for name, match in found.items() if match}


def _overlay(saved: Saved) -> Meant:
    """One that says nothing of how much of the image it lets through lets nothing through."""
    return {} if "alphaFactor" in saved else {"alphaFactor": "1"}


def _view(saved: Saved) -> Meant:
    return {**_window(saved, "lutCenter", "lutWidth"), **_annotation(saved)}


def _two_views(saved: Saved) -> Meant:
    return {**_window(saved, "lut1c", "lut1w"), **_window(saved, "lut2c", "lut2w")}


def _ortho_view(saved: Saved) -> Meant:
    windows = {**_window(saved, "greyCenter", "greyWidth"), **_window(saved, "grayCenter", "grayWidth")}
    place = {"worldPosition": None} if saved.get("worldPosition") == "0 0 0" else {}
    return {**windows, **place, **_annotation(saved)}


def _window(saved: Saved, center: str, width: str) -> Meant:
    """A viewer that has seen no image has no window."""
    return {center: None, width: None} if saved.get(width) == "1" and saved.get(center) in _NO_IMAGE_YET else {}


def _annotation(saved: Saved) -> Meant:
    """Whether there is any is a field of its own."""
    return {"annotationSizeMode": "ANNO_SHOW_HIDE"} if saved.get("annotationOn") == "FALSE" else {}


_READINGS: Mapping[str, Callable[[Saved], Meant]] = {
    "LocalImage": _image,
    "OrthoView2D": _ortho_view,
    "SoView2DOverlay": _overlay,
    "SynchroView2D": _two_views,
    "Threshold": _threshold,
    "View2D": _view,
}
