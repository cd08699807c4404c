"""What networks say after being read from ``.mlab`` text."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodeeditor import (
    Choice,
    Color,
    Image,
    ImageInfo,
    Input,
    Matrix,
    Node,
    Output,
    Region,
    Vector2,
    Voxels,
    field,
    file,
)
from nodeeditor.check import problems
from nodeeditor.errors import FormatError, UnknownNodeType
from nodeeditor.library import Library
from nodeeditor.mlab import dumps, load, loads, runnable, suggestions
from nodeeditor.network import Network, NodeSpec
from tests.mlab.texts import MASKED, MIXED, OLDER, UNKNOWN

LIBRARY = Library.installed()


class Style(Choice):
    """Titles that differ from the names."""

    ThinLine = "Thin line"
    ThickLine = "Thick line"
    Dashed = "Dots"
    Dots = "Dashed"


class Everything(Node):
    """One field of every type."""

    input0 = Input(Image, "Any image.", optional=True)
    output0 = Output(Image, "The same.")
    flag: bool = field(default=False, help="A truth value.")
    count: int = field(default=3, minimum=0, maximum=10, help="A whole number.")
    amount: float | None = field(default=None, help="A number or automatic.")
    label: str = field(default="", help="A text.")
    style: Style = field(default=Style.ThinLine, help="A choice.")
    place: Vector2 = field(default=(0.0, 0.0), help="Two numbers.")
    tint: Color = field(default=(0.0, 0.0, 0.0), help="A colour.")
    matrix: Matrix = field(default=(0.0,) * 16, help="A matrix.")
    size: int = field(default=0, read_only=True, help="Filled by the node.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.voxels

    def values(self) -> dict[str, int]:
        return {"size": 1}


def read(text: str) -> Network:
    return loads(text, LIBRARY)


def fields_of(lines: str) -> dict[str, object]:
    text = "module Everything {\n fields {\n instanceName = E\n" + lines + "\n}\n}\n"
    return dict(loads(text, Library([Everything])).nodes["E"].fields)


def test_nodes_have_the_names_types_places_and_groups_of_the_modules() -> None:
    network = read(MASKED)
    assert list(network.nodes) == ["Scan", "Threshold", "Mask", "View2D"]
    assert network.nodes["Scan"].type == "LocalImage"
    assert network.nodes["Scan"].frame == (40, 300, 144, 72)
    assert (network.nodes["Scan"].group, network.nodes["Mask"].group) == ("", "Segmentation")


def test_windows_say_where_they_lie_and_whether_they_were_open() -> None:
    nodes = read(MASKED).nodes
    assert nodes["Threshold"].windows == {"_default": {"frame": [300, 400, 276, 290], "open": False}}
    assert nodes["View2D"].windows == {"_viewer": {"frame": [10, 20, 400, 400], "open": True}}


def test_fields_have_the_types_that_the_node_declares() -> None:
    nodes = read(MASKED).nodes
    assert nodes["Threshold"].fields == {
        "threshold": 60.5,
        "comparisonOperator": "LessEqual",
        "userConditionTrueValue": 0.0,
        "userConditionFalseValue": 1.0,
    }
    assert nodes["Mask"].fields == {"background": -1000.0}
    assert nodes["Scan"].fields == {"name": "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"}


def test_a_field_that_is_unknown_or_does_not_fit_is_no_field_of_the_node() -> None:
    assert read(MASKED).nodes["View2D"].fields == {"startSlice": 7, "annotationCol": [0.25, 0.5, 1.0]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("flag = TRUE", {"flag": True}),
        ("flag = yes", {"flag": True}),
        ("flag = FALSE", {}),
        ("flag = perhaps", {}),
        ("count = 7", {"count": 7}),
        ("count = 11", {}),
        ("count = 7.5", {}),
        ("amount = 1e-06", {"amount": 1e-06}),
        ("amount = nan", {}),
        ('label = "two\nlines"', {"label": "two\nlines"}),
        ("label = 12", {"label": "12"}),
        ("style = ThickLine", {"style": "ThickLine"}),
        ('style = "Thick line"', {"style": "ThickLine"}),
        ('style = "thick LINE"', {"style": "ThickLine"}),
        ("style = Dotted", {}),
        ("style = Dots", {"style": "Dots"}),
        ('place = "1 -2.5"', {"place": [1.0, -2.5]}),
        ('place = "1 2 3"', {}),
        ('tint = "1 0.5 0"', {"tint": [1.0, 0.5, 0.0]}),
        ('tint = "255 0 0"', {}),
        ('matrix = "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1"', {"matrix": [float(n % 5 == 0) for n in range(16)]}),
        ("size = 4", {}),
        ("count = 4\ncount = 5", {"count": 5}),
    ],
)
def test_each_type_of_field_is_read_from_its_text(line: str, said: dict[str, object]) -> None:
    assert fields_of(line) == said


def test_connections_groups_and_notes_are_the_networks() -> None:
    network = read(MASKED)
    assert network.connections == {
        "Threshold.input0": "Scan.outImage",
        "Mask.input0": "Scan.outImage",
        "Mask.input1": "Threshold.output0",
        "View2D.inImage": "Mask.output0",
    }
    assert network.groups == ({"name": "Segmentation", "color": [10, 20, 30, 40]},)
    assert network.notes == (
        {
            "text": 'Keep the "brain" only.\nEverything below 60 is air.',
            "frame": [-10, -20, 200, 90],
            "color": [252, 242, 2, 255],
            "title": "Aim",
        },
    )


def test_a_rich_note_is_read_as_plain_text() -> None:
    item = (
        'MLABNetworkModelItem MLABNoteItem { uniqueId = 1 richText = "<html><head>p { }</head><b>A</b> &lt; B<br>C" }'
    )
    network = read("networkModel { parentItems { 0 { " + item + " } } }")
    assert network.notes == ({"text": "A < B\nC"},)


def test_modules_that_the_library_lacks_keep_all_their_fields() -> None:
    nodes = read(UNKNOWN).nodes
    assert nodes["Curves"].type == "CurveMaker"
    assert nodes["Curves"].fields == {
        "table": "# first\n0 0\n1 2",
        "split": True,
        "steps": 12,
        "scale": 1e-06,
        "huge": 8e307,
        "odd": "1.50",
        "nothing": "nan",
        "star": "*",
        "code": 'print("{ a \\b }")',
        "path": "C:\\data\\a.dcm",
        "empty": "",
    }


def test_lists_of_sources_and_rings_of_parameters_are_kept() -> None:
    assert read(UNKNOWN).connections == {
        "SoGroup.children": "Curves.self",
        "SoGroup.children[1]": "Curves1.self",
        "SoGroup.children[2]": "Curves.self",
        "Curves.scale": "Curves1.scale",
        "Curves1.scale": "Curves.scale",
    }


def test_a_connection_that_fits_no_declaration_is_left_to_the_text() -> None:
    line = (
        "connections { View2D.leftExtensions = Mask.self Mask.input0 = View2D.startSlice Info.sizeX = Mask.blending }"
    )
    text = "".join(f"module {kind} {{ fields {{ }} }}\n" for kind in ("View2D", "Mask", "Info")) + line
    assert read(text).connections == {}


def test_of_two_lines_for_one_input_the_last_counts() -> None:
    text = 'module X { }\nconnections { X.a = X.b X.a = X.c X.d = X.b X.d = "" }'
    assert read(text).connections == {"X.a": "X.c"}


def test_of_a_list_of_sources_what_is_understood_counts() -> None:
    network = read('module X { }\nconnections { X.a = "X.b X.c.d X.e" X.f = "g h.x y.z" X.i = X.j.k }')
    assert network.connections == {"X.a": "X.b", "X.a[1]": "X.e"}


def test_former_names_of_modules_fields_and_connectors_are_todays() -> None:
    network = read(OLDER)
    assert network.nodes["Load"].type == "LocalImage"
    assert network.nodes["Load"].fields == {"name": "$(NETWORK)/scan.nii"}
    assert network.nodes["M"].fields == {"mode": "Original"}
    assert network.nodes["Ortho"].fields == {"grayWidth": 500.0}
    assert network.connections["Old.input0"] == "Load.outImage"


def test_an_older_threshold_writes_the_images_maximum_from_the_threshold_on() -> None:
    assert read(OLDER).nodes["Old"].fields == {
        "threshold": 1200.0,
        "comparisonOperator": "GreaterEqual",
        "conditionTrueWriteValue": "ImgMax",
        "conditionFalseWriteValue": "ImgMin",
    }


def test_a_threshold_that_says_its_comparison_is_no_older_one() -> None:
    text = "module Threshold { fields { threshold = 3 comparisonOperator = Less } }"
    assert read(text).nodes["Threshold"].fields == {"threshold": 3.0, "comparisonOperator": "Less"}


@pytest.mark.parametrize(("center", "width"), [("1", "1"), ("0.5", "1")])
def test_a_viewer_that_never_saw_an_image_chooses_its_window(center: str, width: str) -> None:
    network = read(
        f"module View2D {{ fields {{ startSlice = -1 lutCenter = {center} lutWidth = {width} sliceZoom = 2 }} }}\n"
        f'module OrthoView2D {{ fields {{ greyCenter = {center} greyWidth = {width} worldPosition = "0 0 0" }} }}\n'
        f"module SynchroView2D {{ fields {{ lut1c = {center} lut1w = {width} lut2c = 40 lut2w = {width} }} }}\n"
    )
    assert network.nodes["View2D"].fields == {"sliceZoom": 2.0}
    assert network.nodes["OrthoView2D"].fields == {}
    assert network.nodes["SynchroView2D"].fields == {"lut2c": 40.0, "lut2w": 1.0}


def test_a_viewer_keeps_the_window_and_position_that_it_was_left_with() -> None:
    network = read(
        "module View2D { fields { startSlice = 0 lutCenter = 600.5 lutWidth = 1 } }\n"
        'module OrthoView2D { fields { grayCenter = 40 grayWidth = 400 worldPosition = "0 0 0.5" } }\n'
    )
    assert network.nodes["View2D"].fields == {"startSlice": 0, "lutCenter": 600.5, "lutWidth": 1.0}
    assert network.nodes["OrthoView2D"].fields == {
        "grayCenter": 40.0,
        "grayWidth": 400.0,
        "worldPosition": [0.0, 0.0, 0.5],
    }


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (r"C:\\Program Files\\MeVisLab3.6.1\\Packages\\MeVisLab\\Resources\\DemoData\\Bone.tiff", "Bone.tiff"),
        ("/opt/MeVisLab/Packages/MeVisLab/Resources/DemoData/BrainMultiModal/a.dcm", "BrainMultiModal/a.dcm"),
    ],
)
def test_demo_data_of_another_installation_is_that_of_this_one(file: str, said: str) -> None:
    loader = f'module ImageLoad {{ fields {{ filename = "{file}" }} }}\n'
    network = read(f'{loader}module LocalImage {{ fields {{ name = "{file}" }} }}')
    assert [spec.fields for spec in network.nodes.values()] == [{"name": f"$(DemoDataPath)/{said}"}] * 2


@pytest.mark.parametrize("file", ["/data/DemoData/a.tiff", "MeVisLab/DemoData/a.tiff", "C:/MeVisLab/DemoData/", "a"])
def test_any_other_file_is_where_its_name_says(file: str) -> None:
    network = read(f"module LocalImage {{ fields {{ name = {file} }} }}")
    assert network.nodes["LocalImage"].fields == {"name": file}


def test_an_overlay_that_says_nothing_of_it_lets_nothing_through() -> None:
    network = read('module SoView2DOverlay { fields { baseColor = "0 1 0" } }')
    assert network.nodes["SoView2DOverlay"].fields == {"baseColor": [0.0, 1.0, 0.0], "alphaFactor": 1.0}
    written = dumps(Network({"O": NodeSpec("SoView2DOverlay")}), LIBRARY)
    assert b"    alphaFactor = 0.5\n" in written
    assert loads(written, LIBRARY).nodes["O"].fields == {}


def test_annotations_that_are_switched_off_are_hidden() -> None:
    network = read("module View2D { fields { annotationOn = FALSE annotationSizeMode = ANNO_SHOW_DETAILED } }")
    assert network.nodes["View2D"].fields == {"annotationSizeMode": "ANNO_SHOW_HIDE"}


def test_modules_of_the_first_versions_open_as_those_of_today() -> None:
    network = read(
        "module ImgLoad { fields { filename = a.dcm sizeX = 0 } }\nmodule ImgSave { fields { filename = b.dcm } }\n"
        "connections { ImgSave.input0 = ImgLoad.output0 }"
    )
    assert network.nodes["ImgLoad"].fields == {"name": "a.dcm"}
    assert (network.nodes["ImgSave"].type, network.nodes["ImgSave"].fields) == ("ImageSave", {"filename": "b.dcm"})
    assert network.connections == {"ImgSave.input0": "ImgLoad.outImage"}
    assert problems(network, LIBRARY) == []


def test_a_module_without_a_name_has_that_of_its_type() -> None:
    text = "module Mask { internal { } }\nmodule Mask { }\nmodule Info { fields { instanceName = Mask1 } }"
    assert list(read(text).nodes) == ["Mask", "Mask2", "Mask1"]


def test_a_name_that_nodes_cannot_have_is_mended() -> None:
    assert list(read('module Mask { fields { instanceName = " a.b " } }').nodes) == ["a_b"]


def test_of_two_modules_of_one_name_the_second_gets_a_number() -> None:
    text = "module Mask { fields { instanceName = A } }\nmodule Info { fields { instanceName = A } }\n"
    network = read(f"{text}module X {{ fields {{ instanceName = A1 }} }}\nconnections {{ X.in = A.output0 }}")
    assert {name: spec.type for name, spec in network.nodes.items()} == {"A": "Mask", "A2": "Info", "A1": "X"}
    assert network.connections == {"X.in": "A.output0"}


@pytest.mark.parametrize("data", [b"", b"\n", b"// MDL v1 utf8\n", b"\xef\xbb\xbf// MDL v1 utf8\r\n"])
def test_an_empty_file_is_an_empty_network(data: bytes) -> None:
    assert not loads(data, LIBRARY).nodes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends_are_understood(encoding: str, newline: str) -> None:
    text = 'module Prüfung {\n  fields  {\n    größe = "zwei\nZeilen"\n  }\n}\n'
    network = loads(text.replace("\n", newline).encode(encoding), LIBRARY)
    assert network.nodes["Prüfung"].fields == {"größe": "zwei\nZeilen"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Interface { Inputs { } }", "line 1, column 1: is no MeVisLab network: it begins with 'Interface' and holds"),
        ("hello world", "line 1, column 1: is no MeVisLab network"),
        ("module A {\n  fields  {\n    x =\n  }\n}\n", "line 3, column 8: a value is missing behind 'x' ="),
        ("module A {\n", "line 1, column 1: the block of 'module' is not closed; is the file complete?"),
    ],
)
def test_what_is_no_network_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(text)


def test_a_character_that_no_text_can_have_is_refused() -> None:
    with pytest.raises(FormatError, match="line 2, column 3: holds a character that no text can have"):
        read("// a\n//\ud800")


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="does not exist"):
        load(tmp_path / "none.mlab", LIBRARY)
    with pytest.raises(FormatError, match="is a folder or device, not a network file"):
        load(tmp_path, LIBRARY)


def test_an_opened_network_has_no_errors_but_unknown_modules() -> None:
    masked = [problem for problem in problems(read(MASKED), LIBRARY) if not problem.warning]
    assert masked == []
    without_ring = read(UNKNOWN.replace("  Curves1.scale = Curves.scale\n", ""))
    assert {type(problem).__name__ for problem in problems(without_ring, LIBRARY)} == {"UnknownNodeType"}


def test_what_json_could_not_hold_either_is_left_to_the_text() -> None:
    deep = "[" * 150 + "]" * 150
    text = f'module X {{ internal {{ nodeeditor = "*{{"fields": {{"a": {deep}}}}}*" }} }}'
    network = read(text)
    assert network.nodes["X"].fields == {}
    assert file.loads(file.dumps(network)) == network


def test_runnable_counts_the_nodes_of_known_types() -> None:
    assert runnable(read(MASKED), LIBRARY) == (4, 4)
    assert runnable(read(UNKNOWN), LIBRARY) == (0, 3)


def test_suggestions_name_what_does_the_work_here() -> None:
    assert suggestions("DicomImport", LIBRARY) == "use LocalImage"
    assert suggestions("View2D", LIBRARY) == ""
    assert suggestions("SoExaminerViewer", LIBRARY) == ""
    assert suggestions("DicomImport", Library([])) == ""


def test_what_real_files_hold_is_understood() -> None:
    network = read(MIXED)
    assert {name: (spec.type, spec.fields) for name, spec in network.nodes.items()} == {
        "Load": ("LocalImage", {"name": "$(NETWORK)/${case}.dcm"}),
        "Load1": ("ImageSave", {"filename": r"C:\out\a.dcm"}),
        "View 2": ("View2D", {"annotationSizeMode": "ANNO_SHOW_HIDE"}),
        "${kind_name}": (
            "${kind.name}",
            {"script": 'print("*"a"*") # {', "list": "[ 0 0, 1 1 ]", "postfix": "]"},
        ),
        "Here": ("Position", {"position": "1 2 3"}),
        "There": ("Position", {"position": "1 2 3"}),
    }
    assert network.nodes["Load"].group == "Größe & Form"
    assert network.nodes["Load1"].frame == (-40.0, 100.0, 80.5, 56.0)
    assert network.nodes["View 2"].windows == {"_default": {"frame": [0, 0, 0, 0]}, "_viewer": {"open": True}}
    assert network.connections == {
        "View 2.inImage": "Load.outImage",
        "Here.position": "There.position",
        "There.position": "Here.position",
        "Here.children": "There.self",
    }
    assert network.notes == ({"text": "a & b"},)
    assert [str(one) for one in problems(network, LIBRARY) if not isinstance(one, UnknownNodeType)] == [
        "Load1.input0: nothing is connected to this input"
    ]
