"""File names that lead from a network's folder are told when the network moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodeeditor.leftbehind import left_behind, rooted
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec

LIBRARY = Library.installed()


def told(network: Network, source: Path, target: Path) -> list[str]:
    return [str(one) for one in left_behind(network, LIBRARY, source, target) if one.warning]


@pytest.mark.parametrize("name", ["a.nii", "../a.nii", "$(NETWORK)/a.nii", "$(LOCAL)\\a.nii", "./a"])
def test_a_name_from_the_networks_folder_is_told(name: str, tmp_path: Path) -> None:
    network = Network({"L": NodeSpec("LocalImage", {"localname": name})})
    target = tmp_path / "there" / "n.mlab"
    assert told(network, tmp_path / "n.mlab", target) == [
        f"L.localname: {name} is looked for beside {target} from now on"
    ]


@pytest.mark.parametrize("name", ["", "/a.nii", "C:/a.nii", "C:\\a.nii", "$(HOME)/a.nii", "$(DemoDataPath)/Bone.tiff"])
def test_any_other_name_stays_what_it_is(name: str, tmp_path: Path) -> None:
    network = Network({"L": NodeSpec("LocalImage", {"name": name, "series": "a"})})
    assert told(network, tmp_path / "n.mlab", tmp_path / "there" / "n.mlab") == []


def test_in_the_same_folder_all_is_found(tmp_path: Path) -> None:
    network = Network({"L": NodeSpec("LocalImage", {"name": "a.nii"})})
    (tmp_path / "link").symlink_to(tmp_path)
    assert told(network, tmp_path / "n.mlab", tmp_path / "n.mlab.json") == []
    assert told(network, tmp_path / "n.mlab", tmp_path / "link" / "n.mlab.json") == []


def test_of_an_unknown_type_only_what_says_the_folder_is_a_file(tmp_path: Path) -> None:
    network = Network({"X": NodeSpec("Unheard", {"a": "$(NETWORK)/x.wem", "b": "x.wem", "c": 3})})
    target = tmp_path / "there" / "n.mlab"
    assert told(network, tmp_path / "n.mlab", target) == [
        f"X.a: $(NETWORK)/x.wem is looked for beside {target} from now on"
    ]


@pytest.mark.parametrize("name", ["a.nii", "./a.nii", "$(NETWORK)/a.nii", "$(LOCAL)/a.nii"])
def test_what_is_there_beside_a_network_is_named_in_full(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.nii").write_bytes(b"")
    network = Network({"L": NodeSpec("LocalImage", {"localname": name}), "X": NodeSpec("Unknown", {"file": name})})
    found = rooted(network, LIBRARY, tmp_path / "n.mlab.json")
    assert found.nodes["L"].fields == {"localname": str(tmp_path / "a.nii")}
    assert found.nodes["X"].fields["file"] == (str(tmp_path / "a.nii") if name.startswith("$") else name)


@pytest.mark.parametrize("name", ["", "b.nii", "$(NETWORK)/b.nii", "$(NETWORK)/$(NO)/a.nii", "a\0", "$(HOME)", "/"])
def test_any_other_file_is_named_as_before(name: str, tmp_path: Path) -> None:
    network = Network({"L": NodeSpec("LocalImage", {"name": name})})
    assert rooted(network, LIBRARY, tmp_path / "n.mlab.json") == network
