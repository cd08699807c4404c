"""SubImage against plain slices of padded numpy arrays, and boxes in the world against SimpleITK."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, NodeError, Region, Voxels
from nodeeditor.engine import Engine
from nodeeditor.explain import explained
from nodeeditor.library import Library
from nodeeditor.mlab import loads
from nodeeditor.paths import Paths
from nodes.cropping import SubImage

from .sources import LIBRARY, OBLIQUE, SHARED, image_of, noise, result, wired

FILE = SHARED.parent / "mlab" / "MatplotlibBaseNetwork.mlab"


def cut(image: Image, start: tuple[int, ...], stop: tuple[int, ...], fill: Any = 0) -> Voxels:
    """A box of an image, in t c z y x, as numpy cuts it out of one with as much around it as is needed."""
    before = [max(0, -a) for a in start]
    behind = [max(0, b - size) for b, size in zip(stop, image.voxels.shape, strict=True)]
    around = np.pad(image.voxels.astype(object), list(zip(before, behind, strict=True)), constant_values=fill)
    return around[tuple(slice(a + more, b + more) for a, b, more in zip(start, stop, before, strict=True))]


IMAGE = image_of(noise("int16", (3, 2, 4, 5, 6)), **OBLIQUE)


@pytest.mark.parametrize(
    ("mode", "fields", "start", "stop"),
    [
        ("VoxelStartSize", {}, (0, 0, 0, 0, 0), (3, 2, 4, 5, 6)),
        ("VoxelStartSize", {"x": 1, "sx": 3, "z": 2, "sz": 1}, (0, 0, 2, 0, 1), (3, 2, 3, 5, 4)),
        ("VoxelStartSize", {"x": 1, "y": 2.9, "t": 1}, (1, 0, 0, 2, 1), (3, 2, 4, 5, 6)),
        ("VoxelStartSize", {"x": -2, "sx": 10, "c": 1, "sc": 1}, (0, 1, 0, 0, -2), (3, 2, 4, 5, 8)),
        ("VoxelStartEnd", {"x": 1, "sx": 3, "z": 2, "sz": 2.4}, (0, 0, 2, 0, 1), (3, 2, 3, 5, 4)),
        ("VoxelStartEnd", {"y": 3, "st": 0}, (0, 0, 0, 3, 0), (1, 2, 4, 5, 6)),
        ("VoxelCenterWidth", {"x": 3, "sx": 3, "y": 2, "sy": 2}, (0, 0, 0, 1, 2), (3, 2, 4, 3, 5)),
        ("VoxelCenterWidth", {"sx": 4, "sy": 3, "sz": 2}, (0, 0, 1, 1, 1), (3, 2, 3, 4, 5)),
        ("VoxelCenterWidth", {"z": 0}, (0, 0, -2, 0, 0), (3, 2, 2, 5, 6)),
    ],
)
def test_a_box_of_voxels_is_the_slice_of_numpy(
    mode: str, fields: dict[str, float], start: tuple[int, ...], stop: tuple[int, ...]
) -> None:
    made = result("SubImage", {"mode": mode, "fillValue": 9, **fields}, input0=IMAGE)
    assert made.voxels.tolist() == cut(IMAGE, start, stop, 9).tolist()
    corner = IMAGE.info.index_to_world @ (*start[:1:-1], 1)
    assert np.allclose(made.info.index_to_world @ (0, 0, 0, 1), corner, rtol=0, atol=1e-12)
    assert (made.info.spacing, made.info.direction) == (IMAGE.info.spacing, IMAGE.info.direction)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_box_inside_or_outside_is_the_slice_of_numpy(data: st.DataObject) -> None:
    start = data.draw(st.tuples(*[st.integers(-9, 9)] * 5))
    size = data.draw(st.tuples(*[st.integers(1, 5)] * 5))
    fields: dict[str, Any] = {"fillValue": data.draw(st.sampled_from([0, -1000, 70000, 0.5, 1e300]))}
    for axis, first, count in zip("tczyx", start, size, strict=True):
        fields |= {axis: first, f"s{axis}": count}
    made = result("SubImage", fields, input0=IMAGE)
    stop = tuple(a + b for a, b in zip(start, size, strict=True))
    assert made.voxels.tolist() == cut(IMAGE, start, stop, fields["fillValue"]).tolist()


@pytest.mark.parametrize(
    ("fill", "wanted"), [(0, "uint8"), (-1, "int16"), (300, "uint16"), (0.5, "float32"), (1e300, "float64")]
)
def test_the_type_grows_for_the_fill_value_only_where_it_is_needed(fill: float, wanted: str) -> None:
    image = image_of(noise("uint8"))
    made = result("SubImage", {"x": -1, "fillValue": fill}, input0=image)
    assert made.voxels.dtype == wanted
    assert made.voxels[0, 0, 0, 0, 0] == fill
    assert np.array_equal(made.voxels[..., 1:], image.voxels)
    inside = result("SubImage", {"x": 1, "fillValue": fill}, input0=image)
    assert (str(inside.voxels.dtype), inside.info.range) == ("uint8", image.info.range)


def overlapped(image: Image, points: list[list[float]]) -> list[tuple[int, int]]:
    """The voxels, first and one behind the last along x y z, that the box around points of the world reaches into."""
    picture = image.to_sitk()
    places = np.array([picture.TransformPhysicalPointToContinuousIndex(point) for point in points])
    low, high = places.min(axis=0), places.max(axis=0)
    spans = []
    for a, b in zip(low, high, strict=True):
        inside = [i for i in range(-60, 60) if i - 0.5 < b - 1e-4 and i + 0.5 > a + 1e-4]
        spans.append((inside[0], inside[-1] + 1))
    return spans


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-12, 12), min_size=6, max_size=6))
def test_a_box_in_the_world_takes_all_voxels_that_it_reaches_into(numbers: list[float]) -> None:
    image = image_of(noise("uint8"), **OBLIQUE)
    middle = np.array(image.info.index_to_world @ (3, 2, 2, 1))[:3]
    corners = middle + np.reshape(numbers, (2, 3))
    for mode in ("WorldStartEnd", "WorldStartEndImageAxisAligned"):
        points = corners if mode == "WorldStartEndImageAxisAligned" else list(itertools.product(*corners.T))
        fields = {"mode": mode, "correctForNegativeSubImageExtents": True}
        for axis, start, end in zip("xyz", *corners.tolist(), strict=True):
            fields |= {axis: start, f"s{axis}": end}
        try:
            spans = overlapped(image, [list(map(float, point)) for point in points])
        except IndexError:  # the box is thinner than the tolerance
            continue
        made = SubImage(**as_python(fields)).describe(image.info)
        assert made.extent[:1:-1] == tuple(stop - start for start, stop in spans)
        origin = image.info.index_to_world @ (*(start for start, _ in spans), 1)
        assert np.allclose(made.origin, origin[:3], rtol=0, atol=1e-9)


def as_python(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields by their Python names."""
    specs = SubImage.declaration.fields
    return {specs[name].name: specs[name].value(value) for name, value in fields.items()}


def test_a_box_in_the_world_whose_corners_are_one_point_is_one_voxel() -> None:
    image = image_of(noise("int16", (2, 1, 4, 5, 6)), **OBLIQUE)
    x, y, z, _ = (image.info.index_to_world @ (4, 1, 2, 1)).tolist()
    fields = {"mode": "WorldStartEndImageAxisAligned", "x": x, "sx": x, "y": y, "sy": y, "z": z, "sz": z}
    made = result("SubImage", {**fields, "t": 0, "st": 1, "modifyC": False}, input0=image)
    assert made.voxels.tolist() == image.voxels[:1, :, 2:3, 1:2, 4:5].tolist()


def test_an_axis_that_is_not_modified_is_taken_whole() -> None:
    fields = {"x": 1, "sx": 2, "y": 9, "sy": 0, "modifyY": False, "t": 8, "modifyT": False}
    assert np.array_equal(result("SubImage", fields, input0=IMAGE).voxels, IMAGE.voxels[..., 1:3])


def test_a_clamped_box_ends_where_the_image_does() -> None:
    fields = {"x": -3, "sx": 7, "z": 3, "sz": 9, "enableBoxClamping": True, "fillValue": -1e9}
    made = result("SubImage", fields, input0=IMAGE)
    assert np.array_equal(made.voxels, IMAGE.voxels[:, :, 3:, :, :4])
    assert made.voxels.dtype == np.int16


@pytest.mark.parametrize(
    ("mode", "fields", "columns"),
    [
        ("VoxelStartEnd", {"x": 4, "sx": 1}, slice(1, 5)),
        ("VoxelStartEnd", {"x": 4, "sx": 3}, slice(3, 5)),
        ("VoxelStartSize", {"x": 5, "sx": -3}, slice(2, 5)),
        ("VoxelCenterWidth", {"x": 2, "sx": -3}, slice(1, 4)),
    ],
)
def test_a_box_that_ends_before_it_starts_is_refused_or_swapped(
    mode: str, fields: dict[str, float], columns: slice
) -> None:
    with pytest.raises(NodeError, match=r"ends before it starts along x .*correctForNegativeSubImageExtents swaps"):
        result("SubImage", {"mode": mode, **fields}, input0=IMAGE)
    swapped = {"mode": mode, **fields, "correctForNegativeSubImageExtents": True}
    assert np.array_equal(result("SubImage", swapped, input0=IMAGE).voxels, IMAGE.voxels[..., columns])


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"x": 2, "sx": 0}, r"holds no voxel along x \(x is 2, sx is 0\); set sx to 1 or more"),
        ({"y": 7}, r"starts behind the image along y \(y is 7\); set sy"),
        ({"z": 1e300}, r"too far along z \(z is 1e\+300\); set z between -2147483648 and 2147483648"),
        ({"x": -1e300, "sx": 1e10}, "set x and sx between"),
        ({"u": 0, "su": 2}, "images have one entry along u; switch modifyU off"),
        ({"mode": "WorldStartEnd", "x": 1, "sx": 2, "y": 4}, "needs both corners; set sy, z, sz"),
        (
            {"mode": "WorldStartEnd", **dict.fromkeys(("x", "sx", "y", "sy", "z", "sz"), 1e308)},
            "too far from the image; set corners near it, in mm",
        ),
        ({"mode": "WorldStartEnd", **dict.fromkeys(("sx", "sy", "sz"), -1.0), "x": 2, "y": 2, "z": 2}, "along x"),
        ({"x": 40, "sx": 2, "enableBoxClamping": True}, "enableBoxClamping leaves nothing"),
    ],
)
def test_a_box_that_cannot_be_is_refused_in_words(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(NodeError, match=problem):
        result("SubImage", fields, input0=IMAGE)


def test_a_sixth_axis_of_one_entry_is_accepted() -> None:
    for mode, last in (("VoxelStartSize", 1), ("VoxelStartEnd", 0), ("WorldStartEnd", 1)):
        assert np.array_equal(result("SubImage", {"mode": mode, "u": 0, "su": last}, input0=IMAGE).voxels, IMAGE.voxels)


def test_channels_keep_their_names() -> None:
    image = image_of(noise("uint8", (1, 3, 2, 2, 2)), channels=("Red", "Green", "Blue"))
    made = result("SubImage", {"c": 1, "sc": 3}, input0=image)
    assert made.info.channels == ("Green", "Blue", "Channel 3")
    assert made.voxels[0, :, 0, 0, 0].tolist() == [*image.voxels[0, 1:, 0, 0, 0].tolist(), 0]


def test_a_box_beside_the_image_warns() -> None:
    network = wired("SubImage", {"x": 40, "sx": 2}, input0=IMAGE)
    assert Engine(LIBRARY, 0).bound(network, ["Node"])["Node"].described.warnings == (
        "The box lies outside of the image: all voxels have the fill value.",
    )
    assert result("SubImage", {"x": 40, "sx": 2}, input0=IMAGE).voxels.max() == 0


def test_only_what_lies_in_the_image_is_read() -> None:
    node = SubImage(x=-2, sx=5, z=1, sz=9)
    whole = node.describe(IMAGE.info).whole
    assert node.needs(whole, IMAGE.info) == {"input0": Region((0, 0, 1, 0, 0), (3, 2, 4, 5, 3))}


def test_a_voxel_says_whether_it_was_in_the_image() -> None:
    image = image_of(np.arange(24).reshape(2, 3, 4))
    network = wired("SubImage", {"x": 1, "sx": 9, "fillValue": -5}, input0=image)
    told = [explained(Engine(LIBRARY, 0), network, "Node.output0", (x, 1.0, 1.0))[0].text for x in (2.0, 7.0)]
    assert told == ["the image's voxel → 18", "outside of the image: fill value → -5"]


def test_boxes_as_mevislab_saves_them_are_cut_as_numpy_cuts_them(tmp_path: Path) -> None:
    text = """module LocalImage { fields { instanceName = L name = scan.mha } }
module SubImage { fields { instanceName = S boxInput = "0 0 0 0 0 0 -1 -1 -1 -1 -1 -1" autoApplyBox = FALSE
  correctForNegativeSubImageExtents = FALSE enableBoxClamping = FALSE x = 10.9 sx = 12.1 modifyX = TRUE
  y = -4 sy = -1 modifyY = TRUE z = 30 sz = 45 modifyZ = TRUE c = 0 sc = 1 modifyC = FALSE t = 0 st = 1 modifyT = TRUE
  u = 0 su = 1 modifyU = FALSE fillValue = 7 mode = WorldStartEndImageAxisAligned autoApply = TRUE } }
module DecomposeVector3 { fields { instanceName = A v = "11 -4 31" } }
connections { S.input0 = L.outImage S.x = A.x S.y = A.y S.z = A.z }
"""
    picture = image_of(noise("int16"), spacing=(1.0, 1.0, 5.0), origin=(10.0, -2.0, 40.0)).to_sitk()
    sitk.WriteImage(picture, str(tmp_path / "scan.mha"))
    made = Engine(LIBRARY).image(loads(text.encode(), LIBRARY), "S.output0", paths=Paths(tmp_path)).voxels
    voxels = sitk.GetArrayFromImage(picture)
    wanted = np.full((4, 4, 2), 7)  # z from 31 to 45 mm reaches into voxels -2 to 1, y from -4 to -1 into -2 to 1
    wanted[2:, 2:] = voxels[:2, :2, 1:3]
    assert made[0, 0].tolist() == wanted.tolist()


@pytest.mark.skipif(not FILE.exists(), reason="there are no files of MeVisLab beside the repository")
def test_a_network_of_mevislab_itself_cuts_what_it_says() -> None:
    network = loads(FILE.read_bytes(), Library.installed())
    engine = Engine(Library.installed())
    whole, box = (engine.image(network, name).voxels for name in ("LocalImage.outImage", "SubImage.output0"))
    assert np.array_equal(box, whole[:, :, :32, :32, :32])
