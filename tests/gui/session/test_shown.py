"""What a viewer's window gets: picture, panes and voxels, as an engine without a screen gives them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nodeeditor.engine import Engine
from nodeeditor.errors import Cancelled, WiringError
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
