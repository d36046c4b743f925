"""Which properties a client may be given, as SQL: one definition for assigning, explaining and counting."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class AgeWindow:
    """The sale dates that count, both ends in."""

    earliest: date
    latest: date


def age_window(*, today: date) -> AgeWindow:
    """The window on a given day. A year has 365 days here: that is the documented rule."""
    return AgeWindow(
        earliest=today - timedelta(days=365 * settings.MAX_PROPERTY_AGE_YEARS),
        latest=today - timedelta(days=365 * settings.MIN_PROPERTY_AGE_YEARS),
    )


def today_in_paris() -> date:
    """The current date where the properties are."""
    return timezone.localdate(timezone=PARIS)


# Parameters of what follows: organization_id, client_id, earliest, latest; of PICKED, seed and count too.

# The organization is asked of the cities, since a foreign key gives a property that of its city; as a scalar subquery,
# so that five cities are five look-ups however many cities there are.
CHOSEN_CITIES: Final = """(ARRAY(
            SELECT chosen.city_id
            FROM trackimmo_client_chosen_cities AS chosen
            WHERE chosen.client_id = %(client_id)s
              AND (SELECT city.organization_id FROM trackimmo_city AS city WHERE city.id = chosen.city_id)
                  = %(organization_id)s
        ))"""
PREFERRED_TYPES: Final = """((
            SELECT client.property_type_preferences
            FROM trackimmo_client AS client
            WHERE client.id = %(client_id)s AND client.organization_id = %(organization_id)s
        )::text[])"""

# All that is asked of a property is in `property_eligible`.
CANDIDATES: Final = f"""
    FROM trackimmo_property AS property
    WHERE property.city_id = ANY {CHOSEN_CITIES}
      AND property.property_type = ANY {PREFERRED_TYPES}
      AND property.sale_date BETWEEN %(earliest)s AND %(latest)s
"""

# Of each address that the client was never given, the latest sale, then the dearest. A sale that he was given is asked
# for by id too: another edition of its file may have spelled its address differently, and so changed its key. NOT IN
# is right here, since no id is null, and costs half of what a second anti-join does.
ELIGIBLE: Final = f"""
    SELECT DISTINCT ON (property.address_key) property.id, property.address_key, property.sale_date
    {CANDIDATES}
      AND NOT EXISTS (
            SELECT FROM trackimmo_assignment AS given
            WHERE given.client_id = %(client_id)s AND given.address_key = property.address_key
        )
      AND property.id NOT IN (
            SELECT given.property_id FROM trackimmo_assignment AS given WHERE given.client_id = %(client_id)s
        )
    ORDER BY property.address_key, property.sale_date DESC, property.price DESC, property.id
"""  # noqa: S608 -- constants only

# The oldest of n weighs n, the newest 1. Sales of one day are ordered by id, so that a seed always draws the same.
RANKED: Final = f"""
    SELECT id, address_key, sale_date, row_number() OVER (ORDER BY sale_date DESC, id DESC) AS weight
    FROM ({ELIGIBLE}) AS eligible
"""  # noqa: S608 -- constants only

# Weighted sampling without replacement by exponential keys (Efraimidis and Spirakis, "Weighted random sampling with a
# reservoir", 2006): the k smallest of -ln(u)/weight. u is 52 bits of a hash of the row and the seed, strictly between
# 0 and 1, so that a seed repeats its draw. Hashed twice: once shows, over 300,000 seeds, that ids resemble each other.
DRAW_KEY: Final = """-ln((
                (hashint8extended(uuid_hash_extended(id, %(seed)s), %(seed)s) & 4503599627370495) + 0.5::float8
            ) / 4503599627370496) / weight"""
PICKED: Final = f"""
        SELECT id, address_key, weight, {DRAW_KEY} AS draw_key
        FROM ({RANKED}) AS ranked
        ORDER BY draw_key
        LIMIT %(count)s
"""  # noqa: S608 -- constants only
