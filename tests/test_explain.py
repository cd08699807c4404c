"""A point of the world is followed through a network: values and words, checked against plain numpy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeeditor import Image, ImageInfo, Input, Node, Output, Region, Value, Vector3, Voxels, field, file
from nodeeditor.engine import Engine
from nodeeditor.engine.cache import PageCache
from nodeeditor.errors import Cancelled, NetworkError
from nodeeditor.explain import Explained, explained, nearest
from nodeeditor.image import spelled
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodes.masking import Mask
from nodes.segmentation import Threshold

from .samples import LIBRARY, Watched, chain, network, numbers

POINT = (3.2, 1.9, 4.4)  # voxel x 3, y 2, z 4 of Ramp
HERE = int(numbers()[0, 0, 4, 2, 3])


class Grid(Node):
    """A given picture of one slice on a grid of its own."""

    output0 = Output(Image, "The picture.")
    row: Vector3 = field(default=(0.0, 0.0, 0.0), help="The voxels, along x.")
    channels: int = field(default=1, help="Colour channels, each one higher than the one before.")
    times: int = field(default=1, help="Time points, each ten higher than the one before.")
    real: bool = field(default=False, help="Floating-point voxels.")

    def describe(self) -> ImageInfo:
        dtype = np.dtype(np.float64 if self.real else np.int16)
        extent = (self.times, self.channels, 1, 1, 3)
        return ImageInfo(extent, dtype, (-1000, 1000), spacing=(2.0, 1.0, 1.0), origin=(10.0, 0.0, 0.0))

    def compute(self, region: Region) -> Voxels:
        info = self.describe()
        made: Voxels = np.zeros(info.extent, info.dtype) + np.array(self.row).astype(info.dtype)
        made += np.arange(self.channels).astype(info.dtype)[None, :, None, None, None]
        made += 10 * np.arange(self.times).astype(info.dtype)[:, None, None, None, None]
        return made[region.slices].copy()


GRIDS = Engine(Library([Grid, Threshold, Mask]), 2**20)


def text(given: Network, node: str, point: tuple[float, float, float] = (10, 0, 0), time: int = 0) -> str:
    return explained(GRIDS, given, f"{node}.output0", point, time)[0].text


def test_every_node_above_gives_its_value_at_the_point() -> None:
    diamond = network(
        "A.input0=Ramp.output0", "B.input0=Ramp.output0", "Sum.input0=A.output0", "Sum.input1=B.output0",
        Ramp="Ramp", A="Add", B="Spread", Sum="Sum", Elsewhere="Ramp",
    )  # fmt: skip
    found = explained(Watched().engine, diamond, "Sum.output0", POINT)
    below = int(numbers()[0, 0, 5, 2, 3])
    assert [(one.node, one.value) for one in found] == [
        ("Sum", HERE + 1 + below), ("A", HERE + 1), ("B", below), ("Ramp", HERE),
    ]  # fmt: skip
    assert {one.index for one in found} == {(3, 2, 4)}
    assert all(one.output == "output0" and one.why == "" for one in found)
    assert found[-1].text == str(HERE)


def test_a_node_asked_at_two_outputs_is_told_of_twice() -> None:
    halves = network(
        "Split.input0=Ramp.output0", "Sum.input0=Split.lower", "Sum.input1=Split.upper",
        Ramp="Ramp", Split="Split", Sum="Sum",
    )  # fmt: skip
    found = explained(Watched().engine, halves, "Sum.output0", (0, 0, 1))
    told = {(one.node, one.output): one.value for one in found}
    assert told[("Split", "lower")] == numbers()[0, 0, 1, 0, 0]
    assert told[("Split", "upper")] == numbers()[0, 0, 5, 0, 0]


def test_slices_that_are_remembered_serve_every_voxel() -> None:
    watched = Watched()
    for axis, number in (("z", 4), ("y", 2), ("x", 3)):
        watched.engine.pages = PageCache(2**20)
        watched.engine.image(chain(3), "N3.output0", Region.whole((1, 1, 8, 6, 5)).along(axis, number))
        watched.computed()
        found = explained(watched.engine, chain(3), "N3.output0", POINT)
        assert watched.computed() == {}
        assert [one.value for one in found] == [HERE + 3, HERE + 2, HERE + 1, HERE]


def test_without_a_slice_single_voxels_are_computed() -> None:
    watched = Watched()
    explained(watched.engine, chain(2), "N2.output0", POINT)
    assert {page.region.size for page in watched.pages} == {1}
    assert watched.computed() == {"N0": 1, "N1": 1, "N2": 1}


def test_a_chain_of_thousands_is_followed() -> None:
    found = explained(Watched().engine, chain(3_000), "N3000.output0", POINT)
    assert [one.value for one in found] == [HERE + number for number in range(3_000, -1, -1)]


def test_outside_of_the_image_there_is_an_index_but_no_value() -> None:
    found = explained(Watched().engine, chain(1), "N1.output0", (-1, 0, 99))
    assert found == (
        Explained("N1", "output0", (-1, 0, 99), None, "outside of the image"),
        Explained("N0", "output0", (-1, 0, 99), None, "outside of the image"),
    )


def test_each_image_is_read_at_its_own_index() -> None:
    found = explained(GRIDS, network(G=NodeSpec("Grid", {"row": [5, 6, 7]})), "G.output0", (12.9, 0, 0))
    assert (found[0].index, found[0].value) == ((1, 0, 0), 6)


def test_an_index_follows_spacing_origin_and_direction() -> None:
    turned = ImageInfo(
        (1, 1, 4, 5, 6), np.dtype(np.uint8), (0, 0), (1.5, 2.5, 4.0), (-7.0, 3.0, 11.0), (0, 0, 1, 1, 0, 0, 0, -1, 0)
    )
    rotation = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])
    for index in ((0, 0, 0), (5, 4, 3), (-2, 1, 7)):
        near = np.add(index, (0.3, -0.4, 0.2))
        x, y, z = (np.array([-7, 3, 11]) + rotation @ (near * (1.5, 2.5, 4.0))).tolist()
        assert nearest(turned, (x, y, z)) == index


def test_a_colour_voxel_is_a_tuple_and_times_are_followed_as_far_as_they_go() -> None:
    color = network(G=NodeSpec("Grid", {"row": [5, 6, 7], "channels": 3, "times": 2}))
    assert explained(GRIDS, color, "G.output0", (10, 0, 0))[0].value == (5, 6, 7)
    assert explained(GRIDS, color, "G.output0", (10, 0, 0), 1)[0].value == (15, 16, 17)
    assert explained(GRIDS, color, "G.output0", (10, 0, 0), 9)[0].text == "(15, 16, 17)"


def test_a_node_that_fails_says_so_and_the_others_are_told() -> None:
    failing = network("F.input0=R.output0", "A.input0=F.output0", R="Ramp", F="Failing", A="Add")
    found = explained(Watched().engine, failing, "A.output0", POINT)
    assert [(one.value, one.text) for one in found] == [
        (None, "F: the moon is full; wait a day"), (None, "F: the moon is full; wait a day"), (HERE, str(HERE)),
    ]  # fmt: skip


def test_what_is_wrong_with_the_network_is_raised_and_cancelling_is_heard() -> None:
    with pytest.raises(NetworkError, match=r"A\.input0: nothing is connected"):
        explained(Engine(LIBRARY, 0), network(A="Add"), "A.output0", POINT)
    with pytest.raises(Cancelled):
        explained(Engine(LIBRARY, 0), chain(3), "N3.output0", POINT, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("value", "fields", "words"),
    [
        (43, {"comparisonOperator": "LessEqual", "threshold": 60}, "43 <= 60 → 1"),
        (61, {"comparisonOperator": "LessEqual", "threshold": 60}, "61 > 60 → 0"),
        (60, {"comparisonOperator": "Less", "threshold": 60}, "60 >= 60 → 0"),
        (60, {"comparisonOperator": "Equal", "threshold": 60}, "60 == 60 → 1"),
        (61, {"comparisonOperator": "Equal", "threshold": 60}, "61 != 60 → 0"),
        (60, {"comparisonOperator": "NotEqual", "threshold": 60}, "60 == 60 → 0"),
        (43, {"comparisonOperator": "Greater", "threshold": 42.5}, "43 > 42.5 → 1"),
        (42, {"comparisonOperator": "GreaterEqual", "threshold": 42.5}, "42 < 42.5 → 0"),
        (43, {"relativeThreshold": True, "threshold": 0.5}, "43 > 0 → 1"),
        (43, {"conditionTrueWriteValue": "ImgOrig"}, "43 > 0 → 43"),
        (43, {"userConditionTrueValue": -2.5}, "43 > 0 → -2.5"),
    ],
)
def test_threshold_says_the_comparison_that_is_true(value: float, fields: dict[str, Any], words: str) -> None:
    given = network("T.input0=G.output0", G=NodeSpec("Grid", {"row": [value, 0, 0]}), T=NodeSpec("Threshold", fields))
    assert text(given, "T") == words


def test_threshold_tells_of_all_channels_and_of_no_number() -> None:
    color = network("T.input0=G.output0", G=NodeSpec("Grid", {"channels": 3}), T="Threshold")
    assert text(color, "T") == "each channel of (0, 1, 2) > 0 → (0, 1, 1)"
    info = {"input0": ImageInfo((1, 1, 1, 1, 1), np.dtype(np.float32), (0, 1))}
    assert Threshold().explain(float("nan"), info, 0) == "nan is not > 0 → 0"


@pytest.mark.parametrize(
    ("mode", "inside", "outside"),
    [
        ("Original", "the image → 43", "the image → 44"),
        ("Mask", "mask 2 → 2", "mask 0 → 0"),
        ("InvMask", "mask 2 → 0", "mask 0 → 1"),
        ("MaskedOriginal", "mask 2 → image 43", "mask 0 → background -1000"),
        ("MaskedOriginalOnWhite", "mask 2 → image 43", "mask 0 → maximum 1000"),
        ("MaskedOriginalInv", "mask 2 → background -1000", "mask 0 → image 44"),
        ("MaskOverOriginal", "mask 2: 0.75 x 43 + 0.25 x 2 → 33", "mask 0: 0.75 x 44 + 0.25 x 0 → 33"),
        ("MaskInOriginal", "mask 2: 0.75 x 43 + 0.25 x 2 → 33", "mask 0 → image 44"),
        ("InvMaskInOriginal", "mask 2 → image 43", "mask 0: 0.75 x 44 + 0.25 x 1 → 33"),
    ],
)
def test_mask_says_where_its_value_comes_from(mode: str, inside: str, outside: str) -> None:
    fields = {"mode": mode, "background": -1000.0, "blending": 0.25}
    given = network(
        "M.input0=G.output0", "M.input1=B.output0",
        G=NodeSpec("Grid", {"row": [43, 44, 45]}), B=NodeSpec("Grid", {"row": [2, 0, 1]}),
        M=NodeSpec("Mask", fields),
    )  # fmt: skip
    assert text(given, "M") == inside
    assert text(given, "M", (12, 0, 0)) == outside


def test_the_masking_network_is_explained_on_the_demo_data() -> None:
    path = Path(__file__).parents[1] / "networks" / "ImageMask.mlab.json"
    engine, given = Engine(Library.installed()), file.load(path)
    original = engine.image(given, "LocalImage.outImage")
    dark = np.argwhere(original.voxels <= 60)
    bright = np.argwhere(original.voxels > 60)
    for places, mask in ((dark, 0), (bright, 1)):
        _, _, z, y, x = places[len(places) // 2].tolist()
        a, b, c, _ = original.info.index_to_world @ (x + 0.3, y - 0.2, z + 0.1, 1)
        value = int(original.voxels[0, 0, z, y, x])
        found = {one.node: one for one in explained(engine, given, "Mask.output0", (float(a), float(b), float(c)))}
        assert {one.index for one in found.values()} == {(x, y, z)}
        assert {name: one.value for name, one in found.items()} == {
            "LocalImage": value, "Threshold": mask, "Mask": value if mask else -1000,
        }  # fmt: skip
        assert found["Threshold"].text == f"{value} {'>' if mask else '<='} 60 → {mask}"
        assert found["Mask"].text == (f"mask 1 → image {value}" if mask else "mask 0 → background -1000")


def test_explain_may_name_inputs_result_and_infos_and_nothing_else() -> None:
    with pytest.raises(TypeError, match=r"Odd\.explain asks for 'region'"):

        class Odd(Node):
            """Odd."""

            input0 = Input(Image, "Any.")

            def explain(self, input0: Value, infos: Mapping[str, ImageInfo], region: Region) -> str:
                return ""


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234567, "1234567"), (0.1 + 0.2, "0.3"), (2.0, "2"), ((1, 2.5), "(1, 2.5)"), (float("nan"), "nan")],
)
def test_values_are_spelled_as_they_are_read(value: Value, words: str) -> None:
    assert spelled(value) == words
