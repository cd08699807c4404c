"""Info tells what hand calculation and SimpleITK tell."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor import Image
from nodeeditor.engine import Engine
from nodeeditor.network import Network, NodeSpec

from .sources import LIBRARY, OBLIQUE, SHARED, TYPES, given, image_of, noise, wired

REAL = [SHARED / "t1_head" / "ch2.nii.gz", SHARED / "ct" / "example_ct_sm.nii.gz"]


def facts(image: Image) -> dict[str, Any]:
    return dict(Engine(LIBRARY, 0).values(wired("Info", input0=image), "Node"))


def test_sizes_volumes_and_range_are_as_calculated_by_hand() -> None:
    image = image_of(noise("int16", (2, 3, 4, 5, 6)), range=(-1000, 3071), modality="CT", **OBLIQUE)
    told = facts(image)
    matrix = told.pop("worldMatrix")
    assert told.pop("totalVolume") == pytest.approx(0.225, rel=1e-12)
    assert told == {
        "sizeX": 6,
        "sizeY": 5,
        "sizeZ": 4,
        "sizeC": 3,
        "sizeT": 2,
        "dataType": "int16",
        "minValue": -1000.0,
        "maxValue": 3071.0,
        "voxelSizeX": 0.5,
        "voxelSizeY": 1.25,
        "voxelSizeZ": 3.0,
        "voxelVolume": 0.001875,
        "megaVoxels": 0.00072,
        "modality": "CT",
        "connectionValid": True,
    }
    by_hand = [0.4, -0.75, 0, -10 - 0.2 + 0.375, 0.3, 1.0, 0, 20.5 - 0.15 - 0.5, 0, 0, 3, 7 - 1.5, 0, 0, 0, 1]
    assert matrix == pytest.approx(by_hand, abs=1e-12)


def test_the_world_matrix_agrees_with_simpleitk_where_voxel_centres_are_at_one_half() -> None:
    random = np.random.default_rng(5)
    for _ in range(20):
        rotation, _ = np.linalg.qr(random.standard_normal((3, 3)))
        picture = sitk.GetImageFromArray(np.zeros((4, 5, 6), np.uint8))
        picture.SetSpacing(random.uniform(0.1, 5, 3).tolist())
        picture.SetOrigin(random.uniform(-500, 500, 3).tolist())
        picture.SetDirection(rotation.ravel().tolist())
        matrix = np.reshape(facts(Image.from_sitk(picture))["worldMatrix"], (4, 4))
        for index in ((0, 0, 0), (5, 4, 3), (2, 0, 3)):
            world = matrix @ (*(number + 0.5 for number in index), 1)
            assert world[:3] == pytest.approx(picture.TransformIndexToPhysicalPoint(index), abs=1e-9)
        corner = picture.TransformContinuousIndexToPhysicalPoint((-0.5, -0.5, -0.5))
        assert matrix[:3, 3] == pytest.approx(corner, abs=1e-9)


@pytest.mark.parametrize("dtype", TYPES)
def test_the_type_is_told_in_mevislabs_words_and_the_range_is_the_declared_one(dtype: str) -> None:
    names = {"uint8": "unsigned int8", "float32": "float", "float64": "double", "int64": "int64"}
    image = image_of(noise(dtype))
    told = facts(image)
    assert told["dataType"] == names.get(dtype, dtype.replace("uint", "unsigned int"))
    assert (told["minValue"], told["maxValue"]) == tuple(map(float, image.info.range))


def test_without_an_image_everything_is_nothing() -> None:
    told = Engine(LIBRARY, 0).values(Network({"Info": NodeSpec("Info")}), "Info")
    assert told["connectionValid"] is False
    assert (told["dataType"], told["modality"], told["worldMatrix"]) == ("", "", (0.0,) * 16)
    others = set(told) - {"connectionValid", "dataType", "modality", "worldMatrix"}
    assert {told[name] for name in others} == {0}


def test_no_voxel_is_read() -> None:
    seen: list[object] = []
    engine = Engine(LIBRARY, 0, seen.append)
    engine.values(wired("Info", input0=image_of(noise("uint8"))), "Node")
    assert seen == []


@pytest.mark.parametrize(
    ("told", "target", "wanted"),
    [
        ("sizeZ", "View.startSlice", 4),
        ("maxValue", "View.lutWidth", 3071.0),
        ("maxValue", "View.numSlices", 307),
        ("voxelSizeY", "View.timePoint", 1),
        ("voxelSizeZ", "Threshold.threshold", 3.0),
        ("connectionValid", "Threshold.relativeThreshold", True),
        ("sizeX", "Threshold.relativeThreshold", True),
        ("dataType", "Save.filename", "int16"),
        ("sizeX", "Save.filename", "6"),
    ],
)
def test_a_fact_can_be_connected_to_a_field_of_another_node(told: str, target: str, wanted: object) -> None:
    top = 307.9 if target == "View.numSlices" else 3071
    image = image_of(noise("float32" if top == 307.9 else "int16"), range=(-1000, top), **OBLIQUE)
    nodes = {
        name: NodeSpec(kind) for name, kind in {"View": "View2D", "Threshold": "Threshold", "Save": "ImageSave"}.items()
    }
    links = {"Info.input0": "Image.output0", "Threshold.input0": "Image.output0", "Save.input0": "Image.output0"}
    network = Network(nodes | {"Info": NodeSpec("Info"), "Image": given(image)}, links | {target: f"Info.{told}"})
    name, _, field_name = target.partition(".")
    node = Engine(LIBRARY, 0).bound(network, [name])[name].node
    value = getattr(node, node.declaration.fields[field_name].name)
    if field_name == "filename":
        value = Path(value).name
    assert value == wanted
    assert type(value) is type(wanted)


def test_a_connected_fact_changes_what_the_other_node_computes() -> None:
    image = image_of(np.arange(6, dtype=np.int16).reshape(1, 2, 3), spacing=(1.0, 1.0, 4.0))
    nodes = {"Image": given(image), "Info": NodeSpec("Info"), "Threshold": NodeSpec("Threshold")}
    links = {"Info.input0": "Image.output0", "Threshold.input0": "Image.output0"}
    network = Network(nodes, links | {"Threshold.threshold": "Info.voxelSizeZ"})
    made = Engine(LIBRARY, 0).image(network, "Threshold.output0")
    assert made.voxels.ravel().tolist() == [0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_a_real_image_is_told_as_simpleitk_tells_it(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file} is not here; these images are no part of the project")
    picture = sitk.ReadImage(str(file))
    nodes = {"LocalImage": NodeSpec("LocalImage", {"name": str(file)}), "Info": NodeSpec("Info")}
    told = Engine(LIBRARY, 0).values(Network(nodes, {"Info.input0": "LocalImage.outImage"}), "Info")
    voxels = sitk.GetArrayFromImage(picture)
    assert (told["sizeX"], told["sizeY"], told["sizeZ"]) == picture.GetSize()
    assert (told["minValue"], told["maxValue"]) == (voxels.min(), voxels.max())
    assert [told[f"voxelSize{axis}"] for axis in "XYZ"] == pytest.approx(picture.GetSpacing(), rel=1e-5)
    assert told["totalVolume"] == pytest.approx(math.prod(picture.GetSpacing()) * voxels.size / 1000, rel=1e-5)
    matrix = np.reshape(told["worldMatrix"], (4, 4))
    last = [size - 1 for size in picture.GetSize()]
    for index in ([0, 0, 0], last):
        world = matrix @ (*(number + 0.5 for number in index), 1)
        assert world[:3] == pytest.approx(picture.TransformIndexToPhysicalPoint(index), abs=1e-3)
