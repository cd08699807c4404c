"""What was done is kept through any end of a batch, and is done again only where something changed."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

import nodeeditor
from nodeeditor.cli import main

from .batchsamples import MASKED, SAVING, hazardous, image, listed, masked, masking, ran, rows, saved, statuses, voxels

EACH = ("--each", "L.name=in/*.nii.gz", "--out", "out", "--jobs", "1")
NAMES = "anna bert cleo"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def resumed(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., set[str]]:
    """A batch that was done once; call it for another time, to hear which studies are done then."""
    network = masking(folder, NAMES)
    assert main(["batch", network, *EACH, *MASKED]) == 0

    def again(*arguments: str, status: int = 0) -> set[str]:
        capsys.readouterr()
        assert main(["batch", network, *EACH, *(arguments or MASKED), "--resume", "--json"]) == status
        events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert len(events) == 4
        return {event["id"] for event in events if event.get("status") in ("done", "failed")}

    return again


def test_what_is_done_is_kept(folder: Path, resumed: Callable[..., set[str]]) -> None:
    before = {file: (folder / file).stat().st_mtime_ns for file in listed(folder) if not file.endswith("results.csv")}
    table = (folder / "out" / "results.csv").read_bytes()
    assert resumed() == set()
    assert {file: (folder / file).stat().st_mtime_ns for file in before} == before
    assert (folder / "out" / "results.csv").read_bytes() == table


def test_a_row_that_is_kept_still_warns(folder: Path) -> None:
    network = masking(folder, "anna")
    (folder / "in" / "anna.nii.gz").rename(folder / "in" / "anna.mha")
    call = ["batch", network, "--each", "L.name=in", "--out", "out", *MASKED]
    assert main(call) == 0
    table = (folder / "out" / "results.csv").read_bytes()
    assert b"warning: L: is named .mha but holds NIfTI" in table
    assert main([*call, "--resume"]) == 0
    assert (folder / "out" / "results.csv").read_bytes() == table


def test_a_changed_input_is_done_again(folder: Path, resumed: Callable[..., set[str]]) -> None:
    image(folder / "in" / "bert.nii.gz", 77)
    assert resumed() == {"bert"}
    assert np.array_equal(voxels(folder / "out" / "bert" / "masked.nii.gz"), masked(folder / "in" / "bert.nii.gz"))
    assert resumed() == set()


def test_a_new_input_is_done_and_the_others_are_kept(folder: Path, resumed: Callable[..., set[str]]) -> None:
    (folder / "in" / "anna.nii.gz").unlink()
    image(folder / "in" / "dora.nii.gz", 5)
    assert resumed() == {"dora"}
    assert list(rows(folder / "out")) == ["bert", "cleo", "dora"]


def test_another_setting_or_wish_is_done_anew(folder: Path, resumed: Callable[..., set[str]]) -> None:
    everything = set(NAMES.split())
    assert resumed("--set", "T.threshold=61", *MASKED) == everything
    assert resumed("--set", "T.threshold=61", *MASKED) == set()
    assert resumed("--set", "T.threshold=61", "--output", "M.output0=other.nii.gz") == everything
    assert listed(folder / "out" / "anna") == ["other.nii.gz", "provenance.json"]


def test_a_box_that_moved_changes_nothing(folder: Path, resumed: Callable[..., set[str]]) -> None:
    file = folder / "mask.mlab.json"
    content = json.loads(file.read_text())
    content["nodes"]["T"]["frame"] = [1, 2, 88, 72]
    file.write_text(json.dumps(content))
    assert resumed() == set()
    content["nodes"]["T"]["fields"]["threshold"] = 10
    file.write_text(json.dumps(content))
    assert resumed() == set(NAMES.split())


def test_a_file_that_is_gone_or_cut_off_is_made_again(folder: Path, resumed: Callable[..., set[str]]) -> None:
    (folder / "out" / "anna" / "masked.nii.gz").unlink()
    with (folder / "out" / "cleo" / "masked.nii.gz").open("r+b") as file:
        file.truncate(100)
    assert resumed() == {"anna", "cleo"}
    assert list(rows(folder / "out")) == NAMES.split()
    for name in NAMES.split():
        found = voxels(folder / "out" / name / "masked.nii.gz")
        assert np.array_equal(found, masked(folder / "in" / f"{name}.nii.gz"))


def test_what_failed_is_done_again_and_leaves_nothing_old(folder: Path, resumed: Callable[..., set[str]]) -> None:
    good = (folder / "in" / "bert.nii.gz").read_bytes()
    (folder / "in" / "bert.nii.gz").write_text("hello")
    assert resumed(status=1) == {"bert"}
    assert not (folder / "out" / "bert").exists()
    assert resumed(status=1) == {"bert"}
    (folder / "in" / "bert.nii.gz").write_bytes(good)
    assert resumed() == {"bert"}
    assert statuses(folder / "out") == dict.fromkeys(NAMES.split(), "done")


def test_a_record_that_is_damaged_or_of_somebody_else_counts_for_nothing(
    folder: Path, resumed: Callable[..., set[str]]
) -> None:
    (folder / "out" / "anna" / "provenance.json").write_text('{"format": "nodeeditor-provenance", "outputs": [{}]}')
    (folder / "out" / "bert" / "provenance.json").write_text("[" * 100_000)
    assert resumed() == {"anna", "bert"}


def test_a_second_file_that_belongs_to_an_input_counts_too(folder: Path) -> None:
    image(folder / "in" / "a.mhd", 1)
    network = saved(SAVING, folder / "n.mlab.json")
    call = ["batch", network, "--each", "L.name=in/*.mhd", "--out", "out", "--value", "L.status"]
    assert main(call) == 0
    raw = next((folder / "in").glob("*.*raw"))
    raw.write_bytes(bytes(raw.stat().st_size))
    assert main([*call, "--resume"]) == 0
    assert not voxels(folder / "out" / "a" / "copy.mha").any()


def test_what_a_dead_process_left_is_taken_away(folder: Path, resumed: Callable[..., set[str]]) -> None:
    left = folder / "out" / "anna" / "sub" / ".masked.nii.gz.x7.part"
    left.mkdir(parents=True)
    (left / "masked.nii.gz").write_text("half")
    (folder / "out" / "anna" / "masked.nii.gz").unlink()
    assert resumed() == {"anna"}
    assert listed(folder / "out" / "anna") == ["masked.nii.gz", "provenance.json"]


def test_only_what_the_record_lists_is_taken_away(folder: Path, resumed: Callable[..., set[str]]) -> None:
    (folder / "out" / "anna" / "notes.txt").write_text("mine")
    record = folder / "out" / "anna" / "provenance.json"
    told = json.loads(record.read_text())
    told["outputs"].append({"file": "../../mask.mlab.json"})
    record.write_text(json.dumps(told))
    assert resumed() == {"anna"}
    assert (folder / "out" / "anna" / "notes.txt").read_text() == "mine"
    assert (folder / "mask.mlab.json").exists()


def test_the_record_says_what_the_files_were_made_of(folder: Path, resumed: Callable[..., set[str]]) -> None:
    told = json.loads((folder / "out" / "anna" / "provenance.json").read_text())
    source = folder / "in" / "anna.nii.gz"
    assert told["network"]["file"] == str(folder / "mask.mlab.json")
    assert told["settings"] == {"L.name": str(source)}
    assert told["wanted"] == ["M.output0=masked.nii.gz"]
    assert [(one["field"], one["path"], one["size"]) for one in told["inputs"]] == [
        ("L.name", str(source), source.stat().st_size)
    ]
    assert [one["file"] for one in told["outputs"]] == ["masked.nii.gz"]
    assert told["versions"]["nodeeditor"] == nodeeditor.__version__
    assert told["versions"]["numpy"] == np.__version__
    assert told["versions"]["SimpleITK"] == sitk.Version.VersionString()
    assert told["network"]["sha256"] == hashlib.sha256((folder / "mask.mlab.json").read_bytes()).hexdigest()


TABLE = "id,H.seconds\na,0\nb,0\nc,{seconds}\nd,0\n"


def begun(
    folder: Path, call: list[str], environment: dict[str, str], *, ctrl_c: signal.Handlers = signal.SIG_DFL
) -> subprocess.Popen[bytes]:
    """A batch that runs, two studies done and the third one under way."""
    process = _started([*call, "--jobs", "1"], environment, ctrl_c)
    _until(process, lambda: any(folder.glob("out/c/.*.part/*")))
    return process


def _started(call: list[str], environment: dict[str, str], ctrl_c: signal.Handlers) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        call,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment,
        preexec_fn=partial(signal.signal, signal.SIGINT, ctrl_c),  # noqa: PLW1509  (there is one thread here)
    )


def _until(process: subprocess.Popen[bytes], is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_there() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def resumes(folder: Path, call: list[str], environment: dict[str, str]) -> None:
    """Check that a batch, whose third study is quick now, goes on where it was."""
    (folder / "studies.csv").write_text(TABLE.format(seconds=0))
    done = ran([*call, "--resume"], environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"4 studies: 2 done, 2 done before; see {folder / 'out' / 'results.csv'}\n"
    assert statuses(folder / "out") == dict.fromkeys("abcd", "done")


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_batch_keeps_what_was_done_and_leaves_nothing_half(tmp_path: Path, sign: signal.Signals) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=60))
    with begun(tmp_path, call, environment) as process:
        os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)
        assert process.stderr is not None
        assert process.stderr.read().decode() == "interrupted; --resume goes on from here\n"
        assert process.wait() == 130
    assert statuses(tmp_path / "out") == {"a": "done", "b": "done"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b", "results.csv"]
    resumes(tmp_path, call, environment)


def test_a_record_tells_of_the_network_as_it_was_when_the_batch_began(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=1))
    network = tmp_path / "hazard.mlab.json"
    before = hashlib.sha256(network.read_bytes()).hexdigest()
    with begun(tmp_path, call, environment) as process:
        network.write_text("{}")
        assert process.wait() == 0
    for name in "abcd":
        told = json.loads((tmp_path / "out" / name / "provenance.json").read_text())
        assert told["network"]["sha256"] == before


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.25])
def test_a_batch_that_is_interrupted_as_it_begins_says_so_alone(tmp_path: Path, seconds: float) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=60))
    with _started([*call, "--jobs", "2"], environment, signal.SIG_DFL) as process:
        _until(process, (tmp_path / "out" / "results.csv").exists)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read().decode() == "interrupted; --resume goes on from here\n"
        assert process.wait() == 130


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_a_batch_in_the_background_is_ended_too(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=60))
    with begun(tmp_path, call, environment, ctrl_c=signal.SIG_IGN) as process:
        process.terminate()
        assert process.stderr is not None
        assert process.stderr.read().decode() == "interrupted; --resume goes on from here\n"
        assert process.wait() == 130


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no lock that ends with its process")
def test_two_batches_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=60))
    with begun(tmp_path, call, environment) as process:
        table = (tmp_path / "out" / "results.csv").read_bytes()
        for way in ("--resume", "--force"):
            done = ran([*call, way], environment)
            assert done.returncode == 2
            assert done.stderr == (
                f"another batch is at work in {tmp_path / 'out'}; wait for its end, or choose another --out\n"
            )
        assert (tmp_path / "out" / "results.csv").read_bytes() == table
        assert list(tmp_path.glob("out/c/.*.part/*"))
        process.kill()
        process.wait()
    resumes(tmp_path, call, environment)


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked for as on Linux")
def test_a_killed_batch_keeps_what_was_done_and_ends_its_processes(tmp_path: Path) -> None:
    call, environment = hazardous(tmp_path, TABLE.format(seconds=60))
    with begun(tmp_path, call, environment) as process:
        process.kill()
        process.wait()
        assert process.stderr is not None
        assert process.stderr.read() == b""  # closed by the last of its processes
    assert statuses(tmp_path / "out") == {"a": "done", "b": "done"}
    assert not list(tmp_path.rglob("*.part"))
    resumes(tmp_path, call, environment)
