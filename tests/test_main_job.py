"""The main job, on the built-in data and on every real volume that lies beside the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from nodeeditor.cli import main
from nodeeditor.demo_data import demo_data
from nodeeditor.engine import Engine
from nodeeditor.file import dumps, load
from nodeeditor.library import Library
from nodeeditor.paths import Paths

ROOT = Path(__file__).parents[1]
MASKING = ROOT / "networks" / "ImageMask.mlab.json"
SHARED = ROOT.parent / "shared" / "data"
VOLUMES = (
    "t1_head/t1_proband_size.nii.gz",
    "t1_head/ch2.nii.gz",
    "ct/series",
    "ct/example_ct_sm.nii.gz",
    "mr_series",
    "odd_dicom/MR-MONO2-8-16x-heart.dcm",
    "odd_dicom/adi_slice.dcm",
    "odd_dicom/adi_slice.nii",
    "odd_dicom/deflated.dcm",
    "odd_dicom/explicit_big.dcm",
    "odd_dicom/explicit_little.dcm",
    "odd_dicom/implicit_little.dcm",
    "odd_dicom/jpeg_2000.dcm",
    "odd_dicom/jpeg_lossless_sel1.dcm",
    "odd_dicom/jpeg_ls.dcm",
    "odd_dicom/rle.dcm",
    "odd_dicom/ser002img00001-16-signed.dcm",
    "series_cases/01_ok",
)


def masked(x: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    wide = x.astype(np.float64)
    return np.where(wide <= 60, -1000.0, wide)


def test_the_main_job_works_with_nothing_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(MASKING), "--out", "result"]) == 0
    assert capsys.readouterr().err == ""
    scan = pydicom.dcmread(demo_data() / "BrainMultiModal" / "ProbandT1.dcm")
    written = sitk.ReadImage(str(tmp_path / "result" / "Mask.output0.mha"))
    assert np.array_equal(sitk.GetArrayFromImage(written), masked(scan.pixel_array))
    assert written.GetPixelIDTypeAsString() == "16-bit signed integer"
    frames = scan.PerFrameFunctionalGroupsSequence
    first = [float(number) for number in frames[0].PlanePositionSequence[0].ImagePositionPatient]
    shared = scan.SharedFunctionalGroupsSequence[0]
    rows = [float(number) for number in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
    assert np.allclose(written.GetOrigin(), first)
    assert np.allclose(written.GetSpacing(), (1.953, 1.953, 2.0))
    direction = np.reshape(written.GetDirection(), (3, 3))
    assert np.allclose(direction[:, 0], rows[:3])
    assert np.allclose(direction[:, 1], rows[3:])
    last = [float(number) for number in frames[-1].PlanePositionSequence[0].ImagePositionPatient]
    assert np.allclose(written.TransformIndexToPhysicalPoint((0, 0, 79)), last)


@pytest.mark.parametrize("volume", VOLUMES)
def test_the_main_job_masks_every_real_volume(volume: str, tmp_path: Path) -> None:
    path = SHARED / volume
    if not path.exists():
        pytest.skip(f"the real image {volume} does not lie beside the repository")
    file = tmp_path / "masked.mha"
    settings = ["--set", f"LocalImage.name={path}", "--output", f"Mask.output0={file}"]
    assert main(["run", str(MASKING), *settings]) == 0
    expected, made = _read(path), sitk.ReadImage(str(file))
    x, y = sitk.GetArrayFromImage(expected), sitk.GetArrayFromImage(made)
    assert np.array_equal(y.reshape(x.shape), masked(x).astype(np.float32 if y.dtype == np.float32 else np.float64))
    if y.ndim == 4:
        return  # SimpleITK takes the frame time for the distance of slices; ours are time points
    for ours, theirs in (
        (made.GetSpacing(), expected.GetSpacing()),
        (made.GetOrigin(), expected.GetOrigin()),
        (made.GetDirection(), expected.GetDirection()),
    ):
        assert np.allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def _read(path: Path) -> sitk.Image:
    """The volume as SimpleITK reads it."""
    if path.is_dir():
        return sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(path)))
    return sitk.ReadImage(str(path))


@pytest.mark.parametrize("file", sorted((ROOT / "networks").glob("*.mlab.json")), ids=lambda file: file.name)
def test_every_example_runs_and_is_written_back_byte_for_byte(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = load(file)
    assert dumps(network).encode() == file.read_bytes()
    copy = tmp_path / "networks" / file.name
    copy.parent.mkdir()
    copy.write_bytes(file.read_bytes())
    assert main(["run", str(copy)]) == 0
    assert capsys.readouterr().err == ""


def test_the_stages_of_the_tutorial_differ_as_the_tutorial_says() -> None:
    engine = Engine(Library.installed())
    pictures = {}
    for stage in ("ImageMask-1-view", "ImageMask-2-unset", "ImageMask"):
        network = load(MASKING.with_name(f"{stage}.mlab.json"))
        for name, value in (("lut1c", 129.0), ("lut1w", 3366.0)):
            network = network.with_field("SynchroView2D", name, value)
        picture = engine.image(network, "SynchroView2D.picture", paths=Paths(MASKING.parent))
        pictures[stage] = picture.voxels[0, 0, 0].astype(int)
    corner = (slice(60, 90), slice(10, 40))
    right = (slice(60, 90), slice(414, 444))
    lit = pictures["ImageMask"][corner].mean()
    assert lit > 90, "the background on the left lights up"
    assert abs(pictures["ImageMask-1-view"][right].mean() - lit) < 10, "both sides are the same at first"
    darkest = round(255 * (-1000 - (129 - 3366 / 2)) / 3366)
    assert np.all(pictures["ImageMask"][right] == darkest), "the masked background on the right is even and darker"
    inside = (slice(150, 250), slice(150, 250))
    inside_right = (slice(150, 250), slice(554, 654))
    assert np.array_equal(pictures["ImageMask-1-view"][inside_right], pictures["ImageMask-1-view"][inside])
