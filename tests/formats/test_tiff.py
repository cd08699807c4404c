"""TIFF and LSM files, built here byte by byte, that SimpleITK reads wrong or not at all as they are."""

import struct
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK

from nodes.formats import format_name, open_image
from nodes.formats.isolated import decode
from nodes.formats.tiff import tiff_of
from tests.formats import mutations, refusal, survives, whole

Array = npt.NDArray[Any]
METRES = (2e-7, 3e-7, 1e-6)


def zeiss(z: int, channels: int, times: int, y: int, x: int, length: int, size: tuple[float, ...]) -> bytes:
    """What a microscope's first page says of all: numbers of voxels, their size, places of further lists."""
    info = bytearray(length)
    struct.pack_into("<Ii5i", info, 0, 0x0400494C, length, x, y, z, channels, times)
    struct.pack_into("<3d", info, 40, *size)
    struct.pack_into("<I", info, 100, 1234)
    return bytes(info)


def tiff(
    pages: Array,
    *,
    order: Literal["<", ">"] = "<",
    big: bool = False,
    small: bool = False,
    separate: bool = True,
    info: bytes = b"",
) -> bytes:
    """Pages, planes, y, x of unsigned integers; one strip a plane. ``small``: a small copy follows each page."""
    word = "Q" if big else "I"
    data = bytearray(b"II" if order == "<" else b"MM")
    data += struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, 0) if big else (42, 0)))
    link = len(data) - struct.calcsize(word)
    described = len(data)
    data += info

    def add(page: Array, subfile: int, described_too: bool) -> None:
        nonlocal link
        stored = page.astype(page.dtype.newbyteorder(order))
        strips = [plane.tobytes() for plane in stored] if separate else [np.moveaxis(stored, 0, -1).tobytes()]
        places = []
        for strip in strips:
            places.append(len(data))
            data.extend(strip)
        count, y, x = page.shape
        lists = [
            (254, "I", [subfile]),
            (256, "I", [x]),
            (257, "I", [y]),
            (258, "H", [8 * page.itemsize] * count),
            (259, "H", [1]),
            (262, "H", [2 if count > 2 else 1]),
            (273, "I", places),
            (277, "H", [count]),
            (278, "I", [y]),
            (279, "I", [len(strip) for strip in strips]),
            (284, "H", [2 if separate and count > 1 else 1]),
        ]
        entries = []
        for tag, form, values in lists:
            content = struct.pack(f"{order}{len(values)}{form}", *values)
            if len(content) > struct.calcsize(word):
                content, place = struct.pack(order + word, len(data)), content
                data.extend(place)
            head = struct.pack(f"{order}HH{word}", tag, {"H": 3, "I": 4}[form], len(values))
            entries.append(head + content.ljust(struct.calcsize(word), b"\0"))
        if described_too:
            entries.append(struct.pack(f"{order}HH{word}{word}", 34412, 1, len(info), described))
        data.extend(bytes(len(data) % 2))
        struct.pack_into(order + word, data, link, len(data))
        data.extend(struct.pack(order + ("Q" if big else "H"), len(entries)) + b"".join(entries))
        link = len(data)
        data.extend(bytes(struct.calcsize(word)))

    for number, page in enumerate(pages):
        add(page, 0, bool(info) and number == 0)
        if small:
            add(page[:, ::2, ::2], 1, False)
    return bytes(data)


def random(shape: tuple[int, ...], dtype: str = "u2") -> Array:
    return np.random.default_rng(1).integers(0, 250 if dtype == "u1" else 60_000, shape).astype(dtype)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [True, False])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_small_copies_between_the_pages_are_left_out(
    tmp_path: Path, order: Literal["<", ">"], big: bool, dtype: str
) -> None:
    pages = random((4, 1, 20, 30), dtype)
    path = tmp_path / "x.tif"
    path.write_bytes(tiff(pages, order=order, big=big, small=True))
    image = open_image(path)
    assert np.array_equal(whole(image)[0, 0], pages[:, 0])
    assert image.info.dtype == pages.dtype
    assert image.summary == "TIFF, 4 pages"
    assert [path.name for path in tmp_path.iterdir()] == ["x.tif"]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [True, False])
@pytest.mark.parametrize("planes", [2, 3, 5])
@pytest.mark.parametrize("count", [1, 3])
def test_colours_in_planes_keep_all_their_bits(
    tmp_path: Path, order: Literal["<", ">"], big: bool, planes: int, count: int
) -> None:
    pages = random((count, planes, 20, 30))
    path = tmp_path / "x.tif"
    path.write_bytes(tiff(pages, order=order, big=big))
    image = open_image(path)
    assert np.array_equal(whole(image)[0], pages.transpose(1, 0, 2, 3))
    assert image.info.dtype == np.uint16
    assert image.info.spacing == (1, 1, 1)


def test_a_plain_file_is_read_where_it_is(tmp_path: Path) -> None:
    pages = random((3, 3, 20, 30))
    path = tmp_path / "x.tif"
    path.write_bytes(tiff(pages, separate=False))
    assert tiff_of(path).plain
    assert np.array_equal(whole(open_image(path))[0], pages.transpose(1, 0, 2, 3))
    path.write_bytes(tiff(pages, separate=False, small=True))
    assert not tiff_of(path).plain
    assert np.array_equal(whole(open_image(path))[0], pages.transpose(1, 0, 2, 3))


def test_bits_that_would_be_lost_are_an_error(tmp_path: Path) -> None:
    data = bytearray(tiff(random((1, 1, 16, 16))))
    for strip, tile in ((273, 324), (278, 323), (279, 325), (284, 322)):
        place = data.index(struct.pack("<H", strip) + b"\x04\0\x01" if strip != 284 else struct.pack("<HH", 284, 3))
        struct.pack_into("<H", data, place, tile)
        if tile == 322:
            struct.pack_into("<H", data, place + 8, 16)
    (tmp_path / "x.tif").write_bytes(data)
    assert decode(tmp_path / "x.tif", "TIFFImageIO").voxels.dtype == np.uint8
    assert refusal(tmp_path / "x.tif") == "x.tif has 16 bits a sample, of which only 8 could be read; convert it"


@pytest.mark.parametrize("length", [500, 512, 540])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_a_stack_of_a_microscope_has_its_channels_and_its_size(tmp_path: Path, length: int, channels: int) -> None:
    pages = random((4, channels, 20, 30))
    path = tmp_path / "x.lsm"
    path.write_bytes(tiff(pages, small=True, info=zeiss(4, channels, 1, 20, 30, length, METRES)))
    image = open_image(path)
    assert format_name(path) == "LSM"
    assert np.array_equal(whole(image)[0], pages.transpose(1, 0, 2, 3))
    assert np.allclose(image.info.spacing, (2e-4, 3e-4, 1e-3), rtol=1e-9)
    assert image.warnings == ()


def test_the_time_points_of_a_microscope_are_told_from_its_slices(tmp_path: Path) -> None:
    pages = random((6, 2, 20, 30), "u1")
    path = tmp_path / "x.lsm"
    path.write_bytes(tiff(pages, small=True, info=zeiss(2, 2, 3, 20, 30, 512, METRES)))
    image = open_image(path)
    assert np.array_equal(whole(image), pages.reshape(3, 2, 2, 20, 30).transpose(0, 2, 1, 3, 4))
    path.write_bytes(tiff(pages, small=True, info=zeiss(5, 2, 3, 20, 30, 512, METRES)))
    assert open_image(path).info.extent == (1, 2, 6, 20, 30)


def test_one_picture_of_a_microscope_has_a_size_in_the_plane(tmp_path: Path) -> None:
    pages = random((1, 1, 20, 30))
    (tmp_path / "x.lsm").write_bytes(tiff(pages, small=True, info=zeiss(1, 1, 1, 20, 30, 512, (2e-7, 3e-7, 0))))
    image = open_image(tmp_path / "x.lsm")
    assert np.array_equal(whole(image)[0, 0], pages[:, 0])
    assert np.allclose(image.info.spacing[:2], (2e-4, 3e-4), rtol=1e-9)


def test_an_lsm_file_of_simpleitk_has_its_millimetres(tmp_path: Path) -> None:
    picture = SimpleITK.GetImageFromArray(random((3, 20, 30), "u1"))
    picture.SetSpacing((0.5, 0.25, 0.75))
    SimpleITK.WriteImage(picture, str(tmp_path / "x.lsm"))
    assert open_image(tmp_path / "x.lsm").info.spacing == (0.5, 0.25, 0.75)


def test_a_file_without_pages_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"II*\0" + bytes(8))
    assert refusal(tmp_path / "x.tif") == "x.tif has no pages"
    mixed = tiff(random((1, 3, 20, 30)))
    (tmp_path / "x.tif").write_bytes(mixed)
    data = bytearray(mixed)
    entry = data.index(struct.pack("<HHI", 273, 4, 3))
    struct.pack_into("<I", data, entry + 4, 2)
    (tmp_path / "x.tif").write_bytes(data)
    assert refusal(tmp_path / "x.tif") == "x.tif is damaged: 2 strips for 3 planes"


@pytest.mark.parametrize("planes", [1, 3])
def test_damaged_files_end_in_success_or_one_sentence(tmp_path: Path, planes: int) -> None:
    content = tiff(random((3, planes, 8, 9)), small=True, info=zeiss(3, planes, 1, 8, 9, 512, METRES))
    survived = 0
    for data in mutations(content, 100, seed=3, head=len(content)):
        (tmp_path / "x.lsm").write_bytes(data)
        survived += survives(tmp_path / "x.lsm")
    assert 0 < survived < 100
