"""Files that MeVisLab itself wrote, where there are some beside the repository; there are none in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from nodeeditor import file
from nodeeditor.cli import main
from nodeeditor.demo_data import demo_data
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, loads

LIBRARY = Library.installed()
FOLDER = Path(__file__).parents[2].parent / "shared" / "mlab"
FILES = sorted(FOLDER.rglob("*.mlab"))
NONE = [pytest.param(None, marks=pytest.mark.skip(reason="there are no files of MeVisLab beside the repository"))]


@pytest.mark.parametrize("path", FILES or NONE, ids=lambda path: path.name if path else "none")
def test_a_real_file_comes_back_byte_for_byte(path: Path) -> None:
    data = path.read_bytes()
    network = loads(data, LIBRARY)
    assert dumps(network, LIBRARY) == data
    again = file.loads(file.dumps(network))
    assert again == network
    assert dumps(again, LIBRARY) == data


@pytest.mark.parametrize("path", FILES or NONE, ids=lambda path: path.name if path else "none")
def test_a_moved_box_of_a_real_file_changes_one_line(path: Path) -> None:
    data = path.read_bytes()
    network = loads(data, LIBRARY)
    for name, spec in network.nodes.items():
        if spec.frame is not None:
            moved = dumps(network.with_node(name, replace(spec, frame=(-12345.0, *spec.frame[1:]))), LIBRARY)
            before, after = data.split(b"\n"), moved.split(b"\n")
            assert len(before) == len(after)
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


@pytest.mark.skipif(not FILES, reason="there are no files of MeVisLab beside the repository")
def test_real_networks_run_on_the_built_in_images_as_numpy_says(tmp_path: Path) -> None:
    brain = demo_data() / "BrainMultiModal"
    other, frames = (
        pydicom.dcmread(brain / f"Proband{kind}.dcm").pixel_array.astype(np.int32) for kind in ("T1", "T2")
    )
    knee = sitk.GetArrayFromImage(sitk.ReadImage(str(demo_data() / "Bone.tiff")))
    head = sitk.GetArrayFromImage(sitk.ReadImage(str(demo_data() / "Tumor1_Head_t1.small.tif")))
    _, high, wide = head.shape
    around = np.pad(head.astype(np.int64), ((0, 0), (2, 2), (2, 2)), mode="edge")
    sums = sum(around[:, y : y + high, x : x + wide] for y in range(5) for x in range(5))
    expected = {
        "BasicFilter.mlab": ("Arithmetic2.output0", other + frames),
        "ImageMask.mlab": ("Mask.output0", np.where(frames < 60, -1000, frames)),
        "VisualizationExample1.mlab": ("Convolution.output0", np.rint(sums / 25)),
        "VisualizationExample3.mlab": ("Threshold.output0", np.where(knee < 1200, knee.min(), knee.max())),
    }
    for name, (output, voxels) in expected.items():
        made = tmp_path / f"{name}.mha"
        assert main(["run", str(FOLDER / name), "--output", f"{output}={made}"]) == 0
        assert np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(made))), voxels), name
