"""The data of `bench_daily`: a million sales in a thousand cities, and clients of three days, made by the server."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

PROPERTIES_PER_CITY: Final = 1000
ORGANIZATION: Final = UUID(int=1)

FILL: Final = (
    "INSERT INTO accounts_organization (id, name, slug, created_at) VALUES (%(organization)s, 'Bench', 'bench', now())",
    # Fresh: nothing is to be asked about them.
    """
    INSERT INTO trackimmo_city (id, organization_id, insee_code, former_codes, name, postal_code, postal_codes,
        department_code, region_name, refreshed_at)
    SELECT md5('city' || n)::uuid, %(organization)s, lpad(n::text, 5, '0'), '{}'::varchar[], 'Ville ' || n,
        lpad(n::text, 5, '0'), '{}'::varchar[], '', '', now()
    FROM generate_series(0, %(cities)s - 1) AS n
    """,
    # A thousand sales of ten years to a city, a fifth of them in the age window: nothing is to be fetched.
    """
    INSERT INTO trackimmo_property (id, organization_id, city_id, mutation_key, address_key, address_raw, postal_code,
        property_type, sale_date, price, surface, rooms, imported_at)
    SELECT gen_random_uuid(), %(organization)s, md5('city' || n %% %(cities)s)::uuid, gen_random_uuid(),
        md5(n %% %(cities)s || ' ' || floor(2000 * random()))::uuid, n || ' RUE DE LA PAIX', '',
        (ARRAY['house', 'house', 'apartment', 'apartment', 'land', 'commercial'])[1 + floor(6 * random())],
        %(today)s - (3650 * random())::int, 50000 + (900000 * random())::int, 80, 4, now()
    FROM generate_series(1, %(properties)s) AS n
    """,
)
# Each client has chosen five cities and gets ten sales; half of them read French.
CLIENTS: Final = (
    """
    INSERT INTO trackimmo_client (id, organization_id, first_name, last_name, email, status, subscription_type,
        property_type_preferences, addresses_per_report, send_day, language, created_at, updated_at, welcomed_at)
    SELECT md5('client' || %(send_day)s || ' ' || n)::uuid, %(organization)s, 'Marie', 'Durand ' || n,
        'client' || %(send_day)s || '.' || n || '@agence.test', 'active', 'pro',
        '{house,apartment}'::varchar[], 10, %(send_day)s, CASE n %% 2 WHEN 0 THEN 'fr' ELSE 'en' END,
        now(), now(), now()
    FROM generate_series(1, %(clients)s) AS n
    """,
    """
    INSERT INTO trackimmo_client_chosen_cities (client_id, city_id)
    SELECT md5('client' || %(send_day)s || ' ' || n)::uuid, md5('city' || (5 * n + i) %% %(cities)s)::uuid
    FROM generate_series(1, %(clients)s) AS n, generate_series(0, 4) AS i
    """,
)


def fill(*, today: date, properties: int, clients: dict[int, int]) -> None:
    """Make the sales, and so many clients for each send day."""
    values: dict[str, Any] = {
        "organization": ORGANIZATION,
        "cities": properties // PROPERTIES_PER_CITY,
        "properties": properties,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in FILL:
            cursor.execute(statement, values)
        for send_day, number in clients.items():
            for statement in CLIENTS:
                cursor.execute(statement, {**values, "send_day": send_day, "clients": number})
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
