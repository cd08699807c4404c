"""Tests of what viewers show while edits wait for an update."""

from __future__ import annotations

from nodeeditor.gui.live.following import flowing_into, with_names, with_view_state
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()
CHAIN = Network(
    {
        "Load": NodeSpec("LocalImage", {"name": "a.mha"}),
        "Threshold": NodeSpec("Threshold", {"threshold": 3.0}),
        "View": NodeSpec("View2D", {"startSlice": 2}),
        "Beside": NodeSpec("Threshold"),
    },
    {"Threshold.input0": "Load.outImage", "View.inImage": "Threshold.output0", "Beside.input0": "Load.outImage"},
)


def edited(name: str, **fields: object) -> Network:
    spec = CHAIN.nodes[name]
    return CHAIN.with_node(name, NodeSpec(spec.type, {**spec.fields, **fields}))


def test_a_viewer_s_own_fields_are_followed_and_no_others() -> None:
    newer = edited("Threshold", threshold=9.0).with_node("View", NodeSpec("View2D", {"annotationSizeMode": "x"}))
    followed = with_view_state(CHAIN, newer, LIBRARY)
    assert followed.nodes["View"].fields == {"annotationSizeMode": "x"}
    assert {name: spec for name, spec in followed.nodes.items() if name != "View"} == {
        name: spec for name, spec in CHAIN.nodes.items() if name != "View"
    }
    assert followed.connections == CHAIN.connections


def test_a_node_of_another_type_is_not_followed() -> None:
    newer = CHAIN.with_node("View", NodeSpec("SynchroView2D", {"slice1": 5}))
    assert with_view_state(CHAIN, newer, LIBRARY) is CHAIN


def test_what_flows_into_a_node_is_what_lies_before_it() -> None:
    before = flowing_into(CHAIN, "View")
    assert set(before) == {"View", "Threshold", "Load"}
    assert flowing_into(edited("Beside", threshold=1.0), "View") == before
    assert flowing_into(edited("Threshold", threshold=1.0), "View") != before
    assert flowing_into(CHAIN.with_connection("Threshold.input0", "Beside.output0"), "View") != before


def test_fields_that_follow_each_other_are_no_endless_way() -> None:
    ring = CHAIN.with_connection("Threshold.threshold", "Beside.threshold")
    ring = ring.with_connection("Beside.threshold", "Threshold.threshold")
    assert set(flowing_into(ring, "Threshold")) == {"Threshold", "Beside", "Load"}


def test_nodes_go_on_under_other_names_and_take_their_connections_along() -> None:
    followed = with_names(CHAIN, {"Load": "Load", "Threshold": "Beside", "Beside": "Threshold", "View": "See"})
    assert followed.nodes == {
        "Load": CHAIN.nodes["Load"],
        "Beside": CHAIN.nodes["Threshold"],
        "See": CHAIN.nodes["View"],
        "Threshold": CHAIN.nodes["Beside"],
    }
    assert followed.connections == {
        "Beside.input0": "Load.outImage",
        "See.inImage": "Beside.output0",
        "Threshold.input0": "Load.outImage",
    }


def test_a_node_that_is_gone_makes_room_for_another_of_its_name() -> None:
    followed = with_names(CHAIN, {"Load": "Load", "Threshold": "Beside", "View": "View"})
    assert followed.nodes["Beside"] == CHAIN.nodes["Threshold"]
    (other,) = followed.nodes.keys() - {"Load", "Beside", "View"}
    assert followed.nodes[other] == CHAIN.nodes["Beside"]
    assert followed.connections[f"{other}.input0"] == "Load.outImage"
    assert followed.connections["View.inImage"] == "Beside.output0"


def test_names_that_nobody_knows_and_names_that_stay_change_nothing() -> None:
    assert with_names(CHAIN, {"Load": "Load", "Away": "Far"}) is CHAIN
