"""NRRD: as SimpleITK reads it, in every encoding and space, and nothing followed that leads elsewhere."""

import bz2
import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from nodeeditor import VOXEL_TYPES, Image, NodeError
from nodes.formats import open_image
from nodes.formats.nrrd import open_nrrd
from tests.formats import mutations, refusal, regions, survives, whole

VOXELS = np.arange(24, dtype="<i2").reshape(2, 3, 4)
FIELDS = {
    "type": "short",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "4 3 2",
    "space directions": "(1.5,0,0) (0,2,0) (0,0,3)",
    "kinds": "domain domain domain",
    "endian": "little",
    "encoding": "raw",
    "space origin": "(10,-20,30)",
}


def written(path: Path, data: bytes = VOXELS.tobytes(), end: str = "\n", **changes: str | None) -> Path:
    """A file with the fields above, changed (underlines stand for blanks), or left out where None is given."""
    fields = {**FIELDS, **{key.replace("_", " "): value for key, value in changes.items()}}
    lines = ["NRRD0005", "# a comment: with a colon", "key:=value"]
    lines += [f"{key}: {value}" for key, value in fields.items() if value is not None]
    path.write_bytes((end.join(lines) + end + end).encode() + data)
    return path


def agrees(path: Path) -> None:
    ours, theirs = open_image(path), Image.from_sitk(SimpleITK.ReadImage(str(path)))
    assert np.array_equal(whole(ours), theirs.voxels)
    assert ours.info.dtype == theirs.info.dtype
    assert np.allclose(ours.info.index_to_world, theirs.info.index_to_world)
    assert ours.info.time_step == theirs.info.time_step


@pytest.mark.parametrize(
    ("shape", "vector"),
    [((5, 6), False), ((4, 5, 6), False), ((4, 5, 6, 3), True), ((2, 4, 5, 6), False), ((2, 4, 5, 6, 2), True)],
)
@pytest.mark.parametrize("suffix", [".nrrd", ".nhdr"])
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
        if count > 2:
            agrees(path)
        else:
            assert np.array_equal(whole(open_image(path))[0, :, 0], np.atleast_3d(array(image)).transpose(2, 0, 1))
        assert (open_image(path).nbytes > 0) == compressed


def array(image: Any) -> Any:
    return SimpleITK.GetArrayFromImage(image)


@pytest.mark.parametrize(
    "space",
    ["left-posterior-superior", "LPS", "right-anterior-superior", "RAS", "left-anterior-superior", "LAS"],
)
def test_every_space_is_turned_as_simpleitk_turns_it(tmp_path: Path, space: str) -> None:
    agrees(written(tmp_path / "x.nrrd", space=space))


def test_an_unknown_space_is_taken_for_lps_with_a_warning(tmp_path: Path) -> None:
    read = open_image(written(tmp_path / "x.nrrd", space="scanner-xyz"))
    assert read.warnings == ("its space 'scanner-xyz' is taken for left-posterior-superior",)
    assert read.info.origin == (10, -20, 30)


def test_a_file_without_a_space_has_its_spacings(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.nrrd",
        space=None,
        space_directions=None,
        space_origin=None,
        kinds=None,
        spacings="1.5 nan 3",
    )
    assert open_image(path).info.spacing == (1.5, 1.0, 3.0)
    path = written(tmp_path / "x.nrrd", space=None, space_directions=None, space_origin=None, kinds=None)
    assert open_image(path).info.spacing == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("encoding", ["raw", "gzip", "gz", "bzip2", "bz2", "ascii", "text", "txt"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    data = VOXELS.tobytes()
    kind = {"gz": "gzip", "bz2": "bzip2", "text": "ascii", "txt": "ascii"}.get(encoding, encoding)
    packed = {
        "raw": data,
        "gzip": gzip.compress(data),
        "bzip2": bz2.compress(data),
        "ascii": b"\n".join(b"%d" % number for number in VOXELS.flat) + b"\n",
    }[kind]
    path = written(tmp_path / "x.nrrd", packed, end, encoding=encoding)
    assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    if kind != "raw":
        with pytest.raises(NodeError, match=r"x\.nrrd needs 48 bytes \(4x3x2 int16\); limit 40 bytes"):
            open_nrrd(path, limit=40)
        written(path, packed[: len(packed) // 2], end, encoding=encoding)
        assert refusal(path).startswith("x.nrrd is damaged: ")
        skipped = {"gzip": gzip.compress(b"abc" + data), "bzip2": bz2.compress(b"abc" + data), "ascii": b"abc" + packed}
        written(path, skipped[kind], end, encoding=encoding, byte_skip="3")
        assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)


def test_text_is_checked_number_by_number(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(24)]
    for wrong, words in (
        ("70000", "a number does not fit int16"),
        ("x", "is no list of numbers"),
        ("1.5", "should be whole numbers"),
    ):
        data = " ".join([wrong, *numbers[1:]]).encode()
        assert words in refusal(written(tmp_path / "x.nrrd", data, encoding="ascii"))
    data = b"1.5, 2.5e3 nan -4"
    path = written(tmp_path / "x.nrrd", data, encoding="ascii", type="float", sizes="4 1 1", endian=None)
    assert np.array_equal(whole(open_image(path)).ravel(), [1.5, 2500, np.nan, -4], equal_nan=True)


def test_bzip2_data_that_are_too_short_or_wrong_are_refused(tmp_path: Path) -> None:
    short = bz2.compress(VOXELS.tobytes()[:40])
    path = written(tmp_path / "x.nrrd", short, encoding="bzip2")
    assert refusal(path) == "x.nrrd is damaged: 40 of 48 bytes of voxels are there"
    assert "is damaged" in refusal(written(tmp_path / "x.nrrd", b"no bzip2", encoding="bzip2"))


def test_big_endian_voxels_and_bytes_and_lines_to_skip_are_understood(tmp_path: Path) -> None:
    agrees(written(tmp_path / "x.nrrd", VOXELS.astype(">i2").tobytes(), endian="big"))
    data = b"a line\nanother\nXY" + VOXELS.tobytes()
    path = written(tmp_path / "x.nrrd", data, line_skip="2", byte_skip="2")
    assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    path = written(tmp_path / "x.nrrd", b"anything" + VOXELS.tobytes(), byte_skip="-1")
    assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    path = written(tmp_path / "x.nrrd", gzip.compress(VOXELS.tobytes()), encoding="gzip", byte_skip="-1")
    assert "byte skip -1 of gzip data" in refusal(path)
    assert "-5 lines to skip" in refusal(written(tmp_path / "x.nrrd", line_skip="-5"))


def test_a_time_axis_may_be_the_first_or_the_last(tmp_path: Path) -> None:
    voxels = np.arange(48, dtype="<i2")
    path = written(
        tmp_path / "x.nrrd",
        voxels.tobytes(),
        dimension="4",
        sizes="4 3 2 2",
        kinds="domain domain domain time",
        space_directions="(1.5,0,0) (0,2,0) (0,0,3) none",
    )
    assert np.array_equal(whole(open_image(path))[:, 0], voxels.reshape(2, 2, 3, 4))
    path = written(
        tmp_path / "x.nrrd",
        voxels.tobytes(),
        dimension="4",
        sizes="2 4 3 2",
        kinds="time domain domain domain",
        space="left-posterior-superior-time",
        space_directions="(0,0,0,2.5) (1.5,0,0,0) (0,2,0,0) (0,0,3,0)",
        space_origin="(10,-20,30,0)",
    )
    read = open_image(path)
    assert read.info.time_step == 2.5
    assert read.info.spacing == (1.5, 2, 3)
    assert np.array_equal(whole(read)[:, 0], np.moveaxis(voxels.reshape(2, 3, 4, 2), -1, 0))


def test_colours_may_be_the_fastest_or_the_slowest_axis(tmp_path: Path) -> None:
    voxels = np.arange(72, dtype=np.uint8)
    for kinds, sizes, directions, expected in (
        ("RGB-color domain domain domain", "3 4 3 2", "none (1,0,0) (0,1,0) (0,0,1)", voxels.reshape(2, 3, 4, 3)),
        ("??? domain domain domain", "3 4 3 2", "none (1,0,0) (0,1,0) (0,0,1)", voxels.reshape(2, 3, 4, 3)),
        (
            "domain domain domain vector",
            "4 3 2 3",
            "(1,0,0) (0,1,0) (0,0,1) none",
            np.moveaxis(voxels.reshape(3, 2, 3, 4), 0, -1),
        ),
    ):
        path = written(
            tmp_path / "x.nrrd",
            voxels.tobytes(),
            type="uchar",
            dimension="4",
            kinds=kinds,
            sizes=sizes,
            space_directions=directions,
        )
        read = open_image(path)
        assert read.info.channels == ("Red", "Green", "Blue")
        assert np.array_equal(np.moveaxis(whole(read)[0], 0, -1), expected)
        for region in regions(read.info.extent, 20, seed=2):
            assert np.array_equal(read.read(region), whole(read)[region.slices])
    assert open_image(path).summary == "NRRD"


def test_lines_and_planes_have_one_slice(tmp_path: Path) -> None:
    line: dict[str, str | None] = {"space": None, "space_origin": None, "space_directions": None, "kinds": None}
    path = written(tmp_path / "x.nrrd", b"abcdefg", "\n", type="uint8", dimension="1", sizes="7", spacings="2", **line)
    info = open_image(path).info
    assert (info.extent, info.spacing) == ((1, 1, 1, 1, 7), (2, 1, 1))
    line["space_directions"] = "(0,2,0) (3,0,0)"
    path = written(tmp_path / "x.nrrd", b"abcdef", "\n", type="uint8", dimension="2", sizes="3 2", **line)
    info = open_image(path).info
    assert (info.extent, info.spacing) == ((1, 1, 1, 2, 3), (2, 3, 1))
    assert info.direction == (0, 1, 0, 1, 0, 0, 0, 0, -1)


def test_a_detached_header_names_its_data_file(tmp_path: Path) -> None:
    (tmp_path / "x y.raw").write_bytes(VOXELS.tobytes())
    for key in ("data_file", "datafile"):
        path = written(tmp_path / "x.nhdr", b"", **{key: "x y.raw"})
        assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)
    path.write_bytes(path.read_bytes().rstrip() + b"\n")
    assert np.array_equal(whole(open_image(path))[0, 0], VOXELS)


@pytest.mark.parametrize("name", ["%s%n", "../x.raw", "/etc/passwd", "a/b.raw", "..", "x%03d.raw 1 2 1"])
def test_a_data_file_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    assert "only a plain name in its folder is read" in refusal(written(tmp_path / "x.nrrd", data_file=name))


@pytest.mark.skipif(os.name != "posix", reason="named pipes are a thing of Unix")
def test_a_data_file_that_is_a_pipe_itself_a_list_or_missing_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.raw")
    for name, words in (
        ("pipe.raw", "which is not a regular file"),
        ("missing.raw", "which does not exist"),
        ("LIST", "which does not exist"),
        ("x.nhdr", "names itself as its data file"),
    ):
        assert words in refusal(written(tmp_path / "x.nhdr", data_file=name))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dimension": "-1"}, "has -1 dimensions; 1 to 5 are supported"),
        ({"dimension": "200000", "sizes": "1 " * 200000}, "has 200000 dimensions"),
        ({"dimension": None}, "should be 1 numbers"),
        ({"sizes": "4 3"}, "should be 3 numbers"),
        ({"sizes": "4 0 2"}, "is damaged: its size is 4x0x2"),
        ({"sizes": "10000 10000 10000"}, "bytes of voxels are there"),
        ({"sizes": "1e300 1 1"}, "should be whole numbers"),
        ({"type": "block"}, "holds voxels of type 'block'; that is not supported"),
        ({"type": None}, "holds voxels of type ''"),
        ({"endian": None}, "does not say in which order its bytes are"),
        ({"encoding": "hex"}, "is encoded as 'hex'; that is not supported"),
        ({"encoding": None}, "is encoded as ''"),
        ({"kinds": "domain domain"}, "2 kinds for 3 axes"),
        ({"kinds": "complex domain domain"}, "holds complex numbers"),
        ({"kinds": "vector vector domain"}, "has axes of kinds vector, vector, domain"),
        ({"kinds": "time time domain"}, "has axes of kinds time, time, domain"),
        ({"space directions": "(1,0,0) (0,1,0)"}, "2 space directions for 3 axes"),
        ({"space directions": "none (0,1,0) (0,0,1)"}, "axis x has no direction"),
        ({"space directions": "(nan,0,0) (0,1,0) (0,0,1)"}, "no usable geometry"),
        ({"space directions": "(1e308,1e308,1e308) (0,1,0) (0,0,1)"}, "no usable geometry"),
        ({"space directions": "(0,0,0) (0,1,0) (0,0,1)"}, "no usable geometry"),
        ({"space directions": "(1,0,0) (1,0,0) (0,0,1)"}, "two of its axes are parallel"),
        ({"space directions": "(a,0,0) (0,1,0) (0,0,1)"}, "is no list of numbers"),
        ({"space origin": "(inf,0,0)"}, "no usable geometry"),
    ],
)
def test_nonsense_in_the_header_is_refused_in_words(tmp_path: Path, changes: dict[str, str | None], words: str) -> None:
    changes = {key.replace(" ", "_"): value for key, value in changes.items()}
    text = refusal(written(tmp_path / "x.nrrd", VOXELS.tobytes(), "\n", **changes))
    assert words in text
    assert text.startswith("x.nrrd ")


def test_five_axes_in_space_are_refused(tmp_path: Path) -> None:
    fields = {"dimension": "5", "sizes": "1 1 1 2 2", "kinds": "domain " * 5, "space_directions": "(1,0,0) " * 5}
    assert "that is not supported" in refusal(written(tmp_path / "x.nrrd", VOXELS.tobytes(), **fields))


def test_sheared_directions_are_corrected_with_a_warning(tmp_path: Path) -> None:
    read = open_image(written(tmp_path / "x.nrrd", space_directions="(1,0,0) (0.1,1,0) (0,0,1)"))
    assert "sheared by 5.7 degrees" in read.warnings[0]


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "x.nrrd"
    voxels = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(path), compressed)
    data = path.read_bytes()
    for length in sorted({*range(0, len(data), 7), *range(len(data) - 9, len(data))}):
        path.write_bytes(data[:length])
        assert not survives(path), length


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("suffix", [".nrrd", ".nhdr"])
def test_damaged_files_end_in_success_or_one_sentence(tmp_path: Path, suffix: str, compressed: bool) -> None:
    path = tmp_path / f"x{suffix}"
    voxels = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(path), compressed)
    survived = 0
    for data in mutations(path.read_bytes(), 150, seed=5, head=400):
        path.write_bytes(data)
        survived += survives(path)
    assert survived < 150
