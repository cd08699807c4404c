"""The studies that a table lists: a column a field, a row a study."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nodeeditor.batch.studies import Study, distinct, folded, folder_name, settable, stem
from nodeeditor.check import setting
from nodeeditor.errors import FieldError, FormatError, NetworkError, raise_all, suggestion
from nodeeditor.fields import Json
from nodeeditor.library import Library
from nodeeditor.network import Network, endpoint

_ID = "id"
_TOLD = 20


def listed(table: Path, network: Network, library: Library) -> list[Study]:
    """A study for every row of a CSV or TSV file in UTF-8, with columns ``Node.field``, and perhaps ``id``.

    A relative file name starts at the table's folder, that of a file to be written at the study's. An empty cell
    leaves the field as the network has it, but for the name of a file to be read, which has to be there. Without ids
    studies are called after the first file. Raises NetworkError with every problem, each with its line, of many the
    first ones.
    """
    (line, header), *rows = _lines(table)
    columns = list(_columns(header, network, library, f"{table.name}, line {line}"))
    raise_all([one for one in columns if isinstance(one, NetworkError)])
    sound = [one for one in columns if isinstance(one, _Column)]
    problems: list[NetworkError] = []
    made = [_row(cells, sound, network, library, table, line, problems) for line, cells in rows]
    if not made and not problems:
        problems.append(FormatError(f"{table} lists no study"))
    named = any(column.field is None for column in sound)
    if named:
        problems += _equal_names([one.name for one in made], [line for line, _ in rows], table)
    raise_all(problems if len(problems) <= _TOLD else [*problems[:_TOLD], _more(len(problems) - _TOLD, table)])
    if named:
        return made
    return [Study(name, name, one.settings) for name, one in zip(distinct([s.name for s in made]), made, strict=True)]


def _more(count: int, table: Path) -> FormatError:
    return FormatError(f"{table.name}: {count} more {'problem' if count == 1 else 'problems'}")


@dataclass(frozen=True)
class _Column:
    """What a column holds: ids where there is no field."""

    title: str
    field: tuple[str, str] | None
    is_file: bool = False
    written: bool = False


def _lines(table: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line where it begins; the first one is the header."""
    text = _text(table)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = "\t" if table.suffix.lower() in (".tsv", ".tab") else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"{table}, line {line}: {error}") from None
    if not rows:
        raise FormatError(f"{table} is empty; its first line has to name the columns: Node.field, or id")
    return rows


def _text(table: Path) -> str:
    try:
        content = table.read_bytes()
    except OSError as error:
        raise FormatError(f"{table} cannot be read: {error.strerror or error}") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(f"{table} is UTF-16; save it as CSV in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FormatError(f"{table}, line {line}: is not UTF-8; save it as CSV in UTF-8") from None


def _columns(header: Sequence[str], network: Network, library: Library, where: str) -> Iterator[_Column | NetworkError]:
    seen: set[tuple[str, str] | None] = set()
    for number, title in enumerate(header, 1):
        column: _Column | NetworkError
        try:
            column = _column(title, network, library)
        except NetworkError as error:
            column = FieldError(f"{where}: {error.message}", error.node, error.connector)
        except ValueError:
            hint = suggestion(title, [_ID]) or "; a column is called Node.field, or id"
            column = FormatError(f"{where}: column {number} is called {title!r}{hint}")
        if isinstance(column, _Column):
            if column.field in seen:
                column = FormatError(f"{where}: there is a second column {title}")
            else:
                seen.add(column.field)
        yield column


def _column(title: str, network: Network, library: Library) -> _Column:
    if title.casefold() == _ID:
        return _Column(title, None)
    node, name = endpoint(title)
    name, is_file = settable(network, library, node, name)
    node_type = library.get(network.nodes[node].type)
    return _Column(title, (node, name), is_file, is_file and node_type is not None and node_type.effect)


def _row(
    cells: Sequence[str],
    columns: Sequence[_Column],
    network: Network,
    library: Library,
    table: Path,
    line: int,
    problems: list[NetworkError],
) -> Study:
    """The study of a row; what is wrong with it is added to the problems."""
    where = f"{table.name}, line {line}"
    if len(cells) != len(columns):
        problems.append(FormatError(f"{where}: has {len(cells)} cells, not {len(columns)} as the first line"))
    settings: list[tuple[str, str, Json]] = []
    name = first = ""
    for column, cell in zip(columns, cells, strict=False):
        if column.field is None:
            name = cell
            if not cell:
                problems.append(FormatError(f"{where}: the id is missing"))
        elif cell:
            folder = None if column.written else table.absolute().parent
            try:
                settings.append(setting(library, network, f"{'.'.join(column.field)}={cell}", folder))
            except NetworkError as error:
                problems.append(FieldError(f"{where}: {error.message}", error.node, error.connector))
            else:
                if column.is_file and not column.written and _of_windows(settings[-1][2]):
                    what = f"{cell} is not there; folders are divided by / here, not by \\"
                    problems.append(FieldError(f"{where}: {what}", *column.field))
                first = first or (stem(Path(settings[-1][2])) if column.is_file and not column.written else "")
        elif column.is_file and not column.written:
            problems.append(FieldError(f"{where}: the file name is missing", *column.field))
    name = name or first or f"line-{line}"
    return Study(name, folder_name(name), tuple(settings))


def _of_windows(name: Json) -> bool:
    return os.sep == "/" and isinstance(name, str) and "\\" in name and "$(" not in name and not Path(name).exists()


def _equal_names(names: Sequence[str], lines: Sequence[int], table: Path) -> Iterator[NetworkError]:
    seen: dict[str, tuple[str, int]] = {}
    for name, line in zip(names, lines, strict=True):
        other, before = seen.setdefault(folded(folder_name(name)), (name, line))
        if before != line:
            what = f"the id {name!r} is that of line {before}, too"
            if other != name:
                what = f"the id {name!r} would share a folder with {other!r} of line {before}"
            yield FormatError(f"{table.name}, line {line}: {what}; choose another one")
