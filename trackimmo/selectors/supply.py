"""What is missing before a client can be served: one statement, since every job asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from core import tenancy
from trackimmo.models import PropertyType
from trackimmo.selectors.eligibility import AgeWindow

# Published twice a year: there is no use in looking every day.
RECHECKED_DAYS: Final = 7

# Parameters: organization_id, client_id, city_max_age_days, rechecked_days; minimum, types, earliest, latest; years and
# places, side by side. A city's sales are counted up to the minimum, per type, so that each count is the beginning of a
# range of `property_eligible`. A commune that others merged into has the sales of their files, too.
SUPPLY: Final = """
    SELECT city.id, city.insee_code, city.name,
        coalesce(city.refreshed_at < now() - make_interval(days => %(city_max_age_days)s), true),
        coalesce(due.insee_codes, '{}'), coalesce(due.years, '{}')
    FROM trackimmo_client_chosen_cities AS chosen
    JOIN trackimmo_city AS city ON city.id = chosen.city_id AND city.organization_id = %(organization_id)s
    CROSS JOIN LATERAL (
        SELECT count(*) < %(minimum)s AS is_short
        FROM (
            SELECT
            FROM unnest(%(types)s::text[]) AS type
            CROSS JOIN LATERAL (
                SELECT
                FROM trackimmo_property AS property
                WHERE property.city_id = city.id AND property.property_type = type
                  AND property.sale_date BETWEEN %(earliest)s AND %(latest)s
                LIMIT %(minimum)s
            ) AS sale
            LIMIT %(minimum)s
        ) AS counted
    ) AS supply
    LEFT JOIN LATERAL (
        SELECT
            array_agg(code::text ORDER BY wanted.year, code) AS insee_codes,
            array_agg(wanted.year ORDER BY wanted.year, code) AS years
        FROM unnest(city.former_codes || city.insee_code) AS code
        CROSS JOIN unnest(%(years)s::integer[], %(places)s::text[]) AS wanted (year, place)
        WHERE NOT EXISTS (
            SELECT
            FROM trackimmo_salesfile AS file
            WHERE file.organization_id = %(organization_id)s AND file.insee_code = code AND file.year = wanted.year
              AND file.place = wanted.place AND file.checked_at > now() - make_interval(days => %(rechecked_days)s)
        )
    ) AS due ON supply.is_short
    WHERE chosen.client_id = %(client_id)s
    ORDER BY city.insee_code
"""


@dataclass(frozen=True, slots=True)
class SupplyFile:
    """A file of sales that is to be looked for."""

    insee_code: str
    year: int


@dataclass(frozen=True, slots=True)
class CitySupply:
    """A chosen city: whether its data is old, and which files are due because it has too few sales in the window."""

    city_id: UUID
    insee_code: str
    name: str
    is_stale: bool
    files: Sequence[SupplyFile]


def supply_of(client_id: UUID, *, window: AgeWindow, places: Mapping[int, str]) -> Sequence[CitySupply]:
    """The chosen cities of a client of the organization in scope, ordered by INSEE code.

    `places` tells for each year of the window where its files are: what was looked for at another place is due again.
    """
    parameters: dict[str, Any] = {
        "organization_id": tenancy.current_organization_id(),
        "client_id": client_id,
        "city_max_age_days": settings.CITY_MAX_AGE_DAYS,
        "rechecked_days": RECHECKED_DAYS,
        "minimum": settings.MIN_PROPERTIES_PER_CITY,
        "types": list(PropertyType.values),
        "earliest": window.earliest,
        "latest": window.latest,
        "years": list(places.keys()),
        "places": list(places.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUPPLY, parameters)
        rows = cursor.fetchall()
    return [
        CitySupply(city_id, insee_code, name, is_stale, [SupplyFile(*file) for file in zip(codes, years, strict=True)])
        for city_id, insee_code, name, is_stale, codes, years in rows
    ]
