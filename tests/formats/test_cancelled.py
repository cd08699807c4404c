"""Reading asks often whether it is still wanted: at least once for each piece that takes some milliseconds."""

from __future__ import annotations

import bz2
import gzip
import itertools
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from pydicom.uid import RLELossless

from nodeeditor import Cancelled, ImageInfo, Region, Voxels
from nodeeditor.cancelling import unless
from nodes.formats import isolated, open_image
from nodes.formats.columns import region_of
from nodes.formats.imagefile import ImageFile
from nodes.formats.isolated import decode
from nodes.formats.write import write_image
from tests.formats import InHand, sample
from tests.formats.test_dicom_builder import dataset, placed, save

VOLUME: npt.NDArray[np.int16] = np.random.default_rng(8).integers(0, 2000, (80, 256, 100), np.int16)
MEBIBYTES = VOLUME.nbytes >> 20


class Asked:
    """Counts the questions whether work is cancelled, and says yes at one of them and all behind it."""

    def __init__(self, last: float) -> None:
        self.count = 0
        self._numbers = itertools.count(1)
        self._last = last

    def __call__(self) -> bool:
        self.count = number = next(self._numbers)  # several threads may ask at once
        return number >= self._last


def questions(work: Callable[[], object]) -> int:
    """How often work asks; it also has to end at any of these questions, without asking again."""
    asked = Asked(math.inf)
    with unless(asked):
        work()
    for last in {1, max(1, asked.count // 2), asked.count}:
        ended = Asked(last)
        with unless(ended), pytest.raises(Cancelled):
            work()
        assert ended.count == last
    return asked.count


def read(path: Path) -> Callable[[], Voxels]:
    def opened() -> Voxels:
        image = open_image(path)
        return image.read(image.info.whole)

    return opened


def nrrd(path: Path, encoding: str, data: bytes) -> Path:
    header = f"NRRD0004\ntype: int16\ndimension: 3\nsizes: 100 256 80\nendian: little\nencoding: {encoding}\n\n"
    path.write_bytes(header.encode() + data)
    return path


def test_unpacking_asks_four_times_a_mebibyte(tmp_path: Path) -> None:
    path = nrrd(tmp_path / "a.nrrd", "gzip", gzip.compress(VOLUME.tobytes(), 1))
    assert questions(read(path)) > 4 * MEBIBYTES


def test_unpacking_bzip2_asks_once_a_mebibyte(tmp_path: Path) -> None:
    path = nrrd(tmp_path / "a.nrrd", "bzip2", bz2.compress(VOLUME.tobytes(), 1))
    assert questions(read(path)) >= MEBIBYTES


def test_looking_for_the_range_asks_once_a_mebibyte(tmp_path: Path) -> None:
    path = nrrd(tmp_path / "a.nrrd", "raw", VOLUME.tobytes())
    assert questions(lambda: open_image(path)) >= MEBIBYTES


def test_reading_rows_here_and_there_asks_at_each_place(tmp_path: Path) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(np.resize(VOLUME, (20, 1000, 100))), str(tmp_path / "a.mha"))
    image = open_image(tmp_path / "a.mha")
    assert questions(lambda: image.read(Region((0, 0, 0, 7, 0), (1, 1, 20, 8, 100)))) == 20


class Counted(ImageFile):
    """An image of zeros that counts how often it is read."""

    info = ImageInfo((1, 1, 2048, 512, 32), np.dtype(np.uint8), (0, 0))

    def __init__(self) -> None:
        self.reads: list[Region] = []

    def read(self, region: Region) -> Voxels:
        self.reads.append(region)
        return np.zeros(region.shape, np.uint8)


def test_a_block_of_columns_reads_nothing_more_once_nobody_wants_it() -> None:
    image = Counted()
    region_of(image, image.info.whole)
    assert len(image.reads) == 128
    image.reads.clear()
    with unless(Asked(7)), pytest.raises(Cancelled):
        region_of(image, image.info.whole)
    assert len(image.reads) <= 6


def test_a_list_of_files_asks_at_each_of_them(tmp_path: Path) -> None:
    for z, pixels in enumerate(VOLUME):
        (tmp_path / f"{z}.raw").write_bytes(pixels.tobytes())
    names = "\n".join(f"{z}.raw" for z in range(80))
    header = "NDims = 3\nDimSize = 100 256 80\nElementType = MET_SHORT\nElementDataFile = LIST\n"
    (tmp_path / "a.mhd").write_text(f"ObjectType = Image\n{header}{names}\n")
    assert questions(read(tmp_path / "a.mhd")) >= 80


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("series")
    for z, pixels in enumerate(VOLUME[:40]):
        save(dataset(pixels, **placed(float(z), z + 1)), made / f"{z}.dcm")
    return made


def test_a_dicom_folder_asks_at_each_file_that_is_looked_at(folder: Path) -> None:
    assert questions(lambda: open_image(folder)) >= 3 * 40  # its header, its place, its values


def test_a_dicom_folder_asks_at_each_slice_that_is_read(folder: Path) -> None:
    image = open_image(folder)
    assert questions(lambda: image.read(image.info.whole)) == 40


def test_a_folder_without_images_asks_at_each_file(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("Dear all")
    (tmp_path / "z.dcm").write_bytes(save(dataset(VOLUME[0]), tmp_path / "z.dcm").read_bytes())
    assert questions(lambda: open_image(tmp_path)) > 30


def test_frames_in_run_lengths_ask_one_by_one(tmp_path: Path) -> None:
    made = dataset(VOLUME[:20])
    made.compress(RLELossless)
    path = save(made, tmp_path / "a.dcm")
    assert questions(read(path)) >= 20


@pytest.mark.skipif(os.name != "posix", reason="named pipes are a thing of Unix")
def test_a_reader_that_hangs_is_ended_when_nobody_wants_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.raw")
    text = "ObjectType = Image\nNDims = 2\nDimSize = 4 4\nElementType = MET_SHORT\nElementDataFile = pipe.raw\n"
    (tmp_path / "slow.mhd").write_text(text)
    sitk.WriteImage(sitk.GetImageFromArray(VOLUME), str(tmp_path / "good.mha"))
    with unless(lambda: True), pytest.raises(Cancelled):
        decode(tmp_path / "good.mha", "MetaImageIO")
    np.testing.assert_array_equal(decode(tmp_path / "good.mha", "MetaImageIO").voxels, VOLUME)
    hanging = isolated._child._process
    with unless(lambda: True), pytest.raises(Cancelled):
        decode(tmp_path / "slow.mhd", "MetaImageIO")
    assert hanging is not None
    assert hanging.poll() is not None
    np.testing.assert_array_equal(decode(tmp_path / "good.mha", "MetaImageIO").voxels, VOLUME)


def test_a_reader_that_is_starting_is_kept_for_the_next_one(tmp_path: Path) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(VOLUME), str(tmp_path / "good.mha"))
    isolated._child.close()
    with unless(lambda: True), pytest.raises(Cancelled):
        decode(tmp_path / "good.mha", "MetaImageIO")
    starting = isolated._child._process
    np.testing.assert_array_equal(decode(tmp_path / "good.mha", "MetaImageIO").voxels, VOLUME)
    assert isolated._child._process is starting


def test_a_series_that_is_written_asks_at_each_slice_and_leaves_nothing(tmp_path: Path) -> None:
    image = sample((1, 1, 30, 8, 9))
    asked = Asked(21)
    with unless(asked), pytest.raises(Cancelled):
        write_image(InHand(image), tmp_path / "series")
    assert asked.count == 21
    assert list(tmp_path.iterdir()) == []
