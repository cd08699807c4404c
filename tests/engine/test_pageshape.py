"""Sagittal slices of large images come in blocks, everything else as it is asked for."""

from __future__ import annotations

import pytest

from nodeeditor.engine.pageshape import block
from nodeeditor.image import Region

LARGE = Region.whole((2, 1, 300, 512, 500))
ONE = LARGE.along("t", 1)


@pytest.mark.parametrize(
    ("x", "start", "stop"),
    [(0, 0, 32), (31, 0, 32), (32, 32, 64), (70, 64, 96), (499, 480, 500)],
)
def test_a_sagittal_slice_comes_with_the_columns_beside_it(x: int, start: int, stop: int) -> None:
    made = block(ONE.along("x", x), LARGE)
    assert made == ONE.along("x", start, stop)
    assert block(made, LARGE) == made


@pytest.mark.parametrize(
    "region",
    [
        LARGE,
        ONE,
        ONE.along("z", 7),
        ONE.along("y", 7),
        ONE.along("z", 7).along("x", 7),
        ONE.along("z", 7).along("y", 7).along("x", 7),
        ONE.along("x", 0, 100),
        ONE.along("x", 30, 34),
    ],
)
def test_other_regions_stay_as_they_are(region: Region) -> None:
    assert block(region, LARGE) == region


def test_a_block_of_a_huge_image_is_narrow() -> None:
    huge = Region.whole((1, 1, 1024, 1024, 1024))
    assert block(huge.along("x", 21), huge) == huge.along("x", 16, 32)
    slabs = Region.whole((1, 1, 4096, 4096, 64))
    assert block(slabs.along("x", 21), slabs) == slabs.along("x", 21)
