"""The windows of a module, as its ``internal`` block says where they lie and whether they were open."""

from __future__ import annotations

from nodeeditor.fields import Json
from nodeeditor.mlab.syntax import Entry
from nodeeditor.mlab.values import is_number, numbers

_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def window_entries(module: Entry) -> list[Entry]:
    """The windows of a module."""
    blocks = [inner for inner in module.inside("internal") if inner.tag == "windows"]
    return [inner for outer in blocks for inner in outer.all("window") if inner.entries is not None]


def window(entry: Entry) -> dict[str, Json]:
    """What a module says of a window, as networks hold it."""
    said: dict[str, Json] = {}
    if frame := numbers(entry.text("geometry"), 4):
        said["frame"] = frame
    opened = _TRUTH.get((entry.text("wasOpen") or "").lower())
    return said if opened is None else {**said, "open": opened}


def values(entry: Json) -> dict[str, Json]:
    """What a network says of a window, by the tags of a file, as far as MeVisLab has words for it."""
    said = entry if isinstance(entry, dict) else {}
    found: dict[str, Json] = {}
    frame = said.get("frame")
    if isinstance(frame, list) and len(frame) == 4 and all(map(is_number, frame)):
        found["geometry"] = frame
    if isinstance(said.get("open"), bool):
        found["wasOpen"] = "yes" if said["open"] else "no"
    return found
