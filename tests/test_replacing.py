"""A node that becomes one of another type keeps what fits, and says what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nodeeditor.check import problems
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.replacing import fitting_types, replaced

from .samples import LIBRARY, network
from .test_edits import masking

FULL = Library.installed()


def test_a_node_is_replaced_in_its_place_with_its_wires_and_equal_fields() -> None:
    before = replace(masking(), groups=({"name": "Cut", "color": [1, 2, 3]},))
    spec = NodeSpec("Threshold", {"threshold": 60.0}, (596, 338, 88, 72), "Cut", {"later": 1}, True)
    done = replaced(before.with_node("Threshold", spec), FULL, "Threshold", "Convolution")
    assert done.name == "Convolution"
    assert done.network.nodes["Convolution"] == NodeSpec(
        "Convolution", {}, (596, 338, 88, 72), "Cut", {"later": 1}, True
    )
    assert done.network.connections["Convolution.input0"] == "LocalImage.outImage"
    assert done.network.connections["Mask.input1"] == "Convolution.output0"
    assert done.lost == ("threshold",)
    assert done.network.without("Convolution") == before.without("Threshold")


def test_a_name_that_somebody_gave_stays_and_a_counted_one_becomes_the_new_types() -> None:
    given = network(Bright="Ramp", Ramp3="Ramp", Add="Add")
    assert replaced(given, LIBRARY, "Bright", "Add").name == "Bright"
    assert replaced(given, LIBRARY, "Ramp3", "Add").name == "Add1"
    counted = Network({"Arithmetic1": NodeSpec("Arithmetic2")})
    assert replaced(counted, FULL, "Arithmetic1", "Mask").name == "Mask"
    assert list(replaced(given, LIBRARY, "Ramp3", "Add").network.nodes) == ["Bright", "Add1", "Add"]


def test_connectors_of_other_names_go_to_the_first_that_fits() -> None:
    done = replaced(masking(), FULL, "SynchroView2D", "View2D")
    assert done.network.connections["View2D.inImage"] == "LocalImage.outImage"
    assert done.lost == ("Mask.output0 → SynchroView2D.inImage2",)
    shown = masking().without("SynchroView2D", "Mask").with_node("View2D", NodeSpec("View2D"))
    shown = shown.with_connection("View2D.inImage", "Threshold.output0")
    done = replaced(shown, FULL, "View2D", "SynchroView2D")
    assert done.network.connections["SynchroView2D.inImage1"] == "Threshold.output0"
    assert done.lost == ()


def test_a_module_that_is_not_known_is_replaced_by_what_its_connections_say() -> None:
    grey = network(
        "Odd.inImage=Ramp.output0", "Add.input0=Odd.outImage", "Knobs.real=Odd.level",
        Ramp="Ramp", Odd=NodeSpec("SoOdd", {"constant": 2.5, "secret": 1}), Add="Add", Knobs="Knobs",
    )  # fmt: skip
    done = replaced(grey, LIBRARY, "Odd", "Add")
    assert done.name == "Odd"
    assert done.network.nodes["Odd"].fields == {"constant": 2.5}
    assert dict(done.network.connections) == {"Odd.input0": "Ramp.output0", "Add.input0": "Odd.output0"}
    assert done.lost == ("secret", "Odd.level → Knobs.real")


def test_values_that_the_new_field_refuses_are_lost_and_defaults_are_left_out() -> None:
    wrong = network(Odd=NodeSpec("SoOdd", {"constant": "much"}))
    assert replaced(wrong, LIBRARY, "Odd", "Add").lost == ("constant",)
    same = network(Odd=NodeSpec("SoOdd", {"constant": LIBRARY["Add"].declaration.fields["constant"].default}))
    done = replaced(same, LIBRARY, "Odd", "Add")
    assert (done.network.nodes["Odd"].fields, done.lost) == ({}, ())


def test_connections_between_fields_stay_where_names_and_types_allow_it() -> None:
    tied = network("B.real=A.real", "A.flag=B.flag", "A.whole=B.whole", A="Knobs", B=NodeSpec("SoOdd"))
    assert dict(replaced(tied, LIBRARY, "B", "Knobs").network.connections) == dict(tied.connections)
    done = replaced(tied, LIBRARY, "B", "Ramp")
    assert dict(done.network.connections) == {}
    assert done.lost == ("B.flag → A.flag", "B.whole → A.whole", "A.real → B.real")


def test_nothing_that_is_replaced_breaks_a_network() -> None:
    for name in masking().nodes:
        for node_type in FULL:
            done = replaced(masking(), FULL, name, node_type)
            refused = [one for one in problems(done.network, FULL) if "nothing is connected" not in str(one)]
            assert [one for one in refused if "file" not in str(one)] == [], (name, node_type)


def test_only_types_that_keep_every_wire_are_offered() -> None:
    offered = fitting_types(masking(), FULL, "Mask", FULL)
    assert "Arithmetic2" in offered
    assert not {"Mask", "Threshold", "LocalImage", "View2D"} & set(offered)
    offered = fitting_types(masking(), FULL, "LocalImage", FULL)
    assert "Threshold" in offered
    assert "View2D" not in offered
    assert set(fitting_types(network(A="Add"), LIBRARY, "A", LIBRARY)) == set(LIBRARY) - {"Add"}


def test_where_no_type_keeps_every_wire_those_that_keep_most_are_offered() -> None:
    wide = network("Odd.a=A.output0", "Odd.b=B.output0", "Odd.c=C.output0", A="Ramp", B="Ramp", C="Ramp", Odd="SoOdd")
    offered = fitting_types(wide, LIBRARY, "Odd", LIBRARY)
    assert "Sum" in offered
    assert "Add" not in offered
    assert fitting_types(wide, Library([LIBRARY["Ramp"]]), "Odd", ["Ramp"]) == []


@pytest.mark.parametrize("node_type", ["Add", "Knobs"])
def test_a_mevislab_text_does_not_go_along_to_another_type(node_type: str) -> None:
    kept = NodeSpec("SoOdd", extra={"mlab": {"module": "Odd", "text": ["module SoOdd { }"]}, "later": 2})
    assert replaced(network(Odd=kept), LIBRARY, "Odd", node_type).network.nodes["Odd"].extra == {"later": 2}
