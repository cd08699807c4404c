"""As many studies are done at the same time as processors and memory allow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodeeditor.batch.errand import Batch
from nodeeditor.batch.studies import Study
from nodeeditor.batch.work import processes
from nodeeditor.library import Library

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


def test_large_ones_take_turns(tmp_path: Path) -> None:
    batch, made = studies(tmp_path, 8)
    os.truncate(tmp_path / "5.mha", 2**40)  # takes no place on the disk
    assert processes(batch, made, LIBRARY) == 1
