"""Two networks are compared by what they mean, and told apart in sentences."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor import Input, Node, Output, field, mlab
from nodeeditor.diff import differences
from nodeeditor.edits import bypassed, group_renamed, grouped, healed, inserted, painted, recoloured, renamed
from nodeeditor.fields import Json
from nodeeditor.file import load
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.places import moved

from ..mevislabsamples import RENDERING
from ..samples import network

EXAMPLES = Path(__file__).parents[2] / "networks"
LIBRARY = Library.installed()
MASKING = load(EXAMPLES / "ImageMask.mlab.json")


def told(before: Network, after: Network, library: Library = LIBRARY) -> list[str]:
    return [str(one) for one in differences(before, after, library) if not one.layout]


def layout(before: Network, after: Network) -> list[str]:
    found = differences(before, after, LIBRARY)
    assert all(one.layout for one in found)
    return [str(one) for one in found]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.mlab.json")), ids=lambda path: path.name)
def test_a_network_does_not_differ_from_itself(path: Path) -> None:
    assert differences(load(path), load(path), LIBRARY) == ()


# --- fields


def test_a_changed_field_tells_both_values() -> None:
    assert told(MASKING, MASKING.with_field("Threshold", "threshold", 80)) == ["Threshold.threshold 60 -> 80"]


def test_a_default_that_is_left_out_counts_as_set() -> None:
    spelled = network(T=NodeSpec("Threshold", {"threshold": 0, "comparisonOperator": "Greater"}))
    assert told(network(T="Threshold"), spelled) == []
    assert told(spelled, network(T=NodeSpec("Threshold", {"threshold": 3}))) == ["T.threshold 0 -> 3"]
    assert told(network(T=NodeSpec("Threshold", {"threshold": 3})), spelled) == ["T.threshold 3 -> 0"]
    assert told(MASKING, MASKING.with_field("SynchroView2D", "synchLUTs", 1)) == ["SynchroView2D.synchLUTs TRUE -> 1"]


def test_how_a_number_is_spelled_makes_no_difference() -> None:
    strange = network(X=NodeSpec("Alien", {"a": 1.0, "b": [2, 3.5]}))
    assert told(strange, network(X=NodeSpec("Alien", {"a": 1, "b": [2.0, 3.5]}))) == []
    assert told(strange, network(X=NodeSpec("Alien", {"a": True, "b": [2, 3.5]}))) == ["X.a 1 -> TRUE"]


def test_choices_texts_and_vectors_are_shown_as_people_read_them() -> None:
    changed = MASKING.with_field("Threshold", "comparisonOperator", "Equal")
    assert told(MASKING, changed) == ["Threshold.comparisonOperator LessEqual -> Equal"]
    changed = MASKING.with_field("LocalImage", "name", "a b.nii")
    assert told(MASKING, changed) == [
        'LocalImage.name "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm" -> "a b.nii"',
    ]


def test_fields_of_unknown_types_come_and_go() -> None:
    one, other = network(X=NodeSpec("Alien", {"a": "x"})), network(X=NodeSpec("Alien", {"b": [1]}))
    assert told(one, other) == ['X.a no longer set (was "x")', "X.b = [1]"]


class Renamed(Node):
    """A node type whose names were others."""

    former_names = ("Old",)
    renamed: ClassVar = {"size": "width", "in": "input0"}
    input0 = Input(object, "Anything.", optional=True)
    output0 = Output(object, "Anything.")
    width: int = field(default=0, help="A width.")
    place: int = field(default=0, transient=True, help="View state.")

    def describe(self) -> None: ...
    def compute(self) -> None: ...


OTHERS = Library([Renamed])


def test_former_names_are_todays_names() -> None:
    old = network("A.in=B.output0", A=NodeSpec("Old", {"size": 3}), B="Old")
    new = network("A.input0=B.output0", A=NodeSpec("Renamed", {"width": 3}), B="Renamed")
    assert told(old, new, OTHERS) == []


def test_view_state_is_layout() -> None:
    one, other = network(A="Renamed"), network(A=NodeSpec("Renamed", {"place": 4}))
    found = differences(one, other, OTHERS)
    assert [(str(difference), difference.layout) for difference in found] == [("A.place 0 -> 4", True)]


def test_the_difference_of_long_values_is_in_sight() -> None:
    one, other = ("x" * 500 + letter + "y" * 500 for letter in "ab")
    (line,) = told(network(L=NodeSpec("LocalImage", {"name": one})), network(L=NodeSpec("LocalImage", {"name": other})))
    was, now = line.removeprefix("L.name ").split(" -> ")
    assert was == "…" + "x" * 20 + "a" + "y" * 59 + "…"
    assert now == was.replace("a", "b")


def test_nothing_in_a_sentence_can_steer_a_terminal() -> None:
    wild = NodeSpec("Al\x1b[2Jien\n", {"k\r": "\x9b1m\u202e"})
    (head, value) = told(Network(), network(X=wild))
    assert head == r"X added (Al\x1b[2Jien\n)"
    assert value == r'X.k\r = "\x9b1m\u202e"'


# --- nodes


def test_added_and_removed_nodes_are_named_with_what_they_hold() -> None:
    one = MASKING.with_node("Threshold1", NodeSpec("Threshold", {"threshold": 5, "comparisonOperator": "Greater"}))
    assert told(MASKING, one) == ["Threshold1 added (Threshold)", "Threshold1.threshold = 5"]
    assert told(one, MASKING) == ["Threshold1 removed"]


def test_a_removed_node_is_missed_where_it_fed_something() -> None:
    assert told(MASKING, MASKING.without("Threshold")) == [
        "Mask.input1 disconnected from Threshold.output0",
        "Threshold removed",
    ]


def test_a_node_of_another_type_under_the_same_name_says_so() -> None:
    changed = replace(MASKING, nodes={**MASKING.nodes, "Threshold": NodeSpec("Alien", {"threshold": 60})})
    assert told(MASKING, changed) == [
        "Threshold: type Threshold -> Alien",
        "Threshold.comparisonOperator no longer set (was LessEqual)",
        "Threshold.userConditionFalseValue no longer set (was 1)",
        "Threshold.userConditionTrueValue no longer set (was 0)",
    ]


def test_bypassing_is_told_both_ways() -> None:
    idle = bypassed(MASKING, ["Mask"])
    assert told(MASKING, idle) == ["Mask bypassed"]
    assert told(idle, MASKING) == ["Mask works again"]


def test_the_colour_of_a_node_is_told_as_what_changes_no_result() -> None:
    red = painted(MASKING, ["Mask"], (184, 80, 75))
    assert layout(MASKING, red) == ["Mask has another colour"]
    assert layout(red, MASKING) == ["Mask has the colour of its kind again"]


def test_foreign_keys_count() -> None:
    node = replace(MASKING.nodes["Mask"], extra={"colour": 3})
    changed = replace(MASKING.with_node("Mask", node), extra={"author": "me"})
    assert told(MASKING, changed) == ["Mask: colour = 3", 'author = "me"']


# --- connections


def test_a_connection_that_comes_goes_and_changes_is_told() -> None:
    base = network("M.input0=A.outImage", M="Mask", A="LocalImage", B="LocalImage", T="Threshold", U="Threshold")
    fed = base.with_connection("M.input1", "T.output0")
    assert told(base, fed) == ["M.input1 connected to T.output0"]
    assert told(fed, base) == ["M.input1 disconnected from T.output0"]
    assert told(fed, fed.with_connection("M.input1", "U.output0")) == ["M.input1: T.output0 -> U.output0"]


def test_a_connection_of_a_node_that_is_not_there_is_told() -> None:
    lost = replace(MASKING, connections={**MASKING.connections, "Gone.input0": "LocalImage.outImage"})
    assert told(MASKING, lost) == ["Gone.input0 connected to LocalImage.outImage"]


# --- nodes on connections

PLAIN = network("SynchroView2D.inImage2=LocalImage.outImage", LocalImage="LocalImage", SynchroView2D="SynchroView2D")


def test_a_node_put_onto_a_connection_is_recognised() -> None:
    between = inserted(PLAIN.with_node("Mask", NodeSpec("Mask")), LIBRARY, "Mask", "SynchroView2D.inImage2")
    assert told(PLAIN, between) == ["Mask inserted between LocalImage and SynchroView2D.inImage2"]
    assert told(between, PLAIN) == ["Mask removed between LocalImage and SynchroView2D.inImage2"]
    assert told(between, healed(between, LIBRARY, ["Mask"])) == told(between, PLAIN)


def test_an_inserted_node_tells_its_type_fields_and_other_sources() -> None:
    lone = network(
        "T.input0=LocalImage.outImage",
        *(f"{to}={of}" for to, of in PLAIN.connections.items()),
        **PLAIN.nodes,
        T="Threshold",
    )
    spec = NodeSpec("Mask", {"background": -5})
    between = inserted(lone.with_node("Hide", spec), LIBRARY, "Hide", "SynchroView2D.inImage2")
    assert told(lone, between.with_connection("Hide.input1", "T.output0")) == [
        "Hide (Mask) inserted between LocalImage and SynchroView2D.inImage2",
        "Hide.background = -5",
        "Hide.input1 connected to T.output0",
    ]


def test_several_nodes_in_a_row_are_inserted_together() -> None:
    row = network(
        "Mask.input0=LocalImage.outImage",
        "Threshold.input0=Mask.output0",
        "SynchroView2D.inImage2=Threshold.output0",
        **PLAIN.nodes,
        Mask="Mask",
        Threshold="Threshold",
    )
    assert told(PLAIN, row) == ["Mask and Threshold inserted between LocalImage and SynchroView2D.inImage2"]
    assert told(row, PLAIN) == ["Mask and Threshold removed between LocalImage and SynchroView2D.inImage2"]


def test_one_node_may_stand_before_several_destinations() -> None:
    both = PLAIN.with_connection("SynchroView2D.inImage1", "LocalImage.outImage")
    masked = both.with_node("Mask", NodeSpec("Mask")).with_connection("Mask.input0", "LocalImage.outImage")
    for destination in ("SynchroView2D.inImage1", "SynchroView2D.inImage2"):
        masked = masked.with_connection(destination, "Mask.output0")
    assert told(both, masked) == [
        "Mask inserted between LocalImage and SynchroView2D.inImage1 and SynchroView2D.inImage2"
    ]


def test_a_node_that_only_takes_the_place_of_another_is_not_inserted() -> None:
    other = network("SynchroView2D.inImage2=Info.output0", **PLAIN.nodes, Info="Alien")
    assert told(PLAIN, other) == [
        "Info added (Alien)",
        "SynchroView2D.inImage2: LocalImage.outImage -> Info.output0",
    ]


# --- renamed nodes


def test_a_renamed_node_is_recognised() -> None:
    assert told(MASKING, renamed(MASKING, "LocalImage", "T1")) == ["LocalImage renamed to T1"]
    assert told(MASKING, renamed(MASKING, "Threshold", "A")) == ["Threshold renamed to A"]


def test_all_nodes_renamed_at_once_are_recognised() -> None:
    now = MASKING
    for name in MASKING.nodes:
        now = renamed(now, name, f"My{name}")
    assert told(MASKING, now) == [f"{name} renamed to My{name}" for name in sorted(MASKING.nodes)]


def test_a_long_chain_of_equal_nodes_is_followed() -> None:
    def row(name: str) -> Network:
        names = [f"{name}{number:03d}" for number in range(300)]
        links = [f"{after}.input0={before}.output0" for before, after in pairwise(names)]
        return network(*links, **dict.fromkeys(names, "Threshold"))

    assert told(row("A"), row("Z")) == [f"A{number:03d} renamed to Z{number:03d}" for number in range(300)]


def test_twins_are_told_apart_by_what_they_feed() -> None:
    def twins(left: str, right: str) -> Network:
        links = [f"V.inImage1={left}.outImage", f"V.inImage2={right}.outImage"]
        return network(*links, V="SynchroView2D", **{left: "LocalImage", right: "LocalImage"})

    assert told(twins("A", "B"), twins("Z", "Y")) == ["B renamed to Y", "A renamed to Z"]


def test_viewers_that_follow_each_other_are_recognised_under_new_names() -> None:
    def ring(left: str, right: str) -> Network:
        links = [f"{left}.slice={right}.slice", f"{right}.slice={left}.slice"]
        return network(*links, **{left: NodeSpec("Alien", {"a": 1}), right: NodeSpec("Alien", {"a": 2})})

    assert told(ring("A", "B"), ring("C", "D")) == ["A renamed to C", "B renamed to D"]


def test_a_node_with_another_name_and_another_field_is_another_node() -> None:
    other = renamed(MASKING, "LocalImage", "T1").with_field("T1", "name", "other.nii")
    assert told(MASKING, other) == [
        "LocalImage removed",
        "Mask.input0: LocalImage.outImage -> T1.outImage",
        "SynchroView2D.inImage1: LocalImage.outImage -> T1.outImage",
        "T1 added (LocalImage)",
        'T1.name = "other.nii"',
        "Threshold.input0: LocalImage.outImage -> T1.outImage",
    ]


def test_behind_another_image_nothing_is_the_same_under_a_new_name() -> None:
    def row(image: str, *names: str) -> Network:
        first, second, third = names
        links = [f"{second}.input0={first}.outImage", f"{third}.input0={second}.output0"]
        nodes: dict[str, NodeSpec | str] = {first: NodeSpec("LocalImage", {"name": image}), second: "Threshold"}
        return network(*links, **nodes, **{third: "Threshold"})

    found = differences(row("a.nii", "A", "B", "C"), row("b.nii", "D", "E", "F"), LIBRARY)
    assert [one.node for one in found if one.kind == "removed"] == ["A", "B", "C"]
    assert not any("renamed" in one.sentence for one in found)


def test_of_two_equal_nodes_only_one_can_go_on_under_a_new_name() -> None:
    one, other = network(A="LocalImage", B="LocalImage"), network(C="LocalImage")
    assert told(one, other) == ["B removed", "A renamed to C"]


def test_a_renamed_node_is_known_although_it_was_scrolled() -> None:
    one, other = network(A=NodeSpec("Renamed", {"width": 2})), network(B=NodeSpec("Renamed", {"width": 2, "place": 4}))
    assert told(one, other, OTHERS) == ["A renamed to B"]


def test_an_insertion_behind_a_renamed_node_is_recognised() -> None:
    between = inserted(PLAIN.with_node("Mask", NodeSpec("Mask")), LIBRARY, "Mask", "SynchroView2D.inImage2")
    assert told(PLAIN, renamed(between, "LocalImage", "T1")) == [
        "Mask inserted between T1 and SynchroView2D.inImage2",
        "LocalImage renamed to T1",
    ]


# --- groups and notes


def test_groups_are_told() -> None:
    heads = grouped(MASKING, ["Mask", "Threshold"], "Heads")
    assert told(MASKING, heads) == ['group "Heads" added: Mask, Threshold']
    assert told(heads, MASKING) == ['group "Heads" removed']
    assert told(heads, group_renamed(heads, "Heads", "Brains")) == ['group "Heads" renamed to "Brains"']
    assert told(heads, grouped(heads, ["LocalImage"], "Heads")) == ['LocalImage joined group "Heads"']
    assert told(heads, grouped(heads, ["Mask"], "")) == ['Mask left group "Heads"']
    painted = recoloured(heads, "Heads", (1, 2, 3))
    assert told(heads, painted) == ['group "Heads": color [45, 226, 226] -> [1, 2, 3]']
    assert told(heads, heads.without("Mask")) == [
        "Mask removed",
        "SynchroView2D.inImage2 disconnected from Mask.output0",
    ]


def test_groups_of_strange_forms_count() -> None:
    assert told(MASKING, replace(MASKING, groups=({"tint": 1.0},))) == ['group added: {"tint": 1}']


def test_notes_are_known_by_their_text_or_place() -> None:
    def noted(*notes: object) -> Network:
        return replace(MASKING, notes=notes)

    one = {"text": "Look\nhere", "frame": [0, 0, 100, 50]}
    assert told(MASKING, noted(one)) == [r'note added: "Look\nhere"']
    assert told(noted(one), MASKING) == [r'note removed: "Look\nhere"']
    assert told(noted(one), noted({**one, "text": "There"})) == [r'note "Look\nhere" -> "There"']
    assert told(noted(one), noted({**one, "color": [1, 2, 3]})) == [r'note "Look\nhere": color = [1, 2, 3]']
    assert layout(noted(one), noted({**one, "frame": [5, 0, 120, 50]})) == [
        r'note "Look\nhere" moved (0, 0) -> (5, 0)',
        r'note "Look\nhere" resized 100 x 50 -> 120 x 50',
    ]
    assert told(noted(one, 7), noted(7, one)) == []
    assert told(noted(one), noted(one, one)) == [r'note added: "Look\nhere"']


# --- layout


def test_moved_boxes_and_windows_are_layout() -> None:
    assert layout(MASKING, moved(MASKING, {"Mask": (1, 2.5)})) == ["Mask moved (548, 207) -> (1, 2.5)"]
    spec = replace(MASKING.nodes["Mask"], windows={"_default": {"open": True}}, frame=None)
    assert layout(MASKING, MASKING.with_node("Mask", spec)) == [
        "Mask: place no longer set (was [548, 207, 120, 72])",
        "Mask: window _default opened",
    ]


def test_windows_open_close_and_move() -> None:
    def shown(**windows: Json) -> Network:
        return MASKING.with_node("Mask", replace(MASKING.nodes["Mask"], windows=windows))

    opened = shown(_viewer={"frame": [1, 2, 30, 40], "open": True, "more": 1}, odd=7)
    assert layout(shown(_viewer={"frame": [1, 2, 30, 40], "open": False, "more": 1}), opened) == [
        "Mask: window _viewer opened",
        "Mask: window odd = 7",
    ]
    assert layout(opened, shown(_viewer={"frame": [5, 2, 30, 50], "open": True, "more": 2})) == [
        "Mask: window _viewer moved (1, 2) -> (5, 2)",
        "Mask: window _viewer resized 30 x 40 -> 30 x 50",
        "Mask: window _viewer: more 1 -> 2",
        "Mask: window odd no longer set (was 7)",
    ]
    assert layout(opened, shown(odd=7)) == [
        "Mask: window _viewer closed",
        "Mask: window _viewer: place no longer set (was [1, 2, 30, 40])",
        "Mask: window _viewer: more no longer set (was 1)",
    ]


# --- MeVisLab's files


def mevislab(*changes: tuple[str, str]) -> Network:
    text = RENDERING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return mlab.loads(text, LIBRARY)


def test_what_a_mevislab_file_says_besides_our_fields_is_compared_too() -> None:
    changes = (
        ("autoLoad = TRUE", "autoLoad = FALSE"),
        ("3.5.0.1", "3.6"),
        ("background = -1000", "background = -1000\n    gloss<ILABFloatField> = 0.5"),
        ("  Mask.input0 =", "  Mask.overlay = Renderer.self\n  Mask.input0 ="),
        ('watchlist = ""', ""),
    )
    assert told(mevislab(), mevislab(*changes)) == [
        "Head.autoLoad TRUE -> FALSE",
        "Mask.gloss = 0.5",
        'Mask.overlay = "Renderer.self"',
        'mevislabVersion "3.5.0.1" -> 3.6',
        'network.watchlist no longer set (was "")',
    ]


def test_the_spelling_of_a_mevislab_file_makes_no_difference() -> None:
    changes = (
        ("threshold = 60", 'threshold = "60.0"'),
        ("Head.outImage", '"Head.outImage"'),
        ("gloss = 0.50", "gloss = 0.50 // shines"),
        ("fields  {", "fields {"),
        ('"40 120 120 72"', '"40  120 120 72.0"'),
        ("LessEqual", '"LessEqual"'),
        ("instanceName = Mask", 'instanceName = "Mask"'),
        ('networkModel = ""', 'networkModel {\n  parentItems = ""\n}'),
    )
    assert differences(mevislab(), mevislab(*changes), LIBRARY) == ()


def test_a_network_of_our_own_says_nothing_of_what_only_mevislab_knows() -> None:
    theirs = mevislab(("threshold = 60", "threshold = 61"))
    ours = mevislab()
    plain = {name: replace(spec, extra={}) for name, spec in ours.nodes.items()}
    assert told(replace(ours, nodes=plain, extra={}), theirs) == ["Threshold.threshold 60 -> 61"]
    assert told(theirs, replace(ours, nodes=plain, extra={})) == ["Threshold.threshold 61 -> 60"]


def test_a_new_node_of_a_mevislab_file_tells_all_that_is_said_of_it() -> None:
    glossy = mevislab(("background = -1000", "background = -1000\n    gloss = 0.5"))
    assert told(Network(), glossy)[2:5] == ["Mask added (Mask)", "Mask.background = -1000", "Mask.gloss = 0.5"]


@pytest.mark.parametrize("kept", [7, {}, {"text": 7}, {"text": ["}"]}, {"text": [["}"], 7]}, {"text": [[7]]}])
def test_text_that_is_none_counts_as_not_there(kept: object) -> None:
    strange = replace(MASKING, extra={"mlab": kept})
    strange = strange.with_node("Mask", replace(MASKING.nodes["Mask"], extra={"mlab": kept}))
    assert differences(MASKING, strange, LIBRARY) == ()
    assert differences(mevislab(), strange, LIBRARY) != ()


# --- laws

NAMES = st.sampled_from(["A", "B", "C", "D", "E"])
SPECS = st.builds(
    NodeSpec,
    st.sampled_from(["Threshold", "Mask", "Alien"]),
    st.dictionaries(st.sampled_from(["threshold", "background", "x"]), st.integers(0, 2)),
    group=st.sampled_from(["", "g", "h"]),
    bypassed=st.booleans(),
    color=st.none() | st.tuples(*[st.integers(0, 255)] * 3),
)
NETWORKS = st.builds(
    Network,
    st.dictionaries(NAMES, SPECS),
    st.dictionaries(
        st.builds("{}.{}".format, NAMES, st.sampled_from(["input0", "input1"])), st.builds("{}.output0".format, NAMES)
    ),
    st.lists(st.sampled_from([{"name": "g", "color": [1, 2, 3]}, {"name": "h"}, 5])),
    st.lists(st.sampled_from([{"text": "a", "frame": [0, 0, 1, 1]}, {"text": "b", "frame": [0, 0, 1, 1]}, None])),
)


@given(NETWORKS, NETWORKS)
def test_nothing_differs_one_way_that_does_not_differ_the_other_way(one: Network, other: Network) -> None:
    forth, back = differences(one, other, LIBRARY), differences(other, one, LIBRARY)
    assert bool(forth) == bool(back)
    assert differences(one, one, LIBRARY) == ()
    assert forth == differences(one, other, LIBRARY)
    assert all(str(difference).isprintable() and str(difference) for difference in forth)


@given(NETWORKS, st.permutations("ABCDE"))
def test_new_names_of_nodes_that_are_no_twins_are_all_that_is_told(one: Network, letters: list[str]) -> None:
    numbered = {name: replace(spec, fields={"number": name}) for name, spec in one.nodes.items()}
    present = {end: source for end, source in one.connections.items() if {end[0], source[0]} <= one.nodes.keys()}
    one = other = replace(one, nodes=numbered, connections=present)
    for name, letter in zip(one.nodes, letters, strict=False):
        other = renamed(other, name, f"New{letter}")
    names = dict(zip(one.nodes, letters, strict=False))
    assert sorted(told(one, other)) == sorted(f"{name} renamed to New{letter}" for name, letter in names.items())
