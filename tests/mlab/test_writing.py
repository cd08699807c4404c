"""Writing networks as ``.mlab`` text: what was read stays to the byte, a change touches its own line."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from nodeeditor import edits, file
from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, load, loads, save
from nodeeditor.network import Network, NodeSpec
from tests.mlab.texts import MASKED, MIXED, OLDER, UNKNOWN

LIBRARY = Library.installed()
ODD = """\ufeff// my own header\r
module A { internal{frame="1 2 3 4"moduleGroupName=g}fields{instanceName=A x=1}// behind
} module "B b" {
\tfields {
\t  instanceName = "B b"   // a comment
\t  y    =   007
\t}
}

// between
module C
{
fields = ""
}
module E {
  internal {
    moduleGroupName = g
    {
      a = 1
    }
  }
  fields {
    instanceName = ""
    x = 1
    x = 2
  }
}
strange { section = "*of "anything"*" }
connections {
 A.in0="B b.out0" // from there
  E.a = A.b
  E.a = A.c
  E.d = A.b
  E.d = ""
   "B b.in 1"   = A.out0
}
module D { }
"""


def changes(before: str, after: bytes) -> list[str]:
    """The lines that went and came."""
    lines = difflib.unified_diff(before.splitlines(), after.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def written(network: Network) -> bytes:
    """The bytes of a network, which say that network when they are read."""
    data = dumps(network, LIBRARY)
    read = loads(data, LIBRARY)
    assert read.connections == network.connections
    assert (read.groups, read.notes) == (network.groups, network.notes)
    assert {name: replace(spec, extra={}) for name, spec in read.nodes.items()} == {
        name: replace(spec, extra={}) for name, spec in network.nodes.items()
    }
    return data


@pytest.mark.parametrize("text", [MASKED, UNKNOWN, OLDER, MIXED, ODD, "", "\n\n", "// only this", 'network = ""'])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_comes_back_byte_for_byte(text: str, newline: str, encoding: str) -> None:
    data = text.replace("\n", newline).encode(encoding)
    network = loads(data, LIBRARY)
    assert dumps(network, LIBRARY) == data


@pytest.mark.parametrize("text", [MASKED, UNKNOWN, OLDER, MIXED, ODD, ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_comes_back_byte_for_byte_through_json(text: str, newline: str) -> None:
    data = text.replace("\n", newline).encode()
    network = file.loads(file.dumps(loads(data, LIBRARY)))
    assert dumps(network, LIBRARY) == data


def test_latin_1_stays_and_gives_way_to_utf_8_for_what_it_cannot_say() -> None:
    data = "module A {\n  fields  {\n    x = größe\n  }\n}\n".encode("latin-1")
    network = loads(data, LIBRARY)
    assert dumps(network, LIBRARY) == data
    assert dumps(network.with_field("A", "x", "ä"), LIBRARY) == data.replace("größe".encode("latin-1"), b"\xe4")
    wide = dumps(network.with_field("A", "x", "漢"), LIBRARY)
    assert wide == data.replace("größe".encode("latin-1"), "漢".encode())


@pytest.mark.parametrize(
    ("node", "name", "value", "lines"),
    [
        ("Threshold", "threshold", 61.0, ["-    threshold = 60.50", "+    threshold = 61"]),
        ("Mask", "mode", "Original", ["-    mode = MaskedOriginal", "+    mode = Original"]),
        ("Scan", "autoLoad", False, ["-    autoLoad = TRUE", "+    autoLoad = FALSE"]),
        ("Scan", "name", "a b", ["-    name = $(DemoDataPath)/BrainMultiModal/ProbandT1.dcm", '+    name = "a b"']),
        (
            "View2D",
            "filterMode",
            "FILTER_NEAREST",
            ["-    filterMode = FILTER_OF_TOMORROW", "+    filterMode = FILTER_NEAREST"],
        ),
        ("View2D", "numSlices", 4, ["+    numSlices = 4"]),
    ],
)
def test_a_changed_field_changes_its_own_line(node: str, name: str, value: object, lines: list[str]) -> None:
    assert changes(MASKED, written(loads(MASKED, LIBRARY).with_field(node, name, value))) == lines


def test_a_field_back_at_its_default_says_so() -> None:
    network = loads(MASKED, LIBRARY)
    plain = replace(network.nodes["View2D"], fields={})
    mask = replace(network.nodes["Mask"], fields={})
    data = written(network.with_node("View2D", plain).with_node("Mask", mask))
    assert changes(MASKED, data) == [
        "-    background = -1000",
        "+    background = 0",
        "-    startSlice = 7",
        '-    annotationCol = "0.25 0.5 1"',
        '+    annotationCol = "0.9 0.9 0.9"',
    ]


def test_a_moved_box_changes_its_own_line() -> None:
    network = loads(MASKED, LIBRARY)
    moved = replace(network.nodes["Mask"], frame=(61.5, 100.0, 120.0, 72.0))
    assert changes(MASKED, written(network.with_node("Mask", moved))) == [
        '-    frame = "60 100 120 72"',
        '+    frame = "61.5 100 120 72"',
    ]


def test_a_moved_or_closed_window_changes_its_own_line() -> None:
    network = loads(MASKED, LIBRARY)
    spec = replace(network.nodes["View2D"], windows={"_viewer": {"frame": [11, 20, 400, 400], "open": False}})
    assert changes(MASKED, written(network.with_node("View2D", spec))) == [
        '-        geometry = "10 20 400 400"',
        "-        wasOpen = yes",
        '+        geometry = "11 20 400 400"',
        "+        wasOpen = no",
    ]


def test_a_first_window_is_added_to_its_module_and_a_last_one_leaves() -> None:
    network = loads(MASKED, LIBRARY)
    shown = replace(network.nodes["Mask"], windows={"_default": {"frame": [1, 2, 3, 4], "open": True}})
    assert changes(MASKED, written(network.with_node("Mask", shown))) == [
        "+    windows  {",
        "+      window _default {",
        '+        geometry = "1 2 3 4"',
        "+        wasOpen = yes",
        "+      }",
        "+    }",
    ]
    bare = replace(network.nodes["View2D"], windows={})
    assert changes(MASKED, written(network.with_node("View2D", bare))) == [
        "-      window _default {",
        '-        geometry = "10 20 400 400"',
        "-        wasOpen = yes",
        "-      }",
    ]


def test_the_first_window_of_a_viewer_shows_its_picture() -> None:
    windows = {
        name: {"frame": [n, 2, 3, 4]} for n, name in enumerate(("_viewer", "_default", "_automatic", "Settings"))
    }
    data = written(Network({"V": NodeSpec("View2D", windows=windows), "M": NodeSpec("Mask", windows=windows)}))
    _, viewer, mask = data.decode().split("\nmodule ")
    named = re.compile(r'window (\w+) {\s+geometry = "(\d)')
    assert dict(named.findall(viewer)) == {"_default": "0", "Settings": "1", "_automatic": "2", "_viewer": "3"}
    assert dict(named.findall(mask)) == {"_viewer": "0", "_default": "1", "_automatic": "2", "Settings": "3"}


def test_a_renamed_node_keeps_its_module_and_its_lines() -> None:
    data = written(edits.renamed(loads(MASKED, LIBRARY), "Scan", "My scan"))
    assert changes(MASKED, data) == [
        "-    instanceName = Scan",
        '+    instanceName = "My scan"',
        "-  Threshold.input0 = Scan.outImage",
        "-  Mask.input0 = Scan.outImage",
        '+  Threshold.input0 = "My scan.outImage"',
        '+  Mask.input0 = "My scan.outImage"',
    ]


def test_a_renamed_node_is_followed_by_lines_that_no_declaration_knows() -> None:
    text = "module View2D { fields { instanceName = V } }\nmodule X { fields { instanceName = X } }\n"
    text += 'connections {\n  X.c = V.self\n  X.d = "X.a V.self"\n  V.odd = X.a\n}\n'
    network = edits.renamed(loads(text, LIBRARY), "V", "W")
    assert written(network).decode() == text.replace("V.", "W.").replace("= V", "= W")


def test_a_removed_node_takes_its_module_and_its_lines_along() -> None:
    data = written(loads(MASKED, LIBRARY).without("Threshold"))
    threshold = MASKED[MASKED.index("module Threshold") : MASKED.index("module Mask")]
    lines = ("  Threshold.input0 = Scan.outImage\n", "  Mask.input1 = Threshold.output0\n")
    expected = MASKED.replace(threshold, "")
    for line in lines:
        expected = expected.replace(line, "")
    assert data.decode() == expected


def test_a_text_stays_a_network_when_its_modules_go() -> None:
    network = loads("module X { fields { instanceName = X } }\nstray = 1\n", LIBRARY)
    assert written(network.without("X")).decode().splitlines()[-2:] == ["stray = 1", 'network = ""']


def test_all_nodes_can_go() -> None:
    network = loads(MASKED, LIBRARY)
    data = written(network.without(*network.nodes))
    begin, end = MASKED.index("module LocalImage"), MASKED.index("connections")
    assert data.decode().startswith(MASKED[:begin] + "connections")
    assert data.decode().endswith(MASKED[MASKED.index("networkModel", end) :])


def test_a_new_node_is_added_behind_the_last_module() -> None:
    network = loads(MASKED, LIBRARY).with_node("Info", NodeSpec("Info", frame=(1.0, 2.0, 3.0, 4.0)))
    network = network.with_connection("Info.input0", "Mask.output0")
    assert changes(MASKED, written(network)) == [
        "+module Info {",
        "+  internal  {",
        '+    frame = "1 2 3 4"',
        '+    moduleGroupName = ""',
        "+  }",
        "+  fields  {",
        "+    instanceName = Info",
        "+  }",
        "+}",
        "+  Info.input0 = Mask.output0",
    ]


def test_a_new_network_is_a_whole_file() -> None:
    network = Network(
        {"S": NodeSpec("LocalImage", {"name": "a.nii"}), "T": NodeSpec("Threshold", {"threshold": 3.0})},
        {"T.input0": "S.outImage"},
    )
    assert (
        written(network).decode()
        == """// MDL v1 utf8
network  {
  watchlist = ""
}
module LocalImage {
  internal  {
    moduleGroupName = ""
  }
  fields  {
    instanceName = S
    name = a.nii
  }
}
module Threshold {
  internal  {
    moduleGroupName = ""
  }
  fields  {
    instanceName = T
    threshold = 3
    relativeThreshold = FALSE
    comparisonOperator = Greater
    conditionTrueWriteValue = UserDef
    userConditionTrueValue = 1
    conditionFalseWriteValue = UserDef
    userConditionFalseValue = 0
  }
}
connections  {
  T.input0 = S.outImage
}
networkModel = ""
"""
    )


def test_a_copied_node_has_its_modules_text_too() -> None:
    network = loads(MASKED, LIBRARY)
    copied = network.with_node("View2D1", network.nodes["View2D"])
    view = MASKED[MASKED.index("module View2D") : MASKED.index("connections")]
    expected = MASKED.replace(view, view + view.replace("instanceName = View2D", "instanceName = View2D1"))
    assert written(copied).decode() == expected


def test_a_connection_changes_its_own_line() -> None:
    network = loads(MASKED, LIBRARY)
    assert changes(MASKED, written(network.with_connection("View2D.inImage", "Scan.outImage"))) == [
        "-  View2D.inImage = Mask.output0",
        "+  View2D.inImage = Scan.outImage",
    ]
    cut = {to: of for to, of in network.connections.items() if to != "View2D.inImage"}
    assert changes(MASKED, written(replace(network, connections=cut))) == ["-  View2D.inImage = Mask.output0"]


def test_a_list_of_sources_grows_shrinks_and_stays_a_list() -> None:
    network = loads(UNKNOWN, LIBRARY)
    old = '-  SoGroup.children = "Curves.self Curves1.self Curves.self"'
    longer = network.with_connection("SoGroup.children[3]", "Curves1.self")
    new = '+  SoGroup.children = "Curves.self Curves1.self Curves.self Curves1.self"'
    assert changes(UNKNOWN, written(longer)) == [old, new]
    shorter = {to: of for to, of in network.connections.items() if to != "SoGroup.children"}
    data = dumps(replace(network, connections=shorter), LIBRARY)
    assert changes(UNKNOWN, data) == [old, '+  SoGroup.children = "Curves1.self Curves.self"']


def test_a_connection_that_no_declaration_knows_is_kept_once() -> None:
    network = Network({"T": NodeSpec("Threshold"), "X": NodeSpec("X")}, {"X.a": "T.nowhere"})
    data = written(network)
    assert data.count(b"X.a") == 1
    assert dumps(loads(data, LIBRARY), LIBRARY) == data


def test_a_module_without_a_name_gets_one_when_its_type_would_name_it_otherwise() -> None:
    network = loads("module X { fields { instanceName = X } }\nmodule X { fields { a = 1 } }\n", LIBRARY)
    data = written(network.without("X"))
    assert data == b"module X { fields { a = 1 \n    instanceName = X1\n  } }\n"


def test_a_module_whose_name_another_has_keeps_its_line_until_it_needs_a_name() -> None:
    text = "module X { fields { instanceName = A } }\nmodule Y { fields { instanceName = A } }\n"
    network = loads(text, LIBRARY)
    assert dumps(network, LIBRARY).decode() == text
    assert written(network.without("A")) == b"module Y { fields { instanceName = A1 } }\n"


def test_a_viewer_that_never_saw_an_image_is_written_as_it_was_until_it_has_a_window() -> None:
    text = "module View2D {\n  fields  {\n    lutCenter = 1\n    startSlice = None\n    lutWidth = 1\n  }\n}\n"
    network = loads(text, LIBRARY)
    assert dumps(network, LIBRARY).decode() == text
    windowed = network.with_field("View2D", "lutCenter", 40.0).with_field("View2D", "lutWidth", 400.0)
    assert changes(text, written(windowed)) == [
        "-    lutCenter = 1",
        "+    lutCenter = 40",
        "-    lutWidth = 1",
        "+    lutWidth = 400",
    ]
    assert changes(text, written(network.with_field("View2D", "lutCenter", 40.0))) == [
        "-    lutCenter = 1",
        "+    lutCenter = 40",
        "-    lutWidth = 1",
    ]


def test_values_of_unknown_fields_keep_their_kinds() -> None:
    values = {"a": 10**18, "b": "60", "c": "TRUE", "d": -0.0, "e": 1e22, "f": 60, "g": 60.0, "h": True, "i": [1, "x"]}
    network = Network({"A": NodeSpec("X", values)})
    read = loads(dumps(network, LIBRARY), LIBRARY).nodes["A"].fields
    assert {key: repr(value) for key, value in read.items()} == {key: repr(value) for key, value in values.items()}


def test_a_text_that_looks_like_a_number_is_quoted() -> None:
    data = dumps(Network({"A": NodeSpec("X", {"a": "60", "b": "TRUE", "c": "6.0x"})}), LIBRARY)
    assert b'    a = "60"\n    b = "TRUE"\n    c = 6.0x\n' in data
    assert b"nodeeditor" not in data


def test_the_name_of_today_counts_beside_a_former_one() -> None:
    for fields in ({"Threshold": 1.0, "threshold": 2.0}, {"threshold": 2.0, "Threshold": 1.0}):
        data = dumps(Network({"T": NodeSpec("Threshold", fields)}), LIBRARY)
        assert loads(data, LIBRARY).nodes["T"].fields == {"threshold": 2.0}


def test_latin_1_is_left_where_its_bytes_would_be_read_as_utf_8() -> None:
    network = loads("module A { fields { x = ö } }".encode("latin-1"), LIBRARY).with_field("A", "x", "Ã¤")
    assert loads(dumps(network, LIBRARY), LIBRARY).nodes["A"].fields == {"x": "Ã¤"}


def test_an_image_load_is_written_back_as_one() -> None:
    network = loads(OLDER, LIBRARY).with_field("Load", "name", "other.nii").with_node("New", NodeSpec("LocalImage"))
    network = network.with_connection("M.input1", "Load.outImage")
    data = written(network).decode()
    assert "    filename<ILABStringField> = other.nii\n" in data
    assert "  M.input1 = Load.output0\n" in data
    assert data.count("module ImageLoad {") == data.count("module LocalImage {") == 1


def test_an_older_threshold_stays_older_until_its_comparison_changes() -> None:
    network = loads(OLDER, LIBRARY)
    assert changes(OLDER, written(network.with_field("Old", "threshold", 5.0))) == [
        "-    threshold = 1200",
        "+    threshold = 5",
    ]
    assert changes(OLDER, written(network.with_field("Old", "comparisonOperator", "Less"))) == [
        "+    comparisonOperator = Less",
        "+    conditionFalseWriteValue = ImgMin",
        "+    conditionTrueWriteValue = ImgMax",
    ]


def test_groups_and_notes_change_their_own_lines() -> None:
    network = loads(MASKED, LIBRARY)
    (note,) = network.notes
    moved = replace(network, notes=({**note, "frame": [0, 0, 200, 90]},))
    assert changes(MASKED, written(moved)) == [
        '-        frame = "-10 -20 200 90"',
        '+        frame = "0 0 200 90"',
        '-        titleFrame = "-5 -15 190 22"',
        '+        titleFrame = "5 5 190 22"',
    ]
    said = replace(network, notes=({**note, "text": "short"},))
    assert changes(MASKED, written(said)) == [
        '-        text = "*Keep the "brain" only.',
        '-Everything below 60 is air.*"',
        "+        text = short",
    ]
    named = replace(network, groups=({"name": "Other", "color": [10, 20, 30, 40]},), notes=())
    assert written(named).decode().count("MLABNetworkModelItem") == 2


def test_a_note_is_folded_and_unfolded_in_one_line() -> None:
    network = loads(MASKED, LIBRARY)
    (note,) = network.notes
    folded = written(replace(network, notes=({**note, "collapsed": True},)))
    assert changes(MASKED, folded) == ["-        isCollapsed = False", "+        isCollapsed = True"]
    again = loads(folded, LIBRARY)
    assert again.notes == ({**note, "collapsed": True},)
    assert written(replace(again, notes=(note,))).decode() == MASKED
    silent = MASKED.replace("        isCollapsed = False\n", "")
    assert written(loads(silent, LIBRARY)).decode() == silent
    told = written(replace(loads(silent, LIBRARY), notes=({**note, "collapsed": True},)))
    assert changes(silent, told) == ["+        isCollapsed = True"]


def test_a_first_group_and_note_get_a_section_and_numbers() -> None:
    network = replace(
        loads(UNKNOWN, LIBRARY),
        groups=({"name": "G", "color": [1, 2, 3]},),
        notes=({"text": "N", "frame": [1, 2, 3, 4]},),
    )
    assert changes(UNKNOWN, written(network)) == [
        '-networkModel = ""',
        "+networkModel  {",
        "+  parentItems  {",
        "+    0  {",
        "+      MLABNetworkModelItem MLABNetworkModelItemGroup {",
        "+        uniqueId = 1",
        "+        objectName = G",
        "+        parentUniqueId = 0",
        "+        color  {",
        "+          r = 1",
        "+          g = 2",
        "+          b = 3",
        "+        }",
        "+      }",
        "+      MLABNetworkModelItem MLABNoteItem {",
        "+        uniqueId = 2",
        '+        objectName = ""',
        "+        parentUniqueId = 0",
        '+        frame = "1 2 3 4"',
        "+        text = N",
        "+      }",
        "+    }",
        "+  }",
        "+}",
    ]


def test_what_mevislab_has_no_word_for_is_kept_in_an_entry_of_its_own() -> None:
    network = loads(MASKED, LIBRARY)
    spec = replace(network.nodes["Mask"], bypassed=True)
    data = written(network.with_node("Mask", spec))
    assert changes(MASKED, data) == ['+    nodeeditor = "*{"bypassed": true}*"']
    painted = written(network.with_node("Mask", replace(network.nodes["Mask"], color=(1, 2, 3))))
    assert changes(MASKED, painted) == ['+    nodeeditor = "*{"color": [1, 2, 3]}*"']
    assert loads(painted, LIBRARY).nodes["Mask"].color == (1, 2, 3)
    assert written(loads(data, LIBRARY).with_node("Mask", network.nodes["Mask"])) == MASKED.encode()


def test_the_kept_lines_say_nothing_that_the_network_says() -> None:
    network = loads(MASKED, LIBRARY)
    kept = network.nodes["Mask"].extra["mlab"]["text"]
    assert kept == [
        "module Mask {",
        "  internal  {",
        "    frame =",
        "    moduleGroupName =",
        "  }",
        "  fields  {",
        "    instanceName =",
        "    mode =",
        "    outputImageSize =",
        "    blending =",
        "    background =",
        "  }",
        "}",
    ]
    assert "    threshold = 60.50" in network.nodes["Threshold"].extra["mlab"]["text"]


@pytest.mark.parametrize(
    "kept",
    [
        None,
        3,
        {"text": 3},
        {"text": ["module {"]},
        {"text": ["module Info { }"]},
        {"text": ["a = 1"], "module": 4},
        {"text": ["module Mask { }", "a = 1"]},
    ],
)
def test_kept_lines_that_make_no_sense_are_not_used(kept: object) -> None:
    network = loads(MASKED, LIBRARY)
    spec = replace(network.nodes["Mask"], extra={"mlab": kept})
    network = replace(network.with_node("Mask", spec), extra={"mlab": kept})
    data = written(network)
    assert b"module Mask {" in data
    assert b"a = 1" not in data


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_what_no_file_can_hold_is_refused(text: str) -> None:
    for network in (
        Network({"A": NodeSpec("X", {"a": text})}),
        Network(extra={"a": text}),
        Network({"A": NodeSpec(text)}),
    ):
        with pytest.raises(FormatError):
            dumps(network, LIBRARY)


def test_a_saved_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "net.mlab"
    network = loads(MASKED, LIBRARY)
    save(network, path, LIBRARY)
    assert path.read_bytes() == MASKED.encode()
    assert load(path, LIBRARY) == network
    with pytest.raises(FormatError):
        save(Network({"A": NodeSpec("\0")}), path, LIBRARY)
    assert path.read_bytes() == MASKED.encode()
    assert os.listdir(tmp_path) == ["net.mlab"]  # noqa: PTH208
