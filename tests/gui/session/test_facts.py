"""What is known of nodes before a voxel is computed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nodeeditor import ImageInfo
from nodeeditor.gui.session.facts import Facts, NodeFacts, Problem, facts, line
from nodeeditor.network import Network, NodeSpec

from ...samples import LIBRARY, Watched, network


def found(given: Network) -> Facts:
    return facts(given, LIBRARY, Watched().engine.known(given))


def test_every_node_has_its_infos_values_errors_or_what_it_stands_behind() -> None:
    given = network(
        "K.input0=R.output0", "F.input0=R.output0", "B.input0=F.output0", "A.constant=K.doubled",
        R="Ramp", K=NodeSpec("Knobs", {"real": 2.5}), F=NodeSpec("Failing", {"how": "describe"}), B="Add", A="Add",
    )  # fmt: skip
    known = found(given).nodes
    ramp = ImageInfo((1, 1, 8, 6, 5), np.dtype(np.int32), (0, 240))
    assert known == {
        "R": NodeFacts({"output0": ramp}),
        "K": NodeFacts(values={"doubled": 5.0, "depth": 8}),
        "F": NodeFacts(errors=(Problem("cannot be described"),)),
        "B": NodeFacts(behind="F"),
        "A": NodeFacts(errors=(Problem("nothing is connected to this input", "input0"),)),
    }


def test_the_same_network_has_equal_facts_and_another_one_has_not() -> None:
    given = network("A.input0=R.output0", R="Ramp", A="Add")
    assert found(given) == found(given)
    assert found(given) != found(given.with_field("A", "constant", 2.0))


def test_a_bypassed_node_gives_what_flows_through_it() -> None:
    given = network("A.input0=R.output0", R="Ramp", A=NodeSpec("Add", bypassed=True), B=NodeSpec("Add", bypassed=True))
    known = found(given).nodes
    assert known["A"].infos == known["R"].infos
    assert known["B"] == NodeFacts()


def test_an_image_is_told_in_one_line() -> None:
    info = ImageInfo((1, 1, 80, 91, 109), np.dtype(np.uint16), (0, 1884), spacing=(1.953125, 1.953125, 2.0))
    assert line(info) == "109 x 91 x 80, unsigned int16, 0 .. 1884, 1.953 x 1.953 x 2 mm"
    color = replace(info, extent=(5, 3, 80, 91, 109), dtype=np.dtype(np.float32), range=(-0.5, 1.5))
    assert line(color) == "109 x 91 x 80, 3 channels, 5 times, float, -0.5 .. 1.5, 1.953 x 1.953 x 2 mm"


def test_the_lines_are_by_output() -> None:
    given = network("S.input0=R.output0", R="Ramp", S="Split")
    assert found(given).lines == {
        "R.output0": "5 x 6 x 8, int32, 0 .. 240, 1 x 1 x 1 mm",
        "S.lower": "5 x 6 x 4, int32, 0 .. 240, 1 x 1 x 1 mm",
        "S.upper": "5 x 6 x 4, int32, 0 .. 240, 1 x 1 x 1 mm",
    }
