"""A table of studies is read as its author means it, and everything wrong in it is named with its line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodeeditor.batch.studies import Study
from nodeeditor.batch.table import listed
from nodeeditor.errors import NetworkError
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()
NETWORK = Network(
    {"L": NodeSpec("LocalImage"), "T": NodeSpec("Threshold"), "S": NodeSpec("ImageSave")},
    {"T.input0": "L.outImage", "S.input0": "T.output0"},
)


def studies(folder: Path, content: str | bytes, name: str = "studies.csv") -> list[Study]:
    table = folder / name
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    return listed(table, NETWORK, LIBRARY)


def problems(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(NetworkError) as raised:
        studies(folder, content)
    return [str(problem) for problem in raised.value.problems]


EXPECTED = [
    ("anna", 60.0, "a.nii"),
    ("bert", 1.5, "sub/b, or c.nii"),
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.csv", 'id,T.threshold,L.name\nanna,60,a.nii\nbert,1.5,"sub/b, or c.nii"\n'),
        ("s.csv", 'ID;T.threshold;L.name\r\nanna;60;a.nii\r\n\r\nbert;1.5;"sub/b, or c.nii"\r\n'),
        ("s.tsv", "\ufeffid\tT.threshold\tL.name\nanna\t60\ta.nii\nbert\t1.5\tsub/b, or c.nii"),
        ("s.csv", '"id","T.threshold","L.localname"\n anna , 60 ,a.nii\n,,\nbert,1.5,"sub/b, or c.nii"\n'),
    ],
)
def test_a_row_is_a_study_and_a_column_a_field(tmp_path: Path, name: str, content: str) -> None:
    assert studies(tmp_path, content, name) == [
        Study(one, one, (("T", "threshold", value), ("L", "name", str(tmp_path / file))))
        for one, value, file in EXPECTED
    ]


def test_files_that_are_written_start_elsewhere_than_at_the_table(tmp_path: Path) -> None:
    (study,) = studies(tmp_path, "id,L.name,S.filename\na,$(DATA)/x.nii,masks/$(ID).nii\n")
    assert study.settings == (("L", "name", "$(DATA)/x.nii"), ("S", "filename", "masks/$(ID).nii"))


def test_an_empty_cell_leaves_a_field_as_the_network_has_it(tmp_path: Path) -> None:
    (study,) = studies(tmp_path, "id,L.name,T.threshold\na,x.nii,\n")
    assert [name for _, name, _ in study.settings] == ["name"]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("L.name\na/x.nii.gz\nb/y.nii.gz\n", ["x", "y"]),
        ("L.name,T.threshold\nx.nii,1\nx.nii,2\n", ["x-1", "x-2"]),
        ("T.threshold\n1\n2\n", ["line-2", "line-3"]),
    ],
)
def test_without_ids_studies_are_called_after_their_files(tmp_path: Path, content: str, names: list[str]) -> None:
    assert [study.name for study in studies(tmp_path, content)] == names


def test_a_cell_may_hold_several_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, 'id,L.name,L.series\na,x.nii,"two\nlines"\nb,y.nii,z,more\n') == [
        "studies.csv, line 4: has 4 cells, not 3 as the first line"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "id,L.nam,age,X.name,L.status,T.threshold,T.Threshold\na,1,2,3,4,5,6\n",
            [
                "L.nam: studies.csv, line 1: LocalImage has no such field; did you mean 'name'?",
                "studies.csv, line 1: column 3 is called 'age'; a column is called Node.field, or id",
                "X: studies.csv, line 1: there is no node of that name; the network has L, S, T",
                "L.status: studies.csv, line 1: cannot be set",
                "studies.csv, line 1: there is a second column T.Threshold",
            ],
        ),
        (
            "id,L.name,T.threshold\na,,1\nb,x.nii,many\n,y.nii,2\nB,z.nii,3\nb/,w.nii,4\n\nb_,w.nii,4,\nc,v.nii\n",
            [
                "L.name: studies.csv, line 2: the file name is missing",
                "T.threshold: studies.csv, line 3: 'many' is not a number",
                "studies.csv, line 4: the id is missing",
                "studies.csv, line 8: has 4 cells, not 3 as the first line",
                "studies.csv, line 9: has 2 cells, not 3 as the first line",
                "studies.csv, line 5: the id 'B' would share a folder with 'b' of line 3; choose another one",
                "studies.csv, line 8: the id 'b_' would share a folder with 'b/' of line 6; choose another one",
            ],
        ),
        ("id,L.name\na,x\na,y\n", ["studies.csv, line 3: the id 'a' is that of line 2, too; choose another one"]),
        ("idd,L.name\na,x\n", ["studies.csv, line 1: column 1 is called 'idd'; did you mean 'id'?"]),
        ("id,L.name\n", ["{table} lists no study"]),
        ("", ["{table} is empty; its first line has to name the columns: Node.field, or id"]),
        ("id,L.name\n".encode("utf-16"), ["{table} is UTF-16; save it as CSV in UTF-8"]),
        ("id,L.name\na,x\nä,y\n".encode("latin-1"), ["{table}, line 3: is not UTF-8; save it as CSV in UTF-8"]),
        ('id,L.name\na,"x\n', ["{table}, line 2: unexpected end of data"]),
    ],
)
def test_everything_wrong_is_named_with_its_line(tmp_path: Path, content: str | bytes, expected: list[str]) -> None:
    assert problems(tmp_path, content) == [line.format(table=tmp_path / "studies.csv") for line in expected]


@pytest.mark.skipif(os.sep != "/", reason="where folders are divided by backslashes, these are right")
def test_a_table_of_another_system_is_told_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "odd\\name.nii").write_text("x")
    assert problems(tmp_path, "id,L.name\na,in\\a.nii\nb,odd\\name.nii\nc,C:\\c.nii\nd,in/d.nii\n") == [
        "L.name: studies.csv, line 2: in\\a.nii is not there; folders are divided by / here, not by \\",
        "L.name: studies.csv, line 4: C:\\c.nii is not there; folders are divided by / here, not by \\",
    ]


def test_of_many_problems_the_first_ones_are_told(tmp_path: Path) -> None:
    told = problems(tmp_path, "id,L.name\n" + "a,x\n" * 5000)
    assert len(told) == 21
    assert told[-1] == "studies.csv: 4979 more problems"


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"nowhere\.csv cannot be read: No such file"):
        listed(tmp_path / "nowhere.csv", NETWORK, LIBRARY)
