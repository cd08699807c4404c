"""The published JSON Schema: valid itself, true to what `nodeeditor.file` and the node types accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nodeeditor.file import SUFFIX, dumps
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, is_name
from nodeeditor.schema import network_schema

NETWORKS = Path(__file__).resolve().parents[1] / "networks"
SCHEMA = network_schema(Library.installed())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
RIGHT: dict[str, Any] = {"format": "nodeeditor-network", "version": 1, "nodes": {}, "connections": {}}


def node(**entries: Any) -> dict[str, Any]:
    """A file with one node."""
    return {**RIGHT, "nodes": {"A": {"type": "Threshold", **entries}}}


def test_the_schema_is_a_valid_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("path", sorted(NETWORKS.glob(f"*{SUFFIX}")), ids=lambda path: path.name)
def test_every_example_obeys_the_schema(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "data",
    [
        RIGHT,
        {**RIGHT, "groups": [{"title": "g"}], "notes": ["n"], "later": {"x": 1}},
        node(fields={"threshold": 5, "comparisonOperator": "Less"}, frame=[1, 2.5, 3, 4], group="g", later=1),
        node(fields={"noSuchField": [1, {"a": None}]}),
        node(type="AcmeDeconvolve", fields={"threshold": "x"}),
        node(type="View2D", fields={"startSlice": None, "numSlices": 4.0}),
        node(color=[0, 128, 255]),
        node(windows={"_viewer": {"frame": [1, 2, 3, 4], "open": True, "later": 1}, "Scripting": 7}),
        node(type="SynchroView2D", fields={"annotationColor": [0, 0.5, 1]}),
        {**RIGHT, "connections": {"A.b": "größe 2.out"}},
    ],
)
def test_right_files_are_accepted(data: dict[str, Any]) -> None:
    VALIDATOR.validate(data)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {**RIGHT, "format": "other"},
        {**RIGHT, "version": 0},
        {**RIGHT, "version": 2},
        {**RIGHT, "version": "1"},
        {**RIGHT, "nodes": []},
        {**RIGHT, "nodes": {"A": None}},
        {**RIGHT, "nodes": {"A": {}}},
        {**RIGHT, "nodes": {"a.b": {"type": "T"}}},
        {**RIGHT, "connections": {"A": "B.c"}},
        {**RIGHT, "connections": {"A.b": "C"}},
        {**RIGHT, "connections": {"A.b": ["C.d"]}},
        {**RIGHT, "connections": {"A.b.c": "C.d"}},
        {**RIGHT, "groups": {}},
        {**RIGHT, "notes": "n"},
        node(type=""),
        node(type=5),
        node(color=[0, 128, 256]),
        node(color=[0, 128]),
        node(frame=[1, 2, 3]),
        node(frame=[1, 2, 3, "4"]),
        node(frame=[1, 2, 3, 1e12]),
        node(group=5),
        node(fields=[]),
        node(windows=[]),
        node(fields={"threshold": "5"}),
        node(fields={"comparisonOperator": "Lesser"}),
        node(fields={"relativeThreshold": 1}),
        node(type="View2D", fields={"numSlices": 1.5}),
        node(type="View2D", fields={"numSlices": 0}),
        node(type="View2D", fields={"startSlice": "auto"}),
        node(type="SynchroView2D", fields={"annotationColor": [0, 0.5]}),
        node(type="SynchroView2D", fields={"annotationColor": [0, 0.5, 2]}),
        {key: value for key, value in RIGHT.items() if key != "connections"},
    ],
)
def test_wrong_files_are_refused(data: Any) -> None:
    assert not VALIDATOR.is_valid(data)


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n"), max_size=5)
    | st.sampled_from(["x" * 199, "x" * 200, "x" * 201])
)
@example(" a")
@example("a ")
@example("a\x85")
@example("a\u2003b")
def test_the_schema_and_the_program_agree_on_names(name: str) -> None:
    assert VALIDATOR.is_valid({**RIGHT, "nodes": {name: {"type": "T"}}}) == is_name(name)
    assert VALIDATOR.is_valid({**RIGHT, "connections": {f"{name}.a": f"a.{name}"}}) == is_name(name)


def test_defaults_obey_the_schema_and_only_saved_fields_are_in_it() -> None:
    library = Library.installed()
    described = {
        rule["if"]["properties"]["type"]["const"]: rule["then"]["properties"]["fields"]["properties"]
        for rule in SCHEMA["$defs"]["node"]["allOf"]
    }
    assert list(described) == list(library)
    for name, fields in described.items():
        declared = library[name].declaration.fields
        assert set(fields) == {key for key, spec in declared.items() if spec.persistent}
        for key, schema in fields.items():
            assert schema["description"] == declared[key].help
            jsonschema.Draft202012Validator(schema).validate(schema["default"])
        defaults = {key: schema["default"] for key, schema in fields.items()}
        VALIDATOR.validate(json.loads(dumps(Network({"A": NodeSpec(name, defaults)}))))
