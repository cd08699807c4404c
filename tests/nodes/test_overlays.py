"""SoView2DOverlay: red, green, blue and alpha of each voxel, and what a viewer makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodeeditor import Image, NodeEditorError
from nodeeditor.engine import Engine
from nodeeditor.file import load
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodeeditor.viewing.colormap import ColorMap, table

from .sources import LIBRARY, OBLIQUE, TYPES, given, image_of, noise, result

NETWORKS = Path(__file__).parents[2] / "networks"


def overlay(
    values: Any, dtype: Any = None, facts: dict[str, Any] | None = None, **fields: Any
) -> npt.NDArray[np.uint8]:
    """Red, green, blue and alpha (4, z, y, x)."""
    made = result("SoView2DOverlay", fields, image=image_of(values, dtype, **(facts or {})))
    assert made.info.dtype == np.uint8
    assert made.info.channels == ("Red", "Green", "Blue", "Alpha")
    voxels: npt.NDArray[np.uint8] = made.voxels[0]
    return voxels


def alpha(values: Any, dtype: Any = None, facts: dict[str, Any] | None = None, **fields: Any) -> list[int]:
    numbers: list[int] = overlay(values, dtype, facts, **{"alphaFactor": 1, **fields})[3].ravel().tolist()
    return numbers


@pytest.mark.parametrize("dtype", TYPES)
def test_a_mask_is_transparent_at_0_and_opaque_at_1(dtype: str) -> None:
    assert alpha([0, 1, 1, 0], dtype) == [0, 255, 255, 0]
    assert alpha([0, 1], dtype, alphaFactor=0.5) == [0, 128]
    assert overlay([0, 1], dtype, baseColor=[1, 0.5, 0])[:3, 0, 0, 1].tolist() == [255, 128, 0]


def test_the_default_is_red_and_half_transparent() -> None:
    assert overlay([0, 1])[:, 0, 0, 1].tolist() == [255, 0, 0, 128]


def test_any_two_values_make_a_mask() -> None:
    assert alpha([-1000, 3071], "int16") == [0, 255]
    assert alpha([5, 4095], "uint16") == [0, 255]
    assert alpha([-1000.5, 0.0], "float64") == [0, 255]


def test_between_the_lowest_and_the_highest_value_it_is_half_opaque() -> None:
    assert alpha([0, 1, 2, 4], "uint8") == [0, 64, 128, 255]
    assert alpha([-100, 0, 50, 100], "int16") == [0, 0, 191, 255], "zero is transparent"
    assert alpha([0.2, 0.6], "float32", {"range": (0.0, 1.0)}) == [51, 153]


def test_what_is_no_number_is_transparent_and_infinity_is_not() -> None:
    assert alpha([np.nan, -np.inf, np.inf, 1.0], "float32", {"range": (0.0, 1.0)}) == [0, 0, 255, 255]
    assert alpha([np.nan, -np.inf, np.inf, 1.0], "float32", {"range": (0.0, 1.0)}, colorMode="Labels") == [0, 0, 0, 255]


def test_a_constant_image_is_seen_unless_it_is_zero() -> None:
    assert alpha([7, 7], "int32") == [255, 255]
    assert alpha([0, 0], "int32") == [0, 0]


def test_each_label_has_its_own_colour_and_none_is_that_of_the_background() -> None:
    made = overlay(np.arange(256), "uint8", colorMode="Labels", alphaFactor=1)
    assert made[3, 0, 0].tolist() == [0] + [255] * 255
    assert np.array_equal(made[:3, 0, 0, 1:255].T, table(ColorMap.Labels)[1:255])
    assert len({tuple(color) for color in made[:3, 0, 0, 1:30].T.tolist()}) == 29
    for dtype, odd in (
        ("int8", [-128, 127]),
        ("uint64", [2**64 - 1]),
        ("float32", [1e30, -2.0]),
        ("int32", [255, 510]),
    ):
        assert alpha(odd, dtype, colorMode="Labels") == [255] * len(odd), "other than zero"


def test_the_outline_is_made_of_the_voxels_beside_another_value_in_their_slice() -> None:
    values = np.zeros((3, 7, 8), np.uint8)
    values[1:, 1:6, 2:7] = 1
    values[2, 3, 4] = 2
    made = overlay(values, outlineOnly=True, colorMode="Labels", alphaFactor=1)[3] > 0
    wanted = np.zeros(values.shape, bool)
    for z, y, x in np.argwhere(values):
        beside = [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
        wanted[z, y, x] = any(values[z, j, i] != values[z, y, x] for j, i in beside)
    assert np.array_equal(made, wanted)


def test_at_the_rim_of_the_image_the_outline_is_closed() -> None:
    made = overlay(np.ones((1, 4, 5), np.uint8), outlineOnly=True)[3, 0] > 0
    assert made[[0, -1]].all()
    assert made[:, [0, -1]].all()
    assert not made[1:-1, 1:-1].any()


def test_an_image_in_colour_is_refused_in_words() -> None:
    image = image_of(noise("uint8", (1, 3, 4, 5, 6)), channels=("Red", "Green", "Blue"))
    with pytest.raises(NodeEditorError, match=r"^Node: an overlay has one value a voxel, but the image has 3 channels"):
        result("SoView2DOverlay", {}, image=image)


def test_the_overlay_lies_where_its_image_lies() -> None:
    image = image_of(noise("int16"), time_step=2.0, **OBLIQUE)
    made = result("SoView2DOverlay", {}, image=image)
    assert made.info.grid_difference(image.info) == ""
    assert made.info.extent == (1, 4, *image.info.extent[2:])


@pytest.mark.parametrize(
    ("link", "refusal"),
    [
        ({"View.inInvPreLUT": "Image.output0"}, "View.inInvPreLUT: needs Overlay, but Image.output0 is Image"),
        ({"View.inImage": "Overlay.self"}, "View.inImage: needs Image, but Overlay.self is Overlay"),
        ({"Other.image": "Overlay.self"}, "Other.image: needs Image, but Overlay.self is Overlay"),
    ],
)
def test_an_overlay_is_no_image_and_an_image_no_overlay(link: dict[str, str], refusal: str) -> None:
    nodes = {
        "Image": given(image_of(noise("uint8"))),
        "Overlay": NodeSpec("SoView2DOverlay"),
        "Other": NodeSpec("SoView2DOverlay"),
        "View": NodeSpec("View2D"),
    }
    network = Network(nodes, {"Overlay.image": "Image.output0", **link})
    (connector,) = link
    end = connector.split(".")[0]
    with pytest.raises(NodeEditorError, match=f"^{refusal}"):
        Engine(LIBRARY, 0).image(network, f"{end}.{'picture' if end == 'View' else 'self'}")


def shown(network: Network) -> npt.NDArray[np.int64]:
    engine = Engine(LIBRARY, 2**28)
    image: Image = engine.image(network, "View2D.picture", paths=Paths(NETWORKS))
    return np.moveaxis(image.voxels[0, :, 0], 0, -1).astype(np.int64)


def test_the_overlay_tutorial_shows_bone_in_red() -> None:
    network = load(NETWORKS / "SoView2DOverlay.mlab.json").with_field("View2D", "annotationSizeMode", "ANNO_SHOW_HIDE")
    network = network.with_field("View2D", "filterMode", "FILTER_NEAREST")
    bare = Network(network.nodes, {to: source for to, source in network.connections.items() if "LUT" not in to})
    made, grey = shown(network), shown(bare)
    bone = Engine(LIBRARY, 2**28).image(network, "LocalImage.outImage", paths=Paths(NETWORKS)).voxels[0, 0, 32] >= 1200
    mask = bone.repeat(4, 0).repeat(4, 1)
    assert mask.shape == made.shape[:2]
    assert 0.05 < mask.mean() < 0.5
    assert np.array_equal(made[~mask], grey[~mask])
    wanted = np.where(mask[..., None], grey + (np.array([255, 0, 0]) - grey) * (128 / 255), grey)
    assert np.abs(made - wanted).max() <= 1
