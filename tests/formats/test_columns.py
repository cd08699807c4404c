"""A block of columns has the voxels of any other read, and each of its columns lies in one run of memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk

from nodeeditor import NodeError, Region
from nodes.formats import open_image
from nodes.formats.columns import region_of
from tests.formats.test_dicom_builder import dataset, placed, save

Volume = npt.NDArray[np.int16]
DEPTH, ROWS, COLUMNS = 70, 512, 40
VOLUME: Volume = np.random.default_rng(5).integers(-1000, 1000, (DEPTH, ROWS, COLUMNS), np.int16)
WHOLE = Region.whole((1, 1, DEPTH, ROWS, COLUMNS))


def by_simpleitk(suffix: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / f"volume{suffix}"
        sitk.WriteImage(sitk.GetImageFromArray(VOLUME), str(path))
        return path

    return made


def as_dicom(folder: Path) -> Path:
    for z, pixels in enumerate(VOLUME):
        save(dataset(pixels, **placed(float(z), z + 1)), folder / f"{z}.dcm")
    return folder


FILES = pytest.mark.parametrize(
    "made",
    [by_simpleitk(".mha"), by_simpleitk(".nii.gz"), by_simpleitk(".tif"), as_dicom],
    ids=["in the file", "unpacked", "decoded", "a file a slice"],
)


@FILES
@pytest.mark.parametrize(("start", "stop"), [(0, 32), (32, 40), (7, 8)])
def test_each_column_of_a_block_lies_in_one_run(
    made: Callable[[Path], Path], start: int, stop: int, tmp_path: Path
) -> None:
    voxels = region_of(open_image(made(tmp_path)), WHOLE.along("x", start, stop))
    assert voxels.dtype == np.int16
    np.testing.assert_array_equal(voxels[0, 0], VOLUME[:, :, start:stop])
    assert all(voxels[..., x].flags.c_contiguous for x in range(stop - start))


@pytest.mark.parametrize(
    "region",
    [
        WHOLE.along("z", 3),
        WHOLE.along("y", 3),
        WHOLE.along("y", 0, 300).along("x", 0, 32),
        Region((0, 0, 5, 100, 3), (1, 1, 6, 200, 9)),
    ],
)
def test_any_other_region_lies_as_its_rows_do(region: Region, tmp_path: Path) -> None:
    voxels = region_of(open_image(by_simpleitk(".mha")(tmp_path)), region)
    np.testing.assert_array_equal(voxels[0, 0], VOLUME[region.slices[2:]])
    assert voxels.flags.c_contiguous


def test_times_and_channels_stay_apart(tmp_path: Path) -> None:
    values = np.random.default_rng(6).integers(0, 255, (2, 50, 400, 20, 3), np.uint8)
    path = tmp_path / "colours.nrrd"
    colours = [sitk.GetImageFromArray(one, isVector=True) for one in values]
    sitk.WriteImage(sitk.JoinSeries(colours), str(path))
    image = open_image(path)
    assert image.info.extent == (2, 3, 50, 400, 20)
    voxels = region_of(image, image.info.whole.along("x", 4, 15))
    np.testing.assert_array_equal(voxels, np.moveaxis(values, -1, 1)[..., 4:15])


def test_a_file_that_was_cut_is_said_to_be(tmp_path: Path) -> None:
    path = by_simpleitk(".mha")(tmp_path)
    image = open_image(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 2000)
    with pytest.raises(NodeError, match=r"volume\.mha is damaged: \d+ of 2867200 bytes of voxels are there"):
        region_of(image, WHOLE.along("x", 0, 32))
