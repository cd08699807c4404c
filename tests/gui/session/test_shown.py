"""What a viewer's window gets: picture, panes and voxels, as an engine without a screen gives them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nodeeditor.engine import Engine
from nodeeditor.errors import Cancelled, UnknownNodeType, WiringError
from nodeeditor.gui.session.shown import shown
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodes.synchroview2d import SynchroView2D
from nodes.view2d import View2D

from ...samples import LIBRARY, network, numbers

TYPES = Library([View2D, SynchroView2D, *LIBRARY.values()])
BOTH = network(
    "A.input0=R.output0", "V.inImage1=R.output0", "V.inImage2=A.output0",
    R="Ramp", A="Add", V=NodeSpec("SynchroView2D", {"slice1": 5, "pictureWidth": 100, "pictureHeight": 60}),
)  # fmt: skip


def test_picture_and_voxels_are_those_of_the_engine() -> None:
    found = shown(Engine(TYPES, 2**20), BOTH, "V", Paths())
    page = Engine(TYPES, 2**20).image(BOTH, "V.picture").voxels
    assert found.picture.shape == (60, 100, 3)
    assert all(np.array_equal(found.picture[..., c], page[0, c, 0]) for c in range(3))
    assert isinstance(found.node, SynchroView2D)
    assert found.node.slice1 == 5
    assert [pane.input for pane in found.panes] == ["in_image1", "in_image2"]
    assert set(found.infos) == {"in_image1", "in_image2"}
    for plus, pane, voxels in zip((0, 1), found.panes, found.pages, strict=True):
        assert voxels is not None
        assert np.array_equal(voxels.voxels, numbers()[pane.region.slices] + plus)
    assert found.pages[0] is not None
    assert found.pages[0].region.start[2] == 5


def test_scrolling_by_one_costs_one_page_a_node_and_scrolling_back_none() -> None:
    engine = Engine(TYPES, 2**20)
    assert shown(engine, BOTH, "V", Paths()).cost.pages == {"R": 1, "A": 1, "V": 1}
    assert shown(engine, BOTH.with_field("V", "slice1", 6), "V", Paths()).cost.pages == {"R": 1, "A": 1, "V": 1}
    assert shown(engine, BOTH, "V", Paths()).cost.pages == {}


def test_a_viewer_without_an_image_is_shown_as_well() -> None:
    found = shown(Engine(TYPES, 2**20), network(V="View2D"), "V", Paths())
    assert found.infos == {}
    assert found.picture.ndim == 3
    assert all(page is None for page in found.pages)


def test_what_is_no_viewer_or_bypassed_is_said_so_and_cancelling_is_heard() -> None:
    engine = Engine(TYPES, 2**20)
    with pytest.raises(WiringError, match=r"^R: Ramp is no viewer, so it has no picture$"):
        shown(engine, BOTH, "R", Paths())
    bypassed = Network({**BOTH.nodes, "V": replace(BOTH.nodes["V"], bypassed=True)}, BOTH.connections)
    with pytest.raises(WiringError, match=r"^V: is bypassed, so it shows nothing$"):
        shown(engine, bypassed, "V", Paths())
    with pytest.raises(Cancelled):
        shown(engine, BOTH, "V", Paths(), lambda: True)


def test_what_comes_from_a_node_of_an_unknown_type_is_left_out_and_said_so() -> None:
    half = network(
        "S.input0=R.output0", "A.input0=S.output0", "V.inImage1=R.output0", "V.inImage2=A.output0", "V.slice1=S.at",
        R="Ramp", S="Strange", A="Add", V=NodeSpec("SynchroView2D", {"slice1": 5}),
    )  # fmt: skip
    engine = Engine(TYPES, 2**20)
    found = shown(engine, half, "V", Paths())
    assert found.lacking == "Without inImage2, slice1: S cannot run here."
    without = Network(half.nodes, {"V.inImage1": "R.output0"})
    assert np.array_equal(found.picture, shown(engine, without, "V", Paths()).picture)
    assert shown(engine, without, "V", Paths()).lacking == ""


def test_a_viewer_all_images_of_which_come_from_unknown_types_says_so_in_one_sentence() -> None:
    alone = network(
        "A.input0=S.output0", "V.inImage=A.output0", "S.input0=T.output0", A="Add", S="Strange", T="Odd", V="View2D"
    )
    with pytest.raises(UnknownNodeType, match=r"^V: has no image: S, T cannot run here$"):
        shown(Engine(TYPES, 2**20), alone, "V", Paths())


def test_of_many_nodes_that_cannot_run_three_are_named() -> None:
    row = [f"S{at + 1}.input0=S{at}.output0" for at in range(6)]
    strange = {f"S{at}": "Strange" for at in range(7)}
    with pytest.raises(UnknownNodeType, match=r"^V: has no image: S0, S1, S2 and 4 more cannot run here$"):
        shown(Engine(TYPES, 2**20), network("V.inImage=S6.output0", *row, **strange, V="View2D"), "V", Paths())


def test_other_mistakes_behind_a_viewer_are_still_told() -> None:
    wrong = network(
        "V.inImage1=S.output0", "V.inImage2=A.output0", S="Strange", A="Add", V="SynchroView2D",
    )  # fmt: skip
    with pytest.raises(WiringError, match=r"^A\.input0: nothing is connected to this input$"):
        shown(Engine(TYPES, 2**20), wrong, "V", Paths())


def test_a_viewer_inside_a_macro_says_that_its_image_comes_from_outside() -> None:
    engine = Engine(TYPES, 2**20)
    inside = network("V.inImage=A.output0", A="Add", V="View2D")
    behind = shown(engine, inside, "V", Paths(), outside=["A.input0"])
    assert (behind.panes, behind.lacking) == ((), "A.input0 is fed only where this macro is used.")
    first = shown(engine, network(V="View2D"), "V", Paths(), outside=["V.inImage"])
    assert (first.panes, first.lacking) == ((), "V.inImage is fed only where this macro is used.")
    fed = network("V.inImage=R.output0", R="Ramp", V="View2D")
    assert shown(engine, fed, "V", Paths(), outside=["V.inImage"]).lacking == ""
