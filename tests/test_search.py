"""Finding node types by a few typed letters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor import Node
from nodeeditor.library import Library
from nodeeditor.search import Match, matches


def a_type(
    name: str, summary: str = "It works.", keywords: Sequence[str] = (), former: Sequence[str] = (), subject: str = "x"
) -> type[Node]:
    """A node type without connectors."""
    body = {"__doc__": summary, "__module__": f"nodes.{subject}", "__annotations__": {}}
    return type(name, (Node,), {**body, "keywords": tuple(keywords), "former_names": tuple(former)})


LIBRARY = Library(
    [
        a_type("LocalImage", "Load a file.", ("open", "dicom"), ("ImageLoad",), "files"),
        a_type("ImageSave", "Write a picture of a file.", ("export",), (), "files"),
        a_type("Threshold", "Write one value where a comparison holds.", ("binarize", "cut out"), (), "segmentation"),
        a_type("IntervalThreshold", "Keep what lies between two values.", (), (), "segmentation"),
        a_type("View2D", "Show slices.", ("display", "side by side"), (), "viewers"),
        a_type("SynchroView2D", "Show two images.", ("display",), (), "viewers"),
        a_type("DICOMTool", "Tell about tags.", (), (), "files"),
        a_type("Mask", "Keep an image.", (), (), "masking"),
    ]
)
NAMES = list(LIBRARY)
INITIALS = {
    "DICOMTool": "DT",
    "ImageSave": "IS",
    "IntervalThreshold": "IT",
    "LocalImage": "LI",
    "Mask": "M",
    "SynchroView2D": "SV2",
    "Threshold": "T",
    "View2D": "V2",
}


def found(text: str, only: Sequence[str] | None = None) -> list[str]:
    return [match.type for match in matches(LIBRARY, text, only)]


def spelled(match: Match) -> str:
    return "".join(match.type[at] for at in match.positions)


@pytest.mark.parametrize(
    ("text", "first", "letters", "why"),
    [
        ("mask", "Mask", "Mask", ""),
        ("thr", "Threshold", "Thr", ""),
        ("sv", "SynchroView2D", "SV", ""),
        ("sv2d", "SynchroView2D", "SV2D", ""),
        ("lI", "LocalImage", "LI", ""),
        ("dt", "DICOMTool", "DT", ""),
        ("syvi", "SynchroView2D", "SyVi", ""),
        ("v2", "View2D", "V2", ""),
        ("thresh interv", "IntervalThreshold", "IntervThresh", ""),
        ("local image", "LocalImage", "LocalImage", ""),
        ("hresho", "Threshold", "hresho", ""),
        ("binar", "Threshold", "", "keyword 'binarize'"),
        ("out", "Threshold", "", "keyword 'cut out'"),
        ("side by", "View2D", "", "keyword 'side by side'"),
        ("ImageLoad", "LocalImage", "", "formerly 'ImageLoad'"),
        ("comparison", "Threshold", "", "summary 'comparison'"),
        ("display syn", "SynchroView2D", "Syn", "keyword 'display'"),
        ("tshd", "Threshold", "Tshd", ""),
    ],
)
def test_a_typed_text_finds_first_what_it_means(text: str, first: str, letters: str, why: str) -> None:
    best = matches(LIBRARY, text)[0]
    assert (best.type, spelled(best), best.why) == (first, letters, why)


def test_the_ways_of_finding_rank_from_the_name_to_scattered_letters() -> None:
    library = Library(
        [
            a_type("Blxaxb"),
            a_type("Fog", "About labs."),
            a_type("Former", former=("Lab",)),
            a_type("Keyed", keywords=("lab",)),
            a_type("Slab"),
            a_type("NewLab"),
            a_type("LowArcBox"),
            a_type("Labels"),
            a_type("Lab"),
        ]
    )
    names = [match.type for match in matches(library, "lab")]
    assert names == ["Lab", "Labels", "LowArcBox", "NewLab", "Slab", "Keyed", "Former", "Fog", "Blxaxb"]


def test_the_more_of_a_name_is_typed_the_better() -> None:
    assert found("view")[:2] == ["View2D", "SynchroView2D"]
    assert found("threshold")[:2] == ["Threshold", "IntervalThreshold"]


def test_every_word_has_to_match() -> None:
    assert found("display view") == ["View2D", "SynchroView2D"]
    assert found("display mask") == []


def test_one_or_two_letters_do_not_search_summaries() -> None:
    assert "Threshold" not in found("wr")
    assert "Threshold" in found("wri")


def test_no_text_lists_all_by_subject() -> None:
    listed = ["DICOMTool", "ImageSave", "LocalImage", "Mask", "IntervalThreshold", "Threshold", "SynchroView2D"]
    assert found("") == found("  ") == [*listed, "View2D"]
    assert matches(LIBRARY, "")[0] == Match("DICOMTool", 0)


def test_only_the_named_types_are_offered() -> None:
    assert found("", ["View2D", "Mask", "Gone"]) == ["Mask", "View2D"]
    assert found("thr", ["IntervalThreshold"]) == ["IntervalThreshold"]
    assert found("thr", []) == []


def test_what_is_not_there_is_not_found() -> None:
    assert found("zzz") == []


def test_a_text_that_nearly_fits_in_many_ways_is_answered_at_once() -> None:
    library = Library([a_type("AaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAa")])
    assert matches(library, "a" * 39 + "b") == []


def test_the_former_name_of_a_loader_finds_it_among_our_own_nodes() -> None:
    assert matches(Library.installed(), "ImageLoad")[0].type == "LocalImage"
    assert matches(Library.installed(), "sv")[0].type == "SynchroView2D"


@pytest.mark.parametrize("name", NAMES)
def test_every_type_comes_first_by_its_name_in_any_case(name: str) -> None:
    assert found(name)[0] == found(name.lower())[0] == found(name.upper())[0] == name


@given(st.sampled_from(NAMES), st.integers(1, 20))
def test_every_type_is_found_by_every_beginning_of_its_name(name: str, length: int) -> None:
    match = next(match for match in matches(LIBRARY, name[:length].swapcase()) if match.type == name)
    assert match.positions == tuple(range(len(name[:length])))


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_found_by_its_initials(name: str) -> None:
    match = next(match for match in matches(LIBRARY, INITIALS[name].lower()) if match.type == name)
    assert spelled(match) == INITIALS[name]


TEXTS = st.text("abcdefgilmorstvwACDILSTV2 ", max_size=8)


@given(TEXTS)
def test_the_positions_spell_the_typed_letters_or_words_say_why(text: str) -> None:
    for match in matches(LIBRARY, text):
        assert list(match.positions) == sorted(set(match.positions))
        words = text.lower().split()
        if len(words) == 1:
            assert spelled(match).lower() == ("" if match.why else words[0])
        else:
            assert not words or match.positions or match.why


@given(TEXTS, st.permutations([LIBRARY[name] for name in NAMES]))
def test_the_order_does_not_depend_on_the_order_of_the_library(text: str, types: list[type[Node]]) -> None:
    assert matches(Library(types), text) == matches(LIBRARY, text)


@given(TEXTS, st.sets(st.sampled_from(NAMES)))
def test_choosing_from_fewer_types_keeps_order_and_scores(text: str, only: set[str]) -> None:
    assert matches(LIBRARY, text, sorted(only)) == [match for match in matches(LIBRARY, text) if match.type in only]


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    assert len(matches(LIBRARY, text)) <= len(LIBRARY)
