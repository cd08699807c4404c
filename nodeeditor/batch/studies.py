"""One study of a batch, and the names of studies: each fit for a folder anywhere, and no two alike."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nodeeditor.check import current_name, setting
from nodeeditor.fields import Json, StringType
from nodeeditor.library import Library
from nodeeditor.network import Network

RESULTS = "results.csv"
"""The table of a batch, which lies beside the folders of the studies."""
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]|\$(?=\()')
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_RESERVED = re.compile(rf"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|{re.escape(RESULTS)}", re.IGNORECASE)  # by Windows, us
_ENDING = re.compile(r"(\.[A-Za-z]\w{0,7})?(\.gz)?$")
_LONGEST = 100


@dataclass(frozen=True)
class Study:
    """One study: what it is called, its folder's name, and the fields that are its own: node, field and value."""

    name: str
    folder: str
    settings: tuple[tuple[str, str, Json], ...] = ()


def settable(network: Network, library: Library, node: str, name: str) -> tuple[str, bool]:
    """Today's name of a field that can be set, and whether it names a file; raises NetworkError where it cannot be."""
    spec = network.nodes.get(node)
    node_type = library.get(spec.type) if spec else None
    declared = node_type.declaration.fields.get(current_name(node_type, name)) if node_type else None
    text = declared.type.to_text(declared.default) if declared and declared.persistent else ""
    name = setting(library, network, f"{node}.{name}={text}")[1]
    return name, declared is not None and isinstance(declared.type, StringType) and declared.type.file


def stem(path: Path) -> str:
    """What a study is called after its file or folder: a file's name without the ending."""
    return path.name if path.is_dir() else _ENDING.sub("", path.name) or path.name


def folder_name(name: str) -> str:
    """A name that makes one folder on any system, inside of the one that it is put into."""
    shown = "".join("_" if unicodedata.category(one) in _UNSEEN else one for one in unicodedata.normalize("NFC", name))
    safe = _FORBIDDEN.sub("_", shown).strip().rstrip(". ")
    if len(safe.encode()) > _LONGEST:
        mark = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        safe = f"{safe.encode()[:_LONGEST].decode('utf-8', 'ignore').rstrip('. ')}-{mark}"
    return f"_{safe}" if not safe or safe.startswith(".") or _RESERVED.fullmatch(safe) else safe


def folded(name: str) -> str:
    """What is equal for names that some system takes for one."""
    return unicodedata.normalize("NFC", name.casefold())


def distinct(names: Sequence[str]) -> list[str]:
    """Folder names for some studies, those numbered that would be equal."""
    safe = [folder_name(name) for name in names]
    often = Counter(map(folded, safe))
    taken = set(often)
    numbers = {key: itertools.count(1) for key, count in often.items() if count > 1}
    made = []
    for name in safe:
        if key_numbers := numbers.get(folded(name)):
            name = next(one for i in key_numbers if folded(one := f"{name}-{i}") not in taken)  # noqa: PLW2901
        taken.add(folded(name))
        made.append(name)
    return made
