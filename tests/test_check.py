"""Every rule of a network: what breaks it is told in one pass, each problem with its place and a way out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from nodeeditor import Choice, Color, FileName, Image, ImageInfo, Input, Node, Output, Region, Trigger, Voxels, field
from nodeeditor.check import (
    current_name,
    cycle_problems,
    dependencies,
    existing,
    field_chain,
    is_filled,
    link_problem,
    problems,
    setting,
)
from nodeeditor.errors import FieldError, NetworkError, UnknownNodeType, WiringError
from nodeeditor.file import SUFFIX, load
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

from .samples import LIBRARY as SAMPLES

NETWORKS = Path(__file__).resolve().parents[1] / "networks"
INFO = ImageInfo((1, 1, 2, 2, 2), np.dtype(np.int16), (0, 1))


class Comparison(Choice):
    """As in Threshold."""

    Less = "<"
    LessEqual = "<="
    Equal = "=="
    NotEqual = "!="
    Greater = ">"
    GreaterEqual = ">="


class Marker:
    """Something that is no image."""


class Source(Node):
    """Gives an image and a marker."""

    out_image = Output(Image, "An image.")
    marker = Output(Marker, "No image.")
    level: float = field(default=0.0, help="A number.")

    def describe(self) -> ImageInfo:
        return INFO

    def compute(self, region: Region) -> Voxels:
        return np.zeros(region.shape, np.int16)


class Threshold(Node):
    """Has fields of all kinds."""

    renamed: ClassVar[Mapping[str, str]] = {"Threshold": "threshold", "operator": "comparisonOperator", "in": "input0"}
    input0 = Input(Image, "An image.")
    mask = Input(Image, "A mask.", optional=True)
    output0 = Output(Image, "An image.")
    threshold: float = field(default=0.0, minimum=-1000, maximum=1000, help="A number.")
    comparison_operator: Comparison = field(default=Comparison.Greater, help="How.")
    color: Color = field(default=Color((1.0, 0.0, 0.0)), help="A colour.")
    label: str = field(default="", help="A text.")
    file: FileName = field(default=FileName(""), help="A file.")
    enabled: bool = field(default=True, help="On or off.")
    apply: Trigger = field(default=Trigger.idle, help="A button.")
    max_slice: int = field(default=0, read_only=True, help="The last slice.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, input0: Image) -> Voxels:
        return input0.voxels

    def values(self, input0: ImageInfo) -> dict[str, object]:
        return {"max_slice": input0.extent[2] - 1}


class Bare(Node):
    """Has neither inputs nor fields."""


LIBRARY = Library([Source, Threshold, Bare])


def network(connections: Mapping[str, str] = {}, **fields: object) -> Network:
    """A source and two thresholds, T2 behind T1, the fields given to T1."""
    return Network(
        {"S": NodeSpec("Source"), "T1": NodeSpec("Threshold", fields), "T2": NodeSpec("Threshold")},
        {"T1.input0": "S.outImage", "T2.input0": "T1.output0", **connections},
    )


def told(made: Network) -> list[str]:
    """All problems as they are shown, warnings marked."""
    return [("warning: " if one.warning else "") + str(one) for one in problems(made, LIBRARY)]


def test_a_right_network_has_no_problems() -> None:
    assert told(network()) == []
    assert told(network(threshold=5, comparisonOperator="Less", color=[0, 0, 1], label="x", enabled=False)) == []
    assert told(Network()) == []


@pytest.mark.parametrize("path", sorted(NETWORKS.glob(f"*{SUFFIX}")), ids=lambda path: path.name)
def test_the_examples_have_no_problems(path: Path) -> None:
    assert problems(load(path), Library.installed()) == []


# --- types and fields


def test_an_unknown_type_is_named_with_a_suggestion() -> None:
    made = network().with_node("X", NodeSpec("Treshold")).with_node("Y", NodeSpec("os.system"))
    assert told(made) == [
        "X: unknown node type 'Treshold'; did you mean 'Threshold'?",
        "Y: unknown node type 'os.system'",
    ]
    assert {type(one) for one in problems(made, LIBRARY)} == {UnknownNodeType}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "comparisonOperator",
            "Lesser",
            "'Lesser' is not one of Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual; did you mean 'Less'?",
        ),
        ("threshold", "abc", "'abc' is not a number"),
        ("threshold", [1], "[1] is not a number"),
        ("threshold", True, "True is not a number"),
        ("threshold", None, "None is not a number"),
        ("threshold", 1e30, "1e+30 is above the largest allowed value 1000"),
        ("threshold", -1001, "-1001 is below the smallest allowed value -1000"),
        ("color", [999, -5, "x"], "999 is above the largest allowed value 1"),
        ("label", 5, "5 is not a text"),
        ("enabled", 1, "1 is not true or false"),
        ("Threshold", "abc", "'abc' is not a number"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(name: str, value: object, message: str) -> None:
    (problem,) = problems(network().with_field("T1", name, value), LIBRARY)
    assert isinstance(problem, FieldError)
    assert problem.node == "T1"
    assert problem.message == message
    assert not problem.warning


def test_the_message_names_node_and_field() -> None:
    made = Network(
        {"S": NodeSpec("Source"), "Threshold": NodeSpec("Threshold", {"comparisonOperator": "Lesser"})},
        {"Threshold.input0": "S.outImage"},
    )
    assert told(made) == [
        "Threshold.comparisonOperator: 'Lesser' is not one of "
        "Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual; did you mean 'Less'?"
    ]


def test_an_unknown_field_is_a_warning() -> None:
    assert told(network(treshold=5, since="2031")) == [
        "warning: T1.since: Threshold has no such field; it is kept",
        "warning: T1.treshold: Threshold has no such field; it is kept; did you mean 'threshold'?",
    ]


def test_saved_values_of_filled_fields_and_buttons_do_not_count() -> None:
    assert told(network(maxSlice="x", apply=5)) == []


def test_former_names_of_fields_and_inputs_are_accepted() -> None:
    made = network(Threshold=5, operator="Less")
    assert told(made) == []
    old = Network(made.nodes, {"T1.in": "S.outImage", "T2.in": "T1.output0", "T2.Threshold": "T1.Threshold"})
    assert told(old) == []
    assert current_name(Threshold, "operator") == "comparisonOperator"
    assert current_name(Threshold, "label") == "label"


# --- connections


@pytest.mark.parametrize(
    ("destination", "source", "message"),
    [
        ("T2.mask", "Z.outImage", "T2.mask: its source Z.outImage does not exist"),
        ("T2.mask", "t1.output0", "T2.mask: its source t1.output0 does not exist; did you mean 'T1'?"),
        ("T2.mask", "S.outimage", "T2.mask: its source S.outimage does not exist; did you mean 'outImage'?"),
        ("T2.mask", "T1.input0", "T2.mask: its source T1.input0 does not exist; did you mean 'output0'?"),
        ("T2.masc", "S.outImage", "T2.masc: Threshold has no such input or field; did you mean 'mask'?"),
        ("T2.output0", "S.outImage", "T2.output0: Threshold has no such input or field; did you mean 'input0'?"),
        ("T2.mask", "S.marker", "T2.mask: needs Image, but S.marker is Marker"),
        ("T2.mask", "S.level", "T2.mask: needs Image, but S.level is a field"),
        ("T2.threshold", "S.outImage", "T2.threshold: is a field, but S.outImage is Image"),
        ("T2.maxSlice", "S.level", "T2.maxSlice: is read-only: the node itself fills it"),
        ("T2.color", "S.level", "T2.color: takes Color, but S.level is Double"),
        ("T2.threshold", "T1.apply", "T2.threshold: takes Double, but T1.apply is Trigger"),
        ("T2.comparisonOperator", "S.level", "T2.comparisonOperator: takes Enum, but S.level is Double"),
    ],
)
def test_a_wrong_connection_is_refused_in_words(destination: str, source: str, message: str) -> None:
    made = network({destination: source})
    (problem,) = problems(made, LIBRARY)
    assert isinstance(problem, WiringError)
    assert str(problem) == message


@pytest.mark.parametrize(
    ("destination", "source"),
    [
        ("T2.mask", "S.outImage"),
        ("T2.threshold", "S.level"),
        ("T2.threshold", "T1.maxSlice"),
        ("T2.enabled", "S.level"),
        ("T2.label", "T1.comparisonOperator"),
        ("T2.comparisonOperator", "T1.label"),
        ("T2.apply", "T1.threshold"),
        ("T2.color", "T1.color"),
    ],
)
def test_a_right_connection_is_accepted(destination: str, source: str) -> None:
    assert told(network({destination: source})) == []


def test_an_input_without_a_connection_is_told() -> None:
    assert told(network().without("S")) == ["T1.input0: nothing is connected to this input"]


def test_a_connection_into_a_missing_node_is_told() -> None:
    made = network({"t2.input0": "S.outImage", "t2.mask": "S.outImage", "Zzz.a": "S.level"})
    assert told(made) == [
        "Zzz: connection into a node that does not exist",
        "t2: connection into a node that does not exist; did you mean 'T2'?",
    ]


def test_connections_of_unknown_types_are_not_judged() -> None:
    made = network({"X.anything": "S.outImage", "T2.mask": "X.result", "X.more": "X.less"}).with_node(
        "X", NodeSpec("Acme")
    )
    assert told(made) == ["X: unknown node type 'Acme'"]
    assert link_problem(made, LIBRARY, ("X", "anything"), ("S", "outImage")) is None


# --- cycles


def test_a_cycle_of_images_is_named() -> None:
    made = network({"T1.input0": "T2.output0"})
    (problem,) = problems(made, LIBRARY)
    assert isinstance(problem, WiringError)
    assert problem.message in (
        "the connections close a cycle: T1 -> T2 -> T1",
        "the connections close a cycle: T2 -> T1 -> T2",
    )
    assert problem.node in ("T1", "T2")


def test_a_node_that_feeds_itself_is_a_cycle() -> None:
    assert told(network({"T1.input0": "T1.output0"})) == ["T1: the connections close a cycle: T1 -> T1"]


def test_a_long_cycle_is_shortened() -> None:
    count = 10_000
    nodes = {f"T{i}": NodeSpec("Threshold") for i in range(count)}
    made = Network(nodes, {f"T{i}.input0": f"T{(i - 1) % count}.output0" for i in range(count)})
    (problem,) = problems(made, LIBRARY)
    names = problem.message.removeprefix("the connections close a cycle: ").split(" -> ")
    assert names[-1] == "…"
    numbers = [int(name.removeprefix("T")) for name in names[:-1]]
    assert len(numbers) == 8
    assert all(after == (before + 1) % count for before, after in pairwise(numbers))


def test_a_ring_of_eight_is_named_in_full() -> None:
    before = {f"n{i}": [f"n{(i - 1) % 8}"] for i in range(8)}
    (problem,) = cycle_problems(before)
    names = problem.message.removeprefix("the connections close a cycle: ").split(" -> ")
    assert len(names) == 9
    assert names[0] == names[-1]


def test_rings_of_parameter_connections_are_legal() -> None:
    made = network({"T1.threshold": "T2.threshold", "T2.threshold": "T1.threshold", "T1.label": "T1.label"})
    assert told(made) == []
    assert dependencies(made, LIBRARY) == {"S": [], "T1": ["S"], "T2": ["T1"]}


def test_between_unknown_types_the_name_says_what_closes_a_cycle() -> None:
    acme = {name: NodeSpec("Acme") for name in "PQ"}
    position = {"P.worldPosition": "Q.worldPosition", "Q.worldPosition": "P.worldPosition"}
    assert dependencies(Network(acme, position), LIBRARY) == {"P": [], "Q": []}
    scene = {"P.children": "Q.self", "Q.inImage": "P.outImage"}
    (cycle,) = (one for one in problems(Network(acme, scene), LIBRARY) if isinstance(one, WiringError))
    assert cycle.message in (
        "the connections close a cycle: P -> Q -> P",
        "the connections close a cycle: Q -> P -> Q",
    )


@pytest.mark.parametrize(
    ("source", "flows"),
    [
        *((name, True) for name in ("self", "image", "output0", "outImage", "outputHistogramCurve", "outBase1")),
        *(
            (name, False)
            for name in ("outputString", "outValue2", "out0", "oa", "worldPosition", "noBypass", "selfish")
        ),
    ],
)
def test_images_and_objects_flow_from_what_is_called_so(source: str, flows: bool) -> None:
    unknown = {name: NodeSpec("Acme") for name in "PQ"}
    assert dependencies(Network(unknown, {"P.x": f"Q.{source}"}), LIBRARY)["P"] == ["Q"] * flows


def test_what_a_known_type_declares_counts_more_than_a_name() -> None:
    made = network({"X.outputs": "S.outImage", "X.level": "S.level", "T1.input0": "X.result", "T1.label": "X.outText"})
    made = made.with_node("X", NodeSpec("Acme"))
    assert {name: dependencies(made, LIBRARY)[name] for name in ("X", "T1")} == {"X": ["S"], "T1": ["X"]}


def test_a_field_that_follows_a_filled_one_waits_for_its_node() -> None:
    made = network({"T2.threshold": "T1.maxSlice", "T2.label": "T2.threshold"})
    assert told(made) == []
    assert sorted(set(dependencies(made, LIBRARY)["T2"])) == ["T1"]


def test_a_node_that_waits_for_its_own_filled_field_is_a_cycle() -> None:
    assert told(network({"T1.threshold": "T1.maxSlice"})) == ["T1: the connections close a cycle: T1 -> T1"]
    assert told(network({"T1.threshold": "T2.maxSlice"}))[0].startswith("T")


def test_what_hangs_in_the_air_is_no_dependency() -> None:
    made = network({"T1.mask": "Z.outImage", "Y.input0": "T1.output0"})
    assert dependencies(made, LIBRARY) == {"S": [], "T1": ["S"], "T2": ["T1"]}


def test_a_field_of_an_unknown_type_is_no_image() -> None:
    made = network({"X.a": "T1.threshold", "X.b": "T1.output0", "T2.threshold": "X.c"}).with_node("X", NodeSpec("Acme"))
    assert dependencies(made, LIBRARY)["X"] == ["T1"]
    assert dependencies(made, LIBRARY)["T2"] == ["T1"]
    assert not is_filled(made, LIBRARY, ("X", "c"))


# --- chains of fields


def test_a_chain_of_fields_is_followed_to_its_root() -> None:
    made = network({"T2.threshold": "T1.threshold", "T1.Threshold": "S.level"})
    assert field_chain(made, LIBRARY, ("T2", "threshold")) == [
        ("T2", "threshold"),
        ("T1", "threshold"),
        ("S", "level"),
    ]
    assert field_chain(made, LIBRARY, ("S", "level")) == [("S", "level")]


def test_a_ring_of_fields_is_followed_once_round() -> None:
    made = network({"T1.threshold": "T2.threshold", "T2.threshold": "T1.threshold"})
    assert field_chain(made, LIBRARY, ("T1", "threshold")) == [("T1", "threshold"), ("T2", "threshold")]


def test_a_chain_goes_through_unknown_types_and_ends_at_missing_nodes() -> None:
    made = network({"T2.threshold": "X.a", "X.a": "X.b", "X.b": "Gone.c"}).with_node("X", NodeSpec("Acme"))
    assert field_chain(made, LIBRARY, ("T2", "threshold")) == [("T2", "threshold"), ("X", "a"), ("X", "b")]


def test_only_read_only_fields_are_filled() -> None:
    made = network()
    assert is_filled(made, LIBRARY, ("T1", "maxSlice"))
    assert not is_filled(made, LIBRARY, ("T1", "threshold"))
    assert not is_filled(made, LIBRARY, ("T1", "gone"))


# --- all at once


def test_every_problem_is_told_in_one_pass() -> None:
    made = Network(
        {
            "A": NodeSpec("Threshold", {"threshold": "x", "color": 5, "odd": 1}),
            "B": NodeSpec("Treshold"),
            "C": NodeSpec("Threshold"),
            "D": NodeSpec("Threshold"),
        },
        {
            "A.mask": "Gone.out",
            "C.input0": "D.output0",
            "D.input0": "C.output0",
            "C.threshold": "A.color",
            "E.input0": "A.output0",
        },
    )
    assert told(made)[:-1] == [
        "A.color: 5 is not a list of 3 numbers",
        "warning: A.odd: Threshold has no such field; it is kept",
        "A.threshold: 'x' is not a number",
        "A.mask: its source Gone.out does not exist",
        "A.input0: nothing is connected to this input",
        "B: unknown node type 'Treshold'; did you mean 'Threshold'?",
        "C.threshold: takes Double, but A.color is Color",
        "E: connection into a node that does not exist",
    ]
    assert "the connections close a cycle: " in told(made)[-1]


# --- settings as on a command line


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("T1.threshold=5", ("T1", "threshold", 5.0)),
        (" T1.threshold =-1e2", ("T1", "threshold", -100.0)),
        ("T1.Threshold=5", ("T1", "threshold", 5.0)),
        ("T1.operator=Less", ("T1", "comparisonOperator", "Less")),
        ("T1.color=0 0.5 1", ("T1", "color", [0.0, 0.5, 1.0])),
        ("T1.label=a=b ", ("T1", "label", "a=b ")),
        ("T1.label=", ("T1", "label", "")),
        ("T1.enabled=no", ("T1", "enabled", False)),
        ("X.anything= 5", ("X", "anything", " 5")),
    ],
)
def test_a_setting_is_read_by_the_fields_type(assignment: str, expected: tuple[str, str, object]) -> None:
    made = network().with_node("X", NodeSpec("Acme"))
    found = setting(LIBRARY, made, assignment)
    assert found == expected
    assert type(found[2]) is type(expected[2])
    assert made.with_field(*found).nodes[found[0]].fields[found[1]] == expected[2]


@pytest.mark.parametrize(
    ("assignment", "kind", "message"),
    [
        ("T1.threshold", FieldError, "'T1.threshold' is not of the form Node.field=value"),
        ("threshold=5", FieldError, "'threshold=5' is not of the form Node.field=value"),
        ("=5", FieldError, "'=5' is not of the form Node.field=value"),
        ("T1.a.b=5", FieldError, "'T1.a.b=5' is not of the form Node.field=value"),
        ("t1.threshold=5", WiringError, "t1: there is no node of that name; did you mean 'T1'?"),
        ("Zzz.threshold=5", WiringError, "Zzz: there is no node of that name; the network has B, S, T1, T2"),
        ("T1.treshold=5", FieldError, "T1.treshold: Threshold has no such field; did you mean 'threshold'?"),
        (
            "T1.zzz=5",
            FieldError,
            "T1.zzz: Threshold has no such field; it has "
            "threshold, comparisonOperator, color, label, file, enabled, apply, maxSlice",
        ),
        ("B.zzz=5", FieldError, "B.zzz: Bare has no such field; it has none"),
        ("T1.maxSlice=5", FieldError, "T1.maxSlice: cannot be set"),
        ("T1.apply=", FieldError, "T1.apply: cannot be set"),
        ("T1.threshold=abc", FieldError, "T1.threshold: 'abc' is not a number"),
        ("T1.threshold=2000", FieldError, "T1.threshold: 2000 is above the largest allowed value 1000"),
        (
            "T1.comparisonOperator=less",
            FieldError,
            "T1.comparisonOperator: 'less' is not one of "
            "Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual; did you mean 'Less'?",
        ),
    ],
)
def test_a_wrong_setting_is_refused_in_words(assignment: str, kind: type[NetworkError], message: str) -> None:
    made = network().with_node("B", NodeSpec("Bare"))
    with pytest.raises(kind) as raised:
        setting(LIBRARY, made, assignment)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("scan.nii", "/work/here/scan.nii"),
        ("../scan.nii", "/work/here/../scan.nii"),
        ("/data/scan.nii", "/data/scan.nii"),
        ("$(NETWORK)/scan.nii", "$(NETWORK)/scan.nii"),
        ("", ""),
    ],
)
def test_a_file_name_that_is_set_is_beside_the_caller(text: str, value: str) -> None:
    folder = Path("/work/here")
    assert setting(LIBRARY, network(), f"T1.file={text}", folder) == ("T1", "file", value)
    assert setting(LIBRARY, network(), f"T1.label={text}", folder) == ("T1", "label", text)
    assert setting(LIBRARY, network(), f"T1.file={text}") == ("T1", "file", text)


def test_a_node_of_a_network_is_found_or_others_named() -> None:
    assert existing(network(), "T1") == NodeSpec("Threshold")
    with pytest.raises(WiringError, match=r"^A: there is no node of that name; the network has none$"):
        existing(Network(), "A")


class Counted(Network):
    """Counts how often its connections are looked at."""

    looks: ClassVar[list[str]] = []

    def sources(self, node: str) -> dict[str, tuple[str, str]]:
        self.looks.append(node)
        return super().sources(node)


def test_a_long_row_of_fields_is_gone_through_once() -> None:
    length = 300
    nodes = {f"T{i:03}": NodeSpec("Threshold") for i in reversed(range(length))} | {"S": NodeSpec("Source")}
    row = {f"T{i:03}.threshold": f"T{i - 1:03}.{'Threshold' if i % 2 else 'threshold'}" for i in range(1, length)}
    Counted.looks.clear()
    assert dependencies(Counted(nodes, {**row, "T000.threshold": "S.level"}), LIBRARY) == {name: [] for name in nodes}
    assert len(Counted.looks) < 4 * length
    ring = Counted(nodes, {**row, "T000.threshold": f"T{length - 1:03}.threshold"})
    Counted.looks.clear()
    assert dependencies(ring, LIBRARY) == {name: [] for name in nodes}
    assert len(Counted.looks) < 4 * length


def test_every_field_of_a_row_waits_for_the_node_that_fills_its_first() -> None:
    nodes = {f"K{i}": NodeSpec("Knobs") for i in reversed(range(5))} | {"Fills": NodeSpec("Knobs")}
    row = {f"K{i}.real": f"K{i - 1}.real" for i in range(1, 5)}
    made = Network(nodes, {**row, "K0.real": "Fills.doubled"})
    assert dependencies(made, SAMPLES) == {**{f"K{i}": ["Fills"] for i in range(5)}, "Fills": []}
