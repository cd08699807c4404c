"""Pictures and rarer formats by SimpleITK in a child process, and truncation that it does not see."""

import gzip
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from nodeeditor import Image, NodeError
from nodes.formats import open_image, stamp
from nodes.formats.isolated import Decoded
from nodes.formats.itk import FORMATS, image_of, recognised
from nodes.formats.tiff import tiff_of
from tests.formats import mutations, refusal, survives, whole


def written(path: Path, shape: tuple[int, ...], dtype: str = "uint8", vector: bool = False, **how: Any) -> Path:
    low, high = (0, 255) if dtype != "int16" else (-1000, 1000)
    voxels = np.random.default_rng(0).integers(low, high, shape).astype(dtype)
    image: Any = SimpleITK.GetImageFromArray(voxels, isVector=vector)
    image.SetSpacing((0.5, 0.25, 2.0)[: image.GetDimension()])
    SimpleITK.WriteImage(image, str(path), **how)
    return path


def agrees(path: Path) -> None:
    ours, theirs = open_image(path), Image.from_sitk(SimpleITK.ReadImage(str(path)))
    assert np.array_equal(whole(ours), theirs.voxels)
    assert ours.info == theirs.info
    assert ours.nbytes == theirs.voxels.nbytes


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "vector"),
    [
        ("x.png", (20, 30), "uint8", False),
        ("x.png", (20, 30), "uint16", False),
        ("x.png", (20, 30, 3), "uint8", True),
        ("x.png", (20, 30, 4), "uint8", True),
        ("x.jpg", (20, 30), "uint8", False),
        ("x.jpg", (20, 30, 3), "uint8", True),
        ("x.bmp", (20, 30), "uint8", False),
        ("x.bmp", (20, 30, 3), "uint8", True),
        ("x.tif", (20, 30), "uint16", False),
        ("x.tif", (5, 20, 30), "int16", False),
        ("x.tif", (5, 20, 30), "float32", False),
        ("x.tif", (20, 30, 3), "uint8", True),
        ("x.tif", (5, 20, 30, 3), "uint8", True),
        ("x.vtk", (5, 20, 30), "int16", False),
        ("x.gipl", (5, 20, 30), "int16", False),
        ("x.mrc", (5, 20, 30), "int16", False),
        ("x.h5", (5, 20, 30), "int16", False),
        ("x.gipl.gz", (5, 20, 30), "int16", False),
        ("x.pic", (5, 20, 30), "uint8", False),
        ("x.spr", (5, 20, 30), "int16", False),
        ("x.lsm", (5, 20, 30), "uint8", False),
        ("x.lsm", (5, 20, 30, 3), "uint8", True),
    ],
)
def test_every_format_is_read_as_simpleitk_reads_it(
    tmp_path: Path, name: str, shape: tuple[int, ...], dtype: str, vector: bool
) -> None:
    agrees(written(tmp_path / name, shape, dtype, vector))


@pytest.mark.parametrize(
    "name",
    ["x.tif", "x.png", "x.jpg", "x.bmp", "x.vtk", "x.gipl", "x.gipl.gz", "x.mrc", "x.h5", "x.lsm", "x.pic"],
)
def test_a_file_cut_in_two_is_refused(tmp_path: Path, name: str) -> None:
    shape = (20, 30) if name in ("x.png", "x.jpg", "x.bmp") else (5, 20, 30)
    data = written(
        tmp_path / name, shape, "int16" if len(shape) > 2 and name not in ("x.lsm", "x.pic") else "uint8"
    ).read_bytes()
    for length in (len(data) // 3, len(data) // 2, len(data) - 20, len(data) - 1):
        if name == "x.png" and length > len(data) - 12:
            continue  # nothing but the end mark is missing
        (tmp_path / name).write_bytes(data[:length])
        assert name in refusal(tmp_path / name)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("shape", [(6, 20, 30), (40, 50)])
def test_a_tiff_file_cut_anywhere_is_refused(tmp_path: Path, shape: tuple[int, ...], compressed: bool) -> None:
    path = written(tmp_path / "x.tif", shape, useCompression=compressed)
    data = path.read_bytes()
    assert len(tiff_of(path).images) == (6 if len(shape) == 3 else 1)
    for length in range(8, len(data), 37):
        path.write_bytes(data[:length])
        with pytest.raises(NodeError, match=r"x\.tif is damaged"):
            tiff_of(path)


def tiff(
    pages: list[list[tuple[int, int, int, int]]], order: str = "<", big: bool = False, loop: bool = False
) -> bytes:
    """Directories of entries: tag, type, count, value."""
    word, size = ("Q", 20) if big else ("I", 12)
    data = b"II" if order == "<" else b"MM"
    data += struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HI", 42, 8)
    for number, entries in enumerate(pages):
        data += struct.pack(order + ("Q" if big else "H"), len(entries))
        for tag, kind, count, value in entries:
            form = {1: "B", 3: "H", 4: "I", 16: "Q"}[kind]
            data += struct.pack(f"{order}HH{word}", tag, kind, count)
            data += struct.pack(order + form, value).ljust(size - 4 - struct.calcsize(word), b"\0")
        following = len(data) + struct.calcsize(word) if number + 1 < len(pages) else 0
        data += struct.pack(order + word, 8 if loop else following)
    return data


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [True, False])
def test_the_pages_of_a_tiff_file_are_counted_without_its_thumbnails(tmp_path: Path, order: str, big: bool) -> None:
    strip = [(273, 4, 1, 8), (279, 3, 1, 4)]
    path = tmp_path / "x.tif"
    path.write_bytes(tiff([[(254, 4, 1, 0), *strip], [(254, 4, 1, 1), *strip], [(254, 3, 1, 2), *strip]], order, big))
    assert len(tiff_of(path).images) == 2
    path.write_bytes(tiff([[(324, 4, 1, 8), (325, 4, 1, 4000)]], order, big))
    with pytest.raises(NodeError, match=r"page 1 ends [0-9]+ bytes behind the end"):
        tiff_of(path)


def test_a_tiff_file_whose_pages_go_round_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(tiff([[(254, 4, 1, 0)]], loop=True))
    assert refusal(tmp_path / "x.tif") == "x.tif is damaged: its list of pages does not end"


def test_fewer_pages_than_there_are_is_an_error() -> None:
    decoded = Decoded(np.zeros((2, 3, 4), np.uint8), 1, (1.0,) * 3, (0.0,) * 3, tuple(np.eye(3).ravel().tolist()))
    with pytest.raises(NodeError, match=r"x\.tif is damaged: 2 of 3 pages could be read"):
        image_of(decoded, Path("x.tif"), "TIFF", 3)
    assert image_of(decoded, Path("x.tif"), "TIFF", 2).summary == "TIFF, 2 pages"


def test_what_is_no_image_of_ours_is_named() -> None:
    flat = tuple(np.eye(5).ravel().tolist())
    decoded = Decoded(np.zeros((1, 1, 2, 3, 4), np.uint8), 1, (1.0,) * 5, (0.0,) * 5, flat)
    with pytest.raises(NodeError, match="holds 5 dimensions of uint8; that is not supported"):
        image_of(decoded, Path("x.h5"), "HDF5")


def test_text_that_begins_like_a_bitmap_is_none() -> None:
    assert recognised(b"BMI of all patients, in kg per square metre", ".txt") is None


@pytest.mark.parametrize("suffix", sorted({suffix for kind in FORMATS for suffix in kind.suffixes}))
def test_a_suffix_alone_makes_no_image(tmp_path: Path, suffix: str) -> None:
    for content in (b"hello there " * 1000, bytes(range(256)) * 50, bytes(9000)):
        (tmp_path / f"x{suffix}").write_bytes(content)
        assert refusal(tmp_path / f"x{suffix}").startswith(f"x{suffix} is not an image I know (begins with ")


def test_a_packed_file_is_refused_unless_its_format_is_told_so(tmp_path: Path) -> None:
    packed = gzip.compress(written(tmp_path / "x.png", (20, 30)).read_bytes(), mtime=0)
    (tmp_path / "x.png.gz").write_bytes(packed)
    assert refusal(tmp_path / "x.png.gz") == "x.png.gz is PNG compressed with gzip; unpack it first"


def test_the_voxels_of_a_stimulate_header_lie_in_a_file_beside_it(tmp_path: Path) -> None:
    header = written(tmp_path / "x.spr", (5, 20, 30), "int16")
    first, data = stamp(header), tmp_path / "x.sdt"
    os.utime(data, ns=(0, 10**18))
    assert stamp(header) != first
    data.write_bytes(data.read_bytes()[:-2])
    assert refusal(header).startswith("x.spr could not be read: ")
    text = header.read_text("latin-1")
    for place in ("/etc/x.sdt", "../x.sdt"):
        header.write_text(text.replace(str(data), place), "latin-1")
        assert refusal(header) == "x.spr names voxels that are not in its folder; correct its line stimFileName"
    header.write_text(text.replace("dim: 30 20 5", "dim: 0 20 5"), "latin-1")
    assert refusal(header) == "x.spr is damaged: it says that it has no voxels"


def test_an_mrc_file_is_known_by_its_mark_or_by_its_suffix_and_sizes(tmp_path: Path) -> None:
    marked = written(tmp_path / "x.mrc", (5, 20, 30), "int16")
    data = bytearray(marked.read_bytes())
    (tmp_path / "x").write_bytes(data)
    agrees(marked)
    assert whole(open_image(tmp_path / "x")).shape == (1, 1, 5, 20, 30)
    data[208:212] = bytes(4)
    (tmp_path / "old.st").write_bytes(data)
    assert np.array_equal(whole(open_image(tmp_path / "old.st")), whole(open_image(marked)))
    (tmp_path / "x").write_bytes(data)
    assert refusal(tmp_path / "x").startswith("x is not an image I know")


@pytest.mark.parametrize("name", ["x.tif", "x.jpg"])
def test_damaged_files_end_in_success_or_one_sentence(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, (20, 30))
    survived = 0
    for data in mutations(path.read_bytes(), 60, seed=5, head=10_000):
        path.write_bytes(data)
        survived += survives(path)
    assert survived < 60
