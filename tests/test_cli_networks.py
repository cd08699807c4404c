"""The command line compares and converts networks, and takes MeVisLab's files as its own."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor.cli import main
from nodeeditor.diff import differences
from nodeeditor.file import load
from nodeeditor.library import Library
from nodeeditor.terminal import loss

from .mevislabsamples import MASKING, RENDERING

OWN = Path(__file__).parents[1] / "networks" / "ImageMask.mlab.json"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "Mine.mlab"
    path.write_text(RENDERING, encoding="utf-8")
    return path


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "changed.mlab.json"
    text = OWN.read_text(encoding="utf-8").replace('"threshold": 60.0', '"threshold": 80')
    path.write_text(text.replace("[548, 207", "[550, 207"), encoding="utf-8")
    return path


# --- diff


def test_diff_of_equal_networks_is_silent(tmp_path: Path, capsys: Capture) -> None:
    other = tmp_path / "other.mlab.json"
    other.write_text(OWN.read_text(encoding="utf-8").replace("60.0", "60"), encoding="utf-8")
    assert main(["diff", str(OWN), str(other)]) == 0
    assert capsys.readouterr() == ("", "")


def test_diff_tells_what_differs_one_sentence_a_line(changed: Path, capsys: Capture) -> None:
    assert main(["diff", str(OWN), str(changed)]) == 1
    assert capsys.readouterr() == ("Threshold.threshold 60 -> 80\n", "")


def test_diff_tells_layout_where_that_is_wanted(changed: Path, capsys: Capture) -> None:
    assert main(["diff", "--layout", str(OWN), str(changed)]) == 1
    assert capsys.readouterr().out == "Mask moved (548, 207) -> (550, 207)\nThreshold.threshold 60 -> 80\n"


def test_diff_of_one_network_tells_all_that_it_holds(mine: Path, capsys: Capture) -> None:
    assert main(["diff", str(mine)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["Head added (LocalImage)", 'Head.name = "$(NETWORK)/head.mha"']
    assert "Threshold.threshold = 60" in out
    assert "Renderer.input connected to Mask.output0" in out


def test_diff_takes_nothing_for_an_empty_network(mine: Path, capsys: Capture) -> None:
    assert main(["diff", "/dev/null", str(mine)]) == 1
    added = capsys.readouterr().out
    assert main(["diff", str(mine)]) == 0
    assert capsys.readouterr().out == added
    assert main(["diff", str(mine), "/dev/null"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"{n} removed" for n in ("Head", "Mask", "Renderer", "Threshold")]


def test_diff_compares_files_of_both_kinds(mine: Path, tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own.mlab.json"
    assert main(["convert", str(mine), str(own)]) == 0
    mine.write_text(RENDERING.replace("threshold = 60", "threshold = 61"), encoding="utf-8")
    capsys.readouterr()
    assert main(["diff", str(own), str(mine)]) == 1
    assert capsys.readouterr().out == "Threshold.threshold 60 -> 61\n"


def test_diff_names_every_problem_of_both_files(tmp_path: Path, capsys: Capture) -> None:
    broken = tmp_path / "broken.mlab"
    broken.write_text("module Threshold {", encoding="utf-8")
    gone = tmp_path / "gone.mlab.json"
    assert main(["diff", str(broken), str(gone)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"{broken}: line 1, column ")
    assert second == f"{gone}: does not exist"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_diff_that_cannot_be_told_does_not_pass_for_a_difference(changed: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        call = [sys.executable, "-m", "nodeeditor", "diff", str(OWN), str(changed)]
        done = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "the output cannot be written: No space left on device\n"


def test_a_wrong_call_of_diff_is_told(capsys: Capture) -> None:
    for arguments in (["diff"], ["diff", "a", "b", "c"], ["diff", "--fly", "a"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        assert capsys.readouterr().err.startswith("nodeeditor")


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_differences_are_coloured_on_a_terminal_only(variables: dict[str, str], coloured: bool, changed: Path) -> None:
    call = [sys.executable, "-m", "nodeeditor", "diff", str(OWN), str(changed)]
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    master, slave = pty.openpty()
    with subprocess.Popen(call, stdout=slave, env={**plain, "TERM": "xterm", **variables}) as process:
        os.close(slave)
        assert process.wait() == 1
    seen = os.read(master, 10000)
    os.close(master)
    assert (b"\x1b[33mThreshold.threshold 60 -> 80\x1b[0m" in seen) == coloured
    assert b"Threshold.threshold 60 -> 80" in seen


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_shows_sentences_with_the_lines_of_the_help(tmp_path: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["diff", "--help"])
    text = capsys.readouterr().out
    block = text[text.index("    [diff ") : text.index("command: git diff tells")]
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = me\nemail = me@example.org\n" + block, encoding="utf-8")
    lines = text[text.index("    *.mlab.json") : text.index("and in ~/.gitconfig")]
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".gitattributes").write_text("\n".join(line.strip() for line in lines.splitlines()), encoding="utf-8")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "nodeeditor").write_text(f'#!/bin/sh\nexec {sys.executable} -m nodeeditor "$@"\n', encoding="utf-8")
    (tools / "nodeeditor").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
    }

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=repository, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    file = repository / "my net.mlab"
    file.write_text(MASKING, encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "one")
    file.write_text(MASKING.replace("threshold = 60", "threshold = 80"), encoding="utf-8")
    assert git("diff") == "my net.mlab\nThreshold.threshold 60 -> 80\n"
    assert "-Threshold.threshold = 60\n+Threshold.threshold = 80\n" in git("diff", "--no-ext-diff")
    file.write_text("no network at all {", encoding="utf-8")
    assert git("diff") == "my net.mlab\n"
    assert "+no network at all {" in git("diff", "--no-ext-diff")
    file.write_text(MASKING.replace("threshold = 60", "threshold = 90"), encoding="utf-8")
    kept = [line for line in settings.read_text(encoding="utf-8").splitlines() if "command =" not in line]
    settings.write_text("\n".join(kept), encoding="utf-8")
    assert git("difftool", "-y", "-t", "nodeeditor") == "Threshold.threshold 60 -> 90\n"


# --- convert


def test_convert_there_and_back_gives_the_same_bytes(mine: Path, tmp_path: Path, capsys: Capture) -> None:
    own, back = tmp_path / "own.mlab.json", tmp_path / "back.mlab"
    assert main(["convert", str(mine), str(own)]) == 0
    assert main(["convert", str(own), str(back)]) == 0
    assert capsys.readouterr() == (
        f"{own}: 4 nodes, 4 connections\n{back}: 4 nodes, 4 connections\n",
        "",
    )
    assert back.read_bytes() == mine.read_bytes()
    assert own.read_text(encoding="utf-8").startswith('{\n  "format": "nodeeditor-network"')


def test_our_own_network_comes_back_from_mevislab_text(tmp_path: Path) -> None:
    foreign, back = tmp_path / "f.mlab", tmp_path / "back.mlab.json"
    assert main(["convert", str(OWN), str(foreign)]) == 0
    assert main(["convert", str(foreign), str(back)]) == 0
    assert main(["diff", "--layout", str(OWN), str(back)]) == 0


def test_convert_replaces_nothing_unless_forced(mine: Path, tmp_path: Path, capsys: Capture) -> None:
    there = tmp_path / "there.mlab.json"
    there.write_text("precious", encoding="utf-8")
    assert main(["convert", str(mine), str(there)]) == 2
    assert capsys.readouterr().err == f"{there} is there already; --force replaces it\n"
    assert there.read_text(encoding="utf-8") == "precious"
    assert main(["convert", "--force", str(mine), str(there)]) == 0
    assert "Threshold" in there.read_text(encoding="utf-8")


def test_files_that_are_left_behind_are_told(mine: Path, tmp_path: Path, capsys: Capture) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "own.mlab.json"
    assert main(["convert", str(mine), str(target)]) == 0
    told = f"warning: Head.name: $(NETWORK)/head.mha is looked for beside {target} from now on\n"
    assert capsys.readouterr() == (f"{target}: 4 nodes, 4 connections\n", told)
    assert main(["convert", str(target), str(elsewhere / "back.mlab")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("x.txt", "x.txt: the ending says no kind of network file; use .mlab.json or .mlab"),
        ("no/such/x.mlab", "no/such/x.mlab cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_converted_is_told_in_one_line(
    target: str, words: str, mine: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mine.parent)
    assert main(["convert", str(mine), target]) == 2
    assert capsys.readouterr() == ("", f"{words}\n")


def test_a_file_that_is_no_network_is_not_converted(tmp_path: Path, capsys: Capture) -> None:
    source = tmp_path / "x.mlab.json"
    source.write_text("[]", encoding="utf-8")
    assert main(["convert", str(source), str(tmp_path / "y.mlab")]) == 2
    assert capsys.readouterr().err == f"{source}: is no network file: the JSON text is not an object\n"
    assert not (tmp_path / "y.mlab").exists()


def test_what_a_written_file_would_not_hold_is_told_in_one_line() -> None:
    whole = load(OWN)
    part = whole.with_field("Mask", "background", 7)
    library = Library.installed()
    assert loss(Path("x.mlab"), differences(whole, part, library)) == (
        "warning: x.mlab does not hold all: Mask.background -1000 -> 7; nodeeditor diff --layout A B tells all"
    )
    both = differences(whole, part.with_field("Threshold", "threshold", 1), library)
    assert ", and 1 more; " in loss(Path("x.mlab"), both)


# --- run and check


def test_run_takes_mevislab_files(tmp_path: Path) -> None:
    (tmp_path / "mask.mlab").write_text(MASKING, encoding="utf-8")
    array = np.random.default_rng(5).integers(0, 200, (6, 8, 10)).astype(np.uint16)
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "head.mha"))
    out = tmp_path / "out.mha"
    assert main(["run", str(tmp_path / "mask.mlab"), "--output", f"Mask.output0={out}"]) == 0
    expected = np.where(array <= 60, -1000, array.astype(int))
    assert np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(out))), expected)


def test_run_works_out_what_can_run_and_warns_of_the_rest(mine: Path, tmp_path: Path, capsys: Capture) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.uint8)), str(tmp_path / "head.mha"))
    assert main(["run", str(mine), "--output", f"Mask.output0={tmp_path / 'out.mha'}"]) == 0
    assert "warning: Renderer: the module SoStrangeRenderer cannot run here" in capsys.readouterr().err


def test_check_warns_of_what_cannot_run_here(mine: Path, capsys: Capture) -> None:
    assert main(["check", str(mine)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{mine}: ok (4 nodes, 3 of which can run here, 4 connections)\n"
    assert "warning: Renderer: the module SoStrangeRenderer cannot run here" in err


def test_check_tells_of_connections_that_no_node_of_ours_knows(mine: Path, capsys: Capture) -> None:
    lines = "  Mask.input2 = Head.outImage\n  Renderer.x = Mask.hint\n  Renderer.y = a.b.c\n  a.b.c = Head.outImage\n"
    mine.write_text(RENDERING.replace("connections  {\n", f"connections  {{\n{lines}"), encoding="utf-8")
    assert main(["check", str(mine)]) == 0
    assert capsys.readouterr().err.splitlines()[1:] == [
        "warning: Mask.input2: its connection from Head.outImage is not known here; it is kept in the file",
        "warning: Renderer.x: its connection from Mask.hint is not known here; it is kept in the file",
        "warning: Renderer.y: its connection from a.b.c is not known here; it is kept in the file",
        "warning: a.b.c: its connection from Head.outImage is not known here; it is kept in the file",
    ]
    assert main(["convert", str(mine), str(mine.with_name("own.mlab.json"))]) == 0


def test_check_says_what_to_use_instead(mine: Path, capsys: Capture) -> None:
    mine.write_text(RENDERING.replace("SoStrangeRenderer", "View3D"), encoding="utf-8")
    main(["check", str(mine)])
    assert capsys.readouterr().err == "warning: Renderer: the module View3D cannot run here; use OrthoView2D\n"


def test_what_is_wrong_with_a_module_that_can_run_is_an_error(mine: Path, capsys: Capture) -> None:
    mine.write_text(RENDERING.replace("  Mask.input0 = Head.outImage\n", ""), encoding="utf-8")
    assert main(["check", str(mine)]) == 2
    assert "\nMask.input0: nothing is connected to this input\n" in "\n" + capsys.readouterr().err


def test_the_same_unknown_type_is_an_error_in_our_own_files(tmp_path: Path, mine: Path, capsys: Capture) -> None:
    own = tmp_path / "own.mlab.json"
    main(["convert", str(mine), str(own)])
    capsys.readouterr()
    assert main(["check", str(own)]) == 2
    assert "Renderer: unknown node type 'SoStrangeRenderer'" in capsys.readouterr().err
