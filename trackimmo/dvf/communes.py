"""The lists of communes: those of today, and what became of those that are gone (INSEE's *mouvements de communes*)."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from trackimmo.dvf.compression import CHUNK_BYTES, ByteSource, Unpacked
from trackimmo.dvf.errors import UnreadableFile

COMMUNE_COLUMNS: Final = ("code_insee", "nom", "codes_postaux", "code_departement", "region", "population")
MOVEMENT_COLUMNS: Final = ("DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP")
INSEE_CODE: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")
POSTAL_CODES: Final = re.compile(r"([0-9]{5}(;[0-9]{5})*)?")
DEPARTMENT_CODE: Final = re.compile(r"[0-9][0-9AB][0-9]?")
LONGEST_NAME, LONGEST_REGION_NAME, MOST_PEOPLE = 120, 80, 100_000_000
WHOLE_COMMUNE: Final = "COM"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today. `population` is None where nobody is counted."""

    insee_code: str
    name: str
    postal_codes: tuple[str, ...]
    department_code: str
    region_name: str
    population: int | None


def read_communes(source: ByteSource, *, name: str) -> list[Commune]:
    """The communes of a list, each code once. Raises UnreadableFile, naming missing columns or a wrong line."""
    communes = {}
    for line, row in _rows(source, COMMUNE_COLUMNS, name=name):
        is_commune = (
            INSEE_CODE.fullmatch(row["code_insee"])
            and row["nom"]
            and POSTAL_CODES.fullmatch(row["codes_postaux"])
            and DEPARTMENT_CODE.fullmatch(row["code_departement"])
        )
        if not is_commune:
            raise UnreadableFile(name, f"line {line} is no commune: {', '.join(row.values())[:80]}")
        population = int(row["population"]) if row["population"].isdecimal() else MOST_PEOPLE
        communes[row["code_insee"]] = Commune(
            insee_code=row["code_insee"],
            name=row["nom"][:LONGEST_NAME],
            postal_codes=tuple(filter(None, row["codes_postaux"].split(";"))),
            department_code=row["code_departement"],
            region_name=row["region"][:LONGEST_REGION_NAME],
            population=population if population < MOST_PEOPLE else None,
        )
    return list(communes.values())


def read_successors(source: ByteSource, *, today: Set[str], name: str) -> dict[str, str]:
    """For the code of every commune that is gone, the code of `today` that its place belongs to.

    A commune whose place was divided is left out: nobody can tell where in it a sale was. Raises UnreadableFile.
    """
    movements: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for _, row in _rows(source, MOVEMENT_COLUMNS, name=name):
        before, after = row["COM_AV"], row["COM_AP"]
        is_whole = row["TYPECOM_AV"] == row["TYPECOM_AP"] == WHOLE_COMMUNE
        if is_whole and before != after and before not in today:
            movements[before][row["DATE_EFF"]].add(after)
    latest = {code: dated[max(dated)] for code, dated in movements.items()}
    found = {code: _successor(code, latest, today) for code in latest}
    return {code: successor for code, successor in found.items() if successor}


def _successor(code: str, latest: Mapping[str, Set[str]], today: Set[str]) -> str | None:
    seen = set()
    while code not in today:
        seen.add(code)
        following = latest.get(code, frozenset())
        if len(following) != 1 or following <= seen:
            return None
        (code,) = following
    return code


def _rows(source: ByteSource, columns: Sequence[str], *, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; what a short row lacks is empty."""
    content = Unpacked(source, name=name, on_read=lambda _: None)
    try:
        text = b"".join(iter(lambda: content.read(CHUNK_BYTES), b"")).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(name, f"is not UTF-8 at byte {error.start}") from error
    if "\0" in text:
        raise UnreadableFile(name, "has NUL bytes")
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise UnreadableFile(name, f"lacks the columns {', '.join(missing)}")
    try:
        for row in reader:
            yield reader.line_num, {column: row[column] for column in columns}
    except csv.Error as error:
        raise UnreadableFile(name, f"line {reader.line_num}: {error}") from error
