"""Types of fields: what they take, how strictly they read text, and how their values travel."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.fields import (
    BoolType,
    Choice,
    Color,
    DoubleType,
    EnumType,
    FieldType,
    FileName,
    IntegerType,
    Matrix,
    StringType,
    Trigger,
    TriggerType,
    Vector2,
    Vector3,
    Vector4,
    Vector6,
    VectorType,
    converted,
    convertible,
    field_type,
    file_spelling,
    title,
)


class Mode(Choice):
    Fast = "as fast as can be"
    Exact = "Exact"


class OtherMode(Choice):
    Exact = "exactly"
    Rough = "roughly"


BOOL, INTEGER, DOUBLE, STRING, TRIGGER = BoolType(), IntegerType(), DoubleType(), StringType(), TriggerType()
ENUM, OTHER_ENUM = EnumType(Mode), EnumType(OtherMode)
VECTOR3, COLOR, MATRIX = VectorType(3), VectorType(3, color=True), VectorType(16)
AUTO = IntegerType(minimum=0, maximum=9, optional=True)
AUTO_DOUBLE = DoubleType(minimum=-1, optional=True)
AUTO_VECTOR = VectorType(3, optional=True)

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    BOOL: st.booleans(),
    INTEGER: st.integers(-(10**39), 10**39),
    AUTO: st.none() | st.integers(0, 9),
    DOUBLE: DOUBLES,
    AUTO_DOUBLE: st.none() | st.floats(-1, 1e300),
    STRING: st.text(),
    StringType(file=True): st.text(),
    ENUM: st.sampled_from(Mode),
    OTHER_ENUM: st.sampled_from(OtherMode),
    VECTOR3: st.tuples(*[DOUBLES] * 3),
    VectorType(2): st.tuples(*[DOUBLES] * 2),
    AUTO_VECTOR: st.none() | st.tuples(*[DOUBLES] * 3),
    COLOR: st.tuples(*[st.floats(0, 1)] * 3),
    MATRIX: st.tuples(*[DOUBLES] * 16),
    TRIGGER: st.just(Trigger.idle),
}
ALL_TYPES = list(VALUES)
TYPED_VALUES = st.sampled_from(ALL_TYPES).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))


def exactly(message: str) -> str:
    return rf"\A{re.escape(message)}\Z"


def same(one: Any, other: Any) -> bool:
    return bool(one == other) and type(one) is type(other)


# --- laws over all types


@given(TYPED_VALUES)
def test_a_value_in_words_reads_back(drawn: tuple[FieldType, Any]) -> None:
    kind, value = drawn
    assert same(kind.from_text(kind.to_text(value)), value)


@given(TYPED_VALUES)
def test_a_value_survives_json(drawn: tuple[FieldType, Any]) -> None:
    kind, value = drawn
    saved = json.loads(json.dumps(kind.to_json(value)))
    assert same(kind.value(saved), value)
    assert same(kind.value(value), value)
    hash(kind.value(saved))


@given(TYPED_VALUES)
def test_a_value_obeys_its_schema(drawn: tuple[FieldType, Any]) -> None:
    kind, value = drawn
    jsonschema.Draft202012Validator(kind.schema()).validate(kind.to_json(value))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | DOUBLES | st.text(max_size=4) | st.sampled_from(["Fast", "Exact", "1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(ALL_TYPES), JSON)
def test_the_schema_takes_just_what_the_type_takes(kind: FieldType, given_value: Any) -> None:
    try:
        kind.value(given_value)
        taken = True
    except ValueError:
        taken = False
    assert jsonschema.Draft202012Validator(kind.schema()).is_valid(given_value) == taken


@given(st.sampled_from(ALL_TYPES), st.sampled_from(ALL_TYPES), st.data())
def test_a_conversion_gives_a_value_of_the_target_or_says_no(
    source: FieldType, target: FieldType, data: st.DataObject
) -> None:
    value = data.draw(VALUES[source])
    try:
        made = converted(value, source, target)
    except ValueError as error:
        assert str(error)
        return
    assert same(target.value(made), made)
    assert convertible(source, target) or isinstance(source, TriggerType)


# --- each type: what it takes and what it refuses


@pytest.mark.parametrize(
    ("kind", "given_value", "value"),
    [
        (BOOL, True, True),
        (INTEGER, 5, 5),
        (INTEGER, 5.0, 5),
        (INTEGER, -0.0, 0),
        (AUTO, None, None),
        (AUTO, 0, 0),
        (AUTO, 9.0, 9),
        (DOUBLE, 5, 5.0),
        (DOUBLE, -0.25, -0.25),
        (AUTO_DOUBLE, None, None),
        (AUTO_VECTOR, None, None),
        (AUTO_VECTOR, [1, 2, 3], (1.0, 2.0, 3.0)),
        (AUTO_DOUBLE, -1, -1.0),
        (STRING, " a\nb ", " a\nb "),
        (ENUM, "Fast", Mode.Fast),
        (ENUM, Mode.Exact, Mode.Exact),
        (VECTOR3, [1, 2.5, -3], (1.0, 2.5, -3.0)),
        (VECTOR3, (1, 2, 3), (1.0, 2.0, 3.0)),
        (COLOR, [0, 0.5, 1], (0.0, 0.5, 1.0)),
        (TRIGGER, None, Trigger.idle),
        (TRIGGER, Trigger.idle, Trigger.idle),
    ],
)
def test_a_type_takes_its_values(kind: FieldType, given_value: Any, value: Any) -> None:
    made = kind.value(given_value)
    assert same(made, value)
    if isinstance(value, tuple):
        assert {type(number) for number in made} == {float}


@pytest.mark.parametrize(
    ("kind", "given_value", "message"),
    [
        (BOOL, 1, "1 is not true or false"),
        (BOOL, "TRUE", "'TRUE' is not true or false"),
        (BOOL, None, "None is not true or false"),
        (INTEGER, True, "True is not a whole number"),
        (INTEGER, 1.5, "1.5 is not a whole number"),
        (INTEGER, math.inf, "inf is not a whole number"),
        (INTEGER, math.nan, "nan is not a whole number"),
        (INTEGER, "1", "'1' is not a whole number"),
        (INTEGER, None, "None is not a whole number"),
        (AUTO, -1, "-1 is below the smallest allowed value 0"),
        (AUTO, 10, "10 is above the largest allowed value 9"),
        (IntegerType(maximum=16777215), 16777216, "16777216 is above the largest allowed value 16777215"),
        (DOUBLE, True, "True is not a number"),
        (DOUBLE, "1", "'1' is not a number"),
        (DOUBLE, None, "None is not a number"),
        (DOUBLE, math.nan, "nan is not a finite number"),
        (DOUBLE, -math.inf, "-inf is not a finite number"),
        pytest.param(DOUBLE, 10**400, f"1{'0' * 56}… is not a finite number", id="400 digits"),
        (AUTO_DOUBLE, -1.5, "-1.5 is below the smallest allowed value -1"),
        (DoubleType(maximum=0.5), 1, "1 is above the largest allowed value 0.5"),
        (STRING, 1, "1 is not a text"),
        (STRING, None, "None is not a text"),
        (ENUM, "fast", "'fast' is not one of Fast, Exact; did you mean 'Fast'?"),
        (ENUM, "Rough", "'Rough' is not one of Fast, Exact"),
        (ENUM, "as fast as can be", "'as fast as can be' is not one of Fast, Exact"),
        (ENUM, OtherMode.Exact, "<OtherMode.Exact: 'exactly'> is not one of Fast, Exact"),
        (ENUM, 1, "1 is not one of Fast, Exact"),
        (ENUM, ["Fast"], "['Fast'] is not one of Fast, Exact"),
        (VECTOR3, [1, 2], "[1, 2] is not a list of 3 numbers"),
        (VECTOR3, "1 2 3", "'1 2 3' is not a list of 3 numbers"),
        (VECTOR3, {"a": 1, "b": 2, "c": 3}, "{'a': 1, 'b': 2, 'c': 3} is not a list of 3 numbers"),
        (VECTOR3, [1, 2, "3"], "'3' is not a number"),
        (VECTOR3, [1, 2, math.inf], "inf is not a finite number"),
        (COLOR, [999, -5, 0], "999 is above the largest allowed value 1"),
        (COLOR, [0, -5, 0], "-5 is below the smallest allowed value 0"),
        (MATRIX, [0] * 30, f"[{'0, ' * 18}0,… is not a list of 16 numbers"),
        (TRIGGER, True, "a trigger has no value"),
        (TRIGGER, "", "a trigger has no value"),
    ],
)
def test_a_type_says_why_it_refuses_a_value(kind: FieldType, given_value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=exactly(message)):
        kind.value(given_value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (BOOL, "TRUE", True),
        (BOOL, " yes ", True),
        (BOOL, "On", True),
        (BOOL, "1", True),
        (BOOL, "false", False),
        (BOOL, "no", False),
        (BOOL, "OFF", False),
        (BOOL, "0", False),
        (INTEGER, " +5 ", 5),
        (INTEGER, "-007", -7),
        (AUTO, "", None),
        (AUTO, " Auto ", None),
        (AUTO, "3", 3),
        (DOUBLE, "5", 5.0),
        (DOUBLE, "5.", 5.0),
        (DOUBLE, "-.5e+1", -5.0),
        (DOUBLE, "1E3", 1000.0),
        (AUTO_DOUBLE, "auto", None),
        (AUTO_VECTOR, "auto", None),
        (AUTO_VECTOR, "1 2 3", (1.0, 2.0, 3.0)),
        (AUTO_DOUBLE, "0.5", 0.5),
        (STRING, " auto ", " auto "),
        (ENUM, "Exact", Mode.Exact),
        (VECTOR3, "1 2.5 -3", (1.0, 2.5, -3.0)),
        (VECTOR3, " 1, 2,3\n", (1.0, 2.0, 3.0)),
        (COLOR, "0 .5 1", (0.0, 0.5, 1.0)),
        (TRIGGER, "", Trigger.idle),
    ],
)
def test_text_is_read(kind: FieldType, text: str, value: Any) -> None:
    assert same(kind.from_text(text), value)


@pytest.mark.parametrize("text", ["1_000", "١٢", "²", "0x10", "1 2", "--1", "1.0", "1e3", "", "auto", "inf", "1" * 41])
def test_a_whole_number_is_read_strictly(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number"):
        INTEGER.from_text(text)


@pytest.mark.parametrize(
    "text", ["1_000.0", "inf", "-Infinity", "nan", "NaN", "١٢", "1,5", "1e", "e5", ".", "0x1p3", "1 2", "", "auto"]
)
def test_a_number_is_read_strictly(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        DOUBLE.from_text(text)
    with pytest.raises(ValueError, match="is not a"):
        VECTOR3.from_text(f"0 0 {text}")


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (BOOL, "2", "'2' is not true or false"),
        (BOOL, "", "'' is not true or false"),
        (BOOL, "ON!", "'ON!' is not true or false"),
        (DOUBLE, "1e999", "inf is not a finite number"),
        (AUTO, "10", "10 is above the largest allowed value 9"),
        (AUTO, "automatic", "'automatic' is not a whole number"),
        (ENUM, "Exakt", "'Exakt' is not one of Fast, Exact; did you mean 'Exact'?"),
        (VECTOR3, "1 2", "'1 2' is not a list of 3 numbers"),
        (VECTOR3, "", "'' is not a list of 3 numbers"),
        (VECTOR3, "1 2 auto", "'auto' is not a number"),
        (COLOR, "0 0 1.5", "1.5 is above the largest allowed value 1"),
        (TRIGGER, "x", "a trigger has no value"),
    ],
)
def test_text_that_is_no_value_is_refused_in_words(kind: FieldType, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=exactly(message)):
        kind.from_text(text)


@pytest.mark.parametrize(
    ("kind", "value", "text", "saved"),
    [
        (BOOL, True, "TRUE", True),
        (BOOL, False, "FALSE", False),
        (INTEGER, 5, "5", 5),
        (AUTO, None, "auto", None),
        (DOUBLE, 60.0, "60", 60.0),
        (DOUBLE, 0.1, "0.1", 0.1),
        (DOUBLE, 1e20, "1e+20", 1e20),
        (AUTO_DOUBLE, None, "auto", None),
        (STRING, "a b", "a b", "a b"),
        (ENUM, Mode.Fast, "Fast", "Fast"),
        (VECTOR3, (1.0, 2.5, -3.0), "1 2.5 -3", [1.0, 2.5, -3.0]),
        (TRIGGER, Trigger.idle, "", None),
    ],
)
def test_a_value_has_one_form_in_words_and_one_in_the_file(kind: FieldType, value: Any, text: str, saved: Any) -> None:
    assert kind.to_text(value) == text
    assert same(kind.to_json(value), saved)


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (BOOL, {"type": "boolean"}),
        (INTEGER, {"type": "integer"}),
        (AUTO, {"type": ["integer", "null"], "minimum": 0, "maximum": 9}),
        (DOUBLE, {"type": "number"}),
        (AUTO_DOUBLE, {"type": ["number", "null"], "minimum": -1}),
        (STRING, {"type": "string"}),
        (ENUM, {"enum": ["Fast", "Exact"]}),
        (VECTOR3, {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}),
        (
            COLOR,
            {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 3, "maxItems": 3},
        ),
        (TRIGGER, {"type": "null"}),
    ],
)
def test_a_type_has_a_schema(kind: FieldType, schema: dict[str, Any]) -> None:
    assert kind.schema() == schema


def test_types_have_mevislabs_names() -> None:
    assert [kind.name for kind in (BOOL, INTEGER, DOUBLE, STRING, ENUM, TRIGGER)] == (
        "Bool Integer Double String Enum Trigger".split()
    )
    assert [VectorType(length).name for length in (2, 3, 4, 6, 16)] == "Vector2 Vector3 Vector4 Vector6 Matrix".split()
    assert COLOR.name == "Color"


def test_a_choice_is_its_name_in_words() -> None:
    assert str(Mode.Fast) == "Fast"


# --- from annotations


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (bool, BOOL),
        (int, INTEGER),
        (float, DOUBLE),
        (str, STRING),
        (int | None, IntegerType(optional=True)),
        (None | float, DoubleType(optional=True)),
        (FileName, StringType(file=True)),
        (Color, COLOR),
        (Matrix, MATRIX),
        (Trigger, TRIGGER),
        (Mode, ENUM),
        (Vector2, VectorType(2)),
        (Vector3, VECTOR3),
        (Vector4, VectorType(4)),
        (Vector6, VectorType(6)),
    ],
)
def test_an_annotation_tells_the_type(annotation: Any, kind: FieldType) -> None:
    assert field_type(annotation) == kind


def test_bounds_are_the_types() -> None:
    assert field_type(int, 0, 9) == IntegerType(0, 9)
    assert field_type(float | None, minimum=-1) == AUTO_DOUBLE


@pytest.mark.parametrize(
    "annotation",
    [list, bytes, complex, tuple, tuple[int, int], tuple[float, ...], str | None, int | str | None, Mode | None, None],
)
def test_other_annotations_are_no_field_types(annotation: Any) -> None:
    with pytest.raises(TypeError, match="is no field type"):
        field_type(annotation)


# --- along parameter connections


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (True, BOOL, INTEGER, 1),
        (True, BOOL, DOUBLE, 1.0),
        (2.9, DOUBLE, INTEGER, 2),
        (-2.9, DOUBLE, INTEGER, -2),
        (0.5, DOUBLE, BOOL, True),
        (0, INTEGER, BOOL, False),
        (3, INTEGER, DOUBLE, 3.0),
        (3, INTEGER, AUTO, 3),
        (None, AUTO, AUTO_DOUBLE, None),
        (None, AUTO, STRING, "auto"),
        ("auto", STRING, AUTO, None),
        (1.5, DOUBLE, STRING, "1.5"),
        ("1.5", STRING, DOUBLE, 1.5),
        ("yes", STRING, BOOL, True),
        ("1 2 3", STRING, VECTOR3, (1.0, 2.0, 3.0)),
        (Mode.Fast, ENUM, STRING, "Fast"),
        ("Fast", STRING, ENUM, Mode.Fast),
        (Mode.Exact, ENUM, OTHER_ENUM, OtherMode.Exact),
        (Mode.Exact, ENUM, ENUM, Mode.Exact),
        ((0.0, 0.5, 1.0), VECTOR3, COLOR, (0.0, 0.5, 1.0)),
        ("a", STRING, StringType(file=True), "a"),
        (5, INTEGER, TRIGGER, Trigger.idle),
        (Trigger.idle, TRIGGER, TRIGGER, Trigger.idle),
    ],
)
def test_a_value_is_converted_along_a_connection(
    value: Any, source: FieldType, target: FieldType, expected: Any
) -> None:
    assert convertible(source, target)
    assert same(converted(value, source, target), expected)


@pytest.mark.parametrize(
    ("value", "source", "target", "message"),
    [
        (None, AUTO, INTEGER, "its source is automatic, no number"),
        (None, AUTO_DOUBLE, BOOL, "its source is automatic, no number"),
        (10, INTEGER, AUTO, "10 is above the largest allowed value 9"),
        pytest.param(10**400, INTEGER, DOUBLE, "is not a finite number", id="400 digits"),
        ("1_0", STRING, INTEGER, "'1_0' is not a whole number"),
        (Mode.Fast, ENUM, OTHER_ENUM, "'Fast' is not one of Exact, Rough"),
        ((0.0, 2.0, 0.0), VECTOR3, COLOR, "2 is above the largest allowed value 1"),
    ],
)
def test_a_value_that_does_not_fit_the_target_is_refused_in_words(
    value: Any, source: FieldType, target: FieldType, message: str
) -> None:
    assert convertible(source, target)
    with pytest.raises(ValueError, match=message):
        converted(value, source, target)


def test_which_types_may_be_connected() -> None:
    numbers = {BOOL, INTEGER, AUTO, DOUBLE, AUTO_DOUBLE}
    texts = {STRING, StringType(file=True)}
    enums = {ENUM, OTHER_ENUM}
    threes = {VECTOR3, COLOR, AUTO_VECTOR}
    for source in ALL_TYPES:
        for target in ALL_TYPES:
            if source == TRIGGER:
                expected = target == TRIGGER
            else:
                expected = (
                    target in (TRIGGER, source)
                    or bool({source, target} & texts)
                    or any({source, target} <= kind for kind in (numbers, enums, threes))
                )
            assert convertible(source, target) == expected, (source, target)


# --- names


@pytest.mark.parametrize(
    ("name", "spelling", "label"),
    [
        ("comparison_operator", "comparisonOperator", "Comparison Operator"),
        ("synch_LUTs", "synchLUTs", "Synch LUTs"),
        ("lut1c", "lut1c", "Lut1c"),
        ("a00", "a00", "A00"),
        ("in_image1", "inImage1", "In Image1"),
        ("threshold", "threshold", "Threshold"),
        ("user_condition_true_value", "userConditionTrueValue", "User Condition True Value"),
    ],
)
def test_names_are_spelled_as_in_mevislab(name: str, spelling: str, label: str) -> None:
    assert file_spelling(name) == spelling
    assert title(spelling) == label
