"""Importing the communes, and following their mergers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from trackimmo.dvf import session
from trackimmo.dvf.communes import Commune, read_communes, read_successors
from trackimmo.models import City, Client, Property

ROWS_PER_STATEMENT: Final = 2_000
# What a list of communes, or whoever knows them, says of a city.
COLUMNS: Final = ("name", "postal_code", "postal_codes", "department_code", "region_name", "population")
ChosenCity = Client.chosen_cities.through


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunesSummary:
    """What an import of communes did. `merged` cities are gone: what they had belongs to today's commune."""

    read: int
    created: int
    merged: int
    moved_properties: int


def import_communes(*, communes: Path, movements: Path | None = None) -> CommunesSummary:
    """Create and confirm the cities of the organization in scope from a list of communes, gzipped or not.

    With INSEE's list of `movements`, cities learn the codes of the communes that merged into them, and take over the
    properties and the clients of those that we have. All of it is one transaction, which waits for imports of sales.
    Raises UnreadableFile, and has changed nothing, if a file is not what it should be.
    """
    with communes.open("rb") as file:
        listed = read_communes(file, name=str(communes))
    successors: Mapping[str, str] | None = None
    if movements is not None:
        with movements.open("rb") as file:
            today = {commune.insee_code for commune in listed}
            successors = read_successors(file, today=today, name=str(movements))
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            session.be_patient(cursor)
            session.take_turns(cursor, organization_id=tenancy.current_organization_id())
        created = _confirm(listed, successors)
        merged, moved_properties = _follow_mergers(successors or {})
    return CommunesSummary(read=len(listed), created=created, merged=merged, moved_properties=moved_properties)


def columns_of(commune: Commune) -> dict[str, Any]:
    """A commune as a city's COLUMNS."""
    return {
        "name": commune.name,
        "postal_code": commune.postal_codes[0] if commune.postal_codes else "",
        "postal_codes": list(commune.postal_codes),
        "department_code": commune.department_code,
        "region_name": commune.region_name,
        "population": commune.population,
    }


def _confirm(communes: Sequence[Commune], successors: Mapping[str, str] | None) -> int:
    """Write what the list says; the number of cities that are new."""
    known = set(City.objects.values_list("insee_code", flat=True))
    former_codes: defaultdict[str, list[str]] = defaultdict(list)
    for former_code, code in sorted((successors or {}).items()):
        former_codes[code].append(former_code)
    now = timezone.now()
    City.objects.bulk_create(
        (
            City(
                insee_code=commune.insee_code,
                former_codes=former_codes[commune.insee_code],
                refreshed_at=now,
                **columns_of(commune),
            )
            for commune in communes
        ),
        batch_size=ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["organization", "insee_code"],
        update_fields=[*COLUMNS, "refreshed_at", *([] if successors is None else ["former_codes"])],
    )
    return len({commune.insee_code for commune in communes} - known)


def _follow_mergers(successors: Mapping[str, str]) -> tuple[int, int]:
    """Give what belongs to a city that is gone to its successor; the numbers of cities and of properties."""
    gone = list(City.objects.filter(insee_code__in=successors))
    heirs = {city.insee_code: city for city in City.objects.filter(insee_code__in=successors.values())}
    moved_properties = 0
    for city in gone:
        heir = heirs[successors[city.insee_code]]
        moved_properties += Property.objects.filter(city=city).update(city=heir)
        choices = ChosenCity.objects.filter(city=city)
        ChosenCity.objects.bulk_create(
            (ChosenCity(client_id=choice.client_id, city=heir) for choice in choices), ignore_conflicts=True
        )
        choices.delete()
        city.delete()
    return len(gone), moved_properties
