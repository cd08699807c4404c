"""The arrows between packages: no screen below the editor, and nothing heavy before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nodeeditor

ROOT = Path(__file__).resolve().parents[1]
SCREEN = {"PySide6", "shiboken6", "NodeGraphQt", "Qt", "dask", "distributed"}
HEAVY = {"numpy", "SimpleITK", "pydicom", "numba", *SCREEN}


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level packages that a fresh interpreter has imported after some code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def modules(folder: str) -> list[str]:
    """All modules of one of our packages that do not belong to the editor's window."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.startswith("nodeeditor.gui") and not name.endswith("__main__")]


def test_neither_the_engine_nor_any_node_imports_a_screen_or_dask() -> None:
    wanted = [*modules("nodeeditor"), *modules("nodes")]
    assert {"nodeeditor.cli", "nodeeditor.engine", "nodeeditor.run", "nodes.view2d", "nodes.files"} <= set(wanted)
    found = imported("\n".join(f"import {name}" for name in wanted))
    assert {"nodeeditor", "nodes", "numpy"} <= found
    assert not found & (SCREEN | {"numba"})


def test_finding_all_node_types_does_not_import_pydicom() -> None:
    found = imported("from nodeeditor.library import Library\nassert 'Threshold' in Library.installed()")
    assert "numpy" in found
    assert not found & (SCREEN | {"pydicom", "numba"})


@pytest.mark.parametrize("name", ["nodes.formats", "SimpleITK", "pydicom", "nodeeditor.engine"])
def test_a_check_imports_nothing_that_opens_or_computes_images(name: str) -> None:
    network = str(ROOT / "networks" / "ImageMask.mlab.json")
    code = f"import sys\nfrom nodeeditor.cli import main\nassert main(['check', {network!r}]) == 0"
    assert "numpy" in imported(f"{code}\nassert {name!r} not in sys.modules")


def test_importing_the_package_waits_for_nothing() -> None:
    assert not imported("import nodeeditor") & HEAVY


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_word_about_itself_waits_for_nothing(option: str) -> None:
    code = "import contextlib\nfrom nodeeditor.cli import main\nwith contextlib.suppress(SystemExit): main()"
    assert not imported("import sys; sys.argv[0] = 'nodeeditor'\n" + code, option) & HEAVY


def test_the_network_file_is_read_without_numpy() -> None:
    assert not imported("import nodeeditor.file\nimport nodeeditor.network\nimport nodeeditor.paths") & HEAVY


def test_every_package_is_named_where_it_is_installed_from() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = [init.parent for ours in ("nodeeditor", "nodes") for init in (ROOT / ours).rglob("__init__.py")]
    assert named == sorted([*(".".join(folder.relative_to(ROOT).parts) for folder in folders), "nodes.networks"])


@pytest.mark.parametrize("name", nodeeditor.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    found = imported(f"from nodeeditor import {name}\nassert {name} is not None")
    assert "nodeeditor" in found


def test_a_star_gives_the_node_api() -> None:
    names: dict[str, object] = {}
    exec("from nodeeditor import *", names)
    assert set(nodeeditor.__all__) <= set(names)


def test_a_public_name_is_the_one_of_its_home() -> None:
    from nodeeditor import errors, image, node

    assert nodeeditor.Node is node.Node
    assert nodeeditor.Region is image.Region
    assert nodeeditor.NodeError is errors.NodeError
    assert nodeeditor.field is node.field


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'nodeeditor' has no attribute 'Nodes'"):
        nodeeditor.Nodes  # noqa: B018
    assert not hasattr(nodeeditor, "np")


def test_the_version_is_said_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nodeeditor", "--version"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == f"nodeeditor {nodeeditor.__version__}\n"
