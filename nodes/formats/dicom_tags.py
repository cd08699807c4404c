"""Writes the attributes of a DICOM header as the texts that viewers show."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from nodes.formats.dicom_header import items

LONGEST = 256
_BINARY = ("OB", "OD", "OF", "OL", "OV", "OW", "UN", "SQ")
_FIRST_OF_SEVERAL = ("WindowCenter", "WindowWidth")
_DEPTH = 2


def header_texts(dataset: Dataset, frame: int = 0) -> tuple[tuple[str, str], ...]:
    """Keyword and text of every short attribute of a header, in the order of the file.

    Left out are private, binary and empty attributes, sequences, and texts of more than 256 characters. Of
    enhanced images, the attributes of the given frame and of all frames follow (PS3.3 C.7.6.16), where the
    header itself has none of the same name. Several values are joined by a backslash; of windows, the first.
    """
    texts: dict[str, str] = {}
    groups = [dataset]
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    groups += per_frame[frame : frame + 1]
    groups += items(dataset, "SharedFunctionalGroupsSequence")[:1]
    for depth, group in enumerate(groups):
        for keyword, words in _texts(group, _DEPTH if depth else 0):
            texts.setdefault(keyword, words)
    return tuple(texts.items())


def _texts(dataset: Dataset, depth: int) -> Iterator[tuple[str, str]]:
    """The texts of one dataset, and of the first items of its sequences down to a depth."""
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:  # pydicom converts on access; one damaged attribute hides no other
            continue
        if element.VR == "SQ" and depth:
            for item in [item for item in element.value or () if isinstance(item, Dataset)][:1]:
                yield from _texts(item, depth - 1)
        elif words := _words(element):
            yield element.keyword, words


def _words(element: DataElement) -> str:
    if element.tag.is_private or element.VR in _BINARY or not element.keyword or not element.VM:
        return ""
    values = element.value if element.VM > 1 else [element.value]
    if element.keyword in _FIRST_OF_SEVERAL:
        values = values[:1]
    words = "\\".join(str(item).strip(" \0") for item in values[: LONGEST + 1])
    return words.encode("utf-8", "replace").decode() if len(words) <= LONGEST else ""
