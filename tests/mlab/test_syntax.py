"""MDL text: entries, values, and one clear sentence with line and column for everything else."""

from __future__ import annotations

import pytest

from nodeeditor.errors import FormatError
from nodeeditor.mlab.syntax import DEEPEST, MOST_ENTRIES, Entry, parse, quoted, spelled


def outline(entries: list[Entry]) -> list[object]:
    """Tags, values and blocks without their places."""
    return [(entry.tag, entry.value, None if entry.entries is None else outline(entry.entries)) for entry in entries]


def value(text: str) -> str | None:
    (entry,) = parse(f"tag = {text}\n")
    return entry.value


def test_an_entry_has_a_value_a_block_or_both() -> None:
    text = 'a = 1\nb {\n  c = "x"\n}\nwindow _default {\n}\nd = ""\ne two\n'
    assert outline(parse(text)) == [
        ("a", "1", None),
        ("b", None, [("c", "x", None)]),
        ("window", "_default", []),
        ("d", "", None),
        ("e", "two", None),
    ]


def test_entries_may_share_a_line_and_blocks_begin_on_the_next() -> None:
    assert outline(parse("m X { f { a = 1 b = 2 } }\nn\n{\n}")) == [
        ("m", "X", [("f", None, [("a", "1", None), ("b", "2", None)])]),
        ("n", None, []),
    ]


def test_a_template_holds_places_for_words() -> None:
    assert outline(parse("module ${name} { a = ${b.c} }\nd ${ e = 1 }")) == [
        ("module", "${name}", [("a", "${b.c}", None)]),
        ("d", "$", [("e", "1", None)]),
    ]


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "// MDL v1 utf8", "\ufeff// MDL v1 utf8\n"])
def test_a_text_without_entries_has_none(text: str) -> None:
    assert parse(text) == []


def test_comments_end_with_their_line() -> None:
    assert outline(parse("// one\na = 1 // two { }\nb { // three\n}\nc = http://x//y\n")) == [
        ("a", "1", None),
        ("b", None, []),
        ("c", "http://x//y", None),
    ]


def test_comments_of_scripts_are_comments_too() -> None:
    text = "# one {\na = 1 # two }\n/* three\n  } */ b /* four */ {\n  # five\n  c = #ff0000\n} /* six */ d = x#y\n"
    assert outline(parse(text)) == [("a", "1", None), ("b", None, [("c", "#ff0000", None)]), ("d", "x#y", None)]


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("$(NETWORK)/a.nii", "$(NETWORK)/a.nii"),
        ("größe", "größe"),
        ("${kind.name}.pdf", "${kind.name}.pdf"),
        ('"two words"', "two words"),
        ('"one\ntwo\r\nthree"', "one\ntwo\r\nthree"),
        (r'"a\\b"', r"a\b"),
        (r'"a\nb"', r"a\nb"),
        (r'"say \"a\""', 'say "a"'),
        ('"***"', "*"),
        ('"*say "a"*"', 'say "a"'),
        ('"*{ " } \\ = *"', '{ " } \\ = '),
        ('"*a**"', "a*"),
        ('"// no comment"', "// no comment"),
        ('@@py: say("a")\n# {@@', 'py: say("a")\n# {'),
        ("@@@@", ""),
        ("a@@b", "a@@b"),
    ],
)
def test_a_value_is_bare_quoted_or_raw(spelling: str, said: str) -> None:
    assert value(spelling) == said


@pytest.mark.parametrize(
    ("said", "spelling"),
    [
        ("Threshold", "Threshold"),
        ("-12.5e-06", "-12.5e-06"),
        ("$(DemoDataPath)/Bone.tiff", "$(DemoDataPath)/Bone.tiff"),
        ("", '""'),
        ("0 0 1", '"0 0 1"'),
        ("//share", '"//share"'),
        ("#share", '"#share"'),
        ("@@share@@", '"@@share@@"'),
        ("C:\\data", '"C:\\\\data"'),
        ("a=b", '"a=b"'),
        ("{", '"{"'),
        ("*", '"***"'),
        ('say "a"', '"*say "a"*"'),
    ],
)
def test_a_text_is_spelled_as_mevislab_does(said: str, spelling: str) -> None:
    assert spelled(said) == spelling
    assert value(spelling) == said


@pytest.mark.parametrize("said", ['"*"', '*"', '* "*" \\', '\\"*"', "12"])
def test_a_text_that_raw_cannot_hold_is_escaped(said: str) -> None:
    assert value(quoted(said)) == said


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{"format": "nodeeditor-network"}', 1, 1, "a name is expected, not '{'"),
        ("a = 1\n}\n", 2, 1, "this brace closes nothing"),
        ("a {\n  b = 1\n", 1, 1, "the block of 'a' is not closed; is the file complete?"),
        ('a = 1\nb = "never\nclosed', 2, 5, "this text is not closed"),
        ('a = "*raw"', 1, 5, "this text is not closed"),
        ("a = @@raw", 1, 5, "this text is not closed"),
        ("a = 1\n/* b = 2", 2, 1, "this comment is not closed"),
        ("a = /* b", 1, 5, "this comment is not closed"),
        ("a = 1\n  lonely\n", 2, 9, "a value or block is missing behind 'lonely'"),
        ("a = = 1\n", 1, 5, "a name is expected, not '='"),
        ("= 1", 1, 1, "a name is expected, not '='"),
        ("a = 1\0", 1, 6, "is no text: it holds a zero byte"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(FormatError) as raised:
        parse(text)
    assert (raised.value.line, raised.value.column, raised.value.message) == (line, column, message)


def test_nesting_is_limited_and_not_recursive() -> None:
    parse("a{" * DEEPEST + "}" * DEEPEST)
    with pytest.raises(FormatError, match=f"line 1, column {2 * DEEPEST + 2}: is nested more than {DEEPEST} levels"):
        parse("a{" * 100_000)


def test_the_number_of_entries_is_limited() -> None:
    with pytest.raises(FormatError, match=f"line {MOST_ENTRIES + 1}, column 1: holds more than"):
        parse("a{}\n" * (MOST_ENTRIES + 1))
