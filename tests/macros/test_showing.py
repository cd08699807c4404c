"""A macro shows one end more or less of its inside: its script changes there, and every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.errors import FormatError
from nodeeditor.library import Library
from nodeeditor.macro import Interface
from nodeeditor.macros.showing import name_problem, names_of, part_of, with_end, without_end
from nodeeditor.mlab import loads
from nodeeditor.mlab.script import interface, with_shown, without_shown, written

from ..macrosamples import INNER, SCRIPT
from .test_making import interfaces

LIBRARY = Library.installed()
INSIDE = loads(INNER, LIBRARY)


def shown_as(script: bytes, part: str, name: str) -> tuple[str, ...]:
    told = interface(script)
    return {"Inputs": told.inputs, "Outputs": told.outputs, "Parameters": told.parameters}[part].get(name, ())


@pytest.mark.parametrize(
    ("part", "end"), [("Inputs", "Mask.input1"), ("Outputs", "Compare.output0"), ("Parameters", "Mask.background")]
)
def test_one_more_end_is_three_lines_more(part: str, end: str) -> None:
    changed = with_end(SCRIPT.encode(), INSIDE, LIBRARY, end, part, "more").decode()
    added = f"    Field more {{\n      internalName = {end}\n    }}\n"
    assert changed.count(added) == 1
    assert SCRIPT in (changed.replace(added, ""), changed.replace(f"\n{added}  ", ""))  # a block of lines, or of one
    assert shown_as(changed.encode(), part, "more") == (end,)


def test_an_end_goes_with_the_lines_of_its_field_alone() -> None:
    line = "    Field level { internalName = Compare.threshold }\n"
    assert without_end(SCRIPT.encode(), INSIDE, LIBRARY, "Compare.threshold").decode() == SCRIPT.replace(line, "")
    changed = without_end(SCRIPT.encode(), INSIDE, LIBRARY, "Compare.input0").decode()
    assert changed == SCRIPT.replace("Field image { internalName = Compare.input0 type = Image }", "")
    assert interface(changed).inputs == {"image": ("Mask.input0",)}


def test_of_a_field_with_several_ends_one_goes() -> None:
    script = "Interface { Inputs { Field a {\n  internalName = A.x\n  internalName = B.y\n} } }"
    assert without_shown(script.encode(), {"A.x"}) == script.replace("  internalName = A.x\n", "").encode()


@pytest.mark.parametrize(
    "script", ["", "Window { }\n", "Interface { }", "Interface {\n}\n", 'Interface { Inputs = "" }']
)
def test_a_section_that_is_not_there_is_begun(script: str) -> None:
    assert interface(with_shown(script.encode(), "Inputs", "image", "A.b")).inputs == {"image": ("A.b",)}


@pytest.mark.parametrize(("newline", "encoding"), [("\r\n", "utf-8"), ("\n", "latin-1"), ("\r\n", "latin-1")])
def test_line_ends_and_encoding_stay(newline: str, encoding: str) -> None:
    script = ("// Grüße\n" + SCRIPT).replace("\n", newline).encode(encoding)
    changed = with_end(script, INSIDE, LIBRARY, "Mask.background", "Parameters", "more")
    assert (
        changed.replace(
            f"    Field more {{{newline}      internalName = Mask.background{newline}    }}{newline}".encode(), b""
        )
        == script
    )


def test_the_names_are_those_of_the_file() -> None:
    inside = loads("module ImageLoad { fields { instanceName = Load filename = a.nii } }\n", LIBRARY)
    changed = with_end(b"", inside, LIBRARY, "Load.name", "Parameters", "file")
    assert interface(changed).parameters == {"file": ("Load.filename",)}
    assert interface(without_end(changed, inside, LIBRARY, "Load.name")) == Interface()


def test_what_is_no_script_is_refused() -> None:
    with pytest.raises(FormatError, match="line 1, column 1"):
        with_end(b"Interface {", INSIDE, LIBRARY, "Mask.background", "Parameters", "more")


@given(interfaces(), st.sampled_from(["Inputs", "Outputs", "Parameters"]))
def test_shown_and_hidden_again_is_the_same_script(before: Interface, part: str) -> None:
    script = written(before).encode()
    changed = with_shown(script, part, "brand_new", "Some.end")
    assert without_shown(changed, {"Some.end"}) == script
    assert names_of(interface(changed), "Some.end") == ["brand_new"]


@pytest.mark.parametrize("name", ["", "a b", "1st", "image", "result", "own", "instanceName", "a.b", "n" * 101])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    assert name_problem(interface(SCRIPT), name)
    assert not name_problem(interface(SCRIPT), "fresh")


def test_connectors_and_fields_are_listed_where_they_belong() -> None:
    declared = LIBRARY["Threshold"].declaration
    assert [part_of(declared, name) for name in ("input0", "output0", "threshold")] == [
        "Inputs", "Outputs", "Parameters",
    ]  # fmt: skip
