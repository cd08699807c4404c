"""What an opened image declares of its values: all of them where it is small, else what its type could hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from nodeeditor import Image
from nodes.formats import dicom as dicom_module
from nodes.formats import memory, open_image
from nodes.formats.write import write_image
from tests.formats import InHand, sample
from tests.formats.test_dicom_builder import dataset, pattern, placed, save, series

HEIGHTS = [float(z) for z in range(9)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of 200 and of 2,000 bytes instead of many million."""
    for module in (memory, dicom_module):
        monkeypatch.setattr(module, "SCANNED", 200)
        monkeypatch.setattr(module, "UNPACKED", 2000)


def saved(path: Path, image: Image) -> Path:
    write_image(InHand(image), path)
    return path


def window(values: Any) -> tuple[float, float]:
    return (float(values.min()) + float(values.max())) / 2, float(values.max()) - float(values.min())


@pytest.mark.parametrize("suffix", [".mha", ".nii", ".nrrd"])
def test_a_large_file_declares_its_type_and_begins_with_the_window_of_three_slices(tmp_path: Path, suffix: str) -> None:
    image = sample((1, 1, 9, 6, 5))
    opened = open_image(saved(tmp_path / f"x{suffix}", image))
    assert opened.info.range == (-32768, 32767)
    (warning,) = opened.warnings
    assert "-32768 to 32767 are assumed (relative thresholds go by them)" in warning
    center, width = window(image.voxels[0, 0, [1, 4, 7], 2:4])
    assert (float(opened.info.tag("WindowCenter")), float(opened.info.tag("WindowWidth"))) == (center, width)


def test_a_small_file_declares_its_values_and_no_window(tmp_path: Path) -> None:
    image = sample((1, 1, 2, 6, 5))
    opened = open_image(saved(tmp_path / "x.mha", image))
    assert opened.info.range == image.info.range
    assert opened.info.tags == ()
    assert opened.warnings == ()


def test_a_large_file_without_contrast_in_its_middle_has_no_window(tmp_path: Path) -> None:
    image = sample((1, 1, 9, 6, 5))
    flat = Image.of(image.info, np.full_like(image.voxels, 7))
    assert open_image(saved(tmp_path / "x.mha", flat)).info.tags == ()


def test_colours_have_no_window(tmp_path: Path) -> None:
    assert open_image(saved(tmp_path / "x.mha", sample((1, 3, 9, 6, 5)))).info.tags == ()


def test_what_has_to_be_unpacked_anyway_is_looked_through_up_to_the_higher_limit(tmp_path: Path) -> None:
    for depth, scanned in ((9, True), (90, False)):
        image = sample((1, 1, depth, 6, 5))
        opened = open_image(saved(tmp_path / "x.nii.gz", image))
        assert opened.info.range == (image.info.range if scanned else (-32768, 32767))
        assert (opened.nbytes > 0) == scanned
        assert opened.info.tags == ()


def test_a_rescaled_file_is_looked_through_for_its_type(tmp_path: Path) -> None:
    voxels = np.arange(270, dtype=np.int16).reshape(5, 6, 9)
    kind: Any = nibabel.Nifti1Image
    made = kind(voxels, np.eye(4))
    made.header.set_slope_inter(1, -1024)
    nibabel.save(made, tmp_path / "x.nii")
    info = open_image(tmp_path / "x.nii").info
    assert info.range == (-1024, -755)
    assert info.dtype == np.int16


@pytest.mark.parametrize(("bits", "scanned"), [(16, True), (12, False)])
def test_a_large_series_is_looked_through_where_its_type_would_grow(tmp_path: Path, bits: int, scanned: bool) -> None:
    attributes: dict[str, Any] = {
        "RescaleSlope": "1",
        "RescaleIntercept": "-1024",
        "BitsStored": bits,
        "HighBit": bits - 1,
    }
    folder = series(tmp_path / "s", HEIGHTS, dtype="uint16", **attributes)
    opened = open_image(folder)
    assert opened.info.range == ((-1024, 835 - 1024) if scanned else (-1024, 4095 - 1024))
    assert opened.info.dtype == np.int16
    assert bool(opened.info.tag("WindowWidth")) == (not scanned)
    assert len(opened.warnings) == (not scanned)


def test_a_large_series_keeps_the_window_that_it_names_itself(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", HEIGHTS, WindowCenter="40", WindowWidth="400")
    assert open_image(folder).info.tag("WindowWidth") == "400"
    made = dataset(np.stack([pattern(z=z) for z in range(9)]), **placed(0.0))
    assert float(open_image(save(made, tmp_path / "a.dcm")).info.tag("WindowWidth")) > 0
