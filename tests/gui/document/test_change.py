"""What a step changes in the content of a node, done and undone whatever else has become of the node."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.gui.document.change import change, done, joined, undone
from nodeeditor.network import NodeSpec

tables = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 2), max_size=3)
specs = st.builds(
    NodeSpec,
    st.just("T"),
    tables,
    group=st.sampled_from(["", "G"]),
    extra=tables,
    bypassed=st.booleans(),
    color=st.none() | st.tuples(*[st.integers(0, 255)] * 3),
    windows=tables,
)


@given(specs, specs)
def test_a_change_leads_there_and_back(before: NodeSpec, after: NodeSpec) -> None:
    made = change(before, after)
    assert done(before, made) == after
    assert undone(after, made) == before
    assert not change(before, before)


@given(specs, specs, specs)
def test_two_changes_joined_lead_where_both_lead(first: NodeSpec, second: NodeSpec, third: NodeSpec) -> None:
    both = joined(change(first, second), change(second, third))
    assert both == change(first, third)
    assert done(first, both) == third
    assert undone(third, both) == first


def test_what_a_change_does_not_name_stays_as_it_is_by_then() -> None:
    made = change(NodeSpec("T", {"a": 1, "b": 1}), NodeSpec("T", {"b": 2, "c": 3}, windows={"_viewer": 1}))
    elsewhere = NodeSpec("T", {"b": 2, "c": 3, "slice": 9}, group="G", windows={"_viewer": 1, "_default": 5})
    back = NodeSpec("T", {"a": 1, "b": 1, "slice": 9}, group="G", windows={"_default": 5})
    assert undone(elsewhere, made) == back
    assert done(back, made) == elsewhere


def test_foreign_keys_keep_their_order() -> None:
    before = NodeSpec("T", extra={"z": 1, "a": 2, "m": 3})
    made = change(before, NodeSpec("T", extra={"m": 3}))
    assert list(undone(NodeSpec("T", extra={"m": 3}), made).extra) == ["z", "a", "m"]
