"""Local macros made of a network's nodes and expanded again: nothing that a network gives becomes different."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodeeditor.check import problems
from nodeeditor.diff.meaning import meant
from nodeeditor.engine import Engine
from nodeeditor.errors import FormatError, NetworkError, NodeEditorError
from nodeeditor.library import Library
from nodeeditor.macro import Interface, Macro
from nodeeditor.macros.expansion import expansion
from nodeeditor.macros.files import name_problem, proposed_name, write
from nodeeditor.macros.local import with_macros
from nodeeditor.macros.making import Made, made
from nodeeditor.macros.rings import settled
from nodeeditor.macros.unmaking import expanded
from nodeeditor.mlab import loads
from nodeeditor.mlab.script import interface, written
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodeeditor.run import sinks

from ..macrosamples import OUTER, SCRIPT, VOXELS, kept, write_all, write_macro
from ..samples import LIBRARY, network
from ..samples import numbers as ramp

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
CHAIN = network(
    "First.input0=Ramp.output0", "Second.input0=First.output0", "Both.input0=Second.output0",
    "Both.input1=Ramp.output0", "Last.input0=Both.output0", "Last.constant=First.constant",
    "Second.constant=Knobs.real",
    Ramp="Ramp", First=NodeSpec("Add", {"constant": 2.5}, (100, 300, 120, 72)),
    Second=NodeSpec("Add", {}, (150, 200, 120, 72)),
    Both=NodeSpec("Sum", {}, (100, 100, 120, 72)), Last="Add", Knobs=NodeSpec("Knobs", {"real": 4.0}),
)  # fmt: skip
CHOSEN = ["First", "Second", "Both"]


def used(one: Made, folder: Path, library: Library = LIBRARY) -> Library:
    """The library with the macro, whose files lie in a folder now."""
    write(one, folder, with_macros(library, folder))
    return with_macros(library, folder)


def image(library: Library, one: Network, end: str) -> bytes:
    return np.ascontiguousarray(Engine(library).image(one, end).voxels).tobytes()


# --- what is shown


def test_every_connection_that_is_cut_is_shown_and_called_as_inside() -> None:
    one = made(CHAIN, LIBRARY, CHOSEN, "Filter")
    assert one.interface == Interface(
        {"input0": ("First.input0",), "input1": ("Both.input1",)},
        {"output0": ("Both.output0",)},
        {"constant": ("First.constant",), "constant1": ("Second.constant",)},
    )
    assert one.node == "Filter"
    assert one.inner.connections == {"Second.input0": "First.output0", "Both.input0": "Second.output0"}
    assert one.outer.connections == {
        "Filter.input0": "Ramp.output0",
        "Filter.input1": "Ramp.output0",
        "Filter.constant1": "Knobs.real",
        "Last.input0": "Filter.output0",
        "Last.constant": "Filter.constant",
    }


def test_the_nodes_go_inside_as_they_are_and_the_macro_lies_in_their_middle() -> None:
    one = made(CHAIN, LIBRARY, CHOSEN, "Filter")
    assert one.inner.nodes == {name: CHAIN.nodes[name] for name in CHOSEN}
    assert sorted(one.outer.nodes) == ["Filter", "Knobs", "Last", "Ramp"]
    x, y, width, height = one.outer.nodes["Filter"].frame or (0, 0, 0, 0)
    assert (x + width / 2, y + height / 2) == (185, 236)  # of the boxes from 100 to 270 and 100 to 372
    assert one.outer.nodes["Filter"].type == "Filter"


def test_what_leads_nowhere_and_what_is_awaited_is_shown_too() -> None:
    alone = network("Second.input0=First.output0", First="Add", Second="Add")
    one = made(alone, LIBRARY, ["First", "Second"], "Filter")
    assert one.interface == Interface({"input0": ("First.input0",)}, {"output0": ("Second.output0",)})


def test_an_output_that_feeds_several_nodes_is_shown_once() -> None:
    fan = network("B.input0=A.output0", "C.input0=A.output0", "A.input0=R.output0", R="Ramp", A="Add", B="Add", C="Add")
    one = made(fan, LIBRARY, ["A"], "Filter")
    assert one.interface.outputs == {"output0": ("A.output0",)}
    assert one.outer.connections == {
        "Filter.input0": "R.output0", "B.input0": "Filter.output0", "C.input0": "Filter.output0",
    }  # fmt: skip


def test_a_name_that_a_node_has_is_not_taken_by_the_macros() -> None:
    one = made(replace(CHAIN, nodes={**CHAIN.nodes, "Filter": NodeSpec("Ramp")}), LIBRARY, CHOSEN, "Filter")
    assert (one.node, one.outer.nodes[one.node].type) == ("Filter1", "Filter")


def test_a_group_that_is_all_inside_goes_along_and_another_holds_the_macro() -> None:
    nodes = {name: replace(spec, group="Red") for name, spec in CHAIN.nodes.items()}
    grouped = replace(CHAIN, nodes=nodes, groups=({"name": "Red"}, {"name": "Blue"}))
    one = made(grouped, LIBRARY, CHOSEN, "Filter")
    assert (one.outer.nodes["Filter"].group, one.outer.groups, one.inner.groups) == ("Red", grouped.groups, ())
    assert {spec.group for spec in one.inner.nodes.values()} == {""}
    whole = replace(grouped, nodes={**CHAIN.nodes, **{name: nodes[name] for name in CHOSEN}})
    one = made(whole, LIBRARY, CHOSEN, "Filter")
    assert (one.outer.nodes["Filter"].group, one.outer.groups) == ("", ({"name": "Blue"},))
    assert one.inner.groups == ({"name": "Red"},)


def test_viewers_stay_outside() -> None:
    library = Library.installed()
    shown = network("T.input0=L.outImage", "V.inImage=T.output0", L="LocalImage", T="Threshold", V="View2D")
    one = made(shown, library, ["L", "T", "V"], "Filter")
    assert (list(one.inner.nodes), one.outside) == (["L", "T"], ("V",))
    assert one.outer.connections == {"V.inImage": "Filter.output0"}
    with pytest.raises(NetworkError, match=r"^V: a viewer's window opens outside of macros alone"):
        made(shown, library, ["V"], "Filter")


# --- what cannot be


def test_a_macro_that_would_feed_itself_is_refused_with_what_lies_between() -> None:
    with pytest.raises(NetworkError, match="the macro would feed itself through Second; select these nodes, too"):
        made(CHAIN, LIBRARY, ["First", "Both"], "Filter")


def test_a_bypassed_node_between_is_between() -> None:
    nodes = {**CHAIN.nodes, "Second": NodeSpec("Add", bypassed=True)}
    with pytest.raises(NetworkError, match="the macro would feed itself"):
        made(replace(CHAIN, nodes=nodes), LIBRARY, ["First", "Both"], "Filter")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "letters, digits and _"),
        ("1st", "letters, digits and _"),
        ("a b", "letters, digits and _"),
        ("../a", "letters, digits and _"),
        ("Threshold", "there is a node type Threshold already"),
        ("Keep", "there is a node type Keep already"),
        ("ImageLoad", "ImageLoad is what MeVisLab calls LocalImage"),
        ("Strange", "of which nothing is known"),
        ("Outer", r"Outer\.mlab lies beside"),
        ("Half", r"Half\.script lies beside"),
        ("Mine", r"Mine\.mlab\.json lies beside"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(tmp_path: Path, name: str, said: str) -> None:
    write_all(tmp_path)
    (tmp_path / "Half.script").write_text("", encoding="utf-8")
    (tmp_path / "Mine.mlab.json").write_text("", encoding="utf-8")
    library = with_macros(Library.installed(), tmp_path)
    around = network(Odd="Strange")
    with pytest.raises(AssertionError, match=said):
        assert not name_problem(name, around, library, tmp_path), name_problem(name, around, library, tmp_path)
    assert not name_problem("Filter", around, library, tmp_path)


@pytest.mark.parametrize(
    ("wanted", "proposed"), [("contour filter", "ContourFilter"), ("", "Macro"), ("2nd", "Macro"), ("Keep", "Keep1")]
)
def test_a_name_is_proposed_that_can_be(tmp_path: Path, wanted: str, proposed: str) -> None:
    write_all(tmp_path)
    assert proposed_name(wanted, Network(), with_macros(Library.installed(), tmp_path), tmp_path) == proposed


@pytest.mark.parametrize("taken", ["Filter.mlab", "Filter.script"])
def test_files_that_are_there_are_never_written_over(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"mine")
    with pytest.raises(FormatError, match="cannot be written: File exists"):
        write(made(CHAIN, LIBRARY, CHOSEN, "Filter"), tmp_path, LIBRARY)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {taken: b"mine"}


# --- the files


def test_the_files_are_mevislabs_and_say_the_names_of_its_modules(tmp_path: Path) -> None:
    library = Library.installed()
    text = (
        "module ImageLoad { fields { instanceName = Load filename = a.nii } }\n"
        "module Threshold { fields { instanceName = T } }\n"
        "connections { T.input0 = Load.output0 }\n"
    )
    one = made(loads(text, library), library, ["Load"], "Scan")
    assert one.interface.outputs == {"outImage": ("Load.outImage",)}
    write(one, tmp_path, library)
    assert interface((tmp_path / "Scan.script").read_bytes()).outputs == {"outImage": ("Load.output0",)}
    assert "module ImageLoad" in (tmp_path / "Scan.mlab").read_text(encoding="utf-8")
    macro = with_macros(library, tmp_path)["Scan"]
    assert issubclass(macro, Macro)
    assert macro.interface.outputs == one.interface.outputs


NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="."), min_size=1, max_size=6)
NAMES = (NAMES | st.text('"*\\/{}=<> #@[]1AB', min_size=1, max_size=5)).filter(lambda name: name == name.strip())
ENDS = st.lists(st.tuples(NAMES, NAMES).map(".".join), max_size=3).map(tuple)
WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r"), max_size=6)
SAID = st.dictionaries(st.sampled_from(["type", "value", "values"]), WORDS, min_size=1)


@st.composite
def interfaces(draw: st.DrawFn) -> Interface:
    inputs, outputs, parameters = (draw(st.dictionaries(NAMES, ENDS, max_size=3)) for _ in range(3))
    told = draw(st.dictionaries(st.sampled_from(sorted(parameters)), SAID)) if parameters else {}
    return Interface(inputs, outputs, parameters, told)


@SLOW
@given(interfaces())
def test_what_is_written_as_a_script_is_read_back(shown: Interface) -> None:
    assert interface(written(shown)) == shown
    assert interface(written(shown).encode()) == shown


def test_the_script_reads_as_a_person_would_write_it() -> None:
    shown = Interface({"input0": ("A.input0",)}, {"output0": ("A b.output0",)}, {"own": ()}, {"own": {"type": "Bool"}})
    assert written(shown) == (
        "// MDL v1 utf8\nInterface {\n  Inputs {\n    Field input0 {\n      internalName = A.input0\n    }\n  }\n"
        '  Outputs {\n    Field output0 {\n      internalName = "A b.output0"\n    }\n  }\n'
        "  Parameters {\n    Field own {\n      type = Bool\n    }\n  }\n}\n"
    )


def test_of_several_values_in_a_ring_the_one_that_counts_goes_inside() -> None:
    ring = network("Z.constant=B.constant", "B.constant=Z.constant", Z="Add", B="Add")
    ring = ring.with_field("Z", "constant", 3.0).with_field("B", "constant", 4.0)
    one = made(ring, LIBRARY, ["B"], "Zoo")  # B comes before Z by name, Zoo/B behind it
    assert one.inner.nodes["B"].fields == {"constant": 4.0}
    assert one.outer.nodes["Z"].fields == {}


def test_a_ring_with_several_values_through_a_macro_is_refused(tmp_path: Path) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    ring = network("M.level=T.threshold", "T.threshold=M.level", M="Keep", T=NodeSpec("Threshold", {"threshold": 3.0}))
    with pytest.raises(
        NetworkError, match=r"^M: inside, Compare\.threshold is in a ring of fields with several values"
    ):
        made(ring, library, ["T"], "Filter")


# --- the same as before


def test_a_chain_gives_the_same_through_a_macro(tmp_path: Path) -> None:
    one = made(CHAIN, LIBRARY, CHOSEN, "Filter")
    library = used(one, tmp_path)
    expected = 2 * ramp() + 2.5 + 4.0 + 2.5
    assert not problems(one.outer, library)
    assert image(library, one.outer, "Last.output0") == np.asarray(expected, np.float64).tobytes()


KINDS = ("Ramp", "Add", "Sum", "Spread", "Rank", "Split", "Knobs")
FIELDS: dict[str, tuple[str, list[Any]]] = {
    "Add": ("constant", [0.5, 1.0, -3.0]),
    "Ramp": ("offset", [0, 7]),
    "Knobs": ("real", [0.0, 2.0, 5.5]),
}
FOLLOWS = {"Add": ["constant"], "Knobs": ["real", "whole"], "Ramp": ["offset"]}
SHOWN = {"Add": ["constant"], "Knobs": ["real", "whole", "doubled", "depth"], "Ramp": ["offset"]}


@st.composite
def flows(draw: st.DrawFn) -> Network:
    """A network without cycles of images, its parameters following each other at will."""
    names = draw(st.permutations(["A", "B", "C 1", "ü", "Filter", "E", "F2"]))
    nodes: dict[str, NodeSpec] = {}
    links: dict[str, str] = {}
    outputs: list[str] = []
    for name in names[: draw(st.integers(2, 7))]:
        kind = draw(st.sampled_from(KINDS)) if nodes else "Ramp"
        set_there = kind in FIELDS and draw(st.booleans())
        fields = {FIELDS[kind][0]: draw(st.sampled_from(FIELDS[kind][1]))} if set_there else {}
        frame = draw(st.none() | st.tuples(*[st.integers(-300, 300).map(float)] * 2, st.just(120.0), st.just(72.0)))
        group, bypassed = draw(st.sampled_from(["", "Red", "Blue"])), draw(st.integers(0, 9)) == 0
        nodes[name] = NodeSpec(kind, fields, frame, group, bypassed=bypassed)
        for taking in LIBRARY[kind].declaration.inputs:
            if draw(st.integers(0, 5)) and outputs:
                links[f"{name}.{taking}"] = draw(st.sampled_from(outputs))
        outputs += [f"{name}.{giving}" for giving in LIBRARY[kind].declaration.outputs]
    takers = [f"{name}.{one}" for name, spec in nodes.items() for one in FOLLOWS.get(spec.type, [])]
    givers = [f"{name}.{one}" for name, spec in nodes.items() for one in SHOWN.get(spec.type, [])]
    if takers:
        pairs = st.tuples(st.sampled_from(takers), st.sampled_from(givers))
        links |= {to: of for to, of in draw(st.lists(pairs, max_size=6)) if to != of}
        if draw(st.booleans()):  # a ring
            one, other = draw(st.sampled_from(takers)), draw(st.sampled_from(takers))
            links |= {one: other, other: one} if one != other else {}
    groups = tuple({"name": group} for group in ("Red", "Blue"))
    return Network(nodes, links, groups, ({"text": "note", "frame": [0, 0, 80, 40]},))


def outcomes(one: Network, library: Library, called: dict[str, str]) -> dict[str, object]:
    """Of every node that can be reached: its images, or what is said against it, under its name of before."""
    flat = expansion(one, library)
    engine, found = Engine(library), {}
    for name, spec in flat.network.nodes.items():
        for output in LIBRARY[spec.type].declaration.outputs:
            try:
                answer: object = engine.image(flat.network, f"{name}.{output}").voxels.tobytes()
            except NodeEditorError as error:
                answer = type(error)
            found[f"{called.get(name, name)}.{output}"] = answer
    return found


def told(one: Network, library: Library) -> Network:
    """What a network means, but for its layout."""
    nodes = {name: replace(spec, frame=None, group="") for name, spec in meant(one, library).nodes.items()}
    return Network(nodes, one.connections, (), one.notes)


def one_valued(one: Network, library: Library, names: Sequence[str]) -> Network:
    """A network of which each ring through some nodes keeps its value in as few fields as it can."""
    while (clear := settled(one, library, names)) != one:
        one = clear
    return one


def converted(one: Network, library: Library, chosen: Sequence[str], name: str) -> Made | None:
    try:
        return made(one, library, chosen, name)
    except NetworkError as error:
        assert "feed itself" in str(error) or "ring of fields with several values" in str(error)
        return None


def some(data: st.DataObject, one: Network) -> list[str]:
    return data.draw(st.lists(st.sampled_from(sorted(one.nodes)), min_size=1, unique=True))


@SLOW
@given(flows(), st.data())
def test_any_network_gives_the_same_through_a_macro_and_expanded_again(one: Network, data: st.DataObject) -> None:
    chosen = some(data, one)
    macro = converted(one, LIBRARY, chosen, "Filter_")
    if macro is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        library = used(macro, Path(folder))
        called = {f"{macro.node}/{name}": name for name in chosen}
        before = outcomes(one, LIBRARY, {})
        assert outcomes(macro.outer, library, called) == before
        again = expanded(macro.outer, library, macro.node)
        assert sorted(again.names) == sorted(chosen)
        assert not again.lost
        assert outcomes(again.network, library, {}) == before
        assert told(one_valued(again.network, LIBRARY, chosen), LIBRARY) == told(
            one_valued(one, LIBRARY, chosen), LIBRARY
        )


@SLOW
@given(flows(), st.data())
def test_any_network_gives_the_same_through_macros_in_macros(one: Network, data: st.DataObject) -> None:
    chosen = some(data, one)
    first = converted(one, LIBRARY, chosen, "Filter_")
    if first is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        library = used(first, Path(folder))
        around = some(data, first.outer)
        second = converted(first.outer, library, around, "Around_")
        if second is None:
            return
        library = used(second, Path(folder), library)
        called = {f"{second.node}/{name}": name for name in around}
        at = f"{second.node}/{first.node}" if first.node in around else first.node
        called |= {f"{at}/{name}": name for name in chosen}
        assert outcomes(second.outer, library, called) == outcomes(one, LIBRARY, {})
        again = expanded(second.outer, library, second.node).network
        assert told(one_valued(again, library, around), library) == told(
            one_valued(first.outer, library, around), library
        )


# --- with the macros of a folder


def voxels(folder: Path, library: Library, one: Network, end: str) -> list[int]:
    found = Engine(library).image(one, end, paths=Paths(folder)).voxels[0, 0]
    return [int(value) for value in np.ravel(found)]


def test_macros_go_into_a_macro_with_all_that_their_nodes_say(tmp_path: Path) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    one = loads(OUTER, library)
    macro = made(one, library, ["First", "Second"], "Twice")
    write(macro, tmp_path, library)
    library = with_macros(library, tmp_path)
    expected = kept(kept(VOXELS, 40, -3), 10, 5)
    assert voxels(tmp_path, library, macro.outer, "Twice.result") == list(np.ravel(expected))
    again = expanded(macro.outer, library, "Twice")
    assert told(again.network, library).nodes.keys() == one.nodes.keys()
    assert voxels(tmp_path, library, again.network, "Second.result") == list(np.ravel(expected))
    flat = expanded(again.network, library, "First").network
    assert flat.nodes["Mask"].fields == {"background": -3.0}
    assert flat.nodes["Compare"].fields == {"threshold": 40.0, "comparisonOperator": "Greater"}
    assert voxels(tmp_path, library, flat, "Mask.output0") == list(np.ravel(kept(VOXELS, 40, -3)))


def test_file_names_beside_the_network_hold_inside(tmp_path: Path) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    macro = made(loads(OUTER, library), library, ["Load"], "Scan")
    write(macro, tmp_path, library)
    assert voxels(tmp_path, with_macros(library, tmp_path), macro.outer, "Scan.outImage") == list(range(60))


def test_a_run_does_the_same_work(tmp_path: Path) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    one = loads(OUTER, library)
    assert [str(job) for job in sinks(one, library)] == ["Job(node='Second', output='result', file=None)"]
    macro = made(one, library, list(one.nodes), "All")
    write(macro, tmp_path, library)
    library = with_macros(library, tmp_path)
    assert [str(job) for job in sinks(macro.outer, library)] == ["Job(node='All', output='result', file=None)"]


def test_what_was_expanded_lies_where_the_macro_lay_and_is_called_as_is_free(tmp_path: Path) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    one = loads(OUTER, library)
    one = replace(one, nodes={**one.nodes, "Mask": NodeSpec("Mask")})
    again = expanded(one, library, "First")
    assert again.names == ("Compare", "Mask1")
    assert again.network.nodes["Compare"].frame == (0, 300, 120, 64)  # boxes 264 high around (60, 232)
    assert again.network.nodes["Mask1"].frame == (0, 100, 120, 64)
    assert again.network.connections["Second.image"] == "Mask1.output0"
    assert again.network.connections["Mask1.input1"] == "Compare.output0"
    assert again.network.connections["Compare.input0"] == again.network.connections["Mask1.input0"] == "Load.outImage"


def test_groups_and_notes_inside_come_out(tmp_path: Path) -> None:
    inside = (
        'module Threshold { internal { frame = "0 0 10 10" moduleGroupName = Red } fields { instanceName = T } }\n'
        "networkModel { MLABNetworkModelItem MLABNetworkModelItemGroup { objectName = Red uniqueId = 1 }\n"
        'MLABNetworkModelItem MLABNoteItem { text = hello frame = "5 5 80 40" uniqueId = 2 } }\n'
    )
    write_macro(tmp_path, "Noted", "Interface { }", inside)
    around = Network(
        {"M": NodeSpec("Noted", {}, (100, 100, 10, 10), "Blue"), "R": NodeSpec("Mask", {}, (0, 0, 1, 1), "Red")},
        {},
        ({"name": "Red"}, {"name": "Blue"}),
    )
    again = expanded(around, with_macros(Library.installed(), tmp_path), "M").network
    assert (again.nodes["T"].group, [entry["name"] for entry in again.groups]) == ("Red1", ["Red", "Blue", "Red1"])
    assert again.notes == ({"text": "hello", "frame": [105.0, 105.0, 80.0, 40.0]},)


def test_a_value_of_the_macros_own_stays_with_what_followed_it(tmp_path: Path) -> None:
    write_all(tmp_path)
    write_macro(tmp_path, script=SCRIPT.replace("type = Bool value = false", "type = Double value = 3"))
    library = with_macros(Library.installed(), tmp_path)
    one = network("T.threshold=M.own", "U.threshold=M.lost", M="Keep", T="Threshold", U="Threshold")
    again = expanded(one, library, "M")
    assert again.network.nodes["T"].fields == {"threshold": 3.0}
    assert again.lost == ("U.threshold",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Load", "Load: is no macro: there is no network inside"),
        ("Odd", "Odd: nothing is known of Strange"),
        ("Gone", "Gone: it is a local macro, and Gone.mlab and Gone.script are not in "),
        ("Ring", "Ring: the macro holds itself: Ring -> Ring"),
        ("Off", "Off: is bypassed, and what is inside would work; let the macro work first"),
    ],
)
def test_what_cannot_be_expanded_is_refused_in_words(tmp_path: Path, name: str, said: str) -> None:
    library = with_macros(Library.installed(), write_all(tmp_path).parent)
    write_macro(tmp_path, "Ring", SCRIPT, "module Ring { }")
    lost = loads("module Gone { internal { localMacro = 1 } fields { instanceName = Gone } }", library)
    others = {"Odd": NodeSpec("Strange"), "Ring": NodeSpec("Ring"), "Off": NodeSpec("Keep", bypassed=True)}
    one = Network({**loads(OUTER, library).nodes, **lost.nodes, **others})
    with pytest.raises(NetworkError) as raised:
        expanded(one, library, name)
    assert str(raised.value).startswith(said)


def test_a_connection_that_is_kept_in_the_file_alone_cannot_go_inside() -> None:
    library = Library.installed()
    text = "module Threshold { fields { instanceName = T } }\nconnections { T.inputWorld = T.output0 }"
    with pytest.raises(NetworkError, match=r"^T\.inputWorld: its connection from T\.output0 is not known here"):
        made(loads(text, library), library, ["T"], "Filter")
