"""What a file name in a network means here: path variables and the network's own folder."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nodeeditor.demo_data import IMAGES, demo_data, demo_data_folder
from nodeeditor.errors import one_of, suggestion

_VARIABLE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_BUILT_IN = "$(DemoDataPath)"
_ENVIRONMENT = "NODEEDITOR_PATH_"


@dataclass(frozen=True)
class Paths:
    """Where names lead: ``folder`` is the network file's (the working folder for an unsaved network).

    ``variables`` are the user's own, such as DemoDataPath; NETWORK, HOME and DemoDataPath are always there, and
    LOCAL, which MeVisLab's macros say for the folder of their own files.
    """

    folder: Path = field(default_factory=Path.cwd)
    variables: Mapping[str, str] = field(default_factory=dict)

    def expanded(self, name: str) -> str:
        """An absolute file name; empty stays empty. Raises ValueError for a variable that is not set.

        ``$(DemoDataPath)`` without a setting is the generated data set, made now if need be.
        """
        if not name:
            return name
        if os.name == "posix" and name.startswith("$("):
            name = name.replace("\\", "/")
        path = self.folder.absolute() / _VARIABLE.sub(lambda match: self._value(match[1]), name)
        # x/../y is another file than y where x is a link, so the system is asked.
        return os.path.realpath(path) if ".." in path.parts else str(path)

    def lacking(self, name: str) -> str:
        """Why there is no such file to read among the built-in images, in words; empty for all other names."""
        if not name.startswith(_BUILT_IN) or "DemoDataPath" in self.variables or Path(self.expanded(name)).exists():
            return ""
        return (
            f"{name} is not among the built-in images ({one_of(sorted(IMAGES))}; for MeVisLab's demo data, set "
            f"its folder with --path DemoDataPath=FOLDER or in {settings_file()})"
        )

    def _value(self, name: str) -> str:
        if name in self.variables:
            return self.variables[name]
        if name in ("NETWORK", "LOCAL"):
            return str(self.folder.absolute())
        if name == "HOME":
            return str(Path.home())
        if name == "DemoDataPath":
            return str(demo_data())
        known = sorted({"NETWORK", "HOME", "DemoDataPath", *self.variables})
        raise ValueError(
            f"the path variable $({name}) is not set{suggestion(name, known)} "
            f"(known: {one_of(known)}; set it with --path {name}=FOLDER or in {settings_file()})"
        )


def spelled(file: Path, network_file: Path | None, variables: Mapping[str, str]) -> str:
    """How a network says a file, so that both can move: by a path variable whose folder it lies in, if any.

    Of several folders the innermost counts, the network's own before the others.
    """
    folders = {name: Path(folder) for name, folder in variables.items() if Path(folder).is_absolute()}
    demo = demo_data_folder()
    if demo is not None:
        folders.setdefault("DemoDataPath", demo)
    if network_file is not None:
        folders = {"NETWORK": network_file.absolute().parent, **folders}
    around = {name: folder for name, folder in folders.items() if file.is_relative_to(folder)}
    if not around:
        return str(file)
    name = max(around, key=lambda one: len(around[one].parts))
    return f"$({name})/{file.relative_to(around[name]).as_posix()}".removesuffix("/.")


def settings_file() -> Path:
    """The user's file of path variables: a JSON object from name to folder."""
    if sys.platform == "win32":
        home = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "nodeeditor" / "paths.json"


def user_variables() -> dict[str, str]:
    """The path variables that the user set: in `settings_file`, and over it as NODEEDITOR_PATH_<NAME>.

    Raises ValueError in words where the settings file is there but no such object.
    """
    try:
        file = settings_file()
    except RuntimeError:  # a user without a home has no settings
        file = Path(os.devnull)
    variables: dict[str, str] = {}
    try:
        if file.is_file():
            variables = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise ValueError(f"{file} is not a JSON object from variable names to folders")
    for key, value in os.environ.items():
        if key.startswith(_ENVIRONMENT) and value:
            variables[key.removeprefix(_ENVIRONMENT)] = value
    return variables
