"""Path variables: what a file name in a network means on this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nodeeditor.demo_data import demo_data, demo_data_folder
from nodeeditor.paths import Paths, settings_file, spelled, user_variables


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings file of a fresh user is to be; no variable is set in the environment."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("NODEEDITOR_PATH_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "config" / "nodeeditor" / "paths.json"
    file.parent.mkdir(parents=True)
    assert settings_file() == file
    return file


def test_an_empty_name_stays_empty(tmp_path: Path) -> None:
    assert Paths(tmp_path).expanded("") == ""


def test_a_relative_name_is_beside_the_network(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "networks")
    assert paths.expanded("scan.nii") == str(tmp_path / "networks" / "scan.nii")
    assert paths.expanded("../data/./scan.nii") == str(tmp_path / "data" / "scan.nii")


def test_a_file_is_said_from_the_innermost_folder_that_has_a_name(tmp_path: Path) -> None:
    network = tmp_path / "study" / "Mine.mlab.json"
    variables = {"DATA": str(tmp_path), "SCANS": str(tmp_path / "study" / "scans"), "ODD": "relative"}
    said = {
        "study/head.nii": "$(NETWORK)/head.nii",
        "study/scans/1/a.dcm": "$(SCANS)/1/a.dcm",
        "other.nii": "$(DATA)/other.nii",
        "study": "$(NETWORK)",
    }
    for name, expected in said.items():
        assert spelled(tmp_path / name, network, variables) == expected
        assert Paths(network.parent, variables).expanded(expected) == str(tmp_path / name)
    assert spelled(tmp_path / "study" / "head.nii", None, {}) == str(tmp_path / "study" / "head.nii")
    assert spelled(tmp_path / "other.nii", network, {}) == str(tmp_path / "other.nii")


def test_a_built_in_image_is_said_by_its_variable() -> None:
    head = demo_data() / "BrainMultiModal" / "ProbandT1.dcm"
    assert demo_data_folder() == demo_data()
    assert spelled(head, None, {}) == "$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"
    assert spelled(head, None, {"DemoDataPath": "/elsewhere"}) == str(head)


def test_an_absolute_name_stays(tmp_path: Path) -> None:
    assert Paths(tmp_path).expanded("/data/scan.nii") == "/data/scan.nii"


def test_the_network_variable_is_the_folder_of_the_file(tmp_path: Path) -> None:
    assert Paths(tmp_path).expanded("$(NETWORK)/out/a.nii") == str(tmp_path / "out" / "a.nii")


def test_the_local_variable_of_macros_is_the_folder_of_the_file(tmp_path: Path) -> None:
    assert Paths(tmp_path).expanded("$(LOCAL)/a.nii") == str(tmp_path / "a.nii")


def test_a_name_is_absolute_even_in_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths(Path("networks")).expanded("$(NETWORK)/a.nii") == str(tmp_path / "networks" / "a.nii")
    assert Paths().expanded("a.nii") == str(tmp_path / "a.nii")


def test_home_is_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert Paths(tmp_path).expanded("$(HOME)/a.nii") == str(tmp_path / "me" / "a.nii")


def test_demo_data_is_generated_unless_the_user_set_it(tmp_path: Path) -> None:
    generated = Path(Paths(tmp_path).expanded("$(DemoDataPath)/BrainMultiModal/ProbandT1.dcm"))
    assert generated == demo_data() / "BrainMultiModal" / "ProbandT1.dcm"
    assert generated.is_file()
    own = Paths(tmp_path, {"DemoDataPath": "/opt/MeVisLab/DemoData"})
    assert own.expanded("$(DemoDataPath)/Bone.tiff") == "/opt/MeVisLab/DemoData/Bone.tiff"


def test_what_is_not_among_the_built_in_images_is_named_with_those_that_are(tmp_path: Path) -> None:
    lacking = Paths(tmp_path).lacking("$(DemoDataPath)/MRI_Head.tif")
    assert lacking.startswith("$(DemoDataPath)/MRI_Head.tif is not among the built-in images (Bone.tiff, Brain")
    assert "--path DemoDataPath=FOLDER" in lacking
    assert Paths(tmp_path).lacking("$(DemoDataPath)/Bone.tiff") == ""
    assert Paths(tmp_path).lacking("$(NETWORK)/MRI_Head.tif") == ""
    assert Paths(tmp_path, {"DemoDataPath": "/opt/MeVisLab/DemoData"}).lacking("$(DemoDataPath)/MRI_Head.tif") == ""


def test_the_users_variables_go_before_the_built_in_ones(tmp_path: Path) -> None:
    paths = Paths(tmp_path, {"NETWORK": "/n", "HOME": "/h", "Study": "/data/study"})
    assert paths.expanded("$(NETWORK)/$(NETWORK)") == "/n/n"
    assert paths.expanded("$(HOME)/a") == "/h/a"
    assert paths.expanded("$(Study)_2/a.nii") == "/data/study_2/a.nii"


@pytest.mark.parametrize("text", ["$Study/a", "$()/a", "$(1)/a", "$(Stu dy)/a", "${Study}/a", "~/a", "%Study%"])
def test_only_the_one_spelling_is_a_variable(tmp_path: Path, text: str) -> None:
    assert Paths(tmp_path, {"Study": "/data"}).expanded(text) == str(tmp_path / text)


def test_a_value_is_not_expanded_again(tmp_path: Path) -> None:
    assert Paths(tmp_path, {"A": "/x/$(A)"}).expanded("$(A)") == "/x/$(A)"


@pytest.mark.skipif(os.name != "posix", reason="on Windows a backslash is a separator anyway")
def test_backslashes_behind_a_variable_are_separators(tmp_path: Path) -> None:
    assert Paths(tmp_path, {"S": "/data"}).expanded("$(S)\\a\\b.nii") == "/data/a/b.nii"
    assert Paths(tmp_path).expanded("a\\b.nii") == str(tmp_path / "a\\b.nii")


def test_an_unknown_variable_is_named_with_a_way_out(tmp_path: Path, settings: Path) -> None:
    with pytest.raises(ValueError, match="is not set") as raised:
        Paths(tmp_path, {"Study": "/data"}).expanded("$(Studie)/a.nii")
    assert str(raised.value) == (
        "the path variable $(Studie) is not set; did you mean 'Study'? "
        f"(known: DemoDataPath, HOME, NETWORK, Study; set it with --path Studie=FOLDER or in {settings})"
    )


def test_without_settings_there_are_no_variables(settings: Path) -> None:
    assert not settings.exists()
    assert user_variables() == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_settings_file_sets_variables(settings: Path, encoding: str) -> None:
    settings.write_text(json.dumps({"Study": "/däta"}, ensure_ascii=False), encoding=encoding)
    assert user_variables() == {"Study": "/däta"}


def test_the_environment_goes_before_the_settings_file(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text('{"Study": "/file", "Other": "/other"}')
    monkeypatch.setenv("NODEEDITOR_PATH_Study", "/environment")
    monkeypatch.setenv("NODEEDITOR_PATH_Other", "")
    monkeypatch.setenv("NODEEDITOR_CACHE", "1")
    assert user_variables() == {"Study": "/environment", "Other": "/other"}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' * 100_000],
    ids=["empty", "half", "not UTF-8", "nested lists", "nested objects"],
)
def test_a_corrupt_settings_file_is_named(settings: Path, data: bytes) -> None:
    settings.write_bytes(data)
    with pytest.raises(ValueError, match="cannot be read: ") as raised:
        user_variables()
    assert str(raised.value).startswith(str(settings))


@pytest.mark.parametrize("text", ["[]", "null", '"a"', '{"a": 1}', '{"a": null}', '{"a": ["b"]}'])
def test_settings_of_another_form_are_refused(settings: Path, text: str) -> None:
    settings.write_text(text)
    with pytest.raises(ValueError, match="is not a JSON object from variable names to folders"):
        user_variables()


def test_settings_that_the_system_refuses_are_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/" + "x" * 300)
    with pytest.raises(ValueError, match=r"cannot be read: .*too long"):
        user_variables()


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/c"}, "/c/nodeeditor/paths.json"),
        ("linux", {"XDG_CONFIG_HOME": ""}, "/me/.config/nodeeditor/paths.json"),
        ("darwin", {}, "/me/Library/Application Support/nodeeditor/paths.json"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/nodeeditor/paths.json"),
        ("win32", {"APPDATA": ""}, "/me/AppData/Roaming/nodeeditor/paths.json"),
    ],
)
def test_the_settings_file_is_where_the_system_keeps_such_files(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv("HOME", "/me")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert settings_file() == Path(expected)
