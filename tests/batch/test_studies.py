"""Studies are found or named as their user means it, and no name leads out of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeeditor.batch.patterns import found
from nodeeditor.batch.studies import Study, distinct, folded, folder_name
from nodeeditor.errors import NetworkError
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

LIBRARY = Library.installed()
NETWORK = Network(
    {"L": NodeSpec("LocalImage"), "K": NodeSpec("LocalImage"), "T": NodeSpec("Threshold")},
    {"T.input0": "L.outImage"},
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with some files."""
    for name in (
        "t1/anna.nii.gz", "t1/bert.nii.gz", "masks/mask_anna.mha", "masks/mask_bert.mha", "masks/notes.txt",
        "dicom/1.2.840.10/1", "dicom/1.2.840.11/1", "deep/p1/a/t1.nii", "deep/p2/t1.nii", ".hidden/x", "twins/a.mhd",
        "twins/a.raw",
    ):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*texts: str) -> list[str]:
    return [study.name for study in studies(*texts)]


def studies(*texts: str) -> list[Study]:
    return found(texts, NETWORK, LIBRARY, Paths(), Path.cwd() / "out")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L.name=t1/*.nii.gz", ["anna", "bert"]),
        ("L.name=t1", ["anna", "bert"]),
        ("L.name=t1/anna.nii.gz", ["anna"]),
        ("L.name=t1/?ert*", ["bert"]),
        ("L.name=t1/[!b]*", ["anna"]),
        ("L.name=dicom", ["1.2.840.10", "1.2.840.11"]),
        ("L.name=dicom/*", ["1.2.840.10", "1.2.840.11"]),
        ("L.name=deep/*/t1.nii", ["p2"]),
        ("L.name=deep/**/t1.nii", ["p1_a", "p2"]),
        ("L.name=*/mask_*.mha", ["masks_mask_anna", "masks_mask_bert"]),
        ("L.name=twins", ["a-1", "a-2"]),
        ("L.localname=t1/a*", ["anna"]),
    ],
)
def test_studies_are_called_after_what_the_pattern_finds(folder: Path, text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_study_knows_the_full_name_of_its_file(folder: Path) -> None:
    assert studies("L.name=t1/../t1/a*")[0].settings == (("L", "name", str(folder / "t1" / "anna.nii.gz")),)


def test_files_belong_together_where_wildcards_stand_for_the_same(folder: Path) -> None:
    pairs = studies("L.name=t1/*.nii.gz", "K.name=masks/mask_*.mha")
    assert [[Path(value).name for _, _, value in study.settings] for study in pairs] == [
        ["anna.nii.gz", "mask_anna.mha"],
        ["bert.nii.gz", "mask_bert.mha"],
    ]


def test_what_belongs_to_nothing_is_named(folder: Path) -> None:
    (folder / "masks" / "mask_bert.mha").unlink()
    with pytest.raises(NetworkError) as raised:
        studies("L.name=t1/*.nii.gz", "K.name=masks/mask_*.mha")
    assert str(raised.value) == (
        f"K.name: its pattern finds nothing that belongs to 1 of L.name: {folder / 't1' / 'bert.nii.gz'}"
    )


def test_a_path_variable_may_begin_a_pattern(folder: Path) -> None:
    texts = ["L.name=$(DATA)/*.nii.gz"]
    there = Paths(Path.cwd(), {"DATA": str(folder / "t1")})
    assert [study.name for study in found(texts, NETWORK, LIBRARY, there, folder / "out")] == ["anna", "bert"]


def test_results_in_the_folder_of_the_studies_are_no_study(folder: Path) -> None:
    (folder / "t1" / "out").mkdir()
    assert [one.name for one in found(["L.name=t1"], NETWORK, LIBRARY, Paths(), folder / "t1" / "out")] == [
        "anna",
        "bert",
    ]


@pytest.mark.parametrize("text", ["L.name=.", "L.name=*/*", "L.name=**/*.nii.gz", "L.name=t1", "L.name=t1/*/*.nii.gz"])
def test_what_a_batch_wrote_is_no_study_of_the_next_one(folder: Path, text: str) -> None:
    (folder / "t1" / "more").mkdir()
    (folder / "t1" / "more" / "cleo.nii.gz").write_text("x")
    out = folder / "t1" / "out"
    before = found([text], NETWORK, LIBRARY, Paths(), out)
    (out / "anna").mkdir(parents=True)
    for name in ("results.csv", "anna/masked.nii.gz", "anna/provenance.json"):
        (out / name).write_text("x")
    link = folder.with_name(f"{folder.name}-link")
    link.symlink_to(folder)
    assert found([text], NETWORK, LIBRARY, Paths(), link / "t1" / "out") == before


def test_studies_are_not_looked_for_among_the_results(folder: Path) -> None:
    for text, out in (("L.name=t1", "t1"), ("L.name=t1/*.nii.gz", "t1"), ("L.name=**/*.nii.gz", ".")):
        with pytest.raises(
            NetworkError, match=r"^L\.name: its pattern searches .*, the folder for the results; choose"
        ):
            found([text], NETWORK, LIBRARY, Paths(), folder / out)
    assert [one.name for one in found(["L.name=t1/*.nii.gz"], NETWORK, LIBRARY, Paths(), folder)] == ["anna", "bert"]


def test_a_link_that_leads_back_finds_nothing_twice(folder: Path) -> None:
    (folder / "deep" / "p1" / "back").symlink_to(folder / "deep")
    (folder / "deep" / "p3").symlink_to(folder / "deep" / "p2")
    assert names("L.name=deep/**/t1.nii") == ["p1_a", "p2", "p3"]


def test_a_pattern_finds_the_built_in_images(folder: Path) -> None:
    assert names("L.name=$(DemoDataPath)/BrainMultiModal/*.dcm") == ["ProbandT1", "ProbandT2"]


def test_two_patterns_for_one_field_are_refused(folder: Path) -> None:
    with pytest.raises(NetworkError) as raised:
        studies("L.name=t1/anna*", "K.name=t1/*", "L.localname=t1/bert*")
    assert str(raised.value) == ("L.name: has two patterns; studies that one does not find can be listed in a table")


def test_a_pattern_may_begin_at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.chdir("/")
    assert names("L.name=~/t1/*.nii.gz") == ["anna", "bert"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("L.name", "'L.name' is not of the form Node.field=PATTERN"),
        ("L=x", "'L=x' is not of the form Node.field=PATTERN"),
        ("X.name=x", "X: there is no node of that name"),
        ("L.nam=x", "L.nam: LocalImage has no such field; did you mean 'name'?"),
        ("T.threshold=x", "T.threshold: holds no file name, so no pattern; studies that differ in it need a table"),
        ("L.status=x", "L.status: cannot be set"),
        ("L.name=nowhere/*.nii", "L.name: {folder}/nowhere/*.nii finds no file or folder"),
        ("L.name=empty", "L.name: {folder}/empty is an empty folder"),
        ("L.name=" + 300 * "x", "L.name: {folder}/" + 300 * "x" + " cannot be read: File name too long"),
        ("L.name=$(NOWHERE)/*", "L.name: the path variable $(NOWHERE) is not set"),
    ],
)
def test_a_wrong_pattern_is_told_in_one_line(folder: Path, text: str, message: str) -> None:
    with pytest.raises(NetworkError) as raised:
        studies(text)
    assert str(raised.value).startswith(message.format(folder=folder))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("case 1", "case 1"), ("Fäßchen", "Fäßchen"), ("../up", "_.._up"), ("..", "_"), ("", "_"), ("/etc/x", "_etc_x"),
        ("C:\\x", "C__x"), ("a/b", "a_b"), ("nul", "_nul"), ("CON.txt", "_CON.txt"), ("console", "console"),
        ("Results.CSV", "_Results.CSV"), ("x. ", "x"), (".git", "_.git"), ("a\nb\x00\u202ec", "a_b__c"),
        ("$(HOME)", "_(HOME)"), ("-rf", "-rf"), ("\udcff", "_"), ("a\u0308", "ä"),
    ],
)  # fmt: skip
def test_any_name_makes_one_folder(name: str, expected: str) -> None:
    assert folder_name(name) == expected


@given(st.text())
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    made = folder_name(name)
    assert Path("out", made).parent == Path("out")
    assert made not in (".", "..")
    assert len(made.encode()) < 120


def test_long_names_stay_different() -> None:
    made = {folder_name("ä" * 200 + end) for end in "ab"}
    assert len(made) == 2


@given(st.lists(st.text("aAbB-1./", max_size=3), max_size=8))
def test_no_two_studies_share_a_folder_on_any_system(names: list[str]) -> None:
    made = distinct(names)
    assert len({folded(name) for name in made}) == len(names)
