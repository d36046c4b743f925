"""The data of `bench_assign`: sales of ten years, a fifth of them in the age window, made by the server itself."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

TODAY: Final = date(2026, 1, 1)
CITIES: Final = 1000
CLIENTS: Final = 1000
# Clients this far apart have chosen the same five cities.
SAME_CITIES: Final = CITIES // 5
ORGANIZATION: Final = UUID(int=1)
BIG_CITY: Final = UUID(int=2)
BIG_CITY_CLIENT: Final = UUID(int=3)

FILL: Final = (
    "INSERT INTO accounts_organization (id, name, slug, created_at) VALUES (%(organization)s, 'Bench', 'bench', now())",
    """
    INSERT INTO trackimmo_city (id, organization_id, insee_code, former_codes, name, postal_code, postal_codes,
        department_code, region_name)
    SELECT md5('city' || n)::uuid, %(organization)s, lpad(n::text, 5, '0'), '{}'::varchar[], 'City ' || n,
        '', '{}'::varchar[], '', ''
    FROM generate_series(0, %(cities)s - 1) AS n
    UNION ALL
    SELECT %(big_city)s, %(organization)s, '99999', '{}', 'Big city', '', '{}', '', ''
    """,
    # Thousand sales to a city, at two thousand possible addresses: some are sold again.
    """
    INSERT INTO trackimmo_property (id, organization_id, city_id, mutation_key, address_key, address_raw, postal_code,
        property_type, sale_date, price, surface, rooms, imported_at)
    SELECT gen_random_uuid(), %(organization)s, md5('city' || n %% %(cities)s)::uuid, gen_random_uuid(),
        md5(n %% %(cities)s || ' ' || floor(2000 * random()))::uuid, n || ' RUE DE LA PAIX', '',
        (ARRAY['house', 'house', 'apartment', 'apartment', 'land', 'commercial'])[1 + floor(6 * random())],
        %(today)s - (3650 * random())::int, 50000 + (900000 * random())::int, 80, 4, now()
    FROM generate_series(1, 1000000) AS n
    """,
    # All of these are in the age window.
    """
    INSERT INTO trackimmo_property (id, organization_id, city_id, mutation_key, address_key, address_raw, postal_code,
        property_type, sale_date, price, surface, rooms, imported_at)
    SELECT gen_random_uuid(), %(organization)s, %(big_city)s, gen_random_uuid(),
        md5('big ' || floor(400000 * random()))::uuid, n || ' RUE DE LA PAIX', '', 'apartment',
        %(today)s - 2190 - (730 * random())::int, 50000 + (900000 * random())::int, 80, 4, now()
    FROM generate_series(1, 100000) AS n
    """,
    """
    INSERT INTO trackimmo_client (id, organization_id, first_name, last_name, email, status, subscription_type,
        property_type_preferences, addresses_per_report, send_day, language, created_at, updated_at)
    SELECT id, %(organization)s, 'Marie', 'Durand', id || '@agence.test', 'active', 'pro',
        '{house,apartment}'::varchar[], 10, 1, 'fr', now(), now()
    FROM (
        SELECT md5('client' || n)::uuid AS id FROM generate_series(0, %(clients)s - 1) AS n
        UNION ALL SELECT %(big_city_client)s
    ) AS ids
    """,
    """
    INSERT INTO trackimmo_client_chosen_cities (client_id, city_id)
    SELECT md5('client' || n)::uuid, md5('city' || (5 * n + i) %% %(cities)s)::uuid
    FROM generate_series(0, %(clients)s - 1) AS n, generate_series(0, 4) AS i
    UNION ALL
    SELECT %(big_city_client)s, %(big_city)s
    """,
    "VACUUM ANALYZE",
)
CLIENT_IDS: Final = "SELECT md5('client' || n)::uuid FROM generate_series(0, %(clients)s - 1) AS n ORDER BY n"


def fill() -> list[UUID]:
    """Make the data and return the ids of the clients, in order."""
    values: dict[str, Any] = {
        "organization": ORGANIZATION,
        "cities": CITIES,
        "clients": CLIENTS,
        "today": TODAY,
        "big_city": BIG_CITY,
        "big_city_client": BIG_CITY_CLIENT,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in FILL:
            cursor.execute(statement, values)
        cursor.execute("RESET statement_timeout")
        cursor.execute(CLIENT_IDS, values)
        return [client_id for (client_id,) in cursor.fetchall()]
