"""As many studies are done at the same time as processors and memory allow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodeeditor.batch.errand import Batch
from nodeeditor.batch.studies import Study
from nodeeditor.batch.work import begin, processes
from nodeeditor.errors import NodeError
from nodeeditor.library import Library
from nodes.formats.processors import processors

from .batchsamples import SAVING, image

LIBRARY = Library.installed()


def studies(folder: Path, count: int) -> tuple[Batch, list[Study]]:
    made = []
    for number in range(count):
        file = folder / f"{number}.mha"
        image(file, number)
        made.append(Study(file.stem, file.stem, (("L", "name", str(file)),)))
    return Batch(SAVING, folder / "n.mlab.json", folder / "out"), made


@pytest.mark.parametrize("count", [1, 2, 70])
def test_small_studies_take_a_processor_each(tmp_path: Path, count: int) -> None:
    at_once = processes(*studies(tmp_path, count), LIBRARY)
    assert at_once == min(count, len(os.sched_getaffinity(0)))


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_studies_at_the_same_time_share_the_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    there = processors()
    monkeypatch.setattr(os, "environ", {})
    begin(studies(tmp_path, 1)[0], at_once)
    share = max(1, there // at_once)
    assert processors() == share
    assert os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] == str(share)


def test_a_user_s_own_number_of_processors_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"NODEEDITOR_PROCESSORS": "7"})
    begin(studies(tmp_path, 1)[0], 2)
    assert processors() == 7
    for wrong in ("many", "0", "-1", "1.5"):
        os.environ["NODEEDITOR_PROCESSORS"] = wrong
        with pytest.raises(NodeError, match=f"^NODEEDITOR_PROCESSORS is '{wrong}', not a number from 1 up$"):
            processors()


def test_large_ones_take_turns(tmp_path: Path) -> None:
    batch, made = studies(tmp_path, 8)
    os.truncate(tmp_path / "5.mha", 2**40)  # takes no place on the disk
    assert processes(batch, made, LIBRARY) == 1
