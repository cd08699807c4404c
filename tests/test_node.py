"""Declaring node types: what is checked at import, and that a configured node is a value."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import textwrap
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pytest

from nodeeditor import Choice, Color, FileName, Image, ImageInfo, Input, Node, Output, Region, Trigger, Voxels, field
from nodeeditor.engine.asking import ask, checked_voxels, needed
from nodeeditor.errors import FieldError
from nodeeditor.fields import DoubleType, EnumType, IntegerType, StringType, VectorType
from nodeeditor.node import Vector3

INFO = ImageInfo((1, 1, 4, 3, 2), np.dtype(np.int16), (0, 100))


class Mode(Choice):
    Fast = "as fast as can be"
    Exact = "Exact"


class Shown(Node, abstract=True):
    """What all viewers have."""

    out_picture = Output(Image, "What is seen.", hidden=True)
    width: int = field(default=512, minimum=16, transient=True, unit="pixels", help="Width.")
    height: int = field(default=512, minimum=16, transient=True, unit="pixels", help="Height.")


class Everything(Shown):
    """Has one of each.

    A second paragraph.
    """

    reach = (0, 0, 1, 0, 0)
    former_names = ("All",)
    renamed: ClassVar[Mapping[str, str]] = {"oldMode": "mode"}

    in_image = Input(Image, "An image.")
    in_mask = Input(Image, "A mask.", optional=True)
    out_image = Output(Image, "The result.")

    width: int = field(default=800, help="A width of its own.")
    mode: Mode = field(default=Mode.Exact, help="How.")
    level: float = field(default=0.5, minimum=0, maximum=1, help="How much.")
    automatic: float | None = field(default=None, help="Automatic, or a number.")
    file: FileName = field(default=FileName(""), help="A file.")
    color: Color = field(default=Color((1, 0, 0)), help="A colour.")
    position: Vector3 = field(default=(0.0, 0.0, 0.0), help="A position.")
    apply: Trigger = field(default=Trigger.idle, help="A button.")
    max_slice: int = field(default=0, read_only=True, help="The last slice.")

    def open(self, in_image: ImageInfo) -> str:
        return f"opened {in_image.extent}"

    def describe(self, in_image: ImageInfo, in_mask: ImageInfo | None) -> dict[str, ImageInfo]:
        return {"outImage": in_image, "outPicture": in_mask or in_image}

    def compute(self, region: Region, output: str, opened: str, in_image: Image, in_mask: Image | None) -> Voxels:
        return in_image.voxels

    def values(self, in_image: ImageInfo) -> dict[str, object]:
        return {"max_slice": in_image.extent[2] - 1}


class Plain(Node):
    """Answers no question at all."""


class Chooser(Node):
    """Asks for the regions it likes."""

    in_image = Input(Image, "An image.")
    in_mask = Input(Image, "A mask.", optional=True)
    out_image = Output(Image, "The result.")

    def describe(self, in_image: ImageInfo) -> ImageInfo:
        return in_image

    def needs(self, region: Region) -> dict[str, Region]:
        return {"in_image": region.along("z", 0), "in_mask": region}

    def compute(self, in_image: Image) -> Voxels:
        return in_image.voxels


# --- what is declared


def test_everything_is_keyed_by_its_name_in_files() -> None:
    declared = Everything.declaration
    assert declared.type == "Everything"
    assert list(declared.inputs) == ["inImage", "inMask"]
    assert list(declared.outputs) == ["outPicture", "outImage"]
    assert set(declared.fields) == set("width height mode level automatic file color position apply maxSlice".split())
    assert declared.inputs["inMask"].name == "in_mask"
    assert declared.inputs["inMask"].optional
    assert declared.outputs["outPicture"].hidden
    assert declared.fields["maxSlice"].title == "Max Slice"
    assert declared.subject == "Test node"


def test_the_docstring_is_the_help_page() -> None:
    assert Everything.declaration.help == "Has one of each.\n\nA second paragraph."
    assert Everything.declaration.summary == "Has one of each."


def test_annotations_give_the_types() -> None:
    fields = Everything.declaration.fields
    assert fields["mode"].type == EnumType(Mode)
    assert fields["level"].type == DoubleType(0, 1)
    assert fields["automatic"].type == DoubleType(optional=True)
    assert fields["file"].type == StringType(file=True)
    assert fields["color"].type == VectorType(3, color=True)
    assert fields["color"].default == (1.0, 0.0, 0.0)


def test_a_node_type_inherits_from_its_abstract_base() -> None:
    fields = Everything.declaration.fields
    assert fields["height"].type == IntegerType(minimum=16)
    assert fields["height"].transient
    assert fields["width"].type == IntegerType()
    assert (fields["width"].default, fields["width"].help) == (800, "A width of its own.")
    assert Shown.declaration.fields["width"].default == 512
    assert Shown.abstract
    assert not Everything.abstract


def test_a_connector_of_its_own_takes_the_place_of_the_inherited_one() -> None:
    class Special(Chooser):
        """Needs its mask."""

        in_mask = Input(Image, "A mask that must be there.")

    assert list(Special.declaration.inputs) == ["inImage", "inMask"]
    assert not Special.declaration.inputs["inMask"].optional
    assert Chooser.declaration.inputs["inMask"].optional


def test_the_parameters_are_what_the_methods_name() -> None:
    assert Everything.declaration.parameters == {
        "open": ("in_image",),
        "describe": ("in_image", "in_mask"),
        "compute": ("region", "output", "opened", "in_image", "in_mask"),
        "values": ("in_image",),
    }
    assert Plain.declaration.parameters == {}


def test_triggers_and_read_only_fields_are_not_saved() -> None:
    fields = Everything.declaration.fields
    assert [name for name, spec in fields.items() if not spec.persistent] == ["apply", "maxSlice"]


# --- a configured node is a value


def test_equal_fields_make_equal_nodes() -> None:
    one, other = Everything(level=0.25, mode="Fast"), Everything(level=0.25, mode=Mode.Fast)  # type: ignore[arg-type]
    assert one == other
    assert hash(one) == hash(other)
    assert one != Everything(level=0.5, mode=Mode.Fast)
    assert len({one, other, Everything()}) == 2


def test_a_node_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Everything().level = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("again", [lambda node: pickle.loads(pickle.dumps(node)), copy.copy, copy.deepcopy])
def test_a_node_survives_a_copy(again: Any) -> None:
    node = Everything(level=0.25, color=Color((0.0, 0.5, 1.0)), automatic=3.0)
    assert again(node) == node
    assert again(node).color == (0.0, 0.5, 1.0)


def test_values_are_made_plain() -> None:
    node = Everything(level=1, position=[1, 2, 3], mode="Fast", width=640.0)  # type: ignore[arg-type]
    assert (node.level, node.position, node.mode, node.width) == (1.0, (1.0, 2.0, 3.0), Mode.Fast, 640)
    assert [type(number) for number in node.position] == [float] * 3
    assert type(node.width) is int


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"level": 1.5}, "level", "1.5 is above the largest allowed value 1"),
        ({"mode": "fast"}, "mode", "'fast' is not one of Fast, Exact; did you mean 'Fast'?"),
        ({"max_slice": "1"}, "maxSlice", "'1' is not a whole number"),
        ({"position": [1, 2]}, "position", "[1, 2] is not a list of 3 numbers"),
    ],
)
def test_a_wrong_value_fails_when_the_node_is_built(fields: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(FieldError) as raised:
        Everything(**fields)
    assert (raised.value.node, raised.value.connector, raised.value.message) == ("", place, message)


def test_text_is_read_as_the_field_says() -> None:
    spec = Everything.declaration.fields["level"]
    assert spec.from_text("0.25") == 0.25
    with pytest.raises(FieldError, match=r"^level: 'much' is not a number$"):
        spec.from_text("much")


def test_an_unknown_field_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'levle'"):
        Everything(levle=1)  # type: ignore[call-arg]


def test_most_nodes_depend_on_nothing_outside_the_network() -> None:
    assert Plain().stamp() == ""


# --- what is asked


def test_a_method_gets_what_it_names_and_no_more() -> None:
    available = {"in_image": INFO, "in_mask": None, "region": INFO.whole, "opened": "x"}
    assert ask(Everything(), "open", available) == "opened (1, 1, 4, 3, 2)"
    assert ask(Everything(), "describe", available) == {"outImage": INFO, "outPicture": INFO}
    assert ask(Everything(), "values", available) == {"max_slice": 3}


def test_a_question_that_is_not_answered_gives_none() -> None:
    assert ask(Everything(), "warnings", {}) is None
    assert ask(Plain(), "describe", {}) is None


def test_without_needs_the_region_grows_by_the_reach() -> None:
    region = INFO.whole.along("z", 1)
    found = needed(Everything(), {"region": region}, {"in_image": INFO})
    assert found == {"in_image": INFO.whole.along("z", 0, 3)}
    both = needed(Everything(), {"region": region}, {"in_image": INFO, "in_mask": INFO})
    assert set(both) == {"in_image", "in_mask"}


def test_needs_counts_only_for_connected_inputs_and_voxels() -> None:
    region = INFO.whole.along("z", 1)
    assert needed(Chooser(), {"region": region}, {"in_image": INFO}) == {"in_image": region.along("z", 0)}
    nothing = INFO.whole.along("z", 1, 1)
    found = needed(Chooser(), {"region": nothing}, {"in_image": INFO, "in_mask": INFO})
    assert found == {"in_image": nothing.along("z", 0)}


def test_computed_voxels_must_be_what_was_declared() -> None:
    region = INFO.whole.along("z", 0)
    voxels = np.zeros(region.shape, np.int16)
    made = checked_voxels(voxels, INFO, region)
    assert (made.info, made.region) == (INFO, region)
    assert checked_voxels(made, INFO, region).voxels is made.voxels
    with pytest.raises(ValueError, match="voxels are float64, but int16 was declared"):
        checked_voxels(voxels.astype(float), INFO, region)
    with pytest.raises(ValueError, match="do not fill"):
        checked_voxels(voxels, INFO, INFO.whole)


# --- what fails at import

HEAD = """
    from nodeeditor import Choice, Image, Input, Node, Output, Region, Trigger, field

    class Wrong(Node):
"""
FLOW = """
        '''Help.'''
        in_image = Input(Image, "An image.")
        out_image = Output(Image, "The result.")
        def describe(self, in_image): ...
        def compute(self, region, in_image): ...
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pass", "Wrong: Wrong has no help text"),
        ("'''   '''", "Wrong: Wrong has no help text"),
        ("'''Help.'''\n        in_image = Input(Image, '')", "Wrong: inImage has no help text"),
        ("'''Help.'''\n        level: float = field(default=0.0, help=' ')", "Wrong: level has no help text"),
        ("'''Help.'''\n        level: float = 0.0", "Wrong.level is annotated but not declared with field"),
        ("'''Help.'''\n        level = field(default=0.0, help='x')", "'level' is a field but has no type annotation"),
        ("'''Help.'''\n        level: float = field(default='x', help='x')", "Wrong.level: 'x' is not a number"),
        (
            "'''Help.'''\n        level: float = field(default=2, maximum=1, help='x')",
            "Wrong.level: 2 is above the largest allowed value 1",
        ),
        ("'''Help.'''\n        level: list = field(default=None, help='x')", "Wrong.level: .* is no field type"),
        (
            "'''Help.'''\n        out_image = Output(Image, 'The result.')",
            "Wrong has an output, so it needs describe and compute",
        ),
        (
            "'''Help.'''\n        out = Output(Image, 'x')\n        def describe(self): ...",
            "Wrong has an output, so it needs describe and compute",
        ),
        (f"{FLOW}\n        def needs(self, in_mask): ...", "Wrong.needs asks for 'in_mask', which is not one of "),
        (f"{FLOW}\n        def values(self, region): ...", "Wrong.values asks for 'region'"),
        (f"{FLOW}\n        def warnings(self, output): ...", "Wrong.warnings asks for 'output'"),
        (f"{FLOW}\n        def needs(self, opened): ...", "Wrong.needs asks for 'opened'"),
        (f"{FLOW}\n        def open(self, opened): ...", "Wrong.open asks for 'opened'"),
        (f"{FLOW}\n        def needs(self, *others): ...", "Wrong.needs asks for 'others'"),
        ("'''Help.'''\n        effect = True", "Wrong: effect = True and perform go together"),
        ("'''Help.'''\n        def perform(self): ...", "Wrong: effect = True and perform go together"),
        (
            "'''Help.'''\n        size: int = field(default=0, read_only=True, help='x')",
            "Wrong: read-only fields and values go together",
        ),
        ("'''Help.'''\n        def values(self): ...", "Wrong: read-only fields and values go together"),
        (
            "'''Help.'''\n        level = Input(Image, 'x')\n        le_vel = Input(Image, 'x')\n"
            "        leVel: float = field(default=0.0, help='x')",
            "Wrong: an input, output or field has the name of another",
        ),
        (
            f"{FLOW}\n        outImage: int = field(default=0, help='x')",
            "Wrong: an input, output or field has the name of another",
        ),
        (
            "'''Help.'''\n        in_image = Input(Image, 'x')\n        inImage = Input(Image, 'y')",
            "Wrong: \\['inImage', 'in_image'\\] do not have different names in files",
        ),
        (
            "'''Help.'''\n        lut_c: int = field(default=0, help='x')\n"
            "        lutC: int = field(default=0, help='x')",
            "Wrong: \\['lutC', 'lut_c'\\] do not have different names in files",
        ),
    ],
)
def test_a_wrong_declaration_fails_at_import(body: str, message: str) -> None:
    code = textwrap.dedent(HEAD) + textwrap.indent(textwrap.dedent(f"        {body.lstrip()}"), "    ")
    with pytest.raises(TypeError, match=message):
        exec(compile(code, "third_party.py", "exec", dont_inherit=True), {"__name__": __name__})


def test_an_abstract_base_is_not_checked_before_it_is_complete() -> None:
    class Unfinished(Node, abstract=True):
        out_image = Output(Image, "The result.")

    assert Unfinished.abstract
    with pytest.raises(TypeError, match="Finished has an output, so it needs describe and compute"):

        class Finished(Unfinished):
            """Help."""


def test_a_base_does_not_lend_its_help() -> None:
    with pytest.raises(TypeError, match="Silent has no help text"):

        class Silent(Everything):
            pass
