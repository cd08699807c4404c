"""Files are there whole or not at all: whatever goes wrong, the old one stays and nothing is left lying about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nodeeditor.atomic import partial_file, sweep


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    with partial_file(tmp_path / "new.txt") as partial:
        assert partial.name == "new.txt"
        partial.write_text("new")
        assert not (tmp_path / "new.txt").exists()
    assert (tmp_path / "new.txt").read_text() == "new"
    assert names(tmp_path) == ["new.txt"]


def test_the_old_file_is_there_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with partial_file(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_the_old_file_stays_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), partial_file(path) as partial:
        partial.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_a_block_that_writes_nothing_fails_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"), partial_file(tmp_path / "new.txt"):
        pass
    assert names(tmp_path) == []


def test_a_missing_folder_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), partial_file(tmp_path / "none" / "new.txt"):
        pytest.fail("the block must not run")


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").write_text("old")
    with pytest.raises(OSError, match="taken"), partial_file(tmp_path / "taken") as partial:
        partial.write_text("new")
    assert (tmp_path / "taken" / "inside").read_text() == "old"
    assert names(tmp_path) == ["taken"]


def test_a_folder_takes_the_place_of_an_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "series"
    path.mkdir()
    (path / "old.dcm").write_text("old")
    with partial_file(path) as partial:
        partial.mkdir()
        (partial / "new.dcm").write_text("new")
        assert names(path) == ["old.dcm"]
    assert names(path) == ["new.dcm"]
    assert names(tmp_path) == ["series"]


def test_an_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "series"
    path.mkdir()
    (path / "old.dcm").write_text("old")

    def full(self: Path, target: Any) -> Path:
        raise OSError(28, f"no space for {target} beside {self}")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"), partial_file(path) as partial:
        partial.mkdir()
        (partial / "new.dcm").write_text("new")
    assert names(path) == ["old.dcm"]
    assert names(tmp_path) == ["series"]


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)
    with partial_file(path) as partial:
        partial.write_text("new")
    assert path.read_text() == "new"


def test_a_sweep_removes_what_is_unfinished(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), partial_file(tmp_path / "new.txt") as partial:
        partial.write_text("half")
        assert len(names(tmp_path)) == 1
        sweep()
        assert names(tmp_path) == []
    sweep()


def test_a_sweep_leaves_alone_what_is_finished(tmp_path: Path) -> None:
    with partial_file(tmp_path / "new.txt") as partial:
        partial.write_text("new")
    partial.parent.mkdir()  # by now the name may be anybody's
    sweep()
    assert names(tmp_path) == sorted([partial.parent.name, "new.txt"])


@pytest.mark.skipif(os.name != "posix", reason="a limit of the file size is a POSIX matter")
def test_a_write_that_hits_a_size_limit_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    script = """
import resource, signal, sys
from pathlib import Path
from nodeeditor.atomic import partial_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
try:
    with partial_file(Path(sys.argv[1])) as partial:
        partial.write_bytes(bytes(5000))
except OSError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    print(error.strerror)
"""
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "File too large", done.stderr
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file.bin"]


def test_a_link_stays_a_link_and_rights_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with partial_file(link) as partial:
        partial.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640
