"""A local macro for tests: its script, the network inside, and a network that uses it twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

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
    Field how { internalName = Compare.comparisonOperator }
    Field own { type = Bool value = false }
  }
}
Commands { source = $(LOCAL)/Keep.py FieldListener level { command = doNotRun } }
"""
INNER = """module Threshold {
  internal  {
    frame = "0 200 120 64"
  }
  fields  {
    instanceName = Compare
    threshold = 10
    comparisonOperator = Greater
  }
}
module Mask {
  internal  {
    frame = "0 0 120 64"
  }
  fields  {
    instanceName = Mask
    background = 5
  }
}
connections  {
  Mask.input1 = Compare.output0
}
"""
OUTER = """// MDL v1 utf8
module ImageLoad {
  internal  {
    frame = "0 400 120 64"
  }
  fields  {
    instanceName = Load
    filename = $(NETWORK)/scan.nii
  }
}
module Keep {
  internal  {
    frame = "0 200 120 64"
    localMacro = 1
  }
  fields  {
    instanceName = First
    level = 40
    how = Greater
    own = FALSE
  }
  internalFields  {
    Mask.background = -3
  }
}
module Keep {
  internal  {
    frame = "0 0 120 64"
    localMacro = 1
  }
  fields  {
    instanceName = Second
    level = 10
  }
}
connections  {
  First.image = Load.output0
  Second.image = First.result
}
"""
VOXELS = np.arange(60, dtype=np.int16).reshape(3, 4, 5)


def kept(voxels: npt.NDArray[np.int16], level: float, background: float) -> npt.NDArray[np.int16]:
    """What the macro makes of an image."""
    return np.where(voxels > level, voxels, background).astype(np.int16)


def write_macro(folder: Path, name: str = "Keep", script: str = SCRIPT, inside: str = INNER) -> None:
    """Put the files of a macro into a folder."""
    (folder / f"{name}.script").write_text(script, encoding="utf-8")
    (folder / f"{name}.mlab").write_text(inside, encoding="utf-8")


def write_all(folder: Path) -> Path:
    """Put the macro, an image and the network that uses both into a folder; the network's file."""
    write_macro(folder)
    sitk.WriteImage(sitk.GetImageFromArray(VOXELS), str(folder / "scan.nii"))
    (folder / "Outer.mlab").write_text(OUTER, encoding="utf-8")
    return folder / "Outer.mlab"
