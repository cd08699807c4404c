"""General Electric slices, built here byte by byte: values, geometry, series from a folder, damage in words."""

import math
import os
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK

from nodes.formats import format_name, open_image, stamp
from tests.formats import mutations, refusal, survives, whole

Voxels = npt.NDArray[np.int16]
RIGHT, DOWN = np.array([0.6, 0.8, 0.0]), np.array([0.0, 0.0, -1.0])
"""Directions of rows and columns in RAS."""


def picture(x: int, y: int, seed: int = 0) -> Voxels:
    return np.random.default_rng(seed).integers(-2000, 2000, (y, x)).astype(np.int16)


def placed(data: bytearray, place: int, form: str, *values: object) -> None:
    struct.pack_into(">" + form, data, place, *values)


def image_header(shift: int, voxels: Voxels, corner: npt.NDArray[np.float64], echo: int, number: int) -> bytearray:
    """The MR image header: ``shift`` is 0 for version 3; version 2 has most fields two or more bytes later."""
    y, x = voxels.shape
    header = bytearray(1044)
    late = 6 if shift else 0
    placed(header, 12, "h", number)
    placed(header, 26 + shift, "f", 4.0)
    placed(header, 30 + shift, "hh", x, y)
    placed(header, 34 + shift, "ff", x * 0.5, y * 0.75)
    placed(header, 50 + shift, "ff", 0.5, 0.75)
    placed(header, 114 + shift, "h", 16)
    normal = np.cross(RIGHT, DOWN)
    across = corner + RIGHT * 0.5 * x
    placed(header, 126 + late, "f", float(corner @ normal))
    placed(header, 142 + (4 if shift else 0), "f", normal[0])
    placed(header, 146 + late, "ff", *normal[1:])
    placed(header, 154 + late, "9f", *corner, *across, *(across + DOWN * 0.75 * y))
    placed(header, 212 + late, "h", echo)
    return header


def ge5(
    voxels: Voxels, corner: tuple[float, float, float] = (10, 20, 30), version: int = 3, series: int = 7, echo: int = 1
) -> bytes:
    """A Genesis file with its pixel header: exam, series and image headers, then the voxels."""
    places = {3: ((2418, 1024), (3442, 1020), (4462, 1022)), 2: ((240, 1040), (1280, 1028), (2308, 1044))}[version]
    data = bytearray(7904)
    y, x = voxels.shape
    placed(data, 0, "4s5i", b"IMGF", len(data), x, y, 16, 1)
    placed(data, 52, "h", version)
    if version == 3:
        placed(data, 132, "6i", *(number for pair in places for number in pair))
    placed(data, places[0][0] + 8, "h34s", 42, b"Hospital")
    placed(data, places[0][0] + (305 if version == 3 else 309), "3s", b"MR")
    placed(data, places[1][0] + 8, "hhi", 42, series, 800_000_000)
    header = image_header(0 if version == 3 else 2, voxels, np.array(corner, float), echo, 1)
    data[places[2][0] : places[2][0] + places[2][1]] = header[: places[2][1]]
    return bytes(data) + voxels.astype(">i2").tobytes()


def bare_ge5(voxels: Voxels) -> bytes:
    """A Genesis file as it came from tape: suite, exam, series and image headers without the pixel header."""
    data = bytearray(114 + 1024 + 1020)
    placed(data, 7, "13s", b"SIGNA")
    placed(data, 114 + 8, "h", 42)
    placed(data, 114 + 305, "3s", b"MR")
    placed(data, 1138 + 10, "hi", 7, 800_000_000)
    header = image_header(0, voxels, np.array((10.0, 20.0, 30.0)), 1, 1)[:1022]
    return bytes(data + header) + voxels.astype(">i2").tobytes()


def data_general(value: float) -> bytes:
    """A Data General floating point number: sign, exponent of 16 plus 64, 24 bits of mantissa below 1."""
    exponent = 0 if value == 0 else math.floor(math.log(abs(value), 16)) + 1
    mantissa = round(abs(value) / 16.0**exponent * (1 << 24))
    return struct.pack(">I", (0x80000000 if value < 0 else 0) | (64 + exponent) << 24 | mantissa)


def ge4(voxels: Voxels, plane: bytes = b"AXIAL", number: int = 1, location: float = 0.0, series: int = 3) -> bytes:
    """A Signa 4.x file: blocks of 256 words; study at block 6, series at 8, image at 10, voxels from 28 on."""
    data = bytearray(28 * 512)
    y, x = voxels.shape
    placed(data, 4096 + 2 * 31, "3s", b"%3d" % series)
    placed(data, 4096 + 2 * 139, "16s", plane)
    placed(data, 4096 + 2 * 151, "4s", data_general(x * 0.9375))
    start = 5120
    placed(data, start + 2 * 44, "3s", b"%3d" % number)
    for word, value in ((73, location), (77, 5.0), (79, 1.5), (139, 0.9375), (146, 1.0)):
        placed(data, start + 2 * word, "4s", data_general(value))
    placed(data, start + 2 * 98, "hh", 1, 1)
    placed(data, start + 2 * 137, "hh", x, y)
    placed(data, start + 2 * 300, "3s", b"1  ")
    return bytes(data) + voxels.astype(">i2").tobytes()


def agrees(path: Path, image_io: str) -> None:
    """What SimpleITK reads, slices and all."""
    theirs = SimpleITK.ReadImage(str(path), imageIO=image_io)
    ours = open_image(path)
    assert np.array_equal(whole(ours)[0, 0], SimpleITK.GetArrayFromImage(theirs))
    assert np.allclose(ours.info.spacing, theirs.GetSpacing())
    assert np.allclose(ours.info.origin, theirs.GetOrigin())
    assert np.allclose(ours.info.direction, theirs.GetDirection(), atol=1e-6)


@pytest.mark.parametrize("version", [2, 3])
def test_a_genesis_slice_has_its_voxels_and_its_place(tmp_path: Path, version: int) -> None:
    voxels = picture(40, 50)
    (tmp_path / "I.001").write_bytes(ge5(voxels, (10, 20, 30), version))
    image = open_image(tmp_path / "I.001")
    assert np.array_equal(whole(image)[0, 0, 0], voxels)
    assert np.allclose(image.info.spacing, (0.5, 0.75, 4.0))
    assert np.allclose(image.info.origin, (-10, -20, 30))
    lps = np.array([-1.0, -1.0, 1.0])
    axes = np.reshape(image.info.direction, (3, 3)).T
    assert np.allclose(axes[:2], [RIGHT * lps, DOWN * lps], atol=1e-6)
    assert np.allclose(axes[2], np.cross(axes[0], axes[1]), atol=1e-6)
    assert image.warnings == ()
    agrees(tmp_path / "I.001", "GE5ImageIO")


def test_a_genesis_slice_without_its_pixel_header_is_read(tmp_path: Path) -> None:
    voxels = picture(40, 50)
    (tmp_path / "tape").write_bytes(bare_ge5(voxels))
    assert np.array_equal(whole(open_image(tmp_path / "tape"))[0, 0, 0], voxels)
    agrees(tmp_path / "tape", "GE5ImageIO")


def test_the_slices_of_a_genesis_series_come_from_its_folder(tmp_path: Path) -> None:
    normal = np.cross(RIGHT, DOWN)
    slices = [picture(40, 50, seed) for seed in range(4)]
    for number, voxels in enumerate(slices):
        x, y, z = np.array([10, 20, 30]) + 3.0 * number * normal
        (tmp_path / f"I.{9 - number:03}").write_bytes(ge5(voxels, (x, y, z)))
    (tmp_path / "other.001").write_bytes(ge5(picture(40, 50, 9), series=8))
    (tmp_path / "echo.001").write_bytes(ge5(picture(40, 50, 10), echo=2))
    (tmp_path / "notes.txt").write_text("no slice " * 2000)
    (tmp_path / "inner").mkdir()
    for name in ("I.009", "I.007"):
        image = open_image(tmp_path / name)
        found = whole(image)[0, 0]
        assert image.info.extent == (1, 1, 4, 50, 40)
        axes, spacing = np.reshape(image.info.direction, (3, 3)), np.array(image.info.spacing)
        for number, voxels in enumerate(slices):
            (place,) = [z for z in range(4) if np.array_equal(found[z], voxels)]
            x, y, z = np.array([10, 20, 30]) + 3.0 * number * normal
            assert np.allclose(axes @ (spacing * (0, 0, place)) + image.info.origin, (-x, -y, z), atol=1e-5)
        agrees(tmp_path / name, "GE5ImageIO")


def test_the_stamp_of_a_slice_changes_with_the_other_slices(tmp_path: Path) -> None:
    for name, content in (("a.fre", ge4(picture(64, 64))), ("I.001", ge5(picture(40, 50)))):
        folder = tmp_path / name[0]
        folder.mkdir()
        (folder / name).write_bytes(content)
        alone = stamp(folder / name)
        (folder / "second").write_bytes(content)
        both = stamp(folder / name)
        os.utime(folder / "second", ns=(0, 10**18))
        assert len({alone, both, stamp(folder / name)}) == 3


@pytest.mark.parametrize("plane", [b"AXIAL", b"SAGITTAL", b"CORONAL", b"OBLIQUE"])
def test_a_signa_4_series_has_its_voxels_and_says_that_its_place_is_not_known(tmp_path: Path, plane: bytes) -> None:
    slices = [picture(64, 48, seed) for seed in range(3)]
    for number, voxels in enumerate(slices):
        (tmp_path / f"{number}.fre").write_bytes(ge4(voxels, plane, number + 1, location=6.5 * number))
    (tmp_path / "other.fre").write_bytes(ge4(picture(64, 48, 5), plane, series=4))
    image = open_image(tmp_path / "1.fre")
    assert format_name(tmp_path / "1.fre") == "GE 4"
    assert np.array_equal(whole(image)[0, 0], np.stack(slices))
    assert np.allclose(image.info.spacing, (0.9375, 0.9375, 6.5))
    assert image.info.origin == (0, 0, 0)
    assert image.warnings == ("its position in space is not read; the first voxel is taken to be at 0, 0, 0",)
    agrees(tmp_path / "1.fre", "GE4ImageIO")


@pytest.mark.parametrize(
    ("content", "start"),
    [(ge5(picture(40, 50)), 7904), (bare_ge5(picture(40, 50)), 3180), (ge4(picture(64, 48)), 14336)],
)
def test_a_slice_that_was_cut_is_refused_in_words(tmp_path: Path, content: bytes, start: int) -> None:
    path = tmp_path / "cut"
    for length in (len(content) - 1, len(content) - 1000, start + 1, start):
        path.write_bytes(content[:length])
        need = len(content) - start
        assert refusal(path) == f"cut is damaged: {length - start} of {need} bytes of voxels are there"
    for length in range(4, start, 97):
        path.write_bytes(content[:length])
        assert refusal(path).startswith(("cut is damaged: ", "cut is not an image I know"))


@pytest.mark.parametrize(
    ("place", "form", "value", "sentence"),
    [
        (16, "i", 8, "x holds 8 bits a voxel; only 16 are supported"),
        (20, "i", 3, "x is packed (GE compression 3); that is not supported, convert it to DICOM"),
        (132, "i", 10**6, "x is damaged: its exam header lies outside the file"),
        (144, "i", -5, "x is damaged: its series header lies outside the file"),
        (152, "i", 10, "x is damaged: its image header lies outside the file"),
        (4462 + 30, "h", -40, "x is damaged: it says that it has -40 x 50 voxels from byte 7904 on"),
        (4, "i", 0, "x is damaged: it says that it has 40 x 50 voxels from byte 0 on"),
    ],
)
def test_what_a_genesis_header_may_not_say(tmp_path: Path, place: int, form: str, value: int, sentence: str) -> None:
    data = bytearray(ge5(picture(40, 50)))
    placed(data, place, form, value)
    (tmp_path / "x").write_bytes(data)
    assert refusal(tmp_path / "x") == sentence


@pytest.mark.parametrize("content", [ge5(picture(40, 50)), ge4(picture(64, 48))])
def test_a_damaged_slice_beside_it_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    (tmp_path / "y").write_bytes(content[:-10])
    assert refusal(tmp_path / "x").startswith("x cannot be read with the other slices of its folder: y is damaged: ")


def test_a_file_that_only_looks_like_a_slice_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(ge4(picture(64, 48)))
    (tmp_path / "x.log").write_text("AXIAL" * 3000)
    assert refusal(tmp_path / "x") == (
        "x cannot be read with the other slices of its folder: "
        "x.log is damaged: its header names a plane, but no series, image or size"
    )


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are a thing of Unix")
def test_a_pipe_beside_a_slice_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(ge4(picture(64, 48)))
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    assert survives(tmp_path / "x")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "x") == "x lies beside pipe, which is not a regular file; move one of them"


def test_text_and_other_images_are_no_slices(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("AXIAL  1 of 12\n" * 1000)
    assert format_name(tmp_path / "x.log") == ""
    (tmp_path / "y").write_bytes(bytes(4374) + b"AXIAL" + bytes(20_000))
    assert format_name(tmp_path / "y") == ""
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(picture(200, 200)), str(tmp_path / "z.mha"))
    assert format_name(tmp_path / "z.mha") == "MetaImage"


@pytest.mark.parametrize("content", [ge5(picture(40, 50)), bare_ge5(picture(40, 50)), ge4(picture(64, 48))])
def test_damaged_slices_end_in_success_or_one_sentence(tmp_path: Path, content: bytes) -> None:
    survived = 0
    for data in mutations(content, 60, seed=3, head=5500):
        (tmp_path / "x").write_bytes(data)
        survived += survives(tmp_path / "x")
    assert 0 < survived < 60
