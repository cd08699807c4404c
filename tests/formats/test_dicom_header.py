"""Any file at all is recognised, opened or refused in one sentence; its texts are shown."""

from __future__ import annotations

import os
import sys
import threading
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

import nodes.formats.dicom_header as header_module
from nodeeditor import NodeError
from nodes.formats.dicom import is_dicom, open_dicom
from tests.formats.test_dicom_builder import dataset, item, pattern, placed, save


def refused(path: Path) -> str:
    with pytest.raises(NodeError) as error:
        open_dicom(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_dicom_is_recognised_by_content(tmp_path: Path) -> None:
    assert is_dicom(save(dataset(pattern()), tmp_path / "picture.jpg"))
    others = {"text.dcm": b"hello there, this is no DICOM at all", "empty.dcm": b"", "short.dcm": b"\x08\x00"}
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
        assert not is_dicom(tmp_path / name)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path, tmp_path / "absent", tmp_path / "pipe", tmp_path / "loop", Path("a\0b")):
        assert not is_dicom(path)


def test_what_cannot_be_opened_is_not_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")

    def fail(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    assert not is_dicom(path)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_datasets_without_header_are_read(tmp_path: Path, syntax: str) -> None:
    path = save(dataset(pattern(), syntax), tmp_path / "a.dcm")
    content = path.read_bytes()
    length = int.from_bytes(content[140:144], "little")
    path.write_bytes(content[144 + length :])
    assert is_dicom(path)
    image = open_dicom(path)
    np.testing.assert_array_equal(image.read(image.info.whole)[0, 0, 0], pattern())


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\x00\x05\x00", bytes(200)])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.dcm"
    path.write_bytes(content)
    assert refused(path) == "other.dcm has no DICOM header (DICM)"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.dcm") == "absent.dcm does not exist"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "may not be read (permission)"),
        (FileNotFoundError(2, "gone"), "does not exist"),
        (OSError(5, "Input/output error"), "could not be read: Input/output error"),
        (MemoryError(), "needs more memory than there is"),
        (RecursionError(), "nested too deeply"),
        (KeyError("x" * 300), "is damaged: "),
        (AssertionError(), "is damaged: AssertionError"),
    ],
)
def test_whatever_reading_a_header_raises_becomes_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(header_module, "dcmread", fail)
    said = refused(path)
    assert said.startswith("a.dcm ")
    assert words in said
    assert len(said) < 220


def test_a_folder_that_may_not_be_entered_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", fail)
    assert refused(tmp_path / "a.dcm") == "a.dcm may not be read (permission)"


@pytest.mark.parametrize(("modality", "kind"), [("RTPLAN", "RTPLAN"), ("", "Secondary Capture Image Storage")])
def test_dicom_without_image_is_named_by_its_kind(tmp_path: Path, modality: str, kind: str) -> None:
    gone: dict[str, Any] = {"Rows": None, "Columns": None, "PixelData": None}
    made = dataset(pattern(), Modality=modality, SOPClassUID="1.2.840.10008.5.1.4.1.1.7", **gone)
    assert refused(save(made, tmp_path / "a.dcm")) == f"a.dcm is a DICOM {kind}; it holds no image"


@pytest.mark.parametrize(
    ("syntax", "words"),
    [
        (MPEG2MPML, "a.dcm is compressed as MPEG2"),
        ("1.2.3.999", "a.dcm is compressed as 1.2.3.999; that is not read"),
        (JPEG2000Lossless, "compressed, but not in fragments"),
    ],
)
def test_compressions_that_are_not_read_are_named(tmp_path: Path, syntax: str, words: str) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    content = path.read_bytes()
    old = b"\x02\x00\x10\x00UI\x14\x00" + ExplicitVRLittleEndian.encode().ljust(20, b"\0")
    assert old in content
    value = syntax.encode()
    value += b"\0" * (len(value) % 2)
    new = b"\x02\x00\x10\x00UI" + len(value).to_bytes(2, "little") + value
    total = int.from_bytes(content[140:144], "little") + len(new) - len(old)
    content = content[:140] + total.to_bytes(4, "little") + content[144:].replace(old, new, 1)
    path.write_bytes(content)
    assert words in refused(path)


def test_uncompressed_pixels_in_fragments_are_refused(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    length = b"\xe0\x7f\x10\x00OW\x00\x00" + (48).to_bytes(4, "little")
    content = path.read_bytes()
    assert length in content
    path.write_bytes(content.replace(length, length[:8] + b"\xff\xff\xff\xff"))
    assert "in fragments, but not compressed" in refused(path)


def test_compressed_single_bits_and_floats_are_refused(tmp_path: Path) -> None:
    made = dataset(np.zeros((4, 8), np.uint8))
    made.compress(RLELossless)
    made.BitsAllocated = made.BitsStored = 1
    made.HighBit = 0
    assert "compressed single bits" in refused(save(made, tmp_path / "a.dcm"))
    floats = dataset(np.zeros((4, 8, 3), np.uint8))
    del floats.PixelData
    floats.FloatPixelData = bytes(4 * 4 * 8 * 3)
    assert "coloured floating-point pixels" in refused(save(floats, tmp_path / "b.dcm"))


def test_run_lengths_that_cannot_fill_the_image_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    made = dataset(np.zeros((4, 8), np.uint8))
    made.compress(RLELossless)
    made.Rows = made.Columns = 65535
    assert "compressed bytes cannot hold 1 frames of 65535x65535" in refused(save(made, tmp_path / "a.dcm"))
    made.Rows, made.Columns, made.NumberOfFrames = 4, 8, 3
    assert "1 of 3 compressed frames are there" in refused(save(made, tmp_path / "a.dcm"))


def test_truncated_fragments_are_refused(tmp_path: Path) -> None:
    made = dataset(np.random.default_rng(0).integers(0, 255, (40, 80), np.uint8))
    made.compress(RLELossless)
    path = save(made, tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:-500])
    assert "compressed bytes are there" in refused(path)


def test_damaged_run_lengths_are_refused(tmp_path: Path) -> None:
    made = dataset(np.random.default_rng(0).integers(0, 255, (40, 80), np.uint8))
    made.compress(RLELossless)
    path = save(made, tmp_path / "a.dcm")
    content = bytearray(path.read_bytes())
    start = content.index(b"\xfe\xff\x00\xe0", content.index(b"\xe0\x7f\x10\x00") + 20) + 8
    content[start : start + 4] = b"\x63\x00\x00\x00"
    path.write_bytes(content)
    assert refused(path).startswith("a.dcm is damaged: ")


def nested(depth: int) -> bytes:
    start = b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    return start * depth + end * depth


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    content = path.read_bytes()
    cut = 144 + int.from_bytes(content[140:144], "little")
    path.write_bytes(content[:cut] + nested(20000) + content[cut:])
    limit = sys.getrecursionlimit()
    assert "a.dcm" in refused(path)
    assert sys.getrecursionlimit() == limit


def deflated(path: Path, content: bytes) -> None:
    whole = save(dataset(pattern(), DeflatedExplicitVRLittleEndian), path).read_bytes()
    cut = 144 + int.from_bytes(whole[140:144], "little")
    compress = zlib.compressobj(9, zlib.DEFLATED, -15)
    path.write_bytes(whole[:cut] + compress.compress(content) + compress.flush())


def test_deflated_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_module, "INFLATED_LIMIT", 1 << 20)
    path = tmp_path / "a.dcm"
    deflated(path, bytes(3 << 20))
    assert "a.dcm inflates to more than" in refused(path)
    path.write_bytes(path.read_bytes()[:360])
    assert "a.dcm" in refused(path)


def test_deflated_files_without_header_length_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    deflated(path, b"")
    content = path.read_bytes()
    path.write_bytes(content[:132] + content[144:])
    assert "a.dcm is damaged: it is deflated, but its header has no length" in refused(path)


def test_deflated_content_is_kept_and_counted(tmp_path: Path) -> None:
    image = open_dicom(save(dataset(pattern(), DeflatedExplicitVRLittleEndian), tmp_path / "a.dcm"))
    assert image.nbytes > pattern().nbytes


def test_texts_of_the_header_are_shown(tmp_path: Path) -> None:
    made = dataset(
        pattern(),
        **placed(0),
        PatientName="MÜLLER^Jörg",
        SpecificCharacterSet="ISO_IR 192",
        WindowCenter=[40, 300],
        WindowWidth=[400, 1500],
        ImageType=["ORIGINAL", "PRIMARY"],
        ImageComments="x" * 300,
        StudyDescription="",
        EchoTime="12.5",
    )
    made.add_new(0x00091001, "LO", "private")
    made.ReferencedStudySequence = [item(StudyID="inside")]
    info = open_dicom(save(made, tmp_path / "a.dcm")).info
    assert info.modality == "MR"
    assert info.tag("PatientName") == "MÜLLER^Jörg"
    assert info.tag("WindowCenter") == "40.0"
    assert info.tag("WindowWidth") == "400.0"
    assert info.tag("ImageType") == "ORIGINAL\\PRIMARY"
    assert info.tag("EchoTime") == "12.5"
    assert info.tag("SeriesInstanceUID") == "1.2.840.55555"
    names = [keyword for keyword, _ in info.tags]
    assert len(set(names)) == len(names)
    for absent in ("ImageComments", "StudyDescription", "StudyID", "PixelData", ""):
        assert absent not in names


def test_names_in_old_character_sets_are_decoded(tmp_path: Path) -> None:
    made = dataset(pattern(), SpecificCharacterSet="ISO_IR 100", PatientName="Äneas^Zoë")
    assert open_dicom(save(made, tmp_path / "a.dcm")).info.tag("PatientName") == "Äneas^Zoë"


def test_one_damaged_attribute_hides_no_other(tmp_path: Path) -> None:
    made = dataset(pattern(), PatientID="7")
    made.add_new(0x00280106, "US", 17)
    path = save(made, tmp_path / "a.dcm")
    content = path.read_bytes()
    number = b"\x28\x00\x06\x01US\x02\x00\x11\x00"
    assert number in content
    path.write_bytes(content.replace(number, b"\x28\x00\x06\x01US\x01\x00\x11"))
    info = open_dicom(path).info
    assert info.tag("PatientID") == "7"
    assert info.tag("SmallestImagePixelValue") == ""


def test_odd_files_warn_nobody_and_may_be_opened_from_many_threads(tmp_path: Path) -> None:
    path = save(dataset(pattern()), tmp_path / "a.dcm")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1.2.840.55555\0", b"1.2.x40.55555\0"))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                image = open_dicom(path)
                np.testing.assert_array_equal(image.read(image.info.whole)[0, 0, 0], pattern())
        except BaseException as error:
            failures.append(error)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
