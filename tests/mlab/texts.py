"""Small ``.mlab`` texts of our own for the tests, one for each thing that such files can hold."""

from __future__ import annotations

MASKED = """// MDL v1 utf8
mevislabVersion = 3.6.0.14
network  {
  watchlist = ""
}
module LocalImage {
  internal  {
    frame = "40 300 144 72"
    moduleGroupName = ""
    showNetworkPanel = true
  }
  fields  {
    instanceName = Scan
    name = $(DemoDataPath)/BrainMultiModal/ProbandT1.dcm
    autoLoad = TRUE
  }
}
module Threshold {
  internal  {
    frame = "120 200 88 72"
    moduleGroupName = Segmentation
    windows  {
      window _default {
        geometry = "300 400 276 290"
        sizeHint = "245 290"
        wasOpen = no
      }
    }
  }
  fields  {
    instanceName = Threshold
    threshold = 60.50
    relativeThreshold = FALSE
    comparisonOperator = LessEqual
    conditionTrueWriteValue = "User Def"
    userConditionTrueValue = 0
    conditionFalseWriteValue = UserDef
    userConditionFalseValue = 1
  }
}
module Mask {
  internal  {
    frame = "60 100 120 72"
    moduleGroupName = Segmentation
  }
  fields  {
    instanceName = Mask
    mode = MaskedOriginal
    outputImageSize = InvalidateOutputIfSizesDiffer
    blending = 0.5
    background = -1000
  }
}
module View2D {
  internal  {
    frame = "60 0 80 56"
    moduleGroupName = ""
    windows  {
      window _default {
        geometry = "10 20 400 400"
        wasOpen = yes
      }
    }
  }
  fields  {
    instanceName = View2D
    startSlice = 7
    cineMode = CINE_Z
    filterMode = FILTER_OF_TOMORROW
    annotationCol = "0.25 0.5 1"
    annotationOn = TRUE
  }
}
connections  {
  Threshold.input0 = Scan.outImage
  Mask.input0 = Scan.outImage
  Mask.input1 = Threshold.output0
  View2D.inImage = Mask.output0
}
networkModel  {
  parentItems  {
    0  {
      MLABNetworkModelItem MLABNetworkModelItemGroup {
        uniqueId = 4
        objectName = Segmentation
        parentUniqueId = 0
        color  {
          r = 10
          g = 20
          b = 30
          a = 40
        }
      }
      MLABNetworkModelItem MLABNoteItem {
        uniqueId = 9
        objectName = ""
        parentUniqueId = 0
        frame = "-10 -20 200 90"
        backgroundColor  {
          r = 252
          g = 242
          b = 2
          a = 255
        }
        text = "*Keep the "brain" only.
Everything below 60 is air.*"
        titleText = Aim
        isCollapsed = False
        titleFrame = "-5 -15 190 22"
      }
    }
  }
}
"""
"""A network of known modules, with a group and a note."""

UNKNOWN = """// MDL v1 utf8
network  {
  watchlist = ""
}
module SoGroup {
  internal  {
    frame = "0 0 80 56"
  }
  fields  {
    instanceName = SoGroup
    renderCaching = AUTO
  }
}
module CurveMaker {
  internal  {
    frame = "0 100 104 56"
    localMacro = 1
  }
  fields  {
    instanceName = Curves
    table = "# first
0 0
1 2"
    split = TRUE
    steps = 12
    scale = 1e-06
    huge = 8e+307
    odd = 1.50
    nothing = nan
    star = "***"
    code = "*print("{ a \\b }")*"
    path = "C:\\\\data\\\\a.dcm"
    empty = ""
  }
  internalFields  {
    inner.quality = 3
  }
}
module CurveMaker {
  fields  {
    instanceName = Curves1
  }
}
connections  {
  SoGroup.children = "Curves.self Curves1.self Curves.self"
  Curves.scale = Curves1.scale
  Curves1.scale = Curves.scale
  Curves1.base = ""
}
networkModel = ""
"""
"""Modules that no library has, values of every kind, a list of sources, a ring of parameters."""

OLDER = """module ImageLoad {
  internal  {
    frame = "0 200 96 56"
  }
  fields  {
    instanceName<ILABStringField> = Load
    filename<ILABStringField> = "$(NETWORK)/scan.nii"
  }
}
module Threshold {
  fields {
    instanceName = Old
    threshold = 1200
    minValue = 0
    maxValue = 4095
    relativeThreshold = FALSE
  }
}
module Mask { fields { instanceName = M MaskMode = Original } }
module OrthoView2D {
  fields  {
    instanceName = Ortho
    greyWidth = 500
  }
}
connections  {
  Old.input0 = Load.output0
  M.input0 = Load.output0
  M.input1 = Old.output0
  Ortho.image = M.output0
}
"""
"""A file of an old version: no header, typed tags, deprecated names, one entry behind another."""

MIXED = """# a comment of scripts
network { /* another
  } */ watchlist = "" }
module ImgLoad {
  internal  { frame = "0 400 80 56" moduleGroupName = "Größe & Form" }
  fields  { filename = $(NETWORK)/${case}.dcm status = "File not open" instanceName = Load }   //<mdl> fields
}   //<mdl> module ImgLoad
module ImgSave {
  internal  { frame = "-40 100 80.5 56" }
  fields  { instanceName = Load filename = "C:\\\\out\\\\a.dcm" autoFilename = TRUE autoFilename = FALSE }
}
module View2D {
  internal  { windows  { window Settings { geometry = "0 0 0 0" } window _default { wasOpen = YES } } }
  fields  { instanceName = "View 2" lutCenter = 0.5 lutWidth = 1 annotationOn = FALSE startSlice = -1 }
}
module ${kind.name} {
  fields  { instanceName = ${kind.name} script = @@print("*"a"*") # {@@ list = "[ 0 0, 1 1 ]" postfix = ] }
}
module Position { fields { instanceName = Here position = "1 2 3" } }
module Position { fields { instanceName = There position = "1 2 3" } }
connections  {
  Load.input0 = "Load.output0"
  "View 2.inImage" = Load.output0
  Here.position = There.position
  There.position = Here.position
  Here.children = "There.self ${kind.name}.self"
}
networkModel { parentItems { 0 {
  MLABNetworkModelItem MLABNoteItem { frame = "1 2 3" richText = "<p>a &amp; b</p>" } } } }
"""
"""What else real files hold: comments of all kinds, first names of modules, a name twice, templates, no tidy lines."""

SCRIPT = """//! A macro.
/*! // \\author nobody { */
Interface  {
  Inputs  {
    Field image { internalName = Threshold.input0 }
    Field image { internalName = "View 2.inImage" comment = "*Shown as "it" is { *" }
    Field extra { type = sonode hidden = yes }
  }
  Outputs { Field result { internalName = Threshold.output0 } }
  Parameters {
    Field level { internalName = Threshold.threshold }
    Field how   { type = enum values = "Less,Greater" value = Less }   // one of two
    # Field old { type = bool }
    Field kind  { type = enum items { item A { title = "An A" } item B {} } }
    Field deep  { internalName = View.ext.color }
  } // Parameters
}
Description { Field level { min = 0 max = 100 } }
Commands {
  source = $(LOCAL)/macro.py
  FieldListener level { command = "*py: ctx.field("level").value = 3 # }*" }
}
Window "Panel" { Vertical { Button { title = @@press "it"@@ command = go } } }
"""
"""A script with all that one holds besides its interface."""
