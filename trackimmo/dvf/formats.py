"""The two forms in which the sales are published, and how a file's first line tells which one it is."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from trackimmo.dvf.errors import UnreadableFile

# A line's fields as they stand in the file, and those that are staged, in the order of `sql/copy.sql`.
Fields = Sequence[bytes]
Select = Callable[[Fields], Fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form of the file: the `columns` we need, and `convert`, which makes staged values of them.

    Without `convert`, `columns` are in the order of the staged ones and stay as they are.
    """

    title: str
    delimiter: str
    is_quoted: bool
    columns: tuple[str, ...]
    convert: Select | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One file's form: how many fields a line has, and what takes the staged values from them."""

    format: Format
    width: int
    select: Select


def recognise(header: bytes, formats: Sequence[Format], *, name: str) -> Layout:
    """The layout that a file's first line shows; columns may come in any order, others may stand between.

    Raises UnreadableFile, naming the file and the columns that are missing.
    """
    text = header.decode("utf-8-sig", errors="replace").rstrip("\r")
    columns, form = max(
        ((next(csv.reader([text], delimiter=form.delimiter), []), form) for form in formats),
        key=lambda found: len(set(found[0]) & set(found[1].columns)),
    )
    missing = [column for column in form.columns if column not in columns]
    if len(missing) == len(form.columns):
        known = " nor ".join(other.title for other in formats)
        raise UnreadableFile(name, f"neither {known}: its first line is {text[:80]!r}")
    if missing:
        raise UnreadableFile(name, f"looks like {form.title}, but lacks the columns {', '.join(missing)}")
    if twice := sorted({column for column in form.columns if columns.count(column) > 1}):
        raise UnreadableFile(name, f"has these columns more than once: {', '.join(twice)}")
    pick: Select = itemgetter(*(columns.index(column) for column in form.columns))
    return Layout(format=form, width=len(columns), select=_then(pick, form.convert) if form.convert else pick)


def _then(pick: Select, convert: Select) -> Select:
    return lambda fields: convert(pick(fields))
