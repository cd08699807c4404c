"""Network files of both kinds are told apart, read and written by one pair of functions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nodeeditor import formats
from nodeeditor.check import problems
from nodeeditor.diff import differences
from nodeeditor.errors import FormatError
from nodeeditor.formats import problems_there
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

from .mevislabsamples import RENDERING

LIBRARY = Library.installed()
OWN = Path(__file__).parents[1] / "networks" / "ImageMask.mlab.json"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "Mine.mlab"
    path.write_text(RENDERING, encoding="utf-8")
    return path


def test_the_ending_says_how_a_file_is_read(mine: Path) -> None:
    assert sorted(formats.load(mine, LIBRARY).nodes) == ["Head", "Mask", "Renderer", "Threshold"]
    assert sorted(formats.load(OWN, LIBRARY).nodes) == ["LocalImage", "Mask", "SynchroView2D", "Threshold"]


@pytest.mark.parametrize("name", ["blob", "blob.txt", "Mine.mlab.orig"])
def test_without_a_known_ending_the_content_says_it(name: str, tmp_path: Path, mine: Path) -> None:
    file = tmp_path / name
    file.write_bytes(mine.read_bytes())
    assert formats.load(file, LIBRARY) == formats.load(mine, LIBRARY)
    file.write_bytes(OWN.read_bytes())
    assert formats.load(file, LIBRARY) == formats.load(OWN, LIBRARY)


def test_a_known_ending_that_is_wrong_is_not_guessed_over(tmp_path: Path, mine: Path) -> None:
    for name, content in (("a.json", mine), ("b.mlab", OWN)):
        (tmp_path / name).write_bytes(content.read_bytes())
        with pytest.raises(FormatError):
            formats.load(tmp_path / name, LIBRARY)


def test_what_is_neither_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x00\x01")
    for name in ("x", "nowhere", "nowhere.mlab", "nowhere.mlab.json", ""):
        with pytest.raises(FormatError):
            formats.load(tmp_path / name, LIBRARY)


def test_there_and_back_nothing_is_lost(mine: Path, tmp_path: Path) -> None:
    network = formats.load(mine, LIBRARY)
    formats.save(network, tmp_path / "Other.mlab.json", LIBRARY)
    again = formats.load(tmp_path / "Other.mlab.json", LIBRARY)
    assert differences(network, again, LIBRARY) == ()
    formats.save(again, tmp_path / "Back.mlab", LIBRARY)
    assert (tmp_path / "Back.mlab").read_bytes() == mine.read_bytes()


def test_our_own_networks_survive_as_mevislab_text(tmp_path: Path) -> None:
    network = formats.load(OWN, LIBRARY)
    formats.save(network, tmp_path / "Other.mlab", LIBRARY)
    assert (tmp_path / "Other.mlab").read_bytes().startswith(b"// MDL v1 utf8\n")
    assert differences(network, formats.load(tmp_path / "Other.mlab", LIBRARY), LIBRARY) == ()


@pytest.mark.parametrize(
    ("name", "stem"), [("a.mlab", "a"), ("a.mlab.json", "a"), ("a.b.mlab", "a.b"), ("a.json", "a.json")]
)
def test_a_network_is_called_after_its_file(name: str, stem: str) -> None:
    assert formats.stem(Path("there") / name) == stem


def test_networks_are_known_among_other_files(mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "table.json"
    other.write_text("{}", encoding="utf-8")
    bare = tmp_path / "bare.json"
    bare.write_bytes(OWN.read_bytes())
    assert [formats.is_network(path) for path in (mine, OWN, bare)] == [True, True, True]
    assert [formats.is_network(path) for path in (other, tmp_path / "none.json", tmp_path / "head.nii")] == [False] * 3


def test_a_damaged_file_keeps_its_sound_part(tmp_path: Path) -> None:
    file = tmp_path / "Mine.mlab.json"
    file.write_text(OWN.read_text(encoding="utf-8").replace("[548, 207, 120, 72]", "7"), encoding="utf-8")
    network, found = formats.sound_part(file, LIBRARY)
    assert set(network.nodes) == {"LocalImage", "Mask", "SynchroView2D", "Threshold"}
    assert [problem.node for problem in found] == ["Mask"]


def test_what_is_not_changed_keeps_every_byte(mine: Path) -> None:
    network = formats.load(mine, LIBRARY)
    formats.save(network.with_field("Threshold", "threshold", 80.0), mine, LIBRARY)
    assert mine.read_text(encoding="utf-8") == RENDERING.replace("threshold = 60", "threshold = 80")
    moved = replace(network.nodes["Mask"], frame=(41.0, 120.0, 120.0, 72.0))
    formats.save(network.with_node("Mask", moved), mine, LIBRARY)
    assert mine.read_text(encoding="utf-8") == RENDERING.replace('"40 120 120', '"41 120 120')


def test_what_to_use_in_place_of_a_module_is_told_in_either_kind_of_file(mine: Path, tmp_path: Path) -> None:
    network = Network({"V": NodeSpec("View3D"), "X": NodeSpec("Maks"), "Y": NodeSpec("SoCube")})
    found = problems(network, LIBRARY)
    assert [str(one) for one in problems_there(found, tmp_path / "a.mlab.json", network, LIBRARY)] == [
        "V: unknown node type 'View3D'; use OrthoView2D",
        "X: unknown node type 'Maks'; did you mean 'Mask'?",
        "Y: unknown node type 'SoCube'",
    ]
    there = problems_there(found, mine, network, LIBRARY)
    assert [(str(one), one.warning) for one in there] == [
        ("V: the module View3D cannot run here; use OrthoView2D", True),
        ("X: the module Maks cannot run here", True),
        ("Y: the module SoCube cannot run here", True),
    ]
    assert problems_there(found, mine, network.without("V"), LIBRARY)[0] is found[0]
