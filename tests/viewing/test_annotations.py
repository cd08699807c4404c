"""What is written over slices: which texts, in which corner, and only where there is room."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor.image import Image, ImageInfo
from nodeeditor.viewing.annotations import (
    _written,
    draw_annotations,
    number,
    readout,
    readout_place,
    text_size,
    written,
)
from nodeeditor.viewing.lettering import line_height, text_width
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.panes import AnnotationSize, Pane
from nodeeditor.viewing.planes import Plane
from nodeeditor.viewing.ruler import ruler

from ..nodes.sources import image_of, noise

DETAILED, SHORT, HIDE = AnnotationSize
TAGS = (
    ("PatientName", "Proband^Anna=ignored"),
    ("PatientBirthDate", "19780101"),
    ("PatientSex", "M"),
    ("PatientID", "001"),
    ("InstitutionName", "Klinikum Mitte"),
    ("ManufacturerModelName", "NUMARIS/4"),
    ("SeriesDescription", "t1_mpr_sag"),
    ("ImageComments", "for teaching"),
    ("StudyDate", "20070616"),
)
HEAD = ImageInfo(
    (1, 1, 80, 91, 109),
    np.dtype(np.uint8),
    (0, 255),
    spacing=(1.953, 1.953, 2.0),
    direction=(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    modality="MR",
    tags=TAGS,
)


def pane(width: int = 520, height: int = 520, detail: AnnotationSize = DETAILED, **facts: Any) -> Pane:
    info = replace(HEAD, **facts)
    return Pane((7, 11, width, height), "image", info, Window(0.565, 0.31), 28, annotation=detail)


def corners(shown: Pane) -> dict[str, list[str]]:
    """The texts by the corner or the edge of the pane in which they stand, from above."""
    height = shown.rect[3]
    found: dict[str, list[str]] = {}
    for text in sorted(written(shown).texts, key=lambda text: text.at[1]):
        _, y, _, bottom = text.box
        middle = abs((y + bottom) / 2 - height / 2) < 3
        side = {"left": "left", "right": "right", "center": "middle"}[text.align]
        place = side if middle else f"{'top' if y < height / 2 else 'bottom'} {side}"
        found.setdefault(place, []).append(text.words)
    return found


def test_the_detailed_set_stands_where_mevislab_has_it() -> None:
    assert corners(pane()) == {
        "top left": ["Proband Anna", "1978-01-01 M", "001"],
        "top right": ["Klinikum Mitte", "NUMARIS/4", "MR"],
        "bottom left": [
            "Slice: 28",
            "Timepoint: 0",
            "109,91,80,Gray,1,unsigned int8",
            "1.953,1.953,2.000",
            "t1_mpr_sag",
            "for teaching",
        ],
        "bottom right": ["MR Mode", "Scan: 2007-06-16", "LUT C/W: 0.565 / 0.31"],
        "top middle": ["H"],
        "left": ["A"],
        "right": ["10 cm"],
    }


def test_the_short_set_is_the_name_the_modality_the_slice_and_the_window() -> None:
    assert corners(pane(400, 400, SHORT)) == {
        "top left": ["Proband Anna"],
        "top right": ["MR"],
        "bottom left": ["Slice: 28"],
        "bottom right": ["LUT C/W: 0.565 / 0.31"],
        "top middle": ["H"],
        "left": ["A"],
        "right": ["10 cm"],
    }
    long = corners(pane(400, 400, SHORT, tags=(("PatientName", "Wolfeschlegelsteinhausen^Hubert"),)))
    assert long["top left"] == ["Wolfeschlegelst…"]


def test_hidden_annotations_leave_the_picture_as_it_is() -> None:
    for shown in (pane(detail=HIDE), pane(60, 500), pane(500, 63, SHORT)):
        pixels = np.full((shown.rect[3], shown.rect[2], 3), 77, np.uint8)
        draw_annotations(pixels, shown)
        assert (pixels == 77).all()
        assert readout_place(shown) is None


def test_what_the_header_does_not_tell_is_not_made_up() -> None:
    """An ultrasound image knows neither the patient's sides nor, often, the size of a pixel."""
    modality = (("Modality", "US"),)
    unknown: dict[str, Any] = {"spacing": (1.0, 1.0, 1.0), "direction": (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0)}
    edges = {"top middle", "left", "right"}
    assert not edges & set(corners(pane(tags=modality, **unknown)))
    oriented = (*modality, ("ImageOrientationPatient", "1\\0\\0\\0\\1\\0"))
    assert edges & set(corners(pane(tags=oriented, **unknown))) == {"top middle", "left"}
    sized = (*modality, ("PixelSpacing", "1\\1"))
    assert edges & set(corners(pane(tags=sized, **unknown))) == {"right"}
    assert edges & set(corners(pane(tags=modality, **{**unknown, "spacing": (0.2, 0.2, 1.0)}))) == {"right"}
    assert edges <= set(corners(pane(tags=(), **unknown))), "a file without a DICOM header, such as NIfTI"


def test_an_image_without_a_header_has_no_empty_lines() -> None:
    assert corners(pane(tags=(), modality=""))["bottom left"][0] == "Slice: 28"
    assert "top left" not in corners(pane(tags=(), modality=""))
    assert corners(pane(tags=(), modality=""))["bottom right"] == ["LUT C/W: 0.565 / 0.31"]


def test_a_window_around_zero_is_told_alike_whatever_the_sign_of_the_zero() -> None:
    windows = [replace(pane(), window=Window(center, 400.0)) for center in (-0.0, 0.0)]
    assert [corners(shown)["bottom right"][-1] for shown in windows] == ["LUT C/W: 0 / 400"] * 2


@settings(max_examples=250, deadline=None, database=None)
@given(
    width=st.integers(16, 900),
    height=st.integers(16, 900),
    detail=st.sampled_from([DETAILED, SHORT]),
    word=st.text("WMimé^ -", max_size=80),
    zoom=st.sampled_from([0.01, 0.4, 1.0, 33.0, 1000.0]),
)
def test_nothing_is_cut_and_nothing_overlaps_at_any_size(
    width: int, height: int, detail: AnnotationSize, word: str, zoom: float
) -> None:
    tags = tuple((keyword, f"{text}{word}") for keyword, text in TAGS)
    shown = replace(pane(width, height, detail, tags=tags), zoom=zoom)
    made = written(shown)
    covered = np.zeros((height, width), int)
    place = readout_place(shown)
    if place is not None:
        x, y, size = place[0] - 7, place[1] - 11, place[2]
        for line, words in enumerate(("(108 90 79):", "00000 GV")):
            y0, x1 = y + line * line_height(size), x + text_width(words, size)
            assert x >= 0
            assert x1 <= width
            assert y0 + line_height(size) <= height
            covered[y0 : y0 + line_height(size), x:x1] += 1
    for text in made.texts:
        left, top, right, bottom = text.box
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= height
        covered[top:bottom, left:right] += 1
    for x0, y0, x1, y1 in made.lines:
        assert min(x0, x1) >= 0
        assert max(x0, x1) < width
        assert min(y0, y1) >= 0
        assert max(y0, y1) < height
        assert (covered[min(y0, y1) : max(y0, y1) + 1, min(x0, x1) : max(x0, x1) + 1] == 0).all()
    assert covered.max(initial=0) <= 1


@settings(max_examples=100, deadline=None, database=None)
@given(
    width=st.integers(60, 500),
    height=st.integers(60, 500),
    detail=st.sampled_from([DETAILED, SHORT, HIDE]),
    slices=st.lists(st.integers(0, 1200), min_size=1, max_size=4),
    comment=st.sampled_from(["", "Slice: 0", "Slice: 10", "Slice: 100"]),
)
def test_what_one_slice_learned_about_room_holds_for_the_others(
    width: int, height: int, detail: AnnotationSize, slices: list[int], comment: str
) -> None:
    for at in slices:
        shown = replace(pane(width, height, detail, tags=(*TAGS[:-2], ("ImageComments", comment))), slice=at)
        assert written(shown) == _written(shown)


def test_small_panes_keep_the_slice_and_the_sides_of_the_patient() -> None:
    texts = [text for place in corners(pane(90, 80, DETAILED)).values() for text in place]
    assert {"H", "A", "Slice: 28"} <= set(texts)
    assert len(texts) < 8


def test_letters_grow_with_the_pane() -> None:
    assert [text_size(pane(side, side)) for side in (100, 360, 540, 648, 900, 1000)] == [10, 10, 15, 18, 18, 18]
    assert [text_size(pane(side, side, SHORT)) for side in (100, 320, 400, 480, 1000)] == [8, 8, 10, 12, 12]
    assert [text_size(pane(side, 2 * side)) for side in (1500, 2000)] == [27, 36]


# The read-out


def test_the_read_out_stands_below_the_texts_of_the_upper_left_corner() -> None:
    for detail, above in ((DETAILED, 3), (SHORT, 1)):
        shown = pane(detail=detail)
        place = readout_place(shown)
        assert place is not None
        x, y, size, color = place
        assert (size, color) == (text_size(shown), shown.ink)
        upper = [text for text in written(shown).texts if text.align == "left" and text.at[1] < 200]
        assert len(upper) == above
        assert x == 7 + upper[0].at[0]
        assert y == 11 + upper[0].at[1] + above * line_height(size)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint64", "int64"])
def test_whole_numbers_are_read_as_they_are(dtype: str) -> None:
    image = image_of(noise(dtype, (2, 1, 4, 5, 6)))
    shown = Pane((10, 20, 60, 50), "image", image.info, Window(0, 1), 2, time=1)
    page = image.at(shown.region)
    assert readout(shown, 10 + 35, 20 + 25, page) == ("(3 2 2):", f"{int(image.voxels[1, 0, 2, 2, 3])} GV")
    assert readout(shown, 5, 25, page) == ("(- - -):", "GV")
    assert readout(shown, 10 + 35, 20 + 25, None) == ("(3 2 2):", "GV")


def test_each_pane_reads_along_its_own_plane() -> None:
    image = image_of(noise("int16", (1, 1, 4, 5, 6)))
    plane = Plane(1, 2, across_back=False, down_back=True)  # y to the right, z upwards
    shown = Pane((0, 0, 50, 40), "image", image.info, Window(0, 1), 4, plane=plane)
    assert readout(shown, 5, 5, image.at(shown.region)) == ("(4 0 3):", f"{int(image.voxels[0, 0, 3, 0, 4])} GV")


def test_the_channels_of_a_colour_are_read_side_by_side() -> None:
    voxels = np.array([12, 30, 255], np.uint8).reshape(1, 3, 1, 1, 1)
    image = image_of(voxels, channels=("Red", "Green", "Blue"))
    shown = Pane((0, 0, 9, 9), "image", image.info, Window(0, 1), 0)
    assert readout(shown, 4, 4, image) == ("(0 0 0):", "12 / 30 / 255 GV")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (43, "43"),
        (-(2**63), "-9223372036854775808"),
        (0.565, "0.565"),
        (1234.56789, "1234.5679"),
        (2.0, "2"),
        (-0.5, "-0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.23456e-7, "1.235e-07"),
        (3.5e20, "3.5e+20"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_fractions_are_read_with_four_decimals(value: float, text: str) -> None:
    assert number(value) == text


# The ruler


@settings(max_examples=200, deadline=None, database=None)
@given(scale=st.floats(1e-3, 1e5), most=st.floats(16, 2000))
def test_the_ruler_is_the_longest_round_length_that_fits(scale: float, most: float) -> None:
    made = ruler(scale, most)
    digits = f"{made.length:.6e}"
    assert digits[:8] in ("1.000000", "2.000000", "5.000000")
    assert made.pixels == pytest.approx(made.length * scale)
    assert most / 2.5 * 0.999 <= made.pixels <= most * 1.001
    amount, unit = made.label.split()
    assert float(amount) * {"m": 1000, "cm": 10, "mm": 1, "µm": 1e-3}[unit] == pytest.approx(made.length)


@pytest.mark.parametrize(
    ("scale", "label"), [(1.87, "10 cm"), (3.9, "5 cm"), (0.2, "1 m"), (40, "5 mm"), (199, "1 mm"), (201, "500 µm")]
)
def test_the_label_of_the_ruler_is_short(scale: float, label: str) -> None:
    assert ruler(scale, 200).label == label


def test_the_ruler_measures_what_it_says_in_the_picture() -> None:
    """100 voxels of 1 mm fill 400 rows: 5 cm are 200 of them."""
    image = image_of(np.zeros((1, 100, 100), np.uint8))
    shown = Pane((0, 0, 400, 400), "image", image.info, Window(0, 1), 0, annotation=SHORT, ink=(1.0, 0.0, 0.0))
    pixels = np.zeros((400, 400, 3), np.uint8)
    draw_annotations(pixels, shown)
    rows = 50 + np.flatnonzero((pixels[50:350, 391] == (255, 0, 0)).all(-1))
    assert (rows[0], rows[-1], len(rows)) == (100, 300, 201)
    voxels = [shown.index_at(391, float(row))[1] for row in (rows[0], rows[-1])]
    assert voxels[1] - voxels[0] == pytest.approx(50)
    assert "5 cm" in [text.words for text in written(shown).texts]


def test_a_page_of_another_part_gives_no_value() -> None:
    image = image_of(noise("int16", (1, 1, 4, 5, 6)))
    shown = Pane((0, 0, 60, 50), "image", image.info, Window(0, 1), 2)
    other: Image = image.at(image.info.whole.along("z", 0))
    assert readout(shown, 30, 25, other)[1] == "GV"
