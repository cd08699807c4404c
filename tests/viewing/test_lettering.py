from __future__ import annotations

import string

import numpy as np
import pytest

from nodeeditor.viewing.lettering import Pixels, draw_lines, draw_text, line_height, text_mask, text_width

SIZES = (7, 8, 9, 11, 12, 13.5, 16, 20, 28, 32)
PRINTABLE = string.ascii_letters + string.digits + string.punctuation
SIGNS = "ÄÖÜäöüßéèêçñåøŠž°±µμ×²³Ωæ–—…"
UNKNOWN = "日"
BOX = {size: text_mask(UNKNOWN, size) for size in SIZES}


def ground(level: int, height: int = 40, width: int = 200) -> Pixels:
    return np.full((height, width, 3), level, np.uint8)


def written(level: int, at: tuple[int, int], shadow: bool = True) -> Pixels:
    picture = ground(level)
    draw_text(picture, "43 GV", at, 12, (0.9, 0.9, 0.9), shadow=shadow)
    return picture


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("character", PRINTABLE + SIGNS)
def test_a_character_has_ink_of_its_own(character: str, size: float) -> None:
    mask = text_mask(character, size)
    assert mask.max() > 100
    assert not np.array_equal(mask, BOX[size])


@pytest.mark.parametrize("size", SIZES)
def test_no_two_letters_or_figures_look_alike(size: float) -> None:
    drawn = {character: text_mask(character, size) for character in string.ascii_letters + string.digits + "|!.,:;"}
    looks = {(mask.shape, mask.tobytes()) for mask in drawn.values()}
    assert len(looks) == len(drawn)


@pytest.mark.parametrize("size", SIZES)
def test_the_box_of_an_unknown_character_is_hollow(size: float) -> None:
    inked = np.argwhere(BOX[size] > 100)
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0)
    assert BOX[size][(top + bottom) // 2, (left + right) // 2] == 0
    assert BOX[size][top, left : right + 1].min() > 100


@pytest.mark.parametrize("text", ["\n", "\t", "\u0301", "\u0489", "日\u0301", "한"])
def test_what_has_no_shape_is_one_box(text: str) -> None:
    assert np.array_equal(text_mask(text, 12), BOX[12])


def test_a_letter_and_its_mark_may_come_in_one_piece_or_in_two() -> None:
    assert np.array_equal(text_mask("\u00e9", 12), text_mask("e\u0301", 12))


def runs(text: str, size: float) -> list[int]:
    """Heights of the pieces of a text that white rows part, from the top."""
    inked = np.pad((text_mask(text, size) > 100).any(axis=1), 1).astype(int)
    edges = np.flatnonzero(np.diff(inked))
    heights: list[int] = (edges[1::2] - edges[::2]).tolist()
    return heights


@pytest.mark.parametrize("size", SIZES)
def test_a_mark_above_takes_the_place_of_the_dot(size: float) -> None:
    _, body = runs("i", size)
    mark, below = runs("í", size)
    assert below == body
    assert mark >= runs("i", size)[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pair", ["Ää", "Éé", "Šš", "Åå", "Ññ"])
def test_the_mark_on_a_capital_is_clear_of_it_and_as_high_as_on_a_small_letter(pair: str, size: float) -> None:
    capital, small = runs(pair[0], size), runs(pair[1], size)
    assert len(capital) == len(small) == 2
    assert capital[0] == small[0]
    assert capital[1] > small[1]


@pytest.mark.parametrize("size", SIZES)
def test_small_letters_are_equally_high_and_capitals_are_too(size: float) -> None:
    assert {runs(letter, size)[0] for letter in "nruvxz"} == {runs("n", size)[0]}
    assert {runs(letter, size)[0] for letter in "EHILNTXZ0"} == {runs("H", size)[0]}


@pytest.mark.parametrize("size", SIZES)
def test_strokes_that_lie_over_each_other_keep_a_gap(size: float) -> None:
    assert [len(runs(sign, size)) for sign in "=≈:;!?i"] == [2] * 7


@pytest.mark.parametrize("size", SIZES)
def test_the_strokes_of_a_small_e_and_of_an_8_stay_apart(size: float) -> None:
    for character in "e8":
        mask = text_mask(character, size) > 128
        inked = np.flatnonzero(mask.any(axis=0))
        middle = mask[:, (inked[0] + inked[-1]) // 2].astype(int)
        assert np.count_nonzero(np.diff(middle) == 1) == 3, character


@pytest.mark.parametrize("size", SIZES)
def test_figures_are_equally_wide(size: float) -> None:
    assert len({text_width(figure, size) for figure in string.digits}) == 1
    assert len({text_width(f"Slice: {number}", size) for number in range(10, 100)}) == 1


@pytest.mark.parametrize("size", SIZES)
def test_a_text_is_about_as_wide_as_its_parts(size: float) -> None:
    for one, other in (("PROBAND", "(61 45 40):"), ("LUT ", "C/W"), ("i", "l")):
        parts = text_width(one, size) + text_width(other, size)
        assert abs(text_width(one + other, size) - parts) <= 2
        assert text_width(one, size) > 0


def test_text_grows_with_its_size() -> None:
    widths = [text_width("Slice: 40", size) for size in SIZES]
    heights = [line_height(size) for size in SIZES]
    assert widths == sorted(widths)
    assert widths[-1] > 3 * widths[0]
    assert heights == sorted(heights)


def test_text_is_never_too_small_to_be_read() -> None:
    assert np.array_equal(text_mask("Slice", 2), text_mask("Slice", 7))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", ["", " ", "Å", "LUT C/W: 439.96 / 932.87", "ïj"])
def test_a_mask_is_as_large_as_announced(text: str, size: float) -> None:
    assert text_mask(text, size).shape == (line_height(size), text_width(text, size))


def test_no_text_takes_no_room_and_leaves_the_picture_alone() -> None:
    picture = ground(70)
    draw_text(picture, "", (5, 5), 12, (1, 1, 1))
    assert text_width("", 12) == 0
    assert (picture == 70).all()


@pytest.mark.parametrize("size", [9, 12])
def test_stems_fill_whole_columns(size: float) -> None:
    columns = text_mask("H", size).max(axis=0)
    middle = text_mask("H", size)[text_mask("H", size).any(axis=1)][1]
    assert np.count_nonzero(middle > 250) == 2
    assert np.count_nonzero((middle > 40) & (middle <= 250)) == 0
    assert columns.max() == 255


def test_masks_are_remembered_and_cannot_be_written() -> None:
    mask = text_mask("10 cm", 12)
    assert text_mask("10 cm", 12) is mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0, 0] = 1


def test_the_same_text_gives_the_same_pixels() -> None:
    first = written(128, (5, 5))
    written(0, (9, 2))
    assert np.array_equal(written(128, (5, 5)), first)


@pytest.mark.parametrize("at", [(-9, 12), (12, -7), (175, 12), (12, 33), (-9, -7), (180, 35)])
def test_what_lies_outside_is_cut_off_and_the_rest_is_the_same(at: tuple[int, int]) -> None:
    margin = 60
    large = ground(128, 40 + 2 * margin, 200 + 2 * margin)
    draw_text(large, "43 GV", (at[0] + margin, at[1] + margin), 12, (0.9, 0.9, 0.9))
    inside = large[margin:-margin, margin:-margin]
    assert (inside != 128).any()
    assert np.array_equal(written(128, at), inside)


@pytest.mark.parametrize("at", [(-500, 5), (-60, 5), (500, 5), (5, -500), (5, -20), (5, 500)])
def test_text_outside_the_picture_changes_nothing(at: tuple[int, int]) -> None:
    assert (written(128, at) == 128).all()


def test_text_without_shadow_is_mixed_by_its_mask() -> None:
    picture = ground(100)
    draw_text(picture, "R", (20, 8), 16, (1, 0.5, 0), shadow=False)
    mask = text_mask("R", 16)[..., np.newaxis] / 255
    expected = 100 * (1 - mask) + np.array([255, 128, 0]) * mask
    part = picture[8 : 8 + mask.shape[0], 20 : 20 + mask.shape[1]]
    assert np.abs(part - expected).max() <= 1.01
    part[...] = 100
    assert (picture == 100).all()


@pytest.mark.parametrize("level", [0, 255])
def test_white_text_can_be_read_on_black_and_on_white(level: int) -> None:
    picture = ground(level)
    draw_text(picture, "R", (20, 8), 12, (1, 1, 1))
    assert np.ptp(picture) > 200


def test_a_dark_rim_lies_around_the_letters_and_a_shadow_to_the_right_and_below() -> None:
    bare, shaded = written(200, (20, 8), shadow=False), written(200, (20, 8))
    darker = np.argwhere((shaded < bare).any(axis=2))
    letters = np.argwhere((bare != 200).any(axis=2))
    assert (shaded <= bare).all()
    assert (darker.max(axis=0) - letters.max(axis=0)).tolist() == [2, 2]
    assert (letters.min(axis=0) - darker.min(axis=0)).tolist() == [1, 1]


def test_white_text_on_white_has_a_dark_edge_on_all_four_sides() -> None:
    picture = ground(255)
    draw_text(picture, "I", (20, 8), 16, (1, 1, 1))
    rows, columns = np.nonzero((picture < 128).any(axis=2))
    inside = picture[rows.min() + 2 : rows.max() - 3, (columns.min() + columns.max() - 1) // 2]
    assert inside.max() == 255
    for line in (picture[(rows.min() + rows.max()) // 2], picture[:, (columns.min() + columns.max()) // 2]):
        dark = np.flatnonzero(line[:, 0] < 128)
        light = np.flatnonzero(line[dark[0] : dark[-1], 0] > 200)
        assert dark.size >= 2
        assert light.size


def test_text_is_aligned_to_its_left_end_its_middle_or_its_right_end() -> None:
    width = text_width("10 cm", 12)
    left, center, right = ground(0), ground(0), ground(0)
    draw_text(left, "10 cm", (100, 8), 12, (1, 1, 1))
    draw_text(center, "10 cm", (100 + width // 2, 8), 12, (1, 1, 1), align="center")
    draw_text(right, "10 cm", (100 + width, 8), 12, (1, 1, 1), align="right")
    assert left.any()
    assert np.array_equal(left, center)
    assert np.array_equal(left, right)


def test_a_line_covers_both_its_ends_in_its_color() -> None:
    picture = ground(0)
    draw_lines(picture, [(10, 5, 10, 30), (20, 7, 12, 7)], (1, 0.5, 0), shadow=False)
    expected = ground(0)
    expected[5:31, 10] = expected[7, 12:21] = (255, 128, 0)
    assert np.array_equal(picture, expected)


def test_a_wider_line_grows_to_the_right_or_downwards() -> None:
    picture = ground(0)
    draw_lines(picture, [(10, 5, 10, 30), (40, 7, 60, 7)], (1, 1, 1), width=2, shadow=False)
    expected = ground(0)
    expected[5:31, 10:12] = expected[7:9, 40:61] = 255
    assert np.array_equal(picture, expected)


def test_no_shadow_falls_on_another_line() -> None:
    picture = ground(255)
    draw_lines(picture, [(10, 20, 30, 20), (10, 21, 30, 21), (10, 22, 30, 22)], (0.8, 0.8, 0.8))
    assert (picture[20:23, 10:31] == 204).all()
    assert picture[23, 20].max() < 128


def test_lines_are_cut_off_at_the_borders() -> None:
    lines = [
        (-5, 10, 300, 10),
        (50, -9, 50, 70),
        (-9, -9, -9, 70),
        (190, 39, 230, 39),
        (5, -9, 90, -9),
        (-9, 5, -9, 30),
    ]
    picture, large = ground(128), ground(128, 160, 360)
    draw_lines(picture, lines, (1, 1, 1))
    draw_lines(large, [(x0 + 60, y0 + 60, x1 + 60, y1 + 60) for x0, y0, x1, y1 in lines], (1, 1, 1))
    assert np.array_equal(picture, large[60:100, 60:260])


def test_a_slanting_line_is_refused() -> None:
    with pytest.raises(ValueError, match="a line from 1 2 to 3 4 is neither level nor plumb"):
        draw_lines(ground(0), [(1, 2, 3, 4)], (1, 1, 1))
