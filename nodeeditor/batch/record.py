"""The record beside a study's files: what they were made of, and whether they still are what is wanted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nodeeditor.atomic import partial_file
from nodeeditor.check import current_name
from nodeeditor.errors import NodeEditorError
from nodeeditor.fields import Json, StringType
from nodeeditor.library import Library
from nodeeditor.macros.expansion import expansion
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.run import files
from nodeeditor.version import __version__

RECORD = "provenance.json"
_FORMAT = "nodeeditor-provenance"
_DECIDING = ("format", "version", "study", "content", "wanted", "inputs")


def demand(
    study: str, network: Network, library: Library, paths: Paths, settings: Mapping[str, Json], wanted: Sequence[str]
) -> dict[str, Json]:
    """What decides a study's files, as an object for a record: the network, what is wanted, and what it reads."""
    network = expansion(network, library).network
    return {
        "format": _FORMAT,
        "version": 1,
        "study": study,
        "content": _content(network),
        "settings": dict(settings),
        "wanted": list(wanted),
        "inputs": [
            {
                "field": f"{name}.{field}",
                "path": str(path),
                **_facts(path),
                "stamp": _stamp(network, library, name, paths),
            }
            for name, field, path in files(network, library, paths, effects=False)
        ],
    }


def _content(network: Network) -> str:
    """A hash of all in a network that decides its results: types, fields and connections, not where boxes lie."""
    nodes = {name: [spec.type, dict(spec.fields), spec.bypassed] for name, spec in network.nodes.items()}
    text = json.dumps([nodes, dict(network.connections)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(path: Path) -> dict[str, Json]:
    """Size and time of change of a file, or of all the files in a folder; nothing where it cannot be asked."""
    try:
        several = [one for one in path.iterdir() if one.is_file()] if path.is_dir() else None
        found = [one.stat() for one in ([path] if several is None else several)]
    except OSError:
        return {}
    changed = datetime.fromtimestamp(max((one.st_mtime for one in found), default=0.0), UTC)
    counted = {} if several is None else {"files": len(several)}
    return {**counted, "size": sum(one.st_size for one in found), "modified": changed.isoformat()}


def _stamp(network: Network, library: Library, name: str, paths: Paths) -> str:
    """What a node itself says that its result depends on outside the network; it may know of further files."""
    node_type = library[network.nodes[name].type]
    fields = {}
    with contextlib.suppress(NodeEditorError, ValueError, OSError):
        for saved, value in network.nodes[name].fields.items():
            declared = node_type.declaration.fields.get(current_name(node_type, saved))
            if declared is not None and declared.persistent:
                is_file = isinstance(declared.type, StringType) and declared.type.file
                fields[declared.name] = paths.expanded(value) if is_file else declared.value(value)
        return node_type(**fields).stamp()
    return ""


def holds(folder: Path, asked: Mapping[str, Json]) -> dict[str, Any] | None:
    """The record in a folder, where all that decides is as it was and every file is there; else None."""
    record = _read(folder)
    if record is None or any(record.get(key) != asked[key] for key in _DECIDING):
        return None
    return record if all(_is_there(folder, one) for one in record["outputs"]) else None


def forget(folder: Path) -> None:
    """Remove a record and the files in its folder that it lists: they are about to be made anew, and may fail to be."""
    record = _read(folder)
    for one in record["outputs"] if record else []:
        path = (folder / one["file"]).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            path.unlink()
    (folder / RECORD).unlink(missing_ok=True)


def write(folder: Path, asked: Mapping[str, Json], told: Mapping[str, Any], made: Iterable[Path]) -> None:
    """Write the record of a study that is done, with what more is told of it; raises OSError."""
    outputs = [{"file": _place(folder, path), **_facts(path)} for path in made]
    record = {**asked, **told, "outputs": outputs, "versions": _versions()}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    with partial_file(folder / RECORD) as partial:
        partial.write_text(text, encoding="utf-8", errors="surrogatepass")


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError, RecursionError):
        return None
    sound = isinstance(record, dict) and record.get("format") == _FORMAT and isinstance(record.get("outputs"), list)
    return record if sound and all(isinstance(one.get("file"), str) for one in record["outputs"]) else None


def _is_there(folder: Path, output: Mapping[str, Json]) -> bool:
    facts = _facts(folder / output["file"])
    return bool(facts) and {"file": output["file"], **facts} == output


def _place(folder: Path, path: Path) -> str:
    """A path as seen from a folder, where it lies in it."""
    path, folder = path.resolve(), folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _versions() -> dict[str, str]:
    found = {"nodeeditor": __version__, "python": platform.python_version()}
    for name in ("numpy", "SimpleITK", "pydicom"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
