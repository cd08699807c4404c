"""Local macros: their interface is read from the script, and their networks run in their places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor.cli import main
from nodeeditor.engine import Engine
from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.mlab import expanded, loads
from nodeeditor.mlab.macros import Interface, interface
from nodeeditor.network import Network
from nodeeditor.paths import Paths

LIBRARY = Library.installed()
SCRIPT = """/* A macro { of our own */
# Interface { Inputs { Field no { internalName = no.no } } }
Window "Panel" { Vertical { Field level { title = "Level } {" } Empty } }
Interface {
  Inputs {
    Field image { internalName = Compare.input0 type = Image } // the scan
    Field image { internalName = Mask.input0 }
  }
  Outputs { Field result { internalName = "Mask.output0" } }
  Parameters {
    Field level { internalName = Compare.threshold }
    Field own { type = Bool value = false }
  }
}
Commands { source = $(LOCAL)/Keep.py FieldListener level { command = doNotRun } }
"""
INNER = """module Threshold {
  fields  {
    instanceName = Compare
    threshold = 10
    comparisonOperator = Greater
  }
}
module Mask {
  fields  {
    instanceName = Mask
    background = 5
  }
}
connections  {
  Mask.input1 = Compare.output0
}
"""
OUTER = """module ImageLoad {
  fields  {
    instanceName = Load
    filename = $(NETWORK)/scan.nii
  }
}
module Keep {
  internal  {
    localMacro = 1
  }
  fields  {
    instanceName = First
    level = 40
  }
  internalFields  {
    Mask.background = -3
  }
}
module Keep {
  fields  {
    instanceName = Second
  }
}
connections  {
  First.image = Load.output0
  Second.image = First.result
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Keep.script").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "Keep.mlab").write_text(INNER, encoding="utf-8")
    return tmp_path


def test_an_interface_says_what_it_shows_of_which_inner_ends() -> None:
    assert interface(SCRIPT) == Interface(
        {"image": ("Compare.input0", "Mask.input0")},
        {"result": ("Mask.output0",)},
        {"level": ("Compare.threshold",), "own": ()},
    )


@pytest.mark.parametrize("script", ["", "Window { }", "Interface { }", 'Interface = ""', "# Interface { a { } }"])
def test_a_script_without_an_interface_shows_nothing(script: str) -> None:
    assert interface(script) == Interface()


@pytest.mark.parametrize("script", ["Interface {", b"\x89PNG\0", "Interface { Inputs }"])
def test_a_broken_script_is_refused_with_its_place(script: str | bytes) -> None:
    with pytest.raises(FormatError) as raised:
        interface(script)
    assert raised.value.line >= 1


def test_a_macro_is_expanded_to_its_network(folder: Path) -> None:
    network = expanded(loads(OUTER, LIBRARY), folder, LIBRARY)
    assert {name: spec.type for name, spec in network.nodes.items()} == {
        "Load": "LocalImage",
        "First/Compare": "Threshold",
        "First/Mask": "Mask",
        "Second/Compare": "Threshold",
        "Second/Mask": "Mask",
    }
    assert network.connections == {
        "First/Compare.input0": "Load.outImage",
        "First/Mask.input0": "Load.outImage",
        "First/Mask.input1": "First/Compare.output0",
        "Second/Compare.input0": "First/Mask.output0",
        "Second/Mask.input0": "First/Mask.output0",
        "Second/Mask.input1": "Second/Compare.output0",
    }
    assert network.nodes["First/Compare"].fields["threshold"] == 40.0
    assert network.nodes["Second/Compare"].fields["threshold"] == 10.0
    assert network.nodes["First/Mask"].fields["background"] == -3.0
    assert network.nodes["Second/Mask"].fields["background"] == 5.0


def test_a_macro_can_set_an_inner_field_to_its_default(folder: Path) -> None:
    network = expanded(loads(OUTER.replace("level = 40", "level = 0"), LIBRARY), folder, LIBRARY)
    assert "threshold" not in network.nodes["First/Compare"].fields


def test_an_expanded_network_gives_what_numpy_gives(folder: Path) -> None:
    voxels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(folder / "scan.nii"))
    network = expanded(loads(OUTER, LIBRARY), folder, LIBRARY)
    found = Engine(LIBRARY).image(network, "Second/Mask.output0", paths=Paths(folder)).voxels[0, 0]
    first = np.where(voxels > 40, voxels, -3)
    np.testing.assert_array_equal(found, np.where(first > 10, first, 5))


def test_the_command_line_runs_what_is_inside_a_macro(folder: Path) -> None:
    voxels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(folder / "scan.nii"))
    network, made = folder / "Outer.mlab", folder / "made.nii"
    network.write_text(OUTER, encoding="utf-8")
    assert main(["run", str(network), "--output", f"First/Mask.output0={made}"]) == 0
    np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(made)), np.where(voxels > 40, voxels, -3))


def test_a_macro_without_its_files_stays_a_node(tmp_path: Path) -> None:
    network = loads(OUTER, LIBRARY)
    assert expanded(network, tmp_path, LIBRARY) == network
    (tmp_path / "Keep.mlab").write_text(INNER, encoding="utf-8")
    (tmp_path / "Keep.script").write_text("Interface {", encoding="utf-8")
    assert expanded(network, tmp_path, LIBRARY) == network


def test_a_type_is_no_way_out_of_the_folder(folder: Path) -> None:
    inside = folder / "inside"
    inside.mkdir()
    network = loads('module "../Keep" { fields { instanceName = A } }', LIBRARY)
    assert expanded(network, inside, LIBRARY) == network


def test_a_macro_that_holds_itself_is_refused(folder: Path) -> None:
    (folder / "Keep.mlab").write_text("module Keep { }\nmodule Keep { }", encoding="utf-8")
    with pytest.raises(FormatError, match="macros hold each other"):
        expanded(loads(OUTER, LIBRARY), folder, LIBRARY)


def test_a_network_without_macros_is_itself(folder: Path) -> None:
    network = loads(INNER, LIBRARY)
    assert expanded(network, folder, LIBRARY) is network
    assert expanded(Network(), folder, LIBRARY) == Network()
