"""Compressed files in and out, program against program: both sides start, read, mask and write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import SimpleITK as sitk

from nodeeditor.file import save
from tests.benchmarks import data
from tests.benchmarks.extra import WITH
from tests.benchmarks.frame import Bench, Outcome, Row, Side, agree, measured, size, spelled
from tests.benchmarks.networks import BACKGROUND, LEVEL, MASKED, masking
from tests.benchmarks.process import nodeeditor, ran

TIME = Row(".nii.gz in, .nii.gz out by nodeeditor run", 0.6, than="a SimpleITK script")
LENGTH = Row("length of the written .nii.gz", 1.15, than="that of SimpleITK")
TIME_FAST = Row(f"{TIME.name}{WITH}", TIME.goal, than=TIME.than)
LENGTH_FAST = Row(f"{LENGTH.name}{WITH}", LENGTH.goal, than=LENGTH.than)
_WITHOUT_ISAL = """
import sys
sys.modules["isal"] = None
from nodeeditor.cli import main
sys.exit(main())
"""
_SCRIPT = f"""
import sys
import SimpleITK as sitk
image = sitk.ReadImage(sys.argv[1])
mask = sitk.BinaryThreshold(image, -32768, {LEVEL}, 0, 1)
sitk.WriteImage(sitk.Mask(image, mask, {BACKGROUND}), sys.argv[2])
"""


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Against a script of four lines."""
    path = _packed(bench.folder / "packed.nii.gz", data.nifti(bench.folder, bench.middle))
    saved = path.with_suffix(".mlab.json")
    save(masking(path), saved)

    def ours(number: int) -> None:
        ran(sys.executable, "-c", _WITHOUT_ISAL, "run", str(saved), "--output", f"{MASKED}={targets['ours']}")

    def fast(number: int) -> None:
        nodeeditor("run", str(saved), "--output", f"{MASKED}={targets['fast']}")

    def script(number: int) -> None:
        ran(sys.executable, "-c", _SCRIPT, str(path), str(targets["script"]))

    sides: dict[str, Side] = {"ours": ours, "script": script}
    rows = {"ours": (TIME, LENGTH)}
    if find_spec("isal") is not None:
        sides["fast"] = fast
        rows["fast"] = (TIME_FAST, LENGTH_FAST)
    targets = {name: bench.folder / f"{name}.nii.gz" for name in sides}
    taken = measured(sides, max(2, bench.rounds // 5), min)
    agree(TIME.name, *(sitk.GetArrayFromImage(sitk.ReadImage(str(target))) for target in targets.values()))
    lengths = {name: target.stat().st_size for name, target in targets.items()}
    for target in (path, *targets.values()):
        target.unlink()
    mib = {name: f"{length / 2**20:.1f} MiB" for name, length in lengths.items()}
    for name, (time, length) in rows.items():
        told = f"{spelled(taken[name])} at {size(bench.middle)}"
        best = f"SimpleITK {spelled(taken['script'])}"
        yield Outcome(time, taken[name] / taken["script"], told, best, "best of the repetitions, start included")
        yield Outcome(length, lengths[name] / lengths["script"], mib[name], f"SimpleITK {mib['script']}")


def _packed(path: Path, plain: Path) -> Path:
    """A compressed copy, as SimpleITK writes it."""
    sitk.WriteImage(sitk.ReadImage(str(plain)), str(path))
    return path
