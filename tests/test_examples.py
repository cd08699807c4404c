"""Examples: one for every node type, found wherever its package lies, handed out as networks that can be moved."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from nodeeditor import Node
from nodeeditor.engine import Engine
from nodeeditor.errors import FormatError
from nodeeditor.examples import copied, example
from nodeeditor.file import dumps, load
from nodeeditor.library import Library, node_types
from nodeeditor.macro import Macro
from nodeeditor.macros.local import with_macros
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

from .macrosamples import INNER, SCRIPT

LIBRARY = Library.installed()
ROOT = Path(__file__).parents[1]
NETWORKS = ROOT / "networks"
MODULE = "from nodeeditor import Node\n\n\nclass Sharpen(Node):\n    '''Make crisp.'''\n"
Package = Callable[..., type[Node]]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def sharpen(installed: Path) -> Iterator[Package]:
    """A function that writes a module and examples there; gives the module's node type."""
    before = set(sys.modules)

    def write(module: str, *examples: str) -> type[Node]:
        file = installed / module
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MODULE)
        for name in examples:
            (installed / name).parent.mkdir(parents=True, exist_ok=True)
            (installed / name).write_text(dumps(Network({"Sharpen": NodeSpec("Sharpen")})))
        name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return node_types(import_module(name))[0]

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("name", list(LIBRARY))
def test_every_installed_node_type_has_an_example_that_holds_one(name: str) -> None:
    found = example(LIBRARY[name])
    assert found == NETWORKS / f"{name}.mlab.json"
    assert name in {spec.type for spec in load(found).nodes.values()}


@pytest.mark.parametrize("name", ["Arithmetic2", "Convolution", "Morphology", "Resample3D", "SubImage"])
def test_what_a_node_does_is_seen_beside_the_image_that_it_was_given(name: str) -> None:
    network = load(NETWORKS / f"{name}.mlab.json").with_field("SynchroView2D", "annotationSizeMode", "ANNO_SHOW_HIDE")
    picture = Engine(LIBRARY).image(network, "SynchroView2D.picture", paths=Paths(NETWORKS)).voxels.astype(float)
    side = picture.shape[-1] // 2 - 2
    assert np.abs(picture[..., :side] - picture[..., -side:]).mean() > 8  # of 255


def test_a_wheel_holds_every_example_in_our_package() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "nodes.networks" in setuptools["packages"]
    assert ROOT / setuptools["package-dir"]["nodes.networks"] == NETWORKS
    packed = {file for pattern in setuptools["package-data"]["nodes.networks"] for file in NETWORKS.glob(pattern)}
    assert packed >= {example(node_type) for node_type in LIBRARY.values()} - {None}


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("crisp.py", "networks/Sharpen.mlab.json"),
        ("crisp/__init__.py", "crisp/networks/Sharpen.mlab.json"),
        ("crisp/__init__.py", "networks/Sharpen.mlab.json"),
        ("crisp/filters.py", "crisp/networks/Sharpen.mlab.json"),
        ("crisp/filters.py", "networks/Sharpen.mlab.json"),
        ("crisp/filters.py", "networks/Sharpen.mlab"),
        ("acme/crisp/filters.py", "acme/networks/Sharpen.mlab.json"),
    ],
)
def test_a_package_of_anybody_brings_its_examples_within_it_or_beside_it(
    sharpen: Package, installed: Path, module: str, file: str
) -> None:
    assert example(sharpen(module, file)) == installed / file


def test_the_innermost_example_counts_and_our_own_ending_first(sharpen: Package, installed: Path) -> None:
    names = ["networks/Sharpen.mlab.json", "crisp/networks/Sharpen.mlab", "crisp/networks/Sharpen.mlab.json"]
    assert example(sharpen("crisp/filters.py", *names)) == installed / names[-1]


@pytest.mark.parametrize("module", ["crisp.py", "crisp/__init__.py", "crisp/filters.py"])
def test_no_folder_above_the_one_that_holds_the_package_is_searched(sharpen: Package, module: str) -> None:
    assert example(sharpen(module, "../networks/Sharpen.mlab.json", "networks/Blur.mlab.json")) is None


def test_a_macro_has_none_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "Threshold.script").write_text(SCRIPT)
    (tmp_path / "Threshold.mlab").write_text(INNER)
    macro = with_macros(Library([]), tmp_path)["Threshold"]
    assert issubclass(macro, Macro)
    assert example(macro) is None


def test_a_copy_finds_what_lies_beside_the_example_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "scan.nii").write_bytes(b"")
    fields = {"A": "$(NETWORK)/scan.nii", "B": "scan.nii", "C": "$(DemoDataPath)/Bone.tiff", "D": "missing.nii"}
    there = Network({name: NodeSpec("LocalImage", {"name": file}) for name, file in fields.items()})
    save = NodeSpec("ImageSave", {"filename": "$(NETWORK)/result/mask.nii"})
    (tmp_path / "Sharpen.mlab.json").write_text(dumps(there.with_node("S", save)))
    copy = copied(tmp_path / "Sharpen.mlab.json", LIBRARY)
    full = str(tmp_path / "scan.nii")
    assert {name: copy.nodes[name].fields["name"] for name in "ABCD"} == {**fields, "A": full, "B": full}
    assert copy.nodes["S"] == save


def test_an_example_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "Sharpen.mlab.json").write_text("[1, 2]")
    with pytest.raises(FormatError, match="not an object"):
        copied(tmp_path / "Sharpen.mlab.json", LIBRARY)
