"""The studies that patterns and folders find on the disk."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from nodeeditor.batch.studies import Study, distinct, settable, stem
from nodeeditor.errors import FieldError, one_of, raise_all
from nodeeditor.library import Library
from nodeeditor.network import Network, endpoint
from nodeeditor.paths import Paths

_WILD = re.compile(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])")
_ANY = {"**/": "(?:(.*)/)?", "**": "(.*)", "*": "([^/]*)", "?": "([^/])"}

Match: TypeAlias = tuple[str, ...]
"""What the wildcards of a pattern stand for in one of the names that it finds."""


def found(texts: Sequence[str], network: Network, library: Library, paths: Paths, out: Path) -> list[Study]:
    """A study for every file or folder that ``Node.field=PATTERN`` finds; raises NetworkError.

    A folder in place of a pattern stands for all that lies in it and is not hidden. Files of several patterns belong
    together where the wildcards stand for the same, so all patterns have to find the same. What lies in ``out``, where
    a batch before this one may have written, is not found, but where the pattern names a folder in there.
    """
    fields = [_field(text, network, library) for text in texts]
    for number, field in enumerate(fields):
        if field in fields[:number]:
            raise FieldError("has two patterns; studies that one does not find can be listed in a table", *field)
    patterns = [text.partition("=")[2] for text in texts]
    matches = [_matches(pattern, field, paths, out) for pattern, field in zip(patterns, fields, strict=True)]
    raise_all(list(_unpaired(fields, [one for one, _ in matches])))
    first, names = matches[0]
    folders = distinct([names[match] for match in first])
    return [
        Study(folder, folder, tuple((*field, str(one[match])) for field, (one, _) in zip(fields, matches, strict=True)))
        for folder, match in zip(folders, first, strict=True)
    ]


def _field(text: str, network: Network, library: Library) -> tuple[str, str]:
    end, equals, pattern = text.partition("=")
    try:
        node, name = endpoint(end.strip())
    except ValueError:
        equals = ""
    if not (equals and pattern):
        raise FieldError(f"{text!r} is not of the form Node.field=PATTERN")
    name, is_file = settable(network, library, node, name)
    if not is_file:
        raise FieldError("holds no file name, so no pattern; studies that differ in it need a table", node, name)
    return node, name


def _matches(
    pattern: str, field: tuple[str, str], paths: Paths, out: Path
) -> tuple[dict[Match, Path], dict[Match, str]]:
    """What a pattern finds, in the order of names, and what the studies are called after it."""
    try:
        start = Path(paths.expanded(pattern) if pattern.startswith("$(") else _absolute(pattern))
        some = list(_there(start, out.resolve()))
    except ValueError as error:
        raise FieldError(str(error), *field) from None
    except OSError as error:
        raise FieldError(f"{error.filename or pattern} cannot be read: {error.strerror or error}", *field) from None
    wild = start.as_posix()
    made: dict[Match, Path]
    if start.is_dir():
        short = len({stem(path) for path in some}) == len(some)
        made = {(stem(path) if short else path.name,): path for path in some}
        names = {match: stem(path) for match, path in made.items()}
    else:
        made = {_match(wild, path): path for path in some}
        names = {match: _name(wild, path) for match, path in made.items()}
    if not made:
        raise FieldError(f"{start} {'is an empty folder' if start.is_dir() else 'finds no file or folder'}", *field)
    return made, names


def _there(start: Path, out: Path) -> Iterator[Path]:
    """What a file, a folder or a pattern stands for; raises ValueError where that is among the results of a batch."""
    steps = itertools.takewhile(lambda part: not _WILD.search(part), start.parts)
    searched = (start if start.exists() else Path(*steps)).resolve()
    if searched == out:
        raise ValueError(f"its pattern searches {out}, the folder for the results; choose another --out")
    if start.is_file():
        found = [start]
    elif start.is_dir():
        found = sorted(path for path in start.iterdir() if not path.name.startswith("."))
    else:
        found = [Path(name) for name in sorted(glob.glob(start.as_posix(), recursive=True))]  # noqa: PTH207
        found = [path for path in found if "**" not in start.parts or not _goes_round(path)]
    for path in found:
        if searched.is_relative_to(out) or not path.resolve().is_relative_to(out):
            yield path


def _goes_round(path: Path) -> bool:
    """Whether a name leads through a link into a folder that it has been in before."""
    folders = [folder.resolve() for folder in path.parents]
    return len(set(folders)) < len(folders)


def _absolute(pattern: str) -> str:
    """A pattern as a full name; behind a field's name most shells leave ``~/`` as it is."""
    return os.path.abspath(Path(pattern).expanduser() if pattern.startswith("~/") else pattern)  # noqa: PTH100


def _match(wild: str, path: Path) -> Match:
    pieces = [_ANY.get(piece) or _piece(piece) for piece in _WILD.split(wild)]
    matched = re.fullmatch("".join(pieces), path.as_posix(), re.DOTALL | (re.IGNORECASE if os.name == "nt" else 0))
    return tuple(group or "" for group in matched.groups()) if matched else (path.as_posix(),)


def _piece(piece: str) -> str:
    """A range of characters, or a text as it stands, as a regular expression."""
    if not _WILD.fullmatch(piece):
        return re.escape(piece)
    inner = piece[1:-1].replace("\\", "\\\\")
    return f"([^{inner[1:]}])" if inner.startswith("!") else f"([{inner}])"


def _name(wild: str, path: Path) -> str:
    """The part of a path between the first and the last folder or file that wildcards choose."""
    pattern, parts = wild.split("/"), path.as_posix().split("/")
    chosen = [number for number, part in enumerate(pattern) if _WILD.search(part)]
    if not chosen:
        return stem(path)
    behind = len(pattern) - 1 - chosen[-1]
    between = parts[chosen[0] : len(parts) - behind]
    return "_".join([*between[:-1], stem(path)] if not behind else between) or stem(path)


def _unpaired(fields: Sequence[tuple[str, str]], found: Sequence[Mapping[Match, Path]]) -> Iterator[FieldError]:
    """Where patterns do not find the same, one problem for each that lacks something."""
    for field, matches in zip(fields, found, strict=True):
        for other, more in zip(fields, found, strict=True):
            lacking = [str(more[match]) for match in more if match not in matches]
            if lacking:
                what = f"{len(lacking)} of {'.'.join(other)}: {one_of(lacking[:3])}"
                yield FieldError(f"its pattern finds nothing that belongs to {what}", *field)
