"""What was found of a network serves the next one, and never says anything that a first look would not say."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.engine import Engine
from nodeeditor.engine.boundnode import Bound
from nodeeditor.engine.listening import Doing, Listener
from nodeeditor.errors import FieldError, NetworkErrors, NodeEditorError, NodeError
from nodeeditor.fields import FileName
from nodeeditor.formats import load
from nodeeditor.image import Image, ImageInfo, Region, Voxels
from nodeeditor.library import Library
from nodeeditor.macros.local import with_macros
from nodeeditor.network import Network, NodeSpec
from nodeeditor.node import Input, Node, Output, field
from nodeeditor.paths import Paths

from ..macrosamples import write_all
from ..samples import LIBRARY, Watched, chain, network

STAMPS: dict[str, int] = {}


class Stamped(Node):
    """One voxel that holds what the world outside says."""

    output0 = Output(Image, "The voxel.")
    name: FileName = field(default=FileName("a"), help="Where it is said.")

    def stamp(self) -> str:
        return str(STAMPS.get(Path(self.name).name, 0))

    def describe(self) -> ImageInfo:
        return ImageInfo((1, 1, 1, 1, 1), np.dtype(np.int32), (0, 1000))

    def compute(self, region: Region) -> Voxels:
        return np.full(region.shape, STAMPS.get(Path(self.name).name, 0), np.int32)


TYPES = Library([Stamped, *LIBRARY.values()])
START = network(
    "A.input0=R.output0", "B.input0=A.output0", "S.input0=B.output0", "S.input1=R.output0", "A.constant=K.doubled",
    "K.real=L.real",
    R="Ramp", A="Add", B="Add", S="Sum", K="Knobs", L=NodeSpec("Knobs", {"real": 2}),
)  # fmt: skip
EDITS = st.one_of(
    st.tuples(st.just("field"), st.sampled_from(["A", "B"]), st.just("constant"), st.sampled_from([1, 1.0, 2, "x"])),
    st.tuples(st.just("field"), st.sampled_from(["K", "L"]), st.just("real"), st.sampled_from([1, 2, True])),
    st.tuples(st.just("field"), st.just("R"), st.just("slices"), st.sampled_from([4, 8])),
    st.tuples(st.just("bypass"), st.sampled_from(["A", "B", "R"])),
    st.tuples(st.just("connect"), st.sampled_from(["B.input0", "S.input1"]), st.sampled_from(["R", "A", "B"])),
    st.tuples(st.just("type"), st.just("B"), st.sampled_from(["Add", "Spread", "Nowhere"])),
)


def edited(given: Network, edit: tuple[Any, ...]) -> Network:
    kind, name, *rest = edit
    match kind:
        case "field":
            return given.with_field(name, *rest)
        case "bypass":
            return given.with_node(name, replace(given.nodes[name], bypassed=not given.nodes[name].bypassed))
        case "type":
            return given.with_node(name, replace(given.nodes[name], type=rest[0]))
        case _:
            return given.with_connection(name, f"{rest[0]}.output0")


def found(engine: Engine, given: Network) -> list[Any]:
    """All that `Engine.bound` says, in comparable form."""
    try:
        made = engine.bound(given, ["S"], Paths(Path("/")))
    except NodeEditorError as error:
        return [type(error), str(error)]
    return [(one.name, one.node, one.key, one.described.infos, _sources(one), one.follows) for one in made.values()]


def _sources(one: Bound) -> dict[str, tuple[str, str, str]]:
    return {given: (source.name, source.key, output) for given, (source, output) in one.sources.items()}


@given(st.lists(EDITS, max_size=8))
def test_after_any_edits_it_says_what_a_first_look_says(edits: list[tuple[Any, ...]]) -> None:
    engine, now = Engine(TYPES, 0), START
    assert found(engine, now) == found(Engine(TYPES, 0), now)
    for edit in edits:
        now = edited(now, edit)
        assert found(engine, now) == found(Engine(TYPES, 0), now)


def all_known(engine: Engine, given: Network) -> list[Any]:
    """All that `Engine.known` says, in comparable form."""
    known = engine.known(given, Paths(Path("/")))
    errors = {name: [str(error) for error in found] for name, found in known.errors.items()}
    bound = {name: (one.node, one.key, one.described.infos, _sources(one)) for name, one in known.bound.items()}
    return [bound, errors, known.behind]


@given(st.lists(EDITS, max_size=8))
def test_after_any_edits_as_much_is_known_as_at_a_first_look(edits: list[tuple[Any, ...]]) -> None:
    engine, now = Engine(TYPES, 0), START
    assert all_known(engine, now) == all_known(Engine(TYPES, 0), now)
    for edit in edits:
        now = edited(now, edit)
        assert all_known(engine, now) == all_known(Engine(TYPES, 0), now)


class Opening(Node):
    """Open something that says how often it was opened."""

    opened_times: ClassVar[list[str]] = []
    input0 = Input(Image, "Any image.")
    output0 = Output(Image, "The same.")

    def open(self, input0: ImageInfo) -> str:
        self.opened_times.append("once")
        return "a table"

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.voxels


class Described(Listener):
    """Hears which nodes are asked what they are."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def during(self, node: str, key: str, doing: Doing) -> AbstractContextManager[object]:
        if doing == "describe":
            self.names.append(node)
        return nullcontext()


def slice_of(engine: Engine, given: Network, node: str, z: int) -> Voxels:
    output = f"{node}.output0"
    return engine.image(given, output, engine.info(given, output).whole.along("z", z)).voxels


def test_an_edit_far_behind_asks_and_binds_what_lies_behind_it_alone() -> None:
    watched, heard = Watched(), Described()
    engine, before = watched.engine.heard(heard), chain(200)
    slice_of(engine, before, "N200", 3)
    first = engine.bound(before, ["N200"])
    heard.names.clear()
    watched.computed()
    after = before.with_field("N150", "constant", 7.0)
    made = slice_of(engine, after, "N200", 3)
    behind = {f"N{i}" for i in range(150, 201)}
    assert set(heard.names) == behind
    assert len(heard.names) == 51
    assert watched.computed() == dict.fromkeys(behind, 1)
    second = engine.bound(after, ["N200"])
    assert {name for name, one in second.items() if first[name] is not one} == behind
    assert np.array_equal(made, np.arange(240).reshape(1, 1, 8, 6, 5)[:, :, 3:4] + 206.0)


def test_scrolling_binds_nothing() -> None:
    heard = Described()
    engine = Watched().engine.heard(heard)
    first = engine.bound(chain(200), ["N200"])
    heard.names.clear()
    for z in range(8):
        slice_of(engine, chain(200), "N200", z)
    assert not heard.names
    second = engine.bound(chain(200), ["N200"])
    assert all(one is first[name] for name, one in second.items())


def test_after_an_edit_what_is_known_of_the_others_stays() -> None:
    heard = Described()
    engine = Watched().engine.heard(heard)
    first = engine.known(chain(200)).bound
    heard.names.clear()
    second = engine.known(chain(200).with_field("N150", "constant", 7.0)).bound
    behind = {f"N{i}" for i in range(150, 201)}
    assert set(heard.names) == behind
    assert {name for name, one in second.items() if one is not first[name]} == behind


def test_a_wrong_field_of_a_bypassed_node_is_known_also_later() -> None:
    engine = Watched().engine
    lone = network(K=NodeSpec("Knobs", bypassed=True), R="Ramp")
    assert not engine.known(lone).errors
    assert list(engine.known(lone.with_field("K", "real", "much")).errors) == ["K"]
    assert not engine.known(lone).errors


def test_equal_facts_of_the_inputs_are_not_asked_about_again() -> None:
    watched, heard = Watched(), Described()
    engine = watched.engine.heard(heard)
    given = network("S.input0=A.output0", "B.input0=S.output0", R="Ramp", A="Add", S="Sum", B="Add")
    given = given.with_connection("A.input0", "R.output0")
    slice_of(engine, given, "B", 2)
    heard.names.clear()
    watched.computed()
    edited = given.with_field("A", "constant", 5.0)
    made = slice_of(engine, edited, "B", 2)
    assert heard.names == ["A", "S"]
    assert watched.computed() == {"A": 1, "S": 1, "B": 1}
    assert np.array_equal(made, np.arange(240).reshape(1, 1, 8, 6, 5)[:, :, 2:3] + 6.0)


def test_what_opens_something_is_asked_anew_whatever_the_facts_are() -> None:
    engine = Engine(Library([Opening, *LIBRARY.values()]), 0)
    given = network("S.input0=R.output0", "O.input0=S.output0", R="Ramp", S="Sum", O="Opening")
    Opening.opened_times.clear()
    engine.bound(given, ["O"])
    engine.bound(given.with_field("R", "offset", 4), ["O"])
    assert len(Opening.opened_times) == 2
    engine.bound(given, ["O"])
    assert len(Opening.opened_times) == 2


def test_nodes_before_an_edit_stay_as_they_are() -> None:
    engine = Watched().engine
    before = engine.bound(chain(4), ["N4"])
    after = engine.bound(chain(4).with_field("N3", "constant", 7.0), ["N4"])
    assert [before[name] is after[name] for name in before] == [True, True, True, False, False]
    again = engine.bound(chain(4).with_field("N3", "constant", 7.0), ["N4"])
    assert list(again.values()) == list(after.values())


def test_a_change_outside_of_the_network_is_noticed() -> None:
    engine = Engine(TYPES, 2**20)
    given = network("A.input0=W.output0", W="Stamped", A="Add")
    values = []
    for STAMPS["a"] in (1, 2):
        values.append(engine.image(given, "A.output0", paths=Paths(Path("/"))).voxels.item())
    assert values == [2.0, 3.0]


def test_another_folder_is_noticed() -> None:
    engine = Engine(TYPES, 2**20)
    given = network(W=NodeSpec("Stamped", {"name": "b"}))
    nodes = [engine.bound(given, ["W"], Paths(Path(folder)))["W"].node for folder in ("/one", "/two")]
    assert nodes == [Stamped(name=FileName("/one/b")), Stamped(name=FileName("/two/b"))]


def test_all_wrong_fields_are_told_at_once_also_later() -> None:
    engine = Watched().engine
    engine.bound(chain(3), ["N3"])
    wrong = chain(3).with_field("N1", "constant", "much").with_field("N3", "constant", True)
    with pytest.raises(FieldError) as caught:
        engine.bound(wrong.with_field("N1", "constant", 1.0), ["N3"])
    assert caught.value.place == "N3.constant"
    with pytest.raises(NetworkErrors) as all_of_them:
        engine.bound(wrong, ["N3"])
    assert [problem.place for problem in all_of_them.value.problems] == ["N1.constant", "N3.constant"]


def test_a_withheld_node_gives_nothing_also_later() -> None:
    engine = Watched().engine
    engine.bound(chain(2), ["N2"])
    with pytest.raises(NodeError, match="N1: is being set up"):
        engine.withholding({"N1": "is being set up"}).bound(chain(2), ["N2"])
    assert set(engine.bound(chain(2), ["N2"])) == {"N0", "N1", "N2"}


def test_a_withheld_node_that_nothing_needs_any_more_keeps_nothing_back() -> None:
    engine = Watched().engine
    engine.bound(chain(2), ["N2"])
    past = chain(2).with_connection("N2.input0", "N0.output0")
    assert set(engine.withholding({"N1": "is being set up"}).bound(past, ["N2"])) == {"N0", "N2"}


def test_a_node_is_not_taken_for_one_inside_a_macro_of_another_document(tmp_path: Path) -> None:
    file = write_all(tmp_path)
    library = Library.installed()
    engine = Engine(library, 0).over(with_macros(library, tmp_path))
    macros = engine.expansion(load(file, engine.library))
    assert "First/Mask" in macros.network.nodes
    given = network(**{"First/Mask": NodeSpec("LocalImage", {"name": "scan.nii"})})
    other = engine.over(library).withholding({"First": "its file is closed"})
    assert other.info(given, "First/Mask.outImage", Paths(tmp_path)).extent == (1, 1, 3, 4, 5)


def test_a_negative_zero_is_another_value() -> None:
    engine = Watched().engine
    keys = [engine.bound(chain(1).with_field("N1", "constant", zero), ["N1"])["N1"].key for zero in (0.0, -0.0)]
    assert keys[0] != keys[1]


def test_a_withheld_node_is_known_to_give_nothing_also_later() -> None:
    engine = Watched().engine
    assert not engine.known(chain(2)).errors
    found = engine.withholding({"N1": "is being set up"}).known(chain(2))
    assert {name: [str(error) for error in errors] for name, errors in found.errors.items()} == {
        "N1": ["N1: is being set up"]
    }
    assert found.behind == {"N2": "N1"}
    assert set(engine.known(chain(2)).bound) == {"N0", "N1", "N2"}
