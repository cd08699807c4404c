"""Networks as MeVisLab writes them, for tests of what opens files."""

from __future__ import annotations

MASKING = """\
// MDL v1 utf8
mevislabVersion = 3.5.0.1
network  {
  watchlist = ""
}
module LocalImage {
  internal  {
    frame = "40 400 144 72"
    moduleGroupName = ""
  }
  fields  {
    instanceName = Head
    name = $(NETWORK)/head.mha
    autoLoad = TRUE
  }
}
module Threshold {
  internal  {
    frame = "160 260 88 72"
    moduleGroupName = ""
  }
  fields  {
    instanceName = Threshold
    threshold = 60
    comparisonOperator = LessEqual
    conditionTrueWriteValue = UserDef
    userConditionTrueValue = 0
    conditionFalseWriteValue = UserDef
    userConditionFalseValue = 1
  }
}
module Mask {
  internal  {
    frame = "40 120 120 72"
    moduleGroupName = ""
  }
  fields  {
    instanceName = Mask
    background = -1000
  }
}
connections  {
  Threshold.input0 = Head.outImage
  Mask.input0 = Head.outImage
  Mask.input1 = Threshold.output0
}
networkModel = ""
"""
"""Three modules that run here."""

RENDERING = MASKING.replace(
    """\
connections  {
""",
    """\
module SoStrangeRenderer {
  internal  {
    frame = "200 20 120 56"
    moduleGroupName = ""
  }
  fields  {
    instanceName = Renderer
    gloss = 0.50
  }
}
connections  {
  Renderer.input = Mask.output0
""",
)
"""The same with a module that cannot run here."""
