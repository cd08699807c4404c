"""What a file name in a network means here: path variables and the network's own folder."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nodeeditor.demo_data import demo_data
from nodeeditor.errors import one_of, suggestion

_VARIABLE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
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
