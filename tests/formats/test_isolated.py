"""Reading in a child process: right voxels, and no harm from any file."""

import math
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from nodeeditor import NodeError
from nodes.formats import isolated
from nodes.formats.isolated import decode, needed, size_in_words


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("isolated") / "a picture ä.png"
    voxels = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels, isVector=True), str(path))
    return path


def metaimage(path: Path, data: str = "LOCAL", dims: str = "2", size: str = "4 4") -> Path:
    text = f"ObjectType = Image\nNDims = {dims}\nDimSize = {size}\nElementType = MET_SHORT\nElementDataFile = {data}\n"
    path.write_text(text)
    return path


def test_a_picture_is_decoded_as_simpleitk_does_it_here(picture: Path) -> None:
    here = SimpleITK.ReadImage(str(picture))
    there = decode(picture, "PNGImageIO")
    assert np.array_equal(there.voxels, SimpleITK.GetArrayFromImage(here))
    assert (there.components, there.spacing, there.origin) == (3, here.GetSpacing(), here.GetOrigin())
    assert there.direction == here.GetDirection()
    assert set(there.metadata) == set(here.GetMetaDataKeys())


def test_a_4d_volume_of_vectors_keeps_its_geometry(tmp_path: Path) -> None:
    voxels = np.arange(2 * 3 * 4 * 5 * 2, dtype=np.float32).reshape(2, 3, 4, 5, 2)
    image = SimpleITK.GetImageFromArray(voxels, isVector=True)
    image.SetSpacing((1.5, 2, 3, 4))
    image.SetOrigin((1, 2, 3, 4))
    SimpleITK.WriteImage(image, str(tmp_path / "x.mha"))
    there = decode(tmp_path / "x.mha", "MetaImageIO")
    assert np.array_equal(there.voxels, voxels)
    assert (there.spacing, there.origin, len(there.direction)) == ((1.5, 2, 3, 4), (1, 2, 3, 4), 16)


def test_the_child_is_used_again_and_by_several_threads(picture: Path) -> None:
    expected = decode(picture, "PNGImageIO").voxels
    first = isolated._child._process
    results: list[bool] = []

    def read() -> None:
        results.append(np.array_equal(decode(picture, "PNGImageIO").voxels, expected))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
    assert isolated._child._process is first


def test_a_crashing_reader_is_one_sentence_and_the_next_file_is_read(picture: Path, tmp_path: Path) -> None:
    hostile = metaimage(tmp_path / "hostile.mhd", "%s%n%s%n%s%n")
    with pytest.raises(NodeError, match=r"hostile\.mhd could not be read: "):
        decode(hostile, "MetaImageIO")
    assert decode(picture, "PNGImageIO").voxels.shape == (20, 30, 3)


def test_a_child_that_somebody_killed_is_replaced(picture: Path) -> None:
    decode(picture, "PNGImageIO")
    process = isolated._child._process
    assert process is not None
    process.kill()
    process.wait()
    assert decode(picture, "PNGImageIO").voxels.shape == (20, 30, 3)


@pytest.mark.skipif(os.name != "posix", reason="named pipes are a thing of Unix")
def test_a_reader_that_hangs_is_stopped(picture: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.raw")
    hanging = metaimage(tmp_path / "slow.mhd", "pipe.raw")
    with pytest.raises(NodeError, match=r"slow\.mhd could not be read: reading took more than 0\.5 s and was stopped"):
        decode(hanging, "MetaImageIO", seconds=0.5)
    assert decode(picture, "PNGImageIO").voxels.shape == (20, 30, 3)


def test_a_volume_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    huge = metaimage(tmp_path / "huge.mha", dims="3", size="32767 32767 32767")
    with pytest.raises(NodeError) as caught:
        decode(huge, "MetaImageIO", limit=8 * 10**9)
    assert str(caught.value) == "huge.mha needs 70.4 TB (32767x32767x32767 int16); limit 8.0 GB"


def test_an_exception_of_itk_becomes_one_sentence(picture: Path, tmp_path: Path) -> None:
    data = picture.read_bytes()
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    for path, io in ((tmp_path / "cut.png", "PNGImageIO"), (picture, "JPEGImageIO"), (picture, "NoSuchImageIO")):
        with pytest.raises(NodeError, match="could not be read: ") as caught:
            decode(path, io)
        text = str(caught.value)
        assert text.startswith(path.name)
        assert "\n" not in text
        assert "0x" not in text
        assert ".cxx" not in text
        assert len(text) < 250


def test_complex_voxels_are_named(tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(np.zeros((3, 4, 5), np.complex64))
    SimpleITK.WriteImage(image, str(tmp_path / "x.nii"))
    with pytest.raises(NodeError, match=r"x\.nii holds complex of 32-bit floats; that is not supported"):
        decode(tmp_path / "x.nii", "NiftiImageIO")


def test_geometry_that_is_no_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nan.nii"
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((3, 4, 5), np.int16)), str(path))
    header = bytearray(path.read_bytes())
    header[252:256] = struct.pack("<2h", 0, 1)
    header[280:328] = struct.pack("<12f", 1, 0, 0, math.nan, 0, 1, 0, 0, 0, 0, 1, 0)
    path.write_bytes(header)
    with pytest.raises(NodeError, match="no usable geometry"):
        decode(path, "NiftiImageIO")


@pytest.mark.parametrize("name", ["\udcff.nii", "\ud800.nii"])
def test_a_name_that_ends_simpleitk_is_not_shown_to_it(name: str) -> None:
    with pytest.raises(NodeError, match="its name is not valid text"):
        decode(Path(name), "NiftiImageIO")


def test_modules_in_the_working_folder_do_not_confuse_the_child(picture: Path, tmp_path: Path) -> None:
    for module in ("numpy", "SimpleITK", "json"):
        (tmp_path / f"{module}.py").write_text("raise RuntimeError('not this one')")
    program = (
        "import sys; sys.path[0:0] = [sys.argv[2]]; from pathlib import Path;"
        "from nodes.formats.isolated import decode; print(decode(Path(sys.argv[1]), 'PNGImageIO').voxels.shape)"
    )
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-P", "-c", program, str(picture), root]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "(20, 30, 3)"
    assert answer.stderr == ""


def test_a_program_reads_good_and_bad_files_and_ends_with_its_child(picture: Path, tmp_path: Path) -> None:
    metaimage(tmp_path / "huge.mha", dims="3", size="32767 32767 32767")
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((3, 4, 5), np.complex64)), str(tmp_path / "complex.nii"))
    program = (
        "import sys; from pathlib import Path; from nodeeditor import NodeError\n"
        "from nodes.formats.isolated import decode, _child\n"
        "for name, io in zip(sys.argv[1::2], sys.argv[2::2]):\n"
        "    try: print(decode(Path(name), io, 10**9).voxels.sum())\n"
        "    except NodeError as error: print(error)\n"
        "print(_child._process.pid)\n"
    )
    files = [(picture, "PNG"), (picture, "JPEG"), (tmp_path / "huge.mha", "Meta"), (tmp_path / "complex.nii", "Nifti")]
    arguments = [word for path, io in files for word in (str(path), f"{io}ImageIO")]
    command = [sys.executable, "-c", program, *arguments]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, cwd=Path(__file__).parents[2])
    lines = answer.stdout.splitlines()
    assert lines[0] == str(decode(picture, "PNGImageIO").voxels.sum())
    assert lines[1].startswith("a picture ä.png could not be read: ")
    assert lines[2] == "huge.mha needs 70.4 TB (32767x32767x32767 int16); limit 1.0 GB"
    assert lines[3] == "complex.nii holds complex of 32-bit floats; that is not supported"
    assert answer.stderr == ""
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(int(lines[4]), 0)


def test_a_reader_that_cannot_be_started_is_one_sentence(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolated._child.close()
    monkeypatch.setattr(sys, "executable", str(picture.with_name("no-python")))
    with pytest.raises(NodeError, match=r"could not be read: the reader did not start \(No such file"):
        decode(picture, "PNGImageIO")
    monkeypatch.undo()
    assert decode(picture, "PNGImageIO").components == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is a thing of Unix")
def test_a_forked_copy_of_the_program_gets_its_own_child(picture: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from nodes.formats.isolated import decode, _child\n"
        "decode(Path(sys.argv[1]), 'PNGImageIO'); process = _child._process\n"
        "if os.fork() == 0:\n"
        "    decode(Path(sys.argv[1]), 'PNGImageIO'); assert _child._process is not process\n"
        "    _child.close(); os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 7\n"
        "decode(Path(sys.argv[1]), 'PNGImageIO'); assert _child._process is process\n"
    )
    subprocess.run([sys.executable, "-c", program, str(picture)], check=True, cwd=Path(__file__).parents[2])


def test_sizes_are_told_in_decimal_units() -> None:
    assert [size_in_words(n) for n in (0, 999, 1000, 157_300_000, 70_366_596_694_526, 10**19)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "157.3 MB",
        "70.4 TB",
        "10000.0 PB",
    ]
    assert needed((10, 10), "uint8", 1, 100) == ""


def test_what_a_reader_says_is_told_without_its_sources(tmp_path: Path) -> None:
    header = tmp_path / "x.spr"
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((3, 4, 5), np.int16)), str(header))
    text = header.read_bytes()
    header.write_bytes(text.replace(b"x.sdt", b"gone.sdt"))
    with pytest.raises(NodeError, match=r"^x\.spr could not be read: Could not open file: gone\.sdt for reading"):
        decode(header, "StimulateImageIO")
    header.write_bytes(text.replace(b"dataType: WORD", b"dataType: LOVE"))
    with pytest.raises(NodeError, match=r"^x\.spr could not be read: Unrecognized type$"):
        decode(header, "StimulateImageIO")
    header.write_bytes(text.replace(b"x.sdt", b"\xff.sdt"))
    with pytest.raises(NodeError, match=r"^x\.spr could not be read: its header holds text that is none"):
        decode(header, "StimulateImageIO")
    header.write_bytes(text.replace(b"dataType: WORD\n", b""))
    with pytest.raises(NodeError, match=r"^x\.spr could not be read: its header says what SimpleITK does not"):
        decode(header, "StimulateImageIO")
