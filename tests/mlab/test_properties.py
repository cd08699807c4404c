"""Any network survives being written as ``.mlab`` text, and any text that is read is written back unchanged."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nodeeditor import file
from nodeeditor.errors import FieldError, FormatError
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, loads
from nodeeditor.mlab.syntax import parse, quoted, spelled
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12) | st.text(
    '"*\\/{}=<> .\n\r\t#[]01TRUE', max_size=12
)
NAMES = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="."), min_size=1, max_size=8),
    st.text('"*\\/{}=<> #[]1AB', min_size=1, max_size=5),
    st.sampled_from(["A", "B", "C", "Threshold", "Mask1", "x", "x[1]", "x[2]", "input0", "output0", "self"]),
).filter(lambda name: name == name.strip())
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
FRAMES = st.tuples(*[st.integers(-5000, 5000).map(float) | st.floats(-1e6, 1e6, allow_nan=False)] * 4)
PLACES = st.lists(st.integers(-5000, 5000) | st.just(0.5), min_size=4, max_size=4)
COLORS = st.lists(st.integers(0, 255), min_size=2, max_size=4)
FIELD_NAMES = TEXTS | st.sampled_from(
    ["instanceName", "threshold", "Threshold", "mode", "name", "filename", "comparisonOperator", "a<b>", "startSlice"]
)
TYPES = TEXTS.filter(bool) | st.sampled_from(["Threshold", "Mask", "View2D", "LocalImage", "SoGroup"])
WINDOWS = st.dictionaries(
    st.sampled_from(["_viewer", "_default"]) | TEXTS,
    JSON | st.fixed_dictionaries({"frame": PLACES, "open": st.booleans()}),
    max_size=2,
)
SPECS = st.builds(
    NodeSpec,
    type=TYPES,
    fields=st.dictionaries(FIELD_NAMES, JSON, max_size=4),
    frame=st.none() | FRAMES,
    group=TEXTS,
    extra=st.dictionaries(TEXTS, JSON, max_size=2),
    bypassed=st.booleans(),
    color=st.none() | st.tuples(*[st.integers(0, 255)] * 3),
    windows=WINDOWS,
)
ENDS = st.tuples(NAMES, NAMES).map(".".join)
GROUPS = JSON | st.fixed_dictionaries({"name": TEXTS}, optional={"color": COLORS})
NOTES = JSON | st.fixed_dictionaries({"text": TEXTS}, optional={"color": COLORS, "frame": PLACES})
NETWORKS = st.builds(
    Network,
    nodes=st.dictionaries(NAMES, SPECS, max_size=4),
    connections=st.dictionaries(ENDS, ENDS, max_size=5),
    groups=st.lists(GROUPS, max_size=2).map(tuple),
    notes=st.lists(NOTES, max_size=2).map(tuple),
    extra=st.dictionaries(TEXTS, JSON, max_size=2),
)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)


def without_text(network: Network) -> Network:
    """The network without the text it was read from, and known fields as they are declared unless they are defaults."""
    nodes = {}
    for name, spec in network.nodes.items():
        node_type = LIBRARY.get(spec.type)
        declared = node_type.declaration.fields if node_type else {}
        renamed = node_type.renamed if node_type else {}
        fields = {}
        for key, value in sorted(spec.fields.items(), key=lambda item: item[0] not in renamed):
            today = renamed.get(key, key)
            fields[today] = value
            if today in declared and declared[today].persistent:
                with suppress(FieldError):
                    fields[today] = declared[today].type.to_json(declared[today].value(value))
                if fields[today] == declared[today].type.to_json(declared[today].default):
                    del fields[today]
        extra = {key: value for key, value in spec.extra.items() if key != "mlab"}
        nodes[name] = replace(spec, fields=fields, extra=extra)
    return replace(network, nodes=nodes, extra={key: value for key, value in network.extra.items() if key != "mlab"})


@SLOW
@given(NETWORKS)
def test_any_network_survives(network: Network) -> None:
    assert without_text(loads(dumps(network, LIBRARY), LIBRARY)) == without_text(network)


@SLOW
@given(NETWORKS)
def test_what_was_written_is_written_again_byte_for_byte(network: Network) -> None:
    data = dumps(network, LIBRARY)
    read = loads(data, LIBRARY)
    assert dumps(read, LIBRARY) == data
    assert dumps(file.loads(file.dumps(read)), LIBRARY) == data


@SLOW
@given(NETWORKS, NETWORKS)
def test_a_network_read_from_a_text_can_become_any_other(before: Network, after: Network) -> None:
    read = loads(dumps(before, LIBRARY), LIBRARY)
    nodes = {
        name: replace(spec, extra={**spec.extra, "mlab": read.nodes[name].extra["mlab"]})
        if name in read.nodes
        else spec
        for name, spec in after.nodes.items()
    }
    changed = replace(after, nodes=nodes, extra={**after.extra, "mlab": read.extra["mlab"]})
    assert without_text(loads(dumps(changed, LIBRARY), LIBRARY)) == without_text(after)


@given(TEXTS)
@example("*")
@example('*"')
@example('say "*" and *"')
@example("//")
@example("\\")
def test_any_text_is_read_as_it_was_spelled(text: str) -> None:
    for spelling in (spelled(text), quoted(text)):
        (entry,) = parse(f"a = {spelling}\n")
        assert entry.value == text


@SLOW
@given(st.text('module{}= "*\\\n\r/AB.xfieldsconnections[]', max_size=80) | st.binary(max_size=40))
def test_whatever_is_read_is_written_back_byte_for_byte(text: str | bytes) -> None:
    try:
        network = loads(text, LIBRARY)
    except FormatError:
        return
    assert dumps(network, LIBRARY) == (text.encode() if isinstance(text, str) else text)
