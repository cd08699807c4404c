"""How soon the command line answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nodeeditor.file import save
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Outcome, Row, measured, spelled
from tests.benchmarks.networks import masking
from tests.benchmarks.process import nodeeditor, python

HELP = Row("nodeeditor --help", 3, than="python -c pass")
VERSION = Row("nodeeditor --version", 3, than="python -c pass")
CHECK = Row("nodeeditor check of the reference network", 1.3, than="import numpy, SimpleITK")
RUN = Row("nodeeditor run of a tiny network, above import numpy, SimpleITK", 0.3, unit="s")
_REFERENCE = Path(__file__).parents[2] / "networks" / "ImageMask.mlab.json"


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Programs from start to end."""
    tiny = bench.folder / "tiny.mlab.json"
    save(masking(data.metaimage(bench.folder, (4, 16, 16))), tiny)
    sides = {
        "pass": lambda _: python("pass"),
        "imports": lambda _: python("import numpy, SimpleITK"),
        "help": lambda _: nodeeditor("--help"),
        "version": lambda _: nodeeditor("--version"),
        "check": lambda _: nodeeditor("check", str(_REFERENCE)),
        "run": lambda _: nodeeditor("run", str(tiny)),
    }
    taken = measured(sides, bench.rounds, min)
    how = "best of the repetitions"
    nothing, imports = f"python {spelled(taken['pass'])}", f"imports {spelled(taken['imports'])}"
    yield Outcome(HELP, taken["help"] / taken["pass"], spelled(taken["help"]), nothing, how)
    yield Outcome(VERSION, taken["version"] / taken["pass"], spelled(taken["version"]), nothing, how)
    yield Outcome(CHECK, taken["check"] / taken["imports"], spelled(taken["check"]), imports, how)
    yield Outcome(RUN, taken["run"] - taken["imports"], spelled(taken["run"]), imports, how)
