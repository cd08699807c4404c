"""The command line does what its help says and answers every mistake in one line."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor import Voxels
from nodeeditor.cli import main
from nodeeditor.file import dumps
from nodeeditor.network import Network, NodeSpec
from nodeeditor.version import __version__

ROOT = Path(__file__).parents[1]
COMMANDS = "edit, run, batch, check, diff, convert, nodes, schema"
NETWORKS = ROOT / "networks"


@pytest.fixture
def masking(tmp_path: Path) -> Iterator[Path]:
    """The masking network in a folder of its own, its image a small NIfTI file."""
    generator = np.random.default_rng(5)
    image = sitk.GetImageFromArray(generator.integers(0, 200, (6, 8, 10)).astype(np.uint16))
    image.SetSpacing((1.5, 2.0, 2.5))
    image.SetOrigin((-10.0, 20.0, 30.0))
    sitk.WriteImage(image, str(tmp_path / "head.mha"))
    text = (NETWORKS / "ImageMask.mlab.json").read_text(encoding="utf-8")
    network = tmp_path / "mask.mlab.json"
    network.write_text(text.replace("$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm", "head.mha"), encoding="utf-8")
    yield network
    assert not list(tmp_path.rglob("*.part")), "an unfinished file was left"


def voxels(file: Path) -> Voxels:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(file)))


def test_run_prints_a_table_of_what_feeds_no_other_node(masking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(masking)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    head, row = out.splitlines()
    assert head.split() == ["node", "output", "extent", "type", "range", "seconds", "file"]
    assert re.match(r"SynchroView2D +picture +804x400x1 c3 +unsigned int8 +\d+ \.\. \d+ +\d+\.\d{3}$", row)


def test_run_writes_any_output_with_its_geometry(masking: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "masked.nrrd"
    assert main(["run", str(masking), "--output", f"Mask.output0={file}"]) == 0
    head, masked = sitk.ReadImage(str(tmp_path / "head.mha")), sitk.ReadImage(str(file))
    array = sitk.GetArrayFromImage(head).astype(int)
    assert np.array_equal(sitk.GetArrayFromImage(masked), np.where(array <= 60, -1000, array))
    assert masked.GetSpacing() == head.GetSpacing()
    assert masked.GetOrigin() == head.GetOrigin()
    assert masked.GetDirection() == head.GetDirection()


def test_run_sets_fields_for_this_run_only(masking: Path, tmp_path: Path) -> None:
    before = masking.read_bytes()
    settings = [
        "--set",
        "Threshold.threshold=100",
        "--set",
        "Mask.background=7",
        "--set",
        "Mask.mode=MaskedOriginalInv",
    ]
    assert main(["run", str(masking), *settings, "--output", f"Mask.output0={tmp_path / 'm.mha'}"]) == 0
    array = voxels(tmp_path / "head.mha")
    assert np.array_equal(voxels(tmp_path / "m.mha"), np.where(array <= 100, array, 7))
    assert masking.read_bytes() == before


def test_a_relative_file_name_on_the_command_line_starts_at_the_working_folder(
    masking: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    sitk.WriteImage(sitk.GetImageFromArray(np.full((2, 3, 4), 99, np.uint8)), str(other / "own.mha"))
    monkeypatch.chdir(other)
    assert main(["run", str(masking), "--set", "LocalImage.name=own.mha", "--output", "Mask.output0=out.mha"]) == 0
    assert voxels(other / "out.mha").tolist() == np.full((2, 3, 4), 99).tolist()


def test_run_writes_pictures_of_viewers(masking: Path, tmp_path: Path) -> None:
    file = tmp_path / "view.png"
    assert main(["run", str(masking), "--picture", f"SynchroView2D={file}"]) == 0
    picture = voxels(file)
    assert picture.shape == (400, 804, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 10


def test_out_collects_pictures_and_what_the_viewers_show(masking: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    assert main(["run", str(masking), "--out", str(out)]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["Mask.output0.mha", "SynchroView2D.png"]
    array = voxels(tmp_path / "head.mha").astype(int)
    assert np.array_equal(voxels(out / "Mask.output0.mha"), np.where(array <= 60, -1000, array))


def test_json_gives_one_object_a_line(masking: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "m.mha"
    assert main(["run", str(masking), "--json", "--output", f"Mask.output0={file}"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    array = voxels(tmp_path / "head.mha")
    kept = array[array > 60]
    expected = {
        "event": "done",
        "node": "Mask",
        "output": "output0",
        "extent": {"t": 1, "c": 1, "z": 6, "y": 8, "x": 10},
        "type": "int16",
        "range": [-1000, int(kept.max())],
        "file": str(file),
    }
    assert [{key: value for key, value in event.items() if key != "seconds"} for event in events] == [expected]


def test_json_reports_errors_as_objects_too(masking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(masking), "--json", "--set", "LocalImage.name=/nowhere/at/all.nii"]) == 1
    out, err = capsys.readouterr()
    event = json.loads(out)
    assert event["event"] == "error"
    assert event["node"] == "LocalImage"
    assert event["message"] in err


def test_nodes_that_only_tell_print_their_fields(capsys: pytest.CaptureFixture[str], masking: Path) -> None:
    network = Network(
        {"L": NodeSpec("LocalImage", {"name": "head.mha"}), "Info": NodeSpec("Info")}, {"Info.input0": "L.outImage"}
    )
    masking.write_text(dumps(network), encoding="utf-8")
    assert main(["run", str(masking)]) == 0
    out = capsys.readouterr().out
    for line in ("Info.sizeX = 10", "Info.sizeZ = 6", "Info.voxelSizeZ = 2.5", "Info.dataType = unsigned int16"):
        assert line in out.splitlines()


def test_effects_happen_in_a_run(masking: Path, tmp_path: Path) -> None:
    nodes = {
        "L": NodeSpec("LocalImage", {"name": "head.mha"}),
        "Save": NodeSpec("ImageSave", {"filename": "sub/copy.nii.gz"}),
    }
    masking.write_text(dumps(Network(nodes, {"Save.input0": "L.outImage"})), encoding="utf-8")
    assert main(["run", str(masking)]) == 0
    assert np.array_equal(voxels(tmp_path / "sub" / "copy.nii.gz"), voxels(tmp_path / "head.mha"))


def test_the_file_that_a_node_wrote_is_told(masking: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nodes = {
        "L": NodeSpec("LocalImage", {"name": "head.mha"}),
        "Save": NodeSpec("ImageSave", {"filename": "$(NETWORK)/sub/copy.nii.gz"}),
    }
    masking.write_text(dumps(Network(nodes, {"Save.input0": "L.outImage"})), encoding="utf-8")
    assert main(["run", str(masking)]) == 0
    row = capsys.readouterr().out.splitlines()[1]
    assert re.fullmatch(rf"Save +\d+\.\d{{3}} +{re.escape(str(tmp_path))}/sub/copy\.nii\.gz", row)
    assert main(["run", str(masking), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == f"{tmp_path}/sub/copy.nii.gz"


def test_a_profile_tells_what_each_node_cost(masking: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["run", str(masking), "--output", f"Mask.output0={tmp_path / 'm.mha'}", "--profile"]
    assert main(call) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert lines[0].split() == ["node", "time", "share", "pages", "MiB"]
    rows = {line.split("  ")[0]: line.split() for line in lines[1:]}
    assert set(rows) == {"LocalImage", "Threshold", "Mask", "Mask.output0, written"}
    assert rows["Mask"][-2] == "1"
    assert main([*call, "--json"]) == 0
    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert event["event"] == "profile"
    times = [entry["seconds"] for entry in event["nodes"]]
    assert times == sorted(times, reverse=True)
    assert sum(entry["share"] for entry in event["nodes"]) == pytest.approx(1, abs=0.001)
    sizes = {entry["node"]: (entry["pages"], entry["bytes"]) for entry in event["nodes"]}
    assert sizes["Mask"] == (1, 6 * 8 * 10 * 2)
    assert sizes["Mask.output0, written"] == (0, 0)


def test_nothing_is_counted_unless_asked_for(masking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(masking), "--json"]) == 0
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["done"]


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (
            ["--set", "Threshold.comparisonOperator=Lesser"], 2,
            "Threshold.comparisonOperator: 'Lesser' is not one of Less, LessEqual, Equal, NotEqual, Greater, "
            "GreaterEqual; did you mean 'Less'?",
        ),
        (["--set", "Treshold.threshold=3"], 2, "Treshold: there is no node of that name; did you mean 'Threshold'?"),
        (["--set", "Mask.blendin=3"], 2, "Mask.blendin: Mask has no such field; did you mean 'blending'?"),
        (["--set", "Threshold.threshold"], 2, "'Threshold.threshold' is not of the form Node.field=value"),
        (["--set", "Threshold.threshold=a lot"], 2, "Threshold.threshold: 'a lot' is not a number"),
        (["--set", "Mask.blending=1.5"], 2, "Mask.blending: 1.5 is above the largest allowed value 1"),
        (["--set", "LocalImage.status=x"], 2, "LocalImage.status: cannot be set"),
        (["--output", "Mask.output0"], 2, "'Mask.output0' is not of the form Node.output=FILE"),
        (["--output", "Mask=x.mha"], 2, "'Mask=x.mha' is not of the form Node.output=FILE"),
        (["--output", "Mask.out=x.mha"], 2, "Mask.out: there is no output of that name; did you mean 'output0'?"),
        (["--picture", "SynchroView2D"], 2, "'SynchroView2D' is not of the form Viewer=FILE.png"),
        (["--picture", "Mask=x.png"], 2, "Mask: is no viewer, so it has no picture; use --output for images"),
        (["--path", "A-B=x"], 2, "--path A-B=x: is not of the form NAME=FOLDER"),
        (["--set", "LocalImage.name=$(Nowhere)/x.nii"], 2, "LocalImage.name: the path variable $(Nowhere) is not set"),
        (["--set", "LocalImage.name=/no/such.nii"], 1, "LocalImage: "),
        (["--set", "LocalImage.name="], 1, "LocalImage: no file is chosen; set its field 'name'"),
        (["--output", "Mask.output0=/proc/x.mha"], 1, "Mask.output0: "),
        (["--output", "Mask.output0=x.docx"], 1, "Mask.output0: "),
        (["--output", "Mask.output0=x.png"], 1, "Mask.output0: "),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_in_one_line(
    masking: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, line: str
) -> None:
    assert main(["run", str(masking), *arguments]) == status
    out, err = capsys.readouterr()
    assert err.startswith(line)
    assert err.count("\n") == 1
    assert "Traceback" not in err + out


def test_traceback_is_for_developers(masking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(masking), "--traceback", "--set", "LocalImage.name=/no/such.nii"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_what_can_run_does_and_what_cannot_is_said(masking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = masking.read_text(encoding="utf-8").replace(
        '"nodes": {', '"nodes": {\n    "Renderer": {"type": "SoGVRVolumeRenderer"},\n    "View2D": {"type": "View2D"},'
    )
    masking.write_text(text, encoding="utf-8")
    assert main(["run", str(masking)]) == 2
    out, err = capsys.readouterr()
    assert err == "Renderer: unknown node type 'SoGVRVolumeRenderer'\n"
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["SynchroView2D", "View2D"]


def test_a_problem_elsewhere_does_not_hinder_a_demanded_output(masking: Path, tmp_path: Path) -> None:
    text = masking.read_text(encoding="utf-8").replace('"nodes": {', '"nodes": {\n    "X": {"type": "Unheard"},')
    masking.write_text(text, encoding="utf-8")
    assert main(["run", str(masking), "--output", f"Mask.output0={tmp_path / 'm.mha'}"]) == 0


def test_warnings_reach_the_user_once(masking: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.png").write_bytes((tmp_path / "head.mha").read_bytes())
    assert main(["run", str(masking), "--set", f"LocalImage.name={tmp_path / 'wrong.png'}"]) == 0
    err = capsys.readouterr().err
    assert err.startswith("warning: LocalImage: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', '{"format": "nodeeditor-network", "version": 9}'])
def test_a_file_that_is_no_network_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.mlab.json"
    file.write_text(text, encoding="utf-8")
    for command in ("run", "check"):
        assert main([command, str(file)]) == 2
        out, err = capsys.readouterr()
        assert err.startswith(f"{file}: ")
        assert err.count("\n") == 1
        assert out == ""


def test_an_empty_network_says_that_nothing_can_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.mlab.json"
    file.write_text(dumps(Network()), encoding="utf-8")
    assert main(["run", str(file)]) == 2
    assert capsys.readouterr().err == "the network has no node that could be run\n"


def test_check_names_every_problem_of_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = Network(
        {
            "T": NodeSpec("Threshold", {"threshold": "x", "treshold": 1}),
            "M": NodeSpec("Maks"),
        },
        {"T.input0": "M.output0", "Q.x": "T.output0"},
    )
    bad, good = tmp_path / "bad.mlab.json", NETWORKS / "ImageMask.mlab.json"
    bad.write_text(dumps(wrong), encoding="utf-8")
    assert main(["check", str(bad), str(good)]) == 2
    out, err = capsys.readouterr()
    assert out == f"{good}: ok (4 nodes, 5 connections)\n"
    assert err.splitlines() == [
        f"{bad}: M: unknown node type 'Maks'; did you mean 'Mask'?",
        f"{bad}: T.threshold: 'x' is not a number",
        f"{bad}: warning: T.treshold: Threshold has no such field; it is kept; did you mean 'threshold'?",
        f"{bad}: Q: connection into a node that does not exist",
    ]


def test_one_mistake_in_the_structure_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.mlab.json"
    file.write_text(
        '{"format": "nodeeditor-network", "version": 1, "groups": 7, "connections": {"M.input0": 3}, "nodes": {'
        '"T": {"type": "Threshold", "frame": [1], "fields": {"threshold": "x"}}, "M": {"type": "Maks"}}}',
        encoding="utf-8",
    )
    assert main(["check", str(file)]) == 2
    assert [line.removeprefix(f"{file}: ") for line in capsys.readouterr().err.splitlines()] == [
        'T: "frame" is [1], not four numbers x, y, width, height',
        "connection 'M.input0': the source is 3, not a text Node.connector",
        '"groups" is not a list',
        "M: unknown node type 'Maks'; did you mean 'Mask'?",
        "T.threshold: 'x' is not a number",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": "NaN",\n "b": [1, NaN]}', "line 2, column 11: NaN is not a number that JSON knows"),
        ('{"a": {"b": 1},\n "c": {"b": 1,\n  "b": 2}}', "line 3, column 3: the key 'b' occurs twice in one object"),
        ('[{"x": -Infinity}]', "line 1, column 8: -Infinity is not a number that JSON knows"),
    ],
)
def test_what_is_no_json_is_shown_by_line_and_column(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.mlab.json"
    file.write_text(text, encoding="utf-8")
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}: {words}\n"


def test_check_of_sound_networks_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(NETWORKS.glob("*.mlab.json"))
    assert len(files) >= 7
    assert main(["check", *map(str, files)]) == 0
    out, err = capsys.readouterr()
    assert out.count(": ok (") == len(files)
    assert err == ""


def test_nodes_lists_describes_and_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes"]) == 0
    assert re.search(r"^Segmentation:\n(  .+\n)*  Threshold +Write one value", capsys.readouterr().out, re.MULTILINE)
    assert main(["nodes", "Threshold"]) == 0
    assert "comparisonOperator" in capsys.readouterr().out
    assert main(["nodes", "--markdown"]) == 0
    assert "## Mask" in capsys.readouterr().out
    assert main(["nodes", "Mask", "--json"]) == 0
    assert [entry["type"] for entry in json.loads(capsys.readouterr().out)] == ["Mask"]
    assert main(["nodes", "Treshold"]) == 2
    assert capsys.readouterr().err == "unknown node type 'Treshold'; did you mean 'Threshold'?\n"


def test_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "nodeeditor network"


def test_a_wrong_settings_file_is_named(
    masking: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / "nodeeditor").mkdir()
    (tmp_path / "nodeeditor" / "paths.json").write_text("[1]", encoding="utf-8")
    assert main(["run", str(masking)]) == 2
    assert "paths.json is not a JSON object" in capsys.readouterr().err


def test_a_path_variable_can_be_set_for_a_run(masking: Path, tmp_path: Path) -> None:
    arguments = ["--path", f"Mine={tmp_path}", "--set", "LocalImage.name=$(Mine)/head.mha"]
    assert main(["run", str(masking), *arguments, "--output", f"Mask.output0={tmp_path / 'm.mha'}"]) == 0
    assert voxels(tmp_path / "m.mha").shape == (6, 8, 10)


def test_a_broken_node_package_is_named_and_the_rest_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "crooked_nodes.py").write_text("raise RuntimeError('bent')", encoding="utf-8")
    info = tmp_path / "crooked-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crooked\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[nodeeditor.nodes]\ncrooked = crooked_nodes\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["nodes"]) == 0
    out, err = capsys.readouterr()
    assert "Threshold" in out
    assert err == "warning: the node package 'crooked_nodes' cannot be used: RuntimeError: bent\n"


_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nodeeditor", *arguments]


def test_the_version_and_the_help_are_printed() -> None:
    for arguments, text in ((["--version"], f"nodeeditor {__version__}\n"), (["--help"], "usage: nodeeditor ")):
        done = subprocess.run(command(*arguments), capture_output=True, text=True, check=True)
        assert done.stdout.startswith(text)
        assert done.stderr == ""


def test_no_command_or_a_wrong_one_is_a_wrong_call() -> None:
    for arguments in (["--fly"], ["run"], ["run", "x", "--fly"]):
        done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert re.fullmatch(r"nodeeditor( run)?: .*; see nodeeditor( run)? --help\n", done.stderr)


def test_without_a_screen_the_editor_says_so(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _SCREENS}
    for arguments, words in (
        ([], "there is no screen (DISPLAY is not set); nodeeditor run needs none\n"),
        (["edit"], "there is no screen (DISPLAY is not set); nodeeditor run needs none\n"),
        (["fly"], f"fly does not exist; neither is it one of the commands {COMMANDS}\n"),
    ):
        done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False, env=environment)
        assert (done.returncode, done.stderr) == (2, words)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    with subprocess.Popen(command("schema"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


SLOW_NODES = '''
"""A package of somebody else's."""
import time
from pathlib import Path
from nodeeditor import FileName, Image, Input, Node, Pages, field, partial_file

class SlowSave(Node):
    """Write a file, slowly, on one thread that hears no signal."""
    effect = True
    input0 = Input(Image, "Any image.")
    filename: FileName = field(default=FileName(""), help="The file.")
    seconds: float = field(default=1.0, help="How long it takes.")

    def perform(self, input0: Pages) -> None:
        input0.read()
        with partial_file(Path(self.filename)) as partial:
            partial.write_bytes(b"half")
            time.sleep(self.seconds)
'''


def slow_run(folder: Path, seconds: float) -> tuple[list[str], dict[str, str]]:
    """A command that saves a file slowly, with a node of a third-party package, and its environment."""
    package = folder / "site"
    info = package / "slow-1.dist-info"
    info.mkdir(parents=True)
    (package / "slow_nodes.py").write_text(SLOW_NODES, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[nodeeditor.nodes]\nslow = slow_nodes\n", encoding="utf-8")
    (folder / "work").mkdir()
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8)), str(folder / "work" / "a.mha"))
    nodes = {
        "L": NodeSpec("LocalImage", {"name": "a.mha"}),
        "Slow": NodeSpec("SlowSave", {"filename": "out.bin", "seconds": seconds}),
    }
    file = folder / "work" / "slow.mlab.json"
    file.write_text(dumps(Network(nodes, {"Slow.input0": "L.outImage"})), encoding="utf-8")
    return command("run", str(file)), {**os.environ, "PYTHONPATH": str(package)}


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_ctrl_c_stops_at_once_and_leaves_no_partial_file(tmp_path: Path) -> None:
    call, environment = slow_run(tmp_path, seconds=60)
    with subprocess.Popen(
        call,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509  (there is one thread here)
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("work/.*.part/*")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read().decode().strip() == "interrupted"
        assert process.wait() == 130
    assert sorted(file.name for file in (tmp_path / "work").iterdir()) == ["a.mha", "slow.mlab.json"]


def _hear_ctrl_c() -> None:
    """Undo what a shell does to the programs that it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are a thing of POSIX")
def test_a_bar_is_drawn_on_a_terminal_and_taken_away(tmp_path: Path) -> None:
    call, environment = slow_run(tmp_path, seconds=2)
    leader, follower = pty.openpty()
    with subprocess.Popen(call, stderr=follower, stdout=subprocess.PIPE, env=environment) as process:
        os.close(follower)
        text = _read_to_the_end(leader).decode()
        assert process.wait() == 0
    os.close(leader)
    assert re.search("[█░]{30} +[0-9]+ %  Slow", text)
    assert text.endswith("\r\x1b[K")


def _read_to_the_end(terminal: int) -> bytes:
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody writes to a terminal any more
            return shown
        if not part:
            return shown
        shown += part


def test_nothing_is_drawn_when_nobody_looks(tmp_path: Path) -> None:
    call, environment = slow_run(tmp_path, seconds=1.5)
    done = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1].split()[0] == "Slow"


def test_the_main_job_imports_no_qt_and_little_else() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command("run", str(NETWORKS / "ImageMask.mlab.json"))[1:]],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(re.findall(r"\| +(\S+)$", done.stderr, re.MULTILINE))
    top = {name.partition(".")[0] for name in imported}
    assert not top & {"PySide6", "NodeGraphQt", "Qt", "dask", "matplotlib", "scipy", "pandas", "nibabel"}
    assert {"nodeeditor", "nodes", "numpy", "pydicom"} <= top
