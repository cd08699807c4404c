"""Finding node types: ours and anybody's, the good packages in spite of the bad ones."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from nodeeditor import Image, Input, Node
from nodeeditor.errors import UnknownNodeType
from nodeeditor.library import Library, node_types

NODE = """
from nodeeditor import Node, field

class {name}(Node{options}):
    '''Help.'''
    former_names = {former!r}
"""
Package = Callable[..., None]


class Blur(Node):
    """Make smooth."""

    former_names = ("Smooth",)
    in_image = Input(Image, "An image.")


class Sharpen(Node):
    """Make crisp."""


class Filter(Node, abstract=True):
    """What all filters have."""


def source(name: str, former: tuple[str, ...] = (), options: str = "") -> str:
    return NODE.format(name=name, former=former, options=options)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """A function that installs a package: files by name, and where its entry point leads."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def install(name: str, files: dict[str, str], target: str = "", entry: str = "") -> None:
        for file, text in files.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[nodeeditor.nodes]\n{entry or name} = {target or name}\n")
        importlib.invalidate_caches()

    yield install
    for module in set(sys.modules) - before:
        del sys.modules[module]


def test_our_own_nodes_are_found_through_the_entry_point() -> None:
    library = Library.installed()
    assert library.problems == ()
    assert {"LocalImage", "Threshold", "Mask", "SynchroView2D", "View2D", "ImageSave", "Info"} <= set(library)
    assert library["Threshold"].__module__ == "nodes.segmentation"
    assert list(library) == sorted(library)
    assert len(library) == len(list(library))
    assert not any(library[name].abstract for name in library)


def test_a_third_partys_package_is_found(package: Package) -> None:
    package(
        "acme",
        {
            "acme/__init__.py": source("AcmeRoot"),
            "acme/filters.py": source("AcmeBlur") + source("AcmeBase", options=", abstract=True"),
            "acme/_private.py": source("AcmePrivate"),
            "acme/deeper/__init__.py": source("AcmeDeeper"),
        },
    )
    library = Library.installed()
    assert library.problems == ()
    assert {name for name in library if name.startswith("Acme")} == {"AcmeRoot", "AcmeBlur"}
    assert library["AcmeBlur"].declaration.subject == "Filters"
    assert "Threshold" in library


def test_an_entry_point_may_lead_to_a_module(package: Package) -> None:
    package("acme", {"acme_nodes.py": source("AcmeOne")}, "acme_nodes")
    assert Library.installed()["AcmeOne"].__module__ == "acme_nodes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import there_is_no_such_module", "ModuleNotFoundError: No module named 'there_is_no_such_module'"),
        ("def broken(:", "SyntaxError: "),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        (source("AcmeBad") + "    level: float = 0.0\n", "TypeError: AcmeBad.level is annotated"),
    ],
    ids=["missing module", "syntax", "exception", "exit", "wrong node type"],
)
def test_a_broken_module_is_named_and_disturbs_no_other(package: Package, text: str, message: str) -> None:
    package("acme", {"acme/__init__.py": "", "acme/bad.py": text, "acme/good.py": source("AcmeGood")})
    package("other", {"other.py": source("OtherGood")})
    library = Library.installed()
    assert {"AcmeGood", "OtherGood", "Threshold"} <= set(library)
    (problem,) = library.problems
    assert problem.startswith(f"the node package 'acme.bad' cannot be used: {message}")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("acme_gone", "ModuleNotFoundError: No module named 'acme_gone'"),
        ("acme_nodes:AcmeOne", "TypeError: the entry point does not lead to a module"),
        ("acme_nodes:nothing", "AttributeError: "),
    ],
)
def test_a_broken_entry_point_is_named(package: Package, target: str, message: str) -> None:
    package("acme", {"acme_nodes.py": source("AcmeOne")}, target)
    library = Library.installed()
    assert "Threshold" in library
    assert "AcmeOne" not in library
    (problem,) = library.problems
    assert problem.startswith(f"the node package {target!r} cannot be used: {message}")


def test_of_two_node_types_of_one_name_the_first_is_used_and_the_other_named(package: Package) -> None:
    package("beta", {"beta.py": source("Twin")}, entry="same")
    package("alpha", {"alpha.py": source("Twin")}, entry="same")
    library = Library.installed()
    assert library["Twin"].__module__ == "alpha"
    assert library.problems == ("beta also has a node type Twin; the one of alpha is used",)


def test_a_module_that_is_named_twice_is_no_problem(package: Package) -> None:
    package("acme", {"acme/__init__.py": "", "acme/one.py": source("AcmeOne")})
    package("again", {}, "acme.one")
    library = Library.installed()
    assert "AcmeOne" in library
    assert library.problems == ()


def test_imported_and_abstract_classes_are_left_out() -> None:
    module = ModuleType("acme")

    class Own(Node):
        """Its own."""

    Own.__module__ = "acme"
    unrelated = type("AbstractOwn", (), {})
    vars(module).update(Blur=Blur, Node=Node, Own=Own, helper=len, number=3, Other=unrelated)
    assert node_types(module) == [Own]
    this = sys.modules[__name__]
    assert node_types(this) == [Blur, Sharpen]


def test_a_former_name_leads_to_the_node_type_of_today() -> None:
    library = Library([Sharpen, Blur])
    assert library["Smooth"] is library["Blur"] is Blur
    assert library.get("Smooth") is Blur
    assert "Smooth" in library
    assert list(library) == ["Blur", "Sharpen"]
    assert list(library.values()) == [Blur, Sharpen]


def test_todays_name_goes_before_a_former_one() -> None:
    class Smooth(Node):
        """Another one."""

    assert Library([Blur, Smooth])["Smooth"] is Smooth


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    library = Library([Blur, Sharpen])
    with pytest.raises(UnknownNodeType, match=r"^unknown node type 'sharpen'; did you mean 'Sharpen'\?$"):
        library["sharpen"]
    with pytest.raises(UnknownNodeType, match=r"^unknown node type 'os\.system'$"):
        library["os.system"]
    assert library.get("sharpen") is None
    assert "sharpen" not in library
    assert None not in library


def test_problems_of_finding_are_kept() -> None:
    library = Library([Blur, Blur], ["one is broken"])
    assert library.problems == ("one is broken",)
    assert len(library) == 1
