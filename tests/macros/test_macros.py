"""Local macros: their scripts are read, they are node types, and their networks run in their places."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk

from nodeeditor import file, formats
from nodeeditor.check import problems, setting
from nodeeditor.cli import main
from nodeeditor.edits import connection_problem, with_field
from nodeeditor.engine import Engine
from nodeeditor.errors import FormatError, NetworkError, NodeError, UnknownNodeType
from nodeeditor.explain import explained
from nodeeditor.fields import Choice, EnumType
from nodeeditor.image import Image
from nodeeditor.library import Library
from nodeeditor.macro import Interface, Macro
from nodeeditor.macros.expansion import expansion
from nodeeditor.macros.local import DEEPEST, WithMacros, with_macros
from nodeeditor.mlab import dumps, loads, runnable
from nodeeditor.mlab.script import interface
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths
from nodeeditor.run import Job, sinks

from ..macrosamples import INNER, OUTER, SCRIPT, VOXELS, kept, write_all, write_macro

INSTALLED = Library.installed()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_all(tmp_path)
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Library:
    return with_macros(INSTALLED, folder)


def outer(library: Library, text: str = OUTER) -> Network:
    return loads(text, library)


def voxels(folder: Path, library: Library, network: Network, end: str) -> npt.NDArray[Any]:
    return np.asarray(Engine(library).image(network, end, paths=Paths(folder)).voxels[0, 0])


def told(network: Network, library: Library) -> list[str]:
    return [f"{'warning: ' if one.warning else ''}{one}" for one in problems(network, library)]


# --- the script


def test_an_interface_says_what_it_shows_of_which_inner_ends() -> None:
    assert interface(SCRIPT) == Interface(
        {"image": ("Compare.input0", "Mask.input0")},
        {"result": ("Mask.output0",)},
        {"level": ("Compare.threshold",), "how": ("Compare.comparisonOperator",), "own": ()},
        {"own": {"type": "Bool", "value": "false"}},
    )


@pytest.mark.parametrize("script", ["", "Window { }", "Interface { }", 'Interface = ""', "# Interface { a { } }"])
def test_a_script_without_an_interface_shows_nothing(script: str) -> None:
    assert interface(script) == Interface()


@pytest.mark.parametrize("script", ["Interface {", b"\x89PNG\0", "Interface { Inputs }"])
def test_a_broken_script_is_refused_with_its_place(script: str | bytes) -> None:
    with pytest.raises(FormatError) as raised:
        interface(script)
    assert raised.value.line >= 1


def test_a_choice_of_a_macros_own_is_listed_by_its_script() -> None:
    script = (
        "Interface { Parameters { Field a { type = Enum items { item One { title = 1st } item Two } value = Two } } }"
    )
    assert interface(script).said == {"a": {"type": "Enum", "value": "Two", "values": "One,Two"}}


# --- the node type


def test_a_macro_is_a_node_type_with_the_connectors_of_its_interface(library: Library) -> None:
    declared = library["Keep"].declaration
    assert {name: (one.kind, one.optional) for name, one in declared.inputs.items()} == {"image": (Image, False)}
    assert {name: one.kind for name, one in declared.outputs.items()} == {"result": Image}
    assert library["Keep"].composed


def test_a_parameter_has_type_and_help_of_the_inner_field_and_the_value_that_is_set_there(library: Library) -> None:
    level, how = (library["Keep"].declaration.fields[name] for name in ("level", "how"))
    inner = INSTALLED["Threshold"].declaration.fields
    assert (level.type, level.help, level.default) == (inner["threshold"].type, inner["threshold"].help, 10.0)
    assert how.type == inner["comparisonOperator"].type
    assert how.default.name == "Greater"


def test_a_parameter_of_its_own_has_the_type_and_value_of_the_script(folder: Path) -> None:
    own = 'Field mode { type = Enum values = "Slow, Fast" value = Fast } Field size { type = Vector2 value = "3 4" }'
    write_macro(folder, script=SCRIPT.replace("Field own { type = Bool value = false }", own))
    fields = with_macros(INSTALLED, folder)["Keep"].declaration.fields
    assert isinstance(fields["mode"].type, EnumType)
    assert issubclass(fields["mode"].type.choices, Choice)
    assert fields["mode"].default.name == "Fast"
    assert fields["size"].default == (3.0, 4.0)


def test_a_parameter_of_an_unknown_inner_field_is_kept_as_a_text(folder: Path) -> None:
    inside = INNER + 'module Strange { fields { instanceName = Odd "a way" = "two words" } }'
    write_macro(folder, script=SCRIPT.replace("Compare.threshold", '"Odd.a way"'), inside=inside)
    level = with_macros(INSTALLED, folder)["Keep"].declaration.fields["level"]
    assert (level.type.name, level.default) == ("String", "two words")


def test_names_with_underscores_stay_as_the_script_says_them(folder: Path) -> None:
    script = SCRIPT.replace("level", "my_level").replace("image", "in_image")
    write_macro(folder, script=script)
    declared = with_macros(INSTALLED, folder)["Keep"].declaration
    assert list(declared.inputs) == ["in_image"]
    assert declared.fields["my_level"].file_name == "my_level"


def test_a_parameter_may_be_called_as_a_node_calls_its_own(folder: Path) -> None:
    write_macro(folder, script=SCRIPT.replace("Field level", "Field caption").replace("Field how", "Field open"))
    node_type = with_macros(INSTALLED, folder)["Keep"]
    assert node_type(**{"caption": 3.0, "open": "Less"}).caption() == ""
    assert node_type().own is False  # type: ignore[attr-defined]


def test_a_type_of_the_library_wins_over_a_file_beside_the_network(folder: Path) -> None:
    write_macro(folder, "Threshold")
    assert with_macros(INSTALLED, folder)["Threshold"] is INSTALLED["Threshold"]


def test_only_the_types_of_the_library_are_listed(library: Library) -> None:
    assert library["Keep"].__name__ == "Keep"
    assert list(library) == list(INSTALLED)


def test_a_folder_is_left_for_another_one(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = with_macros(with_macros(INSTALLED, folder), tmp_path_factory.mktemp("elsewhere"))
    assert "Keep" not in elsewhere
    assert with_macros(elsewhere, None) is INSTALLED


@pytest.mark.parametrize(
    "name", ["../Keep", "sub/Keep", "Keep.x", "", "Keep\0", "Ke ep", "K" * 101, ".", "con/../Keep"]
)
def test_a_type_is_no_way_out_of_the_folder(folder: Path, name: str) -> None:
    (folder / "sub").mkdir()
    write_macro(folder / "sub")
    assert name not in with_macros(INSTALLED, folder / "sub" if name.startswith("..") else folder)


def test_half_a_macro_says_which_half_is_missing(folder: Path) -> None:
    (folder / "Keep.script").unlink()
    with pytest.raises(UnknownNodeType, match=r"unknown node type 'Keep'; Keep\.script beside the network: does not"):
        with_macros(INSTALLED, folder)["Keep"]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("Keep.script", "Interface {", "Keep.script beside the network: line 1, column 1: "),
        ("Keep.mlab", "module Keep {", "Keep.mlab beside the network: line 1, column 1: "),
        ("Keep.mlab", "\0", "Keep.mlab beside the network: line 1, column 1: is no text"),
    ],
)
def test_a_broken_macro_says_where_it_is_broken(folder: Path, file: str, content: str, said: str) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(UnknownNodeType, match=re.escape(said)):
        with_macros(INSTALLED, folder)["Keep"]


def test_a_folder_in_place_of_a_file_is_said_so(folder: Path) -> None:
    (folder / "Keep.mlab").unlink()
    (folder / "Keep.mlab").mkdir()
    with pytest.raises(UnknownNodeType, match="is a folder or device"):
        with_macros(INSTALLED, folder)["Keep"]


def test_a_macro_whose_files_change_is_not_current(folder: Path) -> None:
    library = with_macros(INSTALLED, folder)
    assert isinstance(library, WithMacros)
    assert "Keep" in library
    assert "Later" not in library
    assert library.is_current()
    write_macro(folder, "Later")
    assert not library.is_current()


# --- macros in macros


def test_a_macro_can_hold_macros(folder: Path) -> None:
    script = """Interface {
  Inputs { Field input { internalName = First.image } }
  Outputs { Field output { internalName = Second.result } }
  Parameters { Field low { internalName = First.level } Field high { internalName = Second.level } }
}"""
    inside = OUTER[OUTER.index("module Keep") :].replace("  First.image = Load.output0\n", "")
    write_macro(folder, "Twice", script, inside)
    library = with_macros(INSTALLED, folder)
    network = Network(
        {
            "Load": NodeSpec("LocalImage", {"name": "$(NETWORK)/scan.nii"}),
            "Twice": NodeSpec("Twice", {"low": 20, "high": 30}),
        },
        {"Twice.input": "Load.outImage"},
    )
    assert not told(network, library)
    expected = kept(kept(VOXELS, 20, -3), 30, 5)
    np.testing.assert_array_equal(voxels(folder, library, network, "Twice.output"), expected)
    assert sorted(expansion(network, library).network.nodes) == [
        "Load",
        "Twice/First/Compare",
        "Twice/First/Mask",
        "Twice/Second/Compare",
        "Twice/Second/Mask",
    ]


def test_what_a_macro_in_a_macro_lacks_is_told_of_the_outermost(folder: Path) -> None:
    shown = (
        "Inputs { Field input { internalName = First.image } } Outputs { Field output { internalName = First.result } }"
    )
    write_macro(folder, "Once", f"Interface {{ {shown} }}", "module Keep { fields { instanceName = First } }")
    library = with_macros(INSTALLED, folder)
    with pytest.raises(NetworkError, match=r"^Once\.input: nothing is connected to this input$"):
        Engine(library).image(Network({"Once": NodeSpec("Once")}), "Once.output")


def test_macros_that_hold_each_other_are_an_error_in_words(folder: Path) -> None:
    write_macro(folder, "Egg", SCRIPT, "module Hen { }" + INNER)
    write_macro(folder, "Hen", SCRIPT, "module Egg { }" + INNER)
    library = with_macros(INSTALLED, folder)
    network = Network({"A": NodeSpec("Egg"), "B": NodeSpec("Hen")})
    said = told(network, library)
    assert "A: the macro holds itself: Egg -> Hen -> Egg" in said
    assert any(line.startswith("B: the macro holds itself: ") for line in said)
    with pytest.raises(NetworkError, match="the macro holds itself"):
        Engine(library).bound(network, ["A"])


def test_a_macro_that_holds_itself_is_an_error_in_words(folder: Path) -> None:
    write_macro(folder, "Keep", SCRIPT, "module Keep { }" + INNER)
    library = with_macros(INSTALLED, folder)
    assert "First: the macro holds itself: Keep -> Keep" in told(outer(library), library)


def test_macros_that_double_each_other_have_an_end(folder: Path) -> None:
    for depth in range(20):
        write_macro(folder, f"Double{depth}", "Interface { }", f"module Double{depth + 1} {{ }}\n" * 2)
    write_macro(folder, "Double20")
    library = with_macros(INSTALLED, folder)
    network = Network({"Double": NodeSpec("Double0")})
    assert "Double: the macro holds more than 10000 modules" in told(network, library)
    assert len(expansion(network, library).network.nodes) == 1


def test_macros_cannot_lie_in_each_other_without_end(folder: Path) -> None:
    for depth in range(10 * DEEPEST):
        write_macro(folder, f"Deep{depth}", "Interface { }", f"module Deep{depth + 1} {{ }}")
    library = with_macros(INSTALLED, folder)
    assert "Deep0" in library
    assert told(Network({"Deep": NodeSpec("Deep0")}), library)


def test_a_ring_of_more_macros_than_can_lie_in_each_other_has_an_end(folder: Path) -> None:
    count = DEEPEST + 20
    for number in range(count):
        write_macro(folder, f"Ring{number}", "Interface { }", f"module Ring{(number + 1) % count} {{ }}")
    library = with_macros(INSTALLED, folder)
    network = Network({"A": NodeSpec("Ring0"), "B": NodeSpec(f"Ring{DEEPEST + 5}")})
    assert any("Ring" in line for line in told(network, library))
    kinds = {spec.type for spec in expansion(network, library).network.nodes.values()}
    assert kinds == {f"Ring{DEEPEST}"}


def test_more_modules_than_can_be_opened_are_not_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodeeditor.macros.expansion.MOST_OPENED", 3)
    library = with_macros(INSTALLED, folder)
    assert sorted(expansion(outer(library), library).network.nodes) == ["First/Compare", "First/Mask", "Load", "Second"]
    known = Engine(library).known(outer(library), Paths(folder))
    assert list(map(str, known.errors["Second"])) == [
        "Second: what is inside is not at hand: the macro is bypassed, or the network holds too many modules"
    ]


# --- running


def test_a_network_with_macros_gives_what_numpy_gives(folder: Path, library: Library) -> None:
    network = outer(library)
    first = kept(VOXELS, 40, -3)
    np.testing.assert_array_equal(voxels(folder, library, network, "First.result"), first)
    np.testing.assert_array_equal(voxels(folder, library, network, "Second.result"), kept(first, 10, 5))


def test_what_is_inside_can_be_asked_for_by_its_path(folder: Path, library: Library) -> None:
    found = voxels(folder, library, outer(library), "First/Compare.output0")
    np.testing.assert_array_equal(found != found.min(), VOXELS > 40)


def test_a_parameter_sets_the_inner_field(folder: Path, library: Library) -> None:
    network = with_field(outer(library), library, "First", "level", 50.0)
    network = with_field(network, library, "First", "how", "LessEqual")
    found = voxels(folder, library, network, "First.result")
    np.testing.assert_array_equal(found, np.where(VOXELS <= 50, VOXELS, -3))


def test_a_parameter_that_follows_a_field_takes_its_value(folder: Path, library: Library) -> None:
    network = outer(library).with_node("Source", NodeSpec("Threshold", {"threshold": 33.0}))
    network = network.with_connection("First.level", "Source.threshold")
    np.testing.assert_array_equal(voxels(folder, library, network, "First.result"), kept(VOXELS, 33, -3))


def test_a_field_that_follows_a_parameter_takes_its_value(folder: Path, library: Library) -> None:
    network = outer(library).with_node("Next", NodeSpec("Threshold"))
    network = network.with_connection("Next.input0", "Load.outImage").with_connection("Next.threshold", "First.level")
    made = Engine(library).bound(network, ["Next"], Paths(folder))["Next"]
    assert made.node.threshold == 40.0  # type: ignore[attr-defined]


def test_a_field_can_follow_a_parameter_that_stands_for_nothing_inside(folder: Path, library: Library) -> None:
    network = with_field(outer(library), library, "First", "own", True)
    network = network.with_node("Next", NodeSpec("Threshold")).with_connection("Next.input0", "Load.outImage")
    network = network.with_connection("Next.relativeThreshold", "First.own")
    made = Engine(library).bound(network, ["Next"], Paths(folder))["Next"]
    assert made.node.relative_threshold is True  # type: ignore[attr-defined]


def test_a_parameter_of_its_own_passes_on_what_it_follows(folder: Path, library: Library) -> None:
    network = outer(library).with_node("Next", NodeSpec("Threshold"))
    network = network.with_node("Source", NodeSpec("Threshold", {"relativeThreshold": True}))
    network = network.with_connection("Next.input0", "Load.outImage")
    network = network.with_connection("First.own", "Source.relativeThreshold")
    network = network.with_connection("Next.relativeThreshold", "First.own")
    made = Engine(library).bound(network, ["Next"], Paths(folder))["Next"]
    assert made.node.relative_threshold is True  # type: ignore[attr-defined]


def test_a_read_only_field_inside_is_shown_by_its_parameter(folder: Path) -> None:
    script = SCRIPT.replace("Compare.threshold", "Info.sizeX").replace("Mask.input0", "Info.input0")
    write_macro(folder, script=script, inside=INNER + "module Info { fields { instanceName = Info } }")
    library = with_macros(INSTALLED, folder)
    assert library["Keep"].declaration.fields["level"].read_only
    assert Engine(library).values(outer(library), "First", Paths(folder))["level"] == 5


def test_a_bypassed_macro_passes_its_image_on(folder: Path, library: Library) -> None:
    network = outer(library)
    network = network.with_node("First", replace(network.nodes["First"], bypassed=True))
    np.testing.assert_array_equal(voxels(folder, library, network, "First.result"), VOXELS)
    np.testing.assert_array_equal(voxels(folder, library, network, "Second.result"), kept(VOXELS, 10, 5))


def test_a_node_that_is_called_like_one_inside_is_not_lost(folder: Path, library: Library) -> None:
    network = outer(library).with_node("First/Compare", NodeSpec("Threshold", {"threshold": 1.0}))
    network = network.with_connection("First/Compare.input0", "Load.outImage")
    np.testing.assert_array_equal(voxels(folder, library, network, "First.result"), kept(VOXELS, 40, -3))
    assert Engine(library).bound(network, ["First/Compare"], Paths(folder))["First/Compare"].node.threshold == 1  # type: ignore[attr-defined]


def test_names_of_any_length_can_be_opened(folder: Path, library: Library) -> None:
    long = "L" * 200
    network = outer(library, OUTER.replace("First", long))
    np.testing.assert_array_equal(voxels(folder, library, network, f"{long}.result"), kept(VOXELS, 40, -3))


def test_a_changed_parameter_computes_what_follows_it_alone(folder: Path, library: Library) -> None:
    computed: list[str] = []
    engine = Engine(library, watch=lambda page: computed.append(page.node))
    network = outer(library)
    engine.image(network, "Second.result", paths=Paths(folder))
    assert sorted(computed) == ["First/Compare", "First/Mask", "Load", "Second/Compare", "Second/Mask"]
    computed.clear()
    engine.image(with_field(network, library, "Second", "level", 3.0), "Second.result", paths=Paths(folder))
    assert sorted(computed) == ["Second/Compare", "Second/Mask"]


def test_a_network_without_macros_is_itself(library: Library) -> None:
    network = loads(INNER, library)
    assert expansion(network, library).network is network


def test_an_explanation_of_a_macro_is_that_of_what_it_shows(folder: Path, library: Library) -> None:
    found = explained(Engine(library), outer(library), "First.result", (0.0, 0.0, 0.0), 0, Paths(folder))
    assert [(one.node, one.output) for one in found][:1] == [("First", "result")]
    assert found[0].value == -3


# --- errors


def test_an_unconnected_input_of_a_macro_is_told_of_the_macro(folder: Path, library: Library) -> None:
    network = replace(outer(library), connections={})
    assert "First.image: nothing is connected to this input" in told(network, library)
    with pytest.raises(NetworkError, match=r"^First.image: nothing is connected to this input$"):
        Engine(library).image(network, "First.result")


def test_a_wrong_value_of_a_parameter_is_told_of_the_macro(folder: Path, library: Library) -> None:
    network = outer(library).with_field("First", "level", "high")
    assert any(line.startswith("First.level: 'high' is not a number") for line in told(network, library))
    with pytest.raises(NetworkError, match=r"^First.level: 'high' is not a number"):
        Engine(library).image(network, "First.result", paths=Paths(folder))


def test_what_fails_inside_is_told_of_the_macro(folder: Path) -> None:
    inside = INNER + "module ImageLoad { fields { instanceName = Atlas filename = nowhere.nii } }\n"
    inside = inside.replace("Mask.input1 = Compare.output0", "Mask.input1 = Atlas.output0")
    write_macro(folder, inside=inside)
    library = with_macros(INSTALLED, folder)
    with pytest.raises((NetworkError, NodeError), match=r"^First: inside, Atlas: .*nowhere.nii"):
        Engine(library).image(outer(library), "First.result", paths=Paths(folder))


def test_an_inner_error_in_the_middle_of_the_work_is_told_of_the_macro(folder: Path, library: Library) -> None:
    network = outer(library)
    engine = Engine(library)
    stream = engine.stream(network, "First.result", Paths(folder))
    (folder / "scan.nii").write_bytes((folder / "scan.nii").read_bytes()[:360])
    with pytest.raises(NodeError) as raised:
        stream.read()
    assert raised.value.node == "Load"


def test_an_output_that_the_macro_does_not_have_is_refused_with_those_it_has(folder: Path, library: Library) -> None:
    with pytest.raises(NetworkError, match=r"First.resolt: there is no output of that name; did you mean 'result'"):
        Engine(library).image(outer(library), "First.resolt", paths=Paths(folder))


def test_a_macro_says_which_modules_inside_cannot_run(folder: Path) -> None:
    write_macro(folder, inside=INNER + "module Strange { }\nmodule Odd { }\n")
    library = with_macros(INSTALLED, folder)
    said = "warning: First: 2 of 4 modules inside can run here; Strange, Odd cannot"
    assert said in told(outer(library), library)
    np.testing.assert_array_equal(voxels(folder, library, outer(library), "First.result"), kept(VOXELS, 40, -3))
    assert runnable(outer(library), library) == (1, 3)


def test_an_output_of_an_unknown_module_says_so_and_keeps_its_connections(folder: Path) -> None:
    inside = INNER.replace("module Mask", "module Strange")
    write_macro(folder, inside=inside)
    library = with_macros(INSTALLED, folder)
    network = outer(library)
    assert network.connections["Second.image"] == "First.result"
    assert connection_problem(network, library, "Second.image", "First.result") is None
    with pytest.raises(NetworkError, match=r"^First: inside, Mask: unknown node type 'Strange'"):
        Engine(library).image(network, "First.result", paths=Paths(folder))


def test_an_interface_that_leads_nowhere_is_warned_of(folder: Path) -> None:
    write_macro(folder, script=SCRIPT.replace("Mask.output0", "Nobody.output0"))
    library = with_macros(INSTALLED, folder)
    assert "warning: First: result leads to Nobody.output0, which is not inside" in told(outer(library), library)


def test_all_that_is_known_of_a_macro_is_what_is_known_inside(folder: Path, library: Library) -> None:
    known = Engine(library).known(outer(library), Paths(folder))
    assert not known.errors
    assert known.bound["First"].described.infos["result"].extent == (1, 1, 3, 4, 5)
    assert known.inside["First/Compare"] == ("First", "Compare")


def test_a_macro_behind_what_fails_waits_for_it(folder: Path, library: Library) -> None:
    (folder / "scan.nii").unlink()
    known = Engine(library).known(outer(library), Paths(folder))
    assert list(known.errors) == ["Load"]
    assert known.behind == {"First": "Load", "Second": "Load"}


def test_what_is_behind_a_macro_that_fails_waits_for_the_macro(folder: Path, library: Library) -> None:
    network = replace(outer(library), connections={"Second.image": "First.result"})
    known = Engine(library).known(network, Paths(folder))
    assert list(map(str, known.errors["First"])) == ["First.image: nothing is connected to this input"]
    assert known.behind == {"Second": "First"}


# --- files


def test_a_network_with_macros_comes_back_byte_for_byte(library: Library) -> None:
    assert dumps(outer(library), library) == OUTER.encode()
    assert dumps(file.loads(file.dumps(outer(library))), library) == OUTER.encode()


def test_what_a_macro_says_is_kept_when_its_inside_has_become_another(folder: Path, library: Library) -> None:
    network = outer(library)
    write_macro(folder, inside=INNER.replace("threshold = 10", "threshold = 99"))
    now = with_macros(INSTALLED, folder)
    assert dumps(network, now) == OUTER.encode()
    assert voxels(folder, now, network, "Second.result").max() == VOXELS.max()


def test_what_a_macro_says_is_kept_where_the_macro_is_not(library: Library, tmp_path: Path) -> None:
    assert dumps(outer(library), INSTALLED) == OUTER.encode()


def test_a_changed_parameter_changes_one_line(library: Library) -> None:
    network = with_field(outer(library), library, "First", "level", 41.5)
    assert dumps(network, library) == OUTER.replace("level = 40", "level = 41.5").encode()


def test_a_network_of_our_own_kind_uses_macros_as_well(folder: Path, library: Library) -> None:
    path = folder / "Ours.mlab.json"
    nodes = {"Load": NodeSpec("LocalImage", {"name": "$(NETWORK)/scan.nii"}), "Mine": NodeSpec("Keep", {"level": 7.5})}
    file.save(Network(nodes, {"Mine.image": "Load.outImage"}), path)
    network = formats.load(path, library)
    np.testing.assert_array_equal(voxels(folder, library, network, "Mine.result"), kept(VOXELS, 7.5, 5))


def test_a_parameter_is_read_as_it_is_spelled_and_written_so(folder: Path) -> None:
    own = "Field place { type = Vector2 } Field name { type = String } Field count { type = Integer }"
    write_macro(folder, script=SCRIPT.replace("Field own { type = Bool value = false }", own))
    library = with_macros(INSTALLED, folder)
    text = OUTER.replace("own = FALSE", 'place = "5 6.5"\n    name = 60\n    count = 7')
    network = loads(text, library)
    assert network == loads(text, INSTALLED)
    assert not told(network, library)
    values = {
        name: one.value(network.nodes["First"].fields.get(name, one.default))
        for name, one in library["Keep"].declaration.fields.items()
    }
    assert (values["place"], values["name"], values["count"]) == ((5.0, 6.5), "60", 7)
    network = with_field(network, library, "First", "place", [1.0, 2.0])
    assert dumps(network, library) == text.replace('"5 6.5"', '"1 2"').encode()
    assert dumps(network, INSTALLED) == dumps(network, library)


# --- the command line


def test_the_command_line_runs_what_is_inside_a_macro(folder: Path) -> None:
    made, inside = folder / "made.nii", folder / "inside.nii"
    arguments = ["--output", f"First.result={made}", "--output", f"First/Mask.output0={inside}"]
    assert main(["run", str(folder / "Outer.mlab"), *arguments, "--set", "First.level=33"]) == 0
    for path in (made, inside):
        np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(path)), kept(VOXELS, 33, -3))


def test_the_command_line_writes_the_unconnected_outputs_of_macros(folder: Path) -> None:
    assert main(["run", str(folder / "Outer.mlab"), "--out", str(folder / "out")]) == 0
    assert [path.name for path in (folder / "out").iterdir()] == ["Second.result.mha"]


def test_viewers_inside_a_macro_are_sinks(folder: Path) -> None:
    write_macro(
        folder,
        inside=INNER + "module View2D { fields { instanceName = See } }\nconnections { See.inImage = Mask.output0 }",
    )
    library = with_macros(INSTALLED, folder)
    found = list(sinks(outer(library), library))
    assert Job("First/See", "picture") in found
    assert Job("Second", "result") not in found


def test_the_command_line_checks_macros(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "Outer.mlab")]) == 0
    assert capsys.readouterr().out == f"{folder / 'Outer.mlab'}: ok (3 nodes, 3 of which can run here, 2 connections)\n"


def test_the_inside_of_a_macro_is_right_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "Keep.mlab")]) == 0
    (folder / "Keep.script").unlink()
    assert main(["check", str(folder / "Keep.mlab")]) == 2
    assert "Compare.input0: nothing is connected to this input\n" in capsys.readouterr().err


def test_the_macros_of_a_folder_are_offered_but_for_those_that_cannot_be_opened(folder: Path) -> None:
    write_macro(folder, "Ring", SCRIPT, "module Ring { }")
    write_macro(folder, "Broken", "Interface {")
    library = with_macros(INSTALLED, folder)
    assert isinstance(library, WithMacros)
    assert set(library.offered()) - set(INSTALLED) == {"Keep"}


def test_a_new_node_of_a_macro_is_marked_as_mevislab_does(library: Library) -> None:
    text = dumps(Network({"Mine": NodeSpec("Keep", {"level": 3})}), library).decode()
    assert "    localMacro = 1\n" in text
    assert loads(text, library).nodes["Mine"].fields == {"level": 3}


def test_the_command_line_says_why_a_macro_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Keep.mlab", "Keep.script"):
        (folder / name).unlink()
    assert main(["check", str(folder / "Outer.mlab")]) == 0
    said = f"the module Keep cannot run here; it is a local macro, and Keep.mlab and Keep.script are not in {folder}"
    assert f"warning: First: {said}\n" in capsys.readouterr().err


def test_the_command_line_converts_and_compares_macros(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = folder / "Outer.mlab.json"
    assert main(["convert", str(folder / "Outer.mlab"), str(ours)]) == 0
    assert main(["diff", str(folder / "Outer.mlab"), str(ours)]) == 0
    capsys.readouterr()
    text = (folder / "Outer.mlab").read_text(encoding="utf-8")
    (folder / "Changed.mlab").write_text(text.replace("level = 40", "level = 50"), encoding="utf-8")
    assert main(["diff", str(folder / "Outer.mlab"), str(folder / "Changed.mlab")]) == 1
    assert capsys.readouterr().out == "First.level 40 -> 50\n"


def test_a_parameter_can_be_set_by_its_text(library: Library) -> None:
    assert setting(library, outer(library), "First.how=Less") == ("First", "how", "Less")
    with pytest.raises(NetworkError, match=r"First.how: 'Les' is not one of"):
        setting(library, outer(library), "First.how=Les")


def test_nothing_of_a_macros_files_is_executed(folder: Path) -> None:
    (folder / "Keep.py").write_text("import pathlib\npathlib.Path('ran').touch()\n", encoding="utf-8")
    library = with_macros(INSTALLED, folder)
    assert issubclass(library["Keep"], Macro)
    voxels(folder, library, outer(library), "Second.result")
    assert not list(folder.rglob("ran"))
    assert not Path("ran").exists()
