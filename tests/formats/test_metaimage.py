"""MetaImage: as SimpleITK reads its own files, and nothing followed that leads elsewhere."""

import itertools
import os
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from nodeeditor import VOXEL_TYPES, Image, NodeError
from nodes.formats import open_image
from nodes.formats.metaimage import is_metaimage, open_metaimage
from tests.formats import mutations, refusal, regions, survives, whole

HEADER = {
    "ObjectType": "Image",
    "NDims": "3",
    "DimSize": "4 3 2",
    "ElementType": "MET_SHORT",
    "ElementDataFile": "LOCAL",
}
VOXELS = np.arange(24, dtype="<i2").reshape(2, 3, 4)


def header(**changes: str | None) -> bytes:
    keys: dict[str, str | None] = {**HEADER, **changes}
    last = keys.pop("ElementDataFile")
    keys["ElementDataFile"] = last
    return "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None).encode()


def written(path: Path, data: bytes = VOXELS.tobytes(), **changes: str | None) -> Path:
    path.write_bytes(header(**changes) + data)
    return path


def by_simpleitk(path: Path) -> Image:
    return Image.from_sitk(SimpleITK.ReadImage(str(path)))


def agrees(path: Path) -> None:
    ours, theirs = open_image(path), by_simpleitk(path)
    assert np.array_equal(whole(ours), theirs.voxels)
    assert ours.info.dtype == theirs.info.dtype
    assert np.allclose(ours.info.index_to_world, theirs.info.index_to_world)
    assert ours.info.time_step == theirs.info.time_step


@pytest.mark.parametrize(
    ("shape", "vector"),
    [((5, 6), False), ((4, 5, 6), False), ((4, 5, 6, 3), True), ((2, 4, 5, 6), False), ((2, 4, 5, 6, 2), True)],
)
@pytest.mark.parametrize("suffix", [".mha", ".mhd"])
@pytest.mark.parametrize("compressed", [True, False])
def test_files_of_simpleitk_are_read_as_it_reads_them(
    tmp_path: Path, shape: tuple[int, ...], vector: bool, suffix: str, compressed: bool
) -> None:
    rng = np.random.default_rng(len(shape))
    for dtype in VOXEL_TYPES:
        image: Any = SimpleITK.GetImageFromArray((rng.random(shape) * 99).astype(dtype), isVector=vector)
        count = image.GetDimension()
        direction = np.eye(count)
        inner = min(count, 3)
        direction[:inner, :inner], _ = np.linalg.qr(rng.normal(size=(inner, inner)))
        image.SetSpacing((1.5, 2.5, 3.5, 4.5)[:count])
        image.SetOrigin((10, -20, 30, 0)[:count])
        image.SetDirection(direction.ravel().tolist())
        path = tmp_path / f"{dtype}{suffix}"
        SimpleITK.WriteImage(image, str(path), compressed)
        agrees(path)
        assert (open_image(path).nbytes > 0) == compressed


def test_big_endian_voxels_and_synonyms_of_keys_are_understood(tmp_path: Path) -> None:
    agrees(
        written(
            tmp_path / "x.mha",
            VOXELS.astype(">i2").tobytes(),
            ElementByteOrderMSB="True",
            Position="1 2 3",
            Orientation="0 1 0 -1 0 0 0 0 1",
            ElementSpacing="1 2 4",
            CenterOfRotation="5 5 5",
        )
    )


@pytest.mark.parametrize("piece", [1, 1000, 1 << 22])
def test_a_region_is_a_crop_of_the_whole(tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodes.formats.memory._RUN", piece)
    voxels = np.random.default_rng(0).integers(0, 999, (2, 9, 50, 60, 3)).astype(np.int16)
    for compressed in (True, False):
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels, isVector=True), str(tmp_path / "x.mha"), compressed)
        read = open_image(tmp_path / "x.mha")
        for region in regions(read.info.extent, 40, seed=1):
            assert np.array_equal(read.read(region), np.moveaxis(voxels, -1, 1)[region.slices])


def test_a_data_file_with_a_header_of_its_own_is_read_from_there_or_from_its_end(tmp_path: Path) -> None:
    (tmp_path / "x ä.raw").write_bytes(b"headerXY" + VOXELS.tobytes())
    for skip in ("8", "-1"):
        path = written(tmp_path / "x.mhd", b"", HeaderSize=skip, ElementDataFile="x ä.raw")
        assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)


def test_a_list_of_files_gives_the_slices(tmp_path: Path) -> None:
    for z in range(2):
        (tmp_path / f"slice{z}.raw").write_bytes(VOXELS[z].tobytes())
    names = b"slice0.raw\nslice1.raw\n"
    for word in ("LIST", "LIST 2", "LIST 2D"):
        path = written(tmp_path / "x.mhd", names, ElementDataFile=word)
        assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    assert "lists 3 files or more where it needs 2" in refusal(
        written(tmp_path / "x.mhd", names * 1000, ElementDataFile="LIST")
    )
    assert "lists compressed files" in refusal(
        written(tmp_path / "x.mhd", names, ElementDataFile="LIST", CompressedData="True")
    )
    (tmp_path / "slice1.raw").write_bytes(b"short")
    path = written(tmp_path / "x.mhd", names, ElementDataFile="LIST")
    assert refusal(path) == "slice1.raw is damaged: 5 of 24 bytes of voxels are there"


def test_a_list_whose_files_change_after_opening_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodes.formats.memory.UNPACKED", 0)
    for z in range(2):
        (tmp_path / f"slice{z}.raw").write_bytes(VOXELS[z].tobytes())
    read = open_image(written(tmp_path / "x.mhd", b"slice0.raw\nslice1.raw\n", ElementDataFile="LIST"))
    (tmp_path / "slice1.raw").write_bytes(b"")
    with pytest.raises(NodeError, match=r"slice1\.raw is damaged: 0 of 24"):
        read.read(read.info.whole)
    (tmp_path / "slice1.raw").unlink()
    with pytest.raises(NodeError, match=r"slice1\.raw could not be read"):
        read.read(read.info.whole)


@pytest.mark.parametrize(
    "name",
    ["%s%n", "../x.raw", "/etc/passwd", "sub/x.raw", "..", ".", "\\\\host\\x", "c:x.raw", "slice%03d.raw 1 2 1", ""],
)
def test_a_data_file_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    text = refusal(written(tmp_path / "x.mhd", ElementDataFile=name))
    assert "only a plain name in its folder is read" in text


@pytest.mark.skipif(os.name != "posix", reason="named pipes are a thing of Unix")
def test_a_data_file_that_is_a_pipe_a_device_a_folder_itself_or_missing_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.raw")
    (tmp_path / "folder.raw").mkdir()
    (tmp_path / "zero.raw").symlink_to("/dev/zero")
    for name, words in (
        ("pipe.raw", "which is not a regular file"),
        ("folder.raw", "which is not a regular file"),
        ("zero.raw", "which is not a regular file"),
        ("missing.raw", "which does not exist"),
        ("x.mhd", "names itself as its data file"),
    ):
        assert words in refusal(written(tmp_path / "x.mhd", ElementDataFile=name))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"NDims": "-1"}, "has -1 dimensions; 1 to 5 are supported"),
        ({"NDims": "0"}, "has 0 dimensions"),
        ({"NDims": "100"}, "has 100 dimensions"),
        ({"NDims": "1000000"}, "has 1000000 dimensions"),
        ({"NDims": "3.5"}, "should be whole numbers"),
        ({"NDims": "1e400"}, "should be whole numbers"),
        ({"NDims": "nan"}, "should be whole numbers"),
        ({"NDims": "1_0"}, "is no list of numbers"),
        ({"NDims": "", "Comment": "x"}, "should be 1 numbers"),
        ({"DimSize": "4 3"}, "should be 3 numbers"),
        ({"DimSize": "4 0 2"}, "is damaged: its size is 4x0x2"),
        ({"DimSize": "4 -3 2"}, "is damaged: its size is 4x-3x2"),
        ({"DimSize": "4294967296 4294967296 16"}, "bytes of voxels are there"),
        ({"DimSize": "1000000 1000000 1000000"}, "bytes of voxels are there"),
        ({"NDims": "5", "DimSize": "2 2 2 1 3"}, "has 5 dimensions (2x2x2x1x3); 4 are supported"),
        ({"ElementNumberOfChannels": "0"}, "is damaged: its size is 4x3x2, 0 channels"),
        ({"ElementType": "MET_STRING"}, "holds voxels of type 'MET_STRING'; that is not supported"),
        ({"BinaryData": "False"}, "holds its voxels as text"),
        ({"ElementSpacing": "1 0 1"}, "no usable geometry"),
        ({"ElementSpacing": "1 -1 1"}, "no usable geometry"),
        ({"ElementSpacing": "1 nan 1"}, "no usable geometry"),
        ({"ElementSpacing": "1 1e-30 1"}, "no usable geometry"),
        ({"Offset": "1 inf 1"}, "no usable geometry"),
        ({"ElementSpacing": "1e200 1 1", "TransformMatrix": "1e200 0 0 0 1 0 0 0 1"}, "no usable geometry"),
        ({"ElementSpacing": "1 1 1", "TransformMatrix": "inf 0 0 0 1 0 0 0 1"}, "no usable geometry"),
        ({"TransformMatrix": "1 0 0 1 0 0 0 0 1"}, "two of its axes are parallel"),
        ({"TransformMatrix": "1 0 0"}, "should be 9 numbers"),
        ({"ElementDataFile": None}, "its header has no ElementDataFile"),
    ],
)
def test_nonsense_in_the_header_is_refused_in_words(tmp_path: Path, changes: dict[str, str | None], words: str) -> None:
    text = refusal(written(tmp_path / "x.mha", VOXELS.tobytes(), **changes))
    assert words in text
    assert text.startswith("x.mha ")


def test_a_sheared_matrix_is_corrected_with_a_warning(tmp_path: Path) -> None:
    read = open_image(written(tmp_path / "x.mha", TransformMatrix="1 0 0 0.1 1 0 0 0 1"))
    assert len(read.warnings) == 1
    assert "sheared by 5.7 degrees" in read.warnings[0]


def test_compressed_data_are_limited_and_checked(tmp_path: Path) -> None:
    packed = zlib.compress(VOXELS.tobytes())
    path = written(tmp_path / "x.mha", packed, CompressedData="True", CompressedDataSize=str(len(packed)))
    assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    with pytest.raises(NodeError, match=r"x\.mha needs 48 bytes \(4x3x2 int16\); limit 10 bytes"):
        open_metaimage(path, limit=10)
    broken = bytearray(path.read_bytes())
    broken[-1] ^= 1
    path.write_bytes(broken)
    assert refusal(path) == "x.mha is damaged: its check sum is wrong or missing"
    path = written(tmp_path / "x.mha", zlib.compress(VOXELS.tobytes()[:40]), CompressedData="True")
    assert refusal(path) == "x.mha is damaged: 40 of 48 bytes of voxels are there"


def test_a_modality_and_five_dimensions_of_one_are_taken_over(tmp_path: Path) -> None:
    read = open_image(written(tmp_path / "x.mha", Modality="MET_MOD_CT", NDims="5", DimSize="4 3 2 1 1"))
    assert (read.info.modality, read.info.extent) == ("CT", (1, 1, 2, 3, 4))
    assert open_image(written(tmp_path / "x.mha", Modality="MET_MOD_OTHER")).info.modality == ""


def test_a_text_about_dimensions_is_no_metaimage() -> None:
    assert not is_metaimage(b"The NDims of an image")
    assert is_metaimage(header())


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "x.mha"
    voxels = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(path), compressed)
    data = path.read_bytes()
    for length in sorted({*range(0, len(data), 7), *range(len(data) - 9, len(data))}):
        path.write_bytes(data[:length])
        assert not survives(path), length


@pytest.mark.parametrize(("suffix", "compressed"), list(itertools.product((".mha", ".mhd"), (True, False))))
def test_damaged_files_end_in_success_or_one_sentence(tmp_path: Path, suffix: str, compressed: bool) -> None:
    path = tmp_path / f"x{suffix}"
    voxels = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(path), compressed)
    survived = 0
    for data in mutations(path.read_bytes(), 150, seed=5, head=400):
        path.write_bytes(data)
        survived += survives(path)
    assert survived < 150


def test_a_slice_across_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    voxels = np.arange(200 * 200 * 200, dtype=np.int16).reshape(200, 200, 200)
    read = open_image(written(tmp_path / "x.mha", voxels.tobytes(), DimSize="200 200 200"))
    across = read.info.whole.along("x", 77)
    tracemalloc.start()
    try:
        found = read.read(across)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.array_equal(found[0, 0], voxels[:, :, 77:78])
    assert peak < 6 << 20
