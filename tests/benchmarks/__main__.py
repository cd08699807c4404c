"""``python -m tests.benchmarks``: measures every promise about speed and prints which are kept."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.frame import Bench, Outcome
from tests.benchmarks.table import around, figure, table, write

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PARTS = (
    "edits",
    "pictures",
    "sagittal",
    "volumes",
    "dicom",
    "packed",
    "start",
    "chains",
    "loop",
    "canvas",
    "live",
)
_README = Path(__file__).parents[2] / "README.md"


def main() -> int:
    """Measure, print, and perhaps write the table into the README; the result is the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measures the engine beside SimpleITK, plain numpy and memcpy, and the editor beside stock "
        "NodeGraphQt, on the same data in the same run; checks that all answers are equal.",
    )
    parser.add_argument("--quick", action="store_true", help="small volumes and few repetitions, for a first look")
    parser.add_argument("--large", action="store_true", help="a volume of 2 GiB in a file as well")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--write", action="store_true", help="put the table into README.md, between its markers")
    options = parser.parse_args()
    if options.write:
        _check_place(parser, options)
    with tempfile.TemporaryDirectory(prefix="nodeeditor-benchmarks-") as folder:
        outcomes = list(_outcomes(_bench(Path(folder), options), options.only))
    made = f"{_conditions()}\n\n{table(outcomes)}"
    print(made)
    if options.write:
        write(made, _README)
    return 0


def _check_place(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End the program before it measures anything where the table could not be written, or would be half of one."""
    if options.quick or options.only is not PARTS:
        parser.error("--write takes the full run: leave --quick and --only out")
    try:
        around(_README)
    except ValueError as error:
        parser.error(str(error))


def _conditions() -> str:
    """What was measured on."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "SimpleITK", "PySide6-Essentials"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}."


def _bench(folder: Path, options: argparse.Namespace) -> Bench:
    small, huge = (128, 256, 256), (1024, 1024, 1024) if options.large else None
    if options.quick:
        return Bench(folder, small, middle=small, big=(512, 256, 256), huge=huge, rounds=5, nodes=200)
    return Bench(folder, small, middle=(300, 512, 512), big=(1200, 512, 512), huge=huge, rounds=15, nodes=1000)


def _outcomes(bench: Bench, parts: tuple[str, ...]) -> Iterator[Outcome]:
    """What comes of the parts, told as it comes."""
    for part in parts:
        print(f"{part} ...", file=sys.stderr)
        for outcome in import_module(f"tests.benchmarks.{part}").outcomes(bench):
            row = outcome.row
            kept = "met" if outcome.met else f"missed, goal {figure(row.goal, row.unit)}"
            print(
                f"  {row.name}: {figure(outcome.figure, row.unit)} {row.than} ({kept}; {outcome.ours}; {outcome.best}; "
                f"{outcome.how})",
                file=sys.stderr,
            )
            yield outcome


if __name__ == "__main__":
    sys.exit(main())
