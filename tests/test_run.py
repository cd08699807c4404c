"""A run does all of its work, tells what it should, and never writes over what it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor.cli import main
from nodeeditor.engine import Engine
from nodeeditor.errors import Cancelled
from nodeeditor.file import dumps
from nodeeditor.formats import load
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from nodeeditor.paths import Paths
from nodeeditor.run import Job, done, shared

from .samples import LIBRARY, network


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an image, which is the working folder."""
    image = sitk.GetImageFromArray(np.arange(120, dtype=np.uint8).reshape(4, 5, 6))
    sitk.WriteImage(image, str(tmp_path / "in.mha"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def saved(folder: Path, connections: dict[str, str], **nodes: NodeSpec | str) -> str:
    specs = {name: NodeSpec(spec) if isinstance(spec, str) else spec for name, spec in nodes.items()}
    specs["L"] = NodeSpec("LocalImage", {"name": "in.mha"})
    file = folder / "n.mlab.json"
    file.write_text(dumps(Network(specs, connections)), encoding="utf-8")
    return str(file)


def values(file: Path) -> list[int]:
    return sorted(set(sitk.GetArrayFromImage(sitk.ReadImage(str(file))).ravel().tolist()))


def test_nodes_whose_fields_others_follow_are_run_all_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = saved(
        folder,
        {
            "S.input0": "L.outImage",
            "T.input0": "L.outImage",
            "T.allowOverwrite": "S.allowOverwrite",
            "V.inImage": "L.outImage",
            "W.inImage": "L.outImage",
            "V.startSlice": "W.startSlice",
            "W.startSlice": "V.startSlice",
        },
        S=NodeSpec("ImageSave", {"filename": "one.mha"}),
        T=NodeSpec("ImageSave", {"filename": "two.mha"}),
        V="View2D",
        W=NodeSpec("View2D", {"startSlice": 1}),
    )
    assert main(["run", network]) == 0
    assert (folder / "one.mha").exists()
    assert (folder / "two.mha").exists()
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["node", "S", "T", "V", "W"]


def test_voxels_of_somebody_else_are_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "keep.raw").write_text("precious")
    assert main(["run", saved(folder, {}), "--output", "L.outImage=keep.mhd"]) == 1
    assert (folder / "keep.raw").read_text() == "precious"
    assert "keep.raw is not its own" in capsys.readouterr().err
    (folder / "keep.raw").unlink()
    for _ in range(2):
        assert main(["run", saved(folder, {}), "--output", "L.outImage=keep.mhd"]) == 0
    assert values(folder / "keep.mhd") == list(range(120))


def test_a_mistyped_field_is_told_also_when_one_output_is_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = saved(folder, {"T.input0": "L.outImage"}, T=NodeSpec("Threshold", {"treshold": 60}))
    assert main(["run", network, "--output", "T.output0=t.mha"]) == 0
    assert capsys.readouterr().err.startswith("warning: T.treshold: Threshold has no such field")


def test_a_field_under_its_old_and_its_new_name_is_a_problem(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = saved(folder, {"T.input0": "L.outImage"}, T=NodeSpec("Threshold", {"threshold": 1, "Threshold": 500}))
    assert main(["run", network]) == 2
    assert capsys.readouterr().err == "T.threshold: is set twice, also under its former name Threshold\n"
    assert main(["run", network, "--set", "T.threshold=100", "--output", "T.output0=t.mha"]) == 0
    assert sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "t.mha"))).sum() == 19


@pytest.mark.parametrize("file", ["in.mha", "./x/../in.mha"])
def test_a_file_that_is_read_is_not_written(folder: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "in.mha").read_bytes()
    network = saved(folder, {"T.input0": "L.outImage"}, T="Threshold")
    assert main(["run", network, "--output", f"T.output0={file}"]) == 2
    assert "which L.name reads; choose another file" in capsys.readouterr().err
    assert (folder / "in.mha").read_bytes() == before


def test_two_outputs_do_not_share_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = ["--output", "L.outImage=a.mha", "--output", "T.output0=a.mha"]
    assert main(["run", saved(folder, {"T.input0": "L.outImage"}, T="Threshold"), *outputs]) == 2
    assert "as L.outImage is; choose another file" in capsys.readouterr().err
    assert not (folder / "a.mha").exists()


def test_a_field_that_follows_another_cannot_be_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connections = {"V.inImage": "L.outImage", "W.inImage": "L.outImage", "W.startSlice": "V.maxSlice"}
    network = saved(folder, connections, V="View2D", W="View2D")
    assert main(["run", network, "--set", "W.startSlice=1"]) == 2
    assert capsys.readouterr().err == "W.startSlice: cannot be set: it follows V.maxSlice\n"


def test_setting_one_field_of_a_ring_sets_them_all(folder: Path) -> None:
    connections = {
        "A.inImage": "L.outImage",
        "B.inImage": "L.outImage",
        "A.startSlice": "B.startSlice",
        "B.startSlice": "A.startSlice",
    }
    network = saved(folder, connections, A=NodeSpec("View2D", {"startSlice": 1}), B="View2D")
    pictures = []
    for number in (0, 3):
        arguments = ["--set", f"B.startSlice={number}", "--picture", "A=a.png", "--picture", "B=b.png"]
        assert main(["run", network, *arguments]) == 0
        assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
        pictures.append((folder / "a.png").read_bytes())
    assert pictures[0] != pictures[1]


def test_names_of_nodes_do_not_lead_out_of_the_folder(folder: Path) -> None:
    network = saved(folder, {"/up/V.inImage": "L.outImage"}, **{"/up/V": "View2D"})
    assert main(["run", network, "--out", "inside"]) == 0
    assert [file.name for file in (folder / "inside").iterdir()] == ["_up_V.png"]


def test_output_names_are_taken_as_they_are(folder: Path) -> None:
    assert main(["run", saved(folder, {}), "--output", "L.outImage=$(HOME).mha"]) == 0
    assert (folder / "$(HOME).mha").is_file()


def test_read_only_choices_can_be_told_to_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = saved(folder, {"I.input0": "L.outImage"}, I="Info")
    assert main(["run", network, "--json"]) == 0
    event = json.loads(capsys.readouterr().out)
    assert event["values"]["worldMatrix"] == [1.0, 0, 0, -0.5, 0, 1.0, 0, -0.5, 0, 0, 1.0, -0.5, 0, 0, 0, 1.0]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nodeeditor", *arguments]


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices as on POSIX")
def test_the_work_is_done_also_when_nobody_reads_of_it(folder: Path) -> None:
    network = saved(folder, {"S.input0": "L.outImage"}, S=NodeSpec("ImageSave", {"filename": "one.mha"}), V="View2D")
    with subprocess.Popen(command("run", network, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
    assert (folder / "one.mha").exists()
    shown = subprocess.run(f"{sys.executable} -m nodeeditor check nothing.json >/dev/full", shell=True, check=False)
    assert shown.returncode == 2
    full = subprocess.run(
        f"{sys.executable} -m nodeeditor nodes >/dev/full", shell=True, check=False, capture_output=True, text=True
    )
    assert full.returncode == 1
    assert full.stderr.startswith("the output cannot be written: No space left")
    closed = subprocess.run(f"{sys.executable} -m nodeeditor nodes >&-", shell=True, check=False, capture_output=True)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_any_character_can_be_printed_anywhere(folder: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command("check", "ünï.json"), capture_output=True, check=False, env=environment)
    assert done.returncode == 2
    assert b"n\\xef.json: does not exist" in done.stderr


def test_a_bypassed_effect_does_not_happen(folder: Path) -> None:
    network = saved(folder, {"S.input0": "L.outImage"}, S=NodeSpec("ImageSave", {"filename": "one.mha"}, bypassed=True))
    assert main(["run", network]) == 2
    assert not (folder / "one.mha").exists()


@pytest.mark.parametrize(
    ("jobs", "kept"),
    [
        ([], set()),
        (["B.output0"], set()),
        (["B.output0", "C.output0"], {"A"}),
        (["B.output0", "B.output0"], {"B"}),
        (["A.output0", "B.output0"], {"A"}),
        (["B.output0", "D.output0"], {"B"}),
        (["C.output0", "D.output0", "E.output0"], {"A"}),
        (["Nowhere.output0", "B.output0"], set()),
    ],
)
def test_where_the_ways_of_several_jobs_part_is_shared(jobs: list[str], kept: set[str]) -> None:
    given = network(
        "A.input0=R.output0", "B.input0=A.output0", "C.input0=A.output0", "D.input0=B.output0", "E.input0=S.output0",
        R="Ramp", S="Ramp", A="Add", B="Add", C="Add", D="Add", E="Add",
    )  # fmt: skip
    assert shared([Job(*endpoint(job)) for job in jobs], given, LIBRARY) == kept


@pytest.mark.parametrize("name", ["one.mha", "one.nii.gz", "one.nrrd"])
def test_progress_is_that_of_the_file_that_is_written(folder: Path, name: str) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((480, 256, 256), np.uint8)), str(folder / "in.mha"))
    saved(folder, {"S.input0": "L.outImage"}, S=NodeSpec("ImageSave", {"filename": name}))
    library = Library.installed()
    told: list[tuple[float, int]] = []

    def progress(part: float) -> None:
        written = [file.stat().st_size for file in folder.glob(".*.part/*")]
        told.append((part, sum(written)))

    network = load(folder / "n.mlab.json", library)
    done(Job("S"), Engine(library), network, Paths(folder), lambda *_: None, progress, lambda: False)
    parts, sizes = zip(*told, strict=True)
    assert len(parts) >= 30
    assert parts == tuple(sorted(set(parts)))
    assert parts[-1] == 1.0
    assert sizes[0] == 0
    assert sizes[-1] > 0.3 * (folder / name).stat().st_size


def test_an_output_is_not_written_on_when_nobody_wants_it_any_more(folder: Path) -> None:
    library = Library.installed()
    given = Network({"L": NodeSpec("LocalImage", {"name": "in.mha"})})
    read: list[float] = []
    job = Job("L", "outImage", folder / "slices")
    with pytest.raises(Cancelled):
        done(job, Engine(library, 0), given, Paths(folder), lambda *_: None, read.append, lambda: bool(read))
    assert read == [1.0]
    assert not (folder / "slices").exists()


def test_what_nobody_wants_is_not_even_opened(folder: Path) -> None:
    engine, job = Engine(Library.installed(), 0), Job("L", "outImage")
    given = Network({"L": NodeSpec("LocalImage", {"name": "missing.mha"})})
    with pytest.raises(Cancelled):
        done(job, engine, given, Paths(folder), lambda *_: None, lambda _: None, lambda: True)
