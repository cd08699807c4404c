"""Of a whole network everything is known that can be, and of each other node why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nodeeditor.engine import Engine
from nodeeditor.engine.binding import Known
from nodeeditor.errors import Cancelled, UnknownNodeType
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

from ..samples import Watched, chain, network, numbers


def known(given: Network) -> Known:
    return Watched().engine.known(given)


def said(given: Known) -> dict[str, list[str]]:
    return {name: [str(error) for error in errors] for name, errors in given.errors.items()}


def test_a_right_network_is_known_as_the_strict_way_knows_it() -> None:
    engine = Watched().engine
    found = engine.known(chain(5))
    strict = engine.bound(chain(5), ["N5"])
    assert (found.errors, found.behind) == ({}, {})
    assert list(found.bound) == list(strict)
    assert [(one.node, one.key, one.infos) for one in found.bound.values()] == [
        (one.node, one.key, one.infos) for one in strict.values()
    ]


def test_what_is_wrong_stops_what_stands_behind_it_and_nothing_else() -> None:
    given = network(
        "F.input0=R.output0", "A.input0=F.output0", "B.input0=A.output0", "C.input0=R.output0", "S.input0=C.output0",
        "S.input1=B.output0",
        R="Ramp", F=NodeSpec("Failing", {"how": "describe"}), A="Add", B="Add", C="Add", S="Sum",
    )  # fmt: skip
    found = known(given)
    assert said(found) == {"F": ["F: cannot be described"]}
    assert found.behind == {"A": "F", "B": "F", "S": "F"}
    assert set(found.bound) == {"R", "C"}


def test_all_problems_of_a_node_are_told_whatever_stands_before_it() -> None:
    given = network(
        "B.input0=A.output0",
        A=NodeSpec("Add", {"constant": "much", "nonsense": 1}), B=NodeSpec("Add", {"constant": True}), U="Nowhere",
    )  # fmt: skip
    found = known(given)
    assert {name: [getattr(one, "connector", "") for one in errors] for name, errors in found.errors.items()} == {
        "A": ["constant", "input0"], "B": ["constant"], "U": [""],
    }  # fmt: skip
    assert isinstance(found.errors["U"][0], UnknownNodeType)
    assert found.behind == {}


def test_a_source_without_a_file_name_says_so() -> None:
    given = Network({"L": NodeSpec("LocalImage"), "T": NodeSpec("Threshold")}, {"T.input0": "L.outImage"})
    found = Engine(Library.installed(), 0).known(given, Paths(Path.cwd()))
    assert said(found) == {"L": ["L: no file is chosen; set its field 'name'"]}
    assert found.behind == {"T": "L"}


def test_every_cycle_is_named_once_and_the_rest_is_known() -> None:
    given = network(
        "A.input0=B.output0", "B.input0=A.output0", "C.input0=B.output0", "D.input0=E.output0", "E.input0=D.output0",
        "N.input0=R.output0",
        A="Add", B="Add", C="Add", D="Add", E="Add", N="Add", R="Ramp",
    )  # fmt: skip
    found = known(given)
    assert set(found.bound) == {"N", "R"}
    assert all("close a cycle" in texts[0] and len(texts) == 1 for texts in said(found).values())
    (first, second) = sorted(found.errors)
    assert first in {"A", "B"}
    assert second in {"D", "E"}
    assert found.behind == dict.fromkeys({"A", "B", "C"} - {first}, first) | dict.fromkeys(
        {"D", "E"} - {second}, second
    )


@pytest.mark.parametrize(
    ("source", "field", "words"),
    [
        (NodeSpec("Knobs", {"real": "much"}), "real", "Src.real: 'much' is not a number"),
        (NodeSpec("Nowhere"), "real", "Src: unknown node type 'Nowhere'"),
        (NodeSpec("Knobs", {"text": "many"}), "text", "K.real: 'many' is not a number (it follows Src.text)"),
    ],
)
def test_a_field_that_cannot_be_followed_is_told_where_it_is_wrong(source: NodeSpec, field: str, words: str) -> None:
    found = known(network(f"K.real=Src.{field}", K="Knobs", Src=source))
    (node,) = found.errors
    assert said(found)[node][0].startswith(words)
    assert found.behind == ({"K": "Src"} if node == "Src" else {})


def test_a_bypassed_node_is_asked_only_where_something_follows_it() -> None:
    bypassed = NodeSpec("Knobs", {"real": 4.0}, bypassed=True)
    assert known(network(K=bypassed)) == Known({}, {}, {})
    followed = known(network("Other.real=K.doubled", K=bypassed, Other="Knobs"))
    assert getattr(followed.bound["Other"].node, "real", None) == 8.0
    lone = known(network("B.input0=A.output0", A=NodeSpec("Add", bypassed=True), B="Add"))
    assert said(lone) == {"B": ["B.input0: nothing flows through the bypassed A"]}
    through = network("A.input0=R.output0", "B.input0=A.output0", R="Ramp", A=NodeSpec("Add", bypassed=True), B="Add")
    assert set(known(through).bound) == {"R", "B"}


def test_a_chain_of_ten_thousand_nodes_is_known_in_one_pass() -> None:
    watched = Watched()
    given = chain(10_000).with_field("N7000", "constant", "much")
    asked = 0

    def count() -> bool:
        nonlocal asked
        asked += 1
        return False

    found = watched.engine.known(given, cancelled=count)
    assert asked == 10_001
    assert len(found.bound) == 7_000
    assert list(found.errors) == ["N7000"]
    assert set(found.behind.values()) == {"N7000"}
    assert len(found.behind) == 3_000


def test_cancelling_is_heard_between_two_nodes() -> None:
    with pytest.raises(Cancelled):
        Watched().engine.known(chain(5), cancelled=lambda: True)
    with pytest.raises(Cancelled):
        Watched().engine.bound(chain(5), ["N5"], cancelled=lambda: True)


def test_what_is_known_can_be_computed() -> None:
    engine = Watched().engine
    found = engine.known(chain(2))
    page = engine.computed(found.bound["N2"], "output0", found.bound["N2"].described.infos["output0"].whole)[0]
    assert np.array_equal(page.voxels, numbers() + 2.0)
