"""Each change a person makes to a network gives the network that they expect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nodeeditor import edits
from nodeeditor.check import problems
from nodeeditor.errors import FormatError, WiringError
from nodeeditor.file import dumps, loads
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.places import bounds

from .samples import LIBRARY, network

FULL = Library.installed()


def masking() -> Network:
    return Network(
        {
            "LocalImage": NodeSpec("LocalImage", frame=(425, 469, 144, 72)),
            "Mask": NodeSpec("Mask", frame=(548, 207, 120, 72)),
            "SynchroView2D": NodeSpec("SynchroView2D", frame=(437, 92, 120, 56)),
            "Threshold": NodeSpec("Threshold", {"threshold": 60.0}, frame=(596, 338, 88, 72)),
        },
        {
            "Mask.input0": "LocalImage.outImage",
            "Mask.input1": "Threshold.output0",
            "SynchroView2D.inImage1": "LocalImage.outImage",
            "SynchroView2D.inImage2": "Mask.output0",
            "Threshold.input0": "LocalImage.outImage",
        },
    )


def test_a_second_node_of_a_type_gets_a_number() -> None:
    first, name = edits.added(Network(), "Threshold", (100, 50))
    assert name == "Threshold"
    assert first.nodes[name].frame == (40, 14, 120, 72)
    second, name = edits.added(first, "Threshold", (0, 0))
    third, other = edits.added(second, "Threshold", (0, 0))
    assert (name, other) == ("Threshold1", "Threshold2")
    assert edits.unique_name(third, "Threshold2") == "Threshold3"
    assert edits.unique_name(network(**{"7": "Add"}), "7") == "71"


def test_the_number_of_a_type_stays_in_the_names_of_its_nodes() -> None:
    made, first = edits.added(Network({}), "Arithmetic2", (0, 0))
    made, second = edits.added(made, "Arithmetic2", (0, 0))
    made, third = edits.added(made, "Arithmetic2", (0, 0))
    assert (first, second, third) == ("Arithmetic2", "Arithmetic21", "Arithmetic22")
    assert edits.unique_name(made, "Arithmetic21", "Arithmetic2") == "Arithmetic23"
    assert edits.unique_name(made, "Arithmetic21", "Threshold") == "Arithmetic1"


def test_a_connection_takes_the_place_of_the_one_before() -> None:
    joined = edits.connected(masking(), FULL, "SynchroView2D.inImage2", "Threshold.output0")
    assert joined.connections["SynchroView2D.inImage2"] == "Threshold.output0"
    assert len(joined.connections) == 5


@pytest.mark.parametrize(
    ("destination", "source", "words"),
    [
        ("Threshold.input0", "Mask.output0", "would close a cycle"),
        ("Threshold.input0", "Threshold.output0", "would close a cycle"),
        ("Threshold.input0", "Threshold.threshold", "needs Image"),
        ("Threshold.nothing", "LocalImage.outImage", "no such input or field"),
        ("LocalImage.status", "Threshold.threshold", "read-only"),
    ],
)
def test_a_connection_that_cannot_be_is_refused_in_words(destination: str, source: str, words: str) -> None:
    with pytest.raises(WiringError, match=words):
        edits.connected(masking(), FULL, destination, source)


def test_fields_may_follow_each_other_in_a_ring() -> None:
    two = network(A="Knobs", B="Knobs")
    one_way = edits.connected(two, LIBRARY, "A.real", "B.real")
    both = edits.connected(one_way, LIBRARY, "B.real", "A.real")
    assert problems(both, LIBRARY) == []


def test_a_new_node_joins_the_selected_ones_from_left_to_right() -> None:
    start = Network(
        {
            "Threshold": NodeSpec("Threshold", frame=(300, 100, 88, 72)),
            "LocalImage": NodeSpec("LocalImage", frame=(100, 200, 144, 72)),
            "View2D": NodeSpec("View2D", frame=(500, 0, 120, 56)),
            "Stranger": NodeSpec("NobodyKnows", frame=(0, 0, 120, 56)),
        }
    )
    network, name = edits.added(start, "Mask", (200, 0))
    assert edits.joined(network, FULL, name, ["Threshold", "View2D", "Stranger", "LocalImage"]).connections == {
        "Mask.input0": "LocalImage.outImage",
        "Mask.input1": "Threshold.output0",
    }
    assert edits.joined(network, FULL, name, ["Threshold"]).connections == {"Mask.input0": "Threshold.output0"}
    assert edits.joined(network, FULL, "LocalImage", ["Mask"]) == network, "it has no input"


def test_joining_takes_no_input_that_is_fed_and_closes_no_cycle() -> None:
    network = masking()
    assert edits.joined(network, FULL, "Mask", ["LocalImage"]) == network
    free = edits.disconnected(network, ["Threshold.input0"])
    assert edits.joined(free, FULL, "Threshold", ["Mask"]) == free
    assert edits.joined(free, FULL, "Threshold", ["LocalImage"]) == network


def test_disconnecting_keeps_the_others() -> None:
    cut = edits.disconnected(masking(), ["Mask.input0", "Mask.input1"])
    assert set(cut.connections) == {"SynchroView2D.inImage1", "SynchroView2D.inImage2", "Threshold.input0"}


def test_a_field_that_equals_its_default_leaves_the_file() -> None:
    changed = edits.with_field(masking(), FULL, "Mask", "background", -1000)
    assert changed.nodes["Mask"].fields == {"background": -1000.0}
    assert edits.with_field(changed, FULL, "Mask", "background", 0).nodes["Mask"].fields == {}
    foreign = edits.with_field(network(X="Strange"), FULL, "X", "anything", [1])
    assert foreign.nodes["X"].fields == {"anything": [1]}


def test_renaming_takes_the_connections_along() -> None:
    renamed = edits.renamed(masking(), "LocalImage", "Head")
    assert set(renamed.connections.values()) == {"Head.outImage", "Threshold.output0", "Mask.output0"}
    assert "LocalImage" not in renamed.nodes
    assert edits.renamed(renamed, "Head", "LocalImage") == masking()
    assert edits.renamed(masking(), "Mask", "Mask") == masking()
    for name in ("Mask", "a.b", "", "x\n"):
        with pytest.raises(ValueError, match=r"already|cannot be the name"):
            edits.renamed(masking(), "LocalImage", name)


def test_deleting_and_healing_joins_what_was_apart() -> None:
    healed = edits.healed(masking(), FULL, ["Mask", "Threshold"])
    assert healed.connections == {
        "SynchroView2D.inImage1": "LocalImage.outImage",
        "SynchroView2D.inImage2": "LocalImage.outImage",
    }
    unknown = network("B.input0=U.out", "U.in=A.output0", A="Ramp", U="Unknown", B="Add")
    assert edits.healed(unknown, LIBRARY, ["U"]).connections == {"B.input0": "A.output0"}
    assert edits.healed(masking(), FULL, ["LocalImage"]) == masking().without("LocalImage")


def test_a_node_dropped_on_a_connection_goes_between() -> None:
    extended, name = edits.added(masking(), "Threshold", (0, 0))
    between = edits.inserted(extended, FULL, name, "SynchroView2D.inImage1")
    assert between.connections["SynchroView2D.inImage1"] == "Threshold1.output0"
    assert between.connections["Threshold1.input0"] == "LocalImage.outImage"
    saved, save = edits.added(masking(), "ImageSave", (0, 0))
    with pytest.raises(WiringError, match=r"does not fit between LocalImage.outImage and Mask.input0"):
        edits.inserted(saved, FULL, save, "Mask.input0")


def test_pasting_gives_new_names_and_keeps_inner_connections() -> None:
    text = edits.copied(masking(), ["Threshold", "Mask"])
    pasted, names = edits.pasted(masking(), FULL, text, (1000, 1000))
    assert names == ["Mask1", "Threshold1"]
    assert pasted.connections["Mask1.input1"] == "Threshold1.output0"
    assert "Mask1.input0" not in pasted.connections
    x, y, width, height = bounds(pasted, names)
    assert (x + width / 2, y + height / 2) == (1000, 1000)
    assert pasted.without(*names) == masking()
    with pytest.raises(FormatError):
        edits.pasted(masking(), FULL, "no network", (0, 0))


def test_pasting_into_an_empty_network_gives_the_same_nodes() -> None:
    again, _ = edits.pasted(Network(), FULL, edits.copied(masking(), masking().nodes))
    assert again == masking()


def test_duplicates_keep_what_fed_the_originals() -> None:
    doubled, names = edits.duplicated(masking(), ["Threshold", "Mask"])
    assert names == ["Mask1", "Threshold1"]
    assert doubled.connections["Mask1.input0"] == "LocalImage.outImage"
    assert doubled.connections["Mask1.input1"] == "Threshold1.output0"
    assert doubled.nodes["Threshold1"].frame == (628, 370, 88, 72)
    assert doubled.connections["SynchroView2D.inImage2"] == "Mask.output0"


def test_duplicates_are_not_fed_by_what_does_not_exist() -> None:
    lost = network("A.input0=Gone.output0", A="Add")
    doubled, names = edits.duplicated(lost, ["A"])
    assert names == ["A1"]
    assert doubled.connections == lost.connections


def test_copies_do_not_take_windows_along() -> None:
    shown = network(A=NodeSpec("Ramp", windows={"_viewer": {"frame": [1, 2, 3, 4], "open": True}}))
    for copies, names in (edits.duplicated(shown, ["A"]), edits.pasted(Network(), LIBRARY, dumps(shown))):
        assert copies.nodes[names[0]].windows == {}


def test_groups_come_and_go_with_their_members() -> None:
    grouped = edits.grouped(masking(), ["Mask", "Threshold"], "Masking")
    assert [group["name"] for group in grouped.groups] == ["Masking"]
    assert edits.grouped(grouped, ["Mask", "Threshold"], "") == masking()
    moved = edits.grouped(grouped, ["Mask"], "Other", (1, 2, 3))
    assert moved.groups[1] == {"name": "Other", "color": [1, 2, 3]}
    pasted, names = edits.pasted(Network(), FULL, edits.copied(moved, ["Mask"]))
    assert [group["name"] for group in pasted.groups] == ["Other"]
    assert pasted.nodes[names[0]].group == "Other"


def test_notes_are_copied_by_their_places_and_keep_their_distance_to_the_nodes() -> None:
    near, far = {"text": "near", "frame": [600, 300, 100, 40], "later": 1}, {"text": "far", "frame": [0, 0, 100, 40]}
    noted = replace(masking(), notes=(far, "odd", near))
    pasted, names = edits.pasted(noted, FULL, edits.copied(noted, ["Threshold"], [2]), (1000, 1000))
    assert names == ["Threshold1"]
    assert pasted.notes[:3] == noted.notes
    # around both: x from 596 to 700, y from 300 to 410, so the middle (648, 355) goes to (1000, 1000)
    assert pasted.notes[3:] == ({"text": "near", "frame": [952, 945, 100, 40], "later": 1},)
    assert pasted.nodes["Threshold1"].frame == (948, 983, 88, 72)


def test_a_lone_note_is_copied_too() -> None:
    noted = replace(masking(), notes=({"text": "alone", "frame": [10, 20, 100, 40]},))
    pasted, names = edits.pasted(Network(), FULL, edits.copied(noted, [], [0]), (0, 0))
    assert pasted == Network(notes=({"text": "alone", "frame": [-50, -20, 100, 40]},))
    assert names == []
    doubled, names = edits.duplicated(noted, [], [0])
    assert doubled.notes[1:] == ({"text": "alone", "frame": [42, 52, 100, 40]},)
    assert (doubled.nodes, names) == (noted.nodes, [])


def test_pasted_text_may_be_mevislabs() -> None:
    text = """
      module Threshold {
        internal { frame = "100 200 88 72" }
        fields { instanceName = Bright threshold = 7 }
      }
      module SoStrange { internal { frame = "100 100 88 72" } fields { instanceName = Strange answer = 42 } }
      connections { Strange.input0 = Bright.output0 }
      networkModel { parentItems { 0 { MLABNetworkModelItem MLABNoteItem { frame = "100 0 88 40" text = seen } } } }
    """
    pasted, names = edits.pasted(masking(), FULL, text, (144, 136))
    assert names == ["Bright", "Strange"]
    assert pasted.nodes["Bright"].fields["threshold"] == 7.0
    assert pasted.nodes["Bright"].frame == (100, 200, 88, 72)
    assert pasted.nodes["Strange"].fields == {"answer": 42}
    assert pasted.connections["Strange.input0"] == "Bright.output0"
    assert pasted.notes == ({"text": "seen", "frame": [100, 0, 88, 40]},)


def test_text_that_holds_nothing_to_paste_is_refused_in_words() -> None:
    with pytest.raises(FormatError, match="without nodes and notes"):
        edits.pasted(masking(), FULL, dumps(Network()))
    with pytest.raises(FormatError, match="line 1"):
        edits.pasted(masking(), FULL, "module Threshold { fields ")


def test_only_what_fits_is_offered_for_a_free_end() -> None:
    offered = dict(edits.fitting(masking(), FULL, "Threshold.output0"))
    assert offered["Mask"] == "input0"
    assert offered["View2D"] == "inImage"
    assert "LocalImage" not in offered
    offered = dict(edits.fitting(masking(), FULL, "Threshold.input0"))
    assert offered["LocalImage"] == "outImage"
    assert "ImageSave" not in offered


def test_bypassing_some_bypasses_all_and_then_none() -> None:
    one = edits.bypassed(masking(), ["Mask"])
    both = edits.bypassed(one, ["Mask", "Threshold"])
    assert {name for name, spec in both.nodes.items() if spec.bypassed} == {"Mask", "Threshold"}
    assert edits.bypassed(both, ["Mask", "Threshold"]) == masking()
    assert loads(dumps(both)) == both
    with pytest.raises(FormatError, match='"bypassed" is not true or false'):
        loads(dumps(both).replace('"bypassed": true', '"bypassed": 3', 1))


def test_the_colour_of_a_node_is_saved_where_it_has_one() -> None:
    red = edits.painted(masking(), ["Mask"], (184, 80, 75))
    assert loads(dumps(red)) == red
    assert dumps(red).replace(', "color": [184, 80, 75]', "") == dumps(masking())
    assert edits.painted(red, ["Mask", "Threshold"], None) == masking()
    for wrong in ("[1, 2]", "[1, 2, 256]", "[-1, 2, 3]", "[1.5, 2, 3]", "[true, 2, 3]", '"red"', "null"):
        with pytest.raises(FormatError, match='"color" is not a list of three whole numbers from 0 to 255'):
            loads(dumps(red).replace("[184, 80, 75]", wrong))


def test_a_renamed_group_keeps_members_colour_and_what_else_is_known_of_it() -> None:
    network = edits.grouped(masking(), ["Mask", "Threshold"], "Cut", (1, 2, 3))
    entry = {"name": "Cut", "color": [1, 2, 3], "shape": "round"}
    named = edits.group_renamed(replace(network, groups=(entry,)), "Cut", "Air")
    assert named.groups == ({**entry, "name": "Air"},)
    assert {name for name, spec in named.nodes.items() if spec.group == "Air"} == {"Mask", "Threshold"}


@pytest.mark.parametrize("name", ["", "View"])
def test_a_group_gets_no_empty_name_and_not_that_of_another(name: str) -> None:
    network = edits.grouped(edits.grouped(masking(), ["Mask"], "Cut"), ["SynchroView2D"], "View")
    with pytest.raises(ValueError, match="group"):
        edits.group_renamed(network, "Cut", name)


def test_a_group_gets_another_colour_also_where_the_file_says_none() -> None:
    network = edits.grouped(edits.grouped(masking(), ["Mask"], "Cut"), ["SynchroView2D"], "View")
    painted = edits.recoloured(network, "Cut", (9, 8, 7))
    assert [entry for entry in painted.groups if isinstance(entry, dict)] == [
        {"name": "Cut", "color": [9, 8, 7]},
        {"name": "View", "color": [45, 226, 226]},
    ]
    bare = replace(network, groups=())
    assert edits.recoloured(bare, "Cut", (9, 8, 7)).groups == ({"name": "Cut", "color": [9, 8, 7]},)


def test_every_clashing_group_of_an_inserted_network_gets_a_name_of_its_own() -> None:
    groups = ({"name": "Group"}, {"name": "Group1"})
    own = Network({"A": NodeSpec("Ramp", group="Group"), "B": NodeSpec("Ramp", group="Group1")}, {}, groups)
    twice, names = edits.united(own, FULL, own, (0, 0))
    assert [twice.nodes[name].group for name in names] == ["Group2", "Group3"]
    assert [entry["name"] for entry in twice.groups] == ["Group", "Group1", "Group2", "Group3"]
