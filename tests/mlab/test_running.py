"""Networks from ``.mlab`` files run without a screen, and give what plain numpy gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor.demo_data import demo_data
from nodeeditor.engine import Engine
from nodeeditor.library import Library
from nodeeditor.mlab import load
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from tests.mlab.texts import MASKED, OLDER

LIBRARY = Library.installed()


@pytest.fixture
def scan(tmp_path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """The voxels of an image ``scan.nii`` in a folder of its own, which is the network's."""
    voxels = (np.arange(4 * 5 * 6, dtype=np.int16) * 37 % 2000).reshape(4, 5, 6)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(tmp_path / "scan.nii"))
    return voxels


def opened(folder: Path, text: str) -> Network:
    file = folder / "network.mlab"
    file.write_text(text, encoding="utf-8")
    return load(file, LIBRARY)


def computed(network: Network, output: str, folder: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    image = Engine(LIBRARY).image(network, output, paths=Paths(folder))
    return np.asarray(image.voxels[0, 0], np.float64)


def test_a_masked_image_is_that_of_numpy(tmp_path: Path, scan: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> None:
    text = MASKED.replace("$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm", "$(NETWORK)/scan.nii")
    found = computed(opened(tmp_path, text), "Mask.output0", tmp_path)
    np.testing.assert_array_equal(found, np.where(scan <= 60.5, -1000, scan))


def test_an_older_threshold_is_that_of_numpy(
    tmp_path: Path, scan: np.ndarray[tuple[int, ...], np.dtype[np.int16]]
) -> None:
    network = opened(tmp_path, OLDER)
    threshold = float(scan[1, 2, 3])
    found = computed(network.with_field("Old", "threshold", threshold), "Old.output0", tmp_path)
    info = Engine(LIBRARY).info(network, "Load.outImage", Paths(tmp_path))
    np.testing.assert_array_equal(found, np.where(scan >= threshold, info.range[1], info.range[0]))
    assert found[1, 2, 3] == info.range[1]


def test_the_demo_data_of_mevislab_networks_is_found(tmp_path: Path) -> None:
    network = opened(tmp_path, MASKED)
    found = computed(network, "Mask.output0", tmp_path)
    file = demo_data() / "BrainMultiModal" / "ProbandT1.dcm"
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(file))).astype(np.float64)
    np.testing.assert_array_equal(found, np.where(voxels <= 60.5, -1000, voxels))


def test_a_known_part_runs_beside_unknown_modules(
    tmp_path: Path, scan: np.ndarray[tuple[int, ...], np.dtype[np.int16]]
) -> None:
    more = "module SoGroup { fields { instanceName = G } }\nconnections { G.in = Mask.output0 }\n"
    text = MASKED.replace("$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm", "scan.nii") + more
    found = computed(opened(tmp_path, text), "Threshold.output0", tmp_path)
    np.testing.assert_array_equal(found, np.where(scan <= 60.5, 0, 1))


def test_no_script_or_command_of_a_file_is_run(tmp_path: Path) -> None:
    """A module that carries a program is a text like any other."""
    victim = tmp_path / "victim"
    code = f"import pathlib; pathlib.Path({str(victim)!r}).touch()"
    text = f'module RunPythonScript {{ fields {{ script = "*{code}*" onLoad = TRUE }} }}\n'
    text += f'Commands {{ initCommand = "*py: {code}*" source = $(LOCAL)/x.py }}\n'
    (tmp_path / "x.py").write_text(code, encoding="utf-8")
    network = opened(tmp_path, text)
    Engine(LIBRARY).known(network, Paths(tmp_path))
    assert network.nodes["RunPythonScript"].fields["script"] == code
    assert not victim.exists()


def test_a_viewer_that_never_saw_an_image_shows_all_of_its_greys(tmp_path: Path) -> None:
    voxels = (np.arange(64, dtype=np.int16) * 65).reshape(1, 8, 8)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(tmp_path / "ramp.nii"))
    text = (
        "module ImgLoad { fields { instanceName = L filename = ramp.nii } }\n"
        "module View2D { fields { instanceName = V lutCenter = 0.5 lutWidth = 1 filterMode = FILTER_NEAREST\n"
        "  annotationOn = FALSE annotationSizeMode = ANNO_SHOW_DETAILED } }\nconnections { V.inImage = L.output0 }\n"
    )
    picture = Engine(LIBRARY).image(opened(tmp_path, text), "V.picture", paths=Paths(tmp_path)).voxels[0, :, 0]
    side = picture.shape[-1]
    centers = (np.arange(8) * side + side // 2) // 8
    shown = picture[:, centers[:, None], centers]
    expected = voxels[0] * 255.0 / voxels.max()
    assert np.abs(shown - expected).max() <= 1
