"""A batch does for every study what a run does, says what came of each, and never lets one harm another."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from nodeeditor.batch.results import table
from nodeeditor.batch.studies import Study
from nodeeditor.batch.work import Outcome
from nodeeditor.cli import main
from nodeeditor.errors import NodeError
from nodeeditor.network import Network, NodeSpec

from ..macrosamples import INNER, OUTER, write_all
from .batchsamples import (
    CONNECTIONS,
    MASKED,
    NODES,
    SAVING,
    hazardous,
    image,
    listed,
    masked,
    masking,
    ran,
    rows,
    saved,
    statuses,
    voxels,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


EACH = ("--each", "L.name=in/*.nii.gz", "--out", "out")


def batch(network: str, *arguments: str, jobs: str = "1") -> int:
    return main(["batch", network, *arguments, "--jobs", jobs])


def test_every_study_is_done_as_a_run_does_it(folder: Path) -> None:
    network = masking(folder, "anna bert cleo")
    assert batch(network, *EACH, *MASKED, "--set", "T.threshold=90", jobs="2") == 0
    assert listed(folder / "out") == [
        *(f"{name}/{file}" for name in ("anna", "bert", "cleo") for file in ("masked.nii.gz", "provenance.json")),
        "results.csv",
    ]
    for name in ("anna", "bert", "cleo"):
        settings = ["--set", f"L.name=in/{name}.nii.gz", "--set", "T.threshold=90"]
        assert main(["run", network, *settings, "--output", "M.output0=run.nii.gz"]) == 0
        assert (folder / "out" / name / "masked.nii.gz").read_bytes() == (folder / "run.nii.gz").read_bytes()
        expected = masked(folder / "in" / f"{name}.nii.gz", 90)
        assert np.array_equal(voxels(folder / "out" / name / "masked.nii.gz"), expected)


def test_without_further_wishes_a_study_gets_what_a_run_writes_into_a_folder(folder: Path) -> None:
    nodes = {"L": NodeSpec("LocalImage"), "M": NodeSpec("Threshold"), "V": NodeSpec("View2D")}
    network = saved(Network(nodes, {"M.input0": "L.outImage", "V.inImage": "M.output0"}), folder / "n.mlab.json")
    image(folder / "in" / "anna.nii.gz", 3)
    assert batch(network, *EACH) == 0
    assert main(["run", network, "--set", "L.name=in/anna.nii.gz", "--out", "run"]) == 0
    assert len(listed(folder / "run")) == 2
    for file in listed(folder / "run"):
        assert (folder / "out" / "anna" / file).read_bytes() == (folder / "run" / file).read_bytes()
    assert len(listed(folder / "out" / "anna")) == 3


def test_the_table_has_a_row_a_study_in_their_order_with_the_values(folder: Path) -> None:
    network = masking(folder, "cleo anna bert")
    assert batch(network, *EACH, "--value", "I.sizeZ", "--value", "I.worldMatrix", "--value", "T.threshold") == 0
    found = rows(folder / "out")
    assert list(found) == ["anna", "bert", "cleo"]
    assert [row["I.sizeZ"] for row in found.values()] == ["5", "6", "4"]
    assert [row["T.threshold"] for row in found.values()] == ["60.0"] * 3
    assert json.loads(found["anna"]["I.worldMatrix"])[0] == 1.5
    assert all(row["status"] == "done" and row["message"] == "" and float(row["seconds"]) > 0 for row in found.values())


def test_a_table_sweeps_through_settings(folder: Path) -> None:
    network = masking(folder, "anna")
    (folder / "s.csv").write_text("id,L.name,T.threshold\nlow,in/anna.nii.gz,20\nhigh,in/anna.nii.gz,150\n")
    assert batch(network, "--table", "s.csv", "--out", "out", *MASKED) == 0
    for name, threshold in (("low", 20), ("high", 150)):
        expected = masked(folder / "in" / "anna.nii.gz", threshold)
        assert np.array_equal(voxels(folder / "out" / name / "masked.nii.gz"), expected)


def test_a_table_of_ids_is_enough_where_the_files_are_called_so(folder: Path) -> None:
    network = masking(folder, "anna bert")
    (folder / "s.csv").write_text("id\nbert\nanna\n")
    named = ["--set", "L.name=$(NETWORK)/in/$(ID).nii.gz"]
    assert batch(network, "--table", "s.csv", "--out", "out", *named, *MASKED) == 0
    for name in ("anna", "bert"):
        expected = masked(folder / "in" / f"{name}.nii.gz")
        assert np.array_equal(voxels(folder / "out" / name / "masked.nii.gz"), expected)


def test_what_is_inside_macros_is_done_for_every_study(folder: Path) -> None:
    network = str(write_all(folder))
    (folder / "s.csv").write_text("id,First.level\nlow,20\nhigh,33\n")
    arguments = ["--table", "s.csv", "--out", "out", "--output", "First.result=made.nii"]
    assert batch(network, *arguments) == 0
    for name, level in (("low", 20), ("high", 33)):
        assert main(["run", network, "--set", f"First.level={level}", "--output", "First.result=run.nii"]) == 0
        assert (folder / "out" / name / "made.nii").read_bytes() == (folder / "run.nii").read_bytes()
    inside = folder / "Keep.mlab"
    inside.write_text(inside.read_text().replace("background = 5", "mode = MaskedOriginalInv"))
    before = (folder / "out" / "low" / "made.nii").read_bytes()
    assert batch(network, *arguments, "--resume") == 0
    assert main(["run", network, "--set", "First.level=20", "--output", "First.result=run.nii"]) == 0
    assert (folder / "out" / "low" / "made.nii").read_bytes() == (folder / "run.nii").read_bytes() != before


def test_the_values_of_macros_are_those_of_the_study(folder: Path) -> None:
    network = str(write_all(folder))
    (folder / "s.csv").write_text("id,First.level,First.how,First.own\nlow,20,Less,TRUE\nas it is,,,\n")
    values = [word for end in ("First.level", "First.how", "First.own") for word in ("--value", end)]
    assert batch(network, "--table", "s.csv", "--out", "out", *values) == 0
    assert {
        name: [row[f"First.{one}"] for one in ("level", "how", "own")] for name, row in rows(folder / "out").items()
    } == {
        "low": ["20.0", "Less", "true"],
        "as it is": ["40.0", "Greater", "false"],
    }


def test_studies_that_a_macro_would_save_into_one_file_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = write_all(folder)
    saving = "module ImageSave { fields { instanceName = Save filename = $(NETWORK)/all.mha } }"
    linked = INNER.replace("connections  {", f"{saving}\nconnections  {{\n  Save.input0 = Mask.output0")
    (folder / "Keep.mlab").write_text(linked)
    one = OUTER[: OUTER.rindex("module Keep")]
    network.write_text(f"{one}connections {{ First.image = Load.output0 }}")
    (folder / "s.csv").write_text("id,First.level\nlow,20\nhigh,33\n")
    assert batch(str(network), "--table", "s.csv", "--out", "out") == 2
    assert capsys.readouterr().err == (
        f"First: study high: inside, Save.filename: is written to {folder}/all.mha, "
        "as First/Save.filename of study low is; put $(ID) into the name\n"
    )


def test_folders_of_dicom_files_are_studies(folder: Path) -> None:
    network = masking(folder, "anna bert")
    for name in ("anna", "bert"):
        source = ["--set", f"L.name=in/{name}.nii.gz", "--output", f"L.outImage=dicom/{name}"]
        (folder / "dicom").mkdir(exist_ok=True)
        assert main(["run", network, *source]) == 0
    assert batch(network, "--each", "L.name=dicom", "--out", "out", *MASKED) == 0
    for name in ("anna", "bert"):
        expected = masked(folder / "in" / f"{name}.nii.gz")
        assert np.array_equal(voxels(folder / "out" / name / "masked.nii.gz"), expected)


def test_a_bad_study_does_not_stop_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna bert cleo")
    (folder / "in" / "bert.nii.gz").write_text("hello")
    assert batch(network, *EACH, *MASKED) == 1
    out, err = capsys.readouterr()
    message = "L: bert.nii.gz is not an image I know (begins with 'hello')"
    assert err == f"bert: {message}\n"
    assert out == f"3 studies: 2 done, 1 failed; see {folder / 'out' / 'results.csv'}\n"
    assert statuses(folder / "out") == {"anna": "done", "bert": "failed", "cleo": "done"}
    assert rows(folder / "out")["bert"]["message"] == message
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["anna", "cleo", "results.csv"]


def test_developers_see_where_a_study_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    (folder / "in" / "anna.nii.gz").write_text("hello")
    assert batch(network, *EACH, *MASKED, "--traceback") == 1
    assert capsys.readouterr().err.splitlines()[1] == "Traceback (most recent call last):"


def test_a_place_where_nothing_can_be_written_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    (folder / "out").write_text("a file")
    assert batch(network, *EACH, *MASKED) == 2
    assert capsys.readouterr().err == f"{folder}/out cannot be made: File exists\n"
    (folder / "there" / "results.csv").mkdir(parents=True)
    assert batch(network, *EACH[:-1], "there", *MASKED, "--force") == 2
    assert capsys.readouterr().err == f"{folder}/there/results.csv cannot be written: Is a directory\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is a thing of Linux")
def test_a_table_on_a_full_disk_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    (folder / "out").mkdir()
    (folder / "out" / "results.csv").symlink_to("/dev/full")
    assert batch(network, *EACH, *MASKED, "--force") == 2
    assert capsys.readouterr().err == f"{folder}/out/results.csv cannot be written: No space left on device\n"


def test_a_table_that_cannot_be_written_any_more_ends_the_batch(folder: Path) -> None:
    anna, bert = (Outcome(Study(name, name), "done") for name in ("anna", "bert"))
    file = folder / "out" / "results.csv"
    file.parent.mkdir()
    message = rf"^{re.escape(str(file))} cannot be written any more: No such file or directory$"
    with pytest.raises(NodeError, match=message), table(file, [anna.study, bert.study], []) as add:
        add(anna)
        assert list(rows(file.parent)) == ["anna"]
        file.unlink()
        file.parent.rmdir()
        add(bert)


def test_a_folder_without_a_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        batch("n.mlab.json", "--each", "L.name=in", "--out", "")
    assert left.value.code == 2
    assert capsys.readouterr().err == (
        "nodeeditor batch: argument --out: the name of the folder is empty; see nodeeditor batch --help\n"
    )


def test_a_study_whose_folder_cannot_be_made_fails_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna bert")
    (folder / "out").mkdir()
    (folder / "out" / "anna").write_text("a file")
    assert batch(network, *EACH, *MASKED) == 1
    assert capsys.readouterr().err == f"anna: {folder}/out/anna cannot be written: File exists\n"
    assert statuses(folder / "out") == {"anna": "failed", "bert": "done"}


def test_what_is_odd_about_a_network_is_said_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    masking(folder, "anna bert")
    nodes = {**NODES, "T": NodeSpec("Threshold", {"treshold": 5})}
    network = saved(Network(nodes, CONNECTIONS), folder / "n.mlab.json")
    assert batch(network, *EACH, *MASKED) == 0
    assert capsys.readouterr().err == (
        "warning: T.treshold: Threshold has no such field; it is kept; did you mean 'threshold'?\n"
    )


def test_a_file_name_that_follows_another_field_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image(folder / "in" / "anna.nii.gz", 1)
    connections = {**SAVING.connections, "S.filename": "L.name"}
    network = saved(Network(SAVING.nodes, connections), folder / "n.mlab.json")
    assert batch(network, *EACH, "--value", "L.status") == 2
    assert capsys.readouterr().err == "S.filename: study anna: follows L.name; in a batch it has to be set itself\n"


def test_a_wrong_limit_of_memory_is_no_study_s_fault(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = masking(folder, "anna bert")
    monkeypatch.setenv("NODEEDITOR_CACHE", "much")
    assert batch(network, *EACH, *MASKED) == 2
    assert capsys.readouterr().err == "NODEEDITOR_CACHE is 'much', not a number of MiB\n"
    assert not (folder / "out").exists()


def test_a_study_that_fails_at_one_output_keeps_the_others_but_is_not_done(folder: Path) -> None:
    network = masking(folder, "anna")
    assert batch(network, *EACH, "--output", "M.output0=m.mha", "--output", "L.outImage=x.png") == 1
    assert listed(folder / "out") == ["anna/m.mha", "results.csv"]
    assert rows(folder / "out")["anna"]["message"].startswith("L.outImage: x.png could not be written: PNG cannot hold")


def test_warnings_are_said_and_are_in_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    (folder / "in" / "anna.nii.gz").rename(folder / "in" / "anna.mha")
    assert batch(network, "--each", "L.name=in", "--out", "out", *MASKED) == 0
    assert capsys.readouterr().err == "warning: anna: L: is named .mha but holds NIfTI\n"
    assert rows(folder / "out")["anna"]["message"] == "warning: L: is named .mha but holds NIfTI"


def test_what_a_network_saves_lies_in_the_folder_of_the_study(folder: Path) -> None:
    network = saved(SAVING, folder / "n.mlab.json")
    for seed, name in enumerate(("anna", "bert")):
        image(folder / "in" / f"{name}.nii.gz", seed)
    assert batch(network, *EACH, "--value", "L.status") == 0
    assert batch(network, *EACH, "--force", "--value", "L.status", "--set", "S.filename=sub/of $(ID).mha") == 0
    assert listed(folder / "out" / "anna") == ["provenance.json", "sub/of anna.mha"]
    for name in ("anna", "bert"):
        written = voxels(folder / "out" / name / "sub" / f"of {name}.mha")
        assert np.array_equal(written, voxels(folder / "in" / f"{name}.nii.gz"))


def test_a_full_name_may_lead_elsewhere(folder: Path) -> None:
    network = saved(SAVING, folder / "n.mlab.json")
    image(folder / "in" / "anna.nii.gz", 1)
    assert batch(network, *EACH, "--value", "L.status", "--set", f"S.filename={folder}/all/$(ID).mha") == 0
    assert batch(network, *EACH, "--force", "--value", "L.status", "--set", "S.filename=$(NETWORK)/its/$(ID).mha") == 0
    assert listed(folder / "all") == ["anna.mha"]
    assert listed(folder / "its") == ["anna.mha"]


def test_names_with_blanks_signs_and_other_scripts_stay_in_the_folder(folder: Path) -> None:
    names = ["a b", "ünï", "患者", "-x", "..dots", "=1+1", "a;b,c", "$(HOME)"]
    network = saved(SAVING, folder / "n.mlab.json")
    lines = ["id,L.name"]
    for seed, name in enumerate([*names, "../up", "/etc"]):
        image(folder / "in" / f"{seed}.mha", seed)
        lines.append(f'"{name}",in/{seed}.mha')
    (folder / "s.csv").write_text("\n".join(lines), encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    arguments = ["--table", "s.csv", "--out", "out", "--value", "L.status", "--set", "S.filename=$(ID).mha"]
    assert batch(network, *arguments) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([*before, "out"])
    found = rows(folder / "out")
    assert list(found) == [*names, "../up", "/etc"]
    assert len([file for file in listed(folder / "out") if file.endswith(".mha")]) == 10


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--value", "L.status", "--set", "S.filename={folder}/x.mha"],
         "S.filename: study bert: is written to {folder}/x.mha, as S.filename of study anna is; "
         "put $(ID) into the name"),
        (["--value", "L.status", "--set", "S.filename=../x.mha"],
         "S.filename: study anna: ../x.mha leads out of the folder of the study; $(ID) stands for its name"),
        (["--value", "L.status", "--set", "S.filename={folder}/in/bert.nii.gz"],
         "S.filename: study bert: would be written to {folder}/in/bert.nii.gz, which L.name reads; "
         "choose another file"),
        (["--output", "L.outImage=a.mha", "--output", "L.outImage=./a.mha"],
         "L.outImage: study anna: would be written to {folder}/out/anna/a.mha, as L.outImage is; choose another file"),
        (["--output", "L.outImage=/x.mha"],
         "L.outImage: study anna: /x.mha leads out of the folder of the study; $(ID) stands for its name"),
        (["--output", "L.outImage=provenance.json"],
         "L.outImage: study anna: would be written to {folder}/out/anna/provenance.json, the record of the study"),
        (["--output", "L.out=x.mha"], "L.out: there is no output of that name; it has outImage"),
        (["--value", "L.state"], "L.state: LocalImage has no such field; did you mean 'status'?"),
        (["--value", "L"], "'L' is not of the form Node.field"),
        (["--set", "L.nam=x"], "L.nam: LocalImage has no such field; did you mean 'name'?"),
        (["--path", "A-B=x"], "--path A-B=x: is not of the form NAME=FOLDER"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_before_anything_is_run(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    network = saved(SAVING, folder / "n.mlab.json")
    for seed, name in enumerate(("anna", "bert")):
        image(folder / "in" / f"{name}.nii.gz", seed)
    before = {file: (folder / file).read_bytes() for file in listed(folder)}
    assert batch(network, *EACH, *(text.format(folder=folder) for text in arguments)) == 2
    assert capsys.readouterr().err.splitlines()[0] == line.format(folder=folder)
    assert {file: (folder / file).read_bytes() for file in listed(folder)} == before


def test_a_file_that_another_study_reads_is_not_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = saved(SAVING, folder / "n.mlab.json")
    for name in "ab":
        image(folder / f"{name}.mha", 1)
    (folder / "s.csv").write_text(f"L.name,S.filename\na.mha,{folder}/b.mha\nb.mha,x.mha\n")
    assert batch(network, "--table", "s.csv", "--out", "out", "--value", "L.status") == 2
    assert capsys.readouterr().err == (
        f"S.filename: study a: would be written to {folder}/b.mha, which L.name of study b reads; choose another file\n"
    )


def test_a_wrong_network_is_told_and_nothing_is_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image(folder / "in" / "a.nii.gz", 1)
    network = saved(Network({"L": NodeSpec("LocalImage"), "T": NodeSpec("Threshold")}), folder / "n.mlab.json")
    assert batch(network, *EACH) == 2
    assert capsys.readouterr().err == "T.input0: nothing is connected to this input\n"
    assert not (folder / "out").exists()


def test_a_batch_that_is_there_is_not_begun_anew_by_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    assert batch(network, *EACH, *MASKED) == 0
    before = (folder / "out" / "anna" / "masked.nii.gz").stat().st_mtime_ns
    assert batch(network, *EACH, *MASKED) == 2
    assert "is there already; --resume goes on with it, --force begins anew" in capsys.readouterr().err
    assert (folder / "out" / "anna" / "masked.nii.gz").stat().st_mtime_ns == before
    assert batch(network, *EACH, *MASKED, "--force") == 0
    assert (folder / "out" / "anna" / "masked.nii.gz").stat().st_mtime_ns > before


def test_a_dry_run_says_what_it_would_do_and_does_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna bert")
    assert batch(network, *EACH, *MASKED, "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: L.name={folder}/in/{name}.nii.gz -> {folder}/out/{name}" for name in ("anna", "bert")
    ]
    assert not (folder / "out").exists()


def test_a_dry_run_says_what_is_done_already(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna")
    assert batch(network, *EACH, *MASKED) == 0
    image(folder / "in" / "bert.nii.gz", 1)
    capsys.readouterr()
    assert batch(network, *EACH, *MASKED, "--resume", "--dry-run") == 0
    anna, bert = capsys.readouterr().out.splitlines()
    assert anna.startswith("anna (done before): L.name=")
    assert bert.startswith("bert: L.name=")
    assert batch(network, *EACH, *MASKED, "--resume", "--dry-run", "--json") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events == [
        {"event": "study", "id": name, "status": status, "folder": f"{folder}/out/{name}",
         "settings": {"L.name": f"{folder}/in/{name}.nii.gz"}}
        for name, status in (("anna", "kept"), ("bert", "waiting"))
    ]  # fmt: skip


def test_machines_hear_an_object_a_study(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = masking(folder, "anna bert")
    (folder / "in" / "bert.nii.gz").write_text("hello")
    assert batch(network, *EACH, *MASKED, "--value", "I.sizeX", "--json", "--profile") == 1
    anna, bert, profile, whole = map(json.loads, capsys.readouterr().out.splitlines())
    assert {**anna, "seconds": 0} == {
        "event": "study", "id": "anna", "status": "done", "seconds": 0, "errors": [], "warnings": [],
        "values": {"I.sizeX": 6}, "files": [str(folder / "out" / "anna" / "masked.nii.gz")],
    }  # fmt: skip
    message = "bert.nii.gz is not an image I know (begins with 'hello')"
    assert (bert["id"], bert["status"]) == ("bert", "failed")
    assert bert["errors"] == [{"node": "L", "connector": "", "message": message}]
    assert {entry["node"] for entry in profile["nodes"]} == {"L", "T", "M", "I", "M.output0, written"}
    assert whole == {
        "event": "batch", "done": 1, "failed": 1, "kept": 0, "table": str(folder / "out" / "results.csv"),
    }  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_a_study_that_kills_its_process_fails_alone(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, "id,H.deadly\na,no\nb,yes\nc,no\nd,no\n")
    done = ran([*call, "--jobs", "2"], environment)
    assert done.returncode == 1
    assert done.stderr == "b: its process was ended by SIGKILL (out of memory?)\n"
    assert statuses(tmp_path / "out") == {"a": "done", "b": "failed", "c": "done", "d": "done"}
    assert listed(tmp_path / "out") == [
        *(f"{name}/{file}" for name in "acd" for file in ("out.bin", "provenance.json")),
        "results.csv",
    ]
    assert not (tmp_path / "out" / "b").exists()


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are a thing of POSIX")
def test_one_line_on_a_terminal_tells_how_far_it_is(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, "id,H.seconds\na,0.5\nb,0.5\nc,0.5\n")
    leader, follower = pty.openpty()
    with subprocess.Popen([*call, "--jobs", "1"], stderr=follower, stdout=subprocess.PIPE, env=environment) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:  # how Linux says that nobody writes to a terminal any more
                break
            shown += part
        assert process.wait() == 0
    os.close(leader)
    text = shown.decode()
    assert re.search(r"\r\x1b\[K[█░]{20} 2 of 3 studies  \d[\d.e+]*/min, \d+ s left", text)
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_nothing_is_drawn_when_nobody_looks(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, "id,H.seconds\na,0.3\n")
    assert ran(call, environment).stderr == ""


def test_the_number_of_jobs_is_a_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        batch("n.mlab.json", *EACH, jobs="0")
    assert left.value.code == 2
    assert capsys.readouterr().err == (
        "nodeeditor batch: argument --jobs: '0' is not a number from 1 up; see nodeeditor batch --help\n"
    )
