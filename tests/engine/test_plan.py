"""A demand becomes as few tasks as there are pages missing, each behind those it needs."""

from __future__ import annotations

import numpy as np

from nodeeditor.engine import Engine
from nodeeditor.engine.plan import PageKey, Plan, plan
from nodeeditor.image import Extent, Image, ImageInfo, Region, Voxels
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.node import Input, Node, Output

from ..samples import LIBRARY, chain, network

EXTENT = (1, 1, 8, 6, 5)


class Ends(Node):
    """The sum of the first and the last slice."""

    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "The sum, in every slice.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0.with_type(np.float64, -1e9, 1e9)

    def needs(self, region: Region, input0: ImageInfo) -> dict[str, tuple[Region, ...]]:
        return {"input0": (region.along("z", 0), region.along("z", input0.extent[2] - 1))}

    def compute(self, region: Region, input0: tuple[Image, Image]) -> Voxels:
        first, last = input0
        return np.broadcast_to(np.add(first.voxels, last.voxels, dtype=np.float64), region.shape)


ENGINE = Engine(Library([Ends, *LIBRARY.values()]), 0)


def nothing(key: PageKey, extent: Extent) -> None:
    """An empty memory."""


def planned(given: Network, node: str, region: Region, remembered: object = nothing) -> Plan:
    return plan((ENGINE.bound(given, [node])[node], "output0", region), remembered)  # type: ignore[arg-type]


def one_slice(z: int, slices: int = 1) -> Region:
    return Region.whole(EXTENT).along("z", z, z + slices)


def test_each_task_stands_behind_those_it_needs() -> None:
    diamond = network(
        "A.input0=R.output0", "B.input0=A.output0", "S.input0=B.output0", "S.input1=R.output0",
        R="Ramp", A="Spread", B="Spread", S="Sum",
    )  # fmt: skip
    tasks, _, pages = planned(diamond, "S", one_slice(3))
    assert [task.bound.name for task in tasks] == ["R", "A", "B", "S"]
    done: set[int] = set()
    for task in tasks:
        assert {number for places in task.inputs.values() for number, _ in places} <= done
        done.add(task.number)
    assert done == set(range(len(pages)))


def test_the_demanded_page_is_the_first() -> None:
    tasks, keys, pages = planned(chain(3), "N3", one_slice(2))
    assert keys[0] == (ENGINE.bound(chain(3), ["N3"])["N3"].key, "output0", one_slice(2))
    assert tasks[-1].number == 0
    assert pages == [None] * 4


def test_what_lies_before_a_remembered_page_is_not_looked_at() -> None:
    bound = ENGINE.bound(chain(5), ["N5"])
    info = bound["N3"].described.infos["output0"]
    page = Image(info, one_slice(2), np.zeros(one_slice(2).shape, info.dtype))
    looked: list[str] = []

    def remembered(key: PageKey, extent: Extent) -> Image | None:
        looked.append(next(name for name, one in bound.items() if one.key == key[0]))
        assert extent == EXTENT
        return page if key[0] == bound["N3"].key else None

    tasks, _, pages = planned(chain(5), "N5", one_slice(2), remembered)
    assert [task.bound.name for task in tasks] == ["N4", "N5"]
    assert looked == ["N5", "N4", "N3"]
    assert [one is page for one in pages] == [False, False, True]


def test_pointwise_nodes_share_one_region_and_others_grow_it() -> None:
    mixed = network("A.input0=R.output0", "B.input0=A.output0", R="Ramp", A="Spread", B="Add")
    tasks = planned(mixed, "B", one_slice(4)).tasks
    assert [task.key[2] for task in tasks] == [one_slice(3, 3), one_slice(4), one_slice(4)]
    at_the_border = planned(mixed, "B", one_slice(0)).tasks
    assert [task.key[2] for task in at_the_border] == [one_slice(0, 2), one_slice(0), one_slice(0)]


def test_a_smaller_second_image_is_asked_for_no_more_than_it_has() -> None:
    uneven = network(
        "S.input0=R.output0", "S.input1=Small.output0", R="Ramp", Small=NodeSpec("Ramp", {"slices": 4}), S="Sum"
    )
    (asked,) = [task.inputs["input1"] for task in planned(uneven, "S", one_slice(2, 4)).tasks if task.inputs]
    assert [region for _, region in asked] == [one_slice(2, 2)]


def test_a_page_ends_where_the_last_that_needs_it_has_it() -> None:
    fork = network(
        "A.input0=R.output0", "B.input0=A.output0", "S.input0=B.output0", "S.input1=R.output0",
        R="Ramp", A="Add", B="Add", S="Sum",
    )  # fmt: skip
    tasks, keys, _ = planned(fork, "S", one_slice(1))
    names = {task.number: task.bound.name for task in tasks}
    assert {task.bound.name: sorted(names[number] for number in task.ends) for task in tasks} == {
        "R": [], "A": [], "B": ["A"], "S": ["B", "R"],
    }  # fmt: skip
    whole = planned(fork, "S", Region.whole(EXTENT)).tasks
    assert [task.ends for task in whole] == [[], [], [], []], "whole images serve the next slab"
    assert len(keys) == 4


def test_several_regions_of_an_input_are_several_pages() -> None:
    ends = network("E.input0=A.output0", "A.input0=R.output0", R="Ramp", A="Add", E="Ends")
    tasks = planned(ends, "E", one_slice(3)).tasks
    assert [(task.bound.name, task.key[2]) for task in tasks] == [
        ("R", one_slice(7)), ("R", one_slice(0)), ("A", one_slice(7)), ("A", one_slice(0)), ("E", one_slice(3)),
    ]  # fmt: skip
    assert tasks[-1].several == ("input0",)
    voxels = np.arange(240).reshape(EXTENT)
    made = ENGINE.image(ends, "E.output0", one_slice(3)).voxels
    assert np.array_equal(made, voxels[:, :, :1] + voxels[:, :, 7:] + 2.0)
