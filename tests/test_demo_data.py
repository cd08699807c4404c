"""The built-in images are made once, always the same, and read the same by independent libraries."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from nodeeditor import demo_data as module
from nodeeditor.demo_data import demo_data

SCANS = ("ProbandT1.dcm", "ProbandT2.dcm")
TUMOR = "Tumor1_Head_t1.small.tif"
NAMES = ["Bone.tiff", *(f"BrainMultiModal/{name}" for name in SCANS), TUMOR]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_data(tmp_path_factory.mktemp("cache"))


def contents(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    return {f: (f.stat().st_mtime_ns, f.stat().st_ino) for f in [folder, *folder.rglob("*")]}


def voxels(path: Path) -> NDArray[Any]:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


@pytest.fixture(scope="module")
def t1(data: Path) -> NDArray[Any]:
    return voxels(data / "BrainMultiModal" / "ProbandT1.dcm")


@pytest.fixture(scope="module")
def t2(data: Path) -> NDArray[Any]:
    return voxels(data / "BrainMultiModal" / "ProbandT2.dcm")


@pytest.fixture(scope="module")
def bone(data: Path) -> NDArray[Any]:
    return voxels(data / "Bone.tiff")


def fake_images(folder: Path) -> None:
    for name, least in module.IMAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes(least))


def test_the_folder_holds_exactly_the_promised_files_and_nothing_is_left_beside_it(data: Path) -> None:
    assert sorted(contents(data)) == NAMES
    assert list(data.parent.iterdir()) == [data]


def test_the_second_call_writes_nothing(data: Path) -> None:
    before = stamps(data.parent)
    assert demo_data(data.parent) == data
    assert stamps(data.parent) == before


def test_finding_the_images_again_imports_no_numpy(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from nodeeditor.demo_data import demo_data;"
        "demo_data(Path(sys.argv[1])); assert not {'numpy', 'pydicom', 'SimpleITK'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(data.parent)], check=True)


def test_the_bytes_are_the_same_when_made_again_by_another_process(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from nodeeditor.demo_data import demo_data;demo_data(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert contents(tmp_path / data.name) == contents(data)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_set_with_a_damaged_file_is_made_again(
    name: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_write_images", fake_images)
    folder = demo_data(tmp_path)
    whole = contents(folder)
    if damage == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(b"II")
    assert demo_data(tmp_path) == folder
    assert contents(folder) == whole
    assert list(tmp_path.iterdir()) == [folder]


def test_an_interrupted_first_use_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(folder: Path) -> None:
        folder.mkdir()
        (folder / "Bone.tiff").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write_images", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo_data(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_slower_of_two_first_uses_takes_the_folder_of_the_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = tmp_path / module.FOLDER

    def overtaken(folder: Path) -> None:
        fake_images(folder)
        fake_images(winner)
        (winner / "winner").touch()

    monkeypatch.setattr(module, "_write_images", overtaken)
    assert demo_data(tmp_path) == winner
    assert (winner / "winner").exists()
    assert list(tmp_path.iterdir()) == [winner]


def test_a_cache_that_cannot_be_written_is_replaced_by_a_private_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_write_images", fake_images)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    blocked = tmp_path / "a file"
    blocked.touch()
    folder = demo_data(blocked / "cache")
    assert folder.is_relative_to(tmp_path / "temporary")
    assert sorted(contents(folder)) == NAMES
    if sys.platform != "win32":
        assert folder.parent.stat().st_mode & 0o077 == 0
    before = stamps(folder)
    assert demo_data(blocked / "cache") == folder
    assert stamps(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_temporary_folder_others_can_write_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_write_images", fake_images)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    blocked = tmp_path / "a file"
    blocked.touch()
    open_to_all = demo_data(blocked).parent
    open_to_all.chmod(0o777)
    assert demo_data(blocked).parent != open_to_all


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/elsewhere"}, "/elsewhere/nodeeditor"),
        ("linux", {"XDG_CACHE_HOME": ""}, "/home/me/.cache/nodeeditor"),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, "/home/me/.cache/nodeeditor"),
        ("darwin", {}, "/home/me/Library/Caches/nodeeditor"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/nodeeditor/Cache"),
        ("win32", {"LOCALAPPDATA": ""}, "/home/me/AppData/Local/nodeeditor/Cache"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
def test_the_default_cache_follows_the_custom_of_the_system(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert module._cache_root() == Path(expected)


def test_without_a_cache_named_the_images_are_made_in_the_default_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_write_images", fake_images)
    monkeypatch.setattr(module, "_cache_root", lambda: tmp_path / "new" / "nodeeditor")
    assert demo_data() == tmp_path / "new" / "nodeeditor" / module.FOLDER


@pytest.mark.parametrize("name", SCANS)
def test_pydicom_reads_a_scan_as_enhanced_mr_with_regular_sagittal_slices(data: Path, name: str) -> None:
    scan = pydicom.dcmread(data / "BrainMultiModal" / name)
    assert scan.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4.1"
    assert scan.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (scan.NumberOfFrames, scan.Rows, scan.Columns) == (80, 91, 109)
    assert (scan.BitsAllocated, scan.BitsStored, scan.HighBit, scan.PixelRepresentation) == (16, 12, 11, 0)
    assert scan.pixel_array.dtype == np.uint16
    assert scan.SmallestImagePixelValue == scan.pixel_array.min()
    assert scan.LargestImagePixelValue == scan.pixel_array.max() < 4096
    shared = scan.SharedFunctionalGroupsSequence[0]
    assert shared.PixelMeasuresSequence[0].PixelSpacing == [1.953, 1.953]
    assert shared.PixelMeasuresSequence[0].SpacingBetweenSlices == 2
    assert shared.PlaneOrientationSequence[0].ImageOrientationPatient == [0, 1, 0, 0, 0, -1]
    positions = np.array(
        [f.PlanePositionSequence[0].ImagePositionPatient for f in scan.PerFrameFunctionalGroupsSequence],
        float,
    )
    np.testing.assert_allclose(np.diff(positions, axis=0), np.tile([-2.0, 0, 0], (79, 1)), atol=1e-9)
    frames = [f.FrameContentSequence[0] for f in scan.PerFrameFunctionalGroupsSequence]
    assert [f.InStackPositionNumber for f in frames] == list(range(1, 81))
    assert [list(f.DimensionIndexValues) for f in frames] == [[1, n] for n in range(1, 81)]


@pytest.mark.parametrize("name", SCANS)
def test_simpleitk_reads_the_same_geometry_and_voxels(data: Path, name: str) -> None:
    path = data / "BrainMultiModal" / name
    image: Any = sitk.ReadImage(str(path))
    assert image.GetSize() == (109, 91, 80)
    assert image.GetPixelID() == sitk.sitkUInt16
    assert image.GetSpacing() == pytest.approx((1.953, 1.953, 2.0), abs=1e-9)
    assert image.GetOrigin() == pytest.approx((82.9, -96.0, 76.7), abs=1e-9)
    assert image.GetDirection() == pytest.approx((0, 0, -1, 1, 0, 0, 0, -1, 0), abs=1e-12)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), pydicom.dcmread(path).pixel_array)


def test_both_scans_belong_to_one_patient_study_and_frame_of_reference(data: Path) -> None:
    t1, t2 = (pydicom.dcmread(data / "BrainMultiModal" / name) for name in SCANS)
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert t1[keyword] == t2[keyword]
    assert t1.PatientName == "PROBAND"
    assert t1.SeriesInstanceUID != t2.SeriesInstanceUID
    assert t1.SOPInstanceUID != t2.SOPInstanceUID
    for scan in (t1, t2):
        assert scan.file_meta.MediaStorageSOPInstanceUID == scan.SOPInstanceUID
        assert all(e.value.is_valid for e in scan.iterall() if e.VR == "UI" and e.VM == 1)


def test_the_t1_window_is_that_of_the_original_proband(data: Path) -> None:
    scan = pydicom.dcmread(data / "BrainMultiModal" / "ProbandT1.dcm")
    window = scan.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence[0]
    assert (window.WindowCenter, window.WindowWidth) == (439.96, 932.87)


@pytest.mark.parametrize("contrast", ["t1", "t2"])
def test_air_reads_0_to_60_and_has_the_noise_of_a_magnitude_image(
    contrast: str, request: pytest.FixtureRequest
) -> None:
    scan = request.getfixturevalue(contrast)
    for air in (scan[:, :4, :25], scan[:, :40, :8], scan[:, :4, 95:]):
        assert air.max() <= 60
        assert 18 < air.mean() < 26
        assert 8 < air.std() < 15


def test_more_than_a_quarter_of_the_voxels_is_air_and_most_others_are_well_above(t1: NDArray[Any]) -> None:
    assert 0.25 < (t1 <= 60).mean() < 0.6
    assert np.median(t1[t1 > 60]) > 400
    assert 1150 < t1.max() < 1350


def at(x: float, y: float, z: float) -> tuple[slice, slice, slice]:
    """The 3 x 3 x 3 voxels round a point of the patient in mm: left, back, head."""
    centre = ((82.9 - x) / 2, (76.7 - z) / 1.953, (y + 96) / 1.953)
    s, r, c = (slice(round(i) - 1, round(i) + 2) for i in centre)
    return s, r, c


WHITE = at(23, 14, 19)
THALAMUS = at(9, 17, -3)
VENTRICLE = at(5, -12, 7)
EYE = at(31, -56, -27)
PONS = at(-2, 18, -33)
SCALP = at(-2, 18, 70)


def test_t1_orders_the_tissues_fluid_grey_white_fat(t1: NDArray[Any]) -> None:
    fluid, grey, white = t1[VENTRICLE].mean(), t1[THALAMUS].mean(), t1[WHITE].mean()
    assert 120 < fluid < 250 < grey < white < 800
    assert white > 640
    assert 120 < t1[EYE].mean() < 300
    assert 550 < t1[PONS].mean() < 760
    assert t1[SCALP].max() > 950


def test_t2_orders_the_tissues_white_grey_fluid(t2: NDArray[Any]) -> None:
    white, grey, fluid = t2[WHITE].mean(), t2[THALAMUS].mean(), t2[VENTRICLE].mean()
    assert 330 < white < 450 < grey < 650
    assert 950 < fluid < 1300
    assert t2[EYE].mean() > 1000


def test_fluid_is_darker_than_white_matter_in_t1_and_brighter_in_t2(t1: NDArray[Any], t2: NDArray[Any]) -> None:
    assert t1[VENTRICLE].max() < t1[WHITE].min()
    assert t2[VENTRICLE].min() > t2[WHITE].max()


def test_the_face_looks_to_the_left_edge_and_the_vertex_is_up(t1: NDArray[Any]) -> None:
    head = t1[40] > 100
    rows, columns = np.nonzero(head)
    nose_row = rows[columns.argmin()]
    assert 60 < nose_row < 75
    assert rows.min() < 8
    assert head[-1].any()


def test_the_head_is_not_quite_symmetric(t1: NDArray[Any]) -> None:
    middle = 42
    left, right = t1[middle - 30 : middle], t1[middle + 1 : middle + 31][::-1]
    assert np.abs(left.astype(int) - right).mean() > 20


def test_the_bone_tiff_holds_64_pages_of_16_bit_values_1_mm_wide(data: Path) -> None:
    image: Any = sitk.ReadImage(str(data / "Bone.tiff"))
    assert image.GetSize() == (128, 128, 64)
    assert image.GetPixelID() == sitk.sitkUInt16
    assert image.GetSpacing() == pytest.approx((1, 1, 1))


def test_the_bone_values_follow_hounsfield_units_plus_1000(bone: NDArray[Any]) -> None:
    assert bone[:, :4, :4].mean() < 30
    assert 2000 < bone.max() <= 4095
    flesh = bone[(bone > 800) & (bone < 1200)]
    assert 0.3 < flesh.size / bone.size < 0.7
    assert 0.05 < (bone >= 1200).mean() < 0.4
    assert ((bone >= 1200).sum(axis=(1, 2)) > 20).all()


def test_a_tiff_page_chain_read_by_hand_gives_the_same_voxels(data: Path, bone: NDArray[Any]) -> None:
    raw = (data / "Bone.tiff").read_bytes()
    assert raw[:4] == b"II*\x00"
    pages, at_byte = [], int.from_bytes(raw[4:8], "little")
    while at_byte:
        count = int.from_bytes(raw[at_byte : at_byte + 2], "little")
        entries = np.frombuffer(raw, "<u2, <u2, <u4, <u4", count, at_byte + 2)
        tags = {int(tag): int(value) for tag, _, _, value in entries}
        assert sorted(tags) == list(tags)
        pages.append(np.frombuffer(raw, "<u2", tags[279] // 2, tags[273]).reshape(tags[257], tags[256]))
        end = at_byte + 2 + 12 * count
        at_byte = int.from_bytes(raw[end : end + 4], "little")
    np.testing.assert_array_equal(pages, bone)


def test_the_head_with_a_tumor_has_20_axial_pages_with_their_pixel_size(data: Path) -> None:
    image: Any = sitk.ReadImage(str(data / TUMOR))
    assert image.GetSize() == (80, 109, 20)
    assert image.GetPixelID() == sitk.sitkUInt16
    assert image.GetSpacing()[:2] == pytest.approx((2.0, 1.953), abs=1e-6)


def test_the_tumor_takes_up_contrast_agent_around_a_dark_core_on_the_left_alone(data: Path) -> None:
    head = voxels(data / TUMOR).astype(int)
    page = head[8]
    core, rim, mirrored = page[68, 51:55], page[68, 42:64], page[68, 80 - 64 : 80 - 42]
    white = 0.375 * 715
    assert core.min() < 0.5 * white
    assert rim.max() > 1.25 * white
    assert mirrored.max() < 1.15 * white


def test_the_head_with_a_tumor_is_the_scanned_head_elsewhere(data: Path, t1: NDArray[Any]) -> None:
    axial = t1[::-1, 57::-3].transpose(1, 2, 0)[:20]
    head = voxels(data / TUMOR)
    right = (slice(None), slice(None), slice(0, 36))
    assert np.abs(head[right] - 0.375 * axial[right]).mean() < 10  # other noise
