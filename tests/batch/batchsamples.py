"""A folder with a few studies and a network that masks them, and what a batch left there."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from nodeeditor import Voxels
from nodeeditor.file import dumps
from nodeeditor.network import Network, NodeSpec

NODES = {
    "L": NodeSpec("LocalImage"),
    "T": NodeSpec("Threshold", {"threshold": 60.0}),
    "M": NodeSpec("Mask"),
    "I": NodeSpec("Info"),
}
CONNECTIONS = {"T.input0": "L.outImage", "M.input0": "L.outImage", "M.input1": "T.output0", "I.input0": "M.output0"}
MASKED = ("--output", "M.output0=masked.nii.gz")
SAVING = Network(
    {"L": NodeSpec("LocalImage"), "S": NodeSpec("ImageSave", {"filename": "copy.mha"})}, {"S.input0": "L.outImage"}
)


def image(file: Path, seed: int, slices: int = 4) -> None:
    """Write a small image of random values."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = sitk.GetImageFromArray(np.random.default_rng(seed).integers(0, 200, (slices, 5, 6)).astype(np.uint16))
    made.SetSpacing((1.5, 2.0, 2.5))
    sitk.WriteImage(made, str(file))


def saved(network: Network, file: Path) -> str:
    file.write_text(dumps(network), encoding="utf-8")
    return str(file)


def masking(folder: Path, names: str) -> str:
    """Images of some names in ``in``, and the name of a network that masks an image."""
    for seed, name in enumerate(names.split()):
        image(folder / "in" / f"{name}.nii.gz", seed, slices=4 + seed)
    return saved(Network(NODES, CONNECTIONS), folder / "mask.mlab.json")


def voxels(file: Path) -> Voxels:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(file)))


def masked(file: Path, threshold: float = 60) -> Voxels:
    """What the masking network makes of a file, by plain numpy."""
    found = voxels(file).astype(int)
    return np.where(found > threshold, found, 0)


def rows(out: Path) -> dict[str, dict[str, str]]:
    """The rows of a batch's table by id."""
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def statuses(out: Path) -> dict[str, str]:
    return {name: row["status"] for name, row in rows(out).items()}


def listed(folder: Path) -> list[str]:
    """All files in a folder, seen from there."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


HAZARDS = '''
"""A package of somebody else's."""
import os, signal, time
from pathlib import Path
from nodeeditor import FileName, Image, Input, Node, Pages, field, partial_file

class Hazard(Node):
    """Write a file, after a while, or end the process at it."""
    effect = True
    input0 = Input(Image, "Any image.")
    filename: FileName = field(default=FileName(""), help="The file.")
    seconds: float = field(default=0.0, help="How long it takes.")
    deadly: bool = field(default=False, help="Whether the process is killed.")

    def perform(self, input0: Pages) -> None:
        with partial_file(Path(self.filename)) as partial:
            partial.write_bytes(input0.read().voxels.tobytes())
            time.sleep(self.seconds)
            if self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
'''


def hazardous(folder: Path, table: str) -> tuple[list[str], dict[str, str]]:
    """A batch of a network with the node above, of somebody else's package, over a table; and its environment."""
    info = folder / "site" / "hazards-1.dist-info"
    info.mkdir(parents=True)
    (folder / "site" / "hazards.py").write_text(HAZARDS, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hazards\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[nodeeditor.nodes]\nhazards = hazards\n", encoding="utf-8")
    image(folder / "a.mha", 1)
    nodes = {"L": NodeSpec("LocalImage", {"name": "a.mha"}), "H": NodeSpec("Hazard", {"filename": "out.bin"})}
    network = saved(Network(nodes, {"H.input0": "L.outImage"}), folder / "hazard.mlab.json")
    (folder / "studies.csv").write_text(table, encoding="utf-8")
    call = command("batch", network, "--table", str(folder / "studies.csv"), "--out", str(folder / "out"))
    return call, {**os.environ, "PYTHONPATH": str(folder / "site")}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nodeeditor", *arguments]


def ran(call: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(call, capture_output=True, text=True, check=False, env=environment)
