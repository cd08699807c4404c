"""Networks as values: names, copies with a change, and the order of the flow."""

from __future__ import annotations

import copy
import graphlib
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.file import dumps
from nodeeditor.network import FrozenDict, Network, NodeSpec, cycle, endpoint, is_name, ordered


def network() -> Network:
    """A -> B -> C, and A -> C."""
    return Network(
        {"A": NodeSpec("Source"), "B": NodeSpec("Filter", {"level": 1.5}), "C": NodeSpec("Sum", frame=(1, 2, 3, 4))},
        {"B.input0": "A.output0", "C.input0": "A.output0", "C.input1": "B.output0"},
    )


# --- frozen


@pytest.mark.parametrize(
    "change",
    [
        lambda frozen: frozen.__setitem__("a", 2),
        lambda frozen: frozen.__delitem__("a"),
        lambda frozen: frozen.__ior__({"b": 1}),
        lambda frozen: frozen.clear(),
        lambda frozen: frozen.pop("a"),
        lambda frozen: frozen.popitem(),
        lambda frozen: frozen.setdefault("b", 1),
        lambda frozen: frozen.update(b=1),
    ],
)
def test_a_frozen_dict_keeps_what_it_was_made_with(change: Any) -> None:
    frozen = FrozenDict({"a": 1})
    with pytest.raises(TypeError, match="make a changed copy"):
        change(frozen)
    assert frozen == {"a": 1}


@pytest.mark.parametrize("again", [lambda value: pickle.loads(pickle.dumps(value)), copy.copy, copy.deepcopy])
def test_a_network_survives_a_copy(again: Any) -> None:
    one = Network(network().nodes, network().connections, ({"title": "g"},), ("note",), {"x": [1]})
    one.sources("C")
    made = again(one)
    assert made == one
    assert made.sources("C") == one.sources("C")
    with pytest.raises(TypeError, match="make a changed copy"):
        made.nodes["D"] = NodeSpec("Source")
    with pytest.raises(TypeError, match="make a changed copy"):
        made.nodes["B"].fields["level"] = 2


def test_a_network_does_not_follow_what_it_was_made_of() -> None:
    nodes, fields, groups = {"A": NodeSpec("Source")}, {"level": 1}, [{"title": "g"}]
    spec = NodeSpec("Filter", fields)
    made = Network(nodes, groups=groups)  # type: ignore[arg-type]
    nodes["B"] = spec
    fields["level"] = 2
    groups.append({"title": "h"})
    assert list(made.nodes) == ["A"]
    assert spec.fields == {"level": 1}
    assert made.groups == ({"title": "g"},)


def test_the_order_of_making_does_not_count() -> None:
    one = network()
    other = Network(dict(reversed([*one.nodes.items()])), dict(reversed([*one.connections.items()])))
    assert list(one.nodes) != list(other.nodes)
    assert one == other
    assert one.sources("C") == other.sources("C")
    assert one != one.with_field("B", "level", 2.5)


# --- names


@pytest.mark.parametrize("name", ["A", "Threshold 2", "größe", "画像", "a-b_c/d", "x" * 200, "<b>", "\u202eabc"])
def test_a_node_may_be_called_so(name: str) -> None:
    assert is_name(name)
    assert network().with_node(name, NodeSpec("Source")).nodes[name] == NodeSpec("Source")
    assert endpoint(f"{name}.output0") == (name, "output0")


@pytest.mark.parametrize(
    "name", ["", " ", "a.b", ".", "a ", " a", "\ta", "a\n", "a\nb", "a\0", "a\x7f", "a\ud800", "x" * 201, "a\u2003"]
)
def test_a_node_may_not_be_called_so(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(ValueError, match="cannot be the name of a node: 1 to 200 characters, no dots"):
        network().with_node(name, NodeSpec("Source"))


def test_a_long_wrong_name_is_shortened_in_words() -> None:
    with pytest.raises(ValueError, match="cannot be the name") as raised:
        network().with_node("x" * 1_000_000, NodeSpec("Source"))
    assert len(str(raised.value)) < 300
    with pytest.raises(ValueError, match="is not of the form") as raised:
        endpoint("x" * 1_000_000)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize("text", ["", "A", ".", "A.", ".a", "A.b.c", "A..b", "A .b", "A. b", "A\0.b"])
def test_other_texts_are_no_endpoints(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form Node\.connector"):
        endpoint(text)


# --- copies with a change


def test_a_node_is_added_or_replaced() -> None:
    one = network()
    made = one.with_node("D", NodeSpec("Sink")).with_node("A", NodeSpec("Other"))
    assert {name: spec.type for name, spec in made.nodes.items()} == {
        "A": "Other",
        "B": "Filter",
        "C": "Sum",
        "D": "Sink",
    }
    assert made.connections == one.connections
    assert "D" not in one.nodes


def test_a_field_is_set_and_the_others_stay() -> None:
    made = network().with_field("B", "level", 2.5).with_field("B", "mode", "Fast")
    assert made.nodes["B"] == NodeSpec("Filter", {"level": 2.5, "mode": "Fast"})
    assert network().nodes["B"].fields == {"level": 1.5}
    with pytest.raises(KeyError):
        network().with_field("Z", "level", 1)


def test_a_connection_takes_the_place_of_what_was_there() -> None:
    made = network().with_connection("C.input1", "A.output0").with_connection("C.input2", "B.output0")
    assert made.connections == {
        "B.input0": "A.output0",
        "C.input0": "A.output0",
        "C.input1": "A.output0",
        "C.input2": "B.output0",
    }


@pytest.mark.parametrize(
    ("destination", "source", "message"),
    [
        ("Z.input0", "A.output0", "'Z.input0': there is no node of that name"),
        ("C.input0", "Z.output0", "'Z.output0': there is no node of that name"),
        ("C", "A.output0", "'C' is not of the form Node.connector"),
        ("C.input0", "A.b.c", "'A.b.c' is not of the form Node.connector"),
    ],
)
def test_a_connection_needs_two_nodes(destination: str, source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network().with_connection(destination, source)


def test_a_node_goes_with_all_that_is_connected_to_it() -> None:
    made = network().without("B")
    assert list(made.nodes) == ["A", "C"]
    assert made.connections == {"C.input0": "A.output0"}
    assert network().without("A").connections == {"C.input1": "B.output0"}
    assert network().without() == network()
    assert network().without("Z") == network()
    assert network().without("A", "B", "C") == Network()


def test_sources_are_by_connector() -> None:
    one = network()
    assert one.sources("C") == {"input0": ("A", "output0"), "input1": ("B", "output0")}
    assert one.sources("A") == {}
    assert one.sources("Z") == {}
    one.sources("C").clear()
    assert len(one.sources("C")) == 2


def test_a_copy_with_a_change_has_its_own_sources() -> None:
    one = network()
    one.sources("C")
    assert one.with_connection("A.input0", "B.output0").sources("A") == {"input0": ("B", "output0")}
    assert one.without("B").sources("C") == {"input0": ("A", "output0")}


# --- the order of the flow

KEYS = "abcdefgh"
GRAPHS = st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(KEYS), max_size=4)).map(
    lambda graph: {**graph, **{source: [] for before in graph.values() for source in before if source not in graph}}
)


def reachable(graph: dict[str, list[str]], key: str) -> set[str]:
    """All that lies before a key, without the key itself unless a cycle leads back to it."""
    found: set[str] = set()
    waiting = list(graph[key])
    while waiting:
        source = waiting.pop()
        if source not in found:
            found.add(source)
            waiting += graph[source]
    return found


@given(GRAPHS)
def test_each_key_is_behind_its_sources_and_the_rest_on_or_behind_a_cycle(graph: dict[str, list[str]]) -> None:
    done, stuck = ordered(graph)
    assert sorted([*done, *stuck]) == sorted(graph)
    for position, key in enumerate(done):
        assert set(graph[key]) <= set(done[:position])
    on_cycle = {key for key in graph if key in reachable(graph, key)}
    assert set(stuck) == {key for key in graph if key in on_cycle or reachable(graph, key) & on_cycle}


@given(GRAPHS)
def test_there_is_a_cycle_just_where_pythons_own_sorter_finds_one(graph: dict[str, list[str]]) -> None:
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
        free = True
    except graphlib.CycleError:
        free = False
    assert (ordered(graph)[1] == []) == free


@given(GRAPHS)
def test_a_named_cycle_is_one(graph: dict[str, list[str]]) -> None:
    stuck = ordered(graph)[1]
    if stuck:
        trail = cycle(graph, stuck)
        assert len(set(trail)) == len(trail) > 0
        for source, key in zip(trail, [*trail[1:], trail[0]], strict=True):
            assert source in graph[key]


def test_keys_that_are_free_together_keep_their_order() -> None:
    assert ordered({"c": [], "a": [], "b": ["c"], "d": []}) == (["c", "a", "d", "b"], [])


def test_a_source_that_is_named_twice_counts_once() -> None:
    assert ordered({"a": [], "b": ["a", "a"]}) == (["a", "b"], [])


def test_a_key_that_feeds_itself_is_a_cycle() -> None:
    assert ordered({"a": ["a"], "b": ["a"]}) == ([], ["a", "b"])
    assert cycle({"a": ["a"], "b": ["a"]}, ["a", "b"]) == ["a"]


def test_a_chain_of_ten_thousand_is_ordered_without_recursion() -> None:
    count = 10_000
    chain = {f"n{i}": [f"n{i + 1}"] for i in range(count)}
    chain[f"n{count}"] = []
    done, stuck = ordered(chain)
    assert done == [f"n{i}" for i in range(count, -1, -1)]
    assert stuck == []


def test_a_ring_of_ten_thousand_is_named_without_recursion() -> None:
    count = 10_000
    ring = {f"n{i}": [f"n{(i + 1) % count}"] for i in range(count)}
    done, stuck = ordered(ring)
    assert done == []
    assert len(cycle(ring, stuck)) == count


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), ([1], [True]), ({"a": [0]}, {"a": [0.0]})])
def test_networks_that_files_spell_differently_are_not_equal(one: object, other: object) -> None:
    first, second = (Network({"A": NodeSpec("Add", {"constant": value})}) for value in (one, other))
    assert first != second
    assert first == Network({"A": NodeSpec("Add", {"constant": one})})
    assert dumps(first) != dumps(second)
