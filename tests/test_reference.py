"""The reference: every form of it tells of every field, input and output."""

from __future__ import annotations

import json

import pytest

from nodeeditor import Choice, Image, ImageInfo, Input, Node, Output, Trigger, Voxels, field
from nodeeditor.library import Library
from nodeeditor.reference import as_json, by_subject, markdown, overview, page

LIBRARY = Library.installed()


class Mode(Choice):
    Fast = "as fast as can be"
    Exact = "Exact"


class Example(Node):
    """Show how a page looks.

    A second paragraph, whose words are so many that they do not fit on one line of the page and have to be
    continued on a second one.
    """

    in_image = Input(Image, "The image.")
    in_mask = Input(Image, "The mask | or none.", optional=True)
    out_image = Output(Image, "The result.")
    level: float = field(default=60.0, unit="mm", help="A number.")
    mode: Mode = field(default=Mode.Exact, help="How.")
    label: str = field(default="", help="A text.")
    apply: Trigger = field(default=Trigger.idle, help="A button.")
    max_slice: int = field(default=0, read_only=True, help="The last slice.")

    def describe(self, in_image: ImageInfo) -> ImageInfo:
        return in_image

    def compute(self, in_image: Image) -> Voxels:
        return in_image.voxels

    def values(self, in_image: ImageInfo) -> dict[str, object]:
        return {"max_slice": 0}


class Silent(Node):
    """Has nothing to set."""


def test_a_page_looks_like_this() -> None:
    assert (
        page(Example)
        == """\
Example (Test reference)

Show how a page looks.

A second paragraph, whose words are so many that they do not fit on one line of the page and have to
be continued on a second one.

Inputs:
  inImage  Image. The image.
  inMask   Image, optional. The mask | or none.

Outputs:
  outImage  Image. The result.

Fields:
  level     Double, in mm, default 60. A number.
  mode      Enum, default Exact. How. One of Fast, Exact.
  label     String, default empty. A text.
  apply     Trigger. A button.
  maxSlice  Integer, read-only. The last slice."""
    )
    assert page(Silent) == "Silent (Test reference)\n\nHas nothing to set."


def test_markdown_looks_like_this() -> None:
    assert (
        markdown([Silent, Example])
        == f"""\
## Example

{Example.declaration.help}

| Inputs | | |
| --- | --- | --- |
| `inImage` | Image | The image. |
| `inMask` | Image, optional | The mask \\| or none. |

| Outputs | | |
| --- | --- | --- |
| `outImage` | Image | The result. |

| Fields | | |
| --- | --- | --- |
| `level` | Double, in mm, default 60 | A number. |
| `mode` | Enum, default Exact | How. One of Fast, Exact. |
| `label` | String, default empty | A text. |
| `apply` | Trigger | A button. |
| `maxSlice` | Integer, read-only | The last slice. |

## Silent

Has nothing to set.
"""
    )


def test_json_tells_it_to_machines() -> None:
    silent, example = sorted(json.loads(as_json([Silent, Example])), key=lambda one: len(one["type"]))
    assert silent == {
        "type": "Silent",
        "subject": "Test reference",
        "help": "Has nothing to set.",
        "effect": False,
        "inputs": [],
        "outputs": [],
        "fields": [],
    }
    assert example["inputs"][1] == {
        "name": "inMask",
        "kind": "Image",
        "optional": True,
        "help": "The mask | or none.",
    }
    assert example["outputs"] == [{"name": "outImage", "kind": "Image", "help": "The result."}]
    assert example["fields"][1] == {
        "name": "mode",
        "type": "Enum",
        "default": "Exact",
        "unit": "",
        "readOnly": False,
        "help": "How.",
        "schema": {"enum": ["Fast", "Exact"]},
    }
    assert example["fields"][4]["readOnly"]


@pytest.mark.parametrize("name", list(LIBRARY))
def test_every_form_names_every_field_input_and_output(name: str) -> None:
    node_type = LIBRARY[name]
    declared = node_type.declaration
    members = [*declared.inputs, *declared.outputs, *declared.fields]
    assert members
    lines = page(node_type).splitlines()
    assert lines[0] == f"{name} ({declared.subject})"
    assert max(map(len, lines)) <= 100
    for member in members:
        assert any(line.startswith(f"  {member} ") for line in lines), member
        assert f"\n| `{member}` | " in markdown([node_type])
    (told,) = json.loads(as_json([node_type]))
    assert [one["name"] for part in ("inputs", "outputs", "fields") for one in told[part]] == members
    assert told["help"] == declared.help
    assert " ".join(declared.help.split()) in " ".join(page(node_type).split())


def test_the_overview_names_every_node_type_once_under_its_subject() -> None:
    lines = overview(LIBRARY).splitlines()
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(names) == list(LIBRARY)
    assert [line for line in lines if not line.startswith("  ")] == [
        f"{subject}:" for subject in sorted({one.declaration.subject for one in LIBRARY.values()})
    ]
    assert max(map(len, lines)) <= 100
    assert overview(Library([])) == ""


def test_node_types_are_sorted_by_subject() -> None:
    assert by_subject([Silent, Example]) == {"Test reference": [Example, Silent]}
